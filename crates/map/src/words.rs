//! Conditions and what choices change in words, as authors write them.

use courseware::Scenario;
use courseware::condition::{Comparison, Condition};
use courseware::scenario::Effect;

/// A condition as it is written in a chip, without `if`.
#[must_use]
pub fn condition(scenario: &Scenario, condition: &Condition) -> String {
    let name = |name: Option<&String>| name.map_or("?", String::as_str).to_owned();
    match condition {
        Condition::All(parts) => joined(scenario, parts, " and "),
        Condition::Any(parts) => joined(scenario, parts, " or "),
        Condition::Not(part) => format!("not {}", inner(scenario, part)),
        Condition::Meter { meter, is, than } => {
            let meter = name(scenario.meters.get(*meter).map(|meter| &meter.name));
            format!("{meter} {} {than}", sign(*is))
        }
        Condition::Flag(flag) => name(scenario.flags.get(*flag)),
        Condition::Visited(node) => format!("visited {}", name(scenario.nodes.get(*node).map(|node| &node.id))),
        Condition::Critical => "critical".to_owned(),
    }
}

/// What a choice changes, as it is written in a chip: `trust +20`, `set promised`.
#[must_use]
pub fn effect(scenario: &Scenario, effect: Effect) -> String {
    let flag = |flag: usize| scenario.flags.get(flag).map_or("?", String::as_str);
    match effect {
        Effect::Meter { meter, by } => {
            let meter = scenario.meters.get(meter).map_or("?", |meter| meter.name.as_str());
            // A minus that reads as one.
            if by < 0 { format!("{meter} −{}", by.unsigned_abs()) } else { format!("{meter} +{by}") }
        }
        Effect::Set(set) => format!("set {}", flag(set)),
        Effect::Unset(unset) => format!("unset {}", flag(unset)),
    }
}

fn joined(scenario: &Scenario, parts: &[Condition], between: &str) -> String {
    let parts: Vec<String> = parts.iter().map(|part| inner(scenario, part)).collect();
    parts.join(between)
}

/// A part in brackets, if it has parts of its own.
fn inner(scenario: &Scenario, part: &Condition) -> String {
    let words = condition(scenario, part);
    if matches!(part, Condition::All(_) | Condition::Any(_)) { format!("({words})") } else { words }
}

fn sign(is: Comparison) -> &'static str {
    match is {
        Comparison::AtLeast => ">=",
        Comparison::AtMost => "<=",
        Comparison::Above => ">",
        Comparison::Below => "<",
        Comparison::Equal => "=",
        Comparison::Other => "!=",
    }
}
