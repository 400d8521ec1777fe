//! How a question is worded: what gives the answer away, and what is easily misread (Q04, Q05, Q06, Q07).

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::blank::loosely;
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};
use crate::question::{Answer, Choice, Question, Task};

/// The most options that are useful (Q12).
pub(crate) const USEFUL_OPTIONS: usize = 5;

/// Q12: more options than anybody weighs.
pub(crate) fn many(options: usize, heading: Span, problems: &mut Problems) {
    if options > USEFUL_OPTIONS {
        problems
            .add(Code::Q12, heading, format!("{options} options to choose from"))
            .help("three good ones suffice: delete those that nobody would choose");
    }
}

/// How long an answer looks, in characters.
fn length(answer: &Answer) -> usize {
    answer.text.chars().count()
}

/// The only right answer and the wrong ones, where lengths could give something away.
fn single(choice: &Choice) -> Option<(&Answer, Vec<&Answer>)> {
    let mut right = choice.options.iter().filter(|answer| answer.correct);
    let only = right.next().filter(|_| right.next().is_none() && !choice.is_true_false())?;
    let wrong: Vec<&Answer> = choice.options.iter().filter(|answer| !answer.correct).collect();
    (!wrong.is_empty()).then_some((only, wrong))
}

/// Q04: a right answer of 1.6 times the mean length of the wrong ones, or more. `place` is where the right one stands.
pub(crate) fn long_answer(choice: &Choice, place: impl Fn(u32) -> Span, problems: &mut Problems) {
    // "All of the above" is long because of what it is, which is told already.
    let Some((right, wrong)) = single(choice).filter(|(right, _)| !is_catch_all(&right.text)) else { return };
    let (mine, others) = (length(right), wrong.iter().map(|answer| length(answer)).sum::<usize>());
    if others > 0 && 10 * mine * wrong.len() >= 16 * others {
        let mean = (others + wrong.len() / 2) / wrong.len();
        problems
            .add(Code::Q04, place(right.id), "the right answer is much longer than the others, which gives it away")
            .label(format!("{mine} characters; the others have about {mean}"))
            .help("shorten it, or give the others as much to say");
    }
}

/// Q05: whether the right answer of a single choice with three options or more is longer than every other; none if
/// the question is of another type.
pub(crate) fn right_is_longest(question: &Question) -> Option<bool> {
    let Task::Choice(choice) = &question.task else { return None };
    let (right, wrong) = single(choice).filter(|(_, wrong)| wrong.len() >= 2)?;
    Some(wrong.iter().all(|answer| length(answer) < length(right)))
}

/// Q06: an option that stands for others.
pub(crate) fn catch_all(text: &str, place: Span, problems: &mut Problems) {
    if is_catch_all(text) {
        problems
            .add(Code::Q06, place, "an answer that stands for the others tests reading, not knowing")
            .help("delete it, and tick every right answer with `[x]`");
    }
}

fn is_catch_all(text: &str) -> bool {
    const SOME: [&str; 6] = ["all", "none", "any", "both", "neither", "either"];
    // Words that name the other options, and words that only go with those.
    const THESE: [&str; 9] =
        ["above", "these", "those", "answers", "options", "choices", "statements", "responses", "apply"];
    const BESIDE: [&str; 11] =
        ["of", "the", "are", "is", "correct", "right", "true", "wrong", "false", "listed", "other"];
    let text = loosely(text);
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    // `the above` can only mean the other options, whatever is around it.
    let points_up = words.windows(3).any(|part| matches!(part, [some, "the", "above"] if SOME.contains(some)))
        || words.windows(4).any(|part| matches!(part, [some, "of", "the", "above"] if SOME.contains(some)));
    let is_only_that = matches!(words.split_first(), Some((first, rest)) if SOME.contains(first)
        && rest.iter().any(|word| THESE.contains(word))
        && rest.iter().all(|word| THESE.contains(word) || BESIDE.contains(word)));
    points_up || is_only_that
}

/// Q07: sentences that ask with a negative that is not bold. `parts` are the heading and the paragraphs of the stem.
pub(crate) fn negatives(markdown: &Markdown<'_>, parts: &[usize], problems: &mut Problems) {
    for part in parts {
        let letters = letters(markdown, *part);
        let quoted = quoted(&letters);
        for sentence in sentences(&letters) {
            let (Some(letters), Some(quoted)) = (letters.get(sentence.clone()), quoted.get(sentence)) else { continue };
            if !asks(letters, quoted) {
                continue;
            }
            let Some((word, span)) = negative(letters, quoted) else { continue };
            problems
                .add(Code::Q07, span, format!("`{word}` turns the question round, and is easily overlooked"))
                .help(format!("write it bold, `**{word}**`, or ask for what is right"));
        }
    }
}

/// A visible character, where it stands, and whether it is bold.
struct Letter {
    c: char,
    span: Span,
    bold: bool,
}

/// The visible characters of a paragraph or heading. What is no text, such as a blank, is one character that is no letter.
fn letters(markdown: &Markdown<'_>, part: usize) -> Vec<Letter> {
    let mut found = Vec::new();
    let mut bold = 0_usize;
    let mut at = part + 1;
    while at < markdown.end(part) {
        let span = markdown.span(at);
        let mut other = |c: char| found.push(Letter { c, span, bold: false });
        match markdown.event(at) {
            _ if markdown.is_dropped(at) => {}
            Event::Start(Tag::Strong) => bold += 1,
            Event::End(TagEnd::Strong) => bold = bold.saturating_sub(1),
            Event::Start(Tag::Image { .. }) => {
                other('\u{fffc}');
                at = markdown.end(at);
            }
            Event::SoftBreak | Event::HardBreak => other(' '),
            Event::Code(_) => other('\u{fffc}'),
            Event::Text(text) => {
                let written = markdown.source.get(span.start..).is_some_and(|source| source.starts_with(&**text));
                for (offset, c) in text.char_indices() {
                    // What was escaped in the source is told at its beginning.
                    let start = if written { span.start + offset } else { span.start };
                    let span = Span::new(start, if written { start + c.len_utf8() } else { span.end });
                    found.push(Letter { c, span, bold: bold > 0 });
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Which characters stand in quotation marks. A mark that is never closed quotes nothing.
fn quoted(letters: &[Letter]) -> Vec<bool> {
    let mut found = vec![false; letters.len()];
    let c = |at: usize| letters.get(at).map(|letter| letter.c);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    // Marks that are known to have no partner further on, so that each is sought once.
    let mut alone: Vec<char> = Vec::new();
    let mut at = 0;
    while let Some(mark) = c(at) {
        let before = at.checked_sub(1).and_then(c);
        let opens = match mark {
            '"' | '\u{201c}' | '\u{201e}' | '«' | '\u{2018}' | '\u{201a}' => true,
            '\'' => !is_word(before) && is_word(c(at + 1)),
            _ => false,
        };
        let closes = |end: usize| match (mark, c(end)) {
            ('"', Some('"')) | ('\u{201c}', Some('\u{201d}')) | ('«', Some('»')) => true,
            ('\u{201e}', Some('\u{201c}' | '\u{201d}')) => true,
            // An apostrophe looks the same, and stands before a letter.
            ('\u{2018}' | '\u{201a}', Some('\u{2019}')) | ('\u{201a}', Some('\u{2018}')) | ('\'', Some('\'')) => {
                !is_word(c(end + 1))
            }
            _ => false,
        };
        if opens && !alone.contains(&mark) {
            match (at + 1..letters.len()).find(|end| closes(*end)) {
                Some(end) => {
                    found.iter_mut().take(end + 1).skip(at).for_each(|inside| *inside = true);
                    at = end;
                }
                None => alone.push(mark),
            }
        }
        at += 1;
    }
    found
}

/// Whether a character may follow the mark that ends a sentence.
fn closes_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '"' | '\'' | ')' | ']' | '\u{201d}' | '\u{2019}' | '»')
}

/// Where each sentence begins and ends. A small letter after the mark goes on with the sentence.
fn sentences(letters: &[Letter]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < letters.len() {
        let ends = letters.get(at).is_some_and(|letter| matches!(letter.c, '.' | '!' | '?' | '…'));
        at += 1;
        if !ends {
            continue;
        }
        at += letters.iter().skip(at).take_while(|letter| closes_sentence(letter.c)).count();
        let blanks = letters.iter().skip(at).take_while(|letter| letter.c.is_whitespace()).count();
        let goes_on = letters.get(at + blanks).is_some_and(|next| blanks == 0 || next.c.is_lowercase());
        if !goes_on {
            found.push(start..at);
            start = at + blanks;
        }
    }
    found.push(start..letters.len());
    found
}

/// Whether a sentence ends in a question mark or colon of its own.
fn asks(letters: &[Letter], quoted: &[bool]) -> bool {
    let mut last = letters.iter().zip(quoted).rev().skip_while(|(letter, _)| {
        letter.c.is_whitespace() || (closes_sentence(letter.c) && !matches!(letter.c, '.' | '!' | '?' | '…'))
    });
    last.next().is_some_and(|(letter, quoted)| matches!(letter.c, '?' | ':') && !quoted)
}

/// The first negative outside quotation marks that is not bold.
fn negative(letters: &[Letter], quoted: &[bool]) -> Option<(String, Span)> {
    let is_part = |at: usize| {
        let letter = letters.get(at).filter(|_| quoted.get(at) == Some(&false))?;
        (letter.c.is_alphanumeric() || matches!(letter.c, '\'' | '\u{2019}')).then_some(letter)
    };
    let mut at = 0;
    while at < letters.len() {
        let word: Vec<&Letter> = (at..).map_while(is_part).collect();
        at += word.len() + 1;
        let (Some(first), Some(last)) = (word.first(), word.last()) else { continue };
        let written: String = word.iter().map(|letter| letter.c).collect();
        let plain = written.replace('\u{2019}', "'").to_lowercase();
        let negates = matches!(plain.as_str(), "not" | "never" | "except" | "cannot") || plain.ends_with("n't");
        if negates && !word.iter().all(|letter| letter.bold) {
            return Some((written, Span::new(first.span.start, last.span.end)));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_stand_for_others_are_known() {
        let table = [
            ("All of the above", true),
            ("**None** of the above.", true),
            ("all the above", true),
            ("All of these", true),
            ("None of these!", true),
            ("Both of the above", true),
            ("All of these are correct", true),
            ("All answers are right", true),
            ("Yes: any of the above, in turn", true),
            ("All of these patients get a wristband", false),
            ("All", false),
            ("None", false),
            ("Both parents", false),
            ("All of it", false),
            ("The form above", false),
            ("All right", false),
        ];
        for (text, stands) in table {
            assert_eq!(is_catch_all(text), stands, "{text}");
        }
    }

    /// The first negative of a paragraph, as written.
    fn found(text: &str) -> Option<String> {
        let mut problems = Problems::default();
        let markdown = Markdown::read(text, 0, &mut problems).unwrap();
        negatives(&markdown, &[0], &mut problems);
        let first = problems.finish("a.md", text).into_iter().next()?;
        text.get(first.span.start..first.span.end).map(str::to_owned)
    }

    #[test]
    fn negatives_are_found_where_something_is_asked() {
        let table = [
            ("Which of these is not allowed?", Some("not")),
            ("Which of these is **not** allowed?", None),
            ("Which of these is *not* allowed?", Some("not")),
            ("You must never:", Some("never")),
            ("All are true except:", Some("except")),
            ("What can\u{2019}t wait?", Some("can\u{2019}t")),
            ("What don't you say?", Some("don't")),
            ("What is NOT right?", Some("NOT")),
            ("What cannot wait?", Some("cannot")),
            ("She does not answer. What now?", None),
            ("She does not answer.", None),
            ("She says \"I do not know\". What now?", None),
            ("What does \"do not resuscitate\" mean?", None),
            ("What does \u{201c}not now\u{201d} mean?", None),
            ("What does \u{2018}it\u{2019}s not now\u{2019} mean?", None),
            ("What does 'not now' mean?", None),
            ("What isn't a reply to \"Help me!\" from a caller?", Some("isn't")),
            ("A stray \" and what is not right?", Some("not")),
            ("Which note notes nothing?", None),
            ("You should not say \"Can I help?\"", None),
            ("It is 10:30, not 10:40.", None),
            ("What is\nnot right?", Some("not")),
            ("What is &amp; not right?", Some("not")),
        ];
        for (text, word) in table {
            assert_eq!(found(text).as_deref(), word, "{text}");
        }
    }
}
