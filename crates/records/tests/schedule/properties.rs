//! What holds of every history, whatever the dates.

use jiff::tz::TimeZone;
use records::{
    answer::{Coverage, Overlay, Standing},
    because::{Because, Reason, because},
    day::Day,
    history::{Dated, Source, What},
    lines,
    policy::Policy,
    schedule::{Terms, Version, slices, stand, stand_by, status},
};

use super::{day, facts, policy, slow::histories::random_case};

/// So many histories by chance, and the days worth asking about: those of the facts and the one before and after each, and some beyond.
fn histories(number: u64) -> impl Iterator<Item = (Policy, Vec<Dated>, Vec<Day>)> {
    (0..number).map(|seed| {
        let (policy, facts, as_of) = random_case(seed);
        let mut days: Vec<Day> = facts.iter().flat_map(|fact| [fact.on.plus(-1), fact.on, fact.on.next()]).collect();
        days.extend([as_of, as_of.plus(40), as_of.plus(400)]);
        days.sort_unstable();
        days.dedup();
        (policy, facts, days)
    })
}

fn by<T>(policy: &Policy, question: impl FnOnce(Terms<'_>) -> T) -> T {
    let versions = [Version { from: Day(i32::MIN), policy, recalculates: false }];
    question(Terms { versions: &versions, days: &[] })
}

fn is_work(fact: &Dated) -> bool {
    matches!(fact.what, What::Completed | What::Refreshed | What::PriorCredit)
}

// Work that is left out may let later work begin a validity later, so what is compared are the days until the next work.
#[test]
fn nobody_is_compliant_for_having_done_less() {
    for (policy, facts, days) in histories(5_000) {
        for (at, left_out) in facts.iter().enumerate().filter(|(_, fact)| is_work(fact)) {
            let mut less = facts.clone();
            less.remove(at);
            let next = facts[at + 1..].iter().find(|fact| is_work(fact)).map_or(Day::FAR, |fact| fact.on);
            for &day in days.iter().filter(|day| left_out.on <= **day && **day < next) {
                let (with, _) = stand(&policy, &facts, day);
                let (without, _) = stand(&policy, &less, day);
                assert!(
                    without.coverage != Coverage::Valid || with.coverage == Coverage::Valid,
                    "{policy:?}\n{facts:?}\nwithout {left_out:?} valid on {day}, with it {with:?}"
                );
            }
        }
    }
}

#[test]
fn what_happens_later_changes_no_answer_of_before() {
    for (policy, facts, days) in histories(5_000) {
        for day in days {
            let until: Vec<Dated> = facts.iter().copied().filter(|fact| fact.on <= day).collect();
            assert_eq!(stand(&policy, &facts, day), stand(&policy, &until, day), "{day}: {policy:?}\n{facts:?}");
        }
    }
}

#[test]
fn what_is_recorded_later_changes_nothing_that_was_known_before() {
    // Lines in the order in which they were recorded, one a day; some correct or take away an earlier one.
    let recorded = |line: usize| Day::of(jiff::civil::date(2026, 6, 1)).plus(i32::try_from(line).expect("few lines"));
    for seed in 0..300 {
        let (_, facts, _) = random_case(seed * 4 + 1);
        let mut free: Vec<usize> = Vec::new();
        let mut text = Vec::new();
        for (line, fact) in (1..).zip(&facts) {
            let corrected = match (line + usize::try_from(seed).expect("a small seed")) % 3 {
                0 => free.pop().map_or_else(String::new, |earlier| format!(r#","supersedes":{earlier}"#)),
                _ => String::new(),
            };
            let fact = match line % 5 {
                0 if !corrected.is_empty() => r#""fact":"retracted""#.to_owned(),
                _ => format!(r#""fact":"completed","on":"{}""#, fact.on),
            };
            text.push(format!(r#"{{{fact},"recorded":"{}T12:00:00Z"{corrected}}}"#, recorded(line)));
            free.push(line);
        }
        for known in 0..=facts.len() {
            let then = lines::read(&text[..known].join("\n"), &TimeZone::UTC, None).expect("lines");
            let now = lines::read(&text.join("\n"), &TimeZone::UTC, Some(recorded(known))).expect("lines");
            assert_eq!(now.facts, then.facts, "known on {}:\n{}", recorded(known), text.join("\n"));
        }
    }
}

#[test]
fn one_cycle_is_open_at_most() {
    for (policy, facts, days) in histories(5_000) {
        for day in days {
            let (standing, cycles) = stand(&policy, &facts, day);
            let ended =
                |fact: &&Dated| fact.on <= day && matches!(fact.what, What::Unassigned(_) | What::Left | What::Revoked);
            let unfinished = cycles.iter().filter(|cycle| cycle.completed.is_none()).count();
            // Every other unfinished cycle was ended by a fact.
            assert!(unfinished <= facts.iter().filter(ended).count() + usize::from(standing.open), "{facts:?}");
            assert!(!standing.open || cycles.last().is_some_and(|last| last.completed.is_none()), "{facts:?}");
            for pair in cycles.windows(2) {
                assert!(pair[0].opened <= pair[1].opened, "{cycles:?}");
                assert!(pair[0].completed.is_none_or(|completed| completed <= pair[1].opened), "{cycles:?}");
            }
        }
    }
}

// The window never opens after the end of validity, and no open cycle is due before that end: leave, exemption, extension and min-lead
// only move a due date later, and a source that is assigned later brings it no further forward than the end. Where nothing of these is
// there, a renewal is due on the end itself, so that window ≤ due ≤ valid through.
#[test]
fn the_window_opens_no_later_than_the_credit_ends_and_nothing_is_due_before_that() {
    let mut plain = 0;
    for (policy, facts, days) in histories(5_000) {
        for day in days {
            let (standing, _) = stand(&policy, &facts, day);
            let Standing { window_opens: Some(window), valid_through: Some(through), grace_ends: Some(grace), .. } =
                standing
            else {
                continue;
            };
            assert!(window <= through && through <= grace, "{day}: {standing:?}\n{facts:?}");
            let Some(due) = standing.due else { continue };
            assert!(window <= through && through <= due, "{day}: {standing:?}\n{policy:?}\n{facts:?}");
            let moves = |fact: &Dated| match fact.what {
                What::Leave { .. } | What::Exempted { .. } | What::Extended { .. } | What::Rehired => true,
                What::Assigned(_) => fact.on.plus(policy.min_lead) > through,
                _ => false,
            };
            // Who comes back without a valid credit is asked anew, which is no renewal.
            if standing.coverage == Coverage::Valid && !facts.iter().any(|fact| fact.on <= day && moves(fact)) {
                plain += 1;
                assert_eq!(due, through, "{day}: {standing:?}\n{policy:?}\n{facts:?}");
            }
        }
    }
    assert!(plain > 200, "only {plain} renewals that nothing moved");
}

#[test]
fn stretches_of_days_say_what_each_day_says() {
    for (policy, facts, days) in histories(1_000) {
        let (Some(first), Some(last)) = (facts.first(), days.last()) else { continue };
        let slices = by(&policy, |terms| slices(terms, &facts).0);
        assert!(slices.windows(2).all(|pair| pair[0].from < pair[1].from), "{slices:?}");
        for day in (first.on.0..=last.0).map(Day) {
            let slice = slices.iter().rev().find(|slice| slice.from <= day).expect("a stretch from the first fact on");
            let asked = by(&policy, |terms| status(terms, &facts, day));
            assert_eq!(slice.at(day), asked, "{day}: {policy:?}\n{facts:?}");
        }
    }
}

#[test]
fn a_version_that_says_the_same_changes_nothing() {
    for (at, (policy, facts, days)) in (0..).zip(histories(5_000)) {
        let from = days[at % days.len()];
        // Recalculated, a due date is reckoned from what is in force now; what was moved, kept or brought forward before is not.
        let plain =
            |fact: &Dated| is_work(fact) || matches!(fact.what, What::Hired | What::RoleStart | What::Published);
        let plain = facts.iter().filter(|fact| matches!(fact.what, What::Assigned(_))).count() == 1
            && facts.iter().all(|fact| plain(fact) || matches!(fact.what, What::Assigned(_)));
        let first = Version { from: Day(i32::MIN), policy: &policy, recalculates: false };
        let versions = [first, Version { from, recalculates: plain, ..first }];
        for day in days {
            let found = stand_by(Terms { versions: &versions, days: &[] }, &facts, day);
            assert_eq!(found, stand(&policy, &facts, day), "{day}, again from {from}: {policy:?}\n{facts:?}");
        }
    }
}

#[test]
fn a_new_version_acts_on_what_opens_later_unless_it_recalculates() {
    let done = "assigned 2026-01-10; completed 2026-02-05";
    let rows = [
        // Its window opens later; what is renewed in it counts by its validity, from the old end.
        (done, "window=30 days, validity=6 months", "2026-06-01", false, "2027-01-05", (None, "2027-02-05")),
        (
            done,
            "window=30 days, validity=6 months",
            "2026-06-01",
            false,
            "2027-01-06",
            (Some("2027-02-05"), "2027-02-05"),
        ),
        (
            "DONE; completed 2027-01-20",
            "window=30 days, validity=6 months",
            "2026-06-01",
            false,
            "2027-01-20",
            (None, "2027-08-05"),
        ),
        // A window that would have been open for long opens on the day of the version.
        (done, "window=90 days", "2026-12-01", false, "2026-11-30", (None, "2027-02-05")),
        (done, "window=90 days", "2026-12-01", false, "2026-12-01", (Some("2027-02-05"), "2027-02-05")),
        // Recalculated, the credit counts by it too.
        (done, "validity=6 months", "2026-06-01", false, "2026-07-01", (None, "2027-02-05")),
        (done, "validity=6 months", "2026-06-01", true, "2026-07-01", (Some("2026-08-05"), "2026-08-05")),
    ];
    let old = policy("");
    for (what, of, from, recalculates, as_of, (due, through)) in rows {
        let (new, facts) = (policy(of), facts(&what.replace("DONE", done), &old));
        let first = Version { from: Day(i32::MIN), policy: &old, recalculates: false };
        let versions = [first, Version { from: day(from), policy: &new, recalculates }];
        let (standing, cycles) = stand_by(Terms { versions: &versions, days: &[] }, &facts, day(as_of));
        assert_eq!((standing.due, standing.valid_through), (due.map(day), Some(day(through))), "{of} {from} {as_of}");
        assert!(cycles.iter().all(|cycle| cycle.opened < day("2026-02-01") || cycle.opened >= day(from)), "{cycles:?}");
    }
}

#[test]
fn an_open_cycle_goes_on_by_the_version_in_force_when_it_opened() {
    let old = policy("");
    let done = "assigned 2026-01-10; completed 2026-02-05";
    let stands = |facts_of: &str, of: &str, from: &str, recalculates: bool, as_of: &str| {
        let (new, facts) = (policy(of), facts(facts_of, &old));
        let first = Version { from: Day(i32::MIN), policy: &old, recalculates: false };
        let versions = [first, Version { from: day(from), policy: &new, recalculates }];
        stand_by(Terms { versions: &versions, days: &[] }, &facts, day(as_of)).0
    };
    // Grace is running since 6 February when it is shortened: those who are in it keep theirs, and so does nobody later.
    let shorter = ("grace=5 days", "2027-02-20");
    assert_eq!(stands(done, shorter.0, shorter.1, false, "2027-02-20").coverage, Coverage::Grace);
    assert_eq!(stands(done, shorter.0, shorter.1, true, "2027-02-20").coverage, Coverage::Lapsed);
    assert_eq!(stands(done, shorter.0, "2026-06-01", false, "2027-02-20").coverage, Coverage::Lapsed);
    // What is renewed in a window that opened before counts as it did when it opened.
    let renewed = "assigned 2026-01-10; completed 2026-02-05; completed 2027-01-20";
    let half = ("validity=6 months", "2027-01-10");
    assert_eq!(stands(renewed, half.0, half.1, false, "2027-01-20").valid_through, Some(day("2028-02-05")));
    assert_eq!(stands(renewed, half.0, half.1, true, "2027-01-20").valid_through, Some(day("2027-07-20")));
}

#[test]
fn what_was_late_stays_late_though_a_new_version_asks_for_it_later() {
    let (old, new) = (policy(""), policy("first-due=90"));
    let facts = facts("assigned 2026-01-10", &old);
    let first = Version { from: Day(i32::MIN), policy: &old, recalculates: false };
    // Due 9 February; late once the 10th has ended.
    for (from, late) in [("2026-02-10", false), ("2026-02-11", true)] {
        let versions = [first, Version { from: day(from), policy: &new, recalculates: true }];
        let (standing, _) = stand_by(Terms { versions: &versions, days: &[] }, &facts, day("2026-03-01"));
        assert_eq!((standing.due, standing.late), (Some(day("2026-04-10")), late), "{from}");
    }
}

#[test]
fn sources_with_days_of_their_own_are_asked_for_after_those() {
    for (at, (policy, facts, days)) in (0..).zip(histories(5_000)) {
        let mut other = policy.clone();
        other.first_due.days = at % 100;
        let own = [0, 1, 2].map(|source| (Source(source), other.first_due.days));
        let versions = [Version { from: Day(i32::MIN), policy: &policy, recalculates: false }];
        for day in days {
            let found = stand_by(Terms { versions: &versions, days: &own }, &facts, day);
            assert_eq!(found, stand(&other, &facts, day), "{day}: {other:?}\n{facts:?}");
        }
    }
}

/// The due date to which a reason led, if it is about due dates.
fn due_by(reason: &Reason) -> Option<Option<Day>> {
    match *reason {
        Reason::FirstDue { due, .. } | Reason::WindowOpened { due, .. } | Reason::Revoked { due } => Some(due),
        Reason::KeptDue { due } => Some(due),
        Reason::BroughtForward { to, .. } | Reason::MovedByPause { to, .. } => Some(Some(to)),
        Reason::Extended { from, to, .. } if to > from => Some(Some(to)),
        Reason::NoAnchor(_) => Some(None),
        _ => None,
    }
}

/// The end of validity to which a reason led, if it is about credits.
fn through_by(reason: &Reason) -> Option<Option<Day>> {
    match *reason {
        Reason::StandsAgain { valid_through }
        | Reason::EarlierCounts { valid_through, .. }
        | Reason::Completed { valid_through, .. }
        | Reason::RenewedOnTime { valid_through, .. }
        | Reason::Restarted { valid_through } => Some(valid_through),
        Reason::Revoked { .. } => Some(None),
        _ => None,
    }
}

#[test]
fn the_last_reason_about_a_date_leads_to_it() {
    for (policy, facts, days) in histories(5_000) {
        for day in days {
            let (standing, cycles, reasons) = by(&policy, |terms| because(terms, &facts, day));
            assert_eq!((standing, cycles), stand(&policy, &facts, day));
            let last =
                |of: fn(&Reason) -> Option<Option<Day>>| reasons.iter().rev().find_map(|because| of(&because.reason));
            let case = || format!("{day}: {standing:?}\n{policy:?}\n{facts:?}\n{reasons:#?}");
            if let Some(due) = standing.due {
                assert_eq!(last(due_by), Some(Some(due)), "{}", case());
            }
            if standing.overlay != Some(Overlay::NotApplicable) && standing.valid_through.is_some() {
                assert_eq!(last(through_by), Some(standing.valid_through), "{}", case());
            }
        }
    }
}

#[test]
fn the_explanation_names_the_rule_that_decided() {
    // The rule of the due date and of the credit.
    let done = "assigned 2026-01-10; completed 2026-02-05";
    let rows = [
        ("", "assigned 2026-01-10", "2026-01-20", "4 –"),
        ("after=hired", "assigned 2026-01-10", "2026-01-20", "14 –"),
        ("", done, "2026-03-01", "4 4"),
        ("", done, "2026-12-07", "9 4"),
        ("", "DONE; completed 2027-01-20", "2027-01-20", "9 5"),
        ("", "DONE; completed 2027-02-20", "2027-02-20", "9 7"),
        ("", "DONE; completed 2027-03-20", "2027-03-20", "9 8"),
        ("restart", "DONE; completed 2026-10-01", "2026-10-01", "4 6"),
        ("", "DONE; leave 2027-02-01 2027-02-20", "2027-02-01", "12 4"),
        ("", "DONE; leave 2026-11-01 2027-02-20", "2026-12-10", "12 4"),
        ("", "DONE; exempted 2027-02-01 2027-02-20", "2027-02-21", "D7 4"),
        ("", "DONE; extended 2027-02-01 2027-03-01", "2027-02-01", "13 4"),
        ("", "DONE; revoked 2026-06-01", "2026-06-01", "16 16"),
        ("", "DONE; revoked 2026-06-01; completed 2026-06-03", "2026-06-03", "16 16"),
        ("", "DONE; unassigned 2026-03-01; assigned 2026-06-01", "2026-06-01", "4 D10"),
        ("", "assigned 2026-01-10; unassigned 2026-02-01; assigned 2026-02-05", "2026-02-05", "11 –"),
        ("", "assigned 2026-01-10; extended 2026-02-01 2026-06-01; assigned 2026-02-10 b", "2026-02-10", "11 –"),
        ("", "DONE; unassigned 2027-01-20; leave 2027-01-22 2027-02-10; assigned 2027-02-01", "2027-02-01", "12 D10"),
        ("", "prior-credit 2025-06-30; assigned 2026-01-10", "2026-01-10", "– 15"),
    ];
    for (of, what, as_of, expected) in rows {
        let policy = policy(of);
        let facts = facts(&what.replace("DONE", done), &policy);
        let (.., reasons) = by(&policy, |terms| because(terms, &facts, day(as_of)));
        let rule = |about: fn(&Reason) -> Option<Option<Day>>| {
            reasons.iter().rev().find(|because| about(&because.reason).is_some()).map_or("–", Because::rule)
        };
        assert_eq!(format!("{} {}", rule(due_by), rule(through_by)), expected, "{of} {what} {as_of}");
    }
}

#[test]
fn every_reason_names_its_rule_and_does_its_sums() {
    for (policy, facts, days) in histories(5_000) {
        let day = days.last().copied().unwrap_or(Day(0));
        let (.., reasons) = by(&policy, |terms| because(terms, &facts, day));
        for because in &reasons {
            let words = because.words(&Default::default());
            assert!(words.ends_with('.') && words.starts_with(char::is_uppercase), "{words}");
            let rule = because.rule();
            let number = rule.trim_start_matches('D').parse::<u32>().expect("a number");
            assert!((1..=if rule.starts_with('D') { 25 } else { 19 }).contains(&number), "{rule}");
            if let Reason::FirstDue { due, first_due, base: Some(base), lead, .. } = because.reason {
                assert_eq!(due, Some(base.plus(first_due.days).max(lead)), "{words}");
            }
        }
        assert!(reasons.is_sorted_by_key(|Because { on, .. }| *on), "{reasons:#?}");
    }
}
