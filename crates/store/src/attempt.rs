//! Attempts: one person's way through one version of a document, pinned to it from beginning to end.

use crate::{
    AttemptId, DocumentId, PersonId, Result, Store, VersionId,
    db::{Row, Tx, vals},
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

impl Attempt {
    /// Whether it has not ended.
    pub fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }
}

impl Store {
    /// The attempt that is open.
    pub async fn open_attempt(&self, person: PersonId, document: DocumentId) -> Result<Option<Attempt>> {
        let sql = "SELECT id, version_id, started_at, ended_at FROM attempt
            WHERE person_id = $1 AND document_id = $2 AND ended_at IS NULL";
        self.reader().await?.optional(sql, vals![person, document]).await?.as_ref().map(attempt).transpose()
    }

    /// The newest attempt that has ended.
    pub async fn latest_ended_attempt(&self, person: PersonId, document: DocumentId) -> Result<Option<Attempt>> {
        let sql = "SELECT id, version_id, started_at, ended_at FROM attempt
            WHERE person_id = $1 AND document_id = $2 AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1";
        self.reader().await?.optional(sql, vals![person, document]).await?.as_ref().map(attempt).transpose()
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
                    Some(open) if open.is_open() => Ok(true),
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
}

/// Begins an attempt at a version; none when the version is not one of the document's.
pub(crate) async fn begin(
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

/// The newest attempt, open or ended.
pub(crate) async fn newest_attempt(tx: &mut Tx, person: PersonId, document: DocumentId) -> Result<Option<Attempt>> {
    let sql = "SELECT id, version_id, started_at, ended_at FROM attempt
        WHERE person_id = $1 AND document_id = $2 ORDER BY id DESC LIMIT 1";
    tx.optional(sql, vals![person, document]).await?.as_ref().map(attempt).transpose()
}

pub(crate) fn attempt(row: &Row) -> Result<Attempt> {
    Ok(Attempt {
        id: AttemptId(row.i64("id")?),
        version: VersionId(row.i64("version_id")?),
        started_at: row.i64("started_at")?,
        ended_at: row.i64_or_none("ended_at")?,
    })
}
