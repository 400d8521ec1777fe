//! A table on paper.

use jiff::civil::Date;
use print::listing::{Align, Listing, Part, Table};

use crate::table::grouped;
use crate::{Cell, Column, Head, Kind, SheetError};

pub(crate) struct Pdf {
    head: Head,
    table: Table,
}

impl Pdf {
    pub(crate) fn new(head: Head, columns: Vec<Column>) -> Self {
        let columns = columns.into_iter().map(|column| print::listing::Column {
            name: column.name,
            width: column.width,
            align: match column.kind {
                Kind::Text | Kind::Date => Align::Start,
                Kind::Number | Kind::Share => Align::Right,
            },
        });
        let table = Table { summary: head.title.clone(), columns: columns.collect(), rows: Vec::new() };
        Self { head, table }
    }

    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) {
        self.table.rows.push(cells.iter().map(|cell| words(*cell)).collect());
    }

    pub(crate) fn finish(self) -> Result<Vec<u8>, SheetError> {
        let Self { head, table } = self;
        let mut parts: Vec<Part> = head.lines.into_iter().map(Part::Paragraph).collect();
        let empty = table.rows.is_empty();
        parts.push(Part::Table(table));
        if empty {
            parts.push(Part::Paragraph("There is nothing to list.".to_owned()));
        }
        Ok(print::listing(&Listing { organisation: head.organisation, title: head.title, parts })?)
    }
}

/// A cell as people read it.
fn words(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_owned(),
        Cell::Number(number) => {
            let sign = if number < 0 { "-" } else { "" };
            format!("{sign}{}", grouped(number.unsigned_abs()))
        }
        Cell::Date(date) => day(date),
        Cell::Share { part, whole } => share(part, whole),
    }
}

fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// `93.7% (15 of 16)`. Cut and not rounded, so that 100% stands only where all of them are.
fn share(part: u64, whole: u64) -> String {
    let counted = format!("{} of {}", grouped(part), grouped(whole));
    match (u128::from(part) * 1000).checked_div(u128::from(whole)) {
        Some(tenths) if tenths.is_multiple_of(10) => format!("{}% ({counted})", tenths / 10),
        Some(tenths) => format!("{}.{}% ({counted})", tenths / 10, tenths % 10),
        None => counted,
    }
}
