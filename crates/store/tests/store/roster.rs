//! What the store promises about people in bulk, on both engines.

use crate::common::{Db, NOW, TODAY};
use store::{
    Access, Added, Applied, Credit, DepartmentAdded, DepartmentAt, DepartmentId, Held, HeldFile, NewImport, NewPerson,
    NewPlace, PersonId, RosterChange, RosterPerson, RosterPlan, Told, Undone, Verified,
};

testbed::on_both_engines! {
    thousands_are_added_with_their_facts_in_one_commit
    a_list_made_for_people_who_have_changed_is_refused_whole
    one_login_that_is_taken_refuses_the_whole_list
    addresses_can_be_swapped
    the_last_import_is_undone_with_what_it_told
    a_change_made_since_prevents_the_undoing_and_is_named
    a_file_waits_for_its_owner_and_is_applied_once
    history_is_recorded_and_taken_back
    whoever_leaves_is_signed_out_and_a_passed_last_day_shuts_out
}

pub(crate) async fn department(db: &Db, name: &str) -> DepartmentId {
    match db.store.add_department(name, None).await {
        Ok(DepartmentAdded::Department(id)) => id,
        other => panic!("{name}: {other:?}"),
    }
}

pub(crate) fn new(number: &str, department: DepartmentId) -> RosterChange {
    RosterChange {
        person: None,
        added: true,
        name: format!("Person {number}"),
        email: Some(format!("{}@clinic.example", number.to_lowercase())),
        readdressed: false,
        employee_no: Some(number.to_owned()),
        hired_on: Some(TODAY - 9),
        left_on: None,
        left_before: None,
        place: Some(NewPlace { from_on: TODAY, to: Some((DepartmentAt::Known(department), "Nurse".to_owned())) }),
        access: Access::Returns,
        told: vec![Told::Hired(TODAY - 9), Told::RoleStart(TODAY, "Nurse".to_owned())],
    }
}

pub(crate) fn same(person: &RosterPerson) -> RosterChange {
    RosterChange {
        person: Some((person.id, person.rev)),
        added: false,
        name: person.name.clone(),
        email: person.email.clone(),
        readdressed: false,
        employee_no: person.employee_no.clone(),
        hired_on: person.hired_on,
        left_on: person.left_on,
        left_before: None,
        place: None,
        access: Access::Kept,
        told: Vec::new(),
    }
}

pub(crate) fn plan(changes: Vec<RosterChange>) -> RosterPlan {
    RosterPlan { departments: Vec::new(), changes, import: Some(import(None)), by: None, today: TODAY }
}

fn import(token_hash: Option<Vec<u8>>) -> NewImport {
    NewImport { file_name: "people.csv".to_owned(), summary: "some changed".to_owned(), token_hash }
}

pub(crate) async fn applied(db: &Db, plan: RosterPlan) -> i64 {
    match db.store.apply_roster(plan, NOW).await {
        Ok(Applied::Done { import, .. }) => import,
        other => panic!("not applied: {other:?}"),
    }
}

pub(crate) async fn found(db: &Db, number: &str) -> RosterPerson {
    let people = db.store.roster(TODAY).await.expect("read");
    people.into_iter().find(|known| known.employee_no.as_deref() == Some(number)).expect(number)
}

async fn whole(db: &Db) -> i64 {
    match db.store.verify().await.expect("read") {
        Verified::Ok { entries, .. } => entries,
        bad => panic!("{bad:?}"),
    }
}

async fn thousands_are_added_with_their_facts_in_one_commit(db: &Db) {
    let ward = department(db, "Ward").await;
    let before = db.store.write_counters().syncs;
    let changes: Vec<_> = (0..2345).map(|number| new(&format!("N{number}"), ward)).collect();
    let mut list = plan(changes);
    list.departments = vec![vec!["Lab".to_owned()], vec!["Lab".to_owned(), "Cold room".to_owned()]];
    list.changes[7].place =
        Some(NewPlace { from_on: TODAY, to: Some((DepartmentAt::New(1), "Technician".to_owned())) });
    applied(db, list).await;
    if !db.is_postgres() {
        assert_eq!(db.store.write_counters().syncs, before + 1);
    }
    assert_eq!(whole(db).await, 2 * 2345);
    let people = db.store.roster(TODAY).await.expect("read");
    assert_eq!(people.len(), 2345);
    let lab = found(db, "N7").await;
    assert_eq!((lab.places[0].job_role.as_str(), lab.hired_on, lab.rev), ("Technician", Some(TODAY - 9), 1));
    assert_eq!(
        db.store.find_by_login("n2000@clinic.example").await.expect("read").expect("there").name,
        "Person N2000"
    );
    assert_eq!(db.store.departments().await.expect("read").len(), 3);
    let counted = "SELECT count(*) FROM fact f JOIN fact_body b ON b.seq = f.seq WHERE f.kind = 'role-start' AND f.effective_on = ";
    assert_eq!(db.database.number(&format!("{counted}{TODAY}")).await, 2345);
}

async fn a_list_made_for_people_who_have_changed_is_refused_whole(db: &Db) {
    let ward = department(db, "Ward").await;
    applied(db, plan(vec![new("N1", ward), new("N2", ward)])).await;
    let (one, two) = (found(db, "N1").await, found(db, "N2").await);
    db.store.set_tenure(two.id, ward, "Midwife", TODAY, TODAY).await.expect("moved by hand");
    let mut renamed = same(&one);
    renamed.name = "Another".to_owned();
    let list = plan(vec![renamed, same(&two), new("N3", ward)]);
    assert_eq!(db.store.apply_roster(list, NOW).await.expect("answered"), Applied::Stale);
    assert_eq!(found(db, "N1").await, one);
    assert_eq!(db.store.roster(TODAY).await.expect("read").len(), 2);
}

async fn one_login_that_is_taken_refuses_the_whole_list(db: &Db) {
    let ward = department(db, "Ward").await;
    let taken = NewPerson { name: "Ada".to_owned(), employee_no: Some("N9".to_owned()), ..NewPerson::default() };
    assert!(matches!(db.store.add_person(taken, NOW).await, Ok(Added::Person(_))));
    let mut list = plan(vec![new("N1", ward), new("N9", ward)]);
    list.departments = vec![vec!["Lab".to_owned()]];
    assert_eq!(db.store.apply_roster(list, NOW).await.expect("answered"), Applied::Stale);
    assert_eq!(db.store.roster(TODAY).await.expect("read").len(), 1);
    assert_eq!(db.store.departments().await.expect("read").len(), 1, "the department went with it");
    assert_eq!((whole(db).await, db.store.imports(9).await.expect("read").len()), (0, 0));
    applied(db, plan(vec![new("N1", ward)])).await;
}

async fn addresses_can_be_swapped(db: &Db) {
    let ward = department(db, "Ward").await;
    applied(db, plan(vec![new("N1", ward), new("N2", ward)])).await;
    let (one, two) = (found(db, "N1").await, found(db, "N2").await);
    let (mut first, mut second) = (same(&one), same(&two));
    (first.email, first.readdressed) = (two.email.clone(), true);
    (second.email, second.readdressed) = (one.email.clone(), true);
    applied(db, plan(vec![first, second])).await;
    let login = db.store.find_by_login("n1@clinic.example").await.expect("read").expect("there");
    assert_eq!(login.person, two.id);
}

async fn the_last_import_is_undone_with_what_it_told(db: &Db) {
    let (ward, lab) = (department(db, "Ward").await, department(db, "Lab").await);
    let first = applied(db, plan(vec![new("N1", ward), new("N2", ward)])).await;
    let (one, two) = (found(db, "N1").await, found(db, "N2").await);
    let mut moved = same(&one);
    (moved.name, moved.hired_on) = ("Ada Obi".to_owned(), Some(TODAY - 30));
    (moved.email, moved.readdressed) = (None, true);
    moved.place = Some(NewPlace { from_on: TODAY + 2, to: Some((DepartmentAt::Known(lab), "Nurse".to_owned())) });
    moved.told = vec![Told::Hired(TODAY - 30)];
    let mut left = same(&two);
    (left.left_on, left.access, left.told) = (Some(TODAY - 1), Access::Ends, vec![Told::Left(TODAY - 1)]);
    let second = applied(db, plan(vec![moved, left, new("N3", lab)])).await;
    let now = found(db, "N1").await;
    assert_eq!((now.name.as_str(), now.hired_on, now.places.len()), ("Ada Obi", Some(TODAY - 30), 2));
    assert!(found(db, "N2").await.disabled);
    let in_force = "SELECT count(*) FROM fact f WHERE f.kind = 'hired' AND NOT EXISTS (SELECT s.seq FROM fact s WHERE s.supersedes = f.seq)";
    assert_eq!(db.database.number(in_force).await, 3, "a day that is corrected stands once for each");

    assert_eq!(db.store.undo_import(first, None, TODAY, NOW).await.expect("answered"), Undone::NotTheLast);
    assert_eq!(db.store.undo_import(second, None, TODAY, NOW).await.expect("answered"), Undone::Done);
    assert_eq!(db.store.undo_import(second, None, TODAY, NOW).await.expect("answered"), Undone::NotTheLast);
    assert_eq!(db.store.undo_import(first, None, TODAY, NOW).await.expect("answered"), Undone::NotTheLast);
    for before in [&one, &two] {
        let mut now = found(db, before.employee_no.as_deref().expect("a number")).await;
        now.rev = before.rev;
        assert_eq!(&now, before);
    }
    let three = found(db, "N3").await;
    assert!(three.withdrawn && three.disabled && three.email.is_none() && three.places.is_empty(), "{three:?}");
    assert_eq!(db.store.find_by_login("n1@clinic.example").await.expect("read").expect("there").person, one.id);
    assert!(db.store.find_by_login("n3@clinic.example").await.expect("read").is_none());
    assert_eq!(db.database.number(in_force).await, 2);
    let on = format!("{in_force} AND f.effective_on = {}", TODAY - 9);
    assert_eq!(db.database.number(&on).await, 2, "the day before the correction is told again");
    whole(db).await;

    // A mended list finds the staff number again.
    let mut again = new("N3", ward);
    again.person = Some((three.id, three.rev));
    let third = applied(db, plan(vec![again])).await;
    let back = found(db, "N3").await;
    assert!(!back.withdrawn && !back.disabled && back.id == three.id && back.email.is_some(), "{back:?}");
    assert_eq!(db.store.undo_import(third, None, TODAY, NOW).await.expect("answered"), Undone::Done);
}

async fn a_change_made_since_prevents_the_undoing_and_is_named(db: &Db) {
    let ward = department(db, "Ward").await;
    let four = ["N1", "N2", "N3", "N4"].map(|number| new(number, ward));
    let import = applied(db, plan(four.into())).await;
    let (one, two, three) = (found(db, "N1").await, found(db, "N2").await, found(db, "N3").await);
    let four = found(db, "N4").await;
    db.store.set_tenure(one.id, ward, "Midwife", TODAY, TODAY).await.expect("moved");
    assert!(db.store.set_password(four.id, "hash", None).await.expect("chosen"));
    db.store.grant(two.id, store::Right::Trainer).await.expect("granted");
    let session = store::NewSession {
        id_hash: b"s".to_vec(),
        person: Some(three.id),
        data: Vec::new(),
        seen_at: NOW,
        idle_until: NOW + 9,
        ends_at: NOW + 9,
    };
    assert!(db.store.create_session(session).await.expect("kept"));
    let before = whole(db).await;
    let Undone::Prevented(people) = db.store.undo_import(import, None, TODAY, NOW).await.expect("answered") else {
        panic!("it was undone")
    };
    let mut why: Vec<_> = people.iter().map(|(person, name, why)| (*person, name.as_str(), *why)).collect();
    why.sort_unstable();
    let expected = [
        (one.id, "Person N1", "was changed since"),
        (two.id, "Person N2", "was given a right"),
        (three.id, "Person N3", "has signed in"),
        (four.id, "Person N4", "was changed since"),
    ];
    assert_eq!(why, expected);
    assert_eq!(whole(db).await, before);
    assert!(!found(db, "N2").await.withdrawn);
}

async fn a_file_waits_for_its_owner_and_is_applied_once(db: &Db) {
    let (ada, ben, ward) = (db.person("Ada").await, db.person("Ben").await, department(db, "Ward").await);
    let held = Held {
        kind: "people".to_owned(),
        file_name: "people.csv".to_owned(),
        everybody: true,
        new_departments: false,
        bytes: vec![0xff, 0, 7],
    };
    let token = vec![7; 32];
    let file = HeldFile { token_hash: token.clone(), person: ada, held: held.clone() };
    db.store.hold_file(file, NOW).await.expect("kept");
    assert_eq!(db.store.held_file(&token, ada, NOW - 1).await.expect("read"), Some(held));
    assert_eq!(db.store.held_file(&token, ben, NOW - 1).await.expect("read"), None);
    assert_eq!(db.store.held_file(&token, ada, NOW).await.expect("read"), None, "its hour is over");
    let mut list = plan(vec![new("N1", ward)]);
    list.import = Some(import(Some(token.clone())));
    applied(db, list.clone()).await;
    assert!(db.store.was_imported(&token).await.expect("read"));
    assert_eq!(db.store.apply_roster(list, NOW).await.expect("answered"), Applied::Gone);
    assert_eq!(db.store.purge_held_files(NOW + 1).await.expect("purged"), 0);
}

async fn history_is_recorded_and_taken_back(db: &Db) {
    let (ada, (module, _)) = (db.person("Ada").await, db.module("listen").await);
    let credit = |on| Credit { person: ada, document: module, effective_on: on, body: "{}".to_owned() };
    let done = db.store.apply_history(vec![credit(TODAY - 9), credit(TODAY - 99)], import(None), None, NOW).await;
    let Ok(Applied::Done { import: id, .. }) = done else { panic!("{done:?}") };
    let mut credits = db.store.prior_credits().await.expect("read");
    credits.sort_unstable();
    assert_eq!(credits, [(ada, module, TODAY - 99), (ada, module, TODAY - 9)]);
    assert_eq!(db.store.undo_import(id, Some(ada), TODAY, NOW).await.expect("answered"), Undone::Done);
    assert_eq!(db.store.prior_credits().await.expect("read"), []);
    assert_eq!(whole(db).await, 4);
}

async fn whoever_leaves_is_signed_out_and_a_passed_last_day_shuts_out(db: &Db) {
    let ward = department(db, "Ward").await;
    applied(db, plan(vec![new("N1", ward), new("N2", ward)])).await;
    let (one, two) = (found(db, "N1").await, found(db, "N2").await);
    for (id, person) in [(b"a", one.id), (b"b", two.id)] {
        let session = store::NewSession {
            id_hash: id.to_vec(),
            person: Some(person),
            data: Vec::new(),
            seen_at: NOW,
            idle_until: NOW + 9,
            ends_at: NOW + 9,
        };
        assert!(db.store.create_session(session).await.expect("kept"));
    }
    let (mut gone, mut going) = (same(&one), same(&two));
    (gone.left_on, gone.access, gone.told) = (Some(TODAY - 1), Access::Ends, vec![Told::Left(TODAY - 1)]);
    (going.left_on, going.told) = (Some(TODAY), vec![Told::Left(TODAY)]);
    applied(db, plan(vec![gone, going])).await;
    let signed_in = async |id: &[u8]| db.store.load_session(id, NOW).await.expect("read").is_some();
    assert!(!signed_in(b"a").await && signed_in(b"b").await);
    assert_eq!(db.store.tenure_on(one.id, TODAY).await.expect("read"), None);
    assert_eq!(
        db.store.tenure_on(two.id, TODAY).await.expect("read").and_then(|tenure| tenure.until_on),
        Some(TODAY + 1)
    );
    assert_eq!(db.store.disable_leavers(TODAY, NOW).await.expect("looked"), 0);
    assert_eq!(db.store.disable_leavers(TODAY + 1, NOW).await.expect("looked"), 1);
    assert!(!signed_in(b"b").await && found(db, "N2").await.disabled);

    // Staying after all: the place of work goes on where it would have ended.
    let going = found(db, "N2").await;
    let mut stays = same(&going);
    (stays.left_on, stays.left_before, stays.told) = (None, Some(TODAY), vec![Told::NotLeft]);
    applied(db, plan(vec![stays])).await;
    assert_eq!(db.store.tenure_on(two.id, TODAY + 99).await.expect("read").and_then(|tenure| tenure.until_on), None);
    let in_force = "SELECT count(*) FROM fact f WHERE f.kind = 'left' AND NOT EXISTS (SELECT s.seq FROM fact s WHERE s.supersedes = f.seq)";
    assert_eq!(db.database.number(in_force).await, 1);
    assert_eq!(db.store.employment(PersonId(999)).await.expect("read"), None);
}
