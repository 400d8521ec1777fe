//! What first attempts say about questions and role-plays, for those who write them. Nobody's name is read, and nothing is said of
//! fewer than ten people, nor anything from which that could be reckoned back.
//!
//! Versions that score alike ([`courseware::scoring_hash`]) are counted together. Those of which fewer than ten people have finished a
//! first attempt are left out of every figure: so each figure is one of ten people or more, and so is what any two of them differ by.
//! Attempts go by in parts, each once; what is kept grows with the questions and choices, and not with the people.

use std::collections::{HashMap, HashSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use records::statistics::LEAST;
use store::{AttemptId, DocumentId, FirstAttempt, FirstAttempts, LiveDocument, VersionId, VersionLine};

use crate::{
    Failure, FieldError, Usecases,
    audit::Object,
    clock::{date_words, day_in},
    role_play::ASSESSED,
    site::Here,
    who::Who,
};

mod items;
mod scenes;

pub(crate) use items::answers;
pub use items::{ItemFigures, ItemLine, OptionLine, PartLine, QuizStatistics};
pub use scenes::{ChoiceLine, MoveLine, RolePlayFigures, RolePlayStatistics, SceneLine, VersionChoice};

/// How many attempts are read at once.
const PART: i64 = 500;
/// How many of the newest first attempts are counted for the list.
const COUNTED: i64 = 1_000;

/// The days on which attempts ended, as they are typed: `2026-11-28`, or nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DaysTyped<'a> {
    /// The first.
    pub from: &'a str,
    /// The last.
    pub to: &'a str,
}

/// What can be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatisticsList {
    /// The quizzes, by title.
    pub quizzes: Vec<Counted>,
    /// The role-plays, by title.
    pub role_plays: Vec<Counted>,
}

/// A quiz or a role-play with how many first attempts there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How many people have finished a first attempt; none where they are fewer than ten.
    pub people: Option<u64>,
    /// Whether there are that many or more: only the newest are counted.
    pub or_more: bool,
}

/// The first attempts that are told of.
struct Told {
    attempts: FirstAttempts,
    /// Every version of the document, in the order in which they were first published.
    versions: Vec<VersionLine>,
    /// For each way of scoring how many people have finished a first attempt.
    people: HashMap<[u8; 32], u64>,
}

impl Told {
    /// The versions that score in a way that ten people or more have met.
    fn told(&self) -> HashSet<VersionId> {
        let is_told = |line: &&VersionLine| self.people.get(&line.scoring_hash).is_some_and(|people| *people >= LEAST);
        self.versions.iter().filter(is_told).map(|line| line.id).collect()
    }

    /// Whether attempts are left out, since too few met the version.
    fn leaves_out(&self) -> bool {
        self.people.values().any(|people| (1..LEAST).contains(people))
    }

    /// The place of a version in the order of publishing.
    fn place(&self, id: VersionId) -> Option<usize> {
        self.versions.iter().position(|line| line.id == id)
    }

    /// Until when something counted that stands in these versions, by their places: none if it does as the document is live.
    fn until(&self, places: &[usize], live: VersionId, here: &Here) -> Option<String> {
        if self.place(live).is_some_and(|live| places.contains(&live)) {
            return None;
        }
        let next = places.iter().max().and_then(|last| self.versions.get(last + 1));
        Some(match next {
            Some(next) => format!("until {}", day_of(next.published_at, here)),
            // An older version was made live again.
            None => "in another version".to_owned(),
        })
    }
}

/// The day of an instant, in words.
fn day_of(micros: i64, here: &Here) -> String {
    date_words(day_in(Timestamp::from_microsecond(micros).unwrap_or_default(), &here.zone))
}

impl Usecases {
    /// The quizzes and role-plays with how many first attempts there are.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who are neither trainer nor administrator, [`Failure::Store`].
    pub async fn statistics(&self, who: &Who) -> Result<StatisticsList, Failure> {
        who.as_trainer()?;
        Ok(StatisticsList {
            quizzes: self.counted("quiz", "").await?,
            role_plays: self.counted("scenario", ASSESSED).await?,
        })
    }

    async fn counted(&self, kind: &str, mode: &'static str) -> Result<Vec<Counted>, Failure> {
        let mut lines = Vec::new();
        for live in self.store.live_documents(kind).await? {
            let attempts = FirstAttempts { document: live.document, mode, from: i64::MIN, until: i64::MAX };
            let told = self.told(attempts, COUNTED).await?;
            let all: u64 = told.people.values().sum();
            let people: u64 = told.people.values().filter(|people| **people >= LEAST).sum();
            lines.push(Counted {
                slug: live.slug,
                title: live.title,
                people: (people > 0).then_some(people),
                or_more: i64::try_from(all).is_ok_and(|all| all >= COUNTED),
            });
        }
        Ok(lines)
    }

    /// The first attempts at a document, of the newest `most`.
    async fn told(&self, attempts: FirstAttempts, most: i64) -> Result<Told, Failure> {
        let versions = self.store.versions_of(attempts.document).await?;
        let counts = self.store.count_first_attempts(&attempts, most).await?;
        let mut people = HashMap::new();
        for line in &versions {
            *people.entry(line.scoring_hash).or_default() += counts.get(&line.id).copied().unwrap_or_default();
        }
        Ok(Told { attempts, versions, people })
    }

    /// The document, the first attempts at it between two days, and the site.
    async fn looked_at(
        &self,
        who: &Who,
        (kind, slug, mode): (&str, &str, &'static str),
        days: DaysTyped<'_>,
    ) -> Result<(LiveDocument, Told, Here), Failure> {
        who.as_trainer()?;
        let live = self.store.known_document(kind, slug).await?.ok_or(Failure::NotFound)?;
        let here = self.here().await?;
        let attempts = between(live.document, mode, days, &here)?;
        let told = self.told(attempts, i64::MAX).await?;
        Ok((live, told, here))
    }

    /// Lets each first attempt at one of `versions` go by once.
    async fn each_first_attempt(
        &self,
        of: &FirstAttempts,
        versions: &HashSet<VersionId>,
        mut see: impl FnMut(&FirstAttempt) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut after = AttemptId(0);
        loop {
            let part = self.store.first_attempts(of, after, PART).await?;
            let Some(last) = part.last() else { return Ok(()) };
            after = last.id;
            part.iter().filter(|attempt| versions.contains(&attempt.version)).try_for_each(&mut see)?;
        }
    }

    /// Writes down that somebody downloaded figures.
    async fn downloaded(&self, who: &Who, path: String, days: DaysTyped<'_>, now: Timestamp) -> Result<(), Failure> {
        let detail = match (days.from.trim(), days.to.trim()) {
            ("", "") => String::new(),
            (from, "") => format!("from {from}"),
            ("", to) => format!("to {to}"),
            (from, to) => format!("from {from} to {to}"),
        };
        self.audit(who, "statistics.exported", Object(path), &detail, now).await
    }
}

/// The first attempts that ended on some days of the site.
fn between(
    document: DocumentId,
    mode: &'static str,
    days: DaysTyped<'_>,
    here: &Here,
) -> Result<FirstAttempts, Failure> {
    let mut errors = Vec::new();
    let mut read = |field: &'static str, typed: &str| match typed.trim() {
        "" => None,
        typed => typed.parse::<Date>().map_err(|_| errors.push(FieldError::new(field, DAY))).ok(),
    };
    let (from, to) = (read("from", days.from), read("to", days.to));
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        errors.push(FieldError::new("to", "The last day lies before the first. Choose a later one"));
    }
    if !errors.is_empty() {
        return Err(Failure::Invalid(errors));
    }
    let zone = TimeZone::get(&here.zone).unwrap_or(TimeZone::UTC);
    let begins = |day: Date| zone.to_timestamp(day.at(0, 0, 0, 0)).map_or(i64::MAX, Timestamp::as_microsecond);
    Ok(FirstAttempts {
        document,
        mode,
        from: from.map_or(i64::MIN, begins),
        until: to.map_or(i64::MAX, |to| to.tomorrow().map_or(i64::MAX, begins)),
    })
}

const DAY: &str = "Write the day as year-month-day, for example 2026-11-28";

/// A share in whole hundredths, as it is shown and written.
fn percent(share: f64) -> u32 {
    // From 0 to 100 by construction.
    (share * 100.0).round().clamp(0.0, 100.0) as u32
}
