//! The history of what was live: every version, what it changed, and how learners saw it.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use usecases::{
    Failure,
    studio::{Kind, Past, PastLine, kind_of},
};

use super::{
    super::{SignedIn, failed, form::time_words, see_other_saying},
    Place, address,
    comparison::whole,
    meeting::left_list,
    numbered,
    preview::preview_of,
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn history(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let left = match left_list(&state, &who, kind, &slug).await {
        Ok(left) => left,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let lines = match state.usecases.history(&who, kind, &slug).await {
        Ok(lines) => lines,
        // What was never live has a history all the same, where several wrote it.
        Err(Failure::NotFound) if left.is_some() => Vec::new(),
        Err(failure) => return failed(&failure, &state.assets),
    };
    let mut frame = Frame::new(&state.assets, Some(&who), "History", "/studio");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let here = address(kind, &slug);
        let rows = lines.into_iter().map(|line| {
            let PastLine { version, title, hash, published, by, change, asked, wished, is_live, is_newest } = line;
            let asked = asked.into_iter().filter(|why| !why.is_empty());
            let asked = asked.map(|why| view! { <p class="hint">{format!("Why soon: {why}")}</p> }).collect::<Vec<_>>();
            let wished = wished.map(|why| {
                let why = if why.is_empty() { String::new() } else { format!(" Why soon: {why}") };
                view! { <p class="hint">{format!("Administrators were asked to give it to everybody who holds it, and have not decided.{why}")}</p> }
            });
            let words = if is_live {
                view! { <span class="tag tag-done">"Live"</span> }.into_any()
            } else if is_newest {
                view! { <span class="tag tag-muted">"Withdrawn"</span>" "<a href=format!("{here}/history/{version}")>"See it"</a> }.into_any()
            } else {
                view! { <a href=format!("{here}/history/{version}")>"See it, and what has changed since"</a> }.into_any()
            };
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" data-label="Published">{time_words(published)}</th>
                    <td role="cell" data-label="Title">{title}</td>
                    <td role="cell" data-label="By">{by}</td>
                    <td role="cell" data-label="Change">{change}{asked}{wished}</td>
                    <td role="cell" data-label="Version"><code class="studio-hash">{hash}</code></td>
                    <td role="cell" data-label="What differs">{words}</td>
                </tr>
            }
        });
        let rows = rows.collect::<Vec<_>>();
        view! {
            <a class="back-link" href=here.clone()>"Back to the text"</a>
            <h1>"History"</h1>
            {if rows.is_empty() { view! { <p>"It was never live."</p> }.into_any() } else { view! {
            <p>"Every version that was ever live. Who learned one of them keeps it in their record."</p>
            <table class="table" role="table">
                <caption class="visually-hidden">"Versions, the newest first"</caption>
                <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">"Published"</th><th role="columnheader" scope="col">"Title"</th><th role="columnheader" scope="col">"By"</th><th role="columnheader" scope="col">"Change"</th><th role="columnheader" scope="col">"Version"</th><th role="columnheader" scope="col"><span class="visually-hidden">"What differs"</span></th></tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
            }.into_any() }}
            {left}
        }
    })
}

pub(crate) async fn past(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug, version)): Path<(String, String, i64)>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let past = match state.usecases.past_version(&who, (kind, &slug), version).await {
        Ok(past) => past,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let heading = format!("{}, as published {}", past.title, time_words(past.published));
    let mut frame = Frame::new(&state.assets, Some(&who), &heading, "/studio");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let here = address(kind, &slug);
        let Past { comparison, is_newest, is_withdrawn, preview, draft, source, .. } = past;
        let now = if is_withdrawn { "Live until it was withdrawn" } else { "Live now" };
        let changed = match (is_newest, is_withdrawn) {
            (true, false) => view! { <p>"This is what is live."</p> }.into_any(),
            (true, true) => view! { <p>"This was live until it was withdrawn."</p> }.into_any(),
            (false, _) if comparison.is_empty() => {
                view! { <p>"Text and pictures are those of what is live: what changed in between was changed back."</p> }
                    .into_any()
            }
            (false, _) => view! {
                <h2>{if is_withdrawn { "What has changed between this version and the last one that was live" } else { "What has changed since this version" }}</h2>
                {whole(comparison, ("This version", now))}
            }
            .into_any(),
        };
        let again = match draft {
            Some(by) => view! {
                <p>{format!("There is a draft, changed last by {by}. Publish it or throw it away first; then this version can be made the draft again. ")}<a href=here.clone()>"Go to the draft"</a></p>
            }.into_any(),
            None if is_newest && !is_withdrawn => ().into_any(),
            None => view! {
                <form method="post" action=format!("{here}/history/{version}")>
                    <div class="button-row"><button class="button button-secondary" type="submit">"Make this the draft again"</button></div>
                </form>
            }.into_any(),
        };
        let is_learned = kind != Kind::JobAid;
        view! {
            <a class="back-link" href=format!("{here}/history")>"History"</a>
            <h1>{heading.clone()}</h1>
            {changed}
            {again}
            <section class="studio-preview" aria-label="This version" tabindex="0">
                <h2>"This version"</h2>
                {is_learned.then(|| view! { <p class="hint">"Drawn as it was. What is right, how good a choice is, points and the map are for you: learners saw none of that before they answered."</p> })}
                <div class="studio-preview-body">{preview_of(preview, None)}</div>
            </section>
            {numbered(&source)}
        }
    })
}

pub(crate) async fn restore(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug, version)): Path<(String, String, i64)>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let to = address(kind, &slug);
    match state.usecases.restore(&who, (kind, &slug), version, usecases::clock::now()).await {
        Ok(()) => {
            see_other_saying(&to, "The earlier version is the draft now. What is live stays until you publish it.")
        }
        Err(Failure::Conflict) => see_other_saying(
            &to,
            "There is a draft already: throw it away first, then make the earlier version the draft.",
        ),
        Err(failure) => failed(&failure, &state.assets),
    }
}
