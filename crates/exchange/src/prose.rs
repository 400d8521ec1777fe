//! Text out of markdown that others wrote: read by the parser that reads ours, and written anew.

use std::rc::Rc;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::html::{Lost, picture};
use crate::text::{Builder, Text, link};

/// The most signs of quotes and lists in a text, beyond which it is taken for plain words: the parser's work grows with their square.
const MOST_MARKERS: usize = 2_000;

/// Reads markdown.
pub(crate) fn read(markdown: &str, lost: &mut Lost) -> Text {
    let markers = markdown.bytes().filter(|byte| matches!(byte, b'>' | b'*' | b'-' | b'+' | b'[' | b'`')).count();
    if markers > MOST_MARKERS {
        return Text::plain(markdown);
    }
    let mut builder = Builder::default();
    let (mut bold, mut italic, mut struck) = (0_usize, 0_usize, 0_usize);
    let mut links: Vec<Option<Rc<str>>> = Vec::new();
    let mut lists: Vec<bool> = Vec::new();
    let mut code: Option<String> = None;
    let mut image: Option<(String, String)> = None;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        if let Some((alt, _)) = &mut image {
            match event {
                Event::Text(text) | Event::Code(text) => alt.push_str(&text),
                Event::End(TagEnd::Image) => {
                    let (alt, target) = image.take().unwrap_or_default();
                    builder.words(&picture(&alt));
                    lost.media.push(target);
                }
                _ => {}
            }
            continue;
        }
        match event {
            Event::Text(text) => match &mut code {
                Some(code) => code.push_str(&text),
                None => builder.words(&text),
            },
            Event::Code(text) => builder.words(&text),
            Event::SoftBreak => builder.words(" "),
            Event::HardBreak => builder.line_break(),
            Event::Start(Tag::CodeBlock(_)) => code = Some(String::new()),
            Event::End(TagEnd::CodeBlock) => builder.code(&code.take().unwrap_or_default()),
            Event::Start(Tag::Strong) => bold += 1,
            Event::End(TagEnd::Strong) => bold = bold.saturating_sub(1),
            Event::Start(Tag::Emphasis) => italic += 1,
            Event::End(TagEnd::Emphasis) => italic = italic.saturating_sub(1),
            Event::Start(Tag::Strikethrough) => struck += 1,
            Event::End(TagEnd::Strikethrough) => struck = struck.saturating_sub(1),
            Event::Start(Tag::Heading { .. }) => {
                builder.paragraph();
                bold += 1;
            }
            Event::End(TagEnd::Heading(_)) => {
                builder.paragraph();
                bold = bold.saturating_sub(1);
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let target = link(&dest_url);
                lost.links += usize::from(target.is_none());
                links.push(target);
            }
            Event::End(TagEnd::Link) => drop(links.pop()),
            Event::Start(Tag::Image { dest_url, .. }) => image = Some((String::new(), dest_url.to_string())),
            Event::Start(Tag::List(first)) => {
                builder.paragraph();
                lists.push(first.is_some());
            }
            Event::End(TagEnd::List(_)) => drop(lists.pop()),
            Event::Start(Tag::Item) => builder.item(lists.last().copied().unwrap_or(false)),
            Event::Start(Tag::Paragraph) if builder.is_at_item() => {}
            Event::End(TagEnd::TableCell) => builder.words(" — "),
            Event::Start(Tag::Paragraph | Tag::BlockQuote(_) | Tag::TableRow | Tag::TableHead)
            | Event::End(
                TagEnd::Paragraph | TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::TableRow | TagEnd::TableHead,
            )
            | Event::Rule => builder.paragraph(),
            Event::Html(html) => builder.words(&crate::html::read(&html, lost).words()),
            Event::InlineHtml(html) if html.starts_with("<br") => builder.line_break(),
            _ => {}
        }
        builder.style.bold = bold > 0;
        builder.style.italic = italic > 0;
        builder.style.struck = struck > 0;
        builder.style.link = links.last().cloned().flatten();
    }
    builder.finish()
}
