//! `/reports/packet`: the audit packet of one requirement and a period. What it holds is shown first; then it is made.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use usecases::{
    Failure, FieldError,
    packet::{Packet, PacketTyped, SHOWN},
    reports::Choices,
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Choice, Field, choice, field, summary, title},
    tables::{file, table_of},
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

const REQUIREMENT: Choice = Choice { name: "requirement", label: "Requirement", hint: None, none: "Choose one" };
const FROM: Field = Field { kind: "date", ..Field::text("from", "First day of the period", None) };
const TO: Field = Field { kind: "date", ..Field::text("to", "Last day of the period", None) };
const DEPARTMENT: Choice =
    Choice { name: "department", label: "Department", hint: Some("With those below it."), none: "All of mine" };

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Query(typed): Query<PacketTyped>,
) -> Response {
    if typed == PacketTyped::default() {
        return answer(&state, &who, StatusCode::OK, (&typed, None), &[]).await;
    }
    match state.usecases.packet(&who, &typed, usecases::clock::now()).await {
        Ok(packet) => answer(&state, &who, StatusCode::OK, (&typed, Some(packet)), &[]).await,
        Err(Failure::Invalid(errors)) => {
            answer(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, (&typed, None), &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn make(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(typed): Form<PacketTyped>,
) -> Response {
    match state.usecases.make_packet(&who, &typed, usecases::clock::now()).await {
        Ok(made) => file(made),
        Err(Failure::Invalid(errors)) => {
            answer(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, (&typed, None), &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    (typed, packet): (&PacketTyped, Option<Packet>),
    errors: &[FieldError],
) -> Response {
    let choices = match state.usecases.report_choices(who, usecases::clock::now()).await {
        Ok(choices) => choices,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let said = title("Audit packet", errors);
    let mut frame = Frame::new(&state.assets, Some(who), &said, "/reports");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(status, &frame, || {
        view! {
            <a class="back-link no-print" href="/reports">"Reports"</a>
            {summary(errors)}
            <h1>"Audit packet"</h1>
            <p class="lead">"For one requirement and a period: everybody whom it concerned, with what proves it and what was changed, in one file to hand over."</p>
            {form(typed, &choices, errors)}
            {packet.map(|packet| shown(typed, packet))}
        }
    })
}

fn form(typed: &PacketTyped, choices: &Choices, errors: &[FieldError]) -> impl IntoView + use<> {
    view! {
        <form class="filters no-print" method="get" action="/reports/packet" novalidate>
            {choice(REQUIREMENT, &choices.requirements, &typed.requirement, errors)}
            {field(FROM, &typed.from, errors)}
            {field(TO, &typed.to, errors)}
            {(choices.departments.len() > 1).then(|| choice(DEPARTMENT, &choices.departments, &typed.department, errors))}
            <button class="button button-secondary" type="submit">"Show what it holds"</button>
        </form>
    }
}

fn shown(typed: &PacketTyped, packet: Packet) -> impl IntoView + use<> {
    let lines = packet.lines.iter().map(|(name, words)| view! { <div><dt>{*name}</dt><dd>{words.clone()}</dd></div> });
    let lines = lines.collect::<Vec<_>>();
    let files =
        packet.files.iter().map(|(name, about)| view! { <li><code>{name.clone()}</code>{format!(", {about}")}</li> });
    let files = files.collect::<Vec<_>>();
    let hidden = typed.fields().map(|(name, value)| view! { <input type="hidden" name=name value=value.to_owned() /> });
    let hidden = hidden.into_iter().collect::<Vec<_>>();
    let sections = [packet.rows, packet.changes].map(|section| {
        let (all, title) = (section.rows.len(), section.title);
        let more = (all > SHOWN).then(|| format!("The first {SHOWN} of {all}; the packet holds all of them."));
        let rows: Vec<_> = section.rows.into_iter().take(SHOWN).collect();
        view! {
            <h2>{title}</h2>
            {if rows.is_empty() {
                view! { <p>{section.none}</p> }.into_any()
            } else {
                view! { <p class="hint">{section.about}" "{more}</p> {table_of(title, &section.columns, rows, true)} }.into_any()
            }}
        }
    });
    let sections = sections.into_iter().collect::<Vec<_>>();
    view! {
        <h2>"What it holds"</h2>
        <dl class="summary-list">{lines}</dl>
        <ul>{files}</ul>
        <form class="no-print" method="post" action="/reports/packet">
            {hidden}
            <button class="button" type="submit">"Make the packet"</button>
            <p class="hint">"One file (ZIP). A large one takes a moment. That you made it goes into the audit log."</p>
        </form>
        {sections}
    }
}
