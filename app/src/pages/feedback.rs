//! `/feedback/{slug}`: what somebody thinks of a module; `/feedback/{slug}/answers`: what all think, without names.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    feedback::{ASKED, LEAST, Opinion, Thinks},
    learn::{ModuleOverview, Progress},
    who::Who,
};

use super::{
    SignedIn, Wants, failed,
    form::{area, summary, title},
    see_other_saying,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

/// The words for 1 to 5.
const MARKS: [&str; 5] = ["Not at all", "A little", "Partly", "Mostly", "Fully"];

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    token: String,
    #[serde(default)]
    useful: String,
    #[serde(default)]
    clear: String,
    #[serde(default)]
    confident: String,
    #[serde(default)]
    comment: String,
}

impl Typed {
    fn marks(&self) -> [&str; 3] {
        [&self.useful, &self.clear, &self.confident]
    }
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn, Path(slug): Path<String>) -> Response {
    draw(&state, &who, &slug, &Typed::default(), StatusCode::OK, &[]).await
}

pub(crate) async fn say(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path(slug): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let thinks = Thinks { marks: typed.marks(), comment: &typed.comment, token: &typed.token };
    match state.usecases.say(&who, &slug, thinks, usecases::clock::now()).await {
        Ok(()) if wants == Wants::Page => {
            see_other_saying(&format!("/modules/{slug}"), "Thank you. Your answer is kept without your name.")
        }
        Ok(()) => wants.go(&format!("/modules/{slug}")),
        Err(Failure::Invalid(errors)) => {
            draw(&state, &who, &slug, &typed, StatusCode::UNPROCESSABLE_ENTITY, &errors).await
        }
        Err(Failure::Conflict) => {
            let words = "This was sent before, or you have not completed the module. Look at your answers, and send them again.";
            let errors = [FieldError::new("useful", words)];
            draw(&state, &who, &slug, &typed, StatusCode::CONFLICT, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn draw(
    state: &AppState,
    who: &Who,
    slug: &str,
    typed: &Typed,
    status: StatusCode,
    errors: &[FieldError],
) -> Response {
    let module = match state.usecases.module(who, slug).await {
        Ok(module) => module,
        Err(failure) => return failed(&failure, &state.assets),
    };
    if status == StatusCode::OK && !matches!(module.card.progress, Progress::Done { .. }) {
        return see_other_saying(
            &format!("/modules/{slug}"),
            "Complete the module first. Then say what you think of it.",
        );
    }
    let title = title(&format!("What did you think of it? {}", module.card.title), errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/modules"), || form(&module, typed, errors))
}

fn form(module: &ModuleOverview, typed: &Typed, errors: &[FieldError]) -> impl IntoView + use<> {
    let asked = ASKED.iter().zip(typed.marks()).map(|((field, words), chosen)| {
        let error = errors.iter().find(|error| error.field == *field).map(|error| error.message.clone());
        let lines = MARKS.iter().enumerate().map(|(at, mark)| {
            let (value, id) = ((at + 1).to_string(), format!("{field}-{}", at + 1));
            let checked = value == chosen;
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name=*field value=value checked=checked />
                    <label for=id>{*mark}</label>
                </div>
            }
        });
        let lines = lines.collect::<Vec<_>>();
        let error_id = format!("{field}-error");
        let described = error.as_ref().map(|_| error_id.clone());
        view! {
            <fieldset class="field" id=*field tabindex="-1" aria-describedby=described>
                <legend>{*words}</legend>
                {error.map(|error| view! { <p class="error-message" id=error_id><span class="visually-hidden">"Error: "</span>{error}</p> })}
                <div class="choices choices-inline">{lines}</div>
            </fieldset>
        }
    });
    let too_long = errors.iter().find(|error| error.field == "comment").map(|error| error.message.clone());
    view! {
        {summary(errors)}
        <p class="caption"><a href=format!("/modules/{}", module.card.slug)>{module.card.title.clone()}</a></p>
        <h1>"What did you think of it?"</h1>
        <p class="lead">"One minute. Your answer is shown without your name, and only once ten people have answered."</p>
        <form class="form" method="post" action=format!("/feedback/{}", module.card.slug) novalidate>
            <input type="hidden" name="token" value=module.token.clone() />
            {asked.collect::<Vec<_>>()}
            <div class="field">
                <label for="comment">"What should we change? (if you like)"</label>
                {too_long.clone().map(|words| view! { <p class="error-message" id="comment-error"><span class="visually-hidden">"Error: "</span>{words}</p> })}
                <p class="hint" id="comment-hint">"Write nothing about patients that could tell who they are."</p>
                <textarea id="comment" name="comment" rows="4" maxlength="1000" aria-invalid=too_long.is_some().then_some("true") aria-describedby=if too_long.is_some() { "comment-hint comment-error" } else { "comment-hint" }>{area(&typed.comment)}</textarea>
            </div>
            <button class="button" type="submit">"Send"</button>
        </form>
    }
}

pub(crate) async fn answers(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
) -> Response {
    match state.usecases.opinion(&who, &slug).await {
        Ok(opinion) => {
            let title = format!("What people think: {}", opinion.title);
            page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), &title, "/modules"), || {
                opinions(opinion, &slug)
            })
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn opinions(opinion: Opinion, slug: &str) -> impl IntoView + use<> {
    let Opinion { title, answers, marks, comments } = opinion;
    let rows = ASKED.iter().zip(&marks).map(|((_, words), counts)| {
        let cells = counts.iter().zip(MARKS).map(|(count, mark)| view! { <td role="cell" data-label=mark class="number">{*count}</td> });
        view! { <tr role="row"><th role="rowheader" scope="row" data-label="Sentence">{*words}</th>{cells.collect::<Vec<_>>()}</tr> }
    });
    let rows = rows.collect::<Vec<_>>();
    let heads = MARKS.iter().map(|mark| view! { <th role="columnheader" scope="col" class="number">{*mark}</th> });
    let comments = comments.into_iter().map(|comment| view! { <li>{comment}</li> }).collect::<Vec<_>>();
    let silent = comments.is_empty();
    view! {
        <p class="caption"><a href=format!("/modules/{slug}")>{title}</a></p>
        <h1>"What people think"</h1>
        {if rows.is_empty() {
            view! {
                <div class="empty">
                    <h2>"Not enough answers yet"</h2>
                    <p>{format!("{answers} so far. From {LEAST} answers on they are shown here, without names, so that nobody can be guessed.")}</p>
                </div>
            }.into_any()
        } else {
            view! {
                <p>{format!("{answers} answers, without names.")}</p>
                <table class="table" role="table">
                    <caption class="visually-hidden">"How many agreed how much"</caption>
                    <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">"Sentence"</th>{heads.collect::<Vec<_>>()}</tr></thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
                <h2>"What should change"</h2>
                {if silent { view! { <p>"Nobody has written anything."</p> }.into_any() } else { view! { <ul>{comments}</ul> }.into_any() }}
            }.into_any()
        }}
    }
}
