//! The site map: every address, one line each.

use axum::{
    Router,
    routing::{get, post},
};

use crate::{
    pages::{modules, people, reader, record, set_up, sign_in, team, training},
    state::AppState,
};

/// Every page and every form. What needs somebody signed in asks for it by its `SignedIn` argument.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(training::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/setup/{token}", get(set_up::show).post(set_up::submit))
        .route("/invite/{token}", get(set_up::show_invitation).post(set_up::accept_invitation))
        .route("/modules", get(modules::list))
        .route("/modules/{slug}", get(modules::overview))
        .route("/modules/{slug}/{page}", get(reader::show))
        .route("/modules/{slug}/{page}/read", post(reader::mark_read))
        .route("/modules/{slug}/{page}/check", post(reader::check))
        .route("/record", get(record::show))
        .route("/team", get(team::show))
        .route("/people", get(people::list))
        .route("/people/new", get(people::new).post(people::add))
        .route("/people/{id}", get(people::show))
        .route("/people/{id}/invite", post(people::invite))
        .route("/people/{id}/place", post(people::place))
        .route("/people/{id}/rights", post(people::set_right))
        .route("/people/{id}/disable", post(people::disable))
        .route("/people/{id}/enable", post(people::enable))
        .fallback(crate::pages::not_found)
}
