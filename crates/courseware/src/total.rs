//! What several questions are worth together, exactly.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::question::Share;

/// The points of several questions: Σ(points·score) of Σ points.
///
/// The sum is a fraction and is never rounded. It cannot overflow: with at most 50 answers to a question, the parts of
/// every share divide one number of 104 bits (the least common multiple of K·W with K + W ≤ 50, of n(n−1)/2 with n ≤ 50,
/// and of 100), and 2,000 questions of at most 100 points leave room below 2¹²⁸.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Total {
    /// What was earned, in parts of a point.
    earned: u128,
    /// How many parts a point has.
    parts: u128,
    /// The points that could be earned.
    possible: u64,
}

impl Total {
    /// Of no question.
    pub const EMPTY: Self = Self { earned: 0, parts: 1, possible: 0 };

    /// Adds a question of so many points.
    pub fn add(&mut self, points: u32, score: Share) {
        let (mine, theirs) = (self.parts.max(1), u128::from(score.parts.max(1)));
        let parts = mine.saturating_mul(theirs / common(mine, theirs));
        let gained = u128::from(score.earned).saturating_mul(u128::from(points)).saturating_mul(parts / theirs);
        self.earned = self.earned.saturating_mul(parts / mine).saturating_add(gained);
        self.parts = parts;
        self.possible = self.possible.saturating_add(u64::from(points));
    }

    /// The points that could be earned.
    #[must_use]
    pub fn possible(self) -> u64 {
        self.possible
    }

    /// Whether so many of a hundred were reached, unrounded. Where nothing could be earned, nothing is missing.
    #[must_use]
    pub fn reaches(self, percent: u32) -> bool {
        let wanted = u128::from(percent).saturating_mul(u128::from(self.possible)).saturating_mul(self.parts);
        self.earned.saturating_mul(100) >= wanted
    }

    /// The points that were earned, in hundredths, rounded for showing.
    #[must_use]
    pub fn earned_hundredths(self) -> u64 {
        hundredths(self.earned, self.parts)
    }

    /// The score from 0 to 100, in hundredths, rounded for showing; none where nothing could be earned.
    #[must_use]
    pub fn score_hundredths(self) -> Option<u64> {
        let whole = self.parts.saturating_mul(u128::from(self.possible));
        (self.possible > 0).then(|| hundredths(self.earned.saturating_mul(100), whole))
    }
}

impl PartialEq for Total {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Total {}

impl PartialOrd for Total {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Totals are compared by their score, unrounded; where nothing could be earned, as nothing.
impl Ord for Total {
    fn cmp(&self, other: &Self) -> Ordering {
        let whole = |total: &Self| total.parts.saturating_mul(u128::from(total.possible)).max(1);
        compare((self.earned, whole(self)), (other.earned, whole(other)))
    }
}

/// Compares two fractions without multiplying them out: whole parts first, then the rest turned upside down.
fn compare(left: (u128, u128), right: (u128, u128)) -> Ordering {
    let (mut left, mut right) = (left, right);
    let mut turned = false;
    loop {
        let wholes = (left.0 / left.1).cmp(&(right.0 / right.1));
        let rests = (left.0 % left.1, right.0 % right.1);
        let order = match (wholes, rests) {
            (Ordering::Equal, (0, 0)) => Ordering::Equal,
            (Ordering::Equal, (0, _)) => Ordering::Less,
            (Ordering::Equal, (_, 0)) => Ordering::Greater,
            (Ordering::Equal, (above_left, above_right)) => {
                left = (left.1, above_left);
                right = (right.1, above_right);
                turned = !turned;
                continue;
            }
            (order, _) => order,
        };
        return if turned { order.reverse() } else { order };
    }
}

/// The greatest common divisor.
fn common(left: u128, right: u128) -> u128 {
    let (mut left, mut right) = (left, right);
    while right > 0 {
        (left, right) = (right, left % right);
    }
    left.max(1)
}

/// A fraction in hundredths, halves rounded up.
pub(crate) fn hundredths(earned: u128, parts: u128) -> u64 {
    let parts = parts.max(1);
    let (whole, rest) = (earned / parts, earned % parts);
    let rounded = (rest.saturating_mul(200).saturating_add(parts)) / parts.saturating_mul(2);
    u64::try_from(whole.saturating_mul(100).saturating_add(rounded)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(questions: &[(u32, u64, u64)]) -> Total {
        let mut total = Total::EMPTY;
        for (points, earned, parts) in questions {
            total.add(*points, Share { parts: *parts, earned: *earned });
        }
        total
    }

    #[test]
    fn thirds_add_up_to_a_whole() {
        let thirds = total(&[(1, 1, 3), (1, 1, 3), (1, 1, 3), (2, 1, 1)]);
        assert_eq!((thirds.earned_hundredths(), thirds.possible(), thirds.score_hundredths()), (300, 5, Some(6000)));
        assert!(thirds.reaches(60) && !thirds.reaches(61));
        assert_eq!(thirds, total(&[(5, 3, 5)]));
    }

    #[test]
    fn scores_are_compared_unrounded() {
        // 79.996 is shown as 80 and does not pass at 80.
        let short = total(&[(1, 1_999_900, 2_500_000)]);
        assert_eq!(short.score_hundredths(), Some(8000));
        assert!(!short.reaches(80));
        assert!(total(&[(1, 4, 5)]).reaches(80));
        assert!(short < total(&[(7, 4, 5)]));
    }

    #[test]
    fn nothing_to_earn_is_passed_and_has_no_score() {
        assert!(Total::EMPTY.reaches(100));
        assert_eq!(Total::EMPTY.score_hundredths(), None);
    }

    #[test]
    fn the_largest_quiz_stays_exact() {
        let mut all = Total::EMPTY;
        let mut questions = 0;
        for right in 1..50_u64 {
            for wrong in 1..=50 - right {
                let parts = right * wrong;
                all.add(100, Share { parts, earned: parts - 1 });
                all.add(100, Share { parts, earned: 1 });
                questions += 2;
            }
        }
        for parts in (2..=50_u64).map(|n| n * (n - 1) / 2).chain([100; 2]) {
            all.add(100, Share { parts, earned: parts - 1 });
            all.add(100, Share { parts, earned: 1 });
            questions += 2;
        }
        // Each pair earns one whole question, so half of all was earned, to the last part.
        assert!(questions > 2_000);
        assert_eq!(all.earned * 2, all.parts * u128::from(all.possible));
        assert!(all.reaches(50) && !all.reaches(51));
        assert!(all.parts.ilog2() < 104);
    }
}
