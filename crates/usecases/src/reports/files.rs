//! Tables as files, for what is not one report alone: a person's papers and the audit packet.

use print::listing::{Align, Part, Table};
use sheets::{Cell, Format, Writer};

use super::{Column, Kind, Row, Value};
use crate::{Failure, clock::date_words};

/// A table that is part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is called.
    pub title: &'static str,
    /// The name of its file, without what such files end with.
    pub file: &'static str,
    /// What it holds, in a sentence.
    pub about: &'static str,
    /// What is said where it has no rows.
    pub none: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
}

impl Section {
    /// The same table without its rows.
    pub(crate) fn clone_empty(&self) -> Self {
        let Self { title, file, about, none, .. } = *self;
        Self { title, file, about, none, columns: self.columns.clone(), rows: Vec::new() }
    }

    /// As a CSV file.
    ///
    /// # Errors
    /// [`Failure::Internal`].
    pub fn csv(&self) -> Result<Vec<u8>, Failure> {
        let head = sheets::Head {
            organisation: String::new(),
            title: self.title.to_owned(),
            lines: Vec::new(),
            made: jiff::Timestamp::UNIX_EPOCH,
        };
        let columns = self.columns.iter().map(|column| {
            let kind = match column.kind {
                Kind::Text => sheets::Kind::Text,
                Kind::Number => sheets::Kind::Number,
                Kind::Date => sheets::Kind::Date,
                Kind::Share => sheets::Kind::Share,
            };
            sheets::Column::new(column.name.clone(), kind, 16)
        });
        let mut writer = Writer::new(Format::Csv, head, columns.collect()).map_err(unwritten)?;
        for row in &self.rows {
            let cells: Vec<Cell<'_>> = row.fields.iter().map(|field| cell(&field.value)).collect();
            writer.row(&cells).map_err(unwritten)?;
        }
        let mut bytes = writer.take();
        for part in writer.finish().map_err(unwritten)? {
            bytes.extend(part.map_err(unwritten)?);
        }
        Ok(bytes)
    }

    /// As parts of a printout.
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = vec![Part::Heading(self.title.to_owned())];
        if self.rows.is_empty() {
            parts.push(Part::Paragraph(self.none.to_owned()));
            return parts;
        }
        parts.push(Part::Paragraph(self.about.to_owned()));
        let rows = self.rows.iter().map(|row| row.fields.iter().map(|field| words(&field.value)).collect());
        let rows: Vec<Vec<String>> = rows.collect();
        let columns = self.columns.iter().enumerate().map(|(at, column)| {
            // As wide as most of its cells want, within reason.
            let longest = rows.iter().map(|row| row[at].chars().count()).max().unwrap_or_default();
            let width = u16::try_from(longest.max(column.name.chars().count()).clamp(5, 28)).unwrap_or(28);
            let align = if column.kind == Kind::Number { Align::Right } else { Align::Start };
            print::listing::Column { name: column.name.clone(), width, align }
        });
        let columns = columns.collect();
        parts.push(Part::Table(Table { summary: self.about.to_owned(), columns, rows }));
        parts
    }
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::None => Cell::Empty,
        Value::Text(words) | Value::State(words, _) => Cell::Text(words),
        Value::Number(many) => Cell::Number(i64::from(*many)),
        Value::Date(day) => Cell::Date(*day),
        Value::Share(share) => Cell::Share { part: u64::from(share.part), whole: u64::from(share.whole) },
    }
}

/// A value as people read it on paper.
pub(crate) fn words(value: &Value) -> String {
    match value {
        Value::None => "–".to_owned(),
        Value::Text(words) | Value::State(words, _) => words.clone(),
        Value::Number(many) => many.to_string(),
        Value::Date(day) => date_words(*day),
        Value::Share(share) => share.to_string(),
    }
}

/// A file that could not be written: nothing of it depends on what was asked.
pub(crate) fn unwritten(cause: sheets::SheetError) -> Failure {
    Failure::Internal(format!("a file could not be written: {cause}"))
}
