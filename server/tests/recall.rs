//! The pages of recall and of the calendar, through the real router with every layer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, header},
};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use server::layers::{self, Settings};
use tower::ServiceExt as _;
use usecases::{Usecases, clock, learn::Step, set_up::FirstAdministrator};

const PASSWORD: &str = "kettle moss violin dune";
const QUIZ: &str = "---\nkind: quiz\ntitle: Asked\npass: 50\n---\n\n# Asked\n\n## Who\n\nWho comes first?\n\n- [x] The person\n  > FEEDBACK-YES\n- [ ] The telephone\n  > FEEDBACK-NO\n";
const MODULE: &str = "---\nkind: module\ntitle: Desk & door\ncomplete: [read]\nvalid-for: 12 months\n---\n\n# Desk & door\n\n## First\n\nLook up.\n\n## Prove\n\n[Asked](asked.md)\n";
const IN_PLACE: (&str, &str) = ("accept", "text/fragment+html");

/// A house with somebody who completed the module five days ago.
struct House {
    router: Router,
    cookie: String,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The value of a hidden field.
    fn field(&self, name: &str) -> &str {
        let (_, from) = self.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        from.split('"').next().unwrap()
    }
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
        let store = server::serve::open(&url).await.unwrap();
        let state = layers::state(&store);
        let usecases = state.usecases.clone();
        let mut house =
            Self { router: layers::build(state, store, Settings::default()), cookie: String::new(), _folder: folder };
        let then = clock::now().saturating_sub(SignedDuration::from_hours(5 * 24)).unwrap();
        complete(&usecases, then).await;
        let signed_in = house
            .post("/sign-in", &format!("login=ada@example.org&password={}", PASSWORD.replace(' ', "+")), &[])
            .await;
        assert_eq!(signed_in.status, 303);
        let cookies = signed_in.headers.get_all(header::SET_COOKIE).iter();
        let pairs: Vec<_> =
            cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        house.cookie = pairs.join("; ");
        house
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header("cookie", &self.cookie).body(Body::empty()).unwrap()).await
    }

    /// As a program asks that has signed in nowhere.
    async fn get_as_nobody(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, body: &str, more: &[(&str, &str)]) -> Answer {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let request = more
            .iter()
            .fold(request.header("cookie", &self.cookie), |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        request.headers_mut().insert(header::HOST, "clinic.example".parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }
}

async fn complete(usecases: &Usecases, then: Timestamp) {
    for (path, source) in [("asked.md", QUIZ), ("desk.md", MODULE)] {
        usecases.publish(&usecases::publish::File::alone(path, source), then).await.unwrap();
    }
    let token = usecases.make_set_up_link(then).await.unwrap().unwrap();
    let first = FirstAdministrator {
        organisation: "Mercy Clinic",
        zone: "Africa/Lagos",
        name: "Ada Obi",
        email: "ada@example.org",
        password: PASSWORD,
        from: None,
    };
    let ada = usecases.set_up(&token, first, then).await.unwrap();
    let ada = usecases.who(ada).await.unwrap().unwrap();
    for page in ["first", "prove"] {
        let shown = usecases.page(&ada, "desk", page).await.unwrap();
        let step = Step { slug: "desk", page, token: &shown.read_token, version: shown.version, newest: shown.newest };
        usecases.mark_read(&ada, step, then).await.unwrap();
    }
}

#[tokio::test]
async fn two_minutes_are_done_from_my_training_with_plain_forms() {
    let house = House::new().await;
    let training = house.get("/").await.body;
    for words in ["Two minutes to keep it", "href=\"/recall/desk\"", "1 question · ", "5 days after you completed it."]
    {
        assert!(training.contains(words), "{words}: {training}");
    }
    let begin = house.get("/recall/desk").await;
    assert_eq!((begin.status, begin.header("location")), (303, "/recall/desk/1"));
    let question = house.get("/recall/desk/1").await;
    assert!(question.body.contains("Who comes first?") && !question.body.contains("FEEDBACK"), "{}", question.body);
    assert!(question.header("cache-control").contains("no-store"), "{:?}", question.headers);
    let fields = format!("token={}&session={}", question.field("token"), question.field("session"));
    let empty = house.post("/recall/desk/1", &fields, &[]).await;
    assert!(empty.status == 422 && empty.body.contains("There is a problem"), "{}", empty.body);
    let nowhere = house.post("/recall/desk/9", &format!("{fields}&answer=1"), &[]).await;
    assert_eq!(nowhere.status, 404);

    let sent = house.post("/recall/desk/1", &format!("{fields}&answer=1"), &[]).await;
    assert_eq!((sent.status, sent.header("location")), (303, "/recall/desk/1#verdict"));
    let verdict = house.get("/recall/desk/1").await.body;
    assert!(verdict.contains("FEEDBACK") && verdict.contains("id=\"verdict\"") && verdict.contains("See how it went"));
    let other = house.post("/recall/desk/1", &format!("{fields}&answer=2"), &[]).await;
    assert!(other.status == 409 && other.body.contains("The first answer stands"), "{}", other.body);
    let over = house.get("/recall/desk").await;
    assert!(over.status == 200 && over.body.contains("That was it") && over.body.contains("they change no status"));
    assert!(!house.get("/").await.body.contains("Two minutes to keep it"));
}

#[tokio::test]
async fn an_answer_in_place_is_answered_with_its_verdict_and_a_late_one_with_how_it_is() {
    let house = House::new().await;
    let question = house.get("/recall/desk/1").await;
    let fields = |token: &str| format!("token={token}&session={}&answer=1", question.field("session"));
    let part = house.post("/recall/desk/1", &fields(question.field("token")), &[IN_PLACE]).await;
    assert!(
        part.status == 200 && part.body.contains("id=\"verdict\"") && !part.body.contains("<html"),
        "{}",
        part.body
    );
    let again = house.post("/recall/desk/1", &fields(question.field("token")), &[IN_PLACE]).await;
    assert_eq!(again.status, 200, "a form that waited and was sent twice");
    let second_tab = format!("1-{:032x}", 7);
    assert_eq!(house.post("/recall/desk/1", &fields(&second_tab), &[IN_PLACE]).await.status, 409);
}

#[tokio::test]
async fn a_calendar_is_read_by_its_link_alone_until_it_is_renewed_or_ended() {
    let house = House::new().await;
    let profile = house.get("/profile").await.body;
    assert!(profile.contains("Make a link") && !profile.contains("End the link"));
    let link = async || {
        let made = house.post("/profile/calendar", "", &[]).await;
        assert!(made.status == 200 && made.header("cache-control").contains("no-store"), "{:?}", made.headers);
        let (_, from) = made.body.split_once("http://clinic.example").unwrap();
        from.split('<').next().unwrap().to_owned()
    };
    let first = link().await;
    assert!(first.starts_with("/calendar/") && first.ends_with(".ics"), "{first}");
    let calendar = house.get_as_nobody(&first).await;
    assert_eq!((calendar.status, calendar.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert!(calendar.body.contains("\r\nSUMMARY:Valid through this day: Desk & door\r\n"), "{}", calendar.body);
    assert!(!calendar.headers.contains_key(header::SET_COOKIE), "it begins no session");
    let profile = house.get("/profile").await.body;
    assert!(profile.contains("Renew the link") && profile.contains("End the link"));
    assert!(!profile.contains(&first), "the link is shown once");

    let second = link().await;
    let nothing = house.get_as_nobody("/calendar/none.ics").await;
    let old = house.get_as_nobody(&first).await;
    assert_eq!((old.status, &old.body), (404, &nothing.body), "the one before looks like none");
    assert_eq!(house.get_as_nobody(&second).await.status, 200);
    assert_eq!(house.get_as_nobody(second.trim_end_matches(".ics")).await.status, 404);
    let ended = house.post("/profile/end-calendar", "", &[]).await;
    assert_eq!((ended.status, ended.header("location")), (303, "/profile"));
    assert_eq!(house.get_as_nobody(&second).await.status, 404);
}
