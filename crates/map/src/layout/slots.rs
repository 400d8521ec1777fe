//! What stands in each row: boxes, and lanes for the lines that pass.

use super::{Graph, cycles, layers};

/// How far lines are apart that run beside each other.
pub(super) const APART: i32 = 6;
/// What stays free at both ends of the upper side of a box.
pub(super) const CORNER: i32 = 16;
/// What stays free between two marks.
pub(super) const MARKS_APART: i32 = 4;
/// What a line counts that should be straight.
const STRONG: i64 = 2;

/// The room that a line takes among others.
pub(super) fn room(stroke: i32) -> i32 {
    // A multiple of four, so that its half is even, as every place is.
    (stroke.max(1) + APART + 3) / 4 * 4
}

/// Something that stands in a row.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) row: usize,
    pub(super) width: i32,
    pub(super) is_lane: bool,
    /// What it is joined with in the row above and below, and in its own row by a line that turns round; with how much each counts.
    pub(super) up: Vec<(usize, i64)>,
    pub(super) down: Vec<(usize, i64)>,
    pub(super) beside: Vec<(usize, i64)>,
}

/// All lines from one box to another.
#[derive(Clone, Debug)]
pub(super) struct Bundle {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) lines: Vec<usize>,
    pub(super) is_back: bool,
    /// Its lanes, the uppermost first. A bundle that leads back has one in the row of each end too.
    pub(super) lanes: Vec<usize>,
}

/// Everything that stands in rows. The boxes come first, in the order of the graph.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    pub(super) all: Vec<Slot>,
    /// What stands in each row, from the left.
    pub(super) rows: Vec<Vec<usize>>,
    pub(super) bundles: Vec<Bundle>,
    /// The bundle of each line.
    bundle_of: Vec<Option<usize>>,
}

impl Slots {
    pub(super) fn of(graph: &Graph) -> Self {
        let count = graph.items.len();
        let mut pairs: Vec<(usize, usize, usize)> =
            graph.sound_lines().map(|(at, line)| (line.from, line.to, at)).collect();
        pairs.sort_unstable();
        let mut bundles: Vec<Bundle> = Vec::new();
        for (from, to, line) in pairs {
            match bundles.last_mut().filter(|bundle| (bundle.from, bundle.to) == (from, to)) {
                Some(bundle) => bundle.lines.push(line),
                None => bundles.push(Bundle { from, to, lines: vec![line], is_back: false, lanes: Vec::new() }),
            }
        }
        let weight = |bundle: &Bundle| -> i64 {
            bundle.lines.iter().map(|line| if graph.lines[*line].is_strong { 1 + STRONG } else { 1 }).sum()
        };
        let arcs: Vec<cycles::Arc> = bundles.iter().map(|bundle| (bundle.from, bundle.to, weight(bundle))).collect();
        let rows = layers::rows(&cycles::ranks(count, &arcs), &arcs);
        let mut slots = Self {
            all: Vec::new(),
            rows: vec![Vec::new(); rows.iter().max().map_or(0, |row| row + 1)],
            bundles: Vec::new(),
            bundle_of: vec![None; graph.lines.len()],
        };
        for (item, row) in graph.items.iter().zip(&rows) {
            slots.add(*row, (item.width + 1) / 2 * 2, false);
        }
        for mut bundle in bundles {
            let (upper, lower) = (rows[bundle.from], rows[bundle.to]);
            bundle.is_back = upper >= lower;
            let passed = if bundle.is_back { lower..upper + 1 } else { upper + 1..lower };
            let width = bundle.lines.iter().map(|line| room(graph.lines[*line].stroke)).sum();
            bundle.lanes = passed.map(|row| slots.add(row, width, true)).collect();
            let weight = weight(&bundle);
            let mut joins = bundle.lanes.clone();
            if !bundle.is_back {
                joins.insert(0, bundle.from);
                joins.push(bundle.to);
            }
            for (upper, lower) in joins.iter().zip(joins.iter().skip(1)) {
                slots.all[*upper].down.push((*lower, weight));
                slots.all[*lower].up.push((*upper, weight));
            }
            if let (true, Some(top), Some(bottom)) = (bundle.is_back, bundle.lanes.first(), bundle.lanes.last()) {
                for (lane, item) in [(*top, bundle.to), (*bottom, bundle.from)] {
                    slots.all[lane].beside.push((item, weight));
                    slots.all[item].beside.push((lane, weight));
                }
            }
            for line in &bundle.lines {
                slots.bundle_of[*line] = Some(slots.bundles.len());
            }
            slots.bundles.push(bundle);
        }
        slots.widen(graph);
        slots
    }

    fn add(&mut self, row: usize, width: i32, is_lane: bool) -> usize {
        let at = self.all.len();
        self.all.push(Slot { row, width, is_lane, up: Vec::new(), down: Vec::new(), beside: Vec::new() });
        self.rows[row].push(at);
        at
    }

    /// Makes each box as wide as its marks and the lines that lead to it.
    fn widen(&mut self, graph: &Graph) {
        let mut marks = vec![0; graph.items.len()];
        let mut enter = vec![0; graph.items.len()];
        for (_, line) in graph.sound_lines() {
            marks[line.from] += line.mark + MARKS_APART;
            enter[line.to] += room(line.stroke);
        }
        for (slot, (marks, enter)) in self.all.iter_mut().zip(marks.into_iter().zip(enter)) {
            slot.width = slot.width.max((marks + 2 * MARKS_APART + 1) / 2 * 2).max(enter + 2 * CORNER);
        }
    }

    pub(super) fn bundle_of(&self, line: usize) -> Option<&Bundle> {
        let bundle = self.bundle_of.get(line).copied().flatten()?;
        self.bundles.get(bundle)
    }

    /// The box at the other end of a line that turns round at this lane, or what else it turns to.
    pub(super) fn turns(&self, slot: usize) -> impl Iterator<Item = (usize, i64)> + '_ {
        self.all[slot].beside.iter().copied()
    }
}
