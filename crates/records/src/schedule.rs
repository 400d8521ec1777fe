//! The schedule: dated facts and a policy to what is so on a day. Rules 1 to 17 and D1 to D25 of schedule.md.
//!
//! [`Fold`] walks the facts once, in the order in which they act, and keeps what the next one needs: the sources in force, the last
//! credit, the open cycle, and the pauses (leaves and exemptions) that have begun. Between two facts only one thing happens by itself,
//! a renewal opens when its window does. Nothing is ever reckoned from today, so that the same facts give the same answer for ever.
//!
//! One walk serves all who ask. [`stand`] looks at the end; [`slices`] keeps every stretch of days between two changes, from which any
//! day can be answered; [`because`](crate::because) listens to the reasons on the way.

use crate::{
    answer::{Coverage, Cycle, Missing, Overlay, Standing, Timing},
    because::Reason,
    day::{Day, Period},
    history::{Dated, Source, What},
    policy::{Basis, Early, FirstDue, Policy, Refresher, Trigger},
};

/// How many days before its due date something is due soon (D1).
pub const SOON: i32 = 14;

/// A version of a policy.
#[derive(Clone, Copy, Debug)]
pub struct Version<'p> {
    /// The day it came into force. Cycles that open from then on follow it; for the first it does not matter.
    pub from: Day,
    /// What it says.
    pub policy: &'p Policy,
    /// Whether it acts on the open cycle and the last credit too: the administrator's bulk recalculation.
    pub recalculates: bool,
}

/// By what an obligation is judged.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'p> {
    /// The versions of its policy, oldest first, at least one.
    pub versions: &'p [Version<'p>],
    /// Sources that say themselves how many days after the trigger it is first due: the steps of paths.
    pub days: &'p [(Source, i32)],
}

/// What is so at the end of the day `as_of`, and the cycles until then, the open one last. The facts are in the order of
/// [`in_order`](crate::history::in_order); later ones are not there yet (D2).
pub fn stand(policy: &Policy, facts: &[Dated], as_of: Day) -> (Standing, Vec<Cycle>) {
    let versions = [Version { from: Day(i32::MIN), policy, recalculates: false }];
    stand_by(Terms { versions: &versions, days: &[] }, facts, as_of)
}

/// The same by any terms.
pub fn stand_by(terms: Terms<'_>, facts: &[Dated], as_of: Day) -> (Standing, Vec<Cycle>) {
    let mut cycles = Cycles(Vec::new());
    let slice = Fold::new(terms, &mut cycles).until(facts, as_of);
    let mut cycles = cycles.0;
    cycles.extend(slice.cycle(as_of));
    (slice.at(as_of), cycles)
}

/// What is so at the end of a day, and nothing else: the quickest question.
pub fn status(terms: Terms<'_>, facts: &[Dated], as_of: Day) -> Standing {
    slice_on(terms, facts, as_of).at(as_of)
}

/// The stretch of days that a day lies in, as far as what happened until then tells.
pub fn slice_on(terms: Terms<'_>, facts: &[Dated], day: Day) -> Slice {
    Fold::new(terms, &mut Nothing).until(facts, day)
}

/// Every stretch of days between two changes, in order, as far as anything is known to change by itself; and the cycles.
pub fn slices(terms: Terms<'_>, facts: &[Dated]) -> (Vec<Slice>, Vec<Cycle>) {
    let mut all = Slices { slices: Vec::new(), cycles: Vec::new() };
    let last = Fold::new(terms, &mut all).until(facts, Day::FAR);
    let Slices { slices, mut cycles } = all;
    cycles.extend(last.cycle(Day::FAR).map(|cycle| Cycle { late: last.open.is_some_and(|open| open.late), ..cycle }));
    (slices, cycles)
}

/// Who listens to a walk.
pub(crate) trait Watch {
    /// Whether every stretch is to be shown.
    const SLICES: bool = false;
    /// Whether reasons are listened to, so that what only they need is reckoned.
    const REASONS: bool = false;
    /// A cycle has ended.
    fn cycle(&mut self, _cycle: Cycle) {}
    /// A stretch begins.
    fn slice(&mut self, _slice: Slice) {}
    /// Something happened on a day, by a fact on a line or by itself.
    fn told(&mut self, _on: Day, _line: Option<u32>, _reason: impl FnOnce() -> Reason) {}
}

struct Nothing;
impl Watch for Nothing {}

struct Cycles(Vec<Cycle>);
impl Watch for Cycles {
    fn cycle(&mut self, cycle: Cycle) {
        self.0.push(cycle);
    }
}

struct Slices {
    slices: Vec<Slice>,
    cycles: Vec<Cycle>,
}
impl Watch for Slices {
    const SLICES: bool = true;
    fn cycle(&mut self, cycle: Cycle) {
        self.cycles.push(cycle);
    }
    fn slice(&mut self, slice: Slice) {
        match self.slices.last_mut() {
            Some(last) if last.from == slice.from => *last = slice,
            Some(last) if Slice { from: slice.from, ..*last } == slice => {}
            _ => self.slices.push(slice),
        }
    }
}

/// Days on which nothing changes but the day itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The first of them.
    pub from: Day,
    /// What lies over the rest.
    pub overlay: Option<Overlay>,
    /// The credit whose dates count.
    pub credit: Held,
    /// The open cycle.
    pub open: Option<Open>,
    /// How many cycles there were, the open one counted.
    pub cycle_no: u32,
    /// Whether the last completed cycle is marked late.
    pub last_late: bool,
    /// Whether the person is away and nobody knows until when; whatever is open is due far away then.
    pub away: bool,
}

/// The last credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// There is none.
    No,
    /// It was taken back.
    Revoked,
    /// It counts once and for all.
    ForGood,
    /// It counts until a day.
    Until {
        /// That day, inclusive.
        valid_through: Day,
        /// The day its refresher opens.
        window: Day,
        /// The last day its refresher is enough.
        grace: Day,
    },
}

/// An open cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// The day it opened.
    pub opened: Day,
    /// When it is due; none where an anchor is missing, far away while nobody knows.
    pub due: Option<Day>,
    /// Which anchor is missing.
    pub missing: Option<Missing>,
    /// Whether it renews a credit that has not lapsed.
    pub renewal: bool,
    /// The last day on which the refresher is enough.
    pub refresher_until: Option<Day>,
    /// Whether it is marked late already.
    pub late: bool,
}

impl Slice {
    /// What is so at the end of one of its days.
    pub fn at(&self, day: Day) -> Standing {
        let (coverage, dates) = match self.credit {
            Held::No => (Coverage::Never, None),
            Held::Revoked => (Coverage::Revoked, None),
            Held::ForGood => (Coverage::Valid, None),
            Held::Until { valid_through, window, grace } => {
                let coverage = match day {
                    day if day <= valid_through => Coverage::Valid,
                    day if day <= grace => Coverage::Grace,
                    _ => Coverage::Lapsed,
                };
                (coverage, Some((valid_through, window, grace)))
            }
        };
        let quiet = matches!(self.overlay, Some(Overlay::NotApplicable | Overlay::Exempt));
        let open = self.open.filter(|_| !quiet);
        let due = open.and_then(|open| open.due).filter(|due| *due < Day::FAR);
        let overdue = due.is_some_and(|due| day > due) && self.overlay.is_none();
        let exception = open.and_then(|open| open.missing);
        let timing = match (open, due) {
            _ if exception.is_some() => None,
            (Some(open), Some(due)) => Some(match due {
                _ if overdue => Timing::Overdue,
                due if day > due => Timing::NotDue,
                due if due.plus(-SOON) <= day => Timing::DueSoon,
                _ if open.renewal && open.refresher_until.is_some_and(|last| day <= last) => Timing::WindowOpen,
                _ => Timing::NotDue,
            }),
            _ => Some(Timing::NotDue),
        };
        Standing {
            coverage,
            timing,
            overlay: self.overlay,
            open: self.open.is_some(),
            due,
            valid_through: dates.map(|(valid_through, ..)| valid_through),
            window_opens: dates.map(|(_, window, _)| window),
            grace_ends: dates.map(|(.., grace)| grace),
            late: self.open.map_or(self.last_late, |open| open.late || overdue),
            exception,
        }
    }

    /// The open cycle as a row, at the end of one of its days.
    pub(crate) fn cycle(&self, day: Day) -> Option<Cycle> {
        self.open.map(|open| Cycle {
            opened: open.opened,
            due: open.due.filter(|due| *due < Day::FAR),
            completed: None,
            valid_through: None,
            late: self.at(day).late,
        })
    }
}

/// What a cycle is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The first credit, or a new one after coming back without a valid one.
    First,
    /// To renew a credit.
    Renewal,
    /// To earn anew what was taken back; with the date of rule 16.
    Revoked(Day),
}

/// A cycle while it is open.
#[derive(Clone, Copy, Debug)]
struct Running {
    opened: Day,
    kind: Kind,
    due: Option<Day>,
    late: bool,
    /// The refresher of a renewal is enough until then at least (rules 12 and 13).
    kept: Day,
    /// The due date that was granted last.
    extended: Option<Day>,
    /// The version of the policy that it follows: the one in force when it opened.
    version: usize,
}

/// A credit: that something counts.
#[derive(Clone, Copy, Debug)]
struct Credit {
    completed: Day,
    anchor: Day,
    /// How many validities the end lies after the anchor.
    periods: i32,
    validity: Option<Period>,
    valid_through: Day,
    revoked: bool,
}

impl Credit {
    /// The last day it counts; none if it has no end.
    fn ends(&self) -> Option<Day> {
        Some(self.valid_through).filter(|day| *day < Day::FAR)
    }

    /// Whether it still counts on a day.
    fn stands(&self, on: Day) -> bool {
        !self.revoked && on <= self.valid_through
    }
}

/// A cycle that ended with its last source, for those who come back soon (D10).
#[derive(Clone, Copy, Debug)]
struct Ended {
    on: Day,
    cycle: Running,
}

/// A leave or an exemption that has begun.
#[derive(Clone, Copy, Debug)]
struct Pause {
    from: Day,
    to: Day,
    /// Days of leave that no earlier leave covers; none for an exemption.
    leave: Option<i32>,
}

/// The walk.
pub(crate) struct Fold<'p, 'w, W> {
    terms: Terms<'p>,
    version: usize,
    watch: &'w mut W,
    employed: bool,
    hired: Option<Day>,
    role_start: Option<Day>,
    /// Those that nobody ended, with the day each began.
    sources: Vec<(Source, Day)>,
    pauses: Vec<Pause>,
    credit: Option<Credit>,
    /// The latest completion while nobody asked for it (D18).
    earlier: Option<Day>,
    open: Option<Running>,
    ended: Option<Ended>,
    /// Since when no cycle is open.
    idle_since: Day,
    /// The day through which late marks are set.
    settled: Day,
    cycles: u32,
    last_late: bool,
}

impl<'p, 'w, W: Watch> Fold<'p, 'w, W> {
    pub(crate) fn new(terms: Terms<'p>, watch: &'w mut W) -> Self {
        Self {
            terms,
            version: 0,
            watch,
            employed: true,
            hired: None,
            role_start: None,
            sources: Vec::new(),
            pauses: Vec::new(),
            credit: None,
            earlier: None,
            open: None,
            ended: None,
            idle_since: Day(i32::MIN),
            settled: Day(i32::MIN),
            cycles: 0,
            last_late: false,
        }
    }

    /// Walks to the end of a day and shows how it stands.
    pub(crate) fn until(mut self, facts: &[Dated], as_of: Day) -> Slice {
        let mut day = None;
        for fact in facts {
            if fact.on > as_of {
                break;
            }
            if day != Some(fact.on) {
                self.show(day);
                self.pass(fact.on, day);
                day = Some(fact.on);
            }
            self.take(fact);
        }
        self.show(day);
        self.pass(as_of, day);
        self.settle(as_of);
        self.slice(as_of)
    }

    /// What the open cycle follows; with none open, what the next one will.
    fn policy(&self) -> &'p Policy {
        self.terms.versions[self.open.map_or(self.version, |open| open.version)].policy
    }

    /// Lets days go by until the morning of `to`: versions come into force, renewals open, late marks are set.
    fn pass(&mut self, to: Day, from: Option<Day>) {
        if W::SLICES
            && let Some(from) = from
        {
            self.show_between(from, to);
        }
        self.open_until(to);
        self.settle(to.plus(-1));
    }

    fn open_until(&mut self, to: Day) {
        while let Some(next) = self.terms.versions.get(self.version + 1).filter(|next| next.from <= to) {
            let (from, recalculates) = (next.from, next.recalculates);
            self.renew(from.plus(-1));
            self.settle(from.plus(-1));
            self.version += 1;
            if recalculates {
                self.recalculate(from);
            }
        }
        self.renew(to);
    }

    /// Shows the stretch that begins on a day on which something happened.
    fn show(&mut self, day: Option<Day>) {
        if W::SLICES
            && let Some(day) = day
        {
            let slice = self.slice(day);
            self.watch.slice(slice);
        }
    }

    /// Shows the stretches that begin by themselves after one day and before another.
    fn show_between(&mut self, from: Day, to: Day) {
        let mut last = from;
        loop {
            let ends = self.pauses.iter().map(|pause| pause.to.next());
            let versions = self.terms.versions.iter().map(|version| version.from);
            let window = self.window().map(|window| window.max(last.next()));
            let next =
                ends.chain(versions).chain(window).filter(|day| *day > last && *day < to && *day < Day::FAR).min();
            let Some(next) = next else { return };
            self.open_until(next);
            self.settle(next.plus(-1));
            self.show(Some(next));
            last = next;
        }
    }

    /// The day on which a renewal opens by itself, if nothing happens before.
    fn window(&self) -> Option<Day> {
        let credit = self.credit.filter(|credit| !credit.revoked && credit.valid_through < Day::FAR)?;
        let idle = self.applies() && self.open.is_none();
        idle.then(|| self.policy().window.before(credit.valid_through).max(self.idle_since))
    }

    /// Opens the renewal whose window opens until `to` (D3). A version acts from its day on.
    fn renew(&mut self, to: Day) {
        let Some(window) = self.window() else { return };
        let since = if self.version == 0 { window } else { window.max(self.terms.versions[self.version].from) };
        if since > to {
            return;
        }
        let Some(valid_through) = self.credit.map(|credit| credit.valid_through) else { return };
        self.settle(since.plus(-1));
        self.begin_cycle(since, Kind::Renewal);
        self.tell_window(since, valid_through);
        self.tell_moves(since, self.earliest(Kind::Renewal), None);
    }

    /// Tells that a renewal opened, with its due date before anything moves it.
    fn tell_window(&mut self, on: Day, valid_through: Day) {
        if W::REASONS {
            let (due, grace) = (self.earliest(Kind::Renewal), self.grace(valid_through));
            let min_lead = self.policy().min_lead;
            self.watch.told(on, None, || Reason::WindowOpened { valid_through, due, grace, min_lead });
        }
    }

    /// Tells how the pauses that have begun, after `since` if that is said, move a due date that was just reckoned.
    fn tell_moves(&mut self, on: Day, due: Option<Day>, since: Option<Day>) {
        let Some(mut due) = due.filter(|_| W::REASONS) else { return };
        let min_lead = self.policy().min_lead;
        for pause in self.pauses.iter().filter(|pause| since.is_none_or(|since| pause.from > since)) {
            let to = pause.moves(due, min_lead);
            if to > due {
                let leave = pause.leave.is_some();
                self.watch.told(on, None, || Reason::MovedByPause { from: due, to, leave });
            }
            due = to;
        }
    }

    fn grace(&self, valid_through: Day) -> Day {
        self.policy().grace.after(valid_through, 1)
    }

    /// Whether anybody asks for it.
    fn applies(&self) -> bool {
        self.employed && !self.sources.is_empty()
    }

    /// The first day from `day` on that is neither leave nor exempt, by what has begun.
    fn first_free(&self, mut day: Day) -> Day {
        while let Some(pause) = self.pauses.iter().find(|pause| pause.from <= day && day <= pause.to) {
            if pause.to >= Day::FAR {
                return Day(i32::MAX);
            }
            day = pause.to.next();
        }
        day
    }

    fn paused(&self, day: Day, leave: bool) -> bool {
        self.pauses.iter().any(|pause| pause.leave.is_some() == leave && pause.from <= day && day <= pause.to)
    }

    /// Whether a leave of which nobody knows the end covers a day.
    fn away(&self, day: Day) -> bool {
        self.pauses.iter().any(|pause| pause.leave.is_some() && pause.from <= day && pause.to >= Day::FAR)
    }

    /// Marks the open cycle late if a day until `through` has ended on which it was overdue (D4).
    fn settle(&mut self, through: Day) {
        if let Some(open) = self.open
            && !open.late
            && let Some(due) = open.due
            && due < through
        {
            let first = self.first_free(due.next().max(self.settled.next()));
            if first <= through {
                self.open = Some(Running { late: true, ..open });
                self.watch.told(first, None, || Reason::Late { due });
            }
        }
        self.settled = self.settled.max(through);
    }

    fn take(&mut self, fact: &Dated) {
        let (on, line) = (fact.on, Some(fact.line));
        match fact.what {
            What::Hired => {
                self.hired = Some(on);
                self.watch.told(on, line, || Reason::Hired);
                self.anchor_came(Trigger::Hired, on);
            }
            What::Rehired => self.come_back(on, line),
            What::RoleStart => {
                self.role_start = Some(on);
                self.watch.told(on, line, || Reason::RoleStart);
                self.anchor_came(Trigger::RoleStart, on);
            }
            What::Assigned(source) => self.assigned(source, on, line),
            What::Leave { to } => self.leave(on, to, line),
            What::Exempted { until } => self.exempted(on, until, line),
            What::Extended { due } => self.extended(on, due, line),
            What::Published => self.watch.told(on, line, || Reason::Published),
            What::PriorCredit | What::Completed => self.worked(on, true, fact),
            What::Refreshed => self.worked(on, self.policy().refresher == Refresher::Full, fact),
            What::Revoked => self.revoked(on, line),
            What::Unassigned(source) => self.unassigned(source, on, line),
            What::Left => {
                self.watch.told(on, line, || Reason::Left);
                if self.applies() {
                    self.end_cycle();
                }
                self.employed = false;
                self.ended = None;
            }
        }
    }

    /// The missing anchor of an open first cycle is there (D19).
    fn anchor_came(&mut self, trigger: Trigger, on: Day) {
        if let Some(open) = self.open
            && open.due.is_none()
            && self.policy().first_due.after == trigger
        {
            self.open = Some(self.dated(open));
            self.tell_due(on);
        }
    }

    /// Tells when the open first cycle is due and by what.
    fn tell_due(&mut self, on: Day) {
        if !W::REASONS {
            return;
        }
        if let Some(missing) = self.missing() {
            self.watch.told(on, None, || Reason::NoAnchor(missing));
            return;
        }
        let decides = self.sources.iter().min_by_key(|source| self.asked(Kind::First, **source)).copied();
        let Some((source, start)) = decides else { return };
        let (due, policy, days) = (self.earliest(Kind::First), self.policy(), self.first_days(source));
        let base = match policy.first_due.after {
            Trigger::Assigned => Some(start),
            Trigger::Hired => self.hired,
            Trigger::RoleStart => self.role_start,
            Trigger::On(day) => Some(day),
        };
        self.watch.told(on, None, || Reason::FirstDue {
            due,
            first_due: FirstDue { days, ..policy.first_due },
            base,
            min_lead: policy.min_lead,
            lead: start.plus(policy.min_lead),
        });
        self.tell_moves(on, due, None);
    }

    fn come_back(&mut self, on: Day, line: Option<u32>) {
        self.hired = Some(on);
        self.watch.told(on, line, || Reason::Rehired);
        if self.employed {
            self.anchor_came(Trigger::Hired, on);
            return;
        }
        self.employed = true;
        // The sources that nobody ended start anew (D11).
        for source in &mut self.sources {
            source.1 = on;
        }
        if !self.sources.is_empty() {
            self.begin(on);
        }
    }

    fn assigned(&mut self, source: Source, on: Day, line: Option<u32>) {
        if self.sources.iter().any(|(there, _)| *there == source) {
            self.watch.told(on, line, || Reason::AssignedAlready);
            return;
        }
        let first = !self.applies();
        self.sources.push((source, on));
        self.watch.told(on, line, || if first { Reason::Assigned } else { Reason::AssignedToo });
        if !self.employed {
            return;
        }
        if first {
            self.begin(on);
        } else if let Some(open) = self.open
            && let Some(due) = open.due
            && let Some(asked) = self.asked(open.kind, (source, on))
        {
            // A later source may bring the due date forward (D9).
            let (asked, _) = self.moved(asked, None);
            if asked < due {
                self.open = Some(Running { due: Some(asked), ..open });
                self.watch.told(on, line, || Reason::BroughtForward { from: due, to: asked });
            }
        }
    }

    /// It begins to apply: an earlier completion is judged (D18), a credit that still counts stands again, else a first cycle opens.
    fn begin(&mut self, on: Day) {
        let mut soon = self.ended.take().filter(|ended| on <= ended.on.plus(self.policy().min_lead));
        let standing = self.credit.filter(|credit| credit.stands(on));
        let earlier = self.earlier.take();
        let counting = earlier.map(|day| self.earned(day, None)).filter(|credit| {
            let young = self.policy().prior_credit_max_age.is_none_or(|age| on <= age.after(credit.completed, 1));
            young && credit.stands(on)
        });
        self.idle_since = on;
        if let (Some(day), None) = (earlier, counting) {
            self.watch.told(on, None, || Reason::TooOld { completed: day });
        }
        match (counting, standing) {
            // What was done meanwhile never takes away from what stands.
            (Some(credit), stands) if stands.is_none_or(|stands| credit.valid_through > stands.valid_through) => {
                self.open_again(on, Kind::First, soon);
                soon = None;
                self.watch.told(on, None, || Reason::EarlierCounts {
                    completed: credit.completed,
                    valid_through: credit.ends(),
                });
                let late = self.open.is_some_and(|open| open.late);
                self.close(credit, credit.completed, late);
            }
            (_, Some(stands)) => self.watch.told(on, None, || Reason::StandsAgain { valid_through: stands.ends() }),
            _ => {
                if !self.open_again(on, Kind::First, soon) {
                    self.tell_due(on);
                }
                return;
            }
        }
        if let Some(window) = self.window()
            && window <= on
        {
            if let Some(Credit { valid_through, .. }) = self.credit {
                self.tell_window(on, valid_through);
            }
            if !self.open_again(on, Kind::Renewal, soon) {
                self.tell_moves(on, self.earliest(Kind::Renewal), None);
            }
        }
    }

    /// Opens a cycle for somebody who comes back; soon enough, it keeps the due date and the late mark of the one that ended (D10).
    /// Whether it keeps a due date.
    fn open_again(&mut self, on: Day, kind: Kind, soon: Option<Ended>) -> bool {
        self.begin_cycle(on, kind);
        let (Some(open), Some(Ended { on: ended, cycle })) = (self.open, soon) else { return false };
        let open = Running { late: cycle.late, extended: cycle.extended, ..open };
        let Some(was) = cycle.due else {
            self.open = Some(open);
            return false;
        };
        let (due, moved) = self.moved(was, Some(ended));
        let kept = if kind == Kind::Renewal { moved.max(cycle.kept) } else { open.kept };
        self.open = Some(Running { due: Some(due), kept, ..open });
        self.watch.told(on, None, || Reason::KeptDue { due: Some(was).filter(|due| *due < Day::FAR) });
        self.tell_moves(on, Some(was), Some(ended));
        true
    }

    fn begin_cycle(&mut self, on: Day, kind: Kind) {
        self.cycles += 1;
        let bare = Running {
            opened: on,
            kind,
            due: None,
            late: false,
            kept: Day(i32::MIN),
            extended: None,
            version: self.version,
        };
        self.open = Some(self.dated(bare));
    }

    /// A cycle with its due date reckoned from the sources in force, and moved by the pauses that have begun.
    fn dated(&self, cycle: Running) -> Running {
        let Some(asked) = self.earliest(cycle.kind) else { return Running { due: None, ..cycle } };
        let (due, kept) = self.moved(asked, None);
        let kept = if cycle.kind == Kind::Renewal { kept } else { Day(i32::MIN) };
        Running { due: Some(due), kept, ..cycle }
    }

    /// The earliest day for which a source in force asks (D9).
    fn earliest(&self, kind: Kind) -> Option<Day> {
        self.sources.iter().filter_map(|source| self.asked(kind, *source)).min()
    }

    /// When a source that started on a day asks for a cycle to be done (D9).
    fn asked(&self, kind: Kind, (source, start): (Source, Day)) -> Option<Day> {
        let policy = self.policy();
        let base = match kind {
            Kind::First => {
                let anchor = match policy.first_due.after {
                    Trigger::Assigned => Some(start),
                    Trigger::Hired => self.hired,
                    Trigger::RoleStart => self.role_start,
                    Trigger::On(day) => Some(day),
                };
                anchor?.plus(self.first_days(source))
            }
            Kind::Renewal => self.credit?.valid_through,
            Kind::Revoked(base) => base,
        };
        Some(base.max(start.plus(policy.min_lead)))
    }

    /// How many days after the trigger a source asks for it first.
    fn first_days(&self, source: Source) -> i32 {
        let own = self.terms.days.iter().find(|(of, _)| *of == source);
        own.map_or(self.policy().first_due.days, |(_, days)| *days)
    }

    /// A due date as the pauses move it that have begun, after `since` if that is said, in the order of their first days; and until
    /// when that keeps the refresher enough (D6, D7, D8).
    fn moved(&self, mut due: Day, since: Option<Day>) -> (Day, Day) {
        let mut kept = Day(i32::MIN);
        for pause in self.pauses.iter().filter(|pause| since.is_none_or(|since| pause.from > since)) {
            let to = pause.moves(due, self.policy().min_lead);
            if pause.keeps(due, to) {
                kept = to;
            }
            due = to;
        }
        (due, kept)
    }

    fn leave(&mut self, on: Day, to: Option<Day>, line: Option<u32>) {
        let to = to.unwrap_or(Day::FAR);
        let leaves = self.pauses.iter().filter(|pause| pause.leave.is_some());
        let covered = leaves.map(|pause| pause.to).max().unwrap_or(Day(i32::MIN)).max(on.plus(-1));
        let pause = Pause { from: on, to, leave: Some(to.0.saturating_sub(covered.0).max(0)) };
        self.watch.told(on, line, || Reason::Leave { to: Some(to).filter(|to| *to < Day::FAR) });
        self.paused_by(pause, line);
    }

    fn exempted(&mut self, on: Day, until: Option<Day>, line: Option<u32>) {
        let pause = Pause { from: on, to: until.unwrap_or(Day::FAR), leave: None };
        self.watch.told(on, line, || Reason::Exempted { until });
        self.paused_by(pause, line);
    }

    fn paused_by(&mut self, pause: Pause, line: Option<u32>) {
        self.pauses.push(pause);
        let Some(open) = self.open else { return };
        let Some(due) = open.due else { return };
        let to = pause.moves(due, self.policy().min_lead);
        if to > due {
            let keeps = pause.keeps(due, to) && open.kind == Kind::Renewal;
            let kept = if keeps { open.kept.max(to) } else { open.kept };
            self.open = Some(Running { due: Some(to), kept, ..open });
            self.watch.told(pause.from, line, || Reason::MovedByPause { from: due, to, leave: pause.leave.is_some() });
        }
    }

    fn extended(&mut self, on: Day, to: Day, line: Option<u32>) {
        let open = self.open.and_then(|open| open.due.filter(|due| *due < Day::FAR).map(|due| (open, due)));
        let Some((open, due)) = open else {
            self.watch.told(on, line, || Reason::NothingToExtend);
            return;
        };
        let after = on > due && to > due;
        // It counts only if it is later (D8); then one granted after the due date leaves the mark (D4).
        if to > due {
            let kept = if open.kind == Kind::Renewal { open.kept.max(to) } else { open.kept };
            let late = open.late || after;
            self.open = Some(Running { due: Some(to), extended: Some(to), kept, late, ..open });
        }
        self.watch.told(on, line, || Reason::Extended { from: due, to, after });
    }

    /// The credit that a completion earns by itself.
    fn earned(&self, completed: Day, old: Option<Day>) -> Credit {
        let policy = self.policy();
        let valid_through = match (policy.validity, policy.basis) {
            (None, _) => Day::FAR,
            (Some(_), Basis::Calendar { month, day }) => {
                let first = policy.min_active.after(completed, 1).max(old.map_or(completed, Day::next));
                slot(month, day, first)
            }
            (Some(validity), _) => validity.after(completed, 1),
        };
        let validity = policy.validity;
        Credit { completed, anchor: completed, periods: 1, validity, valid_through, revoked: false }
    }

    /// The credit that a renewal on time earns (rule 5).
    fn renewed(&self, old: Credit, completed: Day) -> Credit {
        let policy = self.policy();
        match (policy.basis, policy.validity) {
            (Basis::Expiry, Some(validity)) => {
                let same = old.validity == Some(validity);
                let (anchor, periods) = if same { (old.anchor, old.periods + 1) } else { (old.valid_through, 1) };
                let valid_through = validity.after(anchor, periods);
                Credit { completed, anchor, periods, validity: Some(validity), valid_through, revoked: false }
            }
            _ => self.earned(completed, Some(old.valid_through)),
        }
    }

    fn worked(&mut self, on: Day, full: bool, fact: &Dated) {
        let line = Some(fact.line);
        if !self.applies() {
            if full {
                self.earlier = Some(on);
                self.watch.told(on, line, || Reason::WorkedBefore);
            }
            return;
        }
        let Some(open) = self.open else {
            self.worked_early(on, full, line);
            return;
        };
        let enough = full || self.refresher_until(&open).is_some_and(|last| on <= last);
        if !enough {
            self.watch.told(on, line, || Reason::FullNeeded);
            return;
        }
        let late = open.late || open.due.is_some_and(|due| on > due);
        let credit = match (open.kind, self.credit) {
            (Kind::Renewal, Some(old)) if on <= old.valid_through => {
                let credit = self.renewed(old, on);
                let (basis, validity) = (self.policy().basis, self.policy().validity);
                self.watch.told(on, line, || Reason::RenewedOnTime {
                    full,
                    basis,
                    validity,
                    anchor: credit.anchor,
                    valid_through: credit.ends(),
                });
                credit
            }
            (kind, old) => {
                let old = old.filter(|_| kind == Kind::Renewal);
                let credit = self.earned(on, old.map(|old| old.valid_through));
                let in_grace = old.is_some_and(|old| on <= self.grace(old.valid_through));
                let (validity, basis) = (credit.validity, self.policy().basis);
                self.watch.told(on, line, || Reason::Completed {
                    full,
                    after: match (kind, in_grace) {
                        (Kind::Renewal, true) => After::Grace,
                        (Kind::Renewal, false) => After::Lapse,
                        (Kind::Revoked(_), _) => After::Revoked,
                        (Kind::First, _) => After::First,
                    },
                    basis,
                    validity,
                    valid_through: credit.ends(),
                });
                credit
            }
        };
        self.close(credit, on, late);
        self.renew(on);
    }

    /// Work while no cycle is open (rule 6).
    fn worked_early(&mut self, on: Day, full: bool, line: Option<u32>) {
        let Some(old) = self.credit else { return };
        let new = self.earned(on, None);
        // It never moves back (D17).
        if full && self.policy().early == Early::Restart && new.valid_through > old.valid_through {
            self.credit = Some(new);
            self.watch.told(on, line, || Reason::Restarted { valid_through: new.ends() });
        } else {
            let opens = self.window();
            self.watch.told(on, line, || Reason::Practice { opens });
        }
    }

    /// The last day on which the refresher is enough for a cycle (D8, D14); none if it never is.
    fn refresher_until(&self, open: &Running) -> Option<Day> {
        let credit = self.credit.filter(|credit| !credit.revoked)?;
        match open.kind {
            Kind::Renewal => Some(self.grace(credit.valid_through).max(open.kept)),
            // Who comes back while grace is running (D10).
            Kind::First => Some(self.grace(credit.valid_through)),
            Kind::Revoked(_) => None,
        }
    }

    fn close(&mut self, credit: Credit, completed: Day, late: bool) {
        if let Some(open) = self.open.take() {
            let day = self.settled.next().max(completed);
            self.watch.cycle(Cycle {
                opened: open.opened,
                due: open.due.filter(|due| *due < Day::FAR),
                completed: Some(completed),
                valid_through: credit.ends(),
                late,
            });
            self.idle_since = day;
        }
        self.last_late = late;
        self.credit = Some(credit);
    }

    /// The open cycle ends unfinished; its row stays (D3).
    fn end_cycle(&mut self) -> Option<Running> {
        let open = self.open.take()?;
        self.watch.cycle(Cycle {
            opened: open.opened,
            due: open.due.filter(|due| *due < Day::FAR),
            completed: None,
            valid_through: None,
            late: open.late,
        });
        Some(open)
    }

    /// The last credit. While nobody asks for it, what was completed meanwhile shows, unless what was there before lasts longer (D25).
    fn shown_credit(&self) -> Option<Credit> {
        let meanwhile = self.earlier.filter(|_| !self.applies()).map(|day| self.earned(day, None));
        let before = self.credit.filter(|credit| !credit.revoked);
        match (before, meanwhile) {
            (Some(before), Some(meanwhile)) if meanwhile.valid_through <= before.valid_through => Some(before),
            (_, meanwhile) => meanwhile.or(self.credit),
        }
    }

    fn revoked(&mut self, on: Day, line: Option<u32>) {
        let applies = self.applies();
        let shown = self.shown_credit();
        self.earlier = None;
        let Some(credit) = shown.filter(|credit| !credit.revoked) else {
            self.watch.told(on, line, || Reason::NothingToRevoke);
            return;
        };
        self.credit = Some(Credit { revoked: true, ..credit });
        if !applies {
            self.watch.told(on, line, || Reason::Revoked { due: None });
            return;
        }
        let before = self.end_cycle();
        self.begin_cycle(on, Kind::Revoked(on.plus(self.policy().min_lead)));
        if let (Some(open), Some(before)) = (self.open, before) {
            // No later than that of the cycle whose place it takes, whose late mark it keeps (rule 16).
            let due = match (open.due, before.due) {
                (Some(new), Some(old)) => Some(new.min(old)),
                (new, old) => new.or(old),
            };
            self.open = Some(Running { due, late: before.late, ..open });
        }
        let due = self.open.and_then(|open| open.due).filter(|due| *due < Day::FAR);
        self.watch.told(on, line, || Reason::Revoked { due });
    }

    fn unassigned(&mut self, source: Source, on: Day, line: Option<u32>) {
        let Some(at) = self.sources.iter().position(|(there, _)| *there == source) else { return };
        let applied = self.applies();
        self.sources.remove(at);
        let ends = applied && self.sources.is_empty();
        self.watch.told(on, line, || if ends { Reason::Unassigned } else { Reason::UnassignedOne });
        if ends {
            self.ended = self.end_cycle().map(|cycle| Ended { on, cycle });
        }
    }

    /// A new version acts on what is there already: the end of the credit and the due date of the open cycle are reckoned anew, late
    /// marks and what was granted stay.
    fn recalculate(&mut self, on: Day) {
        self.open = self.open.map(|open| Running { version: self.version, ..open });
        if let Some(old) = self.credit.filter(|credit| !credit.revoked) {
            let policy = self.policy();
            let valid_through = match (policy.validity, policy.basis) {
                (Some(validity), Basis::Expiry) => validity.after(old.anchor, old.periods),
                _ => self.earned(old.completed, None).valid_through,
            };
            self.credit = Some(Credit { valid_through, validity: policy.validity, ..old });
        }
        if let Some(open) = self.open {
            let opens = self.credit.map(|credit| self.policy().window.before(credit.valid_through));
            if open.kind == Kind::Renewal && opens.is_some_and(|opens| opens > on) {
                self.end_cycle();
                self.idle_since = on;
            } else {
                let mut new = self.dated(open);
                if open.extended > new.due {
                    new.due = open.extended;
                }
                if open.kind == Kind::Renewal {
                    new.kept = new.kept.max(open.kept);
                }
                self.open = Some(new);
            }
        }
        let (due, valid_through) = (
            self.open.and_then(|open| open.due).filter(|due| *due < Day::FAR),
            self.credit.map(|credit| credit.valid_through).filter(|day| *day < Day::FAR),
        );
        self.watch.told(on, None, || Reason::Recalculated { due, valid_through });
    }

    fn missing(&self) -> Option<Missing> {
        match self.policy().first_due.after {
            Trigger::Hired if self.hired.is_none() => Some(Missing::Hired),
            Trigger::RoleStart if self.role_start.is_none() => Some(Missing::RoleStart),
            _ => None,
        }
    }

    /// How it stands from a day on.
    fn slice(&self, from: Day) -> Slice {
        let overlay = if !self.applies() {
            Some(Overlay::NotApplicable)
        } else if self.paused(from, false) {
            Some(Overlay::Exempt)
        } else if self.paused(from, true) {
            Some(Overlay::OnLeave)
        } else {
            None
        };
        let credit = self.shown_credit();
        Slice {
            from,
            overlay,
            credit: match credit {
                None => Held::No,
                Some(credit) if credit.revoked => Held::Revoked,
                Some(credit) if credit.valid_through >= Day::FAR => Held::ForGood,
                Some(Credit { valid_through, .. }) => Held::Until {
                    valid_through,
                    window: self.policy().window.before(valid_through),
                    grace: self.grace(valid_through),
                },
            },
            open: self.open.map(|open| Open {
                opened: open.opened,
                due: open.due,
                missing: if open.due.is_none() { self.missing() } else { None },
                renewal: open.kind == Kind::Renewal,
                refresher_until: self.refresher_until(&open),
                late: open.late,
            }),
            cycle_no: self.cycles,
            last_late: self.last_late,
            away: self.away(from),
        }
    }
}

impl Pause {
    /// The due date as this pause moves it.
    fn moves(&self, due: Day, min_lead: i32) -> Day {
        // Without an end nobody knows when, of what had passed before as well (D6, D7).
        if self.to >= Day::FAR {
            return Day::FAR;
        }
        let lead = self.to.next().plus(min_lead);
        match self.leave {
            // What falls in the leave or soon after moves to the return and some days, but never by more than the days of leave (rule 12).
            Some(days) if due >= self.from && due < lead => lead.min(due.plus(days)),
            Some(_) => due,
            None => due.max(lead),
        }
    }

    /// Whether moving a due date keeps the refresher enough until then: a leave does, of what was not due before it began (D8).
    fn keeps(&self, due: Day, to: Day) -> bool {
        self.leave.is_some() && due >= self.from && to > due
    }
}

/// What a completion comes after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing: it is the first, or the first after coming back.
    First,
    /// The end of validity, while grace was running.
    Grace,
    /// The end of grace.
    Lapse,
    /// Its being taken back.
    Revoked,
}

/// The first day of the year `month`-`day` from `first` on; 29 February is the 28th in common years (D15).
fn slot(month: i8, day: i8, first: Day) -> Day {
    let year = first.date().year();
    let of = |year: i16| {
        let start = jiff::civil::Date::new(year, month, 1).ok()?;
        start.with().day(day.min(start.days_in_month())).build().ok().map(Day::of)
    };
    of(year).filter(|slot| *slot >= first).or_else(|| of(year + 1)).unwrap_or(Day::FAR)
}
