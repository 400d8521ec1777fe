//! The command line: every command, every setting, and help that teaches.

use std::{
    fmt::Display,
    io::{IsTerminal as _, Write as _},
    net::SocketAddr,
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::settings::{
    DEFAULT_DATABASE, DatabaseUrl, LogFormat, MailAddress, Network, ReportFormat, RightName, SmtpSecurity,
};

/// Bedside teaches the human side of care: short modules, role-plays and quizzes, with records that stand an audit.
///
/// `bedside serve` is all it takes to start: it makes its database, brings the starter content, and prints the link
/// with which the first administrator sets a password.
#[derive(Debug, Parser)]
#[command(name = "bedside", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the training platform until it is told to stop (Ctrl-C or SIGTERM).
    Serve(Box<Serve>),
    /// Check courseware without publishing it. Ends with 0: good; 1: an error, or a warning under --deny-warnings; 2: a path
    /// could not be read.
    Check(Check),
    /// Play a role-play in the terminal, as a learner would; or by a script of choices.
    Play(Play),
    /// Grade answers to a quiz.
    Grade(Grade),
    /// Say why something is due, for a person of the database or from files alone. From files nothing is read but them, so that a
    /// policy can be tried out. Ends with 2 when a policy or a fact cannot be taken.
    Explain(Box<Explain>),
    /// Publish courseware that passes the checks, as one new version of each document that changed. Ends with 0: all is
    /// live; 1: something was not published; 2: nothing could be read.
    Publish(Publish),
    /// Make a made-up hospital to look around in: sixty people with a year and a half of learning behind them, the same for the same
    /// seed. It goes into an empty database; `bedside serve --demo` does so by itself.
    Demo(Demo),
    /// Write a verified copy of the database to FILE, also while the platform runs.
    Backup(Backup),
    /// Put a backup in the place of the database. Stop the platform first.
    Restore(Restore),
    /// Make what is kept ready about obligations anew from the facts: who must do what, how it stands, the cycles.
    Rebuild(Rebuild),
    /// Read a report that a message could not be delivered from standard input, as a mail server passes it on, and mark the message.
    /// Other mail changes nothing.
    Bounce(Bounce),
    /// Recompute the ledger of training facts and name the first entry that does not fit.
    Verify(Verify),
    /// Add people and change their rights from this machine, for the day nobody can sign in.
    #[command(subcommand)]
    User(User),
    /// Add and change many people at once from a CSV file, or record what they completed before. All or nothing. Ends with 0: done;
    /// 1: the file has problems, or it was refused, and nothing was changed; 2: the file could not be read.
    #[command(subcommand)]
    Import(Import),
    /// Write people into a CSV file that can be imported again.
    #[command(subcommand)]
    Export(Export),
}

/// Which database a command works on.
#[derive(Args, Clone, Debug)]
pub struct Database {
    /// Where the facts are kept. `sqlite:PATH` is a file on this machine (its folder is made when missing) and serves a
    /// clinic or a hospital; `postgres://USER:PASSWORD@HOST/NAME` lets several servers share one database.
    #[arg(long, env = "BEDSIDE_DATABASE_URL", default_value = DEFAULT_DATABASE, hide_env_values = true)]
    #[arg(value_name = "URL", value_parser = parse_database)]
    pub database_url: DatabaseUrl,
}

/// Settings of `bedside serve`. None is needed to start.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// Address and port to listen on. The default is reachable from this machine only; for others write
    /// 0.0.0.0:443 together with --tls-cert and --tls-key, or keep it and put a proxy in front.
    #[arg(long, env = "BEDSIDE_ADDRESS", default_value = "127.0.0.1:3000", value_name = "IP:PORT")]
    #[arg(value_parser = parse_address)]
    pub address: SocketAddr,

    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,

    /// Certificate chain in PEM, the server's own certificate first. Makes the platform speak https by itself.
    #[arg(long, env = "BEDSIDE_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// Private key in PEM that belongs to --tls-cert.
    #[arg(long, env = "BEDSIDE_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// Allow plain http on an address that other machines can reach. Passwords and training records then cross the
    /// network unprotected unless a proxy on this very machine or a private network adds https.
    #[arg(long, env = "BEDSIDE_ALLOW_PLAIN_HTTP")]
    pub allow_plain_http: bool,

    /// Address or network of a proxy that adds https in front of the platform; may be given several times (or with
    /// commas in the variable). Only such a proxy is believed about who is asking (X-Forwarded-For).
    #[arg(long, env = "BEDSIDE_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',')]
    pub trusted_proxy: Vec<Network>,

    /// The address people open the platform by, such as https://learn.clinic.example: it stands in invitation links and on
    /// printed slips. Without it they name the address that the administrator used.
    #[arg(long, env = "BEDSIDE_PUBLIC_URL", value_name = "URL", value_parser = parse_public_url)]
    pub public_url: Option<String>,

    /// How messages to people go out.
    #[command(flatten)]
    pub mail: Mail,

    /// Show a made-up hospital to look around in, and print one sign-in for each right. It keeps to a database of its own,
    /// sqlite:data/demo.db unless --database-url names another, and is made at the first start, which takes about a minute.
    #[arg(long, env = "BEDSIDE_DEMO")]
    pub demo: bool,

    /// Address or network that may read /metrics; may be given several times. For all others the page does not exist.
    #[arg(long, env = "BEDSIDE_METRICS_FROM", value_name = "NETWORK", value_delimiter = ',')]
    #[arg(default_value = "127.0.0.1,::1")]
    pub metrics_from: Vec<Network>,

    /// How the log is written to standard error: text for people, json for machines. RUST_LOG chooses how much.
    #[arg(long, env = "BEDSIDE_LOG", value_enum, default_value_t, value_name = "FORMAT")]
    pub log: LogFormat,
}

/// How messages to people go out. Without a mail server they are written to files.
#[derive(Args, Clone, Debug, Default)]
pub struct Mail {
    /// The address that messages come from, as in "Bedside <training@clinic.example>". What cannot be delivered comes back to it; have
    /// your mail server pass that to `bedside bounce`. Needed with --smtp-host.
    #[arg(long, env = "BEDSIDE_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<MailAddress>,

    /// The mail server that takes messages. Without it they are written to files in --mail-folder. Needs --mail-from and
    /// --public-url, since links in messages must lead somewhere.
    #[arg(long, env = "BEDSIDE_SMTP_HOST", value_name = "HOST", value_parser = parse_mail_host)]
    pub smtp_host: Option<String>,

    /// The mail server's port: 465 for tls, 587 for starttls and 25 for none, unless you say otherwise.
    #[arg(long, env = "BEDSIDE_SMTP_PORT", value_name = "PORT", requires = "smtp_host")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    pub smtp_port: Option<u16>,

    /// How the connection to the mail server is protected. With starttls nothing is said before it is; none is for a mail server
    /// on this very machine.
    #[arg(long, env = "BEDSIDE_SMTP_SECURITY", value_enum, default_value_t, value_name = "HOW")]
    pub smtp_security: SmtpSecurity,

    /// Allow --smtp-security none to a mail server on another machine. Messages, and the password if there is one, then cross the
    /// network unprotected.
    #[arg(long, env = "BEDSIDE_SMTP_ALLOW_PLAIN", requires = "smtp_host")]
    pub smtp_allow_plain: bool,

    /// The name to sign in to the mail server with.
    #[arg(long, env = "BEDSIDE_SMTP_USER", value_name = "NAME", requires_all = ["smtp_host", "smtp_password_file"])]
    pub smtp_user: Option<String>,

    /// A file whose first line is the password that belongs to --smtp-user. A file, since others on the machine could read a flag.
    #[arg(long, env = "BEDSIDE_SMTP_PASSWORD_FILE", value_name = "FILE", requires = "smtp_user")]
    pub smtp_password_file: Option<PathBuf>,

    /// Certificates in PEM of the authority that signed the mail server's, where it is your own. They are trusted besides the well-known
    /// ones.
    #[arg(long, env = "BEDSIDE_SMTP_CA", value_name = "FILE", requires = "smtp_host")]
    pub smtp_ca: Option<PathBuf>,

    /// The folder for messages while no mail server is set: each becomes a file that mail programs open (.eml). The default is a folder
    /// `mail` beside the database's file, or in `data` here.
    #[arg(long, env = "BEDSIDE_MAIL_FOLDER", value_name = "FOLDER", conflicts_with = "smtp_host")]
    pub mail_folder: Option<PathBuf>,
}

/// Settings of `bedside demo`.
#[derive(Args, Clone, Debug)]
pub struct Demo {
    /// What everything that is left to chance follows from.
    #[arg(long, default_value_t = usecases::demo::SEED, value_name = "NUMBER")]
    pub seed: u64,
    /// The day on which the hospital is looked at, as in 2026-11-30; its history ends the day before. Today, unless you say otherwise.
    #[arg(long, value_name = "DAY")]
    pub date: Option<jiff::civil::Date>,
    /// How many months of history it has.
    #[arg(long, default_value_t = usecases::demo::MONTHS, value_name = "NUMBER")]
    #[arg(value_parser = clap::value_parser!(i32).range(1..=60))]
    pub months: i32,
    /// Where it goes: sqlite:data/demo.db unless you say otherwise.
    #[command(flatten)]
    pub database: Database,
}

/// Settings of `bedside check`.
#[derive(Args, Clone, Debug)]
pub struct Check {
    /// Markdown files, or folders to walk for them; the current folder when none is named. Links and images are looked up in the
    /// folder given, or else in the file's own.
    #[arg(default_value = ".", value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// How to write what was found.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,

    /// End with 1 on a warning too.
    #[arg(long)]
    pub deny_warnings: bool,

    /// Mend in the files what can be mended safely: misspelt targets, feedback that is not indented, tick boxes, alert markers. Then tell
    /// what is left.
    #[arg(long)]
    pub fix: bool,

    /// Explain a code, such as S05: what it means, why it matters, how to put it right.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["paths", "fix", "deny_warnings"])]
    pub explain: Option<String>,
}

/// Settings of `bedside rebuild`.
#[derive(Args, Clone, Debug)]
pub struct Rebuild {
    /// Change nothing; tell whether what is kept equals what follows from the facts. Ends with 1 if it does not.
    #[arg(long)]
    pub check: bool,

    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,
}

/// The two ways to ask `bedside explain`.
const EXPLAIN_USAGE: &str = "bedside explain --person <LOGIN> --requirement <NAME> [OPTIONS]
       bedside explain --policy <FILE> --facts <FILE> [OPTIONS]";

/// Settings of `bedside explain`.
#[derive(Args, Clone, Debug)]
#[command(override_usage = EXPLAIN_USAGE)]
pub struct Explain {
    /// A policy in YAML: first-due, validity, basis, window, grace, min-lead, min-active, refresher, prior-credit-max-age, early, zone.
    #[arg(long, value_name = "FILE", requires = "facts", conflicts_with_all = ["person", "requirement"])]
    pub policy: Option<PathBuf>,

    /// Facts, one object of JSON a line: {"fact":"assigned","on":"2026-01-10"}.
    #[arg(long, value_name = "FILE", requires = "policy")]
    pub facts: Option<PathBuf>,

    /// Staff number or e-mail of the person.
    #[arg(long, value_name = "LOGIN", required_unless_present = "policy", requires = "requirement")]
    pub person: Option<String>,

    /// The requirement, by its name or the name of its module in addresses.
    #[arg(long, value_name = "NAME", requires = "person")]
    pub requirement: Option<String>,

    /// The day that is asked about, at its end; today in the site's zone if it is not said.
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub as_of: Option<jiff::civil::Date>,

    /// Leave out what was recorded after this day.
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub as_known_on: Option<jiff::civil::Date>,

    /// Answer with one JSON object.
    #[arg(long)]
    pub json: bool,

    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,
}

/// Settings of `bedside play`.
#[derive(Args, Clone, Debug)]
pub struct Play {
    /// The role-play, a markdown file of the kind `scenario`.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Keep feedback for the debrief, and do not go back.
    #[arg(long, conflicts_with = "choices")]
    pub assessed: bool,

    /// Take the choices from a JSON file, { "choices": ["…"] }: each the words of a choice, or a beginning that only one visible choice
    /// has.
    #[arg(long, value_name = "FILE", requires = "json")]
    pub choices: Option<PathBuf>,

    /// Write the whole role-play as JSON.
    #[arg(long, requires = "choices")]
    pub json: bool,
}

/// Settings of `bedside grade`.
#[derive(Args, Clone, Debug)]
pub struct Grade {
    /// The quiz, a markdown file of the kind `quiz`.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The answers, a JSON file: { "answers": { "question-id": { "ticked": ["…"] } } }.
    #[arg(long, value_name = "FILE")]
    pub answers: PathBuf,

    /// Write the grades as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Settings of `bedside publish`.
#[derive(Args, Clone, Debug)]
pub struct Publish {
    /// A markdown file, or a folder to walk for them.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,

    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,
}

/// Settings of `bedside backup`.
#[derive(Args, Clone, Debug)]
pub struct Backup {
    /// The file to write; it must not exist yet.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,
}

/// Settings of `bedside restore`.
#[derive(Args, Clone, Debug)]
pub struct Restore {
    /// The backup to put in place; it is verified first.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Replace a database that is already there. Without it nothing is ever overwritten.
    #[arg(long)]
    pub replace: bool,

    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,
}

/// Settings of `bedside verify`.
#[derive(Args, Clone, Debug)]
pub struct Verify {
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,
}

/// Settings of `bedside bounce`.
#[derive(Args, Clone, Debug)]
pub struct Bounce {
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,
}

/// Where people open the platform, for links that a command prints.
#[derive(Args, Clone, Debug)]
pub struct PublicUrl {
    /// The address people open the platform by; it stands in the link that is printed.
    #[arg(long, env = "BEDSIDE_PUBLIC_URL", value_name = "URL", value_parser = parse_public_url)]
    pub public_url: Option<String>,
}

/// What can be done about people from the command line.
#[derive(Clone, Debug, Subcommand)]
pub enum User {
    /// Add a person; prints a one-time link to choose a password with.
    Add {
        /// Staff number or e-mail to sign in with.
        login: String,
        /// The name shown on pages and certificates.
        #[arg(long)]
        name: String,
        /// Where people open the platform.
        #[command(flatten)]
        public_url: PublicUrl,
        /// Where the facts are kept.
        #[command(flatten)]
        database: Database,
    },
    /// Give a person a right; ends their sessions, so that it acts from their next sign-in on.
    Grant {
        /// Staff number or e-mail of the person.
        login: String,
        /// The right to give.
        #[arg(value_enum)]
        right: RightName,
        /// The department that a manager answers for, by its name, or by its path where several have that name:
        /// "Mercy › Surgery › Ward 3".
        #[arg(long, required_if_eq("right", "manager"))]
        department: Option<String>,
        /// Where the facts are kept.
        #[command(flatten)]
        database: Database,
    },
    /// End a person's sessions and print a one-time link to choose a new password with.
    Reset {
        /// Staff number or e-mail of the person.
        login: String,
        /// Where people open the platform.
        #[command(flatten)]
        public_url: PublicUrl,
        /// Where the facts are kept.
        #[command(flatten)]
        database: Database,
    },
    /// Refuse a person from the next request on; their records stay.
    Disable {
        /// Staff number or e-mail of the person.
        login: String,
        /// Where the facts are kept.
        #[command(flatten)]
        database: Database,
    },
    /// Let a disabled person sign in again, with the password they had.
    Enable {
        /// Staff number or e-mail of the person.
        login: String,
        /// Where the facts are kept.
        #[command(flatten)]
        database: Database,
    },
}

/// A file to import.
#[derive(Args, Clone, Debug)]
pub struct ImportFile {
    /// The file: CSV in UTF-8, its first line names the columns.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Only show what would change.
    #[arg(long)]
    pub dry_run: bool,

    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,
}

/// What can be imported.
#[derive(Clone, Debug, Subcommand)]
pub enum Import {
    /// People, by their staff number. Columns: staff_number, name, email, department, job_role, hired_on, left_on, from_on. A column that
    /// is missing leaves things as they are.
    People {
        /// The file.
        #[command(flatten)]
        file: ImportFile,

        /// The file is everybody: whoever has a staff number and is not in it has left.
        #[arg(long)]
        everybody: bool,

        /// Make departments that are new.
        #[arg(long)]
        new_departments: bool,

        /// How many people leave by this file, where that is more than a tenth; --dry-run tells the number.
        #[arg(long, value_name = "COUNT")]
        removing: Option<usize>,
    },
    /// What people completed before this program knew them, as prior credit. Columns: staff_number, module, completed_on, evidence.
    History {
        /// The file.
        #[command(flatten)]
        file: ImportFile,
    },
}

/// What can be exported.
#[derive(Clone, Debug, Subcommand)]
pub enum Export {
    /// Everybody who has a staff number.
    People {
        /// The file to write; it must not exist yet. Standard output when none is named.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,

        /// Where the facts are kept.
        #[command(flatten)]
        database: Database,
    },
}

fn parse_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an IP address and a port, as in 127.0.0.1:3000 or [::]:443".to_owned())
}

fn parse_date(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse().map_err(|_| "write a date as year, month and day: 2026-01-10".to_owned())
}

fn parse_mail_host(text: &str) -> Result<String, String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':');
    if text.is_empty()
        || !text.chars().all(plain)
        || (text.contains(':') && text.parse::<std::net::Ipv6Addr>().is_err())
    {
        return Err(
            "write the name or address alone, as in mail.clinic.example; --smtp-port is for the port".to_owned()
        );
    }
    Ok(text.to_owned())
}

fn parse_public_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':' | '[' | ']');
    if host.is_empty() || !host.chars().all(plain) {
        return Err("write it as a browser shows it, without a path, as in https://learn.clinic.example".to_owned());
    }
    Ok(url.to_owned())
}

/// What the file of a database cannot be is told before anything is made.
fn parse_database(text: &str) -> Result<DatabaseUrl, String> {
    let url: DatabaseUrl = text.parse()?;
    match url.file() {
        Some(file) if file.is_dir() || text.ends_with('/') => Err(format!(
            "{} is a folder; name the file in it, as in sqlite:{}",
            file.display(),
            file.join("bedside.db").display()
        )),
        _ => Ok(url),
    }
}

/// Variables that are not the program's own: the tests and the journeys are told by them where things are.
const OF_THE_TESTS: [&str; 3] = ["BEDSIDE_TEST_POSTGRES", "BEDSIDE_BIN", "BEDSIDE_CHROMIUM"];

/// Warns of every variable `BEDSIDE_…` that is no setting: a slip in its name would otherwise leave the default in
/// force without a word.
pub fn warn_of_unknown_variables() {
    let names: Vec<String> = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
    for (name, near) in unknown_variables(names.iter().map(String::as_str)) {
        match near {
            Some(near) => tracing::warn!("{name} is no setting and is ignored; did you mean {near}?"),
            None => tracing::warn!("{name} is no setting and is ignored; `bedside serve --help` names them all"),
        }
    }
}

/// Those that are no setting, each with the setting that was most likely meant.
fn unknown_variables<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<(&'n str, Option<String>)> {
    const PREFIX: &str = "BEDSIDE_";
    let known = Serve::augment_args(clap::Command::new("serve"));
    let known: Vec<&str> =
        known.get_arguments().filter_map(|setting| setting.get_env()?.to_str()?.strip_prefix(PREFIX)).collect();
    let strange = names.into_iter().filter(|name| !OF_THE_TESTS.contains(name)).filter_map(|name| {
        let word = name.strip_prefix(PREFIX).filter(|word| !known.contains(word))?;
        let near = courseware::nearest(word, known.iter().copied());
        Some((name, near.map(|near| format!("{PREFIX}{near}"))))
    });
    strange.collect()
}

/// Starts the log on standard error. `RUST_LOG` chooses how much; without it, what an operator wants to know.
pub fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,tower_sessions=error"));
    // A reader that has gone away is no reason to fail: without the last line the layer would tell standard error of it.
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    let registry = tracing_subscriber::registry().with(filter);
    let started = match format {
        LogFormat::Text => registry.with(lines).try_init(),
        LogFormat::Json => registry.with(lines.json()).try_init(),
    };
    if started.is_err() {
        tracing::debug!("the log was already started");
    }
}

/// Writes a line to standard output. A reader that has gone away is no reason to fail.
pub fn say(line: impl Display) {
    drop(writeln!(std::io::stdout(), "{line}"));
}

/// Writes why something was not done to standard error. A reader that has gone away is no reason to fail.
pub fn complain(why: impl Display) {
    drop(writeln!(std::io::stderr(), "error: {why}"));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_variable_that_is_no_setting_is_known_with_the_one_that_was_meant() {
        let names = ["BEDSIDE_ADRESS", "BEDSIDE_LOG", "BEDSIDE_COLOUR", "HOME", "BEDSIDE_TEST_POSTGRES", "BEDSIDE_BIN"];
        let near = |near: &str| Some(near.to_owned());
        assert_eq!(unknown_variables(names), [("BEDSIDE_ADRESS", near("BEDSIDE_ADDRESS")), ("BEDSIDE_COLOUR", None)]);
    }

    #[test]
    fn every_setting_of_serve_has_an_environment_variable_and_help() {
        let command = Cli::command();
        let serve = command.find_subcommand("serve").expect("serve is a command");
        for setting in serve.get_arguments().filter(|setting| setting.get_long() != Some("help")) {
            let name = setting.get_id();
            assert!(setting.get_env().is_some_and(|name| name.to_string_lossy().starts_with("BEDSIDE_")), "{name}");
            assert!(setting.get_help().is_some(), "{name}");
        }
    }
}
