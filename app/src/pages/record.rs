//! `/record`: what somebody has completed and tried, for good.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;
use usecases::record::{RecordLine, TriedLine};

use super::{SignedIn, activity::attempt_words, failed, modules::date_words};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let now = usecases::clock::now();
    let record = match state.usecases.record(&who, now).await {
        Ok(record) => record,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let (organisation, today) = match state.usecases.letterhead(now).await {
        Ok(letterhead) => letterhead,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let (name, person) = (who.name.clone(), who.person);
    let mut frame = Frame::new(&state.assets, Some(&who), "My record", "/record");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(StatusCode::OK, &frame, || {
        view! {
            <h1>"My record"</h1>
            <p class="print-only">{format!("{name}, {organisation}, printed on {}", date_words(today))}</p>
            {completed(record.completed)}
            {tried(record.tried)}
            <ul class="link-list no-print">
                <li><a href=format!("/team/{person}/training")>"What was recorded about me"</a></li>
                <li><a href="/reports/people/me">"Everything about me, to read, print or download"</a></li>
            </ul>
        }
    })
}

fn completed(lines: Vec<RecordLine>) -> impl IntoView {
    if lines.is_empty() {
        return view! {
            <div class="empty"><h2>"Nothing completed yet"</h2><p>"What you complete is kept here for good. "<a href="/">"Go to my training"</a></p></div>
        }
        .into_any();
    }
    let rows = lines.into_iter().map(|line| {
        let valid = valid_words(&line);
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="What"><a href=line.href>{line.title}</a><span class="hint">{format!(" {}", line.kind)}</span></th>
                <td role="cell" data-label="Completed">{date_words(line.on)}</td>
                <td role="cell" data-label="Valid through">{valid}</td>
                <td role="cell" data-label="Score" class="number">{line.score.map_or("–".to_owned(), |score| score.to_string())}</td>
                <td role="cell" data-label="Version"><code>{line.version}</code></td>
                <td role="cell" data-label="Entry" class="number">{line.entry}</td>
                <td role="cell" data-label="Certificate">{match line.certificate {
                    Some(number) => view! { <a href=format!("/certificates/{number}")>"Certificate"<span class="visually-hidden">{format!(" {number}")}</span></a> }.into_any(),
                    None => view! { "–" }.into_any(),
                }}</td>
            </tr>
        }
    });
    view! {
        <p class="lead">"What you have completed. Each line is an entry that nobody can change afterwards."</p>
        <table class="table" role="table">
            <caption class="visually-hidden">"Completed"</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"What"</th>
                <th role="columnheader" scope="col">"Completed"</th>
                <th role="columnheader" scope="col">"Valid through"</th>
                <th role="columnheader" scope="col" class="number">"Score"</th>
                <th role="columnheader" scope="col">"Version"</th>
                <th role="columnheader" scope="col" class="number">"Entry"</th>
                <th role="columnheader" scope="col">"Certificate"</th>
            </tr></thead>
            <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
        </table>
        <p class="hint">"Version and entry are for an auditor: they name the exact text you worked with and its line in the ledger."</p>
    }
    .into_any()
}

/// Through when a completion counts. Only modules do so without end: a quiz or a role-play says nothing of it.
fn valid_words(line: &RecordLine) -> String {
    match line.valid_through {
        Some(last) if line.is_over => format!("{} (over)", date_words(last)),
        Some(last) => date_words(last),
        None if line.kind == "Module" => "no end".to_owned(),
        None => "–".to_owned(),
    }
}

fn tried(lines: Vec<TriedLine>) -> impl IntoView {
    (!lines.is_empty()).then(|| {
        let rows = lines.into_iter().map(|line| {
            let words = attempt_words(&line.attempt);
            let on = date_words(line.attempt.on);
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" data-label="What">{line.title}<span class="hint">{format!(" {}", line.kind)}</span></th>
                    <td role="cell" data-label="Begun">{match line.attempt.href {
                        Some(href) => view! { <a href=href>{on}</a> }.into_any(),
                        None => view! { {on} }.into_any(),
                    }}</td>
                    <td role="cell" data-label="Outcome">{words}</td>
                    <td role="cell" data-label="Version"><code>{line.version}</code></td>
                </tr>
            }
        });
        view! {
            <h2>"Every attempt"</h2>
            <table class="table" role="table">
                <caption class="visually-hidden">"Attempts at role-plays and quizzes"</caption>
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">"What"</th>
                    <th role="columnheader" scope="col">"Begun"</th>
                    <th role="columnheader" scope="col">"Outcome"</th>
                    <th role="columnheader" scope="col">"Version"</th>
                </tr></thead>
                <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
            </table>
        }
    })
}
