//! A listing as a reader of PDF sees it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod reading;

use lopdf::{Document, Object};
use print::PrintError;
use print::listing::{Align, CELLS, Column, Listing, Part, ROWS, Table, listing, most_rows};
use proptest::prelude::*;
use reading::{elements, follow, get};

fn column(name: &str, width: u16) -> Column {
    Column { name: name.to_owned(), width, align: Align::Start }
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// A table of two columns with so many rows.
fn people(rows: usize) -> Table {
    Table {
        summary: "Who is late".to_owned(),
        columns: vec![column("Person", 20), Column { align: Align::Right, ..column("Days overdue", 6) }],
        rows: (1..=rows).map(|number| vec![format!("Person{number:05}"), number.to_string()]).collect(),
    }
}

fn of(parts: Vec<Part>) -> Listing {
    Listing { organisation: "Riverside Community Clinics".to_owned(), title: "Audit packet".to_owned(), parts }
}

fn open(parts: Vec<Part>) -> Document {
    Document::load_mem(&listing(&of(parts)).unwrap()).unwrap()
}

/// The words of each page with every white space as one space.
fn pages(document: &Document) -> Vec<String> {
    let page = |number: &u32| document.extract_text(&[*number]).unwrap();
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    document.get_pages().keys().map(page).map(words).collect()
}

fn kinds(document: &Document) -> Vec<String> {
    elements(document).into_iter().map(|(kind, ..)| kind).collect()
}

/// Whether each page is across.
fn across(document: &Document) -> Vec<bool> {
    let page = |id| {
        let corners = get(document, document.get_dictionary(id).unwrap(), "MediaBox").as_array().unwrap();
        let corners: Vec<f32> = corners.iter().map(|corner| corner.as_float().unwrap()).collect();
        corners[2] > corners[3]
    };
    document.get_pages().into_values().map(page).collect()
}

#[test]
fn every_part_has_its_tags_and_its_words_in_order() {
    let document = open(vec![
        Part::Paragraph("As of 3 May 2027".to_owned()),
        Part::Heading("Requirement".to_owned()),
        Part::Lines(vec![("Title".to_owned(), "Hand hygiene".to_owned()), ("Version".to_owned(), String::new())]),
        Part::Heading("People".to_owned()),
        Part::Table(people(2)),
        Part::Table(people(1)),
    ]);
    let name_and_words = ["TR", "TH", "TD"];
    let header = ["THead", "TR", "TH", "TH", "TBody"];
    let mut expected = vec!["Document", "H1", "P", "P", "H2", "Table", "TBody"];
    expected.extend([name_and_words, name_and_words].concat());
    expected.extend(["H2", "Table"]);
    expected.extend(header.iter().chain(&name_and_words).chain(&name_and_words));
    expected.push("Table");
    expected.extend(header.iter().chain(&name_and_words));
    assert_eq!(kinds(&document), expected);
    assert_eq!(
        pages(&document),
        ["Audit packet Riverside Community Clinics As of 3 May 2027 Requirement Title Hand hygiene Version People \
          Person Days overdue Person00001 1 Person00002 2 Person Days overdue Person00001 1 \
          Page 1 of 1 Audit packet · Riverside Community Clinics"]
    );
}

#[test]
fn the_cells_that_name_others_say_which() {
    let document = open(vec![Part::Table(people(1))]);
    let mut scopes = Vec::new();
    for object in document.objects.values() {
        let Ok(element) = object.as_dict() else { continue };
        if element.get(b"S").and_then(Object::as_name).ok() == Some(b"TH".as_slice()) {
            let attributes = match get(&document, element, "A") {
                Object::Array(all) => follow(&document, &all[0]).as_dict().unwrap(),
                one => one.as_dict().unwrap(),
            };
            scopes.push(String::from_utf8_lossy(get(&document, attributes, "Scope").as_name().unwrap()).into_owned());
        }
    }
    scopes.sort();
    assert_eq!(scopes, ["Column", "Column", "Row"]);
}

#[test]
fn the_header_is_seen_on_every_page_and_read_once() {
    let document = open(vec![Part::Table(people(150))]);
    let pages = pages(&document);
    assert!(pages.len() > 2, "{}", pages.len());
    let mut rows = Vec::new();
    for (number, page) in (1..).zip(&pages) {
        assert!(page.contains("Person Days overdue Person"), "{page}");
        assert!(page.contains(&format!("Page {number} of {}", pages.len())), "{page}");
        rows.extend(page.split(' ').filter(|word| word.starts_with("Person0")));
    }
    let all: Vec<String> = (1..=150).map(|number| format!("Person{number:05}")).collect();
    assert_eq!(rows, all);
    let kinds = kinds(&document);
    let count = |wanted: &str| kinds.iter().filter(|kind| *kind == wanted).count();
    assert_eq!((count("Table"), count("THead"), count("TR"), count("TH"), count("TD")), (1, 1, 151, 152, 150));
}

#[test]
fn every_font_is_in_the_file() {
    let document = open(vec![Part::Paragraph("Արմեն 1 · Ọmọ́táyọ̀".to_owned()), Part::Table(people(2))]);
    let named = |kind: &[u8]| {
        let dictionaries = document.objects.values().filter_map(|object| object.as_dict().ok());
        let kind = kind.to_owned();
        dictionaries.filter(move |one| one.get(b"Type").and_then(Object::as_name).ok() == Some(kind.as_slice()))
    };
    // Regular, bold, and the one for Armenian.
    assert_eq!(named(b"FontDescriptor").count(), 3);
    for descriptor in named(b"FontDescriptor") {
        assert!(descriptor.has(b"FontFile2") || descriptor.has(b"FontFile3"), "{descriptor:?}");
    }
    for font in
        named(b"Font").filter(|font| font.get(b"Subtype").and_then(Object::as_name).ok() != Some(b"Type0".as_slice()))
    {
        assert!(font.has(b"FontDescriptor"), "{font:?}");
    }
}

#[test]
fn a_page_is_across_only_if_its_table_is_wide() {
    assert_eq!(across(&open(vec![Part::Table(people(1))])), [false]);
    let columns: Vec<Column> = (0..8).map(|number| column(&format!("Column {number}"), 18)).collect();
    let wide = Table { columns, rows: vec![row(&["a", "b"])], ..people(0) };
    assert_eq!(across(&open(vec![Part::Table(wide)])), [true]);
}

#[test]
fn a_table_that_is_too_wide_is_printed_in_parts_with_the_first_column() {
    let columns = (0..40).map(|number| column(&format!("Requirement{number}"), 14)).collect();
    let rows = (0..3).map(|person| (0..40).map(|number| format!("r{person}c{number}")).collect()).collect();
    let document = open(vec![Part::Table(Table { summary: "Matrix".to_owned(), columns, rows })]);
    let words = pages(&document).join(" ");
    let words: Vec<&str> = words.split(' ').collect();
    let count = |wanted: &str| words.iter().filter(|word| **word == wanted).count();
    let tables = kinds(&document).iter().filter(|kind| *kind == "Table").count();
    assert!(tables > 1 && words.join(" ").contains("Columns 1 to "), "{tables}");
    for person in 0..3 {
        assert_eq!(count(&format!("r{person}c0")), tables);
        for number in 1..40 {
            assert_eq!(count(&format!("r{person}c{number}")), 1, "r{person}c{number}");
        }
    }
}

#[test]
fn a_cell_that_is_longer_than_a_page_goes_on_on_the_next() {
    let words: Vec<String> = (0..3000).map(|number| format!("w{number}")).collect();
    let table = Table { rows: vec![vec![words.join(" "), "7".to_owned()], row(&["after", "8"])], ..people(0) };
    let document = open(vec![Part::Table(table)]);
    let pages = pages(&document);
    assert!(pages.len() > 2, "{}", pages.len());
    let found: Vec<&str> = pages.iter().flat_map(|page| page.split(' ')).collect();
    let found: Vec<&str> = found.into_iter().filter(|word| word.starts_with('w')).collect();
    assert_eq!(found, words);
    // One row of two cells, however many pages it is on.
    assert_eq!(kinds(&document).iter().filter(|kind| *kind == "TR").count(), 3);
}

#[test]
fn what_is_read_otherwise_than_drawn_is_told() {
    let rows = vec![row(&["محمد الأنصاري", "李 Wei"]), row(&["Ada", "5"])];
    let document = open(vec![Part::Table(Table { rows, ..people(0) })]);
    let told: Vec<_> = elements(&document).into_iter().filter_map(|(kind, _, actual)| Some((kind, actual?))).collect();
    assert_eq!(told, [("TH".to_owned(), "محمد الأنصاري".to_owned()), ("TD".to_owned(), "李 Wei".to_owned())]);
}

#[test]
fn a_row_without_a_cell_keeps_its_place() {
    let document =
        open(vec![Part::Table(Table { rows: vec![row(&["Ada"]), row(&[]), row(&["Ben", "3", "more"])], ..people(0) })]);
    let kinds = kinds(&document);
    assert_eq!(kinds.iter().filter(|kind| *kind == "TD").count(), 3);
    assert!(!pages(&document)[0].contains("more"));
}

#[test]
fn what_is_too_long_is_an_error() {
    let columns = |count: usize| vec![column("A", 1); count];
    let table = |rows: usize, count: usize| Table {
        summary: String::new(),
        columns: columns(count),
        rows: vec![Vec::new(); rows],
    };
    let refused = |parts: Vec<Part>| matches!(listing(&of(parts)), Err(PrintError::TooManyRows));
    assert!(refused(vec![Part::Table(table(ROWS + 1, 1))]));
    assert!(refused(vec![Part::Table(table(ROWS, 1)), Part::Table(table(1, 1))]));
    assert!(refused(vec![Part::Table(table(most_rows(50) + 1, 50))]));
    assert_eq!((most_rows(0), most_rows(3), most_rows(50)), (ROWS, ROWS, CELLS / 50));
}

#[test]
fn the_same_words_give_the_same_bytes() {
    let words = of(vec![Part::Heading("A".to_owned()), Part::Table(people(70))]);
    assert!(listing(&words).unwrap() == listing(&words).unwrap());
}

#[test]
fn nothing_is_a_page_with_its_title() {
    let document = Document::load_mem(&listing(&Listing::default()).unwrap()).unwrap();
    assert_eq!(kinds(&document), ["Document", "H1"]);
    assert!(pages(&document)[0].starts_with("Untitled"));
}

fn parts() -> impl Strategy<Value = Part> {
    let text = || prop_oneof![any::<String>(), "\\PC{0,40}", "[a-z ]{0,300}"];
    let column = (text(), any::<u16>(), any::<bool>()).prop_map(|(name, width, right)| Column {
        name,
        width: width % 60,
        align: if right { Align::Right } else { Align::Start },
    });
    let rows = prop::collection::vec(prop::collection::vec(text(), 0..5), 0..6);
    let table = (text(), prop::collection::vec(column, 0..14), rows);
    prop_oneof![
        text().prop_map(Part::Heading),
        text().prop_map(Part::Paragraph),
        prop::collection::vec((text(), text()), 0..4).prop_map(Part::Lines),
        table.prop_map(|(summary, columns, rows)| Part::Table(Table { summary, columns, rows })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_words_are_printed(title in any::<String>(), parts in prop::collection::vec(parts(), 0..6)) {
        let file = listing(&Listing { title, ..of(parts) }).unwrap();
        Document::load_mem(&file).unwrap();
    }
}
