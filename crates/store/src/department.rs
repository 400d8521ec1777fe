//! Departments: a tree, with everything below each one kept ready.

use std::collections::HashMap;

use crate::{
    DepartmentId, Result, Store,
    db::{Tx, vals},
    site, stale,
};

/// A department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// The id.
    pub id: DepartmentId,
    /// The department above, none at the top.
    pub parent: Option<DepartmentId>,
    /// The name.
    pub name: String,
    /// How deep it lies, 0 at the top.
    pub depth: usize,
}

/// What became of adding a department.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepartmentAdded {
    /// Added.
    Department(DepartmentId),
    /// There is one with this name in the same place.
    NameTaken,
    /// The department above does not exist.
    ParentMissing,
}

/// What became of changing a department.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepartmentChanged {
    /// Changed.
    Done,
    /// There is no such department, or none to put it under.
    Missing,
    /// There is one with this name in the same place.
    NameTaken,
    /// It would lie below itself.
    Circular,
}

impl Store {
    /// Adds a department under `parent`, or at the top.
    pub async fn add_department(&self, name: &str, parent: Option<DepartmentId>) -> Result<DepartmentAdded> {
        self.write((name.to_owned(), parent), |tx, (name, parent)| Box::pin(add(tx, name, *parent))).await
    }

    /// Renames a department and puts it, with all below it, under `parent` or at the top. Managers of a department above it
    /// see its people from the next request on.
    pub async fn change_department(
        &self,
        department: DepartmentId,
        name: &str,
        parent: Option<DepartmentId>,
        now: i64,
    ) -> Result<DepartmentChanged> {
        self.write((department, name.to_owned(), parent, now), |tx, (department, name, parent, now)| {
            Box::pin(change(tx, *department, name, *parent, *now))
        })
        .await
    }

    /// How many people work in each department on the day `today`, those below it not counted; those without anybody are
    /// left out.
    pub async fn department_people(&self, today: i32) -> Result<HashMap<DepartmentId, i64>> {
        let sql = "SELECT t.department_id, count(*) AS people FROM tenure t JOIN person p ON p.id = t.person_id
            WHERE t.from_on <= $1 AND t.until_on > $1 AND p.disabled_at IS NULL GROUP BY t.department_id";
        let rows = self.reader().await?.all(sql, vals![today]).await?;
        rows.iter().map(|row| Ok((DepartmentId(row.i64("department_id")?), row.i64("people")?))).collect()
    }

    /// All departments, each after the one above it, neighbours by name.
    pub async fn departments(&self) -> Result<Vec<Department>> {
        let rows =
            self.reader().await?.all("SELECT id, parent_id, name FROM department ORDER BY name, id", vals![]).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in &rows {
            all.push(Department {
                id: DepartmentId(row.i64("id")?),
                parent: row.i64_or_none("parent_id")?.map(DepartmentId),
                name: row.text("name")?,
                depth: 0,
            });
        }
        let mut tree = Vec::with_capacity(all.len());
        place(&all, None, 0, &mut tree);
        Ok(tree)
    }

    /// The department and all below it.
    pub async fn departments_below(&self, department: DepartmentId) -> Result<Vec<DepartmentId>> {
        let sql = "SELECT department_id FROM department_below WHERE ancestor_id = $1 ORDER BY department_id";
        let rows = self.reader().await?.all(sql, vals![department]).await?;
        rows.iter().map(|row| row.i64("department_id").map(DepartmentId)).collect()
    }
}

fn place(all: &[Department], parent: Option<DepartmentId>, depth: usize, tree: &mut Vec<Department>) {
    for department in all.iter().filter(|department| department.parent == parent) {
        tree.push(Department { depth, ..department.clone() });
        place(all, Some(department.id), depth + 1, tree);
    }
}

/// Another department of a name in the same place; "ward 3" and "Ward 3" are one to people.
const TAKEN: &str =
    "SELECT id FROM department WHERE coalesce(parent_id, 0) = $1 AND lower(name) = lower($2) AND id <> $3";

pub(crate) async fn add(tx: &mut Tx, name: &str, parent: Option<DepartmentId>) -> Result<DepartmentAdded> {
    if let Some(parent) = parent
        && tx.optional("SELECT id FROM department WHERE id = $1", vals![parent]).await?.is_none()
    {
        return Ok(DepartmentAdded::ParentMissing);
    }
    if tx.optional(TAKEN, vals![parent.map_or(0, |parent| parent.0), name, 0_i64]).await?.is_some() {
        return Ok(DepartmentAdded::NameTaken);
    }
    let sql = "INSERT INTO department (parent_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id";
    let Some(row) = tx.optional(sql, vals![parent, name]).await? else { return Ok(DepartmentAdded::NameTaken) };
    let id = DepartmentId(row.i64("id")?);
    tx.run("INSERT INTO department_below (ancestor_id, department_id) VALUES ($1, $1)", vals![id]).await?;
    if let Some(parent) = parent {
        let above = "INSERT INTO department_below (ancestor_id, department_id)
            SELECT ancestor_id, $1 FROM department_below WHERE department_id = $2";
        tx.run(above, vals![id, parent]).await?;
    }
    site::config_changed(tx).await?;
    Ok(DepartmentAdded::Department(id))
}

async fn change(
    tx: &mut Tx,
    department: DepartmentId,
    name: &str,
    parent: Option<DepartmentId>,
    now: i64,
) -> Result<DepartmentChanged> {
    // Every change of the tree goes through this row, so that two moves at once cannot make a circle.
    site::config_changed(tx).await?;
    let there = "SELECT id FROM department WHERE id = $1";
    for id in [Some(department), parent].into_iter().flatten() {
        if tx.optional(there, vals![id]).await?.is_none() {
            return Ok(DepartmentChanged::Missing);
        }
    }
    let below = "SELECT department_id FROM department_below WHERE ancestor_id = $1 AND department_id = $2";
    if parent.is_some() && tx.optional(below, vals![department, parent]).await?.is_some() {
        return Ok(DepartmentChanged::Circular);
    }
    if tx.optional(TAKEN, vals![parent.map_or(0, |parent| parent.0), name, department]).await?.is_some() {
        return Ok(DepartmentChanged::NameTaken);
    }
    let sql = "UPDATE department SET name = $2, parent_id = $3, rev = rev + 1 WHERE id = $1";
    tx.run(sql, vals![department, name, parent]).await?;
    let leave = "DELETE FROM department_below
        WHERE department_id IN (SELECT department_id FROM department_below WHERE ancestor_id = $1)
          AND ancestor_id NOT IN (SELECT department_id FROM department_below WHERE ancestor_id = $1)";
    tx.run(leave, vals![department]).await?;
    let today = site::day_of(tx, now).await?;
    stale::of_department(tx, department, today).await?;
    if let Some(parent) = parent {
        let join = "INSERT INTO department_below (ancestor_id, department_id)
            SELECT above.ancestor_id, below.department_id FROM department_below above CROSS JOIN department_below below
            WHERE above.department_id = $2 AND below.ancestor_id = $1";
        tx.run(join, vals![department, parent]).await?;
    }
    Ok(DepartmentChanged::Done)
}
