//! What stands in the way of knowing who must do what by when, and of telling them: for the report of exceptions. Each asks about some
//! departments, those below not counted; none among them stands for people without a department.

use std::collections::HashSet;

use records::answer::Missing;

use crate::{
    AssignmentId, DepartmentId, MessageId, PersonId, RequirementId, Result, Store, StoreError,
    db::{Row, Val, vals},
    obligation,
};

/// Somebody, with where they work.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whom {
    /// Their name as it is put in order.
    pub sort_name: String,
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Where they work on the day.
    pub department: Option<DepartmentId>,
}

/// The same requirement, asked of somebody by several assignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedTwice {
    /// Who is asked.
    pub person: PersonId,
    /// For what.
    pub requirement: RequirementId,
    /// By which assignment.
    pub assignment: AssignmentId,
    /// Since which day.
    pub from_on: i32,
    /// First due so many days after the trigger, where it says so itself: it is a path.
    pub days: Option<i32>,
}

/// Whom a query found among those who work in some departments on a day.
macro_rules! working {
    ($columns:literal, $more:literal) => {
        concat!(
            "WITH v (id, day) AS (VALUES {rows}) SELECT p.id, p.name, p.sort_name, t.department_id",
            $columns,
            " FROM v CROSS JOIN tenure t JOIN person p ON p.id = t.person_id",
            $more,
            " AND t.department_id = v.id AND t.from_on <= v.day AND t.until_on > v.day AND p.disabled_at IS NULL"
        )
    };
}
/// The same among those who work nowhere on the day `$1`.
macro_rules! idle {
    ($columns:literal, $more:literal) => {
        concat!(
            "SELECT p.id, p.name, p.sort_name, t.department_id",
            $columns,
            " FROM person p LEFT JOIN tenure t ON t.person_id = p.id AND t.from_on <= $1 AND t.until_on > $1",
            $more,
            " AND t.id IS NULL AND p.disabled_at IS NULL"
        )
    };
}

impl Store {
    async fn whom<T: Ord>(
        &self,
        places: &[Option<DepartmentId>],
        day: i32,
        (working, idle): (&'static str, &'static str),
        one: impl Fn(&Row, Whom) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut reader = self.reader().await?;
        let departments: Vec<Vec<Val>> = places.iter().flatten().map(|department| vals![*department, day]).collect();
        let mut rows = reader.all_of_many(working, departments).await?;
        if places.contains(&None) {
            rows.extend(reader.all(idle, vals![day]).await?);
        }
        let mut found = rows.iter().map(|row| one(row, whom(row)?)).collect::<Result<Vec<_>>>()?;
        found.sort();
        Ok(found)
    }

    /// Those of whom something is asked on a day whose due date cannot be reckoned, by name, with what is missing for which requirement;
    /// nobody whose access has ended.
    pub async fn without_anchor(
        &self,
        places: &[Option<DepartmentId>],
        day: i32,
    ) -> Result<Vec<(Whom, RequirementId, Missing)>> {
        let working = working!(
            ", s.requirement_id, s.missing",
            " JOIN standing s ON s.person_id = t.person_id WHERE s.missing IS NOT NULL AND s.from_on <= v.day AND s.until_on > v.day"
        );
        let idle = idle!(
            ", s.requirement_id, s.missing",
            " JOIN standing s ON s.person_id = p.id WHERE s.missing IS NOT NULL AND s.from_on <= $1 AND s.until_on > $1"
        );
        let one = |row: &Row, whom| {
            let missing = obligation::missing(row)?
                .ok_or_else(|| StoreError::corrupt("standing.missing", "it is there no more"))?;
            Ok((whom, RequirementId(row.i64("requirement_id")?), missing == Missing::Hired))
        };
        let found = self.whom(places, day, (working, idle), one).await?;
        let named = |hired| if hired { Missing::Hired } else { Missing::RoleStart };
        Ok(found.into_iter().map(|(whom, requirement, hired)| (whom, requirement, named(hired))).collect())
    }

    /// Those who work in no department on a day, by name, with how much is asked of them; nobody whose access has ended.
    pub async fn without_department(&self, day: i32) -> Result<Vec<(Whom, u32)>> {
        let sql = idle!(
            ", (SELECT count(DISTINCT o.requirement_id) FROM obligation_source o
                WHERE o.person_id = p.id AND o.from_on <= $1 AND o.until_on > $1) AS many",
            " WHERE 1 = 1"
        );
        let one = |row: &Row| {
            let many = u32::try_from(row.i64("many")?).map_err(|error| StoreError::corrupt("many", error))?;
            Ok((whom(row)?, many))
        };
        let rows = self.reader().await?.all(sql, vals![day]).await?;
        let mut found = rows.iter().map(one).collect::<Result<Vec<_>>>()?;
        found.sort();
        Ok(found)
    }

    /// Those whose present address did not take the last message that was sent to it, by name, with the address, the message and why.
    pub async fn undeliverable(
        &self,
        places: &[Option<DepartmentId>],
        day: i32,
    ) -> Result<Vec<(Whom, String, MessageId, String)>> {
        let working = working!(
            ", m.to_address, m.id AS message_id, m.error",
            " JOIN message m ON m.person_id = p.id AND m.to_address = p.email WHERE m.state = 'bounced' AND NOT EXISTS (
                SELECT 1 FROM message n WHERE n.to_address = m.to_address AND n.id > m.id AND n.state IN ('sent', 'bounced'))"
        );
        let idle = idle!(
            ", m.to_address, m.id AS message_id, m.error",
            " JOIN message m ON m.person_id = p.id AND m.to_address = p.email WHERE m.state = 'bounced' AND NOT EXISTS (
                SELECT 1 FROM message n WHERE n.to_address = m.to_address AND n.id > m.id AND n.state IN ('sent', 'bounced'))"
        );
        let one = |row: &Row, whom| Ok((whom, row.text("to_address")?, row.i64("message_id")?, row.text("error")?));
        let found = self.whom(places, day, (working, idle), one).await?;
        Ok(found.into_iter().map(|(whom, address, id, error)| (whom, address, MessageId(id), error)).collect())
    }

    /// The departments that somebody manages who may sign in; those below one are managed too.
    pub async fn managed_departments(&self) -> Result<HashSet<DepartmentId>> {
        let sql = "SELECT DISTINCT r.department_id FROM right_held r JOIN person p ON p.id = r.person_id
            WHERE r.held = 'manager' AND p.disabled_at IS NULL";
        let rows = self.reader().await?.all(sql, vals![]).await?;
        rows.iter().map(|row| row.i64("department_id").map(DepartmentId)).collect()
    }

    /// Of these departments those where something is asked of somebody who works there on a day.
    pub async fn departments_asked(&self, departments: &[DepartmentId], day: i32) -> Result<HashSet<DepartmentId>> {
        let rows = departments.iter().map(|department| vals![*department, day]).collect();
        let sql = "WITH v (id, day) AS (VALUES {rows}) SELECT v.id FROM v WHERE EXISTS (
            SELECT 1 FROM tenure t JOIN obligation_source o ON o.person_id = t.person_id
            WHERE t.department_id = v.id AND t.from_on <= v.day AND t.until_on > v.day AND o.from_on <= v.day AND o.until_on > v.day)";
        let rows = self.reader().await?.all_of_many(sql, rows).await?;
        rows.iter().map(|row| row.i64("id").map(DepartmentId)).collect()
    }

    /// Who is asked for one of these requirements by more than one assignment on a day, with each of them, by name; nobody whose access
    /// has ended.
    pub async fn asked_twice(
        &self,
        places: &[Option<DepartmentId>],
        day: i32,
        requirements: &[RequirementId],
    ) -> Result<Vec<(Whom, Vec<AskedTwice>)>> {
        let rows = requirements.iter().map(|requirement| vals![*requirement, day]).collect();
        // Two different ones are told without counting, by the least and the greatest.
        let sql = "WITH v (id, day) AS (VALUES {rows}), w AS (SELECT o.person_id, o.requirement_id, v.day FROM v CROSS JOIN obligation_source o
                WHERE o.requirement_id = v.id AND o.from_on <= v.day AND o.until_on > v.day
                GROUP BY o.person_id, o.requirement_id, v.day HAVING min(o.assignment_id) < max(o.assignment_id))
            SELECT p.id, p.name, p.sort_name, t.department_id, w.requirement_id, o.assignment_id, o.from_on, o.days
            FROM w JOIN person p ON p.id = w.person_id AND p.disabled_at IS NULL
            JOIN obligation_source o ON o.person_id = w.person_id AND o.requirement_id = w.requirement_id AND o.from_on <= w.day AND o.until_on > w.day
            LEFT JOIN tenure t ON t.person_id = p.id AND t.from_on <= w.day AND t.until_on > w.day";
        let within: HashSet<Option<DepartmentId>> = places.iter().copied().collect();
        let mut found = Vec::new();
        for row in self.reader().await?.all_of_many(sql, rows).await? {
            let whom = whom(&row)?;
            if within.contains(&whom.department) {
                let asked = AskedTwice {
                    person: whom.person,
                    requirement: RequirementId(row.i64("requirement_id")?),
                    assignment: AssignmentId(row.i64("assignment_id")?),
                    from_on: row.days("from_on")?,
                    days: row.days_or_none("days")?,
                };
                found.push((whom, asked));
            }
        }
        found.sort_by(|(a, one), (b, other)| {
            a.cmp(b).then((one.requirement, one.assignment, one.from_on).cmp(&(
                other.requirement,
                other.assignment,
                other.from_on,
            )))
        });
        let mut grouped: Vec<(Whom, Vec<AskedTwice>)> = Vec::new();
        for (whom, asked) in found {
            match grouped.last_mut() {
                Some((last, all)) if last.person == whom.person && all[0].requirement == asked.requirement => {
                    all.push(asked);
                }
                _ => grouped.push((whom, vec![asked])),
            }
        }
        Ok(grouped)
    }
}

fn whom(row: &Row) -> Result<Whom> {
    Ok(Whom {
        sort_name: row.text("sort_name")?,
        person: PersonId(row.i64("id")?),
        name: row.text("name")?,
        department: row.i64_or_none("department_id")?.map(DepartmentId),
    })
}
