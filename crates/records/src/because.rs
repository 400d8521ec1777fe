//! Why: the reasons on the way to an answer, each with the rule that decided, in words (schedule.md, "Why am I due?").

use std::collections::HashMap;

use serde::Serialize;

use crate::{
    answer::{Coverage, Cycle, Missing, Overlay, Standing, Timing},
    day::{Day, Period},
    history::Dated,
    policy::{Basis, FirstDue, Trigger},
    schedule::{After, Fold, Terms, Watch},
};

/// One reason: what happened on a day, and what it did to the dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// The day.
    pub on: Day,
    /// The fact, by the line it was read from; none where time alone did it.
    pub line: Option<u32>,
    /// What happened.
    pub reason: Reason,
}

/// What happened, with the dates it moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is said in words by `Because::words`, and its fields are the days in that sentence"
)]
pub enum Reason {
    Hired,
    Rehired,
    RoleStart,
    Left,
    Assigned,
    AssignedToo,
    AssignedAlready,
    Unassigned,
    UnassignedOne,
    NoAnchor(Missing),
    FirstDue { due: Option<Day>, first_due: FirstDue, base: Option<Day>, min_lead: i32, lead: Day },
    BroughtForward { from: Day, to: Day },
    KeptDue { due: Option<Day> },
    StandsAgain { valid_through: Option<Day> },
    EarlierCounts { completed: Day, valid_through: Option<Day> },
    TooOld { completed: Day },
    WorkedBefore,
    WindowOpened { valid_through: Day, due: Option<Day>, grace: Day, min_lead: i32 },
    Completed { full: bool, after: After, basis: Basis, validity: Option<Period>, valid_through: Option<Day> },
    RenewedOnTime { full: bool, basis: Basis, validity: Option<Period>, anchor: Day, valid_through: Option<Day> },
    Restarted { valid_through: Option<Day> },
    Practice { opens: Option<Day> },
    FullNeeded,
    Leave { to: Option<Day> },
    Exempted { until: Option<Day> },
    MovedByPause { from: Day, to: Day, leave: bool },
    Extended { from: Day, to: Day, after: bool },
    NothingToExtend,
    Published,
    Late { due: Day },
    Revoked { due: Option<Day> },
    NothingToRevoke,
    Recalculated { due: Option<Day>, valid_through: Option<Day> },
}

/// What is known of a fact beside its day: who and why, in the words of whoever recorded it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// The assignment, or the role.
    pub name: Option<String>,
    /// To whom it was assigned, in words such as “everybody in Ward 3”.
    pub to: Option<String>,
    /// Who recorded it.
    pub by: Option<String>,
    /// Who approved or accepted it.
    pub approved: Option<String>,
    /// Why, or what the evidence is.
    pub reason: Option<String>,
}

/// Every reason until the end of the day `as_of`, in order, and the answer they lead to.
pub fn because(terms: Terms<'_>, facts: &[Dated], as_of: Day) -> (Standing, Vec<Cycle>, Vec<Because>) {
    let mut heard = Heard { cycles: Vec::new(), reasons: Vec::new() };
    let slice = Fold::new(terms, &mut heard).until(facts, as_of);
    let Heard { mut cycles, reasons } = heard;
    cycles.extend(slice.cycle(as_of));
    (slice.at(as_of), cycles, reasons)
}

/// The whole answer, as `bedside explain` writes it in JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
    /// Whether a credit counts.
    pub coverage: Coverage,
    /// Where the work on the open cycle stands; none when none is open.
    pub work: Option<&'static str>,
    /// Where the open cycle stands to its due date.
    pub timing: Option<Timing>,
    /// What lies over the rest.
    pub overlay: Option<Overlay>,
    /// When the open cycle is due.
    pub due: Option<String>,
    /// The last day the credit counts.
    pub valid_through: Option<String>,
    /// The day its refresher opens.
    pub window_opens: Option<String>,
    /// The last day its refresher is enough.
    pub grace_ends: Option<String>,
    /// Whether this cycle, or the last completed one, is marked late.
    pub late: bool,
    /// The anchor that is missing.
    pub exception: Option<Missing>,
    /// The cycles, oldest first.
    pub cycles: Vec<Cycle>,
    /// Why, a sentence for each thing that happened, with the rule that decided.
    pub because: Vec<String>,
}

impl Explained {
    /// What is so at the end of a day, and why. What is known of facts comes from `details`, by their lines. Work on attempts is not
    /// among the facts (D23): an open cycle is not started.
    pub fn of(terms: Terms<'_>, facts: &[Dated], details: &HashMap<u32, Detail>, as_of: Day) -> Self {
        let (standing, cycles, mut reasons) = because(terms, facts, as_of);
        // What counts from no anchor need not be told of it.
        let counts_from = |trigger| terms.versions.iter().any(|version| version.policy.first_due.after == trigger);
        let (hired, role) = (counts_from(Trigger::Hired), counts_from(Trigger::RoleStart));
        reasons.retain(|told| match told.reason {
            Reason::Hired => hired,
            Reason::RoleStart => role,
            _ => true,
        });
        let none = Detail::default();
        let date = |day: Option<Day>| day.map(|day| day.to_string());
        let because = reasons.iter().map(|reason| {
            let words = reason.words(reason.line.and_then(|line| details.get(&line)).unwrap_or(&none));
            format!("{words} ({})", reason.rule_name())
        });
        let because = because.chain(as_it_is(&standing));
        Self {
            coverage: standing.coverage,
            work: standing.open.then_some("not started"),
            timing: standing.timing,
            overlay: standing.overlay,
            due: date(standing.due),
            valid_through: date(standing.valid_through),
            window_opens: date(standing.window_opens),
            grace_ends: date(standing.grace_ends),
            late: standing.late,
            exception: standing.exception,
            because: because.collect(),
            cycles,
        }
    }
}

/// What time alone has done to a credit since the last thing that happened, with the rule that decided.
fn as_it_is(standing: &Standing) -> Option<String> {
    let (valid_through, grace) = (standing.valid_through?, standing.grace_ends?);
    match standing.coverage {
        Coverage::Grace => {
            Some(format!("Validity ended on {}; grace runs until {}. (rule 7)", said(valid_through), said(grace)))
        }
        Coverage::Lapsed => Some(format!("Grace ended on {}: what was earned has lapsed. (rule 8)", said(grace))),
        _ => None,
    }
}

struct Heard {
    cycles: Vec<Cycle>,
    reasons: Vec<Because>,
}

impl Watch for Heard {
    const REASONS: bool = true;

    fn cycle(&mut self, cycle: Cycle) {
        self.cycles.push(cycle);
    }

    fn told(&mut self, on: Day, line: Option<u32>, reason: impl FnOnce() -> Reason) {
        self.reasons.push(Because { on, line, reason: reason() });
    }
}

impl Because {
    /// The rule of schedule.md that decided.
    pub fn rule(&self) -> &'static str {
        match self.reason {
            Reason::Hired | Reason::RoleStart => "D19",
            Reason::NoAnchor(_) => "14",
            Reason::Rehired | Reason::Left => "17",
            Reason::Assigned | Reason::AssignedToo | Reason::AssignedAlready => "11",
            Reason::Unassigned | Reason::UnassignedOne | Reason::BroughtForward { .. } | Reason::KeptDue { .. } => "11",
            Reason::StandsAgain { .. } => "D10",
            Reason::FirstDue { .. } => "4",
            Reason::EarlierCounts { .. } | Reason::TooOld { .. } | Reason::WorkedBefore => "15",
            Reason::WindowOpened { .. } => "9",
            Reason::Completed { after: After::First, .. } => "4",
            Reason::Completed { after: After::Grace, .. } => "7",
            Reason::Completed { after: After::Lapse, .. } | Reason::FullNeeded => "8",
            Reason::Completed { after: After::Revoked, .. } => "16",
            Reason::RenewedOnTime { .. } => "5",
            Reason::Restarted { .. } | Reason::Practice { .. } => "6",
            Reason::Leave { .. } | Reason::MovedByPause { leave: true, .. } => "12",
            Reason::Exempted { .. } | Reason::MovedByPause { leave: false, .. } => "D7",
            Reason::Extended { .. } | Reason::NothingToExtend => "13",
            Reason::Published => "10",
            Reason::Late { .. } => "D4",
            Reason::Revoked { .. } | Reason::NothingToRevoke => "16",
            Reason::Recalculated { .. } => "10",
        }
    }

    /// The rule by the name it has in the design: "rule 4", or "D7" of what is read exactly.
    pub fn rule_name(&self) -> String {
        let rule = self.rule();
        if rule.starts_with('D') { rule.to_owned() } else { format!("rule {rule}") }
    }

    /// The reason as a sentence; `of` is what is known of its fact.
    pub fn words(&self, of: &Detail) -> String {
        let on = said(self.on);
        let name = match (&of.to, &of.name) {
            (Some(to), _) => format!(" to {to}"),
            (None, Some(name)) => format!(" by “{name}”"),
            (None, None) => String::new(),
        };
        let approved = of.approved.as_deref().map_or_else(String::new, |by| format!(", approved by {by}"));
        let by = of.by.as_deref().map_or_else(String::new, |by| format!(", recorded by {by}"));
        let by = format!("{approved}{by}");
        let why = of.reason.as_deref().map_or_else(String::new, |why| format!(" ({why})"));
        let through = |day: Option<Day>| match day {
            Some(day) => format!("valid through {}", said(day)),
            None => "valid without end".to_owned(),
        };
        match self.reason {
            Reason::Hired => format!("Hired on {on}."),
            Reason::Rehired => format!("Came back on {on}. What was still valid counts again."),
            Reason::RoleStart => {
                let role = of.name.as_deref().map_or_else(String::new, |role| format!(" ({role})"));
                format!("Began in the job role on {on}{role}.")
            }
            Reason::Left => format!("Left; the last day was {on}. The record is kept, nothing is asked."),
            Reason::Assigned => format!("Assigned{name} on {on}{by}{why}."),
            Reason::AssignedToo => format!("Also assigned{name} on {on}{by}{why}: it stays one obligation."),
            Reason::AssignedAlready => format!("Assigned{name} once more on {on}: that changes nothing."),
            Reason::Unassigned => format!("No longer assigned from {on}{name}{by}{why}. What was earned is kept."),
            Reason::UnassignedOne => {
                format!("No longer assigned{name} from {on}{by}{why}; another assignment remains, the due date stays.")
            }
            Reason::NoAnchor(Missing::Hired) => {
                "The due date counts from the day of hiring, which is not recorded. Ask an administrator to enter it.".to_owned()
            }
            Reason::NoAnchor(Missing::RoleStart) => {
                "The due date counts from the first day in the job role, which is not recorded. Ask an administrator to enter it."
                    .to_owned()
            }
            Reason::FirstDue { due, first_due, base, min_lead, lead } => {
                let due = due.map_or_else(|| "when that is over".to_owned(), said);
                let from = base.map(said).unwrap_or_default();
                let anchor = match first_due.after {
                    Trigger::Assigned => format!("assigned {from}"),
                    Trigger::Hired => format!("hired {from}"),
                    Trigger::RoleStart => format!("began in the job role {from}"),
                    Trigger::On(_) => from,
                };
                let counted = base.map(|base| base.plus(first_due.days));
                if counted.is_some_and(|counted| counted < lead) {
                    format!(
                        "First due {due}: {anchor} + {} would be sooner, but nothing is due within {} of being assigned.",
                        days(first_due.days),
                        days(min_lead)
                    )
                } else {
                    format!("First due {due}: {anchor} + {}.", days(first_due.days))
                }
            }
            Reason::BroughtForward { from, to } => {
                format!("The earlier of two due dates counts: {} in place of {}.", said(to), said(from))
            }
            Reason::KeptDue { due } => match due {
                Some(due) => format!("Assigned again so soon that the earlier due date stays: {}.", said(due)),
                None => "Assigned again so soon that everything stays as it was.".to_owned(),
            },
            Reason::StandsAgain { valid_through } => {
                format!("What was completed before still counts: {}.", through(valid_through))
            }
            Reason::EarlierCounts { completed, valid_through } => {
                format!("The earlier completion of {} counts: {}.", said(completed), through(valid_through))
            }
            Reason::TooOld { completed } => {
                format!("The earlier completion of {} is too old to count.", said(completed))
            }
            Reason::WorkedBefore => format!("Completed on {on}{by}{why}, before it was asked."),
            Reason::WindowOpened { valid_through, due, grace, min_lead } => {
                let due = due.map_or_else(String::new, |due| match due > valid_through {
                    true => format!(", due {}, since nothing is due within {} of being assigned", said(due), days(min_lead)),
                    false => format!(", due {}", said(due)),
                });
                format!(
                    "The renewal opened on {on}{due}. What was earned counts through {}; the refresher is enough until {}.",
                    said(valid_through),
                    said(grace)
                )
            }
            Reason::Completed { full, after, basis, validity, valid_through } => {
                let what = if full { "Completed" } else { "Refreshed" };
                let when = match after {
                    After::First => "",
                    After::Grace => ", in grace",
                    After::Lapse => ", after it had lapsed",
                    After::Revoked => ", after it had been taken back",
                };
                let counted = counted(basis, validity, self.on, valid_through);
                format!("{what} on {on}{when}{by}{why}: {}{counted}.", through(valid_through))
            }
            Reason::RenewedOnTime { full, basis, validity, anchor, valid_through } => {
                let what = if full { "Completed again" } else { "Refreshed" };
                let from = if basis == Basis::Expiry { anchor } else { self.on };
                let kept = match basis {
                    Basis::Expiry => format!(", counted from {} in whole validities, so that no day is lost", said(from)),
                    _ => counted(basis, validity, from, valid_through),
                };
                format!("{what} on {on}, in time{by}{why}: {}{kept}.", through(valid_through))
            }
            Reason::Restarted { valid_through } => {
                format!("Completed again on {on}, before the window; the policy begins anew: {}.", through(valid_through))
            }
            Reason::Practice { opens } => match opens {
                Some(opens) => format!("Done on {on} as practice: it counts from {}.", said(opens)),
                None => format!("Done on {on} as practice: it is held already."),
            },
            Reason::FullNeeded => format!("The refresher of {on} was not enough: the full requirement is needed."),
            Reason::Leave { to: Some(to) } => format!("On leave from {on} to {}{by}{why}. Validity does not stretch.", said(to)),
            Reason::Leave { to: None } => {
                format!("On leave from {on}, the last day not known yet{by}{why}. Nothing is due meanwhile; validity does not stretch.")
            }
            Reason::Exempted { until: Some(until) } => {
                format!("Exempt from {on} to {}{by}{why}. Nothing is due meanwhile.", said(until))
            }
            Reason::Exempted { until: None } => {
                format!("Exempt from {on} until further notice{by}{why}. Nothing is due meanwhile.")
            }
            Reason::MovedByPause { from, to, leave } => {
                let what = if leave { "leave" } else { "exemption" };
                match to < Day::FAR {
                    true => format!("The {what} moves the due date from {} to {}.", said(from), said(to)),
                    false => format!("The {what} takes the due date away."),
                }
            }
            Reason::Extended { from, to, after } => {
                let moved = if to > from {
                    format!("is moved from {} to {}", said(from), said(to))
                } else {
                    format!("stays {}; {} is not later", said(from), said(to))
                };
                let late = if after { " It was granted after the due date, so the late mark stays." } else { "" };
                format!("Extension of {on}{by}{why}: the due date {moved}.{late}")
            }
            Reason::NothingToExtend => format!("The extension of {on}{by}{why} found nothing that was due."),
            Reason::Published => format!("A new version was published on {on}. It moves no date here."),
            Reason::Late { due } => format!("Late since {on}: it was due {}.", said(due)),
            Reason::Revoked { due: Some(due) } => {
                format!("Taken back on {on}{by}{why}. The full requirement is due {}.", said(due))
            }
            Reason::Revoked { due: None } => format!("Taken back on {on}{by}{why}."),
            Reason::NothingToRevoke => format!("Nothing was there on {on} to be taken back."),
            Reason::Recalculated { due, valid_through } => {
                let due = due.map_or_else(String::new, |due| format!(" Due {}.", said(due)));
                let valid =
                    valid_through.map_or_else(String::new, |day| format!(" What was earned counts through {}.", said(day)));
                format!("The policy of {on} was applied to what was there already.{due}{valid}")
            }
        }
    }
}

/// How a validity was counted, after the date.
fn counted(basis: Basis, validity: Option<Period>, from: Day, valid_through: Option<Day>) -> String {
    match (basis, validity, valid_through) {
        (_, None, _) | (_, _, None) => String::new(),
        (Basis::Calendar { .. }, ..) => ", the next day of the calendar that is far enough away".to_owned(),
        (_, Some(validity), _) => format!(" ({} + {validity})", said(from)),
    }
}

fn days(number: i32) -> String {
    Period::Days(number).to_string()
}

/// A day as people read it.
fn said(day: Day) -> String {
    day.date().strftime("%-d %b %Y").to_string()
}
