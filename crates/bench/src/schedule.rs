//! How long the schedule takes for everybody at once, from facts in memory; and a million histories by chance, on which the function
//! must say what its slow telling says.

use std::{hint::black_box, time::Instant};

use jiff::{civil::date, tz::TimeZone};
use records::{
    answer::{Coverage, Timing},
    day::{Day, Period},
    history::{Dated, Source, What, in_order},
    policy::{Basis, Policy, Refresher, Trigger},
    schedule::{Terms, Version, status},
};

use crate::{
    Outcome, Run,
    load::count,
    report::{Section, Table, goal},
};

#[path = "../../records/tests/slow/mod.rs"]
mod slow;

const OBLIGATIONS: usize = 5_000_000;
const HISTORIES: u64 = 1_000_000;

pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let mut section = Section::new("schedule", run);
    let (number, rounds, histories) =
        if run.quick { (OBLIGATIONS / 10, 3, HISTORIES / 20) } else { (OBLIGATIONS, 7, HISTORIES) };
    let today = Day::of(date(2026, 11, 25));
    let lives = Lives::new(number, today);
    let policies = policies();
    let versions: Vec<[Version<'_>; 1]> =
        policies.iter().map(|policy| [Version { from: Day(i32::MIN), policy, recalculates: false }]).collect();
    let all = || {
        let mut tally = Tally::default();
        for (facts, versions) in lives.each().zip(versions.iter().cycle()) {
            let standing = status(Terms { versions, days: &[] }, facts, today);
            tally.valid += usize::from(standing.coverage == Coverage::Valid);
            tally.overdue += usize::from(standing.timing == Some(Timing::Overdue));
        }
        tally
    };
    let once = || black_box(lives.each().flatten().fold(0_i64, |sum, fact| sum + i64::from(fact.on.0)));
    let (mut asked, mut read, mut tally) = (Vec::new(), Vec::new(), all());
    for _ in 0..rounds {
        let start = Instant::now();
        tally = black_box(all());
        asked.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        once();
        read.push(start.elapsed().as_secs_f64());
    }
    asked.sort_unstable_by(f64::total_cmp);
    read.sort_unstable_by(f64::total_cmp);
    let (median, floor) = (asked[asked.len() / 2], read[read.len() / 2]);
    let mut table = Table::new(&["what", "median s (least–most)", "ns each", "the same facts only read, s"]);
    table.row([
        format!("{number} obligations with {} facts, on one core", lives.facts.len()),
        format!("**{median:.2}** ({:.2}–{:.2})", asked[0], asked[asked.len() - 1]),
        format!("{:.0}", median * 1e9 / count(number)),
        format!("{floor:.3}"),
    ]);
    section.table(table);
    section.paragraph(&format!("Of them {} valid and {} overdue.", tally.valid, tally.overdue));
    let start = Instant::now();
    // A difference is an error and not a number.
    slow::agree::agree(0..histories)?;
    let seconds = start.elapsed().as_secs_f64();
    section.paragraph(&format!("{histories} histories by chance came out as they are told slowly, in {seconds:.0} s."));
    let for_all = median * count(OBLIGATIONS) / count(number);
    section.goals(&[goal(
        "the status of 5,000,000 obligations in 1 s on one core",
        for_all <= 1.0,
        &format!("{for_all:.2} s"),
    )]);
    Ok(section)
}

#[derive(Default)]
struct Tally {
    valid: usize,
    overdue: usize,
}

/// The facts of many obligations, one after the other.
struct Lives {
    facts: Vec<Dated>,
    ends: Vec<usize>,
}

impl Lives {
    /// As clinics have them: most complete in time and renew each year; some are late, on leave, extended, asked twice, or gone.
    fn new(number: usize, today: Day) -> Self {
        let mut dice = Dice(0x2545_F491_4F6C_DD1D);
        let mut lives = Self { facts: Vec::with_capacity(number * 4), ends: Vec::with_capacity(number) };
        let mut life = Vec::new();
        for _ in 0..number {
            life.clear();
            dice.live(&mut life, today);
            life.retain(|fact| fact.on <= today);
            in_order(&mut life);
            lives.facts.extend_from_slice(&life);
            lives.ends.push(lives.facts.len());
        }
        lives
    }

    fn each(&self) -> impl Iterator<Item = &[Dated]> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.facts[start..*end])
    }
}

/// Xorshift, 64 bits (Marsaglia 2003): the same lives in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: i32) -> i32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i32::try_from(self.0 >> 33).unwrap_or_default() % most
    }

    fn live(&mut self, life: &mut Vec<Dated>, today: Day) {
        let mut push = |on: Day, what| life.push(Dated { on, at: 0, what, line: 0 });
        let assigned = today.plus(-10 - self.below(1500));
        push(assigned.plus(-self.below(60)), What::Hired);
        push(assigned, What::Assigned(Source(0)));
        if self.below(100) < 8 {
            push(assigned.plus(self.below(400)), What::Assigned(Source(1)));
        }
        let mut done = assigned.plus(1 + self.below(40));
        // One in a hundred never does.
        while self.below(100) > 0 && done <= today {
            push(done, What::Completed);
            done = done.plus(if self.below(100) < 85 { 365 - self.below(55) } else { 365 + self.below(60) });
        }
        let some = assigned.plus(self.below(1500));
        match self.below(100) {
            0..10 => push(some, What::Leave { to: Some(some.plus(14 + self.below(180))) }),
            10..14 => push(some, What::Extended { due: some.plus(30) }),
            14..16 => push(some, What::Exempted { until: Some(some.plus(90)) }),
            16 => push(some, What::Revoked),
            17..20 => push(some, What::Left),
            _ => {}
        }
    }
}

/// A dozen requirements' policies, as different as they are in a clinic.
fn policies() -> Vec<Policy> {
    let year = Period::Months(12);
    let mut policies = Vec::new();
    for number in 0..12 {
        let mut policy = Policy::new(TimeZone::UTC);
        policy.validity = if number == 11 { None } else { Some(year) };
        policy.prior_credit_max_age = policy.validity;
        policy.basis = match number % 4 {
            0 => Basis::Completion,
            3 => Basis::Calendar { month: 9, day: 1 },
            _ => Basis::Expiry,
        };
        if number == 11 {
            policy.basis = Basis::Expiry;
        }
        if number % 3 == 1 {
            policy.first_due.after = Trigger::Hired;
        }
        policy.refresher = Refresher::Full;
        policies.push(policy);
    }
    policies
}
