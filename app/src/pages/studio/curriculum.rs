//! `/studio/paths`: paths put together by moving modules, for administrators to take over.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    studio::{SuggestedLine, SuggestedLines, SuggestedStep, SuggestedTurn, SuggestedTyped, SuggestedView},
    who::Who,
};

use super::super::{
    SignedIn, failed,
    form::{Choice, Field, choice, field, summary, time_words, title},
    person::confirm,
    see_other_saying,
};
use crate::{
    posted::Form,
    request::encoded,
    shell::{Frame, page},
    state::AppState,
};

const NAME: Field = Field::text("name", "Name", Some("For example: First weeks of a nurse."));
const ROLES: Field =
    Field::text("roles", "Job roles that it is for", Some("With commas between them. Leave it empty for everybody."));
const ADD: Choice = Choice { name: "add", label: "Module", hint: None, none: "Choose one" };

const MOVED_ON: &str = "Somebody else changed the paths meanwhile. This is how they are now: change it again.";

#[derive(Default, Deserialize)]
pub(crate) struct New {
    #[serde(default)]
    name: String,
}

pub(crate) async fn suggestions(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    answer_list(&state, &who, StatusCode::OK, "", &[]).await
}

pub(crate) async fn suggest(State(state): State<AppState>, SignedIn(who): SignedIn, Form(new): Form<New>) -> Response {
    match state.usecases.suggest_path(&who, &new.name, usecases::clock::now()).await {
        Ok(slug) => see_other_saying(&address(&slug), "The path is there. Give it modules."),
        Err(Failure::Conflict) => see_other_saying("/studio/paths", MOVED_ON),
        Err(Failure::Invalid(errors)) => {
            answer_list(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &new.name, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn address(slug: &str) -> String {
    format!("/studio/paths/{}", encoded(slug))
}

async fn answer_list(state: &AppState, who: &Who, status: StatusCode, name: &str, errors: &[FieldError]) -> Response {
    let SuggestedLines { lines, changed } = match state.usecases.suggested_lines(who).await {
        Ok(lines) => lines,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = title("Suggested paths", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/studio"), || {
        let none = lines.is_empty();
        let lines = lines.into_iter().map(|line| {
            let SuggestedLine { slug, name, roles, modules, is_taken } = line;
            let modules = if modules == 1 { "1 module".to_owned() } else { format!("{modules} modules") };
            let roles = if roles.is_empty() { "for everybody".to_owned() } else { format!("for {}", roles.join(", ")) };
            let taken = if is_taken { ", taken over" } else { "" };
            view! { <li><a href=address(&slug)>{name}</a>" "<span class="muted">{format!("{modules}, {roles}{taken}")}</span></li> }
        });
        let lines = lines.collect::<Vec<_>>();
        view! {
            <a class="back-link" href="/studio">"Studio"</a>
            {summary(errors)}
            <h1>"Suggested paths"</h1>
            <p>"Modules in an order, for whoever begins in a job role. An administrator takes a path over at “Paths” and assigns it; until then nobody is asked for anything."</p>
            {changed.map(|(by, when)| view! { <p class="muted">{format!("Changed by {by} on {}.", time_words(when))}</p> })}
            {if none {
                view! { <div class="empty"><h2>"No paths yet"</h2><p>"Add the first one below, then give it modules."</p></div> }.into_any()
            } else {
                view! { <ul class="link-list">{lines}</ul> }.into_any()
            }}
            <h2>"Add a path"</h2>
            <form class="form" method="post" action="/studio/paths" novalidate>
                {field(NAME, name, errors)}
                <button class="button" type="submit">"Add this path"</button>
            </form>
        }
    })
}

/// The form of a path: everything typed comes along with whatever button was pressed.
#[derive(Default, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    name: String,
    #[serde(default)]
    roles: String,
    #[serde(default)]
    module: Vec<String>,
    #[serde(default)]
    days: Vec<String>,
    #[serde(default)]
    months: Vec<String>,
    #[serde(default)]
    add: String,
    #[serde(default)]
    rev: i64,
    #[serde(default, rename = "do")]
    turn: String,
}

pub(crate) async fn suggestion(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
) -> Response {
    answer(&state, &who, &slug, StatusCode::OK, None, &[]).await
}

pub(crate) async fn change_suggestion(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
    Form(sent): Form<Sent>,
) -> Response {
    let turn = SuggestedTurn::parse(&sent.turn).unwrap_or(SuggestedTurn::Keep);
    let typed = SuggestedTyped {
        name: sent.name,
        roles: sent.roles,
        modules: sent.module,
        days: sent.days,
        months: sent.months,
        add: sent.add,
        rev: sent.rev,
    };
    match state.usecases.change_suggested(&who, &slug, (&typed, turn), usecases::clock::now()).await {
        Ok(Some(slug)) => see_other_saying(&address(&slug), "The path was kept."),
        Ok(None) => {
            see_other_saying("/studio/paths", "The suggestion was taken away. What administrators took over stays.")
        }
        Err(Failure::Invalid(errors)) => {
            answer(&state, &who, &slug, StatusCode::UNPROCESSABLE_ENTITY, Some(&typed), &errors).await
        }
        Err(Failure::Conflict) => see_other_saying(&address(&slug), MOVED_ON),
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer(
    state: &AppState,
    who: &Who,
    slug: &str,
    status: StatusCode,
    typed: Option<&SuggestedTyped>,
    errors: &[FieldError],
) -> Response {
    let SuggestedView { rev, called, name, roles, steps, offered, is_taken } =
        match state.usecases.suggested(who, slug, typed).await {
            Ok(path) => path,
            Err(failure) => return failed(&failure, &state.assets),
        };
    let title = title(&called, errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/studio"), || {
        let add = typed.map(|typed| typed.add.clone()).unwrap_or_default();
        let here = address(slug);
        let none = steps.is_empty();
        let delete = view! { <button class="button button-danger" type="submit" name="do" value="delete">"Yes, take it away"</button> };
        view! {
            <a class="back-link" href="/studio/paths">"Suggested paths"</a>
            {summary(errors)}
            <h1>{called.clone()}</h1>
            {is_taken.then(|| view! { <p>"Administrators took this path over. What you change here is a suggestion for those who have not: their own path stays as it is."</p> })}
            <form class="form" method="post" action=here novalidate>
                <input type="hidden" name="rev" value=rev.to_string() />
                {field(NAME, &name, errors)}
                {field(ROLES, &roles, errors)}
                // The first button is the one that the Enter key presses.
                <button class="button" type="submit" name="do" value="keep">"Keep all of it"</button>
                <h2>"Modules"</h2>
                {if none {
                    view! { <p>"No modules yet."</p> }.into_any()
                } else {
                    step_list(steps, errors).into_any()
                }}
                {if offered.is_empty() {
                    view! { <p>"Every module is in it."</p> }.into_any()
                } else {
                    view! {
                        <h2>"Add a module"</h2>
                        {choice(ADD, &offered, &add, errors)}
                        <button class="button button-secondary" type="submit" name="do" value="add">"Add this module"</button>
                    }.into_any()
                }}
                {confirm("button button-secondary", "Take this suggestion away".to_owned(), "Paths that administrators took over stay.", delete)}
            </form>
        }
    })
}

fn step_list(steps: Vec<SuggestedStep>, errors: &[FieldError]) -> impl IntoView + use<> {
    let last = steps.len().saturating_sub(1);
    let wrong = errors.iter().filter(|error| error.field == "steps").map(|error| error.message.clone());
    let wrong: Vec<String> = wrong.collect();
    let class = if wrong.is_empty() { "field" } else { "field field-error" };
    let lines = steps.into_iter().enumerate().map(|(at, step)| {
        let SuggestedStep { module, title, is_live, days, months } = step;
        let turn = |word: &'static str, words: &'static str| {
            view! {
                <button class="button button-secondary button-small" type="submit" name="do" value=format!("{word}-{at}")>
                    {words}<span class="visually-hidden">{format!(": {title}")}</span>
                </button>
            }
        };
        let up = (at > 0).then(|| turn("up", "Move up"));
        let down = (at < last).then(|| turn("down", "Move down"));
        let out = turn("out", "Take out");
        let (days_id, months_id) = (format!("days-{at}"), format!("months-{at}"));
        let named = format!("{title}: ");
        view! {
            <li class="card">
                <h3><a href=format!("/studio/module/{}", encoded(&module))>{title.clone()}</a>{(!is_live).then(|| view! { " "<span class="tag tag-muted">"Not live"</span> })}</h3>
                <input type="hidden" name="module" value=module.clone() />
                <div class="studio-numbers">
                <div class="field">
                    <label for=days_id.clone()><span class="visually-hidden">{named.clone()}</span>"Due after so many days"</label>
                    <input class="input-short" id=days_id name="days" type="text" inputmode="numeric" autocomplete="off" value=days />
                </div>
                <div class="field">
                    <label for=months_id.clone()><span class="visually-hidden">{named}</span>"Counts for so many months"</label>
                    <input class="input-short" id=months_id name="months" type="text" inputmode="numeric" autocomplete="off" value=months />
                </div>
                </div>
                <div class="button-row">{up} {down} {out}</div>
            </li>
        }
    });
    let lines = lines.collect::<Vec<_>>();
    let wrong = wrong
        .into_iter()
        .map(|words| view! { <p class="error-message"><span class="visually-hidden">"Error: "</span>{words}</p> });
    view! {
        <div class=class id="steps" tabindex="-1">
            {wrong.collect::<Vec<_>>()}
            <p class="hint">"Days and months of a module are the same in every path. No months: it counts for good."</p>
            <ol class="step-cards">{lines}</ol>
        </div>
    }
}
