//! How wide words are, and where lines end.
//!
//! A server does not know the fonts of a reader. The widths are those of a wide face (DejaVu Sans, bold), so that a narrower one leaves
//! room and none runs over its box.

use unicode_width::UnicodeWidthChar;

/// How wide a letter is, of the size of the type.
fn letter(c: char) -> f64 {
    match c {
        'i' | 'I' | 'j' | 'l' | '|' | '.' | ',' | ':' | ';' | '\'' | '!' | '’' | '‘' => 0.38,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | ' ' | '"' | '“' | '”' => 0.48,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' => 1.05,
        '0'..='9' => 0.7,
        c if c.is_uppercase() => 0.78,
        c if c.is_ascii() => 0.68,
        c => match c.width() {
            None | Some(0) => 0.0,
            Some(1) => 0.78,
            Some(_) => 1.1,
        },
    }
}

/// How wide words are at most, in pixels, in type of a size.
pub(crate) fn width(words: &str, size: i32) -> i32 {
    let letters: f64 = words.chars().map(letter).sum();
    (letters * f64::from(size)).ceil() as i32
}

/// Words in lines of a width, at most `most` of them; what does not fit ends with an ellipsis.
pub(crate) fn wrapped(words: &str, size: i32, room: i32, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(word, size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
        // A word that is wider than a line goes on in the next.
        while let Some(cut) = lines.last().and_then(|line| overflow(line, size, room)) {
            let rest = lines.last_mut().map(|line| line.split_off(cut)).unwrap_or_default();
            lines.push(rest);
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while width(last, size) + width("…", size) > room && last.pop().is_some() {}
            last.truncate(last.trim_end().len());
            last.push('…');
        }
    }
    lines
}

/// Where a line must be cut to fit, if it does not.
fn overflow(line: &str, size: i32, room: i32) -> Option<usize> {
    let mut sum = 0.0;
    for (at, c) in line.char_indices() {
        sum += letter(c) * f64::from(size);
        if at > 0 && sum > f64::from(room) {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words_and_words_go_on_if_they_must() {
        assert_eq!(wrapped("At the desk", 14, 200, 4), ["At the desk"]);
        assert_eq!(wrapped("What is wrong with the leg", 14, 188, 4), ["What is wrong with", "the leg"]);
        assert_eq!(wrapped("", 14, 188, 4), [""; 0]);
        let long = wrapped(&"x".repeat(60), 14, 188, 9);
        assert_eq!(long.concat(), "x".repeat(60));
        assert!(long.iter().all(|line| width(line, 14) <= 188), "{long:?}");
        let cut = wrapped(&"word ".repeat(60), 14, 188, 3);
        assert!(cut.len() == 3 && cut[2].ends_with('…') && width(&cut[2], 14) <= 188, "{cut:?}");
        assert_eq!(wrapped("字", 14, 2, 3), ["字"]);
    }
}
