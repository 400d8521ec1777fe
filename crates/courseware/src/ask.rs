//! A question of any type, from the elements under its heading. The type follows the shape: a task list, blanks, a
//! numbered list or a table of two columns; free text has a chip.

mod pairs;
mod parts;
mod ticked;

use std::collections::HashSet;

use pulldown_cmark::{Event, Tag};

use crate::blank::{self, Blank};
use crate::chip::{self, Chip};
use crate::front::Front;
use crate::html::{self, Style};
use crate::list;
use crate::markdown::Markdown;
use crate::outline::Section;
use crate::problem::{Code, Problems, Span};
use crate::question::{Choice, Item, Piece, Question, Task};
use crate::setting::Settings;
use crate::slug::fold;
use crate::{tick, wording};

use pairs::second_table;
use parts::{Inline, Parts, Shape, is_blank};
use ticked::read_percent;

/// The most answers, items, pairs or blanks a question may have.
const MAX_ANSWERS: usize = 50;

/// Reads a question from the elements under its heading, chips excluded. The answer holds also the elements after the
/// answers that are neither hint nor feedback.
pub(crate) fn read(
    markdown: &mut Markdown<'_>,
    section: &Section,
    blocks: &[usize],
    settings: &Settings,
    style: &Style<'_>,
    problems: &mut Problems,
) -> (Question, Vec<usize>) {
    let heading = markdown.span(section.heading);
    let broken = tick::boxes(markdown, blocks, problems);
    let parts = Parts::find(markdown, blocks, settings, broken);
    let split = if parts.shape == Shape::Table {
        second_table(markdown, &parts.answers, problems)
    } else {
        list::split(markdown, blocks, &parts.answers, "answers", problems);
        parts.answers.len() > 1
    };
    let until = blocks.last().map_or(heading.end, |last| markdown.span(*last).end);
    let mut asked = Asked { markdown, heading, until, settings, style, broken, problems };
    asked.misplaced(&parts);
    let (task, has_feedback) = match parts.shape {
        Shape::TaskList => asked.choice(&parts.answers),
        Shape::NumberedList => asked.ordering(&parts.answers),
        Shape::Table => asked.matching(&parts.answers),
        Shape::Blanks => asked.blanks(&parts.blanks),
        Shape::FreeText => {
            let words = settings.reflect.as_ref().and_then(|(words, _)| *words);
            (Task::Reflect { words }, false)
        }
        Shape::None => {
            asked.no_answers();
            (Task::Choice(Choice { options: Vec::new(), multiple: false, fixed: false }), false)
        }
    };
    let is_answered = !matches!(parts.shape, Shape::None | Shape::FreeText);
    if is_answered && !has_feedback && parts.feedback.is_empty() && !asked.broken && !split {
        let help = match parts.shape {
            Shape::Blanks => "below the text, write `> ` and why",
            Shape::Table => "below the table, write `> ` and why",
            _ => "after the answers, or indented below one, write `> ` and why",
        };
        asked.problems.add(Code::Q08, heading, "this question has no feedback").help(help);
    }
    if is_answered || parts.shape == Shape::FreeText {
        settings.judge(&task, asked.problems);
    }
    if is_answered {
        let is_paragraph = |at: &usize| matches!(markdown.tag(*at), Some(Tag::Paragraph));
        let asking = std::iter::once(section.heading).chain(parts.stem.iter().copied().filter(is_paragraph));
        wording::negatives(markdown, &asking.collect::<Vec<_>>(), problems);
    }
    let feedback_html = html::inside(markdown, &parts.feedback, style);
    // What was said below a blank in a list is told afterwards, with the other feedback.
    parts.feedback.iter().for_each(|quote| markdown.drop_element(*quote));
    let stem = html::blocks(markdown, &parts.stem, style).unwrap_or_default();
    let question = Question {
        id: section.id.clone(),
        title: section.title.clone(),
        was: settings.was.clone(),
        stem: pieces(&stem),
        hint_html: html::inside(markdown, &parts.hint, style),
        feedback_html,
        competencies: settings.competencies.clone(),
        pool: settings.pool.as_ref().map(|(name, _)| name.clone()),
        points: settings.worth(),
        recall: settings.is_recall(),
        all_or_nothing: settings.all_or_nothing.is_some(),
        task,
    };
    (question, parts.rest)
}

/// The chips of a question or page: those of its first paragraph, if it holds nothing else. The paragraph is taken off
/// the elements. Blanks alone in a paragraph are no chips.
pub(crate) fn take_chips(markdown: &Markdown<'_>, blocks: &mut Vec<usize>) -> Vec<Chip> {
    let Some(first) = blocks.iter().position(|at| !markdown.is_comment(*at)) else { return Vec::new() };
    let chips = blocks.get(first).and_then(|at| chip::alone(markdown, *at)).unwrap_or_default();
    if chips.iter().all(|chip| is_blank(&chip.text)) {
        return Vec::new();
    }
    blocks.remove(first);
    chips
}

/// Reports chips that stand alone in a paragraph further down (C06), where they would be shown as code and mean nothing.
pub(crate) fn far_chips(markdown: &Markdown<'_>, blocks: &[usize], front: &Front, problems: &mut Problems) {
    const WORDS: [&str; 9] = ["check", "cards", "reflect", "was", "fixed", "all-or-nothing", "exact", "recall", "pool"];
    let is_known = |chip: &Chip| {
        let (word, rest) = chip.words();
        let is_points = word.parse::<u32>().is_ok() && matches!(rest, "point" | "points");
        WORDS.contains(&word) || is_points || front.lists(chip.text.trim())
    };
    for chips in blocks.iter().filter_map(|at| chip::alone(markdown, *at)) {
        // A single word may be what is asked about.
        let is_meant = chips.len() > 1 || chips.iter().any(|chip| chip.text.trim().contains(' '));
        if let Some(first) = chips.first().filter(|_| is_meant && chips.iter().all(is_known)) {
            first.wrong(
                "stands too far from the heading",
                "put all chips into one paragraph, right below the heading",
                problems,
            );
        }
    }
}

/// The HTML of a stem, cut at its blanks.
fn pieces(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, part) in html.split(html::BLANK).enumerate() {
        if at > 0 {
            pieces.push(Piece::Blank(at - 1));
        }
        if !part.is_empty() {
            pieces.push(Piece::Html(part.to_owned()));
        }
    }
    pieces
}

/// A question while it is read.
struct Asked<'a, 'b, 'c> {
    markdown: &'a mut Markdown<'b>,
    heading: Span,
    /// Where the question ends.
    until: usize,
    settings: &'a Settings,
    style: &'a Style<'c>,
    /// Whether answers were lost for a reason that was reported, so that what is missing is not told as well.
    broken: bool,
    problems: &'a mut Problems,
}

impl Asked<'_, '_, '_> {
    /// Chips and blanks that belong to a question of another type (C06).
    fn misplaced(&mut self, parts: &Parts) {
        if parts.shape == Shape::TaskList
            && let Some((_, chip)) = &self.settings.reflect
        {
            chip.wrong("asks for free text, and there are answers to tick", "keep one of the two", self.problems);
        }
        if parts.shape == Shape::Blanks {
            return;
        }
        let help = match parts.shape {
            Shape::FreeText => "delete it, or the chip `reflect`",
            _ => "make it a question of its own",
        };
        for blank in &parts.blanks {
            let chip = self.code(blank.at);
            chip.wrong("is a blank, and this question is not one with blanks", help, self.problems);
        }
    }

    /// An inline code with its place.
    fn code(&self, at: usize) -> Chip {
        let text = match self.markdown.event(at) {
            Event::Code(text) => text.to_string(),
            _ => String::new(),
        };
        Chip { text, span: self.markdown.span(at) }
    }

    fn no_answers(&mut self) {
        // Answers in a table that is torn, or in a block of code that never ends, are lost for that reason.
        let place = Span::new(self.heading.start, self.until);
        if self.problems.has_within(place, |code| matches!(code, Code::C14 | Code::C15)) {
            return;
        }
        self.problems
            .add(Code::Q03, self.heading, "this question has no answers")
            .help("write them as a list: `- [x] ` for a right one, `- [ ] ` for a wrong one");
    }

    /// Over the limit (C11), which then is the one thing said about the number. True if so.
    fn too_many<T>(&mut self, found: &mut Vec<T>, what: &str) -> bool {
        if found.len() <= MAX_ANSWERS {
            return false;
        }
        let message = format!("{} {what}, and {MAX_ANSWERS} are read", found.len());
        self.problems.add(Code::C11, self.heading, message).help("ask several questions");
        found.truncate(MAX_ANSWERS);
        true
    }

    /// The items of all lists.
    fn items(&self, lists: &[usize]) -> Vec<usize> {
        lists.iter().flat_map(|list| self.markdown.inside(*list)).collect()
    }

    /// The words of a list's item that was taken apart, or of a cell.
    fn item(&self, at: usize, before: usize, feedback_html: Option<String>) -> Item {
        Item {
            id: u32::try_from(before + 1).unwrap_or(u32::MAX),
            html: html::render(self.markdown, at + 1, self.markdown.end(at), self.style),
            text: self.markdown.text(at + 1, self.markdown.end(at)),
            feedback_html,
        }
    }

    fn ordering(&mut self, lists: &[usize]) -> (Task, bool) {
        let mut items: Vec<Item> = Vec::new();
        for at in self.items(lists) {
            self.no_percent(at);
            let (feedback, _) = list::take_quotes(self.markdown, at, self.style);
            let item = self.item(at, items.len(), feedback);
            items.push(item);
        }
        self.too_many(&mut items, "steps");
        let texts: HashSet<String> = items.iter().map(|item| fold(&item.text)).collect();
        if texts.len() < 2 {
            self.problems
                .add(Code::Q03, self.heading, "there is nothing to order: fewer than two different steps")
                .help("write two steps or more, in the right order");
        }
        let has_feedback = items.iter().any(|item| item.feedback_html.is_some());
        (Task::Ordering(items), has_feedback)
    }

    /// A chip that only an answer to tick can have. Other code at the end of a step is part of it.
    fn no_percent(&mut self, item: usize) {
        let ends_line =
            |at: &usize| matches!(self.markdown.event(*at), Event::Code(text) if read_percent(text).is_some());
        let code: Vec<usize> = (item..self.markdown.end(item)).filter(ends_line).collect();
        for at in code {
            let chip = self.code(at);
            chip.wrong("does not count in an ordering", "delete it", self.problems);
        }
    }

    fn blanks(&mut self, codes: &[Inline]) -> (Task, bool) {
        let mut blanks: Vec<Blank> = Vec::new();
        let mut codes = codes.to_vec();
        self.too_many(&mut codes, "blanks");
        for Inline { at, in_link } in codes {
            let chip = self.code(at);
            let key = chip.text.trim_start().get(1..).unwrap_or("");
            if in_link {
                chip.wrong("cannot be filled in inside a link or an image", "write it outside", self.problems);
                continue;
            }
            match blank::read(key, self.settings.is_exact(), self.settings.is_fixed()) {
                Ok(blank) => {
                    self.judge(&blank, &chip);
                    self.markdown.make_blank(at);
                    blanks.push(blank);
                }
                Err(unread) => chip.wrong(unread.why, unread.help, self.problems),
            }
        }
        (Task::Blanks(blanks), false)
    }

    /// What is wrong with a blank that could be read.
    fn judge(&mut self, blank: &Blank, chip: &Chip) {
        let count = match blank {
            Blank::Text { accepted, .. } => accepted.len(),
            Blank::Menu { options, .. } => options.len(),
            Blank::Number { .. } => return,
        };
        if count > MAX_ANSWERS {
            let message = format!("{count} answers in a blank, and {MAX_ANSWERS} are read");
            self.problems.add(Code::C11, self.heading, message).help("keep the likely ones");
            return;
        }
        let Blank::Menu { options, .. } = blank else { return };
        let right = options.iter().filter(|option| option.correct).count();
        let (message, help) = match right {
            0 => ("a blank has no right choice", "put the right one in parentheses: `= (right) / wrong`"),
            _ if right == options.len() => ("a blank has right choices only", "add wrong ones: `= (right) / wrong`"),
            _ => ("", ""),
        };
        if !message.is_empty() {
            self.problems.add(Code::Q03, self.heading, message).mark(chip.span).help(help);
        }
        same_twice(options.iter().map(|option| (option.text.as_str(), chip.span)), "choice", self.problems);
        for option in options {
            wording::catch_all(&option.text, chip.span, self.problems);
        }
        wording::many(options.len(), self.heading, self.problems);
    }
}

/// Q09: something that says the same as one above it.
fn same_twice<'a>(all: impl Iterator<Item = (&'a str, Span)>, what: &str, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for (text, span) in all {
        let text = fold(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        if !text.is_empty() && !seen.insert(text) {
            problems.add(Code::Q09, span, format!("this {what} is there twice")).help("delete one of the two");
        }
    }
}
