//! The fonts in the program.
//!
//! Noto Sans writes Latin with every diacritic, Greek and Cyrillic. DejaVu Sans stands in for what Noto Sans lacks:
//! Arabic, Hebrew, Armenian, Georgian, Lao, N'Ko, Tifinagh and symbols; it has no bold here, to save 700 kB.

use std::sync::{Arc, LazyLock};

use krilla::text::Font;
use parley::FontContext;
use parley::fontique::{Blob, Collection, CollectionOptions, FamilyId, FontInfoOverride, SourceCache};
use parley::style::FontFamilyName;

use crate::PrintError;

const MAIN: &str = "Main";
const SECOND: &str = "Second";

/// The families to take a glyph from, the first that has it.
pub(crate) const FAMILIES: &[FontFamilyName<'static>] = &[
    FontFamilyName::Named(std::borrow::Cow::Borrowed(MAIN)),
    FontFamilyName::Named(std::borrow::Cow::Borrowed(SECOND)),
];

/// The fonts as the layout and as the PDF know them.
pub(crate) struct Fonts {
    layout: FontContext,
    /// By the layout's number of the font's data.
    pdf: Vec<(u64, Font)>,
}

impl Fonts {
    /// The fonts, read once for the life of the program.
    pub(crate) fn get() -> Result<&'static Self, PrintError> {
        static FONTS: LazyLock<Option<Fonts>> = LazyLock::new(Fonts::read);
        FONTS.as_ref().ok_or(PrintError::Font)
    }

    fn read() -> Option<Self> {
        // Those of the system would make the file depend on the machine.
        let collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let mut fonts =
            Self { layout: FontContext { collection, source_cache: SourceCache::default() }, pdf: Vec::new() };
        fonts.add(MAIN, notosans::REGULAR_TTF)?;
        fonts.add(MAIN, notosans::BOLD_TTF)?;
        fonts.add(SECOND, dejavu::sans::regular())?;
        Some(fonts)
    }

    fn add(&mut self, family: &str, bytes: &'static [u8]) -> Option<FamilyId> {
        let blob = Blob::new(Arc::new(bytes));
        self.pdf.push((blob.id(), Font::new(bytes.into(), 0)?));
        let named = FontInfoOverride { family_name: Some(family), ..FontInfoOverride::default() };
        let added = self.layout.collection.register_fonts(blob, Some(named));
        added.first().map(|(id, _)| *id)
    }

    /// What a layout is made with.
    pub(crate) fn layout(&self) -> FontContext {
        self.layout.clone()
    }

    /// The font of a run for the PDF.
    pub(crate) fn pdf(&self, of: &parley::FontData) -> Option<Font> {
        self.pdf.iter().find(|(id, _)| *id == of.data.id()).map(|(_, font)| font.clone())
    }
}
