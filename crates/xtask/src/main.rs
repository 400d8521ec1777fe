//! The commands of the README: `cargo xtask build`, `serve`, `dev`, `test`, `bench`, `generate`,
//! `audit`.
//!
//! It needs nothing but Rust to build and serve; the tests also need a browser, PostgreSQL and Node, and say so.
//! It never changes a source file, and leaves no process behind.
//!
//! In reading order:
//! - [`tools`]: programs we start, and how they end with us
//! - [`site`]: from `frontend` and `style/` to `target/site`
//! - [`run`]: the program itself, once or again at every change
//! - [`rules`]: what we may depend on
//! - [`postgres`]: a database cluster for one run of the tests
//! - [`test`]: everything a change must pass, in order
//! - [`bench`]: what the optimised program can do on this machine
//!
//! A new command is a variant of [`Command`] and a function in the module it belongs to.

mod bench;
mod postgres;
mod rules;
mod run;
mod site;
mod test;
mod tools;

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};

/// Builds, serves and tests Bedside.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the site and the program: target/debug/bedside, or target/release/bedside with --release.
    Build {
        /// Optimised, as people get it.
        #[arg(long)]
        release: bool,
        /// Not optimised; this is the default.
        #[arg(long, conflicts_with = "release")]
        debug: bool,
        /// Compile the browser's part quickly instead of small.
        #[arg(long)]
        dev: bool,
    },
    /// Build optimised and run `bedside serve`.
    Serve {
        /// Fill a small made-up organisation to look around in, and print one sign-in for each right.
        #[arg(long)]
        demo: bool,
        /// Passed on to `bedside serve`; see `bedside serve --help`.
        #[arg(last = true)]
        args: Vec<OsString>,
    },
    /// Run a debug build, and build and start it again whenever a source changes.
    Dev {
        /// Passed on to `bedside serve`.
        #[arg(last = true)]
        args: Vec<OsString>,
    },
    /// Run everything that a change must pass.
    Test,
    /// Measure the optimised program and write docs/benchmarks.md; all parts, or those named after `--`.
    Bench {
        /// Parts (reader, answers, activities, program, courseware, roster, schedule, obligations, reports, kill, fuzz) and flags: --quick writes nothing, --rounds N for kill.
        #[arg(last = true)]
        args: Vec<OsString>,
    },
    /// Make a large organisation from a seed, to measure or look at: --people 100000 --departments 1000 --requirements 50 --seed 1 --day
    /// 2027-05-03, and an SQLite file or the address of an empty PostgreSQL database.
    #[command(disable_help_flag = true)]
    Generate {
        /// Passed on to `bench generate`; --help says them all.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        args: Vec<OsString>,
    },
    /// Look for known weaknesses, licences and sources of dependencies with cargo-deny.
    Audit,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Build { release, debug: _, dev } => {
            let wasm = if dev { site::Wasm::Quick } else { site::Wasm::Small };
            run::build(if release { run::Profile::Release } else { run::Profile::Debug }, wasm).map(drop)
        }
        Command::Serve { demo, mut args } => {
            args.extend(demo.then(|| "--demo".into()));
            run::serve(&args)
        }
        Command::Dev { args } => run::dev(&args),
        Command::Test => test::test(),
        Command::Bench { args } => bench::bench(&args),
        Command::Generate { args } => bench::generate(&args),
        Command::Audit => run::audit(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(tools::Stop(reason)) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_follows_two_dashes_is_passed_on() {
        let cli = Cli::parse_from(["cargo xtask", "serve", "--", "--address", "127.0.0.1:1"]);
        assert!(matches!(cli.command, Command::Serve { args, demo: false } if args == ["--address", "127.0.0.1:1"]));
    }

    #[test]
    fn what_is_to_be_generated_is_passed_on() {
        let cli = Cli::parse_from(["cargo xtask", "generate", "--people", "300", "--help", "file.db"]);
        assert!(matches!(cli.command, Command::Generate { args } if args == ["--people", "300", "--help", "file.db"]));
    }
}
