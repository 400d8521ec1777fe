//! Following every path, and what is met on the way.

use super::MAX_STEPS;
use super::edges::{Edges, small};
use super::judged::Judgement;
use super::space::{Layout, Space};
use crate::scenario::{Choice, Effect, Route, Way};
use crate::state::{Rules, State};

/// How many variables may be read and written on the way, so that a scenario with thousands of them ends in time too.
pub(super) const MAX_WORK: usize = 600_000_000;
/// How many bytes the states may take.
pub(super) const MAX_BYTES: usize = 96 * 1024 * 1024;
/// How much is read and written on random walks beyond the limit.
pub(super) const SAMPLE: usize = MAX_WORK / 30;

/// The states that were met, and what they showed.
pub(super) struct Walk<'a> {
    rules: &'a Rules<'a>,
    pub(super) space: Space,
    pub(super) edges: Edges,
    pub(super) steps: usize,
    pub(super) is_exact: bool,
    pub(super) judged: Judgement<'a>,
    /// Whether each state ends the role-play, or leads nowhere for a reason that is told elsewhere.
    pub(super) ends: Vec<bool>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(judged: Judgement<'a>, layout: &Layout) -> Self {
        Self {
            rules: judged.rules,
            space: Space::new(layout),
            edges: Edges::new(),
            steps: 0,
            is_exact: true,
            judged,
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
            let ends = self.judged.look(&state, Some(number));
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

    /// The true ranges of the meters in conditions that never held. What was followed are meters that stand for others; here the
    /// least and the greatest value they can have are carried along every step. An effect keeps their order, so both are exact.
    pub(super) fn measure(&mut self) {
        let states = self.ends.len();
        let mut meters = self.judged.forget_meters();
        meters.truncate(MAX_BYTES / 2 / states.max(1));
        if meters.is_empty() {
            return;
        }
        let rules = self.rules;
        let width = meters.len();
        let mut state = rules.start();
        let mut ranges = vec![(u8::MAX, 0_u8); self.space.len() * width];
        let mut changed = vec![false; self.space.len()];
        let begin = |meter: &usize| state.meters.get(*meter).map_or(0, |value| u8::try_from(*value).unwrap_or(0));
        let first: Vec<(u8, u8)> = meters.iter().map(begin).map(|value| (value, value)).collect();
        ranges[..width].copy_from_slice(&first);
        changed[0] = true;
        let mut left = MAX_STEPS * 4;
        let mut next = first;
        while changed[..states].contains(&true) {
            for at in 0..states {
                if !std::mem::take(&mut changed[at]) {
                    continue;
                }
                self.space.load(small(at), &mut state);
                for (edge, choice) in self.taken(&state).enumerate() {
                    let to = self.edges.of(at)[edge] as usize;
                    next.copy_from_slice(&ranges[at * width..][..width]);
                    for (meter, (least, most)) in meters.iter().zip(&mut next) {
                        for effect in choice.map_or(&[][..], |(_, choice)| &choice.effects) {
                            if let Effect::Meter { meter: changed, by } = effect
                                && changed == meter
                            {
                                let add = |value: u8| u8::try_from((i32::from(value) + by).clamp(0, 100)).unwrap_or(0);
                                (*least, *most) = (add(*least), add(*most));
                            }
                        }
                    }
                    for (known, new) in ranges[to * width..][..width].iter_mut().zip(&next) {
                        let joined = (known.0.min(new.0), known.1.max(new.1));
                        changed[to] |= joined != *known;
                        *known = joined;
                    }
                    left -= 1;
                    if left == 0 {
                        self.judged.forget_meters();
                        return;
                    }
                }
            }
        }
        for at in 0..states {
            for end in [|range: &(u8, u8)| range.0, |range: &(u8, u8)| range.1] {
                self.space.load(small(at), &mut state);
                for (meter, range) in meters.iter().zip(&ranges[at * width..]) {
                    if let Some(value) = state.meters.get_mut(*meter) {
                        *value = i32::from(end(range));
                    }
                }
                self.judged.look(&state, Some(small(at)));
            }
        }
    }

    /// The ways that lead on from a state, in the order of its edges: the choice and its place in the scene, or none for a route.
    fn taken<'s>(&self, state: &'s State) -> impl Iterator<Item = Option<(usize, &'a Choice)>> + use<'s, 'a> {
        let rules = self.rules;
        let (choices, routes): (&[Choice], &[Route]) = match rules.way(state) {
            Way::Choices(choices) => (choices, &[]),
            Way::Routes(routes) => (&[], routes),
            Way::Ending(_) | Way::None => (&[], &[]),
        };
        let is_open = |(at, choice): &(usize, &Choice)| choice.to.is_some() && rules.is_visible(state, *at, choice);
        let route = rules.route(state, routes).filter(|route| route.to.is_some());
        choices.iter().enumerate().filter(is_open).map(Some).chain(route.map(|_| None))
    }

    /// A state as a learner comes to it on a shortest way, with the true values of all meters, and the states on that way.
    pub(super) fn replayed(&self, number: u32) -> (State, Vec<usize>) {
        let way = self.edges.shortest(number as usize);
        let mut state = self.rules.start();
        for (from, to) in way.iter().zip(way.iter().skip(1)) {
            let edge = self.edges.of(*from).iter().position(|edge| *edge as usize == *to);
            let taken = edge.and_then(|edge| self.taken(&state).nth(edge));
            match taken {
                Some(Some((at, choice))) => self.rules.take(&mut state, at, choice),
                _ => self.rules.move_on(&mut state, self.space.node(small(*to))),
            }
        }
        (state, way)
    }

    fn step(&mut self, state: &State) {
        let (to, _) = self.space.intern(state);
        self.edges.push(to);
        self.steps += 1;
    }

    /// Beyond the limit: random walks from the start. Their seed is fixed, so that the same file gets the same answer.
    pub(super) fn sample(&mut self) {
        if !self.is_exact {
            self.judged.sample(SAMPLE);
        }
    }
}
