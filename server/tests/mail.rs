//! Messages on their way, with the program as a process and a mail server on the loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    process::{Command, Stdio},
    time::Duration,
};

use store::{MessageId, MessageKind, MessageState, NewMessage, PersonId, Store};
use testbed::{
    Browser, Database as Db, Program, Smtp,
    program::{command, wait_for},
    smtp::{Manner, Security, certificate},
};

testbed::on_both_engines! {
    a_message_arrives_over_starttls_and_tls_by_somebody_who_signed_in
    what_the_mail_server_says_is_shown_and_decides_what_happens_next
    a_connection_that_breaks_before_the_message_sends_it_later_and_after_it_never_by_itself
    a_report_that_it_came_back_marks_the_message_and_the_address
    one_click_in_a_mail_program_unsubscribes_from_what_is_not_duty
    without_a_mail_server_messages_become_files_and_are_shown
    told_to_stop_it_finishes_what_it_is_sending
    managers_get_their_week_and_the_views_mailed_to_them
}

/// The first person of a house: its administrator, whose address is ada@example.org.
const ADA: PersonId = PersonId(1);

fn bedside() -> Command {
    command(env!("CARGO_BIN_EXE_bedside"))
}

fn serve_with(url: &str, more: &[&str]) -> Program {
    let mut command = bedside();
    command.args(["serve", "--address", "127.0.0.1:0", "--database-url", url]).args(more);
    Program::serve(&mut command)
}

/// Starts the program with a mail server that needs no protection, being on this machine.
fn serve(url: &str, smtp: &Smtp) -> Program {
    serve_protected(url, smtp, "none", &[])
}

fn serve_protected(url: &str, smtp: &Smtp, security: &str, more: &[&str]) -> Program {
    let port = smtp.address.port().to_string();
    let set = ["--smtp-host", "127.0.0.1", "--smtp-port", &port, "--smtp-security", security];
    let known = ["--mail-from", "Bedside <training@clinic.example>", "--public-url", "http://learn.clinic.example"];
    serve_with(url, &[&set[..], &known, more].concat())
}

/// The outbox behind the program's back.
struct Outbox(Store);

impl Outbox {
    async fn of(db: &Db) -> Self {
        Self(Store::open(&db.url).await.unwrap())
    }

    async fn queue(&self, kind: MessageKind, key: &str, to: &str) -> MessageId {
        let new = NewMessage {
            person: ADA,
            kind,
            key: key.to_owned(),
            to_address: to.to_owned(),
            to_name: "Ada Obi".to_owned(),
            subject: format!("Fällig: {key}"),
            text: format!(".\n{key} is due: {{site}}/modules\n"),
            html: format!("<p>{key} is <a href=\"{{site}}/modules\">due</a></p>"),
        };
        self.0.queue_message(new, usecases::clock::now().as_microsecond()).await.unwrap().unwrap()
    }

    /// Waits until a message stands so; gives what came in between.
    async fn until(&self, id: MessageId, state: MessageState, tries: i64) -> String {
        for _ in 0..2000 {
            let line = self.0.message(id).await.unwrap().unwrap().line;
            if (line.state, line.tries) == (state, tries) {
                return line.error;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{id} is not {state:?}: {:?}", self.0.message(id).await);
    }

    async fn count(&self, state: MessageState) -> i64 {
        let counts = self.0.message_counts().await.unwrap();
        counts.into_iter().find(|(found, _)| *found == state).map_or(0, |(_, many)| many)
    }
}

/// The number that a message's Message-ID names.
fn number(mail: &testbed::smtp::Mail) -> i64 {
    let mark = mail.header("message-id").unwrap();
    mark.split('.').nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_sends_nothing_that_may_have_been_sent_since() {
    let db = Db::sqlite().await;
    let smtp = Smtp::start(Security::Plain).await;
    let mut program = serve(&db.url, &smtp);
    Browser::administrator(&program);
    program.stop();
    let outbox = Outbox::of(&db).await;
    let id = outbox.queue(MessageKind::Duty, "due", "ada@example.org").await;
    outbox.0.close().await;
    let backup = db.folder.path().join("backup.db").display().to_string();
    let run = |arguments: &[&str]| {
        let output = bedside().args(arguments).args(["--database-url", &db.url]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["backup", &backup]);
    let mut program = serve(&db.url, &smtp);
    let outbox = Outbox::of(&db).await;
    outbox.until(id, MessageState::Sent, 1).await;
    outbox.0.close().await;
    program.stop();

    let said = run(&["restore", &backup, "--replace"]);
    assert!(said.contains("may have been sent since: 1"), "{said}");
    let _program = serve(&db.url, &smtp);
    let outbox = Outbox::of(&db).await;
    let fresh = outbox.queue(MessageKind::Duty, "fresh", "ada@example.org").await;
    outbox.until(fresh, MessageState::Sent, 1).await;
    outbox.until(id, MessageState::Unsure, 0).await;
    assert_eq!(smtp.mails().iter().map(number).collect::<Vec<_>>(), [id.0, fresh.0]);
    outbox.0.close().await;
}

/// Two programs, one database, and in the middle of it one is killed.
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_postgres_never_send_one_message_twice() {
    let db = Db::postgres().await;
    let smtp = Smtp::with(Security::Plain, None, Duration::from_millis(15)).await;
    let first = serve(&db.url, &smtp);
    Browser::administrator(&first);
    let mut second = serve(&db.url, &smtp);
    let outbox = Outbox::of(&db).await;
    let mut expected = BTreeSet::new();
    for at in 0..240 {
        expected.insert(outbox.queue(MessageKind::Duty, &format!("reminders/{at}"), "ada@example.org").await.0);
    }
    wait_for("half is sent", || (smtp.mails().len() >= 120).then_some(()));
    assert!(smtp.connections() >= 2, "both send");
    second.kill();
    // What the dead one had leased is taken over once its lease is over, which is made so now: nobody waits for ten minutes here.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let dead = format!("UPDATE message SET lease_until = 0 WHERE lease_owner LIKE '{}-%'", second.id());
    db.execute(&dead).await;
    for _ in 0..3000 {
        if outbox.count(MessageState::Waiting).await + outbox.count(MessageState::Sending).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let arrived: Vec<_> = smtp.mails().iter().map(number).collect();
    let different: BTreeSet<_> = arrived.iter().copied().collect();
    assert_eq!(arrived.len(), different.len(), "one came twice");
    let (sent, unsure) = (outbox.count(MessageState::Sent).await, outbox.count(MessageState::Unsure).await);
    assert_eq!(sent + unsure, 240);
    assert!(unsure <= 1, "only what was just going out, {unsure}");
    let missing: Vec<_> = expected.difference(&different).collect();
    assert!(missing.len() <= usize::try_from(unsure).unwrap(), "{missing:?} did not arrive");
    outbox.0.close().await;
    drop(first);
    db.drop_it().await;
}

async fn a_message_arrives_over_starttls_and_tls_by_somebody_who_signed_in(db: &Db) {
    let secret = db.folder.path().join("password");
    fs::write(&secret, "open sesame\n").unwrap();
    let (secret, authority) = (secret.display().to_string(), certificate().display().to_string());
    let more = ["--smtp-user", "bedside", "--smtp-password-file", &secret, "--smtp-ca", &authority];
    let mut browser = None;
    let ways = [(Security::StartTls, "starttls"), (Security::Tls, "tls")];
    for (security, word) in ways {
        let smtp = Smtp::with(security, Some(("bedside", "open sesame")), Duration::ZERO).await;
        let program = serve_protected(&db.url, &smtp, word, &more);
        browser = browser.or_else(|| Some(Browser::administrator(&program)));
        let outbox = Outbox::of(db).await;
        let id = outbox.queue(MessageKind::Duty, word, "ada@example.org").await;
        outbox.until(id, MessageState::Sent, 1).await;
        let mails = smtp.mails();
        assert_eq!(mails.len(), 1, "{word}");
        let mail = &mails[0];
        assert_eq!((mail.encrypted, mail.user.as_deref()), (true, Some("bedside")), "{word}");
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("training@clinic.example", &["ada@example.org".to_owned()][..])
        );
        assert_eq!(mail.header("to").unwrap(), "\"Ada Obi\" <ada@example.org>");
        assert_eq!(mail.header("list-unsubscribe"), None, "duty has no way out");
        assert!(
            mail.data.contains(&format!("\r\n.\r\n{word} is due: http://learn.clinic.example/modules\r\n")),
            "{mail:?}"
        );
        assert!(mail.data.contains("text/plain") && mail.data.contains("text/html"), "{mail:?}");
        outbox.0.close().await;
    }

    // A server whose certificate nobody has signed, a wrong password, and one that offers no STARTTLS get nothing.
    fs::write(&secret, "wrong\n").unwrap();
    let wrong = ["--smtp-user", "bedside", "--smtp-password-file", &secret, "--smtp-ca", &authority];
    let cases = [
        (Security::Tls, "tls", &wrong[..4], "certificate"),
        (Security::Tls, "tls", &wrong[..], "535"),
        (Security::Plain, "starttls", &wrong[..], "STARTTLS"),
    ];
    for (security, word, more, says) in cases {
        let smtp = Smtp::with(security, Some(("bedside", "open sesame")), Duration::ZERO).await;
        let _program = serve_protected(&db.url, &smtp, word, more);
        let outbox = Outbox::of(db).await;
        let id = outbox.queue(MessageKind::Duty, says, "ada@example.org").await;
        let error = outbox.until(id, MessageState::Waiting, 1).await;
        assert!(error.to_lowercase().contains(&says.to_lowercase()), "{says} in {error}");
        assert!(smtp.mails().is_empty(), "{says}");
        assert!(!error.contains("wrong\n") && !error.contains("open sesame"), "{error}");
        db.execute("DELETE FROM message").await;
        outbox.0.close().await;
    }
}

async fn what_the_mail_server_says_is_shown_and_decides_what_happens_next(db: &Db) {
    let smtp = Smtp::start(Security::Plain).await;
    smtp.treat("gone@example.org", Manner::Refuse);
    smtp.treat("busy@example.org", Manner::PutOffOnce);
    let program = serve(&db.url, &smtp);
    let mut ada = Browser::administrator(&program);
    let outbox = Outbox::of(db).await;
    let gone = outbox.queue(MessageKind::Duty, "gone", "gone@example.org").await;
    let busy = outbox.queue(MessageKind::Duty, "busy", "busy@example.org").await;
    let none = outbox.queue(MessageKind::Duty, "none", "no address").await;
    let fine = outbox.queue(MessageKind::Duty, "fine", "ada@example.org").await;
    outbox.until(fine, MessageState::Sent, 1).await;
    let refused = outbox.until(gone, MessageState::Failed, 1).await;
    assert!(refused.contains("550") && refused.contains("no such mailbox"), "{refused}");
    assert!(outbox.until(none, MessageState::Failed, 1).await.contains("no address"));
    assert!(outbox.until(busy, MessageState::Waiting, 1).await.contains("451"));
    let page = ada.get("/messages").body;
    for words in ["127.0.0.1", "Failed (2)", "Waiting (1)", "Sent (1)", "no such mailbox", "Next try"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let only = ada.get("/messages?state=failed");
    assert!(only.body.contains("Fällig: gone") && !only.body.contains("Fällig: fine"), "{only:?}");

    // A minute later.
    db.execute("UPDATE message SET next_try_at = 0 WHERE state = 'waiting'").await;
    outbox.until(busy, MessageState::Sent, 2).await;
    let whole = ada.get(&format!("/messages/{gone}"));
    assert!(whole.body.contains("gone is due: http://learn.clinic.example/modules"), "{}", whole.body);
    // The administrator mends the address, which is the person's own by now.
    let sent = ada.send(&whole.form(&format!("/messages/{gone}/again"))).unwrap();
    assert_eq!((sent.status, sent.location()), (303, format!("/messages/{gone}").as_str()));
    outbox.until(gone, MessageState::Sent, 1).await;
    let arrived: Vec<_> = smtp.mails().iter().map(number).collect();
    assert_eq!(arrived, [fine.0, busy.0, gone.0]);
    assert_eq!(smtp.mails()[2].to, ["ada@example.org"]);
    outbox.0.close().await;
}

async fn a_connection_that_breaks_before_the_message_sends_it_later_and_after_it_never_by_itself(db: &Db) {
    let smtp = Smtp::start(Security::Plain).await;
    smtp.treat("before@example.org", Manner::HangUpBeforeData);
    smtp.treat("after@example.org", Manner::HangUpAfterData);
    let program = serve(&db.url, &smtp);
    let mut ada = Browser::administrator(&program);
    let outbox = Outbox::of(db).await;
    let after = outbox.queue(MessageKind::Duty, "after", "after@example.org").await;
    let before = outbox.queue(MessageKind::Duty, "before", "before@example.org").await;
    outbox.until(after, MessageState::Unsure, 1).await;
    assert!(outbox.until(before, MessageState::Waiting, 1).await.contains("broke"));
    db.execute("UPDATE message SET next_try_at = 0, lease_until = NULL WHERE id > 0").await;
    outbox.until(before, MessageState::Waiting, 2).await;
    outbox.until(after, MessageState::Unsure, 1).await;
    let page = ada.get(&format!("/messages/{after}"));
    assert!(page.body.contains("May have been sent") && page.body.contains("Yes, send it again"), "{}", page.body);
    assert_eq!(ada.send(&page.form(&format!("/messages/{after}/again"))).unwrap().status, 303);
    outbox.until(after, MessageState::Sent, 1).await;
    assert_eq!(smtp.mails().iter().map(number).collect::<Vec<_>>(), [after.0], "a person has decided");
    outbox.0.close().await;
}

async fn a_report_that_it_came_back_marks_the_message_and_the_address(db: &Db) {
    let smtp = Smtp::start(Security::Plain).await;
    let program = serve(&db.url, &smtp);
    let mut ada = Browser::administrator(&program);
    let outbox = Outbox::of(db).await;
    let id = outbox.queue(MessageKind::Duty, "due", "ada@example.org").await;
    let later = outbox.queue(MessageKind::Duty, "later", "ada@example.org").await;
    outbox.until(id, MessageState::Sent, 1).await;
    outbox.until(later, MessageState::Sent, 1).await;
    let mark = smtp.mails().iter().find(|mail| number(mail) == later.0).unwrap().header("message-id").unwrap();
    let report = format!(
        "From: mailer-daemon@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mark}\r\n\r\n--b--\r\n"
    );
    assert!(bounce(&db.url, "Subject: I am away\r\n\r\nBack on Monday.\r\n").contains("nothing was changed"));
    assert_eq!(outbox.count(MessageState::Sent).await, 2);
    assert!(bounce(&db.url, &report).contains("There is no such address"));
    assert!(bounce(&db.url, &report).contains("marked before"));
    assert!(outbox.until(later, MessageState::Bounced, 1).await.contains("5.1.1"));
    assert_eq!(outbox.count(MessageState::Sent).await, 1);
    let page = ada.get("/messages").body;
    for words in ["Addresses that take no messages", "href=\"/people/1/edit\"", "There is no such address", "Came back"]
    {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(ada.get("/audit?what=message.bounced").body.contains("There is no such address"));
    outbox.0.close().await;
}

/// Hands a report to `bedside bounce`; what it says.
fn bounce(url: &str, report: &str) -> String {
    let mut command = bedside();
    command.args(["bounce", "--database-url", url]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(report.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn one_click_in_a_mail_program_unsubscribes_from_what_is_not_duty(db: &Db) {
    let smtp = Smtp::start(Security::Plain).await;
    let program = serve(&db.url, &smtp);
    let mut ada = Browser::administrator(&program);
    let outbox = Outbox::of(db).await;
    let id = outbox.queue(MessageKind::Recall, "recall/1", "ada@example.org").await;
    outbox.until(id, MessageState::Sent, 1).await;
    let mail = smtp.mails().remove(0);
    assert_eq!(mail.header("list-unsubscribe-post").unwrap(), "List-Unsubscribe=One-Click");
    let link = mail.header("list-unsubscribe").unwrap();
    let link = link.trim_matches(['<', '>']);
    assert!(mail.data.replace("=\r\n", "").contains(link), "{mail:?}");
    let path = link.strip_prefix("http://learn.clinic.example").unwrap();

    // Somebody who only looks, such as a program that checks links, changes nothing.
    let mut nobody = Browser::new(&program.address);
    let page = nobody.get(path);
    assert!(page.status == 200 && page.body.contains("Get no more of them"), "{page:?}");
    assert!(outbox.0.stopped_mail(ADA).await.unwrap().is_empty());
    let clicked = nobody.post(path, &[("List-Unsubscribe", "One-Click")]);
    assert_eq!(clicked.status, 200, "no redirect, which mail programs do not follow");
    assert_eq!(outbox.0.stopped_mail(ADA).await.unwrap(), [MessageKind::Recall]);

    let recall = outbox.queue(MessageKind::Recall, "recall/2", "ada@example.org").await;
    let duty = outbox.queue(MessageKind::Duty, "duty", "ada@example.org").await;
    outbox.until(duty, MessageState::Sent, 1).await;
    outbox.until(recall, MessageState::Skipped, 0).await;
    assert_eq!(smtp.mails().iter().map(number).collect::<Vec<_>>(), [id.0, duty.0]);

    let back = nobody.get(path);
    assert!(back.body.contains("Get them again"), "{back:?}");
    assert_eq!(nobody.send(&back.form(path)).unwrap().status, 303);
    assert!(outbox.0.stopped_mail(ADA).await.unwrap().is_empty());
    let again = nobody.get(path);
    assert_eq!(nobody.send(&again.form(path)).unwrap().location(), path);
    assert_eq!(outbox.0.stopped_mail(ADA).await.unwrap(), [MessageKind::Recall]);
    assert!(ada.get("/profile/messages").body.contains("Switch on"));
    let forged = path.replacen("/1-", "/2-", 1);
    assert_eq!(nobody.post(&forged, &[("List-Unsubscribe", "One-Click")]).status, 404);
    outbox.0.close().await;
}

async fn without_a_mail_server_messages_become_files_and_are_shown(db: &Db) {
    let folder = db.folder.path().join("mail");
    let program = serve_with(&db.url, &["--mail-folder", &folder.display().to_string()]);
    let mut ada = Browser::administrator(&program);
    let page = ada.get("/messages");
    assert!(page.body.contains("No mail server is set") && page.body.contains(&folder.display().to_string()));
    assert_eq!(ada.send(&page.form("/messages/test")).unwrap().status, 303);
    let outbox = Outbox::of(db).await;
    let name = outbox.until(MessageId(1), MessageState::Filed, 1).await;
    let file = fs::read_to_string(folder.join(&name)).unwrap();
    let host = format!("http://{}/messages", program.address);
    assert!(file.contains("To: \"Ada Obi\" <ada@example.org>") && file.contains(&host), "{file}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let page = ada.get("/messages").body;
    assert!(page.contains("Written to a file") && page.contains(&name), "{page}");
    outbox.0.close().await;
}

async fn told_to_stop_it_finishes_what_it_is_sending(db: &Db) {
    let smtp = Smtp::with(Security::Plain, None, Duration::from_millis(1500)).await;
    let mut program = serve(&db.url, &smtp);
    Browser::administrator(&program);
    let outbox = Outbox::of(db).await;
    let first = outbox.queue(MessageKind::Duty, "first", "ada@example.org").await;
    let second = outbox.queue(MessageKind::Duty, "second", "ada@example.org").await;
    wait_for("it is being sent", || (!smtp.mails().is_empty()).then_some(()));
    assert_eq!(program.stop(), Some(0));
    outbox.until(first, MessageState::Sent, 1).await;
    outbox.until(second, MessageState::Waiting, 0).await;
    assert_eq!(
        db.number("SELECT count(*) FROM message WHERE lease_owner IS NOT NULL").await,
        0,
        "others may go on at once"
    );

    let _again = serve(&db.url, &smtp);
    outbox.until(second, MessageState::Sent, 1).await;
    assert_eq!(smtp.mails().iter().map(number).collect::<Vec<_>>(), [first.0, second.0]);
    outbox.0.close().await;
}

/// The words of a mail, whose lines are folded and whose signs are written in numbers.
fn words(mail: &testbed::smtp::Mail) -> String {
    mail.data.replace("=\r\n", "").replace("=3D", "=")
}

async fn managers_get_their_week_and_the_views_mailed_to_them(db: &Db) {
    let smtp = Smtp::start(Security::Plain).await;
    let program = serve(&db.url, &smtp);
    Browser::administrator(&program);
    let outbox = Outbox::of(db).await;
    let house = usecases::Usecases::new(outbox.0.clone());
    let now = usecases::clock::now();
    let ada = house.who(ADA).await.unwrap().unwrap();
    let mut wards = Vec::new();
    for name in ["Ward A", "Ward B"] {
        let typed = usecases::departments::DepartmentTyped { name, parent: "" };
        wards.push(house.add_department(&ada, typed, now).await.unwrap().to_string());
    }
    let places = [("Mona", 0, "Head"), ("Ben", 0, "Nurse"), ("Ngozi", 0, "Nurse"), ("Cleo", 1, "Nurse")];
    let mut people = Vec::new();
    for (name, ward, role) in places {
        let (email, staff_number) = match name {
            "Mona" => ("mona@example.org", ""),
            // Who has no address is reminded of nothing, and counted all the same.
            name => ("", name),
        };
        let person =
            house.add_person(&ada, usecases::people::NewPerson { name, email, staff_number }, now).await.unwrap();
        house.place(&ada, person, (&wards[ward], role), now).await.unwrap();
        people.push(person);
    }
    house.set_right(&ada, people[0], ("manager", &wards[0], true), now).await.unwrap();
    let source =
        "---\nkind: module\ntitle: Hello\nminutes: 2\ncomplete: [read]\n---\n\n# Hello\n\n## First\n\nLook up.\n";
    house.publish(&usecases::publish::File::alone("hello-there.md", source), now).await.unwrap();
    let module = outbox.0.live_document("module", "hello-there").await.unwrap().unwrap().document;
    let today = usecases::clock::day_in(now, "Africa/Lagos");
    let new = store::NewRequirement {
        document: module,
        name: "Hand washing".to_owned(),
        refresher: None,
        update_of: None,
        from_on: usecases::clock::day_number(today),
        policy: r#"{"validity":"12 months"}"#.to_owned(),
        by: None,
    };
    let store::Named::Done(asked) = outbox.0.add_requirement(new, now.as_microsecond()).await.unwrap() else {
        panic!("the name is taken")
    };
    let (what, whom) = (store::What::Requirement(asked), store::Audience::Role("Nurse".to_owned()));
    outbox.0.assign(what, whom, (usecases::clock::day_number(today), None), now.as_microsecond()).await.unwrap();
    let view = house.save_view(&ada, "All that is late", ("actions", "status=overdue"), now).await.unwrap();
    house.mail_view(&ada, view.id, "week", now).await.unwrap();
    house.add_recipient(&ada, view.id, ("mona", ""), now).await.unwrap();

    // A Monday on which the 30 days are over: written then, and sent as if it were then.
    let monday = (35..42).map(|more| today.saturating_add(jiff::Span::new().days(more)));
    let monday = monday.into_iter().find(|day| day.weekday() == jiff::civil::Weekday::Monday).unwrap();
    let then = monday.at(9, 0, 0, 0).in_tz("Africa/Lagos").unwrap().timestamp();
    house.remind_everybody(then).await.unwrap();
    db.execute("UPDATE message SET next_try_at = 0 WHERE state = 'waiting'").await;
    wait_for("all is sent", || (smtp.mails().len() >= 3).then_some(()));

    let mails = smtp.mails();
    let to = |address: &str| mails.iter().filter(|mail| mail.to == [address]).collect::<Vec<_>>();
    let subject = |mail: &testbed::smtp::Mail| mail.header("subject").unwrap();
    let monas = to("mona@example.org");
    let week = monas.iter().find(|mail| subject(mail) == "Your team this week: 2 overdue").unwrap();
    assert_eq!(week.header("list-unsubscribe-post").unwrap(), "List-Unsubscribe=One-Click");
    let said = words(week);
    assert!(said.contains("Overdue: 2\r\n  http://learn.clinic.example/reports/actions?status=overdue\r\n"), "{said}");
    let nobody_else =
        said.contains("Ben: Hand washing") && said.contains("Ngozi: Hand washing") && !said.contains("Cleo");
    assert!(nobody_else, "{said}");
    let mailed = monas.iter().find(|mail| subject(mail) == "All that is late").unwrap();
    let said = words(mailed);
    assert!(
        said.contains("2 rows.") && said.contains("http://learn.clinic.example/unsubscribe/") && !said.contains("Cleo"),
        "{said}"
    );
    // The administrator sees everybody, and manages nobody: one view and no week.
    let adas = to("ada@example.org");
    assert_eq!(adas.iter().map(|mail| subject(mail)).collect::<Vec<_>>(), ["All that is late"]);
    let said = words(adas[0]);
    assert!(said.contains("3 rows.") && said.contains("Cleo"), "{said}");
    assert_eq!(monas.len(), 2);
    outbox.0.close().await;
}
