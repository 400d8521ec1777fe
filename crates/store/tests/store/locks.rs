//! Writing while somebody else holds what is needed: an administrator at a prompt, a backup, another server.

use std::time::{Duration, Instant};

use crate::common::{Db, HOUR, NOW, page_read};
use store::{Outcome, Result, StoreError};
use testbed::{Database, database::Held};
use tokio::task::{JoinHandle, JoinSet};

/// How long the store waits for a lock; a test waits several times as long before it calls that too long.
const PATIENCE: Duration = Duration::from_secs(5);

impl Db {
    /// Holds what every count needs, until it is closed.
    async fn hold_counters(&self) -> Held {
        let lock =
            if self.database.is_postgres() { "BEGIN; LOCK TABLE counter IN EXCLUSIVE MODE" } else { "BEGIN IMMEDIATE" };
        Held::by(&self.database.url, lock).await
    }

    fn count(&self, key: &str) -> JoinHandle<Result<i64>> {
        let (store, key) = (self.store.clone(), key.to_owned());
        tokio::spawn(async move { store.hit(&key, HOUR, NOW).await })
    }
}

testbed::on_both_engines! {
    when_too_many_wait_the_next_is_refused_and_the_others_are_recorded
    a_lock_held_too_long_refuses_writing_until_it_is_gone
}

async fn when_too_many_wait_the_next_is_refused_and_the_others_are_recorded(db: &Db) {
    let lock = db.hold_counters().await;
    let mut counts = JoinSet::new();
    for n in 0..2200 {
        let store = db.store.clone();
        counts.spawn(async move { store.hit(&format!("key {n}"), HOUR, NOW).await });
    }
    let refused = counts.join_next().await.expect("one of them").expect("runs");
    assert!(matches!(refused, Err(StoreError::Busy)), "nothing else is answered while the lock is held: {refused:?}");
    lock.close().await;

    let mut recorded = 0;
    while let Some(count) = counts.join_next().await {
        match count.expect("runs") {
            Ok(count) => recorded += count,
            Err(error) => assert!(matches!(error, StoreError::Busy), "what was accepted is recorded: {error}"),
        }
    }
    assert!(recorded >= 1024, "{recorded}");
    assert_eq!(db.database.number("SELECT count(*) FROM counter").await, recorded);
    assert_eq!(db.store.hit("after", HOUR, NOW).await.expect("writing goes on"), 1);
}

async fn a_lock_held_too_long_refuses_writing_until_it_is_gone(db: &Db) {
    db.store.hit("before", HOUR, NOW).await.expect("counted");
    let lock = db.hold_counters().await;
    let began = Instant::now();
    let counts: Vec<_> = (0..20).map(|n| db.count(&format!("key {n}"))).collect();
    for count in counts {
        let refused = count.await.expect("runs").expect_err("refused");
        // SQLite cannot begin at all. PostgreSQL refuses those who met the lock, then those who waited too long for their turn.
        let kind = matches!(
            (db.database.is_postgres(), &refused),
            (false, StoreError::Unavailable { .. }) | (true, StoreError::Locked { .. } | StoreError::Busy)
        );
        assert!(kind, "{refused:?}");
        assert_eq!(db.store.hits("before", NOW).await.expect("reading goes on"), 1);
    }
    assert!(began.elapsed() < 6 * PATIENCE, "they wait together, not one after the other: {:?}", began.elapsed());
    lock.close().await;
    assert_eq!(db.store.hit("after", HOUR, NOW).await.expect("writing goes on"), 1);
    assert_eq!(db.database.number("SELECT count(*) FROM counter").await, 2, "what was refused is not there");
}

/// Somebody took the ledger's end first and the person second, against the order of locks. PostgreSQL makes the store give way, and
/// the store tries once more.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_gave_way_to_another_writer_is_recorded_once() {
    let database = Database::postgres().await;
    // The store looks for the deadlock it is in, and the other never does.
    let (_, name) = database.url.rsplit_once('/').expect("a name");
    database.execute(&format!("ALTER DATABASE {name} SET deadlock_timeout = '1s'")).await;
    let db = Db::open(database).await;
    let ada = db.person("Ada").await;
    let mut read = page_read(ada, db.module("hand-hygiene").await, "one", "token", "body");
    read.goal.pages = vec!["one".to_owned()];

    let mut other =
        Held::by(&db.database.url, "SET deadlock_timeout = '10min'; BEGIN; SELECT seq FROM ledger_head FOR UPDATE")
            .await;
    let reading = tokio::spawn({
        let (store, read) = (db.store.clone(), read.clone());
        async move { store.record_page_read(read).await }
    });
    db.database.until_waiting(1).await;
    let neighbours: Vec<_> = (0..20).map(|n| db.count(&format!("key {n}"))).collect();
    // This waits for the person, whom the store holds, until the store gives way.
    other.execute("SELECT id FROM person FOR UPDATE").await;
    assert!(!reading.is_finished(), "it is tried again");
    other.execute("COMMIT").await;

    assert_eq!(reading.await.expect("runs").expect("recorded"), Outcome::Completed { fact: 1 });
    for neighbour in neighbours {
        assert_eq!(neighbour.await.expect("runs").expect("counted"), 1);
    }
    let again = db.store.record_page_read(read).await.expect("answered");
    assert_eq!(again, Outcome::Replayed(Box::new(Outcome::Completed { fact: 1 })));
    assert_eq!(db.database.number("SELECT count(*) FROM step").await, 1);
    other.close().await;
    db.drop_it().await;
}
