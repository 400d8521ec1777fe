//! Our own zip, out and in; and archives that nobody honest makes.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod told;

use std::io::{Cursor, Write as _};

use exchange::{ExchangeError, Imported, bundle};
use proptest::prelude::*;
use told::{errors, said};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Why an archive is refused.
fn refused(bytes: &[u8]) -> String {
    bundle::read(bytes).unwrap_err().to_string()
}

#[test]
fn the_starter_curriculum_comes_back_byte_for_byte() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content");
    let mut documents = Vec::new();
    let mut images = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().chain(std::fs::read_dir(format!("{folder}/img")).unwrap()) {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".md") && name != "README.md" {
            documents.push((name, std::fs::read_to_string(&path).unwrap()));
        } else if name.ends_with(".svg") {
            images.push((name, std::fs::read(&path).unwrap()));
        }
    }
    documents.sort();
    images.sort();
    let zip = bundle::write(&documents, &images).unwrap();
    assert_eq!(zip, bundle::write(&documents, &images).unwrap());
    let imported = bundle::read(&zip).unwrap();
    assert_eq!(imported.documents, documents);
    assert_eq!(imported.images, images);
    assert!(documents.len() > 40 && images.len() > 20);
    for (path, text) in &imported.documents {
        assert_eq!(errors(path, text), [""; 0], "{path}");
    }
}

#[test]
fn what_is_neither_markdown_nor_an_image_is_listed() {
    let inner = zipped(&[("x.md", b"x")]);
    let zip = zipped(&[
        ("README.md", b"hello"),
        ("a/readme.txt", b"hello"),
        ("a/one.md", b"---\r\nkind: quiz\r\n"),
        ("a/two.md", b"\xff"),
        ("a/pic.PNG", b"not looked at"),
        ("a/inner.zip", &inner),
        ("a/run.exe", b"MZ"),
        (".git/config.md", b""),
        ("__MACOSX/a.md", b""),
    ]);
    let imported = bundle::read(&zip).unwrap();
    assert_eq!(imported.documents, [("a/one.md".to_owned(), "---\r\nkind: quiz\r\n".to_owned())]);
    assert_eq!(imported.images, [("a/pic.PNG".to_owned(), b"not looked at".to_vec())]);
    let wanted = [
        "left out, a/two.md: line 1: byte 1 is not UTF-8 text. Save the file as UTF-8 and bring it again",
        "left out, README.md: a README is for people who look into the folder",
        "left out, a/inner.zip: neither markdown nor an image or film",
        "left out, a/readme.txt: a README is for people who look into the folder",
        "left out, a/run.exe: neither markdown nor an image or film",
        "left out, .git/config.md: a hidden file of some system (2 times: .git/config.md, __MACOSX/a.md)",
        "to do, a/one.md: 1 error stands beside it, to mend before it can be published",
    ];
    assert_eq!(said(&imported.report), wanted);
}

#[test]
fn paths_that_lead_out_are_refused() {
    for path in [
        "/etc/a.md",
        "../a.md",
        "a/../../b.md",
        "a/./b.md",
        "a//b.md",
        "C:/a.md",
        "a\\b.md",
        "a/..",
        "a\u{202e}.md",
        "a\n.md",
        " a.md",
        "a./b.md",
        "a.md ",
        "nul:x.md",
    ] {
        let why = refused(&zipped(&[(path, b"x")]));
        assert!(why.starts_with("the archive is refused: “"), "{path:?}: {why}");
    }
    assert!(refused(&zipped(&[(&format!("{}/a.md", "a".repeat(300)), b"x")])).contains("too long"));
}

#[test]
fn links_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("a.md", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    assert_eq!(refused(&zip), "the archive is refused: “a.md” is a link or device, not a file");
}

#[test]
fn a_name_is_there_once_in_whatever_letters() {
    for pair in
        [["a/B.md", "A/b.md"], ["caf\u{e9}.md", "cafe\u{301}.md"], ["\u{fb01}x.md", "fix.md"], ["a.md", "a.md/"]]
    {
        let files: Vec<(&str, &[u8])> = pair.iter().map(|path| (*path, b"".as_slice())).collect();
        assert!(refused(&zipped(&files)).contains("there twice"), "{pair:?}");
    }
    // Two files of the very same name, as no writer makes them.
    let twice = zipped(&[("aa.md", b"1"), ("ab.md", b"2")]);
    let twice: Vec<u8> = replaced(&twice, b"ab.md", b"aa.md");
    assert_eq!(refused(&twice), "the archive is refused: two of its files have the same name");
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for at in 0..=bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            out[at..at + to.len()].copy_from_slice(to);
        }
    }
    out
}

#[test]
fn files_and_bytes_are_counted() {
    let names: Vec<String> = (0..5_001).map(|n| format!("{n}.md")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert_eq!(refused(&zipped(&files)), "the archive is refused: it holds more than 5000 files");
    let long = vec![b'a'; courseware::MAX_BYTES + 1];
    let why = refused(&zipped(&[("a.md", &long)]));
    assert_eq!(why, "the archive is refused: “a.md” has more than 256 KiB, which is more than is read");
    // An image may be large, but not fourteen of them that were nothing before they were unpacked.
    let large = vec![0; bundle::MOST_IMAGE];
    let names: Vec<String> = (0..14).map(|n| format!("{n}.png")).collect();
    let bomb: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), large.as_slice())).collect();
    let bomb = zipped(&bomb);
    assert!(bomb.len() < 200_000);
    assert_eq!(refused(&bomb), "the archive is refused: it unpacks to more than 128 MiB");
    let lying = vec![0; 65 * 1024 * 1024];
    assert!(matches!(bundle::read(&lying), Err(ExchangeError::TooLarge { .. })));
}

#[test]
fn what_is_no_archive_is_told() {
    assert_eq!(refused(b"hello"), "the archive is refused: it is damaged, or no zip at all");
    assert!(matches!(bundle::read(&zipped(&[("a.txt", b"x")])), Err(ExchangeError::Nothing(_))));
}

#[test]
fn why_nothing_could_be_read_is_told() {
    for (bytes, why) in [
        (
            b"a\nb\xff".as_slice(),
            "nothing in this file could be taken: a.md: line 2: byte 4 is not UTF-8 text. Save the file as UTF-8 and bring it again",
        ),
        (
            b"a\n\nb\0",
            "nothing in this file could be taken: a.md: line 3 holds a null sign, which no text has. Save the file as plain text and bring it again",
        ),
    ] {
        assert_eq!(refused(&zipped(&[("a.md", bytes), ("img/a.png", b"x")])), why);
    }
    assert!(
        refused(&zipped(&[("a.md", b"\xff"), ("b.md", b"\xff")])).ends_with("(1 other file could not be read either)")
    );
    // What documents share is something, also without them; and what we say of a zip is no document.
    let alone = bundle::read(&zipped(&[("paths.yaml", b"asks: []\npaths: []\n"), (bundle::ABOUT, b"x")])).unwrap();
    assert_eq!((alone.shared.len(), alone.report), (1, Vec::new()));
}

#[test]
fn a_name_that_is_too_long_is_cut_and_others_stay_as_they_are() {
    assert_eq!(bundle::fitting("drafts/", "hello.md"), "drafts/hello.md");
    assert_eq!(bundle::fitting("", &format!("{}.md", "漢".repeat(100))), format!("{}.md", "漢".repeat(20)));
    assert_eq!(bundle::fitting("img/", &format!("{}.png", "a".repeat(400))), format!("img/{}.png", "a".repeat(60)));
    assert_eq!(bundle::fitting("", ":?.md"), "unnamed.md");
}

#[test]
fn what_is_written_has_plain_paths() {
    let one = |path: &str| bundle::write(&[(path.to_owned(), String::new())], &[]);
    assert!(one("../a.md").is_err() && one("/a.md").is_err() && one("a.md").is_ok());
    let twice = [("a.md".to_owned(), String::new()), ("A.md".to_owned(), String::new())];
    assert!(bundle::write(&twice, &[]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_goes_out_comes_in(texts in prop::collection::btree_map("[a-z]{1,8}", any::<String>(), 1..6), images in prop::collection::btree_map("[a-z]{1,8}", prop::collection::vec(any::<u8>(), 0..200), 0..6)) {
        let documents: Vec<(String, String)> = texts.into_iter().map(|(name, text)| (format!("{name}.md"), text)).collect();
        let images: Vec<(String, Vec<u8>)> = images.into_iter().map(|(name, bytes)| (format!("img/{name}.svg"), bytes)).collect();
        prop_assume!(documents.iter().all(|(path, _)| path != "readme.md"));
        let Imported { documents: again, images: pictures, .. } = bundle::read(&bundle::write(&documents, &images).unwrap()).unwrap();
        prop_assert_eq!(again, documents);
        prop_assert_eq!(pictures, images);
    }

    #[test]
    fn a_broken_archive_is_answered(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut zip = zipped(&[("a.md", b"hello hello hello hello"), ("img/b.svg", b"<svg/>"), ("c.zip", b"PK")]);
        let place = at.index(zip.len());
        zip[place] = byte;
        let _ = bundle::read(&zip);
        zip.truncate(cut.index(zip.len()));
        let _ = bundle::read(&zip);
    }
}

#[test]
fn what_all_documents_share_and_films_come_along() {
    let document = ("a.md".to_owned(), "---\nkind: job-aid\ntitle: A\n---\n\n# A\n\nWords.\n".to_owned());
    let paths = ("paths.yaml".to_owned(), "asks: []\npaths: []\n".to_owned());
    let film = ("img/ward.mp4".to_owned(), b"\0\0\0\x18ftypmp42".to_vec());
    let zip = bundle::write(&[document.clone(), paths.clone()], std::slice::from_ref(&film)).unwrap();
    let read = bundle::read(&zip).unwrap();
    assert_eq!((read.documents, read.shared, read.images), (vec![document], vec![paths], vec![film]));
}
