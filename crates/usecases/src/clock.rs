//! The one place that reads the clock; everything else takes `now` as an argument (architecture.md, rule 8).

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The present instant.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The civil day it is at `now` in the site's zone; UTC's where the zone's name is not known, which set-up refuses.
pub fn day_in(now: Timestamp, zone: &str) -> Date {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    zone.to_datetime(now).date()
}

/// Days since 1970-01-01, the form in which the store keeps a civil date.
pub fn day_number(day: Date) -> i32 {
    (day - jiff::civil::date(1970, 1, 1)).get_days()
}

/// The civil date of a day number; the nearest one that exists where the number is out of range.
pub fn date_of(day_number: i32) -> Date {
    jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().try_days(day_number).unwrap_or_default())
}

/// A date as people write it: 5 Feb 2027.
pub fn date_words(date: Date) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // A month counts from 1. Files of millions of dates are made of this: a format string would be most of the work.
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{} {month} {}", date.day(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_sites_day_and_not_utcs() {
        let late: Timestamp = "2026-03-01T23:30:00Z".parse().expect("an instant");
        assert_eq!(day_in(late, "Africa/Lagos"), jiff::civil::date(2026, 3, 2));
        assert_eq!(day_in(late, "UTC"), jiff::civil::date(2026, 3, 1));
    }

    #[test]
    fn a_date_is_written_as_people_write_it() {
        for (date, words) in [((2027, 2, 5), "5 Feb 2027"), ((2026, 12, 31), "31 Dec 2026"), ((999, 1, 1), "1 Jan 999")]
        {
            assert_eq!(date_words(jiff::civil::date(date.0, date.1, date.2)), words);
        }
    }

    #[test]
    fn a_date_and_its_number_are_one() {
        for day in [jiff::civil::date(1970, 1, 1), jiff::civil::date(2028, 2, 29), jiff::civil::date(1969, 12, 31)] {
            assert_eq!(date_of(day_number(day)), day);
        }
        assert_eq!(day_number(jiff::civil::date(1971, 1, 1)), 365);
    }
}
