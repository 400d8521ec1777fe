//! The measurements of docs/benchmarks.md: builds what is measured, lends it a PostgreSQL, and lets `bench` do the rest. And the
//! fuzzers of `courseware`, a minute each.

use std::{ffi::OsString, fs, process::Command};

use crate::{
    postgres::Cluster,
    run,
    site::Wasm,
    tools::{Context as _, Outcome, Stop, cargo, command, read, root, run as run_to_end, target_dir},
};

/// Measures the optimised program; `args` are the parts and flags of `bench run`, and the part `fuzz`.
///
/// # Errors
/// When something does not build, PostgreSQL does not start, a measurement stops, or a fuzzer finds something.
pub(crate) fn bench(args: &[OsString]) -> Outcome {
    let (fuzzed, measured): (Vec<&OsString>, Vec<&OsString>) = args.iter().partition(|arg| *arg == "fuzz");
    let names_parts = measured.iter().any(|arg| !arg.to_string_lossy().starts_with('-'));
    if fuzzed.is_empty() || names_parts {
        measure(&measured)?;
    }
    let is_quick = measured.iter().any(|arg| *arg == "--quick");
    if !fuzzed.is_empty() || !names_parts {
        fuzz(if is_quick { 10 } else { 60 })?;
    }
    Ok(())
}

fn measure(args: &[&OsString]) -> Outcome {
    let bedside = run::build(run::Profile::Release, Wasm::Small)?;
    let bench = run::program("bench", "bench", run::Profile::Release)?;
    let cluster = Cluster::start()?;
    let mut measure = Command::new(bench);
    measure.current_dir(root()).arg("run").args(args).arg("--bedside").arg(bedside);
    measure.args(["--postgres", &cluster.url(), "--document", "docs/benchmarks.md"]);
    run_to_end(&mut measure)
}

/// Makes a large organisation with the optimised generator; `args` are those of `bench generate`.
///
/// # Errors
/// When the generator does not build or stops.
pub(crate) fn generate(args: &[OsString]) -> Outcome {
    run_to_end(Command::new(run::program("bench", "bench", run::Profile::Release)?).arg("generate").args(args))
}

/// The fuzzers, in crates/courseware/fuzz/fuzz_targets.
const FUZZERS: [&str; 3] = ["document", "role_play", "quiz"];
/// The version of the fuzzing command that is installed beside the builds where there is none.
const CARGO_FUZZ: &str = "0.13.2";

/// Runs each fuzzer for so many seconds, from the files of the tests on. What it finds new is kept in the target folder for the next
/// time. Without a sanitizer the toolchain of the project is enough: the crate has no unsafe code.
fn fuzz(seconds: u32) -> Outcome {
    let tools = target_dir().join("fuzz-tools");
    let program = tools.join("bin/cargo-fuzz");
    if !program.is_file() {
        run_to_end(cargo().args(["install", "--locked", "cargo-fuzz", "--version", CARGO_FUZZ, "--root"]).arg(&tools))?;
    }
    // The triple of the machine: without it the fuzzing command may choose one that is not installed.
    let about = read(command("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or(Stop("rustc does not say which machine it builds for".to_owned()))?;
    let seeds = root().join("crates/courseware/tests/checks");
    for fuzzer in FUZZERS {
        let corpus = target_dir().join("fuzz-corpus").join(fuzzer);
        fs::create_dir_all(&corpus).context(corpus.display())?;
        println!("fuzzing {fuzzer} for {seconds} s");
        let mut fuzzing = command(&program);
        fuzzing.args(["run", "--fuzz-dir", "crates/courseware/fuzz", "--sanitizer", "none", "--target", host, fuzzer]);
        fuzzing.arg(&corpus).arg(&seeds).arg("--").arg(format!("-max_total_time={seconds}"));
        fuzzing.args(["-max_len=8192", "-timeout=10", "-rss_limit_mb=1024", "-verbosity=0", "-print_final_stats=1"]);
        run_to_end(fuzzing.env("CARGO_TARGET_DIR", target_dir().join("fuzz")))?;
    }
    Ok(())
}
