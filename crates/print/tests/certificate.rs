//! The file as a reader of PDF sees it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod reading;

use lopdf::Document;
use print::{Certificate, PrintError, certificate, characters_without_glyph};
use proptest::prelude::*;
use reading::{elements, follow, get};

const PLAIN: Certificate<'static> = Certificate {
    organisation: "Riverside Community Clinics",
    name: "Ada Kovács",
    title: "Hand hygiene at the bedside",
    completed_on: "5 Feb 2027",
    valid_through: Some("5 Feb 2029"),
    version: "3f9a0c71be24",
    number: "K7QM-4TXR-9WPD",
    verify_url: "https://bedside.example.org/check/K7QM-4TXR-9WPD",
};

fn open(words: &Certificate<'_>) -> Document {
    Document::load_mem(&certificate(words).unwrap()).unwrap()
}

/// The words of the page with every white space as one space.
fn text(document: &Document) -> String {
    let text = document.extract_text(&[1]).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_word_is_there() {
    let document = open(&PLAIN);
    assert_eq!(
        text(&document),
        "Certificate of completion Ada Kovács has completed Hand hygiene at the bedside on 5 Feb 2027 \
         Valid through 5 Feb 2029 Riverside Community Clinics Number K7QM-4TXR-9WPD · Version 3f9a0c71be24 \
         Anyone can check this certificate at https://bedside.example.org/check/K7QM-4TXR-9WPD"
    );
    let endless = text(&open(&Certificate { valid_through: None, ..PLAIN }));
    assert!(endless.contains("No end date") && !endless.contains("Valid"), "{endless}");
}

#[test]
fn names_come_back_as_they_were() {
    for name in [
        "Ṣọlá Ọmọ́táyọ̀",
        "Nguyễn Thị Ngọc Ánh",
        "Antonín Dvořák",
        "Kovács Győző",
        "Chịamaka Ịhụnanya Ṅwankwọ",
        "Łukasz Żółć",
        "Þórður Æsir Ðýr Øst",
        "Ελένη Παπαδοπούλου",
        "Їжакевич Ґалина Ђорђевић",
        "Office Affiliation fjord",
        "Իրինա Հակոբյան",
        "ქეთევან",
    ] {
        assert!(characters_without_glyph(name).unwrap().is_empty(), "{name}");
        let found = text(&open(&Certificate { name, ..PLAIN }));
        assert!(found.contains(&format!("completion {name} has")), "{name} in {found}");
    }
}

#[test]
fn marks_that_stand_apart_come_back_composed() {
    let apart = "S\u{323}o\u{323}la\u{301} O\u{323}mo\u{323}\u{301}ta\u{301}yo\u{323}\u{300}";
    let found = text(&open(&Certificate { name: apart, ..PLAIN }));
    assert!(found.contains("Ṣọlá Ọmọ́táyọ̀"), "{found}");
}

#[test]
fn right_to_left_and_missing_letters_are_told_to_screen_readers() {
    for (name, missing) in [
        ("محمد الأنصاري", vec![]),
        ("שרה כהן", vec![]),
        ("李 Wei 李", vec!['李']),
        ("अर्जुन", vec!['अ', 'र', '्', 'ज', 'ु', 'न']),
    ] {
        assert_eq!(characters_without_glyph(name).unwrap(), missing, "{name}");
        let document = open(&Certificate { name, ..PLAIN });
        let actual: Vec<_> = elements(&document).into_iter().filter_map(|(_, _, actual)| actual).collect();
        assert_eq!(actual, [name]);
    }
}

#[test]
fn the_file_is_tagged() {
    let document = open(&PLAIN);
    let catalog = document.catalog().unwrap();
    assert_eq!(lopdf::decode_text_string(get(&document, catalog, "Lang")).unwrap(), "en");
    let marked = get(&document, get(&document, catalog, "MarkInfo").as_dict().unwrap(), "Marked");
    assert!(marked.as_bool().unwrap());
    let viewer = get(&document, catalog, "ViewerPreferences").as_dict().unwrap();
    assert!(get(&document, viewer, "DisplayDocTitle").as_bool().unwrap());
    let info = get(&document, &document.trailer, "Info").as_dict().unwrap();
    let title = lopdf::decode_text_string(get(&document, info, "Title")).unwrap();
    assert_eq!(title, "Certificate of completion: Ada Kovács, Hand hygiene at the bedside");
    assert!(info.get(b"CreationDate").is_err() && info.get(b"ModDate").is_err());

    let kinds: Vec<String> = elements(&document).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["Document", "H1", "P", "P", "P", "P", "P", "P", "P", "P", "Link"]);
}

#[test]
fn one_page_a4_landscape() {
    let document = open(&PLAIN);
    let pages = document.get_pages();
    assert_eq!(pages.len(), 1);
    let page = document.get_dictionary(pages[&1]).unwrap();
    let corners = get(&document, page, "MediaBox").as_array().unwrap();
    let corners: Vec<f32> = corners.iter().map(|corner| corner.as_float().unwrap()).collect();
    let expected = [0.0, 0.0, 297.0 / 25.4 * 72.0, 210.0 / 25.4 * 72.0];
    assert!(corners.iter().zip(expected).all(|(is, should)| (is - should).abs() < 0.1), "{corners:?}");
}

#[test]
fn the_address_is_a_link() {
    let document = open(&PLAIN);
    let page = document.get_dictionary(document.get_pages()[&1]).unwrap();
    let links = get(&document, page, "Annots").as_array().unwrap();
    assert_eq!(links.len(), 1);
    let link = follow(&document, &links[0]).as_dict().unwrap();
    let action = get(&document, link, "A").as_dict().unwrap();
    assert_eq!(get(&document, action, "URI").as_str().unwrap(), PLAIN.verify_url.as_bytes());
    let spoken = lopdf::decode_text_string(get(&document, link, "Contents")).unwrap();
    assert_eq!(spoken, format!("Anyone can check this certificate at {}", PLAIN.verify_url));
}

#[test]
fn the_same_words_give_the_same_bytes() {
    let once = certificate(&PLAIN).unwrap();
    let other_thread = std::thread::spawn(|| certificate(&PLAIN).unwrap()).join().unwrap();
    assert!(once == certificate(&PLAIN).unwrap() && once == other_thread);
    assert!(once != certificate(&Certificate { name: "Ada Kovacs", ..PLAIN }).unwrap());
    assert!(once.len() < 40_000, "{} bytes", once.len());
}

#[test]
fn long_texts_are_whole() {
    let name =
        "María Guadalupe Concepción Fernández de la Cruz y Villanueva von Hohenlohe Waldenburg Dvořáková Ọmọ́táyọ̀";
    let title =
        "Recognising and responding to acute deterioration in adult patients with several conditions ".repeat(3);
    let found = text(&open(&Certificate { name, title: &title, ..PLAIN }));
    assert!(found.contains(name), "{found}");
    assert!(found.contains(title.trim()), "{found}");
}

#[test]
fn what_has_no_room_is_an_error() {
    let endless = "word ".repeat(1000);
    let name = certificate(&Certificate { name: &endless, ..PLAIN });
    assert!(matches!(name, Err(PrintError::TooLong("name"))));
    let title = certificate(&Certificate { title: &endless, ..PLAIN });
    assert!(matches!(title, Err(PrintError::TooLong("title"))));
}

#[test]
fn white_space_and_what_turns_the_text_around_are_left_out() {
    let found = text(&open(&Certificate { name: " Ada\n\t\u{202e}Kov\u{0}ács\u{feff} ", ..PLAIN }));
    assert!(found.contains("completion Ada Kovács has"), "{found}");
    // Nothing at all is printed as nothing.
    certificate(&Certificate { name: "", title: " ", organisation: "\u{7}", ..PLAIN }).unwrap();
}

#[test]
fn one_missing_letter_can_bring_another() {
    // Without the first letter, the mark after the brace is looked for in another font.
    certificate(&Certificate { title: "\u{10a3f}{\u{1cd5}𐌀", ..PLAIN }).unwrap();
    // A mark that sits on the space before it.
    certificate(&Certificate { verify_url: "\u{1cd4}", ..PLAIN }).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_words_are_printed(name in any::<String>(), title in "\\PC{0,120}", url in "\\PC{0,60}") {
        certificate(&Certificate { name: &name, title: &title, verify_url: &url, ..PLAIN }).unwrap();
    }
}
