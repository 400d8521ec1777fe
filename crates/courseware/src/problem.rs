//! What can be wrong with a document: codes, places, words and fixes, as text for people and as JSON for editors.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;

use crate::source::{is_plain, line_end};

macro_rules! codes {
    ($($code:ident $severity:ident $says:literal,)*) => {
        /// The kind of a problem, as the design page's table of checks names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $says] $code,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// The code as it is printed.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)* }
            }

            /// Whether the code blocks publishing.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    S01 Error "Nothing leads to this node.",
    S02 Error "A node with no way on.",
    S03 Error "A choice or route to a node that does not exist.",
    S04 Error "A target with a space.",
    S05 Error "No path passes.",
    S06 Error "A condition that can never be true.",
    S07 Error "A state in which every choice is hidden.",
    S08 Warning "A meter or flag that changes but is never read.",
    S09 Error "A flag that is read but never set.",
    S10 Warning "All choices lead to one node with the same effects.",
    S11 Error "The last route is conditional.",
    S12 Error "A speaker who is not a character.",
    S13 Error "A loop with no exit.",
    S14 Error "A choice with no feedback or no quality word.",
    S15 Warning "A skill that no scene tests.",
    Q01 Error "Feedback that splits the answers.",
    Q02 Error "Something like a tick box that is none.",
    Q03 Error "No correct answer, no answers, or only correct ones.",
    Q04 Warning "The correct answer is much longer than the others.",
    Q05 Warning "The right answer is the longest in most questions.",
    Q06 Error "All or none of the above.",
    Q07 Warning "A negative stem.",
    Q08 Error "A question with no feedback.",
    Q09 Error "Two options are the same.",
    Q10 Error "A draw asks for more than the pool holds.",
    Q11 Error "Bullets merged with the answers.",
    Q12 Warning "More than five options.",
    Q13 Error "Answers on a page that asks nothing.",
    C01 Error "An image without a description.",
    C02 Error "A video without captions or transcript.",
    C03 Warning "Hard to read.",
    C04 Error "Headings: duplicate, accidental, missing or unlike the title.",
    C05 Error "Front matter that cannot be read or holds something unknown.",
    C06 Error "A chip or competency that is not known or cannot be read.",
    C07 Warning "The review date has passed.",
    C08 Error "An alert marker that previews will not render.",
    C09 Error "Raw HTML, or a target that is not allowed.",
    C10 Error "A file that is pointed to does not exist.",
    C11 Error "Over a limit.",
    C12 Error "Text that is not plain.",
    C13 Error "An unknown token.",
    C14 Error "A table that is torn apart.",
    C15 Error "A block of code that never ends.",
    C16 Warning "A sign that is shown as it is.",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Errors block publishing, warnings do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It cannot be published like this.
    Error,
    /// It can be published, and would be better otherwise.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A half-open range of bytes in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A span from its ends.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }
}

/// A change that mends the problem and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// The first byte to replace.
    pub start: usize,
    /// One past the last byte to replace.
    pub end: usize,
    /// What to put there.
    pub text: String,
}

impl Fix {
    /// The same change with the line ends that the file has where it is made.
    fn with_line_ends_of(mut self, source: &str) -> Self {
        if self.text.contains('\n') && line_end(source, self.start) == "\r\n" {
            self.text = self.text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        self
    }
}

/// One problem of one file. Lines and columns are counted from 1, in characters; ends are one past the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as the caller named it.
    pub file: Arc<str>,
    /// What kind of problem it is.
    pub code: Code,
    /// Whether it blocks publishing.
    pub severity: Severity,
    /// The thing that is wrong; its start is where the message points.
    pub span: Span,
    /// The exact part that the carets mark.
    pub mark: Span,
    /// Line of the span's start.
    pub line: usize,
    /// Column of the span's start.
    pub column: usize,
    /// Line of the span's end.
    pub end_line: usize,
    /// Column one past the span's end.
    pub end_column: usize,
    /// Line of the mark's start.
    pub mark_line: usize,
    /// What is wrong, in plain words.
    pub message: String,
    /// A few words beside the carets.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// The change that mends it, where one is safe.
    pub fix: Option<Fix>,
}

/// A problem in the JSON shape that editors read.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are those of `Problem`, under the names of the JSON shape")]
pub struct Diagnostic<'a> {
    pub code: Code,
    pub severity: Severity,
    pub file: &'a str,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    pub message: &'a str,
    pub help: Option<&'a str>,
    pub fix: Option<&'a Fix>,
}

/// The longest piece of a source line that is shown, in characters.
const SHOWN: usize = 100;
/// How much of a cut line is shown before the carets.
const BEFORE: usize = 60;

impl Problem {
    /// Whether the problem blocks publishing.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The same problem of a file that people know by another name: the path they gave, not the one inside the folder.
    #[must_use]
    pub fn with_file(mut self, shown: impl Into<Arc<str>>) -> Self {
        self.file = shown.into();
        self
    }

    /// The problem in the JSON shape that editors read.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic<'_> {
        Diagnostic {
            code: self.code,
            severity: self.severity,
            file: &self.file,
            line: self.line,
            column: self.column,
            end_line: self.end_line,
            end_column: self.end_column,
            message: &self.message,
            help: self.help.as_deref(),
            fix: self.fix.as_ref(),
        }
    }

    /// The problem as text for people, with the line of `source` (the text that was parsed) and carets under the exact
    /// part. Ends with a line end. Control characters are shown escaped and long lines are cut.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        let number = self.mark_line.to_string();
        let pad = " ".repeat(number.len());
        let mut out = String::new();
        let _ = writeln!(out, "{}[{}]: {}", self.severity, self.code, shown(&self.message));
        let _ = writeln!(out, "{pad}┌─ {}:{}:{}", shown(&self.file), self.line, self.column);
        let (text, before, width) = excerpt(source, self.mark);
        let _ = writeln!(out, "{}", format!("{number}│ {text}").trim_end());
        let carets = "^".repeat(width);
        let label = self.label.as_deref().map(|label| format!(" {}", shown(label))).unwrap_or_default();
        let _ = writeln!(out, "{pad}│ {}{carets}{label}", " ".repeat(before));
        if let Some(help) = &self.help {
            let offer = if self.fix.is_some() { "  `check --fix` will change it" } else { "" };
            let _ = writeln!(out, "{pad}= {}{offer}", shown(help));
        }
        out
    }
}

/// The part of a line around a mark, how many columns stand before the carets, and how many carets there are. A wide
/// character of East Asia fills two columns of a terminal, an accent of its own none.
fn excerpt(source: &str, mark: Span) -> (String, usize, usize) {
    let head = source.get(..mark.start).unwrap_or("");
    let tail = source.get(head.len()..).unwrap_or("");
    let inside = mark.end.saturating_sub(head.len());
    let mut lead: Vec<char> = head.chars().rev().take_while(|c| *c != '\n').take(SHOWN).collect();
    lead.reverse();
    let line: Vec<(usize, char)> = tail.char_indices().take_while(|(_, c)| *c != '\n').take(SHOWN + 1).collect();
    // The carriage return of a line end belongs to the line end.
    let ends = matches!(line.last(), Some((at, '\r')) if tail.get(at + 1..).is_some_and(|rest| rest.starts_with('\n')));
    let rest = line.get(..line.len() - usize::from(ends)).unwrap_or_default();
    let whole = lead.len() + rest.len();
    let mut text = String::new();
    let mut before = 0;
    if whole > SHOWN && lead.len() > BEFORE {
        lead.drain(..lead.len() - BEFORE);
        text.push('…');
        before = 1;
    } else if lead.first() == Some(&'\u{feff}') && lead.iter().map(|c| c.len_utf8()).sum::<usize>() == head.len() {
        lead.remove(0);
    }
    for c in &lead {
        before += push_shown(&mut text, *c);
    }
    let room = SHOWN.saturating_sub(lead.len());
    let mut width = 0;
    for (at, c) in rest.iter().take(room) {
        // A mark at the start of the file is not counted, so it is not shown either.
        if head.is_empty() && *at == 0 && *c == '\u{feff}' {
            continue;
        }
        let columns = push_shown(&mut text, *c);
        if *at < inside {
            width += columns;
        }
    }
    if rest.len() > room {
        text.push('…');
    }
    (text, before, width.max(1))
}

/// Adds one character as it may be printed and says how many columns that took. A tab is shown as one blank, since it
/// counts as one character.
fn push_shown(out: &mut String, c: char) -> usize {
    if c == '\t' {
        out.push(' ');
        1
    } else if is_plain(c) {
        out.push(c);
        c.width().unwrap_or(0)
    } else {
        let escaped = c.escape_default();
        let length = escaped.len();
        out.extend(escaped);
        length
    }
}

/// Text with every character that is not plain escaped.
fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push_shown(&mut out, c);
    }
    out
}

/// A problem that has no line and column yet.
#[derive(Debug)]
pub(crate) struct Draft {
    code: Code,
    severity: Severity,
    span: Span,
    mark: Span,
    message: String,
    label: Option<String>,
    help: Option<String>,
    fix: Option<Fix>,
    /// Whether it is told better by another.
    is_silenced: bool,
}

impl Draft {
    /// Makes a warning of it, where the code alone would be an error.
    pub(crate) fn warning(&mut self) -> &mut Self {
        self.severity = Severity::Warning;
        self
    }

    /// Puts the carets elsewhere than under the whole thing.
    pub(crate) fn mark(&mut self, mark: Span) -> &mut Self {
        self.mark = mark;
        self
    }

    /// Adds words beside the carets.
    pub(crate) fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = Some(label.into());
        self
    }

    /// Says what to do.
    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a safe change.
    pub(crate) fn fix(&mut self, start: usize, end: usize, text: impl Into<String>) -> &mut Self {
        self.fix = Some(Fix { start, end, text: text.into() });
        self
    }
}

/// The problems of one file while it is being read.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    drafts: Vec<Draft>,
    /// Where those start that are looked up by their place, each with its number: there may be so many of the others that to keep
    /// these for them would take long.
    starts: BTreeSet<(usize, usize)>,
}

impl Problems {
    /// Adds a problem; the answer takes the words that are optional.
    pub(crate) fn add(&mut self, code: Code, span: Span, message: impl Into<String>) -> &mut Draft {
        let severity = code.severity();
        let message = message.into();
        let draft =
            Draft { code, severity, span, mark: span, message, label: None, help: None, fix: None, is_silenced: false };
        let at = self.drafts.len();
        if matches!(code, Code::C09 | Code::C10 | Code::C14 | Code::C15 | Code::C16 | Code::S04) {
            self.starts.insert((span.start, at));
        }
        self.drafts.push(draft);
        &mut self.drafts[at]
    }

    /// The problems that are not silenced.
    fn told(&self) -> impl Iterator<Item = &Draft> {
        self.drafts.iter().filter(|draft| !draft.is_silenced)
    }

    /// How many problems were added.
    pub(crate) fn len(&self) -> usize {
        self.drafts.len()
    }

    /// Whether a problem was added that `is` so.
    pub(crate) fn has(&self, is: impl Fn(Code, Span) -> bool) -> bool {
        self.told().any(|draft| is(draft.code, draft.span))
    }

    /// Whether a problem that blocks publishing was added that `is` so.
    pub(crate) fn has_error(&self, is: impl Fn(Code, Span) -> bool) -> bool {
        self.told().any(|draft| draft.severity == Severity::Error && is(draft.code, draft.span))
    }

    /// Where the problems of some codes are.
    pub(crate) fn spans<'a>(&'a self, is: impl Fn(Code) -> bool + 'a) -> impl Iterator<Item = Span> + 'a {
        self.told().filter(move |draft| is(draft.code)).map(|draft| draft.span)
    }

    /// Whether a problem of a code was added after so many others.
    pub(crate) fn has_since(&self, count: usize, code: Code) -> bool {
        self.drafts.iter().skip(count).any(|draft| draft.code == code && !draft.is_silenced)
    }

    /// Takes back problems whose cause is told better by another.
    pub(crate) fn silence(&mut self, is: impl Fn(Code, Span) -> bool) {
        // They keep their place, so that what was added since stays known by its number.
        for draft in &mut self.drafts {
            draft.is_silenced |= is(draft.code, draft.span);
        }
    }

    /// The problems of some codes, of those that are looked up so, that start within a place.
    fn within(&self, place: Span, is: impl Fn(Code) -> bool) -> impl Iterator<Item = usize> {
        let starts = self.starts.range((place.start, 0)..(place.end.max(place.start + 1), 0));
        starts
            .map(|(_, at)| *at)
            .filter(move |at| self.drafts.get(*at).is_some_and(|draft| !draft.is_silenced && is(draft.code)))
    }

    /// Whether a problem of some codes starts within a place.
    pub(crate) fn has_within(&self, place: Span, is: impl Fn(Code) -> bool) -> bool {
        self.within(place, is).next().is_some()
    }

    /// Takes back the problems of some codes that start within a place.
    pub(crate) fn silence_within(&mut self, place: Span, is: impl Fn(Code) -> bool) {
        let found: Vec<usize> = self.within(place, is).collect();
        for at in found {
            if let Some(draft) = self.drafts.get_mut(at) {
                draft.is_silenced = true;
            }
        }
    }

    /// Gives every problem its line and column, in one sweep over the text, and puts them in the order of the text.
    pub(crate) fn finish(mut self, file: &str, source: &str) -> Vec<Problem> {
        self.drafts.retain(|draft| !draft.is_silenced);
        // What a file is comes before what it lacks.
        self.drafts.sort_by_key(|draft| (draft.span.start, draft.code != Code::C05, draft.code));
        let mut offsets: Vec<usize> = self
            .drafts
            .iter()
            .flat_map(|draft| [draft.span.start, draft.span.end, draft.mark.start])
            .map(|offset| offset.min(source.len()))
            .collect();
        offsets.sort_unstable();
        offsets.dedup();
        let places = places(source, &offsets);
        let place = |offset: usize| {
            let found = offsets.binary_search(&offset.min(source.len())).ok().and_then(|at| places.get(at));
            found.copied().unwrap_or((1, 1))
        };
        let file: Arc<str> = file.into();
        let located = self.drafts.into_iter().map(|draft| {
            let (line, column) = place(draft.span.start);
            let (end_line, end_column) = place(draft.span.end);
            let (mark_line, _) = place(draft.mark.start);
            Problem {
                file: Arc::clone(&file),
                code: draft.code,
                severity: draft.severity,
                span: draft.span,
                mark: draft.mark,
                line,
                column,
                end_line,
                end_column,
                mark_line,
                message: draft.message,
                label: draft.label,
                help: draft.help,
                fix: draft.fix.map(|fix| fix.with_line_ends_of(source)),
            }
        });
        located.collect()
    }
}

/// Line and column of each offset; the offsets ascend. A byte order mark at the start is not counted.
fn places(source: &str, offsets: &[usize]) -> Vec<(usize, usize)> {
    let mut found = Vec::with_capacity(offsets.len());
    let (mut line, mut column) = (1, 1);
    let mut wanted = offsets.iter().copied().peekable();
    for (at, c) in source.char_indices() {
        while wanted.next_if(|offset| *offset <= at).is_some() {
            found.push((line, column));
        }
        if wanted.peek().is_none() {
            break;
        }
        if c == '\n' {
            line += 1;
            column = 1;
        } else if !(at == 0 && c == '\u{feff}') {
            column += 1;
        }
    }
    found.extend(wanted.map(|_| (line, column)));
    found
}
