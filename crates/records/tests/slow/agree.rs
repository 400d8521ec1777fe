//! Whether the function and the slow telling agree on a case; and if not, the smallest case on which they differ, in the words of the
//! tables in `tests/schedule`.

use std::fmt::Write as _;

use records::{
    answer::{Cycle, Standing},
    day::{Day, Period},
    history::{Dated, What},
    policy::{Basis, Early, FirstDue, Policy, Refresher, Trigger},
    schedule::{Terms, Version, slices, stand, status},
};

use super::{histories::random_case, oracle::walk};

/// A history and the last day that is asked about.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) policy: Policy,
    pub(crate) facts: Vec<Dated>,
    pub(crate) as_of: Day,
}

/// Compares the cases of seeds.
///
/// # Errors
/// The first on which the two differ, made as small as it gets.
pub(crate) fn agree(seeds: impl Iterator<Item = u64>) -> Result<(), String> {
    for seed in seeds {
        let (policy, facts, as_of) = random_case(seed);
        let case = Case { policy, facts, as_of };
        if difference(&case).is_some() {
            let small = shrunk(case);
            let difference = difference(&small).unwrap_or_default();
            return Err(format!("seed {seed}\npolicy: {}\nfacts: {}\n{difference}", small.policy(), small.facts()));
        }
    }
    Ok(())
}

/// What differs on the first day on which something does.
pub(crate) fn difference(case: &Case) -> Option<String> {
    let Case { policy, facts, .. } = case;
    let versions = [Version { from: Day(i32::MIN), policy, recalculates: false }];
    let terms = Terms { versions: &versions, days: &[] };
    let (slices, _) = slices(terms, facts);
    let mut wrong = None;
    walk(policy, facts, &case.days(), |day, expected, cycles| {
        if wrong.is_none() {
            let found = stand(policy, facts, day);
            let quick = status(terms, facts, day);
            let slice = slices.iter().rev().find(|slice| slice.from <= day).map(|slice| slice.at(day));
            if found.0 != expected || found.1 != cycles {
                wrong = Some(format!("{day}: {}\nexpected:   {}", told(&found), told(&(expected, cycles.to_vec()))));
            } else if quick != expected || slice.is_some_and(|slice| slice != expected) {
                wrong = Some(format!("{day}: `status` {quick:?}\n`slices` {slice:?}\nexpected {expected:?}"));
            }
        }
    });
    wrong
}

fn told((standing, cycles): &(Standing, Vec<Cycle>)) -> String {
    let date = |day: Option<Day>| day.map_or_else(|| "–".to_owned(), |day| day.to_string());
    let Standing { coverage, timing, overlay, open, due, valid_through, window_opens, grace_ends, late, exception } =
        *standing;
    let mut told = format!(
        "{coverage:?} {timing:?} {overlay:?} open {open} due {} through {} window {} grace {} late {late} {exception:?}",
        date(due),
        date(valid_through),
        date(window_opens),
        date(grace_ends),
    );
    for Cycle { opened, due, completed, valid_through, late } in cycles {
        let _ = write!(
            told,
            "\n    {opened} due {} done {} to {} late {late}",
            date(*due),
            date(*completed),
            date(*valid_through)
        );
    }
    told
}

impl Case {
    /// The days asked about: those of the facts, the one after each, some between, the last.
    fn days(&self) -> Vec<Day> {
        let mut days = vec![self.as_of];
        let mut last = None;
        for fact in &self.facts {
            if last != Some(fact.on) {
                days.extend([fact.on, fact.on.next()]);
                days.extend(last.map(|last: Day| Day(last.0.midpoint(fact.on.0))));
                last = Some(fact.on);
            }
        }
        days.extend(last.into_iter().flat_map(|last| [last.plus(13), last.plus(60), last.plus(400)]));
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The facts in the words of the tables.
    fn facts(&self) -> String {
        let said = |fact: &Dated| {
            let on = fact.on;
            let source =
                |source: u32| if source == 0 { String::new() } else { format!(" {}", ["b", "c"][source as usize - 1]) };
            let until = |day: Option<Day>| day.map_or_else(String::new, |day| format!(" {day}"));
            match fact.what {
                What::Hired => format!("hired {on}"),
                What::RoleStart => format!("role-start {on}"),
                What::Rehired => format!("rehired {on}"),
                What::Assigned(of) => format!("assigned {on}{}", source(of.0)),
                What::Leave { to } => format!("leave {on}{}", until(to)),
                What::Exempted { until: last } => format!("exempted {on}{}", until(last)),
                What::Extended { due } => format!("extended {on} {due}"),
                What::Published => format!("published {on}"),
                What::PriorCredit => format!("prior-credit {on}"),
                What::Completed => format!("completed {on}"),
                What::Refreshed => format!("refreshed {on}"),
                What::Revoked => format!("revoked {on}"),
                What::Unassigned(of) => format!("unassigned {on}{}", source(of.0)),
                What::Left => format!("left {on}"),
            }
        };
        self.facts.iter().map(said).collect::<Vec<_>>().join("; ")
    }

    /// The policy in the words of the tables: what differs from policy P.
    fn policy(&self) -> String {
        let policy = &self.policy;
        let plain = plain(policy);
        let mut words = Vec::new();
        match policy.first_due.after {
            Trigger::Assigned => {}
            Trigger::Hired => words.push("after=hired".to_owned()),
            Trigger::RoleStart => words.push("after=role-start".to_owned()),
            Trigger::On(day) => words.push(format!("after={day}")),
        }
        if policy.first_due.days != plain.first_due.days {
            words.push(format!("first-due={}", policy.first_due.days));
        }
        match policy.validity {
            None => words.push("no validity".to_owned()),
            Some(validity) if policy.validity != plain.validity => words.push(format!("validity={validity}")),
            Some(_) => {}
        }
        match policy.basis {
            Basis::Expiry => {}
            Basis::Completion => words.push("basis=completion".to_owned()),
            Basis::Calendar { month, day } => words.push(format!("basis={month}-{day}")),
        }
        let periods = [
            ("window", policy.window, plain.window),
            ("grace", policy.grace, plain.grace),
            ("min-active", policy.min_active, plain.min_active),
        ];
        words.extend(
            periods.iter().filter(|(_, is, plain)| is != plain).map(|(name, period, _)| format!("{name}={period}")),
        );
        if policy.min_lead != plain.min_lead {
            words.push(format!("min-lead={}", policy.min_lead));
        }
        if policy.refresher != Refresher::Full {
            words.push("quiz".to_owned());
        }
        if policy.early == Early::Restart {
            words.push("restart".to_owned());
        }
        match policy.prior_credit_max_age {
            limit if limit == policy.validity => {}
            None => words.push("no limit".to_owned()),
            Some(limit) => words.push(format!("limit={limit}")),
        }
        words.join(", ")
    }
}

/// Policy P of the design.
fn plain(of: &Policy) -> Policy {
    let mut plain = Policy::new(of.zone.clone());
    plain.validity = Some(Period::Months(12));
    plain.prior_credit_max_age = plain.validity;
    plain
}

/// The case with whatever can be left out left out, as long as the two still differ.
fn shrunk(mut case: Case) -> Case {
    let mut better = true;
    while better {
        better = false;
        for at in (0..case.facts.len()).rev() {
            let mut less = case.clone();
            less.facts.remove(at);
            better |= keep(&mut case, less);
        }
        let plain = plain(&case.policy);
        let simpler: [&dyn Fn(&mut Policy); 11] = [
            &|policy| policy.first_due = plain.first_due,
            &|policy| policy.first_due = FirstDue { days: plain.first_due.days, ..policy.first_due },
            &|policy| (policy.validity, policy.prior_credit_max_age) = (plain.validity, plain.validity),
            &|policy| policy.basis = Basis::Expiry,
            &|policy| policy.window = plain.window,
            &|policy| policy.grace = plain.grace,
            &|policy| policy.min_lead = plain.min_lead,
            &|policy| policy.min_active = plain.min_active,
            &|policy| policy.refresher = plain.refresher,
            &|policy| policy.early = plain.early,
            &|policy| policy.prior_credit_max_age = policy.validity,
        ];
        for simpler in simpler {
            let mut less = case.clone();
            simpler(&mut less.policy);
            // A window has to be shorter than the validity.
            let fits = less.policy.validity.is_none_or(|validity| less.policy.window.days() < validity.days());
            if less.policy != case.policy && fits {
                better |= keep(&mut case, less);
            }
        }
    }
    case
}

/// Takes the smaller case if the two still differ on it.
fn keep(case: &mut Case, less: Case) -> bool {
    let differ = difference(&less).is_some();
    if differ {
        *case = less;
    }
    differ
}
