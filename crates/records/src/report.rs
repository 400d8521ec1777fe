//! What reports count. Every number on a page is one [`Measure`] of how obligations stand on a day, so that a number, the people behind
//! it and the share it enters can never say different things ("Compliant %" of schedule.md, and D1 to D5).

use serde::{Deserialize, Serialize};

use crate::{
    answer::{Coverage, Overlay, Timing},
    day::Day,
    schedule::{SOON, Slice},
};

/// Something that is so, or is not, of one obligation on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// It applies: somebody asks for it.
    Assigned,
    /// It enters the share of the compliant: it applies, is not exempt nor on leave, and is not still inside a first due date.
    Counted,
    /// It enters the share, and a credit counts.
    Compliant,
    /// Still inside a first due date: a new colleague never lowers a department.
    NotYetDue,
    /// The due date is 14 days away or less.
    DueSoon,
    /// The due date has passed.
    Overdue,
    /// The validity is over; the refresher is still enough.
    Grace,
    /// Grace is over too.
    Lapsed,
    /// The person is away.
    OnLeave,
    /// Excused for a time.
    Exempt,
    /// Something is to be done soon or should have been: due soon, overdue, in grace, or lapsed.
    ToDo,
    /// The credit counts for 0 to 30 days more.
    Expiring30,
    /// The credit counts for 31 to 60 days more.
    Expiring60,
    /// The credit counts for 61 to 90 days more.
    Expiring90,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Assigned,
        Self::Counted,
        Self::Compliant,
        Self::NotYetDue,
        Self::DueSoon,
        Self::Overdue,
        Self::Grace,
        Self::Lapsed,
        Self::OnLeave,
        Self::Exempt,
        Self::ToDo,
        Self::Expiring30,
        Self::Expiring60,
        Self::Expiring90,
    ];

    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Counted => "counted",
            Self::Compliant => "compliant",
            Self::NotYetDue => "not-yet-due",
            Self::DueSoon => "due-soon",
            Self::Overdue => "overdue",
            Self::Grace => "grace",
            Self::Lapsed => "lapsed",
            Self::OnLeave => "on-leave",
            Self::Exempt => "exempt",
            Self::ToDo => "to-do",
            Self::Expiring30 => "expiring-30",
            Self::Expiring60 => "expiring-60",
            Self::Expiring90 => "expiring-90",
        }
    }

    /// The measure of a name in addresses.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// In words, as a filter or over a column.
    pub fn words(self) -> &'static str {
        match self {
            Self::Assigned => "Assigned",
            Self::Counted => "Counted",
            Self::Compliant => "Compliant",
            Self::NotYetDue => "Not yet due",
            Self::DueSoon => "Due soon",
            Self::Overdue => "Overdue",
            Self::Grace => "In grace",
            Self::Lapsed => "Lapsed",
            Self::OnLeave => "On leave",
            Self::Exempt => "Exempt",
            Self::ToDo => "Something to do",
            Self::Expiring30 => "Valid for 0 to 30 days more",
            Self::Expiring60 => "Valid for 31 to 60 days more",
            Self::Expiring90 => "Valid for 61 to 90 days more",
        }
    }

    /// The days, counted from the day that is asked about, on which the credit of what it counts ends: first and last.
    pub fn ends_within(self) -> Option<(i32, i32)> {
        match self {
            Self::Expiring30 => Some((0, 30)),
            Self::Expiring60 => Some((31, 60)),
            Self::Expiring90 => Some((61, 90)),
            _ => None,
        }
    }

    /// How many days after the day that is asked about the due dates of what it counts lie at most; none if due dates do not decide.
    pub fn due_within(self) -> Option<i32> {
        match self {
            Self::Overdue => Some(-1),
            Self::DueSoon => Some(SOON),
            _ => None,
        }
    }

    /// Whether it is so at the end of one of the days of a stretch.
    pub fn holds(self, slice: &Slice, day: Day) -> bool {
        Look::at(slice, day).holds(self)
    }
}

/// What the measures ask of an obligation, worked out once.
struct Look {
    overlay: Option<Overlay>,
    coverage: Coverage,
    timing: Option<Timing>,
    first: bool,
    open: bool,
    days_left: Option<i32>,
}

impl Look {
    fn at(slice: &Slice, day: Day) -> Self {
        let standing = slice.at(day);
        let overdue = standing.timing == Some(Timing::Overdue);
        let held = matches!(standing.coverage, Coverage::Valid | Coverage::Revoked);
        Self {
            overlay: standing.overlay,
            coverage: standing.coverage,
            timing: standing.timing,
            // A revoked credit is to be earned anew at once: that is no first due date.
            first: slice.open.is_some_and(|open| !open.renewal) && !overdue && !held,
            open: slice.open.is_some(),
            days_left: standing.valid_through.map(|last| last.0.saturating_sub(day.0)),
        }
    }

    fn holds(&self, measure: Measure) -> bool {
        let clear = self.overlay.is_none();
        let due = |timing| clear && self.timing == Some(timing);
        match measure {
            Measure::Assigned => self.overlay != Some(Overlay::NotApplicable),
            Measure::Counted => clear && !self.first,
            Measure::Compliant => clear && self.coverage == Coverage::Valid,
            Measure::NotYetDue => clear && self.first,
            Measure::DueSoon => due(Timing::DueSoon),
            Measure::Overdue => due(Timing::Overdue),
            Measure::Grace => clear && self.coverage == Coverage::Grace,
            Measure::Lapsed => clear && self.coverage == Coverage::Lapsed,
            Measure::OnLeave => self.overlay == Some(Overlay::OnLeave),
            Measure::Exempt => self.overlay == Some(Overlay::Exempt),
            Measure::ToDo => {
                let ended = clear && self.open && matches!(self.coverage, Coverage::Grace | Coverage::Lapsed);
                due(Timing::DueSoon) || due(Timing::Overdue) || ended
            }
            Measure::Expiring30 | Measure::Expiring60 | Measure::Expiring90 => {
                // Validity does not stretch for a leave.
                let counts = matches!(self.overlay, None | Some(Overlay::OnLeave)) && self.coverage == Coverage::Valid;
                let within = |(first, last)| self.days_left.is_some_and(|days| (first..=last).contains(&days));
                counts && measure.ends_within().is_some_and(within)
            }
        }
    }
}

/// For how many obligations each measure holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u32; Measure::ALL.len()]);

impl Counts {
    /// For how many this one holds.
    pub fn of(&self, measure: Measure) -> u32 {
        self.0[measure as usize]
    }

    /// So many obligations more that stand like this at the end of a day.
    pub fn add(&mut self, slice: &Slice, day: Day, many: u32) {
        let look = Look::at(slice, day);
        for measure in Measure::ALL {
            if look.holds(measure) {
                self.0[measure as usize] += many;
            }
        }
    }

    /// Those of others too.
    pub fn join(&mut self, other: &Self) {
        for (own, more) in self.0.iter_mut().zip(other.0) {
            *own += more;
        }
    }

    /// How many comply, of how many; none where nobody is counted.
    pub fn share(&self) -> Option<Share> {
        Share::of(self.of(Measure::Compliant), self.of(Measure::Counted))
    }

    /// These numbers, of one measure each.
    pub fn with(numbers: impl IntoIterator<Item = (Measure, u32)>) -> Self {
        let mut counts = Self::default();
        for (measure, many) in numbers {
            counts.0[measure as usize] = many;
        }
        counts
    }
}

/// A part of a whole that is not empty; a percentage always shows its fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Share {
    /// How many.
    pub part: u32,
    /// Of how many.
    pub whole: u32,
}

impl Share {
    /// A share, unless there is nothing to be a part of.
    pub fn of(part: u32, whole: u32) -> Option<Self> {
        (whole > 0).then_some(Self { part, whole })
    }

    /// In hundredths, rounded so that 100 % says "all" and 0 % says "none".
    pub fn percent(self) -> u32 {
        let (part, whole) = (u64::from(self.part), u64::from(self.whole));
        let rounded = u32::try_from((part * 200 + whole) / (whole * 2)).unwrap_or(100);
        match rounded {
            100 if part < whole => 99,
            0 if part > 0 => 1,
            rounded => rounded,
        }
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} % ({} of {})", self.percent(), self.part, self.whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Held, Open};

    const DAY: Day = Day(1000);

    fn slice(overlay: Option<Overlay>, credit: Held, open: Option<Open>) -> Slice {
        Slice { from: Day(0), overlay, credit, open, cycle_no: 1, last_late: false, away: false }
    }

    fn until(valid_through: i32) -> Held {
        Held::Until {
            valid_through: Day(valid_through),
            window: Day(valid_through - 60),
            grace: Day(valid_through + 30),
        }
    }

    fn due(day: i32, renewal: bool) -> Option<Open> {
        let open =
            Open { opened: Day(900), due: Some(Day(day)), missing: None, renewal, refresher_until: None, late: false };
        Some(open)
    }

    #[test]
    fn every_measure_says_what_it_counts() {
        use Measure::*;
        let leave = Some(Overlay::OnLeave);
        let rows: [(&str, Slice, &[Measure]); 15] = [
            ("a new colleague", slice(None, Held::No, due(1020, false)), &[Assigned, NotYetDue]),
            ("due today", slice(None, Held::No, due(1000, false)), &[Assigned, NotYetDue, DueSoon, ToDo]),
            ("never done", slice(None, Held::No, due(999, false)), &[Assigned, Counted, Overdue, ToDo]),
            ("held for good", slice(None, Held::ForGood, None), &[Assigned, Counted, Compliant]),
            (
                "valid to the last day",
                slice(None, until(1000), due(1000, true)),
                &[Assigned, Counted, Compliant, DueSoon, ToDo, Expiring30],
            ),
            ("30 days", slice(None, until(1030), due(1030, true)), &[Assigned, Counted, Compliant, Expiring30]),
            ("31 days", slice(None, until(1031), due(1031, true)), &[Assigned, Counted, Compliant, Expiring60]),
            ("61 days", slice(None, until(1061), None), &[Assigned, Counted, Compliant, Expiring90]),
            ("91 days", slice(None, until(1091), None), &[Assigned, Counted, Compliant]),
            ("in grace", slice(None, until(999), due(999, true)), &[Assigned, Counted, Overdue, Grace, ToDo]),
            ("lapsed", slice(None, until(969), due(969, true)), &[Assigned, Counted, Overdue, Lapsed, ToDo]),
            ("back after it lapsed", slice(None, until(969), due(1040, false)), &[Assigned, NotYetDue, Lapsed, ToDo]),
            ("revoked", slice(None, Held::Revoked, due(1040, false)), &[Assigned, Counted]),
            ("on leave", slice(leave, until(1010), due(1010, true)), &[Assigned, OnLeave, Expiring30]),
            ("gone", slice(Some(Overlay::NotApplicable), until(1010), None), &[]),
        ];
        for (name, slice, expected) in rows {
            let found: Vec<Measure> = Measure::ALL.into_iter().filter(|one| one.holds(&slice, DAY)).collect();
            assert_eq!(found, expected, "{name}");
            let mut counts = Counts::default();
            counts.add(&slice, DAY, 3);
            for measure in Measure::ALL {
                assert_eq!(counts.of(measure), if expected.contains(&measure) { 3 } else { 0 }, "{name}");
            }
        }
    }

    #[test]
    fn a_share_is_all_or_none_only_when_it_is() {
        let rows = [(0, 1000, 0), (1, 1000, 1), (999, 1000, 99), (1000, 1000, 100), (1, 2, 50), (2, 3, 67)];
        for (part, whole, percent) in rows {
            assert_eq!(Share::of(part, whole).map(Share::percent), Some(percent), "{part} of {whole}");
        }
        assert_eq!(Share::of(0, 0), None);
    }

    proptest::proptest! {
        #[test]
        fn a_percentage_is_the_nearest_whole_one_but_for_all_and_none(part in 0..=u32::MAX, more in 0..=u32::MAX) {
            let Some(whole) = part.checked_add(more).filter(|whole| *whole > 0) else { return Ok(()) };
            let percent = Share { part, whole }.percent();
            proptest::prop_assert!(percent <= 100);
            proptest::prop_assert_eq!(percent == 100, part == whole);
            proptest::prop_assert_eq!(percent == 0, part == 0);
            // No further from the share than half of a hundredth, or than one where it must not say all or none.
            let off = (u128::from(percent) * u128::from(whole)).abs_diff(u128::from(part) * 100) * 2;
            let most = if percent == 1 || percent == 99 { 2 } else { 1 };
            proptest::prop_assert!(off <= u128::from(whole) * most, "{} of {} is {} %", part, whole, percent);
        }

        #[test]
        fn a_larger_part_is_no_smaller_percentage(whole in 1..=5000_u32, a in 0..=5000_u32, b in 0..=5000_u32) {
            let (small, large) = (a.min(b).min(whole), a.max(b).min(whole));
            let percent = |part| Share { part, whole }.percent();
            proptest::prop_assert!(percent(small) <= percent(large));
        }
    }

    #[test]
    fn every_name_is_its_own() {
        for measure in Measure::ALL {
            assert_eq!(Measure::parse(measure.as_str()), Some(measure));
            assert_eq!(Measure::ALL[measure as usize], measure);
        }
        assert_eq!(Measure::parse("late"), None);
    }
}
