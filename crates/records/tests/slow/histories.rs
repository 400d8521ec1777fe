//! Histories by chance: policies, facts and days that meet at the edges of the rules.
//!
//! Three of four go on as lives do: somebody is asked, works when something is due or over, goes on leave, is moved and comes back. The
//! fourth is any facts at all, so that what never should happen is asked too.

use jiff::{civil::date, tz::TimeZone};
use records::{
    day::{Day, Period},
    history::{self, Dated, Source, What},
    policy::{Basis, Early, FirstDue, Policy, Refresher, Trigger},
};

/// How many numbers choose a policy, a fact, and a day.
const POLICY: usize = 11;
const FACT: usize = 7;
const DAY: usize = 4;

/// The case of a seed; the same one for ever: a policy, facts in the order in which they act, and the last day to ask about.
pub(crate) fn random_case(seed: u64) -> (Policy, Vec<Dated>, Day) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for _ in 0..4 {
        dice.roll();
    }
    let policy = random_policy(&dice.rolls());
    let number = dice.roll() % 16;
    let facts: Vec<[u32; FACT]> = (0..number).map(|_| dice.rolls()).collect();
    let (mut dated, marks) = if seed.is_multiple_of(4) { wild(&policy, &facts) } else { life(&policy, &facts) };
    history::in_order(&mut dated);
    // Mostly after most of it.
    let middle = dated.get(dated.len() / 2).map_or(Day::of(START), |fact| fact.on);
    let as_of = random_day(&policy, &marks, &dice.rolls()).max(middle);
    (policy, dated, as_of)
}

/// Any facts at all, gathered around the days that matter, and those days.
fn wild(policy: &Policy, facts: &[[u32; FACT]]) -> (Vec<Dated>, Vec<Day>) {
    let mut marks = vec![Day::of(START)];
    let mut dated: Vec<Dated> = Vec::new();
    for (line, words) in (1..).zip(facts) {
        let [kind, source, length, rest @ ..] = *words;
        let on = random_day(policy, &marks, &rest);
        // A history mostly begins with an assignment.
        let kind = if dated.is_empty() && !kind.is_multiple_of(4) { 0 } else { kind % 32 };
        let what = random_fact(policy, kind, on, Source(source % 8 / 3), length, &mut marks);
        marks.push(on);
        dated.push(Dated { on, at: 0, what, line });
    }
    (dated, marks)
}

/// Facts one after the other, each likely after those before it, and the days that matter.
fn life(policy: &Policy, facts: &[[u32; FACT]]) -> (Vec<Dated>, Vec<Day>) {
    let mut today = Day::of(START);
    let mut asking: Vec<Source> = Vec::new();
    let (mut due, mut through, mut back) = (today, None::<Day>, None::<Day>);
    let mut marks = vec![today];
    let mut dated = Vec::new();
    for (line, words) in (1..).zip(facts) {
        let [kind, which, length, how, mark, aside, step] = *words;
        // Most have been hired and begin in a job role.
        let begins = match policy.first_due.after {
            _ if line > 1 || kind.is_multiple_of(4) => None,
            Trigger::Hired => Some(What::Hired),
            Trigger::RoleStart => Some(What::RoleStart),
            Trigger::Assigned | Trigger::On(_) => Some(What::Assigned(Source(0))),
        };
        // Some day on which something changes by itself, or the one beside it; or simply some days later.
        let lead = policy.min_lead;
        let mut days = vec![due, due.plus(-14), today.plus(lead), today.plus(policy.first_due.days)];
        days.extend(back.into_iter().flat_map(|back| [back, back.plus(lead)]));
        if let Some(through) = through {
            let grace = policy.grace.after(through, 1);
            days.extend([policy.window.before(through), through, through, grace, grace.plus(lead)]);
        }
        let likely = pick(&days, mark).plus(pick(&[0, 1, -1, 0, 2], aside));
        let later = today.plus(pick(&[1, 0, 3, 10, 25, 60], step));
        today = if how.is_multiple_of(5) || likely < today { later } else { likely }.min(Day::of(date(2032, 12, 31)));
        let source = Source(which % 3);
        let known = asking.contains(&source);
        let until = today.plus(pick(&[10, 0, 1, lead, 30, 90, 200], length));
        let to = (!length.is_multiple_of(13)).then_some(until);
        let what = begins.unwrap_or_else(|| match kind % 28 {
            0 => What::Left,
            1 => pick(&[What::Hired, What::RoleStart, What::Rehired, What::Published, What::PriorCredit], length),
            2 if asking.is_empty() => What::Rehired,
            _ if asking.is_empty() && kind.is_multiple_of(5) => What::Completed,
            _ if asking.is_empty() => What::Assigned(source),
            2..=9 => What::Completed,
            10..=12 => What::Refreshed,
            13 => What::Revoked,
            14..=15 if known => What::Unassigned(source),
            14..=16 => What::Assigned(source),
            17..=19 => What::Leave { to },
            20 => What::Exempted { until: to },
            21..=23 => What::Extended { due: due.max(today).plus(pick(&[10, 1, 0, 30, 90, 200], length)) },
            24..=25 => What::Assigned(source),
            _ => What::Unassigned(pick(&asking, which)),
        });
        match what {
            What::Assigned(source) => {
                asking.push(source);
                due = today.plus(policy.first_due.days.max(lead));
            }
            What::Unassigned(source) => asking.retain(|asks| *asks != source),
            What::Completed | What::Refreshed => {
                let base =
                    through.filter(|through| policy.basis == Basis::Expiry && *through >= today).unwrap_or(today);
                through = policy.validity.map(|validity| validity.after(base, 1));
                due = through.unwrap_or(due);
            }
            What::Leave { to: Some(to) } | What::Exempted { until: Some(to) } => back = Some(to.next()),
            What::Extended { due: to } => due = to,
            What::Revoked => due = today.plus(lead),
            _ => {}
        }
        marks.extend([today, due]);
        dated.push(Dated { on: today, at: 0, what, line });
    }
    (dated, marks)
}

const START: jiff::civil::Date = date(2023, 12, 31);

/// Xorshift, 64 bits (Marsaglia 2003): enough to spread cases, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 >> 32).unwrap_or_default()
    }

    fn rolls<const NUMBER: usize>(&mut self) -> [u32; NUMBER] {
        std::array::from_fn(|_| self.roll())
    }
}

fn pick<T: Copy>(from: &[T], word: u32) -> T {
    from[usize::try_from(word).unwrap_or_default() % from.len()]
}

fn random_policy(words: &[u32; POLICY]) -> Policy {
    let [trigger, first, validity, basis, window, grace, lead, active, refresher, limit, early] = *words;
    let mut policy = Policy::new(TimeZone::UTC);
    let fixed = Day::of(date(2024, 2, 29));
    policy.first_due = FirstDue {
        after: pick(
            &[Trigger::Assigned, Trigger::Assigned, Trigger::Hired, Trigger::RoleStart, Trigger::On(fixed)],
            trigger,
        ),
        days: pick(&[30, 0, 1, 14, 7, 90], first),
    };
    let year = Period::Months(12);
    policy.validity = pick(
        &[
            Some(year),
            Some(Period::Months(6)),
            Some(Period::Days(90)),
            Some(Period::Months(1)),
            None,
            Some(Period::Months(24)),
            Some(year),
        ],
        validity,
    );
    let slot = |month, day| Basis::Calendar { month, day };
    policy.basis = pick(
        &[Basis::Expiry, Basis::Completion, Basis::Expiry, slot(2, 29), slot(9, 1), slot(12, 31), Basis::Completion],
        basis,
    );
    policy.window =
        pick(&[Period::Days(60), Period::Days(0), Period::Days(20), Period::Months(1), Period::Days(29)], window);
    policy.grace = pick(&[Period::Days(30), Period::Days(0), Period::Days(1), Period::Months(3)], grace);
    policy.min_lead = pick(&[14, 0, 1, 7, 30], lead);
    policy.min_active = pick(&[Period::Days(90), Period::Months(12), Period::Months(6), Period::Days(62)], active);
    policy.refresher = pick(&[Refresher::Quiz, Refresher::Full, Refresher::Module], refresher);
    policy.early = pick(&[Early::Practice, Early::Restart], early);
    // What a policy must have: with a calendar basis 12 months, and a window that fits.
    if matches!(policy.basis, Basis::Calendar { .. }) {
        policy.validity = Some(year);
    }
    if policy.validity.is_some_and(|validity| policy.window.days() >= validity.days()) {
        policy.window = Period::Days(20);
    }
    policy.prior_credit_max_age =
        pick(&[policy.validity, None, Some(Period::Days(60)), Some(Period::Months(3)), policy.validity], limit);
    policy
}

/// A day that matters, or one beside it.
fn random_day(policy: &Policy, marks: &[Day], words: &[u32; DAY]) -> Day {
    let [how, mark, offset, aside] = *words;
    // The last marks twice as often, so that histories go on.
    let count = u32::try_from(marks.len()).unwrap_or(1);
    let index = if mark.is_multiple_of(2) { mark / 2 % count } else { count - 1 - mark / 2 % count.min(3) };
    let mark = marks[usize::try_from(index).unwrap_or_default()];
    let lead = policy.min_lead;
    let day = match how % 16 {
        0..=1 => mark,
        2..=6 => mark.plus(pick(&[policy.first_due.days, lead, 14, 15, 1, lead + 1, 45, 3], offset)),
        7..=11 => {
            let validity = policy.validity.unwrap_or(Period::Months(12));
            let through = validity.after(mark, 1);
            let grace_ends = policy.grace.after(through, 1);
            let days = [through, policy.window.before(through), grace_ends, grace_ends.plus(lead), through.plus(lead)];
            pick(&days, offset)
        }
        12..=13 => Day::of(pick(
            &[
                date(2024, 2, 29),
                date(2024, 1, 31),
                date(2025, 2, 28),
                date(2024, 12, 31),
                date(2025, 9, 1),
                date(2026, 3, 31),
            ],
            offset,
        )),
        _ => mark.plus(i32::try_from(offset % 500).unwrap_or_default()),
    };
    let aside = pick(&[0, 0, 1, -1, 0, 2], aside);
    // A history of more than a few years only costs time.
    day.plus(aside).clamp(Day::of(date(2023, 1, 1)), Day::of(date(2029, 12, 31)))
}

fn random_fact(policy: &Policy, kind: u32, on: Day, source: Source, length: u32, marks: &mut Vec<Day>) -> What {
    let days = pick(&[10, 0, 1, 3, policy.min_lead, 30, 90, 200], length);
    let far = length.is_multiple_of(11) && length > 0;
    match kind {
        0..=5 => What::Assigned(source),
        6..=10 => What::Completed,
        11..=13 => What::Refreshed,
        14 => What::PriorCredit,
        15..=17 => What::Unassigned(source),
        18..=20 => {
            marks.push(on.plus(days));
            What::Leave { to: (!far).then(|| on.plus(days)) }
        }
        21..=22 => {
            marks.push(on.plus(days));
            What::Exempted { until: (!far).then(|| on.plus(days)) }
        }
        23..=25 => {
            marks.push(on.plus(days));
            What::Extended { due: on.plus(days) }
        }
        26..=27 => What::Revoked,
        28 => What::Left,
        29 => What::Rehired,
        30 => pick(&[What::Hired, What::RoleStart], length),
        _ => pick(&[What::Published, What::Hired, What::RoleStart, What::Left], length),
    }
}
