//! What auditors and the people themselves are shown: everything about one person, the audit packet, exceptions, and who looked; on both
//! engines.

use jiff::{SignedDuration, civil::date};
use store::{Audience, MessageKind, Named, NewMessage, What};
use usecases::{
    Failure,
    departments::DepartmentTyped,
    exceptions::Kind,
    packet::{Packet, PacketTyped},
    people::NewPerson,
    recording::{Deed, Typed},
    reports::{Row, Section, Value},
    viewed::About,
    who::Who,
};

use crate::{
    common::{Db, administrator, now, who},
    recording::{TODAY, Ward, add, token, typed, ward},
};

testbed::on_both_engines! {
    everything_about_one_person_is_for_those_who_may_see_them
    a_packet_holds_who_was_concerned_with_what_proves_it
    a_packet_knows_where_people_worked_then
    exceptions_are_counted_within_ones_own_departments
    who_looked_is_told_once_an_hour
    a_move_takes_the_right_and_says_so
}

fn words(row: &Row, at: usize) -> String {
    match &row.fields[at].value {
        Value::None => "–".to_owned(),
        Value::Text(words) | Value::State(words, _) => words.clone(),
        Value::Number(many) => many.to_string(),
        Value::Date(day) => day.to_string(),
        Value::Share(share) => share.to_string(),
    }
}

fn section<'r>(sections: &'r [Section], file: &str) -> &'r Section {
    sections.iter().find(|one| one.file == file).expect(file)
}

/// Ben's session was seen, his due date was moved before, and his record was corrected.
async fn with_evidence(Db { usecases, .. }: &Db, Ward { mona, ben, washing, .. }: &Ward) {
    let id = washing.to_string();
    let enter = async |number: u32, deed: Deed, form: Typed<'_>| {
        let token = token(mona, number);
        let form = Typed { token: &token, ..form };
        usecases.enter(mona, (*ben, deed), form, now()).await.expect("recorded");
    };
    enter(1, Deed::Extend, Typed { until: "2026-05-01", ..typed(&id, "") }).await;
    enter(2, Deed::Observed, Typed { on: "2026-03-02", by: "Mona Manager", ..typed(&id, "") }).await;
    enter(3, Deed::PriorCredit, Typed { on: "2025-01-20", ..typed(&id, "") }).await;
}

async fn everything_about_one_person_is_for_those_who_may_see_them(db: &Db) {
    let ward = ward(db).await;
    with_evidence(db, &ward).await;
    let Ward { ada, mona, ben, .. } = ward;
    let usecases = &db.usecases;
    let report = usecases.person_report(&mona, ben, (None, None), now()).await.expect("read");
    let said = |file: &str| section(&report.sections, file).rows.clone();
    assert_eq!((report.own, said("obligations").len()), (false, 1));
    let rounds = said("cycles");
    assert!(rounds.iter().any(|row| words(row, 3) == "2026-03-02"), "{rounds:?}");
    let signed = said("sign-offs");
    let whats: Vec<_> = signed.iter().map(|row| (words(row, 0), words(row, 4))).collect();
    assert_eq!(
        whats,
        [("Prior credit".to_owned(), "Ada Obi".to_owned()), ("Observed session".to_owned(), "Mona Manager".to_owned())]
    );
    assert_eq!(words(&signed[0], 3), "certificate 12 of Hill Hospital");
    let changes = said("changes");
    assert_eq!(
        (words(&changes[0], 0), words(&changes[0], 3)),
        ("Due date extended".to_owned(), "2026-05-01".to_owned())
    );
    assert_eq!(words(&said("places")[0], 0), "Ward 3");

    // As it was known the day before, nobody had asked for anything.
    let known = (None, Some(date(2026, 3, 1)));
    let before = usecases.person_report(&mona, ben, known, now()).await.expect("read");
    assert!(section(&before.sections, "cycles").rows.iter().all(|row| words(row, 3) == "–"));
    let own = usecases.person_report(&who(usecases, ben).await, ben, (None, None), now()).await.expect("one's own");
    assert!(own.own);
    assert_eq!(own.sections, report.sections);

    let carl = add(usecases, &ada, "Carl Away").await;
    assert!(matches!(usecases.person_report(&mona, carl, (None, None), now()).await, Err(Failure::Denied)));
    assert!(matches!(
        usecases.person_file(&mona, (carl, "cycles.csv"), (None, None), now()).await,
        Err(Failure::Denied)
    ));
    let csv = usecases.person_file(&mona, (ben, "sign-offs.csv"), (None, None), now()).await.expect("made");
    let csv = String::from_utf8(csv.bytes).expect("text");
    assert!(csv.starts_with("What,About,Completed,") && csv.contains("certificate 12 of Hill Hospital"), "{csv}");
    let pdf = usecases.person_file(&mona, (ben, "report.pdf"), (None, None), now()).await.expect("made");
    assert!(pdf.bytes.starts_with(b"%PDF"));
    assert!(matches!(usecases.person_file(&mona, (ben, "x.csv"), (None, None), now()).await, Err(Failure::NotFound)));
}

async fn packet(db: &Db, who: &Who, requirement: &str, days: (&str, &str)) -> Packet {
    let typed = PacketTyped {
        requirement: requirement.to_owned(),
        from: days.0.to_owned(),
        to: days.1.to_owned(),
        department: String::new(),
    };
    db.usecases.packet(who, &typed, now()).await.expect("gathered")
}

async fn a_packet_holds_who_was_concerned_with_what_proves_it(db: &Db) {
    let ward = ward(db).await;
    with_evidence(db, &ward).await;
    let Ward { ada, mona, washing, .. } = ward;
    let id = washing.to_string();
    let march = packet(db, &mona, &id, ("2026-03-01", "2026-03-31")).await;
    let names: Vec<_> = march.rows.rows.iter().map(|row| words(row, 0)).collect();
    assert_eq!(names, ["Ben Eze", "Mona Manager"], "Ada works nowhere, and is for administrators");
    let ben = &march.rows.rows[0];
    let said = |at: usize| words(ben, at);
    assert_eq!((said(1), said(2)), ("Ward 3".to_owned(), "Nurse".to_owned()));
    assert_eq!(said(3), "Everybody, since 2 Mar 2026");
    assert_eq!((said(7), said(8)), ("2026-03-02".to_owned(), "no".to_owned()));
    assert_eq!(said(13), "Observed session, by Mona Manager, recorded by Mona Manager");
    assert_eq!((said(12).len(), said(15)), (64, "2027-03-02".to_owned()));
    let open = &march.rows.rows[1];
    assert_eq!((words(open, 6), words(open, 7)), ("2026-04-01".to_owned(), "–".to_owned()));
    let changes: Vec<_> = march.changes.rows.iter().map(|row| (words(row, 0), words(row, 1))).collect();
    assert!(changes.contains(&("–".to_owned(), "Policy in force".to_owned())), "{changes:?}");
    assert!(changes.contains(&("Ben Eze".to_owned(), "Due date extended".to_owned())), "{changes:?}");
    let ledger = march.lines.iter().find(|(name, _)| *name == "Ledger").expect("named");
    let head = db.store.ledger_head().await.expect("read");
    assert!(ledger.1.starts_with(&format!("entry {} with the hash ", head.seq)), "{ledger:?}");

    // What Mona did elsewhere before she was asked counts at once.
    let token = token(&ada, 9);
    let before = Typed { on: "2026-01-20", ..typed(&id, &token) };
    db.usecases.enter(&ada, (mona.person, Deed::PriorCredit), before, now()).await.expect("recorded");
    let all = packet(db, &ada, &id, ("2026-03-01", "2026-03-31")).await;
    let at_once = all.rows.rows.iter().find(|row| words(row, 0) == "Mona Manager").expect("she is there");
    assert_eq!((words(at_once, 5), words(at_once, 7)), ("2026-03-02".to_owned(), "2026-01-20".to_owned()));
    assert!(words(at_once, 3).starts_with("Everybody") && words(at_once, 13).starts_with("Prior credit, by Ada Obi"));
    assert_eq!((all.people, all.rows.rows.len()), (3, 3));
    let february = packet(db, &ada, &id, ("2026-02-01", "2026-02-28")).await;
    assert!(february.rows.rows.is_empty(), "nothing was open, due or completed");

    let wrong = PacketTyped { to: "2026-02-01".to_owned(), from: "2026-03-01".to_owned(), ..PacketTyped::default() };
    let Err(Failure::Invalid(errors)) = db.usecases.packet(&mona, &wrong, now()).await else { panic!("taken") };
    assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), ["requirement", "to"]);
}

async fn a_packet_knows_where_people_worked_then(db: &Db) {
    let ward = ward(db).await;
    with_evidence(db, &ward).await;
    let Ward { ada, mona, ben, washing } = ward;
    let typed = DepartmentTyped { name: "Medicine", parent: "" };
    let medicine = db.usecases.add_department(&ada, typed, now()).await.expect("added").to_string();
    let later = now() + SignedDuration::from_hours(24 * 40);
    db.usecases.place(&ada, ben, (&medicine, "Nurse"), later).await.expect("moved");
    let id = washing.to_string();
    let typed = |from: &str, to: &str| PacketTyped {
        requirement: id.clone(),
        from: from.to_owned(),
        to: to.to_owned(),
        department: String::new(),
    };
    let march = db.usecases.packet(&mona, &typed("2026-03-01", "2026-03-31"), later).await.expect("gathered");
    let names: Vec<_> = march.rows.rows.iter().map(|row| words(row, 0)).collect();
    assert_eq!(names, ["Ben Eze", "Mona Manager"], "he worked there when he completed it");
    let department = PacketTyped { department: medicine, ..typed("2026-03-01", "2026-03-31") };
    let none = db.usecases.packet(&ada, &department, later).await.expect("gathered");
    assert!(none.rows.rows.is_empty());
    assert!(matches!(db.usecases.packet(&mona, &department, later).await, Err(Failure::NotFound)));
}

async fn exceptions_are_counted_within_ones_own_departments(db: &Db) {
    let Ward { ada, mona, ben, washing } = ward(db).await;
    let Db { usecases, store, .. } = db;
    let typed = DepartmentTyped { name: "Lab", parent: "" };
    let lab = usecases.add_department(&ada, typed, now()).await.expect("added").to_string();
    let zoe = NewPerson { name: "Zoe Lab", email: "zoe@example.org", staff_number: "" };
    let zoe = usecases.add_person(&ada, zoe, now()).await.expect("added");
    usecases.place(&ada, zoe, (&lab, "Technician"), now()).await.expect("placed");
    let at = now().as_microsecond();
    let message = NewMessage {
        person: zoe,
        kind: MessageKind::Duty,
        key: "one".to_owned(),
        to_address: "zoe@example.org".to_owned(),
        to_name: "Zoe".to_owned(),
        subject: "Hello".to_owned(),
        text: "Hello".to_owned(),
        html: "Hello".to_owned(),
    };
    let message = store.queue_message(message, at).await.expect("queued").expect("new");
    store.lease_messages("one", at + 60, 10, at).await.expect("leased");
    store.begin_sending(message, "one", at + 60).await.expect("begun");
    store.mark_bounced(Some(message), "zoe@example.org", "no such mailbox").await.expect("marked");
    // Ben is asked for the same by a path of its own days.
    let Named::Done(path) = store.add_path("First weeks").await.expect("added") else { panic!("no path") };
    let step = store::PathStep { requirement: washing, due_days: 20 };
    let today = usecases::clock::day_number(TODAY);
    store.change_path(path, "First weeks", vec![step], today).await.expect("changed");
    store.assign(What::Path(path), Audience::Person(ben), (today, None), at).await.expect("assigned");
    usecases.catch_up().await.expect("caught up");

    let counted = async |who: &Who| {
        let found = usecases.exceptions(who, (None, 0), now()).await.expect("read");
        found.kinds.into_iter().map(|found| (found.kind.as_str(), found.many)).collect::<Vec<_>>()
    };
    let expected = |all: [usize; 6]| Kind::ALL.map(Kind::as_str).into_iter().zip(all).collect::<Vec<_>>();
    assert_eq!(counted(&ada).await, expected([1, 0, 0, 1, 1, 1]));
    assert_eq!(counted(&mona).await, expected([0, 0, 0, 0, 0, 1]), "of her ward only");
    let rows = async |who: &Who, kind| usecases.exceptions(who, (Some(kind), 0), now()).await.expect("read").rows;
    let lab = &rows(&ada, Kind::NoManager).await[0];
    assert_eq!((words(lab, 0), words(lab, 1)), ("Lab".to_owned(), "1".to_owned()));
    let mail = &rows(&ada, Kind::Undeliverable).await[0];
    assert_eq!((words(mail, 0), words(mail, 3)), ("Zoe Lab".to_owned(), "no such mailbox".to_owned()));
    let clash = &rows(&mona, Kind::Clashing).await[0];
    assert_eq!((words(clash, 0), words(clash, 4)), ("Ben Eze".to_owned(), "The earliest: due 22 Mar 2026".to_owned()));
    assert!(words(clash, 3).contains("Path: First weeks") && words(clash, 3).contains("Everybody"), "{clash:?}");
    assert_eq!(words(clash, 5), "Ask an administrator");
}

async fn who_looked_is_told_once_an_hour(db: &Db) {
    let Ward { mona, ben, .. } = ward(db).await;
    let usecases = &db.usecases;
    let own = who(usecases, ben).await;
    let look = async |who: &Who, about, minutes| {
        let at = now() + SignedDuration::from_mins(minutes);
        usecases.looked(who, ben, about, at).await.expect("noted");
    };
    for (about, minutes) in [(About::Training, 0), (About::Training, 30), (About::Report, 31), (About::Training, 61)] {
        look(&mona, about, minutes).await;
    }
    look(&own, About::Report, 0).await;
    let told = async |days: i64| {
        let looks = usecases.who_looked(&own, now() + SignedDuration::from_hours(24 * days)).await.expect("read");
        looks.into_iter().map(|look| (look.name, look.page)).collect::<Vec<_>>()
    };
    let mona = |page: &str| ("Mona Manager".to_owned(), page.to_owned());
    assert_eq!(told(1).await, [mona("Training"), mona("Everything about one person"), mona("Training")]);
    assert!(told(91).await.is_empty());
}

async fn a_move_takes_the_right_and_says_so(db: &Db) {
    let ada = administrator(&db.usecases).await;
    let usecases = &db.usecases;
    let mut departments = Vec::new();
    for name in ["Surgery", "Medicine"] {
        let typed = DepartmentTyped { name, parent: "" };
        departments.push(usecases.add_department(&ada, typed, now()).await.expect("added").to_string());
    }
    let ngozi = add(usecases, &ada, "Ngozi Bello").await;
    usecases.place(&ada, ngozi, (&departments[0], "Nurse"), now()).await.expect("placed");
    for department in &departments {
        usecases.set_right(&ada, ngozi, ("manager", department, true), now()).await.expect("granted");
    }
    let said = usecases.place(&ada, ngozi, (&departments[1], "Nurse"), now()).await.expect("moved");
    assert_eq!(said, ["Ngozi Bello no longer manages Surgery."]);
    let log = usecases.audit_log(&ada, usecases::audit::Search::default()).await.expect("read");
    assert_eq!((log.lines[0].what.as_str(), log.lines[1].what.as_str()), ("Right taken away", "Place of work changed"));
    assert_eq!(who(usecases, ngozi).await.manages.len(), 1);
    let said = usecases.set_disabled(&ada, ngozi, true, now()).await.expect("disabled");
    assert_eq!(said, ["Ngozi Bello no longer manages Medicine."]);
}
