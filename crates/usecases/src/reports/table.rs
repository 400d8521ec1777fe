//! A report as a table: what a page shows, a printer prints and a file holds are the same rows.

use jiff::civil::Date;
use records::report::Share;
use store::{PersonId, RequirementId};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// A number of things.
    Number,
    /// A day.
    Date,
    /// A part of a whole.
    Share,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// The order that a press on its name asks for.
    pub sort: Option<&'static str>,
}

impl Column {
    /// A column that nothing is put in order by.
    pub(crate) fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind, sort: None }
    }

    /// A column that rows can be put in order by.
    pub(crate) fn sorted(name: impl Into<String>, kind: Kind, sort: &'static str) -> Self {
        Self { name: name.into(), kind, sort: Some(sort) }
    }
}

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing is to be said.
    None,
    /// Words.
    Text(String),
    /// How it stands, and whether it must be seen at once.
    State(String, bool),
    /// A number of things.
    Number(u32),
    /// A day.
    Date(Date),
    /// A part of a whole.
    Share(Share),
}

impl From<String> for Value {
    fn from(words: String) -> Self {
        Self::Text(words)
    }
}
impl From<&str> for Value {
    fn from(words: &str) -> Self {
        Self::Text(words.to_owned())
    }
}
impl From<Option<String>> for Value {
    fn from(words: Option<String>) -> Self {
        words.map_or(Self::None, Self::Text)
    }
}
impl From<u32> for Value {
    fn from(many: u32) -> Self {
        Self::Number(many)
    }
}
impl From<Option<u32>> for Value {
    fn from(many: Option<u32>) -> Self {
        many.map_or(Self::None, Self::Number)
    }
}
impl From<Option<Date>> for Value {
    fn from(day: Option<Date>) -> Self {
        day.map_or(Self::None, Self::Date)
    }
}
impl From<Date> for Value {
    fn from(day: Date) -> Self {
        Self::Date(day)
    }
}
impl From<Option<Share>> for Value {
    fn from(share: Option<Share>) -> Self {
        share.map_or(Self::None, Self::Share)
    }
}

/// One place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What stands there.
    pub value: Value,
    /// Where it leads: a number to the people behind it, a date to its reasons.
    pub link: Option<String>,
}

impl<T: Into<Value>> From<T> for Field {
    fn from(value: T) -> Self {
        Self { value: value.into(), link: None }
    }
}

impl Field {
    /// Something that leads somewhere.
    pub(crate) fn linked(value: impl Into<Value>, link: String) -> Self {
        Self { value: value.into(), link: Some(link) }
    }
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its places, one for each column.
    pub fields: Vec<Field>,
    /// Whom and what it is about, where something can be done about it.
    pub about: Option<(PersonId, RequirementId)>,
    /// Whether it sums up the others.
    pub total: bool,
}
