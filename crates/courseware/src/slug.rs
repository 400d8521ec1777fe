//! Heading ids as a code host makes them, text without case, and the nearest of several names.

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// The id of a heading: lower-case; all but letters, marks, digits, `_`, `-` and spaces dropped; spaces to `-`; nothing
/// collapsed.
#[must_use]
pub fn slug(title: &str) -> String {
    let lower = title.trim().to_lowercase();
    let kept = lower.chars().filter(|c| *c == ' ' || *c == '-' || is_word(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The slug of a file: the stem of its name.
pub(crate) fn file_slug(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.strip_suffix(".md").unwrap_or(name).to_owned()
}

/// Whether a code host keeps a character: letters, marks, decimal digits and `_`.
fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    // By category, not by `is_alphanumeric`: that would keep Roman numerals and circled letters too.
    let category = c.general_category();
    matches!(category, GeneralCategory::DecimalNumber)
        || matches!(c.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark)
}

/// Text without what trimming and Unicode's full case folding make the same: ß and ss agree, and so do é in one
/// character and in two.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.trim().to_ascii_lowercase();
    }
    let composed: String = text.trim().nfc().collect();
    UniCase::unicode(composed).to_folded_case().nfc().collect()
}

/// The name nearest to what was written, if one is near enough to have been meant.
pub fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.chars().take(64).flat_map(char::to_lowercase).collect();
    let near = names.into_iter().filter_map(|name| {
        let name_chars: Vec<char> = name.chars().take(64).flat_map(char::to_lowercase).collect();
        let limit = (name_chars.len().max(written.len()) / 3).max(1);
        // Names of very different length cannot be near; this is most of them.
        if name_chars.len().abs_diff(written.len()) > limit {
            return None;
        }
        let edits = distance(&written, &name_chars);
        (edits <= limit).then_some((edits, name))
    });
    near.min_by_key(|(edits, _)| *edits).map(|(_, name)| name)
}

/// The names that so many edits at most make of what was written. Letters that differ in case count as one edit.
pub(crate) fn within<'a>(written: &str, names: impl IntoIterator<Item = &'a str>, edits: usize) -> Vec<&'a str> {
    let written: Vec<char> = written.chars().take(256).collect();
    let near = |name: &&str| {
        let name: Vec<char> = name.chars().take(256).collect();
        name.len().abs_diff(written.len()) <= edits && distance(&written, &name) <= edits
    };
    names.into_iter().filter(near).collect()
}

/// How many insertions, deletions, replacements and swaps of neighbours lie between two names.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let change = above[j] + usize::from(a != b);
            let mut best = change.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = above;
        above = row;
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_those_of_a_code_host() {
        let table = [
            ("At your desk", "at-your-desk"),
            ("First contact: being heard", "first-contact-being-heard"),
            ("A & B -- C", "a--b----c"),
            ("Schöne Grüße, Mrs Kovács", "schöne-grüße-mrs-kovács"),
            ("हिन्दी", "हिन्दी"),
            ("m² snake_case", "m-snake_case"),
            ("Stage Ⅳ, room ٣, Ⓐ", "stage--room-٣-"),
            ("!?", ""),
        ];
        for (title, id) in table {
            assert_eq!(slug(title), id, "{title}");
        }
    }

    #[test]
    fn folding_is_unicodes_full_one() {
        let same = [("Straße", "STRASSE"), ("ΟΔΟΣ", "οδος"), ("É", "e\u{301}"), (" ﬁt ", "FIT"), ("ẞ", "ss")];
        for (left, right) in same {
            assert_eq!(fold(left), fold(right), "{left}");
        }
        assert_ne!(fold("resume"), fold("résumé"));
    }

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("compleet", ["complete", "after"]), Some("complete"));
        assert_eq!(nearest("chekc", ["check", "cards"]), Some("check"));
        assert_eq!(nearest("banana", ["check", "cards"]), None);
    }
}
