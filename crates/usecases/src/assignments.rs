//! Assignments: the rule that gives a requirement, or each of a path, to an audience. What one would do is said before it is made, and
//! what ends with it before it is ended.

use std::collections::HashSet;

use jiff::{Timestamp, civil::Date};
use records::{
    answer::{Coverage, Overlay},
    day::Day,
    schedule::status,
};
use serde::Deserialize;
use store::{Assignment, AssignmentId, Audience, DepartmentId, PathId, PersonId, RequirementId, What};

use crate::{
    Failure, FieldError, Usecases,
    audit::Object,
    clock,
    departments::{DepartmentView, views},
    who::Who,
};

/// How many assignments a page shows.
const ON_A_PAGE: usize = 50;
/// How many people are looked at together.
const PART: usize = 500;
/// How many days ahead an assignment can be planned.
const AHEAD: i32 = 3_660;

impl From<AssignmentId> for Object {
    fn from(assignment: AssignmentId) -> Self {
        Self(format!("assignment/{assignment}"))
    }
}

/// What is typed for an assignment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AssignmentTyped {
    /// What: `requirement-3` or `path-2`.
    pub what: String,
    /// To whom: `everybody`, `department`, `role` or `person`.
    pub audience: String,
    /// The department, by its id.
    pub department: String,
    /// The job role.
    pub role: String,
    /// The person, by staff number or e-mail address.
    pub person: String,
    /// From which day; empty for today.
    pub from: String,
}

impl AssignmentTyped {
    /// Every field by its name in the form, so that a page can carry what was typed to the next one.
    pub fn fields(&self) -> [(&'static str, &str); 6] {
        [
            ("what", &self.what),
            ("audience", &self.audience),
            ("department", &self.department),
            ("role", &self.role),
            ("person", &self.person),
            ("from", &self.from),
        ]
    }
}

/// Whether an assignment asks for anything today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It begins later.
    Planned,
    /// It does.
    Running,
    /// It is over.
    Ended,
}

/// An assignment in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentLine {
    /// The assignment.
    pub id: i64,
    /// What is assigned.
    pub what: String,
    /// Where that is looked at.
    pub place: String,
    /// To whom, in words.
    pub to: String,
    /// The first day.
    pub from: Date,
    /// The day on which it ended or will end.
    pub until: Option<Date>,
    /// Who made it.
    pub by: Option<String>,
    /// How many people it reaches today.
    pub people: i64,
    /// Whether it asks for anything today.
    pub state: State,
}

/// A page of the assignments, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignments {
    /// The assignments.
    pub lines: Vec<AssignmentLine>,
    /// The number of this page, from 0.
    pub page: usize,
    /// How many pages there are.
    pub pages: usize,
    /// How many people still wait to be looked at after a change of the rules.
    pub waiting: i64,
}

/// What can be chosen for an assignment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Requirements and paths: values with their words.
    pub what: Vec<(String, String)>,
    /// The departments, each after the one above it.
    pub departments: Vec<DepartmentView>,
    /// The job roles.
    pub roles: Vec<String>,
    /// Today.
    pub today: Option<Date>,
}

/// What an assignment would do, for one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedOf {
    /// What it is called.
    pub name: String,
    /// How many people are asked for it anew.
    pub new: i64,
    /// How many of those have an earlier completion that counts, so that nothing is due now.
    pub counted: i64,
    /// How many of those have no due date, since a day is missing that it counts from.
    pub undated: i64,
    /// How many people another assignment asks for it already.
    pub already: i64,
    /// When the first and the last of those asked anew would be due.
    pub due: Option<(Date, Date)>,
    /// For how many of those who are asked already it is due sooner by this.
    pub sooner: i64,
    /// When it is due for the first and the last of them as it is.
    pub sooner_before: Option<(Date, Date)>,
    /// When it would be due for them.
    pub sooner_then: Option<(Date, Date)>,
}

impl ExpectedOf {
    /// Nobody yet.
    pub(crate) fn of(name: String) -> Self {
        Self {
            name,
            new: 0,
            counted: 0,
            undated: 0,
            already: 0,
            due: None,
            sooner: 0,
            sooner_before: None,
            sooner_then: None,
        }
    }
}

/// What is asked anew of people, before it is.
#[derive(Default)]
pub(crate) struct Asking {
    /// Each requirement by itself.
    pub each: Vec<(RequirementId, ExpectedOf)>,
    /// Who is asked for something anew.
    pub touched: HashSet<PersonId>,
    /// For whom something that is asked already is due sooner.
    pub sooner: HashSet<PersonId>,
}

/// What an assignment would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What is assigned.
    pub what: String,
    /// To whom, in words.
    pub to: String,
    /// From which day.
    pub from: Date,
    /// Whether that is today.
    pub is_today: bool,
    /// How many people it reaches.
    pub people: i64,
    /// How many of them are asked for something anew.
    pub touched: i64,
    /// For how many of them something that is asked of them already is due sooner.
    pub sooner: i64,
    /// Whether others can come to be among them later.
    pub open: bool,
    /// How many obligations that is in all.
    pub new: i64,
    /// Each requirement by itself.
    pub each: Vec<ExpectedOf>,
    /// How many people still wait to be looked at after another change of the rules.
    pub waiting: i64,
}

impl Expected {
    /// What it comes to, in one sentence.
    pub fn sentence(&self) -> String {
        let people = people_words(self.touched);
        let obligations = |number: i64| match number {
            1 => "1 new obligation".to_owned(),
            number => format!("{number} new obligations"),
        };
        let mut told = match (self.touched, self.each.len()) {
            (0, _) => format!(
                "Nobody gets a new obligation by this {}.",
                if self.is_today { "today" } else { "on its first day" }
            ),
            (_, 1) => format!("This will give {people} {}.", obligations(1)),
            (touched, each) if self.new == touched * i64::try_from(each).unwrap_or_default() => {
                let each = i64::try_from(each).unwrap_or_default();
                format!("This will give {people} {}{}.", obligations(each), if touched == 1 { "" } else { " each" })
            }
            _ => format!("This will give {people} {} in all.", obligations(self.new)),
        };
        if self.sooner > 0 {
            told.push_str(&sooner_words(self.sooner));
        }
        if self.touched == 0 && self.open {
            told.push_str(" Whoever joins later does.");
        }
        told
    }
}

/// That something moves for those who are asked already, to be said after another sentence.
pub(crate) fn sooner_words(sooner: i64) -> String {
    format!(
        " For {} who {} asked already it is due sooner.",
        people_words(sooner),
        if sooner == 1 { "is" } else { "are" }
    )
}

/// What ends with an assignment, for one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingOf {
    /// What it is called.
    pub name: String,
    /// How many people the assignment reaches.
    pub people: i64,
    /// How many of them are asked by no other.
    pub lose: i64,
}

/// An assignment that is about to be ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingView {
    /// The assignment.
    pub line: AssignmentLine,
    /// Each requirement by itself.
    pub each: Vec<EndingOf>,
    /// Whether it began today: then it is taken back as though it had not been made.
    pub taken_back: bool,
    /// How many people still wait to be looked at after another change of the rules.
    pub waiting: i64,
}

/// What was typed, parsed.
struct Parsed {
    what: What,
    what_words: String,
    audience: Audience,
    to: String,
    from: Day,
    today: Day,
    /// What is asked, with the days of a path.
    asked: Vec<(RequirementId, Option<i32>)>,
}

/// What assignments name, to be said in words.
pub(crate) struct Words {
    requirements: Vec<store::Requirement>,
    paths: Vec<store::Path>,
    departments: Vec<DepartmentView>,
}

impl Words {
    pub(crate) fn what(&self, what: What) -> String {
        match what {
            What::Requirement(id) => {
                self.requirements.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default()
            }
            What::Path(id) => {
                let path = self.paths.iter().find(|one| one.id == id);
                path.map(|path| format!("Path: {}", path.name)).unwrap_or_default()
            }
        }
    }

    /// What a path asks for.
    pub(crate) fn steps(&self, path: PathId) -> impl Iterator<Item = RequirementId> {
        let path = self.paths.iter().find(move |one| one.id == path);
        path.into_iter().flat_map(|path| path.steps.iter().map(|step| step.requirement))
    }

    pub(crate) fn to(&self, audience: &Audience, people: &[(PersonId, String)]) -> String {
        match audience {
            Audience::Everybody => "Everybody".to_owned(),
            Audience::Department(id) => {
                let found = self.departments.iter().find(|one| one.id == id.0);
                found.map(|one| format!("{} and what belongs to it", one.path)).unwrap_or_default()
            }
            Audience::Role(role) => format!("Everybody who works as {role}"),
            Audience::Person(id) => {
                people.iter().find(|(person, _)| person == id).map(|(_, name)| name.clone()).unwrap_or_default()
            }
            Audience::Holders => "Those who held it on the first day".to_owned(),
        }
    }
}

impl Usecases {
    /// A page of the assignments, the newest first; only those that ask for one thing, if that is said: for a requirement, those of the
    /// paths that it is a step of too.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn assignments(
        &self,
        who: &Who,
        of: Option<What>,
        page: usize,
        now: Timestamp,
    ) -> Result<Assignments, Failure> {
        who.as_administrator()?;
        let waiting = self.nearly_caught_up().await?;
        let mut all = self.store.assignments().await?;
        if let Some(of) = of {
            let paths = self.store.paths().await?;
            let is_step = |path: PathId, requirement: RequirementId| {
                let mut steps = paths.iter().filter(|one| one.id == path).flat_map(|one| &one.steps);
                steps.any(|step| step.requirement == requirement)
            };
            all.retain(|one| match (of, one.what) {
                (What::Requirement(requirement), What::Path(path)) => is_step(path, requirement),
                (of, what) => of == what,
            });
        }
        let pages = all.len().div_ceil(ON_A_PAGE).max(1);
        let page = page.min(pages - 1);
        let shown: Vec<Assignment> = all.into_iter().skip(page * ON_A_PAGE).take(ON_A_PAGE).collect();
        Ok(Assignments { lines: self.lines(&shown, now).await?, page, pages, waiting })
    }

    /// What can be chosen for a new assignment.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn offer(&self, who: &Who, now: Timestamp) -> Result<Offer, Failure> {
        who.as_administrator()?;
        let today = self.today(now).await?;
        let words = self.assignment_words().await?;
        let requirements = words.requirements.iter().filter(|one| one.update_of.is_none() && !one.withdrawn);
        let requirements = requirements.map(|one| (format!("requirement-{}", one.id), one.name.clone()));
        let paths = words.paths.iter().map(|one| (format!("path-{}", one.id), format!("Path: {}", one.name)));
        Ok(Offer {
            what: paths.chain(requirements).collect(),
            departments: words.departments,
            roles: self.store.job_roles(today).await?.into_iter().map(|(name, _)| name).collect(),
            today: Some(clock::date_of(today)),
        })
    }

    /// What an assignment would do, before it is made.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn expected(&self, who: &Who, typed: &AssignmentTyped, now: Timestamp) -> Result<Expected, Failure> {
        who.as_administrator()?;
        let waiting = self.nearly_caught_up().await?;
        let parsed = self.parsed(typed, now).await?;
        let people = self.store.audience(&parsed.audience, parsed.from.0).await?;
        let mut asking = Asking::default();
        self.suppose(&parsed.asked, &people, parsed.from, &mut asking).await?;
        let each: Vec<ExpectedOf> = asking.each.into_iter().map(|(_, of)| of).collect();
        Ok(Expected {
            what: parsed.what_words,
            to: parsed.to,
            from: parsed.from.date(),
            is_today: parsed.from == parsed.today,
            people: count(people.len()),
            touched: count(asking.touched.len()),
            sooner: count(asking.sooner.len()),
            open: !matches!(parsed.audience, Audience::Person(_)),
            new: each.iter().map(|of| of.new).sum(),
            each,
            waiting,
        })
    }

    /// Adds to `asking` what it would do if these requirements were asked of these people from a day on.
    pub(crate) async fn suppose(
        &self,
        asked: &[(RequirementId, Option<i32>)],
        people: &[PersonId],
        from: Day,
        asking: &mut Asking,
    ) -> Result<(), Failure> {
        let requirements = self.store.requirements().await?;
        for (id, _) in asked {
            if asking.each.iter().all(|(other, _)| other != id) {
                let found = requirements.iter().find(|one| one.id == *id);
                asking.each.push((*id, ExpectedOf::of(found.map(|one| one.name.clone()).unwrap_or_default())));
            }
        }
        for part in people.chunks(PART) {
            let held = self.store.obligations_of(part, from.0).await?;
            for one in self.store.supposing(asked, part, from.0).await? {
                let requirement = one.account.requirement.id;
                let Some((_, of)) = asking.each.iter_mut().find(|(id, _)| *id == requirement) else { continue };
                let standing = one.account.ask(|terms, facts| status(terms, facts, from));
                if one.already {
                    of.already += 1;
                    let before = held.iter().find(|held| held.person == one.person && held.requirement == requirement);
                    let before = before.and_then(|held| held.on(from).due);
                    if let (Some(before), Some(then)) = (before, standing.due)
                        && then < before
                    {
                        of.sooner += 1;
                        of.sooner_before = widened(of.sooner_before, before);
                        of.sooner_then = widened(of.sooner_then, then);
                        asking.sooner.insert(one.person);
                    }
                    continue;
                }
                // Who has left is asked for nothing.
                if standing.overlay == Some(Overlay::NotApplicable) {
                    continue;
                }
                of.new += 1;
                asking.touched.insert(one.person);
                of.counted += i64::from(standing.coverage == Coverage::Valid && !standing.open);
                of.undated += i64::from(standing.exception.is_some());
                if let Some(due) = standing.due {
                    of.due = widened(of.due, due);
                }
            }
        }
        Ok(())
    }

    /// Assigns.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn assign(&self, who: &Who, typed: &AssignmentTyped, now: Timestamp) -> Result<AssignmentId, Failure> {
        who.as_administrator()?;
        let Parsed { what, what_words, audience, to, from, .. } = self.parsed(typed, now).await?;
        let detail = format!("{what_words}: {to}, from {}", from.date());
        let noting = self.noting(who, "assignment.made", None, &detail, now);
        Ok(noting.assign(what, audience, (from.0, Some(who.person)), now.as_microsecond()).await?)
    }

    /// What would end with an assignment today.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] where there is none that goes on,
    /// [`Failure::Store`].
    pub async fn ending(&self, who: &Who, id: AssignmentId, now: Timestamp) -> Result<EndingView, Failure> {
        who.as_administrator()?;
        let waiting = self.nearly_caught_up().await?;
        let all = self.store.assignments().await?;
        let found = all.into_iter().find(|one| one.id == id).ok_or(Failure::NotFound)?;
        let mut lines = self.lines(&[found], now).await?;
        let line = lines.pop().filter(|line| line.state != State::Ended).ok_or(Failure::NotFound)?;
        let requirements = self.store.requirements().await?;
        let today = self.today(now).await?;
        let each = self.store.ending(id, today).await?.into_iter().map(|ending| {
            let found = requirements.iter().find(|one| one.id == ending.requirement);
            EndingOf {
                name: found.map(|one| one.name.clone()).unwrap_or_default(),
                people: ending.people,
                lose: ending.alone,
            }
        });
        Ok(EndingView { taken_back: line.from == clock::date_of(today), line, each: each.collect(), waiting })
    }

    /// Ends an assignment today. What was earned stays; what nobody else asks for is asked no more.
    ///
    /// # Errors
    /// As [`Usecases::ending`].
    pub async fn end_assignment(&self, who: &Who, id: AssignmentId, now: Timestamp) -> Result<String, Failure> {
        who.as_administrator()?;
        let all = self.store.assignments().await?;
        let found = all.into_iter().find(|one| one.id == id).ok_or(Failure::NotFound)?;
        let line = self.lines(&[found], now).await?.pop().ok_or(Failure::NotFound)?;
        let detail = format!("{}: {}", line.what, line.to);
        let today = self.today(now).await?;
        let ended = self.noting(who, "assignment.ended", id, &detail, now).end_assignment(id, today).await?;
        if ended { Ok(detail) } else { Err(Failure::NotFound) }
    }

    async fn lines(&self, all: &[Assignment], now: Timestamp) -> Result<Vec<AssignmentLine>, Failure> {
        let today = self.today(now).await?;
        let reach = self.store.reach_of(today).await?;
        let words = self.assignment_words().await?;
        let mut people: Vec<PersonId> = all.iter().filter_map(|one| one.by).collect();
        people.extend(all.iter().filter_map(|one| match one.audience {
            Audience::Person(person) => Some(person),
            _ => None,
        }));
        people.sort_unstable();
        people.dedup();
        let names = self.store.names_of(&people).await?;
        let name = |person: PersonId| names.iter().find(|(id, _)| *id == person).map(|(_, name)| name.clone());
        let lines = all.iter().map(|one| AssignmentLine {
            id: one.id.0,
            what: words.what(one.what),
            place: match one.what {
                What::Requirement(id) => format!("/requirements/{id}"),
                What::Path(id) => format!("/paths/{id}"),
            },
            to: words.to(&one.audience, &names),
            from: clock::date_of(one.from_on),
            until: one.until_on.map(clock::date_of),
            by: one.by.and_then(name),
            people: reach.iter().find(|(id, _)| *id == one.id).map_or(0, |(_, people)| *people),
            state: match one.until_on {
                Some(until) if until <= today => State::Ended,
                _ if one.from_on > today => State::Planned,
                _ => State::Running,
            },
        });
        Ok(lines.collect())
    }

    pub(crate) async fn assignment_words(&self) -> Result<Words, Failure> {
        Ok(Words {
            requirements: self.store.requirements().await?,
            paths: self.store.paths().await?,
            departments: views(&self.store.departments().await?),
        })
    }

    async fn parsed(&self, typed: &AssignmentTyped, now: Timestamp) -> Result<Parsed, Failure> {
        let today = Day(self.today(now).await?);
        let words = self.assignment_words().await?;
        let mut errors = Vec::new();
        let what = what_of(&typed.what).filter(|what| !words.what(*what).is_empty());
        let asked = match what {
            Some(What::Path(id)) => {
                let path = words.paths.iter().find(|one| one.id == id);
                path.map(|path| path.steps.iter().map(|step| (step.requirement, Some(step.due_days))).collect())
                    .unwrap_or_default()
            }
            Some(What::Requirement(id)) => vec![(id, None)],
            None => Vec::new(),
        };
        match what {
            None => errors.push(FieldError::new("what", "Choose a requirement or a path")),
            Some(_) if asked.is_empty() => {
                errors.push(FieldError::new("what", "This path has no steps yet: give it some first"));
            }
            Some(What::Requirement(id))
                if words.requirements.iter().any(|one| one.id == id && one.update_of.is_some()) =>
            {
                let message = "A mandatory update goes to those who held it on its day, and to nobody else";
                errors.push(FieldError::new("what", message));
            }
            Some(_) => {}
        }
        let withdrawn =
            words.requirements.iter().find(|one| one.withdrawn && asked.iter().any(|(id, _)| *id == one.id));
        if let Some(one) = withdrawn {
            let message = format!("What “{}” asks for was withdrawn: a trainer makes it live again first", one.name);
            errors.push(FieldError::new("what", message));
        }
        let mut person = Vec::new();
        let audience = match typed.audience.as_str() {
            "everybody" => Some(Audience::Everybody),
            "department" => {
                let id = typed.department.parse().ok().map(DepartmentId);
                let found = id.filter(|id| words.departments.iter().any(|one| one.id == id.0));
                if found.is_none() {
                    errors.push(FieldError::new("department", "Choose one of the departments in the list"));
                }
                found.map(Audience::Department)
            }
            "role" => {
                let roles = self.store.job_roles(today.0).await?;
                let found = roles.into_iter().map(|(name, _)| name).find(|name| *name == typed.role);
                if found.is_none() {
                    errors.push(FieldError::new("role", "Choose one of the job roles in the list"));
                }
                found.map(Audience::Role)
            }
            "person" => {
                let login = typed.person.trim();
                let found = if login.is_empty() { None } else { self.store.find_by_login(login).await? };
                match found {
                    Some(found) if !found.disabled => {
                        person.push((found.person, found.name));
                        Some(Audience::Person(found.person))
                    }
                    Some(found) => {
                        let message = format!("{} is disabled: let them sign in again first", found.name);
                        errors.push(FieldError::new("person", message));
                        None
                    }
                    None => {
                        let message = "Nobody has this staff number or e-mail address: look it up under People";
                        errors.push(FieldError::new("person", message));
                        None
                    }
                }
            }
            _ => {
                errors.push(FieldError::new("audience", "Choose to whom it is assigned"));
                None
            }
        };
        let from = match typed.from.trim() {
            "" => Some(today),
            date => date.parse::<Date>().ok().map(Day::of),
        };
        let from = from.filter(|from| *from >= today && *from <= today.plus(AHEAD));
        if from.is_none() {
            let (first, last) = (today.date(), today.plus(AHEAD).date());
            let message = format!("Enter today or a later day, at the latest {last}, such as {first}");
            errors.push(FieldError::new("from", message));
        }
        if let (Some(what), Some(audience)) = (what, &audience) {
            let same = |one: &&Assignment| one.what == what && one.audience == *audience;
            let all = self.store.assignments().await?;
            let running = all.iter().filter(same).find(|one| one.until_on.is_none());
            if let Some(one) = running {
                let since = clock::date_words(clock::date_of(one.from_on));
                errors.push(FieldError::new("what", format!("This is assigned to them already, from {since}")));
            }
        }
        match (what, audience, from) {
            (Some(what), Some(audience), Some(from)) if errors.is_empty() => Ok(Parsed {
                what,
                what_words: words.what(what),
                to: words.to(&audience, &person),
                audience,
                from,
                today,
                asked,
            }),
            _ => Err(Failure::Invalid(errors)),
        }
    }
}

/// What a form names: `requirement-3` or `path-2`.
pub fn what_of(typed: &str) -> Option<What> {
    let (kind, id) = typed.split_once('-')?;
    let id = id.parse().ok()?;
    match kind {
        "requirement" => Some(What::Requirement(RequirementId(id))),
        "path" => Some(What::Path(PathId(id))),
        _ => None,
    }
}

/// So many people, in words.
pub fn people_words(number: i64) -> String {
    match number {
        0 => "nobody".to_owned(),
        1 => "1 person".to_owned(),
        number => format!("{number} people"),
    }
}

/// The first and the last of some days, with one more.
fn widened(range: Option<(Date, Date)>, day: Day) -> Option<(Date, Date)> {
    let day = day.date();
    let (first, last) = range.unwrap_or((day, day));
    Some((first.min(day), last.max(day)))
}

pub(crate) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(new: i64) -> ExpectedOf {
        ExpectedOf { new, ..ExpectedOf::of(String::new()) }
    }

    fn expected(touched: i64, each: &[i64]) -> Expected {
        let each: Vec<ExpectedOf> = each.iter().map(|new| of(*new)).collect();
        Expected {
            what: String::new(),
            to: String::new(),
            from: jiff::civil::date(2026, 3, 1),
            is_today: true,
            people: touched,
            touched,
            sooner: 0,
            open: true,
            new: each.iter().map(|of| of.new).sum(),
            each,
            waiting: 0,
        }
    }

    #[test]
    fn what_an_assignment_does_is_one_plain_sentence() {
        let said = |touched, each: &[i64]| expected(touched, each).sentence();
        assert_eq!(said(43, &[43, 43]), "This will give 43 people 2 new obligations each.");
        assert_eq!(said(43, &[43]), "This will give 43 people 1 new obligation.");
        assert_eq!(said(1, &[1, 1]), "This will give 1 person 2 new obligations.");
        assert_eq!(said(43, &[40, 3]), "This will give 43 people 43 new obligations in all.");
        assert_eq!(said(0, &[0]), "Nobody gets a new obligation by this today. Whoever joins later does.");
    }

    #[test]
    fn what_moves_for_those_asked_already_is_said_and_nobody_joins_one_person() {
        let sooner = Expected { sooner: 5, ..expected(0, &[0]) };
        assert_eq!(
            sooner.sentence(),
            "Nobody gets a new obligation by this today. For 5 people who are asked already it is due sooner. Whoever joins later does."
        );
        let one = Expected { open: false, is_today: false, sooner: 1, ..expected(0, &[0]) };
        assert_eq!(
            one.sentence(),
            "Nobody gets a new obligation by this on its first day. For 1 person who is asked already it is due sooner."
        );
    }
}
