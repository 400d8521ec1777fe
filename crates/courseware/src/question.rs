//! A question with answers to tick: its key, and what a set of ticks is worth.

use serde::{Deserialize, Serialize};

/// A question whose answers are ticked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The slug of its heading.
    pub id: String,
    /// What is asked, as safe HTML.
    pub stem_html: String,
    /// Whether several answers are right.
    pub multiple: bool,
    /// Whether the answers keep their order: the chip `fixed`, or True and False.
    pub fixed: bool,
    /// Whether only the whole right set earns anything.
    pub all_or_nothing: bool,
    /// The answers in the order of the file.
    pub options: Vec<Choice>,
    /// A hint on demand, as safe HTML.
    pub hint_html: Option<String>,
    /// Feedback on the question, as safe HTML.
    pub feedback_html: Option<String>,
}

/// One answer of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
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

/// An exact share between 0 and 1.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Share {
    /// Of how many parts.
    pub parts: u32,
    /// How many were earned.
    pub earned: u32,
}

impl Share {
    /// Nothing.
    pub const NONE: Self = Self { parts: 1, earned: 0 };
    /// Everything.
    pub const ALL: Self = Self { parts: 1, earned: 1 };

    /// The share as a number from 0 to 1.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.earned) / f64::from(self.parts.max(1))
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        u64::from(self.earned) * u64::from(other.parts) == u64::from(other.earned) * u64::from(self.parts)
    }
}

impl Eq for Share {}

/// What a set of ticks is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded {
    /// The share of the question that was earned.
    pub score: Share,
    /// Whether it was answered wholly right.
    pub correct: bool,
    /// Each answer in the order of the file.
    pub options: Vec<GradedChoice>,
}

/// One answer after grading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradedChoice {
    /// The answer.
    pub id: u32,
    /// Whether the learner ticked it.
    pub ticked: bool,
    /// Whether it should be ticked.
    pub correct: bool,
}

impl GradedChoice {
    /// Whether the learner did with it what was right.
    #[must_use]
    pub fn right(self) -> bool {
        self.ticked == self.correct
    }
}

/// Grades the ids that were ticked. Ids that the question does not have, and repetitions, change nothing.
///
/// Single choice: 1 for the right answer, `n%` for an answer that has that chip, 0 for two ticks. Multiple choice:
/// `max(0, hits/K − wrong/W)` with K right and W wrong answers, so that ticking everything or nothing earns 0.
#[must_use]
pub fn grade(question: &Question, ticked: &[u32]) -> Graded {
    let mark =
        |choice: &Choice| GradedChoice { id: choice.id, ticked: ticked.contains(&choice.id), correct: choice.correct };
    let options: Vec<GradedChoice> = question.options.iter().map(mark).collect();
    let count = |test: fn(&GradedChoice) -> bool| {
        u32::try_from(options.iter().filter(|choice| test(choice)).count()).unwrap_or(u32::MAX)
    };
    let (right, wrong) = (count(|choice| choice.correct), count(|choice| !choice.correct));
    let (hits, misses) =
        (count(|choice| choice.ticked && choice.correct), count(|choice| choice.ticked && !choice.correct));
    let correct = right > 0 && hits == right && misses == 0;
    let score = if correct {
        Share::ALL
    } else if question.all_or_nothing {
        Share::NONE
    } else if question.multiple {
        let (right, wrong) = (right.max(1), wrong.max(1));
        Share {
            parts: right.saturating_mul(wrong),
            earned: hits.saturating_mul(wrong).saturating_sub(misses.saturating_mul(right)),
        }
    } else if hits + misses == 1 {
        let percent =
            question.options.iter().find(|choice| ticked.contains(&choice.id)).map_or(0, |choice| choice.percent);
        Share { parts: 100, earned: percent.min(100) }
    } else {
        Share::NONE
    };
    Graded { score, correct, options }
}
