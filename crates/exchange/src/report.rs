//! What an import or export says of itself, in words for trainers.

use std::fmt;

use courseware::{Code, Surroundings, parse};
use serde::{Deserialize, Serialize};

/// One thing to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What happened.
    pub what: What,
    /// Where in the source; of something that happened in several places, the first.
    pub place: Option<Place>,
    /// What it is, in plain words.
    pub text: String,
}

/// What happened to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum What {
    /// It was taken as it is.
    Taken,
    /// It was taken, and means or looks a little different now.
    Changed,
    /// It was left out.
    Dropped,
    /// It was taken, and a person has to do something before it can be published.
    ToDo,
}

/// A place in what was brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of a text, from 1.
    Line(usize),
    /// A part of an archive or a story.
    Part(String),
    /// A document that was made, by its path.
    Draft {
        /// The path, as the document has it in [`Imported::documents`](crate::Imported::documents).
        path: String,
        /// Lines of its text, from 1: the first few that are meant; none where all of it is.
        lines: Vec<usize>,
    },
}

impl Place {
    /// A whole document that was made.
    pub(crate) fn draft(path: &str) -> Self {
        Self::Draft { path: path.to_owned(), lines: Vec::new() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Part(part) => f.write_str(part),
            Self::Draft { path, lines } => match lines.as_slice() {
                [] => f.write_str(path),
                [line] => write!(f, "{path}, line {line}"),
                lines => {
                    let lines = lines.iter().map(ToString::to_string).collect::<Vec<_>>();
                    write!(f, "{path}, lines {}", lines.join(", "))
                }
            },
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Taken => "taken",
            Self::Changed => "changed",
            Self::Dropped => "left out",
            Self::ToDo => "to do",
        })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{}, {place}: {}", self.what, self.text),
            None => write!(f, "{}: {}", self.what, self.text),
        }
    }
}

/// How many places of something that happens often are named.
const NAMED: usize = 8;
/// How many lines are kept. Nobody reads more, and a hostile file could make millions.
const MOST_LINES: usize = 2_000;

/// A report while it is made.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
    often: Vec<(What, &'static str, Vec<Place>, usize)>,
    more: usize,
}

impl Report {
    /// Says something that is so in one place.
    pub(crate) fn say(&mut self, what: What, place: impl Into<Option<Place>>, text: impl Into<String>) {
        // What was taken is always said.
        if what == What::Taken || self.lines.len() < MOST_LINES {
            self.lines.push(Line { what, place: place.into(), text: text.into() });
        } else {
            self.more += 1;
        }
    }

    /// Says something that may be so in many places, of which a report has one line.
    pub(crate) fn often(&mut self, what: What, place: Place, text: &'static str) {
        let found = self.often.iter_mut().find(|(other, known, ..)| *other == what && *known == text);
        match found {
            Some((_, _, places, count)) => {
                *count += 1;
                if places.len() < NAMED && places.last() != Some(&place) {
                    places.push(place);
                }
            }
            None => self.often.push((what, text, vec![place], 1)),
        }
    }

    /// What was left out until now, each with its place.
    pub(crate) fn dropped(&self) -> Vec<String> {
        let dropped = self.lines.iter().filter(|line| line.what == What::Dropped);
        dropped
            .map(|line| line.place.as_ref().map_or_else(String::new, |place| format!("{place}: ")) + &line.text)
            .collect()
    }

    /// What stands against publishing a document that was made: the errors that our own reader finds in it.
    pub(crate) fn judge(&mut self, path: &str, markdown: &str) {
        let read = parse(path, markdown, &Surroundings::default());
        let mut told: Vec<(Code, &str, Vec<usize>)> = Vec::new();
        let mut warnings = 0;
        for problem in &read.problems {
            if !problem.is_error() {
                warnings += 1;
                continue;
            }
            let known = told.iter_mut().find(|(code, ..)| *code == problem.code);
            match known {
                Some((_, _, lines)) => lines.push(problem.line),
                None => told.push((problem.code, problem.message.as_str(), vec![problem.line])),
            }
        }
        for (_, message, mut lines) in told {
            let more = match lines.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!("; so in {} more", counted(more, "line")),
            };
            lines.truncate(NAMED);
            self.say(What::ToDo, Place::Draft { path: path.to_owned(), lines }, format!("{message}{more}"));
        }
        if warnings > 0 {
            let said = if warnings == 1 { "1 remark stands" } else { &format!("{warnings} remarks stand") };
            let said = format!("{said} beside the draft; it can be published without heeding them");
            self.say(What::ToDo, Place::draft(path), said);
        }
    }

    /// The lines: first what was taken, then the rest, each kind in the order of the source.
    pub(crate) fn finish(mut self) -> Vec<Line> {
        for (what, text, places, count) in std::mem::take(&mut self.often) {
            let first = places.first().cloned();
            let text = if count == 1 {
                text.to_owned()
            } else {
                let names: Vec<String> = places
                    .iter()
                    .map(|place| match place {
                        Place::Line(line) => line.to_string(),
                        Place::Part(part) | Place::Draft { path: part, .. } => part.clone(),
                    })
                    .collect();
                let (one, many) = if matches!(first, Some(Place::Line(_))) { ("line", "lines") } else { ("", "") };
                format!("{text} ({count} times: {})", listed(one, many, &names, count))
            };
            self.lines.push(Line { what, place: first, text });
        }
        if self.more > 0 {
            let text = format!("{} more things like those above are not listed", self.more);
            self.lines.push(Line { what: What::Changed, place: None, text });
        }
        self.lines.sort_by_key(|line| line.what);
        self.lines
    }
}

/// The first few of many names.
fn listed(one: &str, many: &str, names: &[String], count: usize) -> String {
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = count.saturating_sub(shown.len());
    let also = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} {}{also}", if names.len() == 1 { one } else { many }, shown.join(", ")).trim_start().to_owned()
}

/// `1 question`, `3 questions`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The beginning of a text, for naming something by it.
pub(crate) fn short(text: &str) -> String {
    const SHOWN: usize = 60;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().filter(|c| courseware::is_plain(*c)).collect();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("").trim_end()),
        None => text,
    }
}
