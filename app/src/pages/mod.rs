//! The pages: each asks one use case and renders its view. Server only.

pub(crate) mod activity;
pub(crate) mod allowance;
pub(crate) mod assignments;
pub(crate) mod audit;
pub(crate) mod bulk;
pub(crate) mod calendar;
pub(crate) mod certificate;
pub(crate) mod debrief;
pub(crate) mod departments;
pub(crate) mod deputies;
pub(crate) mod exceptions;
pub(crate) mod exports;
pub(crate) mod feedback;
pub(crate) mod first_steps;
mod form;
pub(crate) mod imports;
pub(crate) mod job_roles;
pub(crate) mod library;
pub(crate) mod messages;
pub(crate) mod modules;
pub(crate) mod packet;
pub(crate) mod paths;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod person_report;
pub(crate) mod policies;
pub(crate) mod profile;
mod question;
pub(crate) mod quiz;
pub(crate) mod reader;
pub(crate) mod recall;
pub(crate) mod record;
pub(crate) mod recording;
pub(crate) mod reports;
pub(crate) mod requirements;
pub(crate) mod role_play;
pub(crate) mod saved_views;
pub(crate) mod set_up;
pub(crate) mod sign_in;
pub(crate) mod site;
pub(crate) mod statistics;
pub(crate) mod studio;
mod tables;
pub(crate) mod team;
pub(crate) mod team_training;
pub(crate) mod training;
pub(crate) mod unsubscribe;
pub(crate) mod updates;
mod visitor;
pub(crate) mod why;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use usecases::{Failure, PersonId, viewed::About};

pub use visitor::{OWN_DEVICE, PERSON, WHO};
pub(crate) use visitor::{SignedIn, Visitor, Wants};

use crate::{
    request::{self, Denied, Looked, say},
    shell::{Frame, page},
    state::{AppState, Assets},
};

/// After a form was taken: the next page, by GET. `to` must be one of our own paths.
pub(crate) fn see_other(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// After a form was taken: the next page, which says at its top what was done.
pub(crate) fn see_other_saying(to: &str, words: impl Into<String>) -> Response {
    say(words);
    see_other(to)
}

/// The page for an address that is not there, and for one that may not be seen. An address that was typed with a slash
/// at its end leads to the page without.
pub(crate) async fn not_found(State(state): State<AppState>, Visitor(_): Visitor, uri: Uri) -> Response {
    let path = uri.path().trim_end_matches('/');
    if path.len() < uri.path().len() && path.starts_with('/') && !path.starts_with("//") {
        return see_other(&uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")));
    }
    error_page(StatusCode::NOT_FOUND, &state.assets)
}

/// The page of a status: what happened, and a way on.
pub fn error_page(status: StatusCode, assets: &Assets) -> Response {
    let (title, words) = match status {
        StatusCode::NOT_FOUND => ("Page not found", "There is nothing at this address, or it is not yours to see."),
        StatusCode::CONFLICT => (
            "Already answered",
            "This was sent before with a different answer. The first one stands; nothing was changed.",
        ),
        StatusCode::TOO_MANY_REQUESTS => {
            ("Please wait", "There were too many tries. Wait a quarter of an hour, then try again.")
        }
        StatusCode::SERVICE_UNAVAILABLE => (
            "Not available just now",
            "Wait a moment, go back and send it again. A step that had arrived is not recorded twice.",
        ),
        StatusCode::FORBIDDEN => (
            "That request came from another site",
            "Nothing was changed. Open the page on this site and send the form from there.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => return too_large(assets),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("That kind of content is not accepted", "Nothing was changed. Use the form on the page to send it.")
        }
        StatusCode::GONE => (
            "This link no longer works",
            "It was used already, a newer one took its place, or its time is over. Ask your administrator for a new one.",
        ),
        StatusCode::UNPROCESSABLE_ENTITY => {
            ("That could not be read", "Nothing was changed. Go back, open the page again, and fill in the form on it.")
        }
        status if status.is_client_error() => {
            ("That did not work", "Nothing was changed. Go back, open the page again, and use the buttons on it.")
        }
        _ => {
            ("Something went wrong", "It is our fault, not yours, and it has been written down. Try again in a moment.")
        }
    };
    let mut answer = message(status, assets, title, words);
    let wait = match status {
        StatusCode::SERVICE_UNAVAILABLE => Some("30"),
        StatusCode::TOO_MANY_REQUESTS => Some("900"),
        _ => None,
    };
    if let Some(seconds) = wait {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    answer
}

/// The page for more than is taken at a time. It is answered before anybody knows who asks, so it leads nowhere but back: what was typed
/// is there again.
fn too_large(assets: &Assets) -> Response {
    page(StatusCode::PAYLOAD_TOO_LARGE, &Frame::new(assets, request::who().as_ref(), "That is too large", ""), || {
        view! {
            <h1>"That is too large"</h1>
            <p class="lead">"Nothing was changed. Go back with the back button of your browser: most of them still have what you wrote."</p>
            <p>"A text may have 256 KiB, about forty thousand words: make two of it. A picture or film may have 20 MB: make it smaller. A file of courseware or a list of people may have 32 MB: split it."</p>
        }
    })
}

/// A page that says one thing and leads on: to one's training, or to sign in.
pub(crate) fn message(status: StatusCode, assets: &Assets, title: &str, words: &str) -> Response {
    let who = request::who();
    let on = if who.is_some() { ("/", "Go to my training") } else { ("/sign-in", "Go to sign in") };
    page(status, &Frame::new(assets, who.as_ref(), title, ""), || {
        view! {
            <h1>{title.to_owned()}</h1>
            <p class="lead">{words.to_owned()}</p>
            <p><a class="button" href=on.0>{on.1}</a></p>
        }
    })
}

/// The answer to a failure that no form of the page can show; its cause goes to the log.
pub(crate) fn failed(failure: &Failure, assets: &Assets) -> Response {
    let status = match failure {
        Failure::NotFound => StatusCode::NOT_FOUND,
        Failure::Denied => {
            let mut answer = error_page(StatusCode::NOT_FOUND, assets);
            answer.extensions_mut().insert(Denied);
            return answer;
        }
        Failure::Conflict => StatusCode::CONFLICT,
        Failure::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Failure::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Failure::Store(cause) => {
            tracing::error!(%cause, "the store did not answer");
            StatusCode::SERVICE_UNAVAILABLE
        }
        Failure::Internal(cause) => {
            tracing::error!(%cause, "internal failure");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    error_page(status, assets)
}

/// A page about somebody: that it was looked at is written down once it is answered.
pub(crate) fn looked(mut response: Response, person: PersonId, about: About) -> Response {
    response.extensions_mut().insert(Looked { person, about });
    response
}

/// The way to the pages of a list before and after this one; nothing where there are none.
pub(crate) fn pager(previous: Option<String>, next: Option<String>) -> impl IntoView {
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pagination" aria-label="Pages"><ul>
                {previous.map(|at| view! { <li><a rel="prev" href=at>"Previous"</a></li> })}
                {next.map(|at| view! { <li><a rel="next" href=at>"Next"</a></li> })}
            </ul></nav>
        }
    })
}
