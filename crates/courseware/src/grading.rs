//! Answers as a script writes them, and scores as it reads them: the JSON of `bedside grade`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::blank::Blank;
use crate::paper;
use crate::question::{Graded, Item, Question, Response, Task, grade, unanswered};
use crate::quiz::Quiz;
use crate::slug::nearest;
use crate::total::Rounded;

/// What `ANSWERS.json` holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// What was answered, by the id of the question.
    pub answers: BTreeMap<String, Given>,
    /// The questions that were asked; all of them if nothing is said.
    pub asked: Option<Vec<String>>,
}

/// One answer. Options, items and sides are named by their visible text, or by a beginning that only one of them has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Given {
    /// The options that were ticked.
    Ticked(Vec<String>),
    /// The items in the order they were put in. What is left out stands in the right order to nothing.
    Order(Vec<String>),
    /// The right side for each left one.
    Pairs(BTreeMap<String, String>),
    /// What was filled in, blank by blank.
    Blanks(Vec<String>),
    /// Free text.
    Text(String),
}

/// What the answers are worth, in the shape that scripts read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Each question that was asked, in the order of `asked`.
    pub questions: Vec<ReportedQuestion>,
    /// The points that were earned.
    pub earned: Rounded,
    /// The points that could be earned.
    pub possible: u64,
    /// From 0 to 100; none where nothing could be earned.
    pub score: Option<Rounded>,
    /// Whether the quiz is passed with it; judged unrounded.
    pub passed: bool,
}

/// What one answer is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportedQuestion {
    /// The question.
    pub id: String,
    /// From 0 to 1; none for free text.
    pub score: Option<Rounded>,
    /// What it can earn; free text nothing.
    pub points: u32,
    /// What it earned; none for free text.
    pub earned: Option<Rounded>,
}

/// For people: a line for each question, and one for all.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for question in &self.questions {
            match question.earned {
                Some(earned) => writeln!(f, "{}: {earned} of {}", question.id, question.points)?,
                None => writeln!(f, "{}: not scored", question.id)?,
            }
        }
        let score = self.score.map_or("no score".to_owned(), |score| format!("{score} of 100"));
        let passed = if self.passed { "passed" } else { "not passed" };
        write!(f, "together: {} of {} points, {score}, {passed}", self.earned, self.possible)
    }
}

/// Grades answers to a quiz. Answers to questions that were not asked count for nothing.
///
/// # Errors
///
/// In plain words: a question that the quiz does not have or that was asked twice, an answer of another type than the
/// question, and a text that is the beginning of no option or of several.
pub fn grade_file(quiz: &Quiz, answers: &Answers) -> Result<Report, String> {
    let mut responses: BTreeMap<&str, Response> = BTreeMap::new();
    for (id, given) in &answers.answers {
        let question = find(quiz, id)?;
        let response = read(question, given).map_err(|why| format!("question \"{id}\": {why}"))?;
        if responses.insert(&question.id, response).is_some() {
            return Err(format!("question \"{}\" is answered twice, once under an earlier id", question.id));
        }
    }
    let asked: Vec<&Question> = match &answers.asked {
        None => quiz.questions.iter().collect(),
        Some(ids) => ids.iter().map(|id| find(quiz, id)).collect::<Result<_, _>>()?,
    };
    let mut graded: Vec<(&Question, Graded)> = Vec::new();
    for question in asked {
        if graded.iter().any(|(other, _)| other.id == question.id) {
            return Err(format!("question \"{}\" is asked twice", question.id));
        }
        let response = responses.get(question.id.as_str());
        graded.push((question, response.map_or_else(|| unanswered(question), |given| grade(question, given))));
    }
    let marked = paper::sum(quiz, graded);
    let questions = marked.questions.iter().map(|question| {
        let share = |times: u32| {
            let score = question.graded.score?;
            Some(Rounded::of(u128::from(score.earned) * u128::from(times), u128::from(score.parts)))
        };
        ReportedQuestion {
            id: question.id.clone(),
            score: share(1),
            points: question.points,
            earned: share(question.points),
        }
    });
    Ok(Report {
        questions: questions.collect(),
        earned: marked.total.earned(),
        possible: marked.total.possible(),
        score: marked.total.percent(),
        passed: marked.passed,
    })
}

fn find<'a>(quiz: &'a Quiz, id: &str) -> Result<&'a Question, String> {
    quiz.question(id).ok_or_else(|| {
        let near = nearest(id, quiz.questions.iter().map(|question| question.id.as_str()));
        let help = near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
        format!("the quiz has no question \"{id}\"{help}")
    })
}

/// Turns texts into ids.
fn read(question: &Question, given: &Given) -> Result<Response, String> {
    match (&question.task, given) {
        (Task::Choice(choice), Given::Ticked(texts)) => {
            let options: Vec<(u32, &str)> =
                choice.options.iter().map(|answer| (answer.id, answer.text.as_str())).collect();
            each_once(texts, &options, "answer").map(Response::Ticked)
        }
        (Task::Ordering(items), Given::Order(texts)) => each_once(texts, &named(items), "step").map(Response::Order),
        (Task::Matching(matching), Given::Pairs(pairs)) => {
            let lefts: Vec<String> = pairs.keys().cloned().collect();
            let lefts = each_once(&lefts, &named(&matching.lefts), "left side")?;
            let rights = named(&matching.rights);
            let rights: Vec<u32> =
                pairs.values().map(|text| one(text, &rights, &[], "right side")).collect::<Result<_, _>>()?;
            Ok(Response::Pairs(lefts.into_iter().zip(rights).collect()))
        }
        (Task::Blanks(blanks), Given::Blanks(texts)) => {
            if texts.len() > blanks.len() {
                return Err(format!("{} texts for {} blanks", texts.len(), blanks.len()));
            }
            let filled = blanks.iter().zip(texts).map(|(blank, text)| fill(blank, text));
            Ok(Response::Blanks(filled.collect::<Result<_, _>>()?))
        }
        (Task::Reflect { .. }, Given::Text(text)) => Ok(Response::Text(text.clone())),
        (task, _) => Err(format!("it is answered with \"{}\"", wanted(task))),
    }
}

/// The name under which the answer to a task is given.
fn wanted(task: &Task) -> &'static str {
    match task {
        Task::Choice(_) => "ticked",
        Task::Ordering(_) => "order",
        Task::Matching(_) => "pairs",
        Task::Blanks(_) => "blanks",
        Task::Reflect { .. } => "text",
    }
}

fn named(items: &[Item]) -> Vec<(u32, &str)> {
    items.iter().map(|item| (item.id, item.text.as_str())).collect()
}

/// What is typed stays as it is; of a menu, the option is sought. An empty text leaves a blank empty.
fn fill(blank: &Blank, text: &str) -> Result<String, String> {
    let Blank::Menu { options, .. } = blank else { return Ok(text.to_owned()) };
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    let names: Vec<(u32, &str)> = options.iter().map(|option| (option.id, option.text.as_str())).collect();
    let id = one(text, &names, &[], "choice")?;
    let chosen = options.iter().find(|option| option.id == id);
    Ok(chosen.map_or_else(String::new, |option| option.text.clone()))
}

/// The ids of several texts, none of them named twice.
fn each_once(texts: &[String], names: &[(u32, &str)], what: &str) -> Result<Vec<u32>, String> {
    let mut found = Vec::new();
    for text in texts {
        let id = one(text, names, &found, what)?;
        if found.contains(&id) {
            return Err(format!("the {what} \"{text}\" is named twice"));
        }
        found.push(id);
    }
    Ok(found)
}

/// The id of the one name that reads so or begins so. Names that read the same are told apart by what is `taken`.
fn one(text: &str, names: &[(u32, &str)], taken: &[u32], what: &str) -> Result<u32, String> {
    let wanted = plain(text);
    if wanted.is_empty() {
        return Err(format!("an empty text names no {what}"));
    }
    let names: Vec<(u32, String)> = names.iter().map(|(id, name)| (*id, plain(name))).collect();
    let whole: Vec<&(u32, String)> = names.iter().filter(|(_, name)| *name == wanted).collect();
    let found =
        if whole.is_empty() { names.iter().filter(|(_, name)| name.starts_with(&wanted)).collect() } else { whole };
    let Some((first, name)) = found.first() else {
        let near = nearest(&wanted, names.iter().map(|(_, name)| name.as_str()));
        let help = near.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
        return Err(format!("no {what} begins with \"{text}\"{help}"));
    };
    if found.iter().any(|(_, other)| other != name) {
        return Err(format!("{} {what}s begin with \"{text}\"", found.len()));
    }
    Ok(found.iter().map(|(id, _)| *id).find(|id| !taken.contains(id)).unwrap_or(*first))
}

/// Text as it is compared: composed, with single blanks.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect()
}
