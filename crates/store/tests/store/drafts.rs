//! Drafts: nobody overwrites what somebody else wrote, and what is published goes with its draft, or not at all.

use store::{Asset, Change, DraftKept, NewBrought, NewDraft, NewVersion, PersonId, Publish};

use crate::common::{Db, NOW, version};

testbed::on_both_engines! {
    a_draft_is_kept_from_its_newest_revision_only
    a_name_belongs_to_one_kind
    publishing_takes_the_draft_that_was_looked_at_or_nothing
    a_draft_has_its_own_images
    of_two_who_keep_at_once_one_is_told_of_the_other
    a_text_to_bring_together_from_is_there_after_hundreds_of_changes
    what_others_left_is_put_away_before_their_lines_are_changed
    what_was_left_outlives_publishing_and_what_is_thrown_away_is_left_too
    only_the_last_reports_of_what_was_brought_are_kept
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
    assert!(!db.store.discard_draft("hello", 1, (tola, NOW)).await.expect("answered"), "it has changed since");
    assert!(db.store.discard_draft("hello", 2, (tola, NOW)).await.expect("answered"));
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
    assert!(db.store.discard_draft("hello", 1, (tola, NOW)).await.expect("answered"));
    assert_eq!(db.store.draft_assets("hello").await.expect("read"), []);
}

async fn of_two_who_keep_at_once_one_is_told_of_the_other(db: &Db) {
    let (tola, bola) = (db.person("Tola Ojo").await, db.person("Bola Ade").await);
    for (from, (first, second)) in [(None, ("a", "b")), (Some(1), ("c", "d")), (Some(2), ("e", "f"))] {
        let (one, other) = tokio::join!(new(db, tola, first, from), new(db, bola, second, from));
        let kept = [&one, &other].into_iter().filter(|kept| matches!(kept, DraftKept::Kept(_))).count();
        assert_eq!(kept, 1, "{one:?} {other:?}");
        let told = [one, other].into_iter().find_map(|kept| match kept {
            DraftKept::Moved(theirs) => theirs,
            _ => None,
        });
        let now = db.store.draft("hello").await.expect("read").expect("a draft");
        assert_eq!(told.map(|theirs| theirs.source), Some(now.source));
    }
}

async fn a_text_to_bring_together_from_is_there_after_hundreds_of_changes(db: &Db) {
    let tola = db.person("Tola Ojo").await;
    let mut from = None;
    for number in 1..=450 {
        assert_eq!(new(db, tola, &format!("text {number}"), from).await, DraftKept::Kept(number));
        from = Some(number);
    }
    let near = |rev| async move { db.store.draft_text_near("hello", rev).await.expect("read") };
    assert_eq!(near(449).await.as_deref(), Some("text 449"));
    // The nearest one before it; never one after it.
    assert_eq!(near(399).await.as_deref(), Some("text 380"));
    assert_eq!(near(219).await.as_deref(), Some("text 200"));
    assert_eq!(near(5).await, None);
    assert_eq!(db.store.draft_text("hello", 399).await.expect("read"), None);
}

async fn left(db: &Db) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for left in db.store.left_drafts("hello").await.expect("read") {
        let (_, source) = db.store.left_draft("hello", left.id).await.expect("read").expect("it is there");
        all.push((left.by_name, left.changed_by, source));
    }
    all
}

async fn what_others_left_is_put_away_before_their_lines_are_changed(db: &Db) {
    let (tola, bola) = (db.person("Tola Ojo").await, db.person("Bola Ade").await);
    let was = |by: &str, changed_by: &str, source: &str| (by.to_owned(), changed_by.to_owned(), source.to_owned());
    let keep = |by, source: &'static str, from| async move { new(db, by, source, from).await };
    keep(tola, "one\n", None).await;
    keep(tola, "one\ntwo\n", Some(1)).await;
    keep(tola, "one\n2\n", Some(2)).await;
    assert_eq!(left(db).await, [], "one's own lines are one's own");
    // Whoever only adds takes nothing from anybody.
    keep(bola, "one\n2\nthree\n", Some(3)).await;
    keep(bola, "one\n2\n3\n\n", Some(4)).await;
    keep(bola, "one\n2\n3\n", Some(5)).await;
    assert_eq!(left(db).await, []);
    // Somebody's line is taken out by whoever did not write it, also where they kept the draft several times before.
    keep(bola, "one\n3\n", Some(6)).await;
    assert_eq!(left(db).await, [was("Tola Ojo", "Bola Ade", "one\n2\n")]);
    // The same once more is known already.
    keep(bola, "3\n", Some(7)).await;
    assert_eq!(left(db).await.len(), 1);
    // The other way round.
    keep(tola, "three\n", Some(8)).await;
    assert_eq!(left(db).await[0], was("Bola Ade", "Tola Ojo", "3\n"));

    // Only some are kept, and everybody's last text is known however long somebody else wrote since.
    let mut rev = 9;
    for number in 0..40 {
        let text = format!("bola {number}\n");
        assert_eq!(new(db, bola, &text, Some(rev)).await, DraftKept::Kept(rev + 1));
        assert_eq!(new(db, tola, &format!("tola {number}\n"), Some(rev + 1)).await, DraftKept::Kept(rev + 2));
        rev += 2;
    }
    assert_eq!(left(db).await.len(), 12);
    for number in 0..60 {
        assert_eq!(new(db, bola, &format!("tola 39\nbola {number}\n"), Some(rev)).await, DraftKept::Kept(rev + 1));
        rev += 1;
    }
    new(db, bola, "bola\n", Some(rev)).await;
    assert_eq!(left(db).await[0], was("Tola Ojo", "Bola Ade", "tola 39\n"));
}

async fn what_was_left_outlives_publishing_and_what_is_thrown_away_is_left_too(db: &Db) {
    let (tola, bola) = (db.person("Tola Ojo").await, db.person("Bola Ade").await);
    new(db, tola, "one\n", None).await;
    new(db, bola, "two\n", Some(1)).await;
    let published =
        db.store.publish(NewVersion { draft: Some(2), ..version("hello", 1) }, NOW).await.expect("answered");
    assert!(matches!(published, Publish::Published(_)), "{published:?}");
    assert_eq!(left(db).await.len(), 1);
    new(db, tola, "three\n", None).await;
    assert!(db.store.discard_draft("hello", 1, (bola, NOW)).await.expect("answered"));
    let all = db.store.left_drafts("hello").await.expect("read");
    assert_eq!(all.iter().map(|left| left.is_thrown).collect::<Vec<_>>(), [true, false]);
    assert_eq!(left(db).await[0], ("Tola Ojo".to_owned(), "Bola Ade".to_owned(), "three\n".to_owned()));
    // What says what is live is nothing to put away.
    let live = db.store.live_slug("hello").await.expect("read").expect("live").version;
    let source = db.store.version(live).await.expect("read").expect("there").source;
    let same = NewDraft {
        kind: "module".to_owned(),
        slug: "hello".to_owned(),
        source,
        from: None,
        base: Some(live),
        by: tola,
    };
    assert_eq!(db.store.keep_draft(same, NOW).await.expect("answered"), DraftKept::Kept(1));
    assert!(db.store.discard_draft("hello", 1, (tola, NOW)).await.expect("answered"));
    assert_eq!(db.store.left_drafts("hello").await.expect("read").len(), 2);
}

async fn only_the_last_reports_of_what_was_brought_are_kept(db: &Db) {
    let tola = db.person("Tola Ojo").await;
    let mut numbers = Vec::new();
    for number in 0..103_i64 {
        let report = format!("report {number}");
        let new = NewBrought { by: tola, file_name: format!("{number}.zip"), drafts: number, report };
        numbers.push(db.store.keep_brought(new, NOW + number).await.expect("written"));
    }
    for (at, number) in numbers.iter().enumerate() {
        let kept = db.store.brought(*number).await.expect("read");
        assert_eq!(kept.map(|(_, report)| report), (at > 2).then(|| format!("report {at}")));
    }
    let files = db.store.brought_files(2).await.expect("read");
    let lines: Vec<_> = files.iter().map(|file| (file.file_name.as_str(), file.drafts, file.by.as_str())).collect();
    assert_eq!(lines, [("102.zip", 102, "Tola Ojo"), ("101.zip", 101, "Tola Ojo")]);
    assert_eq!(files[0].at, NOW + 102);
}
