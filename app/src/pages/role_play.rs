//! `/role-plays/{slug}`: before it begins, and while it is played.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure,
    role_play::{ASSESSED, Chosen, Face, Intro, Line, MeterView, PRACTICE, SceneView, name_words},
    who::Who,
};

use super::{
    SignedIn, Wants,
    activity::{attempts, way_on},
    failed,
    form::minutes_words,
    modules::WITHDRAWN,
    see_other,
};
use crate::{
    posted::Form,
    shell::{Frame, page, page_with},
    state::AppState,
};

/// What is said where a form was drawn before the role-play moved on.
const MOVED_ON: &str =
    "The role-play had moved on, perhaps in another tab. Nothing was changed; here is where it stands.";

/// What is said where an attempt was begun from another tab or twice.
pub(super) const BEGUN: &str = "It was begun before, perhaps in another tab. Here is where it stands.";

pub(crate) async fn intro(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
) -> Response {
    match state.usecases.role_play(&who, &slug).await {
        Ok(intro) => page(StatusCode::OK, &frame(&state, &who, &intro.title), || before(&intro)),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn frame<'a>(state: &'a AppState, who: &'a Who, title: &'a str) -> Frame<'a> {
    let mut frame = Frame::new(&state.assets, Some(who), title, "/modules");
    frame.class = "page page-reading";
    frame.not_kept = true;
    frame
}

fn before(intro: &Intro) -> impl IntoView + use<> {
    let minutes = intro.minutes.map(minutes_words);
    let caption = ["Role-play".to_owned()].into_iter().chain(minutes).collect::<Vec<_>>().join(" · ");
    let begin = |mode: &'static str, words: &'static str, class: &'static str| {
        view! {
            <form method="post" action=format!("/role-plays/{}/begin", intro.slug)>
                <input type="hidden" name="token" value=intro.token.clone() />
                <input type="hidden" name="mode" value=mode />
                {intro.newest.map(|newest| view! { <input type="hidden" name="newest" value=newest.to_string() /> })}
                <button class=class type="submit">{words}</button>
            </form>
        }
    };
    let faces = intro.people.iter().map(|face| {
        view! { <li class="face">{portrait(Some(face), 64)}<span>{face.name.clone()}</span></li> }
    });
    let skills = intro.competencies.join(", ");
    let passed = intro.attempts.iter().any(|line| line.passed == Some(true));
    let open = intro.open.map(|counts| {
        let words = if counts {
            "You are in the middle of playing it for real."
        } else {
            "You are in the middle of practising it."
        };
        view! {
            <div class="card card-next">
                <h2>"Go on where you were"</h2>
                <p>{words}" Beginning anew leaves that attempt unfinished."</p>
                <a class="button" href=format!("/role-plays/{}/play", intro.slug)>"Go on"</a>
            </div>
        }
    });
    let class = if intro.open.is_some() { "button button-secondary" } else { "button" };
    view! {
        <p class="caption">{caption}</p>
        <h1>{intro.title.clone()}</h1>
        {passed.then(|| view! { <p><span class="tag tag-done">"Passed"</span></p> })}
        <div class="prose" inner_html=intro.intro_html.clone()></div>
        {intro.you_are.clone().map(|role| view! { <p><strong>"You are: "</strong>{role}</p> })}
        <h2>"Who you will meet"</h2>
        <ul class="faces">{faces.collect::<Vec<_>>()}</ul>
        {(!skills.is_empty()).then(|| view! { <p><strong>"What it looks at: "</strong>{skills}</p> })}
        {open}
        {if intro.begins {
            view! {
                <h2>"How would you like to play?"</h2>
                <p><strong>"Practise: "</strong>"you are told at once how each choice went, and you may go back. It does not count."</p>
                <p><strong>"Play for real: "</strong>"you are told at the end, and it counts. "{intro.pass.clone()}" You may play as often as you like; the best one counts."</p>
                <div class="button-row">
                    {begin(PRACTICE, "Practise", class)}
                    {begin(ASSESSED, "Play for real", class)}
                </div>
            }.into_any()
        } else {
            view! { <p>{WITHDRAWN}</p> }.into_any()
        }}
        {way_on(intro.way_on.clone(), "back-link")}
        {attempts(intro.attempts.clone())}
    }
}

#[derive(Deserialize)]
pub(crate) struct Begin {
    token: String,
    mode: String,
    newest: Option<i64>,
}

pub(crate) async fn begin(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path(slug): Path<String>,
    Form(sent): Form<Begin>,
) -> Response {
    let how = (sent.mode.as_str(), sent.newest, sent.token.as_str());
    match state.usecases.begin_role_play(&who, &slug, how, usecases::clock::now()).await {
        Ok(next) => wants.go(&next),
        Err(Failure::Conflict) => wants.moved_on(&format!("/role-plays/{slug}/play"), BEGUN),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path(slug): Path<String>,
) -> Response {
    stands(&state, &who, wants, &slug, None).await
}

/// Where it stands; with words where a form came too late.
async fn stands(state: &AppState, who: &Who, wants: Wants, slug: &str, late: Option<&'static str>) -> Response {
    let scene = match state.usecases.scene(who, slug).await {
        Ok(Ok(scene)) => scene,
        Ok(Err(elsewhere)) if late.is_some() => {
            return wants.moved_on(&elsewhere, "The role-play has ended. What you sent now was not taken.");
        }
        Ok(Err(elsewhere)) => return wants.go(&elsewhere),
        Err(failure) => return failed(&failure, &state.assets),
    };
    let status = if late.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let title = scene.title.clone();
    let mut frame = frame(state, who, &title);
    frame.islands = true;
    let (slug, counts) = (scene.slug.clone(), scene.counts);
    page_with(
        wants,
        status,
        &frame,
        || scene_view(scene, late),
        |part| {
            let mode = if counts { "Playing for real" } else { "Practice" };
            view! {
                <p class="caption"><a href=format!("/role-plays/{slug}")>{title.clone()}</a>{format!(" · {mode}")}</p>
                <h1 class="visually-hidden">{title.clone()}</h1>
                {part}
            }
        },
    )
}

fn scene_view(scene: SceneView, late: Option<&'static str>) -> impl IntoView {
    let SceneView { slug, attempt, at, token, before, said, lines, choices, meters, hint_html, back_to, .. } = scene;
    let hidden = move |token: String| {
        view! {
            <input type="hidden" name="token" value=token />
            <input type="hidden" name="attempt" value=attempt.to_string() />
            <input type="hidden" name="at" value=at.to_string() />
        }
    };
    let single = choices.len() == 1;
    let choices = choices.into_iter().enumerate().map(|(at, html)| {
        let number = at + 1;
        view! {
            <li>
                <button class="line" type="submit" name="choice" value=number.to_string()>
                    <span class="line-number" aria-hidden="true">{number.to_string()}</span>
                    <span inner_html=html></span>
                </button>
            </li>
        }
    });
    view! {
        {late.map(|words| view! {
            <div class="banner banner-warning" role="status"><h2>"Nothing was changed"</h2><p>{words}</p></div>
        })}
        {(!before.is_empty()).then(|| view! {
            <details class="scene-before"><summary>"What was said before"</summary>{conversation(before)}</details>
        })}
        // Without a label of its own its words are read out when it gets the focus.
        <div class="scene" tabindex="-1" data-focus="">
            {said.map(|said| view! {
                {bubble_own(said.html)}
                {said.feedback_html.map(|html| view! { <div class="feedback feedback-question"><p class="mark">"About your choice"</p><div inner_html=html></div></div> })}
            })}
            {conversation(lines)}
        </div>
        {meter_list(meters)}
        <form method="post" action=format!("/role-plays/{slug}/choose")>
            {hidden(token.clone())}
            <fieldset class="lines">
                <legend>{if single { "Go on" } else { "What do you say or do?" }}</legend>
                <ul class="line-list" data-choices="">{choices.collect::<Vec<_>>()}</ul>
            </fieldset>
        </form>
        {hint_html.map(|hint| view! {
            <details class="alert alert-tip"><summary class="alert-title">"Hint"</summary><div inner_html=hint></div></details>
        })}
        {back_to.map(|keep| view! {
            <form method="post" action=format!("/role-plays/{slug}/back")>
                {hidden(token)}
                <input type="hidden" name="choice" value=keep.to_string() />
                <button class="button button-secondary" type="submit">"Take that back"</button>
            </form>
        })}
    }
}

/// A conversation: speech with name and portrait, stage directions, one's own words.
pub(crate) fn conversation(lines: Vec<Line>) -> impl IntoView {
    lines
        .into_iter()
        .map(|line| match line {
            Line::Speech { by, html } => {
                let name = by.as_ref().map(|face| face.name.clone());
                // The name is said beside it, and what the portrait shows once, before the role-play begins.
                let face = by.map(|face| Face { alt: String::new(), ..face });
                view! {
                    <div class="speech">
                        {portrait(face.as_ref(), 48)}
                        <div class="bubble">
                            {name.map(|name| view! { <p class="speaker">{name}</p> })}
                            <div inner_html=html></div>
                        </div>
                    </div>
                }
                .into_any()
            }
            Line::Stage(html) => view! { <div class="stage" inner_html=html></div> }.into_any(),
            Line::Text(html) => view! { <div inner_html=html></div> }.into_any(),
            Line::You(html) => bubble_own(html).into_any(),
        })
        .collect::<Vec<_>>()
}

pub(crate) fn bubble_own(html: String) -> impl IntoView {
    view! {
        <div class="speech speech-own">
            <div class="bubble"><p class="speaker">"You"</p><div inner_html=html></div></div>
        </div>
    }
}

/// A portrait, or the first letter of the name where there is none.
pub(crate) fn portrait(face: Option<&Face>, size: u32) -> impl IntoView + use<> {
    face.map(|face| match face.image.clone() {
        Some(image) => view! {
            <img class="portrait" src=image alt=face.alt.clone() width=size.to_string() height=size.to_string() />
        }
        .into_any(),
        None => {
            let letter = face.name.chars().next().map(String::from).unwrap_or_default();
            view! { <span class="portrait portrait-letter" aria-hidden="true">{letter}</span> }.into_any()
        }
    })
}

/// How somebody feels, as a face and a word, and other meters as bars with their numbers.
pub(crate) fn meter_list(meters: Vec<MeterView>) -> impl IntoView {
    (!meters.is_empty()).then(|| {
        let lines = meters.into_iter().map(|meter| {
            let name = name_words(&meter.name);
            let value = match (meter.mood, meter.value) {
                (Some((step, word)), _) => view! { <dd>{mood_face(step)}" "{word}</dd> }.into_any(),
                (None, Some(value)) => view! {
                    <dd><meter min="0" max="100" value=value.to_string() aria-hidden="true"></meter>" "{value.to_string()}</dd>
                }
                .into_any(),
                (None, None) => view! { <dd></dd> }.into_any(),
            };
            view! { <div><dt>{name}</dt>{value}</div> }
        });
        view! { <dl class="meters" aria-label="How it stands">{lines.collect::<Vec<_>>()}</dl> }
    })
}

/// A small face, from upset (0) to warm (4); the word beside it says the same.
fn mood_face(step: u8) -> impl IntoView {
    let mouth = match step {
        0 => "M7 17c2-3.5 8-3.5 10 0",
        1 => "M7.5 16.5c2-2 7-2 9 0",
        2 => "M8 16h8",
        3 => "M7.5 15c2 2 7 2 9 0",
        _ => "M7 14.5c2 3.5 8 3.5 10 0",
    };
    view! {
        <svg class=format!("mood mood-{step}") viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
            <circle cx="12" cy="12" r="10" /><circle class="eye" cx="9" cy="10" r="1.2" /><circle class="eye" cx="15" cy="10" r="1.2" />
            <path d=mouth />
        </svg>
    }
}

#[derive(Deserialize)]
pub(crate) struct Choose {
    token: String,
    attempt: i64,
    at: usize,
    choice: usize,
}

impl Choose {
    fn of<'a>(&'a self, slug: &'a str) -> Chosen<'a> {
        Chosen { slug, attempt: self.attempt, at: self.at, number: self.choice, token: &self.token }
    }
}

pub(crate) async fn choose(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path(slug): Path<String>,
    Form(sent): Form<Choose>,
) -> Response {
    let done = state.usecases.choose(&who, sent.of(&slug), usecases::clock::now()).await;
    after(&state, &who, wants, &slug, done).await
}

pub(crate) async fn back(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    wants: Wants,
    Path(slug): Path<String>,
    Form(sent): Form<Choose>,
) -> Response {
    let done = state.usecases.go_back(&who, sent.of(&slug), usecases::clock::now()).await;
    after(&state, &who, wants, &slug, done).await
}

async fn after(state: &AppState, who: &Who, wants: Wants, slug: &str, done: Result<String, Failure>) -> Response {
    match done {
        // In place the next scene comes at once, without asking again.
        Ok(next) if wants == Wants::Part && next.ends_with("/play") => stands(state, who, wants, slug, None).await,
        Ok(next) if wants == Wants::Page => see_other(&next),
        Ok(next) => wants.go(&next),
        Err(Failure::Conflict) => stands(state, who, wants, slug, Some(MOVED_ON)).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}
