//! Columns, cells, what stands above a table, and the kinds of file it can become.

use jiff::Timestamp;
use jiff::civil::Date;

/// What a column holds, so that a spreadsheet can sort it and sum it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words, and numbers nobody reckons with, such as a staff number.
    Text,
    /// Whole numbers.
    Number,
    /// Days.
    Date,
    /// Parts of a whole.
    Share,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the first row.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// About how many characters its cells are long: a hint, nothing is cut.
    pub width: u16,
}

impl Column {
    /// A column of this name, kind and width.
    pub fn new(name: impl Into<String>, kind: Kind, width: u16) -> Self {
        Self { name: name.into(), kind, width }
    }
}

/// One value. It need not be of its column's kind: a matrix may have a day in one cell and words in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Words.
    Text(&'a str),
    /// A whole number.
    Number(i64),
    /// A day.
    Date(Date),
    /// A fraction as it was counted. Of a `whole` of 0 there is no share.
    Share {
        /// How many of them.
        part: u64,
        /// Of how many.
        whole: u64,
    },
}

/// What stands above the table. A CSV leaves it out, so that it opens as a table; a spreadsheet has it on a sheet of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whose table it is.
    pub organisation: String,
    /// What it shows.
    pub title: String,
    /// What must be known to read it, a line each: as of which day, the filters, how many rows.
    pub lines: Vec<String>,
    /// When it was made. It stands in the properties of a spreadsheet; what people should read of it belongs into `lines`.
    pub made: Timestamp,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Commas, by RFC 4180, in UTF-8.
    Csv,
    /// The same with a byte order mark in front, by which Excel knows that it is UTF-8.
    CsvWithMark,
    /// A spreadsheet.
    Xlsx,
    /// For paper.
    Pdf,
}

impl Format {
    /// What its files end with, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvWithMark => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    /// What it is to a browser.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvWithMark => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }

    /// The most rows under the header of so many columns, if there is an end. A page that knows how many rows there are can say so
    /// before it offers the file.
    pub fn most_rows(self, columns: usize) -> Option<u64> {
        match self {
            Self::Csv | Self::CsvWithMark => None,
            Self::Xlsx => Some(crate::XLSX_ROWS),
            Self::Pdf => Some(print::listing::most_rows(columns) as u64),
        }
    }

    /// What people call it, at the beginning of a sentence.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvWithMark => "A CSV file",
            Self::Xlsx => "A spreadsheet",
            Self::Pdf => "A PDF",
        }
    }
}

/// A number as people read it: `1,048,575`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
