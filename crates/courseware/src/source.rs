//! The text of a file: whether it is plain and within the limit, and its lines.

use std::sync::Arc;

use crate::problem::{Code, Problem, Problems, Span};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// Whether a character may stand in a file as it is. Control characters (C1 too) and those that turn the direction of
/// text may not, nor may the line and paragraph separators, which markdown takes for letters and editors for line ends,
/// nor a byte order mark, which only hides in a word; tabs, line ends and a mark at the start are allowed only
/// where they belong.
#[must_use]
pub fn is_plain(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}'))
}

/// The text of a file's bytes, or the problem (C12) that it is not UTF-8. Over the size limit (C11) nothing is decoded.
///
/// # Errors
///
/// The one problem that keeps the bytes from being read.
pub fn decode<'a>(file_name: &str, bytes: &'a [u8]) -> Result<&'a str, Box<Problem>> {
    let fail = |problems: Problems, text: &str| problems.finish(file_name, text).into_iter().next();
    let mut problems = Problems::default();
    let failed = if bytes.len() > MAX_BYTES {
        too_large(bytes.len(), &mut problems);
        fail(problems, "")
    } else {
        match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(text),
            Err(error) => {
                let good = error.valid_up_to();
                let text = std::str::from_utf8(bytes.get(..good).unwrap_or_default()).unwrap_or_default();
                let message = format!("byte {} is not UTF-8 text", good + 1);
                problems.add(Code::C12, Span::new(good, good), message).help("save the file as UTF-8");
                fail(problems, text)
            }
        }
    };
    Err(Box::new(failed.unwrap_or_else(|| Problem {
        file: Arc::from(file_name),
        code: Code::C12,
        severity: Code::C12.severity(),
        span: Span::default(),
        mark: Span::default(),
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
        mark_line: 1,
        message: "the file cannot be read".into(),
        label: None,
        help: None,
        fix: None,
    })))
}

/// The problem of a file that is larger than [`MAX_BYTES`], so that it need not be read to be told so.
#[must_use]
pub fn refuse_large(file_name: &str, length: usize) -> Vec<Problem> {
    let mut problems = Problems::default();
    too_large(length, &mut problems);
    problems.finish(file_name, "")
}

fn too_large(length: usize, problems: &mut Problems) {
    let message = format!("this has {} KiB, more than the 256 KiB that are read", length.div_ceil(1024));
    problems.add(Code::C11, Span::default(), message).help("make two texts or more of it");
}

/// Checks size (C11) and characters (C12). False when the file is too large to be read any further.
pub(crate) fn check(source: &str, problems: &mut Problems) -> bool {
    if source.len() > MAX_BYTES {
        too_large(source.len(), problems);
        return false;
    }
    let mut runs = Vec::new();
    let mut run: Option<(Span, char)> = None;
    let mut rest = source;
    loop {
        // Most text is plain, and told so byte by byte.
        let plain = rest.bytes().take_while(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')).count();
        if plain > 0 {
            runs.extend(run.take());
        }
        rest = rest.get(plain..).unwrap_or("");
        let Some(c) = rest.chars().next() else { break };
        let at = source.len() - rest.len();
        if is_plain(c) || rest.starts_with("\r\n") || (at == 0 && c == '\u{feff}') {
            runs.extend(run.take());
        } else {
            let end = at + c.len_utf8();
            match &mut run {
                Some((span, _)) => span.end = end,
                None => run = Some((Span::new(at, end), c)),
            }
        }
        rest = rest.get(c.len_utf8()..).unwrap_or("");
    }
    runs.extend(run);
    report(&runs, problems);
    true
}

/// Reports characters that are not plain. Where there are many of one kind, as in a file with the line ends of an old machine, they
/// have one cause and are told once.
fn report(runs: &[(Span, char)], problems: &mut Problems) {
    /// So many are reported one by one.
    const FEW: usize = 10;
    let mut counts: Vec<(char, usize)> = Vec::new();
    for (_, c) in runs {
        match counts.iter_mut().find(|(known, _)| known == c) {
            Some((_, count)) => *count += 1,
            None => counts.push((*c, 1)),
        }
    }
    let mut told: Vec<char> = Vec::new();
    for (span, first) in runs.iter().copied() {
        let count = counts.iter().find(|(known, _)| *known == first).map_or(1, |(_, count)| *count);
        let count = if count > FEW { count } else { 1 };
        if count > FEW {
            if told.contains(&first) {
                continue;
            }
            told.push(first);
        }
        let name = format!("U+{:04X}", u32::from(first));
        let what = match first {
            '\0' => "a NUL character".to_owned(),
            '\r' => "a carriage return that is not part of a line end".to_owned(),
            '\u{feff}' => "a byte order mark".to_owned(),
            '\u{2028}' | '\u{2029}' => format!("a line break that only some programs show ({name})"),
            c if c.is_control() => format!("a control character ({name})"),
            _ => format!("an invisible character that turns the direction of text ({name})"),
        };
        let also = if count == 1 { String::new() } else { format!(", here and in {} more places", count - 1) };
        let help = match first {
            '\r' => "write the line breaks anew, or save with the line ends of Windows or Unix",
            '\0' if count > FEW => "the text is probably UTF-16: save it as UTF-8",
            _ => "delete it; it often comes along when text is pasted",
        };
        problems.add(Code::C12, span, format!("{what} in the text{also}")).help(help);
    }
}

/// The line end of the file around an offset: that of the line it stands on, or else of the line before.
pub(crate) fn line_end(source: &str, offset: usize) -> &'static str {
    let (before, after) = source.split_at_checked(offset).unwrap_or((source, ""));
    let line = match after.find('\n') {
        Some(at) => source.get(..offset + at),
        None => before.rfind('\n').and_then(|at| before.get(..at)),
    };
    if line.is_some_and(|line| line.ends_with('\r')) { "\r\n" } else { "\n" }
}

/// Where the lines of a text start, so that many offsets find theirs quickly.
#[derive(Debug, Default)]
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    /// Looks for the lines of a text.
    pub(crate) fn of(source: &str) -> Self {
        Self(source.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    /// The number of the line that an offset stands on, from 1.
    pub(crate) fn number(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset) + 1
    }
}
