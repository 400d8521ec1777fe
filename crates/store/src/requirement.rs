//! Requirements with the versions of their policies, and paths of them.

use crate::{
    DocumentId, NewWish, PathId, PersonId, RequirementId, Result, Store, StoreError, VersionId, assignment,
    db::{Row, Tx, vals},
    obligation, stale,
};

/// A document that some people must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The id.
    pub id: RequirementId,
    /// The document.
    pub document: DocumentId,
    /// What it is: `module`, `quiz` or `scenario`.
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// What the requirement is called.
    pub name: String,
    /// What renews it, if that is another document.
    pub refresher: Option<DocumentId>,
    /// The requirement of which it is a mandatory update.
    pub update_of: Option<RequirementId>,
    /// The day it came to be; what an update asks for must have been completed from then on.
    pub from_on: i32,
    /// Of an update, the version that it asks for: an earlier one is none of it. None where that is not known.
    pub since: Option<VersionId>,
    /// Whether its document was withdrawn.
    pub withdrawn: bool,
}

/// A mandatory update to ask for.
#[derive(Debug, Clone)]
pub struct NewUpdate {
    /// The requirement that it becomes.
    pub new: NewRequirement,
    /// Whom it goes to.
    pub people: Vec<PersonId>,
    /// Why the new version must be learned soon.
    pub why: String,
    /// What is told of it in the audit log.
    pub detail: String,
}

/// That a trainer says that everybody who holds a requirement must learn a version soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The requirement.
    pub requirement: RequirementId,
    /// The version.
    pub version: VersionId,
    /// In how many days it should be done.
    pub days: i32,
    /// Who says so.
    pub by: String,
    /// Since when, microseconds.
    pub at: i64,
    /// Why it must be soon.
    pub why: String,
}

/// A version of a requirement's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// The requirement.
    pub requirement: RequirementId,
    /// The day from which it holds.
    pub from_on: i32,
    /// Whether it acts on open cycles too.
    pub recalculates: bool,
    /// The policy as it is written, JSON.
    pub body: String,
    /// Who made it.
    pub by: Option<PersonId>,
    /// When, microseconds.
    pub at: i64,
}

/// A requirement to add.
#[derive(Debug, Clone)]
pub struct NewRequirement {
    /// The document.
    pub document: DocumentId,
    /// What it is called.
    pub name: String,
    /// What renews it, if that is another document.
    pub refresher: Option<DocumentId>,
    /// The requirement of which it is a mandatory update.
    pub update_of: Option<RequirementId>,
    /// Today.
    pub from_on: i32,
    /// Its first policy as it is written, JSON.
    pub policy: String,
    /// Who makes it.
    pub by: Option<PersonId>,
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathStep {
    /// The requirement.
    pub requirement: RequirementId,
    /// How many days after the trigger it is first due.
    pub due_days: i32,
}

/// Requirements in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The id.
    pub id: PathId,
    /// What it is called.
    pub name: String,
    /// Its steps, in order.
    pub steps: Vec<PathStep>,
}

/// What became of something that has a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<T> {
    /// It is there.
    Done(T),
    /// There is another one of this name.
    NameTaken,
    /// There is none to change.
    Missing,
}

impl Store {
    /// All requirements, by name.
    pub async fn requirements(&self) -> Result<Vec<Requirement>> {
        requirements(&mut self.reader().await?).await
    }

    /// All versions of all policies, those of a requirement together, oldest first.
    pub async fn policies(&self) -> Result<Vec<PolicyVersion>> {
        policies(&mut self.reader().await?).await
    }

    /// Adds a requirement with its first policy.
    pub async fn add_requirement(&self, new: NewRequirement, now: i64) -> Result<Named<RequirementId>> {
        self.write((new, now), |tx, (new, now)| Box::pin(add(tx, new, *now))).await
    }

    /// Adds a mandatory update of what is live and gives it to those people, who hold what it updates on its day: both or neither. A wish
    /// for it is fulfilled by it.
    pub async fn add_update(
        &self,
        new: NewRequirement,
        (people, why): (Vec<PersonId>, String),
        now: i64,
    ) -> Result<Named<RequirementId>> {
        self.write((new, people, why, now), |tx, (new, people, why, now)| {
            Box::pin(async move {
                let live =
                    tx.optional("SELECT live_version_id FROM document WHERE id = $1", vals![new.document]).await?;
                let live = live.map(|row| row.i64_or_none("live_version_id")).transpose()?.flatten();
                ask(tx, new, (people, live.map(VersionId), why), *now).await
            })
        })
        .await
    }

    /// What trainers wish for, the oldest first.
    pub async fn wishes(&self) -> Result<Vec<Wish>> {
        let sql = "SELECT w.requirement_id, w.version_id, w.days, p.name, w.at, w.why
            FROM update_wish w JOIN person p ON p.id = w.by_id
            ORDER BY w.at, w.requirement_id";
        let rows = self.reader().await?.all(sql, vals![]).await?;
        let wish = |row: &Row| {
            Ok(Wish {
                requirement: RequirementId(row.i64("requirement_id")?),
                version: VersionId(row.i64("version_id")?),
                days: row.days("days")?,
                by: row.text("name")?,
                at: row.i64("at")?,
                why: row.text("why")?,
            })
        };
        rows.iter().map(wish).collect()
    }

    /// Why the new version that an update asks for must be learned soon; empty for those of old, and for what is no update.
    pub async fn why_soon(&self, requirement: RequirementId) -> Result<String> {
        let row =
            self.reader().await?.optional("SELECT why FROM requirement WHERE id = $1", vals![requirement]).await?;
        Ok(row.map(|row| row.text("why")).transpose()?.unwrap_or_default())
    }

    /// Lays a wish aside. Returns false where there is none.
    pub async fn lay_aside(&self, requirement: RequirementId) -> Result<bool> {
        self.write(requirement, |tx, requirement| {
            Box::pin(async move {
                Ok(tx.run("DELETE FROM update_wish WHERE requirement_id = $1", vals![*requirement]).await? == 1)
            })
        })
        .await
    }

    /// How many people each requirement reaches on a day.
    pub async fn reached(&self, day: i32) -> Result<Vec<(RequirementId, i64)>> {
        let sql = "SELECT requirement_id, count(DISTINCT person_id) AS people FROM obligation_source
            WHERE from_on <= $1 AND until_on > $1 GROUP BY requirement_id";
        let rows = self.reader().await?.all(sql, vals![day]).await?;
        rows.iter().map(|row| Ok((RequirementId(row.i64("requirement_id")?), row.i64("people")?))).collect()
    }

    /// Changes a requirement's name and what renews it. Whoever it reaches is looked at anew.
    pub async fn change_requirement(
        &self,
        id: RequirementId,
        name: &str,
        refresher: Option<DocumentId>,
        today: i32,
    ) -> Result<Named<()>> {
        self.write((id, name.to_owned(), refresher, today), |tx, (id, name, refresher, today)| {
            Box::pin(async move {
                let taken = "SELECT id FROM requirement WHERE lower(name) = lower($1) AND id <> $2";
                if tx.optional(taken, vals![name, *id]).await?.is_some() {
                    return Ok(Named::NameTaken);
                }
                let sql = "UPDATE requirement SET name = $2, refresher_id = $3 WHERE id = $1";
                if tx.run(sql, vals![*id, name, *refresher]).await? == 0 {
                    return Ok(Named::Missing);
                }
                stale::of_requirement(tx, *id, *today).await?;
                Ok(Named::Done(()))
            })
        })
        .await
    }

    /// Adds a version of a policy. Whoever the requirement reaches is looked at anew.
    pub async fn add_policy(&self, version: PolicyVersion, today: i32) -> Result<()> {
        self.write((version, today), |tx, (version, today)| {
            Box::pin(async move {
                add_policy(tx, version).await?;
                stale::of_requirement(tx, version.requirement, *today).await
            })
        })
        .await
    }

    /// All paths, by name.
    pub async fn paths(&self) -> Result<Vec<Path>> {
        let mut reader = self.reader().await?;
        let steps = "SELECT path_id, requirement_id, due_days FROM path_step ORDER BY path_id, position";
        let steps = reader.all(steps, vals![]).await?;
        let rows = reader.all("SELECT id, name FROM path ORDER BY name, id", vals![]).await?;
        rows.iter()
            .map(|row| {
                let id = row.i64("id")?;
                let own = steps.iter().filter(|step| step.i64("path_id").is_ok_and(|of| of == id));
                let steps = own.map(step).collect::<Result<Vec<_>>>()?;
                Ok(Path { id: PathId(id), name: row.text("name")?, steps })
            })
            .collect()
    }

    /// Adds a path without steps.
    pub async fn add_path(&self, name: &str) -> Result<Named<PathId>> {
        self.write(name.to_owned(), |tx, name| {
            Box::pin(async move {
                let taken = "SELECT id FROM path WHERE lower(name) = lower($1)";
                if tx.optional(taken, vals![name]).await?.is_some() {
                    return Ok(Named::NameTaken);
                }
                let row = tx.one("INSERT INTO path (name) VALUES ($1) RETURNING id", vals![name]).await?;
                Ok(Named::Done(PathId(row.i64("id")?)))
            })
        })
        .await
    }

    /// Gives a path its name and its steps, in order. Whoever it is assigned to is looked at anew.
    pub async fn change_path(&self, id: PathId, name: &str, steps: Vec<PathStep>, today: i32) -> Result<Named<()>> {
        self.write((id, name.to_owned(), steps, today), |tx, (id, name, steps, today)| {
            Box::pin(change_path(tx, *id, name, steps, *today))
        })
        .await
    }

    /// The job roles that are known, by name.
    pub async fn job_role_names(&self) -> Result<Vec<String>> {
        let rows = self.reader().await?.all("SELECT name FROM job_role ORDER BY name", vals![]).await?;
        rows.iter().map(|row| row.text("name")).collect()
    }

    /// The job roles that are known, by name, with how many people hold each on a day.
    pub async fn job_roles(&self, today: i32) -> Result<Vec<(String, i64)>> {
        let sql = "SELECT r.name, (SELECT count(*) FROM tenure t WHERE t.job_role = r.name AND t.from_on <= $1 AND t.until_on > $1)
                AS people
            FROM (SELECT name FROM job_role UNION SELECT job_role AS name FROM tenure) r ORDER BY r.name";
        let rows = self.reader().await?.all(sql, vals![today]).await?;
        rows.iter().map(|row| Ok((row.text("name")?, row.i64("people")?))).collect()
    }

    /// Adds a job role that nobody holds yet. Returns false when there is one of that name.
    pub async fn add_job_role(&self, name: &str) -> Result<bool> {
        self.write(name.to_owned(), |tx, name| {
            Box::pin(async move {
                let there = "SELECT name FROM (SELECT name FROM job_role UNION SELECT job_role AS name FROM tenure) r
                    WHERE lower(name) = lower($1)";
                if tx.optional(there, vals![name]).await?.is_some() {
                    return Ok(false);
                }
                let sql = "INSERT INTO job_role (name) VALUES ($1) ON CONFLICT DO NOTHING";
                Ok(tx.run(sql, vals![name]).await? == 1)
            })
        })
        .await
    }

    /// Renames a job role wherever it stands; where there is one of the new name already, both become one. Returns false when there is none.
    pub async fn rename_job_role(&self, old: &str, new: &str, today: i32) -> Result<bool> {
        self.write((old.to_owned(), new.to_owned(), today), |tx, (old, new, today)| {
            Box::pin(async move {
                let held = tx.run("UPDATE tenure SET job_role = $2 WHERE job_role = $1", vals![old, new]).await?;
                tx.run("UPDATE assignment SET job_role = $2 WHERE job_role = $1", vals![old, new]).await?;
                let gone = tx.run("DELETE FROM job_role WHERE name = $1", vals![old]).await?;
                tx.run("INSERT INTO job_role (name) VALUES ($1) ON CONFLICT DO NOTHING", vals![new]).await?;
                stale::of_role(tx, new, *today).await?;
                Ok(held + gone > 0)
            })
        })
        .await
    }
}

pub(crate) async fn requirements(tx: &mut Tx) -> Result<Vec<Requirement>> {
    let sql = "SELECT r.id, r.document_id, d.kind, d.slug, r.name, r.refresher_id, r.update_of, r.from_on, r.since_version_id, d.withdrawn_at
        FROM requirement r JOIN document d ON d.id = r.document_id ORDER BY r.name, r.id";
    tx.all(sql, vals![]).await?.iter().map(requirement).collect()
}

pub(crate) async fn policies(tx: &mut Tx) -> Result<Vec<PolicyVersion>> {
    let sql = "SELECT requirement_id, from_on, recalculates, body, by_id, at FROM policy ORDER BY requirement_id, from_on, id";
    let rows = tx.all(sql, vals![]).await?;
    rows.iter()
        .map(|row| {
            Ok(PolicyVersion {
                requirement: RequirementId(row.i64("requirement_id")?),
                from_on: row.days("from_on")?,
                recalculates: row.bool("recalculates")?,
                body: row.text("body")?,
                by: row.i64_or_none("by_id")?.map(PersonId),
                at: row.i64("at")?,
            })
        })
        .collect()
}

fn requirement(row: &Row) -> Result<Requirement> {
    Ok(Requirement {
        id: RequirementId(row.i64("id")?),
        document: DocumentId(row.i64("document_id")?),
        kind: row.text("kind")?,
        slug: row.text("slug")?,
        name: row.text("name")?,
        refresher: row.i64_or_none("refresher_id")?.map(DocumentId),
        update_of: row.i64_or_none("update_of")?.map(RequirementId),
        from_on: row.days("from_on")?,
        since: row.i64_or_none("since_version_id")?.map(VersionId),
        withdrawn: row.i64_or_none("withdrawn_at")?.is_some(),
    })
}

/// Adds an update of a version and gives it to people.
pub(crate) async fn ask(
    tx: &mut Tx,
    new: &NewRequirement,
    (people, version, why): (&[PersonId], Option<VersionId>, &str),
    now: i64,
) -> Result<Named<RequirementId>> {
    let added = add(tx, new, now).await?;
    if let Named::Done(id) = added {
        tx.run("UPDATE requirement SET since_version_id = $2, why = $3 WHERE id = $1", vals![id, version, why]).await?;
        assignment::give_update(tx, id, people, (new.from_on, new.by), now).await?;
        tx.run("DELETE FROM update_wish WHERE requirement_id = $1", vals![new.update_of]).await?;
    }
    Ok(added)
}

/// Keeps the wish that a version is asked for.
pub(crate) async fn wish(tx: &mut Tx, new: &NewWish, (version, by): (VersionId, PersonId), now: i64) -> Result<()> {
    let sql = "INSERT INTO update_wish (requirement_id, version_id, days, by_id, at, why) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (requirement_id) DO UPDATE SET version_id = excluded.version_id, days = excluded.days, by_id = excluded.by_id,
            at = excluded.at, why = excluded.why";
    tx.run(sql, vals![new.requirement, version, new.days, by, now, &new.why]).await.map(drop)
}

/// Whether a requirement has this name.
pub(crate) async fn is_taken(tx: &mut Tx, name: &str) -> Result<bool> {
    Ok(tx.optional("SELECT id FROM requirement WHERE lower(name) = lower($1)", vals![name]).await?.is_some())
}

fn step(row: &Row) -> Result<PathStep> {
    Ok(PathStep { requirement: RequirementId(row.i64("requirement_id")?), due_days: row.days("due_days")? })
}

async fn add(tx: &mut Tx, new: &NewRequirement, now: i64) -> Result<Named<RequirementId>> {
    if is_taken(tx, &new.name).await? {
        return Ok(Named::NameTaken);
    }
    let sql = "INSERT INTO requirement (document_id, name, refresher_id, update_of, from_on, by_id, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    let vals = vals![new.document, &new.name, new.refresher, new.update_of, new.from_on, new.by, now];
    let id = RequirementId(tx.one(sql, vals).await?.i64("id")?);
    let first = PolicyVersion {
        requirement: id,
        from_on: new.from_on,
        recalculates: false,
        body: new.policy.clone(),
        by: new.by,
        at: now,
    };
    add_policy(tx, &first).await?;
    Ok(Named::Done(id))
}

async fn add_policy(tx: &mut Tx, version: &PolicyVersion) -> Result<()> {
    // What cannot be read back would stop everything that is reckoned from it.
    obligation::policy_of(version)?;
    let sql =
        "INSERT INTO policy (requirement_id, from_on, recalculates, body, by_id, at) VALUES ($1, $2, $3, $4, $5, $6)";
    let PolicyVersion { requirement, from_on, recalculates, body, by, at } = version;
    tx.run(sql, vals![*requirement, *from_on, *recalculates, body, *by, *at]).await.map(drop)
}

async fn change_path(tx: &mut Tx, id: PathId, name: &str, steps: &[PathStep], today: i32) -> Result<Named<()>> {
    let taken = "SELECT id FROM path WHERE lower(name) = lower($1) AND id <> $2";
    if tx.optional(taken, vals![name, id]).await?.is_some() {
        return Ok(Named::NameTaken);
    }
    if tx.run("UPDATE path SET name = $2 WHERE id = $1", vals![id, name]).await? == 0 {
        return Ok(Named::Missing);
    }
    tx.run("DELETE FROM path_step WHERE path_id = $1", vals![id]).await?;
    for (at, step) in steps.iter().enumerate() {
        let position = i64::try_from(at).map_err(|error| StoreError::corrupt("path_step.position", error))?;
        let sql = "INSERT INTO path_step (path_id, requirement_id, position, due_days) VALUES ($1, $2, $3, $4)";
        tx.run(sql, vals![id, step.requirement, position, step.due_days]).await?;
    }
    stale::of_path(tx, id, today).await?;
    Ok(Named::Done(()))
}
