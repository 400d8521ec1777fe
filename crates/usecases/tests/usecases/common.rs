//! A house to try the use cases in, on either engine.

use jiff::Timestamp;
use store::{PersonId, Store};
use testbed::Database;
use usecases::{
    Failure, Usecases,
    learn::{ReaderPage, Step},
    publish::Published,
    set_up::FirstAdministrator,
    sign_in::Try,
    who::Who,
};

pub(crate) const PASSWORD: &str = "kettle moss violin dune";
pub(crate) const MODULE: &str = "---
kind: module
title: Hello
minutes: 4
complete: [read]
---

# Hello

## First

Look up.

## Check yourself

`check`

Who comes first?

- [x] The person in front of you
  > Yes.
- [ ] The telephone
  > It can ring.
";

/// A house with one module.
pub(crate) struct Db {
    pub(crate) usecases: Usecases,
    pub(crate) store: Store,
    database: Database,
}

impl Db {
    pub(crate) async fn sqlite() -> Self {
        Self::open(Database::sqlite().await).await
    }

    pub(crate) async fn postgres() -> Self {
        Self::open(Database::postgres().await).await
    }

    async fn open(database: Database) -> Self {
        let store = Store::open(&database.url).await.expect("open");
        store.migrate(now().as_microsecond()).await.expect("migrate");
        let usecases = Usecases::new(store.clone());
        let published =
            usecases.publish(&usecases::publish::File::alone("hello.md", MODULE), now()).await.expect("publish");
        assert_eq!(published, Published::New);
        Self { usecases, store, database }
    }

    /// Runs SQL behind the store's back.
    pub(crate) async fn tamper(&self, sql: &str) {
        self.database.execute(sql).await;
    }

    /// Another server on the same database.
    pub(crate) async fn second(&self) -> Store {
        Store::open(&self.database.url).await.expect("open")
    }

    pub(crate) async fn drop_it(self) {
        self.store.close().await;
        self.database.drop_it().await;
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-03-01T23:30:00Z".parse().expect("an instant")
}

pub(crate) async fn administrator(usecases: &Usecases) -> Who {
    let token = usecases.make_set_up_link(now()).await.expect("link").expect("no administrator yet");
    let first = FirstAdministrator {
        organisation: "Mercy Clinic",
        zone: "Africa/Lagos",
        name: "Ada Obi",
        email: "ada@example.org",
        password: PASSWORD,
        from: None,
    };
    let person = usecases.set_up(&token, first, now()).await.expect("set up");
    assert!(matches!(usecases.set_up(&token, first, now()).await, Err(Failure::NotFound)), "a link works once");
    who(usecases, person).await
}

pub(crate) async fn who(usecases: &Usecases, person: PersonId) -> Who {
    usecases.who(person).await.expect("the store").expect("somebody")
}

pub(crate) fn as_typed<'a>(login: &'a str, password: &'a str) -> Try<'a> {
    Try { login, password, device: None, from: Some("192.0.2.7") }
}

/// An answer that ticks these places.
pub(crate) fn ticks(places: &[&str]) -> usecases::question::Sent {
    usecases::question::Sent {
        answer: places.iter().map(|place| (*place).to_owned()).collect(),
        ..usecases::question::Sent::default()
    }
}

pub(crate) fn step<'a>(page: &'a ReaderPage, id: &'a str, token: &'a str) -> Step<'a> {
    Step { slug: "hello", page: id, token, version: page.version, newest: page.newest }
}

/// A clinic with two wards: Zoe answers for the clinic, Mona for ward A; Ben is a nurse in ward A and Cleo in ward B. From 2 March on
/// nurses are asked for something that is due on 1 April 2026.
pub(crate) struct Wards {
    pub(crate) ada: Who,
    pub(crate) zoe: Who,
    pub(crate) mona: Who,
    pub(crate) ben: Who,
    pub(crate) clinic: String,
    pub(crate) a: String,
    pub(crate) b: String,
}

/// 2 March 2026, a Monday, is the first day in the site's zone.
pub(crate) const FIRST: i32 = 20_514;

/// So many days after that.
pub(crate) fn day(after: i64) -> Timestamp {
    now() + jiff::SignedDuration::from_hours(24 * after)
}

pub(crate) async fn wards(db: &Db) -> Wards {
    let usecases = &db.usecases;
    let ada = administrator(usecases).await;
    let department = async |name: &str, parent: &str| {
        let typed = usecases::departments::DepartmentTyped { name, parent };
        usecases.add_department(&ada, typed, now()).await.expect("added").to_string()
    };
    let clinic = department("Clinic", "").await;
    let (a, b) = (department("Ward A", &clinic).await, department("Ward B", &clinic).await);
    let mut people = Vec::new();
    let named = [("Zoe", &clinic, "Head"), ("Mona", &a, "Head"), ("Ben", &a, "Nurse"), ("Cleo", &b, "Nurse")];
    for (name, place, role) in named {
        let email = format!("{}@example.org", name.to_lowercase());
        let new = usecases::people::NewPerson { name, email: &email, staff_number: "" };
        let person = usecases.add_person(&ada, new, now()).await.expect("added");
        usecases.place(&ada, person, (place, role), now()).await.expect("placed");
        people.push(person);
    }
    for (person, department) in [(people[0], &clinic), (people[1], &a)] {
        usecases.set_right(&ada, person, ("manager", department, true), now()).await.expect("given");
    }
    let live = db.store.live_documents("module").await.expect("read");
    let new = store::NewRequirement {
        document: live[0].document,
        name: "Saying hello".to_owned(),
        refresher: None,
        update_of: None,
        from_on: FIRST,
        policy: r#"{"validity":"12 months"}"#.to_owned(),
        by: None,
    };
    let at = now().as_microsecond();
    let store::Named::Done(id) = db.store.add_requirement(new, at).await.expect("written") else { panic!("refused") };
    let nurses = store::Audience::Role("Nurse".to_owned());
    db.store.assign(store::What::Requirement(id), nurses, (FIRST, None), at).await.expect("written");
    let (zoe, mona) = (who(usecases, people[0]).await, who(usecases, people[1]).await);
    Wards { zoe, mona, ben: who(usecases, people[2]).await, ada, clinic, a, b }
}

impl Db {
    /// The pass of a day; how many messages it queued.
    pub(crate) async fn pass_on(&self, after: i64) -> u64 {
        self.usecases.remind_everybody(day(after)).await.expect("passed").messages
    }

    /// What was sent to somebody, the oldest first: the subject and the text.
    pub(crate) async fn sent_to(&self, person: PersonId) -> Vec<(String, String)> {
        let mut sent = Vec::new();
        for line in self.store.messages_to(person).await.expect("read") {
            let text = self.store.message(line.id).await.expect("read").expect("there").text;
            sent.push((line.subject, text));
        }
        sent
    }
}
