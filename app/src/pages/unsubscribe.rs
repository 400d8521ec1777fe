//! `/unsubscribe/{token}`: no more messages of a kind, by the link in one; it asks nobody to sign in. `/profile/messages`: the same for
//! somebody who is signed in.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::outbox::{MailChoice, StopView};

use super::{SignedIn, failed, saved_views, see_other_saying};
use crate::{
    posted::Form,
    request::From,
    shell::{Frame, page},
    state::AppState,
};

const STOPPED: &str = "Done. You get no more messages of this kind.";
const RESUMED: &str = "Done. You get messages of this kind again.";

pub(crate) async fn show(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    let StopView { kind, stopped } = match state.usecases.asked_to_stop(&token).await {
        Ok(asked) => asked,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let (title, words, button) = if stopped {
        ("You get no such messages", "You get no more messages of this kind.", "Get them again")
    } else {
        (
            "Get no more of these messages?",
            "They will not come any more. You can get them again at any time.",
            "Get no more of them",
        )
    };
    page(StatusCode::OK, &Frame::new(&state.assets, None, title, ""), || {
        view! {
            <h1>{title}</h1>
            <p class="lead">{format!("Messages about: {kind}")}</p>
            <p>{words}" Messages about what you must do by when come in any case."</p>
            <form method="post" action=format!("/unsubscribe/{token}")>
                <input type="hidden" name="off" value=(!stopped).to_string() />
                <button class="button" type="submit">{button}</button>
            </form>
        }
    })
}

/// A mail program's own button sends `List-Unsubscribe=One-Click`, as a form of either kind, and follows no redirect (RFC 8058).
/// So whatever is sent stops the messages, but for the button of the page that brings them back.
pub(crate) async fn stop(
    State(state): State<AppState>,
    From(from): From,
    Path(token): Path<String>,
    body: Bytes,
) -> Response {
    let off = body.as_ref() != b"off=false";
    if let Err(failure) = state.usecases.stop_mail(&token, off, from.as_deref(), usecases::clock::now()).await {
        return failed(&failure, &state.assets);
    }
    if !body.starts_with(b"off=") {
        return (StatusCode::OK, STOPPED).into_response();
    }
    see_other_saying(&format!("/unsubscribe/{token}"), if off { STOPPED } else { RESUMED })
}

pub(crate) async fn own(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let choices = match state.usecases.mail_choices(&who).await {
        Ok(choices) => choices,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let views = match state.usecases.views_mailed_to(&who).await {
        Ok(views) => views,
        Err(failure) => return failed(&failure, &state.assets),
    };
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), "My messages", "/profile"), || {
        view! {
            <a class="back-link" href="/profile">"My profile"</a>
            <h1>"My messages"</h1>
            <p>"Messages about what you must do by when come in any case. These you may switch off:"</p>
            <ul class="module-list">{choices.into_iter().map(line).collect::<Vec<_>>()}</ul>
            {saved_views::mailed(views)}
        }
    })
}

fn line(choice: MailChoice) -> impl IntoView {
    let (state, button) = if choice.stopped { ("Off", "Switch on") } else { ("On", "Switch off") };
    view! {
        <li class="module-card">
            <div class="module-card-main"><h2>{choice.words}</h2><p>{choice.about}</p><p class="module-card-meta">{state}</p></div>
            <form method="post" action="/profile/messages">
                <input type="hidden" name="kind" value=choice.kind.as_str() />
                <input type="hidden" name="off" value=(!choice.stopped).to_string() />
                <button class="button button-secondary" type="submit">
                    {button}<span class="visually-hidden">{format!(": {}", choice.words)}</span>
                </button>
            </form>
        </li>
    }
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    kind: String,
    off: bool,
}

pub(crate) async fn choose(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(chosen): Form<Chosen>,
) -> Response {
    match state.usecases.choose_mail(&who, &chosen.kind, chosen.off, usecases::clock::now()).await {
        Ok(()) => see_other_saying("/profile/messages", if chosen.off { STOPPED } else { RESUMED }),
        Err(failure) => failed(&failure, &state.assets),
    }
}
