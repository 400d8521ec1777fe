//! Files that are made in the background for one person, and wait for them.
//!
//! A file is leased by the server that makes it, so that of several servers one does; a lease that runs out gives it to the next, who
//! begins anew. Every write of whoever makes it asks for the lease in the same statement, so that one who has lost it, or whose file was
//! deleted by its owner, writes nothing any more.

use crate::{
    ExportId, PersonId, Result, Store, StoreError,
    db::{Engine, Row, Tx, vals},
    note::{Done, Happened},
};

/// So many files may be waited for by one person at a time.
const OPEN: i64 = 5;
/// After so many beginnings that nobody ended, a file is given up: whatever ends them would end the next one too.
const TRIES: i64 = 3;
/// What is said of a file that was given up.
const GIVEN_UP: &str = "It was begun three times and never came to its end. Narrow the report by a filter, or take it as CSV; \
                        tell your administrator if it happens again.";

/// How a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportState {
    /// Nobody has begun it.
    Waiting,
    /// It is being made.
    Running,
    /// It is there.
    Done,
    /// It could not be made.
    Failed,
}

/// A file that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExport {
    /// Who asks.
    pub person: PersonId,
    /// The report.
    pub report: String,
    /// Its filters, as an address says them.
    pub query: String,
    /// The kind of file.
    pub format: String,
    /// What it is called in lists.
    pub title: String,
    /// The name it is saved under.
    pub file_name: String,
    /// How many rows it will have, where that is known.
    pub all_rows: Option<u64>,
}

/// What came of asking for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportAdded {
    /// It waits under this number.
    Waits(ExportId),
    /// The person waits for too many already.
    TooMany,
}

/// A file, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The number.
    pub id: ExportId,
    /// The kind of file.
    pub format: String,
    /// What it is called in lists.
    pub title: String,
    /// The name it is saved under.
    pub file_name: String,
    /// How it stands.
    pub state: ExportState,
    /// How many rows are in it so far.
    pub done_rows: u64,
    /// How many there will be, where that is known.
    pub all_rows: Option<u64>,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// The rights it was made with, as its maker wrote them down.
    pub rights: String,
    /// Why it could not be made, in words.
    pub error: String,
    /// When it was asked for, microseconds.
    pub made_at: i64,
}

/// A file that this server alone may make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedExport {
    /// The number.
    pub id: ExportId,
    /// For whom.
    pub person: PersonId,
    /// The report.
    pub report: String,
    /// Its filters, as an address says them.
    pub query: String,
    /// The kind of file.
    pub format: String,
}

/// Who makes a file, and until when nobody else takes it up (microseconds).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportLease {
    /// The file.
    pub id: ExportId,
    /// The server.
    pub owner: String,
    /// The end of the lease.
    pub until: i64,
}

/// How far a file is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportProgress {
    /// How many rows are in it so far.
    pub done_rows: u64,
    /// How many there will be, where that is known.
    pub all_rows: Option<u64>,
    /// The next part of its bytes, if one is ready.
    pub part: Option<ExportPart>,
}

/// A part of a file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportPart {
    /// Its place, from 0.
    pub no: i64,
    /// Its bytes as they are kept.
    pub bytes: Vec<u8>,
    /// How many bytes of the file it stands for.
    pub length: u64,
}

const LEASE_SQLITE: &str = "UPDATE export SET state = 'running', lease_owner = $1, lease_until = $2, tries = tries + 1,
        done_rows = 0, bytes = 0, error = ''
    WHERE id IN (SELECT id FROM export WHERE state IN ('waiting', 'running') AND (state = 'waiting' OR lease_until <= $3)
        ORDER BY id LIMIT 1)
    RETURNING id, person_id, report, query, format, tries";
/// A row that another server is just leasing is passed over.
const LEASE_PG: &str = "UPDATE export SET state = 'running', lease_owner = $1, lease_until = $2, tries = tries + 1,
        done_rows = 0, bytes = 0, error = ''
    WHERE id IN (SELECT id FROM export WHERE state IN ('waiting', 'running') AND (state = 'waiting' OR lease_until <= $3)
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, person_id, report, query, format, tries";

impl Store {
    /// Asks for a file.
    pub async fn add_export(&self, new: NewExport, now: i64) -> Result<ExportAdded> {
        self.write((new, now), |tx, (new, now)| Box::pin(add(tx, new, *now))).await
    }

    /// The files of a person, the newest first.
    pub async fn exports_of(&self, person: PersonId, limit: i64) -> Result<Vec<Export>> {
        let sql =
            "SELECT id, format, title, file_name, state, done_rows, all_rows, bytes, rights, error, made_at FROM export
            WHERE person_id = $1 ORDER BY id DESC LIMIT $2";
        self.reader().await?.all(sql, vals![person, limit]).await?.iter().map(export).collect()
    }

    /// One file of a person; none where it is not theirs.
    pub async fn export(&self, person: PersonId, id: ExportId) -> Result<Option<Export>> {
        let sql =
            "SELECT id, format, title, file_name, state, done_rows, all_rows, bytes, rights, error, made_at FROM export
            WHERE id = $1 AND person_id = $2";
        self.reader().await?.optional(sql, vals![id, person]).await?.as_ref().map(export).transpose()
    }

    /// The bytes of a part as they are kept; none where there is no such part.
    pub async fn export_part(&self, id: ExportId, no: i64) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT bytes FROM export_part WHERE export_id = $1 AND no = $2";
        self.reader().await?.optional(sql, vals![id, no]).await?.map(|row| row.blob("bytes")).transpose()
    }

    /// Deletes a file of a person; whoever is just making it stops. False where it is not theirs.
    pub async fn delete_export(&self, person: PersonId, id: ExportId) -> Result<bool> {
        self.write((person, id), |tx, (person, id)| {
            Box::pin(async move {
                let sql = "SELECT id FROM export WHERE id = $1 AND person_id = $2";
                match tx.optional(sql, vals![*id, *person]).await? {
                    Some(_) => delete(tx, *id).await,
                    None => Ok(false),
                }
            })
        })
        .await
    }

    /// Has a file made once more that failed, or that its owner may no longer have as it is. False where there is nothing to make anew.
    pub async fn make_export_again(&self, person: PersonId, id: ExportId, now: i64) -> Result<bool> {
        self.write((person, id, now), |tx, (person, id, now)| {
            Box::pin(async move {
                let sql = "UPDATE export SET state = 'waiting', error = '', tries = 0, done_rows = 0, bytes = 0, made_at = $3,
                        ended_at = NULL, lease_until = NULL, lease_owner = NULL
                    WHERE id = $1 AND person_id = $2 AND state IN ('done', 'failed')";
                let again = tx.run(sql, vals![*id, *person, *now]).await? == 1;
                if again {
                    delete_parts(tx, *id).await?;
                }
                Ok(again)
            })
        })
        .await
    }

    /// Whether there is a file to be made. It only reads.
    pub async fn exports_wait(&self, now: i64) -> Result<bool> {
        let sql = "SELECT id FROM export WHERE state IN ('waiting', 'running') AND (state = 'waiting' OR lease_until <= $1) LIMIT 1";
        Ok(self.reader().await?.optional(sql, vals![now]).await?.is_some())
    }

    /// Gives the oldest file that waits to `owner` until `until`: one that nobody has begun, or whose maker's lease ran out. What that one
    /// had made of it is thrown away; after several beginnings it is given up.
    pub async fn lease_export(&self, owner: &str, until: i64, now: i64) -> Result<Option<LeasedExport>> {
        self.write((owner.to_owned(), until, now), |tx, (owner, until, now)| Box::pin(lease(tx, owner, *until, *now)))
            .await
    }

    /// Keeps how far a file is, and the lease. False where it is not this server's any more: then nothing is kept.
    pub async fn keep_export(&self, lease: &ExportLease, progress: ExportProgress) -> Result<bool> {
        self.write((lease.clone(), progress), |tx, (lease, progress)| Box::pin(keep(tx, lease, progress))).await
    }

    /// Ends a file that is whole, made with these rights. False where it is not this server's any more.
    pub async fn finish_export(&self, lease: &ExportLease, rows: u64, rights: &str, now: i64) -> Result<bool> {
        let rights = rights.to_owned();
        self.write((lease.clone(), rows, rights, now), |tx, (lease, rows, rights, now)| {
            Box::pin(async move {
                let sql = "UPDATE export SET state = 'done', done_rows = $3, all_rows = $3, rights = $4, ended_at = $5,
                        lease_until = NULL, lease_owner = NULL
                    WHERE id = $1 AND lease_owner = $2 AND state = 'running'";
                Ok(tx.run(sql, vals![lease.id, &lease.owner, number(*rows), rights, *now]).await? == 1)
            })
        })
        .await
    }

    /// Ends a file that cannot be made, with why, in words. False where it is not this server's any more.
    pub async fn fail_export(&self, lease: &ExportLease, error: &str, now: i64) -> Result<bool> {
        self.write((lease.clone(), error.to_owned(), now), |tx, (lease, error, now)| {
            Box::pin(async move {
                let sql = "UPDATE export SET state = 'failed', error = $3, ended_at = $4, lease_until = NULL, lease_owner = NULL
                    WHERE id = $1 AND lease_owner = $2 AND state = 'running'";
                let failed = tx.run(sql, vals![lease.id, &lease.owner, error, *now]).await? == 1;
                if failed {
                    delete_parts(tx, lease.id).await?;
                }
                Ok(failed)
            })
        })
        .await
    }

    /// Gives back what this server is making, for instance when it ends: the next one begins it anew at once.
    pub async fn return_exports(&self, owner: &str) -> Result<u64> {
        self.write(owner.to_owned(), |tx, owner| {
            Box::pin(async move {
                // An end that was meant is no try.
                let sql =
                    "UPDATE export SET state = 'waiting', lease_until = NULL, lease_owner = NULL, tries = tries - 1
                    WHERE lease_owner = $1 AND state = 'running'";
                tx.run(sql, vals![owner]).await
            })
        })
        .await
    }

    /// Removes files that were asked for before an instant, one at a time, so that nobody waits for many of them. Gives how many.
    pub async fn purge_exports(&self, before: i64) -> Result<u64> {
        let rows =
            self.reader().await?.all("SELECT id FROM export WHERE made_at < $1 ORDER BY id", vals![before]).await?;
        let mut removed = 0;
        for row in rows {
            let id = ExportId(row.i64("id")?);
            removed += u64::from(self.write(id, |tx, id| Box::pin(delete(tx, *id))).await?);
        }
        Ok(removed)
    }
}

async fn add(tx: &mut Tx, new: &NewExport, now: i64) -> Result<ExportAdded> {
    tx.lock_person(new.person).await?;
    let open = "SELECT count(*) AS many FROM export WHERE person_id = $1 AND state IN ('waiting', 'running')";
    if tx.one(open, vals![new.person]).await?.i64("many")? >= OPEN {
        return Ok(ExportAdded::TooMany);
    }
    let sql = "INSERT INTO export (person_id, report, query, format, title, file_name, all_rows, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    let NewExport { person, report, query, format, title, file_name, all_rows } = new;
    let vals = vals![*person, report, query, format, title, file_name, all_rows.map(number), now];
    Ok(ExportAdded::Waits(ExportId(tx.one(sql, vals).await?.i64("id")?)))
}

async fn lease(tx: &mut Tx, owner: &str, until: i64, now: i64) -> Result<Option<LeasedExport>> {
    let sql = match tx.engine() {
        Engine::Sqlite => LEASE_SQLITE,
        Engine::Pg => LEASE_PG,
    };
    while let Some(row) = tx.optional(sql, vals![owner, until, now]).await? {
        let id = ExportId(row.i64("id")?);
        delete_parts(tx, id).await?;
        if row.i64("tries")? > TRIES {
            let sql = "UPDATE export SET state = 'failed', error = $2, ended_at = $3, lease_until = NULL, lease_owner = NULL WHERE id = $1";
            tx.run(sql, vals![id, GIVEN_UP, now]).await?;
            continue;
        }
        return Ok(Some(LeasedExport {
            id,
            person: PersonId(row.i64("person_id")?),
            report: row.text("report")?,
            query: row.text("query")?,
            format: row.text("format")?,
        }));
    }
    Ok(None)
}

async fn keep(tx: &mut Tx, lease: &ExportLease, progress: &ExportProgress) -> Result<bool> {
    let sql = "UPDATE export SET done_rows = $3, all_rows = $4, bytes = bytes + $5, lease_until = $6
        WHERE id = $1 AND lease_owner = $2 AND state = 'running'";
    let ExportProgress { done_rows, all_rows, part } = progress;
    let length = part.as_ref().map_or(0, |part| number(part.length));
    let vals = vals![lease.id, &lease.owner, number(*done_rows), all_rows.map(number), length, lease.until];
    if tx.run(sql, vals).await? == 0 {
        return Ok(false);
    }
    if let Some(part) = part {
        let sql = "INSERT INTO export_part (export_id, no, bytes) VALUES ($1, $2, $3)";
        tx.run(sql, vals![lease.id, part.no, &part.bytes]).await?;
    }
    Ok(true)
}

async fn delete(tx: &mut Tx, id: ExportId) -> Result<bool> {
    // The row is locked first, so that nobody adds a part meanwhile.
    let gone = "UPDATE export SET state = 'failed', lease_owner = NULL WHERE id = $1";
    tx.run(gone, vals![id]).await?;
    delete_parts(tx, id).await?;
    Ok(tx.run("DELETE FROM export WHERE id = $1", vals![id]).await? == 1)
}

async fn delete_parts(tx: &mut Tx, id: ExportId) -> Result<u64> {
    tx.run("DELETE FROM export_part WHERE export_id = $1", vals![id]).await
}

impl Happened for ExportAdded {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Waits(_)).then(Done::default)
    }
}

impl Happened for Option<LeasedExport> {
    fn happened(&self) -> Option<Done> {
        self.as_ref().map(|_| Done::default())
    }
}

fn number(many: u64) -> i64 {
    i64::try_from(many).unwrap_or(i64::MAX)
}

fn export(row: &Row) -> Result<Export> {
    let many = |column, many: i64| u64::try_from(many).map_err(|error| StoreError::corrupt(column, error));
    let state = match row.text("state")?.as_str() {
        "waiting" => ExportState::Waiting,
        "running" => ExportState::Running,
        "done" => ExportState::Done,
        "failed" => ExportState::Failed,
        other => return Err(StoreError::corrupt("export.state", format_args!("unknown: {other}"))),
    };
    Ok(Export {
        id: ExportId(row.i64("id")?),
        format: row.text("format")?,
        title: row.text("title")?,
        file_name: row.text("file_name")?,
        state,
        done_rows: many("done_rows", row.i64("done_rows")?)?,
        all_rows: row.i64_or_none("all_rows")?.map(|rows| many("all_rows", rows)).transpose()?,
        bytes: many("bytes", row.i64("bytes")?)?,
        rights: row.text("rights")?,
        error: row.text("error")?,
        made_at: row.i64("made_at")?,
    })
}
