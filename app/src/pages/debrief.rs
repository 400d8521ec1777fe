//! `/role-plays/{slug}/attempts/{attempt}`: looking back.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure,
    role_play::{ASSESSED, Debrief, DecisionLine, MeterPath, name_words},
};

use super::{
    SignedIn, Wants,
    activity::{competencies, way_on},
    failed,
    modules::date_words,
    role_play::{BEGUN, conversation},
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((slug, attempt)): Path<(String, i64)>,
) -> Response {
    let debrief = match state.usecases.debrief(&who, &slug, attempt).await {
        Ok(debrief) => debrief,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = format!("Looking back: {}", debrief.title);
    let mut frame = Frame::new(&state.assets, Some(&who), &title, "/modules");
    frame.class = "page page-reading";
    frame.not_kept = true;
    page(StatusCode::OK, &frame, || looking_back(debrief))
}

fn looking_back(debrief: Debrief) -> impl IntoView {
    let verdict = match (debrief.counts, debrief.passed) {
        (true, true) => "You passed",
        (true, false) => "Not passed yet",
        (false, true) => "In practice, this would have passed",
        (false, false) => "In practice, this would not have passed",
    };
    let tone = if debrief.passed { "banner banner-success" } else { "banner" };
    let score = debrief.score.map(|score| format!("Score: {score} of 100. "));
    let harm = match debrief.critical {
        0 => None,
        1 => Some("One choice did harm. ".to_owned()),
        many => Some(format!("{many} choices did harm. ")),
    };
    let base = format!("/role-plays/{}", debrief.slug);
    // Nobody plays again what was withdrawn.
    let again = |keep: usize, words: String, class: &'static str| {
        debrief.begins.then(|| view! {
            <form method="post" action=format!("{base}/attempts/{}/again", debrief.attempt)>
                <input type="hidden" name="token" value=debrief.token.clone() />
                <input type="hidden" name="keep" value=keep.to_string() />
                {debrief.newest.map(|newest| view! { <input type="hidden" name="newest" value=newest.to_string() /> })}
                <button class=class type="submit">{words}</button>
            </form>
        })
    };
    view! {
        <p class="caption"><a href=base.clone()>{debrief.title.clone()}</a>{format!(" · {} · {}", if debrief.counts { "played for real" } else { "practice" }, date_words(debrief.on))}</p>
        <h1>"Looking back"</h1>
        <div class=tone role="status">
            <h2>{verdict}</h2>
            <p>{format!("{}. ", debrief.ending)}{score}{harm}{(!debrief.passed).then(|| debrief.pass.clone())}</p>
        </div>
        {conversation(debrief.closing.clone())}
        <div class="button-row">
            {(debrief.passed && debrief.counts).then(|| way_on(debrief.way_on.clone(), "button"))}
            {(debrief.begins && debrief.passed && !debrief.counts).then(|| view! {
                <form method="post" action=format!("{base}/begin")>
                    <input type="hidden" name="token" value=debrief.token.clone() />
                    <input type="hidden" name="mode" value=ASSESSED />
                    {debrief.newest.map(|newest| view! { <input type="hidden" name="newest" value=newest.to_string() /> })}
                    <button class="button" type="submit">"Now play it for real"</button>
                </form>
            })}
            {debrief.begins.then(|| view! { <a class=if debrief.passed { "button button-secondary" } else { "button" } href=base.clone()>"Play it again"</a> })}
            {(!(debrief.passed && debrief.counts)).then(|| way_on(debrief.way_on.clone(), "button button-secondary"))}
        </div>
        {review(&debrief, &|keep, number| again(keep, format!("Play again from decision {number}"), "button button-secondary button-small").into_any())}
    }
}

/// What there is to learn from a role-play that has ended. `again` draws what leads back to a decision: it is given how many choices are
/// kept, and the number of the decision.
pub(crate) fn review(debrief: &Debrief, again: &dyn Fn(usize, usize) -> AnyView) -> impl IntoView + use<> {
    let decisions =
        debrief.decisions.iter().enumerate().map(|(at, line)| decision(line.clone(), at + 1, again(line.keep, at + 1)));
    let checklist = debrief.checklist.iter().map(|line| {
        let words = if line.done { "Done: " } else { "Not done: " };
        view! { <li class=line.done.then_some("is-ticked")><span class="visually-hidden">{words}</span><span inner_html=line.html.clone()></span></li> }
    });
    let done = debrief.checklist.iter().filter(|line| line.done).count();
    let checklist_title = format!("Checklist: {done} of {}", debrief.checklist.len());
    let reflections = debrief.reflections.iter().map(|html| view! { <li inner_html=html.clone()></li> });
    view! {
        {(!debrief.words.is_empty()).then(|| view! {
            <h2>"What to take from it"</h2>
            <div class="prose">{debrief.words.iter().map(|html| view! { <div inner_html=html.clone()></div> }).collect::<Vec<_>>()}</div>
        })}
        {(!debrief.decisions.is_empty()).then(|| view! {
            <h2>"Your decisions"</h2>
            <ol class="debrief-path">{decisions.collect::<Vec<_>>()}</ol>
        })}
        {meters(&debrief.meters)}
        {(!debrief.checklist.is_empty()).then(|| view! {
            <h2>{checklist_title}</h2>
            <ul class="checklist">{checklist.collect::<Vec<_>>()}</ul>
        })}
        {competencies(debrief.competencies.clone())}
        {(!debrief.reflections.is_empty()).then(|| view! {
            <h2>"To think about"</h2>
            <ol>{reflections.collect::<Vec<_>>()}</ol>
        })}
        <details class="scene-before"><summary>"The whole conversation"</summary>{conversation(debrief.conversation.clone())}</details>
    }
}

fn decision(line: DecisionLine, number: usize, button: impl IntoView) -> impl IntoView {
    let class = match line.is_good {
        Some(true) => "is-right",
        Some(false) => "is-wrong",
        None => "",
    };
    view! {
        <li class=class>
            <h3>{format!("{number}. {}", line.scene)}</h3>
            <p class="speaker">"You"</p>
            <div inner_html=line.taken_html></div>
            <p class="mark">{line.quality}{(!line.counts).then_some(" (a second try here, which is not counted)")}</p>
            {line.feedback_html.map(|html| view! { <div inner_html=html></div> })}
            {line.better.map(|(html, feedback)| view! {
                <div class="better">
                    <p class="mark">"A better line"</p>
                    <div inner_html=html></div>
                    {feedback.map(|html| view! { <div class="hint" inner_html=html></div> })}
                </div>
            })}
            {button}
        </li>
    }
}

/// The width and height of the chart, in its own units.
const WIDTH: usize = 320;
const HEIGHT: usize = 120;

/// The meters along the path: a line for each, and the same in words.
fn meters(meters: &[MeterPath]) -> impl IntoView + use<> {
    let meters: Vec<MeterPath> = meters.iter().filter(|meter| meter.values.len() > 1).cloned().collect();
    (!meters.is_empty()).then(|| {
        let steps = meters.iter().map(|meter| meter.values.len()).max().unwrap_or(1);
        let lines = meters.iter().enumerate().map(|(at, meter)| {
            let points = meter.values.iter().enumerate().map(|(step, value)| {
                let x = step * WIDTH / (steps - 1).max(1);
                let height = usize::try_from(*value).unwrap_or(0).min(100);
                format!("{x},{}", HEIGHT - height * HEIGHT / 100)
            });
            let points = points.collect::<Vec<_>>().join(" ");
            view! { <polyline class=format!("meter-line meter-line-{}", at % 4) points=points /> }
        });
        let heads = (0..steps).map(|step| {
            let words = if step == 0 { "Start".to_owned() } else { step.to_string() };
            view! { <th role="columnheader" scope="col" class="number">{words}</th> }
        });
        let rows = meters.iter().enumerate().map(|(at, meter)| {
            let values = meter.values.iter().map(|value| view! { <td role="cell" class="number">{value.to_string()}</td> });
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row"><span class=format!("meter-key meter-key-{}", at % 4) aria-hidden="true"></span>{name_words(&meter.name)}</th>
                    {values.collect::<Vec<_>>()}
                </tr>
            }
        });
        let last = steps - 1;
        let keys = meters.iter().enumerate().map(|(at, meter)| {
            view! { <span class=format!("meter-key meter-key-{}", at % 4) aria-hidden="true"></span>{name_words(&meter.name)}" " }
        });
        let keys = keys.collect::<Vec<_>>();
        let words = meters.iter().map(|meter| {
            let (first, end) = (meter.values.first().copied().unwrap_or(0), meter.values.last().copied().unwrap_or(0));
            format!("{} went from {first} to {end}", name_words(&meter.name))
        });
        let words = words.collect::<Vec<_>>().join("; ");
        view! {
            <h2>"How it went along the way"</h2>
            <figure class="chart">
                <svg viewBox=format!("-6 -6 {} {}", WIDTH + 12, HEIGHT + 12) role="img" aria-label=format!("{words}.") width="100%">
                    <line class="chart-axis" x1="0" y1=HEIGHT.to_string() x2=WIDTH.to_string() y2=HEIGHT.to_string() />
                    <line class="chart-axis" x1="0" y1="0" x2=WIDTH.to_string() y2="0" />
                    {lines.collect::<Vec<_>>()}
                </svg>
                <figcaption>{keys}<br />{format!("{words}, over {last} {}. From 0, the bottom line, to 100, the top line.", if last == 1 { "choice" } else { "choices" })}</figcaption>
            </figure>
            <details><summary>"The numbers"</summary>
                <div class="table-wrap" tabindex="0" role="region" aria-label="Meters after each choice">
                    <table class="table-plain" role="table">
                        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">"After choice"</th>{heads.collect::<Vec<_>>()}</tr></thead>
                        <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
                    </table>
                </div>
            </details>
        }
    })
}

#[derive(Deserialize)]
pub(crate) struct Again {
    token: String,
    keep: usize,
    newest: Option<i64>,
}

pub(crate) async fn again(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path((slug, attempt)): Path<(String, i64)>,
    Form(sent): Form<Again>,
) -> Response {
    let from = (attempt, sent.keep);
    match state.usecases.play_again(&who, &slug, from, (sent.newest, &sent.token), usecases::clock::now()).await {
        Ok(next) => wants.go(&next),
        Err(Failure::Conflict) => wants.moved_on(&format!("/role-plays/{slug}/play"), BEGUN),
        Err(failure) => failed(&failure, &state.assets),
    }
}
