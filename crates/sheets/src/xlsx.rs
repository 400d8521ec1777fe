//! A spreadsheet: the table on one sheet, what it shows on the other.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::{Cell, Column, Head, Kind, SheetError};

/// The most rows under the header: a sheet has 1,048,576.
pub const XLSX_ROWS: u64 = 1_048_575;

/// The most characters of a cell, as the program that reads it counts them (UTF-16).
const CHARACTERS: usize = 32_767;
/// From here on whole numbers have gaps in a spreadsheet, which knows only floating point.
const EXACT: u64 = 1 << 53;
/// Around a value, in bytes.
const MARKUP: u64 = 64;
/// A sheet of more bytes is packed as a large file, of which there may be 4 GiB at most otherwise: some characters grow to six.
const LARGE: u64 = 600 << 20;
/// What people can still look at, in characters.
const WIDEST: u16 = 80;

pub(crate) struct Xlsx {
    book: Workbook,
    head: Head,
    columns: Vec<Column>,
    date: Format,
    share: Format,
    /// Rows so far, the header among them.
    rows: u32,
    /// About how many bytes they are before they are packed.
    bytes: u64,
}

impl Xlsx {
    pub(crate) fn new(head: Head, columns: Vec<Column>) -> Result<Self, SheetError> {
        let date = Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left);
        let share = Format::new().set_num_format("0.0%");
        let header = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
        let mut book = Workbook::new();
        book.set_properties(&properties(&head)?);
        let made = caught(|| {
            let sheet = book.add_worksheet_with_constant_memory()?;
            sheet.set_name("Table")?.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
            sheet.set_landscape().set_print_fit_to_pages(1, 0);
            for (at, column) in (0..).zip(&columns) {
                sheet.set_column_width(at, width(column))?;
                // A cell without a format of its own takes its column's, which is found much quicker.
                match column.kind {
                    Kind::Date => drop(sheet.set_column_format(at, &date)?),
                    Kind::Share => drop(sheet.set_column_format(at, &share)?),
                    Kind::Text | Kind::Number => {}
                }
                sheet.write_string_with_format(0, at, fitting(&column.name), &header)?;
            }
            Ok(())
        });
        made?;
        Ok(Self { book, head, columns, date, share, rows: 1, bytes: 0 })
    }

    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), SheetError> {
        let row = self.rows;
        let (columns, date, share) = (&self.columns, &self.date, &self.share);
        let book = &mut self.book;
        caught(|| {
            let sheet = book.worksheet_from_index(0)?;
            for ((at, cell), column) in (0..).zip(cells).zip(columns) {
                write(sheet, (row, at), *cell, column.kind, (date, share))?;
            }
            Ok(())
        })?;
        self.rows += 1;
        self.bytes +=
            cells.iter().map(|cell| if let Cell::Text(text) = cell { text.len() as u64 } else { 0 }).sum::<u64>();
        self.bytes += MARKUP * cells.len() as u64;
        Ok(())
    }

    /// The file, to be read from its beginning. Nobody else can open it, and it is gone when it is closed.
    pub(crate) fn finish(mut self) -> Result<File, SheetError> {
        let last = self.rows - 1;
        // Not every program opens what is packed so, and small files need not be.
        self.book.use_zip_large_file(self.bytes > LARGE);
        let (book, head, columns) = (&mut self.book, &self.head, &self.columns);
        let mut file = tempfile::tempfile()?;
        let mut out = BufWriter::with_capacity(1 << 16, &mut file);
        caught(|| {
            if let Some(last_column) = columns.len().checked_sub(1).and_then(|at| u16::try_from(at).ok()) {
                book.worksheet_from_index(0)?.autofilter(0, 0, last, last_column)?;
            }
            about(book.add_worksheet(), head)?;
            book.save_to_writer(&mut out)
        })?;
        out.flush()?;
        drop(out);
        file.rewind()?;
        Ok(file)
    }
}

/// The library takes a full disk for impossible while it keeps rows in its temporary file, and panics.
fn caught(work: impl FnOnce() -> Result<(), XlsxError>) -> Result<(), SheetError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(XlsxError::IoError(cause))) => Err(SheetError::Disk(cause)),
        Ok(Err(cause)) => Err(SheetError::Xlsx(cause)),
        Err(_) => Err(SheetError::Disk(std::io::Error::other("a row could not be kept"))),
    }
}

fn write(
    sheet: &mut Worksheet,
    (row, at): (u32, u16),
    cell: Cell<'_>,
    kind: Kind,
    (date, share): (&Format, &Format),
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty | Cell::Share { whole: 0, .. } => sheet,
        Cell::Text(text) => sheet.write_string(row, at, fitting(text))?,
        #[expect(clippy::cast_precision_loss, reason = "those that would lose something are written as text")]
        Cell::Number(number) if number.unsigned_abs() <= EXACT => sheet.write_number(row, at, number as f64)?,
        Cell::Number(number) => sheet.write_string(row, at, number.to_string())?,
        Cell::Date(day) => match serial(day) {
            Some(number) if kind == Kind::Date => sheet.write_number(row, at, number)?,
            Some(number) => sheet.write_number_with_format(row, at, number, date)?,
            None => sheet.write_string(row, at, day.to_string())?,
        },
        Cell::Share { part, whole } => {
            #[expect(clippy::cast_precision_loss, reason = "a share has 15 digits, which is more than anybody reads")]
            let number = part as f64 / whole as f64;
            match kind {
                Kind::Share => sheet.write_number(row, at, number)?,
                Kind::Text | Kind::Number | Kind::Date => sheet.write_number_with_format(row, at, number, share)?,
            }
        }
    };
    Ok(())
}

/// The days since the day before 1900, as spreadsheets count them; none before March 1900, since they believe in a 29 February 1900.
fn serial(day: Date) -> Option<i32> {
    (day >= date(1900, 3, 1)).then(|| (day - date(1899, 12, 30)).get_days())
}

/// A text as long as a cell can be.
fn fitting(text: &str) -> Cow<'_, str> {
    // No text has more UTF-16 units than bytes.
    if text.len() <= CHARACTERS {
        return Cow::Borrowed(text);
    }
    let mut units = 0;
    let mut end = None;
    for (at, character) in text.char_indices() {
        units += character.len_utf16();
        if units > CHARACTERS {
            return Cow::Owned(format!("{}…", &text[..end.unwrap_or_default()]));
        }
        if units < CHARACTERS {
            end = Some(at + character.len_utf8());
        }
    }
    Cow::Borrowed(text)
}

/// In characters. The arrow of the filter stands beside the name.
fn width(column: &Column) -> u16 {
    let longest_word = column.name.split_whitespace().map(|word| word.chars().count()).max().unwrap_or_default();
    let least = u16::try_from(longest_word).unwrap_or(WIDEST).saturating_add(4);
    column.width.saturating_add(1).max(least).min(WIDEST)
}

fn about(sheet: &mut Worksheet, head: &Head) -> Result<(), XlsxError> {
    let title = Format::new().set_bold().set_font_size(14);
    sheet.set_name("About")?.set_column_width(0, WIDEST)?;
    sheet.write_string_with_format(0, 0, fitting(&head.title), &title)?;
    for (row, line) in (1..).zip(std::iter::once(&head.organisation).chain(&head.lines)) {
        sheet.write_string(row, 0, fitting(line))?;
    }
    Ok(())
}

/// The library would read the clock for what is not set.
fn properties(head: &Head) -> Result<DocProperties, SheetError> {
    let made = moment(head.made).map_err(SheetError::Xlsx)?;
    Ok(DocProperties::new().set_title(&head.title).set_company(&head.organisation).set_creation_datetime(&made))
}

/// The properties are in UTC.
fn moment(at: Timestamp) -> Result<ExcelDateTime, XlsxError> {
    let at = TimeZone::UTC.to_datetime(at);
    let part = |number: i8| u16::from(number.unsigned_abs());
    ExcelDateTime::from_ymd(at.year().unsigned_abs(), at.month().unsigned_abs(), at.day().unsigned_abs())?.and_hms(
        part(at.hour()),
        at.minute().unsigned_abs(),
        f64::from(at.second()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_library_takes_for_impossible_is_an_error() {
        assert!(matches!(caught(|| panic!("no room")), Err(SheetError::Disk(_))));
        assert!(caught(|| Ok(())).is_ok());
    }
}
