//! A role-play played by a script: the choices by their words, the answer as `bedside play --json` prints it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::play::{Passed, Play, Refused, Step};
use crate::scenario::{Choice, Ending, Scenario};
use crate::total::{Rounded, Total};

/// The choices of a script.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// Each is the visible text of a choice, or a beginning that only one visible choice has.
    pub choices: Vec<String>,
}

/// How a script came out.
#[derive(Clone, Debug, Serialize)]
pub struct Played<'a> {
    /// Every scene passed, those that only lead further and the ending among them.
    pub steps: Vec<PlayedStep<'a>>,
    /// The ending; none where there were too few choices.
    pub ending: Option<PlayedEnding<'a>>,
    /// Each meter at the end, hidden ones too.
    pub meters: BTreeMap<&'a str, i32>,
    /// The flags that are set.
    pub flags: Vec<&'a str>,
    /// How many critical choices were taken.
    pub critical: u32,
    /// From 0 to 100; none where no decision was met.
    pub score: Option<Rounded>,
    /// The score in each competency; none where it was not observed.
    pub competencies: BTreeMap<&'a str, Option<Rounded>>,
    /// Whether it passed.
    pub passed: Option<bool>,
    /// The checklist.
    pub checklist: Vec<Checked<'a>>,
    /// The paragraphs of the debrief that are shown.
    pub debrief: Vec<&'a str>,
}

/// A scene passed.
#[derive(Clone, Debug, Serialize)]
pub struct PlayedStep<'a> {
    /// Its id.
    pub node: &'a str,
    /// What was shown, with the speakers' names.
    pub text: Vec<&'a str>,
    /// The choices shown, in the order of the file.
    pub choices: Vec<&'a str>,
    /// The choice taken.
    pub chosen: Option<&'a str>,
    /// Each meter on arrival, hidden ones too.
    pub meters: BTreeMap<&'a str, i32>,
    /// The flags set on arrival.
    pub flags: Vec<&'a str>,
}

/// How a script ended.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PlayedEnding<'a> {
    /// The scene.
    pub node: &'a str,
    /// The ending.
    pub kind: Ending,
}

/// A line of the checklist.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Checked<'a> {
    /// Its words.
    pub text: &'a str,
    /// Whether it was done.
    pub ticked: bool,
}

/// The choice whose text is `words`, or the only one that begins so.
///
/// # Errors
///
/// A sentence: no choice fits, or several.
pub fn find<'a>(choices: &[&'a Choice], words: &str) -> Result<&'a Choice, String> {
    let words = words.trim();
    if let Some(whole) = choices.iter().find(|choice| choice.text == words) {
        return Ok(whole);
    }
    let listed = |choices: &[&Choice]| choices.iter().map(|choice| format!("`{}`", choice.text)).collect::<Vec<_>>();
    let fitting: Vec<&'a Choice> =
        choices.iter().copied().filter(|choice| !words.is_empty() && choice.text.starts_with(words)).collect();
    match fitting.as_slice() {
        [only] => Ok(only),
        [] => Err(format!("no visible choice begins with `{words}`; here are {}", listed(choices).join(", "))),
        several => Err(format!("several visible choices begin with `{words}`: {}", listed(several).join(", "))),
    }
}

/// Plays a script.
///
/// # Errors
///
/// A sentence: no or several visible choices fit, or choices are left over.
pub fn play<'a>(scenario: &'a Scenario, script: &Choices) -> Result<Played<'a>, String> {
    let mut play = Play::start(scenario, [0; 16]).map_err(|refused| refused.to_string())?;
    for (at, words) in script.choices.iter().enumerate() {
        let here = play.passed().last().filter(|_| play.ending().is_none());
        let Some(here) = here else {
            let left = script.choices.len() - at;
            return Err(format!("the role-play has ended and {left} of the choices are left over, from `{words}` on"));
        };
        let node = here.node.id.clone();
        let choice = find(&here.choices, words).map_err(|why| format!("at #{node}: {why}"))?;
        play.take(&Step { node, choice: choice.id }).map_err(|refused: Refused| refused.to_string())?;
    }
    Ok(report(scenario, &play))
}

/// What is said of a role-play in progress or at its end.
#[must_use]
pub fn report<'a>(scenario: &'a Scenario, play: &Play<'a>) -> Played<'a> {
    let outcome = play.outcome();
    let meters = |values: &[i32]| -> BTreeMap<&'a str, i32> {
        scenario.meters.iter().map(|meter| meter.name.as_str()).zip(values.iter().copied()).collect()
    };
    let step = |passed: &Passed<'a>| PlayedStep {
        node: &passed.node.id,
        text: passed.blocks.iter().map(|block| block.text.as_str()).collect(),
        choices: passed.choices.iter().map(|choice| choice.text.as_str()).collect(),
        chosen: passed.chosen.map(|choice| choice.text.as_str()),
        meters: meters(&passed.meters),
        flags: passed.flags.clone(),
    };
    let unobserved = || scenario.competencies.iter().map(|name| (name.as_str(), None)).collect();
    Played {
        steps: play.passed().iter().map(step).collect(),
        ending: outcome.as_ref().map(|outcome| PlayedEnding { node: &outcome.node.id, kind: outcome.ending }),
        meters: meters(play.meters()),
        flags: play.flags(),
        critical: play.critical(),
        score: outcome.as_ref().and_then(|outcome| outcome.score).and_then(Total::percent),
        competencies: outcome.as_ref().map_or_else(unobserved, |outcome| {
            outcome.competencies.iter().map(|(name, score)| (*name, score.and_then(Total::percent))).collect()
        }),
        passed: outcome.as_ref().map(|outcome| outcome.passed),
        checklist: outcome.as_ref().map_or_else(Vec::new, |outcome| {
            outcome.checklist.iter().map(|(block, ticked)| Checked { text: &block.text, ticked: *ticked }).collect()
        }),
        debrief: outcome
            .as_ref()
            .map_or_else(Vec::new, |outcome| outcome.debrief.iter().map(|block| block.text.as_str()).collect()),
    }
}
