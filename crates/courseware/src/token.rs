//! Tokens such as `{organisation}`, which the site's settings fill (C13).
//!
//! A token is an opening brace, a few words, and a closing brace on the same line, in text only: not in code, targets, titles
//! of links or descriptions of images. Blanks are taken for a slip, `{ law }`, so that no token fails to be filled without a
//! word. A brace that is escaped (`\{`, or as an entity) or stands alone is a brace.

use pulldown_cmark::Event;

use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};
use crate::slug::nearest;
use crate::surroundings::TOKENS;

/// Where a token stands in a text, from brace to brace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) name: &'a str,
}

impl Token<'_> {
    /// Whether the settings of a site fill it.
    pub(crate) fn is_known(self) -> bool {
        TOKENS.contains(&self.name)
    }
}

/// The tokens of a text without escapes.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    text.match_indices('{').filter_map(|(start, _)| {
        let rest = text.get(start + 1..)?;
        let length = rest.find(['{', '}', '\n']).filter(|length| *length <= LONGEST)?;
        // What is in braces of a formula, a set or a program is none.
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
        let is_meant = |name: &&str| name.contains(char::is_alphabetic) && name.chars().all(is_name);
        let name =
            rest.get(..length).filter(is_meant).filter(|_| !text.get(..start).is_some_and(|t| t.ends_with('$')))?;
        rest.get(length..)?.starts_with('}').then_some(Token { start, end: start + length + 2, name })
    })
}

/// The longest text between braces that may have been meant as a token, in bytes.
const LONGEST: usize = 40;

/// The tokens of a text event outside code, which may start with an escaped brace or be one that was written as an
/// entity.
pub(crate) fn of_text<'m>(markdown: &'m Markdown<'_>, at: usize) -> impl Iterator<Item = Token<'m>> {
    let start = markdown.raw_span(at).start;
    let text: &str = match markdown.event(at) {
        Event::Text(text) => text,
        _ => "",
    };
    let verbatim = markdown.source.get(start..).is_some_and(|rest| rest.starts_with(text));
    let escaped = markdown.source.get(..start).is_some_and(|before| before.ends_with('\\'));
    let text = if verbatim { text } else { "" };
    tokens(text).filter(move |token| !(escaped && token.start == 0))
}

/// Reports the unknown tokens of a text event.
pub(crate) fn check(markdown: &Markdown<'_>, at: usize, problems: &mut Problems) {
    let start = markdown.raw_span(at).start;
    for token in of_text(markdown, at).filter(|token| !token.is_known()) {
        unknown(token.name, Span::new(start + token.start, start + token.end), problems);
    }
}

/// Reports a token that no setting fills.
pub(crate) fn unknown<'p>(name: &str, span: Span, problems: &'p mut Problems) -> &'p mut crate::problem::Draft {
    // Nobody reads the thousandth offer, and each costs.
    let compared = if problems.len() < 1_000 { TOKENS.as_slice() } else { &[] };
    let help = nearest(&name.trim().replace([' ', '-'], "_"), compared.iter().copied()).map_or_else(
        || format!("the tokens are {{{}}}; for a plain brace write `\\{{`", TOKENS.join("}, {")),
        |near| format!("did you mean `{{{near}}}`? For a plain brace write `\\{{`"),
    );
    problems.add(Code::C13, span, format!("`{{{name}}}` is not a token that is known")).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_word_between_braces() {
        let names = |text: &'static str| tokens(text).map(|token| token.name).collect::<Vec<_>>();
        assert_eq!(names("{organisation} {a_1}{b-c}"), ["organisation", "a_1", "b-c"]);
        assert_eq!(names("{ { } {} {!} {a"), [""; 0]);
        assert_eq!(names("{ a } {a b} {a.b} {1, 2} {a: b}"), [" a ", "a b"]);
        assert_eq!(names("{a long text that somebody put between braces as a remark}"), [""; 0]);
        assert_eq!(names("{{law}} ${law}"), ["law"]);
        assert_eq!(names("{größe}"), ["größe"]);
    }
}
