//! How far a site is set up: what there is of everything that people need before the first of them learns.

use crate::{Result, Store, db::vals};

/// How much there is of what a site begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SetSoFar {
    /// Departments.
    pub departments: i64,
    /// People who are not shut out.
    pub people: i64,
    /// Those of them who have not come in yet: they have no password.
    pub outside: i64,
    /// Those of them who work in no department today or later.
    pub placeless: i64,
    /// Managers.
    pub managers: i64,
    /// Requirements, without mandatory updates.
    pub requirements: i64,
    /// Assignments that hold today or later, without those of mandatory updates.
    pub assignments: i64,
}

impl Store {
    /// How much there is on a day.
    pub async fn set_so_far(&self, day: i32) -> Result<SetSoFar> {
        let sql = "SELECT (SELECT count(*) FROM department) AS departments,
                (SELECT count(*) FROM person WHERE disabled_at IS NULL) AS people,
                (SELECT count(*) FROM person WHERE disabled_at IS NULL AND password_hash IS NULL) AS outside,
                (SELECT count(*) FROM person p WHERE p.disabled_at IS NULL AND NOT EXISTS
                    (SELECT 1 FROM tenure t WHERE t.person_id = p.id AND t.until_on > $1)) AS placeless,
                (SELECT count(DISTINCT person_id) FROM right_held WHERE held = 'manager') AS managers,
                (SELECT count(*) FROM requirement WHERE update_of IS NULL) AS requirements,
                (SELECT count(*) FROM assignment WHERE until_on > $1 AND audience <> 'holders') AS assignments";
        let row = self.reader().await?.one(sql, vals![day]).await?;
        Ok(SetSoFar {
            departments: row.i64("departments")?,
            people: row.i64("people")?,
            outside: row.i64("outside")?,
            placeless: row.i64("placeless")?,
            managers: row.i64("managers")?,
            requirements: row.i64("requirements")?,
            assignments: row.i64("assignments")?,
        })
    }

    /// Whether anything was ever given to anybody, and more than one person has come in.
    pub async fn is_begun(&self) -> Result<bool> {
        let sql = "SELECT (SELECT count(*) FROM (SELECT 1 FROM assignment LIMIT 1) a) AS given,
            (SELECT count(*) FROM (SELECT 1 FROM person WHERE disabled_at IS NULL AND password_hash IS NOT NULL LIMIT 2) p) AS inside";
        let row = self.reader().await?.one(sql, vals![]).await?;
        Ok(row.i64("given")? > 0 && row.i64("inside")? > 1)
    }
}
