//! `/quizzes/{slug}`: before it begins, question by question, the review, and the result.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    quiz::{Answered, QuestionPage, QuizIntro, QuizResult, ResultLine, Review, TimeLeft},
    who::Who,
};

use super::{
    SignedIn, Wants,
    activity::{attempts, competencies, way_on},
    failed,
    form::{minutes_words, summary, title},
    modules::{WITHDRAWN, date_words},
    question::{AnswerForm, Drawn, question, rightness_words},
};
use crate::{
    posted::Form,
    shell::{Frame, page, page_with},
    state::AppState,
};

fn frame<'a>(state: &'a AppState, who: &'a Who, title: &'a str) -> Frame<'a> {
    let mut frame = Frame::new(&state.assets, Some(who), title, "/modules");
    frame.class = "page page-reading";
    frame.not_kept = true;
    frame
}

pub(crate) async fn intro(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
) -> Response {
    match state.usecases.quiz(&who, &slug, usecases::clock::now()).await {
        Ok(intro) => {
            let title = intro.title.clone();
            page(StatusCode::OK, &frame(&state, &who, &title), || before(intro))
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn before(intro: QuizIntro) -> impl IntoView {
    let minutes = intro.minutes.map(minutes_words);
    let caption = ["Quiz".to_owned()].into_iter().chain(minutes).collect::<Vec<_>>().join(" · ");
    let passed = intro.attempts.iter().any(|line| line.passed == Some(true));
    let questions = match intro.questions {
        1 => "1 question".to_owned(),
        many => format!("{many} questions"),
    };
    let feedback = if intro.at_once {
        "After each answer you are told what was right. Your first answer to each question stands."
    } else {
        "Answers are kept as you go and can be changed until you hand in. Then you are told what was right."
    };
    let keep = match intro.keep {
        "first" => "Your first attempt counts; further ones are practice.",
        "last" => "Your last attempt counts.",
        _ => "Your best attempt counts.",
    };
    let left = intro.left.map(|left| match left {
        0 => "You have no attempt left. Ask your manager for another one.".to_owned(),
        1 => "You have one attempt left.".to_owned(),
        left => format!("You have {left} attempts left."),
    });
    let time = match intro.time_limit {
        Some(limit) => format!(
            "You have {} from the moment you start. If you need more time, ask your manager before you start.",
            minutes_words(limit)
        ),
        None => "There is no time limit.".to_owned(),
    };
    let start = if intro.attempts.is_empty() {
        "Start"
    } else if intro.retries_wrong {
        "Try again what was not right"
    } else {
        "Take it again"
    };
    let may_start = intro.begins && intro.open.is_none() && intro.left != Some(0);
    let base = format!("/quizzes/{}", intro.slug);
    let open = intro.open.map(|(answered, total, time)| {
        let over = time == Some(TimeLeft::Over);
        view! {
            <div class="card card-next">
                <h2>"Go on where you were"</h2>
                <p>{format!("{answered} of {total} questions answered. ")}{time.map(time_words)}</p>
                <div class="button-row">
                    <a class="button" href=if over { format!("{base}/review") } else { format!("{base}/questions/1") }>"Go on"</a>
                    <a class="button button-secondary" href=format!("{base}/review")>"Look it over"</a>
                </div>
            </div>
        }
    });
    view! {
        <p class="caption">{caption}</p>
        <h1>{intro.title}</h1>
        {passed.then(|| view! { <p><span class="tag tag-done">"Passed"</span></p> })}
        <div class="prose" inner_html=intro.intro_html></div>
        {open}
        <ul>
            <li>{format!("{questions}. You pass with {} of 100 points.", intro.pass)}</li>
            <li>{feedback}</li>
            <li>{keep}{left.map(|left| format!(" {left}"))}</li>
            <li>{time}</li>
        </ul>
        {(!intro.begins).then(|| view! { <p>{WITHDRAWN}</p> })}
        {may_start.then(|| view! {
            <form method="post" action=format!("/quizzes/{}/begin", intro.slug)>
                <input type="hidden" name="token" value=intro.token />
                {intro.newest.map(|newest| view! { <input type="hidden" name="newest" value=newest.to_string() /> })}
                <button class="button" type="submit">{start}</button>
            </form>
        })}
        {way_on(intro.way_on, "back-link")}
        {attempts(intro.attempts)}
    }
}

fn time_words(time: TimeLeft) -> String {
    match time {
        TimeLeft::Over => "The time is over: hand in what you have answered.".to_owned(),
        TimeLeft::Minutes { left: 1, until } => format!("You have until {} (a minute or less).", clock_words(until)),
        TimeLeft::Minutes { left, until } => format!("You have until {} (about {left} minutes).", clock_words(until)),
    }
}

/// A time of the day as the clocks of the site show it: 14:05:30, since a limit ends at its second.
fn clock_words(at: jiff::civil::DateTime) -> String {
    at.strftime("%H:%M:%S").to_string()
}

#[derive(Deserialize)]
pub(crate) struct Begin {
    token: String,
    newest: Option<i64>,
}

pub(crate) async fn begin(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path(slug): Path<String>,
    Form(sent): Form<Begin>,
) -> Response {
    match state.usecases.begin_quiz(&who, &slug, (sent.newest, &sent.token), usecases::clock::now()).await {
        Ok(next) => wants.go(&next),
        // The quiz says which.
        Err(Failure::Conflict) => wants.moved_on(
            &format!("/quizzes/{slug}"),
            "It was begun before, or no attempt is left. Here is how it stands.",
        ),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path((slug, number)): Path<(String, usize)>,
) -> Response {
    stands(&state, &who, wants, (&slug, number), None).await
}

pub(crate) async fn answer(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path((slug, number)): Path<(String, usize)>,
    Form(sent): Form<AnswerForm>,
) -> Response {
    let typed = sent.answer();
    let answered =
        Answered { slug: &slug, attempt: sent.attempt, number, times: sent.times, sent: &typed, token: &sent.token };
    match state.usecases.answer(&who, answered, usecases::clock::now()).await {
        // In place the verdict comes at once.
        Ok(next) if wants == Wants::Part && next.ends_with("#verdict") => {
            stands(&state, &who, wants, (&slug, number), None).await
        }
        Ok(next) => wants.go(&match sent.then.as_str() {
            "review" => format!("/quizzes/{slug}/review"),
            "before" if number > 1 => format!("/quizzes/{slug}/questions/{}", number - 1),
            _ => next,
        }),
        Err(Failure::Invalid(errors)) => {
            let words = errors.into_iter().next().map_or_else(String::new, |error| error.message);
            let late = Late { status: StatusCode::UNPROCESSABLE_ENTITY, words, typed: Some(typed) };
            stands(&state, &who, wants, (&slug, number), Some(late)).await
        }
        Err(Failure::Conflict) => {
            let words = "This question was answered elsewhere meanwhile, perhaps in another tab. Nothing was changed; here is what is kept.";
            let late = Late { status: StatusCode::CONFLICT, words: words.to_owned(), typed: None };
            stands(&state, &who, wants, (&slug, number), Some(late)).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// Why an answer was not taken.
struct Late {
    status: StatusCode,
    words: String,
    typed: Option<usecases::question::Sent>,
}

async fn stands(
    state: &AppState,
    who: &Who,
    wants: Wants,
    (slug, number): (&str, usize),
    mut late: Option<Late>,
) -> Response {
    let mut asked = match state.usecases.quiz_question(who, slug, number, usecases::clock::now()).await {
        Ok(Ok(asked)) => asked,
        Ok(Err(elsewhere)) if late.is_some() => {
            return wants.moved_on(&elsewhere, "It was handed in before. What you sent now was not taken.");
        }
        Ok(Err(elsewhere)) => return wants.go(&elsewhere),
        Err(failure) => return failed(&failure, &state.assets),
    };
    let status = late.as_ref().map_or(StatusCode::OK, |late| late.status);
    if let Some(typed) = late.as_ref().and_then(|late| late.typed.as_ref()) {
        asked.question.keep(typed);
    }
    let invalid = status == StatusCode::UNPROCESSABLE_ENTITY;
    if let (Some(TimeLeft::Over), Some(late), false) = (asked.time, &mut late, invalid) {
        late.words = "The time was over when this came. Here is what was kept in time.".to_owned();
    }
    let errors: Vec<FieldError> = late
        .as_ref()
        .filter(|_| invalid)
        .map(|late| FieldError::new("answers", late.words.clone()))
        .into_iter()
        .collect();
    let above = late.filter(|_| !invalid).map(|late| late.words);
    let heading = title(&format!("Question {} of {}: {}", asked.number, asked.total, asked.heading), &errors);
    let mut frame = frame(state, who, &heading);
    frame.islands = true;
    let (slug, title, number, total) = (asked.slug.clone(), asked.title.clone(), asked.number, asked.total);
    let (heading, time) = (asked.heading.clone(), asked.time);
    page_with(
        wants,
        status,
        &frame,
        || question_form(asked, errors, above),
        |part| {
            view! {
                <div class="page-steps">
                    <p class="page-steps-where">{format!("Question {number} of {total}")}{time.map(|time| view! { <span>{time_words(time)}</span> })}</p>
                    <progress class="progress-bar" max=total.to_string() value=number.to_string() aria-hidden="true"></progress>
                </div>
                <p class="caption"><a href=format!("/quizzes/{slug}")>{title}</a></p>
                <h1>{heading}</h1>
                {part}
            }
        },
    )
}

fn question_form(asked: QuestionPage, errors: Vec<FieldError>, above: Option<String>) -> impl IntoView {
    let QuestionPage { slug, number, total, attempt, times, answered, question: view, at_once, time, token, .. } =
        asked;
    let is_over = matches!(time, Some(TimeLeft::Over));
    let open = view.verdict.is_none() && !is_over;
    let drawn = Drawn {
        open,
        problem: errors.first().map(|error| error.message.clone()),
        left_out: "Something to compare with",
        ..Drawn::default()
    };
    let base = format!("/quizzes/{slug}");
    let next =
        if number < total && !is_over { format!("{base}/questions/{}", number + 1) } else { format!("{base}/review") };
    let button = match (at_once, number < total) {
        (true, _) => "Check my answer",
        (false, true) => "Keep and go on",
        (false, false) => "Keep and look it over",
    };
    view! {
        {summary(&errors)}
        {above.map(|words| view! {
            <div class="banner banner-warning" role="status"><h2>"Nothing was changed"</h2><p>{words}</p></div>
        })}
        <form class="check" method="post" action=format!("{base}/questions/{number}")>
            <input type="hidden" name="token" value=token />
            <input type="hidden" name="attempt" value=attempt.to_string() />
            <input type="hidden" name="times" value=times.to_string() />
            {question(view, &drawn)}
            {(answered && open).then(|| view! { <p class="hint">"Your answer is kept. You can still change it."</p> })}
            {open.then(|| view! {
                <div class="button-row">
                    <button class="button" type="submit">{button}</button>
                    // Whatever way one leaves, the answer is kept.
                    {(!at_once && number < total).then(|| view! { <button class="button button-secondary" type="submit" name="then" value="review">"Look it over"</button> })}
                    {(!at_once && number > 1).then(|| view! { <button class="button button-secondary" type="submit" name="then" value="before">"Question before"</button> })}
                </div>
            })}
        </form>
        <div class="reader-actions">
            {(!open).then(|| view! { <a class="button" href=next>{if is_over { "Look it over and hand in" } else if number < total { "Next question" } else { "Look it over" }}</a> })}
            {(!open || at_once).then(|| view! {
                {(number < total && !is_over).then(|| view! { <a class="button button-secondary" href=format!("{base}/review")>"Look it over"</a> })}
                {(number > 1).then(|| view! { <a class="button button-secondary" href=format!("{base}/questions/{}", number - 1)>"Question before"</a> })}
            })}
        </div>
    }
}

pub(crate) async fn review(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path(slug): Path<String>,
) -> Response {
    match state.usecases.review(&who, &slug, usecases::clock::now()).await {
        Ok(Ok(review)) => {
            let title = format!("Look it over: {}", review.title);
            page(StatusCode::OK, &frame(&state, &who, &title), || look_over(review))
        }
        Ok(Err(elsewhere)) => wants.go(&elsewhere),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn look_over(review: Review) -> impl IntoView {
    let missing = review.lines.iter().filter(|line| !line.answered && line.scored).count();
    let lines = review.lines.into_iter().enumerate().map(|(at, line)| {
        let (class, words) = match (line.answered, line.scored) {
            (true, _) => ("tag tag-done", "Answered"),
            (false, true) => ("tag tag-warning", "Not answered"),
            (false, false) => ("tag tag-muted", "Nothing written"),
        };
        view! {
            <li class="module-card">
                <div class="module-card-main"><a href=line.href>{format!("{}. {}", at + 1, line.title)}</a></div>
                <span class=class>{words}</span>
            </li>
        }
    });
    let warning = match missing {
        0 => None,
        1 => Some("One question is not answered. It earns nothing unless you answer it.".to_owned()),
        many => Some(format!("{many} questions are not answered. They earn nothing unless you answer them.")),
    };
    view! {
        <p class="caption"><a href=format!("/quizzes/{}", review.slug)>{review.title}</a></p>
        <h1>"Look it over"</h1>
        {review.time.map(|time| view! { <p>{time_words(time)}</p> })}
        {warning.map(|words| view! { <div class="banner banner-warning"><p>{words}</p></div> })}
        <ul class="module-list">{lines.collect::<Vec<_>>()}</ul>
        <p>"Once handed in, answers cannot be changed."</p>
        <form method="post" action=format!("/quizzes/{}/hand-in", review.slug)>
            <input type="hidden" name="token" value=review.token />
            <input type="hidden" name="attempt" value=review.attempt.to_string() />
            <button class="button" type="submit">"Hand in"</button>
        </form>
    }
}

#[derive(Deserialize)]
pub(crate) struct HandIn {
    token: String,
    attempt: i64,
}

pub(crate) async fn hand_in(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path(slug): Path<String>,
    Form(sent): Form<HandIn>,
) -> Response {
    match state.usecases.hand_in(&who, &slug, (sent.attempt, &sent.token), usecases::clock::now()).await {
        Ok(next) => wants.go(&next),
        Err(Failure::Conflict) => wants.moved_on(
            &format!("/quizzes/{slug}/attempts/{}", sent.attempt),
            "It was handed in before, perhaps in another tab. Here is the result.",
        ),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn result(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((slug, attempt)): Path<(String, i64)>,
) -> Response {
    match state.usecases.quiz_result(&who, &slug, attempt).await {
        Ok(result) => {
            let title = format!("Result: {}", result.title);
            page(StatusCode::OK, &frame(&state, &who, &title), || outcome(result))
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn outcome(result: QuizResult) -> impl IntoView {
    let (verdict, tone) = match (result.passed, result.was_practice) {
        (true, _) => ("You passed", "banner banner-success"),
        (false, true) => ("This was practice: your first attempt counts", "banner"),
        (false, false) => ("Not passed yet", "banner"),
    };
    let score = result.score.map_or("Nothing in it is scored.".to_owned(), |score| {
        format!("{score} of 100. You pass with {}.", result.pass)
    });
    let first = (result.first_counts && !result.passed)
        .then_some(" Only the first attempt counts. Ask your manager for another one that counts.");
    let left = result.left.filter(|_| first.is_none() && !result.passed).map(|left| match left {
        0 => " No attempt is left. Ask your manager for another one.".to_owned(),
        1 => " One attempt is left.".to_owned(),
        left => format!(" {left} attempts are left."),
    });
    let base = format!("/quizzes/{}", result.slug);
    let may_retry = result.is_newest && result.left != Some(0);
    let retry_words = if result.retries_wrong { "Try again what was not right" } else { "Take it again" };
    let retry_class = if result.passed { "button button-secondary" } else { "button" };
    let lines = result.lines.into_iter().enumerate().map(|(at, line)| result_line(line, at + 1));
    view! {
        <p class="caption"><a href=base.clone()>{result.title}</a>{format!(" · {}", date_words(result.on))}</p>
        <h1>"Your result"</h1>
        <div class=tone role="status"><h2>{verdict}</h2><p>{score}{left}{first}</p></div>
        <div class="button-row">
            {result.passed.then(|| way_on(result.way_on.clone(), "button"))}
            {may_retry.then(|| view! {
                <form method="post" action=format!("{base}/begin")>
                    <input type="hidden" name="token" value=result.token />
                    <input type="hidden" name="newest" value=result.attempt.to_string() />
                    <button class=retry_class type="submit">{retry_words}</button>
                </form>
            })}
            {(!result.passed).then(|| way_on(result.way_on, "button button-secondary"))}
        </div>
        {lines.collect::<Vec<_>>()}
        {competencies(result.competencies)}
    }
}

/// A question of a result with its answer, key and feedback.
pub(crate) fn result_line(line: ResultLine, number: usize) -> impl IntoView {
    let left_out = if line.rightness.is_none() { "Something to compare with" } else { "Not answered" };
    let drawn = Drawn { id: format!("q{number}-"), open: false, problem: None, left_out, is_one_of_many: true };
    let points = line.points.map(|(earned, of)| {
        let unit = if of == 1 { "point" } else { "points" };
        format!("{earned} of {of} {unit}")
    });
    let words = match (line.carried, line.answered) {
        (true, _) => "Right in an earlier attempt",
        (false, false) if line.rightness.is_some() => "Not answered",
        _ => rightness_words(line.rightness, "Not scored"),
    };
    let told = [Some(words.to_owned()), points].into_iter().flatten().collect::<Vec<_>>().join(", ");
    view! {
        <section class="result-line">
            <h2>{format!("{number}. {}", line.title)}</h2>
            <p class="hint">{told}</p>
            {(!line.carried).then(|| question(line.question, &drawn))}
        </section>
    }
}
