//! What pages need to know of the request besides its fields: where it comes from, which colours were chosen, which
//! cookies it carries.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use time::Duration;
use usecases::{PersonId, Usecases, viewed::About, who::Who};

use crate::{
    pages::{error_page, see_other},
    posted::has_null,
    state::{AppState, Assets},
};

/// The cookie that keeps the chosen colours.
const THEME: &str = "theme";
/// The cookie that carries what the next page says. It is not kept in the session, since then a page could not be read
/// while nothing can be written.
const SAID: [&str; 2] = ["bedside-said", "__Host-bedside-said"];
/// How long it is worth saying.
const SAID_FOR: Duration = Duration::minutes(1);
/// The cookie that keeps the device's secret. Over https no other site of the same domain can plant it.
const DEVICE: [&str; 2] = ["bedside-device", "__Host-bedside-device"];
/// How long a cookie that is meant to stay stays.
const YEAR: Duration = Duration::days(365);

tokio::task_local! {
    static CONTEXT: Context;
}

/// What is known of the request that is being answered.
#[derive(Default)]
struct Context {
    theme: Option<Theme>,
    demo: bool,
    /// Whether the page answers a form: then it has no address to come back to.
    answers_form: bool,
    signed_in: OnceLock<Who>,
    /// What the page before wanted to be said, and whether it was.
    said: Option<String>,
    heard: OnceLock<()>,
    /// What the next page is to say.
    to_say: OnceLock<String>,
}

/// The colours somebody chose; without a choice the browser's own count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

impl Theme {
    /// The word in forms, in the cookie and in the page.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The colours of a word; none for any other word, which means the browser's own.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|theme| theme.as_str() == word)
    }

    /// What the request that is being answered chose.
    pub(crate) fn chosen() -> Option<Self> {
        CONTEXT.try_with(|context| context.theme).ok().flatten()
    }
}

/// The address that a request comes from, as far as it is known.
pub(crate) struct From(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(peer.map(|ConnectInfo(peer)| peer.ip().to_canonical().to_string())))
    }
}

/// How this site is reached by whoever asks, such as `https://clinic.example`: for links to hand on.
pub(crate) struct OwnAddress(pub String);

impl FromRequestParts<AppState> for OwnAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        if let Some(public) = &state.public_url {
            return Ok(Self(public.clone()));
        }
        // HTTP/2 names the host in the address, HTTP/1 in its header.
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = parts.uri.authority().map(|authority| authority.as_str()).or(host).unwrap_or_default();
        Ok(Self(format!("{}://{host}", if state.secure { "https" } else { "http" })))
    }
}

/// A cookie that keeps the choice of colours, or ends it.
pub(crate) fn theme_cookie(theme: Option<Theme>, secure: bool) -> Cookie<'static> {
    let mut cookie = lasting(THEME, theme.map(Theme::as_str).unwrap_or_default().to_owned(), secure);
    if theme.is_none() {
        cookie.make_removal();
    }
    cookie
}

/// The device's secret that the browser carries.
pub(crate) fn device(jar: &CookieJar, secure: bool) -> Option<&str> {
    jar.get(DEVICE[usize::from(secure)]).map(Cookie::value)
}

/// The cookie with which the browser carries a device's secret from now on.
pub(crate) fn device_cookie(device: String, secure: bool) -> Cookie<'static> {
    lasting(DEVICE[usize::from(secure)], device, secure)
}

fn lasting(name: &'static str, value: String, secure: bool) -> Cookie<'static> {
    let cookie = Cookie::build((name, value)).path("/").http_only(true).secure(secure);
    cookie.same_site(SameSite::Lax).max_age(YEAR).build()
}

/// Put on an answer that hides what is there from somebody who may not see it.
#[derive(Clone, Copy)]
pub(crate) struct Denied;

/// Put on an answer that shows something of one person.
#[derive(Clone, Copy)]
pub(crate) struct Looked {
    /// Whom it shows.
    pub person: PersonId,
    /// What of them.
    pub about: About,
}

/// Whether the page that is drawn answers a form, so that whoever leaves it cannot come back to it.
pub(crate) fn answers_form() -> bool {
    CONTEXT.try_with(|context| context.answers_form).unwrap_or_default()
}

/// Whether the people are made up, which every page then says.
pub(crate) fn is_demo() -> bool {
    CONTEXT.try_with(|context| context.demo).unwrap_or_default()
}

/// Remembers who asks, for pages of errors and for the log of what was refused.
pub(crate) fn signed_in(who: &Who) {
    // Outside a request there is nothing to remember it for.
    drop(CONTEXT.try_with(|context| context.signed_in.set(who.clone())));
}

/// Says something at the top of the next page that the person opens: what has just been done.
pub(crate) fn say(words: impl Into<String>) {
    // Outside a request nobody listens.
    drop(CONTEXT.try_with(|context| context.to_say.set(words.into())));
}

/// What the page before wanted to be said here; it is said once.
pub(crate) fn said() -> Option<String> {
    let heard = |context: &Context| {
        let words = context.said.clone()?;
        let _ = context.heard.set(());
        Some(words)
    };
    CONTEXT.try_with(heard).ok().flatten()
}

/// Who asks, as far as it was looked up.
pub(crate) fn who() -> Option<Who> {
    CONTEXT.try_with(|context| context.signed_in.get().cloned()).ok().flatten()
}

/// What is the same for every request.
#[derive(Clone)]
pub struct House {
    /// What people can do.
    pub usecases: Usecases,
    /// Whether its people are made up.
    pub demo: bool,
    /// Whether browsers reach it over https.
    pub secure: bool,
    /// Where the browser finds style and script.
    pub assets: Arc<Assets>,
}

/// Around every page: keeps the chosen colours at hand, passes on what is to be said, writes down what was refused, and
/// gives an address or a form that could not be read the house's own page.
pub async fn around(State(house): State<House>, mut request: Request, next: Next) -> Response {
    let (get, uri) = (request.method() == Method::GET, request.uri().clone());
    let context = {
        let headers = request.headers();
        let theme = cookie(headers, THEME).and_then(|cookie| Theme::parse(cookie.value()));
        let said = cookie(headers, SAID[usize::from(house.secure)]).filter(|_| get);
        let said = said.and_then(|cookie| spoken(cookie.value()));
        Context { theme, demo: house.demo, answers_form: !get, said, ..Context::default() }
    };
    CONTEXT
        .scope(context, async move {
            if let Some(uri) = without_null(request.uri()) {
                *request.uri_mut() = uri;
            }
            if has_null(request.uri().path_and_query().map(|all| all.as_str().as_bytes()).unwrap_or_default()) {
                return error_page(StatusCode::NOT_FOUND, &house.assets);
            }
            let mut response = next.run(request).await;
            if response.extensions().get::<Denied>().is_some()
                && let Some(who) = who()
                && let Err(cause) = house.usecases.denied(&who, uri.path(), usecases::clock::now()).await
            {
                tracing::warn!(%cause, "a refusal could not be written into the audit log");
            }
            if let Some(Looked { person, about }) = response.extensions().get::<Looked>().copied()
                && let Some(who) = who()
            {
                // Nobody waits for it: a page is not to become slower by being written down.
                let usecases = house.usecases.clone();
                tokio::spawn(async move {
                    if let Err(cause) = usecases.looked(&who, person, about, usecases::clock::now()).await {
                        tracing::warn!(%cause, "a look could not be written into the audit log");
                    }
                });
            }
            if let Some(cookie) = CONTEXT.with(|context| said_cookie(context, house.secure))
                && let Ok(cookie) = cookie.to_string().parse()
            {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            if get && response.status() == StatusCode::METHOD_NOT_ALLOWED {
                return see_other(page_of(uri.path()));
            }
            in_our_words(get, response, &house.assets)
        })
        .await
}

/// The address without the null bytes of its query, which PostgreSQL does not take and no text holds; none where it has none.
fn without_null(uri: &Uri) -> Option<Uri> {
    let mut query = uri.query().filter(|query| has_null(query.as_bytes()))?.to_owned();
    // What is taken out may leave another.
    while query.contains("%00") {
        query = query.replace("%00", "");
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{}?{query}", uri.path()).parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// One cookie of a request. A jar would own a copy of all of them, for every page.
fn cookie<'r>(headers: &'r HeaderMap, name: &str) -> Option<Cookie<'r>> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(Cookie::split_parse).flatten().find(|cookie| cookie.name() == name)
}

/// Text as it may stand in an address or a cookie: everything but unreserved characters in percent form (RFC 3986).
pub(crate) fn encoded(text: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The words that a cookie carries.
fn spoken(value: &str) -> Option<String> {
    let words = percent_decode_str(value).decode_utf8().ok()?;
    (!words.is_empty()).then(|| words.into_owned())
}

/// The cookie that carries words to the next page, or ends one whose words were said.
fn said_cookie(context: &Context, secure: bool) -> Option<Cookie<'static>> {
    let name = SAID[usize::from(secure)];
    if let Some(words) = context.to_say.get() {
        let mut cookie = lasting(name, encoded(words), secure);
        cookie.set_max_age(SAID_FOR);
        return Some(cookie);
    }
    context.heard.get().map(|()| {
        let mut cookie = lasting(name, String::new(), secure);
        cookie.make_removal();
        cookie
    })
}

/// The page that a form at this address stands on: for somebody who reloads or types the address of an answer.
fn page_of(path: &str) -> &str {
    match path.trim_end_matches('/').rsplit_once('/') {
        Some((above, _)) if !above.is_empty() => above,
        _ => "/",
    }
}

/// An address or form that could not be read: the framework says so in a plain line.
fn in_our_words(get: bool, response: Response, assets: &Assets) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let plain = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::BAD_REQUEST if plain && get => error_page(StatusCode::NOT_FOUND, assets),
        status if plain && status.is_client_error() => error_page(status, assets),
        _ => response,
    }
}

#[cfg(test)]
mod tests {
    use super::{encoded, page_of, spoken};

    #[test]
    fn words_come_through_a_cookie_as_they_were() {
        for words in ["Saved.", "Àdé Obi; was=added & “kept”, 100 %"] {
            assert_eq!(spoken(&encoded(words)).as_deref(), Some(words));
        }
        assert_eq!(spoken(""), None);
    }

    #[test]
    fn the_address_of_an_answer_leads_to_its_page() {
        for (answer, page) in [
            ("/people/2/invite", "/people/2"),
            ("/modules/hello/first/check", "/modules/hello/first"),
            ("/profile/end-session", "/profile"),
            ("/sign-out", "/"),
            ("/theme", "/"),
        ] {
            assert_eq!(page_of(answer), page);
        }
    }
}
