//! A learner's own: the modules, their pages, the steps taken on them, and what has been completed.

use std::sync::Arc;

use courseware::{
    Module, Page, PageKind, Question,
    question::{Response, Task},
};
use jiff::{Timestamp, civil::Date};
use store::{AttemptId, CheckAnswered, DocumentId, LiveDocument, Outcome, PageRead, VersionId};

use crate::{Failure, Usecases, clock, secret, who::Who};

mod think;
mod views;

use views::minutes_left;
pub use views::{
    CheckOption, CheckPage, CheckVerdict, ModuleCard, ModuleOverview, Next, PageBody, PageEntry, Progress, ReaderPage,
    RecordLine, Step,
};

/// A module as one person meets it: the version their attempt is pinned to, else the live one, and how far they are.
struct Met {
    document: DocumentId,
    version: VersionId,
    module: Arc<Module>,
    progress: Option<store::Progress>,
    zone: String,
}

impl Met {
    fn href(&self, page: &Page) -> String {
        format!("/modules/{}/{}", self.module.slug, page.id)
    }

    /// The day the newest attempt ended, if it has.
    fn done_on(&self) -> Option<Date> {
        let ended = self.progress.as_ref()?.attempt.ended_at?;
        let ended = Timestamp::from_microsecond(ended).ok()?;
        Some(clock::day_in(ended, &self.zone))
    }

    /// What was done in the newest attempt, as far as it was done with this very version: the ids of another one mean
    /// other pages and other answers.
    fn steps(&self) -> Option<&store::Progress> {
        self.progress.as_ref().filter(|progress| progress.attempt.version == self.version)
    }

    fn is_read(&self, page: &Page) -> bool {
        self.steps().is_some_and(|progress| progress.pages_read.contains(&page.id))
    }

    /// The first answer given to a question in the newest attempt.
    fn answer(&self, question: &Question) -> Option<Vec<u32>> {
        let checks = &self.steps()?.checks;
        let check = checks.iter().find(|check| check.question == question.id)?;
        serde_json::from_str(&check.answer).ok()
    }

    fn entries(&self) -> Vec<PageEntry> {
        let done = self.done_on().is_some();
        let entry = |page: &Page| PageEntry {
            href: self.href(page),
            title: page.title.clone(),
            read: done || self.is_read(page),
        };
        self.module.pages.iter().map(entry).collect()
    }

    /// What comes after the page at this place.
    fn next(&self, at: usize) -> Next {
        let pages = &self.module.pages;
        let left = pages.iter().enumerate().any(|(i, page)| i != at && !self.is_read(page));
        match (self.done_on(), left, at + 1 == pages.len()) {
            (None, true, true) => Next::LeftOut,
            (None, true, false) | (Some(_), _, false) => Next::Page,
            _ => Next::End,
        }
    }

    fn read(&self) -> u32 {
        count(self.module.pages.iter().filter(|page| self.is_read(page)).count())
    }

    fn card(&self) -> ModuleCard {
        let progress = match (self.done_on(), &self.progress) {
            (Some(on), _) => Progress::Done { on },
            (None, Some(_)) => Progress::Begun { read: self.read() },
            (None, None) => Progress::New,
        };
        let first = self.module.pages.first();
        let unread = match progress {
            // To read again is to begin at the beginning.
            Progress::Done { .. } => first,
            _ => self.module.pages.iter().find(|page| !self.is_read(page)).or(first),
        };
        ModuleCard {
            slug: self.module.slug.clone(),
            title: self.module.title.clone(),
            minutes: self.module.minutes,
            pages: count(self.module.pages.len()),
            progress,
            continue_at: unread.map_or_else(|| format!("/modules/{}", self.module.slug), |page| self.href(page)),
        }
    }

    fn place(&self, page: &str) -> Result<usize, Failure> {
        let by_name = |found: &Page| found.id == page || found.was.iter().any(|was| was == page);
        self.module.pages.iter().position(by_name).ok_or(Failure::NotFound)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Usecases {
    async fn meet(&self, live: &LiveDocument, progress: Option<store::Progress>, zone: &str) -> Result<Met, Failure> {
        let pinned = progress.as_ref().filter(|progress| progress.attempt.ended_at.is_none());
        let version = pinned.map_or(live.version, |pinned| pinned.attempt.version);
        let module = self.modules.thaw(&self.store, version).await?;
        Ok(Met { document: live.document, version, module, progress, zone: zone.to_owned() })
    }

    async fn meet_by_slug(&self, who: &Who, slug: &str) -> Result<Met, Failure> {
        let live = self.store.live_document("module", slug).await?.ok_or(Failure::NotFound)?;
        let progress = self.store.progress(who.person, live.document).await?;
        self.meet(&live, progress, &self.zone().await?).await
    }

    /// Every live module, as far as whoever asks is in it.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn modules(&self, who: &Who) -> Result<Vec<ModuleCard>, Failure> {
        let zone = self.zone().await?;
        let mut progress = self.store.progress_of(who.person).await?;
        let mut cards = Vec::new();
        for live in self.store.live_documents("module").await? {
            cards.push(self.meet(&live, progress.remove(&live.document), &zone).await?.card());
        }
        Ok(cards)
    }

    /// One module and its pages.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn module(&self, who: &Who, slug: &str) -> Result<ModuleOverview, Failure> {
        let met = self.meet_by_slug(who, slug).await?;
        Ok(ModuleOverview {
            card: met.card(),
            intro_html: met.module.intro_html.clone(),
            pages: met.entries(),
            newest: met.progress.as_ref().map(|progress| progress.attempt.id.0),
        })
    }

    /// Begins a completed module again, with the version that is live now; what was completed stays in the record.
    /// `newest` is the attempt that the form showed. Gives the address to go on at: the first page, or the overview
    /// where things have moved on since.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn take_again(&self, who: &Who, slug: &str, newest: i64, now: Timestamp) -> Result<String, Failure> {
        let live = self.store.live_document("module", slug).await?.ok_or(Failure::NotFound)?;
        let of = (live.document, live.version);
        let begun = self.store.begin_again(who.person, of, AttemptId(newest), now.as_microsecond()).await?;
        let progress = self.store.progress(who.person, live.document).await?;
        let met = self.meet(&live, progress, &self.zone().await?).await?;
        Ok(if begun { met.card().continue_at } else { format!("/modules/{}", met.module.slug) })
    }

    /// One page, with fresh tokens for its forms. Nothing is recorded by looking.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn page(&self, who: &Who, slug: &str, page: &str) -> Result<ReaderPage, Failure> {
        let met = self.meet_by_slug(who, slug).await?;
        let at = met.place(page)?;
        let page = &met.module.pages[at];
        let total = count(met.module.pages.len());
        let body = match &page.kind {
            PageKind::Check(question) => match &question.task {
                Task::Choice(choice) => {
                    // Once the module is completed, the key of a question that was left out may be seen.
                    let answered = met.answer(question);
                    PageBody::Check(CheckPage::of(question, choice, answered.as_deref(), met.done_on().is_some()))
                }
                _ => PageBody::Text(think::html(question)),
            },
            PageKind::Reading | PageKind::Cards | PageKind::Reflect { .. } => PageBody::Text(page.html.clone()),
        };
        let after = met.module.pages.get(at + 1).map(|page| met.href(page));
        Ok(ReaderPage {
            slug: met.module.slug.clone(),
            module_title: met.module.title.clone(),
            title: page.title.clone(),
            href: met.href(page),
            number: at + 1,
            pages: met.entries(),
            minutes_left: minutes_left(met.module.minutes, total, count(at)),
            body,
            after_html: if matches!(page.kind, PageKind::Check(_)) { page.html.clone() } else { String::new() },
            version: met.version.0,
            newest: met.progress.as_ref().map(|progress| progress.attempt.id.0),
            token: secret::token()?,
            read_token: secret::token()?,
            next: met.next(at),
            next_href: met.done_on().map(|_| after.unwrap_or_else(|| format!("/modules/{}", met.module.slug))),
            back_href: at.checked_sub(1).map(|before| met.href(&met.module.pages[before])),
        })
    }

    /// Marks a page read and says where to go on. The last page that was missing completes the module: the attempt
    /// ends and the completion enters the ledger in the same transaction.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when the token was used for something else or the attempt has moved on,
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn mark_read(&self, who: &Who, step: Step<'_>, now: Timestamp) -> Result<String, Failure> {
        let met = self.meet_by_slug(who, step.slug).await?;
        let at = met.place(step.page)?;
        let read = PageRead {
            person: who.person,
            document: met.document,
            version: VersionId(step.version),
            newest: step.newest.map(AttemptId),
            page: met.module.pages[at].id.clone(),
            pages_required: met.module.pages.iter().map(|page| page.id.clone()).collect(),
            token: token(step.token)?,
            body_hash: body_hash(&["read", step.slug, step.page]),
            now: now.as_microsecond(),
            today: clock::day_number(clock::day_in(now, &met.zone)),
        };
        let overview = format!("/modules/{}", met.module.slug);
        match settled(self.store.record_page_read(read).await?)? {
            Outcome::Completed { .. } => Ok(overview),
            // From the last page, the one that was left out; else simply the next.
            _ => Ok(met
                .module
                .pages
                .get(at + 1)
                .or_else(|| {
                    met.module
                        .pages
                        .iter()
                        .enumerate()
                        .find(|(i, page)| *i != at && !met.is_read(page))
                        .map(|(_, page)| page)
                })
                .map_or(overview, |page| met.href(page))),
        }
    }

    /// Records the answer to a page's check question. The first answer is kept; feedback follows from it.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when nothing or something unknown was ticked, [`Failure::Conflict`] when the question was
    /// answered before or the token used for something else, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn answer_check(&self, who: &Who, step: Step<'_>, ticked: &[u32], now: Timestamp) -> Result<(), Failure> {
        let met = self.meet_by_slug(who, step.slug).await?;
        let at = met.place(step.page)?;
        let PageKind::Check(question) = &met.module.pages[at].kind else { return Err(Failure::NotFound) };
        let Task::Choice(choice) = &question.task else { return Err(Failure::NotFound) };
        let mut ticked = ticked.to_vec();
        ticked.sort_unstable();
        ticked.dedup();
        let known = ticked.iter().all(|id| choice.options.iter().any(|option| option.id == *id));
        if ticked.is_empty() || !known || (!choice.multiple && ticked.len() > 1) {
            let words = if choice.multiple { "Choose at least one answer" } else { "Choose one answer" };
            return Err(Failure::field("answer", words));
        }
        let answer = serde_json::to_string(&ticked).map_err(|cause| Failure::Internal(cause.to_string()))?;
        // The first answer stands, and after completion nothing begins anew by answering.
        match met.answer(question) {
            Some(first) if first == ticked => return Ok(()),
            Some(_) => return Err(Failure::Conflict),
            None if met.done_on().is_some() => return Err(Failure::Conflict),
            None => {}
        }
        let record = CheckAnswered {
            person: who.person,
            document: met.document,
            version: VersionId(step.version),
            newest: step.newest.map(AttemptId),
            question: question.id.clone(),
            correct: courseware::grade(question, &Response::Ticked(ticked)).correct,
            token: token(step.token)?,
            body_hash: body_hash(&["check", step.slug, step.page, &answer]),
            answer,
            now: now.as_microsecond(),
        };
        settled(self.store.record_check(record).await?).map(drop)
    }

    /// What whoever asks has completed, newest first.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn record(&self, who: &Who) -> Result<Vec<RecordLine>, Failure> {
        let completed = self.store.completions_of(who.person).await?.into_iter().map(|done| RecordLine {
            title: done.title,
            on: clock::date_of(done.effective_on),
            version: done.content_hash[..4].iter().map(|byte| format!("{byte:02x}")).collect(),
            entry: done.fact,
        });
        Ok(completed.collect())
    }
}

/// A form's token: what [`secret::token`] makes, and nothing else.
fn token(sent: &str) -> Result<Vec<u8>, Failure> {
    let fits = sent.len() == 32 && sent.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { Ok(sent.as_bytes().to_vec()) } else { Err(Failure::Conflict) }
}

/// What makes two sendings the same: every part with its length, so that parts cannot run into each other.
fn body_hash(parts: &[&str]) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().as_bytes().to_vec()
}

/// What a step did, whether now or when it was first sent.
fn settled(outcome: Outcome) -> Result<Outcome, Failure> {
    match outcome {
        Outcome::Conflict => Err(Failure::Conflict),
        Outcome::Replayed(first) => Ok(*first),
        done => Ok(done),
    }
}
