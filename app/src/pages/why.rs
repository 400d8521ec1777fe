//! `/why/{requirement}` and `/team/{id}/why/{requirement}`: why something is due, valid or late, for oneself and for those who may see
//! the person.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::civil::Date;
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    FieldError, PersonId,
    obligations::{
        Coverage, Cycle, Missing, Overlay, PolicyView, RequirementId, Timing, Why, day_named, missing_words,
        state_words,
    },
    viewed::About,
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Field, field, summary, title},
    looked,
    modules::date_words,
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    known_on: String,
}

const AS_OF: Field =
    Field { kind: "date", ..Field::text("as_of", "As of", Some("How it stands at the end of this day.")) };
const KNOWN_ON: Field = Field {
    kind: "date",
    ..Field::text("known_on", "As known on", Some("Leaves out what was recorded later. Empty: everything counts."))
};

/// Whose page it is, as its addresses and its words need it.
#[derive(Clone, Copy)]
enum Of {
    Oneself,
    Person(PersonId),
}

pub(crate) async fn show_own(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(requirement): Path<i64>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&state, &who, (Of::Oneself, RequirementId(requirement)), &asked).await
}

pub(crate) async fn show_for(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((id, requirement)): Path<(i64, i64)>,
    Query(asked): Query<Asked>,
) -> Response {
    let person = PersonId(id);
    let answered = answer(&state, &who, (Of::Person(person), RequirementId(requirement)), &asked).await;
    if answered.status() == StatusCode::OK { looked(answered, person, About::Why) } else { answered }
}

async fn answer(state: &AppState, who: &Who, (of, requirement): (Of, RequirementId), asked: &Asked) -> Response {
    let mut errors = Vec::new();
    let mut day = |field, name: &str, typed: &str| {
        day_named(field, name, typed).unwrap_or_else(|error| {
            errors.push(error);
            None
        })
    };
    let days =
        (day("as_of", "the day “As of”", &asked.as_of), day("known_on", "the day “As known on”", &asked.known_on));
    let person = match of {
        Of::Oneself => who.person,
        Of::Person(person) => person,
    };
    match state.usecases.why(who, (person, requirement), days, usecases::clock::now()).await {
        Ok(why) => render(state, who, (of, why), asked, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn render(state: &AppState, who: &Who, (of, why): (Of, Why), asked: &Asked, errors: &[FieldError]) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (heading, here, back, action) = match of {
        Of::Oneself => {
            (why.name.clone(), "/", ("/".to_owned(), "My training".to_owned()), format!("/why/{}", why.requirement))
        }
        Of::Person(person) => (
            format!("{}: {}", why.person_name, why.name),
            "/team",
            (format!("/team/{person}/training"), format!("Training of {}", why.person_name)),
            format!("/team/{person}/why/{}", why.requirement),
        ),
    };
    let title = title(&format!("Why: {heading}"), errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, here), || {
        let day = format!("On {}", date_words(why.as_of));
        let known = why.known_on.map(|day| format!(", as it was known on {}", date_words(day)));
        let reasons = why.explained.because.iter().map(|reason| reason_line(reason)).collect::<Vec<_>>();
        let fixing = why.explained.exception.map(|missing| anchor(missing, why.person, who));
        view! {
            <a class="back-link" href=back.0>{back.1}</a>
            {summary(errors)}
            <h1>{heading.clone()}</h1>
            <p class="lead">{glance(&why, of)}</p>
            {(!why.why_soon.is_empty()).then(|| view! { <p>{format!("Why there is something new to learn: {}", why.why_soon)}</p> })}
            {fixing}
            <h2>{day}{known}</h2>
            {dates(&why)}
            {matches!(of, Of::Oneself).then(|| view! { <p><a href=why.place.clone()>{format!("Go to {}", why.name)}</a></p> })}
            <h2>"Why"</h2>
            {if reasons.is_empty() {
                view! { <p>"Nobody had asked for this yet."</p> }.into_any()
            } else {
                view! { <ol>{reasons}</ol> <p class="hint">"In brackets: the rule that decided, by its number in the rules of the schedule."</p> }.into_any()
            }}
            <h2>"Cycles"</h2>
            {cycles(&why.explained.cycles)}
            <h2>"Policy"</h2>
            {policy(&why.policy)}
            <h2>"Another day"</h2>
            <form class="form" method="get" action=action novalidate>
                {field(AS_OF, &shown(&asked.as_of, why.as_of), errors)}
                {field(KNOWN_ON, &asked.known_on, errors)}
                <button class="button button-secondary" type="submit">"Show that day"</button>
            </form>
        }
    })
}

/// A reason in a list, the rule that decided after it.
pub(super) fn reason_line(reason: &str) -> impl IntoView + use<> {
    let (words, rule) = reason.rsplit_once(" (").map_or((reason, None), |(words, rule)| (words, Some(rule)));
    let rule = rule.map(|rule| format!(" ({rule}"));
    view! { <li>{words.to_owned()}{rule.map(|rule| view! { <span class="muted">{rule}</span> })}</li> }
}

/// What stands in the field: what was typed, or else the day that is shown.
fn shown(typed: &str, day: Date) -> String {
    if typed.trim().is_empty() { day.to_string() } else { typed.to_owned() }
}

/// The answer in a sentence.
fn glance(why: &Why, of: Of) -> String {
    let said = &why.explained;
    let due = said_day(said.due.as_deref());
    let valid = said_day(said.valid_through.as_deref());
    let coverage = match (said.coverage, &valid) {
        (Coverage::Never, _) => "It is not completed yet.".to_owned(),
        (Coverage::Valid, Some(day)) => format!("It is valid through {day}."),
        (Coverage::Valid, None) => "It is valid, without an end.".to_owned(),
        (Coverage::Grace, _) => {
            let until = said_day(said.grace_ends.as_deref()).unwrap_or_default();
            format!("It was valid through {}. The refresher is still enough until {until}.", valid.unwrap_or_default())
        }
        (Coverage::Lapsed, _) => {
            format!("It was valid through {} and has lapsed: all of it is needed again.", valid.unwrap_or_default())
        }
        (Coverage::Revoked, _) => "It was taken back: all of it is needed again.".to_owned(),
    };
    let now = match (said.overlay, said.timing, due) {
        (Some(Overlay::NotApplicable), ..) => "Nobody asks for it now.".to_owned(),
        (Some(over @ (Overlay::OnLeave | Overlay::Exempt)), ..) => away(why, of, over),
        (_, _, None) if said.exception.is_some() => {
            let missing = said.exception.map(missing_words).unwrap_or_default();
            format!("When it is due cannot be said: {missing} is not recorded.")
        }
        (_, Some(Timing::Overdue), Some(day)) => format!("It was due {day} and is overdue."),
        (_, _, Some(day)) => format!("It is due {day}."),
        (_, _, None) => "Nothing is due now.".to_owned(),
    };
    format!("{now} {coverage}")
}

/// That nothing is due during a leave or an exemption, until when that is, and when it was due or will be.
fn away(why: &Why, of: Of, over: Overlay) -> String {
    let whose = match of {
        Of::Oneself => "You are".to_owned(),
        Of::Person(_) => format!("{} is", why.person_name),
    };
    let (what, no_end) = match over {
        Overlay::Exempt => ("exempt", "until further notice"),
        _ => ("on leave", "without a known end"),
    };
    let until = why.away_until.map_or_else(|| no_end.to_owned(), |day| format!("until {}", date_words(day)));
    let missing = why.explained.exception.map(missing_words);
    // Days of an answer are written so that they sort.
    let due = match (why.explained.due.as_deref(), missing) {
        (Some(due), _) if *due < *why.as_of.to_string() => {
            format!(" It was due {}.", said_day(Some(due)).unwrap_or_default())
        }
        (Some(due), _) => format!(" It is due {}.", said_day(Some(due)).unwrap_or_default()),
        (None, Some(missing)) => format!(" When it is due cannot be said: {missing} is not recorded."),
        (None, None) => String::new(),
    };
    format!("{whose} {what} {until}; nothing is due meanwhile.{due}")
}

/// What to do where an anchor is missing (rule 14).
pub(super) fn anchor(missing: Missing, person: PersonId, who: &Who) -> impl IntoView + use<> {
    let place = match missing {
        Missing::Hired => format!("/team/{person}/training/hired"),
        Missing::RoleStart => format!("/people/{person}"),
    };
    // Nobody enters anything about themselves.
    let may = who.administrator && who.person != person;
    view! {
        <div class="banner banner-warning">
            <p>{format!("The due date counts from {}, which is not recorded. Nothing else is put in its place.", missing_words(missing))}</p>
            {if may {
                view! { <p><a href=place>{format!("Enter {}", missing_words(missing))}</a></p> }.into_any()
            } else {
                view! { <p>"Ask an administrator to enter it."</p> }.into_any()
            }}
        </div>
    }
}

fn dates(why: &Why) -> impl IntoView + use<> {
    let said = &why.explained;
    let none = || "None".to_owned();
    let state = state_words(said.coverage, said.timing, said.overlay);
    let due = match (said.exception, said_day(said.due.as_deref())) {
        (Some(missing), None) => format!("Cannot be said: {} is not recorded", missing_words(missing)),
        (_, due) => due.unwrap_or_else(none),
    };
    let valid = match (said.coverage, said_day(said.valid_through.as_deref())) {
        (Coverage::Valid, None) => "No end".to_owned(),
        (_, valid) => valid.unwrap_or_else(none),
    };
    let opens = said_day(said.window_opens.as_deref()).unwrap_or_else(none);
    let enough = said_day(said.grace_ends.as_deref()).unwrap_or_else(none);
    view! {
        <dl class="summary-list">
            <div><dt>"How it stands"</dt><dd>{state}</dd></div>
            <div><dt>"Due"</dt><dd>{due}</dd></div>
            <div><dt>"Valid through"</dt><dd>{valid}</dd></div>
            <div><dt>"Refresher opens"</dt><dd>{opens}</dd></div>
            <div><dt>"Grace ends"</dt><dd>{enough}</dd></div>
            <div><dt>"Late"</dt><dd>{if said.late { "Yes" } else { "No" }}</dd></div>
        </dl>
    }
}

/// The rules that the dates are reckoned by.
fn policy(PolicyView { since, newer, lines }: &PolicyView) -> impl IntoView + use<> {
    let words = match (since, newer) {
        (_, Some(newer)) => {
            let newer = date_words(*newer);
            Some(format!(
                "The open cycle goes on by the version of its day. The one of {newer} is for cycles that open from then on."
            ))
        }
        (Some(since), None) => Some(format!("In force since {}.", date_words(*since))),
        (None, None) => None,
    };
    let since = words.map(|words| view! { <p class="hint">{words}</p> });
    let lines = lines.iter().map(|(label, words)| view! { <div><dt>{*label}</dt><dd>{words.clone()}</dd></div> });
    view! { {since} <dl class="summary-list">{lines.collect::<Vec<_>>()}</dl> }
}

fn cycles(all: &[Cycle]) -> AnyView {
    if all.is_empty() {
        return view! { <p>"None yet."</p> }.into_any();
    }
    let last = all.len() - 1;
    let rows = all.iter().enumerate().map(|(at, cycle)| {
        let Cycle { opened, due, completed, valid_through, late } = *cycle;
        let open = at == last && completed.is_none();
        let words = |day: Option<_>, none: &str| day.unwrap_or_else(|| none.to_owned());
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Opened">{date_words(opened.date())}</th>
                <td role="cell" data-label="Due">{words(due.map(|day| date_words(day.date())), "–")}</td>
                <td role="cell" data-label="Completed">{words(completed.map(|day| date_words(day.date())), if open { "open" } else { "no" })}</td>
                <td role="cell" data-label="Valid through">{words(valid_through.map(|day| date_words(day.date())), if completed.is_some() { "no end" } else { "–" })}</td>
                <td role="cell" data-label="Late">{if late { "late" } else { "no" }}</td>
            </tr>
        }
    });
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">"Cycles, the oldest first"</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"Opened"</th>
                <th role="columnheader" scope="col">"Due"</th>
                <th role="columnheader" scope="col">"Completed"</th>
                <th role="columnheader" scope="col">"Valid through"</th>
                <th role="columnheader" scope="col">"Late"</th>
            </tr></thead>
            <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}

/// A day of an answer, as people read it.
fn said_day(day: Option<&str>) -> Option<String> {
    day.map(|day| day.parse().map_or_else(|_| day.to_owned(), date_words))
}
