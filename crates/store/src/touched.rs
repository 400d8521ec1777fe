//! Which departments changes reach. Whoever keeps numbers of departments in memory asks what was touched since they looked last, and
//! makes only those anew; nothing has to be told to anybody, so that several servers on one database see the same.

use std::collections::HashMap;

use crate::{
    DepartmentId, Result, Store,
    db::{Engine, Tx, vals},
    person::NO_END,
};

/// Up to so many departments are asked for one by one.
pub(crate) const FEW: usize = 40;

/// A place in the order of changes: everything before it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Seen(i64);

/// The departments that were touched, each with the first day that is other; none stands for people without a department.
pub type Touches = Vec<(Option<DepartmentId>, i32)>;

/// What one write touches, gathered before it is written.
#[derive(Default)]
pub(crate) struct Touched(HashMap<i64, i32>);

impl Touched {
    /// Somebody stands otherwise since a day, who works in these places.
    pub(crate) fn person(&mut self, places: impl Iterator<Item = (DepartmentId, i32, i32)>, since: i32) {
        let mut covered = since;
        for (department, from, until) in places.filter(|(.., until)| *until > since) {
            if from > covered {
                self.touch(0, since);
            }
            covered = covered.max(until);
            self.touch(department.0, since);
        }
        if i64::from(covered) < NO_END {
            self.touch(0, since);
        }
    }

    fn touch(&mut self, department: i64, since: i32) {
        let first = self.0.entry(department).or_insert(since);
        *first = (*first).min(since);
    }

    pub(crate) async fn write(self, tx: &mut Tx) -> Result<()> {
        let rows = self.0.into_iter().map(|(department, since)| vals![department, since]).collect();
        tx.many("INSERT INTO touched (department_id, since_on) VALUES {rows}", rows).await.map(drop)
    }
}

impl Store {
    /// What was touched since somebody looked last, and until where they have seen everything now. A change that was being written
    /// meanwhile may be told twice, never not at all.
    pub async fn touched_since(&self, seen: Seen) -> Result<(Touches, Seen)> {
        let mut reader = self.reader().await?;
        // Transactions of PostgreSQL end in another order than they begin: what may still be open is looked at again.
        let (end, sql) = match reader.engine() {
            Engine::Sqlite => (
                "SELECT coalesce(max(seq), 0) + 1 AS seen FROM touched",
                "SELECT department_id, min(since_on) AS since_on FROM touched WHERE seq >= $1 GROUP BY department_id",
            ),
            Engine::Pg => (
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS seen",
                "SELECT department_id, min(since_on) AS since_on FROM touched WHERE tx >= $1 GROUP BY department_id",
            ),
        };
        let end = Seen(reader.one(end, vals![]).await?.i64("seen")?.max(seen.0));
        let rows = reader.all(sql, vals![seen.0]).await?;
        let touch = |row: &crate::db::Row| {
            let department = Some(row.i64("department_id")?).filter(|id| *id != 0).map(DepartmentId);
            Ok((department, row.days("since_on")?))
        };
        Ok((rows.iter().map(touch).collect::<Result<_>>()?, end))
    }

    /// Forgets what was touched before an instant; what reached back is kept for the numbers of month ends. Gives how many rows.
    pub async fn purge_touched(&self, before: i64) -> Result<u64> {
        self.write(before, |tx, before| {
            Box::pin(async move {
                keep_for_months(tx, *before).await?;
                tx.run("DELETE FROM touched WHERE at < $1", vals![*before]).await
            })
        })
        .await
    }
}

/// Keeps, department by department, since which day what was counted may be other.
pub(crate) async fn keep_for_months(tx: &mut Tx, before: i64) -> Result<()> {
    let sql = "INSERT INTO month_touched (department_id, since_on)
        SELECT department_id, min(since_on) FROM touched WHERE at < $1
            AND since_on <= (SELECT coalesce(max(day), -1) FROM month_end) GROUP BY department_id
        ON CONFLICT (department_id) DO UPDATE SET since_on = CASE WHEN excluded.since_on < month_touched.since_on
            THEN excluded.since_on ELSE month_touched.since_on END";
    tx.run(sql, vals![before]).await.map(drop)
}
