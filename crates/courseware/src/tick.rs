//! Lines that look like a tick box and are none.

use pulldown_cmark::{Event, Tag};

use crate::list;
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};

/// Q02: lines that look like a tick box and are none. True if there are some.
pub(crate) fn boxes(markdown: &Markdown<'_>, blocks: &[usize], problems: &mut Problems) -> bool {
    let bare = bare_in_text(markdown, blocks);
    let mut found = false;
    for block in blocks.iter().copied() {
        let is_quote = matches!(markdown.tag(block), Some(Tag::BlockQuote(_)));
        let is_text = matches!(markdown.tag(block), Some(Tag::Paragraph));
        if !is_quote && !is_text && !matches!(markdown.tag(block), Some(Tag::List(_))) {
            continue;
        }
        let code: Vec<Span> = (block..markdown.end(block))
            .filter(|at| markdown.code_block(*at).is_some())
            .map(|at| markdown.span(at))
            .collect();
        for (here, line) in lines(markdown, block) {
            // Of a quote, only what is in it because nothing divides them.
            if is_quote && line.trim_start().starts_with('>') {
                continue;
            }
            // Both ascend; the first block of code that ends after this line begins is the only one that may hold it.
            let next = code.partition_point(|code| code.end <= here);
            if code.get(next).is_some_and(|code| here + line.len() > code.start) {
                continue;
            }
            let Some(wrong) = wrong(line).filter(|wrong| !wrong.is_bare || !is_text || bare) else { continue };
            let from = here + wrong.marker;
            let content = Span::new(here + wrong.after, here + line.trim_end().len());
            if wrong.text == line.trim_end().len() {
                problems
                    .add(Code::Q02, content, "this tick box has no answer after it")
                    .help(format!("write the answer after `{}`, or delete the line", wrong.right));
            } else {
                let mark = Span::new(from, here + wrong.text);
                let draft = problems.add(Code::Q02, content, "this is not a tick box");
                draft.mark(mark);
                // It would begin a second list, so where it belongs is for the author to say.
                if is_quote {
                    draft.help(format!("write `{}`, with an empty line above it", wrong.right));
                } else {
                    draft.help(format!("write `{}`", wrong.right)).fix(mark.start, mark.end, wrong.right);
                }
            }
            found = true;
        }
    }
    found
}

/// Whether boxes without any sign in a paragraph are meant to be ticked: nothing else is there to answer, and there is an
/// empty one or more than one. A single `[x]` may be a word of the text.
fn bare_in_text(markdown: &Markdown<'_>, blocks: &[usize]) -> bool {
    let is_answered = blocks.iter().any(|at| match markdown.tag(*at) {
        Some(Tag::List(Some(_)) | Tag::Table(_)) => true,
        Some(Tag::List(None)) => list::is_task_list(markdown, *at),
        Some(Tag::Paragraph) => (*at..markdown.end(*at))
            .any(|at| matches!(markdown.event(at), Event::Code(text) if text.trim_start().starts_with('='))),
        _ => false,
    });
    if is_answered {
        return false;
    }
    let paragraphs = blocks.iter().copied().filter(|at| matches!(markdown.tag(*at), Some(Tag::Paragraph)));
    let bare = paragraphs.flat_map(|at| lines(markdown, at)).filter_map(|(_, line)| wrong(line));
    let mut marks = bare.filter(|wrong| wrong.is_bare).map(|wrong| wrong.is_empty);
    match marks.next() {
        Some(is_empty) => is_empty || marks.next().is_some(),
        None => false,
    }
}

/// The lines of an element with the offset of each in the file.
pub(crate) fn lines<'a>(markdown: &Markdown<'a>, block: usize) -> impl Iterator<Item = (usize, &'a str)> {
    let span = markdown.span(block);
    let mut start = span.start;
    markdown.source.get(span.start..span.end).unwrap_or("").split_inclusive('\n').map(move |line| {
        start += line.len();
        (start - line.len(), line)
    })
}

/// A line that looks like a tick box and is none; offsets count from its start.
struct Wrong {
    marker: usize,
    after: usize,
    text: usize,
    right: String,
    /// Whether it has no sign at all.
    is_bare: bool,
    /// Whether nothing is in the box.
    is_empty: bool,
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
    // Without any sign only a whole box at the left edge is meant as one: `[]` may stand in a text.
    if (is_marker && is_box && content.starts_with([' ', '\t'])) || (is_bare && (!is_box || marker > 0)) {
        return None;
    }
    // The sign or number stays, so that the answers stay one list.
    let sign = if is_marker { item.get(..=number)? } else { "-" };
    let right = format!("{sign} [{}] ", if mark.is_empty() { " " } else { "x" });
    let text = line.len() - text.trim_start().len();
    Some(Wrong { marker, after, text, right, is_bare, is_empty: mark.is_empty() })
}
