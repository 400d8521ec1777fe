//! The steps that are taken in a module: pages read, checks answered. The step that takes the last of what completion takes writes
//! the completion in the same transaction.

use std::collections::{HashMap, hash_map::Entry};

use crate::{
    Attempt, AttemptId, DocumentId, Form, Goal, Outcome, PersonId, Result, Store, VersionId,
    attempt::{attempt, begin, newest_attempt},
    completion,
    db::{Row, Tx, vals},
};

/// An answer to a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckAnswer {
    /// The question's name in the document.
    pub question: String,
    /// The answer, JSON.
    pub answer: String,
    /// Whether it was right.
    pub correct: bool,
}

/// Where somebody stands in a module: in their open attempt, or in the last one that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The newest attempt.
    pub attempt: Attempt,
    /// The pages read, in the order they were read.
    pub pages_read: Vec<String>,
    /// The answers to checks, in the order they were given.
    pub checks: Vec<CheckAnswer>,
    /// When the last step was taken, microseconds; none before the first.
    pub last_at: Option<i64>,
}

/// Which attempt at a module a form belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// The document.
    pub document: DocumentId,
    /// The version the form was drawn from.
    pub version: VersionId,
    /// The version with which the form was read: where it is another one, pages and answers mean something else.
    pub read_as: VersionId,
    /// The newest attempt when the form was drawn ([`Progress::attempt`]), none when there was none. It keeps a second tab from
    /// beginning the document again after the first one finished it.
    pub newest: Option<AttemptId>,
}

/// "I have read this page", as a form sends it.
#[derive(Debug, Clone)]
pub struct PageRead {
    /// The form.
    pub form: Form,
    /// The attempt.
    pub of: Reading,
    /// The page's name in the document.
    pub page: String,
    /// What completes the module.
    pub goal: Goal,
}

/// An answer to a check, as a form sends it.
#[derive(Debug, Clone)]
pub struct CheckAnswered {
    /// The form.
    pub form: Form,
    /// The attempt.
    pub of: Reading,
    /// The question's name in the document.
    pub question: String,
    /// The answer, JSON.
    pub answer: String,
    /// Whether it is right, decided by the server.
    pub correct: bool,
}

/// What both kinds of step have in common.
struct Step<'s> {
    form: &'s Form,
    of: Reading,
    kind: &'static str,
    node: &'s str,
    answer: Option<&'s str>,
    correct: Option<bool>,
}

enum Taken {
    In { attempt: AttemptId, next: i64 },
    Before(Outcome),
}

const PROGRESS: &str =
    "SELECT a.document_id, a.id, a.version_id, a.started_at, a.ended_at, s.kind, s.node, s.answer, s.correct, s.at
    FROM (SELECT id, document_id, version_id, started_at, ended_at FROM attempt
        WHERE person_id = $1 AND document_id = $2 ORDER BY id DESC LIMIT 1) a
    LEFT JOIN step s ON s.attempt_id = a.id ORDER BY s.no";

const PROGRESS_OF: &str =
    "SELECT a.document_id, a.id, a.version_id, a.started_at, a.ended_at, s.kind, s.node, s.answer, s.correct, s.at
    FROM attempt a LEFT JOIN step s ON s.attempt_id = a.id AND s.kind IN ('page', 'check')
    WHERE a.id IN (SELECT max(a.id) FROM attempt a JOIN document d ON d.id = a.document_id
        WHERE a.person_id = $1 AND d.kind = 'module' GROUP BY a.document_id)
    ORDER BY a.id, s.no";

impl Store {
    /// Where somebody stands in a module, none when they never began.
    pub async fn progress(&self, person: PersonId, document: DocumentId) -> Result<Option<Progress>> {
        let rows = self.reader().await?.all(PROGRESS, vals![person, document]).await?;
        Ok(gather(&rows)?.into_values().next())
    }

    /// Where somebody stands in every module they ever began.
    pub async fn progress_of(&self, person: PersonId) -> Result<HashMap<DocumentId, Progress>> {
        gather(&self.reader().await?.all(PROGRESS_OF, vals![person]).await?)
    }

    /// Records that a page was read, and the completion when that was the last of what it takes.
    pub async fn record_page_read(&self, read: PageRead) -> Result<Outcome> {
        self.write(read, |tx, read| Box::pin(record_page_read(tx, read))).await
    }

    /// Records an answer to a check.
    pub async fn record_check(&self, check: CheckAnswered) -> Result<Outcome> {
        self.write(check, |tx, check| Box::pin(record_check(tx, check))).await
    }
}

/// Attempts with their steps, from rows of one step each, in the order of the steps.
fn gather(rows: &[Row]) -> Result<HashMap<DocumentId, Progress>> {
    let mut all = HashMap::new();
    for row in rows {
        let progress = match all.entry(DocumentId(row.i64("document_id")?)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Progress {
                attempt: attempt(row)?,
                pages_read: Vec::new(),
                checks: Vec::new(),
                last_at: None,
            }),
        };
        // An attempt without steps has one row without a step.
        let Some(kind) = row.text_or_none("kind")? else { continue };
        progress.last_at = Some(row.i64("at")?);
        if kind == "page" {
            progress.pages_read.push(row.text("node")?);
        } else {
            progress.checks.push(CheckAnswer {
                question: row.text("node")?,
                answer: row.text("answer")?,
                correct: row.bool("correct")?,
            });
        }
    }
    Ok(all)
}

async fn record_page_read(tx: &mut Tx, read: &PageRead) -> Result<Outcome> {
    let step = Step { form: &read.form, of: read.of, kind: "page", node: &read.page, answer: None, correct: None };
    let (attempt, next) = match take(tx, &step).await? {
        Taken::In { attempt, next } => (attempt, next),
        Taken::Before(outcome) => return Ok(outcome),
    };
    let (person, now) = (read.form.person, read.form.now);
    let outcome = match completion::reach(tx, person, attempt, &read.goal, now).await? {
        Some(fact) => Outcome::Completed { fact },
        None => Outcome::Recorded { next },
    };
    read.form.remember(tx, &action(&step), &outcome).await?;
    Ok(outcome)
}

async fn record_check(tx: &mut Tx, check: &CheckAnswered) -> Result<Outcome> {
    let step = Step {
        form: &check.form,
        of: check.of,
        kind: "check",
        node: &check.question,
        answer: Some(&check.answer),
        correct: Some(check.correct),
    };
    let next = match take(tx, &step).await? {
        Taken::In { next, .. } => next,
        Taken::Before(outcome) => return Ok(outcome),
    };
    let outcome = Outcome::Recorded { next };
    check.form.remember(tx, &action(&step), &outcome).await?;
    Ok(outcome)
}

/// Appends the step to the open attempt, which it begins when there is none, unless the form was sent before or is stale.
async fn take(tx: &mut Tx, step: &Step<'_>) -> Result<Taken> {
    if let Some(outcome) = step.form.before(tx, &action(step)).await? {
        return Ok(Taken::Before(outcome));
    }
    let Reading { document, version, read_as, newest } = step.of;
    if version != read_as {
        return Ok(Taken::Before(Outcome::Conflict));
    }
    let (person, now) = (step.form.person, step.form.now);
    let attempt = match newest_attempt(tx, person, document).await? {
        Some(open) if open.is_open() => {
            if open.version != version {
                return Ok(Taken::Before(Outcome::Conflict));
            }
            open.id
        }
        ended => {
            if ended.map(|ended| ended.id) != newest {
                return Ok(Taken::Before(Outcome::Conflict));
            }
            match begin(tx, person, (document, version), now).await? {
                Some(begun) => begun,
                None => return Ok(Taken::Before(Outcome::Conflict)),
            }
        }
    };
    let sql = "SELECT coalesce(max(no), 0) + 1 AS no, count(*) FILTER (WHERE kind = $3 AND node = $2) AS times
        FROM step WHERE attempt_id = $1";
    let row = tx.one(sql, vals![attempt, step.node, step.kind]).await?;
    let (no, times) = (row.i64("no")?, row.i64("times")?);
    match step.kind {
        // A page read twice is read.
        "page" if times > 0 => return Ok(Taken::In { attempt, next: no }),
        // The first answer stands.
        "check" if times > 0 => return Ok(Taken::Before(Outcome::Conflict)),
        _ => {}
    }
    let sql = "INSERT INTO step (attempt_id, no, kind, node, answer, correct, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.run(sql, vals![attempt, no, step.kind, step.node, step.answer, step.correct, now]).await?;
    Ok(Taken::In { attempt, next: no + 1 })
}

/// What a token was used for.
fn action(step: &Step<'_>) -> String {
    format!("{} {} {}", step.kind, step.of.document, step.node)
}
