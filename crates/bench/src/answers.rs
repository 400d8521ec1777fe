//! Recorded answers a second, and how many syncs of the disk they take, on both engines.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use store::{CheckAnswered, Form, Outcome as Recorded, Reading, Store, VersionId, WriteCounters};
use tokio::task::JoinSet;
use usecases::{clock, secret};

use crate::{
    Outcome, Run,
    client::{Connection, get},
    load::{self, Lengths, Spread, count},
    process::{Cores, Running},
    report::{Section, Table, goal},
    seed::{self, Learner, Quizlike},
};

const CLIENTS: [usize; 4] = [1, 8, 32, 128];

/// Learners and questions, each pair of which is answered once.
struct Supply {
    learners: Vec<Learner>,
    next: AtomicUsize,
    modules: Vec<Quizlike>,
}

impl Supply {
    async fn seed(store: &Store, learners: usize) -> Outcome<Arc<Self>> {
        let modules = seed::quizlikes(store, 24, 12).await?;
        let learners = seed::learners(store, "Answering", learners).await?;
        Ok(Arc::new(Self { learners, next: AtomicUsize::new(0), modules }))
    }

    /// Every question of one learner after the other; clients never share a learner.
    fn questions(self: &Arc<Self>) -> impl Iterator<Item = (Learner, Quizlike, String)> + Send + use<> {
        let supply = Arc::clone(self);
        std::iter::from_fn(move || {
            supply.learners.get(supply.next.fetch_add(1, Ordering::Relaxed)).cloned().map(|l| (l, Arc::clone(&supply)))
        })
        .flat_map(|(learner, supply)| {
            let modules = supply.modules.clone();
            modules.into_iter().flat_map(move |module| {
                let learner = learner.clone();
                module.pages.clone().into_iter().map(move |page| (learner.clone(), module.clone(), page))
            })
        })
    }
}

/// What one round came to.
struct Measured {
    rate: f64,
    syncs_per_commit: f64,
    p99: Option<f64>,
}

/// Measures both engines, through the program and at the store alone.
pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let folder = crate::scratch()?;
    let sync = sync_time(folder.path())?;
    let mut section = Section::new("answers", run);
    section.paragraph(&format!(
        "A sync of 4 KiB to this machine's disk takes {:.2} ms (median; {:.2}–{:.2}).",
        sync.median, sync.least, sync.most
    ));
    let mut table =
        Table::new(&["engine", "measured at", "clients", "answers/s (least–most)", "syncs per commit", "p99 ms"]);
    let mut engines = vec![("SQLite", seed::sqlite(&folder.path().join("answers.db")))];
    match &run.postgres {
        Some(url) => engines.push(("PostgreSQL", url.clone())),
        None => section.paragraph("PostgreSQL was not measured: `--postgres` names none."),
    }
    let mut worst = 0.0_f64;
    for (engine, database) in engines {
        let store = seed::site(&database).await?;
        let supply = Supply::seed(&store, if run.quick { 1200 } else { 4000 }).await?;
        let mut all = Vec::new();
        for clients in CLIENTS {
            all.push(("store", clients, at_store(run, &store, &supply, clients).await?));
            eprintln!("answers: {engine}, the store, {clients} clients measured");
        }
        store.close().await;
        let program = Running::start(&mut run.bedside.serve(&database, Cores::All))?;
        for clients in CLIENTS {
            all.push(("program", clients, at_program(run, &program, &supply, clients).await?));
            eprintln!("answers: {engine}, the program, {clients} clients measured");
        }
        for (place, clients, rounds) in all {
            let rate = Spread::of(rounds.iter().map(|round| round.rate));
            let syncs = Spread::of(rounds.iter().map(|round| round.syncs_per_commit)).median;
            if clients == 32 {
                worst = worst.max(syncs);
            }
            let p99 = Spread::of(rounds.iter().filter_map(|round| round.p99)).median;
            table.row([
                engine.to_owned(),
                place.to_owned(),
                clients.to_string(),
                format!("**{:.0}** ({:.0}–{:.0})", rate.median, rate.least, rate.most),
                format!("{syncs:.3}"),
                if p99.is_nan() { String::new() } else { format!("{p99:.1}") },
            ]);
        }
    }
    section.table(table);
    section.goals(&[goal(
        "at most 0.15 syncs for a commit at 32 clients",
        worst <= 0.15,
        &format!("{worst:.3} at worst"),
    )]);
    Ok(section)
}

/// Rounds, and how long each is.
fn plan(run: &Run) -> (usize, Duration) {
    if run.quick { (1, Duration::from_secs(1)) } else { (3, Duration::from_secs(2)) }
}

async fn at_program(run: &Run, program: &Running, supply: &Arc<Supply>, clients: usize) -> Outcome<Vec<Measured>> {
    let (rounds, measured) = plan(run);
    let lengths = Lengths { warm: Duration::from_millis(100), measured };
    let mut all = Vec::new();
    for _ in 0..rounds {
        let before = counters(program).await?;
        let round = load::round(program.address, clients, lengths, 303, |_| {
            let mut questions = supply.questions();
            move || {
                let (learner, module, page) = questions.next()?;
                Some(module.answer(&page, &learner, &secret::token().ok()?))
            }
        })
        .await?;
        let after = counters(program).await?;
        all.push(Measured {
            rate: round.rate,
            syncs_per_commit: syncs_per_commit(before, after),
            p99: Some(round.p99),
        });
    }
    Ok(all)
}

async fn at_store(run: &Run, store: &Store, supply: &Arc<Supply>, clients: usize) -> Outcome<Vec<Measured>> {
    let (rounds, measured) = plan(run);
    let mut all = Vec::new();
    for _ in 0..rounds {
        let before = store.write_counters();
        let began = Instant::now();
        let mut running = JoinSet::new();
        for _ in 0..clients {
            running.spawn(answer(store.clone(), supply.questions(), began + measured));
        }
        let mut answers = 0;
        while let Some(done) = running.join_next().await {
            answers += done??;
        }
        let rate = count(answers) / began.elapsed().as_secs_f64();
        all.push(Measured { rate, syncs_per_commit: syncs_per_commit(before, store.write_counters()), p99: None });
    }
    Ok(all)
}

async fn answer(
    store: Store,
    questions: impl Iterator<Item = (Learner, Quizlike, String)>,
    until: Instant,
) -> Outcome<usize> {
    let mut answers = 0;
    for (learner, module, page) in questions {
        if Instant::now() >= until {
            return Ok(answers);
        }
        let check = CheckAnswered {
            form: Form {
                person: learner.person,
                token: secret::token()?.into_bytes(),
                body_hash: vec![0; 32],
                now: clock::now().as_microsecond(),
            },
            of: Reading {
                document: module.document,
                version: VersionId(module.version),
                read_as: VersionId(module.version),
                newest: None,
            },
            question: page,
            answer: "[1]".to_owned(),
            correct: true,
        };
        match store.record_check(check).await? {
            Recorded::Recorded { .. } => answers += 1,
            other => return Err(format!("an answer was not recorded: {other:?}").into()),
        }
    }
    Err("the learners ran out of questions".into())
}

async fn counters(program: &Running) -> Outcome<WriteCounters> {
    let mut connection = Connection::open(program.address).await?;
    connection.ask(&get("/metrics", None, "")).await?;
    let text = std::str::from_utf8(connection.body())?;
    let number = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
        value.ok_or_else(|| format!("/metrics tells no {name}"))
    };
    Ok(WriteCounters { commits: number("bedside_store_commits ")?, syncs: number("bedside_store_syncs ")? })
}

fn syncs_per_commit(before: WriteCounters, after: WriteCounters) -> f64 {
    let number = |n: u64| usize::try_from(n).map_or(f64::NAN, count);
    number(after.syncs - before.syncs) / number(after.commits - before.commits)
}

/// What the disk itself needs, in milliseconds: the measure of all that is recorded.
fn sync_time(folder: &Path) -> Outcome<Spread> {
    let mut file = File::create(folder.join("sync"))?;
    let mut times = Vec::new();
    for _ in 0..100 {
        let began = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(Spread::of(times))
}
