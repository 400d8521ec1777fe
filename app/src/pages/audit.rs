//! `/audit`: who did what, to whom, when and from where. For administrators.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    PersonId,
    audit::{AuditLine, KINDS, Search},
};

use super::{
    SignedIn, failed,
    form::{Choice, choice, time_words},
};
use crate::{
    request::encoded,
    shell::{Frame, page},
    state::AppState,
};

const WHAT: Choice = Choice { name: "what", label: "What happened", hint: None, none: "Everything" };

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    what: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    before: String,
}

/// What was asked for; a number that is none asks for nothing.
struct Filter {
    what: String,
    person: Option<i64>,
    before: Option<i64>,
}

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Query(asked): Query<Asked>,
) -> Response {
    let filter = Filter { what: asked.what, person: asked.person.parse().ok(), before: asked.before.parse().ok() };
    let search = Search { what: &filter.what, person: filter.person.map(PersonId), before: filter.before };
    let log = match state.usecases.audit_log(&who, search).await {
        Ok(log) => log,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let mut frame = Frame::new(&state.assets, Some(&who), "Audit log", "/audit");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let kinds = KINDS.iter().map(|(kind, words)| ((*kind).to_owned(), (*words).to_owned())).collect::<Vec<_>>();
        let person = filter.person.map(|id| format!("&person={id}")).unwrap_or_default();
        let older = log.older.map(|older| {
            let what = encoded(&filter.what);
            format!("/audit?what={what}{person}&before={older}")
        });
        let empty = log.lines.is_empty();
        view! {
            <h1>"Audit log"</h1>
            {log.person.clone().map(|name| view! {
                <p>"Only what " <strong>{name}</strong> " did, and what was done to them. "<a href="/audit">"Show everybody"</a></p>
            })}
            <form class="filters" method="get" action="/audit">
                {choice(WHAT, &kinds, &filter.what, &[])}
                {filter.person.map(|id| view! { <input type="hidden" name="person" value=id.to_string() /> })}
                <button class="button button-secondary" type="submit">"Show"</button>
            </form>
            {if empty {
                view! { <div class="empty"><h2>"Nothing found"</h2><p>"Nothing of this kind has happened."</p></div> }.into_any()
            } else {
                view! {
                    <table class="table" role="table">
                        <caption class="visually-hidden">"What happened, newest first"</caption>
                        <thead role="rowgroup"><tr role="row">
                            <th role="columnheader" scope="col">"When"</th>
                            <th role="columnheader" scope="col">"Who"</th>
                            <th role="columnheader" scope="col">"What"</th>
                            <th role="columnheader" scope="col">"To whom"</th>
                            <th role="columnheader" scope="col">"More"</th>
                            <th role="columnheader" scope="col">"From"</th>
                        </tr></thead>
                        <tbody role="rowgroup">{log.lines.into_iter().map(row).collect::<Vec<_>>()}</tbody>
                    </table>
                }.into_any()
            }}
            <nav class="pagination" aria-label="Pages"><ul>
                {filter.before.map(|_| view! { <li><a href=format!("/audit?what={}{person}", encoded(&filter.what))>"Newest"</a></li> })}
                {older.map(|older| view! { <li><a rel="next" href=older>"Older"</a></li> })}
            </ul></nav>
        }
    })
}

fn row(line: AuditLine) -> impl IntoView {
    let person = |person: Option<(PersonId, String)>, none: &'static str| match person {
        Some((id, name)) => view! { <a href=format!("/people/{id}")>{name}</a> }.into_any(),
        None => none.into_any(),
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="When"><time datetime=line.at.to_string()>{time_words(line.at)}</time></th>
            <td role="cell" data-label="Who">{person(line.who, if line.by_command { "Command line" } else { "Not signed in" })}</td>
            <td role="cell" data-label="What">{line.what}</td>
            <td role="cell" data-label="To whom">{person(line.whom, "–")}</td>
            <td role="cell" data-label="More">{if line.detail.is_empty() { "–".to_owned() } else { line.detail }}</td>
            <td role="cell" data-label="From">{line.from.unwrap_or_else(|| "–".to_owned())}</td>
        </tr>
    }
}
