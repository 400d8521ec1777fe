//! `/recall/{slug}`: a few questions between cycles, one at a time, and what they showed; and their place on My training.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use usecases::{
    Failure, FieldError,
    question::Sent,
    recall::{RecallClosing, RecallOverview, RecallQuestion, RecallStands, Recalled},
    who::Who,
};

use super::{
    SignedIn, Wants, failed,
    form::{minutes_words, summary, title},
    modules::date_words,
    question::{AnswerForm, Drawn, question},
};
use crate::{
    posted::Form,
    shell::{Frame, page, page_with},
    state::AppState,
};

fn frame<'a>(state: &'a AppState, who: &'a Who, title: &'a str) -> Frame<'a> {
    let mut frame = Frame::new(&state.assets, Some(who), title, "/");
    frame.class = "page page-reading";
    frame.not_kept = true;
    frame
}

/// To the question there is, or what the last ones showed.
pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path(slug): Path<String>,
) -> Response {
    match state.usecases.recall_session(&who, &slug, usecases::clock::now()).await {
        Ok(RecallStands::Question(href)) => wants.go(&href),
        Ok(RecallStands::Nothing(closing)) => {
            let title = format!("Two minutes: {}", closing.title);
            page(StatusCode::OK, &frame(&state, &who, &title), || over(closing))
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn ask(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path((slug, number)): Path<(String, usize)>,
) -> Response {
    stands(&state, &who, wants, (&slug, number), None).await
}

/// One endpoint for the plain form and for the one that is answered in place.
pub(crate) async fn answer(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path((slug, number)): Path<(String, usize)>,
    Form(sent): Form<AnswerForm>,
) -> Response {
    let typed = sent.answer();
    let recalled = Recalled { slug: &slug, session: &sent.session, number, sent: &typed, token: &sent.token };
    let late = match state.usecases.answer_recall(&who, recalled, usecases::clock::now()).await {
        Ok(next) if wants == Wants::Page => return wants.go(&next),
        Ok(_) => None,
        Err(Failure::Invalid(errors)) => {
            let words = errors.into_iter().next().map_or_else(String::new, |error| error.message);
            Some(Late { status: StatusCode::UNPROCESSABLE_ENTITY, words, typed: Some(typed) })
        }
        Err(Failure::Conflict) => {
            let words =
                "This was answered before, perhaps in another tab. The first answer stands; here is how it is now.";
            Some(Late { status: StatusCode::CONFLICT, words: words.to_owned(), typed: None })
        }
        Err(failure) => return failed(&failure, &state.assets),
    };
    stands(&state, &who, wants, (&slug, number), late).await
}

/// Why an answer was not taken.
struct Late {
    status: StatusCode,
    words: String,
    typed: Option<Sent>,
}

async fn stands(
    state: &AppState,
    who: &Who,
    wants: Wants,
    (slug, number): (&str, usize),
    late: Option<Late>,
) -> Response {
    let mut asked = match state.usecases.recall_question(who, slug, number, usecases::clock::now()).await {
        Ok(Ok(asked)) => asked,
        Ok(Err(elsewhere)) if late.is_some() => {
            return wants.moved_on(
                &elsewhere,
                "The questions had changed meanwhile. What you sent was not taken; here is how it is now.",
            );
        }
        Ok(Err(elsewhere)) => return wants.go(&elsewhere),
        Err(failure) => return failed(&failure, &state.assets),
    };
    let status = late.as_ref().map_or(StatusCode::OK, |late| late.status);
    if let Some(typed) = late.as_ref().and_then(|late| late.typed.as_ref()) {
        asked.question.keep(typed);
    }
    let (errors, above) = match late {
        Some(late) if status == StatusCode::UNPROCESSABLE_ENTITY => {
            (vec![FieldError::new("answers", late.words)], None)
        }
        Some(late) => (Vec::new(), Some(late.words)),
        None => (Vec::new(), None),
    };
    let heading = title(&format!("Question {} of {}: {}", asked.number, asked.total, asked.heading), &errors);
    let mut frame = frame(state, who, &heading);
    frame.islands = asked.question.verdict.is_none();
    let (slug, title, heading) = (asked.slug.clone(), asked.title.clone(), asked.heading.clone());
    let (number, total) = (asked.number, asked.total);
    page_with(
        wants,
        status,
        &frame,
        || question_form(asked, errors, above),
        |part| {
            view! {
                <div class="page-steps">
                    <p class="page-steps-where">{format!("Question {number} of {total}")}</p>
                    <progress class="progress-bar" max=total.to_string() value=number.to_string() aria-hidden="true"></progress>
                </div>
                <p class="caption">"Two minutes on "<a href=format!("/modules/{slug}")>{title}</a></p>
                <h1>{heading}</h1>
                {part}
            }
        },
    )
}

fn question_form(asked: RecallQuestion, errors: Vec<FieldError>, above: Option<String>) -> impl IntoView {
    let RecallQuestion { slug, number, session, question: view, next, more, token, .. } = asked;
    let open = view.verdict.is_none();
    let problem = errors.first().map(|error| error.message.clone());
    let drawn = Drawn { open, problem, ..Drawn::default() };
    view! {
        {summary(&errors)}
        {above.map(|words| view! {
            <div class="banner banner-warning" role="status"><h2>"Nothing was changed"</h2><p>{words}</p></div>
        })}
        <form class="check" method="post" action=format!("/recall/{slug}/{number}")>
            <input type="hidden" name="token" value=token />
            <input type="hidden" name="session" value=session />
            {question(view, &drawn)}
            {open.then(|| view! { <button class="button" type="submit">"Check my answer"</button> })}
        </form>
        {(!open).then(|| view! {
            <div class="reader-actions"><a class="button" href=next>{if more { "Next question" } else { "See how it went" }}</a></div>
        })}
    }
}

/// What a session showed, in words.
fn over(closing: RecallClosing) -> impl IntoView {
    let RecallClosing { title, href, right, back, review, suggests_module, challenge_is_enough, next } = closing;
    let (sat, all) = (right.len(), right.len() + back.len());
    let words = match (sat, all) {
        (_, 0) => "There is nothing to answer today.".to_owned(),
        (sat, all) if sat == all => "All of it sat. Well kept.".to_owned(),
        (0, _) => "Nothing was wholly right today. That is what these two minutes are for.".to_owned(),
        (sat, all) => format!("{sat} of {all} sat."),
    };
    let right = right.into_iter().map(|title| view! { <li>{title}</li> }).collect::<Vec<_>>();
    let back =
        back.into_iter().map(|(title, on)| view! { <li>{format!("{title}: comes back on {}", date_words(on))}</li> });
    let back = back.collect::<Vec<_>>();
    let review = review.into_iter().map(|review| {
        view! { <li>{format!("{}: ", review.about)}<a href=review.href>{review.title}</a></li> }
    });
    let review = review.collect::<Vec<_>>();
    let next = match next {
        Some(day) => format!("The next questions come on {}.", date_words(day)),
        None => "No more questions come after this completion.".to_owned(),
    };
    view! {
        <p class="caption">"Two minutes on "<a href=href.clone()>{title.clone()}</a></p>
        <h1>{if all == 0 { "Nothing to answer today" } else { "That was it" }}</h1>
        {(all > 0).then(|| view! { <p class="lead">{words}</p> })}
        {(!right.is_empty()).then(|| view! { <h2>"This sat"</h2> <ul>{right}</ul> })}
        {(!back.is_empty()).then(|| view! { <h2>"This comes back"</h2> <ul>{back}</ul> })}
        {(!review.is_empty()).then(|| view! {
            <h2>"Three minutes that help"</h2>
            <p>"You missed this twice running. The page is worth reading again:"</p>
            <ul>{review}</ul>
        })}
        {suggests_module.then(|| view! {
            <div class="banner" role="status">
                <h2>"Worth another look"</h2>
                <p>"Fewer than six in ten were right since you completed this. Reading "<a href=href>{format!("“{title}”")}</a>" again would do you good. This changes no due date."</p>
            </div>
        })}
        {challenge_is_enough.then(|| view! {
            <p>"You keep this well. If it stays so, a challenge quiz is enough for your next renewal, where your organisation allows it."</p>
        })}
        <p>{next}" Your answers here are for your memory only: they change no status."</p>
        <p><a class="button" href="/">"To my training"</a></p>
    }
}

/// What is due and what is suggested, for My training; nothing when nothing is.
pub(super) fn section(recall: RecallOverview) -> impl IntoView {
    let RecallOverview { due, suggested } = recall;
    let due = (!due.is_empty()).then(|| {
        let lines = due.into_iter().map(|due| {
            let questions =
                if due.questions == 1 { "1 question".to_owned() } else { format!("{} questions", due.questions) };
            view! {
                <li class="module-card">
                    <div class="module-card-main">
                        <h3><a href=due.href>{due.title}</a></h3>
                        <p class="module-card-meta">{format!("{questions} · {} · {}", minutes_words(due.minutes), due.why)}</p>
                    </div>
                </li>
            }
        });
        view! {
            <h2 id="recall">"Two minutes to keep it"</h2>
            <ul class="module-list">{lines.collect::<Vec<_>>()}</ul>
        }
    });
    let suggested = (!suggested.is_empty()).then(|| {
        let lines = suggested.into_iter().map(|module| {
            view! {
                <li class="module-card">
                    <div class="module-card-main">
                        <h3><a href=module.href>{module.title}</a></h3>
                        <p class="module-card-meta">"Many answers since you completed it were not right. This changes no due date."</p>
                    </div>
                </li>
            }
        });
        view! {
            <h2>"Worth another look"</h2>
            <ul class="module-list">{lines.collect::<Vec<_>>()}</ul>
        }
    });
    view! { {due}{suggested} }
}
