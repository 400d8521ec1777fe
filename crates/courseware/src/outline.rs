//! The headings of a document: one H1, and a section for each H2.

use std::collections::HashMap;

use pulldown_cmark::{HeadingLevel, Tag};

use crate::almost;
use crate::front::Front;
use crate::markdown::Markdown;
use crate::problem::{Code, Problems};
use crate::slug::slug;
use crate::source::Lines;

/// An H2 and the elements up to the next.
pub(crate) struct Section {
    /// The event of its heading.
    pub(crate) heading: usize,
    /// The slug of its heading.
    pub(crate) id: String,
    /// The heading as plain text.
    pub(crate) title: String,
    /// The elements below it.
    pub(crate) blocks: Vec<usize>,
}

/// A document cut at its headings.
pub(crate) struct Outline {
    /// The H1 as plain text.
    pub(crate) title: Option<String>,
    /// The elements before the first H2.
    pub(crate) intro: Vec<usize>,
    /// The sections.
    pub(crate) pages: Vec<Section>,
}

impl Outline {
    /// Cuts a document and reports what is wrong with its headings (C04).
    ///
    /// Only the id of a page must be its own: a link to it would lead to the first heading of that id, of any level. Two
    /// headings within pages may be alike. A heading of the first level may be underlined with `===`, which nobody does
    /// by accident; one of the second level underlined with `---` is taken for a rule that was meant.
    pub(crate) fn read(markdown: &Markdown<'_>, front: &Front, problems: &mut Problems) -> Self {
        let mut outline = Self { title: None, intro: Vec::new(), pages: Vec::new() };
        let mut firsts: HashMap<String, usize> = HashMap::new();
        let lines = Lines::of(markdown.source);
        // The title may be the one that was underlined, which was told.
        let mut is_underlined = false;
        for at in markdown.children(0, markdown.len()) {
            let Some(level) = markdown.heading(at) else {
                // A page whose heading lacks a space is told as such (`almost`), and is a page all the same.
                match glued(markdown, at) {
                    Some(title) => {
                        outline.pages.push(Section { heading: at, id: slug(&title), title, blocks: Vec::new() });
                    }
                    None => outline.content(at),
                }
                continue;
            };
            let span = markdown.span(at);
            let title = markdown.text(at + 1, markdown.end(at));
            let written = markdown.source.get(span.start..span.end).unwrap_or("");
            if level == HeadingLevel::H2 && !written.starts_with('#') {
                problems
                    .add(Code::C04, span, "the `---` under this text makes it a heading")
                    .help("leave an empty line before the `---`, or write the heading with `## `");
                is_underlined |= outline.pages.is_empty();
                outline.content(at);
                continue;
            }
            let id = slug(&title);
            if id.is_empty() {
                problems
                    .add(Code::C04, span, "this heading has no letter or digit, so nothing can link to it")
                    .help("give it a few words");
            }
            let first = firsts.get(&id).copied();
            if !id.is_empty() {
                firsts.entry(id.clone()).or_insert(span.start);
            }
            match level {
                HeadingLevel::H1 if outline.title.is_some() => {
                    problems
                        .add(Code::C04, span, "a second heading of the first level")
                        .help("a file has one `#`; write this one with `## `");
                }
                HeadingLevel::H1 => {
                    if let Some(wanted) = front.title.as_ref().filter(|wanted| !same(wanted, &title)) {
                        problems
                            .add(Code::C04, span, "this heading and the title in the front matter differ")
                            .label(format!("the title is \"{wanted}\""))
                            .help("make the two the same");
                    }
                    outline.title = Some(title);
                }
                HeadingLevel::H2 => {
                    if let Some(first) = first {
                        let line = lines.number(first);
                        problems
                            .add(Code::C04, span, format!("a second heading with the id \"{id}\""))
                            .help(format!("the first is on line {line}; give one of them other words"));
                    }
                    outline.pages.push(Section { heading: at, id, title, blocks: Vec::new() });
                }
                _ => outline.content(at),
            }
        }
        if outline.title.is_none() && !is_underlined {
            let at = outline.pages.first().map_or(front.body, |page| markdown.span(page.heading).start);
            let line = markdown.source.get(at..).unwrap_or("").lines().next().unwrap_or("").trim_end();
            let title = front.title.as_deref().unwrap_or("…");
            problems
                .add(
                    Code::C04,
                    crate::problem::Span::new(at, at + line.len()),
                    "the file has no heading of the first level",
                )
                .help(format!("start the text with `# {title}`"));
        }
        outline
    }

    fn content(&mut self, at: usize) {
        match self.pages.last_mut() {
            Some(page) => page.blocks.push(at),
            None => self.intro.push(at),
        }
    }
}

/// The title of a paragraph that was meant as the heading of a page: `##Title`.
fn glued(markdown: &Markdown<'_>, at: usize) -> Option<String> {
    if !matches!(markdown.tag(at), Some(Tag::Paragraph)) {
        return None;
    }
    let span = markdown.span(at);
    let line = markdown.source.get(span.start..span.end)?.lines().next()?;
    let (signs, title) = almost::glued(line.trim_end())?;
    (signs == "##").then(|| title.to_owned())
}

/// Whether two titles read the same, whatever their blanks.
fn same(left: &str, right: &str) -> bool {
    left.split_whitespace().eq(right.split_whitespace())
}
