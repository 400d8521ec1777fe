//! Lists of answers, choices, routes and things to check: their items, the line of each and the quotes under it.

use pulldown_cmark::{Event, Tag};

use crate::chip::{self, Chip};
use crate::html::{self, Style};
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};

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

/// Whether an element is a plain quote.
pub(crate) fn is_quote(markdown: &Markdown<'_>, at: usize) -> bool {
    matches!(markdown.tag(at), Some(Tag::BlockQuote(None)))
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
    let quotes: Vec<usize> = children.into_iter().filter(|at| is_quote(markdown, *at)).collect();
    let feedback_html = html::inside(markdown, &quotes, style);
    for quote in &quotes {
        markdown.drop_element(*quote);
    }
    feedback_html
}

/// How many spaces a line needs to belong to an item: up to where its text begins.
fn indent(markdown: &Markdown<'_>, item: usize) -> usize {
    let start = after_marker(markdown, item).start;
    let before = markdown.source.get(..start).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    line.chars().fold(0, |column, c| if c == '\t' { (column / 4 + 1) * 4 } else { column + 1 })
}

/// Lists that should be one: the answers of a question, or the choices or routes of a scene.
pub(crate) struct Split<'a> {
    /// The elements they stand among, in order.
    pub(crate) blocks: &'a [usize],
    /// The lists, in order.
    pub(crate) lists: &'a [usize],
    /// What their items are called.
    pub(crate) what: &'a str,
}

impl Split<'_> {
    /// Q01: what splits them, if there are several. True if so.
    pub(crate) fn report(&self, markdown: &Markdown<'_>, problems: &mut Problems) -> bool {
        let mut above: Option<usize> = None;
        let mut quotes: Vec<usize> = Vec::new();
        for at in self.blocks.iter().copied() {
            if is_quote(markdown, at) {
                quotes.push(at);
            }
            if self.lists.binary_search(&at).is_err() {
                continue;
            }
            match above {
                Some(_) if quotes.is_empty() => self.second(markdown, at, problems),
                Some(above) => {
                    quotes.iter().for_each(|quote| self.unindented(markdown, above, *quote, problems));
                }
                None => {}
            }
            above = Some(at);
            quotes.clear();
        }
        self.lists.len() > 1
    }

    /// A second list.
    fn second(&self, markdown: &Markdown<'_>, list: usize, problems: &mut Problems) {
        let what = self.what;
        let span = markdown.inside(list).first().map_or(markdown.span(list), |item| after_marker(markdown, *item));
        problems
            .add(Code::Q01, span, format!("the {what} are split: a second list starts here"))
            .help(format!("use the same bullet sign for all {what}, with nothing between them"));
    }

    /// Feedback that should belong to the last item of the list above it.
    fn unindented(&self, markdown: &Markdown<'_>, above: usize, quote: usize, problems: &mut Problems) {
        let span = markdown.span(quote);
        let text = markdown.source.get(span.start..span.end).unwrap_or("");
        let first = text.lines().next().unwrap_or("").trim_end();
        let width = markdown.inside(above).last().map_or(2, |item| indent(markdown, *item));
        let said = match width {
            2 => "two spaces".to_owned(),
            3 => "three spaces".to_owned(),
            4 => "four spaces".to_owned(),
            more => format!("{more} spaces"),
        };
        let spaces = " ".repeat(width);
        problems
            .add(
                Code::Q01,
                Span::new(span.start, span.start + first.len()),
                format!("this feedback is not indented, so it splits the {}", self.what),
            )
            .help(format!("put {said} before each line of it"))
            .fix(span.start, span.end, format!("{spaces}{}", text.replace('\n', &format!("\n{spaces}"))));
    }
}
