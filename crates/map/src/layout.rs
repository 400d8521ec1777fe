//! Where boxes and lines lie: a layered drawing after Sugiyama, from the top to the bottom.
//!
//! It knows nothing of role-plays. Boxes have a size, and lines lead from one to another; each line leaves by a mark of its own at the
//! bottom of its box and enters another box at the top. Lines run straight down or across, between the rows and never through a box.
//! A line that leads back leaves at the bottom too, goes up beside the boxes and enters at the top, so that its way is plain to see.
//!
//! In reading order:
//!
//! - `cycles`: which lines lead back, so that they are few
//! - `layers`: the row of each box
//! - `slots`: what stands in a row: boxes, and lanes for the lines that pass it
//! - `order`: what stands left of what, so that few lines cross
//! - `place`: how far from the left
//! - `ports`: where each line leaves and enters
//! - `tracks`: how high it runs across
//!
//! There is no chance in it and no map of hashes: the same graph lies the same way each time. Nothing recurses.

mod cycles;
mod layers;
mod order;
mod place;
mod ports;
mod slots;
mod tracks;

use place::Across;
use slots::Slots;
use tracks::{Segment, Side};

/// What lies left of everything and above it, and on the other sides.
const MARGIN: i32 = 12;
/// How high the space between two rows is at least, so that an arrow can be seen.
const BETWEEN: i32 = 38;
/// What stays free in it below the upper row, and above the lower one.
const FREE: (i32, i32) = (14, 20);

/// A box that is to be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// How wide it is at least, in pixels. It becomes wider where its marks or the lines that lead to it need it.
    pub width: i32,
    /// How high it is.
    pub height: i32,
}

/// A line that is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The box that it leaves, by its place in the list.
    pub from: usize,
    /// The box that it enters.
    pub to: usize,
    /// How wide its mark is at the bottom of the box that it leaves.
    pub mark: i32,
    /// How wide its stroke is.
    pub stroke: i32,
    /// Whether it should rather be straight than others.
    pub is_strong: bool,
}

/// A graph that is to be laid out. The first box is the start, and stands on top.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The boxes.
    pub items: Vec<Item>,
    /// The lines. Those that name no box are passed over.
    pub lines: Vec<Line>,
}

/// Where a box lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// Its left side.
    pub x: i32,
    /// Its upper side.
    pub y: i32,
    /// Its width.
    pub width: i32,
    /// Its height.
    pub height: i32,
}

impl Rect {
    /// Its middle, from the left.
    #[must_use]
    pub fn middle(self) -> i32 {
        self.x + self.width / 2
    }

    /// Its right side.
    #[must_use]
    pub fn right(self) -> i32 {
        self.x + self.width
    }

    /// Its lower side.
    #[must_use]
    pub fn bottom(self) -> i32 {
        self.y + self.height
    }
}

/// The way of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Its corners, from the bottom of one box to the top of another; each part is level or upright. Empty if the line names no box.
    pub points: Vec<(i32, i32)>,
    /// Whether it leads up, or back to where it came from.
    pub is_back: bool,
}

/// Where everything lies.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The width of the whole.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// The boxes, in the order of the graph.
    pub boxes: Vec<Rect>,
    /// The lines, in the order of the graph.
    pub ways: Vec<Way>,
}

impl Graph {
    /// Lays the graph out.
    #[must_use]
    pub fn layout(&self) -> Layout {
        if self.items.is_empty() {
            return Layout::default();
        }
        let mut slots = Slots::of(self);
        order::settle(&mut slots);
        let across = Across::of(self, &slots);
        self.put_together(&slots, &across)
    }

    /// The lines that lead from a box to a box, with their places.
    fn sound_lines(&self) -> impl Iterator<Item = (usize, &Line)> {
        let count = self.items.len();
        self.lines.iter().enumerate().filter(move |(_, line)| line.from < count && line.to < count)
    }

    /// Finds the heights, when it is known how far from the left everything lies.
    fn put_together(&self, slots: &Slots, across: &Across) -> Layout {
        let rows = slots.rows.len();
        let mut gaps: Vec<Vec<Segment>> = vec![Vec::new(); rows + 1];
        for (line, _) in self.sound_lines() {
            for (gap, segment) in across.segments(slots, line) {
                gaps[gap].push(segment);
            }
        }
        let mut tops = Vec::with_capacity(rows);
        // For each gap, where its tracks begin; for each line, the track it takes in each gap.
        let mut tracks: Vec<Vec<(usize, i32)>> = Vec::with_capacity(rows + 1);
        let mut y = MARGIN;
        for (at, segments) in gaps.iter().enumerate() {
            let (heights, used) = tracks::settle(segments);
            let is_outer = at == 0 || at == rows;
            let free = if is_outer && segments.is_empty() { 0 } else { FREE.0 };
            tracks.push(
                segments.iter().zip(heights).map(|(segment, height)| (segment.line, y + free + height)).collect(),
            );
            if !(is_outer && segments.is_empty()) {
                y += (used + FREE.0 + FREE.1).max(if is_outer { 0 } else { BETWEEN });
            }
            if let Some(row) = slots.rows.get(at) {
                tops.push(y);
                y += row.iter().filter_map(|slot| self.items.get(*slot)).map(|item| item.height).max().unwrap_or(0);
            }
        }
        let boxes: Vec<Rect> = self
            .items
            .iter()
            .enumerate()
            .map(|(at, item)| {
                let width = slots.all[at].width;
                Rect { x: across.x[at] - width / 2, y: tops[slots.all[at].row], width, height: item.height }
            })
            .collect();
        let ways = (0..self.lines.len()).map(|line| self.way(line, slots, across, &tracks, &boxes)).collect();
        let right = boxes.iter().map(|rect| rect.right()).chain(across.rightmost).max().unwrap_or(0);
        Layout { width: right + MARGIN, height: y + MARGIN, boxes, ways }
    }

    fn way(&self, number: usize, slots: &Slots, across: &Across, tracks: &[Vec<(usize, i32)>], boxes: &[Rect]) -> Way {
        let Some(line) = self.lines.get(number) else { return Way::default() };
        let (Some(from), Some(to)) = (boxes.get(line.from), boxes.get(line.to)) else { return Way::default() };
        let is_back = slots.bundle_of(number).is_some_and(|bundle| bundle.is_back);
        let mut points = vec![(across.leaves[number], from.bottom())];
        for (gap, segment) in across.segments(slots, number) {
            if segment.from.0 == segment.to.0 && segment.is_through() {
                continue;
            }
            let track = tracks[gap].iter().find(|(line, _)| *line == number);
            let height = track.map_or(0, |(_, height)| *height);
            points.push((segment.from.0, height));
            points.push((segment.to.0, height));
        }
        points.push((across.enters[number], to.y));
        Way { points, is_back }
    }
}

impl Across {
    /// The parts of a line, each with the gap in which it runs: the gap of a number lies above the row of that number.
    fn segments(&self, slots: &Slots, line: usize) -> Vec<(usize, Segment)> {
        let Some(bundle) = slots.bundle_of(line) else { return Vec::new() };
        let stroke = self.strokes[line];
        let segment = |from, to| Segment { line, from, to, stroke };
        let (leaves, enters) = (self.leaves[line], self.enters[line]);
        let lanes = bundle.lanes.iter().map(|lane| self.lane(*lane, line, bundle));
        let (first, last) = (slots.all[bundle.from].row, slots.all[bundle.to].row);
        if !bundle.is_back {
            let stops: Vec<i32> = std::iter::once(leaves).chain(lanes).chain([enters]).collect();
            let pairs = stops.iter().zip(stops.iter().skip(1)).zip(first + 1..);
            return pairs.map(|((from, to), gap)| (gap, segment((*from, Side::Upper), (*to, Side::Lower)))).collect();
        }
        // From the box down, beside it up through the rows, and into the other box from above.
        let lanes: Vec<i32> = lanes.collect();
        let (top, bottom) = (lanes.first().copied().unwrap_or(enters), lanes.last().copied().unwrap_or(leaves));
        let mut all = vec![(first + 1, segment((leaves, Side::Upper), (bottom, Side::Upper)))];
        let pairs = lanes.iter().zip(lanes.iter().skip(1)).zip(last + 1..);
        let mut up: Vec<(usize, Segment)> =
            pairs.map(|((upper, lower), gap)| (gap, segment((*lower, Side::Lower), (*upper, Side::Upper)))).collect();
        up.reverse();
        all.append(&mut up);
        all.push((last, segment((top, Side::Lower), (enters, Side::Lower))));
        all
    }
}
