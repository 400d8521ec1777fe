//! Chips that lost a backtick, or never had one, and are words of the text because of it (C06).

use pulldown_cmark::{Event, Tag};

use crate::front::tree::short;
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};

/// Signs that people type where a backtick belongs.
const QUOTES: [char; 10] = ['`', '\'', '"', '´', '‘', '’', '‚', '“', '”', '„'];
/// Chips that are one word, of choices and routes.
const WORDS: [&str; 6] = ["best", "ok", "poor", "critical", "once", "otherwise"];

/// Whether a backtick stands among the words of some inline elements: it has no partner.
fn has_stray(markdown: &Markdown<'_>, inline: &[usize]) -> bool {
    inline.iter().any(|at| {
        let span = markdown.raw_span(*at);
        let source = markdown.source;
        let is_escaped = source.get(..span.start).is_some_and(|before| before.ends_with('\\'));
        let text = source.get(span.start..span.end).unwrap_or("");
        matches!(markdown.event(*at), Event::Text(_))
            && text.get(usize::from(is_escaped)..).is_some_and(|text| text.contains('`'))
    })
}

/// The chips that a text was meant as, each as it should be written; none if it is anything else.
fn meant(text: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || QUOTES.contains(&c) || matches!(c, ',' | ';'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at).copied() {
        let next = words.get(at + 1).copied();
        let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        let is_change = |text: &&str| text.strip_prefix(['+', '-', '\u{2212}', '\u{2013}']).is_some_and(digits);
        let taken = match word {
            _ if WORDS.contains(&word) || word.strip_suffix('%').is_some_and(digits) => 1,
            "if" if next.is_some() => words.len() - at,
            "set" | "unset" if next.is_some() => 2,
            _ if next.filter(is_change).is_some() => 2,
            _ if next.is_some_and(|next| matches!(next, "0" | "1" | "2")) => 2,
            _ => return None,
        };
        found.push(format!("`{}`", words.get(at..at + taken).unwrap_or_default().join(" ")));
        at += taken;
    }
    (!found.is_empty() && found.len() <= 12).then_some(found)
}

/// Reports chips without their backticks, and takes back what else was said of the signs in them.
fn tell(span: Span, message: &str, chips: Option<&[String]>, problems: &mut Problems) {
    problems.silence_within(span, |code| code == Code::C16);
    let help = match chips {
        Some(chips) => format!("write {}", chips.join(" ")),
        None => "each chip stands between two backticks: `best` `set promised`".to_owned(),
    };
    problems.add(Code::C06, span, message).help(help);
}

/// Looks at the line of a choice, route, answer or thing to check for chips that cannot be read because of a backtick that is not
/// there. Where it `leads` somewhere, only what stands behind the link is looked at. True if something was told.
pub(crate) fn in_line(markdown: &Markdown<'_>, line: &[usize], leads: bool, problems: &mut Problems) -> bool {
    let link = line.iter().position(|at| matches!(markdown.tag(*at), Some(Tag::Link { .. })));
    if leads && link.is_none() {
        return false;
    }
    let tail = line.get(link.map_or(0, |link| link + 1)..).unwrap_or_default();
    let ends = tail.iter().position(|at| matches!(markdown.event(*at), Event::SoftBreak | Event::HardBreak));
    let tail = tail.get(..ends.unwrap_or(tail.len())).unwrap_or_default();
    let (Some(first), Some(last)) = (tail.first(), tail.last()) else { return false };
    if tail.iter().any(|at| matches!(markdown.event(*at), Event::Start(_))) {
        return false;
    }
    let (mut start, end) = (markdown.raw_span(*first).start, markdown.raw_span(*last).end);
    let whole = markdown.source.get(start..end).unwrap_or("");
    let is_stray = has_stray(markdown, tail);
    // Of an answer only what looks like its share: its words may hold anything.
    if !leads {
        let Some(tick) = whole.rfind('`').filter(|_| is_stray && whole.trim_end_matches(['`', ' ']).ends_with('%'))
        else {
            return false;
        };
        let from = whole.get(..tick).and_then(|before| before.rfind([' ', '`'])).unwrap_or(tick);
        start += from;
    }
    let whole = markdown.source.get(start..end).unwrap_or("");
    let blanks = whole.len() - whole.trim_start().len();
    let span = Span::new(start + blanks, (start + whole.trim_end().len()).max(start + blanks));
    let chips = meant(whole);
    if is_stray {
        tell(span, "a backtick is missing in this line, so its chips cannot be read", chips.as_deref(), problems);
        return true;
    }
    // Without any backtick it has to be plain what was meant: a line may go on after its link.
    let bare: String = tail
        .iter()
        .filter(|at| matches!(markdown.event(**at), Event::Text(_)))
        .map(|at| markdown.text(*at, at + 1))
        .collect();
    let words = meant(&bare);
    let first = words.as_ref().and_then(|words| words.first()).map_or("", |word| word.trim_matches('`'));
    let is_sure = WORDS.contains(&first) && first != "otherwise" || first.contains([' ']) && first.contains(['+', '-']);
    if leads && is_sure {
        tell(
            span,
            &format!("`{}` stands here without backticks, so it is no chip", short(bare.trim())),
            chips.as_deref(),
            problems,
        );
        return true;
    }
    false
}

/// Looks at the first paragraph below a heading for chips without their backticks. `is_chip` says which texts are chips there. True
/// if something was told.
pub(crate) fn below_heading(
    markdown: &Markdown<'_>,
    blocks: &[usize],
    is_chip: impl Fn(&str) -> bool,
    problems: &mut Problems,
) -> bool {
    const LONGEST: usize = 120;
    let first = blocks.iter().copied().find(|at| !markdown.is_comment(*at));
    let Some(first) = first.filter(|at| matches!(markdown.tag(*at), Some(Tag::Paragraph))) else { return false };
    let span = markdown.span(first);
    let text = markdown.source.get(span.start..span.end).unwrap_or("");
    if text.len() > LONGEST || text.contains('\n') {
        return false;
    }
    let inline = markdown.inside(first);
    if inline.iter().any(|at| matches!(markdown.event(*at), Event::Start(_))) {
        return false;
    }
    let is_code = |at: &usize| matches!(markdown.event(*at), Event::Code(_));
    if has_stray(markdown, &inline) {
        let parts = text.split('`').map(str::trim).filter(|part| !part.is_empty());
        let chips: Vec<String> = parts.map(|part| format!("`{part}`")).collect();
        if !chips.iter().any(|chip| is_chip(chip.trim_matches('`'))) {
            return false;
        }
        tell(span, "a backtick is missing in this line, so its chips cannot be read", Some(&chips), problems);
        return true;
    }
    let plain = text.trim_matches(QUOTES).trim();
    if !inline.iter().any(is_code) && is_chip(plain) {
        tell(
            span,
            &format!("`{plain}` stands here without backticks, so it is no chip"),
            Some(&[format!("`{plain}`")]),
            problems,
        );
        return true;
    }
    false
}

/// Looks at a paragraph that opens with a condition which has no backticks, or only one. True if something was told.
pub(crate) fn opening(markdown: &Markdown<'_>, paragraph: usize, problems: &mut Problems) -> bool {
    let inline = markdown.inside(paragraph);
    let Some(first) = inline.first().copied() else { return false };
    let Event::Text(_) = markdown.event(first) else { return false };
    let start = markdown.raw_span(first).start;
    let text = markdown.source.get(start..markdown.span(paragraph).end).unwrap_or("").lines().next().unwrap_or("");
    let words = text.trim_start_matches(QUOTES);
    let is_ticked = text.starts_with('`');
    // Whoever writes a backslash before it means the sign itself.
    if is_ticked && markdown.source.get(..start).is_some_and(|before| before.ends_with('\\')) {
        return false;
    }
    let compares = compares(words.split_once(['*', '`']).map_or(words, |(before, _)| before));
    let speaks = inline.get(1).is_some_and(|at| matches!(markdown.tag(*at), Some(Tag::Strong)));
    let is_meant = if words.starts_with("if ") {
        is_ticked || compares
    } else {
        words.starts_with("else") && (is_ticked || speaks && words.starts_with("else "))
    };
    if !is_meant {
        return false;
    }
    let span = Span::new(start, start + text.trim_end().len());
    problems.silence_within(Span::new(start, start + 1), |code| code == Code::C16);
    let message =
        if is_ticked { "the second backtick of this condition is missing" } else { "this condition has no backticks" };
    let condition = words.split_once(['*', '`']).map_or("", |(before, _)| before.trim());
    let help = if words.starts_with("if ") && !condition.is_empty() && condition.len() <= 60 {
        format!("write `{condition}`, a backtick on each side, and then the text")
    } else if words.starts_with("if ") {
        "put one before `if` and one behind the condition: `if trust >= 60`".to_owned()
    } else {
        "write `else`, with a backtick before and behind it".to_owned()
    };
    problems.add(Code::C06, span, message).help(help);
    true
}

/// Whether a text compares something with a number, as conditions do: `trust >= 60`. After a backslash a sign is only itself.
fn compares(text: &str) -> bool {
    text.match_indices(['<', '>']).any(|(at, sign)| {
        let after = text.get(at + sign.len()..).unwrap_or("");
        let after = after.strip_prefix('=').unwrap_or(after);
        let is_escaped = text.get(..at).is_some_and(|before| before.ends_with('\\'));
        !is_escaped && after.strip_prefix(' ').unwrap_or(after).starts_with(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_are_known_without_their_backticks() {
        let chips = |text: &str| meant(text).map(|chips| chips.join(" "));
        for (text, wanted) in [
            (" best trust +20", "`best` `trust +20`"),
            (" `best `trust +20`", "`best` `trust +20`"),
            ("´ok´, set promised once", "`ok` `set promised` `once`"),
            ("if trust >= 60 and promised", "`if trust >= 60 and promised`"),
            ("25%", "`25%`"),
            ("poor empathy 1", "`poor` `empathy 1`"),
        ] {
            assert_eq!(chips(text).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", "and wave", "best of all", "set", "trust +"] {
            assert_eq!(chips(text), None, "{text}");
        }
    }
}
