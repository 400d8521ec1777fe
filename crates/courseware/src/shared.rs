//! Checks that hold in every kind of document: images, targets, raw HTML and alerts.

use std::collections::HashSet;

use pulldown_cmark::{Event, LinkType, Tag};

use crate::front::Front;
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};
use crate::slug::nearest;
use crate::surroundings::Surroundings;

/// The words that make an alert.
const ALERTS: [&str; 5] = ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"];

/// Where a link or image leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a file in the content folder, or a heading of this one.
    Inside,
    /// To another site.
    Web,
    /// To a mail or telephone program.
    Call,
    /// Nowhere we let it lead, and why.
    Refused(&'static str),
}

/// How many folders lie between the content folder and a file, from the file's path inside it.
pub(crate) fn depth(file_name: &str) -> usize {
    let parts = file_name.split('/').filter(|part| !part.is_empty() && *part != ".").count();
    parts.saturating_sub(1)
}

/// Judges a target as a browser would read it.
pub(crate) fn target(dest: &str, depth: usize) -> Target {
    if dest.is_empty() {
        return Target::Refused("the target is empty");
    }
    if dest.chars().any(char::is_control) {
        return Target::Refused("the target holds a control character");
    }
    let head: &str = dest.split(['/', '?', '#']).next().unwrap_or("");
    if let Some((scheme, _)) = head.split_once(':') {
        return match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => Target::Web,
            "mailto" | "tel" => Target::Call,
            _ => Target::Refused("targets of this kind are not allowed"),
        };
    }
    let path = dest.split(['?', '#']).next().unwrap_or("");
    let path = decoded(path);
    if path.starts_with('/') {
        return Target::Refused("the target does not start in the content folder");
    }
    if path.contains('\\') || path.chars().any(char::is_control) {
        return Target::Refused("the target holds a character that no path may hold");
    }
    let mut left = depth;
    for part in path.split('/') {
        match part {
            ".." if left == 0 => return Target::Refused("the target leads out of the content folder"),
            ".." => left -= 1,
            "" | "." => {}
            _ => left += 1,
        }
    }
    Target::Inside
}

/// Percent-decoded text; what is no UTF-8 then becomes a replacement character.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digit = |at: usize| tail.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (*first, digit(0), digit(1)) {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Looks at every event once.
pub(crate) fn check(
    markdown: &Markdown<'_>,
    path: &str,
    front: &Front,
    around: &Surroundings,
    problems: &mut Problems,
) {
    let _ = (front, around);
    let depth = depth(path);
    let mut opened: HashSet<String> = HashSet::new();
    let mut code_until = 0;
    for at in 0..markdown.len() {
        let span = markdown.span(at);
        match markdown.event(at) {
            Event::Start(Tag::CodeBlock(_)) => code_until = markdown.end(at),
            Event::Start(Tag::Image { dest_url, .. }) => {
                if markdown.text(at + 1, markdown.end(at)).is_empty() {
                    problems
                        .add(Code::C01, span, "this image has no description")
                        .help("say in the square brackets what it shows: `![A clerk greets a man](…)`");
                }
                let why = match target(dest_url, depth) {
                    Target::Inside => continue,
                    Target::Refused(why) => why,
                    Target::Web | Target::Call => "an image is not fetched from another site",
                };
                problems
                    .add(Code::C09, span, why)
                    .help("put the image into the content folder and name it by its path from this file");
            }
            Event::Start(Tag::Link { link_type, dest_url, .. }) if *link_type != LinkType::Email => {
                if let Target::Refused(why) = target(dest_url, depth) {
                    problems
                        .add(Code::C09, span, why)
                        .help("use http, https, mailto, tel, or a path inside the content folder");
                }
            }
            Event::Start(Tag::HtmlBlock) => html_block(markdown, at, problems),
            Event::InlineHtml(html) if !html.starts_with("<!--") => {
                let name = tag_name(html);
                if html.starts_with("</") && opened.contains(&name) {
                    continue;
                }
                raw_html(span, &name, problems);
                opened.insert(name);
            }
            Event::Start(Tag::BlockQuote(None)) => alert_marker(markdown.source, span, problems),
            Event::Text(text) if at >= code_until && text.contains('<') => {
                unclosed_comment(markdown.source, span, problems)
            }
            _ => {}
        }
    }
}

/// The name in a piece of HTML such as `</b>`.
fn tag_name(html: &str) -> String {
    let name = html.trim_start_matches(['<', '/']);
    name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>().to_ascii_lowercase()
}

fn raw_html(span: Span, name: &str, problems: &mut Problems) {
    let help = match name {
        "b" | "strong" => "write `**bold**`",
        "i" | "em" => "write `*italic*`",
        "s" | "del" | "strike" => "write `~~struck out~~`",
        "br" => "end the line with a backslash, or leave an empty line",
        "hr" => "write `***` on a line of its own",
        "img" => "write `![what it shows](img/file.svg)`",
        "a" => "write `[words](target)`",
        "table" | "tr" | "td" | "th" => "write a markdown table",
        "ul" | "ol" | "li" => "write a list with `- ` or `1. `",
        "code" | "pre" => "write it between backticks",
        "h1" | "h2" | "h3" | "h4" => "write a heading with `#`",
        "p" | "div" | "span" => "delete the tags and keep the text",
        _ => "delete it; to show a `<`, write `\\<`",
    };
    problems.add(Code::C09, span, "raw HTML is not allowed").help(help);
}

/// An HTML block may hold comments only.
fn html_block(markdown: &Markdown<'_>, block: usize, problems: &mut Problems) {
    let mut comment: Option<usize> = None;
    for at in block + 1..markdown.end(block) {
        let Event::Html(html) = markdown.event(at) else { continue };
        let base = markdown.span(at).start;
        let mut rest: &str = html;
        while !rest.trim().is_empty() {
            let start = base + (html.len() - rest.len());
            if comment.is_some() {
                let Some(close) = rest.find("-->") else { break };
                comment = None;
                rest = rest.get(close + 3..).unwrap_or("");
                continue;
            }
            let blank = rest.len() - rest.trim_start().len();
            rest = rest.trim_start();
            if rest.starts_with("<!--") {
                comment = Some(start + blank);
                rest = rest.get(4..).unwrap_or("");
                // The shortest comments, `<!-->` and `<!--->`, close with the dashes that open them.
                if let Some(after) = rest.strip_prefix('>').or_else(|| rest.strip_prefix("->")) {
                    comment = None;
                    rest = after;
                }
                continue;
            }
            let here = start + blank;
            let span = Span::new(here, here + rest.trim_end().len());
            if rest.starts_with('<') {
                raw_html(span, &tag_name(rest), problems);
            } else {
                problems
                    .add(Code::C09, span, "text on the line of a comment would not be shown")
                    .help("put the text on a line of its own, with an empty line between");
            }
            return;
        }
    }
    if let Some(start) = comment {
        never_closed(start, problems);
    }
}

fn never_closed(start: usize, problems: &mut Problems) {
    problems.add(Code::C09, Span::new(start, start + 4), "this comment is never closed").help("end it with `-->`");
}

fn unclosed_comment(source: &str, span: Span, problems: &mut Problems) {
    let line = source.get(span.start..).unwrap_or("");
    let within = span.end.saturating_sub(span.start);
    let Some(at) = line.find("<!--").filter(|at| *at < within) else { return };
    let start = span.start + at;
    if !source.get(..start).unwrap_or("").ends_with('\\') {
        never_closed(start, problems);
    }
}

/// A quote that looks like an alert and is none (C08).
fn alert_marker(source: &str, span: Span, problems: &mut Problems) {
    let quote = source.get(span.start..span.end).unwrap_or("");
    let line = quote.lines().next().unwrap_or("");
    let Some(inner) = line.strip_prefix('>') else { return };
    let Some((word, rest)) = inner.trim_start().strip_prefix("[!").and_then(|marker| marker.split_once(']')) else {
        return;
    };
    if word.is_empty() || !word.chars().all(|c| c.is_alphanumeric() || c == '-') {
        return;
    }
    let whole = Span::new(span.start, span.start + line.trim_end().len());
    let upper = word.to_ascii_uppercase();
    if !ALERTS.contains(&upper.as_str()) {
        let help = nearest(&upper, ALERTS).map_or_else(
            || "the alerts are `[!NOTE]`, `[!TIP]`, `[!IMPORTANT]`, `[!WARNING]` and `[!CAUTION]`".to_owned(),
            |name| format!("did you mean `[!{name}]`?"),
        );
        problems.add(Code::C08, whole, format!("`[!{word}]` is not an alert")).help(help);
        return;
    }
    let text = rest.trim_start();
    if text.trim_end().is_empty() {
        return;
    }
    let text_at = span.start + line.len() - text.len();
    let before = source.get(..span.start).unwrap_or("");
    let indent: String =
        before.rsplit('\n').next().unwrap_or("").chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
    problems
        .add(Code::C08, whole, "text on the line of an alert marker keeps previews from showing the alert")
        .mark(Span::new(text_at, whole.end))
        .help(format!("put the text on the next line, after `> `, below `> [!{upper}]`"))
        .fix(text_at - (rest.len() - text.len()), text_at, format!("\n{indent}> "));
}
