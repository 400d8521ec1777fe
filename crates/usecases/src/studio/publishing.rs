//! Publishing a draft: what it would do, doing it, and the history of what was live.

use std::borrow::Cow;

use courseware::{Content, Kind, Surroundings};
use jiff::{Timestamp, civil::DateTime};
use store::{Change, DraftKept, LiveDocument, NewDraft, VersionId};

use super::{DifferenceRow, Looked, difference};
use crate::{
    Failure, Usecases,
    publish::{File, Published},
    secret::hex,
    who::Who,
};

/// What publishing a draft would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Publishing {
    /// What it is.
    pub kind: Kind,
    /// Its name in addresses.
    pub slug: String,
    /// The revision that was looked at.
    pub rev: i64,
    /// How it looks.
    pub looked: Looked,
    /// The difference to what is live; none for something new.
    pub difference: Option<Vec<DifferenceRow>>,
    /// In words: pages, scenes or questions that are new, gone or changed.
    pub words: Vec<String>,
    /// How many people are in the middle of what is live: they end with the version that they began.
    pub running: i64,
    /// The requirements that ask for it: their ids and names.
    pub requirements: Vec<(i64, String)>,
}

/// A version in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastLine {
    /// Its id.
    pub version: i64,
    /// Its title.
    pub title: String,
    /// The first letters of its content hash.
    pub hash: String,
    /// When it was published.
    pub published: DateTime,
    /// Who published it.
    pub by: String,
    /// What it changed.
    pub change: &'static str,
    /// Whether it is live.
    pub is_live: bool,
}

impl Usecases {
    /// What publishing a draft would do.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`] where there is no draft,
    /// [`Failure::Store`].
    pub async fn publishing(&self, who: &Who, kind: Kind, slug: &str) -> Result<Publishing, Failure> {
        who.as_trainer()?;
        let draft =
            self.store.draft(slug).await?.filter(|draft| draft.kind == kind.as_str()).ok_or(Failure::NotFound)?;
        let live = self.store.live_document(kind.as_str(), slug).await?;
        let (mut difference, mut words, mut running, mut requirements) = (None, Vec::new(), 0, Vec::new());
        if let Some(live) = live {
            let old = self.store.version(live.version).await?.ok_or(Failure::NotFound)?;
            let around = Surroundings::default();
            let path = format!("{slug}.md");
            let (before, after) = (
                courseware::parse_checked(&path, &old.source, &around).content,
                courseware::parse_checked(&path, &draft.source, &around).content,
            );
            if let (Some(before), Some(after)) = (before, after) {
                words = difference::in_words(&before, &after);
            }
            difference = Some(difference::difference(&old.source, &draft.source));
            running =
                self.store.open_attempts().await?.iter().find(|(id, _)| *id == live.document).map_or(0, |one| one.1);
            let all = self.store.requirements().await?.into_iter();
            requirements = all.filter(|one| one.document == live.document).map(|one| (one.id.0, one.name)).collect();
        }
        let looked = self.look(who, kind, slug, &draft.source).await?;
        Ok(Publishing { kind, slug: slug.to_owned(), rev: draft.rev, looked, difference, words, running, requirements })
    }

    /// Publishes a draft as it was looked at.
    ///
    /// # Errors
    /// [`Failure::Invalid`] where it has errors or something it needs is not there, [`Failure::Conflict`] when it has changed since,
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn publish_draft(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        (rev, change): (i64, &str),
        now: Timestamp,
    ) -> Result<String, Failure> {
        who.as_trainer()?;
        let draft =
            self.store.draft(slug).await?.filter(|draft| draft.kind == kind.as_str()).ok_or(Failure::NotFound)?;
        if draft.rev != rev {
            return Err(Failure::Conflict);
        }
        let is_live = self.store.live_document(kind.as_str(), slug).await?.is_some();
        let change = Change::parse(change);
        if is_live && change.is_none() {
            return Err(Failure::field("change", "Say what the change is to those who learned the version before"));
        }
        let around = self.around(Some(&draft)).await?;
        let path = format!("{slug}.md");
        let document = courseware::parse(&path, &draft.source, &around);
        let title = document.content.as_ref().map_or(slug, Content::title).to_owned();
        let attached = self.attached(&draft, document.attachments(&path)).await?;
        let file = File {
            by: Some(who.person),
            change: change.filter(|_| is_live),
            draft: Some(rev),
            ..File::of(&draft.source, Cow::Owned(document), &attached)
        };
        match self.publish(&file, now).await? {
            Published::New | Published::Unchanged => Ok(title),
            Published::Moved => Err(Failure::Conflict),
            Published::Refused { notice: Some(notice), .. } => Err(Failure::field("change", notice)),
            Published::Refused { .. } => {
                Err(Failure::field("change", "It still has errors: mend them first, they stand beside the text"))
            }
        }
    }

    /// The versions of a document, the newest first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn history(&self, who: &Who, kind: Kind, slug: &str) -> Result<Vec<PastLine>, Failure> {
        who.as_trainer()?;
        let live = self.store.live_document(kind.as_str(), slug).await?.ok_or(Failure::NotFound)?;
        let local = self.local().await?;
        let lines = self.store.history_of(live.document).await?.into_iter().map(|past| PastLine {
            version: past.id.0,
            title: past.title,
            hash: hex(&past.content_hash).chars().take(12).collect(),
            published: local(past.published_at),
            by: past.by.unwrap_or_else(|| "came with the program".to_owned()),
            change: match past.change {
                Some(Change::Editorial) => "words only",
                Some(Change::Material) => "from the next cycle on",
                None => "",
            },
            is_live: past.id == live.version,
        });
        Ok(lines.collect())
    }

    /// How an earlier version differs from what is live: its title, and the lines.
    ///
    /// # Errors
    /// As [`Usecases::history`].
    pub async fn past_version(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        version: i64,
    ) -> Result<(String, Vec<DifferenceRow>), Failure> {
        let (past, live) = self.past(who, kind, slug, version).await?;
        let now_live = self.store.version(live.version).await?.ok_or(Failure::NotFound)?;
        Ok((past.title, difference(&now_live.source, &past.source)))
    }

    /// Makes an earlier version the draft again, where there is no draft.
    ///
    /// # Errors
    /// [`Failure::Conflict`] where there is one; else as [`Usecases::history`].
    pub async fn restore(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        version: i64,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let (past, live) = self.past(who, kind, slug, version).await?;
        if self.store.draft(slug).await?.is_some() {
            return Err(Failure::Conflict);
        }
        let new = NewDraft {
            kind: kind.as_str().to_owned(),
            slug: slug.to_owned(),
            source: past.source,
            from: None,
            base: Some(live.version),
            by: who.person,
        };
        match self.store.keep_draft(new, now.as_microsecond()).await? {
            DraftKept::Kept(_) => Ok(()),
            DraftKept::Moved(_) | DraftKept::SlugTaken => Err(Failure::Conflict),
        }
    }

    async fn past(
        &self,
        who: &Who,
        kind: Kind,
        slug: &str,
        version: i64,
    ) -> Result<(store::Version, LiveDocument), Failure> {
        who.as_trainer()?;
        let live = self.store.live_document(kind.as_str(), slug).await?.ok_or(Failure::NotFound)?;
        let past = self.store.version(VersionId(version)).await?.filter(|past| past.document == live.document);
        Ok((past.ok_or(Failure::NotFound)?, live))
    }
}
