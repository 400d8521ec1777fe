//! `/team/deputies`: who stands in for a manager, from a day to a day.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    deputies::{DeputiesPage, DeputyLine, DeputyTyped},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Choice, Field, choice, field, summary, title},
    modules::{date_words, range_words},
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
    manager: String,
    #[serde(default)]
    deputy: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

#[derive(Deserialize)]
pub(crate) struct Ended {
    #[serde(default)]
    id: String,
}

const MANAGER: Choice = Choice { name: "manager", label: "Manager", hint: None, none: "Choose the manager" };
const DEPUTY: Field = Field::text("deputy", "Who stands in", Some("Their e-mail address or staff number."));
const FROM: Field = Field { kind: "date", ..Field::text("from", "First day", None) };
const TO: Field = Field { kind: "date", ..Field::text("to", "Last day", Some("At most a year later.")) };

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    draw(&state, &who, &Typed::default(), (StatusCode::OK, &[])).await
}

pub(crate) async fn name(State(state): State<AppState>, SignedIn(who): SignedIn, Form(typed): Form<Typed>) -> Response {
    let Typed { manager, deputy, from, to } = &typed;
    let asked = DeputyTyped { manager, deputy, from, to };
    match state.usecases.name_deputy(&who, asked, usecases::clock::now()).await {
        Ok(line) => see_other_saying("/team/deputies", format!("{}.", sentence(&line))),
        Err(Failure::Invalid(errors)) => draw(&state, &who, &typed, (StatusCode::UNPROCESSABLE_ENTITY, &errors)).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn end(State(state): State<AppState>, SignedIn(who): SignedIn, Form(ended): Form<Ended>) -> Response {
    match state.usecases.end_deputy(&who, &ended.id, usecases::clock::now()).await {
        Ok(DeputyLine { deputy, manager, .. }) => {
            see_other_saying("/team/deputies", format!("{deputy} no longer stands in for {manager}."))
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn sentence(line: &DeputyLine) -> String {
    let DeputyLine { manager, deputy, from, to, .. } = line;
    format!("{deputy} stands in for {manager} {}", range_words(*from, *to))
}

/// For whom somebody stands in today, at the top of the team; nothing where for nobody.
pub(super) fn stands_in(lines: Vec<DeputyLine>) -> impl IntoView {
    let lines = lines.into_iter().map(|line| {
        let words = format!("You stand in for {} until {}.", line.manager, date_words(line.to));
        view! { <p>{words}</p> }
    });
    let lines = lines.collect::<Vec<_>>();
    (!lines.is_empty()).then(|| view! { <div class="banner">{lines}</div> })
}

async fn draw(state: &AppState, who: &Who, typed: &Typed, (status, errors): (StatusCode, &[FieldError])) -> Response {
    let DeputiesPage { may_name, managers, named, own } =
        match state.usecases.deputies(who, usecases::clock::now()).await {
            Ok(page) => page,
            Err(failure) => return failed(&failure, &state.assets),
        };
    let title = title("Deputies", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/team"), || {
        let lines = |lines: Vec<DeputyLine>, may_end: bool| {
            let items = lines.into_iter().map(|line| {
                let words = sentence(&line);
                let button = if line.begun { "End now" } else { "Take back" };
                view! {
                    <li class="module-card">
                        <div class="module-card-main"><p>{words.clone()}</p></div>
                        {may_end.then(|| view! {
                            <form method="post" action="/team/deputies/end">
                                <input type="hidden" name="id" value=line.id.to_string() />
                                <button class="button button-secondary" type="submit">{button}<span class="visually-hidden">{format!(": {words}")}</span></button>
                            </form>
                        })}
                    </li>
                }
            });
            view! { <ul class="module-list">{items.collect::<Vec<_>>()}</ul> }
        };
        let (none, for_others) = (named.is_empty(), !own.is_empty());
        view! {
            <a class="back-link" href="/team">"Team"</a>
            {summary(errors)}
            <h1>"Deputies"</h1>
            <p class="lead">"Whoever stands in for a manager sees that manager's people and may record for them what the manager may, on those days and no longer."</p>
            {for_others.then(|| view! { <h2>"For whom you stand in"</h2> {lines(own, false)} })}
            {(!none || may_name).then(|| view! {
                <h2>"Who stands in"</h2>
                {if none { view! { <p>"Nobody, now or later."</p> }.into_any() } else { lines(named, true).into_any() }}
            })}
            {may_name.then(|| view! {
                <h2>"Name a deputy"</h2>
                <form class="form" method="post" action="/team/deputies" novalidate>
                    {(!managers.is_empty()).then(|| choice(MANAGER, &managers, &typed.manager, errors))}
                    {field(DEPUTY, &typed.deputy, errors)}
                    {field(FROM, &typed.from, errors)}
                    {field(TO, &typed.to, errors)}
                    <button class="button" type="submit">"Let them stand in"</button>
                </form>
            })}
        }
    })
}
