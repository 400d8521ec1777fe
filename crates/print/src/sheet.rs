//! Pages: blocks of text with their tags, and the ornaments.
//!
//! Lengths are points (1/72 inch); `y` grows downwards.

use std::num::NonZeroU16;
use std::ops::Range;

use krilla::Document;
use krilla::SerializeSettings;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{Path, PathBuilder, Point, Quadrilateral, Rect, Transform};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::{GlyphId, KrillaGlyph};
use parley::{Glyph, Run};

use crate::PrintError;
use crate::colour::{BRAND, Colour, ON_BRAND};
use crate::fonts::Fonts;
use crate::text::{Block, Ink};

/// What a block is to a screen reader.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Role {
    Heading,
    Paragraph,
}

/// A block and where its top left corner is.
pub(crate) struct Placed {
    pub(crate) block: Block,
    pub(crate) role: Role,
    pub(crate) left: f32,
    pub(crate) top: f32,
}

/// What is drawn for the eye only.
pub(crate) enum Ornament {
    /// The outline of a rectangle with round corners.
    Frame { area: Rect, radius: f32, colour: Colour, width: f32 },
    /// A line from left to right.
    Rule { left: f32, right: f32, y: f32, colour: Colour, width: f32 },
    /// The mark of the product, a square.
    Mark { left: f32, top: f32, side: f32 },
}

/// One page and what a reader of the file is told about it.
pub(crate) struct Sheet {
    /// Width and height.
    pub(crate) size: (f32, f32),
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) ornaments: Vec<Ornament>,
    /// In the order in which they are read.
    pub(crate) blocks: Vec<Placed>,
    /// Where the link of a block leads.
    pub(crate) link: String,
}

impl Sheet {
    /// The file, written by the rules of PDF/UA-1.
    pub(crate) fn write(&self) -> Result<Vec<u8>, PrintError> {
        let mut document = begin()?;
        let (width, height) = self.size;
        let size = PageSettings::from_wh(width, height).ok_or_else(|| PrintError::Pdf("no such page size".into()))?;

        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        for ornament in &self.ornaments {
            draw_ornament(&mut surface, ornament);
        }
        surface.end_tagged();
        let mut drawn = Vec::new();
        for placed in &self.blocks {
            drawn.push(draw_block(&mut surface, &placed.block, (placed.left, placed.top), 0..usize::MAX, Voice::Read)?);
        }
        surface.finish();

        let mut tags = TagTree::new();
        let mut outline = Outline::new();
        for (placed, drawn) in self.blocks.iter().zip(drawn) {
            let text = &placed.block.text.real;
            let mut group = match placed.role {
                Role::Heading => {
                    let top = XyzDestination::new(0, Point::from_xy(placed.left, placed.top));
                    outline.push_child(OutlineNode::new(text.clone(), top));
                    TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(text.clone())))
                }
                // A link inside would vanish behind the text.
                Role::Paragraph if placed.block.reads_otherwise() && drawn.link_areas.is_empty() => {
                    TagGroup::new(Tag::P.with_actual_text(Some(text.clone())))
                }
                Role::Paragraph => TagGroup::new(Tag::P),
            };
            for leaf in drawn.leaves {
                group.push(leaf);
            }
            if !drawn.link_areas.is_empty() {
                let mut link = TagGroup::new(Tag::Link);
                for leaf in drawn.link_leaves {
                    link.push(leaf);
                }
                let target = Target::Action(Action::Link(LinkAction::new(self.link.clone())));
                let annotation = LinkAnnotation::new_with_quad_points(drawn.link_areas, target);
                link.push(page.add_tagged_annotation(Annotation::new_link(annotation, Some(text.clone()))));
                group.push(link);
            }
            tags.push(group);
        }
        page.finish();

        end(document, tags, outline, self.title.clone(), self.author.clone())
    }
}

/// A file without pages that will be written by the rules of PDF/UA-1.
pub(crate) fn begin() -> Result<Document, PrintError> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|error| PrintError::Pdf(format!("{error:?}")))?;
    Ok(Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() }))
}

/// The bytes of a file whose pages are all there.
pub(crate) fn end(
    mut document: Document,
    tags: TagTree,
    outline: Outline,
    title: String,
    author: String,
) -> Result<Vec<u8>, PrintError> {
    document.set_tag_tree(tags);
    document.set_outline(outline);
    // No date: the same words give the same bytes.
    let metadata = Metadata::new().title(title).authors(vec![author]);
    document.set_metadata(metadata.creator("Bedside".into()).language("en".into()));
    document.finish().map_err(|error| PrintError::Pdf(tell(&error)))
}

/// The library's own message only counts the broken rules.
fn tell(error: &KrillaError) -> String {
    match error {
        KrillaError::Validation(errors) => {
            errors.iter().map(|(error, _)| format!("{error:?}")).collect::<Vec<_>>().join("; ")
        }
        _ => error.to_string(),
    }
}

/// The parts of a block in the PDF.
#[derive(Default)]
pub(crate) struct Drawn {
    pub(crate) leaves: Vec<Identifier>,
    link_leaves: Vec<Identifier>,
    /// One for each line of the link.
    link_areas: Vec<Quadrilateral>,
}

/// Glyphs of one font and ink beside each other.
struct Stretch {
    ink: Ink,
    start: f32,
    glyphs: Vec<KrillaGlyph>,
}

/// Who hears of a text.
#[derive(Clone, Copy)]
pub(crate) enum Voice {
    /// A screen reader, too: what is drawn is a part of the document.
    Read,
    /// Nobody: what is drawn was read before, or counts pages.
    Silent(ArtifactType),
}

/// Draws the lines of a block that are in `lines`, the first of them with its top left corner at `corner`.
pub(crate) fn draw_block(
    surface: &mut Surface<'_>,
    block: &Block,
    corner: (f32, f32),
    lines: Range<usize>,
    voice: Voice,
) -> Result<Drawn, PrintError> {
    let fonts = Fonts::get()?;
    let Block { text, layout, .. } = block;
    let mut drawn = Drawn::default();
    let above = layout.get(lines.start).map_or(0.0, |line| line.metrics().block_min_coord);
    let (left, top) = (corner.0, corner.1 - above);
    for line in layout.lines().skip(lines.start).take(lines.len()) {
        let metrics = line.metrics();
        let baseline = top + metrics.baseline;
        let mut x = left + metrics.offset;
        for run in line.runs() {
            let font = fonts.pdf(run.font()).ok_or(PrintError::Font)?;
            let size = run.font_size();
            let mut stretches: Vec<Stretch> = Vec::new();
            for cluster in clusters(&run) {
                let ink = layout.styles()[usize::from(cluster.style)].brush;
                if stretches.last().is_none_or(|stretch| stretch.ink != ink) {
                    stretches.push(Stretch { ink, start: x, glyphs: Vec::new() });
                }
                let Some(stretch) = stretches.last_mut() else { continue };
                let ranges = text.ranges(cluster.range, cluster.glyphs.len(), run.is_rtl());
                for (glyph, text_range) in cluster.glyphs.iter().zip(ranges) {
                    stretch.glyphs.push(KrillaGlyph {
                        glyph_id: GlyphId::new(glyph.id),
                        text_range,
                        x_advance: glyph.advance / size,
                        x_offset: glyph.x / size,
                        // The layout's goes down, the PDF's up.
                        y_offset: -glyph.y / size,
                        y_advance: 0.0,
                        location: None,
                    });
                    x += glyph.advance;
                }
            }
            for (index, stretch) in stretches.iter().enumerate() {
                let end = stretches.get(index + 1).map_or(x, |next| next.start);
                let leaf = surface.start_tagged(match voice {
                    Voice::Read => ContentTag::Span(SpanTag::empty()),
                    Voice::Silent(kind) => ContentTag::Artifact(Artifact::with_kind(kind)),
                });
                surface.set_fill(Some(stretch.ink.colour.fill()));
                let start = Point::from_xy(stretch.start, baseline);
                surface.draw_glyphs(start, &stretch.glyphs, font.clone(), &text.real, size, false);
                surface.end_tagged();
                if stretch.ink.link {
                    drawn.link_leaves.push(leaf);
                    let (top, bottom) = (top + metrics.block_min_coord, top + metrics.block_max_coord);
                    drawn.link_areas.extend(Rect::from_ltrb(stretch.start, top, end, bottom).map(Quadrilateral::from));
                    underline(surface, stretch, end, baseline + size * 0.14, size);
                } else {
                    drawn.leaves.push(leaf);
                }
            }
        }
    }
    Ok(drawn)
}

/// What can't be divided: characters and the glyphs that stand for them.
struct Cluster {
    range: Range<usize>,
    style: u16,
    glyphs: Vec<Glyph>,
}

/// The clusters of a run from left to right. The layout gives a ligature's glyphs with its first cluster and none with
/// the others; here it is one.
fn clusters(run: &Run<'_, Ink>) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for cluster in run.clusters() {
        match clusters.last_mut() {
            Some(last) if cluster.is_ligature_continuation() => last.range.end = cluster.text_range().end,
            _ => clusters.push(Cluster {
                range: cluster.text_range(),
                style: cluster.style_index(),
                glyphs: cluster.glyphs().collect(),
            }),
        }
    }
    if run.is_rtl() {
        clusters.reverse();
    }
    clusters
}

fn underline(surface: &mut Surface<'_>, stretch: &Stretch, right: f32, y: f32, size: f32) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    let rule = Ornament::Rule { left: stretch.start, right, y, colour: stretch.ink.colour, width: size / 18.0 };
    draw_ornament(surface, &rule);
    surface.end_tagged();
}

pub(crate) fn draw_ornament(surface: &mut Surface<'_>, ornament: &Ornament) {
    match *ornament {
        Ornament::Frame { area, radius, colour, width } => {
            stroke(surface, round_rectangle(area, radius), colour, width);
        }
        Ornament::Rule { left, right, y, colour, width } => {
            let mut line = PathBuilder::new();
            line.move_to(left, y);
            line.line_to(right, y);
            stroke(surface, line.finish(), colour, width);
        }
        Ornament::Mark { left, top, side } => {
            // The numbers of the site's icon, which is a square of 32.
            let scale = side / 32.0;
            surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, left, top));
            let area = Rect::from_xywh(0.0, 0.0, 32.0, 32.0);
            if let Some(square) = area.and_then(|area| round_rectangle(area, 7.0)) {
                surface.set_stroke(None);
                surface.set_fill(Some(BRAND.fill()));
                surface.draw_path(&square);
            }
            stroke(surface, bed(), ON_BRAND, 2.5);
            surface.pop();
        }
    }
}

fn stroke(surface: &mut Surface<'_>, path: Option<Path>, colour: Colour, width: f32) {
    if let Some(path) = path {
        surface.set_fill(None);
        surface.set_stroke(Some(colour.stroke(width)));
        surface.draw_path(&path);
        surface.set_stroke(None);
    }
}

/// How far the handles of a curve are from its ends when it stands for a quarter of a circle.
const QUARTER: f32 = 0.552_284_8;

fn round_rectangle(area: Rect, radius: f32) -> Option<Path> {
    let (left, top, right, bottom) = (area.left(), area.top(), area.right(), area.bottom());
    let inset = radius * (1.0 - QUARTER);
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.cubic_to(right - inset, top, right, top + inset, right, top + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - inset, right - inset, bottom, right - radius, bottom);
    path.line_to(left + radius, bottom);
    path.cubic_to(left + inset, bottom, left, bottom - inset, left, bottom - radius);
    path.line_to(left, top + radius);
    path.cubic_to(left, top + inset, left + inset, top, left + radius, top);
    path.close();
    path.finish()
}

/// The lines of the mark.
fn bed() -> Option<Path> {
    let handle = 4.0 * QUARTER;
    let mut path = PathBuilder::new();
    path.move_to(8.0, 9.0);
    path.line_to(8.0, 23.0);
    path.move_to(8.0, 19.0);
    path.line_to(24.0, 19.0);
    path.line_to(24.0, 23.0);
    path.move_to(24.0, 19.0);
    path.line_to(24.0, 17.0);
    path.cubic_to(24.0, 17.0 - handle, 20.0 + handle, 13.0, 20.0, 13.0);
    path.line_to(14.0, 13.0);
    path.line_to(14.0, 19.0);
    path.finish()
}
