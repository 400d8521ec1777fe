//! Two questions of whoever runs the program: is it alive, and can it serve?

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use store::Store;

/// `/health/live` answers as long as the program runs; `/health/ready` only when the database answers too.
pub fn router(store: Store) -> Router {
    Router::new().route("/health/live", get(|| async { "live\n" })).route("/health/ready", get(ready)).with_state(store)
}

async fn ready(State(store): State<Store>) -> impl IntoResponse {
    match store.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], "the database does not answer\n")
                .into_response()
        }
    }
}
