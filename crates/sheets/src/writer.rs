//! Rows in, bytes out.

use std::fs::File;
use std::io::Read;

use crate::csv::Csv;
use crate::pdf::Pdf;
use crate::xlsx::Xlsx;
use crate::{Cell, Column, Format, Head, SheetError};

/// The most bytes of a part of [`Rest`].
pub const PART: usize = 256 * 1024;

/// Takes a table row by row and makes a file of it.
///
/// [`take`](Self::take) hands over what is ready. Of a CSV that is every row so far, so taking after every few thousand rows keeps
/// memory flat; a spreadsheet and a PDF are ready only in the end, and then come in parts of [`PART`] bytes.
pub struct Writer {
    format: Format,
    columns: usize,
    rows: u64,
    inner: Inner,
}

enum Inner {
    Csv(Csv),
    Xlsx(Box<Xlsx>),
    Pdf(Pdf),
}

impl Writer {
    /// A file of this kind, with these columns and nothing under them yet.
    ///
    /// # Errors
    /// [`SheetError::Disk`] and [`SheetError::Xlsx`], if a spreadsheet can't be begun.
    pub fn new(format: Format, head: Head, columns: Vec<Column>) -> Result<Self, SheetError> {
        let count = columns.len();
        let inner = match format {
            Format::Csv => Inner::Csv(Csv::new("", &columns)),
            Format::CsvWithMark => Inner::Csv(Csv::new("\u{feff}", &columns)),
            Format::Xlsx => Inner::Xlsx(Box::new(Xlsx::new(head, columns)?)),
            Format::Pdf => Inner::Pdf(Pdf::new(head, columns)),
        };
        Ok(Self { format, columns: count, rows: 0, inner })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`SheetError::TooManyRows`] for the row that is one too many; [`SheetError::Width`]; [`SheetError::Disk`] and
    /// [`SheetError::Xlsx`] of a spreadsheet. After an error there is no file to be had.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), SheetError> {
        if cells.len() != self.columns {
            return Err(SheetError::Width { cells: cells.len(), columns: self.columns });
        }
        if let Some(most) = self.format.most_rows(self.columns).filter(|most| self.rows >= *most) {
            return Err(SheetError::TooManyRows { format: self.format, most });
        }
        match &mut self.inner {
            Inner::Csv(csv) => csv.row(cells),
            Inner::Xlsx(xlsx) => xlsx.row(cells)?,
            Inner::Pdf(pdf) => pdf.row(cells),
        }
        self.rows += 1;
        Ok(())
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The bytes that are ready and were not taken before; none, if nothing is.
    pub fn take(&mut self) -> Vec<u8> {
        match &mut self.inner {
            Inner::Csv(csv) => csv.take(),
            Inner::Xlsx(_) | Inner::Pdf(_) => Vec::new(),
        }
    }

    /// Ends the table and gives the rest of the file. For a spreadsheet and a PDF this is where the work is: not for a thread that
    /// answers others.
    ///
    /// # Errors
    /// [`SheetError::Disk`], [`SheetError::Xlsx`], [`SheetError::Pdf`].
    pub fn finish(self) -> Result<Rest, SheetError> {
        Ok(Rest(match self.inner {
            Inner::Csv(mut csv) => Source::Memory(csv.take(), 0),
            Inner::Xlsx(xlsx) => Source::Disk(xlsx.finish()?),
            Inner::Pdf(pdf) => Source::Memory(pdf.finish()?, 0),
        }))
    }
}

/// The rest of a file, in parts of at most [`PART`] bytes and at least one.
pub struct Rest(Source);

enum Source {
    /// The bytes, and how many of them are gone.
    Memory(Vec<u8>, usize),
    Disk(File),
    Done,
}

impl Iterator for Rest {
    type Item = Result<Vec<u8>, SheetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let part = match &mut self.0 {
            Source::Memory(bytes, gone) => {
                let end = bytes.len().min(*gone + PART);
                let part = bytes[*gone..end].to_vec();
                *gone = end;
                Ok(part)
            }
            Source::Disk(file) => {
                let mut part = Vec::with_capacity(PART);
                file.take(PART as u64).read_to_end(&mut part).map(|_| part)
            }
            Source::Done => return None,
        };
        match part {
            Ok(part) if part.is_empty() => {
                self.0 = Source::Done;
                None
            }
            Ok(part) => Some(Ok(part)),
            Err(cause) => {
                self.0 = Source::Done;
                Some(Err(cause.into()))
            }
        }
    }
}
