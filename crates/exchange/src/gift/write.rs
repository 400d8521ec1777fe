//! GIFT out.

use std::fmt::Write as _;

use courseware::blank::Blank;
use courseware::question::{Choice, Matching};
use courseware::{Piece, Question, Quiz, Task};

use super::sign::escaped;
use crate::Exported;
use crate::html::picture;
use crate::report::{Place, Report, What, counted};

/// Writes a quiz as GIFT. What GIFT cannot say is left out, and the report names it.
#[must_use]
pub fn write(quiz: &Quiz) -> Exported {
    let mut report = Report::default();
    let mut text = format!("$CATEGORY: {}\n\n", quiz.title.replace('/', "//"));
    if !quiz.intro_html.is_empty() {
        let _ = write!(text, "[html]{}\n\n", escaped(&without_media(&quiz.intro_html, &mut report, &quiz.title)));
    }
    let rules = "the pass mark, and how attempts, feedback and time are handled, which each system sets in its own way";
    report.say(What::Dropped, None, rules);
    if !quiz.draw.is_empty() {
        report.say(What::Dropped, None, "how many questions each pool gives: all of them are in the file");
    }
    let mut taken = 0;
    for question in &quiz.questions {
        settings(question, &mut report);
        if let Some(written) = written(question, &mut report) {
            taken += 1;
            let title = crate::text::title(&question.title);
            let _ = write!(text, "::{}::{written}\n\n", escaped(&title));
        }
    }
    report.say(What::Taken, None, counted(taken, "question"));
    Exported { text, report: report.finish() }
}

/// What a question says beside its words, none of which GIFT knows.
fn settings(question: &Question, report: &mut Report) {
    let place = || Place::Part(format!("“{}”", question.title));
    let mut lost = |is_there: bool, what: &'static str| {
        if is_there {
            report.often(What::Dropped, place(), what);
        }
    };
    lost(question.points != 1, "points other than 1");
    lost(question.hint_html.is_some(), "a hint");
    lost(!question.competencies.is_empty(), "the skills that are tested");
    lost(question.pool.is_some(), "the pool");
    lost(question.recall, "the mark that asks it again");
    lost(question.all_or_nothing, "that only a wholly right answer counts");
    lost(!question.was.is_empty(), "earlier names");
    let is_fixed = matches!(&question.task, Task::Choice(choice) if choice.fixed && !choice.is_true_false());
    lost(is_fixed, "that the answers keep their order");
    let is_exact = matches!(&question.task, Task::Blanks(blanks) if blanks.iter().any(|blank| matches!(blank, Blank::Text { exact: true, .. })));
    lost(is_exact, "that capitals and signs count in what is typed");
}

/// A question without its title; none if GIFT has no such question.
fn written(question: &Question, report: &mut Report) -> Option<String> {
    let place = || Place::Part(format!("“{}”", question.title));
    let html = |html: &str, report: &mut Report| escaped(&without_media(html, report, &question.title));
    let general =
        question.feedback_html.as_deref().map(|said| format!("####{}", html(said, report))).unwrap_or_default();
    let answers = match &question.task {
        Task::Choice(choice) if choice.is_true_false() && choice.options.iter().filter(|o| o.correct).count() == 1 => {
            true_false(choice, &|said, report| html(said, report), report)
        }
        Task::Choice(choice) => ticked(choice, &|said, report| html(said, report), report),
        Task::Matching(matching) => matched(matching, &|said, report| html(said, report), report),
        Task::Blanks(blanks) => match blanks.as_slice() {
            [Blank::Text { accepted, .. }] => accepted.iter().map(|text| format!("=%100%{} ", escaped(text))).collect(),
            [Blank::Menu { options, .. }] => options
                .iter()
                .map(|option| format!("{}{} ", if option.correct { '=' } else { '~' }, escaped(&option.text)))
                .collect(),
            [Blank::Number { least, most, written }] => match written.split_once('±') {
                Some((middle, by)) => format!("#{}:{}", middle.trim(), by.trim()),
                None => format!("#{least}..{most}"),
            },
            _ => {
                report.often(What::Dropped, place(), "a question with several blanks, of which GIFT has one");
                return None;
            }
        },
        Task::Ordering(_) => {
            report.often(What::Dropped, place(), "a question of order, which GIFT does not have");
            return None;
        }
        Task::Reflect { words } => {
            if words.is_some() {
                report.often(What::Dropped, place(), "the least number of words");
            }
            String::new()
        }
    };
    let is_blank = matches!(question.task, Task::Blanks(_));
    let mut out = "[html]".to_owned();
    for piece in &question.stem {
        match piece {
            Piece::Html(part) => out.push_str(&html(part, report)),
            Piece::Blank(_) => {
                let _ = write!(out, "{{{answers}{general}}}");
            }
        }
    }
    if !is_blank {
        let _ = write!(out, "{{{answers}{general}}}");
    }
    Some(out)
}

type Html<'a> = &'a dyn Fn(&str, &mut Report) -> String;

/// An answer's words. One that starts like the name of a format is told which it is.
fn words(html: &str) -> String {
    if html.starts_with('[') { format!("[html]{html}") } else { html.to_owned() }
}

fn ticked(choice: &Choice, html: Html<'_>, report: &mut Report) -> String {
    let right = choice.options.iter().filter(|answer| answer.correct).count();
    let wrong = choice.options.len() - right;
    let mut out = "\n".to_owned();
    for answer in &choice.options {
        let sign = match (answer.correct, choice.multiple) {
            (true, false) => "=".to_owned(),
            (true, true) => format!("~%{}%", share(right)),
            (false, true) => format!("~%-{}%", share(wrong)),
            (false, false) => format!("~%{}%", answer.percent),
        };
        let _ = write!(out, "\t{sign}{}", words(&html(&answer.html, report)));
        if let Some(said) = &answer.feedback_html {
            let _ = write!(out, "#{}", words(&html(said, report)));
        }
        out.push('\n');
    }
    out
}

/// The share of so many, in percent, as Moodle writes it.
fn share(parts: usize) -> String {
    let share = format!("{:.5}", 100.0 / parts.max(1) as f64);
    share.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn true_false(choice: &Choice, html: Html<'_>, report: &mut Report) -> String {
    let said = |correct: bool, report: &mut Report| {
        let answer = choice.options.iter().find(|answer| answer.correct == correct);
        answer.and_then(|answer| answer.feedback_html.as_deref()).map(|said| html(said, report)).unwrap_or_default()
    };
    let is_true = choice.options.iter().any(|answer| answer.correct && answer.text.to_lowercase().starts_with("true"));
    let (wrong, right) = (said(false, report), said(true, report));
    format!("{}#{wrong}#{right}", if is_true { "TRUE" } else { "FALSE" })
}

fn matched(matching: &Matching, html: Html<'_>, report: &mut Report) -> String {
    let mut out = "\n".to_owned();
    let text = |id: u32| matching.rights.iter().find(|right| right.id == id).map_or("", |right| right.text.as_str());
    for (left, key) in matching.lefts.iter().zip(&matching.key) {
        let _ = writeln!(out, "\t={} -> {}", words(&html(&left.html, report)), escaped(text(*key)));
    }
    for right in matching.rights.iter().filter(|right| !matching.key.contains(&right.id)) {
        let _ = writeln!(out, "\t= -> {}", escaped(&right.text));
    }
    out
}

/// Our own HTML with the description in the place of each picture and video, which a file of text cannot hold.
fn without_media(html: &str, report: &mut Report, title: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((at, name, close, label)) = [("<img ", ">", " alt=\""), ("<video ", "</video>", " aria-label=\"")]
        .iter()
        .filter_map(|(name, close, label)| Some((rest.find(name)?, *name, *close, *label)))
        .min_by_key(|(at, ..)| *at)
    {
        let (before, media) = rest.split_at(at);
        out.push_str(before);
        let end = media.find(close).map_or(media.len(), |end| end + close.len());
        let inside = media.get(name.len() - 1..end).unwrap_or("");
        let described = inside.split_once(label).and_then(|(_, rest)| rest.split_once('"')).map_or("", |(alt, _)| alt);
        out.push_str(picture(described).trim());
        report.often(
            What::Dropped,
            Place::Part(format!("“{title}”")),
            "a picture or video: its description stands in its place",
        );
        rest = media.get(end..).unwrap_or("");
    }
    out.push_str(rest);
    out
}
