//! Headings, paragraphs and tables over as many pages as they need.

use std::collections::HashMap;
use std::num::NonZeroU16;
use std::ops::Range;
use std::rc::Rc;

use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use parley::Alignment;

use crate::PrintError;
use crate::colour::{BRAND, Colour, INK, INK_SOFT, LINE};
use crate::flow::{self, Piece, Strip};
use crate::fonts::Fonts;
use crate::sheet::{self, Ornament, Voice, draw_block, draw_ornament};
use crate::text::{Block, Look, Typesetter, clean};

/// The most rows of all tables together: as many pages as one person can carry.
pub const ROWS: usize = 10_000;

/// The most cells of all tables together. Each is known to screen readers by itself, so that a file of this many takes 30 MB and
/// five times as much memory while it is made.
pub const CELLS: usize = 150_000;

/// The most rows of a table with so many columns, if there is no other table.
pub fn most_rows(columns: usize) -> usize {
    CELLS.checked_div(columns).unwrap_or(ROWS).min(ROWS)
}

/// What stands in the file; words as they are printed.
///
/// White space in a row, line breaks among it, prints as one space; a character that no font has prints as `�`
/// (see [`crate::characters_without_glyph`]).
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Whose it is.
    pub organisation: String,
    /// What it shows.
    pub title: String,
    /// From the top to the end.
    pub parts: Vec<Part>,
}

/// A part of a listing.
#[derive(Clone, Debug)]
pub enum Part {
    /// What is under it, up to the next one.
    Heading(String),
    /// Words.
    Paragraph(String),
    /// Names and what belongs to them, a line each.
    Lines(Vec<(String, String)>),
    /// Rows under a header.
    Table(Table),
}

/// A table. On every page that it goes on to its header is shown again. One with more columns than the paper is wide is printed in
/// several parts, each with the first column.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What a screen reader says of it before it reads it.
    pub summary: String,
    /// The columns. The first one names its row.
    pub columns: Vec<Column>,
    /// The rows, a text for each column; what is missing is empty.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// About how many characters its cells are long: a hint, nothing is cut.
    pub width: u16,
    /// Where its words stand.
    pub align: Align,
}

/// Where the words of a cell stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Where reading begins.
    Start,
    /// At the right, as numbers do.
    Right,
}

/// Between the edge of the paper and what stands on it.
const MARGIN: f32 = 42.0;
/// A4: the short side and the long one.
const SIDES: (f32, f32) = (595.276, 841.89);
/// The baseline of a page's last line above the lower edge is about here.
const FOOT: f32 = 30.0;
/// Between two columns.
const GUTTER: f32 = 9.0;
/// Of a paragraph: longer lines are hard to read.
const MEASURE: f32 = 480.0;
/// Of the names in [`Part::Lines`].
const NAMES: f32 = 132.0;
/// How wide a character is about, in sizes of the font.
const CHARACTER: f32 = 0.56;
/// Texts of a few characters come again and again, and are laid out once.
const KEPT: usize = 4_000;
const KEPT_BYTES: usize = 48;

const TITLE: Look = look(18.0, true, BRAND);
const SOFT: Look = look(9.5, false, INK_SOFT);
const HEADING: Look = look(12.5, true, BRAND);
const PARAGRAPH: Look = look(9.5, false, INK);
const NAME: Look = look(9.5, true, INK);
const SMALL: Look = look(7.5, false, INK_SOFT);

const fn look(size: f32, bold: bool, colour: Colour) -> Look {
    Look { size, bold, colour, align: Alignment::Start }
}

/// A listing as a PDF file: pages A4, upright or, if a table wants it, across; tagged, with its title and its language (English) set.
///
/// # Errors
///
/// [`PrintError::TooManyRows`] for more than [`ROWS`] rows or [`CELLS`] cells. [`PrintError::Pdf`] if the file would break the rules of PDF/UA-1.
///
/// ```
/// # fn main() -> Result<(), print::PrintError> {
/// use print::listing::{Align, Column, Listing, Part, Table};
///
/// let column = |name: &str, width| Column { name: name.to_owned(), width, align: Align::Start };
/// let file = print::listing(&Listing {
///     organisation: "Riverside Community Clinics".to_owned(),
///     title: "Actions".to_owned(),
///     parts: vec![
///         Part::Paragraph("As of 3 May 2027".to_owned()),
///         Part::Table(Table {
///             summary: "What must be done, the most urgent first".to_owned(),
///             columns: vec![column("Person", 24), column("Due", 11)],
///             rows: vec![vec!["Ada Kovács".to_owned(), "1 May 2027".to_owned()]],
///         }),
///     ],
/// })?;
/// assert!(file.starts_with(b"%PDF-1.7"));
/// # Ok(())
/// # }
/// ```
pub fn listing(words: &Listing) -> Result<Vec<u8>, PrintError> {
    let mut all = (0, 0);
    for part in &words.parts {
        if let Part::Table(table) = part {
            all = (all.0 + table.rows.len(), all.1 + table.rows.len() * table.columns.len());
        }
    }
    if all.0 > ROWS || all.1 > CELLS {
        return Err(PrintError::TooManyRows);
    }
    let mut setter = Setter::new(Typesetter::new(Fonts::get()?));
    let size = setter.paper(words);
    let (items, grids) = items(words, &mut setter, size.0 - 2.0 * MARGIN);
    let strips = strips(&items, &grids, &mut setter);
    let pages = flow::pages(&strips, MARGIN, size.1 - MARGIN - FOOT / 2.0);
    Drawing { words, items, grids, strips, setter, size, tags: TagTree::new(), table: None, open: Vec::new() }
        .write(&pages)
}

/// What a strip of the listing is.
#[derive(Clone, Copy)]
enum Item<'a> {
    Title(&'a str),
    Heading(&'a str),
    Paragraph(&'a str, Look),
    /// A name and what belongs to it; whether it is the first of its list.
    Line(&'a (String, String), bool),
    /// Which columns of a wide table follow.
    Columns(usize),
    Header(usize),
    /// A row, and the number of its grid and its header's strip.
    Row(&'a [String], usize, usize),
}

/// Columns of a table that stand side by side.
struct Grid<'a> {
    table: &'a Table,
    /// Which of the table's.
    columns: Vec<usize>,
    /// Left edge and width of each.
    places: Vec<(f32, f32)>,
    size: f32,
    /// Which columns these are, where not all fit.
    told: String,
}

impl Grid<'_> {
    fn look(&self, place: usize, header: bool) -> Look {
        let align = match self.table.columns[self.columns[place]].align {
            Align::Start => Alignment::Start,
            Align::Right => Alignment::Right,
        };
        let colour = if header { BRAND } else { INK };
        Look { size: self.size, bold: header, colour, align }
    }
}

/// The strips in their order, and the grids that those of tables name.
fn items<'a>(words: &'a Listing, setter: &mut Setter, width: f32) -> (Vec<Item<'a>>, Vec<Grid<'a>>) {
    let mut items = vec![Item::Title(title(words))];
    let mut grids = Vec::new();
    items.push(Item::Paragraph(&words.organisation, SOFT));
    for part in &words.parts {
        match part {
            // A reader of the file lists headings, and one without words would be a hole in it.
            Part::Heading(text) if clean(text).is_empty() => {}
            Part::Heading(text) => items.push(Item::Heading(text)),
            Part::Paragraph(text) => items.push(Item::Paragraph(text, PARAGRAPH)),
            Part::Lines(lines) => items.extend(lines.iter().enumerate().map(|(at, line)| Item::Line(line, at == 0))),
            Part::Table(table) => {
                for grid in setter.grids(table, width) {
                    let number = grids.len();
                    if !grid.told.is_empty() {
                        items.push(Item::Columns(number));
                    }
                    let header = items.len();
                    items.push(Item::Header(number));
                    items.extend(table.rows.iter().map(|row| Item::Row(row, number, header)));
                    grids.push(grid);
                }
            }
        }
    }
    (items, grids)
}

/// A file must have one.
fn title(words: &Listing) -> &str {
    if clean(&words.title).is_empty() { "Untitled" } else { &words.title }
}

fn strips(items: &[Item<'_>], grids: &[Grid<'_>], setter: &mut Setter) -> Vec<Strip> {
    let strip = |item: &Item<'_>| {
        let lines = setter.cells(*item, grids).iter().map(|(_, block)| block.layout.len()).max().unwrap_or_default();
        // Even a row without words is one.
        let (gap, padding, look, lines) = match item {
            Item::Title(_) => (0.0, 0.0, TITLE, lines),
            Item::Heading(_) => (16.0, 1.0, HEADING, lines),
            Item::Paragraph(text, look) => (4.0, 0.0, *look, if clean(text).is_empty() { 0 } else { lines }),
            Item::Line(_, first) => (if *first { 6.0 } else { 0.0 }, 1.0, PARAGRAPH, lines.max(1)),
            Item::Columns(_) => (12.0, 0.0, SOFT, lines),
            Item::Header(grid) => (8.0, 3.0, grids[*grid].look(0, true), lines.max(1)),
            Item::Row(_, grid, _) => (0.0, 2.5, grids[*grid].look(0, false), lines.max(1)),
        };
        let joined = matches!(item, Item::Title(_) | Item::Heading(_) | Item::Columns(_) | Item::Header(_));
        let head = if let Item::Row(_, _, header) = item { Some(*header) } else { None };
        Strip { gap, padding, line: look.line_height(), lines, joined, head }
    };
    items.iter().map(strip).collect()
}

/// Lays texts out, those that come again only once.
struct Setter {
    set: Typesetter,
    /// By how they look and how wide they may be.
    kept: HashMap<[u32; 4], HashMap<String, Rc<Block>>>,
    count: usize,
}

impl Setter {
    fn new(set: Typesetter) -> Self {
        Self { set, kept: HashMap::new(), count: 0 }
    }

    fn block(&mut self, text: &str, look: Look, width: f32) -> Rc<Block> {
        let key = [
            look.size.to_bits(),
            width.to_bits(),
            u32::from(look.bold),
            u32::from(look.align == Alignment::Right) + 2 * u32::from(look.colour == INK),
        ];
        let kept = self.kept.entry(key).or_default();
        if let Some(block) = kept.get(text) {
            return Rc::clone(block);
        }
        let block = Rc::new(self.set.wrap(text, look, width));
        if text.len() <= KEPT_BYTES && self.count < KEPT {
            self.count += 1;
            kept.insert(text.to_owned(), Rc::clone(&block));
        }
        block
    }

    /// The blocks of a strip and their left edges.
    fn cells(&mut self, item: Item<'_>, grids: &[Grid<'_>]) -> Vec<(f32, Rc<Block>)> {
        match item {
            Item::Title(text) => vec![(MARGIN, self.block(text, TITLE, MEASURE))],
            Item::Heading(text) => vec![(MARGIN, self.block(text, HEADING, MEASURE))],
            Item::Paragraph(text, look) => vec![(MARGIN, self.block(text, look, MEASURE))],
            Item::Columns(grid) => vec![(MARGIN, self.block(&grids[grid].told, SOFT, MEASURE))],
            Item::Line((name, words), _) => {
                let left = NAMES + GUTTER;
                vec![
                    (MARGIN, self.block(name, NAME, NAMES)),
                    (MARGIN + left, self.block(words, PARAGRAPH, MEASURE - left)),
                ]
            }
            Item::Header(grid) => {
                let grid = &grids[grid];
                self.row(grid, true, |column| &grid.table.columns[column].name)
            }
            Item::Row(row, grid, _) => {
                self.row(&grids[grid], false, |column| row.get(column).map_or("", String::as_str))
            }
        }
    }

    fn row<'t>(&mut self, grid: &Grid<'_>, header: bool, text: impl Fn(usize) -> &'t str) -> Vec<(f32, Rc<Block>)> {
        let places = grid.places.iter().enumerate();
        let cell = |(at, &(left, width)): (usize, &(f32, f32))| {
            (left, self.block(text(grid.columns[at]), grid.look(at, header), width))
        };
        places.map(cell).collect()
    }

    /// Width and height of the pages: across, if a table does not fit otherwise.
    fn paper(&mut self, words: &Listing) -> (f32, f32) {
        let upright = SIDES.0 - 2.0 * MARGIN;
        let mut wide = false;
        for part in &words.parts {
            if let Part::Table(table) = part {
                let wishes = table.columns.iter().map(|column| self.wish(column, SIZES[0], upright).1 + GUTTER);
                wide |= wishes.sum::<f32>() - GUTTER > upright;
            }
        }
        if wide { (SIDES.1, SIDES.0) } else { SIDES }
    }

    /// How narrow a column can be, and how wide it would be.
    fn wish(&mut self, column: &Column, size: f32, width: f32) -> (f32, f32) {
        let header = self.set.widest_word(&column.name, look(size, true, INK)) + 0.5;
        let least = header.max(4.0 * CHARACTER * size).min(width / 3.0);
        let wish = f32::from(column.width) * CHARACTER * size;
        (least, wish.clamp(least, (width * 0.6).max(least)))
    }

    /// The columns of a table in as many grids as the paper wants.
    fn grids<'a>(&mut self, table: &'a Table, width: f32) -> Vec<Grid<'a>> {
        if table.columns.is_empty() {
            return Vec::new();
        }
        let sum = |wishes: &[(f32, f32)], part: fn(&(f32, f32)) -> f32| {
            wishes.iter().map(part).sum::<f32>() + GUTTER * (wishes.len() - 1) as f32
        };
        let mut size = SIZES[0];
        let mut wishes: Vec<(f32, f32)> = Vec::new();
        for try_size in SIZES {
            size = try_size;
            wishes = table.columns.iter().map(|column| self.wish(column, size, width)).collect();
            if sum(&wishes, |wish| wish.1) <= width {
                break;
            }
        }
        // Half as wide as it would be, a column has twice the lines: narrower than that, no one reads it.
        let narrow = |wish: &(f32, f32)| wish.0.max(wish.1 * 0.5);
        let all: Vec<usize> = (0..table.columns.len()).collect();
        let bands = if sum(&wishes, narrow) <= width { vec![all] } else { bands(&wishes, narrow, width) };
        let whole = bands.len() == 1;
        let band = |columns: Vec<usize>| {
            let wishes: Vec<(f32, f32)> = columns.iter().map(|column| wishes[*column]).collect();
            let room = width - GUTTER * (columns.len() - 1) as f32;
            let (least, wish) = (wishes.iter().map(narrow).sum::<f32>(), wishes.iter().map(|wish| wish.1).sum::<f32>());
            let mut left = MARGIN;
            let place = |each: &(f32, f32)| {
                let wide = if wish <= room {
                    // Wider than needed looks lost.
                    each.1 * (room / wish).min(1.4)
                } else {
                    narrow(each) + (each.1 - narrow(each)) * ((room - least) / (wish - least)).clamp(0.0, 1.0)
                };
                let place = (left, wide);
                left += wide + GUTTER;
                place
            };
            let places = wishes.iter().map(place).collect();
            let told = if whole { String::new() } else { told(&columns, table.columns.len()) };
            Grid { table, columns, places, size, told }
        };
        bands.into_iter().map(band).collect()
    }
}

/// Of a table's letters, the larger first.
const SIZES: [f32; 2] = [8.0, 7.0];

/// Which columns stand side by side, where not all fit: the first one, and as many more as there is room for.
fn bands(wishes: &[(f32, f32)], narrow: impl Fn(&(f32, f32)) -> f32, width: f32) -> Vec<Vec<usize>> {
    let first = narrow(&wishes[0]);
    let mut bands: Vec<Vec<usize>> = Vec::new();
    let mut taken = f32::INFINITY;
    for (column, wish) in wishes.iter().enumerate().skip(1) {
        let more = GUTTER + narrow(wish);
        match bands.last_mut() {
            Some(band) if taken + more <= width => {
                band.push(column);
                taken += more;
            }
            _ => {
                bands.push(vec![0, column]);
                taken = first + more;
            }
        }
    }
    if bands.is_empty() { vec![vec![0]] } else { bands }
}

fn told(columns: &[usize], all: usize) -> String {
    let (from, to) = (columns.get(1).map_or(1, |column| column + 1), columns.last().map_or(1, |column| column + 1));
    match (from, to) {
        (2, to) => format!("Columns 1 to {to} of {all}"),
        (from, to) if from == to => format!("Columns 1 and {to} of {all}"),
        (from, to) => format!("Columns 1 and {from} to {to} of {all}"),
    }
}

/// A cell that is being drawn, maybe over several pages.
struct Open {
    block: Rc<Block>,
    leaves: Vec<Identifier>,
}

/// A table that is being drawn.
struct OpenTable {
    group: TagGroup,
    head: TagGroup,
    body: TagGroup,
}

struct Drawing<'a> {
    words: &'a Listing,
    items: Vec<Item<'a>>,
    grids: Vec<Grid<'a>>,
    strips: Vec<Strip>,
    setter: Setter,
    /// Of a page.
    size: (f32, f32),
    tags: TagTree,
    table: Option<OpenTable>,
    open: Vec<Open>,
}

impl Drawing<'_> {
    fn write(mut self, pages: &[Vec<Piece>]) -> Result<Vec<u8>, PrintError> {
        let mut document = sheet::begin()?;
        let mut outline = Outline::new();
        for (number, pieces) in pages.iter().enumerate() {
            let size = PageSettings::from_wh(self.size.0, self.size.1);
            let mut page = document.start_page_with(size.ok_or_else(|| PrintError::Pdf("no such page size".into()))?);
            let mut surface = page.surface();
            self.ornaments(&mut surface, number, pieces);
            for piece in pieces {
                if let Item::Title(text) | Item::Heading(text) = self.items[piece.strip]
                    && piece.lines.start == 0
                {
                    let place = XyzDestination::new(number, Point::from_xy(MARGIN, piece.top));
                    outline.push_child(OutlineNode::new(clean(text), place));
                }
                self.piece(&mut surface, piece)?;
            }
            self.foot(&mut surface, number + 1, pages.len())?;
            surface.finish();
            page.finish();
        }
        self.end_table();
        let author = clean(&self.words.organisation);
        sheet::end(document, self.tags, outline, clean(title(self.words)), author)
    }

    /// The lines between rows, and the mark on the first page.
    fn ornaments(&self, surface: &mut Surface<'_>, number: usize, pieces: &[Piece]) {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        if number == 0 {
            let side = 26.0;
            draw_ornament(surface, &Ornament::Mark { left: self.size.0 - MARGIN - side, top: MARGIN - 4.0, side });
        }
        for piece in pieces {
            let (grid, colour, width) = match self.items[piece.strip] {
                Item::Header(grid) => (&self.grids[grid], BRAND, 1.0),
                Item::Row(_, grid, _) => (&self.grids[grid], LINE, 0.5),
                _ => continue,
            };
            let strip = &self.strips[piece.strip];
            let y = piece.top + 2.0 * strip.padding + strip.line * piece.lines.len() as f32;
            let right = grid.places.last().map_or(MARGIN, |(left, width)| left + width);
            draw_ornament(surface, &Ornament::Rule { left: MARGIN, right, y, colour, width });
        }
        surface.end_tagged();
    }

    fn piece(&mut self, surface: &mut Surface<'_>, piece: &Piece) -> Result<(), PrintError> {
        let item = self.items[piece.strip];
        let cells = self.setter.cells(item, &self.grids);
        let top = piece.top + self.strips[piece.strip].padding;
        let within = |block: &Block| -> Range<usize> {
            let lines = block.layout.len();
            piece.lines.start.min(lines)..piece.lines.end.min(lines)
        };
        if piece.again {
            for (left, block) in &cells {
                draw_block(surface, block, (*left, top), within(block), Voice::Silent(ArtifactType::Header))?;
            }
            return Ok(());
        }
        for (at, (left, block)) in cells.into_iter().enumerate() {
            let leaves = draw_block(surface, &block, (left, top), within(&block), Voice::Read)?.leaves;
            if piece.lines.start == 0 {
                self.open.push(Open { block, leaves });
            } else {
                self.open[at].leaves.extend(leaves);
            }
        }
        if piece.lines.end == self.strips[piece.strip].lines {
            self.tag(item);
        }
        Ok(())
    }

    /// Puts a strip that is all drawn into the order of reading.
    fn tag(&mut self, item: Item<'_>) {
        let mut open = std::mem::take(&mut self.open).into_iter();
        match item {
            Item::Title(text) | Item::Heading(text) => {
                self.end_table();
                let level =
                    if matches!(item, Item::Title(_)) { NonZeroU16::MIN } else { NonZeroU16::MIN.saturating_add(1) };
                let group = TagGroup::new(Tag::Hn(level, Some(clean(text))));
                self.tags.push(filled(group, open.flat_map(|cell| cell.leaves)));
            }
            Item::Paragraph(..) | Item::Columns(_) => {
                self.end_table();
                self.tags.children.extend(open.map(|cell| group(cell, Tag::P.into()).into()));
            }
            Item::Line(_, first) => {
                if first {
                    self.end_table();
                }
                let name = open.next().map(|cell| group(cell, Tag::TH(TableHeaderScope::Row).into()));
                let words = open.map(|cell| group(cell, Tag::TD.into()));
                let row = filled(TagGroup::new(Tag::TR), name.into_iter().chain(words));
                self.table.get_or_insert_with(|| begun(None)).body.push(row);
            }
            Item::Header(grid) => {
                self.end_table();
                let cells = open.map(|cell| group(cell, Tag::TH(TableHeaderScope::Column).into()));
                let mut table =
                    begun(Some(clean(&self.grids[grid].table.summary)).filter(|summary| !summary.is_empty()));
                table.head.push(filled(TagGroup::new(Tag::TR), cells));
                self.table = Some(table);
            }
            Item::Row(..) => {
                let name = open.next().map(|cell| group(cell, Tag::TH(TableHeaderScope::Row).into()));
                let words = open.map(|cell| group(cell, Tag::TD.into()));
                let row = filled(TagGroup::new(Tag::TR), name.into_iter().chain(words));
                self.table.get_or_insert_with(|| begun(None)).body.push(row);
            }
        }
    }

    fn end_table(&mut self) {
        if let Some(OpenTable { mut group, head, body }) = self.table.take() {
            for part in [head, body] {
                if !part.children.is_empty() {
                    group.push(part);
                }
            }
            self.tags.push(group);
        }
    }

    fn foot(&mut self, surface: &mut Surface<'_>, number: usize, pages: usize) -> Result<(), PrintError> {
        let top = self.size.1 - FOOT - SMALL.line_height() / 2.0;
        let numbers = self.setter.set.wrap(
            &format!("Page {number} of {pages}"),
            Look { align: Alignment::Right, ..SMALL },
            120.0,
        );
        draw_block(
            surface,
            &numbers,
            (self.size.0 - MARGIN - 120.0, top),
            0..1,
            Voice::Silent(ArtifactType::PageNumber),
        )?;
        let words = format!("{} · {}", title(self.words), self.words.organisation);
        let words = self.setter.set.wrap(&words, SMALL, self.size.0 - 2.0 * MARGIN - 130.0);
        draw_block(surface, &words, (MARGIN, top), 0..1, Voice::Silent(ArtifactType::Footer))?;
        Ok(())
    }
}

fn begun(summary: Option<String>) -> OpenTable {
    OpenTable {
        group: TagGroup::new(Tag::Table.with_summary(summary)),
        head: TagGroup::new(Tag::THead),
        body: TagGroup::new(Tag::TBody),
    }
}

fn filled<N: Into<krilla::tagging::Node>>(mut group: TagGroup, children: impl IntoIterator<Item = N>) -> TagGroup {
    for child in children {
        group.push(child);
    }
    group
}

/// A cell or a paragraph with its words.
fn group(cell: Open, tag: TagKind) -> TagGroup {
    let tag = if cell.block.reads_otherwise() { tag.with_actual_text(Some(cell.block.text.real.clone())) } else { tag };
    filled(TagGroup::new(tag), cell.leaves)
}
