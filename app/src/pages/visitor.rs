//! Who sends the request: the session brings it from the database each time, so that a change of rights acts on the very next
//! one.

use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
    response::Response,
};
use tower_sessions::Session;
use usecases::{Failure, who::Who};

use super::{failed, see_other};
use crate::{
    request::{From, signed_in},
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
            signed_in(&state.usecases, who);
        }
        Ok(Self(who))
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        match Visitor::from_request_parts(parts, state).await?.0 {
            Some(who) => Ok(Self(who)),
            None if parts.method == Method::GET && parts.uri.path() != "/" => {
                Err(see_other(&format!("/sign-in?next={}", parts.uri.path())))
            }
            None => Err(see_other("/sign-in")),
        }
    }
}

/// A session that could not be read or kept: the database is gone, since nothing else can fail there.
pub(crate) fn session_failed(cause: &tower_sessions::session::Error, state: &AppState) -> Response {
    tracing::error!(%cause, "the session could not be read or kept");
    super::error_page(axum::http::StatusCode::SERVICE_UNAVAILABLE, &state.assets)
}
