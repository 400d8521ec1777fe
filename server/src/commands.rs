//! What the commands do, and with which code they end: 0 well, 1 tried in vain or problems found, 2 nothing to work on.

use std::{borrow::Cow, process::ExitCode};

use store::{Store, StoreError, Verified};
use usecases::{
    Usecases, assignments, clock,
    publish::{File, Published},
};

use crate::{
    bounce,
    check::{self, count},
    cli::{Backup, Command, Database, Publish, Rebuild, Restore, Verify, complain, say, warn_of_unknown_variables},
    content::{self, Found},
    demo, explain, grade, play, roster,
    serve::{self, StartError},
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
    /// A file that was named cannot be read.
    #[error("{0}")]
    Unread(String),
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
        Command::Check(settings) => return check::run(&settings),
        Command::Play(settings) => return play::run(&settings),
        Command::Grade(settings) => return grade::run(&settings),
        Command::Explain(settings) => {
            if let (Some(policy), Some(facts)) = (&settings.policy, &settings.facts) {
                return explain::from_files(&settings, policy, facts);
            }
            explain::from_database(&settings).await
        }
        Command::Publish(settings) => match check::gather([settings.path.as_path()]) {
            Ok(found) => publish(&settings, &found).await,
            Err(code) => return code,
        },
        Command::Demo(settings) => demo::run(&settings).await.map_err(CommandError::from),
        Command::Backup(settings) => backup(&settings).await,
        Command::Restore(settings) => restore(&settings).await,
        Command::Rebuild(settings) => rebuild(&settings).await,
        Command::Bounce(settings) => bounce::run(&settings).await,
        Command::Verify(settings) => verify(&settings).await,
        Command::User(user) => users::run(user).await,
        Command::Import(import) => roster::import(import).await,
        Command::Export(export) => roster::export(export).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = if matches!(error, CommandError::Unread(_)) { 2 } else { 1 };
            complain(error);
            ExitCode::from(code)
        }
    }
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

async fn publish(settings: &Publish, found: &[Found]) -> Outcome {
    let mut checked = check::checked(found);
    content::in_order(&mut checked);
    if check::errors(&checked) > 0 {
        check::print_text(&checked);
        return Err(CommandError::Refused("nothing was published; mend the errors above and try again".to_owned()));
    }
    with_store(&settings.database, async |store| {
        let usecases = Usecases::new(store.clone());
        let mut refused = 0_usize;
        // Publishing takes one path, so all files lie in one folder.
        let Some(folder) = found.first() else { return Ok(()) };
        for file in &checked {
            let attached = content::attached(file, |path| std::fs::read(folder.root.join(path)).ok());
            let new = File::of(&file.text, Cow::Borrowed(&file.document), &attached);
            match usecases.publish(&new, clock::now()).await? {
                Published::New => say(format_args!("published: {}", file.shown)),
                Published::Unchanged => say(format_args!("unchanged: {}", file.shown)),
                Published::Moved => {}
                Published::Refused { notice, .. } => {
                    refused += 1;
                    say(format_args!(
                        "refused: {}: {}",
                        file.shown,
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
            match with_store(&settings.database, async |store| Ok(store.doubt_messages().await?)).await? {
                0 => {}
                many => say(format_args!(
                    "Messages that were waiting in the backup and may have been sent since: {many}. They are not sent by themselves; look \
                     under “Messages”."
                )),
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

async fn rebuild(settings: &Rebuild) -> Outcome {
    let done = with_store(&settings.database, async |store| {
        // What a change of the rules has left to do is no difference.
        while store.refresh_part().await? > 0 {}
        Ok(store.rebuild(settings.check).await?)
    })
    .await?;
    let people = assignments::people_words(i64::try_from(done.people).unwrap_or(i64::MAX));
    match (settings.check, done.different) {
        (true, 0) => say(format_args!("What is kept equals what follows from the facts. Looked at: {people}")),
        (true, different) => {
            return Err(CommandError::Refused(format!(
                "{different} of the obligations kept are not what follows from the facts; `bedside rebuild` makes them anew"
            )));
        }
        (false, 0) => {
            say(format_args!("Everything was made anew from the facts, and nothing differed. Looked at: {people}"))
        }
        (false, different) => {
            say(format_args!(
                "Everything was made anew from the facts. Obligations that differed: {different}. Looked at: {people}"
            ));
        }
    }
    Ok(())
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
