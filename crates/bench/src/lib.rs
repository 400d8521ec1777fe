//! What Bedside can do on a machine: the numbers of docs/benchmarks.md. Run it as `cargo xtask bench`.
//!
//! It measures the program that people get, as a process of its own, over loopback. It never asserts a time: the numbers
//! are printed and kept with machine and date, and a person reads them.
//!
//! In reading order:
//! - `reader` against `bare`, which `statements` keeps honest;
//! - `answers`: how many are recorded, and how many syncs that takes;
//! - `activities`: steps in role-plays and quizzes handed in;
//! - `program`: start, memory, size, and what a browser loads;
//! - `courseware`: checking, following paths, rendering, replaying;
//! - `roster`: people in bulk;
//! - `obligations`: a path assigned to everybody, reminders, explanations;
//! - `schedule`: everybody's status, and a million histories against the slow telling;
//! - `reports`: reports of an organisation as large as there are, which [`organisation`] makes;
//! - `studio`: texts looked at and drawn, maps, questions brought in;
//! - [`kill`]: kill -9 under load, again and again;
//! - what they stand on: `process`, `client`, `load`, `seed`, `report`.
//!
//! A new measurement is a file with a `measure` that gives a `Section`, a variant of `Part`, and a place in the document.

mod activities;
mod answers;
mod bare;
mod client;
mod courseware;
pub mod kill;
mod load;
mod obligations;
pub mod organisation;
mod process;
mod program;
mod reader;
mod report;
mod reports;
mod roster;
mod schedule;
mod seed;
mod statements;
mod studio;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::{Parser, ValueEnum};
use jiff::civil::Date;
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{SignalKind, signal},
};

pub use process::Bedside;

/// What a measurement came to; the error is a sentence for the person at the terminal.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Parser)]
#[command(name = "bench", about = "The measurements of docs/benchmarks.md.")]
enum Command {
    /// Measure, print and keep.
    Run(Run),
    /// Make an organisation of thousands with three years behind it, in a database that is new.
    Generate(Generate),
    /// The handler that the reader is measured against.
    #[command(hide = true)]
    Bare { way: bare::Way, database: PathBuf, page: PathBuf },
}

#[derive(Parser)]
pub(crate) struct Run {
    /// The parts to run; all when none is named.
    parts: Vec<Part>,
    /// Shorter rounds and fewer of them. Nothing is kept.
    #[arg(long)]
    quick: bool,
    /// How many rounds of kill -9; without it 200, or 10 when quick.
    #[arg(long)]
    rounds: Option<usize>,
    /// The program to measure.
    #[arg(long, value_parser = |path: &str| Ok::<_, String>(Bedside(path.into())))]
    bedside: Bedside,
    /// An empty database on a PostgreSQL, for what is measured on both engines.
    #[arg(long)]
    postgres: Option<String>,
    /// The address of an organisation that `generate` has made, for the part `reports`: it is measured in the place of the
    /// largest new one, and files are made in it. May be given again.
    #[arg(long = "organisation")]
    organisations: Vec<String>,
    /// Where the results are kept.
    #[arg(long)]
    document: Option<PathBuf>,
}

#[derive(Parser)]
struct Generate {
    /// How many people, the administrator among them.
    #[arg(long, default_value_t = 100_000)]
    people: usize,
    /// How many departments, on three floors.
    #[arg(long, default_value_t = 1000)]
    departments: usize,
    /// How many requirements, each asked of everybody.
    #[arg(long, default_value_t = 50)]
    requirements: usize,
    /// The same seed makes the same organisation.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The day it is made for: nothing is recorded after it.
    #[arg(long, default_value = "2027-05-03")]
    day: Date,
    /// Where: an SQLite file that is not there yet, or the address of an empty PostgreSQL database.
    database: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Reader,
    Answers,
    Activities,
    Program,
    Courseware,
    Roster,
    Schedule,
    Obligations,
    Reports,
    Studio,
    Kill,
}

/// The program: reads the command line and does what it says.
pub fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Run(run) => measure(&run),
        Command::Generate(what) => threads().and_then(|runtime| runtime.block_on(generate(&what))),
        Command::Bare { way, database, page } => {
            threads().and_then(|runtime| runtime.block_on(bare::serve(way, &database, &page)))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("bench: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn measure(run: &Run) -> Outcome {
    let parts = if run.parts.is_empty() { Part::value_variants() } else { &run.parts };
    for part in parts {
        // The load shares one processor, so one thread is enough for it; the store is measured with all of them.
        let runtime = match part {
            Part::Reader | Part::Program | Part::Courseware | Part::Schedule | Part::Studio => {
                Builder::new_current_thread().enable_all().build()?
            }
            Part::Answers | Part::Activities | Part::Roster | Part::Obligations | Part::Reports | Part::Kill => {
                threads()?
            }
        };
        let section = runtime.block_on(async {
            let mut terminated = signal(SignalKind::terminate())?;
            tokio::select! {
                section = one(*part, run) => section,
                // What runs is dropped, which ends every process and removes every folder.
                _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
                _ = terminated.recv() => Err("told to stop".into()),
            }
        })?;
        section.print();
        if let Some(document) = run.document.as_ref().filter(|_| !run.quick) {
            section.keep(document)?;
        }
    }
    Ok(())
}

async fn one(part: Part, run: &Run) -> Outcome<report::Section> {
    match part {
        Part::Reader => reader::measure(run).await,
        Part::Answers => answers::measure(run).await,
        Part::Activities => activities::measure(run).await,
        Part::Program => program::measure(run).await,
        Part::Courseware => courseware::measure(run).await,
        Part::Roster => roster::measure(run).await,
        Part::Obligations => obligations::measure(run).await,
        Part::Schedule => schedule::measure(run).await,
        Part::Reports => reports::measure(run).await,
        Part::Studio => studio::measure(run).await,
        Part::Kill => kill::measure(run).await,
    }
}

/// Makes an organisation and says how large it is and who can sign in.
async fn generate(what: &Generate) -> Outcome {
    let Generate { people, departments, requirements, seed, day, .. } = *what;
    let database = match &what.database {
        address if address.contains(':') => address.clone(),
        file => seed::sqlite(file.as_ref()),
    };
    let size = organisation::Size { people, departments, requirements };
    let began = Instant::now();
    let made = organisation::generate(&database, size, seed, day).await?;
    let loaded = made.loaded;
    println!(
        "Made {people} people in {departments} departments, as of {day}, in {:.1} s.",
        began.elapsed().as_secs_f64()
    );
    println!(
        "{} entries of the ledger, {} sources, {} stretches of days, {} cycles that have ended.",
        loaded.facts, loaded.sources, loaded.stands, loaded.cycles
    );
    println!("The password of each is: {}", organisation::PASSWORD);
    for (what, login) in &made.sign_ins {
        println!("{what}: {login}");
    }
    Ok(())
}

/// A folder that goes with the measurement; its name says whose it was if we are killed.
fn scratch() -> Outcome<tempfile::TempDir> {
    Ok(tempfile::Builder::new().prefix("bedside-bench-").tempdir()?)
}

fn threads() -> Outcome<Runtime> {
    Ok(Builder::new_multi_thread().enable_all().build()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Command::command().debug_assert();
    }
}
