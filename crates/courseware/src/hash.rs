//! What makes two versions the same: a hash of what a learner meets, and one of what decides a score.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::module::{Module, PageKind};

/// A BLAKE3 hash, as 64 small hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(String);

impl Hash {
    /// The hash of bytes, such as those of an image.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).to_hex().to_string())
    }

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

/// The hash of a source text in canonical form, with its attachments: the target and the hash of each image and of each
/// version that it embeds, in any order.
///
/// It stays the same when a change means nothing: blanks, line ends, comments, the order of keys in the front matter, the
/// wrapping of a paragraph, the sign of a bullet. It changes with all that shows, links or decides a score.
///
/// ```
/// use courseware::{Hash, content_hash};
///
/// let image = Hash::of(b"<svg/>");
/// let hash = content_hash("# Being heard\n\n* One\n* Two", &[("img/desk.svg", &image)]);
/// assert_eq!(hash, content_hash("Being heard\n===\n\n- One\n\n- Two\n", &[("img/desk.svg", &image)]));
/// assert_ne!(hash, content_hash("# Being heard\n\n* One\n* Two", &[]));
/// ```
#[must_use]
pub fn content_hash(source: &str, attachments: &[(&str, &Hash)]) -> Hash {
    let mut hasher = Fields(blake3::Hasher::new());
    hasher.text("content 2");
    let text = canonical::encode(source);
    hasher.number(text.len());
    hasher.0.update(&text);
    let mut attachments = attachments.to_vec();
    attachments.sort_unstable();
    attachments.dedup();
    hasher.number(attachments.len());
    for (target, hash) in attachments {
        hasher.text(target);
        hasher.text(hash.as_str());
    }
    Hash(hasher.0.finalize().to_hex().to_string())
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
