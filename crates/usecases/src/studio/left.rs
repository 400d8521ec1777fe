//! Drafts as somebody left them, before somebody else changed or took away lines of theirs, or the draft was thrown away.

use courseware::Kind;
use jiff::{Timestamp, civil::DateTime};
use store::{DraftKept, Left, NewDraft};

use super::{DifferenceRow, difference};
use crate::{Failure, Usecases, who::Who};

/// A draft as somebody left it, in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftLine {
    /// Its number.
    pub id: i64,
    /// Who left it so.
    pub by: String,
    /// Whether that was who asks.
    pub is_own: bool,
    /// When they kept it.
    pub at: DateTime,
    /// Whether it was thrown away; else lines of it were changed or taken out.
    pub is_thrown: bool,
    /// Who did that, and when.
    pub changed: (String, DateTime),
}

/// A draft as somebody left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftDraft {
    /// Who left it so, and the rest that stands in the list.
    pub line: LeftLine,
    /// Its text.
    pub source: String,
    /// How it differs from the draft, or from what is live where there is none.
    pub rows: Vec<DifferenceRow>,
    /// The revision of the draft that it was held against; none where there is none.
    pub rev: Option<i64>,
}

impl Usecases {
    /// The drafts of a document as people left them, the last one first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn left_drafts(&self, who: &Who, kind: Kind, slug: &str) -> Result<Vec<LeftLine>, Failure> {
        who.as_trainer()?;
        let local = self.local().await?;
        let all = self.store.left_drafts(slug).await?.into_iter();
        Ok(all.filter(|left| left.kind == kind.as_str()).map(|left| line(who, left, &local)).collect())
    }

    /// What somebody else changed of the draft that who asks left, until they keep it again.
    ///
    /// # Errors
    /// As [`Usecases::left_drafts`].
    pub async fn changed_of_mine(&self, who: &Who, kind: Kind, slug: &str) -> Result<Option<LeftLine>, Failure> {
        who.as_trainer()?;
        let all = self.store.left_drafts(slug).await?.into_iter();
        let newest =
            all.filter(|left| left.kind == kind.as_str() && !left.is_thrown).find(|left| left.by == who.person);
        let Some(newest) = newest else { return Ok(None) };
        // Whoever kept the draft again has seen what became of it; where it was published, the history tells.
        match self.store.draft_kept_by(slug, who.person).await? {
            Some(kept) if kept <= newest.changed_at => Ok(Some(line(who, newest, &self.local().await?))),
            _ => Ok(None),
        }
    }

    /// A draft as somebody left it.
    ///
    /// # Errors
    /// As [`Usecases::left_drafts`]; [`Failure::NotFound`].
    pub async fn left_draft(&self, who: &Who, (kind, slug): (Kind, &str), id: i64) -> Result<LeftDraft, Failure> {
        who.as_trainer()?;
        let (left, source) = self.store.left_draft(slug, id).await?.ok_or(Failure::NotFound)?;
        if left.kind != kind.as_str() {
            return Err(Failure::NotFound);
        }
        let now = self.source_of(kind, slug).await?;
        let rev = self.draft_of(kind, slug).await?.map(|draft| draft.rev);
        let local = self.local().await?;
        Ok(LeftDraft { line: line(who, left, &local), rows: difference(&now, &source), source, rev })
    }

    /// Makes a draft as somebody left it the draft again, in the place of the one that was looked at.
    ///
    /// # Errors
    /// [`Failure::Conflict`] where that has changed since; else as [`Usecases::left_draft`].
    pub async fn take_up_left(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        (id, rev): (i64, Option<i64>),
        now: Timestamp,
    ) -> Result<(), Failure> {
        who.as_trainer()?;
        let (left, source) = self.store.left_draft(slug, id).await?.ok_or(Failure::NotFound)?;
        if left.kind != kind.as_str() {
            return Err(Failure::NotFound);
        }
        let live = self.store.known_document(kind.as_str(), slug).await?;
        let new = NewDraft {
            kind: left.kind,
            slug: slug.to_owned(),
            source,
            from: rev,
            base: live.map(|live| live.version),
            by: who.person,
        };
        match self.store.keep_draft(new, now.as_microsecond()).await? {
            DraftKept::Kept(_) => Ok(()),
            DraftKept::Moved(_) | DraftKept::SlugTaken => Err(Failure::Conflict),
        }
    }
}

fn line(who: &Who, left: Left, local: &impl Fn(i64) -> DateTime) -> LeftLine {
    LeftLine {
        id: left.id,
        is_own: left.by == who.person,
        by: left.by_name,
        at: local(left.at),
        is_thrown: left.is_thrown,
        changed: (left.changed_by, local(left.changed_at)),
    }
}
