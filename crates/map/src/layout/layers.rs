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
    let graph = Joined { order, above, below, joined };
    // From above everything hangs as high as it can, from below as low: what has hardly anything to do with its surroundings is drawn
    // to them from one side or the other.
    let high = graph.drawn_together(graph.highest());
    let low = graph.drawn_together(graph.lowest());
    closed(if graph.length(&low) < graph.length(&high) { low } else { high })
}

/// What each box is joined with.
struct Joined {
    /// The boxes by their rank.
    order: Vec<usize>,
    above: Vec<Vec<usize>>,
    below: Vec<Vec<usize>>,
    joined: Vec<Vec<(usize, i64)>>,
}

impl Joined {
    /// The least row that a box may stand in.
    fn least(&self, at: usize, rows: &[usize]) -> usize {
        self.above[at].iter().map(|above| rows[*above] + 1).max().unwrap_or(usize::from(at != 0))
    }

    fn highest(&self) -> Vec<usize> {
        let mut rows = vec![0; self.order.len()];
        for at in &self.order {
            rows[*at] = self.least(*at, &rows);
        }
        rows
    }

    fn lowest(&self) -> Vec<usize> {
        let mut rows = self.highest();
        let last = rows.iter().max().copied().unwrap_or(0);
        for at in self.order.iter().rev().filter(|at| **at != 0) {
            rows[*at] = self.below[*at].iter().map(|below| rows[*below] - 1).min().unwrap_or(last);
        }
        rows
    }

    /// How long all lines are together, each counted as often as it counts; of one box, if it stood in a row.
    fn length_at(&self, at: usize, row: usize, rows: &[usize]) -> i64 {
        self.joined[at].iter().map(|(other, weight)| weight * rows[*other].abs_diff(row) as i64).sum()
    }

    fn length(&self, rows: &[usize]) -> i64 {
        (0..rows.len()).map(|at| self.length_at(at, rows[at], rows)).sum()
    }

    /// Moves each box to where its lines are shortest, again and again.
    fn drawn_together(&self, mut rows: Vec<usize>) -> Vec<usize> {
        for pass in 0..PASSES {
            let mut has_moved = false;
            for step in 0..rows.len() {
                let at = self.order[if pass % 2 == 0 { rows.len() - 1 - step } else { step }];
                let lowest = self.least(at, &rows);
                let highest = self.below[at].iter().map(|other| rows[*other] - 1).min().unwrap_or(usize::MAX);
                if at == 0 || lowest == highest {
                    continue;
                }
                // The length bends only where a neighbour stands, or beside it.
                let near = self.joined[at].iter().flat_map(|(other, _)| [rows[*other], rows[*other] + 1]);
                let places = near.chain([lowest, highest]).filter(|row| (lowest..=highest).contains(row));
                let lengths = places.filter(|row| *row < usize::MAX).map(|row| (self.length_at(at, row, &rows), row));
                if let Some((length, row)) = lengths.min()
                    && length < self.length_at(at, rows[at], &rows)
                {
                    rows[at] = row;
                    has_moved = true;
                }
            }
            if !has_moved {
                break;
            }
        }
        rows
    }
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
