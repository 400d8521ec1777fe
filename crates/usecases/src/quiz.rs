//! Quizzes: begun, answered question by question, looked over, handed in once, and seen again with feedback.

use std::{collections::BTreeMap, sync::Arc};

use courseware::{
    Paper, Quiz, Response,
    paper::{self, Marked},
    quiz::{FeedbackTime, Keep},
};
use jiff::Timestamp;
use store::{
    ActivityAttempt, Allowance, AttemptId, End, LiveDocument, NewAttempt, NewStep, Outcome, StepKind, Tried, VersionId,
};

use crate::{
    Failure, Usecases, clock, form,
    form::settled,
    learn::{self, way_on},
    question::{self, Sent},
    role_play::hundredths,
    site::Here,
    who::Who,
    withdrawn::Found,
};

mod views;

pub(crate) use views::result_lines;
pub use views::{QuestionPage, QuizIntro, QuizResult, ResultLine, Review, ReviewLine, TimeLeft};

/// How often a write is tried again when another of the same attempt came between reading and writing.
const TRIES: usize = 8;

/// An answer to one question of a quiz, as a form sends it.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The quiz.
    pub slug: &'a str,
    /// The attempt.
    pub attempt: i64,
    /// Which question, from 1.
    pub number: usize,
    /// How often it had been answered when the form was drawn.
    pub times: usize,
    /// The answer.
    pub sent: &'a Sent,
    /// The form's one-time token.
    pub token: &'a str,
}

/// A quiz as one person meets it.
struct Met {
    live: LiveDocument,
    here: Here,
    /// What the person was given beyond what the quiz says.
    allowance: Allowance,
    /// Whether they may begin it: nobody begins what was withdrawn.
    begins: bool,
}

/// Where somebody stands with a quiz since a module that embeds it was completed last.
struct Round {
    /// The quiz as it is live, which the next attempt takes.
    quiz: Arc<Quiz>,
    version: VersionId,
    modules: Vec<learn::Met>,
    since: i64,
    /// Since when the first attempt counts, where the first counts: giving another one begins anew.
    first_since: i64,
    tried: Vec<Tried>,
    left: Option<u32>,
}

impl Round {
    /// The attempt that the next one goes on from: what was right before the module was completed last does not count again.
    fn goes_on_from<'a>(&self, last: Option<&'a Attempted>) -> Option<&'a Attempted> {
        last.filter(|last| {
            let attempt = last.attempt.attempt;
            attempt.version == self.version && attempt.ended_at.is_some_and(|ended| ended > self.since)
        })
    }

    /// Whether the next attempt asks only what was not wholly right in the last.
    fn carries(&self, last: Option<&Attempted>) -> bool {
        self.goes_on_from(last).is_some_and(|last| !last.next_paper(&self.quiz, [0; 16]).carried.is_empty())
    }
}

/// An attempt with the quiz it is pinned to.
struct Attempted {
    attempt: ActivityAttempt,
    quiz: Arc<Quiz>,
    paper: Paper,
    /// The last answer to each question.
    responses: BTreeMap<String, Response>,
    extension: u32,
}

impl Attempted {
    fn new(attempt: ActivityAttempt, quiz: Arc<Quiz>, allowance: Allowance) -> Result<Self, Failure> {
        let unreadable = || Failure::Internal(format!("attempt {} has no paper", attempt.attempt.id));
        let paper = serde_json::from_str(attempt.paper.as_deref().ok_or_else(unreadable)?).map_err(|_| unreadable())?;
        let mut responses = BTreeMap::new();
        for step in attempt.steps.iter().filter(|step| step.kind == StepKind::Answer) {
            match step.answer.as_deref().and_then(question::read_response) {
                Some(response) => responses.insert(step.node.clone(), response),
                None => responses.remove(&step.node),
            };
        }
        let extension = u32::try_from(allowance.minutes).unwrap_or(0);
        Ok(Self { attempt, quiz, paper, responses, extension })
    }

    fn is_open(&self) -> bool {
        self.attempt.attempt.is_open()
    }

    fn marked(&self) -> Marked {
        paper::mark(&self.quiz, &self.paper, &self.responses)
    }

    /// How often a question was answered.
    fn times(&self, id: &str) -> usize {
        self.attempt.steps.iter().filter(|step| step.kind == StepKind::Answer && step.node == id).count()
    }

    fn seconds(&self, now: Timestamp) -> u64 {
        u64::try_from(now.as_microsecond() - self.attempt.attempt.started_at).unwrap_or(0) / 1_000_000
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.quiz.is_over(self.seconds(now), self.extension)
    }

    fn time_left(&self, now: Timestamp, zone: &str) -> Option<TimeLeft> {
        let seconds = u64::from(self.quiz.minutes_allowed(self.extension)?) * 60;
        if self.is_over(now) {
            return Some(TimeLeft::Over);
        }
        let left = seconds.saturating_sub(self.seconds(now)).div_ceil(60).max(1);
        let end =
            self.attempt.attempt.started_at.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX / 2) * 1_000_000);
        let end = Timestamp::from_microsecond(end).unwrap_or(now);
        let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        Some(TimeLeft::Minutes { left: u32::try_from(left).unwrap_or(u32::MAX), until: zone.to_datetime(end) })
    }

    fn asked(&self, number: usize) -> Option<(&courseware::Question, &paper::AskedQuestion)> {
        let asked = self.paper.questions.get(number.checked_sub(1)?)?;
        Some((self.quiz.question(&asked.id)?, asked))
    }

    /// What the next attempt asks: with `retry: wrong` what was not wholly right.
    fn next_paper(&self, quiz: &Quiz, seed: courseware::Seed) -> Paper {
        paper::draw_again(quiz, seed, &self.paper, &self.marked())
    }
}

impl Usecases {
    async fn quiz_met(&self, who: &Who, slug: &str) -> Result<Met, Failure> {
        let Found { live, begins } = self.found(who, "quiz", slug).await?;
        let here = self.here().await?;
        let allowance = self.store.allowance(who.person, live.document, 0).await?;
        Ok(Met { live, here, allowance, begins })
    }

    async fn quiz_attempted(&self, who: &Who, met: &Met, attempt: Option<i64>) -> Result<Option<Attempted>, Failure> {
        let wanted = attempt.map(AttemptId);
        let Some(attempt) = self.store.activity_attempt(who.person, met.live.document, wanted).await? else {
            return Ok(None);
        };
        let quiz = self.versions.quiz(&self.store, attempt.attempt.version, &met.here.tokens).await?;
        Attempted::new(attempt, quiz, met.allowance).map(Some)
    }

    /// Where somebody stands with a quiz since a module that embeds it was completed last.
    async fn round(&self, who: &Who, met: &Met) -> Result<Round, Failure> {
        let quiz = self.versions.quiz(&self.store, met.live.version, &met.here.tokens).await?;
        let modules = self.embedding(who, &met.live.slug, &met.here).await?;
        let since = self.counts_since(who.person, &modules).await?;
        let given = self.store.allowance(who.person, met.live.document, since).await?;
        let tried = self.store.tried(who.person, Some(met.live.document)).await?;
        let used = tried.iter().filter(|tried| tried.attempt.ended_at.is_some_and(|ended| ended > since)).count();
        let left = quiz.attempts.map(|attempts| {
            let all = i64::from(attempts) + given.attempts;
            u32::try_from(all - i64::try_from(used).unwrap_or(i64::MAX)).unwrap_or(0)
        });
        Ok(Round {
            quiz,
            version: met.live.version,
            modules,
            since,
            first_since: since.max(given.attempts_at),
            tried,
            left,
        })
    }

    /// A quiz before it begins, and the attempts so far.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn quiz(&self, who: &Who, slug: &str, now: Timestamp) -> Result<QuizIntro, Failure> {
        let met = self.quiz_met(who, slug).await?;
        let round = self.round(who, &met).await?;
        let newest = self.quiz_attempted(who, &met, None).await?;
        let open = newest.as_ref().filter(|newest| newest.is_open());
        Ok(QuizIntro {
            open: open
                .map(|open| (open.responses.len(), open.paper.questions.len(), open.time_left(now, &met.here.zone))),
            retries_wrong: round.carries(newest.as_ref()),
            left: round.left,
            begins: met.begins,
            way_on: way_on(&round.modules, slug),
            ..QuizIntro::of(&round.quiz, &round.tried, met.allowance, &met.here, form::token(who)?)
        })
    }

    /// Begins an attempt and draws its questions. Gives the address of the first.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when one is open, another was begun since the form was drawn, or none is left;
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn begin_quiz(
        &self,
        who: &Who,
        slug: &str,
        (newest, token): (Option<i64>, &str),
        now: Timestamp,
    ) -> Result<String, Failure> {
        let met = self.quiz_met(who, slug).await?;
        if !met.begins {
            return Err(Failure::NotFound);
        }
        let round = self.round(who, &met).await?;
        let last = self.quiz_attempted(who, &met, None).await?;
        let form = form::sent(who, token, &["begin", slug], now)?;
        // What must not begin names an attempt that nobody has; the store still knows a form that it took before.
        let refused = round.left == Some(0) || last.as_ref().is_some_and(Attempted::is_open);
        let newest = if refused { Some(-1) } else { newest };
        let seed = self.seeds.next()?;
        let paper = match round.goes_on_from(last.as_ref()) {
            Some(last) => last.next_paper(&round.quiz, seed),
            None => paper::draw(&round.quiz, seed),
        };
        let paper = serde_json::to_string(&paper).map_err(|cause| Failure::Internal(cause.to_string()))?;
        let new = NewAttempt {
            form,
            document: met.live.document,
            version: met.live.version,
            newest: newest.map(AttemptId),
            leaves: false,
            mode: "",
            seed,
            paper: Some(paper),
            choices: Vec::new(),
        };
        settled(self.store.begin_attempt(new).await?)?;
        Ok(format!("/quizzes/{slug}/questions/1"))
    }

    /// A question of the open attempt; the address to go to where there is none.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn quiz_question(
        &self,
        who: &Who,
        slug: &str,
        number: usize,
        now: Timestamp,
    ) -> Result<Result<QuestionPage, String>, Failure> {
        let met = self.quiz_met(who, slug).await?;
        let Some(attempted) = self.quiz_attempted(who, &met, None).await? else {
            return Ok(Err(format!("/quizzes/{slug}")));
        };
        if !attempted.is_open() {
            return Ok(Err(result_href(slug, attempted.attempt.attempt.id)));
        }
        let (question, asked) = attempted.asked(number).ok_or(Failure::NotFound)?;
        let response = attempted.responses.get(&question.id);
        let due = attempted.quiz.shows_feedback(response.is_some(), false);
        Ok(Ok(QuestionPage {
            slug: slug.to_owned(),
            title: attempted.quiz.title.clone(),
            heading: question.title.clone(),
            number,
            total: attempted.paper.questions.len(),
            attempt: attempted.attempt.attempt.id.0,
            times: attempted.times(&question.id),
            answered: response.is_some(),
            question: question::view(question, asked, response, due, None),
            at_once: attempted.quiz.feedback == FeedbackTime::Immediate,
            time: attempted.time_left(now, &met.here.zone),
            token: form::token(who)?,
        }))
    }

    /// Keeps an answer. Gives the address to go on at: the same question where feedback comes at once, else the next, or the review.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when the answer cannot be taken, [`Failure::Conflict`] when the question was answered elsewhere since the
    /// form was drawn, when its feedback was seen, when the time is over, or the attempt was handed in; [`Failure::NotFound`],
    /// [`Failure::Store`].
    pub async fn answer(&self, who: &Who, answered: Answered<'_>, now: Timestamp) -> Result<String, Failure> {
        let Answered { slug, attempt, number, times, sent, token } = answered;
        let met = self.quiz_met(who, slug).await?;
        for _ in 0..TRIES {
            let attempted = self.quiz_attempted(who, &met, Some(attempt)).await?.ok_or(Failure::NotFound)?;
            let (question, asked) = attempted.asked(number).ok_or(Failure::NotFound)?;
            let response = question::read(question, asked, sent)?;
            let (attempt_text, number_text, times_text) = (attempt.to_string(), number.to_string(), times.to_string());
            let mut parts = vec!["answer", slug, &attempt_text, &number_text, &times_text];
            parts.extend(sent.parts());
            let form = form::sent(who, token, &parts, now)?;
            let at_once = attempted.quiz.feedback == FeedbackTime::Immediate;
            if at_once {
                // It will stand, so it is to be whole.
                question::whole(question, response.as_ref())?;
            }
            let seen = at_once && attempted.responses.contains_key(&question.id);
            let stale = attempted.times(&question.id) != times || seen || attempted.is_over(now);
            let step = NewStep {
                form,
                attempt: attempted.attempt.attempt.id,
                // A step that must not be taken says a number that none has; the store still knows a form that it took before.
                after: if stale { -1 } else { i64::try_from(attempted.attempt.steps.len()).unwrap_or(i64::MAX) },
                kind: StepKind::Answer,
                node: question.id.clone(),
                answer: response.as_ref().map(question::write_response).transpose()?,
                end: None,
            };
            match self.store.take_step(step).await? {
                // Another question was answered in between: that is no reason to refuse this one.
                Outcome::Conflict if !stale && attempted.is_open() => continue,
                outcome => {
                    settled(outcome)?;
                    let total = attempted.paper.questions.len();
                    return Ok(match (at_once, number < total) {
                        (true, _) => format!("/quizzes/{slug}/questions/{number}#verdict"),
                        (false, true) => format!("/quizzes/{slug}/questions/{}", number + 1),
                        (false, false) => format!("/quizzes/{slug}/review"),
                    });
                }
            }
        }
        Err(Failure::Conflict)
    }

    /// The answer to a question of the open attempt that is wholly right: for made-up people only.
    pub(crate) async fn right_answer(&self, who: &Who, slug: &str, number: usize) -> Result<Sent, Failure> {
        let met = self.quiz_met(who, slug).await?;
        let attempted = self.quiz_attempted(who, &met, None).await?.ok_or(Failure::NotFound)?;
        let (question, asked) = attempted.asked(number).ok_or(Failure::NotFound)?;
        Ok(question::right(question, asked))
    }

    /// What was answered so far, before handing in; the address to go to where no attempt is open.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn review(&self, who: &Who, slug: &str, now: Timestamp) -> Result<Result<Review, String>, Failure> {
        let met = self.quiz_met(who, slug).await?;
        let Some(attempted) = self.quiz_attempted(who, &met, None).await? else {
            return Ok(Err(format!("/quizzes/{slug}")));
        };
        if !attempted.is_open() {
            return Ok(Err(result_href(slug, attempted.attempt.attempt.id)));
        }
        let lines = (1..=attempted.paper.questions.len()).filter_map(|number| {
            let (question, _) = attempted.asked(number)?;
            Some(ReviewLine {
                href: format!("/quizzes/{slug}/questions/{number}"),
                title: question.title.clone(),
                answered: attempted.responses.contains_key(&question.id),
                scored: question.is_scored(),
            })
        });
        Ok(Ok(Review {
            slug: slug.to_owned(),
            title: attempted.quiz.title.clone(),
            attempt: attempted.attempt.attempt.id.0,
            lines: lines.collect(),
            time: attempted.time_left(now, &met.here.zone),
            token: form::token(who)?,
        }))
    }

    /// Hands an attempt in: marks it, ends it, and completes what it completes. Gives the address of the result.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when it was handed in before by another form, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn hand_in(
        &self,
        who: &Who,
        slug: &str,
        (attempt, token): (i64, &str),
        now: Timestamp,
    ) -> Result<String, Failure> {
        let met = self.quiz_met(who, slug).await?;
        let round = self.round(who, &met).await?;
        let goals = self.goals(who, &round.modules, now).await?;
        let ended_before = |tried: &Tried| tried.attempt.ended_at.is_some_and(|ended| ended > round.first_since);
        let before = round.tried.iter().any(ended_before);
        let result = result_href(slug, AttemptId(attempt));
        for _ in 0..TRIES {
            let attempted = self.quiz_attempted(who, &met, Some(attempt)).await?.ok_or(Failure::NotFound)?;
            let marked = attempted.marked();
            // Where the first attempt counts, a later one is practice.
            let counts = attempted.quiz.keep != Keep::First || !before;
            let step = NewStep {
                form: form::sent(who, token, &["hand in", slug, &attempt.to_string()], now)?,
                attempt: attempted.attempt.attempt.id,
                after: i64::try_from(attempted.attempt.steps.len()).unwrap_or(i64::MAX),
                kind: StepKind::HandIn,
                node: String::new(),
                answer: None,
                end: Some(End {
                    score: marked.total.percent().and_then(hundredths),
                    passed: Some(marked.passed && counts),
                    today: clock::day_number(clock::day_in(now, &met.here.zone)),
                    goals: goals.clone(),
                }),
            };
            match self.store.take_step(step).await? {
                // An answer came in between; it is marked too.
                Outcome::Conflict if attempted.is_open() => continue,
                outcome => return settled(outcome).map(|_| result),
            }
        }
        Err(Failure::Conflict)
    }

    /// An attempt that was handed in, with feedback beside every answer.
    ///
    /// # Errors
    /// [`Failure::NotFound`] also for somebody else's and for one that is open, [`Failure::Store`].
    pub async fn quiz_result(&self, who: &Who, slug: &str, attempt: i64) -> Result<QuizResult, Failure> {
        let met = self.quiz_met(who, slug).await?;
        let attempted = self.quiz_attempted(who, &met, Some(attempt)).await?.filter(|attempted| !attempted.is_open());
        let attempted = attempted.ok_or(Failure::NotFound)?;
        let round = self.round(who, &met).await?;
        let is_newest = round.tried.first().is_some_and(|tried| tried.attempt.id == attempted.attempt.attempt.id);
        let mut result = attempted.result(&met.here);
        self.name_competencies(&mut result.competencies).await?;
        Ok(QuizResult {
            left: round.left,
            is_newest: is_newest && met.begins,
            first_counts: attempted.quiz.keep == Keep::First,
            way_on: way_on(&round.modules, slug),
            token: form::token(who)?,
            retries_wrong: is_newest && round.carries(Some(&attempted)),
            ..result
        })
    }
}

fn result_href(slug: &str, attempt: AttemptId) -> String {
    format!("/quizzes/{slug}/attempts/{attempt}")
}
