//! An older and a newer text of one document: what changed in words, the pictures that are others, and both texts side by side.

use std::collections::HashMap;

use courseware::{Content, Surroundings};

use super::difference::{self, Row, Said};
use crate::images;

/// Two texts of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What is new, gone or changed, in words.
    pub words: Vec<Said>,
    /// The files beside the text that are others, new or gone.
    pub pictures: Vec<PictureChange>,
    /// The lines in which the texts differ; none where they are the same.
    pub rows: Vec<Row>,
}

/// A picture or another file beside the text that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureChange {
    /// How the text writes it: `img/ear.png`.
    pub target: String,
    /// Whether it is a picture, and no film or words to one.
    pub is_picture: bool,
    /// What the older text shows.
    pub before: Option<Shown>,
    /// What the newer text shows.
    pub after: Option<Shown>,
}

/// A picture as a text shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its address.
    pub place: String,
    /// What it is said to show; nothing where nothing is said.
    pub description: String,
}

impl Comparison {
    /// Whether both are the same.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.pictures.is_empty()
    }

    /// Compares two texts, each with the files beside it by their names.
    pub(super) fn of(slug: &str, (old, old_files): Side<'_>, (new, new_files): Side<'_>) -> Self {
        let (around, path) = (Surroundings::default(), format!("{slug}.md"));
        let (before, after) =
            (courseware::parse_checked(&path, old, &around), courseware::parse_checked(&path, new, &around));
        let rows = difference::difference(old, new);
        let mut words = Vec::new();
        if let (Some(before), Some(after)) = (&before.content, &after.content) {
            words = difference::in_words((old, before), (new, after));
            if words.is_empty() && !rows.is_empty() {
                words.push(Said::plain(if before == after {
                    "Only how the text is written has changed, or a remark that nobody sees: learners see the same."
                } else {
                    "Small things have changed: they stand side by side below."
                }));
            }
        }
        let files = |document: &courseware::Document, files: &[(String, [u8; 32])]| {
            // What lies there and is not shown is not published.
            let shown = document.attachments(&path);
            let shown = files.iter().filter(|(target, _)| shown.iter().any(|(known, _)| known == target));
            let shown: Vec<_> = shown.cloned().collect();
            let described = document.content.as_ref().map(descriptions).unwrap_or_default();
            (shown, described)
        };
        let (was, is) = (files(&before, old_files), files(&after, new_files));
        Self { words, pictures: pictures(&was, &is), rows }
    }
}

/// A text with the files beside it.
pub(super) type Side<'a> = (&'a str, &'a [(String, [u8; 32])]);
/// The files that a text shows, and what each is said to show.
type Files = (Vec<(String, [u8; 32])>, HashMap<String, String>);

fn pictures((was, old_words): &Files, (is, new_words): &Files) -> Vec<PictureChange> {
    let find = |files: &[(String, [u8; 32])], target: &String| {
        files.iter().find(|(known, _)| known == target).map(|(_, hash)| *hash)
    };
    let mut targets: Vec<&String> = was.iter().chain(is).map(|(target, _)| target).collect();
    targets.sort();
    targets.dedup();
    let (old_places, new_places) = (images::places(was), images::places(is));
    let others = targets.into_iter().filter(|target| find(was, target) != find(is, target));
    let shown = |places: &HashMap<String, String>, words: &HashMap<String, String>, target: &String| {
        let place = places.get(target)?.clone();
        Some(Shown { place, description: words.get(target).cloned().unwrap_or_default() })
    };
    let changes = others.map(|target| PictureChange {
        target: target.clone(),
        is_picture: !["mp4", "webm", "vtt", "txt"]
            .iter()
            .any(|ending| target.to_lowercase().ends_with(&format!(".{ending}"))),
        before: shown(&old_places, old_words, target),
        after: shown(&new_places, new_words, target),
    });
    changes.collect()
}

/// What each picture is said to show, portraits among them.
fn descriptions(content: &Content) -> HashMap<String, String> {
    let found = difference::described(content).into_iter();
    let mut all: HashMap<String, String> = found.map(|(target, alts)| (target, alts.join("; "))).collect();
    if let Content::Scenario(scenario) = content {
        for one in &scenario.characters {
            if let (Some(image), Some(alt)) = (&one.image, &one.alt) {
                all.insert(image.clone(), alt.clone());
            }
        }
    }
    all
}
