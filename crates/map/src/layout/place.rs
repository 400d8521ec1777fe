//! How far from the left everything lies.

use super::slots::{Bundle, Slots};
use super::{Graph, MARGIN, ports};

/// What stays free between two boxes, a box and a lane, and two lanes; and how much of it may be lost where that makes a line straight.
const FREE_BOXES: i32 = 32;
const FREE_BESIDE: i32 = 18;
const FREE_LANES: i32 = 8;
const LOST: i32 = 8;
/// How far a box is moved at most to stand right below another.
const ALIGNED: i32 = 40;
/// How often the rows are moved, down and up by turns.
const SWEEPS: usize = 20;
/// How often lanes are made straight.
const STRAIGHTENED: usize = 4;
/// What two lanes of one line count more than other joins: a bend in the middle of nowhere means nothing.
const LANES: f64 = 8.0;
/// How strongly everything is drawn to the middle line, beside what it is joined with.
const TO_THE_MIDDLE: f64 = 0.02;

/// Where everything lies, seen from above.
#[derive(Debug)]
pub(super) struct Across {
    /// The middle of each slot.
    pub(super) x: Vec<i32>,
    /// Where each line leaves its box, and where it enters one.
    pub(super) leaves: Vec<i32>,
    pub(super) enters: Vec<i32>,
    pub(super) strokes: Vec<i32>,
    /// For each line, how far right of the middle of its lane it runs.
    pub(super) offsets: Vec<i32>,
    /// The right side of the rightmost lane.
    pub(super) rightmost: Option<i32>,
}

/// How far the middles of two neighbours are apart at least.
pub(super) fn apart(slots: &Slots, left: usize, right: usize) -> i32 {
    let (one, other) = (&slots.all[left], &slots.all[right]);
    let free = match (one.is_lane, other.is_lane) {
        (false, false) => FREE_BOXES,
        (true, true) => FREE_LANES,
        _ => FREE_BESIDE,
    };
    // Even, as everything is, so that halves are whole.
    ((one.width + other.width) / 2 + free + 1) / 2 * 2
}

/// Numbers as near as can be to those that are wanted, in the sense of least squares, each at least as far after the one before as
/// `apart` says. It has one number less.
pub(super) fn nearest(wanted: &[f64], weights: &[f64], apart: &[f64]) -> Vec<f64> {
    // Without the distances the numbers need only not fall: neighbours that would are put together in their mean.
    let mut groups: Vec<(f64, f64, usize)> = Vec::with_capacity(wanted.len());
    let mut shift = 0.0;
    let mut shifts = Vec::with_capacity(wanted.len());
    for (at, (wanted, weight)) in wanted.iter().zip(weights).enumerate() {
        if at > 0 {
            shift += apart.get(at - 1).copied().unwrap_or(0.0);
        }
        shifts.push(shift);
        let mut group = (wanted - shift, weight.max(1e-3), 1);
        while let Some(before) = groups.last().copied().filter(|before| before.0 > group.0) {
            groups.pop();
            let weight = before.1 + group.1;
            group = ((before.0 * before.1 + group.0 * group.1) / weight, weight, before.2 + group.2);
        }
        groups.push(group);
    }
    let values = groups.into_iter().flat_map(|(value, _, count)| std::iter::repeat_n(value, count));
    values.zip(shifts).map(|(value, shift)| value + shift).collect()
}

impl Across {
    pub(super) fn of(graph: &Graph, slots: &Slots) -> Self {
        let mut across = Self {
            x: middles(slots),
            leaves: vec![0; graph.lines.len()],
            enters: vec![0; graph.lines.len()],
            strokes: graph.lines.iter().map(|line| line.stroke).collect(),
            offsets: vec![0; graph.lines.len()],
            rightmost: None,
        };
        let mut places = vec![(0, 0); slots.all.len()];
        for (row, all) in slots.rows.iter().enumerate() {
            for (place, slot) in all.iter().enumerate() {
                places[*slot] = (row, place);
            }
        }
        across.align(slots, &places);
        for _ in 0..STRAIGHTENED {
            ports::leave(graph, slots, &mut across);
            across.straighten(slots, &places);
        }
        across.shift(slots);
        ports::leave(graph, slots, &mut across);
        ports::enter(graph, slots, &mut across);
        across
    }

    /// How far from the left a line runs in a lane.
    pub(super) fn lane(&self, lane: usize, line: usize, bundle: &Bundle) -> i32 {
        // A turn swaps left and right.
        self.x[lane] + if bundle.is_back { -self.offsets[line] } else { self.offsets[line] }
    }

    /// How far to the left and to the right a slot can be moved, if it may come nearer to its neighbours.
    fn room(&self, slots: &Slots, (row, place): (usize, usize), lost: i32) -> (i32, i32) {
        let row = &slots.rows[row];
        let slot = row[place];
        let before = place.checked_sub(1).and_then(|at| row.get(at));
        let from = before.map_or(i32::MIN, |left| self.x[*left] + apart(slots, *left, slot) - lost);
        let to = row.get(place + 1).map_or(i32::MAX, |right| self.x[*right] - apart(slots, slot, *right) + lost);
        (from, to)
    }

    /// Moves boxes right below the box that leads to them most, where little is missing to that.
    fn align(&mut self, slots: &Slots, places: &[(usize, usize)]) {
        for slot in slots.rows.iter().flatten().copied() {
            let own = &slots.all[slot];
            let above = own.up.iter().filter(|(other, _)| !own.is_lane && !slots.all[*other].is_lane);
            let near = above.filter(|(other, _)| (self.x[*other] - self.x[slot]).abs() <= ALIGNED);
            let Some((above, _)) = near.max_by_key(|(_, weight)| *weight) else { continue };
            let (from, to) = self.room(slots, places[slot], 0);
            if from <= to {
                self.x[slot] = self.x[*above].clamp(from, to);
            }
        }
    }

    /// Moves the lanes of each bundle below each other, as far down as the neighbours let them.
    fn straighten(&mut self, slots: &Slots, places: &[(usize, usize)]) {
        for bundle in &slots.bundles {
            let leaves = bundle.lines.iter().map(|line| self.leaves[*line]);
            let count = i32::try_from(bundle.lines.len()).unwrap_or(1).max(1);
            let mut wanted = if bundle.is_back {
                bundle.lanes.last().map_or(0, |lane| self.x[*lane])
            } else {
                leaves.sum::<i32>() / count / 2 * 2
            };
            let lanes: Vec<usize> =
                if bundle.is_back { bundle.lanes.iter().rev().copied().collect() } else { bundle.lanes.clone() };
            let target = (self.x[bundle.to], slots.all[bundle.to].width / 2 - super::slots::CORNER);
            let mut rest = lanes.as_slice();
            while !rest.is_empty() {
                let (mut low, mut high) = (i32::MIN, i32::MAX);
                let mut taken = 0;
                for lane in rest {
                    let (from, to) = self.room(slots, places[*lane], LOST);
                    if low.max(from) > high.min(to) {
                        break;
                    }
                    (low, high) = (low.max(from), high.min(to));
                    taken += 1;
                }
                let (now, later) = rest.split_at(taken.max(1));
                if taken > 0 {
                    // The last part should come down on what it leads to.
                    if later.is_empty() && !bundle.is_back {
                        wanted = wanted.clamp(target.0 - target.1.max(0), target.0 + target.1.max(0));
                    }
                    let x = wanted.clamp(low, high);
                    now.iter().for_each(|lane| self.x[*lane] = x);
                    wanted = x;
                } else if let Some(lane) = now.first() {
                    wanted = self.x[*lane];
                }
                rest = later;
            }
        }
    }

    /// Moves everything to the left margin.
    fn shift(&mut self, slots: &Slots) {
        let left = self.x.iter().zip(&slots.all).map(|(x, slot)| x - slot.width / 2).min().unwrap_or(0);
        self.x.iter_mut().for_each(|x| *x += MARGIN - left);
        self.rightmost = self.x.iter().zip(&slots.all).map(|(x, slot)| x + slot.width / 2).max();
    }
}

/// The middle of each slot: in each row as near as can be to the mean of what it is joined with.
fn middles(slots: &Slots) -> Vec<i32> {
    let mut x = vec![0.0; slots.all.len()];
    let distances: Vec<Vec<f64>> = slots
        .rows
        .iter()
        .map(|row| row.iter().zip(row.iter().skip(1)).map(|(a, b)| f64::from(apart(slots, *a, *b))).collect())
        .collect();
    for (row, apart) in slots.rows.iter().zip(&distances) {
        let mut at = -apart.iter().sum::<f64>() / 2.0;
        for (slot, apart) in row.iter().zip(apart.iter().chain([&0.0])) {
            x[*slot] = at;
            at += apart;
        }
    }
    let rows = slots.rows.len();
    for sweep in 0..SWEEPS {
        for step in 0..rows {
            let row = if sweep % 2 == 0 { step } else { rows - 1 - step };
            // At first only what was just placed counts; in the end both sides do.
            let sides = (sweep % 2 == 0 || sweep + 6 > SWEEPS, sweep % 2 == 1 || sweep + 6 > SWEEPS);
            let (mut wanted, mut weights) = (Vec::new(), Vec::new());
            for slot in &slots.rows[row] {
                let own = &slots.all[*slot];
                let up = own.up.iter().filter(|_| sides.0);
                let down = own.down.iter().filter(|_| sides.1);
                let turns = own.beside.iter().filter(|_| own.is_lane);
                let (mut sum, mut all) = (0.0, 0.0);
                for (other, weight) in up.chain(down).chain(turns) {
                    let both = own.is_lane && slots.all[*other].is_lane;
                    let weight = *weight as f64 * if both { LANES } else { 1.0 };
                    sum += weight * x[*other];
                    all += weight;
                }
                // The middle line, at nought, draws a little, so that a long story does not drift to one side.
                wanted.push(if all > 0.0 { sum / (all * (1.0 + TO_THE_MIDDLE)) } else { x[*slot] });
                weights.push(if all > 0.0 { all } else { 0.1 });
            }
            for (slot, value) in slots.rows[row].iter().zip(nearest(&wanted, &weights, &distances[row])) {
                x[*slot] = value;
            }
        }
    }
    let mut whole = vec![0; x.len()];
    for row in &slots.rows {
        let mut before: Option<usize> = None;
        for slot in row {
            let even = (x[*slot] / 2.0).round() as i32 * 2;
            let least = before.map_or(even, |before| whole[before] + apart(slots, before, *slot));
            whole[*slot] = even.max(least);
            before = Some(*slot);
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_far_enough_apart_stays_and_what_is_not_shares_the_pain() {
        assert_eq!(nearest(&[0.0, 50.0], &[1.0, 1.0], &[40.0]), [0.0, 50.0]);
        assert_eq!(nearest(&[0.0, 0.0], &[1.0, 1.0], &[40.0]), [-20.0, 20.0]);
        assert_eq!(nearest(&[0.0, 0.0], &[3.0, 1.0], &[40.0]), [-10.0, 30.0]);
        assert_eq!(nearest(&[], &[], &[]), [0.0; 0]);
    }
}
