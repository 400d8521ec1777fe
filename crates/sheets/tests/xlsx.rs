//! A spreadsheet as another program reads it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod made;

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use jiff::civil::{Date, date};
use made::{columns, head};
use proptest::prelude::*;
use sheets::{Cell, Column, Format, Head, Kind, SheetError, Writer, XLSX_ROWS};

fn file(head: Head, columns: Vec<Column>, rows: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let mut writer = Writer::new(Format::Xlsx, head, columns).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.finish().unwrap().flat_map(|part| part.unwrap()).collect()
}

fn opened(file: &[u8]) -> Xlsx<Cursor<&[u8]>> {
    open_workbook_from_rs(Cursor::new(file)).unwrap()
}

/// The table from its header on.
fn rows(file: &[u8]) -> Vec<Vec<Data>> {
    let range = opened(file).worksheet_range("Table").unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// A file inside, as it stands.
fn inside(file: &[u8], name: &str) -> String {
    let mut text = String::new();
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The day of a cell that is one.
#[track_caller]
fn day(cell: &Data) -> Date {
    let Data::DateTime(at) = cell else { panic!("{cell:?} is no day") };
    let (year, month, day, hour, ..) = at.to_ymd_hms_milli();
    assert_eq!(hour, 0);
    Date::new(year.try_into().unwrap(), month.try_into().unwrap(), day.try_into().unwrap()).unwrap()
}

#[test]
fn every_kind_of_cell_keeps_its_kind() {
    let written = [
        vec![Cell::Text("Ada"), Cell::Number(-12), Cell::Date(date(2027, 5, 3)), Cell::Share { part: 15, whole: 16 }],
        vec![
            Cell::Text("=1+1"),
            Cell::Number(1 << 53),
            Cell::Date(date(1900, 3, 1)),
            Cell::Share { part: 0, whole: 0 },
        ],
        vec![Cell::Text("007"), Cell::Number(i64::MAX), Cell::Date(date(1850, 1, 1)), Cell::Empty],
        vec![
            Cell::Date(date(2028, 2, 29)),
            Cell::Text("-1"),
            Cell::Share { part: 1, whole: 4 },
            Cell::Date(date(2028, 3, 1)),
        ],
    ];
    let read = rows(&file(head(), columns(), &written));
    let text = |text: &str| Data::String(text.to_owned());
    assert_eq!(read[0], [text("Person"), text("Days overdue"), text("Due"), text("Compliant")]);
    assert_eq!(read[1][..2], [text("Ada"), Data::Float(-12.0)]);
    assert_eq!((day(&read[1][2]), &read[1][3]), (date(2027, 5, 3), &Data::Float(0.9375)));
    assert_eq!(read[2][..2], [text("=1+1"), Data::Float(9_007_199_254_740_992.0)]);
    assert_eq!((day(&read[2][2]), &read[2][3]), (date(1900, 3, 1), &Data::Empty));
    assert_eq!(read[3], [text("007"), text("9223372036854775807"), text("1850-01-01"), Data::Empty]);
    assert_eq!((day(&read[4][0]), &read[4][1], &read[4][2]), (date(2028, 2, 29), &text("-1"), &Data::Float(0.25)));
    assert_eq!(day(&read[4][3]), date(2028, 3, 1));
    assert_eq!(read.len(), 5);
}

#[test]
fn shares_are_seen_as_percentages_and_days_as_days() {
    let file = file(
        head(),
        columns(),
        &[vec![Cell::Empty, Cell::Empty, Cell::Date(date(2027, 5, 3)), Cell::Share { part: 1, whole: 2 }]],
    );
    let (styles, sheet) = (inside(&file, "xl/styles.xml"), inside(&file, "xl/worksheets/sheet1.xml"));
    assert!(styles.contains("formatCode=\"0.0%\"") && styles.contains("formatCode=\"yyyy-mm-dd\""), "{styles}");
    let style = |cell: &str| {
        let (_, rest) = sheet.split_once(&format!("<c r=\"{cell}\" s=\"")).unwrap();
        rest.split('"').next().unwrap().parse::<usize>().unwrap()
    };
    let formats: Vec<&str> = styles.split_once("<cellXfs").unwrap().1.split("<xf numFmtId=\"").skip(1).collect();
    let code = |cell| {
        let id = formats[style(cell)].split('"').next().unwrap();
        let (_, rest) = styles.split_once(&format!("numFmtId=\"{id}\" formatCode=\"")).unwrap();
        rest.split('"').next().unwrap()
    };
    assert_eq!((code("C2"), code("D2")), ("yyyy-mm-dd", "0.0%"));
}

#[test]
fn the_header_stays_in_sight_and_filters_every_row() {
    let row = || vec![Cell::Empty; 4];
    let file = file(head(), columns(), &[row(), row(), row()]);
    let sheet = inside(&file, "xl/worksheets/sheet1.xml");
    assert!(
        sheet.contains("<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>"),
        "{sheet}"
    );
    assert!(sheet.contains("<autoFilter ref=\"A1:D4\"/>"), "{sheet}");
    // Its arrow must not hide the end of the name.
    assert!(sheet.contains("<col min=\"2\" max=\"2\" width=\"11.7"), "{sheet}");
    let styles = inside(&file, "xl/styles.xml");
    assert!(styles.contains("<b/>"), "{styles}");
}

#[test]
fn what_it_shows_stands_on_a_sheet_of_its_own() {
    let mut book = opened(&file(head(), columns(), &[])).sheet_names();
    assert_eq!(book, ["Table", "About"]);
    book.clear();
    let file = file(head(), columns(), &[]);
    let about = opened(&file).worksheet_range("About").unwrap();
    let lines: Vec<String> = about.rows().map(|row| row[0].to_string()).collect();
    assert_eq!(lines, ["Actions", "Riverside Community Clinics", "As of 3 May 2027", "Department: Surgery and below"]);
    let core = inside(&file, "docProps/core.xml");
    assert!(core.contains(">2027-05-03T09:30:00Z<") && core.contains("<dc:title>Actions<"), "{core}");
}

#[test]
fn the_same_table_made_at_the_same_time_is_the_same_file() {
    let once = file(head(), columns(), &[vec![Cell::Text("Ada"), Cell::Empty, Cell::Empty, Cell::Empty]]);
    assert!(once == file(head(), columns(), &[vec![Cell::Text("Ada"), Cell::Empty, Cell::Empty, Cell::Empty]]));
}

#[test]
fn a_text_is_as_long_as_a_cell_can_be() {
    let one = |text: &str| {
        let read = rows(&file(head(), vec![Column::new("n", Kind::Text, 4)], &[vec![Cell::Text(text)]]));
        read[1][0].to_string()
    };
    let fits = "é".repeat(32_767);
    assert_eq!(one(&fits), fits);
    let long = one(&"é".repeat(32_768));
    assert_eq!((long.chars().count(), long.ends_with("é…")), (32_767, true));
    // Two units each.
    let long = one(&"😀".repeat(20_000));
    assert_eq!((long.encode_utf16().count(), long.ends_with("😀…")), (32_767, true));
}

#[test]
fn a_sheet_is_filled_to_its_last_row_and_no_further() {
    let mut writer = Writer::new(Format::Xlsx, head(), vec![Column::new("n", Kind::Text, 4)]).unwrap();
    for _ in 1..XLSX_ROWS {
        writer.row(&[Cell::Empty]).unwrap();
    }
    writer.row(&[Cell::Text("last")]).unwrap();
    let refused = writer.row(&[Cell::Empty]).unwrap_err();
    assert!(matches!(refused, SheetError::TooManyRows { format: Format::Xlsx, most: XLSX_ROWS }));
    assert!(refused.to_string().starts_with("A spreadsheet can have at most 1,048,575 rows"), "{refused}");
    let file: Vec<u8> = writer.finish().unwrap().flat_map(|part| part.unwrap()).collect();
    let sheet = inside(&file, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<c r=\"A1048576\" t=\"inlineStr\"><is><t>last</t>") && sheet.contains("\"A1:A1048576\""));
}

#[test]
fn without_columns_it_is_still_a_spreadsheet() {
    let file = file(head(), Vec::new(), &[]);
    assert!(rows(&file).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_the_words_the_same_rows_are_read(
        texts in prop::collection::vec(prop_oneof![any::<String>(), "[ =<>&\"'_x00-9A-F\n\t-]{1,12}"], 1..12),
        numbers in prop::collection::vec(-1_000_000_000_i64..1_000_000_000, 12),
        days in prop::collection::vec(-20_000_i32..80_000, 12),
    ) {
        let days: Vec<Date> = days.iter().map(|day| date(1970, 1, 1).saturating_add(jiff::Span::new().days(*day))).collect();
        let all = || texts.iter().zip(&numbers).zip(&days);
        let written: Vec<Vec<Cell<'_>>> = all()
            .map(|((text, number), day)| vec![Cell::Text(text), Cell::Number(*number), Cell::Date(*day), Cell::Empty])
            .collect();
        let read = rows(&file(head(), columns(), &written));
        prop_assert_eq!(read.len(), written.len() + 1);
        for (read, ((text, number), day_written)) in read[1..].iter().zip(all()) {
            if text.is_empty() {
                prop_assert_eq!(&read[0], &Data::Empty);
            } else {
                prop_assert_eq!(&read[0], &Data::String(text.clone()));
            }
            prop_assert_eq!(&read[1], &Data::Float(*number as f64));
            prop_assert_eq!(day(&read[2]), *day_written);
        }
    }
}
