//! One's calendar link: made, renewed and ended on the profile page, and `/calendar/{file}`, which other programs read.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use jiff::civil::DateTime;
use leptos::prelude::*;

use super::{SignedIn, error_page, failed, form::time_words, see_other_saying};
use crate::{
    request::OwnAddress,
    shell::{Frame, page},
    state::AppState,
};

/// The calendar of a secret: `SECRET.ics`. No sign-in: programs that read calendars have none.
pub(crate) async fn read(
    State(state): State<AppState>,
    OwnAddress(own): OwnAddress,
    Path(file): Path<String>,
) -> Response {
    let secret = file.strip_suffix(".ics").unwrap_or_default();
    match state.usecases.calendar(secret, &own, usecases::clock::now()).await {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CACHE_CONTROL, "private, max-age=3600"),
                (header::CONTENT_DISPOSITION, "inline; filename=\"bedside.ics\""),
            ];
            (headers, text).into_response()
        }
        Err(usecases::Failure::NotFound) => error_page(StatusCode::NOT_FOUND, &state.assets),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// Shows the link once, on the answer to the form: the store keeps only its hash.
pub(crate) async fn make(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    OwnAddress(own): OwnAddress,
) -> Response {
    let secret = match state.usecases.make_calendar_link(&who, usecases::clock::now()).await {
        Ok(secret) => secret,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let mut frame = Frame::new(&state.assets, Some(&who), "My calendar link", "/profile");
    frame.not_kept = true;
    page(StatusCode::OK, &frame, || {
        view! {
            <a class="back-link" href="/profile#calendar">"My profile"</a>
            <h1>"My calendar link"</h1>
            <p class="lead">"Give this address to your calendar program, as a calendar to subscribe to. It is shown this once; a new one ends it."</p>
            <p><code class="invitation-link">{format!("{own}/calendar/{secret}.ics")}</code></p>
            <p>"Whoever has the address can read the titles and days of your training, and nothing else. End it on your profile when you no longer use it."</p>
        }
    })
}

pub(crate) async fn end(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match state.usecases.end_calendar_link(&who, usecases::clock::now()).await {
        Ok(()) => see_other_saying("/profile", "The calendar link has ended."),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// The place of the link on the profile page.
pub(super) fn section(made: Option<DateTime>) -> impl IntoView {
    let button = if made.is_some() { "Renew the link" } else { "Make a link" };
    view! {
        <h2 id="calendar">"My calendar"</h2>
        <p>{match made {
            Some(made) => format!("Your calendar link was made {}. It is not shown again; a new one ends it.", time_words(made)),
            None => "A secret link brings the days on which your training is due, and through which it is valid, into the calendar program that you use.".to_owned(),
        }}</p>
        <div class="button-row">
            <form method="post" action="/profile/calendar"><button class="button button-secondary" type="submit">{button}</button></form>
            {made.map(|_| view! {
                <form method="post" action="/profile/end-calendar"><button class="button button-secondary" type="submit">"End the link"</button></form>
            })}
        </div>
    }
}
