//! Our own markdown and images as a zip, out and in again byte for byte.
//!
//! A README is for people who look into the folder and is no document, so it is passed over on the way in. Everything else that is
//! neither markdown nor an image or film is left out by name.

use std::collections::HashSet;
use std::io::{Cursor, Write as _};

use courseware::{MAX_BYTES, Surroundings, decode, parse};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::archive::{plain_path, same, unpack};
use crate::report::{Place, Report, What, counted};
use crate::{ExchangeError, Imported};

/// The largest image that is read: a photograph of a telephone.
pub const MOST_IMAGE: usize = 10 * 1024 * 1024;

/// The largest film that is read.
pub const MOST_FILM: usize = 20 * 1024 * 1024;

/// The endings of images that browsers show.
const IMAGES: [&str; 7] = ["svg", "png", "jpg", "jpeg", "gif", "webp", "avif"];
/// The endings of films, and of what is said in them.
const FILMS: [&str; 4] = ["mp4", "webm", "vtt", "txt"];
/// What a zip of ours says of itself, for people who open it. It is passed over on the way in.
pub const ABOUT: &str = "README.txt";
/// What all documents share, beside them.
pub const SHARED: [&str; 2] = ["paths.yaml", "competencies.yaml"];

/// Reads a zip of markdown and images, with the paths they have in it.
///
/// The bytes of an image are given as they are: whether they are an image, and a safe one, is judged where images are kept.
///
/// # Errors
/// [`ExchangeError::TooLarge`]; [`ExchangeError::Archive`] for one that is damaged, hostile or over a limit; [`ExchangeError::Nothing`] if
/// no markdown is in it that can be read, and nothing that documents share.
pub fn read(bytes: &[u8]) -> Result<Imported, ExchangeError> {
    let unpacked = unpack(bytes, |path| match ending(path).as_str() {
        _ if is_passed(path) => None,
        "md" => Some(MAX_BYTES),
        ending if IMAGES.contains(&ending) => Some(MOST_IMAGE),
        ending if FILMS.contains(&ending) => Some(MOST_FILM),
        "yaml" if SHARED.contains(&name(path)) => Some(MAX_BYTES),
        _ => None,
    })?;
    let mut report = Report::default();
    let mut imported = Imported::default();
    for (path, content) in unpacked.files {
        let shared = SHARED.iter().find(|shared| **shared == name(&path));
        if ending(&path) != "md" && shared.is_none() {
            imported.images.push((path, content));
            continue;
        }
        let place = Place::Part(path.clone());
        match decode(&path, &content) {
            Ok(text) if text.contains('\0') => {
                let line = text.split('\0').next().unwrap_or("").matches('\n').count() + 1;
                let said = format!(
                    "line {line} holds a null sign, which no text has. Save the file as plain text and bring it again"
                );
                report.say(What::Dropped, place, said);
            }
            Ok(text) if shared.is_some() => imported.shared.push((name(&path).to_owned(), text.to_owned())),
            Ok(text) => {
                judge(&path, text, &mut report);
                imported.documents.push((path, text.to_owned()));
            }
            Err(problem) => {
                let said =
                    format!("line {}: {}. Save the file as UTF-8 and bring it again", problem.line, problem.message);
                report.say(What::Dropped, place, said);
            }
        }
    }
    let unread = report.dropped();
    for path in unpacked.passed.into_iter().filter(|path| path != ABOUT) {
        let place = Place::Part(path.clone());
        let name = path.rsplit('/').next().unwrap_or("").to_lowercase();
        if name.starts_with("readme.") || name == "readme" {
            report.say(What::Dropped, place, "a README is for people who look into the folder");
        } else if is_passed(&path) {
            report.often(What::Dropped, place, "a hidden file of some system");
        } else {
            report.say(What::Dropped, place, "neither markdown nor an image or film");
        }
    }
    if imported.documents.is_empty() && imported.shared.is_empty() {
        return Err(ExchangeError::Nothing(match unread.as_slice() {
            [] => "it holds no markdown, that is, no file whose name ends in .md".to_owned(),
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first} ({} could not be read either)", counted(rest.len(), "other file")),
        }));
    }
    imported.report = report.finish();
    Ok(imported)
}

/// A path for a file of this name in a folder, empty or with a slash at its end: the name as it is where every system can write it, else
/// what is left of it without the signs and letters that are too many.
pub fn fitting(folder: &str, name: &str) -> String {
    let whole = format!("{folder}{name}");
    if plain_path(&whole).is_ok() {
        return whole;
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "md"));
    let mut stem: String = stem.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
    while stem.len() > FITTING {
        stem.pop();
    }
    let stem = if stem.is_empty() { "unnamed" } else { &stem };
    format!("{folder}{stem}.{ending}")
}

/// The longest name that is made of one that is too long, in bytes.
const FITTING: usize = 60;

/// Whether every system can write a path.
pub fn is_fitting(path: &str) -> bool {
    plain_path(path).is_ok()
}

/// What makes two paths one file on some system.
pub fn one_file(path: &str) -> String {
    same(path)
}

/// Writes documents, what they share, and images into a zip, in the order of their paths. The same content always gives the same bytes.
///
/// # Errors
/// [`ExchangeError::Archive`] for a path that is not plain, or that is there twice.
pub fn write(documents: &[(String, String)], images: &[(String, Vec<u8>)]) -> Result<Vec<u8>, ExchangeError> {
    let documents = documents.iter().map(|(path, text)| (path.as_str(), text.as_bytes()));
    let mut files: Vec<(&str, &[u8])> =
        documents.chain(images.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))).collect();
    files.sort_by_key(|(path, _)| *path);
    let mut seen = HashSet::new();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let failed = |error: &dyn std::fmt::Display| ExchangeError::Archive(format!("it can't be written: {error}"));
    for (path, bytes) in files {
        if let Err(why) = plain_path(path) {
            return Err(ExchangeError::Archive(format!("“{path}” {why}")));
        }
        if !seen.insert(same(path)) {
            return Err(ExchangeError::Archive(format!("“{path}” is there twice")));
        }
        // No time of change: this crate reads no clock, and the same content should be the same file.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644);
        zip.start_file(path, options).map_err(|error| failed(&error))?;
        zip.write_all(bytes).map_err(|error| failed(&error))?;
    }
    Ok(zip.finish().map_err(|error| failed(&error))?.into_inner())
}

/// One document of our own by itself.
pub fn read_one(path: &str, text: String) -> Imported {
    let mut report = Report::default();
    judge(path, &text, &mut report);
    Imported { documents: vec![(path.to_owned(), text)], report: report.finish(), ..Imported::default() }
}

/// What stands against publishing a document, told by its own reader.
fn judge(path: &str, text: &str, report: &mut Report) {
    let read = parse(path, text, &Surroundings::default());
    let errors = read.problems.iter().filter(|problem| problem.is_error()).count();
    if errors > 0 {
        let stand = if errors == 1 { "stands" } else { "stand" };
        let said = format!("{} {stand} beside it, to mend before it can be published", counted(errors, "error"));
        report.say(What::ToDo, Place::draft(path), said);
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn ending(path: &str) -> String {
    path.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_lowercase())
}

/// Whether a path is passed over, as the check of a folder does: a README, and names that start with a dot.
fn is_passed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("").to_lowercase();
    name == "readme"
        || name.starts_with("readme.")
        || path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX" || part == "Thumbs.db")
}
