//! What was met on the paths, as problems with words.

use std::collections::{BTreeMap, HashSet};

use super::edges::small;
use super::fixed::heading;
use super::judged::Judged;
use super::space::Var;
use super::walk::Walk;
use crate::condition::Condition;
use crate::problem::{Code, Draft, Problems, Span};
use crate::scenario::{Scenario, Way};
use crate::scene::Places;
use crate::state::{State, holds};

/// What is added to a message when not every path could be followed.
pub(super) const SAMPLED: &str = "; there are more paths than can be followed, and this is said of those that were";

/// Findings on their way to being problems.
pub(super) struct Shown<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) places: &'a Places,
    pub(super) walk: &'a Walk<'a>,
}

impl Shown<'_> {
    /// Adds a problem that rests on absence: where paths are left, a warning that says so.
    fn add<'p>(&self, code: Code, at: Span, message: String, problems: &'p mut Problems) -> &'p mut Draft {
        if self.walk.is_exact {
            problems.add(code, at, message)
        } else {
            let draft = problems.add(code, at, format!("{message}{SAMPLED}"));
            draft.warning();
            draft
        }
    }

    /// S06: conditions that never held where they are judged.
    pub(super) fn never_true(&self, unset: &HashSet<usize>, problems: &mut Problems) {
        for (node, judged) in self.walk.judged.nodes.iter().enumerate() {
            let (Some(place), Some(node)) = (self.places.nodes.get(node), self.scenario.nodes.get(node)) else {
                continue;
            };
            let ways: Vec<Option<&Condition>> = match &node.way {
                Way::Choices(choices) => choices.iter().map(|choice| choice.condition.as_ref()).collect(),
                Way::Routes(routes) => routes.iter().map(|route| route.condition.as_ref()).collect(),
                Way::Ending(_) | Way::None => Vec::new(),
            };
            let blocks =
                node.blocks.iter().map(|block| block.condition.as_ref()).zip(&judged.blocks).zip(&place.blocks);
            let ways = ways.into_iter().zip(&judged.ways).zip(&place.ways);
            for ((condition, judged), chip) in blocks.chain(ways) {
                if let (Some(condition), Some(chip)) = (condition, chip) {
                    self.one_never_true(condition, judged, *chip, unset, problems);
                }
            }
        }
        let debrief = &self.scenario.debrief;
        let chips = self.places.debrief.iter().chain(&self.places.checklist);
        let blocks = debrief.blocks.iter().chain(&debrief.checklist);
        for ((block, judged), chip) in blocks.zip(&self.walk.judged.debrief).zip(chips) {
            if let (Some(condition), Some(chip)) = (&block.condition, chip) {
                self.one_never_true(condition, judged, *chip, unset, problems);
            }
        }
    }

    fn one_never_true(
        &self,
        condition: &Condition,
        judged: &Judged,
        chip: Span,
        unset: &HashSet<usize>,
        problems: &mut Problems,
    ) {
        let mut is_caused = false;
        condition.reads(&mut |part| is_caused |= matches!(part, Condition::Flag(flag) if unset.contains(flag)));
        if judged.held || !judged.reached || is_caused {
            return;
        }
        if !judged.asked && !self.places.is_finished {
            // A route above it that should have a condition was told (S11).
            return;
        }
        if !judged.asked {
            self.add(Code::S06, chip, "this route can never be taken: one above it always is".to_owned(), problems)
                .help("put it above that one, or make the conditions above it narrower");
            return;
        }
        let mut told: HashSet<Var> = HashSet::new();
        let known = judged.ranges.iter().filter(|(var, least, most)| least <= most && told.insert(*var));
        let ranges: Vec<String> = known.map(|(var, least, most)| self.range(*var, *least, *most)).collect();
        let mut message = "this condition can never be true here".to_owned();
        if !ranges.is_empty() {
            message.push_str(&format!(": {}", ranges.join(", ")));
        }
        self.add(Code::S06, chip, message, problems)
            .help("change the condition, or give a choice before it an effect that makes it true");
    }

    /// What a variable was in all states that reached a place.
    fn range(&self, var: Var, least: u32, most: u32) -> String {
        let flag = |name: &str, set: &str, unset: &str| match (least, most) {
            (0, 0) => format!("{name} {unset}"),
            (1, 1) => format!("{name} {set}"),
            _ => format!("{name} may be either"),
        };
        match var {
            Var::Meter(meter) if least == most => format!("{} is {least}", self.meter(meter)),
            Var::Meter(meter) => format!("{} is from {least} to {most}", self.meter(meter)),
            Var::Flag(at) => flag(self.flag(at), "is always set", "is never set"),
            Var::Visited(node) => flag(self.id(node), "was always visited", "was never visited"),
            _ => flag("a critical choice", "was always taken", "was never taken"),
        }
    }

    fn meter(&self, meter: usize) -> &str {
        self.scenario.meters.get(meter).map_or("", |meter| &meter.name)
    }

    fn flag(&self, flag: usize) -> &str {
        self.scenario.flags.get(flag).map_or("", String::as_str)
    }

    fn id(&self, node: usize) -> &str {
        self.scenario.nodes.get(node).map_or("", |node| &node.id)
    }

    /// S07: scenes with a state in which every choice is hidden.
    pub(super) fn all_hidden(&self, problems: &mut Problems) {
        for (node, judged) in self.walk.judged.nodes.iter().enumerate() {
            let Some(number) = judged.hidden else { continue };
            let mut message = "in this scene a learner can find every choice hidden".to_owned();
            let mut help = "add a choice without a condition".to_owned();
            if (number as usize) < self.walk.ends.len() {
                let (state, way) = self.walk.replayed(number);
                message.push_str(&format!(": {}", self.told(&state)));
                help.push_str(&format!("; it happens by {}", self.path(&way)));
            }
            self.add(Code::S07, heading(self.places, node), message, problems).help(help);
        }
    }

    /// What matters of a state, in words.
    fn told(&self, state: &State) -> String {
        let Some(node) = self.scenario.nodes.get(state.node) else { return String::new() };
        let mut parts: Vec<String> = Vec::new();
        let mut add = |part: String| {
            if !parts.contains(&part) {
                parts.push(part);
            }
        };
        for (at, choice) in node.choices().iter().enumerate() {
            if holds(&choice.condition, state) {
                if choice.once && self.walk.judged.rules.once(state.node, at).is_some() {
                    add(format!("choice {} was taken", choice.id));
                }
                continue;
            }
            let Some(condition) = &choice.condition else { continue };
            condition.reads(&mut |part| match part {
                Condition::Meter { meter, .. } => {
                    add(format!("{} is {}", self.meter(*meter), state.meters.get(*meter).copied().unwrap_or(0)));
                }
                Condition::Flag(flag) => {
                    let set = state.flags.get(*flag) == Some(&true);
                    add(format!("{} is {}", self.flag(*flag), if set { "set" } else { "not set" }));
                }
                Condition::Visited(at) => {
                    let was = state.visited.get(*at) == Some(&true);
                    add(format!("{} was {}", self.id(*at), if was { "visited" } else { "not visited" }));
                }
                _ => add(if state.critical > 0 { "critical" } else { "not critical" }.to_owned()),
            });
        }
        parts.join(", ")
    }

    /// The scenes of some states.
    fn path(&self, states: &[usize]) -> String {
        let ids: Vec<String> =
            states.iter().map(|state| format!("#{}", self.id(self.walk.space.node(small(*state))))).collect();
        shortened(&ids)
    }

    /// S13: loops that no path leaves for an ending.
    pub(super) fn no_exit(&self, problems: &mut Problems) {
        let walk = self.walk;
        if !walk.is_exact {
            return;
        }
        let ends = walk.ends.iter().enumerate().filter(|(_, ends)| **ends).map(|(at, _)| at);
        let leaves = walk.edges.reaching(ends);
        if leaves.iter().all(|leaves| *leaves) {
            return;
        }
        // What cannot leave leads only to what cannot leave: its last components are the loops.
        let components = walk.edges.components();
        let mut is_last = vec![true; walk.edges.len()];
        for at in (0..walk.edges.len()).filter(|at| !leaves[*at]) {
            if walk.edges.of(at).iter().any(|to| components[*to as usize] != components[at]) {
                is_last[components[at] as usize] = false;
            }
        }
        let mut loops: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for at in (0..walk.edges.len()).filter(|at| !leaves[*at] && is_last[components[*at] as usize]) {
            loops.entry(components[at]).or_default().push(walk.space.node(small(at)));
        }
        let mut told: Vec<usize> = Vec::new();
        for mut nodes in loops.into_values() {
            nodes.sort_unstable();
            nodes.dedup();
            let Some(first) = nodes.first().copied().filter(|first| !told.contains(first)) else { continue };
            told.push(first);
            let ids: Vec<String> = nodes.iter().map(|node| format!("#{}", self.id(*node))).collect();
            problems
                .add(
                    Code::S13,
                    heading(self.places, first),
                    format!("from here no path comes to an ending: it goes round in {}", shortened(&ids)),
                )
                .help("add a choice or a route that leaves the loop");
        }
    }
}

/// A path in a line: its ends where it is long.
pub(super) fn shortened(steps: &[String]) -> String {
    const SHOWN: usize = 8;
    if steps.len() <= SHOWN {
        return steps.join(" → ");
    }
    let head = steps.get(..3).unwrap_or_default().join(" → ");
    let tail = steps.get(steps.len() - 4..).unwrap_or_default().join(" → ");
    format!("{head} → … {} more … → {tail}", steps.len() - 7)
}
