//! `/profile`: who one is here, the password, where one is signed in, one's own data; and the choice of colours.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::cookie::CookieJar;
use leptos::prelude::*;
use serde::Deserialize;
use tower_sessions::Session;
use usecases::{
    Failure, FieldError,
    profile::{Profile, SessionLine},
    secret::session_hash,
    viewed::{Look, TOLD_DAYS},
    who::Who,
};

use super::{
    SignedIn, calendar, failed,
    form::{Field, field, new_password, summary, time_words, title},
    see_other, see_other_saying,
    visitor::path_of,
};
use crate::{
    posted::Form,
    request::{Theme, theme_cookie},
    shell::{Frame, page},
    state::AppState,
};

const PRESENT: Field = Field::password("present", "Password you have now");
/// What the store knows the asking session by.
fn here(session: &Session) -> Vec<u8> {
    session.id().map(|id| session_hash(id.0).to_vec()).unwrap_or_default()
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn, session: Session) -> Response {
    answer(&state, &who, &session, StatusCode::OK, Vec::new()).await
}

#[derive(Default, Deserialize)]
pub(crate) struct Passwords {
    #[serde(default)]
    present: String,
    #[serde(default)]
    password: String,
}

pub(crate) async fn change_password(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    session: Session,
    Form(typed): Form<Passwords>,
) -> Response {
    let passwords = (typed.present.as_str(), typed.password.as_str());
    match state.usecases.change_password(&who, passwords, &here(&session), usecases::clock::now()).await {
        Ok(()) => see_other_saying("/profile", "Your password was changed. You are signed out everywhere else."),
        Err(Failure::Invalid(errors)) => answer(&state, &who, &session, StatusCode::UNPROCESSABLE_ENTITY, errors).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

#[derive(Deserialize)]
pub(crate) struct Ended {
    session: String,
}

pub(crate) async fn end_session(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(ended): Form<Ended>,
) -> Response {
    match state.usecases.end_session(&who, &ended.session, usecases::clock::now()).await {
        // One that is not there any more has ended, which is what was wanted.
        Ok(()) | Err(Failure::NotFound) => see_other_saying("/profile", "That session has ended."),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn sign_out_everywhere(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match state.usecases.sign_out_everywhere(&who, usecases::clock::now()).await {
        Ok(()) => see_other("/sign-in"),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn own_data(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match state.usecases.own_data(&who, usecases::clock::now()).await {
        Ok(data) => {
            let name = [(header::CONTENT_DISPOSITION, "attachment; filename=\"my-bedside-data.json\"")];
            (name, Json(data)).into_response()
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

#[derive(Deserialize)]
pub(crate) struct Colours {
    #[serde(default)]
    theme: String,
}

/// Back to the page the choice was made on, as far as the browser says which of ours it was.
pub(crate) async fn choose_theme(
    State(state): State<AppState>,
    jar: CookieJar,
    headers: HeaderMap,
    Form(colours): Form<Colours>,
) -> Response {
    let from = headers.get(header::REFERER).and_then(|from| from.to_str().ok()).and_then(path_of);
    let to = super::sign_in::own_path(from);
    (jar.add(theme_cookie(Theme::parse(&colours.theme), state.secure)), see_other(&to)).into_response()
}

async fn answer(
    state: &AppState,
    who: &Who,
    session: &Session,
    status: StatusCode,
    errors: Vec<FieldError>,
) -> Response {
    let profile = match state.usecases.profile(who, &here(session), usecases::clock::now()).await {
        Ok(profile) => profile,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let looks = match state.usecases.who_looked(who, usecases::clock::now()).await {
        Ok(looks) => looks,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let calendar = match state.usecases.calendar_link(who).await {
        Ok(calendar) => calendar,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = title("My profile", &errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/profile");
    frame.islands = true;
    page(status, &frame, || {
        let Profile { name, email, staff_number, login, place, sessions } = profile;
        let none = || "None".to_owned();
        let recorded = format!("/team/{}/training", who.person);
        view! {
            {summary(&errors)}
            <h1>"My profile"</h1>
            <dl class="summary-list">
                <div><dt>"Name"</dt><dd>{name}</dd></div>
                <div><dt>"E-mail"</dt><dd>{email.unwrap_or_else(none)}</dd></div>
                <div><dt>"Staff number"</dt><dd>{staff_number.unwrap_or_else(none)}</dd></div>
                <div><dt>"Work"</dt><dd>{place.unwrap_or_else(none)}</dd></div>
            </dl>
            <p class="hint">"Something is wrong? Tell your administrator; they can change it."</p>
            <h2>"Change my password"</h2>
            <form class="form" method="post" action="/profile/password" novalidate>
                // For password managers, which then know whose password it is.
                <input type="text" name="login" value=login autocomplete="username" hidden readonly />
                {field(PRESENT, "", &errors)}
                {new_password("New password", &errors)}
                <button class="button" type="submit">"Change my password"</button>
            </form>
            <h2 id="sessions">"Where I am signed in"</h2>
            <ul class="module-list">{sessions.into_iter().map(session_line).collect::<Vec<_>>()}</ul>
            <form method="post" action="/profile/end-all-sessions">
                <button class="button button-secondary" type="submit">"Sign out everywhere"</button>
            </form>
            {calendar::section(calendar)}
            {who_looked(looks)}
            <h2>"My data"</h2>
            <ul class="link-list">
                <li><a href="/profile/messages">"Which messages I get"</a></li>
                <li><a href="/record">"My record, to read or print"</a></li>
                <li><a href="/reports/people/me">"Everything about me, to read, print or download"</a></li>
                <li><a href=recorded>"What was recorded about me"</a></li>
                <li><a href="/profile/data.json" download="my-bedside-data.json">"Everything that is kept about me, as a file (JSON)"</a></li>
            </ul>
        }
    })
}

/// Who looked at pages about whoever asks.
fn who_looked(looks: Vec<Look>) -> impl IntoView {
    let none = looks.is_empty();
    let lines = looks.into_iter().map(|Look { name, page, at }| {
        view! { <li>{format!("{name}, {}: {page}", time_words(at))}</li> }
    });
    let lines = lines.collect::<Vec<_>>();
    let many = lines.len();
    view! {
        <h2 id="looked">"Who looked at my training"</h2>
        {if none {
            view! { <p>{format!("Nobody in the last {TOLD_DAYS} days.")}</p> }.into_any()
        } else {
            view! {
                <p>{format!("In the last {TOLD_DAYS} days. Managers and administrators may look; it is written down at most once an hour for each page.")}</p>
                <details open=many <= 5><summary>{if many == 1 { "1 look".to_owned() } else { format!("{many} looks, the last first") }}</summary><ul>{lines}</ul></details>
            }.into_any()
        }}
    }
}

fn session_line(session: SessionLine) -> impl IntoView {
    let begun = session.begun.map(|begun| format!("signed in {}, ", time_words(begun)));
    let end = if session.here {
        view! { <span class="tag tag-done">"This one"</span> }.into_any()
    } else {
        view! {
            <form method="post" action="/profile/end-session">
                <input type="hidden" name="session" value=session.id />
                <button class="button button-secondary" type="submit">"End"<span class="visually-hidden">{format!(" {}", session.browser)}</span></button>
            </form>
        }
        .into_any()
    };
    view! {
        <li class="module-card">
            <div class="module-card-main">
                <h3>{session.browser}</h3>
                <p class="module-card-meta">{begun}{format!("last used {}", time_words(session.seen))}</p>
            </div>
            {end}
        </li>
    }
}
