//! Sending a form from the browser without leaving the page.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// What came of sending.
pub(super) enum Answer {
    /// The answer, as JSON.
    Json(String),
    /// Nobody is signed in any more.
    SignedOut,
    /// The server cannot take it just now.
    Busy,
    /// The server does not take it.
    Refused,
    /// No answer came.
    Lost,
}

/// Sends fields as a form would and asks for JSON.
pub(super) async fn post(action: &str, fields: impl IntoIterator<Item = (&str, String)>) -> Answer {
    let Some((status, text)) = exchange(action, fields).await else { return Answer::Lost };
    match status {
        200 | 409 | 422 => Answer::Json(text),
        401 => Answer::SignedOut,
        429 | 503 => Answer::Busy,
        _ => Answer::Refused,
    }
}

async fn exchange(action: &str, fields: impl IntoIterator<Item = (&str, String)>) -> Option<(u16, String)> {
    let body = web_sys::UrlSearchParams::new().ok()?;
    for (name, value) in fields {
        body.append(name, &value);
    }
    let request = web_sys::RequestInit::new();
    request.set_method("POST");
    request.set_body(&body);
    let headers = web_sys::Headers::new().ok()?;
    headers.set("Accept", "application/json").ok()?;
    request.set_headers(&headers);
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(action, &request)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    Some((answer.status(), text))
}

/// Moves the focus to an element of the page once it is drawn, so that it is seen and read out.
pub(super) fn focus_soon(id: &'static str) {
    leptos::prelude::request_animation_frame(move || {
        let element = web_sys::window().and_then(|window| window.document()?.get_element_by_id(id));
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            drop(element.focus());
        }
    });
}
