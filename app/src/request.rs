//! What pages need to know of the request besides its fields: where it comes from, which colours were chosen, which
//! cookies it carries.

use std::{convert::Infallible, net::SocketAddr, sync::OnceLock};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use time::Duration;
use usecases::{Usecases, who::Who};

use crate::state::AppState;

/// The cookie that keeps the chosen colours.
const THEME: &str = "theme";
/// The cookie that keeps the device's secret. Over https no other site of the same domain can plant it.
const DEVICE: [&str; 2] = ["bedside-device", "__Host-bedside-device"];
/// How long a cookie that is meant to stay stays.
const YEAR: Duration = Duration::days(365);

tokio::task_local! {
    static CONTEXT: Context;
}

/// What is known of the request that is being answered.
struct Context {
    theme: Option<Theme>,
    demo: bool,
    signed_in: OnceLock<(Usecases, Who)>,
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

/// Whether the people are made up, which every page then says.
pub(crate) fn is_demo() -> bool {
    CONTEXT.try_with(|context| context.demo).unwrap_or_default()
}

/// Remembers who asks, for the log of what was refused.
pub(crate) fn signed_in(usecases: &Usecases, who: &Who) {
    // Outside a request there is nothing to remember it for.
    drop(CONTEXT.try_with(|context| context.signed_in.set((usecases.clone(), who.clone()))));
}

/// Around every page: keeps the chosen colours at hand, writes down what was refused, and takes the framework's own
/// words off an answer, so that it gets the house's page.
pub(crate) async fn around(State(demo): State<bool>, request: Request, next: Next) -> Response {
    let theme = CookieJar::from_headers(request.headers()).get(THEME).and_then(|cookie| Theme::parse(cookie.value()));
    let context = Context { theme, demo, signed_in: OnceLock::new() };
    let (get, path) = (request.method() == Method::GET, request.uri().path().to_owned());
    CONTEXT
        .scope(context, async move {
            let response = next.run(request).await;
            if response.extensions().get::<Denied>().is_some() {
                let known = CONTEXT.with(|context| context.signed_in.get().cloned());
                if let Some((usecases, who)) = known
                    && let Err(cause) = usecases.denied(&who, &path, usecases::clock::now()).await
                {
                    tracing::warn!(%cause, "a refusal could not be written into the audit log");
                }
            }
            in_our_words(get, response)
        })
        .await
}

/// An address or form that could not be read: the framework says so in a plain line.
fn in_our_words(get: bool, response: Response) -> Response {
    let plain =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::BAD_REQUEST if plain && get => StatusCode::NOT_FOUND.into_response(),
        status if plain && status.is_client_error() => status.into_response(),
        _ => response,
    }
}
