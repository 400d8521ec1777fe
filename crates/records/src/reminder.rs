//! When somebody is reminded of what (rule 19 of schedule.md): each thing once, at most two messages a week, never on leave, and never
//! old news, however long nobody looked.

use crate::{day::Day, schedule::Slice};

/// At most so many messages …
pub const MESSAGES: usize = 2;
/// … in so many days, today counted.
pub const IN_DAYS: i32 = 7;
/// Days before the due date, the first reminder first.
const BEFORE: [i32; 3] = [30, 14, 3];
/// Days after it: the first, the second, and from then on weekly.
const FIRST_AFTER: i32 = 1;
const WEEK: i32 = 7;

/// What somebody is reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It was assigned.
    Assigned,
    /// Its renewal has opened.
    Window,
    /// It is due in so many days.
    Before,
    /// It has been overdue for so many days; the manager is told too.
    Overdue,
    /// Somebody who answers for them asked them to. It comes once a day, whatever else they are reminded of.
    Asked,
}

impl Kind {
    /// The word under which it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Window => "window",
            Self::Before => "before",
            Self::Overdue => "overdue",
            Self::Asked => "asked",
        }
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Assigned, Self::Window, Self::Before, Self::Overdue, Self::Asked]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// A reminder; together with the obligation it is sent once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reminder {
    /// The cycle.
    pub cycle: u32,
    /// Of what.
    pub kind: Kind,
    /// How many days before or after the due date it stands for; 0 where that says nothing. Of what somebody asked for it is the day
    /// itself, which makes it one a day.
    pub days: i32,
}

/// What somebody is to be reminded of on a day about an obligation, as it stands: the latest that has come, so that what was missed in
/// between is never told afterwards. None on leave, while exempt, and where nothing is open.
///
/// Whether it was sent already is for the caller to know.
pub fn due(slice: &Slice, today: Day) -> Option<Reminder> {
    let open = slice.open.filter(|_| slice.overlay.is_none() && !slice.away)?;
    let cycle = slice.cycle_no;
    let at = |kind, days| Reminder { cycle, kind, days };
    let opened = at(if open.renewal { Kind::Window } else { Kind::Assigned }, 0);
    let Some(due) = open.due.filter(|due| *due < Day::FAR) else { return Some(opened) };
    let left = due.0 - today.0;
    if left < 0 {
        let weeks = -left / WEEK;
        return Some(at(Kind::Overdue, if weeks == 0 { FIRST_AFTER } else { weeks * WEEK }));
    }
    // Of one day, that it is new says more than how many days there are.
    let before = BEFORE.into_iter().rev().find(|days| left <= *days && due.0 - days > open.opened.0);
    Some(before.map_or(opened, |days| at(Kind::Before, days)))
}

/// What is kept when somebody asks a person on a day to do what is open.
pub fn asked(slice: &Slice, today: Day) -> Reminder {
    Reminder { cycle: slice.cycle_no, kind: Kind::Asked, days: today.0 }
}

/// Whether another message may go to somebody today, who got messages on those days.
pub fn may_write(sent_on: impl IntoIterator<Item = Day>, today: Day) -> bool {
    let lately = sent_on.into_iter().filter(|day| *day > today.plus(-IN_DAYS) && *day <= today);
    lately.count() < MESSAGES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        answer::Overlay,
        schedule::{Held, Open},
    };

    const DUE: Day = Day(1000);

    fn slice(opened: i32, renewal: bool) -> Slice {
        Slice {
            from: Day(opened),
            overlay: None,
            credit: Held::No,
            open: Some(Open {
                opened: Day(opened),
                due: Some(DUE),
                missing: None,
                renewal,
                refresher_until: None,
                late: false,
            }),
            cycle_no: 3,
            last_late: false,
            away: false,
        }
    }

    #[test]
    fn each_day_has_the_latest_reminder_that_has_come() {
        let rows = [
            (940, 940, false, Kind::Assigned, 0),
            (940, 969, false, Kind::Assigned, 0),
            (940, 970, false, Kind::Before, 30),
            (940, 985, false, Kind::Before, 30),
            (940, 986, false, Kind::Before, 14),
            (940, 997, false, Kind::Before, 3),
            (940, 1000, false, Kind::Before, 3),
            (940, 1001, false, Kind::Overdue, 1),
            (940, 1006, false, Kind::Overdue, 1),
            (940, 1007, false, Kind::Overdue, 7),
            (940, 1013, false, Kind::Overdue, 7),
            (940, 1014, false, Kind::Overdue, 14),
            (940, 1030, false, Kind::Overdue, 28),
            // A renewal tells that it has opened.
            (940, 945, true, Kind::Window, 0),
            // Assigned 30 days before its due date: it is new, and that is told once.
            (970, 970, false, Kind::Assigned, 0),
            (970, 986, false, Kind::Before, 14),
            // Nobody looked for weeks: only the latest.
            (980, 999, false, Kind::Before, 3),
        ];
        for (opened, today, renewal, kind, days) in rows {
            let found = due(&slice(opened, renewal), Day(today));
            assert_eq!(found, Some(Reminder { cycle: 3, kind, days }), "opened {opened}, on {today}");
        }
    }

    #[test]
    fn nobody_is_reminded_while_nothing_is_asked() {
        let today = Day(1001);
        for overlay in [Overlay::OnLeave, Overlay::Exempt, Overlay::NotApplicable] {
            assert_eq!(due(&Slice { overlay: Some(overlay), ..slice(940, false) }, today), None);
        }
        assert_eq!(due(&Slice { open: None, ..slice(940, false) }, today), None);
        // Back from leave, the latest is told and nothing before it.
        assert!(due(&slice(940, false), today).is_some());
    }

    #[test]
    fn without_a_date_only_that_it_is_asked_is_told() {
        let mut slice = slice(940, false);
        slice.open = slice.open.map(|open| Open { due: None, ..open });
        assert_eq!(due(&slice, Day(2000)).map(|reminder| reminder.kind), Some(Kind::Assigned));
    }

    #[test]
    fn two_messages_in_seven_days_are_enough() {
        let today = Day(100);
        let days = |days: &[i32]| days.iter().map(|day| Day(*day)).collect::<Vec<_>>();
        assert!(may_write(days(&[]), today));
        assert!(may_write(days(&[94]), today));
        assert!(!may_write(days(&[94, 97]), today));
        assert!(may_write(days(&[93, 97]), today), "that was a week ago");
        assert!(may_write(days(&[97, 101]), today), "a clock that was set back forbids nothing");
    }
}
