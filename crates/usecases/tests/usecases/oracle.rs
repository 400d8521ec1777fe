//! What reports must say, worked out person by person from the facts: slow, and written from the words of schedule.md and reports.md.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{civil::Date, tz::TimeZone};
use records::day::Day;
use store::{Account, DepartmentId, PersonId, RequirementId, Right, Store, Tenure};
use usecases::{
    departments::DepartmentView,
    obligations::{Coverage, Overlay, Standing, Timing, end_of, state_words},
    reports::{Filters, Measure, Share, SortBy, Value},
    who::Who,
};

/// A department, or none.
pub(crate) type Place = Option<DepartmentId>;

/// A row as it must be: what stands in each place, whom it is about, and whether it sums up the others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expected {
    pub(crate) values: Vec<Value>,
    pub(crate) about: Option<(PersonId, RequirementId)>,
    pub(crate) total: bool,
}

/// Everything that is known, at one moment, as it was known at an instant or now.
pub(crate) struct Truth {
    pub(crate) today: i32,
    people: Vec<Known>,
    pub(crate) tree: Vec<DepartmentView>,
    /// By name.
    pub(crate) requirements: Vec<(RequirementId, String)>,
    managed: BTreeMap<PersonId, Vec<DepartmentId>>,
    reminded: BTreeMap<(PersonId, RequirementId), i32>,
}

struct Known {
    person: PersonId,
    name: String,
    number: String,
    tenures: Vec<Tenure>,
    accounts: Vec<Account>,
}

/// How somebody stands with something at the end of a day.
#[derive(Clone, Copy)]
pub(crate) struct Stand {
    standing: Standing,
    /// The open cycle is a first one: no credit counted on the day on which it opened, nor was one taken back.
    first: bool,
    day: Day,
}

/// One person and one requirement.
struct Line<'t> {
    known: &'t Known,
    place: Place,
    job_role: Option<&'t str>,
    requirement: RequirementId,
    stand: Stand,
}

/// How many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) assigned: u32,
    pub(crate) counted: u32,
    pub(crate) compliant: u32,
    pub(crate) overdue: u32,
}

/// The end of a month as it was counted: when, and by place and requirement.
pub(crate) type Month = (Date, BTreeMap<(Place, RequirementId), Tally>);

impl Stand {
    fn of(account: &Account, day: Day) -> Self {
        let (standing, opened) = account.ask(|terms, facts| {
            let (standing, cycles) = records::schedule::stand_by(terms, facts, day);
            let opened = cycles.last().filter(|_| standing.open).map(|cycle| cycle.opened);
            (standing, opened)
        });
        // D3 and D10: a renewal opens while the credit counts, or on the morning on which a changed policy lets it count no more. Any other
        // cycle is a first one, or asks for what was taken back.
        let first = opened.is_some_and(|opened| {
            let (then, before) = (account.on(opened), account.on(opened.plus(-1)));
            let counted = before.coverage == Coverage::Valid && before.overlay != Some(Overlay::NotApplicable);
            matches!(then.coverage, Coverage::Never | Coverage::Grace | Coverage::Lapsed) && !counted
        });
        Self { standing, first, day }
    }

    fn is_clear(&self) -> bool {
        self.standing.overlay.is_none()
    }

    fn is_overdue(&self) -> bool {
        self.is_clear() && self.standing.timing == Some(Timing::Overdue)
    }

    fn is_due_soon(&self) -> bool {
        self.is_clear() && self.standing.timing == Some(Timing::DueSoon)
    }

    /// Still inside a first due date. Whose first due date nobody knows has not passed it; whose credit counts, perhaps by a policy that
    /// was changed meanwhile, is no new colleague.
    fn is_inside_a_first_due_date(&self) -> bool {
        let counts = self.standing.coverage == Coverage::Valid;
        self.is_clear() && self.first && self.standing.open && !self.is_overdue() && !counts
    }

    fn ends_in(&self, first: i32, last: i32) -> bool {
        let away = self.standing.overlay == Some(Overlay::OnLeave);
        let Some(through) = self.standing.valid_through else { return false };
        let days = through.0 - self.day.0;
        (self.is_clear() || away) && self.standing.coverage == Coverage::Valid && days >= first && days <= last
    }

    pub(crate) fn is(&self, measure: Measure) -> bool {
        let coverage = self.standing.coverage;
        let over = coverage == Coverage::Grace || coverage == Coverage::Lapsed;
        match measure {
            Measure::Assigned => self.standing.overlay != Some(Overlay::NotApplicable),
            Measure::Counted => self.is_clear() && !self.is_inside_a_first_due_date(),
            Measure::Compliant => self.is_clear() && coverage == Coverage::Valid,
            Measure::NotYetDue => self.is_inside_a_first_due_date(),
            Measure::DueSoon => self.is_due_soon(),
            Measure::Overdue => self.is_overdue(),
            Measure::Grace => self.is_clear() && coverage == Coverage::Grace,
            Measure::Lapsed => self.is_clear() && coverage == Coverage::Lapsed,
            Measure::OnLeave => self.standing.overlay == Some(Overlay::OnLeave),
            Measure::Exempt => self.standing.overlay == Some(Overlay::Exempt),
            Measure::ToDo => self.is_due_soon() || self.is_overdue() || (self.is_clear() && over && self.standing.open),
            Measure::Expiring30 => self.ends_in(0, 30),
            Measure::Expiring60 => self.ends_in(31, 60),
            Measure::Expiring90 => self.ends_in(61, 90),
        }
    }
}

impl Tally {
    fn add(&mut self, stand: &Stand) {
        self.assigned += u32::from(stand.is(Measure::Assigned));
        self.counted += u32::from(stand.is(Measure::Counted));
        self.compliant += u32::from(stand.is(Measure::Compliant));
        self.overdue += u32::from(stand.is(Measure::Overdue));
    }

    fn join(&mut self, other: &Self) {
        self.assigned += other.assigned;
        self.counted += other.counted;
        self.compliant += other.compliant;
        self.overdue += other.overdue;
    }

    fn share(&self) -> Value {
        if self.counted == 0 { Value::None } else { Value::Share(Share { part: self.compliant, whole: self.counted }) }
    }
}

/// Whose rows: the places, and what stands for people without one.
pub(crate) struct Within {
    pub(crate) places: BTreeSet<Place>,
    pub(crate) chosen: Option<DepartmentId>,
}

/// A row of departments.
struct Group {
    name: String,
    places: Vec<Place>,
}

fn date(day: Day) -> Value {
    Value::Date(day.date())
}

fn text(words: impl Into<String>) -> Value {
    Value::Text(words.into())
}

impl Truth {
    pub(crate) async fn load(store: &Store, today: i32, known_on: Option<Date>) -> Self {
        let zone = TimeZone::get("Africa/Lagos").expect("a zone");
        let known_at = known_on.map(|day| end_of(day, &zone));
        let mut people = Vec::new();
        let (mut managed, mut reminded) = (BTreeMap::new(), BTreeMap::new());
        // Many at once, so that the questions are what takes the time.
        let mut loading = tokio::task::JoinSet::new();
        for one in store.people("", 10_000, 0).await.expect("read").people {
            let store = store.clone();
            loading.spawn(async move {
                let told = (store.rights_of(one.id).await, store.reminded(one.id).await);
                let decides = (store.tenures(one.id).await, store.accounts(one.id, known_at).await);
                (one, told, decides)
            });
        }
        while let Some(loaded) = loading.join_next().await {
            let (one, (rights, told), (tenures, accounts)) = loaded.expect("loaded");
            let own = rights.expect("read").into_iter().filter_map(|right| match right {
                Right::Manager(department) => Some(department),
                Right::Trainer | Right::Administrator => None,
            });
            managed.insert(one.id, own.collect());
            for (requirement, _, day) in told.expect("read") {
                let last = reminded.entry((one.id, requirement)).or_insert(day);
                *last = day.max(*last);
            }
            people.push(Known {
                person: one.id,
                name: one.name,
                number: one.employee_no.unwrap_or_default(),
                tenures: tenures.expect("read"),
                accounts: accounts.expect("read"),
            });
        }
        // By name, and who was there first of one name.
        people.sort_by_key(|known| (known.name.to_lowercase(), known.person));
        let tree = usecases::departments::views(&store.departments().await.expect("read"));
        let mut requirements: Vec<_> =
            store.requirements().await.expect("read").into_iter().map(|one| (one.name, one.id)).collect();
        requirements.sort();
        let requirements = requirements.into_iter().map(|(name, id)| (id, name)).collect();
        Self { today, people, tree, requirements, managed, reminded }
    }

    /// The day that is asked about.
    pub(crate) fn day(&self, filters: &Filters) -> i32 {
        filters.as_of.map_or(self.today, |day| Day::of(day).0)
    }

    fn below(&self, of: &[DepartmentId]) -> BTreeSet<DepartmentId> {
        let mut all: BTreeSet<DepartmentId> = of.iter().copied().collect();
        loop {
            let more: Vec<DepartmentId> = self
                .tree
                .iter()
                .filter(|view| view.parent.is_some_and(|parent| all.contains(&DepartmentId(parent))))
                .map(|view| DepartmentId(view.id))
                .filter(|id| !all.contains(id))
                .collect();
            if more.is_empty() {
                return all;
            }
            all.extend(more);
        }
    }

    /// The departments somebody may see.
    pub(crate) fn may_see(&self, who: &Who) -> BTreeSet<DepartmentId> {
        match who.administrator {
            true => self.tree.iter().map(|view| DepartmentId(view.id)).collect(),
            false => self.below(&who.manages),
        }
    }

    /// What somebody gets to see of what they ask for; none for what is not theirs.
    pub(crate) fn within(&self, who: &Who, filters: &Filters) -> Option<Within> {
        let mut places = self.may_see(who);
        if let Some(department) = filters.department {
            if !places.contains(&department) {
                return None;
            }
            let asked = if filters.only { BTreeSet::from([department]) } else { self.below(&[department]) };
            places = places.intersection(&asked).copied().collect();
        }
        if let Some(manager) = filters.manager {
            let theirs = self.below(self.managed.get(&manager).map_or(&[][..], Vec::as_slice));
            places = places.intersection(&theirs).copied().collect();
        }
        let mut places: BTreeSet<Place> = places.into_iter().map(Some).collect();
        if filters.nowhere {
            if !who.administrator {
                return None;
            }
            places = BTreeSet::from([None]);
        }
        if who.administrator && filters.department.is_none() && filters.manager.is_none() {
            places.insert(None);
        }
        Some(Within { places, chosen: filters.department })
    }

    fn place_of<'t>(&'t self, known: &'t Known, day: i32) -> (Place, Option<&'t str>) {
        for tenure in &known.tenures {
            if tenure.from_on <= day && tenure.until_on.is_none_or(|until| day < until) {
                return (Some(tenure.department), Some(&tenure.job_role));
            }
        }
        (None, None)
    }

    fn path(&self, place: Place) -> String {
        match place {
            None => "No department".to_owned(),
            Some(id) => self.tree.iter().find(|view| view.id == id.0).expect("a department").path.clone(),
        }
    }

    fn rank(&self, place: Place) -> usize {
        place.map_or(usize::MAX, |id| self.tree.iter().position(|view| view.id == id.0).expect("a department"))
    }

    fn requirement_rank(&self, requirement: RequirementId) -> usize {
        self.requirements.iter().position(|(id, _)| *id == requirement).expect("a requirement")
    }

    fn requirement(&self, requirement: RequirementId) -> String {
        self.requirements[self.requirement_rank(requirement)].1.clone()
    }

    fn is_named(&self, known: &Known, filters: &Filters) -> bool {
        let text = filters.name.to_lowercase();
        known.name.to_lowercase().contains(&text) || known.number.contains(&text)
    }

    /// How everybody within stands, as the filters leave it but for status, due dates and name.
    fn lines<'t>(&'t self, within: &Within, filters: &Filters, day: i32) -> Vec<Line<'t>> {
        let mut lines = Vec::new();
        for known in &self.people {
            let (place, job_role) = self.place_of(known, day);
            let role_fits = filters.job_role.is_none() || filters.job_role.as_deref() == job_role;
            if !within.places.contains(&place) || !role_fits {
                continue;
            }
            for account in &known.accounts {
                let requirement = account.requirement.id;
                if filters.requirement.is_none_or(|wanted| wanted == requirement) {
                    let stand = Stand::of(account, Day(day));
                    lines.push(Line { known, place, job_role, requirement, stand });
                }
            }
        }
        lines
    }

    /// Everybody who stands like this, by something, perhaps from the end.
    pub(crate) fn actions(&self, within: &Within, filters: &Filters, (by, down): (SortBy, bool)) -> Vec<Expected> {
        let measure = filters.status.unwrap_or(Measure::ToDo);
        let mut lines = self.lines(within, filters, self.day(filters));
        lines.retain(|line| {
            let due = line.stand.standing.due.map(Day::date);
            line.stand.is(measure)
                && self.is_named(line.known, filters)
                && filters.due_from.is_none_or(|from| due.is_some_and(|due| due >= from))
                && filters.due_to.is_none_or(|to| due.is_some_and(|due| due <= to))
        });
        // They come by name already, and of one person by number.
        lines.sort_by_key(|line| match by {
            SortBy::Name | SortBy::Department => (0, PersonId(0), line.requirement),
            _ => (0, line.known.person, line.requirement),
        });
        if matches!(by, SortBy::Name | SortBy::Department) {
            lines.sort_by_key(|line| (line.known.name.to_lowercase(), line.known.person));
        }
        let late = |day: Option<Day>| day.map_or(i32::MAX, |day| day.0);
        match by {
            SortBy::Usual | SortBy::Name => {}
            SortBy::Due => lines.sort_by_key(|line| late(line.stand.standing.due)),
            SortBy::Valid => lines.sort_by_key(|line| late(line.stand.standing.valid_through)),
            SortBy::Department => lines.sort_by_key(|line| self.rank(line.place)),
            SortBy::Requirement => {
                lines.sort_by_key(|line| (self.requirement_rank(line.requirement), late(line.stand.standing.due)))
            }
        }
        if down {
            lines.reverse();
        }
        lines.iter().map(|line| self.action(line)).collect()
    }

    fn action(&self, line: &Line<'_>) -> Expected {
        let Stand { standing, day, .. } = line.stand;
        let overdue = line.stand.is_overdue();
        let reminded = self.reminded.get(&(line.known.person, line.requirement));
        let values = vec![
            text(line.known.name.clone()),
            text(self.path(line.place)),
            line.job_role.map_or(Value::None, text),
            text(self.requirement(line.requirement)),
            Value::State(state_words(standing.coverage, standing.timing, standing.overlay), overdue),
            standing.due.map_or(Value::None, date),
            match standing.due {
                Some(due) if overdue => Value::Number(u32::try_from(day.0 - due.0).expect("it has passed")),
                _ => Value::None,
            },
            standing.valid_through.map_or(Value::None, date),
            reminded.map_or(Value::None, |day| date(Day(*day))),
        ];
        Expected { values, about: Some((line.known.person, line.requirement)), total: false }
    }

    fn groups(&self, within: &Within, filters: &Filters) -> Vec<Group> {
        let inside = |id: i64| within.places.contains(&Some(DepartmentId(id)));
        // A single department at the top is opened by itself.
        let tops: Vec<i64> = self
            .tree
            .iter()
            .filter(|view| inside(view.id) && !view.parent.is_some_and(inside))
            .map(|view| view.id)
            .collect();
        let alone = tops.len() == 1 && self.tree.iter().any(|view| inside(view.id) && view.parent == Some(tops[0]));
        let chosen = within.chosen.or(alone.then(|| DepartmentId(tops[0])));
        let mut groups = Vec::new();
        for view in self.tree.iter().filter(|view| inside(view.id)) {
            let id = DepartmentId(view.id);
            let alone = vec![Some(id)];
            let with_those_below: Vec<Place> =
                self.below(&[id]).into_iter().map(Some).filter(|place| within.places.contains(place)).collect();
            let is_top = !view.parent.is_some_and(inside);
            if filters.each {
                groups.push(Group { name: view.path.clone(), places: alone });
            } else if chosen == Some(id) {
                groups.push(Group { name: format!("{} itself", view.name), places: alone });
            } else if chosen.is_some_and(|chosen| view.parent == Some(chosen.0)) {
                groups.push(Group { name: view.name.clone(), places: with_those_below });
            } else if chosen.is_none() && is_top {
                groups.push(Group { name: view.path.clone(), places: with_those_below });
            }
        }
        if within.places.contains(&None) {
            groups.push(Group { name: "No department".to_owned(), places: vec![None] });
        }
        groups
    }

    fn working(&self, places: &[Place], day: i32) -> u32 {
        let here = |known: &&Known| self.place_of(known, day).0.is_some_and(|id| places.contains(&Some(id)));
        u32::try_from(self.people.iter().filter(here).count()).expect("few")
    }

    /// The rows of departments, and the shares that are drawn.
    pub(crate) fn departments(
        &self,
        within: &Within,
        filters: &Filters,
    ) -> (Vec<Expected>, Vec<(String, Share)>, usize) {
        let day = self.day(filters);
        let lines = self.lines(within, filters, day);
        let (mut rows, mut chart, mut small) = (Vec::new(), Vec::new(), 0);
        let groups = self.groups(within, filters);
        let all: Vec<Place> = groups.iter().flat_map(|group| group.places.iter().copied()).collect();
        let many = groups.len();
        let whole = (many > 1).then(|| Group { name: "All".to_owned(), places: all });
        for (at, group) in groups.into_iter().chain(whole).enumerate() {
            let own: Vec<&Line<'_>> = lines.iter().filter(|line| group.places.contains(&line.place)).collect();
            let number =
                |measure| u32::try_from(own.iter().filter(|line| line.stand.is(measure)).count()).expect("few");
            let mut tally = Tally::default();
            own.iter().for_each(|line| tally.add(&line.stand));
            let people = self.working(&group.places, day);
            let mut values = vec![
                text(group.name.clone()),
                if group.places == [None] { Value::None } else { Value::Number(people) },
                tally.share(),
            ];
            values.extend(
                [
                    Measure::Assigned,
                    Measure::Compliant,
                    Measure::NotYetDue,
                    Measure::DueSoon,
                    Measure::Overdue,
                    Measure::Grace,
                    Measure::Lapsed,
                    Measure::OnLeave,
                    Measure::Exempt,
                ]
                .map(|measure| Value::Number(number(measure))),
            );
            if let (Value::Share(share), false) = (tally.share(), at == many) {
                match people {
                    5.. => chart.push((group.name, share)),
                    _ if group.places == [None] => {}
                    _ => small += 1,
                }
            }
            rows.push(Expected { values, about: None, total: at == many });
        }
        (rows, chart, small)
    }

    /// What counts for 30, 60 and 90 days more, by place and requirement.
    pub(crate) fn expiring(&self, within: &Within, filters: &Filters) -> Vec<Expected> {
        let lines = self.lines(within, filters, self.day(filters));
        let numbers = |own: &dyn Fn(&Line<'_>) -> bool| {
            [Measure::Expiring30, Measure::Expiring60, Measure::Expiring90].map(|measure| {
                u32::try_from(lines.iter().filter(|line| own(line) && line.stand.is(measure)).count()).expect("few")
            })
        };
        let row = |name: Value, requirement: Value, numbers: [u32; 3], total: bool| {
            let mut values = vec![name, requirement];
            values.extend(numbers.map(Value::Number));
            Expected { values, about: None, total }
        };
        let mut rows = Vec::new();
        for group in self.groups(within, filters) {
            for (requirement, name) in &self.requirements {
                let found = numbers(&|line| group.places.contains(&line.place) && line.requirement == *requirement);
                if found != [0; 3] {
                    rows.push(row(text(group.name.clone()), text(name.clone()), found, false));
                }
            }
        }
        if rows.len() > 1 {
            rows.insert(0, row(text("All"), Value::None, numbers(&|_| true), true));
        }
        rows
    }

    /// The requirements that are columns, and people against them.
    pub(crate) fn matrix(&self, within: &Within, filters: &Filters) -> (Vec<String>, Vec<Expected>) {
        let day = self.day(filters);
        let asked = |requirement: RequirementId| match filters.requirement {
            Some(wanted) => wanted == requirement,
            // As it was known on a day, all are shown.
            None if filters.known_on.is_some() => true,
            None => self.people.iter().any(|known| {
                within.places.contains(&self.place_of(known, day).0)
                    && known.accounts.iter().any(|account| {
                        account.requirement.id == requirement && Stand::of(account, Day(day)).is(Measure::Assigned)
                    })
            }),
        };
        let columns: Vec<RequirementId> = self.requirements.iter().map(|(id, _)| *id).filter(|id| asked(*id)).collect();
        let mut rows = Vec::new();
        for known in &self.people {
            let (place, job_role) = self.place_of(known, day);
            let stands = |requirement: RequirementId| {
                let account = known.accounts.iter().find(|account| account.requirement.id == requirement);
                account.map(|account| Stand::of(account, Day(day))).filter(|stand| stand.is(Measure::Assigned))
            };
            let something = self.requirements.iter().any(|(id, _)| stands(*id).is_some());
            if !within.places.contains(&place)
                || (place.is_none() && !something)
                || !(filters.job_role.is_none() || filters.job_role.as_deref() == job_role)
                || !self.is_named(known, filters)
            {
                continue;
            }
            let mut values = vec![text(known.name.clone()), text(self.path(place)), job_role.map_or(Value::None, text)];
            values.extend(columns.iter().map(|requirement| stands(*requirement).map_or(Value::None, square)));
            rows.push(Expected { values, about: None, total: false });
        }
        (columns.into_iter().map(|id| self.requirement(id)).collect(), rows)
    }

    /// The numbers of a day by place and requirement.
    pub(crate) fn tallies(&self, day: i32) -> BTreeMap<(Place, RequirementId), Tally> {
        let everywhere = self.tree.iter().map(|view| Some(DepartmentId(view.id))).chain([None]).collect();
        let within = Within { places: everywhere, chosen: None };
        let mut all: BTreeMap<(Place, RequirementId), Tally> = BTreeMap::new();
        for line in self.lines(&within, &Filters::default(), day) {
            all.entry((line.place, line.requirement)).or_default().add(&line.stand);
        }
        all
    }

    /// The first day on which anybody worked anywhere.
    pub(crate) fn first_day(&self) -> Option<i32> {
        self.people.iter().flat_map(|known| known.tenures.iter().map(|tenure| tenure.from_on)).min()
    }

    /// The ends of months, the newest first; with what was counted of them.
    pub(crate) fn trend(
        &self,
        within: &Within,
        filters: &Filters,
        counted: &BTreeMap<i32, Month>,
    ) -> (Vec<Expected>, Vec<(String, Share)>) {
        let (mut rows, mut chart) = (Vec::new(), Vec::new());
        // Of one job role, and as it was known, nothing was counted.
        let is_kept = filters.known_on.is_none() && filters.job_role.is_none();
        let groups = self.groups(within, filters);
        for day in month_ends(self.day(filters).min(self.today - 1), 12).into_iter().rev() {
            let lines = self.lines(within, filters, day);
            let month = counted.get(&day).filter(|_| is_kept);
            let is = |places: &[Place]| {
                let mut tally = Tally::default();
                let own = lines.iter().filter(|line| places.contains(&line.place));
                own.for_each(|line| tally.add(&line.stand));
                tally
            };
            let was = |places: &[Place]| {
                let mut tally = Tally::default();
                for ((place, requirement), own) in month.iter().flat_map(|(_, month)| month) {
                    if places.contains(place) && filters.requirement.is_none_or(|wanted| wanted == *requirement) {
                        tally.join(own);
                    }
                }
                tally
            };
            let row = |name: String, places: &[Place], total: bool| {
                let (is, was) = (is(places), was(places));
                let kept = month.map(|(on, _)| *on);
                let values = vec![
                    date(Day(day)),
                    text(name),
                    is.share(),
                    Value::Number(is.overdue),
                    if kept.is_some() { was.share() } else { Value::None },
                    kept.map_or(Value::None, Value::Date),
                    text(if kept.is_some() && is.share() != was.share() { "Yes" } else { "" }),
                ];
                (is.assigned + was.assigned > 0).then_some(Expected { values, about: None, total })
            };
            let all: Vec<Place> = groups.iter().flat_map(|group| group.places.iter().copied()).collect();
            rows.extend(groups.iter().filter_map(|group| row(group.name.clone(), &group.places, false)));
            if groups.len() > 1 {
                rows.extend(row("All".to_owned(), &all, true));
            }
            if let Value::Share(share) = is(&all).share() {
                chart.insert(0, (Day(day).date().strftime("%b %Y").to_string(), share));
            }
        }
        (rows, chart)
    }
}

/// A word and a date.
fn square(stand: Stand) -> Value {
    let words = |day: Day| usecases::clock::date_words(day.date());
    let standing = stand.standing;
    let state = state_words(standing.coverage, standing.timing, standing.overlay);
    let said = match (standing.due, standing.valid_through) {
        (Some(due), _) if stand.is_overdue() => format!("Overdue, due {}", words(due)),
        (_, Some(last)) => format!("{state} through {}", words(last)),
        (Some(due), None) => format!("{state}, due {}", words(due)),
        (None, None) => state,
    };
    Value::State(said, stand.is_overdue())
}

/// The last days of the last months until a day, the earliest first.
pub(crate) fn month_ends(until: i32, many: usize) -> Vec<i32> {
    let mut ends: Vec<i32> =
        (until - 31 * 15..=until).filter(|day| Day(*day).date().day() == Day(*day).date().days_in_month()).collect();
    ends.split_off(ends.len() - many)
}
