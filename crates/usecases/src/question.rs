//! A question as it may be seen now, and answers as a form sends them. The same for the questions of a quiz and the checks of a
//! module.
//!
//! Ids are places in the file, where a right answer often stands first. What goes out and comes back is therefore always the place
//! in the order in which a part is shown.

use courseware::{
    Graded, Piece, Question, Response, Seed, Share,
    blank::Blank,
    grade,
    paper::{self, AskedQuestion, Shown},
    question::{Item, Task},
};

use crate::{Failure, FieldError};

/// The most characters that are taken in free text.
pub(crate) const LONGEST_TEXT: usize = 5_000;
/// The most characters that are taken in a blank.
const LONGEST_BLANK: usize = 200;

/// A question as it may be seen now: without keys and feedback until they are due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionView {
    /// What is asked, cut where something is filled in.
    pub stem: Vec<StemPart>,
    /// A hint, as safe HTML.
    pub hint_html: Option<String>,
    /// What there is to do, with what was answered.
    pub task: TaskView,
    /// What was made of the answer, once it is due.
    pub verdict: Option<Verdict>,
}

impl QuestionView {
    /// Puts back what was typed into an answer that could not be taken.
    pub fn keep(&mut self, sent: &Sent) {
        let place = |typed: Option<&String>| typed.and_then(|typed| typed.trim().parse::<usize>().ok());
        match &mut self.task {
            TaskView::Choice { options, .. } => {
                for (at, option) in options.iter_mut().enumerate() {
                    option.ticked = sent.answer.iter().any(|value| value.trim() == (at + 1).to_string());
                }
            }
            TaskView::Ordering(items) => {
                items.iter_mut().enumerate().for_each(|(at, item)| item.place = place(sent.place.get(at)));
            }
            TaskView::Matching { rows, .. } => {
                rows.iter_mut().enumerate().for_each(|(at, row)| row.chosen = place(sent.pair.get(at)));
            }
            TaskView::Blanks => {}
            TaskView::Reflect { text, .. } => text.clone_from(&sent.text),
        }
        for part in &mut self.stem {
            if let StemPart::Blank(blank) = part {
                blank.filled = sent.blank.get(blank.number - 1).cloned().unwrap_or_default();
            }
        }
    }
}

/// A part of what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StemPart {
    /// Safe HTML; a single part need not close all it opens, only all of them together.
    Html(String),
    /// Something to fill in.
    Blank(BlankView),
}

/// Something to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlankView {
    /// Which one it is, from 1.
    pub number: usize,
    /// What can be chosen, if it is a menu.
    pub menu: Option<Vec<String>>,
    /// Whether a number is asked for.
    pub is_number: bool,
    /// What was filled in; of a menu, the place of what was chosen.
    pub filled: String,
    /// Whether it is right, once that is due.
    pub right: Option<bool>,
    /// What would be right, once that is due.
    pub key: Option<String>,
}

/// What there is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskView {
    /// Tick one answer or several.
    Choice {
        /// Whether several may be ticked.
        multiple: bool,
        /// The answers as they are shown; the value of each is its place from 1.
        options: Vec<OptionView>,
    },
    /// Put items in order.
    Ordering(Vec<OrderView>),
    /// Find what belongs together.
    Matching {
        /// What the left column is called, as safe HTML.
        left_html: String,
        /// What the right column is called, as safe HTML.
        right_html: String,
        /// What can be chosen, as plain text; the value of each is its place from 1.
        rights: Vec<String>,
        /// The left sides.
        rows: Vec<MatchView>,
    },
    /// Fill in the blanks of the stem.
    Blanks,
    /// Write something of one's own.
    Reflect {
        /// The least number of words that the author asks for.
        words: Option<u32>,
        /// What was written.
        text: String,
    },
}

/// An answer to tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionView {
    /// Its words, as safe HTML.
    pub html: String,
    /// Whether it was ticked.
    pub ticked: bool,
    /// Whether it is right, once that is due.
    pub correct: Option<bool>,
    /// Feedback on it, once it is due, as safe HTML.
    pub feedback_html: Option<String>,
}

/// An item to put in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderView {
    /// Its words, as safe HTML.
    pub html: String,
    /// Its words, as plain text.
    pub text: String,
    /// The place it was given, from 1.
    pub place: Option<usize>,
    /// The place it belongs to, once that is due, from 1.
    pub right_place: Option<usize>,
    /// Feedback on it, once it is due, as safe HTML.
    pub feedback_html: Option<String>,
}

/// A left side to find the right one for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchView {
    /// Its words, as safe HTML.
    pub left_html: String,
    /// Its words, as plain text.
    pub text: String,
    /// What was chosen, by its place from 1.
    pub chosen: Option<usize>,
    /// Whether it is right, once that is due.
    pub right: Option<bool>,
    /// What belongs to it, once that is due, as safe HTML.
    pub key_html: Option<String>,
}

/// What was made of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How right it was; none where it was not asked or cannot be right.
    pub rightness: Option<Rightness>,
    /// Feedback on the question, as safe HTML; of free text, a model answer.
    pub feedback_html: Option<String>,
}

/// How right an answer was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rightness {
    /// Wholly.
    Right,
    /// In part.
    Partly,
    /// Not at all.
    Wrong,
}

impl Rightness {
    /// How right something graded was; none for free text.
    pub(crate) fn of(graded: &Graded) -> Option<Self> {
        let score = graded.score?;
        Some(match score {
            _ if graded.correct => Self::Right,
            score if score > Share::NONE => Self::Partly,
            _ => Self::Wrong,
        })
    }
}

/// An answer as a form sends it; which fields count follows from the question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// The places of the answers that were ticked.
    pub answer: Vec<String>,
    /// For each item as shown, the place it is given.
    pub place: Vec<String>,
    /// For each left side, the place of the right one.
    pub pair: Vec<String>,
    /// For each blank, what was filled in; of a menu, the place of the option.
    pub blank: Vec<String>,
    /// Free text.
    pub text: String,
}

impl Sent {
    /// Everything that was sent, for telling whether it is the same again.
    pub(crate) fn parts(&self) -> Vec<&str> {
        let lists = [&self.answer, &self.place, &self.pair, &self.blank];
        let mut parts: Vec<&str> = Vec::new();
        for list in lists {
            parts.extend(list.iter().map(String::as_str));
            parts.push("");
        }
        parts.push(&self.text);
        parts
    }
}

/// The order in which one person sees the parts of a check: always the same for a version, another one for somebody else.
pub(crate) fn check_seed(person: store::PersonId, version: store::VersionId) -> Seed {
    let mut seed = Seed::default();
    blake3::Hasher::new().update(format!("check {person} {version}").as_bytes()).finalize_xof().fill(&mut seed);
    seed
}

/// A check as one person sees it.
pub(crate) fn asked(question: &Question, seed: Seed) -> AskedQuestion {
    paper::ask(question, seed)
}

/// The question with what was answered. `due` says whether keys and feedback may be seen; `graded` counts where the answer itself is
/// not at hand, as with what was carried over from an earlier attempt.
pub(crate) fn view(
    question: &Question,
    asked: &AskedQuestion,
    response: Option<&Response>,
    due: bool,
    graded: Option<&Graded>,
) -> QuestionView {
    let own = response.map(|response| grade(question, response));
    let graded = graded.or(own.as_ref()).filter(|_| due);
    let part = |at: usize| graded.and_then(|graded| graded.parts.get(at).copied());
    let task = match (&question.task, &asked.shown) {
        (Task::Choice(choice), Shown::Choice(order)) => {
            let ticked: &[u32] = if let Some(Response::Ticked(ids)) = response { ids } else { &[] };
            let shown = order.iter().filter_map(|id| choice.options.iter().find(|option| option.id == *id));
            let option = |option: &courseware::question::Answer| OptionView {
                html: option.html.clone(),
                ticked: ticked.contains(&option.id),
                correct: due.then_some(option.correct),
                feedback_html: option.feedback_html.clone().filter(|_| due),
            };
            TaskView::Choice { multiple: choice.multiple, options: shown.map(option).collect() }
        }
        (Task::Ordering(items), Shown::Ordering(order)) => {
            let given: &[u32] = if let Some(Response::Order(ids)) = response { ids } else { &[] };
            let place = |ids: &[u32], id: u32| ids.iter().position(|other| *other == id).map(|at| at + 1);
            let right: Vec<u32> = items.iter().map(|item| item.id).collect();
            let item = |item: &Item| OrderView {
                html: item.html.clone(),
                text: item.text.clone(),
                place: place(given, item.id),
                right_place: place(&right, item.id).filter(|_| due),
                feedback_html: item.feedback_html.clone().filter(|_| due),
            };
            TaskView::Ordering(in_order(items, order).map(item).collect())
        }
        (Task::Matching(matching), Shown::Matching(order)) => {
            let pairs: &[(u32, u32)] = if let Some(Response::Pairs(pairs)) = response { pairs } else { &[] };
            let chosen = |left: u32| {
                let right = pairs.iter().find(|(other, _)| *other == left)?.1;
                order.iter().position(|id| *id == right).map(|at| at + 1)
            };
            let key = |at: usize| {
                let id = matching.key.get(at)?;
                matching.rights.iter().find(|right| right.id == *id).map(|right| right.html.clone())
            };
            let rows = matching.lefts.iter().enumerate().map(|(at, left)| MatchView {
                left_html: left.html.clone(),
                text: left.text.clone(),
                chosen: chosen(left.id),
                right: part(at),
                key_html: key(at).filter(|_| due),
            });
            TaskView::Matching {
                left_html: matching.left_html.clone(),
                right_html: matching.right_html.clone(),
                rights: in_order(&matching.rights, order).map(|item| item.text.clone()).collect(),
                rows: rows.collect(),
            }
        }
        (Task::Reflect { words }, _) => {
            let text = if let Some(Response::Text(text)) = response { text.clone() } else { String::new() };
            TaskView::Reflect { words: *words, text }
        }
        _ => TaskView::Blanks,
    };
    let stem = question.stem.iter().map(|piece| match piece {
        Piece::Html(html) => StemPart::Html(html.clone()),
        Piece::Blank(at) => match &question.task {
            Task::Blanks(blanks) if *at < blanks.len() => {
                let filled = if let Some(Response::Blanks(filled)) = response { filled.get(*at) } else { None };
                let mut view = blank(*at, &blanks[*at], &asked.shown, filled.map_or("", String::as_str));
                view.right = part(*at);
                view.key = due.then(|| blanks[*at].key());
                StemPart::Blank(view)
            }
            _ => StemPart::Html("______".to_owned()),
        },
    });
    QuestionView {
        stem: stem.collect(),
        hint_html: question.hint_html.clone(),
        task,
        verdict: due.then(|| Verdict {
            rightness: graded.and_then(Rightness::of),
            feedback_html: question.feedback_html.clone(),
        }),
    }
}

fn blank(at: usize, blank: &Blank, shown: &Shown, filled: &str) -> BlankView {
    let menu = match blank {
        Blank::Menu { options, .. } => {
            let texts = menu_order(shown, at).iter().filter_map(|id| options.iter().find(|option| option.id == *id));
            Some(texts.map(|option| option.text.clone()).collect::<Vec<_>>())
        }
        _ => None,
    };
    let filled = match &menu {
        Some(texts) => {
            texts.iter().position(|text| text == filled).map_or_else(String::new, |place| (place + 1).to_string())
        }
        None => filled.to_owned(),
    };
    let is_number = matches!(blank, Blank::Number { .. });
    BlankView { number: at + 1, menu, is_number, filled, right: None, key: None }
}

fn menu_order(shown: &Shown, at: usize) -> &[u32] {
    if let Shown::Blanks(menus) = shown { menus.get(at).map_or(&[], Vec::as_slice) } else { &[] }
}

fn in_order<'a>(items: &'a [Item], order: &[u32]) -> impl Iterator<Item = &'a Item> {
    order.iter().filter_map(|id| items.iter().find(|item| item.id == *id))
}

/// Reads an answer; none where nothing was answered.
///
/// # Errors
/// [`Failure::Invalid`] with what to do about an answer that cannot be taken.
pub(crate) fn read(question: &Question, asked: &AskedQuestion, sent: &Sent) -> Result<Option<Response>, Failure> {
    match (&question.task, &asked.shown) {
        (Task::Choice(choice), Shown::Choice(order)) => {
            let mut ids = sent.answer.iter().map(|value| one_of(order, value)).collect::<Result<Vec<_>, _>>()?;
            ids.retain(Option::is_some);
            let mut ids: Vec<u32> = ids.into_iter().flatten().collect();
            ids.sort_unstable();
            ids.dedup();
            if !choice.multiple && ids.len() > 1 {
                return Err(wrong("Choose one answer"));
            }
            Ok((!ids.is_empty()).then_some(Response::Ticked(ids)))
        }
        (Task::Ordering(items), Shown::Ordering(order)) => ordered(items.len(), order, &sent.place),
        (Task::Matching(matching), Shown::Matching(order)) => {
            let rights = sent.pair.iter().map(|value| one_of(order, value)).collect::<Result<Vec<_>, _>>()?;
            let pairs = matching.lefts.iter().zip(rights).filter_map(|(left, right)| Some((left.id, right?)));
            let pairs: Vec<(u32, u32)> = pairs.collect();
            Ok((!pairs.is_empty()).then_some(Response::Pairs(pairs)))
        }
        (Task::Blanks(blanks), shown) => {
            let filled = blanks.iter().enumerate().map(|(at, blank)| {
                let value = sent.blank.get(at).map_or("", |value| value.trim());
                if value.chars().count() > LONGEST_BLANK {
                    return Err(wrong("Write less into a gap: a few words are enough"));
                }
                match blank {
                    Blank::Menu { options, .. } => {
                        let id = one_of(menu_order(shown, at), value)?;
                        let chosen = options.iter().find(|option| Some(option.id) == id);
                        Ok(chosen.map_or_else(String::new, |option| option.text.clone()))
                    }
                    Blank::Number { .. } if !value.is_empty() && !blank.can_be(value) => {
                        Err(wrong("Write a number only, in digits"))
                    }
                    _ => Ok(value.to_owned()),
                }
            });
            let filled = filled.collect::<Result<Vec<_>, _>>()?;
            Ok(filled.iter().any(|value| !value.is_empty()).then_some(Response::Blanks(filled)))
        }
        (Task::Reflect { .. }, _) => {
            let text = sent.text.trim();
            if text.chars().count() > LONGEST_TEXT {
                return Err(wrong("Write at most 5,000 characters"));
            }
            Ok((!text.is_empty()).then(|| Response::Text(text.replace("\r\n", "\n"))))
        }
        _ => Err(Failure::Internal("a question is shown as another type than it has".to_owned())),
    }
}

/// An answer that will stand once it is given: nothing in it may be left out by oversight.
///
/// # Errors
/// [`Failure::Invalid`] with what is missing.
pub(crate) fn whole<'r>(question: &Question, response: Option<&'r Response>) -> Result<&'r Response, Failure> {
    let response = response.ok_or_else(|| unanswered(question))?;
    match (&question.task, response) {
        (Task::Matching(matching), Response::Pairs(pairs)) if pairs.len() < matching.lefts.len() => {
            Err(wrong("Choose something for every line"))
        }
        (Task::Blanks(_), Response::Blanks(filled)) if filled.iter().any(String::is_empty) => {
            Err(wrong("Fill in every gap"))
        }
        _ => Ok(response),
    }
}

/// What to say to somebody who has to answer and did not.
fn unanswered(question: &Question) -> Failure {
    wrong(match &question.task {
        Task::Choice(choice) if choice.multiple => "Choose at least one answer",
        Task::Choice(_) => "Choose one answer",
        Task::Ordering(_) => "Give each line a place",
        Task::Matching(_) => "Choose what belongs together",
        Task::Blanks(_) => "Fill in the gap",
        Task::Reflect { .. } => "Write something first",
    })
}

fn wrong(words: &str) -> Failure {
    Failure::Invalid(vec![FieldError::new("answers", words)])
}

/// The id at a place that was sent; none for no place.
fn one_of(order: &[u32], value: &str) -> Result<Option<u32>, Failure> {
    if value.trim().is_empty() {
        return Ok(None);
    }
    let place = value.trim().parse::<usize>().ok().and_then(|place| place.checked_sub(1));
    let id = place.and_then(|place| order.get(place).copied());
    id.map(Some).ok_or_else(|| wrong("Choose one of what is shown"))
}

fn ordered(count: usize, order: &[u32], places: &[String]) -> Result<Option<Response>, Failure> {
    if places.iter().all(|place| place.trim().is_empty()) {
        return Ok(None);
    }
    let mut ids: Vec<Option<u32>> = vec![None; count];
    for (id, place) in order.iter().zip(places) {
        if place.trim().is_empty() {
            return Err(wrong("Give each line a place"));
        }
        let at = place.trim().parse::<usize>().ok().and_then(|place| place.checked_sub(1));
        let Some(slot) = at.and_then(|at| ids.get_mut(at)) else { return Err(wrong("Choose one of what is shown")) };
        if slot.replace(*id).is_some() {
            return Err(wrong(&format!("Two lines have place {}: give each its own", place.trim())));
        }
    }
    let ids: Option<Vec<u32>> = ids.into_iter().collect();
    ids.map(|ids| Some(Response::Order(ids))).ok_or_else(|| wrong("Give each line a place"))
}

/// The answer that is wholly right, as a form would send it: for made-up people who know everything, and for tests.
pub(crate) fn right(question: &Question, asked: &AskedQuestion) -> Sent {
    let mut sent = Sent::default();
    let place = |order: &[u32], id: u32| {
        order.iter().position(|other| *other == id).map_or(String::new(), |at| (at + 1).to_string())
    };
    match (&question.task, &asked.shown) {
        (Task::Choice(choice), Shown::Choice(order)) => {
            let right = choice.options.iter().filter(|option| option.correct);
            sent.answer = right.map(|option| place(order, option.id)).collect();
        }
        (Task::Ordering(items), Shown::Ordering(order)) => {
            let ids: Vec<u32> = items.iter().map(|item| item.id).collect();
            sent.place = order.iter().map(|id| place(&ids, *id)).collect();
        }
        (Task::Matching(matching), Shown::Matching(order)) => {
            sent.pair = matching.key.iter().map(|id| place(order, *id)).collect();
        }
        (Task::Blanks(blanks), shown) => {
            let filled = blanks.iter().enumerate().map(|(at, blank)| match blank {
                Blank::Menu { options, .. } => {
                    let right = options.iter().find(|option| option.correct);
                    right.map_or(String::new(), |option| place(menu_order(shown, at), option.id))
                }
                Blank::Number { least, .. } => least.to_string(),
                Blank::Text { accepted, .. } => accepted.first().cloned().unwrap_or_default(),
            });
            sent.blank = filled.collect();
        }
        _ => sent.text = "I will greet people by name, and say who I am and what happens next.".to_owned(),
    }
    sent
}

/// An answer as it is stored.
pub(crate) fn write_response(response: &Response) -> Result<String, Failure> {
    serde_json::to_string(response).map_err(|cause| Failure::Internal(cause.to_string()))
}

/// An answer as it was stored; before there were other types, only what was ticked.
pub(crate) fn read_response(stored: &str) -> Option<Response> {
    let ticked = || serde_json::from_str(stored).ok().map(Response::Ticked);
    serde_json::from_str(stored).ok().or_else(ticked)
}
