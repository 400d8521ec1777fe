//! What can be said of a role-play without following a path.

use std::collections::{HashMap, HashSet};

use super::edges::{Edges, small};
use crate::problem::{Code, Problems, Span};
use crate::scenario::{Choice, Effect, Scenario, Show, Way};
use crate::scene::Places;
use crate::slug::nearest;

/// The scenes that each scene leads to, whatever the conditions.
pub(super) fn static_edges(scenario: &Scenario, also: &[(usize, usize)]) -> Edges {
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

pub(super) fn heading(places: &Places, node: usize) -> Span {
    places.nodes.get(node).map_or(Span::default(), |place| place.heading)
}

/// S01: scenes that no chain of choices and routes leads to.
pub(super) fn not_led_to(scenario: &Scenario, places: &Places, edges: &Edges, problems: &mut Problems) {
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
pub(super) fn same_ways(scenario: &Scenario, places: &Places, problems: &mut Problems) {
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
        let same = |other: &Choice| {
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
///
/// Where another flag is set, never read and called nearly so, one of the two is a slip of the pen. The name that is written less often
/// in the file is taken for it, and the message points there.
pub(super) fn never_set(scenario: &Scenario, places: &Places, problems: &mut Problems) -> HashSet<usize> {
    if !places.are_meters_known {
        // What is read as a flag may be a meter.
        return HashSet::new();
    }
    let first_set: HashMap<&str, (usize, Span)> =
        distinct(&places.flag_sets).map(|(flag, at)| (name(scenario, flag), (flag, at))).collect();
    let names: Vec<&str> = distinct(&places.flag_sets).map(|(flag, _)| name(scenario, flag)).collect();
    let mut reads: HashMap<usize, usize> = HashMap::new();
    places.flag_reads.iter().for_each(|(flag, _)| *reads.entry(*flag).or_default() += 1);
    let unset = distinct(&places.flag_reads).filter(|(flag, _)| {
        !first_set.contains_key(name(scenario, *flag)) && !places.may_be_in_unread(name(scenario, *flag))
    });
    let unset: Vec<(usize, Span)> = unset.collect();
    for (flag, at) in &unset {
        let flag_name = name(scenario, *flag);
        let also = match reads.get(flag).map_or(0, |reads| reads - 1) {
            0 => String::new(),
            1 => " and in one more place".to_owned(),
            more => format!(" and in {more} more places"),
        };
        let near = offered(flag_name, &names).and_then(|near| Some((near, *first_set.get(near)?)));
        // What cannot be read may set any flag, but hardly one that is called nearly as another.
        if near.is_none() && !places.unread.is_empty() {
            continue;
        }
        let Some((near, (twin, set))) = near else {
            problems
                .add(Code::S09, *at, format!("no choice sets `{flag_name}`, which is read here{also}"))
                .help(unlike_any(scenario, flag_name));
            continue;
        };
        let count = |flag: usize| places.mentions.get(flag).copied().unwrap_or(0);
        let is_apart = !reads.contains_key(&twin);
        if is_apart && count(*flag) > count(twin) {
            let line = places.lines.number(at.start);
            problems
                .add(Code::S09, set, format!("no condition reads `{near}`, and no choice sets `{flag_name}`, which is read on line {line}{also}"))
                .help(format!("one of the two is misspelt: did you mean `set {flag_name}`?"));
        } else {
            let line = places.lines.number(set.start);
            let other = if is_apart { " If this spelling is the right one, change it there" } else { "" };
            problems
                .add(Code::S09, *at, format!("no choice sets `{flag_name}`, which is read here{also}"))
                .help(format!("did you mean `{near}`, which is set on line {line}?{other}"));
        }
    }
    unset.into_iter().map(|(flag, _)| flag).collect()
}

/// What to do about a flag that is set nowhere, and like no other that is.
fn unlike_any(scenario: &Scenario, flag: &str) -> String {
    let meters: Vec<&str> = scenario.meters.iter().map(|meter| meter.name.as_str()).collect();
    if scenario.nodes.iter().any(|node| node.id == flag) {
        format!("it is a scene: to ask whether somebody was there, write `visited {flag}`")
    } else if let Some(meter) = offered(flag, &meters) {
        format!("did you mean the meter `{meter}`? It is compared with a number: `{meter} >= 50`")
    } else {
        format!("put `set {flag}` after the choice that earns it")
    }
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
pub(super) fn never_read(scenario: &Scenario, places: &Places, unset: &HashSet<usize>, problems: &mut Problems) {
    let names: Vec<&str> = distinct(&places.flag_sets).map(|(flag, _)| name(scenario, flag)).collect();
    let meant: HashSet<&str> = unset.iter().filter_map(|flag| offered(name(scenario, *flag), &names)).collect();
    let read: HashSet<usize> = places.flag_reads.iter().map(|(flag, _)| *flag).collect();
    let mut read_at: HashMap<&str, Span> = HashMap::new();
    for (flag, at) in distinct(&places.flag_reads).filter(|(flag, _)| !unset.contains(flag)) {
        read_at.insert(name(scenario, flag), at);
    }
    let read_names: Vec<&str> = distinct(&places.flag_reads)
        .map(|(flag, _)| name(scenario, flag))
        .filter(|name| read_at.contains_key(name))
        .collect();
    for (flag, at) in distinct(&places.flag_changes) {
        let flag_name = name(scenario, flag);
        if read.contains(&flag) || meant.contains(flag_name) || places.may_be_in_unread(flag_name) {
            continue;
        }
        let near = offered(flag_name, &read_names).and_then(|near| Some((near, read_at.get(near)?)));
        if near.is_none() && !places.unread.is_empty() {
            continue;
        }
        let help = match near {
            Some((near, at)) => {
                format!("did you mean `{near}`, which is read on line {}?", places.lines.number(at.start))
            }
            None => "use it in a condition, `if …`, or delete the chip".to_owned(),
        };
        problems.add(Code::S08, at, format!("no condition reads the flag `{flag_name}`")).help(help);
    }
    if !places.are_meters_known {
        return;
    }
    let read: HashSet<usize> = places.meter_reads.iter().copied().collect();
    for (meter, at) in distinct(&places.meter_changes) {
        let hidden = scenario.meters.get(meter).filter(|meter| meter.show == Show::Hidden);
        if let Some(hidden) = hidden.filter(|_| !read.contains(&meter) && places.unread.is_empty()) {
            let name = &hidden.name;
            problems
                .add(Code::S08, at, format!("no condition reads the meter `{name}`, and it is not shown"))
                .help(format!("use it in a condition, or show it: `{name}: {{ start: …, show: mood }}`"));
        }
    }
}
