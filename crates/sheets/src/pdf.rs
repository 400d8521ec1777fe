//! A table on paper.

use jiff::civil::Date;
use print::listing::{Align, Listing, Part, Table};

use records::report::{Share, thousands};

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
            format!("{sign}{}", thousands(number.unsigned_abs()))
        }
        Cell::Date(date) => day(date),
        Cell::Share { part, whole } => share(part, whole),
    }
}

fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// `94 % (15 of 16)`, as pages say it: all or none only where it is.
fn share(part: u64, whole: u64) -> String {
    let small = |many: u64| u32::try_from(many).ok();
    match (small(part), small(whole)) {
        (Some(part), Some(whole)) if whole > 0 => Share { part, whole }.to_string(),
        _ => format!("{} of {}", thousands(part), thousands(whole)),
    }
}
