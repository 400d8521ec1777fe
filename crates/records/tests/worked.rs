//! The worked dates of schedule.md, and what lines of facts are refused for.

use jiff::tz::TimeZone;
use records::{
    answer::{Coverage, Timing},
    because::because,
    day::{Day, Period},
    lines,
    policy::{Policy, Refresher},
    schedule::{Terms, Version, stand},
};

/// Facts, the day that is asked about, and what is so: coverage, timing, due, valid through.
type Row = (String, &'static str, Coverage, Timing, Option<&'static str>, Option<&'static str>);

fn lagos() -> Policy {
    let mut policy = Policy::new(TimeZone::get("Africa/Lagos").expect("a zone"));
    policy.validity = Some(Period::Months(12));
    policy.prior_credit_max_age = policy.validity;
    policy.refresher = Refresher::Quiz;
    policy
}

fn day(text: &str) -> Day {
    Day::of(text.parse().expect("a date"))
}

#[test]
fn the_worked_dates() {
    use Coverage::{Grace, Lapsed, Never, Valid};
    use Timing::{DueSoon, NotDue, Overdue, WindowOpen};
    let a = r#"{"fact":"assigned","on":"2026-01-10"}"#;
    let c = r#"{"fact":"completed","at":"2026-02-05T09:12:00Z"}"#;
    let leap = "{\"fact\":\"assigned\",\"on\":\"2024-02-01\"}\n{\"fact\":\"completed\",\"on\":\"2024-02-29\"}";
    let renewed = |on: &str| format!(r#"{{"fact":"refreshed","on":"{on}"}}"#);
    let ac = format!("{a}\n{c}");
    let rows: Vec<Row> = vec![
        (a.into(), "2026-01-20", Never, NotDue, Some("2026-02-09"), None),
        (a.into(), "2026-02-10", Never, Overdue, Some("2026-02-09"), None),
        (ac.clone(), "2026-06-01", Valid, NotDue, None, Some("2027-02-05")),
        (ac.clone(), "2026-12-07", Valid, WindowOpen, Some("2027-02-05"), Some("2027-02-05")),
        (format!("{ac}\n{}", renewed("2027-01-20")), "2027-01-21", Valid, NotDue, None, Some("2028-02-05")),
        (format!("{ac}\n{}", renewed("2026-11-01")), "2026-11-02", Valid, NotDue, None, Some("2027-02-05")),
        (ac.clone(), "2027-02-06", Grace, Overdue, Some("2027-02-05"), Some("2027-02-05")),
        (format!("{ac}\n{}", renewed("2027-02-20")), "2027-02-21", Valid, NotDue, None, Some("2028-02-20")),
        (ac.clone(), "2027-03-08", Lapsed, Overdue, Some("2027-02-05"), Some("2027-02-05")),
        (leap.into(), "2025-02-28", Valid, DueSoon, Some("2025-02-28"), Some("2025-02-28")),
        (format!("{leap}\n{}", renewed("2025-02-10")), "2025-02-11", Valid, NotDue, None, Some("2026-02-28")),
        (
            format!("{leap}\n{}\n{}\n{}", renewed("2025-02-10"), renewed("2026-02-10"), renewed("2027-02-10")),
            "2028-01-15",
            Valid,
            WindowOpen,
            Some("2028-02-29"),
            Some("2028-02-29"),
        ),
        (
            format!("{a}\n{{\"fact\":\"completed\",\"at\":\"2026-03-01T22:30:00Z\"}}"),
            "2026-06-01",
            Valid,
            NotDue,
            None,
            Some("2027-03-01"),
        ),
        (
            format!("{a}\n{{\"fact\":\"completed\",\"at\":\"2026-03-01T23:30:00Z\"}}"),
            "2026-06-01",
            Valid,
            NotDue,
            None,
            Some("2027-03-02"),
        ),
    ];
    let policy = lagos();
    for (facts, as_of, coverage, timing, due, valid_through) in rows {
        let known = lines::read(&facts, &policy.zone, None).expect("facts");
        let (standing, _) = stand(&policy, &known.facts, day(as_of));
        let found = (standing.coverage, standing.timing, standing.due, standing.valid_through);
        assert_eq!(found, (coverage, Some(timing), due.map(day), valid_through.map(day)), "{facts}\nas of {as_of}");
    }
}

#[test]
fn the_refresher_in_grace_leaves_a_late_mark_and_an_explanation() {
    let policy = lagos();
    let facts = "{\"fact\":\"assigned\",\"on\":\"2026-01-10\",\"source\":\"front desk\"}\n{\"fact\":\"completed\",\"on\":\"2026-02-05\"}\n{\"fact\":\"refreshed\",\"on\":\"2027-02-20\"}";
    let known = lines::read(facts, &policy.zone, None).expect("facts");
    let versions = [Version { from: Day(i32::MIN), policy: &policy, recalculates: false }];
    let (standing, cycles, reasons) =
        because(Terms { versions: &versions, days: &[] }, &known.facts, day("2027-02-21"));
    assert!(standing.late);
    assert_eq!(cycles.iter().map(|cycle| cycle.late).collect::<Vec<_>>(), [false, true]);
    let none = Default::default();
    let words: Vec<String> = reasons
        .iter()
        .map(|reason| reason.words(reason.line.and_then(|line| known.details.get(&line)).unwrap_or(&none)))
        .collect();
    assert_eq!(
        words,
        [
            "Assigned by “front desk” on 10 Jan 2026.",
            "First due 9 Feb 2026: assigned 10 Jan 2026 + 30 days.",
            "Completed on 5 Feb 2026: valid through 5 Feb 2027 (5 Feb 2026 + 12 months).",
            "The renewal opened on 7 Dec 2026, due 5 Feb 2027. What was earned counts through 5 Feb 2027; the refresher is enough \
             until 7 Mar 2027.",
            "Late since 6 Feb 2027: it was due 5 Feb 2027.",
            "Refreshed on 20 Feb 2027, in grace: valid through 20 Feb 2028 (20 Feb 2027 + 12 months).",
        ]
    );
}

#[test]
fn a_correction_is_known_only_from_its_day_on() {
    let policy = lagos();
    let facts = r#"{"fact":"assigned","on":"2026-01-10"}
{"fact":"completed","on":"2026-02-05"}

{"fact":"completed","on":"2026-02-07","supersedes":2,"recorded":"2026-03-01T08:00:00Z"}
{"fact":"retracted","supersedes":4,"recorded":"2026-04-01T08:00:00Z"}"#;
    let rows = [(Some("2026-02-20"), Some("2027-02-05")), (Some("2026-03-20"), Some("2027-02-07")), (None, None)];
    for (known_on, valid_through) in rows {
        let known = lines::read(facts, &policy.zone, known_on.map(day)).expect("facts");
        let (standing, _) = stand(&policy, &known.facts, day("2026-06-01"));
        assert_eq!(standing.valid_through, valid_through.map(day), "{known_on:?}");
    }
}

#[test]
fn a_line_that_cannot_be_taken_is_named() {
    let zone = TimeZone::UTC;
    let rows = [
        ("\n{\"fact\":\"assigned\"}", 2, "“on” is missing"),
        ("{\"fact\":\"promoted\",\"on\":\"2026-01-10\"}", 1, "“promoted” is no fact; write assigned, completed, "),
        ("{\"fact\":\"assigned\",\"on\":\"2026-02-30\"}", 1, "“on” is “2026-02-30”"),
        (
            "{\"fact\":\"assigned\",\"on\":\"2026-01-10\",\"color\":1}",
            1,
            "“color” is no field; those there are: fact, on, ",
        ),
        ("{\"fact\":\"completed\",\"at\":\"2026-01-10T10:00:00\"}", 1, "with its offset"),
        ("{\"fact\":\"extended\",\"on\":\"2026-01-10\",\"due\":\"2026-02-10\",\"by\":\"A\"}", 1, "“reason” is missing"),
        ("{\"fact\":\"leave\",\"from\":\"2026-03-02\",\"to\":\"2026-03-01\"}", 1, "before “from”"),
        ("{\"fact\":\"retracted\",\"supersedes\":1}", 1, "no earlier line"),
        ("{\"on\":\"2026-01-10\"}", 1, "“fact” is missing"),
        ("\"assigned\"", 1, "this is no JSON object"),
        ("{\"fact\":\"assigned\",", 1, "this is no JSON object"),
        ("not json", 1, "this is no JSON object"),
    ];
    for (facts, line, why) in rows {
        let refused = lines::read(facts, &zone, None).expect_err(facts);
        assert_eq!(refused.line, line, "{facts}");
        assert!(refused.why.contains(why), "{refused}");
    }
}
