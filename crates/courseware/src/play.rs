//! The role-play engine: the steps that were stored, replayed, give the scene that comes next and in the end the outcome.
//!
//! The same steps give the same scene for ever: there is no clock and no chance in it. Choices are shown in an order made of
//! the attempt's seed, and are named by their place in the file, so the order never matters to what is stored.
//!
//! In *practice* feedback comes at once and the learner may go back: going back is replaying fewer steps. In an *assessed*
//! attempt feedback waits for the debrief.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::question::Share;
use crate::scenario::{Block, Choice, Ending, Node, Scenario, Show, Way};
use crate::shuffle::{Seed, Stream};
use crate::state::{Rules, State, holds};
use crate::total::Total;

/// A choice that was taken, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The id of the scene.
    pub node: String,
    /// The choice, by its place in the file from 1.
    pub choice: u32,
}

/// How an attempt is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Feedback at once, and the way back is open.
    Practice,
    /// Feedback in the debrief.
    Assessed,
}

/// Why steps cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The step is of another scene than the one the role-play stands in.
    OtherNode {
        /// Where it stands.
        stands: String,
    },
    /// The scene does not show such a choice.
    NoChoice {
        /// The choice that was asked for.
        choice: u32,
    },
    /// The role-play has ended.
    Ended,
    /// A scene leads nowhere, which a scenario that passes the checks never does.
    Stuck {
        /// The scene.
        node: String,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherNode { stands } => write!(f, "the role-play stands at #{stands}"),
            Self::NoChoice { choice } => write!(f, "choice {choice} is not shown here"),
            Self::Ended => f.write_str("the role-play has ended"),
            Self::Stuck { node } => write!(f, "there is no way on from #{node}"),
        }
    }
}

impl std::error::Error for Refused {}

/// A place to begin in the middle of a role-play: for those who write it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// The id of the scene; the first where it is empty.
    pub node: String,
    /// Meters by name, with the value they have; the others are as at the start.
    pub meters: Vec<(String, i32)>,
    /// The names of the flags that are set.
    pub flags: Vec<String>,
}

/// A scene that was passed, or in which the role-play stands.
#[derive(Clone, Debug)]
pub struct Passed<'a> {
    /// The scene.
    pub node: &'a Node,
    /// Each meter as the learner arrived, in the order of the scenario.
    pub meters: Vec<i32>,
    /// The flags that were set as the learner arrived, by name.
    pub flags: Vec<&'a str>,
    /// What was said and seen.
    pub blocks: Vec<&'a Block>,
    /// The choices that were shown, in the order of the file.
    pub choices: Vec<&'a Choice>,
    /// The choice that was taken.
    pub chosen: Option<&'a Choice>,
    /// Whether the choice was a decision that counts: the first in its scene.
    pub counts: bool,
}

/// A role-play in progress.
#[derive(Clone, Debug)]
pub struct Play<'a> {
    rules: Rules<'a>,
    state: State,
    seed: Seed,
    passed: Vec<Passed<'a>>,
    ending: Option<Ending>,
}

/// What a learner sees now.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    /// The scenes that were passed since the last choice, the one in which the role-play stands as the last.
    pub passages: Vec<Passage<'a>>,
    /// The choices, in the order in which they are shown. None at an ending.
    pub choices: Vec<&'a Choice>,
    /// The meters that are not hidden.
    pub meters: Vec<ShownMeter<'a>>,
    /// A hint on demand, as safe HTML.
    pub hint_html: Option<&'a str>,
}

/// What is said and seen in one scene.
#[derive(Clone, Debug)]
pub struct Passage<'a> {
    /// The scene.
    pub node: &'a Node,
    /// The blocks whose condition holds.
    pub blocks: Vec<&'a Block>,
}

/// A meter as a learner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownMeter<'a> {
    /// As the mood of a portrait.
    Mood(&'a str, Mood),
    /// As a bar with its number.
    Bar(&'a str, i32),
}

/// A mood: a fifth of a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mood {
    /// 0 to 19.
    Upset,
    /// 20 to 39.
    Uneasy,
    /// 40 to 59.
    Waiting,
    /// 60 to 79.
    Easier,
    /// 80 to 100.
    Warm,
}

impl Mood {
    /// The mood of a meter's value.
    #[must_use]
    pub fn of(value: i32) -> Self {
        match value {
            ..=19 => Self::Upset,
            20..=39 => Self::Uneasy,
            40..=59 => Self::Waiting,
            60..=79 => Self::Easier,
            _ => Self::Warm,
        }
    }

    /// The mood in a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upset => "upset",
            Self::Uneasy => "uneasy",
            Self::Waiting => "waiting",
            Self::Easier => "easier",
            Self::Warm => "warm",
        }
    }
}

/// How a role-play came out.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// The scene it ended in.
    pub node: &'a Node,
    /// How it ended.
    pub ending: Ending,
    /// The score over the decisions met; none where none was.
    pub score: Option<Total>,
    /// The score in each competency of the scenario; none where it was not observed.
    pub competencies: Vec<(&'a str, Option<Total>)>,
    /// How many critical choices were taken.
    pub critical: u32,
    /// Whether it passed: score, ending and critical choices.
    pub passed: bool,
    /// Each decision beside a better line.
    pub decisions: Vec<Decision<'a>>,
    /// The paragraphs of the debrief that are shown.
    pub debrief: Vec<&'a Block>,
    /// The checklist, each line with whether it was done.
    pub checklist: Vec<(&'a Block, bool)>,
    /// Questions to think about.
    pub reflections: &'a [Block],
}

/// A decision beside a better line.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    /// The scene.
    pub node: &'a Node,
    /// What was taken.
    pub taken: &'a Choice,
    /// The best of what was shown, if it was better than what was taken.
    pub better: Option<&'a Choice>,
    /// Whether it counts: the first in its scene.
    pub counts: bool,
}

impl<'a> Play<'a> {
    /// Begins a role-play. `seed` is kept with the attempt; it decides the order in which choices are shown.
    ///
    /// # Errors
    ///
    /// [`Refused::Stuck`] where the scenario does not pass the checks.
    pub fn start(scenario: &'a Scenario, seed: Seed) -> Result<Self, Refused> {
        Self::start_from(scenario, seed, &Stage::default())
    }

    /// Begins in the middle, with meters and flags as somebody sets them. No scene was visited and nothing was chosen before. Names that
    /// the scenario does not know are passed over, and values are brought into 0 to 100.
    ///
    /// # Errors
    ///
    /// [`Refused::OtherNode`] where there is no such scene, else as [`Play::start`].
    pub fn start_from(scenario: &'a Scenario, seed: Seed, stage: &Stage) -> Result<Self, Refused> {
        let rules = Rules::new(scenario);
        let mut state = rules.start();
        if !stage.node.is_empty() {
            let found = scenario.nodes.iter().position(|node| node.id == stage.node);
            let first = || scenario.nodes.first().map_or_else(String::new, |node| node.id.clone());
            state.node = found.ok_or_else(|| Refused::OtherNode { stands: first() })?;
        }
        for (name, value) in &stage.meters {
            let at = scenario.meters.iter().position(|meter| meter.name == *name);
            if let Some(slot) = at.and_then(|at| state.meters.get_mut(at)) {
                *slot = (*value).clamp(0, 100);
            }
        }
        for (flag, set) in scenario.flags.iter().zip(&mut state.flags) {
            *set = stage.flags.contains(flag);
        }
        let mut play = Self { rules, state, seed, passed: Vec::new(), ending: None };
        play.arrive()?;
        Ok(play)
    }

    /// Begins a role-play and takes the steps that were stored.
    ///
    /// # Errors
    ///
    /// The first step that does not fit.
    pub fn replay<'s>(
        scenario: &'a Scenario,
        seed: Seed,
        steps: impl IntoIterator<Item = &'s Step>,
    ) -> Result<Self, Refused> {
        let mut play = Self::start(scenario, seed)?;
        for step in steps {
            play.take(step)?;
        }
        Ok(play)
    }

    /// Takes a choice and moves on, through scenes that only lead further, to the next choice or the ending.
    ///
    /// # Errors
    ///
    /// What keeps the step from being taken; the role-play then stands where it stood.
    pub fn take(&mut self, step: &Step) -> Result<(), Refused> {
        if self.ending.is_some() {
            return Err(Refused::Ended);
        }
        let Some(here) = self.passed.last() else { return Err(Refused::Ended) };
        if here.node.id != step.node {
            return Err(Refused::OtherNode { stands: here.node.id.clone() });
        }
        let Some(choice) = here.choices.iter().copied().find(|choice| choice.id == step.choice) else {
            return Err(Refused::NoChoice { choice: step.choice });
        };
        let at = here.node.choices().iter().position(|other| other.id == choice.id).unwrap_or(0);
        let before = (self.state.clone(), self.passed.len());
        let counts = here.node.is_decision() && self.state.decided.get(self.state.node) != Some(&true);
        self.rules.take(&mut self.state, at, choice);
        if choice.to.is_none() {
            self.state = before.0;
            return Err(Refused::Stuck { node: step.node.clone() });
        }
        if let Err(refused) = self.arrive() {
            self.state = before.0;
            self.passed.truncate(before.1);
            self.ending = None;
            return Err(refused);
        }
        if let Some(here) = self.passed.get_mut(before.1 - 1) {
            here.chosen = Some(choice);
            here.counts = counts;
        }
        Ok(())
    }

    /// Looks round where the role-play stands, and follows routes on.
    fn arrive(&mut self) -> Result<(), Refused> {
        let scenario = self.rules.scenario;
        // Routes change nothing but what was visited, so a way through them is either short or endless.
        let most = scenario.nodes.len().saturating_mul(scenario.nodes.len() + 1);
        for _ in 0..=most {
            let Some(node) = scenario.nodes.get(self.state.node) else { break };
            let flags = scenario.flags.iter().zip(&self.state.flags);
            let mut here = Passed {
                node,
                meters: self.state.meters.clone(),
                flags: flags.filter(|(_, set)| **set).map(|(name, _)| name.as_str()).collect(),
                blocks: node.blocks.iter().filter(|block| holds(&block.condition, &self.state)).collect(),
                choices: Vec::new(),
                chosen: None,
                counts: false,
            };
            match &node.way {
                Way::Choices(choices) => {
                    let visible = choices.iter().enumerate();
                    let visible = visible.filter(|(at, choice)| self.rules.is_visible(&self.state, *at, choice));
                    here.choices = visible.map(|(_, choice)| choice).collect();
                    let is_stuck = here.choices.is_empty();
                    self.passed.push(here);
                    return if is_stuck { Err(Refused::Stuck { node: node.id.clone() }) } else { Ok(()) };
                }
                Way::Routes(routes) => {
                    self.passed.push(here);
                    match self.rules.route(&self.state, routes).and_then(|route| route.to) {
                        Some(to) => self.rules.move_on(&mut self.state, to),
                        None => break,
                    }
                }
                Way::Ending(ending) => {
                    self.ending = Some(*ending);
                    self.passed.push(here);
                    return Ok(());
                }
                Way::None => break,
            }
        }
        let node = scenario.nodes.get(self.state.node).map_or_else(String::new, |node| node.id.clone());
        Err(Refused::Stuck { node })
    }

    /// Every scene that was passed, and as the last the one in which the role-play stands.
    #[must_use]
    pub fn passed(&self) -> &[Passed<'a>] {
        &self.passed
    }

    /// How it ended, if it did.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Each meter now, in the order of the scenario.
    #[must_use]
    pub fn meters(&self) -> &[i32] {
        &self.state.meters
    }

    /// The flags that are set, by name.
    #[must_use]
    pub fn flags(&self) -> Vec<&'a str> {
        let flags = self.rules.scenario.flags.iter().zip(&self.state.flags);
        flags.filter(|(_, set)| **set).map(|(name, _)| name.as_str()).collect()
    }

    /// How many critical choices were taken.
    #[must_use]
    pub fn critical(&self) -> u32 {
        self.state.critical
    }

    /// What the learner sees now.
    #[must_use]
    pub fn scene(&self) -> Scene<'a> {
        let since = self.passed.iter().rposition(|passed| passed.chosen.is_some()).map_or(0, |at| at + 1);
        let here = self.passed.get(since..).unwrap_or_default();
        let last = here.last();
        let mut choices: Vec<&'a Choice> = last.map(|last| last.choices.clone()).unwrap_or_default();
        if let Some(last) = last.filter(|last| !last.node.fixed) {
            Stream::new(&self.seed, "choices", &last.node.id).shuffle(&mut choices);
        }
        let meters = self.rules.scenario.meters.iter().zip(&self.state.meters);
        Scene {
            passages: here.iter().map(|passed| Passage { node: passed.node, blocks: passed.blocks.clone() }).collect(),
            choices,
            meters: meters
                .filter_map(|(meter, value)| match meter.show {
                    Show::Hidden => None,
                    Show::Mood => Some(ShownMeter::Mood(&meter.name, Mood::of(*value))),
                    Show::Bar => Some(ShownMeter::Bar(&meter.name, *value)),
                })
                .collect(),
            hint_html: last.and_then(|last| last.node.hint_html.as_deref()),
        }
    }

    /// The last choice, where the mode lets its feedback be seen now.
    #[must_use]
    pub fn feedback(&self, mode: Mode) -> Option<&'a Choice> {
        let last = self.passed.iter().rev().find_map(|passed| passed.chosen);
        last.filter(|_| mode == Mode::Practice || self.ending.is_some())
    }

    /// How it came out; none before it has ended.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome<'a>> {
        let scenario = self.rules.scenario;
        let (ending, last) = (self.ending?, self.passed.last()?);
        let counted = self.passed.iter().filter(|passed| passed.counts);
        let mut score = Total::EMPTY;
        let mut competencies = vec![Total::EMPTY; scenario.competencies.len()];
        for (node, choice) in counted.filter_map(|passed| passed.chosen.map(|choice| (passed.node, choice))) {
            score.add(node.weight, node.share(choice));
            for (name, points) in node.points(choice) {
                let at = scenario.competencies.iter().position(|other| Some(other.as_str()) == name);
                if let Some(sum) = at.and_then(|at| competencies.get_mut(at)) {
                    sum.add(node.weight, Share { parts: 2, earned: u64::from(points) });
                }
            }
        }
        let score = score.observed();
        let pass = scenario.pass;
        let passed = pass.ending.is_none_or(|least| ending >= least)
            && pass.critical.is_none_or(|most| self.state.critical <= most)
            && pass.score.is_none_or(|bar| score.map_or(bar == 0, |score| score.reaches(bar)));
        let shown = |block: &&Block| holds(&block.condition, &self.state);
        let ticked = |block: &Block| block.condition.is_some() && holds(&block.condition, &self.state);
        Some(Outcome {
            node: last.node,
            ending,
            score,
            competencies: scenario
                .competencies
                .iter()
                .zip(competencies)
                .map(|(name, score)| (name.as_str(), score.observed()))
                .collect(),
            critical: self.state.critical,
            passed,
            decisions: self.decisions(),
            debrief: scenario.debrief.blocks.iter().filter(shown).collect(),
            checklist: scenario.debrief.checklist.iter().map(|block| (block, ticked(block))).collect(),
            reflections: &scenario.debrief.reflections,
        })
    }

    fn decisions(&self) -> Vec<Decision<'a>> {
        let decisions = self.passed.iter().filter(|passed| passed.node.is_decision());
        let reviewed = decisions.filter_map(|passed| {
            let taken = passed.chosen?;
            // Of choices that earn the same, the first in the file; a critical one is never the better line.
            let rank = |choice: &Choice| (passed.node.share(choice), !choice.is_critical());
            let best = passed.choices.iter().copied().rev().max_by_key(|choice| rank(choice));
            let better = best.filter(|best| rank(best) > rank(taken));
            Some(Decision { node: passed.node, taken, better, counts: passed.counts })
        });
        reviewed.collect()
    }
}
