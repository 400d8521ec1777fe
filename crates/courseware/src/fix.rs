//! Applying fixes: the changes that `check --fix` makes, and no other byte.

use crate::problem::Fix;

/// The text with the fixes made, as far as they do not touch each other. Of two that overlap, or that insert at the same
/// place, the one that starts first is made; the other is left for the next round, after the text was read anew. A fix
/// that lies outside the text or cuts a character is left out.
///
/// ```
/// use courseware::{Fix, apply};
///
/// let fix = |start, end, text: &str| Fix { start, end, text: text.into() };
/// assert_eq!(apply("- [ x] Yes", &[fix(0, 7, "- [x] ")]), "- [x] Yes");
/// assert_eq!(apply("abc", &[fix(1, 3, "x"), fix(0, 2, "y")]), "yc");
/// ```
#[must_use]
pub fn apply(source: &str, fixes: &[Fix]) -> String {
    let mut ordered: Vec<&Fix> = fixes.iter().collect();
    ordered.sort_by_key(|fix| (fix.start, fix.end));
    let mut out = String::with_capacity(source.len());
    let mut copied = 0;
    let mut last_insertion = None;
    for fix in ordered {
        let inserts = fix.start == fix.end;
        let twice = inserts && last_insertion == Some(fix.start);
        let inside = source.get(fix.start..fix.end).is_some();
        if fix.start < copied || twice || !inside {
            continue;
        }
        out.push_str(source.get(copied..fix.start).unwrap_or(""));
        out.push_str(&fix.text);
        copied = fix.end;
        last_insertion = inserts.then_some(fix.start);
    }
    out.push_str(source.get(copied..).unwrap_or(""));
    out
}
