//! A whole history at once.

use store::{
    Audience, DepartmentAdded, Event, Named, NewEvent, NewRequirement, PersonId, Recorded, RequirementId, Store,
    Verified, What,
    load::{self, Happening, Newcomer, Workplace},
};

use crate::common::{Db, HOUR, TODAY};

testbed::on_both_engines! {
    what_follows_from_a_whole_history_is_what_follows_from_it_one_by_one
    a_database_in_which_something_has_happened_takes_no_history
}

/// The day both people begin.
const BEGIN: i32 = TODAY - 500;

fn at(day: i32) -> i64 {
    i64::from(day) * 24 * HOUR + 8 * HOUR
}

/// Somebody's history: recorded on, acts on, what, whether it is about the requirement, which earlier one it corrects.
const HISTORY: [(i32, i32, Event, bool, Option<usize>); 7] = [
    (BEGIN, BEGIN - 1000, Event::Hired, false, None),
    (BEGIN + 20, BEGIN + 20, Event::Completed, true, None),
    (BEGIN + 85, BEGIN + 90, Event::Leave { to: Some(BEGIN + 120) }, false, None),
    (BEGIN + 380, BEGIN + 380, Event::Extended { due: BEGIN + 400 }, true, None),
    (BEGIN + 398, BEGIN + 397, Event::Completed, true, None),
    (BEGIN + 399, BEGIN + 396, Event::Completed, true, Some(4)),
    (BEGIN + 450, BEGIN + 450, Event::Exempted { until: Some(BEGIN + 460) }, true, None),
];

/// A requirement of everybody, and somebody to be loaded.
async fn clinic(db: &Db) -> (RequirementId, Newcomer) {
    let (document, _) = db.module("hands").await;
    let DepartmentAdded::Department(department) = db.store.add_department("Ward 1", None).await.expect("answered")
    else {
        panic!("no department")
    };
    let new = NewRequirement {
        document,
        name: "Hands".to_owned(),
        refresher: None,
        update_of: None,
        from_on: BEGIN,
        policy: r#"{"validity":"12 months"}"#.to_owned(),
        by: None,
    };
    let Named::Done(requirement) = db.store.add_requirement(new, at(BEGIN)).await.expect("answered") else {
        panic!("no requirement")
    };
    let asked = What::Requirement(requirement);
    db.store.assign(asked, Audience::Everybody, (BEGIN, None), at(BEGIN)).await.expect("answered");
    let facts = HISTORY.map(|(told, on, event, is_about, supersedes)| Happening {
        recorded_at: at(told),
        on,
        event,
        requirement: is_about.then_some(requirement),
        by: Some(PersonId(1)),
        reason: Some("As it was"),
        supersedes,
    });
    let newcomer = Newcomer {
        name: "Ann\tBell \\ “Nan”".to_owned(),
        email: Some("ann@clinic.example".to_owned()),
        employee_no: "N1".to_owned(),
        added_at: at(BEGIN),
        since_on: BEGIN,
        places: vec![Workplace { department, job_role: "Nurse", from_on: BEGIN, until_on: None }],
        facts: facts.to_vec(),
        ..Newcomer::default()
    };
    (requirement, newcomer)
}

async fn what_follows_from_a_whole_history_is_what_follows_from_it_one_by_one(db: &Db) {
    let (requirement, newcomer) = clinic(db).await;
    let department = newcomer.places[0].department;
    db.store.close().await;
    let loaded = load::load(&db.url, 1, 1, move |_, _| newcomer.clone()).await.expect("answered").expect("there");
    assert_eq!((loaded.people, loaded.facts, loaded.sources, loaded.cycles), (1, 7, 1, 2));

    let store = Store::open(&db.url).await.expect("answered");
    let ann = store.find_by_login("n1").await.expect("answered").expect("there");
    assert_eq!(ann.name, "Ann\tBell \\ “Nan”");
    let new = store::NewPerson { name: "Ben".into(), employee_no: Some("N2".into()), ..Default::default() };
    let store::Added::Person(ben) = store.add_person(new, at(BEGIN)).await.expect("answered") else { panic!("no Ben") };
    store.set_tenure(ben, department, "Nurse", BEGIN, BEGIN).await.expect("answered");
    let mut seqs = Vec::new();
    for (told, on, event, is_about, supersedes) in HISTORY {
        let new = NewEvent {
            person: ben,
            event,
            on,
            requirement: is_about.then_some(requirement),
            reason: "As it was".to_owned(),
            evidence: None,
            approved_by: None,
            by: ann.person,
            supersedes: supersedes.map(|at| seqs[at]),
        };
        let Recorded::Done(seq) = store.record(new, at(told)).await.expect("answered") else { panic!("{event:?}") };
        seqs.push(seq);
    }
    for day in BEGIN - 1..TODAY + 500 {
        let (anns, bens) = (
            store.obligations(ann.person, day).await.expect("answered"),
            store.obligations(ben, day).await.expect("answered"),
        );
        assert_eq!(anns.first().map(|one| one.slice), bens.first().map(|one| one.slice), "on day {day}");
    }
    assert_eq!(
        store.cycles(ann.person, requirement).await.expect("answered"),
        store.cycles(ben, requirement).await.expect("answered")
    );
    let told = |events: Vec<store::PastEvent>| {
        let one = |event: store::PastEvent| {
            (event.kind, event.on, event.recorded_at, event.until, event.reason, event.superseded)
        };
        events.into_iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(
        told(store.events(ann.person).await.expect("answered")),
        told(store.events(ben).await.expect("answered"))
    );
    let rebuilt = store.rebuild(true).await.expect("answered");
    assert_eq!((rebuilt.people, rebuilt.different), (2, 0));
    assert!(matches!(store.verify().await.expect("answered"), Verified::Ok { entries: 14, .. }));
    store.close().await;
}

async fn a_database_in_which_something_has_happened_takes_no_history(db: &Db) {
    let (_, newcomer) = clinic(db).await;
    db.store.close().await;
    let again = Newcomer { employee_no: "N2".into(), email: None, ..newcomer.clone() };
    load::load(&db.url, 1, 1, move |_, _| newcomer.clone()).await.expect("answered").expect("there");
    assert_eq!(load::load(&db.url, 1, 1, move |_, _| again.clone()).await.expect("answered"), None);
    let store = Store::open(&db.url).await.expect("answered");
    assert_eq!(store.people("", 10, 0).await.expect("answered").total, 1);
    store.close().await;
}
