//! A question of any type, what somebody may answer, and what an answer is worth.
//!
//! The same model serves the questions of a quiz and the `check` pages of a module. Scores are exact shares; nothing is
//! rounded before it is shown.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::blank::{Blank, loosely};
use crate::slug::fold;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The slug of its heading.
    pub id: String,
    /// Its heading as plain text.
    pub title: String,
    /// Earlier ids, from the chip `was`.
    pub was: Vec<String>,
    /// What is asked, cut where something is filled in.
    pub stem: Vec<Piece>,
    /// A hint on demand, as safe HTML.
    pub hint_html: Option<String>,
    /// Feedback on the question, as safe HTML; of free text, a model answer.
    pub feedback_html: Option<String>,
    /// The competencies it tests.
    pub competencies: Vec<String>,
    /// The pool it is drawn from.
    pub pool: Option<String>,
    /// How much it counts in a quiz. Free text is unscored, whatever this says.
    pub points: u32,
    /// Whether it is marked to be asked again between cycles.
    pub recall: bool,
    /// Whether only a wholly right answer earns anything.
    pub all_or_nothing: bool,
    /// What there is to do.
    pub task: Task,
}

/// A piece of what is asked. Blanks stand between pieces of HTML, so no text of an author can pass for one; a single
/// piece of HTML need not close all it opens, only all of them together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Piece {
    /// Safe HTML.
    Html(String),
    /// The blank of this place in the task, from 0.
    Blank(usize),
}

/// What there is to do in a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Tick one answer or several.
    Choice(Choice),
    /// Put items in order; they stand here in the right one.
    Ordering(Vec<Item>),
    /// Find what belongs together.
    Matching(Matching),
    /// Fill in the blanks of the text.
    Blanks(Vec<Blank>),
    /// Write something of one's own. It is private and earns nothing.
    Reflect {
        /// The least number of words, if the author asks for one.
        words: Option<u32>,
    },
}

/// Answers to tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The answers in the order of the file.
    pub options: Vec<Answer>,
    /// Whether several are right.
    pub multiple: bool,
    /// Whether they keep their order: the chip `fixed`, or True and False.
    pub fixed: bool,
}

/// An answer to tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Its place in the file, from 1.
    pub id: u32,
    /// Its words, as safe HTML.
    pub html: String,
    /// Its words as plain text.
    pub text: String,
    /// Whether it is right.
    pub correct: bool,
    /// What a wrong answer still earns in a single choice, in percent.
    pub percent: u32,
    /// Feedback on this answer, as safe HTML.
    pub feedback_html: Option<String>,
}

/// Something to order, or a side of a match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its place in the file, from 1. Of an ordering this is the key, so that a page must not show it.
    pub id: u32,
    /// Its words, as safe HTML.
    pub html: String,
    /// Its words as plain text.
    pub text: String,
    /// Feedback on this item, as safe HTML.
    pub feedback_html: Option<String>,
}

/// Two columns of which each row belongs together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matching {
    /// What the left column is called, as safe HTML.
    pub left_html: String,
    /// What the right column is called, as safe HTML.
    pub right_html: String,
    /// The left sides in the order of the file.
    pub lefts: Vec<Item>,
    /// For each left side, the id of what belongs to it.
    pub key: Vec<u32>,
    /// The right sides in the order of the file, distractors among them. Rows with the same right side share one.
    pub rights: Vec<Item>,
}

impl Question {
    /// What is asked, with something of the caller's in the place of each blank. What the caller gives is not escaped.
    pub fn stem_html(&self, mut blank: impl FnMut(usize) -> String) -> String {
        let parts = self.stem.iter().map(|piece| match piece {
            Piece::Html(html) => html.clone(),
            Piece::Blank(at) => blank(*at),
        });
        parts.collect()
    }

    /// Whether an answer earns something: all but free text.
    #[must_use]
    pub fn is_scored(&self) -> bool {
        !matches!(self.task, Task::Reflect { .. })
    }

    /// The points that can be earned with it.
    #[must_use]
    pub fn worth(&self) -> u32 {
        if self.is_scored() { self.points } else { 0 }
    }
}

impl Choice {
    /// Whether the two answers are True and False, which keep their order and whose lengths say nothing.
    #[must_use]
    pub fn is_true_false(&self) -> bool {
        let is = |word: &str| self.options.iter().any(|answer| loosely(&answer.text) == word);
        self.options.len() == 2 && is("true") && is("false")
    }
}

/// What somebody answered. What does not fit the question's task earns what no answer earns: nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Response {
    /// The ids of the answers that were ticked.
    Ticked(Vec<u32>),
    /// The ids of the items, in the order they were put in.
    Order(Vec<u32>),
    /// Pairs of a left and a right side, by their ids.
    Pairs(Vec<(u32, u32)>),
    /// What was filled in, blank by blank; of a menu, the text of the option.
    Blanks(Vec<String>),
    /// Free text.
    Text(String),
}

/// An exact share between 0 and 1.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Share {
    /// Of how many parts.
    pub parts: u64,
    /// How many were earned.
    pub earned: u64,
}

impl Share {
    /// Nothing.
    pub const NONE: Self = Self { parts: 1, earned: 0 };
    /// Everything.
    pub const ALL: Self = Self { parts: 1, earned: 1 };

    /// So many of so many; everything of none.
    fn of(earned: usize, parts: usize) -> Self {
        if parts == 0 { Self::ALL } else { Self { parts: parts as u64, earned: earned.min(parts) as u64 } }
    }

    /// The share as a number from 0 to 1.
    #[must_use]
    pub fn value(self) -> f64 {
        self.earned as f64 / self.parts.max(1) as f64
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Share {}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Share {
    fn cmp(&self, other: &Self) -> Ordering {
        let wide = |share: u64, parts: u64| u128::from(share) * u128::from(parts.max(1));
        wide(self.earned, other.parts).cmp(&wide(other.earned, self.parts))
    }
}

/// What an answer is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded {
    /// The share of the question that was earned; none for free text.
    pub score: Option<Share>,
    /// Whether it was answered wholly right; of free text never.
    pub correct: bool,
    /// Whether each part was answered right: each answer in the order of the file (ticked when it is right, left alone
    /// when it is wrong), each place of an ordering, each left side, each blank.
    pub parts: Vec<bool>,
}

/// Grades an answer. Ids that the question does not have, and repetitions, change nothing.
///
/// - Single choice: 1 for the right answer, `n%` for an answer that has that chip, 0 for two ticks.
/// - Multiple choice: `max(0, hits/K − wrong/W)` with K right and W wrong answers, so that ticking all or nothing
///   earns 0.
/// - Ordering: `max(0, (C − D)/(C + D))`, with C pairs of items in the right order and D not. Items that read the same
///   may change places; an item that was left out stands in the right order to none.
/// - Matching and blanks: how many are right, of all.
/// - With all-or-nothing, only what is wholly right earns anything.
/// - Free text is not graded.
#[must_use]
pub fn grade(question: &Question, response: &Response) -> Graded {
    let (score, parts) = match (&question.task, response) {
        (Task::Reflect { .. }, _) => return Graded { score: None, correct: false, parts: Vec::new() },
        (Task::Choice(choice), Response::Ticked(ticked)) => ticks(choice, ticked),
        (Task::Ordering(items), Response::Order(order)) => ordered(items, order),
        (Task::Matching(matching), Response::Pairs(pairs)) => paired(matching, pairs),
        (Task::Blanks(blanks), Response::Blanks(filled)) => {
            let texts = filled.iter().map(String::as_str).chain(std::iter::repeat(""));
            all_of(blanks.iter().zip(texts).map(|(blank, text)| blank.fits(text)).collect())
        }
        _ => return unanswered(question),
    };
    // A wrong answer may be worth 100%, and is still no right one.
    let correct = score == Share::ALL && parts.iter().all(|right| *right);
    let score = if question.all_or_nothing && !correct { Share::NONE } else { score };
    Graded { score: Some(score), correct, parts }
}

/// What a question is worth that was asked and not answered: nothing; free text has no score even then.
#[must_use]
pub fn unanswered(question: &Question) -> Graded {
    let parts = match &question.task {
        Task::Choice(choice) => choice.options.len(),
        Task::Ordering(items) => items.len(),
        Task::Matching(matching) => matching.lefts.len(),
        Task::Blanks(blanks) => blanks.len(),
        Task::Reflect { .. } => 0,
    };
    Graded { score: question.is_scored().then_some(Share::NONE), correct: false, parts: vec![false; parts] }
}

/// The share of parts that are right.
fn all_of(parts: Vec<bool>) -> (Share, Vec<bool>) {
    let right = parts.iter().filter(|right| **right).count();
    (if parts.is_empty() { Share::NONE } else { Share::of(right, parts.len()) }, parts)
}

fn ticks(choice: &Choice, ticked: &[u32]) -> (Share, Vec<bool>) {
    let is_ticked = |answer: &Answer| ticked.contains(&answer.id);
    let parts = choice.options.iter().map(|answer| is_ticked(answer) == answer.correct).collect();
    let count = |correct: bool, needs_tick: bool| {
        let counted = |answer: &&Answer| answer.correct == correct && (!needs_tick || is_ticked(answer));
        choice.options.iter().filter(counted).count()
    };
    let (right, wrong) = (count(true, false), count(false, false));
    let (hits, misses) = (count(true, true), count(false, true));
    let score = if right > 0 && hits == right && misses == 0 {
        Share::ALL
    } else if choice.multiple {
        let (right, wrong) = (right.max(1), wrong.max(1));
        Share::of((hits * wrong).saturating_sub(misses * right), right * wrong)
    } else if hits + misses == 1 {
        let percent = choice.options.iter().find(|answer| is_ticked(answer)).map_or(0, |answer| answer.percent);
        Share::of(percent.min(100) as usize, 100)
    } else {
        Share::NONE
    };
    (score, parts)
}

fn ordered(items: &[Item], order: &[u32]) -> (Share, Vec<bool>) {
    let texts: Vec<String> = items.iter().map(|item| fold(&item.text)).collect();
    // Items that read the same are interchangeable: the first of them that was put down takes the first of their places.
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, text) in texts.iter().enumerate().rev() {
        places.entry(text).or_default().push(place);
    }
    let mut put: Vec<usize> = Vec::new();
    let mut seen = Vec::new();
    for id in order {
        let Some(at) = items.iter().position(|item| item.id == *id).filter(|at| !seen.contains(at)) else { continue };
        seen.push(at);
        put.extend(texts.get(at).and_then(|text| places.get_mut(text.as_str())).and_then(Vec::pop));
    }
    let pairs = items.len() * items.len().saturating_sub(1) / 2;
    let in_order =
        put.iter().enumerate().map(|(at, place)| put.iter().skip(at + 1).filter(|later| *later > place).count());
    let concordant: usize = in_order.sum();
    let discordant = pairs.saturating_sub(concordant);
    let parts = (0..items.len()).map(|place| put.get(place) == Some(&place)).collect();
    (if pairs == 0 { Share::NONE } else { Share::of(concordant.saturating_sub(discordant), pairs) }, parts)
}

fn paired(matching: &Matching, pairs: &[(u32, u32)]) -> (Share, Vec<bool>) {
    let right = |(left, key): (&Item, &u32)| {
        let given = pairs.iter().find(|(given, _)| *given == left.id);
        given.is_some_and(|(_, right)| right == key)
    };
    all_of(matching.lefts.iter().zip(&matching.key).map(right).collect())
}
