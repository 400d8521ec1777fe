//! What the store promises about questions between cycles and about calendar links; each on both engines.

use crate::common::{Db, HOUR, NOW, TODAY, complete, form};
use store::{DocumentId, Outcome, PersonId, RecallAnswer, RecallAnswered, Verified, VersionId};

testbed::on_both_engines! {
    a_session_begins_with_its_first_answer_and_ends_with_its_last
    the_first_answer_stands_and_the_same_form_records_once
    a_form_for_other_questions_changes_nothing
    a_session_follows_a_completion_of_ones_own_that_stands
    of_two_sessions_that_begin_at_once_there_is_one
    a_calendar_link_is_its_owners_until_it_is_renewed_or_ended
}

const KEY: &[u8] = b"questions";

/// An answer to question `no` of two, in session `session` after the completion `fact`.
fn answered(
    person: PersonId,
    (module, fact): ((DocumentId, VersionId), i64),
    (session, no): (i64, i64),
    token: &str,
) -> RecallAnswered {
    RecallAnswered {
        form: form(person, token, token),
        document: module.0,
        since_fact: fact,
        session,
        key: KEY.to_vec(),
        paper: "{}".to_owned(),
        questions: 2,
        version: module.1,
        answer: RecallAnswer {
            no,
            item: format!("desk#{no}"),
            question: format!("q{no}"),
            session_on: TODAY + 3,
            answer: "[1]".to_owned(),
            correct: no == 1,
        },
    }
}

async fn a_session_begins_with_its_first_answer_and_ends_with_its_last(db: &Db) {
    let (ada, module) = (db.person("Ada").await, db.module("falls").await);
    let of = (module, complete(db, ada, module).await);
    assert!(db.store.recall_of(ada).await.expect("read").is_empty());
    let send = async |at, token| db.store.answer_recall(answered(ada, of, at, token)).await.expect("answered");
    assert_eq!(send((1, 2), "a").await, Outcome::Recorded { next: 3 }, "in any order");
    let begun = db.store.recall_of(ada).await.expect("read").remove(&of.1).expect("a session");
    assert_eq!((begun.len(), begun[0].ended_at, begun[0].answers.len()), (1, None, 1));
    assert_eq!(send((2, 1), "b").await, Outcome::Conflict, "the one before has questions left");
    assert_eq!(send((1, 1), "c").await, Outcome::Ended);
    assert_eq!(send((1, 3), "d").await, Outcome::Conflict, "nothing comes after the last");
    assert_eq!(send((2, 1), "e").await, Outcome::Recorded { next: 2 });

    let sessions = db.store.recall_of(ada).await.expect("read").remove(&of.1).expect("sessions");
    let [first, second] = &sessions[..] else { panic!("{sessions:?}") };
    assert_eq!((first.no, first.document, first.ended_at, first.key.as_slice()), (1, module.0, Some(NOW), KEY));
    let given: Vec<_> = first.answers.iter().map(|answer| (answer.no, answer.correct, answer.session_on)).collect();
    assert_eq!(given, [(1, true, TODAY + 3), (2, false, TODAY + 3)]);
    assert_eq!((second.no, second.ended_at), (2, None));
    let whole = db.store.verify().await.expect("read");
    assert!(matches!(whole, Verified::Ok { entries: 1, .. }), "no answer enters the ledger: {whole:?}");
}

async fn the_first_answer_stands_and_the_same_form_records_once(db: &Db) {
    let (ada, module) = (db.person("Ada").await, db.module("falls").await);
    let of = (module, complete(db, ada, module).await);
    let send = async |no, token| db.store.answer_recall(answered(ada, of, (1, no), token)).await.expect("answered");
    let first = send(1, "a").await;
    assert_eq!(send(1, "a").await, Outcome::Replayed(Box::new(first)), "a double click");
    assert_eq!(send(2, "a").await, Outcome::Conflict, "one token, another question");
    assert_eq!(send(1, "b").await, Outcome::Conflict, "another tab");
    let last = send(2, "c").await;
    assert_eq!(send(2, "c").await, Outcome::Replayed(Box::new(last)), "a double click at the end");
    let sessions = db.store.recall_of(ada).await.expect("read").remove(&of.1).expect("a session");
    assert_eq!((sessions.len(), sessions[0].answers.len()), (1, 2));
}

async fn a_form_for_other_questions_changes_nothing(db: &Db) {
    let (ada, module) = (db.person("Ada").await, db.module("falls").await);
    let of = (module, complete(db, ada, module).await);
    db.store.answer_recall(answered(ada, of, (1, 1), "a")).await.expect("begun");
    let other = RecallAnswered { key: b"other".to_vec(), ..answered(ada, of, (1, 2), "b") };
    assert_eq!(db.store.answer_recall(other).await.expect("answered"), Outcome::Conflict);
    let sessions = db.store.recall_of(ada).await.expect("read").remove(&of.1).expect("a session");
    assert_eq!(sessions[0].answers.len(), 1);
}

async fn a_session_follows_a_completion_of_ones_own_that_stands(db: &Db) {
    let (ada, ben) = (db.person("Ada").await, db.person("Ben").await);
    let (falls, telephone) = (db.module("falls").await, db.module("telephone").await);
    let (first, second) = (complete(db, ada, falls).await, complete(db, ada, telephone).await);
    let send =
        async |person, of, at, token| db.store.answer_recall(answered(person, of, at, token)).await.expect("answered");
    assert_eq!(send(ben, (falls, first), (1, 1), "a").await, Outcome::Conflict, "somebody else's");
    assert_eq!(send(ada, (telephone, first), (1, 1), "b").await, Outcome::Conflict, "of another module");
    assert_eq!(send(ada, (falls, first), (2, 1), "c").await, Outcome::Conflict, "not the next one");
    assert_eq!(send(ada, (falls, 99), (1, 1), "d").await, Outcome::Conflict, "of nothing");
    assert_eq!(send(ada, (telephone, second), (1, 1), "e").await, Outcome::Recorded { next: 2 });
    assert_eq!(send(ben, (telephone, second), (1, 2), "f").await, Outcome::Conflict, "in somebody else's session");
    db.tamper(&format!("UPDATE fact SET supersedes = {first} WHERE seq = {second}")).await;
    assert_eq!(send(ada, (falls, first), (1, 1), "g").await, Outcome::Conflict, "of a completion that was corrected");
    assert!(db.store.recall_of(ben).await.expect("read").is_empty());
}

async fn of_two_sessions_that_begin_at_once_there_is_one(db: &Db) {
    let (ada, module) = (db.person("Ada").await, db.module("falls").await);
    let of = (module, complete(db, ada, module).await);
    let mut tabs = Vec::new();
    for tab in 0..8 {
        let (store, answer) = (db.store.clone(), answered(ada, of, (1, 1), &format!("tab {tab}")));
        tabs.push(tokio::spawn(async move { store.answer_recall(answer).await.expect("answered") }));
    }
    let mut taken = 0;
    for tab in tabs {
        taken += i32::from(tab.await.expect("runs") == Outcome::Recorded { next: 2 });
    }
    assert_eq!(taken, 1);
    let sessions = db.store.recall_of(ada).await.expect("read").remove(&of.1).expect("a session");
    assert_eq!((sessions.len(), sessions[0].answers.len()), (1, 1));
}

async fn a_calendar_link_is_its_owners_until_it_is_renewed_or_ended(db: &Db) {
    let (ada, ben) = (db.person("Ada").await, db.person("Ben").await);
    let of = async |hash: &[u8]| db.store.calendar_of(hash).await.expect("read");
    assert_eq!((of(b"one").await, db.store.calendar_link(ada).await.expect("read")), (None, None));
    db.store.make_calendar_link(ada, b"one", NOW).await.expect("made");
    db.store.make_calendar_link(ben, b"ben", NOW).await.expect("made");
    assert_eq!((of(b"one").await, of(b"ben").await), (Some(ada), Some(ben)));
    db.store.make_calendar_link(ada, b"two", NOW + HOUR).await.expect("renewed");
    assert_eq!((of(b"one").await, of(b"two").await), (None, Some(ada)), "the one before has ended");
    assert_eq!(db.store.calendar_link(ada).await.expect("read"), Some(NOW + HOUR));

    assert!(db.store.disable_person(ada, NOW).await.expect("disabled").found);
    assert_eq!(of(b"two").await, None, "nor is anything told of somebody whose access has ended");
    assert!(db.store.end_calendar_link(ben).await.expect("ended"));
    assert!(!db.store.end_calendar_link(ben).await.expect("answered"), "there is none any more");
    assert_eq!(of(b"ben").await, None);
}
