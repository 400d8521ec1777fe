//! What can still become of a role-play: the best score that can be reached from where somebody stands, and so what a choice costs.
//!
//! From each state the undominated sums of all that may follow are kept: points earned and points lost. They are found backwards from
//! the endings. More earned and less lost never make a score smaller, whatever came before.

use std::collections::VecDeque;

use super::edges::small;
use super::fixed;
use super::points::Points;
use super::space::{Keep, Layout, Space};
use crate::play::Step;
use crate::scenario::{Choice, Scenario, Way};
use crate::state::{Rules, State};

/// How many steps between states, and how many sums, are followed; a role-play that people wrote by hand has some thousands.
const MOST: usize = 400_000;

/// The best that can still be reached from each state of a role-play.
pub struct Prospects<'a> {
    rules: Rules<'a>,
    points: Points,
    space: Space,
    /// For each state the sums of points earned and lost on ways to an ending, of which none is better than another.
    ways: Vec<Vec<(u64, u64)>>,
}

/// A state from which another can be come to, and the points that are earned and lost by it.
type Before = (u32, u64, u64);

/// What the choices of a decision cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Costs {
    /// The scene, by its place in the file.
    pub node: usize,
    /// Each choice that was shown, by its place in the scene, with how many of a hundred points of the score it costs: the best score
    /// that could still be reached before it, less the best that can be reached after it.
    pub choices: Vec<(usize, f64)>,
}

impl<'a> Prospects<'a> {
    /// Follows every path of a scenario that passes the checks. None where there are more than can be followed.
    #[must_use]
    pub fn of(scenario: &'a Scenario) -> Option<Self> {
        let rules = Rules::new(scenario);
        let edges = fixed::static_edges(scenario, &[]);
        let components = edges.components();
        let space = Space::new(&Layout::new(&rules, &edges, &components, Keep::Scores));
        let points = Points::new(scenario);
        let mut prospects = Self { rules, points, space, ways: Vec::new() };
        let (before, ends) = prospects.explore()?;
        prospects.look_back(&before, ends)?;
        Some(prospects)
    }

    /// For each state, from which others it can be come to, with the points earned and lost by that; and the endings.
    fn explore(&mut self) -> Option<(Vec<Vec<Before>>, Vec<u32>)> {
        let mut state = self.rules.start();
        self.space.intern(&state);
        let (mut before, mut ends, mut steps) = (vec![Vec::new()], Vec::new(), 0);
        let mut at = 0;
        while at < self.space.len() {
            let from = small(at);
            self.space.load(from, &mut state);
            match self.rules.way(&state) {
                Way::Choices(choices) => {
                    for (place, choice) in choices.iter().enumerate() {
                        self.space.load(from, &mut state);
                        if choice.to.is_some() && self.rules.is_visible(&state, place, choice) {
                            let (earned, lost) = self.scored(&state, choice);
                            self.rules.take(&mut state, place, choice);
                            let (to, _) = self.space.intern(&state);
                            before.resize_with(self.space.len(), Vec::new);
                            before[to as usize].push((from, earned, lost));
                            steps += 1;
                        }
                    }
                }
                Way::Routes(routes) => {
                    if let Some(to) = self.rules.route(&state, routes).and_then(|route| route.to) {
                        self.rules.move_on(&mut state, to);
                        let (to, _) = self.space.intern(&state);
                        before.resize_with(self.space.len(), Vec::new);
                        before[to as usize].push((from, 0, 0));
                        steps += 1;
                    }
                }
                Way::Ending(_) => ends.push(from),
                Way::None => {}
            }
            if steps > MOST {
                return None;
            }
            at += 1;
        }
        Some((before, ends))
    }

    /// Finds the sums of each state from those of the states that follow it. A way round in a circle earns nothing the second time, so
    /// that it ends.
    fn look_back(&mut self, before: &[Vec<Before>], ends: Vec<u32>) -> Option<()> {
        self.ways = vec![Vec::new(); self.space.len()];
        let mut waiting: VecDeque<(u32, u64, u64)> = ends.into_iter().map(|end| (end, 0, 0)).collect();
        let mut work = 0;
        while let Some((state, earned, lost)) = waiting.pop_front() {
            let ways = &mut self.ways[state as usize];
            if ways.iter().any(|(more, less)| *more >= earned && *less <= lost) {
                continue;
            }
            ways.retain(|(fewer, more)| *fewer > earned || *more < lost);
            ways.push((earned, lost));
            work += ways.len() + before[state as usize].len();
            if work > 10 * MOST {
                return None;
            }
            waiting.extend(before[state as usize].iter().map(|(from, won, gone)| (*from, earned + won, lost + gone)));
        }
        Some(())
    }

    /// What a choice earns and loses: only the first decision in a scene counts.
    fn scored(&self, state: &State, choice: &Choice) -> (u64, u64) {
        let node = self.rules.scenario.nodes.get(state.node);
        match node.filter(|node| node.is_decision() && state.decided.get(state.node) != Some(&true)) {
            Some(node) => {
                let score = self.points.of(node, choice);
                (score.earned, score.possible - score.earned)
            }
            None => (0, 0),
        }
    }

    /// The best score from 0 to 100 that can be reached from a state, with what was earned and lost before. None where no ending can be
    /// reached, or nothing can be earned.
    fn best(&mut self, state: &State, (earned, lost): (u64, u64)) -> Option<f64> {
        let (number, is_new) = self.space.intern(state);
        // Every state was met, unless what was replayed belongs to another scenario.
        if is_new {
            self.ways.resize_with(self.space.len(), Vec::new);
        }
        let scores = self.ways.get(number as usize)?.iter().filter_map(|(more, less)| {
            let (all, possible) = (earned + more, earned + more + lost + less);
            (possible > 0).then(|| 100.0 * all as f64 / possible as f64)
        });
        scores.max_by(f64::total_cmp)
    }

    /// What the choices cost at each decision that counts, along the way of some steps. None where the steps do not fit.
    pub fn costs<'s>(&mut self, steps: impl IntoIterator<Item = &'s Step>) -> Option<Vec<Costs>> {
        let rules = self.rules.clone();
        let mut state = rules.start();
        let (mut earned, mut lost) = (0, 0);
        let mut told = Vec::new();
        for step in steps {
            self.follow_routes(&mut state)?;
            let node = rules.scenario.nodes.get(state.node).filter(|node| node.id == step.node)?;
            let shown: Vec<(usize, &Choice)> = node
                .choices()
                .iter()
                .enumerate()
                .filter(|(at, choice)| choice.to.is_some() && rules.is_visible(&state, *at, choice))
                .collect();
            if node.is_decision() && state.decided.get(state.node) != Some(&true) {
                let after: Vec<(usize, Option<f64>)> = shown
                    .iter()
                    .map(|(at, choice)| {
                        let (won, gone) = self.scored(&state, choice);
                        let mut next = state.clone();
                        rules.take(&mut next, *at, choice);
                        (*at, self.best(&next, (earned + won, lost + gone)))
                    })
                    .collect();
                let best = after.iter().filter_map(|(_, score)| *score).max_by(f64::total_cmp);
                let cost = |(at, score): (usize, Option<f64>)| Some((at, best? - score?));
                told.push(Costs { node: state.node, choices: after.into_iter().filter_map(cost).collect() });
            }
            let (at, choice) = shown.into_iter().find(|(_, choice)| choice.id == step.choice)?;
            let (won, gone) = self.scored(&state, choice);
            (earned, lost) = (earned + won, lost + gone);
            rules.take(&mut state, at, choice);
        }
        Some(told)
    }

    /// Moves on through scenes that only lead further. None where they lead round in a circle.
    fn follow_routes(&self, state: &mut State) -> Option<()> {
        let nodes = self.rules.scenario.nodes.len();
        for _ in 0..=nodes.saturating_mul(nodes + 1) {
            let Way::Routes(routes) = self.rules.way(state) else { return Some(()) };
            let to = self.rules.route(state, routes)?.to?;
            self.rules.move_on(state, to);
        }
        None
    }
}
