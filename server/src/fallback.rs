//! The plain page for an answer that came without one: no style needed, no state, nothing of the request repeated.

use axum::{
    body::{Body, HttpBody as _},
    http::{StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};

/// A small page for a status, with what to do next.
pub fn page(status: StatusCode) -> Response {
    let (title, advice) = words(status);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} · Bedside</title>\n\
         </head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{advice}</p>\n<p><a href=\"/\">Go to the start page</a></p>\n\
         </main>\n</body>\n</html>\n"
    );
    (status, Html(html)).into_response()
}

/// Gives an error without a page its page; leaves every other answer as it is.
pub async fn dress(response: Response<Body>) -> Response {
    let status = response.status();
    let bare = !response.headers().contains_key(header::CONTENT_TYPE) && response.body().size_hint().exact() == Some(0);
    let words_of_a_layer = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain") && status == StatusCode::PAYLOAD_TOO_LARGE);
    if !(status.is_client_error() || status.is_server_error()) || !(bare || words_of_a_layer) {
        return response;
    }
    let mut dressed = page(status);
    for (name, value) in response.headers() {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            dressed.headers_mut().append(name, value.clone());
        }
    }
    dressed
}

fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => {
            ("Page not found", "This address does not exist, or it is not open to you. Check the link, or start again.")
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            ("That is not possible here", "Go back, open the page again, and use the buttons on it.")
        }
        StatusCode::FORBIDDEN => (
            "That request came from another site",
            "Nothing was changed. Open the page on this site and send the form from there.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "That is too large",
            "Nothing was changed. Send at most 1 MiB at a time: shorten the text or split the file.",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("That kind of content is not accepted", "Nothing was changed. Use the form on the page to send it.")
        }
        StatusCode::SERVICE_UNAVAILABLE => (
            "This takes too long right now",
            "We cannot say whether it was saved. Wait a minute, open the page again and look; sending the same form \
             again never records twice.",
        ),
        status if status.is_server_error() => (
            "Something went wrong on our side",
            "It was written to the log. Try again; if it stays, tell your administrator.",
        ),
        _ => ("That did not work", "Go back, open the page again, and try once more."),
    }
}
