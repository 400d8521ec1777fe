//! Numbers for whoever watches the platform: requests by class of status, their latency, the store's commits and syncs.
//!
//! For an address that was not declared the page does not exist: the request goes on and ends as any unknown address.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use store::Store;

use crate::{client::Client, layers::Settings};

/// Seconds; from a page out of the cache to what a person would call broken.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Class {
    Informational,
    Success,
    Redirection,
    ClientError,
    ServerError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    class: Class,
}

/// The counters of one running program. Clones share them.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Counters>);

#[derive(Debug)]
struct Counters {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Histogram,
    commits: Gauge,
    syncs: Gauge,
    store: Store,
}

impl Metrics {
    /// Counters at zero.
    pub fn new(store: Store) -> Self {
        let mut registry = Registry::with_prefix("bedside");
        let requests = Family::<Labels, Counter>::default();
        let seconds = Histogram::new(BUCKETS);
        let (commits, syncs) = (Gauge::default(), Gauge::default());
        registry.register("requests", "Answered requests by class of status", requests.clone());
        registry.register("request_seconds", "Time from the request's head to the answer's head", seconds.clone());
        registry.register("store_commits", "Writes that were acknowledged since the start", commits.clone());
        registry.register("store_syncs", "Syncs to disk since the start; one serves many writes", syncs.clone());
        Self(Arc::new(Counters { registry, requests, seconds, commits, syncs, store }))
    }

    fn text(&self) -> Response {
        let counts = self.0.store.write_counters();
        self.0.commits.set(i64::try_from(counts.commits).unwrap_or(i64::MAX));
        self.0.syncs.set(i64::try_from(counts.syncs).unwrap_or(i64::MAX));
        let mut text = String::new();
        match encode(&mut text, &self.0.registry) {
            Ok(()) => ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
                .into_response(),
            Err(error) => {
                tracing::error!(%error, "the metrics could not be written");
                axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// Counts every request.
pub async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let response = next.run(request).await;
    let class = match response.status().as_u16() {
        ..200 => Class::Informational,
        200..300 => Class::Success,
        300..400 => Class::Redirection,
        400..500 => Class::ClientError,
        _ => Class::ServerError,
    };
    metrics.0.requests.get_or_create(&Labels { class }).inc();
    metrics.0.seconds.observe(began.elapsed().as_secs_f64());
    response
}

/// Answers `/metrics` to declared addresses and lets everything else pass.
pub async fn page(State((metrics, settings)): State<(Metrics, Settings)>, request: Request, next: Next) -> Response {
    let allowed = request.uri().path() == "/metrics"
        && request.extensions().get::<Client>().is_some_and(|client| {
            !client.doubtful && settings.metrics_from.iter().any(|network| network.contains(client.address))
        });
    if allowed { metrics.text() } else { next.run(request).await }
}
