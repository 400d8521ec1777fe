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
}

impl Store {
    /// What a person wrote for themselves in a document, by page.
    pub async fn reflections(&self, person: PersonId, document: DocumentId) -> Result<HashMap<String, String>> {
        let sql = "SELECT node, text FROM reflection WHERE person_id = $1 AND document_id = $2";
        let rows = self.reader().await?.all(sql, vals![person, document]).await?;
        rows.iter().map(|row| Ok((row.text("node")?, row.text("text")?))).collect()
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
    let Reflection { form, document, node, text } = reflection;
    let action = format!("reflect {document} {node}");
    if let Some(outcome) = form.before(tx, &action).await? {
        return Ok(outcome);
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
