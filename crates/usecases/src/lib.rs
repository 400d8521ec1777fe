//! What people can do: who asks, may they, parse, rule, store, answer. No web and no Leptos; pages, the command line
//! and jobs call the same functions (architecture.md, rule 5).
//!
//! In reading order: [`who`] (who asks and what they may), [`sign_in`], [`set_up`]; a learner's own: [`training`], [`learn`] (modules,
//! pages, checks), [`role_play`], [`quiz`], [`recall`] (questions between cycles), [`record`], [`certificate`], [`feedback`],
//! [`search`], [`profile`], [`calendar`]; who must do what by when: [`requirements`] with [`policies`],
//! [`paths`], [`assignments`] and [`job_roles`], [`obligations`], [`recording`] (what
//! moves dates), [`deputies`], [`reminders`]; how many stand how: [`reports`] (saved, mailed,
//! and gathered for managers each week), as files [`exports`], [`packet`] (for auditors),
//! [`exceptions`], [`viewed`] (who looked at whom); what others do for
//! them: [`team`], [`allowance`], [`people`], [`roster`], [`standing`], [`statistics`], [`studio`] (writing courseware), [`departments`], [`site`], [`audit`], [`publish`], [`images`], [`demo`];
//! messages: [`messages`] (as an administrator sees them), [`outbox`] (what the sender needs), [`letter`] (text and HTML at once); and
//! what they stand on: [`question`] (as it may be seen), [`form`] (tokens), [`failure`], [`password`], [`secret`], [`clock`], `thawed`
//! (documents parsed once).
//!
//! To add a use case: a method on [`Usecases`] in the noun's file that takes [`who::Who`] first, asks for the right it
//! needs, parses what was typed into the types of `records`, calls one method of `store`, and answers with a view that
//! holds only what may be seen.

pub mod allowance;
pub mod assignments;
pub mod audit;
pub mod calendar;
pub mod certificate;
pub mod clock;
pub mod demo;
pub mod departments;
pub mod deputies;
pub mod exceptions;
pub mod exports;
pub mod failure;
pub mod feedback;
pub mod first_steps;
pub mod form;
pub mod images;
pub mod job_roles;
pub mod learn;
pub mod letter;
pub mod messages;
pub mod obligations;
pub mod outbox;
pub mod packet;
pub mod password;
pub mod paths;
pub mod people;
pub mod policies;
pub mod profile;
pub mod publish;
pub mod question;
pub mod quiz;
pub mod recall;
pub mod record;
pub mod recording;
pub mod reminders;
pub mod reports;
pub mod requirements;
pub mod role_play;
pub mod roster;
pub mod search;
pub mod secret;
pub mod set_up;
pub mod sign_in;
pub mod site;
pub mod standing;
pub mod statistics;
pub mod studio;
pub mod team;
mod thawed;
pub mod training;
pub mod viewed;
pub mod who;
mod withdrawn;

pub use courseware::escaped;
pub use failure::{Failure, FieldError};
pub use store::{AssignmentId, DepartmentId, MessageState, PathId, PersonId, RequirementId, What};

/// Where a document is found, by its kind and its name in addresses.
pub fn place_of(kind: &str, slug: &str) -> String {
    match kind {
        "scenario" => format!("/role-plays/{slug}"),
        "quiz" => format!("/quizzes/{slug}"),
        "job-aid" => format!("/job-aids/{slug}"),
        _ => format!("/modules/{slug}"),
    }
}

/// Every use case, over one store. Cheap to clone.
#[derive(Clone)]
pub struct Usecases {
    store: store::Store,
    passwords: password::Passwords,
    versions: thawed::Versions,
    words: site::Made,
    tallies: reports::tallies::Tallies,
    sizes: reports::Sizes,
    besides: studio::Besides,
    seeds: secret::Seeds,
    plan: std::sync::Arc<courseware::Plan>,
    writing: studio::Writing,
    counts: studio::Counts,
    competencies: std::sync::Arc<[courseware::Competency]>,
}

impl Usecases {
    /// The use cases over a store that is open and migrated.
    pub fn new(store: store::Store) -> Self {
        Self {
            store,
            passwords: password::Passwords::default(),
            versions: thawed::Versions::default(),
            words: site::Made::default(),
            tallies: reports::tallies::Tallies::default(),
            sizes: reports::Sizes::default(),
            besides: studio::Besides::default(),
            seeds: secret::Seeds::default(),
            plan: std::sync::Arc::default(),
            writing: studio::Writing::default(),
            counts: studio::Counts::default(),
            competencies: std::sync::Arc::default(),
        }
    }

    /// The same, with paths that administrators are offered as a beginning.
    #[must_use]
    pub fn with_plan(self, plan: courseware::Plan) -> Self {
        Self { plan: std::sync::Arc::new(plan), ..self }
    }

    /// The same, with the competencies that what trainers write may name.
    #[must_use]
    pub fn with_competencies(self, competencies: Vec<courseware::Competency>) -> Self {
        Self { competencies: competencies.into(), ..self }
    }

    /// The same, with questions, answers and choices drawn by a chance that is known, for made-up people.
    pub(crate) fn with_chance(self, chance: demo::chance::Chance) -> Self {
        Self { seeds: secret::Seeds::of(chance), ..self }
    }

    /// The same, with reports read in parts of other sizes.
    #[must_use]
    pub fn with_sizes(self, sizes: reports::Sizes) -> Self {
        Self { sizes, ..self }
    }

    /// Ends the access of those whose last day has passed and what managers who moved no longer manage, and removes what is over:
    /// sessions, links, counters, the tokens of forms, devices long unused, files that were never imported, exports, what was touched long ago and old messages. Gives how many rows.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn sweep(&self, now: jiff::Timestamp) -> Result<u64, Failure> {
        let before = |days: i64| {
            let span = jiff::SignedDuration::from_hours(24 * days);
            now.saturating_sub(span).map_or(i64::MIN, jiff::Timestamp::as_microsecond)
        };
        let at = now.as_microsecond();
        let mut removed = self.store.purge_sessions(at).await?;
        removed += self.store.purge_counters(at).await?;
        // A link that is over still tells for a month whether it was used or too old.
        removed += self.store.purge_links(before(30)).await?;
        // A form is sent again within minutes, or waits on a device without a line; an older one is told by the attempt it names.
        removed += self.store.purge_form_tokens(before(30)).await?;
        removed += self.store.purge_devices(before(365)).await?;
        // Longer than any mail server keeps trying, and than anybody asks what became of a message.
        removed += self.store.purge_messages(before(180)).await?;
        removed += self.store.purge_held_files(at.saturating_sub(3_600_000_000)).await?;
        removed += self.store.purge_exports(before(exports::KEPT_DAYS)).await?;
        // Twice as long as anybody keeps numbers without looking what was touched.
        removed += self.store.purge_touched(before(2)).await?;
        self.store.disable_leavers(self.today(now).await?, at).await?;
        self.store.end_moved(at).await?;
        Ok(removed)
    }

    /// The site's zone; UTC before it is set up.
    async fn zone(&self) -> Result<String, Failure> {
        Ok(self.store.site().await?.map_or_else(|| "UTC".to_owned(), |site| site.zone))
    }

    /// An instant as the clocks of the site show it.
    async fn local(&self) -> Result<impl Fn(i64) -> jiff::civil::DateTime + use<>, Failure> {
        let zone = jiff::tz::TimeZone::get(&self.zone().await?).unwrap_or(jiff::tz::TimeZone::UTC);
        Ok(move |micros| zone.to_datetime(jiff::Timestamp::from_microsecond(micros).unwrap_or_default()))
    }

    /// The site's day at `now`, as the store keeps days.
    async fn today(&self, now: jiff::Timestamp) -> Result<i32, Failure> {
        Ok(clock::day_number(clock::day_in(now, &self.zone().await?)))
    }

    /// The store with a line for the audit log that goes with what is written through it, all or nothing: `what` as noun
    /// and verb, about `object`, with details in words.
    fn noting<'a>(
        &self,
        actor: impl Into<who::Actor<'a>>,
        what: &str,
        object: impl Into<audit::Object>,
        detail: &str,
        now: jiff::Timestamp,
    ) -> store::Store {
        self.store.noting(entry(actor.into(), what, object.into(), detail), now.as_microsecond())
    }

    /// Writes a line into the audit log that goes with no other write.
    async fn audit(
        &self,
        actor: impl Into<who::Actor<'_>>,
        what: &str,
        object: impl Into<audit::Object>,
        detail: &str,
        now: jiff::Timestamp,
    ) -> Result<(), Failure> {
        let entry = entry(actor.into(), what, object.into(), detail);
        Ok(self.store.append_audit(entry, now.as_microsecond()).await?)
    }
}

fn entry(actor: who::Actor<'_>, what: &str, object: audit::Object, detail: &str) -> store::NewAudit {
    store::NewAudit {
        who: actor.person,
        what: what.to_owned(),
        object: object.0,
        detail: detail.to_owned(),
        from: actor.from.map(str::to_owned),
    }
}
