//! Markdown as a flat list of events with their places, and a table of where each element ends. Nothing here recurses.

use std::collections::HashSet;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::problem::{Code, Problems, Span};

/// The deepest nesting that is read.
pub(crate) const MAX_NESTING: usize = 32;

/// A document's events. An index into the list names an event; a range of indexes names whole elements.
pub(crate) struct Markdown<'a> {
    /// The whole file.
    pub(crate) source: &'a str,
    events: Vec<(Event<'a>, Span)>,
    ends: Vec<usize>,
    dropped: Vec<bool>,
    blanks: HashSet<usize>,
}

impl<'a> Markdown<'a> {
    /// Reads the text from `offset` on; none if it is nested too deeply (C11).
    pub(crate) fn read(source: &'a str, offset: usize, problems: &mut Problems) -> Option<Self> {
        let body = source.get(offset..).unwrap_or("");
        if let Some(at) = deep_quote(body) {
            too_deep(Span::new(offset + at, offset + at + 1), problems);
            return None;
        }
        let mut options = Options::empty();
        options.insert(Options::ENABLE_TABLES);
        options.insert(Options::ENABLE_TASKLISTS);
        options.insert(Options::ENABLE_STRIKETHROUGH);
        options.insert(Options::ENABLE_GFM);
        let mut markdown =
            Self { source, events: Vec::new(), ends: Vec::new(), dropped: Vec::new(), blanks: HashSet::new() };
        let mut open: Vec<(usize, bool)> = Vec::new();
        let mut depth = 0;
        for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
            let span = Span::new(range.start + offset, range.end + offset);
            let at = markdown.events.len();
            match &event {
                Event::Start(tag) => {
                    let counts = nests(tag);
                    depth += usize::from(counts);
                    if depth > MAX_NESTING {
                        too_deep(Span::new(span.start, span.start + 1), problems);
                        return None;
                    }
                    open.push((at, counts));
                }
                Event::End(_) => {
                    if let Some((start, counts)) = open.pop() {
                        markdown.ends[start] = at;
                        depth -= usize::from(counts);
                    }
                }
                _ => {}
            }
            markdown.events.push((event, span));
            markdown.ends.push(at);
        }
        markdown.dropped = vec![false; markdown.events.len()];
        Some(markdown)
    }

    /// How many events there are.
    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// An event; past the end, a harmless one.
    pub(crate) fn event(&self, at: usize) -> &Event<'a> {
        self.events.get(at).map_or(&Event::SoftBreak, |(event, _)| event)
    }

    /// The tag that an event opens.
    pub(crate) fn tag(&self, at: usize) -> Option<&Tag<'a>> {
        match self.event(at) {
            Event::Start(tag) => Some(tag),
            _ => None,
        }
    }

    /// The level of the heading that an event opens.
    pub(crate) fn heading(&self, at: usize) -> Option<HeadingLevel> {
        match self.tag(at) {
            Some(Tag::Heading { level, .. }) => Some(*level),
            _ => None,
        }
    }

    /// Where an element stands, without the line end after it.
    pub(crate) fn span(&self, at: usize) -> Span {
        let span = self.events.get(at).map_or(Span::default(), |(_, span)| *span);
        let text = self.source.get(span.start..span.end).unwrap_or("");
        Span::new(span.start, span.start + text.trim_end().len().max(usize::from(!text.is_empty())))
    }

    /// The index of the event that closes an element; itself if it is a single event.
    pub(crate) fn end(&self, at: usize) -> usize {
        self.ends.get(at).copied().unwrap_or(at)
    }

    /// The first heading of the first level.
    pub(crate) fn first_heading(&self) -> Option<usize> {
        (0..self.len()).find(|at| self.heading(*at) == Some(HeadingLevel::H1))
    }

    /// The elements directly inside a range of indexes.
    pub(crate) fn children(&self, from: usize, to: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut at = from;
        while at < to {
            found.push(at);
            at = self.end(at) + 1;
        }
        found
    }

    /// The elements directly inside an element.
    pub(crate) fn inside(&self, at: usize) -> Vec<usize> {
        self.children(at + 1, self.end(at))
    }

    /// Leaves one event out of what is rendered and read as text.
    pub(crate) fn drop_event(&mut self, at: usize) {
        if let Some(dropped) = self.dropped.get_mut(at) {
            *dropped = true;
        }
    }

    /// Leaves an element out of what is rendered and read as text.
    pub(crate) fn drop_element(&mut self, at: usize) {
        for inner in at..=self.end(at) {
            self.drop_event(inner);
        }
    }

    /// Whether an event was left out.
    pub(crate) fn is_dropped(&self, at: usize) -> bool {
        self.dropped.get(at).copied().unwrap_or(true)
    }

    /// Makes an inline code a blank to fill in: its key is neither rendered nor read as text.
    pub(crate) fn make_blank(&mut self, at: usize) {
        self.blanks.insert(at);
    }

    /// Whether an inline code was made a blank.
    pub(crate) fn is_blank(&self, at: usize) -> bool {
        self.blanks.contains(&at)
    }

    /// The visible text between two indexes, with breaks and the ends of blocks as spaces and blanks as a gap.
    pub(crate) fn text(&self, from: usize, to: usize) -> String {
        let mut out = String::new();
        for at in (from..to).filter(|at| !self.is_dropped(*at)) {
            match self.event(at) {
                Event::Code(_) if self.is_blank(at) => out.push('…'),
                Event::Text(text) | Event::Code(text) => out.push_str(text),
                Event::SoftBreak | Event::HardBreak => out.push(' '),
                Event::Start(Tag::Paragraph | Tag::Item)
                | Event::End(
                    TagEnd::Paragraph
                    | TagEnd::Heading(_)
                    | TagEnd::Item
                    | TagEnd::TableCell
                    | TagEnd::TableRow
                    | TagEnd::TableHead
                    | TagEnd::CodeBlock,
                ) if !out.ends_with(' ') => out.push(' '),
                _ => {}
            }
        }
        out.trim().to_owned()
    }

    /// Whether an element is only an author's comment.
    pub(crate) fn is_comment(&self, at: usize) -> bool {
        matches!(self.tag(at), Some(Tag::HtmlBlock))
    }

    /// Whether an element is a code block, and of which kind.
    pub(crate) fn code_block(&self, at: usize) -> Option<&CodeBlockKind<'a>> {
        match self.tag(at) {
            Some(Tag::CodeBlock(kind)) => Some(kind),
            _ => None,
        }
    }
}

/// Whether a tag counts as a level of nesting.
fn nests(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::BlockQuote(_)
            | Tag::Item
            | Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

fn too_deep(span: Span, problems: &mut Problems) {
    let message = format!("this is nested more than {MAX_NESTING} levels deep");
    problems.add(Code::C11, span, message).help("write it with fewer quotes, lists and emphases inside each other");
}

/// A line that opens more quotes or lists than may be nested, found before the expensive work. A line of nothing but
/// bullet signs is a rule and opens none.
fn deep_quote(body: &str) -> Option<usize> {
    let mut start = 0;
    for line in body.split_inclusive('\n') {
        if let Some(at) = deep_marker(line) {
            let rest = line.get(at..).unwrap_or("");
            if rest.contains(|c: char| !matches!(c, '-' | '*' | '_' | ' ' | '\t' | '\r' | '\n')) {
                return Some(start + at);
            }
        }
        start += line.len();
    }
    None
}

/// Where the first marker too many of a line stands.
fn deep_marker(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let blank = |at: usize| matches!(bytes.get(at), Some(b' ' | b'\t'));
    let (mut at, mut levels) = (0, 0);
    loop {
        while blank(at) {
            at += 1;
        }
        let here = at;
        match bytes.get(at)? {
            b'>' => at += 1,
            b'-' | b'*' | b'+' if blank(at + 1) => at += 1,
            b'0'..=b'9' => {
                while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                    at += 1;
                }
                if !matches!(bytes.get(at), Some(b'.' | b')')) || !blank(at + 1) {
                    return None;
                }
                at += 1;
            }
            _ => return None,
        }
        levels += 1;
        if levels > MAX_NESTING {
            return Some(here);
        }
    }
}
