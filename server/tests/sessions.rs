//! Sessions in the real table.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::collections::HashMap;

use app::{PERSON, WHO};
use server::sessions::Sessions;
use store::{Added, NewPerson, PersonUpdate, Store};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

async fn sessions() -> (Sessions, tempfile::TempDir) {
    let (store, folder) = store().await;
    (Sessions::new(store), folder)
}

async fn store() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
    (server::serve::open(&url).await.unwrap(), folder)
}

fn record() -> Record {
    let data = HashMap::from([("device".to_owned(), "front desk".into())]);
    Record { id: Id::default(), data, expiry_date: OffsetDateTime::UNIX_EPOCH }
}

#[tokio::test]
async fn what_was_kept_comes_back_under_the_same_id_only() {
    let (sessions, _folder) = sessions().await;
    let mut kept = record();
    sessions.create(&mut kept).await.unwrap();
    assert_eq!(sessions.load(&kept.id).await.unwrap().unwrap().data, kept.data);
    assert!(sessions.load(&Id::default()).await.unwrap().is_none());

    kept.data.insert("device".to_owned(), "ward 3".into());
    sessions.save(&kept).await.unwrap();
    assert_eq!(sessions.load(&kept.id).await.unwrap().unwrap().data["device"], "ward 3");
}

#[tokio::test]
async fn a_session_that_was_ended_is_not_brought_back_by_a_late_save() {
    let (sessions, _folder) = sessions().await;
    let mut ended = record();
    sessions.create(&mut ended).await.unwrap();
    sessions.delete(&ended.id).await.unwrap();
    sessions.save(&ended).await.unwrap();
    assert!(sessions.load(&ended.id).await.unwrap().is_none());
}

#[tokio::test]
async fn who_asks_is_told_anew_each_time_and_never_kept() {
    let (store, _folder) = store().await;
    let sessions = Sessions::new(store.clone());
    let new =
        NewPerson { name: "Ada Obi".to_owned(), email: Some("ada@clinic.test".to_owned()), ..NewPerson::default() };
    let Added::Person(person) = store.add_person(new, 1).await.unwrap() else { panic!("nobody was added") };
    let mut record = record();
    record.data.insert(PERSON.to_owned(), person.0.into());
    sessions.create(&mut record).await.unwrap();

    let loaded = sessions.load(&record.id).await.unwrap().unwrap();
    assert_eq!((&loaded.data[WHO]["name"], &loaded.data[WHO]["administrator"]), (&"Ada Obi".into(), &false.into()));
    sessions.save(&loaded).await.unwrap();
    let kept = store.load_session(blake3::hash(&record.id.0.to_le_bytes()).as_bytes(), 1).await.unwrap().unwrap();
    assert!(!String::from_utf8(kept.data).unwrap().contains(WHO));

    let name = "Ada Eze".to_owned();
    let email = Some("ada@clinic.test".to_owned());
    store.update_person(PersonUpdate { id: person, rev: 1, name, email, employee_no: None }).await.unwrap();
    assert_eq!(sessions.load(&record.id).await.unwrap().unwrap().data[WHO]["name"], "Ada Eze");
    store.disable_person(person, 2).await.unwrap();
    assert!(sessions.load(&record.id).await.unwrap().is_none());
}
