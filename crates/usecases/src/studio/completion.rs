//! What the editor can complete beyond what the text itself holds: keys of the front matter, competencies, tokens, other documents and
//! the draft's own images.

use serde::Serialize;

use super::Kind;
use crate::{Failure, Usecases, who::Who};

/// What can be completed in the text of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Completion {
    /// The kind, by its word in front matter.
    pub kind: &'static str,
    /// The keys of its front matter.
    pub keys: Vec<&'static str>,
    /// The competencies by id, in alphabetical order.
    pub competencies: Vec<String>,
    /// Each token with its braces, and the words that stand there for learners.
    pub tokens: Vec<(String, String)>,
    /// The other documents: the file that a link names, and the title.
    pub documents: Vec<(String, String)>,
    /// The images of the document, as its text names them.
    pub images: Vec<String>,
}

impl Completion {
    /// As the editor reads it.
    ///
    /// # Errors
    /// [`Failure::Internal`], which strings and lists of strings never are.
    pub fn to_json(&self) -> Result<String, Failure> {
        serde_json::to_string(self).map_err(|cause| Failure::Internal(cause.to_string()))
    }
}

impl Usecases {
    /// What can be completed in the text of a document.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn completion(&self, who: &Who, kind: Kind, slug: &str) -> Result<Completion, Failure> {
        who.as_trainer()?;
        let tokens = self.here().await?.tokens;
        let mut documents = Vec::new();
        for kind in Kind::ALL {
            documents.extend(
                self.store.live_documents(kind.as_str()).await?.into_iter().map(|live| (live.slug, live.title)),
            );
        }
        for draft in self.store.drafts().await? {
            if documents.iter().all(|(slug, _)| *slug != draft.slug) {
                documents.push((draft.slug.clone(), draft.slug));
            }
        }
        documents.retain(|(other, _)| other != slug);
        documents.iter_mut().for_each(|(slug, _)| slug.push_str(".md"));
        documents.sort();
        let mut images: Vec<String> = self.images_of(slug).await?.into_iter().map(|(target, _)| target).collect();
        images.sort();
        Ok(Completion {
            kind: kind.as_str(),
            keys: courseware::keys(kind),
            competencies: self.competency_ids().await?.into_iter().collect(),
            tokens: tokens.all().to_vec(),
            documents,
            images,
        })
    }
}
