//! Reports: how people stand, for any day, within the departments of whoever asks (reports.md). Each is a [`Table`] that a page shows, a
//! printer prints and a file holds.
//!
//! In reading order: `filters` (what is asked for, as an address says it), `scope` (whose rows somebody may see), `tallies` (numbers of
//! departments, counted once), `lines` (people and requirements in an order, part by part), `table`, `trend` (the ends of months), and here the reports themselves;
//! [`saved`] (views under a name), `mailing` (views that are mailed) and `digest` (what managers get each week).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::{Timestamp, civil::Date, civil::DateTime};
use records::{day::Day, report::Counts};
use serde::{Deserialize, Serialize};
use store::{DepartmentId, Line, Obligation, PersonId, Placed, RequirementId};

pub use self::{
    files::Section,
    filters::{Filters, NOWHERE, Sort, SortBy, Typed},
    lines::{Count, thousands},
    person::{PersonFile, PersonReport},
    sizes::Sizes,
    table::{Column, Field, Kind, Row, Value},
};
use self::{
    lines::{Lines, known_lines, lines_of},
    scope::Scope,
    tallies::Place,
};
use crate::{Failure, Usecases, clock::date_words, departments::DepartmentView, obligations::state_words, who::Who};
pub use records::report::{Measure, Share};

mod digest;
pub(crate) mod files;
mod filters;
mod lines;
mod mailing;
pub(crate) mod person;
pub mod saved;
pub(crate) mod scope;
mod sizes;
mod table;
pub(crate) mod tallies;
mod trend;

/// A department of fewer people is not compared in charts.
const COMPARED: u32 = 5;

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// Who is to do what, the most urgent first.
    Actions,
    /// How departments stand.
    Departments,
    /// What counts for 30, 60 and 90 days more.
    Expiring,
    /// People and requirements.
    Matrix,
    /// The ends of months.
    Trend,
}

impl Report {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Actions, Self::Departments, Self::Expiring, Self::Matrix, Self::Trend];

    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Actions => "actions",
            Self::Departments => "departments",
            Self::Expiring => "expiring",
            Self::Matrix => "matrix",
            Self::Trend => "trend",
        }
    }

    /// The report of a name in addresses.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Actions => "Actions",
            Self::Departments => "Departments",
            Self::Expiring => "Expiring",
            Self::Matrix => "Matrix",
            Self::Trend => "Trend",
        }
    }
}

/// What stands above a report, on a page, in print and in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it is called.
    pub title: String,
    /// The organisation.
    pub organisation: String,
    /// The day it is about.
    pub as_of: Date,
    /// As it was known at the end of this day.
    pub known_on: Option<Date>,
    /// When it was made, on the clocks of the site.
    pub made_at: DateTime,
    /// What was asked for: what, and which.
    pub filters: Vec<(&'static str, String)>,
    /// How many rows there are.
    pub rows: Count,
}

impl Head {
    /// Its lines in words.
    pub fn lines(&self) -> Vec<String> {
        let known = self.known_on.map(|day| format!(", as it was known on {}", date_words(day))).unwrap_or_default();
        let mut lines = vec![format!("As of {}{known}", date_words(self.as_of))];
        lines.extend(self.filters.iter().map(|(what, which)| format!("{what}: {which}")));
        lines.push(self.rows.to_string());
        lines
    }
}

/// A page of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportPage {
    /// Which.
    pub report: Report,
    /// What stands above it.
    pub head: Head,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The rows of this page.
    pub rows: Vec<Row>,
    /// The number of the page before.
    pub previous: Option<u32>,
    /// The number of the page after.
    pub next: Option<u32>,
    /// By what its rows come.
    pub sorted: SortBy,
    /// Shares to look at, each with its name.
    pub chart: Vec<(String, Share)>,
    /// How many departments are too small to be compared.
    pub small: usize,
    /// How many people a change of the rules has left to be looked at: their rows may still be old.
    pub waiting: i64,
    /// What can be chosen in the filters.
    pub choices: Choices,
}

/// What can be chosen in the filters: values with their words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// Departments.
    pub departments: Vec<(String, String)>,
    /// Job roles.
    pub job_roles: Vec<String>,
    /// Requirements.
    pub requirements: Vec<(String, String)>,
    /// Managers, for administrators.
    pub managers: Vec<(String, String)>,
}

impl Usecases {
    /// What can be chosen in the filters of a report, by whoever asks.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::Store`].
    pub async fn report_choices(&self, who: &Who, now: Timestamp) -> Result<Choices, Failure> {
        let scope = self.scope(who, &Filters::default(), now).await?;
        self.choices(who, &scope, None).await
    }

    async fn choices(&self, who: &Who, scope: &Scope, chosen: Option<DepartmentId>) -> Result<Choices, Failure> {
        let managers = match who.administrator {
            true => self.store.managers().await?.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
            false => Vec::new(),
        };
        Ok(Choices {
            departments: offered(scope, chosen),
            job_roles: self.store.job_role_names().await?,
            requirements: scope.requirements.iter().map(|(id, name)| (id.to_string(), name.clone())).collect(),
            managers,
        })
    }

    /// A page of a report.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each filter to correct, [`Failure::Denied`] for those without a team, [`Failure::NotFound`] for a
    /// department that is not theirs to see, [`Failure::Store`].
    pub async fn report(
        &self,
        who: &Who,
        report: Report,
        typed: &Typed,
        now: Timestamp,
    ) -> Result<ReportPage, Failure> {
        let typed = &typed.heeded(report);
        let filters = typed.parse()?;
        let waiting = self.nearly_caught_up().await?;
        let scope = self.scope(who, &filters, now).await?;
        let mut rows = self.rows(&scope, report, (typed, &filters), now).await?;
        let count = rows.count(self, &scope, (typed, &filters), now).await?;
        let size = usize::from(if report == Report::Matrix { self.sizes.matrix } else { self.sizes.page });
        let (from, mut shown) = (filters.page as usize * size, Vec::new());
        let mut before = 0;
        while shown.len() <= size {
            let Some(part) = rows.next(self, &scope).await? else { break };
            let skipped = from.saturating_sub(before).min(part.len());
            before += part.len();
            shown.extend(part.into_iter().skip(skipped));
        }
        let more = shown.len() > size;
        shown.truncate(size);
        rows.finish(self, &mut shown).await?;
        Ok(ReportPage {
            report,
            head: self.head(&scope, report, &filters, count, now).await?,
            columns: rows.columns(&scope),
            rows: shown,
            previous: filters.page.checked_sub(1),
            next: if more { filters.page.checked_add(1) } else { None },
            sorted: rows.sorted(),
            chart: rows.chart(),
            small: rows.small(),
            waiting,
            choices: self.choices(who, &scope, filters.department).await?,
        })
    }

    /// What stands above a report, its columns, and how many people a change of the rules has left to be looked at.
    pub(crate) async fn report_head(
        &self,
        who: &Who,
        report: Report,
        typed: &Typed,
        now: Timestamp,
    ) -> Result<(Head, Vec<Column>, i64), Failure> {
        let filters = typed.parse()?;
        let waiting = self.nearly_caught_up().await?;
        let scope = self.scope(who, &filters, now).await?;
        let rows = self.rows(&scope, report, (typed, &filters), now).await?;
        let count = rows.count(self, &scope, (typed, &filters), now).await?;
        Ok((self.head(&scope, report, &filters, count, now).await?, rows.columns(&scope), waiting))
    }

    /// All rows of a report, part by part, as a file holds them: the same as on its pages, in the same order. What each part is given to
    /// may end it by a failure.
    ///
    /// # Errors
    /// As [`Usecases::report`], and what `each` fails with.
    pub async fn whole_report(
        &self,
        who: &Who,
        report: Report,
        typed: &Typed,
        now: Timestamp,
        mut begin: impl FnMut(&Head, &[Column]) -> Result<(), Failure>,
        mut each: impl AsyncFnMut(Vec<Row>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let typed = &typed.heeded(report);
        let filters = typed.parse()?;
        self.catch_up().await?;
        let scope = self.scope(who, &filters, now).await?;
        let mut rows = self.rows(&scope, report, (typed, &filters), now).await?;
        let count = rows.count(self, &scope, (typed, &filters), now).await?;
        begin(&self.head(&scope, report, &filters, count, now).await?, &rows.columns(&scope))?;
        while let Some(mut part) = rows.next(self, &scope).await? {
            rows.finish(self, &mut part).await?;
            each(part).await?;
        }
        Ok(())
    }

    async fn head(
        &self,
        scope: &Scope,
        report: Report,
        filters: &Filters,
        rows: Count,
        now: Timestamp,
    ) -> Result<Head, Failure> {
        let mut said = Vec::new();
        if let Some(department) = filters.department {
            let below = if filters.only { "" } else { " and below" };
            said.push(("Department", format!("{}{below}", scope.path(Some(department)))));
        }
        if filters.nowhere {
            said.push(("Department", "none".to_owned()));
        }
        if let Some(manager) = filters.manager {
            // Whose departments may not be seen is nobody to whoever asks, as one who is not there.
            let seen = scope.everybody_may_be_seen || !scope.places.is_empty();
            let found = if seen { self.store.person(manager).await? } else { None };
            said.push(("Manager", found.map_or_else(|| "nobody".to_owned(), |person| person.name)));
        }
        said.extend(filters.job_role.iter().map(|role| ("Job role", role.clone())));
        said.extend(filters.requirement.iter().map(|id| ("Requirement", scope.requirement(*id).to_owned())));
        let lines = report == Report::Actions;
        let status = filters.status.or(lines.then_some(Measure::ToDo));
        said.extend(status.filter(|_| lines).iter().map(|measure| ("How it stands", measure.words().to_owned())));
        match (filters.due_from, filters.due_to) {
            (None, None) => {}
            (Some(from), None) => said.push(("Due", format!("from {}", date_words(from)))),
            (None, Some(to)) => said.push(("Due", format!("until {}", date_words(to)))),
            (Some(from), Some(to)) => said.push(("Due", format!("{} to {}", date_words(from), date_words(to)))),
        }
        if !filters.name.is_empty() {
            said.push(("Name", filters.name.clone()));
        }
        let site = self.store.site().await?;
        let title = match filters.status {
            Some(measure) if lines => measure.words().to_owned(),
            _ => report.title().to_owned(),
        };
        Ok(Head {
            title,
            organisation: site.map(|site| site.name).unwrap_or_default(),
            as_of: scope.date(),
            known_on: filters.known_on,
            made_at: self.local().await?(now.as_microsecond()),
            filters: said,
            rows,
        })
    }

    /// The rows of a report, to be taken part by part.
    async fn rows<'s>(
        &'s self,
        scope: &'s Scope,
        report: Report,
        (typed, filters): (&Typed, &Filters),
        now: Timestamp,
    ) -> Result<Rows<'s>, Failure> {
        Ok(match report {
            Report::Actions => {
                let measure = filters.status.unwrap_or(Measure::ToDo);
                Rows::Lines(Box::new(self.walk(scope, (measure, filters), now).await?), measure)
            }
            Report::Departments => self.department_rows(scope, (typed, filters), now).await?,
            Report::Expiring => self.expiring_rows(scope, (typed, filters), now).await?,
            Report::Matrix => Rows::Matrix(self.matrix(scope, filters, now).await?),
            Report::Trend => self.trend_rows(scope, (typed, filters), now).await?,
        })
    }

    async fn few_as_known(&self, scope: &Scope) -> Result<(), Failure> {
        let known = self.sizes.known;
        if scope.known_at.is_some() && self.people_within(scope).await?.values().sum::<u32>() > known {
            let words = format!(
                "Choose a department of up to {known} people: what was known on a day is worked out person by person"
            );
            return Err(Failure::field("known_on", words));
        }
        Ok(())
    }

    async fn department_rows<'s>(
        &'s self,
        scope: &Scope,
        (typed, filters): (&Typed, &Filters),
        now: Timestamp,
    ) -> Result<Rows<'s>, Failure> {
        self.few_as_known(scope).await?;
        let groups = groups(scope, filters);
        let places: Vec<Place> = groups.iter().flat_map(|group| group.places.iter().copied()).collect();
        let mut counts = self.counts_of(scope, &places, filters, now).await?.into_iter();
        let people = self.people_within(scope).await?;
        let (mut rows, mut chart, mut small) = (Vec::new(), Vec::new(), 0);
        let (mut all, mut everybody) = (Counts::default(), 0);
        for group in groups {
            let mut sum = Counts::default();
            counts.by_ref().take(group.places.len()).for_each(|counts| sum.join(&counts));
            let working = group.places.iter().flatten().filter_map(|id| people.get(id)).sum::<u32>();
            match sum.share() {
                Some(share) if working >= COMPARED => chart.push((group.name.clone(), share)),
                Some(_) if group.places != [None] => small += 1,
                Some(_) | None => {}
            }
            all.join(&sum);
            everybody += working;
            rows.push(department_row(&group, &sum, working, typed));
        }
        if rows.len() > 1 {
            rows.push(Row { total: true, ..department_row(&Group::whole(), &all, everybody, typed) });
        }
        Ok(Rows::Ready {
            columns: department_columns(),
            rows: rows.into_iter(),
            sorted: SortBy::Department,
            chart,
            small,
        })
    }

    async fn expiring_rows<'s>(
        &'s self,
        scope: &Scope,
        (typed, filters): (&Typed, &Filters),
        now: Timestamp,
    ) -> Result<Rows<'s>, Failure> {
        self.few_as_known(scope).await?;
        let groups = groups(scope, filters);
        let places: Vec<Place> = groups.iter().flat_map(|group| group.places.iter().copied()).collect();
        let mut numbers = self.counts_by_requirement(scope, &places, filters, now).await?.into_iter();
        let within = [Measure::Expiring30, Measure::Expiring60, Measure::Expiring90];
        let mut rows = Vec::new();
        let mut sums = Counts::default();
        for group in groups {
            let mut by: BTreeMap<usize, Counts> = BTreeMap::new();
            for (rank, counts) in numbers.by_ref().take(group.places.len()).flatten() {
                by.entry(rank).or_default().join(&counts);
            }
            for (rank, counts) in by {
                let Some((requirement, name)) = scope.requirements.get(rank) else { continue };
                if filters.requirement.is_some_and(|wanted| wanted != *requirement)
                    || within.iter().all(|measure| counts.of(*measure) == 0)
                {
                    continue;
                }
                sums.join(&counts);
                let behind = |measure: Measure| {
                    let query = group.asked(typed).with(|typed| {
                        typed.requirement = requirement.to_string();
                        measure.as_str().clone_into(&mut typed.status);
                    });
                    number(counts.of(measure), format!("/reports/actions?{}", query.query()))
                };
                let department = match group.at {
                    At::Below(_) => {
                        let to = format!("/reports/expiring?{}", group.asked(typed).query());
                        Field::linked(group.name.clone(), to)
                    }
                    At::Whole | At::Alone(_) => Field::from(group.name.clone()),
                };
                let mut fields = vec![department, Field::from(name.clone())];
                fields.extend(within.map(behind));
                rows.push(Row { fields, ..Row::default() });
            }
        }
        if rows.len() > 1 {
            let behind = |measure: Measure| {
                let query = typed.with(|typed| measure.as_str().clone_into(&mut typed.status));
                number(sums.of(measure), format!("/reports/actions?{}", query.query()))
            };
            let mut fields = vec![Field::from("All"), Field::from(Value::None)];
            fields.extend(within.map(behind));
            rows.insert(0, Row { fields, total: true, ..Row::default() });
        }
        let columns = vec![
            Column::new("Department", Kind::Text),
            Column::new("Requirement", Kind::Text),
            Column::new("0 to 30 days", Kind::Number),
            Column::new("31 to 60 days", Kind::Number),
            Column::new("61 to 90 days", Kind::Number),
        ];
        Ok(Rows::Ready { columns, rows: rows.into_iter(), sorted: SortBy::Department, chart: Vec::new(), small: 0 })
    }

    /// The numbers of places, those below not counted, by the rank of each requirement, as the filter for job roles leaves them.
    async fn counts_by_requirement(
        &self,
        scope: &Scope,
        places: &[Place],
        filters: &Filters,
        now: Timestamp,
    ) -> Result<Vec<BTreeMap<usize, Counts>>, Failure> {
        let wanted = |role: &str| filters.job_role.as_deref().is_none_or(|wanted| wanted == role);
        let mut all = Vec::with_capacity(places.len());
        let Some(known_at) = scope.known_at else {
            for cells in self.tallies.of(&self.store, places, scope.day, now).await? {
                let mut by: BTreeMap<usize, Counts> = BTreeMap::new();
                for cell in cells.iter().filter(|cell| wanted(&cell.job_role)) {
                    by.entry(scope.requirement_rank(cell.requirement)).or_default().join(&cell.counts);
                }
                all.push(by);
            }
            return Ok(all);
        };
        for place in places {
            let people = self.store.people_in(&[*place], scope.day).await?;
            let mut by: BTreeMap<usize, Counts> = BTreeMap::new();
            for line in known_lines(&self.store, people, scope.day, known_at).await? {
                let Obligation { requirement, slice, .. } = line.obligation;
                if wanted(line.job_role.as_deref().unwrap_or_default()) {
                    by.entry(scope.requirement_rank(requirement)).or_default().add(&slice, Day(scope.day), 1);
                }
            }
            all.push(by);
        }
        Ok(all)
    }

    async fn matrix(&self, scope: &Scope, filters: &Filters, now: Timestamp) -> Result<Matrix, Failure> {
        let mut asked: BTreeSet<usize> = BTreeSet::new();
        let few = self.people_within(scope).await?.values().sum::<u32>() <= self.sizes.in_memory;
        let mut people = None;
        if !filters.name.is_empty() {
            people = Some(self.people_named(scope, &filters.name).await?);
        } else if few {
            people = Some(self.store.people_in(&scope.places, scope.day).await?);
        }
        match filters.requirement {
            Some(requirement) => asked.extend([scope.requirement_rank(requirement)]),
            // What nobody here is asked for is no column.
            None if scope.known_at.is_none() => {
                for cells in self.tallies.of(&self.store, &scope.places, scope.day, now).await? {
                    let some = cells.iter().filter(|cell| cell.counts.of(Measure::Assigned) > 0);
                    asked.extend(some.map(|cell| scope.requirement_rank(cell.requirement)));
                }
            }
            None => asked.extend(0..scope.requirements.len()),
        }
        let kept = |placed: &Placed| {
            scope.holds(placed.department) && (filters.job_role.is_none() || filters.job_role == placed.job_role)
        };
        let nowhere = if scope.holds(None) { self.asked_nowhere(scope).await? } else { HashSet::new() };
        let kept = |placed: &Placed| kept(placed) && (placed.department.is_some() || nowhere.contains(&placed.person));
        let people = people.map(|people| people.into_iter().filter(kept).collect::<Vec<_>>().into_iter());
        let requirements =
            asked.into_iter().filter_map(|rank| scope.requirements.get(rank).map(|(id, _)| *id)).collect();
        Ok(Matrix { people, nowhere, after: None, read: false, requirements, job_role: filters.job_role.clone() })
    }

    /// Those without a department of whom something is asked: of the others there would be nothing to show.
    async fn asked_nowhere(&self, scope: &Scope) -> Result<HashSet<PersonId>, Failure> {
        let Some(known_at) = scope.known_at else {
            return Ok(self.store.asked_nowhere(scope.day).await?.into_iter().collect());
        };
        let people = self.store.people_in(&[None], scope.day).await?;
        let lines = known_lines(&self.store, people, scope.day, known_at).await?.into_iter();
        let asked = lines.filter(|line| Measure::Assigned.holds(&line.obligation.slice, Day(scope.day)));
        Ok(asked.map(|line| line.obligation.person).collect())
    }
}

/// Rows that are taken part by part.
enum Rows<'s> {
    Lines(Box<Lines<'s>>, Measure),
    Matrix(Matrix),
    Ready {
        columns: Vec<Column>,
        rows: std::vec::IntoIter<Row>,
        sorted: SortBy,
        chart: Vec<(String, Share)>,
        small: usize,
    },
}

/// People by name, with how each stands with some requirements.
struct Matrix {
    /// Those who are known beforehand; none where everybody is gone through.
    people: Option<std::vec::IntoIter<Placed>>,
    /// Those without a department who belong to it.
    nowhere: HashSet<PersonId>,
    after: Option<(String, PersonId)>,
    read: bool,
    requirements: Vec<RequirementId>,
    job_role: Option<String>,
}

impl Rows<'_> {
    async fn count(
        &self,
        usecases: &Usecases,
        scope: &Scope,
        (_, filters): (&Typed, &Filters),
        now: Timestamp,
    ) -> Result<Count, Failure> {
        match self {
            Self::Lines(lines, measure) => usecases.count_lines(scope, (*measure, filters), lines, now).await,
            Self::Ready { rows, .. } => {
                Ok(Count::Exactly(rows.as_slice().iter().filter(|row| !row.total).count() as u64))
            }
            Self::Matrix(Matrix { people: Some(people), .. }) => Ok(Count::Exactly(people.len() as u64)),
            Self::Matrix(Matrix { nowhere, .. }) => {
                let role = filters.job_role.as_deref();
                let people: u64 = usecases.people_doing(scope, role).await?.values().map(|some| u64::from(*some)).sum();
                let nowhere = if role.is_none() { nowhere.len() as u64 } else { 0 };
                Ok(Count::Exactly(people + nowhere))
            }
        }
    }

    async fn next(&mut self, usecases: &Usecases, scope: &Scope) -> Result<Option<Vec<Row>>, Failure> {
        match self {
            Self::Lines(lines, _) => {
                Ok(lines.next().await?.map(|part| part.iter().map(|line| line_row(scope, line)).collect()))
            }
            Self::Matrix(matrix) => matrix.next(usecases, scope).await,
            Self::Ready { rows, .. } => {
                let part: Vec<Row> = rows.take(500).collect();
                Ok(Some(part).filter(|part| !part.is_empty()))
            }
        }
    }

    /// Puts into rows that are shown what is only known of few at a time.
    async fn finish(&self, usecases: &Usecases, rows: &mut [Row]) -> Result<(), Failure> {
        let Self::Lines(..) = self else { return Ok(()) };
        let of: Vec<(PersonId, RequirementId)> = rows.iter().filter_map(|row| row.about).collect();
        let reminded = usecases.store.last_reminded(&of).await?;
        for row in rows {
            if let (Some(about), Some(last)) = (row.about, row.fields.last_mut()) {
                *last = Field::from(reminded.get(&about).map(|day| Day(*day).date()));
            }
        }
        Ok(())
    }

    fn columns(&self, scope: &Scope) -> Vec<Column> {
        match self {
            Self::Lines(..) => line_columns(),
            Self::Matrix(matrix) => {
                let mut columns = vec![
                    Column::new("Person", Kind::Text),
                    Column::new("Department", Kind::Text),
                    Column::new("Job role", Kind::Text),
                ];
                let names = matrix.requirements.iter().map(|id| scope.requirement(*id));
                columns.extend(names.map(|name| Column::new(name, Kind::Text)));
                columns
            }
            Self::Ready { columns, .. } => columns.clone(),
        }
    }

    fn sorted(&self) -> SortBy {
        match self {
            Self::Lines(lines, _) => lines.by,
            Self::Matrix(_) => SortBy::Name,
            Self::Ready { sorted, .. } => *sorted,
        }
    }

    fn chart(&self) -> Vec<(String, Share)> {
        if let Self::Ready { chart, .. } = self { chart.clone() } else { Vec::new() }
    }

    fn small(&self) -> usize {
        if let Self::Ready { small, .. } = self { *small } else { 0 }
    }
}

impl Matrix {
    async fn next(&mut self, usecases: &Usecases, scope: &Scope) -> Result<Option<Vec<Row>>, Failure> {
        /// How many people are looked at together.
        const TOGETHER: u16 = 200;
        let together = usecases.sizes.part.min(TOGETHER);
        let part: Vec<Placed> = match &mut self.people {
            Some(people) => people.take(usize::from(together)).collect(),
            None if self.read => Vec::new(),
            None => loop {
                let after = self.after.as_ref().map(|(name, person)| (name.as_str(), *person));
                let mut part = usecases.store.people_by_name(scope.day, after, i64::from(together)).await?;
                self.read = part.len() < usize::from(together);
                self.after = part.last().map(|last| (last.sort_name.clone(), last.person));
                part.retain(|placed| match placed.department {
                    Some(_) => scope.holds(placed.department),
                    None => self.nowhere.contains(&placed.person),
                });
                part.retain(|placed| self.job_role.is_none() || self.job_role == placed.job_role);
                if !part.is_empty() || self.read {
                    break part;
                }
            },
        };
        if part.is_empty() {
            return Ok(None);
        }
        let lines = match scope.known_at {
            None => lines_of(&usecases.store, part.clone(), scope.day).await?,
            Some(at) => known_lines(&usecases.store, part.clone(), scope.day, at).await?,
        };
        let mut by: HashMap<(PersonId, RequirementId), Line> =
            lines.into_iter().map(|line| ((line.obligation.person, line.obligation.requirement), line)).collect();
        let rows = part.into_iter().map(|placed| {
            let person = placed.person;
            let mut fields = vec![
                Field::linked(placed.name, format!("/team/{person}/training")),
                Field::from(scope.path(placed.department)),
                Field::from(placed.job_role),
            ];
            fields.extend(self.requirements.iter().map(|requirement| {
                by.remove(&(person, *requirement)).map_or(Field::from(Value::None), |line| square(scope, &line))
            }));
            Row { fields, ..Row::default() }
        });
        Ok(Some(rows.collect()))
    }
}

/// A word and a date: how one person stands with one requirement.
fn square(scope: &Scope, line: &Line) -> Field {
    let Obligation { person, requirement, slice } = line.obligation;
    let day = Day(scope.day);
    if !Measure::Assigned.holds(&slice, day) {
        return Field::from(Value::None);
    }
    let standing = slice.at(day);
    let overdue = Measure::Overdue.holds(&slice, day);
    let words =
        if overdue { "Overdue".to_owned() } else { state_words(standing.coverage, standing.timing, standing.overlay) };
    let dated = match (overdue, standing.due, standing.valid_through) {
        (true, Some(due), _) | (false, Some(due), None) => format!("{words}, due {}", date_words(due.date())),
        (_, _, Some(last)) => format!("{words} through {}", date_words(last.date())),
        _ => words,
    };
    Field { value: Value::State(dated, overdue), link: Some(format!("/team/{person}/why/{requirement}")) }
}

fn line_columns() -> Vec<Column> {
    vec![
        Column::sorted("Person", Kind::Text, "name"),
        Column::sorted("Department", Kind::Text, "department"),
        Column::new("Job role", Kind::Text),
        Column::sorted("Requirement", Kind::Text, "requirement"),
        Column::new("How it stands", Kind::Text),
        Column::sorted("Due", Kind::Date, "due"),
        Column::new("Days overdue", Kind::Number),
        Column::sorted("Valid through", Kind::Date, "valid"),
        Column::new("Last reminder", Kind::Date),
    ]
}

fn line_row(scope: &Scope, line: &Line) -> Row {
    let Obligation { person, requirement, slice } = line.obligation;
    let day = Day(scope.day);
    let standing = slice.at(day);
    let overdue = Measure::Overdue.holds(&slice, day);
    let days = standing.due.filter(|_| overdue).and_then(|due| u32::try_from(day.0 - due.0).ok());
    let why = format!("/team/{person}/why/{requirement}");
    let dated = |date: Option<Day>| match date {
        Some(date) => Field::linked(date.date(), why.clone()),
        None => Field::from(Value::None),
    };
    let state = Value::State(state_words(standing.coverage, standing.timing, standing.overlay), overdue);
    let fields = vec![
        Field::linked(line.name.clone(), format!("/team/{person}/training")),
        Field::from(scope.path(line.department)),
        Field::from(line.job_role.clone()),
        Field::from(scope.requirement(requirement)),
        Field::from(state),
        dated(standing.due),
        Field::from(days),
        dated(standing.valid_through),
        Field::from(Value::None),
    ];
    Row { fields, about: Some((person, requirement)), total: false }
}

/// How many departments a list offers.
const OFFERED: usize = 100;

/// The departments to choose from: all, or of many those at the top, and those around the one that is asked about.
fn offered(scope: &Scope, chosen: Option<DepartmentId>) -> Vec<(String, String)> {
    let all = scope.tree.len() <= OFFERED;
    let mut above = HashSet::new();
    let mut at = chosen.map(|id| id.0);
    while let Some(view) = at.and_then(|id| scope.tree.iter().find(|view| view.id == id)) {
        above.insert(view.id);
        at = view.parent;
    }
    let seen = |id: i64| scope.tree.iter().any(|view| view.id == id);
    let near = |view: &&DepartmentView| {
        let top = view.parent.is_none_or(|parent| !all && !seen(parent));
        all || top || above.contains(&view.id) || view.parent.is_some_and(|parent| above.contains(&parent))
    };
    scope.tree.iter().filter(near).map(|view| (view.id.to_string(), view.path.clone())).collect()
}

/// Departments that are one row.
struct Group {
    name: String,
    places: Vec<Place>,
    at: At,
}

impl Group {
    /// What is asked for so that it is about these departments alone.
    fn asked(&self, typed: &Typed) -> Typed {
        typed.with(|typed| {
            match self.at {
                At::Below(id) => typed.department = id.to_string(),
                At::Alone(place) => {
                    typed.department = place.map_or_else(|| NOWHERE.to_owned(), |id| id.to_string());
                    typed.only = if place.is_some() { "1" } else { "" }.to_owned();
                }
                At::Whole => {}
            }
            typed.sort.clear();
            typed.level.clear();
        })
    }

    /// All that is asked for.
    fn whole() -> Self {
        Self { name: "All".to_owned(), places: Vec::new(), at: At::Whole }
    }
}

enum At {
    /// A department with those below it.
    Below(DepartmentId),
    /// What the filters ask for.
    Whole,
    /// A department alone, or the people without one.
    Alone(Place),
}

/// The rows of departments: those at the top of what is asked about, or just below the department that is asked about; each with all below
/// it. Or every department by itself. Where there is only one at the top, what lies below it says more.
fn groups(scope: &Scope, filters: &Filters) -> Vec<Group> {
    let inside = |id: i64| scope.holds(Some(DepartmentId(id)));
    let below = |view: &DepartmentView| view.parent.is_some_and(inside);
    let mut tops = scope.tree.iter().filter(|view| inside(view.id) && !below(view));
    let only = match (tops.next(), tops.next()) {
        (Some(top), None) if scope.tree.iter().any(below) => Some(DepartmentId(top.id)),
        _ => None,
    };
    let opened = filters.department.or(only);
    let mut groups = Vec::new();
    for view in scope.tree.iter().filter(|view| inside(view.id)) {
        let id = DepartmentId(view.id);
        if filters.each {
            groups.push(Group { name: view.path.clone(), places: vec![Some(id)], at: At::Alone(Some(id)) });
            continue;
        }
        let top = !below(view);
        match opened {
            Some(department) if department == id => {
                groups.push(Group {
                    name: format!("{} itself", view.name),
                    places: vec![Some(id)],
                    at: At::Alone(Some(id)),
                });
            }
            Some(department) if view.parent == Some(department.0) => {
                groups.push(Group { name: view.name.clone(), places: scope.below(id), at: At::Below(id) });
            }
            None if top => groups.push(Group { name: view.path.clone(), places: scope.below(id), at: At::Below(id) }),
            _ => {}
        }
    }
    if scope.holds(None) {
        groups.push(Group { name: "No department".to_owned(), places: vec![None], at: At::Alone(None) });
    }
    groups
}

fn department_columns() -> Vec<Column> {
    let numbers = DEPARTMENT_NUMBERS.map(|measure| Column::new(measure.words(), Kind::Number));
    let mut columns = vec![
        Column::new("Department", Kind::Text),
        Column::new("People", Kind::Number),
        Column::new("Compliant, of those counted", Kind::Share),
    ];
    columns.extend(numbers);
    columns
}

const DEPARTMENT_NUMBERS: [Measure; 9] = [
    Measure::Assigned,
    Measure::Compliant,
    Measure::NotYetDue,
    Measure::DueSoon,
    Measure::Overdue,
    Measure::Grace,
    Measure::Lapsed,
    Measure::OnLeave,
    Measure::Exempt,
];

fn department_row(group: &Group, counts: &Counts, people: u32, typed: &Typed) -> Row {
    let named = |change: &dyn Fn(&mut Typed)| group.asked(typed).with(change);
    let name = match group.at {
        At::Below(_) => Field::linked(group.name.clone(), format!("/reports/departments?{}", named(&|_| ()).query())),
        At::Whole | At::Alone(_) => Field::from(group.name.clone()),
    };
    // Those without a department are no team: who left long ago is among them.
    let people = if matches!(group.at, At::Alone(None)) { Field::from(Value::None) } else { Field::from(people) };
    let mut fields = vec![name, people, Field::from(counts.share())];
    fields.extend(DEPARTMENT_NUMBERS.map(|measure| {
        let query = named(&|typed| measure.as_str().clone_into(&mut typed.status));
        number(counts.of(measure), format!("/reports/actions?{}", query.query()))
    }));
    Row { fields, ..Row::default() }
}

/// A number that leads to the people behind it; none of them is led to nobody.
fn number(many: u32, to: String) -> Field {
    if many == 0 { Field::from(0) } else { Field::linked(many, to) }
}
