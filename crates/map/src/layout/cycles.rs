//! An order in which few lines lead back.

/// Lines from one box to another: from, to and how many.
pub(super) type Arc = (usize, usize, i64);

/// How often every box is tried at every place.
const PASSES: usize = 6;

/// The place of each box in an order in which as few arcs as can be lead back to an earlier one; box 0 is the first.
pub(super) fn ranks(count: usize, arcs: &[Arc]) -> Vec<usize> {
    // Authors write a story down as it goes. Where they did not, a walk through the graph finds an order without any way back, if
    // there is one.
    let as_written: Vec<usize> = (0..count).collect();
    let walked = walked(count, arcs);
    let (mut best, mut least) = (Vec::new(), i64::MAX);
    for order in [as_written, walked] {
        let order = sifted(order, arcs);
        let back = back(&order, arcs);
        if back < least {
            (best, least) = (order, back);
        }
    }
    inverse(&best)
}

fn inverse(order: &[usize]) -> Vec<usize> {
    let mut ranks = vec![0; order.len()];
    for (rank, at) in order.iter().enumerate() {
        ranks[*at] = rank;
    }
    ranks
}

fn back(order: &[usize], arcs: &[Arc]) -> i64 {
    let ranks = inverse(order);
    arcs.iter().filter(|(from, to, _)| ranks[*from] > ranks[*to]).map(|(_, _, weight)| weight).sum()
}

/// The boxes as a walk in depth leaves them, turned round: without circles none leads to an earlier one.
fn walked(count: usize, arcs: &[Arc]) -> Vec<usize> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to, _) in arcs {
        next[*from].push(*to);
    }
    let mut is_seen = vec![false; count];
    let mut left = Vec::with_capacity(count);
    for root in 0..count {
        if is_seen[root] {
            continue;
        }
        is_seen[root] = true;
        let mut open = vec![root];
        while let Some(at) = open.last().copied() {
            match next[at].pop() {
                Some(to) if is_seen[to] => {}
                Some(to) => {
                    is_seen[to] = true;
                    open.push(to);
                }
                None => {
                    left.push(at);
                    open.pop();
                }
            }
        }
    }
    left.reverse();
    // A later root that leads to the first was walked after it; the start stays on top all the same.
    left.retain(|at| *at != 0);
    left.insert(0, 0);
    left
}

/// Moves each box to the place where the fewest arcs lead back, again and again.
fn sifted(mut order: Vec<usize>, arcs: &[Arc]) -> Vec<usize> {
    let count = order.len();
    let mut touching: Vec<Vec<(usize, i64, i64)>> = vec![Vec::new(); count];
    for (from, to, weight) in arcs.iter().filter(|(from, to, _)| from != to) {
        touching[*from].push((*to, *weight, 0));
        touching[*to].push((*from, 0, *weight));
    }
    let mut change = vec![0_i64; count];
    for _ in 0..PASSES {
        let mut is_better = false;
        for (moved, touching) in touching.iter().enumerate().skip(1) {
            for (other, out, back) in touching {
                change[*other] += out - back;
            }
            let here = order.iter().position(|at| *at == moved).unwrap_or(0);
            // What it costs more, or less, to stand behind one box more.
            let (mut cost, mut least, mut place, mut current) = (0, i64::MAX, 0, 0);
            let others = order.iter().copied().filter(|at| *at != moved).enumerate();
            for (at, other) in others {
                cost += change[other];
                let behind = at + 1;
                if behind == here {
                    current = cost;
                }
                if cost < least {
                    (least, place) = (cost, behind);
                }
            }
            if least < current {
                order.remove(here);
                order.insert(place, moved);
                is_better = true;
            }
            for (other, ..) in touching {
                change[*other] = 0;
            }
        }
        if !is_better {
            break;
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_circles_nothing_leads_back() {
        let arcs = [(0, 3, 1), (3, 1, 1), (1, 2, 1), (0, 2, 5), (4, 1, 1), (3, 4, 1)];
        let ranks = ranks(5, &arcs);
        assert!(arcs.iter().all(|(from, to, _)| ranks[*from] < ranks[*to]), "{ranks:?}");
    }

    #[test]
    fn of_a_circle_the_thinnest_line_leads_back() {
        let ranks = ranks(3, &[(0, 1, 1), (1, 2, 3), (2, 1, 1)]);
        assert_eq!(ranks, [0, 1, 2]);
        let ranks = super::ranks(3, &[(0, 1, 1), (1, 2, 1), (2, 1, 3)]);
        assert_eq!(ranks, [0, 2, 1]);
    }
}
