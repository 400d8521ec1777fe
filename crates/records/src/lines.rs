//! Facts as lines of JSON: read, corrected, and as known on a day (rule 18, D20 to D22).

use std::{collections::HashMap, fmt};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;

use crate::{
    because::Detail,
    day::Day,
    history::{Dated, Source, What, in_order},
};

/// A line that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRefused {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it and what would be right.
    pub why: String,
}

impl fmt::Display for LineRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl std::error::Error for LineRefused {}

/// What is known of an obligation at an instant: facts in the order in which they act, and what is known of each line.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The facts.
    pub facts: Vec<Dated>,
    /// By the number of the line.
    pub details: HashMap<u32, Detail>,
}

/// The line as it is written; which fields are needed depends on the fact.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    fact: Kind,
    on: Option<String>,
    at: Option<String>,
    from: Option<String>,
    to: Option<String>,
    until: Option<String>,
    due: Option<String>,
    source: Option<String>,
    role: Option<String>,
    evidence: Option<String>,
    reason: Option<String>,
    by: Option<String>,
    change: Option<String>,
    days: Option<i32>,
    recorded: Option<String>,
    supersedes: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Hired,
    RoleStart,
    Rehired,
    Assigned,
    Unassigned,
    Leave,
    Exempted,
    Extended,
    Published,
    PriorCredit,
    Completed,
    Refreshed,
    Revoked,
    Left,
    Retracted,
}

/// One line, parsed.
struct Parsed {
    line: usize,
    /// None for one that only takes another away.
    what: Option<(Day, i64, What)>,
    /// Whether the line says itself when it was recorded.
    said_recorded: bool,
    recorded: Option<Timestamp>,
    supersedes: Option<usize>,
    detail: Detail,
}

/// Reads facts from lines of JSON, one object a line, as they were known at the end of the day `as_known_on` in the zone; as they are
/// known now without it.
///
/// # Errors
/// The first line that cannot be taken, with its number.
pub fn read(text: &str, zone: &TimeZone, as_known_on: Option<Day>) -> Result<Known, LineRefused> {
    let mut sources = Sources::default();
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if !line.trim().is_empty() {
            let refused = |why: String| LineRefused { line: at + 1, why };
            let written: Written = serde_json::from_str(line).map_err(|cause| refused(plain(&cause)))?;
            lines.push(parse(at + 1, written, zone, &mut sources).map_err(refused)?);
        }
    }
    supersede(&lines)?;
    Ok(known(lines, zone, as_known_on))
}

/// The cause in words that say what would be right, with the column; without serde's own "at line 1": the line is ours to say.
fn plain(cause: &serde_json::Error) -> String {
    let text = cause.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    // What was met, then what could stand there, each between backticks.
    let quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let (met, others) = (quoted.first().copied().unwrap_or_default(), quoted.get(1..).unwrap_or_default().join(", "));
    let words = if !cause.is_data() || text.contains("expected struct") {
        "this is no JSON object; write one such as {\"fact\":\"assigned\",\"on\":\"2026-01-10\"}".to_owned()
    } else if text.starts_with("unknown variant") {
        let kinds = KINDS.map(Kind::name).join(", ");
        format!("“{met}” is no fact; write {kinds}")
    } else if text.starts_with("unknown field") {
        format!("“{met}” is no field; those there are: {others}")
    } else if text.starts_with("missing field") {
        format!("“{met}” is missing; every line says what happened, such as \"{met}\":\"assigned\"")
    } else if text.starts_with("duplicate field") {
        format!("“{met}” is there twice; leave one of them out")
    } else {
        text.to_owned()
    };
    format!("{words} (column {})", cause.column())
}

/// Every fact, those that are written most first.
const KINDS: [Kind; 15] = [
    Kind::Assigned,
    Kind::Completed,
    Kind::Refreshed,
    Kind::Unassigned,
    Kind::Hired,
    Kind::RoleStart,
    Kind::Left,
    Kind::Rehired,
    Kind::Leave,
    Kind::Exempted,
    Kind::Extended,
    Kind::Published,
    Kind::PriorCredit,
    Kind::Revoked,
    Kind::Retracted,
];

/// Sources by their names; facts without one share an unnamed source (D9).
#[derive(Default)]
struct Sources(HashMap<String, u32>);

impl Sources {
    fn number(&mut self, name: Option<&str>) -> Source {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        Source(*self.0.entry(name.unwrap_or_default().to_owned()).or_insert(next))
    }
}

fn parse(line: usize, written: Written, zone: &TimeZone, sources: &mut Sources) -> Result<Parsed, String> {
    let Written {
        on,
        at,
        from,
        to,
        until,
        due,
        source,
        role,
        evidence,
        reason,
        by,
        change,
        days,
        recorded,
        supersedes,
        fact,
    } = written;
    let own = |named: &'static str, there: bool, kinds: &[Kind]| match there && !kinds.contains(&fact) {
        true => Err(format!("“{named}” says nothing about {}; leave it out", fact.name())),
        false => Ok(()),
    };
    own("at", at.is_some(), &[Kind::Completed, Kind::Refreshed])?;
    own("from", from.is_some(), &[Kind::Leave])?;
    own("to", to.is_some(), &[Kind::Leave])?;
    own("until", until.is_some(), &[Kind::Exempted])?;
    own("due", due.is_some(), &[Kind::Extended])?;
    own("source", source.is_some(), &[Kind::Assigned, Kind::Unassigned])?;
    own("role", role.is_some(), &[Kind::RoleStart])?;
    own("evidence", evidence.is_some(), &[Kind::PriorCredit])?;
    own("change", change.is_some(), &[Kind::Published])?;
    own("days", days.is_some(), &[Kind::Published])?;
    if let Some(change) = &change
        && !["editorial", "material", "mandatory"].contains(&change.as_str())
    {
        return Err(format!("“change” is “{change}”; write editorial, material or mandatory"));
    }
    let recorded = recorded.map(|text| instant("recorded", &text)).transpose()?;
    let said_recorded = recorded.is_some();
    if fact == Kind::Retracted {
        if supersedes.is_none() {
            return Err("“supersedes” is missing: a retraction names the line it takes away".to_owned());
        }
        let detail = Detail { by, reason, ..Detail::default() };
        return Ok(Parsed { line, what: None, said_recorded, recorded, supersedes, detail });
    }
    let date = |named: &str, text: &Option<String>| match text {
        Some(text) => day(named, text),
        None => Err(format!("“{named}” is missing; write a date such as 2026-01-10")),
    };
    let maybe = |named: &str, text: &Option<String>| text.as_deref().map(|text| day(named, text)).transpose();
    if fact == Kind::Leave && on.is_some() {
        return Err("“on” says nothing about leave; write “from” and “to”".to_owned());
    }
    let (acts, hour) = match (fact, &at) {
        (Kind::Leave, _) => (date("from", &from)?, None),
        (Kind::Completed | Kind::Refreshed, Some(at)) => {
            if on.is_some() {
                return Err("“on” and “at” are both there; write one of them".to_owned());
            }
            let at = instant("at", at)?;
            (Day::at(at, zone), Some(at))
        }
        (Kind::Completed | Kind::Refreshed, None) if on.is_none() => {
            return Err("“at” is missing; write an instant such as 2026-02-05T09:12:00Z, or “on” and a date".to_owned());
        }
        _ => (date("on", &on)?, None),
    };
    let needed = |named: &str, text: &Option<String>| match text.as_deref().map(str::trim) {
        Some("") | None => Err(format!("“{named}” is missing; {} needs it", fact.name())),
        Some(_) => Ok(()),
    };
    let what = match fact {
        Kind::Hired => What::Hired,
        Kind::RoleStart => What::RoleStart,
        Kind::Rehired => What::Rehired,
        Kind::Assigned => What::Assigned(sources.number(source.as_deref())),
        Kind::Unassigned => What::Unassigned(sources.number(source.as_deref())),
        Kind::Leave => {
            let to = maybe("to", &to)?;
            if let Some(to) = to.filter(|to| *to < acts) {
                return Err(format!("“to” is {to}, before “from”, {acts}"));
            }
            What::Leave { to }
        }
        Kind::Exempted => {
            let until = maybe("until", &until)?;
            if let Some(until) = until.filter(|until| *until < acts) {
                return Err(format!("“until” is {until}, before “on”, {acts}"));
            }
            What::Exempted { until }
        }
        Kind::Extended => {
            needed("by", &by)?;
            needed("reason", &reason)?;
            What::Extended { due: date("due", &due)? }
        }
        Kind::Published => What::Published,
        Kind::PriorCredit => {
            needed("by", &by)?;
            needed("evidence", &evidence)?;
            What::PriorCredit
        }
        Kind::Completed => What::Completed,
        Kind::Refreshed => What::Refreshed,
        Kind::Revoked => What::Revoked,
        Kind::Left => What::Left,
        Kind::Retracted => return Err("a retraction has no day".to_owned()),
    };
    let recorded = recorded.or_else(|| hour.or_else(|| zone.to_timestamp(acts.date().at(0, 0, 0, 0)).ok()));
    let at = hour.map_or(0, Timestamp::as_microsecond);
    let (approved, by) = match fact {
        Kind::Extended | Kind::PriorCredit => (by, None),
        _ => (None, by),
    };
    let detail = Detail { name: source.or(role), by, approved, reason: reason.or(evidence), ..Detail::default() };
    Ok(Parsed { line, what: Some((acts, at, what)), said_recorded, recorded, supersedes, detail })
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Hired => "hired",
            Self::RoleStart => "role-start",
            Self::Rehired => "rehired",
            Self::Assigned => "assigned",
            Self::Unassigned => "unassigned",
            Self::Leave => "leave",
            Self::Exempted => "exempted",
            Self::Extended => "extended",
            Self::Published => "published",
            Self::PriorCredit => "prior-credit",
            Self::Completed => "completed",
            Self::Refreshed => "refreshed",
            Self::Revoked => "revoked",
            Self::Left => "left",
            Self::Retracted => "retracted",
        }
    }
}

fn day(named: &str, text: &str) -> Result<Day, String> {
    let date = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
    date.map(Day::of).ok_or_else(|| format!("“{named}” is “{text}”; write a date such as 2026-01-10"))
}

fn instant(named: &str, text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| format!("“{named}” is “{text}”; write an instant with its offset, such as 2026-02-05T09:12:00Z"))
}

/// What holds between a line and the one it corrects (D20).
fn supersede(lines: &[Parsed]) -> Result<(), LineRefused> {
    let mut taken: HashMap<usize, usize> = HashMap::new();
    for parsed in lines {
        let Some(earlier) = parsed.supersedes else { continue };
        let refused = |why| Err(LineRefused { line: parsed.line, why });
        if earlier >= parsed.line || !lines.iter().any(|other| other.line == earlier) {
            return refused(format!("“supersedes” is {earlier}, which is no earlier line with a fact"));
        }
        if let Some(other) = taken.insert(earlier, parsed.line) {
            return refused(format!("line {earlier} is superseded by line {other} already; name that one"));
        }
    }
    Ok(())
}

fn known(lines: Vec<Parsed>, zone: &TimeZone, as_known_on: Option<Day>) -> Known {
    let mut recorded: HashMap<usize, Option<Timestamp>> = HashMap::new();
    let mut gone: Vec<usize> = Vec::new();
    let mut there = Vec::new();
    for parsed in lines {
        // What does not say when it was recorded was so no earlier than the line it corrects (D20).
        let corrected = parsed.supersedes.and_then(|line| recorded.get(&line).copied().flatten());
        let at = if parsed.said_recorded { parsed.recorded } else { parsed.recorded.max(corrected) };
        recorded.insert(parsed.line, at);
        if let (Some(known), Some(at)) = (as_known_on, at)
            && Day::at(at, zone) > known
        {
            continue;
        }
        gone.extend(parsed.supersedes);
        there.push(parsed);
    }
    let mut known = Known::default();
    for parsed in there {
        let number = u32::try_from(parsed.line).unwrap_or(u32::MAX);
        if let Some((on, at, what)) = parsed.what.filter(|_| !gone.contains(&parsed.line)) {
            known.facts.push(Dated { on, at, what, line: number });
            known.details.insert(number, parsed.detail);
        }
    }
    in_order(&mut known.facts);
    known
}
