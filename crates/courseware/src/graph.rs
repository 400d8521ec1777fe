//! Every reachable state of a role-play, and what can be wrong with them.
//!
//! What is said here is exact: every state that a learner can come to is met, up to [`MAX_STEPS`] steps. A state keeps only
//! what a later condition reads (`space`). Beyond the limit seeded random walks go on; what rests on absence is then a
//! warning that says so. Nothing here recurses, so depth never overflows the stack.

mod edges;
mod points;
mod scores;
mod space;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use crate::condition::Condition;
use crate::problem::{Code, Problems, Span};
use crate::scenario::{Block, Effect, Quality, Scenario, Show, Way};
use crate::scene::Places;
use crate::slug::nearest;
use crate::state::{Rules, State, holds};
use edges::{Edges, small};
use space::{Layout, Space, Var};

/// How many steps are followed exactly.
pub const MAX_STEPS: usize = 5_000_000;
/// How many variables may be read and written on the way, so that a scenario with thousands of them ends in time too.
const MAX_WORK: usize = 600_000_000;
/// How many bytes the states may take.
const MAX_BYTES: usize = 96 * 1024 * 1024;
/// How many random walks are made beyond the limit, and how long each may be.
const WALKS: usize = 20_000;
const WALK_STEPS: usize = 400;

/// How far the paths of a scenario were followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Explored {
    /// The states met.
    pub states: usize,
    /// The steps taken between them.
    pub steps: usize,
    /// Whether every path was followed; otherwise a sample of them.
    pub exact: bool,
}

/// Checks the paths of a scenario. None where a target, chip or condition cannot be read yet.
pub(crate) fn check(scenario: &Scenario, places: &Places, problems: &mut Problems) -> Option<Explored> {
    same_ways(scenario, places, problems);
    if !places.is_readable {
        return None;
    }
    let unset = never_set(scenario, places, problems);
    never_read(scenario, places, &unset, problems);
    if scenario.nodes.is_empty() {
        return None;
    }
    let rules = Rules::new(scenario);
    let edges = static_edges(scenario, &places.also);
    not_led_to(scenario, places, &edges, problems);
    let components = edges.components();
    let mut walk = Walk::new(&rules, &Layout::new(&rules, &edges, &components, false));
    walk.explore();
    walk.sample();
    let shown = Shown { scenario, places, walk: &walk };
    shown.never_true(&unset, problems);
    shown.all_hidden(problems);
    let met = Explored { states: walk.space.len(), steps: walk.steps, exact: walk.is_exact };
    if places.is_finished {
        shown.no_exit(problems);
        drop(walk);
        let layout = Layout::new(&rules, &edges, &components, true);
        scores::check(&rules, &layout, &components, met, places.pass, problems);
    }
    Some(met)
}

/// The scenes that each scene leads to, whatever the conditions.
fn static_edges(scenario: &Scenario, also: &[(usize, usize)]) -> Edges {
    let mut edges = Edges::new();
    for (at, node) in scenario.nodes.iter().enumerate() {
        let targets: Vec<Option<usize>> = match &node.way {
            Way::Choices(choices) => choices.iter().map(|choice| choice.to).collect(),
            Way::Routes(routes) => routes.iter().map(|route| route.to).collect(),
            Way::Ending(_) | Way::None => Vec::new(),
        };
        targets.into_iter().flatten().for_each(|to| edges.push(small(to)));
        also.iter().filter(|(from, _)| *from == at).for_each(|(_, to)| edges.push(small(*to)));
        edges.close();
    }
    edges
}

fn heading(places: &Places, node: usize) -> Span {
    places.nodes.get(node).map_or(Span::default(), |place| place.heading)
}

/// S01: scenes that no chain of choices and routes leads to.
fn not_led_to(scenario: &Scenario, places: &Places, edges: &Edges, problems: &mut Problems) {
    for (node, reached) in edges.reachable([0].into_iter()).into_iter().enumerate() {
        if !reached {
            let id = scenario.nodes.get(node).map_or("", |node| node.id.as_str());
            problems
                .add(Code::S01, heading(places, node), "nothing leads to this scene")
                .help(format!("link a choice or a route to #{id}, or delete the scene"));
        }
    }
}

/// S10: choices that all do the same.
fn same_ways(scenario: &Scenario, places: &Places, problems: &mut Problems) {
    let sorted = |effects: &[Effect]| {
        let mut effects: Vec<(u8, usize, i32)> = effects
            .iter()
            .map(|effect| match *effect {
                Effect::Meter { meter, by } => (0, meter, by),
                Effect::Set(flag) => (1, flag, 0),
                Effect::Unset(flag) => (2, flag, 0),
            })
            .collect();
        effects.sort_unstable();
        effects
    };
    for (at, node) in scenario.nodes.iter().enumerate() {
        if places.nodes.get(at).is_some_and(|place| place.is_unread) {
            continue;
        }
        let [first, rest @ ..] = node.choices() else { continue };
        let same = |other: &crate::scenario::Choice| {
            first.to.is_some() && other.to == first.to && sorted(&other.effects) == sorted(&first.effects)
        };
        if !rest.is_empty() && rest.iter().all(same) {
            problems
                .add(
                    Code::S10,
                    heading(places, at),
                    "all choices of this scene lead to the same place and change the same",
                )
                .help("let one of them lead elsewhere or change a meter or a flag, so that the choice matters");
        }
    }
}

/// S09: flags that are read and never set. Gives them.
fn never_set(scenario: &Scenario, places: &Places, problems: &mut Problems) -> HashSet<usize> {
    let set: HashSet<usize> = places.flag_sets.iter().map(|(flag, _)| *flag).collect();
    let names: Vec<&str> = distinct(&places.flag_sets).map(|(flag, _)| name(scenario, flag)).collect();
    let mut reads: HashMap<usize, usize> = HashMap::new();
    places.flag_reads.iter().for_each(|(flag, _)| *reads.entry(*flag).or_default() += 1);
    let unset = distinct(&places.flag_reads).filter(|(flag, _)| !set.contains(flag));
    let unset: Vec<(usize, Span)> = unset.collect();
    for (flag, at) in &unset {
        let flag_name = name(scenario, *flag);
        let help = offered(flag_name, &names).map_or_else(
            || format!("put `set {flag_name}` after the choice that earns it"),
            |near| format!("did you mean `{near}`?"),
        );
        let also = match reads.get(flag).map_or(0, |reads| reads - 1) {
            0 => String::new(),
            1 => " and in one more place".to_owned(),
            more => format!(" and in {more} more places"),
        };
        problems.add(Code::S09, *at, format!("no choice sets `{flag_name}`, which is read here{also}")).help(help);
    }
    unset.into_iter().map(|(flag, _)| flag).collect()
}

/// The nearest of some names; none where there are so many that looking through them for each would take too long.
fn offered<'a>(written: &str, names: &[&'a str]) -> Option<&'a str> {
    const MANY: usize = 500;
    if names.len() > MANY { None } else { nearest(written, names.iter().copied()) }
}

/// The first place of each.
fn distinct(places: &[(usize, Span)]) -> impl Iterator<Item = (usize, Span)> {
    let mut seen = HashSet::new();
    places.iter().copied().filter(move |(what, _)| seen.insert(*what))
}

fn name(scenario: &Scenario, flag: usize) -> &str {
    scenario.flags.get(flag).map_or("", String::as_str)
}

/// S08: meters and flags that change and are never read. A flag that was meant by an unset one is told there.
fn never_read(scenario: &Scenario, places: &Places, unset: &HashSet<usize>, problems: &mut Problems) {
    let names: Vec<&str> = distinct(&places.flag_sets).map(|(flag, _)| name(scenario, flag)).collect();
    let meant: HashSet<&str> = unset.iter().filter_map(|flag| offered(name(scenario, *flag), &names)).collect();
    let read: HashSet<usize> = places.flag_reads.iter().map(|(flag, _)| *flag).collect();
    for (flag, at) in distinct(&places.flag_changes) {
        let flag_name = name(scenario, flag);
        if !read.contains(&flag) && !meant.contains(flag_name) {
            problems
                .add(Code::S08, at, format!("no condition reads the flag `{flag_name}`"))
                .help("use it in a condition, `if …`, or delete the chip");
        }
    }
    let read: HashSet<usize> = places.meter_reads.iter().copied().collect();
    for (meter, at) in distinct(&places.meter_changes) {
        let hidden = scenario.meters.get(meter).filter(|meter| meter.show == Show::Hidden);
        if let Some(hidden) = hidden.filter(|_| !read.contains(&meter)) {
            let name = &hidden.name;
            problems
                .add(Code::S08, at, format!("no condition reads the meter `{name}`, and it is not shown"))
                .help(format!("use it in a condition, or show it: `{name}: {{ start: …, show: mood }}`"));
        }
    }
}

/// A condition while states go by.
#[derive(Clone, Debug, Default)]
struct Judged {
    /// Whether a state reached its place.
    reached: bool,
    /// Whether it held there.
    held: bool,
    /// The least and the greatest that each variable was, of those that the condition reads.
    ranges: Vec<(Var, u32, u32)>,
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
struct NodeJudged {
    ways: Vec<Judged>,
    blocks: Vec<Judged>,
    /// The first state in which every choice was hidden.
    hidden: Option<u32>,
}

/// The states that were met, and what they showed.
struct Walk<'a> {
    rules: &'a Rules<'a>,
    space: Space,
    edges: Edges,
    steps: usize,
    is_exact: bool,
    nodes: Vec<NodeJudged>,
    debrief: Vec<Judged>,
    /// Whether each state ends the role-play, or leads nowhere for a reason that is told elsewhere.
    ends: Vec<bool>,
}

/// The conditions of the debrief, in the order in which they are judged.
fn debrief(scenario: &Scenario) -> impl Iterator<Item = &Condition> {
    let blocks: &[Block] = &scenario.debrief.blocks;
    blocks.iter().chain(&scenario.debrief.checklist).filter_map(|block| block.condition.as_ref())
}

impl<'a> Walk<'a> {
    fn new(rules: &'a Rules<'a>, layout: &Layout) -> Self {
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
    fn explore(&mut self) {
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
                for (route, judged) in routes.iter().zip(&mut judged.ways) {
                    if route.condition.as_ref().is_none_or(|condition| judged.judge(condition, state)) {
                        return false;
                    }
                }
                true
            }
            Way::Ending(_) => {
                for (condition, judged) in debrief(scenario).zip(&mut self.debrief) {
                    if !judged.held {
                        judged.judge(condition, state);
                    }
                }
                true
            }
            Way::None => true,
        }
    }

    /// Beyond the limit: random walks from the start. Their seed is fixed, so that the same file gets the same answer.
    fn sample(&mut self) {
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
struct Random {
    seed: u64,
    /// The place of the choice that the last step took, if it was one.
    last: Option<usize>,
}

impl Random {
    fn new() -> Self {
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
    fn step(&mut self, rules: &Rules<'_>, state: &mut State) -> bool {
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

/// What is added to a message when not every path could be followed.
const SAMPLED: &str = "; there are more paths than can be followed, and this is said of those that were";

/// Findings on their way to being problems.
struct Shown<'a> {
    scenario: &'a Scenario,
    places: &'a Places,
    walk: &'a Walk<'a>,
}

impl Shown<'_> {
    /// Adds a problem that rests on absence: where paths are left, a warning that says so.
    fn add<'p>(
        &self,
        code: Code,
        at: Span,
        message: String,
        problems: &'p mut Problems,
    ) -> &'p mut crate::problem::Draft {
        if self.walk.is_exact {
            problems.add(code, at, message)
        } else {
            let draft = problems.add(code, at, format!("{message}{SAMPLED}"));
            draft.warning();
            draft
        }
    }

    /// S06: conditions that never held where they are judged.
    fn never_true(&self, unset: &HashSet<usize>, problems: &mut Problems) {
        for (node, judged) in self.walk.nodes.iter().enumerate() {
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
        for (judged, (condition, chip)) in self.walk.debrief.iter().zip(&self.places.debrief) {
            self.one_never_true(condition, judged, *chip, unset, problems);
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
        let ranges: Vec<String> =
            judged.ranges.iter().map(|(var, least, most)| self.range(*var, *least, *most)).collect();
        self.add(Code::S06, chip, "this condition can never be true here".to_owned(), problems)
            .label(ranges.join(", "))
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
            _ => flag("critical", "is always true", "is never true"),
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
    fn all_hidden(&self, problems: &mut Problems) {
        for (node, judged) in self.walk.nodes.iter().enumerate() {
            let Some(number) = judged.hidden else { continue };
            let message = "in this scene a learner can find every choice hidden".to_owned();
            let draft = self.add(Code::S07, heading(self.places, node), message, problems);
            if (number as usize) < self.walk.ends.len() {
                draft.label(self.told(number));
                draft.help(format!("add a choice without a condition; it happens by {}", self.path(number)));
            } else {
                draft.help("add a choice without a condition");
            }
        }
    }

    /// What matters of a state, in words.
    fn told(&self, number: u32) -> String {
        let mut state = self.walk.rules.start();
        self.walk.space.load(number, &mut state);
        let Some(node) = self.scenario.nodes.get(state.node) else { return String::new() };
        let mut parts: Vec<String> = Vec::new();
        let mut add = |part: String| {
            if !parts.contains(&part) {
                parts.push(part);
            }
        };
        for (at, choice) in node.choices().iter().enumerate() {
            if holds(&choice.condition, &state) {
                if choice.once && self.walk.rules.once(state.node, at).is_some() {
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

    /// The scenes on a shortest way to a state.
    fn path(&self, number: u32) -> String {
        let states = self.walk.edges.shortest(number as usize);
        let ids: Vec<String> =
            states.iter().map(|state| format!("#{}", self.id(self.walk.space.node(small(*state))))).collect();
        shortened(&ids)
    }

    /// S13: loops that no path leaves for an ending.
    fn no_exit(&self, problems: &mut Problems) {
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
                .add(Code::S13, heading(self.places, first), "from here no path comes to an ending")
                .label(format!("it goes round in {}", shortened(&ids)))
                .help("add a choice or a route that leaves the loop");
        }
    }
}

/// A path in a line: its ends where it is long.
fn shortened(steps: &[String]) -> String {
    const SHOWN: usize = 8;
    if steps.len() <= SHOWN {
        return steps.join(" → ");
    }
    let head = steps.get(..3).unwrap_or_default().join(" → ");
    let tail = steps.get(steps.len() - 4..).unwrap_or_default().join(" → ");
    format!("{head} → … {} more … → {tail}", steps.len() - 7)
}
