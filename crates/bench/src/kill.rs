//! kill -9 under load: every step that was acknowledged is recorded, and every step that was sent is recorded once.
//!
//! A round: clients send steps until the program is killed at a random moment. It starts again, and the clients send once
//! more what was not answered, as a browser's user would. Then the database must hold exactly the steps that were sent.
//! (kill -9 ends the program, not the machine: what the kernel had taken survives. That syncs happen before answers is what
//! `answers` counts.)

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use store::{PersonId, Store};
use tokio::task::JoinSet;
use usecases::secret;

use crate::{
    Bedside, Outcome, Run,
    client::Connection,
    process::{Cores, Running},
    report::{Section, Table, goal},
    seed::{self, Learner, Quizlike},
};

/// Who sends at the same time.
const CLIENTS: usize = 8;
const MODULES: usize = 16;
const PAGES: usize = 12;
/// When the program is killed, after the load began, in milliseconds.
const SHORTEST: u64 = 50;
const LONGEST: u64 = 400;

/// What the rounds came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Times that the program was killed.
    pub rounds: usize,
    /// Steps that were acknowledged before it was killed.
    pub acknowledged: usize,
    /// Steps whose answer the kill prevented, and which were sent again.
    pub sent_again: usize,
    /// Modules that the steps completed.
    pub completions: usize,
}

/// A step, by the name that the database gives it.
#[derive(Clone, Debug)]
struct Sent {
    module: usize,
    verb: Verb,
    page: usize,
    request: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Check,
    Read,
}

/// What one client did until the kill: what was acknowledged, and the step it got no answer to.
struct Client {
    learner: Learner,
    acknowledged: Vec<Sent>,
    unanswered: Option<Sent>,
}

/// Everything a round needs.
struct House<'a> {
    bedside: &'a Bedside,
    database: String,
    store: Store,
    modules: Arc<Vec<Quizlike>>,
}

/// Kills the program `rounds` times; its database is made in `folder`.
///
/// # Errors
/// The first step that is missing or there twice, a broken ledger, or whatever keeps the rounds from going on.
pub async fn rounds(bedside: &Bedside, folder: &Path, rounds: usize) -> Outcome<Tally> {
    let file: PathBuf = folder.join("kill.db");
    let database = seed::sqlite(&file);
    let store = seed::site(&database).await?;
    let modules = Arc::new(seed::quizlikes(&store, MODULES, PAGES).await?);
    let learners = seed::learners(&store, "Interrupted", rounds * CLIENTS).await?;
    store.close().await;
    // Opened anew, only to read what the program wrote.
    let house = House { bedside, store: Store::open(&database).await?, database, modules };
    let mut tally = Tally::default();
    let mut program = house.start()?;
    for learners in learners.chunks(CLIENTS) {
        program = house.round(program, learners, &mut tally).await?;
        if tally.rounds.is_multiple_of(50) {
            eprintln!("kill: {} rounds, {} steps acknowledged", tally.rounds, tally.acknowledged);
        }
    }
    program.kill()?;
    house.store.close().await;
    Ok(tally)
}

impl House<'_> {
    fn start(&self) -> Outcome<Running> {
        Running::start(&mut self.bedside.serve(&self.database, Cores::All))
    }

    /// Load, kill, verify, start, send again, compare. Gives the program that runs now.
    async fn round(&self, program: Running, learners: &[Learner], tally: &mut Tally) -> Outcome<Running> {
        let moment = Duration::from_millis(SHORTEST + random()? % (LONGEST - SHORTEST));
        let ended = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        for learner in learners {
            clients.spawn(send(program.address, learner.clone(), Arc::clone(&self.modules), Arc::clone(&ended)));
        }
        tokio::time::sleep(moment).await;
        ended.store(true, Ordering::SeqCst);
        program.kill()?;
        let mut done = Vec::new();
        while let Some(client) = clients.join_next().await {
            done.push(client??);
        }
        self.bedside.verify(&self.database)?;

        let program = self.start()?;
        for client in &mut done {
            tally.acknowledged += client.acknowledged.len();
            if let Some(again) = client.unanswered.take() {
                let status = Connection::open(program.address).await?.ask(&again.request).await?;
                if status != 303 {
                    return Err(format!("a step that was sent again got status {status}").into());
                }
                client.acknowledged.push(again);
                tally.sent_again += 1;
            }
            tally.completions += self.compare(client).await?;
        }
        tally.rounds += 1;
        Ok(program)
    }

    /// Whether the database holds exactly what a client sent; gives how many modules that completed.
    async fn compare(&self, client: &Client) -> Outcome<usize> {
        let mut sent: BTreeMap<usize, Vec<&Sent>> = BTreeMap::new();
        for step in &client.acknowledged {
            sent.entry(step.module).or_default().push(step);
        }
        let mut completed = 0;
        for (number, steps) in sent {
            let module = &self.modules[number];
            let progress = self.store.progress(client.learner.person, module.document).await?;
            let progress = progress.ok_or_else(|| lost(client.learner.person, &module.slug, "every step"))?;
            let names = |verb| {
                let steps = steps.iter().filter(move |step| step.verb == verb);
                let mut names: Vec<&String> = steps.map(|step| &module.pages[step.page]).collect();
                names.sort();
                names
            };
            let mut pages: Vec<&String> = progress.pages_read.iter().collect();
            let mut checks: Vec<&String> = progress.checks.iter().map(|check| &check.question).collect();
            pages.sort();
            checks.sort();
            if pages != names(Verb::Read) {
                return Err(lost(client.learner.person, &module.slug, &format!("pages {pages:?}")).into());
            }
            if checks != names(Verb::Check) {
                return Err(lost(client.learner.person, &module.slug, &format!("answers {checks:?}")).into());
            }
            let whole = pages.len() == module.pages.len();
            if whole != progress.attempt.ended_at.is_some() {
                return Err(lost(client.learner.person, &module.slug, "the end of the attempt").into());
            }
            completed += usize::from(whole);
        }
        let ledger = self.store.completions_of(client.learner.person).await?.len();
        if ledger == completed {
            return Ok(completed);
        }
        Err(lost(client.learner.person, "the ledger", &format!("{ledger} completions instead of {completed}")).into())
    }
}

fn lost(person: PersonId, place: &str, what: &str) -> String {
    format!("person {person}, {place}: {what} is not what was acknowledged")
}

/// Sends one step after the other until the program is gone.
async fn send(
    address: SocketAddr,
    learner: Learner,
    modules: Arc<Vec<Quizlike>>,
    ended: Arc<AtomicBool>,
) -> Outcome<Client> {
    let mut client = Client { learner, acknowledged: Vec::new(), unanswered: None };
    let Ok(mut connection) = Connection::open(address).await else { return Ok(client) };
    for (number, module) in modules.iter().enumerate() {
        for page in 0..module.pages.len() {
            for verb in [Verb::Check, Verb::Read] {
                let (token, learner, name) = (secret::token()?, &client.learner, &module.pages[page]);
                let request = match verb {
                    Verb::Check => module.answer(name, learner, &token),
                    Verb::Read => module.read(name, learner, &token),
                };
                let answer = connection.ask(&request).await;
                let step = Sent { module: number, verb, page, request };
                match answer {
                    Ok(303) => client.acknowledged.push(step),
                    Ok(status) => return Err(format!("a step got status {status}").into()),
                    Err(_) if ended.load(Ordering::SeqCst) => {
                        client.unanswered = Some(step);
                        return Ok(client);
                    }
                    Err(cause) => return Err(format!("the program went away by itself: {cause}").into()),
                }
            }
        }
    }
    Ok(client)
}

/// A number that nobody can foresee, from the house's own source.
fn random() -> Outcome<u64> {
    Ok(u64::from_str_radix(&secret::token()?[..8], 16)?)
}

pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let count = run.rounds.unwrap_or(if run.quick { 10 } else { 200 });
    let folder = crate::scratch()?;
    let began = Instant::now();
    let tally = rounds(&run.bedside, folder.path(), count).await?;
    let mut section = Section::new("kill", run);
    let mut table = Table::new(&["what", "count"]);
    for (what, count) in [
        ("rounds", tally.rounds),
        ("steps acknowledged before a kill, all there once", tally.acknowledged),
        ("steps cut off by a kill, sent again, all there once", tally.sent_again),
        ("modules completed, each once in the ledger", tally.completions),
    ] {
        table.row([what.to_owned(), count.to_string()]);
    }
    section.paragraph(&format!(
        "{CLIENTS} clients on SQLite; killed {SHORTEST} to {LONGEST} ms after the load began, `bedside verify` after each \
         kill; {:.0} s in all.",
        began.elapsed().as_secs_f64()
    ));
    section.table(table);
    let found = format!("{} rounds, nothing was lost", tally.rounds);
    section.goals(&[goal("at least 200 rounds and nothing lost", tally.rounds >= 200, &found)]);
    Ok(section)
}
