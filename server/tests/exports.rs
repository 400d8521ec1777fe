//! Reports as files, as a browser without scripts asks for them: what a file holds is held against the pages, read again by other programs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::{io::Cursor, net::SocketAddr};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, header},
};
use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use http_body_util::BodyExt as _;
use server::layers::{self, Settings};
use store::{ExportAdded, NewExport, Store};
use tower::ServiceExt as _;
use usecases::{
    PersonId, Usecases,
    clock::{self, date_words},
    departments::DepartmentTyped,
    people::NewPerson,
    publish::File,
    set_up::FirstAdministrator,
    who::Who,
};

const PASSWORD: &str = "kettle moss violin dune";
const MODULE: &str =
    "---\nkind: module\ntitle: Hello\nminutes: 2\ncomplete: [read]\n---\n\n# Hello\n\n## First\n\nLook up.\n";

struct House {
    router: Router,
    store: Store,
    usecases: Usecases,
    admin: Who,
    cookie: String,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    fn header(&self, name: header::HeaderName) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

impl House {
    /// Two wards with sixty people, of whom everybody is asked for one requirement.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
        let store = server::serve::open(&url).await.unwrap();
        let state = layers::state(&store);
        let usecases = state.usecases.clone();
        let router = layers::build(state, store.clone(), Settings::default());
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
        let mut house = Self { router, store, usecases, admin, cookie: String::new(), _folder: folder };
        house.cookie = house.sign_in("ada@example.org").await;
        for ward in ["Ward 1", "Ward 2"] {
            let typed = DepartmentTyped { name: ward, parent: "" };
            house.usecases.add_department(&house.admin, typed, now).await.unwrap();
        }
        for at in 0..60 {
            let name = match at {
                0 => "=1+1".to_owned(),
                1 => "O'Neil, \"Kit\" <Ward>".to_owned(),
                at => format!("Person {at:02}"),
            };
            house.add(&name, if at % 3 == 0 { "2" } else { "1" }).await;
        }
        assert_eq!(house.post("/requirements/new", "document=hello&name=Hello").await.status, 303);
        assert_eq!(house.post("/assignments/new", "what=requirement-1&audience=everybody").await.status, 303);
        house.usecases.catch_up().await.unwrap();
        house
    }

    async fn add(&self, name: &str, ward: &str) -> PersonId {
        let now = clock::now();
        let number: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let new = NewPerson { name, email: "", staff_number: &number };
        let person = self.usecases.add_person(&self.admin, new, now).await.unwrap();
        self.usecases.place(&self.admin, person, (ward, "Nurse"), now).await.unwrap();
        person
    }

    /// A manager of the first ward, with a cookie.
    async fn manager(&self) -> (PersonId, String) {
        let now = clock::now();
        let new = NewPerson { name: "Carol Ojo", email: "carol@example.org", staff_number: "" };
        let carol = self.usecases.add_person(&self.admin, new, now).await.unwrap();
        let token = self.usecases.invite(&self.admin, carol, now).await.unwrap();
        self.usecases.accept_invitation(&token, PASSWORD, None, now).await.unwrap();
        self.usecases.set_right(&self.admin, carol, ("manager", "1", true), now).await.unwrap();
        (carol, self.sign_in("carol@example.org").await)
    }

    async fn sign_in(&self, login: &str) -> String {
        let body = format!("login={login}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self.post_as("/sign-in", &body, "").await;
        let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
        cookies.map(|one| one.to_str().unwrap().split(';').next().unwrap().to_owned()).collect::<Vec<_>>().join("; ")
    }

    async fn get(&self, path: &str) -> Answer {
        self.get_as(path, &self.cookie).await
    }

    async fn get_as(&self, path: &str, cookie: &str) -> Answer {
        self.ask(Request::get(path), Body::empty(), cookie).await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        self.post_as(path, body, &self.cookie).await
    }

    async fn post_as(&self, path: &str, body: &str, cookie: &str) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, Body::from(body.to_owned()), cookie).await
    }

    async fn ask(&self, request: axum::http::request::Builder, body: Body, cookie: &str) -> Answer {
        let mut request = request.header(header::COOKIE, cookie).body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo("192.0.2.7:5000".parse::<SocketAddr>().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, headers, body }
    }

    /// Every row of a report, page by page, as a person reads it.
    async fn rows(&self, report: &str, query: &str) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for number in 0.. {
            let page = self.get(&format!("/reports/{report}?{query}&page={number}")).await;
            assert_eq!(page.status, 200);
            let text = page.text();
            let (_, table) = text.split_once("<tbody").unwrap();
            let (table, rest) = table.split_once("</tbody>").unwrap();
            rows.extend(table.split("<tr").skip(1).map(cells));
            if !rest.contains("rel=\"next\"") {
                break;
            }
        }
        rows
    }

    async fn export(&self, report: &str, query: &str, format: &str) -> Answer {
        let query = query.replace('=', "%3D").replace('&', "%26");
        self.post("/exports/make", &format!("report={report}&query={query}&format={format}")).await
    }

    /// Asks for a file as a large report does.
    async fn queue(&self, person: PersonId) -> i64 {
        let new = NewExport {
            person,
            report: "actions".to_owned(),
            query: "status=assigned".to_owned(),
            format: "csv".to_owned(),
            title: "Actions: Assigned".to_owned(),
            file_name: "assigned-2026-03-02.csv".to_owned(),
            all_rows: Some(61),
        };
        match self.store.add_export(new, clock::now().as_microsecond()).await.unwrap() {
            ExportAdded::Waits(id) => id.0,
            ExportAdded::TooMany => panic!("too many"),
        }
    }
}

/// The words of a row's cells.
fn cells(row: &str) -> Vec<String> {
    let cell = |cell: &str| {
        let (mut words, mut inside) = (String::new(), false);
        for letter in cell.split_once('>').unwrap().1.chars() {
            match letter {
                '<' => inside = true,
                '>' if inside => inside = false,
                letter if !inside => words.push(letter),
                _ => {}
            }
        }
        let words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        if words == "–" { String::new() } else { words }
    };
    // What is chosen and done on the page is no part of the report.
    let of_the_report = |part: &&str| !part.split('>').next().is_some_and(|tag| tag.contains("no-print"));
    let named = |part: &&str| part.starts_with("rowheader") || part.starts_with("cell");
    row.split("role=\"").filter(named).filter(of_the_report).map(cell).collect()
}

/// A cell of a CSV as the page has it: a day in words, and no mark before what looks like a formula.
fn as_shown(cell: &str) -> String {
    match cell.parse::<jiff::civil::Date>() {
        Ok(day) => date_words(day),
        Err(_) => cell.strip_prefix('\'').unwrap_or(cell).to_owned(),
    }
}

fn table(file: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(file);
    reader.records().map(|row| row.unwrap().iter().map(as_shown).collect()).collect()
}

#[tokio::test]
async fn a_csv_has_the_rows_of_all_pages_in_their_order() {
    let house = House::new().await;
    for (report, query, rows) in [
        ("actions", "status=assigned", 61),
        ("actions", "status=assigned&sort=-name", 61),
        ("actions", "status=assigned&department=2", 20),
        ("actions", "status=assigned&name=kit", 1),
        ("matrix", "sort=", 61),
        ("departments", "level=each", 4),
    ] {
        let shown = house.rows(report, query).await;
        assert_eq!(shown.len(), rows, "{report} {query}");
        let file = house.export(report, query, "csv").await;
        assert_eq!(file.status, 200, "{report} {query}");
        assert_eq!(
            table(&file.body).iter().map(|row| without_shares(row)).collect::<Vec<_>>(),
            shown.iter().map(|row| without_shares(row)).collect::<Vec<_>>(),
            "{report} {query}"
        );
    }
}

/// A share is "12 % (3 of 25)" on a page and a number in a file.
fn without_shares(row: &[String]) -> Vec<String> {
    row.iter()
        .map(|cell| if cell.contains(" % (") || cell == "0" { "share or 0".to_owned() } else { cell.clone() })
        .collect()
}

#[tokio::test]
async fn a_file_says_what_it_is_and_is_kept_by_nobody_on_the_way() {
    let house = House::new().await;
    let today = clock::day_in(clock::now(), "Africa/Lagos");
    for (format, extension, kind, start) in [
        ("csv", "csv", "text/csv; charset=utf-8; header=present", &b"Person,"[..]),
        ("csv-excel", "csv", "text/csv; charset=utf-8; header=present", "\u{feff}Person,".as_bytes()),
        ("xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &b"PK"[..]),
        ("pdf", "pdf", "application/pdf", &b"%PDF-"[..]),
    ] {
        let file = house.export("actions", "status=assigned", format).await;
        assert_eq!(file.status, 200, "{format}");
        assert!(file.body.starts_with(start), "{format}");
        assert_eq!(file.header(header::CONTENT_TYPE), kind);
        let name = format!("attachment; filename=\"assigned-{today}.{extension}\"");
        assert_eq!(file.header(header::CONTENT_DISPOSITION), name);
        assert_eq!(file.header(header::CACHE_CONTROL), "no-store");
        assert_eq!(file.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    }
    for (report, format) in [("actions", "doc"), ("actions", ""), ("people", "csv")] {
        assert_eq!(house.export(report, "", format).await.status, 404, "{report} {format}");
    }
    let log = house.get("/audit?what=report.exported").await.text();
    assert_eq!(log.matches("Actions as ").count(), 4, "each is noted, and what was refused is not");
    assert!(log.contains("Actions as Excel (XLSX): Assigned · As of "), "{log}");
    assert!(log.contains(" · 61 rows"));
}

#[tokio::test]
async fn a_file_comes_compressed_to_whoever_takes_it_so() {
    let house = House::new().await;
    let request = Request::post("/exports/make")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT_ENCODING, "gzip, deflate, br");
    let body = Body::from("report=actions&query=status%3Dassigned&format=csv");
    let file = house.ask(request, body, &house.cookie).await;
    assert_eq!(file.status, 200);
    assert!(file.headers.contains_key(header::CONTENT_ENCODING), "{:?}", file.headers);
    assert!(file.body.len() > 100, "{}", file.body.len());
}

#[tokio::test]
async fn a_spreadsheet_has_the_rows_of_the_pages_with_their_kinds_and_says_what_it_is_of() {
    let house = House::new().await;
    let shown = house.rows("actions", "status=assigned").await;
    let file = house.export("actions", "status=assigned", "xlsx").await;
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(file.body.as_slice())).unwrap();
    let sheet = book.worksheet_range("Table").unwrap();
    let mut rows = sheet.rows();
    assert_eq!(rows.next().unwrap()[0], Data::String("Person".to_owned()));
    let words = |cell: &Data| match cell {
        Data::DateTime(day) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            let day = jiff::civil::date(year.try_into().unwrap(), month.try_into().unwrap(), day.try_into().unwrap());
            date_words(day)
        }
        other => other.to_string(),
    };
    let read: Vec<Vec<String>> = rows.map(|row| row.iter().map(words).collect()).collect();
    let read: Vec<_> = read
        .into_iter()
        .map(|mut row| {
            row.resize(9, String::new());
            row
        })
        .collect();
    assert_eq!(read, shown);
    assert!(sheet.rows().any(|row| row[0] == Data::String("=1+1".to_owned())), "a name is text and no formula");
    assert!(sheet.rows().skip(1).all(|row| matches!(row[5], Data::DateTime(_))), "a due date is a day");
    let about = book.worksheet_range("About").unwrap();
    let lines: Vec<String> = about.rows().map(|row| row[0].to_string()).collect();
    assert_eq!(lines[..2], ["Assigned", "Mercy Clinic"]);
    assert!(lines[2].starts_with("As of "), "{lines:?}");
    assert!(lines.contains(&"61 rows".to_owned()), "{lines:?}");
    assert!(lines.last().unwrap().ends_with(" for Ada Obi"), "{lines:?}");
}

#[tokio::test]
async fn a_manager_gets_the_rows_of_their_own_departments_and_of_no_other() {
    let house = House::new().await;
    let (_, cookie) = house.manager().await;
    let own = house.post_as("/exports/make", "report=actions&query=status%3Dassigned&format=csv", &cookie).await;
    let rows = table(&own.body);
    assert_eq!(rows.len(), 40);
    assert!(rows.iter().all(|row| row[1] == "Ward 1"));
    let other = "report=actions&query=status%3Dassigned%26department%3D2&format=csv";
    let other = house.post_as("/exports/make", other, &cookie).await;
    let nowhere = "report=actions&query=status%3Dassigned%26department%3D999&format=csv";
    let nowhere = house.post_as("/exports/make", nowhere, &cookie).await;
    assert_eq!((other.status, nowhere.status), (404, 404));
    assert_eq!(other.body, nowhere.body, "a department that is not theirs is like one that is not there");
}

#[tokio::test]
async fn a_file_that_was_made_in_the_background_waits_for_its_owner_alone() {
    let house = House::new().await;
    let (carol, cookie) = house.manager().await;
    let id = house.queue(carol).await;
    let page = house.get_as("/exports", &cookie).await.text();
    assert!(page.contains("Waiting for its turn") && page.contains("Look again"), "{page}");
    assert!(!page.contains("http-equiv"), "nothing moves under the reader by itself");
    assert!(house.usecases.make_next_export("one", clock::now).await.unwrap());
    let page = house.get_as("/exports", &cookie).await.text();
    assert!(page.contains("40 rows, ") && !page.contains("Look again"), "{page}");

    let path = format!("/exports/{id}");
    let file = house.get_as(&path, &cookie).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header(header::CONTENT_DISPOSITION), "attachment; filename=\"assigned-2026-03-02.csv\"");
    assert_eq!(file.header(header::CONTENT_LENGTH), file.body.len().to_string());
    assert_eq!(file.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(table(&file.body).len(), 40);

    let (others, none) = (house.get(&path).await, house.get("/exports/999").await);
    assert_eq!((others.status, none.status), (404, 404));
    assert_eq!(others.body, none.body, "somebody else's is like none");
    assert!(house.get("/exports").await.text().contains("No files"));
    for form in ["/exports/delete", "/exports/again"] {
        assert_eq!(house.post(form, &format!("id={id}")).await.status, 404);
    }
    assert_eq!(house.post_as("/exports/delete", &format!("id={id}"), &cookie).await.status, 303);
    assert_eq!(house.get_as(&path, &cookie).await.status, 404);
}
