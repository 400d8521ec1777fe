//! What is so on a day: coverage, work, timing, overlay, and the dates (schedule.md, "Status" and D1 to D6).

use serde::{Serialize, Serializer};

use crate::day::Day;

/// Whether a credit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Coverage {
    /// There is none.
    Never,
    /// It counts.
    Valid,
    /// Its validity is over; the refresher is still enough.
    Grace,
    /// Grace is over too.
    Lapsed,
    /// It was taken back.
    Revoked,
}

/// Where the open cycle stands to its due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Timing {
    /// Nothing is asked, or not soon.
    #[serde(rename = "not due")]
    NotDue,
    /// A renewal is open and its refresher enough.
    #[serde(rename = "window open")]
    WindowOpen,
    /// The due date is 14 days away or less.
    #[serde(rename = "due soon")]
    DueSoon,
    /// It has passed.
    #[serde(rename = "overdue")]
    Overdue,
}

/// What lies over the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Overlay {
    /// Nobody asks for it.
    #[serde(rename = "not applicable")]
    NotApplicable,
    /// Excused for a time.
    #[serde(rename = "exempt")]
    Exempt,
    /// Away.
    #[serde(rename = "on leave")]
    OnLeave,
}

/// An anchor that is missing, so that no due date can be reckoned (rule 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The day the person was hired.
    Hired,
    /// The day they began in their job role.
    RoleStart,
}

/// What is so on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Whether a credit counts.
    pub coverage: Coverage,
    /// Where the open cycle stands to its due date; none where an anchor is missing.
    pub timing: Option<Timing>,
    /// What lies over the rest.
    pub overlay: Option<Overlay>,
    /// Whether a cycle is open.
    pub open: bool,
    /// When the open cycle is due.
    pub due: Option<Day>,
    /// The last day the last credit counts, inclusive.
    pub valid_through: Option<Day>,
    /// The day its refresher opens.
    pub window_opens: Option<Day>,
    /// The last day the refresher is enough.
    pub grace_ends: Option<Day>,
    /// Whether the open cycle, else the last completed one, is marked late.
    pub late: bool,
    /// The anchor that is missing.
    pub exception: Option<Missing>,
}

/// One round of an obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cycle {
    /// The day it opened.
    #[serde(serialize_with = "as_date")]
    pub opened: Day,
    /// When it was due, as moved last; none where an anchor is missing or nobody knows.
    #[serde(serialize_with = "as_maybe_date")]
    pub due: Option<Day>,
    /// The day it was completed; none while it is open, or if it ended unfinished.
    #[serde(serialize_with = "as_maybe_date")]
    pub completed: Option<Day>,
    /// The last day that completion counts; none if it has no end.
    #[serde(serialize_with = "as_maybe_date")]
    pub valid_through: Option<Day>,
    /// Whether it is marked late.
    pub late: bool,
}

fn as_date<S: Serializer>(day: &Day, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(day)
}

fn as_maybe_date<S: Serializer>(day: &Option<Day>, to: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => to.collect_str(day),
        None => to.serialize_none(),
    }
}
