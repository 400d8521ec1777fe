//! Looking back on a role-play: now everything may be seen.

use courseware::{
    Scenario,
    play::{Outcome, Play},
    scenario::{Ending, Quality},
};
use jiff::civil::Date;

use super::{
    hundredths, percent,
    views::{Line, lines, pass_words},
};
use crate::learn::WayOn;

/// A role-play that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debrief {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The attempt.
    pub attempt: i64,
    /// The newest attempt.
    pub newest: Option<i64>,
    /// A fresh one-time token.
    pub token: String,
    /// The day it ended, in the site's zone.
    pub on: Date,
    /// Whether it counts; practice does not.
    pub counts: bool,
    /// Whether it passes, or would have.
    pub passed: bool,
    /// What passing takes, in words.
    pub pass: String,
    /// How it ended: well, with some good in it, badly.
    pub ending: &'static str,
    /// The last words.
    pub closing: Vec<Line>,
    /// The score from 0 to 100; none where nothing was decided.
    pub score: Option<u32>,
    /// How many choices did harm.
    pub critical: u32,
    /// The score in each competency.
    pub competencies: Vec<CompetencyLine>,
    /// The decisions, in order.
    pub decisions: Vec<DecisionLine>,
    /// The meters along the path.
    pub meters: Vec<MeterPath>,
    /// What there is to say about the whole, as safe HTML.
    pub words: Vec<String>,
    /// What should have been done.
    pub checklist: Vec<ChecklistLine>,
    /// Questions to think about, as safe HTML.
    pub reflections: Vec<String>,
    /// The whole conversation.
    pub conversation: Vec<Line>,
    /// Where to go on.
    pub way_on: Option<WayOn>,
    /// Whether it may be played again: nobody begins what was withdrawn.
    pub begins: bool,
}

/// The score in a competency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompetencyLine {
    /// The competency, by id.
    pub id: String,
    /// What people read for it.
    pub name: String,
    /// The score from 0 to 100; none where it was not observed.
    pub score: Option<u32>,
}

impl CompetencyLine {
    /// A line that is called by its id, until somebody who knows puts the name in.
    pub(crate) fn new(id: &str, score: Option<u32>) -> Self {
        Self { name: name_words(id), id: id.to_owned(), score }
    }
}

/// The id of a competency or the name of a meter as words.
pub fn name_words(id: &str) -> String {
    let words = id.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A decision beside a better line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionLine {
    /// The scene.
    pub scene: String,
    /// What was said, as safe HTML.
    pub taken_html: String,
    /// How good that was, in words.
    pub quality: &'static str,
    /// Whether it was good, where it was good or bad.
    pub is_good: Option<bool>,
    /// What there is to say about it, as safe HTML.
    pub feedback_html: Option<String>,
    /// What would have been better, as safe HTML, with what there is to say about it.
    pub better: Option<(String, Option<String>)>,
    /// Whether it counts: the first in its scene.
    pub counts: bool,
    /// How many choices came before it: to play again from here, they are kept.
    pub keep: usize,
}

/// A meter along the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterPath {
    /// Its name.
    pub name: String,
    /// Its values, from the beginning, after each choice, to the end.
    pub values: Vec<i32>,
}

/// Something that should have been done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChecklistLine {
    /// What, as safe HTML.
    pub html: String,
    /// Whether it was.
    pub done: bool,
}

/// What is known of an attempt that has ended beside what was played.
#[derive(Default)]
pub(crate) struct Ended {
    pub(crate) attempt: i64,
    pub(crate) on: Date,
    pub(crate) counts: bool,
    pub(crate) newest: Option<i64>,
    pub(crate) token: String,
    pub(crate) way_on: Option<WayOn>,
}

impl Debrief {
    pub(crate) fn of(
        (scenario, play, outcome): (&Scenario, &Play<'_>, &Outcome<'_>),
        Ended { attempt, on, counts, newest, token, way_on }: Ended,
    ) -> Self {
        let passed = play.passed();
        let mut taken = 0;
        let mut decisions = Vec::new();
        let mut reviewed = outcome.decisions.iter();
        for scene in passed {
            let Some(choice) = scene.chosen else { continue };
            if scene.node.is_decision()
                && let Some(decision) = reviewed.next()
            {
                decisions.push(DecisionLine {
                    scene: scene.node.title.clone(),
                    taken_html: choice.html.clone(),
                    quality: quality_words(choice.quality),
                    is_good: match choice.quality {
                        Some(Quality::Best) => Some(true),
                        Some(Quality::Poor | Quality::Critical) => Some(false),
                        Some(Quality::Ok) | None => None,
                    },
                    feedback_html: choice.feedback_html.clone(),
                    better: decision.better.map(|better| (better.html.clone(), better.feedback_html.clone())),
                    counts: decision.counts,
                    keep: taken,
                });
            }
            taken += 1;
        }
        let meters = scenario.meters.iter().enumerate().map(|(at, meter)| {
            let value = |meters: &[i32]| meters.get(at).copied().unwrap_or(0);
            let first = passed.first().map(|scene| value(&scene.meters));
            let after = passed.iter().skip(1).zip(passed).filter(|(_, before)| before.chosen.is_some());
            MeterPath {
                name: meter.name.clone(),
                values: first.into_iter().chain(after.map(|(scene, _)| value(&scene.meters))).collect(),
            }
        });
        let whole = |total: courseware::Total| total.percent().and_then(hundredths).map(percent);
        Self {
            slug: scenario.slug.clone(),
            title: scenario.title.clone(),
            attempt,
            newest,
            token,
            on,
            counts,
            passed: outcome.passed,
            pass: pass_words(scenario),
            ending: match outcome.ending {
                Ending::Good => "It ended well",
                Ending::Mixed => "It ended with some good in it",
                Ending::Bad => "It ended badly",
            },
            closing: passed.last().map(|last| lines(scenario, last)).unwrap_or_default(),
            score: outcome.score.and_then(whole),
            critical: outcome.critical,
            competencies: outcome
                .competencies
                .iter()
                .map(|(id, score)| CompetencyLine::new(id, score.and_then(whole)))
                .collect(),
            decisions,
            meters: meters.collect(),
            words: outcome.debrief.iter().map(|block| block.html.clone()).collect(),
            checklist: outcome
                .checklist
                .iter()
                .map(|(block, done)| ChecklistLine { html: block.html.clone(), done: *done })
                .collect(),
            reflections: outcome.reflections.iter().map(|block| block.html.clone()).collect(),
            conversation: passed.iter().flat_map(|scene| lines(scenario, scene)).collect(),
            way_on,
            begins: true,
        }
    }
}

fn quality_words(quality: Option<Quality>) -> &'static str {
    match quality {
        Some(Quality::Best) => "Very good",
        Some(Quality::Ok) => "It will do",
        Some(Quality::Poor) => "Made things harder",
        Some(Quality::Critical) => "Did harm",
        None => "",
    }
}
