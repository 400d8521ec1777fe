//! What there is to find: search, job aids, and the page for when there is no line.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;

use super::{SignedIn, failed};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

pub(crate) async fn search(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Query(asked): Query<Asked>,
) -> Response {
    let found = match state.usecases.search(&who, &asked.q).await {
        Ok(found) => found,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = if found.query.is_empty() { "Search".to_owned() } else { format!("Search: {}", found.query) };
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), &title, "/modules"), || {
        let count = match found.hits.len() {
            0 => "Nothing was found.".to_owned(),
            1 => "1 result.".to_owned(),
            many => format!("{many} results."),
        };
        let asked = !found.query.is_empty();
        let nothing = asked && found.hits.is_empty();
        let lines = found.hits.into_iter().map(|hit| {
            view! {
                <li class="module-card">
                    <div class="module-card-main">
                        <h2><a href=hit.href>{hit.title}</a></h2>
                        {(!hit.excerpt.is_empty()).then(|| view! { <p class="module-card-meta">{hit.excerpt}</p> })}
                    </div>
                    <span class="tag tag-muted">{hit.kind}</span>
                </li>
            }
        });
        view! {
            <h1>"Search"</h1>
            {search_form(&found.query)}
            {asked.then(|| view! { <p role="status">{count}</p> })}
            {nothing.then(|| view! { <p>"Try fewer letters or another word, or look through "<a href="/modules">"all modules"</a>"."</p> })}
            <ul class="module-list">{lines.collect::<Vec<_>>()}</ul>
        }
    })
}

/// One line to search by.
pub(crate) fn search_form(query: &str) -> impl IntoView + use<> {
    view! {
        <form class="search" role="search" method="get" action="/search">
            <label for="q">"Search modules, role-plays and job aids"</label>
            <div class="search-line">
                <input id="q" name="q" type="search" value=query.to_owned() autocomplete="off" />
                <button class="button" type="submit">"Search"</button>
            </div>
        </form>
    }
}

pub(crate) async fn job_aid(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
) -> Response {
    match state.usecases.job_aid(&who, &slug).await {
        Ok(aid) => {
            let mut frame = Frame::new(&state.assets, Some(&who), &aid.title, "/modules");
            frame.class = "page page-reading page-job-aid";
            page(StatusCode::OK, &frame, || {
                view! {
                    <a class="back-link" href="/modules">"All modules"</a>
                    <p class="caption">"Job aid"</p>
                    <h1>{aid.title.clone()}</h1>
                    <article class="prose" inner_html=aid.html.clone()></article>
                    <p class="hint no-print">"Made to be printed and kept at hand."</p>
                }
            })
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// `/offline`: kept on the device, and shown there when there is no line.
pub(crate) async fn offline(State(state): State<AppState>) -> Response {
    page(StatusCode::OK, &Frame::new(&state.assets, None, "You are offline", ""), || {
        view! {
            <h1>"You are offline"</h1>
            <p class="lead">"This page is not kept on this device. Pages of modules that you have opened can be read without a connection."</p>
            <div data-waiting=""></div>
            <p><a class="button" href="">"Try again"</a></p>
        }
    })
}
