//! `/`, My training: one thing to go on with, what must be renewed soon, the path, what is valid, what is done.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;
use usecases::{
    learn::{ModuleCard, Progress},
    recall::RecallOverview,
    training::{Held, NextUp, PathStep, Training},
};

use super::{
    SignedIn, failed,
    form::minutes_words,
    library::search_form,
    modules::{completed_words, date_words},
    recall,
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let now = usecases::clock::now();
    let training = match state.usecases.training(&who, now).await {
        Ok(training) => training,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let recall = match state.usecases.recall(&who, now).await {
        Ok(recall) => recall,
        Err(failure) => return failed(&failure, &state.assets),
    };
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), "My training", "/"), || overview(training, recall))
}

fn overview(training: Training, recall: RecallOverview) -> impl IntoView {
    let Training { next, due, path, valid, done } = training;
    let nothing = path.is_empty();
    let finished = path.iter().filter(|step| step.done).count();
    let total = path.len();
    let held = |heading: &'static str, list: Vec<Held>| {
        (!list.is_empty()).then(|| view! { <h2>{heading}</h2> {held_list(list)} })
    };
    view! {
        <h1>"My training"</h1>
        {match next {
            Some(next) => next_card(next).into_any(),
            None if nothing => view! {
                <div class="empty"><h2>"Nothing here yet"</h2><p>"Your trainer has not published anything yet. Come back later."</p></div>
            }.into_any(),
            None => view! {
                <div class="empty"><h2>"Nothing to do"</h2><p>"You have completed every module there is, and all of it counts. Thank you."</p></div>
            }.into_any(),
        }}
        {recall::section(recall)}
        {held("Due again soon", due)}
        {(total > 1).then(|| view! {
            <h2>"Your path"</h2>
            <p>{format!("{finished} of {total} steps done.")}</p>
            <ol class="path">{path.into_iter().map(step).collect::<Vec<_>>()}</ol>
        })}
        {held("Valid", valid)}
        {held("Done", done)}
        {search_form("")}
    }
}

fn next_card(next: NextUp) -> impl IntoView {
    let NextUp { card, why, due } = next;
    let read = match card.progress {
        Progress::Begun { read } => read,
        Progress::New | Progress::Done { .. } => 0,
    };
    let (caption, button, left) = match card.progress {
        Progress::Begun { .. } => ("Continue", "Continue", card.minutes_left(read)),
        Progress::New => ("Start here", "Start", card.minutes),
        Progress::Done { .. } => ("Take it again", "See the module", card.minutes),
    };
    let href = match card.progress {
        Progress::Done { .. } => format!("/modules/{}", card.slug),
        _ => card.continue_at.clone(),
    };
    let pages = card.pages;
    let share = (read * 100).checked_div(pages).unwrap_or_default();
    let renewal = matches!(card.progress, Progress::Done { .. });
    let due = due.map(|day| {
        if renewal { format!("Valid through {}.", date_words(day)) } else { format!("Due {}.", date_words(day)) }
    });
    view! {
        <section class="card card-next" aria-labelledby="next">
            <p class="caption">{caption}</p>
            <h2 id="next">{card.title}</h2>
            <p>{why}{due.map(|due| format!(" {due}"))}</p>
            <div class="progress">
                <svg class="progress-ring" viewBox="0 0 36 36" width="56" height="56" aria-hidden="true" focusable="false">
                    <circle class="progress-track" cx="18" cy="18" r="15.9155" />
                    {(share > 0).then(|| view! {
                        <circle class="progress-value" cx="18" cy="18" r="15.9155" pathLength="100" stroke-dasharray=format!("{share} 100") transform="rotate(-90 18 18)" />
                    })}
                </svg>
                <p class="progress-words">{format!("{read} of {pages} pages read")}{left.map(|left| format!(", about {} left", minutes_words(left)))}</p>
            </div>
            <a class="button" href=href>{button}</a>
        </section>
    }
}

fn step(step: PathStep) -> impl IntoView {
    let words = match (step.here, step.done) {
        (true, _) => Some("You are here"),
        (false, true) => Some("Done"),
        (false, false) => None,
    };
    let class = match (step.here, step.done) {
        (true, _) => "path-step is-here",
        (_, true) => "path-step is-done",
        _ => "path-step",
    };
    let meta = meta(&step.card);
    view! {
        <li class=class aria-current=step.here.then_some("step")>
            <a href=format!("/modules/{}", step.card.slug)>{step.card.title.clone()}</a>
            <span class="module-card-meta">{[Some(meta.as_str()).filter(|meta| !meta.is_empty()), words].into_iter().flatten().collect::<Vec<_>>().join(" · ")}</span>
        </li>
    }
}

fn held_list(list: Vec<Held>) -> impl IntoView {
    let lines = list.into_iter().map(|held| {
        let words = held_words(&held);
        let (class, tag) = match held.days_left {
            Some(days) if days < 0 => ("tag tag-overdue", "Over"),
            Some(days) if days <= 60 => ("tag tag-warning", "Due again"),
            _ => ("tag tag-done", "Valid"),
        };
        view! {
            <li class="module-card">
                <div class="module-card-main">
                    <h3><a href=format!("/modules/{}", held.card.slug)>{held.card.title}</a></h3>
                    <p class="module-card-meta">{words}</p>
                </div>
                <span class=class>{tag}</span>
            </li>
        }
    });
    view! { <ul class="module-list">{lines.collect::<Vec<_>>()}</ul> }
}

fn held_words(held: &Held) -> String {
    let completed = match held.card.progress {
        Progress::Done { on } => Some(completed_words(on)),
        _ => None,
    };
    let valid = held.valid_through.map(|last| match held.days_left {
        Some(days) if days < 0 => format!("was valid through {}", date_words(last)),
        Some(0) => format!("valid through {} (today)", date_words(last)),
        Some(1) => format!("valid through {} (tomorrow)", date_words(last)),
        Some(days) => format!("valid through {} (in {days} days)", date_words(last)),
        None => format!("valid through {}", date_words(last)),
    });
    [completed, valid].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Used by the list too: the words under a title.
pub(super) fn meta(card: &ModuleCard) -> String {
    let minutes = card.minutes.map(minutes_words);
    let state = match (&card.progress, &card.missing) {
        (Progress::New, _) => None,
        (Progress::Begun { .. }, Some(missing)) if missing.is_quiz => Some("the quiz is missing".to_owned()),
        (Progress::Begun { .. }, Some(_)) => Some("the role-play is missing".to_owned()),
        (Progress::Begun { read }, None) => Some(format!("{read} of {} pages read", card.pages)),
        (Progress::Done { on }, _) => Some(completed_words(*on)),
    };
    [minutes, state].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
