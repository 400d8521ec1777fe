//! A whole history at once, into a database in which nothing has happened yet: people with where they worked and what the ledger is to
//! hold of them. What follows from it is worked out by the functions that do so for one person at a time, on every core, and written in
//! the order of the tables, without their indexes, which are made afterwards. The same people and the same seed give the same rows.
//!
//! No page and no command of the product comes here: it is for measuring with an organisation as large as there are.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    thread,
};

use tokio::sync::mpsc;

use crate::{
    AttemptId, DepartmentId, DocumentId, Event, PersonId, RequirementId, Result, StoreError, VersionId,
    db::{Engine, Tx, Val, vals},
    fact::{self, BODIES, FACTS, Head, NewFact, SALT},
    obligation::{Follows, House},
    open::Target,
    person::{NO_END, login_key, search_text},
};

/// Somebody with all that is known of them.
#[derive(Debug, Clone, Default)]
pub struct Newcomer {
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Staff number.
    pub employee_no: String,
    /// The password's hash, where they may sign in with one.
    pub password_hash: Option<String>,
    /// When they were added, microseconds.
    pub added_at: i64,
    /// The day from which the rules reach them: the one they were added on.
    pub since_on: i32,
    /// The day on which their access ended, and its instant in microseconds.
    pub access_ended: Option<(i32, i64)>,
    /// First day of work.
    pub hired_on: Option<i32>,
    /// Last day of work.
    pub left_on: Option<i32>,
    /// The department they manage.
    pub manages: Option<DepartmentId>,
    /// Where they worked, in order.
    pub places: Vec<Workplace>,
    /// What the ledger holds of them, in the order in which it was recorded.
    pub facts: Vec<Happening>,
}

/// A stretch of work in one place.
#[derive(Debug, Clone, Copy)]
pub struct Workplace {
    /// Where.
    pub department: DepartmentId,
    /// As what.
    pub job_role: &'static str,
    /// From this day on.
    pub from_on: i32,
    /// The first day on which it was over; none while no end is known.
    pub until_on: Option<i32>,
}

/// What the ledger is to hold.
#[derive(Debug, Clone, Copy)]
pub struct Happening {
    /// When it was recorded, microseconds.
    pub recorded_at: i64,
    /// The day it acts.
    pub on: i32,
    /// What happened.
    pub event: Event,
    /// About which requirement; none where it is about the person.
    pub requirement: Option<RequirementId>,
    /// Who recorded it; none for what they did themselves.
    pub by: Option<PersonId>,
    /// Why.
    pub reason: Option<&'static str>,
    /// The place, in the same list, of what it corrects.
    pub supersedes: Option<usize>,
}

/// How much was loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loaded {
    /// People.
    pub people: u64,
    /// Entries of the ledger.
    pub facts: u64,
    /// Sources of obligations.
    pub sources: u64,
    /// Stretches of days.
    pub stands: u64,
    /// Cycles that have ended.
    pub cycles: u64,
}

/// How many people are made and written at a time.
const PART: usize = 200;
/// How many entries of the ledger are.
const ENTRIES: usize = 5000;
/// How many parts each thread may be ahead of the database.
const AHEAD: usize = 2;
/// What is written here.
macro_rules! tables {
    () => {
        "('person', 'login', 'right_held', 'tenure', 'obligation_source', 'standing', 'cycle', 'attempt', 'fact', 'fact_body')"
    };
}

const PEOPLE: &str = "INSERT INTO person (id, name, sort_name, employee_no, email, search, password_hash, disabled_at, created_at, hired_on, left_on) VALUES {rows}";
const LOGINS: &str = "INSERT INTO login (key, person_id, kind) VALUES {rows}";
const RIGHTS: &str = "INSERT INTO right_held (person_id, held, department_id) VALUES {rows}";
const PLACES: &str = "INSERT INTO tenure (person_id, department_id, job_role, from_on, until_on) VALUES {rows}";
const ATTEMPTS: &str =
    "INSERT INTO attempt (id, person_id, document_id, version_id, started_at, ended_at) VALUES {rows}";

/// Loads `count` people into a database that is set up and has its rules, and nobody has it open; none where something has happened in
/// it already. `newcomer` gives each by their number from 0, and is told the id of the first: the others follow in order. Salts come
/// from the seed, so nobody's real history belongs in here.
///
/// # Errors
/// As everywhere; then nothing was loaded. On SQLite the file must not be used after a crash.
pub async fn load<F>(url: &str, seed: u64, count: usize, newcomer: F) -> Result<Option<Loaded>>
where
    F: Fn(usize, PersonId) -> Newcomer + Send + Sync + 'static,
{
    let mut tx = Target::parse(url)?.filling_connection().await?;
    tx.script("BEGIN").await?;
    if fact::head(&mut tx).await?.seq != 0 {
        tx.close().await?;
        return Ok(None);
    }
    let loaded = fill(&mut tx, seed, count, newcomer).await?;
    tx.script("COMMIT").await?;
    if tx.engine() == Engine::Pg {
        // As the server does by itself, only sooner.
        tx.script("VACUUM ANALYZE").await?;
    }
    tx.close().await?;
    Ok(Some(loaded))
}

async fn fill<F>(tx: &mut Tx, seed: u64, count: usize, newcomer: F) -> Result<Loaded>
where
    F: Fn(usize, PersonId) -> Newcomer + Send + Sync + 'static,
{
    let house = Arc::new(House::load(tx).await?);
    let last = tx.one("SELECT coalesce(max(id), 0) AS id FROM person", vals![]).await?.i64("id")?;
    let first = PersonId(last + 1);
    let again = set_aside(tx).await?;
    let mut loaded = Loaded { people: count as u64, ..Loaded::default() };

    let mut parts = parts(count, first, &house, Arc::new(newcomer));
    let mut ledger = Ledger { first, names: Vec::with_capacity(count), lines: Vec::new() };
    for at in 0..count.div_ceil(PART) {
        let from = at % parts.len();
        let mut part = parts[from].recv().await.ok_or_else(|| StoreError::unavailable("a thread has ended"))?;
        loaded.sources += part.follows.sources.len() as u64;
        loaded.stands += part.follows.stands.len() as u64;
        loaded.cycles += part.follows.cycles.len() as u64;
        tx.fill(PEOPLE, part.people).await?;
        tx.fill(LOGINS, part.logins).await?;
        tx.fill(RIGHTS, part.rights).await?;
        tx.fill(PLACES, part.places).await?;
        part.follows.fill(tx).await?;
        ledger.names.extend(part.names);
        ledger.lines.extend(part.lines);
    }
    loaded.facts = ledger.lines.len() as u64;
    write_ledger(tx, seed, &house, ledger).await?;

    for sql in again {
        tx.script(&sql).await?;
    }
    let sql = "INSERT INTO job_role (name) SELECT DISTINCT job_role FROM tenure WHERE 1 = 1 ON CONFLICT DO NOTHING";
    tx.run(sql, vals![]).await?;
    if tx.engine() == Engine::Pg {
        for table in ["person", "attempt"] {
            let next = format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
            );
            tx.script(&next).await?;
        }
    }
    Ok(loaded)
}

/// Drops what would be kept true row by row: indexes, and on PostgreSQL references, which are checked all at once when they are made
/// again. Gives the statements that do so.
async fn set_aside(tx: &mut Tx) -> Result<Vec<String>> {
    let mut again = Vec::new();
    let mut drops = Vec::new();
    let indexes = match tx.engine() {
        Engine::Sqlite => concat!(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ",
            tables!(),
            " ORDER BY name"
        ),
        Engine::Pg => concat!(
            "SELECT indexname::text AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = current_schema()
                AND indexname NOT IN (SELECT conname FROM pg_constraint) AND tablename IN ",
            tables!(),
            " ORDER BY indexname"
        ),
    };
    for row in tx.all(indexes, vals![]).await? {
        drops.push(format!("DROP INDEX {}", row.text("name")?));
        again.push(row.text("sql")?);
    }
    if tx.engine() == Engine::Pg {
        let references = concat!(
            "SELECT conname::text AS name, conrelid::regclass::text AS place, pg_get_constraintdef(oid) AS sql FROM pg_constraint
                WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conrelid::regclass::text IN ",
            tables!(),
            " ORDER BY conname"
        );
        for row in tx.all(references, vals![]).await? {
            let (name, place) = (row.text("name")?, row.text("place")?);
            drops.push(format!("ALTER TABLE {place} DROP CONSTRAINT {name}"));
            again.push(format!("ALTER TABLE {place} ADD CONSTRAINT {name} {}", row.text("sql")?));
        }
    }
    for sql in drops {
        tx.script(&sql).await?;
    }
    Ok(again)
}

/// Some people as rows, and what the ledger is to hold of them.
#[derive(Default)]
struct Part {
    people: Vec<Vec<Val>>,
    logins: Vec<Vec<Val>>,
    rights: Vec<Vec<Val>>,
    places: Vec<Vec<Val>>,
    follows: Follows,
    names: Vec<String>,
    lines: Vec<Line>,
}

/// An entry to be: whose, the which of theirs, and what.
struct Line {
    number: u32,
    at: u32,
    what: Happening,
}

/// Makes the parts on every core: the part `n` comes from the receiver `n` modulo their number.
fn parts<F>(count: usize, first: PersonId, house: &Arc<House>, newcomer: Arc<F>) -> Vec<mpsc::Receiver<Part>>
where
    F: Fn(usize, PersonId) -> Newcomer + Send + Sync + 'static,
{
    let threads = thread::available_parallelism().map_or(1, usize::from);
    (0..threads)
        .map(|thread| {
            let (sender, receiver) = mpsc::channel(AHEAD);
            let (house, newcomer) = (Arc::clone(house), Arc::clone(&newcomer));
            thread::spawn(move || {
                for begin in (thread * PART..count).step_by(threads * PART) {
                    let mut part = Part::default();
                    for number in begin..count.min(begin + PART) {
                        part.add(&house, number, PersonId(first.0 + number as i64), newcomer(number, first));
                    }
                    // Nobody listens any more: the database has failed.
                    if sender.blocking_send(part).is_err() {
                        return;
                    }
                }
            });
            receiver
        })
        .collect()
}

impl Part {
    fn add(&mut self, house: &House, number: usize, person: PersonId, newcomer: Newcomer) {
        house.follow(person, &newcomer, &mut self.follows);
        let Newcomer { name, email, employee_no, .. } = newcomer;
        let search = search_text(&name, email.as_deref(), Some(&employee_no));
        if let Some(email) = &email {
            self.logins.push(vals![login_key(email), person, "email"]);
        }
        self.logins.push(vals![login_key(&employee_no), person, "staff"]);
        self.people.push(vals![
            person,
            &name,
            name.to_lowercase(),
            employee_no,
            email,
            search,
            newcomer.password_hash,
            newcomer.access_ended.map(|(_, at)| at),
            newcomer.added_at,
            newcomer.hired_on,
            newcomer.left_on
        ]);
        self.rights.extend(newcomer.manages.map(|department| vals![person, "manager", department]));
        self.places.extend(newcomer.places.iter().map(|place| {
            let until = place.until_on.map_or(NO_END, i64::from);
            vals![person, place.department, place.job_role, place.from_on, until]
        }));
        self.names.push(name);
        let lines = (0..).zip(newcomer.facts).map(|(at, what)| Line { number: number as u32, at, what });
        self.lines.extend(lines);
    }
}

/// What the ledger is to hold of everybody.
struct Ledger {
    first: PersonId,
    names: Vec<String>,
    lines: Vec<Line>,
}

/// Entries as rows, with their texts and the attempts they came from.
#[derive(Default)]
struct Entries {
    facts: Vec<Vec<Val>>,
    bodies: Vec<Vec<Val>>,
    attempts: Vec<Vec<Val>>,
    head: Option<Head>,
}

/// A version of a document: since when, which, and what a completion says of it.
struct Text {
    published_at: i64,
    version: VersionId,
    slug: String,
    title: String,
    content_hash: String,
}

/// Writes the ledger in the order in which everything was recorded.
async fn write_ledger(tx: &mut Tx, seed: u64, house: &Arc<House>, ledger: Ledger) -> Result<()> {
    let mut texts: HashMap<DocumentId, Vec<Text>> = HashMap::new();
    let sql = "SELECT v.id, v.document_id, v.published_at, v.title, v.content_hash, d.slug FROM version v JOIN document d ON d.id = v.document_id
        ORDER BY v.published_at, v.id";
    for row in tx.all(sql, vals![]).await? {
        texts.entry(DocumentId(row.i64("document_id")?)).or_default().push(Text {
            published_at: row.i64("published_at")?,
            version: VersionId(row.i64("id")?),
            slug: row.text("slug")?,
            title: row.text("title")?,
            content_hash: blake3::Hash::from_bytes(row.hash("content_hash")?).to_hex().to_string(),
        });
    }
    let attempt = tx.one("SELECT coalesce(max(id), 0) AS id FROM attempt", vals![]).await?.i64("id")?;
    let head = fact::head(tx).await?;
    let house = Arc::clone(house);
    let (sender, mut receiver) = mpsc::channel(AHEAD);
    thread::spawn(move || chain(&house, &texts, ledger, (seed, head, attempt), &sender));
    let mut end = None;
    while let Some(entries) = receiver.recv().await {
        tx.fill(ATTEMPTS, entries.attempts).await?;
        tx.fill(FACTS, entries.facts).await?;
        tx.fill(BODIES, entries.bodies).await?;
        end = entries.head;
    }
    let end = end.ok_or_else(|| StoreError::unavailable("a thread has ended"))?;
    let sql = "UPDATE ledger_head SET seq = $1, hash = $2 WHERE id = 1";
    tx.run(sql, vals![end.seq, end.hash]).await.map(drop)
}

/// Chains the entries and sends them, the last with the end of the chain.
fn chain(
    house: &House,
    texts: &HashMap<DocumentId, Vec<Text>>,
    mut ledger: Ledger,
    (seed, mut head, mut attempt): (u64, Head, i64),
    sender: &mpsc::Sender<Entries>,
) {
    ledger.lines.sort_unstable_by_key(|line| (line.what.recorded_at, line.number, line.at));
    let corrected = |line: &Line| Some((line.number, u32::try_from(line.what.supersedes?).ok()?));
    let wanted: HashSet<(u32, u32)> = ledger.lines.iter().filter_map(corrected).collect();
    let mut numbers: HashMap<(u32, u32), i64> = HashMap::new();
    let mut salts = blake3::Hasher::new().update(b"bedside bulk salts\n").update(&seed.to_be_bytes()).finalize_xof();
    for some in ledger.lines.chunks(ENTRIES) {
        let mut entries = Entries::default();
        for line in some {
            let what = &line.what;
            let person = PersonId(ledger.first.0 + i64::from(line.number));
            let mut new = NewFact {
                by: what.by,
                effective_on: what.on,
                kind: what.event.kind(),
                person: Some(person),
                document: None,
                version: None,
                attempt: None,
                supersedes: corrected(line).and_then(|which| numbers.get(&which)).copied(),
                body: String::new(),
            };
            let asked = what.requirement.and_then(|id| house.asked(id));
            let text = asked.and_then(|(document, _)| {
                let texts = texts.get(&document)?;
                texts.iter().rev().find(|text| text.published_at <= what.recorded_at).or(texts.first())
            });
            new.document = asked.map(|(document, _)| document);
            if what.event == Event::Completed {
                new.version = text.map(|text| text.version);
            }
            let name = ledger.names.get(line.number as usize).map_or("", String::as_str);
            new.body = match (what.by, text) {
                (None, Some(text)) => {
                    attempt += 1;
                    new.by = Some(person);
                    new.attempt = Some(AttemptId(attempt));
                    // Twenty minutes of work.
                    let began = what.recorded_at - 1_200_000_000;
                    entries.attempts.push(vals![attempt, person, new.document, text.version, began, what.recorded_at]);
                    serde_json::json!({
                        "person": name,
                        "document": text.slug,
                        "title": text.title,
                        "content_hash": text.content_hash,
                    })
                }
                (_, text) => said(what, name, text, asked.map(|(_, name)| name)),
            }
            .to_string();
            let mut salt = [0; SALT];
            salts.fill(&mut salt);
            let (fact, body) = head.append(&new, what.recorded_at, &salt);
            entries.facts.push(fact);
            entries.bodies.push(body);
            if wanted.contains(&(line.number, line.at)) {
                numbers.insert((line.number, line.at), head.seq);
            }
        }
        entries.head = Some(head);
        // Nobody listens any more: the database has failed.
        if sender.blocking_send(entries).is_err() {
            return;
        }
    }
}

/// The text of what somebody else recorded.
fn said(what: &Happening, name: &str, text: Option<&Text>, requirement: Option<&str>) -> serde_json::Value {
    let date = |day: i32| records::day::Day(day).to_string();
    let mut body = serde_json::Map::new();
    let mut say = |key: &str, value: serde_json::Value| {
        if !value.is_null() {
            body.insert(key.to_owned(), value);
        }
    };
    say("person", name.into());
    match what.event {
        Event::Leave { to } => say("to", to.map(date).into()),
        Event::Exempted { until } => say("until", until.map(date).into()),
        Event::Extended { due } => say("due", date(due).into()),
        _ => {}
    }
    say("requirement", what.requirement.map(|id| id.0).into());
    say("reason", what.reason.into());
    say("document", text.map(|text| text.slug.as_str()).into());
    say("title", requirement.into());
    body.into()
}
