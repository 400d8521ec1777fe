//! S05: whether a path passes, and the best that one reaches.
//!
//! Each state keeps the undominated sums of the paths to it: points earned, points lost and critical choices. More earned
//! and less lost never make a score smaller, whatever follows.

use std::collections::VecDeque;

use super::edges::small;
use super::points::{Points, Score};
use super::random::Walks;
use super::space::{Layout, Space};
use super::told::{SAMPLED, shortened};
use super::walk::{MAX_BYTES, MAX_WORK, SAMPLE};
use super::{Explored, MAX_STEPS};
use crate::problem::{Code, Problems, Span};
use crate::scenario::{Choice, Ending, Pass, Way};
use crate::state::{Rules, State};
use crate::total::Rounded;

/// How a path to a state came out so far. There may be millions, so it is kept small.
#[derive(Clone, Copy, Debug)]
struct Path {
    state: u32,
    earned: u32,
    lost: u32,
    /// The path that it goes on from.
    before: u32,
    /// The next path to the same state.
    next: u32,
    /// Critical choices, counted up to one more than may be.
    critical: u8,
    /// The choice it took last; 0 where a route was followed.
    choice: u8,
    is_beaten: bool,
}

const NONE: u32 = u32::MAX;

/// A path that came to an ending.
#[derive(Clone, Copy, Debug)]
struct Ended {
    path: u32,
    ending: Ending,
    earned: u64,
    lost: u64,
    critical: u32,
}

impl Ended {
    fn score(&self) -> Option<Score> {
        let possible = self.earned + self.lost;
        (possible > 0).then_some(Score { earned: self.earned, possible })
    }

    /// Whether the score is lower than another's. A path without a decision has none, which is lower than every other.
    fn is_below(&self, other: &Self) -> bool {
        match (self.score(), other.score()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(mine), Some(theirs)) => mine.is_below(theirs),
        }
    }

    fn reaches(&self, bar: u32) -> bool {
        self.score().map_or(bar == 0, |score| score.reaches(bar))
    }

    fn passes(&self, pass: &Pass) -> bool {
        pass.ending.is_none_or(|least| self.ending >= least)
            && pass.critical.is_none_or(|most| self.critical <= most)
            && pass.score.is_none_or(|least| self.reaches(least))
    }

    /// The score in words.
    fn told(&self) -> String {
        let shown = |score: Score| Rounded::of(u128::from(score.earned) * 100, u128::from(score.possible)).to_string();
        self.score().map_or("no score".to_owned(), shown)
    }
}

/// Which paths are kept at a state.
#[derive(Clone, Copy, PartialEq)]
enum Goal {
    Best,
    Worst,
}

struct Search<'a> {
    rules: &'a Rules<'a>,
    points: Points,
    space: Space,
    paths: Vec<Path>,
    heads: Vec<u32>,
    /// The component of each scene, and for each component the paths that wait in it. Paths lead only to components with a
    /// smaller number, so that all paths into one are known before the first goes on.
    components: &'a [u32],
    waiting: Vec<VecDeque<u32>>,
    /// Critical choices are counted up to here.
    most_critical: u32,
    goal: Goal,
    ended: Vec<Ended>,
    is_exact: bool,
}

impl<'a> Search<'a> {
    fn new(rules: &'a Rules<'a>, layout: &Layout, components: &'a [u32], goal: Goal) -> Self {
        let count = components.iter().max().map_or(0, |last| *last as usize + 1);
        Self {
            rules,
            points: Points::new(rules.scenario),
            space: Space::new(layout),
            paths: Vec::new(),
            heads: Vec::new(),
            components,
            waiting: vec![VecDeque::new(); count],
            most_critical: rules.scenario.pass.critical.map_or(0, |most| most + 1),
            goal,
            ended: Vec::new(),
            is_exact: true,
        }
    }

    /// Follows paths until no state can get a better one.
    fn run(&mut self) {
        let decisions = self.rules.scenario.nodes.iter().filter(|node| node.is_decision());
        let most: u64 = decisions.flat_map(|node| Some(self.points.of(node, node.choices().first()?).possible)).sum();
        if u32::try_from(most).is_err() {
            self.is_exact = false;
            return;
        }
        let rules = self.rules;
        let mut state = rules.start();
        let first =
            Path { state: 0, earned: 0, lost: 0, before: NONE, next: NONE, critical: 0, choice: 0, is_beaten: false };
        self.add(&state, first);
        let (mut steps, mut work) = (0, 0);
        while let Some(number) = self.next() {
            let Some(path) = self.paths.get(number as usize).copied().filter(|path| !path.is_beaten) else { continue };
            let bytes = self.space.bytes() + self.paths.len() * size_of::<Path>();
            if steps >= MAX_STEPS || work >= MAX_WORK || bytes > MAX_BYTES {
                self.is_exact = false;
                return;
            }
            self.space.load(path.state, &mut state);
            work += self.space.width(state.node) + 1;
            match rules.way(&state) {
                Way::Choices(choices) => {
                    let node = state.node;
                    for (place, choice) in choices.iter().enumerate() {
                        if place > 0 {
                            self.space.load(path.state, &mut state);
                        }
                        if choice.to.is_some() && rules.is_visible(&state, place, choice) {
                            let (earned, lost) = self.scored(&state, choice);
                            let critical = u32::from(path.critical) + u32::from(choice.is_critical());
                            let critical = u8::try_from(critical.min(self.most_critical)).unwrap_or(u8::MAX);
                            rules.take(&mut state, place, choice);
                            let next = Path {
                                state: 0,
                                earned: path.earned + earned,
                                lost: path.lost + lost,
                                before: number,
                                next: NONE,
                                critical,
                                choice: u8::try_from(choice.id).unwrap_or(0),
                                is_beaten: false,
                            };
                            self.add(&state, next);
                            steps += 1;
                            work += self.space.width(node) + self.space.width(state.node) + choice.effects.len();
                        }
                    }
                }
                Way::Routes(routes) => {
                    if let Some(to) = rules.route(&state, routes).and_then(|route| route.to) {
                        rules.move_on(&mut state, to);
                        self.add(&state, Path { before: number, choice: 0, next: NONE, ..path });
                        steps += 1;
                    }
                }
                Way::Ending(ending) => {
                    self.ended.push(Ended {
                        path: number,
                        ending: *ending,
                        earned: u64::from(path.earned),
                        lost: u64::from(path.lost),
                        critical: u32::from(path.critical),
                    });
                }
                Way::None => {}
            }
        }
    }

    /// The next path that waits, of the component with the largest number.
    fn next(&mut self) -> Option<u32> {
        while let Some(waiting) = self.waiting.last_mut() {
            if let Some(number) = waiting.pop_front() {
                return Some(number);
            }
            self.waiting.pop();
        }
        None
    }

    /// What a choice earns and loses: only the first decision in a scene counts.
    fn scored(&self, state: &State, choice: &Choice) -> (u32, u32) {
        let node = self.rules.scenario.nodes.get(state.node);
        match node.filter(|node| node.is_decision() && state.decided.get(state.node) != Some(&true)) {
            Some(node) => {
                let score = self.points.of(node, choice);
                let small = |points: u64| u32::try_from(points).unwrap_or(u32::MAX);
                (small(score.earned), small(score.possible - score.earned))
            }
            None => (0, 0),
        }
    }

    /// Whether a path is at least as good as another for all that may follow.
    fn beats(&self, one: &Path, other: &Path) -> bool {
        match self.goal {
            Goal::Best => one.earned >= other.earned && one.lost <= other.lost && one.critical <= other.critical,
            Goal::Worst => one.earned <= other.earned && one.lost >= other.lost,
        }
    }

    /// Keeps a path to a state unless another to it is as good.
    fn add(&mut self, state: &State, mut path: Path) {
        let (number, is_new) = self.space.intern(state);
        if is_new {
            self.heads.push(NONE);
        }
        path.state = number;
        let head = self.heads[number as usize];
        let mut at = head;
        while let Some(other) = self.paths.get(at as usize) {
            if !other.is_beaten && self.beats(other, &path) {
                return;
            }
            at = other.next;
        }
        let mut at = head;
        while let Some(other) = self.paths.get(at as usize).copied() {
            if self.beats(&path, &other) {
                self.paths[at as usize].is_beaten = true;
            }
            at = other.next;
        }
        path.next = head;
        self.heads[number as usize] = small(self.paths.len());
        let component = self.components.get(state.node).map_or(0, |component| *component as usize);
        if let Some(waiting) = self.waiting.get_mut(component) {
            waiting.push_back(small(self.paths.len()));
        }
        self.paths.push(path);
    }

    /// The choices of a path in words, and the scene it ends in.
    fn told(&self, path: u32) -> String {
        let mut parts = Vec::new();
        let mut at = path;
        while let Some(path) = self.paths.get(at as usize) {
            if parts.is_empty() {
                let last = self.rules.scenario.nodes.get(self.space.node(path.state));
                parts.push(last.map_or(String::new(), |node| format!("#{}", node.id)));
            }
            let from = self.paths.get(path.before as usize).map(|before| self.space.node(before.state));
            let node = from.and_then(|from| self.rules.scenario.nodes.get(from));
            if let Some(choice) = node.and_then(|node| node.choices().get((path.choice as usize).wrapping_sub(1))) {
                parts.push(words(&choice.text));
            }
            at = path.before;
        }
        parts.reverse();
        shortened(&parts)
    }
}

/// The first words of a choice.
fn words(text: &str) -> String {
    const SHOWN: usize = 28;
    let text: String = text.chars().filter(|c| !matches!(c, '"' | '“' | '”')).collect();
    if text.chars().count() <= SHOWN {
        return format!("\"{text}\"");
    }
    let cut: String = text.chars().take(SHOWN).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("\"{}…\"", cut.trim_end_matches([',', '.', ':', ';']))
}

/// Reports that no path passes.
pub(super) fn check(
    rules: &Rules<'_>,
    layout: &Layout,
    components: &[u32],
    met: Explored,
    at: Span,
    problems: &mut Problems,
) {
    let pass = rules.scenario.pass;
    if pass == (Pass { score: None, ending: None, critical: None }) {
        return;
    }
    // A path that passes is proof enough, and most role-plays have one that is quickly found.
    if met.steps > MANY && sampled(rules, &pass, TRIED) {
        return;
    }
    let mut search = Search::new(rules, layout, components, Goal::Best);
    if met.exact {
        search.run();
    }
    if search.ended.iter().any(|ended| ended.passes(&pass)) {
        return;
    }
    if !met.exact || !search.is_exact {
        if !sampled(rules, &pass, SAMPLE) {
            let message = format!("no path that was tried passes{SAMPLED}");
            problems.add(Code::S05, at, message).help("lower the bar, or add a better choice").warning();
        }
        return;
    }
    let best = |keep: &dyn Fn(&Ended) -> bool| {
        search.ended.iter().filter(|ended| keep(ended)).fold(None, |best: Option<&Ended>, ended| match best {
            Some(best) if !best.is_below(ended) => Some(best),
            _ => Some(ended),
        })
    };
    let ends = |ended: &Ended| pass.ending.is_none_or(|least| ended.ending >= least);
    let harmless = |ended: &Ended| pass.critical.is_none_or(|most| ended.critical <= most);
    let (reason, shown) = if let Some(best) = best(&|ended| ends(ended) && harmless(ended)) {
        let wanted = pass.score.unwrap_or(0);
        let reason = match best.score() {
            Some(_) => format!("the best possible score is {}, and passing takes {wanted}", best.told()),
            None => format!("no path meets a decision, so there is no score, and passing takes {wanted}"),
        };
        (reason, Some(best))
    } else if let Some(best) = best(&ends) {
        let to =
            pass.ending.map_or(String::new(), |least| format!(" to an ending that is {} or better", least.as_str()));
        let takes = match pass.critical.unwrap_or(0) {
            0 => "takes a critical choice".to_owned(),
            1 => "takes more than one critical choice".to_owned(),
            most => format!("takes more than {most} critical choices"),
        };
        (format!("each path{to} {takes}"), Some(best))
    } else if let Some(best) = best(&|_| true) {
        let least = pass.ending.map_or("", Ending::as_str);
        (format!("no path comes to an ending that is {least} or better"), Some(best))
    } else {
        (String::new(), None)
    };
    // A state without a way on is told where it is (S07, S13).
    let Some(best) = shown else { return };
    let draft = problems.add(Code::S05, at, format!("no path passes: {reason}"));
    let mut help = format!(
        "lower the bar, or add a better choice; best path ({}, {}): {}",
        best.told(),
        best.ending.as_str(),
        search.told(best.path)
    );
    let mut worst = Search::new(rules, layout, components, Goal::Worst);
    worst.run();
    let least = worst.ended.iter().fold(None, |least: Option<&Ended>, ended| match least {
        Some(least) if !ended.is_below(least) => Some(least),
        _ => Some(ended),
    });
    if let Some(least) = least {
        help.push_str(&format!("; worst path ({}): {}", least.told(), worst.told(least.path)));
    }
    draft.help(help);
}

/// From how many steps on a few walks are quicker than following every path.
const MANY: usize = 10_000;
/// How much is read and written on walks before every path is followed.
const TRIED: usize = 60_000;

/// Whether one of some random walks passes. They like good choices better than others.
fn sampled(rules: &Rules<'_>, pass: &Pass, work: usize) -> bool {
    let points = Points::new(rules.scenario);
    let mut walks = Walks::new(rules, work);
    while let Some(mut state) = walks.begin() {
        let (mut earned, mut lost) = (0, 0);
        loop {
            if let Way::Ending(ending) = rules.way(&state) {
                let ended = Ended { path: NONE, ending: *ending, earned, lost, critical: state.critical };
                if ended.passes(pass) {
                    return true;
                }
                break;
            }
            let (at, was_decided) = (state.node, state.decided.get(state.node) == Some(&true));
            if !walks.step(&mut state) {
                break;
            }
            let node = rules.scenario.nodes.get(at).filter(|node| node.is_decision() && !was_decided);
            if let (Some(node), Some(choice)) = (node, walks.last)
                && let Some(choice) = node.choices().get(choice)
            {
                let score = points.of(node, choice);
                earned += score.earned;
                lost += score.possible - score.earned;
            }
        }
    }
    false
}
