//! `bedside check`: problems of courseware, for people, for editors and for pipelines.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use courseware::{Code, Diagnostic, Fix, apply, graph::Explored};
use serde::Serialize;
use usecases::{clock, studio::manual};

use crate::{
    cli::{Check, complain, say},
    content::{self, Checked, Found},
    settings::ReportFormat,
};

/// Runs the command.
pub fn run(settings: &Check) -> ExitCode {
    if let Some(code) = &settings.explain {
        return explain(code);
    }
    let mut found = match gather(settings.paths.iter().map(PathBuf::as_path)) {
        Ok(found) => found,
        Err(code) => return code,
    };
    let mut mended = 0;
    if settings.fix {
        match mend(&mut found) {
            Ok(count) => mended = count,
            Err(error) => {
                complain(format_args!("{error}; what was mended before it stays mended"));
                return ExitCode::from(2);
            }
        }
    }
    let checked = checked(&found);
    match settings.format {
        ReportFormat::Text => {
            if settings.fix {
                say(format_args!("{} mended", count(mended, "problem")));
            }
            print_text(&checked);
        }
        ReportFormat::Json => print_json(&checked),
    }
    let wrong = errors(&checked) + if settings.deny_warnings { warnings(&checked) } else { 0 };
    ExitCode::from(u8::from(wrong > 0))
}

/// Finds courseware; says so and gives exit code 2 where there is none.
pub fn gather<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<Vec<Found>, ExitCode> {
    let today = clock::day_in(clock::now(), "UTC");
    let mut found = Vec::new();
    for path in paths {
        match content::find(path, today) {
            Ok(here) => found.push(here),
            Err(error) => {
                complain(format_args!("{error}; give a markdown file or a folder that holds some"));
                return Err(ExitCode::from(2));
            }
        }
    }
    // A file that was named twice, or lies in a folder that was named too, is looked at once.
    let mut seen = HashSet::new();
    for here in &mut found {
        here.sources.retain(|source| {
            let whole = fs::canonicalize(here.root.join(&source.path));
            whole.map_or(true, |whole| seen.insert(whole))
        });
    }
    if found.iter().all(|here| here.sources.is_empty()) {
        complain("no courseware was found; give a markdown file or a folder that holds some");
        return Err(ExitCode::from(2));
    }
    Ok(found)
}

/// Checks all that was found.
pub fn checked(found: &[Found]) -> Vec<Checked> {
    found.iter().flat_map(content::check).collect()
}

/// How many problems keep from publishing.
pub fn errors(checked: &[Checked]) -> usize {
    problems(checked).filter(|problem| problem.is_error()).count()
}

fn warnings(checked: &[Checked]) -> usize {
    problems(checked).filter(|problem| !problem.is_error()).count()
}

fn problems(checked: &[Checked]) -> impl Iterator<Item = &courseware::Problem> {
    checked.iter().flat_map(|file| &file.document.problems)
}

/// Applies every safe change to the files, and to what was read of them, until none is left. Gives how many were made.
fn mend(found: &mut [Found]) -> io::Result<usize> {
    /// A change can bring another to light, as a second list that was hidden by the first.
    const ROUNDS: usize = 10;
    let mut mended = 0;
    for here in found {
        for source in &mut here.sources {
            let mut text = None;
            for _round in 0..ROUNDS {
                let checked = content::check_one(source, &here.around);
                let fixes: Vec<Fix> = checked.document.problems.into_iter().filter_map(|problem| problem.fix).collect();
                if fixes.is_empty() {
                    break;
                }
                let after = apply(&checked.text, &fixes);
                if after == checked.text || after.len() > courseware::MAX_BYTES {
                    break;
                }
                mended += fixes.len();
                source.bytes = after.clone().into_bytes();
                text = Some(after);
            }
            if let Some(text) = text {
                replace(Path::new(&source.shown), &text)?;
            }
        }
    }
    Ok(mended)
}

/// Writes a file whole or not at all: beside it, then in its place, with its own permissions.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let write = || {
        // Through a link, the file itself is replaced and the link stays.
        let path = fs::canonicalize(path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        fs::set_permissions(file.path(), fs::metadata(&path)?.permissions())?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(named)
}

/// How many problems of one code in one file are shown; nobody reads the hundredth.
const SHOWN: usize = 50;

/// Prints the problems, and a line that sums them up.
pub fn print_text(checked: &[Checked]) {
    for file in checked {
        let mut counts: HashMap<Code, usize> = HashMap::new();
        for problem in &file.document.problems {
            let count = counts.entry(problem.code).or_default();
            *count += 1;
            if *count <= SHOWN {
                say(problem.render(&file.text));
            }
        }
        let mut left: Vec<(Code, usize)> = counts.into_iter().filter(|(_, count)| *count > SHOWN).collect();
        left.sort_unstable();
        for (code, count) in left {
            say(format_args!("{}: {} more of {code}", file.shown, count - SHOWN));
        }
    }
    say(format_args!(
        "{} checked: {}, {}",
        count(checked.len(), "file"),
        count(errors(checked), "error"),
        count(warnings(checked), "warning")
    ));
    let graphs: Vec<_> = checked.iter().filter_map(|file| file.document.graph).collect();
    if !graphs.is_empty() {
        let sum = |of: fn(&Explored) -> usize| graphs.iter().map(of).sum();
        let parts = graphs.iter().filter(|graph| !graph.exact).count();
        let in_part = if parts == 0 { String::new() } else { format!("; {parts} of them in part") };
        say(format_args!(
            "{} followed through {} in {}{in_part}",
            count(graphs.len(), "role-play"),
            count(sum(|graph| graph.states), "state"),
            count(sum(|graph| graph.steps), "step")
        ));
    }
    let mut codes: Vec<Code> = problems(checked).map(|problem| problem.code).collect();
    codes.sort_unstable();
    codes.dedup();
    if let Some(code) = codes.first() {
        say(format_args!("`bedside check --explain {code}` says more of a code"));
    }
}

/// The report for editors and pipelines.
#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    files: usize,
    errors: usize,
    warnings: usize,
    diagnostics: Vec<Diagnostic<'a>>,
    graphs: Vec<Graph<'a>>,
}

/// How far the paths of a role-play were followed.
#[derive(Serialize)]
struct Graph<'a> {
    file: &'a str,
    #[serde(flatten)]
    explored: Explored,
}

fn print_json(checked: &[Checked]) {
    let report = Report {
        version: 1,
        files: checked.len(),
        errors: errors(checked),
        warnings: warnings(checked),
        diagnostics: problems(checked).map(courseware::Problem::diagnostic).collect(),
        graphs: checked
            .iter()
            .filter_map(|file| Some(Graph { file: &file.shown, explored: file.document.graph? }))
            .collect(),
    };
    say_json(&report);
}

/// Writes a value as JSON to standard output.
pub fn say_json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(json) => say(json),
        Err(error) => tracing::error!(%error, "the report could not be written as JSON"),
    }
}

/// Prints the page of a code.
fn explain(code: &str) -> ExitCode {
    let wanted = code.trim().to_uppercase();
    if let Some(page) = manual::explained(&wanted) {
        say(page.trim_end());
        return ExitCode::SUCCESS;
    }
    complain(format_args!("`{code}` is not a code; there are {}", manual::codes().join(", ")));
    ExitCode::from(2)
}

/// A number with its noun.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
