//! Recall: a few questions between cycles, two minutes at a time. It keeps what was learnt and decides nothing: no answer here makes
//! anybody compliant or not, and none enters the ledger.
//!
//! A session is drawn from who asks, the completion and how many sessions there were: looking again gives the same. It is pinned by its
//! first answer, so that it goes on as it began, on another device and after a new version.
//!
//! What is due stands on My training for as long as it is due. Whoever sends messages of it keeps to rule 19 by themselves.

use std::{collections::HashMap, sync::Arc};

use courseware::{
    Module, PageKind, Question, Quiz, Seed, grade,
    paper::{self, AskedQuestion},
    recall::{self as drawing, Asked, Item},
};
use jiff::{Timestamp, civil::Date};
use records::recall::{Answer, BACK_AFTER, Due, Plan, Recall};
use serde::{Deserialize, Serialize};
use store::{Completed, DocumentId, LiveDocument, PersonId, RecallAnswer, RecallAnswered, RecallSession, VersionId};

use crate::{
    Failure, Usecases, clock, form,
    form::settled,
    question::{self, QuestionView, Sent},
    secret::hex,
    site::Here,
    thawed::Thawed,
    who::Who,
};

/// How long a question takes, in seconds: three take two minutes.
const SECONDS_EACH: usize = 40;

/// What recall has to say on My training.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecallOverview {
    /// The sessions that are due, those that wait longest first.
    pub due: Vec<RecallDue>,
    /// The modules that are worth another look, by their titles.
    pub suggested: Vec<Suggested>,
}

/// A module of which too little was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// The module.
    pub title: String,
    /// Its address.
    pub href: String,
}

/// A session that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecallDue {
    /// The ledger number of the completion that it follows; with [`since`](Self::since) it names a session for good.
    pub fact: i64,
    /// The first day on which it was due; of a session that was begun, the day of its first answer.
    pub since: Date,
    /// The module.
    pub title: String,
    /// Where it is done.
    pub href: String,
    /// How many questions are left.
    pub questions: usize,
    /// About how many minutes they take.
    pub minutes: u32,
    /// Why now, as a sentence.
    pub why: String,
}

/// Where somebody is with the questions on a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecallStands {
    /// There is a question to answer, at this address.
    Question(String),
    /// There is none today.
    Nothing(RecallClosing),
}

/// What a session showed, once it is over; before the first one only what comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecallClosing {
    /// The module.
    pub title: String,
    /// The module's address.
    pub href: String,
    /// What sat.
    pub right: Vec<String>,
    /// What did not, with the day on which it comes back.
    pub back: Vec<(String, Date)>,
    /// The pages to read again, where something was missed twice running.
    pub review: Vec<Review>,
    /// Whether the whole module is worth another look.
    pub suggests_module: bool,
    /// Whether a challenge quiz would do for the next renewal as things stand, where the policy allows it.
    pub challenge_is_enough: bool,
    /// The day of the next questions.
    pub next: Option<Date>,
}

/// A page to read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// What was missed.
    pub about: String,
    /// The page.
    pub title: String,
    /// Its address.
    pub href: String,
}

/// A question of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecallQuestion {
    /// The module's name in addresses.
    pub slug: String,
    /// The module's title.
    pub title: String,
    /// The question's heading.
    pub heading: String,
    /// Which it is, from 1.
    pub number: usize,
    /// Of how many.
    pub total: usize,
    /// Which questions the form is drawn for.
    pub session: String,
    /// The question, with feedback once it is answered.
    pub question: QuestionView,
    /// Where to go on.
    pub next: String,
    /// Whether another question is there.
    pub more: bool,
    /// A fresh token for the form.
    pub token: String,
}

/// An answer, as a form sends it.
#[derive(Clone, Copy, Debug)]
pub struct Recalled<'a> {
    /// The module.
    pub slug: &'a str,
    /// Which questions the form was drawn for: [`RecallQuestion::session`].
    pub session: &'a str,
    /// Which of them, from 1.
    pub number: usize,
    /// The answer.
    pub sent: &'a Sent,
    /// The form's one-time token.
    pub token: &'a str,
}

/// A session as it is pinned.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Paper {
    questions: Vec<Pinned>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pinned {
    item: String,
    version: VersionId,
    asked: AskedQuestion,
}

/// A session with its questions: one that was begun, or the one that would begin now.
#[derive(Clone, Debug)]
struct Session {
    no: i64,
    key: Vec<u8>,
    paper: Paper,
    answers: Vec<RecallAnswer>,
}

impl Session {
    fn of(stored: &RecallSession) -> Result<Self, Failure> {
        let paper = serde_json::from_str(&stored.paper)
            .map_err(|cause| Failure::Internal(format!("a session of recall cannot be read: {cause}")))?;
        Ok(Self { no: stored.no, key: stored.key.clone(), paper, answers: stored.answers.clone() })
    }

    fn answer(&self, number: usize) -> Option<&RecallAnswer> {
        self.answers.iter().find(|answer| usize::try_from(answer.no) == Ok(number))
    }

    /// The first question that was not answered.
    fn open(&self) -> Option<usize> {
        (1..=self.paper.questions.len()).find(|number| self.answer(*number).is_none())
    }
}

/// Where somebody stands with a module that they completed.
struct Standing {
    live: LiveDocument,
    module: Arc<Module>,
    here: Here,
    fact: i64,
    completed: Date,
    plan: Plan,
    /// Since the completion, the oldest first.
    sessions: Vec<RecallSession>,
}

/// What can be asked: the quizzes of a module, or the module for its checks.
struct Bank {
    quizzes: Vec<(DocumentId, VersionId, Arc<Quiz>)>,
    module: (VersionId, Arc<Module>),
}

impl Bank {
    fn items(&self) -> Vec<Item<'_>> {
        let items: Vec<Item<'_>> = self.quizzes.iter().flat_map(|(.., quiz)| drawing::items_of_quiz(quiz)).collect();
        if self.quizzes.is_empty() { drawing::items_of_module(&self.module.1) } else { items }
    }

    fn version(&self, item: &str) -> VersionId {
        let of = self.quizzes.iter().find(|(.., quiz)| item.split('#').next() == Some(quiz.slug.as_str()));
        of.map_or(self.module.0, |(_, version, _)| *version)
    }
}

/// The plan of a module: its own, else the house's.
fn plan(module: &Module) -> Plan {
    match &module.recall {
        Some(own) => Plan::new(own.days.iter().copied(), own.every, own.questions),
        None => Plan::default(),
    }
}

impl Standing {
    fn href(&self) -> String {
        format!("/recall/{}", self.module.slug)
    }

    fn given(&self) -> impl Iterator<Item = &RecallAnswer> {
        self.sessions.iter().flat_map(|session| &session.answers)
    }

    /// The answers since the completion, as the rule takes them; `key` says under which name something is asked today.
    fn answers(&self, key: impl Fn(&RecallAnswer) -> Option<String>) -> Vec<Answer> {
        let answer = |given: &RecallAnswer| Answer {
            item: key(given),
            on: clock::date_of(given.session_on),
            correct: given.correct,
        };
        self.given().map(answer).collect()
    }

    /// The same with the names of today.
    fn answers_today(&self, items: &[Item<'_>]) -> Vec<Answer> {
        self.answers(|given| drawing::key_today(items, &asked(given)).map(str::to_owned))
    }

    fn recall<'r>(&'r self, answers: &'r [Answer]) -> Recall<'r> {
        Recall { plan: &self.plan, completed: self.completed, answers }
    }

    /// The session that was begun and has questions left.
    fn open(&self) -> Option<&RecallSession> {
        self.sessions.last().filter(|last| last.ended_at.is_none())
    }

    /// Whether something may be due: without asking what can be asked.
    fn may_be_due(&self, today: Date) -> bool {
        let answers = self.answers(|given| Some(given.item.clone()));
        self.open().is_some() || self.recall(&answers).due(today).is_some()
    }

    /// Whether the whole module is worth another look. Of the answers only their number counts, whatever was asked.
    fn suggests_module(&self) -> bool {
        self.recall(&self.answers(|_| None)).suggests_module()
    }

    /// The order of everything in the session that would begin now.
    fn seed(&self, person: PersonId) -> Seed {
        let mut seed = Seed::default();
        let of = format!("recall {person} {} {}", self.fact, self.sessions.len() + 1);
        blake3::Hasher::new().update(of.as_bytes()).finalize_xof().fill(&mut seed);
        seed
    }

    /// What tells the forms of one session from those of another, and of the same after a new version.
    fn key(&self, no: i64, paper: &Paper) -> Vec<u8> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("recall {} {no}", self.fact).as_bytes());
        for pinned in &paper.questions {
            hasher.update(format!(" {} {}", pinned.version, pinned.asked.id).as_bytes());
        }
        hasher.finalize().as_bytes()[..16].to_vec()
    }
}

fn asked(given: &RecallAnswer) -> Asked {
    Asked { item: given.item.clone(), question: given.question.clone() }
}

/// What there is to do today.
enum Today {
    /// A session that was begun.
    Open(Session),
    /// One that can begin, and why.
    New(Session, Due),
    /// None.
    None,
}

impl Usecases {
    /// What is due of whoever asks, and what is suggested to them.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn recall(&self, who: &Who, now: Timestamp) -> Result<RecallOverview, Failure> {
        self.recall_of(who.person, now).await
    }

    /// The same of anybody, for what is told them.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn recall_of(&self, person: PersonId, now: Timestamp) -> Result<RecallOverview, Failure> {
        let here = self.here().await?;
        let today = clock::day_in(now, &here.zone);
        let mut overview = RecallOverview::default();
        for standing in self.standings(person, &here).await? {
            if standing.suggests_module() {
                let href = format!("/modules/{}", standing.module.slug);
                overview.suggested.push(Suggested { title: standing.module.title.clone(), href });
            }
            if !standing.may_be_due(today) {
                continue;
            }
            let (session, since, why) = match self.today_of(person, &standing, today).await? {
                Today::Open(session) => {
                    let begun = session.answers.first().map_or(today, |first| clock::date_of(first.session_on));
                    (session, begun, "You began this and have not finished.".to_owned())
                }
                Today::New(session, due) => {
                    let why = why(&due, &session, days_since(standing.completed, today));
                    (session, due.since, why)
                }
                Today::None => continue,
            };
            let left = session.paper.questions.len().saturating_sub(session.answers.len());
            overview.due.push(RecallDue {
                fact: standing.fact,
                since,
                title: standing.module.title.clone(),
                href: standing.href(),
                questions: left,
                minutes: minutes(left),
                why,
            });
        }
        overview.due.sort_by_key(|due| due.since);
        overview.suggested.sort_by(|a, b| a.title.cmp(&b.title));
        Ok(overview)
    }

    /// Where whoever asks is with the questions on a module: at one, or at the end.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where they have not completed such a module, [`Failure::Store`].
    pub async fn recall_session(&self, who: &Who, slug: &str, now: Timestamp) -> Result<RecallStands, Failure> {
        let (standing, today) = self.standing_with(who, slug, now).await?;
        match self.today_of(who.person, &standing, today).await? {
            Today::Open(session) | Today::New(session, _) => {
                Ok(RecallStands::Question(format!("{}/{}", standing.href(), session.open().unwrap_or(1))))
            }
            Today::None => self.closing(&standing, today).await.map(RecallStands::Nothing),
        }
    }

    /// A question of the session there is: to answer, or with what was made of the answer. The address to go to where there is none of
    /// that number.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where they have not completed such a module, [`Failure::Store`].
    pub async fn recall_question(
        &self,
        who: &Who,
        slug: &str,
        number: usize,
        now: Timestamp,
    ) -> Result<Result<RecallQuestion, String>, Failure> {
        let (standing, today) = self.standing_with(who, slug, now).await?;
        let session = match self.today_of(who.person, &standing, today).await? {
            Today::Open(session) | Today::New(session, _) => Some(session),
            // The last answer ended it, and its feedback is still to be read.
            Today::None => standing.sessions.last().map(Session::of).transpose()?,
        };
        let Some(session) = session else { return Ok(Err(standing.href())) };
        let Some(pinned) = number.checked_sub(1).and_then(|at| session.paper.questions.get(at)) else {
            return Ok(Err(standing.href()));
        };
        let document = self.recalled_document(&standing, pinned.version).await?;
        let Some(question) = find(&document, &pinned.asked.id) else { return Ok(Err(standing.href())) };
        let response = session.answer(number).and_then(|answer| question::read_response(&answer.answer));
        let due = session.answer(number).is_some();
        let next = session.open().filter(|_| due);
        Ok(Ok(RecallQuestion {
            slug: slug.to_owned(),
            title: standing.module.title.clone(),
            heading: question.title.clone(),
            number,
            total: session.paper.questions.len(),
            session: hex(&session.key),
            question: question::view(question, &pinned.asked, response.as_ref(), due, None),
            next: next.map_or_else(|| standing.href(), |next| format!("{}/{next}", standing.href())),
            more: next.is_some(),
            token: form::token(who)?,
        }))
    }

    /// What would be right to a question of the session there is: for made-up people only.
    pub(crate) async fn right_recall(
        &self,
        who: &Who,
        slug: &str,
        number: usize,
        now: Timestamp,
    ) -> Result<Sent, Failure> {
        let (standing, today) = self.standing_with(who, slug, now).await?;
        let (Today::Open(session) | Today::New(session, _)) = self.today_of(who.person, &standing, today).await? else {
            return Err(Failure::NotFound);
        };
        let pinned = number.checked_sub(1).and_then(|at| session.paper.questions.get(at)).ok_or(Failure::NotFound)?;
        let document = self.recalled_document(&standing, pinned.version).await?;
        let question = find(&document, &pinned.asked.id).ok_or(Failure::NotFound)?;
        Ok(question::right(question, &pinned.asked))
    }

    /// Keeps an answer; the first to a question stands. Gives the address of its feedback.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when it cannot be taken, [`Failure::Conflict`] when the question was answered before, the token was used for
    /// something else, or the session has moved on; [`Failure::NotFound`] where they have not completed such a module,
    /// [`Failure::Store`].
    pub async fn answer_recall(&self, who: &Who, recalled: Recalled<'_>, now: Timestamp) -> Result<String, Failure> {
        let Recalled { slug, session: key, number, sent, token } = recalled;
        let (standing, today) = self.standing_with(who, slug, now).await?;
        let begun = standing.sessions.iter().find(|session| hex(&session.key) == key);
        let session = match begun {
            Some(begun) => Session::of(begun)?,
            None => match self.today_of(who.person, &standing, today).await? {
                Today::New(session, _) if hex(&session.key) == key => session,
                _ => return Err(Failure::Conflict),
            },
        };
        let pinned = number.checked_sub(1).and_then(|at| session.paper.questions.get(at)).ok_or(Failure::NotFound)?;
        let document = self.recalled_document(&standing, pinned.version).await?;
        let question = find(&document, &pinned.asked.id).ok_or(Failure::NotFound)?;
        let response = question::read(question, &pinned.asked, sent)?;
        let response = question::whole(question, response.as_ref())?;
        let number_text = number.to_string();
        let mut parts = vec!["recall", slug, key, &number_text];
        parts.extend(sent.parts());
        let answered = RecallAnswered {
            form: form::sent(who, token, &parts, now)?,
            document: standing.live.document,
            since_fact: standing.fact,
            session: session.no,
            key: session.key.clone(),
            paper: serde_json::to_string(&session.paper).map_err(|cause| Failure::Internal(cause.to_string()))?,
            questions: i64::try_from(session.paper.questions.len()).unwrap_or(i64::MAX),
            version: pinned.version,
            answer: RecallAnswer {
                no: i64::try_from(number).unwrap_or(i64::MAX),
                item: pinned.item.clone(),
                question: question.id.clone(),
                session_on: clock::day_number(today),
                answer: question::write_response(response)?,
                correct: grade(question, response).correct,
            },
        };
        settled(self.store.answer_recall(answered).await?)?;
        Ok(format!("{}/{number}#verdict", standing.href()))
    }

    /// Whether, on a day, the challenge quiz is enough for the next renewal of a module, where the policy allows it: as the answers since
    /// the last completion say (`records::recall`). Never while a session is open, and never for a module that is not live.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn challenge_is_enough(&self, person: PersonId, module: DocumentId, on: Date) -> Result<bool, Failure> {
        let here = self.here().await?;
        let standings = self.standings(person, &here).await?;
        let Some(standing) = standings.into_iter().find(|standing| standing.live.document == module) else {
            return Ok(false);
        };
        let bank = self.bank(&standing).await?;
        let answers = standing.answers_today(&bank.items());
        Ok(standing.open().is_none() && standing.recall(&answers).challenge_is_enough(on))
    }

    /// Where somebody stands with every live module that they completed, as of its last completion.
    async fn standings(&self, person: PersonId, here: &Here) -> Result<Vec<Standing>, Failure> {
        let mut last: HashMap<DocumentId, Completed> = HashMap::new();
        for completed in self.store.completions_of(person).await? {
            last.entry(completed.document).or_insert(completed);
        }
        if last.is_empty() {
            return Ok(Vec::new());
        }
        let mut sessions = self.store.recall_of(person).await?;
        let mut standings = Vec::new();
        for live in self.store.live_documents("module").await? {
            let Some(completed) = last.get(&live.document) else { continue };
            let module = self.versions.module(&self.store, live.version, &here.tokens).await?;
            standings.push(Standing {
                plan: plan(&module),
                fact: completed.fact,
                completed: clock::date_of(completed.effective_on),
                sessions: sessions.remove(&completed.fact).unwrap_or_default(),
                here: here.clone(),
                module,
                live,
            });
        }
        Ok(standings)
    }

    /// Where whoever asks stands with one module, and which day it is.
    async fn standing_with(&self, who: &Who, slug: &str, now: Timestamp) -> Result<(Standing, Date), Failure> {
        let here = self.here().await?;
        let today = clock::day_in(now, &here.zone);
        let standings = self.standings(who.person, &here).await?;
        let standing = standings.into_iter().find(|standing| standing.live.slug == slug);
        standing.map(|standing| (standing, today)).ok_or(Failure::NotFound)
    }

    /// What there is to do today.
    async fn today_of(&self, person: PersonId, standing: &Standing, today: Date) -> Result<Today, Failure> {
        if let Some(open) = standing.open() {
            return Ok(Today::Open(Session::of(open)?));
        }
        let bank = self.bank(standing).await?;
        let items = bank.items();
        let answers = standing.answers_today(&items);
        let Some(due) = standing.recall(&answers).due(today) else { return Ok(Today::None) };
        let before: Vec<Asked> = standing.given().map(asked).collect();
        let seen = self.seen_in_quizzes(person, &bank, &items).await?;
        let wanted = drawing::Wanted {
            returning: &due.returning,
            waiting: &due.waiting,
            questions: due.planned.map_or(0, |_| standing.plan.questions()),
            seen: &seen,
        };
        let seed = standing.seed(person);
        let pinned = drawing::draw(&items, &before, wanted, seed).into_iter().map(|drawn| Pinned {
            version: bank.version(&drawn.item),
            asked: paper::ask(drawn.question, seed),
            item: drawn.item,
        });
        let paper = Paper { questions: pinned.collect() };
        if paper.questions.is_empty() {
            return Ok(Today::None);
        }
        let no = i64::try_from(standing.sessions.len() + 1).unwrap_or(i64::MAX);
        Ok(Today::New(Session { no, key: standing.key(no, &paper), paper, answers: Vec::new() }, due))
    }

    /// What can be asked of a module: its live quizzes, else its checks.
    async fn bank(&self, standing: &Standing) -> Result<Bank, Failure> {
        let mut quizzes: Vec<(DocumentId, VersionId, Arc<Quiz>)> = Vec::new();
        for activity in standing.module.activities() {
            if quizzes.iter().any(|(.., known)| known.slug == activity.slug) {
                continue;
            }
            if let Some(live) = self.store.live_document("quiz", &activity.slug).await? {
                let quiz = self.versions.quiz(&self.store, live.version, &standing.here.tokens).await?;
                quizzes.push((live.document, live.version, quiz));
            }
        }
        Ok(Bank { quizzes, module: (standing.live.version, Arc::clone(&standing.module)) })
    }

    /// The questions that the quizzes themselves asked last.
    async fn seen_in_quizzes(&self, person: PersonId, bank: &Bank, items: &[Item<'_>]) -> Result<Vec<Asked>, Failure> {
        let mut seen = Vec::new();
        for (document, _, quiz) in &bank.quizzes {
            // Only pools have other words.
            if items.iter().all(|item| item.document() != quiz.slug || item.wordings.len() < 2) {
                continue;
            }
            let attempt = self.store.activity_attempt(person, *document, None).await?;
            let paper = attempt.and_then(|attempt| attempt.paper);
            let paper = paper.and_then(|paper| serde_json::from_str::<courseware::Paper>(&paper).ok());
            let asked = paper.into_iter().flat_map(|paper| paper.questions);
            seen.extend(asked.map(|asked| Asked { item: format!("{}#", quiz.slug), question: asked.id }));
        }
        Ok(seen)
    }

    /// The document that a pinned question is of.
    async fn recalled_document(&self, standing: &Standing, version: VersionId) -> Result<Thawed, Failure> {
        self.versions.thaw(&self.store, version, &standing.here.tokens).await
    }

    /// What the last session showed, and what comes.
    async fn closing(&self, standing: &Standing, today: Date) -> Result<RecallClosing, Failure> {
        let bank = self.bank(standing).await?;
        let items = bank.items();
        let answers = standing.answers_today(&items);
        let recall = standing.recall(&answers);
        // Where all there is to ask waits for its day, what was planned waits too.
        let back = recall.coming_back().into_iter().map(|(_, day)| day).filter(|day| *day > today).min();
        let next = recall.next().filter(|day| *day > today).or(back).filter(|_| !items.is_empty());
        let mut closing = RecallClosing {
            title: standing.module.title.clone(),
            href: format!("/modules/{}", standing.module.slug),
            right: Vec::new(),
            back: Vec::new(),
            review: Vec::new(),
            suggests_module: recall.suggests_module(),
            challenge_is_enough: recall.challenge_is_enough(today),
            next,
        };
        let twice = recall.twice_missed();
        let Some(last) = standing.sessions.last() else { return Ok(closing) };
        let session = Session::of(last)?;
        for given in &session.answers {
            let Some(pinned) = usize::try_from(given.no - 1).ok().and_then(|at| session.paper.questions.get(at)) else {
                continue;
            };
            let document = self.recalled_document(standing, pinned.version).await?;
            let Some(question) = find(&document, &given.question) else { continue };
            if given.correct {
                closing.right.push(question.title.clone());
                continue;
            }
            let key = drawing::key_today(&items, &asked(given));
            let back = recall.coming_back().into_iter().find(|(item, _)| Some(*item) == key);
            let back = back.map_or_else(|| clock::date_of(given.session_on + BACK_AFTER), |(_, day)| day);
            closing.back.push((question.title.clone(), back));
            if key.is_some_and(|key| twice.contains(&key))
                && let Some(page) = drawing::review_page(&standing.module, question)
            {
                closing.review.push(Review {
                    about: question.title.clone(),
                    title: page.title.clone(),
                    href: format!("/modules/{}/{}", standing.module.slug, page.id),
                });
            }
        }
        Ok(closing)
    }
}

/// The question of an id in a quiz, or among the checks of a module.
fn find<'d>(document: &'d Thawed, id: &str) -> Option<&'d Question> {
    match document {
        Thawed::Quiz(quiz) => quiz.question(id),
        Thawed::Module(module) => module.pages.iter().find_map(|page| match &page.kind {
            PageKind::Check(question) if question.id == id => Some(&**question),
            _ => None,
        }),
        _ => None,
    }
}

fn minutes(questions: usize) -> u32 {
    u32::try_from((questions * SECONDS_EACH).div_ceil(60)).unwrap_or(u32::MAX).max(1)
}

/// How many days lie between two days.
fn days_since(earlier: Date, today: Date) -> i32 {
    clock::day_number(today) - clock::day_number(earlier)
}

/// Why a session is due, `days` after the completion: of one that waited, how long ago that really was.
fn why(due: &Due, session: &Session, days: i32) -> String {
    let back =
        due.returning.iter().filter(|item| session.paper.questions.iter().any(|asked| asked.item == **item)).count();
    let back = match back {
        0 => None,
        1 => Some("One question comes back that you missed.".to_owned()),
        many => Some(format!("{many} questions come back that you missed.")),
    };
    let planned = due.planned.map(|_| format!("{} after you completed it.", time(days)));
    [planned, back].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// So many days, in the largest words that are exact, or near enough from two months on.
fn time(days: i32) -> String {
    let (count, unit) = match days {
        60.. => ((days * 12 + 182) / 365, "month"),
        7.. if days % 7 == 0 => (days / 7, "week"),
        _ => (days, "day"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::{minutes, time};

    #[test]
    fn time_is_told_in_the_words_that_people_use() {
        for (days, words) in [
            (1, "1 day"),
            (3, "3 days"),
            (7, "1 week"),
            (10, "10 days"),
            (21, "3 weeks"),
            (90, "3 months"),
            (180, "6 months"),
            (270, "9 months"),
            (365, "12 months"),
        ] {
            assert_eq!(time(days), words);
        }
        assert_eq!([1, 2, 3, 6].map(minutes), [1, 2, 2, 4]);
    }
}
