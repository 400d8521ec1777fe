//! My training: one thing to go on with, what is asked of one and by when, what must be renewed soon, the path with where one is, what is
//! valid and what is done.
//!
//! What requirements ask for comes first, with their dates. The path is what is asked, and where nothing is asked what authors suggest:
//! modules in the order of their `after`. A completed module that nobody asks for is due again as its own `valid-for` says.

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan as _, civil::Date};
use records::answer::{Coverage, Overlay, Timing};
use store::DocumentId;

use crate::{
    Failure, Usecases, clock,
    learn::{Met, ModuleCard, Progress},
    obligations::Asked,
    who::Who,
};

/// How many days before the end of its validity a module may be renewed (schedule.md, `window`).
const WINDOW: i64 = 60;

/// What there is to do, and what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Training {
    /// The one thing to go on with.
    pub next: Option<NextUp>,
    /// What is asked and open, but for the one thing, the most urgent first.
    pub asked: Vec<Asked>,
    /// What is asked and counts, or is not to be done just now, by the day it ends.
    pub kept: Vec<Asked>,
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
    /// What it is called.
    pub title: String,
    /// Where it goes on.
    pub href: String,
    /// The module, unless it is something else.
    pub card: Option<ModuleCard>,
    /// What asks for it, with its dates and what explains them.
    pub asked: Option<Asked>,
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
                        begun = Some((last, NextUp::of(&card, why, valid_through)));
                    }
                }
                Progress::New if new.is_none() => {
                    let why = if training.path.len() == 1 {
                        "It is the first step of your path.".to_owned()
                    } else {
                        "It is the next step of your path.".to_owned()
                    };
                    new = Some(NextUp::of(&card, why, None));
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
        self.put_asked_first(&mut training, who, now).await?;
        if let Some(NextUp { card: Some(card), .. }) = &training.next {
            for step in &mut training.path {
                step.here = step.card.slug == card.slug;
            }
            training.due.retain(|held| held.card.slug != card.slug);
        }
        Ok(training)
    }

    /// What requirements ask for stands before what authors suggest, and their dates before those of certificates.
    async fn put_asked_first(&self, training: &mut Training, who: &Who, now: Timestamp) -> Result<(), Failure> {
        let asked = self.asked_of_me(who, now).await?;
        let applies = |one: &Asked| one.standing.overlay != Some(Overlay::NotApplicable);
        let (open, kept): (Vec<Asked>, Vec<Asked>) =
            asked.into_iter().filter(applies).partition(|one| one.standing.open && one.standing.overlay.is_none());
        for list in [&mut training.due, &mut training.valid, &mut training.done] {
            list.retain(|held| !open.iter().chain(&kept).any(|one| one.place == module_place(&held.card.slug)));
        }
        // Of whom something is asked, that is their path; a refresher keeps a step of it done that the module's own validity knows
        // nothing of.
        if !open.is_empty() || !kept.is_empty() {
            training.path.retain_mut(|step| {
                let place = module_place(&step.card.slug);
                let asked = open.iter().chain(&kept).find(|one| one.place == place);
                step.done = asked.is_some_and(|one| one.standing.coverage == Coverage::Valid);
                asked.is_some()
            });
            training.path.sort_by_key(|step| {
                let place = module_place(&step.card.slug);
                open.iter().chain(&kept).find(|one| one.place == place).map(|one| one.step)
            });
        }
        training.asked = open;
        training.kept = kept;
        training.kept.sort_by_key(|one| (one.standing.valid_through.is_none(), one.standing.valid_through));
        let card = |one: &Asked| {
            let own = |step: &&PathStep| one.place == module_place(&step.card.slug);
            training.path.iter().find(own).map(|step| step.card.clone())
        };
        let urgent = |one: &Asked| matches!(one.standing.timing, Some(Timing::Overdue | Timing::DueSoon));
        let begun = training.next.as_ref().and_then(|next| next.card.as_ref());
        let begun = begun.filter(|card| matches!(card.progress, Progress::Begun { .. })).map(|card| card.slug.clone());
        let of_begun = |one: &Asked| begun.as_ref().is_some_and(|slug| one.place == module_place(slug));
        // What was begun goes on, unless something else presses.
        let at = match (training.asked.first(), &begun) {
            (Some(first), _) if urgent(first) => Some(0),
            (_, Some(_)) => training.asked.iter().position(of_begun),
            (first, None) => first.map(|_| 0),
        };
        if let Some(at) = at {
            let one = training.asked.remove(at);
            training.next = Some(NextUp::asked(&one, card(&one)));
        } else if begun.is_none() && !training.kept.is_empty() {
            // All that is asked is done: what else there is waits in its lists and under Modules.
            training.next = None;
        }
        Ok(())
    }
}

impl NextUp {
    fn of(card: &ModuleCard, why: String, due: Option<Date>) -> Self {
        let href = match card.progress {
            Progress::Done { .. } => module_place(&card.slug),
            _ => card.continue_at.clone(),
        };
        Self { title: card.title.clone(), href, card: Some(card.clone()), asked: None, why, due }
    }

    /// What is asked; what renews it where that is enough, else the thing itself.
    fn asked(one: &Asked, card: Option<ModuleCard>) -> Self {
        let why = asked_words(one);
        let due = one.standing.due.map(|due| due.date());
        let (title, asked) = (one.name.clone(), Some(one.clone()));
        match (&one.refresher, card) {
            (Some(refresher), _) => Self { title, href: refresher.clone(), card: None, asked, why, due },
            (None, Some(card)) => Self { title, asked, ..Self::of(&card, why, due) },
            (None, None) => Self { title, href: one.place.clone(), card: None, asked, why, due },
        }
    }
}

fn module_place(slug: &str) -> String {
    crate::place_of("module", slug)
}

/// What stands with something that is asked, as a sentence without its dates.
fn asked_words(one: &Asked) -> String {
    let renewal = match (one.standing.coverage, &one.refresher) {
        (Coverage::Never, _) => "It is asked of you.",
        (Coverage::Valid | Coverage::Grace, Some(_)) => "Renew it: the short refresher is enough.",
        (Coverage::Valid, None) => "Renew it in time, so that it goes on counting.",
        (Coverage::Grace, None) => "What you completed no longer counts. Take it again soon.",
        (Coverage::Lapsed, _) => "What you completed no longer counts. Take all of it again.",
        (Coverage::Revoked, _) => "Your completion was taken back. Take it again.",
    };
    renewal.to_owned()
}

fn renewal(held: &Held) -> NextUp {
    let why = match held.days_left {
        Some(days) if days < 0 => "What you completed no longer counts. Take it again.",
        _ => "What you completed counts only until then. Take it again in time.",
    };
    NextUp::of(&held.card, why.to_owned(), held.valid_through)
}

fn begun_words(card: &ModuleCard, last: i64, zone: &str, today: Date) -> String {
    let day = Timestamp::from_microsecond(last).map_or(today, |last| clock::day_in(last, zone));
    let when = if day == today {
        "today".to_owned()
    } else if day.saturating_add(1.day()) == today {
        "yesterday".to_owned()
    } else {
        format!("on {}", clock::date_words(day))
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
