//! The style sheet, the scripts and the wasm, built into the binary and served under names that hold their hash.
//!
//! A name never changes its content, so a browser keeps it for a year. Beside each file may lie its `.br` and `.gz`
//! forms, made when the program was built; the best one that the browser takes is sent.

use std::{borrow::Cow, path::Path};

use axum::{
    Router,
    body::Body,
    extract,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use rust_embed::RustEmbed;

/// The finished site: `cargo xtask build` puts it there. Missing in a build for tests, where pages go without style.
#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

const A_YEAR: &str = "public, max-age=31536000, immutable";
const A_DAY: &str = "public, max-age=86400";

/// A small mark for browser tabs, for a site that brings none of its own.
const FAVICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" \
                       rx=\"8\" fill=\"#0b5c66\"/><path d=\"M10 7v18M10 18h8a4 4 0 0 1 4 4v3\" fill=\"none\" \
                       stroke=\"#fff\" stroke-width=\"3\" stroke-linecap=\"round\"/></svg>\n";

/// `/assets/{file}` and `/favicon.svg`.
pub fn router() -> Router {
    let router = Router::new().route("/assets/{file}", get(asset)).route("/favicon.svg", get(favicon));
    router.route("/sw.js", get(worker))
}

/// The addresses of the embedded files, for the pages that link to them. A site that was not built has none.
pub fn manifest() -> app::Assets {
    let names = Site::get("manifest.json").and_then(|file| {
        serde_json::from_slice::<app::Assets>(&file.data)
            .inspect_err(|error| tracing::error!(%error, "target/site/manifest.json is not what was expected"))
            .ok()
    });
    let address = |name: String| if name.is_empty() { name } else { format!("/assets/{name}") };
    match names {
        Some(app::Assets { css, islands, js, wasm, page, studio }) => app::Assets {
            css: address(css),
            islands: address(islands),
            js: address(js),
            wasm: address(wasm),
            page: address(page),
            studio: address(studio),
        },
        None => {
            tracing::warn!("this build holds no style sheet and no scripts; `cargo xtask build` adds them");
            app::Assets::default()
        }
    }
}

async fn asset(extract::Path(file): extract::Path<String>, headers: HeaderMap) -> Response {
    let hidden = file == "manifest.json" || file.ends_with(".br") || file.ends_with(".gz");
    if hidden || file.contains(['/', '\\']) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let found = encodings(&headers)
        .into_iter()
        .find_map(|(suffix, coding)| Site::get(&format!("{file}{suffix}")).map(|content| (content.data, coding)));
    match found {
        // Icons and the manifest keep their names.
        Some((content, coding)) => answer(&file, content, coding, if has_hash(&file) { A_YEAR } else { A_DAY }),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Whether a name changes with its content: `bedside.0123456789abcdef.css`.
fn has_hash(file: &str) -> bool {
    let hash = file.rsplit('.').nth(1).unwrap_or_default();
    hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The service worker. Its address says for which pages it may act, so it lies at the root; it is asked for anew each time.
async fn worker() -> Response {
    match Site::get("worker.js") {
        Some(file) => answer("worker.js", file.data, None, "no-cache"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn favicon() -> Response {
    let content = Site::get("favicon.svg").map_or(Cow::Borrowed(FAVICON.as_bytes()), |file| file.data);
    answer("favicon.svg", content, None, A_DAY)
}

fn answer(file: &str, content: Cow<'static, [u8]>, coding: Option<&'static str>, keep: &'static str) -> Response {
    let body = match content {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(file)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

/// The forms a browser takes, best first; the plain file is always the last.
fn encodings(headers: &HeaderMap) -> Vec<(&'static str, Option<&'static str>)> {
    let accepted: Vec<&str> =
        headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).collect();
    let takes = |coding: &str| {
        accepted.iter().flat_map(|line| line.split(',')).any(|item| {
            let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            let refused =
                weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|q| q <= 0.0);
            name.trim().eq_ignore_ascii_case(coding) && !refused
        })
    };
    let mut forms = Vec::with_capacity(3);
    if takes("br") {
        forms.push((".br", Some("br")));
    }
    if takes("gzip") {
        forms.push((".gz", Some("gzip")));
    }
    forms.push(("", None));
    forms
}

fn media_type(file: &str) -> &'static str {
    match Path::new(file).extension().and_then(|extension| extension.to_str()) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_form_the_browser_takes_comes_first() {
        for (accept, first) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("identity", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
            assert_eq!(encodings(&headers)[0].1, first, "{accept}");
        }
    }
}
