//! Drafts of a file that was brought, thrown away again: only those that are still as the file left them.

use jiff::Timestamp;

use crate::{Failure, Usecases, secret::hex, who::Who};

impl Usecases {
    /// Throws away drafts that a file became, each by its mark. Gives how many are gone, and how many stay since somebody has changed
    /// them, or published or thrown them away before.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn take_back(&self, who: &Who, marks: &[String], now: Timestamp) -> Result<(usize, usize), Failure> {
        who.as_trainer()?;
        let mut gone = 0;
        for mark in marks {
            let mut parts = mark.splitn(3, '.');
            let (Some(rev), Some(_), Some(slug)) = (parts.next(), parts.next(), parts.next()) else { continue };
            let Ok(rev) = rev.parse() else { continue };
            if self.mark(slug).await?.is_none_or(|now| now != *mark) {
                continue;
            }
            match self.discard_draft(who, slug, rev, now).await {
                Ok(()) => gone += 1,
                Err(Failure::Conflict) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok((gone, marks.len() - gone))
    }

    /// What a draft is known by as it is now: its revision, its text and its pictures, and its name. None where there is no such draft.
    pub(super) async fn mark(&self, slug: &str) -> Result<Option<String>, Failure> {
        let Some(draft) = self.store.draft(slug).await? else { return Ok(None) };
        let mut hasher = blake3::Hasher::new();
        hasher.update(draft.kind.as_bytes()).update(b"\n").update(draft.source.as_bytes());
        // A picture that is put in the place of another leaves the text as it is.
        for (target, hash) in self.store.draft_assets(slug).await? {
            hasher.update(b"\n").update(target.as_bytes()).update(&hash);
        }
        let hash = hasher.finalize();
        let short = hash.as_bytes().get(..8).unwrap_or_default();
        Ok(Some(format!("{}.{}.{slug}", draft.rev, hex(short))))
    }
}
