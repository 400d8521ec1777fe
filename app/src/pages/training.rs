//! `/`, My training: one thing to do next, then what else there is.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;
use usecases::learn::{ModuleCard, Progress};

use super::{
    SignedIn, failed,
    modules::{completed_words, list_of},
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let cards = match state.usecases.modules(&who).await {
        Ok(cards) => cards,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let (done, open): (Vec<_>, Vec<_>) =
        cards.into_iter().partition(|card| matches!(card.progress, Progress::Done { .. }));
    // What was begun comes first: it is nearest to its end.
    let next = open.iter().find(|card| matches!(card.progress, Progress::Begun { .. })).or(open.first()).cloned();
    let others: Vec<ModuleCard> =
        open.into_iter().filter(|card| next.as_ref().is_none_or(|next| next.slug != card.slug)).collect();
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), "My training", "/"), || {
        view! {
            <h1>"My training"</h1>
            {match next {
                Some(card) => next_card(&card).into_any(),
                None => view! {
                    <div class="empty"><h2>"Nothing to do"</h2><p>"You have completed every module there is. Thank you."</p></div>
                }.into_any(),
            }}
            {(!others.is_empty()).then(|| view! { <h2>"Also for you"</h2> {list_of(others)} })}
            {(!done.is_empty()).then(|| view! { <h2>"Done"</h2> {list_of(done)} })}
        }
    })
}

fn next_card(card: &ModuleCard) -> impl IntoView + use<> {
    let (caption, button, left) = match card.progress {
        Progress::Begun { read } => ("Continue", "Continue", card.minutes_left(read)),
        Progress::New | Progress::Done { .. } => ("Start here", "Start", card.minutes),
    };
    let (href, title, pages) = (card.continue_at.clone(), card.title.clone(), card.pages);
    let read = match card.progress {
        Progress::Begun { read } => read,
        Progress::New | Progress::Done { .. } => 0,
    };
    let share = (read * 100).checked_div(pages).unwrap_or_default();
    view! {
        <section class="card card-next" aria-labelledby="next">
            <p class="caption">{caption}</p>
            <h2 id="next">{title}</h2>
            <div class="progress">
                <svg class="progress-ring" viewBox="0 0 36 36" width="56" height="56" aria-hidden="true" focusable="false">
                    <circle class="progress-track" cx="18" cy="18" r="15.9155" />
                    {(share > 0).then(|| view! {
                        <circle class="progress-value" cx="18" cy="18" r="15.9155" pathLength="100" stroke-dasharray=format!("{share} 100") transform="rotate(-90 18 18)" />
                    })}
                </svg>
                <p class="progress-words">{format!("{read} of {pages} pages read")}{left.map(|left| format!(", about {left} minutes left"))}</p>
            </div>
            <a class="button" href=href>{button}</a>
        </section>
    }
}

/// Used by the list too: the words under a title.
pub(super) fn meta(card: &ModuleCard) -> String {
    let minutes = card.minutes.map(|minutes| format!("{minutes} minutes"));
    let state = match card.progress {
        Progress::New => None,
        Progress::Begun { read } => Some(format!("{read} of {} pages read", card.pages)),
        Progress::Done { on } => Some(completed_words(on)),
    };
    [minutes, state].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
