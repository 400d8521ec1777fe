//! What several questions of a quiz, or decisions of a role-play, are worth together: exactly, and rounded to be shown.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

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

    /// Adds a question of so many points, or a decision of such a weight.
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

    /// The points that were earned, rounded for showing.
    #[must_use]
    pub fn earned(self) -> Rounded {
        Rounded::of(self.earned, self.parts)
    }

    /// The score from 0 to 100, rounded for showing; none where nothing could be earned.
    #[must_use]
    pub fn percent(self) -> Option<Rounded> {
        let whole = self.parts.saturating_mul(u128::from(self.possible));
        (self.possible > 0).then(|| Rounded::of(self.earned.saturating_mul(100), whole))
    }

    /// The total itself where something could be earned.
    #[must_use]
    pub fn observed(self) -> Option<Self> {
        (self.possible > 0).then_some(self)
    }
}

/// A number rounded to two decimals, halves up, as it is shown. Whole numbers have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rounded {
    hundredths: u64,
}

impl Rounded {
    /// A fraction.
    pub(crate) fn of(above: u128, below: u128) -> Self {
        let below = below.max(1);
        let (whole, rest) = (above / below, above % below);
        let rounded = (rest.saturating_mul(200).saturating_add(below)) / below.saturating_mul(2);
        let hundredths = u64::try_from(whole.saturating_mul(100).saturating_add(rounded)).unwrap_or(u64::MAX);
        Self { hundredths }
    }
}

impl Rounded {
    /// So many hundredths, as they are kept with an attempt.
    #[must_use]
    pub fn from_hundredths(hundredths: u64) -> Self {
        Self { hundredths }
    }

    /// The number in hundredths.
    #[must_use]
    pub fn hundredths(self) -> u64 {
        self.hundredths
    }
}

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.hundredths / 100, self.hundredths % 100);
        match part {
            0 => write!(f, "{whole}"),
            part if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
            part => write!(f, "{whole}.{part:02}"),
        }
    }
}

impl Serialize for Rounded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.hundredths.is_multiple_of(100) {
            serializer.serialize_u64(self.hundredths / 100)
        } else {
            serializer.serialize_f64(self.hundredths as f64 / 100.0)
        }
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

    fn shown(number: Option<Rounded>) -> String {
        number.map_or_else(String::new, |number| number.to_string())
    }

    #[test]
    fn numbers_are_shown_with_two_decimals_at_most() {
        let table = [
            ((500, 6), "83.33"),
            ((200, 3), "66.67"),
            ((1, 2), "0.5"),
            ((100, 8), "12.5"),
            ((0, 0), "0"),
            ((9, 1), "9"),
        ];
        for ((above, below), text) in table {
            let number = Rounded::of(above, below);
            assert_eq!(number.to_string(), text);
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
        }
    }

    #[test]
    fn thirds_add_up_to_a_whole() {
        let thirds = total(&[(1, 1, 3), (1, 1, 3), (1, 1, 3), (2, 1, 1)]);
        assert_eq!(
            (shown(Some(thirds.earned())), thirds.possible(), shown(thirds.percent())),
            ("3".into(), 5, "60".into())
        );
        assert!(thirds.reaches(60) && !thirds.reaches(61));
        assert_eq!(thirds, total(&[(5, 3, 5)]));
    }

    #[test]
    fn scores_are_compared_unrounded() {
        // 79.996 is shown as 80 and does not pass at 80.
        let short = total(&[(1, 1_999_900, 2_500_000)]);
        assert_eq!(shown(short.percent()), "80");
        assert!(!short.reaches(80));
        assert!(total(&[(1, 4, 5)]).reaches(80));
        assert!(short < total(&[(7, 4, 5)]));
    }

    #[test]
    fn nothing_to_earn_is_passed_and_has_no_score() {
        assert!(Total::EMPTY.reaches(100));
        assert_eq!(Total::EMPTY.percent(), None);
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
