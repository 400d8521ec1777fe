//! The checks of the graph against a slow and obvious search: small random role-plays, every state met one by one, nothing dropped.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Write as _;

use courseware::condition::{Condition, Facts};
use courseware::graph::Prospects;
use courseware::play::{Play, Step};
use courseware::scenario::{Choice, Effect, Ending, Quality, Scenario, Way};
use courseware::{Code, Surroundings, parse};

/// How many role-plays are made.
const ROLE_PLAYS: u64 = 10_000;

/// A role-play as text, with the lines that problems may point to.
#[derive(Default)]
struct Made {
    text: String,
    lines: usize,
    headings: Vec<usize>,
    /// For each scene, the lines of its blocks and of its choices or routes.
    blocks: Vec<Vec<usize>>,
    ways: Vec<Vec<usize>>,
    debrief: Vec<usize>,
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % count as u64).unwrap_or(0)
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

impl Made {
    fn line(&mut self, text: &str) -> usize {
        self.lines += 1;
        let _ = writeln!(self.text, "{text}");
        self.lines
    }
}

fn condition(dice: &mut Dice, nodes: usize, deep: usize) -> String {
    match dice.below(if deep == 0 { 4 } else { 7 }) {
        0 => {
            let sign = dice.pick(&[">=", "<=", "<", ">", "=", "!="]);
            format!("trust {sign} {}", [0, 20, 35, 50, 65, 80, 100][dice.below(7)])
        }
        1 => dice.pick(&["told", "asked"]).to_owned(),
        2 => format!("visited n{}", dice.below(nodes)),
        3 => dice.pick(&["critical", "calm >= 50", "not critical", "calm < 50"]).to_owned(),
        4 => format!("not ({})", condition(dice, nodes, deep - 1)),
        5 => format!("({}) and ({})", condition(dice, nodes, deep - 1), condition(dice, nodes, deep - 1)),
        _ => format!("{} or {}", condition(dice, nodes, deep - 1), condition(dice, nodes, deep - 1)),
    }
}

/// A random role-play that can be read, with whatever is wrong with its paths.
fn made(seed: u64) -> Made {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
    let nodes = 2 + dice.below(5);
    let mut made = Made::default();
    let ending = dice.pick(&["good", "mixed", "bad"]);
    let pass = format!(
        "pass: {{ score: {}, ending: {ending}, critical: {} }}",
        [0, 40, 50, 70, 100][dice.below(5)],
        dice.below(2)
    );
    for line in [
        "---",
        "kind: scenario",
        "title: T",
        "competencies: [empathy, privacy]",
        "meters:",
        "  trust: { start: 50, show: bar }",
        "  calm: { start: 40, show: bar }",
        &pass,
        "---",
        "# T",
        "",
    ] {
        made.line(line);
    }
    for node in 0..nodes {
        let heading = made.line(&format!("## n{node}"));
        made.headings.push(heading);
        made.line("");
        let (mut blocks, mut ways) = (Vec::new(), Vec::new());
        let ends = node + 1 == nodes || dice.one_in(6);
        if ends {
            let kind = dice.pick(&["good", "mixed", "bad"]);
            made.line(&format!("`ending {kind}`"));
        } else {
            made.line(dice.pick(&["`tests empathy`", "`tests empathy, privacy`", "`weight 2`", "`fixed`"]));
        }
        made.line("");
        if dice.one_in(3) {
            let condition = condition(&mut dice, nodes, 1);
            blocks.push(made.line(&format!("`if {condition}` Text.")));
            made.line("");
            if dice.one_in(2) {
                blocks.push(made.line("`else` Other text."));
                made.line("");
            }
        }
        if !ends && dice.one_in(4) {
            for place in 0..1 + dice.below(2) {
                let (to, condition) = (dice.below(nodes), condition(&mut dice, nodes, 1));
                ways.push(made.line(&format!("{}. [r](#n{to}) `if {condition}`", place + 1)));
            }
            let to = dice.below(nodes);
            ways.push(made.line(&format!("9. [r](#n{to}) `otherwise`")));
        } else if !ends {
            for place in 0..1 + dice.below(3) {
                let word = dice.pick(&["best", "ok", "poor", "critical"]);
                let mut line = format!("- [c{place}](#n{}) `{word}`", dice.below(nodes));
                if dice.one_in(2) {
                    let _ = write!(
                        line,
                        " `{}`",
                        dice.pick(&["trust +15", "trust -15", "trust +50", "calm +30", "calm -45"])
                    );
                }
                if dice.one_in(3) {
                    let _ = write!(line, " `{}`", dice.pick(&["set told", "set asked", "unset told", "unset asked"]));
                }
                if dice.one_in(4) {
                    line.push_str(" `once`");
                }
                if dice.one_in(3) {
                    let _ = write!(line, " `if {}`", condition(&mut dice, nodes, 1));
                }
                ways.push(made.line(&line));
                made.line("  > Why.");
            }
        }
        made.line("");
        made.blocks.push(blocks);
        made.ways.push(ways);
    }
    if dice.one_in(2) {
        made.line("## Debrief");
        made.line("");
        let said = condition(&mut dice, nodes, 1);
        let line = made.line(&format!("`if {said}` Think of it."));
        made.debrief.push(line);
        made.line("");
        if dice.one_in(2) {
            let line = made.line("`else` Other text.");
            made.debrief.push(line);
            made.line("");
        }
        let done = condition(&mut dice, nodes, 1);
        let line = made.line(&format!("- [ ] Done `if {done}`"));
        made.debrief.push(line);
    }
    made
}

/// Everything that happened so far.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct All {
    node: usize,
    meters: Vec<i32>,
    flags: BTreeSet<usize>,
    visited: BTreeSet<usize>,
    taken: BTreeSet<(usize, usize)>,
    critical: bool,
}

impl Facts for All {
    fn meter(&self, meter: usize) -> i32 {
        self.meters[meter]
    }
    fn flag(&self, flag: usize) -> bool {
        self.flags.contains(&flag)
    }
    fn visited(&self, node: usize) -> bool {
        self.visited.contains(&node)
    }
    fn critical(&self) -> bool {
        self.critical
    }
}

fn start(scenario: &Scenario) -> All {
    All {
        node: 0,
        meters: scenario.meters.iter().map(|meter| i32::from(meter.start)).collect(),
        flags: BTreeSet::new(),
        visited: BTreeSet::new(),
        taken: BTreeSet::new(),
        critical: false,
    }
}

/// The ways on from a state, each with the choice that takes it.
fn ways(scenario: &Scenario, all: &All) -> Vec<(Option<usize>, All)> {
    let holds = |condition: &Option<Condition>| condition.as_ref().is_none_or(|condition| condition.holds(all));
    match &scenario.nodes[all.node].way {
        Way::Choices(choices) => {
            let shown = choices.iter().enumerate().filter(|(at, choice)| {
                holds(&choice.condition) && !(choice.once && all.taken.contains(&(all.node, *at)))
            });
            shown.map(|(at, choice)| (Some(at), after(all, at, choice))).collect()
        }
        Way::Routes(routes) => {
            let route = routes.iter().find(|route| holds(&route.condition)).unwrap();
            let mut next = all.clone();
            next.visited.insert(all.node);
            next.node = route.to.unwrap();
            vec![(None, next)]
        }
        Way::Ending(_) | Way::None => Vec::new(),
    }
}

fn after(all: &All, at: usize, choice: &Choice) -> All {
    let mut next = all.clone();
    for effect in &choice.effects {
        match *effect {
            Effect::Meter { meter, by } => next.meters[meter] = (next.meters[meter] + by).clamp(0, 100),
            Effect::Set(flag) => drop(next.flags.insert(flag)),
            Effect::Unset(flag) => drop(next.flags.remove(&flag)),
        }
    }
    next.critical |= choice.quality == Some(Quality::Critical);
    if choice.once {
        next.taken.insert((all.node, at));
    }
    next.visited.insert(all.node);
    next.node = choice.to.unwrap();
    next
}

fn ending(scenario: &Scenario, node: usize) -> Option<Ending> {
    match scenario.nodes[node].way {
        Way::Ending(ending) => Some(ending),
        _ => None,
    }
}

/// What a slow and obvious search says; none where it would take too long.
fn expected(scenario: &Scenario, made: &Made, pass_line: usize) -> Option<(BTreeSet<(Code, usize)>, Ranges)> {
    let mut found = BTreeSet::new();
    let mut linked: BTreeSet<usize> = BTreeSet::from([0]);
    let mut open = vec![0];
    while let Some(node) = open.pop() {
        let targets: Vec<usize> = match &scenario.nodes[node].way {
            Way::Choices(choices) => choices.iter().filter_map(|choice| choice.to).collect(),
            Way::Routes(routes) => routes.iter().filter_map(|route| route.to).collect(),
            _ => Vec::new(),
        };
        open.extend(targets.into_iter().filter(|to| linked.insert(*to)));
    }
    found.extend(
        (0..scenario.nodes.len()).filter(|node| !linked.contains(node)).map(|node| (Code::S01, made.headings[node])),
    );

    let mut states: Vec<All> = vec![start(scenario)];
    let mut numbers: HashMap<All, usize> = HashMap::from([(start(scenario), 0)]);
    let mut edges: Vec<Vec<usize>> = Vec::new();
    let mut at = 0;
    while at < states.len() {
        if states.len() > 3_000 {
            return None;
        }
        let next: Vec<usize> = ways(scenario, &states[at])
            .into_iter()
            .map(|(_, next)| {
                *numbers.entry(next.clone()).or_insert_with(|| {
                    states.push(next);
                    states.len() - 1
                })
            })
            .collect();
        edges.push(next);
        at += 1;
    }
    let ranges = judge_conditions(scenario, made, &states, &mut found);
    for (at, all) in states.iter().enumerate() {
        if edges[at].is_empty() && ending(scenario, all.node).is_none() {
            found.insert((Code::S07, made.headings[all.node]));
        }
    }
    loops(&states, &edges, made, &mut found);
    if !passes(scenario)? && states.iter().any(|all| ending(scenario, all.node).is_some()) {
        found.insert((Code::S05, pass_line));
    }
    Some((found, ranges))
}

/// For each line with a condition, the least and the greatest value of each meter that it was asked with.
type Ranges = HashMap<usize, BTreeMap<usize, (i32, i32)>>;

fn judge_conditions(scenario: &Scenario, made: &Made, states: &[All], found: &mut BTreeSet<(Code, usize)>) -> Ranges {
    // For each line with a condition: whether it was reached, and whether it held.
    let mut judged: HashMap<usize, (bool, bool)> = HashMap::new();
    let mut judge = |line: usize, holds: bool| {
        let entry = judged.entry(line).or_default();
        entry.0 = true;
        entry.1 |= holds;
    };
    let mut ranges = Ranges::new();
    let mut ask = |line: usize, condition: &Condition, all: &All| {
        let known = ranges.entry(line).or_default();
        condition.reads(&mut |part| {
            if let Condition::Meter { meter, .. } = part {
                let value = all.meters[*meter];
                let range = known.entry(*meter).or_insert((value, value));
                *range = (range.0.min(value), range.1.max(value));
            }
        });
    };
    let unset = never_set(scenario);
    for all in states {
        let node = &scenario.nodes[all.node];
        for (block, line) in node.blocks.iter().zip(&made.blocks[all.node]) {
            // An `else` has no condition of its own.
            let own = block.condition.as_ref().filter(|_| block.text != "Other text.");
            if let Some(condition) = own.filter(|condition| !reads(condition, &unset)) {
                judge(*line, condition.holds(all));
                ask(*line, condition, all);
            }
        }
        match &node.way {
            Way::Choices(choices) => {
                for (choice, line) in choices.iter().zip(&made.ways[all.node]) {
                    if let Some(condition) = choice.condition.as_ref().filter(|condition| !reads(condition, &unset)) {
                        judge(*line, condition.holds(all));
                        ask(*line, condition, all);
                    }
                }
            }
            Way::Routes(routes) => {
                // A route that is not come to is not taken either.
                let mut is_taken = false;
                for (route, line) in routes.iter().zip(&made.ways[all.node]) {
                    let Some(condition) = &route.condition else { break };
                    if !is_taken {
                        ask(*line, condition, all);
                    }
                    let holds = !is_taken && condition.holds(all);
                    is_taken |= holds;
                    if !reads(condition, &unset) {
                        judge(*line, holds);
                    }
                }
            }
            Way::Ending(_) => {
                let debrief = scenario.debrief.blocks.iter().chain(&scenario.debrief.checklist);
                for (block, line) in debrief.zip(&made.debrief) {
                    let own = block.condition.as_ref().filter(|_| block.text != "Other text.");
                    if let Some(condition) = own.filter(|condition| !reads(condition, &unset)) {
                        judge(*line, condition.holds(all));
                        ask(*line, condition, all);
                    }
                }
            }
            Way::None => {}
        }
    }
    found
        .extend(judged.into_iter().filter(|(_, (reached, held))| *reached && !held).map(|(line, _)| (Code::S06, line)));
    ranges
}

fn never_set(scenario: &Scenario) -> HashSet<usize> {
    let mut unset: HashSet<usize> = (0..scenario.flags.len()).collect();
    let choices = scenario.nodes.iter().flat_map(|node| node.choices());
    for effect in choices.flat_map(|choice| &choice.effects) {
        if let Effect::Set(flag) = effect {
            unset.remove(flag);
        }
    }
    unset
}

fn reads(condition: &Condition, unset: &HashSet<usize>) -> bool {
    let mut found = false;
    condition.reads(&mut |part| found |= matches!(part, Condition::Flag(flag) if unset.contains(flag)));
    found
}

/// S13: of the states that no path leaves for an end, those that come back to themselves from wherever they lead.
fn loops(states: &[All], edges: &[Vec<usize>], made: &Made, found: &mut BTreeSet<(Code, usize)>) {
    let reach = |from: usize| -> HashSet<usize> {
        let mut seen = HashSet::new();
        let mut open = VecDeque::from([from]);
        while let Some(at) = open.pop_front() {
            open.extend(edges[at].iter().copied().filter(|next| seen.insert(*next)));
        }
        seen
    };
    let mut ends: HashSet<usize> = (0..states.len()).filter(|at| edges[*at].is_empty()).collect();
    loop {
        let more: Vec<usize> = (0..states.len())
            .filter(|at| !ends.contains(at) && edges[*at].iter().any(|to| ends.contains(to)))
            .collect();
        if more.is_empty() {
            break;
        }
        ends.extend(more);
    }
    for at in (0..states.len()).filter(|at| !ends.contains(at)) {
        let members = reach(at);
        if members.iter().all(|member| reach(*member).contains(&at)) {
            let first = members.iter().map(|member| states[*member].node).min().unwrap();
            found.insert((Code::S13, made.headings[first]));
        }
    }
}

/// Whether a path passes, by every sum of points that every state can have; none where there are too many.
fn passes(scenario: &Scenario) -> Option<bool> {
    // State, scenes decided, points in twelfths, what they could have been, critical choices up to two.
    type Sum = (All, BTreeSet<usize>, u32, u32, u32);
    let first: Sum = (start(scenario), BTreeSet::new(), 0, 0, 0);
    let mut seen: HashSet<Sum> = HashSet::from([first.clone()]);
    let mut open = vec![first];
    while let Some((all, decided, earned, possible, critical)) = open.pop() {
        if seen.len() > 20_000 {
            return None;
        }
        let node = &scenario.nodes[all.node];
        if let Some(ending) = ending(scenario, all.node) {
            let pass = scenario.pass;
            let bar = pass.score.unwrap();
            let reaches = if possible == 0 { bar == 0 } else { earned * 100 >= bar * possible };
            if reaches && ending >= pass.ending.unwrap() && critical <= pass.critical.unwrap() {
                return Some(true);
            }
        }
        for (at, next) in ways(scenario, &all) {
            let (mut decided, mut earned, mut possible, mut critical) = (decided.clone(), earned, possible, critical);
            if let Some(choice) = at.and_then(|at| node.choices().get(at)) {
                critical = (critical + u32::from(choice.quality == Some(Quality::Critical))).min(2);
                if node.choices().len() > 1 && decided.insert(all.node) {
                    // Both competencies of a scene earn the word's points here, so their mean is the word's.
                    earned += node.weight * choice.quality.unwrap().points();
                    possible += node.weight * 2;
                }
            }
            let sum = (next, decided, earned, possible, critical);
            if seen.insert(sum.clone()) {
                open.push(sum);
            }
        }
    }
    Some(false)
}

/// The codes that a role-play gets; none where the slow search would take too long.
fn compare(seed: u64) -> Option<BTreeSet<Code>> {
    let made = made(seed);
    let document = parse("t.md", &made.text, &Surroundings::default());
    let scenario = document.scenario().unwrap();
    let explored = document.graph.unwrap_or_else(|| panic!("{:#?}\n{}", document.problems, made.text));
    assert!(explored.exact);
    let (expected, ranges) = expected(scenario, &made, 8)?;
    let judged = [Code::S01, Code::S05, Code::S06, Code::S07, Code::S13];
    let found: BTreeSet<(Code, usize)> = document
        .problems
        .iter()
        .filter(|problem| judged.contains(&problem.code))
        .map(|problem| (problem.code, problem.line))
        .collect();
    assert_eq!(found, expected, "role-play {seed}\n{}", made.text);
    for problem in document.problems.iter().filter(|problem| problem.code == Code::S06) {
        for (meter, (least, most)) in ranges.get(&problem.line).into_iter().flatten() {
            let name = &scenario.meters[*meter].name;
            let range =
                if least == most { format!("{name} is {least}") } else { format!("{name} is from {least} to {most}") };
            assert!(
                problem.message.contains(&range),
                "role-play {seed}: {range}, not {}\n{}",
                problem.message,
                made.text
            );
        }
    }
    Some(found.into_iter().map(|(code, _)| code).collect())
}

#[test]
fn the_checks_agree_with_a_search_that_drops_nothing() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let met: Vec<BTreeSet<Code>> = std::thread::scope(|scope| {
        let work = |first: u64| {
            move || (first..ROLE_PLAYS).step_by(usize::try_from(threads).unwrap()).filter_map(compare).collect()
        };
        let running: Vec<_> = (0..threads).map(|first| scope.spawn(work(first))).collect();
        running
            .into_iter()
            .flat_map(|thread: std::thread::ScopedJoinHandle<'_, Vec<_>>| thread.join().unwrap())
            .collect()
    });
    // The few that are left out have more states than the slow search can meet.
    assert!(met.len() > 9_500, "{}", met.len());
    for code in [Code::S01, Code::S05, Code::S06, Code::S07, Code::S13] {
        let with = met.iter().filter(|codes| codes.contains(&code)).count();
        assert!(with > 200 && with < met.len() - 200, "{code} in {with}");
    }
}

/// The best score in hundredths of a percent that some choices lead to, from where a role-play stands; none where a way is longer than
/// `deep` choices. Every way is played.
fn best_of(play: &Play<'_>, deep: usize) -> Option<Option<u64>> {
    if let Some(outcome) = play.outcome() {
        return Some(outcome.score.and_then(|score| score.percent()).map(|score| score.hundredths()));
    }
    let here = play.passed().last()?;
    let mut best = None;
    for choice in &here.choices {
        let mut next = play.clone();
        next.take(&Step { node: here.node.id.clone(), choice: choice.id }).ok().filter(|()| deep > 0)?;
        best = best.max(best_of(&next, deep - 1)?);
    }
    Some(best)
}

#[test]
fn what_a_choice_costs_is_what_playing_every_way_says() {
    let mut compared = 0;
    // A part of them: every way is played again and again.
    for seed in 0..ROLE_PLAYS / 10 {
        let document = parse("t.md", &made(seed).text, &Surroundings::default());
        let Some(scenario) = document.scenario() else { continue };
        let (Some(mut prospects), Ok(mut play)) = (Prospects::of(scenario), Play::start(scenario, [0; 16])) else {
            continue;
        };
        let (mut dice, mut steps, mut wanted) = (Dice(seed), Vec::new(), Vec::new());
        let whole = loop {
            if play.ending().is_some() {
                break true;
            }
            let here = play.passed().last().unwrap().clone();
            let after: Option<Vec<Option<u64>>> = here
                .choices
                .iter()
                .map(|choice| {
                    let mut next = play.clone();
                    next.take(&Step { node: here.node.id.clone(), choice: choice.id }).ok()?;
                    best_of(&next, 5)
                })
                .collect();
            let Some(after) = after else { break false };
            let taken = dice.below(here.choices.len());
            let step = Step { node: here.node.id.clone(), choice: here.choices[taken].id };
            play.take(&step).unwrap();
            let counts = play.passed().iter().rev().find(|passed| passed.chosen.is_some()).unwrap().counts;
            if let (true, Some(Some(best))) = (counts, after.iter().max()) {
                wanted.push(after.iter().flatten().map(|score| best - score).collect::<Vec<_>>());
            }
            steps.push(step);
        };
        if !whole {
            continue;
        }
        let costs = prospects.costs(&steps).unwrap_or_else(|| panic!("seed {seed}: {steps:?}"));
        let costs: Vec<Vec<f64>> =
            costs.iter().map(|costs| costs.choices.iter().map(|(_, cost)| cost * 100.0).collect()).collect();
        assert_eq!(costs.len(), wanted.len(), "seed {seed}");
        for (costs, wanted) in costs.iter().flatten().zip(wanted.iter().flatten()) {
            assert!((costs - *wanted as f64).abs() <= 1.0, "seed {seed}: {costs} and not {wanted}");
        }
        compared += wanted.len();
    }
    assert!(compared > 100, "{compared}");
}
