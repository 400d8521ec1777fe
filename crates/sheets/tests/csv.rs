//! Commas as another reader of CSV sees them.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod made;

use jiff::civil::{Date, date};
use made::{columns, head};
use proptest::prelude::*;
use sheets::{Cell, Column, Format, Kind, SheetError, Writer};

/// The file, taken in two parts.
fn file(format: Format, columns: Vec<Column>, rows: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let mut writer = Writer::new(format, head(), columns).unwrap();
    let mut file = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        writer.row(row).unwrap();
        if at == rows.len() / 2 {
            file.extend(writer.take());
        }
    }
    writer.finish().unwrap().for_each(|part| file.extend(part.unwrap()));
    file
}

#[test]
fn every_kind_of_cell_is_written_bare() {
    let rows = [
        vec![
            Cell::Text("Kovács, Ada"),
            Cell::Number(-12),
            Cell::Date(date(2027, 5, 3)),
            Cell::Share { part: 15, whole: 16 },
        ],
        vec![
            Cell::Text("say \"yes\"\nor no"),
            Cell::Number(i64::MIN),
            Cell::Date(Date::MIN),
            Cell::Share { part: 0, whole: 0 },
        ],
        vec![Cell::Empty, Cell::Number(0), Cell::Date(date(987, 12, 31)), Cell::Share { part: 7, whole: 7 }],
        vec![Cell::Text("-1"), Cell::Empty, Cell::Text("@"), Cell::Share { part: 2_999_999_999, whole: 3_000_000_000 }],
        vec![Cell::Text(""), Cell::Text("007"), Cell::Text(" x "), Cell::Share { part: 1, whole: 20_000 }],
    ];
    let expected = "Person,Days overdue,Due,Compliant\r\n\
        \"Kovács, Ada\",-12,2027-05-03,0.9375\r\n\
        \"say \"\"yes\"\"\nor no\",-9223372036854775808,-009999-01-01,\r\n\
        ,0,0987-12-31,1\r\n\
        '-1,,'@,0.999999\r\n\
        ,007, x ,0.00005\r\n";
    assert_eq!(String::from_utf8(file(Format::Csv, columns(), &rows)).unwrap(), expected);
}

#[test]
fn the_mark_stands_in_front_by_choice() {
    let plain = file(Format::Csv, columns(), &[]);
    let marked = file(Format::CsvWithMark, columns(), &[]);
    assert_eq!([b"\xef\xbb\xbf", plain.as_slice()].concat(), marked);
}

#[test]
fn a_name_of_a_column_is_no_formula() {
    let column = Column::new("=1+1", Kind::Text, 4);
    assert_eq!(file(Format::Csv, vec![column], &[]), b"'=1+1\r\n");
}

#[test]
fn a_row_must_be_as_wide_as_the_header() {
    let mut writer = Writer::new(Format::Csv, head(), columns()).unwrap();
    assert!(matches!(writer.row(&[Cell::Empty]), Err(SheetError::Width { cells: 1, columns: 4 })));
    assert_eq!(writer.rows(), 0);
}

#[test]
fn a_table_that_was_begun_goes_on_on_another_thread() {
    for format in [Format::Csv, Format::Xlsx, Format::Pdf] {
        let mut writer = Writer::new(format, head(), columns()).unwrap();
        let rest = std::thread::spawn(move || {
            writer.row(&[Cell::Empty; 4]).unwrap();
            writer.finish().unwrap()
        });
        assert!(rest.join().unwrap().count() > 0);
    }
}

#[test]
fn what_is_taken_is_gone() {
    let mut writer = Writer::new(Format::Csv, head(), columns()).unwrap();
    assert!(!writer.take().is_empty());
    assert!(writer.take().is_empty());
    assert_eq!(writer.finish().unwrap().count(), 0);
}

#[test]
fn the_rest_comes_in_parts() {
    let mut writer = Writer::new(Format::Csv, head(), columns()).unwrap();
    let long = "x".repeat(sheets::writer::PART);
    writer.take();
    writer.row(&[Cell::Text(&long), Cell::Empty, Cell::Empty, Cell::Empty]).unwrap();
    let parts: Vec<usize> = writer.finish().unwrap().map(|part| part.unwrap().len()).collect();
    assert_eq!(parts, [sheets::writer::PART, ",,,\r\n".len()]);
}

proptest! {
    #[test]
    fn a_share_is_cut_after_six_digits(part in any::<u64>(), whole in 1..=u64::MAX, shift in 0_u32..64) {
        let (part, whole) = (part >> shift, (whole >> shift).max(1));
        let file = file(Format::Csv, vec![Column::new("n", Kind::Share, 4)], &[vec![Cell::Share { part, whole }]]);
        let written = String::from_utf8(file).unwrap();
        let (ones, digits) = written.trim_end()[3..].split_once('.').unwrap_or((&written.trim_end()[3..], ""));
        let millionths: u128 = format!("{ones}{digits:0<6}").parse().unwrap();
        prop_assert_eq!(millionths, u128::from(part) * 1_000_000 / u128::from(whole));
        prop_assert!(!digits.ends_with('0'));
    }

    #[test]
    fn whatever_the_words_the_same_rows_are_read(
        rows in (1_usize..4).prop_flat_map(|width| {
            let cell = prop_oneof![any::<String>(), "[ '=+@,;\"\r\n\ta-zà-ü-]{0,9}"];
            prop::collection::vec(prop::collection::vec(cell, width), 1..9)
        }),
    ) {
        let names: Vec<Column> = rows[0].iter().map(|_| Column::new("n", Kind::Text, 4)).collect();
        let cells: Vec<Vec<Cell<'_>>> = rows.iter().map(|row| row.iter().map(|text| Cell::Text(text)).collect()).collect();
        let file = file(Format::Csv, names, &cells);
        let mut reader = csv::Reader::from_reader(file.as_slice());
        let read: Vec<csv::StringRecord> = reader.records().map(|record| record.unwrap()).collect();
        prop_assert_eq!(read.len(), rows.len());
        for (read, written) in read.iter().zip(&rows) {
            prop_assert_eq!(read.len(), written.len());
            for (read, written) in read.iter().zip(written) {
                prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r']), "{read:?}");
                prop_assert!(read == written || read.strip_prefix('\'') == Some(written), "{read:?} for {written:?}");
            }
        }
    }
}
