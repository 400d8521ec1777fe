//! Sessions in the real table.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::collections::HashMap;

use server::sessions::Sessions;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

async fn sessions() -> (Sessions, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
    (Sessions::new(server::serve::open(&url).await.unwrap()), folder)
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
