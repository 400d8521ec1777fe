//! What managers and administrators record about somebody: what follows is shown before and is what comes to be; who may, and what is
//! refused; on both engines.

use jiff::civil::{Date, date};
use store::{Audience, Named, NewRequirement, PersonId, RequirementId, What};
use usecases::{
    Failure, Usecases,
    audit::Search,
    departments::DepartmentTyped,
    deputies::DeputyTyped,
    exceptions::Kind,
    obligations::{Coverage, Missing, Overlay, Timing},
    people::NewPerson,
    recording::{Deed, Foreseen, Typed},
    reports::Value,
    team::Urgent,
    who::Who,
};

use crate::common::{Db, MODULE, administrator, now, step, who};

testbed::on_both_engines! {
    an_extension_moves_the_due_date_as_it_was_foreseen
    the_same_form_records_once_and_nothing_is_recorded_by_looking
    nobody_records_anything_about_themselves_or_about_others_people
    what_cannot_be_is_refused_at_its_field
    leave_exemption_and_credits_do_what_is_said_before
    a_wrong_record_is_corrected_or_taken_away
    managers_correct_what_managers_recorded
    each_wrong_day_is_named_in_the_order_of_the_page
    a_credit_that_would_count_for_nothing_is_said_so
    a_corrected_completion_stays_about_the_text_that_was_worked_with
    a_missing_day_of_hiring_is_an_exception_until_it_is_entered
    somebody_comes_before_they_go_and_goes_before_they_come_back
    why_is_answered_for_another_day_and_as_it_was_known
    why_says_until_when_somebody_is_away
    why_shows_the_policy_that_the_open_cycle_follows
    the_team_shows_what_is_most_urgent_of_each
    a_deputy_does_for_some_days_what_the_manager_may
    a_deputy_does_nothing_about_whom_they_stand_in_for
}

/// It is past midnight in Lagos.
pub(crate) const TODAY: Date = date(2026, 3, 2);

/// A ward with its manager and two nurses, of whom something is asked.
pub(crate) struct Ward {
    pub(crate) ada: Who,
    pub(crate) mona: Who,
    pub(crate) ben: PersonId,
    /// Due 30 days after it was assigned, valid for a year.
    pub(crate) washing: RequirementId,
}

pub(crate) async fn ward(Db { usecases, store, .. }: &Db) -> Ward {
    let ada = administrator(usecases).await;
    let typed = DepartmentTyped { name: "Ward 3", parent: "" };
    let ward = usecases.add_department(&ada, typed, now()).await.expect("added").to_string();
    let mut people = Vec::new();
    for name in ["Mona Manager", "Ben Eze"] {
        let person = add(usecases, &ada, name).await;
        usecases.place(&ada, person, (&ward, "Nurse"), now()).await.expect("placed");
        people.push(person);
    }
    usecases.set_right(&ada, people[0], ("manager", &ward, true), now()).await.expect("granted");
    let washing = requirement(store, "Hand washing", r#"{"validity":"12 months"}"#).await;
    Ward { ada, mona: who(usecases, people[0]).await, ben: people[1], washing }
}

pub(crate) async fn add(usecases: &Usecases, ada: &Who, name: &str) -> PersonId {
    let number = name.split(' ').next().expect("a first name").to_lowercase();
    usecases.add_person(ada, NewPerson { name, email: "", staff_number: &number }, now()).await.expect("added")
}

/// A requirement of the house's module, asked of everybody.
pub(crate) async fn requirement(store: &store::Store, name: &str, policy: &str) -> RequirementId {
    let module = store.live_document("module", "hello").await.expect("read").expect("the module");
    let today = usecases::clock::day_number(TODAY);
    let new = NewRequirement {
        document: module.document,
        name: name.to_owned(),
        refresher: None,
        update_of: None,
        from_on: today,
        policy: policy.to_owned(),
        by: None,
    };
    let at = now().as_microsecond();
    let Named::Done(id) = store.add_requirement(new, at).await.expect("written") else { panic!("{name}") };
    store.assign(What::Requirement(id), Audience::Everybody, (today, None), at).await.expect("assigned");
    id
}

/// A form that says all that any deed asks for, under a token of its own.
pub(crate) fn typed<'a>(requirement: &'a str, token: &'a str) -> Typed<'a> {
    Typed {
        requirement,
        token,
        evidence: "certificate 12 of Hill Hospital",
        by: "Ada Obi",
        reason: "the ward was closed",
        ..Typed::default()
    }
}

pub(crate) fn token(who: &Who, number: u32) -> String {
    format!("{}-{number:032x}", who.person)
}

async fn foresee(usecases: &Usecases, who: &Who, about: (PersonId, Deed), typed: Typed<'_>) -> Foreseen {
    usecases.foresee(who, about, typed, now()).await.expect("foreseen")
}

/// How the first thing that is asked of somebody stands.
pub(crate) async fn standing(usecases: &Usecases, ada: &Who, person: PersonId) -> usecases::obligations::Standing {
    usecases.training_of(ada, person, now()).await.expect("read").asked[0].standing
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Failure>) -> &'static str {
    match answer {
        Err(Failure::Invalid(errors)) => errors[0].field,
        other => panic!("{other:?}"),
    }
}

async fn an_extension_moves_the_due_date_as_it_was_foreseen(db: &Db) {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let usecases = &db.usecases;
    assert_eq!(standing(usecases, &ada, ben).await.due.map(|due| due.date()), Some(date(2026, 4, 1)));
    let (id, token) = (washing.to_string(), token(&mona, 1));
    let form = Typed { until: "2026-05-01", ..typed(&id, &token) };
    let foreseen = foresee(usecases, &mona, (ben, Deed::Extend), form).await;
    assert_eq!((foreseen.on, foreseen.changes.len()), (TODAY, 1));
    let change = &foreseen.changes[0];
    assert_eq!(change.before.due.map(|due| due.date()), Some(date(2026, 4, 1)));
    assert_eq!(change.after.due.map(|due| due.date()), Some(date(2026, 5, 1)));
    assert_eq!(change.because.len(), 1);
    let why = &change.because[0];
    assert!(why.contains("1 May 2026") && why.contains("Ada Obi") && why.ends_with("(rule 13)"), "{why}");
    usecases.enter(&mona, (ben, Deed::Extend), form, now()).await.expect("recorded");
    assert_eq!(standing(usecases, &ada, ben).await, change.after);
    let log = usecases.audit_log(&ada, usecases::audit::Search::default()).await.expect("read");
    let line = &log.lines[0];
    assert_eq!(line.what, "Due date extended");
    assert_eq!(line.whom.as_ref().map(|(id, _)| *id), Some(ben));
    assert_eq!(line.detail, "Hand washing, to 2026-05-01, by Ada Obi: the ward was closed");
}

async fn the_same_form_records_once_and_nothing_is_recorded_by_looking(db: &Db) {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let usecases = &db.usecases;
    let (id, token) = (washing.to_string(), token(&mona, 1));
    let form = Typed { until: "2026-05-01", ..typed(&id, &token) };
    let recorded = async || usecases.training_of(&ada, ben, now()).await.expect("read").recorded.len();
    foresee(usecases, &mona, (ben, Deed::Extend), form).await;
    assert_eq!(recorded().await, 0);
    for _ in 0..2 {
        usecases.enter(&mona, (ben, Deed::Extend), form, now()).await.expect("recorded, and then a double click");
    }
    assert_eq!(recorded().await, 1);
    let other = Typed { until: "2026-06-01", ..form };
    assert!(matches!(usecases.enter(&mona, (ben, Deed::Extend), other, now()).await, Err(Failure::Conflict)));
    let foreign = Typed { until: "2026-06-01", ..typed(&id, "1-0123456789abcdef0123456789abcdef") };
    assert!(matches!(usecases.enter(&mona, (ben, Deed::Extend), foreign, now()).await, Err(Failure::Conflict)));
    assert_eq!(recorded().await, 1);
}

async fn nobody_records_anything_about_themselves_or_about_others_people(db: &Db) {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let usecases = &db.usecases;
    let (id, carl) = (washing.to_string(), add(usecases, &ada, "Carl Away").await);
    let denied = async |who: &Who, person: PersonId, deed: Deed| {
        let token = token(who, 1);
        let form = Typed { on: "2026-03-01", until: "2026-05-01", ..typed(&id, &token) };
        let entered = usecases.enter(who, (person, deed), form, now()).await;
        let foreseen = usecases.foresee(who, (person, deed), form, now()).await;
        let asked = usecases.recording(who, (person, deed), (&id, "999"), now()).await;
        matches!(entered, Err(Failure::Denied))
            && matches!(foreseen, Err(Failure::Denied))
            && matches!(asked, Err(Failure::Denied))
    };
    let everything = ["extend", "exempt", "leave", "prior-credit", "observed", "revoke", "hired", "left", "rehired"];
    for deed in
        everything.map(|word| Deed::parse(word).expect("a deed")).into_iter().chain([Deed::Correct, Deed::TakeAway])
    {
        let word = deed.as_str();
        assert!(denied(&ada, ada.person, deed).await, "{word}: not even an administrator for themselves");
        assert!(denied(&mona, mona.person, deed).await, "{word}: for herself");
        assert!(denied(&mona, carl, deed).await, "{word}: he works elsewhere");
        assert!(denied(&who(usecases, ben).await, mona.person, deed).await, "{word}: he manages nobody");
        let denies = deed.is_for_administrators() || matches!(deed, Deed::Correct | Deed::TakeAway);
        assert_eq!(
            denied(&mona, ben, deed).await,
            denies,
            "{word}: a manager for a nurse, of whom there is no such record"
        );
    }
    let own = usecases.training_of(&who(usecases, ben).await, ben, now()).await.expect("one's own may be seen");
    assert!(!own.may_record && !own.may_administer);
    assert!(matches!(usecases.training_of(&mona, carl, now()).await, Err(Failure::Denied)));
    let ben = who(usecases, ben).await;
    assert!(matches!(usecases.exceptions(&ben, (None, 0), now()).await, Err(Failure::Denied)));
}

async fn what_cannot_be_is_refused_at_its_field(db: &Db) {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let usecases = &db.usecases;
    let (id, token) = (washing.to_string(), token(&ada, 1));
    let all = typed(&id, &token);
    let rows = [
        (Deed::Extend, Typed { until: "", ..all }, "until"),
        (Deed::Extend, Typed { until: "2026-04-01", ..all }, "until"),
        (Deed::Extend, Typed { until: "1 May", ..all }, "until"),
        (Deed::Extend, Typed { until: "2101-01-01", ..all }, "until"),
        (Deed::Extend, Typed { until: "2026-05-01", requirement: "99", ..all }, "requirement"),
        (Deed::Extend, Typed { until: "2026-05-01", by: " ", ..all }, "by"),
        (Deed::Extend, Typed { until: "2026-05-01", by: "BEN EZE", ..all }, "by"),
        (Deed::Extend, Typed { until: "2026-05-01", reason: "", ..all }, "reason"),
        (Deed::Exempt, Typed { until: "2026-03-01", ..all }, "until"),
        (Deed::Leave, Typed { on: "", ..all }, "on"),
        (Deed::Leave, Typed { on: "2026-03-05", until: "2026-03-04", ..all }, "until"),
        (Deed::Leave, Typed { on: "1999-03-05", ..all }, "on"),
        (Deed::PriorCredit, Typed { on: "2026-03-03", ..all }, "on"),
        (Deed::PriorCredit, Typed { on: "2026-03-01", evidence: "", ..all }, "evidence"),
        (Deed::Observed, Typed { on: "2026-03-03", ..all }, "on"),
        (Deed::Observed, Typed { on: "2026-03-01", by: "", ..all }, "by"),
        (Deed::Revoke, all, "requirement"),
        (Deed::Rehired, Typed { on: "", ..all }, "on"),
    ];
    for (deed, form, field) in rows {
        assert_eq!(refused(usecases.foresee(&ada, (ben, deed), form, now()).await), field, "{form:?}");
        assert_eq!(refused(usecases.enter(&ada, (ben, deed), form, now()).await), field, "{form:?}");
    }
    assert!(usecases.training_of(&mona, ben, now()).await.expect("read").recorded.is_empty());
}

async fn leave_exemption_and_credits_do_what_is_said_before(db: &Db) {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let usecases = &db.usecases;
    let id = washing.to_string();
    let enter = async |who: &Who, number: u32, deed: Deed, form: Typed<'_>| {
        let token = token(who, number);
        let form = Typed { token: &token, ..form };
        let foreseen = foresee(usecases, who, (ben, deed), form).await;
        usecases.enter(who, (ben, deed), form, now()).await.expect("recorded");
        foreseen.changes
    };
    let all = typed(&id, "");
    // A leave of the days to come acts on its first day, and that day is looked at.
    let later = Typed { on: "2026-03-30", until: "2026-04-10", ..all };
    let changes = enter(&mona, 1, Deed::Leave, later).await;
    assert_eq!(changes[0].after.overlay, Some(Overlay::OnLeave));
    assert!(changes[0].after.due > changes[0].before.due);
    let changes = enter(&mona, 2, Deed::Exempt, Typed { until: "2026-03-10", ..all }).await;
    assert_eq!((changes[0].before.overlay, changes[0].after.overlay), (None, Some(Overlay::Exempt)));
    assert_eq!(standing(usecases, &ada, ben).await, changes[0].after);
    let changes = enter(&mona, 3, Deed::PriorCredit, Typed { on: "2026-02-01", ..all }).await;
    assert_eq!(changes[0].after.coverage, Coverage::Valid);
    assert_eq!(changes[0].after.valid_through.map(|day| day.date()), Some(date(2027, 2, 1)));
    assert_eq!(standing(usecases, &ada, ben).await, changes[0].after);
    let changes = enter(&ada, 4, Deed::Revoke, all).await;
    assert_eq!(changes[0].after.coverage, Coverage::Revoked);
    assert_eq!(standing(usecases, &ada, ben).await, changes[0].after);
    let changes = enter(&mona, 5, Deed::Observed, Typed { on: "2026-03-02", by: "Mona Manager", ..all }).await;
    assert!(
        changes.iter().all(|change| change.before == change.after),
        "what was taken back on the same day is taken back after it"
    );
    let recorded = usecases.training_of(&ada, ben, now()).await.expect("read").recorded;
    let kinds: Vec<_> = recorded.iter().map(|line| line.what).collect();
    assert_eq!(kinds, ["Completed", "Credit taken back", "Prior credit", "Exemption", "Leave"]);
    assert_eq!(recorded[0].approved_by.as_deref(), Some("Mona Manager"));
}

async fn a_wrong_record_is_corrected_or_taken_away(db: &Db) {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let usecases = &db.usecases;
    let (id, first) = (washing.to_string(), token(&mona, 1));
    let observed = Typed { on: "2026-03-01", by: "Mona Manager", ..typed(&id, &first) };
    usecases.enter(&mona, (ben, Deed::Observed), observed, now()).await.expect("recorded");
    let newest = async || usecases.training_of(&ada, ben, now()).await.expect("read").recorded[0].clone();
    let wrong = newest().await;
    assert!(wrong.has_days && wrong.can_go && !wrong.corrected);

    let number = wrong.number.to_string();
    let form = usecases.recording(&ada, (ben, Deed::Correct), ("", &number), now()).await.expect("a form");
    assert!(form.asks.on && !form.asks.until);
    let (second, third) = (token(&ada, 2), token(&ada, 3));
    let right =
        Typed { record: &number, on: "2026-02-20", reason: "it was the 20th", token: &second, ..Typed::default() };
    assert_eq!(
        refused(usecases.foresee(&ada, (ben, Deed::Correct), Typed { on: "2026-03-01", ..right }, now()).await),
        "on"
    );
    assert_eq!(
        refused(usecases.foresee(&ada, (ben, Deed::Correct), Typed { on: "2026-03-09", ..right }, now()).await),
        "on"
    );
    let foreseen = foresee(usecases, &ada, (ben, Deed::Correct), right).await;
    usecases.enter(&ada, (ben, Deed::Correct), right, now()).await.expect("corrected");
    let log = usecases.audit_log(&ada, Search::default()).await.expect("the log");
    assert_eq!(log.lines[0].what, "Record corrected");
    let now_it_is = standing(usecases, &ada, ben).await;
    assert_eq!(now_it_is.valid_through.map(|day| day.date()), Some(date(2027, 2, 20)));
    assert_eq!(now_it_is, foreseen.changes[0].after);
    let corrected = newest().await;
    assert_eq!((corrected.corrects, corrected.approved_by.as_deref()), (Some(wrong.number), Some("Mona Manager")));
    let again = Typed { on: "2026-02-21", token: &third, ..right };
    let twice = usecases.enter(&ada, (ben, Deed::Correct), again, now()).await;
    assert!(matches!(twice, Err(Failure::Conflict)), "the first record is corrected already: {twice:?}");

    let number = corrected.number.to_string();
    let gone = Typed { record: &number, reason: "another person", token: &third, ..Typed::default() };
    usecases.enter(&ada, (ben, Deed::TakeAway), gone, now()).await.expect("taken away");
    assert_eq!(standing(usecases, &ada, ben).await.coverage, Coverage::Never);
    let recorded = usecases.training_of(&ada, ben, now()).await.expect("read").recorded;
    assert_eq!(recorded.iter().map(|line| line.corrected).collect::<Vec<_>>(), [false, true, true]);
    assert!(!recorded[0].can_go, "what took something away stays");
    assert!(usecases.record(&who(usecases, ben).await, now()).await.expect("read").completed.is_empty());
    let unknown = Typed { record: "999", ..gone };
    assert!(
        matches!(usecases.enter(&ada, (ben, Deed::TakeAway), unknown, now()).await, Err(Failure::Conflict)),
        "another body"
    );
    let fourth = token(&ada, 4);
    let unknown = Typed { token: &fourth, ..unknown };
    assert!(matches!(usecases.enter(&ada, (ben, Deed::TakeAway), unknown, now()).await, Err(Failure::NotFound)));
    assert!(matches!(db.store.verify().await.expect("read"), store::Verified::Ok { .. }));
    assert_eq!(db.store.rebuild(true).await.expect("checked").different, 0);
}

async fn a_corrected_completion_stays_about_the_text_that_was_worked_with(db: &Db) {
    let Ward { ada, ben, .. } = ward(db).await;
    let usecases = &db.usecases;
    let learner = who(usecases, ben).await;
    for id in ["first", "check-yourself"] {
        let page = usecases.page(&learner, "hello", id).await.expect("a page");
        usecases.mark_read(&learner, step(&page, id, &page.read_token), now()).await.expect("read");
    }
    let completed = async || usecases.record(&learner, now()).await.expect("read").completed;
    let before = completed().await;
    assert_eq!(before.len(), 1);
    let newer = MODULE.replace("Look up.", "Look up and smile.");
    usecases.publish(&usecases::publish::File::alone("hello.md", &newer), now()).await.expect("published");
    let (number, token) = (before[0].entry.to_string(), token(&ada, 1));
    let right =
        Typed { record: &number, on: "2026-02-27", reason: "the clock was wrong", token: &token, ..Typed::default() };
    usecases.enter(&ada, (ben, Deed::Correct), right, now()).await.expect("corrected");
    let after = completed().await;
    assert_eq!(after.len(), 1);
    assert_eq!((after[0].on, &after[0].version), (date(2026, 2, 27), &before[0].version));
    let why = usecases.training_of(&ada, ben, now()).await.expect("read").recorded[0].clone();
    assert_eq!((why.approved_by.as_deref(), why.corrects), (Some("Ada Obi"), Some(before[0].entry)));
}

async fn a_missing_day_of_hiring_is_an_exception_until_it_is_entered(db: &Db) {
    let Ward { ada, ben, mona, .. } = ward(db).await;
    let usecases = &db.usecases;
    let policy = r#"{"first-due":{"after":"hired","days":60}}"#;
    let induction = requirement(&db.store, "Induction", policy).await;
    usecases.catch_up().await.expect("caught up");
    let missing = async |who: &Who| {
        let page = usecases.exceptions(who, (Some(Kind::NoAnchor), 0), now()).await.expect("read");
        assert!(!page.unfinished && page.next.is_none());
        page.rows.into_iter().map(|row| row.fields[0].value.clone()).collect::<Vec<_>>()
    };
    let names = |names: &[&str]| names.iter().map(|name| Value::from(*name)).collect::<Vec<_>>();
    assert_eq!(missing(&ada).await, names(&["Ada Obi", "Ben Eze", "Mona Manager"]));
    assert_eq!(missing(&mona).await, names(&["Ben Eze", "Mona Manager"]), "of her ward");
    let training = usecases.training_of(&mona, ben, now()).await.expect("read");
    assert_eq!(
        (training.missing.as_slice(), training.employment.as_slice()),
        (&[Missing::Hired][..], &[Deed::Hired, Deed::Left][..])
    );
    let why = usecases.why(&mona, (ben, induction), (None, None), now()).await.expect("answered");
    assert_eq!((why.explained.exception, why.explained.due), (Some(Missing::Hired), None));
    let (id, third) = (induction.to_string(), token(&mona, 3));
    let extend = Typed { until: "2026-09-01", ..typed(&id, &third) };
    assert_eq!(refused(usecases.foresee(&mona, (ben, Deed::Extend), extend, now()).await), "until");

    let token = token(&ada, 1);
    let hired = Typed { on: "2026-02-01", ..typed("", &token) };
    let foreseen = foresee(usecases, &ada, (ben, Deed::Hired), hired).await;
    usecases.enter(&ada, (ben, Deed::Hired), hired, now()).await.expect("recorded");
    let change = &foreseen.changes[0];
    assert_eq!((change.name.as_str(), change.before.due), ("Induction", None));
    assert_eq!(change.after.due.map(|due| due.date()), Some(date(2026, 4, 2)));
    assert_eq!(missing(&ada).await, names(&["Ada Obi", "Mona Manager"]));
}

async fn somebody_comes_before_they_go_and_goes_before_they_come_back(db: &Db) {
    let Ward { ada, ben, .. } = ward(db).await;
    let usecases = &db.usecases;
    let foresee = async |deed: Deed, on: &str| {
        let token = token(&ada, 99);
        usecases.foresee(&ada, (ben, deed), Typed { on, ..typed("", &token) }, now()).await
    };
    let mut number = 0;
    let mut enter = async |deed: Deed, on: &str| {
        number += 1;
        let token = token(&ada, number);
        usecases.enter(&ada, (ben, deed), Typed { on, ..typed("", &token) }, now()).await.expect("recorded");
    };
    enter(Deed::Hired, "2025-01-10").await;
    assert_eq!(refused(foresee(Deed::Hired, "2025-02-01").await), "on");
    assert_eq!(refused(foresee(Deed::Left, "2025-01-01").await), "on");
    assert_eq!(refused(foresee(Deed::Rehired, "2026-01-01").await), "on");
    enter(Deed::Left, "2026-02-27").await;
    let training = usecases.training_of(&ada, ben, now()).await.expect("read");
    assert!(training.asked.is_empty(), "they had left before it was assigned");
    assert_eq!(training.employment, [Deed::Rehired]);
    assert_eq!(refused(foresee(Deed::Left, "2026-03-01").await), "on");
    assert_eq!(refused(foresee(Deed::Rehired, "2026-02-01").await), "on");
    enter(Deed::Rehired, "2026-03-01").await;
    assert_eq!(standing(usecases, &ada, ben).await.overlay, None);
}

async fn why_is_answered_for_another_day_and_as_it_was_known(db: &Db) {
    let Ward { mona, ben, washing, .. } = ward(db).await;
    let usecases = &db.usecases;
    let (id, token) = (washing.to_string(), token(&mona, 1));
    let later = now() + jiff::SignedDuration::from_hours(24 * 5);
    let observed = Typed { on: "2026-03-04", ..typed(&id, &token) };
    usecases.enter(&mona, (ben, Deed::Observed), observed, later).await.expect("recorded");
    let why = async |days| usecases.why(&mona, (ben, washing), days, later).await.expect("answered");
    let now_it_is = why((None, None)).await;
    assert_eq!((now_it_is.today, now_it_is.as_of), (date(2026, 3, 7), date(2026, 3, 7)));
    assert_eq!(now_it_is.explained.coverage, Coverage::Valid);
    assert!(now_it_is.explained.because.iter().any(|why| why.contains("Ada Obi")), "who saw it is said");
    let known = why((Some(date(2026, 3, 6)), Some(date(2026, 3, 6)))).await;
    assert_eq!(known.explained.coverage, Coverage::Never, "nobody knew that day");
    let ahead = why((Some(date(2026, 4, 2)), Some(date(2026, 3, 6)))).await;
    assert_eq!(ahead.explained.timing, Some(Timing::Overdue));
    assert!(matches!(usecases.why(&mona, (ben, RequirementId(99)), (None, None), later).await, Err(Failure::NotFound)));
}

/// A session of somebody: who stands in is told by it, as every right is.
pub(crate) async fn signed_in(db: &Db, person: PersonId) {
    let new = store::NewSession {
        id_hash: id_hash(person),
        person: Some(person),
        data: Vec::new(),
        seen_at: 0,
        idle_until: i64::MAX,
        ends_at: i64::MAX,
    };
    assert!(db.store.create_session(new).await.expect("kept"));
}

fn id_hash(person: PersonId) -> Vec<u8> {
    person.0.to_be_bytes().repeat(4)
}

/// Who asks in the session of somebody at an instant.
pub(crate) async fn session(db: &Db, person: PersonId, at: jiff::Timestamp) -> Who {
    let found = db.store.load_session(&id_hash(person), at.as_microsecond()).await;
    Who::of(found.expect("read").expect("a session").who.expect("somebody")).expect("not disabled")
}

async fn managers_correct_what_managers_recorded(db: &Db) {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let usecases = &db.usecases;
    let id = washing.to_string();
    let enter = async |who: &Who, number: u32, deed: Deed, form: Typed<'_>| {
        let token = token(who, number);
        usecases
            .enter(who, (ben, deed), Typed { token: &token, reason: "it was so", by: "Ada Obi", ..form }, now())
            .await
    };
    let lines = async |who: &Who| usecases.training_of(who, ben, now()).await.expect("read").recorded;
    let of_mona = [
        (Deed::Extend, Typed { requirement: &id, until: "2026-06-01", ..Typed::default() }),
        (Deed::Exempt, Typed { requirement: &id, ..Typed::default() }),
        (Deed::Leave, Typed { on: "2026-03-02", ..Typed::default() }),
        (Deed::PriorCredit, Typed { requirement: &id, on: "2026-02-01", evidence: "a letter", ..Typed::default() }),
        (Deed::Observed, Typed { requirement: &id, on: "2026-02-02", ..Typed::default() }),
    ];
    for (at, (deed, form)) in (1..).zip(of_mona) {
        enter(&mona, at, deed, form).await.expect("recorded");
    }
    assert_eq!(lines(&mona).await.len(), 5);
    assert!(lines(&mona).await.iter().all(|line| line.has_days && line.can_go), "what she recorded");
    let own = who(usecases, ben).await;
    assert!(lines(&own).await.iter().all(|line| !line.has_days && !line.can_go), "nobody corrects what is about them");

    // Back from leave.
    let leave = lines(&mona).await.into_iter().find(|line| line.what == "Leave").expect("a leave").number.to_string();
    let back = Typed { record: &leave, on: "2026-03-02", until: "2026-03-20", ..Typed::default() };
    assert!(matches!(enter(&own, 9, Deed::Correct, back).await, Err(Failure::Denied)));
    for words in ["Recorded for Ben Eze.", "It was recorded already."] {
        assert_eq!(enter(&mona, 10, Deed::Correct, back).await.expect("corrected"), words);
    }
    let newest = lines(&mona).await[0].clone();
    assert_eq!((newest.what, newest.until, newest.has_days), ("Leave", Some(date(2026, 3, 20)), true));
    let gone = newest.number.to_string();
    enter(&mona, 11, Deed::TakeAway, Typed { record: &gone, ..Typed::default() }).await.expect("taken away");

    // What an administrator recorded, revocations, employment and what he completed himself are not hers.
    let kinds =
        [(Deed::Leave, "2026-05-01"), (Deed::Revoke, ""), (Deed::Hired, "2025-01-01"), (Deed::Left, "2026-08-01")];
    for (at, (deed, on)) in (20..).zip(kinds) {
        enter(&ada, at, deed, Typed { requirement: &id, on, ..Typed::default() }).await.expect("recorded");
    }
    for page_id in ["first", "check-yourself"] {
        let page = usecases.page(&own, "hello", page_id).await.expect("a page");
        usecases.mark_read(&own, step(&page, page_id, &page.read_token), now()).await.expect("read");
    }
    let after = lines(&mona).await;
    let others = after.iter().take(5).collect::<Vec<_>>();
    let kinds: Vec<_> = others.iter().map(|line| line.what).collect();
    assert_eq!(kinds, ["Completed", "Last day", "Hired", "Credit taken back", "Leave"]);
    for line in others {
        assert!(!line.has_days && !line.can_go, "{line:?}");
        let record = line.number.to_string();
        let form = Typed { record: &record, on: "2026-02-20", ..Typed::default() };
        for deed in [Deed::Correct, Deed::TakeAway] {
            assert!(matches!(enter(&mona, 40, deed, form).await, Err(Failure::Denied)), "{}", line.what);
            let asked = usecases.recording(&mona, (ben, deed), ("", &record), now()).await;
            assert!(matches!(asked, Err(Failure::Denied)), "{}", line.what);
        }
    }
    assert!(lines(&ada).await[0].can_go, "an administrator's, as before");
}

async fn each_wrong_day_is_named_in_the_order_of_the_page(db: &Db) {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let (id, token) = (washing.to_string(), token(&ada, 1));
    let said = |answer: Result<Foreseen, Failure>| match answer {
        Err(Failure::Invalid(errors)) => errors.into_iter().map(|error| error.message).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let foresee = async |deed, form| said(db.usecases.foresee(&ada, (ben, deed), form, now()).await);
    let all = typed(&id, &token);
    let leave = foresee(Deed::Leave, Typed { until: "soon", reason: "", ..all }).await;
    assert_eq!(leave[..2], ["Enter the first day", "Enter the last day as year, month and day, such as 2027-02-05"]);
    assert!(leave[2].starts_with("Say why"), "{leave:?}");
    let extension = foresee(Deed::Extend, Typed { by: "", ..all }).await;
    assert_eq!(extension[0], "Enter the new due date");
    assert_eq!(foresee(Deed::Observed, all).await, ["Enter the day it took place"]);
    let typed = DeputyTyped { manager: "", deputy: "ben", from: "", to: "" };
    let Err(Failure::Invalid(errors)) = db.usecases.name_deputy(&mona, typed, now()).await else {
        panic!("there are no days")
    };
    let words: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(words, ["Enter the first day", "Enter the last day"]);
}

async fn a_credit_that_would_count_for_nothing_is_said_so(db: &Db) {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let usecases = &db.usecases;
    let id = washing.to_string();
    let in_vain = async |deed, on: &str| {
        let token = token(&mona, 99);
        foresee(usecases, &mona, (ben, deed), Typed { on, ..typed(&id, &token) }).await.in_vain.unwrap_or_default()
    };
    assert!(in_vain(Deed::PriorCredit, "2024-02-01").await.contains("too long ago"));
    assert_eq!(in_vain(Deed::PriorCredit, "2026-02-01").await, "");
    let (first, second) = (token(&mona, 1), token(&ada, 2));
    let held = Typed { on: "2026-02-20", ..typed(&id, &first) };
    usecases.enter(&mona, (ben, Deed::PriorCredit), held, now()).await.expect("recorded");
    assert!(in_vain(Deed::PriorCredit, "2026-02-01").await.contains("as long or longer"));
    usecases.enter(&ada, (ben, Deed::Revoke), typed(&id, &second), now()).await.expect("taken back");
    assert!(in_vain(Deed::Observed, "2026-03-01").await.contains("taken back on that day or later"));
}

async fn why_says_until_when_somebody_is_away(db: &Db) {
    let Ward { mona, ben, washing, .. } = ward(db).await;
    let usecases = &db.usecases;
    let mut number = 0;
    let mut leave = async |on: &str, until: &str| {
        number += 1;
        let token = token(&mona, number);
        let form = Typed { on, until, ..typed("", &token) };
        usecases.enter(&mona, (ben, Deed::Leave), form, now()).await.expect("recorded");
    };
    let away = async |day| {
        let why = usecases.why(&mona, (ben, washing), (Some(day), None), now()).await.expect("answered");
        (why.explained.overlay, why.away_until)
    };
    leave("2026-03-10", "2026-03-20").await;
    leave("2026-03-21", "2026-03-31").await;
    leave("2026-04-05", "2026-04-06").await;
    leave("2026-05-01", "").await;
    assert_eq!(away(TODAY).await, (None, None));
    assert_eq!(away(date(2026, 3, 15)).await, (Some(Overlay::OnLeave), Some(date(2026, 3, 31))), "no day between");
    assert_eq!(away(date(2026, 4, 5)).await, (Some(Overlay::OnLeave), Some(date(2026, 4, 6))));
    assert_eq!(away(date(2026, 6, 1)).await, (Some(Overlay::OnLeave), None), "nobody knows");
}

async fn why_shows_the_policy_that_the_open_cycle_follows(db: &Db) {
    let Ward { mona, ben, washing, .. } = ward(db).await;
    let today = usecases::clock::day_number(TODAY);
    let version = |from_on, recalculates, days: i32| store::PolicyVersion {
        requirement: washing,
        from_on,
        recalculates,
        body: format!(r#"{{"first-due":{{"after":"assigned","days":{days}}}}}"#),
        by: None,
        at: now().as_microsecond(),
    };
    let policy = async |day| {
        let why = db.usecases.why(&mona, (ben, washing), (Some(day), None), now()).await.expect("answered");
        (why.policy.lines[0].1.clone(), why.policy.since, why.policy.newer)
    };
    let days = |days| format!("{days} days after being assigned");
    db.store.add_policy(version(today + 1, false, 60), today).await.expect("written");
    db.usecases.catch_up().await.expect("caught up");
    assert_eq!(policy(TODAY).await, (days(30), None, None));
    assert_eq!(policy(date(2026, 3, 5)).await, (days(30), None, Some(date(2026, 3, 3))), "it opened before");
    db.store.add_policy(version(today + 5, true, 90), today).await.expect("written");
    db.usecases.catch_up().await.expect("caught up");
    assert_eq!(policy(date(2026, 3, 5)).await, (days(30), None, Some(date(2026, 3, 3))));
    assert_eq!(policy(date(2026, 3, 8)).await, (days(90), Some(date(2026, 3, 7)), None), "it recalculated");
}

async fn the_team_shows_what_is_most_urgent_of_each(db: &Db) {
    let Ward { ada, mona, ben, .. } = ward(db).await;
    let usecases = &db.usecases;
    let later = now() + jiff::SignedDuration::from_hours(24 * 40);
    let urgent = async |at| {
        let page = usecases.team(&mona, 0, at).await.expect("read");
        page.lines.into_iter().find(|line| line.person == ben).expect("her nurse").urgent
    };
    usecases.catch_up().await.expect("caught up");
    assert_eq!(urgent(now()).await, Urgent::Due(date(2026, 4, 1)));
    assert_eq!(urgent(later).await, Urgent::Overdue(1));
    let induction = r#"{"first-due":{"after":"hired","days":60}}"#;
    requirement(&db.store, "Induction", induction).await;
    usecases.catch_up().await.expect("caught up");
    assert_eq!(urgent(now()).await, Urgent::Due(date(2026, 4, 1)), "a known day before an unknown one");
    let (first, second) = (token(&ada, 1), token(&ada, 2));
    let done = Typed { on: "2026-03-02", ..typed("1", &first) };
    usecases.enter(&ada, (ben, Deed::Observed), done, now()).await.expect("recorded");
    assert_eq!(urgent(now()).await, Urgent::Nothing);
    let leave = Typed { on: "2026-03-02", until: "2027-12-31", ..typed("", &second) };
    usecases.enter(&ada, (ben, Deed::Leave), leave, now()).await.expect("recorded");
    assert_eq!(urgent(later).await, Urgent::OnLeave, "no clock runs during a leave");
}

async fn a_deputy_does_nothing_about_whom_they_stand_in_for(db: &Db) {
    let Ward { ada, mona, ben, .. } = ward(db).await;
    let usecases = &db.usecases;
    let carl = add(usecases, &ada, "Carl Away").await;
    let days = DeputyTyped { manager: "", deputy: "carl", from: "2026-03-02", to: "2026-03-09" };
    usecases.name_deputy(&mona, days, now()).await.expect("named");
    signed_in(db, carl).await;
    let stands_in = session(db, carl, now()).await;
    let boss = usecases.training_of(&stands_in, mona.person, now()).await.expect("she may be seen");
    assert!(!boss.may_record && !boss.may_administer);
    let given = async |who: &Who| {
        let lines = usecases.team(who, 0, now()).await.expect("read").lines;
        lines.into_iter().filter(|line| line.may_be_given).map(|line| line.person).collect::<Vec<_>>()
    };
    assert_eq!(given(&stands_in).await, [ben]);
    let token = token(&stands_in, 1);
    let leave = Typed { on: "2026-03-02", ..typed("", &token) };
    let entered = usecases.enter(&stands_in, (mona.person, Deed::Leave), leave, now()).await;
    assert!(matches!(entered, Err(Failure::Denied)), "{entered:?}");
    let asked = usecases.recording(&stands_in, (mona.person, Deed::Leave), ("", ""), now()).await;
    assert!(matches!(asked, Err(Failure::Denied)), "{asked:?}");
    let gift = usecases.recipient(&stands_in, mona.person, now()).await;
    assert!(matches!(gift, Err(Failure::Denied)), "{gift:?}");
    assert!(matches!(usecases.remind_one(&stands_in, mona.person, "Soon", now()).await, Err(Failure::Denied)));
    usecases.remind_one(&stands_in, ben, "Soon", now()).await.expect("her people, as she may");
    usecases.enter(&stands_in, (ben, Deed::Leave), leave, now()).await.expect("her people, as she may");

    // Who manages the department themselves answers for her by that.
    let ward = usecases.departments(&ada, now()).await.expect("read")[0].id.to_string();
    usecases.set_right(&ada, carl, ("manager", &ward, true), now()).await.expect("granted");
    // Rights that change end the sessions.
    signed_in(db, carl).await;
    let both = session(db, carl, now()).await;
    assert!(usecases.training_of(&both, mona.person, now()).await.expect("read").may_record);
    assert_eq!(given(&both).await.len(), 2);
}

async fn a_deputy_does_for_some_days_what_the_manager_may(db: &Db) {
    let Ward { ada, mona, ben, .. } = ward(db).await;
    let usecases = &db.usecases;
    let carl = add(usecases, &ada, "Carl Away").await;
    let typed = |deputy, from, to| DeputyTyped { manager: "", deputy, from, to };
    let rows = [
        (typed("nobody", "2026-03-02", "2026-03-09"), "deputy"),
        (typed("MONA", "2026-03-02", "2026-03-09"), "deputy"),
        (typed("carl", "2026-03-01", "2026-03-09"), "from"),
        (typed("carl", "", "2026-03-09"), "from"),
        (typed("carl", "2026-03-09", "2026-03-08"), "to"),
        (typed("carl", "2026-03-09", "2027-03-12"), "to"),
    ];
    for (wrong, field) in rows {
        assert_eq!(refused(usecases.name_deputy(&mona, wrong, now()).await), field, "{wrong:?}");
    }
    let line = usecases.name_deputy(&mona, typed("Carl", "2026-03-02", "2026-03-09"), now()).await.expect("named");
    assert_eq!((line.manager.as_str(), line.deputy.as_str(), line.begun), ("Mona Manager", "Carl Away", true));
    assert_eq!(refused(usecases.name_deputy(&mona, typed("carl", "2026-03-09", "2026-03-10"), now()).await), "from");

    signed_in(db, carl).await;
    let session = async |at| session(db, carl, at).await;
    let stands_in = session(now()).await;
    assert!(stands_in.sees_a_team());
    assert_eq!(usecases.stands_in(&stands_in, now()).await.expect("read").len(), 1);
    assert!(usecases.training_of(&stands_in, ben, now()).await.expect("read").may_record);
    let page = usecases.deputies(&stands_in, now()).await.expect("read");
    assert!(!page.may_name && page.named.is_empty() && page.own.len() == 1, "{page:?}");
    let chain = usecases.name_deputy(&stands_in, typed("ben", "2026-03-02", "2026-03-09"), now()).await;
    assert!(matches!(chain, Err(Failure::Denied)), "who stands in names nobody");
    let own = usecases.end_deputy(&stands_in, &line.id.to_string(), now()).await;
    assert!(matches!(own, Err(Failure::NotFound)), "and ends nothing");
    // The days end with their midnight in Lagos.
    let last: jiff::Timestamp = "2026-03-09T22:59:59Z".parse().expect("an instant");
    assert!(session(last).await.sees_a_team());
    assert!(!session(last + jiff::SignedDuration::from_secs(1)).await.sees_a_team());

    usecases.end_deputy(&mona, &line.id.to_string(), now()).await.expect("ended");
    assert!(!session(now()).await.sees_a_team());
    let chosen = DeputyTyped { manager: &mona.person.to_string(), ..typed("carl", "2026-04-01", "2026-04-02") };
    usecases.name_deputy(&ada, chosen, now()).await.expect("an administrator for any manager");
    assert_eq!(refused(usecases.name_deputy(&ada, typed("carl", "2026-05-01", "2026-05-02"), now()).await), "manager");
    let page = usecases.deputies(&ada, now()).await.expect("read");
    assert_eq!((page.named.len(), page.managers.len(), page.named[0].begun), (1, 1, false));
    assert!(matches!(usecases.deputies(&who(usecases, ben).await, now()).await, Err(Failure::Denied)));
}
