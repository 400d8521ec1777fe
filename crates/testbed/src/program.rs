//! The program `bedside` as a process, ended with the test.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long something may take that is a matter of moments.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A command that sees none of the settings of whoever runs the tests.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("BEDSIDE_")) {
        command.env_remove(name);
    }
    command.env_remove("RUST_LOG");
    command
}

/// The address of the module that [`publish_reading`] publishes: it is completed by reading its six pages.
pub const READING: &str = "/modules/reading";

/// Publishes a module of a few pages with the program's own command. `bedside` is the program without arguments.
///
/// # Panics
/// When it is not published.
pub fn publish_reading(mut bedside: Command, database_url: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("reading.md");
    let pages = ["One", "Two", "Three", "Four", "Five", "Six"];
    let pages: String = pages.iter().map(|page| format!("\n## {page}\n\nSay who you are.\n")).collect();
    let text = format!("---\nkind: module\ntitle: Reading\nminutes: 3\ncomplete: [read]\n---\n\n# Reading\n{pages}");
    std::fs::write(&file, text).expect("a file");
    let published = bedside.arg("publish").arg(&file).args(["--database-url", database_url]).output().expect("runs");
    assert!(published.status.success(), "{published:?}");
}

/// Asks again and again until there is an answer.
///
/// # Panics
/// When there is none within [`PATIENCE`]; `what` says what was waited for.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "waited {} s in vain: {what}", PATIENCE.as_secs());
        sleep(Duration::from_millis(20));
    }
}

/// The running program; it is killed when this is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// Where it listens, once [`Program::serve`] has read it.
    pub address: String,
    /// The set-up link's path, when it printed one.
    pub set_up: Option<String>,
    /// What else it said before it listened, a line each.
    pub said: Vec<String>,
}

impl Program {
    /// Starts a command of which the test reads standard output.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, lines, address: String::new(), set_up: None, said: Vec::new() }
    }

    /// Starts `command`, which ends in `serve` on a free port, and reads what it says until it listens.
    ///
    /// # Panics
    /// When it ends before it listens.
    pub fn serve(command: &mut Command) -> Self {
        let mut program = Self::start(command);
        loop {
            let line = program.line();
            if let Some(address) = line.strip_prefix("Listening on http://") {
                program.address = address.to_owned();
                return program;
            }
            let path = line.strip_prefix("Set-up link: http://").and_then(|link| link.find('/').map(|at| &link[at..]));
            program.set_up = program.set_up.take().or(path.map(str::to_owned));
            assert!(!line.is_empty(), "the program ended before it listened");
            program.said.push(line);
        }
    }

    /// The next line it says; empty once it has ended.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("its output is text");
        line.trim_end().to_owned()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it without warning, as `kill -9` and a power cut do.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it has ended");
    }

    /// Asks it to end and waits for that.
    ///
    /// # Panics
    /// When it does not.
    pub fn stop(&mut self) -> Option<i32> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill");
        assert!(told.success());
        wait_for("the program ends", || self.child.try_wait().expect("its state")).code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
