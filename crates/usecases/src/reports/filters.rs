//! What a report is asked for, as it stands in an address: so that a view can be kept, mailed and opened again.

use jiff::civil::Date;
use records::report::Measure;
use serde::{Deserialize, Serialize};
use store::{DepartmentId, PersonId, RequirementId};

use super::Report;
use crate::{Failure, FieldError, obligations::day_named};

/// In the place of a department: people without one.
pub const NOWHERE: &str = "none";

/// The words of an address, or of the form that makes one. Empty ones ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The day that is asked about; today if there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub as_of: String,
    /// As it was known at the end of this day; as it is known now if there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub known_on: String,
    /// A department, with those below it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub department: String,
    /// People in this job role.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub job_role: String,
    /// One requirement.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub requirement: String,
    /// How it stands: the name of a [`Measure`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// The departments of this manager.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub manager: String,
    /// Due on this day or later.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub due_from: String,
    /// Due on this day or before.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub due_to: String,
    /// A part of a name, of an e-mail address or of a staff number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The order: `due`, `valid`, `name`, `department`, `requirement`, with `-` before it from the end.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sort: String,
    /// `1` for the department alone, without those below it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub only: String,
    /// `each` shows every department by itself, and not those below one together.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub level: String,
    /// The page, from 0.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page: String,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// From the end.
    pub down: bool,
}

/// By what a list is put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// By what the report is about: due dates, or the last day of validity.
    #[default]
    Usual,
    /// By due date.
    Due,
    /// By the last day on which the credit counts.
    Valid,
    /// By name.
    Name,
    /// By department, then name.
    Department,
    /// By requirement, then due date.
    Requirement,
}

impl Sort {
    /// The order of a word in an address.
    fn parse(word: &str) -> Option<Self> {
        let (down, word) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
        let by = match word {
            "" => SortBy::Usual,
            "due" => SortBy::Due,
            "valid" => SortBy::Valid,
            "name" => SortBy::Name,
            "department" => SortBy::Department,
            "requirement" => SortBy::Requirement,
            _ => return None,
        };
        Some(Self { by, down })
    }
}

/// What is asked for, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// The day that is asked about; today if there is none.
    pub as_of: Option<Date>,
    /// As it was known at the end of this day.
    pub known_on: Option<Date>,
    /// A department, with those below it.
    pub department: Option<DepartmentId>,
    /// People in this job role.
    pub job_role: Option<String>,
    /// One requirement.
    pub requirement: Option<RequirementId>,
    /// How it stands.
    pub status: Option<Measure>,
    /// The departments of this manager.
    pub manager: Option<PersonId>,
    /// Due on this day or later.
    pub due_from: Option<Date>,
    /// Due on this day or before.
    pub due_to: Option<Date>,
    /// A part of a name.
    pub name: String,
    /// The order.
    pub sort: Sort,
    /// The department alone, without those below it.
    pub only: bool,
    /// People without a department.
    pub nowhere: bool,
    /// Every department by itself.
    pub each: bool,
    /// The page, from 0.
    pub page: u32,
}

impl Typed {
    /// From the part of an address after the question mark.
    pub fn of_query(query: &str) -> Self {
        serde_html_form::from_str(query).unwrap_or_default()
    }

    /// The part of an address after the question mark, without what asks for nothing.
    pub fn query(&self) -> String {
        serde_html_form::to_string(self).unwrap_or_default()
    }

    /// The same with something else asked for, from the first page on.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut typed = Self { page: String::new(), ..self.clone() };
        change(&mut typed);
        typed
    }

    /// What of it a report heeds: what it does not, neither its numbers nor what stands above them nor the rows behind them may follow.
    #[must_use]
    pub fn heeded(&self, report: Report) -> Self {
        let mut typed = self.clone();
        let lines = report == Report::Actions;
        if !lines {
            for unheeded in [&mut typed.status, &mut typed.due_from, &mut typed.due_to, &mut typed.sort] {
                unheeded.clear();
            }
        }
        if !lines && report != Report::Matrix {
            typed.name.clear();
        }
        if !matches!(report, Report::Departments | Report::Expiring | Report::Trend) {
            typed.level.clear();
        }
        typed
    }

    /// What is asked for.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with a sentence for each field that is not understood.
    pub fn parse(&self) -> Result<Filters, Failure> {
        let mut errors = Vec::new();
        let mut day =
            |field, name, typed: &str| day_named(field, name, typed).map_err(|error| errors.push(error)).ok().flatten();
        let as_of = day("as_of", "the day the report is for", &self.as_of);
        let known_on = day("known_on", "the day on which it was known", &self.known_on);
        let due_from = day("due_from", "the first due date", &self.due_from);
        let due_to = day("due_to", "the last due date", &self.due_to);
        if let (Some(from), Some(to)) = (due_from, due_to)
            && from > to
        {
            errors.push(FieldError::new("due_to", "Enter a last due date that is not before the first"));
        }
        let mut number = |field, words: &str, typed: &str| match typed.trim() {
            "" => None,
            typed => typed.parse::<i64>().map_err(|_| errors.push(FieldError::new(field, words))).ok(),
        };
        let nowhere = self.department.trim() == NOWHERE;
        let department = if nowhere { "" } else { &self.department };
        let department = number("department", "Choose a department from the list", department).map(DepartmentId);
        let requirement =
            number("requirement", "Choose a requirement from the list", &self.requirement).map(RequirementId);
        let manager = number("manager", "Choose a manager from the list", &self.manager).map(PersonId);
        let status = match self.status.trim() {
            "" => None,
            word => Measure::parse(word).or_else(|| {
                errors.push(FieldError::new("status", "Choose how it stands from the list"));
                None
            }),
        };
        let sort = Sort::parse(self.sort.trim()).unwrap_or_default();
        let page = self.page.trim().parse().unwrap_or_default();
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors));
        }
        let job_role = Some(self.job_role.trim().to_owned()).filter(|role| !role.is_empty());
        let name = self.name.trim().to_owned();
        let (only, each) = (self.only == "1", self.level == "each");
        Ok(Filters {
            as_of,
            known_on,
            department,
            job_role,
            requirement,
            status,
            manager,
            due_from,
            due_to,
            name,
            sort,
            only,
            nowhere,
            each,
            page,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_asked_for_and_nothing_else() {
        let typed = Typed { department: "3".to_owned(), job_role: "Ward nurse & lead".to_owned(), ..Typed::default() };
        assert_eq!(typed.query(), "department=3&job_role=Ward+nurse+%26+lead");
        assert_eq!(Typed::of_query(&typed.query()), typed);
        assert_eq!(Typed::default().query(), "");
        let next = Typed { page: "4".to_owned(), ..typed.clone() };
        assert_eq!(next.with(|typed| typed.department.clear()).query(), "job_role=Ward+nurse+%26+lead");
    }

    #[test]
    fn what_is_not_understood_is_said_by_field() {
        let typed = Typed::of_query("as_of=yesterday&due_from=2027-05-02&due_to=2027-05-01&department=x&status=late");
        let Err(Failure::Invalid(errors)) = typed.parse() else { panic!("it was understood") };
        let fields: Vec<&str> = errors.iter().map(|error| error.field).collect();
        assert_eq!(fields, ["as_of", "due_to", "department", "status"]);
    }

    #[test]
    fn an_order_has_a_direction() {
        assert_eq!(Sort::parse("-name"), Some(Sort { by: SortBy::Name, down: true }));
        assert_eq!(Sort::parse(""), Some(Sort::default()));
        assert_eq!(Sort::parse("colour"), None);
    }
}
