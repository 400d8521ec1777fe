//! What comes from elsewhere, as drafts; and what goes elsewhere, as files.
//!
//! Trainers bring questions and stories from other systems. Every import gives our own markdown as text, the same that a trainer
//! would type, with a report in plain words: what was taken, what was changed, what was left out, and what is still to do before it
//! can be published. Nothing is published by it.
//!
//! This crate is pure: bytes or text in, bytes or text out. It reads no disk and no clock, and waits for nothing. What it reads was
//! written by strangers: it never panics on it, counts what it unpacks, and lets no markup through that is not ours.
//!
//! In reading order:
//!
//! - [`report`]: what an import says of itself ([`Line`], [`Place`])
//! - `text`: words with the little formatting that our markdown has, and how they are written
//! - `html`, `prose`: such text out of HTML and out of markdown of others
//! - `quiz`, `scene`: questions and scenes, and the markdown they become
//! - [`gift`]: Moodle's text format for questions, in and out
//! - [`aiken`]: the simplest of them, in
//! - [`twee`]: stories of Twine, in and out
//! - `archive`: what is in a zip that may be hostile
//! - [`h5p`]: question sets and branching scenarios, in
//! - [`bundle`]: our own markdown and images as a zip, in and out, byte for byte
//!
//! To add a format: read it into a `Quiz` or a `RolePlay` (their `write` judges and reports what our grammar cannot hold), give it
//! files in `tests/files`, and add it to the test that throws anything at everything.
//!
//! ```
//! let imported = exchange::gift::read("anatomy.gift", b"::Heart::Where is it? { =Left#Yes. ~Right#Look again. }")?;
//! let (path, markdown) = &imported.documents[0];
//! assert_eq!(path, "anatomy.md");
//! assert!(markdown.contains("- [x] Left\n  > Yes.\n"));
//! # Ok::<(), exchange::ExchangeError>(())
//! ```

pub mod aiken;
mod archive;
pub mod bundle;
pub mod gift;
pub mod h5p;
mod html;
mod prose;
mod quiz;
pub mod report;
mod scene;
mod text;
pub mod twee;

pub use report::{Line, Place, What};

/// What an import gives: drafts, and what is to be said of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Each document with its path in the content folder.
    pub documents: Vec<(String, String)>,
    /// Each image, film and transcript with its path in the content folder.
    pub images: Vec<(String, Vec<u8>)>,
    /// What all documents share, by name: `paths.yaml`, `competencies.yaml`.
    pub shared: Vec<(String, String)>,
    /// What was taken, changed and left out, and what is still to do.
    pub report: Vec<Line>,
}

/// What an export gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// The file's text.
    pub text: String,
    /// What the other format cannot say, so that it was changed or left out.
    pub report: Vec<Line>,
}

/// Why there is no import at all. The words are for the trainer who brought the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// The file is larger than is read.
    #[error("the file has more than {} MiB, which is more than is read. Split it into several", .most / (1024 * 1024))]
    TooLarge {
        /// How many bytes are read.
        most: usize,
    },
    /// The file is not text that can be read.
    #[error(
        "the file is not plain text: line {line} holds something that is not UTF-8. Save it as UTF-8 and try again"
    )]
    NotText {
        /// The line, from 1.
        line: usize,
    },
    /// Something in the file keeps all of it from being read.
    #[error("{place}: {why}")]
    Unreadable {
        /// Where.
        place: Place,
        /// What is wrong there, and what to do.
        why: String,
    },
    /// The file was read, and holds nothing of what was looked for.
    #[error("nothing in this file could be taken: {0}")]
    Nothing(String),
    /// An archive that no honest program makes, or one that is over a limit.
    #[error("the archive is refused: {0}")]
    Archive(String),
}

/// The largest text that is read. The largest question banks seen have some 10,000 questions, about 5 MB.
pub const MOST_TEXT: usize = 8 * 1024 * 1024;

/// The text of a file. A byte order mark is passed over, and all line ends become the same.
fn decoded(bytes: &[u8]) -> Result<String, ExchangeError> {
    if bytes.len() > MOST_TEXT {
        return Err(ExchangeError::TooLarge { most: MOST_TEXT });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        ExchangeError::NotText { line: good.iter().filter(|byte| **byte == b'\n').count() + 1 }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n"))
}

/// A title from the name of a file.
fn title_of_file(stem: &str) -> String {
    let words = stem.replace(['_', '-'], " ");
    let mut chars = words.trim().chars();
    let title = chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default();
    if courseware::slug(&text::title(&title)).is_empty() {
        "Imported questions".to_owned()
    } else {
        text::title(&title)
    }
}
