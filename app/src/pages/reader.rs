//! `/modules/{slug}/{page}`: one idea a screen, and the steps that are taken on it.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    learn::{CheckPage, Next, PageBody, ReaderPage, Step},
};

use super::{
    SignedIn, failed,
    form::{summary, title},
    see_other,
    visitor::accepts_json,
};
use crate::{
    islands::check::{Check, CheckView, OptionView, Verdict},
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((slug, page_id)): Path<(String, String)>,
) -> Response {
    match state.usecases.page(&who, &slug, &page_id).await {
        Ok(reader) => render(&state, &who, StatusCode::OK, reader, None),
        Err(failure) => failed(&failure, &state.assets),
    }
}

#[derive(Deserialize)]
pub(crate) struct Sent {
    token: String,
    version: i64,
    newest: Option<i64>,
    #[serde(default)]
    answer: Vec<u32>,
}

pub(crate) async fn mark_read(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((slug, page_id)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Response {
    let step = Step { slug: &slug, page: &page_id, token: &sent.token, version: sent.version, newest: sent.newest };
    match state.usecases.mark_read(&who, step, usecases::clock::now()).await {
        Ok(next) => see_other(&next),
        Err(Failure::Conflict) => {
            let words =
                "This page had moved on, perhaps in another tab. Nothing was changed; here is how it stands now.";
            match state.usecases.page(&who, &slug, &page_id).await {
                Ok(reader) => render(&state, &who, StatusCode::CONFLICT, reader, Some(words.to_owned())),
                Err(failure) => failed(&failure, &state.assets),
            }
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// One endpoint for the plain form and for the island: what comes back follows `Accept`.
pub(crate) async fn check(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((slug, page_id)): Path<(String, String)>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Response {
    let step = Step { slug: &slug, page: &page_id, token: &sent.token, version: sent.version, newest: sent.newest };
    let json = accepts_json(&headers);
    let (status, problem) = match state.usecases.answer_check(&who, step, &sent.answer, usecases::clock::now()).await {
        Ok(()) if json => (StatusCode::OK, None),
        Ok(()) => return see_other(&format!("/modules/{slug}/{page_id}#verdict")),
        Err(Failure::Invalid(errors)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, errors.into_iter().next().map(|error| error.message))
        }
        Err(Failure::Conflict) => (
            StatusCode::CONFLICT,
            Some("You answered this before. Your first answer is kept and shown here; nothing was changed.".to_owned()),
        ),
        Err(failure) => return failed(&failure, &state.assets),
    };
    match state.usecases.page(&who, &slug, &page_id).await {
        Ok(ReaderPage { body: PageBody::Check(check), token, version, newest, href, .. }) if json => {
            (status, Json(check_view(check, &href, &token, (version, newest), problem))).into_response()
        }
        Ok(reader) => render(&state, &who, status, reader, problem),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn check_view(
    check: CheckPage,
    href: &str,
    token: &str,
    (version, newest): (i64, Option<i64>),
    problem: Option<String>,
) -> CheckView {
    let options = check.options.into_iter().map(|option| OptionView {
        id: option.id,
        html: option.html,
        ticked: option.ticked,
        correct: option.correct,
        feedback_html: option.feedback_html,
    });
    CheckView {
        action: format!("{href}/check"),
        token: token.to_owned(),
        version,
        newest,
        multiple: check.multiple,
        stem_html: check.stem_html,
        hint_html: check.hint_html,
        options: options.collect(),
        verdict: check.verdict.map(|verdict| Verdict { right: verdict.right, feedback_html: verdict.feedback_html }),
        problem,
    }
}

fn render(
    state: &AppState,
    who: &usecases::who::Who,
    status: StatusCode,
    reader: ReaderPage,
    problem: Option<String>,
) -> Response {
    // An answer that is missing is told like a field of any form.
    let errors: Vec<FieldError> = match &problem {
        Some(words) if status == StatusCode::UNPROCESSABLE_ENTITY => vec![FieldError::new("answers", words.clone())],
        _ => Vec::new(),
    };
    let title = title(&reader.title, &errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/modules");
    frame.class = "page page-reading";
    frame.islands = matches!(&reader.body, PageBody::Check(check) if check.verdict.is_none());
    page(status, &frame, || {
        let pages = reader.pages.iter().enumerate().map(|(at, entry)| {
            let current = (at + 1 == reader.number).then_some("step");
            view! {
                <li class=entry.read.then_some("is-done")>
                    <a href=entry.href.clone() aria-current=current>{entry.title.clone()}</a>
                    {entry.read.then(|| view! { " " <span class="visually-hidden">"(read)"</span> })}
                </li>
            }
        });
        let total = reader.pages.len();
        let open = matches!(&reader.body, PageBody::Check(check) if check.verdict.is_none());
        let next = match reader.next {
            Next::Page => "Next",
            Next::LeftOut => "To the first page not read yet",
            Next::End => "Finish",
        };
        let next_class = if open { "button button-secondary" } else { "button" };
        // A problem with an answer stands at the question; anything else is told above the page.
        let (at_question, above) =
            if open && status == StatusCode::UNPROCESSABLE_ENTITY { (problem, None) } else { (None, problem) };
        let body = match reader.body.clone() {
            PageBody::Text(html) => view! { <div inner_html=html></div> }.into_any(),
            PageBody::Check(check) => {
                let version = (reader.version, reader.newest);
                let view = check_view(check, &reader.href, &reader.token, version, at_question);
                view! { <Check view=view /> }.into_any()
            }
        };
        view! {
            <nav class="page-steps" aria-label="Pages of this module">
                <p class="page-steps-where">
                    {format!("Page {} of {total}", reader.number)}
                    {reader.minutes_left.map(|left| view! { " " <span>{format!("about {left} minutes left")}</span> })}
                </p>
                <progress class="progress-bar" max=total.to_string() value=reader.number.to_string() aria-hidden="true"></progress>
                <details><summary>"All pages"</summary><ol>{pages.collect::<Vec<_>>()}</ol></details>
            </nav>
            {summary(&errors)}
            {above.map(|words| view! {
                <div class="banner banner-warning" role="status"><h2>"Nothing was changed"</h2><p>{words}</p></div>
            })}
            <article class="prose">
                <p class="caption"><a href=format!("/modules/{}", reader.slug)>{reader.module_title.clone()}</a></p>
                <h1>{reader.title.clone()}</h1>
                {body}
                {(!reader.after_html.is_empty()).then(|| view! { <div class="after-check" inner_html=reader.after_html.clone()></div> })}
            </article>
            <div class="reader-actions">
                {match reader.next_href.clone() {
                    // After completion the pages are there to read again; nothing is recorded.
                    Some(href) => view! { <a class="button" href=href>{next}</a> }.into_any(),
                    None => view! {
                        <form method="post" action=format!("{}/read", reader.href)>
                            <input type="hidden" name="token" value=reader.read_token.clone() />
                            <input type="hidden" name="version" value=reader.version.to_string() />
                            {reader.newest.map(|newest| view! { <input type="hidden" name="newest" value=newest.to_string() /> })}
                            <button class=next_class type="submit">
                                // The island answers without drawing this button again: the style sheet takes the words away.
                                // One element around both, since what lies in a button lies side by side.
                                <span>{next}{open.then(|| view! { <span class="while-open">" without answering"</span> })}</span>
                            </button>
                        </form>
                    }.into_any(),
                }}
                {reader.back_href.clone().map(|href| view! { <a class="button button-secondary" href=href>"Back"</a> })}
            </div>
        }
    })
}
