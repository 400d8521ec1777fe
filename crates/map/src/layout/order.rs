//! What stands left of what: by barycentres and by swapping neighbours, so that few lines cross.

use super::slots::Slots;

/// How often the rows are sorted, down and up by turns; and how many times without gain end it.
const SWEEPS: usize = 24;
const PATIENCE: usize = 6;
/// How often neighbours are swapped along all rows.
const SWAPS: usize = 8;
/// How many slots are sorted with swaps too; more are sorted by barycentres alone, since a drawing of so many lines has no good order.
const MOST_SWAPPED: usize = 6_000;

/// Sorts the rows.
pub(super) fn settle(slots: &mut Slots) {
    begin(slots);
    let mut places = places(slots);
    let mut best = (cost(slots, &places), slots.rows.clone());
    let mut without = 0;
    let is_swapped = slots.all.len() <= MOST_SWAPPED;
    for sweep in 0..SWEEPS {
        let rows = slots.rows.len();
        for step in 0..rows {
            let down = sweep % 2 == 0;
            sort(slots, &mut places, if down { step } else { rows - 1 - step }, down);
        }
        if is_swapped {
            swap(slots, &mut places);
        }
        let now = cost(slots, &places);
        without += 1;
        if now < best.0 {
            best = (now, slots.rows.clone());
            without = 0;
        }
        if without >= PATIENCE || best.0 == 0 {
            break;
        }
    }
    slots.rows = best.1;
}

/// The order in which a walk in breadth from the start meets everything, so that what belongs together begins side by side.
fn begin(slots: &mut Slots) {
    let mut met = vec![usize::MAX; slots.all.len()];
    let mut order = Vec::with_capacity(met.len());
    for root in 0..met.len() {
        if met[root] != usize::MAX {
            continue;
        }
        met[root] = order.len();
        let mut next = order.len();
        order.push(root);
        while let Some(at) = order.get(next).copied() {
            next += 1;
            let slot = &slots.all[at];
            for (to, _) in slot.down.iter().chain(&slot.beside).chain(&slot.up) {
                if met[*to] == usize::MAX {
                    met[*to] = order.len();
                    order.push(*to);
                }
            }
        }
    }
    for row in &mut slots.rows {
        row.sort_by_key(|slot| met[*slot]);
    }
}

/// The place of each slot in its row.
fn places(slots: &Slots) -> Vec<usize> {
    let mut places = vec![0; slots.all.len()];
    for row in &slots.rows {
        for (place, slot) in row.iter().enumerate() {
            places[*slot] = place;
        }
    }
    places
}

/// Sorts a row by the mean place of what each slot is joined with in the row above, or below.
fn sort(slots: &mut Slots, places: &mut [usize], row: usize, down: bool) {
    let mean = |slot: usize| -> Option<f64> {
        let joined = if down { &slots.all[slot].up } else { &slots.all[slot].down };
        let sum = joined.iter().fold((0.0, 0.0), |(sum, all), (other, weight)| {
            let weight = *weight as f64;
            (sum + weight * places[*other] as f64, all + weight)
        });
        (sum.1 > 0.0).then(|| sum.0 / sum.1)
    };
    let key = |slot: usize| -> f64 {
        let own = mean(slot);
        // A lane that turns round here stands beside its box, on the side on which it stood.
        let by_box = || {
            let (item, _) = slots.turns(slot).next().filter(|_| slots.all[slot].is_lane)?;
            let side = if places[slot] < places[item] { -0.4 } else { 0.4 };
            Some(mean(item).unwrap_or(places[item] as f64) + side)
        };
        own.or_else(by_box).unwrap_or(places[slot] as f64)
    };
    let mut keyed: Vec<(f64, usize)> = slots.rows[row].iter().map(|slot| (key(*slot), *slot)).collect();
    keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (place, (_, slot)) in keyed.iter().enumerate() {
        places[*slot] = place;
    }
    slots.rows[row] = keyed.into_iter().map(|(_, slot)| slot).collect();
}

/// How many of the lines of two neighbours cross if they stand in this order.
fn crossings(one: &[(usize, i64)], other: &[(usize, i64)], places: &[usize]) -> i64 {
    let mut sum = 0;
    for (left, weight) in one {
        for (right, more) in other {
            if places[*left] > places[*right] {
                sum += weight * more;
            }
        }
    }
    sum
}

/// Swaps neighbours while that is better.
fn swap(slots: &mut Slots, places: &mut [usize]) {
    for _ in 0..SWAPS {
        let mut is_better = false;
        for row in 0..slots.rows.len() {
            for at in 1..slots.rows[row].len() {
                let (left, right) = (slots.rows[row][at - 1], slots.rows[row][at]);
                let (one, other) = (&slots.all[left], &slots.all[right]);
                let now = crossings(&one.up, &other.up, places) + crossings(&one.down, &other.down, places);
                let then = crossings(&other.up, &one.up, places) + crossings(&other.down, &one.down, places);
                let mut gain = now - then;
                for (slot, neighbour, moves) in [(left, right, 1_i64), (right, left, -1)] {
                    for (to, weight) in slots.turns(slot).filter(|(to, _)| *to != neighbour) {
                        let far = places[to] as i64 - places[slot] as i64;
                        gain += weight * (far.abs() - (far - moves).abs());
                    }
                }
                if gain > 0 {
                    slots.rows[row].swap(at - 1, at);
                    places.swap(left, right);
                    is_better = true;
                }
            }
        }
        if !is_better {
            break;
        }
    }
}

/// How many lines cross, and how much stands between boxes and the lanes that turn round to them.
fn cost(slots: &Slots, places: &[usize]) -> i64 {
    let mut sum = 0;
    for row in &slots.rows {
        let mut ends: Vec<(usize, usize, i64)> = Vec::new();
        for slot in row {
            ends.extend(slots.all[*slot].down.iter().map(|(to, weight)| (places[*slot], places[*to], *weight)));
            for (to, weight) in slots.turns(*slot) {
                sum += weight * (places[to].abs_diff(places[*slot]) as i64 - 1).max(0);
            }
        }
        ends.sort_unstable();
        let width = ends.iter().map(|(_, to, _)| to + 1).max().unwrap_or(0);
        // A tree of sums: how many lines end left of a place.
        let mut tree = vec![0_i64; width + 1];
        let mut all = 0;
        for (_, to, weight) in ends {
            let mut at = to + 1;
            let mut left = 0;
            while at > 0 {
                left += tree[at];
                at &= at - 1;
            }
            sum += weight * (all - left);
            all += weight;
            let mut at = to + 1;
            while at <= width {
                tree[at] += weight;
                at += at & at.wrapping_neg();
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Graph, Item, Line};

    fn graph(count: usize, arcs: &[(usize, usize)]) -> Slots {
        let line = |(from, to): &(usize, usize)| Line { from: *from, to: *to, mark: 40, stroke: 2, is_strong: false };
        Slots::of(&Graph {
            items: vec![Item { width: 100, height: 50 }; count],
            lines: arcs.iter().map(line).collect(),
        })
    }

    #[test]
    fn what_can_be_drawn_without_crossing_is() {
        // Two rows that are written crosswise, and a short cut beside them.
        let arcs = [(0, 1), (0, 2), (0, 3), (1, 6), (2, 5), (3, 4), (4, 7), (5, 7), (6, 7), (0, 7)];
        let mut slots = graph(8, &arcs);
        settle(&mut slots);
        assert_eq!(cost(&slots, &places(&slots)), 0, "{:?}", slots.rows);
    }

    #[test]
    fn the_count_is_that_of_counting_each_pair() {
        let arcs = [(0, 1), (0, 2), (0, 3), (1, 6), (1, 4), (2, 5), (2, 6), (3, 4), (3, 5), (3, 1)];
        let slots = graph(7, &arcs);
        let places = places(&slots);
        let mut slow = 0;
        for row in &slots.rows {
            for (at, one) in row.iter().enumerate() {
                for other in &row[at + 1..] {
                    slow += crossings(&slots.all[*one].down, &slots.all[*other].down, &places);
                }
                for (to, _) in slots.turns(*one) {
                    slow += (places[to].abs_diff(places[*one]) as i64 - 1).max(0);
                }
            }
        }
        assert_eq!(cost(&slots, &places), slow);
    }
}
