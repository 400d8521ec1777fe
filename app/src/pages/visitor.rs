//! Who sends the request: the session brings it from the database each time, so that a change of rights acts on the very next
//! one.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use tower_sessions::Session;
use usecases::{Failure, who::Who};

use super::{failed, see_other, sign_in::own_path};
use crate::{
    islands::live::{FRAGMENT, GO},
    request::{From, encoded, say, signed_in},
    state::AppState,
};

/// The session's key for the signed-in person.
pub const PERSON: &str = "person";
/// The session's key for who asks, as the database has it at this request. It is never kept.
pub const WHO: &str = "who";
/// The session's key for "this is my own device".
pub const OWN_DEVICE: &str = "own_device";

/// Whoever sends the request, signed in or not.
pub(crate) struct Visitor(pub Option<Who>);

/// Somebody signed in; anybody else is sent to sign in and comes back to where they wanted to go.
pub(crate) struct SignedIn(pub Who);

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let session = Session::from_request_parts(parts, state)
            .await
            .map_err(|(_, cause)| failed(&Failure::Internal(cause.to_owned()), &state.assets))?;
        let mut who = session.get::<Who>(WHO).await.map_err(|cause| session_failed(&cause, state))?;
        if let Some(who) = &mut who {
            let Ok(From(from)) = From::from_request_parts(parts, state).await;
            who.from = from;
            signed_in(who);
        }
        Ok(Self(who))
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        match Visitor::from_request_parts(parts, state).await?.0 {
            Some(who) => Ok(Self(who)),
            None => Err(sign_in_first(parts)),
        }
    }
}

/// Sends somebody to sign in, and afterwards back to where they were. Whoever sent a form is told that it was not taken;
/// an island is told by the status.
fn sign_in_first(parts: &Parts) -> Response {
    // A step that was kept on a device must not be taken for sent because it was led to the sign-in.
    if accepts_json(&parts.headers) || Wants::of(&parts.headers) == Wants::Part {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let own = |path: &str| encoded(&own_path(Some(path)));
    if parts.method == Method::GET {
        return match parts.uri.path_and_query() {
            Some(here) if here.as_str() != "/" => see_other(&format!("/sign-in?next={}", own(here.as_str()))),
            _ => see_other("/sign-in"),
        };
    }
    let page = parts.headers.get(header::REFERER).and_then(|page| page.to_str().ok()).and_then(path_of);
    see_other(&format!("/sign-in?ended=yes&next={}", own(page.unwrap_or("/"))))
}

/// What the answer is to be: a whole page, or only the part of it that a form in place waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// A page.
    Page,
    /// The part that changes.
    Part,
}

impl Wants {
    fn of(headers: &HeaderMap) -> Self {
        let part = headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes() == FRAGMENT.as_bytes());
        if part { Self::Part } else { Self::Page }
    }

    /// After a form was not taken, since things had moved on: to the page that shows how they stand, which says so. What was sent
    /// from a device is told by the status that it was not taken.
    pub(crate) fn moved_on(self, to: &str, words: &'static str) -> Response {
        say(words);
        let mut response = self.go(to);
        if self == Self::Part {
            *response.status_mut() = StatusCode::CONFLICT;
        }
        response
    }

    /// After a form was taken: on to another page.
    pub(crate) fn go(self, to: &str) -> Response {
        match self {
            Self::Page => see_other(to),
            Self::Part => match to.parse::<HeaderValue>() {
                Ok(to) => {
                    // Of a kind of its own, so that no layer takes it for an error that lacks a page.
                    let kind = HeaderValue::from_static("text/html; charset=utf-8");
                    ([(header::CONTENT_TYPE, kind), (HeaderName::from_static(GO), to)], "").into_response()
                }
                Err(_) => see_other(to),
            },
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Wants {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// Whether the answer is for a script and not for a person.
pub(crate) fn accepts_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes() == b"application/json")
}

/// The path of an address: what follows the host.
pub(crate) fn path_of(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    rest.find('/').map(|at| &rest[at..])
}

/// A session that could not be read or kept: the database is gone, since nothing else can fail there.
pub(crate) fn session_failed(cause: &tower_sessions::session::Error, state: &AppState) -> Response {
    tracing::error!(%cause, "the session could not be read or kept");
    super::error_page(axum::http::StatusCode::SERVICE_UNAVAILABLE, &state.assets)
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn the_page_a_choice_was_made_on_is_a_path_of_ours() {
        assert_eq!(path_of("https://clinic.test/people?q=a"), Some("/people?q=a"));
        assert_eq!(path_of("https://clinic.test"), None);
        assert_eq!(path_of("nonsense"), None);
    }
}
