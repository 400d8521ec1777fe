//! `/job-roles`: what people do where they work. For administrators.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{Failure, FieldError, assignments::people_words, job_roles::Renaming, who::Who};

use super::{
    SignedIn, failed,
    form::{Field, field, summary, title},
    person::first_large,
    see_other_saying,
};
use crate::{
    posted::Form,
    request::encoded,
    shell::{Frame, page},
    state::AppState,
};

const NAME: Field = Field::text("name", "Name", Some("As your staff say it, for example Nurse or Receptionist."));
const NEW_NAME: Field = Field::text("name", "New name", None);

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    /// The role that is renamed.
    #[serde(default)]
    role: String,
    #[serde(default)]
    name: String,
}

pub(crate) async fn list(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    answer_list(&state, &who, StatusCode::OK, "", &[]).await
}

pub(crate) async fn add(State(state): State<AppState>, SignedIn(who): SignedIn, Form(typed): Form<Typed>) -> Response {
    match state.usecases.add_job_role(&who, &typed.name, usecases::clock::now()).await {
        Ok(()) => see_other_saying("/job-roles", format!("{} was added.", typed.name.trim())),
        Err(Failure::Invalid(errors)) => {
            answer_list(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &typed.name, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer_list(state: &AppState, who: &Who, status: StatusCode, name: &str, errors: &[FieldError]) -> Response {
    let roles = match state.usecases.job_roles(who, usecases::clock::now()).await {
        Ok(roles) => roles,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = title("Job roles", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/requirements"), || {
        let none = roles.is_empty();
        let lines = roles.into_iter().map(|(role, people)| {
            let href = format!("/job-roles/rename?role={}", encoded(&role));
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" data-label="Job role">{role.clone()}</th>
                    <td role="cell" data-label="Held by">{first_large(&people_words(people))}</td>
                    <td role="cell"><a href=href>"Rename"<span class="visually-hidden">{format!(" {role}")}</span></a></td>
                </tr>
            }
        });
        let lines = lines.collect::<Vec<_>>();
        view! {
            <a class="back-link" href="/requirements">"Requirements"</a>
            {summary(errors)}
            <h1>"Job roles"</h1>
            {if none {
                view! { <div class="empty"><h2>"No job roles yet"</h2><p>"They come with the people who hold them, or are added here."</p></div> }.into_any()
            } else {
                view! {
                    <table class="table" role="table">
                        <caption class="visually-hidden">"Job roles"</caption>
                        <thead role="rowgroup"><tr role="row">
                            <th role="columnheader" scope="col">"Job role"</th>
                            <th role="columnheader" scope="col">"Held by"</th>
                            <th role="columnheader" scope="col"><span class="visually-hidden">"Change"</span></th>
                        </tr></thead>
                        <tbody role="rowgroup">{lines}</tbody>
                    </table>
                }.into_any()
            }}
            <h2>"Add a job role"</h2>
            <form class="form" method="post" action="/job-roles" novalidate>
                {field(NAME, name, errors)}
                <button class="button" type="submit">"Add this job role"</button>
            </form>
        }
    })
}

/// The form for a new name; with one, what it would do.
pub(crate) async fn renaming(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Query(typed): Query<Typed>,
) -> Response {
    if typed.name.is_empty() {
        return answer_renaming(&state, &who, StatusCode::OK, &typed, &[]).await;
    }
    match state.usecases.renaming(&who, &typed.role, &typed.name, usecases::clock::now()).await {
        Ok(renaming) => check(&state, &who, renaming),
        Err(Failure::Invalid(errors)) => {
            answer_renaming(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer_renaming(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    typed: &Typed,
    errors: &[FieldError],
) -> Response {
    let roles = match state.usecases.job_roles(who, usecases::clock::now()).await {
        Ok(roles) => roles,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let Some((role, people)) = roles.into_iter().find(|(role, _)| *role == typed.role) else {
        return failed(&Failure::NotFound, &state.assets);
    };
    let heading = format!("Rename {role}");
    let title = title(&heading, errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/requirements"), || {
        let name = if typed.name.is_empty() { &role } else { &typed.name };
        view! {
            <a class="back-link" href="/job-roles">"All job roles"</a>
            {summary(errors)}
            <h1>{heading.clone()}</h1>
            <p>{format!("Held by {} today.", people_words(people))}</p>
            <form class="form" method="get" action="/job-roles/rename" novalidate>
                <input type="hidden" name="role" value=role.clone() />
                {field(NEW_NAME, name, errors)}
                <button class="button" type="submit">"See what this does"</button>
            </form>
        }
    })
}

/// What renaming would do; it is done only from here.
fn check(state: &AppState, who: &Who, renaming: Renaming) -> Response {
    let Renaming { old, new, people, merges, assignments } = renaming;
    let title = format!("Rename {old}");
    page(StatusCode::OK, &Frame::new(&state.assets, Some(who), &title, "/requirements"), || {
        let merged = merges.map(|others| {
            let goes = match assignments {
                0 => "Nothing is assigned to either of them.".to_owned(),
                1 => "What is assigned to one of them, 1 assignment, then goes to all of these people.".to_owned(),
                more => format!("What is assigned to either of them, {more} assignments, then goes to all of these people."),
            };
            view! {
                <div class="banner banner-warning"><p>{format!(
                    "There is a job role {new} already, held by {}. Both become one, and that cannot be taken apart again. {goes}",
                    people_words(others)
                )}</p></div>
            }
        });
        let (class, button) = match merges {
            Some(_) => ("button button-danger", format!("Yes, make {old} and {new} one")),
            None => ("button", format!("Rename {old} to {new}")),
        };
        let back = format!("/job-roles/rename?role={}", encoded(&old));
        view! {
            <a class="back-link" href=back>"Enter another name"</a>
            <h1>{title.clone()}</h1>
            <p>{format!(
                "{old} becomes {new} wherever it stands: for {} who {} as {old} today, and in what was before.",
                people_words(people),
                if people > 1 { "work" } else { "works" }
            )}</p>
            {merged}
            <form method="post" action="/job-roles/rename">
                <input type="hidden" name="role" value=old.clone() />
                <input type="hidden" name="name" value=new.clone() />
                <button class=class type="submit">{button}</button>
            </form>
        }
    })
}

pub(crate) async fn rename(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(typed): Form<Typed>,
) -> Response {
    match state.usecases.rename_job_role(&who, &typed.role, &typed.name, usecases::clock::now()).await {
        Ok(Renaming { old, new, .. }) => see_other_saying("/job-roles", format!("{old} is {new} now.")),
        Err(Failure::Invalid(errors)) => {
            answer_renaming(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}
