//! `/people/{id}`: one person as an administrator sees them, and what is done about them.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, PersonId,
    people::{PersonView, Slip},
    roster::Employment,
    standing::{Held, Place, Standing},
    viewed::About,
    who::Who,
};

use super::{
    SignedIn,
    departments::choices,
    failed,
    form::{Choice, Field, choice, field, summary, title},
    looked,
    modules::date_words,
    see_other_saying,
};
use crate::{
    posted::Form,
    request::OwnAddress,
    shell::{Frame, page},
    state::AppState,
};

const DEPARTMENT: Choice = Choice { name: "department", label: "Department", hint: None, none: "Choose one" };
const JOB_ROLE: Field = Field {
    list: Some("job-roles"),
    ..Field::text("job_role", "Job role", Some("As your staff say it, for example Nurse or Receptionist."))
};
const HIRED_ON: Field = Field { kind: "date", ..Field::text("hired_on", "First day of work", None) };
const LEFT_ON: Field = Field {
    kind: "date",
    ..Field::text(
        "left_on",
        "Last day of work",
        Some("Leave it empty while no end is known. Once it has passed they cannot sign in."),
    )
};
const MANAGED: Choice =
    Choice { name: "managed", label: "Manager of", hint: Some("And of all that belongs to it."), none: "Choose one" };

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    let answered = answer(&state, &who, id, StatusCode::OK, Said::default()).await;
    if answered.status() == StatusCode::OK { looked(answered, PersonId(id), About::Person) } else { answered }
}

/// Shows the link once, on the answer to the form: the store keeps only its hash.
pub(crate) async fn invite(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    OwnAddress(own): OwnAddress,
    Path(id): Path<i64>,
) -> Response {
    match state.usecases.invite(&who, PersonId(id), usecases::clock::now()).await {
        Ok(token) => {
            let said = Said { link: Some(format!("{own}/invite/{token}")), ..Said::default() };
            answer(&state, &who, id, StatusCode::OK, said).await
        }
        Err(failure) => not_let_in(&state, &who, id, failure).await,
    }
}

/// Somebody who was disabled meanwhile is shown as that; for everything else the usual page.
async fn not_let_in(state: &AppState, who: &Who, id: i64, failure: Failure) -> Response {
    match (&failure, state.usecases.person(who, PersonId(id)).await) {
        (Failure::NotFound, Ok(person)) if person.disabled => {
            see_other_saying(&format!("/people/{id}"), "Nothing was made: this person is disabled.")
        }
        _ => failed(&failure, &state.assets),
    }
}

/// A slip to print and hand over.
pub(crate) async fn slip(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    OwnAddress(own): OwnAddress,
    Path(id): Path<i64>,
) -> Response {
    match state.usecases.slip(&who, PersonId(id), usecases::clock::now()).await {
        Ok(slip) => slip_page(&state, &who, id, (slip, &own)),
        Err(failure) => not_let_in(&state, &who, id, failure).await,
    }
}

fn slip_page(state: &AppState, who: &Who, id: i64, (slip, own): (Slip, &str)) -> Response {
    let title = format!("Slip for {}", slip.name);
    page(StatusCode::OK, &Frame::new(&state.assets, Some(who), &title, "/people"), || {
        view! {
            <a class="back-link" href=format!("/people/{id}")>{slip.name.clone()}</a>
            <h1 class="no-print">{title.clone()}</h1>
            <p class="lead no-print">"Print this page and hand it over. The code is not shown again; a new slip ends this one."</p>
            {is_local(own).then(|| view! {
                <div class="banner banner-warning no-print" role="status">
                    <h2>"This address works on this computer only"</h2>
                    <p>"Open Bedside by the address that others use, or have it started with --public-url, and print the slip then."</p>
                </div>
            })}
            <div class="slips">
                <section class="slip" aria-label=title.clone()>
                    <h2>{slip.name.clone()}</h2>
                    <p>{format!("Your training at {}", slip.organisation)}</p>
                    <ol>
                        <li>"Open this address in a browser:" <br /><strong>{format!("{own}/code")}</strong></li>
                        <li>"Type this code:" <br /><strong class="slip-code">{slip.code}</strong></li>
                        <li>"Choose a password. From then on you sign in with " <strong>{slip.login}</strong> " and your password."</li>
                    </ol>
                    <p>{format!("The code works once, until {}. Keep it to yourself.", date_words(slip.until))}</p>
                </section>
            </div>
        }
    })
}

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    department: String,
    #[serde(default)]
    job_role: String,
}

pub(crate) async fn place(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    let place = (typed.department.as_str(), typed.job_role.as_str());
    let done = state.usecases.place(&who, PersonId(id), place, usecases::clock::now()).await;
    changed(&state, &who, id, done, (Some(typed), "Department and job role were saved.")).await
}

#[derive(Default, Deserialize)]
pub(crate) struct Days {
    #[serde(default)]
    hired_on: String,
    #[serde(default)]
    left_on: String,
}

impl Days {
    fn of(known: Employment) -> Self {
        let typed = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Self { hired_on: typed(known.hired_on), left_on: typed(known.left_on) }
    }
}

pub(crate) async fn set_days(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(days): Form<Days>,
) -> Response {
    let typed = (days.hired_on.as_str(), days.left_on.as_str());
    match state.usecases.set_employment(&who, PersonId(id), typed, usecases::clock::now()).await {
        Ok(lost) => see_other_saying(&format!("/people/{id}"), with_lost("First and last day were saved.", &lost)),
        Err(Failure::Invalid(errors)) => {
            let said = Said { errors, days: Some(days), ..Said::default() };
            answer(&state, &who, id, StatusCode::UNPROCESSABLE_ENTITY, said).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

#[derive(Deserialize)]
pub(crate) struct RightForm {
    right: String,
    #[serde(default)]
    managed: String,
    held: bool,
}

pub(crate) async fn set_right(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(sent): Form<RightForm>,
) -> Response {
    let right = (sent.right.as_str(), sent.managed.as_str(), sent.held);
    let done = state.usecases.set_right(&who, PersonId(id), right, usecases::clock::now()).await.map(|()| Vec::new());
    let words = if sent.held { "The right was given." } else { "The right was taken away." };
    changed(&state, &who, id, done, (None, words)).await
}

pub(crate) async fn disable(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    let done = state.usecases.set_disabled(&who, PersonId(id), true, usecases::clock::now()).await;
    changed(&state, &who, id, done, (None, "They cannot sign in any more.")).await
}

pub(crate) async fn enable(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    let done = state.usecases.set_disabled(&who, PersonId(id), false, usecases::clock::now()).await;
    changed(&state, &who, id, done, (None, "They can sign in again.")).await
}

/// Back to the person after a change, with words for what was done, or the same page with what is to be corrected.
async fn changed(
    state: &AppState,
    who: &Who,
    id: i64,
    done: Result<Vec<String>, Failure>,
    (typed, words): (Option<Typed>, &str),
) -> Response {
    match done {
        Ok(lost) => see_other_saying(&format!("/people/{id}"), with_lost(words, &lost)),
        Err(Failure::Invalid(errors)) => {
            answer(state, who, id, StatusCode::UNPROCESSABLE_ENTITY, Said { errors, typed, ..Said::default() }).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// What was done, and the rights that ended with it.
fn with_lost(words: &str, lost: &[String]) -> String {
    [words].into_iter().chain(lost.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
}

/// What the person's page says besides the person.
#[derive(Default)]
struct Said {
    /// A link, to be shown once.
    link: Option<String>,
    /// What is to be corrected.
    errors: Vec<FieldError>,
    /// Department and job role as they were typed.
    typed: Option<Typed>,
    /// First and last day as they were typed.
    days: Option<Days>,
}

async fn answer(state: &AppState, who: &Who, id: i64, status: StatusCode, mut said: Said) -> Response {
    let person = match state.usecases.person(who, PersonId(id)).await {
        Ok(person) => person,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let standing = state.usecases.standing(who, PersonId(id), usecases::clock::now()).await;
    match (standing, state.usecases.employment(who, PersonId(id)).await) {
        (Ok(standing), Ok(known)) => {
            let days = said.days.take().unwrap_or_else(|| Days::of(known));
            render(state, who, status, person, (standing, &days), said)
        }
        (Err(failure), _) | (_, Err(failure)) => failed(&failure, &state.assets),
    }
}

fn render(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    person: PersonView,
    (standing, days): (Standing, &Days),
    Said { link, errors, typed, .. }: Said,
) -> Response {
    let title = title(&person.name, &errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/people"), || {
        let PersonView { id, name, email, staff_number, has_password, disabled, is_self, .. } = person.clone();
        let none = || "None".to_owned();
        view! {
            <a class="back-link" href="/people">"All people"</a>
            {summary(&errors)}
            {link.map(|link| view! {
                <div class="banner banner-success" role="status">
                    <h2>{if has_password { "Link to choose a new password" } else { "Invitation link" }}</h2>
                    <p>"Give this link to the person. It works once, for 24 hours, and is not shown again. Another link ends this one."</p>
                    <p><code class="invitation-link">{link}</code></p>
                </div>
            })}
            <h1>{name}</h1>
            <dl class="summary-list">
                <div><dt>"E-mail"</dt><dd>{email.unwrap_or_else(none)}</dd></div>
                <div><dt>"Staff number"</dt><dd>{staff_number.unwrap_or_else(none)}</dd></div>
                <div><dt>"State"</dt><dd>{person.state}</dd></div>
            </dl>
            <ul class="link-list">
                <li><a href=format!("/people/{id}/edit")>"Change name, e-mail or staff number"</a></li>
                <li><a href=format!("/team/{id}/training")>"Training, and what was recorded about it"</a></li>
                <li><a href=format!("/reports/people/{id}")>"Everything about them, to read, print or download"</a></li>
                <li><a href=format!("/audit?person={id}")>"Audit log of this person"</a></li>
            </ul>
            {(!disabled).then(|| let_in(id, has_password))}
            <h2>"Work"</h2>
            {work(id, &standing, typed, &errors)}
            <form class="form" method="post" action=format!("/people/{id}/days") novalidate>
                {field(HIRED_ON, &days.hired_on, &errors)}
                {field(LEFT_ON, &days.left_on, &errors)}
                <button class="button" type="submit">"Save these days"</button>
            </form>
            <h2>"Rights"</h2>
            {if is_self {
                view! { <p>"You are an administrator. Another administrator can change what you may do."</p> }.into_any()
            } else {
                rights(id, &standing, &errors).into_any()
            }}
            {(!is_self).then(|| access(&person))}
        }
    })
}

/// How somebody gets in: a link for those with e-mail or a telephone, a slip for the others.
fn let_in(id: i64, has_password: bool) -> impl IntoView {
    let (heading, link) = if has_password {
        ("Forgotten the password?", "Make a link for a new password")
    } else {
        ("Invite", "Make an invitation link")
    };
    view! {
        <h2>{heading}</h2>
        <div class="button-row">
            <form method="post" action=format!("/people/{id}/invite")><button class="button" type="submit">{link}</button></form>
            <form method="post" action=format!("/people/{id}/slip")><button class="button button-secondary" type="submit">"Print a slip with a code"</button></form>
        </div>
    }
}

fn work(id: i64, standing: &Standing, typed: Option<Typed>, errors: &[FieldError]) -> AnyView {
    if standing.departments.is_empty() {
        return view! { <p>"There are no departments yet. "<a href="/departments">"Add the first one"</a>", then say here where this person works."</p> }.into_any();
    }
    let typed = typed.unwrap_or_else(|| match &standing.place {
        Some(place) => Typed { department: place.department.to_string(), job_role: place.job_role.clone() },
        None => Typed::default(),
    });
    let history = standing.places.iter().map(|place: &Place| {
        let from = date_words(place.from);
        let days =
            place.until.map_or_else(|| format!("from {from} on"), |until| format!("{from} to {}", date_words(until)));
        view! { <li>{format!("{}, {}: {days}", place.job_role, place.path)}</li> }
    });
    let history = history.collect::<Vec<_>>();
    let job_roles = standing.job_roles.iter().map(|role| view! { <option value=role.clone()></option> });
    let job_roles = job_roles.collect::<Vec<_>>();
    view! {
        <form class="form" method="post" action=format!("/people/{id}/place") novalidate>
            {choice(DEPARTMENT, &choices(&standing.departments, None), &typed.department, errors)}
            {field(JOB_ROLE, &typed.job_role, errors)}
            <datalist id="job-roles">{job_roles}</datalist>
            <button class="button" type="submit">"Save"</button>
        </form>
        {(!history.is_empty()).then(|| view! { <details><summary>"Where they have worked"</summary><ul>{history}</ul></details> })}
    }
    .into_any()
}

fn rights(id: i64, standing: &Standing, errors: &[FieldError]) -> impl IntoView + use<> {
    let action = format!("/people/{id}/rights");
    let line = |held: &Held| {
        let word = held.right.as_str();
        let (words, department) = match &held.department {
            Some((department, path)) => (format!("{word} of {path}"), Some(department.to_string())),
            None => (word.to_owned(), None),
        };
        view! {
            <li class="module-card">
                <div class="module-card-main"><h3>{first_large(&words)}</h3></div>
                <form method="post" action=action.clone()>
                    <input type="hidden" name="right" value=word />
                    {department.map(|id| view! { <input type="hidden" name="managed" value=id /> })}
                    <input type="hidden" name="held" value="false" />
                    <button class="button button-secondary" type="submit">
                        "Take away"<span class="visually-hidden">{format!(" {words}")}</span>
                    </button>
                </form>
            </li>
        }
    };
    let lines = standing.rights.iter().map(line).collect::<Vec<_>>();
    let lacks = |word: &str| !standing.rights.iter().any(|held| held.right.as_str() == word);
    let give = |word: &'static str, button: &'static str| {
        view! {
            <form method="post" action=action.clone()>
                <input type="hidden" name="right" value=word />
                <input type="hidden" name="held" value="true" />
                <button class="button button-secondary" type="submit">{button}</button>
            </form>
        }
    };
    let trainer = lacks("trainer").then(|| give("trainer", "Give: trainer"));
    let administrator = lacks("administrator").then(|| {
        let form = give("administrator", "Yes, give this right");
        confirm(
            "button button-secondary",
            "Give: administrator".to_owned(),
            "They can then do everything here, to you too.",
            form,
        )
    });
    let none = lines.is_empty();
    view! {
        {none.then(|| view! { <p>"Learner: sees and does their own training."</p> })}
        {(!none).then(|| view! { <ul class="module-list">{lines}</ul> })}
        <p class="hint">"A change acts at once and signs the person out."</p>
        {(!standing.departments.is_empty()).then(|| view! {
            <form class="filters" method="post" action=action.clone() novalidate>
                <input type="hidden" name="right" value="manager" />
                <input type="hidden" name="held" value="true" />
                {choice(MANAGED, &choices(&standing.departments, None), "", errors)}
                <button class="button button-secondary" type="submit">"Give: manager"</button>
            </form>
        })}
        <div class="button-row">{trainer} {administrator}</div>
    }
}

fn access(person: &PersonView) -> impl IntoView + use<> {
    let (id, name) = (person.id, person.name.clone());
    let change = if person.disabled {
        view! {
            <p>"They cannot sign in now."</p>
            <form method="post" action=format!("/people/{id}/enable")>
                <button class="button button-secondary" type="submit">{format!("Let {name} sign in again")}</button>
            </form>
        }
        .into_any()
    } else {
        let form = view! {
            <form method="post" action=format!("/people/{id}/disable")>
                <button class="button button-danger" type="submit">"Yes, disable"</button>
            </form>
        };
        let words = "They are signed out and refused from the next moment on. Their record stays, and you can let them in again.";
        view! {
            <p>"For somebody who has left."</p>
            {confirm("button button-danger", format!("Disable {name}"), words, form)}
        }
        .into_any()
    };
    view! { <h2>"Access"</h2> {change} }
}

/// A button that asks again before it acts; it needs no script.
pub(super) fn confirm(
    class: &'static str,
    words: String,
    explained: impl Into<String>,
    form: impl IntoView,
) -> impl IntoView {
    let explained = explained.into();
    view! { <details class="confirm"><summary class=class>{words}</summary><p>{explained}</p>{form}</details> }
}

/// Whether an address is one that only this computer knows.
fn is_local(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    ["localhost", "127.", "[::1]"].iter().any(|local| host.starts_with(local))
}

/// The text with its first letter a capital.
pub(super) fn first_large(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
