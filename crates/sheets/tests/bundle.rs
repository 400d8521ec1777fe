//! Several files in one, unpacked again.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::io::{Cursor, Read};

use jiff::civil::datetime;
use sheets::bundle::CHECKSUMS;
use sheets::{Bundle, SheetError};

fn bundle() -> Bundle {
    Bundle::new(datetime(2027, 5, 3, 9, 30, 0, 0))
}

/// Names and contents.
fn unpacked(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut files = Vec::new();
    for at in 0..zip.len() {
        let mut one = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        one.read_to_end(&mut bytes).unwrap();
        files.push((one.name().unwrap().into_owned(), bytes));
    }
    files
}

#[test]
fn files_come_out_as_they_went_in_with_their_checksums() {
    let mut bundle = bundle();
    bundle.file("packet.pdf").unwrap();
    bundle.write(b"ab").unwrap();
    bundle.write(b"c").unwrap();
    bundle.file("empty.csv").unwrap();
    let mut file = bundle.take();
    assert!(!file.is_empty());
    file.extend(bundle.finish().unwrap());
    let files = unpacked(&file);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["packet.pdf", "empty.csv", CHECKSUMS]);
    assert_eq!((files[0].1.as_slice(), files[1].1.len()), (b"abc".as_slice(), 0));
    // The two sums everybody knows: of "abc" and of nothing.
    assert_eq!(
        String::from_utf8(files[2].1.clone()).unwrap(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  packet.pdf\n\
         e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  empty.csv\n"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn sha256sum_holds_the_files_against_the_list() {
    let mut bundle = bundle();
    for name in ["packet.pdf", "Übersicht_2027.csv"] {
        bundle.file(name).unwrap();
        bundle.write(name.repeat(9).as_bytes()).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in unpacked(&bundle.finish().unwrap()) {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let check = || {
        std::process::Command::new("sha256sum")
            .args(["--check", "--strict", CHECKSUMS])
            .current_dir(folder.path())
            .output()
    };
    let whole = check().unwrap();
    assert!(whole.status.success(), "{whole:?}");
    std::fs::write(folder.path().join("packet.pdf"), "changed").unwrap();
    assert!(!check().unwrap().status.success());
}

#[test]
fn a_name_is_plain_and_used_once() {
    let mut bundle = bundle();
    assert!(matches!(bundle.write(b"x"), Err(SheetError::Name(_))));
    for name in ["", "../up", "a/b", "a\\b", "a b", "line\nbreak", ".hidden", "-flag", "dot.", CHECKSUMS] {
        assert!(matches!(bundle.file(name), Err(SheetError::Name(refused)) if refused == name), "{name:?}");
    }
    bundle.file("once.csv").unwrap();
    assert!(matches!(bundle.file("once.csv"), Err(SheetError::Name(_))));
    bundle.write(b"still open").unwrap();
    assert_eq!(unpacked(&bundle.finish().unwrap())[0].1, b"still open");
}

#[test]
fn the_same_files_give_the_same_bytes_and_say_when_they_were_made() {
    let made = || {
        let mut bundle = bundle();
        bundle.file("a.csv").unwrap();
        bundle.write(b"1\r\n").unwrap();
        bundle.finish().unwrap()
    };
    assert!(made() == made());
    let file = made();
    let mut zip = zip::ZipArchive::new(Cursor::new(file.as_slice())).unwrap();
    let at = zip.by_index(0).unwrap().last_modified().unwrap();
    assert_eq!((at.year(), at.month(), at.day(), at.hour(), at.minute()), (2027, 5, 3, 9, 30));
}
