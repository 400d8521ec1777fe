//! Chips: small settings in inline code, in the places where they mean something.

use crate::front::tree::short;
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};
use crate::slug::nearest;
use pulldown_cmark::{Event, Tag};

/// Whether a chip that begins with this word is a setting, so that nothing else may be called so.
#[must_use]
pub fn is_setting(word: &str) -> bool {
    const WORDS: [&str; 27] = [
        "all-or-nothing",
        "and",
        "best",
        "cards",
        "check",
        "critical",
        "else",
        "ending",
        "exact",
        "fixed",
        "if",
        "not",
        "ok",
        "once",
        "or",
        "otherwise",
        "points",
        "pool",
        "poor",
        "recall",
        "reflect",
        "set",
        "tests",
        "unset",
        "visited",
        "was",
        "weight",
    ];
    WORDS.contains(&word)
}

/// A chip as written: its text and its place, backticks included.
#[derive(Clone, Debug)]
pub(crate) struct Chip {
    /// What stands between the backticks.
    pub(crate) text: String,
    /// From the opening backtick to the closing one.
    pub(crate) span: Span,
}

impl Chip {
    /// The first word and the rest.
    pub(crate) fn words(&self) -> (&str, &str) {
        let text = self.text.trim();
        text.split_once(char::is_whitespace).map_or((text, ""), |(first, rest)| (first, rest.trim()))
    }

    /// Reports a chip that is not one of those known in its place (C06).
    pub(crate) fn unknown(&self, place: &str, known: &[&str], problems: &mut Problems) {
        let text = self.text.trim();
        let (word, _) = self.words();
        // Nobody reads the thousandth offer, and each costs.
        let near = (problems.len() < 1_000).then(|| {
            nearest(text, known.iter().copied())
                .or_else(|| nearest(word, known.iter().copied()))
                .or_else(|| nearest(word, known.iter().filter_map(|name| name.split(' ').next())))
        });
        let near = near.flatten();
        let help = match near {
            Some(name) => format!("did you mean `{name}`?"),
            None if known.is_empty() => "delete it".to_owned(),
            None => {
                let listed: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                format!("here it can be {}", listed.join(", "))
            }
        };
        problems.add(Code::C06, self.span, format!("`{}` is not a chip that is known {place}", short(text))).help(help);
    }

    /// Reports a chip that is known and cannot be read or used as it is (C06).
    pub(crate) fn wrong(&self, why: &str, help: &str, problems: &mut Problems) {
        problems.add(Code::C06, self.span, format!("`{}` {why}", short(self.text.trim()))).help(help);
    }
}

/// The chips of a paragraph that holds nothing else.
pub(crate) fn alone(markdown: &Markdown<'_>, paragraph: usize) -> Option<Vec<Chip>> {
    if !matches!(markdown.tag(paragraph), Some(Tag::Paragraph)) {
        return None;
    }
    let mut chips = Vec::new();
    for at in markdown.inside(paragraph) {
        match markdown.event(at) {
            Event::Code(text) => chips.push(Chip { text: text.to_string(), span: markdown.span(at) }),
            Event::Text(text) if only_divides(text) => {}
            Event::SoftBreak | Event::HardBreak => {}
            Event::InlineHtml(html) if html.starts_with("<!--") => {}
            _ => return None,
        }
    }
    (!chips.is_empty()).then_some(chips)
}

/// Whether a text only stands between chips: blanks, and the commas that some people put there.
fn only_divides(text: &str) -> bool {
    text.trim_matches([' ', '\t', ',', ';']).is_empty()
}

/// Takes the chips off the end of a line of inline elements, so that they are neither rendered nor read as text.
pub(crate) fn trailing(markdown: &mut Markdown<'_>, line: &[usize]) -> Vec<Chip> {
    let (mut chips, mut dividers) = (Vec::new(), Vec::new());
    for at in line.iter().rev().copied().filter(|at| !markdown.is_dropped(*at)).collect::<Vec<_>>() {
        match markdown.event(at) {
            Event::Code(text) => {
                let chip = Chip { text: text.to_string(), span: markdown.span(at) };
                chips.push(chip);
                markdown.drop_event(at);
            }
            Event::Text(text) if only_divides(text) => dividers.push(at),
            Event::SoftBreak | Event::HardBreak => {}
            Event::InlineHtml(html) if html.starts_with("<!--") => {}
            _ => break,
        }
    }
    // What stands between chips goes with them.
    if !chips.is_empty() {
        dividers.into_iter().for_each(|at| markdown.drop_event(at));
    }
    chips.reverse();
    chips
}
