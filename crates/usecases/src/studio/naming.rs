//! Names in addresses. Each is also the name of a file in a zip, so that it is measured in bytes: in many scripts a letter is three.

use courseware::slug;

/// The longest name in addresses, in bytes: with a folder of the same name before it, it stays a path that every system can write.
pub(super) const LONGEST: usize = 80;

/// The longest name of a picture without its ending, in bytes.
pub(super) const LONGEST_PICTURE: usize = 60;

/// The name in addresses that a title makes; empty where the title has no letters.
pub(super) fn of(title: &str) -> String {
    cut(&slug::slug(title), LONGEST)
}

/// A name that ends where its bytes are enough, between words where that takes little away.
pub(super) fn cut(name: &str, most: usize) -> String {
    if name.len() <= most {
        return name.to_owned();
    }
    let head = name.get(..name.floor_char_boundary(most)).unwrap_or("");
    let words = head.rsplit_once('-').map(|(words, _)| words).filter(|words| words.len() * 2 > most);
    words.unwrap_or(head).trim_end_matches('-').to_owned()
}

/// Whether something new may have this name.
pub(super) fn is_one(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST && slug::slug(name) == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_their_bytes_are_enough() {
        assert_eq!(of("At the window"), "at-the-window");
        assert_eq!(of(&"漢".repeat(100)), "漢".repeat(26));
        assert_eq!(
            of(&"nine-more ".repeat(10)),
            "nine-more-nine-more-nine-more-nine-more-nine-more-nine-more-nine-more-nine-more"
        );
        assert_eq!(cut(&format!("{}-b", "a".repeat(60)), LONGEST_PICTURE), "a".repeat(60));
        assert!(is_one("hello") && !is_one("Hello") && !is_one("") && !is_one(&"a".repeat(3000)));
    }
}
