//! Points as whole numbers, so that millions of paths can be compared.

use crate::scenario::{Choice, Node, Scenario};

/// Points earned, of those that could be earned, in the same unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Score {
    pub(super) earned: u64,
    pub(super) possible: u64,
}

impl Score {
    /// Whether it is `bar` of 100 or more.
    pub(super) fn reaches(self, bar: u32) -> bool {
        u128::from(self.earned) * 100 >= u128::from(bar) * u128::from(self.possible)
    }

    /// Whether it is lower than another.
    pub(super) fn is_below(self, other: Self) -> bool {
        u128::from(self.earned) * u128::from(other.possible) < u128::from(other.earned) * u128::from(self.possible)
    }
}

/// The unit of a scenario's points: the mean over the competencies of a scene has no fraction in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Points {
    scale: u64,
}

impl Points {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let decisions = scenario.nodes.iter().filter(|node| node.is_decision());
        let scale = decisions.fold(1_u64, |scale, node| {
            let count = node.tests.len().max(1) as u64;
            scale.checked_mul(count / gcd(scale, count)).filter(|scale| *scale < 1 << 40).unwrap_or(scale)
        });
        Self { scale }
    }

    /// What a choice scores where it is a decision.
    pub(super) fn of(self, node: &Node, choice: &Choice) -> Score {
        let share = node.share(choice);
        let possible = u64::from(node.weight) * 2 * self.scale;
        Score { earned: possible * share.earned / share.parts.max(1), possible }
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
