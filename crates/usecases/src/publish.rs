//! Publishing: a file that passes the checks becomes the live version of its document.

use courseware::{Content, Document, Hash, Problem, Surroundings};
use jiff::Timestamp;
use store::{NewVersion, Publish};

use crate::{Failure, Usecases, audit::COMMAND_LINE, who::Actor};

/// A file on its way to being published.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// Its path inside the content folder; the stem is the document's slug.
    pub path: &'a str,
    /// Its text.
    pub source: &'a str,
    /// What lies around it.
    pub around: &'a Surroundings,
    /// The images and embedded documents that belong to this version: the target as written, and what it holds.
    pub attached: &'a [(String, Hash)],
}

/// Nothing, to look at.
static NOWHERE: Surroundings = Surroundings { today: None, folder: None, competencies: None };

impl<'a> File<'a> {
    /// A file of which only the text is known.
    #[must_use]
    pub fn alone(path: &'a str, source: &'a str) -> Self {
        Self { path, source, around: &NOWHERE, attached: &[] }
    }
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Published {
    /// A new live version.
    New,
    /// The live version already says the same.
    Unchanged,
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
        let document = courseware::parse(file.path, file.source, file.around);
        let attached: Vec<(&str, &Hash)> = file.attached.iter().map(|(target, hash)| (target.as_str(), hash)).collect();
        let publishable = document.is_publishable();
        let Document { content, problems, .. } = document;
        let module = match content {
            Some(Content::Module(module)) if publishable => module,
            Some(other) if publishable => {
                let notice = format!("a {} cannot be taken by learners yet", other.kind().as_str());
                return Ok(Published::Refused { problems, notice: Some(notice) });
            }
            _ => return Ok(Published::Refused { problems, notice: None }),
        };
        let frozen = serde_json::to_string(&module).map_err(|cause| Failure::Internal(cause.to_string()))?;
        let new = NewVersion {
            kind: "module".to_owned(),
            content_hash: bytes(&courseware::content_hash(file.source, &attached))?,
            scoring_hash: bytes(&courseware::scoring_hash(&module))?,
            slug: module.slug,
            title: module.title,
            source: file.source.to_owned(),
            frozen,
            by: None,
        };
        // Today only the program itself publishes: at its start, and as `bedside publish`.
        let actor = Actor { person: None, from: Some(COMMAND_LINE) };
        let noting = self.noting(actor, "module.published", None, &format!("{}: {}", new.slug, new.title), now);
        match noting.publish(new, now.as_microsecond()).await? {
            Publish::Published(_) | Publish::Again(_) => Ok(Published::New),
            Publish::Unchanged(_) => Ok(Published::Unchanged),
            Publish::SlugTaken => Ok(Published::Refused {
                problems,
                notice: Some("another kind of document has this file name; choose another name".to_owned()),
            }),
        }
    }
}

/// A hash as the store keeps it.
fn bytes(hash: &Hash) -> Result<[u8; 32], Failure> {
    let hash = blake3::Hash::from_hex(hash.as_str()).map_err(|cause| Failure::Internal(cause.to_string()))?;
    Ok(*hash.as_bytes())
}
