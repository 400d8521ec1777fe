//! The pages of statistics, through the real router with every layer: who may, what is shown, and what is kept back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, header},
};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use server::layers::{self, Settings};
use tower::ServiceExt as _;
use usecases::{
    Usecases, clock,
    departments::DepartmentTyped,
    people::NewPerson,
    question::Sent,
    quiz::Answered,
    role_play::{ASSESSED, Chosen},
    set_up::FirstAdministrator,
    who::Who,
};

const PASSWORD: &str = "kettle moss violin dune";
const QUIZ: &str = "---\nkind: quiz\ntitle: Asked & told\npass: 50\n---\n\n# Asked & told\n\n## Who\n\nWho comes first?\n\n- [x] The person\n  > Yes.\n\
     - [ ] =The telephone\n  > It can ring.\n- [ ] Nobody at all\n  > Somebody does.\n\n## What\n\nWhat do you say?\n\n- [x] Good morning\n  > Yes.\n\
     - [ ] Next\n  > That is cold.\n";
const ROLE_PLAY: &str = "---\nkind: scenario\ntitle: At the desk\npass: { score: 50 }\ncharacters: { Mr Bello: }\n---\n\n# At the desk\n\n## He asks\n\n\
     **Mr Bello:** How long?\n\n- [Say the truth](#he-nods) `best`\n  > Good.\n- [Shrug](#he-goes) `poor`\n  > Cold.\n\n## He nods\n\n`ending good`\n\nHe nods.\n\n\
     ## He goes\n\n`ending bad`\n\nHe goes.\n";

/// A house in which learners have taken the quiz and the role-play.
struct House {
    router: Router,
    usecases: Usecases,
    admin: Who,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl House {
    async fn new(learners: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
        let store = server::serve::open(&url).await.unwrap();
        let state = layers::state(&store);
        let usecases = state.usecases.clone();
        let now = clock::now();
        for (path, source) in [("asked.md", QUIZ), ("desk.md", ROLE_PLAY)] {
            usecases.publish(&usecases::publish::File::alone(path, source), now).await.unwrap();
        }
        let token = usecases.make_set_up_link(now).await.unwrap().unwrap();
        let first = FirstAdministrator {
            organisation: "Mercy Clinic",
            zone: "Africa/Lagos",
            name: "Ada Obi",
            email: "administrator@example.org",
            password: PASSWORD,
            from: None,
        };
        let ada = usecases.set_up(&token, first, now).await.unwrap();
        let admin = usecases.who(ada).await.unwrap().unwrap();
        let router = layers::build(state, store, Settings::default());
        let house = Self { router, usecases, admin, _folder: folder };
        for number in 0..learners {
            house.learns(number, now).await;
        }
        house
    }

    /// Somebody takes the quiz and plays the role-play for real. All but every fourth are right and kind.
    async fn learns(&self, number: usize, now: Timestamp) {
        let usecases = &self.usecases;
        let staff_number = format!("N{number}");
        let new = NewPerson { name: "Somebody Secret", email: "", staff_number: &staff_number };
        let person = usecases.add_person(&self.admin, new, now).await.unwrap();
        let who = usecases.who(person).await.unwrap().unwrap();
        let is_good = !number.is_multiple_of(4);
        let intro = usecases.quiz(&who, "asked", now).await.unwrap();
        usecases.begin_quiz(&who, "asked", (None, &intro.token), now).await.unwrap();
        for question in 1..=2 {
            let shown = usecases.quiz_question(&who, "asked", question, now).await.unwrap().unwrap();
            let usecases::question::TaskView::Choice { options, .. } = &shown.question.task else { panic!() };
            let words = match (question, is_good) {
                (1, true) => "The person",
                (1, false) => "telephone",
                (_, true) => "Good morning",
                (_, false) => "Next",
            };
            let place = 1 + options.iter().position(|option| option.html.contains(words)).unwrap();
            let sent = Sent { answer: vec![place.to_string()], ..Sent::default() };
            let answered = Answered {
                slug: "asked",
                attempt: shown.attempt,
                number: question,
                times: 0,
                sent: &sent,
                token: &shown.token,
            };
            usecases.answer(&who, answered, now).await.unwrap();
        }
        let review = usecases.review(&who, "asked", now).await.unwrap().unwrap();
        usecases.hand_in(&who, "asked", (review.attempt, &review.token), now).await.unwrap();

        let intro = usecases.role_play(&who, "desk").await.unwrap();
        usecases.begin_role_play(&who, "desk", (ASSESSED, None, &intro.token), now).await.unwrap();
        let scene = usecases.scene(&who, "desk").await.unwrap().unwrap();
        let words = if is_good { "truth" } else { "Shrug" };
        let number = 1 + scene.choices.iter().position(|html| html.contains(words)).unwrap();
        let chosen = Chosen { slug: "desk", attempt: scene.attempt, at: scene.at, number, token: &scene.token };
        usecases.choose(&who, chosen, now).await.unwrap();
    }

    /// The cookie of somebody new with a right.
    async fn signed_in(&self, right: &str) -> String {
        let now = clock::now();
        let email = format!("{right}@example.org");
        if right != "administrator" {
            let new = NewPerson { name: right, email: &email, staff_number: "" };
            let person = self.usecases.add_person(&self.admin, new, now).await.unwrap();
            let token = self.usecases.invite(&self.admin, person, now).await.unwrap();
            self.usecases.accept_invitation(&token, PASSWORD, None, now).await.unwrap();
            if right != "learner" {
                let ward = DepartmentTyped { name: right, parent: "" };
                let ward = self.usecases.add_department(&self.admin, ward, now).await.unwrap().to_string();
                self.usecases.set_right(&self.admin, person, (right, &ward, true), now).await.unwrap();
            }
        }
        let body = format!("login={email}&password={}", PASSWORD.replace(' ', "+"));
        let request = Request::post("/sign-in").header("content-type", "application/x-www-form-urlencoded");
        let signed_in = self.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(signed_in.status, 303, "{right} signs in");
        let cookies = signed_in.headers.get_all(header::SET_COOKIE).iter();
        let pairs: Vec<_> = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap()).collect();
        pairs.join("; ")
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }
}

#[track_caller]
fn says(page: &Answer, words: &[&str]) {
    assert_eq!(page.status, 200);
    for words in words {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
}

const PAGES: [&str; 5] = [
    "/statistics",
    "/statistics/quizzes/asked",
    "/statistics/quizzes/asked/items.csv",
    "/statistics/role-plays/desk",
    "/statistics/role-plays/desk/choices.csv",
];

#[tokio::test]
async fn a_trainer_sees_what_goes_wrong_and_no_names() {
    let house = House::new(40).await;
    let trainer = house.signed_in("trainer").await;
    let list = house.get("/statistics", &trainer).await;
    says(&list, &["href=\"/statistics/quizzes/asked\"", "Asked &amp; told", "href=\"/statistics/role-plays/desk\""]);
    assert_eq!(list.body.matches(">40</td>").count(), 2, "{}", list.body);
    says(&house.get("/", &trainer).await, &["<a href=\"/statistics\">Statistics</a>"]);

    let quiz = house.get("/statistics/quizzes/asked", &trainer).await;
    // 30 of 40 are right; worked out with Wilson's formula.
    says(&quiz, &["75\u{a0}% (60–86\u{a0}%)", "Nobody takes “Nobody at all”", "One question is worth a look"]);
    says(&quiz, &["=The telephone", ">25 %</td>", ">100 %</td>", "Who comes first?"]);
    says(&quiz, &["href=\"/statistics/quizzes/asked/items.csv\""]);

    let play = house.get("/statistics/role-plays/desk", &trainer).await;
    says(&play, &["<svg", "<title id=\"flow-title\">", "75 % come to “He nods”; 25 % come to “He goes”", "He asks"]);
    says(&play, &["Say the truth", "75 of 100", ">100</td>", "ends badly"]);
    assert!(!play.body.contains("style=\""), "what is drawn has no styles of its own, which the browser would refuse");
    for path in PAGES {
        let page = house.get(path, &trainer).await;
        assert!(page.status == 200 && !page.body.contains("Secret"), "{path}");
    }
}

#[tokio::test]
async fn the_studio_says_beside_the_text_what_the_statistics_say() {
    let house = House::new(40).await;
    let trainer = house.signed_in("trainer").await;
    let quiz = house.get("/studio/quiz/asked", &trainer).await;
    says(
        &quiz,
        &[
            "40 first attempts: 75\u{a0}% (60–86\u{a0}%) right",
            "Nobody takes “Nobody at all”",
            "25\u{a0}% <!>=The telephone",
        ],
    );
    let play = house.get("/studio/scenario/desk", &trainer).await;
    says(
        &play,
        &[
            "40 first attempts: 75\u{a0}% came by",
            "75\u{a0}% took it.",
            ">75 % come by</text>",
            "What is live has 40 first attempts",
        ],
    );
    let map = house.get("/studio/scenario/desk/map", &trainer).await;
    says(
        &map,
        &[">75 % come by</text>", "75\u{a0}% came by", "25\u{a0}% took it", "What is live has 40 first attempts"],
    );
    // Each leads to its place on the page that says more.
    for (page, path) in [(&quiz, "/statistics/quizzes/asked"), (&play, "/statistics/role-plays/desk")] {
        let there = house.get(path, &trainer).await;
        let links: Vec<&str> = page.body.split(&format!("href=\"{path}#")).skip(1).collect();
        assert!(!links.is_empty(), "{path}: {}", page.body);
        for link in links {
            let anchor = link.split('"').next().unwrap();
            says(&there, &[&format!("id=\"{anchor}\"")]);
        }
    }
    // Of too few nothing is said.
    let house = House::new(9).await;
    let trainer = house.signed_in("trainer").await;
    for path in ["/studio/quiz/asked", "/studio/scenario/desk", "/studio/scenario/desk/map"] {
        let page = house.get(path, &trainer).await;
        assert!(page.status == 200 && !page.body.contains("first attempts"), "{path}");
    }
}

#[tokio::test]
async fn files_have_the_rows_of_the_page_and_no_formula_and_are_written_down() {
    let house = House::new(12).await;
    let administrator = house.signed_in("administrator").await;
    let items = house.get("/statistics/quizzes/asked/items.csv?from=2020-01-01", &administrator).await;
    assert_eq!(items.headers["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(items.headers["content-disposition"], "attachment; filename=\"items.csv\"");
    let lines: Vec<&str> = items.body.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}question,type,version,first_attempts,facility_percent,"), "{lines:?}");
    assert!(lines[1].starts_with("Who,One answer,live,12,75,47,91,1.00,75,0,25,0,"), "{lines:?}");
    assert!(lines.len() == 4 && lines[3].is_empty(), "a line for each question: {lines:?}");
    let choices = house.get("/statistics/role-plays/desk/choices.csv", &administrator).await;
    assert!(choices.body.contains("\r\nHe asks,100,Say the truth,best,75,,0.00,\r\n"), "{}", choices.body);
    assert!(choices.body.contains("\r\nHe asks,100,Shrug,poor,25,,100.00,\r\n"), "{}", choices.body);
    let log = house.get("/audit?what=statistics.exported", &administrator).await;
    says(&log, &["Statistics downloaded", "/statistics/quizzes/asked/items.csv: from 2020-01-01", "choices.csv"]);
}

#[tokio::test]
async fn of_nine_people_nothing_is_shown() {
    let house = House::new(9).await;
    let trainer = house.signed_in("trainer").await;
    for path in &PAGES[1..] {
        let page = house.get(path, &trainer).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.to_lowercase().contains("fewer than ten"), "{path}: {}", page.body);
        for figure in ["\u{a0}%", "<svg viewBox=\"0 0 ", ">9<", ",9,", "The person"] {
            assert!(!page.body.contains(figure), "{path}: {figure}: {}", page.body);
        }
    }
    let list = house.get("/statistics", &trainer).await;
    assert_eq!(list.body.matches(">Fewer than ten</td>").count(), 2, "{}", list.body);
}

#[tokio::test]
async fn learners_and_managers_find_nothing_here() {
    let house = House::new(0).await;
    for right in ["learner", "manager"] {
        let cookie = house.signed_in(right).await;
        let nothing = house.get("/no/such/page", &cookie).await;
        for path in PAGES {
            let page = house.get(path, &cookie).await;
            assert_eq!((page.status, &page.body), (404, &nothing.body), "{right} {path}");
        }
        assert!(!house.get("/", &cookie).await.body.contains("/statistics"), "{right}");
    }
}

#[tokio::test]
async fn days_that_cannot_be_read_are_asked_for_again() {
    let house = House::new(0).await;
    let trainer = house.signed_in("trainer").await;
    for base in ["/statistics/quizzes/asked", "/statistics/role-plays/desk"] {
        let page = house.get(&format!("{base}?from=soon&to=2026-02-01"), &trainer).await;
        assert_eq!(page.status, 422, "{base}");
        for words in ["There is a problem", "for example 2026-11-28", "value=\"soon\"", "value=\"2026-02-01\""] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        let turned = house.get(&format!("{base}?from=2026-03-01&to=2026-02-01"), &trainer).await;
        assert!(turned.status == 422 && turned.body.contains("lies before the first"), "{}", turned.body);
    }
    let filtered = house.get("/statistics/quizzes/asked?from=2026-03-01", &trainer).await;
    says(&filtered, &["value=\"2026-03-01\"", "All days", "on these days"]);
}
