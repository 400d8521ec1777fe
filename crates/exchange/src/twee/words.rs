//! The words and the links of a passage, without the language of its story format.

use std::collections::BTreeSet;

/// A passage taken apart.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Its words, with light HTML where the format has signs for bold and italics.
    pub(super) words: String,
    /// Its links: words and target.
    pub(super) links: Vec<(String, String)>,
    /// The macros that were left out, by their names as written.
    pub(super) macros: BTreeSet<String>,
    /// Pictures of links.
    pub(super) pictures: Vec<String>,
    /// Whether something is shown under a condition only.
    pub(super) is_conditional: bool,
    /// Whether a variable stands among the words.
    pub(super) has_variables: bool,
}

/// The language of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Harlowe,
    Chapbook,
    Snowman,
    /// SugarCube, and whatever says nothing.
    Other,
}

impl Language {
    pub(super) fn named(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().split(' ').next() {
            Some("harlowe") => Self::Harlowe,
            Some("chapbook") => Self::Chapbook,
            Some("snowman") => Self::Snowman,
            _ => Self::Other,
        }
    }

    /// Whether the words are markdown.
    pub(super) fn is_markdown(self) -> bool {
        matches!(self, Self::Chapbook | Self::Snowman)
    }
}

/// Stand around the words of a link in the text, until it is known whether it stands alone on its line.
const OPEN: char = '\u{fdd0}';
const CLOSE: char = '\u{fdd1}';

/// The macros of Harlowe that people use, for stories that do not say what they are written in.
const HARLOWE: [&str; 34] = [
    "set",
    "put",
    "move",
    "if",
    "unless",
    "else-if",
    "elseif",
    "else",
    "link",
    "link-goto",
    "link-reveal",
    "link-repeat",
    "link-replace",
    "link-undo",
    "linkgoto",
    "display",
    "print",
    "go-to",
    "goto",
    "click",
    "click-goto",
    "mouseover",
    "text-style",
    "textstyle",
    "transition",
    "t8n",
    "align",
    "text-colour",
    "text-color",
    "live",
    "event",
    "either",
    "cond",
    "replace",
];

/// Takes a passage apart.
pub(super) fn parts(body: &str, language: Language) -> Parts {
    let body = without_settings(body, language);
    let mut parts = Parts::default();
    let mut out = String::new();
    let mut hooks = 0_usize;
    let mut rest = body.as_str();
    let mut closers = Closers::default();
    while let Some(c) = rest.chars().next() {
        if let Some((open, close)) = COMMENTS.iter().find(|(open, _)| rest.starts_with(open))
            && let Some(end) = closers.end(rest, open, close)
        {
            rest = rest.get(end..).unwrap_or("");
        } else if rest.starts_with("[[")
            && let Some(end) = closers.end(rest, "[[", "]]")
        {
            let inner = rest.get(2..end - 2).unwrap_or("");
            parts.link(inner, &mut out);
            rest = rest.get(end..).unwrap_or("");
        } else if rest.starts_with("[img[")
            && let Some(end) = closers.end(rest, "[img[", "]]")
        {
            parts.picture(rest.get(5..end - 2).unwrap_or(""), &mut out);
            rest = rest.get(end..).unwrap_or("");
        } else if rest.starts_with("<<")
            && let Some(end) = closers.end(rest, "<<", ">>")
        {
            let inner = rest.get(2..end - 2).unwrap_or("");
            let name: String = inner.trim().chars().take_while(|c| !c.is_whitespace()).take(30).collect();
            parts.sugar(&name, inner, &mut out);
            rest = rest.get(end..).unwrap_or("");
            if name == "script"
                && let Some(end) = closers.end(rest, "", "<</script>>")
            {
                rest = rest.get(end..).unwrap_or("");
            }
        } else if rest.starts_with("<%")
            && let Some(end) = closers.end(rest, "<%", "%>")
        {
            parts.macros.insert("<% %>".to_owned());
            rest = rest.get(end..).unwrap_or("");
        } else if c == '('
            && closers.open_macros < MOST_OPEN
            && let Some(name) = harlowe_name(rest, language)
        {
            let Some(end) = harlowe_end(rest) else {
                closers.open_macros += 1;
                out.push(c);
                rest = rest.get(1..).unwrap_or("");
                continue;
            };
            parts.harlowe(&name, rest.get(..end).unwrap_or(""), &mut out);
            rest = rest.get(end..).unwrap_or("");
            // What the macro rules stands in brackets after it; its words are kept.
            let hook = rest.trim_start();
            if hook.starts_with("[[[") || (hook.starts_with('[') && !hook.starts_with("[[")) {
                hooks += 1;
                rest = hook.get(1..).unwrap_or("");
            }
        } else if c == ']' && hooks > 0 {
            hooks -= 1;
            out.push(' ');
            rest = rest.get(1..).unwrap_or("");
        } else if language == Language::Chapbook
            && c == '{'
            && let Some(end) = closers.end(rest, "{", "}")
        {
            parts.macros.insert("{ }".to_owned());
            rest = rest.get(end..).unwrap_or("");
        } else {
            let next = rest.chars().nth(1);
            parts.has_variables |= c == '$' && next.is_some_and(char::is_alphabetic);
            if !matches!(c, OPEN | CLOSE) {
                out.push(c);
            }
            rest = rest.get(c.len_utf8()..).unwrap_or("");
        }
    }
    parts.words = without_lone_links(&out);
    if !language.is_markdown() {
        parts.words = html(&parts.words, language);
    }
    parts
}

const COMMENTS: [(&str, &str); 3] = [("<!--", "-->"), ("/*", "*/"), ("/%", "%/")];

/// Where signs close, with those remembered that close nowhere any more, so that each is looked for to the end once.
#[derive(Default)]
struct Closers {
    never: Vec<&'static str>,
    /// How many macros of Harlowe were opened and not closed.
    open_macros: usize,
}

/// So many macros may stay open before none is looked for any more.
const MOST_OPEN: usize = 100;

impl Closers {
    /// After the sign that closes what a text starts with.
    fn end(&mut self, text: &str, open: &str, close: &'static str) -> Option<usize> {
        if self.never.contains(&close) {
            return None;
        }
        let found = text.get(open.len()..).and_then(|inner| inner.find(close));
        if found.is_none() {
            self.never.push(close);
        }
        found.map(|at| open.len() + at + close.len())
    }
}

impl Parts {
    /// A link in one of its forms: `a`, `a->b`, `b<-a`, `a|b`, each with a setter `][$x to 1` after it.
    fn link(&mut self, inner: &str, out: &mut String) {
        let inner = match inner.split_once("][") {
            Some((link, _)) => {
                self.macros.insert("[$…]".to_owned());
                link
            }
            None => inner,
        };
        let (words, target) = if let Some((words, target)) = inner.rsplit_once("->") {
            (words, target)
        } else if let Some((target, words)) = inner.split_once("<-") {
            (words, target)
        } else if let Some((words, target)) = inner.split_once('|') {
            (words, target)
        } else {
            (inner, inner)
        };
        self.add(words, target, out);
    }

    fn add(&mut self, words: &str, target: &str, out: &mut String) {
        let (words, target) = (words.trim(), target.trim());
        if target.is_empty() {
            out.push_str(words);
            return;
        }
        out.push(OPEN);
        out.push_str(&words.replace([OPEN, CLOSE], ""));
        out.push(CLOSE);
        self.links.push((words.to_owned(), target.to_owned()));
    }

    /// `[img[words|file][target]]`.
    fn picture(&mut self, inner: &str, out: &mut String) {
        let (picture, target) = inner.split_once("][").unwrap_or((inner, ""));
        let (words, file) = picture.split_once('|').unwrap_or(("", picture));
        self.pictures.push(file.trim().to_owned());
        out.push_str(&crate::html::picture(words));
        if !target.is_empty() {
            self.add(if words.trim().is_empty() { target } else { words }, target, out);
        }
    }

    /// A macro of SugarCube. Those that are links are taken as such.
    fn sugar(&mut self, name: &str, inner: &str, out: &mut String) {
        if !name.starts_with('/') {
            self.macros.insert(format!("<<{name}>>"));
        }
        self.is_conditional |= matches!(name, "if" | "elseif" | "else" | "switch" | "case");
        if let Some((_, link)) = inner.split_once("[[")
            && let Some((link, _)) = link.split_once("]]")
        {
            self.link(link, out);
        } else if matches!(name, "link" | "button" | "goto")
            && let Some((words, target)) = quoted(inner)
        {
            self.add(&words, &target, out);
        }
    }

    /// A macro of Harlowe. Those that lead to a passage are links.
    fn harlowe(&mut self, name: &str, whole: &str, out: &mut String) {
        self.macros.insert(format!("({name}:)"));
        self.is_conditional |= matches!(name, "if" | "unless" | "else-if" | "elseif" | "else" | "cond");
        if matches!(name, "link-goto" | "linkgoto" | "go-to" | "goto")
            && let Some((words, target)) = quoted(whole)
        {
            self.add(&words, &target, out);
        }
    }
}

/// The first two texts in quotes; the only one twice.
fn quoted(text: &str) -> Option<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while found.len() < 2
        && let Some(at) = rest.find(['"', '\''])
    {
        let quote = rest.get(at..at + 1)?;
        let Some((inner, after)) = rest.get(at + 1..)?.split_once(quote) else { break };
        found.push(inner.to_owned());
        rest = after;
    }
    let first = found.first()?.clone();
    Some((first, found.pop()?))
}

/// The name of a macro of Harlowe that a text starts with: `(name: …)`.
fn harlowe_name(text: &str, language: Language) -> Option<String> {
    let inner = text.get(1..)?;
    let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name: String = inner.chars().take(30).take_while(is_name).collect::<String>().to_ascii_lowercase();
    let is_macro = !name.is_empty()
        && inner.get(name.len()..)?.starts_with(':')
        && (language == Language::Harlowe || HARLOWE.contains(&name.as_str()));
    is_macro.then_some(name)
}

/// After the bracket that closes such a macro.
fn harlowe_end(text: &str) -> Option<usize> {
    /// No macro is longer; a bracket that is never closed must not be looked for in the whole story.
    const LONGEST: usize = 4_000;
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, c) in text.char_indices().take(LONGEST) {
        match (quote, c) {
            (None, '(') => depth += 1,
            (None, ')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// A passage of Chapbook without the variables above it and the lines in brackets that rule what is below them.
fn without_settings(body: &str, language: Language) -> String {
    if language != Language::Chapbook {
        return body.to_owned();
    }
    let body = match body.split_once("\n--\n") {
        Some((above, below)) if above.lines().all(|line| line.trim().is_empty() || line.contains(':')) => below,
        _ => body,
    };
    let is_rule = |line: &str| line.starts_with('[') && line.ends_with(']') && !line.starts_with("[[");
    let lines = body.lines().filter(|line| !is_rule(line.trim()));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The words without lines that hold nothing but links, which are choices below them.
fn without_lone_links(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut beside = String::new();
        let mut in_link = false;
        for c in line.chars() {
            match c {
                OPEN => in_link = true,
                CLOSE => in_link = false,
                c if !in_link => beside.push(c),
                _ => {}
            }
        }
        let divides = |c: char| c.is_whitespace() || c.is_ascii_digit() || "*-+•>|/.,;)".contains(c);
        if line.contains(OPEN) && beside.trim_matches(divides).is_empty() {
            continue;
        }
        out.extend(line.chars().filter(|c| !matches!(*c, OPEN | CLOSE)));
        out.push('\n');
    }
    out
}

/// Words as light HTML: the signs for bold and italics as tags, and each line a line of its own.
fn html(words: &str, language: Language) -> String {
    // Both mean that words are struck out.
    let struck = if language == Language::Harlowe { "~~" } else { "==" };
    let mut out = String::new();
    for line in words.lines() {
        let line = line.trim();
        if line.is_empty() {
            out.push_str("<p>");
            continue;
        }
        let line = paired(line, "''", "b");
        let mut line = paired(&line, "//", "i");
        for (sign, tag) in [("***", "b"), ("**", "b"), ("*", "i"), ("__", "i"), (struck, "s")] {
            line = around(&line, sign, tag);
        }
        out.push_str(&line);
        out.push_str("<br>");
    }
    out
}

/// Pairs of a sign that stands close around words as a tag. The same sign with blanks beside it, or within a word, means itself.
fn around(line: &str, sign: &str, tag: &str) -> String {
    let Some(first) = sign.chars().next().filter(|_| line.contains(sign)) else { return line.to_owned() };
    let mut out = String::new();
    let mut opened: Option<usize> = None;
    let mut rest = line;
    let mut before: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        if c != first {
            out.push(c);
            before = Some(c);
            rest = rest.get(c.len_utf8()..).unwrap_or("");
            continue;
        }
        let run = rest.chars().take_while(|other| *other == first).count();
        let (signs, after) = rest.split_at(run * first.len_utf8());
        let next = after.chars().next();
        let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match opened {
            Some(at) if signs == sign && !is_blank(before) && !is_word(next) => {
                out.replace_range(at..at + sign.len(), &format!("<{tag}>"));
                out.push_str(&format!("</{tag}>"));
                opened = None;
            }
            None if signs == sign && !is_blank(next) && !is_word(before) => {
                opened = Some(out.len());
                out.push_str(signs);
            }
            _ => out.push_str(signs),
        }
        before = Some(first);
        rest = after;
    }
    out
}

/// Pairs of a sign as a tag. The sign of italics stands in an address too, after a colon.
fn paired(line: &str, sign: &str, tag: &str) -> String {
    let is_address = |at: usize| sign == "//" && line.get(..at).is_some_and(|before| before.ends_with(':'));
    let places: Vec<usize> = line.match_indices(sign).map(|(at, _)| at).filter(|at| !is_address(*at)).collect();
    let mut out = String::new();
    let mut done = 0;
    for pair in places.chunks_exact(2) {
        let &[open, close] = pair else { continue };
        out.push_str(line.get(done..open).unwrap_or(""));
        out.push_str(&format!("<{tag}>{}</{tag}>", line.get(open + sign.len()..close).unwrap_or("")));
        done = close + sign.len();
    }
    out.push_str(line.get(done..).unwrap_or(""));
    out
}
