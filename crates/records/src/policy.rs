//! A policy: when a requirement is first due, how long it counts, how it is renewed (schedule.md, "Policy").

use std::fmt;

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_saphyr::MessageFormatter as _;

use crate::day::{Day, Period};

/// When a requirement is first due, how long a credit counts, and how it is renewed.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// From when the first due date counts.
    pub first_due: FirstDue,
    /// How long a credit counts; none: held once and for all.
    pub validity: Option<Period>,
    /// From when the next validity counts.
    pub basis: Basis,
    /// How long before the end of validity the refresher opens.
    pub window: Period,
    /// How long after the end of validity the refresher is still enough.
    pub grace: Period,
    /// Days after being assigned before which nothing is due.
    pub min_lead: i32,
    /// How long a renewal must last at least, with a calendar basis.
    pub min_active: Period,
    /// What renews.
    pub refresher: Refresher,
    /// How old an earlier completion may be and still count; none: as old as it likes.
    pub prior_credit_max_age: Option<Period>,
    /// What a full completion before the window does.
    pub early: Early,
    /// The site's zone.
    pub zone: TimeZone,
}

/// From when the first due date counts, and how many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstDue {
    /// What it counts from.
    pub after: Trigger,
    /// How many days.
    pub days: i32,
}

/// What a first due date counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The day the requirement was assigned.
    Assigned,
    /// The day the person was hired, or hired again.
    Hired,
    /// The day the person began in their job role.
    RoleStart,
    /// A fixed day.
    On(Day),
}

/// From when the next validity counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// From the day of completion.
    Completion,
    /// From the end of the validity before, so that no day is lost.
    Expiry,
    /// Until a fixed day of the year.
    Calendar {
        /// The month, 1 to 12.
        month: i8,
        /// The day; 29 February is the 28th in common years.
        day: i8,
    },
}

/// What renews a credit in its window or in grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refresher {
    /// A challenge quiz.
    Quiz,
    /// A short module.
    Module,
    /// The full requirement.
    Full,
}

/// What a full completion before the window does (rule 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Early {
    /// It is recorded as practice and moves nothing.
    Practice,
    /// It begins a new validity.
    Restart,
}

/// Why a policy is refused: the field, and a sentence with the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRefused {
    /// The field by its name in the file.
    pub field: &'static str,
    /// What is wrong with it and what would be right.
    pub why: String,
}

impl fmt::Display for PolicyRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.why)
    }
}

impl std::error::Error for PolicyRefused {}

/// A policy as it is written, in files and in the store: the fields of the design by their names, each missing one its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Written {
    /// `{ after: assigned | hired | role-start | a date, days: N }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_due: Option<WrittenFirstDue>,
    /// A period, or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<String>,
    /// `completion`, `expiry` or `{ calendar: 09-01 }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<WrittenBasis>,
    /// A period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// A period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace: Option<String>,
    /// A period of days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_lead: Option<String>,
    /// A period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_active: Option<String>,
    /// `quiz`, `module` or `full`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresher: Option<Refresher>,
    /// A period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior_credit_max_age: Option<String>,
    /// `practice` or `restart`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<Early>,
    /// An IANA zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// `first-due` as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenFirstDue {
    /// What it counts from.
    pub after: String,
    /// How many days.
    pub days: i32,
}

/// `basis` as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WrittenBasis {
    /// `completion` or `expiry`.
    Word(String),
    /// `{ calendar: 09-01 }`.
    Slot(WrittenSlot),
}

/// The day of a calendar basis as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenSlot {
    /// Month and day, `09-01`.
    pub calendar: String,
}

impl Policy {
    /// The policy of the design's defaults in a zone: due 30 days after assignment, held once and for all.
    pub fn new(zone: TimeZone) -> Self {
        Self {
            first_due: FirstDue { after: Trigger::Assigned, days: 30 },
            validity: None,
            basis: Basis::Expiry,
            window: Period::Days(60),
            grace: Period::Days(30),
            min_lead: 14,
            min_active: Period::Days(90),
            refresher: Refresher::Full,
            prior_credit_max_age: None,
            early: Early::Practice,
            zone,
        }
    }

    /// Reads a policy as it is written; a missing zone is taken from `zone`.
    ///
    /// # Errors
    /// The field and the values that do not fit (schedule.md, "A policy must have …").
    pub fn read(written: &Written, zone: Option<TimeZone>) -> Result<Self, PolicyRefused> {
        let zone = match &written.zone {
            Some(name) => TimeZone::get(name)
                .map_err(|_| refused("zone", format!("“{name}” is no IANA zone; write one such as Africa/Lagos")))?,
            None => zone
                .ok_or_else(|| refused("zone", "it is missing; write an IANA zone such as Africa/Lagos".to_owned()))?,
        };
        let mut policy = Self::new(zone);
        if let Some(first) = &written.first_due {
            policy.first_due = FirstDue { after: trigger(&first.after)?, days: first.days };
            if !(0..=36_525).contains(&first.days) {
                return Err(refused("first-due", format!("{} days; write from 0 to 36525", first.days)));
            }
        }
        policy.validity = maybe_period("validity", written.validity.as_deref())?.unwrap_or(None);
        if let Some(basis) = &written.basis {
            policy.basis = self::basis(basis)?;
        }
        let or = |field, text: &Option<String>, default| match text {
            Some(text) => period(field, text),
            None => Ok(default),
        };
        policy.window = or("window", &written.window, policy.window)?;
        policy.grace = or("grace", &written.grace, policy.grace)?;
        policy.min_active = or("min-active", &written.min_active, policy.min_active)?;
        policy.min_lead = match or("min-lead", &written.min_lead, Period::Days(policy.min_lead))? {
            Period::Days(days) => days,
            Period::Months(_) => {
                return Err(refused("min-lead", "write it in days or weeks, such as 14 days".to_owned()));
            }
        };
        policy.refresher = written.refresher.unwrap_or(policy.refresher);
        policy.early = written.early.unwrap_or(policy.early);
        policy.prior_credit_max_age =
            maybe_period("prior-credit-max-age", written.prior_credit_max_age.as_deref())?.unwrap_or(policy.validity);
        policy.check()?;
        Ok(policy)
    }

    /// Reads a policy from YAML, whose fields are those of [`Written`].
    ///
    /// # Errors
    /// What cannot be read, or the field and the values that do not fit.
    pub fn from_yaml(text: &str) -> Result<Self, PolicyRefused> {
        // A policy is a dozen words; what is nested or repeated without end is none.
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! {
                max_depth: 8,
                max_nodes: 500,
                max_events: 2_000,
                max_anchors: 0,
                max_aliases: 0,
                max_documents: 1,
            },
            with_snippet: false,
        };
        let written: Written = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let line = error.location().map(|location| format!("line {}: ", location.line())).unwrap_or_default();
            let why = serde_saphyr::UserMessageFormatter.format_message(error.without_snippet()).into_owned();
            refused("policy", format!("{line}{why}"))
        })?;
        Self::read(&written, None)
    }

    /// What must hold between the fields.
    fn check(&self) -> Result<(), PolicyRefused> {
        let Some(validity) = self.validity else {
            return match self.basis {
                Basis::Calendar { .. } => {
                    Err(refused("validity", "it is missing; a calendar basis needs 12 months".to_owned()))
                }
                _ => Ok(()),
            };
        };
        if validity.days() < 1 {
            return Err(refused("validity", format!("{validity}; write at least 1 day")));
        }
        if self.window.days() >= validity.days() {
            let why = format!("{} is not shorter than the validity of {validity}", self.window);
            return Err(refused("window", why));
        }
        if matches!(self.basis, Basis::Calendar { .. }) {
            if validity != Period::Months(12) {
                return Err(refused("validity", format!("{validity}; a calendar basis needs 12 months")));
            }
            if self.window.days() >= self.min_active.days() {
                let why = format!("{} is not shorter than min-active, {}", self.window, self.min_active);
                return Err(refused("window", why));
            }
            if self.min_active.days() > validity.days() {
                let why = format!("{} is longer than the validity of {validity}", self.min_active);
                return Err(refused("min-active", why));
            }
        }
        Ok(())
    }

    /// The policy as it is written, every field said.
    pub fn written(&self) -> Written {
        let after = match self.first_due.after {
            Trigger::Assigned => "assigned".to_owned(),
            Trigger::Hired => "hired".to_owned(),
            Trigger::RoleStart => "role-start".to_owned(),
            Trigger::On(day) => day.to_string(),
        };
        let none = || "none".to_owned();
        Written {
            first_due: Some(WrittenFirstDue { after, days: self.first_due.days }),
            validity: Some(self.validity.map_or_else(none, |period| period.to_string())),
            basis: Some(match self.basis {
                Basis::Completion => WrittenBasis::Word("completion".to_owned()),
                Basis::Expiry => WrittenBasis::Word("expiry".to_owned()),
                Basis::Calendar { month, day } => {
                    WrittenBasis::Slot(WrittenSlot { calendar: format!("{month:02}-{day:02}") })
                }
            }),
            window: Some(self.window.to_string()),
            grace: Some(self.grace.to_string()),
            min_lead: Some(Period::Days(self.min_lead).to_string()),
            min_active: Some(self.min_active.to_string()),
            refresher: Some(self.refresher),
            prior_credit_max_age: Some(self.prior_credit_max_age.map_or_else(none, |period| period.to_string())),
            early: Some(self.early),
            zone: self.zone.iana_name().map(str::to_owned),
        }
    }
}

fn refused(field: &'static str, why: String) -> PolicyRefused {
    PolicyRefused { field, why }
}

fn period(field: &'static str, text: &str) -> Result<Period, PolicyRefused> {
    Period::parse(text).ok_or_else(|| {
        refused(
            field,
            format!("“{text}” is no period; write a whole number of days, weeks, months or years, such as 60 days"),
        )
    })
}

fn maybe_period(field: &'static str, text: Option<&str>) -> Result<Option<Option<Period>>, PolicyRefused> {
    match text {
        None => Ok(None),
        Some("none") => Ok(Some(None)),
        Some(text) => period(field, text).map(|period| Some(Some(period))),
    }
}

fn trigger(text: &str) -> Result<Trigger, PolicyRefused> {
    match text {
        "assigned" => Ok(Trigger::Assigned),
        "hired" => Ok(Trigger::Hired),
        "role-start" => Ok(Trigger::RoleStart),
        date => date.parse::<Date>().map(|date| Trigger::On(Day::of(date))).map_err(|_| {
            refused(
                "first-due",
                format!("after: “{date}”; write assigned, hired, role-start or a date such as 2026-09-01"),
            )
        }),
    }
}

fn basis(written: &WrittenBasis) -> Result<Basis, PolicyRefused> {
    match written {
        WrittenBasis::Word(word) if word == "completion" => Ok(Basis::Completion),
        WrittenBasis::Word(word) if word == "expiry" => Ok(Basis::Expiry),
        WrittenBasis::Word(word) => {
            Err(refused("basis", format!("“{word}”; write completion, expiry or {{ calendar: 09-01 }}")))
        }
        WrittenBasis::Slot(WrittenSlot { calendar }) => {
            let wrong = || {
                refused(
                    "basis",
                    format!("calendar: “{calendar}” is no day of the year; write month and day, such as 09-01"),
                )
            };
            let (month, day) = calendar.split_once('-').ok_or_else(wrong)?;
            let two = |text: &str| text.parse::<i8>().ok().filter(|_| text.len() == 2);
            let (Some(month), Some(day)) = (two(month), two(day)) else { return Err(wrong()) };
            // A leap year has every day of the year.
            Date::new(2024, month, day).map_err(|_| wrong())?;
            Ok(Basis::Calendar { month, day })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(change: impl FnOnce(&mut Written)) -> Result<Policy, PolicyRefused> {
        let mut written = Written { zone: Some("Africa/Lagos".to_owned()), ..Written::default() };
        change(&mut written);
        Policy::read(&written, None)
    }

    #[test]
    fn what_is_missing_has_the_defaults_of_the_design() {
        let policy = read(|_| ()).expect("a policy");
        assert_eq!(policy, Policy::new(TimeZone::get("Africa/Lagos").expect("a zone")));
        let dated = read(|written| written.validity = Some("12 months".to_owned())).expect("a policy");
        assert_eq!(dated.prior_credit_max_age, Some(Period::Months(12)), "as long as the validity");
    }

    #[test]
    fn a_policy_that_is_written_reads_the_same() {
        let policy = read(|written| {
            written.validity = Some("1 year".to_owned());
            written.basis = Some(WrittenBasis::Slot(WrittenSlot { calendar: "02-29".to_owned() }));
            written.first_due = Some(WrittenFirstDue { after: "2026-09-01".to_owned(), days: 3 });
            written.refresher = Some(Refresher::Quiz);
        })
        .expect("a policy");
        let text = serde_json::to_string(&policy.written()).expect("JSON");
        assert_eq!(Policy::read(&serde_json::from_str(&text).expect("reads"), None), Ok(policy));
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_values_named() {
        type Case = (fn(&mut Written), &'static str, &'static str);
        let rows: [Case; 8] = [
            (
                |w| w.validity = Some("2 months".into()),
                "window",
                "60 days is not shorter than the validity of 2 months",
            ),
            (|w| w.validity = Some("soon".into()), "validity", "“soon” is no period"),
            (|w| w.zone = Some("Lagos".into()), "zone", "“Lagos” is no IANA zone"),
            (|w| w.zone = None, "zone", "it is missing"),
            (|w| w.basis = Some(WrittenBasis::Word("luck".into())), "basis", "“luck”"),
            (
                |w| w.basis = Some(WrittenBasis::Slot(WrittenSlot { calendar: "02-30".into() })),
                "basis",
                "no day of the year",
            ),
            (
                |w| {
                    w.validity = Some("24 months".into());
                    w.basis = Some(WrittenBasis::Slot(WrittenSlot { calendar: "09-01".into() }));
                },
                "validity",
                "24 months; a calendar basis needs 12 months",
            ),
            (
                |w| {
                    w.validity = Some("12 months".into());
                    w.window = Some("100 days".into());
                    w.basis = Some(WrittenBasis::Slot(WrittenSlot { calendar: "09-01".into() }));
                },
                "window",
                "100 days is not shorter than min-active, 90 days",
            ),
        ];
        for (change, field, why) in rows {
            let refused = read(change).expect_err(field);
            assert_eq!(refused.field, field);
            assert!(refused.why.contains(why), "{refused}");
        }
    }
}
