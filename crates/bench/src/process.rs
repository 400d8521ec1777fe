//! Programs under measurement: started on the cores they are given, looked at through `/proc`, and ended by their
//! process id however the measurement ends.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use crate::Outcome;

/// Linux counts a process's time in hundredths of a second, on every machine (`getconf CLK_TCK`).
const TICKS_A_SECOND: f64 = 100.0;

/// A server that listens; dropped, it is killed.
pub(crate) struct Running {
    child: Child,
    watcher: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Kept open, so that what it prints later has somewhere to go.
    _lines: BufReader<ChildStdout>,
}

impl Running {
    /// Starts a server and waits until it says where it listens.
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let line = format!("{command:?}");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|cause| format!("{line} does not start: {cause}"))?;
        let stdout = child.stdout.take();
        let watcher = match watch(child.id()) {
            Ok(watcher) => watcher,
            Err(cause) => {
                child.kill()?;
                child.wait()?;
                return Err(format!("sh does not start: {cause}").into());
            }
        };
        let Some(stdout) = stdout else { return Err("a server without standard output".into()) };
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut running = Self { child, watcher, address: unknown, _lines: BufReader::new(stdout) };
        let mut said = String::new();
        loop {
            said.clear();
            if running._lines.read_line(&mut said)? == 0 {
                return Err(format!("{line} ended before it listened").into());
            }
            if let Some(address) = said.trim_end().strip_prefix("Listening on http://") {
                running.address = address.parse()?;
                return Ok(running);
            }
        }
    }

    /// kill -9, as a power cut would: nothing is finished, nothing is said.
    pub(crate) fn kill(mut self) -> Outcome {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Resident memory in bytes.
    pub(crate) fn resident(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        Ok(kilobytes.ok_or("no VmRSS")?.trim().parse::<u64>()? * 1024)
    }

    /// Processor time it has used so far, in seconds.
    pub(crate) fn cpu_seconds(&self) -> Outcome<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The second field is a name in brackets and may hold blanks; user and system time are the 14th and 15th.
        let (_, rest) = stat.rsplit_once(')').ok_or("no stat")?;
        let ticks = rest.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
        Ok(ticks.sum::<Result<u32, _>>().map(f64::from)? / TICKS_A_SECOND)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The watcher goes first: later the id could be somebody else's.
        for process in [&mut self.watcher, &mut self.child] {
            if let Err(cause) = process.kill().and_then(|()| process.wait()) {
                eprintln!("bench: process {} could not be ended: {cause}", process.id());
            }
        }
    }
}

/// Ends the server also when we are killed ourselves: the shell's standard input closes with us.
fn watch(id: u32) -> std::io::Result<Child> {
    Command::new("sh")
        .args(["-c", "trap '' INT TERM HUP; read -r _; kill -KILL \"$1\" 2>/dev/null", "watch", &id.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
}

/// Which processors a program may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cores {
    /// All of them.
    All,
    /// All but the last: for a server whose load comes from the last.
    Servers,
    /// The last: for the load.
    Load,
}

impl Cores {
    /// The list as `taskset` takes it; with a single processor everybody shares it.
    fn list(self) -> String {
        let count = cores();
        match self {
            Self::All => format!("0-{}", count - 1),
            Self::Servers => format!("0-{}", count.saturating_sub(2)),
            Self::Load => format!("{}", count - 1),
        }
    }

    /// Moves this very process, all of its threads, to these processors.
    pub(crate) fn take(self) -> Outcome {
        let id = std::process::id().to_string();
        let moved = Command::new("taskset").args(["-acp", &self.list(), &id]).stdout(Stdio::null()).status()?;
        if moved.success() { Ok(()) } else { Err("taskset could not move the load to its processor".into()) }
    }

    /// A command that runs on these processors; `taskset` becomes the program, process id and all.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = Command::new("taskset");
        command.args(["-c", &self.list()]).arg(program);
        command
    }
}

/// The most memory that a process held so far, in kilobytes; none once it has ended.
pub(crate) fn peak_kilobytes(id: u32) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// How many processors this machine has.
pub(crate) fn cores() -> usize {
    let list = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    list.lines().filter(|line| line.starts_with("processor")).count().max(1)
}

/// The program that people get.
#[derive(Clone, Debug)]
pub struct Bedside(pub PathBuf);

impl Bedside {
    /// `bedside serve` on a free port, with its usual log, which nobody reads.
    pub(crate) fn serve(&self, database: &str, cores: Cores) -> Command {
        let mut command = self.command(cores, &["serve", "--address", "127.0.0.1:0"], database);
        command.env_remove("RUST_LOG").stderr(Stdio::null());
        command
    }

    /// The same, with every statement that it sends to the database logged to `log`.
    pub(crate) fn serve_telling_statements(&self, database: &str, log: &Path) -> Outcome<Command> {
        let mut command = self.serve(database, Cores::All);
        command.args(["--log", "json"]).env("RUST_LOG", "sqlx::query=debug").stderr(File::create(log)?);
        Ok(command)
    }

    /// Recomputes the ledger; an error when it is not whole.
    pub(crate) fn verify(&self, database: &str) -> Outcome {
        let output = self.command(Cores::All, &["verify"], database).env("RUST_LOG", "error").output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("bedside verify: {}", String::from_utf8_lossy(&output.stderr).trim()).into())
    }

    /// Without the settings of whoever runs the benchmark.
    pub(crate) fn command(&self, cores: Cores, words: &[&str], database: &str) -> Command {
        let mut command = cores.command(&self.0);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("BEDSIDE_")) {
            command.env_remove(name);
        }
        command.args(words).args(["--database-url", database]);
        command
    }
}
