//! Messages as an administrator sees them, and what people want no more of.

use crate::common::{Db, PASSWORD, administrator, now, who};
use store::{MessageKind, Sending};
use usecases::{
    Failure, MessageState, PersonId, Usecases,
    audit::Search,
    letter::{Letter, Recipient},
    people::NewPerson,
    who::Who,
};

testbed::on_both_engines! {
    only_administrators_see_messages_and_may_send_them_again
    a_test_message_goes_to_the_one_who_asks_and_nowhere_else
    a_link_to_unsubscribe_works_without_signing_in_and_is_noted
    one_switches_off_for_oneself_what_is_not_duty
}

async fn ben(usecases: &Usecases, ada: &Who) -> Who {
    let new = NewPerson { name: "Ben Eze", email: "ben@example.org", staff_number: "" };
    let ben = usecases.add_person(ada, new, now()).await.expect("added");
    let token = usecases.invite(ada, ben, now()).await.expect("a link");
    usecases.accept_invitation(&token, PASSWORD, None, now()).await.expect("accepted");
    who(usecases, ben).await
}

impl Db {
    async fn tell(&self, person: PersonId, kind: MessageKind, key: &str) -> i64 {
        let letter = Letter::to("Ben Eze").paragraph("Falls is due.").link("Open it", "/modules/falls");
        let to = Recipient { person, name: "Ben Eze", address: "ben@example.org" };
        let new = letter.message(kind, key, to, "Falls is due");
        self.store.queue_message(new, now().as_microsecond()).await.expect("queued").expect("a new key").0
    }

    /// Has one message refused by the mail server.
    async fn refuse(&self, id: i64) {
        let at = now().as_microsecond();
        let leased = self.store.lease_messages("one", at + 60, 10, at).await.expect("leased");
        let message = leased.iter().find(|message| message.id.0 == id).expect("it waits");
        self.store.begin_sending(message.id, "one", at + 60).await.expect("begun");
        let refused = Sending::Refused("there is no such mailbox".to_owned());
        assert!(self.store.finish_sending(message.id, "one", refused, at).await.expect("kept"));
    }
}

async fn only_administrators_see_messages_and_may_send_them_again(db: &Db) {
    let usecases = &db.usecases;
    let ada = administrator(usecases).await;
    let ben = ben(usecases, &ada).await;
    let id = db.tell(ben.person, MessageKind::Duty, "reminders/1").await;
    assert!(!usecases.send_message_again(&ada, id, now()).await.expect("answered"), "what waits goes out by itself");
    db.refuse(id).await;

    let page = usecases.messages(&ada, Some(MessageState::Failed), None).await.expect("seen");
    let [line] = page.lines.as_slice() else { panic!("{page:?}") };
    assert_eq!((line.name.as_str(), line.error.as_str(), line.again), ("Ben Eze", "there is no such mailbox", true));
    assert_eq!(page.counts, [(MessageState::Failed, 1)]);
    assert!(usecases.message(&ada, id).await.expect("seen").text.contains("Falls is due."));
    assert!(matches!(usecases.messages(&ben, None, None).await, Err(Failure::Denied)));
    assert!(matches!(usecases.message(&ben, id).await, Err(Failure::Denied)), "not even one's own");
    assert!(matches!(usecases.send_message_again(&ben, id, now()).await, Err(Failure::Denied)));
    assert!(matches!(usecases.send_failed_again(&ben, now()).await, Err(Failure::Denied)));
    assert!(matches!(usecases.send_test_message(&ben, now()).await, Err(Failure::Denied)));
    assert!(matches!(usecases.message(&ada, 999).await, Err(Failure::NotFound)));

    assert!(usecases.send_message_again(&ada, id, now()).await.expect("sent again"));
    let log = usecases.audit_log(&ada, Search { what: "message.again", ..Search::default() }).await.expect("seen");
    assert_eq!(log.lines.len(), 1, "one that did nothing is not noted");
    assert_eq!(log.lines[0].detail, "Falls is due (Failed)");

    db.refuse(id).await;
    assert_eq!(usecases.send_failed_again(&ada, now()).await.expect("sent again"), 1);
    assert_eq!(usecases.send_failed_again(&ada, now()).await.expect("answered"), 0, "which is not noted");
    assert_eq!(usecases.message(&ada, id).await.expect("seen").view.state, MessageState::Waiting);
    let log = usecases.audit_log(&ada, Search { what: "message.again", ..Search::default() }).await.expect("seen");
    assert_eq!((log.lines.len(), log.lines[0].detail.as_str()), (2, "All that failed"));
}

async fn a_test_message_goes_to_the_one_who_asks_and_nowhere_else(db: &Db) {
    let ada = administrator(&db.usecases).await;
    for _ in 0..2 {
        db.usecases.send_test_message(&ada, now()).await.expect("queued");
    }
    let page = db.usecases.messages(&ada, None, None).await.expect("seen");
    let addresses: Vec<_> = page.lines.iter().map(|line| line.address.as_str()).collect();
    assert_eq!(addresses, ["ada@example.org"; 2], "each try is a message of its own");
}

async fn a_link_to_unsubscribe_works_without_signing_in_and_is_noted(db: &Db) {
    let usecases = &db.usecases;
    let ada = administrator(usecases).await;
    let ben = ben(usecases, &ada).await;
    let token = usecases.stamp().await.expect("made").stop_token(ben.person, MessageKind::Recall);
    assert!(!usecases.asked_to_stop(&token).await.expect("ours").stopped);
    for _ in 0..2 {
        usecases.stop_mail(&token, true, Some("192.0.2.7"), now()).await.expect("kept");
    }
    assert!(usecases.asked_to_stop(&token).await.expect("ours").stopped);
    let log = usecases.audit_log(&ada, Search { what: "mail.stopped", ..Search::default() }).await.expect("seen");
    assert_eq!(log.lines.len(), 1);
    assert_eq!((log.lines[0].who.clone(), log.lines[0].from.as_deref()), (None, Some("192.0.2.7")));

    db.tell(ben.person, MessageKind::Recall, "recall/1").await;
    let skipped = usecases.messages(&ada, Some(MessageState::Skipped), None).await.expect("seen");
    assert!(skipped.lines[0].error.contains("unsubscribed"), "{skipped:?}");
    let duty = usecases.stamp().await.expect("made").stop_token(ben.person, MessageKind::Duty);
    for none in [duty.as_str(), "", "1-recall-00", &token[1..]] {
        assert!(matches!(usecases.asked_to_stop(none).await, Err(Failure::NotFound)), "{none}");
        assert!(matches!(usecases.stop_mail(none, true, None, now()).await, Err(Failure::NotFound)), "{none}");
    }
    usecases.stop_mail(&token, false, None, now()).await.expect("kept");
    assert!(!usecases.asked_to_stop(&token).await.expect("ours").stopped);
}

async fn one_switches_off_for_oneself_what_is_not_duty(db: &Db) {
    let usecases = &db.usecases;
    let ada = administrator(usecases).await;
    let ben = ben(usecases, &ada).await;
    usecases.choose_mail(&ben, "digest", true, now()).await.expect("kept");
    let stopped = async |who: &Who| {
        let choices = usecases.mail_choices(who).await.expect("seen");
        choices.into_iter().filter(|choice| choice.stopped).map(|choice| choice.kind).collect::<Vec<_>>()
    };
    assert_eq!(stopped(&ben).await, [MessageKind::Digest]);
    assert!(stopped(&ada).await.is_empty(), "for oneself only");
    let choices = usecases.mail_choices(&ben).await.expect("seen");
    assert!(choices.iter().all(|choice| choice.about.contains(' ')), "each kind says what it is: {choices:?}");
    for none in ["duty", "test", "", "x"] {
        assert!(matches!(usecases.choose_mail(&ben, none, true, now()).await, Err(Failure::NotFound)), "{none}");
    }
    let data = usecases.own_data(&ben, now()).await.expect("own data");
    let data = serde_json::to_value(&data).expect("json");
    assert_eq!(data["unsubscribed_from"], serde_json::json!(["Summary"]));
    usecases.choose_mail(&ben, "digest", false, now()).await.expect("kept");
    assert!(stopped(&ben).await.is_empty());
}
