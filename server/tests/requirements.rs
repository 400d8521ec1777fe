//! The administrator's pages about who must know what, as a browser without scripts uses them: plain forms through the real router.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use http_body_util::BodyExt as _;
use server::layers::{self, Settings};
use tower::ServiceExt as _;
use usecases::{
    Usecases, clock, departments::DepartmentTyped, learn::Step, people::NewPerson, publish::File,
    set_up::FirstAdministrator, who::Who,
};

const PASSWORD: &str = "kettle moss violin dune";
const MODULE: &str =
    "---\nkind: module\ntitle: Hello\nminutes: 2\ncomplete: [read]\n---\n\n# Hello\n\n## First\n\nLook up.\n";

struct House {
    router: Router,
    usecases: Usecases,
    admin: Who,
    cookie: String,
    _folder: tempfile::TempDir,
}

impl House {
    /// A house with one requirement, Hello.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
        let store = server::serve::open(&url).await.unwrap();
        let state = layers::state(&store);
        let usecases = state.usecases.clone();
        let router = layers::build(state, store, Settings::default());
        let now = clock::now();
        usecases.publish(&File::alone("hello.md", MODULE), now).await.unwrap();
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
        let mut house = Self { router, usecases, admin, cookie: String::new(), _folder: folder };
        let body = format!("login=ada@example.org&password={}", PASSWORD.replace(' ', "+"));
        house.cookie = house.post("/sign-in", &body).await.2;
        assert_eq!(house.post("/requirements/new", "document=hello&name=Hello").await.1, "/requirements/1");
        house
    }

    /// Somebody who works on the ward.
    async fn nurse(&self, number: &str) {
        let now = clock::now();
        let new = NewPerson { name: number, email: "", staff_number: number };
        let person = self.usecases.add_person(&self.admin, new, now).await.unwrap();
        let ward = DepartmentTyped { name: number, parent: "" };
        let ward = self.usecases.add_department(&self.admin, ward, now).await.unwrap().to_string();
        self.usecases.place(&self.admin, person, (&ward, "Nurse"), now).await.unwrap();
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let (status, _, _, page) = self.ask(Request::get(path), Body::empty()).await;
        (status, page)
    }

    /// Sends a form: the status, where it leads, the cookies, the page.
    async fn post(&self, path: &str, body: &str) -> (u16, String, String, String) {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, Body::from(body.to_owned())).await
    }

    async fn ask(&self, request: axum::http::request::Builder, body: Body) -> (u16, String, String, String) {
        let mut request = request.header(header::COOKIE, &self.cookie).body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let to = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let cookies = response.headers().get_all(header::SET_COOKIE).iter();
        let cookies = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let page = response.into_body().collect().await.unwrap().to_bytes();
        (status, to.unwrap_or_default(), cookies, String::from_utf8(page.to_vec()).unwrap())
    }
}

impl House {
    /// Sends the form of the first path, drawn just now.
    async fn path(&self, body: &str) -> (u16, String) {
        let (_, page) = self.get("/paths/1").await;
        let drawn = value(&page, "drawn").replace(' ', "+");
        let (status, _, _, page) = self.post("/paths/1", &format!("drawn={drawn}&{body}")).await;
        (status, page)
    }
}

/// The value of the only field of this name in a page.
fn value<'p>(page: &'p str, name: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split_once('"').unwrap().0
}

/// The address of the first link in a page that begins so.
fn link(page: &str, start: &str) -> String {
    let at = page.find(&format!("href=\"{start}")).unwrap() + "href=\"".len();
    page[at..].split_once('"').unwrap().0.replace("&amp;", "&")
}

#[tokio::test]
async fn the_policy_page_says_what_would_be_and_saves_nothing() {
    let house = House::new().await;
    let (status, page) = house.get("/requirements/1/policy").await;
    assert_eq!((status, value(&page, "versions")), (200, "1"));
    assert!(page.contains("completed that day it counts once and for all."), "{page}");
    let shown = "/requirements/1/policy?versions=1&first-due=assigned&first-due-days=30&validity=12+months\
        &basis=calendar&calendar=09-01";
    let (status, page) = house.get(shown).await;
    assert_eq!(status, 200);
    assert!(page.contains("Someone assigned today would be due"), "{page}");
    assert!(page.contains("between 12 and 15 months"), "{page}");
    assert!(page.contains("value=\"09-01\""), "what was typed stays");
    let (_, page) = house.get("/requirements/1").await;
    assert!(page.contains("held once and for all"), "nothing was saved: {page}");
}

#[tokio::test]
async fn a_refused_policy_is_shown_again_with_the_reason_at_its_field() {
    let house = House::new().await;
    let typed = "versions=1&first-due=assigned&validity=2+months&window=60+days";
    for (status, page) in [
        house.get(&format!("/requirements/1/policy?{typed}")).await,
        house.get(&format!("/requirements/1/paper?{typed}")).await,
        {
            let (status, _, _, page) = house.post("/requirements/1/policy", typed).await;
            (status, page)
        },
    ] {
        assert_eq!(status, 422);
        assert!(
            page.contains("<a href=\"#window\">The renewal opens 60 days before the end, which is not shorter than the 2 months that it is valid: write a shorter time</a>"),
            "{page}"
        );
        assert!(page.contains("aria-describedby=\"window-hint window-error\""), "{page}");
        assert!(page.contains("value=\"2 months\""), "what was typed stays");
    }
}

#[tokio::test]
async fn a_policy_that_names_a_refresher_nobody_chose_is_warned_of() {
    let house = House::new().await;
    assert!(!house.get("/requirements/1").await.1.contains("but none is chosen"));
    let policy = "versions=1&validity=12+months&refresher=quiz";
    assert_eq!(house.post("/requirements/1/policy", policy).await.0, 303);
    let (_, page) = house.get("/requirements/1").await;
    assert!(page.contains("a challenge quiz is enough to renew it, but none is chosen"), "{page}");
}

#[tokio::test]
async fn a_bulk_recalculation_is_only_possible_from_the_page_that_shows_everyone() {
    let house = House::new().await;
    for number in 1..=51 {
        house.nurse(&format!("n-{number}")).await;
    }
    assert_eq!(house.post("/assignments/new", "what=requirement-1&audience=everybody").await.0, 303);
    let typed = "first-due=assigned&first-due-days=20";
    let (status, page) = house.get(&format!("/requirements/1/paper?versions=1&{typed}&acts=open")).await;
    assert_eq!(status, 200);
    assert!(page.contains("52 of 52 would stand differently") && page.contains("page 1 of 2"), "{page}");
    assert_eq!(page.matches("<tr role=\"row\">").count(), 51, "fifty people and the headings");
    let (_, second) = house.get(&link(&page[page.find("Pages").unwrap()..], "/requirements/1/paper?")).await;
    assert!(second.contains("page 2 of 2") && second.contains("value=\"20\""), "{second}");

    // A form that nobody was shown changes nobody.
    let (status, _, _, refused) = house.post("/requirements/1/paper", &format!("versions=1&{typed}&acts=open")).await;
    assert_eq!(status, 409);
    assert!(refused.contains("Nothing was saved"), "{refused}");
    let (seen, versions) = (value(&page, "seen"), value(&page, "versions"));
    let sent = format!("versions={versions}&{typed}&acts=open&seen={seen}");
    assert_eq!(house.post("/requirements/1/paper", &sent).await.1, "/requirements/1");
    let (_, page) = house.get("/requirements/1").await;
    assert!(page.contains("Due 20 days after being assigned") && page.contains("open cycles"), "{page}");
    assert_eq!(house.post("/requirements/1/paper", &sent).await.0, 409, "a second time");
}

#[tokio::test]
async fn an_assignment_is_made_only_after_it_said_what_it_does() {
    let house = House::new().await;
    house.nurse("n-1").await;
    let (status, page) = house.get("/assignments/new?what=requirement-1").await;
    assert_eq!(status, 200);
    assert!(page.contains("<option value=\"requirement-1\" selected"), "{page}");
    let asked = "what=requirement-1&audience=role&role=Nurse";
    let (status, page) = house.get(&format!("/assignments/new?step=check&{asked}")).await;
    assert_eq!(status, 200);
    assert!(page.contains("This will give 1 person 1 new obligation."), "{page}");
    assert_eq!(value(&page, "role"), "Nurse");
    let (_, page) = house.get("/assignments").await;
    assert!(page.contains("Nothing is assigned yet"), "{page}");

    let (status, page) = house.get("/assignments/new?step=check&what=requirement-1&audience=person&person=n-9").await;
    assert_eq!(status, 422);
    assert!(page.contains("Nobody has this staff number or e-mail address"), "{page}");
    assert_eq!(house.post("/assignments/new", asked).await.1, "/assignments");
    let (_, page) = house.get("/assignments").await;
    assert!(page.contains("Everybody who works as Nurse") && page.contains("by Ada Obi"), "{page}");
    assert_eq!(house.post("/paths", "name=First+weeks").await.1, "/paths/1");
    house.path("name=First+weeks&do=add&add=1&add_days=20").await;
    house.post("/assignments/new", "what=path-1&audience=everybody&from=2999-01-01").await;
    house.post("/assignments/new", "what=path-1&audience=person&person=ada@example.org").await;
    let (_, page) = house.get("/requirements/1").await;
    let listed = [">Everybody who works as Nurse<", ">Path: First weeks<"].map(|words| page.matches(words).count());
    assert_eq!(listed, [1, 1], "by itself and as a step, but not from a day that is too far away: {page}");
    let (_, page) = house.get("/assignments/1/end").await;
    assert!(page.contains("1 person loses the obligation"), "{page}");
    assert_eq!(house.post("/assignments/1/end", "").await.1, "/assignments");
    assert_eq!(house.get("/assignments/1/end").await.0, 404, "it is over");
}

#[tokio::test]
async fn the_steps_of_a_path_are_moved_by_plain_buttons() {
    let house = House::new().await;
    assert_eq!(house.post("/requirements/new", "document=hello&name=Fire").await.1, "/requirements/2");
    assert_eq!(house.post("/paths", "name=First+weeks").await.1, "/paths/1");
    house.path("name=First+weeks&do=add&add=1&add_days=20").await;
    house.path("name=First+weeks&step=1&days=20&do=add&add=2&add_days=40").await;
    let order = async || {
        let (_, page) = house.get("/paths/1").await;
        let steps = page.split("name=\"step\" value=\"").skip(1);
        steps.map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(order().await, ["1", "2"]);
    let (status, ..) = house.path("name=First+weeks&step=1&days=21&step=2&days=40&add=&add_days=&do=down-0").await;
    assert_eq!((status, order().await), (303, vec!["2".to_owned(), "1".to_owned()]));
    let (status, page) = house.path("name=First+weeks&step=2&days=x&step=1&days=21&do=save").await;
    assert_eq!(status, 422);
    assert!(page.contains("Enter in how many days Fire is due") && page.contains("value=\"x\""), "{page}");
    house.path("name=First+weeks&step=2&days=40&step=1&days=21&do=remove-0").await;
    assert_eq!(order().await, ["1"]);
}

#[tokio::test]
async fn a_path_is_not_saved_from_a_form_that_is_out_of_date() {
    let house = House::new().await;
    assert_eq!(house.post("/paths", "name=First+weeks").await.1, "/paths/1");
    let (_, page) = house.get("/paths/1").await;
    let old = value(&page, "drawn").replace(' ', "+");
    // The Enter key in the days of the new step presses the first button.
    assert_eq!(house.path("name=First+weeks&add=1&add_days=5&do=save").await.0, 303);
    for stale in [format!("drawn={old}&name=First+weeks&do=save"), "name=First+weeks&do=save".to_owned()] {
        let (status, _, _, page) = house.post("/paths/1", &stale).await;
        assert_eq!(status, 409);
        assert!(page.contains("Somebody else changed this path meanwhile"), "{page}");
        assert!(page.contains("name=\"step\" value=\"1\""), "as it stands: {page}");
        assert!(page.contains("nothing is due sooner than 14 days after being assigned"), "{page}");
    }
}

#[tokio::test]
async fn a_step_of_an_assigned_path_is_taken_out_only_after_it_said_for_whom() {
    let house = House::new().await;
    assert_eq!(house.post("/paths", "name=First+weeks").await.1, "/paths/1");
    house.path("name=First+weeks&add=1&add_days=20&do=add").await;
    house.post("/assignments/new", "what=path-1&audience=everybody").await;
    let typed = "name=First+weeks&step=1&days=20";
    let (status, page) = house.path(&format!("{typed}&do=remove-0")).await;
    assert_eq!(status, 200);
    assert!(page.contains("Taking out Hello ends it for 1 person."), "{page}");
    assert!(house.get("/paths/1").await.1.contains("name=\"step\" value=\"1\""), "nothing is saved yet");
    let seen = value(&page, "seen").replace(' ', "+");
    assert_eq!(house.path(&format!("{typed}&seen={seen}&do=remove-0")).await.0, 303);
    assert!(house.get("/paths/1").await.1.contains("No steps yet."));
}

#[tokio::test]
async fn an_assignment_says_what_is_due_sooner_and_what_is_taken_back() {
    let house = House::new().await;
    assert_eq!(house.post("/paths", "name=First+weeks").await.1, "/paths/1");
    house.path("name=First+weeks&add=1&add_days=20&do=add").await;
    house.post("/assignments/new", "what=requirement-1&audience=everybody").await;
    let (_, page) = house.get("/assignments/new?step=check&what=path-1&audience=person&person=ada@example.org").await;
    assert!(page.contains("For 1 person asked already it is due sooner: "), "{page}");
    assert!(!page.contains("Nothing is due now") && !page.contains("Whoever joins later"), "{page}");
    let (_, page) = house.get("/assignments/1/end").await;
    assert!(page.contains("as though it had not been made, and due dates go back"), "{page}");
}

#[tokio::test]
async fn a_job_role_is_not_merged_unseen() {
    let house = House::new().await;
    house.nurse("n-1").await;
    assert_eq!(house.post("/job-roles", "name=Carer").await.1, "/job-roles");
    let (status, page) = house.get("/job-roles/rename?role=Nurse&name=carer").await;
    assert_eq!(status, 200);
    assert!(page.contains("There is a job role Carer already, held by nobody"), "{page}");
    assert!(page.contains("Yes, make Nurse and Carer one"), "{page}");
    assert_eq!(house.get("/job-roles/rename?role=Pilot").await.0, 404);
    assert_eq!(house.post("/job-roles/rename", "role=Nurse&name=Carer").await.1, "/job-roles");
    assert!(!house.get("/job-roles").await.1.contains("role=Nurse"));
}

#[tokio::test]
async fn a_mandatory_update_says_whom_it_goes_to() {
    let house = House::new().await;
    let (status, page) = house.get("/requirements/1/update?name=Hello+2&days=7").await;
    assert_eq!(status, 200);
    assert!(page.contains("Nobody holds it today") && !page.contains("formmethod"), "{page}");
    assert!(page.contains("The version that is live was published"), "{page}");
    let (status, _, _, page) = house.post("/requirements/1/update", "name=Hello+2&days=soon&why=It+is+new").await;
    assert_eq!(status, 422);
    assert!(page.contains("<a href=\"#days\">Enter whole days from 1 to 730</a>"), "{page}");
}

#[tokio::test]
async fn requirements_are_in_the_navigation_of_administrators() {
    let house = House::new().await;
    let (_, page) = house.get("/assignments").await;
    assert!(page.contains("<a href=\"/requirements\" aria-current=\"page\">Requirements</a>"), "{page}");
}

#[tokio::test]
async fn a_module_says_what_is_asked_of_the_reader_even_where_an_earlier_completion_counts() {
    let house = House::new().await;
    house.post("/assignments/new", "what=requirement-1&audience=everybody").await;
    let (_, page) = house.get("/modules/hello").await;
    assert!(page.contains("“Hello” is asked of you, due ") && page.contains("href=\"/why/1\""), "{page}");
    let shown = house.usecases.page(&house.admin, "hello", "first").await.unwrap();
    let step =
        Step { slug: "hello", page: "first", token: &shown.read_token, version: shown.version, newest: shown.newest };
    // An update asks for what is completed from its day on.
    let yesterday = clock::now() - jiff::SignedDuration::from_hours(24);
    house.usecases.mark_read(&house.admin, step, yesterday).await.unwrap();
    let (_, page) = house.get("/modules/hello").await;
    assert!(page.contains("You completed this module") && !page.contains("is asked of you"), "{page}");

    let sent = house.post("/requirements/1/update", "name=Hello,+spring&days=7&why=It+is+new").await;
    assert_eq!((sent.0, sent.1.as_str()), (303, "/requirements/2"), "{}", sent.3);
    let (_, page) = house.get("/modules/hello").await;
    assert!(
        page.contains("You completed this module") && page.contains("“Hello, spring” is asked of you, due "),
        "{page}"
    );
    assert!(page.contains("href=\"/why/2\"") && !page.contains("href=\"/why/1\""), "{page}");
}

#[tokio::test]
async fn what_was_recorded_about_oneself_is_found_from_ones_record_and_profile() {
    let house = House::new().await;
    for place in ["/record", "/profile"] {
        let (_, page) = house.get(place).await;
        let there = link(&page, "/team/");
        assert_eq!(there, format!("/team/{}/training", house.admin.person), "{place}");
        assert_eq!(house.get(&there).await.0, 200);
    }
}

#[tokio::test]
async fn the_paths_that_the_curriculum_suggests_are_taken_over_once() {
    let house = House::new().await;
    // Before its modules are there, nothing is suggested.
    assert!(!house.get("/paths").await.1.contains("To begin with"));
    let now = clock::now();
    server::serve::publish_starter(&house.usecases, now).await.unwrap();
    // Something is required with one of them already, and a path of one name is there.
    let (_, to, _, _) = house.post("/requirements/new", "document=calm-and-safe&name=Safe+and+calm").await;
    assert_eq!(to, "/requirements/2");
    house.post("/paths", "name=managers").await;

    let page = house.get("/paths").await.1;
    assert!(page.contains("To begin with") && page.contains("Nurses and physicians"), "{page}");
    assert!(page.contains("11 steps, for Nurse and Physician"), "{page}");
    assert!(page.contains("due after 7 days, counts for 12 months"), "{page}");
    assert!(!page.contains("9 steps, for Manager"), "there is such a path: {page}");
    assert_eq!(house.post("/paths/suggested", "").await.1, "/paths");

    let page = house.get("/paths").await.1;
    assert!(!page.contains("To begin with") && page.contains("Nurses and physicians"), "{page}");
    let requirements = house.usecases.requirements(&house.admin, now).await.unwrap().lines;
    // The two of before and the eleven modules of these paths, of which one was required.
    assert_eq!(requirements.len(), 12);
    assert!(requirements.iter().all(|line| line.people == 0), "nobody is asked for anything");
    let paths = house.usecases.paths(&house.admin).await.unwrap();
    assert_eq!(paths.iter().map(|path| path.steps).collect::<Vec<_>>(), [10, 0, 11, 9, 8]);
    let roles: Vec<String> =
        house.usecases.job_roles(&house.admin, now).await.unwrap().into_iter().map(|one| one.0).collect();
    assert!(roles.contains(&"Radiographer".to_owned()) && !roles.contains(&"Manager".to_owned()), "{roles:?}");

    // Pressed again it adds nothing.
    house.post("/paths/suggested", "").await;
    assert_eq!(house.usecases.paths(&house.admin).await.unwrap().len(), 5);
    assert_eq!(house.usecases.requirements(&house.admin, now).await.unwrap().lines.len(), 12);

    house.nurse("n-1").await;
    let nurse = house.usecases.people(&house.admin, "n-1", 0).await.unwrap().rows[0].id;
    let nurse = house.usecases.who(usecases::PersonId(nurse)).await.unwrap().unwrap();
    assert!(matches!(house.usecases.take_suggested_paths(&nurse, now).await, Err(usecases::Failure::Denied)));
}

#[tokio::test]
async fn the_first_steps_are_told_until_somebody_is_asked_for_something() {
    let house = House::new().await;
    let steps = async || house.get("/first-steps").await.1.replace("<!>", "");
    let card = "See the first steps";
    assert!(house.get("/").await.1.contains(card));
    let page = steps().await;
    assert!(page.contains("4 steps are left") && page.contains("Nobody but you yet."), "{page}");
    assert!(page.contains("1 requirement.") && !page.contains("Who has no department"), "{page}");
    house.nurse("n-1").await;
    let page = steps().await;
    assert!(page.contains("2 steps are left") && page.contains("1 department."), "{page}");
    assert!(page.contains("Who has no department"), "{page}");
    let people = "2 people, you among them. 1 person works in no department";
    assert!(page.contains(people) && page.contains("1 of 2 has come in."), "{page}");
    assert_eq!(house.post("/assignments/new", "what=requirement-1&audience=everybody").await.0, 303);
    let page = steps().await;
    assert!(page.contains("One step is left") && page.contains("1 assignment."), "{page}");
    assert!(page.contains("No mail server is set: nobody gets a message"), "{page}");
    assert!(house.get("/").await.1.contains(card), "nobody else has come in");
    // Whoever comes in takes the last one, and is no administrator.
    let nurse = house.usecases.people(&house.admin, "n-1", 0).await.unwrap().rows[0].id;
    let token = house.usecases.invite(&house.admin, usecases::PersonId(nurse), clock::now()).await.unwrap();
    house.usecases.accept_invitation(&token, PASSWORD, None, clock::now()).await.unwrap();
    let page = steps().await;
    assert!(
        page.contains("All of it is done: people learn what they are asked for")
            && page.contains("Everybody has come in."),
        "{page}"
    );
    assert!(!house.get("/").await.1.contains(card));
    assert!(house.get("/site").await.1.contains("href=\"/first-steps\""), "they are found again");
}
