//! `/studio/help`: how texts are written, and what each check finds.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use usecases::{Failure, studio::ManualPage};

use super::super::{SignedIn, failed};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn manual(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let found = state.usecases.manual(&who);
    answer(&state, &who, found, ("/studio", "Studio"))
}

pub(crate) async fn check(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(code): Path<String>,
) -> Response {
    let found = state.usecases.manual_of(&who, &code);
    answer(&state, &who, found, ("/studio/help", "How to write"))
}

fn answer(
    state: &AppState,
    who: &usecases::who::Who,
    found: Result<ManualPage, Failure>,
    (back, words): (&'static str, &'static str),
) -> Response {
    let ManualPage { title, html } = match found {
        Ok(found) => found,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let frame = Frame::new(&state.assets, Some(who), &title, "/studio");
    page(StatusCode::OK, &frame, || {
        view! {
            <a class="back-link" href=back>{words}</a>
            <h1>{title.clone()}</h1>
            <div class="prose" inner_html=html></div>
        }
    })
}

/// A way to a page of the manual that leaves what is being written where it is.
pub(super) fn beside(href: String, words: impl IntoView + 'static) -> impl IntoView {
    view! {
        <a href=href target="_blank" rel="noopener">{words}<span class="visually-hidden">" (opens beside this page)"</span></a>
    }
}
