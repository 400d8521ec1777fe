//! What the commands do, and with which code they end: 0 well, 1 tried in vain or problems found, 2 nothing to work on.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use store::{Store, StoreError, Verified};
use usecases::{Usecases, clock, publish::Published};

use crate::{
    cli::{Backup, Check, Command, Database, Publish, Restore, Verify, complain, say, warn_of_unknown_variables},
    content::{self, Checked},
    serve::{self, StartError},
    settings::ReportFormat,
    users,
};

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The settings, or the database at its opening.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The database at work.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A use case refused.
    #[error("{}", told(.0))]
    Usecase(#[from] usecases::Failure),
    /// What the command was asked for cannot be done; the words say why and what can.
    #[error("{0}")]
    Refused(String),
}

/// On the command line the database's own words help.
fn told(failure: &usecases::Failure) -> String {
    match failure {
        usecases::Failure::Store(cause) => cause.to_string(),
        other => other.to_string(),
    }
}

/// What came of a command.
pub type Outcome = Result<(), CommandError>;

/// Runs one command to its end.
pub async fn run(command: Command) -> ExitCode {
    let outcome = match command {
        Command::Serve(settings) => {
            warn_of_unknown_variables();
            serve::run(*settings).await.map_err(CommandError::from)
        }
        Command::Check(settings) => return check(&settings),
        Command::Publish(settings) => match gather([settings.path.as_path()]) {
            Ok(checked) => publish(&settings, &checked).await,
            Err(code) => return code,
        },
        Command::Backup(settings) => backup(&settings).await,
        Command::Restore(settings) => restore(&settings).await,
        Command::Verify(settings) => verify(&settings).await,
        Command::User(user) => users::run(user).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error);
            ExitCode::from(1)
        }
    }
}

fn check(settings: &Check) -> ExitCode {
    let checked = match gather(settings.paths.iter().map(PathBuf::as_path)) {
        Ok(checked) => checked,
        Err(code) => return code,
    };
    match settings.format {
        ReportFormat::Text => print_text(&checked),
        ReportFormat::Json => print_json(&checked),
    }
    ExitCode::from(u8::from(errors(&checked) > 0))
}

/// Finds and checks courseware; says so and gives exit code 2 when there is none.
fn gather<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<Vec<Checked>, ExitCode> {
    let mut checked = Vec::new();
    for path in paths {
        match content::find(path) {
            Ok(sources) => checked.extend(sources.iter().map(content::check)),
            Err(error) => {
                complain(format_args!("{error}; give a markdown file or a folder that holds some"));
                return Err(ExitCode::from(2));
            }
        }
    }
    if checked.is_empty() {
        complain("no courseware was found; give a markdown file or a folder that holds some");
        return Err(ExitCode::from(2));
    }
    Ok(checked)
}

fn errors(checked: &[Checked]) -> usize {
    checked.iter().flat_map(|file| &file.problems).filter(|problem| problem.is_error()).count()
}

fn print_text(checked: &[Checked]) {
    for file in checked {
        for problem in &file.problems {
            say(problem.render(&file.text));
        }
    }
    let errors = errors(checked);
    let warnings = checked.iter().map(|file| file.problems.len()).sum::<usize>() - errors;
    say(format_args!(
        "{} checked: {}, {}",
        count(checked.len(), "file"),
        count(errors, "error"),
        count(warnings, "warning")
    ));
}

fn print_json(checked: &[Checked]) {
    let problems: Vec<_> =
        checked.iter().flat_map(|file| &file.problems).map(courseware::Problem::diagnostic).collect();
    match serde_json::to_string_pretty(&problems) {
        Ok(json) => say(json),
        Err(error) => tracing::error!(%error, "the report could not be written as JSON"),
    }
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Opens the store, works, and closes it whatever came of the work. A database that is not there is not made, so that a slip in its
/// address is told: an empty one would be "whole".
///
/// # Errors
///
/// What the opening or the work came to.
pub async fn with_store<T>(
    database: &Database,
    work: impl AsyncFnOnce(&Store) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let url = &database.database_url;
    if url.file().is_some_and(|file| !file.exists()) {
        return Err(CommandError::Refused(format!(
            "--database-url {url}: there is no such file; give the address that `bedside serve` runs with, which also makes it"
        )));
    }
    let store = serve::open(url).await?;
    let outcome = work(&store).await;
    store.close().await;
    outcome
}

async fn publish(settings: &Publish, checked: &[Checked]) -> Outcome {
    if errors(checked) > 0 {
        print_text(checked);
        return Err(CommandError::Refused("nothing was published; mend the errors above and try again".to_owned()));
    }
    with_store(&settings.database, async |store| {
        let usecases = Usecases::new(store.clone());
        let mut refused = 0_usize;
        for file in checked {
            match usecases.publish(&file.name, &file.text, clock::now()).await? {
                Published::New => say(format_args!("published: {}", file.name)),
                Published::Unchanged => say(format_args!("unchanged: {}", file.name)),
                Published::Refused { notice, .. } => {
                    refused += 1;
                    say(format_args!(
                        "refused: {}: {}",
                        file.name,
                        notice.as_deref().unwrap_or("it does not pass the checks")
                    ));
                }
            }
        }
        if refused > 0 {
            return Err(CommandError::Refused(format!("{} not published", count(refused, "file"))));
        }
        Ok(())
    })
    .await
}

async fn backup(settings: &Backup) -> Outcome {
    let file = settings.file.display();
    let folder = settings.file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let (Some(folder), Some(_)) = (folder, settings.database.database_url.file())
        && !folder.is_dir()
    {
        let folder = folder.display();
        return Err(CommandError::Refused(format!(
            "{file}: there is no folder {folder}; make it, or choose another one"
        )));
    }
    match with_store(&settings.database, async |store| Ok(store.backup(&settings.file).await?)).await? {
        store::Backup::Done { entries } => {
            say(format_args!("Backup written and verified: {file}, ledger entries: {entries}"));
            Ok(())
        }
        store::Backup::Exists => {
            Err(CommandError::Refused(format!("{file} exists already and is kept; choose another name")))
        }
        store::Backup::UsePgDump => {
            Err(CommandError::Refused("a database on PostgreSQL is backed up with its own pg_dump".to_owned()))
        }
    }
}

/// The backup is verified first, so that a bad one changes nothing. What stood in its place is kept under another name.
async fn restore(settings: &Restore) -> Outcome {
    let url = &settings.database.database_url;
    let refused = |words: String| Err(CommandError::Refused(words));
    if url.file().is_some() && !settings.file.is_file() {
        let what = if settings.file.is_dir() { "this is a folder" } else { "there is no such file" };
        return refused(format!("{}: {what}; give a file that `bedside backup` has written", settings.file.display()));
    }
    serve::make_folder(url)?;
    match Store::restore(&settings.file, url.as_str(), settings.replace, clock::now().as_microsecond()).await? {
        store::Restore::Done { entries, replaced } => {
            say(format_args!("Restored and verified: {url}, ledger entries: {entries}"));
            if let Some(replaced) = replaced {
                say(format_args!("The database before it is kept as {}", replaced.display()));
            }
            Ok(())
        }
        store::Restore::Exists => refused(format!(
            "{url} exists already and is kept; stop the platform and say --replace to put the backup in its place"
        )),
        store::Restore::InUse => refused(format!("{url} is open in a running program; stop it and try again")),
        store::Restore::Unsound { why } => {
            refused(format!("{} is not a sound backup, nothing was changed: {why}", settings.file.display()))
        }
        store::Restore::UsePgRestore => {
            refused("a database on PostgreSQL is restored with its own pg_restore".to_owned())
        }
    }
}

async fn verify(settings: &Verify) -> Outcome {
    match with_store(&settings.database, async |store| Ok(store.verify().await?)).await? {
        Verified::Ok { entries, head } => {
            let hash: String = head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
            say(format_args!("The ledger is whole. Entries: {entries}, head: {hash}"));
            Ok(())
        }
        Verified::Bad { seq, why } => {
            Err(CommandError::Refused(format!("the ledger is broken: the first bad entry is {seq}: {why}")))
        }
    }
}
