//! Signs that markdown left in the text as they were written: a block of code that never ends (C15), and stars and backticks
//! without a partner (C16).

use pulldown_cmark::{CodeBlockKind, Event, Tag};

use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};

/// Looks at every text once. Of the signs of one paragraph, the first is told: those behind it mostly have the same cause.
pub(crate) fn check(markdown: &Markdown<'_>, problems: &mut Problems) {
    if !markdown.source.bytes().any(|byte| matches!(byte, b'*' | b'`' | b'~')) {
        return;
    }
    let mut is_told = false;
    let mut at = 0;
    while at < markdown.len() {
        match markdown.event(at) {
            Event::Start(Tag::CodeBlock(kind)) => {
                if matches!(kind, CodeBlockKind::Fenced(_)) {
                    never_ends(markdown.source, markdown.raw_span(at), problems);
                }
                at = markdown.end(at);
            }
            Event::Start(Tag::HtmlBlock | Tag::Image { .. }) => at = markdown.end(at),
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::TableCell) => is_told = false,
            Event::Text(_) if !is_told => is_told = text(markdown, at, problems),
            _ => {}
        }
        at += 1;
    }
}

/// C15: a block of code that goes on to the end of the text, or of the quote or item that it stands in.
fn never_ends(source: &str, span: Span, problems: &mut Problems) {
    let block = source.get(span.start..span.end).unwrap_or("");
    let mut lines = block.lines();
    let first = lines.next().unwrap_or("");
    let fence: String = first.chars().take_while(|c| first.starts_with(*c)).collect();
    let closes = |line: &str| {
        let line = line.trim().trim_start_matches(['>', ' ', '\t']);
        line.len() >= fence.len() && line.chars().all(|c| fence.starts_with(c))
    };
    if lines.next_back().is_some_and(closes) {
        return;
    }
    problems
        .add(
            Code::C15,
            Span::new(span.start, span.start + first.trim_end().len()),
            "this block of code never ends, so all that follows is part of it",
        )
        .help(format!("write {fence} on a line of its own where it ends, or take this line away"));
}

/// How often something is written in the line around a place, as far as anybody looks along a line.
fn written_in(source: &str, at: usize, what: &str) -> usize {
    let line = source.get(at..).unwrap_or("").lines().next().unwrap_or("");
    let near: String = line.chars().take(200).chain([' ']).collect();
    near.matches(what).count()
}

/// C16: the first sign in a text that has no partner. True if there is one.
fn text(markdown: &Markdown<'_>, at: usize, problems: &mut Problems) -> bool {
    let span = markdown.raw_span(at);
    let source = markdown.source;
    let bytes = source.as_bytes();
    let written = source.get(span.start..span.end).unwrap_or("");
    if !written.starts_with(['*', '`']) && !written.contains("**") && !written.contains('`') {
        return false;
    }
    let mut from = 0;
    while let Some(found) = written.get(from..).and_then(|rest| rest.find(['*', '`'])) {
        let sign = bytes.get(span.start + from + found).copied().unwrap_or(b'*');
        let start = span.start + from + found;
        let run = bytes.get(start..).unwrap_or_default().iter().take_while(|byte| **byte == sign).count();
        let before = source.get(..start).unwrap_or("");
        let after = source.get(start + run..).and_then(|rest| rest.chars().next());
        from = (start + run).saturating_sub(span.start).min(written.len());
        if before.ends_with('\\') {
            continue;
        }
        if sign == b'`' {
            problems
                .add(Code::C16, Span::new(start, start + run), "this backtick is shown as it is: it has no partner")
                .help(r"a chip or a word of code has one before it and one behind it; a backtick that is meant to be seen is written \`");
            return true;
        }
        let opens = after.is_some_and(|c| !c.is_whitespace() && c != '*');
        let closes = before.chars().next_back().is_some_and(|c| !c.is_whitespace() && c != '*');
        let is_meant = match run {
            // A star behind a word is a footnote's, one between figures a product's.
            1 => after.is_some_and(|c| c.is_alphabetic() || matches!(c, '"' | '\'' | '“' | '‘' | '„')) && !closes,
            // Alone between blanks it may be a sign of mathematics; two of them have words between.
            2 | 3 => opens || closes || written_in(source, start, "** ") > 1,
            _ => false,
        };
        if is_meant {
            let stars = "*".repeat(run);
            let what = if run == 1 { "italic" } else { "bold" };
            problems
                .add(Code::C16, Span::new(start, start + run), format!("this `{stars}` is shown as it is: it has no partner"))
                .help(format!(
                    "{what} words have `{stars}` right before the first and right after the last of them, in one paragraph; \
                     a plain star is written `\\*`"
                ));
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code and place of what is said of a text.
    fn found(text: &str) -> Vec<(Code, usize, usize)> {
        let mut problems = Problems::default();
        let markdown = Markdown::read(text, 0, &mut problems).unwrap();
        check(&markdown, &mut problems);
        problems.finish("t.md", text).into_iter().map(|problem| (problem.code, problem.line, problem.column)).collect()
    }

    #[test]
    fn signs_with_a_partner_or_a_meaning_are_left_alone() {
        for text in [
            "**Mrs Obi:** *well* and ***so*** `x` ``a`b``\n",
            "5 * 3, 2 ** 4, a*b, word* and 5*\n",
            "\\*plain \\`plain \\**\n",
            "****\n\n****** fill in\n",
            "```\n**a\n```\n\n~~~ text\n`a\n~~~\n\n    **a `b\n",
            "> ```\n> a\n> ```\n\n- ```\n  a\n  ```\n",
            "<!-- **a -->\n\n![**a](b.svg)\n",
            "* a\n* b\n\n***\n",
            "Rooms 4*, 5* and 6*: closed.\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn signs_without_a_partner_are_told_once_in_a_paragraph() {
        for (text, code, line, column) in [
            ("Some\n\n**Mrs Obi: hello and **more**\n", Code::C16, 3, 1),
            ("She said so** and left, *at once\n", Code::C16, 1, 12),
            ("*She drops her letter.\n", Code::C16, 1, 1),
            ("** bold **\n", Code::C16, 1, 1),
            ("A lost `tick\n", Code::C16, 1, 8),
            ("- one\n- **two\n", Code::C16, 2, 3),
            ("```\na\n\n## b\n", Code::C15, 1, 1),
            ("~~~~ x\na\n~~~\n", Code::C15, 1, 1),
            ("> ```\n> a\n\nb\n", Code::C15, 1, 3),
        ] {
            assert_eq!(found(text), [(code, line, column)], "{text}");
        }
    }
}
