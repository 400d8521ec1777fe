//! What happened: the dated facts from which everything about an obligation is computed (schedule.md, "Read exactly").

use crate::day::Day;

/// A fact, on the day it acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The day it acts: a completion's own day, a leave's first.
    pub on: Day,
    /// For work done on one day, its instant in microseconds since 1970; 0 where only the day is known.
    pub at: i64,
    /// What happened.
    pub what: What,
    /// Where it stands in what it was read from, so that an explanation can name it.
    pub line: u32,
}

/// A source of an obligation: an assignment that gives the requirement to somebody, by a number of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(pub u32);

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody was hired.
    Hired,
    /// Somebody began in a job role.
    RoleStart,
    /// Somebody who had left came back.
    Rehired,
    /// A source began to ask for the requirement.
    Assigned(Source),
    /// A leave began; `to` is its last day, missing while nobody knows it.
    Leave {
        /// The last day of leave.
        to: Option<Day>,
    },
    /// An exemption began; `until` is its last day, missing until further notice.
    Exempted {
        /// The last exempt day.
        until: Option<Day>,
    },
    /// The due date of the open cycle was moved.
    Extended {
        /// To this day.
        due: Day,
    },
    /// The content changed; it moves nothing here (D13).
    Published,
    /// An earlier completion elsewhere was accepted; its day is that of the completion.
    PriorCredit,
    /// The full requirement was completed.
    Completed,
    /// What the policy names as refresher was done.
    Refreshed,
    /// The credit was taken back.
    Revoked,
    /// A source ceased to ask for the requirement; from this day on it does not.
    Unassigned(Source),
    /// Somebody left; the day is their last, and nothing applies from that day on.
    Left,
}

impl What {
    /// The order in which facts of one day act (D2).
    fn rank(self) -> u8 {
        match self {
            Self::Hired => 0,
            Self::RoleStart => 1,
            Self::Rehired => 2,
            Self::Assigned(_) => 3,
            Self::Leave { .. } => 4,
            Self::Exempted { .. } => 5,
            Self::Extended { .. } => 6,
            Self::Published => 7,
            Self::PriorCredit | Self::Completed | Self::Refreshed => 8,
            Self::Revoked => 9,
            Self::Unassigned(_) => 10,
            Self::Left => 11,
        }
    }
}

/// Brings facts into the order in which they act: by day, within a day as D2 says, work of one day by the hour.
pub fn in_order(facts: &mut [Dated]) {
    // Stable, so that what stands first acts first where nothing else decides.
    facts.sort_by_key(|fact| (fact.on, fact.what.rank(), if fact.what.rank() == 8 { fact.at } else { 0 }));
}
