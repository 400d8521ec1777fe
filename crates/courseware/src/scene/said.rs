//! What is said and seen in a scene, and in the debrief.

use pulldown_cmark::{Event, Tag};
use unicode_normalization::UnicodeNormalization as _;

use super::{Reader, own_chips};
use crate::chip::Chip;
use crate::condition::Condition;
use crate::html::{self, Style};
use crate::list::{self, Item};
use crate::lost;
use crate::markdown::Markdown;
use crate::outline::Section;
use crate::problem::{Code, Problems, Span};
use crate::scenario::{Block, BlockKind, Character, Debrief};
use crate::slug::nearest;
use crate::tick;

impl Reader<'_> {
    /// A block of a scene or of the debrief, with the chip of its condition. `before` is the condition of the paragraph
    /// right before it.
    pub(super) fn block(
        &mut self,
        markdown: &mut Markdown<'_>,
        at: usize,
        style: &Style<'_>,
        before: &mut Option<Condition>,
        speaks: bool,
        problems: &mut Problems,
    ) -> (Block, Option<Span>) {
        let last = before.take();
        if !matches!(markdown.tag(at), Some(Tag::Paragraph)) {
            let html = html::render(markdown, at, markdown.end(at) + 1, style);
            let text = markdown.text(at, markdown.end(at) + 1);
            return (Block { condition: None, kind: BlockKind::Text, html, text }, None);
        }
        let (mut condition, mut place) = (None, None);
        if lost::opening(markdown, at, problems) {
            // It still has its `else`.
            *before = Some(Condition::Critical);
        } else if let Some((event, chip)) = opening(markdown, at) {
            match chip.words() {
                ("if", _) => {
                    condition = self.condition(&chip, problems);
                    // An `if` that cannot be read still has its `else`.
                    *before = Some(condition.clone().unwrap_or(Condition::Critical));
                    place = condition.is_some().then_some(chip.span);
                }
                ("else", "") => match last {
                    Some(last) => condition = Some(Condition::Not(Box::new(last))),
                    None => chip.wrong(
                        "does not follow an `if`",
                        "put it into the paragraph right after the one that starts with `if …`",
                        problems,
                    ),
                },
                ("else", rest) if rest.starts_with("if") => {
                    chip.wrong("cannot be read", "write `if …` with a condition of its own", problems);
                }
                ("ending" | "tests" | "weight" | "fixed" | "was", _) if speaks => chip.wrong(
                    "stands too far from the heading of its scene",
                    "put all chips of a scene into one paragraph, right below its heading",
                    problems,
                ),
                _ => chip.unknown("at the start of a paragraph", &["if …", "else"], problems),
            }
            markdown.drop_event(event);
        }
        let text = markdown.text(at, markdown.end(at));
        let inside: Vec<usize> = markdown.inside(at).into_iter().filter(|inner| shows(markdown, *inner)).collect();
        let mut kind = BlockKind::Text;
        let mut is_colon_outside = false;
        match inside.as_slice() {
            [only] if matches!(markdown.tag(*only), Some(Tag::Emphasis)) => kind = BlockKind::Stage,
            [bold, rest @ ..] if speaks && matches!(markdown.tag(*bold), Some(Tag::Strong)) => {
                let name = markdown.text(*bold, markdown.end(*bold));
                // Right behind the name: on a line of its own a colon is only itself.
                is_colon_outside = rest.first().is_some_and(|next| {
                    matches!(markdown.event(*next), Event::Text(text) if text.starts_with(':'))
                        && markdown.raw_span(*next).start == markdown.span(*bold).end
                });
                let name = name.strip_suffix(':').or(is_colon_outside.then_some(name.as_str())).map(str::trim);
                if let Some(name) = name {
                    let name: String = name.nfc().collect();
                    let is_name = |character: &Character| character.name.nfc().eq(name.chars());
                    let speaker = self.part.characters.iter().position(is_name);
                    if speaker.is_none() && !self.part.characters_unsure {
                        match self.unknown.iter_mut().find(|(known, ..)| *known == name) {
                            Some((_, _, count)) => *count += 1,
                            None => self.unknown.push((name, markdown.span(*bold), 1)),
                        }
                    }
                    kind = BlockKind::Speech(speaker);
                    markdown.drop_element(*bold);
                }
            }
            _ => {}
        }
        let inner = html::render(markdown, at + 1, markdown.end(at), style);
        let inner = if is_colon_outside { inner.strip_prefix(':').unwrap_or(&inner).trim_start() } else { &inner };
        (Block { condition, kind, html: format!("<p>{inner}</p>"), text }, place)
    }

    /// S12: each speaker who is not one of the characters, once.
    pub(super) fn unknown_speakers(&mut self, problems: &mut Problems) {
        let characters = &self.part.characters;
        for (name, span, count) in std::mem::take(&mut self.unknown) {
            let near = nearest(&name, characters.iter().map(|character| character.name.as_str()));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if characters.is_empty() => {
                    format!("name the speaker in the front matter: `characters:` and below it `  {name}: {{}}`")
                }
                None => format!("add `{name}` to `characters`"),
            };
            let also = match count {
                1 => String::new(),
                2 => ", here and in one more place".to_owned(),
                count => format!(", here and in {} more places", count - 1),
            };
            problems
                .add(Code::S12, span, format!("\"{name}\" speaks and is not one of the characters{also}"))
                .help(help);
        }
    }

    pub(super) fn debrief(
        &mut self,
        markdown: &mut Markdown<'_>,
        section: Section,
        debrief: &mut Debrief,
        problems: &mut Problems,
    ) {
        let mut blocks = section.blocks;
        for chip in own_chips(markdown, &mut blocks) {
            chip.unknown("under the heading of the debrief", &[], problems);
        }
        tick::boxes(markdown, &blocks, problems);
        let label = section.title;
        let style = Style { place: self.place, label: &label, cards: false, anchors: false };
        let mut before = None;
        for at in blocks {
            if markdown.is_comment(at) {
                continue;
            }
            match markdown.tag(at) {
                Some(Tag::List(None)) if list::is_task_list(markdown, at) => {
                    before = None;
                    for item in markdown.inside(at) {
                        let block = self.item(markdown, item, &style, problems);
                        debrief.checklist.push(block);
                    }
                }
                Some(Tag::List(Some(_))) => {
                    before = None;
                    for item in markdown.inside(at) {
                        let html = html::render(markdown, item + 1, markdown.end(item), &style);
                        let text = markdown.text(item + 1, markdown.end(item));
                        debrief.reflections.push(Block { condition: None, kind: BlockKind::Text, html, text });
                    }
                }
                _ => {
                    let (block, chip) = self.block(markdown, at, &style, &mut before, false, problems);
                    self.places.debrief.push(chip);
                    debrief.blocks.push(block);
                }
            }
        }
    }

    /// A line of the checklist.
    fn item(&mut self, markdown: &mut Markdown<'_>, item: usize, style: &Style<'_>, problems: &mut Problems) -> Block {
        lost::in_line(markdown, &list::line(markdown, item), false, problems);
        let Item { chips, .. } = list::take_apart(markdown, item, style);
        let (mut condition, mut place) = (None, None);
        for chip in chips {
            match chip.words() {
                ("if", _) if condition.is_some() => {
                    chip.wrong("is one condition too many", "join the two with `and`", problems);
                }
                ("if", _) => {
                    condition = self.condition(&chip, problems);
                    place = Some(chip.span);
                }
                _ => chip.unknown("after a line of the checklist", &["if …"], problems),
            }
        }
        self.places.checklist.push(place);
        let html = html::render(markdown, item + 1, markdown.end(item), style);
        let text = markdown.text(item + 1, markdown.end(item));
        Block { condition, kind: BlockKind::Text, html, text }
    }
}

/// The inline code that opens a paragraph.
fn opening(markdown: &Markdown<'_>, paragraph: usize) -> Option<(usize, Chip)> {
    let first = markdown.inside(paragraph).into_iter().find(|at| shows(markdown, *at))?;
    let Event::Code(text) = markdown.event(first) else { return None };
    Some((first, Chip { text: text.to_string(), span: markdown.span(first) }))
}

/// Whether an inline element shows something.
fn shows(markdown: &Markdown<'_>, at: usize) -> bool {
    match markdown.event(at) {
        _ if markdown.is_dropped(at) => false,
        Event::Text(text) => !text.trim().is_empty(),
        Event::SoftBreak | Event::HardBreak => false,
        Event::InlineHtml(html) => !html.starts_with("<!--"),
        _ => true,
    }
}
