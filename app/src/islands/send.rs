//! Sending a form from the browser without leaving the page.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, UrlSearchParams};

use super::live::{FRAGMENT, GO};

/// What came of sending a form.
pub(super) enum Answer {
    /// The part of the page that the server drew.
    Part(String),
    /// Another page to go to.
    Go(String),
    /// There is no line: it is kept on the device, and sent later.
    Waiting,
    /// Nobody is signed in any more.
    SignedOut,
    /// The server cannot take it just now.
    Busy,
    /// The server does not take it.
    Refused,
    /// No answer came.
    Lost,
}

/// Sends a form that is answered in place.
pub(super) async fn form(action: &str, fields: &UrlSearchParams) -> Answer {
    let Ok(response) = exchange(action, fields, FRAGMENT).await else { return Answer::Lost };
    match response.status() {
        202 => Answer::Waiting,
        200 | 409 | 422 => match (response.headers().get(GO), text(&response).await) {
            (Ok(Some(to)), _) => Answer::Go(to),
            (_, Ok(html)) => Answer::Part(html),
            _ => Answer::Lost,
        },
        401 => Answer::SignedOut,
        429 | 503 => Answer::Busy,
        _ => Answer::Refused,
    }
}

/// Asks for JSON; none where none came.
pub(super) async fn json(action: &str, field: (&str, &str)) -> Option<String> {
    let fields = UrlSearchParams::new().ok()?;
    fields.append(field.0, field.1);
    let response = exchange(action, &fields, "application/json").await.ok()?;
    if response.ok() { text(&response).await.ok() } else { None }
}

async fn text(response: &Response) -> Result<String, JsValue> {
    Ok(JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
}

async fn exchange(action: &str, fields: &UrlSearchParams, accept: &str) -> Result<Response, JsValue> {
    let request = web_sys::RequestInit::new();
    request.set_method("POST");
    request.set_body(fields);
    let headers = web_sys::Headers::new()?;
    headers.set("Accept", accept)?;
    request.set_headers(&headers);
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(action, &request)).await?.dyn_into()
}
