//! A made-up organisation to look at Bedside with: a hospital of sixty people with a year and a half behind it. They learn, forget, are
//! late, come, go and move, and all of it goes through the use cases of real people, so that nothing in it is different but the people.
//! The same seed makes the same hospital, whatever the day.

pub mod chance;
mod hospital;
mod learner;

use std::collections::HashMap;

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
};
use records::day::Day;
use store::{AuditFilter, Event, NewEvent, PersonId, RequirementId};

use crate::{
    Failure, Usecases, assignments::AssignmentTyped, clock, departments::DepartmentTyped, obligations::Asked,
    people::NewPerson, secret, set_up::FirstAdministrator, site::SiteView, who::Who,
};

use chance::Chance;
pub use hospital::ORGANISATION;
use hospital::{ADDRESS, DEPARTMENTS, Fate, HOUSE, Habit, PEOPLE, SIGN_INS, Somebody, ZONE};
pub use learner::Manner;
use learner::{Mind, Sitting};

/// How many months of history the hospital has where nobody says otherwise.
pub const MONTHS: i32 = 18;
/// The seed where nobody says otherwise.
pub const SEED: u64 = 1;

/// Which made-up organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demo {
    /// What everything in it that is left to chance follows from.
    pub seed: u64,
    /// The day on which it is looked at: the history ends the day before.
    pub day: Date,
    /// How many months of history it has, at least one.
    pub months: i32,
}

impl Demo {
    /// The usual one, looked at today.
    pub fn today(now: Timestamp) -> Self {
        Self { seed: SEED, day: clock::day_in(now, ZONE), months: MONTHS }
    }

    /// How many days of history there are.
    fn days(&self) -> i32 {
        self.months.max(1) * 61 / 2
    }

    /// The day number on which the hospital began with Bedside.
    fn began(&self) -> i32 {
        Day::of(self.day).0 - self.days()
    }

    /// When the hospital was set up: publish before that what there is to learn, so that it was there from the beginning.
    pub fn beginning(&self) -> Timestamp {
        at(self.began() - 1, 7)
    }
}

/// How somebody made up signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoSignIn {
    /// What they may do.
    pub right: &'static str,
    /// What they sign in with.
    pub login: String,
    /// Their password, new at every start.
    pub password: String,
}

/// What a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Nobody has set it up.
    Nothing,
    /// An organisation that is real.
    AnOrganisation,
    /// A made-up one.
    ADemo,
    /// A made-up one that was never finished.
    HalfADemo,
}

/// The words of the audit log.
const BEGUN: &str = "site.demo-begun";
const FILLED: &str = "site.demo";

impl Usecases {
    /// Whether the organisation is made up.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn holds(&self) -> Result<Holds, Failure> {
        if !self.is_set_up().await? {
            return Ok(Holds::Nothing);
        }
        let said = async |what: &str| {
            let filter = AuditFilter { what: Some(what.to_owned()), ..AuditFilter::default() };
            Ok::<_, Failure>(!self.store.audit_page(&filter, 1).await?.is_empty())
        };
        Ok(match (said(FILLED).await?, said(BEGUN).await?) {
            (true, _) => Holds::ADemo,
            (false, true) => Holds::HalfADemo,
            (false, false) => Holds::AnOrganisation,
        })
    }

    /// Gives one sign-in of the made-up organisation for each right, with a new password.
    ///
    /// # Errors
    /// [`Failure::NotFound`] in any other organisation, [`Failure::Store`], [`Failure::Internal`].
    pub async fn demo_sign_ins(&self) -> Result<Vec<DemoSignIn>, Failure> {
        if self.holds().await? != Holds::ADemo {
            return Err(Failure::NotFound);
        }
        let mut sign_ins = Vec::new();
        for (right, name) in SIGN_INS {
            let login = email(name);
            let known = self.store.find_by_login(&login).await?.ok_or(Failure::NotFound)?;
            let password = format!("demo-{}", secret::printed(&secret::code()?));
            self.store.set_password(known.person, &self.passwords.hash(&password).await?, None).await?;
            sign_ins.push(DemoSignIn { right, login, password });
        }
        Ok(sign_ins)
    }

    /// Fills an empty database with the made-up organisation. The starter content is published in it, before [`Demo::beginning`], and its
    /// plan is the one of these use cases.
    /// `tell` hears of each month that has passed. Nothing is sent, and nobody can sign in until [`Usecases::demo_sign_ins`].
    ///
    /// # Errors
    /// [`Failure::Conflict`] where somebody has set the database up, [`Failure::NotFound`] where one of its paths is not there,
    /// [`Failure::Store`], [`Failure::Internal`].
    pub async fn fill_demo(&self, demo: &Demo, mut tell: impl FnMut(Date)) -> Result<(), Failure> {
        let usecases = self.clone().with_chance(Chance::of(demo.seed, SEEDS, 0));
        let mut hospital = Hospital::open(&usecases, *demo).await?;
        for day in demo.began()..Day::of(demo.day).0 {
            if Day(day).date().day() == 1 {
                tell(Day(day).date());
            }
            hospital.live(day).await?;
        }
        usecases.catch_up().await?;
        usecases.audit(&hospital.admin, FILLED, None, "", at(Day::of(demo.day).0 - 1, 18)).await
    }
}

/// On so many of the last days people were reminded by e-mail: what was sent before is not kept for ever.
const REMINDED: i32 = 14;
/// Kinds of streams of chance; those of minds have their own.
const SEEDS: u64 = 10;
const HIRES: u64 = 11;
const WEEKS: u64 = 12;

/// The hospital while its history is made.
struct Hospital<'a> {
    usecases: &'a Usecases,
    demo: Demo,
    admin: Who,
    departments: HashMap<&'static str, String>,
    requirements: HashMap<String, RequirementId>,
    staff: Vec<Staff>,
    /// Of a password that nobody knows: they have all signed in.
    password_hash: String,
}

/// Somebody of the staff.
struct Staff {
    who: &'static Somebody,
    mind: Mind,
    /// Nobody yet, until they are hired.
    person: Option<PersonId>,
    /// The days on which they are not there, the first and the last.
    away: Option<(i32, i32)>,
    chance: Chance,
}

impl<'a> Hospital<'a> {
    /// The hospital on its first day, with those who work in it.
    async fn open(usecases: &'a Usecases, demo: Demo) -> Result<Self, Failure> {
        let began = demo.beginning();
        let token = usecases.make_set_up_link(began).await?.ok_or(Failure::Conflict)?;
        let name = PEOPLE[0].name;
        let password = secret::token()?;
        let first = FirstAdministrator {
            organisation: ORGANISATION,
            zone: ZONE,
            name,
            email: &email(name),
            password: &password,
            from: None,
        };
        let administrator = usecases.set_up(&token, first, began).await?;
        let admin = usecases.who(administrator).await?.ok_or(Failure::NotFound)?;
        usecases.audit(&admin, BEGUN, None, "", began).await?;
        let site = SiteView {
            name: ORGANISATION.to_owned(),
            zone: ZONE.to_owned(),
            locale: "en-NG".to_owned(),
            working_days: vec![1, 2, 3, 4, 5],
            ..usecases.site(&admin).await?
        };
        usecases.change_site(&admin, &site, began).await?;
        let mut hospital = Self {
            usecases,
            demo,
            admin,
            departments: HashMap::new(),
            requirements: HashMap::new(),
            staff: Vec::new(),
            password_hash: usecases.passwords.hash(&secret::token()?).await?,
        };
        let add = async |name: &str, parent: &str| {
            Ok::<_, Failure>(
                usecases.add_department(&hospital.admin, DepartmentTyped { name, parent }, began).await?.to_string(),
            )
        };
        let root = add(HOUSE, "").await?;
        for name in DEPARTMENTS {
            let id = add(name, &root).await?;
            hospital.departments.insert(name, id);
        }
        for (number, who) in PEOPLE.iter().enumerate() {
            let person = (number == 0).then_some(administrator);
            let (mind, chance) = (Mind::new(demo.seed, number, Manner::ByChance), Chance::of(demo.seed, WEEKS, number));
            hospital.staff.push(Staff { who, mind, person, away: None, chance });
        }
        hospital.ask(began).await?;
        Ok(hospital)
    }

    /// Asks for what is to be learned: each path of the job roles that it is for.
    async fn ask(&mut self, now: Timestamp) -> Result<(), Failure> {
        let (usecases, began) = (self.usecases, self.demo.began());
        usecases.take_suggested_paths(&self.admin, now).await?;
        let requirements = usecases.store.requirements().await?.into_iter();
        self.requirements = requirements.map(|one| (one.slug, one.id)).collect();
        let paths = usecases.store.paths().await?;
        for path in &usecases.plan.paths {
            let id = paths.iter().find(|one| one.name == path.name).ok_or(Failure::NotFound)?.id;
            for role in &path.roles {
                let typed = AssignmentTyped {
                    what: format!("path-{id}"),
                    audience: "role".to_owned(),
                    role: role.clone(),
                    from: Day(began).date().to_string(),
                    ..AssignmentTyped::default()
                };
                usecases.assign(&self.admin, &typed, now).await?;
            }
        }
        Ok(())
    }

    /// The day before the hospital is looked at.
    fn last(&self) -> i32 {
        Day::of(self.demo.day).0 - 1
    }

    /// So many days before it is looked at, but never before it began.
    fn ago(&self, days: i32) -> i32 {
        (self.last() + 1 - days).max(self.demo.began())
    }

    /// Lives through a day: who comes and goes, and who sits down to learn.
    async fn live(&mut self, day: i32) -> Result<(), Failure> {
        for number in 0..self.staff.len() {
            self.happen(number, day).await?;
        }
        self.usecases.catch_up().await?;
        let weekday = Day(day).date().weekday();
        let is_feast =
            matches!((Day(day).date().month(), Day(day).date().day()), (12, 25 | 26) | (1, 1) | (5, 1) | (10, 1));
        if is_feast || matches!(weekday, Weekday::Saturday | Weekday::Sunday) {
            return Ok(());
        }
        if day > self.last() - REMINDED {
            self.usecases.remind_everybody(at(day, 7)).await?;
        }
        // One after the other, at the computers of the training room.
        let mut now = at(day, 8);
        for number in 0..self.staff.len() {
            // Each has a day of the week for it.
            if number % 5 == usize::from(weekday.to_monday_zero_offset().unsigned_abs()) {
                now = self.sit(number, day, now).await?;
            }
        }
        Ok(())
    }

    /// What happens to somebody on a day.
    async fn happen(&mut self, number: usize, day: i32) -> Result<(), Failure> {
        let Staff { who, .. } = self.staff[number];
        let morning = at(day, 7);
        let comes = match who.fate {
            Fate::Joins(days) => self.ago(days),
            _ => self.demo.began(),
        };
        if day == comes {
            self.hire(number, day).await?;
        }
        let Some(person) = self.staff[number].person else { return Ok(()) };
        let (usecases, admin) = (self.usecases, &self.admin);
        let asked = |slug: &str| self.requirements.get(slug).copied();
        let mut record = None;
        match who.fate {
            Fate::Leaves(days) if day == self.ago(days) + 1 => {
                let last = Day(day - 1).date().to_string();
                usecases.set_employment(admin, person, (&self.hired(number), &last), morning).await?;
                usecases.set_disabled(admin, person, true, morning).await?;
                self.staff[number].away = Some((day, i32::MAX));
            }
            Fate::Away(first, last, reason) if day == self.ago(first) => {
                let last = self.last() + 1 - last;
                self.staff[number].away = Some((day, last));
                record = Some((Event::Leave { to: Some(last) }, None, reason, None));
            }
            Fate::Moves(_, days) if day == self.ago(days).max(comes + 1) => {
                let to = &self.departments[who.department];
                usecases.place(admin, person, (to, who.job_role), morning).await?;
            }
            Fate::Credited(slug, days) if day == self.ago(days) => {
                let evidence = Some("Certificate of the teaching hospital, seen on paper".to_owned());
                record = Some((Event::PriorCredit, asked(slug), "Learned in another hospital", evidence));
            }
            Fate::Exempted(slug, days, reason) if day == self.ago(days) => {
                record = Some((Event::Exempted { until: None }, asked(slug), reason, None));
            }
            Fate::MoreTime(days, reason) if day == self.last() - 2 => {
                let now = at(day, 9);
                let open = usecases.asked_of(person, now).await?;
                let open = open.into_iter().find(|one| is_open(one) && one.days_left.is_some_and(|left| left < days));
                if let Some(open) = open {
                    let due = self.last() + 1 + days;
                    record = Some((Event::Extended { due }, Some(open.requirement), reason, None));
                }
            }
            _ => {}
        }
        let Some((event, requirement, reason, evidence)) = record else { return Ok(()) };
        let new = NewEvent {
            person,
            event,
            on: day,
            requirement,
            reason: reason.to_owned(),
            evidence,
            approved_by: Some(PEOPLE[0].name.to_owned()),
            by: self.admin.person,
            supersedes: None,
        };
        let detail = new.reason.clone();
        let noting = usecases.noting(admin, &format!("recorded.{}", event.kind()), person, &detail, morning);
        noting.record(new, morning.as_microsecond()).await?;
        Ok(())
    }

    /// The first day of somebody's work, as it is typed.
    fn hired(&self, number: usize) -> String {
        let began = self.demo.began();
        let day = match PEOPLE[number].fate {
            Fate::Joins(days) => self.ago(days),
            _ => began - Chance::of(self.demo.seed, HIRES, number).between(90, 4000),
        };
        Day(day).date().to_string()
    }

    /// Somebody comes to work in the hospital, or is there when it begins.
    async fn hire(&mut self, number: usize, day: i32) -> Result<(), Failure> {
        let (usecases, admin, now) = (self.usecases, &self.admin, at(day, 7));
        let Staff { who, person, .. } = self.staff[number];
        let person = match person {
            Some(person) => person,
            None => {
                let (email, number) = (email(who.name), format!("R-{}", 100 + number));
                let new = NewPerson { name: who.name, email: &email, staff_number: &number };
                usecases.add_person(admin, new, now).await?
            }
        };
        let hired = self.hired(number);
        usecases.set_employment(admin, person, (&hired, ""), now).await?;
        usecases.store.set_password(person, &self.password_hash, None).await?;
        let department = match who.fate {
            Fate::Moves(from, _) => from,
            _ => who.department,
        };
        usecases.place(admin, person, (&self.departments[department], who.job_role), now).await?;
        if who.job_role == "Manager" && who.department != "Leadership" {
            usecases.set_right(admin, person, ("manager", &self.departments[department], true), now).await?;
        }
        if SIGN_INS.contains(&("trainer", who.name)) {
            usecases.set_right(admin, person, ("trainer", "", true), now).await?;
        }
        self.staff[number].person = Some(person);
        Ok(())
    }

    /// Somebody sits down to learn, if they are there and feel they must; gives when they get up.
    async fn sit(&mut self, number: usize, day: i32, now: Timestamp) -> Result<Timestamp, Failure> {
        let Staff { who, mind, person, away, chance } = &mut self.staff[number];
        let there = away.is_none_or(|(first, last)| day < first || day > last);
        let Some(person) = person.filter(|_| there) else { return Ok(now) };
        let (lead, share) = match who.habit {
            Habit::Prompt => (50, 0.9),
            Habit::Usual => (21, 0.6),
            Habit::Late => (2, 0.4),
            Habit::VeryLate => (-25, 0.25),
        };
        let Some(asking) = self.usecases.who(person).await? else { return Ok(now) };
        let asked = self.usecases.asked_of(person, now).await?;
        let urgent = |one: &&Asked| is_open(one) && one.days_left.is_some_and(|left| left <= lead);
        let mut todo: Vec<&Asked> = asked.iter().filter(urgent).collect();
        // More than this is too much for a morning; with less before them they take one at a time.
        todo.truncate(if todo.len() > 4 { 3 } else { 2 });
        let helper = Some(&self.admin);
        let mut sitting = Sitting { who: &asking, helper, mind, now, today: day };
        for one in todo {
            if !chance.happens(share) {
                continue;
            }
            let quiz = one.refresher.as_ref().and_then(|place| place.strip_prefix("/quizzes/"));
            match quiz {
                // Those who do not pass it read the module again.
                Some(quiz) if self.usecases.know(&mut sitting, quiz, &one.slug).await? => {}
                _ => self.usecases.learn_module(&mut sitting, &one.slug).await?,
            }
        }
        if chance.happens(share / 2.0) {
            self.usecases.remember(&mut sitting).await?;
        }
        Ok(sitting.now)
    }
}

/// Whether there is something to do, with nothing over it.
fn is_open(asked: &Asked) -> bool {
    asked.standing.open && asked.standing.overlay.is_none()
}

/// An hour of a day, there.
fn at(day: i32, hour: i8) -> Timestamp {
    let here = Day(day).date().at(hour, 0, 0, 0).in_tz(ZONE);
    here.map_or(Timestamp::UNIX_EPOCH, |here| here.timestamp())
}

/// `Tomás Ferreira` signs in as tomas.ferreira@riverside.example.
fn email(name: &str) -> String {
    let plain = |letter: char| match letter {
        'á' => 'a',
        'é' => 'e',
        ' ' => '.',
        letter => letter.to_ascii_lowercase(),
    };
    format!("{}@{ADDRESS}", name.chars().map(plain).collect::<String>())
}
