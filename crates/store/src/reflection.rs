//! What somebody wrote for themselves. Nobody else reads it; they can change it at any time.

use std::collections::HashMap;

use crate::{
    DocumentId, Form, Outcome, PersonId, Result, Store,
    db::{Tx, vals},
};

/// What somebody writes for themselves on a page, as a form sends it.
#[derive(Debug, Clone)]
pub struct Reflection {
    /// The form.
    pub form: Form,
    /// The document.
    pub document: DocumentId,
    /// The page's or question's name in the document.
    pub node: String,
    /// The text; an empty one takes back what was there.
    pub text: String,
    /// When what stood there as the form was drawn was written ([`Written::at`]), 0 where nothing did. A form that comes late does not
    /// take the place of newer words.
    pub over: i64,
}

/// What somebody wrote for themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// When it was written, microseconds; 0 for nothing.
    pub at: i64,
}

impl Store {
    /// What a person wrote for themselves in a document, by page.
    pub async fn reflections(&self, person: PersonId, document: DocumentId) -> Result<HashMap<String, Written>> {
        let sql = "SELECT node, text, at FROM reflection WHERE person_id = $1 AND document_id = $2";
        let rows = self.reader().await?.all(sql, vals![person, document]).await?;
        rows.iter()
            .map(|row| Ok((row.text("node")?, Written { text: row.text("text")?, at: row.i64("at")? })))
            .collect()
    }

    /// Everything a person wrote for themselves: the document's name in addresses, the page, the text.
    pub async fn reflections_of(&self, person: PersonId) -> Result<Vec<(String, String, String)>> {
        let sql = "SELECT d.slug, r.node, r.text FROM reflection r JOIN document d ON d.id = r.document_id
            WHERE r.person_id = $1 ORDER BY d.slug, r.node";
        let rows = self.reader().await?.all(sql, vals![person]).await?;
        rows.iter().map(|row| Ok((row.text("slug")?, row.text("node")?, row.text("text")?))).collect()
    }

    /// Keeps what somebody wrote for themselves, in the place of what they wrote before.
    pub async fn keep_reflection(&self, reflection: Reflection) -> Result<Outcome> {
        self.write(reflection, |tx, reflection| Box::pin(keep(tx, reflection))).await
    }
}

async fn keep(tx: &mut Tx, reflection: &Reflection) -> Result<Outcome> {
    let Reflection { form, document, node, text, over } = reflection;
    let action = format!("reflect {document} {node}");
    if let Some(outcome) = form.before(tx, &action).await? {
        return Ok(outcome);
    }
    let there = "SELECT at FROM reflection WHERE person_id = $1 AND document_id = $2 AND node = $3";
    let there = tx.optional(there, vals![form.person, *document, node]).await?;
    if there.map(|row| row.i64("at")).transpose()?.unwrap_or(0) != *over {
        return Ok(Outcome::Conflict);
    }
    if text.is_empty() {
        let sql = "DELETE FROM reflection WHERE person_id = $1 AND document_id = $2 AND node = $3";
        tx.run(sql, vals![form.person, *document, node]).await?;
    } else {
        let sql = "INSERT INTO reflection (person_id, document_id, node, text, at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (person_id, document_id, node) DO UPDATE SET text = excluded.text, at = excluded.at";
        tx.run(sql, vals![form.person, *document, node, text, form.now]).await?;
    }
    let outcome = Outcome::Recorded { next: 0 };
    form.remember(tx, &action, &outcome).await?;
    Ok(outcome)
}
