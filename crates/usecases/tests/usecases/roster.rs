//! People in bulk: nothing is done but what was shown, and it can be undone.

use crate::common::{Db, administrator, now, who};
use jiff::{SignedDuration, civil::date};
use usecases::{
    Failure, PersonId, Usecases,
    audit::Search,
    departments::DepartmentTyped,
    people::NewPerson,
    roster::{CannotUndo, Chosen, Confirmed, Employment, Kind, Preview},
    who::Who,
};

testbed::on_both_engines! {
    nothing_is_done_but_what_was_shown_and_that_once
    whoever_changed_meanwhile_is_shown_before_anything_is_done
    a_file_with_a_problem_changes_nothing_and_names_each_line
    more_than_a_tenth_leave_only_when_that_is_said
    what_is_exported_is_imported_as_no_change
    the_last_import_is_undone_unless_somebody_changed_since
    history_is_recorded_once_with_its_evidence
    a_last_day_by_hand_ends_the_access_when_it_has_passed
    the_command_line_imports_and_stands_in_the_log
}

const LIST: &str = "staff_number,name,email,department,job_role,hired_on\n\
    N1,Ben Eze,ben@example.org,Ward 3,Nurse,2026-01-05\n\
    N2,Chi Ude,,Ward 3,Nurse,2026-02-02\n";

fn people(list: &str) -> Chosen {
    Chosen { file_name: "people.csv".to_owned(), bytes: list.as_bytes().to_vec(), ..Chosen::default() }
}

fn everybody(list: &str) -> Chosen {
    Chosen { everybody: true, ..people(list) }
}

async fn house(usecases: &Usecases) -> Who {
    let ada = administrator(usecases).await;
    let ward = DepartmentTyped { name: "Ward 3", parent: "" };
    usecases.add_department(&ada, ward, now()).await.expect("a department");
    ada
}

/// Looks at a file and confirms what was shown.
async fn import(usecases: &Usecases, ada: &Who, chosen: Chosen) -> String {
    let (token, preview) = look(usecases, ada, chosen).await;
    assert!(preview.problems.is_empty(), "{:?}", preview.problems);
    let agreed = (preview.digest.as_str(), preview.removing);
    match usecases.confirm_import(ada, &token, agreed, now()).await {
        Ok(Confirmed::Done(words)) => words,
        other => panic!("not done: {other:?}"),
    }
}

async fn look(usecases: &Usecases, ada: &Who, chosen: Chosen) -> (String, Preview) {
    let token = usecases.hold_import(ada, chosen, now()).await.expect("kept");
    let preview = usecases.preview_import(ada, &token, now()).await.expect("a preview");
    (token, preview)
}

/// Names and staff numbers as the list of people shows them.
async fn known(usecases: &Usecases, ada: &Who) -> Vec<String> {
    let page = usecases.people(ada, "", 0).await.expect("people");
    page.rows.into_iter().map(|row| format!("{}: {}", row.name, row.state)).collect()
}

async fn person(usecases: &Usecases, ada: &Who, number: &str) -> PersonId {
    let page = usecases.people(ada, number, 0).await.expect("people");
    PersonId(page.rows.first().expect(number).id)
}

async fn nothing_is_done_but_what_was_shown_and_that_once(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let (token, preview) = look(usecases, &ada, people(LIST)).await;
    let shown: Vec<_> = preview.groups.iter().map(|group| (group.title, group.count)).collect();
    assert_eq!((shown, preview.summary.as_str()), (vec![("New people", 2)], "2 added"));
    let line = &preview.groups[0].lines[0];
    assert_eq!((line.line, line.what.as_str()), (Some(2), "Nurse, Ward 3; ben@example.org; from 5 Jan 2026"));
    assert_eq!(known(usecases, &ada).await.len(), 1, "a preview changes nothing");

    let agreed = (preview.digest.as_str(), None);
    assert_eq!(
        usecases.confirm_import(&ada, &token, ("", None), now()).await.expect("answered"),
        Confirmed::Changed,
        "what was not shown is not done"
    );
    let done = usecases.confirm_import(&ada, &token, agreed, now()).await.expect("answered");
    assert_eq!(done, Confirmed::Done("2 added".to_owned()));
    let again = usecases.confirm_import(&ada, &token, agreed, now()).await.expect("answered");
    assert_eq!((again, known(usecases, &ada).await.len()), (Confirmed::Before, 3));
    let log = usecases.audit_log(&ada, Search { what: "people.imported", ..Search::default() }).await.expect("the log");
    let lines: Vec<_> = log.lines.iter().map(|line| line.detail.as_str()).collect();
    assert_eq!(lines, ["people.csv: 2 added"]);

    let ben = who(usecases, person(usecases, &ada, "N1").await).await;
    assert!(matches!(usecases.hold_import(&ben, people(LIST), now()).await, Err(Failure::Denied)));
    assert!(matches!(usecases.export_people(&ben, now()).await, Err(Failure::Denied)));
    assert!(matches!(usecases.imports(&ben).await, Err(Failure::Denied)));
}

async fn whoever_changed_meanwhile_is_shown_before_anything_is_done(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    import(usecases, &ada, people(LIST)).await;
    let (token, preview) = look(usecases, &ada, people("staff_number,name\nN1,Benedict Eze\n")).await;
    assert_eq!(preview.groups[0].lines[0].what, "name: Ben Eze → Benedict Eze");
    let ben = usecases.person(&ada, person(usecases, &ada, "N1").await).await.expect("Ben");
    let typed = NewPerson { name: "Ben E. Eze", email: "ben@example.org", staff_number: "N1" };
    usecases.change_person(&ada, PersonId(ben.id), ben.rev, typed, now()).await.expect("changed");
    let agreed = (preview.digest.as_str(), None);
    let done = usecases.confirm_import(&ada, &token, agreed, now()).await.expect("answered");
    assert_eq!(done, Confirmed::Changed);
    let preview = usecases.preview_import(&ada, &token, now()).await.expect("a preview");
    assert_eq!(preview.groups[0].lines[0].what, "name: Ben E. Eze → Benedict Eze");
    let late = now() + SignedDuration::from_hours(1);
    assert!(matches!(usecases.preview_import(&ada, &token, late).await, Err(Failure::NotFound)), "it waits an hour");
}

async fn a_file_with_a_problem_changes_nothing_and_names_each_line(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let list = "staff_number,name,department,hired_on\nN1,Ben Eze,Ward 3,5/1/2026\nN2,Chi Ude,Ward 9,\nN3,Eve Ali,,\n";
    let (token, preview) = look(usecases, &ada, people(list)).await;
    let found: Vec<_> = preview.problems.shown.iter().map(|one| (one.line, one.column)).collect();
    assert_eq!(found, [(Some(2), Some("hired_on")), (Some(3), Some("department"))]);
    assert!(preview.digest.is_empty() && !preview.is_nothing());
    let done = usecases.confirm_import(&ada, &token, ("", None), now()).await.expect("answered");
    assert_eq!((done, known(usecases, &ada).await.len()), (Confirmed::Changed, 1));
    for (chosen, words) in
        [(people(""), "Choose a file"), (people(&"x".repeat(usecases::roster::LARGEST + 1)), "32 MB")]
    {
        let Err(Failure::Invalid(errors)) = usecases.hold_import(&ada, chosen, now()).await else { panic!("{words}") };
        assert!(errors[0].field == "file" && errors[0].message.contains(words), "{errors:?}");
    }
}

async fn more_than_a_tenth_leave_only_when_that_is_said(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let rows: String = (0..20).map(|number| format!("N{number},Person {number},Ward 3\n")).collect();
    let list = format!("staff_number,name,department\n{rows}");
    import(usecases, &ada, everybody(&list)).await;
    let without = |gone: usize| everybody(list.rsplitn(gone + 2, '\n').last().expect("the lines that stay"));
    // Two of 21 are a tenth or less; three are more.
    assert_eq!(look(usecases, &ada, without(2)).await.1.removing, None);
    let (token, preview) = look(usecases, &ada, without(3)).await;
    assert_eq!((preview.removing, preview.here, preview.summary.as_str()), (Some(3), 21, "3 leave"));
    let digest = preview.digest.as_str();
    for said in [None, Some(2)] {
        let done = usecases.confirm_import(&ada, &token, (digest, said), now()).await.expect("answered");
        assert_eq!(done, Confirmed::NotSaid(3));
    }
    assert!(!known(usecases, &ada).await.iter().any(|one| one.contains("Disabled")));
    let done = usecases.confirm_import(&ada, &token, (digest, Some(3)), now()).await.expect("answered");
    assert_eq!(done, Confirmed::Done("3 left".to_owned()));
    let gone = person(usecases, &ada, "N19").await;
    assert!(usecases.person(&ada, gone).await.expect("known").disabled);
    let days = usecases.employment(&ada, gone).await.expect("days");
    assert_eq!(days.left_on, Some(date(2026, 3, 1)), "the day before the site's own, where it is the 2nd");
}

async fn what_is_exported_is_imported_as_no_change(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let list = "staff_number,name,email,department,job_role,hired_on,left_on\n\
        '-7,\"Eze, \"\"Ben\"\"\",ben@example.org,Hill / Ward 9,'=Nurse,2026-01-05,\n\
        N2,Chi Ude,,Ward 3,,,2026-12-31\nN3,Ezé Àdé,,,,2027-01-05,\nN4,Gone Eze,,Ward 3,Nurse,2020-01-05,2025-01-05\n";
    import(usecases, &ada, Chosen { new_departments: true, ..people(list) }).await;
    let file = usecases.export_people(&ada, now()).await.expect("a file");
    let text = String::from_utf8(file.clone()).expect("UTF-8");
    assert!(text.starts_with("\u{feff}staff_number,name,") && text.contains("Hill / Ward 9"), "{text}");
    for everybody in [false, true] {
        let (_, preview) = look(usecases, &ada, Chosen { bytes: file.clone(), everybody, ..Chosen::default() }).await;
        assert!(preview.problems.is_empty(), "{:?}", preview.problems);
        // Whoever is in a list of everybody is here, unless it says when they left, as this one does.
        assert!(preview.is_nothing() && preview.unchanged == 4, "{preview:?}");
    }
}

async fn the_last_import_is_undone_unless_somebody_changed_since(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    import(usecases, &ada, people(LIST)).await;
    let before = usecases.export_people(&ada, now()).await.expect("a file");
    import(usecases, &ada, people("staff_number,name,hired_on\nN1,Benedict Eze,2026-01-12\nN3,Eve Ali,2026-03-01\n"))
        .await;
    let imports = usecases.imports(&ada).await.expect("imports");
    let told: Vec<_> = imports.iter().map(|one| (one.summary.as_str(), one.can_be_undone)).collect();
    assert_eq!(told, [("1 added, 1 changed", true), ("2 added", false)]);
    let (second, first) = (imports[0].id, imports[1].id);
    assert_eq!(usecases.undo_import(&ada, first, now()).await.expect("answered"), Err(CannotUndo::NotTheLast));
    assert_eq!(usecases.undo_import(&ada, second, now()).await.expect("answered"), Ok(()));
    assert_eq!(usecases.export_people(&ada, now()).await.expect("a file"), before);
    let log = usecases.audit_log(&ada, Search { what: "import.undone", ..Search::default() }).await.expect("the log");
    assert_eq!((log.lines.len(), log.lines[0].detail.as_str()), (1, "people.csv: 1 added, 1 changed"));

    assert_eq!(usecases.undo_import(&ada, first, now()).await.expect("answered"), Err(CannotUndo::NotTheLast));
    assert!(!usecases.imports(&ada).await.expect("imports").iter().any(|one| one.can_be_undone));

    import(usecases, &ada, people("staff_number,name\nN3,Eve Ali\nN4,Ike Oba\n")).await;
    let third = usecases.imports(&ada).await.expect("imports")[0].id;
    let eve = person(usecases, &ada, "N3").await;
    let ward = usecases.departments(&ada, now()).await.expect("departments")[0].id.to_string();
    usecases.place(&ada, eve, (&ward, "Midwife"), now()).await.expect("placed");
    let why = usecases.undo_import(&ada, third, now()).await.expect("answered").expect_err("somebody changed");
    assert_eq!(why, CannotUndo::Prevented(vec![(eve, "Eve Ali".to_owned(), "was changed since")]));
    assert!(usecases.imports(&ada).await.expect("imports")[0].undone.is_none());
}

async fn history_is_recorded_once_with_its_evidence(Db { usecases, store, .. }: &Db) {
    let ada = house(usecases).await;
    import(usecases, &ada, people(LIST)).await;
    let history = |rows: &str| Chosen {
        kind: Kind::History,
        file_name: "old.csv".to_owned(),
        bytes: format!("staff_number,module,completed_on,evidence\n{rows}").into_bytes(),
        ..Chosen::default()
    };
    let words = import(usecases, &ada, history("n1,Hello,2025-06-30,Paper 12\nN2,hello,2025-01-02,Paper 13\n")).await;
    assert_eq!(words, "2 lines of prior credit recorded");
    let (_, preview) = look(usecases, &ada, history("N1,Hello,2025-06-30,Paper 12\n")).await;
    assert!(preview.is_nothing() && preview.unchanged == 1, "{preview:?}");
    let (_, preview) = look(usecases, &ada, history("N9,Hello,2025-06-30,Paper 12\n")).await;
    assert_eq!((preview.problems.count, preview.problems.shown[0].line), (1, Some(2)));
    let last = usecases.imports(&ada).await.expect("imports")[0].id;
    assert_eq!(usecases.undo_import(&ada, last, now()).await.expect("answered"), Ok(()));
    assert_eq!(store.prior_credits().await.expect("read"), []);
}

async fn a_last_day_by_hand_ends_the_access_when_it_has_passed(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    import(usecases, &ada, people(LIST)).await;
    let ben = person(usecases, &ada, "N1").await;
    let disabled = async || usecases.person(&ada, ben).await.expect("known").disabled;
    usecases.set_employment(&ada, ben, ("2026-01-05", "2026-03-02"), now()).await.expect("set");
    usecases.sweep(now()).await.expect("swept");
    assert!(!disabled().await, "it is the last day");
    usecases.sweep(now() + SignedDuration::from_hours(24)).await.expect("swept");
    assert!(disabled().await);
    let search = Search { what: "person.disabled", person: Some(ben), ..Search::default() };
    let log = usecases.audit_log(&ada, search).await.expect("the log");
    assert_eq!((log.lines.len(), log.lines[0].detail.as_str()), (1, "their last day has passed"));
    usecases.set_disabled(&ada, ben, false, now() + SignedDuration::from_hours(48)).await.expect("let in again");
    let days = usecases.employment(&ada, ben).await.expect("days");
    assert_eq!((disabled().await, days), (false, Employment { hired_on: Some(date(2026, 1, 5)), left_on: None }));

    for ((hired_on, left_on), fields) in
        [(("5/1/2026", "soon"), vec!["hired_on", "left_on"]), (("2026-01-05", "2026-01-04"), vec!["left_on"])]
    {
        let refused = usecases.set_employment(&ada, ben, (hired_on, left_on), now()).await;
        let Err(Failure::Invalid(errors)) = refused else { panic!("{refused:?}") };
        assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), fields);
    }
    let myself = usecases.set_employment(&ada, ada.person, ("", "2026-02-01"), now()).await;
    assert!(matches!(myself, Err(Failure::Invalid(_))));
}

async fn the_command_line_imports_and_stands_in_the_log(Db { usecases, .. }: &Db) {
    let ada = house(usecases).await;
    let refused = usecases.import_by_command(&people("staff_number\nN1\n"), None, now()).await;
    let Err(Failure::Invalid(errors)) = refused else { panic!("{refused:?}") };
    assert!(errors[0].message.starts_with("line 2: Nobody has the staff number N1"), "{errors:?}");
    let done = usecases.import_by_command(&people(LIST), None, now()).await.expect("answered");
    assert_eq!(done, Confirmed::Done("2 added".to_owned()));
    let log = usecases.audit_log(&ada, Search { what: "people.imported", ..Search::default() }).await.expect("the log");
    assert!(log.lines[0].by_command && log.lines.len() == 1);
    let imports = usecases.imports(&ada).await.expect("imports");
    assert_eq!((imports[0].by.as_deref(), imports[0].can_be_undone), (None, true));
    assert_eq!(
        usecases.export_by_command(now()).await.expect("a file"),
        usecases.export_people(&ada, now()).await.expect("a file")
    );
}
