//! A role-play as it may be seen while it is played: nothing of what lies ahead, no quality, no condition, no hidden meter.

use courseware::{
    Scenario,
    play::{Mode, Mood, Passed, Play, ShownMeter},
    scenario::{Block, BlockKind, Choice},
};
use jiff::civil::Date;
use store::{ActivityAttempt, Tried};

use super::{ASSESSED, percent};
use crate::{clock, learn::WayOn, site::Here};

/// A role-play before it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intro {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How many minutes it takes.
    pub minutes: Option<u32>,
    /// The role that the learner plays.
    pub you_are: Option<String>,
    /// What it is about, as safe HTML.
    pub intro_html: String,
    /// The others.
    pub people: Vec<Face>,
    /// The competencies it looks at, as people read them.
    pub competencies: Vec<String>,
    /// What passing takes, in words.
    pub pass: String,
    /// Whether it may be begun: nobody begins what was withdrawn.
    pub begins: bool,
    /// The attempt that is open: whether it counts.
    pub open: Option<bool>,
    /// The newest attempt.
    pub newest: Option<i64>,
    /// The attempts so far, the newest first.
    pub attempts: Vec<AttemptLine>,
    /// A fresh one-time token.
    pub token: String,
    /// The module it belongs to.
    pub way_on: Option<WayOn>,
}

/// Somebody in a role-play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// The name.
    pub name: String,
    /// The address of a portrait.
    pub image: Option<String>,
    /// What the portrait shows.
    pub alt: String,
}

/// An attempt in a list of attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptLine {
    /// Where it is looked back on; none for one that is open or was left.
    pub href: Option<String>,
    /// The day it began, in the site's zone.
    pub on: Date,
    /// Whether it counts; practice does not.
    pub counts: bool,
    /// Whether it is open.
    pub open: bool,
    /// The score from 0 to 100.
    pub score: Option<u32>,
    /// Whether it was passed; none for practice and for one that was left.
    pub passed: Option<bool>,
}

impl AttemptLine {
    pub(crate) fn of(tried: &Tried, zone: &str) -> Self {
        let on = jiff::Timestamp::from_microsecond(tried.attempt.started_at).unwrap_or_default();
        let ended = !tried.attempt.is_open() && (tried.passed.is_some() || tried.score.is_some());
        let place = crate::place_of(&tried.kind, &tried.slug);
        Self {
            href: ended.then(|| format!("{place}/attempts/{}", tried.attempt.id)),
            on: clock::day_in(on, zone),
            counts: tried.kind == "quiz" || tried.mode == ASSESSED,
            open: tried.attempt.is_open(),
            score: tried.score.map(percent),
            passed: tried.passed,
        }
    }
}

impl Face {
    /// Somebody, by their place among the characters.
    pub(crate) fn of(scenario: &Scenario, at: Option<usize>) -> Option<Self> {
        let character = scenario.characters.get(at?)?;
        Some(Self {
            name: character.name.clone(),
            image: character.image.clone().filter(|image| image.starts_with("/images/")),
            alt: character.alt.clone().unwrap_or_default(),
        })
    }
}

impl Intro {
    pub(super) fn of(scenario: &Scenario, tried: &[Tried], way_on: Option<WayOn>, here: &Here, token: String) -> Self {
        let newest = tried.first();
        Self {
            slug: scenario.slug.clone(),
            title: scenario.title.clone(),
            minutes: scenario.minutes,
            you_are: scenario.you_are.clone(),
            intro_html: scenario.intro_html.clone(),
            people: (0..scenario.characters.len()).filter_map(|at| Face::of(scenario, Some(at))).collect(),
            competencies: scenario.competencies.clone(),
            pass: pass_words(scenario),
            begins: true,
            open: newest.filter(|newest| newest.attempt.is_open()).map(|open| open.mode == ASSESSED),
            newest: newest.map(|newest| newest.attempt.id.0),
            attempts: tried.iter().map(|tried| AttemptLine::of(tried, &here.zone)).collect(),
            token,
            way_on,
        }
    }
}

/// What passing takes, in words.
pub(crate) fn pass_words(scenario: &Scenario) -> String {
    use courseware::scenario::Ending;
    let pass = scenario.pass;
    let score = pass.score.map(|score| format!("a score of {score} or more"));
    let ending = pass.ending.and_then(|ending| match ending {
        Ending::Good => Some("an ending that is good".to_owned()),
        Ending::Mixed => Some("an ending that is not bad".to_owned()),
        Ending::Bad => None,
    });
    let critical = pass.critical.map(|most| match most {
        0 => "no choice that does harm".to_owned(),
        1 => "at most one choice that does harm".to_owned(),
        most => format!("at most {most} choices that do harm"),
    });
    let parts: Vec<String> = [score, ending, critical].into_iter().flatten().collect();
    match parts.as_slice() {
        [] => "You pass by playing it to its end.".to_owned(),
        [one] => format!("You pass with {one}."),
        [first, last] => format!("You pass with {first} and {last}."),
        [most @ .., last] => format!("You pass with {} and {last}.", most.join(", ")),
    }
}

/// Where a role-play stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneView {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Whether it counts; else it is practice.
    pub counts: bool,
    /// The attempt.
    pub attempt: i64,
    /// How many steps there were.
    pub at: usize,
    /// A fresh one-time token.
    pub token: String,
    /// What was said before the last choice.
    pub before: Vec<Line>,
    /// The last choice.
    pub said: Option<Said>,
    /// What is said and seen since.
    pub lines: Vec<Line>,
    /// The choices, as safe HTML, in the order in which they are shown.
    pub choices: Vec<String>,
    /// The meters that are not hidden.
    pub meters: Vec<MeterView>,
    /// A hint on demand, as safe HTML.
    pub hint_html: Option<String>,
    /// How many choices are kept by going one step back; none where there is no way back.
    pub back_to: Option<usize>,
}

/// What is said or seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Somebody's words.
    Speech {
        /// Who says them.
        by: Option<Face>,
        /// The words, as safe HTML.
        html: String,
    },
    /// A stage direction, as safe HTML.
    Stage(String),
    /// Anything else, as safe HTML.
    Text(String),
    /// What the learner said, as safe HTML.
    You(String),
}

/// A choice that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its words, as safe HTML.
    pub html: String,
    /// What is to be said about it, in practice.
    pub feedback_html: Option<String>,
}

/// A meter as a learner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterView {
    /// Its name.
    pub name: String,
    /// As a mood: from 0, upset, to 4, warm, and its word.
    pub mood: Option<(u8, &'static str)>,
    /// As a number from 0 to 100.
    pub value: Option<i32>,
}

impl MeterView {
    /// The meters of a scene that learners see.
    pub(crate) fn all(scene: &courseware::play::Scene<'_>) -> Vec<Self> {
        scene.meters.iter().map(meter).collect()
    }
}

impl SceneView {
    pub(super) fn of(
        scenario: &Scenario,
        play: &Play<'_>,
        attempt: &ActivityAttempt,
        mode: Mode,
        token: String,
    ) -> Self {
        let scene = play.scene();
        let passed = play.passed();
        let choices = passed.iter().filter(|passed| passed.chosen.is_some()).count();
        let since = passed.iter().rposition(|passed| passed.chosen.is_some()).map_or(0, |at| at + 1);
        let mut before: Vec<Line> = passed.iter().take(since).flat_map(|passed| lines(scenario, passed)).collect();
        let said = passed.iter().take(since).next_back().and_then(|passed| passed.chosen);
        if said.is_some() {
            // The last one stands by itself.
            before.pop();
        }
        let feedback = play.feedback(mode);
        Self {
            slug: scenario.slug.clone(),
            title: scenario.title.clone(),
            counts: mode == Mode::Assessed,
            attempt: attempt.attempt.id.0,
            at: attempt.steps.len(),
            token,
            before,
            said: said.map(|said| Said {
                html: said.html.clone(),
                feedback_html: feedback.and_then(|choice: &Choice| choice.feedback_html.clone()),
            }),
            lines: passed.iter().skip(since).flat_map(|passed| lines(scenario, passed)).collect(),
            choices: scene.choices.iter().map(|choice| choice.html.clone()).collect(),
            meters: scene.meters.iter().map(meter).collect(),
            hint_html: scene.hint_html.map(str::to_owned),
            back_to: choices.checked_sub(1).filter(|_| mode == Mode::Practice),
        }
    }
}

/// What was said and seen in a scene, and what was chosen there.
pub(crate) fn lines(scenario: &Scenario, passed: &Passed<'_>) -> Vec<Line> {
    let said = passed.blocks.iter().map(|block| line(scenario, block));
    said.chain(passed.chosen.map(|choice| Line::You(choice.html.clone()))).collect()
}

fn line(scenario: &Scenario, block: &Block) -> Line {
    let html = block.html.clone();
    match block.kind {
        BlockKind::Speech(by) => Line::Speech { by: Face::of(scenario, by), html },
        BlockKind::Stage => Line::Stage(html),
        BlockKind::Text => Line::Text(html),
    }
}

fn meter(meter: &ShownMeter<'_>) -> MeterView {
    match *meter {
        ShownMeter::Mood(name, mood) => {
            let step = match mood {
                Mood::Upset => 0,
                Mood::Uneasy => 1,
                Mood::Waiting => 2,
                Mood::Easier => 3,
                Mood::Warm => 4,
            };
            MeterView { name: name.to_owned(), mood: Some((step, mood.as_str())), value: None }
        }
        ShownMeter::Bar(name, value) => MeterView { name: name.to_owned(), mood: None, value: Some(value) },
    }
}
