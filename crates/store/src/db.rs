//! The façade over the two engines: one connection type, four kinds of value, rows whose errors name the column.
//! Everything above this file writes SQL once, with `$1` placeholders, and never names sqlx.

use crate::{Result, StoreError, readers::Lent};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Postgres, Row as _, SqlSafeStr, Sqlite,
    SqliteConnection,
    pool::PoolConnection,
    postgres::{PgArguments, PgRow},
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};
use std::time::Duration;
use tokio::time::timeout;

/// How long one query of a reader may take on PostgreSQL; a request has 30 s for everything.
const LONGEST_READ: Duration = Duration::from_secs(15);

/// A value to bind. The empty ones are typed, since PostgreSQL wants to know what is missing.
#[derive(Debug, Clone)]
pub(crate) enum Val {
    I64(i64),
    Text(String),
    Blob(Vec<u8>),
    NoI64,
    NoText,
    NoBlob,
}

macro_rules! val_from {
    ($($from:ty => $some:ident / $none:ident by $how:expr),* $(,)?) => {$(
        impl From<$from> for Val {
            fn from(value: $from) -> Self {
                let how: fn($from) -> _ = $how;
                Self::$some(how(value))
            }
        }
        impl From<Option<$from>> for Val {
            fn from(value: Option<$from>) -> Self {
                value.map_or(Self::$none, Self::from)
            }
        }
    )*};
}
val_from! {
    i64 => I64 / NoI64 by |n| n,
    i32 => I64 / NoI64 by i64::from,
    u32 => I64 / NoI64 by i64::from,
    bool => I64 / NoI64 by i64::from,
    &str => Text / NoText by str::to_owned,
    String => Text / NoText by |text| text,
    &String => Text / NoText by String::clone,
    &[u8] => Blob / NoBlob by <[u8]>::to_vec,
    Vec<u8> => Blob / NoBlob by |bytes| bytes,
    &Vec<u8> => Blob / NoBlob by Vec::clone,
    &[u8; 32] => Blob / NoBlob by |bytes| bytes.to_vec(),
    [u8; 32] => Blob / NoBlob by |bytes| bytes.to_vec(),
}

/// Values in the order of their placeholders.
macro_rules! vals {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Val::from($value)),*] };
}
pub(crate) use vals;

/// Which engine answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Pg,
}

/// A connection, in a transaction when the writer handed it out.
pub(crate) enum Tx {
    Sqlite(SqliteConnection),
    Pg(PgConnection),
    SqliteReader(Lent),
    PgReader(PoolConnection<Postgres>),
}

enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    Pg(&'c mut PgConnection),
}

/// One row of an answer.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Pg(PgRow),
}

impl Tx {
    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) | Self::SqliteReader(_) => Engine::Sqlite,
            Self::Pg(_) | Self::PgReader(_) => Engine::Pg,
        }
    }

    fn conn(&mut self) -> Result<Conn<'_>> {
        Ok(match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Pg(conn) => Conn::Pg(conn),
            Self::SqliteReader(lent) => Conn::Sqlite(lent.connection()?),
            Self::PgReader(conn) => Conn::Pg(conn),
        })
    }

    /// Passes an outcome on; a reading connection that failed is not used again.
    fn judged<T>(&mut self, outcome: sqlx::Result<T>) -> Result<T> {
        if let (Err(_), Self::SqliteReader(lent)) = (&outcome, self) {
            lent.give_up();
        }
        Ok(outcome?)
    }

    /// All rows.
    pub(crate) async fn all(&mut self, sql: &'static str, vals: Vec<Val>) -> Result<Vec<Row>> {
        if let Self::PgReader(conn) = self {
            return read_pg(conn, sql, vals).await;
        }
        let rows = match self.conn()? {
            Conn::Sqlite(conn) => {
                bind_sqlite(sql, vals).fetch_all(conn).await.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Conn::Pg(conn) => {
                bind_pg(sql, vals).fetch_all(conn).await.map(|rows| rows.into_iter().map(Row::Pg).collect())
            }
        };
        self.judged(rows)
    }

    /// The first row, if there is one.
    pub(crate) async fn optional(&mut self, sql: &'static str, vals: Vec<Val>) -> Result<Option<Row>> {
        if let Self::SqliteReader(lent) = self {
            // sqlx resets the statement before it hands the row over, so that no read transaction stays open.
            let row = bind_sqlite(sql, vals).fetch_optional(lent.connection()?).await;
            return Ok(self.judged(row)?.map(Row::Sqlite));
        }
        // All rows are read: a statement stepped half way would keep a RETURNING or a read transaction open.
        Ok(self.all(sql, vals).await?.into_iter().next())
    }

    /// The one row of a query that always has one.
    pub(crate) async fn one(&mut self, sql: &'static str, vals: Vec<Val>) -> Result<Row> {
        self.optional(sql, vals).await?.ok_or_else(|| StoreError::corrupt(sql, "a row is missing"))
    }

    /// How many rows a statement changed.
    pub(crate) async fn run(&mut self, sql: &'static str, vals: Vec<Val>) -> Result<u64> {
        Ok(match self.conn()? {
            Conn::Sqlite(conn) => bind_sqlite(sql, vals).execute(conn).await?.rows_affected(),
            Conn::Pg(conn) => bind_pg(sql, vals).execute(conn).await?.rows_affected(),
        })
    }

    /// A statement over many rows, in as few calls as the engines take; how many rows it changed. `sql` holds `{rows}` once, in the
    /// place of the rows after VALUES, and has no other values.
    pub(crate) async fn many(&mut self, sql: &'static str, rows: Vec<Vec<Val>>) -> Result<u64> {
        let mut changed = 0;
        for (sql, vals, again) in chunks(self.engine(), sql, rows) {
            changed += match self.conn()? {
                Conn::Sqlite(conn) => {
                    bind_sqlite(AssertSqlSafe(sql), vals).persistent(again).execute(conn).await?.rows_affected()
                }
                Conn::Pg(conn) => {
                    bind_pg(AssertSqlSafe(sql), vals).persistent(again).execute(conn).await?.rows_affected()
                }
            };
        }
        Ok(changed)
    }

    /// As [`Tx::many`], for a plain INSERT into a table that nobody else uses meanwhile: PostgreSQL copies the rows in.
    pub(crate) async fn fill(&mut self, insert: &'static str, rows: Vec<Vec<Val>>) -> Result<()> {
        let Self::Pg(conn) = self else { return self.many(insert, rows).await.map(drop) };
        let into = insert.trim_start_matches("INSERT INTO").split("VALUES").next().unwrap_or_default();
        let mut copy = conn.copy_in_raw(&format!("COPY {into} FROM STDIN")).await?;
        for some in rows.chunks(MOST_ROWS) {
            copy.send(copied(some)).await?;
        }
        copy.finish().await?;
        Ok(())
    }

    /// As [`Tx::many`], for a statement that answers with rows; they come in no order.
    pub(crate) async fn all_of_many(&mut self, sql: &'static str, rows: Vec<Vec<Val>>) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        for (sql, vals, again) in chunks(self.engine(), sql, rows) {
            match self.conn()? {
                Conn::Sqlite(conn) => {
                    let rows = bind_sqlite(AssertSqlSafe(sql), vals).persistent(again).fetch_all(conn).await?;
                    found.extend(rows.into_iter().map(Row::Sqlite));
                }
                Conn::Pg(conn) => {
                    let rows = bind_pg(AssertSqlSafe(sql), vals).persistent(again).fetch_all(conn).await?;
                    found.extend(rows.into_iter().map(Row::Pg));
                }
            }
        }
        Ok(found)
    }

    /// Several statements without values: migrations, BEGIN, COMMIT.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self.conn()? {
            Conn::Sqlite(conn) => conn.execute(sql).await.map(drop)?,
            Conn::Pg(conn) => conn.execute(sql).await.map(drop)?,
        }
        Ok(())
    }

    /// Serialises the writes of one person: SQLite has one writer anyway, PostgreSQL locks the row.
    pub(crate) async fn lock_person(&mut self, person: crate::PersonId) -> Result<()> {
        if self.engine() == Engine::Pg {
            self.optional("SELECT id FROM person WHERE id = $1 FOR UPDATE", vals![person]).await?;
        }
        Ok(())
    }

    pub(crate) async fn close(self) -> Result<()> {
        match self {
            Self::Sqlite(conn) => conn.close().await?,
            Self::Pg(conn) => conn.close().await?,
            Self::SqliteReader(lent) => drop(lent),
            Self::PgReader(conn) => conn.close().await?,
        }
        Ok(())
    }
}

/// Reads over a connection of the pool. When the query is given up, by us or by whoever asked, the connection is closed: it would go
/// back to the pool still waiting, and a server that has fallen silent never answers.
async fn read_pg(conn: &mut PoolConnection<Postgres>, sql: &'static str, vals: Vec<Val>) -> Result<Vec<Row>> {
    struct Asking<'c> {
        conn: &'c mut PoolConnection<Postgres>,
        answered: bool,
    }
    impl Drop for Asking<'_> {
        fn drop(&mut self) {
            if !self.answered {
                self.conn.close_on_drop();
            }
        }
    }
    let mut asking = Asking { conn, answered: false };
    let rows = timeout(LONGEST_READ, bind_pg(sql, vals).fetch_all(&mut **asking.conn))
        .await
        .map_err(|_| StoreError::unavailable("the database took too long to answer"))?;
    asking.answered = true;
    Ok(rows?.into_iter().map(Row::Pg).collect())
}

/// How many values one statement may carry: SQLite takes 32,766 and PostgreSQL 65,535.
const MOST_VALUES: usize = 30_000;
/// How many rows one statement takes. More make it no faster, and a statement is parsed before it runs.
const MOST_ROWS: usize = 500;

/// The rows as statements: each with its values, and whether another one reads the same, so that it is worth keeping.
fn chunks(engine: Engine, sql: &'static str, rows: Vec<Vec<Val>>) -> Vec<(String, Vec<Val>, bool)> {
    use std::fmt::Write as _;
    let width = rows.first().map_or(1, Vec::len).max(1);
    let most = MOST_ROWS.min(MOST_VALUES / width);
    let statement = |count: usize| {
        let mut text = String::with_capacity(count * width * 6);
        for row in 0..count {
            for column in 0..width {
                let before = match (row, column) {
                    (0, 0) => "(",
                    (_, 0) => "), (",
                    _ => ", ",
                };
                text.push_str(before);
                match engine {
                    // SQLite looks a placeholder with a number up by its name among all the others, when it reads and when it binds:
                    // with thousands of them that would be most of the work.
                    Engine::Sqlite => text.push('?'),
                    // A string takes everything.
                    Engine::Pg => drop(write!(text, "${}", row * width + column + 1)),
                }
            }
        }
        text.push(')');
        sql.replace("{rows}", &text)
    };
    let mut rows = rows.into_iter().peekable();
    let mut chunks = Vec::new();
    while rows.peek().is_some() {
        let some: Vec<Vec<Val>> = rows.by_ref().take(most).collect();
        debug_assert!(some.iter().all(|row| row.len() == width), "every row has as many values: {sql}");
        let count = some.len();
        chunks.push((statement(count), some.into_iter().flatten().collect(), count == most));
    }
    chunks
}

/// Rows in the text form of PostgreSQL's COPY: tabs between the values, a line each.
fn copied(rows: &[Vec<Val>]) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(rows.len() * 100);
    for row in rows {
        for (at, val) in row.iter().enumerate() {
            if at > 0 {
                text.push('\t');
            }
            // A string takes everything.
            match val {
                Val::I64(n) => {
                    let _ = write!(text, "{n}");
                }
                Val::Text(words) => {
                    for letter in words.chars() {
                        match letter {
                            '\\' => text.push_str("\\\\"),
                            '\t' => text.push_str("\\t"),
                            '\n' => text.push_str("\\n"),
                            '\r' => text.push_str("\\r"),
                            letter => text.push(letter),
                        }
                    }
                }
                Val::Blob(bytes) => {
                    text.push_str("\\\\x");
                    for byte in bytes {
                        let _ = write!(text, "{byte:02x}");
                    }
                }
                Val::NoI64 | Val::NoText | Val::NoBlob => text.push_str("\\N"),
            }
        }
        text.push('\n');
    }
    text.into_bytes()
}

fn bind_sqlite(sql: impl SqlSafeStr, vals: Vec<Val>) -> Query<'static, Sqlite, SqliteArguments> {
    vals.into_iter().fold(sqlx::query(sql), |query, val| match val {
        Val::I64(n) => query.bind(n),
        Val::Text(text) => query.bind(text),
        Val::Blob(bytes) => query.bind(bytes),
        Val::NoI64 => query.bind(None::<i64>),
        Val::NoText => query.bind(None::<String>),
        Val::NoBlob => query.bind(None::<Vec<u8>>),
    })
}

fn bind_pg(sql: impl SqlSafeStr, vals: Vec<Val>) -> Query<'static, Postgres, PgArguments> {
    vals.into_iter().fold(sqlx::query(sql), |query, val| match val {
        Val::I64(n) => query.bind(n),
        Val::Text(text) => query.bind(text),
        Val::Blob(bytes) => query.bind(bytes),
        Val::NoI64 => query.bind(None::<i64>),
        Val::NoText => query.bind(None::<String>),
        Val::NoBlob => query.bind(None::<Vec<u8>>),
    })
}

macro_rules! getter {
    ($name:ident, $maybe:ident, $type:ty) => {
        pub(crate) fn $maybe(&self, column: &'static str) -> Result<Option<$type>> {
            match self {
                Self::Sqlite(row) => row.try_get(column),
                Self::Pg(row) => row.try_get(column),
            }
            .map_err(|error| StoreError::corrupt(column, error))
        }

        pub(crate) fn $name(&self, column: &'static str) -> Result<$type> {
            self.$maybe(column)?.ok_or_else(|| StoreError::corrupt(column, "it is empty"))
        }
    };
}

impl Row {
    getter!(i64, i64_or_none, i64);
    getter!(text, text_or_none, String);
    getter!(blob, blob_or_none, Vec<u8>);

    pub(crate) fn bool(&self, column: &'static str) -> Result<bool> {
        Ok(self.i64(column)? != 0)
    }

    pub(crate) fn bool_or_none(&self, column: &'static str) -> Result<Option<bool>> {
        Ok(self.i64_or_none(column)?.map(|n| n != 0))
    }

    pub(crate) fn days_or_none(&self, column: &'static str) -> Result<Option<i32>> {
        let days = self.i64_or_none(column)?.map(i32::try_from).transpose();
        days.map_err(|error| StoreError::corrupt(column, error))
    }

    /// A civil date: days since 1970-01-01.
    pub(crate) fn days(&self, column: &'static str) -> Result<i32> {
        i32::try_from(self.i64(column)?).map_err(|error| StoreError::corrupt(column, error))
    }

    /// A BLAKE3 hash.
    pub(crate) fn hash(&self, column: &'static str) -> Result<[u8; 32]> {
        self.blob(column)?.try_into().map_err(|bytes: Vec<u8>| {
            StoreError::corrupt(column, format_args!("a hash has 32 bytes, this has {}", bytes.len()))
        })
    }
}
