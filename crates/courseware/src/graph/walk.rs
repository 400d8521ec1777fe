//! Following every path, and what is met on the way.

use super::MAX_STEPS;
use super::edges::{Edges, small};
use super::space::{Layout, Space, Var};
use crate::condition::Condition;
use crate::scenario::{Block, Quality, Scenario, Way};
use crate::state::{Rules, State};

/// How many variables may be read and written on the way, so that a scenario with thousands of them ends in time too.
pub(super) const MAX_WORK: usize = 600_000_000;
/// How many bytes the states may take.
pub(super) const MAX_BYTES: usize = 96 * 1024 * 1024;
/// How many random walks are made beyond the limit, and how long each may be.
pub(super) const WALKS: usize = 20_000;
pub(super) const WALK_STEPS: usize = 400;

/// A condition while states go by.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    /// Whether a state reached its place.
    pub(super) reached: bool,
    /// Whether it held there.
    pub(super) held: bool,
    /// The least and the greatest that each variable was, of those that the condition reads.
    pub(super) ranges: Vec<(Var, u32, u32)>,
}

impl Judged {
    fn judge(&mut self, condition: &Condition, state: &State) -> bool {
        let holds = condition.holds(state);
        self.reached = true;
        if holds {
            self.held = true;
            return true;
        }
        if self.held {
            return false;
        }
        condition.reads(&mut |part| {
            let (var, value) = match part {
                Condition::Meter { meter, .. } => {
                    (Var::Meter(*meter), state.meters.get(*meter).map_or(0, |value| value.unsigned_abs()))
                }
                Condition::Flag(flag) => (Var::Flag(*flag), u32::from(state.flags.get(*flag) == Some(&true))),
                Condition::Visited(node) => (Var::Visited(*node), u32::from(state.visited.get(*node) == Some(&true))),
                _ => (Var::Critical, u32::from(state.critical > 0)),
            };
            match self.ranges.iter_mut().find(|(other, ..)| *other == var) {
                Some((_, least, most)) => {
                    *least = (*least).min(value);
                    *most = (*most).max(value);
                }
                None => self.ranges.push((var, value, value)),
            }
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

/// The states that were met, and what they showed.
pub(super) struct Walk<'a> {
    pub(super) rules: &'a Rules<'a>,
    pub(super) space: Space,
    pub(super) edges: Edges,
    pub(super) steps: usize,
    pub(super) is_exact: bool,
    pub(super) nodes: Vec<NodeJudged>,
    pub(super) debrief: Vec<Judged>,
    /// Whether each state ends the role-play, or leads nowhere for a reason that is told elsewhere.
    pub(super) ends: Vec<bool>,
}

/// The paragraphs and the checklist of the debrief, in the order in which they are judged.
fn debrief(scenario: &Scenario) -> impl Iterator<Item = &Block> {
    scenario.debrief.blocks.iter().chain(&scenario.debrief.checklist)
}

impl<'a> Walk<'a> {
    pub(super) fn new(rules: &'a Rules<'a>, layout: &Layout) -> Self {
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
        Self {
            rules,
            space: Space::new(layout),
            edges: Edges::new(),
            steps: 0,
            is_exact: true,
            nodes: nodes.collect(),
            debrief: vec![Judged::default(); debrief(rules.scenario).count()],
            ends: Vec::new(),
        }
    }

    /// Meets every state that can be reached, in order of the steps it takes.
    pub(super) fn explore(&mut self) {
        let rules = self.rules;
        let mut state = rules.start();
        let mut work = 0;
        self.space.intern(&state);
        let mut at = 0;
        while at < self.space.len() {
            let number = small(at);
            if self.steps >= MAX_STEPS || work >= MAX_WORK || self.space.bytes() > MAX_BYTES {
                self.is_exact = false;
                break;
            }
            self.space.load(number, &mut state);
            let ends = self.look(&state, Some(number));
            self.ends.push(ends);
            work += self.space.width(state.node) + 1;
            let node = state.node;
            match rules.way(&state) {
                Way::Choices(choices) => {
                    for (place, choice) in choices.iter().enumerate() {
                        // Taking a choice changes the state, so each starts from a fresh one.
                        if place > 0 {
                            self.space.load(number, &mut state);
                        }
                        if choice.to.is_some() && rules.is_visible(&state, place, choice) {
                            rules.take(&mut state, place, choice);
                            self.step(&state);
                            work += self.space.width(node) + self.space.width(state.node) + choice.effects.len();
                        }
                    }
                }
                Way::Routes(routes) => {
                    if let Some(to) = rules.route(&state, routes).and_then(|route| route.to) {
                        rules.move_on(&mut state, to);
                        self.step(&state);
                    }
                }
                Way::Ending(_) | Way::None => {}
            }
            self.edges.close();
            at += 1;
        }
    }

    fn step(&mut self, state: &State) {
        let (to, _) = self.space.intern(state);
        self.edges.push(to);
        self.steps += 1;
    }

    /// Judges every condition that is looked at in a state. True if it ends here.
    fn look(&mut self, state: &State, number: Option<u32>) -> bool {
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

    /// Beyond the limit: random walks from the start. Their seed is fixed, so that the same file gets the same answer.
    pub(super) fn sample(&mut self) {
        if self.is_exact {
            return;
        }
        let rules = self.rules;
        let mut random = Random::new();
        let mut left = MAX_STEPS / 4;
        for _ in 0..WALKS {
            let mut state = rules.start();
            for _ in 0..WALK_STEPS {
                if left == 0 {
                    return;
                }
                left -= 1;
                if self.look(&state, None) || !random.step(rules, &mut state) {
                    break;
                }
            }
        }
    }
}

/// Numbers that look random and are the same each time (SplitMix64).
pub(super) struct Random {
    seed: u64,
    /// The place of the choice that the last step took, if it was one.
    pub(super) last: Option<usize>,
}

impl Random {
    pub(super) fn new() -> Self {
        Self { seed: 0x6265_6473_6964_6521, last: None }
    }

    fn below(&mut self, count: usize) -> usize {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % count.max(1) as u64).unwrap_or(0)
    }

    /// Moves a state on by any way that is open, more often by a good one; false if none is.
    pub(super) fn step(&mut self, rules: &Rules<'_>, state: &mut State) -> bool {
        self.last = None;
        match rules.way(state) {
            Way::Choices(choices) => {
                let open: Vec<usize> = choices
                    .iter()
                    .enumerate()
                    .filter(|(at, choice)| choice.to.is_some() && rules.is_visible(state, *at, choice))
                    .map(|(at, _)| at)
                    .collect();
                let points = |at: &usize| choices.get(*at).and_then(|choice| choice.quality).map(Quality::points);
                let best = open.iter().copied().max_by_key(points).filter(|_| self.below(4) > 0);
                let Some(at) = best.or_else(|| open.get(self.below(open.len())).copied()) else { return false };
                if let Some(choice) = choices.get(at) {
                    rules.take(state, at, choice);
                    self.last = Some(at);
                }
                true
            }
            Way::Routes(routes) => match rules.route(state, routes).and_then(|route| route.to) {
                Some(to) => {
                    rules.move_on(state, to);
                    true
                }
                None => false,
            },
            Way::Ending(_) | Way::None => false,
        }
    }
}
