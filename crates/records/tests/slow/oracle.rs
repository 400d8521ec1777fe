//! The rules of schedule.md once more, slow and obvious, so that the function can be compared with them.
//!
//! It walks day by day. In the morning a renewal opens if its window does (D3), then the facts of the day act in their order (D2), and
//! in the evening an overdue cycle is marked late (D4). Nothing here is meant to be fast.

use std::collections::BTreeMap;

use records::{
    answer::{Coverage, Cycle, Missing, Overlay, Standing, Timing},
    day::Day,
    history::{Dated, Source, What},
    policy::{Basis, Early, Policy, Refresher, Trigger},
};

/// Shows what is so at the end of each of these days, which are in order, and the cycles until then.
pub(crate) fn walk(policy: &Policy, facts: &[Dated], days: &[Day], mut show: impl FnMut(Day, Standing, &[Cycle])) {
    let Some(&first) = days.first() else { return };
    let mut walk = Walk {
        policy,
        today: facts.iter().map(|fact| fact.on).min().unwrap_or(first).min(first),
        hired: None,
        role_start: None,
        employed: true,
        sources: BTreeMap::new(),
        absences: Vec::new(),
        credit: None,
        elsewhere: Vec::new(),
        rows: Vec::new(),
        open: None,
        ended: None,
    };
    for &day in days {
        while walk.today <= day {
            walk.live_a_day(facts);
            walk.today = walk.today.next();
        }
        walk.today = day;
        show(day, walk.standing(), &walk.rows);
        walk.today = day.next();
    }
}

struct Walk<'a> {
    policy: &'a Policy,
    today: Day,
    /// The last day of being hired or hired again (D11).
    hired: Option<Day>,
    /// The last day of beginning in a job role.
    role_start: Option<Day>,
    /// Nobody has left, or they came back (D11).
    employed: bool,
    /// The sources nobody ended, with the day each began (D9).
    sources: BTreeMap<Source, Day>,
    /// Every leave and exemption that has begun, in the order of their first days (D8).
    absences: Vec<Absence>,
    /// The last credit earned while the requirement applied, or accepted when it was assigned.
    credit: Option<Credit>,
    /// Days of full completions while nobody asked, to be judged on the day of assignment (D18).
    elsewhere: Vec<Day>,
    rows: Vec<Cycle>,
    open: Option<Open>,
    /// The cycle that was open when the last source ended (D10, short gaps).
    ended: Option<Ended>,
}

#[derive(Clone, Copy)]
struct Absence {
    exempt: bool,
    from: Day,
    /// `Day::FAR` while nobody knows.
    to: Day,
}

#[derive(Clone, Copy)]
struct Credit {
    /// The original anchor (rule 2) and how many validities have been counted from it; of no use with a calendar basis.
    anchor: Day,
    times: i32,
    /// None: held once and for all.
    valid_through: Option<Day>,
    revoked: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    First,
    Renewal,
    /// With the date of rule 16, which is its base (D9).
    AfterRevocation {
        base: Day,
    },
}

#[derive(Clone, Copy)]
struct Open {
    kind: Kind,
    /// None: an anchor is missing (rule 14). `Day::FAR`: nobody knows when (D6, D7).
    due: Option<Day>,
    /// Until when a leave or an extension keeps a renewal's refresher enough (rules 12 and 13).
    enough_until: Option<Day>,
}

#[derive(Clone, Copy)]
struct Ended {
    on: Day,
    cycle: Open,
    late: bool,
}

impl Walk<'_> {
    fn live_a_day(&mut self, facts: &[Dated]) {
        self.open_the_renewal_if_its_window_is_open();
        let today = self.today;
        for fact in facts.iter().filter(|fact| fact.on == today) {
            self.act(fact.what);
            self.open_the_renewal_if_its_window_is_open();
        }
        // D4: late once a day has ended on which it was overdue.
        if self.overdue() {
            self.mark_late();
        }
    }

    fn act(&mut self, what: What) {
        match what {
            What::Hired => {
                self.hired = Some(self.today);
                self.an_anchor_is_known();
            }
            What::RoleStart => {
                self.role_start = Some(self.today);
                self.an_anchor_is_known();
            }
            What::Rehired => self.rehired(),
            What::Assigned(source) => self.assigned(source),
            What::Leave { to } => self.absent(Absence { exempt: false, from: self.today, to: to.unwrap_or(Day::FAR) }),
            What::Exempted { until } => {
                self.absent(Absence { exempt: true, from: self.today, to: until.unwrap_or(Day::FAR) });
            }
            What::Extended { due } => self.extended(due),
            // D13: it moves nothing in this answer.
            What::Published => {}
            // D18: dated after the assignment, a prior credit is a completion like any other.
            What::PriorCredit | What::Completed => self.worked(true),
            // D14: with `full` both mean the same.
            What::Refreshed => self.worked(self.policy.refresher == Refresher::Full),
            What::Revoked => self.revoked(),
            What::Unassigned(source) => self.unassigned(source),
            What::Left => self.left(),
        }
    }

    // Who asks.

    /// D5: somebody employed is asked by at least one source.
    fn applicable(&self) -> bool {
        self.employed && !self.sources.is_empty()
    }

    fn assigned(&mut self, source: Source) {
        // D9: assigning a source already in force changes nothing.
        if self.sources.contains_key(&source) {
            return;
        }
        self.sources.insert(source, self.today);
        // D11: who has left is asked again on the day of rehire.
        if !self.employed {
            return;
        }
        if self.sources.len() == 1 {
            self.begins_to_apply();
            return;
        }
        // D9: one more source may bring the open cycle's due date forward, never push it back. A leave or exemption already begun moves
        // what this source asks for as it does any due date.
        let Some(mut open) = self.open else { return };
        if let (Some(due), Some(asked)) = (open.due, self.asked_by(open.kind, self.today)) {
            let (asked, _) = self.moved(asked, |_| true);
            open.due = Some(due.min(asked));
            self.set(open);
        }
    }

    fn unassigned(&mut self, source: Source) {
        // D9: the end of one source while another remains moves nothing.
        if self.sources.remove(&source).is_none() || !self.sources.is_empty() || !self.employed {
            return;
        }
        // D10: with the last source an open cycle ends unfinished; with none open, nothing is kept.
        let on = self.today;
        self.ended = self.open.take().map(|cycle| Ended { on, cycle, late: self.rows[self.rows.len() - 1].late });
    }

    fn left(&mut self) {
        // D11: not applicable from the last day on; a rehire keeps no earlier due date.
        self.employed = false;
        self.open = None;
        self.ended = None;
    }

    fn rehired(&mut self) {
        // D11: the trigger `hired` now means this day.
        self.hired = Some(self.today);
        self.an_anchor_is_known();
        if self.employed {
            return;
        }
        // D11: the sources nobody ended start anew.
        self.employed = true;
        for start in self.sources.values_mut() {
            *start = self.today;
        }
        if !self.sources.is_empty() {
            self.begins_to_apply();
        }
    }

    /// The requirement applies from today: for the first time (rule 4, D18), or again (D10, D11).
    fn begins_to_apply(&mut self) {
        // D10, short gaps: no later than the day of the end + min-lead.
        let kept = self.ended.take().filter(|ended| self.today <= ended.on.plus(self.policy.min_lead));
        // D18: the latest earlier completion, if it is no older than the limit and its valid through has not passed.
        let earlier = self.elsewhere.iter().copied().max().filter(|&on| self.young_enough(on));
        let earlier = earlier.map(|on| (on, self.fresh(on))).filter(|(_, credit)| self.stands(credit));
        self.elsewhere.clear();
        let standing = self.credit.filter(|credit| self.stands(credit));
        match (standing, earlier) {
            // D10: a credit not yet expired stands again. What was done meanwhile counts if it lasts longer.
            (Some(standing), earlier) if earlier.is_none_or(|(_, earlier)| ends(&earlier) <= ends(&standing)) => {
                if self.in_window(&standing) {
                    self.open_cycle(Kind::Renewal, kept);
                }
            }
            (_, Some((on, credit))) => {
                // D18: it closes the first cycle; that makes nothing late.
                self.open_cycle(Kind::First, kept);
                self.close(on, credit);
            }
            (_, None) => self.open_cycle(Kind::First, kept),
        }
    }

    // Cycles.

    /// D3: a renewal opens when its window opens.
    fn open_the_renewal_if_its_window_is_open(&mut self) {
        if self.applicable()
            && self.open.is_none()
            && self.credit.is_some_and(|credit| !credit.revoked && self.in_window(&credit))
        {
            self.open_cycle(Kind::Renewal, None);
        }
    }

    fn open_cycle(&mut self, kind: Kind, kept: Option<Ended>) {
        // A due date that never was cannot be kept.
        let kept_due = kept.and_then(|ended| ended.cycle.due.map(|due| (ended, due)));
        let open = match kept_due {
            // D10, short gaps: the due date as it stood; what began in the gap has not acted on it yet.
            Some((ended, due)) => {
                let (due, enough_until) = self.moved(due, |absence| absence.from > ended.on);
                let before = ended.cycle.enough_until.filter(|_| ended.cycle.kind == Kind::Renewal);
                Open { kind, due: Some(due), enough_until: enough_until.max(before) }
            }
            None => {
                let asked = self.earliest_asked(kind).map(|due| self.moved(due, |_| true));
                Open { kind, due: asked.map(|(due, _)| due), enough_until: asked.and_then(|(_, until)| until) }
            }
        };
        let late = kept.is_some_and(|ended| ended.late);
        self.rows.push(Cycle { opened: self.today, due: None, completed: None, valid_through: None, late });
        self.set(open);
    }

    /// D9: the earliest, over the sources in force, of what each asks for.
    fn earliest_asked(&self, kind: Kind) -> Option<Day> {
        self.sources.values().filter_map(|&start| self.asked_by(kind, start)).min()
    }

    /// D9: max(base, start of that source + min-lead); none where the anchor is missing (rule 14).
    fn asked_by(&self, kind: Kind, start: Day) -> Option<Day> {
        let base = match kind {
            Kind::First => {
                let trigger = match self.policy.first_due.after {
                    Trigger::Assigned => Some(start),
                    Trigger::Hired => self.hired,
                    Trigger::RoleStart => self.role_start,
                    Trigger::On(day) => Some(day),
                };
                trigger?.plus(self.policy.first_due.days)
            }
            // Rule 9.
            Kind::Renewal => self.credit?.valid_through?,
            Kind::AfterRevocation { base } => base,
        };
        Some(base.max(start.plus(self.policy.min_lead)))
    }

    /// Rule 14, D19: a cycle that waited for its anchor gets its due date on the day the anchor is known.
    fn an_anchor_is_known(&mut self) {
        let Some(mut open) = self.open.filter(|open| open.due.is_none()) else { return };
        open.due = self.earliest_asked(open.kind).map(|due| self.moved(due, |_| true).0);
        self.set(open);
    }

    fn set(&mut self, open: Open) {
        self.open = Some(open);
        let last = self.rows.len() - 1;
        self.rows[last].due = open.due.filter(|&due| due < Day::FAR);
    }

    fn mark_late(&mut self) {
        let last = self.rows.len() - 1;
        self.rows[last].late = true;
    }

    fn close(&mut self, on: Day, credit: Credit) {
        let last = self.rows.len() - 1;
        self.rows[last].completed = Some(on);
        self.rows[last].valid_through = credit.valid_through;
        self.credit = Some(credit);
        self.open = None;
    }

    // Leave, exemption, extension.

    fn on_leave(&self) -> bool {
        self.absences.iter().any(|absence| !absence.exempt && absence.from <= self.today && self.today <= absence.to)
    }

    fn exempt(&self) -> bool {
        self.absences.iter().any(|absence| absence.exempt && absence.from <= self.today && self.today <= absence.to)
    }

    fn absent(&mut self, absence: Absence) {
        self.absences.push(absence);
        let Some(mut open) = self.open else { return };
        let Some(due) = open.due else { return };
        let moved = self.moved_by(due, self.absences.len() - 1);
        // Rule 12, D8: a leave keeps a renewal's refresher enough until the moved due date; an exemption keeps nothing.
        if !absence.exempt && due >= absence.from && moved > due {
            open.enough_until = open.enough_until.max(Some(moved));
        }
        open.due = Some(moved);
        self.set(open);
    }

    /// D8: the absences begun so far that are asked about, one after the other, each on the due date as it then stands; and until when
    /// the leaves among them keep a refresher enough.
    fn moved(&self, due: Day, which: impl Fn(&Absence) -> bool) -> (Day, Option<Day>) {
        let (mut due, mut enough_until) = (due, None);
        for (index, absence) in self.absences.iter().enumerate().filter(|(_, absence)| which(absence)) {
            let moved = self.moved_by(due, index);
            if !absence.exempt && due >= absence.from && moved > due {
                enough_until = enough_until.max(Some(moved));
            }
            due = moved;
        }
        (due, enough_until)
    }

    fn moved_by(&self, due: Day, index: usize) -> Day {
        let absence = self.absences[index];
        // The day of return, or the day after the exemption, + min-lead.
        let back = absence.to.next().plus(self.policy.min_lead);
        // D7: due = max(due, day after + min-lead). D6: without an end, nobody knows when.
        if absence.exempt || absence.to == Day::FAR {
            return due.max(back);
        }
        // Rule 12: only a due date in the leave or within min-lead after it.
        if due < absence.from || back <= due {
            return due;
        }
        // Rule 12, D6: never by more than the days of leave; a day covered by two leaves counts once.
        let earlier = &self.absences[..index];
        let covered = |day: Day| earlier.iter().any(|other| !other.exempt && other.from <= day && day <= other.to);
        let days = (absence.from.0..=absence.to.0).filter(|&day| !covered(Day(day))).count();
        back.min(due.plus(i32::try_from(days).expect("a leave of fewer days than there are")))
    }

    fn extended(&mut self, to: Day) {
        // D8: with no cycle open it does nothing; it counts only if it is later.
        let Some(mut open) = self.open else { return };
        let Some(due) = open.due.filter(|&due| to > due) else { return };
        // Rule 13, D4: granted after the due date, it leaves the late mark, on leave too.
        if self.today > due {
            self.mark_late();
        }
        open.due = Some(to);
        open.enough_until = open.enough_until.max(Some(to));
        self.set(open);
    }

    // Credits.

    /// A credit counted from a completion: first (rule 4), in grace (rule 7), lapsed (rule 8), after a revocation (D12).
    fn fresh(&self, on: Day) -> Credit {
        let valid_through = self.policy.validity.map(|validity| match self.policy.basis {
            Basis::Completion | Basis::Expiry => validity.after(on, 1),
            // D15: the next slot at least min-active after completion.
            Basis::Calendar { .. } => self.next_slot(self.policy.min_active.after(on, 1)),
        });
        Credit { anchor: on, times: 1, valid_through, revoked: false }
    }

    /// Rule 5: in the window, on time.
    fn renewed(&self, old: Credit) -> Credit {
        let (Some(validity), Some(through)) = (self.policy.validity, old.valid_through) else { return old };
        match self.policy.basis {
            Basis::Completion => self.fresh(self.today),
            Basis::Expiry => {
                let times = old.times + 1;
                Credit { times, valid_through: Some(validity.after(old.anchor, times)), ..old }
            }
            // D15: at least min-active after the old valid through.
            Basis::Calendar { .. } => {
                Credit { valid_through: Some(self.next_slot(self.policy.min_active.after(through, 1))), ..old }
            }
        }
    }

    /// The first calendar day of the policy on or after a day (D15), sought day by day.
    fn next_slot(&self, from: Day) -> Day {
        let Basis::Calendar { month, day } = self.policy.basis else { return from };
        let mut slot = from;
        loop {
            let date = slot.date();
            // 29 February is the 28th in common years.
            let wanted = if (month, day) == (2, 29) && !date.in_leap_year() { 28 } else { day };
            if (date.month(), date.day()) == (month, wanted) {
                return slot;
            }
            slot = slot.next();
        }
    }

    /// D10, D18: neither taken back nor past its valid through.
    fn stands(&self, credit: &Credit) -> bool {
        !credit.revoked && self.today <= ends(credit)
    }

    /// Rule 15, D18: no older than the limit.
    fn young_enough(&self, on: Day) -> bool {
        self.policy.prior_credit_max_age.is_none_or(|limit| self.today <= limit.after(on, 1))
    }

    fn window_opens(&self, credit: &Credit) -> Option<Day> {
        credit.valid_through.map(|through| self.policy.window.before(through))
    }

    fn grace_ends(&self, credit: &Credit) -> Option<Day> {
        credit.valid_through.map(|through| self.policy.grace.after(through, 1))
    }

    fn in_window(&self, credit: &Credit) -> bool {
        self.window_opens(credit).is_some_and(|opens| opens <= self.today)
    }

    /// D14: whether what `refresher` names is enough for the open cycle today.
    fn refresher_is_enough(&self, open: &Open) -> bool {
        let Some(credit) = self.credit.filter(|credit| !credit.revoked) else { return false };
        let in_grace = self.in_window(&credit) && self.grace_ends(&credit).is_some_and(|ends| self.today <= ends);
        match open.kind {
            // Rules 12 and 13, D8: only a renewal's refresher is kept enough.
            Kind::Renewal => in_grace || open.enough_until.is_some_and(|until| self.today <= until),
            // D10: the full requirement unless grace is still running.
            Kind::First => in_grace,
            // D12: only the full requirement restores.
            Kind::AfterRevocation { .. } => false,
        }
    }

    fn worked(&mut self, full: bool) {
        if !self.applicable() {
            // D18: judged on the day of assignment. A refresher alone is nothing to be judged.
            if full {
                self.elsewhere.push(self.today);
            }
            return;
        }
        let Some(open) = self.open else {
            // Rule 6, D17: before the window it is practice, or begins anew but never moves valid through back.
            let fresh = self.fresh(self.today);
            if full && self.policy.early == Early::Restart && self.credit.is_some_and(|old| ends(&fresh) > ends(&old)) {
                self.credit = Some(fresh);
            }
            return;
        };
        if !full && !self.refresher_is_enough(&open) {
            return;
        }
        // D4: late if completed after its due date.
        if open.due.is_some_and(|due| self.today > due) {
            self.mark_late();
        }
        let credit = match self.credit {
            Some(old) if open.kind == Kind::Renewal && self.today <= ends(&old) => self.renewed(old),
            _ => self.fresh(self.today),
        };
        self.close(self.today, credit);
    }

    fn revoked(&mut self) {
        // D12: without a credit, or when already revoked, it does nothing.
        let Some(credit) = self.shown_credit().filter(|credit| !credit.revoked) else { return };
        self.credit = Some(Credit { revoked: true, ..credit });
        self.elsewhere.clear();
        if !self.applicable() {
            return;
        }
        // D12: that day + min-lead, moved by a leave already running; the open cycle's due date counts as moved so far (rule 16).
        let (lead, _) = self.moved(self.today.plus(self.policy.min_lead), |_| true);
        let base = self.open.and_then(|open| open.due).map_or(lead, |due| due.min(lead));
        // Rule 16: the late mark of a cycle already open is kept.
        let late = self.open.is_some() && self.rows.last().is_some_and(|row| row.late);
        self.rows.push(Cycle { opened: self.today, due: None, completed: None, valid_through: None, late });
        self.set(Open { kind: Kind::AfterRevocation { base }, due: Some(base), enough_until: None });
    }

    /// D3: the last credit. D25: while nobody asks, the latest completion shows its coverage and dates.
    fn shown_credit(&self) -> Option<Credit> {
        if self.applicable() {
            return self.credit;
        }
        let latest = self.elsewhere.iter().copied().max().map(|on| self.fresh(on));
        match (self.credit.filter(|credit| !credit.revoked), latest) {
            (Some(credit), Some(latest)) if ends(&latest) <= ends(&credit) => Some(credit),
            (_, Some(latest)) => Some(latest),
            (_, None) => self.credit,
        }
    }

    // The answer.

    /// D1, D6: the due date of an open cycle has passed, and neither leave nor exemption lies over it.
    fn overdue(&self) -> bool {
        let passed = self.open.and_then(|open| open.due).is_some_and(|due| due < self.today);
        passed && self.applicable() && !self.exempt() && !self.on_leave()
    }

    /// D5.
    fn overlay(&self) -> Option<Overlay> {
        if !self.applicable() {
            Some(Overlay::NotApplicable)
        } else if self.exempt() {
            Some(Overlay::Exempt)
        } else if self.on_leave() {
            Some(Overlay::OnLeave)
        } else {
            None
        }
    }

    fn coverage(&self) -> Coverage {
        let Some(credit) = self.shown_credit() else { return Coverage::Never };
        if credit.revoked {
            Coverage::Revoked
        } else if self.today <= ends(&credit) {
            Coverage::Valid
        } else if self.grace_ends(&credit).is_some_and(|ends| self.today <= ends) {
            Coverage::Grace
        } else {
            Coverage::Lapsed
        }
    }

    fn timing(&self) -> Timing {
        let Some(open) = self.open else { return Timing::NotDue };
        let Some(due) = open.due.filter(|&due| due < Day::FAR) else { return Timing::NotDue };
        if due < self.today {
            // D6: while on leave nothing is overdue.
            if self.overdue() { Timing::Overdue } else { Timing::NotDue }
        } else if due.plus(-14) <= self.today {
            Timing::DueSoon
        } else if open.kind == Kind::Renewal && self.refresher_is_enough(&open) {
            Timing::WindowOpen
        } else {
            Timing::NotDue
        }
    }

    fn standing(&self) -> Standing {
        let overlay = self.overlay();
        let shown = self.shown_credit().filter(|credit| !credit.revoked);
        let last_completed = self.rows.iter().rev().find(|row| row.completed.is_some());
        // D4.
        let late = if self.open.is_some() { self.rows.last() } else { last_completed }.is_some_and(|row| row.late);
        // D3: under these two nothing is due.
        let quiet = matches!(overlay, Some(Overlay::NotApplicable | Overlay::Exempt));
        let open = self.open.filter(|_| !quiet);
        let exception = open.filter(|open| open.due.is_none()).and(match self.policy.first_due.after {
            Trigger::Hired => Some(Missing::Hired),
            Trigger::RoleStart => Some(Missing::RoleStart),
            Trigger::Assigned | Trigger::On(_) => None,
        });
        Standing {
            coverage: self.coverage(),
            timing: match exception {
                // D19.
                Some(_) => None,
                None if quiet => Some(Timing::NotDue),
                None => Some(self.timing()),
            },
            overlay,
            open: self.open.is_some(),
            due: open.and_then(|open| open.due).filter(|&due| due < Day::FAR),
            valid_through: shown.and_then(|credit| credit.valid_through),
            window_opens: shown.and_then(|credit| self.window_opens(&credit)),
            grace_ends: shown.and_then(|credit| self.grace_ends(&credit)),
            late,
            exception,
        }
    }
}

/// The last day of a credit; far away if it has none.
fn ends(credit: &Credit) -> Day {
    credit.valid_through.unwrap_or(Day::FAR)
}
