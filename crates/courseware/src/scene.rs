//! Scenes of a role-play from the elements under their headings.

use crate::front::{Front, ScenarioFront};
use crate::problem::Problems;
use crate::scenario::Scenario;
use crate::surroundings::Surroundings;

/// Where the parts of a scenario stand in its file.
#[derive(Debug, Default)]
pub(crate) struct Places {}

/// Reads the scenes below front matter that was read already.
pub(crate) fn read(
    path: &str,
    source: &str,
    front: &Front,
    part: &ScenarioFront,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<(Scenario, Places)> {
    let _ = (path, source, front, part, around, problems);
    None
}
