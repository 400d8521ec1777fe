//! Saved views, and when they are mailed.

use store::{Every, Mailing, MessageKind, Named, NewMessage, PersonId, ViewId, ViewSaved};

use crate::common::{Db, NOW, TODAY};

testbed::on_both_engines! {
    two_servers_that_mail_a_view_queue_its_messages_once
    two_that_save_one_name_at_once_keep_one_view
    a_view_goes_with_its_mailing_and_only_by_its_owner
}

async fn saved(db: &Db, person: PersonId, name: &str) -> ViewId {
    let saved = db.store.save_view(person, name, ("actions", ""), 50, NOW).await.expect("written");
    let ViewSaved::Done(id) = saved else { panic!("{saved:?}") };
    id
}

fn message(person: PersonId, key: &str) -> NewMessage {
    NewMessage {
        person,
        kind: MessageKind::Digest,
        key: key.to_owned(),
        to_address: "ada@clinic.example".to_owned(),
        to_name: "Ada".to_owned(),
        subject: "Late".to_owned(),
        text: String::new(),
        html: String::new(),
    }
}

async fn two_servers_that_mail_a_view_queue_its_messages_once(db: &Db) {
    let ada = db.person("Ada").await;
    let id = saved(db, ada, "Late").await;
    let weekly = Mailing { every: Every::Week, next_on: TODAY };
    assert!(db.store.mail_view(ada, id, Some(weekly)).await.expect("written"));
    let due = db.store.views_due(TODAY).await.expect("read");
    assert_eq!(due.iter().map(|view| (view.id, view.mailing)).collect::<Vec<_>>(), [(id, Some(weekly))]);
    assert!(db.store.views_due(TODAY - 1).await.expect("read").is_empty());

    // Each has made its messages a little differently, and has read the view before the other wrote.
    let (one, other) = ([message(ada, "view/one")], [message(ada, "view/other")]);
    let days = (TODAY, TODAY + 7);
    let (one, other) = tokio::join!(db.store.send_view(id, days, &one, NOW), db.store.send_view(id, days, &other, NOW));
    assert_eq!(one.expect("written") + other.expect("written"), 1);
    assert_eq!(db.store.messages_to(ada).await.expect("read").len(), 1);
    assert!(db.store.views_due(TODAY + 6).await.expect("read").is_empty());
    assert_eq!(db.store.views_due(TODAY + 7).await.expect("read").len(), 1);
}

async fn two_that_save_one_name_at_once_keep_one_view(db: &Db) {
    let ada = db.person("Ada").await;
    let save =
        async |name: &'static str| db.store.save_view(ada, name, ("actions", ""), 3, NOW).await.expect("written");
    let (one, other) = tokio::join!(save("Late"), save("late"));
    assert!(matches!(
        (one, other),
        (ViewSaved::Done(_), ViewSaved::NameTaken) | (ViewSaved::NameTaken, ViewSaved::Done(_))
    ));
    assert!(matches!(save("Soon").await, ViewSaved::Done(_)));
    assert!(matches!(save("Grace").await, ViewSaved::Done(_)));
    assert_eq!(save("Lapsed").await, ViewSaved::Full);
    let names: Vec<_> =
        db.store.saved_views(ada).await.expect("read").into_iter().map(|view| view.name.to_lowercase()).collect();
    assert_eq!(names, ["grace", "late", "soon"]);
}

async fn a_view_goes_with_its_mailing_and_only_by_its_owner(db: &Db) {
    let (ada, ben) = (db.person("Ada").await, db.person("Ben").await);
    let id = saved(db, ada, "Late").await;
    let monthly = Mailing { every: Every::Month, next_on: TODAY + 3 };
    assert!(!db.store.mail_view(ben, id, Some(monthly)).await.expect("read"));
    assert!(!db.store.add_view_recipient(ben, id, ben).await.expect("read"));
    assert!(!db.store.delete_view(ben, id).await.expect("read"));
    assert_eq!(db.store.rename_view(ben, id, "Mine").await.expect("read"), Named::Missing);
    assert!(db.store.mail_view(ada, id, Some(monthly)).await.expect("written"));
    assert!(db.store.add_view_recipient(ada, id, ben).await.expect("written"));
    assert!(!db.store.add_view_recipient(ada, id, ben).await.expect("read"), "he is among them already");
    assert_eq!(db.store.saved_view(id).await.expect("read").expect("there").recipients, 2);
    assert_eq!(db.store.views_mailed_to(ben).await.expect("read")[0].owner, "Ada");
    assert!(db.store.delete_view(ada, id).await.expect("written"));
    assert!(db.store.views_mailed_to(ben).await.expect("read").is_empty());
    assert!(db.store.views_due(TODAY + 30).await.expect("read").is_empty());
    assert_eq!(db.store.saved_view(id).await.expect("read"), None);
}
