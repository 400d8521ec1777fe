//! The reader's page against a bare handler: how much of what axum and sqlx can do arrives at the learner.

use std::{path::Path, time::Duration};

use store::Store;

use crate::{
    Outcome, Run, client,
    load::{self, Lengths, Round, Spread, count},
    process::{Cores, Running},
    report::{Section, Table, goal},
    seed::{self, Learner, MODULE, PAGE},
    statements,
};

/// Kept connections, each with its own learner.
const CONNECTIONS: [usize; 4] = [1, 8, 32, 128];
const LEARNERS: usize = 128;

/// What one pair of rounds, one after the other, measured.
struct Pair {
    program: Measured,
    bare: Measured,
}

struct Measured {
    round: Round,
    /// Processor time of the server for one answer, in microseconds.
    cpu: f64,
}

/// Measures both in turns and compares.
pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("reader.db");
    let database = seed::sqlite(&file);
    let store = seed::site(&database).await?;
    let learners = prepare(&store).await?;
    store.close().await;

    statements::compare(&run.bedside, &database, &request(&learners[0]), folder.path()).await?;
    let program = Running::start(&mut run.bedside.serve(&database, Cores::Servers))?;
    let page = folder.path().join("page");
    let closing =
        client::get(&address(), Some(&learners[0].cookie), "accept-encoding: identity\r\nconnection: close\r\n");
    let answer = client::whole(program.address, &closing).await?;
    std::fs::write(&page, &answer)?;
    let bare = Running::start(&mut bare(&file, &page)?)?;
    let same = client::whole(bare.address, &closing).await?;
    if same.len() != answer.len() {
        return Err(format!("the bare handler sends {} bytes, the program {}", same.len(), answer.len()).into());
    }

    Cores::Load.take()?;
    let pairs = compare(run, &program, &bare, &learners).await;
    Cores::All.take()?;
    Ok(section(run, &pairs?, answer.len()))
}

async fn prepare(store: &Store) -> Outcome<Vec<Learner>> {
    let learners = seed::learners(store, "Reader", LEARNERS).await?;
    seed::begin(store, &learners).await?;
    Ok(learners)
}

fn bare(database: &Path, page: &Path) -> Outcome<std::process::Command> {
    let mut command = Cores::Servers.command(&std::env::current_exe()?);
    command.arg("bare").arg(database).arg(page);
    Ok(command)
}

fn address() -> String {
    format!("/modules/{MODULE}/{PAGE}")
}

fn request(learner: &Learner) -> Vec<u8> {
    client::get(&address(), Some(&learner.cookie), "accept-encoding: identity\r\n")
}

async fn compare(
    run: &Run,
    program: &Running,
    bare: &Running,
    learners: &[Learner],
) -> Outcome<Vec<(usize, Vec<Pair>)>> {
    let (rounds, seconds) = if run.quick { (3, 0.5) } else { (7, 2.0) };
    let lengths = Lengths { warm: Duration::from_millis(250), measured: Duration::from_secs_f64(seconds) };
    let mut levels = Vec::new();
    for connections in CONNECTIONS {
        let mut pairs = Vec::new();
        for number in 0..rounds {
            // Who goes first changes, so that a drift of the machine meets both alike.
            let (program, bare) = if number % 2 == 0 {
                let program = ask(program, connections, lengths, learners).await?;
                (program, ask(bare, connections, lengths, learners).await?)
            } else {
                let bare = ask(bare, connections, lengths, learners).await?;
                (ask(program, connections, lengths, learners).await?, bare)
            };
            pairs.push(Pair { program, bare });
        }
        eprintln!("reader: {connections} connections measured");
        levels.push((connections, pairs));
    }
    Ok(levels)
}

async fn ask(server: &Running, connections: usize, lengths: Lengths, learners: &[Learner]) -> Outcome<Measured> {
    let before = server.cpu_seconds()?;
    let round = load::round(server.address, connections, lengths, 200, |number| {
        let request = request(&learners[number % learners.len()]);
        move || Some(request.clone())
    })
    .await?;
    let cpu = (server.cpu_seconds()? - before) * 1e6 / count(usize::try_from(round.answers)?);
    Ok(Measured { round, cpu })
}

fn section(run: &Run, levels: &[(usize, Vec<Pair>)], bytes: usize) -> Section {
    let mut table = Table::new(&[
        "connections",
        "program req/s",
        "bare req/s",
        "req/s ratio (least–most)",
        "p50 ms, program / bare",
        "p99 ms, program / bare",
        "p99 ratio (least–most)",
        "CPU µs/req, program / bare",
    ]);
    let (mut slowest, mut latest) = (f64::INFINITY, 0.0_f64);
    for (connections, pairs) in levels {
        let of = |value: fn(&Pair) -> f64| Spread::of(pairs.iter().map(value));
        let rate = of(|pair| pair.program.round.rate / pair.bare.round.rate);
        let late = of(|pair| pair.program.round.p99 / pair.bare.round.p99);
        slowest = slowest.min(rate.median);
        latest = latest.max(late.median);
        table.row([
            connections.to_string(),
            format!("{:.0}", of(|pair| pair.program.round.rate).median),
            format!("{:.0}", of(|pair| pair.bare.round.rate).median),
            format!("**{:.0} %** ({:.0}–{:.0})", rate.median * 100.0, rate.least * 100.0, rate.most * 100.0),
            format!("{:.2} / {:.2}", of(|pair| pair.program.round.p50).median, of(|pair| pair.bare.round.p50).median),
            format!("{:.2} / {:.2}", of(|pair| pair.program.round.p99).median, of(|pair| pair.bare.round.p99).median),
            format!("**{:.2}** ({:.2}–{:.2})", late.median, late.least, late.most),
            format!("{:.0} / {:.0}", of(|pair| pair.program.cpu).median, of(|pair| pair.bare.cpu).median),
        ]);
    }
    let rounds = levels.first().map_or(0, |(_, pairs)| pairs.len());
    let mut section = Section::new("reader", run);
    section.paragraph(&format!(
        "`GET {}`, {bytes} bytes with head, not compressed; {rounds} rounds for each of the two in turns. Both send the \
         same {} statements to SQLite for a page.",
        address(),
        crate::bare::STATEMENTS.len(),
    ));
    section.table(table);
    section.goals(&[
        goal(
            "at least 75 % of the bare handler's requests a second",
            slowest >= 0.75,
            &format!("{:.0} % at worst", slowest * 100.0),
        ),
        goal("p99 at most 1.5 times the bare handler's", latest <= 1.5, &format!("{latest:.2} times at worst")),
    ]);
    section
}
