//! `/exceptions`: what stands in the way of knowing who must do what by when, and of telling them, within one's own departments; of one
//! kind with its people or departments.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::exceptions::{Exceptions, Found, Kind};

use super::{SignedIn, failed, pager, see_other, tables::table_of};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    page: String,
}

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Query(asked): Query<Asked>,
) -> Response {
    let kind = Kind::parse(&asked.kind);
    let number = asked.page.parse().unwrap_or_default();
    let found = match state.usecases.exceptions(&who, (kind, number), usecases::clock::now()).await {
        Ok(found) => found,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let Exceptions { kinds, columns, rows, unfinished, previous, next } = found;
    if rows.is_empty() && number > 0 {
        return see_other("/exceptions");
    }
    let title = kind.map_or_else(|| "Exceptions".to_owned(), |kind| format!("Exceptions: {}", kind.title()));
    let mut frame = Frame::new(&state.assets, Some(&who), &title, "/reports");
    frame.class = "page page-wide";
    frame.not_kept = true;
    let administrator = who.administrator;
    page(StatusCode::OK, &frame, || {
        let back = if kind.is_some() { ("/exceptions", "Exceptions") } else { ("/reports", "Reports") };
        let at = |page: u32| format!("/exceptions?kind={}&page={page}", asked.kind);
        let (previous, next) = (previous.map(at), next.map(at));
        let body = match kind {
            None => overview(&kinds, administrator).into_any(),
            Some(kind) => of_kind(kind, administrator, &columns, rows),
        };
        view! {
            <a class="back-link no-print" href=back.0>{back.1}</a>
            <h1>{title.clone()}</h1>
            {unfinished.then(|| view! { <p class="hint" role="status">"A change of the rules is still being worked out. Some may be missing here; look again in a minute."</p> })}
            {body}
            {pager(previous, next)}
        }
    })
}

fn overview(kinds: &[Found], administrator: bool) -> impl IntoView + use<> {
    let lines = kinds.iter().map(|Found { kind, many }| {
        if *many == 0 {
            return view! { <li>{format!("{}: none", kind.title())}</li> }.into_any();
        }
        let href = format!("/exceptions?kind={}", kind.as_str());
        view! { <li><a href=href>{format!("{}: {many}", kind.title())}</a><p class="hint">{kind.about(administrator)}</p></li> }.into_any()
    });
    let nothing = kinds.iter().all(|found| found.many == 0);
    view! {
        <p class="lead">"What stands in the way of knowing who must do what by when, and of telling them."</p>
        {nothing.then(|| view! { <p>"Nothing stands in the way."</p> })}
        <ul class="report-list">{lines.collect::<Vec<_>>()}</ul>
    }
}

fn of_kind(
    kind: Kind,
    administrator: bool,
    columns: &[usecases::reports::Column],
    rows: Vec<usecases::reports::Row>,
) -> AnyView {
    if rows.is_empty() {
        return view! { <div class="empty"><h2>"None"</h2><p>"Nothing of this kind stands in the way."</p></div> }
            .into_any();
    }
    view! { <p class="lead">{kind.about(administrator)}</p> {table_of(kind.title(), columns, rows, false)} }.into_any()
}
