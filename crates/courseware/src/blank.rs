//! A blank in the text of a question: its key, and whether what somebody filled in fits.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization as _;

use crate::condition::DASHES;

/// Something to fill in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Blank {
    /// Words.
    Text {
        /// What is accepted, as the author wrote it; never empty.
        accepted: Vec<String>,
        /// Whether capitals, quotation marks and the like must be as written.
        exact: bool,
    },
    /// One of several given words.
    Menu {
        /// What can be chosen, in the order of the file.
        options: Vec<MenuOption>,
        /// Whether they keep that order.
        fixed: bool,
    },
    /// A number, edges included.
    Number {
        /// The least that is right.
        least: Decimal,
        /// The greatest that is right.
        most: Decimal,
        /// As the author wrote it: `3 ± 0.5`.
        written: String,
    },
}

/// One of the words that a menu gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuOption {
    /// Its place in the file, from 1.
    pub id: u32,
    /// The words.
    pub text: String,
    /// Whether they are right.
    pub correct: bool,
}

impl Blank {
    /// Whether what was filled in fits. Of a menu it is the text of an option. An empty blank never fits.
    ///
    /// Words fit when they differ from an accepted text only in case, in how characters are encoded (NFKC), in curly
    /// or straight quotation marks, in runs of blanks, or in marks such as `.`, `!` and `?` at the end. Where they must
    /// be exact, only blanks around them and the encoding of characters (NFC) are ignored.
    #[must_use]
    pub fn fits(&self, filled: &str) -> bool {
        if filled.trim().is_empty() {
            return false;
        }
        match self {
            Self::Text { accepted, exact: true } => accepted.iter().any(|text| strictly(text) == strictly(filled)),
            Self::Text { accepted, exact: false } => accepted.iter().any(|text| loosely(text) == loosely(filled)),
            Self::Menu { options, .. } => {
                options.iter().any(|option| option.correct && option.text.trim() == filled.trim())
            }
            Self::Number { least, most, .. } => {
                Decimal::filled_in(filled).is_some_and(|number| *least <= number && number <= *most)
            }
        }
    }

    /// Whether something can be meant as an answer at all: of a number only a number.
    #[must_use]
    pub fn can_be(&self, filled: &str) -> bool {
        !matches!(self, Self::Number { .. }) || Decimal::filled_in(filled).is_some()
    }

    /// What would be right, as words to show: the first accepted text, the right options, or the number as written.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Text { accepted, .. } => accepted.first().cloned().unwrap_or_default(),
            Self::Menu { options, .. } => {
                let right: Vec<&str> =
                    options.iter().filter(|option| option.correct).map(|option| option.text.as_str()).collect();
                right.join(" / ")
            }
            Self::Number { written, .. } => written.clone(),
        }
    }

    /// What decides whether something fits, and nothing else: two blanks with the same key grade alike.
    pub(crate) fn scoring(&self) -> Vec<String> {
        let mut parts: Vec<String> = match self {
            Self::Text { accepted, exact: true } => accepted.iter().map(|text| strictly(text)).collect(),
            Self::Text { accepted, exact: false } => accepted.iter().map(|text| loosely(text)).collect(),
            Self::Menu { options, .. } => {
                let right = |option: &MenuOption| option.correct.then(|| option.id.to_string());
                options.iter().filter_map(right).collect()
            }
            Self::Number { least, most, .. } => vec![least.to_string(), most.to_string()],
        };
        if let Self::Text { exact, .. } = self {
            parts.sort_unstable();
            parts.dedup();
            parts.insert(0, if *exact { "exact" } else { "text" }.to_owned());
        } else {
            let kind = if let Self::Menu { options, .. } = self { options.len().to_string() } else { "number".into() };
            parts.insert(0, kind);
        }
        parts
    }
}

/// Why a blank cannot be read, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) why: &'static str,
    pub(crate) help: &'static str,
}

const NUMBER: &str =
    "write `= 3 ± 0.5` or `= 10..20`, with a point before decimals and nothing else; words with dots: `…` for `...`";

/// Reads what stands behind the `=` of a blank.
pub(crate) fn read(text: &str, exact: bool, fixed: bool) -> Result<Blank, Unread> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Unread { why: "is a blank with nothing in it", help: "write what is right: `= 4 pm / 16:00`" });
    }
    if is_number(text) {
        return number(text).ok_or(Unread { why: "cannot be read as a number", help: NUMBER });
    }
    let alternatives = alternatives(text);
    let empty = Unread { why: "has an empty place beside a slash", help: "delete the slash, or write words beside it" };
    if !alternatives.iter().any(|text| in_parentheses(text).is_some()) {
        if alternatives.iter().any(|text| text.is_empty()) {
            return Err(empty);
        }
        return Ok(Blank::Text { accepted: alternatives.into_iter().map(str::to_owned).collect(), exact });
    }
    let mut options: Vec<MenuOption> = Vec::new();
    for text in alternatives {
        let (text, correct) = in_parentheses(text).map_or((text, false), |inner| (inner, true));
        // `()` marks nothing as right, which is told as such.
        if text.is_empty() && !correct {
            return Err(empty);
        }
        if !text.is_empty() {
            let id = u32::try_from(options.len() + 1).unwrap_or(u32::MAX);
            options.push(MenuOption { id, text: text.to_owned(), correct });
        }
    }
    Ok(Blank::Menu { options, fixed })
}

/// Cuts at slashes with blanks around them, so that `120/80` stays whole.
fn alternatives(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('/') {
        let before = text.get(start..at).unwrap_or("");
        let after = text.get(at + 1..).unwrap_or("");
        let is_edge = |side: &str, c: Option<char>| side.is_empty() || c.is_some_and(char::is_whitespace);
        if is_edge(before, before.chars().next_back()) && is_edge(after, after.chars().next()) {
            found.push(before.trim());
            start = at + 1;
        }
    }
    found.push(text.get(start..).unwrap_or("").trim());
    found
}

/// What stands in the parentheses around a whole alternative.
fn in_parentheses(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let mut open = 0_usize;
    for c in inner.chars() {
        match c {
            '(' => open += 1,
            // `(a) or (b)` is not one pair around everything.
            ')' if open == 0 => return None,
            ')' => open -= 1,
            _ => {}
        }
    }
    Some(inner.trim())
}

/// Whether a blank means a number: it has a digit, and `±` (or `+-`) or `..` beside it.
fn is_number(text: &str) -> bool {
    let text = with_signs(text);
    text.contains(|c: char| c.is_ascii_digit()) && (text.contains('±') || text.contains(".."))
}

/// Text with `+-` and `+/-` as the sign they stand for, and every dash as minus.
fn with_signs(text: &str) -> String {
    let text = text.replace(DASHES, "-");
    text.replace("+/-", "±").replace("+-", "±")
}

fn number(text: &str) -> Option<Blank> {
    let signs = with_signs(text);
    let read = |text: &str| Decimal::read(text).filter(|_| !text.contains(','));
    let (least, most) = if let Some((middle, by)) = signs.split_once('±') {
        let (middle, by) = (read(middle)?, read(by)?);
        if by.0 < 0 {
            return None;
        }
        (Decimal(middle.0 - by.0), Decimal(middle.0 + by.0))
    } else {
        // Three dots are no range: `0...5` must not become 0 to .5.
        let (least, most) = signs.split_once("..").filter(|(_, most)| !most.starts_with('.'))?;
        (read(least)?, read(most)?)
    };
    // A sum may have a digit more than can be read back from the frozen form.
    let readable = |edge: &Decimal| Decimal::read(&edge.to_string()).is_some();
    let fits = least <= most && readable(&least) && readable(&most);
    fits.then(|| Blank::Number { least, most, written: text.to_owned() })
}

/// What texts have in common that a text blank takes for the same.
pub(crate) fn loosely(text: &str) -> String {
    let straight: String = text
        .chars()
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '\u{b4}' | '`' => '\'',
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{2033}' => '"',
            c => c,
        })
        .collect();
    let folded: String = if straight.is_ascii() {
        straight.to_ascii_lowercase()
    } else {
        let compatible: String = straight.nfkc().collect();
        UniCase::unicode(compatible).to_folded_case().nfkc().collect()
    };
    let spaced = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = spaced.trim_end_matches(['.', '!', '?', ' ']);
    // A text of nothing but such marks keeps them.
    if bare.is_empty() { spaced } else { bare.to_owned() }
}

/// What texts have in common where a blank must be filled in exactly.
fn strictly(text: &str) -> String {
    text.trim().nfc().collect()
}

/// A decimal number, computed exactly, with up to 18 digits before and after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(
    /// In units of the last of the 18 places.
    i128,
);

/// How many places there are after the point, and before it.
const PLACES: usize = 18;
/// One, in units of the last place.
const ONE: i128 = 1_000_000_000_000_000_000;

impl Decimal {
    /// Reads digits with at most one point or comma among them and a sign before them; none if it is something else
    /// or has too many digits.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let negative = text.starts_with('-') || text.starts_with(DASHES);
        let digits = text.strip_prefix(DASHES).or_else(|| text.strip_prefix(['-', '+'])).unwrap_or(text).trim_start();
        let (whole, places) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + places.len() == 0 || !is_number(whole) || !is_number(places) {
            return None;
        }
        let (whole, places) = (whole.trim_start_matches('0'), places.trim_end_matches('0'));
        if whole.len() > PLACES || places.len() > PLACES {
            return None;
        }
        let units: i128 = format!("0{whole}{places:0<PLACES$}").parse().ok()?;
        Some(Self(if negative { -units } else { units }))
    }

    /// Reads what a learner typed, where digits of any width, commas between thousands and a decimal comma are understood.
    fn filled_in(text: &str) -> Option<Self> {
        let text: String = text.nfkc().collect();
        let whole = text.split('.').next().unwrap_or("");
        let mut groups = whole.trim().trim_start_matches(['+', '-']).trim_start_matches(DASHES).split(',');
        let first = groups.next().unwrap_or("");
        let mut rest = groups.peekable();
        // What starts with a zero is no thousand: `0,500` is a half.
        let is_grouped = (1..=3).contains(&first.len())
            && !first.starts_with('0')
            && rest.peek().is_some()
            && rest.all(|group| group.len() == 3);
        if is_grouped { Self::read(&text.replace(',', "")) } else { Self::read(&text) }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, places) = (self.0.unsigned_abs() / ONE.unsigned_abs(), self.0.unsigned_abs() % ONE.unsigned_abs());
        let places = format!("{places:018}");
        let places = places.trim_end_matches('0');
        let point = if places.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{places}")
    }
}

impl From<Decimal> for String {
    fn from(number: Decimal) -> Self {
        number.to_string()
    }
}

impl TryFrom<String> for Decimal {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text).ok_or("not a decimal number")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blank(text: &str) -> Blank {
        read(text, false, false).unwrap_or_else(|unread| panic!("{text}: {unread:?}"))
    }

    #[test]
    fn words_fit_whatever_their_case_quotes_and_blanks() {
        let table = [
            ("4 pm / 16:00", "4 PM", true),
            ("4 pm / 16:00", " 16:00. ", true),
            ("4 pm / 16:00", "4\u{a0} pm!", true),
            ("4 pm / 16:00", "4pm", false),
            ("4 pm / 16:00", "", false),
            ("4 pm / 16:00", "  ", false),
            ("I'll ring", "i\u{2019}LL   ring?!", true),
            ("\u{201c}Yes\u{201d}", "\"yes\"", true),
            ("Straße", "STRASSE", true),
            ("café", "CAFE\u{301}", true),
            ("ﬁne", "FINE", true),
            ("120/80", "120/80", true),
            ("120/80", "120", false),
            ("120 mm / 80", "80", true),
            ("resume", "résumé", false),
            ("?", ".", false),
            ("?", "?", true),
            ("wait...", "wait", true),
            ("5 mg (oral)", "5 mg (oral)", true),
        ];
        for (key, filled, fits) in table {
            assert_eq!(blank(key).fits(filled), fits, "{key} <- {filled}");
        }
    }

    #[test]
    fn exact_words_are_trimmed_and_composed_only() {
        let blank = read("Mrs Kovács / Ms K.", true, false).unwrap();
        let table = [
            (" Mrs Kova\u{301}cs ", true),
            ("mrs Kovács", false),
            ("Ms K.", true),
            ("Ms K", false),
            ("Ms  K.", false),
            ("", false),
        ];
        for (filled, fits) in table {
            assert_eq!(blank.fits(filled), fits, "{filled}");
        }
    }

    #[test]
    fn numbers_fit_up_to_their_edges() {
        let table = [
            ("3 ± 0.5", "2.5", true),
            ("3 ± 0.5", "3.50", true),
            ("3 ± 0.5", "3.500000000000000001", false),
            ("3 ± 0.5", "2.4999999", false),
            ("3 ± 0.5", "3,25", true),
            ("3 ± 0.5", "３", true),
            ("3 +- 0.5", "+3.5", true),
            ("3 +/- 0.5", "3.6", false),
            ("3 +\u{2212} 0.5", "3.5", true),
            ("0.3 ± 0", "0.3", true),
            ("0.1 ± 0.2", "0.3", true),
            ("0.1 ± 0.2", "-0.1", true),
            ("10..20", "10", true),
            ("10..20", "20.0", true),
            ("10..20", "20.01", false),
            ("10 .. 20", "9.99", false),
            ("\u{2212}10..-5", "\u{2013}7", true),
            ("-10..-5", "7", false),
            ("10..20", "ten", false),
            ("10..20", "15 minutes", false),
            ("10..20", "1e1", false),
            ("10..20", "1.5.0", false),
            ("10..20", ".", false),
            ("10..20", "15.", true),
            (".5..1", "0.5", true),
        ];
        for (key, filled, fits) in table {
            assert!(matches!(blank(key), Blank::Number { .. }), "{key}");
            assert_eq!(blank(key).fits(filled), fits, "{key} <- {filled}");
        }
    }

    #[test]
    fn only_a_sign_or_two_dots_beside_a_digit_make_a_number() {
        for key in ["3", "3.5", "10-20", "well... / um...", "±", "a..b", "(3) / 4"] {
            assert!(!matches!(blank(key), Blank::Number { .. }), "{key}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let table = [
            ("", "nothing in it"),
            (" ", "nothing in it"),
            ("a / ", "empty place"),
            ("/ a", "empty place"),
            ("a / / b", "empty place"),
            ("(a) / ", "empty place"),
            ("3 ±", "as a number"),
            ("3 ± -1", "as a number"),
            ("20..10", "as a number"),
            ("0...5", "as a number"),
            ("3 ± 1 / 4", "as a number"),
            ("1,000..2,000", "as a number"),
            ("3 ± 0.5 minutes", "as a number"),
            ("1..2..3", "as a number"),
            ("1234567890123456789 ± 1", "as a number"),
            ("999999999999999999 ± 1", "as a number"),
        ];
        for (key, why) in table {
            let said = read(key, false, false).unwrap_err().why;
            assert!(said.contains(why), "{key}: {said}");
        }
    }

    #[test]
    fn parentheses_around_the_whole_make_a_menu() {
        let Blank::Menu { options, .. } = blank("(no news) / a refund / (the (late) form)") else { panic!() };
        let read: Vec<(&str, bool)> = options.iter().map(|option| (option.text.as_str(), option.correct)).collect();
        assert_eq!(read, [("no news", true), ("a refund", false), ("the (late) form", true)]);
        assert!(matches!(blank("(a) or (b) / c"), Blank::Text { .. }));
        let menu = blank("(no news) / a refund");
        assert!(menu.fits("no news") && !menu.fits("a refund") && !menu.fits("No news") && !menu.fits(""));
        let Blank::Menu { options, .. } = blank("() / a") else { panic!() };
        assert!(options.iter().all(|option| !option.correct));
    }

    #[test]
    fn a_number_is_frozen_as_it_is_read() {
        for text in ["0", "-0.5", "3.000000000000000001", "999999999999999999.999999999999999999"] {
            let number = Decimal::read(text).unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(Decimal::try_from(String::from(number)).unwrap(), number);
        }
        assert_eq!(Decimal::read("007.50").unwrap().to_string(), "7.5");
    }
}
