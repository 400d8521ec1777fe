//! The pictures and films of a draft: added with a description, put into the text, and replaced. What a version showed it shows for ever,
//! since a version names its pictures by what they hold.

use courseware::{Kind, slug};
use jiff::Timestamp;
use store::{Asset, DraftKept, NewDraft};

use super::{MOST, headings, naming};
use crate::{Failure, FieldError, Usecases, audit::Object, images, who::Who};

/// The largest file that can be uploaded, in bytes.
pub const MOST_IMAGE: usize = images::MOST;
/// The most files beside one document.
const MOST_IMAGES: usize = 100;
/// The most letters of a description.
const LONGEST: usize = 300;
/// How often the text is read again where somebody else changed it in between.
const TRIES: usize = 5;

/// The pictures of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// The document's title, or its name in addresses.
    pub title: String,
    /// What there is, by name.
    pub images: Vec<ImageLine>,
    /// Where a picture can be put: the line of each heading from 1, and its words.
    pub places: Vec<(usize, String)>,
}

/// A picture or film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageLine {
    /// How the text writes it: `img/desk.svg`.
    pub target: String,
    /// The address of what it holds.
    pub place: String,
    /// What it is served as.
    pub media_type: String,
    /// How large it is, in bytes.
    pub bytes: usize,
    /// The lines that show it, from 1, each with the description that stands there where it is written in one line.
    pub shown: Vec<(usize, Option<String>)>,
}

/// A picture to add.
#[derive(Clone, Debug, Default)]
pub struct NewImage<'a> {
    /// The name of the file.
    pub file_name: &'a str,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// What is to be seen on it, for those who cannot see it.
    pub description: &'a str,
    /// The heading that it goes under: its line from 1 as it was shown, and its words; without one the text is left as it is.
    pub under: Option<(usize, &'a str)>,
}

impl Usecases {
    /// The pictures of a document as it is being written.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn images(&self, who: &Who, kind: Kind, slug: &str) -> Result<Images, Failure> {
        who.as_trainer()?;
        let source = self.source_of(kind, slug).await?;
        let mut found = self.images_of(slug).await?;
        found.sort();
        let places = images::places(&found);
        let mut lines = Vec::new();
        for (target, hash) in found {
            let Some(asset) = self.store.asset(hash).await? else { continue };
            lines.push(ImageLine {
                place: places.get(&target).cloned().unwrap_or_default(),
                media_type: asset.mime,
                bytes: asset.bytes.len(),
                shown: shown(&source, &target),
                target,
            });
        }
        let places_in_text = headings(&source).map(|(line, words)| (line, words.to_owned())).collect();
        let title = source.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(slug).trim().to_owned();
        Ok(Images { title, images: lines, places: places_in_text })
    }

    /// Adds a picture to a draft, which begins with what is live where there is none, and puts it into the text. Gives what the text
    /// writes for it.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct; [`Failure::Conflict`] where the text changes faster than it can be read;
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn add_image(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        new: NewImage<'_>,
        now: Timestamp,
    ) -> Result<String, Failure> {
        who.as_trainer()?;
        let description = new.description.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut errors = Vec::new();
        errors.extend(nothing_in(new.file_name, &new.bytes));
        let words = match description.chars().count() {
            0 => Some("Say what is to be seen on it".to_owned()),
            count if count > LONGEST => Some(format!("Say it in at most {LONGEST} letters; these are {count}")),
            _ => None,
        };
        errors.extend(words.map(|words| FieldError::new("description", words)));
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors));
        }
        // There has to be something that it is added to.
        self.source_of(kind, slug).await?;
        let there = self.images_of(slug).await?;
        if there.len() >= MOST_IMAGES {
            let words = format!("It has {MOST_IMAGES} files beside it already: make two documents of it");
            return Err(Failure::field("file", words));
        }
        let (ending, asset) = ready(new.file_name, new.bytes, None).await?;
        let stem = new.file_name.rsplit_once('.').map_or(new.file_name, |(stem, _)| stem);
        let stem = Some(naming::cut(&slug::slug(stem), naming::LONGEST_PICTURE))
            .filter(|stem| !stem.is_empty())
            .unwrap_or_else(|| "picture".to_owned());
        let target = (1..=MOST_IMAGES + 1)
            .map(|number| match number {
                1 => format!("img/{stem}.{ending}"),
                more => format!("img/{stem}-{more}.{ending}"),
            })
            .find(|target| there.iter().all(|(other, hash)| other != target || *hash == asset.hash));
        let target = target.ok_or(Failure::Conflict)?;
        let written = format!("![{}]({target})", plain(&description));
        self.keep_with_image(who, (kind, slug), (&target, asset), now, |source| match new.under {
            Some(under) => put(source, under, &written),
            None => Some(source.to_owned()),
        })
        .await?;
        Ok(written)
    }

    /// Puts another picture in the place of one. Versions that were published keep the one they had.
    ///
    /// # Errors
    /// As [`Usecases::add_image`]; [`Failure::NotFound`] where there is no such picture.
    pub async fn replace_image(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        target: &str,
        (file_name, bytes): (&str, Vec<u8>),
        now: Timestamp,
    ) -> Result<(), Failure> {
        who.as_trainer()?;
        if let Some(error) = nothing_in(file_name, &bytes) {
            return Err(Failure::Invalid(vec![error]));
        }
        if !self.images_of(slug).await?.iter().any(|(other, _)| other == target) {
            return Err(Failure::NotFound);
        }
        let (_, asset) = ready(file_name, bytes, Some(target)).await?;
        self.keep_with_image(who, (kind, slug), (target, asset), now, |source| Some(source.to_owned())).await
    }

    /// Keeps a draft with a picture. The change is made to the text as it is by then, so that nobody is overwritten.
    async fn keep_with_image(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        (target, asset): (&str, Asset),
        now: Timestamp,
        change: impl Fn(&str) -> Option<String>,
    ) -> Result<(), Failure> {
        let live = self.store.known_document(kind.as_str(), slug).await?;
        for _ in 0..TRIES {
            let draft = self.draft_of(kind, slug).await?;
            let Some(source) = change(&self.source_of(kind, slug).await?) else {
                return Err(Failure::field("under", "The text has no such heading any more: choose where it goes"));
            };
            if source.len() > MOST {
                return Err(Failure::field(
                    "file",
                    format!("The text has more than {} KiB: make two of it", MOST / 1024),
                ));
            }
            let new = NewDraft {
                kind: kind.as_str().to_owned(),
                slug: slug.to_owned(),
                source,
                from: draft.as_ref().map(|draft| draft.rev),
                base: live.as_ref().map(|live| live.version),
                by: who.person,
            };
            match self.store.keep_draft(new, now.as_microsecond()).await? {
                DraftKept::Kept(_) => {
                    let noting = format!("{slug}: {target}, {} bytes", asset.bytes.len());
                    let noting = self.noting(who, "draft.pictured", Object(String::new()), &noting, now);
                    return if noting.keep_draft_asset(slug, target, asset, who.person).await? {
                        Ok(())
                    } else {
                        Err(Failure::Conflict)
                    };
                }
                DraftKept::Moved(_) => {}
                DraftKept::SlugTaken => return Err(Failure::NotFound),
            }
        }
        Err(Failure::Conflict)
    }
}

/// What is to be said where no file came, or one without anything in it.
fn nothing_in(file_name: &str, bytes: &[u8]) -> Option<FieldError> {
    let words = if file_name.is_empty() { "Choose a file" } else { "This file is empty: choose another" };
    bytes.is_empty().then(|| FieldError::new("file", words))
}

/// A file as it is kept.
async fn ready(file_name: &str, bytes: Vec<u8>, replaces: Option<&str>) -> Result<(String, Asset), Failure> {
    let (name, replaces) = (file_name.to_owned(), replaces.map(str::to_owned));
    let made = tokio::task::spawn_blocking(move || images::uploaded(&name, bytes, replaces.as_deref())).await;
    let made = made.map_err(|cause| Failure::Internal(format!("a picture could not be read: {cause}")))?;
    made.map_err(|why| Failure::field("file", why))
}

/// A description as the text holds it: nothing in it means something there.
fn plain(description: &str) -> String {
    let mut out = String::with_capacity(description.len());
    for letter in description.chars() {
        if matches!(letter, '[' | ']' | '\\' | '`' | '*' | '_' | '<' | '{' | '!') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// The text with a picture under a heading: after what says what the heading is, such as `check`. Of several headings with the same
/// words the one that is nearest to where it was; none if there is none by now.
fn put(source: &str, (shown_at, words): (usize, &str), written: &str) -> Option<String> {
    let same = headings(source).filter(|(_, other)| *other == words).map(|(line, _)| line);
    let heading = same.min_by_key(|line| line.abs_diff(shown_at))?;
    let lines: Vec<&str> = source.split('\n').collect();
    let mut at = heading;
    let is_empty = |at: usize| lines.get(at).is_some_and(|line| line.trim().is_empty());
    while is_empty(at) {
        at += 1;
    }
    if lines
        .get(at)
        .is_some_and(|line| line.starts_with('`') && !line.starts_with("```") && line.trim_end().ends_with('`'))
    {
        at += 1;
    } else {
        at = heading;
    }
    let (before, after) = lines.split_at(at.min(lines.len()));
    let mut out: Vec<&str> = before.to_vec();
    out.extend(["", written]);
    if after.first().is_none_or(|line| !line.trim().is_empty()) {
        out.push("");
    }
    out.extend_from_slice(after);
    Some(out.join("\n"))
}

/// The lines that show a target, from 1, each with its description.
fn shown(source: &str, target: &str) -> Vec<(usize, Option<String>)> {
    let written = format!("]({target}");
    let found = source.lines().enumerate().filter(|(_, line)| line.contains(target)).map(|(at, line)| {
        let before = line.find(&written).and_then(|end| line.get(..end));
        let words = before.and_then(|before| Some(before.rsplit_once("![")?.1.replace('\\', "")));
        (at + 1, words)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_goes_under_its_heading_and_after_what_the_heading_is() {
        let text = "# T\n\n## One\n\nWords.\n\n## Two\n\n`check`\n\nWhat?\n\n## Three\n";
        let put_at = |line, words| put(text, (line, words), "![a](img/a.png)");
        let at = |line, words| put_at(line, words).unwrap();
        assert_eq!(
            at(3, "One"),
            "# T\n\n## One\n\n![a](img/a.png)\n\nWords.\n\n## Two\n\n`check`\n\nWhat?\n\n## Three\n"
        );
        assert!(at(7, "Two").contains("`check`\n\n![a](img/a.png)\n\nWhat?"), "{}", at(7, "Two"));
        assert!(at(13, "Three").ends_with("## Three\n\n![a](img/a.png)\n"), "{:?}", at(13, "Three"));
        // Where the text has moved, the heading counts and not its line; one that is gone is nowhere.
        assert_eq!(at(5, "One"), at(3, "One"));
        assert_eq!(put_at(3, "Four"), None);
        let twice = "# T\n\n## One\n\nA.\n\n## Other\n\n## One\n";
        assert!(put(twice, (8, "One"), "![a](b)").unwrap().ends_with("## One\n\n![a](b)\n"));
    }

    #[test]
    fn a_description_means_nothing_in_the_text() {
        assert_eq!(plain("A [desk] with `two` *cups*"), "A \\[desk\\] with \\`two\\` \\*cups\\*");
        assert_eq!(
            shown("x\n![A \\[desk\\]](img/a.png)\n  image: img/a.png\n", "img/a.png"),
            [(2, Some("A [desk]".to_owned())), (3, None)]
        );
    }
}
