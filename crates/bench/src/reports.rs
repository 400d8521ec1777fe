//! Reports of an organisation as large as there are: made by [`organisation`], then read. The growth from 1,000 to 100,000 people.

use std::{future::poll_fn, hint::black_box, pin::Pin, time::Instant};

use futures_core::Stream;
use jiff::civil::date;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Executor as _, PgConnection, Row as _, SqliteConnection,
    postgres::PgConnectOptions, sqlite::SqliteConnectOptions,
};

use crate::{
    Outcome, Run,
    organisation::{self, Size},
    report::{Section, Table, mega},
    seed,
};

/// How many people the organisations have, the smallest first.
const PEOPLE: [usize; 3] = [1000, 10_000, 100_000];
const REQUIREMENTS: usize = 50;
const SEED: u64 = 1;
const DAY: jiff::civil::Date = date(2027, 5, 3);
/// How often the rows of today are read; the median counts.
const ROUNDS: usize = 5;

/// Makes the organisations and measures each.
pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let mut section = Section::new("reports", run);
    section.paragraph(&format!(
        "Everybody is asked for {REQUIREMENTS} requirements, a department has a hundred people, the history is three years long (`cargo xtask \
         generate`). “Made” is the generator; the raw reads are what a report cannot be quicker than: every row that says how somebody stands \
         with a requirement on {DAY}, counted, and four numbers of each fetched, on PostgreSQL with COPY."
    ));
    let mut table = Table::new(&[
        "engine",
        "people",
        "entries",
        "closed cycles",
        "rows of the day",
        "made, s",
        "on disk, MB",
        "counted, ms",
        "fetched, ms",
    ]);
    if run.postgres.is_none() {
        section.paragraph("PostgreSQL was not measured: `--postgres` names none.");
    }
    let sizes = if run.quick { &PEOPLE[..2] } else { &PEOPLE };
    for people in sizes {
        for database in databases(run, *people).await? {
            let size = Size { people: *people, departments: (people / 100).max(3), requirements: REQUIREMENTS };
            let start = Instant::now();
            let made = organisation::generate(&database.url, size, SEED, DAY).await?;
            let seconds = start.elapsed().as_secs_f64();
            let raw = database.raw().await?;
            table.row([
                database.engine.to_owned(),
                people.to_string(),
                made.loaded.facts.to_string(),
                made.loaded.cycles.to_string(),
                raw.rows.to_string(),
                format!("**{seconds:.1}**"),
                format!("{:.0}", mega(raw.bytes)),
                format!("{:.1}", raw.counted),
                format!("**{:.1}**", raw.fetched),
            ]);
            // What reports take is measured here, each against `raw.fetched`: the pages over HTTP, signed in as `made.sign_ins`, and
            // the exports.
            database.drop_it().await?;
            eprintln!("reports: {people} people on {} measured", database.engine);
        }
    }
    section.table(table);
    Ok(section)
}

/// A database of one organisation.
struct Database {
    engine: &'static str,
    url: String,
    /// The folder of an SQLite file.
    _folder: Option<tempfile::TempDir>,
    /// The database from which the one on PostgreSQL is dropped.
    server: Option<String>,
}

/// What reading the rows themselves takes, in milliseconds.
struct Raw {
    rows: usize,
    bytes: u64,
    counted: f64,
    fetched: f64,
}

async fn databases(run: &Run, people: usize) -> Outcome<Vec<Database>> {
    let folder = crate::scratch()?;
    let url = seed::sqlite(&folder.path().join("reports.db"));
    let mut all = vec![Database { engine: "SQLite", url, _folder: Some(folder), server: None }];
    if let Some(server) = &run.postgres {
        let name = format!("bench_reports_{people}");
        let (host, _) = server.rsplit_once('/').ok_or("the address of PostgreSQL names no database")?;
        let mut connection = postgres(server).await?;
        connection.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await?;
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        let url = format!("{host}/{name}");
        all.push(Database { engine: "PostgreSQL", url, _folder: None, server: Some(server.clone()) });
    }
    Ok(all)
}

async fn postgres(url: &str) -> Outcome<PgConnection> {
    Ok(url.parse::<PgConnectOptions>()?.connect().await?)
}

impl Database {
    async fn raw(&self) -> Outcome<Raw> {
        let day = records::day::Day::of(DAY).0;
        let of = |what: &str| format!("SELECT {what} FROM standing WHERE from_on <= {day} AND until_on > {day}");
        let (counting, fetching) = (of("count(*)"), of("person_id, requirement_id, due_on, valid_through"));
        let mut raw = Raw { rows: 0, bytes: 0, counted: 0.0, fetched: 0.0 };
        let (mut counted, mut fetched) = (Vec::new(), Vec::new());
        if self.server.is_some() {
            let mut connection = postgres(&self.url).await?;
            for _ in 0..ROUNDS {
                let start = Instant::now();
                sqlx::query(AssertSqlSafe(counting.clone())).fetch_one(&mut connection).await?;
                counted.push(milliseconds(start));
                let start = Instant::now();
                raw.rows = 0;
                let copy = format!("COPY ({fetching}) TO STDOUT");
                each(connection.copy_out_raw(&copy).await?, |lines| {
                    raw.rows += lines.iter().filter(|byte| **byte == b'\n').count();
                })
                .await?;
                fetched.push(milliseconds(start));
            }
            let size = "SELECT pg_database_size(current_database())";
            raw.bytes = u64::try_from(sqlx::query_scalar::<_, i64>(size).fetch_one(&mut connection).await?)?;
        } else {
            let mut connection: SqliteConnection = self.url.parse::<SqliteConnectOptions>()?.connect().await?;
            for _ in 0..ROUNDS {
                let start = Instant::now();
                sqlx::query(AssertSqlSafe(counting.clone())).fetch_one(&mut connection).await?;
                counted.push(milliseconds(start));
                let start = Instant::now();
                raw.rows = 0;
                each(sqlx::query(AssertSqlSafe(fetching.clone())).fetch(&mut connection), |row| {
                    black_box(row.get::<i64, _>(0) + row.get::<i64, _>(1));
                    black_box((row.get::<Option<i64>, _>(2), row.get::<Option<i64>, _>(3)));
                    raw.rows += 1;
                })
                .await?;
                fetched.push(milliseconds(start));
            }
            raw.bytes = std::fs::metadata(self.url.trim_start_matches("sqlite:"))?.len();
        }
        (raw.counted, raw.fetched) = (median(counted), median(fetched));
        Ok(raw)
    }

    async fn drop_it(&self) -> Outcome {
        if let (Some(server), Some((_, name))) = (&self.server, self.url.rsplit_once('/')) {
            postgres(server).await?.execute(AssertSqlSafe(format!("DROP DATABASE {name}"))).await?;
        }
        Ok(())
    }
}

/// Takes everything out of a stream, one after the other.
async fn each<T>(mut stream: impl Stream<Item = sqlx::Result<T>> + Unpin, mut take: impl FnMut(T)) -> Outcome {
    while let Some(item) = poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await {
        take(item?);
    }
    Ok(())
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}
