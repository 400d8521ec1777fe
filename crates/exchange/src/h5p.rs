//! Archives of H5P: question sets and branching scenarios.
//!
//! An archive holds `h5p.json`, which names its content type, and `content/content.json` with the content; pictures and sounds lie beside
//! it, and the programs of the content type above. Only the two files are opened. What a content type may hold is after the
//! `semantics.json` in its repository.

mod branching;
mod json;
mod questions;

use json::{text, word};

use crate::archive::unpack;
use crate::quiz::Names;
use crate::report::{Place, Report, What, counted, short};
use crate::{ExchangeError, Imported};

/// The largest `content.json` that is read. Its text is all that is taken, and the largest quizzes have a few hundred KiB.
const MOST_CONTENT: usize = 4 * 1024 * 1024;
const HEAD: &str = "h5p.json";
const CONTENT: &str = "content/content.json";

/// Reads an archive. A question set, or a question alone, becomes a quiz; a branching scenario a role-play.
///
/// # Errors
/// [`ExchangeError::TooLarge`]; [`ExchangeError::Archive`] for one that is damaged, hostile or over a limit;
/// [`ExchangeError::Unreadable`] with the part for content that cannot be read or is of another type; [`ExchangeError::Nothing`] if none of
/// its questions could be taken.
pub fn read(bytes: &[u8]) -> Result<Imported, ExchangeError> {
    let unpacked = unpack(bytes, |path| matches!(path, HEAD | CONTENT).then_some(MOST_CONTENT))?;
    let part = |path: &str| {
        let place = || Place::Part(path.to_owned());
        let found = unpacked.files.iter().find(|(name, _)| name == path);
        let (_, content) = found.ok_or_else(|| ExchangeError::Unreadable {
            place: place(),
            why: "it is not in the archive. Is this a file that H5P wrote?".to_owned(),
        })?;
        serde_json::from_slice::<serde_json::Value>(content).map_err(|error| ExchangeError::Unreadable {
            place: place(),
            why: format!("line {}, column {} is not what H5P writes", error.line(), error.column()),
        })
    };
    let (head, content) = (part(HEAD)?, part(CONTENT)?);
    let mut report = Report::default();
    passed(&unpacked.passed, &mut report);
    let kind = word(&head, "mainLibrary");
    let title = Some(text(&head, "title").trim()).filter(|title| !title.is_empty()).unwrap_or("Imported from H5P");
    let documents = match kind {
        "H5P.BranchingScenario" => vec![branching::read(title, &content, &mut report)?.write(&mut report)?],
        "H5P.QuestionSet" => questions::set(title, &content, &mut report).write(&mut Names::default(), &mut report),
        kind if questions::KINDS.contains(&kind) => {
            questions::alone(title, kind, &content, &mut report).write(&mut Names::default(), &mut report)
        }
        kind => {
            let why = format!(
                "this is of the type “{}”. Taken are H5P.QuestionSet, H5P.BranchingScenario, and alone {}",
                short(kind),
                questions::KINDS.join(", ")
            );
            return Err(ExchangeError::Unreadable { place: Place::Part(HEAD.to_owned()), why });
        }
    };
    if documents.is_empty() {
        let lines = report.finish();
        let why = lines.iter().find(|line| line.what == What::Dropped && line.place.is_some()).map(ToString::to_string);
        return Err(ExchangeError::Nothing(why.unwrap_or_else(|| "it holds no question".to_owned())));
    }
    Ok(Imported { documents, report: report.finish(), ..Imported::default() })
}

/// Says which files were not opened: pictures and sounds by name, programs by their number.
fn passed(paths: &[String], report: &mut Report) {
    let mut programs = 0;
    for path in paths {
        match path.strip_prefix("content/") {
            Some(name) => {
                let said =
                    format!("a picture, sound or video, “{}”: bring it in by hand, with a description", short(name));
                report.say(What::Dropped, Place::Part(path.clone()), said);
            }
            None => programs += 1,
        }
    }
    if programs > 0 {
        report.say(
            What::Dropped,
            None,
            format!("{} of H5P's own programs, which are not needed here", counted(programs, "file")),
        );
    }
}
