//! `/departments`: the tree that says whose people a manager sees. For administrators.

use axum::{
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
    see_other_saying,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

const NAME: Field = Field::text("name", "Name", Some("As your staff say it, for example Ward 3."));
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
        Ok(_) => see_other_saying("/departments", format!("{} was added.", typed.name.trim())),
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
        Ok(()) => see_other_saying("/departments", format!("{} was saved.", typed.name.trim())),
        Err(Failure::Invalid(errors)) => {
            answer_one(&state, &who, id, StatusCode::UNPROCESSABLE_ENTITY, Some(typed), &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// The departments to choose from, each with those above it in brackets; all but `without` and those below it.
pub(super) fn choices(all: &[DepartmentView], without: Option<i64>) -> Vec<(String, String)> {
    let mut left_out: Vec<i64> = without.into_iter().collect();
    let mut offered = Vec::with_capacity(all.len());
    // Each comes after the one above it.
    for one in all {
        if left_out.contains(&one.id) || one.parent.is_some_and(|parent| left_out.contains(&parent)) {
            left_out.push(one.id);
        } else {
            offered.push((one.id.to_string(), words(one)));
        }
    }
    offered
}

/// A department in a list: first what tells it from the others, since a phone cuts the end.
fn words(one: &DepartmentView) -> String {
    match one.path.strip_suffix(&format!(" › {}", one.name)) {
        Some(above) => format!("{} ({above})", one.name),
        None => one.name.clone(),
    }
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
            <ul class="link-list"><li><a href="/site">"Organisation: name, time zone, working days, words in the texts"</a></li></ul>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_department_is_never_offered_what_lies_below_it() {
        let one = |id, parent, name: &str, path: &str| DepartmentView {
            id,
            parent,
            name: name.to_owned(),
            path: path.to_owned(),
            people: 0,
        };
        let all = [
            one(1, None, "A", "A"),
            one(2, Some(1), "B", "A › B"),
            one(3, Some(2), "C", "A › B › C"),
            // A name may hold the sign between names.
            one(4, None, "A › B", "A › B"),
        ];
        let offered = |without| choices(&all, without).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(offered(Some(1)), ["4"]);
        assert_eq!(offered(Some(2)), ["1", "4"]);
        assert_eq!(offered(None).len(), 4);
        assert_eq!(choices(&all, None)[2].1, "C (A › B)");
    }
}
