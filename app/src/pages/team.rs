//! `/team`: how everybody stands, and who has completed what, in one's own departments and below.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::team::{TeamPage, Urgent};

use super::{SignedIn, failed, modules::date_words, pager, see_other};
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
    let TeamPage { lines, previous, next } = match state.usecases.team(&who, number, usecases::clock::now()).await {
        Ok(page) => page,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let stands_in = match state.usecases.stands_in(&who, usecases::clock::now()).await {
        Ok(lines) => lines,
        Err(failure) => return failed(&failure, &state.assets),
    };
    if lines.is_empty() && number > 0 {
        return see_other("/team");
    }
    let mut frame = Frame::new(&state.assets, Some(&who), "Team", "/team");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let empty = lines.is_empty();
        let rows = lines.into_iter().map(|line| {
            let done = line.completed.into_iter().map(|done| {
                view! { <li>{done.title}", "{date_words(done.on)}</li> }
            }).collect::<Vec<_>>();
            let none = done.is_empty();
            let stands = match line.urgent {
                Urgent::Overdue(many) => view! { <span class="tag tag-overdue">{format!("{many} overdue")}</span> }.into_any(),
                Urgent::Due(day) => format!("Next due {}", date_words(day)).into_any(),
                Urgent::Unknown => "A due date cannot be said".into_any(),
                Urgent::OnLeave => "On leave".into_any(),
                Urgent::Nothing => "Nothing due".into_any(),
            };
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" data-label="Name"><a href=format!("/team/{}/training", line.person)>{line.name.clone()}</a></th>
                    <td role="cell" data-label="How it stands">
                        <a href=format!("/team/{}/training", line.person)>{stands}<span class="visually-hidden">{format!(": training of {}", line.name)}</span></a>
                    </td>
                    <td role="cell" data-label="Department">{line.department.unwrap_or_else(|| "None".to_owned())}</td>
                    <td role="cell" data-label="Completed">
                        {if none { view! { "Nothing yet" }.into_any() } else { view! { <ul class="plain-list">{done}</ul> }.into_any() }}
                    </td>
                    <td role="cell" data-label="Quizzes">
                        {line.may_be_given.then(|| view! {
                            <a href=format!("/team/{}/allowance", line.person)>"Time and attempts"<span class="visually-hidden">{format!(" for {}", line.name)}</span></a>
                        })}
                    </td>
                </tr>
            }
        });
        view! {
            <h1>"Team"</h1>
            {super::deputies::stands_in(stands_in)}
            <p><a href="/team/deputies">"Deputies: who stands in for whom"</a></p>
            {if empty {
                view! { <div class="empty"><h2>"Nobody here yet"</h2><p>"People appear here when they join one of your departments."</p></div> }.into_any()
            } else {
                view! {
                    <table class="table" role="table">
                        <caption class="visually-hidden">"How everybody stands, and who has completed what"</caption>
                        <thead role="rowgroup"><tr role="row">
                            <th role="columnheader" scope="col">"Name"</th>
                            <th role="columnheader" scope="col">"How it stands"</th>
                            <th role="columnheader" scope="col">"Department"</th>
                            <th role="columnheader" scope="col">"Completed"</th>
                            <th role="columnheader" scope="col">"Quizzes"</th>
                        </tr></thead>
                        <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
                    </table>
                }.into_any()
            }}
            {pager(previous.map(|at| format!("/team?page={at}")), next.map(|at| format!("/team?page={at}")))}
        }
    })
}
