//! What a manager of one ward learns of another from reports: by id, by filter, by name, by order, by count, by day. Nothing. Through the
//! real router.

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
use usecases::{
    PersonId, Usecases, clock, departments::DepartmentTyped, deputies::DeputyTyped, people::NewPerson,
    set_up::FirstAdministrator, who::Who,
};

const PASSWORD: &str = "kettle moss violin dune";
const MODULE: &str =
    "---\nkind: module\ntitle: Hello\nminutes: 2\ncomplete: [read]\n---\n\n# Hello\n\n## First\n\nLook up.\n";

/// Who there is: of Ward 3 and of Ward 4 the manager and a nurse; somebody who moved from the one to the other ten days ago, somebody who
/// moves the other way in ten days, and somebody without a department.
const PEOPLE: [(&str, Option<usize>); 7] = [
    ("Mona Manager", Some(0)),
    ("Ben Eze", Some(0)),
    ("Yara Away", Some(1)),
    ("Carl Away", Some(1)),
    ("Dora Away", Some(0)),
    ("Emil Away", Some(1)),
    ("Nora Away", None),
];
/// The reports that have a row for each person of whom something is to be done.
const BY_PERSON: [&str; 2] = ["actions", "matrix"];
const REPORTS: [&str; 5] = ["actions", "departments", "expiring", "matrix", "trend"];

/// What somebody gets.
enum Gets {
    /// A report with the rows of these people, of nobody else, and nobody else's name anywhere.
    Rows(&'static [&'static str]),
    /// A page that is not there.
    Nothing,
}
use Gets::{Nothing, Rows};

const OWN: Gets = Rows(&["Ben Eze", "Mona Manager"]);
const NOBODY: Gets = Rows(&[]);

/// What the manager of Ward 3 asks for by person, and what she gets, of `{report}` in each of [`BY_PERSON`]. In an address `{ward}` is her
/// ward, `{other}` the other one, and a first name in braces is that person's id; `{before}` and `{after}` are days on which the two who
/// move work in her ward.
const ASKED: &[(&str, Gets)] = &[
    ("/reports/{report}", OWN),
    ("/reports/{report}?department={ward}", OWN),
    ("/reports/{report}?department={other}", Nothing),
    ("/reports/{report}?department={other}&only=1", Nothing),
    ("/reports/{report}?department={above}", Nothing),
    ("/reports/{report}?department=none", Nothing),
    ("/reports/{report}?department=999", Nothing),
    ("/reports/{report}?only=1", OWN),
    ("/reports/{report}?manager={mona}", OWN),
    ("/reports/{report}?manager={yara}", NOBODY),
    ("/reports/{report}?manager={yara}&department={ward}", NOBODY),
    ("/reports/{report}?manager={carl}", NOBODY),
    ("/reports/{report}?manager=999", NOBODY),
    ("/reports/{report}?name=Away", NOBODY),
    ("/reports/{report}?name=carl", NOBODY),
    ("/reports/{report}?name=carl@example.org", NOBODY),
    ("/reports/{report}?name=%25", NOBODY),
    ("/reports/{report}?name=e", OWN),
    ("/reports/{report}?sort=department", OWN),
    ("/reports/{report}?sort=name", OWN),
    ("/reports/{report}?sort=-due", OWN),
    ("/reports/{report}?sort=requirement", OWN),
    ("/reports/{report}?job_role=Nurse", OWN),
    ("/reports/{report}?job_role=Porter", NOBODY),
    ("/reports/{report}?requirement=1", OWN),
    ("/reports/{report}?known_on={before}", OWN),
    ("/reports/{report}?level=each", OWN),
    // Who worked there on the day is there on that day, and only then.
    ("/reports/{report}?as_of={before}", Rows(&["Ben Eze", "Dora Away", "Mona Manager"])),
    ("/reports/{report}?as_of={before}&manager={yara}", NOBODY),
    ("/reports/{report}?as_of={after}", Rows(&["Ben Eze", "Emil Away", "Mona Manager"])),
    ("/reports/{report}?as_of={before}&name=away", Rows(&["Dora Away"])),
];

/// What is not hers looks like what is not there: by the ids of others, whoever they are.
const HIDDEN: &[&str] = &[
    "/team/{carl}/training",
    "/team/{yara}/training",
    "/team/{nora}/training",
    // Of one who works elsewhere now, the row of the day may be seen, and nothing beyond it.
    "/team/{dora}/training",
    "/team/{emil}/training",
    "/team/{carl}/why/1",
    "/team/{dora}/why/1",
    "/team/{dora}/why/1?as_of={before}",
    "/team/{carl}/allowance",
    "/team/{carl}/training/extend?requirement=1",
    "/people/{carl}",
    "/reports/nothing",
];

/// Two wards below a hospital, and what is asked of everybody since two months ago, thirty days after which nobody had done it.
struct House {
    router: Router,
    usecases: Usecases,
    admin: Who,
    wards: [i64; 2],
    above: i64,
    people: Vec<PersonId>,
    today: Date,
    _folder: tempfile::TempDir,
}

impl House {
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
        let admin = usecases.who(ada).await.unwrap().unwrap();
        let typed = DepartmentTyped { name: "Hospital", parent: "" };
        let above = usecases.add_department(&admin, typed, now).await.unwrap();
        let mut wards = Vec::new();
        for name in ["Ward 3", "Distant ward"] {
            let typed = DepartmentTyped { name, parent: &above.to_string() };
            wards.push(usecases.add_department(&admin, typed, now).await.unwrap());
        }
        let day = |date: Date| clock::day_number(date);
        let mut people = Vec::new();
        for (name, ward) in PEOPLE {
            let email = format!("{}@example.org", first_name(name));
            let new = NewPerson { name, email: &email, staff_number: "" };
            let person = usecases.add_person(&admin, new, now).await.unwrap();
            let token = usecases.invite(&admin, person, now).await.unwrap();
            usecases.accept_invitation(&token, PASSWORD, None, now).await.unwrap();
            if let Some(ward) = ward {
                store.set_tenure(person, wards[ward], "Nurse", day(today - 90.days()), day(today)).await.unwrap();
            }
            people.push(person);
        }
        store.set_tenure(people[4], wards[1], "Nurse", day(today - 10.days()), day(today)).await.unwrap();
        store.set_tenure(people[5], wards[0], "Nurse", day(today + 10.days()), day(today)).await.unwrap();
        for (manager, ward) in [(0, 0), (2, 1)] {
            let ward = wards[ward].to_string();
            usecases.set_right(&admin, people[manager], ("manager", &ward, true), now).await.unwrap();
        }
        let new = NewRequirement {
            document: store.live_document("module", "hello").await.unwrap().unwrap().document,
            name: "Hand washing".to_owned(),
            refresher: None,
            update_of: None,
            from_on: day(today - 60.days()),
            policy: r#"{"validity":"12 months"}"#.to_owned(),
            by: None,
        };
        let at = now.as_microsecond();
        let Named::Done(id) = store.add_requirement(new, at).await.unwrap() else { panic!("its name is taken") };
        let since = (day(today - 60.days()), None);
        store.assign(What::Requirement(id), Audience::Everybody, since, at).await.unwrap();
        let wards = [wards[0].0, wards[1].0];
        Self { router, usecases, admin, wards, above: above.0, people, today, _folder: folder }
    }

    /// An address with the ids and days of this house.
    fn address(&self, path: &str) -> String {
        let mut path = path
            .replace("{ward}", &self.wards[0].to_string())
            .replace("{other}", &self.wards[1].to_string())
            .replace("{above}", &self.above.to_string())
            .replace("{before}", &(self.today - 20.days()).to_string())
            .replace("{after}", &(self.today + 20.days()).to_string());
        for ((name, _), person) in PEOPLE.iter().zip(&self.people) {
            path = path.replace(&format!("{{{}}}", first_name(name)), &person.to_string());
        }
        path
    }

    /// The cookie of somebody who has signed in.
    async fn sign_in(&self, name: &str) -> String {
        let body = format!("login={name}@example.org&password={}", PASSWORD.replace(' ', "+"));
        let request = Request::post("/sign-in").header("content-type", "application/x-www-form-urlencoded");
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 303, "{name} signs in");
        let cookies = response.headers().get_all(header::SET_COOKIE).iter();
        let pairs: Vec<_> = cookies.map(|one| one.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        pairs.join("; ")
    }

    async fn open(&self, path: &str, cookie: &str) -> (u16, String) {
        let path = self.address(path);
        let mut request = Request::get(&path).header("cookie", cookie).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Asks for reports by person, and gives what was not as it should be. Every page has the rows that are said, a head that says how
    /// many, and the names of nobody else.
    async fn wrong(&self, cookie: &str, rows: &[(&str, Gets)]) -> Vec<String> {
        let mut wrong = Vec::new();
        let nothing = self.open("/no/such/page", cookie).await;
        for report in BY_PERSON {
            for (path, gets) in rows {
                let path = path.replace("{report}", report);
                let (status, page) = self.open(&path, cookie).await;
                let names = match gets {
                    Nothing if (status, &page) == (nothing.0, &nothing.1) => continue,
                    Nothing => {
                        wrong.push(format!("{path}: {status}, and not the page of what is not there"));
                        continue;
                    }
                    Rows(names) => names,
                };
                if status != 200 {
                    wrong.push(format!("{path}: {status}"));
                    continue;
                }
                if shown(&page) != *names {
                    wrong.push(format!("{path}: {:?} instead of {names:?}", shown(&page)));
                }
                let many = if names.len() == 1 { "1 row".to_owned() } else { format!("{} rows", names.len()) };
                if !head(&page).ends_with(&many) {
                    wrong.push(format!("{path}: “{}” does not end in {many}", head(&page)));
                }
                let others = PEOPLE.iter().map(|(name, _)| *name).filter(|name| !names.contains(name));
                // Her own name is hers to see, and stands at the top of every page.
                for other in others.filter(|name| name.ends_with("Away")).chain(["Distant ward"]) {
                    if page.contains(other) {
                        wrong.push(format!("{path}: it names {other}"));
                    }
                }
            }
        }
        wrong
    }
}

fn first_name(name: &str) -> String {
    name.split(' ').next().unwrap().to_lowercase()
}

/// The names in the first column, in order of the alphabet.
fn shown(page: &str) -> Vec<&str> {
    let rows = page.split("<th role=\"rowheader\"").skip(1);
    let names = rows.map(|row| row.split("</th>").next().unwrap());
    let mut names: Vec<&str> = names
        .filter_map(|cell| cell.split("</a>").next().unwrap().rsplit('>').next())
        .filter(|name| PEOPLE.iter().any(|(known, _)| known == name))
        .collect();
    names.sort_unstable();
    names
}

/// The line above the table, without what is only printed.
fn head(page: &str) -> &str {
    let line = page.split("class=\"report-head\">").nth(1).unwrap();
    line.split('<').next().unwrap()
}

#[tokio::test]
async fn a_manager_sees_their_own_and_learns_nothing_of_others() {
    let house = House::new().await;
    let mona = house.sign_in("mona").await;
    let wrong = house.wrong(&mona, ASKED).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_not_theirs_looks_like_what_is_not_there() {
    let house = House::new().await;
    let mona = house.sign_in("mona").await;
    let nothing = house.open("/no/such/page", &mona).await;
    assert_eq!(nothing.0, 404);
    for path in HIDDEN {
        assert_eq!(house.open(path, &mona).await, nothing, "{path}");
    }
    assert_eq!(house.open("/team/{ben}/training", &mona).await.0, 200);
    assert_eq!(house.open("/team/{ben}/why/1", &mona).await.0, 200);
}

#[tokio::test]
async fn totals_are_of_ones_own_and_betray_nothing() {
    let house = House::new().await;
    let mona = house.sign_in("mona").await;
    for report in REPORTS {
        let (status, page) = house.open(&format!("/reports/{report}"), &mona).await;
        assert_eq!(status, 200, "{report}");
        for name in ["Distant ward", "Carl", "Yara", "Emil", "Nora", "No department"] {
            assert!(!page.contains(name), "{report} names {name}");
        }
        // Of the manager of others there is as much as of nobody at all.
        let (_, theirs) = house.open(&format!("/reports/{report}?manager={{yara}}"), &mona).await;
        let (_, nobody) = house.open(&format!("/reports/{report}?manager=999"), &mona).await;
        let anybody = |page: &str| page.replace(&house.address("{yara}"), "999");
        assert_eq!(head(&theirs), head(&nobody), "{report}");
        assert_eq!(anybody(&theirs), anybody(&nobody), "{report}");
    }
    // Two people, both overdue: as many as there are in the table of the other report.
    let (_, departments) = house.open("/reports/departments", &mona).await;
    assert!(departments.contains("0 % (0 of 2)"), "{departments}");
    let (_, all) = house.open("/reports/departments", &house.sign_in("ada").await).await;
    assert!(all.contains("No department") && all.contains("0 % (0 of 8)"), "{all}");
}

#[tokio::test]
async fn whose_right_is_taken_loses_everything_at_once() {
    let house = House::new().await;
    let mona = house.sign_in("mona").await;
    assert_eq!(house.open("/reports/actions", &mona).await.0, 200);
    let now = clock::now();
    let [ward, other] = house.wards.map(|id| id.to_string());
    house.usecases.set_right(&house.admin, house.people[0], ("manager", &ward, false), now).await.unwrap();
    assert_eq!(house.open("/reports/actions", &mona).await.0, 303, "the session ended with the right");
    let mona = house.sign_in("mona").await;
    let nothing = house.open("/no/such/page", &mona).await;
    for report in REPORTS {
        let path = format!("/reports/{report}");
        assert_eq!(house.open(&path, &mona).await, nothing, "{path}");
    }
    for path in ["/reports", "/reports/actions?department={ward}", "/team/{ben}/training", "/team/{ben}/why/1"] {
        assert_eq!(house.open(path, &mona).await, nothing, "{path}");
    }

    // A manager who moves loses the old ones, on any day, and gets the new ones.
    house.usecases.set_right(&house.admin, house.people[0], ("manager", &other, true), now).await.unwrap();
    let mona = house.sign_in("mona").await;
    assert_eq!(house.open("/reports/actions?department={ward}", &mona).await, house.open("/none", &mona).await);
    for (query, names) in [
        ("", vec!["Carl Away", "Dora Away", "Emil Away", "Yara Away"]),
        ("?as_of={before}", vec!["Carl Away", "Emil Away", "Yara Away"]),
        ("?as_of={after}", vec!["Carl Away", "Dora Away", "Yara Away"]),
    ] {
        let (_, page) = house.open(&format!("/reports/actions{query}"), &mona).await;
        assert_eq!(shown(&page), names, "{query}");
        assert!(!page.contains("Ben Eze"), "{query}");
    }
}

#[tokio::test]
async fn a_deputy_sees_what_they_stand_in_for_and_no_more() {
    let house = House::new().await;
    let ben = house.sign_in("ben").await;
    assert_eq!(house.open("/reports/actions", &ben).await, house.open("/no/such/page", &ben).await);
    let mona = house.usecases.who(house.people[0]).await.unwrap().unwrap();
    let today = house.today.to_string();
    let typed = DeputyTyped { manager: "", deputy: "ben@example.org", from: &today, to: &today };
    house.usecases.name_deputy(&mona, typed, clock::now()).await.unwrap();
    let wrong = house.wrong(&ben, ASKED).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let named = house.usecases.deputies(&mona, clock::now()).await.unwrap().named;
    house.usecases.end_deputy(&mona, &named[0].id.to_string(), clock::now()).await.unwrap();
    assert_eq!(house.open("/reports/actions", &ben).await, house.open("/no/such/page", &ben).await);
}
