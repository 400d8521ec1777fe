//! What a learner meets of a document that was withdrawn: whoever is in the middle goes on to the end, whoever was in it looks back on
//! it, and nobody else finds it. What a module embeds that somebody is in the middle of can still be begun by them.

use std::collections::HashMap;

use store::{DocumentId, LiveDocument, Progress};

use crate::{Failure, Usecases, who::Who};

/// A document as somebody meets it.
pub(crate) struct Found {
    /// As it is live, or was last.
    pub(crate) live: LiveDocument,
    /// Whether they may begin it.
    pub(crate) begins: bool,
}

impl Usecases {
    /// A document by its kind and name, as somebody may meet it.
    pub(crate) async fn found(&self, who: &Who, kind: &str, slug: &str) -> Result<Found, Failure> {
        let live = self.store.known_document(kind, slug).await?.ok_or(Failure::NotFound)?;
        if live.withdrawn_at.is_none() || self.is_in_the_way(who, slug).await? {
            return Ok(Found { live, begins: true });
        }
        if self.store.has_begun(who.person, live.document).await? {
            return Ok(Found { live, begins: false });
        }
        Err(Failure::NotFound)
    }

    /// The same, where they are to begin it.
    pub(crate) async fn found_to_begin(&self, who: &Who, kind: &str, slug: &str) -> Result<LiveDocument, Failure> {
        let found = self.found(who, kind, slug).await?;
        if found.begins { Ok(found.live) } else { Err(Failure::NotFound) }
    }

    /// The modules that somebody meets: those that are live, and those that were withdrawn while they are in the middle of them.
    pub(crate) async fn modules_met(
        &self,
        progress: &HashMap<DocumentId, Progress>,
    ) -> Result<Vec<LiveDocument>, Failure> {
        let mut modules = self.store.live_documents("module").await?;
        let is_open = |id: DocumentId| progress.get(&id).is_some_and(|progress| progress.attempt.is_open());
        if progress.values().any(|progress| progress.attempt.is_open()) {
            let withdrawn = self.store.withdrawn_documents("module").await?;
            modules.extend(withdrawn.into_iter().filter(|module| is_open(module.document)));
        }
        Ok(modules)
    }

    /// Whether a module that somebody is in the middle of embeds it, in the version that they began.
    async fn is_in_the_way(&self, who: &Who, slug: &str) -> Result<bool, Failure> {
        let here = self.here().await?;
        for progress in self.store.progress_of(who.person).await?.values().filter(|one| one.attempt.is_open()) {
            let module = self.versions.module(&self.store, progress.attempt.version, &here.tokens).await?;
            if module.activities().any(|activity| activity.slug == slug) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
