//! My training: one thing to go on with, what must be renewed soon, the path with where one is, what is valid and what is done.
//!
//! Until requirements are assigned, the path is what authors suggest: modules in the order of their `after`. A completed module is
//! due again as its own `valid-for` says.

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan as _, civil::Date};
use store::DocumentId;

use crate::{
    Failure, Usecases, clock,
    learn::{Met, ModuleCard, Progress},
    who::Who,
};

/// How many days before the end of its validity a module may be renewed (schedule.md, `window`).
const WINDOW: i64 = 60;

/// What there is to do, and what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Training {
    /// The one thing to go on with.
    pub next: Option<NextUp>,
    /// What must be renewed soon or is over, the most urgent first.
    pub due: Vec<Held>,
    /// The steps of the path.
    pub path: Vec<PathStep>,
    /// What is valid, by the day it ends.
    pub valid: Vec<Held>,
    /// What was completed and has no end.
    pub done: Vec<Held>,
}

/// The one thing to go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextUp {
    /// The module.
    pub card: ModuleCard,
    /// Why it stands first, as a sentence.
    pub why: String,
    /// The day by which it should be done.
    pub due: Option<Date>,
}

/// A module that was completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The module.
    pub card: ModuleCard,
    /// The last day it counts; none if it has no end.
    pub valid_through: Option<Date>,
    /// Days until then; negative once it is over.
    pub days_left: Option<i32>,
}

/// A step of the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathStep {
    /// The module.
    pub card: ModuleCard,
    /// Whether one is here.
    pub here: bool,
    /// Whether it is done and still counts.
    pub done: bool,
}

impl Usecases {
    /// What whoever asks has to do and has done.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn training(&self, who: &Who, now: Timestamp) -> Result<Training, Failure> {
        let here = self.here().await?;
        let today = clock::day_in(now, &here.zone);
        let mut mets = self.met(who, &here).await?;
        in_order(&mut mets);
        let mut ends: HashMap<DocumentId, Option<Date>> = HashMap::new();
        if mets.iter().any(|met| !met.is_new()) {
            for done in self.store.completions_of(who.person).await? {
                ends.entry(done.document).or_insert_with(|| done.valid_through.map(clock::date_of));
            }
        }
        let mut training = Training::default();
        let mut begun: Option<(i64, NextUp)> = None;
        let mut new: Option<NextUp> = None;
        for met in &mets {
            let card = self.card_of(who, met).await?;
            let valid_through = ends.get(&met.document).copied().flatten();
            let days_left = valid_through.map(|last| clock::day_number(last) - clock::day_number(today));
            let held = |card: &ModuleCard| Held { card: card.clone(), valid_through, days_left };
            let completed = matches!(card.progress, Progress::Done { .. });
            // What is being taken again still counts until its last day.
            let held_before = ends.contains_key(&met.document);
            let counts = (completed || held_before) && days_left.is_none_or(|days| days >= 0);
            training.path.push(PathStep { card: card.clone(), here: false, done: counts });
            match card.progress {
                Progress::Begun { .. } => {
                    // Taken again, it counts as before until its last day.
                    if let Some(days) = days_left.filter(|days| *days >= 0) {
                        let list = if i64::from(days) <= WINDOW { &mut training.due } else { &mut training.valid };
                        list.push(held(&card));
                    }
                    let last = met.last_at().unwrap_or(0);
                    if begun.as_ref().is_none_or(|(newest, _)| last > *newest) {
                        let why = begun_words(&card, last, &here.zone, today);
                        begun = Some((last, NextUp { due: valid_through, why, card: card.clone() }));
                    }
                }
                Progress::New if new.is_none() => {
                    let why = if training.path.len() == 1 {
                        "It is the first step of your path.".to_owned()
                    } else {
                        "It is the next step of your path.".to_owned()
                    };
                    new = Some(NextUp { card: card.clone(), why, due: None });
                }
                Progress::New => {}
                Progress::Done { .. } => match days_left {
                    Some(days) if i64::from(days) <= WINDOW => training.due.push(held(&card)),
                    Some(_) => training.valid.push(held(&card)),
                    None => training.done.push(held(&card)),
                },
            }
        }
        training.due.sort_by_key(|held| held.valid_through);
        training.valid.sort_by_key(|held| held.valid_through);
        // What is over comes first, then what was begun, what is new, and what may be renewed.
        let renewal = training.due.first().map(|held| (held.days_left.is_some_and(|days| days < 0), renewal(held)));
        training.next = match (renewal, begun.map(|(_, next)| next), new) {
            (_, Some(begun), _) => Some(begun),
            (Some((true, over)), None, _) => Some(over),
            (_, None, Some(new)) => Some(new),
            (Some((_, soon)), None, None) => Some(soon),
            (None, None, None) => None,
        };
        if let Some(next) = &training.next {
            for step in &mut training.path {
                step.here = step.card.slug == next.card.slug;
            }
            training.due.retain(|held| held.card.slug != next.card.slug);
        }
        Ok(training)
    }
}

fn renewal(held: &Held) -> NextUp {
    let why = match held.days_left {
        Some(days) if days < 0 => "What you completed no longer counts. Take it again.",
        _ => "What you completed counts only until then. Take it again in time.",
    };
    NextUp { card: held.card.clone(), why: why.to_owned(), due: held.valid_through }
}

fn begun_words(card: &ModuleCard, last: i64, zone: &str, today: Date) -> String {
    let day = Timestamp::from_microsecond(last).map_or(today, |last| clock::day_in(last, zone));
    let when = if day == today {
        "today".to_owned()
    } else if day.saturating_add(1.day()) == today {
        "yesterday".to_owned()
    } else {
        format!("on {}", day.strftime("%-d %b %Y"))
    };
    match &card.missing {
        Some(missing) if missing.is_quiz => format!("You have read it all. The quiz “{}” is missing.", missing.title),
        Some(missing) => format!("You have read it all. The role-play “{}” is missing.", missing.title),
        None => format!("You were here {when}."),
    }
}

/// Modules after those that should come first; what may stand anywhere keeps its place. Where authors go round in a circle, the
/// circle keeps its order.
fn in_order(mets: &mut Vec<Met>) {
    let mut left: Vec<Met> = std::mem::take(mets);
    while !left.is_empty() {
        let waits = |met: &Met| met.module.after.iter().any(|slug| left.iter().any(|other| other.module.slug == *slug));
        let at = left.iter().position(|met| !waits(met)).unwrap_or(0);
        mets.push(left.remove(at));
    }
}
