//! A view that is saved under a report, mailed and deleted, through the real router.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use server::layers::{self, Settings};
use tower::ServiceExt as _;
use usecases::{PersonId, clock, departments::DepartmentTyped, people::NewPerson, set_up::FirstAdministrator};

const PASSWORD: &str = "kettle moss violin dune";

/// A clinic with two wards: Zoe answers for the clinic, Mona and Moses for a ward each.
struct Clinic {
    router: Router,
    mona: PersonId,
    moses: PersonId,
    _folder: tempfile::TempDir,
}

impl Clinic {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
        let store = server::serve::open(&url).await.unwrap();
        let state = layers::state(&store);
        let usecases = state.usecases.clone();
        let router = layers::build(state, store.clone(), Settings::default());
        let now = clock::now();
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
        let mut above = String::new();
        let mut people = Vec::new();
        for (place, name) in [("Clinic", "zoe"), ("Ward A", "mona"), ("Ward B", "moses")] {
            let typed = DepartmentTyped { name: place, parent: &above };
            let department = usecases.add_department(&ada, typed, now).await.unwrap().to_string();
            let email = format!("{name}@example.org");
            let new = NewPerson { name, email: &email, staff_number: "" };
            let person = usecases.add_person(&ada, new, now).await.unwrap();
            let token = usecases.invite(&ada, person, now).await.unwrap();
            usecases.accept_invitation(&token, PASSWORD, None, now).await.unwrap();
            usecases.place(&ada, person, (&department, "Head"), now).await.unwrap();
            usecases.set_right(&ada, person, ("manager", &department, true), now).await.unwrap();
            people.push(person);
            if above.is_empty() {
                above = department;
            }
        }
        Self { router, mona: people[1], moses: people[2], _folder: folder }
    }

    /// The cookie of somebody who has signed in.
    async fn sign_in(&self, name: &str) -> String {
        let body = format!("login={name}@example.org&password={}", PASSWORD.replace(' ', "+"));
        let mut request = Request::post("/sign-in").header("content-type", "application/x-www-form-urlencoded");
        request = request.header("cookie", "");
        let response = self.answer(request.body(Body::from(body)).unwrap()).await;
        let cookies = response.headers().get_all(header::SET_COOKIE).iter();
        let cookies: Vec<_> = cookies.map(|one| one.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        cookies.join("; ")
    }

    /// The status, and where it leads or what the page says.
    async fn send(&self, path: &str, body: &str, cookie: &str) -> (u16, String) {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("cookie", cookie).body(Body::from(body.to_owned())).unwrap();
        read(self.answer(request).await).await
    }

    async fn open(&self, path: &str, cookie: &str) -> (u16, String) {
        read(self.answer(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await).await
    }

    async fn answer(&self, mut request: Request<Body>) -> axum::http::Response<Body> {
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        self.router.clone().oneshot(request).await.unwrap()
    }
}

async fn read(response: axum::http::Response<Body>) -> (u16, String) {
    let status = response.status().as_u16();
    if let Some(to) = response.headers().get(header::LOCATION) {
        return (status, to.to_str().unwrap().to_owned());
    }
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// The value of a hidden field of the form that is sent to `action`.
fn hidden(page: &str, action: &str, name: &str) -> String {
    let form = page.split(&format!("action=\"{action}\"")).nth(1).unwrap().split("</form>").next().unwrap();
    let field = form.split("<input").find(|input| input.contains(&format!("name=\"{name}\""))).unwrap();
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&")
}

#[tokio::test]
async fn a_view_is_saved_under_its_report_and_found_renamed_mailed_and_deleted() {
    let clinic = Clinic::new().await;
    let zoe = clinic.sign_in("zoe").await;
    let (_, report) = clinic.open("/reports/actions?status=overdue&sort=name&page=0", &zoe).await;
    assert_eq!(hidden(&report, "/reports/views", "report"), "actions");
    let query = hidden(&report, "/reports/views", "query");
    assert_eq!(query, "status=overdue&sort=name");
    assert_eq!(report.matches("id=\"name\"").count(), 1, "the filter's field and the view's are two");

    let sent = "report=actions&query=status%3Doverdue%26sort%3Dname&view_name=";
    let (status, page) = clinic.send("/reports/views", sent, &zoe).await;
    assert_eq!(status, 422);
    assert!(page.contains("Error: Save this view") && page.contains("Enter a name"), "{page}");
    assert_eq!(hidden(&page, "/reports/views", "query"), query, "what was asked for is not lost");
    let (status, view) = clinic.send("/reports/views", &format!("{sent}Late+%3Cones%3E"), &zoe).await;
    assert_eq!((status, view.as_str()), (303, "/reports/views/1"));
    let (status, page) = clinic.send("/reports/views", &format!("{sent}late+%3CONES%3E"), &zoe).await;
    assert!(status == 422 && page.contains("You have a view of this name already"), "{page}");

    let (_, index) = clinic.open("/reports", &zoe).await;
    assert!(index.contains("Saved views") && index.contains("Late &lt;ones&gt;"), "{index}");
    assert!(index.contains("href=\"/reports/actions?status=overdue&amp;sort=name\""), "{index}");
    assert!(index.contains("href=\"/reports/views/1\""), "{index}");

    assert_eq!(clinic.send("/reports/views/1", "view_name=Late", &zoe).await, (303, view.clone()));
    assert_eq!(clinic.send("/reports/views/1/mailing", "every=daily", &zoe).await.0, 422);
    let (_, page) = clinic.open(&view, &zoe).await;
    assert!(!page.contains("/reports/views/1/recipients"), "nobody is chosen before it is mailed: {page}");
    assert_eq!(clinic.send("/reports/views/1/mailing", "every=week", &zoe).await, (303, view.clone()));
    let (_, page) = clinic.open(&view, &zoe).await;
    assert!(page.contains("Mailed every Monday to one person, next on "), "{page}");

    let (status, page) = clinic.send("/reports/views/1/recipients", "person=mo", &zoe).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("Several people fit") && page.contains("mona, Ward A") && page.contains("moses, Ward B"),
        "{page}"
    );
    let chosen = format!("person=mo&chosen={}", clinic.mona);
    assert_eq!(clinic.send("/reports/views/1/recipients", &chosen, &zoe).await, (303, view.clone()));
    assert_eq!(clinic.send("/reports/views/1/recipients", "person=moses%40", &zoe).await, (303, view.clone()));
    let (_, index) = clinic.open("/reports", &zoe).await;
    assert!(index.contains("Mailed every Monday to 3 people"), "{index}");
    let away = format!("person={}", clinic.moses);
    assert_eq!(clinic.send("/reports/views/1/remove", &away, &zoe).await, (303, view.clone()));

    let mona = clinic.sign_in("mona").await;
    let (_, own) = clinic.open("/profile/messages", &mona).await;
    assert!(own.contains("mailed to me") && own.contains("From zoe, every Monday"), "{own}");
    assert_eq!(clinic.open(&view, &mona).await.0, 404, "it is Zoe's");
    assert_eq!(clinic.send("/profile/messages/view", "view=1", &mona).await, (303, "/profile/messages".to_owned()));
    let (_, own) = clinic.open("/profile/messages", &mona).await;
    assert!(!own.contains("mailed to me"), "{own}");

    let (_, page) = clinic.open(&view, &zoe).await;
    assert!(page.contains("to one person") && page.contains("Yes, delete it"), "{page}");
    assert_eq!(clinic.send("/reports/views/1/delete", "", &zoe).await, (303, "/reports".to_owned()));
    assert_eq!(clinic.open(&view, &zoe).await.0, 404);
    assert!(!clinic.open("/reports", &zoe).await.1.contains("Saved views"));
}

#[tokio::test]
async fn what_is_asked_of_a_report_that_is_not_there_is_not_kept() {
    let clinic = Clinic::new().await;
    let mona = clinic.sign_in("mona").await;
    let (status, _) = clinic.send("/reports/views", "report=praise&query=&view_name=x", &mona).await;
    assert_eq!(status, 404);
    // Ward B is not hers to see.
    let (status, _) = clinic.send("/reports/views", "report=actions&query=department%3D3&view_name=x", &mona).await;
    assert_eq!(status, 404);
    assert!(!clinic.open("/reports", &mona).await.1.contains("Saved views"));
}
