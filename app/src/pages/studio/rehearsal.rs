//! Trying a draft: a role-play from any scene, and questions answered. Where a trainer stands travels with the address or the form, and
//! nothing is kept.

use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure,
    studio::{Answering, Answers, AnswersResult, AnswersStand, Kind, Rehearsal, Tried, kind_of},
    who::Who,
};

use super::{
    super::{
        SignedIn,
        activity::competencies,
        debrief, failed,
        form::{summary, title},
        question::{self, AnswerForm},
        quiz::result_line,
        role_play::{conversation, meter_list},
    },
    Place, address,
};
use crate::{
    posted::{Form, has_null},
    request::encoded,
    shell::{Frame, page},
    state::AppState,
};

/// What the address of a role-play that is tried holds.
#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    from: String,
    #[serde(default)]
    flag: Vec<String>,
    #[serde(default)]
    meter: Vec<String>,
    #[serde(default)]
    value: Vec<String>,
    #[serde(default)]
    steps: String,
}

impl Asked {
    fn tried(self) -> Tried {
        let meters = self.meter.into_iter().zip(self.value).collect();
        Tried { from: self.from, meters, flags: self.flag, steps: self.steps }
    }
}

pub(crate) async fn play(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let asked = Some(&query).filter(|query| !has_null(query.as_bytes()));
    let Some(asked) = asked.and_then(|query| serde_html_form::from_str::<Asked>(query).ok()) else {
        return failed(&Failure::NotFound, &state.assets);
    };
    let rehearsal = match state.usecases.rehearse(&who, &slug, &asked.tried()).await {
        Ok(rehearsal) => rehearsal,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = format!("Trying {}", rehearsal.title);
    let mut frame = Frame::new(&state.assets, Some(&who), &title, "/studio");
    frame.class = "page page-reading";
    frame.not_kept = true;
    page(StatusCode::OK, &frame, || stage(rehearsal, &slug))
}

/// The address of a role-play that is tried, with other steps.
fn at(rehearsal: &Rehearsal, slug: &str, steps: &str) -> String {
    let mut to = format!("/studio/scenario/{}/play?from={}", encoded(slug), encoded(&rehearsal.from));
    for (name, value) in &rehearsal.meters {
        to.push_str(&format!("&meter={}&value={value}", encoded(name)));
    }
    for (name, _) in rehearsal.flags.iter().filter(|(_, set)| *set) {
        to.push_str(&format!("&flag={}", encoded(name)));
    }
    if !steps.is_empty() {
        to.push_str(&format!("&steps={}", encoded(steps)));
    }
    to
}

fn stage(rehearsal: Rehearsal, slug: &str) -> impl IntoView + use<> {
    let editor = address(Kind::Scenario, slug);
    let back = rehearsal.back.as_ref().map(|steps| at(&rehearsal, slug, steps));
    let begin = begin_from(&rehearsal, slug);
    let behind = behind(&rehearsal, &editor);
    let links: Vec<String> = rehearsal.choices.iter().map(|choice| at(&rehearsal, slug, &choice.steps)).collect();
    let single = links.len() == 1;
    let choices = rehearsal.choices.iter().cloned().zip(links).map(|(choice, to)| {
        let quality = choice.quality.map(|quality| {
            view! { <span class=format!("tag studio-quality studio-{quality}")>{quality}</span>" " }
        });
        let told = (choice.quality.is_some() || !choice.effects.is_empty())
            .then(|| view! { <p class="hint">{quality}{choice.effects}</p> });
        view! {
            <li>
                <a class="line" href=to data-step="">
                    <span inner_html=choice.html></span>
                </a>
                {told}
            </li>
        }
    });
    let choices = choices.collect::<Vec<_>>();
    // Every decision leads back to itself: the steps before it are kept.
    let steps: Vec<String> = rehearsal.steps.split('-').map(str::to_owned).collect();
    let ended = rehearsal.ended.as_ref().map(|ended| {
        let verdict = if ended.passed { "Learners would pass" } else { "Learners would not pass" };
        let tone = if ended.passed { "banner banner-success" } else { "banner" };
        let score = ended.score.map(|score| format!(" Score: {score} of 100."));
        let pass = (!ended.passed).then(|| format!(" {}", ended.pass));
        let again = |keep: usize, number: usize| {
            let to = at(&rehearsal, slug, &steps.get(..keep).unwrap_or_default().join("-"));
            view! { <a href=to>{format!("Back to decision {number}")}</a> }.into_any()
        };
        view! {
            <div class=tone role="status"><h2>{verdict}</h2><p>{format!("{}.", ended.ending)}{score}{pass}</p></div>
            {debrief::review(ended, &again)}
        }
    });
    view! {
        <a class="back-link" href=format!("{editor}#part-{}", rehearsal.scene.0)>"Back to the text"</a>
        <h1>{format!("Trying {}", rehearsal.title)}</h1>
        <p class="muted">"As the text is now. Nothing of this is kept or counted."</p>
        {rehearsal.notice.clone().map(|words| view! { <div class="banner banner-warning" role="status"><p>{words}</p></div> })}
        {(!rehearsal.intro.0.is_empty() || rehearsal.intro.1.is_some()).then(|| {
            let (html, role) = rehearsal.intro.clone();
            view! {
                <div class="prose" inner_html=html></div>
                {role.map(|role| view! { <p><strong>"You are: "</strong>{role}</p> })}
            }
        })}
        {(!rehearsal.before.is_empty()).then(|| view! {
            <details class="scene-before"><summary>"What was said before"</summary>{conversation(rehearsal.before.clone())}</details>
        })}
        {meter_list(rehearsal.shown.clone())}
        <div class="scene">
            {rehearsal.feedback_html.clone().map(|html| view! { <div class="feedback feedback-question"><p class="mark">"About your choice"</p><div inner_html=html></div></div> })}
            {conversation(rehearsal.lines.clone())}
        </div>
        {(!choices.is_empty()).then(|| view! {
            <nav class="lines" aria-label=if single { "Go on" } else { "What do you say or do?" }>
                <p><strong>{if single { "Go on" } else { "What do you say or do?" }}</strong></p>
                <ul class="line-list">{choices}</ul>
            </nav>
        })}
        {rehearsal.hint_html.clone().map(|hint| view! {
            <details class="alert alert-tip"><summary class="alert-title">"Hint"</summary><div inner_html=hint></div></details>
        })}
        {back.map(|to| view! { <p><a class="button button-secondary" href=to>"Take that back"</a></p> })}
        {ended}
        {behind}
        {begin}
    }
}

/// What learners do not see: the scene, the meters, the flags.
fn behind(rehearsal: &Rehearsal, editor: &str) -> impl IntoView + use<> {
    let (meters, flags) = &rehearsal.behind;
    let meters = meters.iter().map(|(name, value)| view! { <div><dt>{name.clone()}</dt><dd>{*value}</dd></div> });
    let meters = meters.collect::<Vec<_>>();
    let flags = if flags.is_empty() { "none".to_owned() } else { flags.join(", ") };
    let has_flags = !rehearsal.flags.is_empty();
    let (id, name) = rehearsal.scene.clone();
    view! {
        <section class="studio-behind" aria-label="Behind the scene">
            <h2>"Behind the scene"</h2>
            <dl class="summary-list">
                <div><dt>"Scene"</dt><dd><a href=format!("{editor}#part-{id}")>{name}</a></dd></div>
                {meters}
                {has_flags.then(|| view! { <div><dt>"Flags that are set"</dt><dd>{flags}</dd></div> })}
            </dl>
        </section>
    }
}

/// A form to begin anywhere.
fn begin_from(rehearsal: &Rehearsal, slug: &str) -> impl IntoView + use<> {
    let first = rehearsal.scenes.first().map(|(id, _)| id.clone()).unwrap_or_default();
    let stands = if rehearsal.from.is_empty() { first } else { rehearsal.from.clone() };
    let scenes = rehearsal.scenes.iter().map(|(id, name)| {
        view! { <option value=id.clone() selected=*id == stands>{name.clone()}</option> }
    });
    let meters = rehearsal.meters.iter().enumerate().map(|(at, (name, value))| {
        let id = format!("meter-{at}");
        view! {
            <div class="field">
                <label for=id.clone()>{name.clone()}</label>
                <input type="hidden" name="meter" value=name.clone() />
                <input class="input-short" id=id name="value" type="number" min="0" max="100" value=value.to_string() />
            </div>
        }
    });
    let flags = rehearsal.flags.iter().enumerate().map(|(at, (name, set))| {
        let id = format!("flag-{at}");
        view! {
            <div class="choice">
                <input type="checkbox" id=id.clone() name="flag" value=name.clone() checked=*set />
                <label for=id>{name.clone()}</label>
            </div>
        }
    });
    let flags = flags.collect::<Vec<_>>();
    let meters = meters.collect::<Vec<_>>();
    view! {
        <h2>"Begin elsewhere"</h2>
        <form class="form" method="get" action=format!("/studio/scenario/{}/play", encoded(slug))>
            <div class="field">
                <label for="from">"Scene"</label>
                <select id="from" name="from">{scenes.collect::<Vec<_>>()}</select>
            </div>
            {(!meters.is_empty()).then(|| view! { <div class="studio-numbers">{meters}</div> })}
            {(!flags.is_empty()).then(|| view! {
                <fieldset class="field"><legend>"Flags that are set"</legend>{flags}</fieldset>
            })}
            <button class="button button-secondary" type="submit">"Begin here"</button>
        </form>
    }
}

pub(crate) async fn answer(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
) -> Response {
    answered(&state, &who, (&kind, &slug), &Answering { at: 1, ..Answering::default() }).await
}

pub(crate) async fn send_answer(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
    Form(sent): Form<AnswerForm>,
) -> Response {
    let next = sent.then == "next";
    let answering = Answering {
        seed: sent.seed.clone(),
        at: if next { sent.number.saturating_add(1) } else { sent.number },
        kept: sent.kept.clone(),
        sent: (!next).then(|| sent.answer()),
    };
    answered(&state, &who, (&kind, &slug), &answering).await
}

async fn answered(state: &AppState, who: &Who, (kind, slug): (&str, &str), answering: &Answering) -> Response {
    let Some(kind) = kind_of(kind) else { return failed(&Failure::NotFound, &state.assets) };
    let answers = match state.usecases.answer_draft(who, (kind, slug), answering).await {
        Ok(answers) => answers,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let problem = match &answers.stands {
        AnswersStand::Question(_, _, _, _, Some(words)) => vec![usecases::FieldError::new("answers", words.clone())],
        _ => Vec::new(),
    };
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let heading = title(&format!("Trying {}", answers.title), &problem);
    let mut frame = Frame::new(&state.assets, Some(who), &heading, "/studio");
    frame.class = "page page-reading";
    frame.not_kept = true;
    frame.islands = true;
    let here = format!("{}/answer", address(kind, slug));
    page(status, &frame, || {
        let Answers { title, seed, kept, stands } = answers;
        view! {
            {summary(&problem)}
            <a class="back-link" href=address(kind, slug)>"Back to the text"</a>
            <h1>{format!("Trying {title}")}</h1>
            <p class="muted">"As the text is now. Nothing of this is kept or counted, and what is right is told at once."</p>
            {match stands {
                AnswersStand::Nothing => view! { <p>"There is no question in it yet."</p> }.into_any(),
                AnswersStand::Question(number, total, heading, view, problem) => {
                    let open = view.verdict.is_none();
                    let drawn = question::Drawn { open, problem, left_out: "Something to compare with", ..question::Drawn::default() };
                    view! {
                        <h2>{format!("Question {number} of {total}: {heading}")}</h2>
                        <form class="check" method="post" action=here.clone()>
                            <input type="hidden" name="seed" value=seed />
                            <input type="hidden" name="number" value=number.to_string() />
                            <input type="hidden" name="kept" value=kept />
                            {question::question(*view, &drawn)}
                            <div class="button-row">
                                {open.then(|| view! { <button class="button" type="submit">"Check my answer"</button> })}
                                <button class=if open { "button button-secondary" } else { "button" } type="submit" name="then" value="next">
                                    {match (open, number < total) { (true, _) => "Leave it out", (false, true) => "Next question", (false, false) => "The result" }}
                                </button>
                            </div>
                        </form>
                    }
                    .into_any()
                }
                AnswersStand::Result(result) => told(result, &here).into_any(),
            }}
        }
    })
}

fn told(result: AnswersResult, here: &str) -> impl IntoView + use<> {
    let verdict = result.quiz.map(|(score, pass, passed)| {
        let (words, tone) = if passed {
            ("Learners would pass", "banner banner-success")
        } else {
            ("Learners would not pass", "banner")
        };
        let score = match score {
            Some(score) => format!("{score} of 100. They pass with {pass}."),
            None => "Nothing in it is scored.".to_owned(),
        };
        view! { <div class=tone role="status"><h2>{words}</h2><p>{score}</p></div> }
    });
    let lines = result.lines.into_iter().enumerate().map(|(at, line)| result_line(line, at + 1));
    view! {
        {verdict}
        <p><a class="button" href=here.to_owned()>"Draw again"</a></p>
        {lines.collect::<Vec<_>>()}
        {competencies(result.competencies)}
    }
}
