//! Who must be looked at anew, since a rule changed that reaches them. The change writes their names in its own transaction; they are
//! taken in small parts afterwards, so that nobody waits behind a hundred thousand people. What is asked about one of them sees to them
//! first: a part that has not run makes nothing wrong.

use crate::{
    AssignmentId, PathId, PersonId, RequirementId, Result, Store,
    assignment::Audience,
    db::{Engine, Tx, vals},
    obligation,
};

/// How many people are taken at once: some milliseconds of the writer's time.
const PART: i64 = 250;

const PEOPLE: &str = "INSERT INTO stale (person_id, since_on) VALUES {rows} ON CONFLICT (person_id) DO UPDATE SET since_on = CASE WHEN excluded.since_on < stale.since_on THEN excluded.since_on ELSE stale.since_on END";

impl Store {
    /// How many people are still to be looked at.
    pub async fn stale(&self) -> Result<i64> {
        self.reader().await?.one("SELECT count(*) AS n FROM stale", vals![]).await?.i64("n")
    }

    /// Looks at a part of those who are waiting; returns how many were taken, 0 when nobody waits.
    pub async fn refresh_part(&self) -> Result<u64> {
        self.write((), |tx, ()| Box::pin(part(tx))).await
    }

    /// Sees to it that what is known of somebody's obligations is as the rules are now.
    pub async fn refresh(&self, person: PersonId) -> Result<()> {
        let waits = "SELECT since_on FROM stale WHERE person_id = $1";
        if self.reader().await?.optional(waits, vals![person]).await?.is_none() {
            return Ok(());
        }
        self.write(person, |tx, person| {
            Box::pin(async move {
                tx.lock_person(*person).await?;
                let sql = "DELETE FROM stale WHERE person_id = $1 RETURNING since_on";
                let Some(row) = tx.optional(sql, vals![*person]).await? else { return Ok(()) };
                obligation::reach(tx, &[(*person, row.days("since_on")?)]).await
            })
        })
        .await
    }
}

async fn part(tx: &mut Tx) -> Result<u64> {
    let rows = match tx.engine() {
        Engine::Sqlite => {
            let sql = "DELETE FROM stale WHERE person_id IN (SELECT person_id FROM stale ORDER BY person_id LIMIT $1)
                RETURNING person_id, since_on";
            tx.all(sql, vals![PART]).await?
        }
        // Another server may be at work on others, and whoever changes people holds them before they write here: people first, and what
        // somebody else holds is left for later, so that nobody waits in a circle.
        Engine::Pg => {
            let sql =
                "SELECT p.id FROM person p WHERE p.id IN (SELECT person_id FROM stale ORDER BY person_id LIMIT $1)
                ORDER BY p.id FOR UPDATE SKIP LOCKED";
            let held = tx.all(sql, vals![PART]).await?;
            let held = held.iter().map(|row| Ok(vals![row.i64("id")?])).collect::<Result<Vec<_>>>()?;
            let sql = "DELETE FROM stale WHERE person_id IN
                    (SELECT s.person_id FROM stale s WHERE s.person_id IN (VALUES {rows}) FOR UPDATE SKIP LOCKED)
                RETURNING person_id, since_on";
            tx.all_of_many(sql, held).await?
        }
    };
    let mut people = rows
        .iter()
        .map(|row| Ok((PersonId(row.i64("person_id")?), row.days("since_on")?)))
        .collect::<Result<Vec<_>>>()?;
    people.sort_unstable();
    obligation::reach(tx, &people).await?;
    Ok(rows.len().try_into().unwrap_or(u64::MAX))
}

/// These people, since a day.
pub(crate) async fn people(tx: &mut Tx, people: &[PersonId], since_on: i32) -> Result<()> {
    // In one order, so that two changes at once do not wait for each other in a circle.
    let mut people = people.to_vec();
    people.sort_unstable();
    let rows = people.iter().map(|person| vals![*person, since_on]).collect();
    tx.many(PEOPLE, rows).await.map(drop)
}

/// Everybody whom an audience is or may come to be.
pub(crate) async fn of_audience(tx: &mut Tx, audience: &Audience, since_on: i32) -> Result<()> {
    match audience {
        Audience::Everybody => {
            let sql = "INSERT INTO stale (person_id, since_on) SELECT id, $1 FROM person WHERE 1 = 1 ON CONFLICT (person_id) DO UPDATE SET since_on = CASE WHEN excluded.since_on < stale.since_on THEN excluded.since_on ELSE stale.since_on END";
            tx.run(sql, vals![since_on]).await.map(drop)
        }
        Audience::Department(department) => {
            let sql = "INSERT INTO stale (person_id, since_on)
                SELECT DISTINCT t.person_id, $2 FROM department_below b JOIN tenure t ON t.department_id = b.department_id
                WHERE b.ancestor_id = $1 ON CONFLICT (person_id) DO UPDATE SET since_on = CASE WHEN excluded.since_on < stale.since_on THEN excluded.since_on ELSE stale.since_on END";
            tx.run(sql, vals![*department, since_on]).await.map(drop)
        }
        Audience::Role(role) => of_role(tx, role, since_on).await,
        Audience::Person(person) => people(tx, &[*person], since_on).await,
        Audience::Holders => Ok(()),
    }
}

/// Those who hold or held a job role.
pub(crate) async fn of_role(tx: &mut Tx, role: &str, since_on: i32) -> Result<()> {
    let sql = "INSERT INTO stale (person_id, since_on) SELECT DISTINCT person_id, $2 FROM tenure WHERE job_role = $1
        ON CONFLICT (person_id) DO UPDATE SET since_on = CASE WHEN excluded.since_on < stale.since_on THEN excluded.since_on ELSE stale.since_on END";
    tx.run(sql, vals![role, since_on]).await.map(drop)
}

/// Those whom an assignment reached.
pub(crate) async fn of_assignment(tx: &mut Tx, id: AssignmentId, since_on: i32) -> Result<()> {
    let sql = "INSERT INTO stale (person_id, since_on) SELECT DISTINCT person_id, $2 FROM obligation_source WHERE assignment_id = $1
        ON CONFLICT (person_id) DO UPDATE SET since_on = CASE WHEN excluded.since_on < stale.since_on THEN excluded.since_on ELSE stale.since_on END";
    tx.run(sql, vals![id, since_on]).await.map(drop)
}

/// Those whom a requirement reached.
pub(crate) async fn of_requirement(tx: &mut Tx, id: RequirementId, since_on: i32) -> Result<()> {
    let sql = "INSERT INTO stale (person_id, since_on) SELECT DISTINCT person_id, $2 FROM obligation_source WHERE requirement_id = $1
        ON CONFLICT (person_id) DO UPDATE SET since_on = CASE WHEN excluded.since_on < stale.since_on THEN excluded.since_on ELSE stale.since_on END";
    tx.run(sql, vals![id, since_on]).await.map(drop)
}

/// Those whom a path is assigned to.
pub(crate) async fn of_path(tx: &mut Tx, id: PathId, since_on: i32) -> Result<()> {
    for assignment in crate::assignment::assignments(tx).await? {
        if assignment.what == crate::assignment::What::Path(id) {
            of_audience(tx, &assignment.audience, since_on).await?;
            of_assignment(tx, assignment.id, since_on).await?;
        }
    }
    Ok(())
}

/// Those who work below a department, after it was moved.
pub(crate) async fn of_department(tx: &mut Tx, department: crate::DepartmentId, since_on: i32) -> Result<()> {
    of_audience(tx, &Audience::Department(department), since_on).await
}
