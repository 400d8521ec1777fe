//! `/sign-in`, `/sign-out`.

use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use tower_sessions::Session;
use usecases::{Failure, FieldError, PersonId};

use super::{
    Visitor, failed,
    form::{Field, field, summary, title},
    see_other,
    visitor::{OWN_DEVICE, PERSON, session_failed},
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

const LOGIN: Field =
    Field { name: "login", label: "E-mail or staff number", hint: None, kind: "text", autocomplete: "username" };
const PASSWORD: Field =
    Field { name: "password", label: "Password", hint: None, kind: "password", autocomplete: "current-password" };

#[derive(Deserialize)]
pub(crate) struct Target {
    next: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    own_device: Option<String>,
    next: Option<String>,
}

/// One of our own paths, or the first page: a link that was sent by somebody never leads out of the house.
fn own_path(next: Option<&str>) -> String {
    let plain = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '?' | '=' | '&' | '%'))
    };
    next.filter(plain).unwrap_or("/").to_owned()
}

pub(crate) async fn show(
    State(state): State<AppState>,
    Visitor(who): Visitor,
    Query(target): Query<Target>,
) -> Response {
    if who.is_some() {
        return see_other(&own_path(target.next.as_deref()));
    }
    let typed = Typed { login: String::new(), password: String::new(), own_device: None, next: target.next };
    form(&state, StatusCode::OK, &typed, &[])
}

pub(crate) async fn submit(State(state): State<AppState>, session: Session, Form(typed): Form<Typed>) -> Response {
    match state.usecases.sign_in(&typed.login, &typed.password, usecases::clock::now()).await {
        Ok(person) => match begin(&session, person, typed.own_device.is_some()).await {
            Ok(()) => see_other(&own_path(typed.next.as_deref())),
            Err(cause) => session_failed(&cause, &state),
        },
        Err(Failure::Invalid(errors)) => form(&state, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// Begins a session under a new id, so that an id that somebody planted before sign-in is worth nothing.
pub(crate) async fn begin(
    session: &Session,
    person: PersonId,
    own_device: bool,
) -> Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(PERSON, person.0).await?;
    session.insert(OWN_DEVICE, own_device).await
}

pub(crate) async fn sign_out(State(state): State<AppState>, session: Session) -> Response {
    match session.flush().await {
        Ok(()) => see_other("/sign-in"),
        Err(cause) => session_failed(&cause, &state),
    }
}

fn form(state: &AppState, status: StatusCode, typed: &Typed, errors: &[FieldError]) -> Response {
    let title = title("Sign in", errors);
    page(status, &Frame::new(&state.assets, None, &title, "/sign-in"), || {
        view! {
            {summary(errors)}
            <h1>"Sign in"</h1>
            <form class="form" method="post" action="/sign-in" novalidate>
                {typed.next.clone().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                {field(LOGIN, &typed.login, errors)}
                {field(PASSWORD, "", errors)}
                <div class="choices"><div class="choice">
                    <input type="checkbox" id="own_device" name="own_device" value="yes" checked=typed.own_device.is_some() />
                    <label for="own_device">"This is my own device: keep me signed in"</label>
                </div></div>
                <button class="button" type="submit">"Sign in"</button>
            </form>
            <p class="hint">"Forgotten your password, or no account yet? Ask your administrator for a link."</p>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_our_own_paths_are_followed_after_sign_in() {
        assert_eq!(own_path(Some("/modules/x?page=2")), "/modules/x?page=2");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nx: y", "", "javascript:x"] {
            assert_eq!(own_path(Some(foreign)), "/", "{foreign}");
        }
    }
}
