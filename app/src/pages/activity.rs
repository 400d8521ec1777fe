//! What role-plays and quizzes have in common: a card on a module's page, the attempts so far, the way on.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use usecases::{
    learn::{ActivityCard, WayOn},
    role_play::{AttemptLine, CompetencyLine},
};

use super::{SignedIn, failed, form::minutes_words, modules::date_words, see_other};
use crate::{request::encoded, state::AppState};

/// The card of a role-play or a quiz.
pub(crate) fn activity_card(card: ActivityCard) -> impl IntoView {
    let kind = if card.is_quiz { "Quiz" } else { "Role-play" };
    let minutes = card.minutes.map(minutes_words);
    let required = if card.required { "needed to complete the module" } else { "for practice" };
    let meta = [minutes.as_deref(), Some(required)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let button = match (card.passed, card.is_quiz) {
        (true, _) => "Open it again",
        (false, true) => "Go to the quiz",
        (false, false) => "Go to the role-play",
    };
    view! {
        <section class="card activity-card">
            <p class="caption">{kind}</p>
            <h2>{card.title}</h2>
            <p>{meta} {card.passed.then(|| view! { " " <span class="tag tag-done">"Passed"</span> })}</p>
            <a class="button" href=card.href>{button}</a>
        </section>
    }
}

/// The attempts so far, the newest first; nothing where there are none.
pub(crate) fn attempts(lines: Vec<AttemptLine>) -> impl IntoView {
    (!lines.is_empty()).then(|| {
        let lines = lines.into_iter().map(|line| {
            let on = date_words(line.on);
            let state = attempt_words(&line);
            let link = match line.href {
                Some(href) => view! { <a href=href>{on}</a> }.into_any(),
                None => view! { {on} }.into_any(),
            };
            view! { <li>{link} {format!(": {state}")}</li> }
        });
        view! { <h2>"Your attempts"</h2> <ul class="link-list">{lines.collect::<Vec<_>>()}</ul> }
    })
}

/// How an attempt came out, in words.
pub(crate) fn attempt_words(line: &AttemptLine) -> String {
    let score = line.score.map(|score| format!("{score} of 100"));
    let outcome = match (line.open, line.counts, line.passed, line.score.is_some()) {
        (true, ..) => "not finished yet",
        (_, true, Some(true), _) => "passed",
        (_, true, Some(false), _) => "not passed",
        (_, false, _, true) => "practice",
        _ => "left unfinished",
    };
    [score.as_deref(), Some(outcome)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The scores in the competencies; nothing where none is named.
pub(crate) fn competencies(lines: Vec<CompetencyLine>) -> impl IntoView {
    (!lines.is_empty()).then(|| {
        let lines = lines.into_iter().map(|line| {
            let score = line.score.map_or("not observed".to_owned(), |score| format!("{score} of 100"));
            view! { <div><dt>{line.name}</dt><dd>{score}</dd></div> }
        });
        view! { <h2>"Skills"</h2> <dl class="summary-list">{lines.collect::<Vec<_>>()}</dl> }
    })
}

/// The way back to the module, as a button that stands first.
pub(crate) fn way_on(way: Option<WayOn>, class: &'static str) -> impl IntoView {
    way.map(|way| {
        let words =
            if way.completed { format!("Completed: {}", way.title) } else { format!("Go on with: {}", way.title) };
        view! { <a class=class href=way.href>{words}</a> }
    })
}

/// `/go/{slug}`: links between documents name files; this leads to where they are read.
pub(crate) async fn go(State(state): State<AppState>, SignedIn(who): SignedIn, Path(slug): Path<String>) -> Response {
    match state.usecases.way_to(&who, &slug).await {
        Ok((href, _)) => see_other(&href),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// `/go/{slug}/{part}`: the same with a page of a module.
pub(crate) async fn go_to_part(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((slug, part)): Path<(String, String)>,
) -> Response {
    match state.usecases.way_to(&who, &slug).await {
        Ok((href, true)) => see_other(&format!("{href}/{}", encoded(&part))),
        Ok((href, false)) => see_other(&href),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// `/images/{file}`: what belongs to a document, under the hash of its bytes. An image runs nothing, whatever it holds.
pub(crate) async fn image(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(file): Path<String>,
) -> Response {
    let hash = file.split_once('.').map_or(file.as_str(), |(hash, _)| hash);
    let asset = match state.usecases.image(&who, hash).await {
        Ok(asset) => asset,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let Ok(mime) = asset.mime.parse::<HeaderValue>() else {
        return super::error_page(axum::http::StatusCode::NOT_FOUND, &state.assets);
    };
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ),
    ];
    (headers, asset.bytes).into_response()
}
