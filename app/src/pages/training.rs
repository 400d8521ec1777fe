//! `/`, My training: one thing to go on with, what must be renewed soon, the path, what is valid, what is done.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;
use usecases::{
    learn::{ModuleCard, Progress},
    obligations::{Asked, Coverage, Overlay, Standing, Timing},
    recall::RecallOverview,
    training::{Held, NextUp, PathStep, Training},
};

use super::{
    SignedIn, failed,
    first_steps::card as steps_card,
    form::minutes_words,
    library::search_form,
    modules::{completed_words, date_words},
    person::first_large,
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
    let first_steps = match state.usecases.has_first_steps(&who).await {
        Ok(has) => has,
        Err(failure) => return failed(&failure, &state.assets),
    };
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), "My training", "/"), || {
        overview(training, recall, first_steps)
    })
}

fn overview(training: Training, recall: RecallOverview, first_steps: bool) -> impl IntoView {
    let Training { next, asked, kept, due, path, valid, done } = training;
    let nothing = path.is_empty() && asked.is_empty() && kept.is_empty();
    let finished = path.iter().filter(|step| step.done).count();
    let total = path.len();
    let held = |heading: &'static str, list: Vec<Held>| {
        (!list.is_empty()).then(|| view! { <h2>{heading}</h2> {held_list(list)} })
    };
    view! {
        <h1>"My training"</h1>
        {first_steps.then(steps_card)}
        {match next {
            Some(next) => next_card(next).into_any(),
            None if nothing => view! {
                <div class="empty"><h2>"Nothing here yet"</h2><p>"Your trainer has not published anything yet. Come back later."</p></div>
            }.into_any(),
            None if kept.is_empty() => view! {
                <div class="empty"><h2>"Nothing to do"</h2><p>"You have completed every module there is, and all of it counts. Thank you."</p></div>
            }.into_any(),
            None => view! {
                <div class="empty">
                    <h2>"Nothing to do"</h2>
                    <p>"All that is asked of you is done. Thank you. There is more to learn under "<a href="/modules">"Modules"</a>"."</p>
                </div>
            }.into_any(),
        }}
        {recall::section(recall)}
        {asked_list("Asked of you", asked)}
        {held("Due again soon", due)}
        {(total > 1).then(|| view! {
            <h2>"Your path"</h2>
            <p>{format!("{finished} of {total} steps done.")}</p>
            <ol class="path">{path.into_iter().map(step).collect::<Vec<_>>()}</ol>
        })}
        {asked_list("Asked of you and done", kept)}
        {held("Valid", valid)}
        {held("Done", done)}
        {search_form("")}
    }
}

fn next_card(next: NextUp) -> impl IntoView {
    let NextUp { title, href, card, asked, why, due } = next;
    let (caption, button) = match card.as_ref().map(|card| card.progress) {
        Some(Progress::Begun { .. }) => ("Continue", "Continue"),
        Some(Progress::Done { .. }) => ("Take it again", "See the module"),
        Some(Progress::New) | None => ("Start here", "Start"),
    };
    let renewal = asked.is_none() && card.as_ref().is_some_and(|card| matches!(card.progress, Progress::Done { .. }));
    let due = due.map(|day| {
        if renewal { format!("Valid through {}.", date_words(day)) } else { format!("Due {}.", date_words(day)) }
    });
    let ring = card.map(|card| {
        let (read, left) = match card.progress {
            Progress::Begun { read } => (read, card.minutes_left(read)),
            Progress::New | Progress::Done { .. } => (0, card.minutes),
        };
        let pages = card.pages;
        let share = (read * 100).checked_div(pages).unwrap_or_default();
        progress_ring(share, format!("{read} of {pages} pages read"), left)
    });
    view! {
        <section class="card card-next" aria-labelledby="next">
            <p class="caption">{caption}</p>
            <h2 id="next">{title}</h2>
            {match asked {
                Some(one) => asked_words(why, one).into_any(),
                None => view! { <p>{why}{due.map(|due| format!(" {due}"))}</p> }.into_any(),
            }}
            {ring}
            <a class="button" href=href>{button}</a>
        </section>
    }
}

/// Why something stands first, with its dates, which lead to what explains them.
fn asked_words(why: String, one: Asked) -> impl IntoView {
    let (class, tag) = standing_tag(&one.standing);
    let dates = standing_words(&one.standing, one.days_left);
    view! {
        <p>{why} " " <span class=class>{tag}</span></p>
        <p><a href=format!("/why/{}", one.requirement)>{first_large(&dates)}<span class="visually-hidden">": why?"</span></a></p>
    }
}

fn progress_ring(share: u32, words: String, left: Option<u32>) -> impl IntoView {
    view! {
        <div class="progress">
            <svg class="progress-ring" viewBox="0 0 36 36" width="56" height="56" aria-hidden="true" focusable="false">
                <circle class="progress-track" cx="18" cy="18" r="15.9155" />
                {(share > 0).then(|| view! {
                    <circle class="progress-value" cx="18" cy="18" r="15.9155" pathLength="100" stroke-dasharray=format!("{share} 100") transform="rotate(-90 18 18)" />
                })}
            </svg>
            <p class="progress-words">{words}{left.map(|left| format!(", about {} left", minutes_words(left)))}</p>
        </div>
    }
}

/// What is asked, with its dates, each line leading to what explains them.
fn asked_list(heading: &'static str, list: Vec<Asked>) -> impl IntoView {
    let lines: Vec<_> = list
        .into_iter()
        .map(|one| {
            let (class, tag) = standing_tag(&one.standing);
            let words = standing_words(&one.standing, one.days_left);
            let href = one.refresher.unwrap_or(one.place);
            view! {
                <li class="module-card">
                    <div class="module-card-main">
                        <h3><a href=href>{one.name.clone()}</a></h3>
                        <p class="module-card-meta">
                            <a href=format!("/why/{}", one.requirement)>{words}<span class="visually-hidden">{format!(": why? {}", one.name)}</span></a>
                        </p>
                    </div>
                    <span class=class>{tag}</span>
                </li>
            }
        })
        .collect();
    (!lines.is_empty()).then(|| view! { <h2>{heading}</h2> <ul class="module-list">{lines}</ul> })
}

/// How something stands, as a tag.
pub(super) fn standing_tag(standing: &Standing) -> (&'static str, &'static str) {
    match (standing.overlay, standing.timing, standing.coverage) {
        (Some(Overlay::NotApplicable), ..) => ("tag", "Not asked"),
        (Some(Overlay::Exempt), ..) => ("tag", "Exempt"),
        (Some(Overlay::OnLeave), ..) => ("tag", "On leave"),
        (None, Some(Timing::Overdue), _) => ("tag tag-overdue", "Overdue"),
        (None, Some(Timing::DueSoon), _) => ("tag tag-warning", "Due soon"),
        (None, Some(Timing::WindowOpen), _) => ("tag tag-warning", "Renew"),
        (None, None, _) => ("tag tag-warning", "A day is missing"),
        (None, Some(Timing::NotDue), Coverage::Valid) => ("tag tag-done", "Valid"),
        (None, Some(Timing::NotDue), _) => ("tag", "To do"),
    }
}

/// The dates of something that is asked, in words.
pub(super) fn standing_words(standing: &Standing, days_left: Option<i32>) -> String {
    let due = standing.due.map(|due| {
        let day = date_words(due.date());
        match days_left {
            Some(days) if days < -1 => format!("was due {day}, {} days ago", -days),
            Some(-1) => format!("was due {day}, yesterday"),
            Some(0) => format!("due {day} (today)"),
            Some(1) => format!("due {day} (tomorrow)"),
            Some(days) => format!("due {day} (in {days} days)"),
            None => format!("due {day}"),
        }
    });
    let valid = standing.valid_through.map(|last| match standing.coverage {
        Coverage::Valid => format!("valid through {}", date_words(last.date())),
        _ => format!("was valid through {}", date_words(last.date())),
    });
    let for_good = (standing.coverage == Coverage::Valid && standing.valid_through.is_none())
        .then(|| "valid without end".to_owned());
    let missing = standing.exception.map(|missing| {
        format!(
            "no due date yet: {} is not recorded; ask an administrator",
            usecases::obligations::missing_words(missing)
        )
    });
    let late = (standing.late && !standing.open).then(|| "completed late".to_owned());
    [missing, due, valid, for_good, late].into_iter().flatten().collect::<Vec<_>>().join(" · ")
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
