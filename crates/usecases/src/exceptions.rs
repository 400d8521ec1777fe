//! Exceptions: what stands in the way of knowing who must do what by when, and of telling them. Each kind has a count, says what to do,
//! and names the people or departments. Managers see those of their own departments.

use std::collections::HashMap;

use jiff::Timestamp;
use records::answer::Missing;
use store::{AskedTwice, Assignment, DepartmentId, PersonId, RequirementId, What, Whom};

use crate::{
    Failure, Usecases,
    assignments::Words,
    clock::{date_of, date_words},
    obligations::missing_words,
    reports::{Column, Field, Filters, Kind as Holds, Row, Value, scope::Scope},
    who::Who,
};

/// How many rows a page shows.
const ON_A_PAGE: usize = 50;

/// What stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// People work in a department that nobody manages, nor one above it.
    NoManager,
    /// A day is missing that a due date counts from.
    NoAnchor,
    /// People work in a department, and nothing is asked of any of them.
    NothingAsked,
    /// Somebody works in no department.
    NoDepartment,
    /// Messages to somebody come back.
    Undeliverable,
    /// Somebody is asked for the same in several ways that do not agree.
    Clashing,
}

impl Kind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] =
        [Self::NoManager, Self::NoAnchor, Self::NothingAsked, Self::NoDepartment, Self::Undeliverable, Self::Clashing];

    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoManager => "no-manager",
            Self::NoAnchor => "no-anchor",
            Self::NothingAsked => "nothing-asked",
            Self::NoDepartment => "no-department",
            Self::Undeliverable => "mail",
            Self::Clashing => "clashing",
        }
    }

    /// The kind of a name in addresses.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::NoManager => "No manager",
            Self::NoAnchor => "A day is missing",
            Self::NothingAsked => "Nothing is asked",
            Self::NoDepartment => "No department",
            Self::Undeliverable => "Messages come back",
            Self::Clashing => "Assignments that do not agree",
        }
    }

    /// What is wrong, and what to do about it.
    pub fn about(self, administrator: bool) -> &'static str {
        match (self, administrator) {
            (Self::NoManager, true) => {
                "People work here, and nobody sees how they stand. Give somebody the right to manage the department, or one above it."
            }
            (Self::NoManager, false) => {
                "People work here, and nobody sees how they stand. Ask an administrator to name a manager."
            }
            (Self::NoAnchor, true) => {
                "A due date counts from a day that is not recorded, so it cannot be said. Enter the day."
            }
            (Self::NoAnchor, false) => {
                "A due date counts from a day that is not recorded, so it cannot be said. Find the day out and ask an administrator to enter it."
            }
            (Self::NothingAsked, true) => {
                "People work here, and nothing is asked of any of them. Assign something to the department, or see that it is meant so."
            }
            (Self::NothingAsked, false) => {
                "People work here, and nothing is asked of any of them. Ask an administrator to assign something, unless it is meant so."
            }
            (Self::NoDepartment, _) => "They work in no department, so no manager sees them. Say where they work.",
            (Self::Undeliverable, true) => {
                "The last message to their address came back, so reminders do not reach them. Correct the address, or take it out."
            }
            (Self::Undeliverable, false) => {
                "The last message to their address came back, so reminders do not reach them. Ask them for the right one and tell an administrator."
            }
            (Self::Clashing, true) => {
                "The same is asked of them in several ways that do not agree. The earliest day counts. End the assignment that is not meant."
            }
            (Self::Clashing, false) => {
                "The same is asked of them in several ways that do not agree. The earliest day counts. Ask an administrator to end the one that is not meant."
            }
        }
    }
}

/// A kind with how often it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub kind: Kind,
    /// How often.
    pub many: usize,
}

/// The exceptions, and of one kind a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceptions {
    /// Each kind with its count.
    pub kinds: Vec<Found>,
    /// The columns of the kind that was asked for.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Whether a change of the rules is still being worked out, so that some may be missing.
    pub unfinished: bool,
    /// The number of the page before.
    pub previous: Option<u32>,
    /// The number of the page after.
    pub next: Option<u32>,
}

impl Usecases {
    /// How often each kind of exception is found within one's own departments, and a page of one kind. Pages count from 0.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::Store`].
    pub async fn exceptions(
        &self,
        who: &Who,
        (kind, page): (Option<Kind>, u32),
        now: Timestamp,
    ) -> Result<Exceptions, Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let unfinished = self.nearly_caught_up().await? > 0;
        let scope = self.scope(who, &Filters::default(), now).await?;
        let mut kinds = Vec::new();
        let (mut columns, mut all) = (Vec::new(), Vec::new());
        for one in Kind::ALL {
            let (heads, rows) = self.exceptions_of(who, &scope, one).await?;
            kinds.push(Found { kind: one, many: rows.len() });
            if kind == Some(one) {
                (columns, all) = (heads, rows);
            }
        }
        let from = (page as usize).saturating_mul(ON_A_PAGE);
        let next = if all.len() > from.saturating_add(ON_A_PAGE) { page.checked_add(1) } else { None };
        let rows = all.into_iter().skip(from).take(ON_A_PAGE).collect();
        Ok(Exceptions { kinds, columns, rows, unfinished, previous: page.checked_sub(1), next })
    }

    async fn exceptions_of(&self, who: &Who, scope: &Scope, kind: Kind) -> Result<(Vec<Column>, Vec<Row>), Failure> {
        let day = scope.today;
        Ok(match kind {
            Kind::NoManager | Kind::NothingAsked => {
                let people: HashMap<DepartmentId, i64> = self.store.department_people(day).await?;
                let peopled: Vec<DepartmentId> =
                    scope.places.iter().flatten().copied().filter(|id| people.contains_key(id)).collect();
                let wrong: Vec<DepartmentId> = if kind == Kind::NoManager {
                    let managed = self.store.managed_departments().await?;
                    let by_id: HashMap<i64, Option<i64>> = scope.tree.iter().map(|one| (one.id, one.parent)).collect();
                    let is_managed = |id: DepartmentId| {
                        std::iter::successors(Some(id.0), |id| by_id.get(id).copied().flatten())
                            .any(|id| managed.contains(&DepartmentId(id)))
                    };
                    peopled.into_iter().filter(|id| !is_managed(*id)).collect()
                } else {
                    let asked = self.store.departments_asked(&peopled, day).await?;
                    peopled.into_iter().filter(|id| !asked.contains(id)).collect()
                };
                let rows = wrong.into_iter().map(|id| department_row(who, scope, kind, id, &people));
                (columns(&["Department", "People", "To do"]), rows.collect())
            }
            Kind::NoAnchor => {
                let found = self.store.without_anchor(&scope.places, day).await?.into_iter();
                let rows = found.map(|(whom, id, missing)| anchor_row(who, scope, &whom, id, missing));
                (columns(&["Person", "Department", "Requirement", "Missing", "To do"]), rows.collect())
            }
            Kind::NoDepartment => {
                // Nobody but administrators is answerable for people without a department.
                let found = if who.administrator { self.store.without_department(day).await? } else { Vec::new() };
                let rows = found.into_iter().map(|(whom, many)| {
                    let fields = vec![
                        person_field(&whom),
                        Field::from(many),
                        Field::linked("Say where they work", format!("/people/{}", whom.person)),
                    ];
                    Row { fields, ..Row::default() }
                });
                (columns(&["Person", "Asked for", "To do"]), rows.collect())
            }
            Kind::Undeliverable => {
                let found = self.store.undeliverable(&scope.places, day).await?.into_iter();
                let rows = found.map(|(whom, address, message, why)| {
                    let why = if who.administrator {
                        Field::linked(why, format!("/messages/{message}"))
                    } else {
                        Field::from(why)
                    };
                    let edit = format!("/people/{}/edit", whom.person);
                    let department = Field::from(scope.path(whom.department));
                    let to_do = to_do(who, "Correct the address", edit);
                    Row {
                        fields: vec![person_field(&whom), department, Field::from(address), why, to_do],
                        ..Row::default()
                    }
                });
                (columns(&["Person", "Department", "Address", "What came back", "To do"]), rows.collect())
            }
            Kind::Clashing => (
                columns(&["Person", "Department", "Requirement", "Asked by", "What counts", "To do"]),
                self.clashing(who, scope).await?,
            ),
        })
    }

    /// Those who are asked for the same by assignments with different days, or by two paths.
    async fn clashing(&self, who: &Who, scope: &Scope) -> Result<Vec<Row>, Failure> {
        let words = self.assignment_words().await?;
        let all = self.store.assignments().await?;
        let running =
            |one: &&Assignment| one.from_on <= scope.today && one.until_on.is_none_or(|until| until > scope.today);
        // What only one assignment asks for cannot clash: most requirements need no look.
        let mut asked: HashMap<RequirementId, u32> = HashMap::new();
        for one in all.iter().filter(running) {
            match one.what {
                What::Requirement(id) => *asked.entry(id).or_default() += 1,
                What::Path(id) => {
                    for step in words.steps(id) {
                        *asked.entry(step).or_default() += 1;
                    }
                }
            }
        }
        let mut several: Vec<RequirementId> =
            asked.into_iter().filter(|(_, many)| *many > 1).map(|(id, _)| id).collect();
        several.sort_unstable();
        let assignments: HashMap<_, _> = all.into_iter().map(|one| (one.id, one)).collect();
        let mut rows = Vec::new();
        for (whom, asked) in self.store.asked_twice(&scope.places, scope.today, &several).await? {
            let requirement = asked[0].requirement;
            // Several that ask for the same day say the same, unless they are paths with an order of their own.
            let days = asked.iter().map(|one| one.days).collect::<std::collections::HashSet<_>>();
            let paths = asked.iter().filter(|one| one.days.is_some()).map(|one| one.assignment);
            if days.len() < 2 && paths.collect::<std::collections::HashSet<_>>().len() < 2 {
                continue;
            }
            let by: Vec<String> = asked.iter().map(|one| asked_words(one, &assignments, &words)).collect();
            let due = self.store.obligations(whom.person, scope.today).await?;
            let due = due.iter().find(|one| one.requirement == requirement);
            let due = due.and_then(|one| one.slice.open).and_then(|open| open.due);
            let counts = match due {
                Some(due) => format!("The earliest: due {}", date_words(due.date())),
                None => "The earliest; nothing is due now".to_owned(),
            };
            let why = format!("/team/{}/why/{requirement}", whom.person);
            let place = format!("/requirements/{requirement}");
            let fields = vec![
                person_field(&whom),
                Field::from(scope.path(whom.department)),
                Field::linked(scope.requirement(requirement), why),
                Field::from(by.join("; ")),
                Field::from(counts),
                to_do(who, "Look at the assignments", place),
            ];
            rows.push(Row { fields, ..Row::default() });
        }
        Ok(rows)
    }
}

fn columns(names: &[&str]) -> Vec<Column> {
    let one = |name: &&str| {
        let number = matches!(*name, "People" | "Asked for");
        Column::new(*name, if number { Holds::Number } else { Holds::Text })
    };
    names.iter().map(one).collect()
}

fn person_field(whom: &Whom) -> Field {
    Field::linked(whom.name.clone(), format!("/team/{}/training", whom.person))
}

/// What an administrator can do at once; others ask one.
fn to_do(who: &Who, words: &str, link: String) -> Field {
    if who.administrator { Field::linked(words, link) } else { Field::from("Ask an administrator") }
}

fn department_row(who: &Who, scope: &Scope, kind: Kind, id: DepartmentId, people: &HashMap<DepartmentId, i64>) -> Row {
    let (words, link) = match kind {
        Kind::NoManager => ("Choose somebody who manages it", "/people".to_owned()),
        _ => ("Assign something", format!("/assignments/new?audience=department&department={id}")),
    };
    let many = people.get(&id).and_then(|many| u32::try_from(*many).ok());
    let behind = format!("/reports/matrix?department={id}&only=1");
    let many = many.map_or(Field::from(Value::None), |many| Field::linked(many, behind));
    Row { fields: vec![Field::from(scope.path(Some(id))), many, to_do(who, words, link)], ..Row::default() }
}

fn anchor_row(who: &Who, scope: &Scope, whom: &Whom, requirement: RequirementId, missing: Missing) -> Row {
    let person: PersonId = whom.person;
    let enter = match missing {
        Missing::Hired => format!("/team/{person}/training/hired"),
        Missing::RoleStart => format!("/people/{person}"),
    };
    // Nobody enters anything about themselves.
    let to_do = match who.person == person && who.administrator {
        true => Field::from("Ask another administrator to enter it"),
        false => to_do(who, "Enter it", enter),
    };
    let fields = vec![
        person_field(whom),
        Field::from(scope.path(whom.department)),
        Field::linked(scope.requirement(requirement), format!("/team/{person}/why/{requirement}")),
        Field::from(missing_words(missing)),
        to_do,
    ];
    Row { fields, ..Row::default() }
}

fn asked_words(asked: &AskedTwice, all: &HashMap<store::AssignmentId, Assignment>, words: &Words) -> String {
    let Some(one) = all.get(&asked.assignment) else { return String::new() };
    let to = match &one.audience {
        store::Audience::Person(_) => "by name".to_owned(),
        audience => words.to(audience, &[]),
    };
    let since = date_words(date_of(asked.from_on));
    match (one.what, asked.days) {
        (What::Path(_), Some(days)) => {
            format!("{} ({to}), {days} days after its trigger, since {since}", words.what(one.what))
        }
        _ => format!("{to}, by the policy, since {since}"),
    }
}
