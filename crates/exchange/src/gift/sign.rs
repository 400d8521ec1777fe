//! The signs of GIFT: while a text is read, escaped ones are other characters, so that only those that mean something are found.

/// What stands for each escaped sign: characters that are none, so that no text may hold them.
const SIGNS: [(char, char, char); 7] = [
    ('~', '~', '\u{fdd0}'),
    ('=', '=', '\u{fdd1}'),
    ('#', '#', '\u{fdd2}'),
    ('{', '{', '\u{fdd3}'),
    ('}', '}', '\u{fdd4}'),
    (':', ':', '\u{fdd5}'),
    ('n', '\n', '\u{fdd6}'),
];

/// The text with every escaped sign out of the way.
pub(super) fn hidden(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{fdd0}'..='\u{fddf}' => {}
            '\\' => {
                let rest = chars.as_str();
                let sign = rest.chars().next().and_then(|next| SIGNS.iter().find(|(written, ..)| *written == next));
                match sign {
                    Some((_, _, hidden)) => {
                        out.push(*hidden);
                        chars.next();
                    }
                    None => {
                        out.push('\\');
                        if rest.starts_with('\\') {
                            chars.next();
                        }
                    }
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// The text with the signs as they are meant.
pub(super) fn shown(text: &str) -> String {
    let meant = |c: char| SIGNS.iter().find(|(_, _, hidden)| *hidden == c).map_or(c, |(_, meant, _)| *meant);
    text.chars().map(meant).collect()
}

/// The text with every sign escaped.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\r' => {}
            c => match SIGNS.iter().find(|(_, meant, _)| *meant == c) {
                Some((written, ..)) => {
                    out.push('\\');
                    out.push(*written);
                }
                None => out.push(c),
            },
        }
    }
    out
}
