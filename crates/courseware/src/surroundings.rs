//! What lies around a document. The caller brings it, since this crate reads no disk and no clock.

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::civil::Date;

use crate::document::Kind;

/// The tokens that the settings of every site fill.
pub const TOKENS: [&str; 6] = ["organisation", "currency", "privacy_lead", "law", "emergency_no", "payer"];

/// What the checks may look at beside the text. What is `None` is not judged.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The day on which a review date is judged (C07).
    pub today: Option<Date>,
    /// The content folder that the document lies in (C02, C09, C10).
    pub folder: Option<Folder>,
    /// The ids in `competencies.yaml`, beside the content or above it (C06).
    pub competencies: Option<Vec<String>>,
    /// What the text was begun as, so that front matter which does not say it is told what it has to hold (C05).
    pub kind: Option<Kind>,
}

/// The files of a content folder, by their path in it with `/` between names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    files: BTreeMap<String, Entry>,
}

/// What a path in a content folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A file whose size as an image is not known.
    File,
    /// An image, in pixels (CSS pixels of an SVG).
    Image {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// A link that leads out of the content folder.
    Outside,
}

impl Folder {
    /// The entry at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Entry> {
        self.files.get(path).copied()
    }

    /// Whether a path is a folder with something in it. The content folder itself is one.
    #[must_use]
    pub fn is_folder(&self, path: &str) -> bool {
        let inside = if path.is_empty() { String::new() } else { format!("{path}/") };
        let first = self.files.range::<str, _>((Bound::Included(inside.as_str()), Bound::Unbounded)).next();
        path.is_empty() || first.is_some_and(|(name, _)| name.starts_with(&inside))
    }

    /// Every path, in the order of names.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

impl FromIterator<(String, Entry)> for Folder {
    fn from_iter<I: IntoIterator<Item = (String, Entry)>>(entries: I) -> Self {
        Self { files: entries.into_iter().collect() }
    }
}
