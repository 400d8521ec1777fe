//! A table as a file: rows in one by one, the bytes of a file out in parts.
//!
//! A report knows its columns and its rows and nothing of files; this crate knows files and nothing of reports. It reads no clock and
//! no database. What a spreadsheet needs at hand while it grows lies in a temporary file, so that memory stays flat however long the
//! table is; a PDF is for paper and made in memory, so that it has an end much sooner ([`Format::most_rows`]).
//!
//! In reading order:
//!
//! - [`table`]: columns, cells, what stands above ([`Head`]), and the kinds of file ([`Format`])
//! - [`writer`]: rows in, bytes out ([`Writer`])
//! - `csv`, `xlsx`, `pdf`: one kind of file each
//! - [`bundle`]: several files in one, with checksums ([`Bundle`])
//!
//! To add a kind of file: its variant in [`Format`], its file beside `csv`, and its arms in [`writer`].
//!
//! ```
//! use sheets::{Cell, Column, Format, Head, Kind, Writer};
//!
//! # fn main() -> Result<(), sheets::SheetError> {
//! let head = Head {
//!     organisation: "Riverside Community Clinics".to_owned(),
//!     title: "Actions".to_owned(),
//!     lines: vec!["As of 3 May 2027".to_owned(), "1 row".to_owned()],
//!     made: jiff::Timestamp::UNIX_EPOCH,
//! };
//! let columns = vec![Column::new("Person", Kind::Text, 24), Column::new("Due", Kind::Date, 11)];
//! let mut writer = Writer::new(Format::Csv, head, columns)?;
//! writer.row(&[Cell::Text("Kovács, Ada"), Cell::Date(jiff::civil::date(2027, 5, 1))])?;
//! let mut file = writer.take();
//! for part in writer.finish()? {
//!     file.extend(part?);
//! }
//! assert_eq!(file, "Person,Due\r\n\"Kovács, Ada\",2027-05-01\r\n".as_bytes());
//! # Ok(())
//! # }
//! ```

pub mod bundle;
mod csv;
mod pdf;
pub mod table;
pub mod writer;
mod xlsx;

pub use bundle::Bundle;
pub use table::{Cell, Column, Format, Head, Kind};
pub use writer::{Rest, Writer};
pub use xlsx::XLSX_ROWS;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The table is longer than this kind of file can be. The words are for the person who asked for it.
    #[error("{} can have at most {} rows, and this table has more. Narrow it by a filter, or take it as CSV, which has no end", .format.name(), table::grouped(*.most))]
    TooManyRows {
        /// The kind of file.
        format: Format,
        /// How many rows it takes.
        most: u64,
    },
    /// A row has another number of cells than there are columns, which is a fault of the program.
    #[error("a row of {cells} cells under {columns} columns")]
    Width {
        /// How many cells the row has.
        cells: usize,
        /// How many there should be.
        columns: usize,
    },
    /// A name that a file in a bundle can't have: empty, taken already, or not plain.
    #[error("a file in a bundle can't be called “{0}”")]
    Name(String),
    /// A file in a bundle is larger than [`bundle::MOST`].
    #[error(
        "“{0}” is larger than 4 GB, which is more than fits into one bundle. Narrow it by a filter or by a shorter period"
    )]
    TooLarge(String),
    /// The temporary file can't be written or read: most likely its disk is full.
    #[error(
        "the temporary file of an export can't be used: {0}. Look whether the disk of the temporary folder is full"
    )]
    Disk(#[from] std::io::Error),
    /// The library that makes spreadsheets refuses.
    #[error("the spreadsheet can't be written: {0}")]
    Xlsx(rust_xlsxwriter::XlsxError),
    /// There is no PDF.
    #[error(transparent)]
    Pdf(#[from] print::PrintError),
}
