//! `/modules` and `/modules/{slug}`.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use jiff::civil::Date;
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    learn::{ActivityCard, ModuleCard, Progress},
    obligations::{Asked, counts_through, missing_words},
};

pub(super) use usecases::clock::date_words;

use super::{SignedIn, activity::activity_card, failed, library::search_form, see_other, training::meta};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

/// Days from a first to a last one; one day where they are the same.
pub(super) fn range_words(from: Date, to: Date) -> String {
    match from == to {
        true => format!("on {}", date_words(from)),
        false => format!("from {} to {}", date_words(from), date_words(to)),
    }
}

pub(super) fn completed_words(on: Date) -> String {
    format!("completed {}", date_words(on))
}

pub(crate) async fn list(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let found = async {
        let cards = state.usecases.modules(&who).await?;
        let role_plays = state.usecases.role_plays(&who).await?;
        Ok((cards, role_plays, state.usecases.job_aids(&who).await?))
    };
    match found.await {
        Ok((cards, role_plays, job_aids)) => {
            page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), "Modules", "/modules"), || {
                let role_plays: Vec<_> = role_plays.into_iter().map(|(slug, title, passed)| {
                view! {
                    <li><a href=format!("/role-plays/{slug}")>{title}</a>{passed.then(|| view! { " " <span class="tag tag-done">"Passed"</span> })}</li>
                }
            }).collect();
                let job_aids: Vec<_> = job_aids
                    .into_iter()
                    .map(|(slug, title)| {
                        view! { <li><a href=format!("/job-aids/{slug}")>{title}</a></li> }
                    })
                    .collect();
                view! {
                    <h1>"Modules"</h1>
                    {search_form("")}
                    {if cards.is_empty() {
                        view! { <div class="empty"><h2>"No modules yet"</h2><p>"A trainer has not published any. Come back later."</p></div> }.into_any()
                    } else {
                        view! { <h2 class="visually-hidden">"All modules"</h2> {list_of(cards)} }.into_any()
                    }}
                    {(!role_plays.is_empty()).then(|| view! { <h2>"Role-plays to practise"</h2> <ul class="link-list">{role_plays}</ul> })}
                    {(!job_aids.is_empty()).then(|| view! { <h2>"Job aids"</h2> <ul class="link-list">{job_aids}</ul> })}
                }
            })
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// What is said to whoever still meets a document that was withdrawn.
pub(super) const WITHDRAWN: &str = "This was withdrawn: nobody can begin it any more. What you have begun you can end, and what you completed stays in your record.";

/// The list of module cards.
pub(super) fn list_of(cards: Vec<ModuleCard>) -> impl IntoView {
    let items = cards.into_iter().map(|card| {
        let words = meta(&card);
        let (class, tag) = match card.progress {
            Progress::New => ("tag tag-muted", "Not started"),
            Progress::Begun { .. } => ("tag", "In progress"),
            Progress::Done { .. } => ("tag tag-done", "Completed"),
        };
        view! {
            <li class="module-card">
                <div class="module-card-main">
                    <h3><a href=format!("/modules/{}", card.slug)>{card.title}</a></h3>
                    <p class="module-card-meta">{words}</p>
                </div>
                <span class=class>{tag}</span>
            </li>
        }
    });
    view! { <ul class="module-list">{items.collect::<Vec<_>>()}</ul> }
}

pub(crate) async fn overview(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
) -> Response {
    let found = async {
        let module = state.usecases.module(&who, &slug).await?;
        let here = format!("/modules/{slug}");
        let asked = state.usecases.asked_of_me(&who, usecases::clock::now()).await?;
        let mut open = Vec::new();
        for one in asked.iter().filter(|one| is_open(one, &here)) {
            open.push((one.clone(), state.usecases.why_new(one).await?));
        }
        Ok((module, asked, open))
    };
    let (module, asked, open) = match found.await {
        Ok(found) => found,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let (card, newest) = (module.card, module.newest);
    let valid_through = counts_through(module.valid_through, &asked, &card.slug);
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), &card.title, "/modules"), || {
        let banner = match card.progress {
            Progress::Done { on } => Some(view! {
                <div class="banner banner-success" role="status">
                    <h2>"Completed"</h2>
                    <p>
                        {format!("You completed this module on {}. ", date_words(on))}
                        {valid_through.map(|last| format!("It is valid through {}. ", date_words(last)))}
                        {module.certificate.clone().map(|number| view! { <a href=format!("/certificates/{number}")>"See the certificate"</a> ". " })}
                        <a href="/record">"See it in my record"</a>
                    </p>
                    {module.may_say.then(|| view! { <p><a href=format!("/feedback/{}", card.slug)>"Say what you think of it"</a>" (one minute)"</p> })}
                </div>
            }),
            Progress::New | Progress::Begun { .. } => None,
        };
        let takes = takes_words(module.reads, &module.activities);
        let sees_opinions = who.trainer || who.sees_a_team();
        let again = newest.filter(|_| module.begins && matches!(card.progress, Progress::Done { .. }));
        let begins = module.begins;
        // Reading what is completed records nothing: whoever is asked for it once more begins afresh.
        let is_owed = again.is_some() && !open.is_empty();
        let afresh = afresh_words(&module.activities);
        let again = again.map(|newest| {
            let action = format!("/modules/{}/again", card.slug);
            if is_owed {
                view! {
                    <form method="post" action=action>
                        <input type="hidden" name="newest" value=newest.to_string() />
                        <button class="button" type="submit" aria-describedby="afresh">"Take it again"</button>
                    </form>
                }
                .into_any()
            } else {
                view! {
                    <details class="confirm">
                        <summary class="button button-secondary">"Take it again"</summary>
                        <p>{afresh.clone()}</p>
                        <form method="post" action=action>
                            <input type="hidden" name="newest" value=newest.to_string() />
                            <button class="button" type="submit">"Begin again"</button>
                        </form>
                    </details>
                }
                .into_any()
            }
        });
        let read = (if is_owed { "button button-secondary" } else { "button" }, card.continue_at.clone());
        let (first, second) = if is_owed { (again, None) } else { (None, again) };
        let button = match card.progress {
            Progress::New => "Start",
            Progress::Begun { .. } => "Continue",
            Progress::Done { .. } => "Read it again",
        };
        let pages = module.pages.into_iter().map(|entry| {
            view! {
                <li class=entry.read.then_some("is-done")>
                    <a href=entry.href>{entry.title}</a>
                    {entry.read.then(|| view! { " " <span class="tag tag-done">"Read"</span> })}
                </li>
            }
        });
        view! {
            <a class="back-link" href="/modules">"All modules"</a>
            {banner}
            <p class="caption">{meta(&card)}</p>
            <h1>{card.title.clone()}</h1>
            {asked_here(open, &slug)}
            <div class="prose" inner_html=module.intro_html></div>
            <div class="button-row">
                {first}
                <a class=read.0 href=read.1>{button}</a>
                {second}
            </div>
            {is_owed.then(|| view! { <p class="hint" id="afresh">{afresh}</p> })}
            {(!begins).then(|| view! { <p>{WITHDRAWN}</p> })}
            {takes.map(|words| view! { <p>{words}</p> })}
            <h2>"Pages"</h2>
            <ol>{pages.collect::<Vec<_>>()}</ol>
            {module.activities.into_iter().map(activity_card).collect::<Vec<_>>()}
            {sees_opinions.then(|| view! { <p><a href=format!("/feedback/{}/answers", card.slug)>"What people think of this module"</a></p> })}
        }
    })
}

/// What is open for the reader that this module does, each line with its day and its reasons. An update is a requirement of its own,
/// so that its name tells it from what is completed and counts.
fn asked_here(open: Vec<(Asked, String)>, slug: &str) -> impl IntoView + use<> {
    let here = format!("/modules/{slug}");
    let lines = open.into_iter().map(|(one, why)| {
        let enough = one.refresher.clone().filter(|place| *place != here);
        let why = (!why.is_empty()).then(|| format!("There is something new in it: {why} "));
        view! {
            <p>
                {asked_words(&one)}" "{why}
                {enough.map(|place| view! { <a href=place>"Its refresher is enough."</a> " " })}
                <a href=format!("/why/{}", one.requirement) aria-label=format!("Why? {}", one.name)>"Why?"</a>
            </p>
        }
    });
    lines.collect::<Vec<_>>()
}

/// Whether something is to be done by what stands at this address, now.
fn is_open(one: &Asked, here: &str) -> bool {
    let is_here = one.place == here || one.refresher.as_deref() == Some(here);
    one.standing.open && one.standing.overlay.is_none() && is_here
}

/// What taking it again means.
fn afresh_words(activities: &[ActivityCard]) -> String {
    let has = |is_quiz: bool| activities.iter().any(|activity| activity.is_quiz == is_quiz);
    let how = match (has(false), has(true)) {
        (true, true) => "read and answered afresh, with the role-play and the quiz",
        (true, false) => "read and answered afresh, with the role-play",
        (false, true) => "read and answered afresh, with the quiz",
        (false, false) => "read afresh",
    };
    format!("It is {how}, and adds a line to your record. What you completed stays, and counts as long as before.")
}

fn asked_words(asked: &Asked) -> String {
    let name = &asked.name;
    match (asked.standing.due, asked.standing.exception) {
        (Some(due), _) if asked.days_left.is_some_and(|days| days < 0) => {
            format!("“{name}” is asked of you and was due {}.", date_words(due.date()))
        }
        (Some(due), _) => format!("“{name}” is asked of you, due {}.", date_words(due.date())),
        (None, Some(missing)) => {
            format!("“{name}” is asked of you. It has no due date yet: {} is not recorded.", missing_words(missing))
        }
        (None, None) => format!("“{name}” is asked of you."),
    }
}

/// What completion takes, as a sentence; none where it is reading alone.
fn takes_words(reads: bool, activities: &[ActivityCard]) -> Option<String> {
    let required: Vec<&ActivityCard> = activities.iter().filter(|activity| activity.required).collect();
    if required.is_empty() {
        return None;
    }
    let has = |is_quiz: bool| required.iter().any(|activity| activity.is_quiz == is_quiz);
    let parts = [
        reads.then_some("read every page"),
        has(false).then_some("pass the role-play"),
        has(true).then_some("pass the quiz"),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    Some(match parts.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("To complete it: {} and {last}.", most.join(", ")),
        one => format!("To complete it: {}.", one.join("")),
    })
}

#[derive(Deserialize)]
pub(crate) struct Again {
    newest: i64,
}

pub(crate) async fn again(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
    Form(sent): Form<Again>,
) -> Response {
    match state.usecases.take_again(&who, &slug, sent.newest, usecases::clock::now()).await {
        Ok(next) => see_other(&next),
        Err(failure) => failed(&failure, &state.assets),
    }
}
