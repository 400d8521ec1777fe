//! The measurements of docs/benchmarks.md: builds what is measured, lends it a PostgreSQL, and lets `bench` do the rest.

use std::{ffi::OsString, process::Command};

use crate::{
    postgres::Cluster,
    run,
    site::Wasm,
    tools::{Outcome, root, run as run_to_end},
};

/// Measures the optimised program; `args` are the parts and flags of `bench run`.
///
/// # Errors
/// When something does not build, PostgreSQL does not start, or a measurement stops.
pub(crate) fn bench(args: &[OsString]) -> Outcome {
    let bedside = run::build(run::Profile::Release, Wasm::Small)?;
    let bench = run::program("bench", "bench", run::Profile::Release)?;
    let cluster = Cluster::start()?;
    let mut measure = Command::new(bench);
    measure.current_dir(root()).arg("run").args(args).arg("--bedside").arg(bedside);
    measure.args(["--postgres", &cluster.url(), "--document", "docs/benchmarks.md"]);
    run_to_end(&mut measure)
}
