//! Whose rows somebody may see on a day: their own departments and those below, as people worked there on that day. Administrators see
//! everybody, people without a department too.

use std::collections::{HashMap, HashSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use records::day::Day;
use store::{DepartmentId, PersonId, RequirementId, Right};

use super::{Filters, tallies::Place};
use crate::{
    Failure, Usecases,
    departments::{DepartmentView, views},
    obligations::end_of,
    who::Who,
};

/// What a report is about: a day, and departments that whoever asks may see.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// The day that is asked about.
    pub day: i32,
    /// Today.
    pub today: i32,
    /// The instant up to which what was recorded counts, if not all of it.
    pub known_at: Option<i64>,
    /// The departments, each after the one above it; none among them stands for people without one.
    pub places: Vec<Place>,
    /// Whether that is everybody.
    pub everybody: bool,
    /// Whether whoever asks may see everybody, filters or not.
    pub everybody_may_be_seen: bool,
    /// Every department that may be seen, filters or not, each after the one above it.
    pub tree: Vec<DepartmentView>,
    /// Every requirement there is, by name.
    pub requirements: Vec<(RequirementId, String)>,
    inside: HashSet<Place>,
    names: HashMap<DepartmentId, usize>,
    ranks: HashMap<RequirementId, usize>,
}

impl Scope {
    /// The same departments on another day.
    pub(crate) fn on(&self, day: i32) -> Self {
        Self { day, ..self.clone() }
    }

    /// Whether people of a place belong to it.
    pub(crate) fn holds(&self, place: Place) -> bool {
        self.everybody || self.inside.contains(&place)
    }

    /// A department's name, after those above it.
    pub(crate) fn path(&self, place: Place) -> String {
        let view = place.and_then(|id| self.names.get(&id)).and_then(|at| self.tree.get(*at));
        view.map_or_else(|| "No department".to_owned(), |view| view.path.clone())
    }

    /// Where a department stands among all, for putting lists in order; people without one come last.
    pub(crate) fn rank(&self, place: Place) -> usize {
        place.and_then(|id| self.names.get(&id)).copied().unwrap_or(usize::MAX)
    }

    /// Where a requirement stands among all, by name.
    pub(crate) fn requirement_rank(&self, requirement: RequirementId) -> usize {
        self.ranks.get(&requirement).copied().unwrap_or(usize::MAX)
    }

    /// What a requirement is called.
    pub(crate) fn requirement(&self, requirement: RequirementId) -> &str {
        self.requirements.get(self.requirement_rank(requirement)).map_or("", |(_, name)| name)
    }

    /// The day that is asked about.
    pub(crate) fn date(&self) -> Date {
        Day(self.day).date()
    }

    /// The places of a department and all below it that are asked about.
    pub(crate) fn below(&self, department: DepartmentId) -> Vec<Place> {
        let mut within = HashSet::from([department.0]);
        for view in &self.tree {
            if view.parent.is_some_and(|parent| within.contains(&parent)) {
                within.insert(view.id);
            }
        }
        self.places.iter().copied().filter(|place| place.is_some_and(|id| within.contains(&id.0))).collect()
    }
}

impl Usecases {
    /// What somebody may see of what they ask for.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::NotFound`] for a department that is not theirs to see,
    /// [`Failure::Store`].
    pub(crate) async fn scope(&self, who: &Who, filters: &Filters, now: Timestamp) -> Result<Scope, Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let zone = TimeZone::get(&self.zone().await?).unwrap_or(TimeZone::UTC);
        let today = Day::at(now, &zone).0;
        let tree = views(&self.store.departments().await?);
        let seen = |manages: &[DepartmentId]| {
            let mut within: HashSet<i64> = manages.iter().map(|id| id.0).collect();
            for view in &tree {
                if view.parent.is_some_and(|parent| within.contains(&parent)) {
                    within.insert(view.id);
                }
            }
            within
        };
        let may: HashSet<i64> = match who.administrator {
            true => tree.iter().map(|view| view.id).collect(),
            false => seen(&who.manages),
        };
        let mut wanted = may.clone();
        if let Some(department) = filters.department {
            if !may.contains(&department.0) {
                return Err(Failure::NotFound);
            }
            let below = if filters.only { HashSet::from([department.0]) } else { seen(&[department]) };
            wanted.retain(|id| below.contains(id));
        }
        if let Some(manager) = filters.manager {
            let theirs = seen(&self.managed_by(manager).await?);
            wanted.retain(|id| theirs.contains(id));
        }
        if filters.nowhere {
            who.as_administrator()?;
            wanted.clear();
        }
        let everybody =
            who.administrator && filters.department.is_none() && filters.manager.is_none() && !filters.nowhere;
        let mut places: Vec<Place> =
            tree.iter().filter(|view| wanted.contains(&view.id)).map(|view| Some(DepartmentId(view.id))).collect();
        if everybody || filters.nowhere {
            places.push(None);
        }
        let requirements: Vec<_> = self.store.requirements().await?.into_iter().map(|one| (one.id, one.name)).collect();
        let tree: Vec<DepartmentView> = tree.into_iter().filter(|view| may.contains(&view.id)).collect();
        Ok(Scope {
            day: filters.as_of.map_or(today, |day| Day::of(day).0),
            today,
            known_at: filters.known_on.map(|day| end_of(day, &zone)),
            inside: places.iter().copied().collect(),
            places,
            everybody,
            everybody_may_be_seen: who.administrator,
            names: tree.iter().enumerate().map(|(at, view)| (DepartmentId(view.id), at)).collect(),
            ranks: requirements.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect(),
            requirements,
            tree,
        })
    }

    async fn managed_by(&self, manager: PersonId) -> Result<Vec<DepartmentId>, Failure> {
        let rights = self.store.rights_of(manager).await?.into_iter();
        Ok(rights.filter_map(|right| if let Right::Manager(id) = right { Some(id) } else { None }).collect())
    }

    /// How many people work in the places of a scope on its day.
    pub(crate) async fn people_within(&self, scope: &Scope) -> Result<HashMap<DepartmentId, u32>, Failure> {
        self.people_doing(scope, None).await
    }

    /// The same, of those in one job role.
    pub(crate) async fn people_doing(
        &self,
        scope: &Scope,
        job_role: Option<&str>,
    ) -> Result<HashMap<DepartmentId, u32>, Failure> {
        let mut people: HashMap<DepartmentId, u32> =
            self.store.people_placed(scope.day, &scope.places, job_role).await?.into_iter().collect();
        people.retain(|department, _| scope.holds(Some(*department)));
        Ok(people)
    }
}
