//! What a module takes: its pages, and the role-plays and quizzes that it embeds.

use courseware::{Module, Requirement, ValidFor, quiz::Keep};
use jiff::{Span, Timestamp, civil::Date};
use store::{Activity, Goal, PersonId};

use super::Met;
use crate::{Failure, Usecases, clock, secret, site::Here, who::Who};

/// A role-play or a quiz that a module embeds, as one person meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityCard {
    /// Whether it is a quiz; else a role-play.
    pub is_quiz: bool,
    /// Its title.
    pub title: String,
    /// Its address.
    pub href: String,
    /// How many minutes it takes.
    pub minutes: Option<u32>,
    /// Whether the module takes it.
    pub required: bool,
    /// Whether it was passed since the module was completed last.
    pub passed: bool,
}

/// An embedded activity that is live.
#[derive(Clone, Debug)]
pub(super) struct Embedded {
    pub(super) slug: String,
    pub(super) activity: Activity,
    pub(super) card: ActivityCard,
}

/// The last day on which a completion counts: inclusive, and counted in calendar months where the author says months
/// (schedule.md, rules 1, 2 and 4).
pub(crate) fn valid_through(on: Date, valid_for: Option<ValidFor>) -> Option<Date> {
    let span = match valid_for? {
        ValidFor::Days(days) => Span::new().try_days(days).ok()?,
        ValidFor::Months(months) => Span::new().try_months(months).ok()?,
    };
    Some(on.saturating_add(span))
}

impl Usecases {
    /// The activities of a module that are live, with whether they were passed.
    pub(super) async fn embedded(&self, who: &Who, met: &Met) -> Result<Vec<Embedded>, Failure> {
        let module = &met.module;
        if module.activities().next().is_none() {
            return Ok(Vec::new());
        }
        let done = met.done_on().is_some();
        let mut found: Vec<Embedded> = Vec::new();
        for activity in module.activities() {
            if found.iter().any(|known| known.slug == activity.slug) {
                continue;
            }
            // What was withdrawn meanwhile is still a part of the version that somebody is in the middle of.
            let Some(live) = self.store.known_slug(&activity.slug).await? else { continue };
            let (is_quiz, wanted, minutes, last_counts) = match live.kind.as_str() {
                "quiz" => {
                    let quiz = self.versions.quiz(&self.store, live.version, &met.here.tokens).await?;
                    (true, Requirement::Quiz, quiz.minutes, quiz.keep == Keep::Last)
                }
                "scenario" => {
                    let scenario = self.versions.scenario(&self.store, live.version, &met.here.tokens).await?;
                    (false, Requirement::Scenario, scenario.minutes, false)
                }
                _ => continue,
            };
            let kept = Activity { document: live.document, last_counts };
            found.push(Embedded {
                slug: activity.slug.clone(),
                activity: kept,
                card: ActivityCard {
                    is_quiz,
                    title: live.title,
                    href: crate::place_of(&live.kind, &live.slug),
                    minutes,
                    required: module.complete.contains(&wanted),
                    passed: done || self.store.has_passed(who.person, met.document, kept).await?,
                },
            });
        }
        Ok(found)
    }

    /// What completes a module for somebody, on the day it is at `now`.
    pub(super) fn goal(&self, met: &Met, embedded: &[Embedded], now: Timestamp) -> Result<Goal, Failure> {
        let today = clock::day_in(now, &met.here.zone);
        let reads = met.module.complete.contains(&Requirement::Read);
        let pages = met.module.pages.iter().filter(|_| reads).map(|page| page.id.clone());
        let required = embedded.iter().filter(|activity| activity.card.required);
        Ok(Goal {
            document: met.document,
            version: met.version,
            pages: pages.collect(),
            activities: required.map(|activity| activity.activity).collect(),
            today: clock::day_number(today),
            valid_through: valid_through(today, met.module.valid_for).map(clock::day_number),
            certificate: secret::certificate_number()?,
        })
    }

    /// Every module that embeds an activity, as somebody meets it.
    pub(crate) async fn embedding(&self, who: &Who, slug: &str, here: &Here) -> Result<Vec<Met>, Failure> {
        let mut progress = self.store.progress_of(who.person).await?;
        let mut found = Vec::new();
        for live in self.modules_met(&progress).await? {
            let met = self.meet(&live, progress.remove(&live.document), here).await?;
            if embeds(&met.module, slug) {
                found.push(met);
            }
        }
        Ok(found)
    }

    /// The modules that passing an activity may complete: those that are not completed.
    pub(crate) async fn goals(&self, who: &Who, mets: &[Met], now: Timestamp) -> Result<Vec<Goal>, Failure> {
        let mut goals = Vec::new();
        for met in mets.iter().filter(|met| met.done_on().is_none()) {
            let embedded = self.embedded(who, met).await?;
            goals.push(self.goal(met, &embedded, now)?);
        }
        Ok(goals)
    }

    /// Since when attempts at an activity count: since a module that embeds it was completed last, microseconds.
    pub(crate) async fn counts_since(&self, person: PersonId, mets: &[Met]) -> Result<i64, Failure> {
        let mut since = 0;
        for met in mets {
            let ended = self.store.latest_ended_attempt(person, met.document).await?;
            since = since.max(ended.and_then(|attempt| attempt.ended_at).unwrap_or(0));
        }
        Ok(since)
    }
}

fn embeds(module: &Module, slug: &str) -> bool {
    module.activities().any(|activity| activity.slug == slug)
}

/// Where to go on after an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOn {
    /// The title of the module.
    pub title: String,
    /// The address.
    pub href: String,
    /// Whether the module is completed.
    pub completed: bool,
}

impl Met {
    /// Where an activity of this module leads back to: the page after the one that embeds it, or the module once it is completed.
    pub(crate) fn way_on(&self, slug: &str) -> WayOn {
        let at = self.module.pages.iter().position(|page| page.activities.iter().any(|one| one.slug == slug));
        let completed = self.done_on().is_some();
        let next = at.and_then(|at| self.module.pages.get(at)).filter(|_| !completed);
        WayOn {
            title: self.module.title.clone(),
            href: next.map_or_else(|| format!("/modules/{}", self.module.slug), |page| self.href(page)),
            completed,
        }
    }

    /// Whether it was never begun.
    pub(crate) fn is_new(&self) -> bool {
        self.progress.is_none()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.progress.as_ref().is_some_and(|progress| progress.attempt.is_open())
    }

    pub(crate) fn last_at(&self) -> Option<i64> {
        self.progress.as_ref().map(|progress| progress.last_at.unwrap_or(progress.attempt.started_at))
    }
}

/// The module to go back to from an activity: one that is open before one that is not, the last used first.
pub(crate) fn way_on(mets: &[Met], slug: &str) -> Option<WayOn> {
    let best = mets.iter().max_by_key(|met| (met.is_open(), met.last_at()))?;
    Some(best.way_on(slug))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_completion_counts_through_the_last_day_of_its_months() {
        for (on, valid_for, through) in [
            (date(2026, 3, 1), Some(ValidFor::Months(12)), Some(date(2027, 3, 1))),
            (date(2024, 2, 29), Some(ValidFor::Months(12)), Some(date(2025, 2, 28))),
            (date(2024, 2, 29), Some(ValidFor::Months(48)), Some(date(2028, 2, 29))),
            (date(2026, 1, 31), Some(ValidFor::Months(1)), Some(date(2026, 2, 28))),
            (date(2026, 1, 31), Some(ValidFor::Days(30)), Some(date(2026, 3, 2))),
            (date(2026, 1, 31), None, None),
        ] {
            assert_eq!(valid_through(on, valid_for), through, "{on} {valid_for:?}");
        }
    }
}
