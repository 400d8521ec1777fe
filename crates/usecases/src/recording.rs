//! What managers and administrators record about one person's training: more time, an exemption, a leave, what was done elsewhere or
//! under somebody's eyes, a credit taken back, when somebody came and went, and corrections. Nobody records anything about themselves,
//! and everybody sees what would follow before it is recorded.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use records::{
    answer::{Coverage, Missing, Overlay, Standing},
    day::Day,
};
use store::{Account, DocumentId, Event, NewEvent, PastEvent, PersonId, Requirement, RequirementId};

use crate::{
    Failure, FieldError, Usecases, clock, form,
    form::settled,
    obligations::{Asked, day_named, missing_words},
    who::Who,
};

pub mod bulk;

/// Something that can be done about somebody's training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Moves the due date of what is open.
    Extend,
    /// Excuses from a requirement.
    Exempt,
    /// Records days of leave.
    Leave,
    /// Accepts what was done elsewhere.
    PriorCredit,
    /// Records what was done under somebody's eyes.
    Observed,
    /// Takes a credit back.
    Revoke,
    /// Records the day of hiring.
    Hired,
    /// Records the last day.
    Left,
    /// Records the day of coming back.
    Rehired,
    /// Gives an earlier record other days.
    Correct,
    /// Takes an earlier record away.
    TakeAway,
}

impl Deed {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Extend, "extend"),
        (Self::Exempt, "exempt"),
        (Self::Leave, "leave"),
        (Self::PriorCredit, "prior-credit"),
        (Self::Observed, "observed"),
        (Self::Revoke, "revoke"),
        (Self::Hired, "hired"),
        (Self::Left, "left"),
        (Self::Rehired, "rehired"),
        (Self::Correct, "correct"),
        (Self::TakeAway, "take-away"),
    ];

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(deed, _)| *deed == self).map_or("", |(_, word)| word)
    }

    /// The deed of a word in an address.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(deed, _)| *deed)
    }

    /// Whether only administrators do it. What is corrected or taken away decides itself who may.
    pub fn is_for_administrators(self) -> bool {
        matches!(self, Self::Revoke | Self::Hired | Self::Left | Self::Rehired)
    }

    /// Whether it is about an earlier record.
    fn is_about_a_record(self) -> bool {
        matches!(self, Self::Correct | Self::TakeAway)
    }

    /// Whether it is about one requirement.
    pub fn is_about_a_requirement(self) -> bool {
        matches!(self, Self::Extend | Self::Exempt | Self::PriorCredit | Self::Observed | Self::Revoke)
    }
}

/// What a form asks for besides the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// A day, or the first of some.
    pub on: bool,
    /// The last day, which may be left open; of an extension the new due date.
    pub until: bool,
    /// What proves it.
    pub evidence: bool,
    /// Who approved, accepted or saw it.
    pub by: bool,
}

/// What was typed, as it was typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// The id of the requirement.
    pub requirement: &'a str,
    /// The number of the record that is corrected.
    pub record: &'a str,
    /// The day, or the first of some.
    pub on: &'a str,
    /// The last day, or the new due date.
    pub until: &'a str,
    /// What proves it.
    pub evidence: &'a str,
    /// Who approved, accepted or saw it.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The form's one-time token.
    pub token: &'a str,
}

/// Somebody's training, for those who answer for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonTraining {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What is asked of them, what is most urgent first.
    pub asked: Vec<Asked>,
    /// Whether whoever asks may record something about them.
    pub may_record: bool,
    /// Whether whoever asks may do what only administrators do about them.
    pub may_administer: bool,
    /// The anchors that are missing.
    pub missing: Vec<Missing>,
    /// What the employment allows to be entered next.
    pub employment: Vec<Deed>,
    /// What was recorded, the newest first.
    pub recorded: Vec<RecordedLine>,
}

/// Something that was recorded about somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedLine {
    /// Its number in the ledger.
    pub number: i64,
    /// What, in words.
    pub what: &'static str,
    /// About which requirement or document.
    pub about: Option<String>,
    /// The day it acts.
    pub on: Date,
    /// Until when; of an extension the day the due date was moved to.
    pub until: Option<Date>,
    /// Why.
    pub reason: Option<String>,
    /// What proves it.
    pub evidence: Option<String>,
    /// Who approved, accepted or saw it.
    pub approved_by: Option<String>,
    /// Who recorded it.
    pub by: Option<String>,
    /// When, by the site's clocks.
    pub at: DateTime,
    /// The number of the record it took the place of.
    pub corrects: Option<i64>,
    /// Whether a later record took its place, or took it away.
    pub corrected: bool,
    /// Whether whoever asks can correct its days.
    pub has_days: bool,
    /// Whether whoever asks can take it away.
    pub can_go: bool,
}

/// A form to record something, and what it begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// About whom.
    pub name: String,
    /// What is done.
    pub deed: Deed,
    /// What the form asks for.
    pub asks: Asks,
    /// The requirement it is about, where that is known.
    pub requirement: Option<(RequirementId, String)>,
    /// The requirements to choose from, where it is not.
    pub requirements: Vec<(String, String)>,
    /// The record it corrects.
    pub record: Option<RecordedLine>,
    /// How the requirement stands today.
    pub standing: Option<Standing>,
    /// Today.
    pub today: Date,
    /// Who asks, for the field of who approved it.
    pub own_name: String,
    /// A fresh one-time token.
    pub token: String,
}

/// What would follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// The day that is looked at: today, or the first day on which it acts.
    pub on: Date,
    /// Each requirement for which something changes.
    pub changes: Vec<Change>,
    /// Why it would count for nothing, if that is so.
    pub in_vain: Option<&'static str>,
}

/// What changes for one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is called.
    pub name: String,
    /// How it stands now.
    pub before: Standing,
    /// How it would stand.
    pub after: Standing,
    /// Why, in sentences.
    pub because: Vec<String>,
}

/// What is to be recorded, with what decides about the person.
struct Proposal {
    name: String,
    event: NewEvent,
    document: Option<DocumentId>,
    about: Option<String>,
    accounts: Vec<Account>,
}

impl Usecases {
    /// Somebody's training as it stands today, and what was recorded about them.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who may not see the person, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn training_of(&self, who: &Who, person: PersonId, now: Timestamp) -> Result<PersonTraining, Failure> {
        let found = self.may_see(who, person, now).await?;
        let asked = self.asked_of(person, now).await?;
        let events = self.store.events(person).await?;
        let requirements = self.store.requirements().await?;
        let mut missing: Vec<Missing> = Vec::new();
        for one in asked.iter().filter_map(|asked| asked.standing.exception) {
            if !missing.contains(&one) {
                missing.push(one);
            }
        }
        let local = self.local().await?;
        let may_record = self.does_answer_for(who, person, now).await?;
        let recorded = events.iter().map(|event| {
            let may = may_record && (who.administrator || is_for_managers(event));
            let line = line(event, &requirements, &local);
            RecordedLine { has_days: may && line.has_days, can_go: may && line.can_go, ..line }
        });
        let recorded = recorded.collect();
        Ok(PersonTraining {
            person,
            name: found.name,
            asked,
            may_record,
            may_administer: may_record && who.administrator,
            missing,
            employment: next_of_employment(&events),
            recorded,
        })
    }

    /// A form to record something about somebody. `about` is the requirement and the record it is about, by their ids, as far as they
    /// are known.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who do not answer for the person, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn recording(
        &self,
        who: &Who,
        (person, deed): (PersonId, Deed),
        (requirement, record): (&str, &str),
        now: Timestamp,
    ) -> Result<Recording, Failure> {
        let found = self.may_do(who, (person, deed), record, now).await?;
        let asked = self.asked_of(person, now).await?;
        let requirements = self.store.requirements().await?;
        let event = self.corrected(person, deed, record).await?;
        let asks = match &event {
            Some(event) if deed == Deed::Correct => asks_of(&event.kind).ok_or(Failure::NotFound)?,
            _ => asks(deed),
        };
        let standing = |id| asked.iter().find(|asked| asked.requirement == id).map(|asked| asked.standing);
        let mut choices = Vec::new();
        let mut chosen = None;
        if deed.is_about_a_requirement() {
            chosen = found_in(&requirements, requirement).map(|one| (one.id, one.name.clone()));
            if chosen.is_none() {
                let offered = requirements.iter().filter(|one| may_be_unasked(deed) || standing(one.id).is_some());
                choices = offered.map(|one| (one.id.to_string(), one.name.clone())).collect();
            }
        }
        let local = self.local().await?;
        Ok(Recording {
            name: found.name,
            deed,
            asks,
            standing: chosen.as_ref().and_then(|(id, _)| standing(*id)),
            requirement: chosen,
            requirements: choices,
            record: event.map(|event| line(&event, &requirements, &local)),
            today: clock::date_of(self.today(now).await?),
            own_name: who.name.clone(),
            token: form::token(who)?,
        })
    }

    /// What would follow if it were recorded; nothing is.
    ///
    /// # Errors
    /// As [`Usecases::enter`].
    pub async fn foresee(
        &self,
        who: &Who,
        (person, deed): (PersonId, Deed),
        typed: Typed<'_>,
        now: Timestamp,
    ) -> Result<Foreseen, Failure> {
        let proposal = self.proposal(who, (person, deed), typed, now).await?;
        let Proposal { event, document, accounts, .. } = &proposal;
        let today = self.today(now).await?;
        let on = if event.event == Event::Retracted { Day(today) } else { Day(event.on.max(today)) };
        let changes = accounts.iter().filter_map(|account| {
            let after = account.with(event, *document, &who.name, now.as_microsecond());
            let (before, after_on) = (account.on(on), after.on(on));
            let known = account.explained(on).because;
            let because: Vec<String> =
                after.explained(on).because.into_iter().filter(|reason| !known.contains(reason)).collect();
            // What is about the person is told of every requirement; only what moves is worth looking at.
            let told = event.requirement.is_some() && !because.is_empty();
            (before != after_on || told).then(|| Change {
                name: account.requirement.name.clone(),
                before,
                after: after_on,
                because,
            })
        });
        let counted = accounts.iter().find(|account| Some(account.requirement.id) == event.requirement);
        let in_vain =
            counted.filter(|_| matches!(event.event, Event::PriorCredit | Event::Completed)).and_then(|account| {
                let after = account.with(event, *document, &who.name, now.as_microsecond());
                in_vain(account.on(on), after.on(on))
            });
        Ok(Foreseen { on: on.date(), changes: changes.collect(), in_vain })
    }

    /// Records it. The same form sent twice records it once.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Conflict`] when the token was used for something else or somebody
    /// else corrected the record meanwhile, [`Failure::Denied`] for those who do not answer for the person, [`Failure::NotFound`],
    /// [`Failure::Store`].
    pub async fn enter(
        &self,
        who: &Who,
        (person, deed): (PersonId, Deed),
        typed: Typed<'_>,
        now: Timestamp,
    ) -> Result<String, Failure> {
        self.may_do(who, (person, deed), typed.record, now).await?;
        let Typed { requirement, record, on, until, evidence, by, reason, token } = typed;
        let parts =
            ["record", &person.to_string(), deed.as_str(), requirement, record, on, until, evidence, by, reason];
        let sent = form::sent(who, token, &parts, now)?;
        // What was recorded already would be judged by what it changed itself.
        if let Some(before) = self.store.sent_before(&sent, &store::recording(person)).await? {
            settled(before)?;
            return Ok("It was recorded already.".to_owned());
        }
        let Proposal { name, event, about, .. } = self.proposal(who, (person, deed), typed, now).await?;
        let detail = detail(&event, about.as_deref());
        let verb = if deed == Deed::Correct { "corrected" } else { event.event.kind() };
        let noting = self.noting(who, &format!("recorded.{verb}"), person, &detail, now);
        settled(noting.record_once(sent, event).await?)?;
        Ok(format!("Recorded for {name}."))
    }

    /// Lets those pass who may do this about a person: who answers for them, and for some of it only administrators. Nobody for
    /// themselves.
    async fn may_do(
        &self,
        who: &Who,
        (person, deed): (PersonId, Deed),
        record: &str,
        now: Timestamp,
    ) -> Result<store::Person, Failure> {
        let found = self.answers_for(who, person, now).await?;
        if who.administrator {
            return Ok(found);
        }
        if deed.is_for_administrators() {
            return Err(Failure::Denied);
        }
        if deed.is_about_a_record() {
            let events = self.store.events(person).await?;
            let about = events.iter().find(|event| event.seq.to_string() == record);
            if !about.is_some_and(is_for_managers) {
                return Err(Failure::Denied);
            }
        }
        Ok(found)
    }

    /// The record that is corrected, by its number; none where nothing is.
    async fn corrected(&self, person: PersonId, deed: Deed, record: &str) -> Result<Option<PastEvent>, Failure> {
        if !deed.is_about_a_record() {
            return Ok(None);
        }
        let number: i64 = record.parse().map_err(|_| Failure::NotFound)?;
        let found = self.store.events(person).await?.into_iter().find(|event| event.seq == number);
        let found = found.filter(|event| event.kind != "retracted").ok_or(Failure::NotFound)?;
        if found.superseded { Err(Failure::Conflict) } else { Ok(Some(found)) }
    }

    /// Reads what was typed and holds it against what is so.
    async fn proposal(
        &self,
        who: &Who,
        (person, deed): (PersonId, Deed),
        typed: Typed<'_>,
        now: Timestamp,
    ) -> Result<Proposal, Failure> {
        let found = self.may_do(who, (person, deed), typed.record, now).await?;
        self.store.refresh(person).await?;
        let today = self.today(now).await?;
        let requirements = self.store.requirements().await?;
        let corrected = self.corrected(person, deed, typed.record).await?;
        let accounts = self.store.accounts(person, None).await?;

        let asks = match &corrected {
            Some(event) if deed == Deed::Correct => asks_of(&event.kind).ok_or(Failure::NotFound)?,
            _ => asks(deed),
        };
        let mut errors = Vec::new();
        let requirement = match &corrected {
            Some(event) => event.requirement.and_then(|id| requirements.iter().find(|one| one.id == id)),
            None if deed.is_about_a_requirement() => {
                let found = found_in(&requirements, typed.requirement);
                if found.is_none() {
                    errors.push(FieldError::new("requirement", "Choose a requirement"));
                }
                found
            }
            None => None,
        };
        let named = day_names(deed, corrected.as_ref().map(|event| event.kind.as_str()));
        let read = Read::of(asks, named, typed, &found.name, &mut errors);
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors));
        }
        let event = new_event(who, (person, deed), (requirement, corrected.as_ref()), read, today)?;
        let events = self.store.events(person).await?;
        fits(&event, today, (&accounts, &events))?;
        let about = match &corrected {
            Some(earlier) => requirement.map(|one| one.name.clone()).or_else(|| earlier.document.clone()),
            None => requirement.map(|one| one.name.clone()),
        };
        let document = corrected.as_ref().map_or(requirement.map(|one| one.document), |earlier| earlier.document_id);
        Ok(Proposal { name: found.name, event, document, about, accounts })
    }
}

/// What is to be recorded, from what was typed, or instead of an earlier record.
fn new_event(
    who: &Who,
    (person, deed): (PersonId, Deed),
    (requirement, earlier): (Option<&Requirement>, Option<&PastEvent>),
    read: Read,
    today: i32,
) -> Result<NewEvent, Failure> {
    let Read { on, until, evidence, by, reason } = read;
    let number = |day: Date| Day::of(day).0;
    let day = |day: Option<Date>| day.map_or(today, number);
    let last = until.map(number);
    let (event, on) = match (deed, earlier) {
        (Deed::TakeAway, Some(earlier)) => (Event::Retracted, earlier.on),
        (_, Some(earlier)) => again(earlier, (on.map(number), last))?,
        (Deed::Extend, _) => (Event::Extended { due: day(until) }, today),
        (Deed::Exempt, _) => (Event::Exempted { until: last }, today),
        (Deed::Leave, _) => (Event::Leave { to: last }, day(on)),
        (Deed::PriorCredit, _) => (Event::PriorCredit, day(on)),
        (Deed::Observed, _) => (Event::Completed, day(on)),
        (Deed::Revoke, _) => (Event::Revoked, today),
        (Deed::Hired, _) => (Event::Hired, day(on)),
        (Deed::Left, _) => (Event::Left, day(on)),
        (Deed::Rehired, _) => (Event::Rehired, day(on)),
        (Deed::Correct | Deed::TakeAway, None) => return Err(Failure::NotFound),
    };
    let approved_by = by.or_else(|| earlier.and_then(|earlier| earlier.approved_by.clone()));
    // Who completed something said so themselves; who corrects it says so instead.
    let says_so = earlier.filter(|_| event == Event::Completed).map(|_| who.name.clone());
    Ok(NewEvent {
        person,
        event,
        on,
        requirement: requirement.filter(|_| event != Event::Retracted).map(|one| one.id),
        reason,
        evidence: evidence.or_else(|| earlier.and_then(|earlier| earlier.evidence.clone())),
        approved_by: approved_by.or(says_so),
        by: who.person,
        supersedes: earlier.map(|earlier| earlier.seq),
    })
}

/// What was typed, read.
struct Read {
    on: Option<Date>,
    until: Option<Date>,
    evidence: Option<String>,
    by: Option<String>,
    reason: String,
}

impl Read {
    /// Of the fields that are asked for; what is wrong with each goes to the errors.
    fn of(asks: Asks, named: DayNames, typed: Typed<'_>, person: &str, errors: &mut Vec<FieldError>) -> Self {
        let mut day = |field, name: &str, text: &str, needed: bool| match day_named(field, name, text) {
            Ok(None) if needed => {
                errors.push(FieldError::new(field, format!("Enter {name}")));
                None
            }
            Ok(day) => day,
            Err(error) => {
                errors.push(error);
                None
            }
        };
        let on = if asks.on { day("on", named.on, typed.on, true) } else { None };
        let until = if asks.until { day("until", named.until, typed.until, named.ends) } else { None };
        if let (Some(on), Some(until)) = (on, until)
            && until < on
        {
            errors.push(FieldError::new("until", "The last day cannot be before the first"));
        }
        let line = |text: &str, longest: usize| {
            let text = text.trim();
            let fits = !text.is_empty() && text.chars().count() <= longest && !text.contains(char::is_control);
            fits.then(|| text.to_owned())
        };
        let evidence = asks.evidence.then(|| line(typed.evidence, 200)).flatten();
        if asks.evidence && evidence.is_none() {
            let words = "Say what proves it, such as a certificate and its number, in at most 200 characters";
            errors.push(FieldError::new("evidence", words));
        }
        let by = asks.by.then(|| line(typed.by, 100)).flatten();
        match &by {
            None if asks.by => errors.push(FieldError::new("by", "Enter a name, in at most 100 characters")),
            Some(by) if by.to_lowercase() == person.to_lowercase() => {
                errors.push(FieldError::new("by", "Nobody approves this for themselves: enter somebody else"));
            }
            _ => {}
        }
        let reason = line(typed.reason, 200);
        if reason.is_none() {
            errors.push(FieldError::new("reason", "Say why, in a line of at most 200 characters"));
        }
        Self { on, until, evidence, by, reason: reason.unwrap_or_default() }
    }
}

/// What the two days of a form are called in a sentence, and whether the second one is needed.
#[derive(Clone, Copy)]
struct DayNames {
    on: &'static str,
    until: &'static str,
    ends: bool,
}

/// By what is done, and by the word of the ledger for the record that is corrected.
fn day_names(deed: Deed, kind: Option<&str>) -> DayNames {
    let extends = deed == Deed::Extend || kind == Some("extended");
    let on = match (deed, kind) {
        (Deed::Leave, _) | (_, Some("leave" | "exempted")) => "the first day",
        (Deed::PriorCredit, _) | (_, Some("prior-credit")) => "the day it was completed",
        (Deed::Observed, _) => "the day it took place",
        (Deed::Hired, _) | (_, Some("hired")) => "the day of hiring",
        (Deed::Left, _) | (_, Some("left")) => "the last day",
        (Deed::Rehired, _) | (_, Some("rehired")) => "the first day back",
        _ => "the day",
    };
    DayNames { on, until: if extends { "the new due date" } else { "the last day" }, ends: extends }
}

/// What each deed asks for.
fn asks(deed: Deed) -> Asks {
    let none = Asks::default();
    match deed {
        Deed::Extend => Asks { until: true, by: true, ..none },
        Deed::Exempt => Asks { until: true, ..none },
        Deed::Leave => Asks { on: true, until: true, ..none },
        Deed::PriorCredit => Asks { on: true, evidence: true, by: true, ..none },
        Deed::Observed => Asks { on: true, by: true, ..none },
        Deed::Hired | Deed::Left | Deed::Rehired => Asks { on: true, ..none },
        Deed::Revoke | Deed::Correct | Deed::TakeAway => none,
    }
}

/// What the correction of a record asks for, by the word of the ledger; none where it has no days of its own to correct.
fn asks_of(kind: &str) -> Option<Asks> {
    let none = Asks::default();
    match kind {
        "extended" => Some(Asks { until: true, ..none }),
        "leave" | "exempted" => Some(Asks { on: true, until: true, ..none }),
        "hired" | "left" | "rehired" | "prior-credit" | "completed" | "revoked" => Some(Asks { on: true, ..none }),
        _ => None,
    }
}

/// The record with other days.
fn again(earlier: &PastEvent, (on, until): (Option<i32>, Option<i32>)) -> Result<(Event, i32), Failure> {
    let on = on.unwrap_or(earlier.on);
    let event = match earlier.kind.as_str() {
        "extended" => Event::Extended { due: until.ok_or_else(|| Failure::field("until", "Enter the new due date"))? },
        "leave" => Event::Leave { to: until },
        "exempted" => Event::Exempted { until },
        "hired" => Event::Hired,
        "left" => Event::Left,
        "rehired" => Event::Rehired,
        "prior-credit" => Event::PriorCredit,
        "completed" => Event::Completed,
        "revoked" => Event::Revoked,
        _ => return Err(Failure::NotFound),
    };
    if (on, until) == (earlier.on, earlier.until) {
        let field = if matches!(event, Event::Extended { .. }) { "until" } else { "on" };
        return Err(Failure::field(field, "These are the days it has already: enter what is right"));
    }
    Ok((event, on))
}

/// Whether what is to be recorded can be so.
fn fits(new: &NewEvent, today: i32, (accounts, events): (&[Account], &[PastEvent])) -> Result<(), Failure> {
    let refuse = |field, words: &str| Err(Failure::field(field, words));
    // How it stands on the day it acts, without the record that it takes the place of.
    let standing = || {
        let account = accounts.iter().find(|account| Some(account.requirement.id) == new.requirement)?;
        let mut account = account.clone();
        account.facts.retain(|fact| Some(i64::from(fact.line)) != new.supersedes);
        Some(account.on(Day(new.on)))
    };
    match new.event {
        Event::Extended { due } => {
            let Some(standing) = standing() else {
                return refuse("requirement", "This is not asked of them: there is nothing to extend");
            };
            match (standing.due, standing.exception) {
                (Some(present), _) if due <= present.0 => {
                    let words = format!("Choose a day after the present due date, {}", said(present));
                    Err(Failure::field("until", words))
                }
                (Some(_), _) if due < today => refuse("until", "Choose today or a later day"),
                (Some(_), _) => Ok(()),
                (None, Some(missing)) => {
                    let words = format!(
                        "It has no due date, since {} is not recorded: that must be entered first",
                        missing_words(missing)
                    );
                    Err(Failure::field("until", words))
                }
                (None, None) => refuse("until", "Nothing is due here now, so there is nothing to extend"),
            }
        }
        Event::Exempted { .. } if new.requirement.is_none() => Ok(()),
        Event::Exempted { until } => match standing() {
            None | Some(Standing { overlay: Some(Overlay::NotApplicable), .. }) => {
                refuse("requirement", "This is not asked of them: there is nothing to exempt them from")
            }
            Some(_) if until.is_some_and(|until| until < new.on) => {
                refuse("until", "Choose today or a later day, or leave it empty until further notice")
            }
            Some(_) => Ok(()),
        },
        Event::PriorCredit | Event::Completed if new.on > today => {
            refuse("on", "What was completed cannot lie in the future: enter the day it took place")
        }
        Event::Revoked if new.on > today => refuse("on", "A credit is taken back today or was taken back earlier"),
        Event::Revoked => match standing().map(|standing| standing.coverage) {
            Some(Coverage::Valid | Coverage::Grace | Coverage::Lapsed) => Ok(()),
            Some(Coverage::Never | Coverage::Revoked) | None => {
                refuse("requirement", "They hold no credit here that could be taken back")
            }
        },
        Event::Hired | Event::Left | Event::Rehired => in_turn(new, events),
        Event::Leave { .. } | Event::PriorCredit | Event::Completed | Event::Retracted => Ok(()),
    }
}

/// What says when somebody came and went, as it counts now, in the order of its days.
fn employment(events: &[PastEvent]) -> Vec<&PastEvent> {
    let own = |event: &&PastEvent| !event.superseded && matches!(event.kind.as_str(), "hired" | "left" | "rehired");
    let mut own: Vec<&PastEvent> = events.iter().filter(own).collect();
    own.sort_by_key(|event| (event.on, event.seq));
    own
}

/// What can be entered next about somebody's coming and going.
fn next_of_employment(events: &[PastEvent]) -> Vec<Deed> {
    let known = employment(events);
    let mut next = Vec::new();
    if !known.iter().any(|event| event.kind == "hired") {
        next.push(Deed::Hired);
    }
    next.push(if known.last().is_some_and(|last| last.kind == "left") { Deed::Rehired } else { Deed::Left });
    next
}

/// Whether somebody comes before they go, and goes before they come back.
fn in_turn(new: &NewEvent, events: &[PastEvent]) -> Result<(), Failure> {
    let known = employment(events).into_iter().filter(|event| Some(event.seq) != new.supersedes);
    let mut all: Vec<(i32, &str)> = known.map(|event| (event.on, event.kind.as_str())).collect();
    let kind = new.event.kind();
    if kind == "hired" && all.iter().any(|(_, known)| *known == "hired") {
        return Err(Failure::field("on", "The day of hiring is recorded already: correct that record instead"));
    }
    let at = all.partition_point(|(on, _)| *on <= new.on);
    all.insert(at, (new.on, kind));
    let right = all.iter().enumerate().all(|(at, (_, kind))| {
        let before = at.checked_sub(1).map(|before| all[before].1);
        match (*kind, before) {
            ("hired", before) => before.is_none(),
            ("left", before) => before != Some("left"),
            // Who left before anything was recorded here may come back too.
            (_, before) => before.is_none_or(|before| before == "left"),
        }
    });
    if right {
        return Ok(());
    }
    let words = match kind {
        "hired" => "Somebody is hired before they leave: enter an earlier day",
        "left" => {
            "That does not fit the days recorded so far: the last day comes after the day of hiring or of coming back"
        }
        _ => "That does not fit the days recorded so far: somebody comes back after their last day",
    };
    Err(Failure::field("on", words))
}

/// Whether it can be recorded about what nobody asks of the person.
fn may_be_unasked(deed: Deed) -> bool {
    matches!(deed, Deed::PriorCredit | Deed::Observed)
}

/// Whether managers may correct a record or take it away: what is theirs to record, and was recorded by one of them. What an
/// administrator decided, and what people completed themselves, is not for them.
fn is_for_managers(event: &PastEvent) -> bool {
    let theirs = matches!(event.kind.as_str(), "leave" | "exempted" | "extended" | "prior-credit" | "completed");
    theirs && !event.by_administrator && event.by_id.is_some_and(|by| by != event.person)
}

/// Why a credit counts for nothing, from how it stands without it and with it; none where it counts, or may count one day.
fn in_vain(before: Standing, after: Standing) -> Option<&'static str> {
    match after.coverage {
        _ if after.overlay == Some(Overlay::NotApplicable) => None,
        Coverage::Revoked => Some(
            "This would count for nothing: a credit was taken back on that day or later, and only what is completed after that counts.",
        ),
        Coverage::Never | Coverage::Lapsed => {
            Some("This would count for nothing today: it was completed too long ago, and all of it is needed again.")
        }
        Coverage::Valid | Coverage::Grace if before == after => {
            Some("This would change nothing: what they hold already counts as long or longer.")
        }
        Coverage::Valid | Coverage::Grace => None,
    }
}

fn found_in<'r>(requirements: &'r [Requirement], id: &str) -> Option<&'r Requirement> {
    let id = RequirementId(id.parse().ok()?);
    requirements.iter().find(|one| one.id == id)
}

/// The line of the audit log, in words.
fn detail(event: &NewEvent, about: Option<&str>) -> String {
    let until = |words: &str, day: Option<i32>| day.map(|day| format!("{words} {}", Day(day)));
    let through = |last: Option<i32>, no_end: &str| match last {
        Some(last) if last == event.on => until("on", Some(last)),
        last => Some(format!("from {} {}", Day(event.on), until("to", last).unwrap_or(no_end.to_owned()))),
    };
    let days = match event.event {
        Event::Extended { due } => until("to", Some(due)),
        Event::Exempted { until: last } => through(last, "until further notice"),
        Event::Leave { to } => through(to, "without a known end"),
        Event::Retracted => None,
        _ => until("on", Some(event.on)),
    };
    let corrects = event.supersedes.map(|number| match event.event {
        Event::Retracted => format!("entry {number}"),
        _ => format!("in place of entry {number}"),
    });
    let by = event.approved_by.as_ref().map(|by| format!("by {by}"));
    let what = [about.map(str::to_owned), days, corrects, by].into_iter().flatten().collect::<Vec<_>>().join(", ");
    format!("{what}: {}", event.reason)
}

/// A record in words.
fn line(event: &PastEvent, requirements: &[Requirement], local: &impl Fn(i64) -> DateTime) -> RecordedLine {
    let named = event.requirement.and_then(|id| requirements.iter().find(|one| one.id == id));
    let counts = !event.superseded && event.kind != "retracted";
    RecordedLine {
        number: event.seq,
        what: what_words(&event.kind),
        about: named.map(|one| one.name.clone()).or_else(|| event.document.clone()),
        on: Day(event.on).date(),
        until: event.until.map(|day| Day(day).date()),
        reason: event.reason.clone(),
        evidence: event.evidence.clone(),
        approved_by: event.approved_by.clone(),
        by: event.by.clone(),
        at: local(event.recorded_at),
        corrects: event.supersedes,
        corrected: event.superseded,
        has_days: counts && asks_of(&event.kind).is_some(),
        can_go: counts,
    }
}

/// What was recorded, by the word of the ledger.
pub(crate) fn what_words(kind: &str) -> &'static str {
    match kind {
        "hired" => "Hired",
        "left" => "Last day",
        "rehired" => "Came back",
        "leave" => "Leave",
        "exempted" => "Exemption",
        "extended" => "Due date extended",
        "prior-credit" => "Prior credit",
        "completed" => "Completed",
        "revoked" => "Credit taken back",
        "retracted" => "Record taken away",
        _ => "Recorded",
    }
}

fn said(day: Day) -> String {
    clock::date_words(day.date())
}
