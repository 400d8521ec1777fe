//! What is written once for all courseware: `paths.yaml` and `competencies.yaml`, each as one text that counts its changes.

use crate::{
    PersonId, Result, Store,
    db::vals,
    note::{Done, Happened},
};

/// A file that all courseware shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedFile {
    /// What it says.
    pub source: String,
    /// Which change of it this is, from 1.
    pub rev: i64,
    /// When it was changed last, microseconds.
    pub changed_at: i64,
    /// Who changed it last.
    pub changed_by: String,
}

/// Whether a shared file was kept: false where somebody else changed it meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedKept(pub bool);

impl Happened for SharedKept {
    fn happened(&self) -> Option<Done> {
        self.0.then(Done::default)
    }
}

impl Store {
    /// A shared file by its name; none where nobody changed what came with the program.
    pub async fn shared_file(&self, name: &str) -> Result<Option<SharedFile>> {
        let sql = "SELECT f.source, f.rev, f.changed_at, p.name FROM shared_file f JOIN person p ON p.id = f.changed_by
            WHERE f.name = $1";
        let row = self.reader().await?.optional(sql, vals![name]).await?;
        row.map(|row| {
            Ok(SharedFile {
                source: row.text("source")?,
                rev: row.i64("rev")?,
                changed_at: row.i64("changed_at")?,
                changed_by: row.text("name")?,
            })
        })
        .transpose()
    }

    /// Keeps a shared file that was changed from the revision `from`, 0 where there was none.
    pub async fn keep_shared_file(
        &self,
        name: &str,
        source: &str,
        (from, by): (i64, PersonId),
        now: i64,
    ) -> Result<SharedKept> {
        let args = (name.to_owned(), source.to_owned(), from, by, now);
        self.write(args, |tx, (name, source, from, by, now)| {
            Box::pin(async move {
                let sql =
                    "INSERT INTO shared_file (name, source, rev, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (name) DO UPDATE SET source = excluded.source, rev = excluded.rev,
                        changed_at = excluded.changed_at, changed_by = excluded.changed_by
                    WHERE shared_file.rev = excluded.rev - 1
                    RETURNING rev";
                let args = vals![name.as_str(), source.as_str(), *from + 1, *now, *by];
                // A first one that comes too late meets one that is there; one of a later revision meets none only where none is.
                let there = tx.optional("SELECT rev FROM shared_file WHERE name = $1", vals![name.as_str()]).await?;
                let stands = there.map(|row| row.i64("rev")).transpose()?.unwrap_or(0);
                if stands != *from {
                    return Ok(SharedKept(false));
                }
                Ok(SharedKept(tx.optional(sql, args).await?.is_some()))
            })
        })
        .await
    }
}
