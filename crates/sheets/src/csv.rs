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
                Cell::Number(number) => self.number(number),
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

    fn number(&mut self, number: i64) {
        if number < 0 {
            self.bytes.push(b'-');
        }
        self.digits(number.unsigned_abs());
    }

    fn digits(&mut self, mut number: u64) {
        let mut digits = [0; 20];
        let mut start = digits.len();
        while start == digits.len() || number > 0 {
            start -= 1;
            digits[start] = figure(number % 10);
            number /= 10;
        }
        self.bytes.extend_from_slice(&digits[start..]);
    }

    fn date(&mut self, date: Date) {
        let Ok(year @ 0..=9999) = u16::try_from(date.year()) else {
            // Memory takes everything.
            drop(write!(self.bytes, "{date}"));
            return;
        };
        let (year, month, day) =
            (u64::from(year), date.month().unsigned_abs().into(), date.day().unsigned_abs().into());
        let digit = |number: u64, unit: u64| figure(number / unit % 10);
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
        let Some(ones) = part.checked_div(whole) else { return };
        self.digits(ones);
        let mut rest = part % whole;
        // As one divides by hand: a digit at a time, and no zero at the end.
        let mut end = self.bytes.len();
        self.bytes.push(b'.');
        for _ in 0..DIGITS {
            let tenfold = u128::from(rest) * 10;
            let (digit, left) = match u64::try_from(tenfold) {
                Ok(tenfold) => (tenfold / whole, tenfold % whole),
                Err(_) => narrow(tenfold / u128::from(whole), tenfold % u128::from(whole)),
            };
            self.bytes.push(figure(digit));
            rest = left;
            if digit > 0 {
                end = self.bytes.len();
            }
            if rest == 0 {
                break;
            }
        }
        self.bytes.truncate(end);
    }
}

/// A number below 10 as it is written.
fn figure(number: u64) -> u8 {
    b'0' + u8::try_from(number).unwrap_or_default()
}

/// Both are below what they were divided by or below 10.
fn narrow(digit: u128, left: u128) -> (u64, u64) {
    (u64::try_from(digit).unwrap_or_default(), u64::try_from(left).unwrap_or_default())
}
