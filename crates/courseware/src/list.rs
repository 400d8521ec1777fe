//! Lists of answers, choices, routes and things to check: their items, the line of each and the quotes under it.

use pulldown_cmark::{Event, Tag};

use crate::chip::{self, Chip};
use crate::html::{self, Style};
use crate::markdown::Markdown;
use crate::problem::Span;

/// Whether an element is a block of its own.
pub(crate) fn is_block(markdown: &Markdown<'_>, at: usize) -> bool {
    matches!(
        markdown.tag(at),
        Some(
            Tag::Paragraph
                | Tag::BlockQuote(_)
                | Tag::List(_)
                | Tag::CodeBlock(_)
                | Tag::HtmlBlock
                | Tag::Table(_)
                | Tag::Heading { .. }
        )
    ) || matches!(markdown.event(at), Event::Rule)
}

/// Whether an element is a list with a tick box somewhere; its items may be numbered.
pub(crate) fn is_task_list(markdown: &Markdown<'_>, at: usize) -> bool {
    matches!(markdown.tag(at), Some(Tag::List(_)))
        && markdown.inside(at).into_iter().any(|item| task_marker(markdown, item).is_some())
}

/// The tick box of an item.
pub(crate) fn task_marker(markdown: &Markdown<'_>, item: usize) -> Option<usize> {
    let is_marker = |at: usize| matches!(markdown.event(at), Event::TaskListMarker(_));
    let paragraph = matches!(markdown.tag(item + 1), Some(Tag::Paragraph));
    [item + 1, item + 2].into_iter().take(1 + usize::from(paragraph)).find(|at| is_marker(*at))
}

/// From the first character after an item's marker to the end of its line.
pub(crate) fn after_marker(markdown: &Markdown<'_>, item: usize) -> Span {
    let span = markdown.span(item);
    let text = markdown.source.get(span.start..span.end).unwrap_or("");
    let line = text.lines().next().unwrap_or("").trim_end();
    let content = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let content = content.get(1..).unwrap_or("").trim_start();
    Span::new(span.start + (line.len() - content.len()), span.start + line.len())
}

/// An item taken apart.
pub(crate) struct Item {
    /// The first character after its marker, to the end of its first line.
    pub(crate) span: Span,
    /// The chips at the end of its first line.
    pub(crate) chips: Vec<Chip>,
    /// What is said about it in plain quotes, as safe HTML.
    pub(crate) feedback_html: Option<String>,
}

/// Takes the tick box, the chips and the plain quotes off an item, so that rendering the rest gives its words. A loose item
/// then means the same as a tight one.
pub(crate) fn take_apart(markdown: &mut Markdown<'_>, item: usize, style: &Style<'_>) -> Item {
    let span = after_marker(markdown, item);
    if let Some(marker) = task_marker(markdown, item) {
        markdown.drop_event(marker);
    }
    let children = markdown.inside(item);
    let paragraph = children.first().copied().filter(|at| matches!(markdown.tag(*at), Some(Tag::Paragraph)));
    let line: Vec<usize> = match paragraph {
        Some(paragraph) => markdown.inside(paragraph),
        None => children.iter().copied().take_while(|at| !is_block(markdown, *at)).collect(),
    };
    let chips = chip::trailing(markdown, &line);
    let feedback_html = take_quotes(markdown, item, style);
    Item { span, chips, feedback_html }
}

/// Takes the plain quotes off an item, as safe HTML, and the paragraph that makes it a loose one.
pub(crate) fn take_quotes(markdown: &mut Markdown<'_>, item: usize, style: &Style<'_>) -> Option<String> {
    let children = markdown.inside(item);
    if let Some(paragraph) = children.first().copied().filter(|at| matches!(markdown.tag(*at), Some(Tag::Paragraph))) {
        markdown.drop_event(paragraph);
        markdown.drop_event(markdown.end(paragraph));
    }
    let is_quote = |at: &usize| matches!(markdown.tag(*at), Some(Tag::BlockQuote(None)));
    let quotes: Vec<usize> = children.into_iter().filter(is_quote).collect();
    let feedback_html = html::inside(markdown, &quotes, style);
    for quote in &quotes {
        markdown.drop_element(*quote);
    }
    feedback_html
}

/// How many spaces a line needs to belong to an item: up to where its text begins.
pub(crate) fn indent(markdown: &Markdown<'_>, item: usize) -> usize {
    let start = after_marker(markdown, item).start;
    let before = markdown.source.get(..start).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    line.chars().fold(0, |column, c| if c == '\t' { (column / 4 + 1) * 4 } else { column + 1 })
}
