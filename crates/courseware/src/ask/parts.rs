//! The elements of a question, by what they are for.

use pulldown_cmark::{BlockQuoteKind, Event, Tag};

use crate::list;
use crate::markdown::Markdown;
use crate::setting::Settings;

/// What the elements of a question look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    TaskList,
    Blanks,
    NumberedList,
    Table,
    FreeText,
    /// None of these, so that there is nothing to answer.
    None,
}

/// The elements of a question, by what they are for.
pub(super) struct Parts {
    pub(super) shape: Shape,
    /// The lists or tables that hold the answers; one, where the author did it right.
    pub(super) answers: Vec<usize>,
    pub(super) stem: Vec<usize>,
    pub(super) hint: Vec<usize>,
    pub(super) feedback: Vec<usize>,
    /// What stands below the answers and is neither hint nor feedback.
    pub(super) rest: Vec<usize>,
    /// The inline codes of the stem that look like blanks.
    pub(super) blanks: Vec<Inline>,
}

/// An inline code that looks like a blank.
#[derive(Clone, Copy)]
pub(super) struct Inline {
    pub(super) at: usize,
    /// Whether it stands in a link or an image, where nothing can be filled in.
    pub(super) in_link: bool,
}

impl Parts {
    pub(super) fn find(markdown: &Markdown<'_>, blocks: &[usize], settings: &Settings, broken: bool) -> Self {
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

/// Whether an inline code is meant as a blank.
pub(super) fn is_blank(code: &str) -> bool {
    code.trim_start().starts_with('=')
}

fn is_hint(markdown: &Markdown<'_>, at: usize) -> bool {
    matches!(markdown.tag(at), Some(Tag::BlockQuote(Some(BlockQuoteKind::Tip))))
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
