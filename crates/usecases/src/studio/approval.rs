//! A second pair of eyes, where the site asks for one: somebody who wrote none of a draft approves it as it is before it is published, or
//! sends it back with a note. What was approved and then changed is approved no more.

use courseware::Kind;
use jiff::{Timestamp, civil::DateTime};
use store::{Draft, Reviewed};

pub use store::ReviewState as Verdict;

use crate::{Failure, Usecases, audit::Object, who::Who};

/// The longest note to whoever wrote a draft, in characters.
const LONGEST_NOTE: usize = 1000;

/// How a draft stands with the second pair of eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The last asking; none where nobody has asked.
    pub asked: Option<Asking>,
    /// Whether whoever looks at the page wrote some of it, and so may not approve it.
    pub is_own: bool,
    /// Everybody who wrote some of it.
    pub writers: Vec<String>,
}

/// An asking, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// What came of it.
    pub verdict: Verdict,
    /// Whether it is about the draft as it is now.
    pub is_current: bool,
    /// Who asked, and when.
    pub by: (String, DateTime),
    /// Who looked, and when.
    pub looked: Option<(String, DateTime)>,
    /// What they said about it.
    pub note: String,
}

impl Approval {
    /// Whether the draft is approved as it is now.
    pub fn is_given(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.is_current && asked.verdict == Verdict::Approved)
    }

    /// Whether the draft waits for somebody as it is now.
    pub fn is_waited_for(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.is_current && asked.verdict == Verdict::Waiting)
    }
}

impl Usecases {
    /// How a draft stands with the second pair of eyes; none where the site asks for none.
    pub(super) async fn approval(&self, who: &Who, draft: &Draft) -> Result<Option<Approval>, Failure> {
        if !self.takes_second_pair_of_eyes().await? {
            return Ok(None);
        }
        let local = self.local().await?;
        let writers = self.store.draft_writers(&draft.slug).await?;
        let asked = self.store.review(&draft.slug).await?.map(|review| Asking {
            verdict: review.state,
            is_current: review.rev == draft.rev,
            by: (review.asked_by, local(review.asked_at)),
            looked: review.looked.map(|(by, at)| (by, local(at))),
            note: review.note,
        });
        Ok(Some(Approval {
            asked,
            is_own: writers.iter().any(|(person, _)| *person == who.person),
            writers: writers.into_iter().map(|(_, name)| name).collect(),
        }))
    }

    /// Asks for a second pair of eyes on a draft as it was looked at.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when it has changed since, [`Failure::Invalid`] where it has errors, [`Failure::Denied`] for everybody but
    /// trainers and administrators, [`Failure::NotFound`] where there is no draft or the site asks for no second pair of eyes,
    /// [`Failure::Store`].
    pub async fn ask_for_approval(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        rev: i64,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let draft = self.to_approve(who, kind, slug).await?;
        if !self.look(who, kind, slug, &draft.source).await?.is_publishable {
            return Err(Failure::field("approval", "It still has errors: mend them first, they stand beside the text"));
        }
        let noting = self.noting(who, "draft.approval-asked", Object(String::new()), slug, now);
        match noting.ask_for_approval(slug, rev, who.person, now.as_microsecond()).await? {
            Reviewed::Done | Reviewed::Already => Ok(()),
            Reviewed::Moved | Reviewed::NotAsked | Reviewed::Own => Err(Failure::Conflict),
        }
    }

    /// Approves a draft as it was looked at, or sends it back with a note.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with what to correct, and for whoever wrote some of it; else as [`Usecases::ask_for_approval`].
    pub async fn look_over(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        (rev, approves, note): (i64, bool, &str),
        now: Timestamp,
    ) -> Result<(), Failure> {
        self.to_approve(who, kind, slug).await?;
        let note = note.trim().replace("\r\n", "\n");
        if note.chars().count() > LONGEST_NOTE {
            return Err(Failure::field("note", "Write at most 1,000 characters"));
        }
        if !approves && note.is_empty() {
            return Err(Failure::field("note", "Say what should be other, so that whoever wrote it can mend it"));
        }
        let what = if approves { "draft.approved" } else { "draft.sent-back" };
        let noting = self.noting(who, what, Object(String::new()), slug, now);
        match noting.look_over((slug, rev), approves, &note, (who.person, now.as_microsecond())).await? {
            Reviewed::Done | Reviewed::Already => Ok(()),
            Reviewed::Own => Err(Failure::field(
                "approval",
                "You wrote some of it yourself: another trainer or an administrator looks it over",
            )),
            Reviewed::Moved | Reviewed::NotAsked => Err(Failure::Conflict),
        }
    }

    async fn to_approve(&self, who: &Who, kind: Kind, slug: &str) -> Result<Draft, Failure> {
        who.as_trainer()?;
        if !self.takes_second_pair_of_eyes().await? {
            return Err(Failure::NotFound);
        }
        self.store.draft(slug).await?.filter(|draft| draft.kind == kind.as_str()).ok_or(Failure::NotFound)
    }
}
