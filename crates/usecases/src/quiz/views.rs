//! A quiz as it may be seen: before, while and after it is taken.

use std::collections::BTreeMap;

use courseware::{
    Paper, Quiz, Response,
    paper::Marked,
    quiz::{FeedbackTime, Keep},
};
use jiff::civil::{Date, DateTime};
use store::{Allowance, Tried};

use super::Attempted;
use crate::{
    clock,
    learn::WayOn,
    question::{self, QuestionView, Rightness},
    role_play::{AttemptLine, CompetencyLine, hundredths, percent},
    site::Here,
};

/// A quiz before it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuizIntro {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How many minutes it takes.
    pub minutes: Option<u32>,
    /// What it is about, as safe HTML.
    pub intro_html: String,
    /// How many questions a new attempt asks.
    pub questions: usize,
    /// The least score that passes.
    pub pass: u32,
    /// Whether feedback comes after each answer.
    pub at_once: bool,
    /// Which attempt counts, in a word: best, last, first.
    pub keep: &'static str,
    /// How many minutes an attempt may take, with what the person was given.
    pub time_limit: Option<u32>,
    /// How many attempts are left; none where there is no end to them.
    pub left: Option<u32>,
    /// Whether it may be begun: nobody begins what was withdrawn.
    pub begins: bool,
    /// Of the attempt that is open: how many questions are answered, of how many, and how much time is left.
    pub open: Option<(usize, usize, Option<TimeLeft>)>,
    /// Whether the next attempt asks only what was not wholly right.
    pub retries_wrong: bool,
    /// The newest attempt.
    pub newest: Option<i64>,
    /// The attempts so far, the newest first.
    pub attempts: Vec<AttemptLine>,
    /// The module it belongs to.
    pub way_on: Option<WayOn>,
    /// A fresh one-time token.
    pub token: String,
}

/// How much time is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeLeft {
    /// So many minutes, the last one begun counted.
    Minutes {
        /// How many.
        left: u32,
        /// Until when, by the clocks of the site.
        until: DateTime,
    },
    /// None.
    Over,
}

impl QuizIntro {
    pub(super) fn of(quiz: &Quiz, tried: &[Tried], allowance: Allowance, here: &Here, token: String) -> Self {
        let extension = u32::try_from(allowance.minutes).unwrap_or(0);
        Self {
            slug: quiz.slug.clone(),
            title: quiz.title.clone(),
            minutes: quiz.minutes,
            intro_html: quiz.intro_html.clone(),
            questions: courseware::paper::draw(quiz, [0; 16]).questions.len(),
            pass: quiz.pass,
            at_once: quiz.feedback == FeedbackTime::Immediate,
            keep: match quiz.keep {
                Keep::Best => "best",
                Keep::Last => "last",
                Keep::First => "first",
            },
            time_limit: quiz.minutes_allowed(extension),
            left: None,
            begins: true,
            open: None,
            retries_wrong: false,
            newest: tried.first().map(|tried| tried.attempt.id.0),
            attempts: tried.iter().map(|tried| AttemptLine::of(tried, &here.zone)).collect(),
            way_on: None,
            token,
        }
    }
}

/// A question of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionPage {
    /// The quiz's name in addresses.
    pub slug: String,
    /// The quiz's title.
    pub title: String,
    /// The question's heading.
    pub heading: String,
    /// Which question it is, from 1.
    pub number: usize,
    /// Of how many.
    pub total: usize,
    /// The attempt.
    pub attempt: i64,
    /// How often it was answered.
    pub times: usize,
    /// Whether an answer is kept.
    pub answered: bool,
    /// The question.
    pub question: QuestionView,
    /// Whether feedback comes at once, so that the first answer stands.
    pub at_once: bool,
    /// How much time is left, where there is a limit.
    pub time: Option<TimeLeft>,
    /// A fresh one-time token.
    pub token: String,
}

/// What was answered so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The quiz's name in addresses.
    pub slug: String,
    /// The quiz's title.
    pub title: String,
    /// The attempt.
    pub attempt: i64,
    /// The questions.
    pub lines: Vec<ReviewLine>,
    /// How much time is left, where there is a limit.
    pub time: Option<TimeLeft>,
    /// A fresh one-time token.
    pub token: String,
}

/// A question in the review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewLine {
    /// Its address.
    pub href: String,
    /// Its heading.
    pub title: String,
    /// Whether it is answered.
    pub answered: bool,
    /// Whether it earns anything.
    pub scored: bool,
}

/// An attempt that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuizResult {
    /// The quiz's name in addresses.
    pub slug: String,
    /// The quiz's title.
    pub title: String,
    /// The attempt.
    pub attempt: i64,
    /// Whether no other was begun since.
    pub is_newest: bool,
    /// The day it was handed in, in the site's zone.
    pub on: Date,
    /// The score from 0 to 100; none where nothing could be earned.
    pub score: Option<u32>,
    /// The least score that passes.
    pub pass: u32,
    /// Whether it was passed.
    pub passed: bool,
    /// Whether it was only practice, since the first attempt counts.
    pub was_practice: bool,
    /// Whether the first attempt counts.
    pub first_counts: bool,
    /// The score in each competency.
    pub competencies: Vec<CompetencyLine>,
    /// The questions with answers, keys and feedback.
    pub lines: Vec<ResultLine>,
    /// How many attempts are left; none where there is no end to them.
    pub left: Option<u32>,
    /// Whether the next attempt asks only what was not wholly right.
    pub retries_wrong: bool,
    /// Where to go on.
    pub way_on: Option<WayOn>,
    /// A fresh one-time token.
    pub token: String,
}

/// A question of an attempt that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultLine {
    /// Its heading.
    pub title: String,
    /// The question with key and feedback.
    pub question: QuestionView,
    /// How right it was; none where it earns nothing.
    pub rightness: Option<Rightness>,
    /// What was earned of how many points, as people read it.
    pub points: Option<(String, u32)>,
    /// Whether it was right in an earlier attempt and not asked again.
    pub carried: bool,
    /// Whether it was answered.
    pub answered: bool,
}

impl Attempted {
    pub(super) fn result(&self, here: &Here) -> QuizResult {
        let marked = self.marked();
        let whole = |total: courseware::Total| total.percent().and_then(hundredths).map(percent);
        let ended = self.attempt.attempt.ended_at.and_then(|at| jiff::Timestamp::from_microsecond(at).ok());
        QuizResult {
            slug: self.quiz.slug.clone(),
            title: self.quiz.title.clone(),
            attempt: self.attempt.attempt.id.0,
            is_newest: false,
            on: clock::day_in(ended.unwrap_or_default(), &here.zone),
            score: self.attempt.score.map(percent),
            pass: self.quiz.pass,
            passed: self.attempt.passed == Some(true),
            was_practice: marked.passed && self.attempt.passed == Some(false),
            first_counts: false,
            competencies: marked
                .competencies
                .iter()
                .map(|(id, score)| CompetencyLine::new(id, score.and_then(whole)))
                .collect(),
            lines: result_lines(&self.quiz, (&self.paper, self.attempt.seed), &self.responses, &marked),
            left: None,
            retries_wrong: false,
            way_on: None,
            token: String::new(),
        }
    }
}

/// The questions of a paper that was marked, with answers, keys and feedback. `seed` orders the parts of what was not asked again.
pub(crate) fn result_lines(
    quiz: &Quiz,
    (paper, seed): (&Paper, courseware::Seed),
    responses: &BTreeMap<String, Response>,
    marked: &Marked,
) -> Vec<ResultLine> {
    let lines = marked.questions.iter().filter_map(|marked| {
        let question = quiz.question(&marked.id)?;
        let carried = paper.carried.contains(&marked.id);
        let asked = paper.questions.iter().find(|asked| asked.id == marked.id).cloned();
        let asked = asked.unwrap_or_else(|| courseware::paper::ask(question, seed));
        let response = responses.get(&marked.id);
        let points = marked.graded.score.map(|score| {
            let mut total = courseware::Total::EMPTY;
            total.add(marked.points, score);
            (total.earned().to_string(), marked.points)
        });
        Some(ResultLine {
            title: question.title.clone(),
            question: question::view(question, &asked, response, true, Some(&marked.graded)),
            rightness: Rightness::of(&marked.graded),
            points,
            carried,
            answered: response.is_some(),
        })
    });
    lines.collect()
}
