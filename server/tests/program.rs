//! The program itself: what it says when a setting is wrong, how it checks, starts and stops.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    process::{Command, Output},
};

use testbed::{Program, program::command};

fn bedside() -> Command {
    command(env!("CARGO_BIN_EXE_bedside"))
}

fn serve(url: &str) -> Program {
    Program::start(bedside().args(["serve", "--address", "127.0.0.1:0", "--database-url", url]))
}

fn run(arguments: &[&str]) -> Output {
    bedside().args(arguments).output().unwrap()
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn ask(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_starts_with_a_set_up_link_answers_and_stops_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("data/bedside.db").display());
    let mut program = serve(&url);

    let link = program.line();
    let listening = program.line();
    let address = listening.strip_prefix("Listening on http://").unwrap_or_else(|| panic!("{listening}")).to_owned();
    let token = link.strip_prefix(&format!("Set-up link: http://{address}/setup/")).unwrap_or_else(|| panic!("{link}"));
    assert!(token.len() >= 16, "{token}");

    let answer = ask(&address, "/health/ready");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.ends_with("ready\n"), "{answer}");
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn a_connection_that_says_nothing_does_not_hold_up_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("bedside.db").display());
    let mut program = serve(&url);
    program.line();
    let address = program.line().replace("Listening on http://", "");
    let _silent = TcpStream::connect(&address).unwrap();
    assert_eq!(program.stop(), Some(0));
}

/// A mail server that is never asked for anything.
const MAIL: [&str; 7] = [
    "serve",
    "--smtp-host",
    "mail.example",
    "--mail-from",
    "a@b.example",
    "--public-url",
    "https://learn.clinic.example",
];

#[test]
fn a_wrong_setting_stops_the_start_with_its_name_and_what_would_be_right() {
    for (arguments, says) in [
        (&["serve", "--address", "everywhere"][..], &["--address", "127.0.0.1:3000"][..]),
        (&["serve", "--address", "0.0.0.0:3000"], &["--address", "--tls-cert", "--allow-plain-http"]),
        (&["serve", "--database-url", "mysql://x"], &["--database-url", "sqlite:data/bedside.db", "postgres://"]),
        (&["serve", "--trusted-proxy", "proxy"], &["--trusted-proxy", "10.0.0.0/8"]),
        (&["serve", "--metrics-from", "10.0.0.0/99"], &["--metrics-from", "at most 32"]),
        (&["serve", "--public-url", "clinic.example"], &["--public-url", "https://learn.clinic.example"]),
        (&["serve", "--public-url", "https://clinic.example/learn"], &["--public-url", "without a path"]),
        (&["serve", "--mail-from", "training"], &["--mail-from", "training@clinic.example"]),
        (&["serve", "--smtp-host", "mail.clinic.example:25"], &["--smtp-host", "--smtp-port"]),
        (&["serve", "--smtp-host", "mail.example"], &["--smtp-host", "--mail-from", "training@clinic.example"]),
        (&["serve", "--smtp-host", "mail.example", "--mail-from", "a@b.example"], &["--public-url", "links"]),
        (
            &[&MAIL[..], &["--smtp-security", "none"]].concat(),
            &["--smtp-security", "unprotected", "--smtp-allow-plain"],
        ),
        (&[&MAIL[..], &["--smtp-security", "ssl"]].concat(), &["--smtp-security", "tls", "starttls"]),
        (&[&MAIL[..], &["--smtp-user", "ada"]].concat(), &["--smtp-password-file"]),
        (
            &[&MAIL[..], &["--smtp-user", "ada", "--smtp-password-file", "none.txt"]].concat(),
            &["--smtp-password-file", "none.txt", "first line"],
        ),
        (&[&MAIL[..], &["--smtp-ca", "none.pem"]].concat(), &["--smtp-ca", "none.pem", "PEM"]),
        (&[&MAIL[..], &["--mail-folder", "mail"]].concat(), &["--mail-folder", "--smtp-host"]),
        (&["serve", "--log", "xml"], &["--log", "text", "json"]),
        (&["serve", "--tls-cert", "x.pem"], &["--tls-key"]),
        (&["serve", "--tls-cert", "none.pem", "--tls-key", "none.key"], &["--tls-cert", "none.pem", "PEM"]),
    ] {
        let output = run(arguments);
        let text = complaint(&output);
        assert!(!output.status.success(), "{arguments:?}");
        for word in says {
            assert!(text.contains(word), "{arguments:?} says {text}");
        }
    }
}

#[test]
fn a_setting_can_come_from_the_environment() {
    let output = bedside().arg("serve").env("BEDSIDE_ADDRESS", "nowhere").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint(&output).contains("--address"));
}

#[test]
fn a_variable_that_is_no_setting_is_warned_of_with_the_one_that_was_meant() {
    let mut command = bedside();
    // Plain http for others stops the start, which is all that this test needs of it.
    command.args(["serve", "--address", "0.0.0.0:0"]);
    command.env("BEDSIDE_ADRESS", "127.0.0.1:1").env("BEDSIDE_COLOUR", "red").env("BEDSIDE_TEST_POSTGRES", "x");
    let said = complaint(&command.output().unwrap());
    assert!(said.contains("BEDSIDE_ADRESS is no setting") && said.contains("did you mean BEDSIDE_ADDRESS?"), "{said}");
    assert!(said.contains("BEDSIDE_COLOUR is no setting") && !said.contains("BEDSIDE_TEST_POSTGRES"), "{said}");
    assert!(!complaint(&run(&["serve", "--address", "0.0.0.0:0"])).contains("is no setting"));
}

#[test]
fn checking_ends_with_a_code_that_scripts_can_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    assert_eq!(run(&["check", path]).status.code(), Some(2), "a folder without courseware");
    assert_eq!(run(&["check", "no/such/place"]).status.code(), Some(2));
    let nothing = run(&["check", path, "--format", "json"]);
    assert_eq!(
        (nothing.status.code(), nothing.stdout.as_slice()),
        (Some(2), &b""[..]),
        "no report, not even an empty one"
    );
    assert!(complaint(&nothing).contains("no courseware was found"));

    fs::write(folder.path().join("bad.md"), "# No front matter, and bad\n").unwrap();
    let output = run(&["check", path, "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found["files"], &found["errors"]), (&1.into(), &1.into()), "{found}");
}
