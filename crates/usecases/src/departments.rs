//! Departments: the tree that says whose people a manager sees.

use std::collections::HashMap;

use jiff::Timestamp;
use records::person::Name;
use store::{Department, DepartmentAdded, DepartmentChanged, DepartmentId};

use crate::{Failure, Usecases, who::Who};

/// What stands between the names in the path of a department.
pub const BELOW: char = '›';

/// A department in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentView {
    /// The department.
    pub id: i64,
    /// The one above it.
    pub parent: Option<i64>,
    /// Its name.
    pub name: String,
    /// Its name after those above it: `Mercy Hospital › Surgery › Ward 3`.
    pub path: String,
    /// How many people work in it and below it today.
    pub people: i64,
}

/// What is typed for a department.
#[derive(Clone, Copy, Debug)]
pub struct DepartmentTyped<'a> {
    /// Its name.
    pub name: &'a str,
    /// The id of the one above it; empty at the top.
    pub parent: &'a str,
}

impl Usecases {
    /// Every department, each after the one above it, with how many people work there today.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn departments(&self, who: &Who, now: Timestamp) -> Result<Vec<DepartmentView>, Failure> {
        who.as_administrator()?;
        let people = self.store.department_people(self.today(now).await?).await?;
        Ok(counted(views(&self.store.departments().await?), &people))
    }

    /// Adds a department.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Denied`] for everybody but administrators,
    /// [`Failure::Store`].
    pub async fn add_department(
        &self,
        who: &Who,
        typed: DepartmentTyped<'_>,
        now: Timestamp,
    ) -> Result<DepartmentId, Failure> {
        who.as_administrator()?;
        let (name, parent) = parse(typed)?;
        match self
            .noting(who, "department.added", None, name.as_str(), now)
            .add_department(name.as_str(), parent)
            .await?
        {
            DepartmentAdded::Department(id) => Ok(id),
            DepartmentAdded::NameTaken => Err(name_taken()),
            DepartmentAdded::ParentMissing => Err(no_parent()),
        }
    }

    /// Renames a department and puts it, with all below it, somewhere else in the tree.
    ///
    /// # Errors
    /// As [`Usecases::add_department`]; [`Failure::NotFound`] also where there is no such department.
    pub async fn change_department(
        &self,
        who: &Who,
        department: DepartmentId,
        typed: DepartmentTyped<'_>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        who.as_administrator()?;
        let known = views(&self.store.departments().await?);
        let path = |id: DepartmentId| known.iter().find(|view| view.id == id.0).map(|view| view.path.as_str());
        let before = path(department).ok_or(Failure::NotFound)?;
        let (name, parent) = parse(typed)?;
        let after =
            parent.and_then(path).into_iter().chain([name.as_str()]).collect::<Vec<_>>().join(&format!(" {BELOW} "));
        let noting = self.noting(who, "department.changed", department, &format!("{before} → {after}"), now);
        match noting.change_department(department, name.as_str(), parent, now.as_microsecond()).await? {
            DepartmentChanged::Done => Ok(()),
            DepartmentChanged::NameTaken => Err(name_taken()),
            DepartmentChanged::Missing => Err(no_parent()),
            DepartmentChanged::Circular => {
                Err(Failure::field("parent", "A department cannot be below itself: choose another"))
            }
        }
    }
}

fn parse(typed: DepartmentTyped<'_>) -> Result<(Name, Option<DepartmentId>), Failure> {
    let name = Name::parse(typed.name)
        .map_err(|_| Failure::field("name", "Enter the name of the department, in 100 characters or fewer"))?;
    let parent = match typed.parent {
        "" => None,
        id => Some(DepartmentId(id.parse().map_err(|_| no_parent())?)),
    };
    Ok((name, parent))
}

fn name_taken() -> Failure {
    Failure::field("name", "There is a department of this name in the same place already")
}

fn no_parent() -> Failure {
    Failure::field("parent", "Choose one of the departments in the list")
}

/// The departments of a tree with their paths; people are not counted.
pub fn views(tree: &[Department]) -> Vec<DepartmentView> {
    let mut above: Vec<&str> = Vec::new();
    let mut views = Vec::with_capacity(tree.len());
    for department in tree {
        above.truncate(department.depth);
        above.push(&department.name);
        views.push(DepartmentView {
            id: department.id.0,
            parent: department.parent.map(|parent| parent.0),
            name: department.name.clone(),
            path: above.join(&format!(" {BELOW} ")),
            people: 0,
        });
    }
    views
}

/// The departments with the people of each, those below it included.
fn counted(mut views: Vec<DepartmentView>, people: &HashMap<DepartmentId, i64>) -> Vec<DepartmentView> {
    let places: HashMap<i64, usize> = views.iter().enumerate().map(|(at, view)| (view.id, at)).collect();
    // Each comes after the one above it, so from the end every sum is complete before it is passed on.
    for at in (0..views.len()).rev() {
        views[at].people += people.get(&DepartmentId(views[at].id)).copied().unwrap_or_default();
        let people = views[at].people;
        if let Some(above) = views[at].parent.and_then(|parent| places.get(&parent)) {
            views[*above].people += people;
        }
    }
    views
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_department_has_its_path_and_counts_those_below() {
        let one = |id, parent: Option<i64>, name: &str, depth| Department {
            id: DepartmentId(id),
            parent: parent.map(DepartmentId),
            name: name.to_owned(),
            depth,
        };
        let tree = [
            one(1, None, "Mercy", 0),
            one(3, Some(1), "Surgery", 1),
            one(4, Some(3), "Ward 3", 2),
            one(2, Some(1), "Wards", 1),
            one(5, None, "Hill", 0),
        ];
        let people = [(1, 1), (4, 5), (2, 2), (5, 4)].map(|(id, people)| (DepartmentId(id), people)).into();
        let views = counted(views(&tree), &people);
        let seen: Vec<_> = views.iter().map(|view| (view.path.as_str(), view.people)).collect();
        assert_eq!(
            seen,
            [("Mercy", 8), ("Mercy › Surgery", 5), ("Mercy › Surgery › Ward 3", 5), ("Mercy › Wards", 2), ("Hill", 4)]
        );
    }
}
