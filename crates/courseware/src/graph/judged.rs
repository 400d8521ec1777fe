//! What conditions were, in the states that were met.

use super::random::Walks;
use super::space::Var;
use crate::condition::Condition;
use crate::scenario::{Block, Scenario, Way};
use crate::state::{Rules, State};

/// The range of a meter of which nothing is known; whatever is met makes it smaller.
const UNKNOWN: (u32, u32) = (u32::MAX, 0);

/// A condition while states go by.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    /// Whether a state reached its place.
    pub(super) reached: bool,
    /// Whether it held there.
    pub(super) held: bool,
    /// Whether it was asked there at all: of routes, only the first that holds and those above it are.
    pub(super) asked: bool,
    /// The least and the greatest that each variable was, of those that the condition reads, in its order.
    pub(super) ranges: Vec<(Var, u32, u32)>,
}

impl Judged {
    fn judge(&mut self, condition: &Condition, state: &State) -> bool {
        let holds = condition.holds(state);
        self.reached = true;
        self.asked = true;
        if holds {
            self.held = true;
            return true;
        }
        if self.held {
            return false;
        }
        let mut at = 0;
        condition.reads(&mut |part| {
            let (var, value) = match part {
                Condition::Meter { meter, .. } => {
                    (Var::Meter(*meter), state.meters.get(*meter).map_or(0, |value| value.unsigned_abs()))
                }
                Condition::Flag(flag) => (Var::Flag(*flag), u32::from(state.flags.get(*flag) == Some(&true))),
                Condition::Visited(node) => (Var::Visited(*node), u32::from(state.visited.get(*node) == Some(&true))),
                _ => (Var::Critical, u32::from(state.critical > 0)),
            };
            match self.ranges.get_mut(at) {
                Some((_, least, most)) => {
                    *least = (*least).min(value);
                    *most = (*most).max(value);
                }
                None => self.ranges.push((var, value, value)),
            }
            at += 1;
        });
        false
    }
}

/// The conditions of a scene while states go by.
#[derive(Debug, Default)]
pub(super) struct NodeJudged {
    pub(super) ways: Vec<Judged>,
    pub(super) blocks: Vec<Judged>,
    /// The first state in which every choice was hidden.
    pub(super) hidden: Option<u32>,
}

/// What was met of every condition of a role-play, in the states that were looked at.
pub(super) struct Judgement<'a> {
    pub(super) rules: &'a Rules<'a>,
    pub(super) nodes: Vec<NodeJudged>,
    pub(super) debrief: Vec<Judged>,
}

/// The paragraphs and the checklist of the debrief, in the order in which they are judged.
fn debrief(scenario: &Scenario) -> impl Iterator<Item = &Block> {
    scenario.debrief.blocks.iter().chain(&scenario.debrief.checklist)
}

impl<'a> Judgement<'a> {
    /// How much is read and written on random walks before every path is followed: a hundred or two through what people write.
    const TRIED: usize = 30_000;

    /// Nothing was met yet.
    fn new(rules: &'a Rules<'a>) -> Self {
        let nodes = rules.scenario.nodes.iter().map(|node| {
            let ways = match &node.way {
                Way::Choices(choices) => choices.len(),
                Way::Routes(routes) => routes.len(),
                Way::Ending(_) | Way::None => 0,
            };
            NodeJudged {
                ways: vec![Judged::default(); ways],
                blocks: vec![Judged::default(); node.blocks.len()],
                hidden: None,
            }
        });
        Self { rules, nodes: nodes.collect(), debrief: vec![Judged::default(); debrief(rules.scenario).count()] }
    }

    /// Begins with a few random walks. Of a paragraph that was shown on one of them no more needs to be known, so that what its
    /// condition reads need not be kept when every path is followed.
    pub(super) fn tried(rules: &'a Rules<'a>) -> Self {
        let mut judgement = Self::new(rules);
        judgement.sample(Self::TRIED);
        // What is told of a scene without a choice is a shortest way to it.
        judgement.nodes.iter_mut().for_each(|node| node.hidden = None);
        judgement
    }

    /// Calls `look` with every condition of a scene's paragraphs that was not met as holding yet, and of an ending with those of
    /// the debrief.
    pub(super) fn unmet(&self, node: usize, look: &mut impl FnMut(&Condition)) {
        let scenario = self.rules.scenario;
        let (Some(judged), Some(node)) = (self.nodes.get(node), scenario.nodes.get(node)) else { return };
        let blocks = node.blocks.iter().zip(&judged.blocks);
        let ends = matches!(node.way, Way::Ending(_));
        let debrief = debrief(scenario).zip(&self.debrief).filter(|_| ends);
        for (block, _) in blocks.chain(debrief).filter(|(_, judged)| !judged.held) {
            block.condition.as_ref().into_iter().for_each(&mut *look);
        }
    }

    /// Judges every condition that is looked at in a state. True if it ends here.
    pub(super) fn look(&mut self, state: &State, number: Option<u32>) -> bool {
        let scenario = self.rules.scenario;
        let (Some(node), Some(judged)) = (scenario.nodes.get(state.node), self.nodes.get_mut(state.node)) else {
            return true;
        };
        for (block, judged) in node.blocks.iter().zip(&mut judged.blocks) {
            if let Some(condition) = block.condition.as_ref().filter(|_| !judged.held) {
                judged.judge(condition, state);
            }
        }
        match &node.way {
            Way::Choices(choices) => {
                let mut is_shown = false;
                for (at, (choice, judged)) in choices.iter().zip(&mut judged.ways).enumerate() {
                    let holds = choice.condition.as_ref().is_none_or(|condition| judged.judge(condition, state));
                    is_shown |= holds && self.rules.is_visible(state, at, choice);
                }
                if !is_shown && judged.hidden.is_none() {
                    judged.hidden = Some(number.unwrap_or(u32::MAX));
                }
                !is_shown
            }
            Way::Routes(routes) => {
                // A route that no state comes to can never be taken, which is as good as a condition that never holds.
                judged.ways.iter_mut().for_each(|judged| judged.reached = true);
                for (route, judged) in routes.iter().zip(&mut judged.ways) {
                    if route.condition.as_ref().is_none_or(|condition| judged.judge(condition, state)) {
                        return false;
                    }
                }
                true
            }
            Way::Ending(_) => {
                for (block, judged) in debrief(scenario).zip(&mut self.debrief) {
                    if let Some(condition) = block.condition.as_ref().filter(|_| !judged.held) {
                        judged.judge(condition, state);
                    }
                }
                true
            }
            Way::None => true,
        }
    }

    /// Looks at the states of random walks from the start.
    pub(super) fn sample(&mut self, work: usize) {
        let mut walks = Walks::new(self.rules, work);
        while let Some(mut state) = walks.begin() {
            while !self.look(&state, None) && walks.step(&mut state) {}
        }
    }

    /// Makes the ranges of meters unknown in all conditions that never held, and tells which meters they are.
    pub(super) fn forget_meters(&mut self) -> Vec<usize> {
        let mut meters = Vec::new();
        let nodes = self.nodes.iter_mut().flat_map(|node| node.ways.iter_mut().chain(&mut node.blocks));
        for judged in nodes.chain(&mut self.debrief).filter(|judged| !judged.held) {
            for (var, least, most) in &mut judged.ranges {
                if let Var::Meter(meter) = var {
                    (*least, *most) = UNKNOWN;
                    meters.push(*meter);
                }
            }
        }
        meters.sort_unstable();
        meters.dedup();
        meters
    }
}
