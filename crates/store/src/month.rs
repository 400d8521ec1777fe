//! The ends of months as they were counted: numbers that stay, whatever is corrected afterwards.

use std::collections::HashMap;

use records::report::{Counts, Measure};

use crate::{
    DepartmentId, RequirementId, Result, Store, StoreError,
    db::{Row, Tx, vals},
    touched,
};

/// What is kept of a month, in the order of the columns.
const KEPT: [Measure; 10] = [
    Measure::Assigned,
    Measure::Counted,
    Measure::Compliant,
    Measure::NotYetDue,
    Measure::DueSoon,
    Measure::Overdue,
    Measure::Grace,
    Measure::Lapsed,
    Measure::OnLeave,
    Measure::Exempt,
];

/// The numbers of one department and one requirement; none stands for people without a department.
pub type MonthCell = (Option<DepartmentId>, RequirementId, Counts);

impl Store {
    /// The month ends that were counted, each with when (microseconds), the earliest first.
    pub async fn months_counted(&self) -> Result<Vec<(i32, i64)>> {
        let rows = self.reader().await?.all("SELECT day, counted_at FROM month_end ORDER BY day", vals![]).await?;
        rows.iter().map(|row| Ok((row.days("day")?, row.i64("counted_at")?))).collect()
    }

    /// The first day on which anybody worked anywhere; none where nobody ever did.
    pub async fn first_day(&self) -> Result<Option<i32>> {
        let row = self.reader().await?.one("SELECT min(from_on) AS day FROM tenure", vals![]).await?;
        row.days_or_none("day")
    }

    /// Keeps the numbers of a month's end, unless they are there already. Returns whether they were not.
    pub async fn keep_month(&self, day: i32, cells: Vec<MonthCell>, now: i64) -> Result<bool> {
        self.write_long((day, cells, now), |tx, (day, cells, now)| Box::pin(keep(tx, *day, cells, *now))).await
    }

    /// The numbers of month ends from one day to another by day and department, of one requirement or of all: of these departments where
    /// there are few, of all where there are many.
    pub async fn months(
        &self,
        (from, to): (i32, i32),
        departments: &[Option<DepartmentId>],
        requirement: Option<RequirementId>,
    ) -> Result<HashMap<(i32, Option<DepartmentId>), Counts>> {
        let wanted = requirement.map_or(0, |id| id.0);
        let mut reader = self.reader().await?;
        let mut found = HashMap::new();
        macro_rules! sums {
            ($where:literal) => {
                concat!(
                    "SELECT day, department_id, CAST(sum(assigned) AS BIGINT) AS assigned, CAST(sum(counted) AS BIGINT) AS counted,
                        CAST(sum(compliant) AS BIGINT) AS compliant, CAST(sum(not_yet_due) AS BIGINT) AS not_yet_due,
                        CAST(sum(due_soon) AS BIGINT) AS due_soon, CAST(sum(overdue) AS BIGINT) AS overdue,
                        CAST(sum(grace) AS BIGINT) AS grace, CAST(sum(lapsed) AS BIGINT) AS lapsed,
                        CAST(sum(on_leave) AS BIGINT) AS on_leave, CAST(sum(exempt) AS BIGINT) AS exempt
                    FROM month_tally WHERE day BETWEEN $1 AND $2 AND ($3 = 0 OR requirement_id = $3)",
                    $where,
                    " GROUP BY day, department_id"
                )
            };
        }
        let mut rows = Vec::new();
        if departments.len() <= touched::FEW {
            for department in departments {
                let id = department.map_or(0, |id| id.0);
                rows.extend(reader.all(sums!(" AND department_id = $4"), vals![from, to, wanted, id]).await?);
            }
        } else {
            rows = reader.all(sums!(""), vals![from, to, wanted]).await?;
        }
        for row in &rows {
            let department = Some(row.i64("department_id")?).filter(|id| *id != 0).map(DepartmentId);
            found.insert((row.days("day")?, department), counts(row)?);
        }
        Ok(found)
    }

    /// Since which day the numbers of departments may be other than they were counted; none stands for people without one.
    pub async fn months_touched(&self) -> Result<HashMap<Option<DepartmentId>, i32>> {
        let sql = "SELECT department_id, min(since_on) AS since_on FROM (SELECT department_id, since_on FROM month_touched UNION ALL
            SELECT department_id, since_on FROM touched WHERE since_on <= (SELECT coalesce(max(day), -1) FROM month_end)) t
            GROUP BY department_id";
        let rows = self.reader().await?.all(sql, vals![]).await?;
        let one = |row: &Row| {
            let department = Some(row.i64("department_id")?).filter(|id| *id != 0).map(DepartmentId);
            Ok((department, row.days("since_on")?))
        };
        rows.iter().map(one).collect()
    }
}

async fn keep(tx: &mut Tx, day: i32, cells: &[MonthCell], now: i64) -> Result<bool> {
    let sql = "INSERT INTO month_end (day, counted_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    if tx.run(sql, vals![day, now]).await? == 0 {
        return Ok(false);
    }
    let rows = cells.iter().map(|(department, requirement, counts)| {
        let mut row = vals![day, department.map_or(0, |id| id.0), *requirement];
        row.extend(KEPT.map(|measure| counts.of(measure).into()));
        row
    });
    let sql = "INSERT INTO month_tally (day, department_id, requirement_id, assigned, counted, compliant, not_yet_due, due_soon, overdue,
            grace, lapsed, on_leave, exempt) VALUES {rows}";
    tx.many(sql, rows.collect()).await?;
    Ok(true)
}

fn counts(row: &Row) -> Result<Counts> {
    let number =
        |column: &'static str| u32::try_from(row.i64(column)?).map_err(|error| StoreError::corrupt(column, error));
    let numbers = [
        number("assigned")?,
        number("counted")?,
        number("compliant")?,
        number("not_yet_due")?,
        number("due_soon")?,
        number("overdue")?,
        number("grace")?,
        number("lapsed")?,
        number("on_leave")?,
        number("exempt")?,
    ];
    Ok(Counts::with(KEPT.into_iter().zip(numbers)))
}
