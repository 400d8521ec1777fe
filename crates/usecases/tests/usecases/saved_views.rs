//! Views that are saved, and mailed to others with their own rights.

use store::{MessageState, PersonId};
use usecases::{
    Failure,
    audit::Search,
    reports::saved::{Choosing, Every},
    who::Who,
};

use crate::common::{Db, Wards, day, now, wards, who};

testbed::on_both_engines! {
    a_view_keeps_its_report_and_filters_under_a_name
    a_view_is_its_owners_alone
    nobody_keeps_more_than_fifty
    only_people_who_see_a_team_are_chosen
    each_recipient_reads_the_rows_that_they_may_see
    without_rows_or_without_rights_nothing_is_mailed
    a_mailing_that_was_missed_comes_once
    a_recipient_stops_one_view_or_all
    a_long_view_shows_its_first_rows
    own_data_holds_the_views_one_keeps_and_gets
}

/// The words about a field that a refusal says.
fn refused<T: std::fmt::Debug>(answer: Result<T, Failure>) -> (&'static str, String) {
    let Err(Failure::Invalid(errors)) = answer else { panic!("it was not refused: {answer:?}") };
    (errors[0].field, errors[0].message.clone())
}

fn is_hidden<T: std::fmt::Debug>(answer: Result<T, Failure>) {
    assert!(matches!(answer, Err(Failure::NotFound)), "{answer:?}");
}

impl Db {
    async fn save(&self, who: &Who, name: &str, query: &str) -> i64 {
        self.usecases.save_view(who, name, ("actions", query), now()).await.expect("saved").id
    }

    /// The views that were mailed to somebody.
    async fn views_sent_to(&self, person: PersonId, name: &str) -> Vec<String> {
        let all = self.sent_to(person).await.into_iter();
        all.filter(|(subject, _)| subject == name).map(|(_, text)| text).collect()
    }
}

async fn a_view_keeps_its_report_and_filters_under_a_name(db: &Db) {
    let Wards { ada, mona, a, b, .. } = wards(db).await;
    let usecases = &db.usecases;
    let query = format!("status=overdue&page=3&colour=red&department={a}");
    let saved = usecases.save_view(&mona, "  Ward A, late ", ("actions", &query), now()).await.expect("saved");
    assert_eq!((saved.name.as_str(), saved.mailing), ("Ward A, late", None));
    assert_eq!(saved.href, format!("/reports/actions?department={a}&status=overdue"), "from its first page on");
    db.save(&mona, "Everything", "").await;
    let names = async || {
        let views = usecases.saved_views(&mona).await.expect("seen");
        views.into_iter().map(|view| view.name).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Everything", "Ward A, late"]);

    let (field, words) = refused(usecases.save_view(&mona, "ward a, LATE", ("trend", ""), now()).await);
    assert_eq!(field, "view_name");
    assert!(words.contains("of this name already"), "{words}");
    assert_eq!(refused(usecases.save_view(&mona, " ", ("trend", ""), now()).await).0, "view_name");
    assert_eq!(refused(usecases.save_view(&mona, &"x".repeat(101), ("trend", ""), now()).await).0, "view_name");
    assert_eq!(refused(usecases.save_view(&mona, "x", ("trend", "as_of=soon"), now()).await).0, "as_of");
    is_hidden(usecases.save_view(&mona, "x", ("praise", ""), now()).await);
    is_hidden(usecases.save_view(&mona, "x", ("actions", &format!("department={b}")), now()).await);

    assert_eq!(refused(usecases.rename_view(&mona, saved.id, "everything", now()).await).0, "view_name");
    usecases.rename_view(&mona, saved.id, "Late", now()).await.expect("renamed");
    usecases.rename_view(&mona, saved.id, "LATE", now()).await.expect("its own name is free to it");
    assert_eq!(names().await, ["Everything", "LATE"]);
    usecases.mail_view(&mona, saved.id, "week", now()).await.expect("mailed");
    assert_eq!(usecases.delete_view(&mona, saved.id, now()).await.expect("deleted"), "LATE");
    assert_eq!(names().await, ["Everything"]);
    let log = usecases.audit_log(&ada, Search { what: "view.renamed", ..Search::default() }).await.expect("seen");
    assert_eq!(log.lines.len(), 2, "a refusal leaves no line");
    assert_eq!(log.lines[1].detail, "Ward A, late to Late");
}

async fn a_view_is_its_owners_alone(db: &Db) {
    let Wards { ada, zoe, mona, ben, .. } = wards(db).await;
    let usecases = &db.usecases;
    let id = db.save(&mona, "Mine", "").await;
    db.save(&zoe, "Mine", "").await;
    for other in [&zoe, &ada] {
        is_hidden(usecases.saved_view(other, id, now()).await);
        is_hidden(usecases.rename_view(other, id, "Theirs", now()).await);
        is_hidden(usecases.mail_view(other, id, "week", now()).await);
        is_hidden(usecases.add_recipient(other, id, ("zoe", ""), now()).await);
        is_hidden(usecases.remove_recipient(other, id, "1", now()).await);
        is_hidden(usecases.delete_view(other, id, now()).await);
        is_hidden(usecases.stop_view(other, &id.to_string(), now()).await);
    }
    assert!(matches!(usecases.saved_views(&ben).await, Err(Failure::Denied)));
    assert!(matches!(usecases.saved_view(&ben, id, now()).await, Err(Failure::Denied)));
    assert!(matches!(usecases.save_view(&ben, "x", ("actions", ""), now()).await, Err(Failure::Denied)));
    assert_eq!(usecases.saved_view(&mona, id, now()).await.expect("seen").line.name, "Mine");
}

async fn nobody_keeps_more_than_fifty(db: &Db) {
    let Wards { mona, zoe, .. } = wards(db).await;
    for number in 0..50 {
        db.save(&mona, &format!("View {number}"), "").await;
    }
    let (field, words) = refused(db.usecases.save_view(&mona, "One more", ("actions", ""), now()).await);
    assert_eq!(field, "view_name");
    assert!(words.contains("delete one first"), "{words}");
    db.save(&zoe, "One more", "").await;
}

async fn only_people_who_see_a_team_are_chosen(db: &Db) {
    let Wards { ada, zoe, mona, ben, .. } = wards(db).await;
    let usecases = &db.usecases;
    let id = db.save(&zoe, "Soon", "").await;
    usecases.mail_view(&zoe, id, "month", now()).await.expect("mailed");
    let page = usecases.saved_view(&zoe, id, now()).await.expect("seen");
    assert_eq!(page.recipients.iter().map(|one| one.person).collect::<Vec<_>>(), [zoe.person], "the owner first");
    let mailing = page.line.mailing.expect("mailed");
    assert_eq!((mailing.every, mailing.next), (Every::Month, jiff::civil::date(2026, 4, 1)));

    let choose = async |typed: &str, chosen: &str| usecases.add_recipient(&zoe, id, (typed, chosen), now()).await;
    assert_eq!(refused(choose("o", "").await).0, "person");
    assert!(refused(choose("Ben", "").await).1.contains("Nobody else who sees a team"));
    assert!(refused(choose("", &ben.person.to_string()).await).1.contains("see no team"));
    let Choosing::Among(among) = choose("example.org", "").await.expect("found") else { panic!("several") };
    let words: Vec<_> = among.iter().map(|(_, words)| words.as_str()).collect();
    assert_eq!(words, ["Ada Obi", "Mona, Ward A"], "those who get it already are not offered");
    assert_eq!(choose("", &among[1].0).await.expect("added"), Choosing::Added("Mona".to_owned()));
    assert_eq!(choose("ADA@EXAMPLE", "").await.expect("added"), Choosing::Added("Ada Obi".to_owned()));

    // Whoever sees no team any more stays on the list, with why nothing reaches them.
    usecases
        .set_right(&ada, mona.person, ("manager", "", false), now())
        .await
        .expect_err("which department is to be said");
    for one in &mona.manages {
        usecases.set_right(&ada, mona.person, ("manager", &one.to_string(), false), now()).await.expect("taken");
    }
    let page = usecases.saved_view(&zoe, id, now()).await.expect("seen");
    let silent: Vec<_> = page.recipients.iter().map(|one| (one.name.as_str(), one.silent.is_some())).collect();
    assert_eq!(silent, [("Ada Obi", false), ("Mona", true), ("Zoe", false)]);
    let ada_id = ada.person.to_string();
    assert_eq!(usecases.remove_recipient(&zoe, id, &ada_id, now()).await.expect("taken away"), "Ada Obi");
    is_hidden(usecases.remove_recipient(&zoe, id, &ada_id, now()).await);
    let log = usecases.audit_log(&ada, Search { what: "view.recipient", ..Search::default() }).await.expect("seen");
    let whom: Vec<_> = log.lines.iter().filter_map(|line| line.whom.as_ref().map(|(id, _)| *id)).collect();
    assert_eq!(whom, [ada.person, mona.person], "the newest first");
}

async fn each_recipient_reads_the_rows_that_they_may_see(db: &Db) {
    let Wards { zoe, mona, ben, .. } = wards(db).await;
    let id = db.save(&zoe, "Who is next", "status=due-soon&sort=name").await;
    db.usecases.mail_view(&zoe, id, "week", now()).await.expect("mailed");
    db.usecases.add_recipient(&zoe, id, ("mona", ""), now()).await.expect("added");
    for after in [21, 21, 22] {
        db.pass_on(after).await;
    }
    let [own] = &db.views_sent_to(zoe.person, "Who is next").await[..] else { panic!("not one message") };
    assert!(own.contains("Your view “Who is next” of the report Due soon, which comes every Monday."), "{own}");
    assert!(own.contains("As of 23 Mar 2026 · How it stands: Due soon · 2 rows."), "{own}");
    let cleo = "- Cleo; Department: Clinic › Ward B; Job role: Nurse; Requirement: Saying hello;";
    assert!(own.contains("- Ben; Department: Clinic › Ward A;") && own.contains(cleo), "{own}");

    let [monas] = &db.views_sent_to(mona.person, "Who is next").await[..] else { panic!("not one message") };
    assert!(
        monas.contains("Zoe has the view “Who is next” of the report Due soon mailed to you every Monday."),
        "{monas}"
    );
    assert!(monas.contains("1 row.") && !monas.contains("Cleo"), "{monas}");
    assert!(monas.contains(&format!("  {{site}}/team/{}/training\n", ben.person)), "{monas}");
    assert!(monas.contains("Open the report:\n{site}/reports/actions?status=due-soon&sort=name\n"), "{monas}");
    assert!(monas.contains("{site}/profile/messages"), "{monas}");
    let line = db.store.messages_to(mona.person).await.expect("read").pop().expect("there");
    let html = db.store.message(line.id).await.expect("read").expect("there").html;
    assert!(html.contains("<th scope=\"col\"") && html.contains(">Ben</a></td>") && !html.contains("Cleo"), "{html}");
    assert!(!html.contains("Days overdue"), "a column in which nothing is said is left out: {html}");

    db.pass_on(28).await;
    assert_eq!(db.views_sent_to(mona.person, "Who is next").await.len(), 2, "the next Monday");
}

async fn without_rows_or_without_rights_nothing_is_mailed(db: &Db) {
    let Wards { ada, zoe, mona, b, .. } = wards(db).await;
    let usecases = &db.usecases;
    let soon = db.save(&zoe, "Soon", "status=due-soon").await;
    // Mona may not see ward B.
    let elsewhere = db.save(&zoe, "Ward B", &format!("department={b}&status=due-soon")).await;
    for id in [soon, elsewhere] {
        usecases.mail_view(&zoe, id, "week", now()).await.expect("mailed");
        usecases.add_recipient(&zoe, id, ("mona", ""), now()).await.expect("added");
    }
    for after in [7, 14] {
        db.pass_on(after).await;
    }
    assert!(db.sent_to(zoe.person).await.is_empty(), "nothing is due soon");
    db.pass_on(21).await;
    assert_eq!(db.views_sent_to(zoe.person, "Ward B").await.len(), 1);
    assert!(db.views_sent_to(mona.person, "Ward B").await.is_empty());
    assert_eq!(db.views_sent_to(mona.person, "Soon").await.len(), 1);

    let take = async |who: &Who| {
        for one in &who.manages {
            usecases.set_right(&ada, who.person, ("manager", &one.to_string(), false), now()).await.expect("taken");
        }
    };
    take(&mona).await;
    db.pass_on(28).await;
    assert_eq!(db.views_sent_to(mona.person, "Soon").await.len(), 1, "she sees no team any more");
    assert_eq!(db.views_sent_to(zoe.person, "Soon").await.len(), 2);
    // Of an owner who sees no team any more, nothing is mailed to anybody.
    usecases.add_recipient(&zoe, soon, ("ada", ""), now()).await.expect("added");
    take(&zoe).await;
    db.pass_on(35).await;
    assert!(db.views_sent_to(ada.person, "Soon").await.is_empty());
    assert_eq!(db.views_sent_to(zoe.person, "Soon").await.len(), 2);
}

async fn a_mailing_that_was_missed_comes_once(db: &Db) {
    let Wards { zoe, .. } = wards(db).await;
    let usecases = &db.usecases;
    let (weekly, monthly) = (db.save(&zoe, "Weekly", "").await, db.save(&zoe, "Monthly", "").await);
    usecases.mail_view(&zoe, weekly, "week", now()).await.expect("mailed");
    usecases.mail_view(&zoe, monthly, "month", now()).await.expect("mailed");
    let sent = async || {
        let (weekly, monthly) =
            (db.views_sent_to(zoe.person, "Weekly").await, db.views_sent_to(zoe.person, "Monthly").await);
        (weekly.len(), monthly.len())
    };
    // Four Mondays and 1 April have passed without a pass; 2 April is a Thursday.
    db.pass_on(31).await;
    assert_eq!(sent().await, (1, 1));
    db.pass_on(32).await;
    assert_eq!(sent().await, (1, 1));
    db.pass_on(35).await;
    assert_eq!(sent().await, (2, 1), "and then on its own day again");
    // 1 May is a Friday.
    db.pass_on(60).await;
    assert_eq!(sent().await, (3, 2));
    // The same again moves nothing; another word does, and none ends it.
    usecases.mail_view(&zoe, monthly, "month", day(60)).await.expect("kept");
    usecases.mail_view(&zoe, weekly, "", day(60)).await.expect("ended");
    db.pass_on(63).await;
    assert_eq!(sent().await, (3, 2));
    assert_eq!(refused(usecases.mail_view(&zoe, weekly, "day", day(60)).await).0, "every");
}

async fn a_recipient_stops_one_view_or_all(db: &Db) {
    let Wards { ada, zoe, mona, .. } = wards(db).await;
    let usecases = &db.usecases;
    let id = db.save(&zoe, "Soon", "status=due-soon").await;
    usecases.mail_view(&zoe, id, "week", now()).await.expect("mailed");
    usecases.add_recipient(&zoe, id, ("mona", ""), now()).await.expect("added");
    let mailed = usecases.views_mailed_to(&mona).await.expect("seen");
    assert_eq!((mailed[0].name.as_str(), mailed[0].owner.as_str(), mailed[0].every), ("Soon", "Zoe", Every::Week));

    usecases.choose_mail(&mona, "digest", true, now()).await.expect("kept");
    db.pass_on(21).await;
    let line = db.store.messages_to(mona.person).await.expect("read").pop().expect("kept back");
    assert_eq!((line.subject.as_str(), line.state), ("Soon", MessageState::Skipped));
    usecases.choose_mail(&mona, "digest", false, now()).await.expect("kept");
    assert_eq!(usecases.stop_view(&mona, &id.to_string(), now()).await.expect("stopped"), "Soon");
    is_hidden(usecases.stop_view(&mona, &id.to_string(), now()).await);
    assert!(usecases.views_mailed_to(&mona).await.expect("seen").is_empty());
    db.pass_on(28).await;
    assert_eq!(db.views_sent_to(mona.person, "Soon").await.len(), 1, "the one that was kept back");
    assert_eq!(db.views_sent_to(zoe.person, "Soon").await.len(), 2);
    let log = usecases.audit_log(&ada, Search { what: "view.stopped", ..Search::default() }).await.expect("seen");
    assert_eq!(log.lines[0].detail, "Soon, a view of Zoe");
}

async fn a_long_view_shows_its_first_rows(db: &Db) {
    let Wards { ada, mona, a, .. } = wards(db).await;
    for number in 10..40 {
        let name = format!("Nurse {number}");
        let staff = number.to_string();
        let new = usecases::people::NewPerson { name: &name, email: "", staff_number: &staff };
        let person = db.usecases.add_person(&ada, new, now()).await.expect("added");
        db.usecases.place(&ada, person, (&a, "Nurse"), now()).await.expect("placed");
    }
    let mona = who(&db.usecases, mona.person).await;
    let id = db.save(&mona, "Long", "sort=name").await;
    db.usecases.mail_view(&mona, id, "week", now()).await.expect("mailed");
    db.pass_on(21).await;
    let [text] = &db.views_sent_to(mona.person, "Long").await[..] else { panic!("not one message") };
    assert!(text.contains("31 rows.") && text.contains("These are the first 20; the report has them all."), "{text}");
    assert!(text.contains("- Nurse 28;") && !text.contains("- Nurse 29;"), "{text}");
    let digest = db.sent_to(mona.person).await.into_iter().find(|(subject, _)| subject.ends_with(": 31 due soon"));
    assert!(digest.expect("a digest").1.contains("And 21 more."));
}

async fn own_data_holds_the_views_one_keeps_and_gets(db: &Db) {
    let Wards { zoe, mona, .. } = wards(db).await;
    let id = db.save(&zoe, "Soon", "status=due-soon").await;
    db.usecases.mail_view(&zoe, id, "month", now()).await.expect("mailed");
    db.usecases.add_recipient(&zoe, id, ("mona", ""), now()).await.expect("added");
    let data = async |who: &Who| {
        serde_json::to_value(db.usecases.own_data(who, now()).await.expect("own data")).expect("JSON")
    };
    let (zoes, monas) = (data(&zoe).await, data(&mona).await);
    let monthly = "on the first working day of each month";
    let kept =
        serde_json::json!([{ "name": "Soon", "address": "/reports/actions?status=due-soon", "mailed": monthly }]);
    assert_eq!(zoes["saved_views"], kept);
    assert_eq!(monas["saved_views"], serde_json::json!([]));
    let got = serde_json::json!([{ "name": "Soon", "owner": "Zoe", "mailed": monthly }]);
    assert_eq!(monas["views_mailed_to_me"], got);
}
