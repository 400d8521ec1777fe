//! `/exceptions`: the people whose due dates cannot be reckoned, since a day is missing that they count from. For administrators.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    obligations::{Missing, missing_words},
    recording::{ExceptionLine, ExceptionsPage},
};

use super::{SignedIn, failed, pager, see_other};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    page: String,
}

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Query(asked): Query<Asked>,
) -> Response {
    let number = asked.page.parse().unwrap_or_default();
    let found = match state.usecases.exceptions(&who, number, usecases::clock::now()).await {
        Ok(page) => page,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let ExceptionsPage { lines, unfinished, previous, next } = found;
    if lines.is_empty() && number > 0 {
        return see_other("/exceptions");
    }
    let mut frame = Frame::new(&state.assets, Some(&who), "People without a due date: a day is missing", "/people");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let empty = lines.is_empty();
        let rows = lines.into_iter().map(|line| {
            let ExceptionLine { person, name, requirement, requirement_name, missing } = line;
            let words = missing_words(missing);
            // Nobody enters anything about themselves.
            let enter = (person != who.person).then(|| {
                let to = match missing {
                    Missing::Hired => format!("/team/{person}/training/hired"),
                    Missing::RoleStart => format!("/people/{person}"),
                };
                view! { <a href=to>"Enter it"<span class="visually-hidden">{format!(": {words} of {name}")}</span></a> }
            });
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" data-label="Name"><a href=format!("/team/{person}/training")>{name.clone()}</a></th>
                    <td role="cell" data-label="Requirement"><a href=format!("/team/{person}/why/{requirement}")>{requirement_name}</a></td>
                    <td role="cell" data-label="Missing">{words}</td>
                    <td role="cell" data-label="To do">{match enter {
                        Some(link) => link.into_any(),
                        None => "Ask another administrator to enter it.".into_any(),
                    }}</td>
                </tr>
            }
        });
        let rows = rows.collect::<Vec<_>>();
        view! {
            <a class="back-link" href="/people">"People"</a>
            <h1>"People without a due date: a day is missing"</h1>
            <p class="lead">"People whose due dates cannot be said, since a day that they count from is not recorded."</p>
            {unfinished.then(|| view! { <p class="hint" role="status">"A change of the rules is still being worked out. Some people may be missing here; look again in a minute."</p> })}
            {if empty {
                view! { <div class="empty"><h2>"Nobody"</h2><p>"Every due date can be said."</p></div> }.into_any()
            } else {
                view! {
                    <table class="table" role="table">
                        <caption class="visually-hidden">"People and what is missing"</caption>
                        <thead role="rowgroup"><tr role="row">
                            <th role="columnheader" scope="col">"Name"</th>
                            <th role="columnheader" scope="col">"Requirement"</th>
                            <th role="columnheader" scope="col">"Missing"</th>
                            <th role="columnheader" scope="col">"To do"</th>
                        </tr></thead>
                        <tbody role="rowgroup">{rows}</tbody>
                    </table>
                }.into_any()
            }}
            {pager(previous.map(|at| format!("/exceptions?page={at}")), next.map(|at| format!("/exceptions?page={at}")))}
        }
    })
}
