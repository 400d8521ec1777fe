//! Safe HTML from events. Raw HTML never passes, targets are allow-listed, and every text is escaped.
//!
//! Tokens such as `{organisation}` are filled in later, in text only: every opening brace that does not open a known
//! token (escaped by the author, in code, in an attribute, alone) therefore leaves here as `&#123;`.
//!
//! A video written as an image, `![Greeting a visitor](greet.mp4)`, is a player that loads nothing before it is started,
//! with the captions beside it as a track and its transcript as a link.

use std::fmt::Write as _;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, LinkType, Tag, TagEnd};

use crate::markdown::Markdown;
use crate::slug::slug;
use crate::target::{Place, Target, file_part, is_video};
use crate::token;

/// What stands in HTML where a blank is to be filled in. [`escape`] lets no such character through, so no text of an
/// author can pass for it.
pub(crate) const BLANK: char = '\0';

/// What rendering has to know beside the events.
pub(crate) struct Style<'a> {
    /// Where the document lies, and the files around it.
    pub(crate) place: Place<'a>,
    /// What a table is called for those who cannot see it.
    pub(crate) label: &'a str,
    /// Whether tables are cards.
    pub(crate) cards: bool,
    /// Whether headings can be led to.
    pub(crate) anchors: bool,
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

/// The opening tag of a heading, which can be led to by [`ANCHOR`] and its id. An empty id leads nowhere.
pub(crate) fn heading(level: u8, id: &str) -> String {
    let mut out = format!("<h{level}");
    if !id.is_empty() {
        push_attribute(&mut out, "id", &format!("{ANCHOR}{id}"));
    }
    out.push('>');
    out
}

/// What stands before the slug of a heading in the `id` of its element, so that no heading takes a name that a page needs.
pub const ANCHOR: &str = "part-";

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
            Event::Start(Tag::Heading { .. }) => {
                let (level, closer) = match markdown.shown_level(at) {
                    2 => (2, "</h2>\n"),
                    3 => (3, "</h3>\n"),
                    4 => (4, "</h4>\n"),
                    5 => (5, "</h5>\n"),
                    _ => (6, "</h6>\n"),
                };
                let id =
                    if self.style.anchors { slug(&markdown.text(at + 1, markdown.end(at))) } else { String::new() };
                self.open(&heading(level, &id), closer);
            }
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) => {
                let code = self.closers.last().is_some_and(|closer| closer.starts_with("</code>"));
                let mut done = 0;
                for token in token::of_text(markdown, at).filter(|token| !code && token.is_known()) {
                    escape(&mut self.out, text.get(done..token.start).unwrap_or(""));
                    self.out.push_str(text.get(token.start..token.end).unwrap_or(""));
                    done = token.end;
                }
                escape(&mut self.out, text.get(done..).unwrap_or(""));
            }
            Event::Code(_) if markdown.is_blank(at) => self.out.push(BLANK),
            Event::Code(code) => {
                self.out.push_str("<code>");
                escape(&mut self.out, code);
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
                escape(&mut opener, self.style.label);
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
        let kind = self.style.place.target(&dest);
        if matches!(kind, Target::Refused(_)) {
            self.closers.push("");
            return;
        }
        let mut opener = "<a href=\"".to_owned();
        escape(&mut opener, &dest);
        opener.push('"');
        push_attribute(&mut opener, "title", title);
        opener.push_str(if kind == Target::Web { " rel=\"noopener noreferrer\">" } else { ">" });
        self.open(&opener, LINK_END);
    }

    fn image(&mut self, alt: &str, dest: &str, title: &str) {
        let place = self.style.place;
        if place.target(dest) != Target::Inside || file_part(dest).is_empty() {
            escape(&mut self.out, alt);
            return;
        }
        if is_video(dest) {
            return self.video(alt, dest);
        }
        self.out.push_str("<img");
        push_attribute(&mut self.out, "src", dest);
        self.out.push_str(" alt=\"");
        escape(&mut self.out, alt);
        self.out.push('"');
        push_attribute(&mut self.out, "title", title);
        if let Some((width, height)) = place.size(dest) {
            // With its size known, nothing moves when it arrives.
            let _ = write!(self.out, " width=\"{width}\" height=\"{height}\"");
        }
        self.out.push_str(" loading=\"lazy\">");
    }

    /// A player, which also works where the captions are not known; in a link, which may hold no controls, its words.
    fn video(&mut self, alt: &str, dest: &str) {
        if self.closers.contains(&LINK_END) {
            escape(&mut self.out, alt);
            return;
        }
        let beside = self.style.place.beside_video(dest).unwrap_or_default();
        self.out.push_str("<video controls=\"\" preload=\"none\"");
        push_attribute(&mut self.out, "src", dest);
        push_attribute(&mut self.out, "aria-label", alt);
        self.out.push('>');
        if let Some(captions) = &beside.captions {
            self.out.push_str("<track kind=\"captions\"");
            push_attribute(&mut self.out, "src", captions);
            push_attribute(&mut self.out, "label", "Captions");
            self.out.push_str(" default=\"\">");
        }
        // For a browser without a player.
        self.out.push_str("<a");
        push_attribute(&mut self.out, "href", dest);
        self.out.push('>');
        escape(&mut self.out, alt);
        self.out.push_str("</a></video>");
        if let Some(transcript) = &beside.transcript {
            self.out.push_str(" <a");
            push_attribute(&mut self.out, "href", transcript);
            self.out.push_str(">Transcript</a>");
        }
    }
}

/// What closes a link.
const LINK_END: &str = "</a>";

/// Adds an attribute that says something.
fn push_attribute(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        let _ = write!(out, " {name}=\"");
        escape(out, value);
        out.push('"');
    }
}

/// Plain text as it may stand in HTML, in an element or a quoted attribute.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&mut out, text);
    out
}

/// Escapes text for HTML, in elements and in attributes alike. Braces are escaped too, since what is no token must not
/// become one.
pub(crate) fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    loop {
        let is_kept =
            |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | b'{');
        let kept = rest.bytes().take_while(is_kept).count();
        out.push_str(rest.get(..kept).unwrap_or(""));
        rest = rest.get(kept..).unwrap_or("");
        let Some(c) = rest.chars().next() else { return };
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '{' => out.push_str("&#123;"),
            c if !crate::source::is_plain(c) && !matches!(c, '\n' | '\t') => out.push('\u{fffd}'),
            c => out.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or("");
    }
}
