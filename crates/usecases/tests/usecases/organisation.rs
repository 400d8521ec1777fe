//! Small organisations by chance, made through the doors of the product day by day: who comes, moves, learns, is away and goes; what is
//! asked of whom; and what is put right afterwards.

use jiff::{Timestamp, ToSpan as _, civil::Date, civil::date, tz::TimeZone};
use records::{
    day::Day,
    reminder::{Kind, Reminder},
};
use store::{
    Added, AssignmentId, Audience, DepartmentAdded, DepartmentId, Event, Named, NewEvent, NewRequirement, PathId,
    PathStep, PersonId, PolicyVersion, Reminded, RequirementId, Right, Store, What,
};
use usecases::{
    Usecases,
    departments::DepartmentTyped,
    roster::{Chosen, Confirmed},
    who::Who,
};

use crate::common::{Db, MODULE, administrator};

/// The site's zone: on its clocks it is another day an hour before midnight.
const ZONE: &str = "Africa/Lagos";
const BEGAN: Date = date(2025, 1, 7);
/// On the day that is today in the end.
const TODAY: Date = date(2026, 3, 2);
const ROLES: [&str; 4] = ["Nurse", "Porter", "Ward clerk", "Physician & lead"];
/// Names that stand elsewhere by the rules of a language than by their letters.
const NAMES: [&str; 12] =
    ["Ada", "ben", "Çelik", "Dué", "de Wit", "D'Arcy", "Eze", "Ọlá", "o'Neil", "Zoë", "van Dam", "Van der Berg"];
const POLICIES: [&str; 10] = [
    r#"{"validity":"12 months"}"#,
    r#"{"first-due":{"after":"hired","days":60}}"#,
    r#"{"validity":"6 months","basis":"completion","window":"30 days","grace":"14 days"}"#,
    r#"{"validity":"12 months","basis":{"calendar":"09-01"}}"#,
    r#"{"validity":"3 months","window":"20 days","grace":"10 days","refresher":"module"}"#,
    r#"{"first-due":{"after":"role-start","days":14},"validity":"90 days","window":"30 days"}"#,
    r#"{"first-due":{"after":"2025-06-01","days":10},"validity":"24 months"}"#,
    r#"{"validity":"4 months","window":"30 days","grace":"0 days","early":"restart"}"#,
    r#"{"first-due":{"after":"assigned","days":7},"validity":"2 months","window":"14 days","grace":"20 days","min-lead":"3 days"}"#,
    r#"{"first-due":{"after":"hired","days":21},"validity":"6 months","window":"45 days","refresher":"module"}"#,
];

/// Xorshift, 64 bits (Marsaglia 2003): the same everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..4 {
            dice.roll();
        }
        dice
    }

    fn roll(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 >> 32).expect("32 bits")
    }

    /// A number from one to another, both in.
    pub(crate) fn within(&mut self, from: i32, to: i32) -> i32 {
        from + i32::try_from(self.roll() % u32::try_from(to - from + 1).expect("a range")).expect("small")
    }

    pub(crate) fn one_in(&mut self, many: i32) -> bool {
        self.within(1, many) == 1
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let at = usize::try_from(self.within(0, i32::try_from(from.len()).expect("few") - 1)).expect("a place");
        from[at].clone()
    }
}

/// An organisation, and what time it is there.
pub(crate) struct Organisation<'d> {
    pub(crate) usecases: &'d Usecases,
    pub(crate) store: &'d Store,
    pub(crate) ada: Who,
    pub(crate) dice: Dice,
    pub(crate) now: Timestamp,
    pub(crate) departments: Vec<DepartmentId>,
    pub(crate) people: Vec<PersonId>,
    pub(crate) requirements: Vec<RequirementId>,
    pub(crate) managers: Vec<PersonId>,
    pub(crate) roles: Vec<String>,
    /// What happened last, to be told with what went wrong.
    pub(crate) told: Vec<String>,
    assignments: Vec<AssignmentId>,
    path: PathId,
    numbers: u32,
}

impl<'d> Organisation<'d> {
    /// People in departments with something asked of them, on the first day.
    pub(crate) async fn new(Db { usecases, store, .. }: &'d Db, seed: u64, many: u32) -> Self {
        let ada = administrator(usecases).await;
        let mut made = Self {
            usecases,
            store,
            ada,
            dice: Dice::new(seed),
            now: TimeZone::get(ZONE).expect("a zone").to_timestamp(BEGAN.at(9, 30, 0, 0)).expect("an instant"),
            departments: Vec::new(),
            people: Vec::new(),
            requirements: Vec::new(),
            managers: Vec::new(),
            roles: ROLES.map(str::to_owned).to_vec(),
            told: Vec::new(),
            assignments: Vec::new(),
            path: PathId(0),
            numbers: 0,
        };
        for (name, above) in [
            ("Hospital", None),
            ("Wards", Some(0)),
            ("Ward 3", Some(1)),
            ("Ward 10", Some(1)),
            ("Front desk", Some(0)),
            ("Élan", None),
        ] {
            let above = above.map(|at: usize| made.departments[at]);
            let DepartmentAdded::Department(id) = store.add_department(name, above).await.expect("added") else {
                panic!("{name} is there")
            };
            made.departments.push(id);
        }
        for _ in 0..many {
            made.arrive().await;
        }
        for department in [1, 2, 4, 5] {
            let manager = made.dice.pick(&made.people);
            store.grant(manager, Right::Manager(made.departments[department])).await.expect("granted");
            made.managers.push(manager);
        }
        made.managers.sort_unstable();
        made.managers.dedup();
        made.ask().await;
        made
    }

    pub(crate) fn today(&self) -> i32 {
        usecases::clock::day_number(usecases::clock::day_in(self.now, ZONE))
    }

    pub(crate) fn at(&self) -> i64 {
        self.now.as_microsecond()
    }

    /// Whoever manages something, as they ask.
    pub(crate) async fn manager(&mut self) -> Option<Who> {
        let manager = self.dice.pick(&self.managers);
        let found = self.usecases.who(manager).await.expect("the store");
        found.filter(Who::sees_a_team)
    }

    /// Somebody new, mostly hired, mostly at work somewhere.
    async fn arrive(&mut self) {
        self.numbers += 1;
        let name =
            format!("{} {}", self.dice.pick(&NAMES), self.dice.pick(&["Obi", "obi", "Åke", "Zuma", "Abel-Smith"]));
        let new =
            store::NewPerson { name, employee_no: Some(format!("n-{}", self.numbers)), ..store::NewPerson::default() };
        let Added::Person(person) = self.store.add_person(new, self.at()).await.expect("added") else {
            panic!("taken")
        };
        self.people.push(person);
        let (today, hired) = (self.today(), self.dice.within(0, 300));
        if !self.dice.one_in(6) {
            self.tell(person, Event::Hired, today - hired, None, None).await;
        }
        if !self.dice.one_in(7) {
            let (department, role) = (self.dice.pick(&self.departments), self.dice.pick(&self.roles));
            let from = today - self.dice.within(0, hired);
            self.store.set_tenure(person, department, &role, from, today).await.expect("placed");
        }
    }

    /// Requirements with their documents and policies, a path, and assignments.
    async fn ask(&mut self) {
        let mut documents = Vec::new();
        for title in ["One", "Two", "Three", "Four", "Five"] {
            let source = MODULE.replace("Hello", title);
            let name = format!("{}.md", title.to_lowercase());
            let file = usecases::publish::File::alone(&name, &source);
            self.usecases.publish(&file, self.now).await.expect("published");
            let live = self.store.live_document("module", &title.to_lowercase()).await.expect("read");
            documents.push(live.expect("the module").document);
        }
        // Two are about one document, and the last one's document renews the third and the first.
        let names = ["Hand washing", "fire", "Élan vital", "Lifting", "Data", "10 rules"];
        for (at, name) in names.into_iter().enumerate() {
            let refresher = [0, 2].contains(&at).then_some(documents[4]);
            let new = NewRequirement {
                document: documents[at.min(5) % 5],
                name: name.to_owned(),
                refresher,
                update_of: None,
                from_on: self.today() - self.dice.within(0, 30),
                policy: self.dice.pick(&POLICIES).to_owned(),
                by: Some(self.ada.person),
            };
            let Named::Done(id) = self.store.add_requirement(new, self.at()).await.expect("written") else {
                panic!("{name}")
            };
            self.requirements.push(id);
        }
        let Named::Done(path) = self.store.add_path("First weeks").await.expect("written") else { panic!("a path") };
        self.path = path;
        self.change_path().await;
        let first = self.requirements[0];
        self.assign(What::Requirement(first), Audience::Everybody).await;
        for _ in 0..6 {
            self.assign_something().await;
        }
        self.usecases.catch_up().await.expect("seen to");
    }

    async fn change_path(&mut self) {
        let mut steps: Vec<PathStep> = Vec::new();
        for _ in 0..self.dice.within(1, 3) {
            let requirement = self.dice.pick(&self.requirements);
            if steps.iter().all(|step| step.requirement != requirement) {
                steps.push(PathStep { requirement, due_days: self.dice.within(5, 60) });
            }
        }
        self.store.change_path(self.path, "First weeks", steps, self.today()).await.expect("changed");
    }

    async fn assign(&mut self, what: What, audience: Audience) {
        let today = self.today();
        let from = if self.dice.one_in(4) { today + self.dice.within(1, 40) } else { today };
        let by = Some(self.ada.person);
        self.assignments.push(self.store.assign(what, audience, (from, by), self.at()).await.expect("assigned"));
    }

    async fn assign_something(&mut self) {
        let what = match self.dice.one_in(4) {
            true => What::Path(self.path),
            false => What::Requirement(self.dice.pick(&self.requirements)),
        };
        let audience = match self.dice.within(0, 5) {
            0 => Audience::Everybody,
            1 | 2 => Audience::Department(self.dice.pick(&self.departments)),
            3 | 4 => Audience::Role(self.dice.pick(&self.roles)),
            _ => Audience::Person(self.dice.pick(&self.people)),
        };
        self.assign(what, audience).await;
    }

    async fn tell(&self, person: PersonId, event: Event, on: i32, about: Option<RequirementId>, instead: Option<i64>) {
        let new = NewEvent {
            person,
            event,
            on,
            requirement: about,
            reason: "by chance".to_owned(),
            evidence: Some("a paper".to_owned()),
            approved_by: Some("Ada Obi".to_owned()),
            by: self.ada.person,
            supersedes: instead,
        };
        self.store.record(new, self.at()).await.expect("recorded");
    }

    /// Lets time go by until today, with something happening every few days. `each` is asked on some of those days.
    pub(crate) async fn live(&mut self, mut each: impl AsyncFnMut(&mut Self)) {
        let end = Day::of(TODAY).0;
        while self.today() < end {
            let days = self.dice.within(1, 14).min(end - self.today());
            self.now += (24 * days).hours();
            for _ in 0..self.dice.within(1, 5) {
                self.happen().await;
            }
            if self.dice.one_in(2) {
                self.usecases.catch_up().await.expect("seen to");
            }
            each(self).await;
        }
        self.usecases.catch_up().await.expect("seen to");
    }

    /// Something happens to somebody, or to the rules.
    pub(crate) async fn happen(&mut self) {
        let today = self.today();
        let person = self.dice.pick(&self.people);
        let requirement = self.dice.pick(&self.requirements);
        let kind = self.dice.within(0, 40);
        self.told.push(format!("day {today}: {kind} of person {person}, requirement {requirement}"));
        match kind {
            0..=13 => {
                let on = today - self.dice.within(0, 2);
                self.tell(person, Event::Completed, on, Some(requirement), None).await;
            }
            14 | 15 => {
                let on = today - self.dice.within(0, 300);
                self.tell(person, Event::PriorCredit, on, Some(requirement), None).await;
            }
            16 | 17 => {
                let from = today + self.dice.within(-5, 20);
                let to = (!self.dice.one_in(6)).then(|| from + self.dice.within(0, 60));
                self.tell(person, Event::Leave { to }, from, None, None).await;
            }
            18 | 19 => {
                let from = today + self.dice.within(-3, 10);
                let until = (!self.dice.one_in(6)).then(|| from + self.dice.within(0, 90));
                let about = (!self.dice.one_in(3)).then_some(requirement);
                self.tell(person, Event::Exempted { until }, from, about, None).await;
            }
            20..=22 => {
                let due = today + self.dice.within(0, 70);
                self.tell(person, Event::Extended { due }, today, Some(requirement), None).await;
            }
            23 => self.tell(person, Event::Revoked, today, Some(requirement), None).await,
            24 => {
                let last = today + self.dice.within(-3, 10);
                self.tell(person, Event::Left, last, None, None).await;
                if self.dice.one_in(2) {
                    self.store.end_tenure(person, last + 1, today).await.expect("ended");
                }
            }
            25 => self.tell(person, Event::Rehired, today, None, None).await,
            26..=28 => {
                let (department, role) = (self.dice.pick(&self.departments), self.dice.pick(&self.roles));
                let from = match self.dice.within(0, 4) {
                    0 => today - self.dice.within(1, 40),
                    1 => today + self.dice.within(1, 40),
                    _ => today,
                };
                self.store.set_tenure(person, department, &role, from, today).await.expect("moved");
            }
            29 => drop(self.store.end_tenure(person, today, today).await.expect("ended")),
            30 | 31 => self.put_right(person).await,
            32 => {
                let disabled = self.store.person(person).await.expect("read").expect("somebody").disabled_at.is_some();
                if self.dice.one_in(3) || disabled {
                    self.usecases.set_disabled(&self.ada, person, !disabled, self.now).await.expect("changed");
                }
            }
            33 => self.assign_something().await,
            34 if self.dice.one_in(2) => {
                let one = self.dice.pick(&self.assignments);
                self.store.end_assignment(one, today + self.dice.within(0, 20)).await.expect("ended");
            }
            34 => self.arrive().await,
            35 => {
                let version = PolicyVersion {
                    requirement,
                    from_on: today + self.dice.within(0, 30),
                    recalculates: self.dice.one_in(2),
                    body: self.dice.pick(&POLICIES).to_owned(),
                    by: Some(self.ada.person),
                    at: self.at(),
                };
                self.store.add_policy(version, today).await.expect("written");
            }
            36 if self.dice.one_in(2) => self.change_path().await,
            36 => self.rename_a_role().await,
            37 => self.change_department().await,
            38 => self.import(self.dice.0.is_multiple_of(2)).await,
            _ => {
                let cycle = self.dice.within(1, 3).unsigned_abs();
                let reminder = Reminder { cycle, kind: Kind::Overdue, days: self.dice.within(1, 40) };
                self.store
                    .remind(vec![Reminded { person, requirement, reminder }], &[], today, self.at())
                    .await
                    .expect("kept");
            }
        }
    }

    /// Another day for something that was recorded, or nothing in its place.
    async fn put_right(&mut self, person: PersonId) {
        let mut events = self.store.events(person).await.expect("read");
        events.retain(|event| !event.superseded && event.kind != "retracted");
        if events.is_empty() {
            return;
        }
        let wrong = self.dice.pick(&events);
        let on = wrong.on + self.dice.within(-20, 20);
        let until = wrong.until.map(|until| until.max(on));
        let event = match wrong.kind.as_str() {
            _ if self.dice.one_in(3) => Event::Retracted,
            "hired" => Event::Hired,
            "left" => Event::Left,
            "rehired" => Event::Rehired,
            "leave" => Event::Leave { to: until },
            "exempted" => Event::Exempted { until },
            "extended" => Event::Extended { due: until.expect("a due date") },
            "prior-credit" => Event::PriorCredit,
            "completed" => Event::Completed,
            "revoked" => Event::Revoked,
            _ => Event::Retracted,
        };
        self.tell(person, event, on, wrong.requirement, Some(wrong.seq)).await;
    }

    /// A job role by another name, unless that one is taken.
    pub(crate) async fn rename_a_role(&mut self) {
        let old = self.dice.pick(&self.roles);
        let new = format!("{} {}", old.split(' ').next().expect("a word"), self.dice.within(2, 4));
        if new == old || self.roles.contains(&new) {
            return;
        }
        if self.store.rename_job_role(&old, &new, self.today()).await.expect("renamed") {
            self.roles.retain(|role| *role != old);
            self.roles.push(new);
        }
    }

    /// Somebody works elsewhere from today on; nothing else is asked of them for it, perhaps.
    pub(crate) async fn move_somebody(&mut self) {
        let (person, department) = (self.dice.pick(&self.people), self.dice.pick(&self.departments));
        let role = self.dice.pick(&self.roles);
        self.store.set_tenure(person, department, &role, self.today(), self.today()).await.expect("moved");
    }

    async fn change_department(&mut self) {
        let department = self.dice.pick(&self.departments);
        let above = self.dice.pick(&self.departments).to_string();
        let parent = if self.dice.one_in(3) { "" } else { &above };
        let name = format!("Place {}", self.dice.within(1, 30));
        // Some would lie below themselves, and some names are taken: they stay as they are.
        let typed = DepartmentTyped { name: &name, parent };
        let changed = self.usecases.change_department(&self.ada, department, typed, self.now).await;
        assert!(matches!(changed, Ok(()) | Err(usecases::Failure::Invalid(_))), "{changed:?}");
    }

    /// A list of people that is taken, and perhaps taken back.
    pub(crate) async fn import(&mut self, undone: bool) {
        self.numbers += 1;
        let departments = usecases::departments::views(&self.store.departments().await.expect("read"));
        let path = self.dice.pick(&departments).path;
        let role = self.dice.pick(&self.roles);
        let list = format!("staff_number,name,department,job_role\nn-{},Listed Person,{path},{role}\n", self.numbers);
        let chosen = Chosen { file_name: "people.csv".to_owned(), bytes: list.into_bytes(), ..Chosen::default() };
        let token = self.usecases.hold_import(&self.ada, chosen, self.now).await.expect("kept");
        let preview = self.usecases.preview_import(&self.ada, &token, self.now).await.expect("a preview");
        assert!(preview.problems.is_empty(), "{:?}", preview.problems);
        let agreed = (preview.digest.as_str(), preview.removing);
        let done = self.usecases.confirm_import(&self.ada, &token, agreed, self.now).await.expect("answered");
        assert!(matches!(done, Confirmed::Done(_)), "{done:?}");
        if undone {
            let last = self.usecases.imports(&self.ada).await.expect("read")[0].id;
            self.usecases.undo_import(&self.ada, last, self.now).await.expect("answered").expect("undone");
        } else {
            let found = self.store.find_by_login(&format!("n-{}", self.numbers)).await.expect("read");
            self.people.push(found.expect("who was listed").person);
        }
    }
}
