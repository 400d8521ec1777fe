//! What came of files that were brought into the studio: the reports of the last of them.

use crate::{
    PersonId, Result, Store,
    db::{Row, vals},
};

/// How many reports are kept.
const MOST: i64 = 100;

/// A file that was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtFile {
    /// Its id.
    pub id: i64,
    /// When, microseconds.
    pub at: i64,
    /// Who brought it, by name.
    pub by: String,
    /// What it was called.
    pub file_name: String,
    /// How many drafts it became.
    pub drafts: i64,
}

/// What came of a file, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBrought {
    /// Who brought it.
    pub by: PersonId,
    /// What it was called.
    pub file_name: String,
    /// How many drafts it became.
    pub drafts: i64,
    /// The whole report, in JSON.
    pub report: String,
}

macro_rules! brought_of {
    ($more:literal) => {
        concat!(
            "SELECT b.id, b.at, p.name AS by_name, b.file_name, b.drafts",
            $more,
            " FROM brought b JOIN person p ON p.id = b.by_id "
        )
    };
}

impl Store {
    /// Keeps what came of a file, and lets the oldest reports go. Gives its id.
    pub async fn keep_brought(&self, new: NewBrought, now: i64) -> Result<i64> {
        self.write((new, now), |tx, (new, now)| {
            Box::pin(async move {
                let sql = "INSERT INTO brought (at, by_id, file_name, drafts, report) VALUES ($1, $2, $3, $4, $5) RETURNING id";
                let row = tx.one(sql, vals![*now, new.by, &new.file_name, new.drafts, &new.report]).await?;
                let old = "DELETE FROM brought WHERE id NOT IN (SELECT id FROM brought ORDER BY id DESC LIMIT $1)";
                tx.run(old, vals![MOST]).await?;
                row.i64("id")
            })
        })
        .await
    }

    /// The files that were brought last, the newest first.
    pub async fn brought_files(&self, most: i64) -> Result<Vec<BroughtFile>> {
        let sql = concat!(brought_of!(""), "ORDER BY b.id DESC LIMIT $1");
        self.reader().await?.all(sql, vals![most]).await?.iter().map(file).collect()
    }

    /// A file that was brought, and its report.
    pub async fn brought(&self, id: i64) -> Result<Option<(BroughtFile, String)>> {
        let sql = concat!(brought_of!(", b.report"), "WHERE b.id = $1");
        let row = self.reader().await?.optional(sql, vals![id]).await?;
        row.map(|row| Ok((file(&row)?, row.text("report")?))).transpose()
    }
}

fn file(row: &Row) -> Result<BroughtFile> {
    Ok(BroughtFile {
        id: row.i64("id")?,
        at: row.i64("at")?,
        by: row.text("by_name")?,
        file_name: row.text("file_name")?,
        drafts: row.i64("drafts")?,
    })
}
