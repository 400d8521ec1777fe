//! `/reports/views/{id}`: a view that was saved: its name, when and to whom it is mailed. What belongs to views on other pages is here
//! too: saving one under a report, the list under all reports, and what is mailed to oneself under one's messages.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    reports::{
        Report, Typed,
        saved::{Choosing, Every, MailedView, MailingView, RecipientView, ViewLine, ViewPage, every_words},
    },
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Choice, Field, choice, field, summary, title},
    modules::date_words,
    person::{confirm, first_large},
    see_other_saying,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

const NAME: Field = Field::text("view_name", "Name", Some("As you will look for it, for example Ward 3, overdue."));
const EVERY: Choice = Choice { name: "every", label: "Mail it", hint: None, none: "Not at all" };
const PERSON: Field = Field::text(
    "person",
    "Mail it to somebody else too",
    Some(
        "A part of their name, e-mail address or staff number. They see a team themselves, and get the rows that they may see.",
    ),
);
const AMONG: Choice = Choice { name: "chosen", label: "Which of them", hint: None, none: "Choose the person" };

/// The form under a report that keeps it with its filters.
pub(super) fn keep(report: Report, typed: &Typed) -> impl IntoView + use<> {
    let query = typed.with(|_| ()).query();
    view! {
        <details class="no-print">
            <summary>"Save this view"</summary>
            {form(report, &query, "", &[])}
        </details>
    }
}

fn form(report: Report, query: &str, name: &str, errors: &[FieldError]) -> impl IntoView + use<> {
    view! {
        <form class="form" method="post" action="/reports/views" novalidate>
            <input type="hidden" name="report" value=report.as_str() />
            <input type="hidden" name="query" value=query.to_owned() />
            {field(NAME, name, errors)}
            <button class="button button-secondary" type="submit">"Save this view"</button>
        </form>
    }
}

/// One's views, under all reports; nothing where there is none.
pub(super) fn list(views: Vec<ViewLine>) -> impl IntoView {
    let lines = views.into_iter().map(|view| {
        let mailed = view.mailing.map(|mailing| format!(" {}", mailed_words(mailing)));
        view! {
            <li>
                <a href=view.href>{view.name.clone()}</a>
                <p class="hint">
                    {format!("{}.", view.report.title())}{mailed}" "
                    <a href=format!("/reports/views/{}", view.id)>"Rename, mail or delete"<span class="visually-hidden">{format!(": {}", view.name)}</span></a>
                </p>
            </li>
        }
    });
    let lines = lines.collect::<Vec<_>>();
    (!lines.is_empty()).then(|| view! { <h2>"Saved views"</h2> <ul class="report-list">{lines}</ul> })
}

fn mailed_words(mailing: MailingView) -> String {
    let people = match mailing.recipients {
        0 => "nobody yet".to_owned(),
        1 => "one person".to_owned(),
        many => format!("{many} people"),
    };
    format!("Mailed {} to {people}, next on {}.", every_words(mailing.every), date_words(mailing.next))
}

/// The views that are mailed to somebody, under their messages; nothing where there is none.
pub(super) fn mailed(views: Vec<MailedView>) -> impl IntoView {
    let lines = views.into_iter().map(|view| {
        let words = format!("From {}, {}", view.owner, every_words(view.every));
        view! {
            <li class="module-card">
                <div class="module-card-main"><h3>{view.name.clone()}</h3><p class="module-card-meta">{words}</p></div>
                <form method="post" action="/profile/messages/view">
                    <input type="hidden" name="view" value=view.id.to_string() />
                    <button class="button button-secondary" type="submit">"Stop this one"<span class="visually-hidden">{format!(": {}", view.name)}</span></button>
                </form>
            </li>
        }
    });
    let lines = lines.collect::<Vec<_>>();
    (!lines.is_empty()).then(|| {
        view! {
            <h2>"Views of reports that are mailed to me"</h2>
            <p>"They come while summaries are switched on, and only when there is something in them that I may see."</p>
            <ul class="module-list">{lines}</ul>
        }
    })
}

#[derive(Default, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    view_name: String,
    #[serde(default)]
    report: String,
    #[serde(default)]
    query: String,
    #[serde(default)]
    every: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    chosen: String,
    #[serde(default)]
    view: String,
}

pub(crate) async fn save(State(state): State<AppState>, SignedIn(who): SignedIn, Form(sent): Form<Sent>) -> Response {
    let asked = (sent.report.as_str(), sent.query.as_str());
    let errors = match state.usecases.save_view(&who, &sent.view_name, asked, usecases::clock::now()).await {
        Ok(view) => {
            let words = format!("“{}” was saved. Here it can be mailed, too.", view.name);
            return see_other_saying(&format!("/reports/views/{}", view.id), words);
        }
        Err(Failure::Invalid(errors)) => errors,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let Some(report) = Report::parse(&sent.report) else { return failed(&Failure::NotFound, &state.assets) };
    let title = title("Save this view", &errors);
    page(StatusCode::UNPROCESSABLE_ENTITY, &Frame::new(&state.assets, Some(&who), &title, "/reports"), || {
        let back = format!("/reports/{}?{}", report.as_str(), Typed::of_query(&sent.query).query());
        view! {
            <a class="back-link" href=back>{report.title()}</a>
            {summary(&errors)}
            <h1>"Save this view"</h1>
            {form(report, &sent.query, &sent.view_name, &errors)}
        }
    })
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    draw(&state, &who, id, &Drawn::default()).await
}

pub(crate) async fn rename(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Response {
    match state.usecases.rename_view(&who, id, &sent.view_name, usecases::clock::now()).await {
        Ok(()) => see_other_saying(&format!("/reports/views/{id}"), "The name was saved."),
        Err(Failure::Invalid(errors)) => draw(&state, &who, id, &Drawn::wrong(sent, errors)).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn delete(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    match state.usecases.delete_view(&who, id, usecases::clock::now()).await {
        Ok(name) => see_other_saying("/reports", format!("“{name}” was deleted.")),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn mail(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Response {
    match state.usecases.mail_view(&who, id, &sent.every, usecases::clock::now()).await {
        Ok(()) => {
            let words = Every::parse(&sent.every).map_or_else(
                || "It is not mailed.".to_owned(),
                |every| format!("It is mailed {}.", every_words(every)),
            );
            see_other_saying(&format!("/reports/views/{id}"), words)
        }
        Err(Failure::Invalid(errors)) => draw(&state, &who, id, &Drawn::wrong(sent, errors)).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn add_recipient(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Response {
    let asked = (sent.person.as_str(), sent.chosen.as_str());
    match state.usecases.add_recipient(&who, id, asked, usecases::clock::now()).await {
        Ok(Choosing::Added(name)) => {
            see_other_saying(&format!("/reports/views/{id}"), format!("{name} gets it too from now on."))
        }
        Ok(Choosing::Among(among)) => {
            let errors = vec![FieldError::new("chosen", "Several people fit: choose which of them")];
            draw(&state, &who, id, &Drawn { among, ..Drawn::wrong(sent, errors) }).await
        }
        Err(Failure::Invalid(errors)) => draw(&state, &who, id, &Drawn::wrong(sent, errors)).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn remove_recipient(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Response {
    match state.usecases.remove_recipient(&who, id, &sent.person, usecases::clock::now()).await {
        Ok(name) => see_other_saying(&format!("/reports/views/{id}"), format!("It is not mailed to {name} any more.")),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn stop(State(state): State<AppState>, SignedIn(who): SignedIn, Form(sent): Form<Sent>) -> Response {
    match state.usecases.stop_view(&who, &sent.view, usecases::clock::now()).await {
        Ok(name) => see_other_saying("/profile/messages", format!("“{name}” is not mailed to you any more.")),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// The page as it is drawn: afresh, or with what was typed and what is wrong with it.
#[derive(Default)]
struct Drawn {
    typed: Option<Sent>,
    errors: Vec<FieldError>,
    /// Several people who fit what was typed.
    among: Vec<(String, String)>,
}

impl Drawn {
    fn wrong(typed: Sent, errors: Vec<FieldError>) -> Self {
        Self { typed: Some(typed), errors, among: Vec::new() }
    }
}

async fn draw(state: &AppState, who: &Who, id: i64, drawn: &Drawn) -> Response {
    let ViewPage { line, recipients } = match state.usecases.saved_view(who, id, usecases::clock::now()).await {
        Ok(page) => page,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let Drawn { typed, errors, among } = drawn;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let said = title(&line.name, errors);
    page(status, &Frame::new(&state.assets, Some(who), &said, "/reports"), || {
        let action = |deed: &str| format!("/reports/views/{id}{deed}");
        let name =
            typed.as_ref().map(|sent| &sent.view_name).filter(|_| errors.iter().any(|error| error.field == NAME.name));
        let every = line.mailing.map(|mailing| mailing.every);
        let words =
            [Every::Week, Every::Month].map(|every| (every.as_str().to_owned(), first_large(every_words(every))));
        let delete = view! {
            <form method="post" action=action("/delete")><button class="button button-danger" type="submit">"Yes, delete it"</button></form>
        };
        view! {
            <a class="back-link" href="/reports">"Reports"</a>
            {summary(errors)}
            <h1>{line.name.clone()}</h1>
            <p><a href=line.href.clone()>{format!("Open the report {}", line.report.title())}</a></p>
            <h2>"By e-mail"</h2>
            {line.mailing.map(|mailing| view! { <p>{mailed_words(mailing)}" Nothing is sent to somebody who would see nothing in it."</p> })}
            <form class="form" method="post" action=action("/mailing") novalidate>
                {choice(EVERY, &words, every.map(Every::as_str).unwrap_or_default(), errors)}
                <button class="button" type="submit">"Save"</button>
            </form>
            {every.map(|_| recipients_of(id, recipients, typed.as_ref(), among, errors))}
            <h2>"Name"</h2>
            <form class="form" method="post" action=action("") novalidate>
                {field(NAME, name.unwrap_or(&line.name), errors)}
                <button class="button button-secondary" type="submit">"Save this name"</button>
            </form>
            {confirm("button button-danger", "Delete this view".to_owned(), "It is mailed to nobody any more. What it shows stays as it is.", delete)}
        }
    })
}

/// To whom a view is mailed, and the form that adds somebody.
fn recipients_of(
    id: i64,
    recipients: Vec<RecipientView>,
    typed: Option<&Sent>,
    among: &[(String, String)],
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let lines = recipients.into_iter().map(|one| {
        view! {
            <li class="module-card">
                <div class="module-card-main"><p>{one.name.clone()}</p>{one.silent.map(|words| view! { <p class="module-card-meta">{words}</p> })}</div>
                <form method="post" action=format!("/reports/views/{id}/remove")>
                    <input type="hidden" name="person" value=one.person.to_string() />
                    <button class="button button-secondary" type="submit">"Remove"<span class="visually-hidden">{format!(": {}", one.name)}</span></button>
                </form>
            </li>
        }
    });
    let person = typed.map(|sent| sent.person.clone()).unwrap_or_default();
    view! {
        <ul class="module-list">{lines.collect::<Vec<_>>()}</ul>
        <form class="form" method="post" action=format!("/reports/views/{id}/recipients") novalidate>
            {field(PERSON, &person, errors)}
            {(!among.is_empty()).then(|| choice(AMONG, among, "", errors))}
            <button class="button button-secondary" type="submit">"Mail it to them"</button>
        </form>
    }
}
