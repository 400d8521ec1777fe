//! The YAML front matter: split off before markdown sees it, read with limits, every key with its place.

use jiff::civil::Date;
use serde::de::IgnoredAny;
use serde_saphyr::granit_parser::{Event, Marker, Parser, ScalarStyle};

use crate::document::Kind;
use crate::module::{Recall, Requirement, ValidFor};
use crate::problem::{Code, Problems, Span};
use crate::slug::{nearest, slug};

/// The deepest nesting of front matter.
const MAX_DEPTH: usize = 8;
/// The most values front matter may hold.
const MAX_VALUES: usize = 2_000;

const MODULE_KEYS: [&str; 9] =
    ["kind", "title", "minutes", "competencies", "complete", "after", "valid-for", "recall", "review-by"];

/// What the front matter says, as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Front {
    /// Where the markdown starts.
    pub(crate) body: usize,
    /// Whether the front matter never ends, so that there is no markdown to judge.
    pub(crate) is_open: bool,
    pub(crate) kind: Option<Kind>,
    pub(crate) title: Option<String>,
    pub(crate) minutes: Option<u32>,
    pub(crate) competencies: Vec<String>,
    pub(crate) complete: Vec<Requirement>,
    pub(crate) after: Vec<String>,
    pub(crate) valid_for: Option<ValidFor>,
    pub(crate) recall: Option<Recall>,
    pub(crate) review_by: Option<Date>,
}

/// A value and its place in the file.
#[derive(Debug)]
struct Node {
    span: Span,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Text { text: String, plain: bool },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Front {
    /// Reads the front matter of a file and reports what is wrong with it (C05).
    pub(crate) fn read(source: &str, problems: &mut Problems) -> Self {
        let bom = source.len() - source.strip_prefix('\u{feff}').unwrap_or(source).len();
        let text = source.get(bom..).unwrap_or("");
        let mut lines = text.split_inclusive('\n');
        let first = lines.next().unwrap_or("");
        let mut front = Self { body: bom, ..Self::default() };
        if first.trim_end() != "---" {
            let line = first.trim_end();
            problems
                .add(Code::C05, Span::new(bom, bom + line.len()), "the file does not start with front matter")
                .help("start with a line `---`, then `kind: module` and `title: …`, then a line `---`");
            return front;
        }
        let start = bom + first.len();
        let mut at = start;
        let close = lines.find_map(|line| {
            let here = at;
            at += line.len();
            (line.trim_end() == "---").then_some((here, at))
        });
        let Some((end, body)) = close else {
            problems
                .add(Code::C05, Span::new(bom, bom + 3), "the front matter is never closed")
                .help("put a line `---` after its last key");
            front.body = source.len();
            front.is_open = true;
            return front;
        };
        front.body = body;
        let found = tree(source, start, end, problems);
        let Some(Node { value: Value::Map(entries), .. }) = found else {
            if let Some(node) = found {
                problems.add(Code::C05, node.span, "the front matter is not a list of keys").help("write `key: value`");
            }
            return front;
        };
        front.fill(&entries, Span::new(bom, bom + 3), problems);
        front
    }

    fn fill(&mut self, entries: &[(Node, Node)], opening: Span, problems: &mut Problems) {
        let find = |name: &str| entries.iter().find(|(key, _)| key.text() == Some(name));
        match find("kind") {
            Some((key, value)) if value.is_null() => missing("kind", "kind: module", key.span, problems),
            Some((key, value)) => {
                let word = value.text().unwrap_or("");
                self.kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == word);
                if self.kind.is_none() {
                    let near = nearest(word, Kind::ALL.map(Kind::as_str));
                    let help = near.map_or("it can be module, scenario or quiz".to_owned(), |name| {
                        format!("did you mean `{name}`?")
                    });
                    bad(key, value, "is not a kind of document", &help, problems);
                }
            }
            None => missing("kind", "kind: module", opening, problems),
        }
        match find("title") {
            Some((key, value)) if value.is_null() => missing("title", "title: …", key.span, problems),
            Some((key, value)) => match value.text().map(str::trim).filter(|title| !title.is_empty()) {
                Some(title) => self.title = Some(title.to_owned()),
                None => bad(key, value, "is not a title", "write the title in quotes: `title: \"…\"`", problems),
            },
            None => missing("title", "title: …", opening, problems),
        }
        if self.kind == Some(Kind::Module) {
            self.module(entries, problems);
        }
    }

    fn module(&mut self, entries: &[(Node, Node)], problems: &mut Problems) {
        for (key, value) in entries {
            match key.text().unwrap_or("") {
                "kind" | "title" => {}
                "minutes" => self.minutes = number(key, value, 1, 100, problems),
                "competencies" => self.competencies = names(key, value, problems),
                "after" => self.after = names(key, value, problems),
                "complete" => self.complete = complete(key, value, problems),
                "valid-for" => self.valid_for = valid_for(key, value, problems),
                "review-by" => self.review_by = date(key, value, problems),
                "recall" => self.recall = recall(key, value, problems),
                name => unknown(name, key, &MODULE_KEYS, problems),
            }
        }
    }
}

impl Node {
    fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether nothing stands after the key. The parser writes `~` for that, as a file may too.
    fn is_null(&self) -> bool {
        matches!(&self.value, Value::Text { text, plain: true } if text.is_empty() || text == "~")
    }

    /// How the value is named in a message.
    fn said(&self) -> String {
        match &self.value {
            _ if self.is_null() => "an empty value".to_owned(),
            Value::Text { text, .. } if text.is_empty() => "an empty value".to_owned(),
            Value::Text { text, .. } => format!("`{text}`"),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a group of keys".to_owned(),
        }
    }
}

fn bad(key: &Node, value: &Node, why: &str, help: &str, problems: &mut Problems) {
    let name = key.text().unwrap_or("?");
    let mark = if value.span.start < value.span.end { value.span } else { key.span };
    problems.add(Code::C05, key.span, format!("`{name}`: {} {why}", value.said())).mark(mark).help(help);
}

/// A key that is not there, or has no value.
fn missing(name: &str, example: &str, at: Span, problems: &mut Problems) {
    problems.add(Code::C05, at, format!("`{name}` is missing")).help(format!("write a line `{example}`"));
}

fn unknown(name: &str, key: &Node, known: &[&str], problems: &mut Problems) {
    let help = nearest(name, known.iter().copied())
        .map_or_else(|| format!("the keys here are {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
    problems.add(Code::C05, key.span, format!("`{name}` is not a key that is known here")).help(help);
}

/// A whole number between two bounds.
fn number(key: &Node, value: &Node, least: u32, most: u32, problems: &mut Problems) -> Option<u32> {
    let read = match &value.value {
        Value::Text { text, .. } => whole(text).filter(|n| (least..=most).contains(n)),
        _ => None,
    };
    if read.is_none() {
        let why = format!("is not a whole number from {least} to {most}");
        bad(key, value, &why, &format!("write a number from {least} to {most}"), problems);
    }
    read
}

fn whole(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// A list of ids, or one id alone.
fn names(key: &Node, value: &Node, problems: &mut Problems) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let items = match &value.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![value],
    };
    for item in items {
        match item.text().map(str::trim) {
            Some(name) if !name.is_empty() && slug(name) == name => {
                if found.iter().any(|other| other == name) {
                    bad(key, item, "is there twice", "delete one of the two", problems);
                } else {
                    found.push(name.to_owned());
                }
            }
            _ => bad(key, item, "is not an id", "write small letters, digits and `-`: `[first, second]`", problems),
        }
    }
    found
}

fn complete(key: &Node, value: &Node, problems: &mut Problems) -> Vec<Requirement> {
    const ALL: [Requirement; 3] = [Requirement::Read, Requirement::Quiz, Requirement::Scenario];
    let mut found = Vec::new();
    let items = match &value.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![value],
    };
    for item in items {
        let word = item.text().unwrap_or("");
        match ALL.into_iter().find(|requirement| requirement.as_str() == word) {
            Some(requirement) if found.contains(&requirement) => {
                bad(key, item, "is there twice", "delete one of the two", problems);
            }
            Some(requirement) => found.push(requirement),
            None => {
                let near = nearest(word, ALL.map(Requirement::as_str));
                let help = near
                    .map_or("it can be read, quiz and scenario".to_owned(), |name| format!("did you mean `{name}`?"));
                bad(key, item, "is nothing that completion can take", &help, problems);
            }
        }
    }
    found
}

fn valid_for(key: &Node, value: &Node, problems: &mut Problems) -> Option<ValidFor> {
    let read = value.text().and_then(|text| {
        let (count, unit) = text.trim().split_once(' ')?;
        let count = whole(count).filter(|n| (1..=3650).contains(n))?;
        match unit.trim() {
            "day" | "days" => Some(ValidFor::Days(count)),
            "week" | "weeks" => Some(ValidFor::Days(count * 7)),
            "month" | "months" => Some(ValidFor::Months(count)),
            "year" | "years" => Some(ValidFor::Months(count * 12)),
            _ => None,
        }
    });
    if read.is_none() {
        bad(
            key,
            value,
            "is not a length of time",
            "write a number and days, weeks, months or years: `12 months`",
            problems,
        );
    }
    read
}

fn date(key: &Node, value: &Node, problems: &mut Problems) -> Option<Date> {
    let read = value.text().map(str::trim).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
    if read.is_none() {
        bad(key, value, "is not a day of the calendar", "write year, month and day: `2027-03-01`", problems);
    }
    read
}

fn recall(key: &Node, value: &Node, problems: &mut Problems) -> Option<Recall> {
    let Value::Map(entries) = &value.value else {
        bad(
            key,
            value,
            "says neither days nor questions",
            "write `recall: { days: [3, 21, 90], questions: 3 }`",
            problems,
        );
        return None;
    };
    let (mut days, mut questions) = (Vec::new(), None);
    for (inner, value) in entries {
        match inner.text().unwrap_or("") {
            "days" => {
                let items = match &value.value {
                    Value::List(items) => items.iter().collect(),
                    _ => vec![value],
                };
                days.extend(items.into_iter().filter_map(|item| number(inner, item, 1, 3650, problems)));
                if !days.is_sorted_by(|a, b| a < b) {
                    bad(inner, value, "does not ascend", "write the days from the first to the last", problems);
                    days.sort_unstable();
                    days.dedup();
                }
            }
            "questions" => questions = number(inner, value, 1, 100, problems),
            name => unknown(name, inner, &["days", "questions"], problems),
        }
    }
    for name in ["days", "questions"] {
        let misspelt = entries.iter().any(|(inner, _)| !matches!(inner.text(), Some("days" | "questions")));
        if !misspelt && !entries.iter().any(|(inner, _)| inner.text() == Some(name)) {
            problems
                .add(Code::C05, key.span, format!("`recall` does not say `{name}`"))
                .help("write `recall: { days: [3, 21, 90], questions: 3 }`");
        }
    }
    questions.filter(|_| !days.is_empty()).map(|questions| Recall { days, questions })
}

/// An open list or map while the events go by.
struct Open {
    start: usize,
    map: bool,
    items: Vec<Node>,
}

/// The values between two offsets of the file; none when they cannot be read, which is then reported.
fn tree(source: &str, start: usize, end: usize, problems: &mut Problems) -> Option<Node> {
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
                syntax(source, start, place(error.marker()), &error.info(), problems);
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
            problems.add(Code::C05, Span::new(start, start + 1), "the front matter is more than one document");
        }
        return root;
    }
    // A second reading under the limits and rules of the deserialiser: what it refuses, no other tool should meet.
    if let Err(error) = serde_saphyr::from_str::<Option<IgnoredAny>>(yaml) {
        let at = error.location().and_then(|location| location.span().byte_offset()).unwrap_or(0);
        let at = start + usize::try_from(at).unwrap_or(0).min(yaml.len());
        syntax(source, start, at, "", problems);
    }
    if root.is_none() {
        problems.add(Code::C05, Span::new(start.saturating_sub(4), start), "the front matter is empty");
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

/// Reports YAML that cannot be read, at the line it happens on.
fn syntax(source: &str, start: usize, at: usize, info: &str, problems: &mut Problems) {
    let at = at.clamp(start, source.len());
    let before = source.get(start..at).unwrap_or("");
    let line_start = at - before.rsplit('\n').next().map_or(0, str::len);
    let line = source.get(line_start..).unwrap_or("").lines().next().unwrap_or("").trim_end();
    let key = line_start + (line.len() - line.trim_start().len());
    let end = (line_start + line.len()).max(key);
    let value = line.split_once(": ").map_or("", |(_, value)| value.trim());
    let help = if value.contains(": ") && !value.starts_with(['"', '\'', '{', '[']) {
        format!(
            "the value holds a colon: put it in quotes, `{}: \"{}\"`",
            line.split(": ").next().unwrap_or("").trim(),
            value
        )
    } else if line.contains('\t') {
        "indent with spaces, not with tabs".to_owned()
    } else if value.starts_with(['@', '`', '%', '&', '*', '!', '|', '>', '"', '\'']) {
        "put the whole value in quotes, `\"…\"`".to_owned()
    } else {
        "write `key: value`, one to a line; put a value with punctuation in quotes".to_owned()
    };
    let mark = if at < end { Span::new(at, end) } else { Span::new(key, end) };
    let draft = problems.add(Code::C05, Span::new(key, end), "the front matter cannot be read here");
    draft.mark(mark).help(help);
    if !info.is_empty() {
        draft.label(info);
    }
}
