//! Publishing: a file that passes the checks becomes the live version of its document.

use std::borrow::Cow;

use courseware::{Content, Document, Hash, Module, Problem, Requirement, Surroundings};
use jiff::Timestamp;
use store::{Along, Asset, Change, NewVersion, PersonId, Publish};

use crate::{Failure, Usecases, audit::COMMAND_LINE, images, search, who::Actor};

/// What is said of a draft that somebody else has to approve first.
const NOT_APPROVED: &str =
    "Somebody else approves it first, as it is now: ask for that, or look whether it has changed since";

/// A file on its way to being published.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// Its text.
    pub source: &'a str,
    /// What it holds.
    pub document: Cow<'a, Document>,
    /// The images and embedded documents that belong to this version.
    pub attached: &'a [Attached],
    /// Who publishes it; none for the program itself, at its start and on the command line.
    pub by: Option<PersonId>,
    /// What it changes for those who learned the version before, where somebody said.
    pub change: Option<Change>,
    /// The draft that it is, by the revision that was looked at.
    pub draft: Option<i64>,
    /// What happens together with it, or not at all.
    pub along: Along,
}

/// Something that belongs to a version beside its text.
#[derive(Clone, Debug)]
pub struct Attached {
    /// The target as written.
    pub target: String,
    /// What it holds.
    pub hash: Hash,
    /// Its bytes; none of an embedded document, which is published by itself.
    pub bytes: Option<Vec<u8>>,
}

impl<'a> File<'a> {
    /// A file as the program itself publishes it.
    #[must_use]
    pub fn of(source: &'a str, document: Cow<'a, Document>, attached: &'a [Attached]) -> Self {
        Self { source, document, attached, by: None, change: None, draft: None, along: Along::default() }
    }

    /// The same file as it came with the program, which takes the place of nothing that people published, brought back or withdrew.
    #[must_use]
    pub fn from_program(self) -> Self {
        Self { along: Along { came_with_program: true, ..self.along }, ..self }
    }

    /// A file of which only the text is known.
    #[must_use]
    pub fn alone(path: &'a str, source: &'a str) -> Self {
        let document = courseware::parse(path, source, &Surroundings::default());
        Self::of(source, Cow::Owned(document), &[])
    }
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Published {
    /// A new live version.
    New,
    /// The live version already says the same.
    Unchanged,
    /// Its draft has changed since it was looked at; nothing was published.
    Moved,
    /// It has errors, or is of a kind that cannot be published yet; nothing was changed.
    Refused {
        /// The problems, errors and warnings.
        problems: Vec<Problem>,
        /// What else stands in the way, as a sentence.
        notice: Option<String>,
    },
}

impl Usecases {
    /// Publishes one file.
    ///
    /// # Errors
    /// [`Failure::Store`], [`Failure::Internal`] where the parse cannot be frozen.
    pub async fn publish(&self, file: &File<'_>, now: Timestamp) -> Result<Published, Failure> {
        let attached: Vec<(&str, &Hash)> = file.attached.iter().map(|one| (one.target.as_str(), &one.hash)).collect();
        let refused = |notice| Ok(Published::Refused { problems: file.document.problems.clone(), notice });
        let Some(content) = file.document.content.as_ref().filter(|_| file.document.is_publishable()) else {
            return refused(None);
        };
        let assets = match assets(file) {
            Ok(assets) => assets,
            Err(notice) => return refused(Some(notice)),
        };
        if let Content::Module(module) = content
            && let Some(notice) = self.not_ready(module).await?
        {
            return refused(Some(notice));
        }
        let frozen = match content {
            Content::Module(module) => serde_json::to_string(module),
            Content::Scenario(scenario) => serde_json::to_string(scenario),
            Content::Quiz(quiz) => serde_json::to_string(quiz),
            Content::JobAid(aid) => serde_json::to_string(aid),
        };
        let new = NewVersion {
            kind: content.kind().as_str().to_owned(),
            content_hash: bytes(&courseware::content_hash(file.source, &attached))?,
            scoring_hash: bytes(&courseware::scoring_hash(content))?,
            slug: content.slug().to_owned(),
            title: content.title().to_owned(),
            source: file.source.to_owned(),
            frozen: frozen.map_err(|cause| Failure::Internal(cause.to_string()))?,
            by: file.by,
            change: file.change,
            draft: file.draft,
            assets,
            words: search::words_of(content),
        };
        let actor = Actor { person: file.by, from: file.by.is_none().then_some(COMMAND_LINE) };
        let noting =
            self.noting(actor, &format!("{}.published", new.kind), None, &format!("{}: {}", new.slug, new.title), now);
        match noting.publish_along(new, file.along.clone(), now.as_microsecond()).await?.publish {
            Publish::Published(_) | Publish::Again(_) => Ok(Published::New),
            Publish::Unchanged(_) => Ok(Published::Unchanged),
            Publish::Moved => Ok(Published::Moved),
            Publish::NotApproved => refused(Some(NOT_APPROVED.to_owned())),
            Publish::NameTaken => {
                refused(Some("there is a requirement of that name by now: look at it again, and publish".to_owned()))
            }
            Publish::SlugTaken => {
                refused(Some("another kind of document has this file name; choose another name".to_owned()))
            }
        }
    }

    /// What keeps a module from being taken: something it embeds is not live, or it takes what it does not embed.
    pub(crate) async fn not_ready(&self, module: &Module) -> Result<Option<String>, Failure> {
        let (mut has_quiz, mut has_scenario) = (false, false);
        for activity in module.activities() {
            match self.store.live_slug(&activity.slug).await?.map(|live| live.kind).as_deref() {
                Some("quiz") => has_quiz = true,
                Some("scenario") => has_scenario = true,
                Some(_) => {
                    return Ok(Some(format!(
                        "{} can only be linked to; a page embeds quizzes and role-plays",
                        activity.target
                    )));
                }
                None => {
                    return Ok(Some(format!(
                        "{} is not published; publish it first, or the whole folder at once",
                        activity.target
                    )));
                }
            }
        }
        let lacks = |requirement, has: bool| module.complete.contains(&requirement) && !has;
        Ok(match (lacks(Requirement::Quiz, has_quiz), lacks(Requirement::Scenario, has_scenario)) {
            (true, _) => Some("`complete` asks for a quiz, and no page embeds one".to_owned()),
            (_, true) => Some("`complete` asks for a scenario, and no page embeds one".to_owned()),
            _ => None,
        })
    }
}

/// The images of a file, as they are kept.
fn assets(file: &File<'_>) -> Result<Vec<(String, Asset)>, String> {
    let images = file.attached.iter().filter_map(|one| Some((one.target.clone(), one.bytes.clone()?)));
    images.map(|(target, bytes)| Ok((target.clone(), images::checked(&target, bytes)?))).collect()
}

/// A hash as the store keeps it.
fn bytes(hash: &Hash) -> Result<[u8; 32], Failure> {
    let hash = blake3::Hash::from_hex(hash.as_str()).map_err(|cause| Failure::Internal(cause.to_string()))?;
    Ok(*hash.as_bytes())
}
