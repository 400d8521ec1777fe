//! A manager who moves loses what they managed there, on both engines.

use store::{
    Access, Applied, AuditFilter, DepartmentAdded, DepartmentAt, DepartmentId, NewAudit, NewPlace, NewSession,
    PersonId, Right, Undone,
};

use crate::{
    common::{Db, HOUR, NOW, TODAY},
    roster::{applied, department, found, new, plan, same},
};

testbed::on_both_engines! {
    whoever_moves_loses_what_they_managed_there_and_nothing_else
    a_move_that_was_planned_acts_on_its_day_and_once
    whoever_is_shut_out_manages_nothing_where_they_worked
    a_list_that_moves_managers_takes_their_rights_and_its_undoing_gives_them_back
}

const DAY: i64 = 24 * HOUR;

/// Surgery with a ward in it, and Medicine.
async fn hospital(db: &Db) -> (DepartmentId, DepartmentId, DepartmentId) {
    let surgery = department(db, "Surgery").await;
    let Ok(DepartmentAdded::Department(ward)) = db.store.add_department("Ward 3", Some(surgery)).await else {
        panic!("no ward")
    };
    (surgery, ward, department(db, "Medicine").await)
}

async fn managed(db: &Db, person: PersonId) -> Vec<DepartmentId> {
    let rights = db.store.rights_of(person).await.expect("read").into_iter();
    rights.filter_map(|right| if let Right::Manager(id) = right { Some(id) } else { None }).collect()
}

/// What the audit log says of rights of somebody, the newest first.
async fn log(db: &Db, person: PersonId) -> Vec<(Option<PersonId>, String)> {
    let filter = AuditFilter { about: Some(person), what: Some("right".to_owned()), ..AuditFilter::default() };
    let entries = db.store.audit_page(&filter, 99).await.expect("read").into_iter();
    entries.map(|entry| (entry.who, format!("{} {}", entry.what, entry.detail))).collect()
}

async fn whoever_moves_loses_what_they_managed_there_and_nothing_else(db: &Db) {
    let (surgery, ward, medicine) = hospital(db).await;
    let lab = department(db, "Lab").await;
    let (ada, ngozi, dan) = (db.person("Ada").await, db.person("Ngozi").await, db.person("Dan").await);
    db.store.set_tenure(ngozi, ward, "Nurse", TODAY - 9, TODAY).await.expect("placed");
    for department in [surgery, medicine, lab] {
        assert!(db.store.grant(ngozi, Right::Manager(department)).await.expect("granted"));
    }
    db.store.add_deputy((ngozi, dan), (TODAY, TODAY + 9), (NOW, NOW + 9 * DAY), ngozi, NOW).await.expect("named");
    let session = NewSession {
        id_hash: b"d".to_vec(),
        person: Some(dan),
        data: b"{}".to_vec(),
        seen_at: NOW,
        idle_until: NOW + DAY,
        ends_at: NOW + DAY,
    };
    db.store.create_session(session).await.expect("kept");
    let stands_in = async || {
        let session = db.store.load_session(b"d", NOW + 1).await.expect("read").expect("lives");
        session.who.expect("signed in").rights
    };
    assert_eq!(stands_in().await.len(), 3);

    let moved = db.store.set_tenure(ngozi, surgery, "Nurse", TODAY, TODAY).await.expect("moved");
    assert!(moved.lost.is_empty(), "Surgery holds the old place and the new one");
    let entry = NewAudit { who: Some(ada), what: "person.placed".to_owned(), ..NewAudit::default() };
    let noting = db.store.noting(entry, NOW);
    let moved = noting.set_tenure(ngozi, medicine, "Nurse", TODAY, TODAY).await.expect("moved");
    let lost: Vec<_> = moved.lost.iter().map(|lost| (lost.name.as_str(), lost.department_name.as_str())).collect();
    assert_eq!(lost, [("Ngozi", "Surgery")]);
    assert_eq!(managed(db, ngozi).await, [medicine, lab], "where she did not work, she manages on");
    assert_eq!(
        log(db, ngozi).await,
        [(Some(ada), "right.revoked manager, Surgery: they do not work there any more".to_owned())]
    );
    assert_eq!(stands_in().await, [Right::Manager(medicine), Right::Manager(lab)], "her deputy loses it with her");

    let moved = db.store.end_tenure(ngozi, TODAY, TODAY).await.expect("ended");
    assert_eq!((moved.lost.len(), managed(db, ngozi).await), (1, vec![lab]));
}

async fn a_move_that_was_planned_acts_on_its_day_and_once(db: &Db) {
    let (surgery, ward, medicine) = hospital(db).await;
    let ngozi = db.person("Ngozi").await;
    db.store.set_tenure(ngozi, ward, "Nurse", TODAY - 9, TODAY).await.expect("placed");
    db.store.grant(ngozi, Right::Manager(surgery)).await.expect("granted");
    let moved = db.store.set_tenure(ngozi, medicine, "Nurse", TODAY + 2, TODAY).await.expect("planned");
    assert!(moved.lost.is_empty());
    for days in [0, 1] {
        assert!(db.store.end_moved(NOW + days * DAY).await.expect("looked").is_empty());
        assert_eq!(managed(db, ngozi).await, [surgery], "after {days} days");
    }
    // Nobody looked on the day itself.
    let lost = db.store.end_moved(NOW + 3 * DAY).await.expect("looked");
    assert_eq!(lost.iter().map(|lost| lost.department).collect::<Vec<_>>(), [surgery]);
    assert!(managed(db, ngozi).await.is_empty());
    assert_eq!(log(db, ngozi).await.len(), 1);
    // Given after the move, it was meant.
    db.store.grant(ngozi, Right::Manager(surgery)).await.expect("granted");
    for days in [3, 4, 40] {
        assert!(db.store.end_moved(NOW + days * DAY).await.expect("looked").is_empty());
    }
    assert_eq!(managed(db, ngozi).await, [surgery]);
}

async fn whoever_is_shut_out_manages_nothing_where_they_worked(db: &Db) {
    let (surgery, ward, medicine) = hospital(db).await;
    let ngozi = db.person("Ngozi").await;
    db.store.set_tenure(ngozi, ward, "Nurse", TODAY - 9, TODAY).await.expect("placed");
    for department in [surgery, medicine] {
        db.store.grant(ngozi, Right::Manager(department)).await.expect("granted");
    }
    let moved = db.store.disable_person(ngozi, NOW).await.expect("disabled");
    assert_eq!((moved.found, moved.lost.len()), (true, 1));
    assert_eq!(managed(db, ngozi).await, [medicine]);
}

async fn a_list_that_moves_managers_takes_their_rights_and_its_undoing_gives_them_back(db: &Db) {
    let (surgery, ward, medicine) = hospital(db).await;
    applied(db, plan(vec![new("N1", ward), new("N2", ward), new("N3", ward)])).await;
    let people = [found(db, "N1").await, found(db, "N2").await, found(db, "N3").await];
    for person in &people {
        db.store.grant(person.id, Right::Manager(surgery)).await.expect("granted");
    }
    let to = |from_on| Some(NewPlace { from_on, to: Some((DepartmentAt::Known(medicine), "Nurse".to_owned())) });
    let [mut now, mut later, mut leaves] = [same(&people[0]), same(&people[1]), same(&people[2])];
    now.place = to(TODAY);
    later.place = to(TODAY + 2);
    (leaves.left_on, leaves.access) = (Some(TODAY - 1), Access::Ends);
    let done = db.store.apply_roster(plan(vec![now, later, leaves]), NOW).await.expect("answered");
    let Applied::Done { import, lost } = done else { panic!("{done:?}") };
    let lost: Vec<_> = lost.iter().map(|lost| lost.person).collect();
    assert_eq!(lost, [people[0].id, people[2].id]);
    assert_eq!(managed(db, people[1].id).await, [surgery], "until the day comes");

    let undone = db.store.undo_import(import, None, TODAY, NOW).await.expect("answered");
    assert_eq!(undone, Undone::Done);
    for person in &people {
        assert_eq!(managed(db, person.id).await, [surgery]);
    }
    assert_eq!(log(db, people[0].id).await[0].1, "right.granted manager, Surgery: the import that ended it was undone");
    db.store.end_moved(NOW).await.expect("looked");
    assert!(db.store.end_moved(NOW + 3 * DAY).await.expect("looked").is_empty(), "nobody moves any more");
}
