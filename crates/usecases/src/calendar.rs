//! One's days as a calendar that other programs read by a secret link (RFC 5545).
//!
//! Whoever has the link reads titles and days, and nothing else. The secret is shown once, since only its hash is kept; a new one ends
//! the one before.

use jiff::{Timestamp, ToSpan as _, civil::Date, civil::DateTime, tz::TimeZone};
use records::answer::{Overlay, Timing};
use store::{PersonId, RequirementId};

use crate::{Failure, Usecases, clock, secret, who::Who};

/// The most octets of a line, without its end (RFC 5545, section 3.1).
const LINE: usize = 75;
/// For how many days something that is over stays.
const KEPT: i32 = 365;

/// A day in a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEntry {
    /// What names it for good, so that a later reading moves it instead of adding another.
    pub uid: String,
    /// The day.
    pub on: Date,
    /// What is on that day, in a few words.
    pub summary: String,
    /// Anything more, as plain text; none says nothing.
    pub description: Option<String>,
    /// The page it is about; until it is known how the site is reached, its path.
    pub url: Option<String>,
}

/// What a day of somebody's training is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayKind {
    /// What was asked is to be done by then.
    Due,
    /// It was to be done by then, and is still open.
    Overdue,
    /// What was done counts through it.
    ValidThrough,
}

/// A day of somebody's training.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingDay {
    /// What it is.
    pub kind: DayKind,
    /// The number of what it is about, which its entry keeps when the day moves.
    pub of: i64,
    /// The requirement it comes from; none where nobody asks for it.
    pub requirement: Option<RequirementId>,
    /// What it is about, as people call it.
    pub title: String,
    /// The day.
    pub on: Date,
}

impl TrainingDay {
    fn entry(&self, person: PersonId) -> CalendarEntry {
        let (name, words) = match self.kind {
            DayKind::Due => ("due", "Due".to_owned()),
            // The same entry, which says something else from the day after on.
            DayKind::Overdue => ("due", format!("Overdue since {}", clock::date_words(self.on))),
            DayKind::ValidThrough => ("valid-through", "Valid through this day".to_owned()),
        };
        CalendarEntry {
            uid: format!("{name}-{person}-{}@bedside", self.of),
            on: self.on,
            summary: format!("{words}: {}", self.title),
            description: None,
            url: Some(self.requirement.map_or_else(|| "/".to_owned(), |id| format!("/why/{id}"))),
        }
    }
}

/// A calendar as text: all-day entries, each with the instant `now` as the one at which it was written.
///
/// # Examples
///
/// ```
/// use usecases::calendar::{CalendarEntry, written};
///
/// let entry = CalendarEntry {
///     uid: "valid-3@bedside".to_owned(),
///     on: jiff::civil::date(2027, 2, 5),
///     summary: "Valid through: Being heard".to_owned(),
///     description: None,
///     url: None,
/// };
/// let text = written("My training", &[entry], "2026-03-01T23:30:00Z".parse().unwrap());
/// assert!(text.contains("DTSTART;VALUE=DATE:20270205\r\n"));
/// assert!(text.contains("DTSTAMP:20260301T233000Z\r\n"));
/// ```
#[must_use]
pub fn written(name: &str, entries: &[CalendarEntry], now: Timestamp) -> String {
    let stamp = TimeZone::UTC.to_datetime(now).strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut out = String::new();
    for fixed in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bedside//Calendar//EN", "CALSCALE:GREGORIAN"] {
        line(&mut out, fixed);
    }
    line(&mut out, &format!("NAME:{}", text(name)));
    line(&mut out, &format!("X-WR-CALNAME:{}", text(name)));
    // Twice a day is often enough for days.
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION:PT12H");
    for entry in entries {
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{}", text(&entry.uid)));
        line(&mut out, &format!("DTSTAMP:{stamp}"));
        line(&mut out, &format!("DTSTART;VALUE=DATE:{}", day(entry.on)));
        // The end is the first day that is none of it.
        line(&mut out, &format!("DTEND;VALUE=DATE:{}", day(entry.on.saturating_add(1.day()))));
        line(&mut out, &format!("SUMMARY:{}", text(&entry.summary)));
        if let Some(description) = &entry.description {
            line(&mut out, &format!("DESCRIPTION:{}", text(description)));
        }
        if let Some(url) = &entry.url {
            // An address is not escaped; what cannot stand in one is left out.
            let url: String = url.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
            line(&mut out, &format!("URL:{url}"));
        }
        // A day to keep in mind, on which one is not busy.
        line(&mut out, "TRANSP:TRANSPARENT");
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn day(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}

/// Text as it may stand in a value (RFC 5545, section 3.3.11); control characters but for line breaks are left out.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a line, folded where it is too long, and never within a character.
fn line(out: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > LINE {
            // The blank that a folded line begins with counts.
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

impl Usecases {
    /// When one's own calendar link was made, by the site's clocks; none where there is none.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn calendar_link(&self, who: &Who) -> Result<Option<DateTime>, Failure> {
        let local = self.local().await?;
        Ok(self.store.calendar_link(who.person).await?.map(local))
    }

    /// Makes a new secret for one's own calendar, which ends the one before. It is given this once.
    ///
    /// # Errors
    /// [`Failure::Store`], [`Failure::Internal`].
    pub async fn make_calendar_link(&self, who: &Who, now: Timestamp) -> Result<String, Failure> {
        let token = secret::token()?;
        let noting = self.noting(who, "calendar.made", who.person, "", now);
        noting.make_calendar_link(who.person, &secret::hash(&token), now.as_microsecond()).await?;
        Ok(token)
    }

    /// Ends one's own calendar link; one that is not there has ended.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn end_calendar_link(&self, who: &Who, now: Timestamp) -> Result<(), Failure> {
        let _ended = self.noting(who, "calendar.ended", who.person, "", now).end_calendar_link(who.person).await?;
        Ok(())
    }

    /// The calendar of a secret, as text; `site` is how the site is reached. Every secret costs one hash and one look, whether there is a
    /// calendar or not.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where nobody has this secret, or no longer; [`Failure::Store`].
    pub async fn calendar(&self, secret: &str, site: &str, now: Timestamp) -> Result<String, Failure> {
        let person = self.store.calendar_of(&secret::hash(secret)).await?.ok_or(Failure::NotFound)?;
        let mut entries = self.calendar_entries(person, now).await?;
        for entry in &mut entries {
            entry.url = entry.url.take().map(|path| format!("{}{path}", site.trim_end_matches('/')));
        }
        Ok(written("My training", &entries, now))
    }

    /// The calendar of somebody's training: what the days of [`training_days`](Self::training_days) look like in it, by day.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn calendar_entries(&self, person: PersonId, now: Timestamp) -> Result<Vec<CalendarEntry>, Failure> {
        let mut days = self.training_days(person, now).await?;
        days.sort_by(|a, b| (a.on, a.kind, &a.title).cmp(&(b.on, b.kind, &b.title)));
        Ok(days.iter().map(|day| day.entry(person)).collect())
    }

    /// The days of somebody's training that are worth a line in a calendar, those that are over for a year or less included: of what is
    /// asked of them as it stands, else the last days of what was completed last.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn training_days(&self, person: PersonId, now: Timestamp) -> Result<Vec<TrainingDay>, Failure> {
        let since = self.today(now).await? - KEPT;
        let live = self.store.live_documents("module").await?;
        let mut seen = Vec::new();
        let mut days = Vec::new();
        for asked in self.asked_of(person, now).await? {
            if asked.standing.overlay == Some(Overlay::NotApplicable) {
                continue;
            }
            seen.push(asked.document);
            let overdue = asked.standing.overlay.is_none() && asked.standing.timing == Some(Timing::Overdue);
            let due = if overdue { DayKind::Overdue } else { DayKind::Due };
            let both = [(due, asked.standing.due), (DayKind::ValidThrough, asked.standing.valid_through)];
            for (kind, day) in both {
                if let Some(day) = day.filter(|day| day.0 >= since) {
                    days.push(TrainingDay {
                        kind,
                        of: asked.requirement.0,
                        requirement: Some(asked.requirement),
                        title: asked.name.clone(),
                        on: day.date(),
                    });
                }
            }
        }
        // An entry keeps its name when the day moves; what nobody asks for goes by its completion's document.
        let own = i64::from(u32::MAX);
        for completed in self.store.completions_of(person).await? {
            if seen.contains(&completed.document) {
                continue;
            }
            seen.push(completed.document);
            let Some(last) = completed.valid_through.filter(|last| *last >= since) else { continue };
            let Some(live) = live.iter().find(|live| live.document == completed.document) else { continue };
            days.push(TrainingDay {
                kind: DayKind::ValidThrough,
                of: own + completed.document.0,
                requirement: None,
                title: live.title.clone(),
                on: clock::date_of(last),
            });
        }
        Ok(days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn entry(summary: &str) -> CalendarEntry {
        CalendarEntry {
            uid: "a-1@bedside".to_owned(),
            on: date(2026, 12, 31),
            summary: summary.to_owned(),
            description: None,
            url: None,
        }
    }

    fn now() -> Timestamp {
        "2026-03-01T23:30:00Z".parse().expect("an instant")
    }

    /// The lines as a program reads them: unfolded.
    fn read(text: &str) -> Vec<String> {
        assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
        text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_calendar_is_written_as_programs_read_it() {
        let full = CalendarEntry {
            description: Some("One\r\nTwo".to_owned()),
            url: Some("https://clinic.example/\r\nATTACH:x".to_owned()),
            ..entry("Due: Falls, and; how \\ to\u{7} prevent them")
        };
        let lines = read(&written("My training", &[full], now()));
        let expected = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Bedside//Calendar//EN",
            "CALSCALE:GREGORIAN",
            "NAME:My training",
            "X-WR-CALNAME:My training",
            "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
            "BEGIN:VEVENT",
            "UID:a-1@bedside",
            "DTSTAMP:20260301T233000Z",
            "DTSTART;VALUE=DATE:20261231",
            "DTEND;VALUE=DATE:20270101",
            "SUMMARY:Due: Falls\\, and\\; how \\\\ to prevent them",
            "DESCRIPTION:One\\nTwo",
            "URL:https://clinic.example/ATTACH:x",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
            "END:VCALENDAR",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn long_lines_are_folded_at_75_octets_and_never_within_a_character() {
        for word in ["a", "é", "語", "🙂", "a,é;語\\🙂"] {
            for count in [1, 20, 66, 67, 68, 75, 200] {
                let summary = word.repeat(count);
                let written = written("x", &[entry(&summary)], now());
                assert!(written.split("\r\n").all(|line| line.len() <= LINE), "{summary}");
                let line = read(&written).into_iter().find(|line| line.starts_with("SUMMARY:")).expect("a summary");
                assert_eq!(line, format!("SUMMARY:{}", text(&summary)));
            }
        }
    }

    #[test]
    fn a_day_that_moves_keeps_its_entry_and_what_is_due_is_another_than_what_is_valid() {
        let day = |kind, on| {
            let requirement = Some(RequirementId(3));
            TrainingDay { kind, of: 3, requirement, title: "Falls".to_owned(), on }.entry(PersonId(7))
        };
        let due = day(DayKind::Due, date(2026, 5, 1));
        let moved = day(DayKind::Due, date(2026, 6, 1));
        assert_eq!((due.summary.as_str(), due.on), ("Due: Falls", date(2026, 5, 1)));
        assert_eq!((&moved.uid, moved.on), (&due.uid, date(2026, 6, 1)));
        assert_eq!(due.url.as_deref(), Some("/why/3"));
        let overdue = day(DayKind::Overdue, date(2026, 5, 1));
        assert_eq!((overdue.summary.as_str(), overdue.on), ("Overdue since 1 May 2026: Falls", date(2026, 5, 1)));
        assert_eq!(overdue.uid, due.uid, "the same entry says something else");
        let valid = day(DayKind::ValidThrough, date(2026, 5, 1));
        assert_eq!(valid.summary, "Valid through this day: Falls");
        assert_ne!(valid.uid, due.uid);
    }

    #[test]
    fn the_same_days_are_the_same_text() {
        let entries = [entry("Due"), entry("Valid through")];
        assert_eq!(written("x", &entries, now()), written("x", &entries, now()));
    }
}
