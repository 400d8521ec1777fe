//! Publishing a draft: what differs, who is in the middle of it, and what asking everybody for it would do.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    assignments::people_words,
    clock::date_words,
    studio::{Consequence, DifferenceRow, Kind, Publishing, Sending, Went, kind_of},
    who::Who,
};

use super::{
    super::{
        SignedIn, failed,
        form::{Field, field, summary, title},
        requirements::still,
        see_other_saying,
    },
    Place, address,
    approval::approval,
    problem_list,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

const DAYS: Field = Field::text("days", "Due in so many days", None);
/// What is offered to begin with, as where an update is asked for by itself.
const THIRTY: &str = "30";

/// What is sent to publish, and to count again.
#[derive(Default, Deserialize)]
pub(crate) struct Publish {
    #[serde(default)]
    rev: i64,
    #[serde(default)]
    change: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    seen: String,
}

impl Publish {
    fn sending(&self) -> Sending<'_> {
        Sending { rev: self.rev, change: &self.change, days: &self.days, seen: &self.seen }
    }
}

pub(crate) async fn publishing(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
    Query(typed): Query<Publish>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    answer(&state, &who, (kind, &slug), &typed, Vec::new()).await
}

pub(crate) async fn publish(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
    Form(sent): Form<Publish>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let now = usecases::clock::now();
    match state.usecases.publish_draft(&who, (kind, &slug), sent.sending(), now).await {
        Ok(Went { title, asked, wished }) => {
            let words = match (asked, wished) {
                (Some(people), _) => format!("{title} is live, and {} asked for it.", are_words(people)),
                (None, true) => {
                    format!("{title} is live. Administrators see now that everybody who holds it should learn it soon.")
                }
                (None, false) => format!("{title} is live."),
            };
            see_other_saying(&address(kind, &slug), words)
        }
        Err(Failure::Conflict) => see_other_saying(
            &format!("{}/publish", address(kind, &slug)),
            "It has changed since you looked. Look at it again; nothing was published.",
        ),
        Err(Failure::Invalid(errors)) => answer(&state, &who, (kind, &slug), &sent, errors).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn are_words(people: i64) -> String {
    if people == 1 { "1 person is".to_owned() } else { format!("{} are", people_words(people)) }
}

/// The page of what publishing would do, with what was typed and what of it is to be corrected.
pub(super) async fn answer(
    state: &AppState,
    who: &Who,
    (kind, slug): (Kind, &str),
    typed: &Publish,
    mut errors: Vec<FieldError>,
) -> Response {
    let now = usecases::clock::now();
    let days = if typed.days.is_empty() { THIRTY } else { typed.days.as_str() };
    let publishing = match state.usecases.publishing(who, (kind, slug), days, now).await {
        Err(Failure::Invalid(wrong)) => {
            let new = wrong.into_iter().filter(|error| errors.iter().all(|known| known.field != error.field));
            let new: Vec<_> = new.collect();
            errors.extend(new);
            state.usecases.publishing(who, (kind, slug), THIRTY, now).await
        }
        other => other,
    };
    match publishing {
        Ok(publishing) => draw(state, who, publishing, (&typed.change, days), &errors),
        // There is nothing to publish but what is live.
        Err(Failure::NotFound) => see_other_saying(&address(kind, slug), "There is no draft to publish."),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn draw(
    state: &AppState,
    who: &Who,
    publishing: Publishing,
    (change, days): (&str, &str),
    errors: &[FieldError],
) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let heading = format!("Publish {}", publishing.looked.title);
    let title = title(&heading, errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/studio");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(status, &frame, || {
        let here = address(publishing.kind, &publishing.slug);
        let looks_over = publishing.is_changed && publishing.looked.is_publishable;
        let may_publish = publishing.approval.as_ref().is_none_or(usecases::studio::Approval::is_given);
        let asked = publishing.approval.clone().filter(|_| looks_over);
        view! {
            <a class="back-link" href=here.clone()>"Back to the text"</a>
            {summary(errors)}
            <h1>{heading.clone()}</h1>
            {asked.map(|asked| approval(&asked, (&here, publishing.rev), errors))}
            {if !publishing.is_changed && publishing.is_withdrawn {
                view! { <p>"Nothing has changed since it was withdrawn. "<a href=format!("{here}/withdraw")>"Make it live again"</a>", or go on writing."</p> }.into_any()
            } else if !publishing.is_changed {
                view! { <p>"Nothing has changed: the draft says what is live. Throw it away, or go on writing."</p> }.into_any()
            } else if !publishing.looked.is_publishable {
                view! { <p role="alert">"It cannot be published yet: mend the errors first. What is live stays as it is."</p> }.into_any()
            } else if may_publish {
                form(&publishing, who, (change, days), errors).into_any()
            } else {
                ().into_any()
            }}
            {problem_list(&publishing.looked, &here)}
            {(!publishing.words.is_empty()).then(|| view! { <h2>"In words"</h2> <ul>{publishing.words.clone().into_iter().map(|words| view! { <li>{words}</li> }).collect::<Vec<_>>()}</ul> })}
            {publishing.difference.clone().map(|rows| view! { <h2>{differs(publishing.is_withdrawn)}</h2> {side_by_side(rows, ("Live", "Draft"))} })}
        }
    })
}

fn differs(is_withdrawn: bool) -> &'static str {
    if is_withdrawn { "What differs from what was live" } else { "What differs from what is live" }
}

/// The form that publishes.
fn form(
    publishing: &Publishing,
    who: &Who,
    (change, days): (&str, &str),
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let here = address(publishing.kind, &publishing.slug);
    let error = errors.iter().find(|error| error.field == "change").map(|error| error.message.clone());
    let changes = if publishing.difference.is_some() {
        changes(publishing, who, (change, days), errors).into_any()
    } else {
        view! {
            {error.map(|error| view! { <p class="error-message" id="change">{error}</p> })}
            <p>"It was never published. From now on everybody finds it; nobody is asked for it until a requirement or a path names it."</p>
        }
        .into_any()
    };
    view! {
        <form class="form" method="post" action=format!("{here}/publish") novalidate>
            <input type="hidden" name="rev" value=publishing.rev.to_string() />
            {publishing.is_withdrawn.then(|| view! { <p>"It was withdrawn. Publishing makes it live again."</p> })}
            {changes}
            <button class="button" type="submit">"Publish now"</button>
        </form>
    }
}

/// What the change is to those who learned the version before.
fn changes(
    publishing: &Publishing,
    who: &Who,
    (change, days): (&str, &str),
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let here = address(publishing.kind, &publishing.slug);
    let error = errors.iter().find(|error| error.field == "change").map(|error| error.message.clone());
    let class = if error.is_some() { "studio-changes field field-error" } else { "studio-changes field" };
    let option = |value: &'static str, label: &'static str, hint: &'static str| {
        let id = format!("change-{value}");
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name="change" value=value checked=change == value />
                <label for=id>{label}<span class="hint">{hint}</span></label>
            </div>
        }
    };
    let mandatory = publishing.mandatory.as_ref().map(|consequence| {
        let hint = if who.administrator {
            "Everybody who holds it today is asked for the new version too, in the same step. What they hold counts to its last day."
        } else {
            "You ask for it; an administrator decides whether people are asked for the new version soon. Until then it is something to learn in the next cycle."
        };
        let does = does(consequence, who);
        let waiting = consequence.waiting;
        let seen = consequence.seen();
        view! {
            {(consequence.people > 0).then(|| option("mandatory", "Everybody must learn it soon", hint))}
            <div class="studio-consequence">
                {still(waiting)}
                {does}
                {(consequence.people > 0).then(|| view! {
                    {field(DAYS, days, errors)}
                    <input type="hidden" name="seen" value=seen />
                    <button class="button button-secondary button-small" type="submit" formmethod="get" formaction=format!("{here}/publish")>"Count again"</button>
                })}
            </div>
        }
    });
    let middle = match publishing.running {
        0 => "Nobody is in the middle of it.".to_owned(),
        1 => "One person is in the middle of it, and ends with the version that they began.".to_owned(),
        more => format!("{more} people are in the middle of it, and end with the version that they began."),
    };
    view! {
        <fieldset class=class id="change" tabindex="-1">
            <legend>"What is this change to those who learned the version before?"</legend>
            {error.map(|error| view! { <p class="error-message"><span class="visually-hidden">"Error: "</span>{error}</p> })}
            {option("editorial", "Words only", "Nothing follows from it: those who learned the version before know all that is in it.")}
            {option("material", "Something to learn", "From their next cycle on people learn the new version. What they hold counts to its last day.")}
            {mandatory}
        </fieldset>
        <p>{middle}</p>
    }
}

/// What asking everybody would do, in numbers, by requirement.
fn does(consequence: &Consequence, who: &Who) -> impl IntoView + use<> {
    let Consequence { each, people, days, due, .. } = consequence;
    let administrator = who.administrator;
    let when = format!("due {} (in {days} days)", date_words(*due));
    let words = match (people, administrator) {
        (0, _) => {
            "Requirements ask for it, and nobody holds it today, so that nobody would be asked for the new version."
                .to_owned()
        }
        (people, true) => {
            format!("Everybody must learn it soon: this will give {} an update {when}.", people_words(*people))
        }
        (people, false) => format!("Asked for today, this would give {} an update {when}.", people_words(*people)),
    };
    let lines = each.iter().map(|one| {
        let held = match one.people {
            0 => ": nobody holds it".to_owned(),
            people => format!(": held by {}", people_words(people)),
        };
        let name = match administrator {
            true => view! { <a href=format!("/requirements/{}", one.id)>{one.name.clone()}</a> }.into_any(),
            false => one.name.clone().into_any(),
        };
        view! { <li>{name}{held}</li> }
    });
    let more = each.iter().filter(|one| one.people > 0).count() > 1;
    view! {
        <p>{words}{more.then_some(" Whoever holds several is counted once, and asked for each.")}</p>
        <ul>{lines.collect::<Vec<_>>()}</ul>
    }
}

/// Two texts side by side.
pub(super) fn side_by_side(
    rows: Vec<DifferenceRow>,
    (left, right): (&'static str, impl Into<String>),
) -> impl IntoView {
    let right: String = right.into();
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
