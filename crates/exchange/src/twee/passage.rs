//! The passages of a file of Twee, as they are written.

/// A passage.
#[derive(Debug)]
pub(super) struct Passage {
    /// The line of its header, from 1.
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) tags: Vec<String>,
    pub(super) body: String,
}

/// The passages of a text, and whether something stands above the first.
pub(super) fn passages(source: &str) -> (Vec<Passage>, bool) {
    let mut found: Vec<Passage> = Vec::new();
    let mut stray = false;
    for (at, line) in source.lines().enumerate() {
        if let Some(header) = line.strip_prefix("::") {
            let (name, tags) = header_parts(header);
            found.push(Passage { line: at + 1, name, tags, body: String::new() });
        } else if let Some(passage) = found.last_mut() {
            // Twine escapes the sign of a header where it starts a line of text.
            passage.body.push_str(line.strip_prefix('\\').filter(|rest| rest.starts_with(':')).unwrap_or(line));
            passage.body.push('\n');
        } else {
            stray |= !line.trim().is_empty();
        }
    }
    (found, stray)
}

/// The name and the tags of a header. The block of metadata says where a passage lies on the map, and is passed over.
fn header_parts(header: &str) -> (String, Vec<String>) {
    let mut name = String::new();
    let mut tags = String::new();
    let mut in_tags = false;
    let mut chars = header.chars();
    while let Some(c) = chars.next() {
        let into = if in_tags { &mut tags } else { &mut name };
        match c {
            '\\' => into.extend(chars.next()),
            '[' if !in_tags => in_tags = true,
            ']' if in_tags => break,
            '{' if !in_tags => break,
            c => into.push(c),
        }
    }
    (name.trim().to_owned(), tags.split_whitespace().map(str::to_owned).collect())
}

/// A name as it may stand in a header.
pub(super) fn escaped(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if matches!(c, '[' | ']' | '{' | '}' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_a_name_tags_and_metadata() {
        let table: [(&str, &str, &[&str]); 6] = [
            (" An overgrown path", "An overgrown path", &[]),
            (" A path [forest spooky]", "A path", &["forest", "spooky"]),
            (" A path {\"position\":\"600,400\"}", "A path", &[]),
            ("A path [a] {\"size\":\"1,1\"}", "A path", &["a"]),
            (" A \\[b\\] \\{c\\} \\\\ d \\q [e\\]f]", "A [b] {c} \\ d q", &["e]f"]),
            ("", "", &[]),
        ];
        for (header, name, tags) in table {
            assert_eq!(
                header_parts(header),
                (name.to_owned(), tags.iter().map(|tag| (*tag).to_owned()).collect()),
                "{header}"
            );
        }
    }
}
