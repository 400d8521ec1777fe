//! Who looked at somebody: a page about a person leaves a line in the audit log, at most one an hour for the same two people and page, and
//! whoever was looked at is told.

use jiff::{SignedDuration, Timestamp, civil::DateTime};
use store::PersonId;

use crate::{Failure, Usecases, audit::Object, who::Who};

/// The word of the audit log.
const VIEWED: &str = "person.viewed";
/// For how many days back one is told.
pub const TOLD_DAYS: i64 = 90;
/// How many lines one is told at most.
const TOLD: i64 = 200;

/// A page about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// What is asked of them and what was recorded.
    Training,
    /// Why something is due.
    Why,
    /// Everything about them.
    Report,
    /// Their details and rights.
    Person,
}

impl About {
    /// What the page is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Training => "Training",
            Self::Why => "Why something is due",
            Self::Report => "Everything about one person",
            Self::Person => "Details and rights",
        }
    }
}

/// That somebody looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Who.
    pub name: String,
    /// At what.
    pub page: String,
    /// When, by the site's clocks.
    pub at: DateTime,
}

impl Usecases {
    /// Writes down that somebody looked at a page about another person. What one sees of oneself is nobody's concern.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn looked(&self, who: &Who, person: PersonId, about: About, now: Timestamp) -> Result<(), Failure> {
        if who.person == person {
            return Ok(());
        }
        let entry = store::NewAudit {
            who: Some(who.person),
            what: VIEWED.to_owned(),
            object: Object::from(person).0,
            detail: about.words().to_owned(),
            from: who.from.clone(),
        };
        let at = now.as_microsecond();
        self.store.append_audit_once(entry, at.saturating_sub(3_600_000_000), at).await?;
        Ok(())
    }

    /// Who looked at pages about whoever asks within the last 90 days, the last first.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn who_looked(&self, who: &Who, now: Timestamp) -> Result<Vec<Look>, Failure> {
        let since = now.saturating_sub(SignedDuration::from_hours(24 * TOLD_DAYS));
        let since = since.map_or(i64::MIN, Timestamp::as_microsecond);
        let local = self.local().await?;
        let found = self.store.done_to(who.person, VIEWED, since, TOLD).await?;
        let looks = found.into_iter().map(|entry| Look {
            name: entry.who_name.unwrap_or_default(),
            page: entry.detail,
            at: local(entry.at),
        });
        Ok(looks.collect())
    }
}
