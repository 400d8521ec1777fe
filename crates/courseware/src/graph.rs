//! Every reachable state of a role-play, and what can be wrong with them.
//!
//! What is said here is exact: every state that a learner can come to is met, up to [`MAX_STEPS`] steps. A state keeps only
//! what a later condition reads (`space`). Beyond the limit seeded random walks go on; what rests on absence is then a
//! warning that says so. Nothing here recurses, so depth never overflows the stack.

mod edges;
mod fixed;
mod judged;
mod points;
mod prospects;
mod random;
mod scores;
mod space;
mod told;
mod walk;

pub use prospects::{Costs, Prospects};

use serde::Serialize;

use crate::problem::Problems;
use crate::scenario::Scenario;
use crate::scene::Places;
use crate::state::Rules;
use judged::Judgement;
use space::{Keep, Layout};
use told::Shown;
use walk::Walk;

/// How many steps are followed exactly.
pub const MAX_STEPS: usize = 5_000_000;

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
    fixed::same_ways(scenario, places, problems);
    if places.is_swallowed {
        return None;
    }
    // Names need no path, so they are told before all targets are right.
    let unset = fixed::never_set(scenario, places, problems);
    fixed::never_read(scenario, places, &unset, problems);
    if !places.is_readable {
        return None;
    }
    if scenario.nodes.is_empty() {
        return None;
    }
    let rules = Rules::new(scenario);
    let edges = fixed::static_edges(scenario, &places.also);
    fixed::not_led_to(scenario, places, &edges, problems);
    let components = edges.components();
    let judged = Judgement::tried(&rules);
    let layout = Layout::new(&rules, &edges, &components, Keep::Conditions(&judged));
    let mut walk = Walk::new(judged, &layout);
    walk.explore();
    walk.measure();
    walk.sample();
    let shown = Shown { scenario, places, walk: &walk };
    shown.never_true(&unset, problems);
    shown.all_hidden(problems);
    let met = Explored { states: walk.space.len(), steps: walk.steps, exact: walk.is_exact };
    if places.is_finished {
        shown.no_exit(problems);
        drop(walk);
        if places.is_scored {
            let layout = Layout::new(&rules, &edges, &components, Keep::Scores);
            scores::check(&rules, &layout, &components, met, places.pass, problems);
        }
    }
    Some(met)
}
