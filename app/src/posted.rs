//! What a form sends.

use std::collections::HashMap;

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request, multipart::MultipartRejection},
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

/// A form with a file.
#[derive(Default)]
pub(crate) struct Upload {
    /// The name that the file has where it comes from.
    pub file_name: String,
    /// What it holds; nothing where none was chosen.
    pub bytes: Vec<u8>,
    fields: HashMap<String, String>,
}

impl Upload {
    /// Reads a form whose file is called `file`. Whoever asks has looked at who sends it: a body this large is read for nobody else.
    ///
    /// # Errors
    /// The status to answer with.
    pub(crate) async fn read(form: Result<Multipart, MultipartRejection>) -> Result<Self, StatusCode> {
        let mut form = form.map_err(|_| StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
        let mut upload = Self::default();
        while let Some(field) = form.next_field().await.map_err(|cause| cause.status())? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                upload.file_name = field.file_name().unwrap_or_default().to_owned();
                upload.bytes = field.bytes().await.map_err(|cause| cause.status())?.to_vec();
            } else {
                let text = field.text().await.map_err(|cause| cause.status())?;
                upload.fields.insert(name, text);
            }
        }
        if upload.file_name.contains('\0') || upload.fields.values().any(|text| text.contains('\0')) {
            return Err(StatusCode::UNPROCESSABLE_ENTITY);
        }
        Ok(upload)
    }

    /// What a field holds; nothing where it was not sent.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// Whether a field was sent, as a box that is ticked is.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }
}

/// Whether text in percent form holds a null byte.
pub(crate) fn has_null(text: &[u8]) -> bool {
    text.contains(&0) || text.windows(3).any(|three| three == b"%00")
}
