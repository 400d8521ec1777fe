//! The best path: the best choice everywhere, as long as that leads to the best ending.

use std::collections::BTreeSet;

use courseware::Scenario;
use courseware::play::{Play, Step};
use courseware::scenario::{Choice, Ending, Quality, Way};

use crate::MOST_SCENES;

/// How many choices are taken, again after going back as well, before the best ending that was found is good enough.
const MOST: usize = 2_000;

/// The path, by what lies on it.
#[derive(Debug, Default)]
pub(crate) struct Best {
    pub(crate) scenes: BTreeSet<usize>,
    /// A scene, and the place of a choice or route in it.
    pub(crate) ways: BTreeSet<(usize, usize)>,
}

/// Finds the path: it goes on by the best choice that is shown. Where that does not come to the best ending that there is, the last
/// choice is taken back and the next best tried, and so on. Empty where no ending can be come to, as in a draft, and where there are
/// too many scenes to be drawn.
pub(crate) fn path(scenario: &Scenario) -> Best {
    let is_small = scenario.nodes.len() <= MOST_SCENES;
    let steps = Some(scenario).filter(|_| is_small).and_then(steps);
    let play = steps.and_then(|steps| Play::replay(scenario, [0; 16], &steps).ok());
    let Some(play) = play else { return Best::default() };
    let mut best = Best::default();
    let passed = play.passed();
    let place = |at: usize| {
        let node = passed.get(at)?.node;
        scenario.nodes.iter().position(|other| std::ptr::eq(other, node))
    };
    for (at, here) in passed.iter().enumerate() {
        let Some(scene) = place(at) else { continue };
        best.scenes.insert(scene);
        let way = match &here.node.way {
            Way::Choices(choices) => {
                here.chosen.and_then(|chosen| choices.iter().position(|choice| choice.id == chosen.id))
            }
            Way::Routes(routes) => routes.iter().position(|route| route.to.is_some() && route.to == place(at + 1)),
            Way::Ending(_) | Way::None => None,
        };
        best.ways.extend(way.map(|way| (scene, way)));
    }
    best
}

fn steps(scenario: &Scenario) -> Option<Vec<Step>> {
    let endings = scenario.nodes.iter().filter_map(|node| match node.way {
        Way::Ending(ending) => Some(ending),
        _ => None,
    });
    let most = endings.max()?;
    // A hub is come to again and again, a circle for ever.
    let longest = 4 * scenario.nodes.len();
    let mut play = Play::start(scenario, [0; 16]).ok()?;
    let mut steps: Vec<Step> = Vec::new();
    // For each step, the choices that are left to try, the best as the last.
    let mut left: Vec<Vec<Step>> = vec![open(&play)];
    let mut found: Option<(Ending, Vec<Step>)> = None;
    let mut is_behind = false;
    // Where routes lead round among themselves, a choice may lead round many times before it is known to lead nowhere.
    let scenes = scenario.nodes.len();
    let in_vain = if has_circle_of_routes(scenario) { scenes * scenes / 50 } else { 0 };
    let mut taken = 0;
    while taken < MOST {
        while left.last().is_some_and(Vec::is_empty) {
            left.pop();
            steps.pop();
            is_behind = true;
        }
        let Some(step) = left.last_mut().and_then(Vec::pop) else { break };
        if is_behind {
            play = Play::replay(scenario, [0; 16], &steps).ok()?;
            taken += steps.len();
            is_behind = false;
        }
        taken += 1;
        if play.take(&step).is_err() {
            taken += in_vain;
            continue;
        }
        steps.push(step);
        if let Some(ending) = play.ending() {
            if found.as_ref().is_none_or(|(best, _)| *best < ending) {
                found = Some((ending, steps.clone()));
            }
            if ending >= most {
                break;
            }
        }
        left.push(if steps.len() < longest { open(&play) } else { Vec::new() });
    }
    found.map(|(_, steps)| steps)
}

fn has_circle_of_routes(scenario: &Scenario) -> bool {
    let routes = |at: usize| match scenario.nodes.get(at).map(|node| &node.way) {
        Some(Way::Routes(routes)) => routes.as_slice(),
        _ => &[],
    };
    let targets = |at: usize| routes(at).iter().filter_map(|route| route.to).filter(|to| !routes(*to).is_empty());
    // What nothing leads to is taken away again and again; what then is left lies on a circle or behind one.
    let mut lead = vec![0; scenario.nodes.len()];
    (0..lead.len()).flat_map(targets).for_each(|to| lead[to] += 1);
    let mut open: Vec<usize> = (0..lead.len()).filter(|at| lead[*at] == 0).collect();
    let mut gone = 0;
    while let Some(at) = open.pop() {
        gone += 1;
        for to in targets(at) {
            lead[to] -= 1;
            if lead[to] == 0 {
                open.push(to);
            }
        }
    }
    gone < lead.len()
}

/// The choices that are shown, the best as the last.
fn open(play: &Play<'_>) -> Vec<Step> {
    let Some(here) = play.passed().last() else { return Vec::new() };
    let mut choices: Vec<&Choice> = here.choices.iter().copied().filter(|choice| choice.to.is_some()).collect();
    choices.reverse();
    choices.sort_by_key(|choice| match choice.quality {
        Some(Quality::Best) => 4,
        Some(Quality::Ok) => 3,
        None => 2,
        Some(Quality::Poor) => 1,
        Some(Quality::Critical) => 0,
    });
    choices.into_iter().map(|choice| Step { node: here.node.id.clone(), choice: choice.id }).collect()
}
