//! `/setup/{token}`, the first administrator; `/invite/{token}`, everybody else's first password.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use tower_sessions::Session;
use usecases::{Failure, FieldError, set_up::FirstAdministrator};

use super::{
    error_page, failed,
    form::{Field, field, summary, title},
    see_other,
    sign_in::begin,
    visitor::session_failed,
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

const ORGANISATION: Field = Field {
    name: "organisation",
    label: "Name of your organisation",
    hint: Some("As your staff say it, for example Mercy Clinic."),
    kind: "text",
    autocomplete: "organization",
};
const ZONE: Field = Field {
    name: "zone",
    label: "Time zone",
    hint: Some("Due dates follow it. For example Africa/Lagos or Europe/London."),
    kind: "text",
    autocomplete: "off",
};
const NAME: Field = Field { name: "name", label: "Your full name", hint: None, kind: "text", autocomplete: "name" };
const EMAIL: Field = Field {
    name: "email",
    label: "Your e-mail address",
    hint: Some("You sign in with it."),
    kind: "email",
    autocomplete: "username",
};
const PASSWORD: Field = Field {
    name: "password",
    label: "Choose a password",
    hint: Some("At least 12 characters. Three or four unrelated words work well."),
    kind: "password",
    autocomplete: "new-password",
};

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

pub(crate) async fn show(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    match state.usecases.set_up_is_open(&token, usecases::clock::now()).await {
        Ok(true) => {
            let typed = Typed { zone: "Africa/Lagos".to_owned(), ..Typed::default() };
            form(&state, StatusCode::OK, &token, &typed, &[])
        }
        Ok(false) => error_page(StatusCode::GONE, &state.assets),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn submit(
    State(state): State<AppState>,
    session: Session,
    Path(token): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let first = FirstAdministrator {
        organisation: &typed.organisation,
        zone: &typed.zone,
        name: &typed.name,
        email: &typed.email,
        password: &typed.password,
    };
    match state.usecases.set_up(&token, first, usecases::clock::now()).await {
        Ok(person) => match begin(&session, person, false).await {
            Ok(()) => see_other("/people"),
            Err(cause) => session_failed(&cause, &state),
        },
        Err(Failure::Invalid(errors)) => form(&state, StatusCode::UNPROCESSABLE_ENTITY, &token, &typed, &errors),
        Err(Failure::NotFound) => error_page(StatusCode::GONE, &state.assets),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn form(state: &AppState, status: StatusCode, token: &str, typed: &Typed, errors: &[FieldError]) -> Response {
    let title = title("Set up Bedside", errors);
    page(status, &Frame::new(&state.assets, None, &title, ""), || {
        view! {
            {summary(errors)}
            <h1>"Set up Bedside"</h1>
            <p class="lead">"You will be the first administrator. You can add others next."</p>
            <form class="form" method="post" action=format!("/setup/{token}") novalidate>
                {field(ORGANISATION, &typed.organisation, errors)}
                {field(ZONE, &typed.zone, errors)}
                {field(NAME, &typed.name, errors)}
                {field(EMAIL, &typed.email, errors)}
                {field(PASSWORD, "", errors)}
                <button class="button" type="submit">"Set up and sign in"</button>
            </form>
        }
    })
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    password: String,
}

pub(crate) async fn show_invitation(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    match state.usecases.invited(&token, usecases::clock::now()).await {
        Ok(name) => invitation(&state, StatusCode::OK, &token, &name, &[]),
        Err(Failure::NotFound) => error_page(StatusCode::GONE, &state.assets),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn accept_invitation(
    State(state): State<AppState>,
    session: Session,
    Path(token): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Response {
    let now = usecases::clock::now();
    match state.usecases.accept_invitation(&token, &chosen.password, now).await {
        Ok(person) => match begin(&session, person, false).await {
            Ok(()) => see_other("/"),
            Err(cause) => session_failed(&cause, &state),
        },
        Err(Failure::Invalid(errors)) => match state.usecases.invited(&token, now).await {
            Ok(name) => invitation(&state, StatusCode::UNPROCESSABLE_ENTITY, &token, &name, &errors),
            Err(failure) => failed(&failure, &state.assets),
        },
        Err(Failure::NotFound) => error_page(StatusCode::GONE, &state.assets),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn invitation(state: &AppState, status: StatusCode, token: &str, name: &str, errors: &[FieldError]) -> Response {
    let title = title("Welcome to Bedside", errors);
    page(status, &Frame::new(&state.assets, None, &title, ""), || {
        view! {
            {summary(errors)}
            <h1>{format!("Welcome, {name}")}</h1>
            <p class="lead">"Choose a password, and your training begins."</p>
            <form class="form" method="post" action=format!("/invite/{token}") novalidate>
                {field(PASSWORD, "", errors)}
                <button class="button" type="submit">"Save and sign in"</button>
            </form>
        }
    })
}
