//! `/modules/{slug}/{page}`: one idea a screen, and the steps that are taken on it.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    learn::{Next, PageBody, ReaderPage, Step},
    question::QuestionView,
    who::Who,
};

use super::{
    SignedIn, Wants,
    activity::activity_card,
    failed,
    form::{minutes_words, summary, title},
    question::{AnswerForm, Drawn, question, reflection},
    see_other, see_other_saying,
};
use crate::{
    posted::Form,
    shell::{Frame, page_with},
    state::AppState,
};

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path((slug, page_id)): Path<(String, String)>,
) -> Response {
    match state.usecases.page(&who, &slug, &page_id).await {
        Ok(reader) => render(&state, &who, wants, StatusCode::OK, reader, None),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn mark_read(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path((slug, page_id)): Path<(String, String)>,
    Form(sent): Form<AnswerForm>,
) -> Response {
    let step = Step { slug: &slug, page: &page_id, token: &sent.token, version: sent.version, newest: sent.newest };
    match state.usecases.mark_read(&who, step, usecases::clock::now()).await {
        Ok(next) => wants.go(&next),
        Err(Failure::Conflict) => {
            let words =
                "This page had moved on, perhaps in another tab. Nothing was changed; here is how it stands now.";
            stands(&state, &who, wants, (&slug, &page_id), (StatusCode::CONFLICT, words.to_owned())).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// One endpoint for the plain form and for the one that is answered in place.
pub(crate) async fn check(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path((slug, page_id)): Path<(String, String)>,
    Form(sent): Form<AnswerForm>,
) -> Response {
    let step = Step { slug: &slug, page: &page_id, token: &sent.token, version: sent.version, newest: sent.newest };
    let answer = sent.answer();
    let problem = match state.usecases.answer_check(&who, step, &answer, usecases::clock::now()).await {
        Ok(()) if wants == Wants::Page => return see_other(&format!("/modules/{slug}/{page_id}#verdict")),
        Ok(()) => None,
        Err(Failure::Invalid(errors)) => {
            errors.into_iter().next().map(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.message))
        }
        Err(Failure::Conflict) => Some((
            StatusCode::CONFLICT,
            "You answered this before. Your first answer is kept and shown here; nothing was changed.".to_owned(),
        )),
        Err(failure) => return failed(&failure, &state.assets),
    };
    let kept = problem.as_ref().is_some_and(|(status, _)| *status == StatusCode::UNPROCESSABLE_ENTITY);
    match state.usecases.page(&who, &slug, &page_id).await {
        Ok(mut reader) => {
            if let (true, PageBody::Check(view)) = (kept, &mut reader.body) {
                view.keep(&answer);
            }
            let status = problem.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
            render(&state, &who, wants, status, reader, problem.map(|(_, words)| words))
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

#[derive(Deserialize)]
pub(crate) struct Written {
    token: String,
    #[serde(default)]
    over: i64,
    #[serde(default)]
    text: String,
}

pub(crate) async fn reflect(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path((slug, page_id)): Path<(String, String)>,
    Form(sent): Form<Written>,
) -> Response {
    let kept = state
        .usecases
        .reflect(&who, (&slug, &page_id), (&sent.token, sent.over, &sent.text), usecases::clock::now())
        .await;
    let (status, words) = match kept {
        Ok(()) if wants == Wants::Page => {
            return see_other_saying(
                &format!("/modules/{slug}/{page_id}"),
                "Your words are kept. Only you can read them.",
            );
        }
        Ok(()) => return wants.go(&format!("/modules/{slug}/{page_id}")),
        Err(Failure::Invalid(errors)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            errors.into_iter().next().map_or_else(String::new, |error| error.message),
        ),
        Err(Failure::Conflict) => (
            StatusCode::CONFLICT,
            "Other words were kept meanwhile, perhaps on another device. Here are those you just sent: keep them again to put them in \
             the place of the others."
                .to_owned(),
        ),
        Err(failure) => return failed(&failure, &state.assets),
    };
    match state.usecases.page(&who, &slug, &page_id).await {
        Ok(mut reader) => {
            // What was typed is not lost because it cannot be taken.
            if let PageBody::Reflect { text, .. } = &mut reader.body {
                *text = sent.text;
            }
            render(&state, &who, wants, status, reader, Some(words))
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn stands(
    state: &AppState,
    who: &Who,
    wants: Wants,
    (slug, page_id): (&str, &str),
    (status, words): (StatusCode, String),
) -> Response {
    match state.usecases.page(who, slug, page_id).await {
        Ok(reader) => render(state, who, wants, status, reader, Some(words)),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn render(
    state: &AppState,
    who: &Who,
    wants: Wants,
    status: StatusCode,
    reader: ReaderPage,
    problem: Option<String>,
) -> Response {
    let open = is_open(&reader);
    // An answer that is missing is told like a field of any form.
    let field = if matches!(reader.body, PageBody::Reflect { .. }) { "text" } else { "answers" };
    let errors: Vec<FieldError> = match &problem {
        Some(words) if status == StatusCode::UNPROCESSABLE_ENTITY => vec![FieldError::new(field, words.clone())],
        _ => Vec::new(),
    };
    let title = title(&reader.title, &errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/modules");
    frame.class = "page page-reading";
    frame.islands = open;
    // What somebody wrote for themselves is not left on a shared device.
    frame.not_kept = matches!(reader.body, PageBody::Reflect { .. });
    // A problem with an answer stands at the question; anything else is told above the page.
    let (at_question, above) = if errors.is_empty() { (None, problem) } else { (problem, None) };
    let drawn = Drawn {
        open,
        problem: at_question,
        left_out: if reader.completed { "You were not asked this, or left it out" } else { "" },
        ..Drawn::default()
    };
    match reader.body.clone() {
        PageBody::Check(view) => {
            let part = check_form(&reader, view, drawn);
            page_with(wants, status, &frame, || part, |part| around(&reader, &errors, above, part, open))
        }
        PageBody::Text | PageBody::Cards => {
            let class = if reader.body == PageBody::Cards { "word-cards" } else { "" };
            let html = reader.html.clone();
            let body = move || view! { <div class=class inner_html=html></div> };
            crate::shell::page(status, &frame, || around(&reader, &errors, above, body().into_any(), false))
        }
        PageBody::Reflect { words, text, over } => {
            let (href, token, html) = (reader.href.clone(), reader.token.clone(), reader.html.clone());
            let problem = drawn.problem.clone();
            let body = move || {
                view! {
                    <div inner_html=html></div>
                    <form method="post" action=format!("{href}/reflect")>
                        <input type="hidden" name="token" value=token />
                        <input type="hidden" name="over" value=over.to_string() />
                        {problem.map(|words| view! { <p class="error-message" id="text-error"><span class="visually-hidden">"Error: "</span>{words}</p> })}
                        {reflection(words, text, "", true)}
                        <button class="button button-secondary" type="submit">"Keep my words"</button>
                    </form>
                }
            };
            crate::shell::page(status, &frame, || around(&reader, &errors, above, body().into_any(), false))
        }
    }
}

fn is_open(reader: &ReaderPage) -> bool {
    matches!(&reader.body, PageBody::Check(view) if view.verdict.is_none())
}

fn check_form(reader: &ReaderPage, view: QuestionView, drawn: Drawn) -> impl IntoView + use<> {
    let open = drawn.open;
    let (href, token, version, newest) =
        (reader.href.clone(), reader.token.clone(), reader.version.to_string(), reader.newest);
    view! {
        <form class="check" method="post" action=format!("{href}/check")>
            <input type="hidden" name="token" value=token />
            <input type="hidden" name="version" value=version />
            {newest.map(|newest| view! { <input type="hidden" name="newest" value=newest.to_string() /> })}
            {question(view, &drawn)}
            {open.then(|| view! { <button class="button" type="submit">"Check my answer"</button> })}
        </form>
    }
}

/// What lies around what there is to do on a page: where one is, what stands below, the ways on and back.
fn around(
    reader: &ReaderPage,
    errors: &[FieldError],
    above: Option<String>,
    body: AnyView,
    open: bool,
) -> impl IntoView + use<> {
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
    let next = match &reader.next {
        Next::Page { .. } => "Next".to_owned(),
        Next::LeftOut { .. } => "To the first page not read yet".to_owned(),
        Next::Activity { is_quiz: true, .. } => "To the quiz".to_owned(),
        Next::Activity { .. } => "To the role-play".to_owned(),
        Next::End { .. } => "Finish".to_owned(),
    };
    let missing = reader.activities.iter().any(|activity| activity.required && !activity.passed);
    let next_class = if open || missing { "button button-secondary" } else { "button" };
    let below = matches!(reader.body, PageBody::Check(_)).then(|| reader.html.clone()).filter(|html| !html.is_empty());
    view! {
        <nav class="page-steps" aria-label="Pages of this module">
            <p class="page-steps-where">
                {format!("Page {} of {total}", reader.number)}
                {reader.minutes_left.map(|left| view! { " " <span>{format!("about {} of reading left", minutes_words(left))}</span> })}
            </p>
            <progress class="progress-bar" max=total.to_string() value=reader.number.to_string() aria-hidden="true"></progress>
            <details><summary>"All pages"</summary><ol>{pages.collect::<Vec<_>>()}</ol></details>
        </nav>
        {summary(errors)}
        {above.map(|words| view! {
            <div class="banner banner-warning" role="status"><h2>"Nothing was changed"</h2><p>{words}</p></div>
        })}
        <article class="prose">
            <p class="caption"><a href=format!("/modules/{}", reader.slug)>{reader.module_title.clone()}</a></p>
            <h1>{reader.title.clone()}</h1>
            {body}
            {below.map(|html| view! { <div class="after-check" inner_html=html></div> })}
        </article>
        {reader.activities.iter().cloned().map(activity_card).collect::<Vec<_>>()}
        <div class="reader-actions">
            {if reader.completed {
                // After completion the pages are there to read again; nothing is recorded.
                view! { <a class="button" href=reader.next.href().to_owned()>{next}</a> }.into_any()
            } else {
                view! {
                    <form method="post" action=format!("{}/read", reader.href)>
                        <input type="hidden" name="token" value=reader.read_token.clone() />
                        <input type="hidden" name="version" value=reader.version.to_string() />
                        {reader.newest.map(|newest| view! { <input type="hidden" name="newest" value=newest.to_string() /> })}
                        <button class=next_class type="submit">
                            // An answer in place does not draw this button again: the style sheet takes the words away.
                            // One element around both, since what lies in a button lies side by side.
                            <span>{next}{open.then(|| view! { <span class="while-open">" without answering"</span> })}</span>
                        </button>
                    </form>
                }.into_any()
            }}
            {reader.back_href.clone().map(|href| view! { <a class="button button-secondary" href=href>"Back"</a> })}
        </div>
    }
}
