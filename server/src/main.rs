//! The program `bedside`: reads the command line, does what it says, and ends with a code that scripts can use.
//!
//! Exit codes: 0 all is well; 1 it was tried and did not work, or problems were found; 2 the command itself was wrong.

#![deny(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use clap::Parser as _;
use server::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    server::cli::start_log(match &cli.command {
        Command::Serve(serve) => serve.log,
        _ => server::settings::LogFormat::Text,
    });
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            server::cli::complain(format_args!("the program could not start its worker threads: {error}"));
            return ExitCode::from(1);
        }
    };
    runtime.block_on(server::commands::run(cli.command))
}
