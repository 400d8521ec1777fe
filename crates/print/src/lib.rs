//! PDF files: words in, the bytes of a file out.
//!
//! This crate never reads a file, a clock or a random number: the same words give the same bytes. Its fonts are in
//! the program. Every file is a tagged PDF that is checked against PDF/UA-1 while it is written, so that a screen
//! reader reads it in the right order; what breaks the rules is an error and no file.
//!
//! In reading order:
//!
//! - [`mod@certificate`]: the certificate of one person ([`Certificate`])
//! - [`mod@listing`]: headings, paragraphs and tables over as many pages as they need ([`Listing`])
//! - `flow`: which of a listing's lines stand on which page
//! - `text`: text that is cleaned, shaped, wrapped and made to fit
//! - `sheet`: pages: blocks of text with their tags, and the ornaments
//! - `fonts`: the fonts in the program
//! - `colour`: the colours of the product's light theme
//!
//! To add a printout: write its file beside `certificate`, lay its texts out with `text`, draw them on a `sheet`.

pub mod certificate;
mod colour;
mod flow;
mod fonts;
pub mod listing;
mod sheet;
mod text;

pub use certificate::{Certificate, certificate};
pub use listing::{Listing, listing};
pub use text::characters_without_glyph;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// A text does not fit in its place even in the smallest size; the value names which one.
    #[error("the {0} is too long to be printed")]
    TooLong(&'static str),
    /// A listing has more than [`listing::ROWS`] rows or [`listing::CELLS`] cells.
    #[error("this is too long for a PDF. Narrow it by a filter, or take it as a file for spreadsheets")]
    TooManyRows,
    /// A font in the program can't be read, which is a fault of the build.
    #[error("a built-in font can't be read")]
    Font,
    /// The file breaks a rule of PDF or PDF/UA; the value says which one.
    #[error("the PDF can't be written: {0}")]
    Pdf(String),
}
