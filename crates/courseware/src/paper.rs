//! The paper that one person gets: which questions are asked, in which order answers are shown, and what the answers
//! are worth. Everything follows from a seed, so that a paper can be drawn again for ever.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::blank::Blank;
use crate::question::{Graded, Item, Question, Response, Share, Task, grade, unanswered};
use crate::quiz::{Quiz, Retry};
use crate::shuffle::{Seed, Stream};
use crate::slug::fold;
use crate::total::Total;

/// The questions that one attempt asks, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// What is asked.
    pub questions: Vec<AskedQuestion>,
    /// The ids of questions that an earlier attempt answered wholly right, when only the others are asked again. They
    /// count in this attempt as they did there: in full.
    pub carried: Vec<String>,
}

/// One question of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedQuestion {
    /// The question.
    pub id: String,
    /// In which order its parts are shown.
    pub shown: Shown,
}

/// The order in which the parts of a question are shown, by their ids.
///
/// Ids are places in the file, where a right answer often stands first and the steps of an ordering stand in order. A page
/// must therefore not send them out: it sends the place in this list, and translates it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shown {
    /// The answers to tick.
    Choice(Vec<u32>),
    /// The items to order, as they lie there at first.
    Ordering(Vec<u32>),
    /// The right sides. The left ones keep their order.
    Matching(Vec<u32>),
    /// For each blank the options of its menu; none where something is typed.
    Blanks(Vec<Vec<u32>>),
    /// Free text has no parts.
    Reflect,
}

/// What the answers to a paper are worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// Each question that was asked or carried, in the order of the file.
    pub questions: Vec<MarkedQuestion>,
    /// All of them together.
    pub total: Total,
    /// Whether the quiz was passed with them.
    pub passed: bool,
    /// For each competency of the quiz, the questions that test it; none where none of those was asked.
    pub competencies: Vec<(String, Option<Total>)>,
}

/// What the answer to one question is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedQuestion {
    /// The question.
    pub id: String,
    /// What it can earn; free text nothing.
    pub points: u32,
    /// What it was worth.
    pub graded: Graded,
}

/// Draws a paper: every question that is in no pool or in one that is not drawn from, and of each pool as many as
/// the quiz says. Answers are shuffled unless they are fixed; the items of an ordering never lie in the right order at
/// first, if there are two that differ. Shuffling never changes what an answer is worth.
#[must_use]
pub fn draw(quiz: &Quiz, seed: Seed) -> Paper {
    let mut left_out: Vec<usize> = Vec::new();
    for drawn in &quiz.draw {
        let held = |(_, question): &(usize, &Question)| question.pool.as_ref() == Some(&drawn.pool);
        let mut pool: Vec<usize> = quiz.questions.iter().enumerate().filter(held).map(|(at, _)| at).collect();
        Stream::new(&seed, "pool", &drawn.pool).shuffle(&mut pool);
        left_out.extend(pool.into_iter().skip(drawn.count as usize));
    }
    let asked = quiz.questions.iter().enumerate().filter(|(at, _)| !left_out.contains(at));
    Paper { questions: asked.map(|(_, question)| ask(question, seed)).collect(), carried: Vec::new() }
}

/// Draws the paper of a further attempt. With `retry: wrong` it asks what the last attempt asked and got not wholly
/// right, in a new order; what was wholly right by then is carried with its full credit, and free text is not asked
/// again. Where nothing is left to ask, and with every other quiz, it is a paper like the first.
#[must_use]
pub fn draw_again(quiz: &Quiz, seed: Seed, last: &Paper, marked: &Marked) -> Paper {
    let is_right = |id: &str| marked.questions.iter().any(|question| question.id == id && question.graded.correct);
    let asked = |question: &&Question| last.questions.iter().any(|asked| asked.id == question.id);
    let carried = |question: &&Question| last.carried.contains(&question.id);
    let wrong =
        quiz.questions.iter().filter(|question| asked(question) && question.is_scored() && !is_right(&question.id));
    let questions: Vec<AskedQuestion> = wrong.map(|question| ask(question, seed)).collect();
    if quiz.retry == Retry::All || questions.is_empty() {
        return draw(quiz, seed);
    }
    let right =
        quiz.questions.iter().filter(|question| carried(question) || (asked(question) && is_right(&question.id)));
    Paper { questions, carried: right.map(|question| question.id.clone()).collect() }
}

/// Shows one question, as on the `check` page of a module.
#[must_use]
pub fn ask(question: &Question, seed: Seed) -> AskedQuestion {
    let mut stream = Stream::new(&seed, "question", &question.id);
    let shown = match &question.task {
        Task::Choice(choice) => {
            let mut ids: Vec<u32> = choice.options.iter().map(|answer| answer.id).collect();
            if !choice.fixed {
                stream.shuffle(&mut ids);
            }
            Shown::Choice(ids)
        }
        Task::Ordering(items) => Shown::Ordering(disorder(items, &mut stream)),
        Task::Matching(matching) => {
            let mut ids: Vec<u32> = matching.rights.iter().map(|item| item.id).collect();
            stream.shuffle(&mut ids);
            Shown::Matching(ids)
        }
        Task::Blanks(blanks) => Shown::Blanks(blanks.iter().map(|blank| menu(blank, &mut stream)).collect()),
        Task::Reflect { .. } => Shown::Reflect,
    };
    AskedQuestion { id: question.id.clone(), shown }
}

/// The items in an order that does not read like the right one, if there is such an order.
fn disorder(items: &[Item], stream: &mut Stream) -> Vec<u32> {
    let texts: Vec<String> = items.iter().map(|item| fold(&item.text)).collect();
    let mut order: Vec<usize> = (0..items.len()).collect();
    let can_differ = texts.windows(2).any(|pair| matches!(pair, [one, other] if one != other));
    loop {
        stream.shuffle(&mut order);
        let reads_right = order.iter().zip(&texts).all(|(at, text)| texts.get(*at) == Some(text));
        if !reads_right || !can_differ {
            return order.into_iter().filter_map(|at| items.get(at)).map(|item| item.id).collect();
        }
    }
}

fn menu(blank: &Blank, stream: &mut Stream) -> Vec<u32> {
    let Blank::Menu { options, fixed } = blank else { return Vec::new() };
    let mut ids: Vec<u32> = options.iter().map(|option| option.id).collect();
    if !fixed {
        stream.shuffle(&mut ids);
    }
    ids
}

/// Marks a paper. A question that was asked and not answered earns nothing, one that was carried everything, and free
/// text is in no sum. Responses to what was not asked count for nothing.
#[must_use]
pub fn mark(quiz: &Quiz, paper: &Paper, responses: &BTreeMap<String, Response>) -> Marked {
    let asked = |question: &&Question| {
        paper.carried.contains(&question.id) || paper.questions.iter().any(|asked| asked.id == question.id)
    };
    let grade_one = |question: &Question| {
        if paper.carried.contains(&question.id) {
            let whole = unanswered(question).parts.iter().map(|_| true).collect();
            return Graded { score: Some(Share::ALL), correct: true, parts: whole };
        }
        responses.get(&question.id).map_or_else(|| unanswered(question), |response| grade(question, response))
    };
    let graded = quiz.questions.iter().filter(asked).map(|question| (question, grade_one(question)));
    sum(quiz, graded.collect())
}

/// Adds up questions that were graded.
pub(crate) fn sum(quiz: &Quiz, graded: Vec<(&Question, Graded)>) -> Marked {
    let mut total = Total::EMPTY;
    let mut competencies: Vec<(String, Option<Total>)> =
        quiz.competencies.iter().map(|name| (name.clone(), None)).collect();
    for (question, graded) in &graded {
        let Some(score) = graded.score else { continue };
        total.add(question.worth(), score);
        for (name, tested) in &mut competencies {
            if question.competencies.contains(name) {
                tested.get_or_insert(Total::EMPTY).add(question.worth(), score);
            }
        }
    }
    let questions = graded.into_iter().map(|(question, graded)| MarkedQuestion {
        id: question.id.clone(),
        points: question.worth(),
        graded,
    });
    // Nobody passes with nothing, unless nothing is asked for.
    let passed = total.observed().map_or(quiz.pass == 0, |total| total.reaches(quiz.pass));
    Marked { questions: questions.collect(), total, passed, competencies }
}
