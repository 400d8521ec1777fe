//! Everything a change must pass, quickest answer first. The README's one test command, and the same everywhere.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    time::Instant,
};

use crate::{
    postgres::Cluster,
    rules, run as programs,
    site::{self, Wasm},
    tools::{Context, Outcome, Stop, cargo, chromium, command, ensure_tools, root, run},
};

/// Runs all steps in order and stops at the first that fails.
///
/// # Errors
/// The step that failed, and why.
pub(crate) fn test() -> Outcome {
    let began = Instant::now();
    step("format", || run(cargo().args(["fmt", "--all", "--check"])))?;
    step("browser, database and Node are there", ensure_tools)?;
    step("site", || site::build(Wasm::Small))?;
    step("the studio's editor", editor)?;
    step("clippy", || {
        run(cargo().args(["clippy", "--locked", "--all-targets", "--", "--deny=warnings"]))?;
        let wasm = ["--package=frontend", "--target=wasm32-unknown-unknown"];
        run(cargo().args(["clippy", "--locked"]).args(wasm).args(["--", "--deny=warnings"]))
    })?;
    step("the browser gets no server code", rules::browser_dependencies)?;
    step("licences and sources", rules::licences_and_sources)?;

    let cluster = step("a PostgreSQL for the tests", Cluster::start)?;
    step("tests", || {
        let mut tests = cargo();
        tests.args(["test", "--locked", "--workspace", "--exclude=frontend"]);
        run(tests.env("BEDSIDE_TEST_POSTGRES", cluster.url()))
    })?;
    step("journeys in a browser", || journeys(&cluster))?;
    drop(cluster);

    println!("\nAll is well ({:.1} s).", began.elapsed().as_secs_f64());
    Ok(())
}

/// Runs one step between two lines that name it and tell how long it took.
fn step<T>(name: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    println!("\n== {name}");
    let began = Instant::now();
    let outcome = work();
    let took = began.elapsed().as_secs_f64();
    match &outcome {
        Ok(_) => println!("== {name}: passed in {took:.1} s"),
        Err(_) => println!("== {name}: FAILED after {took:.1} s"),
    }
    outcome.map_err(|Stop(reason)| Stop(format!("{name}: {reason}")))
}

/// The tests of the editor's parts, which need no browser.
fn editor() -> Outcome {
    let folder = root().join("frontend/studio");
    let files = test_files(&folder.join("tests"))?;
    run(command("node").arg("--test").args(files).current_dir(folder))
}

/// The end-to-end tests, against the program as people start it.
fn journeys(cluster: &Cluster) -> Outcome {
    let folder = root().join("end2end");
    let files = test_files(&folder.join("tests"))?;
    let bedside = programs::program("server", "bedside", programs::Profile::Debug)?;
    let browser = chromium().ok_or("no chromium in PATH")?;
    run(command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    let mut node = command("node");
    node.args(["--test", "--test-concurrency=2", "--test-timeout=180000"]).args(files).current_dir(&folder);
    node.env("BEDSIDE_BIN", bedside).env("BEDSIDE_CHROMIUM", browser);
    run(node.env("BEDSIDE_TEST_POSTGRES", cluster.url()))
}

/// The tests of a folder, in alphabetical order. None at all is a mistake, not a success.
fn test_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).context(folder.display())?.flatten().map(|entry| entry.path());
    let is_test =
        |file: &PathBuf| file.file_name().and_then(OsStr::to_str).is_some_and(|name| name.ends_with(".test.mjs"));
    let mut files: Vec<PathBuf> = entries.filter(is_test).collect();
    files.sort();
    if files.is_empty() { Err(Stop(format!("no *.test.mjs in {}", folder.display()))) } else { Ok(files) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_tests_are_run_and_none_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("helper.mjs"), "").unwrap();
        assert!(test_files(folder.path()).is_err());
        for name in ["b.test.mjs", "a.test.mjs"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(test_files(folder.path()).unwrap(), ["a", "b"].map(|n| folder.path().join(format!("{n}.test.mjs"))));
    }

    #[test]
    fn a_failed_step_names_itself() {
        assert_eq!(step::<()>("format", || Err("no".into())).unwrap_err().0, "format: no");
    }
}
