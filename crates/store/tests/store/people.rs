//! What the store promises about people: who they are, what they may do, where they work; each on both engines.

use crate::common::{Db, HOUR, NOW, TODAY, complete};
use store::{
    Added, DepartmentAdded, DepartmentChanged, DepartmentId, FirstAdministrator, LinkKind, LinkState, NewLink,
    NewPerson, NewSession, PersonId, PersonUpdate, Right, SetUp, Spend, Updated,
};

testbed::on_both_engines! {
    a_disabled_person_is_seen_on_the_next_load
    a_link_is_spent_once
    the_site_is_set_up_once
    logins_are_unique_in_any_case
    a_new_right_ends_the_sessions
    a_team_is_what_works_below_today
    a_department_moves_with_all_below_it
    a_device_is_known_for_the_one_who_signed_in_with_it
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

    assert!(db.store.disable_person(ada, NOW).await.expect("disabled").found);
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
    let tree = db.store.departments().await.expect("read");
    assert_eq!(
        tree.iter().map(|d| (d.name.as_str(), d.depth)).collect::<Vec<_>>(),
        [("Clinic", 0), ("Lab", 1), ("Ward", 1)]
    );

    let (ada, bob, module) = (db.person("Ada").await, db.person("Bob").await, db.module("hand-hygiene").await);
    db.store.set_tenure(ada, ward, "nurse", TODAY - 9, TODAY).await.expect("set");
    db.store.set_tenure(bob, lab, "technician", TODAY - 9, TODAY).await.expect("set");
    db.store.set_tenure(bob, ward, "nurse", TODAY + 1, TODAY).await.expect("planned");
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
    let change =
        async |id, name: &str, parent| db.store.change_department(id, name, parent, NOW).await.expect("written");
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
    db.store.set_tenure(ada, ward, "Nurse", TODAY, TODAY).await.expect("written");
    let counted = async |day| {
        let people = db.store.department_people(day).await.expect("read");
        people.get(&ward).copied().unwrap_or_default()
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
