//! Reports of an organisation as large as there are: made by [`organisation`], then read. The growth from 1,000 to 100,000 people.

use std::{
    future::poll_fn,
    hint::black_box,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_core::Stream;
use jiff::civil::date;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Executor as _, PgConnection, Row as _, SqliteConnection,
    postgres::PgConnectOptions, sqlite::SqliteConnectOptions,
};

use store::{PersonId, Store};
use usecases::{
    Usecases,
    exports::{Exported, FileKind},
    reports::{Report, Typed},
};

use crate::{
    Outcome, Run,
    organisation::{self, Size},
    report::{Section, Table, goal, mega},
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
    let mut grown =
        Table::new(&["engine", "people", "what", "the first time, ms", "half of the others, ms", "99 of 100, ms"]);
    let mut files =
        Table::new(&["engine", "people", "lines", "MB", "seconds", "times the raw read", "memory more, MB"]);
    let mut goals = Vec::new();
    if run.postgres.is_none() && run.organisations.is_empty() {
        section.paragraph("PostgreSQL was not measured: `--postgres` names none.");
    }
    let mut organisations = Vec::new();
    // What was generated before stands in the place of the largest.
    let most = if run.quick || !run.organisations.is_empty() { 2 } else { PEOPLE.len() };
    for people in &PEOPLE[..most] {
        organisations.extend(databases(run, *people).await?.into_iter().map(|database| (database, Some(*people))));
    }
    for url in &run.organisations {
        let engine = if url.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" };
        let server = (engine == "PostgreSQL").then(|| url.clone());
        organisations.push((Database { engine, url: url.clone(), _folder: None, server }, None));
    }
    for (database, size) in organisations {
        let start = Instant::now();
        let mut made = None;
        if let Some(people) = size {
            let size = Size { people, departments: (people / 100).max(3), requirements: REQUIREMENTS };
            made = Some(organisation::generate(&database.url, size, SEED, DAY).await?.loaded);
        }
        let seconds = made.as_ref().map(|_| start.elapsed().as_secs_f64());
        let raw = database.raw().await?;
        let or_none = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
        let many = raw.rows / REQUIREMENTS;
        let people = size.unwrap_or(many);
        table.row([
            database.engine.to_owned(),
            people.to_string(),
            or_none(made.as_ref().map(|made| made.facts)),
            or_none(made.as_ref().map(|made| made.cycles)),
            raw.rows.to_string(),
            seconds.map_or_else(|| "–".to_owned(), |seconds| format!("**{seconds:.1}**")),
            format!("{:.0}", mega(raw.bytes)),
            format!("{:.1}", raw.counted),
            format!("**{:.1}**", raw.fetched),
        ]);
        let asked = pages(&database.url).await?;
        for (what, times) in &asked.pages {
            grown.row([
                database.engine.to_owned(),
                people.to_string(),
                (*what).to_owned(),
                format!("{:.1}", times.first),
                format!("**{:.1}**", times.half),
                format!("**{:.1}**", times.most),
            ]);
        }
        let ratio = asked.file_seconds * 1000.0 / raw.fetched;
        files.row([
            database.engine.to_owned(),
            people.to_string(),
            asked.file_rows.to_string(),
            format!("{:.0}", mega(asked.file_bytes)),
            format!("**{:.2}**", asked.file_seconds),
            format!("**{ratio:.2}**"),
            format!("**{:.0}**", mega(asked.file_memory)),
        ]);
        if people > PEOPLE[1] {
            for (what, most) in GOALS {
                let found =
                    asked.pages.iter().find(|(name, _)| *name == what).map_or(f64::MAX, |(_, times)| times.most);
                let words = format!("{}, {found:.1} ms", database.engine);
                goals.push(goal(&format!("{what} in {most} ms, 99 of 100"), found <= most, &words));
            }
            let words = format!("{}, {ratio:.2} times", database.engine);
            goals.push(goal("the whole matrix as CSV in twice the time of the raw read", ratio <= 2.0, &words));
            let memory = mega(asked.file_memory);
            let words = format!("{}, {memory:.0} MB", database.engine);
            goals.push(goal("with less than 64 MB of memory more", memory < 64.0, &words));
        }
        if size.is_some() {
            database.drop_it().await?;
        }
        eprintln!("reports: {people} people on {} measured", database.engine);
    }
    section.table(table);
    section.paragraph(&format!(
        "Pages as use cases, in this process and without HTTP, asked for {DAY} in turns; the first time nothing is kept in memory yet. A ward \
         has a hundred people."
    ));
    section.table(grown);
    section.paragraph("The matrix of everybody as CSV, as somebody who asks for it gets it: up to 20,000 lines at once, above that made in the background, packed and kept. The ratio is to the raw read above.");
    section.table(files);
    if !goals.is_empty() {
        section.goals(&goals);
    }
    Ok(section)
}

/// What reports are to take, of 100,000 people, in milliseconds.
const GOALS: [(&str, f64); 4] = [
    ("a ward's departments page", 10.0),
    ("the organisation's departments page", 200.0),
    ("the expiring list", 50.0),
    ("a person's page", 10.0),
];

/// What asking took.
struct Asked {
    pages: Vec<(&'static str, Times)>,
    file_rows: usize,
    file_bytes: u64,
    file_seconds: f64,
    file_memory: u64,
}

/// Milliseconds: the first time, half of the others at most, and 99 of 100 of them at most.
struct Times {
    first: f64,
    half: f64,
    most: f64,
}

async fn pages(url: &str) -> Outcome<Asked> {
    let store = Store::open(url).await?;
    let usecases = Usecases::new(store.clone());
    let now = DAY.at(9, 0, 0, 0).in_tz("Africa/Lagos")?.timestamp();
    let administrator =
        store.find_by_login(organisation::ADMINISTRATOR).await?.ok_or("nobody set this organisation up")?;
    let administrator = usecases.who(administrator.person).await?.ok_or("the administrator's access has ended")?;
    // Of those who manage something, who manages most and who manages one ward.
    let mut managers = Vec::new();
    for (person, _) in store.managers().await? {
        let who = usecases.who(person).await?.ok_or("a manager's access has ended")?;
        let mut departments = 0;
        for department in &who.manages {
            departments += store.departments_below(*department).await?.len();
        }
        managers.push((departments, who));
    }
    managers.sort_by_key(|(departments, who)| (*departments, who.person));
    let (Some((_, ward)), Some((_, hospital))) = (managers.first(), managers.last()) else {
        return Err("nobody manages anything".into());
    };
    let administrator = &administrator;
    let asks = [
        ("a ward's departments page", ward, Report::Departments, ""),
        ("a ward's actions page", ward, Report::Actions, ""),
        ("a ward's matrix page", ward, Report::Matrix, ""),
        ("a hospital's actions page", hospital, Report::Actions, ""),
        ("the organisation's departments page", administrator, Report::Departments, ""),
        ("every department by itself", administrator, Report::Departments, "level=each"),
        ("the organisation's actions page", administrator, Report::Actions, ""),
        ("the expiring list", administrator, Report::Actions, "status=expiring-30"),
        ("the expiring page", administrator, Report::Expiring, ""),
        ("the organisation's matrix page", administrator, Report::Matrix, ""),
    ];
    let mut pages = Vec::new();
    for (what, who, report, query) in asks {
        let typed = Typed::of_query(query);
        let mut times = Vec::new();
        for _ in 0..PAGES {
            let start = Instant::now();
            let page = usecases.report(who, report, &typed, now).await?;
            times.push(milliseconds(start));
            if page.rows.is_empty() {
                return Err(format!("{what} is empty").into());
            }
        }
        pages.push((what, Times::of(times)));
    }
    let last = store.last_person().await?.0;
    let mut times = Vec::new();
    for number in 0..PAGES {
        let person = PersonId(2 + i64::from(number) * 7919 % (last - 2));
        let start = Instant::now();
        black_box(usecases.training_of(administrator, person, now).await?);
        times.push(milliseconds(start));
    }
    pages.push(("a person's page", Times::of(times)));
    let typed = Typed { as_of: DAY.to_string(), ..Typed::default() };
    let before = memory();
    let watch = Watch::begin();
    let start = Instant::now();
    let asked = usecases.export_report(administrator, (Report::Matrix, &typed, FileKind::Csv), now).await?;
    let (mut file, mut made) = match asked {
        Exported::Now(file) => (file, None),
        Exported::Later => {
            if !usecases.make_next_export("bench", usecases::clock::now).await? {
                return Err("no file was made".into());
            }
            let made = start.elapsed();
            let kept = usecases.exports(administrator).await?;
            (usecases.export_file(administrator, kept.first().ok_or("the file is not there")?.id).await?, Some(made))
        }
    };
    let (mut file_bytes, mut file_rows) = (0, 0);
    while let Some(part) = file.next().await {
        let part = part?;
        file_bytes += part.len() as u64;
        file_rows += part.iter().filter(|byte| **byte == b'\n').count();
    }
    let file_seconds = made.get_or_insert_with(|| start.elapsed()).as_secs_f64();
    let file_memory = watch.most().saturating_sub(before);
    store.close().await;
    Ok(Asked { pages, file_rows, file_bytes, file_seconds, file_memory })
}

/// How much memory this process holds, in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or_default() * 1024
}

/// Looks at the memory of this process again and again.
struct Watch {
    most: Arc<AtomicU64>,
    end: Arc<AtomicBool>,
}

impl Watch {
    fn begin() -> Self {
        let watch = Self { most: Arc::new(AtomicU64::new(memory())), end: Arc::default() };
        let (most, end) = (Arc::clone(&watch.most), Arc::clone(&watch.end));
        std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                most.fetch_max(memory(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        watch
    }

    fn most(self) -> u64 {
        self.end.store(true, Ordering::Relaxed);
        self.most.load(Ordering::Relaxed)
    }
}

/// How often each page is asked for.
const PAGES: u32 = 101;

impl Times {
    fn of(mut times: Vec<f64>) -> Self {
        let first = times.remove(0);
        times.sort_unstable_by(f64::total_cmp);
        Self { first, half: times[times.len() / 2], most: times[times.len() * 99 / 100] }
    }
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
