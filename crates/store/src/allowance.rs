//! More time or another attempt at a quiz, for one person.

use crate::{DocumentId, PersonId, Result, Store, db::vals};

/// What one person is given at a quiz beyond what the quiz says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allowance {
    /// More minutes for each attempt.
    pub minutes: i64,
    /// More attempts.
    pub attempts: i64,
}

/// Something to give to somebody.
#[derive(Debug, Clone)]
pub struct NewAllowance {
    /// To whom.
    pub person: PersonId,
    /// At which quiz.
    pub document: DocumentId,
    /// What is added.
    pub more: Allowance,
    /// Why.
    pub reason: String,
    /// Who gives it.
    pub by: PersonId,
}

impl Store {
    /// What a person was given at a quiz: time for good, attempts since `since` (microseconds).
    pub async fn allowance(&self, person: PersonId, document: DocumentId, since: i64) -> Result<Allowance> {
        // PostgreSQL's sum of bigints is numeric.
        let sql = "SELECT CAST(coalesce(sum(minutes), 0) AS BIGINT) AS minutes,
                CAST(coalesce(sum(CASE WHEN at > $3 THEN attempts ELSE 0 END), 0) AS BIGINT) AS attempts
            FROM allowance WHERE person_id = $1 AND document_id = $2";
        let row = self.reader().await?.one(sql, vals![person, document, since]).await?;
        Ok(Allowance { minutes: row.i64("minutes")?, attempts: row.i64("attempts")? })
    }

    /// Gives somebody more time or another attempt.
    pub async fn allow(&self, new: NewAllowance, now: i64) -> Result<()> {
        self.write((new, now), |tx, (new, now)| {
            Box::pin(async move {
                let sql = "INSERT INTO allowance (person_id, document_id, minutes, attempts, reason, by_id, at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7)";
                let NewAllowance { person, document, more, reason, by } = new;
                let vals = vals![*person, *document, more.minutes, more.attempts, reason, *by, *now];
                tx.run(sql, vals).await.map(drop)
            })
        })
        .await
    }
}
