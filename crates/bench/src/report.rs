//! What is printed, and kept in docs/benchmarks.md between the markers of each part.

use std::{fmt::Write as _, path::Path};

use usecases::clock;

use crate::{Outcome, Run, process};

/// The results of one part.
pub(crate) struct Section {
    name: &'static str,
    text: String,
}

impl Section {
    pub(crate) fn new(name: &'static str, run: &Run) -> Self {
        let mut section = Self { name, text: String::new() };
        let shortened = if run.quick { " Shortened: good for a look, not for a comparison." } else { "" };
        let date = clock::now().strftime("%Y-%m-%d");
        section.paragraph(&format!("Measured on {date}; {}.{shortened}", machine()));
        section
    }

    pub(crate) fn paragraph(&mut self, words: &str) {
        let _ = writeln!(self.text, "{words}\n");
    }

    pub(crate) fn table(&mut self, table: Table) {
        self.paragraph(&table.lines.join("\n"));
    }

    pub(crate) fn goals(&mut self, goals: &[String]) {
        self.paragraph(&goals.join("\n"));
    }

    /// For the terminal.
    pub(crate) fn print(&self) {
        println!("\n## {}\n\n{}", self.name, self.text.trim_end());
    }

    /// Puts the results between the part's markers.
    pub(crate) fn keep(&self, document: &Path) -> Outcome {
        let old = std::fs::read_to_string(document)?;
        std::fs::write(document, replaced(&old, self.name, &self.text)?)?;
        Ok(())
    }
}

fn replaced(old: &str, name: &str, text: &str) -> Outcome<String> {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let missing = || format!("the document has no place for {name}: {begin}{end}");
    let (before, rest) = old.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}\n{}\n\n{end}{after}", text.trim_end()))
}

/// A table in markdown.
pub(crate) struct Table {
    lines: Vec<String>,
}

impl Table {
    pub(crate) fn new<const COLUMNS: usize>(heads: &[&str; COLUMNS]) -> Self {
        Self { lines: vec![format!("| {} |", heads.join(" | ")), format!("|{}", "---|".repeat(COLUMNS))] }
    }

    pub(crate) fn row<const COLUMNS: usize>(&mut self, cells: [String; COLUMNS]) {
        self.lines.push(format!("| {} |", cells.join(" | ")));
    }
}

/// One goal, and what was found.
pub(crate) fn goal(what: &str, met: bool, found: &str) -> String {
    format!("- Goal: {what}. **{}**: {found}.", if met { "Met" } else { "Missed" })
}

/// Processor, memory and kernel, as far as Linux tells.
fn machine() -> String {
    let file = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, key: &str| {
        let value = |line: &str| line.strip_prefix(key)?.split_once(':').map(|(_, value)| value.trim().to_owned());
        text.lines().find_map(value).unwrap_or_else(|| "unknown".to_owned())
    };
    let processor = after(&file("/proc/cpuinfo"), "model name");
    let memory = after(&file("/proc/meminfo"), "MemTotal");
    let kilobytes = memory.trim_end_matches(" kB").parse().unwrap_or(0_u32);
    let kernel = file("/proc/sys/kernel/osrelease");
    let release = kernel.trim().split('-').next().unwrap_or_default();
    let cores = process::cores();
    format!("{processor}, {cores} cores, {:.0} GB of memory, Linux {release}", f64::from(kilobytes) / 1024.0 / 1024.0)
}

/// Bytes in thousands, as the goals count them.
pub(crate) fn kilo(bytes: usize) -> String {
    format!("{:.1} kB", crate::load::count(bytes) / 1000.0)
}

/// Bytes in millions.
pub(crate) fn mega(bytes: u64) -> f64 {
    crate::load::count(usize::try_from(bytes / 1000).unwrap_or(usize::MAX)) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_of_a_part_is_replaced() {
        let old = "words\n<!-- kill -->\nold\n<!-- end of kill -->\nmore\n";
        let new = replaced(old, "kill", "new\n\n").unwrap();
        assert_eq!(new, "words\n<!-- kill -->\n\nnew\n\n<!-- end of kill -->\nmore\n");
        assert!(replaced(old, "reader", "new").is_err());
    }
}
