//! Text that is cleaned, shaped, wrapped and made to fit.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use parley::style::{FontFamily, FontWeight, LineHeight, OverflowWrap, StyleProperty};
use parley::{Alignment, AlignmentOptions, FontContext, Layout, LayoutContext};
use unicode_normalization::UnicodeNormalization;

use crate::PrintError;
use crate::colour::{Colour, LINK};
use crate::fonts::{FAMILIES, Fonts};

/// The characters of a text that no font in the program has, in their order, each once. They print as `�`; the file
/// still carries the real text for copying and for screen readers.
///
/// # Errors
///
/// [`PrintError::Font`].
pub fn characters_without_glyph(text: &str) -> Result<Vec<char>, PrintError> {
    let text = Typesetter::new(Fonts::get()?).text(text);
    let mut missing = Vec::new();
    for character in text.swaps.iter().flat_map(|swap| text.real[swap.real.clone()].chars()) {
        if !missing.contains(&character) {
            missing.push(character);
        }
    }
    Ok(missing)
}

/// A text and how it is shown.
pub(crate) struct Text {
    /// As it is copied and read aloud.
    pub(crate) real: String,
    /// The same with `�` for what no font has.
    shown: String,
    swaps: Vec<Swap>,
    /// Which part of `shown` is a link.
    link: Option<Range<usize>>,
}

/// A part of a text that is shown as `�`, by bytes.
struct Swap {
    shown: Range<usize>,
    real: Range<usize>,
}

impl Text {
    /// `hidden`: what is shown as `�`, in order and apart from each other.
    fn new(real: String, hidden: &[Range<usize>]) -> Self {
        let mut shown = String::with_capacity(real.len());
        let mut swaps = Vec::new();
        let mut done = 0;
        for range in hidden {
            shown.push_str(&real[done..range.start]);
            let start = shown.len();
            shown.push(char::REPLACEMENT_CHARACTER);
            swaps.push(Swap { shown: start..shown.len(), real: range.clone() });
            done = range.end;
        }
        shown.push_str(&real[done..]);
        Self { real, shown, swaps, link: None }
    }

    /// Which part of the real text each glyph of a cluster stands for; `shown` is the cluster's part of the shown text.
    ///
    /// A letter and its marks are told apart where that is plain, since some readers of PDF read a cluster twice.
    pub(crate) fn ranges(&self, shown: Range<usize>, glyphs: usize, right_to_left: bool) -> Vec<Range<usize>> {
        let real = self.real(shown);
        let characters = self.real[real.clone()].char_indices();
        let each: Vec<_> =
            characters.map(|(at, character)| real.start + at..real.start + at + character.len_utf8()).collect();
        if each.len() == glyphs && !right_to_left { each } else { vec![real; glyphs] }
    }

    /// Which part of the real text stands behind a part of the shown one.
    fn real(&self, shown: Range<usize>) -> Range<usize> {
        let real = |at: usize| match self.swaps.iter().rev().find(|swap| swap.shown.end <= at) {
            Some(swap) => at - swap.shown.end + swap.real.end,
            None => at,
        };
        real(shown.start)..real(shown.end)
    }
}

/// How a text looks and how much room it may take.
pub(crate) struct Style {
    /// Sizes in points; the largest that fits is taken.
    pub(crate) sizes: RangeInclusive<u8>,
    pub(crate) bold: bool,
    pub(crate) colour: Colour,
    /// In points.
    pub(crate) max_height: f32,
}

/// The distance of two baselines in sizes of the font: marks above and below must not touch.
const LINE_HEIGHT: f32 = 1.3;

/// What a stretch of glyphs is drawn with.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ink {
    pub(crate) colour: Colour,
    pub(crate) link: bool,
}

/// How a text looks that may have as many lines as it needs.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    /// In points.
    pub(crate) size: f32,
    pub(crate) bold: bool,
    pub(crate) colour: Colour,
    pub(crate) align: Alignment,
}

impl Look {
    /// From one line to the next, in points.
    pub(crate) fn line_height(self) -> f32 {
        self.size * LINE_HEIGHT
    }
}

/// A text with its lines.
pub(crate) struct Block {
    pub(crate) text: Text,
    pub(crate) layout: Layout<Ink>,
    /// In points.
    pub(crate) width: f32,
}

impl Block {
    /// In points.
    pub(crate) fn height(&self) -> f32 {
        self.layout.height()
    }

    /// Whether what is drawn, from left to right, is not the text as it is read.
    pub(crate) fn reads_otherwise(&self) -> bool {
        !self.text.swaps.is_empty() || self.layout.lines().flat_map(|line| line.runs()).any(|run| run.is_rtl())
    }
}

/// Makes texts into blocks.
pub(crate) struct Typesetter {
    fonts: FontContext,
    scratch: LayoutContext<Ink>,
}

impl Typesetter {
    pub(crate) fn new(fonts: &Fonts) -> Self {
        Self { fonts: fonts.layout(), scratch: LayoutContext::new() }
    }

    /// A text on its own.
    pub(crate) fn text(&mut self, text: &str) -> Text {
        let mut text = Text::new(clean(text), &[]);
        if text.real.is_ascii() {
            return text;
        }
        let mut hidden: Vec<Range<usize>> = Vec::new();
        // Which font a mark is taken from depends on what is around it, so that one `�` can bring another.
        loop {
            let layout = self.layout(&text.shown, None, 10.0, false, Colour::default(), OverflowWrap::Normal);
            let before = hidden.clone();
            hidden.extend(missing(&layout).into_iter().map(|range| text.real(range)));
            hidden = united(hidden);
            if hidden == before {
                return text;
            }
            text = Text::new(text.real, &hidden);
        }
    }

    /// An address as a link after some words of our own.
    pub(crate) fn link(&mut self, words: &str, address: &str) -> Text {
        let mut text = self.text(&format!("{words} {address}"));
        // Our own words have all their glyphs, so that they are as long in both texts; unless the address begins with a
        // mark that sits on the space, and then it is none.
        let start = words.len() + 1;
        text.link = text.shown.get(start..).filter(|address| !address.is_empty()).map(|_| start..text.shown.len());
        text
    }

    /// The text in the largest size at which it fits in `width` (points) and the style's height, or `None`.
    pub(crate) fn fit(&mut self, text: Text, style: &Style, width: f32) -> Option<Block> {
        let whole_words = style.sizes.clone().rev().map(|size| (size, OverflowWrap::Normal));
        // Better a small word than a broken one, better a broken one than none.
        let broken_words = style.sizes.clone().rev().map(|size| (size, OverflowWrap::Anywhere));
        for (size, wrap) in whole_words.chain(broken_words) {
            let (link, size) = (text.link.clone(), f32::from(size));
            let mut layout = self.layout(&text.shown, link, size, style.bold, style.colour, wrap);
            layout.break_all_lines(Some(width));
            if layout.height() <= style.max_height && layout.width() <= width {
                // Narrower lines would break more words.
                let width = if wrap == OverflowWrap::Normal { balance(&mut layout, width) } else { width };
                layout.align(Alignment::Center, AlignmentOptions::default());
                return Some(Block { text, layout, width });
            }
        }
        None
    }

    /// The text in as many lines of this width (points) as it needs. A word that is longer than a line is broken.
    pub(crate) fn wrap(&mut self, text: &str, look: Look, width: f32) -> Block {
        let text = self.text(text);
        let mut layout = self.layout(&text.shown, None, look.size, look.bold, look.colour, OverflowWrap::Anywhere);
        layout.break_all_lines(Some(width));
        layout.align(look.align, AlignmentOptions::default());
        Block { text, layout, width }
    }

    /// How wide the widest word of a text is, in points.
    pub(crate) fn widest_word(&mut self, text: &str, look: Look) -> f32 {
        let text = self.text(text);
        let layout = self.layout(&text.shown, None, look.size, look.bold, look.colour, OverflowWrap::Normal);
        layout.calculate_content_widths().min
    }

    /// A text that is shaped but has no lines yet.
    fn layout(
        &mut self,
        text: &str,
        link: Option<Range<usize>>,
        size: f32,
        bold: bool,
        colour: Colour,
        wrap: OverflowWrap,
    ) -> Layout<Ink> {
        let mut builder = self.scratch.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Borrowed(FAMILIES))));
        builder.push_default(StyleProperty::FontSize(size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(LINE_HEIGHT)));
        builder.push_default(StyleProperty::FontWeight(if bold { FontWeight::BOLD } else { FontWeight::NORMAL }));
        builder.push_default(StyleProperty::OverflowWrap(wrap));
        builder.push_default(StyleProperty::Brush(Ink { colour, link: false }));
        if let Some(range) = link {
            builder.push(StyleProperty::Brush(Ink { colour: LINK, link: true }), range);
        }
        let mut layout = builder.build(text);
        layout.break_all_lines(None);
        layout
    }
}

/// One line of characters that can be printed: every white space one space, letters and marks composed (NFC), no
/// control characters. Marks that turn the direction of the text around are left out, since they could show a name as
/// another one.
pub(crate) fn clean(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.nfc().filter(|&character| is_printed(character)));
    let words: Vec<String> = words.map(String::from_iter).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn is_printed(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// The same ranges in order, those that overlap as one.
fn united(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut united: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match united.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => united.push(range),
        }
    }
    united
}

/// The clusters of characters of which a glyph is missing in every font.
fn missing(layout: &Layout<Ink>) -> Vec<Range<usize>> {
    let runs = layout.lines().flat_map(|line| line.runs());
    let clusters = runs.flat_map(|run| run.clusters());
    clusters.filter(|cluster| cluster.glyphs().any(|glyph| glyph.id == 0)).map(|cluster| cluster.text_range()).collect()
}

/// Gives lines of about the same length, and no more of them than before: a last line of one word looks lost. Returns
/// the width they have now.
fn balance(layout: &mut Layout<Ink>, width: f32) -> f32 {
    let lines = layout.len();
    let (mut narrow, mut wide) = (width / lines.max(1) as f32 / 2.0, width);
    while wide - narrow > 1.0 {
        let middle = (narrow + wide) / 2.0;
        layout.break_all_lines(Some(middle));
        if layout.len() > lines || layout.width() > middle {
            narrow = middle;
        } else {
            wide = middle;
        }
    }
    layout.break_all_lines(Some(wide));
    wide
}
