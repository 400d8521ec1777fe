//! Reminders (rule 19 of schedule.md): a pass over everybody on working days, one gathered message a person, at most two a week; then
//! managers are told once a week (`reports::digest`), and views are mailed (`reports::mailing`). It may run as often as it likes and on
//! as many servers: nothing goes out twice.

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use records::{
    day::Day,
    recall,
    reminder::{self, Reminder},
};
use store::{MessageKind, NewMessage, Obligation, PersonId, Reachable, Reminded, RequirementId};

use crate::{
    Failure, Usecases, clock,
    letter::{Letter, Recipient},
    obligations::{Overlay, Standing},
    place_of,
    who::Who,
};

/// How many people are looked at at a time.
const PART: i64 = 2000;
/// From which hour of the day on, in the site's zone.
const MORNING: i8 = 6;
/// How many letters a reason may have.
const REASON: usize = 500;
/// For how many days a prompt that could not go out is tried again.
const RECALL_TRIES: i32 = 3;

/// What a pass came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// How many messages were queued.
    pub messages: u64,
    /// How many people would have been written to, had they an e-mail address.
    pub without_address: u64,
}

/// What came of reminding one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminding {
    /// A message goes out.
    Sent,
    /// Nothing is open for them.
    NothingOpen,
    /// They are on leave, and nobody is reminded there.
    OnLeave,
    /// They have no e-mail address.
    NoAddress,
    /// They were reminded by somebody today.
    Already,
}

/// What everybody's messages need to know.
pub(crate) struct Day0 {
    zone: TimeZone,
    pub(crate) today: Day,
    date: Date,
    now: i64,
    /// What each requirement is called, and where it is done.
    pub(crate) names: HashMap<RequirementId, (String, String)>,
}

impl Usecases {
    /// Reminds everybody of what it is time for, if this is a working day.
    ///
    /// # Errors
    /// [`Failure::Store`]. What was queued before stays; the next pass goes on.
    pub async fn remind_everybody(&self, now: Timestamp) -> Result<Passed, Failure> {
        let day = self.day_of_reminders(now).await?;
        if !self.works_on(day.date).await? {
            return Ok(Passed::default());
        }
        // Everybody as the rules are now.
        self.catch_up().await?;
        let mut passed = Passed::default();
        let lately = self.lately("reminders/", &day).await?;
        let (mut after, last) = (PersonId(0), self.store.last_person().await?);
        while after < last {
            let people = self.store.reachable(day.today.0, after, PART).await?;
            after = people.last().map_or(PersonId(after.0 + PART), |one| one.person);
            let (mut reminded, mut messages) = (Vec::new(), Vec::new());
            for one in &people {
                let news = news(one, day.today);
                if news.is_empty() {
                    continue;
                }
                let sent = lately.get(&one.person).map_or(&[][..], Vec::as_slice);
                let Some(email) = &one.email else {
                    passed.without_address += 1;
                    continue;
                };
                if sent.contains(&day.today) || !reminder::may_write(sent.iter().copied(), day.today) {
                    continue;
                }
                let to = Recipient { person: one.person, name: &one.name, address: email };
                messages.push(message(to, &one.open, &day, None, &format!("reminders/{}/{}", one.person, day.today.0)));
                reminded.extend(news.into_iter().map(|(requirement, reminder)| Reminded {
                    person: one.person,
                    requirement,
                    reminder,
                }));
            }
            if !messages.is_empty() {
                passed.messages += self.store.remind(reminded, &messages, day.today.0, day.now).await?;
            }
        }
        passed.messages += self.prompt_recall(&day, now).await?;
        passed.messages += self.write_digests(now).await?;
        passed.messages += self.mail_views(now).await?;
        Ok(passed)
    }

    /// The site's day, once it is late enough in the morning to write to people.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn morning(&self, now: Timestamp) -> Result<Option<Date>, Failure> {
        let Some(site) = self.store.site().await? else { return Ok(None) };
        let here = TimeZone::get(&site.zone).unwrap_or(TimeZone::UTC).to_datetime(now);
        Ok((here.hour() >= MORNING).then(|| here.date()))
    }

    /// Reminds one person now of everything that is open for them, by somebody who answers for them and says why; once a day.
    ///
    /// # Errors
    /// [`Failure::Invalid`] without a reason, [`Failure::Denied`] for those who do not answer for the person and for oneself,
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn remind_one(
        &self,
        who: &Who,
        person: PersonId,
        reason: &str,
        now: Timestamp,
    ) -> Result<Reminding, Failure> {
        let found = self.answers_for(who, person, now).await?;
        let reason = reason_typed(reason)?;
        let day = self.day_of_reminders(now).await?;
        let (email, open) = match self.to_remind_of(&found, &day).await? {
            Ok(found) => found,
            Err(why) => return Ok(why),
        };
        let to = Recipient { person, name: &found.name, address: &email };
        let message = asked(who, to, &open, reason, &day);
        if self.store.remind(reminded(&open, &day), &[message], day.today.0, day.now).await? == 0 {
            return Ok(Reminding::Already);
        }
        self.audit(who, "person.reminded", person, reason, now).await?;
        Ok(Reminding::Sent)
    }

    /// Where somebody is written to and what is open for them, or why they are not reminded.
    pub(crate) async fn to_remind_of(
        &self,
        found: &store::Person,
        day: &Day0,
    ) -> Result<Result<(String, Vec<Obligation>), Reminding>, Failure> {
        self.store.refresh(found.id).await?;
        let mut open = self.store.obligations(found.id, day.today.0).await?;
        open.retain(|one| one.slice.open.is_some());
        let away = open.iter().any(|one| one.slice.overlay == Some(Overlay::OnLeave));
        open.retain(|one| one.slice.overlay.is_none());
        let Some(email) = found.email.clone() else { return Ok(Err(Reminding::NoAddress)) };
        Ok(match open.is_empty() {
            true if away => Err(Reminding::OnLeave),
            true => Err(Reminding::NothingOpen),
            false => Ok((email, open)),
        })
    }

    pub(crate) async fn day_of_reminders(&self, now: Timestamp) -> Result<Day0, Failure> {
        let zone = TimeZone::get(&self.zone().await?).unwrap_or(TimeZone::UTC);
        let today = Day::at(now, &zone);
        let requirements = self.store.requirements().await?.into_iter();
        Ok(Day0 {
            date: today.date(),
            today,
            now: now.as_microsecond(),
            names: requirements.map(|one| (one.id, (one.name, place_of(&one.kind, &one.slug)))).collect(),
            zone,
        })
    }

    /// Whether people work on a day, by the site's settings.
    async fn works_on(&self, date: Date) -> Result<bool, Failure> {
        Ok(self.working_days().await?.contains(&date.weekday().to_monday_one_offset()))
    }

    /// On which of the last days people got messages of this kind.
    pub(crate) async fn lately(&self, prefix: &str, day: &Day0) -> Result<HashMap<PersonId, Vec<Day>>, Failure> {
        let first = day.date.saturating_sub(i64::from(reminder::IN_DAYS).days());
        let since = day.zone.to_timestamp(first.at(0, 0, 0, 0)).map_or(0, Timestamp::as_microsecond);
        let found = self.store.written_to_since(prefix, since).await?;
        let on = |at: i64| Day::at(Timestamp::from_microsecond(at).unwrap_or_default(), &day.zone);
        Ok(found.into_iter().map(|(person, at)| (person, at.into_iter().map(on).collect())).collect())
    }

    /// Prompts those whose first questions on a module have come; they may switch that off. Later ones wait on My training.
    async fn prompt_recall(&self, day: &Day0, now: Timestamp) -> Result<u64, Failure> {
        // Who is on the usual plan; a module with a plan of its own is prompted for where the days meet.
        let days: Vec<i32> = recall::Plan::default()
            .days()
            .iter()
            .flat_map(|after| (0..RECALL_TRIES).map(move |more| after + more))
            .map(|ago| day.today.0 - ago)
            .collect();
        let completed = self.store.completed_on(&days).await?;
        if completed.is_empty() {
            return Ok(0);
        }
        let (mut lately, duty) = (self.lately("recall/", day).await?, self.lately("reminders/", day).await?);
        for (person, days) in duty {
            lately.entry(person).or_default().extend(days);
        }
        let mut messages = Vec::new();
        let mut asked: Option<PersonId> = None;
        for (person, _, _) in completed {
            let sent = lately.get(&person).map_or(&[][..], Vec::as_slice);
            if asked == Some(person)
                || sent.contains(&day.today)
                || !reminder::may_write(sent.iter().copied(), day.today)
            {
                continue;
            }
            asked = Some(person);
            // Never on leave.
            let held = self.store.obligations(person, day.today.0).await?;
            if held.iter().any(|one| one.slice.overlay == Some(Overlay::OnLeave)) {
                continue;
            }
            let due = self.recall_of(person, now).await?.due;
            let Some(first) = due.first() else { continue };
            let Some(found) = self.store.person(person).await? else { continue };
            let Some(email) = &found.email else { continue };
            let items: Vec<(String, String)> =
                due.iter().map(|one| (format!("{}: about {} min", one.title, one.minutes), one.href.clone())).collect();
            let letter = Letter::to(&found.name)
                .paragraph("A few questions now keep what you learned from fading. They count for nobody but you.")
                .list(items.iter().map(|(words, path)| (words.as_str(), Some(path.as_str()))));
            let to = Recipient { person, name: &found.name, address: email };
            let key = format!("recall/{person}/{}/{}", first.fact, first.since);
            messages.push(letter.message(MessageKind::Recall, &key, to, "Two minutes to keep what you learned"));
        }
        if messages.is_empty() { Ok(0) } else { Ok(self.store.queue_messages(&messages, day.now).await?) }
    }
}

/// What somebody is to be newly reminded of.
fn news(one: &Reachable, today: Day) -> Vec<(RequirementId, Reminder)> {
    let due = one.open.iter().filter_map(|held| Some((held.requirement, reminder::due(&held.slice, today)?)));
    due.filter(|new| !one.reminded.contains(new)).collect()
}

/// The message by which somebody reminds a person of everything that is open for them, and says why; one a day.
pub(crate) fn asked(who: &Who, to: Recipient<'_>, open: &[Obligation], reason: &str, day: &Day0) -> NewMessage {
    let asks = format!("{} reminds you: {reason}", who.name);
    let key = format!("asked/{}/{}", to.person, day.today.0);
    message(to, open, day, Some(&asks), &key)
}

/// Of what that message reminds.
pub(crate) fn reminded(open: &[Obligation], day: &Day0) -> Vec<Reminded> {
    let one = |held: &Obligation| Reminded {
        person: held.person,
        requirement: held.requirement,
        reminder: reminder::asked(&held.slice, day.today),
    };
    open.iter().map(one).collect()
}

/// A reason as people read it in a message.
///
/// # Errors
/// The sentence for its field.
pub(crate) fn reason_typed(reason: &str) -> Result<&str, Failure> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON {
        return Err(Failure::field("reason", "Write why, in 500 letters or fewer; they read it in the message"));
    }
    Ok(reason)
}

/// One message with everything that is open for somebody, the most urgent first, after what somebody says about it.
fn message(to: Recipient<'_>, open: &[Obligation], day: &Day0, said: Option<&str>, key: &str) -> NewMessage {
    let mut open: Vec<(Standing, &Obligation)> = open.iter().map(|held| (held.on(day.today), held)).collect();
    open.sort_by_key(|(standing, _)| (standing.due.is_none(), standing.due));
    let overdue = open.iter().filter(|(standing, _)| standing.due.is_some_and(|due| due < day.today)).count();
    let items: Vec<(String, String)> = open
        .iter()
        .map(|(standing, held)| {
            let (name, place) = day.names.get(&held.requirement).cloned().unwrap_or_default();
            (format!("{name}: {}", when(standing, day.today)), place)
        })
        .collect();
    let subject = match (open.len(), overdue) {
        (1, 0) => items.first().map(|(words, _)| words.clone()).unwrap_or_default(),
        (many, 0) => format!("{many} trainings are waiting for you"),
        (_, 1) => "One training is overdue".to_owned(),
        (_, overdue) => format!("{overdue} trainings are overdue"),
    };
    let mut letter = Letter::to(to.name);
    if let Some(said) = said {
        letter = letter.paragraph(said);
    }
    letter
        .paragraph("This is asked of you. What you have begun goes on where you left off.")
        .list(items.iter().map(|(words, path)| (words.as_str(), Some(path.as_str()))))
        .link("Open My training, which also says why each is due", "/")
        .message(MessageKind::Duty, key, to, &subject)
}

/// By when, in words that are true on the day they are written.
fn when(standing: &Standing, today: Day) -> String {
    match standing.due {
        None => "asked of you, no due date yet".to_owned(),
        Some(due) if due == today.plus(-1) => format!("was due {}, yesterday", said(due)),
        Some(due) if due < today => format!("was due {}, {} days ago", said(due), today.0 - due.0),
        Some(due) if due == today => "due today".to_owned(),
        Some(due) => format!("due {}", said(due)),
    }
}

fn said(day: Day) -> String {
    clock::date_words(day.date())
}
