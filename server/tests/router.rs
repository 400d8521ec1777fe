//! The real router with every layer, asked without a socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, Response, StatusCode, header},
};
use http_body_util::BodyExt as _;
use server::layers::{self, Settings};
use tower::ServiceExt as _;

struct Site {
    router: Router,
    _folder: tempfile::TempDir,
}

impl Site {
    async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    async fn with(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("bedside.db").display()).parse().unwrap();
        let store = server::serve::open(&url).await.unwrap();
        Self { router: layers::build(layers::state(&store), store, settings), _folder: folder }
    }

    async fn get(&self, path: &str) -> Response<Body> {
        self.send(Request::get(path).body(Body::empty()).unwrap(), "127.0.0.1:5000").await
    }

    async fn post(&self, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
        let request =
            headers.iter().fold(Request::post("/sign-in"), |request, (name, value)| request.header(*name, *value));
        self.send(request.body(body.into()).unwrap(), "127.0.0.1:5000").await
    }

    async fn send(&self, mut request: Request<Body>, peer: &str) -> Response<Body> {
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        self.router.clone().oneshot(request).await.unwrap()
    }
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let site = Site::new().await;
    for path in ["/sign-in", "/no/such/page", "/health/live", "/assets/none.css", "/favicon.svg"] {
        let response = site.get(path).await;
        let headers = response.headers();
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        for part in ["default-src 'self'", "'wasm-unsafe-eval'", "object-src 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "same-origin", "{path}");
        assert!(headers.contains_key(header::CACHE_CONTROL), "{path}");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY), "{path}: not over plain http");
    }
}

#[tokio::test]
async fn strict_transport_is_asked_for_behind_tls_and_behind_a_declared_proxy_that_has_it() {
    let tls = Site::with(Settings { tls: true, ..Settings::default() }).await;
    assert!(tls.get("/health/live").await.headers().contains_key(header::STRICT_TRANSPORT_SECURITY));

    let behind = Settings { trusted_proxies: Arc::new(["10.0.0.1".parse().unwrap()]), ..Settings::default() };
    let site = Site::with(behind).await;
    for (peer, asked) in [("10.0.0.1:9", true), ("10.0.0.2:9", false)] {
        let request = Request::get("/health/live").header("x-forwarded-proto", "https").body(Body::empty()).unwrap();
        let response = site.send(request, peer).await;
        assert_eq!(response.headers().contains_key(header::STRICT_TRANSPORT_SECURITY), asked, "{peer}");
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_page_that_is_not_kept() {
    let response = Site::new().await.get("/no/such/page").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    assert!(text(response).await.contains("<h1"));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let site = Site::new().await;
    let large = "x".repeat(layers::BODY_LIMIT + 1);
    let announced = site.post(&[FORM, ("content-length", &large.len().to_string())], Body::empty()).await;
    assert_eq!(announced.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text(announced).await.contains("Nothing was changed"));
    let unannounced = site.post(&[FORM], large).await;
    assert_eq!(unannounced.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let site = Site::new().await;
    for headers in [&[("content-type", "text/plain")][..], &[]] {
        let response = site.post(headers, "login=a").await;
        assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{headers:?}");
    }
}

#[tokio::test]
async fn a_write_from_another_site_is_refused() {
    let site = Site::new().await;
    for foreign in [
        &[FORM, ("host", "clinic.test"), ("sec-fetch-site", "cross-site")][..],
        &[FORM, ("host", "clinic.test"), ("origin", "https://evil.test")],
        &[FORM, ("host", "clinic.test"), ("origin", "null")],
    ] {
        let response = site.post(foreign, "login=a&password=b").await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{foreign:?}");
    }
    for own in [
        &[FORM, ("host", "clinic.test"), ("sec-fetch-site", "same-origin")][..],
        &[FORM, ("host", "clinic.test"), ("origin", "https://clinic.test")],
    ] {
        let response = site.post(own, "login=a&password=b").await;
        assert_ne!(response.status(), StatusCode::FORBIDDEN, "{own:?}");
    }
}

#[tokio::test]
async fn health_tells_life_and_readiness() {
    let site = Site::new().await;
    for (path, word) in [("/health/live", "live\n"), ("/health/ready", "ready\n")] {
        let response = site.get(path).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(text(response).await, word);
    }
}

#[tokio::test]
async fn metrics_exist_for_declared_addresses_only() {
    let local = Settings { metrics_from: Arc::new(["127.0.0.1".parse().unwrap()]), ..Settings::default() };
    let site = Site::with(local).await;
    site.get("/health/live").await;
    let shown = site.get("/metrics").await;
    assert_eq!(shown.status(), StatusCode::OK);
    let numbers = text(shown).await;
    for name in
        ["bedside_requests_total", "bedside_request_seconds_bucket", "bedside_store_commits", "bedside_store_syncs"]
    {
        assert!(numbers.contains(name), "{name} in {numbers}");
    }

    let ask = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let hidden = site.send(ask("/metrics"), "192.0.2.1:5000").await;
    let unknown = site.send(ask("/nothing"), "192.0.2.1:5000").await;
    assert_eq!(hidden.status(), StatusCode::NOT_FOUND);
    assert_eq!(text(hidden).await, text(unknown).await);

    let through_a_stranger =
        Request::get("/metrics").header("x-forwarded-for", "192.0.2.1").body(Body::empty()).unwrap();
    assert_eq!(site.send(through_a_stranger, "127.0.0.1:5000").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_are_compressed_for_browsers_that_take_it() {
    let site = Site::new().await;
    let request = Request::get("/no/such/page").header("accept-encoding", "br").body(Body::empty()).unwrap();
    let response = site.send(request, "127.0.0.1:5000").await;
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
}

#[tokio::test]
async fn the_mark_of_the_tab_is_an_image_and_the_list_of_files_is_not_served() {
    let site = Site::new().await;
    assert_eq!(site.get("/favicon.svg").await.headers()[header::CONTENT_TYPE], "image/svg+xml");
    assert_eq!(site.get("/assets/manifest.json").await.status(), StatusCode::NOT_FOUND);
}
