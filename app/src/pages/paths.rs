//! `/paths`: requirements in an order, each with the day it is due. For administrators.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, PathId,
    paths::{Concerned, PathSaved, PathTyped, PathView, StepView, Suggested, Taken, Turn},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Choice, Field, choice, field, summary, title},
    person::confirm,
    requirements::still,
    see_other_saying,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

const NAME: Field = Field::text("name", "Name", Some("For example: First weeks of a nurse."));
const ADD: Choice = Choice { name: "add", label: "Requirement", hint: None, none: "Choose one" };
const ADD_DAYS: Field = Field::text(
    "add_days",
    "Due after so many days",
    Some("Counted from what its policy says, mostly being assigned."),
);

#[derive(Default, Deserialize)]
pub(crate) struct New {
    #[serde(default)]
    name: String,
}

pub(crate) async fn list(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    answer_list(&state, &who, StatusCode::OK, "", &[]).await
}

pub(crate) async fn add(State(state): State<AppState>, SignedIn(who): SignedIn, Form(new): Form<New>) -> Response {
    match state.usecases.add_path(&who, &new.name, usecases::clock::now()).await {
        Ok(id) => see_other_saying(&format!("/paths/{id}"), format!("{} was added. Give it steps.", new.name.trim())),
        Err(Failure::Invalid(errors)) => {
            answer_list(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &new.name, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// Takes over what the curriculum suggests.
pub(crate) async fn take(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match state.usecases.take_suggested_paths(&who, usecases::clock::now()).await {
        Ok(Taken { paths: 0, .. }) => see_other_saying("/paths", "These paths were there already.".to_owned()),
        Ok(Taken { paths, requirements }) => {
            let added = format!("{} and {} were added.", counted(paths, "path"), counted(requirements, "requirement"));
            see_other_saying("/paths", format!("{added} Nobody is asked for anything until you assign a path."))
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn counted(many: usize, what: &str) -> String {
    if many == 1 { format!("1 {what}") } else { format!("{many} {what}s") }
}

/// What the curriculum suggests for whom, and a button that takes it over.
fn suggested(paths: Vec<Suggested>) -> impl IntoView {
    let lines = paths.into_iter().map(|path| {
        let steps = path.steps.into_iter().map(|(title, days, months)| {
            let counts = months.map(|months| format!(", counts for {months} months")).unwrap_or_default();
            view! { <li>{title}" "<span class="muted">{format!("due after {days} days{counts}")}</span></li> }
        });
        let steps = steps.collect::<Vec<_>>();
        let many = counted(steps.len(), "step");
        view! {
            <li>
                <details>
                    <summary>{path.name}" "<span class="muted">{format!("{many}, for {}", in_words(&path.roles))}</span></summary>
                    <ol>{steps}</ol>
                </details>
            </li>
        }
    });
    view! {
        <h2>"To begin with"</h2>
        <p>"The curriculum that came with Bedside suggests these paths. You take them over as they are and change what you like: steps, days, names."</p>
        <ul class="plain-list">{lines.collect::<Vec<_>>()}</ul>
        <form method="post" action="/paths/suggested">
            <button class="button button-secondary" type="submit">"Add these paths"</button>
        </form>
        <p class="hint">"Their requirements and job roles are added with them. Nobody is asked for anything until you assign a path."</p>
    }
}

fn in_words(roles: &[String]) -> String {
    match roles {
        [] => "whom you like".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

async fn answer_list(state: &AppState, who: &Who, status: StatusCode, name: &str, errors: &[FieldError]) -> Response {
    let (paths, offered) = match (state.usecases.paths(who).await, state.usecases.suggested_paths(who).await) {
        (Ok(paths), Ok(offered)) => (paths, offered),
        (Err(failure), _) | (_, Err(failure)) => return failed(&failure, &state.assets),
    };
    let title = title("Paths", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/requirements"), || {
        let none = paths.is_empty();
        let lines = paths.into_iter().map(|path| {
            let steps = match path.steps {
                0 => "no steps yet".to_owned(),
                1 => "1 step".to_owned(),
                more => format!("{more} steps"),
            };
            view! { <li><a href=format!("/paths/{}", path.id)>{path.name}</a>" "<span class="muted">{steps}</span></li> }
        });
        let lines = lines.collect::<Vec<_>>();
        view! {
            <a class="back-link" href="/requirements">"Requirements"</a>
            {summary(errors)}
            <h1>"Paths"</h1>
            <p>"Requirements in an order, each with the day it is due: for whoever begins in a job role, for example."</p>
            {if none {
                view! { <div class="empty"><h2>"No paths yet"</h2><p>"Add the first one below, then give it steps."</p></div> }.into_any()
            } else {
                view! { <ul class="link-list">{lines}</ul> }.into_any()
            }}
            {(!offered.is_empty()).then(|| suggested(offered))}
            <h2>"Add a path"</h2>
            <form class="form" method="post" action="/paths" novalidate>
                {field(NAME, name, errors)}
                <button class="button" type="submit">"Add this path"</button>
            </form>
        }
    })
}

/// The form of a path: the days of every step come along with whatever button was pressed.
#[derive(Default, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    name: String,
    #[serde(default)]
    step: Vec<i64>,
    #[serde(default)]
    days: Vec<String>,
    #[serde(default)]
    add: String,
    #[serde(default)]
    add_days: String,
    #[serde(default, rename = "do")]
    turn: String,
    /// The path from which the form was drawn.
    #[serde(default)]
    drawn: String,
    /// Whom the page said that it concerns.
    #[serde(default)]
    seen: String,
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    answer(&state, &who, PathId(id), StatusCode::OK, None, &[]).await
}

pub(crate) async fn change(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Response {
    let turn = Turn::parse(&sent.turn).unwrap_or(Turn::Save);
    let typed = PathTyped {
        name: sent.name,
        steps: sent.step,
        days: sent.days,
        add: sent.add,
        add_days: sent.add_days,
        drawn: sent.drawn,
        seen: sent.seen,
    };
    match state.usecases.change_path(&who, PathId(id), (&typed, turn), usecases::clock::now()).await {
        Ok(PathSaved::Done(name)) => see_other_saying(&format!("/paths/{id}"), format!("{name} was saved.")),
        Ok(PathSaved::Concerns(concerned)) => ask(&state, &who, PathId(id), (&typed, &sent.turn), concerned),
        Err(Failure::Invalid(errors)) => {
            answer(&state, &who, PathId(id), StatusCode::UNPROCESSABLE_ENTITY, Some(&typed), &errors).await
        }
        Err(Failure::Conflict) => {
            let words = "Somebody else changed this path meanwhile. This is how it is now: change it again";
            let errors = [FieldError::new("name", words)];
            answer(&state, &who, PathId(id), StatusCode::CONFLICT, None, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// Says whom the change concerns; it is saved only from here.
fn ask(state: &AppState, who: &Who, id: PathId, (typed, turn): (&PathTyped, &str), concerned: Concerned) -> Response {
    let heading = format!("Change {}?", concerned.name);
    page(StatusCode::OK, &Frame::new(&state.assets, Some(who), &heading, "/requirements"), || {
        let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> };
        let steps = typed.steps.iter().map(|step| hidden("step", step.to_string())).collect::<Vec<_>>();
        let days = typed.days.iter().map(|days| hidden("days", days.clone())).collect::<Vec<_>>();
        let sentences = concerned.sentences.iter().map(|words| view! { <li>{words.clone()}</li> });
        let sentences = sentences.collect::<Vec<_>>();
        view! {
            <a class="back-link" href=format!("/paths/{id}")>"Leave it as it is"</a>
            <h1>{heading.clone()}</h1>
            <p>"This path is assigned. Nothing is saved yet."</p>
            {still(concerned.waiting)}
            <ul>{sentences}</ul>
            <p>"What anybody has earned stays theirs."</p>
            <form method="post" action=format!("/paths/{id}")>
                {hidden("name", typed.name.clone())}
                {steps}
                {days}
                {hidden("add", typed.add.clone())}
                {hidden("add_days", typed.add_days.clone())}
                {hidden("drawn", typed.drawn.clone())}
                {hidden("seen", concerned.seen.clone())}
                <button class="button" type="submit" name="do" value=turn.to_owned()>"Yes, save it"</button>
            </form>
        }
    })
}

async fn answer(
    state: &AppState,
    who: &Who,
    id: PathId,
    status: StatusCode,
    typed: Option<&PathTyped>,
    errors: &[FieldError],
) -> Response {
    let PathView { called, name, steps, offered, assignments, drawn, .. } =
        match state.usecases.path(who, id, typed, usecases::clock::now()).await {
            Ok(path) => path,
            Err(failure) => return failed(&failure, &state.assets),
        };
    let title = title(&called, errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/requirements"), || {
        let (add, add_days) = typed.map(|typed| (typed.add.clone(), typed.add_days.clone())).unwrap_or_default();
        let assigned = match assignments {
            0 => "It is not assigned to anybody.".to_owned(),
            1 => "It is assigned once: what is added or taken out concerns those people from today on; you see whom before it is saved.".to_owned(),
            more => format!("It is assigned {more} times: what is added or taken out concerns those people from today on; you see whom before it is saved."),
        };
        let none = steps.is_empty();
        view! {
            <a class="back-link" href="/paths">"All paths"</a>
            {summary(errors)}
            <h1>{called.clone()}</h1>
            <p>{assigned}</p>
            <p><a class="button button-secondary" href=format!("/assignments/new?what=path-{id}")>"Assign it"</a></p>
            <form class="form" method="post" action=format!("/paths/{id}") novalidate>
                <input type="hidden" name="drawn" value=drawn />
                {field(NAME, &name, errors)}
                // The first button is the one that the Enter key presses.
                <button class="button" type="submit" name="do" value="save">"Save the name and all days"</button>
                <h2>"Steps"</h2>
                {if none {
                    view! { <p>"No steps yet."</p> }.into_any()
                } else {
                    step_list(steps, assignments > 0, errors).into_any()
                }}
                <p class="hint">"Other days are for those who are reached from now on; whoever has a due date keeps it."</p>
                {if offered.is_empty() {
                    view! { <p>"Every requirement is a step. "<a href="/requirements/new">"Add a requirement"</a></p> }.into_any()
                } else {
                    view! {
                        <h2>"Add a step"</h2>
                        {choice(ADD, &offered, &add, errors)}
                        {field(ADD_DAYS, &add_days, errors)}
                        <button class="button button-secondary" type="submit" name="do" value="add">"Add this step"</button>
                    }.into_any()
                }}
            </form>
        }
    })
}

fn step_list(steps: Vec<StepView>, assigned: bool, errors: &[FieldError]) -> impl IntoView + use<> {
    let last = steps.len().saturating_sub(1);
    let wrong = errors.iter().find(|error| error.field == "steps").map(|error| error.message.clone());
    let class = if wrong.is_some() { "field field-error" } else { "field" };
    let lines = steps.into_iter().enumerate().map(|(at, step)| {
        let name = step.name.clone();
        let field = format!("days-{at}");
        let turn = |word: &'static str, words: &'static str| {
            view! {
                <button class="button button-secondary button-small" type="submit" name="do" value=format!("{word}-{at}")>
                    {words}<span class="visually-hidden">{format!(": {name}")}</span>
                </button>
            }
        };
        let up = (at > 0).then(|| turn("up", "Move up"));
        let down = (at < last).then(|| turn("down", "Move down"));
        // Where it is assigned, the next page says whom it concerns and asks.
        let remove = if assigned {
            turn("remove", "Take out").into_any()
        } else {
            let button = view! { <button class="button button-danger" type="submit" name="do" value=format!("remove-{at}")>"Yes, take it out"</button> };
            let explained = "The requirement itself stays, and so does what anybody has earned.";
            confirm("button button-secondary button-small", format!("Take out {}", step.name), explained, button).into_any()
        };
        let hint = format!("{field}-hint");
        let described = step.lead.is_some().then(|| hint.clone());
        let lead = step.lead.map(|lead| {
            view! { <p class="hint" id=hint>{format!("By its policy nothing is due sooner than {lead} days after being assigned.")}</p> }
        });
        view! {
            <li class="card">
                <h3><a href=format!("/requirements/{}", step.requirement)>{step.name.clone()}</a></h3>
                <input type="hidden" name="step" value=step.requirement.to_string() />
                <div class="field">
                    <label for=field.clone()><span class="visually-hidden">{format!("{}: ", step.name)}</span>"Due after so many days"</label>
                    {lead}
                    <input class="input-short" id=field.clone() name="days" type="text" inputmode="numeric" autocomplete="off" value=step.days aria-describedby=described />
                </div>
                <div class="button-row">{up} {down}</div>
                {remove}
            </li>
        }
    });
    view! {
        <div class=class id="steps" tabindex="-1">
            {wrong.map(|words| view! { <p class="error-message"><span class="visually-hidden">"Error: "</span>{words}</p> })}
            <ol>{lines.collect::<Vec<_>>()}</ol>
        </div>
    }
}
