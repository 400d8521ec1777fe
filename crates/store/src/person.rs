//! People: how they are found, where they work, what they may do.

use crate::{
    DepartmentId, PersonId, Result, Store, StoreError,
    db::{Row, Tx, vals},
    moving::{AtWork, Moved},
    obligation, site,
};
use serde::{Deserialize, Serialize};

/// The day after the last: what `until_on` holds while no end is known.
pub(crate) const NO_END: i64 = i32::MAX as i64;

/// A person to add. The texts are parsed already; at least one of e-mail and staff number must be there.
#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Staff number.
    pub employee_no: Option<String>,
    /// The password's hash, none until they choose one.
    pub password_hash: Option<String>,
}

/// What became of adding a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// Added.
    Person(PersonId),
    /// Somebody has this e-mail address.
    EmailTaken,
    /// Somebody has this staff number.
    EmployeeNoTaken,
    /// Neither e-mail nor staff number was given.
    NoLogin,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Staff number.
    pub employee_no: Option<String>,
    /// Since when they may not sign in, microseconds.
    pub disabled_at: Option<i64>,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Changes with every change of the profile.
    pub rev: i64,
}

/// What sign-in needs.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Who.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// The password's hash, none when none was chosen yet.
    pub password_hash: Option<String>,
    /// Whether they may not sign in.
    pub disabled: bool,
}

/// A page of people.
#[derive(Debug, Clone)]
pub struct People {
    /// Those on this page, by name.
    pub people: Vec<Person>,
    /// How many match in all.
    pub total: i64,
}

/// A change of a profile, made from revision `rev`.
#[derive(Debug, Clone)]
pub struct PersonUpdate {
    /// Who.
    pub id: PersonId,
    /// The revision the form showed.
    pub rev: i64,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Staff number.
    pub employee_no: Option<String>,
}

/// What became of a change of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Updated {
    /// Changed.
    Done,
    /// There is no such person.
    Missing,
    /// Somebody else changed the profile meanwhile.
    Stale,
    /// Somebody else has this e-mail address.
    EmailTaken,
    /// Somebody else has this staff number.
    EmployeeNoTaken,
    /// Neither e-mail nor staff number was given.
    NoLogin,
}

/// What somebody may do beyond learning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Right {
    /// Writes and publishes content.
    Trainer,
    /// Sees the people of this department and those below it.
    Manager(DepartmentId),
    /// Manages people, departments and the site.
    Administrator,
}

/// Where somebody works from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenure {
    /// The department.
    pub department: DepartmentId,
    /// Its name.
    pub department_name: String,
    /// What they do there, in the clinic's words.
    pub job_role: String,
    /// First day, days since 1970-01-01.
    pub from_on: i32,
    /// The day after the last one, none while no end is known.
    pub until_on: Option<i32>,
}

const PERSON: &str = "SELECT id, name, email, employee_no, disabled_at, CASE WHEN password_hash IS NULL THEN 0 ELSE id END AS has_password, rev
    FROM person WHERE id = $1";

impl Store {
    /// Adds a person.
    pub async fn add_person(&self, new: NewPerson, now: i64) -> Result<Added> {
        let write = |new| self.write((new, now), |tx, (new, now)| Box::pin(add(tx, new, *now)));
        match write(new.clone()).await {
            // Another server added the same login at the same moment; now it can be seen.
            Err(StoreError::Constraint { .. }) => write(new).await,
            done => done,
        }
    }

    /// The person with this id.
    pub async fn person(&self, id: PersonId) -> Result<Option<Person>> {
        self.reader().await?.optional(PERSON, vals![id]).await?.as_ref().map(person).transpose()
    }

    /// What these people are called, in no order.
    pub async fn names_of(&self, people: &[PersonId]) -> Result<Vec<(PersonId, String)>> {
        let rows = people.iter().map(|person| vals![*person]).collect();
        let sql = "WITH v (id) AS (VALUES {rows}) SELECT p.id, p.name FROM v CROSS JOIN person p WHERE p.id = v.id";
        let rows = self.reader().await?.all_of_many(sql, rows).await?;
        rows.iter().map(|row| Ok((PersonId(row.i64("id")?), row.text("name")?))).collect()
    }

    /// Who signs in with this e-mail address or staff number, in whatever case it is typed.
    pub async fn find_by_login(&self, login: &str) -> Result<Option<Credentials>> {
        let sql = "SELECT p.id, p.name, p.password_hash, p.disabled_at FROM login l JOIN person p ON p.id = l.person_id
            WHERE l.key = $1";
        let Some(row) = self.reader().await?.optional(sql, vals![login_key(login)]).await? else { return Ok(None) };
        Ok(Some(Credentials {
            person: PersonId(row.i64("id")?),
            name: row.text("name")?,
            password_hash: row.text_or_none("password_hash")?,
            disabled: row.i64_or_none("disabled_at")?.is_some(),
        }))
    }

    /// The password's hash of a person, to check the old one before a change.
    pub async fn password_hash(&self, id: PersonId) -> Result<Option<String>> {
        let row = self.reader().await?.optional("SELECT password_hash FROM person WHERE id = $1", vals![id]).await?;
        row.map_or(Ok(None), |row| row.text_or_none("password_hash"))
    }

    /// A page of the people whose name, e-mail address or staff number contains `search`, all when it is empty.
    pub async fn people(&self, search: &str, limit: i64, offset: i64) -> Result<People> {
        let mut reader = self.reader().await?;
        let pattern = like_pattern(search);
        let total = "SELECT count(*) AS total FROM person WHERE search LIKE $1 ESCAPE '!'";
        let total = reader.one(total, vals![&pattern]).await?.i64("total")?;
        let page = "SELECT id, name, email, employee_no, disabled_at, CASE WHEN password_hash IS NULL THEN 0 ELSE id END AS has_password, rev
            FROM person WHERE search LIKE $1 ESCAPE '!' ORDER BY sort_name, id LIMIT $2 OFFSET $3";
        let rows = reader.all(page, vals![&pattern, limit, offset]).await?;
        Ok(People { people: rows.iter().map(person).collect::<Result<_>>()?, total })
    }

    /// Changes a profile.
    pub async fn update_person(&self, update: PersonUpdate) -> Result<Updated> {
        let write = |update| self.write(update, |tx, update| Box::pin(update_person(tx, update)));
        match write(update.clone()).await {
            // Another server gave the same login away at the same moment; now it can be seen.
            Err(StoreError::Constraint { .. }) => write(update).await,
            done => done,
        }
    }

    /// Ends somebody's access, from the next request on: their sessions and links go too, and the rights over departments in which they
    /// work.
    pub async fn disable_person(&self, id: PersonId, now: i64) -> Result<Moved> {
        self.write((id, now), |tx, (id, now)| {
            Box::pin(async move {
                let sql = "UPDATE person SET disabled_at = coalesce(disabled_at, $1), rev = rev + 1 WHERE id = $2";
                let found = tx.run(sql, vals![*now, *id]).await? == 1;
                tx.run("DELETE FROM session WHERE person_id = $1", vals![*id]).await?;
                expire_links(tx, *id, *now).await?;
                let today = site::day_of(tx, *now).await?;
                let lost = AtWork::of(tx, &[*id], today).await?.end_all(tx).await?;
                reach(tx, *id, *now).await?;
                Ok(Moved { found, lost })
            })
        })
        .await
    }

    /// Gives somebody's access back. Returns false for nobody.
    pub async fn enable_person(&self, id: PersonId, now: i64) -> Result<bool> {
        self.write((id, now), |tx, (id, now)| {
            Box::pin(async move {
                let sql = "UPDATE person SET disabled_at = NULL, rev = rev + 1 WHERE id = $1";
                let found = tx.run(sql, vals![*id]).await? == 1;
                reach(tx, *id, *now).await?;
                Ok(found)
            })
        })
        .await
    }

    /// Sets a password and ends the person's sessions, all but the one to keep. Returns false for nobody.
    pub async fn set_password(&self, id: PersonId, password_hash: &str, keep: Option<&[u8]>) -> Result<bool> {
        let args = (id, password_hash.to_owned(), keep.unwrap_or_default().to_vec());
        self.write(args, |tx, (id, hash, keep)| Box::pin(set_password(tx, *id, hash, keep))).await
    }

    /// Replaces the hash of the very same password, after its parameters changed: no session ends.
    pub async fn rehash_password(&self, id: PersonId, old: &str, new: &str) -> Result<()> {
        self.write((id, old.to_owned(), new.to_owned()), |tx, (id, old, new)| {
            Box::pin(async move {
                let sql = "UPDATE person SET password_hash = $1 WHERE id = $2 AND password_hash = $3";
                tx.run(sql, vals![new, *id, old]).await.map(drop)
            })
        })
        .await
    }

    /// From `from_on` on this is where they work: what was planned after it goes, what was before it ends. If that is `today` or before,
    /// rights over departments in which they worked until now end too, unless the new one lies in them; of a later day, once it has come
    /// ([`Store::end_moved`]).
    pub async fn set_tenure(
        &self,
        person: PersonId,
        department: DepartmentId,
        job_role: &str,
        from_on: i32,
        today: i32,
    ) -> Result<Moved> {
        let args = (person, department, job_role.to_owned(), from_on, today);
        self.write(args, |tx, (person, department, job_role, from_on, today)| {
            Box::pin(async move {
                let at_work = AtWork::of(tx, &[*person], *today).await?;
                end_tenure(tx, *person, *from_on).await?;
                let sql = "INSERT INTO tenure (person_id, department_id, job_role, from_on, until_on) VALUES ($1, $2, $3, $4, $5)";
                tx.run(sql, vals![*person, *department, job_role, *from_on, NO_END]).await?;
                moved(tx, *person).await?;
                obligation::reach(tx, &[(*person, *from_on)]).await?;
                Ok(Moved { found: true, lost: at_work.end_lost(tx, &[*person], *today).await? })
            })
        })
        .await
    }

    /// From `from_on` on they work nowhere here; of rights it is as in [`Store::set_tenure`].
    pub async fn end_tenure(&self, person: PersonId, from_on: i32, today: i32) -> Result<Moved> {
        self.write((person, from_on, today), |tx, (person, from_on, today)| {
            Box::pin(async move {
                let at_work = AtWork::of(tx, &[*person], *today).await?;
                end_tenure(tx, *person, *from_on).await?;
                moved(tx, *person).await?;
                obligation::reach(tx, &[(*person, *from_on)]).await?;
                Ok(Moved { found: true, lost: at_work.end_lost(tx, &[*person], *today).await? })
            })
        })
        .await
    }

    /// Everywhere somebody worked, works and will work, in order.
    pub async fn tenures(&self, person: PersonId) -> Result<Vec<Tenure>> {
        let sql = "SELECT t.department_id, d.name, t.job_role, t.from_on, t.until_on
            FROM tenure t JOIN department d ON d.id = t.department_id WHERE t.person_id = $1 ORDER BY t.from_on";
        self.reader().await?.all(sql, vals![person]).await?.iter().map(tenure).collect()
    }

    /// Where somebody works on a day.
    pub async fn tenure_on(&self, person: PersonId, day: i32) -> Result<Option<Tenure>> {
        let sql = "SELECT t.department_id, d.name, t.job_role, t.from_on, t.until_on
            FROM tenure t JOIN department d ON d.id = t.department_id
            WHERE t.person_id = $1 AND t.from_on <= $2 AND t.until_on > $2";
        self.reader().await?.optional(sql, vals![person, day]).await?.as_ref().map(tenure).transpose()
    }

    /// Gives a right and ends the person's sessions. Returns false when they had it.
    pub async fn grant(&self, person: PersonId, right: Right) -> Result<bool> {
        self.write((person, right), |tx, (person, right)| {
            Box::pin(async move {
                let (held, department) = right_columns(*right);
                let sql = "INSERT INTO right_held (person_id, held, department_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
                let changed = tx.run(sql, vals![*person, held, department]).await? == 1;
                if changed {
                    tx.run("DELETE FROM session WHERE person_id = $1", vals![*person]).await?;
                }
                Ok(changed)
            })
        })
        .await
    }

    /// Takes a right away and ends the person's sessions. Returns false when they did not have it.
    pub async fn revoke(&self, person: PersonId, right: Right) -> Result<bool> {
        self.write((person, right), |tx, (person, right)| {
            Box::pin(async move {
                let (held, department) = right_columns(*right);
                let sql =
                    "DELETE FROM right_held WHERE person_id = $1 AND held = $2 AND coalesce(department_id, 0) = $3";
                let changed = tx.run(sql, vals![*person, held, department.map_or(0, |id| id.0)]).await? > 0;
                if changed {
                    tx.run("DELETE FROM session WHERE person_id = $1", vals![*person]).await?;
                }
                Ok(changed)
            })
        })
        .await
    }

    /// What somebody may do.
    pub async fn rights_of(&self, person: PersonId) -> Result<Vec<Right>> {
        let sql = "SELECT held, department_id FROM right_held WHERE person_id = $1 ORDER BY held, department_id";
        let rows = self.reader().await?.all(sql, vals![person]).await?;
        Ok(rows.iter().map(right).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

pub(crate) async fn add(tx: &mut Tx, new: &NewPerson, now: i64) -> Result<Added> {
    if new.email.is_none() && new.employee_no.is_none() {
        return Ok(Added::NoLogin);
    }
    if taken(tx, new.email.as_deref(), 0).await? {
        return Ok(Added::EmailTaken);
    }
    if taken(tx, new.employee_no.as_deref(), 0).await? {
        return Ok(Added::EmployeeNoTaken);
    }
    let sql = "INSERT INTO person (name, sort_name, employee_no, email, search, password_hash, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    let search = search_text(&new.name, new.email.as_deref(), new.employee_no.as_deref());
    let (employee_no, email) = (new.employee_no.clone(), new.email.clone());
    let vals = vals![&new.name, new.name.to_lowercase(), employee_no, email, search, new.password_hash.clone(), now];
    let person = PersonId(tx.one(sql, vals).await?.i64("id")?);
    add_logins(tx, person, new.email.as_deref(), new.employee_no.as_deref()).await?;
    reach(tx, person, now).await?;
    Ok(Added::Person(person))
}

/// What is asked of them may be other from this day on.
async fn reach(tx: &mut Tx, person: PersonId, now: i64) -> Result<()> {
    let today = site::day_of(tx, now).await?;
    obligation::reach(tx, &[(person, today)]).await
}

async fn update_person(tx: &mut Tx, update: &PersonUpdate) -> Result<Updated> {
    tx.lock_person(update.id).await?;
    let Some(row) = tx.optional("SELECT rev FROM person WHERE id = $1", vals![update.id]).await? else {
        return Ok(Updated::Missing);
    };
    if row.i64("rev")? != update.rev {
        return Ok(Updated::Stale);
    }
    if update.email.is_none() && update.employee_no.is_none() {
        return Ok(Updated::NoLogin);
    }
    if taken(tx, update.email.as_deref(), update.id.0).await? {
        return Ok(Updated::EmailTaken);
    }
    if taken(tx, update.employee_no.as_deref(), update.id.0).await? {
        return Ok(Updated::EmployeeNoTaken);
    }
    let sql = "UPDATE person SET name = $1, sort_name = $2, employee_no = $3, email = $4, search = $5, rev = rev + 1 WHERE id = $6";
    let search = search_text(&update.name, update.email.as_deref(), update.employee_no.as_deref());
    let (employee_no, email) = (update.employee_no.clone(), update.email.clone());
    tx.run(sql, vals![&update.name, update.name.to_lowercase(), employee_no, email, search, update.id]).await?;
    tx.run("DELETE FROM login WHERE person_id = $1", vals![update.id]).await?;
    add_logins(tx, update.id, update.email.as_deref(), update.employee_no.as_deref()).await?;
    Ok(Updated::Done)
}

/// Whether somebody other than `but` signs in with this.
async fn taken(tx: &mut Tx, login: Option<&str>, but: i64) -> Result<bool> {
    let Some(login) = login else { return Ok(false) };
    let sql = "SELECT person_id FROM login WHERE key = $1 AND person_id <> $2";
    Ok(tx.optional(sql, vals![login_key(login), but]).await?.is_some())
}

async fn add_logins(tx: &mut Tx, person: PersonId, email: Option<&str>, employee_no: Option<&str>) -> Result<()> {
    for (kind, login) in [("email", email), ("staff", employee_no)] {
        if let Some(login) = login {
            // Two servers adding the same address at once: the primary key refuses the second one's whole write.
            let sql = "INSERT INTO login (key, person_id, kind) VALUES ($1, $2, $3)";
            tx.run(sql, vals![login_key(login), person, kind]).await?;
        }
    }
    Ok(())
}

/// Also used when a one-time link is spent.
pub(crate) async fn set_password(tx: &mut Tx, id: PersonId, password_hash: &str, keep: &[u8]) -> Result<bool> {
    let sql = "UPDATE person SET password_hash = $1, rev = rev + 1 WHERE id = $2";
    let found = tx.run(sql, vals![password_hash, id]).await? == 1;
    tx.run("DELETE FROM session WHERE person_id = $1 AND id_hash <> $2", vals![id, keep]).await?;
    Ok(found)
}

/// Makes the links of a person that nobody has used useless.
pub(crate) async fn expire_links(tx: &mut Tx, person: PersonId, now: i64) -> Result<()> {
    let sql = "UPDATE link SET expires_at = $1 WHERE person_id = $2 AND spent_at IS NULL AND expires_at > $1";
    tx.run(sql, vals![now, person]).await.map(drop)
}

async fn end_tenure(tx: &mut Tx, person: PersonId, from_on: i32) -> Result<()> {
    tx.lock_person(person).await?;
    tx.run("DELETE FROM tenure WHERE person_id = $1 AND from_on >= $2", vals![person, from_on]).await?;
    tx.run("UPDATE tenure SET until_on = $2 WHERE person_id = $1 AND until_on > $2", vals![person, from_on])
        .await
        .map(drop)
}

/// Another place of work is a change of the person: an import that set the one before cannot be undone any more.
async fn moved(tx: &mut Tx, person: PersonId) -> Result<()> {
    tx.run("UPDATE person SET rev = rev + 1 WHERE id = $1", vals![person]).await.map(drop)
}

fn right_columns(right: Right) -> (&'static str, Option<DepartmentId>) {
    match right {
        Right::Trainer => ("trainer", None),
        Right::Manager(department) => ("manager", Some(department)),
        Right::Administrator => ("administrator", None),
    }
}

/// The right of a row, none when an outer join found none.
pub(crate) fn right(row: &Row) -> Result<Option<Right>> {
    let Some(held) = row.text_or_none("held")? else { return Ok(None) };
    Ok(Some(match held.as_str() {
        "trainer" => Right::Trainer,
        "manager" => Right::Manager(DepartmentId(row.i64("department_id")?)),
        "administrator" => Right::Administrator,
        other => return Err(StoreError::corrupt("right_held.held", format_args!("{other} is no right"))),
    }))
}

fn person(row: &Row) -> Result<Person> {
    Ok(Person {
        id: PersonId(row.i64("id")?),
        name: row.text("name")?,
        email: row.text_or_none("email")?,
        employee_no: row.text_or_none("employee_no")?,
        disabled_at: row.i64_or_none("disabled_at")?,
        has_password: row.bool("has_password")?,
        rev: row.i64("rev")?,
    })
}

pub(crate) fn tenure(row: &Row) -> Result<Tenure> {
    Ok(Tenure {
        department: DepartmentId(row.i64("department_id")?),
        department_name: row.text("name")?,
        job_role: row.text("job_role")?,
        from_on: row.days("from_on")?,
        until_on: Some(row.days("until_on")?).filter(|day| i64::from(*day) != NO_END),
    })
}

pub(crate) fn login_key(login: &str) -> String {
    login.trim().to_lowercase()
}

pub(crate) fn search_text(name: &str, email: Option<&str>, employee_no: Option<&str>) -> String {
    [name, email.unwrap_or_default(), employee_no.unwrap_or_default()].join("\n").to_lowercase()
}

pub(crate) fn like_pattern(search: &str) -> String {
    let text = search.trim().to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{text}%")
}
