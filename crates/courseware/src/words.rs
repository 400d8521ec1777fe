//! The words of a text, for finding it again: folded, so that any engine finds the same.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::slug::fold;

/// Text in small letters and digits without marks, with one blank between words: "Ọmọ́'s ÉCOLE-42" is "omo s ecole 42".
#[must_use]
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in fold(text).nfkd() {
        match c.general_category_group() {
            GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number => out.push(c),
            GeneralCategoryGroup::Mark => {}
            // An apostrophe inside a word is left out, as people do who type in a hurry.
            _ if matches!(c, '\'' | '’') => {}
            _ if out.ends_with(' ') || out.is_empty() => {}
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The plain text of this crate's own HTML: without tags, with a blank between blocks.
#[must_use]
pub fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((text, tag)) = rest.split_once('<') {
        out.push_str(text);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or("");
        if !matches!(name, "em" | "strong" | "del" | "code" | "a") {
            out.push(' ');
        }
        rest = after;
    }
    out.push_str(rest);
    // `&amp;` last: what it makes is no entity.
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#123;", "{"), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(out, |text, (entity, c)| text.replace(entity, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_to_what_people_type() {
        for (text, words) in [
            ("Ọmọ́'s  ÉCOLE-42.", "omos ecole 42"),
            ("Straße", "strasse"),
            ("  don’t — wait!  ", "dont wait"),
            ("½ ﬁx", "1 2 fix"),
            ("…", ""),
        ] {
            assert_eq!(folded(text), words, "{text}");
        }
    }

    #[test]
    fn html_without_its_tags_is_text() {
        assert_eq!(
            plain("<p>One <strong>two</strong></p>\n<p>a &lt; b &amp;lt; &#123;</p>").trim(),
            "One two \n a < b &lt; {"
        );
    }
}
