//! When training is due, valid, late and lapsed: the design's worked dates, cases by hand for every rule, and histories by chance.
//!
//! Every test runs over [`FUNCTIONS`], so that the rules as they are used and the rules as they are slowly told stand side by side.

mod properties;
#[path = "../slow/mod.rs"]
mod slow;

use jiff::{Timestamp, tz::TimeZone};
use records::{
    answer::{Coverage, Cycle, Missing, Overlay, Standing, Timing},
    day::{Day, Period},
    history::{self, Dated, Source, What},
    policy::{Basis, Early, Policy, Refresher, Trigger},
    schedule::stand,
};
use slow::{agree::agree, oracle::walk};

type Stand = fn(&Policy, &[Dated], Day) -> (Standing, Vec<Cycle>);

/// What must keep the rules.
const FUNCTIONS: &[(&str, Stand)] = &[("schedule", stand), ("oracle", oracle)];

/// The slow telling, asked about one day.
fn oracle(policy: &Policy, facts: &[Dated], as_of: Day) -> (Standing, Vec<Cycle>) {
    let mut last = None;
    walk(policy, facts, &[as_of], |_, standing, cycles| last = Some((standing, cycles.to_vec())));
    last.expect("the day that was asked about")
}

/// A question: why the answer is right, the policy where it differs from the design's policy P, the facts, the day, and the answer as
/// `coverage · timing · due · valid through`, then what else is so; and the cycles on the last of the days, unless they are left out.
struct Case {
    why: &'static str,
    policy: &'static str,
    facts: &'static str,
    asks: &'static [(&'static str, &'static str)],
    cycles: &'static str,
}

/// The table of schedule.md, "Worked dates".
const WORKED: &[Case] = &[
    Case {
        why: "a first cycle",
        policy: "",
        facts: "assigned 2026-01-10",
        asks: &[
            ("2026-01-20", "never · not due · 2026-02-09 · –"),
            ("2026-02-10", "never · overdue · 2026-02-09 · – · late"),
        ],
        cycles: "2026-01-10 due 2026-02-09 late",
    },
    Case {
        why: "completed, and what becomes of it",
        policy: "",
        facts: "assigned 2026-01-10; completed 2026-02-05",
        asks: &[
            ("2026-06-01", "valid · not due · – · 2027-02-05"),
            ("2026-12-06", "valid · not due · – · 2027-02-05"),
            ("2026-12-07", "valid · window open · 2027-02-05 · 2027-02-05"),
            ("2027-02-06", "grace · overdue · 2027-02-05 · 2027-02-05 · late"),
            ("2027-03-07", "grace · overdue · 2027-02-05 · 2027-02-05 · late"),
            ("2027-03-08", "lapsed · overdue · 2027-02-05 · 2027-02-05 · late"),
        ],
        cycles: "2026-01-10 due 2026-02-09 done 2026-02-05 to 2027-02-05; 2026-12-07 due 2027-02-05 late",
    },
    Case {
        why: "refreshed in the window",
        policy: "quiz",
        facts: "assigned 2026-01-10; completed 2026-02-05; refreshed 2027-01-20",
        asks: &[("2027-01-21", "valid · not due · – · 2028-02-05")],
        cycles: "2026-01-10 due 2026-02-09 done 2026-02-05 to 2027-02-05; 2026-12-07 due 2027-02-05 done 2027-01-20 to 2028-02-05",
    },
    Case {
        why: "refreshed before the window",
        policy: "quiz",
        facts: "assigned 2026-01-10; completed 2026-02-05; refreshed 2026-11-01",
        asks: &[("2026-11-02", "valid · not due · – · 2027-02-05")],
        cycles: "2026-01-10 due 2026-02-09 done 2026-02-05 to 2027-02-05",
    },
    Case {
        why: "refreshed in grace, late",
        policy: "quiz",
        facts: "assigned 2026-01-10; completed 2026-02-05; refreshed 2027-02-20",
        asks: &[("2027-02-21", "valid · not due · – · 2028-02-20 · late")],
        cycles: "2026-01-10 due 2026-02-09 done 2026-02-05 to 2027-02-05; 2026-12-07 due 2027-02-05 done 2027-02-20 to 2028-02-20 late",
    },
    Case {
        why: "a leap day is clamped",
        policy: "",
        facts: "assigned 2024-02-01; completed 2024-02-29",
        asks: &[("2025-02-28", "valid · due soon · 2025-02-28 · 2025-02-28")],
        cycles: "",
    },
    Case {
        why: "a clamped leap day renewed once",
        policy: "",
        facts: "assigned 2024-02-01; completed 2024-02-29; refreshed 2025-02-10",
        asks: &[("2025-02-11", "valid · not due · – · 2026-02-28")],
        cycles: "",
    },
    Case {
        why: "a clamped leap day comes back: dates are counted from the anchor",
        policy: "",
        facts: "assigned 2024-02-01; completed 2024-02-29; refreshed 2025-02-10; refreshed 2026-02-10; refreshed 2027-02-10",
        asks: &[("2028-01-15", "valid · window open · 2028-02-29 · 2028-02-29")],
        cycles: "",
    },
    Case {
        why: "half past eleven in the evening in Lagos is still the day",
        policy: "",
        facts: "assigned 2026-02-20; completed 2026-03-01T22:30:00Z",
        asks: &[("2026-03-10", "valid · not due · – · 2027-03-01")],
        cycles: "",
    },
    Case {
        why: "half past eleven in the evening in Greenwich is the next day in Lagos",
        policy: "",
        facts: "assigned 2026-02-20; completed 2026-03-01T23:30:00Z",
        asks: &[("2026-03-10", "valid · not due · – · 2027-03-02")],
        cycles: "",
    },
];

/// Cases by hand: each rule, and each place where the two tellings once differed.
const CASES: &[Case] = &[
    Case {
        why: "one of two sources asks for the earlier day; an extension is undone by a source that is assigned later (D9)",
        policy: "",
        facts: "assigned 2026-01-10; extended 2026-02-01 2026-06-01; assigned 2026-02-10 b",
        asks: &[("2026-02-09", "never · not due · 2026-06-01 · –"), ("2026-02-10", "never · not due · 2026-03-12 · –")],
        cycles: "2026-01-10 due 2026-03-12",
    },
    Case {
        why: "the end of one source while another remains moves nothing (D9)",
        policy: "",
        facts: "assigned 2026-01-10; assigned 2026-01-20 b; unassigned 2026-01-25",
        asks: &[
            ("2026-01-25", "never · not due · 2026-02-09 · –"),
            ("2026-01-26", "never · due soon · 2026-02-09 · –"),
        ],
        cycles: "",
    },
    Case {
        why: "coming back within min-lead of the end keeps the due date, though it has passed (rule 11)",
        policy: "",
        facts: "assigned 2026-01-10; unassigned 2026-02-01; assigned 2026-02-15",
        asks: &[("2026-02-15", "never · overdue · 2026-02-09 · – · late")],
        cycles: "2026-01-10 due 2026-02-09; 2026-02-15 due 2026-02-09 late",
    },
    Case {
        why: "a day later it begins anew (rule 11)",
        policy: "",
        facts: "assigned 2026-01-10; unassigned 2026-02-01; assigned 2026-02-16",
        asks: &[
            ("2026-02-01", "never · not due · – · – · not applicable"),
            ("2026-02-16", "never · not due · 2026-03-18 · –"),
        ],
        cycles: "2026-01-10 due 2026-02-09; 2026-02-16 due 2026-03-18",
    },
    Case {
        why: "coming back soon keeps the refresher enough that an extension kept so (D10, rule 13)",
        policy: "quiz, grace=0 days",
        facts: "assigned 2026-01-10; completed 2026-02-05; extended 2027-01-20 2027-03-01; unassigned 2027-02-01; \
                assigned 2027-02-03; refreshed 2027-02-20",
        asks: &[
            ("2027-02-19", "lapsed · due soon · 2027-03-01 · 2027-02-05"),
            ("2027-02-20", "valid · not due · – · 2028-02-20"),
        ],
        cycles: "",
    },
    Case {
        why: "a refresher kept enough stays so though a new source brings the due date forward",
        policy: "quiz, grace=0 days",
        facts: "assigned 2026-01-10; completed 2026-02-05; extended 2027-01-10 2027-06-01; assigned 2027-01-15 b; \
                extended 2027-01-20 2027-03-01; refreshed 2027-04-01",
        asks: &[
            ("2027-01-15", "valid · window open · 2027-02-05 · 2027-02-05"),
            ("2027-01-20", "valid · window open · 2027-03-01 · 2027-02-05"),
            ("2027-04-01", "valid · not due · – · 2028-04-01 · late"),
        ],
        cycles: "",
    },
    Case {
        why: "a leave that began meanwhile moves it, and keeps the refresher enough (rule 12)",
        policy: "quiz, grace=0 days",
        facts: "assigned 2026-01-10; completed 2026-02-05; unassigned 2027-01-20; leave 2027-01-22 2027-02-10; \
                assigned 2027-02-01; refreshed 2027-02-20",
        asks: &[
            ("2027-02-01", "valid · window open · 2027-02-25 · 2027-02-05 · on leave"),
            ("2027-02-20", "valid · not due · – · 2028-02-20"),
        ],
        cycles: "",
    },
    Case {
        why: "who is away misses an anchor, who is exempt is asked for nothing (D3, D19)",
        policy: "after=role-start",
        facts: "assigned 2024-01-01; exempted 2024-02-13 2024-02-23; leave 2024-03-01",
        asks: &[
            ("2024-02-12", "never · – · – · – · no role start"),
            ("2024-02-13", "never · not due · – · – · exempt"),
            ("2024-02-24", "never · – · – · – · no role start"),
            ("2024-03-01", "never · – · – · – · on leave · no role start"),
        ],
        cycles: "2024-01-01",
    },
    Case {
        why: "an anchor that comes later dates the open cycle, that of a rehire too (D11, D19)",
        policy: "after=hired",
        facts: "assigned 2026-01-10; rehired 2026-01-20",
        asks: &[("2026-01-19", "never · – · – · – · no hire date"), ("2026-01-20", "never · not due · 2026-02-19 · –")],
        cycles: "2026-01-10 due 2026-02-19",
    },
    Case {
        why: "who has left is back when rehired, not when a hire date is recorded (D11)",
        policy: "",
        facts: "assigned 2026-01-10; left 2026-02-01; hired 2026-03-01; rehired 2026-03-05",
        asks: &[
            ("2026-03-04", "never · not due · – · – · not applicable"),
            ("2026-03-05", "never · not due · 2026-04-04 · –"),
        ],
        cycles: "2026-01-10 due 2026-02-09; 2026-03-05 due 2026-04-04",
    },
    Case {
        why: "leaving forgets a due date that coming back soon would keep (D11)",
        policy: "",
        facts: "assigned 2026-01-10; unassigned 2026-02-01; left 2026-02-03; assigned 2026-02-05; rehired 2026-02-08",
        asks: &[("2026-02-08", "never · not due · 2026-03-10 · –")],
        cycles: "",
    },
    Case {
        why: "a rehire gets back what has not expired (rule 17)",
        policy: "",
        facts: "assigned 2026-01-10; completed 2026-02-05; left 2026-03-01; rehired 2026-12-20",
        asks: &[
            ("2026-03-01", "valid · not due · – · 2027-02-05 · not applicable"),
            ("2026-12-20", "valid · window open · 2027-02-05 · 2027-02-05"),
        ],
        cycles: "",
    },
    Case {
        why: "a leave moves a due date to the return and min-lead, but by no more than its days (rule 12)",
        policy: "",
        facts: "assigned 2026-01-10; leave 2026-02-09 2026-02-10",
        asks: &[
            ("2026-02-10", "never · due soon · 2026-02-11 · – · on leave"),
            ("2026-02-12", "never · overdue · 2026-02-11 · – · late"),
        ],
        cycles: "",
    },
    Case {
        why: "a day covered by two leaves counts once (D6)",
        policy: "",
        facts: "assigned 2026-01-10; leave 2026-02-01 2026-02-10; leave 2026-02-05 2026-02-12",
        asks: &[
            ("2026-02-01", "never · not due · 2026-02-19 · – · on leave"),
            ("2026-02-05", "never · not due · 2026-02-21 · – · on leave"),
        ],
        cycles: "",
    },
    Case {
        why: "what was overdue when a leave began is overdue again on return (rule 12)",
        policy: "",
        facts: "assigned 2026-01-10; leave 2026-02-15 2026-02-20",
        asks: &[
            ("2026-02-14", "never · overdue · 2026-02-09 · – · late"),
            ("2026-02-15", "never · not due · 2026-02-09 · – · late · on leave"),
            ("2026-02-21", "never · overdue · 2026-02-09 · – · late"),
        ],
        cycles: "",
    },
    Case {
        why: "a leave that begins the day after the due date makes nobody late, work on it neither (D4, D6)",
        policy: "",
        facts: "assigned 2026-01-10; leave 2026-02-10; completed 2026-02-20",
        asks: &[
            ("2026-02-15", "never · not due · – · – · on leave"),
            ("2026-02-20", "valid · not due · – · 2027-02-20 · on leave"),
        ],
        cycles: "2026-01-10 done 2026-02-20 to 2027-02-20",
    },
    Case {
        why: "a day later it was late before the leave began (D6)",
        policy: "",
        facts: "assigned 2026-01-10; leave 2026-02-11",
        asks: &[("2026-02-15", "never · not due · – · – · late · on leave")],
        cycles: "2026-01-10 late",
    },
    Case {
        why: "an exemption moves the due date to min-lead after it (D7)",
        policy: "",
        facts: "assigned 2026-01-10; exempted 2026-02-01 2026-02-20",
        asks: &[
            ("2026-02-10", "never · not due · – · – · exempt"),
            ("2026-02-21", "never · due soon · 2026-03-07 · –"),
        ],
        cycles: "",
    },
    Case {
        why: "an extension granted on the due date forgives, one granted after it does not (rule 13)",
        policy: "",
        facts: "assigned 2026-01-10; extended 2026-02-09 2026-02-12; extended 2026-02-13 2026-03-01",
        asks: &[
            ("2026-02-12", "never · due soon · 2026-02-12 · –"),
            ("2026-02-13", "never · not due · 2026-03-01 · – · late"),
        ],
        cycles: "",
    },
    Case {
        why: "an extension that is not later counts for nothing, so it leaves no mark (D8)",
        policy: "",
        facts: "assigned 2026-01-10; leave 2026-02-10 2026-02-20; extended 2026-02-12 2026-02-09",
        asks: &[("2026-02-12", "never · not due · 2026-02-09 · – · on leave")],
        cycles: "",
    },
    Case {
        why: "one that is later leaves the mark on leave too (D4)",
        policy: "",
        facts: "assigned 2026-01-10; leave 2026-02-10 2026-02-20; extended 2026-02-12 2026-02-11",
        asks: &[("2026-02-12", "never · not due · 2026-02-11 · – · late · on leave")],
        cycles: "",
    },
    Case {
        why: "an extended renewal's refresher is enough beyond grace, and its work not late (rule 13)",
        policy: "quiz",
        facts: "assigned 2026-01-10; completed 2026-02-05; extended 2027-02-01 2027-04-15; refreshed 2027-04-10",
        asks: &[
            ("2027-03-20", "lapsed · window open · 2027-04-15 · 2027-02-05"),
            ("2027-04-10", "valid · not due · – · 2028-04-10"),
        ],
        cycles: "",
    },
    Case {
        why: "once grace is over the refresher is not enough, the full requirement is (rule 8)",
        policy: "quiz",
        facts: "assigned 2026-01-10; completed 2026-02-05; refreshed 2027-03-08; completed 2027-03-09",
        asks: &[
            ("2027-03-08", "lapsed · overdue · 2027-02-05 · 2027-02-05 · late"),
            ("2027-03-09", "valid · not due · – · 2028-03-09 · late"),
        ],
        cycles: "",
    },
    Case {
        why: "what was taken back only the full requirement restores (rule 16, D12)",
        policy: "quiz",
        facts: "assigned 2026-01-10; completed 2026-02-05; revoked 2026-03-01; refreshed 2026-03-02; completed 2026-03-10",
        asks: &[
            ("2026-03-01", "revoked · due soon · 2026-03-15 · –"),
            ("2026-03-02", "revoked · due soon · 2026-03-15 · –"),
            ("2026-03-10", "valid · not due · – · 2027-03-10"),
        ],
        cycles: "2026-01-10 due 2026-02-09 done 2026-02-05 to 2027-02-05; 2026-03-01 due 2026-03-15 done 2026-03-10 to 2027-03-10",
    },
    Case {
        why: "taken back while a renewal is open: no later than that (rule 16)",
        policy: "",
        facts: "assigned 2026-01-10; completed 2026-02-05; revoked 2027-02-01",
        asks: &[("2027-02-01", "revoked · due soon · 2027-02-05 · –")],
        cycles: "",
    },
    Case {
        why: "the first credit by the calendar lasts min-active at least (D15)",
        policy: "basis=9-1",
        facts: "assigned 2026-01-10; completed 2026-02-05; completed 2026-07-20",
        asks: &[("2026-02-05", "valid · not due · – · 2026-09-01"), ("2026-07-20", "valid · not due · – · 2027-09-01")],
        cycles: "",
    },
    Case {
        why: "29 February is the 28th in common years (D15)",
        policy: "basis=2-29",
        facts: "assigned 2026-05-10; completed 2026-06-01; completed 2027-02-01",
        asks: &[("2026-06-01", "valid · not due · – · 2027-02-28"), ("2027-02-01", "valid · not due · – · 2028-02-29")],
        cycles: "",
    },
    Case {
        why: "early work begins anew where the policy says so, and opens no cycle (D3, D17)",
        policy: "restart",
        facts: "assigned 2026-01-10; completed 2026-02-05; completed 2026-10-01",
        asks: &[("2026-10-01", "valid · not due · – · 2027-10-01")],
        cycles: "2026-01-10 due 2026-02-09 done 2026-02-05 to 2027-02-05",
    },
    Case {
        why: "it never moves the end back (D17)",
        policy: "restart",
        facts: "assigned 2026-01-10; completed 2026-02-05; completed 2026-12-20; completed 2027-01-10",
        asks: &[("2027-01-10", "valid · not due · – · 2028-02-05")],
        cycles: "",
    },
    Case {
        why: "an earlier completion closes the first cycle (D18)",
        policy: "",
        facts: "prior-credit 2025-06-30; assigned 2026-01-10",
        asks: &[("2026-01-10", "valid · not due · – · 2026-06-30")],
        cycles: "2026-01-10 due 2026-02-09 done 2025-06-30 to 2026-06-30",
    },
    Case {
        why: "one that is too old is ignored (rule 15)",
        policy: "limit=3 months",
        facts: "prior-credit 2025-06-30; assigned 2026-01-10",
        asks: &[
            ("2026-01-09", "valid · not due · – · 2026-06-30 · not applicable"),
            ("2026-01-10", "never · not due · 2026-02-09 · –"),
        ],
        cycles: "2026-01-10 due 2026-02-09",
    },
    Case {
        why: "what is completed while nobody asks shows, and counts on return (D18, D25)",
        policy: "",
        facts: "assigned 2026-01-10; completed 2026-02-05; unassigned 2026-03-01; completed 2026-06-01; assigned 2026-07-01",
        asks: &[
            ("2026-06-01", "valid · not due · – · 2027-06-01 · not applicable"),
            ("2026-07-01", "valid · not due · – · 2027-06-01"),
        ],
        cycles: "2026-01-10 due 2026-02-09 done 2026-02-05 to 2027-02-05; 2026-07-01 due 2026-07-31 done 2026-06-01 to 2027-06-01",
    },
    Case {
        why: "but it takes nothing away from a credit that lasts longer",
        policy: "",
        facts: "assigned 2026-01-10; completed 2026-02-05; completed 2026-12-10; unassigned 2027-01-01; completed 2027-01-20; \
                assigned 2027-03-01",
        asks: &[
            ("2027-01-20", "valid · not due · – · 2028-02-05 · not applicable"),
            ("2027-03-01", "valid · not due · – · 2028-02-05"),
        ],
        cycles: "2026-01-10 due 2026-02-09 done 2026-02-05 to 2027-02-05; 2026-12-07 due 2027-02-05 done 2026-12-10 to 2028-02-05",
    },
    Case {
        why: "without a validity it is held for good",
        policy: "no validity",
        facts: "assigned 2026-01-10; completed 2026-02-05",
        asks: &[("2031-02-05", "valid · not due · – · –")],
        cycles: "",
    },
];

#[test]
fn twenty_thousand_histories_by_chance_come_out_as_they_are_told_slowly() {
    agree(0..20_000).unwrap_or_else(|difference| panic!("{difference}"));
}

#[test]
fn the_worked_dates_of_the_design_come_out() {
    check(WORKED);
}

#[test]
fn cases_by_hand_come_out() {
    check(CASES);
}

fn check(cases: &[Case]) {
    let mut wrong = Vec::new();
    for (name, stand) in FUNCTIONS {
        for case in cases {
            let policy = policy(case.policy);
            let facts = facts(case.facts, &policy);
            for (as_of, expected) in case.asks {
                let (standing, _) = stand(&policy, &facts, day(as_of));
                let found = told(&standing);
                if found != *expected {
                    wrong.push(format!(
                        "{name}: {}\n  {}\n  {as_of}: {found}\n  expected:   {expected}",
                        case.why, case.facts
                    ));
                }
            }
            let last = case.asks.iter().map(|(as_of, _)| day(as_of)).max();
            if let Some(last) = last.filter(|_| !case.cycles.is_empty()) {
                let (_, cycles) = stand(&policy, &facts, last);
                let found = cycles.iter().map(told_cycle).collect::<Vec<_>>().join("; ");
                if found != case.cycles {
                    wrong.push(format!(
                        "{name}: {}\n  {}\n  cycles: {found}\n  expected: {}",
                        case.why, case.facts, case.cycles
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn told(standing: &Standing) -> String {
    let date = |day: Option<Day>| day.map_or_else(|| "–".to_owned(), |day| day.to_string());
    let coverage = match standing.coverage {
        Coverage::Never => "never",
        Coverage::Valid => "valid",
        Coverage::Grace => "grace",
        Coverage::Lapsed => "lapsed",
        Coverage::Revoked => "revoked",
    };
    let timing = match standing.timing {
        None => "–",
        Some(Timing::NotDue) => "not due",
        Some(Timing::WindowOpen) => "window open",
        Some(Timing::DueSoon) => "due soon",
        Some(Timing::Overdue) => "overdue",
    };
    let mut told = format!("{coverage} · {timing} · {} · {}", date(standing.due), date(standing.valid_through));
    if standing.late {
        told.push_str(" · late");
    }
    told.push_str(match standing.overlay {
        None => "",
        Some(Overlay::NotApplicable) => " · not applicable",
        Some(Overlay::Exempt) => " · exempt",
        Some(Overlay::OnLeave) => " · on leave",
    });
    told.push_str(match standing.exception {
        None => "",
        Some(Missing::Hired) => " · no hire date",
        Some(Missing::RoleStart) => " · no role start",
    });
    told
}

fn told_cycle(cycle: &Cycle) -> String {
    let mut told = cycle.opened.to_string();
    for (word, day) in [("due", cycle.due), ("done", cycle.completed), ("to", cycle.valid_through)] {
        if let Some(day) = day {
            told.push_str(&format!(" {word} {day}"));
        }
    }
    if cycle.late {
        told.push_str(" late");
    }
    told
}

fn day(text: &str) -> Day {
    Day::of(text.parse().unwrap_or_else(|_| panic!("“{text}” is no date")))
}

/// Policy P of the design with some of it said otherwise, `validity=6 months, basis=completion, quiz, restart`.
fn policy(text: &str) -> Policy {
    let mut policy = Policy::new(TimeZone::get("Africa/Lagos").expect("a zone"));
    policy.validity = Some(Period::Months(12));
    let mut limit = None;
    for word in text.split(", ").filter(|word| !word.is_empty()) {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let period = || Period::parse(value).unwrap_or_else(|| panic!("“{word}” has no period"));
        let number = || value.parse::<i32>().unwrap_or_else(|_| panic!("“{word}” has no number"));
        match name {
            "quiz" => policy.refresher = Refresher::Quiz,
            "restart" => policy.early = Early::Restart,
            "no validity" => policy.validity = None,
            "validity" => policy.validity = Some(period()),
            "window" => policy.window = period(),
            "grace" => policy.grace = period(),
            "min-active" => policy.min_active = period(),
            "no limit" => limit = Some(None),
            "limit" => limit = Some(Some(period())),
            "first-due" => policy.first_due.days = number(),
            "min-lead" => policy.min_lead = number(),
            "after" => {
                policy.first_due.after = match value {
                    "hired" => Trigger::Hired,
                    "role-start" => Trigger::RoleStart,
                    date => Trigger::On(day(date)),
                };
            }
            "basis" if value == "completion" => policy.basis = Basis::Completion,
            "basis" => {
                let (month, day) = value.split_once('-').expect("month and day");
                policy.basis =
                    Basis::Calendar { month: month.parse().expect("a month"), day: day.parse().expect("a day") };
            }
            _ => panic!("“{word}” is no word of a policy"),
        }
    }
    policy.prior_credit_max_age = limit.unwrap_or(policy.validity);
    policy
}

/// Facts in short: `assigned 2026-01-10 b; leave 2026-02-01 2026-02-10; extended 2026-03-01 2026-04-01`.
fn facts(text: &str, policy: &Policy) -> Vec<Dated> {
    let mut facts: Vec<Dated> = (1..)
        .zip(text.split("; ").filter(|fact| !fact.is_empty()))
        .map(|(line, fact)| {
            let mut words = fact.split(' ');
            let name = words.next().unwrap_or_default();
            let on = words.next().unwrap_or_default();
            let rest = words.next();
            let source = Source(rest.and_then(|rest| rest.bytes().next()).map_or(0, u32::from));
            let what = match name {
                "hired" => What::Hired,
                "role-start" => What::RoleStart,
                "rehired" => What::Rehired,
                "assigned" => What::Assigned(source),
                "leave" => What::Leave { to: rest.map(day) },
                "exempted" => What::Exempted { until: rest.map(day) },
                "extended" => What::Extended { due: day(rest.expect("a due date")) },
                "published" => What::Published,
                "prior-credit" => What::PriorCredit,
                "completed" => What::Completed,
                "refreshed" => What::Refreshed,
                "revoked" => What::Revoked,
                "unassigned" => What::Unassigned(source),
                "left" => What::Left,
                _ => panic!("“{fact}” is no fact"),
            };
            match on.parse::<Timestamp>() {
                Ok(at) => Dated { on: Day::at(at, &policy.zone), at: at.as_microsecond(), what, line },
                Err(_) => Dated { on: day(on), at: 0, what, line },
            }
        })
        .collect();
    history::in_order(&mut facts);
    facts
}
