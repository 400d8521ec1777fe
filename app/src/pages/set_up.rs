//! `/setup/{token}`, the first administrator; `/invite/{token}`, everybody else's first password.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use axum_extra::extract::cookie::CookieJar;
use leptos::prelude::*;
use serde::Deserialize;
use tower_sessions::Session;
use usecases::{
    Failure, FieldError,
    set_up::{FirstAdministrator, Invited},
};

use super::{
    error_page, failed,
    form::{Field, field, new_password, summary, title},
    message, see_other,
    sign_in::{enter, own_device},
};
use crate::{
    islands::password::StrengthView,
    posted::Form,
    request::From,
    shell::{Frame, page},
    state::AppState,
};

pub(super) const ORGANISATION: Field = Field {
    autocomplete: "organization",
    ..Field::text("organisation", "Name of your organisation", Some("As your staff say it, for example Mercy Clinic."))
};
pub(super) const ZONE: Field = Field {
    list: Some("zones"),
    ..Field::text("zone", "Time zone", Some("Days and times follow it. Type your continent or a large town near you."))
};
const NAME: Field = Field { autocomplete: "name", ..Field::text("name", "Your full name", None) };
const EMAIL: Field = Field {
    kind: "email",
    autocomplete: "username",
    ..Field::text("email", "Your e-mail address", Some("You sign in with it."))
};
const CODE: Field = Field {
    autocomplete: "one-time-code",
    ..Field::text(
        "code",
        "Code on your slip",
        Some("Ten letters and digits, such as K7QM4-XW9D2. Capitals and the dash do not matter."),
    )
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
        Ok(false) => over(&state),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn submit(
    State(state): State<AppState>,
    session: Session,
    From(from): From,
    jar: CookieJar,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let first = FirstAdministrator {
        organisation: &typed.organisation,
        zone: &typed.zone,
        name: &typed.name,
        email: &typed.email,
        password: &typed.password,
        from: from.as_deref(),
    };
    match state.usecases.set_up(&token, first, usecases::clock::now()).await {
        Ok(person) => enter(&state, &session, jar, &headers, (person, false), super::first_steps::PLACE).await,
        Err(Failure::Invalid(errors)) => form(&state, StatusCode::UNPROCESSABLE_ENTITY, &token, &typed, &errors),
        Err(Failure::NotFound) => over(&state),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// A set-up link that does not work any more.
fn over(state: &AppState) -> Response {
    let words = "It was used, or a newer one took its place. If nobody has set Bedside up yet, start the program again: \
                 it prints a new one. Otherwise sign in.";
    message(StatusCode::GONE, &state.assets, "This set-up link no longer works", words)
}

/// The zones that a field for one offers.
pub(super) fn zones() -> impl IntoView {
    let options = usecases::set_up::zones().into_iter().map(|zone| view! { <option value=zone></option> });
    view! { <datalist id="zones">{options.collect::<Vec<_>>()}</datalist> }
}

fn form(state: &AppState, status: StatusCode, token: &str, typed: &Typed, errors: &[FieldError]) -> Response {
    let title = title("Set up Bedside", errors);
    let mut frame = Frame::new(&state.assets, None, &title, "");
    frame.islands = true;
    page(status, &frame, || {
        view! {
            {summary(errors)}
            <h1>"Set up Bedside"</h1>
            <p class="lead">"You will be the first administrator. You can add others next."</p>
            <form class="form" method="post" action=format!("/setup/{token}") novalidate>
                {field(ORGANISATION, &typed.organisation, errors)}
                {field(ZONE, &typed.zone, errors)}
                {zones()}
                {field(NAME, &typed.name, errors)}
                {field(EMAIL, &typed.email, errors)}
                {new_password("Choose a password", errors)}
                <button class="button" type="submit">"Set up and sign in"</button>
            </form>
        }
    })
}

#[derive(Default, Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    password: String,
    own_device: Option<String>,
}

pub(crate) async fn show_invitation(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    match state.usecases.invited(&token, usecases::clock::now()).await {
        Ok(invited) => invitation(&state, StatusCode::OK, &token, &invited, &Chosen::default(), &[]),
        Err(Failure::NotFound) => error_page(StatusCode::GONE, &state.assets),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn accept_invitation(
    State(state): State<AppState>,
    session: Session,
    From(from): From,
    jar: CookieJar,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Response {
    let now = usecases::clock::now();
    match state.usecases.accept_invitation(&token, &chosen.password, from.as_deref(), now).await {
        Ok(person) => enter(&state, &session, jar, &headers, (person, chosen.own_device.is_some()), "/").await,
        Err(Failure::Invalid(errors)) => match state.usecases.invited(&token, now).await {
            Ok(invited) => invitation(&state, StatusCode::UNPROCESSABLE_ENTITY, &token, &invited, &chosen, &errors),
            Err(failure) => failed(&failure, &state.assets),
        },
        Err(Failure::NotFound) => error_page(StatusCode::GONE, &state.assets),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn invitation(
    state: &AppState,
    status: StatusCode,
    token: &str,
    invited: &Invited,
    chosen: &Chosen,
    errors: &[FieldError],
) -> Response {
    let (heading, lead) = if invited.again {
        (format!("Choose a new password, {}", invited.name), "You will be signed out everywhere else.")
    } else {
        (format!("Welcome, {}", invited.name), "Choose a password, and your training begins.")
    };
    let title = title(if invited.again { "Choose a new password" } else { "Welcome to Bedside" }, errors);
    let mut frame = Frame::new(&state.assets, None, &title, "");
    frame.islands = true;
    page(status, &frame, || {
        view! {
            {summary(errors)}
            <h1>{heading}</h1>
            <p class="lead">{lead}</p>
            <p>"From then on you sign in with " <strong>{invited.login.clone()}</strong> " and this password."</p>
            <form class="form" method="post" action=format!("/invite/{token}") novalidate>
                {new_password("Choose a password", errors)}
                {own_device(chosen.own_device.is_some())}
                <button class="button" type="submit">"Save and sign in"</button>
            </form>
        }
    })
}

#[derive(Default, Deserialize)]
pub(crate) struct Code {
    #[serde(default)]
    code: String,
}

pub(crate) async fn ask_code(State(state): State<AppState>) -> Response {
    code_form(&state, StatusCode::OK, "", &[])
}

/// A code from a printed slip leads to the same page as a link; it is spent there, with the password.
pub(crate) async fn enter_code(State(state): State<AppState>, From(from): From, Form(typed): Form<Code>) -> Response {
    match state.usecases.enter_code(&typed.code, from.as_deref(), usecases::clock::now()).await {
        Ok(token) => see_other(&format!("/invite/{token}")),
        Err(Failure::Invalid(errors)) => code_form(&state, StatusCode::UNPROCESSABLE_ENTITY, &typed.code, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn code_form(state: &AppState, status: StatusCode, typed: &str, errors: &[FieldError]) -> Response {
    let title = title("Enter your code", errors);
    page(status, &Frame::new(&state.assets, None, &title, "/sign-in"), || {
        view! {
            <a class="back-link" href="/sign-in">"Back to sign in"</a>
            {summary(errors)}
            <h1>"Enter your code"</h1>
            <form class="form" method="post" action="/code" novalidate>
                {field(CODE, typed, errors)}
                <button class="button" type="submit">"Continue"</button>
            </form>
            <p class="hint">"No slip, or it is too old? Ask your administrator to print a new one."</p>
        }
    })
}

#[derive(Deserialize)]
pub(crate) struct Tried {
    #[serde(default)]
    password: String,
}

/// How well a password would stand; nothing of it is kept.
pub(crate) async fn strength(Form(tried): Form<Tried>) -> Json<StrengthView> {
    Json(StrengthView { words: usecases::password::strength(&tried.password) })
}
