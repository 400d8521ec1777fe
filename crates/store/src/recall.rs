//! Questions between cycles: sessions after a completion, and the answers in them. A session begins with its first answer and ends
//! with its last; nothing here touches an attempt or the ledger.

use std::collections::HashMap;

use crate::{
    DocumentId, Form, Outcome, PersonId, Result, Store, VersionId,
    db::{Tx, vals},
};

/// A session that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecallSession {
    /// The module.
    pub document: DocumentId,
    /// Which one since the completion, from 1.
    pub no: i64,
    /// Which questions its forms were drawn for.
    pub key: Vec<u8>,
    /// What it asks, JSON.
    pub paper: String,
    /// When the last answer was given, microseconds; none while answers are missing.
    pub ended_at: Option<i64>,
    /// The answers, in the order in which they were given.
    pub answers: Vec<RecallAnswer>,
}

/// An answer in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecallAnswer {
    /// Its place in the paper, from 1.
    pub no: i64,
    /// What was asked, whatever the words.
    pub item: String,
    /// The question's name in its document.
    pub question: String,
    /// The day it counts for, days since 1970-01-01.
    pub session_on: i32,
    /// The answer, JSON.
    pub answer: String,
    /// Whether it was wholly right.
    pub correct: bool,
}

/// An answer, as a form sends it.
#[derive(Debug, Clone)]
pub struct RecallAnswered {
    /// The form.
    pub form: Form,
    /// The module.
    pub document: DocumentId,
    /// The ledger number of the completion that the session follows.
    pub since_fact: i64,
    /// Which session since then it would be, from 1; it is begun where it was not.
    pub session: i64,
    /// Which questions the form was drawn for.
    pub key: Vec<u8>,
    /// What the session asks, JSON.
    pub paper: String,
    /// How many questions that is.
    pub questions: i64,
    /// The version that the question is of.
    pub version: VersionId,
    /// The answer.
    pub answer: RecallAnswer,
}

impl Store {
    /// The sessions of a person by the ledger number of the completion that they follow, each list in the order in which they were begun.
    pub async fn recall_of(&self, person: PersonId) -> Result<HashMap<i64, Vec<RecallSession>>> {
        let sql = "SELECT s.id, s.document_id, s.since_fact, s.no AS session_no, s.key, s.paper, s.ended_at,
                a.no, a.item, a.question, a.session_on, a.answer, a.correct
            FROM recall_session s JOIN recall_answer a ON a.session_id = s.id
            WHERE s.person_id = $1 ORDER BY s.id, a.at, a.no";
        let mut all: HashMap<i64, Vec<RecallSession>> = HashMap::new();
        let rows = self.reader().await?.all(sql, vals![person]).await?;
        for row in &rows {
            let sessions = all.entry(row.i64("since_fact")?).or_default();
            let no = row.i64("session_no")?;
            if sessions.last().is_none_or(|last| last.no != no) {
                sessions.push(RecallSession {
                    document: DocumentId(row.i64("document_id")?),
                    no,
                    key: row.blob("key")?,
                    paper: row.text("paper")?,
                    ended_at: row.i64_or_none("ended_at")?,
                    answers: Vec::new(),
                });
            }
            let answer = RecallAnswer {
                no: row.i64("no")?,
                item: row.text("item")?,
                question: row.text("question")?,
                session_on: row.days("session_on")?,
                answer: row.text("answer")?,
                correct: row.bool("correct")?,
            };
            sessions.last_mut().into_iter().for_each(|session| session.answers.push(answer.clone()));
        }
        Ok(all)
    }

    /// Keeps an answer. The first one begins the session, the last one ends it ([`Outcome::Ended`]). [`Outcome::Conflict`] when the question
    /// was answered before, the session has ended, or the form was drawn for other questions than the session has.
    pub async fn answer_recall(&self, answered: RecallAnswered) -> Result<Outcome> {
        self.write(answered, |tx, answered| Box::pin(answer(tx, answered))).await
    }
}

async fn answer(tx: &mut Tx, answered: &RecallAnswered) -> Result<Outcome> {
    let RecallAnswered { form, document, since_fact, session, key, paper, questions, version, answer } = answered;
    let action = format!("recall {since_fact} {session} {}", answer.no);
    if let Some(outcome) = form.before(tx, &action).await? {
        return Ok(outcome);
    }
    let id = match belongs(tx, answered).await? {
        Belongs::There(id) => id,
        Belongs::New => {
            let sql = "INSERT INTO recall_session (person_id, document_id, since_fact, no, key, paper, begun_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
            let vals = vals![form.person, *document, *since_fact, *session, key, paper, form.now];
            tx.one(sql, vals).await?.i64("id")?
        }
        Belongs::Nowhere => return Ok(Outcome::Conflict),
    };
    let sql = "INSERT INTO recall_answer (session_id, no, version_id, item, question, session_on, answer, correct, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (session_id, no) DO NOTHING";
    let vals = vals![
        id,
        answer.no,
        *version,
        &answer.item,
        &answer.question,
        answer.session_on,
        &answer.answer,
        answer.correct,
        form.now
    ];
    // The first answer stands.
    if tx.run(sql, vals).await? == 0 {
        return Ok(Outcome::Conflict);
    }
    let sql = "UPDATE recall_session SET ended_at = $2
        WHERE id = $1 AND (SELECT count(*) FROM recall_answer WHERE session_id = $1) >= $3";
    let outcome = match tx.run(sql, vals![id, form.now, *questions]).await? {
        0 => Outcome::Recorded { next: answer.no + 1 },
        _ => Outcome::Ended,
    };
    form.remember(tx, &action, &outcome).await?;
    Ok(outcome)
}

/// Which session a form belongs to.
enum Belongs {
    There(i64),
    New,
    Nowhere,
}

async fn belongs(tx: &mut Tx, answered: &RecallAnswered) -> Result<Belongs> {
    let there = "SELECT id, person_id, key, ended_at FROM recall_session WHERE since_fact = $1 AND no = $2";
    if let Some(row) = tx.optional(there, vals![answered.since_fact, answered.session]).await? {
        let same = row.i64("person_id")? == answered.form.person.0 && row.blob("key")? == answered.key;
        let open = row.i64_or_none("ended_at")?.is_none();
        return Ok(if same && open { Belongs::There(row.i64("id")?) } else { Belongs::Nowhere });
    }
    // One after the other, and only after a completion of this very person that stands.
    let may_begin = "SELECT f.seq FROM fact f
        WHERE f.seq = $1 AND f.person_id = $2 AND f.document_id = $3 AND f.kind = 'completed'
          AND NOT EXISTS (SELECT s.seq FROM fact s WHERE s.supersedes = f.seq)
          AND (SELECT count(*) FROM recall_session r WHERE r.since_fact = $1 AND r.ended_at IS NOT NULL) = $4
          AND NOT EXISTS (SELECT r.id FROM recall_session r WHERE r.since_fact = $1 AND r.ended_at IS NULL)";
    let vals = vals![answered.since_fact, answered.form.person, answered.document, answered.session - 1];
    Ok(if tx.optional(may_begin, vals).await?.is_some() { Belongs::New } else { Belongs::Nowhere })
}
