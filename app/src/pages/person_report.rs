//! `/reports/people/{id}`: everything about one person, for those who may see them; `/reports/people/me` for oneself. To read, to print,
//! and as files.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::civil::Date;
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, PersonId,
    obligations::day_named,
    reports::{PersonReport, Section},
    viewed::About,
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Field, field, summary, time_words, title},
    looked,
    tables::{file, table_of},
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

/// Oneself, in the place of an id.
const ME: &str = "me";

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    known_on: String,
}

const AS_OF: Field =
    Field { kind: "date", ..Field::text("as_of", "As of", Some("How things stand at the end of this day.")) };
const KNOWN_ON: Field = Field {
    kind: "date",
    ..Field::text("known_on", "As known on", Some("Leaves out what was recorded later. Empty: everything counts."))
};

impl Asked {
    /// The days that are asked about, and what is to be corrected.
    fn days(&self) -> ((Option<Date>, Option<Date>), Vec<FieldError>) {
        let mut errors = Vec::new();
        let mut day = |field, name: &str, typed: &str| {
            day_named(field, name, typed).unwrap_or_else(|error| {
                errors.push(error);
                None
            })
        };
        let days =
            (day("as_of", "the day “As of”", &self.as_of), day("known_on", "the day “As known on”", &self.known_on));
        (days, errors)
    }

    fn query(&self) -> String {
        let said = [("as_of", &self.as_of), ("known_on", &self.known_on)];
        let said = said.into_iter().filter(|(_, day)| !day.trim().is_empty());
        let said: Vec<String> =
            said.map(|(name, day)| format!("{name}={}", crate::request::encoded(day.trim()))).collect();
        if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) }
    }
}

/// Whose report an address names.
fn whose(who: &Who, id: &str) -> Option<PersonId> {
    if id == ME { Some(who.person) } else { id.parse().ok().map(PersonId) }
}

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(person) = whose(&who, &id) else { return failed(&Failure::NotFound, &state.assets) };
    let (days, errors) = asked.days();
    match state.usecases.person_report(&who, person, days, usecases::clock::now()).await {
        Ok(report) => looked(render(&state, &who, &id, report, &asked, &errors), person, About::Report),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn download(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((id, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(person) = whose(&who, &id) else { return failed(&Failure::NotFound, &state.assets) };
    let (days, errors) = asked.days();
    if !errors.is_empty() {
        return failed(&Failure::Invalid(errors), &state.assets);
    }
    match state.usecases.person_file(&who, (person, &name), days, usecases::clock::now()).await {
        Ok(made) => file(made),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn render(
    state: &AppState,
    who: &Who,
    id: &str,
    report: PersonReport,
    asked: &Asked,
    errors: &[FieldError],
) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let heading = if report.own { "Everything about me".to_owned() } else { report.title() };
    let said = title(&heading, errors);
    let here = if report.own { "/record" } else { "/reports" };
    let mut frame = Frame::new(&state.assets, Some(who), &said, here);
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(status, &frame, || {
        let back = match report.own {
            true => ("/record".to_owned(), "My record".to_owned()),
            false => (format!("/team/{}/training", report.person), format!("Training of {}", report.name)),
        };
        let own = format!("/reports/people/{id}");
        let query = asked.query();
        let pdf = format!("{own}/report.pdf{query}");
        let lines =
            report.lines.iter().map(|(name, words)| view! { <div><dt>{*name}</dt><dd>{words.clone()}</dd></div> });
        let lines = lines.collect::<Vec<_>>();
        let said = report.as_of_words();
        let made = format!("{}, {}, made by {}", report.organisation, time_words(report.made_at), report.made_by);
        let sections = report.sections.into_iter().map(|one| section(one, &own, &query)).collect::<Vec<_>>();
        view! {
            <a class="back-link no-print" href=back.0>{back.1}</a>
            {summary(errors)}
            <h1>{heading.clone()}</h1>
            <p class="report-head">{said}<span class="print-only">{format!(" · {made}")}</span></p>
            <dl class="summary-list">{lines}</dl>
            <p class="button-row no-print"><a class="button button-secondary" href=pdf>"Download all of it as PDF"</a></p>
            {sections}
            <div class="no-print">
                <h2>"Another day"</h2>
                <p>"What is asked is shown as it stands on that day. What was done and recorded is always all there is, but for cycles: of a day on which something was known, they are those that were known."</p>
                <form class="form" method="get" action=own.clone() novalidate>
                    {field(AS_OF, &asked.as_of, errors)}
                    {field(KNOWN_ON, &asked.known_on, errors)}
                    <button class="button button-secondary" type="submit">"Show that day"</button>
                </form>
            </div>
        }
    })
}

fn section(section: Section, own: &str, query: &str) -> impl IntoView + use<> {
    let Section { title, file, about, none, columns, rows } = section;
    let href = format!("{own}/{file}.csv{query}");
    view! {
        <section aria-label=title>
            <h2>{title}</h2>
            {if rows.is_empty() {
                view! { <p>{none}</p> }.into_any()
            } else {
                view! {
                    <p class="hint">{about}</p>
                    {table_of(title, &columns, rows, false)}
                    <p class="no-print"><a href=href>"Download as a table (CSV)"<span class="visually-hidden">{format!(": {title}")}</span></a></p>
                }.into_any()
            }}
        </section>
    }
}
