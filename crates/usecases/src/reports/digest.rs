//! What managers get once a week: how their departments stand, when there is something to do. It is also how they are told who is
//! overdue (rule 19 of schedule.md), so that nobody gets the same twice: whoever has switched summaries off gets that much of it, once a
//! week too, since it is duty.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use records::{
    day::Day,
    report::{Counts, Measure},
};
use store::{Line, Managing, MessageKind, NewMessage};

use super::{
    Filters, Typed,
    lines::{Count, thousands},
    saved::address,
    scope::Scope,
};
use crate::{
    Failure, Usecases,
    clock::{date_of, date_words},
    letter::{Letter, Recipient},
    obligations::state_words,
    reports::Report,
};

/// How many of the most urgent rows a message holds.
const ROWS: usize = 10;
/// How many messages are queued together.
const TOGETHER: usize = 50;
/// The numbers that say whether there is something to do.
const NUMBERS: [Measure; 5] =
    [Measure::Overdue, Measure::DueSoon, Measure::Grace, Measure::Lapsed, Measure::Expiring30];

/// Of what a manager's message is made.
struct Week<'a> {
    scope: &'a Scope,
    counts: Counts,
    /// Those who answer for everybody see more on the page than they manage: this narrows it.
    narrowed: Typed,
}

impl Usecases {
    /// Writes to everybody who manages a department, or stands in for somebody who does, and was not written to this week: on the first
    /// working day of it on which there is something to do. That is Monday, or the day on which a pass that did not run is made up
    /// for. Gives how many messages that were.
    ///
    /// # Errors
    /// [`Failure::Store`]. What was queued before stays; the next pass goes on.
    pub(crate) async fn write_digests(&self, now: Timestamp) -> Result<u64, Failure> {
        let today = self.today(now).await?;
        let week = date_of(today).iso_week_date();
        let prefix = format!("digest/{}-W{:02}/", week.year(), week.week());
        let zone = TimeZone::get(&self.zone().await?).unwrap_or(TimeZone::UTC);
        let written = self.store.written_to_since(&prefix, since(date_of(today), &zone)).await?;
        let (mut seen, mut messages, mut sent) = (BTreeSet::new(), Vec::new(), 0);
        for manager in self.store.managing(today).await? {
            if written.contains_key(&manager.person) || !seen.insert(manager.person) {
                continue;
            }
            messages.extend(self.digest(&manager, &prefix, today, now).await?);
            if messages.len() >= TOGETHER {
                sent += self.store.queue_messages(&messages, now.as_microsecond()).await?;
                messages.clear();
            }
        }
        if !messages.is_empty() {
            sent += self.store.queue_messages(&messages, now.as_microsecond()).await?;
        }
        Ok(sent)
    }

    /// One manager's message, made with their own rights; nothing where nothing is to be done, or they cannot be written to.
    async fn digest(
        &self,
        manager: &Managing,
        prefix: &str,
        today: i32,
        now: Timestamp,
    ) -> Result<Option<NewMessage>, Failure> {
        let (person, Some(email)) = (manager.person, &manager.email) else { return Ok(None) };
        let Some(who) = self.who_at(person, now).await? else { return Ok(None) };
        let mut narrowed = Typed::default();
        if who.administrator {
            narrowed.manager = person.to_string();
        }
        let who = who.manager_only();
        if who.manages.is_empty() || self.is_away(person, today).await? {
            return Ok(None);
        }
        let filters = Filters::default();
        let scope = self.scope(&who, &filters, now).await?;
        let mut counts = Counts::default();
        for some in self.counts_of(&scope, &scope.places, &filters, now).await? {
            counts.join(&some);
        }
        let stopped = self.store.stopped_mail(person).await?.contains(&MessageKind::Digest);
        let asked = if stopped { &[Measure::Overdue][..] } else { &NUMBERS[..] };
        if asked.iter().all(|measure| counts.of(*measure) == 0) {
            return Ok(None);
        }
        let week = Week { scope: &scope, counts, narrowed };
        let urgent = if stopped { Measure::Overdue } else { Measure::ToDo };
        let rows = self.most_urgent(&scope, urgent, now).await?;
        // What is theirs alone they are reminded of themselves.
        let only_own = rows.len() < ROWS && rows.iter().all(|line| line.obligation.person == person);
        if only_own && (stopped || counts.of(Measure::Expiring30) == 0) {
            return Ok(None);
        }
        let to = Recipient { person, name: &manager.name, address: email };
        let key = format!("{prefix}{person}");
        let letter = Letter::to(&manager.name);
        if stopped {
            let letter = week.rows(letter.paragraph("This is overdue in your departments."), &rows, Measure::Overdue);
            let letter = letter
                .paragraph("Those it concerns were reminded too.")
                .link("Open the list", &week.link(Measure::Overdue));
            return Ok(Some(letter.message(MessageKind::Duty, &key, to, &week.subject(asked))));
        }
        let newly = self.newly_overdue(&scope, now).await?;
        let mut letter = letter.paragraph(&week.where_words());
        for one in self.stands_in(&who, now).await? {
            let words =
                format!("You stand in for {} until {}, and get this as they would.", one.manager, date_words(one.to));
            letter = letter.paragraph(&words);
        }
        letter = week.numbers(letter).paragraph(&week.change(newly));
        if !rows.is_empty() {
            letter = week.rows(letter.heading("The most urgent"), &rows, Measure::ToDo);
        }
        let letter = letter
            .link("Open the list, to remind, extend, exempt or record", &week.page(Report::Actions, |_| ()))
            .link("How your departments stand", &week.page(Report::Departments, |_| ()));
        Ok(Some(letter.message(MessageKind::Digest, &key, to, &week.subject(asked))))
    }

    /// The first rows of what is to be done, by due date.
    async fn most_urgent(&self, scope: &Scope, measure: Measure, now: Timestamp) -> Result<Vec<Line>, Failure> {
        let mut lines = self.walk(scope, (measure, &Filters::default()), now).await?;
        let mut rows = Vec::new();
        while rows.len() < ROWS {
            let Some(part) = lines.next().await? else { break };
            rows.extend(part);
        }
        rows.truncate(ROWS);
        Ok(rows)
    }

    /// How many obligations have become overdue within seven days: their due date lies that long back at most.
    async fn newly_overdue(&self, scope: &Scope, now: Timestamp) -> Result<Count, Failure> {
        let (from, to) = last_week(scope.day);
        let filters = Filters { due_from: Some(from), due_to: Some(to), ..Filters::default() };
        let lines = self.walk(scope, (Measure::Overdue, &filters), now).await?;
        self.count_lines(scope, (Measure::Overdue, &filters), &lines, now).await
    }
}

impl Week<'_> {
    /// A report as they open it.
    fn page(&self, report: Report, change: impl FnOnce(&mut Typed)) -> String {
        address(report, &self.narrowed.with(change).query())
    }

    fn link(&self, measure: Measure) -> String {
        self.page(Report::Actions, |typed| measure.as_str().clone_into(&mut typed.status))
    }

    /// The first numbers that are not nought, the most urgent first.
    fn subject(&self, asked: &[Measure]) -> String {
        let numbers = asked.iter().filter(|measure| self.counts.of(**measure) > 0).take(3);
        let words = numbers.map(|&measure| format!("{} {}", self.number(measure), short(measure)));
        format!("Your team this week: {}", words.collect::<Vec<_>>().join(", "))
    }

    fn number(&self, measure: Measure) -> String {
        thousands(u64::from(self.counts.of(measure)))
    }

    fn where_words(&self) -> String {
        match &self.scope.places[..] {
            [place] => format!("This is how {} stands today.", self.scope.path(*place)),
            places => format!("This is how your {} departments stand today, together.", places.len()),
        }
    }

    /// The numbers, each with the way to the people behind it.
    fn numbers(&self, letter: Letter) -> Letter {
        let letter = match self.counts.of(Measure::Overdue) {
            0 => letter.paragraph("Nobody is overdue."),
            _ => letter,
        };
        let some = NUMBERS.into_iter().filter(|measure| self.counts.of(*measure) > 0);
        let items: Vec<(String, String)> = some
            .map(|measure| (format!("{}: {}", measure.words(), self.number(measure)), self.link(measure)))
            .collect();
        letter.list(items.iter().map(|(words, path)| (words.as_str(), Some(path.as_str()))))
    }

    /// What is other than a week ago, in a sentence.
    fn change(&self, newly: Count) -> String {
        let many = match newly {
            Count::Exactly(0) => return "In the last seven days nothing became overdue.".to_owned(),
            Count::Exactly(many) => thousands(many),
            Count::MoreThan(many) => format!("more than {}", thousands(many)),
        };
        format!("New since last week: {many} became overdue in the last seven days.")
    }

    fn rows(&self, letter: Letter, rows: &[Line], all: Measure) -> Letter {
        let alone = self.scope.places.len() == 1;
        let items: Vec<(String, String)> = rows
            .iter()
            .map(|line| {
                let place = if alone { String::new() } else { format!(" ({})", self.scope.path(line.department)) };
                let what = self.scope.requirement(line.obligation.requirement);
                let words = format!("{}{place}: {what}, {}", line.name, stands(line, Day(self.scope.day)));
                (words, format!("/team/{}/training", line.obligation.person))
            })
            .collect();
        let letter = letter.list(items.iter().map(|(words, path)| (words.as_str(), Some(path.as_str()))));
        match usize::try_from(self.counts.of(all)).unwrap_or_default().saturating_sub(rows.len()) {
            0 => letter,
            more => letter.paragraph(&format!("And {} more.", thousands(more as u64))),
        }
    }
}

/// A number's words after it.
fn short(measure: Measure) -> &'static str {
    match measure {
        Measure::Overdue => "overdue",
        Measure::DueSoon => "due soon",
        Measure::Grace => "in grace",
        Measure::Lapsed => "lapsed",
        _ => "valid for 30 days or less",
    }
}

/// How an obligation stands, in words that follow its name.
fn stands(line: &Line, today: Day) -> String {
    let standing = line.obligation.slice.at(today);
    match standing.due {
        Some(due) if due < today => format!("was due {}", date_words(due.date())),
        Some(due) if due == today => "due today".to_owned(),
        Some(due) => format!("due {}", date_words(due.date())),
        None => state_words(standing.coverage, standing.timing, standing.overlay).to_lowercase(),
    }
}

/// The due dates that have passed within seven days: first and last.
fn last_week(today: i32) -> (Date, Date) {
    (date_of(today.saturating_sub(7)), date_of(today.saturating_sub(1)))
}

/// The instant from which messages of this week may have been made, a day to spare.
fn since(today: Date, zone: &TimeZone) -> i64 {
    let first = today.saturating_sub(7.days());
    zone.to_timestamp(first.at(0, 0, 0, 0)).map_or(0, Timestamp::as_microsecond)
}
