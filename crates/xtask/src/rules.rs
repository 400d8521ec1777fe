//! Rules about what we depend on: the browser gets no parser, no SQL and no answer keys; licences we may ship;
//! packages from crates.io or from this workspace, and from nowhere else.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::tools::{Context, Outcome, Stop, cargo, read, root};

/// Crates that must not reach the browser: they know the answers, the database or the passwords, or they are large.
const SERVER_ONLY: [&str; 7] = ["argon2", "courseware", "pulldown-cmark", "sqlx", "store", "tokio", "usecases"];

/// Licences that let a clinic run, change and pass on the program. MPL-2.0 binds changes to its own files only.
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
];

/// Looks at what `frontend` is built from.
///
/// # Errors
/// Names each crate that does not belong into the browser.
pub(crate) fn browser_dependencies() -> Outcome {
    let tree = read(cargo().args([
        "tree",
        "--locked",
        "--package=frontend",
        "--target=wasm32-unknown-unknown",
        "--edges=normal",
        "--prefix=none",
        "--format={p}",
    ]))?;
    let found = server_only(&tree);
    if found.is_empty() {
        Ok(())
    } else {
        Err(Stop(format!("`frontend` must not depend on {} (architecture: arrows)", found.join(", "))))
    }
}

/// The crates of a `cargo tree` (one a line, name first) that belong to the server alone.
fn server_only(tree: &str) -> Vec<&str> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let mut found: Vec<&str> =
        names.filter(|name| SERVER_ONLY.iter().any(|banned| is_or_part_of(name, banned))).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// `sqlx-core` is as bad as `sqlx`.
fn is_or_part_of(name: &str, banned: &str) -> bool {
    name.strip_prefix(banned).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    manifest_path: std::path::PathBuf,
}

/// Looks at the licence and the source of every package in the lock file.
///
/// # Errors
/// Names each package that breaks a rule, with the rule.
pub(crate) fn licences_and_sources() -> Outcome {
    let json = read(cargo().args(["metadata", "--locked", "--format-version=1"]))?;
    let metadata: Metadata = serde_json::from_str(&json).context("cargo metadata")?;
    let mut problems: Vec<String> = metadata.packages.iter().filter_map(problem).collect();
    let lock = root().join("frontend/studio/package-lock.json");
    let lock = std::fs::read_to_string(&lock).context(lock.display())?;
    problems.extend(bundled(&lock)?);
    if problems.is_empty() { Ok(()) } else { Err(Stop(problems.join("\n"))) }
}

fn problem(package: &Package) -> Option<String> {
    let who = format!("{} {}", package.name, package.version);
    match &package.source {
        None if package.manifest_path.starts_with(root()) => {}
        None => return Some(format!("{who}: a path outside this workspace")),
        Some(source) if source.starts_with("registry+") && source.ends_with("/crates.io-index") => {}
        Some(source) => return Some(format!("{who}: comes from {source}, not from crates.io")),
    }
    match &package.license {
        None => Some(format!("{who}: names no licence")),
        Some(licence) if is_allowed(licence) => None,
        Some(licence) => Some(format!("{who}: licence {licence} is not on the list in rules.rs")),
    }
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    license: Option<String>,
    integrity: Option<String>,
    resolved: Option<String>,
}

/// What breaks a rule among the packages that the studio's editor is bundled from and by: each has a licence that we may ship and the
/// hash of its content, and comes from wherever npm is told to fetch from.
fn bundled(lock: &str) -> Outcome<Vec<String>> {
    let lock: Lock = serde_json::from_str(lock).context("package-lock.json")?;
    let packages = lock.packages.into_iter().filter(|(path, _)| !path.is_empty());
    Ok(packages
        .filter_map(|(path, package)| {
            let who = path.trim_start_matches("node_modules/");
            match package {
                Locked { license: None, .. } => Some(format!("{who}: names no licence")),
                Locked { license: Some(licence), .. } if !is_allowed(&licence) => {
                    Some(format!("{who}: licence {licence} is not on the list in rules.rs"))
                }
                Locked { integrity: None, .. } => Some(format!("{who}: the lock has no hash of it")),
                Locked { resolved: Some(from), .. } => Some(format!("{who}: is bound to {from}")),
                _ => None,
            }
        })
        .collect())
}

/// Whether we may use a package under this SPDX expression. The old `MIT/Apache-2.0` means `OR`.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest) == Some(true) && rest.is_empty()
}

/// `a OR b`; `None` for what is not an expression.
fn either(words: &mut &[&str]) -> Option<bool> {
    let mut allowed = both(words)?;
    while let Some(rest) = words.strip_prefix(&["OR"]) {
        *words = rest;
        allowed |= both(words)?;
    }
    Some(allowed)
}

/// `a AND b`, which binds closer than `OR`.
fn both(words: &mut &[&str]) -> Option<bool> {
    let mut allowed = one(words)?;
    while let Some(rest) = words.strip_prefix(&["AND"]) {
        *words = rest;
        allowed &= one(words)?;
    }
    Some(allowed)
}

/// A licence, a licence with its exception, or an expression in brackets.
fn one(words: &mut &[&str]) -> Option<bool> {
    match **words {
        ["(", ref rest @ ..] => {
            *words = rest;
            let allowed = either(words)?;
            *words = words.strip_prefix(&[")"])?;
            Some(allowed)
        }
        [licence, "WITH", exception, ref rest @ ..] => {
            *words = rest;
            Some(LICENCES.contains(&format!("{licence} WITH {exception}").as_str()))
        }
        [licence, ref rest @ ..] => {
            *words = rest;
            Some(LICENCES.contains(&licence))
        }
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licence_expressions_are_read_as_spdx_says() {
        for allowed in [
            "MIT",
            "MIT OR Apache-2.0",
            "Unlicense/MIT",
            "Apache-2.0 / MIT",
            "MIT OR Apache-2.0 OR LGPL-2.1-or-later",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
            "GPL-3.0 OR MIT AND ISC",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        ] {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for refused in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT OR Apache-2.0) AND GPL-3.0",
            "MIT WITH Some-exception",
            "(MIT",
            "MIT OR",
            "MIT ISC",
        ] {
            assert!(!is_allowed(refused), "{refused}");
        }
    }

    #[test]
    fn the_parts_of_a_banned_crate_are_banned_too() {
        let tree =
            "frontend v0.1.0 (x)\napp v0.1.0\nsqlx-core v0.9.0\ntokio v1.0.0 (*)\ntokio v1.0.0\ntokioish v1.0.0\n";
        assert_eq!(server_only(tree), ["sqlx-core", "tokio"]);
    }

    #[test]
    fn bundled_packages_have_a_licence_and_a_hash_and_no_address() {
        let lock = |fields: &str| format!(r#"{{"packages": {{"": {{}}, "node_modules/p": {{{fields}}}}}}}"#);
        let good = r#""license": "MIT", "integrity": "sha512-x""#;
        assert!(bundled(&lock(good)).unwrap().is_empty());
        for bad in [
            r#""license": "GPL-3.0", "integrity": "sha512-x""#.to_owned(),
            r#""integrity": "sha512-x""#.to_owned(),
            r#""license": "MIT""#.to_owned(),
            format!(r#"{good}, "resolved": "https://packages.test/p.tgz""#),
        ] {
            let problems = bundled(&lock(&bad)).unwrap();
            assert!(problems.len() == 1 && problems[0].starts_with("p: "), "{bad}: {problems:?}");
        }
    }

    #[test]
    fn packages_come_from_crates_io_or_from_here() {
        let package = |source: Option<&str>, path: std::path::PathBuf| Package {
            name: "p".into(),
            version: "1.0.0".into(),
            license: Some("MIT".into()),
            source: source.map(str::to_owned),
            manifest_path: path,
        };
        assert_eq!(problem(&package(None, root().join("app/Cargo.toml"))), None);
        assert_eq!(problem(&package(Some("registry+any/crates.io-index"), "x".into())), None);
        assert!(problem(&package(None, "/elsewhere/Cargo.toml".into())).is_some());
        assert!(problem(&package(Some("git+any/crates.io-index"), "x".into())).is_some());
    }
}
