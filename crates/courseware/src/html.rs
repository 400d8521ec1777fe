//! Safe HTML from events. Raw HTML never passes, targets are allow-listed, and every text is escaped.
//!
//! Tokens such as `{organisation}` are filled in later, in text only: a brace that must stay (escaped by the author, in
//! code or in an attribute) therefore leaves here as `&#123;`.

use std::fmt::Write as _;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, LinkType, Tag, TagEnd};

use crate::markdown::Markdown;
use crate::shared::{Target, target};

/// What stands in HTML where a blank is to be filled in. [`escape`] lets no such character through, so no text of an
/// author can pass for it.
pub(crate) const BLANK: char = '\0';

/// What rendering has to know beside the events.
pub(crate) struct Style<'a> {
    /// How deep in the content folder the file lies.
    pub(crate) depth: usize,
    /// What a table is called for those who cannot see it.
    pub(crate) label: &'a str,
    /// Whether tables are cards.
    pub(crate) cards: bool,
}

/// Renders the events from one index up to another.
pub(crate) fn render(markdown: &Markdown<'_>, from: usize, to: usize, style: &Style<'_>) -> String {
    let mut writer =
        Writer { out: String::new(), style, closers: Vec::new(), alignments: Vec::new(), column: 0, head: false };
    let mut at = from;
    while at < to {
        if !markdown.is_dropped(at) {
            at = writer.event(markdown, at);
        }
        at += 1;
    }
    writer.out.trim().to_owned()
}

/// Renders whole elements; none if they show nothing.
pub(crate) fn blocks(markdown: &Markdown<'_>, blocks: &[usize], style: &Style<'_>) -> Option<String> {
    let parts: Vec<String> = blocks
        .iter()
        .map(|at| render(markdown, *at, markdown.end(*at) + 1, style))
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// The content of quotes, without the quotes.
pub(crate) fn inside(markdown: &Markdown<'_>, quotes: &[usize], style: &Style<'_>) -> Option<String> {
    let parts: Vec<String> = quotes
        .iter()
        .map(|at| render(markdown, at + 1, markdown.end(*at), style))
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// The visible word of an alert.
pub(crate) fn alert_word(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "Note",
        BlockQuoteKind::Tip => "Tip",
        BlockQuoteKind::Important => "Important",
        BlockQuoteKind::Warning => "Warning",
        BlockQuoteKind::Caution => "Caution",
    }
}

struct Writer<'a> {
    out: String,
    style: &'a Style<'a>,
    closers: Vec<&'static str>,
    alignments: Vec<Alignment>,
    column: usize,
    head: bool,
}

impl Writer<'_> {
    /// Writes one event and says at which index it ended.
    fn event(&mut self, markdown: &Markdown<'_>, at: usize) -> usize {
        match markdown.event(at) {
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                self.image(&markdown.text(at + 1, markdown.end(at)), dest_url, title);
                return markdown.end(at);
            }
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) => {
                let kept = text.starts_with('{') && markdown.source[..markdown.span(at).start].ends_with('\\');
                let code = self.closers.last().is_some_and(|closer| closer.starts_with("</code>"));
                if kept {
                    self.out.push_str("&#123;");
                }
                escape(&mut self.out, if kept { text.get(1..).unwrap_or("") } else { text }, code);
            }
            Event::Code(_) if markdown.is_blank(at) => self.out.push(BLANK),
            Event::Code(code) => {
                self.out.push_str("<code>");
                escape(&mut self.out, code, true);
                self.out.push_str("</code>");
            }
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(done) => self.out.push_str(if *done { "☑ " } else { "☐ " }),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_) => {}
        }
        at
    }

    fn open(&mut self, opener: &str, closer: &'static str) {
        self.out.push_str(opener);
        self.closers.push(closer);
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph => self.open("<p>", "</p>\n"),
            Tag::Heading { level, .. } => match level {
                HeadingLevel::H4 => self.open("<h4>", "</h4>\n"),
                HeadingLevel::H5 => self.open("<h5>", "</h5>\n"),
                HeadingLevel::H6 => self.open("<h6>", "</h6>\n"),
                _ => self.open("<h3>", "</h3>\n"),
            },
            Tag::BlockQuote(None) => self.open("<blockquote>\n", "</blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => {
                let word = alert_word(*kind);
                let class = word.to_lowercase();
                let opener = format!("<aside class=\"alert alert-{class}\">\n<p class=\"alert-word\">{word}</p>\n");
                self.open(&opener, "</aside>\n");
            }
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or(""),
                    CodeBlockKind::Indented => "",
                };
                let safe = !language.is_empty() && language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
                let class = if safe { format!(" class=\"language-{language}\"") } else { String::new() };
                self.open(&format!("<pre tabindex=\"0\"><code{class}>"), "</code></pre>\n");
            }
            Tag::List(None) => self.open("<ul>\n", "</ul>\n"),
            Tag::List(Some(1)) => self.open("<ol>\n", "</ol>\n"),
            Tag::List(Some(first)) => self.open(&format!("<ol start=\"{first}\">\n"), "</ol>\n"),
            Tag::Item => self.open("<li>", "</li>\n"),
            Tag::Table(alignments) => {
                self.alignments.clone_from(alignments);
                let class = if self.style.cards { "cards" } else { "table-wrap" };
                let mut opener = format!("<div class=\"{class}\" tabindex=\"0\" role=\"region\" aria-label=\"");
                escape(&mut opener, self.style.label, true);
                opener.push_str("\">\n<table>\n");
                self.open(&opener, "</tbody>\n</table>\n</div>\n");
            }
            Tag::TableHead => {
                self.head = true;
                self.column = 0;
                self.open("<thead>\n<tr>", "</tr>\n</thead>\n<tbody>\n");
            }
            Tag::TableRow => {
                self.column = 0;
                self.open("<tr>", "</tr>\n");
            }
            Tag::TableCell => {
                let class = match self.alignments.get(self.column) {
                    Some(Alignment::Center) => " class=\"align-center\"",
                    Some(Alignment::Right) => " class=\"align-right\"",
                    _ => "",
                };
                self.column += 1;
                if self.head {
                    self.open(&format!("<th scope=\"col\"{class}>"), "</th>");
                } else {
                    self.open(&format!("<td{class}>"), "</td>");
                }
            }
            Tag::Emphasis => self.open("<em>", "</em>"),
            Tag::Strong => self.open("<strong>", "</strong>"),
            Tag::Strikethrough => self.open("<del>", "</del>"),
            Tag::Link { link_type, dest_url, title, .. } => self.link(*link_type, dest_url, title),
            _ => self.closers.push(""),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if tag == TagEnd::TableHead {
            self.head = false;
        }
        if let Some(closer) = self.closers.pop() {
            self.out.push_str(closer);
        }
    }

    fn link(&mut self, link_type: LinkType, dest: &str, title: &str) {
        let dest = if link_type == LinkType::Email { format!("mailto:{dest}") } else { dest.to_owned() };
        let kind = target(&dest, self.style.depth);
        if matches!(kind, Target::Refused(_)) {
            self.closers.push("");
            return;
        }
        let mut opener = "<a href=\"".to_owned();
        escape(&mut opener, &dest, true);
        opener.push('"');
        push_title(&mut opener, title);
        opener.push_str(if kind == Target::Web { " rel=\"noopener noreferrer\">" } else { ">" });
        self.open(&opener, "</a>");
    }

    fn image(&mut self, alt: &str, dest: &str, title: &str) {
        if target(dest, self.style.depth) != Target::Inside {
            escape(&mut self.out, alt, true);
            return;
        }
        self.out.push_str("<img src=\"");
        escape(&mut self.out, dest, true);
        self.out.push_str("\" alt=\"");
        escape(&mut self.out, alt, true);
        self.out.push('"');
        push_title(&mut self.out, title);
        self.out.push_str(" loading=\"lazy\">");
    }
}

fn push_title(out: &mut String, title: &str) {
    if !title.is_empty() {
        out.push_str(" title=\"");
        escape(out, title, true);
        out.push('"');
    }
}

/// Escapes text for HTML, in elements and in attributes alike; with `braces`, opening braces too.
pub(crate) fn escape(out: &mut String, text: &str, braces: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '{' if braces => out.push_str("&#123;"),
            '\0' => out.push('\u{fffd}'),
            c if !crate::source::is_plain(c) && !matches!(c, '\n' | '\t') => {
                let _ = write!(out, "\u{fffd}");
            }
            c => out.push(c),
        }
    }
}
