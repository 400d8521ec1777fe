//! A table on paper.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod made;

use jiff::civil::date;
use lopdf::Document;
use made::{columns, head};
use sheets::{Cell, Format, SheetError, Writer};

fn words(rows: &[Vec<Cell<'_>>]) -> String {
    let mut writer = Writer::new(Format::Pdf, head(), columns()).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    let file: Vec<u8> = writer.finish().unwrap().flat_map(|part| part.unwrap()).collect();
    let document = Document::load_mem(&file).unwrap();
    let text = document.extract_text(&document.get_pages().into_keys().collect::<Vec<_>>()).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_table_reads_as_people_write() {
    let rows = [
        vec![
            Cell::Text("Ada"),
            Cell::Number(-1_234_567),
            Cell::Date(date(2027, 5, 3)),
            Cell::Share { part: 1203, whole: 1204 },
        ],
        vec![Cell::Text("=1"), Cell::Number(0), Cell::Empty, Cell::Share { part: 16, whole: 16 }],
        vec![Cell::Empty, Cell::Empty, Cell::Empty, Cell::Share { part: 0, whole: 0 }],
    ];
    assert_eq!(
        words(&rows),
        "Actions Riverside Community Clinics As of 3 May 2027 Department: Surgery and below \
         Person Days overdue Due Compliant Ada -1,234,567 3 May 2027 99.9% (1,203 of 1,204) \
         =1 0 100% (16 of 16) 0 of 0 Page 1 of 1 Actions · Riverside Community Clinics"
    );
}

#[test]
fn a_table_without_rows_says_so() {
    assert!(words(&[]).contains("Compliant There is nothing to list."));
}

#[test]
fn a_table_that_is_too_long_for_paper_is_refused_with_what_to_do() {
    let mut writer = Writer::new(Format::Pdf, head(), columns()).unwrap();
    let most = Format::Pdf.most_rows(4).unwrap();
    for _ in 0..most {
        writer.row(&[Cell::Empty; 4]).unwrap();
    }
    let refused = writer.row(&[Cell::Empty; 4]).unwrap_err();
    assert!(matches!(refused, SheetError::TooManyRows { format: Format::Pdf, most: found } if found == most));
    assert_eq!(
        refused.to_string(),
        "A PDF can have at most 10,000 rows, and this table has more. Narrow it by a filter, or take it as CSV, which has no end"
    );
}
