//! What people said of a module they completed. Who said it is kept only to take it once for each completion.

use crate::{
    AttemptId, DocumentId, Form, Outcome, PersonId, Result, Store,
    db::{Row, Tx, vals},
};

/// What somebody says of a module, as a form sends it: each from 1, not at all, to 5, very.
#[derive(Debug, Clone)]
pub struct Said {
    /// The form.
    pub form: Form,
    /// The module.
    pub document: DocumentId,
    /// Whether it was useful.
    pub useful: i64,
    /// Whether it was clear.
    pub clear: i64,
    /// Whether they feel able to do what it teaches.
    pub confident: i64,
    /// Anything else.
    pub comment: String,
}

/// One person's words on a module, without their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Useful, clear, confident: each from 1 to 5.
    pub marks: [i64; 3],
    /// Anything else; may be empty.
    pub comment: String,
}

impl Store {
    /// Whether a person has said something of their last completion of a module.
    pub async fn has_said(&self, person: PersonId, document: DocumentId) -> Result<bool> {
        let sql = "SELECT attempt_id FROM feedback WHERE attempt_id = (SELECT max(id) FROM attempt
            WHERE person_id = $1 AND document_id = $2 AND ended_at IS NOT NULL)";
        Ok(self.reader().await?.optional(sql, vals![person, document]).await?.is_some())
    }

    /// What one person said of modules: the name in addresses, and the words.
    pub async fn said_by(&self, person: PersonId) -> Result<Vec<(String, Feedback)>> {
        let sql = "SELECT d.slug, f.useful, f.clear, f.confident, f.comment FROM feedback f
            JOIN attempt a ON a.id = f.attempt_id JOIN document d ON d.id = f.document_id
            WHERE a.person_id = $1 ORDER BY f.at";
        let rows = self.reader().await?.all(sql, vals![person]).await?;
        rows.iter().map(|row| Ok((row.text("slug")?, said(row)?))).collect()
    }

    /// What was said of a module, in no order that tells who said it.
    pub async fn feedback(&self, document: DocumentId) -> Result<Vec<Feedback>> {
        let sql = "SELECT useful, clear, confident, comment FROM feedback WHERE document_id = $1
            ORDER BY comment, useful, clear, confident";
        let rows = self.reader().await?.all(sql, vals![document]).await?;
        rows.iter().map(said).collect()
    }

    /// Takes what somebody says of the module they completed last, in the place of what they said of that completion before.
    /// [`Outcome::Conflict`] when they have not completed it.
    pub async fn say(&self, said: Said) -> Result<Outcome> {
        self.write(said, |tx, said| Box::pin(say(tx, said))).await
    }
}

fn said(row: &Row) -> Result<Feedback> {
    Ok(Feedback {
        marks: [row.i64("useful")?, row.i64("clear")?, row.i64("confident")?],
        comment: row.text("comment")?,
    })
}

async fn say(tx: &mut Tx, said: &Said) -> Result<Outcome> {
    let action = format!("say {}", said.document);
    if let Some(outcome) = said.form.before(tx, &action).await? {
        return Ok(outcome);
    }
    let sql = "SELECT max(id) AS id FROM attempt WHERE person_id = $1 AND document_id = $2 AND ended_at IS NOT NULL";
    let row = tx.one(sql, vals![said.form.person, said.document]).await?;
    let Some(attempt) = row.i64_or_none("id")?.map(AttemptId) else { return Ok(Outcome::Conflict) };
    let sql = "INSERT INTO feedback (attempt_id, document_id, useful, clear, confident, comment, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (attempt_id) DO UPDATE SET useful = excluded.useful, clear = excluded.clear,
            confident = excluded.confident, comment = excluded.comment, at = excluded.at";
    let vals = vals![attempt, said.document, said.useful, said.clear, said.confident, &said.comment, said.form.now];
    tx.run(sql, vals).await?;
    let outcome = Outcome::Recorded { next: 0 };
    said.form.remember(tx, &action, &outcome).await?;
    Ok(outcome)
}
