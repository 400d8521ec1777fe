//! Where a role-play stands, and how it moves. The engine and the checks of the graph both move by these rules.

use crate::condition::{Condition, Facts};
use crate::scenario::{Choice, Effect, Node, Quality, Route, Scenario, Way};

/// Where a role-play stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// The scene.
    pub(crate) node: usize,
    /// Each meter, from 0 to 100.
    pub(crate) meters: Vec<i32>,
    /// Whether each flag is set.
    pub(crate) flags: Vec<bool>,
    /// Whether the learner has moved on from each scene.
    pub(crate) visited: Vec<bool>,
    /// Whether a decision was made at each scene.
    pub(crate) decided: Vec<bool>,
    /// Whether each choice that can be taken once was taken.
    pub(crate) taken: Vec<bool>,
    /// How many critical choices were taken.
    pub(crate) critical: u32,
}

impl Facts for State {
    fn meter(&self, meter: usize) -> i32 {
        self.meters.get(meter).copied().unwrap_or(0)
    }

    fn flag(&self, flag: usize) -> bool {
        self.flags.get(flag).copied().unwrap_or(false)
    }

    fn visited(&self, node: usize) -> bool {
        self.visited.get(node).copied().unwrap_or(false)
    }

    fn critical(&self) -> bool {
        self.critical > 0
    }
}

/// A scenario with what moving through it needs.
#[derive(Clone, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) scenario: &'a Scenario,
    /// For each scene and choice, its place among those that can be taken once.
    once: Vec<Vec<Option<usize>>>,
    /// How many choices can be taken once.
    pub(crate) once_count: usize,
}

impl<'a> Rules<'a> {
    pub(crate) fn new(scenario: &'a Scenario) -> Self {
        let mut once_count = 0;
        let mut place = |choice: &Choice| {
            choice.once.then(|| {
                once_count += 1;
                once_count - 1
            })
        };
        let once = scenario.nodes.iter().map(|node| node.choices().iter().map(&mut place).collect()).collect();
        Self { scenario, once, once_count }
    }

    /// The start: the first scene, before anything was chosen.
    pub(crate) fn start(&self) -> State {
        let nodes = self.scenario.nodes.len();
        State {
            node: 0,
            meters: self.scenario.meters.iter().map(|meter| i32::from(meter.start)).collect(),
            flags: vec![false; self.scenario.flags.len()],
            visited: vec![false; nodes],
            decided: vec![false; nodes],
            taken: vec![false; self.once_count],
            critical: 0,
        }
    }

    /// The way on from where a role-play stands.
    pub(crate) fn way(&self, state: &State) -> &'a Way {
        self.scenario.nodes.get(state.node).map_or(&Way::None, |node| &node.way)
    }

    /// The place of a choice among those that can be taken once.
    pub(crate) fn once(&self, node: usize, choice: usize) -> Option<usize> {
        self.once.get(node)?.get(choice).copied().flatten()
    }

    /// Whether a choice of the scene is shown.
    pub(crate) fn is_visible(&self, state: &State, at: usize, choice: &Choice) -> bool {
        let taken = self.once(state.node, at).is_some_and(|once| state.taken.get(once) == Some(&true));
        !taken && holds(&choice.condition, state)
    }

    /// Takes a choice of the scene, visible or not: its effects in their order, then the move. A choice that leads nowhere stays.
    pub(crate) fn take(&self, state: &mut State, at: usize, choice: &Choice) {
        for effect in &choice.effects {
            match *effect {
                Effect::Meter { meter, by } => {
                    if let Some(value) = state.meters.get_mut(meter) {
                        *value = (*value + by).clamp(0, 100);
                    }
                }
                Effect::Set(flag) => mark(&mut state.flags, flag, true),
                Effect::Unset(flag) => mark(&mut state.flags, flag, false),
            }
        }
        state.critical += u32::from(choice.quality == Some(Quality::Critical));
        if let Some(once) = self.once(state.node, at) {
            mark(&mut state.taken, once, true);
        }
        if self.scenario.nodes.get(state.node).is_some_and(Node::is_decision) {
            let node = state.node;
            mark(&mut state.decided, node, true);
        }
        if let Some(to) = choice.to {
            self.move_on(state, to);
        }
    }

    /// The first of some routes whose condition holds.
    pub(crate) fn route<'r>(&self, state: &State, routes: &'r [Route]) -> Option<&'r Route> {
        routes.iter().find(|route| holds(&route.condition, state))
    }

    /// Moves to another scene.
    pub(crate) fn move_on(&self, state: &mut State, to: usize) {
        let node = state.node;
        mark(&mut state.visited, node, true);
        state.node = to;
    }
}

/// Whether a condition holds, or there is none.
pub(crate) fn holds(condition: &Option<Condition>, state: &State) -> bool {
    condition.as_ref().is_none_or(|condition| condition.holds(state))
}

fn mark(list: &mut [bool], at: usize, value: bool) {
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}
