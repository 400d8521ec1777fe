//! `/people`: for administrators. Everybody else gets the page of an address that is not there.

use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, PersonId,
    people::{NewPerson, PersonView, RightHeld, Standing},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Field, field, summary, title},
    see_other,
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

const NAME: Field = Field { name: "name", label: "Full name", hint: None, kind: "text", autocomplete: "off" };
const EMAIL: Field = Field {
    name: "email",
    label: "E-mail address",
    hint: Some("Leave empty for somebody without e-mail."),
    kind: "email",
    autocomplete: "off",
};
const STAFF_NUMBER: Field = Field {
    name: "staff_number",
    label: "Staff number",
    hint: Some("Needed where there is no e-mail address."),
    kind: "text",
    autocomplete: "off",
};

const DEPARTMENT: Field = Field {
    name: "department",
    label: "Department",
    hint: Some("A name that is new makes a new department."),
    kind: "text",
    autocomplete: "off",
};
const JOB_ROLE: Field = Field { name: "job_role", label: "Job role", hint: None, kind: "text", autocomplete: "off" };

#[derive(Deserialize)]
pub(crate) struct Filter {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: u32,
}

pub(crate) async fn list(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Query(filter): Query<Filter>,
) -> Response {
    let people = match state.usecases.people(&who, &filter.q, filter.page).await {
        Ok(people) => people,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let mut frame = Frame::new(&state.assets, Some(&who), "People", "/people");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let rows = people.rows.into_iter().map(|person| {
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" data-label="Name"><a href=format!("/people/{}", person.id)>{person.name}</a></th>
                    <td role="cell" data-label="Signs in with">{person.login}</td>
                    <td role="cell" data-label="State">{person.state}</td>
                </tr>
            }
        });
        let beside = |words: &'static str, rel: &'static str, at: Option<u32>| {
            let q = filter.q.clone();
            at.map(|at| view! { <li><a rel=rel href=format!("/people?q={}&page={at}", usecases::people::query_text(&q))>{words}</a></li> })
        };
        view! {
            <h1>"People"</h1>
            <p><a class="button" href="/people/new">"Add a person"</a></p>
            <form class="filters" method="get" action="/people" role="search">
                <div class="field"><label for="q">"Name, e-mail or staff number"</label><input id="q" name="q" type="search" value=filter.q.clone() /></div>
                <button class="button button-secondary" type="submit">"Search"</button>
            </form>
            <p role="status">{format!("{} {}", people.total, if people.total == 1 { "person" } else { "people" })}</p>
            <table class="table" role="table">
                <caption class="visually-hidden">"People"</caption>
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">"Name"</th>
                    <th role="columnheader" scope="col">"Signs in with"</th>
                    <th role="columnheader" scope="col">"State"</th>
                </tr></thead>
                <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
            </table>
            <nav class="pagination" aria-label="Pages"><ul>
                {beside("Previous", "prev", people.previous)}
                {beside("Next", "next", people.next)}
            </ul></nav>
        }
    })
}

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    staff_number: String,
}

pub(crate) async fn new(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    if !who.administrator {
        return failed(&Failure::NotFound, &state.assets);
    }
    form(&state, &who, StatusCode::OK, &Typed::default(), &[])
}

pub(crate) async fn add(State(state): State<AppState>, SignedIn(who): SignedIn, Form(typed): Form<Typed>) -> Response {
    let new = NewPerson { name: &typed.name, email: &typed.email, staff_number: &typed.staff_number };
    match state.usecases.add_person(&who, new, usecases::clock::now()).await {
        Ok(person) => see_other(&format!("/people/{person}")),
        Err(Failure::Invalid(errors)) => form(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn form(state: &AppState, who: &Who, status: StatusCode, typed: &Typed, errors: &[FieldError]) -> Response {
    let title = title("Add a person", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/people"), || {
        view! {
            <a class="back-link" href="/people">"All people"</a>
            {summary(errors)}
            <h1>"Add a person"</h1>
            <form class="form" method="post" action="/people/new" novalidate>
                {field(NAME, &typed.name, errors)}
                {field(EMAIL, &typed.email, errors)}
                {field(STAFF_NUMBER, &typed.staff_number, errors)}
                <button class="button" type="submit">"Add this person"</button>
            </form>
        }
    })
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    answer(&state, &who, id, StatusCode::OK, Said::default()).await
}

/// Shows the link once, on the answer to the form: the store keeps only its hash.
pub(crate) async fn invite(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    match state.usecases.invite(&who, PersonId(id), usecases::clock::now()).await {
        Ok(token) => {
            let said = Said { link: Some(format!("/invite/{token}")), ..Said::default() };
            answer(&state, &who, id, StatusCode::OK, said).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

#[derive(Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    department: String,
    #[serde(default)]
    job_role: String,
}

pub(crate) async fn place(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(typed): Form<Place>,
) -> Response {
    let place = (typed.department.as_str(), typed.job_role.as_str());
    let done = state.usecases.place(&who, PersonId(id), place, usecases::clock::now()).await;
    changed(&state, &who, id, done, Some((typed.department, typed.job_role))).await
}

#[derive(Deserialize)]
pub(crate) struct RightForm {
    right: String,
    held: bool,
}

pub(crate) async fn set_right(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(sent): Form<RightForm>,
) -> Response {
    let Some(right) = RightHeld::parse(&sent.right) else { return failed(&Failure::NotFound, &state.assets) };
    let done = state.usecases.set_right(&who, PersonId(id), (right, sent.held), usecases::clock::now()).await;
    changed(&state, &who, id, done, None).await
}

/// Back to the person after a change, or the same page with what is to be corrected.
async fn changed(
    state: &AppState,
    who: &Who,
    id: i64,
    done: Result<(), Failure>,
    typed: Option<(String, String)>,
) -> Response {
    match done {
        Ok(()) => see_other(&format!("/people/{id}")),
        Err(Failure::Invalid(errors)) => {
            answer(state, who, id, StatusCode::UNPROCESSABLE_ENTITY, Said { errors, typed, link: None }).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// What the person's page says besides the person.
#[derive(Default)]
struct Said {
    /// An invitation link, to be shown once.
    link: Option<String>,
    /// What is to be corrected.
    errors: Vec<FieldError>,
    /// Department and job role as they were typed.
    typed: Option<(String, String)>,
}

async fn answer(state: &AppState, who: &Who, id: i64, status: StatusCode, said: Said) -> Response {
    let person = match state.usecases.person(who, PersonId(id)).await {
        Ok(person) => person,
        Err(failure) => return failed(&failure, &state.assets),
    };
    match state.usecases.standing(who, PersonId(id), usecases::clock::now()).await {
        Ok(standing) => render(state, who, status, person, standing, said),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn disable(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    switch(&state, &who, id, true).await
}

pub(crate) async fn enable(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    switch(&state, &who, id, false).await
}

async fn switch(state: &AppState, who: &Who, id: i64, disabled: bool) -> Response {
    match state.usecases.set_disabled(who, PersonId(id), disabled, usecases::clock::now()).await {
        Ok(()) => see_other(&format!("/people/{id}")),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn render(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    person: PersonView,
    standing: Standing,
    Said { link, errors, typed }: Said,
) -> Response {
    let title = title(&person.name, &errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/people"), || {
        let (department, job_role) = typed.unwrap_or((standing.department, standing.job_role));
        let rights = RightHeld::ALL.map(|right| {
            let held = standing.rights.contains(&right);
            let word = right.as_str();
            let words = if held { format!("Take away: {word}") } else { format!("Give: {word}") };
            view! {
                <form method="post" action=format!("/people/{}/rights", person.id)>
                    <input type="hidden" name="right" value=word />
                    <input type="hidden" name="held" value=(!held).to_string() />
                    <button class="button button-secondary" type="submit">{words}</button>
                </form>
            }
        });
        let held = standing.rights.iter().map(|right| right.as_str()).collect::<Vec<_>>().join(", ");
        let id = person.id;
        let (verb, words, class) = if person.disabled {
            ("enable", format!("Let {} sign in again", person.name), "button button-secondary")
        } else {
            ("disable", format!("Disable {}", person.name), "button button-danger")
        };
        view! {
            <a class="back-link" href="/people">"All people"</a>
            {summary(&errors)}
            {link.map(|link| view! {
                <div class="banner banner-success" role="status">
                    <h2>"Invitation link"</h2>
                    <p>"Give this link to the person. It works once, for 24 hours, and is not shown again."</p>
                    <p><code class="invitation-link">{link}</code></p>
                </div>
            })}
            <h1>{person.name.clone()}</h1>
            <dl class="summary-list">
                <div><dt>"E-mail"</dt><dd>{person.email.unwrap_or_else(|| "None".to_owned())}</dd></div>
                <div><dt>"Staff number"</dt><dd>{person.staff_number.unwrap_or_else(|| "None".to_owned())}</dd></div>
                <div><dt>"State"</dt><dd>{person.state}</dd></div>
                <div><dt>"Rights"</dt><dd>{if held.is_empty() { "Learner".to_owned() } else { held }}</dd></div>
            </dl>
            <div class="button-row">
                {(!person.disabled).then(|| view! {
                    <form method="post" action=format!("/people/{id}/invite")><button class="button" type="submit">"Make an invitation link"</button></form>
                })}
                {(!person.is_self).then(|| view! {
                    <form method="post" action=format!("/people/{id}/{verb}")><button class=class type="submit">{words}</button></form>
                })}
            </div>
            <h2>"Where this person works"</h2>
            <form class="form" method="post" action=format!("/people/{id}/place") novalidate>
                {field(DEPARTMENT, &department, &errors)}
                {field(JOB_ROLE, &job_role, &errors)}
                <button class="button" type="submit">"Save from today"</button>
            </form>
            {(!person.is_self).then(|| view! {
                <h2>"What this person may do"</h2>
                <p class="hint">"A manager manages the department they work in. A change acts at once and signs the person out."</p>
                <div class="button-row">{rights}</div>
            })}
        }
    })
}
