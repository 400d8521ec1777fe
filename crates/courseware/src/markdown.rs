//! Markdown as a flat list of events with their places, and a table of where each element ends. Nothing here recurses.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

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
    /// The level that each heading is shown at.
    levels: HashMap<usize, u8>,
}

impl<'a> Markdown<'a> {
    /// Reads the text from `offset` on; none if it is nested too deeply (C11).
    pub(crate) fn read(source: &'a str, offset: usize, problems: &mut Problems) -> Option<Self> {
        let body = source.get(offset..).unwrap_or("");
        let flat = flattened(body);
        if let Cow::Owned(flat) = &flat
            && let Err(at) = events(flat, offset)
        {
            too_deep(Span::new(at, at + 1), problems);
            return None;
        }
        let (events, ends) = match events(body, offset) {
            Ok(read) => read,
            Err(at) => {
                too_deep(Span::new(at, at + 1), problems);
                return None;
            }
        };
        let dropped = vec![false; events.len()];
        let levels = levels(&events, &ends);
        Some(Self { source, events, ends, dropped, blanks: HashSet::new(), levels })
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

    /// Where an event stands, as the parser says.
    pub(crate) fn raw_span(&self, at: usize) -> Span {
        self.events.get(at).map_or(Span::default(), |(_, span)| *span)
    }

    /// The level at which a heading is shown, from 2 to 6. The heading of a page or scene is of level 2 and that of the
    /// document of level 1; below them no level is skipped, whatever the author wrote.
    pub(crate) fn shown_level(&self, at: usize) -> u8 {
        self.levels.get(&at).copied().unwrap_or(3)
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

/// Events with their places, and for each the index of the event that ends it.
type Events<'a> = (Vec<(Event<'a>, Span)>, Vec<usize>);

/// The events of a text that starts at an offset of its file; the place of the first element too deep, if one is.
fn events(body: &str, offset: usize) -> Result<Events<'_>, usize> {
    let mut options = Options::empty();
    options.insert(Options::ENABLE_TABLES);
    options.insert(Options::ENABLE_TASKLISTS);
    options.insert(Options::ENABLE_STRIKETHROUGH);
    options.insert(Options::ENABLE_GFM);
    let (mut events, mut ends) = (Vec::new(), Vec::new());
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut depth = 0;
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        let span = Span::new(range.start + offset, range.end + offset);
        let at = events.len();
        match &event {
            Event::Start(tag) => {
                let counts = nests(tag);
                depth += usize::from(counts);
                if depth > MAX_NESTING {
                    return Err(span.start);
                }
                open.push((at, counts));
            }
            Event::End(_) => {
                if let Some((start, counts)) = open.pop() {
                    ends[start] = at;
                    depth -= usize::from(counts);
                }
            }
            _ => {}
        }
        events.push((event, span));
        ends.push(at);
    }
    Ok((events, ends))
}

/// The levels at which headings are shown.
fn levels(events: &[(Event<'_>, Span)], ends: &[usize]) -> HashMap<usize, u8> {
    let mut found = HashMap::new();
    let mut inside_until = 0;
    // The heading above the section, and the last heading shown in it.
    let (mut above, mut last) = (1, 1);
    for (at, (event, _)) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::BlockQuote(_) | Tag::Item) => {
                inside_until = inside_until.max(ends.get(at).copied().unwrap_or(at));
            }
            Event::Start(Tag::Heading { level, .. }) => {
                let written = *level as u8;
                let outer = at >= inside_until;
                let shown = written.min(last + 1).max(above + 1);
                if outer && written <= 2 {
                    above = written;
                    last = written;
                    found.insert(at, 3);
                } else {
                    last = shown;
                    found.insert(at, shown);
                }
            }
            _ => {}
        }
    }
    found
}

/// The most columns of blanks among the markers that a line starts with. The deepest line allowed takes fewer: 32 items
/// of a list are indented by at most 14 columns each (nine digits, a sign and four blanks), and each of 32 quotes and
/// new items allows for eight more.
const MAX_BLANKS: usize = MAX_NESTING * (14 + 8);

/// The text with the markers of quotes and lists too many on a line replaced by letters, byte for byte, so that reading
/// it is quick: a line of 100,000 `>` would cost the parser, and every line after it, 100,000 steps.
///
/// A line that keeps one marker more than may be nested says all there is to know. If those open quotes and lists, the
/// text is nested too deeply. If they do not, as in code, the ones behind them do not either, and the text as it was
/// written can be read.
fn flattened(body: &str) -> Cow<'_, str> {
    let mut flat: Option<Vec<u8>> = None;
    let mut start = 0;
    for line in body.split_inclusive('\n') {
        if let Some((from, to)) = too_many_markers(line) {
            let bytes = flat.get_or_insert_with(|| body.as_bytes().to_vec());
            if let Some(markers) = bytes.get_mut(start + from..start + to) {
                markers.fill(b'x');
            }
        }
        start += line.len();
    }
    match flat.map(String::from_utf8) {
        Some(Ok(flat)) => Cow::Owned(flat),
        _ => Cow::Borrowed(body),
    }
}

/// The part of the markers that a line starts with that goes beyond what may be nested.
fn too_many_markers(line: &str) -> Option<(usize, usize)> {
    let bytes = line.as_bytes();
    let blank = |at: usize| matches!(bytes.get(at), Some(b' ' | b'\t'));
    let rule = rule(bytes);
    let (mut at, mut column, mut levels, mut blanks) = (0, 0, 0, 0);
    let (mut from, mut crossed) = (None, false);
    loop {
        while blank(at) {
            let width = if bytes.get(at) == Some(&b'\t') { 4 - column % 4 } else { 1 };
            column += width;
            blanks += width;
            at += 1;
        }
        if at >= rule {
            break;
        }
        let here = at;
        match bytes.get(at) {
            Some(b'>') => at += 1,
            Some(b'-' | b'*' | b'+') if blank(at + 1) => at += 1,
            Some(b'0'..=b'9') => {
                while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                    at += 1;
                }
                if at - here > 9 || !matches!(bytes.get(at), Some(b'.' | b')')) || !blank(at + 1) {
                    at = here;
                    break;
                }
                at += 1;
            }
            _ => break,
        }
        column += at - here;
        levels += 1;
        // The first marker behind so many blanks stays too: if it opens something, that is nested too deeply.
        if from.is_none() && (levels > MAX_NESTING + 1 || crossed) {
            from = Some(here);
        }
        crossed |= blanks > MAX_BLANKS;
    }
    from.map(|from| (from, at)).filter(|(from, to)| from < to)
}

/// Where the rule at the end of a line may start: a rule is three times the same sign or more, and blanks.
fn rule(bytes: &[u8]) -> usize {
    let mut sign = None;
    let mut start = bytes.len();
    let mut count = 0;
    for (at, byte) in bytes.iter().enumerate().rev() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'-' | b'*' | b'_' if sign.is_none_or(|sign| sign == *byte) => {
                sign = Some(*byte);
                start = at;
                count += 1;
            }
            _ => break,
        }
    }
    if count >= 3 { start } else { bytes.len() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines() -> impl Strategy<Value = String> {
        let marker = prop_oneof![
            Just(">"),
            Just("> "),
            Just("- "),
            Just("* "),
            Just("1. "),
            Just("12) "),
            Just("-     "),
            Just("1234567890. "),
            Just("  "),
            Just("\t"),
            Just("    "),
            Just("_ "),
            Just("-"),
            Just("x"),
            Just("```"),
            Just("~~~"),
            Just("<!--"),
            Just("-->"),
            Just("|a|"),
        ];
        let run = (marker, prop_oneof![4 => 1_usize..4, 1 => 30_usize..40, 1 => Just(300_usize)]);
        let line = prop::collection::vec(run, 0..4)
            .prop_map(|runs| runs.into_iter().map(|(marker, count)| marker.repeat(count)).collect::<String>());
        prop::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Taking markers away may make reading quick; it must not change what is read.
        #[test]
        fn the_short_way_finds_what_the_long_way_finds(text in lines()) {
            let mut problems = Problems::default();
            let short = Markdown::read(&text, 0, &mut problems);
            let long = events(&text, 0);
            prop_assert_eq!(short.is_none(), long.is_err());
            let found = problems.finish("t.md", &text);
            prop_assert_eq!(found.first().map(|problem| problem.span.start), long.err());
        }

        #[test]
        fn markers_are_taken_away_byte_for_byte(text in lines()) {
            let flat = flattened(&text);
            prop_assert_eq!(flat.len(), text.len());
            prop_assert!(flat.lines().all(|line| too_many_markers(line).is_none()), "{}", flat);
        }
    }
}
