//! `/team/{id}/allowance`: more time or another attempt at a quiz, for one person.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, PersonId,
    allowance::{Gift, Recipient},
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

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    quiz: String,
    #[serde(default)]
    minutes: String,
    #[serde(default)]
    attempts: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    token: String,
}

const QUIZ: Choice = Choice { name: "quiz", label: "Quiz", hint: None, none: "Choose a quiz" };
const MINUTES: Field = Field::text(
    "minutes",
    "More minutes for each attempt",
    Some("For a quiz with a time limit. It acts at once, for an attempt that is running too."),
);
const ATTEMPTS: Field = Field::text("attempts", "More attempts", None);
const REASON: Field = Field::text("reason", "Why", Some("It goes into the audit log."));

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    draw(&state, &who, PersonId(id), &Typed::default(), StatusCode::OK, &[]).await
}

pub(crate) async fn give(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    let gift = Gift {
        quiz: &typed.quiz,
        minutes: &typed.minutes,
        attempts: &typed.attempts,
        reason: &typed.reason,
        token: &typed.token,
    };
    match state.usecases.give(&who, PersonId(id), gift, usecases::clock::now()).await {
        Ok(name) => see_other_saying("/team", format!("Given to {name}.")),
        Err(Failure::Invalid(errors)) => {
            draw(&state, &who, PersonId(id), &typed, StatusCode::UNPROCESSABLE_ENTITY, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn draw(
    state: &AppState,
    who: &Who,
    person: PersonId,
    typed: &Typed,
    status: StatusCode,
    errors: &[FieldError],
) -> Response {
    let Recipient { name, quizzes, given, token } =
        match state.usecases.recipient(who, person, usecases::clock::now()).await {
            Ok(recipient) => recipient,
            Err(failure) => return failed(&failure, &state.assets),
        };
    let title = title(&format!("Time and attempts: {name}"), errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/team"), || {
        view! {
            <a class="back-link" href="/team">"Team"</a>
            {summary(errors)}
            <h1>{format!("Time and attempts for {name}")}</h1>
            {(!given.is_empty()).then(|| view! {
                <h2>"Given so far"</h2>
                <ul>{given.into_iter().map(|(title, minutes, attempts)| view! { <li>{format!("{title}: {minutes} more minutes, {attempts} more attempts")}</li> }).collect::<Vec<_>>()}</ul>
                <h2>"Give more"</h2>
            })}
            {if quizzes.is_empty() {
                view! { <div class="empty"><h2>"No quizzes yet"</h2><p>"A trainer has not published any."</p></div> }.into_any()
            } else {
                view! {
                    <form class="form" method="post" action=format!("/team/{person}/allowance") novalidate>
                        <input type="hidden" name="token" value=token />
                        {choice(QUIZ, &quizzes, &typed.quiz, errors)}
                        {field(MINUTES, &typed.minutes, errors)}
                        {field(ATTEMPTS, &typed.attempts, errors)}
                        {field(REASON, &typed.reason, errors)}
                        <button class="button" type="submit">"Give"</button>
                    </form>
                }.into_any()
            }}
        }
    })
}
