//! What an acknowledged answer is worth: the program is killed under load, the disk runs full, the database goes away. Each is
//! done to the real program over a socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

mod full_disk;
mod gone;
mod import;
mod kill;
mod locked;
mod proxy;

use std::process::Command;

use testbed::{
    Answer, Browser, Database as Db, Program,
    program::{READING, command, publish_reading},
};

fn bedside() -> Command {
    command(env!("CARGO_BIN_EXE_bedside"))
}

/// Starts the program on a free port, with a module to read, and waits until it listens.
fn serve(url: &str) -> Program {
    let program = Program::serve(bedside().args(["serve", "--address", "127.0.0.1:0", "--database-url", url]));
    publish_reading(bedside(), url);
    program
}

/// Somebody is told that it does not work now, in the house's own look, and when to come back.
fn assert_unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    for part in ["class=\"site-header\"", "Not available just now", "is not recorded twice"] {
        assert!(answer.body.contains(part), "{part} in {answer:?}");
    }
}

/// Asks the program's own command whether the ledger is whole, and how many entries it has.
fn entries(url: &str) -> i64 {
    let output = bedside().args(["verify", "--database-url", url]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let (_, number) = text.split_once("The ledger is whole. Entries: ").unwrap();
    number.split(',').next().unwrap().parse().unwrap()
}
