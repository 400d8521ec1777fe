//! The states of a role-play, kept small: of each, only what a later condition reads.

use hashbrown::HashTable;

use super::edges::{Edges, small};
use crate::condition::Condition;
use crate::scenario::Way;
use crate::state::{Rules, State};

/// One thing that a state keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// What is kept in each scene: all that a condition there, or in a scene that can follow, reads.
#[derive(Debug)]
pub(super) struct Layout {
    live: Vec<Vec<Var>>,
    /// What moving on from a scene asks for and no state keeps, since it is never so: a scene that cannot be met again has
    /// no choice that was taken there before.
    never: Vec<Vec<Var>>,
    words: usize,
}

/// A set of small numbers.
#[derive(Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn add(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(word, bits)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| word * 64 + bit))
    }
}

impl Layout {
    /// Finds what each scene keeps. With `scores`, also at which scenes that can be met again a decision was made, since
    /// only the first there counts.
    pub(super) fn new(rules: &Rules<'_>, edges: &Edges, components: &[u32], scores: bool) -> Self {
        let scenario = rules.scenario;
        let count = components.iter().max().map_or(0, |last| *last as usize + 1);
        let mut sizes = vec![0_usize; count];
        components.iter().for_each(|component| sizes[*component as usize] += 1);
        let again = |node: usize| {
            let own = components.get(node).copied().unwrap_or(0) as usize;
            sizes.get(own).is_some_and(|size| *size > 1) || edges.of(node).contains(&small(node))
        };
        let mut vars: Vec<Var> = Vec::new();
        let mut reads: Vec<Vec<usize>> = vec![Vec::new(); scenario.nodes.len()];
        let mut never: Vec<Vec<Var>> = vec![Vec::new(); scenario.nodes.len()];
        let mut numbers = std::collections::HashMap::new();
        let mut read = |node: usize, var: Var, reads: &mut Vec<Vec<usize>>| {
            let number = *numbers.entry(format_key(var)).or_insert_with(|| {
                vars.push(var);
                vars.len() - 1
            });
            reads[node].push(number);
        };
        for (at, node) in scenario.nodes.iter().enumerate() {
            let mut look = |condition: &Condition| {
                condition.reads(&mut |part| read(at, var(part), &mut reads));
            };
            node.blocks.iter().filter_map(|block| block.condition.as_ref()).for_each(&mut look);
            match &node.way {
                Way::Choices(choices) => choices.iter().filter_map(|c| c.condition.as_ref()).for_each(&mut look),
                Way::Routes(routes) => routes.iter().filter_map(|r| r.condition.as_ref()).for_each(&mut look),
                Way::Ending(_) => {
                    let debrief = scenario.debrief.blocks.iter().chain(&scenario.debrief.checklist);
                    debrief.filter_map(|block| block.condition.as_ref()).for_each(&mut look);
                }
                Way::None => {}
            }
            let taken = (0..node.choices().len()).filter_map(|choice| rules.once(at, choice)).map(Var::Taken);
            let asked = taken.chain((scores && node.is_decision()).then_some(Var::Decided(at)));
            if again(at) {
                asked.for_each(|var| read(at, var, &mut reads));
            } else {
                never[at].extend(asked);
            }
        }
        let words = vars.len().div_ceil(64).max(1);
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (node, component) in components.iter().enumerate() {
            members[*component as usize].push(node);
        }
        // Components are numbered from the end, so that all that follow one were seen before it.
        let mut sets: Vec<Bits> = Vec::with_capacity(count);
        for (component, members) in members.iter().enumerate() {
            let mut set = Bits(vec![0; words]);
            for node in members {
                reads[*node].iter().for_each(|number| set.add(*number));
                for next in edges.of(*node) {
                    let next = components[*next as usize] as usize;
                    if next != component {
                        set.join(&sets[next]);
                    }
                }
            }
            sets.push(set);
        }
        let mut kept: Vec<Bits> = components.iter().map(|component| sets[*component as usize].clone()).collect();
        if !scores {
            // An ending is told apart by all that the scenes before it kept, as learners come to it.
            for from in 0..scenario.nodes.len() {
                for to in edges.of(from).iter().map(|to| *to as usize) {
                    if matches!(scenario.nodes[to].way, Way::Ending(_)) {
                        kept[to].join(&sets[components[from] as usize]);
                    }
                }
            }
        }
        let vars_of = |set: &Bits| set.iter().filter_map(|number| vars.get(number).copied()).collect();
        let live: Vec<Vec<Var>> = kept.iter().map(vars_of).collect();
        let words = live.iter().map(|vars| layout(vars).last().map_or(1, |(word, ..)| word + 1)).max().unwrap_or(1);
        Self { live, never, words }
    }
}

/// What tells two variables apart.
fn format_key(var: Var) -> (u8, usize) {
    match var {
        Var::Meter(at) => (0, at),
        Var::Flag(at) => (1, at),
        Var::Visited(at) => (2, at),
        Var::Taken(at) => (3, at),
        Var::Decided(at) => (4, at),
        Var::Critical => (5, 0),
    }
}

fn var(part: &Condition) -> Var {
    match part {
        Condition::Meter { meter, .. } => Var::Meter(*meter),
        Condition::Flag(flag) => Var::Flag(*flag),
        Condition::Visited(node) => Var::Visited(*node),
        Condition::All(_) | Condition::Any(_) | Condition::Not(_) | Condition::Critical => Var::Critical,
    }
}

/// The bits of a word that name the scene.
const NODE_BITS: u32 = 16;

/// The word and the shift of each variable, and the variable.
fn layout(vars: &[Var]) -> impl DoubleEndedIterator<Item = (usize, u32, Var)> + use<> {
    let (mut word, mut bit) = (0, NODE_BITS);
    let places: Vec<(usize, u32, Var)> = vars
        .iter()
        .map(|var| {
            if bit + var.bits() > u64::BITS {
                word += 1;
                bit = 0;
            }
            bit += var.bits();
            (word, bit - var.bits(), *var)
        })
        .collect();
    places.into_iter()
}

/// States that were met, each once, by number.
pub(super) struct Space {
    /// For each scene, where its variables lie.
    places: Vec<Vec<(usize, u32, Var)>>,
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
        for (word, shift, var) in self.places.get(state.node).into_iter().flatten() {
            self.key[*word] |= var.get(state) << shift;
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

    /// Puts a state into `state`; what it does not keep stays as it is, since nothing reads it.
    pub(super) fn load(&self, number: u32, state: &mut State) {
        let key = &self.keys[number as usize * self.words..][..self.words];
        state.node = self.node(number);
        for var in self.never.get(state.node).into_iter().flatten() {
            var.set(state, 0);
        }
        for (word, shift, var) in self.places.get(state.node).into_iter().flatten() {
            var.set(state, key[*word] >> shift & ((1 << var.bits()) - 1));
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
