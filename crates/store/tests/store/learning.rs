//! What the store promises about learning: attempts, the ledger, published versions; each on both engines.

use crate::common::{Db, NOW, TODAY, complete, form, page_read, version};
use store::{CheckAnswered, Outcome, Publish, Reading, StoreError, Verified};

testbed::on_both_engines! {
    the_same_form_twice_records_once
    a_module_is_taken_again_and_both_completions_stay
    a_form_drawn_before_the_end_does_not_begin_again
    a_completion_and_its_ledger_entry_are_one
    people_who_finish_at_once_are_all_in_the_ledger
    a_tampered_row_is_named
    the_same_content_is_published_once
}

async fn the_same_form_twice_records_once(db: &Db) {
    let (ada, module) = (db.person("Ada").await, db.module("hand-hygiene").await);
    let send = |page, body| db.store.record_page_read(page_read(ada, module, page, "token", body));
    let first = send("one", "body").await.expect("recorded");
    assert_eq!(first, Outcome::Recorded { next: 2 });
    assert_eq!(send("one", "body").await.expect("again"), Outcome::Replayed(Box::new(first)));
    assert_eq!(send("one", "other").await.expect("another body"), Outcome::Conflict);
    assert_eq!(send("two", "body").await.expect("another page"), Outcome::Conflict);

    let check = |answer: &str| CheckAnswered {
        form: form(ada, "check", answer),
        of: Reading { document: module.0, version: module.1, read_as: module.1, newest: None },
        question: "q1".to_owned(),
        answer: answer.to_owned(),
        correct: true,
    };
    assert_eq!(db.store.record_check(check("[1]")).await.expect("a check"), Outcome::Recorded { next: 3 });
    assert_eq!(db.store.record_check(check("[2]")).await.expect("another answer"), Outcome::Conflict);
    let progress = db.store.progress(ada, module.0).await.expect("read").expect("begun");
    assert_eq!(progress.pages_read, ["one"]);
    assert_eq!(progress.checks.len(), 1);
    assert_eq!(db.store.purge_form_tokens(NOW + 1).await.expect("purged"), 2);
}

async fn a_module_is_taken_again_and_both_completions_stay(db: &Db) {
    let (ada, module) = (db.person("Ada").await, db.module("hand-hygiene").await);
    let newest = async || db.store.progress(ada, module.0).await.expect("read").map(|progress| progress.attempt.id);
    complete(db, ada, module).await;
    let first = newest().await.expect("an attempt");
    for time in ["once", "on a double click"] {
        assert!(db.store.begin_again(ada, module, first, NOW).await.expect("answered"), "{time}");
    }
    let second = newest().await.expect("an attempt");
    assert_ne!(second, first);
    for page in ["one", "two"] {
        db.store
            .record_page_read(page_read(ada, module, page, &format!("again {page}"), page))
            .await
            .expect("recorded");
    }
    assert!(!db.store.begin_again(ada, module, first, NOW).await.expect("answered"), "an old form begins nothing");
    assert_eq!(newest().await, Some(second));
    let other = db.module("telephone").await;
    db.store.record_page_read(page_read(ada, other, "one", "other", "one")).await.expect("recorded");
    let all = db.store.progress_of(ada).await.expect("read");
    assert_eq!(all.len(), 2);
    assert_eq!(all[&module.0], db.store.progress(ada, module.0).await.expect("read").expect("begun"));
    assert_eq!((all[&module.0].attempt.id, all[&other.0].pages_read.clone()), (second, vec!["one".to_owned()]));
    assert_eq!(db.store.completions_of(ada).await.expect("read").len(), 2);
}

async fn a_form_drawn_before_the_end_does_not_begin_again(db: &Db) {
    let (ada, module) = (db.person("Ada").await, db.module("hand-hygiene").await);
    complete(db, ada, module).await;
    let mut late = page_read(ada, module, "two", "second tab", "body");
    assert_eq!(db.store.record_page_read(late.clone()).await.expect("answered"), Outcome::Conflict);
    assert!(db.store.open_attempt(ada, module.0).await.expect("read").is_none());
    late.of.newest = db.store.latest_ended_attempt(ada, module.0).await.expect("read").map(|attempt| attempt.id);
    assert_eq!(db.store.record_page_read(late).await.expect("recorded"), Outcome::Recorded { next: 2 });
}

async fn a_completion_and_its_ledger_entry_are_one(db: &Db) {
    let (ada, module) = (db.person("Ada").await, db.module("hand-hygiene").await);
    let fact = complete(db, ada, module).await;
    assert_eq!(fact, 1);
    let done = db.store.completions_of(ada).await.expect("read");
    assert_eq!((done.len(), done[0].title.as_str(), done[0].effective_on), (1, "About hand-hygiene", TODAY));
    assert_eq!(db.store.ledger_head().await.expect("read").seq, 1);

    // When the ledger refuses, the step goes too and the attempt stays open.
    db.tamper("UPDATE ledger_head SET seq = 0").await;
    let bob = db.person("Bob").await;
    db.store.record_page_read(page_read(bob, module, "one", "b1", "")).await.expect("recorded");
    let refused = db.store.record_page_read(page_read(bob, module, "two", "b2", "")).await;
    assert!(matches!(refused, Err(StoreError::Constraint { .. })), "{refused:?}");
    let progress = db.store.progress(bob, module.0).await.expect("read").expect("begun");
    assert_eq!((progress.pages_read, progress.attempt.ended_at), (vec!["one".to_owned()], None));
}

async fn people_who_finish_at_once_are_all_in_the_ledger(db: &Db) {
    let modules = [db.module("hand-hygiene").await, db.module("falls").await];
    let mut writes = Vec::new();
    for name in ["Ada", "Bob", "Cy", "Di", "Eve", "Fay"] {
        let person = db.person(name).await;
        for module in modules {
            // Every form twice, as an impatient double click sends it.
            for copy in 0..4 {
                let (store, page) = (db.store.clone(), if copy % 2 == 0 { "one" } else { "two" });
                let read = page_read(person, module, page, &format!("{person} {} {page}", module.0), page);
                writes.push(tokio::spawn(async move { store.record_page_read(read).await.expect("answered") }));
            }
        }
    }
    let mut completed = 0;
    for write in writes {
        completed += i32::from(matches!(write.await.expect("runs"), Outcome::Completed { .. }));
    }
    assert_eq!(completed, 12);
    let verified = db.store.verify().await.expect("read");
    assert!(matches!(verified, Verified::Ok { entries: 12, .. }), "{verified:?}");
}

async fn a_tampered_row_is_named(db: &Db) {
    let module = db.module("hand-hygiene").await;
    for name in ["Ada", "Bob", "Cy"] {
        complete(db, db.person(name).await, module).await;
    }
    let whole = db.store.verify().await.expect("read");
    assert!(matches!(whole, Verified::Ok { entries: 3, .. }), "{whole:?}");

    let bad_entry = async || match db.store.verify().await.expect("read") {
        Verified::Bad { seq, .. } => Some(seq),
        Verified::Ok { .. } => None,
    };
    db.tamper("UPDATE fact SET effective_on = effective_on - 1 WHERE seq = 2").await;
    assert_eq!(bad_entry().await, Some(2));
    db.tamper("UPDATE fact SET effective_on = effective_on + 1 WHERE seq = 2").await;
    assert_eq!(bad_entry().await, None);
    db.tamper("UPDATE fact_body SET body = '{}' WHERE seq = 3").await;
    assert_eq!(bad_entry().await, Some(3));
    db.tamper("DELETE FROM fact_body WHERE seq = 3").await;
    assert_eq!(bad_entry().await, None, "an erased text keeps the chain whole");
    db.tamper("DELETE FROM certificate WHERE fact_seq = 3").await;
    db.tamper("DELETE FROM fact WHERE seq = 3").await;
    assert_eq!(bad_entry().await, Some(3), "a tail cut off");
}

async fn the_same_content_is_published_once(db: &Db) {
    let publish = |content| db.store.publish(version("falls", content), NOW);
    let Publish::Published(first) = publish(1).await.expect("published") else { panic!("refused") };
    assert_eq!(publish(1).await.expect("answered"), Publish::Unchanged(first));
    let Publish::Published(second) = publish(2).await.expect("published") else { panic!("refused") };
    assert_eq!(db.store.live_document("module", "falls").await.expect("read").expect("live").version, second);
    assert_eq!(publish(1).await.expect("answered"), Publish::Again(first));
    let live = db.store.live_documents("module").await.expect("read");
    assert_eq!((live.len(), live[0].version), (1, first));
    let mut quiz = version("falls", 3);
    quiz.kind = "quiz".to_owned();
    assert_eq!(db.store.publish(quiz, NOW).await.expect("answered"), Publish::SlugTaken);
}
