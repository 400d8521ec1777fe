//! The reader's page against a bare handler: how much of what axum and sqlx can do arrives at the learner.

use std::{path::Path, time::Duration};

use store::Store;

use crate::{
    Outcome, Run,
    bare::Way,
    client,
    load::{self, Lengths, Round, Spread, count},
    process::{Cores, Running},
    report::{Section, Table, goal},
    seed::{self, Learner, MODULE, PAGE},
    statements,
};

/// Kept connections, each with its own learner.
const CONNECTIONS: [usize; 4] = [1, 8, 32, 128];
const LEARNERS: usize = 128;

/// What one turn measured: a round of each, one right after the other.
struct Turn {
    program: Measured,
    pool: Measured,
    connection: Measured,
}

struct Measured {
    round: Round,
    /// Processor time of the server for one answer, in microseconds.
    cpu: f64,
}

/// Measures both in turns and compares.
pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let folder = crate::scratch()?;
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
    let bare = [bare(Way::Pool, &file, &page)?, bare(Way::Connection, &file, &page)?];
    for bare in &bare {
        let same = client::whole(bare.address, &closing).await?;
        if same.len() != answer.len() {
            return Err(format!("the bare handler sends {} bytes, the program {}", same.len(), answer.len()).into());
        }
    }

    Cores::Load.take()?;
    let [pool, connection] = &bare;
    let turns = compare(run, [&program, pool, connection], &learners).await;
    Cores::All.take()?;
    Ok(section(run, &turns?, answer.len()))
}

async fn prepare(store: &Store) -> Outcome<Vec<Learner>> {
    let learners = seed::learners(store, "Reader", LEARNERS).await?;
    seed::begin(store, &learners).await?;
    Ok(learners)
}

fn bare(way: Way, database: &Path, page: &Path) -> Outcome<Running> {
    let mut command = Cores::Servers.command(&std::env::current_exe()?);
    let word = match way {
        Way::Pool => "pool",
        Way::Connection => "connection",
    };
    Running::start(command.args(["bare", word]).arg(database).arg(page))
}

fn address() -> String {
    format!("/modules/{MODULE}/{PAGE}")
}

fn request(learner: &Learner) -> Vec<u8> {
    client::get(&address(), Some(&learner.cookie), "accept-encoding: identity\r\n")
}

async fn compare(run: &Run, servers: [&Running; 3], learners: &[Learner]) -> Outcome<Vec<(usize, Vec<Turn>)>> {
    let (turns, seconds) = if run.quick { (3, 0.5) } else { (7, 2.0) };
    let lengths = Lengths { warm: Duration::from_millis(250), measured: Duration::from_secs_f64(seconds) };
    let mut levels = Vec::new();
    for connections in CONNECTIONS {
        let mut all = Vec::new();
        for turn in 0..turns {
            let mut measured = [None, None, None];
            for place in 0..3 {
                // Who goes first changes, so that a drift of the machine meets all alike.
                let server = (turn + place) % 3;
                measured[server] = Some(ask(servers[server], connections, lengths, learners).await?);
            }
            if let [Some(program), Some(pool), Some(connection)] = measured {
                all.push(Turn { program, pool, connection });
            }
        }
        eprintln!("reader: {connections} connections measured");
        levels.push((connections, all));
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

/// A bare handler's measurement of a turn.
type Opponent = fn(&Turn) -> &Measured;

fn section(run: &Run, levels: &[(usize, Vec<Turn>)], bytes: usize) -> Section {
    let turns = levels.first().map_or(0, |(_, turns)| turns.len());
    let mut section = Section::new("reader", run);
    section.paragraph(&format!(
        "`GET {}`, {bytes} bytes with head, not compressed; {turns} rounds of each in turns. All send the same {} \
         statements to SQLite for a page.",
        address(),
        crate::bare::STATEMENTS.len(),
    ));
    let mut goals = Vec::new();
    let opponents: [(&str, Opponent); 2] =
        [("each statement by the pool", |turn| &turn.pool), ("one connection for a request", |turn| &turn.connection)];
    for (name, bare) in opponents {
        let (table, slowest, latest) = table(levels, bare);
        section.paragraph(&format!("Against the bare handler, {name}:"));
        section.table(table);
        goals.push(goal(
            &format!("at least 75 % of its requests a second ({name})"),
            slowest >= 0.75,
            &format!("{:.0} % at worst", slowest * 100.0),
        ));
        goals.push(goal(
            &format!("p99 at most 1.5 times its own ({name})"),
            latest <= 1.5,
            &format!("{latest:.2} times at worst"),
        ));
    }
    section.goals(&goals);
    section
}

/// One comparison, its lowest ratio of requests and its highest of p99.
fn table(levels: &[(usize, Vec<Turn>)], bare: Opponent) -> (Table, f64, f64) {
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
    for (connections, turns) in levels {
        let both = |value: fn(&Measured) -> f64| {
            let median = |of: Opponent| Spread::of(turns.iter().map(|turn| value(of(turn)))).median;
            (median(|turn| &turn.program), median(bare))
        };
        let ratio =
            |value: fn(&Measured) -> f64| Spread::of(turns.iter().map(|turn| value(&turn.program) / value(bare(turn))));
        let (rate, late) = (ratio(|measured| measured.round.rate), ratio(|measured| measured.round.p99));
        slowest = slowest.min(rate.median);
        latest = latest.max(late.median);
        let (program, opponent) = both(|measured| measured.round.rate);
        let shown = |(program, bare): (f64, f64), digits: usize| format!("{program:.digits$} / {bare:.digits$}");
        table.row([
            connections.to_string(),
            format!("{program:.0}"),
            format!("{opponent:.0}"),
            format!("**{:.0} %** ({:.0}–{:.0})", rate.median * 100.0, rate.least * 100.0, rate.most * 100.0),
            shown(both(|measured| measured.round.p50), 2),
            shown(both(|measured| measured.round.p99), 2),
            format!("**{:.2}** ({:.2}–{:.2})", late.median, late.least, late.most),
            shown(both(|measured| measured.cpu), 0),
        ]);
    }
    (table, slowest, latest)
}
