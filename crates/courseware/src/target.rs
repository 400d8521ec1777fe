//! Where links and images lead: judged as a browser would read them, and looked up in the content folder.

use std::collections::HashMap;

use crate::problem::Code;
use crate::slug::nearest;
use crate::source::is_plain;
use crate::surroundings::{Entry, Folder, Surroundings};

/// Where a link or image leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a file in the content folder, or a heading of this one.
    Inside,
    /// To another site.
    Web,
    /// To a mail or telephone program.
    Call,
    /// Nowhere we let it lead, and why.
    Refused(&'static str),
}

const NO_PATH: Target = Target::Refused("the target holds a character that no path may hold");

/// How many folders lie between the content folder and a file, from the file's path inside it.
pub(crate) fn depth(file_name: &str) -> usize {
    folders(file_name).len()
}

/// The folders of a path inside the content folder.
fn folders(file_name: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = file_name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.pop();
    parts
}

/// Judges a target as a browser would read it, which is more forgiving than any standard: what a browser might take for
/// something else than it looks is refused.
pub(crate) fn target(dest: &str, depth: usize) -> Target {
    if dest.trim().is_empty() {
        return Target::Refused("the target is empty");
    }
    // A browser drops tabs and line ends, so `java&#9;script:` would run.
    if !dest.chars().all(is_plain) {
        return Target::Refused("the target holds a control character");
    }
    // A browser reads a backslash as a slash, so `\\\\host` would be another site.
    if dest.contains('\\') {
        return Target::Refused("the target holds a backslash; folders are divided by `/`");
    }
    let head: &str = dest.split(['/', '?', '#']).next().unwrap_or("");
    if let Some((scheme, _)) = head.split_once(':') {
        let rest = dest.get(scheme.len() + 1..).unwrap_or("");
        return match scheme.to_ascii_lowercase().as_str() {
            // `https:page` would be a page of this site.
            "http" | "https" => match rest.strip_prefix("//") {
                Some(host) if host.starts_with(|c| !matches!(c, '/' | '?' | '#' | ' ')) => Target::Web,
                _ => Target::Refused("the address names no site: write `https://` and its name"),
            },
            "mailto" | "tel" => Target::Call,
            _ => Target::Refused("targets of this kind are not allowed"),
        };
    }
    let path = decoded(file_part(dest));
    if path.starts_with('/') {
        return Target::Refused("the target starts with a `/`, which leads out of the courseware");
    }
    // Percent-encoded, or in a form that looks the same, a colon or slash could become one on the way to somebody's disk.
    let forbidden = |c: char| {
        !is_plain(c)
            || matches!(c, ':' | '\\' | '\u{ff1a}' | '\u{fe55}' | '\u{fe13}' | '\u{ff0f}' | '\u{ff3c}' | '\u{fe68}')
    };
    if path.chars().any(forbidden) {
        return NO_PATH;
    }
    let mut left = depth;
    for part in path.split('/') {
        match part {
            ".." if left == 0 => return Target::Refused("the target leads out of the courseware"),
            ".." => left -= 1,
            "" | "." => {}
            _ => left += 1,
        }
    }
    Target::Inside
}

/// The part of a relative target that names a file: neither query nor fragment.
pub(crate) fn file_part(dest: &str) -> &str {
    dest.split(['?', '#']).next().unwrap_or("")
}

/// Percent-decoded text; what is no UTF-8 then becomes a replacement character.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digit = |at: usize| tail.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (*first, digit(0), digit(1)) {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Where a document lies, and the files around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    path: &'a str,
    folder: Option<&'a Folder>,
}

/// What a video has beside it, as targets from the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// Captions, `.vtt`.
    pub(crate) captions: Option<String>,
    /// A transcript, `.txt`.
    pub(crate) transcript: Option<String>,
}

impl<'a> Place<'a> {
    /// The place of a document, from its path inside the content folder.
    pub(crate) fn new(path: &'a str, around: &'a Surroundings) -> Self {
        Self { path, folder: around.folder.as_ref() }
    }

    /// Judges a target of this document.
    pub(crate) fn target(self, dest: &str) -> Target {
        target(dest, depth(self.path))
    }

    /// The path in the content folder that a target inside it names; none if it only names a heading of this document.
    pub(crate) fn file(self, dest: &str) -> Option<String> {
        let part = file_part(dest);
        if part.is_empty() {
            return None;
        }
        let path = decoded(part);
        let mut parts = folders(self.path);
        for part in path.split('/') {
            match part {
                ".." => {
                    parts.pop();
                }
                "" | "." => {}
                _ => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }

    /// Whether a target is a file of the folder.
    pub(crate) fn has(self, dest: &str) -> bool {
        let entry = self.folder.zip(self.file(dest)).and_then(|(folder, path)| folder.get(&path));
        entry.is_some_and(|entry| entry != Entry::Outside)
    }

    /// The width and height of an image, where they are known.
    pub(crate) fn size(self, dest: &str) -> Option<(u32, u32)> {
        match self.folder?.get(&self.file(dest)?)? {
            Entry::Image { width, height } => Some((width, height)),
            Entry::File | Entry::Outside => None,
        }
    }

    /// What lies beside a video; none if the video is not there, or no folder was given to look in.
    pub(crate) fn beside_video(self, dest: &str) -> Option<Beside> {
        let folder = self.folder?;
        let path = self.file(dest)?;
        folder.get(&path).filter(|entry| *entry != Entry::Outside)?;
        let stem = |text: &str| text.rsplit_once('.').map(|(stem, _)| stem.to_owned());
        let (stem, written) = (stem(&path)?, stem(file_part(dest))?);
        let find = |endings: [&str; 2]| {
            let is_file =
                |ending: &&str| folder.get(&format!("{stem}.{ending}")).is_some_and(|entry| entry != Entry::Outside);
            endings.into_iter().find(is_file).map(|ending| format!("{written}.{ending}"))
        };
        Some(Beside { captions: find(["vtt", "VTT"]), transcript: find(["txt", "TXT"]) })
    }

    /// A file of the folder as a target from this document.
    fn written(self, found: &str) -> String {
        let from = folders(self.path);
        let to: Vec<&str> = found.split('/').collect();
        let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count().min(to.len().saturating_sub(1));
        let up = "../".repeat(from.len() - same);
        let down = to.get(same..).unwrap_or_default().join("/");
        let mut out = up;
        for c in down.chars() {
            match c {
                ' ' => out.push_str("%20"),
                '(' => out.push_str("%28"),
                ')' => out.push_str("%29"),
                '%' => out.push_str("%25"),
                '?' => out.push_str("%3F"),
                '#' => out.push_str("%23"),
                c => out.push(c),
            }
        }
        out
    }
}

/// Whether a target is a video, by its ending.
pub(crate) fn is_video(dest: &str) -> bool {
    let path = decoded(file_part(dest));
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["mp4", "webm", "ogv", "mov"].iter().any(|video| ending.eq_ignore_ascii_case(video))
}

/// How many steps may be spent on similar names in one document. Beyond it, files that are not there go without an offer:
/// to compare thousands of names with thousands of targets, letter by letter, would take minutes.
const STEPS: usize = 4_000_000;

/// What is wrong with a target inside the content folder.
pub(crate) struct Lost {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// The files that a document's targets are looked up in.
pub(crate) struct Files<'a> {
    place: Place<'a>,
    /// Paths by their last part in small letters; filled when the first file is missed.
    names: Option<HashMap<String, Vec<&'a str>>>,
    steps: usize,
}

impl<'a> Files<'a> {
    /// The files around a document.
    pub(crate) fn around(place: Place<'a>) -> Self {
        Self { place, names: None, steps: STEPS }
    }

    /// Looks up a target that leads inside; none if it is there, or if there is no folder to look in.
    pub(crate) fn lost(&mut self, dest: &str) -> Option<Lost> {
        let folder = self.place.folder?;
        let path = self.place.file(dest)?;
        let lost = |code, message: String, help: String| Some(Lost { code, message, help });
        match folder.get(&path) {
            Some(Entry::Outside) => lost(
                Code::C09,
                format!("`{path}` is a link on disk that leads elsewhere"),
                "put the file itself in its place".to_owned(),
            ),
            Some(_) if decoded(file_part(dest)).ends_with('/') => lost(
                Code::C10,
                format!("there is no folder `{path}`"),
                "it is a file: leave the `/` at the end away".to_owned(),
            ),
            Some(_) => None,
            None if folder.is_folder(&path) => {
                lost(Code::C10, "the target is a folder, not a file".to_owned(), "name a file in it".to_owned())
            }
            None => {
                let help = match self.near(folder, &path) {
                    Some(Near::Case(found)) => {
                        format!("it is written `{found}`: small and capital letters are not the same")
                    }
                    Some(Near::Elsewhere(found)) => format!("one of that name is at `{found}`"),
                    Some(Near::Alike(found)) => format!("did you mean `{found}`?"),
                    None if path.ends_with(".md") => {
                        "write what it leads to under this name first, or lead to something that there is".to_owned()
                    }
                    None => "add it under this name, or name one that there is".to_owned(),
                };
                lost(Code::C10, format!("there is no `{path}`"), help)
            }
        }
    }

    /// The nearest file: the same but for capitals, of the same name in another folder, or of a similar name.
    fn near(&mut self, folder: &'a Folder, path: &str) -> Option<Near> {
        let place = self.place;
        let names = self.names.get_or_insert_with(|| {
            let mut names: HashMap<String, Vec<&str>> = HashMap::new();
            for path in folder.paths() {
                names.entry(last(path).to_lowercase()).or_default().push(path);
            }
            names
        });
        let name = last(path).to_lowercase();
        let lower = path.to_lowercase();
        if let Some(same) = names.get(&name) {
            let twin = same.iter().find(|found| found.to_lowercase() == lower);
            if let Some(found) = twin {
                return Some(Near::Case(place.written(found)));
            }
            let exact = same.iter().find(|found| last(found) == last(path)).or(same.first())?;
            return Some(Near::Elsewhere(place.written(exact)));
        }
        let length = name.chars().count();
        self.steps = self.steps.checked_sub(names.len().saturating_mul(20))?;
        let mut alike: Vec<&str> = names.keys().map(String::as_str).collect();
        alike.retain(|other| other.len().abs_diff(name.len()) <= 2 * length.max(other.len()) / 3);
        self.steps = self.steps.checked_sub(alike.len().saturating_mul(length.min(64).pow(2)))?;
        // The order of a hash map is no order; the same file must give the same message each time.
        alike.sort_unstable();
        let best = nearest(&name, alike)?;
        let beside = path.strip_suffix(last(path)).unwrap_or("");
        let found = names.get(best)?;
        let here = found.iter().find(|other| other.strip_suffix(last(other)) == Some(beside)).or(found.first())?;
        Some(Near::Alike(place.written(here)))
    }
}

/// A file that may have been meant, as a target.
enum Near {
    Case(String),
    Elsewhere(String),
    Alike(String),
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_judged_as_a_browser_reads_it() {
        let refused = [
            "",
            " ",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "java\nscript:x",
            "\u{1}javascript:x",
            "javascript\u{ff1a}alert(1)",
            "javascript%3Aalert(1)",
            "java%73cript%3aalert(1)",
            "javascript\u{fe55}x",
            "\u{ff4a}avascript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//host/a",
            "///host",
            "/a",
            "\\\\host\\a",
            "/\\host",
            "http:\\\\host",
            "a\\b",
            "https:page",
            "https:/page",
            "https://",
            "https:///host",
            "http:?x",
            "C:/a.md",
            "c:a.md",
            "%2e%2e/a.md",
            "..%2fa.md",
            "img/../../a.md",
            "a/%00",
            "a/%0a",
            "\u{202e}a",
            "blob:x",
            "about:blank",
            "view-source:x",
            "a%5cb",
        ];
        for dest in refused {
            assert!(matches!(target(dest, 0), Target::Refused(_)), "{dest:?}");
        }
        for dest in ["a.md", "img/a.svg", "./a.md", "img/../a.md", "#x", "?x", "a%20b.svg", "a.md#b:c", "a?b=https://c"]
        {
            assert_eq!(target(dest, 0), Target::Inside, "{dest:?}");
        }
        assert_eq!(target("../a.md", 1), Target::Inside);
        for dest in ["https://example.org", "HTTP://example.org/a?b#c", "https://example.org:8443/"] {
            assert_eq!(target(dest, 0), Target::Web, "{dest:?}");
        }
        for dest in ["mailto:a@example.org", "tel:+49123"] {
            assert_eq!(target(dest, 0), Target::Call, "{dest:?}");
        }
    }

    #[test]
    fn a_target_is_looked_up_from_the_folder_of_its_document() {
        let files = ["a/b.md", "a/img/x y.svg", "img/Desk.svg", "c.md"];
        let folder: Folder = files.into_iter().map(|path| (path.to_owned(), Entry::File)).collect();
        let around = Surroundings { folder: Some(folder), ..Surroundings::default() };
        let mut files = Files::around(Place::new("a/doc.md", &around));
        let mut say = |dest: &str| files.lost(dest).map(|lost| (lost.code, lost.help));
        for dest in ["b.md", "b.md?x#y", "img/x%20y.svg", "../c.md", "./img/../b.md", "#x", "../img/Desk.svg"] {
            assert_eq!(say(dest), None, "{dest}");
        }
        let help = |dest: &str, help: &str, found: Option<(Code, String)>| {
            assert_eq!(found, Some((Code::C10, help.to_owned())), "{dest}");
        };
        help("", "it is written `../img/Desk.svg`: small and capital letters are not the same", say("../img/desk.svg"));
        help("", "one of that name is at `../c.md`", say("c.md"));
        help("", "did you mean `img/x%20y.svg`?", say("img/xy.svg"));
        help("", "name a file in it", say("img"));
        help("", "name a file in it", say("../img/"));
        help("", "name a file in it", say("."));
        help("", "add it under this name, or name one that there is", say("something-else.pdf"));
        let help_of_texts = "write what it leads to under this name first, or lead to something that there is";
        help("", help_of_texts, say("another-one.md"));
    }

    #[test]
    fn a_video_is_known_by_its_ending() {
        for dest in ["a.mp4", "a.MP4?x#y", "b/a.webm", "a.Mov", "a.ogv", "a%2emp4"] {
            assert!(is_video(dest), "{dest}");
        }
        for dest in ["mp4", "a.mp4.md", "a.md?b.mp4", "a.md#b.mp4", "a.mp3"] {
            assert!(!is_video(dest), "{dest}");
        }
    }
}
