//! `/team`: who has completed what, in one's own departments and below.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;

use super::{SignedIn, failed, modules::date_words};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let lines = match state.usecases.team(&who, usecases::clock::now()).await {
        Ok(lines) => lines,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let mut frame = Frame::new(&state.assets, Some(&who), "Team", "/team");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let empty = lines.is_empty();
        let rows = lines.into_iter().map(|line| {
            let done = line.completed.into_iter().map(|done| {
                view! { <li>{done.title}", "{date_words(done.on)}</li> }
            }).collect::<Vec<_>>();
            let none = done.is_empty();
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" data-label="Name">{line.name}</th>
                    <td role="cell" data-label="Department">{line.department.unwrap_or_else(|| "None".to_owned())}</td>
                    <td role="cell" data-label="Completed">
                        {if none { view! { "Nothing yet" }.into_any() } else { view! { <ul class="plain-list">{done}</ul> }.into_any() }}
                    </td>
                </tr>
            }
        });
        view! {
            <h1>"Team"</h1>
            {if empty {
                view! { <div class="empty"><h2>"Nobody here yet"</h2><p>"People appear here when they join one of your departments."</p></div> }.into_any()
            } else {
                view! {
                    <table class="table" role="table">
                        <caption class="visually-hidden">"Who has completed what"</caption>
                        <thead role="rowgroup"><tr role="row">
                            <th role="columnheader" scope="col">"Name"</th>
                            <th role="columnheader" scope="col">"Department"</th>
                            <th role="columnheader" scope="col">"Completed"</th>
                        </tr></thead>
                        <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
                    </table>
                }.into_any()
            }}
        }
    })
}
