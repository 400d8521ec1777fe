//! Text out of HTML: the words, and the formatting that our markdown has.
//!
//! This is no browser. Tags are looked at one by one, unknown ones are passed over with their words kept, and what runs or styles is
//! left out with all it holds. There is no nesting to overflow.

use std::collections::BTreeSet;

use html_escape::decode_html_entities;

use crate::report::{Place, Report, What, short};
use crate::text::{Builder, Text, link};

/// What of a text could not be kept.
#[derive(Debug, Default)]
pub(crate) struct Lost {
    /// The names or targets of pictures, sounds and videos.
    pub(crate) media: Vec<String>,
    /// Formatting that our markdown does not have, in words.
    pub(crate) looks: BTreeSet<&'static str>,
    /// Links that may not lead where they did.
    pub(crate) links: usize,
    /// Programs and styles.
    pub(crate) code: usize,
}

impl Lost {
    /// Says it.
    pub(crate) fn say(self, place: &Place, report: &mut Report) {
        for name in &self.media {
            let said = format!("a picture or recording, “{}”: its description stands in its place", short(name));
            report.say(What::Dropped, place.clone(), said);
        }
        for look in self.looks {
            report.often(What::Changed, place.clone(), look);
        }
        if self.links > 0 {
            report.often(
                What::Changed,
                place.clone(),
                "a link leads to a place that links may not lead to here: its words are kept",
            );
        }
        if self.code > 0 {
            report.often(What::Dropped, place.clone(), "a program or style in the text");
        }
    }
}

const TABLE: &str = "a table in the text became lines";
const SMALL: &str = "raised or lowered signs stand on the line";
const UNDERLINED: &str = "underlining and marking are gone";
const HEADING: &str = "a heading inside the text became bold";

/// Reads HTML.
pub(crate) fn read(html: &str, lost: &mut Lost) -> Text {
    let mut reader = Reader { builder: Builder::default(), open: Open::default(), lists: Vec::new(), lost };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        reader.text(rest.get(..at).unwrap_or(""));
        rest = rest.get(at..).unwrap_or("");
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some(tag) = Tag::read(rest) else {
            reader.text("<");
            rest = rest.get(1..).unwrap_or("");
            continue;
        };
        rest = rest.get(tag.length..).unwrap_or("");
        if !tag.closes && matches!(tag.name.as_str(), "script" | "style" | "head" | "template") {
            reader.lost.code += 1;
            rest = after_close(rest, &tag.name).1;
        } else if !tag.closes && tag.name == "pre" {
            let (inner, after) = after_close(rest, "pre");
            let code = without_tags(inner);
            reader.builder.code(&code);
            rest = after;
        } else {
            reader.tag(&tag);
        }
    }
    reader.text(rest);
    reader.builder.finish()
}

/// Whether a text holds HTML, rather than words with a `<` among them.
pub(crate) fn is_html(text: &str) -> bool {
    const KNOWN: [&str; 30] = [
        "p", "br", "b", "strong", "i", "em", "u", "div", "span", "ul", "ol", "li", "img", "a", "sub", "sup", "pre",
        "code", "table", "tr", "td", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "font", "script",
    ];
    /// So many signs are looked at, each of which may be looked for to the end of the text.
    const MOST: usize = 100;
    let mut tags = text.match_indices('<').take(MOST).filter_map(|(at, _)| Tag::read(text.get(at..)?));
    tags.any(|tag| KNOWN.contains(&tag.name.as_str()))
}

/// What is before and after the closing tag of a name; without one, all and nothing.
fn after_close<'a>(text: &'a str, name: &str) -> (&'a str, &'a str) {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("</")).map(|at| from + at) {
        let inside = text.get(at + 2..).unwrap_or("");
        if inside.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            let end = inside.find('>').map_or(text.len(), |end| at + 2 + end + 1);
            return (text.get(..at).unwrap_or(""), text.get(end..).unwrap_or(""));
        }
        from = at + 2;
    }
    (text, "")
}

fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at..).unwrap_or("");
        let length = match Tag::read(rest) {
            Some(tag) => {
                if tag.name == "br" {
                    out.push('\n');
                }
                tag.length
            }
            None => {
                out.push('<');
                1
            }
        };
        rest = rest.get(length..).unwrap_or("");
    }
    out.push_str(rest);
    decode_html_entities(&out).into_owned()
}

struct Tag<'a> {
    name: String,
    closes: bool,
    attributes: &'a str,
    length: usize,
}

impl<'a> Tag<'a> {
    /// Reads the tag that a text starts with.
    fn read(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':');
        let name: String = inner.chars().take(30).take_while(is_name).collect();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let attributes = inner.get(name.len()..)?;
        if !attributes.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/')) {
            return None;
        }
        // A mark in quotes ends no tag. Where the quote is never closed, the first mark does after all, so that nothing is looked
        // through twice.
        let first = attributes.find('>')?;
        let is_quoted = attributes.get(..first)?.matches('"').count() % 2 == 1;
        let quoted = is_quoted.then(|| {
            let close = first + attributes.get(first..)?.find('"')?;
            Some(close + attributes.get(close..)?.find('>')?)
        });
        let end = quoted.flatten().unwrap_or(first);
        let length = text.len() - attributes.len() + end + 1;
        Some(Self { name: name.to_ascii_lowercase(), closes, attributes: attributes.get(..end)?, length })
    }

    /// The value of an attribute.
    fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
            let found = rest.get(..end)?;
            if found.is_empty() && !rest.starts_with('=') {
                return None;
            }
            rest = rest.get(end..)?.trim_start();
            let Some(value) = rest.strip_prefix('=') else { continue };
            let value = value.trim_start();
            let (value, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let value = value.get(1..)?;
                    value.split_once(quote).unwrap_or((value, ""))
                }
                _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            };
            if found.eq_ignore_ascii_case(name) {
                return Some(decode_html_entities(value).into_owned());
            }
            rest = after;
        }
    }
}

/// How many tags of each kind are open.
#[derive(Default)]
struct Open {
    bold: usize,
    italic: usize,
    struck: usize,
}

struct Reader<'a> {
    builder: Builder,
    open: Open,
    /// For each open list, whether it is numbered.
    lists: Vec<bool>,
    lost: &'a mut Lost,
}

impl Reader<'_> {
    fn text(&mut self, text: &str) {
        self.builder.words(&decode_html_entities(text));
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        let step = |count: &mut usize| *count = if tag.closes { count.saturating_sub(1) } else { *count + 1 };
        match tag.name.as_str() {
            "b" | "strong" => step(&mut self.open.bold),
            "i" | "em" | "cite" | "dfn" | "var" => step(&mut self.open.italic),
            "s" | "del" | "strike" => step(&mut self.open.struck),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.builder.paragraph();
                step(&mut self.open.bold);
                self.lost.looks.insert(HEADING);
            }
            "br" => self.builder.line_break(),
            // An item may hold its words in a paragraph of their own.
            "p" | "div" if !tag.closes && self.builder.is_at_item() => {}
            "p" | "div" | "section" | "article" | "blockquote" | "hr" | "dl" | "dt" | "dd" | "figure" | "body" => {
                self.builder.paragraph();
            }
            "ul" | "ol" => {
                self.builder.paragraph();
                if tag.closes {
                    self.lists.pop();
                } else if self.lists.len() < 100 {
                    self.lists.push(tag.name == "ol");
                }
            }
            "li" if tag.closes => self.builder.paragraph(),
            "li" => self.builder.item(self.lists.last().copied().unwrap_or(false)),
            "table" | "tr" => {
                self.builder.paragraph();
                self.lost.looks.insert(TABLE);
            }
            "td" | "th" if tag.closes => self.builder.words(" — "),
            "sub" | "sup" => {
                self.lost.looks.insert(SMALL);
            }
            "u" | "mark" | "font" => {
                self.lost.looks.insert(UNDERLINED);
            }
            "a" if tag.closes => self.builder.style.link = None,
            "a" => {
                let target = tag.attribute("href");
                self.builder.style.link = target.as_deref().and_then(link);
                self.lost.links += usize::from(target.is_some() && self.builder.style.link.is_none());
            }
            "img" | "video" | "audio" | "object" | "embed" | "iframe" if !tag.closes => {
                let alt = tag.attribute("alt").or_else(|| tag.attribute("title")).unwrap_or_default();
                let source = tag.attribute("src").or_else(|| tag.attribute("data")).unwrap_or_default();
                self.builder.words(&picture(&alt));
                self.lost.media.push(if source.is_empty() { tag.name.clone() } else { source });
            }
            _ => {}
        }
        self.builder.style.bold = self.open.bold > 0;
        self.builder.style.italic = self.open.italic > 0;
        self.builder.style.struck = self.open.struck > 0;
    }
}

/// What stands in the place of a picture.
pub(crate) fn picture(alt: &str) -> String {
    let alt = short(alt);
    if alt.is_empty() { " (picture) ".to_owned() } else { format!(" (picture: {alt}) ") }
}
