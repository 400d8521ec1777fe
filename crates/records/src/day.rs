//! Civil days and calendar periods (schedule.md, rules 1 and 2).

use std::fmt;

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, date},
    tz::TimeZone,
};

/// A civil day in the site's zone, counted from 1970-01-01, as the store keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// A day so far away that nothing is reckoned beyond it: "until further notice".
    pub const FAR: Self = Self(2_900_000);

    /// The day of a civil date.
    pub fn of(date: Date) -> Self {
        Self((date - EPOCH).get_days())
    }

    /// The day it is at an instant in a zone.
    pub fn at(instant: Timestamp, zone: &TimeZone) -> Self {
        Self::of(zone.to_datetime(instant).date())
    }

    /// The civil date; the last there is, 9999-12-31, for days beyond.
    pub fn date(self) -> Date {
        EPOCH.saturating_add(i64::from(self.0).days())
    }

    /// So many days later; earlier for a negative number.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).min(Self::FAR.0))
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }
}

const EPOCH: Date = date(1970, 1, 1);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

/// A calendar period: days (weeks are seven of them) or months (years are twelve).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// So many days.
    Days(i32),
    /// So many calendar months.
    Months(i32),
}

impl Period {
    /// Reads `N days|weeks|months|years`, singular too (D22).
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.trim().split_once(char::is_whitespace)?;
        let number: i32 = number.parse().ok().filter(|number| (0..=36_525).contains(number))?;
        match unit.trim() {
            "day" | "days" => Some(Self::Days(number)),
            "week" | "weeks" => Some(Self::Days(number * 7)),
            "month" | "months" => Some(Self::Months(number)),
            "year" | "years" => Some(Self::Months(number * 12)),
            _ => None,
        }
        .filter(|period| period.days() <= 36_525)
    }

    /// Its length in days for comparing: N months are N × 365 / 12, rounded down.
    pub fn days(self) -> i32 {
        match self {
            Self::Days(days) => days,
            Self::Months(months) => i32::try_from(i64::from(months) * 365 / 12).unwrap_or(i32::MAX),
        }
    }

    /// The day so many times this period after `day`, counted in one go so that nothing is lost by clamping (rule 2).
    pub fn after(self, day: Day, times: i32) -> Day {
        match self {
            Self::Days(days) => day.plus(days.saturating_mul(times)),
            Self::Months(months) => add_months(day, months.saturating_mul(times)),
        }
    }

    /// The day this period before `day`.
    pub fn before(self, day: Day) -> Day {
        self.after(day, -1)
    }
}

/// Months later, clamped to the last day of the month (rule 2).
fn add_months(day: Day, months: i32) -> Day {
    let date = day.date();
    let month = i32::from(date.year()) * 12 + i32::from(date.month()) - 1 + months;
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let (Ok(year), Ok(month)) = (i16::try_from(year), i8::try_from(month)) else { return Day::FAR };
    let Ok(first) = Date::new(year, month, 1) else { return Day::FAR };
    let last = first.days_in_month();
    Date::new(year, month, date.day().min(last)).map_or(Day::FAR, |date| Day::of(date).min(Day::FAR))
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match *self {
            Self::Days(days) => (days, "day"),
            Self::Months(months) => (months, "month"),
        };
        write!(f, "{number} {unit}{}", if number == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::of(text.parse().expect("a date"))
    }

    #[test]
    fn months_are_counted_from_the_anchor_and_clamped() {
        let rows = [
            ("2026-01-31", 1, "2026-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2026-01-31", 2, "2026-03-31"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-29"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2026-01-15", -1, "2025-12-15"),
        ];
        for (from, months, to) in rows {
            assert_eq!(Period::Months(months).after(day(from), 1), day(to), "{from} + {months}");
        }
    }

    #[test]
    fn periods_are_read_as_they_are_said() {
        assert_eq!(Period::parse("12 months"), Some(Period::Months(12)));
        assert_eq!(Period::parse("1 week"), Some(Period::Days(7)));
        assert_eq!(Period::parse("2 years"), Some(Period::Months(24)));
        assert_eq!(Period::parse("1 day").map(|period| period.to_string()).as_deref(), Some("1 day"));
        for wrong in ["", "12", "months", "-3 days", "1.5 months", "3 moons", "999999 years"] {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_instant_belongs_to_the_day_of_the_sites_clocks() {
        let rows = [
            ("2026-03-01T23:30:00Z", "Africa/Lagos", "2026-03-02"),
            ("2026-01-01T10:30:00Z", "Pacific/Kiritimati", "2026-01-02"),
            ("2026-01-01T10:30:00Z", "Pacific/Pago_Pago", "2025-12-31"),
            // The clocks go forward in the night to 29 March and back in the night to 25 October.
            ("2026-03-28T22:59:59Z", "Europe/Berlin", "2026-03-28"),
            ("2026-03-28T23:00:00Z", "Europe/Berlin", "2026-03-29"),
            ("2026-03-29T21:59:59Z", "Europe/Berlin", "2026-03-29"),
            ("2026-03-29T22:00:00Z", "Europe/Berlin", "2026-03-30"),
            ("2026-10-25T22:59:59Z", "Europe/Berlin", "2026-10-25"),
            ("2026-10-25T23:00:00Z", "Europe/Berlin", "2026-10-26"),
            // This day began at one o'clock, and in Samoa one day never was.
            ("2018-11-04T02:59:59Z", "America/Sao_Paulo", "2018-11-03"),
            ("2018-11-04T03:00:00Z", "America/Sao_Paulo", "2018-11-04"),
            ("2011-12-30T09:59:59Z", "Pacific/Apia", "2011-12-29"),
            ("2011-12-30T10:00:00Z", "Pacific/Apia", "2011-12-31"),
        ];
        for (instant, zone, on) in rows {
            let zone = TimeZone::get(zone).expect("a zone");
            assert_eq!(Day::at(instant.parse().expect("an instant"), &zone), day(on), "{instant} in {zone:?}");
        }
    }

    #[test]
    fn no_day_of_a_year_is_lost_or_doubled() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("an instant");
        for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "America/New_York", "Africa/Lagos"] {
            let zone = TimeZone::get(zone).expect("a zone");
            let mut last = Day::at(start, &zone);
            let first = last;
            for half_hours in 1..=365 * 48 {
                let next = Day::at(start + jiff::SignedDuration::from_mins(30 * half_hours), &zone);
                assert!(next == last || next == last.next(), "{last} and then {next} in {zone:?}");
                last = next;
            }
            assert_eq!(last, first.plus(365));
        }
    }

    #[test]
    fn a_day_is_its_date() {
        for text in ["1969-12-31", "1970-01-01", "2028-02-29", "9000-01-01"] {
            assert_eq!(day(text).to_string(), text);
        }
    }
}
