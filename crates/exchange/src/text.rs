//! Words with the little formatting that our markdown has, and how they are written.
//!
//! Whatever comes in, HTML or markdown or plain words, passes through [`Text`]: paragraphs, items and code, made of words that may be
//! bold, italic, struck out or a link. Writing escapes every sign that would mean something, so that no text of others can become a
//! heading, an answer, a chip, an image or HTML.

use std::rc::Rc;

use courseware::is_plain;
use courseware::surroundings::TOKENS;

/// Stands in the words of a source for something to fill in, until [`Text::fill`]. No text may hold it: it is no character.
pub(crate) const GAP: char = '\u{fdd7}';

/// A text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Text {
    pub(crate) blocks: Vec<Block>,
}

/// A part of a text that stands for itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Block {
    Paragraph(Vec<Span>),
    Item { numbered: bool, spans: Vec<Span> },
    Code(String),
}

/// A run of words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Span {
    Words(String, Style),
    Break,
    /// Something to fill in, by its key.
    Blank(String),
}

/// How words look.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Style {
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) struck: bool,
    pub(crate) link: Option<Rc<str>>,
}

/// A line is as long as its author made it, but a heading has an end.
const LONGEST_TITLE: usize = 80;

impl Text {
    /// Plain words, with a paragraph for each line.
    pub(crate) fn plain(text: &str) -> Self {
        let mut builder = Builder::default();
        for line in text.lines() {
            builder.words(line);
            builder.paragraph();
        }
        builder.finish()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
    }

    /// The visible words, with a blank between blocks and a gap for each blank.
    pub(crate) fn words(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            match block {
                Block::Paragraph(spans) | Block::Item { spans, .. } => {
                    for span in spans {
                        match span {
                            Span::Words(words, _) => out.push_str(words),
                            Span::Break => out.push(' '),
                            Span::Blank(_) => out.push('…'),
                        }
                    }
                }
                Block::Code(code) => out.push_str(code),
            }
            out.push(' ');
        }
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The keys of its blanks.
    pub(crate) fn blanks(&self) -> usize {
        self.spans().filter(|span| matches!(span, Span::Blank(_))).count()
    }

    fn spans(&self) -> impl Iterator<Item = &Span> {
        self.blocks.iter().flat_map(|block| match block {
            Block::Paragraph(spans) | Block::Item { spans, .. } => spans.as_slice(),
            Block::Code(_) => &[],
        })
    }

    /// Puts blanks where the words have a [`GAP`], and those that find none at the end.
    pub(crate) fn fill(&mut self, keys: Vec<String>) {
        let mut keys = keys.into_iter();
        for block in &mut self.blocks {
            let spans = match block {
                Block::Paragraph(spans) | Block::Item { spans, .. } => spans,
                Block::Code(code) => {
                    code.retain(|c| c != GAP);
                    continue;
                }
            };
            let mut filled = Vec::new();
            for span in std::mem::take(spans) {
                let Span::Words(words, style) = span else {
                    filled.push(span);
                    continue;
                };
                for (at, part) in words.split(GAP).enumerate() {
                    if at > 0 {
                        filled.extend(keys.next().map(Span::Blank));
                    }
                    if !part.is_empty() {
                        filled.push(Span::Words(part.to_owned(), style.clone()));
                    }
                }
            }
            *spans = filled;
        }
        for key in keys {
            match self.blocks.last_mut() {
                Some(Block::Paragraph(spans)) => {
                    spans.push(Span::Words(" ".to_owned(), Style::default()));
                    spans.push(Span::Blank(key));
                }
                _ => self.blocks.push(Block::Paragraph(vec![Span::Blank(key)])),
            }
        }
    }

    /// The same with a few bold words before it.
    pub(crate) fn labelled(mut self, label: &str) -> Self {
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        let label: String = label.chars().filter(|c| is_plain(*c)).collect();
        let bold = Style { bold: true, ..Style::default() };
        let first = [Span::Words(format!("{label}:"), bold), Span::Words(" ".to_owned(), Style::default())];
        match self.blocks.first_mut() {
            Some(Block::Paragraph(spans)) => drop(spans.splice(0..0, first)),
            _ => self.blocks.insert(0, Block::Paragraph(first.into())),
        }
        self
    }

    /// Its blocks as markdown, with an empty line between them. In a quote every line starts with `before`.
    pub(crate) fn markdown(&self, before: &str) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut last: Option<&Block> = None;
        let mut number = 0;
        for block in &self.blocks {
            let goes_on = matches!(
                (last, block),
                (Some(Block::Item { numbered: a, .. }), Block::Item { numbered: b, .. }) if a == b
            );
            if last.is_some() && !goes_on {
                lines.push(String::new());
                number = 0;
            }
            match block {
                Block::Paragraph(spans) => lines.extend(written(spans).split('\n').map(str::to_owned)),
                Block::Item { numbered, spans } => {
                    number += 1;
                    // Not the hyphen of answers and choices, so that a list above them stays a list of its own.
                    let sign = if *numbered { format!("{number}. ") } else { "* ".to_owned() };
                    lines.push(format!("{sign}{}", line(spans)));
                }
                Block::Code(code) => {
                    let fence = fence(code);
                    lines.push(fence.clone());
                    lines.extend(code.lines().map(str::to_owned));
                    lines.push(fence);
                }
            }
            last = Some(block);
        }
        let lines: Vec<String> = lines.iter().map(|line| format!("{before}{line}").trim_end().to_owned()).collect();
        lines.join("\n")
    }

    /// All of it on one line of markdown.
    pub(crate) fn line(&self) -> String {
        let mut spans: Vec<Span> = Vec::new();
        for block in &self.blocks {
            if !spans.is_empty() {
                spans.push(Span::Break);
            }
            match block {
                Block::Paragraph(inner) | Block::Item { spans: inner, .. } => spans.extend(inner.iter().cloned()),
                Block::Code(code) => {
                    spans.push(Span::Words(code.split_whitespace().collect::<Vec<_>>().join(" "), Style::default()))
                }
            }
        }
        line(&spans)
    }

    /// Takes lists apart, where a list would mean something.
    pub(crate) fn without_lists(mut self) -> Self {
        for block in &mut self.blocks {
            if let Block::Item { spans, .. } = block {
                *block = Block::Paragraph(std::mem::take(spans));
            }
        }
        self
    }

    /// Takes links off, where a link would mean something.
    pub(crate) fn without_links(mut self) -> Self {
        for block in &mut self.blocks {
            if let Block::Paragraph(spans) | Block::Item { spans, .. } = block {
                for span in spans {
                    if let Span::Words(_, style) = span {
                        style.link = None;
                    }
                }
            }
        }
        self
    }

    /// Makes a bold name at the start of a paragraph the speaker of what follows, as our scenes have it, if it `is_known`. Of another
    /// the bold is taken off.
    pub(crate) fn speakers(&mut self, mut is_known: impl FnMut(&str) -> bool) {
        for block in &mut self.blocks {
            let Block::Paragraph(spans) = block else { continue };
            let Some((name, is_outside)) = speaker(spans) else { continue };
            if let Some(Span::Words(next, _)) = spans.get_mut(1).filter(|_| is_outside) {
                next.remove(0);
            }
            let is_taken = is_known(&name);
            if let Some(Span::Words(words, style)) = spans.first_mut() {
                *words = format!("{name}:");
                *style = Style { bold: is_taken, ..Style::default() };
            }
            if matches!(spans.get(1), Some(Span::Words(next, _)) if !next.starts_with(' ')) {
                spans.insert(1, Span::Words(" ".to_owned(), Style::default()));
            }
        }
    }
}

/// The bold name that spans start with, and whether its colon stands outside of the bold.
fn speaker(spans: &[Span]) -> Option<(String, bool)> {
    let Some(Span::Words(words, Style { bold: true, .. })) = spans.first() else { return None };
    let words = words.trim();
    match words.strip_suffix(':') {
        Some(name) => Some((name.trim().to_owned(), false)),
        None => matches!(spans.get(1), Some(Span::Words(next, _)) if next.starts_with(':'))
            .then(|| (words.to_owned(), true)),
    }
}

/// Words for a heading or a title: one line without signs that mean something there, cut between words.
pub(crate) fn title(words: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in words.split_whitespace() {
        // A title with a brace could ask for a setting of the site.
        let word: String = word
            .chars()
            .filter(|c| is_plain(*c))
            .map(|c| match c {
                '{' => '(',
                '}' => ')',
                c => c,
            })
            .collect();
        if word.is_empty() {
            continue;
        }
        let count = word.chars().count();
        if length > 0 && length + 1 + count > LONGEST_TITLE {
            out.push('…');
            return out;
        }
        if length > 0 {
            out.push(' ');
        }
        out.extend(word.chars().take(LONGEST_TITLE));
        length += 1 + count;
    }
    out
}

/// A heading or title as markdown.
pub(crate) fn heading(title: &str) -> String {
    let mut out = String::new();
    escape(&mut out, title, true);
    // Signs at the end would close the heading.
    match out.strip_suffix('#') {
        Some(rest) if !rest.ends_with('\\') => format!("{rest}\\#"),
        _ => out,
    }
}

/// A text as a value of front matter.
pub(crate) fn yaml(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.contains(' ')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-'));
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// A key that can stand in a blank: one line, and no sign of code.
pub(crate) fn key(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c == '`' { '\'' } else { c }).filter(|c| is_plain(*c)).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn fence(code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// Spans on one line: what broke the line is a blank.
fn line(spans: &[Span]) -> String {
    written(spans).replace("\\\n", " ")
}

/// Spans as markdown, with a backslash where a line is broken.
fn written(spans: &[Span]) -> String {
    let mut out = String::new();
    for (at, span) in spans.iter().enumerate() {
        match span {
            Span::Break => out.push_str("\\\n"),
            Span::Blank(key) => {
                if out.ends_with('`') {
                    out.push(' ');
                }
                out.push_str("`= ");
                out.push_str(key);
                out.push('`');
            }
            Span::Words(words, style) => run(&mut out, words, style, spans.get(at + 1)),
        }
    }
    out
}

/// Adds a run of words. Its marks are left off where markdown would not read them as such: beside letters, or beside other marks.
fn run(out: &mut String, words: &str, style: &Style, next: Option<&Span>) {
    let inner = words.trim();
    let lead = words.len() - words.trim_start().len();
    out.push_str(words.get(..lead).unwrap_or(""));
    if inner.is_empty() {
        return;
    }
    let after = match next {
        _ if words.len() > lead + inner.len() => None,
        Some(Span::Words(words, _)) => words.chars().next(),
        Some(Span::Blank(_)) => Some('`'),
        Some(Span::Break) | None => None,
    };
    let before = out.chars().next_back().filter(|c| *c != '\n');
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let is_sign = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace());
    let first = inner.chars().next();
    let last = inner.chars().next_back();
    let opens = !is_sign(first) || is_space(before) || is_sign(before);
    let closes = !is_sign(last) || is_space(after) || is_sign(after);
    let touches = matches!(before, Some('*' | '~' | '_'));
    let mut mark = String::new();
    if opens && closes && !touches {
        if style.struck {
            mark.push_str("~~");
        }
        if style.bold {
            mark.push_str("**");
        }
        if style.italic {
            mark.push('*');
        }
    }
    let starts = before.is_none() && mark.is_empty() && style.link.is_none();
    out.push_str(&mark);
    if style.link.is_some() {
        out.push('[');
    }
    escape(out, inner, starts);
    if let Some(link) = &style.link {
        out.push_str("](");
        out.push_str(link);
        out.push(')');
    }
    out.extend(mark.chars().rev());
    if words.len() > lead + inner.len() {
        out.push(' ');
    }
}

/// Adds words with every sign escaped that would mean something. Only signs that could are escaped, so that the text stays readable.
fn escape(out: &mut String, words: &str, starts: bool) {
    if starts {
        let digits = words.len() - words.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let rest = words.get(digits..).unwrap_or("");
        if (1..=9).contains(&digits) && rest.starts_with(['.', ')']) {
            out.push_str(words.get(..digits).unwrap_or(""));
            out.push('\\');
            return escape(out, rest, false);
        }
        if words.starts_with(['#', '+', '-', '=']) {
            out.push('\\');
        }
    }
    let mut chars = words.char_indices().peekable();
    // Also across runs: what was written last decides whether a sign stands in a word.
    let mut before = out.chars().next_back();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|(_, c)| *c);
        let in_word = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        let is_special = match c {
            '\\' | '`' | '*' | '[' | ']' | '~' | '|' => true,
            '_' => !in_word,
            '<' if compares(out, words.get(at + 1..).unwrap_or("")) => true,
            '<' => after.is_none_or(|c| !c.is_whitespace() && c != '='),
            // After a bracket or a tick box it would look like the target of a link.
            '(' if before == Some(']') => true,
            '(' => {
                starts && at == 0 && words.split(')').next().is_some_and(|inner| !inner.contains(char::is_whitespace))
            }
            '>' => starts && at == 0 || compares(out, words.get(at + 1..).unwrap_or("")),
            '&' => is_entity(words.get(at..).unwrap_or("")),
            '{' => !is_token(words.get(at + 1..).unwrap_or("")),
            _ => false,
        };
        if is_special {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
}

/// Whether a sign between what was written and what follows could make a condition of a line that opens with `if`, as `if trust > 60` is
/// one. Only the end of what was written is looked at, so that long lines stay quick; in them the sign is escaped in any case.
fn compares(out: &str, follows: &str) -> bool {
    const LOOKED: usize = 256;
    let number = follows.strip_prefix('=').unwrap_or(follows);
    let number = number.strip_prefix(' ').unwrap_or(number);
    // The number may come with the next words.
    if !number.is_empty() && !number.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let start = out.bytes().rev().take(LOOKED).position(|byte| byte == b'\n').map(|back| out.len() - back);
    match start {
        None if out.len() > LOOKED => true,
        start => {
            let line = out.get(start.unwrap_or(0)..).unwrap_or("");
            line.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with("if ")
        }
    }
}

/// Whether a text starts like `&amp;`.
fn is_entity(text: &str) -> bool {
    let name: Vec<char> =
        text.chars().skip(1).take(33).take_while(|c| c.is_ascii_alphanumeric() || *c == '#').collect();
    !name.is_empty() && text.chars().nth(name.len() + 1) == Some(';')
}

/// Whether what follows a brace makes one of the words that a site's settings fill in, which only our own files hold.
fn is_token(text: &str) -> bool {
    TOKENS.iter().any(|token| text.strip_prefix(token).is_some_and(|rest| rest.starts_with('}')))
}

/// A text while it is put together.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    text: Text,
    spans: Vec<Span>,
    item: Option<bool>,
    space: bool,
    pub(crate) style: Style,
}

impl Builder {
    /// Adds words; any run of blanks is one.
    pub(crate) fn words(&mut self, words: &str) {
        let mut piece = String::new();
        for c in words.chars() {
            if c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}') {
                self.space = true;
            } else if is_plain(c) {
                if std::mem::take(&mut self.space) && (!piece.is_empty() || self.has_words()) {
                    piece.push(' ');
                }
                piece.push(c);
            }
        }
        if piece.is_empty() {
            return;
        }
        match self.spans.last_mut() {
            Some(Span::Words(last, style)) if *style == self.style => last.push_str(&piece),
            _ => self.spans.push(Span::Words(piece, self.style.clone())),
        }
    }

    /// Whether the line has something on it, so that a blank before the next word shows.
    fn has_words(&self) -> bool {
        matches!(self.spans.last(), Some(Span::Words(..) | Span::Blank(_)))
    }

    /// Breaks the line.
    pub(crate) fn line_break(&mut self) {
        self.space = false;
        if self.has_words() {
            self.spans.push(Span::Break);
        }
    }

    /// Ends the paragraph or item.
    pub(crate) fn paragraph(&mut self) {
        self.space = false;
        while matches!(self.spans.last(), Some(Span::Break)) {
            self.spans.pop();
        }
        let spans = std::mem::take(&mut self.spans);
        let item = self.item.take();
        if !spans.is_empty() {
            self.text.blocks.push(match item {
                Some(numbered) => Block::Item { numbered, spans },
                None => Block::Paragraph(spans),
            });
        }
    }

    /// Starts an item of a list.
    pub(crate) fn item(&mut self, numbered: bool) {
        self.paragraph();
        self.item = Some(numbered);
    }

    /// Adds code that keeps its lines.
    pub(crate) fn code(&mut self, code: &str) {
        self.paragraph();
        let code: String =
            code.replace('\t', "    ").chars().filter(|c| *c == '\n' || is_plain(*c)).collect::<String>();
        if !code.trim().is_empty() {
            self.text.blocks.push(Block::Code(code.trim_matches('\n').trim_end().to_owned()));
        }
    }

    /// Whether an item was started and holds nothing yet.
    pub(crate) fn is_at_item(&self) -> bool {
        self.item.is_some() && self.spans.is_empty()
    }

    pub(crate) fn finish(mut self) -> Text {
        self.paragraph();
        self.text
    }
}

/// A target that a link may have, as it is written in markdown; none if it may not stand there.
pub(crate) fn link(target: &str) -> Option<Rc<str>> {
    let target = target.trim();
    let (scheme, rest) = target.split_once(':')?;
    let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let is_call = ["mailto", "tel"].iter().any(|call| scheme.eq_ignore_ascii_case(call));
    let starts_well = if is_web {
        rest.strip_prefix("//").is_some_and(|host| host.starts_with(|c: char| c.is_alphanumeric()))
    } else {
        is_call && rest.starts_with(|c: char| c.is_alphanumeric() || c == '+')
    };
    if !starts_well || target.contains('\\') {
        return None;
    }
    let mut out = String::new();
    for c in target.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || "-._~:/?#@!$&'+,;=%".contains(c) => out.push(c),
            c if c.is_control() => return None,
            c => {
                let mut bytes = [0; 4];
                out.extend(c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
            }
        }
    }
    // An entity in a target would be read as one.
    Some(out.replace("&", "&amp;").into())
}
