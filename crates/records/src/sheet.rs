//! A table as a file of commas (RFC 4180), as spreadsheets write it: read with every problem and its line, written so that no
//! spreadsheet takes a cell for a formula.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord};
use jiff::civil::Date;

/// How many problems are kept; the others are counted.
pub const SHOWN: usize = 200;

/// Something in a file that must be mended before it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line in the file, from 1; none where it is about the file as a whole.
    pub line: Option<u64>,
    /// The column, by its name in the header.
    pub column: Option<&'static str>,
    /// What to do about it, in plain words.
    pub message: String,
}

/// Every problem of a file: the first [`SHOWN`], and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// The first of them, in the order of their lines.
    pub shown: Vec<Problem>,
    /// How many there are in all.
    pub count: usize,
}

impl Problems {
    /// Adds one in a line and column.
    pub fn at(&mut self, line: u64, column: &'static str, message: impl Into<String>) {
        self.push(Problem { line: Some(line), column: Some(column), message: message.into() });
    }

    /// Adds one about a whole line.
    pub fn line(&mut self, line: u64, message: impl Into<String>) {
        self.push(Problem { line: Some(line), column: None, message: message.into() });
    }

    /// Adds one about the file.
    pub fn file(&mut self, message: impl Into<String>) {
        self.push(Problem { line: None, column: None, message: message.into() });
    }

    fn push(&mut self, problem: Problem) {
        self.count += 1;
        // Later lines may be found wanting first: what is kept is sorted in the end, so a few more are kept until then.
        if self.shown.len() < 10 * SHOWN {
            self.shown.push(problem);
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Puts them in the order of their lines and keeps those that are shown.
    pub(crate) fn finish(mut self) -> Self {
        self.shown.sort_by_key(|problem| problem.line);
        self.shown.truncate(SHOWN);
        self
    }
}

/// A column that a file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// Whether a file must have it.
    pub required: bool,
}

impl Column {
    pub(crate) const fn required(name: &'static str) -> Self {
        Self { name, required: true }
    }

    pub(crate) const fn optional(name: &'static str) -> Self {
        Self { name, required: false }
    }
}

/// A table that was read: its rows with their lines, cells by the names of their columns.
#[derive(Debug)]
pub struct Sheet {
    places: HashMap<&'static str, usize>,
    rows: Vec<(u64, StringRecord)>,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'s> {
    /// Its line in the file, from 1.
    pub line: u64,
    places: &'s HashMap<&'static str, usize>,
    cells: &'s StringRecord,
}

impl<'s> Row<'s> {
    /// The cell of a column, trimmed and without the apostrophe that keeps a spreadsheet from reckoning; none where the file has no
    /// such column.
    pub fn cell(&self, column: &str) -> Option<&'s str> {
        let place = *self.places.get(column)?;
        Some(bare(self.cells.get(place).unwrap_or_default().trim()))
    }
}

impl Sheet {
    /// Reads a table with these columns, in any order and any case. UTF-8, with or without a byte order mark; the cells are
    /// separated by commas, semicolons or tabs, whichever the header uses.
    ///
    /// # Errors
    /// Every problem of the table as such: what is in the cells is not looked at.
    pub fn read(bytes: &[u8], columns: &[Column]) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let text = match utf8(bytes) {
            Ok(text) => text,
            Err(problem) => {
                problems.push(problem);
                return Err(problems);
            }
        };
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(text))
            .from_reader(text.as_bytes());
        let mut record = StringRecord::new();
        let mut header: Option<(HashMap<&'static str, usize>, usize)> = None;
        let mut rows = Vec::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(cause) => {
                    problems.file(format!("This file cannot be read as a table: {cause}"));
                    break;
                }
            }
            // The reader names the line where the row before ended, which blank lines may follow.
            let line = record.position().map_or(0, |position| first_line(text, position.byte(), position.line()));
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let Some((_, width)) = &header else {
                let known = places(&record, columns, line, &mut problems);
                header = Some((known, record.len()));
                continue;
            };
            if record.iter().any(|cell| cell.contains(['\n', '\r'])) {
                problems.line(
                    line,
                    "A cell holds a line break. Look for a quotation mark that is missing, or take the break out",
                );
                continue;
            }
            if record.iter().skip(*width).any(|cell| !cell.trim().is_empty()) || record.len() < *width {
                let (cells, width) = (record.len(), *width);
                problems.line(
                    line,
                    format!("This line has {cells} cells, and the header has {width}. Put a cell that holds a comma in \"quotation marks\""),
                );
                continue;
            }
            rows.push((line, record.clone()));
        }
        let Some((places, _)) = header else {
            problems.file(format!("The file is empty. Its first line must name the columns: {}", names(columns)));
            return Err(problems);
        };
        if problems.is_empty() && rows.is_empty() {
            problems.file("The file has a header and no lines under it. Add a line for each person");
        }
        if problems.is_empty() { Ok(Self { places, rows }) } else { Err(problems.finish()) }
    }

    /// Its rows, from the top.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, cells)| Row { line: *line, places: &self.places, cells })
    }

    /// Whether the file has this column.
    pub fn has(&self, column: &str) -> bool {
        self.places.contains_key(column)
    }
}

/// The line on which a row begins: its first character that ends no line.
fn first_line(text: &str, byte: u64, line: u64) -> u64 {
    let rest = usize::try_from(byte).ok().and_then(|byte| text.as_bytes().get(byte..)).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    line + blank.filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>()
}

fn utf8(bytes: &[u8]) -> Result<&str, Problem> {
    const SAVE: &str = "save it in your spreadsheet as “CSV UTF-8”, and choose it again";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Problem { line: None, column: None, message: format!("This file is in UTF-16: {SAVE}") });
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Problem {
            line: None,
            column: None,
            message: format!("This is a spreadsheet and no CSV file: {SAVE}"),
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|cause| {
        let before = &bytes[..cause.valid_up_to()];
        let line = 1 + u64::try_from(before.iter().filter(|byte| **byte == b'\n').count()).unwrap_or_default();
        Problem { line: Some(line), column: None, message: format!("This line is not in UTF-8: {SAVE}") }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The mark that stands most often in the first line, outside of quotation marks.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(mark, _)| *mark == byte && !quoted) {
            *count += 1;
        }
    }
    let mut best = counts[0];
    for count in counts {
        if count.1 > best.1 {
            best = count;
        }
    }
    best.0
}

/// Where each column stands.
fn places(
    header: &StringRecord,
    columns: &[Column],
    line: u64,
    problems: &mut Problems,
) -> HashMap<&'static str, usize> {
    let mut places = HashMap::new();
    for (place, name) in header.iter().enumerate() {
        let plain = name.trim().to_lowercase().replace([' ', '-'], "_");
        match columns.iter().find(|column| column.name == plain) {
            Some(column) => {
                if places.insert(column.name, place).is_some() {
                    problems.line(line, format!("The column {} stands here twice. Leave one out", column.name));
                }
            }
            // A spreadsheet leaves commas behind where a column was cleared.
            None if plain.is_empty() => {}
            None => {
                problems.line(line, format!("There is no column “{}”. The columns are {}", name.trim(), names(columns)))
            }
        }
    }
    for column in columns.iter().filter(|column| column.required && !places.contains_key(column.name)) {
        problems.line(line, format!("The column {} is missing. Add it to the first line, and fill it in", column.name));
    }
    places
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

/// A date as it stands in a file: `2026-11-28` and nothing else.
///
/// # Errors
/// What to write instead.
pub(crate) fn date(cell: &str) -> Result<Date, String> {
    let shape = cell.len() == 10
        && cell
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if shape {
        let date: Date = cell.parse().map_err(|_| format!("There is no day {cell}. Look at the month and the day"))?;
        let years = 1900..=2200;
        if !years.contains(&date.year()) {
            return Err(format!("The year {} cannot be right. Write one from 1900 to 2200", date.year()));
        }
        return Ok(date);
    }
    let numbers: Vec<&str> = cell.split(['/', '.', '-', ' ']).filter(|part| !part.is_empty()).collect();
    let number = |at: usize| numbers.get(at).filter(|part| part.len() <= 4).and_then(|part| part.parse::<i16>().ok());
    let day = |year: i16, month: i16, day: i16| {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        Date::new(year, month, day).ok().filter(|date| date.year() >= 1900)
    };
    let meant: Vec<Date> = match (numbers.len(), number(0), number(1), number(2)) {
        (3, Some(a), Some(b), Some(c)) if c > 31 => [day(c, b, a), day(c, a, b)].into_iter().flatten().collect(),
        (3, Some(a), Some(b), Some(c)) if a > 31 => day(a, b, c).into_iter().collect(),
        _ => Vec::new(),
    };
    Err(match meant.as_slice() {
        [one] => format!("Write {one} instead of {cell}"),
        [one, other] if one == other => format!("Write {one} instead of {cell}"),
        [one, other] => format!("Write the day as year-month-day: {one} or {other} instead of {cell}"),
        _ => format!("Write the day as year-month-day, for example 2026-11-28, instead of “{cell}”"),
    })
}

/// Whether a spreadsheet would reckon with a cell, or takes an apostrophe in front of such a one away. Wherever a table is written
/// with commas, such a cell gets an apostrophe in front, which [`Sheet`] takes away again.
pub fn reckoned(cell: &str) -> bool {
    let first = cell.bytes().find(|byte| *byte != b'\'');
    matches!(first, Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'))
}

/// A cell as it is written: with its apostrophe, if it is one that is [`reckoned`].
fn guarded(cell: &str) -> String {
    if reckoned(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell without the apostrophe of [`reckoned`].
fn bare(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if reckoned(rest) => rest,
        _ => cell,
    }
}

/// Writes a table: UTF-8 with a byte order mark, so that spreadsheets know it, lines ended as RFC 4180 wants it.
#[derive(Debug)]
pub struct Writing(csv::Writer<Vec<u8>>);

impl Writing {
    /// A table with these columns.
    pub fn new(columns: &[&str]) -> Self {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
        // Memory takes everything.
        drop(writer.write_record(columns));
        Self(writer)
    }

    /// Adds a row.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) {
        drop(self.0.write_record(cells.into_iter().map(guarded)));
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        self.0.into_inner().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COLUMNS: [Column; 3] =
        [Column::required("staff_number"), Column::optional("name"), Column::optional("email")];

    fn cells(file: &[u8]) -> Vec<(u64, Option<String>, Option<String>)> {
        let sheet = Sheet::read(file, &COLUMNS).unwrap_or_else(|problems| panic!("{problems:?}"));
        let cell = |row: &Row<'_>, name| row.cell(name).map(str::to_owned);
        sheet.rows().map(|row| (row.line, cell(&row, "staff_number"), cell(&row, "name"))).collect()
    }

    #[track_caller]
    fn refused(file: &[u8], line: Option<u64>, words: &str) {
        let problems = Sheet::read(file, &COLUMNS).expect_err("a problem");
        let found = problems.shown.iter().any(|problem| problem.line == line && problem.message.contains(words));
        assert!(found, "{words}: {problems:?}");
    }

    #[test]
    fn a_file_is_read_as_any_spreadsheet_writes_it() {
        let ada = |line| vec![(line, Some("N1".to_owned()), Some("Obi, Ada".to_owned()))];
        for (file, line) in [
            ("staff_number,name\nN1,\"Obi, Ada\"\n", 2),
            ("\u{feff}staff_number,name\r\nN1,\"Obi, Ada\"\r\n", 2),
            ("Name;Staff Number\nObi, Ada;N1", 2),
            ("NAME\tSTAFF-NUMBER\n\n\"Obi, Ada\"\tN1\n\t\n\n", 3),
            ("staff_number,name,,\n\r\n,,,\r\nN1,\"Obi, Ada\",,\n", 4),
        ] {
            assert_eq!(cells(file.as_bytes()), ada(line), "{file:?}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_line() {
        refused(b"", None, "empty");
        refused(b"staff_number\n", None, "no lines");
        refused(b"staff_number,wage\nN1,2\n", Some(1), "The columns are staff_number, name, email");
        refused(b"name\nAda\n", Some(1), "staff_number is missing");
        refused(b"staff_number,name,Name\nN1,a,b\n", Some(1), "twice");
        refused(b"staff_number,name\nN1,Ada\nN2,Obi, Ben\n", Some(3), "3 cells, and the header has 2");
        refused(b"staff_number,name\nN1\n", Some(2), "1 cells");
        refused(b"staff_number,name\nN1,\"Ada\nN2,Ben\nN3,Cy\n", Some(2), "quotation mark");
        refused(b"staff_number,name\nN1,Ada\nN2,\xc9mile\n", Some(3), "UTF-8");
        refused(b"\xff\xfes\0t\0", None, "UTF-16");
        refused(b"PK\x03\x04...", None, "spreadsheet");
    }

    #[test]
    fn a_day_is_written_in_one_way_and_others_are_told_what_would_be_right() {
        assert_eq!(date("2026-11-28").map(|date| date.to_string()), Ok("2026-11-28".to_owned()));
        for (typed, words) in [
            ("28/11/2026", "Write 2026-11-28"),
            ("11/28/2026", "Write 2026-11-28"),
            ("28.11.2026", "Write 2026-11-28"),
            ("05/05/2026", "Write 2026-05-05"),
            ("05/11/2026", "2026-11-05 or 2026-05-11"),
            ("2026/11/28", "Write 2026-11-28"),
            ("2026-1-2", "Write 2026-01-02"),
            ("2026-02-30", "no day"),
            ("1026-02-03", "year 1026"),
            ("soon", "for example 2026-11-28"),
            ("20261128", "for example"),
            ("2026-11-28T10:00", "for example"),
        ] {
            let said = date(typed).expect_err(typed);
            assert!(said.contains(words), "{typed}: {said}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again_and_is_no_formula(
            rows in prop::collection::vec(("[A-Z0-9.-]{1,6}", "[ '=+@,;\"a-zà-ü\t-]{0,9}"), 1..9),
        ) {
            let mut writing = Writing::new(&["staff_number", "name"]);
            for (number, name) in &rows {
                writing.row([number.as_str(), name.trim()]);
            }
            let file = writing.finish();
            let mut raw = ReaderBuilder::new().has_headers(false).from_reader(&file[3..]);
            for record in raw.records() {
                for cell in record.expect("a row").iter() {
                    prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
                }
            }
            let read = cells(&file);
            prop_assert_eq!(read.len(), rows.len());
            for ((_, number, name), (wrote_number, wrote_name)) in read.iter().zip(&rows) {
                prop_assert_eq!(number.as_deref(), Some(wrote_number.as_str()));
                prop_assert_eq!(name.as_deref(), Some(wrote_name.trim()));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            match Sheet::read(&bytes, &COLUMNS) {
                Ok(sheet) => prop_assert!(sheet.rows().count() > 0),
                Err(problems) => prop_assert!(problems.count >= problems.shown.len() && !problems.shown.is_empty()),
            }
        }
    }
}
