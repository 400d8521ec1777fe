//! Managers who move: a right over a department in which somebody worked ends with the move, unless they go on working there or below it.
//! A right over a department in which they did not work says nothing about where they are, and stays. Who stands in for a manager has
//! what the manager has, and so loses it at the same moment.

use std::collections::HashSet;

use crate::{
    DepartmentId, NewAudit, PersonId, Result, Store, audit,
    db::{Row, Tx, vals},
    note::{Done, Happened},
    site,
};

/// A manager's right that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Whose it was.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The department that they managed.
    pub department: DepartmentId,
    /// Its name.
    pub department_name: String,
}

/// What became of a change of where somebody works, or whether.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// Whether there is such a person.
    pub found: bool,
    /// The rights that ended with it.
    pub lost: Vec<Lost>,
}

impl Happened for Moved {
    fn happened(&self) -> Option<Done> {
        self.found.then(|| Done::with(lines(&self.lost, MOVED)))
    }
}

/// Why, in the audit log.
pub(crate) const MOVED: &str = "they do not work there any more";

/// The rights over departments in which somebody works, taken before a change of that.
pub(crate) struct AtWork(Vec<(i64, Lost)>);

impl AtWork {
    /// Of these people on a day.
    pub(crate) async fn of(tx: &mut Tx, people: &[PersonId], day: i32) -> Result<Self> {
        /// More people than this are first looked through for managers.
        const FEW: usize = 50;
        let mut people = people.to_vec();
        if people.len() > FEW {
            let rows = tx.all("SELECT DISTINCT person_id FROM right_held WHERE held = 'manager'", vals![]).await?;
            let managers = rows.iter().map(|row| row.i64("person_id").map(PersonId)).collect::<Result<HashSet<_>>>()?;
            people.retain(|person| managers.contains(person));
        }
        let sql = "WITH v (id, day) AS (VALUES {rows}) SELECT r.id, r.person_id, p.name, r.department_id, d.name AS department_name
            FROM v CROSS JOIN right_held r JOIN tenure t ON t.person_id = r.person_id
            JOIN department_below b ON b.ancestor_id = r.department_id AND b.department_id = t.department_id
            JOIN department d ON d.id = r.department_id JOIN person p ON p.id = r.person_id
            WHERE r.person_id = v.id AND r.held = 'manager' AND t.from_on <= v.day AND t.until_on > v.day";
        let rows = people.iter().map(|person| vals![*person, day]).collect();
        let mut found = tx.all_of_many(sql, rows).await?.iter().map(held).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|(id, _)| *id);
        Ok(Self(found))
    }

    /// Ends those over departments in which these people do not work any more, and tells which.
    pub(crate) async fn end_lost(self, tx: &mut Tx, people: &[PersonId], day: i32) -> Result<Vec<Lost>> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let still: HashSet<i64> = Self::of(tx, people, day).await?.0.into_iter().map(|(id, _)| id).collect();
        end(tx, self.0.into_iter().filter(|(id, _)| !still.contains(id)).collect()).await
    }

    /// Ends all of them: these people work nowhere any more.
    pub(crate) async fn end_all(self, tx: &mut Tx) -> Result<Vec<Lost>> {
        end(tx, self.0).await
    }
}

async fn end(tx: &mut Tx, rights: Vec<(i64, Lost)>) -> Result<Vec<Lost>> {
    let mut lost = Vec::with_capacity(rights.len());
    for (id, right) in rights {
        // Another server may have been quicker, and has told of it then.
        if tx.run("DELETE FROM right_held WHERE id = $1", vals![id]).await? == 1 {
            lost.push(right);
        }
    }
    Ok(lost)
}

/// A line of the audit log for each right that ended.
pub(crate) fn lines(lost: &[Lost], why: &str) -> Vec<NewAudit> {
    let line = |lost: &Lost| NewAudit {
        what: "right.revoked".to_owned(),
        object: format!("person/{}", lost.person),
        detail: format!("manager, {}: {why}", lost.department_name),
        ..NewAudit::default()
    };
    lost.iter().map(line).collect()
}

impl Store {
    /// Ends the rights of managers who moved on a day that was planned before and has come, each with a line in the audit log. It looks
    /// at each day once, so that a right which is given after the move stays.
    pub async fn end_moved(&self, now: i64) -> Result<Vec<Lost>> {
        let mut reader = self.reader().await?;
        let today = site::day_of(&mut reader, now).await?;
        let seen = reader.one("SELECT moved_on FROM meta WHERE id = 1", vals![]).await?.days_or_none("moved_on")?;
        drop(reader);
        if seen.is_some_and(|seen| seen >= today) {
            return Ok(Vec::new());
        }
        self.write((today, now), |tx, (today, now)| Box::pin(end_moved(tx, *today, *now))).await
    }
}

impl Happened for Vec<Lost> {
    fn happened(&self) -> Option<Done> {
        None
    }
}

async fn end_moved(tx: &mut Tx, today: i32, now: i64) -> Result<Vec<Lost>> {
    let seen = tx.one("SELECT moved_on FROM meta WHERE id = 1", vals![]).await?.days_or_none("moved_on")?;
    tx.run("UPDATE meta SET moved_on = $1 WHERE id = 1", vals![today]).await?;
    // Before the first look nobody knows which rights were given in spite of a move.
    let Some(seen) = seen.filter(|seen| *seen < today) else { return Ok(Vec::new()) };
    let sql = "SELECT DISTINCT r.id, r.person_id, p.name, r.department_id, d.name AS department_name
        FROM right_held r JOIN tenure t ON t.person_id = r.person_id AND t.until_on > $1 AND t.until_on <= $2
        JOIN department_below b ON b.ancestor_id = r.department_id AND b.department_id = t.department_id
        JOIN department d ON d.id = r.department_id JOIN person p ON p.id = r.person_id
        WHERE r.held = 'manager' AND NOT EXISTS (
            SELECT 1 FROM tenure n JOIN department_below c ON c.department_id = n.department_id
            WHERE n.person_id = r.person_id AND c.ancestor_id = r.department_id AND n.from_on <= $2 AND n.until_on > $2)
        ORDER BY r.id";
    let found = tx.all(sql, vals![seen, today]).await?.iter().map(held).collect::<Result<Vec<_>>>()?;
    let lost = end(tx, found).await?;
    for line in lines(&lost, MOVED) {
        audit::append(tx, &line, now).await?;
    }
    Ok(lost)
}

fn held(row: &Row) -> Result<(i64, Lost)> {
    let lost = Lost {
        person: PersonId(row.i64("person_id")?),
        name: row.text("name")?,
        department: DepartmentId(row.i64("department_id")?),
        department_name: row.text("department_name")?,
    };
    Ok((row.i64("id")?, lost))
}
