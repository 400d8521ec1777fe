//! What the store promises about files that are made in the background: one maker at a time, nothing from one who lost it, and nothing for
//! anybody but their owner; on both engines.

use crate::common::{Db, HOUR, NOW};
use store::{
    Export, ExportAdded, ExportId, ExportLease, ExportPart, ExportProgress, ExportState, NewAudit, NewExport, PersonId,
};

testbed::on_both_engines! {
    a_file_waits_is_made_and_is_read_part_by_part
    two_servers_never_make_the_same_file
    a_lease_that_runs_out_goes_to_the_next_who_begins_anew
    a_server_that_ends_well_gives_back_what_it_makes_at_once
    a_file_that_ends_its_makers_is_given_up
    a_file_that_its_owner_deletes_is_made_no_further
    a_file_is_for_its_owner_alone
    nobody_waits_for_more_than_five_files
    what_failed_is_made_again_and_what_is_being_made_goes_on
    old_files_go_with_their_parts
    a_deputy_has_the_rights_of_the_manager_for_their_days
}

fn new(person: PersonId) -> NewExport {
    NewExport {
        person,
        report: "actions".to_owned(),
        query: "status=overdue".to_owned(),
        format: "csv".to_owned(),
        title: "Overdue".to_owned(),
        file_name: "overdue.csv".to_owned(),
        all_rows: Some(3),
    }
}

fn part(no: i64, rows: u64) -> ExportProgress {
    let part = ExportPart { no, bytes: vec![u8::try_from(no).expect("few"); 3], length: 30 };
    ExportProgress { done_rows: rows, all_rows: Some(3), part: Some(part) }
}

impl Db {
    async fn ask(&self, person: PersonId, at: i64) -> ExportId {
        match self.store.add_export(new(person), at).await.expect("asked") {
            ExportAdded::Waits(id) => id,
            ExportAdded::TooMany => panic!("too many"),
        }
    }

    async fn lease(&self, owner: &str, now: i64) -> Option<ExportLease> {
        let leased = self.store.lease_export(owner, now + HOUR, now).await.expect("asked")?;
        Some(ExportLease { id: leased.id, owner: owner.to_owned(), until: now + HOUR })
    }

    async fn file(&self, person: PersonId, id: ExportId) -> Export {
        self.store.export(person, id).await.expect("read").expect("there")
    }

    async fn keep(&self, lease: &ExportLease, progress: ExportProgress) -> bool {
        self.store.keep_export(lease, progress).await.expect("answered")
    }
}

async fn a_file_waits_is_made_and_is_read_part_by_part(db: &Db) {
    let ada = db.person("Ada").await;
    assert!(!db.store.exports_wait(NOW).await.expect("read"));
    let id = db.ask(ada, NOW).await;
    assert!(db.store.exports_wait(NOW).await.expect("read"));
    let lease = db.lease("one", NOW).await.expect("it waits");
    assert!(!db.store.exports_wait(NOW).await.expect("read"), "somebody has it");
    assert!(db.keep(&lease, part(0, 2)).await);
    let file = db.file(ada, id).await;
    assert_eq!((file.state, file.done_rows, file.all_rows, file.bytes), (ExportState::Running, 2, Some(3), 30));
    assert!(db.keep(&lease, part(1, 3)).await);
    let entry = NewAudit { what: "report.exported".to_owned(), ..NewAudit::default() };
    let noting = db.store.noting(entry, NOW);
    assert!(noting.finish_export(&lease, 3, "administrator", NOW).await.expect("ended"));
    assert!(!noting.finish_export(&lease, 3, "administrator", NOW).await.expect("answered"), "once");
    assert_eq!(db.database.number("SELECT count(*) FROM audit").await, 1);
    let file = db.file(ada, id).await;
    assert_eq!((file.state, file.done_rows, file.bytes), (ExportState::Done, 3, 60));
    assert_eq!(file.rights, "administrator");
    assert_eq!(db.store.export_part(id, 1).await.expect("read"), Some(vec![1; 3]));
    assert_eq!(db.store.export_part(id, 2).await.expect("read"), None);
}

async fn two_servers_never_make_the_same_file(db: &Db) {
    let ada = db.person("Ada").await;
    let mut asked = Vec::new();
    for _ in 0..4 {
        asked.push(db.ask(ada, NOW).await);
    }
    let second = store::Store::open(&db.url).await.expect("open");
    let lease = |store: store::Store, owner: &'static str| async move {
        let mut got = Vec::new();
        while let Some(leased) = store.lease_export(owner, NOW + HOUR, NOW).await.expect("asked") {
            got.push(leased.id);
        }
        got
    };
    let (one, two) =
        tokio::join!(tokio::spawn(lease(db.store.clone(), "one")), tokio::spawn(lease(second.clone(), "two")));
    let mut all = [one.expect("ran"), two.expect("ran")].concat();
    all.sort();
    assert_eq!(all, asked, "each went to one of them");
    second.close().await;
}

async fn a_lease_that_runs_out_goes_to_the_next_who_begins_anew(db: &Db) {
    let ada = db.person("Ada").await;
    let id = db.ask(ada, NOW).await;
    let first = db.lease("one", NOW).await.expect("it waits");
    assert!(db.keep(&first, part(0, 2)).await);
    assert_eq!(db.lease("two", NOW + HOUR - 1).await, None, "not yet");
    let second = db.lease("two", NOW + HOUR).await.expect("the first has fallen silent");
    assert_eq!(second.id, id);
    let file = db.file(ada, id).await;
    assert_eq!((file.done_rows, file.bytes), (0, 0));
    assert_eq!(db.store.export_part(id, 0).await.expect("read"), None, "what the first had made is gone");
    assert!(!db.keep(&first, part(0, 3)).await, "the first comes back too late");
    assert!(!db.store.finish_export(&first, 3, "", NOW).await.expect("answered"));
    assert!(!db.store.fail_export(&first, "no", NOW).await.expect("answered"));
    assert!(db.keep(&second, part(0, 3)).await);
    assert!(db.store.finish_export(&second, 3, "", NOW).await.expect("ended"));
    assert_eq!(db.database.number("SELECT count(*) FROM export_part").await, 1);
}

async fn a_server_that_ends_well_gives_back_what_it_makes_at_once(db: &Db) {
    let ada = db.person("Ada").await;
    let id = db.ask(ada, NOW).await;
    for _ in 0..5 {
        let lease = db.lease("one", NOW).await.expect("it waits");
        assert!(db.keep(&lease, part(0, 2)).await);
        assert_eq!(db.store.return_exports("another").await.expect("answered"), 0);
        assert_eq!(db.store.return_exports("one").await.expect("answered"), 1);
    }
    assert_eq!(db.file(ada, id).await.state, ExportState::Waiting, "being ended on purpose is no failed try");
}

async fn a_file_that_ends_its_makers_is_given_up(db: &Db) {
    let ada = db.person("Ada").await;
    let id = db.ask(ada, NOW).await;
    for at in 0..3 {
        assert!(db.lease("one", NOW + at * HOUR).await.is_some());
    }
    let after = db.ask(ada, NOW).await;
    let next = db.lease("one", NOW + 3 * HOUR).await.expect("another one waits");
    assert_eq!(next.id, after);
    let file = db.file(ada, id).await;
    assert_eq!(file.state, ExportState::Failed);
    assert!(file.error.contains("three times"), "{}", file.error);
}

async fn a_file_that_its_owner_deletes_is_made_no_further(db: &Db) {
    let ada = db.person("Ada").await;
    let id = db.ask(ada, NOW).await;
    let lease = db.lease("one", NOW).await.expect("it waits");
    assert!(db.keep(&lease, part(0, 2)).await);
    assert!(db.store.delete_export(ada, id).await.expect("answered"));
    assert!(!db.keep(&lease, part(1, 3)).await);
    assert!(!db.store.finish_export(&lease, 3, "", NOW).await.expect("answered"));
    assert_eq!(db.database.number("SELECT count(*) FROM export_part").await, 0);
    assert!(!db.store.delete_export(ada, id).await.expect("answered"), "it is gone");
}

async fn a_file_is_for_its_owner_alone(db: &Db) {
    let (ada, ben) = (db.person("Ada").await, db.person("Ben").await);
    let id = db.ask(ada, NOW).await;
    assert_eq!(db.store.export(ben, id).await.expect("read"), None);
    assert_eq!(db.store.exports_of(ben, 10).await.expect("read"), []);
    assert!(!db.store.delete_export(ben, id).await.expect("answered"));
    let lease = db.lease("one", NOW).await.expect("it waits");
    assert!(db.store.fail_export(&lease, "The disk is full.", NOW).await.expect("ended"));
    assert!(!db.store.make_export_again(ben, id, NOW).await.expect("answered"));
    assert_eq!(db.file(ada, id).await.state, ExportState::Failed);
}

async fn nobody_waits_for_more_than_five_files(db: &Db) {
    let (ada, ben) = (db.person("Ada").await, db.person("Ben").await);
    for _ in 0..5 {
        db.ask(ada, NOW).await;
    }
    assert_eq!(db.store.add_export(new(ada), NOW).await.expect("answered"), ExportAdded::TooMany);
    db.ask(ben, NOW).await;
    let lease = db.lease("one", NOW).await.expect("it waits");
    assert!(db.store.finish_export(&lease, 0, "", NOW).await.expect("ended"));
    db.ask(ada, NOW).await;
}

async fn what_failed_is_made_again_and_what_is_being_made_goes_on(db: &Db) {
    let ada = db.person("Ada").await;
    let id = db.ask(ada, NOW).await;
    assert!(!db.store.make_export_again(ada, id, NOW).await.expect("answered"), "it waits already");
    let lease = db.lease("one", NOW).await.expect("it waits");
    assert!(!db.store.make_export_again(ada, id, NOW).await.expect("answered"), "it is being made");
    assert!(db.keep(&lease, part(0, 2)).await);
    assert!(db.store.fail_export(&lease, "The disk is full.", NOW).await.expect("ended"));
    assert_eq!(db.database.number("SELECT count(*) FROM export_part").await, 0, "half a file is no file");
    assert_eq!(db.file(ada, id).await.error, "The disk is full.");
    assert!(db.store.make_export_again(ada, id, NOW + HOUR).await.expect("answered"));
    let file = db.file(ada, id).await;
    assert_eq!((file.state, file.error.as_str(), file.made_at), (ExportState::Waiting, "", NOW + HOUR));
    assert!(db.lease("two", NOW + HOUR).await.is_some());
}

async fn old_files_go_with_their_parts(db: &Db) {
    let ada = db.person("Ada").await;
    let (old, young) = (db.ask(ada, NOW).await, db.ask(ada, NOW + HOUR).await);
    for _ in 0..2 {
        let lease = db.lease("one", NOW + HOUR).await.expect("it waits");
        assert!(db.keep(&lease, part(0, 3)).await);
        assert!(db.store.finish_export(&lease, 3, "", NOW).await.expect("ended"));
    }
    assert_eq!(db.store.purge_exports(NOW + HOUR).await.expect("removed"), 1);
    assert_eq!(db.store.export(ada, old).await.expect("read"), None);
    assert_eq!(db.store.export_part(young, 0).await.expect("read"), Some(vec![0; 3]));
    assert_eq!(db.database.number("SELECT count(*) FROM export_part").await, 1);
}

async fn a_deputy_has_the_rights_of_the_manager_for_their_days(db: &Db) {
    let (ada, ben) = (db.person("Ada").await, db.person("Ben").await);
    let added = db.store.add_department("Ward 3", None).await.expect("added");
    let store::DepartmentAdded::Department(ward) = added else { panic!("{added:?}") };
    db.store.grant(ada, store::Right::Manager(ward)).await.expect("granted");
    db.store.add_deputy((ada, ben), (1, 2), (NOW, NOW + HOUR), ada, NOW).await.expect("named");
    let held = [store::Right::Manager(ward)];
    assert_eq!(db.store.rights_at(ada, NOW).await.expect("read"), held);
    assert_eq!(db.store.rights_at(ben, NOW).await.expect("read"), held);
    assert_eq!(db.store.rights_at(ben, NOW + HOUR).await.expect("read"), []);
    assert_eq!(db.store.rights_at(ben, NOW - 1).await.expect("read"), []);
}
