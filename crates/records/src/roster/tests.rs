use super::*;
use jiff::civil::date as civil;
use proptest::prelude::*;

const TODAY: Date = civil(2026, 11, 28);

fn person(id: i64, number: &str, name: &str) -> Known {
    Known {
        id,
        name: name.to_owned(),
        staff_number: Some(number.to_owned()),
        email: None,
        hired_on: None,
        left_on: None,
        places: Vec::new(),
        disabled: false,
        administrator: false,
        withdrawn: false,
    }
}

fn works(mut known: Known, department: i64, job_role: &str) -> Known {
    known.places.push(Place { department, job_role: job_role.to_owned(), from: civil(2026, 1, 1), until: None });
    known
}

/// Ada, nurse in ward 3, and an administrator without a staff number; Ben, who left in June; Cy, new to the lab.
fn present() -> Present {
    let department = |id, path: &[&str]| Department { id, path: path.iter().map(|name| (*name).to_owned()).collect() };
    let mut boss = person(9, "", "Dele");
    (boss.staff_number, boss.email, boss.administrator) = (None, Some("dele@example.org".to_owned()), true);
    let mut ben = person(2, "N2", "Ben Eze");
    ben.left_on = Some(civil(2026, 6, 30));
    ben.disabled = true;
    let mut ada = works(person(1, "N1", "Ada Obi"), 3, "Nurse");
    (ada.email, ada.hired_on) = (Some("ada@example.org".to_owned()), Some(civil(2020, 2, 3)));
    Present {
        people: vec![ada, ben, works(person(3, "N3", "Cy Ita"), 4, "Technician"), boss],
        departments: vec![
            department(1, &["Mercy"]),
            department(2, &["Mercy", "Surgery"]),
            department(3, &["Mercy", "Surgery", "Ward 3/4"]),
            department(4, &["Lab"]),
        ],
        today: TODAY,
        asks: Some(9),
    }
}

const ALL: Wishes = Wishes { everybody: true, new_departments: false };

#[track_caller]
fn planned(file: &str, wishes: Wishes) -> Plan {
    plan(file.as_bytes(), &present(), wishes).unwrap_or_else(|problems| panic!("{problems:?}"))
}

#[track_caller]
fn refused(file: &str, wishes: Wishes, expected: &[(Option<u64>, Option<&str>, &str)]) {
    let problems = plan(file.as_bytes(), &present(), wishes).expect_err("problems");
    assert_eq!(problems.count, expected.len(), "{problems:?}");
    for (problem, (line, column, words)) in problems.shown.iter().zip(expected) {
        assert_eq!((problem.line, problem.column), (*line, *column), "{problem:?}");
        assert!(problem.message.contains(words), "{words}: {problem:?}");
    }
}

#[test]
fn somebody_new_is_added_with_all_that_the_file_says() {
    let plan = planned(
        "staff_number,name,email,department,job_role,hired_on\nn4,Eve  Udo,EVE@example.org,mercy / surgery / ward 3/4,Nurse,2026-12-01\n",
        Wishes::default(),
    );
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!((step.person, step.staff_number.as_str(), step.name.as_str()), (None, "N4", "Eve Udo"));
    assert_eq!(step.email.as_deref(), Some("eve@example.org"));
    let moved = step.moved.as_ref().expect("a place");
    assert_eq!(
        (moved.on, moved.to.clone(), moved.role_starts),
        (civil(2026, 12, 1), Some((At::Known(3), "Nurse".to_owned())), true)
    );
    assert_eq!(plan.counts, Counts { added: 1, here: 3, ..Counts::default() });
}

#[test]
fn a_missing_column_leaves_things_and_an_empty_cell_empties_them() {
    assert_eq!(planned("staff_number,name\nN1,Ada Obi\n", Wishes::default()).counts.unchanged, 1);
    let plan = planned("staff_number,email,department,job_role,hired_on\nN1,,,,\n", Wishes::default());
    let step = &plan.steps[0];
    assert_eq!((step.email.clone(), step.hired_on), (None, None));
    assert_eq!(step.moved.as_ref().map(|moved| (moved.on, moved.to.clone())), Some((TODAY, None)));
    assert!(step.is_changed() && step.is_moved());
}

#[test]
fn a_move_acts_today_or_on_the_day_that_the_file_says() {
    let plan = planned("staff_number,department\nN1,Lab\n", Wishes::default());
    let moved = plan.steps[0].moved.clone().expect("a move");
    assert_eq!((moved.on, moved.to, moved.role_starts), (TODAY, Some((At::Known(4), "Nurse".to_owned())), false));
    let plan = planned("staff_number,job_role,from_on\nN1,Midwife,2026-10-01\n", Wishes::default());
    let moved = plan.steps[0].moved.clone().expect("a move");
    assert_eq!(
        (moved.on, moved.to, moved.role_starts),
        (civil(2026, 10, 1), Some((At::Known(3), "Midwife".to_owned())), true)
    );
}

#[test]
fn whoever_is_not_in_the_list_of_everybody_has_left_and_whoever_is_back_is_rehired() {
    let only = "staff_number,name\nN1,Ada Obi\n";
    assert!(planned(only, Wishes::default()).steps.is_empty());
    let plan = planned(only, ALL);
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!((step.person, step.line, step.left_on, step.ends), (Some(3), None, Some(civil(2026, 11, 27)), true));
    assert!(plan.counts.is_many(), "one of three");

    let back = planned("staff_number,name\nN1,Ada Obi\nN2,Ben Eze\nN3,Cy Ita\n", ALL);
    assert_eq!((back.counts.rehired, back.counts.left, back.steps[0].rehired), (1, 0, Some(TODAY)));
    let back = planned("staff_number,hired_on,left_on\nN2,2026-11-01,\n", Wishes::default());
    assert_eq!((back.steps[0].rehired, back.steps[0].hired_on), (Some(civil(2026, 11, 1)), Some(civil(2026, 11, 1))));
    let left = planned("staff_number,left_on\nN1,2026-11-28\nN2,2026-06-30\nN3,2026-11-27\n", Wishes::default());
    let ends: Vec<_> = left.steps.iter().map(|step| (step.person, step.leaves, step.ends)).collect();
    assert_eq!(ends, [(Some(1), true, false), (Some(3), true, true)], "the last day is a day of work");
}

#[test]
fn departments_are_made_only_where_that_was_asked_for() {
    let file = "staff_number,department\nN1,Mercy / Heart / Ward 9\nN3,mercy/heart/ward 8\n";
    refused(
        file,
        Wishes::default(),
        &[(Some(2), Some("department"), "no department"), (Some(3), Some("department"), "no department")],
    );
    let plan = planned(file, Wishes { new_departments: true, everybody: false });
    let paths: Vec<_> = plan.departments.iter().map(|path| path.join(" / ")).collect();
    assert_eq!(paths, ["Mercy / Heart", "Mercy / Heart / Ward 9", "mercy / heart / ward 8"]);
    assert_eq!(
        plan.steps[1].moved.as_ref().and_then(|moved| moved.to.clone()),
        Some((At::New(2), "Technician".to_owned()))
    );
    refused(
        "staff_number,department\nN1,Surgery\n",
        Wishes::default(),
        &[(Some(2), Some("department"), "Did you mean “Mercy / Surgery”")],
    );
}

#[test]
fn every_problem_is_told_with_its_line_and_column() {
    refused(
        "staff_number,name,email,hired_on,left_on\n,Eve,,,\nN 4,Eve,,,\nN5,,,,\nN6,Eve,eve,,\nN7,Eve,,28/11/2026,\nN8,Eve,,2026-11-02,2026-11-01\nN1,Ada,,,\nn1,Ada,,,\n",
        Wishes::default(),
        &[
            (Some(2), Some("staff_number"), "everybody in the file needs one"),
            (Some(3), Some("staff_number"), "letters, digits"),
            (Some(4), Some("name"), "full name"),
            (Some(5), Some("email"), "name@example.org"),
            (Some(6), Some("hired_on"), "Write 2026-11-28"),
            (Some(7), Some("left_on"), "before the first"),
            (Some(9), Some("staff_number"), "line 8 already"),
        ],
    );
    refused("staff_number,email\nN4,eve@example.org\n", Wishes::default(), &[(Some(2), None, "write their name")]);
    refused(
        "staff_number,department,job_role\nN1,,Nurse\n",
        Wishes::default(),
        &[(Some(2), Some("department"), "needs a department")],
    );
}

#[test]
fn an_address_belongs_to_one_person_and_may_be_swapped() {
    refused(
        "staff_number,email\nN3,ADA@example.org\n",
        Wishes::default(),
        &[(Some(2), Some("email"), "Ada Obi (N1) signs in")],
    );
    refused(
        "staff_number,email\nN3,dele@example.org\n",
        Wishes::default(),
        &[(Some(2), Some("email"), "write N3 on their page")],
    );
    refused(
        "staff_number,name,email\nN3,Cy Ita,x@example.org\nN4,Eve,x@example.org\n",
        Wishes::default(),
        &[(Some(3), Some("email"), "line 2 too")],
    );
    let swapped = planned("staff_number,email\nN3,ada@example.org\nN1,cy@example.org\n", Wishes::default());
    assert_eq!(swapped.counts.changed, 2);
}

#[test]
fn nobody_shuts_themselves_out_and_an_administrator_stays() {
    let mut present = present();
    present.people[3].staff_number = Some("N9".to_owned());
    let file = b"staff_number,name\nN1,Ada Obi\nN3,Cy Ita\nN2,Ben Eze\n";
    let problems = plan(file, &present, ALL).expect_err("refused");
    assert!(problems.shown[0].message.contains("that is you"), "{problems:?}");
    present.asks = None;
    let problems = plan(file, &present, ALL).expect_err("refused");
    assert!(problems.shown[0].message.contains("last administrator"), "{problems:?}");
    present.people[0].administrator = true;
    assert_eq!(plan(file, &present, ALL).expect("one stays").counts.left, 1);
}

#[test]
fn somebody_whose_adding_was_undone_is_new_again() {
    let mut present = present();
    (present.people[1].withdrawn, present.people[1].email) = (true, None);
    let plan = plan(b"staff_number,name\nN2,Benjamin Eze\n", &present, Wishes::default()).expect("no problems");
    assert_eq!((plan.counts.added, plan.steps[0].person, plan.steps[0].rehired), (1, Some(2), None));
}

#[test]
fn only_two_hundred_problems_are_shown_and_all_are_counted() {
    let mut file = "staff_number,name\n".to_owned();
    for _ in 0..1000 {
        file.push_str("?,Ada\n");
    }
    let problems = plan(file.as_bytes(), &present(), Wishes::default()).expect_err("problems");
    assert_eq!((problems.count, problems.shown.len(), problems.shown[199].line), (1000, 200, Some(201)));
}

fn day() -> impl Strategy<Value = Date> {
    (2020_i16..2030, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| civil(year, month, day))
}

prop_compose! {
    fn somebody()(
        name in "[=+@'-]{0,2}[A-Za-zé][A-Za-z,;\" ]{0,8}",
        mail in proptest::bool::ANY,
        hired in proptest::option::of(day()),
        left in proptest::option::of(day()),
        department in proptest::option::of(1_i64..=4),
        role in "([=+'-]{0,1}[A-Z][a-z]{1,6})?",
        from in day(),
        withdrawn in proptest::bool::weighted(0.1),
    ) -> (Known, bool) {
        let mut known = person(0, "", &spaced(&name));
        known.hired_on = hired;
        known.left_on = left.map(|left| hired.map_or(left, |hired| left.max(hired)));
        known.disabled = known.left_on.is_some_and(|left| left < TODAY);
        known.withdrawn = withdrawn;
        if let Some(department) = department {
            let until = known.left_on;
            if until.is_none_or(|last| from <= last) {
                known.places.push(Place { department, job_role: role, from, until });
            }
        }
        (known, mail)
    }
}

proptest! {
    #[test]
    fn what_was_written_changes_nothing_when_it_is_read_again(people in prop::collection::vec(somebody(), 1..20), everybody: bool) {
        let mut present = present();
        present.people = people.into_iter().zip(100..).map(|((mut known, mail), id)| {
            known.id = id;
            known.staff_number = Some(format!("-N{id}"));
            known.email = mail.then(|| format!("=p{id}@example.org"));
            known
        }).collect();
        if present.people.iter().any(|known| !known.withdrawn) {
            let plan = plan(&write(&present), &present, Wishes { everybody, new_departments: true }).expect("no problems");
            prop_assert!(plan.counts.is_nothing() && plan.steps.is_empty(), "{plan:?}");
        }
    }
}
