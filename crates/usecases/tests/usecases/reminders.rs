//! What is asked of people: how it stands on My training and why, and what they are reminded of.

use jiff::{SignedDuration, Timestamp};
use store::{Audience, Event, Named, NewEvent, NewRequirement, RequirementId, What};
use usecases::{
    Failure, PersonId, Usecases,
    calendar::DayKind,
    obligations::{Coverage, Timing},
    people::NewPerson,
    reminders::Reminding,
    who::Who,
};

use crate::common::{Db, administrator, now, step, who};

testbed::on_both_engines! {
    what_is_asked_comes_first_with_its_dates_and_why
    a_calendar_says_what_is_overdue_on_the_day_it_was_due
    own_data_holds_what_is_asked_recorded_and_told
    each_thing_is_told_once_and_at_most_two_messages_a_week
    a_pass_that_did_not_run_for_weeks_tells_no_old_news
    nobody_is_written_to_on_leave_or_on_a_day_off
    managers_are_told_who_is_overdue
    somebody_who_answers_for_others_reminds_them_once_a_day
    two_servers_at_once_remind_everybody_once
}

fn day(after: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * after)
}

/// 2 March 2026, a Monday, is the first day in the site's zone.
const FIRST: i32 = 20_514;

impl Db {
    async fn person(&self, ada: &Who, name: &str) -> Who {
        let email = format!("{}@example.org", name.to_lowercase());
        let new = NewPerson { name, email: &email, staff_number: "" };
        let person = self.usecases.add_person(ada, new, now()).await.expect("added");
        who(&self.usecases, person).await
    }

    /// Everybody must know the one module.
    async fn ask(&self, audience: Audience) -> RequirementId {
        let live = self.store.live_documents("module").await.expect("read");
        let new = NewRequirement {
            document: live[0].document,
            name: "Saying hello".to_owned(),
            refresher: None,
            update_of: None,
            from_on: FIRST,
            policy: r#"{"validity":"12 months"}"#.to_owned(),
            by: None,
        };
        let at = now().as_microsecond();
        let Named::Done(id) = self.store.add_requirement(new, at).await.expect("written") else { panic!("refused") };
        self.store.assign(What::Requirement(id), audience, (FIRST, None), at).await.expect("written");
        id
    }

    async fn pass(&self, after: i64) -> u64 {
        self.usecases.remind_everybody(day(after)).await.expect("passed").messages
    }

    async fn subjects(&self, person: PersonId) -> Vec<String> {
        let all = self.store.messages_to(person).await.expect("read");
        all.into_iter().map(|line| line.subject).collect()
    }

    async fn record(&self, person: PersonId, event: Event, on: i32) {
        let new = NewEvent {
            person,
            event,
            on,
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

async fn learn(usecases: &Usecases, who: &Who, at: Timestamp) {
    for id in ["first", "check-yourself"] {
        let page = usecases.page(who, "hello", id).await.expect("page");
        if id == "check-yourself" {
            let sent = crate::common::ticks(&["1"]);
            usecases.answer_check(who, step(&page, id, &page.token), &sent, at).await.expect("answered");
        }
        let page = usecases.page(who, "hello", id).await.expect("page");
        usecases.mark_read(who, step(&page, id, &page.read_token), at).await.expect("read");
    }
}

async fn what_is_asked_comes_first_with_its_dates_and_why(db: &Db) {
    let ada = administrator(&db.usecases).await;
    let (ben, eve) = (db.person(&ada, "Ben").await, db.person(&ada, "Eve").await);
    let asked = db.ask(Audience::Person(ben.person)).await;
    let training = db.usecases.training(&ben, now()).await.expect("training");
    let next = training.next.expect("something to do");
    assert_eq!(
        (next.title.as_str(), next.asked.map(|one| one.requirement)),
        ("Saying hello", Some(asked)),
        "without any job having run"
    );
    assert_eq!(next.due, Some(jiff::civil::date(2026, 4, 1)));
    assert!(training.asked.is_empty(), "the one thing stands first and not twice");

    learn(&db.usecases, &ben, now()).await;
    let training = db.usecases.training(&ben, now()).await.expect("training");
    assert_eq!(training.next, None);
    assert_eq!(training.kept.len(), 1);
    assert_eq!(training.kept[0].standing.coverage, Coverage::Valid);
    assert!(training.valid.is_empty() && training.done.is_empty(), "each thing has one date");
    let days = db.usecases.training_days(ben.person, now()).await.expect("days");
    assert_eq!(
        days.iter().map(|day| (day.kind, day.on)).collect::<Vec<_>>(),
        [(DayKind::ValidThrough, jiff::civil::date(2027, 3, 2))]
    );

    // In a calendar, a day that has come from a requirement leads to its reasons.
    let link = db.usecases.make_calendar_link(&ben, now()).await.expect("made");
    let text = db.usecases.calendar(&link, "https://clinic.example", now()).await.expect("a calendar");
    assert!(text.contains(&format!("\r\nURL:https://clinic.example/why/{asked}\r\n")), "{text}");

    let training = db.usecases.training(&ben, day(330)).await.expect("training");
    let next = training.next.expect("the renewal");
    assert_eq!((next.asked.map(|one| one.requirement), next.due), (Some(asked), Some(jiff::civil::date(2027, 3, 2))));
    let why = db.usecases.why(&ben, (ben.person, asked), (None, None), day(330)).await.expect("why");
    assert_eq!(why.explained.timing, Some(Timing::WindowOpen));
    assert!(why.explained.because.iter().any(|line| line.contains("2 Mar 2026") && line.contains("rule 4")), "{why:?}");

    // Whoever is not asked, is not told; whoever may not see it, learns nothing.
    assert!(db.usecases.training(&eve, now()).await.expect("training").asked.is_empty());
    let refused = db.usecases.why(&eve, (ben.person, asked), (None, None), now()).await;
    assert!(matches!(refused, Err(Failure::Denied)), "{refused:?}");
    let never = db.usecases.why(&eve, (eve.person, asked), (None, None), now()).await;
    assert!(matches!(never, Err(Failure::NotFound)), "{never:?}");
    assert!(db.usecases.why(&ada, (ben.person, asked), (None, None), now()).await.is_ok());
}

async fn a_calendar_says_what_is_overdue_on_the_day_it_was_due(db: &Db) {
    let ada = administrator(&db.usecases).await;
    let ben = db.person(&ada, "Ben").await;
    db.ask(Audience::Person(ben.person)).await;
    let entries = async |after| {
        let entries = db.usecases.calendar_entries(ben.person, day(after)).await.expect("entries");
        let [entry] = &entries[..] else { panic!("{entries:?}") };
        entry.clone()
    };
    let (last, over) = (entries(30).await, entries(31).await);
    assert_eq!((last.summary.as_str(), last.on), ("Due: Saying hello", jiff::civil::date(2026, 4, 1)));
    assert_eq!((over.summary.as_str(), over.on), ("Overdue since 1 Apr 2026: Saying hello", last.on));
    assert_eq!(over.uid, last.uid, "it is the same entry");
    // Nothing is said to be overdue while somebody is away.
    db.record(ben.person, Event::Leave { to: None }, FIRST + 29).await;
    let away = db.usecases.calendar_entries(ben.person, day(31)).await.expect("entries");
    assert!(away.iter().all(|entry| !entry.summary.contains("Overdue")), "{away:?}");
}

async fn own_data_holds_what_is_asked_recorded_and_told(db: &Db) {
    let ada = administrator(&db.usecases).await;
    let (ben, eve) = (db.person(&ada, "Ben").await, db.person(&ada, "Eve").await);
    let asked = db.ask(Audience::Person(ben.person)).await;
    assert_eq!(db.pass(0).await, 1);
    let new = NewEvent {
        person: ben.person,
        event: Event::Extended { due: FIRST + 40 },
        on: FIRST,
        requirement: Some(asked),
        reason: "the ward was closed".to_owned(),
        evidence: None,
        approved_by: Some("Mona".to_owned()),
        by: ada.person,
        supersedes: None,
    };
    let store::Recorded::Done(entry) = db.store.record(new, now().as_microsecond()).await.expect("written") else {
        panic!("refused")
    };
    let gone = NewEvent {
        person: ben.person,
        event: Event::Retracted,
        on: FIRST,
        requirement: None,
        reason: "a slip".to_owned(),
        evidence: None,
        approved_by: None,
        by: ada.person,
        supersedes: Some(entry),
    };
    db.store.record(gone, now().as_microsecond()).await.expect("written");
    let at = now().as_microsecond();
    db.store
        .add_deputy((ada.person, ben.person), (FIRST - 9, FIRST - 2), (0, 1), ada.person, at)
        .await
        .expect("written");

    let data = serde_json::to_value(db.usecases.own_data(&ben, now()).await.expect("own data")).expect("JSON");
    let want = serde_json::json!([{
        "requirement": "Saying hello", "stands": ["Not yet completed"], "due": "2026-04-01", "valid_through": null, "late": false
    }]);
    assert_eq!(data["asked_of_me"], want);
    let extended = &data["recorded_about_me"][1];
    assert_eq!((&extended["kind"], &extended["about"]), (&"extended".into(), &"Saying hello".into()), "{data}");
    assert_eq!((&extended["until"], &extended["approved_by"]), (&"2026-04-11".into(), &"Mona".into()));
    assert_eq!((&extended["recorded_by"], &extended["corrected"]), (&"Ada Obi".into(), &true.into()));
    assert_eq!(extended["reason"], "the ward was closed");
    assert_eq!(data["recorded_about_me"][0]["in_place_of_entry"], entry);
    let days =
        serde_json::json!([{ "manager": "Ada Obi", "deputy": "Ben", "from": "2026-02-21", "until": "2026-02-28" }]);
    assert_eq!(data["deputyships"], days, "what is over too");
    let told = serde_json::json!([{ "about": "Saying hello", "why": "assigned", "days": 0, "on": "2026-03-02" }]);
    assert_eq!(data["reminders"], told);

    let eves = serde_json::to_value(db.usecases.own_data(&eve, now()).await.expect("own data")).expect("JSON");
    for key in ["asked_of_me", "recorded_about_me", "deputyships", "reminders", "allowances"] {
        assert_eq!(eves[key], serde_json::json!([]), "{key}: nothing of anybody else");
    }
}

async fn each_thing_is_told_once_and_at_most_two_messages_a_week(db: &Db) {
    let ada = administrator(&db.usecases).await;
    let ben = db.person(&ada, "Ben").await;
    db.ask(Audience::Person(ben.person)).await;
    assert_eq!(db.pass(0).await, 1);
    assert_eq!(db.pass(0).await, 0, "a second pass on one day, or a second server");
    assert_eq!(db.pass(1).await, 0);
    assert_eq!(db.subjects(ben.person).await, ["Saying hello: due 1 Apr 2026"]);
    // 18 March is a Wednesday, two weeks before; 30 March a Monday.
    assert_eq!(db.pass(16).await, 1);
    assert_eq!(db.pass(17).await, 0);
    assert_eq!(db.pass(28).await, 1, "three days before, on the working day after it");
    assert_eq!(db.pass(31).await, 1, "one day over: 2 April");
    assert_eq!(db.subjects(ben.person).await.last().map(String::as_str), Some("One training is overdue"));
    // From 7 days over a new one would go out, but two in seven days are enough: the next Monday does it.
    assert_eq!(db.pass(32).await, 0);
    let mut sent = 0;
    for after in 33..60 {
        sent += db.pass(after).await;
    }
    assert_eq!(sent, 4, "weekly");
}

async fn a_pass_that_did_not_run_for_weeks_tells_no_old_news(db: &Db) {
    let ada = administrator(&db.usecases).await;
    let ben = db.person(&ada, "Ben").await;
    db.ask(Audience::Person(ben.person)).await;
    assert_eq!(db.pass(0).await, 1);
    assert_eq!(db.pass(45).await, 1, "six weeks later");
    assert_eq!(db.subjects(ben.person).await, ["Saying hello: due 1 Apr 2026", "One training is overdue"]);
    let message = db.store.messages_to(ben.person).await.expect("read").pop().expect("there");
    let text = db.store.message(message.id).await.expect("read").expect("there").text;
    assert!(text.contains("Saying hello: was due 1 Apr 2026, 15 days ago\n  {site}/modules/hello"), "{text}");
    assert_eq!(db.pass(46).await, 0, "and nothing in between is made up for");
    // A clock that was set back doubles nothing.
    assert_eq!(db.pass(44).await, 0);
}

async fn nobody_is_written_to_on_leave_or_on_a_day_off(db: &Db) {
    let ada = administrator(&db.usecases).await;
    let ben = db.person(&ada, "Ben").await;
    db.ask(Audience::Person(ben.person)).await;
    db.record(ben.person, Event::Leave { to: Some(FIRST + 8) }, FIRST + 1).await;
    assert_eq!(db.pass(5).await, 0, "a Saturday");
    assert_eq!(db.pass(7).await, 0, "on leave");
    assert_eq!(db.pass(9).await, 1, "back");
    // Who has no address is counted and not forgotten: My training tells them.
    let new = NewPerson { name: "Eve", email: "", staff_number: "77" };
    let eve = db.usecases.add_person(&ada, new, now()).await.expect("added");
    let at = now().as_microsecond();
    let asked = db.store.requirements().await.expect("read")[0].id;
    db.store.assign(What::Requirement(asked), Audience::Person(eve), (FIRST, None), at).await.expect("written");
    let passed = db.usecases.remind_everybody(day(10)).await.expect("passed");
    assert_eq!((passed.messages, passed.without_address), (0, 1));
}

async fn managers_are_told_who_is_overdue(db: &Db) {
    let ada = administrator(&db.usecases).await;
    let (ben, mona, dan) = (db.person(&ada, "Ben").await, db.person(&ada, "Mona").await, db.person(&ada, "Dan").await);
    let top = usecases::departments::DepartmentTyped { name: "Clinic", parent: "" };
    let top = db.usecases.add_department(&ada, top, now()).await.expect("added");
    let parent = top.to_string();
    let ward = usecases::departments::DepartmentTyped { name: "Ward", parent: &parent };
    let ward = db.usecases.add_department(&ada, ward, now()).await.expect("added");
    db.usecases.set_right(&ada, mona.person, ("manager", &parent, true), now()).await.expect("given");
    db.usecases.place(&ada, ben.person, (&ward.to_string(), "Nurse"), now()).await.expect("placed");
    db.ask(Audience::Role("Nurse".to_owned())).await;
    assert_eq!(db.pass(0).await, 1);
    assert!(db.subjects(mona.person).await.is_empty());
    assert_eq!(db.pass(31).await, 2, "one to Ben, one to who manages above his ward");
    assert_eq!(db.subjects(mona.person).await, ["Your team this week: 1 overdue"]);
    assert_eq!(db.pass(32).await, 0);
    // Somebody stands in for her and is told as well.
    let instants = (0, i64::MAX);
    let at = now().as_microsecond();
    let days = (FIRST + 35, FIRST + 60);
    db.store.add_deputy((mona.person, dan.person), days, instants, ada.person, at).await.expect("written");
    assert_eq!(db.pass(37).await, 3, "a week over: Ben, Mona and Dan");
    assert_eq!(db.subjects(dan.person).await.len(), 1);
}

async fn somebody_who_answers_for_others_reminds_them_once_a_day(db: &Db) {
    let ada = administrator(&db.usecases).await;
    let ben = db.person(&ada, "Ben").await;
    let remind = async |who: &Who, person, why: &'static str| db.usecases.remind_one(who, person, why, now()).await;
    assert_eq!(remind(&ada, ben.person, "An audit is coming").await.expect("answered"), Reminding::NothingOpen);
    db.ask(Audience::Person(ben.person)).await;
    assert!(matches!(remind(&ada, ben.person, " ").await, Err(Failure::Invalid(_))));
    assert_eq!(remind(&ada, ben.person, "An audit is coming").await.expect("written"), Reminding::Sent);
    assert_eq!(remind(&ada, ben.person, "Once more").await.expect("answered"), Reminding::Already);
    assert!(matches!(remind(&ben, ada.person, "You too").await, Err(Failure::Denied)));
    assert!(matches!(remind(&ada, ada.person, "Myself").await, Err(Failure::Denied)));
    let message = db.store.messages_to(ben.person).await.expect("read").pop().expect("there");
    let text = db.store.message(message.id).await.expect("read").expect("there").text;
    assert!(text.contains("Ada Obi reminds you: An audit is coming"), "{text}");
    assert_eq!(db.subjects(ben.person).await, ["Saying hello: due 1 Apr 2026"]);
}

async fn two_servers_at_once_remind_everybody_once(db: &Db) {
    let ada = administrator(&db.usecases).await;
    let mut people = Vec::new();
    for number in 0..40 {
        people.push(db.person(&ada, &format!("Person{number}")).await.person);
    }
    db.ask(Audience::Everybody).await;
    let store = db.second().await;
    let second = Usecases::new(store.clone());
    let (one, other) = tokio::join!(db.usecases.remind_everybody(day(0)), second.remind_everybody(day(0)));
    let (one, other) = (one.expect("passed").messages, other.expect("passed").messages);
    assert_eq!(one + other, 41, "everybody and Ada, by whichever came first: {one} and {other}");
    for person in people {
        assert_eq!(db.subjects(person).await.len(), 1);
    }
    let (one, other) = tokio::join!(db.usecases.remind_everybody(day(1)), second.remind_everybody(day(1)));
    assert_eq!((one.expect("passed").messages, other.expect("passed").messages), (0, 0));
    store.close().await;
}
