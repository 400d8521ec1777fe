//! The headings of a document: one H1, and a section for each H2.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{HeadingLevel, Tag};

use crate::front::tree::short;
use crate::front::{Front, KindFront};
use crate::markdown::Markdown;
use crate::problem::{Code, Problems};
use crate::slug::slug;
use crate::source::Lines;
use crate::target::decoded;
use crate::{almost, chip, list};

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
        let blocks = markdown.children(0, markdown.len());
        let deeper = Deeper::of(markdown, &blocks, front);
        let mut last = 1;
        for (nth, at) in blocks.iter().copied().enumerate() {
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
                        .add(Code::C04, span, "a second heading with one `#`")
                        .help(format!("only the title has one `#`; write `## {}`", short(&title)));
                    // It was meant as a page all the same, and what leads there is not to blame.
                    outline.pages.push(Section { heading: at, id, title, blocks: Vec::new() });
                    last = 2;
                    continue;
                }
                HeadingLevel::H1 => {
                    let wanted = front.title.as_ref().filter(|wanted| !same(wanted, &title));
                    if let Some(inner) = wanted.and_then(|wanted| in_curly(wanted)).filter(|inner| same(inner, &title))
                    {
                        problems
                            .add(
                                Code::C05,
                                front.title_key,
                                "the quotes around the title are curly, so they are part of it",
                            )
                            .mark(front.title_at)
                            .help(format!("use straight ones: `title: \"{inner}\"`"));
                    } else if let Some(wanted) = wanted.filter(|wanted| same(&straight(wanted), &straight(&title))) {
                        problems
                            .add(
                                Code::C04,
                                span,
                                "this heading and the title in the front matter differ in their quotes",
                            )
                            .label(format!("the title is \"{wanted}\""))
                            .help("use curly ones (’) in both, or straight ones (') in both");
                    } else if let Some(wanted) = wanted {
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
                            .add(Code::C04, span, format!("a second heading with the address `#{id}`"))
                            .help(format!("the first is on line {line}; give one of them other words"));
                    }
                    outline.pages.push(Section { heading: at, id, title, blocks: Vec::new() });
                }
                _ if deeper.is_page(markdown, &blocks, nth, &id, outline.pages.last()) => {
                    problems
                        .add(
                            Code::C04,
                            span,
                            format!("this heading has {} `#`, so it is no {}", level as u8, deeper.noun),
                        )
                        .help(format!("a {} has two: write `## {}`", deeper.noun, short(&title)));
                    outline.pages.push(Section { heading: at, id, title, blocks: Vec::new() });
                    last = 2;
                    continue;
                }
                _ => {
                    if level as u8 > last + 1 {
                        let right = "#".repeat(usize::from(last) + 1);
                        problems
                            .add(
                                Code::C04,
                                span,
                                "this heading skips a level, which confuses people who listen to the page",
                            )
                            .help(format!("write `{right} {}`", short(&title)))
                            .warning();
                    }
                    outline.content(at);
                }
            }
            last = level as u8;
        }
        if outline.title.is_none() && !is_underlined {
            let at = outline.pages.first().map_or(front.body, |page| markdown.span(page.heading).start);
            let line = markdown.source.get(at..).unwrap_or("").lines().next().unwrap_or("").trim_end();
            let title = front.title.as_deref().unwrap_or("…");
            problems
                .add(
                    Code::C04,
                    crate::problem::Span::new(at, at + line.len()),
                    "the title is missing at the start of the text",
                )
                .help(format!("write `# {title}` below the front matter, with one `#`"));
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

/// What tells headings with more than two signs that were meant as pages from those that divide one.
struct Deeper {
    /// What a page is called in this kind of document.
    noun: &'static str,
    /// The first words of the chips that stand below the heading of a page.
    chips: &'static [&'static str],
    /// Whether no heading has two signs, so that each of the others was meant to.
    is_only: bool,
    /// Where links within the document lead.
    targets: HashSet<String>,
}

impl Deeper {
    fn of(markdown: &Markdown<'_>, blocks: &[usize], front: &Front) -> Self {
        let (noun, chips): (_, &[_]) = match &front.part {
            KindFront::Module(_) => ("page", &["check", "cards", "reflect"]),
            KindFront::Scenario(_) => ("scene", &["tests", "ending", "weight"]),
            KindFront::Quiz(_) => ("question", &["pool", "reflect"]),
            KindFront::JobAid | KindFront::Unknown => ("", &[]),
        };
        let is_page = |at: &usize| markdown.heading(*at) == Some(HeadingLevel::H2) || glued(markdown, *at).is_some();
        let links = (0..markdown.len()).filter_map(|at| match markdown.tag(at) {
            Some(Tag::Link { dest_url, .. }) => dest_url.strip_prefix('#').map(decoded),
            _ => None,
        });
        let targets = if noun == "scene" { links.collect() } else { HashSet::new() };
        Self { noun, chips, is_only: !noun.is_empty() && !blocks.iter().any(is_page), targets }
    }

    /// Whether a heading was meant as that of a page: nothing else could be one, something leads to it, chips of a page stand below
    /// it, or it has answers or choices of its own and the page above has some already.
    fn is_page(
        &self,
        markdown: &Markdown<'_>,
        blocks: &[usize],
        nth: usize,
        id: &str,
        above: Option<&Section>,
    ) -> bool {
        if self.noun.is_empty() {
            return false;
        }
        let below = blocks.iter().copied().skip(nth + 1).take_while(|at| markdown.heading(*at).is_none());
        let below: Vec<usize> = below.collect();
        let chips = below.iter().find(|at| !markdown.is_comment(**at)).and_then(|at| chip::alone(markdown, *at));
        let is_chipped = chips.is_some_and(|chips| chips.iter().any(|chip| self.chips.contains(&chip.words().0)));
        let answers = |at: &usize| match self.noun {
            "scene" => leads(markdown, *at),
            "question" => list::is_task_list(markdown, *at),
            _ => false,
        };
        let above = above.map_or(&[][..], |page| page.blocks.as_slice());
        self.is_only
            || self.targets.contains(id)
            || is_chipped
            || (below.iter().any(answers) && above.iter().any(answers))
    }
}

/// Whether a list has an item that leads to a heading.
fn leads(markdown: &Markdown<'_>, at: usize) -> bool {
    let is_link = |at| matches!(markdown.tag(at), Some(Tag::Link { dest_url, .. }) if dest_url.starts_with('#'));
    matches!(markdown.tag(at), Some(Tag::List(_))) && (at..markdown.end(at)).any(is_link)
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

/// A title without the curly quotes around it; none if there are none.
fn in_curly(title: &str) -> Option<&str> {
    title.trim().strip_prefix(['“', '”', '„', '‘', '«'])?.strip_suffix(['“', '”', '’', '‘', '»'])
}

/// A title with straight quotes.
fn straight(title: &str) -> String {
    title.replace(['‘', '’', '‚'], "'").replace(['“', '”', '„'], "\"")
}

/// Whether two titles read the same, whatever their blanks.
fn same(left: &str, right: &str) -> bool {
    left.split_whitespace().eq(right.split_whitespace())
}
