//! The program itself: built, run once, or built and run again at every change.

use std::{
    ffi::OsString,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::Duration,
};

use crate::{
    site::{self, Wasm},
    tools::{Context, Leash, Outcome, cargo, find, root, run, target_dir},
};

/// How the program is compiled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

impl Profile {
    /// cargo's name of the profile, and the folder it writes to.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Debug => ("dev", "debug"),
            Self::Release => ("release", "release"),
        }
    }
}

/// Builds the site, then the program that embeds it; gives the program's path.
///
/// # Errors
/// When either does not build.
pub(crate) fn build(profile: Profile, wasm: Wasm) -> Outcome<PathBuf> {
    site::build(wasm)?;
    program("server", "bedside", profile)
}

/// Builds one program of the workspace and gives its path.
///
/// # Errors
/// When it does not build.
pub(crate) fn program(package: &str, name: &str, profile: Profile) -> Outcome<PathBuf> {
    let (profile, folder) = profile.names();
    run(cargo().args(["build", "--locked", "--package", package, "--profile", profile]))?;
    Ok(target_dir().join(folder).join(name))
}

/// Runs the optimised program. On unix it takes our place, process id and all: ctrl-C and signals reach it directly.
///
/// # Errors
/// When it does not build or cannot be started.
pub(crate) fn serve(args: &[OsString]) -> Outcome {
    let mut server = bedside(&build(Profile::Release, Wasm::Small)?, args);
    #[cfg(unix)]
    return Err(std::os::unix::process::CommandExt::exec(&mut server)).context("bedside serve");
    #[cfg(not(unix))]
    return run(&mut server);
}

fn bedside(program: &Path, args: &[OsString]) -> Command {
    let mut command = Command::new(program);
    command.arg("serve").args(args).current_dir(root());
    command
}

/// Folders whose files make the program, and the files at the top that do.
const SOURCES: [&str; 9] =
    ["app", "content", "crates", "frontend", "migrations", "server", "style", "Cargo.toml", "Cargo.lock"];

/// Builds and runs the program, and again after every change, until ctrl-C. A build that fails leaves the last one on.
///
/// # Errors
/// When a source cannot be read or the program cannot be started.
pub(crate) fn dev(args: &[OsString]) -> Outcome {
    let mut server: Option<Leash> = None;
    loop {
        let seen = state_of(&root(), &SOURCES).context("sources")?;
        match build(Profile::Debug, Wasm::Quick) {
            Ok(program) => {
                // The old one must be gone first: it holds the port.
                drop(server.take());
                server = Some(Leash::start(&mut bedside(&program, args), "TERM", None)?);
            }
            Err(stop) => eprintln!("xtask: {}\nxtask: waiting for a change", stop.0),
        }
        while state_of(&root(), &SOURCES).context("sources")? == seen {
            sleep(Duration::from_millis(400));
        }
    }
}

/// A number that changes when a file below these paths is changed, added or removed.
fn state_of(root: &Path, paths: &[&str]) -> std::io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    let mut open: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
    while let Some(path) = open.pop() {
        // A file may vanish between listing and looking: editors save by renaming.
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if path.ends_with("node_modules") {
            // What a build itself fetches is no change.
            continue;
        }
        if metadata.is_dir() {
            let Ok(entries) = fs::read_dir(&path) else { continue };
            let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            entries.sort();
            open.append(&mut entries);
        } else {
            (&path, metadata.len(), metadata.modified()?).hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}

/// Asks cargo-deny, by the rules in `deny.toml`.
///
/// # Errors
/// When cargo-deny is not installed, or finds something.
pub(crate) fn audit() -> Outcome {
    if find(&["cargo-deny"]).is_none() {
        return Err("cargo-deny is missing; run: cargo install --locked cargo-deny".into());
    }
    run(cargo().args(["deny", "--locked", "check"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_an_added_and_a_removed_file_are_noticed() {
        let root = tempfile::tempdir().unwrap();
        let state = || state_of(root.path(), &["app", "absent"]).unwrap();
        fs::create_dir_all(root.path().join("app/src")).unwrap();
        let file = root.path().join("app/src/lib.rs");
        let mut states = vec![state()];
        fs::write(&file, "one").unwrap();
        states.push(state());
        assert_eq!(states[1], state(), "nothing happened");
        fs::write(&file, "three").unwrap();
        states.push(state());
        assert_ne!(states[0], states[1]);
        assert_ne!(states[1], states[2]);
        fs::remove_file(&file).unwrap();
        assert_eq!(states[0], state());
    }
}
