//! A learner's own modules: their pages, the steps taken on them, and what they take to be completed.

use std::sync::Arc;

use courseware::{Module, Page, PageKind, Question, Requirement, Response, grade};
use jiff::{Timestamp, civil::Date};
use store::{AttemptId, CheckAnswered, DocumentId, LiveDocument, Outcome, PageRead, Reading, Reflection, VersionId};

use crate::{
    Failure, Usecases, clock, form,
    form::settled,
    question::{self, Sent},
    site::Here,
    who::Who,
};

mod goal;
mod views;

use goal::Embedded;
pub(crate) use goal::way_on;
pub use goal::{ActivityCard, WayOn};
use views::minutes_left;
pub use views::{ModuleCard, ModuleOverview, Next, PageBody, PageEntry, Progress, ReaderPage, Step};

/// A module as one person meets it: the version their attempt is pinned to, else the live one, and how far they are.
pub(crate) struct Met {
    pub(crate) document: DocumentId,
    version: VersionId,
    pub(crate) module: Arc<Module>,
    progress: Option<store::Progress>,
    here: Here,
    /// Whether they may begin it: nobody begins what was withdrawn.
    begins: bool,
}

impl Met {
    fn href(&self, page: &Page) -> String {
        format!("/modules/{}/{}", self.module.slug, page.id)
    }

    /// The day the newest attempt ended, if it has.
    pub(crate) fn done_on(&self) -> Option<Date> {
        let ended = self.progress.as_ref()?.attempt.ended_at?;
        let ended = Timestamp::from_microsecond(ended).ok()?;
        Some(clock::day_in(ended, &self.here.zone))
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
    fn answer(&self, question: &Question) -> Option<Response> {
        let checks = &self.steps()?.checks;
        let check = checks.iter().find(|check| check.question == question.id)?;
        question::read_response(&check.answer)
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

    /// The first activity that is still missing.
    fn missing<'e>(&self, embedded: &'e [Embedded]) -> Option<&'e ActivityCard> {
        embedded.iter().map(|activity| &activity.card).find(|card| card.required && !card.passed)
    }

    /// Whether reading is a part of what it takes.
    fn reads(&self) -> bool {
        self.module.complete.contains(&Requirement::Read)
    }

    /// What comes after the page at this place, once it is read.
    fn next(&self, at: usize, embedded: &[Embedded]) -> Next {
        let pages = &self.module.pages;
        let other = |(i, page): &(usize, &Page)| *i != at && !self.is_read(page);
        let left_out = pages.iter().enumerate().find(other).filter(|_| self.reads());
        let after = pages.get(at + 1).map(|page| self.href(page));
        let overview = || format!("/modules/{}", self.module.slug);
        match (self.done_on(), after, left_out, self.missing(embedded)) {
            (_, Some(href), ..) => Next::Page { href },
            (Some(_), None, ..) => Next::End { href: overview() },
            (None, None, Some((_, page)), _) => Next::LeftOut { href: self.href(page) },
            (None, None, None, Some(card)) => {
                Next::Activity { href: card.href.clone(), title: card.title.clone(), is_quiz: card.is_quiz }
            }
            (None, None, None, None) => Next::End { href: overview() },
        }
    }

    fn read(&self) -> u32 {
        count(self.module.pages.iter().filter(|page| self.is_read(page)).count())
    }

    fn card(&self, embedded: &[Embedded]) -> ModuleCard {
        let progress = match (self.done_on(), &self.progress) {
            (Some(on), _) => Progress::Done { on },
            (None, Some(_)) => Progress::Begun { read: self.read() },
            (None, None) => Progress::New,
        };
        let first = self.module.pages.first();
        let unread = self.module.pages.iter().find(|page| !self.is_read(page));
        let overview = || format!("/modules/{}", self.module.slug);
        let continue_at = match progress {
            // To read again is to begin at the beginning.
            Progress::Done { .. } => first.map_or_else(overview, |page| self.href(page)),
            _ => match (unread, self.missing(embedded)) {
                (Some(page), _) => self.href(page),
                (None, Some(card)) => card.href.clone(),
                (None, None) => first.map_or_else(overview, |page| self.href(page)),
            },
        };
        let all_read = unread.is_none() && self.done_on().is_none();
        ModuleCard {
            slug: self.module.slug.clone(),
            title: self.module.title.clone(),
            minutes: self.module.minutes,
            pages: count(self.module.pages.len()),
            progress,
            continue_at,
            missing: self.missing(embedded).filter(|_| all_read).cloned(),
        }
    }

    fn place(&self, page: &str) -> Result<usize, Failure> {
        let by_name = |found: &Page| found.id == page || found.was.iter().any(|was| was == page);
        self.module.pages.iter().position(by_name).ok_or(Failure::NotFound)
    }

    /// Itself, where a step may be taken in it: of what was withdrawn only by whoever is in the middle.
    fn going_on(self) -> Result<Self, Failure> {
        if self.begins || self.is_open() { Ok(self) } else { Err(Failure::NotFound) }
    }

    fn newest(&self) -> Option<i64> {
        self.progress.as_ref().map(|progress| progress.attempt.id.0)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Step<'_> {
    fn reading(&self, met: &Met) -> Reading {
        Reading {
            document: met.document,
            version: VersionId(self.version),
            read_as: met.version,
            newest: self.newest.map(AttemptId),
        }
    }
}

impl Usecases {
    pub(crate) async fn meet(
        &self,
        live: &LiveDocument,
        progress: Option<store::Progress>,
        here: &Here,
    ) -> Result<Met, Failure> {
        let pinned = progress.as_ref().filter(|progress| progress.attempt.is_open());
        let version = pinned.map_or(live.version, |pinned| pinned.attempt.version);
        let module = self.versions.module(&self.store, version, &here.tokens).await?;
        let begins = live.withdrawn_at.is_none();
        Ok(Met { document: live.document, version, module, progress, here: here.clone(), begins })
    }

    async fn meet_by_slug(&self, who: &Who, slug: &str) -> Result<Met, Failure> {
        let live = self.found(who, "module", slug).await?.live;
        let progress = self.store.progress(who.person, live.document).await?;
        self.meet(&live, progress, &self.here().await?).await
    }

    /// Every live module as somebody meets it, by title; and those withdrawn meanwhile that they are in the middle of.
    pub(crate) async fn met(&self, who: &Who, here: &Here) -> Result<Vec<Met>, Failure> {
        let mut progress = self.store.progress_of(who.person).await?;
        let mut met = Vec::new();
        for live in self.modules_met(&progress).await? {
            met.push(self.meet(&live, progress.remove(&live.document), here).await?);
        }
        Ok(met)
    }

    /// The card of a module. What it embeds is asked for only where it decides how to go on.
    pub(crate) async fn card_of(&self, who: &Who, met: &Met) -> Result<ModuleCard, Failure> {
        let all_read = met.is_open() && met.module.pages.iter().all(|page| met.is_read(page));
        let embedded = if all_read { self.embedded(who, met).await? } else { Vec::new() };
        Ok(met.card(&embedded))
    }

    /// Every live module, as far as whoever asks is in it.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn modules(&self, who: &Who) -> Result<Vec<ModuleCard>, Failure> {
        let mut cards = Vec::new();
        for met in self.met(who, &self.here().await?).await? {
            cards.push(self.card_of(who, &met).await?);
        }
        Ok(cards)
    }

    /// One module, its pages and what else it takes.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn module(&self, who: &Who, slug: &str) -> Result<ModuleOverview, Failure> {
        let met = self.meet_by_slug(who, slug).await?;
        let embedded = self.embedded(who, &met).await?;
        let done = met.done_on().is_some();
        let completed = if done { self.store.completions_of(who.person).await? } else { Vec::new() };
        let last = completed.into_iter().find(|completed| completed.document == met.document);
        Ok(ModuleOverview {
            card: met.card(&embedded),
            intro_html: met.module.intro_html.clone(),
            pages: met.entries(),
            reads: met.reads(),
            newest: met.newest(),
            begins: met.begins,
            valid_through: last.as_ref().and_then(|last| last.valid_through).map(clock::date_of),
            certificate: last.and_then(|last| last.certificate),
            may_say: done && !self.store.has_said(who.person, met.document).await?,
            token: form::token(who)?,
            activities: embedded.into_iter().map(|activity| activity.card).collect(),
        })
    }

    /// Begins a completed module again, with the version that is live now; what was completed stays in the record.
    /// `newest` is the attempt that the form showed. Gives the address to go on at: the first page, or the overview
    /// where things have moved on since.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn take_again(&self, who: &Who, slug: &str, newest: i64, now: Timestamp) -> Result<String, Failure> {
        let live = self.found_to_begin(who, "module", slug).await?;
        let of = (live.document, live.version);
        let begun = self.store.begin_again(who.person, of, AttemptId(newest), now.as_microsecond()).await?;
        let progress = self.store.progress(who.person, live.document).await?;
        let met = self.meet(&live, progress, &self.here().await?).await?;
        Ok(if begun { met.card(&[]).continue_at } else { format!("/modules/{}", met.module.slug) })
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
        // Most pages lead to the next one whatever there is to play.
        let asks = !page.activities.is_empty() || at + 1 == met.module.pages.len();
        let embedded = if asks { self.embedded(who, &met).await? } else { Vec::new() };
        let body = match &page.kind {
            PageKind::Check(question) => {
                let asked = question::asked(question, question::check_seed(who.person, met.version));
                let response = met.answer(question);
                // Once the module is completed, the key of a question that was left out may be seen.
                let due = response.is_some() || met.done_on().is_some();
                PageBody::Check(question::view(question, &asked, response.as_ref(), due, None))
            }
            PageKind::Reading => PageBody::Text,
            PageKind::Cards => PageBody::Cards,
            PageKind::Reflect { words } => {
                let kept = self.store.reflections(who.person, met.document).await?.remove(&page.id).unwrap_or_default();
                PageBody::Reflect { words: *words, text: kept.text, over: kept.at }
            }
        };
        let on_page = |activity: &&Embedded| page.activities.iter().any(|one| one.slug == activity.slug);
        Ok(ReaderPage {
            slug: met.module.slug.clone(),
            module_title: met.module.title.clone(),
            title: page.title.clone(),
            href: met.href(page),
            number: at + 1,
            pages: met.entries(),
            minutes_left: minutes_left(met.module.minutes, total, count(at)),
            body,
            html: page.html.clone(),
            activities: embedded.iter().filter(on_page).map(|activity| activity.card.clone()).collect(),
            version: met.version.0,
            newest: met.newest(),
            token: form::token(who)?,
            read_token: form::token(who)?,
            next: met.next(at, &embedded),
            completed: met.done_on().is_some(),
            back_href: at.checked_sub(1).map(|before| met.href(&met.module.pages[before])),
        })
    }

    /// Marks a page read and says where to go on. The last of what a module takes completes it: the attempt ends and the
    /// completion enters the ledger in the same transaction.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when the token was used for something else or the attempt has moved on,
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn mark_read(&self, who: &Who, step: Step<'_>, now: Timestamp) -> Result<String, Failure> {
        let met = self.meet_by_slug(who, step.slug).await?.going_on()?;
        let at = met.place(step.page)?;
        let embedded = self.embedded(who, &met).await?;
        let read = PageRead {
            form: form::sent(who, step.token, &["read", step.slug, step.page], now)?,
            of: step.reading(&met),
            page: met.module.pages[at].id.clone(),
            goal: self.goal(&met, &embedded, now)?,
        };
        match settled(self.store.record_page_read(read).await?)? {
            Outcome::Completed { .. } => Ok(format!("/modules/{}", met.module.slug)),
            _ => Ok(met.next(at, &embedded).href().to_owned()),
        }
    }

    /// What would be right on a page with a check question: for made-up people only.
    pub(crate) async fn right_check(&self, who: &Who, slug: &str, page: &str) -> Result<Sent, Failure> {
        let met = self.meet_by_slug(who, slug).await?;
        let PageKind::Check(question) = &met.module.pages[met.place(page)?].kind else { return Err(Failure::NotFound) };
        Ok(question::right(question, &question::asked(question, question::check_seed(who.person, met.version))))
    }

    /// Records the answer to a page's check question. The first answer is kept; feedback follows from it.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when nothing or something unknown was answered, [`Failure::Conflict`] when the question was
    /// answered before or the token used for something else, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn answer_check(&self, who: &Who, step: Step<'_>, sent: &Sent, now: Timestamp) -> Result<(), Failure> {
        let met = self.meet_by_slug(who, step.slug).await?.going_on()?;
        let at = met.place(step.page)?;
        let PageKind::Check(question) = &met.module.pages[at].kind else { return Err(Failure::NotFound) };
        let asked = question::asked(question, question::check_seed(who.person, met.version));
        let response = question::read(question, &asked, sent)?;
        let response = question::whole(question, response.as_ref())?.clone();
        // The first answer stands, and after completion nothing begins anew by answering.
        match met.answer(question) {
            Some(first) if first == response => return Ok(()),
            Some(_) => return Err(Failure::Conflict),
            None if met.done_on().is_some() => return Err(Failure::Conflict),
            None => {}
        }
        let answer = question::write_response(&response)?;
        let record = CheckAnswered {
            form: form::sent(who, step.token, &["check", step.slug, step.page, &answer], now)?,
            of: step.reading(&met),
            question: question.id.clone(),
            correct: grade(question, &response).correct,
            answer,
        };
        settled(self.store.record_check(record).await?).map(drop)
    }

    /// Keeps what somebody wrote for themselves on a page. Nobody else reads it. `over` says what stood there as the form was drawn.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when it is too long, [`Failure::Conflict`] when the token was used for something else or
    /// newer words are kept, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn reflect(
        &self,
        who: &Who,
        (slug, page): (&str, &str),
        (token, over, text): (&str, i64, &str),
        now: Timestamp,
    ) -> Result<(), Failure> {
        let met = self.meet_by_slug(who, slug).await?;
        let page = &met.module.pages[met.place(page)?];
        let PageKind::Reflect { .. } = page.kind else { return Err(Failure::NotFound) };
        let text = text.trim().replace("\r\n", "\n");
        if text.chars().count() > question::LONGEST_TEXT {
            return Err(Failure::field("text", "Write at most 5,000 characters"));
        }
        let reflection = Reflection {
            form: form::sent(who, token, &["reflect", slug, &page.id, &text], now)?,
            document: met.document,
            node: page.id.clone(),
            text,
            over,
        };
        settled(self.store.keep_reflection(reflection).await?).map(drop)
    }
}
