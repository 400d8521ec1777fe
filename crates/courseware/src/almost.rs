//! What was meant as a link, an image or a heading and is none, because of a space (S04, C04).

use pulldown_cmark::{Event, Tag};

use crate::front::tree::short;
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};
use crate::slug::slug;
use crate::target::{Place, Target};

/// Endings of files that a text would hardly name in parentheses for another reason.
const ENDINGS: [&str; 11] = [".md", ".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp4", ".webm", ".pdf", ".mov"];

/// Looks at every `](` and `] (` that markdown left in the text.
pub(crate) fn check(markdown: &Markdown<'_>, body: usize, place: Place<'_>, problems: &mut Problems) {
    let source = markdown.source;
    let taken = taken(markdown);
    let is_taken = |at: usize| {
        let next = taken.partition_point(|span| span.end <= at);
        taken.get(next).is_some_and(|span| span.start <= at)
    };
    let mut start = body;
    for line in source.get(body..).unwrap_or("").split_inclusive('\n') {
        let here = start;
        start += line.len();
        let line = line.trim_end();
        if let Some(title) = glued(line).filter(|_| !is_taken(here)) {
            problems
                .add(
                    Code::C04,
                    Span::new(here, here + line.len()),
                    "a space is missing after the `#`, so this is no heading",
                )
                .help(format!("write `{} {}`, with an empty line above it", title.0, short(title.1)));
            continue;
        }
        let is_heading = line.starts_with('#');
        let mut open = None;
        for (at, bracket) in line.match_indices(['[', ']']) {
            let is_escaped = line.get(..at).is_some_and(|before| before.ends_with('\\'));
            if bracket == "[" {
                open = Some(at).filter(|_| !is_escaped);
                continue;
            }
            let rest = line.get(at + 1..).unwrap_or("");
            let gap = rest.bytes().take_while(|byte| *byte == b' ').count();
            let Some(open) = open.filter(|_| !is_escaped && !is_taken(here + at)) else { continue };
            let Some(target) = rest.get(gap..).and_then(|rest| rest.strip_prefix('(')).and_then(until_closed) else {
                continue;
            };
            let image = usize::from(line.get(..open).is_some_and(|before| before.ends_with('!')));
            let whole = Span::new(here + open - image, here + at + 1 + gap + target.len() + 2);
            let target_at = here + at + 1 + gap + 1;
            if gap > 0 {
                apart(target, whole, Span::new(here + at + 1, here + at + 1 + gap), is_heading, problems);
            } else {
                spaced(target, whole, target_at, place, problems);
            }
        }
    }
}

/// The signs and the words of a line that was meant as the heading of a page or lower: `##Title`. One sign alone may be a number
/// or a tag, `#1`.
pub(crate) fn glued(line: &str) -> Option<(&str, &str)> {
    let signs = line.len() - line.trim_start_matches('#').len();
    let (signs, title) = line.split_at_checked(signs).filter(|(signs, _)| (2..=6).contains(&signs.len()))?;
    (!title.is_empty() && !title.starts_with(char::is_whitespace)).then_some((signs, title))
}

/// The longest target that is looked at, in characters: a line may be as long as the file.
const LONGEST: usize = 200;

/// The text up to a closing parenthesis.
fn until_closed(rest: &str) -> Option<&str> {
    let (end, _) = rest.char_indices().take(LONGEST).find(|(_, c)| *c == ')')?;
    rest.get(..end)
}

/// `[words] (target)`.
fn apart(target: &str, whole: Span, gap: Span, is_heading: bool, problems: &mut Problems) {
    let lower = target.to_ascii_lowercase();
    let is_meant =
        target.starts_with(['#']) || lower.starts_with("http") || ENDINGS.iter().any(|end| lower.ends_with(end));
    if is_meant && !target.contains(char::is_whitespace) {
        let draft = problems.add(Code::S04, whole, "the space between `]` and `(` keeps this from being a link");
        draft.mark(gap).help("take the space away");
        // The words of a heading are its address; changing them is not for a machine.
        if !is_heading {
            draft.fix(gap.start, gap.end, "");
        }
    }
}

/// `[words](a target)`.
fn spaced(target: &str, whole: Span, at: usize, place: Place<'_>, problems: &mut Problems) {
    let text = target.trim();
    let start = at + (target.len() - target.trim_start().len());
    if !text.contains(char::is_whitespace) || text.contains(['"', '\'', '<', '(']) {
        return;
    }
    let mark = Span::new(start, start + text.len());
    let right = match text.strip_prefix('#') {
        Some(id) => format!("#{}", slug(id)),
        None => text.split_whitespace().collect::<Vec<_>>().join("%20"),
    };
    let is_there = place.target(&right) == Target::Inside && place.has(&right);
    let draft = problems.add(Code::S04, whole, "the target holds a space, so this is no link");
    draft.mark(mark).help(format!("write `{right}`"));
    if is_there {
        draft.fix(mark.start, mark.end, right);
    }
}

/// What markdown made something of: links, images, code and HTML. In order, and none inside another.
fn taken(markdown: &Markdown<'_>) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut at = 0;
    while at < markdown.len() {
        let is_taken = matches!(
            markdown.event(at),
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock)
                | Event::Code(_)
                | Event::InlineHtml(_)
        );
        if is_taken {
            found.push(markdown.raw_span(at));
            at = markdown.end(at);
        }
        at += 1;
    }
    found
}
