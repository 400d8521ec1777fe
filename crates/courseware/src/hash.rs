//! What makes two versions the same: a hash of the text in canonical form, and one of what decides a score.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::module::{Module, PageKind};
use crate::source::canonical;

/// A BLAKE3 hash, as 64 small hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(String);

impl Hash {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The hash of a source text in canonical form: without a byte order mark, with `\n` as line end, without blanks at the
/// ends of lines and of the file.
#[must_use]
pub fn content_hash(source: &str) -> Hash {
    Hash(blake3::hash(canonical(source).as_bytes()).to_hex().to_string())
}

/// The hash of what decides a module's completion and the scores in it: the keys of its questions, not their words.
#[must_use]
pub fn scoring_hash(module: &Module) -> Hash {
    let mut hasher = Fields(blake3::Hasher::new());
    hasher.text("module");
    hasher.number(module.complete.len());
    for requirement in &module.complete {
        hasher.text(requirement.as_str());
    }
    for page in &module.pages {
        let PageKind::Check(question) = &page.kind else { continue };
        hasher.text(&question.id);
        hasher.number(usize::from(question.multiple));
        hasher.number(usize::from(question.all_or_nothing));
        hasher.number(question.options.len());
        for choice in &question.options {
            hasher.number(choice.id as usize);
            hasher.number(usize::from(choice.correct));
            hasher.number(choice.percent as usize);
        }
    }
    Hash(hasher.0.finalize().to_hex().to_string())
}

/// Fields that cannot run into each other: each text carries its length.
struct Fields(blake3::Hasher);

impl Fields {
    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.update(text.as_bytes());
    }

    fn number(&mut self, number: usize) {
        self.0.update(&(number as u64).to_le_bytes());
    }
}
