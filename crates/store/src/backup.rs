//! Copies of the whole database: made while serving, checked before they count.

use crate::{
    Result, Store, StoreError, Verified,
    db::{Tx, vals},
    fact, migrate,
    open::Target,
};
use sqlx::{
    ConnectOptions as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What became of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backup {
    /// The copy is on disk and sound.
    Done {
        /// How many ledger entries it holds.
        entries: i64,
    },
    /// Something with this name exists; a backup never overwrites.
    Exists,
    /// PostgreSQL brings its own tool: `pg_dump`.
    UsePgDump,
}

/// What became of a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restore {
    /// The database is the backup now.
    Done {
        /// How many ledger entries it holds.
        entries: i64,
        /// Where the database that was there before has gone.
        replaced: Option<PathBuf>,
    },
    /// There is a database already and replacing it was not asked for.
    Exists,
    /// A program has the database open: stop it first.
    InUse,
    /// The backup is not sound; nothing was changed.
    Unsound {
        /// What is wrong with it, for the log.
        why: String,
    },
    /// PostgreSQL brings its own tool: `pg_restore`.
    UsePgRestore,
}

impl Store {
    /// Copies a SQLite database to `path` while serving goes on, and checks the copy.
    pub async fn backup(&self, path: &Path) -> Result<Backup> {
        let Target::Sqlite { .. } = self.target() else { return Ok(Backup::UsePgDump) };
        if path.exists() {
            return Ok(Backup::Exists);
        }
        let part = beside(path, "part");
        remove(&part)?;
        // Its own connection: a copy takes long, and the readers may only query.
        let mut tx = self.target().writing_connection().await?;
        tx.run("VACUUM INTO $1", vals![part.to_string_lossy().into_owned()]).await?;
        tx.close().await?;
        match check(&part).await? {
            Ok(entries) => {
                publish_file(&part, path)?;
                Ok(Backup::Done { entries })
            }
            Err(why) => {
                remove(&part)?;
                Err(StoreError::corrupt("the backup", why))
            }
        }
    }

    /// Puts the backup at `from` in the place of the database at the URL `target`, after checking it. What was there before is
    /// kept beside it, under a name with `now`. No program may have the database open.
    pub async fn restore(from: &Path, target: &str, replace: bool, now: i64) -> Result<Restore> {
        let Target::Sqlite { path, .. } = Target::parse(target)? else { return Ok(Restore::UsePgRestore) };
        if path.exists() && !replace {
            return Ok(Restore::Exists);
        }
        let part = beside(&path, "part");
        fs::copy(from, &part).map_err(|error| file(from, &error))?;
        let entries = match check(&part).await {
            Ok(Ok(entries)) => entries,
            Ok(Err(why)) => {
                remove(&part)?;
                return Ok(Restore::Unsound { why });
            }
            Err(error) => {
                remove(&part)?;
                return Ok(Restore::Unsound { why: error.to_string() });
            }
        };
        let mut replaced = None;
        if path.exists() {
            if in_use(&path).await {
                remove(&part)?;
                return Ok(Restore::InUse);
            }
            let old = beside(&path, &format!("replaced.{now}"));
            for suffix in ["-wal", "-shm", ""] {
                let (from, to) = (with_suffix(&path, suffix), with_suffix(&old, suffix));
                if from.exists() {
                    fs::rename(&from, &to).map_err(|error| file(&from, &error))?;
                }
            }
            replaced = Some(old);
        }
        publish_file(&part, &path)?;
        Ok(Restore::Done { entries, replaced })
    }
}

/// Whether a file is a sound database of ours: pages, references, schema and ledger. Returns its ledger entries or what is wrong.
async fn check(path: &Path) -> Result<Result<i64, String>> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut tx = Tx::Sqlite(options.connect().await?);
    let pages =
        tx.one("SELECT integrity_check AS found FROM pragma_integrity_check LIMIT 1", vals![]).await?.text("found")?;
    if pages != "ok" {
        return Ok(Err(pages));
    }
    let references = "SELECT count(*) AS broken FROM pragma_foreign_key_check";
    let broken = tx.one(references, vals![]).await?.i64("broken")?;
    if broken > 0 {
        return Ok(Err(format!("{broken} references lead nowhere")));
    }
    if migrate::refuse_newer(&mut tx, migrate::ALL).await? == 0 {
        return Ok(Err("it is not a database of Bedside".to_owned()));
    }
    let verified = fact::verify(&mut tx).await?;
    tx.close().await?;
    Ok(match verified {
        Verified::Ok { entries, .. } => Ok(entries),
        Verified::Bad { seq, why } => Err(format!("ledger entry {seq}: {why}")),
    })
}

/// Leaving WAL mode needs the file alone: it fails while any other connection is open. It also brings what the log holds home. A
/// file that is no database at all is nobody's.
async fn in_use(path: &Path) -> bool {
    let options = SqliteConnectOptions::new().filename(path).journal_mode(SqliteJournalMode::Delete);
    match options.connect().await {
        Ok(connection) => Tx::Sqlite(connection).close().await.is_err(),
        Err(error) => !matches!(StoreError::from(error), StoreError::Corrupt { .. }),
    }
}

/// Brings a finished file under its name, synced, so that a crash leaves the old state or the new one.
fn publish_file(part: &Path, path: &Path) -> Result<()> {
    let synced = fs::OpenOptions::new().write(true).open(part).and_then(|part| part.sync_all());
    synced.and_then(|()| fs::rename(part, path)).map_err(|error| file(path, &error))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| file(folder, &error))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(file(path, &error)),
        _ => Ok(()),
    }
}

fn beside(path: &Path, what: &str) -> PathBuf {
    with_suffix(path, &format!(".{what}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn file(path: &Path, error: &io::Error) -> StoreError {
    StoreError::unavailable(format_args!("{}: {error}", path.display()))
}
