//! What is taught: markdown in, modules, scenarios and quizzes out, with every problem found on the way.
//!
//! This crate is pure. It never reads a file, a clock or a random number, never waits and never prints; a file's name
//! and text come in as arguments. Parsing gives a value *and* its problems, so that a page can show a draft that is
//! not yet right. The rules and codes are those of the design page "Writing modules, scenarios and quizzes".
//!
//! In reading order:
//!
//! - [`problem`]: what can be wrong, where, and how it is told ([`Problem`], [`Code`])
//! - [`surroundings`]: what lies around a document: the day, the files beside it, the names of competencies
//! - `source`: text that is plain, its lines and its canonical form
//! - `front`: the YAML front matter, with the place of every key
//! - `markdown`: markdown as a flat list of events with a table of where each element ends
//! - `chip`: the small settings in inline code
//! - `slug`: heading ids and nearest names
//! - `target`: where links and images lead, and the files they name
//! - `token`: what the site's settings fill in
//! - `html`: safe HTML from events
//! - `list`: items of lists, their chips and quotes, and what splits a list
//! - `prose`: the sentences of a document
//! - `reading`: how hard they are to read
//! - `almost`: what was meant as a link and is none
//! - `torn`: tables that fell apart; `signs`: signs that markdown left as they were written
//! - `lost`: chips that lost a backtick, or never had one
//! - `shared`: checks that hold in every kind of document
//! - `outline`: headings, and the sections under them
//! - [`blank`]: something to fill in, and whether what was filled in fits
//! - [`question`]: a question of any type, what somebody answers, and what that is worth
//! - [`total`]: what several questions or decisions are worth together
//! - `setting`: the chips of a question
//! - `tick`: lines that look like a tick box and are none
//! - `wording`: what gives an answer away, and what is easily misread
//! - `ask`: a question from the elements under its heading
//! - [`module`]: pages of a module
//! - [`job_aid`]: one page to print
//! - [`quiz`]: questions of a quiz, how they are drawn and when it is passed
//! - [`paper`]: what one person is asked, and what their answers are worth
//! - [`recall`]: what is asked again between cycles, in other words, and what to read again
//! - [`grading`]: answers and scores as a script writes and reads them
//! - [`condition`]: conditions on meters, flags, scenes passed and critical choices
//! - [`scenario`]: scenes of a role-play
//! - `scene`: scenes from the elements under their headings
//! - `state`: where a role-play stands, and how it moves
//! - [`graph`]: every reachable state of a role-play, and what can be wrong with them
//! - `shuffle`: orders made of a seed
//! - [`play`]: the role-play engine; [`script`]: role-plays played by their words
//! - [`document`]: the front door, [`parse`]
//! - `canonical`: a document without what means nothing
//! - [`hash`]: what makes two versions the same
//! - [`fix`]: applying the changes that are safe
//! - `words`: the words of a text, for finding it again
//! - [`competency`]: the names of competencies
//!
//! To add a kind of document: list its front matter keys in `front`, its chips in `chip`, write its file beside
//! `module`, and give it a variant in [`Content`].

mod almost;
mod ask;
pub mod blank;
mod canonical;
mod chip;
pub mod competency;
pub mod condition;
pub mod document;
pub mod fix;
mod front;
pub mod grading;
pub mod graph;
pub mod hash;
mod html;
pub mod job_aid;
mod list;
mod lost;
mod markdown;
pub mod module;
mod outline;
pub mod paper;
pub mod plan;
pub mod play;
pub mod problem;
mod prose;
pub mod question;
pub mod quiz;
mod reading;
pub mod recall;
pub mod scenario;
mod scene;
pub mod script;
mod setting;
mod shared;
mod shuffle;
mod signs;
pub mod slug;
mod source;
mod state;
pub mod surroundings;
mod target;
mod tick;
mod token;
mod torn;
pub mod total;
mod wording;
mod words;

pub use chip::is_setting;
pub use competency::{Competency, competencies, competencies_text, competency_ids};
pub use document::{Content, Document, Kind, parse, parse_checked};
pub use fix::apply;
pub use front::keys;
pub use grading::{Answers, Report, grade_file};
pub use hash::{Hash, Scored, content_hash, scoring_hash};
pub use html::{ANCHOR, escaped};
pub use job_aid::JobAid;
pub use module::{Activity, Module, Page, PageKind, Recall, Requirement, ValidFor};
pub use paper::Paper;
pub use plan::{Ask, Plan, SuggestedPath, plan};
pub use problem::{Code, Diagnostic, Fix, Problem, Severity, Span};
pub use question::{Graded, Piece, Question, Response, Share, Task, grade, unanswered};
pub use quiz::Quiz;
pub use scenario::Scenario;
pub use shuffle::Seed;
pub use slug::{fold, nearest, slug};
pub use source::{MAX_BYTES, decode, is_plain, refuse_large};
pub use surroundings::{Entry, Folder, Surroundings};
pub use total::{Rounded, Total};
pub use words::{folded, plain};

/// The number of the grammar that this crate reads. It is kept in every frozen parse, so that a newer parser never
/// changes an old attempt.
pub const GRAMMAR: u32 = 3;
