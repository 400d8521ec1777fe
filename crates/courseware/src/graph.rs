//! Every reachable state of a role-play, and what can be wrong with them.

use serde::Serialize;

use crate::problem::Problems;
use crate::scenario::Scenario;
use crate::scene::Places;

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

/// Checks the paths of a scenario.
pub(crate) fn check(scenario: &Scenario, places: &Places, problems: &mut Problems) -> Option<Explored> {
    let _ = (scenario, places, problems);
    None
}
