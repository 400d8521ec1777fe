//! Scores as exact fractions, from 0 to 100.

use serde::{Deserialize, Serialize, Serializer};

use crate::scenario::{Choice, Node, Scenario};

/// Points earned, of those that could be earned. Compared exactly; rounded only to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// What was earned, in any unit.
    pub earned: u64,
    /// What could be earned, in the same unit.
    pub possible: u64,
}

impl Score {
    /// Adds points.
    #[must_use]
    pub fn plus(self, earned: u64, possible: u64) -> Self {
        Self { earned: self.earned + earned, possible: self.possible + possible }
    }

    /// The score itself if anything could be earned; a score of nothing is none.
    #[must_use]
    pub fn observed(self) -> Option<Self> {
        (self.possible > 0).then_some(self)
    }

    /// Whether it is `bar` of 100 or more.
    #[must_use]
    pub fn reaches(self, bar: u32) -> bool {
        u128::from(self.earned) * 100 >= u128::from(bar) * u128::from(self.possible)
    }

    /// Whether it is lower than another.
    #[must_use]
    pub fn is_below(self, other: Self) -> bool {
        u128::from(self.earned) * u128::from(other.possible) < u128::from(other.earned) * u128::from(self.possible)
    }

    /// From 0 to 100, rounded to two decimals.
    #[must_use]
    pub fn percent(self) -> Rounded {
        if self.possible == 0 {
            return Rounded { hundredths: 0 };
        }
        let (earned, possible) = (u128::from(self.earned), u128::from(self.possible));
        let hundredths = (earned * 20_000 + possible) / (possible * 2);
        Rounded { hundredths: u64::try_from(hundredths).unwrap_or(u64::MAX) }
    }
}

/// A number with two decimals at most, as it is shown. Whole numbers have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rounded {
    hundredths: u64,
}

impl std::fmt::Display for Rounded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
            // Two decimals of at most 100: a double holds them as they read.
            serializer.serialize_f64(self.to_string().parse().unwrap_or(0.0))
        }
    }
}

/// The points of a role-play's decisions as whole numbers: the mean over the competencies of a scene has no fraction after
/// scaling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Points {
    scale: u64,
}

impl Points {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let decisions = scenario.nodes.iter().filter(|node| node.is_decision());
        let scale = decisions.fold(1_u64, |scale, node| {
            let count = node.tests.len().max(1) as u64;
            scale.checked_mul(count / gcd(scale, count)).filter(|scale| *scale < 1 << 40).unwrap_or(scale)
        });
        Self { scale }
    }

    /// What a choice scores where it is a decision.
    pub(crate) fn of(self, node: &Node, choice: &Choice) -> Score {
        let count = node.tests.len().max(1) as u64;
        let sum: u64 = node.points(choice).map(|(_, points)| u64::from(points)).sum();
        let weight = u64::from(node.weight);
        let possible = weight * 2 * self.scale;
        Score { earned: (weight * sum * self.scale / count).min(possible), possible }
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_compared_exactly_and_shown_rounded() {
        let table =
            [((5, 6), "83.33"), ((2, 3), "66.67"), ((1, 2), "50"), ((1, 8), "12.5"), ((0, 0), "0"), ((1, 1), "100")];
        for ((earned, possible), shown) in table {
            assert_eq!(Score { earned, possible }.percent().to_string(), shown);
        }
        assert!(!Score { earned: 1999, possible: 2500 }.reaches(80));
        assert!(Score { earned: 2000, possible: 2500 }.reaches(80));
        assert_eq!(serde_json::to_string(&Score { earned: 5, possible: 6 }.percent()).unwrap_or_default(), "83.33");
        assert_eq!(serde_json::to_string(&Score { earned: 3, possible: 4 }.percent()).unwrap_or_default(), "75");
    }
}
