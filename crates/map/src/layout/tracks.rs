//! How high lines run across between two rows, so that they neither lie on each other nor cross more than they must.

/// How far two lines are apart that run across above each other.
const APART: i32 = 6;
/// How much room a line wants before and behind another on the same track.
const AROUND: i32 = 10;
/// What it costs to lie on another line, in crossings.
const ON_ANOTHER: i64 = 1_000;
/// How often every line is tried at every height, and up to how many lines that is done.
const PASSES: usize = 6;
const MOST_SIFTED: usize = 1_500;

/// The side of the space between two rows at which a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// At the row above.
    Upper,
    /// At the row below.
    Lower,
}

/// A part of a line between two rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) line: usize,
    pub(super) from: (i32, Side),
    pub(super) to: (i32, Side),
    pub(super) stroke: i32,
}

impl Segment {
    /// Whether it leads from one row to the other, and does not turn round.
    pub(super) fn is_through(&self) -> bool {
        self.from.1 != self.to.1
    }

    fn is_straight(&self) -> bool {
        self.is_through() && self.from.0 == self.to.0
    }

    fn span(&self) -> (i32, i32) {
        (self.from.0.min(self.to.0), self.from.0.max(self.to.0))
    }

    fn ends(&self, side: Side) -> impl Iterator<Item = i32> {
        [self.from, self.to].into_iter().filter(move |(_, own)| *own == side).map(|(x, _)| x)
    }

    /// What it costs to run above another.
    fn above(&self, other: &Self) -> i64 {
        let mut cost = 0;
        let crossed = |span: (i32, i32), x: i32| i64::from(span.0 < x && x < span.1);
        for x in self.ends(Side::Lower) {
            cost += crossed(other.span(), x);
            for theirs in other.ends(Side::Upper) {
                if (x - theirs).abs() < (self.stroke + other.stroke) / 2 + 2 {
                    cost += ON_ANOTHER;
                }
            }
        }
        for x in other.ends(Side::Upper) {
            cost += crossed(self.span(), x);
        }
        cost
    }

    fn meets(&self, other: &Self) -> bool {
        let ((low, high), (least, most)) = (self.span(), other.span());
        low - AROUND < most && least - AROUND < high
    }
}

/// The height of each segment, from the highest that there may be, and how much room they take together.
pub(super) fn settle(segments: &[Segment]) -> (Vec<i32>, i32) {
    let mut heights = vec![0; segments.len()];
    let mut order: Vec<usize> = (0..segments.len()).filter(|at| !segments[*at].is_straight()).collect();
    // Of those that run to the right the rightmost is the highest, of those to the left the leftmost: so none of them cross.
    order.sort_by_key(|at| {
        let segment = &segments[*at];
        let is_right = segment.from.0 < segment.to.0;
        (is_right, if is_right { -segment.from.0 } else { segment.from.0 }, *at)
    });
    if order.len() <= MOST_SIFTED {
        sift(segments, &mut order);
    }
    let mut used = 0;
    let mut placed: Vec<usize> = Vec::with_capacity(order.len());
    for at in order {
        let own = &segments[at];
        let above = placed.iter().filter(|other| own.meets(&segments[**other]));
        let least = above.map(|other| heights[*other] + (segments[*other].stroke + own.stroke + 1) / 2 + APART).max();
        heights[at] = least.unwrap_or((own.stroke + 1) / 2);
        used = used.max(heights[at] + (own.stroke + 1) / 2);
        placed.push(at);
    }
    (heights, used)
}

/// Moves each segment to where it crosses the fewest others, again and again.
fn sift(segments: &[Segment], order: &mut Vec<usize>) {
    let mut numbers = order.clone();
    numbers.sort_unstable();
    for _ in 0..PASSES {
        let mut is_better = false;
        for moved in &numbers {
            let own = &segments[*moved];
            let here = order.iter().position(|at| at == moved).unwrap_or(0);
            let (mut cost, mut least, mut place, mut current) = (0, 0, 0, 0);
            let others = order.iter().filter(|at| *at != moved).enumerate();
            for (at, other) in others {
                let other = &segments[*other];
                if own.meets(other) {
                    cost += other.above(own) - own.above(other);
                }
                if at + 1 == here {
                    current = cost;
                }
                if cost < least {
                    (least, place) = (cost, at + 1);
                }
            }
            if least < current {
                order.remove(here);
                order.insert(place, *moved);
                is_better = true;
            }
        }
        if !is_better {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(line: usize, from: i32, to: i32) -> Segment {
        Segment { line, from: (from, Side::Upper), to: (to, Side::Lower), stroke: 2 }
    }

    #[test]
    fn lines_to_one_side_do_not_cross() {
        let (heights, _) = settle(&[segment(0, 0, 200), segment(1, 50, 210), segment(2, 100, 220)]);
        assert!(heights[0] > heights[1] && heights[1] > heights[2], "{heights:?}");
        let (heights, _) = settle(&[segment(0, 200, 0), segment(1, 250, 10), segment(2, 300, 20)]);
        assert!(heights[0] < heights[1] && heights[1] < heights[2], "{heights:?}");
    }

    #[test]
    fn a_line_does_not_come_down_on_another() {
        // The first comes down where the second leaves: it must run below it.
        let (heights, _) = settle(&[segment(0, 0, 100), segment(1, 100, 300)]);
        assert!(heights[0] > heights[1], "{heights:?}");
    }

    #[test]
    fn straight_lines_take_no_room() {
        assert_eq!(settle(&[segment(0, 10, 10), segment(1, 20, 20)]), (vec![0, 0], 0));
    }
}
