//! People in bulk: everybody at once, a list applied in one transaction, and the last import undone.
//!
//! What a list means is decided above; here it is written, by statements of many rows. Nothing is written before it is known that the
//! people are as they were when the list was held against them. Facts come last, since they lock the end of the ledger.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{
    DepartmentAdded, DepartmentId, DocumentId, NewAudit, PersonId, Result, Store, StoreError, audit,
    db::{Engine, Row, Tx, Val, vals},
    department,
    fact::{NewFact, append_facts},
    moving::{self, AtWork, Lost},
    person::{NO_END, login_key, search_text},
    site, stale,
};

/// A person with all that a list of people may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterPerson {
    /// Who.
    pub id: PersonId,
    /// Changes with every change of the profile, of the days and of the place of work.
    pub rev: i64,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Staff number.
    pub employee_no: Option<String>,
    /// First day of work, days since 1970-01-01.
    pub hired_on: Option<i32>,
    /// Last day of work.
    pub left_on: Option<i32>,
    /// Whether they may not sign in.
    pub disabled: bool,
    /// Whether they are an administrator.
    pub administrator: bool,
    /// Whether the import that added them was undone.
    pub withdrawn: bool,
    /// Where they work from the day asked for on, and the last place of all; in order.
    pub places: Vec<RosterPlace>,
}

/// A place of work for some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterPlace {
    /// The department.
    pub department: DepartmentId,
    /// What they do there.
    pub job_role: String,
    /// First day.
    pub from_on: i32,
    /// The day after the last one, none while no end is known.
    pub until_on: Option<i32>,
}

/// A department that is there, or the place of one in [`RosterPlan::departments`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepartmentAt {
    /// There already.
    Known(DepartmentId),
    /// To be made.
    New(usize),
}

/// From a day on somebody works here; without a place, nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlace {
    /// The first day.
    pub from_on: i32,
    /// Where, and as what.
    pub to: Option<(DepartmentAt, String)>,
}

/// What becomes of somebody's access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It stays as it is.
    Kept,
    /// It ends, with their sessions and links.
    Ends,
    /// They may sign in again.
    Returns,
}

/// A fact to be told in the ledger. The first and the last day correct what was told of them before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Their first day.
    Hired(i32),
    /// No first day is known any more.
    NotHired,
    /// Their role starts.
    RoleStart(i32, String),
    /// They are back.
    Rehired(i32),
    /// Their last day.
    Left(i32),
    /// They stay after all.
    NotLeft,
}

/// What becomes of one person: how they are afterwards.
#[derive(Debug, Clone)]
pub struct RosterChange {
    /// Who, with the revision they must have; none for somebody to be added.
    pub person: Option<(PersonId, i64)>,
    /// Whether they are new to the list. Somebody whose adding was undone is, too.
    pub added: bool,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Whether that changes.
    pub readdressed: bool,
    /// Staff number, which never changes.
    pub employee_no: Option<String>,
    /// First day of work.
    pub hired_on: Option<i32>,
    /// Last day of work.
    pub left_on: Option<i32>,
    /// The last day known before, where it changes and they are not rehired.
    pub left_before: Option<i32>,
    /// Where they work from then on.
    pub place: Option<NewPlace>,
    /// Their access.
    pub access: Access,
    /// What the ledger is told, in this order.
    pub told: Vec<Told>,
}

/// A list to apply.
#[derive(Debug, Clone)]
pub struct RosterPlan {
    /// Departments to be made, by their paths; each after the one above it.
    pub departments: Vec<Vec<String>>,
    /// What becomes of whom.
    pub changes: Vec<RosterChange>,
    /// The import that this is; none for a change by hand, which cannot be undone at a stroke.
    pub import: Option<NewImport>,
    /// Who does it; none for the command line.
    pub by: Option<PersonId>,
    /// The site's day.
    pub today: i32,
}

/// An import to keep in the list.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// The name of the file.
    pub file_name: String,
    /// What it did, in words.
    pub summary: String,
    /// The hash of the token under which the file waited; none on the command line.
    pub token_hash: Option<Vec<u8>>,
}

/// What became of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// Applied.
    Done {
        /// The number of the import, 0 for a change by hand.
        import: i64,
        /// The rights of managers that ended, since they do not work there any more.
        lost: Vec<Lost>,
    },
    /// Somebody was changed meanwhile. Nothing was done.
    Stale,
    /// The file does not wait any more: it was applied, or its hour is over. Nothing was done.
    Gone,
}

/// Prior credit to record.
#[derive(Debug, Clone)]
pub struct Credit {
    /// Who.
    pub person: PersonId,
    /// Of which module.
    pub document: DocumentId,
    /// The day it was completed.
    pub effective_on: i32,
    /// The fact's body, JSON.
    pub body: String,
}

/// A file that waits for its confirmation.
#[derive(Debug, Clone)]
pub struct HeldFile {
    /// The hash of its token.
    pub token_hash: Vec<u8>,
    /// Whose it is.
    pub person: PersonId,
    /// What it holds.
    pub held: Held,
}

/// What waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// `people` or `history`.
    pub kind: String,
    /// The name of the file.
    pub file_name: String,
    /// Whether the file is everybody.
    pub everybody: bool,
    /// Whether departments may be made.
    pub new_departments: bool,
    /// The file, as it came.
    pub bytes: Vec<u8>,
}

/// An import that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its number.
    pub id: i64,
    /// When, microseconds.
    pub at: i64,
    /// Who did it, none for the command line.
    pub by: Option<PersonId>,
    /// Their name.
    pub by_name: Option<String>,
    /// `people` or `history`.
    pub kind: String,
    /// The name of the file.
    pub file_name: String,
    /// What it did, in words.
    pub summary: String,
    /// When it was undone.
    pub undone_at: Option<i64>,
}

/// What became of undoing an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// Undone.
    Done,
    /// Another one came after it, undone or not, or it is undone, or there is none.
    NotTheLast,
    /// These people have changed since: each with name and why. Nothing was done.
    Prevented(Vec<(PersonId, String, &'static str)>),
}

/// Of how many who prevent an undoing the names are told.
const TOLD: usize = 50;

/// How somebody was before an import.
#[derive(Debug, Serialize, Deserialize)]
struct Before {
    name: String,
    email: Option<String>,
    hired_on: Option<i64>,
    left_on: Option<i64>,
    disabled_at: Option<i64>,
    /// Their tenures, where they may have changed: department, role, from, until.
    tenures: Option<Vec<(i64, String, i64, i64)>>,
    /// The departments that they managed and do not any more.
    #[serde(default)]
    managed: Vec<i64>,
}

/// Called in the transaction that changes people: by an import of people or of prior credit, by its undoing, and by a change by hand of
/// somebody's days. Where they work, what they do there and whether they are here may be other than before. What is asked of them follows
/// in parts afterwards, and before anybody asks about one of them; from today on, since what was asked before stays as it was.
pub(crate) async fn people_changed(tx: &mut Tx, people: &[PersonId], now: i64) -> Result<()> {
    let today = site::day_of(tx, now).await?;
    stale::people(tx, people, today).await
}

impl Store {
    /// Everybody, in the order of their names, with where they work from the day `today` on.
    pub async fn roster(&self, today: i32) -> Result<Vec<RosterPerson>> {
        let mut reader = self.reader().await?;
        let sql =
            "SELECT p.id, p.rev, p.name, p.email, p.employee_no, p.hired_on, p.left_on, p.disabled_at, p.withdrawn_at,
                r.id AS administrator
            FROM person p LEFT JOIN right_held r ON r.person_id = p.id AND r.held = 'administrator'
            ORDER BY p.sort_name, p.id";
        let mut people = Vec::new();
        let mut at = HashMap::new();
        for row in reader.all(sql, vals![]).await? {
            let id = PersonId(row.i64("id")?);
            at.insert(id, people.len());
            people.push(RosterPerson {
                id,
                rev: row.i64("rev")?,
                name: row.text("name")?,
                email: row.text_or_none("email")?,
                employee_no: row.text_or_none("employee_no")?,
                hired_on: row.days_or_none("hired_on")?,
                left_on: row.days_or_none("left_on")?,
                disabled: row.i64_or_none("disabled_at")?.is_some(),
                administrator: row.i64_or_none("administrator")?.is_some(),
                withdrawn: row.i64_or_none("withdrawn_at")?.is_some(),
                places: Vec::new(),
            });
        }
        let sql = "SELECT t.person_id, t.department_id, t.job_role, t.from_on, t.until_on FROM tenure t
            WHERE t.until_on > $1 OR NOT EXISTS (SELECT l.id FROM tenure l WHERE l.person_id = t.person_id AND l.from_on > t.from_on)
            ORDER BY t.person_id, t.from_on";
        for row in reader.all(sql, vals![today]).await? {
            let Some(at) = at.get(&PersonId(row.i64("person_id")?)) else { continue };
            people[*at].places.push(RosterPlace {
                department: DepartmentId(row.i64("department_id")?),
                job_role: row.text("job_role")?,
                from_on: row.days("from_on")?,
                until_on: Some(row.days("until_on")?).filter(|day| i64::from(*day) != NO_END),
            });
        }
        Ok(people)
    }

    /// First and last day of work of a person; none of a person who is not there.
    pub async fn employment(&self, person: PersonId) -> Result<Option<(Option<i32>, Option<i32>)>> {
        let row =
            self.reader().await?.optional("SELECT hired_on, left_on FROM person WHERE id = $1", vals![person]).await?;
        row.map(|row| Ok((row.days_or_none("hired_on")?, row.days_or_none("left_on")?))).transpose()
    }

    /// Applies a list, all or nothing.
    pub async fn apply_roster(&self, plan: RosterPlan, now: i64) -> Result<Applied> {
        match self.write_long((plan, now), |tx, (plan, now)| Box::pin(apply(tx, plan, *now))).await {
            // Somebody else took a login or made a department at the same moment; now it can be seen.
            Err(StoreError::Constraint { cause }) => {
                tracing::info!(%cause, "a list of people was overtaken, nothing of it was done");
                Ok(Applied::Stale)
            }
            done => done,
        }
    }

    /// Records prior credit from a file, all or nothing.
    pub async fn apply_history(
        &self,
        credits: Vec<Credit>,
        import: NewImport,
        by: Option<PersonId>,
        now: i64,
    ) -> Result<Applied> {
        self.write_long((credits, import, by, now), |tx, (credits, import, by, now)| {
            Box::pin(record(tx, credits, import, *by, *now))
        })
        .await
    }

    /// Undoes the last import, all or nothing.
    pub async fn undo_import(&self, import: i64, by: Option<PersonId>, today: i32, now: i64) -> Result<Undone> {
        self.write_long((import, by, today, now), |tx, (import, by, today, now)| {
            Box::pin(undo(tx, *import, *by, *today, *now))
        })
        .await
    }

    /// The imports that were done, the newest first.
    pub async fn imports(&self, limit: i64) -> Result<Vec<Import>> {
        let sql = "SELECT i.id, i.at, i.by_id, p.name, i.kind, i.file_name, i.summary, i.undone_at
            FROM import i LEFT JOIN person p ON p.id = i.by_id ORDER BY i.id DESC LIMIT $1";
        self.reader().await?.all(sql, vals![limit]).await?.iter().map(import).collect()
    }

    /// Keeps a file until it is confirmed. One that the same person left behind goes.
    pub async fn hold_file(&self, file: HeldFile, now: i64) -> Result<()> {
        self.write((file, now), |tx, (file, now)| {
            Box::pin(async move {
                tx.run("DELETE FROM import_file WHERE person_id = $1", vals![file.person]).await?;
                let sql = "INSERT INTO import_file (token_hash, person_id, kind, file_name, everybody, new_departments, bytes, at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
                let Held { kind, file_name, everybody, new_departments, bytes } = &file.held;
                let vals = vals![&file.token_hash, file.person, kind, file_name, *everybody, *new_departments, bytes, *now];
                tx.run(sql, vals).await.map(drop)
            })
        })
        .await
    }

    /// The file that waits under a token for this person, if it came after `since`.
    pub async fn held_file(&self, token_hash: &[u8], person: PersonId, since: i64) -> Result<Option<Held>> {
        let sql = "SELECT kind, file_name, everybody, new_departments, bytes FROM import_file
            WHERE token_hash = $1 AND person_id = $2 AND at > $3";
        let row = self.reader().await?.optional(sql, vals![token_hash, person, since]).await?;
        row.map(|row| {
            Ok(Held {
                kind: row.text("kind")?,
                file_name: row.text("file_name")?,
                everybody: row.bool("everybody")?,
                new_departments: row.bool("new_departments")?,
                bytes: row.blob("bytes")?,
            })
        })
        .transpose()
    }

    /// Whether the file under a token was applied.
    pub async fn was_imported(&self, token_hash: &[u8]) -> Result<bool> {
        let sql = "SELECT id FROM import WHERE token_hash = $1";
        Ok(self.reader().await?.optional(sql, vals![token_hash]).await?.is_some())
    }

    /// Removes the files that came before `before` and were never confirmed; returns how many.
    pub async fn purge_held_files(&self, before: i64) -> Result<u64> {
        self.write(before, |tx, before| {
            Box::pin(async move { tx.run("DELETE FROM import_file WHERE at < $1", vals![*before]).await })
        })
        .await
    }

    /// Ends the access of those whose last day has passed, each with a line in the audit log; returns how many.
    pub async fn disable_leavers(&self, today: i32, now: i64) -> Result<u64> {
        self.write((today, now), |tx, (today, now)| {
            Box::pin(async move {
                let sql = "UPDATE person SET disabled_at = $2 WHERE left_on < $1 AND disabled_at IS NULL RETURNING id";
                let gone = tx.all(sql, vals![*today, *now]).await?;
                let gone = gone.iter().map(|row| row.i64("id").map(PersonId)).collect::<Result<Vec<_>>>()?;
                shut_out(tx, &gone, *now).await?;
                // Where they worked until their last day is over already, and seen to with all who move; this is for the others.
                let lost = AtWork::of(tx, &gone, *today).await?.end_all(tx).await?;
                for line in moving::lines(&lost, moving::MOVED) {
                    audit::append(tx, &line, *now).await?;
                }
                let lines = gone.iter().map(|person| {
                    vals![*now, "person.disabled", format!("person/{person}"), "their last day has passed"]
                });
                tx.many("INSERT INTO audit (at, what, object, detail) VALUES {rows}", lines.collect()).await?;
                Ok(u64::try_from(gone.len()).unwrap_or_default())
            })
        })
        .await
    }

    /// The prior credit in force: person, document and day.
    pub async fn prior_credits(&self) -> Result<Vec<(PersonId, DocumentId, i32)>> {
        let sql = "SELECT f.person_id, f.document_id, f.effective_on FROM fact f WHERE f.kind = 'prior-credit'
            AND NOT EXISTS (SELECT s.seq FROM fact s WHERE s.supersedes = f.seq)";
        let rows = self.reader().await?.all(sql, vals![]).await?;
        rows.iter()
            .map(|row| {
                Ok((PersonId(row.i64("person_id")?), DocumentId(row.i64("document_id")?), row.days("effective_on")?))
            })
            .collect()
    }
}

/// Rolls the whole write back: what it was made for is not so any more.
fn overtaken(what: &str) -> StoreError {
    StoreError::Constraint { cause: what.to_owned() }
}

async fn apply(tx: &mut Tx, plan: &RosterPlan, now: i64) -> Result<Applied> {
    let token = plan.import.as_ref().and_then(|import| import.token_hash.as_ref());
    if let Some(token) = token
        && tx.optional("SELECT token_hash FROM import_file WHERE token_hash = $1", vals![token]).await?.is_none()
    {
        return Ok(Applied::Gone);
    }
    let mut known: Vec<(PersonId, i64)> = plan.changes.iter().filter_map(|change| change.person).collect();
    known.sort_unstable();
    if !lock(tx, &known).await? {
        return Ok(Applied::Stale);
    }
    if let Some(token) = token
        && tx.run("DELETE FROM import_file WHERE token_hash = $1", vals![token]).await? != 1
    {
        return Err(overtaken("the file was applied at the same moment"));
    }
    let departments = departments(tx, &plan.departments).await?;
    // A change by hand cannot be undone at a stroke, so nothing is kept of what was before.
    let mut before = if plan.import.is_some() { before(tx, plan).await? } else { HashMap::new() };
    let (stay, leave) = movers(plan);
    let (at_work, leaving) = (AtWork::of(tx, &stay, plan.today).await?, AtWork::of(tx, &leave, plan.today).await?);
    let people = write_people(tx, plan, now).await?;
    write_places(tx, plan, &people, &departments).await?;
    let gone: Vec<PersonId> = ends(plan, &people).collect();
    shut_out(tx, &gone, now).await?;
    let mut lost = at_work.end_lost(tx, &stay, plan.today).await?;
    lost.extend(leaving.end_all(tx).await?);
    for lost in &lost {
        if let Some(was) = before.get_mut(&lost.person) {
            was.managed.push(lost.department.0);
        }
    }
    if !gone.is_empty() {
        somebody_stays(tx).await?;
    }
    let import = match &plan.import {
        None => 0,
        Some(import) => {
            let id = keep_import(tx, "people", import, plan.by, now).await?;
            let mut rows = Vec::with_capacity(people.len());
            for (change, person) in plan.changes.iter().zip(&people) {
                let rev = change.person.map_or(1, |(_, rev)| rev + 1);
                let was = before.get(person).map(serde_json::to_string).transpose();
                let was = was.map_err(|cause| StoreError::corrupt("import_person.before", cause))?;
                rows.push(vals![id, *person, rev, was]);
            }
            tx.many("INSERT INTO import_person (import_id, person_id, rev, before) VALUES {rows}", rows).await?;
            id
        }
    };
    people_changed(tx, &people, now).await?;
    let facts = facts(tx, plan, &people).await?;
    let wrote = append_facts(tx, &facts, now).await?;
    keep_facts(tx, import, wrote).await?;
    Ok(Applied::Done { import, lost })
}

/// Locks people, in the order of their ids. Returns false when one of them is not at the revision given.
async fn lock(tx: &mut Tx, people: &[(PersonId, i64)]) -> Result<bool> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "WITH v (id, rev) AS (VALUES {rows}) SELECT p.id FROM v CROSS JOIN person p WHERE p.id = v.id AND p.rev = v.rev"
        }
        Engine::Pg => {
            "WITH v (id, rev) AS (VALUES {rows}) SELECT p.id FROM v JOIN person p ON p.id = v.id AND p.rev = v.rev
                ORDER BY p.id FOR UPDATE OF p"
        }
    };
    let rows = people.iter().map(|(id, rev)| vals![*id, *rev]).collect();
    Ok(tx.all_of_many(sql, rows).await?.len() == people.len())
}

/// Makes departments; gives the id of each.
async fn departments(tx: &mut Tx, paths: &[Vec<String>]) -> Result<Vec<DepartmentId>> {
    let mut made = Vec::with_capacity(paths.len());
    if paths.is_empty() {
        return Ok(made);
    }
    let rows = tx.all("SELECT id, parent_id, name FROM department", vals![]).await?;
    let mut known = HashMap::new();
    for row in &rows {
        known.insert((row.i64_or_none("parent_id")?, row.text("name")?.to_lowercase()), row.i64("id")?);
    }
    for path in paths {
        let mut above = None;
        for (depth, name) in path.iter().enumerate() {
            let key = (above, name.to_lowercase());
            let last = depth + 1 == path.len();
            match known.get(&key) {
                Some(_) if last => return Err(overtaken("a department of this name was made at the same moment")),
                Some(id) => above = Some(*id),
                None if last => match department::add(tx, name, above.map(DepartmentId)).await? {
                    DepartmentAdded::Department(id) => {
                        known.insert(key, id.0);
                        made.push(id);
                    }
                    DepartmentAdded::NameTaken | DepartmentAdded::ParentMissing => {
                        return Err(overtaken("the departments were changed at the same moment"));
                    }
                },
                None => return Err(overtaken("a department has another name now")),
            }
        }
    }
    Ok(made)
}

/// Of those who were known, whose place of work may change, and whose access ends.
fn movers(plan: &RosterPlan) -> (Vec<PersonId>, Vec<PersonId>) {
    let known = plan.changes.iter().filter_map(|change| Some((change.person?.0, change)));
    let moves = |change: &RosterChange| change.place.is_some() || change.left_on.is_some();
    let (leave, rest): (Vec<_>, Vec<_>) = known.partition(|(_, change)| change.access == Access::Ends);
    let stay = rest.into_iter().filter(|(_, change)| moves(change)).map(|(person, _)| person);
    (stay.collect(), leave.into_iter().map(|(person, _)| person).collect())
}

/// How those were who were known, by person.
async fn before(tx: &mut Tx, plan: &RosterPlan) -> Result<HashMap<PersonId, Before>> {
    let known = |change: &&RosterChange| !change.added;
    let changes = || plan.changes.iter().filter(known).filter_map(|change| Some((change.person?.0, change)));
    let places =
        |change: &RosterChange| change.place.is_some() || change.left_on.is_some() || change.left_before.is_some();
    let mut tenures: HashMap<PersonId, Vec<(i64, String, i64, i64)>> = HashMap::new();
    let moved = changes().filter(|(_, change)| places(change)).map(|(person, _)| vals![person]).collect();
    let sql = "WITH v (id) AS (VALUES {rows}) SELECT t.person_id, t.department_id, t.job_role, t.from_on, t.until_on
        FROM v CROSS JOIN tenure t WHERE t.person_id = v.id";
    for row in tx.all_of_many(sql, moved).await? {
        let tenure = (row.i64("department_id")?, row.text("job_role")?, row.i64("from_on")?, row.i64("until_on")?);
        tenures.entry(PersonId(row.i64("person_id")?)).or_default().push(tenure);
    }
    let mut moved: HashSet<PersonId> =
        changes().filter(|(_, change)| places(change)).map(|(person, _)| person).collect();
    let sql = "WITH v (id) AS (VALUES {rows}) SELECT p.id, p.name, p.email, p.hired_on, p.left_on, p.disabled_at
        FROM v CROSS JOIN person p WHERE p.id = v.id";
    let mut before = HashMap::new();
    for row in tx.all_of_many(sql, changes().map(|(person, _)| vals![person]).collect()).await? {
        let id = PersonId(row.i64("id")?);
        let was = Before {
            name: row.text("name")?,
            email: row.text_or_none("email")?,
            hired_on: row.i64_or_none("hired_on")?,
            left_on: row.i64_or_none("left_on")?,
            disabled_at: row.i64_or_none("disabled_at")?,
            tenures: moved.remove(&id).then(|| tenures.remove(&id).unwrap_or_default()),
            managed: Vec::new(),
        };
        before.insert(id, was);
    }
    Ok(before)
}

/// Writes the people; gives the person of each change.
async fn write_people(tx: &mut Tx, plan: &RosterPlan, now: i64) -> Result<Vec<PersonId>> {
    let search =
        |change: &RosterChange| search_text(&change.name, change.email.as_deref(), change.employee_no.as_deref());
    let sql = "WITH v (id, name, sort_name, email, search, hired_on, left_on, access, at) AS (VALUES {rows})
        UPDATE person SET name = v.name, sort_name = v.sort_name, email = v.email, search = v.search, hired_on = v.hired_on,
            left_on = v.left_on, withdrawn_at = NULL, rev = person.rev + 1,
            disabled_at = CASE v.access WHEN 1 THEN coalesce(person.disabled_at, v.at) WHEN 2 THEN NULL ELSE person.disabled_at END
        FROM v WHERE person.id = v.id";
    let access = |change: &RosterChange| match change.access {
        Access::Kept => 0_i64,
        Access::Ends => 1,
        Access::Returns => 2,
    };
    let rows = plan.changes.iter().filter_map(|change| {
        let (id, _) = change.person?;
        let (name, email) = (&change.name, change.email.clone());
        let days = (change.hired_on, change.left_on);
        Some(vals![id, name, name.to_lowercase(), email, search(change), days.0, days.1, access(change), now])
    });
    tx.many(sql, rows.collect()).await?;
    // Every address that goes is free before one is given, so that two people can swap theirs.
    let addressed = |change: &&RosterChange| change.readdressed || change.added;
    let freed = plan.changes.iter().filter(addressed).filter_map(|change| Some(vals![change.person?.0]));
    free_addresses(tx, freed.collect()).await?;

    let sql =
        "INSERT INTO person (name, sort_name, employee_no, email, search, created_at, hired_on, left_on, disabled_at)
        VALUES {rows} RETURNING id, employee_no";
    let new = plan.changes.iter().filter(|change| change.person.is_none()).map(|change| {
        let (name, email, number) = (&change.name, change.email.clone(), change.employee_no.clone());
        let disabled = (change.access == Access::Ends).then_some(now);
        vals![name, name.to_lowercase(), number, email, search(change), now, change.hired_on, change.left_on, disabled]
    });
    let mut ids = HashMap::new();
    for row in tx.all_of_many(sql, new.collect()).await? {
        ids.insert(row.text("employee_no")?, PersonId(row.i64("id")?));
    }
    let mut people = Vec::with_capacity(plan.changes.len());
    for change in &plan.changes {
        let new = || change.employee_no.as_ref().and_then(|number| ids.get(number)).copied();
        let person = change.person.map(|(id, _)| id).or_else(new);
        people.push(person.ok_or_else(|| StoreError::corrupt("person.id", "somebody was not added"))?);
    }
    let mut logins = Vec::new();
    for (change, person) in plan.changes.iter().zip(&people) {
        if let Some(email) = change.email.as_ref().filter(|_| change.readdressed || change.added) {
            logins.push(vals![login_key(email), *person, "email"]);
        }
        if let Some(number) = change.employee_no.as_ref().filter(|_| change.person.is_none()) {
            logins.push(vals![login_key(number), *person, "staff"]);
        }
    }
    tx.many("INSERT INTO login (key, person_id, kind) VALUES {rows}", logins).await?;
    Ok(people)
}

async fn free_addresses(tx: &mut Tx, people: Vec<Vec<Val>>) -> Result<()> {
    let sql =
        "WITH v (id) AS (VALUES {rows}) DELETE FROM login WHERE kind = 'email' AND person_id IN (SELECT id FROM v)";
    tx.many(sql, people).await.map(drop)
}

/// Writes where they work: as `set_tenure` and `end_tenure` do for one person.
async fn write_places(tx: &mut Tx, plan: &RosterPlan, people: &[PersonId], departments: &[DepartmentId]) -> Result<()> {
    let mut ended = Vec::new();
    let mut prolonged = Vec::new();
    let mut begun = Vec::new();
    for (change, person) in plan.changes.iter().zip(people) {
        let known = change.person.is_some();
        let after = change.left_on.map(|last| i64::from(last) + 1);
        if let Some(place) = &change.place {
            if known {
                ended.push(vals![*person, place.from_on]);
            }
            if let Some((at, job_role)) = &place.to {
                let department = match at {
                    DepartmentAt::Known(id) => *id,
                    DepartmentAt::New(at) => {
                        *departments.get(*at).ok_or_else(|| StoreError::corrupt("department", "one was not made"))?
                    }
                };
                begun.push(vals![*person, department, job_role, place.from_on, after.unwrap_or(NO_END)]);
            }
        }
        if let (true, Some(after)) = (known, after) {
            ended.push(vals![*person, after]);
        }
        if let (true, Some(before)) = (known, change.left_before)
            && after.is_none_or(|after| after > i64::from(before) + 1)
        {
            prolonged.push(vals![*person, i64::from(before) + 1, after.unwrap_or(NO_END)]);
        }
    }
    // Whoever stays longer works on where they would have ended; a move of the same file cuts that again.
    let sql = "WITH v (id, old, new) AS (VALUES {rows}) UPDATE tenure SET until_on = v.new FROM v
        WHERE tenure.person_id = v.id AND tenure.until_on = v.old";
    tx.many(sql, prolonged).await?;
    let sql = "WITH v (id, day) AS (VALUES {rows}) DELETE FROM tenure WHERE id IN
        (SELECT t.id FROM v CROSS JOIN tenure t WHERE t.person_id = v.id AND t.from_on >= v.day)";
    tx.many(sql, ended.clone()).await?;
    // A person may stand here twice, for a move and for the last day: the earlier of the two is the end.
    let sql = "WITH v (id, day) AS (VALUES {rows}), e (id, day) AS (SELECT id, min(day) FROM v GROUP BY id)
        UPDATE tenure SET until_on = e.day FROM e WHERE tenure.person_id = e.id AND tenure.until_on > e.day";
    tx.many(sql, ended).await?;
    let sql = "INSERT INTO tenure (person_id, department_id, job_role, from_on, until_on) VALUES {rows}";
    tx.many(sql, begun).await.map(drop)
}

/// Whose access ends.
fn ends<'a>(plan: &'a RosterPlan, people: &'a [PersonId]) -> impl Iterator<Item = PersonId> + 'a {
    let ending = plan.changes.iter().zip(people).filter(|(change, _)| change.access == Access::Ends);
    ending.filter(|(change, _)| change.person.is_some()).map(|(_, person)| *person)
}

/// Ends the sessions of people and makes their links useless.
async fn shut_out(tx: &mut Tx, people: &[PersonId], now: i64) -> Result<()> {
    let sql = "WITH v (id) AS (VALUES {rows}) DELETE FROM session WHERE person_id IN (SELECT id FROM v)";
    tx.many(sql, people.iter().map(|person| vals![*person]).collect()).await?;
    let sql = "WITH v (id, at) AS (VALUES {rows}) UPDATE link SET expires_at = v.at FROM v
        WHERE link.person_id = v.id AND link.spent_at IS NULL AND link.expires_at > v.at";
    tx.many(sql, people.iter().map(|person| vals![*person, now]).collect()).await.map(drop)
}

/// Two lists at once may each leave the other's administrator.
async fn somebody_stays(tx: &mut Tx) -> Result<()> {
    let sql = "SELECT r.id FROM right_held r JOIN person p ON p.id = r.person_id
        WHERE r.held = 'administrator' AND p.disabled_at IS NULL LIMIT 1";
    let any = "SELECT id FROM right_held WHERE held = 'administrator' LIMIT 1";
    if tx.optional(sql, vals![]).await?.is_none() && tx.optional(any, vals![]).await?.is_some() {
        return Err(overtaken("no administrator would be left"));
    }
    Ok(())
}

async fn keep_import(tx: &mut Tx, kind: &str, import: &NewImport, by: Option<PersonId>, now: i64) -> Result<i64> {
    // Only the last import can be undone, so nothing is kept of how people were before those that came earlier.
    tx.run("DELETE FROM import_person", vals![]).await?;
    let sql = "INSERT INTO import (at, by_id, kind, file_name, summary, token_hash) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    let vals = vals![now, by, kind, &import.file_name, &import.summary, import.token_hash.clone()];
    tx.one(sql, vals).await?.i64("id")
}

/// Keeps which facts an import wrote. Where it wrote none, what comes later is still told from what was there before.
async fn keep_facts(tx: &mut Tx, import: i64, facts: Option<(i64, i64)>) -> Result<()> {
    let (first, last) = match facts {
        Some(facts) => facts,
        None => {
            let head = tx.one("SELECT seq FROM ledger_head WHERE id = 1", vals![]).await?.i64("seq")?;
            (head + 1, head)
        }
    };
    let sql = "UPDATE import SET first_fact = $2, last_fact = $3 WHERE id = $1";
    tx.run(sql, vals![import, first, last]).await.map(drop)
}

/// What the ledger has been told of somebody's days and nobody took back.
#[derive(Default)]
struct InForce {
    hired: Option<i64>,
    left: Option<i64>,
}

/// What the ledger is told.
async fn facts(tx: &mut Tx, plan: &RosterPlan, people: &[PersonId]) -> Result<Vec<NewFact>> {
    let dated = |told: &Told| !matches!(told, Told::RoleStart(..));
    let asked =
        plan.changes.iter().zip(people).filter(|(change, _)| change.person.is_some() && change.told.iter().any(dated));
    let sql = "WITH v (id) AS (VALUES {rows}) SELECT f.seq, f.person_id, f.kind FROM v CROSS JOIN fact f
        WHERE f.person_id = v.id AND f.kind IN ('hired', 'left', 'rehired')
          AND NOT EXISTS (SELECT s.seq FROM fact s WHERE s.supersedes = f.seq)";
    let mut rows = Vec::new();
    for row in tx.all_of_many(sql, asked.map(|(_, person)| vals![*person]).collect()).await? {
        rows.push((row.i64("seq")?, PersonId(row.i64("person_id")?), row.text("kind")?));
    }
    rows.sort_unstable();
    let mut in_force: HashMap<PersonId, InForce> = HashMap::new();
    for (seq, person, kind) in rows {
        let known = in_force.entry(person).or_default();
        match kind.as_str() {
            "hired" => known.hired = Some(seq),
            "left" => known.left = Some(seq),
            _ => known.left = None,
        }
    }
    let mut facts = Vec::new();
    for (change, person) in plan.changes.iter().zip(people) {
        let mut known = in_force.remove(person).unwrap_or_default();
        for told in &change.told {
            let (kind, on, supersedes, body) = match told {
                Told::Hired(on) => ("hired", *on, known.hired.take(), "{}".to_owned()),
                Told::Left(on) => ("left", *on, known.left.take(), "{}".to_owned()),
                Told::RoleStart(on, role) => ("role-start", *on, None, serde_json::json!({ "role": role }).to_string()),
                Told::Rehired(on) => {
                    known.left = None;
                    ("rehired", *on, None, "{}".to_owned())
                }
                Told::NotHired | Told::NotLeft => {
                    let wrong = if *told == Told::NotHired { known.hired.take() } else { known.left.take() };
                    let Some(wrong) = wrong else { continue };
                    ("retracted", plan.today, Some(wrong), "{}".to_owned())
                }
            };
            facts.push(fact(plan.by, *person, (kind, on), supersedes, body));
        }
    }
    Ok(facts)
}

fn fact(
    by: Option<PersonId>,
    person: PersonId,
    (kind, effective_on): (&'static str, i32),
    supersedes: Option<i64>,
    body: String,
) -> NewFact {
    NewFact {
        by,
        effective_on,
        kind,
        person: Some(person),
        document: None,
        version: None,
        attempt: None,
        supersedes,
        body,
    }
}

async fn record(
    tx: &mut Tx,
    credits: &[Credit],
    import: &NewImport,
    by: Option<PersonId>,
    now: i64,
) -> Result<Applied> {
    if let Some(token) = &import.token_hash
        && tx.run("DELETE FROM import_file WHERE token_hash = $1", vals![token]).await? != 1
    {
        return Ok(Applied::Gone);
    }
    let id = keep_import(tx, "history", import, by, now).await?;
    let facts: Vec<NewFact> = credits
        .iter()
        .map(|credit| NewFact {
            document: Some(credit.document),
            ..fact(by, credit.person, ("prior-credit", credit.effective_on), None, credit.body.clone())
        })
        .collect();
    let people: HashSet<PersonId> = credits.iter().map(|credit| credit.person).collect();
    people_changed(tx, &people.into_iter().collect::<Vec<_>>(), now).await?;
    let wrote = append_facts(tx, &facts, now).await?;
    keep_facts(tx, id, wrote).await?;
    Ok(Applied::Done { import: id, lost: Vec::new() })
}

/// A fact that an import wrote.
struct Wrote {
    seq: i64,
    person: PersonId,
    supersedes: Option<i64>,
}

async fn undo(tx: &mut Tx, import: i64, by: Option<PersonId>, today: i32, now: i64) -> Result<Undone> {
    // Of two who undo at once the second waits here on PostgreSQL and then sees that it is done.
    let there = tx.run("UPDATE import SET id = id WHERE id = $1", vals![import]).await?;
    // Of those before the last nothing is kept, also when the last was undone.
    let last = tx
        .one("SELECT max(id) AS id, max(CASE WHEN id = $1 THEN undone_at END) AS undone_at FROM import", vals![import])
        .await?;
    if there == 0 || last.i64_or_none("id")? != Some(import) || last.i64_or_none("undone_at")?.is_some() {
        return Ok(Undone::NotTheLast);
    }
    let sql = "SELECT first_fact, last_fact FROM import WHERE id = $1";
    let row = tx.one(sql, vals![import]).await?;
    let range = (row.i64_or_none("first_fact")?.unwrap_or(0), row.i64_or_none("last_fact")?.unwrap_or(-1));
    let touched = touched(tx, import).await?;
    let in_the_way = in_the_way(tx, import, range, &touched).await?;
    if !in_the_way.is_empty() {
        return Ok(Undone::Prevented(in_the_way));
    }
    let all: Vec<PersonId> = touched.iter().map(|(person, _)| *person).collect();
    let at_work = AtWork::of(tx, &all, today).await?;
    put_back(tx, &touched, today, now).await?;
    let lost = at_work.end_lost(tx, &all, today).await?;
    let mut lines = moving::lines(&lost, moving::MOVED);
    lines.extend(give_back(tx, &touched).await?);
    for line in lines {
        audit::append(tx, &NewAudit { who: by, ..line }, now).await?;
    }
    somebody_stays(tx).await?;
    tx.run("UPDATE import SET undone_at = $2 WHERE id = $1", vals![import, now]).await?;
    tx.run("DELETE FROM import_person WHERE import_id = $1", vals![import]).await?;
    // A history touches nobody, but what is known of them is less without it.
    let mut people: HashSet<PersonId> = touched.iter().map(|(person, _)| *person).collect();
    let sql = "SELECT DISTINCT person_id FROM fact WHERE seq BETWEEN $1 AND $2";
    for row in tx.all(sql, vals![range.0, range.1]).await? {
        people.insert(PersonId(row.i64("person_id")?));
    }
    let people: Vec<PersonId> = people.into_iter().collect();
    people_changed(tx, &people, now).await?;
    let facts = taken_back(tx, range, by, today).await?;
    append_facts(tx, &facts, now).await?;
    Ok(Undone::Done)
}

/// Whom an import touched, and how they were before; none where it added them. They are locked, on PostgreSQL.
async fn touched(tx: &mut Tx, import: i64) -> Result<Vec<(PersonId, Option<Before>)>> {
    let sql = match tx.engine() {
        Engine::Sqlite => "SELECT person_id, before FROM import_person WHERE import_id = $1 ORDER BY person_id",
        Engine::Pg => {
            "SELECT i.person_id, i.before FROM import_person i JOIN person p ON p.id = i.person_id WHERE i.import_id = $1
                ORDER BY i.person_id FOR UPDATE OF p"
        }
    };
    let rows = tx.all(sql, vals![import]).await?;
    let before = |row: &Row| {
        let text = row.text_or_none("before")?;
        text.map(|text| serde_json::from_str(&text).map_err(|cause| StoreError::corrupt("import_person.before", cause)))
            .transpose()
    };
    rows.iter().map(|row| Ok((PersonId(row.i64("person_id")?), before(row)?))).collect()
}

/// Those whom an import ($1) added and of whom there is something.
macro_rules! added_with {
    ($what:literal) => {
        concat!(
            "SELECT p.id, p.name FROM import_person i JOIN person p ON p.id = i.person_id
                WHERE i.import_id = $1 AND i.before IS NULL AND EXISTS (SELECT 1 FROM ",
            $what,
            ") ORDER BY p.sort_name, p.id LIMIT 50"
        )
    };
}

/// Who has changed since an import, and how.
async fn in_the_way(
    tx: &mut Tx,
    import: i64,
    (first, last): (i64, i64),
    touched: &[(PersonId, Option<Before>)],
) -> Result<Vec<(PersonId, String, &'static str)>> {
    let mut found: Vec<(PersonId, String, &'static str)> = Vec::new();
    let changed = "SELECT p.id, p.name FROM import_person i JOIN person p ON p.id = i.person_id
        WHERE i.import_id = $1 AND p.rev <> i.rev ORDER BY p.sort_name, p.id LIMIT 50";
    // Those who were added must have done nothing; of the others only what the import set must still stand.
    for (sql, why) in [
        (changed, "was changed since"),
        (added_with!("session s WHERE s.person_id = p.id"), "has signed in"),
        (added_with!("attempt a WHERE a.person_id = p.id"), "has begun training"),
        (added_with!("right_held r WHERE r.person_id = p.id"), "was given a right"),
    ] {
        note_who(&mut found, tx.all(sql, vals![import]).await?, why)?;
    }
    // What was recorded before the import was of an adding that was undone.
    let later = added_with!("fact f WHERE f.person_id = p.id AND f.seq > $2");
    note_who(&mut found, tx.all(later, vals![import, last]).await?, "has something recorded since")?;
    let superseded = "SELECT DISTINCT p.id, p.name, p.sort_name FROM fact f JOIN fact s ON s.supersedes = f.seq JOIN person p ON p.id = f.person_id
        WHERE f.seq BETWEEN $1 AND $2 AND s.seq > $2 ORDER BY p.sort_name, p.id LIMIT 50";
    note_who(&mut found, tx.all(superseded, vals![first, last]).await?, "has a day that was corrected since")?;
    let back = touched.iter().filter_map(|(person, before)| Some((*person, before.as_ref()?.email.clone()?)));
    let rows = back.map(|(person, email)| vals![person, login_key(&email)]).collect();
    let sql = "WITH v (id, key) AS (VALUES {rows}) SELECT v.id AS wants, p.id, p.name FROM v CROSS JOIN login l JOIN person p ON p.id = l.person_id
        WHERE l.key = v.key AND l.person_id <> v.id";
    let touched: HashSet<PersonId> = touched.iter().map(|(person, _)| *person).collect();
    let mut others = tx.all_of_many(sql, rows).await?;
    let outside = |row: &Row| row.i64("id").is_ok_and(|id| !touched.contains(&PersonId(id)));
    others.retain(outside);
    note_who(&mut found, others, "has an e-mail address that would be given back")?;
    Ok(found)
}

fn note_who(found: &mut Vec<(PersonId, String, &'static str)>, rows: Vec<Row>, why: &'static str) -> Result<()> {
    for row in rows {
        let id = PersonId(row.i64("id")?);
        if found.len() < TOLD && !found.iter().any(|(known, ..)| *known == id) {
            found.push((id, row.text("name")?, why));
        }
    }
    Ok(())
}

/// Puts people back to how they were. Those who were added keep their staff number, so that a mended list finds them again, and nothing
/// else that others could want.
async fn put_back(tx: &mut Tx, touched: &[(PersonId, Option<Before>)], today: i32, now: i64) -> Result<()> {
    let numbers = "WITH v (id) AS (VALUES {rows}) SELECT p.id, p.employee_no, p.name, p.email FROM v CROSS JOIN person p WHERE p.id = v.id";
    let mut present = HashMap::new();
    for row in tx.all_of_many(numbers, touched.iter().map(|(person, _)| vals![*person]).collect()).await? {
        let person = (row.text_or_none("employee_no")?, row.text("name")?, row.text_or_none("email")?);
        present.insert(PersonId(row.i64("id")?), person);
    }
    let (mut people, mut freed, mut logins) = (Vec::new(), Vec::new(), Vec::new());
    let (mut unplaced, mut tenures, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for (person, before) in touched {
        let Some((number, name, email)) = present.get(person) else { continue };
        let Some(before) = before else {
            let search = search_text(name, None, number.as_deref());
            people.push(vals![*person, name, name.to_lowercase(), None::<&str>, search, None::<i64>, today, now, now]);
            freed.push(vals![*person]);
            unplaced.push(vals![*person]);
            gone.push(*person);
            continue;
        };
        let search = search_text(&before.name, before.email.as_deref(), number.as_deref());
        let (name, sort_name) = (&before.name, before.name.to_lowercase());
        let Before { hired_on, left_on, disabled_at, .. } = *before;
        people.push(vals![
            *person,
            name,
            sort_name,
            before.email.clone(),
            search,
            hired_on,
            left_on,
            disabled_at,
            None::<i64>
        ]);
        if before.email != *email {
            freed.push(vals![*person]);
            logins.extend(before.email.iter().map(|email| vals![login_key(email), *person, "email"]));
        }
        if let Some(were) = &before.tenures {
            unplaced.push(vals![*person]);
            tenures.extend(were.iter().map(|(at, role, from, until)| vals![*person, *at, role, *from, *until]));
        }
        if disabled_at.is_some() {
            gone.push(*person);
        }
    }
    let sql = "WITH v (id, name, sort_name, email, search, hired_on, left_on, disabled_at, withdrawn_at) AS (VALUES {rows})
        UPDATE person SET name = v.name, sort_name = v.sort_name, email = v.email, search = v.search, hired_on = v.hired_on,
            left_on = v.left_on, disabled_at = v.disabled_at, withdrawn_at = v.withdrawn_at, rev = person.rev + 1
        FROM v WHERE person.id = v.id";
    tx.many(sql, people).await?;
    free_addresses(tx, freed).await?;
    tx.many("INSERT INTO login (key, person_id, kind) VALUES {rows}", logins).await?;
    let sql = "WITH v (id) AS (VALUES {rows}) DELETE FROM tenure WHERE id IN
        (SELECT t.id FROM v CROSS JOIN tenure t WHERE t.person_id = v.id)";
    tx.many(sql, unplaced).await?;
    let sql = "INSERT INTO tenure (person_id, department_id, job_role, from_on, until_on) VALUES {rows}";
    tx.many(sql, tenures).await?;
    shut_out(tx, &gone, now).await
}

/// Gives managers the rights back that ended with an import; a line of the audit log for each.
async fn give_back(tx: &mut Tx, touched: &[(PersonId, Option<Before>)]) -> Result<Vec<NewAudit>> {
    let mut lines = Vec::new();
    for (person, before) in touched {
        for department in before.iter().flat_map(|before| &before.managed) {
            let sql =
                "INSERT INTO right_held (person_id, held, department_id) SELECT $1, 'manager', d.id FROM department d
                WHERE d.id = $2 ON CONFLICT DO NOTHING RETURNING department_id";
            if tx.optional(sql, vals![*person, *department]).await?.is_none() {
                continue;
            }
            let name = tx.one("SELECT name FROM department WHERE id = $1", vals![*department]).await?.text("name")?;
            lines.push(NewAudit {
                what: "right.granted".to_owned(),
                object: format!("person/{person}"),
                detail: format!("manager, {name}: the import that ended it was undone"),
                ..NewAudit::default()
            });
        }
    }
    Ok(lines)
}

/// Takes back what an import told. What it had corrected is told again, since a line is corrected once and for all.
async fn taken_back(tx: &mut Tx, (first, last): (i64, i64), by: Option<PersonId>, today: i32) -> Result<Vec<NewFact>> {
    let sql = "SELECT seq, person_id, supersedes FROM fact WHERE seq BETWEEN $1 AND $2 ORDER BY seq";
    let mut wrote = Vec::new();
    for row in tx.all(sql, vals![first, last]).await? {
        let person = PersonId(row.i64("person_id")?);
        wrote.push(Wrote { seq: row.i64("seq")?, person, supersedes: row.i64_or_none("supersedes")? });
    }
    let sql = "WITH v (seq) AS (VALUES {rows}) SELECT f.seq, f.kind, f.effective_on, f.document_id, b.body
        FROM v CROSS JOIN fact f LEFT JOIN fact_body b ON b.seq = f.seq WHERE f.seq = v.seq";
    let old = wrote.iter().filter_map(|wrote| Some(vals![wrote.supersedes?])).collect();
    let mut corrected = HashMap::new();
    for row in tx.all_of_many(sql, old).await? {
        let kind = match row.text("kind")?.as_str() {
            "hired" => "hired",
            "left" => "left",
            other => return Err(StoreError::corrupt("fact.kind", format_args!("an import does not correct {other}"))),
        };
        let body = row.text_or_none("body")?.unwrap_or_else(|| "{}".to_owned());
        corrected.insert(row.i64("seq")?, (kind, row.days("effective_on")?, body));
    }
    let facts = wrote.into_iter().map(|Wrote { seq, person, supersedes }| {
        match supersedes.and_then(|old| corrected.remove(&old)) {
            Some((kind, on, body)) => fact(by, person, (kind, on), Some(seq), body),
            None => fact(by, person, ("retracted", today), Some(seq), "{}".to_owned()),
        }
    });
    Ok(facts.collect())
}

fn import(row: &Row) -> Result<Import> {
    Ok(Import {
        id: row.i64("id")?,
        at: row.i64("at")?,
        by: row.i64_or_none("by_id")?.map(PersonId),
        by_name: row.text_or_none("name")?,
        kind: row.text("kind")?,
        file_name: row.text("file_name")?,
        summary: row.text("summary")?,
        undone_at: row.i64_or_none("undone_at")?,
    })
}
