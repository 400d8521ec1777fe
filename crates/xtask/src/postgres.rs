//! A private PostgreSQL for one run of the tests: a new cluster in a temporary folder, gone afterwards.
//!
//! Durability stays as it is by default (`fsync` on): the tests run against what a hospital would run.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::tools::{Context, Leash, Outcome, Stop, command, find, is_root, own_group, read, run};

/// How long a cluster may take to accept connections.
const START: Duration = Duration::from_secs(60);

/// A running cluster; dropped, it is stopped by its process id and its folder removed.
pub(crate) struct Cluster {
    port: u16,
    _server: Leash,
}

impl Cluster {
    /// Makes and starts a cluster that listens on a free port of this machine only.
    ///
    /// PostgreSQL refuses to run as root; as root we start it as the user `postgres`.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub(crate) fn start() -> Outcome<Self> {
        let bin = bin_dir().ok_or("PostgreSQL is not installed; run: sudo apt-get install -y postgresql")?;
        let owner = if is_root() { Some(Owner::named("postgres")?) } else { None };
        let folder = tempfile::Builder::new().prefix("bedside-postgres-").tempdir().context("a temporary folder")?;
        if let Some(owner) = &owner {
            owner.give(folder.path())?;
        }
        let program = |name: &str| {
            let mut program = Command::new(bin.join(name));
            program.current_dir(folder.path());
            if let Some(owner) = &owner {
                owner.run_as(&mut program);
            }
            program
        };

        let data = folder.path().join("data");
        let log = folder.path().join("log");
        let mut initdb = program("initdb");
        initdb
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"])
            .arg(&data);
        read(&mut initdb)?;

        let port = free_port()?;
        let mut server = program("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(folder.path()).args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        server.args(["-c", "max_connections=200"]);
        server.stderr(std::fs::File::create(&log).context(log.display())?);
        own_group(&mut server);
        // From here on the leash removes the folder, also when we are killed. SIGINT is PostgreSQL's fast shutdown.
        let mut server = Leash::start(&mut server, "INT", Some(folder.path()))?;
        let folder = folder.keep();
        let said = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();

        let began = Instant::now();
        while !is_ready(&data) {
            if server.has_ended().context("PostgreSQL")? {
                return Err(Stop(format!("PostgreSQL did not start:\n{}", said())));
            }
            if began.elapsed() > START {
                return Err(Stop(format!("PostgreSQL was not ready after {} s:\n{}", START.as_secs(), said())));
            }
            sleep(Duration::from_millis(50));
        }
        Ok(Self { port, _server: server })
    }

    /// The address that the tests find in `BEDSIDE_TEST_POSTGRES`.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

/// The eighth line of the postmaster's own file tells how far it is.
fn is_ready(data: &Path) -> bool {
    let file = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    file.lines().nth(7).is_some_and(|status| status.trim() == "ready")
}

/// A port that was free a moment ago.
fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("a free port")?;
    Ok(listener.local_addr().context("a free port")?.port())
}

/// The user who runs PostgreSQL when we are root.
struct Owner {
    uid: u32,
    gid: u32,
}

impl Owner {
    fn named(name: &str) -> Outcome<Self> {
        let id = |flag| read(command("id").args([flag, name]))?.trim().parse().context(name);
        Ok(Self { uid: id("-u")?, gid: id("-g")? })
    }

    fn give(&self, folder: &Path) -> Outcome {
        run(command("chown").arg(format!("{}:{}", self.uid, self.gid)).arg(folder))
    }

    /// The program itself runs as the user, with no `runuser` between: the child's process id is the postmaster's.
    fn run_as(&self, program: &mut Command) {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::uid(std::os::unix::process::CommandExt::gid(program, self.gid), self.uid);
    }
}

/// The folder of PostgreSQL's programs: Debian keeps one for each version outside `PATH`.
pub(crate) fn bin_dir() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
    let folders = versions.into_iter().flatten().flatten().map(|entry| entry.path());
    newest(folders.filter(|folder| folder.join("bin/initdb").is_file() && folder.join("bin/postgres").is_file()))
        .map(|folder| folder.join("bin"))
        .or_else(|| find(&["initdb"]).and_then(|file| file.parent().map(Path::to_path_buf)))
}

/// The folder whose name is the highest version number.
fn newest(folders: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    let version = |folder: &PathBuf| folder.file_name()?.to_str()?.parse::<u32>().ok();
    folders.filter(|folder| version(folder).is_some()).max_by_key(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let folders = ["v/9", "v/15", "v/other", "v/14"].map(PathBuf::from);
        assert_eq!(newest(folders.into_iter()), Some(PathBuf::from("v/15")));
    }

    #[test]
    fn a_cluster_is_ready_when_its_own_file_says_so() {
        let data = tempfile::tempdir().unwrap();
        assert!(!is_ready(data.path()));
        std::fs::write(data.path().join("postmaster.pid"), "1\nd\n0\n5\ns\n127.0.0.1\n1 1\nstarting\n").unwrap();
        assert!(!is_ready(data.path()));
        std::fs::write(data.path().join("postmaster.pid"), "1\nd\n0\n5\ns\n127.0.0.1\n1 1\nready   \n").unwrap();
        assert!(is_ready(data.path()));
    }
}
