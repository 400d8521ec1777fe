//! Commas, by RFC 4180: a header, then the rows, nothing else.

use std::io::Write;

use jiff::civil::Date;
use records::sheet::reckoned;

use crate::{Cell, Column};

/// Digits behind the point of a share.
const DIGITS: u32 = 6;

/// The table so far, as far as nobody has taken it.
pub(crate) struct Csv {
    bytes: Vec<u8>,
    /// The most that was ever waiting, so that the next part need not grow step by step.
    largest: usize,
}

impl Csv {
    pub(crate) fn new(mark: &str, columns: &[Column]) -> Self {
        let mut csv = Self { bytes: mark.as_bytes().to_vec(), largest: 0 };
        let mut first = true;
        for column in columns {
            csv.comma(&mut first);
            csv.text(&column.name, columns.len() == 1);
        }
        csv.bytes.extend_from_slice(b"\r\n");
        csv
    }

    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) {
        let mut first = true;
        for cell in cells {
            self.comma(&mut first);
            match *cell {
                Cell::Empty => self.text("", cells.len() == 1),
                Cell::Text(text) => self.text(text, cells.len() == 1),
                // Memory takes everything.
                Cell::Number(number) => drop(write!(self.bytes, "{number}")),
                Cell::Date(date) => self.date(date),
                Cell::Share { part, whole } => self.share(part, whole),
            }
        }
        self.bytes.extend_from_slice(b"\r\n");
    }

    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.largest = self.largest.max(self.bytes.len());
        std::mem::replace(&mut self.bytes, Vec::with_capacity(self.largest))
    }

    fn comma(&mut self, first: &mut bool) {
        if !std::mem::take(first) {
            self.bytes.push(b',');
        }
    }

    /// `alone`: whether it is its row's only cell. An empty one must then be quoted, or the row is an empty line, which readers skip.
    fn text(&mut self, text: &str, alone: bool) {
        // No `any`: looking at every byte without stopping is what the processor does many of at once.
        let special = |byte: u8| (byte == b'"') | (byte == b',') | (byte == b'\n') | (byte == b'\r');
        let quoted = text.bytes().fold(false, |found, byte| found | special(byte)) || (alone && text.is_empty());
        if quoted {
            self.bytes.push(b'"');
        }
        if reckoned(text) {
            self.bytes.push(b'\'');
        }
        if quoted {
            for (at, piece) in text.split('"').enumerate() {
                if at > 0 {
                    self.bytes.extend_from_slice(b"\"\"");
                }
                self.bytes.extend_from_slice(piece.as_bytes());
            }
            self.bytes.push(b'"');
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }

    fn date(&mut self, date: Date) {
        let Ok(year @ 0..=9999) = u16::try_from(date.year()) else {
            // Memory takes everything.
            drop(write!(self.bytes, "{date}"));
            return;
        };
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        let digit = |number: u16, unit: u16| b'0' + u8::try_from(number / unit % 10).unwrap_or_default();
        let (month, day) = (u16::from(month), u16::from(day));
        self.bytes.extend_from_slice(&[
            digit(year, 1000),
            digit(year, 100),
            digit(year, 10),
            digit(year, 1),
            b'-',
            digit(month, 10),
            digit(month, 1),
            b'-',
            digit(day, 10),
            digit(day, 1),
        ]);
    }

    /// As a fraction of 1. It is cut and not rounded, so that 1 stands only where all of them are.
    fn share(&mut self, part: u64, whole: u64) {
        let Some(share) = (u128::from(part) * 10_u128.pow(DIGITS)).checked_div(u128::from(whole)) else { return };
        let (ones, mut rest) = (share / 10_u128.pow(DIGITS), share % 10_u128.pow(DIGITS));
        // Memory takes everything.
        drop(write!(self.bytes, "{ones}"));
        if rest > 0 {
            let mut digits = DIGITS as usize;
            while rest.is_multiple_of(10) {
                rest /= 10;
                digits -= 1;
            }
            drop(write!(self.bytes, ".{rest:0digits$}"));
        }
    }
}
