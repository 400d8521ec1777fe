//! A question of any type, from the elements under its heading. The type follows the shape: a task list, blanks, a
//! numbered list or a table of two columns; free text has a chip.

use std::collections::HashSet;

use pulldown_cmark::{BlockQuoteKind, Event, Tag};

use crate::blank::{self, Blank};
use crate::chip::{self, Chip};
use crate::front::Front;
use crate::html::{self, Style};
use crate::list;
use crate::markdown::Markdown;
use crate::outline::Section;
use crate::problem::{Code, Problems, Span};
use crate::question::{Answer, Choice, Item, Matching, Piece, Question, Task};
use crate::setting::Settings;
use crate::slug::fold;
use crate::{tick, wording};

/// The most answers, items, pairs or blanks a question may have.
const MAX_ANSWERS: usize = 50;

/// What the elements of a question look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    TaskList,
    Blanks,
    NumberedList,
    Table,
    FreeText,
    /// None of these, so that there is nothing to answer.
    None,
}

/// The elements of a question, by what they are for.
struct Parts {
    shape: Shape,
    /// The lists or tables that hold the answers; one, where the author did it right.
    answers: Vec<usize>,
    stem: Vec<usize>,
    hint: Vec<usize>,
    feedback: Vec<usize>,
    /// What stands below the answers and is neither hint nor feedback.
    rest: Vec<usize>,
    /// The inline codes of the stem that look like blanks.
    blanks: Vec<Inline>,
}

/// An inline code that looks like a blank.
#[derive(Clone, Copy)]
struct Inline {
    at: usize,
    /// Whether it stands in a link or an image, where nothing can be filled in.
    in_link: bool,
}

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
    let mut asked = Asked { markdown, heading, settings, style, broken, problems };
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

/// Whether an inline code is meant as a blank.
fn is_blank(code: &str) -> bool {
    code.trim_start().starts_with('=')
}

fn is_hint(markdown: &Markdown<'_>, at: usize) -> bool {
    matches!(markdown.tag(at), Some(Tag::BlockQuote(Some(BlockQuoteKind::Tip))))
}

impl Parts {
    fn find(markdown: &Markdown<'_>, blocks: &[usize], settings: &Settings, broken: bool) -> Self {
        let is_said = |at: &usize| !list::is_quote(markdown, *at) && !is_hint(markdown, *at);
        let of = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
            blocks.iter().copied().filter(|at| wanted(*at)).collect()
        };
        let tasks = of(&|at| list::is_task_list(markdown, at));
        let numbered = of(&|at| matches!(markdown.tag(at), Some(Tag::List(Some(_)))));
        let tables = of(&|at| matches!(markdown.tag(at), Some(Tag::Table(columns)) if columns.len() == 2));
        let said = blocks.iter().copied().filter(is_said).filter(|at| tasks.binary_search(at).is_err());
        let filled: Vec<(usize, Vec<Inline>)> =
            said.map(|at| (at, blanks_in(markdown, at))).filter(|(_, blanks)| !blanks.is_empty()).collect();
        let shape = match () {
            // What was meant as a tick box makes the type too.
            () if !tasks.is_empty() || broken => Shape::TaskList,
            () if settings.reflect.is_some() => Shape::FreeText,
            () if !filled.is_empty() => Shape::Blanks,
            () if !numbered.is_empty() => Shape::NumberedList,
            () if !tables.is_empty() => Shape::Table,
            () => Shape::None,
        };
        let answers = match shape {
            Shape::TaskList => tasks,
            Shape::NumberedList => numbered,
            Shape::Table => tables,
            Shape::Blanks | Shape::FreeText | Shape::None => Vec::new(),
        };
        // Where the answers begin and end: a plain quote after they begin is feedback.
        let holders: Vec<usize> = match shape {
            Shape::Blanks => filled.iter().map(|(at, _)| *at).collect(),
            Shape::FreeText => {
                let last = blocks.iter().copied().rfind(|at| is_said(at) && !markdown.is_comment(*at));
                last.into_iter().collect()
            }
            _ => answers.clone(),
        };
        let first = holders.first().copied().or((shape == Shape::FreeText).then_some(0));
        let last = holders.last().copied();
        let mut parts = Self {
            shape,
            stem: Vec::new(),
            hint: Vec::new(),
            feedback: Vec::new(),
            rest: Vec::new(),
            blanks: filled.into_iter().flat_map(|(_, blanks)| blanks).collect(),
            answers,
        };
        for at in blocks.iter().copied() {
            if shape == Shape::Blanks && holders.binary_search(&at).is_ok() {
                parts.feedback.extend(quotes_in(markdown, at));
            }
            if is_hint(markdown, at) {
                parts.hint.push(at);
            } else if list::is_quote(markdown, at) && first.is_some_and(|first| at > first) {
                parts.feedback.push(at);
            } else if parts.answers.binary_search(&at).is_ok() {
                // They are shown as what is answered, not as text.
            } else if last.is_some_and(|last| at > last) {
                parts.rest.push(at);
            } else {
                parts.stem.push(at);
            }
        }
        parts
    }
}

/// The inline codes in an element that look like blanks. Quotes in it are left out.
fn blanks_in(markdown: &Markdown<'_>, block: usize) -> Vec<Inline> {
    let mut found = Vec::new();
    let (mut at, mut link_until) = (block, block);
    while at <= markdown.end(block) {
        match markdown.event(at) {
            Event::Code(code) if is_blank(code) => found.push(Inline { at, in_link: at < link_until }),
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => link_until = link_until.max(markdown.end(at)),
            Event::Start(Tag::BlockQuote(None)) => at = markdown.end(at),
            _ => {}
        }
        at += 1;
    }
    found
}

/// The plain quotes in a list.
fn quotes_in(markdown: &Markdown<'_>, list: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = list;
    while matches!(markdown.tag(list), Some(Tag::List(_))) && at <= markdown.end(list) {
        if list::is_quote(markdown, at) {
            found.push(at);
            at = markdown.end(at);
        }
        at += 1;
    }
    found
}

/// A question while it is read.
struct Asked<'a, 'b, 'c> {
    markdown: &'a mut Markdown<'b>,
    heading: Span,
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

    fn choice(&mut self, lists: &[usize]) -> (Task, bool) {
        let mut found: Vec<Found> = Vec::new();
        let mut merged = false;
        for item in self.items(lists) {
            self.broken |= self.nested(item);
            if let Some(marker) = list::task_marker(self.markdown, item) {
                let answer = self.answer(item, marker, found.len());
                found.push(answer);
                continue;
            }
            if !self.broken && !merged {
                let span = list::after_marker(self.markdown, item);
                self.problems
                    .add(Code::Q11, span, "this bullet has no tick box and is in one list with the answers")
                    .help("put a sentence between the bullets and the answers, or start it with `[ ] `");
            }
            merged = true;
        }
        let too_many = self.too_many(&mut found, "answers");
        let right = found.iter().filter(|found| found.answer.correct).count();
        if !self.broken {
            self.key(found.len(), right);
        }
        same_twice(found.iter().map(|found| (found.answer.text.as_str(), found.span)), "answer", self.problems);
        self.percents(&mut found, right);
        let spans: Vec<Span> = found.iter().map(|found| found.span).collect();
        let mut choice = Choice {
            options: found.into_iter().map(|found| found.answer).collect(),
            multiple: right > 1,
            fixed: self.settings.is_fixed(),
        };
        choice.fixed |= choice.is_true_false();
        let place = |id: u32| spans.get((id as usize).saturating_sub(1)).copied().unwrap_or(self.heading);
        if !self.broken {
            wording::long_answer(&choice, place, self.problems);
        }
        for answer in &choice.options {
            wording::catch_all(&answer.text, place(answer.id), self.problems);
        }
        if !too_many {
            wording::many(choice.options.len(), self.heading, self.problems);
        }
        let has_feedback = choice.options.iter().any(|answer| answer.feedback_html.is_some());
        (Task::Choice(choice), has_feedback)
    }

    /// Q01: answers that are indented, so that they became part of the answer above. True if there are some.
    fn nested(&mut self, item: usize) -> bool {
        let inside = item + 1..self.markdown.end(item);
        let Some(list) = inside.into_iter().find(|at| list::is_task_list(self.markdown, *at)) else { return false };
        let first = self.markdown.inside(list).first().map_or(list, |first| *first);
        self.problems
            .add(
                Code::Q01,
                list::after_marker(self.markdown, first),
                "this answer is indented, so it is part of the answer above",
            )
            .help("start its line where the lines of the other answers start");
        true
    }

    /// Q03: the key itself.
    fn key(&mut self, answers: usize, right: usize) {
        let (message, help) = if answers == 0 {
            return self.no_answers();
        } else if right == 0 {
            ("no answer is marked as right", "put an `x` into the box of the right one: `- [x] `")
        } else if right == answers {
            ("every answer is marked as right", "add a wrong one, or take the `x` out of its box")
        } else {
            return;
        };
        self.problems.add(Code::Q03, self.heading, message).help(help);
    }

    fn answer(&mut self, item: usize, marker: usize, before: usize) -> Found {
        let correct = matches!(self.markdown.event(marker), Event::TaskListMarker(true));
        let list::Item { span, chips, feedback_html, .. } = list::take_apart(self.markdown, item, self.style);
        let mut percent = None;
        for chip in chips {
            match read_percent(&chip.text) {
                Some(Ok(_)) if percent.is_some() => {
                    chip.wrong("is one too many", "delete one of the two", self.problems)
                }
                Some(Ok(number)) => percent = Some((chip, number)),
                Some(Err(())) => chip.wrong(
                    "is not a share of a hundred",
                    "write a whole number from 0 to 100: `25%`",
                    self.problems,
                ),
                None => chip.unknown("after an answer", &["25%"], self.problems),
            }
        }
        let Item { id, html, text, feedback_html } = self.item(item, before, feedback_html);
        Found { answer: Answer { id, html, text, correct, percent: 0, feedback_html }, span, percent }
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

    /// The chip `n%` means something on a wrong answer of a single choice.
    fn percents(&mut self, found: &mut [Found], right: usize) {
        for Found { answer, percent, .. } in found {
            let Some((chip, percent)) = percent.take() else { continue };
            let why = if right > 1 {
                "does not count where several answers are right"
            } else if answer.correct {
                "does not count on the right answer, which earns everything"
            } else if self.settings.all_or_nothing.is_some() {
                "does not count beside `all-or-nothing`"
            } else {
                answer.percent = percent;
                continue;
            };
            chip.wrong(why, "delete it", self.problems);
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

    fn matching(&mut self, tables: &[usize]) -> (Task, bool) {
        let mut matching = Matching {
            left_html: String::new(),
            right_html: String::new(),
            lefts: Vec::new(),
            key: Vec::new(),
            rights: Vec::new(),
        };
        let mut rows: Vec<(usize, usize)> = Vec::new();
        for (nth, table) in tables.iter().enumerate() {
            for row in self.markdown.inside(*table) {
                let &[left, right] = self.markdown.inside(row).as_slice() else { continue };
                if !matches!(self.markdown.tag(row), Some(Tag::TableHead)) {
                    rows.push((left, right));
                } else if nth == 0 {
                    matching.left_html = self.item(left, 0, None).html;
                    matching.right_html = self.item(right, 0, None).html;
                }
            }
        }
        self.too_many(&mut rows, "rows");
        let (mut lefts, mut distractors) = (Vec::new(), Vec::new());
        // Distractors are looked at last, so that one that is the right side of a row is told as the one too many.
        for (left, right) in rows.iter().copied() {
            let left_item = self.item(left, matching.lefts.len(), None);
            let right_item = self.item(right, matching.rights.len(), None);
            wording::catch_all(&right_item.text, self.cell(right), self.problems);
            match (left_item.html.is_empty(), right_item.html.is_empty()) {
                (true, true) => {}
                (true, false) => distractors.push((right_item, self.cell(right))),
                (false, true) => {
                    let message = format!("nothing belongs to \"{}\"", left_item.text);
                    let place = self.cell(left);
                    self.problems
                        .add(Code::Q03, self.heading, message)
                        .mark(place)
                        .help("fill in the right cell of the row; a wrong one has its left cell empty");
                }
                (false, false) => {
                    lefts.push((left_item.text.clone(), self.cell(left)));
                    matching.lefts.push(left_item);
                    let key = self.right_side(&mut matching.rights, right_item);
                    matching.key.push(key);
                }
            }
        }
        if lefts.is_empty() {
            self.problems
                .add(Code::Q03, self.heading, "there is nothing to match: no row with both cells")
                .help("write what belongs together into the two cells of a row");
        }
        same_twice(lefts.iter().map(|(text, span)| (text.as_str(), *span)), "left side", self.problems);
        for (mut item, span) in distractors {
            if matching.rights.iter().any(|right| fold(&right.text) == fold(&item.text) && !item.text.is_empty()) {
                self.problems
                    .add(Code::Q09, span, "this answer is there twice, once as a wrong one")
                    .help("delete one of the two");
            }
            item.id = u32::try_from(matching.rights.len() + 1).unwrap_or(u32::MAX);
            matching.rights.push(item);
        }
        (Task::Matching(matching), false)
    }

    /// The id of a right side. Rows with the same one share it: both are right.
    fn right_side(&self, rights: &mut Vec<Item>, item: Item) -> u32 {
        let same = rights.iter().find(|right| right.html == item.html || fold(&right.text) == fold(&item.text));
        if let Some(same) = same.filter(|_| !item.text.is_empty()) {
            return same.id;
        }
        let id = item.id;
        rights.push(item);
        id
    }

    /// Where the content of a cell stands.
    fn cell(&self, at: usize) -> Span {
        let (first, last) = (at + 1, self.markdown.end(at).saturating_sub(1));
        if first > last {
            return self.markdown.span(at);
        }
        Span::new(self.markdown.span(first).start, self.markdown.span(last).end)
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

/// An answer to tick while its question is read.
struct Found {
    answer: Answer,
    /// The first character after its marker, to the end of its first line.
    span: Span,
    percent: Option<(Chip, u32)>,
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

/// Reads `25%`; an error if it is a number that is no share.
fn read_percent(text: &str) -> Option<Result<u32, ()>> {
    let number = text.trim().strip_suffix('%')?.trim();
    let digits = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    Some(if digits { number.parse().ok().filter(|n| *n <= 100).ok_or(()) } else { Err(()) })
}

/// Q01: pairs in more than one table. True if so.
fn second_table(markdown: &Markdown<'_>, tables: &[usize], problems: &mut Problems) -> bool {
    for table in tables.iter().skip(1) {
        problems
            .add(Code::Q01, markdown.span(*table), "the pairs are split: a second table starts here")
            .help("put all pairs into one table");
    }
    tables.len() > 1
}
