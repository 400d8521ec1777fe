//! Finding documents by their words. What is indexed is folded already (small letters and digits without marks, one blank between
//! words), and so is what is looked for, so that SQLite's FTS5 and PostgreSQL's text search find the same.

use crate::{
    DocumentId, Result, Store, VersionId,
    db::{Engine, Tx, vals},
};

/// The words of a live document, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Those of the title.
    pub title: String,
    /// Those of the text.
    pub body: String,
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The document.
    pub document: DocumentId,
    /// Its live version.
    pub version: VersionId,
    /// What it is.
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its words.
    pub words: Words,
}

impl Store {
    /// The live documents in which each of the folded words begins one of theirs, at most `limit`, by title.
    pub async fn search(&self, words: &[String], limit: i64) -> Result<Vec<Hit>> {
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut reader = self.reader().await?;
        let (sql, query) = match reader.engine() {
            Engine::Sqlite => (
                "SELECT d.id, v.id AS version_id, d.kind, d.slug, v.title, s.title AS words_title, s.body
                    FROM search s JOIN document d ON d.id = s.rowid JOIN version v ON v.id = d.live_version_id
                    WHERE search MATCH $1 AND d.withdrawn_at IS NULL ORDER BY v.title, d.id LIMIT $2",
                words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" AND "),
            ),
            Engine::Pg => (
                "SELECT d.id, v.id AS version_id, d.kind, d.slug, v.title, s.title AS words_title, s.body
                    FROM search s JOIN document d ON d.id = s.document_id JOIN version v ON v.id = d.live_version_id
                    WHERE s.words @@ to_tsquery('simple', $1) AND d.withdrawn_at IS NULL ORDER BY v.title, d.id LIMIT $2",
                words.iter().map(|word| format!("{word}:*")).collect::<Vec<_>>().join(" & "),
            ),
        };
        let rows = reader.all(sql, vals![query, limit]).await?;
        let hit = |row: &crate::db::Row| {
            Ok(Hit {
                document: DocumentId(row.i64("id")?),
                version: VersionId(row.i64("version_id")?),
                kind: row.text("kind")?,
                slug: row.text("slug")?,
                title: row.text("title")?,
                words: Words { title: row.text("words_title")?, body: row.text("body")? },
            })
        };
        rows.iter().map(hit).collect()
    }
}

/// Keeps the words of a document, in the place of those it had.
pub(crate) async fn index(tx: &mut Tx, document: DocumentId, words: &Words) -> Result<()> {
    let Words { title, body } = words;
    match tx.engine() {
        Engine::Sqlite => {
            tx.run("DELETE FROM search WHERE rowid = $1", vals![document]).await?;
            let sql = "INSERT INTO search (rowid, title, body) VALUES ($1, $2, $3)";
            tx.run(sql, vals![document, title, body]).await.map(drop)
        }
        Engine::Pg => {
            let sql = "INSERT INTO search (document_id, title, body, words)
                VALUES ($1, $2, $3, to_tsvector('simple', $2 || ' ' || $3)) ON CONFLICT (document_id)
                DO UPDATE SET title = excluded.title, body = excluded.body, words = excluded.words";
            tx.run(sql, vals![document, title, body]).await.map(drop)
        }
    }
}

/// Whether the words of a document are kept.
pub(crate) async fn is_indexed(tx: &mut Tx, document: DocumentId) -> Result<bool> {
    let sql = match tx.engine() {
        Engine::Sqlite => "SELECT rowid AS id FROM search WHERE rowid = $1",
        Engine::Pg => "SELECT document_id AS id FROM search WHERE document_id = $1",
    };
    Ok(tx.optional(sql, vals![document]).await?.is_some())
}
