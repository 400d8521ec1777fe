//! What is taught: markdown in, modules (and later scenarios and quizzes) out, with every problem found on the way.
//!
//! This crate is pure. It never reads a file, a clock or a random number, never waits and never prints; a file's name
//! and text come in as arguments. Parsing gives a value *and* its problems, so that a page can show a draft that is
//! not yet right. The rules and codes are those of the design page "Writing modules, scenarios and quizzes".
//!
//! In reading order:
//!
//! - [`problem`]: what can be wrong, where, and how it is told ([`Problem`], [`Code`])
//! - `source`: text that is plain, its lines and its canonical form
//! - `front`: the YAML front matter, with the place of every key
//! - `markdown`: markdown as a flat list of events with a table of where each element ends
//! - `chip`: the small settings in inline code
//! - `slug`: heading ids and nearest names
//! - `html`: safe HTML from events
//! - `shared`: checks that hold in every kind of document
//! - `outline`: headings, and the sections under them
//! - [`question`]: answers, their key and grading
//! - `check`: a question from the elements under its heading
//! - [`module`]: pages of a module
//! - [`document`]: the front door, [`parse`]
//! - [`hash`]: what makes two versions the same
//!
//! To add a kind of document: list its front matter keys in `front`, its chips in `chip`, write its file beside
//! `module`, and give it a variant in [`Document`].

mod check;
mod chip;
pub mod document;
mod front;
pub mod hash;
mod html;
mod markdown;
pub mod module;
mod outline;
pub mod problem;
pub mod question;
mod shared;
mod slug;
mod source;

pub use document::{Document, Kind, parse};
pub use hash::{Hash, content_hash, scoring_hash};
pub use module::{Activity, Module, Page, PageKind, Parsed, Recall, Requirement, ValidFor, parse_module};
pub use problem::{Code, Diagnostic, Fix, Problem, Severity, Span};
pub use question::{Choice, Graded, GradedChoice, Question, Share, grade};
pub use slug::nearest;
pub use source::decode;

/// The number of the grammar that this crate reads. It is kept in every frozen parse, so that a newer parser never
/// changes an old attempt.
pub const GRAMMAR: u32 = 1;
