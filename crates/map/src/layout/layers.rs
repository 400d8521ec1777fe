//! The row of each box: below all that leads to it, and no further than it must.

use super::cycles::Arc;

/// How often the boxes are moved closer to what they are joined with.
const PASSES: usize = 30;

/// The row of each box. Arcs that lead to a lower rank do not count as above, but draw their ends together.
pub(super) fn rows(ranks: &[usize], arcs: &[Arc]) -> Vec<usize> {
    let count = ranks.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|at| ranks[*at]);
    let mut above: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut joined: Vec<Vec<(usize, i64)>> = vec![Vec::new(); count];
    for (from, to, weight) in arcs.iter().filter(|(from, to, _)| from != to) {
        if ranks[*from] < ranks[*to] {
            below[*from].push(*to);
            above[*to].push(*from);
        }
        joined[*from].push((*to, *weight));
        joined[*to].push((*from, *weight));
    }
    let mut rows = vec![0_usize; count];
    let least = |rows: &[usize], above: &[usize]| above.iter().map(|at| rows[*at] + 1).max();
    for at in &order {
        rows[*at] = least(&rows, &above[*at]).unwrap_or(usize::from(*at != 0));
    }
    for pass in 0..PASSES {
        let mut has_moved = false;
        let turn: Box<dyn Iterator<Item = &usize>> =
            if pass % 2 == 0 { Box::new(order.iter().rev()) } else { Box::new(order.iter()) };
        for at in turn.copied().filter(|at| *at != 0) {
            let lowest = least(&rows, &above[at]).unwrap_or(1);
            let highest = below[at].iter().map(|other| rows[*other] - 1).min().unwrap_or(usize::MAX);
            if lowest == highest {
                continue;
            }
            let cost = |row: usize| -> i64 {
                let lengths = joined[at].iter().map(|(other, weight)| weight * rows[*other].abs_diff(row) as i64);
                lengths.sum()
            };
            // The cost bends only where a neighbour stands, or beside it.
            let near = joined[at].iter().flat_map(|(other, _)| [rows[*other], rows[*other] + 1]);
            let places = near.chain([lowest, highest]).filter(|row| (lowest..=highest).contains(row));
            let best = places.filter(|row| *row < usize::MAX).min_by_key(|row| (cost(*row), *row));
            if let Some(best) = best.filter(|best| cost(*best) < cost(rows[at])) {
                rows[at] = best;
                has_moved = true;
            }
        }
        if !has_moved {
            break;
        }
    }
    closed(rows)
}

/// The rows without those in which nothing stands.
fn closed(rows: Vec<usize>) -> Vec<usize> {
    let mut used = rows.clone();
    used.sort_unstable();
    used.dedup();
    rows.into_iter().map(|row| used.binary_search(&row).unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_stands_below_all_that_leads_to_it() {
        let arcs = [(0, 1, 1), (1, 2, 1), (2, 3, 1), (0, 3, 1)];
        assert_eq!(rows(&[0, 1, 2, 3], &arcs), [0, 1, 2, 3]);
    }

    #[test]
    fn what_is_only_come_to_from_below_stands_close_by() {
        // 0 → 1 → 2 → 3, and a loop 3 → 4 → 3 whose way out leads back.
        let arcs = [(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 4, 1), (4, 3, 3)];
        assert_eq!(rows(&[0, 1, 2, 4, 3], &arcs), [0, 1, 2, 3, 2]);
    }
}
