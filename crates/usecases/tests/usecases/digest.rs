//! What managers get once a week.

use store::{Event, MessageKind, NewEvent, PersonId};
use usecases::{
    Usecases,
    people::NewPerson,
    reports::{Count, Report, Typed},
};

use crate::common::{Db, FIRST, Wards, day, now, wards, who};

testbed::on_both_engines! {
    each_monday_a_manager_reads_how_their_own_departments_stand
    a_week_has_one_message_and_a_pass_that_did_not_run_is_made_up_for
    where_nothing_is_to_be_done_nothing_is_sent
    whoever_switched_summaries_off_is_told_only_who_is_overdue
    nobody_is_told_on_leave_without_an_address_or_after_their_access_ended
    a_deputy_gets_it_while_they_stand_in
    a_manager_who_is_an_administrator_too_reads_about_their_own_departments
    what_is_theirs_alone_is_no_news_to_a_manager
    two_servers_write_each_manager_once
}

const THIS_WEEK: &str = "Your team this week";

impl Db {
    /// The digests that somebody got.
    async fn digests(&self, person: PersonId) -> Vec<(String, String)> {
        self.sent_to(person).await.into_iter().filter(|(subject, _)| subject.starts_with(THIS_WEEK)).collect()
    }

    async fn record_leave(&self, person: PersonId, from: i32, to: Option<i32>) {
        let new = NewEvent {
            person,
            event: Event::Leave { to },
            on: from,
            requirement: None,
            reason: "so it is".to_owned(),
            evidence: None,
            approved_by: None,
            by: person,
            supersedes: None,
        };
        self.store.record(new, now().as_microsecond()).await.expect("written");
    }
}

async fn each_monday_a_manager_reads_how_their_own_departments_stand(db: &Db) {
    let Wards { zoe, mona, ben, .. } = wards(db).await;
    // 23 March: due in nine days.
    db.pass_on(21).await;
    let [(subject, text)] = &db.digests(mona.person).await[..] else { panic!("not one message") };
    assert_eq!(subject, "Your team this week: 1 due soon");
    let expected = format!(
        "Hello Mona,\n\nThis is how Clinic › Ward A stands today.\n\nNobody is overdue.\n\n\
         - Due soon: 1\n  {{site}}/reports/actions?status=due-soon\n\n\
         In the last seven days nothing became overdue.\n\nThe most urgent\n\n\
         - Ben: Saying hello, due 1 Apr 2026\n  {{site}}/team/{}/training\n\n\
         Open the list, to remind, extend, exempt or record:\n{{site}}/reports/actions\n\n\
         How your departments stand:\n{{site}}/reports/departments\n",
        ben.person
    );
    assert_eq!(*text, expected);
    let [(subject, text)] = &db.digests(zoe.person).await[..] else { panic!("not one message") };
    assert_eq!(subject, "Your team this week: 2 due soon");
    assert!(text.contains("your 3 departments") && text.contains("- Cleo (Clinic › Ward B): Saying hello"), "{text}");

    // 6 April, five days over; 13 April, when that is no news any more.
    for (after, change) in [(35, "1 became overdue"), (42, "nothing became overdue")] {
        db.pass_on(after).await;
        let (subject, text) = db.digests(mona.person).await.pop().expect("a message");
        assert_eq!(subject, "Your team this week: 1 overdue");
        assert!(text.contains("- Ben: Saying hello, was due 1 Apr 2026"), "{text}");
        assert!(text.contains("- Overdue: 1\n  {site}/reports/actions?status=overdue\n"), "{text}");
        assert!(text.contains(change), "{change} in {text}");
    }
    // Where the number leads, there are as many rows.
    let behind = Typed::of_query("status=overdue");
    let page = db.usecases.report(&mona, Report::Actions, &behind, day(42)).await.expect("a report");
    assert_eq!(page.head.rows, Count::Exactly(1));
}

async fn a_week_has_one_message_and_a_pass_that_did_not_run_is_made_up_for(db: &Db) {
    let Wards { mona, .. } = wards(db).await;
    // It is due soon from 18 March on; 21 and 22 March are a weekend, 23 March is a Monday on which nothing ran.
    for after in [19, 20] {
        db.pass_on(after).await;
    }
    assert!(db.digests(mona.person).await.is_empty(), "on days off nobody is written to");
    for after in [22, 22, 23, 25] {
        db.pass_on(after).await;
    }
    assert_eq!(db.digests(mona.person).await.len(), 1, "on Tuesday, for that week");
    let keys = db.store.messages_to(mona.person).await.expect("read");
    assert!(keys.iter().all(|line| line.kind == MessageKind::Digest), "and nothing about the same besides: {keys:?}");
    // By 1 April Ben is reminded, on 2 April he is overdue: Mona was told of the week on Monday.
    for after in [28, 30, 31, 32] {
        db.pass_on(after).await;
    }
    assert_eq!(db.digests(mona.person).await.len(), 2);
    assert_eq!(db.sent_to(mona.person).await.len(), 2);
}

async fn where_nothing_is_to_be_done_nothing_is_sent(db: &Db) {
    let Wards { ada, zoe, mona, b, .. } = wards(db).await;
    // A manager of a ward that nobody works in, and one whose ward was taken away.
    let new = NewPerson { name: "Olu", email: "olu@example.org", staff_number: "" };
    let olu = db.usecases.add_person(&ada, new, now()).await.expect("added");
    for held in [true, false] {
        db.usecases.set_right(&ada, olu, ("manager", &b, held), now()).await.expect("set");
    }
    for after in [0, 7, 14] {
        db.pass_on(after).await;
    }
    for person in [zoe.person, mona.person, ada.person, olu] {
        assert!(db.digests(person).await.is_empty(), "{person}: it is due in more than two weeks");
    }
    db.pass_on(21).await;
    assert_eq!((db.digests(mona.person).await.len(), db.digests(olu).await.len()), (1, 0));
}

async fn whoever_switched_summaries_off_is_told_only_who_is_overdue(db: &Db) {
    let Wards { mona, ben, .. } = wards(db).await;
    db.usecases.choose_mail(&mona, "digest", true, now()).await.expect("kept");
    db.pass_on(21).await;
    assert!(db.sent_to(mona.person).await.is_empty(), "not even one that is kept back");
    for after in [35, 36, 37] {
        db.pass_on(after).await;
    }
    let [(subject, text)] = &db.sent_to(mona.person).await[..] else { panic!("not one message") };
    assert_eq!(subject, "Your team this week: 1 overdue");
    let expected = format!(
        "Hello Mona,\n\nThis is overdue in your departments.\n\n- Ben: Saying hello, was due 1 Apr 2026\n  {{site}}/team/{}/training\n\n\
         Those it concerns were reminded too.\n\nOpen the list:\n{{site}}/reports/actions?status=overdue\n",
        ben.person
    );
    assert_eq!(*text, expected);
    assert_eq!(db.store.messages_to(mona.person).await.expect("read")[0].kind, MessageKind::Duty);
    // Switched on again in the same week, it does not come a second time.
    db.usecases.choose_mail(&mona, "digest", false, now()).await.expect("kept");
    db.pass_on(38).await;
    assert_eq!(db.sent_to(mona.person).await.len(), 1);
}

async fn nobody_is_told_on_leave_without_an_address_or_after_their_access_ended(db: &Db) {
    let Wards { ada, zoe, mona, a, .. } = wards(db).await;
    let new = NewPerson { name: "Nia", email: "", staff_number: "77" };
    let nia = db.usecases.add_person(&ada, new, now()).await.expect("added");
    db.usecases.set_right(&ada, nia, ("manager", &a, true), now()).await.expect("given");
    db.record_leave(mona.person, FIRST + 20, Some(FIRST + 22)).await;
    db.usecases.set_disabled(&ada, zoe.person, true, now()).await.expect("disabled");
    db.pass_on(21).await;
    for person in [mona.person, nia, zoe.person] {
        assert!(db.digests(person).await.is_empty(), "{person}");
    }
    db.pass_on(23).await;
    assert_eq!(db.digests(mona.person).await.len(), 1, "back on Wednesday");
}

async fn a_deputy_gets_it_while_they_stand_in(db: &Db) {
    let Wards { ada, mona, ben, .. } = wards(db).await;
    let new = NewPerson { name: "Dan", email: "dan@example.org", staff_number: "" };
    let dan = db.usecases.add_person(&ada, new, now()).await.expect("added");
    let instants = (day(20).as_microsecond(), day(25).as_microsecond());
    let days = (FIRST + 20, FIRST + 24);
    let at = now().as_microsecond();
    db.store.add_deputy((mona.person, dan), days, instants, ada.person, at).await.expect("written");
    db.pass_on(21).await;
    let [(subject, text)] = &db.digests(dan).await[..] else { panic!("not one message") };
    assert_eq!(subject, "Your team this week: 1 due soon");
    assert!(text.contains("You stand in for Mona until 26 Mar 2026"), "{text}");
    assert!(text.contains(&format!("{{site}}/team/{}/training", ben.person)), "{text}");
    db.pass_on(28).await;
    assert_eq!((db.digests(dan).await.len(), db.digests(mona.person).await.len()), (1, 2));
}

async fn a_manager_who_is_an_administrator_too_reads_about_their_own_departments(db: &Db) {
    let Wards { ada, mona, .. } = wards(db).await;
    db.usecases.set_right(&ada, mona.person, ("administrator", "", true), now()).await.expect("given");
    db.pass_on(21).await;
    let [(subject, text)] = &db.digests(mona.person).await[..] else { panic!("not one message") };
    assert_eq!(subject, "Your team this week: 1 due soon");
    let query = format!("status=due-soon&manager={}", mona.person);
    assert!(text.contains(&format!("{{site}}/reports/actions?{query}\n")), "{text}");
    // They may see everybody; the link shows what the message says.
    let mona = who(&db.usecases, mona.person).await;
    let page = db.usecases.report(&mona, Report::Actions, &Typed::of_query(&query), day(21)).await.expect("a report");
    assert_eq!(page.head.rows, Count::Exactly(1));
}

async fn what_is_theirs_alone_is_no_news_to_a_manager(db: &Db) {
    let Wards { ada, zoe, clinic, .. } = wards(db).await;
    let typed = usecases::departments::DepartmentTyped { name: "Ward C", parent: &clinic };
    let ward = db.usecases.add_department(&ada, typed, now()).await.expect("added").to_string();
    let new = NewPerson { name: "Eve", email: "eve@example.org", staff_number: "" };
    let eve = db.usecases.add_person(&ada, new, now()).await.expect("added");
    db.usecases.place(&ada, eve, (&ward, "Nurse"), now()).await.expect("placed");
    db.usecases.set_right(&ada, eve, ("manager", &ward, true), now()).await.expect("given");
    for after in [21, 35] {
        db.pass_on(after).await;
    }
    assert!(db.digests(eve).await.is_empty(), "she was reminded herself");
    let told = db.digests(zoe.person).await;
    assert!(told.iter().all(|(_, text)| text.contains("- Eve (Clinic › Ward C)")), "{told:?}");
    assert_eq!(told.len(), 2);
}

async fn two_servers_write_each_manager_once(db: &Db) {
    let Wards { zoe, mona, .. } = wards(db).await;
    let view = db.usecases.save_view(&zoe, "Soon", ("actions", "status=due-soon"), now()).await.expect("saved");
    db.usecases.mail_view(&zoe, view.id, "week", now()).await.expect("mailed");
    let store = db.second().await;
    let second = Usecases::new(store.clone());
    let (one, other) = tokio::join!(db.usecases.remind_everybody(day(21)), second.remind_everybody(day(21)));
    let (one, other) = (one.expect("passed").messages, other.expect("passed").messages);
    // Ben and Cleo are reminded; Zoe and Mona are told; Zoe has her view.
    assert_eq!(one + other, 5, "by whichever came first: {one} and {other}");
    assert_eq!((db.sent_to(zoe.person).await.len(), db.sent_to(mona.person).await.len()), (2, 1));
    store.close().await;
}
