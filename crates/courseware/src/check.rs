//! A question with answers to tick, from the elements under its heading.

use pulldown_cmark::{BlockQuoteKind, Event, Tag};

use crate::chip;
use crate::html::{self, Style};
use crate::list::{self, Item};
use crate::markdown::Markdown;
use crate::module::Settings;
use crate::problem::{Code, Problems, Span};
use crate::question::{Choice, Question};
use crate::slug::fold;

/// The most answers a question may have.
const MAX_CHOICES: usize = 50;

/// An answer while its question is read.
struct Answer {
    choice: Choice,
    /// The first character after its marker, to the end of its first line.
    span: Span,
    percent: Option<(chip::Chip, u32)>,
}

/// Reads a question. The answer holds also the elements after the answers that are neither hint nor feedback.
pub(crate) fn read(
    markdown: &mut Markdown<'_>,
    id: &str,
    heading: usize,
    blocks: &[usize],
    settings: &Settings,
    style: &Style<'_>,
    problems: &mut Problems,
) -> (Question, Vec<usize>) {
    let broken = tick_boxes(markdown, blocks, problems);
    let lists: Vec<usize> = blocks.iter().copied().filter(|at| list::is_task_list(markdown, *at)).collect();
    let split = split_answers(markdown, blocks, &lists, problems);
    let (first, last) = (lists.first().copied(), lists.last().copied());
    let (mut stem, mut rest) = (Vec::new(), Vec::new());
    let (mut hint, mut feedback) = (Vec::new(), Vec::new());
    for at in blocks.iter().copied() {
        match markdown.tag(at) {
            Some(Tag::BlockQuote(Some(BlockQuoteKind::Tip))) => hint.push(at),
            Some(Tag::BlockQuote(None)) if first.is_some_and(|first| at > first) => feedback.push(at),
            _ if lists.binary_search(&at).is_ok() => {}
            _ if last.is_some_and(|last| at > last) => rest.push(at),
            _ => stem.push(at),
        }
    }
    let mut answers = Vec::new();
    let mut merged = false;
    for list in &lists {
        for item in markdown.inside(*list) {
            let Some(marker) = list::task_marker(markdown, item) else {
                if !broken && !merged {
                    let span = list::after_marker(markdown, item);
                    problems
                        .add(Code::Q11, span, "this bullet has no tick box and is in one list with the answers")
                        .help("put a sentence between the bullets and the answers, or start it with `[ ] `");
                }
                merged = true;
                continue;
            };
            let answer = answer(markdown, item, marker, answers.len(), style, problems);
            answers.push(answer);
        }
    }
    if answers.len() > MAX_CHOICES {
        problems
            .add(Code::C11, markdown.span(heading), format!("{} answers, and {MAX_CHOICES} are read", answers.len()))
            .help("ask several questions");
        answers.truncate(MAX_CHOICES);
    }
    let right = answers.iter().filter(|answer| answer.choice.correct).count();
    let quotes = feedback.is_empty() && !answers.iter().any(|answer| answer.choice.feedback_html.is_some());
    if !broken {
        key(markdown.span(heading), answers.len(), right, problems);
        if quotes && !split && !answers.is_empty() {
            problems
                .add(Code::Q08, markdown.span(heading), "this question has no feedback")
                .help("after the answers, or indented below one, write `> ` and why");
        }
    }
    same_twice(&answers, problems);
    percents(&mut answers, right, problems);
    let texts: Vec<String> = answers.iter().map(|answer| fold(&answer.choice.text)).collect();
    let true_false =
        texts.len() == 2 && texts.iter().any(|text| text == "true") && texts.iter().any(|text| text == "false");
    let question = Question {
        id: id.to_owned(),
        stem_html: html::blocks(markdown, &stem, style).unwrap_or_default(),
        multiple: right > 1,
        fixed: settings.fixed || true_false,
        all_or_nothing: settings.all_or_nothing,
        options: answers.into_iter().map(|answer| answer.choice).collect(),
        hint_html: html::inside(markdown, &hint, style),
        feedback_html: html::inside(markdown, &feedback, style),
    };
    (question, rest)
}

/// Q03: the key itself.
fn key(heading: Span, answers: usize, right: usize, problems: &mut Problems) {
    let (message, help) = if answers == 0 {
        ("this question has no answers", "write them as a list: `- [x] ` for a right one, `- [ ] ` for a wrong one")
    } else if right == 0 {
        ("no answer is marked as right", "put an `x` into the box of the right one: `- [x] `")
    } else if right == answers {
        ("every answer is marked as right", "add a wrong one, or take the `x` out of its box")
    } else {
        return;
    };
    problems.add(Code::Q03, heading, message).help(help);
}

/// Q09: an answer that says the same as one above it.
fn same_twice(answers: &[Answer], problems: &mut Problems) {
    let mut seen = std::collections::HashSet::new();
    for answer in answers {
        let text = fold(&answer.choice.text.split_whitespace().collect::<Vec<_>>().join(" "));
        if !text.is_empty() && !seen.insert(text) {
            problems.add(Code::Q09, answer.span, "this answer is there twice").help("delete one of the two");
        }
    }
}

/// The chip `n%` means something on a wrong answer of a single choice.
fn percents(answers: &mut [Answer], right: usize, problems: &mut Problems) {
    for answer in answers {
        let Some((chip, percent)) = answer.percent.take() else { continue };
        if right > 1 {
            chip.wrong("does not count where several answers are right", "delete it", problems);
        } else if answer.choice.correct {
            chip.wrong("does not count on the right answer, which earns everything", "delete it", problems);
        } else {
            answer.choice.percent = percent;
        }
    }
}

fn answer(
    markdown: &mut Markdown<'_>,
    item: usize,
    marker: usize,
    before: usize,
    style: &Style<'_>,
    problems: &mut Problems,
) -> Answer {
    let correct = matches!(markdown.event(marker), Event::TaskListMarker(true));
    let Item { span, chips, feedback_html } = list::take_apart(markdown, item, style);
    let mut percent = None;
    for chip in chips {
        match read_percent(&chip.text) {
            Some(Ok(number)) => percent = Some((chip, number)),
            Some(Err(())) => {
                chip.wrong("is not a share of a hundred", "write a whole number from 0 to 100: `25%`", problems)
            }
            None => chip.unknown("after an answer", &["25%"], problems),
        }
    }
    let choice = Choice {
        id: u32::try_from(before + 1).unwrap_or(u32::MAX),
        html: html::render(markdown, item + 1, markdown.end(item), style),
        text: markdown.text(item + 1, markdown.end(item)),
        correct,
        percent: 0,
        feedback_html,
    };
    Answer { choice, span, percent }
}

/// Reads `25%`; an error if it is a number that is no share.
fn read_percent(text: &str) -> Option<Result<u32, ()>> {
    let number = text.trim().strip_suffix('%')?.trim();
    let digits = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    Some(if digits { number.parse().ok().filter(|n| *n <= 100).ok_or(()) } else { Err(()) })
}

/// Q01: what splits the answers into several lists. True if something does.
fn split_answers(markdown: &Markdown<'_>, blocks: &[usize], lists: &[usize], problems: &mut Problems) -> bool {
    for pair in lists.windows(2) {
        let &[above, below] = pair else { continue };
        // The blocks ascend, so that thousands of lists are not compared with thousands of blocks each.
        let from = blocks.partition_point(|at| *at <= above);
        let between = blocks.get(from..blocks.partition_point(|at| *at < below)).unwrap_or_default();
        let quotes: Vec<usize> =
            between.iter().copied().filter(|at| matches!(markdown.tag(*at), Some(Tag::BlockQuote(None)))).collect();
        if quotes.is_empty() {
            let span =
                markdown.inside(below).first().map_or(markdown.span(below), |item| list::after_marker(markdown, *item));
            problems
                .add(Code::Q01, span, "the answers are split: a second list starts here")
                .help("use the same bullet sign for all answers, with nothing between them");
        }
        for quote in quotes {
            let span = markdown.span(quote);
            let text = markdown.source.get(span.start..span.end).unwrap_or("");
            let first = text.lines().next().unwrap_or("").trim_end();
            problems
                .add(
                    Code::Q01,
                    Span::new(span.start, span.start + first.len()),
                    "this feedback is not indented, so it splits the answers",
                )
                .help("put two spaces before each line of it")
                .fix(span.start, span.end, format!("  {}", text.replace('\n', "\n  ")));
        }
    }
    lists.len() > 1
}

/// Q02: lines that look like a tick box and are none. True if there are some.
fn tick_boxes(markdown: &Markdown<'_>, blocks: &[usize], problems: &mut Problems) -> bool {
    let mut found = false;
    for block in blocks.iter().copied() {
        let looked_at = matches!(markdown.tag(block), Some(Tag::List(_) | Tag::Paragraph));
        if !looked_at {
            continue;
        }
        let code: Vec<Span> = (block..markdown.end(block))
            .filter(|at| markdown.code_block(*at).is_some())
            .map(|at| markdown.span(at))
            .collect();
        let span = markdown.span(block);
        let mut start = span.start;
        for line in markdown.source.get(span.start..span.end).unwrap_or("").split_inclusive('\n') {
            let here = start;
            start += line.len();
            let next = code.get(code.partition_point(|code| code.end <= here));
            if next.is_some_and(|code| here + line.len() > code.start) {
                continue;
            }
            if let Some(wrong) = tick_box(line) {
                let from = here + wrong.marker;
                let content = Span::new(here + wrong.after, here + line.trim_end().len());
                problems
                    .add(Code::Q02, content, "this is not a tick box, so it is not an answer")
                    .mark(Span::new(from, here + wrong.text))
                    .help(format!("write `{}`", wrong.right))
                    .fix(from, here + wrong.text, wrong.right);
                found = true;
            }
        }
    }
    found
}

/// A line that looks like a tick box and is none; offsets count from its start.
struct Wrong {
    marker: usize,
    after: usize,
    text: usize,
    right: &'static str,
}

fn tick_box(line: &str) -> Option<Wrong> {
    let line = line.trim_end();
    let marker = line.len() - line.trim_start().len();
    let content = line.get(marker..)?.strip_prefix(['-', '*', '+'])?;
    let boxed = content.trim_start();
    let after = line.len() - boxed.len();
    let (inside, text) = boxed.strip_prefix('[')?.split_once(']')?;
    let mark = inside.trim();
    let like = mark.is_empty() || mark.eq_ignore_ascii_case("x");
    if !like || inside.chars().count() > 4 || text.starts_with(['(', ':', '[']) {
        return None;
    }
    let tidy = matches!(inside, " " | "x" | "X") && text.starts_with([' ', '\t']) && content.starts_with([' ', '\t']);
    if tidy {
        return None;
    }
    let right = if mark.is_empty() { "- [ ] " } else { "- [x] " };
    Some(Wrong { marker, after, text: line.len() - text.trim_start().len(), right })
}
