//! `/record`: what somebody has completed, for good.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;

use super::{SignedIn, failed, modules::date_words};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let lines = match state.usecases.record(&who).await {
        Ok(lines) => lines,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let (organisation, today) = match state.usecases.letterhead(usecases::clock::now()).await {
        Ok(letterhead) => letterhead,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let name = who.name.clone();
    let mut frame = Frame::new(&state.assets, Some(&who), "My record", "/record");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let empty = lines.is_empty();
        let rows = lines.into_iter().map(|line| {
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" data-label="Module">{line.title}</th>
                    <td role="cell" data-label="Completed">{date_words(line.on)}</td>
                    <td role="cell" data-label="Version"><code>{line.version}</code></td>
                    <td role="cell" data-label="Entry" class="number">{line.entry}</td>
                </tr>
            }
        });
        view! {
            <h1>"My record"</h1>
            {if empty {
                view! { <div class="empty"><h2>"Nothing completed yet"</h2><p>"What you complete is kept here for good. "<a href="/">"Go to my training"</a></p></div> }.into_any()
            } else {
                view! {
                    <p class="lead">"What you have completed. Each line is an entry that nobody can change afterwards."</p>
                    <p class="print-only">{format!("{name}, {organisation}, printed on {}", date_words(today))}</p>
                    <table class="table" role="table">
                        <caption class="visually-hidden">"Completed modules"</caption>
                        <thead role="rowgroup"><tr role="row">
                            <th role="columnheader" scope="col">"Module"</th>
                            <th role="columnheader" scope="col">"Completed"</th>
                            <th role="columnheader" scope="col">"Version"</th>
                            <th role="columnheader" scope="col" class="number">"Entry"</th>
                        </tr></thead>
                        <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
                    </table>
                    <p class="hint">"Version and entry are for an auditor: they name the exact text you read and its line in the ledger."</p>
                }.into_any()
            }}
        }
    })
}
