//! One person's requests over a socket, with their cookies: a browser without a screen. Forms are sent as the page holds them.

use std::{
    collections::BTreeMap,
    io::{self, Read as _, Write as _},
    net::TcpStream,
};

use crate::program::PATIENCE;

/// The password of everybody in the tests.
pub const PASSWORD: &str = "kettle moss violin dune";

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    head: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// A header's value; `name` in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The cookies it sets.
    fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.head.lines().filter_map(|line| line.split_once(':'));
        let set = headers.filter(|(key, _)| key.eq_ignore_ascii_case("set-cookie"));
        set.filter_map(|(_, cookie)| cookie.split(';').next()?.trim().split_once('='))
    }

    /// Where it sends the browser.
    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_else(|| panic!("no Location: {self:?}"))
    }

    /// The form that is sent to `action`.
    ///
    /// # Panics
    /// When the page holds none.
    pub fn form(&self, action: &str) -> Form {
        let begin = format!("action=\"{action}\"");
        let (_, form) = self.body.split_once(&begin).unwrap_or_else(|| panic!("no form to {action}: {self:?}"));
        let form = form.split("</form>").next().unwrap_or_default();
        let attribute = |tag: &str, name: &str| {
            let (_, value) = tag.split_once(&format!("{name}=\""))?;
            value.split('"').next().map(str::to_owned)
        };
        let hidden = form.split("<input type=\"hidden\"").skip(1);
        let fields = hidden.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?))).collect();
        Form { action: action.to_owned(), fields }
    }
}

/// A form that a page holds, with its hidden fields, ready to be sent as it is.
#[derive(Clone, Debug)]
pub struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

impl Form {
    /// The form with a field filled in, in the place of what it held.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// One person's browser.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Where the program listens. It moves when the program is started again.
    pub address: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Somebody who is not signed in.
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), cookies: BTreeMap::new() }
    }

    /// Sets the house up through the link the program printed, and is its administrator.
    ///
    /// # Panics
    /// When that is refused.
    pub fn administrator(program: &crate::Program) -> Self {
        let mut browser = Self::new(&program.address);
        let link = program.set_up.as_deref().expect("a set-up link");
        assert_eq!(browser.get(link).status, 200);
        let typed = [
            ("organisation", "Mercy Clinic"),
            ("zone", "Africa/Lagos"),
            ("name", "Ada Obi"),
            ("email", "ada@example.org"),
            ("password", PASSWORD),
        ];
        let done = browser.post(link, &typed);
        assert_eq!((done.status, done.location()), (303, "/first-steps"));
        browser
    }

    /// Adds a person, who takes the invitation and is signed in. The browser is the administrator's.
    ///
    /// # Panics
    /// When that is refused.
    pub fn learner(&mut self, staff_number: &str) -> Self {
        let added = self.post("/people/new", &[("name", staff_number), ("email", ""), ("staff_number", staff_number)]);
        assert_eq!(added.status, 303, "{added:?}");
        let invited = self.post(&format!("{}/invite", added.location()), &[]);
        let (_, link) = invited.body.split_once("/invite/").expect("a link");
        let token: String = link.chars().take_while(char::is_ascii_alphanumeric).collect();
        let mut learner = Self::new(&self.address);
        let accepted = learner.post(&format!("/invite/{token}"), &[("password", PASSWORD)]);
        assert_eq!((accepted.status, accepted.location()), (303, "/"));
        learner
    }

    /// The addresses of a module's pages, in order.
    ///
    /// # Panics
    /// When the module cannot be seen.
    pub fn pages(&mut self, module: &str) -> Vec<String> {
        let overview = self.get(module).body;
        let (_, list) = overview.split_once("<ol>").expect("a list of pages");
        let links = list.split("href=\"").skip(1).filter_map(|link| link.split('"').next());
        links.take_while(|href| href.starts_with(module)).map(str::to_owned).collect()
    }

    /// The form that marks a page of a module read.
    pub fn read_form(&mut self, page: &str) -> Form {
        self.get(page).form(&format!("{page}/read"))
    }

    /// Reads a module to its end.
    ///
    /// # Panics
    /// When a page is not recorded.
    pub fn complete(&mut self, module: &str) {
        for page in self.pages(module) {
            let form = self.read_form(&page);
            assert_eq!(self.send(&form).expect("an answer").status, 303, "{page}");
        }
    }

    /// Sends a form that a page holds; the program may end meanwhile.
    ///
    /// # Errors
    /// When there was no whole answer.
    pub fn send(&mut self, form: &Form) -> io::Result<Answer> {
        let fields: Vec<_> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.try_post(&form.action, &fields)
    }

    /// Signs in with what the tests gave to everybody.
    pub fn sign_in(&mut self, login: &str) -> Answer {
        self.post("/sign-in", &[("login", login), ("password", PASSWORD)])
    }

    /// Opens a page.
    pub fn get(&mut self, path: &str) -> Answer {
        self.try_get(path).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Sends a form.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.try_post(path, fields).unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// Opens a page of a program that may end meanwhile.
    ///
    /// # Errors
    /// When there was no whole answer.
    pub fn try_get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask(&format!("GET {path} HTTP/1.1\r\n"), "")
    }

    /// Sends a form to a program that may end meanwhile.
    ///
    /// # Errors
    /// When there was no whole answer.
    pub fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let pairs = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.ask(&format!("POST {path} HTTP/1.1\r\n{kind}Content-Length: {}\r\n", body.len()), &body)
    }

    /// Sends a form with a file in its field `file`.
    pub fn upload(&mut self, path: &str, fields: &[(&str, &str)], (file_name, file): (&str, &str)) -> Answer {
        const BOUNDARY: &str = "a-line-that-no-file-holds";
        let disposition = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=");
        let part = |(name, value): &(&str, &str)| format!("{disposition}\"{name}\"\r\n\r\n{value}\r\n");
        let fields: String = fields.iter().map(part).collect();
        let file =
            format!("{disposition}\"file\"; filename=\"{file_name}\"\r\nContent-Type: text/csv\r\n\r\n{file}\r\n");
        let body = format!("{fields}{file}--{BOUNDARY}--\r\n");
        let kind = format!("Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n");
        let head = format!("POST {path} HTTP/1.1\r\n{kind}Content-Length: {}\r\n", body.len());
        self.ask(&head, &body).unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    fn ask(&mut self, head: &str, body: &str) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let cookie = if pairs.is_empty() { String::new() } else { format!("Cookie: {}\r\n", pairs.join("; ")) };
        write!(stream, "{head}Host: {}\r\n{cookie}Connection: close\r\n\r\n{body}", self.address)?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let answer = parse(&text).ok_or(io::ErrorKind::UnexpectedEof)?;
        for (name, value) in answer.cookies() {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(answer)
    }
}

/// A whole answer, or none: one that was cut off acknowledges nothing.
fn parse(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let answer = Answer { status, head: head.to_owned(), body: body.to_owned() };
    let length = answer.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
    (body.len() >= length).then_some(answer)
}

/// A value as a form sends it.
fn encoded(value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    value.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
