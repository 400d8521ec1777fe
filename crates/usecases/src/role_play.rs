//! Role-plays: begun, played choice by choice, gone back in, and looked back on. Where an attempt stands is the replay of its steps.

use std::sync::Arc;

use courseware::{
    Scenario,
    play::{Mode, Play, Step},
};
use jiff::Timestamp;
use store::{ActivityAttempt, AttemptId, DocumentId, End, LiveDocument, NewAttempt, NewStep, StepKind, TakenStep};

use crate::{Failure, Usecases, clock, form, form::settled, learn::way_on, site::Here, who::Who, withdrawn::Found};

mod debrief;
mod views;

pub(crate) use debrief::Ended;
pub use debrief::{ChecklistLine, CompetencyLine, Debrief, DecisionLine, MeterPath, name_words};
pub use views::{AttemptLine, Face, Intro, Line, MeterView, Said, SceneView};
pub(crate) use views::{lines, pass_words};

/// The word of practice in the store and in forms.
pub const PRACTICE: &str = "practice";
/// The word of playing so that it counts.
pub const ASSESSED: &str = "assessed";

/// A choice, as a form sends it.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// The role-play.
    pub slug: &'a str,
    /// The attempt.
    pub attempt: i64,
    /// How many steps there were when the form was drawn.
    pub at: usize,
    /// Which choice, by its place on the page from 1; when going back, how many choices are kept.
    pub number: usize,
    /// The form's one-time token.
    pub token: &'a str,
}

/// A role-play as one person meets it.
struct Met {
    live: LiveDocument,
    here: Here,
    /// Whether they may begin it: nobody begins what was withdrawn.
    begins: bool,
}

impl Met {
    /// Itself, where they may begin it.
    fn begun_anew(self) -> Result<Self, Failure> {
        if self.begins { Ok(self) } else { Err(Failure::NotFound) }
    }
}

/// An attempt with the role-play it is pinned to.
struct Attempted {
    attempt: ActivityAttempt,
    scenario: Arc<Scenario>,
}

impl Attempted {
    fn mode(&self) -> Mode {
        if self.attempt.mode == ASSESSED { Mode::Assessed } else { Mode::Practice }
    }

    /// The role-play after so many of its steps.
    fn replay(&self, steps: usize) -> Result<Play<'_>, Failure> {
        let steps = effective(self.attempt.steps.get(..steps).unwrap_or(&self.attempt.steps))?;
        let wrong =
            |cause| Failure::Internal(format!("attempt {} cannot be replayed: {cause}", self.attempt.attempt.id));
        Play::replay(&self.scenario, self.attempt.seed, &steps).map_err(wrong)
    }
}

/// The choices that count: what was gone back from does not.
fn effective(steps: &[TakenStep]) -> Result<Vec<Step>, Failure> {
    let mut choices = Vec::new();
    for step in steps {
        let number = step.answer.as_deref().and_then(|answer| answer.parse::<u32>().ok());
        let number = number.ok_or_else(|| Failure::Internal("a step holds no number".to_owned()))?;
        match step.kind {
            StepKind::Choice => choices.push(Step { node: step.node.clone(), choice: number }),
            StepKind::Back => choices.truncate(usize::try_from(number).unwrap_or(usize::MAX)),
            StepKind::Answer | StepKind::HandIn => {
                return Err(Failure::Internal("a role-play holds a step of a quiz".to_owned()));
            }
        }
    }
    Ok(choices)
}

impl Usecases {
    async fn role_play_met(&self, who: &Who, slug: &str) -> Result<Met, Failure> {
        let Found { live, begins } = self.found(who, "scenario", slug).await?;
        Ok(Met { live, here: self.here().await?, begins })
    }

    async fn attempted(&self, who: &Who, met: &Met, attempt: Option<i64>) -> Result<Attempted, Failure> {
        let wanted = attempt.map(AttemptId);
        let attempt = self.store.activity_attempt(who.person, met.live.document, wanted).await?;
        let attempt = attempt.ok_or(Failure::NotFound)?;
        let scenario = self.versions.scenario(&self.store, attempt.attempt.version, &met.here.tokens).await?;
        Ok(Attempted { attempt, scenario })
    }

    /// A role-play before it begins, and the attempts so far.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn role_play(&self, who: &Who, slug: &str) -> Result<Intro, Failure> {
        let met = self.role_play_met(who, slug).await?;
        let scenario = self.versions.scenario(&self.store, met.live.version, &met.here.tokens).await?;
        let tried = self.store.tried(who.person, Some(met.live.document)).await?;
        let modules = self.embedding(who, slug, &met.here).await?;
        let mut intro = Intro::of(&scenario, &tried, way_on(&modules, slug), &met.here, form::token(who)?);
        let names = self.competency_names().await?;
        let named = intro.competencies.iter().map(|id| names.get(id).cloned().unwrap_or_else(|| name_words(id)));
        intro.competencies = named.collect();
        Ok(Intro { begins: met.begins, ..intro })
    }

    /// Begins an attempt; one that is open is left for it. Gives the address to go on at.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when another was begun since the form was drawn, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn begin_role_play(
        &self,
        who: &Who,
        slug: &str,
        (mode, newest, token): (&str, Option<i64>, &str),
        now: Timestamp,
    ) -> Result<String, Failure> {
        let met = self.role_play_met(who, slug).await?.begun_anew()?;
        let mode = if mode == ASSESSED { ASSESSED } else { PRACTICE };
        let new = NewAttempt {
            form: form::sent(who, token, &["begin", slug, mode], now)?,
            document: met.live.document,
            version: met.live.version,
            newest: newest.map(AttemptId),
            leaves: true,
            mode,
            seed: self.seeds.next()?,
            paper: None,
            choices: Vec::new(),
        };
        settled(self.store.begin_attempt(new).await?)?;
        Ok(format!("/role-plays/{slug}/play"))
    }

    /// Plays again from a turning point of an attempt that has ended: to practise, with the choices before it as they were.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when another was begun since the form was drawn, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn play_again(
        &self,
        who: &Who,
        slug: &str,
        (attempt, keep): (i64, usize),
        (newest, token): (Option<i64>, &str),
        now: Timestamp,
    ) -> Result<String, Failure> {
        let met = self.role_play_met(who, slug).await?.begun_anew()?;
        let old = self.attempted(who, &met, Some(attempt)).await?;
        let mut choices = effective(&old.attempt.steps)?;
        if old.attempt.attempt.is_open() || keep >= choices.len() {
            return Err(Failure::Conflict);
        }
        choices.truncate(keep);
        let new = NewAttempt {
            form: form::sent(who, token, &["again", slug, &attempt.to_string(), &keep.to_string()], now)?,
            document: met.live.document,
            // The choices before are those of that version.
            version: old.attempt.attempt.version,
            newest: newest.map(AttemptId),
            leaves: true,
            mode: PRACTICE,
            seed: old.attempt.seed,
            paper: None,
            choices: choices.into_iter().map(|step| (step.node, step.choice.to_string())).collect(),
        };
        settled(self.store.begin_attempt(new).await?)?;
        Ok(format!("/role-plays/{slug}/play"))
    }

    /// Where the newest attempt stands; the address of its debrief once it has ended, or of the role-play where there is none.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn scene(&self, who: &Who, slug: &str) -> Result<Result<SceneView, String>, Failure> {
        let met = self.role_play_met(who, slug).await?;
        let attempted = match self.attempted(who, &met, None).await {
            Ok(attempted) => attempted,
            Err(Failure::NotFound) => return Ok(Err(format!("/role-plays/{slug}"))),
            Err(failure) => return Err(failure),
        };
        let attempt = &attempted.attempt;
        if !attempt.attempt.is_open() {
            let left = attempt.passed.is_none() && attempted.replay(attempt.steps.len())?.ending().is_none();
            let href = if left { format!("/role-plays/{slug}") } else { debrief_href(slug, attempt.attempt.id) };
            return Ok(Err(href));
        }
        let play = attempted.replay(attempt.steps.len())?;
        Ok(Ok(SceneView::of(&attempted.scenario, &play, attempt, attempted.mode(), form::token(who)?)))
    }

    /// Takes a choice. Gives the address to go on at: the next scene, or the debrief.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when the attempt has moved on since the form was drawn, or the token was used for something else,
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn choose(&self, who: &Who, chosen: Chosen<'_>, now: Timestamp) -> Result<String, Failure> {
        let met = self.role_play_met(who, chosen.slug).await?;
        let attempted = self.attempted(who, &met, Some(chosen.attempt)).await?;
        let attempt = attempted.attempt.attempt;
        // The same form may come again after the attempt has moved on: what it meant follows from the steps before it.
        if chosen.at > attempted.attempt.steps.len() {
            return Err(Failure::Conflict);
        }
        let mut play = attempted.replay(chosen.at)?;
        let choices = play.scene().choices;
        let choice = chosen.number.checked_sub(1).and_then(|at| choices.get(at)).ok_or(Failure::Conflict)?.id;
        let node = play.passed().last().map_or_else(String::new, |here| here.node.id.clone());
        let taken = Step { node: node.clone(), choice };
        play.take(&taken).map_err(|cause| Failure::Internal(cause.to_string()))?;
        let end = match play.outcome() {
            Some(outcome) => {
                let assessed = attempted.mode() == Mode::Assessed;
                let mets = if assessed { self.embedding(who, chosen.slug, &met.here).await? } else { Vec::new() };
                Some(End {
                    score: outcome.score.and_then(|score| score.percent()).and_then(hundredths),
                    // Practice is for practice: with the way back open everybody passes in the end.
                    passed: assessed.then_some(outcome.passed),
                    today: clock::day_number(clock::day_in(now, &met.here.zone)),
                    goals: self.goals(who, &mets, now).await?,
                })
            }
            None => None,
        };
        let number = choice.to_string();
        let parts = ["choose", chosen.slug, &chosen.attempt.to_string(), &chosen.at.to_string(), &number];
        let ends = end.is_some();
        let step = NewStep {
            form: form::sent(who, chosen.token, &parts, now)?,
            attempt: attempt.id,
            after: i64::try_from(chosen.at).unwrap_or(i64::MAX),
            kind: StepKind::Choice,
            node,
            answer: Some(number.clone()),
            end,
        };
        settled(self.store.take_step(step).await?)?;
        Ok(if ends { debrief_href(chosen.slug, attempt.id) } else { format!("/role-plays/{}/play", chosen.slug) })
    }

    /// Goes back in a practised role-play: `number` choices are kept. Gives the address to go on at.
    ///
    /// # Errors
    /// As [`Usecases::choose`]; [`Failure::Conflict`] also where there is no way back.
    pub async fn go_back(&self, who: &Who, back: Chosen<'_>, now: Timestamp) -> Result<String, Failure> {
        let met = self.role_play_met(who, back.slug).await?;
        let attempted = self.attempted(who, &met, Some(back.attempt)).await?;
        let steps = attempted.attempt.steps.get(..back.at).ok_or(Failure::Conflict)?;
        if attempted.mode() != Mode::Practice || back.number >= effective(steps)?.len() {
            return Err(Failure::Conflict);
        }
        let number = back.number.to_string();
        let parts = ["back", back.slug, &back.attempt.to_string(), &back.at.to_string(), &number];
        let step = NewStep {
            form: form::sent(who, back.token, &parts, now)?,
            attempt: attempted.attempt.attempt.id,
            after: i64::try_from(back.at).unwrap_or(i64::MAX),
            kind: StepKind::Back,
            node: String::new(),
            answer: Some(number.clone()),
            end: None,
        };
        settled(self.store.take_step(step).await?)?;
        Ok(format!("/role-plays/{}/play", back.slug))
    }

    /// Which of the choices on the page is the best, from 1: for made-up people only.
    pub(crate) async fn best_choice(&self, who: &Who, slug: &str) -> Result<usize, Failure> {
        let met = self.role_play_met(who, slug).await?;
        let attempted = self.attempted(who, &met, None).await?;
        let play = attempted.replay(attempted.attempt.steps.len())?;
        let node = play.passed().last().ok_or(Failure::NotFound)?.node;
        let choices = play.scene().choices;
        let best = choices.iter().enumerate().max_by_key(|(_, choice)| (node.share(choice), !choice.is_critical()));
        Ok(best.map_or(1, |(at, _)| at + 1))
    }

    /// Looks back on an attempt that has ended.
    ///
    /// # Errors
    /// [`Failure::NotFound`] also for somebody else's, and for one that is open or was left; [`Failure::Store`].
    pub async fn debrief(&self, who: &Who, slug: &str, attempt: i64) -> Result<Debrief, Failure> {
        let met = self.role_play_met(who, slug).await?;
        let attempted = self.attempted(who, &met, Some(attempt)).await?;
        let newest = self.store.activity_attempt(who.person, met.live.document, None).await?;
        let play = attempted.replay(attempted.attempt.steps.len())?;
        let outcome = play.outcome().filter(|_| !attempted.attempt.attempt.is_open()).ok_or(Failure::NotFound)?;
        let modules = self.embedding(who, slug, &met.here).await?;
        let attempt = &attempted.attempt;
        let ended = attempt.attempt.ended_at.and_then(|at| Timestamp::from_microsecond(at).ok()).unwrap_or_default();
        let ended = Ended {
            attempt: attempt.attempt.id.0,
            on: clock::day_in(ended, &met.here.zone),
            counts: attempt.mode == ASSESSED,
            newest: newest.map(|newest| newest.attempt.id.0),
            token: form::token(who)?,
            way_on: way_on(&modules, slug),
        };
        let mut debrief = Debrief::of((&attempted.scenario, &play, &outcome), ended);
        self.name_competencies(&mut debrief.competencies).await?;
        Ok(Debrief { begins: met.begins, ..debrief })
    }

    /// The role-plays that there are, by title: name in addresses, title, and whether the person has passed it.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn role_plays(&self, who: &Who) -> Result<Vec<(String, String, bool)>, Failure> {
        let tried = self.store.tried(who.person, None).await?;
        let passed =
            |document: DocumentId| tried.iter().any(|tried| tried.document == document && tried.passed == Some(true));
        let live = self.store.live_documents("scenario").await?;
        Ok(live.into_iter().map(|live| (live.slug, live.title, passed(live.document))).collect())
    }
}

fn debrief_href(slug: &str, attempt: AttemptId) -> String {
    format!("/role-plays/{slug}/attempts/{attempt}")
}

/// A score as the store keeps it.
pub(crate) fn hundredths(score: courseware::Rounded) -> Option<i64> {
    i64::try_from(score.hundredths()).ok()
}

/// A score from the store, from 0 to 100, rounded to whole numbers as people read it.
pub(crate) fn percent(score: i64) -> u32 {
    u32::try_from((score + 50) / 100).unwrap_or(0)
}
