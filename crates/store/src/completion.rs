//! Completion: what a module takes, and the fact, the ledger entry and the certificate that are written in one transaction with the
//! step that was the last.

use crate::{
    AttemptId, DocumentId, PersonId, Result, Store, VersionId,
    attempt::{begin, newest_attempt},
    db::{Row, Tx, vals},
    fact::{NewFact, append_fact},
    obligation,
};

/// What completes a module for one person, and what its certificate says.
#[derive(Debug, Clone)]
pub struct Goal {
    /// The module.
    pub document: DocumentId,
    /// The version that the attempt is pinned to.
    pub version: VersionId,
    /// The pages that must be read.
    pub pages: Vec<String>,
    /// The quizzes and role-plays that must be passed, since the module was completed last.
    pub activities: Vec<Activity>,
    /// Today in the site's zone, days since 1970-01-01.
    pub today: i32,
    /// The last day on which a completion of today counts; none if it has no end.
    pub valid_through: Option<i32>,
    /// The number of the certificate, if one is issued.
    pub certificate: String,
}

/// A quiz or a role-play that a module takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// The document.
    pub document: DocumentId,
    /// Whether the last attempt counts; else any that passed.
    pub last_counts: bool,
}

/// A certificate, as it was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub person: PersonId,
    /// The organisation's name then.
    pub organisation: String,
    /// The person's name then.
    pub name: String,
    /// The module's title then.
    pub title: String,
    /// The hash of the version that was completed.
    pub content_hash: [u8; 32],
    /// The day of completion, days since 1970-01-01.
    pub completed_on: i32,
    /// The last day it counts; none if it has no end.
    pub valid_through: Option<i32>,
}

const CERTIFICATE: &str =
    "SELECT number, person_id, organisation, name, title, content_hash, completed_on, valid_through
    FROM certificate WHERE number = $1";

impl Store {
    /// The certificate with this number.
    pub async fn certificate(&self, number: &str) -> Result<Option<Certificate>> {
        self.reader().await?.optional(CERTIFICATE, vals![number]).await?.as_ref().map(certificate).transpose()
    }

    /// Whether a person has passed an activity since they completed a module last.
    pub async fn has_passed(&self, person: PersonId, module: DocumentId, activity: Activity) -> Result<bool> {
        is_passed(&mut self.reader().await?, person, module, activity).await
    }
}

fn certificate(row: &Row) -> Result<Certificate> {
    Ok(Certificate {
        number: row.text("number")?,
        person: PersonId(row.i64("person_id")?),
        organisation: row.text("organisation")?,
        name: row.text("name")?,
        title: row.text("title")?,
        content_hash: row.hash("content_hash")?,
        completed_on: row.days("completed_on")?,
        valid_through: row.days_or_none("valid_through")?,
    })
}

/// Completes a module when nothing is missing any more: ends its attempt, appends the fact, issues the certificate. Returns the
/// ledger number; none when something is missing or the attempt has ended already.
pub(crate) async fn reach(
    tx: &mut Tx,
    person: PersonId,
    attempt: AttemptId,
    goal: &Goal,
    now: i64,
) -> Result<Option<i64>> {
    let open = "SELECT id FROM attempt WHERE id = $1 AND person_id = $2 AND ended_at IS NULL";
    if tx.optional(open, vals![attempt, person]).await?.is_none() {
        return Ok(None);
    }
    if !goal.pages.is_empty() {
        let rows = tx.all("SELECT node FROM step WHERE attempt_id = $1 AND kind = 'page'", vals![attempt]).await?;
        let read = rows.iter().map(|row| row.text("node")).collect::<Result<Vec<_>>>()?;
        if !goal.pages.iter().all(|page| read.contains(page)) {
            return Ok(None);
        }
    }
    for activity in &goal.activities {
        if !is_passed(tx, person, goal.document, *activity).await? {
            return Ok(None);
        }
    }
    tx.run("UPDATE attempt SET ended_at = $1 WHERE id = $2", vals![now, attempt]).await?;
    let done = Done { person, document: goal.document, version: goal.version, attempt, today: goal.today, score: None };
    let fact = done.append(tx, now).await?;
    issue(tx, goal, (person, fact), now).await?;
    Ok(Some(fact))
}

/// The same for a module that is not being read just now: its open attempt, as far as there is one at the goal's version. One that takes
/// no reading and was never begun is begun by what completes it.
pub(crate) async fn reach_any(tx: &mut Tx, person: PersonId, goal: &Goal, now: i64) -> Result<Option<i64>> {
    match newest_attempt(tx, person, goal.document).await? {
        Some(open) if open.is_open() && open.version == goal.version => reach(tx, person, open.id, goal, now).await,
        Some(_) => Ok(None),
        None if !goal.pages.is_empty() => Ok(None),
        None => {
            for activity in &goal.activities {
                if !is_passed(tx, person, goal.document, *activity).await? {
                    return Ok(None);
                }
            }
            match begin(tx, person, (goal.document, goal.version), now).await? {
                Some(attempt) => reach(tx, person, attempt, goal, now).await,
                None => Ok(None),
            }
        }
    }
}

/// What a person's attempts at an activity ($3) since they completed a module ($2) last came to, the newest first.
const PASSES: &str = "SELECT passed FROM attempt WHERE person_id = $1 AND document_id = $3 AND passed IS NOT NULL
    AND ended_at > (SELECT coalesce(max(ended_at), 0) FROM attempt WHERE person_id = $1 AND document_id = $2 AND ended_at IS NOT NULL)
    ORDER BY id DESC";

/// Whether an activity was passed since the module was completed last.
async fn is_passed(tx: &mut Tx, person: PersonId, module: DocumentId, activity: Activity) -> Result<bool> {
    let rows = tx.all(PASSES, vals![person, module, activity.document]).await?;
    let passes = rows.iter().map(|row| row.bool("passed")).collect::<Result<Vec<_>>>()?;
    Ok(if activity.last_counts { passes.first() == Some(&true) } else { passes.contains(&true) })
}

/// A document that somebody has completed.
pub(crate) struct Done {
    pub(crate) person: PersonId,
    pub(crate) document: DocumentId,
    pub(crate) version: VersionId,
    pub(crate) attempt: AttemptId,
    pub(crate) today: i32,
    /// In hundredths of a percent.
    pub(crate) score: Option<i64>,
}

impl Done {
    /// Appends the fact. It locks the end of the chain until the commit.
    pub(crate) async fn append(&self, tx: &mut Tx, now: i64) -> Result<i64> {
        // Before the end of the chain: what follows from the fact is worked out in the same transaction, for one person at a time.
        tx.lock_person(self.person).await?;
        let sql = "SELECT p.name, d.slug, v.title, v.content_hash FROM person p CROSS JOIN version v
            JOIN document d ON d.id = v.document_id WHERE p.id = $1 AND v.id = $2";
        let row = tx.one(sql, vals![self.person, self.version]).await?;
        let mut body = serde_json::json!({
            "person": row.text("name")?,
            "document": row.text("slug")?,
            "title": row.text("title")?,
            "content_hash": blake3::Hash::from_bytes(row.hash("content_hash")?).to_hex().as_str(),
        });
        if let (Some(score), Some(fields)) = (self.score, body.as_object_mut()) {
            fields.insert("score_hundredths".to_owned(), score.into());
        }
        let fact = NewFact {
            by: Some(self.person),
            effective_on: self.today,
            kind: "completed",
            person: Some(self.person),
            document: Some(self.document),
            version: Some(self.version),
            attempt: Some(self.attempt),
            supersedes: None,
            body: body.to_string(),
        };
        let seq = append_fact(tx, &fact, now).await?;
        obligation::recompute_if_asked(tx, self.person).await?;
        Ok(seq)
    }
}

/// Issues a certificate: what it says is copied, so that nothing changes it afterwards.
async fn issue(tx: &mut Tx, goal: &Goal, (person, fact): (PersonId, i64), now: i64) -> Result<()> {
    let sql = "INSERT INTO certificate (number, fact_seq, person_id, organisation, name, title, content_hash, completed_on,
            valid_through, issued_at)
        SELECT $1, $2, p.id, coalesce((SELECT name FROM site WHERE id = 1), ''), p.name, v.title, v.content_hash, $5, $6, $7
        FROM person p CROSS JOIN version v WHERE p.id = $3 AND v.id = $4";
    let vals = vals![&goal.certificate, fact, person, goal.version, goal.today, goal.valid_through, now];
    tx.run(sql, vals).await.map(drop)
}
