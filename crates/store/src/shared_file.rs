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
                // A later revision than the first meets its row, or nothing is kept: a file does not begin in the middle.
                if *from > 0 {
                    let sql = "UPDATE shared_file SET source = $1, rev = rev + 1, changed_at = $2, changed_by = $3
                        WHERE name = $4 AND rev = $5";
                    let args = vals![source.as_str(), *now, *by, name.as_str(), *from];
                    return Ok(SharedKept(tx.run(sql, args).await? == 1));
                }
                let sql =
                    "INSERT INTO shared_file (name, source, rev, changed_at, changed_by) VALUES ($1, $2, 1, $3, $4)
                    ON CONFLICT (name) DO NOTHING";
                Ok(SharedKept(tx.run(sql, vals![name.as_str(), source.as_str(), *now, *by]).await? == 1))
            })
        })
        .await
    }
}
