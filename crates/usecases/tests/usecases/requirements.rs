//! Who must know what, as an administrator says it: requirements, policies, paths, assignments, job roles, mandatory updates.

use crate::common::{Db, MODULE, administrator, now, step, who};
use jiff::{SignedDuration, Timestamp};
use store::{AuditFilter, PersonId};
use usecases::{
    AssignmentId, Failure, PathId, RequirementId, Usecases, What,
    assignments::{AssignmentTyped, State},
    departments::DepartmentTyped,
    form,
    paths::{PathSaved, PathTyped, Turn},
    people::NewPerson,
    policies::{Acts, PolicySaved, PolicyTyped},
    publish::{File, Published},
    requirements::RequirementTyped,
    who::Who,
};

testbed::on_both_engines! {
    a_requirement_is_added_named_and_listed_with_whom_it_reaches
    only_administrators_say_who_must_know_what
    an_assignment_says_first_whom_it_gives_what
    what_ends_with_an_assignment_is_said_before
    an_assignment_that_cannot_be_is_refused_at_its_field
    a_policy_is_tried_on_paper_before_it_acts
    a_bulk_recalculation_changes_nobody_who_was_not_shown
    a_policy_is_saved_once_and_never_over_somebody_elses
    a_path_keeps_the_order_and_the_days_of_its_steps
    a_path_is_never_saved_over_somebody_elses
    a_step_that_was_filled_in_is_saved_with_the_rest
    a_change_of_a_path_that_is_assigned_says_first_whom_it_concerns
    an_assignment_that_makes_something_due_sooner_says_so
    a_job_role_that_takes_another_name_says_with_whom_it_merges
    a_mandatory_update_goes_to_whoever_holds_it_today
}

/// 2 March 2026 in Lagos, where it is past midnight already.
fn days_later(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

async fn add(usecases: &Usecases, ada: &Who, name: &str) -> RequirementId {
    let typed = RequirementTyped { document: "hello", name, refresher: "" };
    usecases.add_requirement(ada, typed, now()).await.expect("added")
}

async fn person(usecases: &Usecases, ada: &Who, number: &str) -> PersonId {
    let new = NewPerson { name: number, email: "", staff_number: number };
    usecases.add_person(ada, new, now()).await.expect("added")
}

async fn ward(usecases: &Usecases, ada: &Who, people: &[PersonId]) -> String {
    let ward = DepartmentTyped { name: "Ward 3", parent: "" };
    let ward = usecases.add_department(ada, ward, now()).await.expect("added").to_string();
    for person in people {
        usecases.place(ada, *person, (&ward, "Nurse"), now()).await.expect("placed");
    }
    ward
}

fn to(what: &str, audience: &str) -> AssignmentTyped {
    AssignmentTyped { what: what.to_owned(), audience: audience.to_owned(), ..AssignmentTyped::default() }
}

async fn complete(usecases: &Usecases, who: &Who, at: Timestamp) {
    for page in ["first", "check-yourself"] {
        let reader = usecases.page(who, "hello", page).await.expect("a page");
        let token = form::token(who).expect("a token");
        usecases.mark_read(who, step(&reader, page, &token), at).await.expect("read");
    }
}

fn yearly() -> PolicyTyped {
    PolicyTyped { validity: "12 months".to_owned(), ..PolicyTyped::default() }
}

fn field_of<T: std::fmt::Debug>(refused: Result<T, Failure>) -> &'static str {
    match refused {
        Err(Failure::Invalid(errors)) => errors[0].field,
        other => panic!("not refused: {other:?}"),
    }
}

async fn a_requirement_is_added_named_and_listed_with_whom_it_reaches(Db { usecases, store, .. }: &Db) {
    let ada = administrator(usecases).await;
    let id = add(usecases, &ada, "Hand washing").await;
    usecases.assign(&ada, &to(&format!("requirement-{id}"), "everybody"), now()).await.expect("assigned");
    person(usecases, &ada, "n-7").await;
    let list = usecases.requirements(&ada, now()).await.expect("the list");
    assert_eq!(list.waiting, 0);
    let line = &list.lines[0];
    assert_eq!(
        (line.name.as_str(), line.document.as_str(), line.place.as_str()),
        ("Hand washing", "Hello", "/modules/hello")
    );
    assert_eq!((line.policy.as_str(), line.people), ("Due 30 days after being assigned; held once and for all.", 2));

    let again = RequirementTyped { document: "hello", name: "hand  washing", refresher: "" };
    assert_eq!(field_of(usecases.add_requirement(&ada, again, now()).await), "name");
    let nothing = RequirementTyped { document: "none", name: "", refresher: "none" };
    match usecases.add_requirement(&ada, nothing, now()).await {
        Err(Failure::Invalid(errors)) => {
            assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), ["document", "name", "refresher"]);
        }
        other => panic!("{other:?}"),
    }
    let itself = RequirementTyped { name: "Hand washing", refresher: "hello", ..RequirementTyped::default() };
    assert_eq!(field_of(usecases.change_requirement(&ada, id, itself, now()).await), "refresher");
    let renamed = RequirementTyped { name: "Clean hands", ..RequirementTyped::default() };
    usecases.change_requirement(&ada, id, renamed, now()).await.expect("renamed");
    assert_eq!(usecases.requirement(&ada, id, now()).await.expect("one").line.name, "Clean hands");
    let log = store.audit_page(&AuditFilter::default(), 50).await.expect("the log");
    let line = log.iter().find(|entry| entry.what == "requirement.changed").expect("a line");
    assert_eq!(line.detail, "Hand washing → Clean hands, renewed by the whole of it");
}

async fn only_administrators_say_who_must_know_what(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let id = add(usecases, &ada, "Hand washing").await;
    let ben = who(usecases, person(usecases, &ada, "n-7").await).await;
    let typed = to(&format!("requirement-{id}"), "everybody");
    let denied = |refused: Option<Failure>| assert!(matches!(refused, Some(Failure::Denied)), "{refused:?}");
    denied(usecases.requirements(&ben, now()).await.err());
    denied(usecases.add_requirement(&ben, RequirementTyped::default(), now()).await.err());
    denied(usecases.policy_form(&ben, id, &yearly(), now()).await.err());
    denied(usecases.save_policy(&ben, id, (&yearly(), 1), now()).await.err());
    denied(usecases.on_paper(&ben, id, &yearly(), (Acts::OpenToo, 0, None), now()).await.err());
    denied(usecases.recalculate(&ben, id, (&yearly(), 1, 0), now()).await.err());
    denied(usecases.expected(&ben, &typed, now()).await.err());
    denied(usecases.assign(&ben, &typed, now()).await.err());
    denied(usecases.end_assignment(&ben, AssignmentId(1), now()).await.err());
    denied(usecases.change_path(&ben, PathId(1), (&PathTyped::default(), Turn::Save), now()).await.err());
    denied(usecases.rename_job_role(&ben, "Nurse", "Carer", now()).await.err());
    denied(usecases.ask_for_update(&ben, id, ("New", "30", "It is new"), now()).await.err());
}

async fn an_assignment_says_first_whom_it_gives_what(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let id = add(usecases, &ada, "Hand washing").await;
    let (ben, eve, dan) =
        (person(usecases, &ada, "n-7").await, person(usecases, &ada, "n-8").await, person(usecases, &ada, "n-9").await);
    let ward = ward(usecases, &ada, &[ben, eve]).await;
    // One has it from elsewhere, another has done it already.
    let one = AssignmentTyped { person: "N-7".to_owned(), ..to(&format!("requirement-{id}"), "person") };
    usecases.assign(&ada, &one, now()).await.expect("assigned");
    complete(usecases, &who(usecases, eve).await, now()).await;
    let department = AssignmentTyped { department: ward, ..to(&format!("requirement-{id}"), "department") };
    let expected = usecases.expected(&ada, &department, now()).await.expect("expected");
    assert_eq!(expected.sentence(), "This will give 1 person 1 new obligation.");
    let of = &expected.each[0];
    assert_eq!((expected.people, of.new, of.already, of.counted, of.undated, of.due), (2, 1, 1, 1, 0, None));

    let everybody = to(&format!("requirement-{id}"), "everybody");
    let expected = usecases.expected(&ada, &everybody, now()).await.expect("expected");
    let due = Some((jiff::civil::date(2026, 4, 1), jiff::civil::date(2026, 4, 1)));
    let of = &expected.each[0];
    assert_eq!((expected.people, of.new, of.already, of.counted, of.due), (4, 3, 1, 1, due));
    // What was said is what comes.
    usecases.assign(&ada, &everybody, now()).await.expect("assigned");
    let line = usecases.requirements(&ada, now()).await.expect("the list").lines.remove(0);
    assert_eq!(line.people, of.new + of.already);

    // Nobody who may not come in is reached.
    usecases.set_disabled(&ada, dan, true, now()).await.expect("disabled");
    let second = add(usecases, &ada, "Fire").await;
    let expected = usecases.expected(&ada, &to(&format!("requirement-{second}"), "everybody"), now()).await;
    assert_eq!(expected.expect("expected").people, 3);
    // A date that is missing is said before.
    let hired = PolicyTyped { first_due: "hired".to_owned(), ..PolicyTyped::default() };
    usecases.save_policy(&ada, second, (&hired, 1), now()).await.expect("saved");
    let expected = usecases.expected(&ada, &to(&format!("requirement-{second}"), "everybody"), now()).await;
    assert_eq!(expected.expect("expected").each[0].undated, 3 - 1, "one has completed it");
}

async fn what_ends_with_an_assignment_is_said_before(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let id = add(usecases, &ada, "Hand washing").await;
    let ben = person(usecases, &ada, "n-7").await;
    ward(usecases, &ada, &[ben]).await;
    let what = format!("requirement-{id}");
    let role = AssignmentTyped { role: "Nurse".to_owned(), ..to(&what, "role") };
    usecases.assign(&ada, &role, now()).await.expect("assigned");
    let everybody = usecases.assign(&ada, &to(&what, "everybody"), now()).await.expect("assigned");
    let ending = usecases.ending(&ada, everybody, now()).await.expect("what ends");
    assert_eq!((ending.line.to.as_str(), ending.each[0].people, ending.each[0].lose), ("Everybody", 2, 1));
    assert!(ending.taken_back, "it began today");
    assert!(!usecases.ending(&ada, everybody, days_later(1)).await.expect("what ends").taken_back);
    usecases.end_assignment(&ada, everybody, now()).await.expect("ended");
    assert!(matches!(usecases.end_assignment(&ada, everybody, now()).await, Err(Failure::NotFound)), "it is over");
    let list = usecases.assignments(&ada, Some(What::Requirement(id)), 0, now()).await.expect("the list").lines;
    let seen: Vec<_> = list.iter().map(|line| (line.to.as_str(), line.state, line.people)).collect();
    assert_eq!(seen, [("Everybody", State::Ended, 0), ("Everybody who works as Nurse", State::Running, 1)]);
    assert_eq!(list[0].by.as_deref(), Some("Ada Obi"));
}

async fn an_assignment_that_cannot_be_is_refused_at_its_field(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let id = add(usecases, &ada, "Hand washing").await;
    let what = format!("requirement-{id}");
    let ask = async |typed: AssignmentTyped| field_of(usecases.expected(&ada, &typed, now()).await);
    assert_eq!(ask(to("requirement-99", "everybody")).await, "what");
    assert_eq!(ask(to(&what, "")).await, "audience");
    assert_eq!(ask(to(&what, "department")).await, "department");
    assert_eq!(ask(to(&what, "role")).await, "role");
    assert_eq!(ask(to(&what, "person")).await, "person");
    let from = |day: &str| AssignmentTyped { from: day.to_owned(), ..to(&what, "everybody") };
    // It is the day after in Lagos already.
    assert_eq!(ask(from("2026-03-01")).await, "from");
    assert_eq!(ask(from("soon")).await, "from");
    match usecases.expected(&ada, &from("2999-01-01"), now()).await {
        Err(Failure::Invalid(errors)) => {
            assert_eq!(errors[0].message, "Enter today or a later day, at the latest 2036-03-09, such as 2026-03-02");
        }
        other => panic!("{other:?}"),
    }
    assert!(usecases.expected(&ada, &from("2026-03-02"), now()).await.expect("today").is_today);
    let path = usecases.add_path(&ada, "First weeks", now()).await.expect("added");
    assert_eq!(ask(to(&format!("path-{path}"), "everybody")).await, "what");

    let later = from("2026-03-05");
    usecases.assign(&ada, &later, now()).await.expect("planned");
    assert_eq!(field_of(usecases.assign(&ada, &later, now()).await), "what", "the same form a second time");
    let list = usecases.assignments(&ada, None, 7, now()).await.expect("the last page there is");
    assert_eq!((list.lines[0].state, list.lines[0].people), (State::Planned, 0));
    let list = usecases.assignments(&ada, None, 0, days_later(3)).await.expect("the list");
    assert_eq!((list.lines[0].state, list.lines[0].people), (State::Running, 1));
}

async fn a_policy_is_tried_on_paper_before_it_acts(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let id = add(usecases, &ada, "Hand washing").await;
    let ben = who(usecases, person(usecases, &ada, "n-7").await).await;
    usecases.assign(&ada, &to(&format!("requirement-{id}"), "everybody"), now()).await.expect("assigned");
    complete(usecases, &ben, now()).await;
    let form = usecases.policy_form(&ada, id, &PolicyTyped::default(), now()).await.expect("the form");
    assert_eq!((form.typed.first_due_days.as_str(), form.typed.validity.as_str(), form.versions), ("30", "none", 1));

    let quicker = PolicyTyped { first_due_days: "20".to_owned(), ..yearly() };
    let try_on = async |acts, as_of| {
        usecases.on_paper(&ada, id, &quicker, (acts, 0, as_of), days_later(5)).await.expect("on paper")
    };
    let paper = try_on(Acts::NewCycles, None).await;
    let numbers = (paper.people, paper.new_cycles, paper.open_too, paper.rows.len());
    assert_eq!(numbers, (2, 0, 2, 0), "what opened before stays as it is unless it is reckoned anew");
    let paper = try_on(Acts::OpenToo, None).await;
    let seen: Vec<_> =
        paper.rows.iter().map(|row| (row.name.as_str(), row.before.words(), row.after.words())).collect();
    let words = |before: &str, after: &str| (before.to_owned(), after.to_owned());
    let (before, after) = words("not done yet, due 1 Apr 2026", "not done yet, due 22 Mar 2026");
    assert_eq!(seen[0], ("Ada Obi", before, after));
    let (before, after) = words("valid", "valid, valid through 2 Mar 2027");
    assert_eq!(seen[1], ("n-7", before, after));
    // A later day shows what a new policy will have come to.
    let later = try_on(Acts::OpenToo, Some(jiff::civil::date(2026, 3, 25))).await;
    assert!(!later.is_today && later.rows[0].after.words().contains("overdue"), "{later:?}");
    assert_eq!(usecases.requirement(&ada, id, now()).await.expect("one").versions.len(), 1, "nothing was saved");

    let wrong = PolicyTyped { window: "12 months".to_owned(), ..yearly() };
    assert_eq!(field_of(usecases.on_paper(&ada, id, &wrong, (Acts::OpenToo, 0, None), now()).await), "window");
    let form = usecases.policy_form(&ada, id, &wrong, now()).await.expect("the form");
    assert_eq!(
        form.errors[0].message,
        "The renewal opens 12 months before the end, which is not shorter than the 12 months that it is valid: write a shorter time"
    );
}

async fn a_bulk_recalculation_changes_nobody_who_was_not_shown(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let id = add(usecases, &ada, "Hand washing").await;
    usecases.assign(&ada, &to(&format!("requirement-{id}"), "everybody"), now()).await.expect("assigned");
    let quicker = PolicyTyped { first_due_days: "20".to_owned(), ..PolicyTyped::default() };
    let paper = usecases.on_paper(&ada, id, &quicker, (Acts::OpenToo, 0, None), now()).await.expect("on paper");
    assert_eq!(paper.open_too, 1);
    person(usecases, &ada, "n-7").await;
    let apply = async |seen| usecases.recalculate(&ada, id, (&quicker, paper.versions, seen), now()).await;
    assert!(matches!(apply(paper.open_too).await, Err(Failure::Conflict)), "somebody joined meanwhile");
    apply(2).await.expect("applied");
    usecases.catch_up().await.expect("caught up");
    let asked = usecases.asked_of_me(&ada, now()).await.expect("what is asked");
    assert_eq!(asked[0].standing.due.map(|due| due.to_string()).as_deref(), Some("2026-03-22"));
    let versions = usecases.requirement(&ada, id, now()).await.expect("one").versions;
    assert_eq!(versions.iter().map(|version| version.recalculates).collect::<Vec<_>>(), [true, false]);
    assert_eq!(versions[0].by.as_deref(), Some("Ada Obi"));
}

async fn a_policy_is_saved_once_and_never_over_somebody_elses(Db { usecases, store, .. }: &Db) {
    let ada = administrator(usecases).await;
    let id = add(usecases, &ada, "Hand washing").await;
    usecases.assign(&ada, &to(&format!("requirement-{id}"), "everybody"), now()).await.expect("assigned");
    assert_eq!(usecases.save_policy(&ada, id, (&yearly(), 1), now()).await.expect("saved"), PolicySaved::Done);
    assert!(matches!(usecases.save_policy(&ada, id, (&yearly(), 1), now()).await, Err(Failure::Conflict)));
    assert_eq!(usecases.save_policy(&ada, id, (&yearly(), 2), now()).await.expect("answered"), PolicySaved::Unchanged);
    let log = store.audit_page(&AuditFilter::default(), 50).await.expect("the log");
    assert_eq!(log.iter().filter(|entry| entry.what.starts_with("policy.")).count(), 1);
    assert!(matches!(
        usecases.save_policy(&ada, RequirementId(99), (&yearly(), 1), now()).await,
        Err(Failure::NotFound)
    ));
}

async fn a_path_keeps_the_order_and_the_days_of_its_steps(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let (first, second) = (add(usecases, &ada, "Hand washing").await, add(usecases, &ada, "Fire").await);
    let path = usecases.add_path(&ada, "First weeks", now()).await.expect("added");
    assert_eq!(field_of(usecases.add_path(&ada, "first weeks", now()).await), "name");
    let typed = |steps: &[(RequirementId, &str)], add: &str, add_days: &str| PathTyped {
        name: "First weeks".to_owned(),
        steps: steps.iter().map(|(id, _)| id.0).collect(),
        days: steps.iter().map(|(_, days)| (*days).to_owned()).collect(),
        add: add.to_owned(),
        add_days: add_days.to_owned(),
        ..PathTyped::default()
    };
    let change = async |typed, turn| change_path(usecases, &ada, path, (typed, turn)).await;
    let steps = async || {
        let view = usecases.path(&ada, path, None, now()).await.expect("a path");
        view.steps.into_iter().map(|step| (step.name, step.days)).collect::<Vec<_>>()
    };
    let line = |name: &str, days: &str| (name.to_owned(), days.to_owned());
    change(typed(&[], &first.to_string(), "20"), Turn::Add).await.expect("added");
    change(typed(&[(first, "21")], &second.to_string(), "40"), Turn::Add).await.expect("added");
    assert_eq!(steps().await, [line("Hand washing", "21"), line("Fire", "40")]);
    let both = [(first, "21"), (second, "50")];
    change(typed(&both, "", ""), Turn::parse("up-1").expect("a turn")).await.expect("moved");
    assert_eq!(steps().await, [line("Fire", "50"), line("Hand washing", "21")], "what was typed is saved too");
    let turned = [(second, "50"), (first, "21")];
    assert_eq!(field_of(change(typed(&turned, &first.to_string(), "9"), Turn::Add).await), "add", "a step already");
    assert_eq!(field_of(change(typed(&[(second, "soon")], "", ""), Turn::Save).await), "steps");

    // Both are asked of whoever it is assigned to; a step that is taken out is asked no more.
    let expected = usecases.expected(&ada, &to(&format!("path-{path}"), "everybody"), now()).await.expect("expected");
    assert_eq!(expected.sentence(), "This will give 1 person 2 new obligations.");
    usecases.assign(&ada, &to(&format!("path-{path}"), "everybody"), now()).await.expect("assigned");
    usecases.catch_up().await.expect("caught up");
    let due = async |at| {
        let asked = usecases.asked_of_me(&ada, at).await.expect("what is asked");
        asked.into_iter().map(|one| (one.name, one.standing.due.map(|due| due.to_string()))).collect::<Vec<_>>()
    };
    let day = |day: &str| Some(day.to_owned());
    assert_eq!(
        due(now()).await,
        [("Hand washing".to_owned(), day("2026-03-23")), ("Fire".to_owned(), day("2026-04-21"))]
    );
    change(typed(&turned, "", ""), Turn::Remove(0)).await.expect("taken out");
    usecases.catch_up().await.expect("caught up");
    assert!(!due(now()).await.contains(&("Fire".to_owned(), day("2026-04-21"))));
}

/// Changes a path from a form that was drawn just now, and says yes where it asks.
async fn change_path(
    usecases: &Usecases,
    ada: &Who,
    path: PathId,
    (mut typed, turn): (PathTyped, Turn),
) -> Result<PathSaved, Failure> {
    typed.drawn = usecases.path(ada, path, None, now()).await?.drawn;
    match usecases.change_path(ada, path, (&typed, turn), now()).await? {
        PathSaved::Done(name) => Ok(PathSaved::Done(name)),
        PathSaved::Concerns(concerned) => {
            typed.seen = concerned.seen;
            usecases.change_path(ada, path, (&typed, turn), now()).await
        }
    }
}

/// A path with one step, and the form of it as it is typed: what is to be added comes in by `add`.
async fn one_step(usecases: &Usecases, ada: &Who) -> (PathId, RequirementId, PathTyped) {
    let first = add(usecases, ada, "Hand washing").await;
    let path = usecases.add_path(ada, "First weeks", now()).await.expect("added");
    let name = "First weeks".to_owned();
    let typed = PathTyped { name, add: first.to_string(), add_days: "20".to_owned(), ..PathTyped::default() };
    change_path(usecases, ada, path, (typed.clone(), Turn::Add)).await.expect("added");
    let drawn = usecases.path(ada, path, None, now()).await.expect("a path").drawn;
    let (steps, days) = (vec![first.0], vec!["20".to_owned()]);
    let typed = PathTyped { steps, days, drawn, add: String::new(), add_days: String::new(), ..typed };
    (path, first, typed)
}

async fn a_path_is_never_saved_over_somebody_elses(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let (path, _, mine) = one_step(usecases, &ada).await;
    let second = add(usecases, &ada, "Fire").await;
    let theirs = PathTyped { add: second.to_string(), add_days: "40".to_owned(), ..mine.clone() };
    let saved = usecases.change_path(&ada, path, (&theirs, Turn::Add), now()).await.expect("added");
    assert_eq!(saved, PathSaved::Done("First weeks".to_owned()));
    let stale = usecases.change_path(&ada, path, (&mine, Turn::Save), now()).await;
    assert!(matches!(stale, Err(Failure::Conflict)), "{stale:?}");
    let bare = PathTyped { name: "First weeks".to_owned(), ..PathTyped::default() };
    let bare = usecases.change_path(&ada, path, (&bare, Turn::Save), now()).await;
    assert!(matches!(bare, Err(Failure::Conflict)), "a form without any step: {bare:?}");
    assert_eq!(usecases.path(&ada, path, None, now()).await.expect("a path").steps.len(), 2);
}

async fn a_step_that_was_filled_in_is_saved_with_the_rest(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let (path, _, mine) = one_step(usecases, &ada).await;
    let second = add(usecases, &ada, "Fire").await;
    let half = PathTyped { add: second.to_string(), ..mine.clone() };
    assert_eq!(field_of(usecases.change_path(&ada, path, (&half, Turn::Save), now()).await), "add_days");
    let other = PathTyped { add_days: "3".to_owned(), ..mine };
    assert_eq!(field_of(usecases.change_path(&ada, path, (&other, Turn::Save), now()).await), "add");
    let whole = PathTyped { add_days: "3".to_owned(), ..half };
    usecases.change_path(&ada, path, (&whole, Turn::Save), now()).await.expect("saved");
    let steps = usecases.path(&ada, path, None, now()).await.expect("a path").steps;
    let seen: Vec<_> = steps.iter().map(|step| (step.name.as_str(), step.days.as_str(), step.lead)).collect();
    assert_eq!(
        seen,
        [("Hand washing", "20", None), ("Fire", "3", Some(14))],
        "nothing is due before its policy lets it"
    );
}

async fn a_change_of_a_path_that_is_assigned_says_first_whom_it_concerns(Db { usecases, store, .. }: &Db) {
    let ada = administrator(usecases).await;
    let (path, first, mine) = one_step(usecases, &ada).await;
    let second = add(usecases, &ada, "Fire").await;
    let ben = person(usecases, &ada, "n-7").await;
    ward(usecases, &ada, &[ben]).await;
    usecases.assign(&ada, &to(&format!("path-{path}"), "everybody"), now()).await.expect("assigned");
    // A second assignment of the same path reaches nobody twice; another one keeps the first step for one of them.
    let role = AssignmentTyped { role: "Nurse".to_owned(), ..to(&format!("path-{path}"), "role") };
    usecases.assign(&ada, &role, now()).await.expect("assigned");
    let one = AssignmentTyped { person: "n-7".to_owned(), ..to(&format!("requirement-{first}"), "person") };
    usecases.assign(&ada, &one, now()).await.expect("assigned");

    let typed = PathTyped { add: second.to_string(), add_days: "40".to_owned(), ..mine.clone() };
    let asked = async |typed: &PathTyped, turn| match usecases.change_path(&ada, path, (typed, turn), now()).await {
        Ok(PathSaved::Concerns(concerned)) => concerned,
        other => panic!("not asked: {other:?}"),
    };
    let concerned = asked(&typed, Turn::Add).await;
    assert_eq!(concerned.sentences, ["Adding Fire gives 2 people an obligation."]);
    let gone = asked(&mine, Turn::Remove(0)).await;
    assert_eq!(gone.sentences, ["Taking out Hand washing ends it for 1 person."]);
    assert_eq!(usecases.path(&ada, path, None, now()).await.expect("a path").drawn, mine.drawn, "nothing was saved");

    // Who came meanwhile was not shown: it asks again.
    let typed = PathTyped { seen: concerned.seen, ..typed };
    person(usecases, &ada, "n-8").await;
    let concerned = asked(&typed, Turn::Add).await;
    assert_eq!(concerned.sentences, ["Adding Fire gives 3 people an obligation."]);
    let typed = PathTyped { seen: concerned.seen, ..typed };
    usecases.change_path(&ada, path, (&typed, Turn::Add), now()).await.expect("saved");
    usecases.catch_up().await.expect("caught up");
    let today = usecases.requirement(&ada, second, now()).await.expect("one").line.people;
    assert_eq!(today, 3, "what was said is what came");
    assert_eq!(store.stale().await.expect("the rest"), 0);

    // Other days concern only those who come later, so nothing is asked.
    let drawn = usecases.path(&ada, path, None, now()).await.expect("a path").drawn;
    let days = vec!["25".to_owned(), "45".to_owned()];
    let typed = PathTyped { steps: vec![first.0, second.0], days, drawn, ..mine };
    let saved = usecases.change_path(&ada, path, (&typed, Turn::Save), now()).await.expect("saved");
    assert_eq!(saved, PathSaved::Done("First weeks".to_owned()));
}

async fn an_assignment_that_makes_something_due_sooner_says_so(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let (path, first, _) = one_step(usecases, &ada).await;
    usecases.assign(&ada, &to(&format!("requirement-{first}"), "everybody"), now()).await.expect("assigned");
    let typed = AssignmentTyped { person: "ada@example.org".to_owned(), ..to(&format!("path-{path}"), "person") };
    let expected = usecases.expected(&ada, &typed, now()).await.expect("expected");
    assert_eq!(
        expected.sentence(),
        "Nobody gets a new obligation by this today. For 1 person who is asked already it is due sooner."
    );
    let one = |day: i8, month: i8| Some((jiff::civil::date(2026, month, day), jiff::civil::date(2026, month, day)));
    let of = &expected.each[0];
    assert_eq!((of.sooner, of.sooner_before, of.sooner_then), (1, one(1, 4), one(22, 3)));
    // What was said is what comes.
    usecases.assign(&ada, &typed, now()).await.expect("assigned");
    usecases.catch_up().await.expect("caught up");
    let asked = usecases.asked_of_me(&ada, now()).await.expect("what is asked");
    assert_eq!(asked[0].standing.due.map(|due| due.date()), of.sooner_then.map(|(day, _)| day));
}

async fn a_job_role_that_takes_another_name_says_with_whom_it_merges(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let ben = person(usecases, &ada, "n-7").await;
    ward(usecases, &ada, &[ben]).await;
    usecases.add_job_role(&ada, "Carer", now()).await.expect("added");
    assert_eq!(field_of(usecases.add_job_role(&ada, "nurse", now()).await), "name");
    let id = add(usecases, &ada, "Hand washing").await;
    let carers = AssignmentTyped { role: "Carer".to_owned(), ..to(&format!("requirement-{id}"), "role") };
    usecases.assign(&ada, &carers, now()).await.expect("assigned");

    let plain = usecases.renaming(&ada, "Nurse", "Staff  nurse", now()).await.expect("known");
    assert_eq!((plain.new.as_str(), plain.people, plain.merges), ("Staff nurse", 1, None));
    assert!(matches!(usecases.renaming(&ada, "Pilot", "Nurse", now()).await, Err(Failure::NotFound)));
    let merging = usecases.rename_job_role(&ada, "Nurse", "CARER", now()).await.expect("renamed");
    assert_eq!((merging.new.as_str(), merging.merges, merging.assignments), ("Carer", Some(0), 1));
    let roles = usecases.job_roles(&ada, now()).await.expect("the roles");
    assert_eq!(roles, [("Carer".to_owned(), 1)]);
    usecases.catch_up().await.expect("caught up");
    let asked = usecases.asked_of_me(&who(usecases, ben).await, now()).await.expect("what is asked");
    assert_eq!(asked.len(), 1, "what is asked of carers is asked of the nurse");
}

async fn a_mandatory_update_goes_to_whoever_holds_it_today(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let id = add(usecases, &ada, "M6").await;
    let ben = who(usecases, person(usecases, &ada, "n-7").await).await;
    usecases.assign(&ada, &to(&format!("requirement-{id}"), "everybody"), now()).await.expect("assigned");
    let refused = usecases.ask_for_update(&ada, id, ("M6, update", "30", "It is new"), now()).await;
    assert_eq!(field_of(refused), "name", "nobody holds it");
    complete(usecases, &ben, now()).await;
    let later = days_later(10);
    let update = usecases.update(&ada, id, "7", later).await.expect("what it would do");
    assert_eq!((update.name.as_str(), update.people), ("M6, update of 12 March 2026", 1));
    assert_eq!((update.live_since, update.seen), (Some(jiff::civil::date(2026, 3, 2)), 1), "it holds nothing new");
    let changed = MODULE.replacen("Look up.", "Look up and smile.", 1);
    let published = usecases.publish(&File::alone("hello.md", &changed), later).await.expect("published");
    assert_eq!(published, Published::New);
    let update = usecases.update(&ada, id, "7", later).await.expect("what it would do");
    assert_eq!((update.live_since, update.seen), (Some(jiff::civil::date(2026, 3, 12)), 0));
    assert_eq!(field_of(usecases.update(&ada, id, "0", later).await), "days");
    let (new, people) =
        usecases.ask_for_update(&ada, id, (&update.name, "7", "It is new"), later).await.expect("asked");
    assert_eq!(people, 1);
    assert_eq!(
        field_of(usecases.ask_for_update(&ada, id, (&update.name, "7", "It is new"), later).await),
        "name",
        "twice"
    );
    let asked = usecases.asked_of_me(&ben, later).await.expect("what is asked");
    let update = asked.iter().find(|one| one.requirement == new).expect("the update");
    assert_eq!(update.standing.due.map(|due| due.to_string()).as_deref(), Some("2026-03-19"), "that is seven days");
    // What was held before stands, and nobody else is asked for the update.
    assert_eq!(asked.len(), 2);
    assert!(usecases.asked_of_me(&ada, later).await.expect("what is asked").iter().all(|one| one.requirement != new));
    let typed = to(&format!("requirement-{new}"), "everybody");
    assert_eq!(field_of(usecases.assign(&ada, &typed, later).await), "what");
}
