//! The same for many at once, from a list: looked at first, recorded all or nothing, and taken back as one as long as nothing has left
//! the house and nothing was recorded on top of it. For each row the same rules hold as for one.

use std::collections::{HashMap, HashSet};

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
};
use records::{
    answer::{Overlay, Standing},
    day::Day,
};
use store::{
    Account, Bulk, BulkDone, BulkLine, BulkUndone, Event, MessageState, NewAudit, NewBulk, NewEvent, NewMessage,
    Obligation, PersonId, Reminded, Requirement, RequirementId, UndoBulk,
};

use super::{Asks, Deed, Read, Typed, asks, day_names, detail, fits, in_vain, new_event, said};
use crate::{
    Failure, FieldError, Usecases,
    audit::Object,
    clock, entry, form,
    form::settled,
    letter::Recipient,
    obligations::missing_words,
    reminders::{self, Reminding},
    reports::{Filters, Report, ReportPage},
    who::{Actor, Who},
};

/// How many rows can be chosen at a time.
pub const MOST: usize = 200;
/// For how long it can be undone.
const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// How many of what somebody did last are shown.
const SHOWN: i64 = 10;

/// Something that can be done for many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Writes to each person, with everything that is open for them.
    Remind,
    /// Moves due dates.
    Extend,
    /// Excuses from requirements.
    Exempt,
    /// Accepts what was done elsewhere.
    PriorCredit,
    /// Records what was done under somebody's eyes.
    Observed,
}

impl Doing {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Remind, Self::Extend, Self::Exempt, Self::PriorCredit, Self::Observed];

    /// What is recorded about each; nothing by a reminder.
    pub fn deed(self) -> Option<Deed> {
        match self {
            Self::Remind => None,
            Self::Extend => Some(Deed::Extend),
            Self::Exempt => Some(Deed::Exempt),
            Self::PriorCredit => Some(Deed::PriorCredit),
            Self::Observed => Some(Deed::Observed),
        }
    }

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        self.deed().map_or("remind", Deed::as_str)
    }

    /// What a word in an address stands for.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doing| doing.as_str() == word)
    }

    /// What the form asks for besides the reason.
    pub fn asks(self) -> Asks {
        self.deed().map(asks).unwrap_or_default()
    }

    /// What was done for so many, in a sentence.
    fn done_words(self, many: usize) -> String {
        let (one, more) = match self {
            Self::Remind => ("person was written to", "people were written to"),
            Self::Extend => ("due date was extended", "due dates were extended"),
            Self::Exempt => ("exemption was recorded", "exemptions were recorded"),
            Self::PriorCredit => ("prior credit was recorded", "prior credits were recorded"),
            Self::Observed => ("observed session was recorded", "observed sessions were recorded"),
        };
        format!("{many} {}.", if many == 1 { one } else { more })
    }
}

/// Rows that were chosen: those for whom it can be done, and the others with why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choosing {
    /// What is to be done.
    pub doing: Doing,
    /// Those for whom it can be done. Of a reminder each person once.
    pub rows: Vec<ChosenRow>,
    /// Those for whom it cannot be done.
    pub left_out: Vec<LeftOut>,
    /// How many rows are about people who may not be seen.
    pub unseen: usize,
    /// Today.
    pub today: Date,
    /// Who asks, for the field of who approved it.
    pub own_name: String,
    /// A fresh one-time token.
    pub token: String,
}

/// Somebody for whom it can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenRow {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What it is about, in words.
    pub about: String,
    /// How it stands now; none of a reminder, which is about all that is open.
    pub before: Option<Standing>,
    /// How it would stand, once it is known what is to be recorded.
    pub after: Option<Standing>,
    /// The row as its form carries it: with a mark of what was shown, so that it is noticed when that has changed.
    pub carried: String,
}

/// Somebody for whom it cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What it would have been about; empty for a reminder.
    pub about: String,
    /// Why not, in a sentence.
    pub why: String,
    /// The row as a form carries it, for when something else is typed.
    pub carried: String,
}

/// What became of doing it for many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoneForMany {
    /// It is done, in a sentence.
    Done(String),
    /// Something has changed since it was shown, a line for each row. Nothing was done; these are the rows as they stand now.
    Changed(Vec<String>, Box<Choosing>),
}

/// Something that somebody did for many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkView {
    /// Its number.
    pub id: i64,
    /// What was done, in a sentence.
    pub what: String,
    /// How and why.
    pub detail: String,
    /// When, by the site's clocks.
    pub at: DateTime,
    /// When it was undone.
    pub undone: Option<DateTime>,
    /// For whom, as far as they may still be seen.
    pub people: Vec<BulkPerson>,
    /// How many rows are about people who may not be seen any more.
    pub unseen: usize,
    /// What undoing does, if it can be undone.
    pub undo: Option<&'static str>,
    /// Why it cannot be undone; none where it can, or is undone.
    pub stays: Option<&'static str>,
}

/// One row of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkPerson {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What it is about; none of a reminder.
    pub about: Option<String>,
    /// What became of it since, if anything.
    pub since: Option<&'static str>,
}

/// What became of undoing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undoing {
    /// It is undone, in a sentence.
    Done(String),
    /// Nothing was undone, and why.
    Refused(String),
}

/// A row as it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pair {
    person: PersonId,
    requirement: RequirementId,
    mark: String,
}

/// Rows, with what is to be done about each.
#[derive(Default)]
struct Judged {
    rows: Vec<ChosenRow>,
    left_out: Vec<LeftOut>,
    unseen: Vec<Pair>,
    /// The number of the last fact about each person, from before anything about them was looked at.
    seen: Vec<(PersonId, i64)>,
    /// Each with what it is about.
    events: Vec<(NewEvent, String)>,
    messages: Vec<NewMessage>,
    reminded: Vec<Reminded>,
}

/// What somebody may do about another.
enum May {
    Record(store::Person),
    See(store::Person),
    Nothing,
}

/// What the same form gets that is sent again.
const ALREADY: &str = "It was done already.";

impl Usecases {
    /// The people on a page of a report for whom whoever asks may do something from it: nobody on another day than today.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn may_choose(
        &self,
        who: &Who,
        shown: &ReportPage,
        now: Timestamp,
    ) -> Result<HashSet<PersonId>, Failure> {
        let today = self.today(now).await?;
        let head = &shown.head;
        if shown.report != Report::Actions || head.known_on.is_some() || head.as_of != clock::date_of(today) {
            return Ok(HashSet::new());
        }
        // Whoever is on the page works under them today.
        let mut people: HashSet<PersonId> = shown.rows.iter().filter_map(|row| Some(row.about?.0)).collect();
        people.remove(&who.person);
        if !who.administrator {
            for one in self.store.deputies(who.person, today).await? {
                if people.contains(&one.manager) && !self.does_answer_for(who, one.manager, now).await? {
                    people.remove(&one.manager);
                }
            }
        }
        Ok(people)
    }

    /// The rows that were chosen, `12:3` for a person and a requirement, with what would follow once it is `typed` what is to be
    /// recorded.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, or for the field `about` when no row was chosen or too many;
    /// [`Failure::Denied`] for those without a team, [`Failure::Store`].
    pub async fn choose_rows(
        &self,
        who: &Who,
        (doing, about): (Doing, &[String]),
        typed: Option<Typed<'_>>,
        now: Timestamp,
    ) -> Result<Choosing, Failure> {
        let pairs = chosen(who, about)?;
        let judged = self.judge(who, (doing, &pairs), typed, now).await?;
        self.choosing(who, doing, judged, now).await
    }

    /// Does it for all rows, as they were shown, or for none. The same form sent twice does it once.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Conflict`] when the token was used for something else,
    /// [`Failure::Denied`] for those without a team, [`Failure::Store`].
    pub async fn do_for_many(
        &self,
        who: &Who,
        (doing, about): (Doing, &[String]),
        typed: Typed<'_>,
        now: Timestamp,
    ) -> Result<DoneForMany, Failure> {
        let pairs = chosen(who, about)?;
        let Typed { on, until, evidence, by, reason, token, .. } = typed;
        let mut parts = vec!["bulk", doing.as_str(), on, until, evidence, by, reason];
        parts.extend(about.iter().map(String::as_str));
        let sent = form::sent(who, token, &parts, now)?;
        // What was done already would be judged by what it changed itself.
        if let Some(before) = self.store.sent_before(&sent, store::in_bulk()).await? {
            settled(before)?;
            return Ok(DoneForMany::Done(ALREADY.to_owned()));
        }
        let judged = self.judge(who, (doing, &pairs), Some(typed), now).await?;
        let changed = other_than_shown(&pairs, &judged);
        if !changed.is_empty() {
            // The other half of a double click may have come in between.
            if let Some(before) = self.store.sent_before(&sent, store::in_bulk()).await? {
                settled(before)?;
                return Ok(DoneForMany::Done(ALREADY.to_owned()));
            }
            return Ok(DoneForMany::Changed(changed, Box::new(self.choosing(who, doing, judged, now).await?)));
        }
        let many = judged.rows.len();
        let noted = |what: &str, person: PersonId, detail: &str| -> NewAudit {
            entry(Actor::from(who), what, Object::from(person), detail)
        };
        let how = match judged.events.first() {
            Some((event, _)) => how(event),
            None => format!("Why: {}", reason.trim()),
        };
        let records = judged.events.into_iter().map(|(event, about)| {
            let noted =
                noted(&format!("recorded.{}", event.event.kind()), event.person, &detail(&event, Some(about.as_str())));
            (event, noted)
        });
        let messages = judged.messages.into_iter().map(|message| {
            let noted = noted("person.reminded", message.person, reason.trim());
            (message, noted)
        });
        let new = NewBulk {
            deed: doing.as_str().to_owned(),
            detail: how,
            seen: judged.seen,
            records: records.collect(),
            messages: messages.collect(),
            reminded: judged.reminded,
            day: self.today(now).await?,
        };
        match self.store.do_in_bulk(sent, new).await? {
            BulkDone::Done(_) => Ok(DoneForMany::Done(doing.done_words(many))),
            BulkDone::Conflict => Err(Failure::Conflict),
            BulkDone::Changed(people) => {
                let names = judged.rows.iter().filter(|row| people.contains(&row.person));
                let mut lines: Vec<String> =
                    names.map(|row| format!("{}: something was recorded meanwhile", row.name)).collect();
                lines.dedup();
                let judged = self.judge(who, (doing, &pairs), Some(typed), now).await?;
                Ok(DoneForMany::Changed(lines, Box::new(self.choosing(who, doing, judged, now).await?)))
            }
        }
    }

    /// What somebody did for many at once lately, the newest first, and what of it can be undone.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::Store`].
    pub async fn done_for_many(&self, who: &Who, now: Timestamp) -> Result<Vec<BulkView>, Failure> {
        let scope = self.scope(who, &Filters::default(), now).await?;
        let local = self.local().await?;
        let bulks = self.store.bulks(who.person, SHOWN, scope.today).await?;
        let views = bulks.into_iter().filter_map(|bulk| {
            let doing = Doing::parse(&bulk.deed)?;
            let (undo, stays) = match can_be_undone(&bulk, now) {
                _ if bulk.undone_at.is_some() => (None, None),
                Ok(()) if doing == Doing::Remind => (Some("Withdraw what has not gone out"), None),
                Ok(()) => (Some("Undo"), None),
                Err(why) => (None, Some(why)),
            };
            let many = bulk.lines.len();
            let seen = bulk.lines.iter().filter(|line| scope.holds(line.department));
            let people: Vec<BulkPerson> = seen
                .map(|line| BulkPerson {
                    person: line.person,
                    name: line.name.clone(),
                    about: line.about.clone(),
                    since: since(line).filter(|_| bulk.undone_at.is_none() || line.message.is_some()),
                })
                .collect();
            Some(BulkView {
                id: bulk.id,
                what: doing.done_words(many),
                detail: bulk.detail,
                at: local(bulk.at),
                undone: bulk.undone_at.map(&local),
                unseen: many - people.len(),
                people,
                undo,
                stays,
            })
        });
        Ok(views.collect())
    }

    /// Takes back what somebody did for many, all or nothing; of messages those that have not gone out.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::NotFound`] for what they did not do, [`Failure::Store`].
    pub async fn undo_for_many(&self, who: &Who, id: i64, now: Timestamp) -> Result<Undoing, Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let today = self.today(now).await?;
        let bulk = self.store.bulk(id, who.person, today).await?.ok_or(Failure::NotFound)?;
        let doing = Doing::parse(&bulk.deed).ok_or(Failure::NotFound)?;
        if let Err(why) = can_be_undone(&bulk, now) {
            return Ok(Undoing::Refused(format!("Nothing was undone. {why}")));
        }
        let people: HashSet<PersonId> = bulk.lines.iter().map(|line| line.person).collect();
        for person in people {
            if !self.does_answer_for(who, person, now).await? {
                let words = "Nothing was undone. Some of them are no longer yours to record about: ask an administrator to take the records away one by one.";
                return Ok(Undoing::Refused(words.to_owned()));
            }
        }
        let noted = |what: &str, person: PersonId, detail: &str| -> NewAudit {
            entry(Actor::from(who), what, Object::from(person), detail)
        };
        let records = bulk.lines.iter().filter_map(|line| {
            let event = NewEvent {
                person: line.person,
                event: Event::Retracted,
                on: line.on,
                requirement: None,
                reason: "undone, with all that was recorded with it".to_owned(),
                evidence: None,
                approved_by: None,
                by: who.person,
                supersedes: Some(line.fact?),
            };
            let noted = noted("recorded.retracted", line.person, &detail(&event, line.about.as_deref()));
            Some((event, noted))
        });
        let messages = bulk
            .lines
            .iter()
            .filter_map(|line| Some((line.message?, noted("reminder.withdrawn", line.person, "before it went out"))));
        let undo = UndoBulk {
            id,
            by: who.person,
            since: oldest(now),
            records: records.collect(),
            messages: messages.collect(),
        };
        Ok(match self.store.undo_bulk(undo, now.as_microsecond()).await? {
            BulkUndone::Done { withdrawn } if doing == Doing::Remind => {
                let went = bulk.lines.len().saturating_sub(usize::try_from(withdrawn).unwrap_or(usize::MAX));
                let withdrawn = match withdrawn {
                    1 => "1 message was withdrawn.".to_owned(),
                    many => format!("{many} messages were withdrawn."),
                };
                let went = match went {
                    0 => "",
                    1 => " One had gone out already and stays: it is marked below.",
                    _ => " Others had gone out already and stay: they are marked below.",
                };
                Undoing::Done(format!("{withdrawn}{went}"))
            }
            BulkUndone::Done { .. } => Undoing::Done("It is undone: everything stands as it did before.".to_owned()),
            BulkUndone::Prevented => Undoing::Refused(
                "Nothing was undone: something was recorded since, or went out. Below is what.".to_owned(),
            ),
            BulkUndone::NotThere => Undoing::Refused("It was undone already.".to_owned()),
        })
    }

    async fn choosing(&self, who: &Who, doing: Doing, judged: Judged, now: Timestamp) -> Result<Choosing, Failure> {
        Ok(Choosing {
            doing,
            rows: judged.rows,
            left_out: judged.left_out,
            unseen: judged.unseen.len(),
            today: clock::date_of(self.today(now).await?),
            own_name: who.name.clone(),
            token: form::token(who)?,
        })
    }

    async fn may(&self, who: &Who, person: PersonId, now: Timestamp) -> Result<May, Failure> {
        match self.answers_for(who, person, now).await {
            Ok(found) => Ok(May::Record(found)),
            Err(Failure::NotFound) => Ok(May::Nothing),
            Err(Failure::Denied) => match self.may_see(who, person, now).await {
                Ok(found) => Ok(May::See(found)),
                Err(Failure::Denied | Failure::NotFound) => Ok(May::Nothing),
                Err(failure) => Err(failure),
            },
            Err(failure) => Err(failure),
        }
    }

    async fn judge(
        &self,
        who: &Who,
        (doing, pairs): (Doing, &[Pair]),
        typed: Option<Typed<'_>>,
        now: Timestamp,
    ) -> Result<Judged, Failure> {
        let mut people: Vec<PersonId> = pairs.iter().map(|pair| pair.person).collect();
        people.sort_unstable();
        people.dedup();
        let seen = self.store.last_facts(&people).await?;
        let mut judged = match doing.deed() {
            None => self.judge_reminders(who, pairs, typed, now).await?,
            Some(deed) => {
                if let Some(typed) = typed {
                    self.well_typed(deed, typed, now).await?;
                }
                self.judge_records(who, (deed, pairs, &people), typed, now).await?
            }
        };
        let kept: HashSet<PersonId> = judged.rows.iter().map(|row| row.person).collect();
        judged.seen = seen.into_iter().filter(|(person, _)| kept.contains(person)).collect();
        Ok(judged)
    }

    /// What is wrong with a form whoever it is about.
    async fn well_typed(&self, deed: Deed, typed: Typed<'_>, now: Timestamp) -> Result<(), Failure> {
        let today = clock::date_of(self.today(now).await?);
        let mut errors = Vec::new();
        let Read { on, until, .. } = Read::of(asks(deed), day_names(deed, None), typed, "", &mut errors);
        if on.is_some_and(|on| on > today) {
            let words = "What was completed cannot lie in the future: enter the day it took place";
            errors.push(FieldError::new("on", words));
        }
        if until.is_some_and(|until| until < today) {
            errors.push(FieldError::new("until", "Choose today or a later day"));
        }
        if errors.is_empty() { Ok(()) } else { Err(Failure::Invalid(errors)) }
    }

    async fn judge_records(
        &self,
        who: &Who,
        (deed, pairs, people): (Deed, &[Pair], &[PersonId]),
        typed: Option<Typed<'_>>,
        now: Timestamp,
    ) -> Result<Judged, Failure> {
        let mut may: HashMap<PersonId, May> = HashMap::new();
        for person in people {
            self.store.refresh(*person).await?;
            may.insert(*person, self.may(who, *person, now).await?);
        }
        let ground = self.ground(pairs, people, typed, now).await?;
        let mut judged = Judged::default();
        for pair in pairs {
            let about = ground.named(pair).map(|one| one.name.clone()).unwrap_or_default();
            let (found, row) = match may.get(&pair.person) {
                Some(May::Record(found)) => (found, ground.row(who, (found, deed), pair)?),
                Some(May::See(found)) => (found, Err(not_yours(who, pair.person))),
                Some(May::Nothing) | None => {
                    judged.unseen.push(pair.clone());
                    continue;
                }
            };
            match row {
                Ok((row, event)) => {
                    judged.rows.push(row);
                    judged.events.extend(event.map(|event| (event, about)));
                }
                Err(why) => judged.leave_out(found, pair, about, why),
            }
        }
        Ok(judged)
    }

    /// Everything that decides about these rows, read at once. What would follow is only asked once something is typed.
    async fn ground<'t>(
        &self,
        pairs: &[Pair],
        people: &[PersonId],
        typed: Option<Typed<'t>>,
        now: Timestamp,
    ) -> Result<Ground<'t>, Failure> {
        let today = Day(self.today(now).await?);
        let held = self.store.obligations_of(people, today.0).await?;
        let accounts = match typed {
            None => HashMap::new(),
            Some(_) => {
                let of: Vec<_> = pairs.iter().map(|pair| (pair.person, pair.requirement)).collect();
                self.store.accounts_for(&of).await?
            }
        };
        Ok(Ground {
            today,
            now,
            typed,
            standing: held.into_iter().map(|one| ((one.person, one.requirement), one.on(today))).collect(),
            requirements: self.store.requirements().await?,
            accounts,
        })
    }

    async fn judge_reminders(
        &self,
        who: &Who,
        pairs: &[Pair],
        typed: Option<Typed<'_>>,
        now: Timestamp,
    ) -> Result<Judged, Failure> {
        let reason = typed.map(|typed| reminders::reason_typed(typed.reason)).transpose()?;
        let day = self.day_of_reminders(now).await?;
        let (asked, usual) = (self.lately("asked/", &day).await?, self.lately("reminders/", &day).await?);
        let mut judged = Judged::default();
        let mut before: HashSet<PersonId> = HashSet::new();
        // One message holds all that is open for somebody, however many of their rows were chosen.
        for pair in pairs.iter().filter(|pair| before.insert(pair.person)) {
            let found = match self.may(who, pair.person, now).await? {
                May::Record(found) => found,
                May::See(found) => {
                    judged.leave_out(&found, pair, String::new(), not_yours(who, pair.person));
                    continue;
                }
                May::Nothing => {
                    judged.unseen.push(pair.clone());
                    continue;
                }
            };
            let today = |sent: &HashMap<PersonId, Vec<Day>>| {
                sent.get(&pair.person).is_some_and(|days| days.contains(&day.today))
            };
            let to_say = match self.to_remind_of(&found, &day).await? {
                Ok(_) if today(&asked) || today(&usual) => Err(Reminding::Already),
                Ok(_) if found.disabled_at.is_some() => Err(Reminding::NoAddress),
                other => other,
            };
            let (email, open) = match to_say {
                Ok(found) => found,
                Err(why) => {
                    judged.leave_out(&found, pair, String::new(), not_reminded(why).to_owned());
                    continue;
                }
            };
            let name_of = |one: &Obligation| day.names.get(&one.requirement).map(|(name, _)| name.clone());
            let about = open.iter().filter_map(name_of).collect::<Vec<_>>().join(", ");
            let shown: Vec<(RequirementId, Standing)> =
                open.iter().map(|one| (one.requirement, one.on(day.today))).collect();
            if let Some(reason) = reason {
                let to = Recipient { person: pair.person, name: &found.name, address: &email };
                judged.reminded.extend(reminders::reminded(&open, &day));
                judged.messages.push(reminders::asked(who, to, &open, reason, &day));
            }
            judged.rows.push(ChosenRow {
                person: pair.person,
                carried: format!("{}:{}:{}", pair.person, pair.requirement, mark(&format!("{shown:?}"))),
                name: found.name,
                about,
                before: None,
                after: None,
            });
        }
        Ok(judged)
    }
}

/// What decides about rows.
struct Ground<'t> {
    today: Day,
    now: Timestamp,
    typed: Option<Typed<'t>>,
    standing: HashMap<(PersonId, RequirementId), Standing>,
    requirements: Vec<Requirement>,
    accounts: HashMap<(PersonId, RequirementId), Account>,
}

impl Ground<'_> {
    fn named(&self, pair: &Pair) -> Option<&Requirement> {
        self.requirements.iter().find(|one| one.id == pair.requirement)
    }

    /// The row with what would be recorded, if it is typed; or why it cannot be done, in a sentence.
    fn row(
        &self,
        who: &Who,
        (found, deed): (&store::Person, Deed),
        pair: &Pair,
    ) -> Result<Result<(ChosenRow, Option<NewEvent>), String>, Failure> {
        let key = (pair.person, pair.requirement);
        let (Some(requirement), Some(before)) = (self.named(pair), self.standing.get(&key).copied()) else {
            return Ok(Err(NOT_ASKED.to_owned()));
        };
        if let Some(why) = cannot(deed, before) {
            return Ok(Err(why));
        }
        let mut after = None;
        let mut event = None;
        if let Some(typed) = self.typed {
            let Some(account) = self.accounts.get(&key) else { return Ok(Err(NOT_ASKED.to_owned())) };
            let new = match proposed(who, (found, deed), typed, (requirement, account), self.today) {
                Ok(new) => new,
                Err(Failure::Invalid(errors)) => {
                    let why: Vec<String> = errors.into_iter().map(|error| error.message).collect();
                    return Ok(Err(format!("{}.", why.join(". "))));
                }
                Err(failure) => return Err(failure),
            };
            let document = Some(requirement.document);
            let then = account.with(&new, document, &who.name, self.now.as_microsecond()).on(self.today);
            let credits = matches!(new.event, Event::PriorCredit | Event::Completed);
            if let Some(why) = in_vain(before, then).filter(|_| credits) {
                return Ok(Err(why.to_owned()));
            }
            (after, event) = (Some(then), Some(new));
        }
        let mark = mark(&format!("{before:?} {after:?}"));
        let row = ChosenRow {
            person: pair.person,
            name: found.name.clone(),
            about: requirement.name.clone(),
            before: Some(before),
            after,
            carried: format!("{}:{}:{mark}", pair.person, pair.requirement),
        };
        Ok(Ok((row, event)))
    }
}

impl Judged {
    fn leave_out(&mut self, found: &store::Person, pair: &Pair, about: String, why: String) {
        let carried = format!("{}:{}", pair.person, pair.requirement);
        self.left_out.push(LeftOut { person: found.id, name: found.name.clone(), about, why, carried });
    }
}

/// What would be recorded about one of them, held against what is so as it would be for one alone.
fn proposed(
    who: &Who,
    (found, deed): (&store::Person, Deed),
    typed: Typed<'_>,
    (requirement, account): (&Requirement, &Account),
    today: Day,
) -> Result<NewEvent, Failure> {
    let mut errors = Vec::new();
    let read = Read::of(asks(deed), day_names(deed, None), typed, &found.name, &mut errors);
    if !errors.is_empty() {
        return Err(Failure::Invalid(errors));
    }
    let event = new_event(who, (found.id, deed), (Some(requirement), None), read, today.0)?;
    fits(&event, today.0, (std::slice::from_ref(account), &[]))?;
    Ok(event)
}

/// The rows that were chosen, each once.
fn chosen(who: &Who, about: &[String]) -> Result<Vec<Pair>, Failure> {
    if !who.sees_a_team() {
        return Err(Failure::Denied);
    }
    let mut pairs: Vec<Pair> = Vec::new();
    for one in about {
        let pair = parse(one).ok_or_else(|| Failure::field("about", "Choose rows of the list"))?;
        let known = |other: &Pair| (other.person, other.requirement) == (pair.person, pair.requirement);
        if !pairs.iter().any(known) {
            pairs.push(pair);
        }
    }
    match pairs.len() {
        0 => Err(Failure::field("about", "Nothing was chosen: tick the rows of the list first")),
        many if many > MOST => {
            let words = format!("{many} rows are too many at a time: choose at most {MOST}");
            Err(Failure::field("about", words))
        }
        _ => Ok(pairs),
    }
}

fn parse(about: &str) -> Option<Pair> {
    let mut parts = about.splitn(3, ':');
    let mut number = || parts.next()?.parse::<i64>().ok();
    let (person, requirement) = (PersonId(number()?), RequirementId(number()?));
    Some(Pair { person, requirement, mark: parts.next().unwrap_or_default().to_owned() })
}

/// How and why it was recorded for all of them, in words.
fn how(event: &NewEvent) -> String {
    let day = |day: i32| said(Day(day));
    let days = match event.event {
        Event::Extended { due } => format!("New due date {}", day(due)),
        Event::Exempted { until: Some(last) } => format!("From {} to {}", day(event.on), day(last)),
        Event::Exempted { until: None } => format!("From {} until further notice", day(event.on)),
        _ => format!("On {}", day(event.on)),
    };
    let by = event.approved_by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
    let evidence = event.evidence.as_ref().map(|evidence| format!("; evidence: {evidence}")).unwrap_or_default();
    format!("{days}{by}{evidence}. Why: {}", event.reason)
}

/// A short sign of what was shown: another one when it has changed.
fn mark(shown: &str) -> String {
    blake3::hash(shown.as_bytes()).to_hex().chars().take(16).collect()
}

/// The rows that stand other than they were shown, a line for each.
fn other_than_shown(pairs: &[Pair], judged: &Judged) -> Vec<String> {
    let carried: HashSet<String> =
        pairs.iter().map(|pair| format!("{}:{}:{}", pair.person, pair.requirement, pair.mark)).collect();
    let named = |name: &str, about: &str| match about {
        "" => name.to_owned(),
        about => format!("{name}, {about}"),
    };
    let rows = judged.rows.iter().filter(|row| !carried.contains(&row.carried));
    let rows = rows.map(|row| format!("{}: it stands other than it was shown", named(&row.name, &row.about)));
    let out = judged.left_out.iter().map(|out| format!("{}: {}", named(&out.name, &out.about), out.why));
    let unseen = judged.unseen.iter().map(|_| "Somebody is not in your departments any more".to_owned());
    rows.chain(out).chain(unseen).collect()
}

const NOT_ASKED: &str = "This is not asked of them now.";

/// Why somebody whose row may be seen is not for whoever asks to record about.
fn not_yours(who: &Who, person: PersonId) -> String {
    match person == who.person {
        true => "Nobody does this for themselves: ask your own manager or an administrator.".to_owned(),
        false => "You stand in for them: ask somebody else who answers for them.".to_owned(),
    }
}

/// Why it cannot be done as it stands, whatever day is typed.
fn cannot(deed: Deed, standing: Standing) -> Option<String> {
    let words = match (deed, standing.overlay) {
        (_, Some(Overlay::NotApplicable)) => NOT_ASKED,
        (Deed::Extend, Some(Overlay::OnLeave)) => {
            "They are on leave: nothing is due meanwhile, and a due date that falls into it moves behind it by itself."
        }
        (Deed::Extend, Some(Overlay::Exempt)) => "They are exempt: nothing is due now.",
        (Deed::Exempt, Some(Overlay::Exempt)) => "They are exempt already.",
        (Deed::Extend, None) => match (standing.due, standing.exception) {
            (Some(_), _) => return None,
            (None, Some(missing)) => {
                return Some(format!("It has no due date, since {} is not recorded.", missing_words(missing)));
            }
            (None, None) => "Nothing is due here any more.",
        },
        _ => return None,
    };
    Some(words.to_owned())
}

fn not_reminded(why: Reminding) -> &'static str {
    match why {
        Reminding::Sent | Reminding::Already => "They were reminded today already.",
        Reminding::NothingOpen => "Nothing is open for them.",
        Reminding::OnLeave => "They are on leave, and nobody is reminded there.",
        Reminding::NoAddress => "They cannot be written to: they have no e-mail address, or no access any more.",
    }
}

/// The instant before which nothing is undone.
fn oldest(now: Timestamp) -> i64 {
    now.saturating_sub(UNDO_WITHIN).map_or(i64::MIN, Timestamp::as_microsecond)
}

/// Whether something can be undone, or why not.
fn can_be_undone(bulk: &Bulk, now: Timestamp) -> Result<(), &'static str> {
    if bulk.undone_at.is_some() {
        return Err("It was undone already.");
    }
    if bulk.at < oldest(now) {
        return Err("It was done more than 24 hours ago: take the records away one by one.");
    }
    if bulk.lines.iter().any(|line| line.later.is_some()) {
        return Err("Something was recorded on top of it since: take the records away one by one.");
    }
    let (letters, waits) = (
        bulk.lines.iter().any(|line| line.message.is_some()),
        bulk.lines.iter().any(|line| line.state == Some(MessageState::Waiting)),
    );
    let records = bulk.lines.iter().any(|line| line.fact.is_some());
    match (records, letters, waits) {
        (true, ..) | (_, _, true) => Ok(()),
        (false, true, false) => Err("All messages have gone out."),
        (false, false, false) => Err("There is nothing to undo."),
    }
}

/// What became of a row since.
fn since(line: &BulkLine) -> Option<&'static str> {
    match (&line.later, line.message, line.state) {
        (Some(later), ..) => Some(match later.as_str() {
            "completed" | "prior-credit" => "completed since",
            "retracted" => "taken away since",
            "extended" => "extended again since",
            "exempted" => "exempted since",
            "revoked" => "credit taken back since",
            _ => "corrected since",
        }),
        (None, Some(_), Some(MessageState::Waiting)) => Some("waits to go out"),
        (None, Some(_), Some(MessageState::Skipped)) => Some("withdrawn"),
        (None, Some(_), _) => Some("went out"),
        (None, None, _) => None,
    }
}
