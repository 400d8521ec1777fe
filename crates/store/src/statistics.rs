//! First attempts, for what they say about a quiz, a role-play or the checks of a module. Of the people nothing is read but that they are
//! different ones.

use std::collections::HashMap;

use crate::{
    AttemptId, DocumentId, Result, Store, VersionId,
    db::{Row, vals},
};

/// Which first attempts are meant: those at a document, taken in a mode, that ended between two instants.
#[derive(Debug, Clone)]
pub struct FirstAttempts {
    /// The document.
    pub document: DocumentId,
    /// How they were taken.
    pub mode: &'static str,
    /// The first instant at which they may have ended, microseconds.
    pub from: i64,
    /// The first instant at which they may not any more.
    pub until: i64,
}

/// Somebody's first finished attempt at a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstAttempt {
    /// The attempt; its number says in which order they began, and nothing else.
    pub id: AttemptId,
    /// The version it is pinned to.
    pub version: VersionId,
    /// The questions that were drawn, as JSON; of a quiz only.
    pub paper: Option<String>,
    /// The score in hundredths of a percent; none where nothing could be earned.
    pub score: Option<i64>,
    /// Whether it was passed.
    pub passed: bool,
    taken: String,
}

impl FirstAttempt {
    /// Each question with its answer, or each scene with its choice, in the order in which they were given.
    pub fn steps(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let steps = self.taken.split(BETWEEN).filter(|step| !step.is_empty());
        steps.map(|step| {
            let (node, answer) = step.split_once(WITHIN).unwrap_or((step, ""));
            (node, Some(answer).filter(|answer| !answer.is_empty()))
        })
    }

    /// The same as one text: two that are equal took the same steps.
    pub fn taken(&self) -> &str {
        &self.taken
    }
}

/// An answer to a check of a module, with how many people gave it at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstCheck {
    /// The version it was given to.
    pub version: VersionId,
    /// The check.
    pub question: String,
    /// The answer.
    pub answer: Option<String>,
    /// How many people gave it.
    pub people: u64,
}

/// What stands between two steps, and between a question and its answer, where the database writes the steps of an attempt as one text:
/// a row for each would take most of the time. Names have no such characters, and JSON writes them in another way.
const BETWEEN: &str = "\u{1e}";
const WITHIN: &str = "\u{1f}";

/// A version, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// The version.
    pub id: VersionId,
    /// The hash of what is scored.
    pub scoring_hash: [u8; 32],
    /// When it was published, microseconds.
    pub published_at: i64,
}

/// What makes an attempt a first one: finished, and no other by the same person that was finished before. Whatever was left
/// unfinished, and practice, says nothing. A macro, since the statements are told apart at compile time.
macro_rules! first {
    () => {
        "a.document_id = $1 AND a.mode = $2 AND a.passed IS NOT NULL AND a.ended_at >= $3 AND a.ended_at < $4
        AND NOT EXISTS (SELECT 1 FROM attempt b WHERE b.person_id = a.person_id AND b.document_id = a.document_id
            AND b.id < a.id AND b.mode = a.mode AND b.passed IS NOT NULL)"
    };
}

const PART: &str = concat!(
    "SELECT a.id, a.version_id, a.paper, a.score, a.passed,
        (SELECT string_agg(s.node || $7 || coalesce(s.answer, ''), $8 ORDER BY s.no) FROM step s
            WHERE s.attempt_id = a.id AND s.kind IN ('answer', 'choice')) AS taken
    FROM attempt a WHERE ",
    first!(),
    " AND a.id > $5 ORDER BY a.id LIMIT $6"
);
const COUNT: &str = concat!(
    "SELECT version_id, count(*) AS people FROM (SELECT a.version_id FROM attempt a WHERE ",
    first!(),
    " ORDER BY a.id DESC LIMIT $5) newest GROUP BY version_id"
);

// Whoever takes a module again has seen the key.
const CHECKS: &str = "SELECT a.version_id, s.node, s.answer, count(*) AS people
    FROM attempt a JOIN step s ON s.attempt_id = a.id AND s.kind = 'check'
    WHERE a.document_id = $1
        AND NOT EXISTS (SELECT 1 FROM attempt b WHERE b.person_id = a.person_id AND b.document_id = a.document_id AND b.id < a.id)
        AND NOT EXISTS (SELECT 1 FROM step t WHERE t.attempt_id = a.id AND t.kind = 'check' AND t.node = s.node AND t.no < s.no)
    GROUP BY a.version_id, s.node, s.answer ORDER BY a.version_id, s.node, s.answer";

impl Store {
    /// The versions of a document, in the order in which they were first published.
    pub async fn versions_of(&self, document: DocumentId) -> Result<Vec<VersionLine>> {
        let sql = "SELECT id, scoring_hash, published_at FROM version WHERE document_id = $1 ORDER BY published_at, id";
        let rows = self.reader().await?.all(sql, vals![document]).await?;
        let line = |row: &Row| {
            Ok(VersionLine {
                id: VersionId(row.i64("id")?),
                scoring_hash: row.hash("scoring_hash")?,
                published_at: row.i64("published_at")?,
            })
        };
        rows.iter().map(line).collect()
    }

    /// How many first attempts there are at each version, of the newest `most` at the document.
    pub async fn count_first_attempts(&self, of: &FirstAttempts, most: i64) -> Result<HashMap<VersionId, u64>> {
        let vals = vals![of.document, of.mode, of.from, of.until, most];
        let rows = self.reader().await?.all(COUNT, vals).await?;
        let count =
            |row: &Row| Ok((VersionId(row.i64("version_id")?), u64::try_from(row.i64("people")?).unwrap_or_default()));
        rows.iter().map(count).collect()
    }

    /// A part of the first attempts, with what was answered: at most `most` of those after `after`, in the order in which they began.
    pub async fn first_attempts(&self, of: &FirstAttempts, after: AttemptId, most: i64) -> Result<Vec<FirstAttempt>> {
        let vals = vals![of.document, of.mode, of.from, of.until, after, most, WITHIN, BETWEEN];
        self.reader().await?.all(PART, vals).await?.iter().map(attempt).collect()
    }

    /// What people answered first to the checks of a module, in the first attempt of each.
    pub async fn first_checks(&self, module: DocumentId) -> Result<Vec<FirstCheck>> {
        let check = |row: &Row| {
            Ok(FirstCheck {
                version: VersionId(row.i64("version_id")?),
                question: row.text("node")?,
                answer: row.text_or_none("answer")?,
                people: u64::try_from(row.i64("people")?).unwrap_or_default(),
            })
        };
        self.reader().await?.all(CHECKS, vals![module]).await?.iter().map(check).collect()
    }
}

fn attempt(row: &Row) -> Result<FirstAttempt> {
    Ok(FirstAttempt {
        id: AttemptId(row.i64("id")?),
        version: VersionId(row.i64("version_id")?),
        paper: row.text_or_none("paper")?,
        score: row.i64_or_none("score")?,
        passed: row.bool("passed")?,
        taken: row.text_or_none("taken")?.unwrap_or_default(),
    })
}
