//! YAML as a tree of values with their places, read with limits.

use serde::de::IgnoredAny;
use serde_saphyr::granit_parser::{Event, Marker, Parser, ScalarStyle};

use crate::problem::{Code, Problems, Span};

/// The deepest nesting of front matter.
const MAX_DEPTH: usize = 8;
/// The most values front matter may hold.
const MAX_VALUES: usize = 2_000;

/// A value and its place in the file.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

#[derive(Debug)]
pub(crate) enum Value {
    Text { text: String, plain: bool },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether nothing stands after the key. The parser writes `~` for that, as a file may too.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Text { text, plain: true } if text.is_empty() || text == "~")
    }

    /// How the value is named in a message.
    pub(crate) fn said(&self) -> String {
        match &self.value {
            _ if self.is_null() => "an empty value".to_owned(),
            Value::Text { text, .. } if text.is_empty() => "an empty value".to_owned(),
            Value::Text { text, .. } => format!("`{}`", short(text)),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a group of keys".to_owned(),
        }
    }
}

/// The beginning of a long text, to be shown in a message.
pub(crate) fn short(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}

/// An open list or map while the events go by.
struct Open {
    start: usize,
    map: bool,
    items: Vec<Node>,
}

/// The values between two offsets of the file; none when they cannot be read, which is then reported.
///
/// `held` says in words what front matter has to hold.
pub(crate) fn tree(source: &str, start: usize, end: usize, held: &str, problems: &mut Problems) -> Option<Node> {
    let yaml = source.get(start..end).unwrap_or("");
    let place = |marker: &Marker| start + marker.byte_offset().unwrap_or(0).min(yaml.len());
    let mut open: Vec<Open> = Vec::new();
    let mut root: Option<Node> = None;
    let mut values = 0;
    let mut special = false;
    let mut documents = 0;
    for event in Parser::new_from_str(yaml) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                syntax(source, start, end, place(error.marker()), problems);
                return None;
            }
        };
        let span = Span::new(place(&span.start), place(&span.end));
        values += 1;
        if open.len() > MAX_DEPTH || values > MAX_VALUES {
            problems
                .add(Code::C05, Span::new(span.start, span.start + 1), "the front matter is too large or too deep")
                .help("keep to the keys that are known");
            return None;
        }
        let done = match event {
            Event::Scalar(text, style, anchor, tag) => {
                special |= refuse(source, anchor != 0, tag.is_some(), span, problems);
                let plain = style == ScalarStyle::Plain;
                Some(Node { span, value: Value::Text { text: text.into_owned(), plain } })
            }
            Event::SequenceStart(_, anchor, tag) | Event::MappingStart(_, anchor, tag)
                if refuse(source, anchor != 0, tag.is_some(), span, problems) =>
            {
                return None;
            }
            Event::SequenceStart(..) => {
                open.push(Open { start: span.start, map: false, items: Vec::new() });
                None
            }
            Event::MappingStart(..) => {
                open.push(Open { start: span.start, map: true, items: Vec::new() });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop().map(|list| close(list, span.end, source, &mut special, problems))
            }
            Event::Alias(_) => {
                refuse(source, true, false, span, problems);
                special = true;
                Some(Node { span, value: Value::Text { text: String::new(), plain: false } })
            }
            Event::DocumentStart(..) => {
                documents += 1;
                None
            }
            _ => None,
        };
        if let Some(node) = done {
            match open.last_mut() {
                Some(list) => list.items.push(node),
                None => root = root.or(Some(node)),
            }
        }
    }
    if special || documents > 1 {
        if documents > 1 {
            problems
                .add(Code::C05, Span::new(start, start + 1), "the front matter falls into several parts")
                .help("write the keys one below the other, without a line `...` between them");
        }
        return root;
    }
    // A second reading under the limits and rules of the deserialiser: what it refuses, no other tool should meet.
    if let Err(error) = serde_saphyr::from_str::<Option<IgnoredAny>>(yaml) {
        let at = error.location().and_then(|location| location.span().byte_offset()).unwrap_or(0);
        let at = start + usize::try_from(at).unwrap_or(0).min(yaml.len());
        syntax(source, start, end, at, problems);
    }
    if root.is_none() {
        problems
            .add(Code::C05, Span::new(start.saturating_sub(4), start), "the front matter is empty")
            .help(format!("write {held} between the two lines `---`, each on a line of its own"));
    }
    root
}

/// Closes a list or map. A key twice and a merge key are reported here.
fn close(list: Open, end: usize, source: &str, special: &mut bool, problems: &mut Problems) -> Node {
    let text = source.get(list.start..end).unwrap_or("");
    let span = Span::new(list.start, list.start + text.trim_end().len());
    if !list.map {
        return Node { span, value: Value::List(list.items) };
    }
    let mut entries: Vec<(Node, Node)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut items = list.items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        match &key.value {
            Value::Text { text, plain: true } if text == "<<" => {
                problems.add(Code::C05, key.span, "merge keys are not read").help("write the keys out");
                *special = true;
                continue;
            }
            Value::Text { text, .. } if !seen.insert(text.clone()) => {
                problems
                    .add(Code::C05, key.span, format!("the key `{text}` is there twice"))
                    .help("delete one of the two");
                *special = true;
                continue;
            }
            Value::Text { .. } => entries.push((key, value)),
            _ => {
                problems.add(Code::C05, key.span, "a key must be a word").help("write `key: value`");
                *special = true;
            }
        }
    }
    Node { span, value: Value::Map(entries) }
}

/// Reports anchors, aliases and tags at the start of their line, where the key is.
fn refuse(source: &str, anchor: bool, tag: bool, value: Span, problems: &mut Problems) -> bool {
    let before = source.get(..value.start).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    let key = value.start - line.trim_start().len();
    let (message, help) = if anchor {
        (
            "anchors and aliases (`&name`, `*name`) are not read",
            "write the value out, in quotes if it starts with `&` or `*`",
        )
    } else if tag {
        ("tags (`!name`) are not read", "put the value in quotes")
    } else {
        return false;
    };
    problems.add(Code::C05, Span::new(key, value.end), message).mark(value).help(help);
    true
}

/// A bracket or quote that is opened on a line and never closed, or closed once too often: the offset of the line in the text, the
/// place of the sign in it, and what to do.
fn unclosed(yaml: &str) -> Option<(usize, usize, String)> {
    let closer = |c: char| if c == '{' { '}' } else { ']' };
    // The brackets that are open, each with its line and its place there.
    let mut open: Vec<(usize, usize, char)> = Vec::new();
    let told = |open: &[(usize, usize, char)]| {
        let (line, at, sign) = *open.first()?;
        let missing: String = open.iter().rev().map(|(.., sign)| closer(*sign)).collect();
        Some((line, at, format!("the `{sign}` is never closed: put `{missing}` at the end of this line")))
    };
    let mut start = 0;
    for line in yaml.split_inclusive('\n') {
        let here = start;
        start += line.len();
        let line = line.trim_end();
        let is_key = line.split_once(':').is_some_and(|(key, rest)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            !key.is_empty() && key.chars().all(plain) && (rest.is_empty() || rest.starts_with(' '))
        });
        if is_key && !open.is_empty() {
            return told(&open);
        }
        let value = line.split_once(": ").map_or(line, |(_, value)| value);
        let base = line.len() - value.len();
        let value_at = base + (value.len() - value.trim_start().len());
        let value = value.trim();
        if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let rest = value.get(1..).unwrap_or("");
            if open.is_empty() && !rest.contains(quote) {
                return Some((
                    here,
                    value_at,
                    format!("the `{quote}` is never closed: put another at the end of this line"),
                ));
            }
        }
        if open.is_empty() && !value.starts_with(['{', '[']) {
            continue;
        }
        let mut quoted: Option<char> = None;
        for (at, c) in line.char_indices().filter(|(at, _)| *at >= base) {
            match (quoted, c) {
                (Some(quote), c) if c == quote => quoted = None,
                (Some(_), _) => {}
                (None, '"' | '\'') if line.get(..at).is_some_and(|before| before.ends_with([' ', '[', '{', ','])) => {
                    quoted = Some(c)
                }
                (None, '{' | '[') => open.push((here, at, c)),
                (None, '}' | ']') => match open.last() {
                    Some((.., sign)) if closer(*sign) == c => {
                        open.pop();
                    }
                    Some((.., sign)) => {
                        return Some((
                            here,
                            at,
                            format!("write `{}` here, as it was opened with `{sign}`", closer(*sign)),
                        ));
                    }
                    None => return Some((here, at, format!("take this `{c}` away: nothing is open here any more"))),
                },
                (None, '#') if line.get(..at).is_some_and(|before| before.ends_with(' ')) => break,
                _ => {}
            }
        }
    }
    told(&open)
}

/// The line with straight quotes, if its value stands in curly ones.
fn uncurled(line: &str) -> Option<String> {
    let (key, value) = line.split_once(": ")?;
    let curly = |c: char| matches!(c, '“' | '”' | '„' | '‘' | '’' | '‚' | '«' | '»');
    let inner = value.trim().strip_prefix(curly)?;
    Some(format!("`{key}: \"{}\"`", inner.trim_end_matches(curly).replace('"', "'")))
}

/// Reports YAML that cannot be read, at the line it happens on. A tab, a bracket that is never closed, or a colon without a space
/// after it, is only noticed by a line further down or up, so these are looked for.
fn syntax(source: &str, start: usize, end: usize, at: usize, problems: &mut Problems) {
    let yaml = source.get(start..end).unwrap_or("");
    let mut line_start = start;
    let mut lines = yaml.split_inclusive('\n').map(|line| {
        let here = line_start;
        line_start += line.len();
        (here, line.trim_end())
    });
    let is_tab = |line: &str| line.trim_start_matches(' ').starts_with('\t');
    let glued = |line: &str| {
        let (key, value) = line.split_once(':')?;
        let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        (is_key && value.starts_with(char::is_alphanumeric)).then(|| format!("`{key}: {value}`"))
    };
    let slip = lines.find(|(_, line)| is_tab(line) || glued(line).is_some());
    let open = if slip.is_none() { unclosed(yaml) } else { None };
    let slip = slip.map(|(here, _)| here).or(open.as_ref().map(|(line, ..)| start + line));
    let at = slip.unwrap_or(at).clamp(start, source.len());
    let before = source.get(start..at).unwrap_or("");
    let line_start = at - before.rsplit('\n').next().map_or(0, str::len);
    let line = source.get(line_start..).unwrap_or("").lines().next().unwrap_or("").trim_end();
    let key = line_start + (line.len() - line.trim_start().len());
    let end = (line_start + line.len()).max(key);
    let value = line.split_once(": ").map_or("", |(_, value)| value.trim());
    let help = if line.contains('\t') {
        "indent with spaces, not with tabs".to_owned()
    } else if let Some(right) = glued(line) {
        format!("put a space after the colon: {right}")
    } else if let Some((.., help)) = &open {
        help.clone()
    } else if let Some(right) = uncurled(line) {
        format!("the quotes are curly: use straight ones, {right}")
    } else if value.contains(": ") && !value.starts_with(['"', '\'', '{', '[']) {
        let key = line.split(": ").next().unwrap_or("").trim();
        format!("the value holds a colon: put it in quotes, `{key}: \"{value}\"`")
    } else if value.starts_with(['"', '\'']) {
        "put the value into one pair of quotes, with no other quotes and no backslash inside".to_owned()
    } else if value.starts_with(['@', '`', '%', '&', '*', '!', '|', '>']) {
        "put the whole value in quotes, `\"…\"`".to_owned()
    } else {
        "write `key: value`, one to a line; put a value with punctuation in quotes".to_owned()
    };
    let mark = if let Some((line, sign, _)) = &open {
        Span::new((start + line + sign).min(end), end)
    } else if at < end && slip.is_none() {
        Span::new(at, end)
    } else {
        Span::new(key, end)
    };
    // Characters that no text may hold were told as such.
    if problems.has(|code, span| code == Code::C12 && span.start >= start && span.start < end) {
        return;
    }
    problems.add(Code::C05, Span::new(key, end), "the front matter cannot be read here").mark(mark).help(help);
}
