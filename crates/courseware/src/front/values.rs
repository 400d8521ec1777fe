//! Values of front matter, each with the problem of one that is none.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::front::tree::{Node, Value};
use crate::problem::{Code, Problems, Span};
use crate::slug::{nearest, slug};

pub(crate) fn bad(key: &Node, value: &Node, why: &str, help: &str, problems: &mut Problems) {
    let name = key.text().unwrap_or("?");
    if value.is_null() {
        problems.add(Code::C05, key.span, format!("nothing stands after `{name}:`")).help(help);
        return;
    }
    // Quotes of a word processor are a part of the value.
    let curly = |c: char| matches!(c, '“' | '”' | '„' | '‘' | '’' | '‚' | '«' | '»');
    let inner = value.text().filter(|text| text.starts_with(curly)).map(|text| text.trim_matches(curly));
    let help = &inner.map_or_else(|| help.to_owned(), |inner| format!("take the curly quotes away: `{name}: {inner}`"));
    let mark = if value.span.start < value.span.end { value.span } else { key.span };
    problems.add(Code::C05, key.span, format!("`{name}`: {} {why}", value.said())).mark(mark).help(help);
}

/// A key that is not there. The example is a line as it may be written, with backticks around it.
pub(crate) fn missing(name: &str, example: &str, at: Span, problems: &mut Problems) {
    problems
        .add(Code::C05, at, format!("the front matter does not say `{name}`"))
        .help(format!("write a line {example} between the two lines `---`"));
}

/// A key without a value.
pub(crate) fn empty(name: &str, example: &str, at: Span, problems: &mut Problems) {
    problems.add(Code::C05, at, format!("nothing stands after `{name}:`")).help(format!("write {example}"));
}

pub(crate) fn unknown(name: &str, key: &Node, known: &[&str], problems: &mut Problems) {
    let help = nearest(name, known.iter().copied())
        .map_or_else(|| format!("the keys here are {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
    problems.add(Code::C05, key.span, format!("`{name}` is not a key that is known here")).help(help);
}

/// A whole number between two bounds.
pub(crate) fn number(key: &Node, value: &Node, least: u32, most: u32, problems: &mut Problems) -> Option<u32> {
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

pub(crate) fn whole(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// A list of ids, or one id alone.
pub(crate) fn names(key: &Node, value: &Node, problems: &mut Problems) -> Vec<String> {
    names_at(key, value, problems).into_iter().map(|(name, _)| name).collect()
}

/// A list of ids, or one id alone, each with its place.
pub(crate) fn names_at(key: &Node, value: &Node, problems: &mut Problems) -> Vec<(String, Span)> {
    let mut found: Vec<(String, Span)> = Vec::new();
    let mut seen = HashSet::new();
    let items = match &value.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![value],
    };
    for item in items {
        match item.text().map(str::trim) {
            Some(name) if !name.is_empty() && slug(name) == name => {
                if seen.insert(name) {
                    found.push((name.to_owned(), item.span));
                } else {
                    bad(key, item, "is there twice", "delete one of the two", problems);
                }
            }
            name => {
                let right = name.map(slug).unwrap_or_default();
                let help = if right.is_empty() {
                    "write small letters, digits and `-`: `[first, second]`".to_owned()
                } else {
                    format!("write it in small letters with `-` for each space: `{right}`")
                };
                bad(key, item, "is not an id", &help, problems);
            }
        }
    }
    found
}

pub(crate) fn date(key: &Node, value: &Node, problems: &mut Problems) -> Option<Date> {
    let read = value.text().map(str::trim).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
    if read.is_none() {
        bad(key, value, "is not a day of the calendar", "write year, month and day: `2027-03-01`", problems);
    }
    read
}

/// A text that says something.
pub(crate) fn text(key: &Node, value: &Node, why: &str, problems: &mut Problems) -> Option<String> {
    let read = value.text().map(str::trim).filter(|text| !text.is_empty() && !value.is_null());
    if read.is_none() {
        bad(key, value, why, "write a few words after the colon, in quotes if they hold one", problems);
    }
    read.map(str::to_owned)
}

/// One of several words.
pub(crate) fn one_of<T: Copy>(key: &Node, value: &Node, words: &[(&str, T)], problems: &mut Problems) -> Option<T> {
    let word = value.text().unwrap_or("");
    let found = words.iter().find(|(name, _)| *name == word).map(|(_, meaning)| *meaning);
    if found.is_none() {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let help = nearest(word, names.iter().copied())
            .map_or_else(|| format!("it can be {}", names.join(", ")), |name| format!("did you mean `{name}`?"));
        bad(key, value, "is not a value of this key", &help, problems);
    }
    found
}
