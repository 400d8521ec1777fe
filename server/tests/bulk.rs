//! What is done from a list for many at once, through the real router: ticked, looked at, done once, undone.

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

/// A ward with a manager, Mona, and two nurses, Ben and Eve, who must wash hands within 30 days; Zoe works elsewhere.
struct Ward {
    router: Router,
    mona: PersonId,
    ben: PersonId,
    eve: PersonId,
    zoe: PersonId,
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
        let mut people = Vec::new();
        for ward in ["Ward 3", "Ward 9"] {
            let ward = usecases.add_department(&ada, DepartmentTyped { name: ward, parent: "" }, now).await.unwrap();
            let names: &[&str] = if people.is_empty() { &["Mona Ade", "Ben Eze", "Eve Bello"] } else { &["Zoe Idowu"] };
            for name in names {
                let email = format!("{}@example.org", name.split(' ').next().unwrap().to_lowercase());
                let new = NewPerson { name, email: &email, staff_number: "" };
                let person = usecases.add_person(&ada, new, now).await.unwrap();
                usecases.place(&ada, person, (&ward.to_string(), "Nurse"), now).await.unwrap();
                people.push(person);
            }
            if people.len() == 3 {
                usecases.set_right(&ada, people[0], ("manager", &ward.to_string(), true), now).await.unwrap();
            }
        }
        let token = usecases.invite(&ada, people[0], now).await.unwrap();
        usecases.accept_invitation(&token, PASSWORD, None, now).await.unwrap();
        let new = NewRequirement {
            document: store.live_document("module", "hello").await.unwrap().unwrap().document,
            name: "Hand washing".to_owned(),
            refresher: None,
            update_of: None,
            from_on: clock::day_number(today),
            policy: r#"{"validity":"12 months"}"#.to_owned(),
            by: None,
        };
        let at = now.as_microsecond();
        let Named::Done(id) = store.add_requirement(new, at).await.unwrap() else { panic!("the name is taken") };
        store.assign(What::Requirement(id), Audience::Everybody, (clock::day_number(today), None), at).await.unwrap();
        usecases.catch_up().await.unwrap();
        let (mona, ben, eve, zoe) = (people[0], people[1], people[2], people[3]);
        Self { router, mona, ben, eve, zoe, today, _folder: folder }
    }

    async fn sign_in(&self, name: &str) -> String {
        let body = format!("login={name}@example.org&password={}", PASSWORD.replace(' ', "+"));
        let (status, to, cookie) = self.send("/sign-in", &body, "").await;
        assert_eq!(status, 303, "{name} is sent to {to}");
        cookie
    }

    /// The status, where it leads or the page, and the cookies that are set.
    async fn send(&self, path: &str, body: &str, cookie: &str) -> (u16, String, String) {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.answer(request.header("cookie", cookie).body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn open(&self, path: &str, cookie: &str) -> String {
        let (status, page, _) =
            self.answer(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await;
        assert_eq!(status, 200, "{path}");
        page
    }

    async fn answer(&self, mut request: Request<Body>) -> (u16, String, String) {
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let to = response.headers().get(header::LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned();
        let cookies = response.headers().get_all(header::SET_COOKIE).iter();
        let cookies: Vec<_> = cookies.map(|one| one.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        let status = response.status().as_u16();
        let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
        let page = if to.is_empty() { String::from_utf8(body.to_vec()).unwrap() } else { to };
        (status, page, cookies.join("; "))
    }
}

/// The fields of the form whose action ends so, as a browser would send them without anything being typed.
fn fields(page: &str, action: &str) -> String {
    let form = page.split("<form").find(|form| form.contains(&format!("action=\"{action}\""))).unwrap();
    let form = form.split("</form>").next().unwrap();
    let value = |input: &str, name: &str| {
        let after = input.split(&format!("{name}=\"")).nth(1).unwrap_or_default();
        after.split('"').next().unwrap().to_owned()
    };
    let inputs = form.split("<input").skip(1).map(|input| input.split('>').next().unwrap());
    let sent = inputs.filter(|input| !input.contains("type=\"checkbox\"") || input.contains(" checked"));
    let pairs: Vec<_> = sent.map(|input| format!("{}={}", value(input, "name"), value(input, "value"))).collect();
    pairs.join("&").replace(' ', "+")
}

fn said(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

const LIST: &str = "/reports/actions?status=assigned";

#[tokio::test]
async fn a_manager_ticks_rows_looks_and_moves_their_due_dates_at_once() {
    let ward = Ward::new().await;
    let mona = ward.sign_in("mona").await;
    let (due, later) = (ward.today + 30.days(), ward.today + 60.days());
    let list = ward.open(LIST, &mona).await;
    let tick = |person| format!("name=\"about\" value=\"{person}:1\"");
    assert!(list.contains(&tick(ward.ben)) && list.contains(&tick(ward.eve)), "{list}");
    assert!(
        !list.contains(&tick(ward.mona)) && !list.contains(&tick(ward.zoe)),
        "neither herself nor who is elsewhere"
    );
    assert!(list.contains("Choose<span class=\"visually-hidden\"> Ben Eze: Hand washing</span>"), "{list}");
    assert!(list.contains(&format!("/team/{}/training/extend?requirement=1", ward.ben)), "one alone too: {list}");
    assert!(!ward.open(&format!("{LIST}&as_of={later}"), &mona).await.contains("name=\"about\""));
    assert!(!ward.open(&format!("{LIST}&known_on={}", ward.today), &mona).await.contains("name=\"about\""));
    let all = ward.open(&format!("{LIST}&chosen=all"), &mona).await;
    assert!(list.contains("status=assigned&amp;chosen=all") && all.contains("Choose none"), "{list}");

    let chosen = format!("{}&deed=extend", fields(&all, "/reports/actions/choose"));
    let (status, asked, _) = ward.send("/reports/actions/choose", &chosen, &mona).await;
    assert_eq!(status, 200);
    assert!(asked.contains("data-not-kept") && asked.contains("Show what follows"), "{asked}");
    assert!(asked.contains(&format!("Not yet completed, due {}", said(due))), "{asked}");
    let carried = fields(&asked, "/reports/actions/choose");
    let (status, wrong, _) = ward.send("/reports/actions/choose", &carried, &mona).await;
    assert_eq!(status, 422);
    assert!(wrong.contains("href=\"#until\"") && wrong.contains("href=\"#reason\""), "{wrong}");

    let typed = format!("{carried}&until={later}&reason=The+ward+was+closed")
        .replace("&until=&", "&")
        .replace("&reason=&", "&");
    let (status, preview, _) = ward.send("/reports/actions/choose", &typed, &mona).await;
    assert_eq!(status, 200, "{preview}");
    let moves = format!("Due: from {} to {}", said(due), said(later));
    assert_eq!(preview.matches(&moves).count(), 2, "{preview}");
    assert!(preview.contains("Nothing is recorded yet.") && preview.contains("Extend 2 due dates"), "{preview}");

    let confirmed = fields(&preview, "/reports/actions/extend");
    for words in ["2 due dates were extended.", "It was done already."] {
        let (status, to, cookie) = ward.send("/reports/actions/extend", &confirmed, &mona).await;
        assert_eq!((status, to.as_str()), (303, "/reports/actions/done?status=assigned"));
        let page = ward.open(&to, &format!("{mona}; {cookie}")).await;
        assert!(page.contains(words) && page.contains("href=\"/reports/actions?status=assigned\""), "{page}");
        assert_eq!(page.matches("action=\"/reports/actions/undo\"").count(), 1, "{page}");
    }
    assert_eq!(ward.open(LIST, &mona).await.matches(&said(later)).count(), 2);

    let done = ward.open("/reports/actions/done", &mona).await;
    let undo = fields(&done, "/reports/actions/undo");
    for words in ["It is undone", "It was undone already."] {
        let (status, to, cookie) = ward.send("/reports/actions/undo", &undo, &mona).await;
        assert_eq!((status, to.as_str()), (303, "/reports/actions/done"));
        let page = ward.open(&to, &format!("{mona}; {cookie}")).await;
        assert!(page.contains(words) && !page.contains("action=\"/reports/actions/undo\""), "{page}");
    }
    assert!(!ward.open(LIST, &mona).await.contains(&said(later)));
}

#[tokio::test]
async fn a_list_of_rows_that_changed_meanwhile_is_shown_again_and_nothing_is_done() {
    let ward = Ward::new().await;
    let mona = ward.sign_in("mona").await;
    let (near, later) = (ward.today + 40.days(), ward.today + 60.days());
    let body = |until: Date| {
        format!("about={}:1&about={}:1&deed=extend&look=yes&until={until}&by=Ada+Obi&reason=Closed", ward.ben, ward.eve)
    };
    let (_, first, _) = ward.send("/reports/actions/choose", &body(later), &mona).await;
    let (_, second, _) = ward.send("/reports/actions/choose", &body(near), &mona).await;
    let second = fields(&second, "/reports/actions/extend");
    assert_eq!(ward.send("/reports/actions/extend", &second, &mona).await.0, 303);
    let (status, page, _) =
        ward.send("/reports/actions/extend", &fields(&first, "/reports/actions/extend"), &mona).await;
    assert_eq!(status, 409);
    assert!(page.contains("Nothing was done") && page.contains("Ben Eze, Hand washing: it stands other"), "{page}");
    assert!(page.contains(&format!("Due: from {} to {}", said(near), said(later))), "as it stands now: {page}");
    let again = fields(&page, "/reports/actions/extend");
    assert!(!ward.open(LIST, &mona).await.contains(&said(later)));
    assert_eq!(ward.send("/reports/actions/extend", &again, &mona).await.0, 303, "and once looked at it is done");
    assert_eq!(ward.open(LIST, &mona).await.matches(&said(later)).count(), 2);
}

#[tokio::test]
async fn nobody_is_named_who_may_not_be_seen() {
    let ward = Ward::new().await;
    let mona = ward.sign_in("mona").await;
    let all = format!("about={}:1&about={}:1&about=9999:1&deed=remind", ward.mona, ward.zoe);
    let (status, page, _) = ward.send("/reports/actions/choose", &all, &mona).await;
    assert_eq!(status, 200);
    assert!(page.contains("2 rows are about people who are not in your departments now."), "{page}");
    assert!(page.contains("Mona Ade. Nobody does this for themselves") && !page.contains("Zoe"), "{page}");
    assert!(page.contains("It can be done for none of them") && !page.contains("<button class=\"button\""), "{page}");
    let (status, to, cookie) = ward.send("/reports/actions/choose", "deed=remind&list=status%3Doverdue", &mona).await;
    assert_eq!((status, to.as_str()), (303, "/reports/actions?status=overdue"));
    assert!(cookie.contains("Nothing%20was%20chosen"), "{cookie}");
    let (status, to, _) = ward.send("/reports/actions/choose", "deed=remind&list=//elsewhere.example", &mona).await;
    assert_eq!((status, to.as_str()), (303, "/reports/actions"));
    assert_eq!(ward.send("/reports/actions/revoke", &all, &mona).await.0, 404, "not for many");
}

#[tokio::test]
async fn people_are_reminded_at_once_and_the_messages_withdrawn() {
    let ward = Ward::new().await;
    let mona = ward.sign_in("mona").await;
    let chosen = format!("about={}:1&about={}:1&deed=remind", ward.ben, ward.eve);
    let (_, asked, _) = ward.send("/reports/actions/choose", &chosen, &mona).await;
    assert!(asked.contains("Remind 2 people") && asked.contains("What is open for them"), "{asked}");
    let sent = fields(&asked, "/reports/actions/remind");
    assert_eq!(ward.send("/reports/actions/remind", &sent, &mona).await.0, 422, "not without a reason");
    let sent = format!("{sent}&reason=Inspection").replace("&reason=&", "&");
    let (status, to, cookie) = ward.send("/reports/actions/remind", &sent, &mona).await;
    assert_eq!((status, to.as_str()), (303, "/reports/actions/done"));
    let page = ward.open(&to, &format!("{mona}; {cookie}")).await;
    assert!(page.contains("2 people were written to.") && page.contains("Withdraw what has not gone out"), "{page}");
    let (_, again, _) = ward.send("/reports/actions/choose", &chosen, &mona).await;
    assert!(again.contains("Ben Eze. They were reminded today already."), "{again}");
    let undo = fields(&page, "/reports/actions/undo");
    let (_, to, cookie) = ward.send("/reports/actions/undo", &undo, &mona).await;
    let page = ward.open(&to, &format!("{mona}; {cookie}")).await;
    assert!(page.contains("2 messages were withdrawn.") && page.contains("Undone"), "{page}");
}
