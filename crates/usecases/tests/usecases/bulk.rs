//! What is done for many at once from a list: looked at before, all of it or nothing, once, and taken back as one; on both engines.

use jiff::{SignedDuration, civil::date};
use store::{MessageState, PersonId, RequirementId, Sending};
use usecases::{
    Failure, Usecases,
    departments::DepartmentTyped,
    deputies::DeputyTyped,
    people::NewPerson,
    recording::{
        Deed, Typed,
        bulk::{Choosing, Doing, DoneForMany, Undoing},
    },
    reports::{Report, Typed as Filters, Value},
    who::Who,
};

use crate::{
    common::{Db, now, who},
    recording::{Ward, add, requirement, session, signed_in, standing, token, ward},
};

testbed::on_both_engines! {
    many_due_dates_move_at_once_and_back
    a_row_that_changed_since_it_was_shown_keeps_all_from_being_recorded
    what_was_recorded_on_top_stays_until_it_is_taken_away
    nobody_undoes_what_others_did_or_what_is_a_day_old
    each_row_is_judged_by_its_own_rights
    a_deputy_is_offered_nothing_about_whom_they_stand_in_for
    rows_are_chosen_only_for_today
    what_is_typed_wrong_is_said_once_for_all
    those_for_whom_it_would_be_in_vain_are_left_out
    each_person_is_reminded_by_one_message_that_can_be_withdrawn
    a_message_that_went_out_stays
}

/// Mona's ward with two nurses, of whom the same is asked.
struct Two {
    ada: Who,
    mona: Who,
    ben: PersonId,
    eve: PersonId,
    washing: RequirementId,
}

async fn two(db: &Db) -> Two {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let eve = nurse(&db.usecases, &ada, "Eve Bello", "").await;
    db.usecases.catch_up().await.expect("caught up");
    Two { ada, mona, ben, eve, washing }
}

/// Somebody who works on the ward.
async fn nurse(usecases: &Usecases, ada: &Who, name: &str, email: &str) -> PersonId {
    let number = name.to_lowercase().replace(' ', "-");
    let person =
        usecases.add_person(ada, NewPerson { name, email, staff_number: &number }, now()).await.expect("added");
    let ward = usecases.departments(ada, now()).await.expect("read")[0].id.to_string();
    usecases.place(ada, person, (&ward, "Nurse"), now()).await.expect("placed");
    person
}

fn rows(people: &[PersonId], requirement: RequirementId) -> Vec<String> {
    people.iter().map(|person| format!("{person}:{requirement}")).collect()
}

/// The rows as a page that shows them sends them on.
fn carried(chosen: &Choosing) -> Vec<String> {
    chosen.rows.iter().map(|row| row.carried.clone()).collect()
}

fn extension<'a>(until: &'a str, token: &'a str) -> Typed<'a> {
    Typed { until, by: "Ada Obi", reason: "the ward was closed", token, ..Typed::default() }
}

impl Db {
    async fn look(&self, who: &Who, doing: Doing, rows: &[String], typed: Typed<'_>) -> Choosing {
        self.usecases.choose_rows(who, (doing, rows), Some(typed), now()).await.expect("looked at")
    }

    /// Looks at what would follow and then does it, as the two pages do.
    async fn all(&self, who: &Who, doing: Doing, rows: &[String], typed: Typed<'_>) -> DoneForMany {
        let shown = carried(&self.look(who, doing, rows, typed).await);
        self.usecases.do_for_many(who, (doing, &shown), typed, now()).await.expect("answered")
    }

    async fn due(&self, ada: &Who, person: PersonId) -> Option<jiff::civil::Date> {
        standing(&self.usecases, ada, person).await.due.map(|due| due.date())
    }

    async fn last(&self, who: &Who) -> usecases::recording::bulk::BulkView {
        self.usecases.done_for_many(who, now()).await.expect("read").swap_remove(0)
    }
}

fn said(done: &DoneForMany) -> &str {
    match done {
        DoneForMany::Done(words) => words,
        DoneForMany::Changed(lines, _) => panic!("{lines:?}"),
    }
}

async fn many_due_dates_move_at_once_and_back(db: &Db) {
    let Two { ada, mona, ben, eve, washing } = two(db).await;
    let (usecases, token) = (&db.usecases, token(&mona, 1));
    let form = extension("2026-05-01", &token);
    let chosen = db.look(&mona, Doing::Extend, &rows(&[ben, eve, ben], washing), form).await;
    assert_eq!(chosen.rows.len(), 2, "a row that was sent twice is one");
    for row in &chosen.rows {
        let due =
            |standing: Option<usecases::obligations::Standing>| standing.and_then(|one| one.due).map(|due| due.date());
        assert_eq!((due(row.before), due(row.after)), (Some(date(2026, 4, 1)), Some(date(2026, 5, 1))));
    }
    assert_eq!(db.due(&ada, ben).await, Some(date(2026, 4, 1)), "nothing is recorded by looking");

    // A double click, at the same moment, and once more later.
    let shown = carried(&chosen);
    let once = || usecases.do_for_many(&mona, (Doing::Extend, &shown), form, now());
    let (first, second) = tokio::join!(once(), once());
    for done in [first, second, once().await] {
        let done = done.expect("answered");
        assert!(["2 due dates were extended.", "It was done already."].contains(&said(&done)), "{done:?}");
    }
    let records = async |person| usecases.training_of(&ada, person, now()).await.expect("read").recorded.len();
    for person in [ben, eve] {
        assert_eq!((db.due(&ada, person).await, records(person).await), (Some(date(2026, 5, 1)), 1));
    }
    let other = extension("2026-06-01", &token);
    let shown_other = carried(&db.look(&mona, Doing::Extend, &rows(&[ben], washing), other).await);
    let conflict = usecases.do_for_many(&mona, (Doing::Extend, &shown_other), other, now()).await;
    assert!(matches!(conflict, Err(Failure::Conflict)), "{conflict:?}");

    let log = usecases.audit_log(&ada, usecases::audit::Search::default()).await.expect("read");
    let lines: Vec<_> = log.lines.iter().filter(|line| line.what == "Due date extended").collect();
    assert_eq!(lines.len(), 2, "a line for each");
    assert_eq!(lines[0].detail, "Hand washing, to 2026-05-01, by Ada Obi: the ward was closed");

    let view = db.last(&mona).await;
    assert_eq!((view.what.as_str(), view.undo), ("2 due dates were extended.", Some("Undo")));
    assert_eq!(view.detail, "New due date 1 May 2026, by Ada Obi. Why: the ward was closed");
    let names: Vec<_> = view.people.iter().map(|one| (one.name.as_str(), one.about.as_deref())).collect();
    assert_eq!(names, [("Ben Eze", Some("Hand washing")), ("Eve Bello", Some("Hand washing"))]);
    let undone = usecases.undo_for_many(&mona, view.id, now()).await.expect("answered");
    assert_eq!(undone, Undoing::Done("It is undone: everything stands as it did before.".to_owned()));
    for person in [ben, eve] {
        assert_eq!(
            (db.due(&ada, person).await, records(person).await),
            (Some(date(2026, 4, 1)), 2),
            "both entries stay"
        );
    }
    let again = usecases.undo_for_many(&mona, view.id, now()).await.expect("answered");
    assert!(matches!(again, Undoing::Refused(_)), "{again:?}");
    let view = db.last(&mona).await;
    assert!(view.undone.is_some() && view.undo.is_none() && view.stays.is_none());
    let log = usecases.audit_log(&ada, usecases::audit::Search::default()).await.expect("read");
    assert_eq!(log.lines.iter().filter(|line| line.what == "Record taken away").count(), 2);
}

async fn a_row_that_changed_since_it_was_shown_keeps_all_from_being_recorded(db: &Db) {
    let Two { ada, mona, ben, eve, washing } = two(db).await;
    let (usecases, one, many) = (&db.usecases, token(&ada, 1), token(&mona, 1));
    let form = extension("2026-05-01", &many);
    let shown = carried(&db.look(&mona, Doing::Extend, &rows(&[ben, eve], washing), form).await);
    let id = washing.to_string();
    let meanwhile = Typed { requirement: &id, ..extension("2026-04-20", &one) };
    usecases.enter(&ada, (ben, Deed::Extend), meanwhile, now()).await.expect("recorded");

    let done = usecases.do_for_many(&mona, (Doing::Extend, &shown), form, now()).await.expect("answered");
    let DoneForMany::Changed(lines, again) = done else { panic!("{done:?}") };
    assert_eq!(lines, ["Ben Eze, Hand washing: it stands other than it was shown"]);
    assert_eq!(db.due(&ada, eve).await, Some(date(2026, 4, 1)), "all or nothing");
    assert!(usecases.done_for_many(&mona, now()).await.expect("read").is_empty());
    // Looked at once more it is done, for both.
    let form = Typed { token: &again.token, ..form };
    let done = usecases.do_for_many(&mona, (Doing::Extend, &carried(&again)), form, now()).await.expect("answered");
    assert_eq!(said(&done), "2 due dates were extended.");
    for person in [ben, eve] {
        assert_eq!(db.due(&ada, person).await, Some(date(2026, 5, 1)));
    }
    // A row without its mark was never looked at.
    let unseen = usecases
        .do_for_many(&mona, (Doing::Extend, &rows(&[ben], washing)), extension("2026-06-01", &again.token), now())
        .await;
    assert!(!matches!(unseen, Ok(DoneForMany::Done(_))), "{unseen:?}");
}

async fn what_was_recorded_on_top_stays_until_it_is_taken_away(db: &Db) {
    let Two { ada, mona, ben, eve, washing } = two(db).await;
    let (usecases, many, one, gone) = (&db.usecases, token(&mona, 1), token(&ada, 1), token(&ada, 2));
    db.all(&mona, Doing::Extend, &rows(&[ben, eve], washing), extension("2026-05-01", &many)).await;
    let id = washing.to_string();
    let watched =
        Typed { requirement: &id, on: "2026-03-02", by: "Ada Obi", reason: "seen", token: &one, ..Typed::default() };
    usecases.enter(&ada, (ben, Deed::Observed), watched, now()).await.expect("recorded");
    let view = db.last(&mona).await;
    assert!(view.undo.is_none() && view.stays.is_some_and(|why| why.contains("on top of it")), "{view:?}");
    assert_eq!(view.people.iter().map(|one| one.since).collect::<Vec<_>>(), [Some("completed since"), None]);
    let refused = usecases.undo_for_many(&mona, view.id, now()).await.expect("answered");
    assert!(matches!(refused, Undoing::Refused(_)), "{refused:?}");
    assert_eq!(db.due(&ada, eve).await, Some(date(2026, 5, 1)), "all or nothing");

    let number = usecases.training_of(&ada, ben, now()).await.expect("read").recorded[0].number.to_string();
    let away = Typed { record: &number, reason: "not seen after all", token: &gone, ..Typed::default() };
    usecases.enter(&ada, (ben, Deed::TakeAway), away, now()).await.expect("taken away");
    let undone = usecases.undo_for_many(&mona, view.id, now()).await.expect("answered");
    assert!(matches!(undone, Undoing::Done(_)), "{undone:?}");
    for person in [ben, eve] {
        assert_eq!(db.due(&ada, person).await, Some(date(2026, 4, 1)));
    }
}

async fn nobody_undoes_what_others_did_or_what_is_a_day_old(db: &Db) {
    let Two { ada, mona, ben, eve, washing } = two(db).await;
    let (usecases, many) = (&db.usecases, token(&mona, 1));
    db.all(&mona, Doing::Extend, &rows(&[ben, eve], washing), extension("2026-05-01", &many)).await;
    let id = db.last(&mona).await.id;
    assert!(matches!(usecases.undo_for_many(&ada, id, now()).await, Err(Failure::NotFound)));
    assert!(usecases.done_for_many(&ada, now()).await.expect("read").is_empty());
    let late = now() + SignedDuration::from_hours(25);
    let refused = usecases.undo_for_many(&mona, id, late).await.expect("answered");
    assert!(matches!(&refused, Undoing::Refused(words) if words.contains("24 hours")), "{refused:?}");
    assert!(usecases.done_for_many(&mona, late).await.expect("read")[0].undo.is_none());

    // Eve moves to another ward: she is not named any more, and nothing about her is taken back.
    let typed = DepartmentTyped { name: "Ward 9", parent: "" };
    let elsewhere = usecases.add_department(&ada, typed, now()).await.expect("added").to_string();
    usecases.place(&ada, eve, (&elsewhere, "Nurse"), now()).await.expect("placed");
    let view = db.last(&mona).await;
    assert_eq!((view.people.len(), view.unseen), (1, 1));
    let refused = usecases.undo_for_many(&mona, id, now()).await.expect("answered");
    assert!(matches!(&refused, Undoing::Refused(words) if words.contains("no longer yours")), "{refused:?}");
    assert_eq!(db.due(&ada, ben).await, Some(date(2026, 5, 1)));
}

async fn each_row_is_judged_by_its_own_rights(db: &Db) {
    let Two { ada, mona, ben, washing, .. } = two(db).await;
    let (usecases, many) = (&db.usecases, token(&mona, 1));
    let carl = add(usecases, &ada, "Carl Away").await;
    let all = rows(&[ben, mona.person, carl, PersonId(9999)], washing);
    let chosen = db.look(&mona, Doing::Extend, &all, extension("2026-05-01", &many)).await;
    assert_eq!(chosen.rows.iter().map(|row| row.person).collect::<Vec<_>>(), [ben]);
    assert_eq!(chosen.left_out.len(), 1);
    let own = &chosen.left_out[0];
    assert!(own.person == mona.person && own.why.starts_with("Nobody does this for themselves"), "{own:?}");
    assert_eq!(chosen.unseen, 2, "one who is elsewhere looks like one who is not there");
    let reminded = usecases.choose_rows(&mona, (Doing::Remind, &all), None, now()).await.expect("chosen");
    assert_eq!((reminded.rows.len(), reminded.left_out.len(), reminded.unseen), (0, 2, 2));

    // Sent as if they had been shown, nothing is done for anybody.
    let forged: Vec<String> = carried(&chosen).into_iter().chain(rows(&[carl], washing)).collect();
    let done = usecases.do_for_many(&mona, (Doing::Extend, &forged), extension("2026-05-01", &many), now()).await;
    let Ok(DoneForMany::Changed(lines, _)) = done else { panic!("{done:?}") };
    assert_eq!(lines, ["Somebody is not in your departments any more"]);
    assert_eq!(db.due(&ada, ben).await, Some(date(2026, 4, 1)));

    let learner = who(usecases, ben).await;
    let form = token(&learner, 1);
    let row = rows(&[ben], washing);
    let denied = usecases.choose_rows(&learner, (Doing::Extend, &row), None, now()).await;
    assert!(matches!(denied, Err(Failure::Denied)), "{denied:?}");
    let denied = usecases.do_for_many(&learner, (Doing::Extend, &row), extension("2026-05-01", &form), now()).await;
    assert!(matches!(denied, Err(Failure::Denied)), "{denied:?}");
    assert!(matches!(usecases.done_for_many(&learner, now()).await, Err(Failure::Denied)));
    assert!(matches!(usecases.undo_for_many(&learner, 1, now()).await, Err(Failure::Denied)));
}

async fn a_deputy_is_offered_nothing_about_whom_they_stand_in_for(db: &Db) {
    let Two { ada, mona, ben, washing, .. } = two(db).await;
    let usecases = &db.usecases;
    let carl = add(usecases, &ada, "Carl Away").await;
    let days = DeputyTyped { manager: "", deputy: "carl", from: "2026-03-02", to: "2026-03-09" };
    usecases.name_deputy(&mona, days, now()).await.expect("named");
    signed_in(db, carl).await;
    let stands_in = session(db, carl, now()).await;
    let shown = usecases
        .report(&stands_in, Report::Actions, &Filters { status: "assigned".to_owned(), ..Filters::default() }, now())
        .await
        .expect("read");
    assert!(shown.rows.iter().any(|row| row.about.is_some_and(|(person, _)| person == mona.person)), "she is on it");
    let may = usecases.may_choose(&stands_in, &shown, now()).await.expect("read");
    assert!(may.contains(&ben) && !may.contains(&mona.person), "{may:?}");
    let chosen =
        usecases.choose_rows(&stands_in, (Doing::Exempt, &rows(&[ben, mona.person], washing)), None, now()).await;
    let chosen = chosen.expect("chosen");
    assert_eq!(chosen.rows.iter().map(|row| row.person).collect::<Vec<_>>(), [ben]);
    assert!(chosen.left_out[0].why.starts_with("You stand in for them"), "{:?}", chosen.left_out);
}

async fn rows_are_chosen_only_for_today(db: &Db) {
    let Two { mona, ben, eve, .. } = two(db).await;
    let may = async |query: &str| {
        let shown = db.usecases.report(&mona, Report::Actions, &Filters::of_query(query), now()).await.expect("read");
        assert!(!shown.rows.is_empty(), "{query}");
        db.usecases.may_choose(&mona, &shown, now()).await.expect("read")
    };
    let today = may("status=assigned").await;
    assert!(today.len() == 2 && today.contains(&ben) && today.contains(&eve), "not herself: {today:?}");
    assert_eq!(may("status=assigned&as_of=2026-03-02").await, today, "today by its name");
    assert!(may("status=assigned&as_of=2026-03-03").await.is_empty());
    assert!(may("status=assigned&known_on=2026-03-02").await.is_empty());
}

async fn what_is_typed_wrong_is_said_once_for_all(db: &Db) {
    let Two { mona, ben, eve, washing, .. } = two(db).await;
    let (usecases, many) = (&db.usecases, token(&mona, 1));
    let all = rows(&[ben, eve], washing);
    let wrong = async |doing: Doing, rows: &[String], typed: Typed<'_>| match usecases
        .choose_rows(&mona, (doing, rows), Some(typed), now())
        .await
    {
        Err(Failure::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(wrong(Doing::Extend, &all, Typed::default()).await, ["until", "by", "reason"]);
    assert_eq!(wrong(Doing::Extend, &all, extension("2026-03-01", &many)).await, ["until"]);
    let later = Typed { on: "2026-03-03", evidence: "x", ..extension("", &many) };
    assert_eq!(wrong(Doing::PriorCredit, &all, later).await, ["on"]);
    assert_eq!(wrong(Doing::Remind, &all, Typed::default()).await, ["reason"]);
    assert_eq!(wrong(Doing::Extend, &[], extension("2026-05-01", &many)).await, ["about"]);
    assert_eq!(wrong(Doing::Extend, &["1".to_owned()], extension("2026-05-01", &many)).await, ["about"]);
    let too_many: Vec<String> = (1..=201).map(|person| format!("{person}:{washing}")).collect();
    assert_eq!(wrong(Doing::Extend, &too_many, extension("2026-05-01", &many)).await, ["about"]);
    // A day that suits nobody leaves everybody out, with the reason.
    let early = db.look(&mona, Doing::Extend, &all, extension("2026-03-20", &many)).await;
    assert!(early.rows.is_empty() && early.left_out.len() == 2);
    assert_eq!(early.left_out[0].why, "Choose a day after the present due date, 1 Apr 2026.");
}

async fn those_for_whom_it_would_be_in_vain_are_left_out(db: &Db) {
    let Two { ada, mona, ben, eve, washing } = two(db).await;
    let usecases = &db.usecases;
    let (one, two, three, away) = (token(&mona, 1), token(&mona, 2), token(&mona, 3), token(&ada, 1));
    let leave = Typed { on: "2026-03-02", reason: "family", token: &away, ..Typed::default() };
    usecases.enter(&ada, (eve, Deed::Leave), leave, now()).await.expect("recorded");
    let all = rows(&[ben, eve], washing);
    let chosen = db.look(&mona, Doing::Extend, &all, extension("2026-05-01", &one)).await;
    assert_eq!(chosen.rows.iter().map(|row| row.person).collect::<Vec<_>>(), [ben]);
    assert!(chosen.left_out[0].why.starts_with("They are on leave"), "{:?}", chosen.left_out);

    let seen =
        Typed { on: "2026-03-02", by: "Ada Obi", reason: "the course on Monday", token: &two, ..Typed::default() };
    assert_eq!(said(&db.all(&mona, Doing::Observed, &all, seen).await), "2 observed sessions were recorded.");
    let again = db.look(&mona, Doing::Observed, &all, Typed { token: &three, ..seen }).await;
    assert!(again.rows.is_empty(), "{:?}", again.rows);
    assert!(again.left_out[0].why.starts_with("This would change nothing"), "{:?}", again.left_out);
    let nothing =
        usecases.choose_rows(&mona, (Doing::Extend, &rows(&[ben], washing)), None, now()).await.expect("chosen");
    assert_eq!(nothing.left_out[0].why, "Nothing is due here any more.");

    let third = token(&mona, 4);
    let exempt = Typed { reason: "another job for now", token: &third, ..Typed::default() };
    assert_eq!(said(&db.all(&mona, Doing::Exempt, &rows(&[ben], washing), exempt).await), "1 exemption was recorded.");
    let again =
        usecases.choose_rows(&mona, (Doing::Exempt, &rows(&[ben], washing)), None, now()).await.expect("chosen");
    assert_eq!(again.left_out[0].why, "They are exempt already.");
}

async fn each_person_is_reminded_by_one_message_that_can_be_withdrawn(db: &Db) {
    let Two { ada, mona, ben, eve, washing } = two(db).await;
    let usecases = &db.usecases;
    let (zoe, lea) = (
        nurse(usecases, &ada, "Zoe Idowu", "zoe@example.org").await,
        nurse(usecases, &ada, "Lea Leave", "lea@example.org").await,
    );
    let fire = requirement(&db.store, "Fire drill", "{}").await;
    usecases.catch_up().await.expect("caught up");
    let away = token(&ada, 1);
    let leave = Typed { on: "2026-03-02", reason: "family", token: &away, ..Typed::default() };
    usecases.enter(&ada, (lea, Deed::Leave), leave, now()).await.expect("recorded");
    let mut all = rows(&[zoe, ben, eve, lea], washing);
    all.extend(rows(&[zoe], fire));
    let (one, two) = (token(&mona, 1), token(&mona, 2));
    let form = Typed { reason: "before the inspection", token: &one, ..Typed::default() };
    let chosen = db.look(&mona, Doing::Remind, &all, form).await;
    assert_eq!(chosen.rows.len(), 1);
    assert_eq!((chosen.rows[0].person, chosen.rows[0].about.as_str()), (zoe, "Hand washing, Fire drill"));
    let why: Vec<_> = chosen.left_out.iter().map(|out| (out.name.as_str(), &out.why[..18])).collect();
    assert_eq!(
        why,
        [("Ben Eze", "They cannot be wri"), ("Eve Bello", "They cannot be wri"), ("Lea Leave", "They are on leave,")]
    );

    let done = usecases.do_for_many(&mona, (Doing::Remind, &carried(&chosen)), form, now()).await.expect("answered");
    assert_eq!(said(&done), "1 person was written to.");
    let message = &db.store.messages_to(zoe).await.expect("read")[0];
    assert_eq!(message.state, MessageState::Waiting);
    let text = db.store.message(message.id).await.expect("read").expect("there").text;
    assert!(text.contains("Mona Manager reminds you: before the inspection") && text.contains("Fire drill"), "{text}");
    let last_reminder = async || {
        let asked = Filters { status: "assigned".to_owned(), ..Filters::default() };
        let shown = usecases.report(&mona, Report::Actions, &asked, now()).await.expect("read");
        let rows = shown.rows.into_iter().filter(|row| row.about.is_some_and(|(person, _)| person == zoe));
        rows.filter_map(|mut row| row.fields.pop()).map(|field| field.value).collect::<Vec<_>>()
    };
    assert_eq!(last_reminder().await, [Value::Date(date(2026, 3, 2)), Value::Date(date(2026, 3, 2))]);
    let twice = usecases.choose_rows(&mona, (Doing::Remind, &all), None, now()).await.expect("chosen");
    assert!(twice.rows.is_empty() && twice.left_out[0].why == "They were reminded today already.", "{twice:?}");

    let view = db.last(&mona).await;
    assert_eq!((view.undo, view.people[0].since), (Some("Withdraw what has not gone out"), Some("waits to go out")));
    let undone = usecases.undo_for_many(&mona, view.id, now()).await.expect("answered");
    assert_eq!(undone, Undoing::Done("1 message was withdrawn.".to_owned()));
    assert_eq!(db.store.messages_to(zoe).await.expect("read")[0].state, MessageState::Skipped);
    let log = usecases.audit_log(&ada, usecases::audit::Search::default()).await.expect("read");
    assert_eq!(log.lines[0].what, "Reminder withdrawn");
    // What nobody got does not count as a reminder of today.
    assert_eq!(last_reminder().await, [Value::None, Value::None]);
    let form = Typed { token: &two, ..form };
    assert_eq!(said(&db.all(&mona, Doing::Remind, &all, form).await), "1 person was written to.");
}

async fn a_message_that_went_out_stays(db: &Db) {
    let Two { ada, mona, washing, .. } = two(db).await;
    let usecases = &db.usecases;
    let mut people = Vec::new();
    for (name, email) in [("Yemi Ade", "yemi@example.org"), ("Zoe Idowu", "zoe@example.org")] {
        people.push(nurse(usecases, &ada, name, email).await);
    }
    usecases.catch_up().await.expect("caught up");
    let (one, at) = (token(&mona, 1), now().as_microsecond());
    let form = Typed { reason: "before the inspection", token: &one, ..Typed::default() };
    db.all(&mona, Doing::Remind, &rows(&people, washing), form).await;
    let send = async |person: PersonId| {
        let leased = db.store.lease_messages("one", at + 60_000_000, 10, at + 1).await.expect("leased");
        let id = leased.iter().find(|one| one.person == person).expect("it waits").id;
        db.store.begin_sending(id, "one", at + 60_000_000).await.expect("begun");
        assert!(db.store.finish_sending(id, "one", Sending::Sent, at + 2).await.expect("kept"));
        db.store.return_messages("one").await.expect("returned");
    };
    send(people[0]).await;
    let view = db.last(&mona).await;
    assert_eq!(
        view.people.iter().map(|one| one.since).collect::<Vec<_>>(),
        [Some("went out"), Some("waits to go out")]
    );
    let undone = usecases.undo_for_many(&mona, view.id, now()).await.expect("answered");
    assert!(
        matches!(&undone, Undoing::Done(words) if words.contains("1 message was withdrawn. One had gone out")),
        "{undone:?}"
    );
    let marked: Vec<_> = db.last(&mona).await.people.iter().map(|one| one.since).collect();
    assert_eq!(marked, [Some("went out"), Some("withdrawn")]);

    // The other is reminded again, and that goes out too: nothing is left to withdraw.
    let two = token(&mona, 2);
    db.all(&mona, Doing::Remind, &rows(&people, washing), Typed { token: &two, ..form }).await;
    send(people[1]).await;
    let view = db.last(&mona).await;
    assert_eq!((view.undo, view.stays), (None, Some("All messages have gone out.")));
    let refused = usecases.undo_for_many(&mona, view.id, now()).await.expect("answered");
    assert!(matches!(refused, Undoing::Refused(_)), "{refused:?}");
}
