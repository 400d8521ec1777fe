//! What the store promises as a whole: shared writes, backup, migration, counters, the audit log; each on both engines.

use crate::common::{Db, HOUR, NOW, TODAY, complete};
use store::{Added, AuditFilter, Backup, DepartmentId, NewAudit, NewPerson, PersonId, Restore, Store, StoreError};

testbed::on_both_engines! {
    many_writers_share_few_syncs
    a_refused_write_leaves_its_neighbours_alone
    a_backup_taken_while_writing_restores
    a_newer_schema_is_refused
    two_servers_migrate_once
    counters_begin_again_after_their_window
    the_audit_log_is_newest_first
    what_is_done_and_its_line_in_the_log_are_one
}

async fn many_writers_share_few_syncs(db: &Db) {
    let before = db.store.write_counters();
    let writers: Vec<_> = (0..300)
        .map(|n| {
            let store = db.store.clone();
            tokio::spawn(async move { store.hit(&format!("key {n}"), HOUR, NOW).await })
        })
        .collect();
    for writer in writers {
        assert_eq!(writer.await.expect("runs").expect("counted"), 1);
    }
    let after = db.store.write_counters();
    assert_eq!(after.commits - before.commits, 300);
    assert!(after.syncs - before.syncs < 150, "{after:?}");
}

async fn a_refused_write_leaves_its_neighbours_alone(db: &Db) {
    let writes = (0..40).map(|n| {
        let store = db.store.clone();
        tokio::spawn(async move {
            if n % 2 == 0 {
                return store.set_tenure(PersonId(999), DepartmentId(999), "nurse", TODAY, TODAY).await.is_err();
            }
            store.hit(&format!("key {n}"), HOUR, NOW).await.is_ok()
        })
    });
    for write in writes.collect::<Vec<_>>() {
        assert!(write.await.expect("runs"));
    }
    assert_eq!(db.store.hits("key 39", NOW).await.expect("read"), 1);
}

async fn a_backup_taken_while_writing_restores(db: &Db) {
    let copy = db.database.folder.path().join("copy.db");
    if db.is_postgres() {
        assert_eq!(db.store.backup(&copy).await.expect("answered"), Backup::UsePgDump);
        assert_eq!(Store::restore(&copy, &db.url, true, NOW).await.expect("answered"), Restore::UsePgRestore);
        return;
    }
    let module = db.module("hand-hygiene").await;
    complete(db, db.person("Ada").await, module).await;
    let store = db.store.clone();
    let writing = tokio::spawn(async move {
        for n in 0..200 {
            store.hit(&format!("key {n}"), HOUR, NOW).await.expect("counted");
        }
    });
    assert_eq!(db.store.backup(&copy).await.expect("backed up"), Backup::Done { entries: 1 });
    assert_eq!(db.store.backup(&copy).await.expect("answered"), Backup::Exists);
    writing.await.expect("writing went on");
    complete(db, db.person("Bob").await, module).await;

    let restore = |replace| Store::restore(&copy, &db.url, replace, NOW);
    assert_eq!(restore(false).await.expect("answered"), Restore::Exists);
    assert_eq!(restore(true).await.expect("answered"), Restore::InUse);
    db.store.close().await;
    let restored = restore(true).await.expect("restored");
    assert!(matches!(restored, Restore::Done { entries: 1, replaced: Some(_) }), "{restored:?}");
    let store = Store::open(&db.url).await.expect("opens");
    assert_eq!(store.ledger_head().await.expect("read").seq, 1);
    store.close().await;

    std::fs::write(&copy, b"not a database, but long enough to be looked at as one").expect("written");
    let refused = restore(true).await.expect("answered");
    assert!(matches!(refused, Restore::Unsound { .. }), "{refused:?}");
}

async fn a_newer_schema_is_refused(db: &Db) {
    db.tamper("UPDATE meta SET schema = 99, schema_name = '0099_later'").await;
    let refused = Store::open(&db.url).await.expect_err("refused");
    assert!(matches!(refused, StoreError::NewerSchema { found: 99, .. }), "{refused:?}");
    assert!(refused.to_string().contains("0099_later"));
}

async fn two_servers_migrate_once(db: &Db) {
    assert_eq!(db.store.migrate(NOW).await.expect("nothing to do"), 0);
    db.tamper(if db.is_postgres() { "DROP SCHEMA public CASCADE; CREATE SCHEMA public" } else { "SELECT 1" }).await;
    let url = if db.is_postgres() {
        db.url.clone()
    } else {
        format!("sqlite:{}", db.database.folder.path().join("second.db").display())
    };
    let (one, two) = (Store::open(&url).await.expect("opens"), Store::open(&url).await.expect("opens"));
    let (first, second) = tokio::join!(one.migrate(NOW), two.migrate(NOW));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite");
    let steps = std::fs::read_dir(folder).expect("the steps").count();
    assert_eq!(first.expect("migrated") + second.expect("migrated"), steps, "each step was taken once");
    one.ping().await.expect("answers");
    one.close().await;
    two.close().await;
    assert!(matches!(one.hit("key", HOUR, NOW).await, Err(StoreError::Unavailable { .. })));
}

async fn counters_begin_again_after_their_window(db: &Db) {
    for expected in 1..=3 {
        assert_eq!(db.store.hit("key", HOUR, NOW).await.expect("counted"), expected);
    }
    assert_eq!(db.store.hit("key", HOUR, NOW + HOUR).await.expect("counted"), 1);
    assert_eq!(db.store.purge_counters(NOW + 2 * HOUR).await.expect("purged"), 1);
}

async fn the_audit_log_is_newest_first(db: &Db) {
    let ada = db.person("Ada").await;
    for what in ["sign_in", "sign_in.refused", "sign_in_other"] {
        let entry =
            NewAudit { who: Some(ada), what: what.to_owned(), object: "person/1".into(), ..NewAudit::default() };
        db.store.append_audit(entry, NOW).await.expect("written");
    }
    let all = db.store.audit_page(&AuditFilter::default(), 2).await.expect("read");
    assert_eq!(all.iter().map(|entry| entry.what.as_str()).collect::<Vec<_>>(), ["sign_in_other", "sign_in.refused"]);
    let filter = AuditFilter { what: Some("sign_in".to_owned()), who: Some(ada), ..AuditFilter::default() };
    let some = db.store.audit_page(&filter, 9).await.expect("read");
    assert_eq!(some.iter().map(|entry| entry.what.as_str()).collect::<Vec<_>>(), ["sign_in.refused", "sign_in"]);
    let older = AuditFilter { before: Some(some[1].id), ..AuditFilter::default() };
    assert_eq!(db.store.audit_page(&older, 9).await.expect("read"), []);

    let ben = db.person("Ben").await;
    for (who, object) in
        [(Some(ben), String::new()), (None, format!("person/{ben}")), (Some(ada), "department/1".into())]
    {
        let entry = NewAudit { who, what: "x".to_owned(), object, ..NewAudit::default() };
        db.store.append_audit(entry, NOW).await.expect("written");
    }
    let about = AuditFilter { about: Some(ben), ..AuditFilter::default() };
    let about = db.store.audit_page(&about, 9).await.expect("read");
    assert_eq!(about.iter().map(|entry| entry.object_name.as_deref()).collect::<Vec<_>>(), [Some("Ben"), None]);
}

async fn what_is_done_and_its_line_in_the_log_are_one(db: &Db) {
    let entry = |what: &str| NewAudit { what: what.to_owned(), ..NewAudit::default() };
    let ada =
        NewPerson { name: "Ada".to_owned(), email: Some("ada@clinic.example".to_owned()), ..NewPerson::default() };
    let added = db.store.noting(entry("person.added"), NOW).add_person(ada.clone(), NOW).await.expect("written");
    let Added::Person(person) = added else { panic!("{added:?}") };
    let refused = db.store.noting(entry("person.added"), NOW).add_person(ada, NOW).await.expect("answered");
    assert_eq!(refused, Added::EmailTaken);
    let nobody = db.store.noting(entry("person.disabled"), NOW).disable_person(PersonId(999), NOW).await;
    assert!(!nobody.expect("answered").found);
    let log = db.store.audit_page(&AuditFilter::default(), 9).await.expect("read");
    assert_eq!(log.len(), 1, "what was refused is not in the log");
    assert_eq!((log[0].what.as_str(), log[0].object.clone()), ("person.added", format!("person/{person}")));

    // The log cannot be written: then nothing else is either.
    db.tamper("ALTER TABLE audit RENAME TO audit_away").await;
    let failed = db.store.noting(entry("person.disabled"), NOW).disable_person(person, NOW).await;
    assert!(failed.is_err(), "{failed:?}");
    assert_eq!(db.store.person(person).await.expect("read").expect("there").disabled_at, None);
    db.tamper("ALTER TABLE audit_away RENAME TO audit").await;
    assert!(db.store.noting(entry("person.disabled"), NOW).disable_person(person, NOW).await.expect("written").found);
    assert_eq!(db.store.audit_page(&AuditFilter::default(), 9).await.expect("read").len(), 2);
}
