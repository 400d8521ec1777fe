//! Steps in role-plays and quizzes handed in, a second, and how long the next scene takes to come; on both engines.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;
use usecases::secret;

use crate::{
    Outcome, Run,
    client::{self, Connection, get},
    load::{self, Lengths, Spread, count},
    process::{Cores, Running},
    report::{Section, Table, goal},
    seed::{self, HandIn, Learner, QUIZ, ROLE_PLAY},
};

const CLIENTS: [usize; 3] = [1, 8, 32];
/// Asked for by what is answered in place.
const IN_PLACE: &str = "accept: text/fragment+html\r\n";

/// Measures both engines, through the program.
pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let folder = crate::scratch()?;
    let mut section = Section::new("activities", run);
    section.paragraph(
        "A step is a choice in the starter role-play, sent as the page sends it: the attempt is replayed, the choice recorded and \
         synced, and the next scene drawn in the same answer. A quiz that is handed in has five answers, is marked, passed, and \
         enters the ledger.",
    );
    let mut table =
        Table::new(&["engine", "what", "clients", "a second (least–most)", "p50 ms", "p99 ms (least–most)"]);
    let mut engines = vec![("SQLite", seed::sqlite(&folder.path().join("activities.db")))];
    match &run.postgres {
        Some(url) => engines.push(("PostgreSQL", url.clone())),
        None => section.paragraph("PostgreSQL was not measured: `--postgres` names none."),
    }
    let (rounds, seconds, hand_ins) = if run.quick { (1, 1, 4000) } else { (3, 2, 9000) };
    let mut slowest_scene = 0.0_f64;
    for (engine, database) in engines {
        let store = seed::site(&database).await?;
        let players = seed::learners(&store, "Playing", 32).await?;
        let answerers = seed::learners(&store, "Answering", hand_ins).await?;
        let ready = Supply { forms: seed::ready_to_hand_in(&store, answerers).await?, next: AtomicUsize::new(0) };
        let ready = Arc::new(ready);
        store.close().await;
        let program = Running::start(&mut run.bedside.serve(&database, Cores::All))?;
        for clients in CLIENTS {
            let mut played = Vec::new();
            for _ in 0..rounds {
                played.push(play(program.address, &players[..clients], Duration::from_secs(seconds)).await?);
            }
            let p99 = Spread::of(played.iter().map(|round| round.p99));
            if clients == 8 {
                slowest_scene = slowest_scene.max(p99.median);
            }
            row(&mut table, (engine, "steps", clients), &played);
            let mut handed_in = Vec::new();
            let lengths = Lengths { warm: Duration::ZERO, measured: Duration::from_millis(300) };
            for _ in 0..rounds {
                let round = load::round(program.address, clients, lengths, 303, |_| {
                    let ready = Arc::clone(&ready);
                    move || ready.next()
                })
                .await?;
                handed_in.push(Played { rate: round.rate, p50: round.p50, p99: round.p99 });
            }
            row(&mut table, (engine, "quizzes handed in", clients), &handed_in);
            eprintln!("activities: {engine}, {clients} clients measured");
        }
    }
    section.table(table);
    let told = format!("{slowest_scene:.1} ms at worst");
    section.goals(&[goal("the next scene within 50 ms for 99 of 100 at 8 clients", slowest_scene <= 50.0, &told)]);
    Ok(section)
}

/// What one round came to.
struct Played {
    rate: f64,
    p50: f64,
    p99: f64,
}

fn row(table: &mut Table, (engine, what, clients): (&str, &str, usize), rounds: &[Played]) {
    let rate = Spread::of(rounds.iter().map(|round| round.rate));
    let p50 = Spread::of(rounds.iter().map(|round| round.p50)).median;
    let p99 = Spread::of(rounds.iter().map(|round| round.p99));
    table.row([
        engine.to_owned(),
        what.to_owned(),
        clients.to_string(),
        format!("**{:.0}** ({:.0}–{:.0})", rate.median, rate.least, rate.most),
        format!("{p50:.1}"),
        format!("{:.1} ({:.1}–{:.1})", p99.median, p99.least, p99.most),
    ]);
}

/// Quizzes that only need to be handed in, each once.
struct Supply {
    forms: Vec<HandIn>,
    next: AtomicUsize,
}

impl Supply {
    fn next(&self) -> Option<Vec<u8>> {
        let form = self.forms.get(self.next.fetch_add(1, Ordering::Relaxed))?;
        let fields = format!("token={}&attempt={}", form.token, form.attempt);
        Some(client::post(&format!("/quizzes/{QUIZ}/hand-in"), &form.learner.cookie, &fields))
    }
}

/// Lets learners play, again and again, until the time is over.
async fn play(address: SocketAddr, learners: &[Learner], measured: Duration) -> Outcome<Played> {
    let until = Instant::now() + measured;
    let mut running = JoinSet::new();
    for learner in learners {
        running.spawn(player(address, learner.clone(), until));
    }
    let mut times = Vec::new();
    while let Some(done) = running.join_next().await {
        times.extend(done??);
    }
    times.sort_unstable();
    Ok(Played {
        rate: count(times.len()) / measured.as_secs_f64(),
        p50: load::percentile(&times, 50),
        p99: load::percentile(&times, 99),
    })
}

/// One learner: how long each of their choices took.
async fn player(address: SocketAddr, learner: Learner, until: Instant) -> Outcome<Vec<Duration>> {
    let mut connection = Connection::open(address).await?;
    let mut times = Vec::new();
    let base = format!("/role-plays/{ROLE_PLAY}");
    loop {
        connection.ask(&get(&base, Some(&learner.cookie), "")).await?;
        let newest = value(connection.body(), "newest").map(|newest| format!("&newest={newest}")).unwrap_or_default();
        let token = format!("{}-{}", learner.person, secret::token()?);
        let begin =
            client::post(&format!("{base}/begin"), &learner.cookie, &format!("token={token}&mode=practice{newest}"));
        if connection.ask(&begin).await? != 303 {
            return Err("a role-play did not begin".into());
        }
        connection.ask(&get(&format!("{base}/play"), Some(&learner.cookie), IN_PLACE)).await?;
        // At the end the answer names another page and draws none.
        while !connection.body().is_empty() {
            let field = |name| value(connection.body(), name).ok_or_else(|| format!("the scene has no {name}"));
            let fields =
                format!("token={}&attempt={}&at={}&choice=1", field("token")?, field("attempt")?, field("at")?);
            let request = client::post_in_place(&format!("{base}/choose"), &learner.cookie, &fields);
            let sent = Instant::now();
            if sent >= until {
                return Ok(times);
            }
            let status = connection.ask(&request).await?;
            times.push(sent.elapsed());
            if status != 200 {
                return Err(format!("a choice got status {status}").into());
            }
        }
    }
}

/// The value of the first hidden field of a name.
fn value(html: &[u8], name: &str) -> Option<String> {
    let html = std::str::from_utf8(html).ok()?;
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn a_hidden_field_is_found() {
        let html = b"<input type=\"hidden\" name=\"token\" value=\"12-ab\"><input name=\"at\" value=\"3\">";
        assert_eq!(value(html, "token").as_deref(), Some("12-ab"));
        assert_eq!(value(html, "at").as_deref(), Some("3"));
        assert_eq!(value(html, "none"), None);
    }
}
