//! A question with its answers: plain controls that work without a script, and after the answer the same with marks and feedback.

use std::fmt::Write as _;

use super::form::area;
use leptos::prelude::*;
use serde::Deserialize;
use usecases::question::{
    self, BlankView, MatchView, OptionView, OrderView, QuestionView, Rightness, StemPart, TaskView, Verdict,
};

/// The form of a question, in a module or in a quiz.
#[derive(Debug, Deserialize)]
pub(crate) struct AnswerForm {
    /// The form's one-time token.
    #[serde(default)]
    pub token: String,
    /// Of a check: the version of the module it was drawn from.
    #[serde(default)]
    pub version: i64,
    /// Of a check: the newest attempt at the module.
    pub newest: Option<i64>,
    /// Of a quiz: the attempt.
    #[serde(default)]
    pub attempt: i64,
    /// Of a quiz: how often the question had been answered.
    #[serde(default)]
    pub times: usize,
    /// Of questions between cycles: for which of them it was drawn.
    #[serde(default)]
    pub session: String,
    /// Of a draft that is tried: what the order follows from, which question, and the answers so far.
    #[serde(default)]
    pub seed: String,
    #[serde(default)]
    pub number: usize,
    #[serde(default)]
    pub kept: String,
    /// Of a quiz: where to go on with the answer kept: `review`, `before`, or simply on.
    #[serde(default)]
    pub then: String,
    #[serde(default)]
    answer: Vec<String>,
    /// Of lines to put in order: which one each place belongs to, since scripts move them about.
    #[serde(default)]
    line: Vec<usize>,
    #[serde(default)]
    place: Vec<String>,
    #[serde(default)]
    pair: Vec<String>,
    #[serde(default)]
    blank: Vec<String>,
    #[serde(default)]
    text: String,
}

impl AnswerForm {
    /// The answer in it.
    pub(crate) fn answer(&self) -> question::Sent {
        question::Sent {
            answer: self.answer.clone(),
            place: self.places(),
            pair: self.pair.clone(),
            blank: self.blank.clone(),
            text: self.text.clone(),
        }
    }
}

impl AnswerForm {
    /// The place of each line, in the order in which the lines are shown without a script.
    fn places(&self) -> Vec<String> {
        let mut lines: Vec<(&usize, &String)> = self.line.iter().zip(&self.place).collect();
        if lines.len() < self.place.len() {
            return self.place.clone();
        }
        lines.sort_by_key(|(line, _)| **line);
        lines.into_iter().map(|(_, place)| place.clone()).collect()
    }
}

/// How a question is drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drawn {
    /// What tells its controls from those of another question on the page.
    pub id: String,
    /// Whether it can be answered; else its controls stand still.
    pub open: bool,
    /// What stands in the way of taking the answer, as a sentence.
    pub problem: Option<String>,
    /// What to call an answer that is missing.
    pub left_out: &'static str,
    /// Whether it is one of several on its page, each under a heading of its own, so that none speaks up.
    pub is_one_of_many: bool,
}

/// The question without its form: what is asked, what there is to do, a hint, and the verdict once it is due.
pub(crate) fn question(view: QuestionView, drawn: &Drawn) -> impl IntoView + use<> {
    let Drawn { id, open, problem, left_out, is_one_of_many } = drawn.clone();
    let due = view.verdict.is_some();
    let fieldset = format!("{id}answers");
    let problem_id = format!("{id}problem");
    let described = problem.as_ref().map(|_| problem_id.clone());
    let wrong = problem.is_some();
    let hint = view.hint_html.filter(|_| open);
    let stem = stem_html(&view.stem, &id, open);
    let problem = problem.map(|problem| {
        view! { <p class="error-message" id=problem_id><span class="visually-hidden">"Error: "</span>{problem}</p> }
    });
    let words = instruction(&view.task);
    let in_stem = view.task == TaskView::Blanks;
    let task = match view.task {
        TaskView::Choice { multiple, options } => choices(options, multiple, &id, (open, due)).into_any(),
        TaskView::Ordering(items) => ordering(items, &id, (open, due)).into_any(),
        TaskView::Matching { left_html, right_html, rights, rows } => {
            matching((left_html, right_html), &rights, rows, &id, (open, due)).into_any()
        }
        TaskView::Blanks => ().into_any(),
        TaskView::Reflect { words, text } => reflection(words, text, &id, open).into_any(),
    };
    // What is asked comes first, but for gaps, which stand in it.
    let (above, inside) = if in_stem { (None, Some(stem)) } else { (Some(stem), None) };
    let body = |html: String| view! { <div class="question-body" inner_html=html></div> };
    view! {
        {above.map(body)}
        <fieldset class="question" id=fieldset tabindex="-1" aria-describedby=described data-focus=wrong.then_some("")>
            <legend class=(!open || in_stem).then_some("visually-hidden")>{words}</legend>
            {problem}
            {inside.map(body)}
            {task}
        </fieldset>
        {hint.map(|hint| view! {
            <details class="alert alert-tip"><summary class="alert-title">"Hint"</summary><div inner_html=hint></div></details>
        })}
        {view.verdict.map(|verdict| judged(verdict, &id, left_out, is_one_of_many))}
    }
}

fn instruction(task: &TaskView) -> &'static str {
    match task {
        TaskView::Choice { multiple: true, .. } => "Choose every answer that is right.",
        TaskView::Choice { multiple: false, .. } => "Choose one answer.",
        TaskView::Ordering(_) => "Put the lines in order.",
        TaskView::Matching { .. } => "Choose what belongs together.",
        TaskView::Blanks => "Fill in each gap.",
        TaskView::Reflect { .. } => "Write in your own words.",
    }
}

/// The words for how right an answer was.
pub(crate) fn rightness_words(rightness: Option<Rightness>, left_out: &'static str) -> &'static str {
    match rightness {
        Some(Rightness::Right) => "That is right",
        Some(Rightness::Partly) => "Partly right",
        Some(Rightness::Wrong) => "Not quite",
        None => left_out,
    }
}

fn judged(verdict: Verdict, id: &str, left_out: &'static str, is_one_of_many: bool) -> impl IntoView + use<> {
    let class = match verdict.rightness {
        Some(Rightness::Right) => "feedback feedback-question is-right",
        _ => "feedback feedback-question",
    };
    if is_one_of_many {
        // How right it was stands under the heading already.
        return verdict.feedback_html.map(|html| view! { <div class=class inner_html=html></div> }).into_any();
    }
    view! {
        <div class=class id=format!("{id}verdict") role="status" tabindex="-1" data-focus="">
            <h2>{rightness_words(verdict.rightness, left_out)}</h2>
            {verdict.feedback_html.map(|html| view! { <div inner_html=html></div> })}
        </div>
    }
    .into_any()
}

/// What is asked, with its blanks. It is put together as text, since a piece need not close all it opens.
fn stem_html(stem: &[StemPart], id: &str, open: bool) -> String {
    let parts = stem.iter().map(|part| match part {
        StemPart::Html(html) => html.clone(),
        StemPart::Blank(blank) => blank_html(blank, id, open),
    });
    parts.collect()
}

fn blank_html(blank: &BlankView, id: &str, open: bool) -> String {
    let BlankView { number, menu, is_number, filled, right, key } = blank;
    let (name, label) = (format!("{id}blank-{number}"), format!("Gap {number}"));
    let disabled = if open { "" } else { " disabled=\"\"" };
    let mut out = String::from("<span class=\"blank");
    out.push_str(match right {
        Some(true) => " is-right\">",
        Some(false) => " is-wrong\">",
        None => "\">",
    });
    // Writing to a string cannot fail.
    match menu {
        Some(options) => {
            let _ = write!(out, "<select id=\"{name}\" name=\"blank\" aria-label=\"{label}\"{disabled}>");
            out.push_str("<option value=\"\">Choose…</option>");
            for (at, text) in options.iter().enumerate() {
                let value = (at + 1).to_string();
                let selected = if value == *filled { " selected=\"\"" } else { "" };
                let _ = write!(out, "<option value=\"{value}\"{selected}>{}</option>", usecases::escaped(text));
            }
            out.push_str("</select>");
        }
        None => {
            let mode = if *is_number { "decimal" } else { "text" };
            let _ = write!(
                out,
                "<input id=\"{name}\" name=\"blank\" type=\"text\" inputmode=\"{mode}\" autocomplete=\"off\" autocapitalize=\"off\" \
                 spellcheck=\"false\" aria-label=\"{label}\" value=\"{}\"{disabled}>",
                usecases::escaped(filled)
            );
        }
    }
    if let (Some(right), Some(key)) = (right, key) {
        let words = if *right { "Right".to_owned() } else { format!("Right would be: {}", usecases::escaped(key)) };
        let _ = write!(out, " <span class=\"mark\">{words}</span>");
    } else if let Some(key) = key {
        let _ = write!(out, " <span class=\"mark\">Right would be: {}</span>", usecases::escaped(key));
    }
    out.push_str("</span>");
    out
}

fn choices(options: Vec<OptionView>, multiple: bool, id: &str, (open, due): (bool, bool)) -> impl IntoView + use<> {
    let kind = if multiple { "checkbox" } else { "radio" };
    // Buttons that stand still must not share a name with those of another question.
    let name = if open { "answer".to_owned() } else { format!("{id}answer") };
    let lines = options.into_iter().enumerate().map(|(at, option)| {
        let value = (at + 1).to_string();
        let own = format!("{id}answer-{value}");
        let (class, mark) = match (option.correct, option.ticked) {
            (Some(true), true) => ("choice is-right", Some("Right")),
            (Some(true), false) => ("choice is-missed", Some("This is a right answer")),
            (Some(false), true) => ("choice is-wrong", Some("Not the best answer")),
            _ => ("choice", None),
        };
        let told = due && (mark.is_some() || option.feedback_html.is_some());
        view! {
            <div class=class>
                <input type=kind id=own.clone() name=name.clone() value=value checked=option.ticked disabled=!open />
                <label for=own inner_html=option.html></label>
                {told.then(|| view! {
                    <div class="feedback">
                        {mark.map(|mark| view! { <p class="mark">{mark}</p> })}
                        {option.feedback_html.map(|html| view! { <div inner_html=html></div> })}
                    </div>
                })}
            </div>
        }
    });
    view! { <div class="choices">{lines.collect::<Vec<_>>()}</div> }
}

/// Lines to put in order: a select each, which scripts turn into buttons and a handle.
fn ordering(mut items: Vec<OrderView>, id: &str, (open, due): (bool, bool)) -> impl IntoView + use<> {
    let count = items.len();
    if due && items.iter().all(|item| item.place.is_some()) {
        items.sort_by_key(|item| item.place);
    }
    let lines = items.iter().enumerate().map(|(at, item)| {
        let own = format!("{id}place-{}", at + 1);
        let places = (1..=count).map(|place| {
            view! { <option value=place.to_string() selected=item.place == Some(place)>{place.to_string()}</option> }
        });
        let right = due.then(|| item.place.is_some() && item.place == item.right_place);
        let class = match right {
            Some(true) => "order-line is-right",
            Some(false) => "order-line is-wrong",
            None => "order-line",
        };
        let mark = right.map(|right| match (right, item.right_place) {
            (true, _) => "Right place".to_owned(),
            (false, Some(place)) => format!("Belongs to place {place}"),
            (false, None) => String::new(),
        });
        let label = format!("Place of: {}", item.text);
        let (up, down) = (format!("Move up: {}", item.text), format!("Move down: {}", item.text));
        view! {
            <li class=class>
                <span class="order-text" inner_html=item.html.clone()></span>
                <span class="order-place">
                    {open.then(|| view! { <input type="hidden" name="line" value=(at + 1).to_string() /> })}
                    <select id=own name=open.then_some("place") aria-label=label disabled=!open>
                        <option value="">"–"</option>
                        {places.collect::<Vec<_>>()}
                    </select>
                    {open.then(|| view! {
                        <span class="order-moves" hidden="">
                            <button type="button" class="button button-secondary button-small" data-move="up" aria-label=up>"↑"</button>
                            <button type="button" class="button button-secondary button-small" data-move="down" aria-label=down>"↓"</button>
                        </span>
                    })}
                </span>
                {mark.map(|mark| view! { <span class="mark">{mark}</span> })}
                {item.feedback_html.clone().map(|html| view! { <div class="feedback" inner_html=html></div> })}
            </li>
        }
    });
    let mut right = items.clone();
    right.sort_by_key(|item| item.right_place);
    let wrong = items.iter().any(|item| item.place != item.right_place);
    let key = (due && wrong).then(|| {
        let lines = right.into_iter().map(|item| view! { <li inner_html=item.html></li> });
        view! { <p class="mark">"The right order:"</p><ol>{lines.collect::<Vec<_>>()}</ol> }
    });
    view! {
        <ul class="order" data-order=open.then_some("")>{lines.collect::<Vec<_>>()}</ul>
        {key}
    }
}

fn matching(
    (left_html, right_html): (String, String),
    rights: &[String],
    rows: Vec<MatchView>,
    id: &str,
    (open, due): (bool, bool),
) -> impl IntoView + use<> {
    let lines = rows.into_iter().enumerate().map(|(at, row)| {
        let own = format!("{id}pair-{}", at + 1);
        let options = rights.iter().enumerate().map(|(at, text)| {
            let value = at + 1;
            view! { <option value=value.to_string() selected=row.chosen == Some(value)>{text.clone()}</option> }
        });
        let right = row.right.or(due.then_some(false));
        let class = match right {
            Some(true) => "match-line is-right",
            Some(false) => "match-line is-wrong",
            None => "match-line",
        };
        let key = row.key_html.filter(|_| right == Some(false));
        let chosen = row.chosen.and_then(|place| rights.get(place.checked_sub(1)?)).cloned();
        let control = if open {
            view! {
                <label for=own.clone() inner_html=row.left_html></label>
                <select id=own name="pair">
                    <option value="">"Choose…"</option>
                    {options.collect::<Vec<_>>()}
                </select>
            }
            .into_any()
        } else {
            view! {
                <span inner_html=row.left_html></span>
                <span class="match-chosen">{chosen.unwrap_or_else(|| "Nothing chosen".to_owned())}</span>
            }
            .into_any()
        };
        view! {
            <li class=class>
                {control}
                {(right == Some(true)).then(|| view! { <span class="mark">"Right"</span> })}
                {key.map(|key| view! { <span class="mark">"Right would be: "<span inner_html=key></span></span> })}
            </li>
        }
    });
    view! {
        <p class="match-heads"><span inner_html=left_html></span><span class="visually-hidden">" and "</span><span inner_html=right_html></span></p>
        <ul class="match">{lines.collect::<Vec<_>>()}</ul>
    }
}

/// A field for free text of one's own.
pub(crate) fn reflection(words: Option<u32>, text: String, id: &str, open: bool) -> impl IntoView + use<> {
    let own = format!("{id}text");
    let hint_id = format!("{id}text-hint");
    let about = words.map(|words| format!("About {words} words. "));
    let written = text.split_whitespace().count();
    view! {
        <div class="field">
            <label for=own.clone()>"Your words"</label>
            <p class="hint" id=hint_id.clone()>{about}"Only you can read this. Write nothing about patients that could tell who they are."</p>
            <textarea id=own name=open.then_some("text") rows="6" maxlength="5000" aria-describedby=hint_id disabled=!open>{area(&text)}</textarea>
            {(written > 0 && open).then(|| view! { <p class="hint">{format!("Kept: {written} {}", if written == 1 { "word" } else { "words" })}</p> })}
        </div>
    }
}
