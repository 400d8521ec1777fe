//! The states of a role-play, kept small: of each, only what a later condition can tell apart.
//!
//! A meter is seldom asked for more than whether it reaches one number, so that most of its values come to the same. Which do is
//! found backwards, from the conditions over the effects before them: two values belong together in a scene if no way on from
//! there ever tells them apart. So fewer states are met, and of each scene and choice the same is said.

use std::collections::HashMap;

use hashbrown::HashTable;

use super::edges::{Edges, small};
use super::judged::Judgement;
use crate::condition::{Comparison, Condition};
use crate::scenario::{Choice, Effect, Way};
use crate::state::{Rules, State};

/// One thing that a state keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Var {
    Meter(usize),
    Flag(usize),
    Visited(usize),
    Taken(usize),
    Decided(usize),
    Critical,
}

impl Var {
    fn bits(self) -> u32 {
        match self {
            Self::Meter(_) => 7,
            _ => 1,
        }
    }

    fn get(self, state: &State) -> u64 {
        let bit = |list: &[bool], at: usize| u64::from(list.get(at) == Some(&true));
        match self {
            Self::Meter(meter) => state.meters.get(meter).map_or(0, |value| u64::from(value.unsigned_abs())),
            Self::Flag(flag) => bit(&state.flags, flag),
            Self::Visited(node) => bit(&state.visited, node),
            Self::Taken(choice) => bit(&state.taken, choice),
            Self::Decided(node) => bit(&state.decided, node),
            Self::Critical => u64::from(state.critical > 0),
        }
    }

    fn set(self, state: &mut State, value: u64) {
        let bit = |list: &mut [bool], at: usize| {
            if let Some(place) = list.get_mut(at) {
                *place = value != 0;
            }
        };
        match self {
            Self::Meter(meter) => {
                if let Some(place) = state.meters.get_mut(meter) {
                    *place = i32::try_from(value).unwrap_or(0);
                }
            }
            Self::Flag(flag) => bit(&mut state.flags, flag),
            Self::Visited(node) => bit(&mut state.visited, node),
            Self::Taken(choice) => bit(&mut state.taken, choice),
            Self::Decided(node) => bit(&mut state.decided, node),
            Self::Critical => state.critical = u32::from(value != 0),
        }
    }
}

/// What is kept in each scene: all that a condition there, or in a scene that can follow, tells apart.
#[derive(Debug)]
pub(super) struct Layout {
    live: Vec<Vec<(Var, u128)>>,
    /// What moving on from a scene asks for and no state keeps, since it is never so: a scene that cannot be met again has
    /// no choice that was taken there before.
    never: Vec<Vec<Var>>,
    words: usize,
}

/// What states are kept for, beside the ways that are open in them.
#[derive(Clone, Copy)]
pub(super) enum Keep<'a> {
    /// Whether each paragraph is ever shown, of those that were not met yet.
    Conditions(&'a Judgement<'a>),
    /// What can be scored: at which scenes that can be met again a decision was made, since only the first there counts.
    Scores,
}

impl Layout {
    /// Finds what each scene keeps.
    pub(super) fn new(rules: &Rules<'_>, edges: &Edges, components: &[u32], keep: Keep<'_>) -> Self {
        let scenario = rules.scenario;
        let count = components.iter().max().map_or(0, |last| *last as usize + 1);
        let mut sizes = vec![0_usize; count];
        components.iter().for_each(|component| sizes[*component as usize] += 1);
        let again = |node: usize| {
            let own = components.get(node).copied().unwrap_or(0) as usize;
            sizes.get(own).is_some_and(|size| *size > 1) || edges.of(node).contains(&small(node))
        };
        let mut read = Readers::default();
        let mut never: Vec<Vec<Var>> = vec![Vec::new(); scenario.nodes.len()];
        for (at, node) in scenario.nodes.iter().enumerate() {
            let mut look = |condition: &Condition| condition.reads(&mut |part| read.add(at, part));
            if let Keep::Conditions(judged) = keep {
                judged.unmet(at, &mut look);
            }
            match &node.way {
                Way::Choices(choices) => choices.iter().filter_map(|c| c.condition.as_ref()).for_each(&mut look),
                Way::Routes(routes) => routes.iter().filter_map(|r| r.condition.as_ref()).for_each(&mut look),
                Way::Ending(_) | Way::None => {}
            }
            let taken = (0..node.choices().len()).filter_map(|choice| rules.once(at, choice)).map(Var::Taken);
            let asked = taken.chain((matches!(keep, Keep::Scores) && node.is_decision()).then_some(Var::Decided(at)));
            if again(at) {
                asked.for_each(|var| read.push(at, var, IS_SO));
            } else {
                never[at].extend(asked);
            }
        }
        let mut live: Vec<Vec<(Var, u128)>> = vec![Vec::new(); scenario.nodes.len()];
        let mut tracing = Tracing::new(rules);
        for (var, readers) in read.vars {
            for (kept, cuts) in live.iter_mut().zip(tracing.back(var, &readers)) {
                if cuts != 0 {
                    kept.push((var, cuts));
                }
            }
        }
        let words = live.iter().map(|vars| layout(vars).last().map_or(1, |place| place.word + 1)).max().unwrap_or(1);
        Self { live, never, words }
    }
}

// What is told apart of a variable is a set of cuts: bit `v` says that something ahead tells `v` and more from what is less.
// A meter has cuts from 1 to 100; what is only so or not so has the one at 1.

/// The cut of what is so or not so.
const IS_SO: u128 = 1 << 1;
/// All cuts that a meter can have.
const ALL: u128 = (1 << 101) - 2;

/// The cuts that a comparison of a meter makes.
fn cuts(is: Comparison, than: i32) -> u128 {
    let cut = |at: i32| if (1..=100).contains(&at) { 1_u128 << at } else { 0 };
    let above = || than.checked_add(1).map_or(0, cut);
    match is {
        Comparison::AtLeast | Comparison::Below => cut(than),
        Comparison::Above | Comparison::AtMost => above(),
        Comparison::Equal | Comparison::Other => cut(than) | above(),
    }
}

/// The cuts before something is added to a meter, from those after it: `v + by >= cut` is `v >= cut - by`. A cut that leaves
/// the range is always or never reached, which tells nothing apart; so it is with a sum that is held at 0 or 100.
fn before(cuts: u128, by: i32) -> u128 {
    let moved = if by < 0 { cuts.checked_shl(by.unsigned_abs()) } else { cuts.checked_shr(by.unsigned_abs()) };
    moved.unwrap_or(0) & ALL
}

/// What is read, and in which scenes.
#[derive(Default)]
struct Readers {
    vars: Vec<(Var, Vec<(usize, u128)>)>,
    numbers: HashMap<Var, usize>,
}

impl Readers {
    /// Notes what a part of a condition reads in a scene.
    fn add(&mut self, node: usize, part: &Condition) {
        let (var, cuts) = match part {
            Condition::Meter { meter, is, than } => (Var::Meter(*meter), cuts(*is, *than)),
            Condition::Flag(flag) => (Var::Flag(*flag), IS_SO),
            Condition::Visited(visited) => (Var::Visited(*visited), IS_SO),
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) | Condition::Critical => (Var::Critical, IS_SO),
        };
        self.push(node, var, cuts);
    }

    fn push(&mut self, node: usize, var: Var, cuts: u128) {
        let number = *self.numbers.entry(var).or_insert_with(|| {
            self.vars.push((var, Vec::new()));
            self.vars.len() - 1
        });
        if let Some((_, readers)) = self.vars.get_mut(number) {
            readers.push((node, cuts));
        }
    }
}

/// A choice or a route into a scene.
struct WayIn<'a> {
    from: usize,
    /// The choice, and its place in the scene; none for a route.
    choice: Option<(usize, &'a Choice)>,
}

/// Follows what is read back to where it comes from.
struct Tracing<'a> {
    rules: &'a Rules<'a>,
    /// The ways into each scene.
    into: Vec<Vec<WayIn<'a>>>,
    /// The steps that may still be made.
    left: usize,
}

impl<'a> Tracing<'a> {
    /// How many steps are made at most. What is read and not followed then is kept everywhere, which is right and costs more.
    const STEPS: usize = 20_000_000;

    fn new(rules: &'a Rules<'a>) -> Self {
        let nodes = &rules.scenario.nodes;
        let mut into: Vec<Vec<WayIn<'a>>> = nodes.iter().map(|_| Vec::new()).collect();
        for (from, node) in nodes.iter().enumerate() {
            let mut lead = |to: Option<usize>, choice| {
                if let Some(ways) = to.and_then(|to| into.get_mut(to)) {
                    ways.push(WayIn { from, choice });
                }
            };
            match &node.way {
                Way::Choices(choices) => choices.iter().enumerate().for_each(|(at, c)| lead(c.to, Some((at, c)))),
                Way::Routes(routes) => routes.iter().for_each(|route| lead(route.to, None)),
                Way::Ending(_) | Way::None => {}
            }
        }
        Self { rules, into, left: Self::STEPS }
    }

    /// The cuts of a variable in each scene, from those that are read.
    fn back(&mut self, var: Var, readers: &[(usize, u128)]) -> Vec<u128> {
        let mut cuts = vec![0; self.into.len()];
        let mut open: Vec<usize> = Vec::new();
        for (node, read) in readers {
            cuts[*node] |= read;
            open.push(*node);
        }
        while let Some(to) = open.pop() {
            let after = cuts[to];
            for way in &self.into[to] {
                let cost = 1 + way.choice.map_or(0, |(_, choice)| choice.effects.len());
                let Some(left) = self.left.checked_sub(cost) else {
                    return vec![if matches!(var, Var::Meter(_)) { ALL } else { IS_SO }; cuts.len()];
                };
                self.left = left;
                let joined = cuts[way.from] | self.over(way, var, after);
                if joined != cuts[way.from] {
                    cuts[way.from] = joined;
                    open.push(way.from);
                }
            }
        }
        cuts
    }

    /// The cuts before a way is taken, from those after it.
    fn over(&self, way: &WayIn<'_>, var: Var, after: u128) -> u128 {
        let effects = way.choice.map_or(&[][..], |(_, choice)| &choice.effects);
        let is_made = match var {
            Var::Meter(meter) => {
                return effects.iter().rev().fold(after, |cuts, effect| match effect {
                    Effect::Meter { meter: changed, by } if *changed == meter => before(cuts, *by),
                    _ => cuts,
                });
            }
            Var::Flag(flag) => {
                effects.iter().any(|effect| matches!(effect, Effect::Set(at) | Effect::Unset(at) if *at == flag))
            }
            Var::Visited(node) => way.from == node,
            Var::Decided(node) => way.from == node && way.choice.is_some(),
            Var::Taken(once) => way.choice.is_some_and(|(at, _)| self.rules.once(way.from, at) == Some(once)),
            Var::Critical => way.choice.is_some_and(|(_, choice)| choice.is_critical()),
        };
        // What the way itself makes so or not so does not depend on what it was.
        if is_made { 0 } else { after }
    }
}

/// The bits of a word that name the scene.
const NODE_BITS: u32 = 16;

/// Where a variable lies in the words of a state.
#[derive(Clone, Copy)]
struct Place {
    word: usize,
    shift: u32,
    var: Var,
    cuts: u128,
}

impl Place {
    /// The least value that nothing ahead tells from that of a state: the greatest cut it reaches.
    fn get(self, state: &State) -> u64 {
        let value = self.var.get(state).min(100);
        let reached = self.cuts & ((2 << value) - 1);
        u64::from((reached | 1).ilog2())
    }
}

fn layout(vars: &[(Var, u128)]) -> impl DoubleEndedIterator<Item = Place> + use<> {
    let (mut word, mut bit) = (0, NODE_BITS);
    let places: Vec<Place> = vars
        .iter()
        .map(|(var, cuts)| {
            if bit + var.bits() > u64::BITS {
                word += 1;
                bit = 0;
            }
            bit += var.bits();
            Place { word, shift: bit - var.bits(), var: *var, cuts: *cuts }
        })
        .collect();
    places.into_iter()
}

/// States that were met, each once, by number.
pub(super) struct Space {
    /// For each scene, where its variables lie.
    places: Vec<Vec<Place>>,
    never: Vec<Vec<Var>>,
    words: usize,
    keys: Vec<u64>,
    table: HashTable<u32>,
    key: Vec<u64>,
}

impl Space {
    pub(super) fn new(layout: &Layout) -> Self {
        let places = layout.live.iter().map(|vars| self::layout(vars).collect()).collect();
        Self {
            places,
            never: layout.never.clone(),
            words: layout.words,
            keys: Vec::new(),
            table: HashTable::new(),
            key: vec![0; layout.words],
        }
    }

    /// How many states were met.
    pub(super) fn len(&self) -> usize {
        self.keys.len() / self.words
    }

    /// How many bytes the states take.
    pub(super) fn bytes(&self) -> usize {
        self.keys.len() * 8
    }

    /// How many variables are kept in a scene.
    pub(super) fn width(&self, node: usize) -> usize {
        self.places.get(node).map_or(0, Vec::len)
    }

    /// The number of a state, and whether it is new.
    pub(super) fn intern(&mut self, state: &State) -> (u32, bool) {
        self.key.fill(0);
        self.key[0] = state.node as u64;
        for place in self.places.get(state.node).into_iter().flatten() {
            self.key[place.word] |= place.get(state) << place.shift;
        }
        let words = self.words;
        let hash = hash(&self.key);
        let keys = &self.keys;
        let key_of = |number: u32| &keys[number as usize * words..][..words];
        if let Some(number) = self.table.find(hash, |number| key_of(*number) == self.key) {
            return (*number, false);
        }
        let number = small(self.keys.len() / words);
        self.table.insert_unique(hash, number, |number| self::hash(key_of(*number)));
        self.keys.extend_from_slice(&self.key);
        (number, true)
    }

    /// Puts a state into `state`: of a meter the least value that nothing ahead tells from its own. What it does not keep stays
    /// as it is, since nothing reads it.
    pub(super) fn load(&self, number: u32, state: &mut State) {
        let key = &self.keys[number as usize * self.words..][..self.words];
        state.node = self.node(number);
        for var in self.never.get(state.node).into_iter().flatten() {
            var.set(state, 0);
        }
        for place in self.places.get(state.node).into_iter().flatten() {
            place.var.set(state, key[place.word] >> place.shift & ((1 << place.var.bits()) - 1));
        }
    }

    /// The scene of a state.
    pub(super) fn node(&self, number: u32) -> usize {
        (self.keys[number as usize * self.words] & ((1 << NODE_BITS) - 1)) as usize
    }
}

fn hash(key: &[u64]) -> u64 {
    key.iter().fold(0x51_7c_c1_b7_27_22_0a_95, |hash: u64, word| {
        let mixed = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ mixed >> 29
    })
}
