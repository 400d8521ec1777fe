//! `/requirements/{id}/update`: asks everybody who holds a requirement for its new version. For administrators.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{Failure, FieldError, RequirementId, assignments::people_words, requirements::Update, who::Who};

use super::{
    SignedIn, failed,
    form::{Field, field, summary, title},
    modules::date_words,
    requirements::{still, wish_words},
    see_other_saying,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

const NAME: Field =
    Field::text("name", "Name", Some("So that people see what is new, for example: M6, update of 3 May."));
/// Why everybody must learn a new version soon.
pub(super) const WHY: Field = Field::text(
    "why",
    "Why everybody must learn it soon",
    Some(
        "A line such as: the number to call at night has changed. Everybody who is asked can read it, so name no patients.",
    ),
);
const DAYS: Field = Field::text("days", "How many days people have for it", None);

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    days: String,
    why: Option<String>,
}

/// The form, with what it would do.
pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Query(typed): Query<Typed>,
) -> Response {
    answer(&state, &who, RequirementId(id), typed, Vec::new()).await
}

pub(crate) async fn ask(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    let asked = (typed.name.as_str(), typed.days.as_str(), typed.why.as_deref().unwrap_or_default());
    match state.usecases.ask_for_update(&who, RequirementId(id), asked, usecases::clock::now()).await {
        Ok((update, people)) => {
            let words = format!("Asked for. It goes to {}.", people_words(people));
            see_other_saying(&format!("/requirements/{update}"), words)
        }
        Err(Failure::Invalid(errors)) => answer(&state, &who, RequirementId(id), typed, errors).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// What is laid aside.
#[derive(Default, Deserialize)]
pub(crate) struct Aside {
    #[serde(default)]
    requirement: i64,
}

/// A trainer wishes for it, and nobody is asked.
pub(crate) async fn lay_aside(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(sent): Form<Aside>,
) -> Response {
    match state.usecases.lay_aside(&who, RequirementId(sent.requirement), usecases::clock::now()).await {
        Ok(()) => see_other_saying("/requirements", "Laid aside. Nobody is asked for it."),
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer(state: &AppState, who: &Who, id: RequirementId, typed: Typed, mut errors: Vec<FieldError>) -> Response {
    let now = usecases::clock::now();
    let update = match state.usecases.update(who, id, &typed.days, now).await {
        Err(Failure::Invalid(wrong)) => {
            errors.extend(
                wrong
                    .into_iter()
                    .filter(|error| errors.iter().all(|known| known.field != error.field))
                    .collect::<Vec<_>>(),
            );
            state.usecases.update(who, id, "", now).await
        }
        other => other,
    };
    let update = match update {
        Ok(update) => update,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let heading = format!("Ask for the new version of {}", update.of);
    let title = title(&heading, &errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/requirements"), || {
        // What the trainer says who wishes for it, until an administrator says something else.
        let wished = update.wish.as_ref().map(|wish| wish.why.as_str());
        let why = typed.why.as_deref().or(wished).unwrap_or_default();
        let days = if typed.days.is_empty() { update.days.to_string() } else { typed.days.clone() };
        let name = if typed.name.is_empty() { update.name.as_str() } else { typed.name.as_str() };
        view! {
            <a class="back-link" href=format!("/requirements/{id}")>{update.of.clone()}</a>
            {summary(&errors)}
            <h1>{heading.clone()}</h1>
            <p>"It becomes a requirement of its own, to be done once. It goes to those who hold it today; whoever is still to do it meets the new version anyway. What is held stays valid until its own last day."</p>
            {still(update.waiting)}
            {update.wish.as_ref().map(|wish| view! {
                <div class="banner">
                    <p>{format!("This is {}", wish_words(wish))}</p>
                    <form method="post" action="/requirements/lay-aside">
                        <input type="hidden" name="requirement" value=id.to_string() />
                        <button class="button button-secondary" type="submit">"Lay it aside: nobody is asked"</button>
                    </form>
                </div>
            })}
            {outcome(&update)}
            <form class="form" method="get" action=format!("/requirements/{id}/update") novalidate>
                {field(NAME, name, &errors)}
                {field(WHY, why, &errors)}
                {field(DAYS, &days, &errors)}
                <div class="button-row">
                    <button class="button button-secondary" type="submit">"Show what this does"</button>
                    {(update.people > 0).then(|| view! { <button class="button" type="submit" formmethod="post">{format!("Ask {} for it", people_words(update.people))}</button> })}
                </div>
            </form>
        }
    })
}

fn outcome(update: &Update) -> impl IntoView + use<> {
    let words = match update.people {
        0 => "Nobody holds it today, so that nobody would be asked.".to_owned(),
        people => format!(
            "This will give {} 1 new obligation, due {} (in {} days).",
            people_words(people),
            date_words(update.due),
            update.days
        ),
    };
    let live = match update.live_since {
        Some(day) => format!("The version that is live was published {}.", date_words(day)),
        None => "Nothing of it is live now: publish the new version first.".to_owned(),
    };
    let warning = match update.seen {
        0 => None,
        seen if seen == update.people => Some(
            "Everybody who holds it completed it after that day's version was published: there is nothing new in it for them. Publish the new version first."
                .to_owned(),
        ),
        1 => Some("1 of them completed that version already.".to_owned()),
        seen => Some(format!("{seen} of them completed that version already.")),
    };
    let warning = warning.map(|words| view! { <div class="banner banner-warning"><p>{words}</p></div> });
    view! { <section class="card" aria-labelledby="does"><h2 id="does">"What this does"</h2><p>{words}</p><p>{live}</p>{warning}</section> }
}
