//! Programs we start: run one and say what went wrong, see whether one is there, end one with us.

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Why a command of xtask stopped: a sentence for the person at the terminal, with what to do next where we know it.
#[derive(Debug)]
pub(crate) struct Stop(pub(crate) String);

impl From<String> for Stop {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Stop {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What every step answers.
pub(crate) type Outcome<T = ()> = Result<T, Stop>;

/// Adds to an error which file or act it belongs to.
pub(crate) trait Context<T> {
    /// Turns the error into a [`Stop`] that begins with `what`.
    fn context(self, what: impl std::fmt::Display) -> Outcome<T>;
}

impl<T, E: std::fmt::Display> Context<T> for Result<T, E> {
    fn context(self, what: impl std::fmt::Display) -> Outcome<T> {
        self.map_err(|error| Stop(format!("{what}: {error:#}")))
    }
}

/// The workspace's folder. It is known from the time xtask was compiled, so that commands work from any folder below it.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Where cargo puts what it builds.
pub(crate) fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The cargo that started us.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A command that starts in the workspace's folder.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Runs to the end, with our own terminal for its output.
///
/// # Errors
/// When it cannot be started or does not succeed; the sentence shows the whole line.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| Stop(format!("could not start `{}`: {error}", line(command))))?;
    if status.success() { Ok(()) } else { Err(Stop(format!("`{}` failed ({status})", line(command)))) }
}

/// Runs to the end and gives what it printed.
///
/// # Errors
/// When it cannot be started, does not succeed or prints something that is not text.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Stop(format!("could not start `{}`: {error}", line(command))))?;
    if !output.status.success() {
        return Err(Stop(format!("`{}` failed ({})", line(command), output.status)));
    }
    String::from_utf8(output.stdout).context(line(command))
}

/// The command as someone would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The first of `names` found in `PATH`.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// Whether we run as the system's administrator.
pub(crate) fn is_root() -> bool {
    read(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// A program that we need and that a package of the system brings.
struct Needed {
    package: &'static str,
    is_there: fn() -> bool,
}

/// What bundles the studio's editor.
const FOR_THE_SITE: [Needed; 2] = [
    Needed { package: "nodejs", is_there: || find(&["node"]).is_some() },
    Needed { package: "npm", is_there: || find(&["npm"]).is_some() },
];

const FOR_THE_TESTS: [Needed; 4] = [
    Needed { package: "chromium", is_there: || chromium().is_some() },
    Needed { package: "postgresql", is_there: || crate::postgres::bin_dir().is_some() },
    // The test of a full disk mounts a small file system for the program alone.
    Needed { package: "util-linux", is_there: || find(&["unshare"]).is_some() },
    Needed { package: "mount", is_there: || find(&["mount"]).is_some() },
];

/// The browser of the end-to-end tests.
pub(crate) fn chromium() -> Option<PathBuf> {
    find(&["chromium", "chromium-browser", "google-chrome"])
}

/// Sees to it that the browser, the database and Node are there. Installs what is missing, but only as root.
///
/// # Errors
/// When something is missing and we may not install it: the sentence is the line to run.
pub(crate) fn ensure_tools() -> Outcome {
    ensure("the tests need", &mut FOR_THE_SITE.iter().chain(&FOR_THE_TESTS))
}

/// Sees to it that Node and npm are there, as [`ensure_tools`] does.
///
/// # Errors
/// When one is missing and we may not install it: the sentence is the line to run.
pub(crate) fn ensure_bundler() -> Outcome {
    ensure("the studio's editor is bundled by programs that are missing; it needs", &mut FOR_THE_SITE.iter())
}

fn ensure(why: &str, tools: &mut dyn Iterator<Item = &Needed>) -> Outcome {
    let missing: Vec<&Needed> = tools.filter(|tool| !(tool.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    let by_hand = format!("{why} {0}; run: sudo apt-get install -y {0}", packages.join(" "));
    if !is_root() || find(&["apt-get"]).is_none() {
        return Err(Stop(by_hand));
    }
    run(command("apt-get").arg("update"))?;
    run(command("apt-get").args(["install", "-y"]).args(&packages).env("DEBIAN_FRONTEND", "noninteractive"))?;
    if missing.iter().all(|tool| (tool.is_there)()) { Ok(()) } else { Err(Stop(by_hand)) }
}

/// A program that ends when we do, however we end.
///
/// A watching shell holds the other end of a pipe. When the pipe closes, because this value is dropped or because we
/// were killed, the shell signals the program by its process id, waits, and removes the scratch folder, if there is one.
pub(crate) struct Leash {
    child: Child,
    watcher: Child,
}

/// Reads until the pipe closes, then: the signal, ten seconds of patience, SIGKILL, and the folder is gone.
const WATCH: &str = r#"trap '' INT TERM HUP
cat >/dev/null
kill -s "$2" "$1" 2>/dev/null
tries=0
while kill -0 "$1" 2>/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -gt 100 ]; then kill -s KILL "$1"; break; fi
  sleep 0.1
done
if [ -n "$3" ]; then rm -rf "$3"; fi"#;

impl Leash {
    /// Starts `command`; `signal` is how it is asked to end, `scratch` a folder that is removed after it.
    ///
    /// # Errors
    /// When the program or the watching shell cannot be started.
    pub(crate) fn start(command: &mut Command, signal: &str, scratch: Option<&Path>) -> Outcome<Self> {
        let mut child =
            command.spawn().map_err(|error| Stop(format!("could not start `{}`: {error}", line(command))))?;
        let mut watch = Command::new("sh");
        watch.args(["-c", WATCH, "watch"]).arg(child.id().to_string()).arg(signal);
        watch.arg(scratch.map_or(OsStr::new(""), Path::as_os_str)).stdin(Stdio::piped());
        own_group(&mut watch);
        match watch.spawn() {
            Ok(watcher) => Ok(Self { child, watcher }),
            Err(error) => {
                child.kill().and_then(|()| child.wait()).context("the program cannot be ended")?;
                Err(Stop(format!("could not start `sh`: {error}")))
            }
        }
    }

    /// Whether the program has ended by itself.
    pub(crate) fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        for process in [&mut self.child, &mut self.watcher] {
            if let Err(error) = process.wait() {
                eprintln!("xtask: process {} could not be waited for: {error}", process.id());
            }
        }
    }
}

/// Keeps the terminal's ctrl-C from a program that is ended in another way.
pub(crate) fn own_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_the_line_that_failed() {
        let stop = run(command("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(stop.0, "`sh -c exit 3` failed (exit status: 3)");
    }

    #[test]
    fn a_missing_program_is_named() {
        assert!(run(&mut command("no-such-program")).unwrap_err().0.starts_with("could not start `no-such-program`"));
    }

    #[test]
    fn a_dropped_leash_ends_the_program_and_removes_its_folder() {
        let scratch = tempfile::tempdir().unwrap().keep();
        let leash = Leash::start(command("sleep").arg("60"), "TERM", Some(&scratch)).unwrap();
        let id = leash.child.id().to_string();
        drop(leash);
        assert!(!scratch.exists());
        assert!(!Command::new("kill").args(["-0", &id]).stderr(Stdio::null()).status().unwrap().success());
    }
}
