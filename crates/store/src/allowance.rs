//! More time or another attempt at a quiz, for one person.

use crate::{
    DocumentId, Form, Outcome, PersonId, Result, Store,
    db::{Row, Tx, vals},
};

/// What one person is given at a quiz beyond what the quiz says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allowance {
    /// More minutes for each attempt.
    pub minutes: i64,
    /// More attempts.
    pub attempts: i64,
    /// When attempts were given last, microseconds; 0 when never.
    pub attempts_at: i64,
}

/// What was once given to somebody at a quiz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The quiz's title, as it is now.
    pub title: Option<String>,
    /// More minutes.
    pub minutes: i64,
    /// More attempts.
    pub attempts: i64,
    /// Why.
    pub reason: String,
    /// Who gave it.
    pub by: String,
    /// When, microseconds.
    pub at: i64,
}

/// Something to give to somebody, as a form sends it.
#[derive(Debug, Clone)]
pub struct NewAllowance {
    /// The form of whoever gives it.
    pub form: Form,
    /// To whom.
    pub person: PersonId,
    /// At which quiz.
    pub document: DocumentId,
    /// More minutes.
    pub minutes: i64,
    /// More attempts.
    pub attempts: i64,
    /// Why.
    pub reason: String,
}

impl Store {
    /// What a person was given at a quiz: time for good, attempts since `since` (microseconds).
    pub async fn allowance(&self, person: PersonId, document: DocumentId, since: i64) -> Result<Allowance> {
        // PostgreSQL's sum of bigints is numeric.
        let sql = "SELECT CAST(coalesce(sum(minutes), 0) AS BIGINT) AS minutes,
                CAST(coalesce(sum(CASE WHEN at > $3 THEN attempts ELSE 0 END), 0) AS BIGINT) AS attempts,
                coalesce(max(CASE WHEN attempts > 0 THEN at ELSE 0 END), 0) AS attempts_at
            FROM allowance WHERE person_id = $1 AND document_id = $2";
        let row = self.reader().await?.one(sql, vals![person, document, since]).await?;
        Ok(Allowance {
            minutes: row.i64("minutes")?,
            attempts: row.i64("attempts")?,
            attempts_at: row.i64("attempts_at")?,
        })
    }

    /// All that a person was ever given, the oldest first.
    pub async fn allowed(&self, person: PersonId) -> Result<Vec<Allowed>> {
        let sql = "SELECT v.title, a.minutes, a.attempts, a.reason, p.name, a.at
            FROM allowance a JOIN document d ON d.id = a.document_id LEFT JOIN version v ON v.id = d.live_version_id
            JOIN person p ON p.id = a.by_id
            WHERE a.person_id = $1 ORDER BY a.id";
        let rows = self.reader().await?.all(sql, vals![person]).await?;
        let allowed = |row: &Row| {
            Ok(Allowed {
                title: row.text_or_none("title")?,
                minutes: row.i64("minutes")?,
                attempts: row.i64("attempts")?,
                reason: row.text("reason")?,
                by: row.text("name")?,
                at: row.i64("at")?,
            })
        };
        rows.iter().map(allowed).collect()
    }

    /// Gives somebody more time or another attempt.
    pub async fn allow(&self, new: NewAllowance) -> Result<Outcome> {
        self.write(new, |tx, new| Box::pin(allow(tx, new))).await
    }
}

async fn allow(tx: &mut Tx, new: &NewAllowance) -> Result<Outcome> {
    let NewAllowance { form, person, document, minutes, attempts, reason } = new;
    let action = format!("allow {person} {document}");
    if let Some(outcome) = form.before(tx, &action).await? {
        return Ok(outcome);
    }
    let sql = "INSERT INTO allowance (person_id, document_id, minutes, attempts, reason, by_id, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.run(sql, vals![*person, *document, *minutes, *attempts, reason, form.person, form.now]).await?;
    let outcome = Outcome::Recorded { next: 0 };
    form.remember(tx, &action, &outcome).await?;
    Ok(outcome)
}
