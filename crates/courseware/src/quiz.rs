//! A quiz: questions, how they are drawn and when it is passed.

use serde::{Deserialize, Serialize};

use crate::front::{Front, QuizFront};
use crate::problem::Problems;
use crate::surroundings::Surroundings;

/// A quiz as it was read; also the frozen form that a version keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiz {
    /// The grammar it was read with.
    pub grammar: u32,
    /// Its name in addresses: the stem of its file's name.
    pub slug: String,
    /// Its title.
    pub title: String,
}

/// Which of several attempts counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// The best.
    #[default]
    Best,
    /// The last.
    Last,
    /// The first.
    First,
}

impl Keep {
    pub(crate) const WORDS: [(&'static str, Self); 3] =
        [("best", Self::Best), ("last", Self::Last), ("first", Self::First)];
}

/// When the learner sees feedback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedbackTime {
    /// After each answer.
    Immediate,
    /// When the quiz is handed in.
    #[default]
    End,
}

impl FeedbackTime {
    pub(crate) const WORDS: [(&'static str, Self); 2] = [("immediate", Self::Immediate), ("end", Self::End)];
}

/// What a further attempt asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Retry {
    /// A new paper.
    #[default]
    All,
    /// Only what was not wholly right.
    Wrong,
}

impl Retry {
    pub(crate) const WORDS: [(&'static str, Self); 2] = [("wrong", Self::Wrong), ("all", Self::All)];
}

/// Reads the questions below front matter that was read already.
pub(crate) fn read(
    path: &str,
    source: &str,
    front: &Front,
    part: &QuizFront,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Quiz> {
    let _ = (path, source, front, part, around, problems);
    None
}
