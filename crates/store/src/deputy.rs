//! Deputies: somebody who stands in for a manager for some days.

use crate::{
    DepartmentId, PersonId, Result, Right, Store,
    db::{Row, Tx, vals},
};

/// Somebody who stands in for a manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deputy {
    /// The id.
    pub id: i64,
    /// The manager.
    pub manager: PersonId,
    /// Their name.
    pub manager_name: String,
    /// Who stands in.
    pub deputy: PersonId,
    /// Their name.
    pub deputy_name: String,
    /// The first day.
    pub from_on: i32,
    /// The last day.
    pub to_on: i32,
}

const DEPUTIES: &str =
    "SELECT y.id, y.manager_id, m.name AS manager_name, y.deputy_id, d.name AS deputy_name, y.from_on, y.to_on
    FROM deputy y JOIN person m ON m.id = y.manager_id JOIN person d ON d.id = y.deputy_id
    WHERE ($1 = 0 OR y.manager_id = $1 OR y.deputy_id = $1) AND y.to_on >= $2 ORDER BY y.from_on, y.id";

impl Store {
    /// Who stands in for a manager, and for whom this person stands in, now or later.
    pub async fn deputies(&self, person: PersonId, today: i32) -> Result<Vec<Deputy>> {
        self.reader().await?.all(DEPUTIES, vals![person, today]).await?.iter().map(deputy).collect()
    }

    /// Whether somebody stands in for a manager at an instant, in microseconds.
    pub async fn stands_in_for(&self, deputy: PersonId, manager: PersonId, now: i64) -> Result<bool> {
        let sql = "SELECT count(*) AS many FROM deputy
            WHERE deputy_id = $1 AND manager_id = $2 AND from_at <= $3 AND until_at > $3";
        self.reader().await?.one(sql, vals![deputy, manager, now]).await?.bool("many")
    }

    /// What somebody may do at an instant, in microseconds: their own rights, and those of managers whom they stand in for.
    pub async fn rights_at(&self, person: PersonId, now: i64) -> Result<Vec<Right>> {
        let mut rights = self.rights_of(person).await?;
        rights.extend(stood_in_for(&mut self.reader().await?, person, now).await?);
        Ok(rights)
    }

    /// Who stands in for whom, now or later.
    pub async fn all_deputies(&self, today: i32) -> Result<Vec<Deputy>> {
        self.reader().await?.all(DEPUTIES, vals![PersonId(0), today]).await?.iter().map(deputy).collect()
    }

    /// Those who manage a department themselves, by name; nobody whose access has ended.
    pub async fn managers(&self) -> Result<Vec<(PersonId, String)>> {
        let sql = "SELECT p.id, p.name FROM person p WHERE p.disabled_at IS NULL
            AND p.id IN (SELECT person_id FROM right_held WHERE held = 'manager') ORDER BY p.sort_name, p.id";
        let rows = self.reader().await?.all(sql, vals![]).await?;
        rows.iter().map(|row| Ok((PersonId(row.i64("id")?), row.text("name")?))).collect()
    }

    /// Lets somebody stand in for a manager from a day through another, which begin and end at those instants (microseconds).
    pub async fn add_deputy(
        &self,
        (manager, deputy): (PersonId, PersonId),
        (from_on, to_on): (i32, i32),
        (from_at, until_at): (i64, i64),
        by: PersonId,
        now: i64,
    ) -> Result<i64> {
        let days = (from_on, to_on, from_at, until_at);
        self.write((manager, deputy, days, by, now), |tx, (manager, deputy, days, by, now)| {
            Box::pin(async move {
                let sql = "INSERT INTO deputy (manager_id, deputy_id, from_on, to_on, from_at, until_at, by_id, at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
                tx.one(sql, vals![*manager, *deputy, days.0, days.1, days.2, days.3, *by, *now]).await?.i64("id")
            })
        })
        .await
    }

    /// Ends a time of standing in at once, with the day before `today` as its last. Returns false where this manager has none of the id.
    pub async fn end_deputy(&self, manager: PersonId, id: i64, today: i32, now: i64) -> Result<bool> {
        self.write((manager, id, today, now), |tx, (manager, id, today, now)| {
            Box::pin(async move {
                let gone = "DELETE FROM deputy WHERE id = $1 AND manager_id = $2 AND from_on >= $3";
                if tx.run(gone, vals![*id, *manager, *today]).await? == 1 {
                    return Ok(true);
                }
                let sql =
                    "UPDATE deputy SET to_on = $3 - 1, until_at = $4 WHERE id = $1 AND manager_id = $2 AND to_on >= $3";
                Ok(tx.run(sql, vals![*id, *manager, *today, *now]).await? == 1)
            })
        })
        .await
    }
}

/// What somebody may do at an instant since they stand in for managers.
pub(crate) async fn stood_in_for(tx: &mut Tx, deputy: PersonId, now: i64) -> Result<Vec<Right>> {
    let sql = "SELECT DISTINCT r.department_id FROM deputy y JOIN right_held r ON r.person_id = y.manager_id AND r.held = 'manager'
        WHERE y.deputy_id = $1 AND y.from_at <= $2 AND y.until_at > $2 ORDER BY r.department_id";
    let rows = tx.all(sql, vals![deputy, now]).await?;
    rows.iter().map(|row| row.i64("department_id").map(|id| Right::Manager(DepartmentId(id)))).collect()
}

fn deputy(row: &Row) -> Result<Deputy> {
    Ok(Deputy {
        id: row.i64("id")?,
        manager: PersonId(row.i64("manager_id")?),
        manager_name: row.text("manager_name")?,
        deputy: PersonId(row.i64("deputy_id")?),
        deputy_name: row.text("deputy_name")?,
        from_on: row.days("from_on")?,
        to_on: row.days("to_on")?,
    })
}
