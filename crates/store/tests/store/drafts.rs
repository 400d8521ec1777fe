//! Drafts: nobody overwrites what somebody else wrote, and what is published goes with its draft, or not at all.

use store::{Asset, Change, DraftKept, NewDraft, NewVersion, PersonId, Publish};

use crate::common::{Db, NOW, version};

testbed::on_both_engines! {
    a_draft_is_kept_from_its_newest_revision_only
    a_name_belongs_to_one_kind
    publishing_takes_the_draft_that_was_looked_at_or_nothing
    a_draft_has_its_own_images
}

async fn new(db: &Db, by: PersonId, source: &str, from: Option<i64>) -> DraftKept {
    let new = NewDraft {
        kind: "module".to_owned(),
        slug: "hello".to_owned(),
        source: source.to_owned(),
        from,
        base: None,
        by,
    };
    db.store.keep_draft(new, NOW).await.expect("answered")
}

async fn a_draft_is_kept_from_its_newest_revision_only(db: &Db) {
    let tola = db.person("Tola Ojo").await;
    assert_eq!(new(db, tola, "one", None).await, DraftKept::Kept(1));
    assert_eq!(new(db, tola, "two", Some(1)).await, DraftKept::Kept(2));
    // The same text again is no change, from wherever it is sent.
    assert_eq!(new(db, tola, "two", Some(1)).await, DraftKept::Kept(2));
    let DraftKept::Moved(Some(theirs)) = new(db, tola, "three", Some(1)).await else { panic!("it was overwritten") };
    assert_eq!((theirs.source.as_str(), theirs.rev), ("two", 2));
    assert!(matches!(new(db, tola, "three", None).await, DraftKept::Moved(Some(_))));
    let text = db.store.draft_text("hello", 1).await.expect("read");
    assert_eq!(text.as_deref(), Some("one"), "what it was is there, to bring both together");
    assert!(!db.store.discard_draft("hello", 1).await.expect("answered"), "it has changed since");
    assert!(db.store.discard_draft("hello", 2).await.expect("answered"));
    assert_eq!(new(db, tola, "three", Some(2)).await, DraftKept::Moved(None));
    assert_eq!(db.store.drafts().await.expect("read"), []);
}

async fn a_name_belongs_to_one_kind(db: &Db) {
    let tola = db.person("Tola Ojo").await;
    db.store.publish(NewVersion { kind: "quiz".to_owned(), ..version("hello", 1) }, NOW).await.expect("published");
    assert_eq!(new(db, tola, "one", None).await, DraftKept::SlugTaken);
}

async fn publishing_takes_the_draft_that_was_looked_at_or_nothing(db: &Db) {
    let tola = db.person("Tola Ojo").await;
    new(db, tola, "one", None).await;
    new(db, tola, "two", Some(1)).await;
    let stale = NewVersion { draft: Some(1), ..version("hello", 1) };
    assert_eq!(db.store.publish(stale, NOW).await.expect("answered"), Publish::Moved);
    assert!(db.store.live_slug("hello").await.expect("read").is_none());
    let whole = NewVersion { draft: Some(2), change: Some(Change::Material), ..version("hello", 2) };
    assert!(matches!(db.store.publish(whole, NOW).await.expect("answered"), Publish::Published(_)));
    assert!(db.store.draft("hello").await.expect("read").is_none());
    let live = db.store.live_slug("hello").await.expect("read").expect("there");
    let history = db.store.history_of(live.document).await.expect("read");
    assert_eq!(history.iter().map(|past| past.change).collect::<Vec<_>>(), [Some(Change::Material)]);
}

async fn a_draft_has_its_own_images(db: &Db) {
    let tola = db.person("Tola Ojo").await;
    let asset = |byte: u8| Asset { hash: [byte; 32], mime: "image/png".to_owned(), bytes: vec![byte] };
    assert!(
        !db.store.keep_draft_asset("hello", "img/a.png", asset(1), tola).await.expect("answered"),
        "there is no draft"
    );
    new(db, tola, "one", None).await;
    for byte in [1, 2] {
        assert!(db.store.keep_draft_asset("hello", "img/a.png", asset(byte), tola).await.expect("kept"));
    }
    let images = db.store.draft_assets("hello").await.expect("read");
    assert_eq!(images, [("img/a.png".to_owned(), [2; 32])], "in the place of the other");
    // Whoever brings a picture has a hand in the draft.
    let bola = db.person("Bola Ade").await;
    db.store.keep_draft_asset("hello", "img/b.png", asset(3), bola).await.expect("kept");
    let writers = db.store.draft_writers("hello").await.expect("read");
    assert_eq!(writers.into_iter().map(|(_, name)| name).collect::<Vec<_>>(), ["Bola Ade", "Tola Ojo"]);
    assert!(db.store.discard_draft("hello", 1).await.expect("answered"));
    assert_eq!(db.store.draft_assets("hello").await.expect("read"), []);
}
