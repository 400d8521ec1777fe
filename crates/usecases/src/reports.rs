//! Reports: how people stand, for any day, within the departments of whoever asks (reports.md). Each is a [`Table`] that a page shows, a
//! printer prints and a file holds.
//!
//! In reading order: `filters` (what is asked for, as an address says it), `scope` (whose rows somebody may see), `tallies` (numbers of
//! departments, counted once), `lines` (people and requirements in an order, part by part), `table`; one file a
//! report: `departments` (with what expires), `matrix`, `trend` (the ends of months); here what all have in common, and lists;
//! [`saved`] (views under a name), `mailing` (views that are mailed) and `digest` (what managers get each week).

use std::collections::HashSet;

use jiff::{Timestamp, civil::Date, civil::DateTime};
use records::day::Day;
use serde::{Deserialize, Serialize};
use store::{DepartmentId, Line, Obligation, PersonId, RequirementId};

pub use self::{
    files::Section,
    filters::{Filters, NOWHERE, Sort, SortBy, Typed},
    lines::Count,
    person::{PersonFile, PersonReport},
    sizes::Sizes,
    table::{Column, Field, Kind, Row, Value},
};
use self::{lines::Lines, matrix::Matrix, scope::Scope};
use crate::{Failure, Usecases, clock::date_words, departments::DepartmentView, obligations::state_words, who::Who};
pub use records::report::{Measure, Share, thousands};

mod departments;
mod digest;
pub(crate) mod files;
mod filters;
mod lines;
mod mailing;
mod matrix;
pub(crate) mod person;
pub mod saved;
pub(crate) mod scope;
mod sizes;
mod table;
pub(crate) mod tallies;
mod trend;

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
        if let Rows::Matrix(matrix) = &mut rows {
            matrix.whole = true;
        }
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

/// Where a row of [`Report::Actions`] says who, what and when it is due.
pub const PERSON_AT: usize = 0;
/// What is asked.
pub const REQUIREMENT_AT: usize = 3;
/// When it is due; nothing where nothing is.
pub const DUE_AT: usize = 5;

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
    let seen: HashSet<i64> = scope.tree.iter().map(|view| view.id).collect();
    let near = |view: &&DepartmentView| {
        let top = view.parent.is_none_or(|parent| !seen.contains(&parent));
        all || top || above.contains(&view.id) || view.parent.is_some_and(|parent| above.contains(&parent))
    };
    scope.tree.iter().filter(near).map(|view| (view.id.to_string(), view.path.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_and_what_where_pages_look_for_it() {
        let columns = line_columns();
        let names = [PERSON_AT, REQUIREMENT_AT, DUE_AT].map(|at| columns[at].name.as_str());
        assert_eq!(names, ["Person", "Requirement", "Due"]);
        assert_eq!(columns.last().map(|column| column.name.as_str()), Some("Last reminder"), "filled in last");
    }
}
