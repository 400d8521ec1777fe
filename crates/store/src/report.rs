//! How obligations stand, for many people at once: counted by department, and as lines in the orders in which reports show them. SQL
//! chooses what may be asked for and puts it in order; what something counts as is said by [`records::report`] alone.

use std::collections::HashMap;

use records::{day::Day, report::Counts, schedule::SOON};

use crate::{
    DepartmentId, Obligation, PersonId, RequirementId, Result, Store, StoreError,
    db::{Row, Val, vals},
    obligation::{columns, obligation},
    person::{NO_END, like_pattern},
    touched::FEW,
};

/// How those who do one job in a department stand with one requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What they do there; empty for people without a department.
    pub job_role: String,
    /// The requirement.
    pub requirement: RequirementId,
    /// For how many each measure holds.
    pub counts: Counts,
}

/// One person and one requirement, as it stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Their name.
    pub name: String,
    /// Their name as it is put in order.
    pub sort_name: String,
    /// Where they work on that day.
    pub department: Option<DepartmentId>,
    /// What they do there.
    pub job_role: Option<String>,
    /// Who, what, and how it stands.
    pub obligation: Obligation,
}

/// What lines are asked for; everything that is none or false asks for nothing. It may let through more than a measure counts, never
/// less.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Want {
    /// This requirement.
    pub requirement: Option<RequirementId>,
    /// People in this job role.
    pub job_role: Option<String>,
    /// Nothing lies over it: no leave, no exemption, and it applies.
    pub clear: bool,
    /// Due on this day or before.
    pub due_by: Option<i32>,
    /// The credit counts until one of these days, the first and the last.
    pub ends: Option<(i32, i32)>,
}

impl Want {
    /// The values of [`wanted`], after the day.
    fn vals(&self, day: i32) -> Vec<Val> {
        let (first, last) = self.ends.unwrap_or((i32::MIN, i32::MAX));
        let requirement = self.requirement.map_or(0, |id| id.0);
        let role = self.job_role.clone().unwrap_or_default();
        let due_by = self.due_by.unwrap_or(i32::MAX);
        vals![day, requirement, role, self.clear, self.due_by.is_some(), due_by, self.ends.is_some(), first, last]
    }
}

/// Somebody with where they work on a day, as lists of people go through them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their name as it is put in order.
    pub sort_name: String,
    /// Where they work on that day.
    pub department: Option<DepartmentId>,
    /// What they do there.
    pub job_role: Option<String>,
}

/// Where a walk over lines by date stands: the date, the person and the requirement of the last one.
pub type After = (i32, PersonId, RequirementId);

/// The conditions of a [`Want`] on the day `$1`.
macro_rules! wanted {
    () => {
        " s.from_on <= $1 AND s.until_on > $1 AND ($2 = 0 OR s.requirement_id = $2) AND ($3 = '' OR t.job_role = $3)
            AND ($4 = 0 OR s.overlay = 0) AND ($5 = 0 OR s.due_on <= $6) AND ($7 = 0 OR s.valid_through BETWEEN $8 AND $9)"
    };
}

/// A line, of `standing s`, `person p` and perhaps `tenure t`.
macro_rules! one_line {
    () => {
        concat!(columns!(), ", p.name, p.sort_name, t.department_id, t.job_role")
    };
}

/// The people who work in no department on the day `$1`.
macro_rules! nowhere {
    () => {
        "person p LEFT JOIN tenure t ON t.person_id = p.id AND t.from_on <= $1 AND t.until_on > $1"
    };
}

/// One row for all obligations that no measure tells apart, with one of them in their place.
macro_rules! alike {
    () => {
        "SELECT s.requirement_id, s.overlay, s.held, s.renewal, s.missing, min(s.valid_through) AS valid_through,
            min(s.window_on) AS window_on, min(s.grace_on) AS grace_on, min(s.opened_on) AS opened_on, min(s.due_on) AS due_on,
            min(s.refresher_on) AS refresher_on, min(s.from_on) AS from_on, min(s.cycle_no) AS cycle_no, min(s.person_id) AS person_id,
            min(s.late) AS late, min(s.last_late) AS last_late, min(s.away) AS away, count(*) AS many, "
    };
}
macro_rules! alike_by {
    () => {
        " GROUP BY t.job_role, s.requirement_id, s.overlay, s.held, s.renewal, s.missing, s.opened_on IS NULL,
            CASE WHEN s.valid_through IS NULL THEN 0 WHEN s.valid_through < $1 THEN CASE WHEN s.grace_on < $1 THEN 1 ELSE 2 END
                WHEN s.valid_through <= $1 + 30 THEN 3 WHEN s.valid_through <= $1 + 60 THEN 4 WHEN s.valid_through <= $1 + 90 THEN 5
                ELSE 6 END,
            CASE WHEN s.due_on IS NULL THEN 0 WHEN s.due_on < $1 THEN 1 WHEN s.due_on <= $1 + $2 THEN 2 WHEN s.due_on < $3 THEN 3 ELSE 4 END"
    };
}

impl Store {
    /// How those who work in a department on a day stand at its end, without those below it; for none, the people without a department.
    pub async fn tally(&self, department: Option<DepartmentId>, day: i32) -> Result<Vec<Cell>> {
        let rows = match department {
            Some(department) => {
                let sql = concat!(
                    alike!(),
                    "t.job_role FROM tenure t JOIN standing s ON s.person_id = t.person_id
                        WHERE t.department_id = $4 AND t.from_on <= $1 AND t.until_on > $1 AND s.from_on <= $1 AND s.until_on > $1",
                    alike_by!()
                );
                self.reader().await?.all(sql, vals![day, SOON, Day::FAR.0, department]).await?
            }
            None => {
                let sql = concat!(
                    alike!(),
                    "'' AS job_role FROM ",
                    nowhere!(),
                    " JOIN standing s ON s.person_id = p.id
                        WHERE t.id IS NULL AND s.from_on <= $1 AND s.until_on > $1",
                    alike_by!()
                );
                self.reader().await?.all(sql, vals![day, SOON, Day::FAR.0]).await?
            }
        };
        let mut cells: Vec<Cell> = Vec::new();
        for row in &rows {
            let (job_role, Obligation { requirement, slice, .. }) = (row.text("job_role")?, obligation(row)?);
            let many = u32::try_from(row.i64("many")?).map_err(|error| StoreError::corrupt("standing", error))?;
            let same = |cell: &&mut Cell| cell.requirement == requirement && cell.job_role == job_role;
            match cells.iter_mut().rev().find(same) {
                Some(cell) => cell.counts.add(&slice, Day(day), many),
                None => {
                    let mut counts = Counts::default();
                    counts.add(&slice, Day(day), many);
                    cells.push(Cell { job_role, requirement, counts });
                }
            }
        }
        Ok(cells)
    }

    /// The lines of those who work in these departments on a day, those below not counted; none among them stands for people without a
    /// department. In no order.
    pub async fn lines_in(&self, departments: &[Option<DepartmentId>], day: i32, want: &Want) -> Result<Vec<Line>> {
        let mut reader = self.reader().await?;
        let mut lines = Vec::new();
        for department in departments {
            let mut vals = want.vals(day);
            let rows = match department {
                Some(department) => {
                    let sql = concat!(
                        one_line!(),
                        " FROM tenure t JOIN standing s ON s.person_id = t.person_id JOIN person p ON p.id = t.person_id
                            WHERE t.department_id = $10 AND t.from_on <= $1 AND t.until_on > $1 AND",
                        wanted!()
                    );
                    vals.push(Val::from(*department));
                    reader.all(sql, vals).await?
                }
                None => {
                    let sql = concat!(
                        one_line!(),
                        " FROM ",
                        nowhere!(),
                        " JOIN standing s ON s.person_id = p.id WHERE t.id IS NULL AND",
                        wanted!()
                    );
                    reader.all(sql, vals).await?
                }
            };
            for row in &rows {
                lines.push(line(row)?);
            }
        }
        Ok(lines)
    }

    /// Lines of everybody that have a due date and are not known to change, by it, person and requirement, so many after one.
    pub async fn lines_by_due(&self, day: i32, want: &Want, after: Option<After>, limit: i64) -> Result<Vec<Line>> {
        let sql = concat!(
            one_line!(),
            " FROM standing s JOIN person p ON p.id = s.person_id
                LEFT JOIN tenure t ON t.person_id = s.person_id AND t.from_on <= $1 AND t.until_on > $1
            WHERE s.until_on = 2147483647 AND s.due_on IS NOT NULL AND (s.due_on, s.person_id, s.requirement_id) > ($10, $11, $12) AND",
            wanted!(),
            " ORDER BY s.due_on, s.person_id, s.requirement_id LIMIT $13"
        );
        let (due, person, requirement) = after.unwrap_or((i32::MIN, PersonId(0), RequirementId(0)));
        let mut vals = want.vals(day);
        vals.extend(vals![due, person, requirement, limit]);
        self.reader().await?.all(sql, vals).await?.iter().map(line).collect()
    }

    /// The other lines of everybody that have a due date, in no order: those that are known to change on a later day.
    pub async fn lines_changing(&self, day: i32, want: &Want) -> Result<Vec<Line>> {
        let sql = concat!(
            one_line!(),
            " FROM standing s JOIN person p ON p.id = s.person_id
                LEFT JOIN tenure t ON t.person_id = s.person_id AND t.from_on <= $1 AND t.until_on > $1
            WHERE s.until_on < 2147483647 AND s.due_on IS NOT NULL AND",
            wanted!()
        );
        self.reader().await?.all(sql, want.vals(day)).await?.iter().map(line).collect()
    }

    /// The lines of everybody that are open and have no due date since an anchor is missing, in no order.
    pub async fn lines_without_anchor(&self, day: i32, want: &Want) -> Result<Vec<Line>> {
        let sql = concat!(
            one_line!(),
            " FROM standing s JOIN person p ON p.id = s.person_id
                LEFT JOIN tenure t ON t.person_id = s.person_id AND t.from_on <= $1 AND t.until_on > $1
            WHERE s.missing IS NOT NULL AND s.due_on IS NULL AND",
            wanted!()
        );
        self.reader().await?.all(sql, want.vals(day)).await?.iter().map(line).collect()
    }

    /// Those of whom something is asked on a day on which they work in no department, by id.
    pub async fn asked_nowhere(&self, day: i32) -> Result<Vec<PersonId>> {
        let sql = concat!(
            "SELECT DISTINCT p.id FROM ",
            nowhere!(),
            " JOIN standing s ON s.person_id = p.id
                WHERE t.id IS NULL AND s.overlay <> 1 AND s.from_on <= $1 AND s.until_on > $1 ORDER BY p.id"
        );
        self.reader().await?.all(sql, vals![day]).await?.iter().map(|row| row.i64("id").map(PersonId)).collect()
    }

    /// Lines of everybody by the last day on which the credit counts, person and requirement, so many after one; `want.ends` says
    /// between which days.
    pub async fn lines_by_end(&self, day: i32, want: &Want, after: Option<After>, limit: i64) -> Result<Vec<Line>> {
        let sql = concat!(
            one_line!(),
            " FROM standing s JOIN person p ON p.id = s.person_id
                LEFT JOIN tenure t ON t.person_id = s.person_id AND t.from_on <= $1 AND t.until_on > $1
            WHERE s.valid_through IS NOT NULL AND (s.valid_through, s.person_id, s.requirement_id) > ($10, $11, $12)
                AND s.valid_through <= $9 AND",
            wanted!(),
            " ORDER BY s.valid_through, s.person_id, s.requirement_id LIMIT $13"
        );
        let start =
            (want.ends.map_or(i32::MIN, |(first, _)| first.saturating_sub(1)), PersonId(i64::MAX), RequirementId(0));
        let (end, person, requirement) = after.unwrap_or(start);
        let mut vals = want.vals(day);
        vals.extend(vals![end, person, requirement, limit]);
        self.reader().await?.all(sql, vals).await?.iter().map(line).collect()
    }

    /// Everybody by name, so many after one, with where they work on a day.
    pub async fn people_by_name(&self, day: i32, after: Option<(&str, PersonId)>, limit: i64) -> Result<Vec<Placed>> {
        let sql = "SELECT p.id, p.name, p.sort_name, t.department_id, t.job_role FROM person p
                LEFT JOIN tenure t ON t.person_id = p.id AND t.from_on <= $1 AND t.until_on > $1
            WHERE (p.sort_name, p.id) > ($2, $3) ORDER BY p.sort_name, p.id LIMIT $4";
        let (name, person) = after.unwrap_or(("", PersonId(0)));
        self.reader().await?.all(sql, vals![day, name, person, limit]).await?.iter().map(placed).collect()
    }

    /// Those who work in these departments on a day, those below not counted, by name; none among them stands for people without one.
    pub async fn people_in(&self, departments: &[Option<DepartmentId>], day: i32) -> Result<Vec<Placed>> {
        let mut reader = self.reader().await?;
        let mut people = Vec::new();
        for department in departments {
            let rows = match department {
                Some(department) => {
                    let sql = "SELECT p.id, p.name, p.sort_name, t.department_id, t.job_role FROM tenure t JOIN person p ON p.id = t.person_id
                        WHERE t.department_id = $2 AND t.from_on <= $1 AND t.until_on > $1";
                    reader.all(sql, vals![day, *department]).await?
                }
                None => {
                    let sql = concat!(
                        "SELECT p.id, p.name, p.sort_name, t.department_id, t.job_role FROM ",
                        nowhere!(),
                        " WHERE t.id IS NULL"
                    );
                    reader.all(sql, vals![day]).await?
                }
            };
            for row in &rows {
                people.push(placed(row)?);
            }
        }
        people.sort_by(|a, b| (&a.sort_name, a.person).cmp(&(&b.sort_name, b.person)));
        Ok(people)
    }

    /// How many people work in each department on a day, all of them or those in one job role, those below it not counted and those whose
    /// access has ended counted: of these departments where there are few, of all of them where there are many.
    pub async fn people_placed(
        &self,
        day: i32,
        of: &[Option<DepartmentId>],
        job_role: Option<&str>,
    ) -> Result<Vec<(DepartmentId, u32)>> {
        let role = job_role.unwrap_or_default();
        let mut reader = self.reader().await?;
        let mut rows = Vec::new();
        if of.len() <= FEW {
            let sql = "SELECT department_id, count(*) AS people FROM tenure
                WHERE department_id = $2 AND from_on <= $1 AND until_on > $1 AND ($3 = '' OR job_role = $3) GROUP BY department_id";
            for department in of.iter().flatten() {
                rows.extend(reader.all(sql, vals![day, *department, role]).await?);
            }
        } else {
            let sql = "SELECT department_id, count(*) AS people FROM tenure
                WHERE from_on <= $1 AND until_on > $1 AND ($2 = '' OR job_role = $2) GROUP BY department_id";
            rows = reader.all(sql, vals![day, role]).await?;
        }
        let one = |row: &Row| {
            let people = u32::try_from(row.i64("people")?).map_err(|error| StoreError::corrupt("tenure", error))?;
            Ok((DepartmentId(row.i64("department_id")?), people))
        };
        rows.iter().map(one).collect()
    }

    /// People whose name, e-mail address or staff number holds a text, by name, so many after one, with where they work on a day.
    pub async fn people_named(
        &self,
        day: i32,
        text: &str,
        after: Option<(&str, PersonId)>,
        limit: i64,
    ) -> Result<Vec<Placed>> {
        let sql = "SELECT p.id, p.name, p.sort_name, t.department_id, t.job_role FROM person p
                LEFT JOIN tenure t ON t.person_id = p.id AND t.from_on <= $1 AND t.until_on > $1
            WHERE p.search LIKE $2 ESCAPE '!' AND (p.sort_name, p.id) > ($3, $4) ORDER BY p.sort_name, p.id LIMIT $5";
        let (name, person) = after.unwrap_or(("", PersonId(0)));
        self.reader()
            .await?
            .all(sql, vals![day, like_pattern(text), name, person, limit])
            .await?
            .iter()
            .map(placed)
            .collect()
    }

    /// The last day on which somebody was reminded of something, whatever the cycle; of whom nobody was reminded, nothing.
    pub async fn last_reminded(
        &self,
        of: &[(PersonId, RequirementId)],
    ) -> Result<HashMap<(PersonId, RequirementId), i32>> {
        let rows = of.iter().map(|(person, requirement)| vals![*person, *requirement]).collect();
        let sql = "WITH v (person, requirement) AS (VALUES {rows})
            SELECT r.person_id, r.requirement_id, max(r.on_day) AS on_day FROM v CROSS JOIN reminder r
            WHERE r.person_id = v.person AND r.requirement_id = v.requirement GROUP BY r.person_id, r.requirement_id";
        let rows = self.reader().await?.all_of_many(sql, rows).await?;
        let one = |row: &Row| {
            let key = (PersonId(row.i64("person_id")?), RequirementId(row.i64("requirement_id")?));
            Ok((key, row.days("on_day")?))
        };
        rows.iter().map(one).collect()
    }
}

fn line(row: &Row) -> Result<Line> {
    Ok(Line {
        name: row.text("name")?,
        sort_name: row.text("sort_name")?,
        department: row.i64_or_none("department_id")?.map(DepartmentId),
        job_role: row.text_or_none("job_role")?,
        obligation: obligation(row)?,
    })
}

fn placed(row: &Row) -> Result<Placed> {
    Ok(Placed {
        person: PersonId(row.i64("id")?),
        name: row.text("name")?,
        sort_name: row.text("sort_name")?,
        department: row.i64_or_none("department_id")?.map(DepartmentId),
        job_role: row.text_or_none("job_role")?,
    })
}

const _: () = assert!(NO_END == 2_147_483_647, "the indexes of migration 0008 name the day that is no end");
