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
