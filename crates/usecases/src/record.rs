//! What somebody has completed and tried, for good.

use jiff::{Timestamp, civil::Date};

use crate::{
    Failure, Usecases, clock,
    role_play::{AttemptLine, percent},
    secret::hex,
    who::Who,
};

/// Somebody's record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// What was completed, newest first.
    pub completed: Vec<RecordLine>,
    /// What was tried, newest first.
    pub tried: Vec<TriedLine>,
}

/// One completion in somebody's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLine {
    /// The title it had.
    pub title: String,
    /// What it is: a module, a role-play, a quiz.
    pub kind: &'static str,
    /// Its address.
    pub href: String,
    /// The day of completion in the site's zone.
    pub on: Date,
    /// The last day it counts; none if it has no end or none is known.
    pub valid_through: Option<Date>,
    /// Whether that day is over.
    pub is_over: bool,
    /// The score from 0 to 100, where there is one.
    pub score: Option<u32>,
    /// The first characters of the version's content hash.
    pub version: String,
    /// Its number in the ledger.
    pub entry: i64,
    /// The number of its certificate.
    pub certificate: Option<String>,
}

/// One attempt at a role-play or a quiz.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriedLine {
    /// The title of the version.
    pub title: String,
    /// What it is: a role-play, a quiz.
    pub kind: &'static str,
    /// The first characters of the version's content hash.
    pub version: String,
    /// The attempt.
    pub attempt: AttemptLine,
}

/// A kind of document, as people call it.
pub(crate) fn kind_words(kind: &str) -> &'static str {
    match kind {
        "scenario" => "Role-play",
        "quiz" => "Quiz",
        "job-aid" => "Job aid",
        _ => "Module",
    }
}

/// The first characters of a hash, enough to tell any two versions apart.
fn short(hash: &[u8; 32]) -> String {
    hex(&hash[..6])
}

impl Usecases {
    /// The record of whoever asks.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn record(&self, who: &Who, now: Timestamp) -> Result<Record, Failure> {
        let zone = self.zone().await?;
        let today = clock::day_in(now, &zone);
        let completed = self.store.completions_of(who.person).await?.into_iter().map(|done| {
            let valid_through = done.valid_through.map(clock::date_of);
            RecordLine {
                kind: kind_words(&done.kind),
                href: match (done.kind.as_str(), done.attempt) {
                    ("module", _) | (_, None) => crate::place_of(&done.kind, &done.slug),
                    (kind, Some(attempt)) => format!("{}/attempts/{attempt}", crate::place_of(kind, &done.slug)),
                },
                title: done.title,
                on: clock::date_of(done.effective_on),
                is_over: valid_through.is_some_and(|last| last < today),
                valid_through,
                score: done.score.map(percent),
                version: short(&done.content_hash),
                entry: done.fact,
                certificate: done.certificate,
            }
        });
        let tried = self.store.tried(who.person, None).await?;
        let tried = tried.iter().map(|tried| TriedLine {
            title: tried.title.clone(),
            kind: kind_words(&tried.kind),
            version: short(&tried.content_hash),
            attempt: AttemptLine::of(tried, &zone),
        });
        Ok(Record { completed: completed.collect(), tried: tried.collect() })
    }
}
