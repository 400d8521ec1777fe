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

/// The paragraph that a loose item starts with.
fn paragraph(markdown: &Markdown<'_>, item: usize) -> Option<usize> {
    markdown.inside(item).first().copied().filter(|at| matches!(markdown.tag(*at), Some(Tag::Paragraph)))
}

/// The inline elements that an item starts with, in a tight list and in a loose one.
pub(crate) fn line(markdown: &Markdown<'_>, item: usize) -> Vec<usize> {
    match paragraph(markdown, item) {
        Some(paragraph) => markdown.inside(paragraph),
        None => markdown.inside(item).into_iter().take_while(|at| !is_block(markdown, *at)).collect(),
    }
}

/// Whether an item has a plain quote under it.
pub(crate) fn has_quote(markdown: &Markdown<'_>, item: usize) -> bool {
    markdown.inside(item).into_iter().any(|at| is_quote(markdown, at))
}

/// Q01: what splits answers, choices or routes (`what`) into several lists. Gives the quotes that do, each of which was meant as
/// the feedback of what stands above it.
pub(crate) fn split(
    markdown: &Markdown<'_>,
    blocks: &[usize],
    lists: &[usize],
    what: &str,
    problems: &mut Problems,
) -> Vec<usize> {
    let mut found = Vec::new();
    for pair in lists.windows(2) {
        let &[above, below] = pair else { continue };
        // Both ascend; looking through all blocks for each pair would be quadratic.
        let first = blocks.partition_point(|at| *at <= above);
        let between = blocks.iter().copied().skip(first).take_while(|at| *at < below);
        let between: Vec<usize> = between.collect();
        let quotes: Vec<usize> = between.iter().copied().filter(|at| is_quote(markdown, *at)).collect();
        let has_text = between.iter().any(|at| !is_quote(markdown, *at) && !markdown.is_comment(*at));
        if quotes.is_empty() || has_text {
            let first = markdown.inside(below).first().copied();
            let span = first.map_or(markdown.span(below), |item| after_marker(markdown, item));
            let help = if between.iter().any(|at| markdown.is_comment(*at)) {
                format!("take the comment from between the {what}, or indent it by two spaces")
            } else if has_text {
                let text = between.iter().find(|at| !is_quote(markdown, **at)).map_or(below, |at| *at);
                // Nobody reads the thousandth line number, and each takes a look through the text.
                let line = (problems.len() < 200)
                    .then(|| markdown.source.get(..markdown.span(text).start).unwrap_or("").matches('\n').count() + 1);
                let line = line.map_or(String::new(), |line| format!(" on line {line}"));
                format!(
                    "text{line} stands between: start it with two spaces and `> ` if it is feedback on what is above it, \
                     give it a heading, `## …`, if something new begins, else put it above the list"
                )
            } else {
                format!("use the same sign for all {what}, with nothing between them")
            };
            problems.add(Code::Q01, span, format!("the {what} are split: a second list starts here")).help(help);
            continue;
        }
        for quote in quotes {
            not_indented(markdown, above, quote, &format!("so it splits the {what}"), problems);
            found.push(quote);
        }
    }
    found
}

/// Q01: a quote that should belong to the last item of the list above it.
pub(crate) fn not_indented(markdown: &Markdown<'_>, list: usize, quote: usize, so: &str, problems: &mut Problems) {
    let span = markdown.span(quote);
    let text = markdown.source.get(span.start..span.end).unwrap_or("");
    let first = text.lines().next().unwrap_or("").trim_end();
    let width = markdown.inside(list).last().map_or(2, |item| indent(markdown, *item));
    let said = match width {
        2 => "two spaces".to_owned(),
        3 => "three spaces".to_owned(),
        4 => "four spaces".to_owned(),
        more => format!("{more} spaces"),
    };
    // A line without the sign of a quote is in it only because nothing divides them: it may be an answer or a heading.
    let is_whole = text.lines().all(|line| line.trim_start().starts_with('>'));
    let draft = problems.add(
        Code::Q01,
        Span::new(span.start, span.start + first.len()),
        format!("this feedback is not indented, {so}"),
    );
    if is_whole {
        let spaces = " ".repeat(width);
        let indented = format!("{spaces}{}", text.replace('\n', &format!("\n{spaces}")));
        draft.help(format!("put {said} before each line of it")).fix(span.start, span.end, indented);
    } else {
        draft.help(format!("put {said} before each line of it, and an empty line before what is no feedback"));
    }
}

/// An item taken apart.
pub(crate) struct Item {
    /// The first character after its marker, to the end of its first line.
    pub(crate) span: Span,
    /// The chips at the end of its first line.
    pub(crate) chips: Vec<Chip>,
    /// What is said about it in plain quotes, as safe HTML.
    pub(crate) feedback_html: Option<String>,
    /// The same as plain text.
    pub(crate) feedback_text: Option<String>,
}

/// Takes the tick box, the chips and the plain quotes off an item, so that rendering the rest gives its words. A loose item
/// then means the same as a tight one.
pub(crate) fn take_apart(markdown: &mut Markdown<'_>, item: usize, style: &Style<'_>) -> Item {
    let span = after_marker(markdown, item);
    if let Some(marker) = task_marker(markdown, item) {
        markdown.drop_event(marker);
    }
    let line = line(markdown, item);
    let chips = chip::trailing(markdown, &line);
    let (feedback_html, feedback_text) = take_quotes(markdown, item, style);
    Item { span, chips, feedback_html, feedback_text }
}

/// Takes the plain quotes off an item, as safe HTML and as text, and the paragraph that makes it a loose one.
pub(crate) fn take_quotes(
    markdown: &mut Markdown<'_>,
    item: usize,
    style: &Style<'_>,
) -> (Option<String>, Option<String>) {
    let children = markdown.inside(item);
    if let Some(paragraph) = paragraph(markdown, item) {
        markdown.drop_event(paragraph);
        markdown.drop_event(markdown.end(paragraph));
    }
    let quotes: Vec<usize> = children.into_iter().filter(|at| is_quote(markdown, *at)).collect();
    let feedback_html = html::inside(markdown, &quotes, style);
    let texts: Vec<String> = quotes.iter().map(|quote| markdown.text(*quote, markdown.end(*quote))).collect();
    for quote in &quotes {
        markdown.drop_element(*quote);
    }
    let text = feedback_html.is_some().then(|| texts.join(" "));
    (feedback_html, text)
}

/// How many spaces a line needs to belong to an item: up to where its text begins.
fn indent(markdown: &Markdown<'_>, item: usize) -> usize {
    let start = after_marker(markdown, item).start;
    let before = markdown.source.get(..start).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    line.chars().fold(0, |column, c| if c == '\t' { (column / 4 + 1) * 4 } else { column + 1 })
}
