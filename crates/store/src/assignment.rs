//! Assignments: the rule that gives a requirement, or each of a path, to an audience.

use crate::{
    AssignmentId, DepartmentId, PathId, PersonId, RequirementId, Result, Store, StoreError,
    db::{Row, Tx, vals},
    person::NO_END,
    stale,
};

/// What is assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// One requirement.
    Requirement(RequirementId),
    /// Each requirement of a path, with the path's own due days.
    Path(PathId),
}

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Everybody,
    /// Those who work in a department or below it.
    Department(DepartmentId),
    /// Those who hold a job role.
    Role(String),
    /// One person.
    Person(PersonId),
    /// Those who held a credit on the day it was assigned; nobody joins later.
    Holders,
}

/// An assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The id.
    pub id: AssignmentId,
    /// What is assigned.
    pub what: What,
    /// To whom.
    pub audience: Audience,
    /// The first day.
    pub from_on: i32,
    /// The first day on which it is over; none while no end is known.
    pub until_on: Option<i32>,
    /// Who made it.
    pub by: Option<PersonId>,
    /// When, microseconds.
    pub at: i64,
}

/// What ends with an assignment, of one requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// The requirement.
    pub requirement: RequirementId,
    /// How many people the assignment reaches.
    pub people: i64,
    /// How many of them are asked by no other assignment.
    pub alone: i64,
}

impl Store {
    /// All assignments, the newest first.
    pub async fn assignments(&self) -> Result<Vec<Assignment>> {
        let mut all = assignments(&mut self.reader().await?).await?;
        all.reverse();
        Ok(all)
    }

    /// Assigns. Whoever it reaches is looked at anew.
    pub async fn assign(
        &self,
        what: What,
        audience: Audience,
        (from_on, by): (i32, Option<PersonId>),
        now: i64,
    ) -> Result<AssignmentId> {
        self.write((what, audience, from_on, by, now), |tx, (what, audience, from_on, by, now)| {
            Box::pin(async move {
                let id = insert(tx, *what, audience, (*from_on, *by), *now).await?;
                stale::of_audience(tx, audience, *from_on).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Ends an assignment: from `until_on` on it asks for nothing more. Returns false where there is none that is running.
    pub async fn end_assignment(&self, id: AssignmentId, until_on: i32) -> Result<bool> {
        self.write((id, until_on), |tx, (id, until_on)| {
            Box::pin(async move {
                let sql = "UPDATE assignment SET until_on = $2 WHERE id = $1 AND until_on > $2";
                let ended = tx.run(sql, vals![*id, *until_on]).await? == 1;
                if ended {
                    stale::of_assignment(tx, *id, *until_on).await?;
                }
                Ok(ended)
            })
        })
        .await
    }

    /// How many people an assignment reaches on a day.
    pub async fn reach_of(&self, day: i32) -> Result<Vec<(AssignmentId, i64)>> {
        let sql = "SELECT assignment_id, count(DISTINCT person_id) AS people FROM obligation_source
            WHERE from_on <= $1 AND until_on > $1 GROUP BY assignment_id";
        let rows = self.reader().await?.all(sql, vals![day]).await?;
        rows.iter().map(|row| Ok((AssignmentId(row.i64("assignment_id")?), row.i64("people")?))).collect()
    }

    /// What ends with an assignment on a day: for each of its requirements, how many people it reaches and how many of them nobody else
    /// asks for it.
    pub async fn ending(&self, id: AssignmentId, day: i32) -> Result<Vec<Ending>> {
        let sql = "SELECT o.requirement_id, count(DISTINCT o.person_id) AS people,
                count(DISTINCT CASE WHEN other.person_id IS NULL THEN o.person_id END) AS alone
            FROM obligation_source o LEFT JOIN obligation_source other ON other.person_id = o.person_id
                AND other.requirement_id = o.requirement_id AND other.assignment_id <> o.assignment_id
                AND other.from_on <= $2 AND other.until_on > $2
            WHERE o.assignment_id = $1 AND o.from_on <= $2 AND o.until_on > $2
            GROUP BY o.requirement_id ORDER BY o.requirement_id";
        let rows = self.reader().await?.all(sql, vals![id, day]).await?;
        let ending = |row: &Row| {
            let requirement = RequirementId(row.i64("requirement_id")?);
            Ok(Ending { requirement, people: row.i64("people")?, alone: row.i64("alone")? })
        };
        rows.iter().map(ending).collect()
    }

    /// How many people would be asked for a requirement no more from a day on, if it were a step of this path no longer: those whom no
    /// other assignment asks for it.
    pub async fn ending_step(&self, path: PathId, requirement: RequirementId, day: i32) -> Result<i64> {
        let sql = "SELECT count(DISTINCT o.person_id) AS people
            FROM obligation_source o JOIN assignment a ON a.id = o.assignment_id AND a.path_id = $1
            WHERE o.requirement_id = $2 AND o.from_on <= $3 AND o.until_on > $3 AND NOT EXISTS (
                SELECT 1 FROM obligation_source x JOIN assignment b ON b.id = x.assignment_id
                WHERE x.person_id = o.person_id AND x.requirement_id = $2 AND x.from_on <= $3 AND x.until_on > $3
                    AND (b.path_id IS NULL OR b.path_id <> $1))";
        self.reader().await?.one(sql, vals![path, requirement, day]).await?.i64("people")
    }

    /// Who an audience is on a day, by id; those whose access has ended are in none.
    pub async fn audience(&self, audience: &Audience, day: i32) -> Result<Vec<PersonId>> {
        let mut reader = self.reader().await?;
        let rows = match audience {
            Audience::Everybody => {
                reader.all("SELECT id AS person_id FROM person WHERE disabled_at IS NULL ORDER BY id", vals![]).await?
            }
            Audience::Department(department) => {
                let sql = "SELECT DISTINCT t.person_id FROM department_below b JOIN tenure t ON t.department_id = b.department_id
                    JOIN person p ON p.id = t.person_id AND p.disabled_at IS NULL
                    WHERE b.ancestor_id = $1 AND t.from_on <= $2 AND t.until_on > $2 ORDER BY t.person_id";
                reader.all(sql, vals![*department, day]).await?
            }
            Audience::Role(role) => {
                let sql = "SELECT DISTINCT t.person_id FROM tenure t JOIN person p ON p.id = t.person_id AND p.disabled_at IS NULL
                    WHERE t.job_role = $1 AND t.from_on <= $2 AND t.until_on > $2 ORDER BY t.person_id";
                reader.all(sql, vals![role, day]).await?
            }
            Audience::Person(person) => return Ok(vec![*person]),
            Audience::Holders => Vec::new(),
        };
        rows.iter().map(|row| row.i64("person_id").map(PersonId)).collect()
    }
}

pub(crate) async fn assignments(tx: &mut Tx) -> Result<Vec<Assignment>> {
    let sql =
        "SELECT id, requirement_id, path_id, audience, department_id, job_role, person_id, from_on, until_on, by_id, at
        FROM assignment ORDER BY id";
    tx.all(sql, vals![]).await?.iter().map(assignment).collect()
}

/// Gives a mandatory update to people, and to nobody else later.
pub(crate) async fn give_update(
    tx: &mut Tx,
    requirement: RequirementId,
    people: &[PersonId],
    (from_on, by): (i32, Option<PersonId>),
    now: i64,
) -> Result<AssignmentId> {
    let id = insert(tx, What::Requirement(requirement), &Audience::Holders, (from_on, by), now).await?;
    let rows = people.iter().map(|person| vals![*person, requirement, id, from_on, NO_END]).collect();
    let sql =
        "INSERT INTO obligation_source (person_id, requirement_id, assignment_id, from_on, until_on) VALUES {rows}";
    tx.many(sql, rows).await?;
    stale::people(tx, people, from_on).await?;
    Ok(id)
}

async fn insert(
    tx: &mut Tx,
    what: What,
    audience: &Audience,
    (from_on, by): (i32, Option<PersonId>),
    now: i64,
) -> Result<AssignmentId> {
    let (requirement, path) = match what {
        What::Requirement(id) => (Some(id), None),
        What::Path(id) => (None, Some(id)),
    };
    let (word, department, role, person) = match audience {
        Audience::Everybody => ("everybody", None, None, None),
        Audience::Department(id) => ("department", Some(*id), None, None),
        Audience::Role(role) => ("role", None, Some(role.as_str()), None),
        Audience::Person(id) => ("person", None, None, Some(*id)),
        Audience::Holders => ("holders", None, None, None),
    };
    let sql = "INSERT INTO assignment (requirement_id, path_id, audience, department_id, job_role, person_id, from_on, until_on, by_id, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
    let row = tx.one(sql, vals![requirement, path, word, department, role, person, from_on, NO_END, by, now]).await?;
    row.i64("id").map(AssignmentId)
}

fn assignment(row: &Row) -> Result<Assignment> {
    let what = match (row.i64_or_none("requirement_id")?, row.i64_or_none("path_id")?) {
        (Some(id), _) => What::Requirement(RequirementId(id)),
        (None, Some(id)) => What::Path(PathId(id)),
        (None, None) => return Err(StoreError::corrupt("assignment.requirement_id", "nothing is assigned")),
    };
    let audience = match row.text("audience")?.as_str() {
        "everybody" => Audience::Everybody,
        "department" => Audience::Department(DepartmentId(row.i64("department_id")?)),
        "role" => Audience::Role(row.text("job_role")?),
        "person" => Audience::Person(PersonId(row.i64("person_id")?)),
        "holders" => Audience::Holders,
        other => return Err(StoreError::corrupt("assignment.audience", format_args!("{other} is no audience"))),
    };
    Ok(Assignment {
        id: AssignmentId(row.i64("id")?),
        what,
        audience,
        from_on: row.days("from_on")?,
        until_on: Some(row.days("until_on")?).filter(|day| i64::from(*day) != NO_END),
        by: row.i64_or_none("by_id")?.map(PersonId),
        at: row.i64("at")?,
    })
}
