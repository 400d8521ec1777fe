//! What the store promises about messages: one for each key, one sender for each, no second sending by itself; on both engines.

use std::collections::BTreeSet;

use crate::common::{Db, HOUR, NOW};
use store::{
    Begun, Bounced, Leased, MessageId, MessageKind, MessageState, NewAudit, NewMessage, PersonId, Sending, Store,
};

testbed::on_both_engines! {
    a_key_makes_one_message_however_often_it_is_asked_for
    many_messages_are_queued_at_once_and_each_key_counts_once
    two_nightly_passes_at_once_make_one_message_for_each_key
    what_failed_is_sent_again_all_at_once_and_nothing_else_is
    what_waited_in_a_backup_is_not_sent_by_itself_once_it_is_restored
    two_servers_never_lease_the_same_message
    a_lease_that_runs_out_goes_to_the_next_and_the_first_may_not_begin
    what_was_going_out_when_its_server_ended_is_not_sent_again_by_itself
    an_outcome_counts_only_for_whoever_holds_the_message
    a_message_waits_for_its_next_try
    what_somebody_wants_no_more_of_is_skipped_and_duty_is_not
    nothing_goes_to_somebody_who_was_disabled_meanwhile
    a_message_that_came_back_is_known_by_its_number_or_its_address
    only_old_messages_that_are_done_with_are_removed
    the_key_of_the_links_is_made_once
}

fn new(person: PersonId, key: &str, kind: MessageKind) -> NewMessage {
    NewMessage {
        person,
        kind,
        key: key.to_owned(),
        to_address: "ada@clinic.example".to_owned(),
        to_name: "Ada".to_owned(),
        subject: "Due soon".to_owned(),
        text: "Falls is due.".to_owned(),
        html: "<p>Falls is due.</p>".to_owned(),
    }
}

impl Db {
    async fn queue(&self, person: PersonId, key: &str) -> MessageId {
        let queued = self.store.queue_message(new(person, key, MessageKind::Duty), NOW).await;
        queued.expect("queued").expect("a new key")
    }

    async fn state(&self, id: MessageId) -> MessageState {
        self.store.message(id).await.expect("read").expect("there").line.state
    }

    /// Leases one message and marks it as going out.
    async fn begin(&self, owner: &str) -> MessageId {
        let leased = lease(&self.store, owner, 1, NOW).await;
        let id = leased.first().expect("something waits").id;
        assert_eq!(self.store.begin_sending(id, owner, NOW + HOUR).await.expect("begun"), Begun::Go);
        id
    }
}

async fn lease(store: &Store, owner: &str, limit: i64, now: i64) -> Vec<Leased> {
    store.lease_messages(owner, now + HOUR, limit, now).await.expect("leased")
}

async fn a_key_makes_one_message_however_often_it_is_asked_for(db: &Db) {
    let ada = db.person("Ada").await;
    let first = db.queue(ada, "reminders/1/20717").await;
    let again = db.store.queue_message(new(ada, "reminders/1/20717", MessageKind::Duty), NOW).await.expect("answered");
    assert_eq!(again, None);
    let entry = NewAudit { what: "message.again".to_owned(), ..NewAudit::default() };
    let noting = db.store.noting(entry, NOW);
    noting.queue_message(new(ada, "reminders/1/20717", MessageKind::Duty), NOW).await.expect("answered");
    assert_eq!(db.database.number("SELECT count(*) FROM audit").await, 0, "nothing happened, nothing is noted");
    let all = db.store.messages(None, None, 10).await.expect("read");
    assert_eq!(all.iter().map(|line| line.id).collect::<Vec<_>>(), [first]);
    assert_eq!((all[0].person, all[0].state, all[0].tries), (ada, MessageState::Waiting, 0));
}

async fn many_messages_are_queued_at_once_and_each_key_counts_once(db: &Db) {
    let (ada, ben) = (db.person("Ada").await, db.person("Ben").await);
    db.queue(ada, "reminders/1").await;
    assert!(db.store.choose_mail(ada, MessageKind::Recall, true, NOW).await.expect("kept"));
    let odd = NewMessage {
        to_address: "Ben@Clinic.example".to_owned(),
        to_name: "Ben “B” \\ Eze".to_owned(),
        text: "Line\n\"quoted\" {site}\t👋".to_owned(),
        ..new(ben, "odd", MessageKind::Recall)
    };
    let all = [
        new(ada, "reminders/1", MessageKind::Duty),
        new(ada, "reminders/2", MessageKind::Duty),
        new(ada, "recall/1", MessageKind::Recall),
        odd.clone(),
        odd.clone(),
    ];
    assert_eq!(db.store.queue_messages(&all, NOW).await.expect("queued"), 3);
    assert_eq!(db.store.queue_messages(&all, NOW).await.expect("queued"), 0);
    assert_eq!(db.store.queue_messages(&[], NOW).await.expect("queued"), 0);
    let lines = db.store.messages(None, None, 10).await.expect("read");
    let mut found = lines.iter().map(|line| (line.person, line.kind, line.state)).collect::<Vec<_>>();
    found.reverse();
    let waits = MessageState::Waiting;
    let expected = [
        (ada, MessageKind::Duty, waits),
        (ada, MessageKind::Duty, waits),
        (ada, MessageKind::Recall, MessageState::Skipped),
        (ben, MessageKind::Recall, waits),
    ];
    assert_eq!(found, expected);
    let kept = db.store.message(lines[0].id).await.expect("read").expect("there");
    assert_eq!((kept.line.to_name, kept.text, kept.html), (odd.to_name, odd.text, odd.html));
    assert_eq!(
        (kept.line.to_address.as_str(), kept.line.made_at, kept.line.next_try_at),
        ("ben@clinic.example", NOW, NOW)
    );
}

async fn two_nightly_passes_at_once_make_one_message_for_each_key(db: &Db) {
    let ada = db.person("Ada").await;
    let all: Vec<_> = (0..300).map(|n| new(ada, &format!("reminders/{n}"), MessageKind::Duty)).collect();
    let other = Store::open(&db.url).await.expect("a second server");
    let passes = [&db.store, &other, &db.store, &other].map(|store| {
        let (store, all) = (store.clone(), all.clone());
        tokio::spawn(async move { store.queue_messages(&all, NOW).await.expect("queued") })
    });
    let mut queued = 0;
    for pass in passes {
        queued += pass.await.expect("runs");
    }
    assert_eq!(queued, 300);
    assert_eq!(db.store.message_counts().await.expect("read"), [(MessageState::Waiting, 300)]);
    other.close().await;
}

async fn what_failed_is_sent_again_all_at_once_and_nothing_else_is(db: &Db) {
    let ada = db.person("Ada").await;
    let mut ids = Vec::new();
    let refused = || Sending::Refused("no".to_owned());
    for outcome in
        [refused(), Sending::Unsure("?".to_owned()), Sending::Sent, refused(), Sending::Filed("f".to_owned())]
    {
        db.queue(ada, &format!("key {}", ids.len())).await;
        let id = db.begin("one").await;
        assert!(db.store.finish_sending(id, "one", outcome, NOW).await.expect("kept"));
        ids.push(id);
    }
    assert_eq!(db.store.send_failed_again(NOW).await.expect("answered"), 2);
    assert_eq!(db.store.send_failed_again(NOW).await.expect("answered"), 0);
    let again = lease(&db.store, "two", 9, NOW).await.into_iter().map(|message| (message.id, message.tries));
    assert_eq!(again.collect::<Vec<_>>(), [(ids[0], 0), (ids[3], 0)]);
}

async fn what_waited_in_a_backup_is_not_sent_by_itself_once_it_is_restored(db: &Db) {
    let ada = db.person("Ada").await;
    let (going, waiting) = (db.queue(ada, "going").await, db.queue(ada, "waiting").await);
    db.begin("one").await;
    assert_eq!(db.store.doubt_messages().await.expect("doubted"), 2);
    assert_eq!((db.state(going).await, db.state(waiting).await), (MessageState::Unsure, MessageState::Unsure));
    assert!(lease(&db.store, "two", 9, NOW + 24 * HOUR).await.is_empty());
    let late = db.store.finish_sending(going, "one", Sending::Sent, NOW).await.expect("answered");
    assert!(!late, "nobody holds it any more");
}

async fn two_servers_never_lease_the_same_message(db: &Db) {
    let ada = db.person("Ada").await;
    for n in 0..60 {
        db.queue(ada, &format!("key {n}")).await;
    }
    let other = Store::open(&db.url).await.expect("a second server");
    let mut taken = Vec::new();
    let mut servers = Vec::new();
    for (at, store) in [&db.store, &other, &db.store, &other].into_iter().enumerate() {
        let store = store.clone();
        servers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let leased = lease(&store, &format!("server {at}"), 7, NOW).await;
                if leased.is_empty() && !store.messages_wait(NOW).await.expect("read") {
                    return mine;
                }
                mine.extend(leased.into_iter().map(|message| message.id));
            }
        }));
    }
    for server in servers {
        taken.extend(server.await.expect("runs"));
    }
    let different: BTreeSet<_> = taken.iter().collect();
    assert_eq!((taken.len(), different.len()), (60, 60));
    other.close().await;
}

async fn a_lease_that_runs_out_goes_to_the_next_and_the_first_may_not_begin(db: &Db) {
    let ada = db.person("Ada").await;
    let id = db.queue(ada, "key").await;
    assert_eq!(lease(&db.store, "one", 5, NOW).await.len(), 1);
    assert!(lease(&db.store, "two", 5, NOW + HOUR - 1).await.is_empty());
    assert_eq!(lease(&db.store, "two", 5, NOW + HOUR).await.len(), 1);
    assert_eq!(db.store.begin_sending(id, "one", NOW).await.expect("answered"), Begun::Lost);
    assert_eq!(db.store.begin_sending(id, "two", NOW).await.expect("answered"), Begun::Go);
    assert_eq!(db.store.begin_sending(id, "two", NOW).await.expect("answered"), Begun::Lost, "it goes out once");

    db.queue(ada, "another").await;
    lease(&db.store, "three", 5, NOW).await;
    assert_eq!(db.store.return_messages("three").await.expect("given back"), 1);
    assert_eq!(lease(&db.store, "four", 5, NOW).await.len(), 1);
}

async fn what_was_going_out_when_its_server_ended_is_not_sent_again_by_itself(db: &Db) {
    let ada = db.person("Ada").await;
    let id = db.queue(ada, "key").await;
    db.begin("one").await;
    assert!(!db.store.messages_wait(NOW + HOUR - 1).await.expect("read"));
    assert!(db.store.messages_wait(NOW + HOUR).await.expect("read"), "somebody must be told");
    for later in [HOUR, 24 * HOUR, 2400 * HOUR] {
        assert!(lease(&db.store, "two", 5, NOW + later).await.is_empty());
    }
    assert_eq!(db.state(id).await, MessageState::Unsure);
    assert!(db.store.send_message_again(id, NOW).await.expect("answered"), "a person decides");
    assert!(!db.store.send_message_again(id, NOW).await.expect("answered"), "once");
    assert_eq!(lease(&db.store, "two", 5, NOW).await.len(), 1);
    assert!(
        !db.store.finish_sending(id, "one", Sending::Sent, NOW).await.expect("answered"),
        "the first server comes too late"
    );
}

async fn an_outcome_counts_only_for_whoever_holds_the_message(db: &Db) {
    let ada = db.person("Ada").await;
    let id = db.queue(ada, "key").await;
    db.begin("one").await;
    assert!(!db.store.finish_sending(id, "two", Sending::Sent, NOW).await.expect("answered"));
    assert_eq!(db.state(id).await, MessageState::Sending);
    // The mail server took longer than the lease: who sent it knows better than the clock.
    lease(&db.store, "two", 5, NOW + HOUR).await;
    assert_eq!(db.state(id).await, MessageState::Unsure);
    assert!(db.store.finish_sending(id, "one", Sending::Sent, NOW + HOUR).await.expect("answered"));
    let line = db.store.message(id).await.expect("read").expect("there").line;
    assert_eq!(
        (line.state, line.sent_at, line.tries, line.error.as_str()),
        (MessageState::Sent, Some(NOW + HOUR), 1, "")
    );
    assert!(!db.store.send_message_again(id, NOW).await.expect("answered"), "what was sent is not sent again");
}

async fn a_message_waits_for_its_next_try(db: &Db) {
    let ada = db.person("Ada").await;
    let id = db.queue(ada, "key").await;
    db.begin("one").await;
    let later = Sending::Later { error: "the mailbox is busy".to_owned(), next_try_at: NOW + 60 };
    assert!(db.store.finish_sending(id, "one", later, NOW).await.expect("kept"));
    assert!(lease(&db.store, "two", 5, NOW + 59).await.is_empty());
    let leased = lease(&db.store, "two", 5, NOW + 60).await;
    assert_eq!(leased.iter().map(|message| (message.id, message.tries)).collect::<Vec<_>>(), [(id, 1)]);
    let refused = Sending::Refused("there is no such mailbox".to_owned());
    assert!(
        db.store.finish_sending(id, "two", refused, NOW).await.expect("kept"),
        "it came to nothing before it began"
    );
    let line = db.store.message(id).await.expect("read").expect("there").line;
    assert_eq!((line.state, line.tries, line.error.as_str()), (MessageState::Failed, 2, "there is no such mailbox"));
    assert_eq!(db.store.message_counts().await.expect("read"), [(MessageState::Failed, 1)]);
}

async fn what_somebody_wants_no_more_of_is_skipped_and_duty_is_not(db: &Db) {
    let ada = db.person("Ada").await;
    let recall = db.store.queue_message(new(ada, "before", MessageKind::Recall), NOW).await.expect("queued");
    assert!(db.store.choose_mail(ada, MessageKind::Recall, true, NOW).await.expect("kept"));
    assert!(!db.store.choose_mail(ada, MessageKind::Recall, true, NOW).await.expect("kept"), "again changes nothing");
    assert!(!db.store.choose_mail(ada, MessageKind::Duty, true, NOW).await.expect("answered"), "duty stays");
    assert_eq!(db.store.stopped_mail(ada).await.expect("read"), [MessageKind::Recall]);
    let after = db.store.queue_message(new(ada, "after", MessageKind::Recall), NOW).await.expect("queued");
    let duty = db.queue(ada, "duty").await;
    assert_eq!(lease(&db.store, "one", 5, NOW).await.len(), 2);
    let begun = |id| db.store.begin_sending(id, "one", NOW);
    assert_eq!(begun(recall.expect("new")).await.expect("answered"), Begun::Skipped);
    assert_eq!(begun(duty).await.expect("answered"), Begun::Go);
    for skipped in [recall, after] {
        assert_eq!(db.state(skipped.expect("new")).await, MessageState::Skipped);
    }
    assert!(db.store.choose_mail(ada, MessageKind::Recall, false, NOW).await.expect("kept"));
    assert!(db.store.stopped_mail(ada).await.expect("read").is_empty());
}

async fn nothing_goes_to_somebody_who_was_disabled_meanwhile(db: &Db) {
    let ada = db.person("Ada").await;
    let id = db.queue(ada, "key").await;
    db.store.disable_person(ada, NOW).await.expect("disabled");
    lease(&db.store, "one", 5, NOW).await;
    assert_eq!(db.store.begin_sending(id, "one", NOW).await.expect("answered"), Begun::Skipped);
    let line = db.store.message(id).await.expect("read").expect("there").line;
    assert!(line.state == MessageState::Skipped && line.error.contains("disabled"), "{line:?}");
}

async fn a_message_that_came_back_is_known_by_its_number_or_its_address(db: &Db) {
    let ada = db.person("Ada").await;
    let mut sent = Vec::new();
    for key in ["one", "two"] {
        db.queue(ada, key).await;
        let id = db.begin("one").await;
        db.store.finish_sending(id, "one", Sending::Sent, NOW).await.expect("kept");
        sent.push(id);
    }
    let waiting = db.queue(ada, "three").await;
    let mark = |id, address: &'static str| db.store.mark_bounced(id, address, "no such mailbox");
    assert_eq!(mark(Some(sent[0]), "").await.expect("answered"), Bounced::Message(sent[0]));
    assert_eq!(mark(Some(sent[0]), "").await.expect("answered"), Bounced::Already(sent[0]));
    assert!(db.store.bounced_addresses(9).await.expect("read").is_empty(), "a later one has arrived");
    assert_eq!(mark(None, "Ada@Clinic.example").await.expect("answered"), Bounced::Message(sent[1]));
    assert_eq!(mark(None, "eve@clinic.example").await.expect("answered"), Bounced::Unknown);
    assert_eq!(
        mark(Some(waiting), "").await.expect("answered"),
        Bounced::Unknown,
        "what was not sent cannot come back"
    );

    let bounced = db.store.bounced_addresses(9).await.expect("read");
    assert_eq!(bounced.len(), 1);
    assert_eq!((bounced[0].person, bounced[0].message, bounced[0].error.as_str()), (ada, sent[1], "no such mailbox"));
    let person = db.store.person(ada).await.expect("read").expect("there");
    let email = Some("ada.obi@clinic.example".to_owned());
    let update = store::PersonUpdate { id: ada, rev: person.rev, name: person.name, email, employee_no: None };
    db.store.update_person(update).await.expect("changed");
    assert!(db.store.bounced_addresses(9).await.expect("read").is_empty(), "the address was mended");
    assert!(db.store.send_message_again(sent[1], NOW).await.expect("answered"));
    let line = db.store.message(sent[1]).await.expect("read").expect("there").line;
    assert_eq!(line.to_address, "ada.obi@clinic.example", "it goes to the address of now");
}

async fn only_old_messages_that_are_done_with_are_removed(db: &Db) {
    let ada = db.person("Ada").await;
    let done = db.queue(ada, "done").await;
    db.begin("one").await;
    db.store.finish_sending(done, "one", Sending::Sent, NOW).await.expect("kept");
    let waiting = db.queue(ada, "waiting").await;
    assert_eq!(db.store.purge_messages(NOW).await.expect("purged"), 0);
    assert_eq!(db.store.purge_messages(NOW + 1).await.expect("purged"), 1);
    assert!(db.store.message(done).await.expect("read").is_none());
    assert_eq!(db.state(waiting).await, MessageState::Waiting);
}

async fn the_key_of_the_links_is_made_once(db: &Db) {
    assert_eq!(db.store.mail_key([1; 32]).await.expect("made"), [1; 32]);
    assert_eq!(db.store.mail_key([2; 32]).await.expect("read"), [1; 32]);
}
