//! Sending a form from the browser without leaving the page.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Sends fields as a form would and gives the text of the answer, which is asked for as JSON; `None` when the connection
/// failed.
pub(super) async fn post(action: &str, fields: impl IntoIterator<Item = (&str, String)>) -> Option<String> {
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
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}
