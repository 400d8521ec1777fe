//! Publishing as trainers and administrators without scripts do it: asking everybody for a new version, a second pair of eyes, taking
//! something out and bringing it back. On both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use server::layers::{self, Settings};
use testbed::{Database, browser::PASSWORD};
use tower::ServiceExt as _;
use usecases::{
    Failure, RequirementId, Usecases, clock, learn::Step, people::NewPerson, publish::File, set_up::FirstAdministrator,
    studio::Kind, who::Who,
};

testbed::on_both_engines! {
    asking_for_a_new_version_asks_exactly_those_who_were_counted
    nothing_is_published_where_the_consequence_is_not_the_one_that_was_shown
    a_trainer_wishes_and_an_administrator_decides
    what_was_begun_before_is_not_the_new_version
    a_draft_is_approved_by_somebody_who_wrote_none_of_it
    nothing_of_a_second_pair_of_eyes_shows_where_nobody_asks_for_one
    what_is_withdrawn_is_ended_by_whoever_is_in_the_middle_and_begun_by_nobody
    what_something_asks_for_or_shows_is_not_withdrawn
    the_program_brings_nothing_back_that_people_changed
    an_earlier_version_is_seen_beside_what_is_live
    no_way_leads_from_an_earlier_version_into_what_is_written_now
    nobody_is_asked_what_a_change_of_a_job_aid_is
    a_draft_that_says_what_is_live_is_thrown_away_right_there
    what_was_never_published_is_not_said_to_be_live
    what_is_too_large_says_so_and_does_not_send_to_sign_in
}

const MODULE: &str =
    "---\nkind: module\ntitle: Hello\nminutes: 2\ncomplete: [read]\n---\n\n# Hello\n\n## First\n\nLook up.\n";
const QUIZ: &str = "---\nkind: quiz\ntitle: Asked\npass: 50\n---\n\n# Asked\n\n## One\n\nWho comes first?\n\n- [x] The person\n  > Yes.\n- [ ] The telephone\n  > It can ring.\n";
const SHOWS_QUIZ: &str = "---\nkind: module\ntitle: Desk\nminutes: 2\ncomplete: [read, quiz]\n---\n\n# Desk\n\n## First\n\nLook up.\n\n[The quiz](asked.md)\n";

/// A clinic with an administrator, Ada, and two trainers, Tola and Bola.
struct Db {
    database: Database,
    store: store::Store,
    router: Router,
    usecases: Usecases,
    admin: Who,
    ada: String,
    tola: String,
    bola: String,
}

struct Answer {
    status: u16,
    to: String,
    cookies: String,
    body: String,
}

impl Db {
    async fn sqlite() -> Self {
        Self::new(Database::sqlite().await).await
    }

    async fn postgres() -> Self {
        Self::new(Database::postgres().await).await
    }

    async fn drop_it(self) {
        self.store.close().await;
        self.database.drop_it().await;
    }

    async fn new(database: Database) -> Self {
        let store = server::serve::open(&database.url.parse().unwrap()).await.unwrap();
        let state = layers::state(&store);
        let usecases = state.usecases.clone();
        let router = layers::build(state, store.clone(), Settings::default());
        let now = clock::now();
        usecases.publish(&File::alone("hello.md", MODULE), yesterday()).await.unwrap();
        let token = usecases.make_set_up_link(now).await.unwrap().unwrap();
        let first = FirstAdministrator {
            organisation: "Mercy Clinic",
            zone: "Africa/Lagos",
            name: "Ada Obi",
            email: "ada@example.org",
            password: PASSWORD,
            from: None,
        };
        let ada = usecases.set_up(&token, first, now).await.unwrap();
        let admin = usecases.who(ada).await.unwrap().unwrap();
        let empty = String::new();
        let (tola, bola) = (empty.clone(), empty.clone());
        let mut db = Self { database, store, router, usecases, admin, ada: empty, tola, bola };
        db.person("Tola Ojo", "t-1", true).await;
        db.person("Bola Ade", "t-2", true).await;
        db.ada = db.sign_in("ada@example.org").await;
        db.tola = db.sign_in("t-1").await;
        db.bola = db.sign_in("t-2").await;
        db
    }

    async fn person(&self, name: &str, number: &str, trainer: bool) -> Who {
        let now = clock::now();
        let new = NewPerson { name, email: "", staff_number: number };
        let person = self.usecases.add_person(&self.admin, new, now).await.unwrap();
        if trainer {
            self.usecases.set_right(&self.admin, person, ("trainer", "", true), now).await.unwrap();
        }
        let token = self.usecases.invite(&self.admin, person, now).await.unwrap();
        self.usecases.accept_invitation(&token, PASSWORD, None, now).await.unwrap();
        self.usecases.who(person).await.unwrap().unwrap()
    }

    async fn sign_in(&self, login: &str) -> String {
        let body = format!("login={login}&password={}", PASSWORD.replace(' ', "+"));
        self.ask("", Request::post("/sign-in"), &body).await.cookies
    }

    async fn get(&self, cookie: &str, path: &str) -> Answer {
        self.ask(cookie, Request::get(path), "").await
    }

    async fn post(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_html_form::to_string(fields).unwrap();
        self.ask(cookie, Request::post(path), &body).await
    }

    async fn ask(&self, cookie: &str, request: axum::http::request::Builder, body: &str) -> Answer {
        let request = request
            .header(header::HOST, "bedside.test")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, body.len())
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, cookie)
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))))
            .body(Body::from(body.to_owned()))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let text = |value: Option<&axum::http::HeaderValue>| {
            value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let set = answer.headers().get_all(header::SET_COOKIE).iter();
        let cookies: Vec<String> =
            set.filter_map(|value| value.to_str().ok()?.split(';').next().map(str::to_owned)).collect();
        Answer {
            status: answer.status().as_u16(),
            to: text(answer.headers().get(header::LOCATION)),
            cookies: cookies.join("; "),
            body: String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap(),
        }
    }

    /// A requirement of hello that everybody is asked for.
    async fn required(&self) {
        assert_eq!(
            self.post(&self.ada, "/requirements/new", &[("document", "hello"), ("name", "Hello")]).await.to,
            "/requirements/1"
        );
        let everybody = [("what", "requirement-1"), ("audience", "everybody")];
        assert_eq!(self.post(&self.ada, "/assignments/new", &everybody).await.status, 303);
        while self.store.stale().await.unwrap() > 0 {
            self.store.refresh_part().await.unwrap();
        }
    }

    /// Somebody reads the only page of a module.
    async fn reads(&self, who: &Who, slug: &str, at: Timestamp) -> Result<String, Failure> {
        let shown = self.usecases.page(who, slug, "first").await?;
        let step = Step { slug, page: "first", token: &shown.read_token, version: shown.version, newest: shown.newest };
        self.usecases.mark_read(who, step, at).await
    }

    /// A trainer's draft of hello with other words.
    async fn draft(&self, cookie: &str, words: &str) -> String {
        let (path, page) = ("/studio/module/hello", self.get(cookie, "/studio/module/hello").await.body);
        let text = MODULE.replace("Look up.", words);
        let kept = self.post(cookie, path, &[("source", &text), ("rev", value(&page, "rev")), ("do", "keep")]).await;
        assert_eq!((kept.status, kept.to.as_str()), (303, path));
        value(&self.get(cookie, path).await.body, "rev").to_owned()
    }

    /// How many people an obligation is open for.
    async fn open(&self, requirement: i64) -> usize {
        let today = self.usecases.letterhead(clock::now()).await.unwrap().1;
        while self.store.stale().await.unwrap() > 0 {
            self.store.refresh_part().await.unwrap();
        }
        let day = records::day::Day::of(today);
        let all = self.store.obliged(RequirementId(requirement), day.0).await.unwrap();
        all.iter().filter(|one| one.on(day).open).count()
    }
}

fn yesterday() -> Timestamp {
    clock::now() - SignedDuration::from_hours(24)
}

/// The value of the first field of this name in a page.
fn value<'p>(page: &'p str, name: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {page}"));
    rest.split_once('"').unwrap().0
}

async fn asking_for_a_new_version_asks_exactly_those_who_were_counted(db: &Db) {
    let mut nurses = Vec::new();
    for number in 1..=4 {
        nurses.push(db.person(&format!("Nurse {number}"), &format!("n-{number}"), false).await);
    }
    db.required().await;
    // Three hold it, one of them since this very day; the others are still to do it, and meet the new version anyway.
    for (at, nurse) in nurses.iter().take(3).enumerate() {
        let when = if at == 0 { clock::now() } else { yesterday() };
        db.reads(nurse, "hello", when).await.unwrap();
    }
    let rev = db.draft(&db.ada, "Look up, and smile.").await;
    let page = db.get(&db.ada, "/studio/module/hello/publish").await.body;
    let today = db.usecases.letterhead(clock::now()).await.unwrap().1;
    let due = |days: i64| clock::date_words(today.saturating_add(jiff::Span::new().days(days)));
    let says = |days: i64| format!("this will give 3 people an update due {} (in {days} days)", due(days));
    assert!(
        page.contains(&says(30)) && page.contains("Hello</a>: 3 people have done it, and it counts today"),
        "{page}"
    );
    // Other days are counted again by a button, and what was chosen stays.
    let again = format!("/studio/module/hello/publish?rev={rev}&change=mandatory&days=10&seen=x");
    let page = db.get(&db.ada, &again).await.body;
    assert!(page.contains(&says(10)) && page.contains("value=\"10\""), "{page}");
    assert!(page.contains("value=\"mandatory\" checked"), "{page}");
    let seen = value(&page, "seen");
    let sent = [
        ("rev", rev.as_str()),
        ("change", "mandatory"),
        ("days", "10"),
        ("seen", seen),
        ("why", "People asked for it."),
    ];
    let done = db.post(&db.ada, "/studio/module/hello/publish", &sent).await;
    assert_eq!((done.status, done.to.as_str()), (303, "/studio/module/hello"), "{}", done.body);

    let page = db.get(&db.ada, "/requirements/2").await.body;
    assert!(page.contains("A mandatory update of Hello") && page.contains("3 people"), "{page}");
    assert_eq!(db.open(2).await, 3, "whoever did the version before this morning is asked as well");
    assert!(db.get(&db.tola, "/modules/hello/first").await.body.contains("smile"), "it is live");
    let history = db.get(&db.tola, "/studio/module/hello/history").await.body;
    assert!(
        history.contains("Everybody must learn it soon") && history.contains("Why soon: People asked for it."),
        "{history}"
    );
    let log = db.get(&db.ada, "/audit").await.body;
    assert!(log.contains("Module published") && log.contains("New version asked for"), "{log}");
    assert!(log.contains("3 people, due in 10 days: People asked for it."), "{log}");
    // Whoever is asked is told why, and so is whoever asks later why they were.
    let why = db.get(&db.ada, &format!("/team/{}/why/2", nurses[0].person)).await.body;
    assert!(why.contains("Why there is something new to learn: People asked for it."), "{why}");
    let why = db.get(&db.ada, &format!("/team/{}/why/1", nurses[0].person)).await.body;
    assert!(why.contains("Cycles") && !why.contains("something new to learn"), "{why}");
    assert!(db.get(&db.ada, "/requirements/2").await.body.contains("Why soon: People asked for it."));

    // It is done by learning the new version, and by nothing else.
    let ben = &nurses[0];
    let shown = db.usecases.module(ben, "hello").await.unwrap();
    db.usecases.take_again(ben, "hello", shown.newest.unwrap(), clock::now()).await.unwrap();
    db.reads(ben, "hello", clock::now()).await.unwrap();
    assert_eq!(db.open(2).await, 2);
}

async fn nothing_is_published_where_the_consequence_is_not_the_one_that_was_shown(db: &Db) {
    let nurse = db.person("Nurse 1", "n-1", false).await;
    let other = db.person("Nurse 2", "n-2", false).await;
    db.required().await;
    let rev = db.draft(&db.ada, "Look up, and smile.").await;
    let path = "/studio/module/hello/publish";
    let page = db.get(&db.ada, path).await.body;
    assert!(page.contains("nobody holds it today") && !page.contains("change-mandatory"), "{page}");
    let send = async |days: &str, seen: &str| {
        let why = ("why", "It is new.");
        let fields = [("rev", rev.as_str()), ("change", "mandatory"), ("days", days), ("seen", seen), why];
        db.post(&db.ada, path, &fields).await
    };
    let nobody = send("30", "").await;
    assert!(nobody.status == 422 && nobody.body.contains("Nobody holds it today"), "{}", nobody.body);

    db.reads(&nurse, "hello", yesterday()).await.unwrap();
    let page = db.get(&db.ada, path).await.body;
    let seen = value(&page, "seen").to_owned();
    for (days, words) in [("soon", "Enter whole days from 1 to 730"), ("10", "is not what you were shown")] {
        let refused = send(days, &seen).await;
        assert!(refused.status == 422 && refused.body.contains(words), "{days}: {}", refused.body);
        assert!(refused.body.contains(&format!("value=\"{days}\"")), "what was typed stays");
    }
    // Somebody came to hold it since the page was drawn.
    db.reads(&other, "hello", yesterday()).await.unwrap();
    let refused = send("30", &seen).await;
    assert!(refused.status == 422 && refused.body.contains("give 2 people an update"), "{}", refused.body);
    let first = db.usecases.page(&nurse, "hello", "first").await.unwrap();
    assert!(!first.html.contains("smile") && db.store.requirements().await.unwrap().len() == 1, "nothing happened");
    // Where a name is taken meanwhile, neither half happens.
    let live = db.store.live_slug("hello").await.unwrap().unwrap();
    let requirement = store::NewRequirement {
        document: live.document,
        name: "hello".to_owned(),
        refresher: None,
        update_of: Some(RequirementId(1)),
        from_on: 20_000,
        policy: "{}".to_owned(),
        by: None,
    };
    let update = store::NewUpdate { new: requirement, people: Vec::new(), why: String::new(), detail: String::new() };
    let along = store::Along { updates: vec![update], ..store::Along::default() };
    let source = MODULE.replace("Look up.", "Look up, and smile.");
    let file = File { along, ..File::alone("hello.md", &source) };
    let refused = db.usecases.publish(&file, clock::now()).await.unwrap();
    assert!(matches!(refused, usecases::publish::Published::Refused { notice: Some(_), .. }), "{refused:?}");
    assert_eq!(db.store.live_slug("hello").await.unwrap().unwrap().version, live.version);
}

async fn a_trainer_wishes_and_an_administrator_decides(db: &Db) {
    let nurse = db.person("Nurse 1", "n-1", false).await;
    db.required().await;
    db.reads(&nurse, "hello", yesterday()).await.unwrap();
    let rev = db.draft(&db.tola, "Look up, and smile.").await;
    let path = "/studio/module/hello/publish";
    let page = db.get(&db.tola, path).await.body;
    assert!(page.contains("Asked for today, this would give 1 person an update due"), "{page}");
    assert!(page.contains("an administrator decides") && !page.contains("href=\"/requirements/1\""), "{page}");
    // Where somebody else wrote on meanwhile, what was typed stays.
    let sent = [("rev", "99"), ("change", "mandatory"), ("days", "14"), ("why", "A patient fell.")];
    let moved = db.post(&db.tola, path, &sent).await;
    assert!(moved.status == 422 && moved.body.contains("It has changed since you looked"), "{}", moved.body);
    assert!(moved.body.contains("value=\"mandatory\" checked") && moved.body.contains("value=\"A patient fell.\""));
    assert_eq!(value(&moved.body, "rev"), rev, "it is published from what is shown now");
    // Why it must be soon is for those who decide.
    for why in ["", " \n", "x".repeat(201).as_str(), "a\u{202e}b"] {
        let sent = [("rev", rev.as_str()), ("change", "mandatory"), ("days", "14"), ("why", why)];
        let refused = db.post(&db.tola, path, &sent).await;
        assert!(refused.status == 422 && refused.body.contains("Say in a line of at most 200"), "{}", refused.body);
        assert!(refused.body.contains("value=\"mandatory\" checked") && refused.body.contains("value=\"14\""));
    }
    let why = ("why", "A patient  fell.");
    let sent = [("rev", rev.as_str()), ("change", "mandatory"), ("days", "14"), why];
    assert_eq!(db.post(&db.tola, path, &sent).await.status, 303);
    let first = db.usecases.page(&nurse, "hello", "first").await.unwrap();
    assert!(first.html.contains("smile"), "it is live");
    assert_eq!(db.store.requirements().await.unwrap().len(), 1, "and nobody is asked");

    let list = db.get(&db.ada, "/requirements").await.body;
    assert!(list.contains("asked for by Tola Ojo on") && list.contains("/requirements/1/update?days=14"), "{list}");
    // Its days stand in the form by whichever way one comes to it.
    assert!(db.get(&db.ada, "/requirements/1/update").await.body.contains("value=\"14\""));
    let page = db.get(&db.ada, "/requirements/1/update?days=14").await.body;
    assert!(page.contains("This is asked for by Tola Ojo") && page.contains("Ask 1 person for it"), "{page}");
    assert!(list.contains("Why: A patient fell.") && page.contains("Why: A patient fell."), "{list}");
    assert!(
        page.contains("name=\"why\"") && page.contains("value=\"A patient fell.\""),
        "it stands in the form: {page}"
    );
    let history = async || db.get(&db.tola, "/studio/module/hello/history").await.body;
    let waits = "Administrators were asked to give it to everybody who holds it, and have not decided. Why soon: A patient fell.";
    assert!(history().await.contains(waits));
    // A small change after it takes nothing of that away.
    let rev = db.draft(&db.tola, "Look up, and smile!").await;
    assert_eq!(db.post(&db.tola, path, &[("rev", rev.as_str()), ("change", "editorial")]).await.status, 303);
    assert!(history().await.contains(waits));
    let asked = [("name", "Hello, spring"), ("days", "14"), ("why", " ")];
    let refused = db.post(&db.ada, "/requirements/1/update", &asked).await;
    assert!(refused.status == 422 && refused.body.contains("Say in a line of at most 200"), "{}", refused.body);
    let asked = [("name", "Hello, spring"), ("days", "14"), ("why", "A patient fell.")];
    assert_eq!(db.post(&db.ada, "/requirements/1/update", &asked).await.to, "/requirements/2");
    assert!(!db.get(&db.ada, "/requirements").await.body.contains("asked for by Tola"), "it is fulfilled");
    let page = history().await;
    assert!(page.contains("Why soon: A patient fell.") && !page.contains("have not decided"), "{page}");
    assert!(db.get(&db.ada, "/requirements/2").await.body.contains("Why soon: A patient fell."));
    // Whoever completed what was before and is asked begins afresh by the first button, and is told why.
    let signed = db.sign_in("n-1").await;
    let page = db.get(&signed, "/modules/hello").await.body.replace("<!>", "");
    assert!(page.contains("There is something new in it: A patient fell."), "{page}");
    let (again, read) = (page.find("action=\"/modules/hello/again\"").unwrap(), page.find("Read it again").unwrap());
    assert!(again < read && !page.contains("Begin again") && page.contains("It is read afresh, and adds"), "{page}");
    let newest = [("newest", value(&page, "newest"))];
    assert_eq!(db.post(&signed, "/modules/hello/again", &newest).await.status, 303);
    db.reads(&nurse, "hello", clock::now()).await.unwrap();
    let page = db.get(&signed, "/modules/hello").await.body;
    assert!(!page.contains("There is something new in it") && page.contains("Begin again"), "{page}");
    assert!(db.get(&db.ada, &format!("/team/{}/why/2", nurse.person)).await.body.contains("A patient fell."));
    assert_eq!(db.open(2).await, 0);

    // The next one is laid aside.
    let rev = db.draft(&db.tola, "Look up, and say hello.").await;
    let sent = [("rev", rev.as_str()), ("change", "mandatory"), ("days", "7"), ("why", "It is new.")];
    assert_eq!(db.post(&db.tola, path, &sent).await.status, 303);
    assert_eq!(
        db.post(&db.tola, "/requirements/lay-aside", &[("requirement", "1")]).await.status,
        404,
        "not a trainer's to say"
    );
    assert_eq!(db.post(&db.ada, "/requirements/lay-aside", &[("requirement", "1")]).await.to, "/requirements");
    assert!(!db.get(&db.ada, "/requirements").await.body.contains("asked for by Tola"));
    assert_eq!(db.store.requirements().await.unwrap().len(), 2);
    let log = db.get(&db.ada, "/audit").await.body;
    assert!(log.contains("Mandatory update wished for") && log.contains("Mandatory update laid aside"), "{log}");
}

async fn what_was_begun_before_is_not_the_new_version(db: &Db) {
    let nurse = db.person("Nurse 1", "n-1", false).await;
    db.required().await;
    db.reads(&nurse, "hello", yesterday()).await.unwrap();
    // In the middle of it again while it is published.
    let newest = db.usecases.module(&nurse, "hello").await.unwrap().newest.unwrap();
    db.usecases.take_again(&nurse, "hello", newest, clock::now()).await.unwrap();
    let rev = db.draft(&db.ada, "Look up, and smile.").await;
    let page = db.get(&db.ada, "/studio/module/hello/publish").await.body;
    assert!(page.contains("One person is in the middle of it"), "{page}");
    let (seen, why) = (("seen", value(&page, "seen")), ("why", "It is new."));
    let sent = [("rev", rev.as_str()), ("change", "mandatory"), ("days", "30"), seen, why];
    assert_eq!(db.post(&db.ada, "/studio/module/hello/publish", &sent).await.status, 303);
    let shown = db.usecases.page(&nurse, "hello", "first").await.unwrap();
    assert!(shown.html.contains("Look up.") && !shown.html.contains("smile"), "{}", shown.html);
    db.reads(&nurse, "hello", clock::now()).await.unwrap();
    assert_eq!(db.open(2).await, 1, "the version before is ended, and the new one is still to learn");
    let newest = db.usecases.module(&nurse, "hello").await.unwrap().newest.unwrap();
    db.usecases.take_again(&nurse, "hello", newest, clock::now()).await.unwrap();
    assert!(db.usecases.page(&nurse, "hello", "first").await.unwrap().html.contains("smile"));
    db.reads(&nurse, "hello", clock::now()).await.unwrap();
    assert_eq!(db.open(2).await, 0);
}

/// Switches the second pair of eyes on or off.
async fn switch(db: &Db, on: bool) {
    let mut fields =
        vec![("organisation", "Mercy Clinic"), ("zone", "Africa/Lagos"), ("locale", "en-NG"), ("working_days", "1")];
    if on {
        fields.push(("second_pair_of_eyes", "on"));
    }
    assert_eq!(db.post(&db.ada, "/site", &fields).await.to, "/site");
    assert_eq!(db.get(&db.ada, "/site").await.body.contains("value=\"on\" checked"), on);
}

async fn a_draft_is_approved_by_somebody_who_wrote_none_of_it(db: &Db) {
    switch(db, true).await;
    let (text, publish, approval) =
        ("/studio/module/hello", "/studio/module/hello/publish", "/studio/module/hello/approval");
    let rev = db.draft(&db.tola, "Look up, and smile.").await;
    let page = db.get(&db.tola, publish).await.body;
    assert!(page.contains("Ask for approval") && !page.contains("Publish now"), "{page}");
    let editorial = |rev: &'static str| [("rev", rev), ("change", "editorial")];
    let refused = db.post(&db.tola, publish, &editorial("1")).await;
    assert!(refused.status == 422 && refused.body.contains("Somebody else approves it first"), "{}", refused.body);
    // Nobody approves what nobody asks about.
    assert_eq!(db.post(&db.bola, approval, &[("rev", &rev), ("do", "approve")]).await.to, publish);
    assert_eq!(db.post(&db.tola, publish, &editorial("1")).await.status, 422);

    assert_eq!(db.post(&db.tola, approval, &[("rev", &rev), ("do", "ask")]).await.to, publish);
    let library = db.get(&db.bola, "/studio?state=waiting").await.body;
    assert!(library.contains("1 document") && library.contains("Waits for approval"), "{library}");
    assert!(db.get(&db.bola, text).await.body.contains("Tola Ojo asked for approval on"));
    let own = db.get(&db.tola, publish).await.body;
    assert!(own.contains("You wrote some of it") && !own.contains("Approve it"), "{own}");
    let refused = db.post(&db.tola, approval, &[("rev", &rev), ("do", "approve")]).await;
    assert!(refused.status == 422 && refused.body.contains("You wrote some of it yourself"), "{}", refused.body);

    // Sent back needs a note, which stands beside the text.
    let refused = db.post(&db.bola, approval, &[("rev", &rev), ("do", "send-back"), ("note", " ")]).await;
    assert!(refused.status == 422 && refused.body.contains("Say what should be other"), "{}", refused.body);
    let back = [("rev", rev.as_str()), ("do", "send-back"), ("note", "Say <b>whom</b> they smile at.")];
    assert_eq!(db.post(&db.bola, approval, &back).await.to, publish);
    for path in [text, publish] {
        let page = db.get(&db.tola, path).await.body;
        assert!(page.contains("Bola Ade sent it back on") && page.contains("Say &lt;b&gt;whom"), "{page}");
    }

    // Approved is one revision: a change withdraws it, whoever makes it.
    let rev = db.draft(&db.tola, "Look up, and smile at them.").await;
    assert!(db.get(&db.tola, text).await.body.contains("sent an earlier text of it back"));
    db.post(&db.tola, approval, &[("rev", &rev), ("do", "ask")]).await;
    assert_eq!(db.post(&db.bola, approval, &[("rev", "1"), ("do", "approve")]).await.to, publish, "another revision");
    assert!(!db.get(&db.tola, publish).await.body.contains("Publish now"));
    db.post(&db.bola, approval, &[("rev", &rev), ("do", "approve")]).await;
    let page = db.get(&db.tola, publish).await.body;
    assert!(page.contains("Bola Ade approved it on") && page.contains("Publish now"), "{page}");
    let rev = db.draft(&db.tola, "Look up, and smile at everybody.").await;
    let page = db.get(&db.tola, publish).await.body;
    assert!(page.contains("it has to be approved again") && !page.contains("Publish now"), "{page}");
    assert_eq!(db.post(&db.tola, publish, &editorial("3")).await.status, 422);
    // An image is a change that no revision tells of.
    db.post(&db.tola, approval, &[("rev", &rev), ("do", "ask")]).await;
    db.post(&db.bola, approval, &[("rev", &rev), ("do", "approve")]).await;
    let asset = store::Asset { hash: [7; 32], mime: "image/png".to_owned(), bytes: vec![7] };
    let tola = db.store.draft_writers("hello").await.unwrap()[0].0;
    assert!(db.store.keep_draft_asset("hello", "img/a.png", asset, tola).await.unwrap());
    assert_eq!(db.post(&db.tola, publish, &editorial("3")).await.status, 422);

    // Whoever has written some of it since is a writer too; somebody else is left.
    let rev = db.draft(&db.bola, "Look up, and smile at all of them.").await;
    db.post(&db.tola, approval, &[("rev", &rev), ("do", "ask")]).await;
    assert_eq!(db.post(&db.bola, approval, &[("rev", &rev), ("do", "approve")]).await.status, 422);
    assert_eq!(db.post(&db.ada, approval, &[("rev", &rev), ("do", "approve")]).await.to, publish);
    assert_eq!(db.post(&db.tola, publish, &editorial("4")).await.to, text, "anybody with the right publishes it");
    assert!(db.usecases.page(&db.admin, "hello", "first").await.unwrap().html.contains("all of them"));
    let log = db.get(&db.ada, "/audit").await.body;
    for words in ["Approval of a draft asked for", "Draft sent back", "Draft approved"] {
        assert!(log.contains(words), "{words}: {log}");
    }
}

async fn nothing_of_a_second_pair_of_eyes_shows_where_nobody_asks_for_one(db: &Db) {
    let rev = db.draft(&db.tola, "Look up, and smile.").await;
    for path in ["/studio", "/studio/module/hello", "/studio/module/hello/publish"] {
        let page = db.get(&db.bola, path).await.body.to_lowercase();
        assert!(!page.contains("approv") && !page.contains("pair of eyes"), "{path}: {page}");
    }
    let pressed = [("rev", rev.as_str()), ("do", "ask")];
    assert_eq!(db.post(&db.tola, "/studio/module/hello/approval", &pressed).await.status, 404);
    // Switched off while a draft waits, it is published as before.
    switch(db, true).await;
    db.post(&db.tola, "/studio/module/hello/approval", &pressed).await;
    switch(db, false).await;
    assert!(!db.get(&db.tola, "/studio").await.body.contains("Waits for approval"));
    let sent = [("rev", rev.as_str()), ("change", "editorial")];
    assert_eq!(db.post(&db.tola, "/studio/module/hello/publish", &sent).await.to, "/studio/module/hello");
}

async fn what_is_withdrawn_is_ended_by_whoever_is_in_the_middle_and_begun_by_nobody(db: &Db) {
    let now = clock::now();
    db.usecases.publish(&File::alone("asked.md", QUIZ), now).await.unwrap();
    db.usecases.publish(&File::alone("desk.md", SHOWS_QUIZ), now).await.unwrap();
    let ben = db.person("Ben Eze", "n-1", false).await;
    let eve = db.person("Eve Ude", "n-2", false).await;
    let (ben_signed, eve_signed) = (db.sign_in("n-1").await, db.sign_in("n-2").await);
    // Ben is in the middle of both modules; Eve has completed one.
    db.reads(&ben, "desk", now).await.unwrap();
    db.reads(&eve, "hello", now).await.unwrap();
    let shown = db.usecases.page(&ben, "hello", "first").await.unwrap();
    let path = "/studio/module/desk/withdraw";
    let page = db.get(&db.tola, path).await.body;
    assert!(page.contains("One person is in the middle of it") && page.contains("Withdraw it"), "{page}");
    assert_eq!(db.post(&db.tola, path, &[("do", "withdraw")]).await.to, "/studio/module/desk");
    // Now that nothing live shows it, the quiz goes too.
    assert_eq!(db.post(&db.tola, "/studio/quiz/asked/withdraw", &[("do", "withdraw")]).await.status, 303);
    assert_eq!(db.post(&db.tola, "/studio/module/hello/withdraw", &[("do", "withdraw")]).await.status, 303);

    for path in ["/modules/desk", "/modules/desk/first", "/quizzes/asked", "/go/asked", "/go/desk"] {
        assert_eq!(db.get(&eve_signed, path).await.status, 404, "{path}");
    }
    for path in ["/modules", "/search?q=desk", "/search?q=hello"] {
        let page = db.get(&eve_signed, path).await.body;
        assert!(!page.contains("/modules/desk") && !page.contains("/modules/hello"), "{path}: {page}");
    }
    // A form that was drawn before begins nothing.
    let step =
        Step { slug: "hello", page: "first", token: &shown.read_token, version: shown.version, newest: shown.newest };
    assert!(matches!(db.usecases.mark_read(&ben, step, now).await, Err(Failure::NotFound)));
    // What was completed is looked back on, and not begun again.
    let page = db.get(&eve_signed, "/modules/hello").await.body;
    assert!(page.contains("You completed this module") && page.contains("This was withdrawn"), "{page}");
    assert!(!page.contains("Begin again"), "{page}");
    let newest = db.usecases.module(&eve, "hello").await.unwrap().newest.unwrap();
    assert!(matches!(db.usecases.take_again(&eve, "hello", newest, now).await, Err(Failure::NotFound)));
    assert!(matches!(db.reads(&eve, "hello", now).await, Err(Failure::NotFound)));
    assert!(db.get(&eve_signed, "/record").await.body.contains("Hello"));

    // Ben goes on: the module is in his list, and what it embeds can be begun by him.
    assert!(db.get(&ben_signed, "/modules").await.body.contains("/modules/desk"));
    let intro = db.get(&ben_signed, "/quizzes/asked").await;
    assert!(intro.status == 200 && intro.body.contains(">Start<"), "{}", intro.body);
    let begun = db.post(&ben_signed, "/quizzes/asked/begin", &[("token", value(&intro.body, "token"))]).await;
    assert_eq!(begun.to, "/quizzes/asked/questions/1", "{}", begun.body);
    let question = db.get(&ben_signed, &begun.to).await.body;
    // The places come in another order for each attempt.
    let first = question.split_once("The person").unwrap().0.matches("name=\"answer\"").count().to_string();
    let fields = [
        ("token", value(&question, "token")),
        ("attempt", value(&question, "attempt")),
        ("times", "0"),
        ("answer", first.as_str()),
    ];
    assert_eq!(db.post(&ben_signed, &begun.to, &fields).await.status, 303);
    let review = db.get(&ben_signed, "/quizzes/asked/review").await.body;
    let fields = [("token", value(&review, "token")), ("attempt", value(&review, "attempt"))];
    let done = db.post(&ben_signed, "/quizzes/asked/hand-in", &fields).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let result = db.get(&ben_signed, &done.to).await.body;
    assert!(result.contains("You passed") && !result.contains("Take it again"), "{result}");
    let page = db.get(&ben_signed, "/modules/desk").await.body;
    assert!(page.contains("You completed this module"), "{page}");
    assert!(db.get(&ben_signed, "/record").await.body.contains("Desk"), "and it is in the record");

    // In the studio it stands as withdrawn, with its history, and comes back as it was, the quiz first.
    let library = db.get(&db.tola, "/studio?state=withdrawn").await.body;
    assert!(library.contains("3 documents") && library.contains("Withdrawn"), "{library}");
    assert!(db.get(&db.tola, "/studio/module/desk").await.body.contains("Make it live again"));
    assert_eq!(db.get(&db.tola, "/studio/module/desk/history").await.status, 200);
    let page = db.get(&db.tola, path).await.body;
    assert!(page.contains("It cannot be live again yet: asked.md is not published"), "{page}");
    assert_eq!(db.post(&db.tola, path, &[("do", "live")]).await.to, path);
    assert_eq!(db.post(&db.tola, "/studio/quiz/asked/withdraw", &[("do", "live")]).await.to, "/studio/quiz/asked");
    assert_eq!(db.post(&db.tola, path, &[("do", "live")]).await.to, "/studio/module/desk");
    assert_eq!(db.get(&eve_signed, "/modules/desk").await.status, 200);
    assert!(db.get(&eve_signed, "/search?q=desk").await.body.contains("/modules/desk"));
    // Publishing a draft of what was withdrawn makes it live again too.
    let rev = db.draft(&db.tola, "Look up, and smile.").await;
    assert!(db.get(&db.tola, "/studio/module/hello/publish").await.body.contains("Publishing makes it live again"));
    let sent = [("rev", rev.as_str()), ("change", "editorial")];
    assert_eq!(db.post(&db.tola, "/studio/module/hello/publish", &sent).await.status, 303);
    assert_eq!(db.get(&ben_signed, "/modules/hello").await.status, 200);
    let log = db.get(&db.ada, "/audit").await.body;
    assert!(log.contains("Quiz withdrawn") && log.contains("Module made live again"), "{log}");
}

async fn what_something_asks_for_or_shows_is_not_withdrawn(db: &Db) {
    let now = clock::now();
    db.usecases.publish(&File::alone("asked.md", QUIZ), now).await.unwrap();
    db.usecases.publish(&File::alone("desk.md", SHOWS_QUIZ), now).await.unwrap();
    let aid = "---\nkind: job-aid\ntitle: Aid\n---\n\n# Aid\n\nRead [the module](hello.md#first).\n";
    db.usecases.publish(&File::alone("aid.md", aid), now).await.unwrap();
    let page = db.get(&db.tola, "/studio/quiz/asked/withdraw").await.body;
    assert!(page.contains("/studio/module/desk\">Desk</a> shows it or leads to it"), "{page}");
    assert_eq!(
        db.post(&db.tola, "/studio/quiz/asked/withdraw", &[("do", "withdraw")]).await.to,
        "/studio/quiz/asked/withdraw"
    );
    assert!(db.store.live_slug("asked").await.unwrap().is_some());
    let page = db.get(&db.tola, "/studio/module/hello/withdraw").await.body;
    assert!(page.contains("/studio/job-aid/aid\">Aid</a> shows it or leads to it"), "{page}");
    assert_eq!(db.post(&db.tola, "/studio/job-aid/aid/withdraw", &[("do", "withdraw")]).await.status, 303);

    db.required().await;
    let withdraw = "/studio/module/hello/withdraw";
    let page = db.get(&db.tola, withdraw).await.body;
    assert!(page.contains("“Hello” asks people for it") && !page.contains("Change that"), "{page}");
    let page = db.get(&db.ada, withdraw).await.body;
    assert!(page.contains("href=\"/requirements/1\">Change that"), "{page}");
    assert_eq!(db.post(&db.ada, withdraw, &[("do", "withdraw")]).await.to, withdraw);
    // Once nobody is asked any more it goes, and is assigned to nobody while it is gone.
    assert_eq!(db.post(&db.ada, "/assignments/1/end", &[]).await.status, 303);
    let rule = db.post(&db.ada, "/requirements/new", &[("document", "desk"), ("name", "Desk"), ("refresher", "hello")]);
    assert_eq!(rule.await.to, "/requirements/2");
    let page = db.get(&db.ada, withdraw).await.body;
    assert!(page.contains("It is what renews “Desk”"), "{page}");
    assert_eq!(db.post(&db.ada, "/requirements/2", &[("name", "Desk"), ("refresher", "")]).await.status, 303);
    assert_eq!(db.post(&db.ada, "/paths", &[("name", "Nurses")]).await.to, "/paths/1");
    let path = db.get(&db.ada, "/paths/1").await.body;
    let step = [("drawn", value(&path, "drawn")), ("name", "Nurses"), ("add", "1"), ("add_days", "30"), ("do", "add")];
    let added = db.post(&db.ada, "/paths/1", &step).await;
    assert_eq!(added.status, 303, "{}", added.body);
    let page = db.get(&db.ada, withdraw).await.body;
    assert!(page.contains("It is a step of the path “Nurses”"), "{page}");
    let path = db.get(&db.ada, "/paths/1").await.body;
    let none = [("drawn", value(&path, "drawn")), ("name", "Nurses"), ("do", "save")];
    assert_eq!(db.post(&db.ada, "/paths/1", &none).await.status, 303);
    assert_eq!(db.post(&db.ada, withdraw, &[("do", "withdraw")]).await.to, "/studio/module/hello");

    let everybody = [("what", "requirement-1"), ("audience", "everybody")];
    let refused = db.post(&db.ada, "/assignments/new", &everybody).await;
    assert!(refused.status == 422 && refused.body.contains("was withdrawn"), "{}", refused.body);
    let path = db.get(&db.ada, "/paths/1").await.body;
    assert!(!path.contains(">Hello</option>"), "{path}");
    let step = [("drawn", value(&path, "drawn")), ("name", "Nurses"), ("add", "1"), ("add_days", "30"), ("do", "add")];
    assert_eq!(db.post(&db.ada, "/paths/1", &step).await.status, 422);
}

async fn the_program_brings_nothing_back_that_people_changed(db: &Db) {
    let start = async |source: &str| {
        let published = db.usecases.publish(&File::alone("hello.md", source).from_program(), clock::now()).await;
        (published.unwrap(), db.store.known_slug("hello").await.unwrap().unwrap())
    };
    let newer = MODULE.replace("Look up.", "Look up first.");
    assert_eq!(start(&newer).await.0, usecases::publish::Published::New, "a newer program brings newer texts");
    let rev = db.draft(&db.tola, "Look up, and smile.").await;
    let sent = [("rev", rev.as_str()), ("change", "editorial")];
    assert_eq!(db.post(&db.tola, "/studio/module/hello/publish", &sent).await.status, 303);
    let own = db.store.live_slug("hello").await.unwrap().unwrap().version;
    for source in [&newer, &MODULE.replace("Look up.", "Look up twice.")] {
        let (published, live) = start(source).await;
        assert_eq!((published, live.version), (usecases::publish::Published::Unchanged, own));
    }
    let live = db.store.live_slug("hello").await.unwrap().unwrap();
    assert_eq!(db.post(&db.tola, "/studio/module/hello/withdraw", &[("do", "withdraw")]).await.status, 303);
    let (_, known) = start(&newer).await;
    assert!(known.withdrawn_at.is_some() && known.version == live.version, "what was withdrawn stays so");
    // Whoever publishes a file by hand means it.
    db.usecases.publish(&File::alone("hello.md", &newer), clock::now()).await.unwrap();
    assert!(db.store.live_slug("hello").await.unwrap().is_some());
}

async fn an_earlier_version_is_seen_beside_what_is_live(db: &Db) {
    let rev = db.draft(&db.tola, "Look up, and smile.").await;
    let sent = [("rev", rev.as_str()), ("change", "material")];
    db.post(&db.tola, "/studio/module/hello/publish", &sent).await;
    let history = db.get(&db.tola, "/studio/module/hello/history").await.body;
    let ids: Vec<&str> = history.split("/history/").skip(1).map(|rest| rest.split_once('"').unwrap().0).collect();
    let old = format!("/studio/module/hello/history/{}", ids.last().unwrap());
    let page = db.get(&db.tola, &old).await.body;
    assert!(page.contains("What has changed since this version") && page.contains("<p>Look up.</p>"), "{page}");
    assert!(page.contains("Make this the draft again"), "{page}");
    // The older text stands on the left, and what is gone is gone since.
    let (left, right) = (page.find(">This version</th>").unwrap(), page.find(">Live now</th>").unwrap());
    assert!(left < right, "{page}");
    let rows = page.replace("<!>", "");
    let gone = rows.split_once("Taken away: </span><code>").unwrap().1;
    assert!(gone.starts_with("Look up.</code>"), "{gone}");
    assert!(gone.contains("<code>Look up<mark>, and smile</mark>.</code>"), "what came is marked in its line: {gone}");
    assert!(rows.contains("diff-line diff-gone diff-words-of"), "the rest of the line is as it was: {rows}");
    // What is live differs from nothing.
    let live =
        format!("/studio/module/hello/history/{}", db.store.live_slug("hello").await.unwrap().unwrap().version.0);
    let page = db.get(&db.tola, &live).await.body;
    assert!(page.contains("This is what is live.") && !page.contains("Make this the draft again"), "{page}");
    // Where there is a draft, it says why not, before anybody presses.
    db.draft(&db.bola, "Look up, and wave.").await;
    let page = db.get(&db.tola, &old).await.body;
    assert!(
        page.contains("There is a draft, changed last by Bola Ade") && !page.contains("Make this the draft"),
        "{page}"
    );
    // What changed is said in words.
    let words = db.get(&db.tola, "/studio/module/hello/publish").await.body;
    assert!(words.contains("In the page “First”") && words.contains("<ul><li>the text</li>"), "{words}");
    assert_eq!(db.usecases.history(&db.admin, Kind::Module, "hello").await.unwrap().len(), 2);
}

async fn no_way_leads_from_an_earlier_version_into_what_is_written_now(db: &Db) {
    const PLAY: &str = "---\nkind: scenario\ntitle: Search\npass: { score: 50 }\n---\n\n# Search\n\n## She asks\n\nWhere is it?\n\n- [I will look.](#end) `best`\n  > Good.\n- [Wait.](#end) `poor`\n  > Cold.\n\n## End\n\n`ending good`\n\nShe nods.\n";
    db.usecases.publish(&File::alone("search.md", PLAY), yesterday()).await.unwrap();
    let old = db.store.live_slug("search").await.unwrap().unwrap().version.0;
    let new = PLAY.replace("- [Wait.](#end) `poor`", "- [Please wait.](#end) `ok`");
    db.usecases.publish(&File::alone("search.md", &new), clock::now()).await.unwrap();
    let here = "/studio/scenario/search";
    let page = db.get(&db.tola, &format!("{here}/history/{old}")).await.body;
    assert!(page.contains("<li>choice 2: its words; its quality, from poor to ok</li>"), "{page}");
    assert!(page.contains("learners saw none of that before they answered"), "{page}");
    for way in ["play?from=", "/map\"", "As learners saw it"] {
        assert!(!page.contains(way), "{way}: {page}");
        assert!(way.starts_with('A') || db.get(&db.tola, here).await.body.contains(way), "{way}");
    }
}

async fn nobody_is_asked_what_a_change_of_a_job_aid_is(db: &Db) {
    const AID: &str = "---\nkind: job-aid\ntitle: Desk\n---\n\n# Desk\n\n## First\n\nLook up.\n";
    db.usecases.publish(&File::alone("desk.md", AID), yesterday()).await.unwrap();
    let path = "/studio/job-aid/desk";
    let text = AID.replace("Look up.", "Look up first.");
    db.post(&db.tola, path, &[("source", &text), ("rev", ""), ("do", "keep")]).await;
    let page = db.get(&db.tola, &format!("{path}/publish")).await.body;
    assert!(page.contains("Publish now") && page.contains("looked up, not learned"), "{page}");
    assert!(!page.contains("What is this change") && !page.contains("type=\"radio\""), "{page}");
    let rev = value(&page, "rev");
    let done = db.post(&db.tola, &format!("{path}/publish"), &[("rev", rev)]).await;
    assert_eq!((done.status, done.to.as_str()), (303, path), "{}", done.body);
    let history = db.usecases.history(&db.admin, Kind::JobAid, "desk").await.unwrap();
    assert_eq!(history.iter().map(|line| line.change).collect::<Vec<_>>(), ["", ""]);
}

async fn a_draft_that_says_what_is_live_is_thrown_away_right_there(db: &Db) {
    let rev = db.draft(&db.tola, "Look up.").await;
    let page = db.get(&db.tola, "/studio/module/hello/publish").await.body;
    assert!(page.contains("Nothing has changed") && page.contains("action=\"/studio/module/hello/discard\""), "{page}");
    assert!(!page.contains("Publish now"), "{page}");
    assert_eq!(value(&page, "rev"), rev);
    assert_eq!(db.post(&db.tola, "/studio/module/hello/discard", &[("rev", &rev)]).await.to, "/studio");
}

async fn what_was_never_published_is_not_said_to_be_live(db: &Db) {
    db.post(&db.tola, "/studio/new", &[("kind", "quiz"), ("title", "Ask")]).await;
    let path = "/studio/quiz/ask";
    let wrong = QUIZ.replace("pass: 50\n", "").replace("Asked", "Ask");
    db.post(&db.tola, path, &[("source", &wrong), ("rev", "1"), ("do", "keep")]).await;
    let page = db.get(&db.tola, &format!("{path}/publish")).await.body;
    assert!(page.contains("It cannot be published yet") && page.contains("Until then only trainers"), "{page}");
    assert!(!page.contains("What is live") && !page.contains("Go to the decision"), "{page}");
    // What is live goes on as it is where its draft has errors.
    db.draft(&db.tola, "`chekc`").await;
    let text = MODULE.replace("complete: [read]", "complete: [reed]");
    db.post(&db.tola, "/studio/module/hello", &[("source", &text), ("rev", "1"), ("do", "keep")]).await;
    let page = db.get(&db.tola, "/studio/module/hello/publish").await.body;
    assert!(page.contains("It cannot be published yet: mend the errors first. What is live stays as it is."), "{page}");
}

async fn what_is_too_large_says_so_and_does_not_send_to_sign_in(db: &Db) {
    let large = "word ".repeat(300_000);
    let refused = db.post(&db.tola, "/studio/module/hello", &[("source", &large), ("do", "keep")]).await;
    assert_eq!(refused.status, 413);
    assert!(refused.body.contains("Nothing was changed") && refused.body.contains("back button"), "{}", refused.body);
    assert!(!refused.body.contains("Go to sign in"), "{}", refused.body);
}
