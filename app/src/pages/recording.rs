//! `/team/{id}/training/{deed}`: the forms that record something about one person. What was typed is first answered by what would
//! follow; only the button on that page records it.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::civil::Date;
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, PersonId,
    obligations::{Standing, state_words},
    recording::{Asks, Change, Deed, Foreseen, Recording, Typed},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Choice, Field, choice, field, summary, title},
    modules::date_words,
    see_other_saying,
    team_training::{days_words, what_words},
    why::reason_line,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

#[derive(Default, Deserialize)]
pub(crate) struct About {
    #[serde(default)]
    requirement: String,
    #[serde(default)]
    record: String,
}

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    requirement: String,
    #[serde(default)]
    record: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    evidence: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    reason: String,
    /// The one-time token. Under its usual name a device without a line would keep the form and send it some other day, when other
    /// things would follow.
    #[serde(default)]
    once: String,
    /// Set by the button under what would follow.
    #[serde(default)]
    confirmed: String,
}

impl Sent {
    fn as_typed(&self) -> Typed<'_> {
        let Self { requirement, record, on, until, evidence, by, reason, once, .. } = self;
        Typed { requirement, record, on, until, evidence, by, reason, token: once }
    }
}

const REQUIREMENT: Choice =
    Choice { name: "requirement", label: "Requirement", hint: None, none: "Choose a requirement" };
pub(super) const EVIDENCE: Field =
    Field::text("evidence", "Evidence", Some("For example a certificate, its number and who issued it."));
pub(super) const REASON: Field = Field::text("reason", "Why", Some("It goes into the record and into the audit log."));
/// The same for what may have to do with somebody's health.
pub(super) const REASON_OF_ABSENCE: Field =
    Field { hint: Some("It goes into the record and into the audit log. Write no diagnosis."), ..REASON };

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((id, deed)): Path<(i64, String)>,
    Query(about): Query<About>,
) -> Response {
    let Some(deed) = Deed::parse(&deed) else { return failed(&Failure::NotFound, &state.assets) };
    let About { requirement, record } = about;
    let sent = Sent { requirement, record, ..Sent::default() };
    let recording = match ask(&state, &who, (PersonId(id), deed), &sent).await {
        Ok(recording) => recording,
        Err(failure) => return refused(failure, &state, id),
    };
    // What is there already, to be changed where it is wrong.
    let begun = begun(sent, &recording);
    draw(&state, &who, (PersonId(id), recording), &begun, (StatusCode::OK, &[]))
}

pub(crate) async fn submit(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((id, deed)): Path<(i64, String)>,
    Form(sent): Form<Sent>,
) -> Response {
    let Some(deed) = Deed::parse(&deed) else { return failed(&Failure::NotFound, &state.assets) };
    let (person, now) = (PersonId(id), usecases::clock::now());
    let training = format!("/team/{id}/training");
    let failure = if sent.confirmed.is_empty() {
        match state.usecases.foresee(&who, (person, deed), sent.as_typed(), now).await {
            Ok(foreseen) => {
                return match ask(&state, &who, (person, deed), &sent).await {
                    Ok(recording) => preview(&state, &who, (person, recording), &sent, foreseen),
                    Err(failure) => refused(failure, &state, id),
                };
            }
            Err(failure) => failure,
        }
    } else {
        match state.usecases.enter(&who, (person, deed), sent.as_typed(), now).await {
            Ok(words) => return see_other_saying(&training, words),
            Err(failure) => failure,
        }
    };
    let Failure::Invalid(errors) = failure else { return refused(failure, &state, id) };
    match ask(&state, &who, (person, deed), &sent).await {
        Ok(recording) => draw(&state, &who, (person, recording), &sent, (StatusCode::UNPROCESSABLE_ENTITY, &errors)),
        Err(failure) => refused(failure, &state, id),
    }
}

/// Somebody who was too late sees how it stands now.
fn refused(failure: Failure, state: &AppState, id: i64) -> Response {
    match failure {
        Failure::Conflict => {
            let words =
                "Nothing was recorded: this was sent before, or somebody else corrected it. Look at how it stands now.";
            see_other_saying(&format!("/team/{id}/training"), words)
        }
        failure => failed(&failure, &state.assets),
    }
}

async fn ask(state: &AppState, who: &Who, (person, deed): (PersonId, Deed), sent: &Sent) -> Result<Recording, Failure> {
    let about = (sent.requirement.as_str(), sent.record.as_str());
    state.usecases.recording(who, (person, deed), about, usecases::clock::now()).await
}

/// What a form begins with: one's own name for who approved it, the days of the record that is corrected.
fn begun(sent: Sent, recording: &Recording) -> Sent {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let earlier = recording.record.as_ref();
    Sent {
        by: recording.own_name.clone(),
        on: day(earlier.map(|line| line.on)),
        until: day(earlier.and_then(|line| line.until)),
        ..sent
    }
}

/// What is done, as a heading and in a sentence.
fn words(deed: Deed) -> (&'static str, &'static str) {
    match deed {
        Deed::Extend => (
            "Extend the due date",
            "It moves the due date of what is open now, and nothing else: how long the training counts stays as it is.",
        ),
        Deed::Exempt => (
            "Exempt from a requirement",
            "From today on nothing is due. How long the training counts does not stretch.",
        ),
        Deed::Leave => (
            "Record leave",
            "Reminders and overdue clocks pause. A due date that falls into the leave moves behind it. Both days are days of leave.",
        ),
        Deed::PriorCredit => {
            ("Record prior credit", "For training with another employer or of an earlier system, with what proves it.")
        }
        Deed::Observed => (
            "Record an observed session",
            "For training that took place under somebody's eyes. It counts as completed that day.",
        ),
        Deed::Revoke => ("Take a credit back", "All of it is needed again, and a due date follows at once."),
        Deed::Hired => ("Record the day of hiring", "Requirements that count from it get their due dates."),
        Deed::Left => ("Record the last day", "From that day on nothing is asked of them. Their record stays."),
        Deed::Rehired => (
            "Record the day of coming back",
            "What is still valid counts again, and what is assigned begins anew that day.",
        ),
        Deed::Correct => ("Correct a record", "The earlier entry stays in the ledger; the new one takes its place."),
        Deed::TakeAway => ("Take a record away", "The entry stays in the ledger, but no longer counts for anything."),
    }
}

/// The labels of the two days and of the person, by what is recorded.
pub(super) fn labels(deed: Deed, kind: Option<&str>) -> [(&'static str, Option<&'static str>); 3] {
    let on = match (deed, kind) {
        (Deed::Leave, _) | (_, Some("Leave")) => ("First day of leave", None),
        (_, Some("Exemption")) => ("First exempt day", None),
        (Deed::PriorCredit, _) => ("Day it was completed", None),
        (Deed::Observed, _) => ("Day it took place", None),
        (Deed::Hired, _) | (_, Some("Hired")) => ("Day of hiring", None),
        (Deed::Left, _) | (_, Some("Last day")) => ("Last day", None),
        (Deed::Rehired, _) | (_, Some("Came back")) => ("First day back", None),
        _ => ("Day", None),
    };
    let until = match (deed, kind) {
        (Deed::Extend, _) | (_, Some("Due date extended")) => ("New due date", None),
        (Deed::Leave, _) | (_, Some("Leave")) => {
            ("Last day of leave", Some("The day before they are back. Leave empty while nobody knows it."))
        }
        _ => ("Last exempt day", Some("Leave empty to exempt until further notice.")),
    };
    let by = match deed {
        Deed::PriorCredit => ("Who accepted it", None),
        Deed::Observed => ("Who saw it", None),
        _ => ("Who approved it", None),
    };
    [on, until, by]
}

fn draw(
    state: &AppState,
    who: &Who,
    (person, recording): (PersonId, Recording),
    sent: &Sent,
    (status, errors): (StatusCode, &[FieldError]),
) -> Response {
    let (heading, explained) = words(recording.deed);
    let title = title(&format!("{heading}: {}", recording.name), errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/team"), || {
        view! {
            <a class="back-link" href=format!("/team/{person}/training")>{format!("Training of {}", recording.name)}</a>
            {summary(errors)}
            <h1>{heading}</h1>
            <p class="lead">{explained}</p>
            {about(&recording)}
            {form(person, &recording, sent, (errors, "Show what follows"))}
        }
    })
}

/// About whom and what, and how it stands.
fn about(recording: &Recording) -> impl IntoView + use<> {
    let Recording { name, requirement, record, standing, .. } = recording;
    let record = record.as_ref().map(|line| {
        view! { <div><dt>"Record"</dt><dd>{format!("{}, {}", what_words(line), days_words(line))}</dd></div> }
    });
    let due = standing.and_then(|standing| standing.due).map(|due| {
        view! { <div><dt>"Due now"</dt><dd>{date_words(due.date())}</dd></div> }
    });
    let stands = standing.map(|standing| {
        let words = state_words(standing.coverage, standing.timing, standing.overlay);
        view! { <div><dt>"How it stands"</dt><dd>{words}</dd></div> }
    });
    let requirement = requirement.as_ref().map(|(_, name)| {
        view! { <div><dt>"Requirement"</dt><dd id="requirement">{name.clone()}</dd></div> }
    });
    view! {
        <dl class="summary-list">
            <div><dt>"Person"</dt><dd>{name.clone()}</dd></div>
            {requirement}
            {record}
            {stands}
            {due}
        </dl>
    }
}

/// What a form carries without showing it.
fn carried(recording: &Recording, token: &str) -> impl IntoView + use<> {
    let requirement = recording.requirement.as_ref().map(|(id, _)| id.to_string());
    let record = recording.record.as_ref().map(|line| line.number.to_string());
    view! {
        <input type="hidden" name="once" value=token.to_owned() />
        {requirement.map(|id| view! { <input type="hidden" name="requirement" value=id /> })}
        {record.map(|number| view! { <input type="hidden" name="record" value=number /> })}
    }
}

fn form(
    person: PersonId,
    recording: &Recording,
    sent: &Sent,
    (errors, button): (&[FieldError], &'static str),
) -> AnyView {
    let Recording { deed, asks, requirement, requirements, record, .. } = recording;
    let choosing = deed.is_about_a_requirement() && requirement.is_none();
    if choosing && requirements.is_empty() {
        return view! { <div class="empty"><h2>"No requirements yet"</h2><p>"There is nothing that it could be recorded for."</p></div> }.into_any();
    }
    let Asks { on, until, evidence, by } = *asks;
    let kind = record.as_ref().map(|line| line.what);
    let [on_words, until_words, by_words] = labels(*deed, kind);
    let absent = matches!(deed, Deed::Leave | Deed::Exempt) || matches!(kind, Some("Leave" | "Exemption"));
    let reason = if absent { REASON_OF_ABSENCE } else { REASON };
    let day = |name: &'static str, (label, hint): (&'static str, Option<&'static str>), value: &str| {
        field(Field { kind: "date", ..Field::text(name, label, hint) }, value, errors)
    };
    view! {
        <form class="form" method="post" action=format!("/team/{person}/training/{}", deed.as_str()) novalidate>
            {carried(recording, &recording.token)}
            {choosing.then(|| choice(REQUIREMENT, requirements, &sent.requirement, errors))}
            {on.then(|| day("on", on_words, &sent.on))}
            {until.then(|| day("until", until_words, &sent.until))}
            {evidence.then(|| field(EVIDENCE, &sent.evidence, errors))}
            {by.then(|| field(Field::text("by", by_words.0, by_words.1), &sent.by, errors))}
            {field(reason, &sent.reason, errors)}
            <button class="button" type="submit">{button}</button>
        </form>
    }
    .into_any()
}

/// What would follow, with the button that records it.
fn preview(
    state: &AppState,
    who: &Who,
    (person, recording): (PersonId, Recording),
    sent: &Sent,
    Foreseen { on, changes, in_vain }: Foreseen,
) -> Response {
    let (heading, _) = words(recording.deed);
    let title = format!("{heading}: {}", recording.name);
    page(StatusCode::OK, &Frame::new(&state.assets, Some(who), &title, "/team"), || {
        let asks = recording.asks;
        let kind = recording.record.as_ref().map(|line| line.what);
        let [on_words, until_words, by_words] = labels(recording.deed, kind);
        let exempts = recording.deed == Deed::Exempt || kind == Some("Exemption");
        let no_end = if exempts { "until further notice" } else { "not known yet" };
        let day = |text: &str| text.trim().parse().map_or_else(|_| no_end.to_owned(), date_words);
        let typed = [
            asks.on.then(|| (on_words.0, day(&sent.on))),
            asks.until.then(|| (until_words.0, day(&sent.until))),
            asks.evidence.then(|| ("Evidence", sent.evidence.clone())),
            asks.by.then(|| (by_words.0, sent.by.clone())),
            Some(("Why", sent.reason.clone())),
        ];
        let typed = typed.into_iter().flatten().map(|(label, value)| {
            view! { <div><dt>{label}</dt><dd>{value}</dd></div> }
        });
        let typed = typed.collect::<Vec<_>>();
        let when = if on == recording.today { "Today".to_owned() } else { format!("On {}", date_words(on)) };
        let nothing = changes.is_empty();
        let followed = changes.into_iter().map(|one| change(&one)).collect::<Vec<_>>();
        view! {
            <a class="back-link" href=format!("/team/{person}/training")>{format!("Training of {}", recording.name)}</a>
            <h1>{heading}</h1>
            {in_vain.map(|words| view! { <div class="banner banner-warning"><p>{words}</p></div> })}
            <p class="lead">"Nothing is recorded yet. Look at what would follow, then record it."</p>
            {about(&recording)}
            <dl class="summary-list">{typed}</dl>
            <h2>"What would follow"</h2>
            {nothing.then(|| view! { <p>"No date moves."</p> })}
            {(!nothing).then(|| view! { <p class="hint">{format!("{when}, in comparison with what is so without it.")}</p> })}
            {followed}
            <form class="form" method="post" action=format!("/team/{person}/training/{}", recording.deed.as_str())>
                {carried(&recording, &sent.once)}
                {[("on", &sent.on), ("until", &sent.until), ("evidence", &sent.evidence), ("by", &sent.by), ("reason", &sent.reason)]
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone() /> })}
                <input type="hidden" name="confirmed" value="yes" />
                <button class="button" type="submit">"Record this"</button>
            </form>
            <details>
                <summary>"Change it first"</summary>
                {form(person, &recording, sent, (&[], "Show what follows"))}
            </details>
        }
    })
}

/// What changes for one requirement, from what to what, and why.
fn change(Change { name, before, after, because }: &Change) -> impl IntoView + use<> {
    let lines = moves(before, after).into_iter().map(|words| view! { <li>{words}</li> });
    let lines = lines.collect::<Vec<_>>();
    let reasons = because.iter().map(|reason| reason_line(reason)).collect::<Vec<_>>();
    let (moved, explained) = (!lines.is_empty(), !reasons.is_empty());
    view! {
        <h3>{name.clone()}</h3>
        {if moved { view! { <ul>{lines}</ul> }.into_any() } else { view! { <p>"No date moves."</p> }.into_any() }}
        {explained.then(|| view! { <p>"Why:"</p> <ul>{reasons}</ul> })}
    }
}

/// What is another than before, in words.
pub(super) fn moves(before: &Standing, after: &Standing) -> Vec<String> {
    let state = |one: &Standing| state_words(one.coverage, one.timing, one.overlay);
    let day = |one: Option<_>| one.map_or_else(|| "none".to_owned(), date_words);
    let late = |one: &Standing| if one.late { "yes" } else { "no" }.to_owned();
    let days = [
        ("Due", before.due.map(|day| day.date()), after.due.map(|day| day.date())),
        ("Valid through", before.valid_through.map(|day| day.date()), after.valid_through.map(|day| day.date())),
        ("Refresher opens", before.window_opens.map(|day| day.date()), after.window_opens.map(|day| day.date())),
        ("Grace ends", before.grace_ends.map(|day| day.date()), after.grace_ends.map(|day| day.date())),
    ];
    let state = [("How it stands", state(before), state(after)), ("Late", late(before), late(after))];
    let days = days.map(|(label, before, after)| (label, day(before), day(after)));
    let all = days.into_iter().chain(state).filter(|(_, before, after)| before != after);
    all.map(|(label, before, after)| format!("{label}: from {before} to {after}")).collect()
}
