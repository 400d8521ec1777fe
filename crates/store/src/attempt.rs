//! Attempts and their steps. An attempt is pinned to the version it began with; a form's token makes each step happen once; the
//! step that reads the last page writes the completion into the ledger in the same transaction.

use std::collections::{HashMap, hash_map::Entry};

use crate::{
    AttemptId, DocumentId, PersonId, Result, Store, StoreError, VersionId,
    db::{Row, Tx, vals},
    fact::{NewFact, append_fact},
};

/// One person's way through one version of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The id.
    pub id: AttemptId,
    /// The version it is pinned to.
    pub version: VersionId,
    /// When it began, microseconds.
    pub started_at: i64,
    /// When it ended, none while it is open.
    pub ended_at: Option<i64>,
}

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

/// Where somebody stands in a document: in their open attempt, or in the last one that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The newest attempt.
    pub attempt: Attempt,
    /// The pages read, in the order they were read.
    pub pages_read: Vec<String>,
    /// The answers to checks, in the order they were given.
    pub checks: Vec<CheckAnswer>,
}

/// "I have read this page", as a form sends it.
#[derive(Debug, Clone)]
pub struct PageRead {
    /// Who.
    pub person: PersonId,
    /// The document.
    pub document: DocumentId,
    /// The version the form was drawn from.
    pub version: VersionId,
    /// The newest attempt when the form was drawn ([`Progress::attempt`]), none when there was none. It keeps a second tab from
    /// beginning the document again after the first one finished it.
    pub newest: Option<AttemptId>,
    /// The page's name in the document.
    pub page: String,
    /// Every page that must be read.
    pub pages_required: Vec<String>,
    /// The form's token.
    pub token: Vec<u8>,
    /// The hash of what the form sent.
    pub body_hash: Vec<u8>,
    /// Now, microseconds.
    pub now: i64,
    /// Today in the site's zone, days since 1970-01-01.
    pub today: i32,
}

/// An answer to a check, as a form sends it.
#[derive(Debug, Clone)]
pub struct CheckAnswered {
    /// Who.
    pub person: PersonId,
    /// The document.
    pub document: DocumentId,
    /// The version the form was drawn from.
    pub version: VersionId,
    /// The newest attempt when the form was drawn, as in [`PageRead::newest`].
    pub newest: Option<AttemptId>,
    /// The question's name in the document.
    pub question: String,
    /// The answer, JSON.
    pub answer: String,
    /// Whether it is right, decided by the server.
    pub correct: bool,
    /// The form's token.
    pub token: Vec<u8>,
    /// The hash of what the form sent.
    pub body_hash: Vec<u8>,
    /// Now, microseconds.
    pub now: i64,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is recorded.
    Recorded {
        /// The number the next step will have.
        next: i64,
    },
    /// It was the last one: the attempt has ended and the completion is in the ledger.
    Completed {
        /// The completion's ledger number.
        fact: i64,
    },
    /// The same form was sent before; this is what it did then.
    Replayed(Box<Outcome>),
    /// The token was used for something else, or the form was drawn from another version or for an attempt that has ended.
    /// Nothing changed; show the present state.
    Conflict,
}

/// What both kinds of step have in common.
struct Step<'s> {
    person: PersonId,
    document: DocumentId,
    version: VersionId,
    newest: Option<AttemptId>,
    kind: &'static str,
    node: &'s str,
    answer: Option<&'s str>,
    correct: Option<bool>,
    token: &'s [u8],
    body_hash: &'s [u8],
    now: i64,
}

enum Taken {
    In { attempt: AttemptId, next: i64 },
    Before(Outcome),
}

impl Store {
    /// The attempt that is open.
    pub async fn open_attempt(&self, person: PersonId, document: DocumentId) -> Result<Option<Attempt>> {
        open(&mut self.reader().await?, person, document).await
    }

    /// The newest attempt that has ended.
    pub async fn latest_ended_attempt(&self, person: PersonId, document: DocumentId) -> Result<Option<Attempt>> {
        let sql = "SELECT id, version_id, started_at, ended_at FROM attempt
            WHERE person_id = $1 AND document_id = $2 AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1";
        self.reader().await?.optional(sql, vals![person, document]).await?.as_ref().map(attempt).transpose()
    }

    /// Where somebody stands in a document, none when they never began.
    pub async fn progress(&self, person: PersonId, document: DocumentId) -> Result<Option<Progress>> {
        let sql =
            "SELECT a.document_id, a.id, a.version_id, a.started_at, a.ended_at, s.kind, s.node, s.answer, s.correct
            FROM (SELECT id, document_id, version_id, started_at, ended_at FROM attempt
                WHERE person_id = $1 AND document_id = $2 ORDER BY id DESC LIMIT 1) a
            LEFT JOIN step s ON s.attempt_id = a.id ORDER BY s.no";
        let rows = self.reader().await?.all(sql, vals![person, document]).await?;
        Ok(gather(&rows)?.into_values().next())
    }

    /// Where somebody stands in every document they ever began.
    pub async fn progress_of(&self, person: PersonId) -> Result<HashMap<DocumentId, Progress>> {
        let sql =
            "SELECT a.document_id, a.id, a.version_id, a.started_at, a.ended_at, s.kind, s.node, s.answer, s.correct
            FROM attempt a LEFT JOIN step s ON s.attempt_id = a.id
            WHERE a.id IN (SELECT max(id) FROM attempt WHERE person_id = $1 GROUP BY document_id)
            ORDER BY a.id, s.no";
        gather(&self.reader().await?.all(sql, vals![person]).await?)
    }

    /// Begins another attempt after `newest`, the one that ended last. Returns false when that is not the newest any more,
    /// or not there; an attempt that is open already is left as it is and counts as begun.
    pub async fn begin_again(
        &self,
        person: PersonId,
        (document, version): (DocumentId, VersionId),
        newest: AttemptId,
        now: i64,
    ) -> Result<bool> {
        self.write((person, document, version, newest, now), |tx, (person, document, version, after, now)| {
            Box::pin(async move {
                tx.lock_person(*person).await?;
                match newest_attempt(tx, *person, *document).await? {
                    Some(open) if open.ended_at.is_none() => Ok(true),
                    Some(ended) if ended.id == *after => {
                        let begun = begin(tx, *person, (*document, *version), *now).await?;
                        Ok(begun.is_some())
                    }
                    _ => Ok(false),
                }
            })
        })
        .await
    }

    /// Records that a page was read, and the completion when it was the last.
    pub async fn record_page_read(&self, read: PageRead) -> Result<Outcome> {
        self.write(read, |tx, read| Box::pin(record_page_read(tx, read))).await
    }

    /// Records an answer to a check.
    pub async fn record_check(&self, check: CheckAnswered) -> Result<Outcome> {
        self.write(check, |tx, check| Box::pin(record_check(tx, check))).await
    }

    /// Removes the form tokens older than `before`; returns how many.
    pub async fn purge_form_tokens(&self, before: i64) -> Result<u64> {
        self.write(before, |tx, before| {
            Box::pin(async move { tx.run("DELETE FROM form_token WHERE at < $1", vals![*before]).await })
        })
        .await
    }
}

/// Attempts with their steps, from rows of one step each, in the order of the steps.
fn gather(rows: &[Row]) -> Result<HashMap<DocumentId, Progress>> {
    let mut all = HashMap::new();
    for row in rows {
        let progress = match all.entry(DocumentId(row.i64("document_id")?)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                new.insert(Progress { attempt: attempt(row)?, pages_read: Vec::new(), checks: Vec::new() })
            }
        };
        match row.text_or_none("kind")?.as_deref() {
            // An attempt without steps.
            None => {}
            Some("page") => progress.pages_read.push(row.text("node")?),
            Some(_) => progress.checks.push(CheckAnswer {
                question: row.text("node")?,
                answer: row.text("answer")?,
                correct: row.bool("correct")?,
            }),
        }
    }
    Ok(all)
}

async fn record_page_read(tx: &mut Tx, read: &PageRead) -> Result<Outcome> {
    let step = Step {
        person: read.person,
        document: read.document,
        version: read.version,
        newest: read.newest,
        kind: "page",
        node: &read.page,
        answer: None,
        correct: None,
        token: &read.token,
        body_hash: &read.body_hash,
        now: read.now,
    };
    let (attempt, next) = match take(tx, &step).await? {
        Taken::In { attempt, next } => (attempt, next),
        Taken::Before(outcome) => return Ok(outcome),
    };
    let rows = tx.all("SELECT node FROM step WHERE attempt_id = $1 AND kind = 'page'", vals![attempt]).await?;
    let pages_read = rows.iter().map(|row| row.text("node")).collect::<Result<Vec<_>>>()?;
    let outcome = if read.pages_required.iter().all(|page| pages_read.contains(page)) {
        Outcome::Completed { fact: complete(tx, read, attempt).await? }
    } else {
        Outcome::Recorded { next }
    };
    remember(tx, &step, &outcome).await?;
    Ok(outcome)
}

async fn record_check(tx: &mut Tx, check: &CheckAnswered) -> Result<Outcome> {
    let step = Step {
        person: check.person,
        document: check.document,
        version: check.version,
        newest: check.newest,
        kind: "check",
        node: &check.question,
        answer: Some(&check.answer),
        correct: Some(check.correct),
        token: &check.token,
        body_hash: &check.body_hash,
        now: check.now,
    };
    let next = match take(tx, &step).await? {
        Taken::In { next, .. } => next,
        Taken::Before(outcome) => return Ok(outcome),
    };
    let outcome = Outcome::Recorded { next };
    remember(tx, &step, &outcome).await?;
    Ok(outcome)
}

/// Appends the step to the open attempt, which it begins when there is none, unless the form was sent before or is stale.
async fn take(tx: &mut Tx, step: &Step<'_>) -> Result<Taken> {
    tx.lock_person(step.person).await?;
    let sent = "SELECT person_id, action, body_hash, outcome FROM form_token WHERE token = $1";
    if let Some(row) = tx.optional(sent, vals![step.token]).await? {
        let same = row.i64("person_id")? == step.person.0
            && row.text("action")? == action(step)
            && row.blob("body_hash")? == step.body_hash;
        let outcome =
            if same { Outcome::Replayed(Box::new(parse_outcome(&row.text("outcome")?)?)) } else { Outcome::Conflict };
        return Ok(Taken::Before(outcome));
    }
    let attempt = match newest_attempt(tx, step.person, step.document).await? {
        Some(open) if open.ended_at.is_none() => {
            if open.version != step.version {
                return Ok(Taken::Before(Outcome::Conflict));
            }
            open.id
        }
        ended => {
            if ended.map(|ended| ended.id) != step.newest {
                return Ok(Taken::Before(Outcome::Conflict));
            }
            match begin(tx, step.person, (step.document, step.version), step.now).await? {
                Some(begun) => begun,
                None => return Ok(Taken::Before(Outcome::Conflict)),
            }
        }
    };
    let sql = "SELECT coalesce(max(no), 0) + 1 AS no, count(*) FILTER (WHERE kind = 'page' AND node = $2) AS times_read
        FROM step WHERE attempt_id = $1";
    let row = tx.one(sql, vals![attempt, step.node]).await?;
    let no = row.i64("no")?;
    if step.kind == "page" && row.i64("times_read")? > 0 {
        // A page read twice is read.
        return Ok(Taken::In { attempt, next: no });
    }
    let sql = "INSERT INTO step (attempt_id, no, kind, node, answer, correct, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.run(sql, vals![attempt, no, step.kind, step.node, step.answer, step.correct, step.now]).await?;
    Ok(Taken::In { attempt, next: no + 1 })
}

/// Begins an attempt at a version; none when the version is not one of the document's.
async fn begin(
    tx: &mut Tx,
    person: PersonId,
    (document, version): (DocumentId, VersionId),
    now: i64,
) -> Result<Option<AttemptId>> {
    let sql = "INSERT INTO attempt (person_id, document_id, version_id, started_at)
        SELECT $1, v.document_id, v.id, $4 FROM version v WHERE v.id = $3 AND v.document_id = $2 RETURNING id";
    let row = tx.optional(sql, vals![person, document, version, now]).await?;
    row.map(|row| row.i64("id").map(AttemptId)).transpose()
}

async fn complete(tx: &mut Tx, read: &PageRead, attempt: AttemptId) -> Result<i64> {
    tx.run("UPDATE attempt SET ended_at = $1 WHERE id = $2", vals![read.now, attempt]).await?;
    let sql = "SELECT p.name, d.slug, v.title, v.content_hash FROM person p CROSS JOIN version v
        JOIN document d ON d.id = v.document_id WHERE p.id = $1 AND v.id = $2";
    let row = tx.one(sql, vals![read.person, read.version]).await?;
    let body = serde_json::json!({
        "person": row.text("name")?,
        "document": row.text("slug")?,
        "title": row.text("title")?,
        "content_hash": blake3::Hash::from_bytes(row.hash("content_hash")?).to_hex().as_str(),
    });
    let fact = NewFact {
        by: Some(read.person),
        effective_on: read.today,
        kind: "completed",
        person: Some(read.person),
        document: Some(read.document),
        version: Some(read.version),
        attempt: Some(attempt),
        supersedes: None,
        body: body.to_string(),
    };
    append_fact(tx, &fact, read.now).await
}

/// Keeps what the form did under its token.
async fn remember(tx: &mut Tx, step: &Step<'_>, outcome: &Outcome) -> Result<()> {
    let text = match outcome {
        Outcome::Recorded { next } => format!("recorded {next}"),
        Outcome::Completed { fact } => format!("completed {fact}"),
        Outcome::Replayed(_) | Outcome::Conflict => return Ok(()),
    };
    let sql =
        "INSERT INTO form_token (token, person_id, action, body_hash, outcome, at) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.run(sql, vals![step.token, step.person, action(step), step.body_hash, text, step.now]).await.map(drop)
}

/// What a token was used for; the same token on another form is another body.
fn action(step: &Step<'_>) -> String {
    format!("{} {} {}", step.kind, step.document, step.node)
}

fn parse_outcome(text: &str) -> Result<Outcome> {
    let number = |number: &str| number.parse::<i64>().map_err(|error| StoreError::corrupt("form_token.outcome", error));
    match text.split_once(' ') {
        Some(("recorded", next)) => Ok(Outcome::Recorded { next: number(next)? }),
        Some(("completed", fact)) => Ok(Outcome::Completed { fact: number(fact)? }),
        _ => Err(StoreError::corrupt("form_token.outcome", format_args!("{text} is no outcome"))),
    }
}

async fn open(tx: &mut Tx, person: PersonId, document: DocumentId) -> Result<Option<Attempt>> {
    let sql = "SELECT id, version_id, started_at, ended_at FROM attempt
        WHERE person_id = $1 AND document_id = $2 AND ended_at IS NULL";
    tx.optional(sql, vals![person, document]).await?.as_ref().map(attempt).transpose()
}

async fn newest_attempt(tx: &mut Tx, person: PersonId, document: DocumentId) -> Result<Option<Attempt>> {
    let sql = "SELECT id, version_id, started_at, ended_at FROM attempt
        WHERE person_id = $1 AND document_id = $2 ORDER BY id DESC LIMIT 1";
    tx.optional(sql, vals![person, document]).await?.as_ref().map(attempt).transpose()
}

fn attempt(row: &Row) -> Result<Attempt> {
    Ok(Attempt {
        id: AttemptId(row.i64("id")?),
        version: VersionId(row.i64("version_id")?),
        started_at: row.i64("started_at")?,
        ended_at: row.i64_or_none("ended_at")?,
    })
}
