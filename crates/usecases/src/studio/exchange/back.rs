//! Drafts of a file that was brought, thrown away again: only those that are still as the file left them.

use jiff::Timestamp;

use super::BroughtDraft;
use crate::{Failure, Usecases, secret::hex, who::Who};

impl Usecases {
    /// Throws away what a file became, as far as it is still as the file left it; `report` is the number of its report. Gives how many drafts
    /// are gone, and how many stay since somebody has changed them, or published or thrown them away before.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`] where there is no such report,
    /// [`Failure::Store`].
    pub async fn take_back(&self, who: &Who, report: i64, now: Timestamp) -> Result<(usize, usize), Failure> {
        who.as_trainer()?;
        let (_, drafts) = self.kept_report(report).await?;
        let drafts = drafts.drafts;
        let mut gone = 0;
        for BroughtDraft { slug, mark, .. } in &drafts {
            // Looked at again: it may have changed since the report was read.
            if self.mark(slug).await?.is_none_or(|now| now != *mark) {
                continue;
            }
            let Some(rev) = mark.split('.').next().and_then(|rev| rev.parse().ok()) else { continue };
            match self.discard_draft(who, slug, rev, now).await {
                Ok(()) => gone += 1,
                Err(Failure::Conflict) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok((gone, drafts.len() - gone))
    }

    /// What a draft is known by as it is now: its revision, when that was kept, its text and its pictures, whether somebody else was asked
    /// to look at it, and its name. None where there is no such draft. One that is begun anew with the same text is another one.
    pub(super) async fn mark(&self, slug: &str) -> Result<Option<String>, Failure> {
        let Some(draft) = self.store.draft(slug).await? else { return Ok(None) };
        let mut hasher = blake3::Hasher::new();
        hasher.update(draft.kind.as_bytes()).update(b"\n").update(&draft.changed_at.to_le_bytes());
        hasher.update(draft.source.as_bytes());
        if self.store.review(slug).await?.is_some() {
            hasher.update(b"\nreview");
        }
        // A picture that is put in the place of another leaves the text as it is.
        for (target, hash) in self.store.draft_assets(slug).await? {
            hasher.update(b"\n").update(target.as_bytes()).update(&hash);
        }
        let hash = hasher.finalize();
        let short = hash.as_bytes().get(..8).unwrap_or_default();
        Ok(Some(format!("{}.{}.{slug}", draft.rev, hex(short))))
    }
}
