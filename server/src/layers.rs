//! The router with everything around it. The program and the tests use this one function.
//!
//! From the outside in: trace, metrics, client, headers, compression, pages for bare errors, panics, time limit,
//! cross-site check, content type and size, then the routes; sessions only around the pages.

use std::{any::Any, future::poll_fn, pin::Pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, HttpBody as _},
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    csrf::{CsrfLayer, ProtectionError},
    limit::RequestBodyLimitLayer,
    trace::{DefaultOnResponse, TraceLayer},
};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use crate::{
    assets,
    client::{self, Client},
    health,
    metrics::{self, Metrics},
    sessions::{self, Sessions},
    settings::Network,
};

/// The largest body that is read.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The most of a body that is too large that is read and thrown away, so that the browser comes to read why.
const THROWN_AWAY: u64 = 32 << 20;

/// The largest body that is read where a file is sent: the file, and the fields around it.
pub const UPLOAD_LIMIT: usize = usecases::roster::LARGEST + 64 * 1024;

/// How long one request may take, its body included.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);

/// How long it may take where many thousand people are read or written at once.
pub const LONG_TIME_LIMIT: Duration = Duration::from_secs(300);

/// Whether an address is for people in bulk.
fn is_bulk(path: &str) -> bool {
    path == "/people/export" || path == UPLOAD || path.starts_with("/people/import/")
}

/// The address that takes files of people.
const UPLOAD: &str = "/people/import";
/// The address that takes courseware.
const COURSEWARE: &str = "/studio/import";

/// Whether an address takes pictures: `/studio/{kind}/{slug}/images`.
fn is_picture(path: &str) -> bool {
    path.starts_with("/studio/") && path.ends_with("/images")
}

/// The largest body that an address takes.
fn largest(path: &str) -> usize {
    match path {
        UPLOAD => UPLOAD_LIMIT,
        COURSEWARE => usecases::studio::MOST_FILE + 64 * 1024,
        _ if is_picture(path) => usecases::studio::MOST_IMAGE + 64 * 1024,
        _ => BODY_LIMIT,
    }
}

const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; \
                                       base-uri 'none'; frame-ancestors 'none'; form-action 'self'; \
                                       img-src 'self' data:";

/// What the layers need to know about how the program runs.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether the program itself speaks https.
    pub tls: bool,
    /// Proxies that are believed about who is asking.
    pub trusted_proxies: Arc<[Network]>,
    /// Whether the people are made up, which every page then says.
    pub demo: bool,
    /// Who may read `/metrics`.
    pub metrics_from: Arc<[Network]>,
}

impl Settings {
    /// Whether browsers reach us over https, by our own TLS or a declared proxy's.
    pub fn secure(&self) -> bool {
        self.tls || !self.trusted_proxies.is_empty()
    }
}

/// The whole program as one service: pages, assets, health and metrics, behind every layer. The store is the one the
/// use cases in `state` work on.
pub fn build(mut state: app::AppState, store: store::Store, settings: Settings) -> Router {
    state.secure = settings.secure();
    let counters = Metrics::new(store.clone());
    let assets = state.assets.clone();
    let sessions = SessionManagerLayer::new(Sessions::new(store.clone()))
        .with_name(if settings.secure() { "__Host-bedside" } else { "bedside" })
        .with_secure(settings.secure())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/");
    let house = app::House {
        usecases: state.usecases.clone(),
        demo: settings.demo,
        secure: settings.secure(),
        assets: assets.clone(),
    };
    // One stack each: every `Router::layer` of its own would be copied with all below it, for every request.
    let around_pages = ServiceBuilder::new()
        .layer(sessions)
        .layer(middleware::from_fn(sessions::keep_on_own_device))
        .layer(middleware::from_fn_with_state(house, app::around));
    let around_all = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(DefaultOnResponse::new()))
        .layer(middleware::from_fn_with_state(counters.clone(), metrics::count))
        .layer(middleware::from_fn_with_state(settings.clone(), client::layer))
        .layer(middleware::from_fn(safe_headers))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)))
        .layer(middleware::map_response_with_state(assets.clone(), dress))
        .map_response(|response: Response<_>| response.into_response())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(in_time))
        .layer(middleware::from_fn_with_state((counters, settings), metrics::page))
        .layer(CsrfLayer::new().with_rejection_response(cross_site))
        .layer(middleware::from_fn(body_as_announced))
        .layer(RequestBodyLimitLayer::new(largest(UPLOAD).max(largest(COURSEWARE))));
    app::router()
        .with_state(state)
        .layer(around_pages)
        .merge(assets::router())
        .merge(health::router(store))
        .layer(around_all)
}

/// The path without its query, which may hold what people typed, and without one-time tokens and secret links.
fn span<B>(request: &axum::http::Request<B>) -> tracing::Span {
    let path = request.uri().path();
    let path = match path.split('/').nth(1) {
        Some("setup") => "/setup/…",
        Some("invite") => "/invite/…",
        Some("calendar") => "/calendar/…",
        Some("unsubscribe") => "/unsubscribe/…",
        Some("people") if path.starts_with("/people/import/") => "/people/import/…",
        _ => path,
    };
    tracing::info_span!("request", method = %request.method(), path)
}

fn cross_site(error: ProtectionError) -> Response {
    tracing::warn!(%error, "a cross-site write was refused");
    StatusCode::FORBIDDEN.into_response()
}

fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let cause = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("without words");
    tracing::error!(cause, "a request ended in a panic");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Gives an error that came without a page the house's own; leaves every other answer as it is.
async fn dress(State(assets): State<Arc<app::Assets>>, response: Response<Body>) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let bare = kind.is_none() && response.body().size_hint().exact() == Some(0);
    let words_of_a_layer =
        status == StatusCode::PAYLOAD_TOO_LARGE && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !(status.is_client_error() || status.is_server_error()) || !(bare || words_of_a_layer) {
        return response;
    }
    let mut dressed = app::error_page(status, &assets);
    for (name, value) in response.headers() {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            dressed.headers_mut().append(name, value.clone());
        }
    }
    dressed
}

async fn in_time(request: Request, next: Next) -> Response {
    let limit = if is_bulk(request.uri().path()) { LONG_TIME_LIMIT } else { TIME_LIMIT };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a request took longer than {} s", limit.as_secs());
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Refuses a body of a kind no page sends, or one announced as too large, before any of it is read.
async fn body_as_announced(mut request: Request, next: Next) -> Response {
    let limit = largest(request.uri().path());
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        let headers = request.headers();
        if !headers.get(header::CONTENT_TYPE).map_or_else(|| empty(&request), acceptable) {
            return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
        }
        if let Some(length) = announced(headers).filter(|length| *length > limit as u64) {
            // A browser that is not let finish takes the connection for broken, and somebody who wrote for an hour reads nothing of why.
            if is_written(request.uri().path()) && length <= THROWN_AWAY {
                throw_away(request.into_body()).await;
            }
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        }
    }
    // What was not announced is counted as it is read.
    DefaultBodyLimit::max(limit).apply(&mut request);
    next.run(request).await
}

/// Whether people write long texts at an address.
fn is_written(path: &str) -> bool {
    path.starts_with("/studio/")
}

/// Reads what comes, and keeps none of it.
async fn throw_away(mut body: Body) {
    while let Some(Ok(_)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {}
}

fn acceptable(kind: &HeaderValue) -> bool {
    let kind = kind.to_str().unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(essence.as_str(), "application/x-www-form-urlencoded" | "multipart/form-data" | "application/json")
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn empty(request: &Request) -> bool {
    axum::body::HttpBody::is_end_stream(request.body()) || announced(request.headers()) == Some(0)
}

/// The security headers, on every answer. A page that set its own policy or lifetime keeps it.
async fn safe_headers(request: Request, next: Next) -> Response {
    let https = request.extensions().get::<Client>().is_some_and(|client| client.https);
    let mut response: Response<Body> = next.run(request).await.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// The state with which pages run: the use cases over the store, and the addresses of the embedded files.
pub fn state(store: &store::Store) -> app::AppState {
    app::AppState {
        usecases: usecases::Usecases::new(store.clone())
            .with_plan(crate::content::starter_plan())
            .with_competencies(crate::content::starter_competencies()),
        assets: Arc::new(assets::manifest()),
        secure: false,
        public_url: None,
        mail: app::MailWay::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_json_are_taken_and_nothing_else() {
        for (kind, taken) in [
            ("application/x-www-form-urlencoded", true),
            ("application/x-www-form-urlencoded; charset=UTF-8", true),
            ("Application/JSON", true),
            ("multipart/form-data; boundary=x", true),
            ("text/plain", false),
            ("application/xml", false),
            ("", false),
        ] {
            assert_eq!(acceptable(&HeaderValue::from_static(kind)), taken, "{kind}");
        }
    }
}
