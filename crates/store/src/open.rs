//! The store: one writer, many readers, one of two engines.

use crate::{
    NewAudit, Result, StoreError,
    db::{Engine, Tx, vals},
    migrate,
    note::{Happened, Note},
    readers::FileReaders,
    writer::{self, Work, WriteCounters, Writer},
};
use sqlx::{
    ConnectOptions as _, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous},
};
use std::{
    path::{Path, PathBuf},
    str::FromStr as _,
    sync::Arc,
    time::Duration,
};
use tokio::time::timeout;

/// Before this one a bug in WAL mode could lose committed writes.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
const READERS: u32 = 8;
/// How long a connection, or the right to write, is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// How PostgreSQL plans: for the values that are asked for, as for a disk without a head, and without compiling, since all that is asked
/// here is short. With its own settings it would read whole tables where an index names a ward's few rows.
const PLANS: &str = "SET plan_cache_mode = force_custom_plan; SET random_page_cost = 1.1; SET jit = off";
/// How long a connection that was idle may take to show that it still works.
const STILL_THERE: Duration = Duration::from_secs(1);

/// Where the database is and how to open one more connection to it.
#[derive(Clone)]
pub(crate) enum Target {
    Sqlite { path: PathBuf, options: SqliteConnectOptions },
    Pg { options: PgConnectOptions },
}

enum Readers {
    Sqlite(Box<FileReaders>),
    Pg(PgPool),
}

struct Inner {
    target: Target,
    writer: Writer,
    readers: Readers,
}

/// The database. A clone is another handle on the same one.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    note: Option<Arc<Note>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.inner.target {
            Target::Sqlite { .. } => "Store(SQLite)",
            Target::Pg { .. } => "Store(PostgreSQL)",
        })
    }
}

impl Target {
    pub(crate) fn parse(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(':') {
                return Err(StoreError::Url { url: url.to_owned() });
            }
            return Ok(Self::sqlite(Path::new(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options =
                PgConnectOptions::from_str(url).map_err(|_| StoreError::Url { url: without_password(url) })?;
            return Ok(Self::Pg { options });
        }
        Err(StoreError::Url { url: without_password(url) })
    }

    pub(crate) fn sqlite(path: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // The thread that reads and the one that waits for the rows would wake each other every fifty rows.
            .row_buffer_size(500)
            .busy_timeout(PATIENCE);
        Self::Sqlite { path: path.to_owned(), options }
    }

    /// A connection that may write.
    pub(crate) async fn writing_connection(&self) -> Result<Tx> {
        match self {
            Self::Sqlite { options, .. } => Ok(Tx::Sqlite(options.connect().await?)),
            Self::Pg { options } => {
                let connected = timeout(PATIENCE, async {
                    let mut tx = Tx::Pg(options.connect().await?);
                    tx.script(PLANS).await?;
                    Ok(tx)
                });
                connected.await.unwrap_or_else(|_| Err(StoreError::unavailable("no connection within 5 s")))
            }
        }
    }

    /// A connection that fills a database of which nobody needs anything yet: a crash meanwhile may cost all of it.
    pub(crate) async fn filling_connection(&self) -> Result<Tx> {
        match self {
            Self::Sqlite { options, .. } => {
                let options = options
                    .clone()
                    .journal_mode(SqliteJournalMode::Memory)
                    .synchronous(SqliteSynchronous::Off)
                    .locking_mode(SqliteLockingMode::Exclusive)
                    .pragma("cache_size", "-262144");
                Ok(Tx::Sqlite(options.connect().await?))
            }
            Self::Pg { .. } => {
                let mut tx = self.writing_connection().await?;
                tx.script("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'").await?;
                Ok(tx)
            }
        }
    }

    fn readers(&self) -> Readers {
        match self {
            Self::Sqlite { options, .. } => {
                let options = options.clone().create_if_missing(false).pragma("query_only", "ON");
                Readers::Sqlite(Box::new(FileReaders::new(options, READERS, PATIENCE)))
            }
            Self::Pg { options } => Readers::Pg(
                PgPoolOptions::new()
                    .max_connections(READERS)
                    .acquire_timeout(PATIENCE)
                    // In the place of sqlx's own test, which waits for ever: one dead connection would use up the patience.
                    .test_before_acquire(false)
                    .before_acquire(|connection, _| {
                        Box::pin(async move {
                            let there = timeout(STILL_THERE, sqlx::Connection::ping(connection)).await;
                            there.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut)).map(|()| true)
                        })
                    })
                    .after_connect(|connection, _| {
                        Box::pin(async move {
                            sqlx::Executor::execute(&mut *connection, PLANS).await?;
                            sqlx::Executor::execute(&mut *connection, "SET default_transaction_read_only = on").await?;
                            Ok(())
                        })
                    })
                    .connect_lazy_with(options.clone()),
            ),
        }
    }
}

impl Store {
    /// Opens `sqlite:PATH` (made when missing) or `postgres://…`. Refuses an old SQLite and a database of a newer program; the
    /// tables are made by [`Store::migrate`].
    ///
    /// # Errors
    /// [`StoreError::Url`], [`StoreError::TooOldSqlite`], [`StoreError::NewerSchema`], or the engine's own.
    pub async fn open(url: &str) -> Result<Self> {
        Self::opened(Target::parse(url)?).await
    }

    async fn opened(target: Target) -> Result<Self> {
        let mut first = target.writing_connection().await?;
        refuse_old_sqlite(&mut first).await?;
        migrate::refuse_newer(&mut first, migrate::ALL).await?;
        let mut connections = vec![first];
        if let Target::Pg { .. } = target {
            connections.push(target.writing_connection().await?);
        }
        let writer = Writer::start(&target, connections);
        let readers = target.readers();
        Ok(Self { inner: Arc::new(Inner { target, writer, readers }), note: None })
    }

    /// As [`Store::open`], for filling a database of which nobody needs anything yet: what was written last may be lost with the
    /// machine's power.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_to_fill(url: &str) -> Result<Self> {
        Self::opened(match Target::parse(url)? {
            Target::Sqlite { path, options } => {
                Target::Sqlite { path, options: options.synchronous(SqliteSynchronous::Off) }
            }
            Target::Pg { options } => Target::Pg { options: options.options([("synchronous_commit", "off")]) },
        })
        .await
    }

    /// This store, with a line for the audit log that goes into the same transaction as what is written through it: both are
    /// there or neither. A write that is refused leaves none. An empty object is filled in by a write that makes one.
    #[must_use]
    pub fn noting(&self, entry: NewAudit, now: i64) -> Self {
        Self { inner: Arc::clone(&self.inner), note: Some(Arc::new(Note { entry, now })) }
    }

    /// Brings the tables to this program's schema. Two servers that start together migrate once; an existing SQLite file is copied
    /// to `FILE.schema-N.NOW` first. Returns how many steps were taken.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`], or the engine's own.
    pub async fn migrate(&self, now: i64) -> Result<usize> {
        migrate::migrate(&self.inner.target, migrate::ALL, now).await
    }

    /// Asks the database for an answer, for the health check.
    ///
    /// # Errors
    /// The engine's own.
    pub async fn ping(&self) -> Result<()> {
        self.reader().await?.one("SELECT 1 AS alive", vals![]).await.map(drop)
    }

    /// Finishes the writes that wait and closes every connection.
    pub async fn close(&self) {
        self.inner.writer.close().await;
        match &self.inner.readers {
            Readers::Sqlite(readers) => readers.close().await,
            Readers::Pg(pool) => {
                if timeout(PATIENCE, pool.close()).await.is_err() {
                    tracing::warn!("the database did not take part in closing the readers");
                }
            }
        }
    }

    /// How much has been written since the start.
    #[must_use]
    pub fn write_counters(&self) -> WriteCounters {
        self.inner.writer.counters()
    }

    pub(crate) fn target(&self) -> &Target {
        &self.inner.target
    }

    pub(crate) async fn reader(&self) -> Result<Tx> {
        Ok(match &self.inner.readers {
            Readers::Sqlite(readers) => Tx::SqliteReader(readers.lend().await?),
            Readers::Pg(pool) => Tx::PgReader(pool.acquire().await?),
        })
    }

    pub(crate) async fn write<A, T>(&self, args: A, work: Work<A, T>) -> Result<T>
    where
        A: Send + Sync + 'static,
        T: Happened + Send + Sync + 'static,
    {
        self.inner.writer.write(args, work, self.note.clone()).await
    }

    /// A write that changes many rows and may take longer than others wait for theirs. SQLite has one writer, so there it takes its turn
    /// and the others wait; PostgreSQL gives it a connection of its own.
    pub(crate) async fn write_long<A, T>(&self, args: A, work: Work<A, T>) -> Result<T>
    where
        A: Send + Sync + 'static,
        T: Happened + Send + Sync + 'static,
    {
        match &self.inner.target {
            Target::Sqlite { .. } => self.write(args, work).await,
            target @ Target::Pg { .. } => writer::long(target.clone(), args, work, self.note.clone()).await,
        }
    }
}

async fn refuse_old_sqlite(tx: &mut Tx) -> Result<()> {
    if tx.engine() == Engine::Pg {
        return Ok(());
    }
    let found = tx.one("SELECT sqlite_version() AS version", vals![]).await?.text("version")?;
    if sqlite_is_new_enough(&found) { Ok(()) } else { Err(StoreError::TooOldSqlite { found }) }
}

fn sqlite_is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    (part(), part(), part()) >= OLDEST_SQLITE
}

/// A URL for a message: what stands between `//` and `@` is left out.
fn without_password(url: &str) -> String {
    match (url.split_once("//"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}//…@{host}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_before_3_51_3_is_too_old() {
        for (version, enough) in
            [("3.51.2", false), ("3.51.3", true), ("3.9.99", false), ("3.52.0", true), ("4.0", true), ("", false)]
        {
            assert_eq!(sqlite_is_new_enough(version), enough, "{version}");
        }
    }

    #[test]
    fn a_url_in_a_message_has_no_password() {
        assert_eq!(without_password("mysql://me:secret@host/x"), "mysql://…@host/x");
        assert!(Target::parse("sqlite:").is_err());
        assert!(Target::parse("postgres://u@h/n").is_ok());
    }
}
