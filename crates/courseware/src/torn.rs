//! Tables that are torn apart (C14): rows that do not fit, a line of dashes that is missing or damaged, and empty lines between rows.

use pulldown_cmark::Tag;

use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};
use crate::tick;

/// Looks at the rows of every table, and at every paragraph that was meant as one.
pub(crate) fn check(markdown: &Markdown<'_>, problems: &mut Problems) {
    if !markdown.source.contains('|') {
        return;
    }
    for at in 0..markdown.len() {
        match markdown.tag(at) {
            Some(Tag::Table(columns)) => {
                for row in markdown.inside(at).into_iter().skip(1) {
                    fits(markdown, row, columns.len(), problems);
                }
            }
            Some(Tag::Paragraph) => paragraph(markdown, at, problems),
            _ => {}
        }
    }
}

/// A row with as many cells as its table has columns. Markdown fills up what is missing and drops what is too much.
fn fits(markdown: &Markdown<'_>, row: usize, columns: usize, problems: &mut Problems) {
    let span = markdown.span(row);
    let line = markdown.source.get(span.start..span.end).unwrap_or("");
    let (bars, cells) = count(line);
    if bars == 0 && columns > 1 {
        problems
            .add(Code::C14, span, "this line became a row of the table above it")
            .help("leave an empty line above it, or put a `|` between its cells")
            .warning();
    } else if cells > columns {
        let said = if cells == columns + 1 { "the last of them is" } else { "those beyond them are" };
        problems
            .add(Code::C14, span, format!("this row has {cells} cells and its table {columns}: {said} not shown"))
            .help(r"give every row as many cells as the first; a `|` that belongs to the text is written `\|`");
    } else if cells < columns {
        problems
            .add(Code::C14, span, format!("this row has {} and its table {columns}", several(cells)))
            .help("put a `|` between two cells; one that stays empty is written `|  |`")
            .warning();
    }
}

fn several(cells: usize) -> String {
    if cells == 1 { "one cell".to_owned() } else { format!("{cells} cells") }
}

/// How many bars divide a row, and how many cells they make of it.
fn count(line: &str) -> (usize, usize) {
    let line = line.trim();
    let is_bar = |at: usize| !line.get(..at).is_some_and(|before| before.ends_with('\\'));
    let bars: Vec<usize> = line.match_indices('|').map(|(at, _)| at).filter(|at| is_bar(*at)).collect();
    let ends = usize::from(bars.first() == Some(&0))
        + usize::from(bars.len() > 1 && bars.last().is_some_and(|last| last + 1 == line.len()));
    (bars.len(), bars.len() + 1 - ends)
}

/// Whether a line is written as a row: it starts with a bar and has another.
fn is_row(line: &str) -> bool {
    line.starts_with('|') && count(line).0 > 1
}

/// Whether a line was meant as the dashes below the head of a table, by whatever sign somebody drew them.
fn is_dashes(line: &str) -> bool {
    let drawn = |c: char| matches!(c, '-' | '=' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}');
    let rest = |c: char| matches!(c, '|' | ':' | '+' | ' ' | '\t');
    line.contains('|') && line.contains(drawn) && line.chars().all(|c| drawn(c) || rest(c))
}

/// A line without the marks of quotes before it.
fn bare(line: &str) -> &str {
    line.trim().trim_start_matches(['>', ' ', '\t'])
}

/// The line above a place, if only empty lines stand between.
fn above(source: &str, at: usize) -> Option<&str> {
    let before = source.get(..at)?.trim_end_matches(|c: char| c.is_whitespace() || c == '>');
    before.rsplit('\n').next().map(bare).filter(|line| !line.is_empty())
}

/// The dashes that fit a head.
fn dashes(head: &str) -> String {
    format!("|{}", " --- |".repeat(count(head).1.min(20)))
}

/// A paragraph that was meant as a table, or as a part of one.
fn paragraph(markdown: &Markdown<'_>, at: usize, problems: &mut Problems) {
    let start = markdown.span(at).start;
    if !markdown.source.get(start..markdown.span(at).end).is_some_and(|text| text.contains('|')) {
        return;
    }
    let lines: Vec<(Span, &str)> = tick::lines(markdown, at)
        .map(|(here, line)| {
            let text = bare(line);
            let from = here + (line.trim_end().len() - text.len());
            (Span::new(from, from + text.len()), text)
        })
        .collect();
    let follows = || above(markdown.source, start).is_some_and(|line| is_row(line) || is_dashes(line));
    let Some((first, _)) = lines.first() else { return };
    match lines.iter().position(|(_, line)| is_dashes(line)) {
        Some(0) if lines.len() == 1 && !lines[0].1.starts_with('|') => {}
        Some(0) if follows() => {
            problems
                .add(Code::C14, *first, "an empty line stands between the head of this table and its dashes")
                .help("take the empty line above it away");
        }
        Some(0) => {
            problems
                .add(Code::C14, *first, "this table has no head")
                .help("write a line with the names of its columns above the dashes, such as `| Say | Instead of |`");
        }
        Some(below) => {
            let ((_, head), (span, line)) = (lines[below - 1], lines[below]);
            if count(head).0 == 0 {
                return;
            }
            let (cells, parts) = (count(head).1, count(line).1);
            let message = if cells == parts {
                "the line below the head of this table has to be of hyphens and bars only".to_owned()
            } else {
                format!("the head of this table has {}, and the line of dashes below it {parts}", several(cells))
            };
            problems.add(Code::C14, span, message).help(format!("write `{}`", dashes(head)));
        }
        None => {
            let row = lines.iter().position(|(_, line)| is_row(line));
            let Some(row) = row else { return };
            if row == 0 && follows() {
                problems
                    .add(Code::C14, *first, "an empty line cuts this row off from its table")
                    .help("take the empty line above it away; for a table of its own, write a head and dashes");
            } else if lines.get(row + 1).is_some_and(|(_, line)| is_row(line)) {
                let (span, head) = lines[row];
                problems
                    .add(Code::C14, span, "the line of dashes below this head is missing, so there is no table")
                    .help(format!("write `{}` on a line of its own below it", dashes(head)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line and beginning of what is said of a text.
    fn found(text: &str) -> Vec<(usize, String)> {
        let mut problems = Problems::default();
        let markdown = Markdown::read(text, 0, &mut problems).unwrap();
        check(&markdown, &mut problems);
        problems.finish("t.md", text).into_iter().map(|problem| (problem.line, problem.message)).collect()
    }

    #[test]
    fn a_table_as_it_should_be_is_left_alone() {
        for text in [
            "| a | b |\n|---|---|\n| c | d |\n|  | e |\n",
            "a | b\n--- | ---\nc | d\n",
            "| a |\n|---|\n| c |\n",
            "| a | b |\n|:--|--:|\n| c \\| d | `x` |\n",
            "> | a | b |\n> |---|---|\n> | c | d |\n",
            "Text\n| a | b |\n|---|---|\n",
            "Open | closed\n",
            "|x| is the size of x.\n",
            "```\n| a | b |\n| c |\n```\n",
            "Yes | no | maybe\nOne | two\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn what_is_torn_is_told_at_its_line() {
        for (text, line, words) in [
            ("| a | b |\n|---|---|\n| c | d | e |\n", 3, "this row has 3 cells and its table 2"),
            ("| a | b |\n|---|---|\n| c |\n", 3, "this row has one cell and its table 2"),
            ("| a | b |\n|---|---|\n| c | d |\nNow go on.\n", 4, "this line became a row"),
            ("| a | b |\n| c | d |\n", 1, "the line of dashes below this head is missing"),
            ("| a | b |\n|---|---|\n| c | d |\n\n| e | f |\n", 5, "an empty line cuts this row off"),
            ("| a | b |\n\n|---|---|\n| c | d |\n", 3, "an empty line stands between the head"),
            ("| a | b |\n|===|===|\n| c | d |\n", 2, "the line below the head of this table has to be of hyphens"),
            ("| a | b |\n|—|—|\n| c | d |\n", 2, "the line below the head of this table has to be of hyphens"),
            ("| a | b |\n|---|\n| c | d |\n", 2, "the head of this table has 2 cells, and the line of dashes"),
            ("|---|---|\n| c | d |\n", 1, "this table has no head"),
            ("> | a | b |\n> | c | d |\n", 1, "the line of dashes below this head is missing"),
        ] {
            let found = found(text);
            assert!(
                matches!(found.as_slice(), [(at, said)] if *at == line && said.starts_with(words)),
                "{text}{found:?}"
            );
        }
    }
}
