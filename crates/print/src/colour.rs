//! The colours of the product's light theme, by the names they have there.

use krilla::color::rgb::Color;
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, LineCap, LineJoin, Stroke};

/// A colour of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Colour(u8, u8, u8);

pub(crate) const BRAND: Colour = Colour(0x0d, 0x5c, 0x55);
pub(crate) const INK: Colour = Colour(0x22, 0x26, 0x1f);
pub(crate) const INK_SOFT: Colour = Colour(0x55, 0x5a, 0x50);
pub(crate) const LINE: Colour = Colour(0xdc, 0xd5, 0xc7);
pub(crate) const LINK: Colour = Colour(0x0b, 0x5a, 0x72);
pub(crate) const ON_BRAND: Colour = Colour(0xff, 0xff, 0xff);

impl Colour {
    pub(crate) fn fill(self) -> Fill {
        Fill { paint: self.paint(), opacity: NormalizedF32::ONE, ..Fill::default() }
    }

    /// A line with round ends and corners; `width` in points.
    pub(crate) fn stroke(self, width: f32) -> Stroke {
        Stroke { paint: self.paint(), width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() }
    }

    fn paint(self) -> krilla::paint::Paint {
        Color::new(self.0, self.1, self.2).into()
    }
}
