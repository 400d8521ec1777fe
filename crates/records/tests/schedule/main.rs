//! When training is due, valid, late and lapsed: the design's worked dates, cases by hand for every rule, and histories by chance.
//!
//! Every test runs over [`FUNCTIONS`], so that the rules as they are used and the rules as they are slowly told stand side by side.

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
use slow::{agree::agree, oracle::oracle};

type Stand = fn(&Policy, &[Dated], Day) -> (Standing, Vec<Cycle>);

/// What must keep the rules.
const FUNCTIONS: &[(&str, Stand)] = &[("schedule", stand), ("oracle", oracle)];

/// A question: why the answer is right, the policy where it differs from the design's policy P, the facts, the day, and the answer as
/// `coverage · timing · due · valid through`, then what else is so; a row of the second table adds the cycles.
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

#[test]
fn twenty_thousand_histories_by_chance_come_out_as_they_are_told_slowly() {
    agree(0..20_000).unwrap_or_else(|difference| panic!("{difference}"));
}

#[test]
fn the_worked_dates_of_the_design_come_out() {
    check(WORKED);
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
