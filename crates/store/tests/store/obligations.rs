//! What the store promises about obligations: assignments reach whom they name, facts move dates, and what is kept ready is always what
//! follows from the facts; each on both engines.

use records::{
    answer::{Coverage, Overlay, Timing},
    day::Day,
};
use store::{
    AssignmentId, Audience, DepartmentAdded, DepartmentId, Event, Named, NewEvent, NewRequirement, NewSession,
    PathStep, PersonId, PolicyVersion, Rebuilt, Recorded, RequirementId, Right, SetSoFar, What,
};

use crate::common::{Db, HOUR, NOW, TODAY, complete};

testbed::on_both_engines! {
    an_assignment_reaches_a_department_and_all_below_it
    whoever_joins_later_is_reached_and_whoever_moves_away_is_not
    a_path_gives_each_step_its_own_day
    a_new_policy_acts_on_what_opens_later_unless_it_recalculates
    what_is_recorded_moves_the_dates
    what_was_known_on_a_day_can_be_asked_again
    a_mandatory_update_asks_for_what_is_done_from_its_day_on
    a_mandatory_update_is_made_and_given_or_neither
    what_would_follow_is_known_before_anything_is_assigned
    what_ends_with_an_assignment_is_counted
    those_whom_a_requirement_reaches_come_in_parts
    names_are_taken_once_in_any_case
    somebody_stands_in_for_a_manager_for_some_days
    how_far_a_site_is_set_up_is_counted
    what_is_kept_is_what_follows_whatever_happens
}

const POLICY: &str = r#"{"validity":"12 months"}"#;
const DAY: i64 = 86_400_000_000;

async fn department(db: &Db, name: &str, parent: Option<DepartmentId>) -> DepartmentId {
    match db.store.add_department(name, parent).await.expect("written") {
        DepartmentAdded::Department(id) => id,
        other => panic!("{name}: {other:?}"),
    }
}

async fn requirement(db: &Db, slug: &str, policy: &str) -> (RequirementId, (store::DocumentId, store::VersionId)) {
    let module = db.module(slug).await;
    (require(db, module.0, slug, policy).await, module)
}

async fn require(db: &Db, document: store::DocumentId, name: &str, policy: &str) -> RequirementId {
    let new = NewRequirement {
        document,
        name: name.to_owned(),
        refresher: None,
        update_of: None,
        from_on: TODAY,
        policy: policy.to_owned(),
        by: None,
    };
    match db.store.add_requirement(new, NOW).await.expect("written") {
        Named::Done(id) => id,
        other => panic!("{name}: {other:?}"),
    }
}

async fn assign(db: &Db, what: What, audience: Audience) -> AssignmentId {
    let id = db.store.assign(what, audience, (TODAY, None), NOW).await.expect("written");
    catch_up(db).await;
    id
}

async fn catch_up(db: &Db) {
    while db.store.refresh_part().await.expect("written") > 0 {}
    assert_eq!(db.store.stale().await.expect("read"), 0);
}

/// Of each requirement that stands for a person on a day: what is so.
async fn standing(db: &Db, person: PersonId, day: i32) -> Vec<records::answer::Standing> {
    let all = db.store.obligations(person, day).await.expect("read");
    all.iter().map(|one| one.on(Day(day))).collect()
}

async fn whole(db: &Db) {
    let Rebuilt { different, people } = db.store.rebuild(true).await.expect("checked");
    assert_eq!(different, 0);
    assert!(people > 0);
}

fn event(person: PersonId, event: Event, on: i32, requirement: Option<RequirementId>) -> NewEvent {
    NewEvent {
        person,
        event,
        on,
        requirement,
        reason: "since it is so".to_owned(),
        evidence: Some("a paper".to_owned()),
        approved_by: Some("Mona Manager".to_owned()),
        by: person,
        supersedes: None,
    }
}

async fn record(db: &Db, new: NewEvent) -> i64 {
    match db.store.record(new, NOW).await.expect("written") {
        Recorded::Done(seq) => seq,
        other => panic!("{other:?}"),
    }
}

async fn an_assignment_reaches_a_department_and_all_below_it(db: &Db) {
    let (hospital, ward) = (department(db, "Hospital", None).await, db.person("Ada").await);
    let below = department(db, "Ward", Some(hospital)).await;
    let other = department(db, "Other", None).await;
    let bob = db.person("Bob").await;
    db.store.set_tenure(ward, below, "nurse", TODAY, TODAY).await.expect("set");
    db.store.set_tenure(bob, other, "nurse", TODAY, TODAY).await.expect("set");
    let (first, module) = requirement(db, "hand-washing", POLICY).await;
    assign(db, What::Requirement(first), Audience::Department(hospital)).await;
    let now = standing(db, ward, TODAY).await;
    assert_eq!(now.len(), 1);
    assert_eq!((now[0].coverage, now[0].due), (Coverage::Never, Some(Day(TODAY + 30))));
    assert!(standing(db, bob, TODAY).await.is_empty());

    // A second assignment to the same person is the same obligation, and its end changes nothing.
    let role = assign(db, What::Requirement(first), Audience::Role("nurse".to_owned())).await;
    assert_eq!(standing(db, ward, TODAY).await, now);
    assert_eq!(standing(db, bob, TODAY).await.len(), 1);
    assert!(db.store.end_assignment(role, TODAY + 5).await.expect("written"));
    assert!(!db.store.end_assignment(role, TODAY + 5).await.expect("written"), "it has its end");
    catch_up(db).await;
    assert_eq!(standing(db, ward, TODAY + 6).await[0].due, Some(Day(TODAY + 30)));
    assert_eq!(standing(db, bob, TODAY + 6).await[0].overlay, Some(Overlay::NotApplicable));

    complete(db, ward, module).await;
    let now = standing(db, ward, TODAY).await[0];
    assert_eq!((now.coverage, now.timing, now.due), (Coverage::Valid, Some(Timing::NotDue), None));
    assert_eq!(now.valid_through, Some(Day(TODAY + 365)));
    let cycles = db.store.cycles(ward, first).await.expect("read");
    assert_eq!(cycles.len(), 1);
    assert_eq!((cycles[0].completed, cycles[0].late), (Some(Day(TODAY)), false));
    assert_eq!(standing(db, ward, TODAY + 366).await[0].coverage, Coverage::Grace, "without anybody doing anything");
    assert_eq!(db.store.obliged(first, TODAY).await.expect("read").len(), 2);
    let open = db.store.reachable(TODAY, PersonId(0), 10).await.expect("read");
    let open = open.iter().filter(|one| !one.open.is_empty());
    assert_eq!(open.map(|one| one.person).collect::<Vec<_>>(), [bob]);
    whole(db).await;
}

async fn whoever_joins_later_is_reached_and_whoever_moves_away_is_not(db: &Db) {
    let (ward, lab) = (department(db, "Ward", None).await, department(db, "Lab", None).await);
    let (first, _) = requirement(db, "hand-washing", POLICY).await;
    let (second, _) = requirement(db, "fire", POLICY).await;
    assign(db, What::Requirement(first), Audience::Department(ward)).await;
    assign(db, What::Requirement(second), Audience::Everybody).await;
    let ada = db.person("Ada").await;
    assert_eq!(standing(db, ada, TODAY).await.len(), 1, "everybody is everybody, from their first day");
    db.store.set_tenure(ada, ward, "nurse", TODAY, TODAY).await.expect("set");
    assert_eq!(standing(db, ada, TODAY).await.len(), 2, "at once, without any job");

    // A move that is planned acts on its day and not before.
    db.store.set_tenure(ada, lab, "nurse", TODAY + 10, TODAY).await.expect("planned");
    assert_eq!(standing(db, ada, TODAY + 9).await[0].overlay, None);
    assert_eq!(standing(db, ada, TODAY + 10).await[0].overlay, Some(Overlay::NotApplicable));
    // Back within the lead: the earlier due date is kept (rule 11).
    db.store.set_tenure(ada, ward, "nurse", TODAY + 20, TODAY).await.expect("planned");
    assert_eq!(standing(db, ada, TODAY + 20).await[0].due, Some(Day(TODAY + 30)));

    // A whole department moves under another one, which asks too.
    let bob = db.person("Bob").await;
    db.store.set_tenure(bob, lab, "technician", TODAY, TODAY).await.expect("set");
    db.store.change_department(lab, "Lab", Some(ward), NOW).await.expect("moved");
    db.store.refresh(bob).await.expect("refreshed");
    assert_eq!(standing(db, bob, TODAY).await.len(), 2);
    catch_up(db).await;

    db.store.disable_person(bob, NOW).await.expect("disabled");
    assert!(standing(db, bob, TODAY).await.is_empty(), "nothing began before this day and nothing is asked");
    db.store.enable_person(bob, NOW).await.expect("enabled");
    assert_eq!(standing(db, bob, TODAY).await.len(), 2);
    whole(db).await;
}

async fn a_path_gives_each_step_its_own_day(db: &Db) {
    let ada = db.person("Ada").await;
    let (first, _) = requirement(db, "one", POLICY).await;
    let (second, _) = requirement(db, "two", POLICY).await;
    let Named::Done(path) = db.store.add_path("Starting").await.expect("written") else { panic!("no path") };
    let steps = |all: &[(RequirementId, i32)]| {
        all.iter().map(|(requirement, due_days)| PathStep { requirement: *requirement, due_days: *due_days }).collect()
    };
    let both = steps(&[(second, 20), (first, 50)]);
    db.store.change_path(path, "Starting", both, TODAY).await.expect("written");
    assign(db, What::Path(path), Audience::Person(ada)).await;
    let due = async |day| standing(db, ada, day).await.iter().map(|one| one.due).collect::<Vec<_>>();
    assert_eq!(due(TODAY).await, [Some(Day(TODAY + 50)), Some(Day(TODAY + 20))]);
    // Other days of the path are for those who begin it later; a step that is gone asks no more.
    db.store.change_path(path, "Starting", steps(&[(first, 90)]), TODAY + 1).await.expect("written");
    catch_up(db).await;
    assert_eq!(due(TODAY + 1).await, [Some(Day(TODAY + 50)), None]);
    assert_eq!(standing(db, ada, TODAY + 1).await[1].overlay, Some(Overlay::NotApplicable));
    let paths = db.store.paths().await.expect("read");
    assert_eq!(paths[0].steps, [PathStep { requirement: first, due_days: 90 }]);
    whole(db).await;
}

async fn a_new_policy_acts_on_what_opens_later_unless_it_recalculates(db: &Db) {
    let ada = db.person("Ada").await;
    let (first, module) = requirement(db, "one", POLICY).await;
    assign(db, What::Requirement(first), Audience::Person(ada)).await;
    let version = |from_on, recalculates, body: &str| PolicyVersion {
        requirement: first,
        from_on,
        recalculates,
        body: body.to_owned(),
        by: None,
        at: NOW,
    };
    let quicker = r#"{"validity":"6 months","first-due":{"after":"assigned","days":15}}"#;
    db.store.add_policy(version(TODAY + 1, false, quicker), TODAY + 1).await.expect("written");
    catch_up(db).await;
    assert_eq!(standing(db, ada, TODAY + 2).await[0].due, Some(Day(TODAY + 30)), "the open cycle goes on");
    db.store.add_policy(version(TODAY + 3, true, quicker), TODAY + 3).await.expect("written");
    catch_up(db).await;
    assert_eq!(standing(db, ada, TODAY + 2).await[0].due, Some(Day(TODAY + 30)), "what was, was");
    assert_eq!(standing(db, ada, TODAY + 3).await[0].due, Some(Day(TODAY + 15)));
    complete(db, ada, module).await;
    assert!(db.store.add_policy(version(TODAY, false, r#"{"window":"soon"}"#), TODAY).await.is_err(), "never kept");
    whole(db).await;
}

async fn what_is_recorded_moves_the_dates(db: &Db) {
    let ada = db.person("Ada").await;
    let (first, _) = requirement(db, "one", POLICY).await;
    let (second, _) = requirement(db, "two", POLICY).await;
    for one in [first, second] {
        assign(db, What::Requirement(one), Audience::Everybody).await;
    }
    record(db, event(ada, Event::Extended { due: TODAY + 60 }, TODAY, Some(first))).await;
    let due = async |day| standing(db, ada, day).await.iter().map(|one| one.due.map(|due| due.0)).collect::<Vec<_>>();
    assert_eq!(due(TODAY).await, [Some(TODAY + 60), Some(TODAY + 30)]);
    let leave = record(db, event(ada, Event::Leave { to: Some(TODAY + 40) }, TODAY + 25, None)).await;
    assert_eq!(standing(db, ada, TODAY + 30).await[1].overlay, Some(Overlay::OnLeave));
    assert_eq!(due(TODAY + 25).await, [Some(TODAY + 60), Some(TODAY + 46)]);
    // It was shorter than that: a correction takes its place.
    let shorter =
        NewEvent { supersedes: Some(leave), ..event(ada, Event::Leave { to: Some(TODAY + 26) }, TODAY + 25, None) };
    record(db, shorter.clone()).await;
    assert_eq!(due(TODAY + 25).await, [Some(TODAY + 60), Some(TODAY + 32)], "by no more than the days of leave");
    assert_eq!(db.store.record(shorter, NOW).await.expect("answered"), Recorded::NothingToCorrect, "once");
    record(db, event(ada, Event::Exempted { until: None }, TODAY + 1, Some(second))).await;
    assert_eq!(standing(db, ada, TODAY + 1).await[1].overlay, Some(Overlay::Exempt));
    let credit = record(db, event(ada, Event::PriorCredit, TODAY, Some(first))).await;
    assert_eq!(standing(db, ada, TODAY).await[0].valid_through, Some(Day(TODAY + 365)));
    let wrong = NewEvent { supersedes: Some(credit), ..event(ada, Event::Retracted, TODAY, None) };
    record(db, wrong).await;
    assert_eq!(standing(db, ada, TODAY).await[0].coverage, Coverage::Never);
    record(db, event(ada, Event::Completed, TODAY, Some(first))).await;
    assert_eq!(standing(db, ada, TODAY).await[0].coverage, Coverage::Valid, "seen by somebody");
    record(db, event(ada, Event::Revoked, TODAY + 2, Some(first))).await;
    assert_eq!(standing(db, ada, TODAY + 2).await[0].coverage, Coverage::Revoked);
    record(db, event(ada, Event::Left, TODAY + 5, None)).await;
    assert_eq!(standing(db, ada, TODAY + 5).await[0].overlay, Some(Overlay::NotApplicable));
    let told = db.store.events(ada).await.expect("read");
    assert_eq!(told[0].kind, "left");
    assert_eq!(told.iter().filter(|one| one.superseded).count(), 2);
    let extended = told.iter().find(|one| one.kind == "extended").expect("there");
    assert_eq!((extended.until, extended.approved_by.as_deref()), (Some(TODAY + 60), Some("Mona Manager")));
    let account = &db.store.accounts(ada, None).await.expect("read")[0];
    let because = account.explained(Day(TODAY)).because;
    assert!(because.iter().any(|why| why.contains("Mona Manager") && why.contains("rule 13")), "{because:?}");
    assert!(matches!(db.store.verify().await.expect("read"), store::Verified::Ok { .. }));
    whole(db).await;
}

async fn what_was_known_on_a_day_can_be_asked_again(db: &Db) {
    let ada = db.person("Ada").await;
    let (first, _) = requirement(db, "one", POLICY).await;
    assign(db, What::Requirement(first), Audience::Everybody).await;
    let seen = event(ada, Event::Completed, TODAY, Some(first));
    db.store.record(seen, NOW + 5 * DAY).await.expect("written");
    let coverage = async |known_at| {
        let accounts = db.store.accounts(ada, known_at).await.expect("read");
        accounts[0].explained(Day(TODAY + 1)).coverage
    };
    assert_eq!(coverage(None).await, Coverage::Valid);
    assert_eq!(coverage(Some(NOW + 4 * DAY)).await, Coverage::Never, "nobody knew yet");
    assert_eq!(coverage(Some(NOW + 5 * DAY)).await, Coverage::Valid);
    // Before it was assigned nobody knew of it, whatever day is asked about.
    let accounts = db.store.accounts(ada, Some(NOW - 3 * DAY)).await.expect("read");
    assert_eq!(accounts[0].explained(Day(TODAY + 1)).overlay, Some(Overlay::NotApplicable));
}

async fn a_mandatory_update_asks_for_what_is_done_from_its_day_on(db: &Db) {
    let (ada, bob) = (db.person("Ada").await, db.person("Bob").await);
    let (first, module) = requirement(db, "one", POLICY).await;
    assign(db, What::Requirement(first), Audience::Everybody).await;
    complete(db, ada, module).await;
    let new = NewRequirement {
        document: module.0,
        name: "one, update".to_owned(),
        refresher: None,
        update_of: Some(first),
        from_on: TODAY + 3,
        policy: r#"{"first-due":{"after":"assigned","days":20}}"#.to_owned(),
        by: None,
    };
    let added = db.store.add_update(new, (vec![ada], "It is new".to_owned()), NOW).await.expect("written");
    let Named::Done(update) = added else { panic!("refused") };
    catch_up(db).await;
    let now = standing(db, ada, TODAY + 3).await;
    assert_eq!((now[0].coverage, now[1].coverage), (Coverage::Valid, Coverage::Never), "what is held stands");
    assert_eq!(now[1].due, Some(Day(TODAY + 23)));
    assert_eq!(standing(db, bob, TODAY + 3).await.len(), 1, "who holds nothing learns the new one anyway");
    record(db, event(ada, Event::Completed, TODAY + 4, Some(update))).await;
    assert_eq!(standing(db, ada, TODAY + 4).await[1].coverage, Coverage::Valid);
    whole(db).await;
}

async fn a_mandatory_update_is_made_and_given_or_neither(db: &Db) {
    let (ada, bob) = (db.person("Ada").await, db.person("Bob").await);
    let (first, module) = requirement(db, "M6", POLICY).await;
    assign(db, What::Requirement(first), Audience::Everybody).await;
    let update = |name: &str| NewRequirement {
        document: module.0,
        name: name.to_owned(),
        refresher: None,
        update_of: Some(first),
        from_on: TODAY,
        policy: r#"{"validity":"none"}"#.to_owned(),
        by: None,
    };
    let nobody = db.store.add_update(update("m6"), (vec![ada], String::new()), NOW).await.expect("answered");
    assert_eq!(nobody, Named::NameTaken);
    assert_eq!(db.store.assignments().await.expect("read").len(), 1, "nothing was given");
    assert!(
        db.store.add_update(update("M6, new"), (vec![PersonId(999)], String::new()), NOW).await.is_err(),
        "nobody is there"
    );
    assert_eq!(db.store.requirements().await.expect("read").len(), 1, "nothing was made");
    let Named::Done(new) =
        db.store.add_update(update("M6, new"), (vec![ada], String::new()), NOW).await.expect("written")
    else {
        panic!("not made")
    };
    catch_up(db).await;
    assert_eq!(standing(db, ada, TODAY).await.len(), 2);
    assert_eq!(standing(db, bob, TODAY).await.len(), 1);
    assert_eq!(db.store.reached(TODAY).await.expect("read").iter().find(|one| one.0 == new), Some(&(new, 1)));
    whole(db).await;
}

async fn what_would_follow_is_known_before_anything_is_assigned(db: &Db) {
    let (ward, lab) = (department(db, "Ward", None).await, department(db, "Lab", None).await);
    let (ada, bob, eve) = (db.person("Ada").await, db.person("Bob").await, db.person("Eve").await);
    let (first, module) = requirement(db, "one", POLICY).await;
    for person in [ada, bob, eve] {
        db.store.set_tenure(person, ward, "nurse", TODAY, TODAY).await.expect("set");
    }
    db.store.set_tenure(bob, lab, "nurse", TODAY + 10, TODAY).await.expect("planned");
    db.store.disable_person(eve, NOW).await.expect("disabled");
    let reached = async |audience: Audience, day| db.store.audience(&audience, day).await.expect("read");
    assert_eq!(reached(Audience::Department(ward), TODAY).await, [ada, bob]);
    assert_eq!(reached(Audience::Department(ward), TODAY + 10).await, [ada]);
    assert_eq!(reached(Audience::Role("nurse".to_owned()), TODAY).await, [ada, bob]);
    assert_eq!(reached(Audience::Everybody, TODAY).await, [ada, bob]);

    assign(db, What::Requirement(first), Audience::Person(bob)).await;
    complete(db, ada, module).await;
    let supposed = db.store.supposing(&[(first, Some(50))], &[ada, bob], TODAY).await.expect("read");
    let seen: Vec<_> = supposed.iter().map(|one| (one.person, one.already)).collect();
    assert_eq!(seen, [(ada, false), (bob, true)]);
    let status =
        |at: usize| supposed[at].account.ask(|terms, facts| records::schedule::status(terms, facts, Day(TODAY)));
    assert_eq!(status(0).coverage, Coverage::Valid, "what was done before counts");
    assert_eq!(status(1).due, Some(Day(TODAY + 30)), "the earlier of both");
    assert!(standing(db, ada, TODAY).await.is_empty(), "nothing was written");
    let mut names = db.store.names_of(&[bob, ada, PersonId(999)]).await.expect("read");
    names.sort();
    assert_eq!(names, [(ada, "Ada".to_owned()), (bob, "Bob".to_owned())]);
}

async fn what_ends_with_an_assignment_is_counted(db: &Db) {
    let (ada, bob) = (db.person("Ada").await, db.person("Bob").await);
    let (first, _) = requirement(db, "one", POLICY).await;
    let everybody = assign(db, What::Requirement(first), Audience::Everybody).await;
    let also = assign(db, What::Requirement(first), Audience::Person(ada)).await;
    let ending = async |id, day| {
        let all = db.store.ending(id, day).await.expect("read");
        all.into_iter().map(|one| (one.requirement, one.people, one.alone)).collect::<Vec<_>>()
    };
    assert_eq!(ending(everybody, TODAY).await, [(first, 2, 1)], "Ada is asked twice");
    assert_eq!(ending(also, TODAY).await, [(first, 1, 0)]);
    db.store.end_assignment(also, TODAY + 5).await.expect("ended");
    catch_up(db).await;
    assert_eq!(ending(everybody, TODAY + 5).await, [(first, 2, 2)]);
    assert_eq!(ending(also, TODAY + 5).await, []);
    assert_eq!(standing(db, bob, TODAY + 5).await.len(), 1);
}

async fn those_whom_a_requirement_reaches_come_in_parts(db: &Db) {
    let mut people = Vec::new();
    for name in ["Ada", "Bob", "Eve"] {
        people.push(db.person(name).await);
    }
    let (first, _) = requirement(db, "one", POLICY).await;
    let (second, _) = requirement(db, "two", POLICY).await;
    assign(db, What::Requirement(first), Audience::Everybody).await;
    assign(db, What::Requirement(second), Audience::Person(people[0])).await;
    let part = async |requirement, after, limit| {
        let part = db.store.accounts_of(requirement, TODAY, after, limit).await.expect("read");
        part.into_iter().map(|(person, account)| (person, account.requirement.id)).collect::<Vec<_>>()
    };
    assert_eq!(part(first, PersonId(0), 2).await, [(people[0], first), (people[1], first)]);
    assert_eq!(part(first, people[1], 2).await, [(people[2], first)]);
    assert_eq!(part(first, people[2], 2).await, []);
    assert_eq!(part(second, PersonId(0), 9).await, [(people[0], second)]);
}

async fn names_are_taken_once_in_any_case(db: &Db) {
    let (first, module) = requirement(db, "one", POLICY).await;
    let again = NewRequirement {
        document: module.0,
        name: "ONE".to_owned(),
        refresher: None,
        update_of: None,
        from_on: TODAY,
        policy: POLICY.to_owned(),
        by: None,
    };
    assert_eq!(db.store.add_requirement(again, NOW).await.expect("answered"), Named::NameTaken);
    let other = require(db, module.0, "two", POLICY).await;
    let change = async |id, name: &str| db.store.change_requirement(id, name, None, TODAY).await.expect("answered");
    assert_eq!(change(other, "One").await, Named::NameTaken);
    assert_eq!(change(first, "First").await, Named::Done(()));
    assert_eq!(change(RequirementId(99), "Other").await, Named::Missing);
    assert!(db.store.add_job_role("Nurse").await.expect("written"));
    assert!(!db.store.add_job_role("nurse").await.expect("answered"));
    let (ada, ward) = (db.person("Ada").await, department(db, "Ward", None).await);
    db.store.set_tenure(ada, ward, "Nurse", TODAY, TODAY).await.expect("set");
    assign(db, What::Requirement(first), Audience::Role("Nurse".to_owned())).await;
    assert!(db.store.rename_job_role("Nurse", "Senior nurse", TODAY).await.expect("written"));
    catch_up(db).await;
    assert_eq!(standing(db, ada, TODAY).await[0].overlay, None, "the assignment goes with the role's name");
    assert_eq!(db.store.job_roles(TODAY).await.expect("read"), [("Senior nurse".to_owned(), 1)]);
}

async fn somebody_stands_in_for_a_manager_for_some_days(db: &Db) {
    let (mona, dan, ada) = (db.person("Mona").await, db.person("Dan").await, db.person("Ada").await);
    let ward = department(db, "Ward", None).await;
    db.store.grant(mona, Right::Manager(ward)).await.expect("granted");
    db.store.set_tenure(ada, ward, "nurse", TODAY, TODAY).await.expect("set");
    let instants = (NOW + DAY, NOW + 3 * DAY);
    let id = db.store.add_deputy((mona, dan), (TODAY + 1, TODAY + 2), instants, mona, NOW).await.expect("written");
    let session = NewSession {
        id_hash: b"d".to_vec(),
        person: Some(dan),
        data: b"{}".to_vec(),
        seen_at: NOW,
        idle_until: NOW + 9 * DAY,
        ends_at: NOW + 9 * DAY,
    };
    db.store.create_session(session).await.expect("kept");
    let rights = async |at| {
        let session = db.store.load_session(b"d", at).await.expect("read").expect("lives");
        session.who.expect("signed in").rights
    };
    assert!(rights(NOW).await.is_empty());
    assert_eq!(rights(NOW + DAY).await, [Right::Manager(ward)]);
    assert!(rights(NOW + 3 * DAY).await.is_empty());
    let team = async |day| db.store.team(Some(dan), "module", day, (9, 0)).await.expect("read").len();
    assert_eq!((team(TODAY).await, team(TODAY + 2).await, team(TODAY + 3).await), (0, 1, 0));
    assert!(
        !db.store.end_deputy(dan, id, TODAY + 2, NOW + 2 * DAY + HOUR).await.expect("answered"),
        "not theirs to end"
    );
    assert!(db.store.end_deputy(mona, id, TODAY + 2, NOW + 2 * DAY).await.expect("written"));
    assert!(rights(NOW + 2 * DAY).await.is_empty());
    assert!(db.store.deputies(dan, TODAY + 2).await.expect("read").is_empty());
}

/// Numbers by chance, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: i32) -> i32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i32::try_from((self.0 >> 33) % u64::from(bound.unsigned_abs())).expect("below the bound")
    }
}

async fn what_is_kept_is_what_follows_whatever_happens(db: &Db) {
    let mut chance = Chance(7);
    let (hospital, lab) = (department(db, "Hospital", None).await, department(db, "Lab", None).await);
    let wards = [department(db, "North", Some(hospital)).await, department(db, "South", Some(hospital)).await, lab];
    let mut people = Vec::new();
    for number in 0..8 {
        people.push(db.person(&format!("Person {number}")).await);
    }
    let mut requirements = Vec::new();
    for slug in ["one", "two", "three"] {
        requirements.push(requirement(db, slug, POLICY).await.0);
    }
    let Named::Done(path) = db.store.add_path("Path").await.expect("written") else { panic!("no path") };
    let mut assignments = Vec::new();
    for step in 0..160 {
        let today = TODAY + step;
        let now = NOW + i64::from(step) * DAY;
        let person = people[usize::try_from(chance.below(8)).expect("small")];
        let requirement = requirements[usize::try_from(chance.below(3)).expect("small")];
        let ward = wards[usize::try_from(chance.below(3)).expect("small")];
        let record = async |event, on, requirement| {
            let new = self::event(person, event, on, requirement);
            db.store.record(new, now).await.expect("written");
        };
        match chance.below(14) {
            0 => {
                let audience = match chance.below(4) {
                    0 => Audience::Everybody,
                    1 => Audience::Department(hospital),
                    2 => Audience::Role("nurse".to_owned()),
                    _ => Audience::Person(person),
                };
                let what = if chance.below(2) == 0 { What::Path(path) } else { What::Requirement(requirement) };
                assignments.push(db.store.assign(what, audience, (today, None), now).await.expect("written"));
            }
            1 if !assignments.is_empty() => {
                let at = usize::try_from(chance.below(i32::try_from(assignments.len()).expect("few"))).expect("small");
                db.store.end_assignment(assignments.swap_remove(at), today).await.expect("written");
            }
            2 => {
                let steps = (0..chance.below(4))
                    .map(|at| PathStep {
                        requirement: requirements[usize::try_from(at % 3).expect("small")],
                        due_days: 10 + at,
                    })
                    .take(3)
                    .collect();
                db.store.change_path(path, "Path", steps, today).await.expect("written");
            }
            3 => {
                let body = ["{}", POLICY, r#"{"validity":"2 months","window":"20 days"}"#]
                    [usize::try_from(chance.below(3)).expect("small")];
                let recalculates = chance.below(2) == 0;
                let version = PolicyVersion {
                    requirement,
                    from_on: today,
                    recalculates,
                    body: body.to_owned(),
                    by: None,
                    at: now,
                };
                db.store.add_policy(version, today).await.expect("written");
            }
            4 | 5 => {
                let role = ["nurse", "porter"][usize::try_from(chance.below(2)).expect("small")];
                db.store.set_tenure(person, ward, role, today + chance.below(9), today).await.expect("set");
            }
            6 => db.store.end_tenure(person, today, today).await.map(drop).expect("set"),
            7 => {
                let parent = if chance.below(2) == 0 { Some(hospital) } else { None };
                db.store.change_department(lab, "Lab", parent, now).await.expect("moved");
            }
            8 => record(Event::Leave { to: Some(today + chance.below(20)) }, today, None).await,
            9 => record(Event::Exempted { until: Some(today + chance.below(20)) }, today, Some(requirement)).await,
            10 => record(Event::Extended { due: today + chance.below(60) }, today, Some(requirement)).await,
            11 => record(Event::Revoked, today, Some(requirement)).await,
            _ => record(Event::Completed, today - chance.below(3), Some(requirement)).await,
        }
        if chance.below(5) == 0 {
            // Whoever is asked about is seen to before the rest.
            db.store.refresh(person).await.expect("refreshed");
            agree(db, person, today).await;
        }
        if step % 40 == 39 {
            catch_up(db).await;
            whole(db).await;
            for person in &people {
                agree(db, *person, today + chance.below(400)).await;
            }
        }
    }
    // Thrown away and made again, it is the same.
    let before = db.store.obligations_of(&people, TODAY + 170).await.expect("read");
    assert!(before.len() > 8, "by chance something is asked: {}", before.len());
    db.tamper("DELETE FROM standing").await;
    db.tamper("DELETE FROM cycle").await;
    assert!(db.store.rebuild(true).await.expect("checked").different > 0, "it is told");
    db.store.rebuild(false).await.expect("rebuilt");
    assert_eq!(db.store.obligations_of(&people, TODAY + 170).await.expect("read"), before);
    whole(db).await;
}

/// What is kept for a day is what the facts say of it.
async fn agree(db: &Db, person: PersonId, day: i32) {
    let kept = db.store.obligations(person, day).await.expect("read");
    for account in db.store.accounts(person, None).await.expect("read") {
        let follows = account.ask(|terms, facts| records::schedule::status(terms, facts, Day(day)));
        match kept.iter().find(|one| one.requirement == account.requirement.id) {
            Some(one) => assert_eq!(one.on(Day(day)), follows, "{} of {person:?} on {day}", account.requirement.name),
            None => assert_eq!((follows.overlay, follows.open), (Some(Overlay::NotApplicable), false)),
        }
    }
}

async fn how_far_a_site_is_set_up_is_counted(db: &Db) {
    assert_eq!(db.store.set_so_far(TODAY).await.expect("read"), SetSoFar::default());
    let (ada, bob) = (db.person("Ada").await, db.person("Bob").await);
    let gone = db.person("Gone").await;
    db.person("Placeless").await;
    assert!(db.store.disable_person(gone, NOW).await.expect("written").found);
    let ward = department(db, "Ward", None).await;
    db.store.set_tenure(ada, ward, "nurse", TODAY, TODAY).await.expect("set");
    // From tomorrow on.
    db.store.set_tenure(bob, ward, "nurse", TODAY + 1, TODAY).await.expect("set");
    db.store.grant(ada, Right::Manager(ward)).await.expect("granted");
    let (first, _) = requirement(db, "hand-washing", POLICY).await;
    assert!(!db.store.is_begun().await.expect("read"), "nobody is asked yet");
    let so_far =
        SetSoFar { departments: 1, people: 3, outside: 3, placeless: 1, managers: 1, requirements: 1, assignments: 0 };
    assert_eq!(db.store.set_so_far(TODAY).await.expect("read"), so_far);
    let given = assign(db, What::Requirement(first), Audience::Everybody).await;
    assert!(!db.store.is_begun().await.expect("read"), "nobody has come in");
    let later = db.store.set_so_far(TODAY + 1).await.expect("read");
    assert_eq!(later, SetSoFar { assignments: 1, ..so_far });
    assert!(db.store.end_assignment(given, TODAY + 5).await.expect("written"));
    let over = db.store.set_so_far(TODAY + 9).await.expect("read");
    assert_eq!(over.assignments, 0);
}
