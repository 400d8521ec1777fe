//! Lines that look like a tick box and are none.

use pulldown_cmark::Tag;

use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};

/// Q02: lines that look like a tick box and are none. True if there are some.
pub(crate) fn boxes(markdown: &Markdown<'_>, blocks: &[usize], problems: &mut Problems) -> bool {
    let mut found = false;
    for block in blocks.iter().copied() {
        let looked_at = matches!(markdown.tag(block), Some(Tag::List(_) | Tag::Paragraph));
        if !looked_at {
            continue;
        }
        let code: Vec<Span> = (block..markdown.end(block))
            .filter(|at| markdown.code_block(*at).is_some())
            .map(|at| markdown.span(at))
            .collect();
        let span = markdown.span(block);
        let mut start = span.start;
        for line in markdown.source.get(span.start..span.end).unwrap_or("").split_inclusive('\n') {
            let here = start;
            start += line.len();
            // Both ascend; the first block of code that ends after this line begins is the only one that may hold it.
            let next = code.partition_point(|code| code.end <= here);
            if code.get(next).is_some_and(|code| here + line.len() > code.start) {
                continue;
            }
            if let Some(wrong) = wrong(line) {
                let from = here + wrong.marker;
                let content = Span::new(here + wrong.after, here + line.trim_end().len());
                if wrong.text == line.trim_end().len() {
                    problems
                        .add(Code::Q02, content, "this tick box has no answer after it")
                        .help(format!("write the answer after `{}`, or delete the line", wrong.right));
                } else {
                    problems
                        .add(Code::Q02, content, "this is not a tick box")
                        .mark(Span::new(from, here + wrong.text))
                        .help(format!("write `{}`", wrong.right))
                        .fix(from, here + wrong.text, wrong.right);
                }
                found = true;
            }
        }
    }
    found
}

/// A line that looks like a tick box and is none; offsets count from its start.
struct Wrong {
    marker: usize,
    after: usize,
    text: usize,
    right: String,
}

/// Signs that word processors write for a bullet.
pub(crate) const PASTED: [char; 14] = [
    '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}', '•', '·', '‣', '◦', '▪', '●', '○',
    '\u{f0b7}',
];

fn wrong(line: &str) -> Option<Wrong> {
    let line = line.trim_end();
    let marker = line.len() - line.trim_start().len();
    let item = line.get(marker..)?;
    let number = item.len() - item.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let sign = item.get(number..)?.chars().next()?;
    let is_marker = if number > 0 { matches!(sign, '.' | ')') } else { matches!(sign, '-' | '*' | '+') };
    let is_pasted = number == 0 && PASTED.contains(&sign);
    let is_bare = number == 0 && sign == '[';
    let content = match sign {
        _ if is_marker || is_pasted => item.get(number + sign.len_utf8()..)?,
        _ if is_bare => item,
        _ => return None,
    };
    let boxed = content.trim_start();
    let after = line.len() - boxed.len();
    let (inside, text) = boxed.strip_prefix('[')?.split_once(']')?;
    let mark = inside.trim();
    let like = mark.is_empty() || mark.eq_ignore_ascii_case("x");
    if !like || inside.chars().count() > 4 || text.starts_with(['(', ':', '[']) {
        return None;
    }
    let is_box = matches!(inside, " " | "x" | "X") && text.starts_with([' ', '\t']);
    // Without any sign only a whole box is meant as one: `[]` may stand in a text.
    if (is_marker && is_box && content.starts_with([' ', '\t'])) || (is_bare && !is_box) {
        return None;
    }
    // The sign or number stays, so that the answers stay one list.
    let sign = if is_marker { item.get(..=number)? } else { "-" };
    let right = format!("{sign} [{}] ", if mark.is_empty() { " " } else { "x" });
    Some(Wrong { marker, after, text: line.len() - text.trim_start().len(), right })
}
