//! A document without what means nothing, as bytes in an encoding of our own: two files have the same bytes when a learner
//! sees the same, follows the same links and is scored the same.
//!
//! Left out are: a byte order mark, line ends and blanks that do not show, comments of markdown and YAML, the order of
//! keys and the quoting of values in front matter, how a paragraph is wrapped, the sign of a bullet, whether a list is
//! tight or loose, escapes and entities of what can be written plainly, and how a heading or link is spelt. Two blanks at
//! the end of a line stay, since they break it.
//!
//! Each piece is a letter and its texts, each text with its length before it, so that no two documents run into the same
//! bytes. Nothing here depends on how a library prints its values.

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, LinkType, Tag, TagEnd};

use crate::front::Block;
use crate::front::tree::{Node, Value, tree};
use crate::markdown::Markdown;
use crate::problem::Problems;
use crate::source::MAX_BYTES;
use crate::token;

/// Keys below which the order shows: that of the cast and of the meters.
const ORDERED: [&str; 2] = ["characters", "meters"];

/// The bytes of a source text. One that cannot be read stands for itself: it cannot be published anyway.
pub(crate) fn encode(source: &str) -> Vec<u8> {
    let mut out = Out(Vec::new());
    if source.len() > MAX_BYTES || document(source, &mut out).is_none() {
        out.0.clear();
        out.piece(b'?', &[source]);
    }
    out.0
}

fn document(source: &str, out: &mut Out) -> Option<()> {
    let mut ignored = Problems::default();
    let mut body = source.len() - source.strip_prefix('\u{feff}').unwrap_or(source).len();
    if let Some(block) = Block::find(source) {
        let root = tree(source, block.start, block.end?, "", &mut ignored)?;
        out.piece(b'F', &[]);
        out.node(&root, true);
        body = block.body;
    }
    let markdown = Markdown::read(source, body, &mut ignored)?;
    let mut writer = Writer { out, markdown: &markdown, inline: Out(Vec::new()), text: String::new(), fresh: true };
    let mut at = 0;
    while at < markdown.len() {
        at = writer.event(at) + 1;
    }
    writer.flush();
    Some(())
}

/// Pieces that cannot run into each other.
struct Out(Vec<u8>);

impl Out {
    fn piece(&mut self, letter: u8, texts: &[&str]) {
        self.0.push(letter);
        for text in texts {
            self.0.extend_from_slice(&(text.len() as u64).to_le_bytes());
            self.0.extend_from_slice(text.as_bytes());
        }
    }

    fn node(&mut self, node: &Node, sorted: bool) {
        match &node.value {
            _ if node.is_null() => self.piece(b'0', &[]),
            Value::Text { text, .. } => self.piece(b'"', &[text.trim()]),
            Value::List(items) => {
                self.piece(b'[', &[]);
                for item in items {
                    self.node(item, true);
                }
                self.piece(b']', &[]);
            }
            Value::Map(entries) => {
                let mut entries: Vec<(&str, &Node)> =
                    entries.iter().map(|(key, value)| (key.text().unwrap_or(""), value)).collect();
                if sorted {
                    entries.sort_by_key(|(key, _)| *key);
                }
                self.piece(b'{', &[]);
                for (key, value) in entries {
                    self.piece(b':', &[key]);
                    self.node(value, !ORDERED.contains(&key));
                }
                self.piece(b'}', &[]);
            }
        }
    }
}

struct Writer<'w, 'a> {
    out: &'w mut Out,
    markdown: &'w Markdown<'a>,
    /// The line that is being read: a paragraph, the line of an item, a heading or a cell.
    inline: Out,
    /// Text of it that is not written yet, so that pieces of text become one.
    text: String,
    /// Whether blanks at this place would not show.
    fresh: bool,
}

impl Writer<'_, '_> {
    /// Writes one event and says at which index it ended.
    fn event(&mut self, at: usize) -> usize {
        let end = self.markdown.end(at);
        match self.markdown.event(at) {
            Event::Text(text) => self.words(text, at),
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => {
                self.trim();
                self.write(b'n', &[]);
                self.fresh = true;
            }
            Event::Code(code) => self.write(b'q', &[code]),
            Event::TaskListMarker(done) => {
                self.write(if *done { b'x' } else { b'o' }, &[]);
                self.fresh = true;
            }
            Event::InlineHtml(html) if html.starts_with("<!--") => {}
            Event::InlineHtml(html) => self.write(b'h', &[html]),
            Event::Rule => self.block(b'R', &[]),
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                let alt = self.markdown.text(at + 1, end);
                self.write(b'g', &[dest_url, title, &alt]);
                return end;
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                self.code(kind, at);
                return end;
            }
            Event::Start(Tag::HtmlBlock) => {
                self.html(at);
                return end;
            }
            Event::Start(tag) => self.start(tag, at),
            Event::End(tag) => self.end(*tag),
            _ => {}
        }
        at
    }

    fn start(&mut self, tag: &Tag<'_>, at: usize) {
        match tag {
            Tag::Paragraph => self.flush(),
            Tag::Heading { level, .. } => {
                // A line under some text makes a heading of the second level by accident, which is not one.
                let written = self.markdown.source.get(self.markdown.raw_span(at).start..).unwrap_or("");
                let accident = *level == HeadingLevel::H2 && !written.starts_with('#');
                let digit = (*level as usize).to_string();
                self.block(if accident { b'U' } else { b'H' }, &[&digit]);
            }
            Tag::BlockQuote(kind) => {
                let word = match kind {
                    None => "",
                    Some(BlockQuoteKind::Note) => "note",
                    Some(BlockQuoteKind::Tip) => "tip",
                    Some(BlockQuoteKind::Important) => "important",
                    Some(BlockQuoteKind::Warning) => "warning",
                    Some(BlockQuoteKind::Caution) => "caution",
                };
                self.block(b'B', &[word]);
            }
            Tag::List(None) => self.block(b'L', &[]),
            Tag::List(Some(first)) => self.block(b'N', &[&first.to_string()]),
            Tag::Item => self.block(b'I', &[]),
            Tag::Table(alignments) => {
                let sides: String = alignments
                    .iter()
                    .map(|alignment| match alignment {
                        // A table is aligned to the left where nothing is said.
                        Alignment::None | Alignment::Left => 'l',
                        Alignment::Center => 'c',
                        Alignment::Right => 'r',
                    })
                    .collect();
                self.block(b'T', &[&sides]);
            }
            Tag::TableHead | Tag::TableRow => self.block(b'V', &[]),
            Tag::TableCell => self.block(b'C', &[]),
            Tag::Emphasis => self.write(b'e', &[]),
            Tag::Strong => self.write(b's', &[]),
            Tag::Strikethrough => self.write(b'd', &[]),
            Tag::Link { link_type, dest_url, title, .. } => {
                let scheme = if *link_type == LinkType::Email { "mailto:" } else { "" };
                self.write(b'a', &[&format!("{scheme}{dest_url}"), title]);
            }
            _ => self.block(b'-', &[]),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.flush(),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => self.write(b'/', &[]),
            _ => self.block(b'.', &[]),
        }
    }

    /// Text as it shows. A token is no text: `\{law}` shows a brace, `{law}` the name of a law.
    fn words(&mut self, text: &str, at: usize) {
        let mut done = 0;
        let tokens: Vec<_> = token::of_text(self.markdown, at).collect();
        for token in tokens {
            self.text.push_str(text.get(done..token.start).unwrap_or(""));
            self.write(b't', &[token.name]);
            done = token.end;
        }
        self.text.push_str(text.get(done..).unwrap_or(""));
    }

    /// A code block: its language as far as it shows, and its lines.
    fn code(&mut self, kind: &CodeBlockKind<'_>, at: usize) {
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or(""),
            CodeBlockKind::Indented => "",
        };
        let mut code = String::new();
        for inner in at + 1..self.markdown.end(at) {
            if let Event::Text(text) = self.markdown.event(inner) {
                code.push_str(text);
            }
        }
        let lines: Vec<&str> = code.lines().map(str::trim_end).collect();
        let text = lines.join("\n");
        self.block(b'K', &[language, text.trim_end()]);
    }

    /// A block of HTML: nothing but comments, or else refused.
    fn html(&mut self, at: usize) {
        let mut html = String::new();
        for inner in at + 1..self.markdown.end(at) {
            if let Event::Html(text) = self.markdown.event(inner) {
                html.push_str(text);
            }
        }
        let mut rest = html.as_str();
        let mut kept = String::new();
        while let Some((before, comment)) = rest.split_once("<!--") {
            kept.push_str(before);
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        }
        kept.push_str(rest);
        self.flush();
        if !kept.trim().is_empty() {
            self.block(b'X', &[kept.trim()]);
        }
    }

    /// Ends the line and starts or ends a block.
    fn block(&mut self, letter: u8, texts: &[&str]) {
        self.flush();
        self.out.piece(letter, texts);
    }

    /// Adds a piece to the line.
    fn write(&mut self, letter: u8, texts: &[&str]) {
        self.text();
        self.inline.piece(letter, texts);
        // Only what shows makes the next blank show; the start of bold words does not.
        self.fresh &= matches!(letter, b'e' | b's' | b'd' | b'a' | b'/');
    }

    /// Adds the text that was read to the line, with one blank for each run of blanks.
    fn text(&mut self) {
        let text = std::mem::take(&mut self.text);
        let blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
        let mut shown = String::with_capacity(text.len());
        for c in text.chars() {
            let hidden = shown.ends_with(' ') || (shown.is_empty() && self.fresh);
            match c {
                c if !blank(c) => shown.push(c),
                _ if hidden => {}
                _ => shown.push(' '),
            }
        }
        if !shown.is_empty() {
            self.inline.piece(b'w', &[&shown]);
            self.fresh = shown.ends_with(' ');
        }
    }

    /// Drops the blanks at the end of the text.
    fn trim(&mut self) {
        let length = self.text.trim_end_matches([' ', '\t', '\r', '\n']).len();
        self.text.truncate(length);
    }

    /// Ends the line. A paragraph is the same with and without a block of its own, so that a loose list means what a tight
    /// one means.
    fn flush(&mut self) {
        self.trim();
        self.text();
        if !self.inline.0.is_empty() {
            let inline = std::mem::take(&mut self.inline.0);
            self.out.0.push(b'P');
            self.out.0.extend_from_slice(&(inline.len() as u64).to_le_bytes());
            self.out.0.extend_from_slice(&inline);
        }
        self.fresh = true;
    }
}
