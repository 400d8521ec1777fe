//! Random walks through a role-play, the same each time.

use crate::scenario::{Quality, Way};
use crate::state::{Rules, State};

/// How many steps a random walk may take.
const WALK_STEPS: usize = 400;

/// Walks from the start, again and again, until what they may read and write is spent: so scenes with thousands of choices end in
/// time too.
pub(super) struct Walks<'a> {
    rules: &'a Rules<'a>,
    random: Random,
    work: usize,
    steps: usize,
    /// The place of the choice that the last step took, if it was one.
    pub(super) last: Option<usize>,
}

impl<'a> Walks<'a> {
    /// Walks that read and write about so many values.
    pub(super) fn new(rules: &'a Rules<'a>, work: usize) -> Self {
        Self { rules, random: Random::new(), work, steps: 0, last: None }
    }

    /// Begins a walk; none if there is no work left.
    pub(super) fn begin(&mut self) -> Option<State> {
        let scenario = self.rules.scenario;
        let kept = scenario.meters.len() + scenario.flags.len() + 2 * scenario.nodes.len() + self.rules.once_count;
        self.spend(kept + self.looking_at(0)).then(|| {
            self.steps = 0;
            self.rules.start()
        })
    }

    /// Takes off what something costs. What is too much ends the walks.
    fn spend(&mut self, cost: usize) -> bool {
        let left = self.work.checked_sub(cost);
        self.work = left.unwrap_or(0);
        left.is_some()
    }

    /// What it costs to look at a scene, and to move on from it.
    fn looking_at(&self, node: usize) -> usize {
        let scenario = self.rules.scenario;
        let Some(node) = scenario.nodes.get(node) else { return 1 };
        let ways = match &node.way {
            Way::Choices(choices) => 2 * choices.len(),
            Way::Routes(routes) => routes.len(),
            Way::Ending(_) => scenario.debrief.blocks.len() + scenario.debrief.checklist.len(),
            Way::None => 0,
        };
        1 + node.blocks.len() + ways
    }

    /// Moves a state on by any way that is open, more often by a good one; false if none is, or the walk is long enough.
    pub(super) fn step(&mut self, state: &mut State) -> bool {
        self.last = None;
        self.steps += 1;
        self.steps <= WALK_STEPS && self.moved(state) && self.spend(self.looking_at(state.node))
    }

    fn moved(&mut self, state: &mut State) -> bool {
        let rules = self.rules;
        match rules.way(state) {
            Way::Choices(choices) => {
                let open: Vec<usize> = choices
                    .iter()
                    .enumerate()
                    .filter(|(at, choice)| choice.to.is_some() && rules.is_visible(state, *at, choice))
                    .map(|(at, _)| at)
                    .collect();
                let points = |at: &usize| choices.get(*at).and_then(|choice| choice.quality).map(Quality::points);
                let best = open.iter().copied().max_by_key(points).filter(|_| self.random.below(4) > 0);
                let any = || open.get(self.random.below(open.len())).copied();
                let Some(at) = best.or_else(any) else { return false };
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

/// Numbers that look random and are the same each time (SplitMix64).
struct Random {
    seed: u64,
}

impl Random {
    fn new() -> Self {
        Self { seed: 0x6265_6473_6964_6521 }
    }

    fn below(&mut self, count: usize) -> usize {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % count.max(1) as u64).unwrap_or(0)
    }
}
