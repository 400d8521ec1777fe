//! Publishing a draft, and the history of what was live: each with what differs.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    studio::{DifferenceRow, PastLine, Publishing, kind_of},
    who::Who,
};

use super::{
    super::{
        SignedIn, failed,
        form::{summary, time_words, title},
        see_other_saying,
    },
    Place, address, problem_list,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

/// What is sent to publish.
#[derive(Default, Deserialize)]
pub(crate) struct Publish {
    #[serde(default)]
    rev: i64,
    #[serde(default)]
    change: String,
}

pub(crate) async fn publishing(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    match state.usecases.publishing(&who, kind, &slug).await {
        Ok(publishing) => answer_publishing(&state, &who, StatusCode::OK, publishing, "", &[]),
        // There is nothing to publish but what is live.
        Err(Failure::NotFound) => see_other_saying(&address(kind, &slug), "There is no draft to publish."),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn publish(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
    Form(sent): Form<Publish>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let now = usecases::clock::now();
    match state.usecases.publish_draft(&who, (kind, &slug), (sent.rev, &sent.change), now).await {
        Ok(title) => see_other_saying(&address(kind, &slug), format!("{title} is live.")),
        Err(Failure::Conflict) => see_other_saying(
            &format!("{}/publish", address(kind, &slug)),
            "It has changed since you looked. Look at it again; nothing was published.",
        ),
        Err(Failure::Invalid(errors)) => match state.usecases.publishing(&who, kind, &slug).await {
            Ok(publishing) => {
                answer_publishing(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, publishing, &sent.change, &errors)
            }
            Err(failure) => failed(&failure, &state.assets),
        },
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn answer_publishing(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    publishing: Publishing,
    change: &str,
    errors: &[FieldError],
) -> Response {
    let Publishing { kind, slug, rev, looked, difference, words, running, requirements } = publishing;
    let heading = format!("Publish {}", looked.title);
    let title = title(&heading, errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/studio");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(status, &frame, || {
        let here = address(kind, &slug);
        let is_live = difference.is_some();
        let options = [
            (
                "editorial",
                "Words only",
                "Nothing follows from it: those who learned the version before know all that is in it.",
            ),
            (
                "material",
                "Something to learn",
                "From their next cycle on people learn the new version. What they hold counts to its last day.",
            ),
        ];
        let options = options.map(|(value, label, hint)| {
            let id = format!("change-{value}");
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name="change" value=value checked=change == value />
                    <label for=id>{label}<span class="hint">{hint}</span></label>
                </div>
            }
        });
        let error = errors.iter().find(|error| error.field == "change").map(|error| error.message.clone());
        let wrong = error.is_some();
        let middle = match running {
            0 => "Nobody is in the middle of it.".to_owned(),
            1 => "One person is in the middle of it, and ends with the version that they began.".to_owned(),
            more => format!("{more} people are in the middle of it, and end with the version that they began."),
        };
        let administrator = who.administrator;
        let requirements = requirements.into_iter().map(|(id, name)| match administrator {
            true => view! { <li><a href=format!("/requirements/{id}")>{name}</a></li> }.into_any(),
            false => view! { <li>{name}</li> }.into_any(),
        });
        let requirements = requirements.collect::<Vec<_>>();
        let asked = !requirements.is_empty();
        view! {
            <a class="back-link" href=here.clone()>"Back to the text"</a>
            {summary(errors)}
            <h1>{heading.clone()}</h1>
            {if difference.as_ref().is_some_and(Vec::is_empty) {
                view! { <p>"Nothing has changed: the draft says what is live. Throw it away, or go on writing."</p> }.into_any()
            } else if looked.is_publishable {
                view! {
                    <form class="form" method="post" action=format!("{here}/publish") novalidate>
                        <input type="hidden" name="rev" value=rev.to_string() />
                        {if is_live {
                            view! {
                                <fieldset class=if wrong { "studio-changes field field-error" } else { "studio-changes field" } id="change">
                                    <legend>"What is this change to those who learned the version before?"</legend>
                                    {error.map(|error| view! { <p class="error-message"><span class="visually-hidden">"Error: "</span>{error}</p> })}
                                    {options.into_iter().collect::<Vec<_>>()}
                                </fieldset>
                                <p>{middle}</p>
                                {asked.then(|| view! {
                                    <p>"These requirements ask for it. Where everybody must learn the new version soon, an administrator asks for that there, once it is live:"</p>
                                    <ul>{requirements}</ul>
                                })}
                            }.into_any()
                        } else {
                            view! {
                                {error.map(|error| view! { <p class="error-message" id="change">{error}</p> })}
                                <p>"It was never published. From now on everybody finds it; nobody is asked for it until a requirement or a path names it."</p>
                            }.into_any()
                        }}
                        <button class="button" type="submit">"Publish now"</button>
                    </form>
                }.into_any()
            } else {
                view! { <p role="alert">"It cannot be published yet: mend the errors first. What is live stays as it is."</p> }.into_any()
            }}
            {problem_list(&looked, &here)}
            {(!words.is_empty()).then(|| view! { <h2>"In words"</h2> <ul>{words.into_iter().map(|words| view! { <li>{words}</li> }).collect::<Vec<_>>()}</ul> })}
            {difference.map(|rows| view! { <h2>"What differs from what is live"</h2> {side_by_side(rows, ("Live", "Draft"))} })}
        }
    })
}

pub(crate) async fn history(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let lines = match state.usecases.history(&who, kind, &slug).await {
        Ok(lines) => lines,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let mut frame = Frame::new(&state.assets, Some(&who), "History", "/studio");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let here = address(kind, &slug);
        let rows = lines.into_iter().map(|line| {
            let PastLine { version, title, hash, published, by, change, is_live } = line;
            let words = if is_live {
                view! { <span class="tag tag-done">"Live"</span> }.into_any()
            } else {
                view! { <a href=format!("{here}/history/{version}")>"How it differs"</a> }.into_any()
            };
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" data-label="Published">{time_words(published)}</th>
                    <td role="cell" data-label="Title">{title}</td>
                    <td role="cell" data-label="By">{by}</td>
                    <td role="cell" data-label="Change">{change}</td>
                    <td role="cell" data-label="Version"><code>{hash}</code></td>
                    <td role="cell" data-label="What differs">{words}</td>
                </tr>
            }
        });
        let rows = rows.collect::<Vec<_>>();
        view! {
            <a class="back-link" href=here.clone()>"Back to the text"</a>
            <h1>"History"</h1>
            <p>"Every version that was ever live. Who learned one of them keeps it in their record."</p>
            <table class="table" role="table">
                <caption class="visually-hidden">"Versions, the newest first"</caption>
                <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">"Published"</th><th role="columnheader" scope="col">"Title"</th><th role="columnheader" scope="col">"By"</th><th role="columnheader" scope="col">"Change"</th><th role="columnheader" scope="col">"Version"</th><th role="columnheader" scope="col"><span class="visually-hidden">"What differs"</span></th></tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        }
    })
}

pub(crate) async fn past(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug, version)): Path<(String, String, i64)>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let (title, rows) = match state.usecases.past_version(&who, (kind, &slug), version).await {
        Ok(found) => found,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let mut frame = Frame::new(&state.assets, Some(&who), "An earlier version", "/studio");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let here = address(kind, &slug);
        view! {
            <a class="back-link" href=format!("{here}/history")>"History"</a>
            <h1>{format!("{title}: an earlier version")}</h1>
            <form method="post" action=format!("{here}/history/{version}")>
                <button class="button button-secondary" type="submit">"Make this the draft again"</button>
            </form>
            <h2>"What differs"</h2>
            {side_by_side(rows, ("Live", "This version"))}
        }
    })
}

pub(crate) async fn restore(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug, version)): Path<(String, String, i64)>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let to = address(kind, &slug);
    match state.usecases.restore(&who, (kind, &slug), version, usecases::clock::now()).await {
        Ok(()) => {
            see_other_saying(&to, "The earlier version is the draft now. What is live stays until you publish it.")
        }
        Err(Failure::Conflict) => see_other_saying(
            &to,
            "There is a draft already: throw it away first, then make the earlier version the draft.",
        ),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// Two texts side by side.
pub(super) fn side_by_side(rows: Vec<DifferenceRow>, (left, right): (&'static str, &'static str)) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p>"The texts are the same."</p> }.into_any();
    }
    let side = |line: Option<(usize, String)>, mark: &'static str| {
        match line {
        Some((number, words)) => view! {
            <td class="diff-number">{number}</td>
            <td class=format!("diff-line {mark}")>{(!mark.is_empty()).then(|| view! { <span class="visually-hidden">{if mark == "diff-gone" { "Taken away: " } else { "Added: " }}</span> })}<code>{words}</code></td>
        }
        .into_any(),
        None => view! { <td class="diff-number"></td><td class="diff-line diff-none"></td> }.into_any(),
    }
    };
    let rows = rows.into_iter().map(|row| match row {
        DifferenceRow::Gap(..) => view! { <tr class="diff-gap"><td colspan="4">"…"</td></tr> }.into_any(),
        DifferenceRow::Lines(old, new) => {
            let same = matches!((&old, &new), (Some((_, old)), Some((_, new))) if old == new);
            let (gone, come) = if same { ("", "") } else { ("diff-gone", "diff-new") };
            view! { <tr>{side(old, gone)}{side(new, come)}</tr> }.into_any()
        }
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Differences">
        <table class="diff">
            <colgroup><col class="diff-numbers" /><col /><col class="diff-numbers" /><col /></colgroup>
            <thead><tr><th colspan="2" scope="colgroup">{left}</th><th colspan="2" scope="colgroup">{right}</th></tr></thead>
            <tbody>{rows.collect::<Vec<_>>()}</tbody>
        </table>
        </div>
    }
    .into_any()
}
