//! Conditions on meters, flags, nodes passed and critical choices: read, and judged in a state.
//!
//! There is no arithmetic, no randomness and no function, so the states of a scenario stay finite.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::markdown::MAX_NESTING;
use crate::shared::listed;
use crate::slug::nearest;

/// The words that mean something in conditions and chips, so that nothing else may be called so.
const RESERVED: [&str; 18] = [
    "and",
    "or",
    "not",
    "if",
    "else",
    "otherwise",
    "visited",
    "critical",
    "set",
    "unset",
    "once",
    "best",
    "ok",
    "poor",
    "fixed",
    "ending",
    "tests",
    "weight",
];

/// Whether a word can name a meter or a flag.
#[must_use]
pub(crate) fn is_name(word: &str) -> bool {
    word.starts_with(char::is_alphabetic) && word.chars().all(is_name_char) && !RESERVED.contains(&word)
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// A condition. Meters, flags and nodes are named by their place in the scenario's lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// All of them hold.
    All(Vec<Condition>),
    /// One of them holds, or more.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A meter compares so with a number.
    Meter {
        /// The meter.
        meter: usize,
        /// How they compare.
        is: Comparison,
        /// The number.
        than: i32,
    },
    /// A flag is set.
    Flag(usize),
    /// The learner has moved on from a node at least once.
    Visited(usize),
    /// A critical choice was taken.
    Critical,
}

/// How a meter compares with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Comparison {
    AtLeast,
    AtMost,
    Above,
    Below,
    Equal,
    Other,
}

impl Comparison {
    const SIGNS: [(&'static str, Self); 6] = [
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("!=", Self::Other),
        (">", Self::Above),
        ("<", Self::Below),
        ("=", Self::Equal),
    ];

    /// The sign that is written for it.
    pub(crate) fn sign(self) -> &'static str {
        Self::SIGNS.iter().find(|(_, other)| *other == self).map_or("", |(sign, _)| sign)
    }

    /// Whether the comparison holds.
    #[must_use]
    pub fn holds(self, value: i32, than: i32) -> bool {
        match self {
            Self::AtLeast => value >= than,
            Self::AtMost => value <= than,
            Self::Above => value > than,
            Self::Below => value < than,
            Self::Equal => value == than,
            Self::Other => value != than,
        }
    }
}

/// What a condition is judged in.
pub trait Facts {
    /// The value of a meter.
    fn meter(&self, meter: usize) -> i32;
    /// Whether a flag is set.
    fn flag(&self, flag: usize) -> bool;
    /// Whether the learner has moved on from a node.
    fn visited(&self, node: usize) -> bool;
    /// Whether a critical choice was taken.
    fn critical(&self) -> bool;
}

impl Condition {
    /// Whether the condition holds. It is nested 32 deep at most, as it was read.
    #[must_use]
    pub fn holds(&self, facts: &impl Facts) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts)),
            Self::Not(part) => !part.holds(facts),
            Self::Meter { meter, is, than } => is.holds(facts.meter(*meter), *than),
            Self::Flag(flag) => facts.flag(*flag),
            Self::Visited(node) => facts.visited(*node),
            Self::Critical => facts.critical(),
        }
    }

    /// Calls `look` with every part that reads something, in the order of the text.
    pub fn reads(&self, look: &mut impl FnMut(&Condition)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.reads(look)),
            Self::Not(part) => part.reads(look),
            leaf => look(leaf),
        }
    }
}

/// The names that a condition may use.
pub(crate) struct Names<'a> {
    /// The meters, in the order of the front matter.
    pub(crate) meters: &'a [String],
    /// Whether there may be others, since the front matter cannot be read as it was meant.
    pub(crate) meters_unsure: bool,
    /// The ids of the nodes, in the order of the text, and the place of each.
    pub(crate) nodes: &'a [String],
    pub(crate) ids: &'a HashMap<String, usize>,
    /// The flags met so far; a new one is added.
    pub(crate) flags: &'a mut Flags,
}

/// The flags of a scenario, in the order in which they are met.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl Flags {
    /// The place of a flag, which is added if it is new.
    pub(crate) fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }

    /// How often the name of each is written in a text, as a whole word.
    pub(crate) fn mentions(&self, text: &str) -> Vec<usize> {
        let mut found = vec![0; self.names.len()];
        for word in text.split(|c: char| !is_name_char(c)) {
            if let Some(count) = self.places.get(word).and_then(|place| found.get_mut(*place)) {
                *count += 1;
            }
        }
        found
    }

    /// Their names.
    pub(crate) fn into_names(self) -> Vec<String> {
        self.names
    }
}

/// Why a condition cannot be read, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) why: String,
    pub(crate) help: String,
    /// Whether it is only nested too deeply.
    pub(crate) is_too_deep: bool,
}

fn unread<T>(why: impl Into<String>, help: impl Into<String>) -> Result<T, Unread> {
    Err(Unread { why: why.into(), help: help.into(), is_too_deep: false })
}

/// Characters that stand for a minus where text was pasted.
pub(crate) const DASHES: [char; 6] = ['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}'];

const EXAMPLE: &str = "write for example `if trust >= 60 and promised`";

/// Reads a condition: `not` before `and` before `or`.
pub(crate) fn read(text: &str, names: &mut Names<'_>) -> Result<Condition, Unread> {
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens, at: 0, depth: 0, names };
    let condition = reader.any()?;
    match reader.next() {
        None => Ok(condition),
        Some(Token::Close) => unread("closes a parenthesis that was not opened", EXAMPLE),
        Some(token) => {
            let said = token.said();
            unread(format!("goes on with {said} where `and` or `or` is expected"), EXAMPLE)
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Number(i32),
    Sign(Comparison),
    Open,
    Close,
}

impl Token {
    fn said(&self) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Number(number) => format!("`{number}`"),
            Self::Sign(sign) => {
                format!("`{}`", sign.sign())
            }
            Self::Open => "`(`".to_owned(),
            Self::Close => "`)`".to_owned(),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Unread> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let names_node = matches!(found.last(), Some(Token::Word(word)) if word == "visited");
        let (token, length) = if names_node && !matches!(first, '(' | ')') {
            // An id may start with a digit or hold marks, as a heading may.
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).unwrap_or(rest.len());
            (Token::Word(rest.get(..end).unwrap_or("").to_owned()), end)
        } else if first == '(' {
            (Token::Open, 1)
        } else if first == ')' {
            (Token::Close, 1)
        } else if let Some((sign, comparison)) = Comparison::SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            (Token::Sign(*comparison), sign.len())
        } else if first.is_ascii_digit() || first == '-' || DASHES.contains(&first) {
            let negative = !first.is_ascii_digit();
            let digits = if negative { rest.get(first.len_utf8()..).unwrap_or("").trim_start() } else { rest };
            let count = digits.chars().take_while(char::is_ascii_digit).count();
            let number = digits.get(..count).and_then(|digits| digits.parse::<i32>().ok());
            let tail = digits.get(count..).unwrap_or("");
            let Some(number) = number.filter(|_| !tail.starts_with(is_name_char) && !tail.starts_with('.')) else {
                return unread("holds a number that cannot be read", "write whole numbers: `if trust >= 60`");
            };
            (Token::Number(if negative { -number } else { number }), rest.len() - tail.len())
        } else if first.is_alphabetic() {
            let end = rest.find(|c: char| !is_name_char(c)).unwrap_or(rest.len());
            (Token::Word(rest.get(..end).unwrap_or("").to_owned()), end)
        } else {
            return unread(format!("holds `{first}`, which no condition can hold"), EXAMPLE);
        };
        found.push(token);
        rest = rest.get(length..).unwrap_or("").trim_start();
    }
    Ok(found)
}

struct Reader<'a, 'b> {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    names: &'a mut Names<'b>,
}

impl Reader<'_, '_> {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(next)) if next == word);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> Result<Condition, Unread> {
        let mut parts = vec![self.all()?];
        while self.takes("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Result<Condition, Unread> {
        let mut parts = vec![self.one()?];
        while self.takes("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    fn deeper(&mut self) -> Result<(), Unread> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(Unread {
                why: format!("is nested more than {MAX_NESTING} levels deep"),
                help: "write it with fewer `not` and parentheses".to_owned(),
                is_too_deep: true,
            });
        }
        Ok(())
    }

    fn one(&mut self) -> Result<Condition, Unread> {
        match self.next() {
            None => unread("ends too early", EXAMPLE),
            Some(Token::Open) => {
                self.deeper()?;
                let inner = self.any()?;
                self.depth -= 1;
                match self.next() {
                    Some(Token::Close) => Ok(inner),
                    _ => unread("opens a parenthesis that is not closed", "close it with `)`"),
                }
            }
            Some(Token::Word(word)) => self.word(word),
            Some(token) => unread(format!("has {} where a meter or a flag is expected", token.said()), EXAMPLE),
        }
    }

    fn word(&mut self, word: String) -> Result<Condition, Unread> {
        match word.as_str() {
            "not" => {
                self.deeper()?;
                let inner = self.one()?;
                self.depth -= 1;
                return Ok(Condition::Not(Box::new(inner)));
            }
            "critical" => return Ok(Condition::Critical),
            "visited" => return self.visited(),
            _ => {}
        }
        let meter = self.names.meters.iter().position(|meter| *meter == word);
        let sign = match self.tokens.get(self.at) {
            Some(Token::Sign(sign)) => Some(*sign),
            _ => None,
        };
        match (meter, sign) {
            (Some(meter), Some(is)) => {
                self.at += 1;
                match self.next() {
                    Some(Token::Number(than)) => Ok(Condition::Meter { meter, is, than }),
                    Some(Token::Sign(other)) => unread(
                        format!("has `{}{}`, which is no comparison", is.sign(), other.sign()),
                        "write `>=`, `<=`, `>`, `<`, `=` or `!=`",
                    ),
                    _ => unread(
                        format!("compares `{word}` with something that is no number"),
                        format!("write for example `if {word} >= 60`"),
                    ),
                }
            }
            (Some(_), None) => unread(
                format!("does not say what `{word}` is compared with"),
                format!("it is a meter: write for example `if {word} >= 60`"),
            ),
            (None, Some(_)) if self.names.meters_unsure => {
                // Paths are not followed then, so anything will do.
                self.at += 2;
                Ok(Condition::Critical)
            }
            (None, Some(_)) => {
                let near = nearest(&word, self.names.meters.iter().map(String::as_str));
                let help = match near {
                    Some(name) => format!("did you mean `{name}`?"),
                    None if self.names.meters.is_empty() => "there are no meters; name it under `meters:`".to_owned(),
                    None => format!("the meters are {}", self.names.meters.join(", ")),
                };
                unread(format!("compares `{word}`, which is not a meter"), help)
            }
            (None, None) if matches!(&*word.to_lowercase(), "not" | "and" | "or") && word != word.to_lowercase() => {
                let lower = word.to_lowercase();
                unread(format!("has `{word}`"), format!("write it in small letters: `{lower}`"))
            }
            (None, None) if is_name(&word) => Ok(Condition::Flag(self.names.flags.place(&word))),
            (None, None) => unread(format!("has `{word}` where a meter or a flag is expected"), EXAMPLE),
        }
    }

    fn visited(&mut self) -> Result<Condition, Unread> {
        let Some(Token::Word(id)) = self.next() else {
            return unread("does not say which scene was visited", "write for example `if visited at-the-desk`");
        };
        if let Some(node) = self.names.ids.get(&id).copied() {
            return Ok(Condition::Visited(node));
        }
        let near = nearest(&id, self.names.nodes.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("the scenes are {}", listed(self.names.nodes.iter().map(String::as_str)).replace('#', "")),
            |name| format!("did you mean `visited {name}`?"),
        );
        unread(format!("asks for `{id}`, and there is no such scene"), help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct State;

    impl Facts for State {
        fn meter(&self, meter: usize) -> i32 {
            [40, 70][meter]
        }
        fn flag(&self, flag: usize) -> bool {
            flag == 0
        }
        fn visited(&self, node: usize) -> bool {
            node == 1
        }
        fn critical(&self) -> bool {
            false
        }
    }

    fn reading(text: &str) -> Result<bool, String> {
        let mut flags = Flags::default();
        flags.place("told");
        let meters = ["trust".to_owned(), "calm".to_owned()];
        let nodes = ["desk".to_owned(), "2nd-try".to_owned()];
        let ids = nodes.iter().cloned().zip(0..).collect();
        let mut names = Names { meters: &meters, meters_unsure: false, nodes: &nodes, ids: &ids, flags: &mut flags };
        read(text, &mut names).map(|condition| condition.holds(&State)).map_err(|unread| unread.why)
    }

    #[test]
    fn conditions_hold_as_they_read() {
        let table = [
            ("trust >= 40", true),
            ("trust > 40", false),
            ("trust<=40", true),
            ("trust < 40", false),
            ("trust = 40", true),
            ("trust != 40", false),
            ("trust > \u{2212}5", true),
            ("told", true),
            ("not told", false),
            ("not asked and told", true),
            ("asked or told and calm > 90", false),
            ("(asked or told) and calm > 60", true),
            ("not not told", true),
            ("not (asked or critical)", true),
            ("visited desk", false),
            ("(visited 2nd-try)", true),
            ("critical", false),
        ];
        for (text, holds) in table {
            assert_eq!(reading(text), Ok(holds), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let deep = format!("{}told", "not ".repeat(33));
        let table = [
            ("", "ends too early"),
            ("trust", "compared with"),
            ("trust >=", "no number"),
            ("trust >= 4.5", "number that cannot be read"),
            ("trusd > 4", "not a meter"),
            ("told asked", "`and` or `or` is expected"),
            ("(told", "not closed"),
            ("told)", "not opened"),
            ("visited", "which scene"),
            ("visited dask", "no such scene"),
            ("told & asked", "no condition can hold"),
            ("and told", "where a meter or a flag"),
            ("NOT told", "has `NOT`"),
            ("trust => 4", "no comparison"),
            (deep.as_str(), "levels deep"),
        ];
        for (text, why) in table {
            let said = reading(text).unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}
