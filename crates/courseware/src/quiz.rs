//! A quiz: questions, how they are drawn and when it is passed.

use std::cmp::Ordering;

use jiff::civil::Date;
use pulldown_cmark::HeadingLevel;
use serde::{Deserialize, Serialize};

use crate::front::{Front, QuizFront};
use crate::html::{self, Style};
use crate::markdown::Markdown;
use crate::module::images;
use crate::outline::{Outline, Section};
use crate::problem::{Code, Problems, Span};
use crate::question::{Piece, Question};
use crate::setting::{AskedIn, Settings, words};
use crate::slug::{file_slug, nearest};
use crate::surroundings::Surroundings;
use crate::target::Place;
use crate::total::Total;
use crate::{GRAMMAR, ask, lost, shared, wording};

/// A quiz as it was read; also the frozen form that a version keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiz {
    /// The grammar it was read with.
    pub grammar: u32,
    /// Its name in addresses: the stem of its file's name.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How long it takes.
    pub minutes: Option<u32>,
    /// The competencies its questions may test.
    pub competencies: Vec<String>,
    /// The least score that passes, from 0 to 100; 100 where a file does not say it, which cannot be published.
    pub pass: u32,
    /// How many attempts there are; without end if nothing is said.
    pub attempts: Option<u32>,
    /// Which of several attempts counts.
    pub keep: Keep,
    /// How many questions each pool gives. A pool that is not named here gives all it has.
    pub draw: Vec<Draw>,
    /// When the learner sees feedback.
    pub feedback: FeedbackTime,
    /// What a further attempt asks.
    pub retry: Retry,
    /// How many minutes an attempt may take.
    pub time_limit_minutes: Option<u32>,
    /// The day by which the text should be looked over.
    pub review_by: Option<Date>,
    /// What stands before the first question, as safe HTML.
    pub intro_html: String,
    /// The questions in the order of the file.
    pub questions: Vec<Question>,
    /// The relative targets of its images, in order, each once.
    pub images: Vec<String>,
}

/// How many questions a pool gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// The pool.
    pub pool: String,
    /// How many questions of it are asked.
    pub count: u32,
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

impl Quiz {
    /// The question of an id, or of one that it had before.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        let by_id = self.questions.iter().find(|question| question.id == id);
        by_id.or_else(|| self.questions.iter().find(|question| question.was.iter().any(|was| was == id)))
    }

    /// The questions that may be asked again between cycles: those with the chip `recall`, else all that are scored.
    #[must_use]
    pub fn recall_questions(&self) -> Vec<&Question> {
        let marked: Vec<&Question> = self.questions.iter().filter(|question| question.recall).collect();
        if marked.is_empty() { self.questions.iter().filter(|question| question.is_scored()).collect() } else { marked }
    }

    /// How many attempts are left after so many; none if there is no end to them.
    #[must_use]
    pub fn attempts_left(&self, used: u32) -> Option<u32> {
        self.attempts.map(|attempts| attempts.saturating_sub(used))
    }

    /// Which of the attempts that were handed in counts, by its place; of several that are equally good, the first.
    #[must_use]
    pub fn counting(&self, totals: &[Total]) -> Option<usize> {
        let last = totals.len().checked_sub(1)?;
        match self.keep {
            Keep::First => Some(0),
            Keep::Last => Some(last),
            Keep::Best => {
                let better = |best: usize, at: usize| totals.get(at).cmp(&totals.get(best)) == Ordering::Greater;
                Some((0..totals.len()).fold(0, |best, at| if better(best, at) { at } else { best }))
            }
        }
    }

    /// Whether feedback and the key of a question may be shown now, from whether it was answered and whether the
    /// attempt was handed in. An answer stands once its feedback was seen.
    #[must_use]
    pub fn shows_feedback(&self, answered: bool, handed_in: bool) -> bool {
        match self.feedback {
            FeedbackTime::Immediate => answered || handed_in,
            FeedbackTime::End => handed_in,
        }
    }

    /// How many minutes an attempt may take, with the extension that one person has; none if there is no limit.
    #[must_use]
    pub fn minutes_allowed(&self, extension: u32) -> Option<u32> {
        self.time_limit_minutes.map(|minutes| minutes.saturating_add(extension))
    }

    /// Whether the time is over after so many seconds. The last second still counts.
    #[must_use]
    pub fn is_over(&self, seconds: u64, extension: u32) -> bool {
        self.minutes_allowed(extension).is_some_and(|minutes| seconds > u64::from(minutes) * 60)
    }
}

/// The most questions that are read.
const MAX_QUESTIONS: usize = 2_000;
/// How many questions it takes before the lengths of their answers can show a habit (Q05).
const LEAST_FOR_HABIT: usize = 4;

/// Reads the questions below front matter that was read already.
pub(crate) fn read(
    path: &str,
    source: &str,
    front: &Front,
    part: &QuizFront,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Quiz> {
    let mut markdown = Markdown::read(source, front.body, problems)?;
    let place = Place::new(path, around);
    shared::check(&markdown, path, front, around, problems);
    let images = images(&markdown, place);
    let outline = Outline::read(&markdown, front, problems);
    if let Some(section) = outline.pages.get(MAX_QUESTIONS) {
        let message = format!("this is question {}, and {MAX_QUESTIONS} are read", MAX_QUESTIONS + 1);
        problems.add(Code::C11, markdown.span(section.heading), message).help("split the quiz");
        return None;
    }
    let title_at = title_place(&markdown, front);
    if outline.pages.is_empty() {
        problems
            .add(Code::Q03, title_at, "this quiz has no question")
            .help("write one under a heading of its own: `## What it is about`");
    }
    let style = Style { place, label: "Table", cards: false, anchors: false };
    let intro_html = html::blocks(&markdown, &outline.intro, &style).unwrap_or_default();
    let mut pools = Pools { part, found: Vec::new(), unread: false };
    let questions: Vec<Question> = outline
        .pages
        .iter()
        .map(|section| question(&mut markdown, section, front, place, &mut pools, problems))
        .collect();
    pools.check(problems);
    habit(&questions, title_at, problems);
    let slug = file_slug(path);
    let draw = |(pool, count): &(String, u32)| Draw { pool: pool.clone(), count: *count };
    Some(Quiz {
        grammar: GRAMMAR,
        title: front.title.clone().or(outline.title).unwrap_or_else(|| slug.clone()),
        slug,
        minutes: front.minutes,
        competencies: front.competencies.clone(),
        pass: part.pass.unwrap_or(100),
        attempts: part.attempts,
        keep: part.keep,
        draw: part.draw.iter().map(draw).collect(),
        feedback: part.feedback,
        retry: part.retry,
        time_limit_minutes: part.time_limit_minutes,
        review_by: front.review_by,
        intro_html,
        questions,
        images,
    })
}

/// Where the H1 stands; without one, the first line of the text.
fn title_place(markdown: &Markdown<'_>, front: &Front) -> Span {
    let mut elements = markdown.children(0, markdown.len()).into_iter();
    let title = elements.find(|at| markdown.heading(*at) == Some(HeadingLevel::H1));
    title.map_or_else(
        || {
            let line = markdown.source.get(front.body..).unwrap_or("").lines().next().unwrap_or("").trim_end();
            Span::new(front.body, front.body + line.len())
        },
        |at| markdown.span(at),
    )
}

fn question(
    markdown: &mut Markdown<'_>,
    section: &Section,
    front: &Front,
    place: Place<'_>,
    pools: &mut Pools<'_>,
    problems: &mut Problems,
) -> Question {
    let mut blocks = section.blocks.clone();
    lost::below_heading(markdown, &blocks, |text| is_question_chip(text, front), problems);
    let chips = ask::take_chips(markdown, &mut blocks);
    ask::far_chips(markdown, &blocks, front, problems);
    let settings = Settings::read(chips, front, AskedIn::Quiz, problems);
    pools.add(&settings);
    let style = Style { place, label: &section.title, cards: false, anchors: false };
    let (mut question, rest) = ask::read(markdown, section, &blocks, &settings, &style, problems);
    // A quiz has no page around the question: what stands below the answers is shown with what is asked.
    if let Some(html) = html::blocks(markdown, &rest, &style) {
        question.stem.push(Piece::Html(format!("\n{html}")));
    }
    question
}

/// Whether a text is a chip that stands below the heading of a question.
fn is_question_chip(text: &str, front: &Front) -> bool {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match (word, rest) {
        ("fixed" | "all-or-nothing" | "exact" | "recall", "") => true,
        ("pool", name) => !name.is_empty() && crate::slug::slug(name) == name,
        ("reflect", count) => words(count).is_ok(),
        (count, "point" | "points") => count.parse::<u32>().is_ok(),
        _ => front.lists(text),
    }
}

/// Q05: in most questions the right answer is the longest, so that one can pass without knowing anything.
fn habit(questions: &[Question], title: Span, problems: &mut Problems) {
    let judged: Vec<bool> = questions.iter().filter_map(wording::right_is_longest).collect();
    let longest = judged.iter().filter(|longest| **longest).count();
    if judged.len() >= LEAST_FOR_HABIT && 2 * longest > judged.len() {
        let message = format!(
            "the right answer is the longest in {longest} of {} questions, so that length gives it away",
            judged.len()
        );
        problems.add(Code::Q05, title, message).help("shorten right answers, or give wrong ones as much to say");
    }
}

/// The pools of a quiz while its questions are read.
struct Pools<'a> {
    part: &'a QuizFront,
    /// The pool of each question that has one.
    found: Vec<String>,
    /// Whether a chip that means a pool could not be read, so that nothing can be said about what is missing.
    unread: bool,
}

impl Pools<'_> {
    /// Counts a question in. A pool that is not drawn from gives all its questions.
    fn add(&mut self, settings: &Settings) {
        self.unread |= settings.pool_unread;
        self.found.extend(settings.pool.as_ref().map(|(name, _)| name.clone()));
    }

    /// Q10: a draw of more than there is.
    fn check(&self, problems: &mut Problems) {
        if self.unread {
            return;
        }
        for (pool, count) in &self.part.draw {
            let held = self.found.iter().filter(|found| *found == pool).count();
            if held >= *count as usize {
                continue;
            }
            // A pool that is drawn from nowhere and is nearly called so was meant.
            let drawn = |name: &str| self.part.draw.iter().any(|(pool, _)| pool == name);
            let strange = self.found.iter().map(String::as_str).filter(|name| !drawn(name));
            let meant = nearest(pool, strange);
            let message = match held {
                0 => format!("`draw` asks for {count} of the pool `{pool}`, and no question is in it"),
                _ => format!("`draw` asks for {count} of the pool `{pool}`, which holds {held}"),
            };
            let help = match (meant, held) {
                (Some(meant), _) => format!("a question says `pool {meant}`: write both the same way"),
                (None, 0) => format!("write `pool {pool}` under the headings of its questions"),
                (None, _) => format!("draw {held}, or put more questions into the pool"),
            };
            problems.add(Code::Q10, self.part.draw_key, message).help(help);
        }
    }
}
