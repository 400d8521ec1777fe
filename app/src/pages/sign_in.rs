//! `/sign-in`, `/sign-out`.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::cookie::CookieJar;
use leptos::prelude::*;
use serde::Deserialize;
use tower_sessions::Session;
use usecases::{
    Failure, FieldError, PersonId,
    profile::{BEGUN, BROWSER},
    sign_in::Try,
};

use super::{
    Visitor, failed,
    form::{Field, field, summary, title},
    see_other,
    visitor::{OWN_DEVICE, PERSON, session_failed},
};
use crate::{
    posted::Form,
    request::{From, device, device_cookie},
    shell::{Frame, page},
    state::AppState,
};

const LOGIN: Field = Field { autocomplete: "username", ..Field::text("login", "E-mail or staff number", None) };
const PASSWORD: Field = Field::password("password", "Password");

#[derive(Deserialize)]
pub(crate) struct Target {
    next: Option<String>,
    ended: Option<String>,
}

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    own_device: Option<String>,
    next: Option<String>,
    /// Whether somebody sent a form after their session had ended.
    ended: Option<String>,
}

/// One of our own paths, or the first page: a link that was sent by somebody never leads out of the house.
pub(super) fn own_path(next: Option<&str>) -> String {
    let plain = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.chars().all(|c| {
                c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '?' | '=' | '&' | '%' | '+' | '*')
            })
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
    match state.usecases.is_set_up().await {
        Ok(true) => {}
        Ok(false) => {
            return page(
                StatusCode::OK,
                &Frame::new(&state.assets, None, "Bedside is not set up yet", "/sign-in"),
                || {
                    view! {
                        <h1>"Bedside is not set up yet"</h1>
                        <p class="lead">"Open the set-up link that the program printed when it was started. Start it again for a new one."</p>
                    }
                },
            );
        }
        Err(failure) => return failed(&failure, &state.assets),
    }
    let typed = Typed { next: target.next, ended: target.ended, ..Typed::default() };
    form(&state, StatusCode::OK, &typed, &[])
}

pub(crate) async fn submit(
    State(state): State<AppState>,
    session: Session,
    From(from): From,
    jar: CookieJar,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Response {
    let (device, now) = (device(&jar, state.secure), usecases::clock::now());
    let entry = Try { login: &typed.login, password: &typed.password, device, from: from.as_deref() };
    match state.usecases.sign_in(entry, now).await {
        Ok(person) => {
            let next = own_path(typed.next.as_deref());
            enter(&state, &session, jar, &headers, (person, typed.own_device.is_some()), &next).await
        }
        Err(Failure::Invalid(errors)) => form(&state, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// Lets somebody in: a session, a device that is known from now on, and the next page.
pub(crate) async fn enter(
    state: &AppState,
    session: &Session,
    jar: CookieJar,
    headers: &HeaderMap,
    (person, own_device): (PersonId, bool),
    next: &str,
) -> Response {
    let device = device(&jar, state.secure).map(str::to_owned);
    let device = match state.usecases.remember_device(device.as_deref(), person, usecases::clock::now()).await {
        Ok(device) => device,
        Err(failure) => return failed(&failure, &state.assets),
    };
    match begin(session, person, own_device, headers).await {
        Ok(()) => (jar.add(device_cookie(device, state.secure)), see_other(next)).into_response(),
        Err(cause) => session_failed(&cause, state),
    }
}

/// Begins a session under a new id, so that an id that somebody planted before sign-in is worth nothing.
async fn begin(
    session: &Session,
    person: PersonId,
    own_device: bool,
    headers: &HeaderMap,
) -> Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(PERSON, person.0).await?;
    session.insert(BROWSER, browser_words(headers)).await?;
    session.insert(BEGUN, usecases::clock::now().as_second()).await?;
    session.insert(OWN_DEVICE, own_device).await
}

pub(crate) async fn sign_out(State(state): State<AppState>, session: Session) -> Response {
    match session.flush().await {
        Ok(()) => see_other("/sign-in"),
        Err(cause) => session_failed(&cause, &state),
    }
}

/// The question whether to stay signed in.
pub(crate) fn own_device(ticked: bool) -> impl IntoView {
    view! {
        <div class="choices"><div class="choice">
            <input type="checkbox" id="own_device" name="own_device" value="yes" checked=ticked />
            <label for="own_device">"This is my own device: keep me signed in"</label>
        </div></div>
    }
}

/// What to do without a password, for people with and without e-mail.
pub(crate) async fn forgot(State(state): State<AppState>, Visitor(who): Visitor) -> Response {
    page(StatusCode::OK, &Frame::new(&state.assets, who.as_ref(), "Get into your account", "/sign-in"), || {
        view! {
            <a class="back-link" href="/sign-in">"Back to sign in"</a>
            <h1>"Get into your account"</h1>
            <p class="lead">"An administrator of your organisation lets you in again. It takes them a minute."</p>
            <ol>
                <li>"Ask them, in person or by telephone. They open your name under “People”."</li>
                <li>"They give you a link that works once, or print a slip with a code."</li>
                <li>"Open the link, or "<a href="/code">"enter the code"</a>", and choose a new password. What you have completed stays as it is."</li>
            </ol>
            <p class="hint">"You are the administrator and cannot get in? Whoever runs the program can make a link with the command "<code>"bedside user reset"</code>"."</p>
        }
    })
}

/// The browser of a request in two words, such as “Firefox on Android”, so that people know their own sessions.
fn browser_words(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    // Each pretends to be those after it, so the order counts.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, word)| *word);
    match (find(&browsers), find(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}

fn form(state: &AppState, status: StatusCode, typed: &Typed, errors: &[FieldError]) -> Response {
    let title = title("Sign in", errors);
    page(status, &Frame::new(&state.assets, None, &title, "/sign-in"), || {
        view! {
            {summary(errors)}
            {typed.ended.as_ref().map(|_| view! {
                <div class="banner banner-warning" role="status">
                    <h2>"You were signed out"</h2>
                    <p>"That happens after some time without use. What you had just sent was not saved: sign in, and send it again. If it was long, go back with your browser's back button first, and copy it."</p>
                </div>
            })}
            <h1>"Sign in"</h1>
            <form class="form" method="post" action="/sign-in" novalidate>
                {typed.next.clone().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                {field(LOGIN, &typed.login, errors)}
                {field(PASSWORD, "", errors)}
                {own_device(typed.own_device.is_some())}
                <button class="button" type="submit">"Sign in"</button>
            </form>
            <ul class="link-list">
                <li><a href="/code">"I have a slip with a code"</a></li>
                <li><a href="/forgot">"I have forgotten my password, or have no account yet"</a></li>
            </ul>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_as_people_know_it() {
        for (agent, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            ("curl/8.5.0", "Unknown browser"),
        ] {
            let headers = HeaderMap::from_iter([(header::USER_AGENT, agent.parse().expect("a header"))]);
            assert_eq!(browser_words(&headers), words);
        }
        assert_eq!(browser_words(&HeaderMap::new()), "Unknown browser");
    }

    #[test]
    fn only_our_own_paths_are_followed_after_sign_in() {
        assert_eq!(own_path(Some("/modules/x?page=2")), "/modules/x?page=2");
        assert_eq!(own_path(Some("/people?q=Bo+Ek*")), "/people?q=Bo+Ek*", "as forms write a space");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nx: y", "", "javascript:x"] {
            assert_eq!(own_path(Some(foreign)), "/", "{foreign}");
        }
    }
}
