//! What a form sends.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
    response::Response,
};
use serde::de::DeserializeOwned;

use crate::{pages::error_page, state::AppState};

/// The fields of a form. A field that is missing or cannot be read gets the house's page instead of the framework's
/// words, and so does one with a null byte, which no keyboard makes and PostgreSQL does not take.
pub(crate) struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Form<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let refused = |status| error_page(status, &state.assets);
        let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
        // A form without fields is sent without a body.
        if kind.is_some_and(|kind| !kind.starts_with(b"application/x-www-form-urlencoded")) {
            return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body = Bytes::from_request(request, state).await.map_err(|cause| refused(cause.status()))?;
        if has_null(&body) {
            return Err(refused(StatusCode::UNPROCESSABLE_ENTITY));
        }
        serde_html_form::from_bytes(&body).map(Self).map_err(|cause| {
            tracing::debug!(%cause, "a form could not be read");
            refused(StatusCode::UNPROCESSABLE_ENTITY)
        })
    }
}

/// Whether text in percent form holds a null byte.
pub(crate) fn has_null(text: &[u8]) -> bool {
    text.contains(&0) || text.windows(3).any(|three| three == b"%00")
}
