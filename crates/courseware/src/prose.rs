//! The prose of a document: the sentences that a learner reads, each with its place in the file.
//!
//! Prose is what stands in paragraphs, list items, quotes and alerts. Headings, code, chips, tables, descriptions of
//! images, front matter and comments are not: they are labels and settings, and a cell of a table is hardly ever a
//! sentence.

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::Markdown;
use crate::problem::Span;

/// Looks at the sentences of a document, in order: the place of each in the file, from its first character to its last, and
/// its words, without punctuation around them.
pub(crate) fn sentences(markdown: &Markdown<'_>, mut look: impl FnMut(Span, &[&str])) {
    let passages = passages(markdown);
    let mut words: Vec<&str> = Vec::new();
    for passage in &passages {
        for (start, end) in cut(&passage.text) {
            words.clear();
            words.extend(self::words(passage.text.get(start..end).unwrap_or("")));
            if !words.is_empty() {
                look(Span::new(passage.source(start), passage.source_end(end)), &words);
            }
        }
    }
}

/// Text that is read in one go: a paragraph, or the line of a list item.
#[derive(Debug, Default)]
struct Passage {
    text: String,
    /// Where each piece of the text comes from, in order.
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    /// Where it starts in the passage.
    at: usize,
    span: Span,
    /// Whether it stands in the file just like this; an entity does not.
    verbatim: bool,
}

impl Passage {
    fn push(&mut self, text: &str, span: Span, source: &str) {
        let verbatim = source.get(span.start..).is_some_and(|rest| rest.starts_with(text));
        self.pieces.push(Piece { at: self.text.len(), span, verbatim });
        self.text.push_str(text);
    }

    /// A blank for what is left out, so that the words beside it stay two.
    fn blank(&mut self) {
        self.text.push(' ');
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces.get(after.checked_sub(1)?)
    }

    /// The place in the file of a character.
    fn source(&self, at: usize) -> usize {
        let place = |piece: &Piece| {
            if piece.verbatim { (piece.span.start + (at - piece.at)).min(piece.span.end) } else { piece.span.start }
        };
        self.piece(at).map_or(0, place)
    }

    /// The place in the file after the character that ends at an offset.
    fn source_end(&self, end: usize) -> usize {
        let place = |piece: &Piece| {
            if piece.verbatim { (piece.span.start + (end - piece.at)).min(piece.span.end) } else { piece.span.end }
        };
        self.piece(end.saturating_sub(1)).map_or(0, place)
    }
}

fn passages(markdown: &Markdown<'_>) -> Vec<Passage> {
    let mut found = Vec::new();
    let mut passage = Passage::default();
    let mut at = 0;
    while at < markdown.len() {
        match markdown.event(at) {
            Event::Text(text) => passage.push(text, markdown.raw_span(at), markdown.source),
            Event::SoftBreak | Event::HardBreak | Event::Code(_) => passage.blank(),
            Event::Start(Tag::Strong) if passage.text.trim().is_empty() && is_label(markdown, at) => {
                at = markdown.end(at);
            }
            Event::Start(Tag::Image { .. }) => {
                passage.blank();
                at = markdown.end(at);
            }
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Heading { .. } | Tag::Table(_)) => {
                found.push(std::mem::take(&mut passage));
                at = markdown.end(at);
            }
            Event::Start(Tag::Paragraph | Tag::BlockQuote(_) | Tag::List(_) | Tag::Item)
            | Event::End(TagEnd::Paragraph | TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item)
            | Event::Rule => found.push(std::mem::take(&mut passage)),
            _ => {}
        }
        at += 1;
    }
    found.push(passage);
    found.retain(|passage| !passage.text.trim().is_empty());
    found
}

/// Whether bold words open a passage as its label: who speaks, or what it is about. A label is no part of the sentence.
fn is_label(markdown: &Markdown<'_>, strong: usize) -> bool {
    let end = markdown.end(strong);
    let follows = matches!(markdown.event(end + 1), Event::Text(text) if text.starts_with(':'));
    follows || markdown.text(strong + 1, end).ends_with(':')
}

/// Abbreviations after which a sentence goes on, whatever follows.
const GOES_ON: [&str; 17] =
    ["mr", "mrs", "ms", "mx", "dr", "prof", "rev", "hon", "st", "capt", "e.g", "i.e", "eg", "ie", "cf", "vs", "viz"];

/// Abbreviations after which it goes on with a number: "No. 5", but "Say no. Then wait."
const NUMBERED: [&str; 10] = ["no", "nos", "nr", "fig", "p", "pp", "tel", "ext", "approx", "ca"];

/// Cuts text into sentences, as half-open ranges without the blanks around them.
///
/// A sentence ends with a word that ends in `.`, `!`, `?` or `…` (quotation marks and brackets may follow), unless the
/// next word starts with a small letter, or the word is an abbreviation, an initial (`J. Obi`) or the number of an item
/// (`1. Listen`). Where that is not certain it ends: a cut too many never makes a sentence too long.
fn cut(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    let mut tokens = tokens(text).peekable();
    while let Some((from, to)) = tokens.next() {
        let first = start.is_none();
        let begin = *start.get_or_insert(from);
        let token = text.get(from..to).unwrap_or("");
        let next = tokens.peek().and_then(|(from, to)| text.get(*from..*to));
        if next.is_none_or(|next| ends(token, first, next)) {
            found.push((begin, to));
            start = None;
        }
    }
    found
}

/// The pieces between blanks.
fn tokens(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    text.split_inclusive(char::is_whitespace).filter_map(move |piece| {
        let from = at;
        at += piece.len();
        let length = piece.trim_end().len();
        (length > 0).then_some((from, from + length))
    })
}

/// Whether a sentence ends with a token, `first` of its sentence, when another follows.
fn ends(token: &str, first: bool, next: &str) -> bool {
    // Most tokens end in a letter.
    if token.ends_with(|c: char| c.is_ascii_alphanumeric() || c == ',') {
        return false;
    }
    let is_closer = |c: char| matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '*' | '_');
    let open = token.trim_end_matches(is_closer);
    let Some(last) = open.chars().next_back() else { return false };
    if !matches!(last, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟' | '۔') {
        return false;
    }
    let starts_small = next.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_lowercase);
    if starts_small {
        return false;
    }
    if last != '.' || open.ends_with("..") {
        return true;
    }
    let word = open.trim_end_matches('.').trim_start_matches(|c: char| !c.is_alphanumeric());
    let lower = word.to_lowercase();
    let mut letters = word.chars();
    let is_initial = matches!((letters.next(), letters.next()), (Some(c), None) if c.is_uppercase() && c != 'I');
    let is_number = first && !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
    let numbered = NUMBERED.contains(&lower.as_str()) && next.starts_with(|c: char| c.is_ascii_digit());
    !(is_initial || is_number || numbered || GOES_ON.contains(&lower.as_str()))
}

/// The words of a text: what stands between blanks, long dashes and ellipses and has a letter or digit. `08:30`,
/// `call-back` and `you've` are one word each.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split(|c: char| c.is_whitespace() || matches!(c, '—' | '…')).flat_map(at_dashes);
    let words = pieces.map(|piece| piece.trim_matches(|c: char| !c.is_alphanumeric()));
    words.filter(|word| !word.is_empty())
}

/// Cuts at two hyphens, which stand for a dash.
fn at_dashes(piece: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(piece);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(at) = text.as_bytes().windows(2).position(|pair| pair == b"--") else { return rest.take() };
        rest = text.get(at + 2..);
        text.get(..at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problems;

    fn cut_words(text: &str) -> Vec<&str> {
        cut(text).into_iter().map(|(start, end)| &text[start..end]).collect()
    }

    #[test]
    fn sentences_end_where_a_reader_would_say_so() {
        let table: [(&str, &[&str]); 21] = [
            ("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]),
            ("Write a note, e.g. a time. Then go.", &["Write a note, e.g. a time.", "Then go."]),
            ("Use a form, e.g. Form 7, today.", &["Use a form, e.g. Form 7, today."]),
            ("Mr. Obi waits. Mrs. Kovács too.", &["Mr. Obi waits.", "Mrs. Kovács too."]),
            ("Mr Obi waits. Dr Ito calls.", &["Mr Obi waits.", "Dr Ito calls."]),
            ("Her 08:30 is late. It is 09:40.", &["Her 08:30 is late.", "It is 09:40."]),
            ("\"Calm down!\" she said. Then she left.", &["\"Calm down!\" she said.", "Then she left."]),
            ("\"Who is there?\" Nobody answers.", &["\"Who is there?\"", "Nobody answers."]),
            ("“I'm sorry.” He nods.", &["“I'm sorry.”", "He nods."]),
            ("Well... we shall see.", &["Well... we shall see."]),
            ("Well… We shall see.", &["Well…", "We shall see."]),
            ("1. Listen to them. 2. Act.", &["1. Listen to them.", "2. Act."]),
            ("It was in 2027. Then it ended.", &["It was in 2027.", "Then it ended."]),
            ("J. Obi and A. B. Ito met.", &["J. Obi and A. B. Ito met."]),
            ("So do I. They left.", &["So do I.", "They left."]),
            ("Ring No. 5 at 3.5 metres.", &["Ring No. 5 at 3.5 metres."]),
            ("Say no. Then wait.", &["Say no.", "Then wait."]),
            ("Come at 9 a.m. or later.", &["Come at 9 a.m. or later."]),
            ("Bring forms, cards, etc. They help.", &["Bring forms, cards, etc.", "They help."]),
            ("Really?! Yes.", &["Really?!", "Yes."]),
            ("(They wait.) We act.", &["(They wait.)", "We act."]),
        ];
        for (text, wanted) in table {
            assert_eq!(cut_words(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_word_is_what_a_person_would_count() {
        let table = [
            ("Her 08:30 appointment is 70 minutes late.", 7),
            ("You've waited – I'm sorry.", 4),
            ("the call-back—not today", 4),
            ("wait… what", 2),
            ("{organisation} – \"yes\" & no", 3),
            ("- ! …", 0),
        ];
        for (text, count) in table {
            assert_eq!(words(text).count(), count, "{text}");
        }
    }

    #[test]
    fn only_prose_is_read_and_each_sentence_knows_its_place() {
        let source = "# A heading. Two\n\nOne `code` two\nthree &amp; four. **Five**\n\n- six\n- [x] seven `25%`\n  > eight\n\n\
                      | a | b |\n|---|---|\n| c | d |\n\n![an image](x.svg) nine\n\n**Mrs Kovács:** ten\n\n\
                      > [!TIP]\n> eleven\n\n<!-- a note -->\n\n    code\n\n**Note**: twelve\n";
        let markdown = Markdown::read(source, 0, &mut Problems::default()).unwrap();
        let (mut found, mut spans) = (Vec::new(), Vec::new());
        sentences(&markdown, |span, words| {
            found.push(words.join(" "));
            spans.push(span);
        });
        let wanted = ["One two three four", "Five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
        assert_eq!(found, wanted);
        let texts: Vec<&str> = spans.iter().map(|span| &source[span.start..span.end]).collect();
        assert_eq!(texts[0], "One `code` two\nthree &amp; four.");
        assert_eq!(&texts[2..], ["six", "seven", "eight", "nine", "ten", "eleven", ": twelve"]);
    }
}
