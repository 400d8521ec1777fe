//! A small made-up organisation, to look at Bedside with: people in departments, some of whom have learned something.
//!
//! It is filled through the same use cases as a real one, so that nothing in it is different but the people.

use jiff::{SignedDuration, Timestamp};
use store::{AuditFilter, Event, Named, NewEvent, NewRequirement, PersonId};

use crate::{
    Failure, Usecases,
    assignments::AssignmentTyped,
    departments::DepartmentTyped,
    learn::{PageBody, Step},
    people::NewPerson,
    question::{QuestionView, Sent, TaskView},
    quiz::Answered,
    role_play::{self, Chosen},
    secret,
    set_up::FirstAdministrator,
    who::Who,
};

/// The made-up organisation.
pub const ORGANISATION: &str = "Riverside Clinic";

/// What the made-up organisation asks for.
const POLICY: &str = r#"{"first-due":{"after":"assigned","days":60},"validity":"12 months"}"#;

/// Department and the one it belongs to.
const DEPARTMENTS: [(&str, &str); 6] = [
    ("Riverside Clinic", ""),
    ("Nursing", "Riverside Clinic"),
    ("Ward 1", "Nursing"),
    ("Ward 2", "Nursing"),
    ("Front desk", "Riverside Clinic"),
    ("Laboratory", "Riverside Clinic"),
];

/// Somebody made up.
struct Somebody {
    name: &'static str,
    department: &'static str,
    job_role: &'static str,
    /// Before how many days they completed what there is to learn, if they have.
    learned: Option<i64>,
}

const fn one(name: &'static str, department: &'static str, job_role: &'static str, learned: Option<i64>) -> Somebody {
    Somebody { name, department, job_role, learned }
}

/// The first four are those one signs in as: administrator, manager, trainer, learner.
const PEOPLE: [Somebody; 14] = [
    one("Amara Bello", "Riverside Clinic", "Practice manager", None),
    one("Grace Mensah", "Nursing", "Head nurse", Some(41)),
    one("Tomás Ferreira", "Riverside Clinic", "Training lead", Some(60)),
    one("Leila Haddad", "Ward 1", "Nurse", None),
    one("Joseph Otieno", "Ward 1", "Nurse", Some(12)),
    one("Ngozi Eze", "Ward 1", "Nurse", Some(9)),
    one("Samuel Adeyemi", "Ward 1", "Nursing assistant", None),
    one("Ines Moreau", "Ward 2", "Nurse", Some(5)),
    one("Kofi Boateng", "Ward 2", "Nurse", None),
    one("Ruth Wanjiru", "Ward 2", "Nursing assistant", Some(2)),
    one("Halima Yusuf", "Front desk", "Receptionist", Some(20)),
    one("Peter Novak", "Front desk", "Receptionist", None),
    one("Chen Wei", "Laboratory", "Technician", Some(33)),
    one("Fatou Diallo", "Laboratory", "Technician", None),
];

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

impl Usecases {
    /// Fills an empty database with a made-up organisation, unless it holds it already, and gives one sign-in for each
    /// right with a new password. Publish first what there is to learn. `None` when the database holds a real
    /// organisation, which is left as it is.
    ///
    /// # Errors
    /// [`Failure::Store`], [`Failure::Internal`].
    pub async fn demonstrate(&self, now: Timestamp) -> Result<Option<Vec<DemoSignIn>>, Failure> {
        if self.is_set_up().await? {
            let filled = AuditFilter { what: Some("site.demo".to_owned()), ..AuditFilter::default() };
            if self.store.audit_page(&filled, 1).await?.is_empty() {
                return Ok(None);
            }
        } else {
            self.fill(now).await?;
        }
        let mut sign_ins = Vec::new();
        for (somebody, right) in PEOPLE.iter().zip(["administrator", "manager", "trainer", "learner"]) {
            let login = email(somebody.name);
            let known = self.store.find_by_login(&login).await?.ok_or(Failure::NotFound)?;
            let password = format!("demo-{}", secret::printed(&secret::code()?));
            self.store.set_password(known.person, &self.passwords.hash(&password).await?, None).await?;
            sign_ins.push(DemoSignIn { right, login, password });
        }
        Ok(Some(sign_ins))
    }

    async fn fill(&self, now: Timestamp) -> Result<(), Failure> {
        let long_ago = before(now, 90);
        let token = self.make_set_up_link(long_ago).await?.ok_or(Failure::Conflict)?;
        let (name, email) = (PEOPLE[0].name, email(PEOPLE[0].name));
        let password = secret::token()?;
        let first = FirstAdministrator {
            organisation: ORGANISATION,
            zone: "Africa/Lagos",
            name,
            email: &email,
            password: &password,
            from: None,
        };
        let person = self.set_up(&token, first, long_ago).await?;
        let admin = self.who(person).await?.ok_or(Failure::NotFound)?;
        self.audit(&admin, "site.demo", None, "", long_ago).await?;
        let mut departments: Vec<(&str, String)> = Vec::new();
        for (name, parent) in DEPARTMENTS {
            let parent = id_of(&departments, parent);
            let id = self.add_department(&admin, DepartmentTyped { name, parent: &parent }, long_ago).await?;
            departments.push((name, id.to_string()));
        }
        let mut people = vec![person];
        for (at, somebody) in PEOPLE.iter().enumerate() {
            if at > 0 {
                people.push(self.add_somebody(&admin, somebody, at, long_ago).await?);
            }
            let place = (id_of(&departments, somebody.department), somebody.job_role);
            self.place(&admin, people[at], (&place.0, place.1), long_ago).await?;
        }
        let nursing = id_of(&departments, "Nursing");
        self.set_right(&admin, people[1], ("manager", &nursing, true), long_ago).await?;
        self.set_right(&admin, people[2], ("trainer", "", true), long_ago).await?;
        self.require(&admin, id_of(&departments, "Riverside Clinic"), long_ago).await?;
        self.learn(&people, now).await?;
        self.be_away(&people, now).await
    }

    /// Asks everybody for each module, and those at the front desk for the role-play of one of them.
    async fn require(&self, admin: &Who, clinic: String, now: Timestamp) -> Result<(), Failure> {
        let today = self.today(now).await?;
        for (kind, audience, role) in [("module", "department", ""), ("scenario", "role", "Receptionist")] {
            for live in self.store.live_documents(kind).await? {
                let new = NewRequirement {
                    document: live.document,
                    name: live.title.clone(),
                    refresher: None,
                    update_of: None,
                    from_on: today,
                    policy: POLICY.to_owned(),
                    by: Some(admin.person),
                };
                let noting = self.noting(admin, "requirement.added", None, &live.title, now);
                let Named::Done(id) = noting.add_requirement(new, now.as_microsecond()).await? else { continue };
                let typed = AssignmentTyped {
                    what: format!("requirement-{id}"),
                    audience: audience.to_owned(),
                    department: clinic.clone(),
                    role: role.to_owned(),
                    ..AssignmentTyped::default()
                };
                self.assign(admin, &typed, now).await?;
            }
        }
        self.catch_up().await.map(drop)
    }

    /// Somebody is on leave, and somebody was given more time.
    async fn be_away(&self, people: &[PersonId], now: Timestamp) -> Result<(), Failure> {
        let today = self.today(now).await?;
        let asked = self.store.requirements().await?.into_iter().find(|one| one.kind == "module");
        let events = [
            ("Kofi Boateng", Event::Leave { to: Some(today + 40) }, None, "Parental leave"),
            (
                "Fatou Diallo",
                Event::Extended { due: today + 21 },
                asked.map(|one| one.id),
                "The laboratory moves house",
            ),
        ];
        for (name, event, requirement, reason) in events {
            let Some(person) = PEOPLE.iter().position(|one| one.name == name).map(|at| people[at]) else { continue };
            let new = NewEvent {
                person,
                event,
                on: today - 3,
                requirement,
                reason: reason.to_owned(),
                evidence: None,
                approved_by: Some(PEOPLE[1].name.to_owned()),
                by: people[1],
                supersedes: None,
            };
            self.store.record(new, now.as_microsecond()).await?;
        }
        Ok(())
    }

    async fn add_somebody(
        &self,
        admin: &Who,
        somebody: &Somebody,
        at: usize,
        now: Timestamp,
    ) -> Result<PersonId, Failure> {
        let (email, number) = (email(somebody.name), format!("R-{}", 100 + at));
        self.add_person(admin, NewPerson { name: somebody.name, email: &email, staff_number: &number }, now).await
    }

    /// Lets people learn what there is, in the order of the days on which they did.
    async fn learn(&self, people: &[PersonId], now: Timestamp) -> Result<(), Failure> {
        let mut learners: Vec<_> =
            PEOPLE.iter().zip(people).filter_map(|(somebody, person)| Some((somebody.learned?, *person))).collect();
        learners.sort_by_key(|(days, _)| std::cmp::Reverse(*days));
        for (days, person) in learners {
            let who = self.who(person).await?.ok_or(Failure::NotFound)?;
            let at = before(now, days);
            for card in self.modules(&who).await? {
                let module = self.module(&who, &card.slug).await?;
                for page in module.pages {
                    let id = page.href.rsplit('/').next().unwrap_or_default();
                    self.read(&who, &card.slug, id, at).await?;
                }
                for activity in module.activities {
                    let slug = activity.href.rsplit('/').next().unwrap_or_default();
                    if activity.is_quiz {
                        self.know(&who, slug, at).await?;
                    } else {
                        self.act(&who, slug, at).await?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn read(&self, who: &Who, slug: &str, id: &str, at: Timestamp) -> Result<(), Failure> {
        let page = self.page(who, slug, id).await?;
        let step = |token| Step { slug, page: id, token, version: page.version, newest: page.newest };
        if let PageBody::Check(QuestionView { task: TaskView::Choice { .. }, .. }) = &page.body {
            let sent = Sent { answer: vec!["1".to_owned()], ..Sent::default() };
            self.answer_check(who, step(&page.token), &sent, at).await?;
        }
        // The answer may have begun the attempt, so the page is asked for as a browser would.
        let page = self.page(who, slug, id).await?;
        let step = Step { slug, page: id, token: &page.read_token, version: page.version, newest: page.newest };
        self.mark_read(who, step, at).await.map(drop)
    }
}

impl Usecases {
    /// Plays a role-play as somebody does who knows what is best.
    async fn act(&self, who: &Who, slug: &str, at: Timestamp) -> Result<(), Failure> {
        let intro = self.role_play(who, slug).await?;
        self.begin_role_play(who, slug, (role_play::ASSESSED, intro.newest, &intro.token), at).await?;
        while let Ok(scene) = self.scene(who, slug).await? {
            let number = self.best_choice(who, slug).await?;
            let chosen = Chosen { slug, attempt: scene.attempt, at: scene.at, number, token: &scene.token };
            self.choose(who, chosen, at).await?;
        }
        Ok(())
    }

    /// Takes a quiz as somebody does who knows it all.
    async fn know(&self, who: &Who, slug: &str, at: Timestamp) -> Result<(), Failure> {
        let intro = self.quiz(who, slug, at).await?;
        self.begin_quiz(who, slug, (intro.newest, &intro.token), at).await?;
        for number in 1..=intro.questions {
            let Ok(page) = self.quiz_question(who, slug, number, at).await? else { break };
            let sent = self.right_answer(who, slug, number).await?;
            let (attempt, times) = (page.attempt, page.times);
            let answered = Answered { slug, attempt, number, times, sent: &sent, token: &page.token };
            self.answer(who, answered, at).await?;
        }
        if let Ok(review) = self.review(who, slug, at).await? {
            self.hand_in(who, slug, (review.attempt, &review.token), at).await?;
        }
        Ok(())
    }
}

fn before(now: Timestamp, days: i64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * days)).unwrap_or(now)
}

fn id_of(departments: &[(&str, String)], name: &str) -> String {
    departments.iter().find(|(known, _)| *known == name).map(|(_, id)| id.clone()).unwrap_or_default()
}

/// `Tomás Ferreira` signs in as tomas.ferreira@riverside.example (RFC 2606: nobody has such an address).
fn email(name: &str) -> String {
    let plain = |letter: char| match letter {
        'á' => 'a',
        ' ' => '.',
        letter => letter.to_ascii_lowercase(),
    };
    format!("{}@riverside.example", name.chars().map(plain).collect::<String>())
}
