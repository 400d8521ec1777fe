//! A database per test, on either engine.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Instant,
};

use sqlx::{Connection as _, Executor as _};

use crate::program::PATIENCE;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// An empty database; it goes with [`Database::drop_it`]. Its folder goes in any case.
#[derive(Debug)]
pub struct Database {
    /// Where it is, as `--database-url` takes it.
    pub url: String,
    /// A folder for this test alone. An SQLite file lies in it.
    pub folder: tempfile::TempDir,
    postgres: Option<(String, String)>,
}

impl Database {
    /// The place of an SQLite file that is not there yet.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("clinic.db").display());
        Self { url, folder, postgres: None }
    }

    /// A new database in the private cluster of this run.
    ///
    /// # Panics
    /// When there is no such cluster: a test never passes by not running.
    pub async fn postgres() -> Self {
        let base = std::env::var("BEDSIDE_TEST_POSTGRES")
            .expect("run `cargo xtask test`, it starts a private PostgreSQL (BEDSIDE_TEST_POSTGRES is not set)");
        let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        execute(&base, &format!("CREATE DATABASE {name}")).await;
        let (server, _) = base.rsplit_once('/').expect("a database in the URL");
        let url = format!("{server}/{name}");
        Self { url, folder: tempfile::tempdir().expect("a folder"), postgres: Some((base, name)) }
    }

    /// Which engine it is on.
    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// Runs SQL behind the product's back.
    pub async fn execute(&self, sql: &str) {
        execute(&self.url, sql).await;
    }

    /// The number that a query of one row and one column finds, behind the product's back.
    pub async fn number(&self, sql: &str) -> i64 {
        let mut held = Held::by(&self.url, "SELECT 1").await;
        let query = sqlx::AssertSqlSafe(sql.to_owned());
        let number = match &mut held {
            Held::Sqlite(connection) => sqlx::query_scalar(query).fetch_one(connection).await.expect(sql),
            Held::Postgres(connection) => sqlx::query_scalar(query).fetch_one(connection).await.expect(sql),
        };
        held.close().await;
        number
    }

    /// Waits until so many connections wait for a lock of PostgreSQL.
    ///
    /// # Panics
    /// When they do not within [`PATIENCE`].
    pub async fn until_waiting(&self, connections: i64) {
        let waits =
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        let began = Instant::now();
        loop {
            let waiting = self.number(waits).await;
            if waiting >= connections {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{waiting} of {connections} connections wait");
        }
    }

    /// Removes it, whoever is still connected.
    pub async fn drop_it(self) {
        if let Some((base, name)) = &self.postgres {
            execute(base, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// A connection of its own on which something is held, for instance a lock; it lets go when it is dropped.
#[derive(Debug)]
pub enum Held {
    /// On SQLite.
    Sqlite(sqlx::SqliteConnection),
    /// On PostgreSQL.
    Postgres(sqlx::PgConnection),
}

impl Held {
    /// Connects to the database at `url` and runs `sql`, for instance a BEGIN and what takes the lock.
    pub async fn by(url: &str, sql: &str) -> Self {
        let mut held = if url.starts_with("sqlite:") {
            Self::Sqlite(sqlx::SqliteConnection::connect(url).await.expect("connects"))
        } else {
            Self::Postgres(sqlx::PgConnection::connect(url).await.expect("connects"))
        };
        held.execute(sql).await;
        held
    }

    /// Runs more SQL on the same connection.
    pub async fn execute(&mut self, sql: &str) {
        let statement = sqlx::AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(connection) => connection.execute(statement).await.map(drop).expect(sql),
            Self::Postgres(connection) => connection.execute(statement).await.map(drop).expect(sql),
        }
    }

    /// Lets go and says goodbye.
    pub async fn close(self) {
        match self {
            Self::Sqlite(connection) => connection.close().await.expect("closes"),
            Self::Postgres(connection) => connection.close().await.expect("closes"),
        }
    }
}

/// Runs SQL on the database at `url`, behind the product's back.
pub async fn execute(url: &str, sql: &str) {
    Held::by(url, sql).await.close().await;
}
