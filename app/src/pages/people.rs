//! `/people`: the list, a new person, a changed one. For administrators; everybody else gets the page of an address that
//! is not there.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, PersonId,
    people::{NewPerson, PersonView},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Field, field, summary, title},
    pager, see_other_saying,
};
use crate::{
    posted::Form,
    request::encoded,
    shell::{Frame, page},
    state::AppState,
};

const NAME: Field = Field::text("name", "Full name", None);
const EMAIL: Field =
    Field { kind: "email", ..Field::text("email", "E-mail address", Some("Leave empty for somebody without e-mail.")) };
const STAFF_NUMBER: Field =
    Field::text("staff_number", "Staff number", Some("Needed where there is no e-mail address."));

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
            let training = person.name.clone();
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" data-label="Name"><a href=format!("/people/{}", person.id)>{person.name}</a></th>
                    <td role="cell" data-label="Signs in with">{login(&person.login)}</td>
                    <td role="cell" data-label="State">{person.state}</td>
                    <td role="cell" data-label="Training"><a href=format!("/team/{}/training", person.id)>"Training"<span class="visually-hidden">{format!(" of {training}")}</span></a></td>
                </tr>
            }
        });
        let address = |at: u32| format!("/people?q={}&page={at}", encoded(&filter.q));
        let many = people.pages > 1;
        view! {
            <h1>"People"</h1>
            <div class="button-row">
                <a class="button" href="/people/new">"Add a person"</a>
                <a class="button button-secondary" href="/people/import">"Import or download a list"</a>
            </div>
            <p><a href="/exceptions">"Exceptions: a missing day, no department, messages that come back"</a></p>
            <form class="filters" method="get" action="/people" role="search">
                <div class="field"><label for="q">"Name, e-mail or staff number"</label><input id="q" name="q" type="search" value=filter.q.clone() /></div>
                <button class="button button-secondary" type="submit">"Search"</button>
            </form>
            <p role="status">{format!("{} {}", people.total, if people.total == 1 { "person" } else { "people" })}{many.then(|| format!(", page {} of {}", people.page + 1, people.pages))}</p>
            {(people.total == 0).then(|| view! {
                <div class="empty"><h2>"Nobody found"</h2><p>"Try a part of the name, the e-mail address or the staff number. "<a href="/people">"Show everybody"</a></p></div>
            })}
            {(people.total > 0).then(|| view! { <table class="table" role="table">
                <caption class="visually-hidden">"People"</caption>
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">"Name"</th>
                    <th role="columnheader" scope="col">"Signs in with"</th>
                    <th role="columnheader" scope="col">"State"</th>
                    <th role="columnheader" scope="col">"Training"</th>
                </tr></thead>
                <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
            </table> })}
            {pager(people.previous.map(address), people.next.map(address))}
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
    rev: Option<i64>,
}

impl Typed {
    fn of(person: &PersonView) -> Self {
        let PersonView { name, email, staff_number, rev, .. } = person.clone();
        Self { name, email: email.unwrap_or_default(), staff_number: staff_number.unwrap_or_default(), rev: Some(rev) }
    }
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
        Ok(person) => {
            let words = format!("{} was added. Say where they work, and let them in.", typed.name.trim());
            see_other_saying(&format!("/people/{person}"), words)
        }
        Err(Failure::Invalid(errors)) => form(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn edit(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    match state.usecases.person(&who, PersonId(id)).await {
        Ok(person) => {
            let typed = Typed::of(&person);
            edit_form(&state, &who, StatusCode::OK, &person, &typed, &[])
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn change(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    let new = NewPerson { name: &typed.name, email: &typed.email, staff_number: &typed.staff_number };
    let (rev, now) = (typed.rev.unwrap_or_default(), usecases::clock::now());
    let (status, errors) = match state.usecases.change_person(&who, PersonId(id), rev, new, now).await {
        Ok(()) => return see_other_saying(&format!("/people/{id}"), "Saved."),
        Err(Failure::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Err(Failure::Conflict) => {
            let words =
                "Somebody else changed this person meanwhile. What you typed is still here: look at it and save again";
            (StatusCode::CONFLICT, vec![FieldError::new("name", words)])
        }
        Err(failure) => return failed(&failure, &state.assets),
    };
    match state.usecases.person(&who, PersonId(id)).await {
        Ok(person) => edit_form(&state, &who, status, &person, &typed, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn edit_form(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    person: &PersonView,
    typed: &Typed,
    errors: &[FieldError],
) -> Response {
    let heading = format!("Change {}", person.name);
    let title = title(&heading, errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/people"), || {
        view! {
            <a class="back-link" href=format!("/people/{}", person.id)>{person.name.clone()}</a>
            {summary(errors)}
            <h1>{heading.clone()}</h1>
            <form class="form" method="post" action=format!("/people/{}/edit", person.id) novalidate>
                <input type="hidden" name="rev" value=person.rev.to_string() />
                {field(NAME, &typed.name, errors)}
                {field(EMAIL, &typed.email, errors)}
                {field(STAFF_NUMBER, &typed.staff_number, errors)}
                <button class="button" type="submit">"Save"</button>
            </form>
            <p class="hint">"They sign in with the new address or number from now on. Their record stays as it is."</p>
        }
    })
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

/// What somebody signs in with; an e-mail address may break after its @.
fn login(login: &str) -> impl IntoView + use<> {
    let (before, after) = login.split_at(login.find('@').map_or(login.len(), |at| at + 1));
    view! { {before.to_owned()}{(!after.is_empty()).then(|| view! { <wbr />{after.to_owned()} })} }
}
