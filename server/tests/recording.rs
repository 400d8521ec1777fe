//! What is recorded about one person, through the real router: looked at before it is recorded, recorded once, explained afterwards.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use jiff::{ToSpan as _, civil::Date};
use server::layers::{self, Settings};
use store::{Audience, Named, NewRequirement, What};
use tower::ServiceExt as _;
use usecases::{PersonId, clock, departments::DepartmentTyped, people::NewPerson, set_up::FirstAdministrator};

const PASSWORD: &str = "kettle moss violin dune";
const MODULE: &str =
    "---\nkind: module\ntitle: Hello\nminutes: 2\ncomplete: [read]\n---\n\n# Hello\n\n## First\n\nLook up.\n";

/// A ward with a manager, Mona, and a nurse, Ben, who must wash hands within 30 days and whose induction counts from a day of hiring
/// that nobody has entered.
struct Ward {
    router: Router,
    mona: PersonId,
    ben: PersonId,
    today: Date,
    _folder: tempfile::TempDir,
}

impl Ward {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
        let store = server::serve::open(&url).await.unwrap();
        let state = layers::state(&store);
        let usecases = state.usecases.clone();
        let router = layers::build(state, store.clone(), Settings::default());
        let now = clock::now();
        let today = clock::day_in(now, "Africa/Lagos");
        usecases.publish(&usecases::publish::File::alone("hello.md", MODULE), now).await.unwrap();
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
        let ada = usecases.who(ada).await.unwrap().unwrap();
        let typed = DepartmentTyped { name: "Ward 3", parent: "" };
        let ward = usecases.add_department(&ada, typed, now).await.unwrap().to_string();
        let mut people = Vec::new();
        for (name, email) in [("Mona Manager", "mona@example.org"), ("Ben Eze", "ben@example.org")] {
            let person = usecases.add_person(&ada, NewPerson { name, email, staff_number: "" }, now).await.unwrap();
            let token = usecases.invite(&ada, person, now).await.unwrap();
            usecases.accept_invitation(&token, PASSWORD, None, now).await.unwrap();
            usecases.place(&ada, person, (&ward, "Nurse"), now).await.unwrap();
            people.push(person);
        }
        usecases.set_right(&ada, people[0], ("manager", &ward, true), now).await.unwrap();
        let module = store.live_document("module", "hello").await.unwrap().unwrap().document;
        let policies = [
            ("Hand washing", r#"{"validity":"12 months"}"#),
            ("Induction", r#"{"first-due":{"after":"hired","days":60}}"#),
        ];
        for (name, policy) in policies {
            let new = NewRequirement {
                document: module,
                name: name.to_owned(),
                refresher: None,
                update_of: None,
                from_on: clock::day_number(today),
                policy: policy.to_owned(),
                by: None,
            };
            let at = now.as_microsecond();
            let Named::Done(id) = store.add_requirement(new, at).await.unwrap() else { panic!("{name} is taken") };
            let from = (clock::day_number(today), None);
            store.assign(What::Requirement(id), Audience::Everybody, from, at).await.unwrap();
        }
        usecases.catch_up().await.unwrap();
        Self { router, mona: people[0], ben: people[1], today, _folder: folder }
    }

    /// The cookie of somebody who has signed in.
    async fn sign_in(&self, name: &str) -> String {
        let body = format!("login={name}@example.org&password={}", PASSWORD.replace(' ', "+"));
        let (status, to, cookie) = self.send("/sign-in", &body, "").await;
        assert_eq!(status, 303, "{name} is sent to {to}");
        cookie
    }

    /// The status, where it leads, and the cookies that are set.
    async fn send(&self, path: &str, body: &str, cookie: &str) -> (u16, String, String) {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let mut request = request.header("cookie", cookie).body(Body::from(body.to_owned())).unwrap();
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let to = response.headers().get(header::LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned();
        let cookies = response.headers().get_all(header::SET_COOKIE).iter();
        let cookies: Vec<_> = cookies.map(|one| one.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        let status = response.status().as_u16();
        if to.is_empty() {
            let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
            return (status, String::from_utf8(body.to_vec()).unwrap(), cookies.join("; "));
        }
        (status, to, cookies.join("; "))
    }

    /// The status, what it is called, and the bytes of an answer that is no page.
    async fn file(&self, method: &str, path: &str, body: &str, cookie: &str) -> (u16, String, Vec<u8>) {
        let request = Request::builder().method(method).uri(path).header("cookie", cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let name = response.headers().get(header::CONTENT_DISPOSITION);
        let name = name.map_or("", |name| name.to_str().unwrap()).to_owned();
        let status = response.status().as_u16();
        let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
        (status, name, body.to_vec())
    }

    async fn open(&self, path: &str, cookie: &str) -> (u16, String) {
        let mut request = Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

/// The value of a hidden field.
fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let field = page.split("<input").find(|input| input.contains(&format!("name=\"{name}\""))).unwrap();
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap()
}

fn said(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

#[tokio::test]
async fn a_manager_looks_at_what_follows_and_then_records_it_once() {
    let ward = Ward::new().await;
    let mona = ward.sign_in("mona").await;
    let (ben, training) = (ward.ben, format!("/team/{}/training", ward.ben));
    let (_, team) = ward.open("/team", &mona).await;
    assert!(team.contains(&format!("href=\"{training}\"")), "{team}");
    let (status, page) = ward.open(&training, &mona).await;
    assert_eq!(status, 200);
    let extend = format!("{training}/extend?requirement=1");
    assert!(page.contains(&format!("/team/{ben}/why/1\">{}", said(ward.today + 30.days()))), "the date leads there");
    assert!(page.contains(&extend) && page.contains(&format!("/team/{ben}/why/1")), "{page}");
    assert!(!page.contains("/revoke") && !page.contains("/hired"), "only administrators do that");

    let (status, form) = ward.open(&extend, &mona).await;
    assert_eq!(status, 200);
    assert!(!form.contains("name=\"token\""), "it must not wait on a device without a line");
    let (due, later) = (ward.today + 30.days(), ward.today + 60.days());
    let token = hidden(&form, "once").to_owned();
    let wrong = format!("once={token}&requirement=1&until={due}&by=Ada+Obi&reason=");
    let (status, page, _) = ward.send(&format!("{training}/extend"), &wrong, &mona).await;
    assert_eq!(status, 422);
    assert!(page.contains("There is a problem") && page.contains("href=\"#reason\""), "{page}");

    let body = format!("once={token}&requirement=1&until={later}&by=Ada+Obi&reason=The+ward+was+closed");
    let (status, preview, _) = ward.send(&format!("{training}/extend"), &body, &mona).await;
    assert_eq!(status, 200);
    let moves = format!("Due: from {} to {}", said(due), said(later));
    assert!(preview.contains(&moves) && preview.contains("(rule 13)"), "{preview}");
    assert!(preview.contains("Nothing is recorded yet."));
    assert_eq!(hidden(&preview, "once"), token, "the same form, so that it happens once");
    assert!(!ward.open(&training, &mona).await.1.contains("Due date extended"));

    let confirmed = format!("{body}&confirmed=yes");
    for words in ["Recorded", "It was recorded already."] {
        let (status, to, said) = ward.send(&format!("{training}/extend"), &confirmed, &mona).await;
        assert_eq!((status, to.as_str()), (303, training.as_str()));
        let (_, page) = ward.open(&training, &format!("{mona}; {said}")).await;
        assert!(page.contains(words), "{words}: {page}");
        assert_eq!(page.matches("Due date extended: Hand washing").count(), 1);
        assert!(page.contains(&said_due(later)), "{page}");
    }
    let own = format!("/team/{}/training/leave", ward.mona);
    let (status, ..) = ward.send(&own, "on=2026-01-01&reason=x&confirmed=yes", &mona).await;
    assert_eq!(status, 404, "never for oneself");
}

fn said_due(day: Date) -> String {
    format!("{} (in 60 days)", said(day))
}

#[tokio::test]
async fn a_manager_says_when_somebody_is_back_from_leave() {
    let ward = Ward::new().await;
    let (mona, ben) = (ward.sign_in("mona").await, ward.sign_in("ben").await);
    let training = format!("/team/{}/training", ward.ben);
    let (_, page) = ward.open(&format!("{training}/leave"), &mona).await;
    assert!(page.contains("Write no diagnosis."), "{page}");
    let (status, page, _) = ward.send(&format!("{training}/leave"), "reason=x&until=soon", &mona).await;
    assert_eq!(status, 422);
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
    assert!(at(">Enter the first day</a>") < at(">Enter the last day as year, month and day"), "{page}");

    let record = async |deed: &str, about: &str, body: &str| {
        let (_, form) = ward.open(&format!("{training}/{deed}{about}"), &mona).await;
        let body = format!("once={}&reason=Family&{body}", hidden(&form, "once"));
        let (_, preview, _) = ward.send(&format!("{training}/{deed}"), &body, &mona).await;
        let confirmed = format!("{body}&confirmed=yes");
        assert_eq!(ward.send(&format!("{training}/{deed}"), &confirmed, &mona).await.0, 303, "{preview}");
        preview
    };
    let first = said(ward.today);
    let preview = record("leave", "", &format!("on={}&until=", ward.today)).await;
    assert!(preview.contains("<dt>Last day of leave</dt><dd>not known yet</dd>"), "{preview}");
    let (_, page) = ward.open(&training, &mona).await;
    assert!(page.contains(&format!("Leave from {first}, its end not known yet. ")), "{page}");
    let back = format!("href=\"{training}/correct?record=1\">Back from leave</a>");
    assert!(page.contains(&back), "{page}");
    assert_eq!(page.matches(">Record<").count(), 2, "one for each requirement and none besides: {page}");
    assert!(page.contains("Record something else") && page.contains("Prior credit for something else"), "{page}");
    let (_, own) = ward.open("/why/1", &ben).await;
    assert!(own.contains("You are on leave without a known end; nothing is due meanwhile."), "{own}");

    // One day of leave, as it turned out.
    record("correct", "?record=1", &format!("record=1&on={0}&until={0}", ward.today)).await;
    let (_, page) = ward.open(&training, &mona).await;
    assert!(!page.contains("Back from leave"), "{page}");
    assert!(page.contains(&format!("data-label=\"Day\">on {first}</td>")), "{page}");
    let (_, why) = ward.open(&format!("/team/{}/why/1", ward.ben), &mona).await;
    let due = said(ward.today + 30.days());
    let words = format!(
        "Ben Eze is on leave until {first}; nothing is due meanwhile. It is due {due}. It is not completed yet."
    );
    assert!(why.contains(&words), "{why}");
    let (_, team) = ward.open("/team", &mona).await;
    assert!(team.contains("On leave<span class=\"visually-hidden\">: training of Ben Eze</span>"), "{team}");
    assert!(
        team.contains(&format!("Next due {due}<span class=\"visually-hidden\">: training of Mona Manager")),
        "{team}"
    );
}

#[tokio::test]
async fn what_was_due_before_a_leave_is_not_counted_in_days() {
    let ward = Ward::new().await;
    let (mona, training) = (ward.sign_in("mona").await, format!("/team/{}/training", ward.ben));
    let later = ward.today + 31.days();
    let (_, form) = ward.open(&format!("{training}/leave"), &mona).await;
    let body = format!("once={}&on={later}&until={later}&reason=Family&confirmed=yes", hidden(&form, "once"));
    assert_eq!(ward.send(&format!("{training}/leave"), &body, &mona).await.0, 303);
    let (_, why) = ward.open(&format!("/team/{}/why/1?as_of={later}", ward.ben), &mona).await;
    let due = said(ward.today + 30.days());
    assert!(why.contains(&format!("nothing is due meanwhile. It was due {due}. It is not completed yet.")), "{why}");
    assert!(!why.contains(&format!("It is due {due}")), "{why}");
    let (status, page) = ward.open("/why/1?as_of=soon&known_on=x", &ward.sign_in("ben").await).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("Enter the day “As of” as year") && page.contains("Enter the day “As known on” as year"),
        "{page}"
    );
}

#[tokio::test]
async fn a_credit_that_is_too_old_is_said_before_anything_else() {
    let ward = Ward::new().await;
    let (mona, training) = (ward.sign_in("mona").await, format!("/team/{}/training", ward.ben));
    let body = |on: Date| format!("requirement=1&on={on}&evidence=letter&by=Ada+Obi&reason=Hospital");
    let (status, page, _) = ward.send(&format!("{training}/prior-credit"), &body(ward.today - 800.days()), &mona).await;
    assert_eq!(status, 200);
    let warning = page.find("This would count for nothing").unwrap_or_else(|| panic!("{page}"));
    assert!(warning < page.find("Nothing is recorded yet.").unwrap(), "{page}");
    let (_, page, _) = ward.send(&format!("{training}/prior-credit"), &body(ward.today - 8.days()), &mona).await;
    assert!(!page.contains("banner-warning"), "{page}");
}

#[tokio::test]
async fn why_something_is_due_is_explained_to_whom_it_concerns() {
    let ward = Ward::new().await;
    let (mona, ben) = (ward.sign_in("mona").await, ward.sign_in("ben").await);
    let due = said(ward.today + 30.days());
    let (status, page) = ward.open("/why/1", &ben).await;
    assert_eq!(status, 200);
    assert!(page.contains(&format!("It is due {due}. It is not completed yet.")), "{page}");
    assert!(page.contains("30 days after being assigned"), "the policy is said");
    assert!(page.contains("(rule 4)") && page.contains("data-label=\"Opened\""), "{page}");
    // The same for those who may see him, and for nobody else.
    assert!(ward.open(&format!("/team/{}/why/1", ward.ben), &mona).await.1.contains(&due));
    assert_eq!(ward.open(&format!("/team/{}/why/1", ward.mona), &ben).await.0, 404);
    assert_eq!(ward.open("/why/99", &ben).await.0, 404);
    // An anchor that is missing is said, and by whom it can be entered.
    let (_, page) = ward.open("/why/2", &ben).await;
    assert!(page.contains("the day of hiring is not recorded") && page.contains("Ask an administrator"), "{page}");

    let later = ward.today + 40.days();
    let (status, page) = ward.open(&format!("/why/1?as_of={later}&known_on={}", ward.today), &ben).await;
    assert_eq!(status, 200);
    assert!(page.contains("is overdue") && page.contains(&format!("On {}", said(later))), "{page}");
    let (status, page) = ward.open("/why/1?as_of=tomorrow", &ben).await;
    assert_eq!(status, 422);
    assert!(page.contains("href=\"#as_of\"") && page.contains("value=\"tomorrow\""), "{page}");
}

#[tokio::test]
async fn an_administrator_enters_a_missing_day_and_corrects_it() {
    let ward = Ward::new().await;
    let ada = ward.sign_in("ada").await;
    let training = format!("/team/{}/training", ward.ben);
    let (status, page) = ward.open("/exceptions?kind=no-anchor", &ada).await;
    assert_eq!(status, 200);
    assert!(page.contains(&format!("href=\"{training}/hired\"")) && page.contains("the day of hiring"), "{page}");
    let (_, people) = ward.open("/people", &ada).await;
    assert!(people.contains("href=\"/exceptions\"") && people.contains(&format!("href=\"{training}\"")));

    let (_, form) = ward.open(&format!("{training}/hired"), &ada).await;
    let hired = ward.today - 10.days();
    let body = format!("once={}&on={hired}&reason=From+the+contract", hidden(&form, "once"));
    let (_, preview, _) = ward.send(&format!("{training}/hired"), &body, &ada).await;
    assert!(preview.contains(&format!("Due: from none to {}", said(hired + 60.days()))), "{preview}");
    ward.send(&format!("{training}/hired"), &format!("{body}&confirmed=yes"), &ada).await;
    assert!(!ward.open("/exceptions?kind=no-anchor", &ada).await.1.contains("Ben Eze"));

    let (_, page) = ward.open(&training, &ada).await;
    assert!(page.contains(&format!("{training}/correct?record=1")), "{page}");
    let (status, form) = ward.open(&format!("{training}/correct?record=1"), &ada).await;
    assert_eq!(status, 200);
    assert_eq!(hidden(&form, "on"), hired.to_string(), "it begins with what is there");
    let right = ward.today - 12.days();
    let body = format!("once={}&record=1&on={right}&reason=Misread&confirmed=yes", hidden(&form, "once"));
    assert_eq!(ward.send(&format!("{training}/correct"), &body, &ada).await.0, 303);
    let (_, page) = ward.open(&training, &ada).await;
    assert!(page.contains("No longer counts") && page.contains(&said(right + 60.days())), "{page}");
    // Whoever comes too late sees how it stands.
    let (status, to, words) = ward.send(&format!("{training}/take-away"), "record=1&reason=x", &ada).await;
    assert_eq!((status, to.as_str()), (303, training.as_str()));
    assert!(words.contains("Nothing%20was%20recorded"), "{words}");
}

#[tokio::test]
async fn a_deputy_sees_for_whom_and_until_when() {
    let ward = Ward::new().await;
    let (mona, ben) = (ward.sign_in("mona").await, ward.sign_in("ben").await);
    assert_eq!(ward.open("/team", &ben).await.0, 404);
    let last = ward.today + 7.days();
    let body = format!("deputy=ben@example.org&from={}&to={last}", ward.today);
    assert_eq!(ward.send("/team/deputies", &body, &mona).await.1, "/team/deputies");
    let (status, page) = ward.open("/team", &ben).await;
    assert_eq!(status, 200);
    assert!(page.contains(&format!("You stand in for Mona Manager until {}.", said(last))), "{page}");
    let boss = format!("/team/{}/training", ward.mona);
    let (status, page) = ward.open(&boss, &ben).await;
    assert_eq!(status, 200);
    assert!(!page.contains("/remind") && !page.contains(&format!("{boss}/leave")), "only looked at: {page}");
    assert_eq!(ward.open(&format!("{boss}/leave"), &ben).await.0, 404);
    assert_eq!(ward.send(&format!("{boss}/remind"), "reason=x", &ben).await.0, 404);
    assert_eq!(ward.open(&format!("/team/{}/allowance", ward.mona), &ben).await.0, 404);
    let (_, page) = ward.open("/team/deputies", &mona).await;
    assert!(page.contains("Ben Eze stands in for Mona Manager from"), "{page}");
    let ended = ward.send("/team/deputies/end", &format!("id={}", hidden(&page, "id")), &mona).await;
    assert_eq!((ended.0, ended.1.as_str()), (303, "/team/deputies"));
    assert_eq!(ward.open("/team", &ben).await.0, 404);
}

/// The files of a packed one, by name.
fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for at in 0..zip.len() {
        let mut one = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut one, &mut bytes).unwrap();
        files.push((one.name().unwrap().into_owned(), bytes));
    }
    files
}

/// The words of a printed file, without white space: where lines break is not its reader's concern.
fn printed(bytes: &[u8]) -> String {
    let document = lopdf::Document::load_mem(bytes).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).unwrap().chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[tokio::test]
async fn a_packet_is_looked_at_and_taken_away_whole() {
    let ward = Ward::new().await;
    let mona = ward.sign_in("mona").await;
    let (from, to) = (ward.today - 1.days(), ward.today + 60.days());
    let (status, page) = ward.open("/reports/packet", &mona).await;
    assert_eq!(status, 200);
    assert!(page.contains("Hand washing") && !page.contains("Make the packet"), "{page}");
    let query = format!("requirement=1&from={from}&to={to}&department=");
    let (status, page) = ward.open(&format!("/reports/packet?{query}"), &mona).await;
    assert_eq!(status, 200, "{page}");
    assert!(
        page.contains("Make the packet") && page.contains("Ben Eze") && page.contains("checksums.sha256"),
        "{page}"
    );
    assert!(!page.contains("Ada Obi"), "she works in no department of hers");
    let (status, page) = ward.open("/reports/packet?requirement=1&from=soon&to=", &mona).await;
    assert!(status == 422 && page.contains("href=\"#from\"") && page.contains("href=\"#to\""), "{page}");

    let (status, name, bytes) = ward.file("POST", "/reports/packet", &query, &mona).await;
    assert_eq!((status, name), (200, format!("attachment; filename=\"audit-packet-{from}-{to}.zip\"")));
    let files = unpacked(&bytes);
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["packet.pdf", "rows.csv", "changes.csv", "checksums.sha256"]);
    let sums = String::from_utf8(files[3].1.clone()).unwrap();
    for (name, bytes) in &files[..3] {
        let sum: String =
            <sha2::Sha256 as sha2::Digest>::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(sums.contains(&format!("{sum}  {name}\n")), "{name}: {sums}");
    }
    let rows = String::from_utf8(files[1].1.clone()).unwrap();
    assert_eq!(rows.lines().count(), 3, "{rows}");
    assert!(rows.lines().nth(1).unwrap().starts_with("Ben Eze,Ward 3,Nurse,"), "{rows}");
    let paper = printed(&files[0].1);
    for words in ["Auditpacket:Handwashing", "MercyClinic", "BenEze", "MonaManager", "Ledger", "Madeby", "Ward3,Nurse"]
    {
        assert!(paper.contains(words), "{words}: {paper}");
    }
    let ada = ward.sign_in("ada").await;
    let (_, log) = ward.open("/audit?what=packet.made", &ada).await;
    assert!(log.contains("Audit packet made") && log.contains("Hand washing"), "{log}");
}

#[tokio::test]
async fn everything_about_one_person_is_read_printed_and_taken_away_and_they_see_who_looked() {
    let ward = Ward::new().await;
    let (mona, ben) = (ward.sign_in("mona").await, ward.sign_in("ben").await);
    let own = format!("/reports/people/{}", ward.ben);
    assert!(ward.open("/profile", &ben).await.1.contains("Nobody in the last 90 days"));
    let (_, training) = ward.open(&format!("/team/{}/training", ward.ben), &mona).await;
    assert!(training.contains(&format!("href=\"{own}\"")), "{training}");
    let (status, page) = ward.open(&own, &mona).await;
    assert_eq!(status, 200);
    for words in
        ["Everything about Ben Eze", "Hand washing", "Places of work", "Ward 3", "report.pdf", "obligations.csv"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let (status, page) = ward.open(&format!("{own}?as_of=never"), &mona).await;
    assert!(status == 422 && page.contains("href=\"#as_of\""), "{page}");
    let (status, name, pdf) = ward.file("GET", &format!("{own}/report.pdf"), "", &mona).await;
    assert_eq!((status, name), (200, format!("attachment; filename=\"person-{}-{}.pdf\"", ward.ben, ward.today)));
    assert!(printed(&pdf).contains("EverythingaboutBenEze"));
    let (status, mine) = ward.open("/reports/people/me", &ben).await;
    assert!(status == 200 && mine.contains("Everything about me") && mine.contains("/reports/people/me/cycles.csv"));
    assert_eq!(ward.open(&format!("/reports/people/{}", ward.mona), &ben).await.0, 404);

    // A look is written down beside the answer.
    let mut profile = String::new();
    for _ in 0..100 {
        profile = ward.open("/profile", &ben).await.1;
        if profile.contains("2 looks") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(profile.contains("2 looks") && profile.contains("Mona Manager"), "{profile}");
    assert!(profile.contains("Everything about one person") && profile.contains(": Training"), "{profile}");
}

#[tokio::test]
async fn exceptions_say_to_managers_what_they_can_do() {
    let ward = Ward::new().await;
    let (mona, ada) = (ward.sign_in("mona").await, ward.sign_in("ada").await);
    let (status, page) = ward.open("/exceptions", &mona).await;
    assert!(status == 200 && page.contains("href=\"/exceptions?kind=no-anchor\""), "{page}");
    assert!(page.contains("ask an administrator to enter it") && page.contains("No department: none"), "{page}");
    let (_, page) = ward.open("/exceptions?kind=no-anchor", &mona).await;
    assert!(page.contains("Ben Eze") && !page.contains("Ada Obi") && page.contains("Ask an administrator"), "{page}");
    let (_, page) = ward.open("/exceptions?kind=no-department", &ada).await;
    assert!(page.contains("Ada Obi") && page.contains("Say where they work"), "{page}");
    let (_, page) = ward.open("/reports", &mona).await;
    assert!(page.contains("href=\"/exceptions\"") && page.contains("href=\"/reports/packet\""));
}

#[tokio::test]
async fn a_manager_who_moves_loses_the_old_ones_on_the_next_request() {
    let ward = Ward::new().await;
    let (mona, ada) = (ward.sign_in("mona").await, ward.sign_in("ada").await);
    assert_eq!(ward.open(&format!("/team/{}/training", ward.ben), &mona).await.0, 200);
    ward.send("/departments", "name=Medicine&parent=", &ada).await;
    let place = format!("/people/{}/place", ward.mona);
    let (status, to, said) = ward.send(&place, "department=2&job_role=Nurse", &ada).await;
    assert_eq!((status, to.as_str()), (303, format!("/people/{}", ward.mona).as_str()));
    let (_, page) = ward.open(&to, &format!("{ada}; {said}")).await;
    assert!(page.contains("Mona Manager no longer manages Ward 3."), "{page}");
    assert_eq!(ward.open(&format!("/team/{}/training", ward.ben), &mona).await.0, 404);
    assert_eq!(ward.open("/team", &mona).await.0, 404);
}
