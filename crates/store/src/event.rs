//! What is recorded about somebody by somebody else: leave, exemption, extension, prior credit, an observed session, a revocation, and
//! corrections that supersede. Each is a fact of the ledger; what follows from it is worked out in the same transaction.

use crate::{
    DocumentId, Form, Outcome, PersonId, RequirementId, Result, Store, StoreError,
    db::{Row, Tx, vals},
    fact::{NewFact, append_fact},
    obligation,
};
use records::day::Day;
use serde::Deserialize;

/// What happened to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// They were hired.
    Hired,
    /// Their last day; nothing is asked from that day on.
    Left,
    /// They came back.
    Rehired,
    /// They are away, through `to`; none while nobody knows.
    Leave {
        /// The last day.
        to: Option<i32>,
    },
    /// They are excused, through `until`; none until further notice.
    Exempted {
        /// The last day.
        until: Option<i32>,
    },
    /// The due date of the open cycle is moved.
    Extended {
        /// To this day.
        due: i32,
    },
    /// What they did elsewhere was accepted.
    PriorCredit,
    /// They did it under somebody's eyes.
    Completed,
    /// Their credit was taken back.
    Revoked,
    /// An earlier record was wrong and is taken away.
    Retracted,
}

impl Event {
    /// The word of the ledger.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Hired => "hired",
            Self::Left => "left",
            Self::Rehired => "rehired",
            Self::Leave { .. } => "leave",
            Self::Exempted { .. } => "exempted",
            Self::Extended { .. } => "extended",
            Self::PriorCredit => "prior-credit",
            Self::Completed => "completed",
            Self::Revoked => "revoked",
            Self::Retracted => "retracted",
        }
    }
}

/// Something to record.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// About whom.
    pub person: PersonId,
    /// What.
    pub event: Event,
    /// The day it acts.
    pub on: i32,
    /// About which requirement; none where it is about the person.
    pub requirement: Option<RequirementId>,
    /// Why.
    pub reason: String,
    /// What proves it.
    pub evidence: Option<String>,
    /// Who approved it, by name.
    pub approved_by: Option<String>,
    /// Who records it.
    pub by: PersonId,
    /// The number of the record it takes the place of.
    pub supersedes: Option<i64>,
}

/// What became of recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is recorded, under this number of the ledger.
    Done(i64),
    /// What it would correct is no record of this person, or was corrected already.
    NothingToCorrect,
    /// There is no such person or requirement.
    Missing,
}

impl crate::note::Happened for Recorded {
    fn happened(&self) -> Option<crate::note::Done> {
        matches!(self, Self::Done(_)).then(crate::note::Done::default)
    }
}

/// Something that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastEvent {
    /// The number in the ledger.
    pub seq: i64,
    /// About whom.
    pub person: PersonId,
    /// The word of the ledger: `leave`, `extended`, `completed`, …
    pub kind: String,
    /// The day it acts.
    pub on: i32,
    /// When it was recorded, microseconds.
    pub recorded_at: i64,
    /// Who recorded it; none for what the program did.
    pub by: Option<String>,
    /// Their id.
    pub by_id: Option<PersonId>,
    /// Whether they are an administrator.
    pub by_administrator: bool,
    /// The document it is about.
    pub document_id: Option<DocumentId>,
    /// Its title.
    pub document: Option<String>,
    /// The requirement it is about.
    pub requirement: Option<RequirementId>,
    /// Until when, of a leave or an exemption, or the day a due date was moved to.
    pub until: Option<i32>,
    /// Why.
    pub reason: Option<String>,
    /// What proves it.
    pub evidence: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// The record it took the place of.
    pub supersedes: Option<i64>,
    /// Whether a later record took its place.
    pub superseded: bool,
}

#[derive(Default, Deserialize)]
struct Body {
    to: Option<jiff::civil::Date>,
    until: Option<jiff::civil::Date>,
    due: Option<jiff::civil::Date>,
    requirement: Option<i64>,
    reason: Option<String>,
    evidence: Option<String>,
    by: Option<String>,
}

impl Store {
    /// Records something about somebody, with what follows from it.
    pub async fn record(&self, new: NewEvent, now: i64) -> Result<Recorded> {
        self.write((new, now), |tx, (new, now)| Box::pin(record(tx, new, *now))).await
    }

    /// The same from a form, whose token makes it happen once. [`Outcome::Conflict`] also where there is nothing (any more) that it
    /// could be about: somebody else was quicker.
    pub async fn record_once(&self, form: Form, new: NewEvent) -> Result<Outcome> {
        self.write((form, new), |tx, (form, new)| Box::pin(record_once(tx, form, new))).await
    }

    /// What was recorded about somebody, the newest first.
    pub async fn events(&self, person: PersonId) -> Result<Vec<PastEvent>> {
        let sql = "SELECT f.seq, f.person_id, f.kind, f.effective_on, f.recorded_at, p.name, f.document_id, v.title, f.supersedes, b.body, l.seq AS later, f.by_id,
            (SELECT count(*) FROM right_held r WHERE r.person_id = f.by_id AND r.held = 'administrator') AS by_administrator
            FROM fact f LEFT JOIN fact_body b ON b.seq = f.seq LEFT JOIN person p ON p.id = f.by_id
            LEFT JOIN document d ON d.id = f.document_id LEFT JOIN version v ON v.id = coalesce(f.version_id, d.live_version_id)
            LEFT JOIN fact l ON l.supersedes = f.seq
            WHERE f.person_id = $1 ORDER BY f.seq DESC";
        self.reader().await?.all(sql, vals![person]).await?.iter().map(past).collect()
    }
}

/// What a form that records something about somebody is used for, as its token remembers it.
pub fn recording(person: PersonId) -> String {
    format!("record {person}")
}

async fn record_once(tx: &mut Tx, form: &Form, new: &NewEvent) -> Result<Outcome> {
    let action = recording(new.person);
    if let Some(outcome) = form.before(tx, &action).await? {
        return Ok(outcome);
    }
    let outcome = match record(tx, new, form.now).await? {
        Recorded::Done(_) => Outcome::Recorded { next: 0 },
        Recorded::NothingToCorrect | Recorded::Missing => Outcome::Conflict,
    };
    form.remember(tx, &action, &outcome).await?;
    Ok(outcome)
}

async fn record(tx: &mut Tx, new: &NewEvent, now: i64) -> Result<Recorded> {
    let recorded = append(tx, new, now).await?;
    if let Recorded::Done(_) = recorded {
        obligation::recompute_if_asked(tx, new.person).await?;
    }
    Ok(recorded)
}

/// Appends the fact alone: what follows from it is for the caller to work out in the same transaction.
pub(crate) async fn append(tx: &mut Tx, new: &NewEvent, now: i64) -> Result<Recorded> {
    tx.lock_person(new.person).await?;
    let Some(person) = tx.optional("SELECT name FROM person WHERE id = $1", vals![new.person]).await? else {
        return Ok(Recorded::Missing);
    };
    let of = match new.requirement {
        None => None,
        Some(id) => {
            let sql = "SELECT r.document_id, d.live_version_id, d.slug, r.name FROM requirement r
                JOIN document d ON d.id = r.document_id WHERE r.id = $1";
            match tx.optional(sql, vals![id]).await? {
                Some(row) => Some(row),
                None => return Ok(Recorded::Missing),
            }
        }
    };
    let mut earlier = None;
    if let Some(seq) = new.supersedes {
        let sql = "SELECT f.kind, f.document_id, f.version_id, f.attempt_id, d.slug, v.title FROM fact f
            LEFT JOIN document d ON d.id = f.document_id LEFT JOIN version v ON v.id = coalesce(f.version_id, d.live_version_id)
            WHERE f.seq = $1 AND f.person_id = $2 AND f.kind <> 'retracted'
            AND NOT EXISTS (SELECT 1 FROM fact l WHERE l.supersedes = f.seq)";
        earlier = tx.optional(sql, vals![seq, new.person]).await?;
        if earlier.is_none() {
            return Ok(Recorded::NothingToCorrect);
        }
    }
    let mut body = serde_json::Map::new();
    let mut say = |key: &str, value: serde_json::Value| {
        if !value.is_null() {
            body.insert(key.to_owned(), value);
        }
    };
    let date = |day: i32| Day(day).to_string();
    say("person", person.text("name")?.into());
    match new.event {
        Event::Leave { to } => say("to", to.map(date).into()),
        Event::Exempted { until } => say("until", until.map(date).into()),
        Event::Extended { due } => say("due", date(due).into()),
        _ => {}
    }
    say("requirement", new.requirement.map(|id| id.0).into());
    say("reason", Some(&*new.reason).filter(|reason| !reason.is_empty()).into());
    say("evidence", new.evidence.as_deref().into());
    say("by", new.approved_by.as_deref().into());
    let (mut document, mut version, mut attempt) = (None, None, None);
    if let Some(row) = &of {
        say("document", row.text("slug")?.into());
        say("title", row.text("name")?.into());
        document = Some(DocumentId(row.i64("document_id")?));
        if new.event == Event::Completed {
            version = row.i64_or_none("live_version_id")?.map(crate::VersionId);
        }
    }
    // A corrected record stays about what it was about: the text that was worked with, and the attempt with its score.
    if let Some(row) = &earlier
        && row.text("kind")? == new.event.kind()
    {
        let own = row.i64_or_none("document_id")?.map(DocumentId);
        if document.is_none() {
            document = own;
            say("document", row.text_or_none("slug")?.into());
            say("title", row.text_or_none("title")?.into());
        }
        if document == own {
            version = row.i64_or_none("version_id")?.map(crate::VersionId);
            attempt = row.i64_or_none("attempt_id")?.map(crate::AttemptId);
        }
    }
    let fact = NewFact {
        by: Some(new.by),
        effective_on: new.on,
        kind: new.event.kind(),
        person: Some(new.person),
        document,
        version,
        attempt,
        supersedes: new.supersedes,
        body: serde_json::Value::Object(body).to_string(),
    };
    append_fact(tx, &fact, now).await.map(Recorded::Done)
}

pub(crate) fn past(row: &Row) -> Result<PastEvent> {
    let body = row.text_or_none("body")?;
    let body: Option<Body> = body
        .map(|body| serde_json::from_str(&body))
        .transpose()
        .map_err(|error| StoreError::corrupt("fact_body.body", error))?;
    let body = body.unwrap_or_default();
    Ok(PastEvent {
        seq: row.i64("seq")?,
        person: PersonId(row.i64("person_id")?),
        kind: row.text("kind")?,
        on: row.days("effective_on")?,
        recorded_at: row.i64("recorded_at")?,
        by: row.text_or_none("name")?,
        by_id: row.i64_or_none("by_id")?.map(PersonId),
        by_administrator: row.bool("by_administrator")?,
        document_id: row.i64_or_none("document_id")?.map(DocumentId),
        document: row.text_or_none("title")?,
        requirement: body.requirement.map(RequirementId),
        until: body.to.or(body.until).or(body.due).map(|day| Day::of(day).0),
        reason: body.reason,
        evidence: body.evidence,
        approved_by: body.by,
        supersedes: row.i64_or_none("supersedes")?,
        superseded: row.i64_or_none("later")?.is_some(),
    })
}
