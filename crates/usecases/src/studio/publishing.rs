//! Publishing a draft: what it would do, doing it, and the history of what was live.

use std::{borrow::Cow, collections::HashSet};

use courseware::{Content, Kind};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use records::day::Day;
use store::{Along, Change, DraftKept, LiveDocument, NewDraft, NewUpdate, NewWish, PersonId, Requirement, VersionId};

use super::{Approval, Comparison, Looked, Preview, beside::Beside, preview};
use crate::{
    Failure, Usecases, images,
    publish::{File, Published},
    requirements::{asked_words, given, how_soon, new_update, taken, update_name},
    secret::hex,
    thawed,
    who::Who,
};

/// The word of a change that everybody who holds it is asked to learn soon.
const MANDATORY: &str = "mandatory";
/// What a change of words is called, where it is chosen and ever after.
pub const EDITORIAL_WORDS: &str = "Words only";
/// What a change of what there is to learn is called, where it is chosen and ever after.
pub const MATERIAL_WORDS: &str = "Something to learn";
/// What a change that everybody is asked for is called, where it is chosen and ever after.
pub const MANDATORY_WORDS: &str = "Everybody must learn it soon";

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
    /// What differs from what is live, or was before it was withdrawn; none for something new.
    pub comparison: Option<Comparison>,
    /// Whether anything is other than in what is live.
    pub is_changed: bool,
    /// Whether what was live was withdrawn: publishing makes it live again.
    pub is_withdrawn: bool,
    /// How many people are in the middle of what is live: they end with the version that they began.
    pub running: i64,
    /// What asking everybody who holds it would do; none where no requirement asks for it.
    pub mandatory: Option<Consequence>,
    /// How it stands with the second pair of eyes; none where the site asks for none.
    pub approval: Option<Approval>,
}

/// What it would do to ask everybody who holds a document for its new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// Each requirement that asks for it.
    pub each: Vec<AskedOf>,
    /// How many people hold one of them today, each counted once.
    pub people: i64,
    /// In how many days it would be due.
    pub days: i32,
    /// Which day that is, asked for today.
    pub due: Date,
    /// How many people still wait to be looked at after another change of the rules.
    pub waiting: i64,
}

impl Consequence {
    /// All of it in a word, so that it happens only as it was shown.
    pub fn seen(&self) -> String {
        let each = self.each.iter().map(|one| format!("{}:{}", one.id, one.people)).collect::<Vec<_>>().join("-");
        format!("{}-{}-{each}", self.due, self.people)
    }
}

/// A requirement and how many people hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedOf {
    /// The requirement.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// How many people hold it today, and would be asked.
    pub people: i64,
}

/// What is sent to publish a draft.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sending<'a> {
    /// The revision that was looked at.
    pub rev: i64,
    /// What it changes for those who learned the version before: `editorial`, `material`, or `mandatory`.
    pub change: &'a str,
    /// In how many days it is due, where it is mandatory.
    pub days: &'a str,
    /// What was shown of the consequence: [`Consequence::seen`].
    pub seen: &'a str,
    /// Why everybody must learn it soon, where it is mandatory.
    pub why: &'a str,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Went {
    /// Its title.
    pub title: String,
    /// How many people were asked for it, where it is mandatory.
    pub asked: Option<i64>,
    /// Whether administrators decide now whether people are asked for it.
    pub wished: bool,
}

/// An earlier version.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Its title.
    pub title: String,
    /// When it was published first.
    pub published: DateTime,
    /// Its text.
    pub source: String,
    /// What has changed from it to what is live, or was when the document was withdrawn.
    pub comparison: Comparison,
    /// Whether it is the newest one: what is live, or was when the document was withdrawn.
    pub is_newest: bool,
    /// Whether the document is withdrawn.
    pub is_withdrawn: bool,
    /// It, with what only trainers see beside it.
    pub preview: Preview,
    /// Who changed the draft last, where there is one: it is not overwritten by an earlier version.
    pub draft: Option<String>,
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
    /// Why everybody who held it was asked for it, if they were.
    pub asked: Vec<String>,
    /// Why a trainer wishes for that, as long as nobody has decided.
    pub wished: Option<String>,
    /// Whether it is live.
    pub is_live: bool,
    /// Whether it is live, or was when the document was withdrawn.
    pub is_newest: bool,
}

impl Usecases {
    /// What publishing a draft would do, and what asking for it would, were it due in `days` days.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for days that are none, [`Failure::Denied`] for everybody but trainers and administrators,
    /// [`Failure::NotFound`] where there is no draft, [`Failure::Store`].
    pub async fn publishing(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        days: &str,
        now: Timestamp,
    ) -> Result<Publishing, Failure> {
        who.as_trainer()?;
        let days = given(days).map_err(|error| Failure::Invalid(vec![error]))?;
        let draft =
            self.store.draft(slug).await?.filter(|draft| draft.kind == kind.as_str()).ok_or(Failure::NotFound)?;
        let looked = self.look(who, kind, slug, &draft.source).await?;
        let approval = self.approval(who, &draft).await?;
        let mut publishing = Publishing {
            kind,
            slug: slug.to_owned(),
            rev: draft.rev,
            looked,
            comparison: None,
            is_changed: true,
            is_withdrawn: false,
            running: 0,
            mandatory: None,
            approval,
        };
        if let Some(known) = self.store.known_document(kind.as_str(), slug).await? {
            let old = self.store.version(known.version).await?.ok_or(Failure::NotFound)?;
            let (before, after) = (self.store.assets_of(old.id).await?, self.images_of(slug).await?);
            let comparison = Comparison::of(slug, (&old.source, &before), (&draft.source, &after));
            publishing.is_changed = !comparison.is_empty();
            publishing.comparison = Some(comparison);
            publishing.is_withdrawn = known.withdrawn_at.is_some();
            let open = self.store.open_attempts().await?;
            publishing.running = open.iter().find(|(id, _)| *id == known.document).map_or(0, |one| one.1);
            let (consequence, _) = self.consequence(&known, days, now).await?;
            publishing.mandatory = Some(consequence).filter(|consequence| !consequence.each.is_empty());
        }
        Ok(publishing)
    }

    /// Whom it would concern to ask for the new version of a document in so many days: in numbers, and by requirement.
    async fn consequence(
        &self,
        document: &LiveDocument,
        days: i32,
        now: Timestamp,
    ) -> Result<(Consequence, Vec<(Requirement, Vec<PersonId>)>), Failure> {
        let today = Day(self.today(now).await?);
        let all = self.store.requirements().await?.into_iter();
        let own: Vec<_> = all.filter(|one| one.document == document.document && one.update_of.is_none()).collect();
        let waiting = if own.is_empty() { 0 } else { self.nearly_caught_up().await? };
        let (mut each, mut lines, mut everybody) = (Vec::new(), Vec::new(), HashSet::new());
        for requirement in own {
            let people = self.holders(requirement.id, today).await?;
            everybody.extend(people.iter().copied());
            lines.push(AskedOf { id: requirement.id.0, name: requirement.name.clone(), people: count(people.len()) });
            each.push((requirement, people));
        }
        let due = today.plus(days).date();
        Ok((Consequence { each: lines, people: count(everybody.len()), days, due, waiting }, each))
    }

    /// Publishes a draft as it was looked at. Where it is mandatory, those who hold it are asked for it in the same step; a trainer who is
    /// no administrator leaves a wish for that instead, since whom something is asked of is for administrators.
    ///
    /// # Errors
    /// [`Failure::Invalid`] where it has errors, is not approved, or something it needs is not there, and where what was shown of the
    /// consequence is not what would follow; [`Failure::Conflict`] when it has changed since; [`Failure::Denied`] for everybody but
    /// trainers and administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn publish_draft(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        sending: Sending<'_>,
        now: Timestamp,
    ) -> Result<Went, Failure> {
        who.as_trainer()?;
        let draft =
            self.store.draft(slug).await?.filter(|draft| draft.kind == kind.as_str()).ok_or(Failure::NotFound)?;
        if draft.rev != sending.rev {
            return Err(Failure::Conflict);
        }
        let known = self.store.known_document(kind.as_str(), slug).await?;
        let is_mandatory = sending.change == MANDATORY;
        let change = if is_mandatory { Some(Change::Material) } else { Change::parse(sending.change) };
        // Nobody learns a job aid: there is nobody for whom a change of it would be one.
        let (is_mandatory, change) = if kind == Kind::JobAid { (false, None) } else { (is_mandatory, change) };
        if known.is_some() && change.is_none() && kind != Kind::JobAid {
            return Err(Failure::field("change", "Say what the change is to those who learned the version before"));
        }
        let mut along = Along::default();
        let mut asked = None;
        if let Some(known) = known.as_ref().filter(|_| is_mandatory) {
            (along, asked) = self.asking(who, known, sending, now).await?;
        }
        along.approved = self.takes_second_pair_of_eyes().await?;
        let wished = !along.wishes.is_empty();
        let around = self.around(Some(&draft)).await?;
        let path = format!("{slug}.md");
        let document = courseware::parse(&path, &draft.source, &around);
        let title = document.content.as_ref().map_or(slug, Content::title).to_owned();
        let attached = self.attached(&draft, document.attachments(&path)).await?;
        let file = File {
            by: Some(who.person),
            change: change.filter(|_| known.is_some()),
            draft: Some(sending.rev),
            along,
            ..File::of(&draft.source, Cow::Owned(document), &attached)
        };
        match self.publish(&file, now).await? {
            Published::New => Ok(Went { title, asked, wished }),
            // Nothing new went out, so that nobody was asked for anything.
            Published::Unchanged => Ok(Went { title, asked: None, wished: false }),
            Published::Moved => Err(Failure::Conflict),
            Published::Refused { notice: Some(notice), .. } => Err(Failure::field("change", notice)),
            Published::Refused { .. } => {
                Err(Failure::field("change", "It still has errors: mend them first, they stand beside the text"))
            }
        }
    }

    /// What goes along with a mandatory change, and how many people are asked for it.
    async fn asking(
        &self,
        who: &Who,
        known: &LiveDocument,
        sending: Sending<'_>,
        now: Timestamp,
    ) -> Result<(Along, Option<i64>), Failure> {
        let (days, why) = how_soon(sending.days, sending.why).map_err(Failure::Invalid)?;
        let (consequence, each) = self.consequence(known, days, now).await?;
        let refused = |words: &str| Err(Failure::field("change", words));
        if each.is_empty() {
            return refused("No requirement asks for it, so that nobody would be asked: choose one of the others");
        }
        // Whoever waits to be looked at may hold it too, and would be left out for good.
        if consequence.waiting > 0 {
            return refused(
                "Another change is still being worked out. Nothing was published yet: wait a minute, then publish again",
            );
        }
        if consequence.people == 0 {
            return refused("Nobody holds it today, so that nobody would be asked: choose one of the others");
        }
        let each = each.into_iter().filter(|(_, people)| !people.is_empty());
        if !who.administrator {
            let wish = |(of, people): (Requirement, Vec<PersonId>)| {
                let detail = asked_words(&of.name, count(people.len()), days, &why);
                NewWish { requirement: of.id, days, why: why.clone(), detail }
            };
            return Ok((Along { wishes: each.map(wish).collect(), ..Along::default() }, None));
        }
        if sending.seen != consequence.seen() {
            let words = "Whom this goes to, or by when, is not what you were shown. It is counted again below: look at it, then publish";
            return Err(Failure::field("days", words));
        }
        let today = Day(self.today(now).await?);
        let mut names = taken(&self.store.requirements().await?);
        let mut updates = Vec::new();
        for (of, people) in each {
            let name = update_name(&of.name, today, &names);
            names.push(name.to_lowercase());
            let new = new_update(&of, &name, (days, today), who.person)?;
            let detail = asked_words(&name, count(people.len()), days, &why);
            updates.push(NewUpdate { new, people, why: why.clone(), detail });
        }
        Ok((Along { updates, ..Along::default() }, Some(consequence.people)))
    }

    /// The versions of a document, the newest first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn history(&self, who: &Who, kind: Kind, slug: &str) -> Result<Vec<PastLine>, Failure> {
        who.as_trainer()?;
        let live = self.store.known_document(kind.as_str(), slug).await?.ok_or(Failure::NotFound)?;
        let local = self.local().await?;
        let lines = self.store.history_of(live.document).await?.into_iter().map(|past| PastLine {
            version: past.id.0,
            title: past.title,
            hash: hex(&past.content_hash).chars().take(12).collect(),
            published: local(past.published_at),
            by: past.by.unwrap_or_else(|| "came with the program".to_owned()),
            change: match past.change {
                _ if !past.asked.is_empty() => MANDATORY_WORDS,
                Some(Change::Editorial) => EDITORIAL_WORDS,
                Some(Change::Material) => MATERIAL_WORDS,
                None => "",
            },
            asked: past.asked,
            wished: past.wished,
            is_newest: past.id == live.version,
            is_live: past.id == live.version && live.withdrawn_at.is_none(),
        });
        Ok(lines.collect())
    }

    /// An earlier version: what has changed since, and how it was, with what trainers see of it.
    ///
    /// # Errors
    /// As [`Usecases::history`].
    pub async fn past_version(&self, who: &Who, (kind, slug): (Kind, &str), version: i64) -> Result<Past, Failure> {
        let (past, live) = self.past(who, kind, slug, version).await?;
        let now_live = self.store.version(live.version).await?.ok_or(Failure::NotFound)?;
        let here = self.here().await?;
        let (before, after) = (self.store.assets_of(past.id).await?, self.store.assets_of(now_live.id).await?);
        let places = images::places(&before);
        let preview =
            preview::of(&thawed::plain(&past)?, &[], &past.source, (&places, &here.tokens), &Beside::default())?;
        Ok(Past {
            published: self.local().await?(past.published_at),
            comparison: Comparison::of(slug, (&past.source, &before), (&now_live.source, &after)),
            is_newest: past.id == now_live.id,
            is_withdrawn: live.withdrawn_at.is_some(),
            preview,
            title: past.title,
            source: past.source,
            draft: self.store.draft(slug).await?.map(|draft| draft.changed_by),
        })
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
        let live = self.store.known_document(kind.as_str(), slug).await?.ok_or(Failure::NotFound)?;
        let past = self.store.version(VersionId(version)).await?.filter(|past| past.document == live.document);
        Ok((past.ok_or(Failure::NotFound)?, live))
    }
}

fn count(many: usize) -> i64 {
    i64::try_from(many).unwrap_or(i64::MAX)
}
