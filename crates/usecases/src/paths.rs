//! Paths: requirements in an order, each with the day it is due. Assigning a path assigns each of them.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use records::{day::Day, person::Name};
use store::{Assignment, Named, NewRequirement, PathId, PathStep, PersonId, RequirementId, What};

use crate::{
    Failure, FieldError, Usecases,
    assignments::{Asking, people_words, sooner_words},
    audit::Object,
    policies::newest,
    who::Who,
};

/// The most days until a step is due.
const MOST_DAYS: i32 = 36_525;

impl From<PathId> for Object {
    fn from(path: PathId) -> Self {
        Self(format!("path/{path}"))
    }
}

/// A path in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathLine {
    /// The path.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// How many steps it has.
    pub steps: usize,
}

/// A step of a path, with what was typed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepView {
    /// The requirement.
    pub requirement: i64,
    /// What it is called.
    pub name: String,
    /// How many days after the trigger it is first due, as typed.
    pub days: String,
    /// How many days after being assigned nothing is due sooner by its policy, where that is longer than its days.
    pub lead: Option<i32>,
}

/// One path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathView {
    /// The path.
    pub id: i64,
    /// What it is called.
    pub called: String,
    /// The same, or what was typed for it.
    pub name: String,
    /// Its steps, in order.
    pub steps: Vec<StepView>,
    /// The requirements that are none of its steps yet: ids with names.
    pub offered: Vec<(String, String)>,
    /// To how many assignments that run today or will it belongs.
    pub assignments: usize,
    /// The name and the steps from which the form is drawn, to be sent along with it.
    pub drawn: String,
}

/// What is typed for a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathTyped {
    /// What it is called.
    pub name: String,
    /// The requirements of its steps, in the order in which the form showed them.
    pub steps: Vec<i64>,
    /// The days of each, as typed.
    pub days: Vec<String>,
    /// The requirement to add, by its id.
    pub add: String,
    /// Its days.
    pub add_days: String,
    /// From which name and steps the form was drawn.
    pub drawn: String,
    /// Whom the page said that the change concerns; empty where it was not asked yet.
    pub seen: String,
}

/// What came of a change to a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathSaved {
    /// It was saved; the name of the path.
    Done(String),
    /// Nothing was saved: it is assigned, and this is whom the change concerns.
    Concerns(Concerned),
}

/// Whom a change of a path concerns to which somebody is assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concerned {
    /// What the path is called.
    pub name: String,
    /// What it does, sentence by sentence, with the numbers.
    pub sentences: Vec<String>,
    /// The same, to be sent along once it was read.
    pub seen: String,
    /// How many people still wait to be looked at after another change of the rules.
    pub waiting: i64,
}

/// What is done with a path's steps, beside saving what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing.
    Save,
    /// The step at this place changes places with the one before.
    Up(usize),
    /// It changes places with the one after.
    Down(usize),
    /// It is taken out.
    Remove(usize),
    /// The requirement that was chosen becomes the last step.
    Add,
}

impl Turn {
    /// Reads what a button sends: `save`, `add`, `up-2`, `down-2`, `remove-2`.
    pub fn parse(word: &str) -> Option<Self> {
        let place = |text: &str| text.parse().ok();
        match word.split_once('-') {
            None if word == "save" => Some(Self::Save),
            None if word == "add" => Some(Self::Add),
            Some(("up", at)) => place(at).map(Self::Up),
            Some(("down", at)) => place(at).map(Self::Down),
            Some(("remove", at)) => place(at).map(Self::Remove),
            _ => None,
        }
    }

    /// Takes the turn; what is not there stays as it is.
    fn take(self, steps: &mut Vec<PathStep>) {
        match self {
            Self::Up(at) if at > 0 && at < steps.len() => steps.swap(at - 1, at),
            Self::Down(at) if at + 1 < steps.len() => steps.swap(at, at + 1),
            Self::Remove(at) if at < steps.len() => {
                steps.remove(at);
            }
            _ => {}
        }
    }
}

/// A path that the curriculum suggests, and that is not there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// What it is called.
    pub name: String,
    /// The job roles that it is for.
    pub roles: Vec<String>,
    /// Its modules, by their titles, each with the days until it is due and for how many months it counts.
    pub steps: Vec<(String, i32, Option<u32>)>,
}

/// What was taken over from the curriculum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// How many paths were added.
    pub paths: usize,
    /// How many requirements.
    pub requirements: usize,
}

impl Usecases {
    /// The paths that the curriculum suggests and that are not there, as far as their modules are.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn suggested_paths(&self, who: &Who) -> Result<Vec<Suggested>, Failure> {
        who.as_administrator()?;
        let (plan, _) = self.plan().await?;
        let there = self.store.paths().await?;
        let live = self.store.live_documents("module").await?;
        let missing = plan.paths.iter().filter(|path| {
            let is_there = there.iter().any(|one| one.name.to_lowercase() == path.name.to_lowercase());
            !is_there
                && !path.modules.is_empty()
                && path.modules.iter().all(|slug| live.iter().any(|live| live.slug == *slug))
        });
        let suggested = missing.map(|path| {
            let steps = path.modules.iter().filter_map(|slug| {
                let (live, ask) = (live.iter().find(|live| live.slug == *slug)?, plan.ask(slug)?);
                Some((live.title.clone(), ask.days, ask.months))
            });
            Suggested { name: path.name.clone(), roles: path.roles.clone(), steps: steps.collect() }
        });
        Ok(suggested.collect())
    }

    /// Adds the paths that the curriculum suggests and that are not there, with the requirements of their steps, as far as nothing is
    /// required with those modules yet, and the job roles they are for. Nobody is asked for anything by it.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn take_suggested_paths(&self, who: &Who, now: Timestamp) -> Result<Taken, Failure> {
        let mut taken = Taken::default();
        let wanted: Vec<String> = self.suggested_paths(who).await?.into_iter().map(|path| path.name).collect();
        let today = self.today(now).await?;
        let (plan, _) = self.plan().await?;
        for path in plan.paths.iter().filter(|path| wanted.contains(&path.name)) {
            let mut steps = Vec::with_capacity(path.modules.len());
            for ask in path.modules.iter().filter_map(|slug| plan.ask(slug)) {
                let (requirement, is_new) = self.require(who, ask, now).await?;
                taken.requirements += usize::from(is_new);
                steps.push(PathStep { requirement, due_days: ask.days });
            }
            let id = match self.add_path(who, &path.name, now).await {
                Ok(id) => id,
                // Somebody else was quicker.
                Err(Failure::Invalid(_)) => continue,
                Err(failure) => return Err(failure),
            };
            self.store.change_path(id, &path.name, steps, today).await?;
            for role in &path.roles {
                match self.add_job_role(who, role, now).await {
                    // It is there.
                    Ok(()) | Err(Failure::Invalid(_)) => {}
                    Err(failure) => return Err(failure),
                }
            }
            taken.paths += 1;
        }
        Ok(taken)
    }

    /// The requirement of a module, added where there is none; and whether it was.
    async fn require(
        &self,
        who: &Who,
        ask: &courseware::plan::Ask,
        now: Timestamp,
    ) -> Result<(RequirementId, bool), Failure> {
        let module = self.store.live_document("module", &ask.module).await?.ok_or(Failure::NotFound)?;
        let there = self.store.requirements().await?.into_iter();
        if let Some(known) = there.filter(|one| one.update_of.is_none()).find(|one| one.document == module.document) {
            return Ok((known.id, false));
        }
        let refresher = match &ask.refresher {
            None => None,
            Some(slug) => match self.store.live_document("quiz", slug).await? {
                None => self.store.live_document("module", slug).await?,
                quiz => quiz,
            },
        };
        let validity = ask.months.map_or_else(|| "none".to_owned(), |months| format!("{months} months"));
        // Another requirement may be called as the module is.
        for name in [module.title.clone(), format!("{} ({})", module.title, module.slug)] {
            let new = NewRequirement {
                document: module.document,
                name: name.clone(),
                refresher: refresher.as_ref().map(|live| live.document),
                update_of: None,
                from_on: self.today(now).await?,
                // Without it nothing would be due sooner than in two weeks.
                policy: match ask.days {
                    days if days < 14 => format!(r#"{{"validity":"{validity}","min-lead":"{days} days"}}"#),
                    _ => format!(r#"{{"validity":"{validity}"}}"#),
                },
                by: Some(who.person),
            };
            let noting = self.noting(who, "requirement.added", None, &name, now);
            if let Named::Done(id) = noting.add_requirement(new, now.as_microsecond()).await? {
                return Ok((id, true));
            }
        }
        Err(Failure::Conflict)
    }

    /// All paths, by name.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn paths(&self, who: &Who) -> Result<Vec<PathLine>, Failure> {
        who.as_administrator()?;
        let mut all = self.store.paths().await?;
        all.sort_by_key(|path| path.name.to_lowercase());
        let lines = all.into_iter().map(|path| PathLine { id: path.id.0, name: path.name, steps: path.steps.len() });
        Ok(lines.collect())
    }

    /// Adds a path without steps.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the field to correct, [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn add_path(&self, who: &Who, name: &str, now: Timestamp) -> Result<PathId, Failure> {
        who.as_administrator()?;
        let name = parse(name)?;
        match self.noting(who, "path.added", None, name.as_str(), now).add_path(name.as_str()).await? {
            Named::Done(id) => Ok(id),
            Named::NameTaken => Err(name_taken()),
            Named::Missing => Err(Failure::NotFound),
        }
    }

    /// One path; with what was typed, if that was refused.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] where there is no such path, [`Failure::Store`].
    pub async fn path(
        &self,
        who: &Who,
        path: PathId,
        typed: Option<&PathTyped>,
        now: Timestamp,
    ) -> Result<PathView, Failure> {
        who.as_administrator()?;
        let found = self.store.paths().await?.into_iter().find(|one| one.id == path).ok_or(Failure::NotFound)?;
        let requirements = self.store.requirements().await?;
        let running = self.assigned(path, self.today(now).await?).await?;
        let drawn = typed.map_or_else(|| drawn(&found), |typed| typed.drawn.clone());
        let policies = self.store.policies().await?;
        let lead = |requirement: i64, typed: &String| {
            let own = policies.iter().filter(|version| version.requirement.0 == requirement).cloned();
            let lead = newest(&own.collect::<Vec<_>>()).ok()?.1.min_lead;
            days(Some(typed)).filter(|days| *days < lead).map(|_| lead)
        };
        let steps: Vec<(i64, String)> = match typed {
            Some(typed) => typed.steps.iter().copied().zip(typed.days.iter().cloned()).collect(),
            None => found.steps.iter().map(|step| (step.requirement.0, step.due_days.to_string())).collect(),
        };
        let is_step = |id: RequirementId| steps.iter().any(|(step, _)| *step == id.0);
        let offered = requirements.iter().filter(|one| !is_step(one.id) && one.update_of.is_none() && !one.withdrawn);
        let offered = offered.map(|one| (one.id.to_string(), one.name.clone())).collect();
        let steps = steps.into_iter().map(|(requirement, days)| {
            let named = requirements.iter().find(|one| one.id.0 == requirement);
            let name = named.map(|one| one.name.clone()).unwrap_or_default();
            StepView { requirement, name, lead: lead(requirement, &days), days }
        });
        Ok(PathView {
            id: path.0,
            name: typed.map_or_else(|| found.name.clone(), |typed| typed.name.clone()),
            called: found.name,
            steps: steps.collect(),
            offered,
            assignments: running.len(),
            drawn,
        })
    }

    /// Saves what was typed for a path and takes a turn with its steps; a new step that was filled in is added whatever the turn is.
    /// Whoever a new step or one that is gone concerns is looked at anew, from today on; other days are for those who are reached
    /// later. Where the path is assigned, whom that concerns is said first: it is saved once `typed.seen` says the same.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Conflict`] when the path is not that from which the form was drawn,
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn change_path(
        &self,
        who: &Who,
        path: PathId,
        (typed, turn): (&PathTyped, Turn),
        now: Timestamp,
    ) -> Result<PathSaved, Failure> {
        who.as_administrator()?;
        let before = self.store.paths().await?.into_iter().find(|one| one.id == path).ok_or(Failure::NotFound)?;
        if typed.drawn != drawn(&before) {
            return Err(Failure::Conflict);
        }
        let requirements = self.store.requirements().await?;
        let named = |id: i64| requirements.iter().find(|one| one.id.0 == id);
        let mut errors = Vec::new();
        let name = parse(&typed.name).map_err(|failure| {
            if let Failure::Invalid(wrong) = failure {
                errors.extend(wrong);
            }
        });
        let mut steps: Vec<PathStep> = Vec::new();
        for (at, id) in typed.steps.iter().enumerate() {
            let Some(requirement) = named(*id) else { continue };
            // What is taken out needs no days any more.
            let days = if turn == Turn::Remove(at) { Some(0) } else { days(typed.days.get(at)) };
            match days {
                Some(due_days) if steps.iter().all(|step| step.requirement != requirement.id) => {
                    steps.push(PathStep { requirement: requirement.id, due_days });
                }
                Some(_) => {}
                None => errors.push(FieldError::new("steps", not_days(&requirement.name))),
            }
        }
        // The Enter key in one of its fields presses another button.
        if turn == Turn::Add || !typed.add.is_empty() || !typed.add_days.trim().is_empty() {
            let added = typed.add.parse().ok().and_then(named);
            let due_days = days(Some(&typed.add_days));
            let may = |one: &&store::Requirement| one.update_of.is_none() && !one.withdrawn;
            match added.filter(may).filter(|one| !typed.steps.contains(&one.id.0)) {
                None => errors.push(FieldError::new("add", "Choose a requirement that is not a step yet")),
                Some(one) => steps.extend(due_days.map(|due_days| PathStep { requirement: one.id, due_days })),
            }
            if due_days.is_none() {
                errors.push(FieldError::new("add_days", not_days("the new step")));
            }
        }
        let (Ok(name), true) = (name, errors.is_empty()) else { return Err(Failure::Invalid(errors)) };
        turn.take(&mut steps);
        let words = steps
            .iter()
            .filter_map(|step| Some(format!("{} in {} days", named(step.requirement.0)?.name, step.due_days)));
        let words = words.collect::<Vec<_>>().join(", ");
        let detail = format!("{}: {}", name.as_str(), if words.is_empty() { "no steps" } else { &words });
        let today = self.today(now).await?;
        if let Some(concerned) = self.concerned(&before, &steps, &requirements, today).await?
            && concerned.seen != typed.seen
        {
            return Ok(PathSaved::Concerns(concerned));
        }
        let noting = self.noting(who, "path.changed", path, &detail, now);
        match noting.change_path(path, name.as_str(), steps, today).await? {
            Named::Done(()) => Ok(PathSaved::Done(name.as_str().to_owned())),
            Named::NameTaken => Err(name_taken()),
            Named::Missing => Err(Failure::NotFound),
        }
    }

    /// The assignments of a path that run on a day, or will.
    async fn assigned(&self, path: PathId, day: i32) -> Result<Vec<Assignment>, Failure> {
        let mut all = self.store.assignments().await?;
        all.retain(|one| one.what == What::Path(path) && one.until_on.is_none_or(|until| until > day));
        Ok(all)
    }

    /// Whom it concerns if a path had these steps; none where it is not assigned, or has the same requirements.
    async fn concerned(
        &self,
        before: &store::Path,
        steps: &[PathStep],
        requirements: &[store::Requirement],
        today: i32,
    ) -> Result<Option<Concerned>, Failure> {
        let is_in = |steps: &[PathStep], id: RequirementId| steps.iter().any(|step| step.requirement == id);
        let added: Vec<_> = steps
            .iter()
            .filter(|step| !is_in(&before.steps, step.requirement))
            .map(|step| (step.requirement, Some(step.due_days)))
            .collect();
        let gone: Vec<_> = before.steps.iter().map(|step| step.requirement).filter(|id| !is_in(steps, *id)).collect();
        let assignments = self.assigned(before.id, today).await?;
        if assignments.is_empty() || (added.is_empty() && gone.is_empty()) {
            return Ok(None);
        }
        let waiting = self.nearly_caught_up().await?;
        // Somebody whom more than one of them reaches is reached by the first.
        let mut reached: HashMap<PersonId, i32> = HashMap::new();
        for one in &assignments {
            let from = one.from_on.max(today);
            for person in self.store.audience(&one.audience, from).await? {
                let first = reached.entry(person).or_insert(from);
                *first = from.min(*first);
            }
        }
        let mut parts: BTreeMap<i32, Vec<PersonId>> = BTreeMap::new();
        for (person, from) in reached {
            parts.entry(from).or_default().push(person);
        }
        let mut asking = Asking::default();
        for (from, people) in parts {
            self.suppose(&added, &people, Day(from), &mut asking).await?;
        }
        let mut sentences = Vec::new();
        for (_, of) in &asking.each {
            let mut told = format!("Adding {} gives {} an obligation.", of.name, people_words(of.new));
            if of.sooner > 0 {
                told.push_str(&sooner_words(of.sooner));
            }
            sentences.push(told);
        }
        for id in gone {
            let lose = self.store.ending_step(before.id, id, today).await?;
            let name = requirements.iter().find(|one| one.id == id).map(|one| one.name.as_str()).unwrap_or_default();
            sentences.push(format!("Taking out {name} ends it for {}.", people_words(lose)));
        }
        let seen = sentences.join(" ");
        Ok(Some(Concerned { name: before.name.clone(), sentences, seen, waiting }))
    }
}

/// The name and the steps of a path as a form carries them.
fn drawn(path: &store::Path) -> String {
    let steps = path.steps.iter().map(|step| format!("{}:{}", step.requirement, step.due_days));
    format!("{} {}", steps.collect::<Vec<_>>().join(","), path.name)
}

fn days(typed: Option<&String>) -> Option<i32> {
    typed?.trim().parse().ok().filter(|days| (0..=MOST_DAYS).contains(days))
}

fn not_days(of: &str) -> String {
    format!("Enter in how many days {of} is due, from 0 to {MOST_DAYS}")
}

fn parse(name: &str) -> Result<Name, Failure> {
    Name::parse(name).map_err(|_| Failure::field("name", "Enter the name of the path, in 100 characters or fewer"))
}

fn name_taken() -> Failure {
    Failure::field("name", "There is a path of this name already: choose another")
}
