//! Getting in, staying in and being let in again; departments and the audit log.

use crate::common::{Db, PASSWORD, administrator, as_typed, now, step, who};
use jiff::SignedDuration;
use store::{NewSession, PersonId};
use usecases::{
    DepartmentId, Failure, Usecases, audit::Search, departments::DepartmentTyped, people::NewPerson, sign_in::Try,
    site::SiteView, who::Who,
};

testbed::on_both_engines! {
    a_known_device_keeps_its_own_allowance
    an_address_that_keeps_failing_waits_and_known_devices_do_not
    a_device_that_we_did_not_give_out_is_replaced
    a_printed_code_works_once_and_for_seven_days
    guessing_codes_is_slowed_and_the_right_one_is_taken
    a_site_is_set_up_though_there_is_an_administrator_and_is_changed_later
    a_page_of_people_that_is_not_there_is_the_last
    an_older_hash_is_made_again_at_sign_in
    changing_the_password_needs_the_present_one_and_ends_the_other_sessions
    one_ends_ones_own_sessions_and_nobody_elses
    a_profile_is_changed_from_its_newest_form_only
    the_log_says_who_did_what_to_whom_from_where
    departments_refuse_what_would_break_the_tree
    own_data_is_all_there
    what_is_over_is_swept_away
}

/// Somebody without e-mail who has chosen [`PASSWORD`].
async fn ben(usecases: &Usecases, ada: &Who) -> Who {
    let new = NewPerson { name: "Ben Eze", email: "", staff_number: "n-7" };
    let ben = usecases.add_person(ada, new, now()).await.expect("added");
    let token = usecases.invite(ada, ben, now()).await.expect("a link");
    usecases.accept_invitation(&token, PASSWORD, None, now()).await.expect("accepted");
    who(usecases, ben).await
}

fn session(id: &[u8], person: PersonId) -> NewSession {
    let (seen_at, end) = (now().as_microsecond(), (now() + SignedDuration::from_hours(1)).as_microsecond());
    let data = br#"{"browser":"Firefox on Linux"}"#.to_vec();
    NewSession { id_hash: id.to_vec(), person: Some(person), data, seen_at, idle_until: end, ends_at: end }
}

async fn a_known_device_keeps_its_own_allowance(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let device = usecases.remember_device(None, ada.person, now()).await.expect("remembered");
    let wrong = as_typed("ada@example.org", "somebody is guessing");
    while !matches!(usecases.sign_in(wrong, now()).await, Err(Failure::TooMany)) {}
    let own = Try { device: Some(&device), ..as_typed("ada@example.org", PASSWORD) };
    assert_eq!(usecases.sign_in(own, now()).await.expect("nobody locks a colleague out"), ada.person);

    // The device itself has no more tries than anybody else.
    let guess = Try { device: Some(&device), ..wrong };
    for _ in 0..10 {
        assert!(matches!(usecases.sign_in(guess, now()).await, Err(Failure::Invalid(_))));
    }
    assert!(matches!(usecases.sign_in(own, now()).await, Err(Failure::TooMany)));
}

async fn an_address_that_keeps_failing_waits_and_known_devices_do_not(Db { usecases, store, .. }: &Db) {
    let ada = administrator(usecases).await;
    let device = usecases.remember_device(None, ada.person, now()).await.expect("remembered");
    let hour = 3_600_000_000;
    for _ in 0..100 {
        store.hit("sign-in from 192.0.2.7", hour, now().as_microsecond()).await.expect("counted");
    }
    let right = as_typed("ada@example.org", PASSWORD);
    assert!(matches!(usecases.sign_in(right, now()).await, Err(Failure::TooMany)));
    let known = Try { device: Some(&device), ..right };
    assert_eq!(usecases.sign_in(known, now()).await.expect("signed in"), ada.person);
    let elsewhere = Try { from: Some("192.0.2.8"), ..right };
    assert_eq!(usecases.sign_in(elsewhere, now()).await.expect("signed in"), ada.person);
}

async fn a_device_that_we_did_not_give_out_is_replaced(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let planted = "00112233445566778899aabbccddeeff";
    let given = usecases.remember_device(Some(planted), ada.person, now()).await.expect("remembered");
    assert_ne!(given, planted);
    let ben = ben(usecases, &ada).await;
    let shared = usecases.remember_device(Some(&given), ben.person, now()).await.expect("remembered");
    assert_eq!(shared, given, "one browser may be many people's");
}

async fn a_printed_code_works_once_and_for_seven_days(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let new = NewPerson { name: "Ben Eze", email: "", staff_number: "n-7" };
    let ben = usecases.add_person(&ada, new, now()).await.expect("added");
    let older = usecases.slip(&ada, ben, now()).await.expect("a slip");
    let slip = usecases.slip(&ada, ben, now()).await.expect("a slip");
    assert_eq!((slip.name.as_str(), slip.login.as_str()), ("Ben Eze", "N-7"));
    assert_eq!(slip.until, jiff::civil::date(2026, 3, 8), "seven days from past midnight in Lagos, that day not whole");

    let refused = usecases.enter_code(&older.code, None, now()).await;
    assert!(matches!(refused, Err(Failure::Invalid(_))), "a newer slip ends the older one");
    let late = now() + SignedDuration::from_hours(7 * 24);
    assert!(matches!(usecases.enter_code(&slip.code, None, late).await, Err(Failure::Invalid(_))));
    let in_time = late - SignedDuration::from_secs(1);
    let token = usecases.enter_code(&slip.code.to_lowercase(), None, in_time).await.expect("taken");
    usecases.enter_code(&slip.code, None, in_time).await.expect("typing it spends nothing");
    assert_eq!(usecases.accept_invitation(&token, PASSWORD, None, in_time).await.expect("accepted"), ben);
    assert!(matches!(usecases.enter_code(&slip.code, None, in_time).await, Err(Failure::Invalid(_))));

    let ben = who(usecases, ben).await;
    assert!(matches!(usecases.slip(&ben, ada.person, now()).await, Err(Failure::Denied)));
    usecases.set_disabled(&ada, ben.person, true, now()).await.expect("disabled");
    assert!(matches!(usecases.slip(&ada, ben.person, now()).await, Err(Failure::NotFound)));
}

async fn guessing_codes_is_slowed_and_the_right_one_is_taken(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let slip = usecases.slip(&ada, ada.person, now()).await.expect("a slip");
    for _ in 0..30 {
        let wrong = usecases.enter_code("AAAAA-AAAAA", Some("192.0.2.7"), now()).await;
        assert!(matches!(wrong, Err(Failure::Invalid(_))));
    }
    let wrong = usecases.enter_code("AAAAA-AAAAA", Some("192.0.2.7"), now()).await;
    assert!(matches!(wrong, Err(Failure::TooMany)));
    usecases.enter_code(&slip.code, Some("192.0.2.7"), now()).await.expect("a whole hospital may share an address");
}

async fn a_site_is_set_up_though_there_is_an_administrator_and_is_changed_later(Db { usecases, store, .. }: &Db) {
    let new =
        store::NewPerson { name: "Eve".to_owned(), email: Some("eve@example.org".to_owned()), ..Default::default() };
    let store::Added::Person(eve) = store.add_person(new, 1).await.expect("written") else {
        panic!("nobody was added")
    };
    store.grant(eve, store::Right::Administrator).await.expect("granted");
    assert!(!usecases.is_set_up().await.expect("read"));
    let ada = administrator(usecases).await;
    assert!(usecases.is_set_up().await.expect("read"));
    assert_eq!(usecases.make_set_up_link(now()).await.expect("answered"), None);

    assert_eq!(usecases.working_days().await.expect("read"), [1, 2, 3, 4, 5]);
    let site = |name: &str, zone: &str| SiteView {
        name: name.to_owned(),
        zone: zone.to_owned(),
        locale: "en-GB".to_owned(),
        working_days: vec![7, 1, 1],
        ..SiteView::default()
    };
    let idle = SiteView { working_days: vec![0, 8], ..site("Hill", "UTC") };
    let mute = SiteView { locale: "English".to_owned(), ..site("Hill", "UTC") };
    for (wrong, field) in [
        (site(" ", "UTC"), "organisation"),
        (site("Hill", "Lagos"), "zone"),
        (site("Hill", "Etc/Unknown"), "zone"),
        (idle, "working_days"),
        (mute, "locale"),
    ] {
        match usecases.change_site(&ada, &wrong, now()).await {
            Err(Failure::Invalid(errors)) => assert_eq!(errors[0].field, field),
            other => panic!("{other:?}"),
        }
    }
    usecases.change_site(&ada, &site("Hill Hospital", "europe/london"), now()).await.expect("changed");
    let kept = SiteView { working_days: vec![1, 7], ..site("Hill Hospital", "Europe/London") };
    assert_eq!(usecases.site(&ada).await.expect("read"), kept);
    assert_eq!(usecases.working_days().await.expect("read"), [1, 7]);
    let (name, today) = usecases.letterhead(now()).await.expect("read");
    assert_eq!((name.as_str(), today), ("Hill Hospital", jiff::civil::date(2026, 3, 1)), "before midnight in London");
    let ben = ben(usecases, &ada).await;
    assert!(matches!(usecases.change_site(&ben, &site("Mine", "UTC"), now()).await, Err(Failure::Denied)));
    assert!(usecases::set_up::zones().iter().any(|zone| zone == "Africa/Lagos"));
}

async fn a_page_of_people_that_is_not_there_is_the_last(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    for number in 0..60 {
        let staff_number = format!("n-{number:03}");
        let new = NewPerson { name: "Ben Eze", email: "", staff_number: &staff_number };
        usecases.add_person(&ada, new, now()).await.expect("added");
    }
    let last = usecases.people(&ada, "", u32::MAX).await.expect("a page");
    assert_eq!((last.page, last.pages, last.total, last.rows.len()), (1, 2, 61, 11));
    assert_eq!((last.previous, last.next), (Some(0), None));
    let none = usecases.people(&ada, "nobody at all", 7).await.expect("a page");
    assert_eq!((none.page, none.pages, none.total, none.previous), (0, 1, 0, None));
}

async fn an_older_hash_is_made_again_at_sign_in(Db { usecases, store, .. }: &Db) {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
    let ada = administrator(usecases).await;
    let weaker = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).expect("parameters"));
    let old = weaker.hash_password(PASSWORD.as_bytes()).expect("a hash").to_string();
    store.set_password(ada.person, &old, None).await.expect("set");
    let kept = async || store.password_hash(ada.person).await.expect("read").expect("there");
    assert!(usecases.sign_in(as_typed("ada@example.org", "wrong"), now()).await.is_err());
    assert_eq!(kept().await, old, "only the right password can be hashed again");
    usecases.sign_in(as_typed("ada@example.org", PASSWORD), now()).await.expect("signed in");
    assert!(kept().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    usecases.sign_in(as_typed("ada@example.org", PASSWORD), now()).await.expect("signed in with the new hash");
}

async fn changing_the_password_needs_the_present_one_and_ends_the_other_sessions(Db { usecases, store, .. }: &Db) {
    let ada = administrator(usecases).await;
    for id in [b"here", b"away"] {
        store.create_session(session(id, ada.person)).await.expect("kept");
    }
    let new = "lantern oak ribbon frost";
    let fields = |outcome: Result<(), Failure>| -> Vec<&'static str> {
        match outcome {
            Err(Failure::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
            other => panic!("{other:?}"),
        }
    };
    let change = async |present, new| usecases.change_password(&ada, (present, new), b"here", now()).await;
    assert_eq!(fields(change("wrong", "short").await), ["present", "password"]);
    assert_eq!(fields(change("", new).await), ["present"]);
    assert_eq!(fields(change(PASSWORD, PASSWORD).await), ["password"], "nothing would change");
    assert_eq!(fields(change(PASSWORD, "ada obi mercy clinic").await), ["password"]);
    change(PASSWORD, new).await.expect("changed");
    let left = usecases.profile(&ada, b"here", now()).await.expect("the profile").sessions;
    assert_eq!(left.len(), 1);
    assert!(left[0].here && left[0].browser == "Firefox on Linux");
    usecases.sign_in(as_typed("ada@example.org", new), now()).await.expect("signed in");

    for _ in 0..10 {
        assert_eq!(fields(change(PASSWORD, new).await), ["present"]);
    }
    assert!(matches!(change(new, PASSWORD).await, Err(Failure::TooMany)), "whoever found it open does not guess on");
}

async fn one_ends_ones_own_sessions_and_nobody_elses(Db { usecases, store, .. }: &Db) {
    let ada = administrator(usecases).await;
    let ben = ben(usecases, &ada).await;
    for (id, person) in [(b"ada1", ada.person), (b"ada2", ada.person), (b"ben1", ben.person)] {
        store.create_session(session(id, person)).await.expect("kept");
    }
    let lines = usecases.profile(&ada, b"ada1", now()).await.expect("the profile").sessions;
    let other = lines.iter().find(|line| !line.here).expect("the other one");
    assert!(matches!(usecases.end_session(&ben, &other.id, now()).await, Err(Failure::NotFound)));
    usecases.end_session(&ada, &other.id, now()).await.expect("ended");
    assert!(matches!(usecases.end_session(&ada, &other.id, now()).await, Err(Failure::NotFound)));
    let count = async |who: &Who| usecases.profile(who, b"", now()).await.expect("the profile").sessions.len();
    assert_eq!((count(&ada).await, count(&ben).await), (1, 1));
    usecases.sign_out_everywhere(&ada, now()).await.expect("ended");
    assert_eq!((count(&ada).await, count(&ben).await), (0, 1));
}

async fn a_profile_is_changed_from_its_newest_form_only(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let ben = ben(usecases, &ada).await.person;
    let rev = usecases.person(&ada, ben).await.expect("there").rev;
    let change = async |rev, name, email| {
        let typed = NewPerson { name, email, staff_number: "n-7" };
        usecases.change_person(&ada, ben, rev, typed, now()).await
    };
    assert!(matches!(change(rev, "Ben Eze", "ada@example.org").await, Err(Failure::Invalid(_))), "it is Ada's");
    change(rev, "Benjamin Eze", "ben@example.org").await.expect("changed");
    assert!(matches!(change(rev, "Ben", "").await, Err(Failure::Conflict)));
    assert_eq!(usecases.person(&ada, ben).await.expect("there").name, "Benjamin Eze");
    for login in ["BEN@example.org", "n-7"] {
        assert_eq!(usecases.sign_in(as_typed(login, PASSWORD), now()).await.expect("signed in"), ben, "{login}");
    }
}

async fn the_log_says_who_did_what_to_whom_from_where(Db { usecases, .. }: &Db) {
    let mut ada = administrator(usecases).await;
    ada.from = Some("192.0.2.9".to_owned());
    let ben = ben(usecases, &ada).await;
    usecases.denied(&ben, "/people", now()).await.expect("written");
    let everything = usecases.audit_log(&ada, Search::default()).await.expect("the log");
    let line = &everything.lines[0];
    assert_eq!((line.what.as_str(), line.detail.as_str()), ("Page refused", "/people"));
    assert_eq!(line.at.to_string(), "2026-03-02T00:30:00", "by the clocks of Lagos");

    let about = Search { person: Some(ben.person), ..Search::default() };
    let about = usecases.audit_log(&ada, about).await.expect("the log");
    assert_eq!(about.person.as_deref(), Some("Ben Eze"));
    let seen: Vec<_> = about.lines.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(seen, ["Page refused", "Password chosen", "Link made", "Person added"]);
    let made = &about.lines[2];
    assert_eq!(made.who.as_ref().map(|(_, name)| name.as_str()), Some("Ada Obi"));
    assert_eq!(made.whom.as_ref().map(|(_, name)| name.as_str()), Some("Ben Eze"));
    assert_eq!((made.from.as_deref(), made.detail.as_str()), (Some("192.0.2.9"), "invitation"));

    let kind = Search { what: "link.made", ..Search::default() };
    assert_eq!(usecases.audit_log(&ada, kind).await.expect("the log").lines.len(), 1);
    assert!(matches!(usecases.audit_log(&ben, Search::default()).await, Err(Failure::Denied)));

    for _ in 0..60 {
        usecases.denied(&ben, "/audit", now()).await.expect("written");
    }
    let first = usecases.audit_log(&ada, Search::default()).await.expect("the log");
    assert_eq!(first.lines.len(), 50);
    let second = Search { before: first.older, ..Search::default() };
    let second = usecases.audit_log(&ada, second).await.expect("the log");
    assert_eq!(second.lines.len(), 60 + everything.lines.len() - 50);
    assert_eq!(second.older, None);
}

async fn departments_refuse_what_would_break_the_tree(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let add = async |name, parent| usecases.add_department(&ada, DepartmentTyped { name, parent }, now()).await;
    let field = |outcome: Result<(), Failure>| match outcome {
        Err(Failure::Invalid(errors)) => errors[0].field,
        other => panic!("{other:?}"),
    };
    let top = add("Mercy", "").await.expect("added").to_string();
    let ward = add("Ward 3", &top).await.expect("added");
    assert_eq!(field(add("Ward 3", &top).await.map(drop)), "name");
    assert_eq!(field(add("  ", "").await.map(drop)), "name");
    assert_eq!(field(add("Ward 4", "999").await.map(drop)), "parent");
    assert_eq!(field(add("Ward 4", "nonsense").await.map(drop)), "parent");
    let change = async |id: DepartmentId, name, parent| {
        usecases.change_department(&ada, id, DepartmentTyped { name, parent }, now()).await
    };
    let top = DepartmentId(top.parse().expect("a number"));
    let below = ward.to_string();
    assert_eq!(field(change(top, "Mercy", &below).await), "parent");
    assert!(matches!(change(DepartmentId(999), "Nowhere", "").await, Err(Failure::NotFound)));
    change(ward, "Ward 3 East", "").await.expect("moved");
    let paths: Vec<_> =
        usecases.departments(&ada, now()).await.expect("the tree").into_iter().map(|one| one.path).collect();
    assert_eq!(paths, ["Mercy", "Ward 3 East"]);
    let ben = ben(usecases, &ada).await;
    assert!(matches!(usecases.departments(&ben, now()).await, Err(Failure::Denied)));
}

async fn own_data_is_all_there(Db { usecases, .. }: &Db) {
    let ada = administrator(usecases).await;
    let ward =
        usecases.add_department(&ada, DepartmentTyped { name: "Ward 3", parent: "" }, now()).await.expect("added");
    usecases.place(&ada, ada.person, (&ward.to_string(), "Nurse"), now()).await.expect("placed");
    let page = usecases.page(&ada, "hello", "first").await.expect("a page");
    usecases.mark_read(&ada, step(&page, "first", &page.read_token), now()).await.expect("read");
    let data = serde_json::to_value(usecases.own_data(&ada, now()).await.expect("the data")).expect("JSON");
    assert_eq!(data["email"], "ada@example.org");
    assert_eq!(data["places"][0]["department"], "Ward 3");
    assert_eq!(data["places"][0]["from"], "2026-03-02");
    assert_eq!(data["begun"][0]["pages_read"][0], "first");
    assert_eq!(data["rights"][0], "administrator");
    assert!(!data.to_string().contains("argon2"), "no secrets");
}

async fn what_is_over_is_swept_away(Db { usecases, store, .. }: &Db) {
    let ada = administrator(usecases).await;
    store.create_session(session(b"over", ada.person)).await.expect("kept");
    usecases.remember_device(None, ada.person, now()).await.expect("remembered");
    assert!(usecases.sign_in(as_typed("ada@example.org", "wrong"), now()).await.is_err(), "two counters begin");
    let page = usecases.page(&ada, "hello", "first").await.expect("a page");
    usecases.mark_read(&ada, step(&page, "first", &page.read_token), now()).await.expect("read");
    assert_eq!(usecases.sweep(now()).await.expect("swept"), 0, "nothing is over yet");
    let later = |days: i64| now() + SignedDuration::from_hours(24 * days);
    // A session and two counters; then the set-up link and a form's token, which may wait on a device; then the device.
    assert_eq!(usecases.sweep(later(3)).await.expect("swept"), 3);
    assert_eq!(usecases.sweep(later(32)).await.expect("swept"), 2);
    assert_eq!(usecases.sweep(later(366)).await.expect("swept"), 1);
    assert_eq!(usecases.module(&ada, "hello").await.expect("there").pages.iter().filter(|page| page.read).count(), 1);
}
