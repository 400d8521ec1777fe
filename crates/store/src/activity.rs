//! Attempts at role-plays and quizzes. What was chosen and answered is appended; where an attempt stands is the replay of its
//! steps. A step says how many came before it, so that of two tabs only one goes on from where the attempt stands.

use crate::{
    Attempt, AttemptId, DocumentId, Form, Goal, Outcome, PersonId, Result, Store, VersionId,
    attempt::{attempt, newest_attempt},
    completion::{self, Done},
    db::{Row, Tx, vals},
};

/// What was done in an attempt at a role-play or a quiz.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// A choice of a role-play.
    Choice,
    /// Going back in a practised role-play, to after so many choices.
    Back,
    /// An answer to a question of a quiz; the last one to each counts.
    Answer,
    /// Handing a quiz in.
    HandIn,
}

impl StepKind {
    const WORDS: [(&'static str, Self); 4] =
        [("choice", Self::Choice), ("back", Self::Back), ("answer", Self::Answer), ("hand_in", Self::HandIn)];

    fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }
}

/// A step as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenStep {
    /// What was done.
    pub kind: StepKind,
    /// The scene or the question.
    pub node: String,
    /// What was chosen or answered, in the words of whoever stored it.
    pub answer: Option<String>,
    /// When, microseconds.
    pub at: i64,
}

/// An attempt at a role-play or a quiz, with its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityAttempt {
    /// The attempt.
    pub attempt: Attempt,
    /// How it is taken.
    pub mode: String,
    /// What decides the order of choices and answers.
    pub seed: [u8; 16],
    /// The questions that were drawn, as JSON; of a quiz only.
    pub paper: Option<String>,
    /// The score in hundredths of a percent, once it has ended.
    pub score: Option<i64>,
    /// Whether it was passed; none while it is open, and for one that was left.
    pub passed: Option<bool>,
    /// The steps, in order.
    pub steps: Vec<TakenStep>,
}

/// An attempt at a role-play or a quiz, without its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The attempt.
    pub attempt: Attempt,
    /// The document.
    pub document: DocumentId,
    /// What it is.
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// The title of the version.
    pub title: String,
    /// The hash of the version.
    pub content_hash: [u8; 32],
    /// How it was taken.
    pub mode: String,
    /// The score in hundredths of a percent.
    pub score: Option<i64>,
    /// Whether it was passed.
    pub passed: Option<bool>,
}

/// An attempt to begin, as a form asks for it.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// The form.
    pub form: Form,
    /// The document.
    pub document: DocumentId,
    /// The version.
    pub version: VersionId,
    /// The newest attempt when the form was drawn.
    pub newest: Option<AttemptId>,
    /// Whether that attempt may be left unfinished for this one.
    pub leaves: bool,
    /// How it is taken.
    pub mode: &'static str,
    /// What decides the order of choices and answers.
    pub seed: [u8; 16],
    /// The questions that were drawn, as JSON.
    pub paper: Option<String>,
    /// The choices it begins with, of an earlier attempt that is played again: scene and choice.
    pub choices: Vec<(String, String)>,
}

/// A step in an attempt at a role-play or a quiz, as a form sends it.
#[derive(Debug, Clone)]
pub struct NewStep {
    /// The form.
    pub form: Form,
    /// The attempt.
    pub attempt: AttemptId,
    /// How many steps came before it.
    pub after: i64,
    /// What is done.
    pub kind: StepKind,
    /// The scene or the question.
    pub node: String,
    /// What was chosen or answered.
    pub answer: Option<String>,
    /// The end, where the attempt ends with this step.
    pub end: Option<End>,
}

/// How an attempt at a role-play or a quiz ends.
#[derive(Debug, Clone)]
pub struct End {
    /// The score in hundredths of a percent; none where nothing could be earned.
    pub score: Option<i64>,
    /// Whether it is passed, and so completed; none for practice.
    pub passed: Option<bool>,
    /// Today in the site's zone, days since 1970-01-01.
    pub today: i32,
    /// The modules that it may complete.
    pub goals: Vec<Goal>,
}

const ATTEMPT: &str = "SELECT id, version_id, started_at, ended_at, mode, seed, paper, score, passed FROM attempt
    WHERE person_id = $1 AND document_id = $2 AND ($3 = 0 OR id = $3) ORDER BY id DESC LIMIT 1";
const STEPS: &str = "SELECT kind, node, answer, at FROM step WHERE attempt_id = $1 ORDER BY no";
const TRIED: &str =
    "SELECT a.id, a.version_id, a.started_at, a.ended_at, a.document_id, d.kind, d.slug, v.title, v.content_hash,
        a.mode, a.score, a.passed
    FROM attempt a JOIN document d ON d.id = a.document_id JOIN version v ON v.id = a.version_id
    WHERE a.person_id = $1 AND d.kind <> 'module' AND ($2 = 0 OR a.document_id = $2) ORDER BY a.id DESC";

impl Store {
    /// One person's attempt at a document, with its steps: the one named, or the newest.
    pub async fn activity_attempt(
        &self,
        person: PersonId,
        document: DocumentId,
        attempt: Option<AttemptId>,
    ) -> Result<Option<ActivityAttempt>> {
        let mut reader = self.reader().await?;
        let wanted = attempt.map_or(0, |attempt| attempt.0);
        let Some(row) = reader.optional(ATTEMPT, vals![person, document, wanted]).await? else { return Ok(None) };
        let mut found = activity_attempt(&row)?;
        let steps = reader.all(STEPS, vals![found.attempt.id]).await?;
        found.steps = steps.iter().map(step).collect::<Result<_>>()?;
        Ok(Some(found))
    }

    /// The attempts of a person at role-plays and quizzes, the newest first; all of them, or those at one document.
    pub async fn tried(&self, person: PersonId, document: Option<DocumentId>) -> Result<Vec<Tried>> {
        let wanted = document.map_or(0, |document| document.0);
        self.reader().await?.all(TRIED, vals![person, wanted]).await?.iter().map(tried).collect()
    }

    /// Begins an attempt. [`Outcome::Conflict`] when another was begun since the form was drawn.
    pub async fn begin_attempt(&self, new: NewAttempt) -> Result<Outcome> {
        self.write(new, |tx, new| Box::pin(begin_attempt(tx, new))).await
    }

    /// Appends a step, and ends the attempt with it where it says so.
    pub async fn take_step(&self, step: NewStep) -> Result<Outcome> {
        self.write(step, |tx, step| Box::pin(take_step(tx, step))).await
    }
}

async fn begin_attempt(tx: &mut Tx, new: &NewAttempt) -> Result<Outcome> {
    let form = &new.form;
    let action = format!("begin {} {}", new.document, new.mode);
    if let Some(outcome) = form.before(tx, &action).await? {
        return Ok(outcome);
    }
    let newest = newest_attempt(tx, form.person, new.document).await?;
    if newest.map(|newest| newest.id) != new.newest || newest.is_some_and(|newest| newest.is_open() && !new.leaves) {
        return Ok(Outcome::Conflict);
    }
    if let Some(open) = newest.filter(Attempt::is_open) {
        tx.run("UPDATE attempt SET ended_at = $1 WHERE id = $2", vals![form.now, open.id]).await?;
    }
    let sql = "INSERT INTO attempt (person_id, document_id, version_id, started_at, mode, seed, paper)
        SELECT $1, v.document_id, v.id, $4, $5, $6, $7 FROM version v WHERE v.id = $3 AND v.document_id = $2 RETURNING id";
    let seed = new.seed.as_slice();
    let vals = vals![form.person, new.document, new.version, form.now, new.mode, seed, new.paper.as_deref()];
    let Some(row) = tx.optional(sql, vals).await? else { return Ok(Outcome::Conflict) };
    let attempt = AttemptId(row.i64("id")?);
    for (no, (node, choice)) in (1_i64..).zip(&new.choices) {
        insert(tx, attempt, no, (StepKind::Choice, node, Some(choice)), form.now).await?;
    }
    let outcome = Outcome::Begun(attempt);
    form.remember(tx, &action, &outcome).await?;
    Ok(outcome)
}

async fn take_step(tx: &mut Tx, step: &NewStep) -> Result<Outcome> {
    let form = &step.form;
    let action = format!("{} {} {}", step.kind.as_str(), step.attempt, step.node);
    if let Some(outcome) = form.before(tx, &action).await? {
        return Ok(outcome);
    }
    let sql =
        "SELECT a.document_id, a.version_id, (SELECT coalesce(max(no), 0) FROM step WHERE attempt_id = a.id) AS taken
        FROM attempt a WHERE a.id = $1 AND a.person_id = $2 AND a.ended_at IS NULL";
    let Some(row) = tx.optional(sql, vals![step.attempt, form.person]).await? else { return Ok(Outcome::Conflict) };
    if row.i64("taken")? != step.after {
        return Ok(Outcome::Conflict);
    }
    let next = step.after + 1;
    insert(tx, step.attempt, next, (step.kind, &step.node, step.answer.as_deref()), form.now).await?;
    let outcome = match &step.end {
        None => Outcome::Recorded { next: next + 1 },
        Some(end) => {
            let document = DocumentId(row.i64("document_id")?);
            finish(tx, step, end, (document, VersionId(row.i64("version_id")?))).await?
        }
    };
    form.remember(tx, &action, &outcome).await?;
    Ok(outcome)
}

async fn finish(
    tx: &mut Tx,
    step: &NewStep,
    end: &End,
    (document, version): (DocumentId, VersionId),
) -> Result<Outcome> {
    let (person, now) = (step.form.person, step.form.now);
    let sql = "UPDATE attempt SET ended_at = $1, score = $2, passed = $3 WHERE id = $4";
    tx.run(sql, vals![now, end.score, end.passed, step.attempt]).await?;
    if end.passed != Some(true) {
        return Ok(Outcome::Ended);
    }
    let done = Done { person, document, version, attempt: step.attempt, today: end.today, score: end.score };
    let fact = done.append(tx, now).await?;
    for goal in &end.goals {
        completion::reach_any(tx, person, goal, now).await?;
    }
    Ok(Outcome::Completed { fact })
}

async fn insert(
    tx: &mut Tx,
    attempt: AttemptId,
    no: i64,
    (kind, node, answer): (StepKind, &str, Option<&str>),
    now: i64,
) -> Result<()> {
    let sql = "INSERT INTO step (attempt_id, no, kind, node, answer, at) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.run(sql, vals![attempt, no, kind.as_str(), node, answer, now]).await.map(drop)
}

fn activity_attempt(row: &Row) -> Result<ActivityAttempt> {
    let seed = row.blob_or_none("seed")?.and_then(|seed| seed.try_into().ok()).unwrap_or_default();
    Ok(ActivityAttempt {
        attempt: attempt(row)?,
        mode: row.text("mode")?,
        seed,
        paper: row.text_or_none("paper")?,
        score: row.i64_or_none("score")?,
        passed: row.bool_or_none("passed")?,
        steps: Vec::new(),
    })
}

fn step(row: &Row) -> Result<TakenStep> {
    let kind = row.text("kind")?;
    Ok(TakenStep {
        kind: StepKind::parse(&kind).ok_or_else(|| crate::StoreError::corrupt("step.kind", &kind))?,
        node: row.text("node")?,
        answer: row.text_or_none("answer")?,
        at: row.i64("at")?,
    })
}

fn tried(row: &Row) -> Result<Tried> {
    Ok(Tried {
        attempt: attempt(row)?,
        document: DocumentId(row.i64("document_id")?),
        kind: row.text("kind")?,
        slug: row.text("slug")?,
        title: row.text("title")?,
        content_hash: row.hash("content_hash")?,
        mode: row.text("mode")?,
        score: row.i64_or_none("score")?,
        passed: row.bool_or_none("passed")?,
    })
}
