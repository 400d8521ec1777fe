//! Departments: a tree, with everything below each one kept ready.

use crate::{
    DepartmentId, Result, Store,
    db::{Tx, vals},
    site,
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

impl Store {
    /// Adds a department under `parent`, or at the top.
    pub async fn add_department(&self, name: &str, parent: Option<DepartmentId>) -> Result<DepartmentAdded> {
        self.write((name.to_owned(), parent), |tx, (name, parent)| Box::pin(add(tx, name, *parent))).await
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

async fn add(tx: &mut Tx, name: &str, parent: Option<DepartmentId>) -> Result<DepartmentAdded> {
    if let Some(parent) = parent
        && tx.optional("SELECT id FROM department WHERE id = $1", vals![parent]).await?.is_none()
    {
        return Ok(DepartmentAdded::ParentMissing);
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
