//! What the store promises, each on both engines.

mod common;

use common::{Db, HOUR, NOW, TODAY, complete, page_read, version};
use store::{
    Added, AuditFilter, Backup, CheckAnswered, DepartmentAdded, DepartmentChanged, DepartmentId, FirstAdministrator,
    LinkKind, LinkState, NewAudit, NewLink, NewPerson, NewSession, Outcome, PersonId, PersonUpdate, Publish, Restore,
    Right, SetUp, Spend, Store, StoreError, Updated, Verified,
};

testbed::on_both_engines! {
    the_same_form_twice_records_once
    a_module_is_taken_again_and_both_completions_stay
    a_form_drawn_before_the_end_does_not_begin_again
    many_writers_share_few_syncs
    a_completion_and_its_ledger_entry_are_one
    a_refused_write_leaves_its_neighbours_alone
    people_who_finish_at_once_are_all_in_the_ledger
    a_tampered_row_is_named
    a_backup_taken_while_writing_restores
    a_disabled_person_is_seen_on_the_next_load
    a_link_is_spent_once
    a_newer_schema_is_refused
    two_servers_migrate_once
    the_site_is_set_up_once
    logins_are_unique_in_any_case
    a_new_right_ends_the_sessions
    a_team_is_what_works_below_today
    the_same_content_is_published_once
    counters_begin_again_after_their_window
    the_audit_log_is_newest_first
    what_is_done_and_its_line_in_the_log_are_one
    a_department_moves_with_all_below_it
    a_device_is_known_for_the_one_who_signed_in_with_it
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
        person: ada,
        document: module.0,
        version: module.1,
        newest: None,
        question: "q1".to_owned(),
        answer: answer.to_owned(),
        correct: true,
        token: b"check".to_vec(),
        body_hash: answer.into(),
        now: NOW,
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
    late.newest = db.store.latest_ended_attempt(ada, module.0).await.expect("read").map(|attempt| attempt.id);
    assert_eq!(db.store.record_page_read(late).await.expect("recorded"), Outcome::Recorded { next: 2 });
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

async fn a_refused_write_leaves_its_neighbours_alone(db: &Db) {
    let writes = (0..40).map(|n| {
        let store = db.store.clone();
        tokio::spawn(async move {
            if n % 2 == 0 {
                return store.set_tenure(PersonId(999), DepartmentId(999), "nurse", TODAY).await.is_err();
            }
            store.hit(&format!("key {n}"), HOUR, NOW).await.is_ok()
        })
    });
    for write in writes.collect::<Vec<_>>() {
        assert!(write.await.expect("runs"));
    }
    assert_eq!(db.store.hits("key 39", NOW).await.expect("read"), 1);
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
    db.tamper("DELETE FROM fact WHERE seq = 3").await;
    assert_eq!(bad_entry().await, Some(3), "a tail cut off");
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

fn session(id: &[u8], person: Option<PersonId>) -> NewSession {
    let (seen_at, idle_until, ends_at) = (NOW, NOW + HOUR, NOW + 12 * HOUR);
    NewSession { id_hash: id.to_vec(), person, data: b"{}".to_vec(), seen_at, idle_until, ends_at }
}

async fn a_disabled_person_is_seen_on_the_next_load(db: &Db) {
    let ada = db.person("Ada").await;
    db.store.grant(ada, Right::Trainer).await.expect("granted");
    assert!(db.store.create_session(session(b"a", Some(ada))).await.expect("kept"));
    assert!(!db.store.create_session(session(b"a", None)).await.expect("answered"), "an id is taken once");
    let loaded = db.store.load_session(b"a", NOW).await.expect("read").expect("lives");
    let who = loaded.who.expect("signed in");
    assert_eq!((who.person, who.disabled, who.rights), (ada, false, vec![Right::Trainer]));
    assert!(db.store.load_session(b"a", NOW + HOUR).await.expect("read").is_none(), "idle for an hour");

    assert!(db.store.disable_person(ada, NOW).await.expect("disabled"));
    assert!(db.store.load_session(b"a", NOW).await.expect("read").is_none());
    assert!(!db.store.save_session(session(b"a", Some(ada))).await.expect("answered"), "it does not come back");
    // Even a session begun by a sign-in that was under way says so.
    db.store.create_session(session(b"b", Some(ada))).await.expect("kept");
    let who = db.store.load_session(b"b", NOW).await.expect("read").expect("lives").who.expect("signed in");
    assert!(who.disabled);
}

async fn a_link_is_spent_once(db: &Db) {
    let ada = db.person("Ada").await;
    let link = |hash: &[u8]| NewLink {
        hash: hash.to_vec(),
        kind: LinkKind::Reset,
        person: Some(ada),
        by: None,
        expires_at: NOW + HOUR,
    };
    db.store.make_link(link(b"old"), NOW).await.expect("made");
    db.store.make_link(link(b"new"), NOW).await.expect("made");
    assert_eq!(db.store.link_state(b"old", NOW).await.expect("read"), LinkState::Expired);
    assert_eq!(db.store.link_state(b"new", NOW + HOUR).await.expect("read"), LinkState::Expired);
    assert_eq!(db.store.link_state(b"none", NOW).await.expect("read"), LinkState::Unknown);
    db.store.create_session(session(b"a", Some(ada))).await.expect("kept");

    let spends: Vec<_> = (0..20)
        .map(|n| {
            let store = db.store.clone();
            tokio::spawn(async move { store.spend_link(b"new", &format!("hash {n}"), NOW).await.expect("answered") })
        })
        .collect();
    let mut done = 0;
    for spend in spends {
        match spend.await.expect("runs") {
            Spend::Done(person) => done += i32::from(person == ada),
            other => assert_eq!(other, Spend::Used),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(db.store.link_state(b"new", NOW).await.expect("read"), LinkState::Used);
    assert!(db.store.load_session(b"a", NOW).await.expect("read").is_none(), "the sessions have ended");
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
    assert_eq!(first.expect("migrated") + second.expect("migrated"), 2, "each step was taken once");
    one.ping().await.expect("answers");
    one.close().await;
    two.close().await;
    assert!(matches!(one.hit("key", HOUR, NOW).await, Err(StoreError::Unavailable { .. })));
}

async fn the_site_is_set_up_once(db: &Db) {
    let link = NewLink { hash: b"l".to_vec(), kind: LinkKind::SetUp, person: None, by: None, expires_at: NOW + HOUR };
    db.store.make_link(link, NOW).await.expect("made");
    let first = FirstAdministrator {
        name: "Ada".to_owned(),
        email: Some("ada@clinic.example".to_owned()),
        employee_no: None,
        password_hash: "hash".to_owned(),
    };
    let set_up = |link: &'static [u8]| db.store.set_up("Clinic", "Europe/Berlin", "en", first.clone(), link, NOW);
    assert_eq!(set_up(b"other").await.expect("answered"), SetUp::LinkRefused);
    let SetUp::Done(ada) = set_up(b"l").await.expect("answered") else { panic!("not set up") };
    assert_eq!(set_up(b"l").await.expect("answered"), SetUp::AlreadySetUp);
    assert_eq!(db.store.rights_of(ada).await.expect("read"), [Right::Administrator]);
    assert_eq!(db.store.site().await.expect("read").expect("set up").zone, "Europe/Berlin");
}

async fn logins_are_unique_in_any_case(db: &Db) {
    let add = |email: Option<&str>, no: Option<&str>| {
        let (email, employee_no) = (email.map(str::to_owned), no.map(str::to_owned));
        db.store.add_person(NewPerson { name: "Ada Ö".to_owned(), email, employee_no, password_hash: None }, NOW)
    };
    let Added::Person(ada) = add(Some("Ada@x.org"), Some("N-7")).await.expect("added") else { panic!("refused") };
    assert_eq!(add(Some("ADA@X.ORG"), None).await.expect("answered"), Added::EmailTaken);
    assert_eq!(add(None, Some("n-7")).await.expect("answered"), Added::EmployeeNoTaken);
    assert_eq!(add(None, None).await.expect("answered"), Added::NoLogin);
    assert_eq!(db.store.find_by_login(" n-7").await.expect("read").expect("found").person, ada);
    assert_eq!(db.store.people("da ö", 10, 0).await.expect("read").total, 1);
    assert_eq!(db.store.people("100%", 10, 0).await.expect("read").total, 0);

    let mut update =
        PersonUpdate { id: ada, rev: 1, name: "Eva".to_owned(), email: None, employee_no: Some("8".into()) };
    assert_eq!(db.store.update_person(update.clone()).await.expect("answered"), Updated::Done);
    assert_eq!(db.store.update_person(update.clone()).await.expect("answered"), Updated::Stale);
    update.id = PersonId(99);
    assert_eq!(db.store.update_person(update).await.expect("answered"), Updated::Missing);
    assert!(db.store.find_by_login("ada@x.org").await.expect("read").is_none());
    assert_eq!(db.store.person(ada).await.expect("read").expect("there").name, "Eva");
}

async fn a_new_right_ends_the_sessions(db: &Db) {
    let ada = db.person("Ada").await;
    db.store.create_session(session(b"a", Some(ada))).await.expect("kept");
    assert!(db.store.grant(ada, Right::Administrator).await.expect("granted"));
    assert!(db.store.load_session(b"a", NOW).await.expect("read").is_none());
    db.store.create_session(session(b"a", Some(ada))).await.expect("kept");
    db.store.create_session(session(b"b", Some(ada))).await.expect("kept");
    assert!(!db.store.grant(ada, Right::Administrator).await.expect("had it"));
    assert!(db.store.set_password(ada, "hash", Some(b"b")).await.expect("set"));
    let left = db.store.sessions_of(ada, NOW).await.expect("read");
    assert_eq!(left.iter().map(|session| session.id_hash.as_slice()).collect::<Vec<_>>(), [b"b"]);
    assert!(db.store.revoke(ada, Right::Administrator).await.expect("revoked"));
    assert_eq!(db.store.rights_of(ada).await.expect("read"), []);
}

async fn a_team_is_what_works_below_today(db: &Db) {
    let add = async |name, parent| match db.store.add_department(name, parent).await.expect("answered") {
        DepartmentAdded::Department(id) => id,
        other => panic!("{other:?}"),
    };
    let clinic = add("Clinic", None).await;
    let (ward, lab) = (add("Ward", Some(clinic)).await, add("Lab", Some(clinic)).await);
    let refused = db.store.add_department("Ward", Some(clinic)).await.expect("answered");
    assert_eq!(refused, DepartmentAdded::NameTaken);
    assert_eq!(db.store.departments_below(clinic).await.expect("read"), [clinic, ward, lab]);
    let tree = db.store.departments(TODAY).await.expect("read");
    assert_eq!(
        tree.iter().map(|d| (d.name.as_str(), d.depth)).collect::<Vec<_>>(),
        [("Clinic", 0), ("Lab", 1), ("Ward", 1)]
    );

    let (ada, bob, module) = (db.person("Ada").await, db.person("Bob").await, db.module("hand-hygiene").await);
    db.store.set_tenure(ada, ward, "nurse", TODAY - 9).await.expect("set");
    db.store.set_tenure(bob, lab, "technician", TODAY - 9).await.expect("set");
    db.store.set_tenure(bob, ward, "nurse", TODAY + 1).await.expect("planned");
    complete(db, ada, module).await;
    let (head, chief) = (db.person("Head of the lab").await, db.person("Zoe, the chief").await);
    db.store.grant(head, Right::Manager(lab)).await.expect("granted");
    for department in [ward, clinic] {
        db.store.grant(chief, Right::Manager(department)).await.expect("granted");
    }
    let team = async |manager, day, page| db.store.team(manager, "module", day, page).await.expect("read");
    let names = |team: &[store::TeamMember]| team.iter().map(|member| member.name.clone()).collect::<Vec<_>>();
    let whole = team(Some(chief), TODAY, (9, 0)).await;
    assert_eq!(names(&whole), ["Ada", "Bob"], "somebody below two of the departments is there once");
    assert_eq!((whole[0].completions.len(), whole[1].completions.len()), (1, 0));
    assert_eq!(names(&team(Some(chief), TODAY, (1, 1)).await), ["Bob"]);
    assert_eq!(names(&team(Some(head), TODAY, (9, 0)).await), ["Bob"]);
    assert_eq!(team(Some(head), TODAY + 1, (9, 0)).await, []);
    assert_eq!(team(Some(ada), TODAY, (9, 0)).await, [], "who manages nothing has no team");
    let all = team(None, TODAY, (9, 0)).await;
    assert_eq!(names(&all), ["Ada", "Bob", "Head of the lab", "Zoe, the chief"]);
    assert_eq!((all[0].completions.len(), all[2].department_name.clone()), (1, None));
    assert_eq!(names(&team(None, TODAY, (2, 1)).await), ["Bob", "Head of the lab"]);
    assert_eq!(db.store.tenure_on(bob, TODAY).await.expect("read").expect("works").until_on, Some(TODAY + 1));
    assert_eq!(db.store.tenures(bob).await.expect("read").len(), 2);
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

async fn a_department_moves_with_all_below_it(db: &Db) {
    let add = async |name: &str, parent| match db.store.add_department(name, parent).await.expect("written") {
        DepartmentAdded::Department(id) => id,
        other => panic!("{name}: {other:?}"),
    };
    let (north, south) = (add("North", None).await, add("South", None).await);
    let surgery = add("Surgery", Some(north)).await;
    let (ward, theatre) = (add("Ward 3", Some(surgery)).await, add("Theatre", Some(surgery)).await);
    add("Surgery", Some(south)).await;
    let again = db.store.add_department("SURGERY", Some(south)).await.expect("answered");
    assert_eq!(again, DepartmentAdded::NameTaken, "in any case");
    let change = async |id, name: &str, parent| db.store.change_department(id, name, parent).await.expect("written");
    assert_eq!(change(surgery, "Surgery", Some(south)).await, DepartmentChanged::NameTaken);
    assert_eq!(change(surgery, "Surgery", Some(ward)).await, DepartmentChanged::Circular);
    assert_eq!(change(surgery, "Surgery", Some(surgery)).await, DepartmentChanged::Circular);
    assert_eq!(change(DepartmentId(999), "Nowhere", None).await, DepartmentChanged::Missing);
    assert_eq!(change(surgery, "Surgery B", Some(south)).await, DepartmentChanged::Done);

    assert_eq!(db.store.departments_below(north).await.expect("read"), [north]);
    let mut below = db.store.departments_below(south).await.expect("read");
    below.retain(|id| [surgery, ward, theatre].contains(id));
    assert_eq!(below, [surgery, ward, theatre]);
    assert_eq!(change(surgery, "Surgery B", None).await, DepartmentChanged::Done);
    assert!(!db.store.departments_below(south).await.expect("read").contains(&ward));
    assert_eq!(db.store.departments_below(surgery).await.expect("read"), [surgery, ward, theatre]);

    let ada = db.person("Ada").await;
    db.store.set_tenure(ada, ward, "Nurse", TODAY).await.expect("written");
    let counted = async |day| {
        let tree = db.store.departments(day).await.expect("read");
        tree.into_iter().find(|one| one.id == ward).expect("there").people
    };
    assert_eq!((counted(TODAY - 1).await, counted(TODAY).await), (0, 1));
    db.store.disable_person(ada, NOW).await.expect("written");
    assert_eq!(counted(TODAY).await, 0, "nobody works there who may not sign in");
}

async fn a_device_is_known_for_the_one_who_signed_in_with_it(db: &Db) {
    let (ada, ben) = (db.person("Ada").await, db.person("Ben").await);
    let knows = async |login: &str| db.store.knows_device(b"device", login).await.expect("read");
    assert!(!knows("ada@clinic.example").await);
    db.store.remember_device(b"device", ada, NOW).await.expect("written");
    assert!(knows(" ADA@clinic.example").await);
    assert!(!knows("ben@clinic.example").await);
    db.store.remember_device(b"device", ben, NOW + HOUR).await.expect("written");
    assert!(knows("ada@clinic.example").await && knows("ben@clinic.example").await, "a shared one is known for both");
    assert!(db.store.is_device(b"device").await.expect("read"));
    assert!(!db.store.is_device(b"another").await.expect("read"));
    assert_eq!(db.store.purge_devices(NOW + HOUR).await.expect("written"), 1);
    assert!(!knows("ada@clinic.example").await && knows("ben@clinic.example").await);
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
    assert!(!nobody.expect("answered"));
    let log = db.store.audit_page(&AuditFilter::default(), 9).await.expect("read");
    assert_eq!(log.len(), 1, "what was refused is not in the log");
    assert_eq!((log[0].what.as_str(), log[0].object.clone()), ("person.added", format!("person/{person}")));

    // The log cannot be written: then nothing else is either.
    db.tamper("ALTER TABLE audit RENAME TO audit_away").await;
    let failed = db.store.noting(entry("person.disabled"), NOW).disable_person(person, NOW).await;
    assert!(failed.is_err(), "{failed:?}");
    assert_eq!(db.store.person(person).await.expect("read").expect("there").disabled_at, None);
    db.tamper("ALTER TABLE audit_away RENAME TO audit").await;
    assert!(db.store.noting(entry("person.disabled"), NOW).disable_person(person, NOW).await.expect("written"));
    assert_eq!(db.store.audit_page(&AuditFilter::default(), 9).await.expect("read").len(), 2);
}
