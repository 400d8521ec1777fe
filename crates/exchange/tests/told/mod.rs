//! What a report and our own reader say, as text.

use courseware::{Surroundings, parse};
use exchange::Line;

/// The codes of the errors that our reader finds in a draft.
pub(crate) fn errors(path: &str, markdown: &str) -> Vec<String> {
    let read = parse(path, markdown, &Surroundings::default());
    assert!(read.content.is_some(), "{markdown}");
    read.problems.iter().filter(|problem| problem.is_error()).map(|problem| problem.code.to_string()).collect()
}

/// The lines of a report.
pub(crate) fn said(report: &[Line]) -> Vec<String> {
    report.iter().map(ToString::to_string).collect()
}
