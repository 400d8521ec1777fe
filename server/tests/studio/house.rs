//! A house with a trainer in it, and how a browser without scripts asks it.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use server::layers::{self, Settings};
use tower::ServiceExt as _;
use usecases::{
    Usecases, clock,
    people::NewPerson,
    set_up::FirstAdministrator,
    studio::{Bringing, Brought},
    who::Who,
};

const PASSWORD: &str = "kettle moss violin dune";

pub(crate) struct House {
    pub(crate) router: Router,
    pub(crate) usecases: Usecases,
    pub(crate) admin: Who,
    /// The trainer's session.
    pub(crate) cookie: String,
    _folder: tempfile::TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) to: String,
    pub(crate) cookies: String,
    /// The name under which a browser keeps a file.
    pub(crate) saved_as: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: String,
}

impl House {
    /// A house with a trainer, Tola.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
        let store = server::serve::open(&url).await.unwrap();
        let state = layers::state(&store);
        let usecases = state.usecases.clone();
        let router = layers::build(state, store, Settings::default());
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
        let admin = usecases.who(ada).await.unwrap().unwrap();
        let mut house = Self { router, usecases, admin, cookie: String::new(), _folder: folder };
        house.somebody("Tola Ojo", "t-1", true).await;
        house.cookie = house.sign_in("t-1").await;
        house
    }

    pub(crate) async fn somebody(&self, name: &str, number: &str, trainer: bool) -> Who {
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

    pub(crate) async fn sign_in(&self, login: &str) -> String {
        let body = format!("login={login}&password={}", PASSWORD.replace(' ', "+"));
        self.ask("", Request::post("/sign-in"), &body).await.cookies
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(&self.cookie, Request::get(path), "").await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(&self.cookie, path, fields).await
    }

    pub(crate) async fn post_as(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_html_form::to_string(fields).unwrap();
        self.ask(cookie, Request::post(path), &body).await
    }

    pub(crate) async fn ask(&self, cookie: &str, request: axum::http::request::Builder, body: &str) -> Answer {
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(cookie, request, Body::from(body.to_owned())).await
    }

    pub(crate) async fn send(&self, cookie: &str, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = request
            .header(header::HOST, "bedside.test")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, cookie)
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))))
            .body(body)
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let text = |value: Option<&axum::http::HeaderValue>| {
            value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let cookies: Vec<String> = answer
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next().map(str::to_owned))
            .collect();
        let status = answer.status().as_u16();
        let to = text(answer.headers().get(header::LOCATION));
        let saved_as = text(answer.headers().get(header::CONTENT_DISPOSITION));
        let bytes = answer.into_body().collect().await.unwrap().to_bytes().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status, to, cookies: cookies.join("; "), saved_as, bytes, body }
    }

    /// A form with a file, as a browser sends it.
    pub(crate) async fn upload(&self, path: &str, fields: &[(&str, &str)], (name, bytes): (&str, &[u8])) -> Answer {
        let mut body = Vec::new();
        for (field, value) in fields {
            let part = format!("--x\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat());
        let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(&self.cookie, request, Body::from(body)).await
    }

    /// Brings a file, as a browser does that follows to the report.
    pub(crate) async fn brings(&self, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        let answer = self.upload("/studio/import", fields, file).await;
        if answer.status == 303 { self.get(&answer.to).await } else { answer }
    }

    /// What comes of a file.
    pub(crate) async fn brought(&self, who: &Who, file: Bringing<'_>, now: Timestamp) -> Brought {
        let number = self.usecases.bring(who, file, now).await.unwrap();
        self.usecases.import_report(who, number).await.unwrap().brought
    }

    /// What stands in the editor, and the revision it is from.
    pub(crate) async fn editor(&self, path: &str) -> (String, String) {
        let page = self.get(path).await.body;
        let text =
            page.split_once("<textarea").unwrap().1.split_once('>').unwrap().1.split_once("</textarea>").unwrap().0;
        let rev = page.split_once("name=\"rev\" value=\"").unwrap().1.split_once('"').unwrap().0;
        let plain = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&#123;", "{")
            .replace("&amp;", "&");
        (plain.trim_start_matches('\n').to_owned(), rev.to_owned())
    }
}
