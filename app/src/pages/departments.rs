//! `/departments`: the tree that says whose people a manager sees. For administrators.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    DepartmentId, Failure, FieldError,
    departments::{DepartmentTyped, DepartmentView},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Choice, Field, choice, field, summary, title},
    see_other,
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

const NAME: Field = Field {
    name: "name",
    label: "Name",
    hint: Some("As your staff say it, for example Ward 3."),
    kind: "text",
    autocomplete: "off",
};
const PARENT: Choice = Choice {
    name: "parent",
    label: "Belongs to",
    hint: Some("A manager sees the people of a department and of those that belong to it."),
    none: "None: it stands at the top",
};

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    parent: String,
}

impl Typed {
    fn as_typed(&self) -> DepartmentTyped<'_> {
        DepartmentTyped { name: &self.name, parent: &self.parent }
    }
}

pub(crate) async fn list(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    answer_list(&state, &who, StatusCode::OK, &Typed::default(), &[]).await
}

pub(crate) async fn add(State(state): State<AppState>, SignedIn(who): SignedIn, Form(typed): Form<Typed>) -> Response {
    match state.usecases.add_department(&who, typed.as_typed(), usecases::clock::now()).await {
        Ok(_) => see_other("/departments"),
        Err(Failure::Invalid(errors)) => {
            answer_list(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    answer_one(&state, &who, id, StatusCode::OK, None, &[]).await
}

pub(crate) async fn change(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    match state.usecases.change_department(&who, DepartmentId(id), typed.as_typed(), usecases::clock::now()).await {
        Ok(()) => see_other("/departments"),
        Err(Failure::Invalid(errors)) => {
            answer_one(&state, &who, id, StatusCode::UNPROCESSABLE_ENTITY, Some(typed), &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// The departments to choose from, by their whole path; all but those of `without` and below.
pub(super) fn choices(all: &[DepartmentView], without: Option<i64>) -> Vec<(String, String)> {
    let below = without.and_then(|id| all.iter().find(|one| one.id == id)).map(|one| format!("{} › ", one.path));
    let offered = all.iter().filter(|one| {
        Some(one.id) != without && below.as_ref().is_none_or(|below| !one.path.starts_with(below.as_str()))
    });
    offered.map(|one| (one.id.to_string(), one.path.clone())).collect()
}

async fn answer_list(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    typed: &Typed,
    errors: &[FieldError],
) -> Response {
    let departments = match state.usecases.departments(who, usecases::clock::now()).await {
        Ok(departments) => departments,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = title("Departments", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/departments"), || {
        let offered = choices(&departments, None);
        view! {
            {summary(errors)}
            <h1>"Departments"</h1>
            {if departments.is_empty() {
                view! { <div class="empty"><h2>"No departments yet"</h2><p>"Add the first one: your clinic or hospital itself, or a ward."</p></div> }.into_any()
            } else {
                tree(&departments).into_any()
            }}
            <h2>"Add a department"</h2>
            <form class="form" method="post" action="/departments" novalidate>
                {field(NAME, &typed.name, errors)}
                {(!offered.is_empty()).then(|| choice(PARENT, &offered, &typed.parent, errors))}
                <button class="button" type="submit">"Add this department"</button>
            </form>
        }
    })
}

/// The tree as nested lists, so that it can be heard as well as seen.
fn tree(departments: &[DepartmentView]) -> impl IntoView + use<> {
    fn branch(all: &[DepartmentView], parent: Option<i64>) -> AnyView {
        let items = all.iter().filter(|one| one.parent == parent).map(|one| {
            let people = match one.people {
                0 => "nobody yet".to_owned(),
                1 => "1 person".to_owned(),
                more => format!("{more} people"),
            };
            let has_below = all.iter().any(|other| other.parent == Some(one.id));
            view! {
                <li>
                    <a href=format!("/departments/{}", one.id)>{one.name.clone()}</a>
                    " " <span class="muted">{people}</span>
                    {has_below.then(|| branch(all, Some(one.id)))}
                </li>
            }
        });
        view! { <ul class="tree">{items.collect::<Vec<_>>()}</ul> }.into_any()
    }
    branch(departments, None)
}

async fn answer_one(
    state: &AppState,
    who: &Who,
    id: i64,
    status: StatusCode,
    typed: Option<Typed>,
    errors: &[FieldError],
) -> Response {
    let departments = match state.usecases.departments(who, usecases::clock::now()).await {
        Ok(departments) => departments,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let Some(department) = departments.iter().find(|one| one.id == id) else {
        return failed(&Failure::NotFound, &state.assets);
    };
    let title = title(&department.name, errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/departments"), || {
        let typed = typed.unwrap_or_else(|| Typed {
            name: department.name.clone(),
            parent: department.parent.map(|parent| parent.to_string()).unwrap_or_default(),
        });
        view! {
            <a class="back-link" href="/departments">"All departments"</a>
            {summary(errors)}
            <h1>{department.name.clone()}</h1>
            <p class="muted">{department.path.clone()}</p>
            <form class="form" method="post" action=format!("/departments/{id}") novalidate>
                {field(NAME, &typed.name, errors)}
                {choice(PARENT, &choices(&departments, Some(id)), &typed.parent, errors)}
                <button class="button" type="submit">"Save"</button>
            </form>
            <p class="hint">"What belongs to this department moves with it, and so do its people. Managers see them from the next moment on."</p>
        }
    })
}
