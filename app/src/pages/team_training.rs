//! `/team/{id}/training`: everything that is asked of one person as it stands today, what was recorded about them, and the ways to
//! record more.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, PersonId,
    obligations::{Asked, Coverage, Overlay, missing_words, state_words},
    recording::{Deed, PersonTraining, RecordedLine},
    reminders::Reminding,
    viewed::About,
};

use super::{
    SignedIn, failed,
    form::{Field, field, time_words},
    looked,
    modules::{date_words, range_words},
    see_other_saying,
    why::anchor,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    let training = match state.usecases.training_of(&who, PersonId(id), usecases::clock::now()).await {
        Ok(training) => training,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let PersonTraining { person, name, asked, may_record, may_administer, missing, employment, recorded } = training;
    let title = format!("Training of {name}");
    let mut frame = Frame::new(&state.assets, Some(&who), &title, "/team");
    frame.class = "page page-wide";
    frame.not_kept = true;
    let drawn = page(StatusCode::OK, &frame, || {
        let back = if who.sees_a_team() { ("/team", "Team") } else { ("/", "My training") };
        let missing = missing.into_iter().map(|missing| anchor(missing, person, &who)).collect::<Vec<_>>();
        view! {
            <a class="back-link" href=back.0>{back.1}</a>
            <h1>{title.clone()}</h1>
            {missing}
            {back_from_leave(person, &recorded)}
            {obligations(person, &asked, (may_record, may_administer))}
            {(may_record && asked.iter().any(|one| one.standing.open)).then(|| remind_form(person))}
            {may_record.then(|| about_the_person(person, &employment, may_administer))}
            <h2>"What was recorded"</h2>
            {record(person, recorded)}
            <p class="no-print"><a href=format!("/reports/people/{person}")>"Everything about one person: cycles, attempts, changes, to read, print or download"</a></p>
        }
    });
    looked(drawn, person, About::Training)
}

#[derive(Default, Deserialize)]
pub(crate) struct Reason {
    #[serde(default)]
    reason: String,
}

pub(crate) async fn remind(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(sent): Form<Reason>,
) -> Response {
    let here = format!("/team/{id}/training");
    let said = match state.usecases.remind_one(&who, PersonId(id), &sent.reason, usecases::clock::now()).await {
        Ok(Reminding::Sent) => "A message with all that is open for them was written.".to_owned(),
        Ok(Reminding::NothingOpen) => "No message was written: nothing is open for them.".to_owned(),
        Ok(Reminding::OnLeave) => "No message was written: they are on leave, and nobody is reminded there.".to_owned(),
        Ok(Reminding::NoAddress) => "No message was written: they have no e-mail address.".to_owned(),
        Ok(Reminding::Already) => "No message was written: they were reminded today already.".to_owned(),
        Err(Failure::Invalid(errors)) => {
            let words: Vec<String> = errors.into_iter().map(|error| error.message).collect();
            format!("No message was written. {}.", words.join(". "))
        }
        Err(failure) => return failed(&failure, &state.assets),
    };
    see_other_saying(&here, &said)
}

const WHY: Field = Field::text("reason", "Why", Some("They read it in the message. It goes into the audit log."));

fn remind_form(person: PersonId) -> impl IntoView + use<> {
    view! {
        <h2>"Remind now"</h2>
        <form class="form" method="post" action=format!("/team/{person}/training/remind")>
            {field(WHY, "", &[])}
            <button class="button button-secondary">"Write to them"</button>
        </form>
    }
}

/// The leaves whose end is not known yet, with the way to say it.
fn back_from_leave(person: PersonId, recorded: &[RecordedLine]) -> impl IntoView + use<> {
    let open = recorded.iter().filter(|line| line.what == "Leave" && line.until.is_none() && line.has_days);
    let lines = open.map(|line| {
        let to = format!("/team/{person}/training/correct?record={}", line.number);
        view! { <p>{format!("Leave {}. ", days_words(line))}<a href=to>"Back from leave"</a></p> }
    });
    let lines = lines.collect::<Vec<_>>();
    (!lines.is_empty()).then(|| view! { <div class="banner">{lines}</div> })
}

fn obligations(person: PersonId, asked: &[Asked], (may_record, may_administer): (bool, bool)) -> AnyView {
    if asked.is_empty() {
        return view! { <div class="empty"><h2>"Nothing is asked of them"</h2><p>"No requirement has been assigned to them, to their job role or to their department."</p></div> }.into_any();
    }
    let rows = asked.iter().map(|one| {
        let standing = one.standing;
        let state = state_words(standing.coverage, standing.timing, standing.overlay);
        let overdue = one.days_left.is_some_and(|days| days < 0) && standing.overlay.is_none();
        let due = match (standing.due, standing.exception) {
            // No clock runs during a leave or an exemption.
            (Some(due), _) if standing.overlay.is_some() => match one.days_left {
                Some(days) if days < 0 => format!("was {}, nothing is due now", date_words(due.date())),
                _ => date_words(due.date()),
            },
            (Some(due), _) => due_words(date_words(due.date()), one.days_left),
            (None, Some(missing)) => format!("Cannot be said: {} is not recorded", missing_words(missing)),
            (None, None) => "–".to_owned(),
        };
        let valid = match (standing.valid_through, standing.coverage) {
            (Some(day), _) => date_words(day.date()),
            (None, Coverage::Valid) => "no end".to_owned(),
            (None, _) => "–".to_owned(),
        };
        // Every date leads to its explanation.
        let why = format!("/team/{person}/why/{}", one.requirement);
        let explained = |words: String, is_a_date: bool| match is_a_date {
            true => view! { <a href=why.clone()>{words}</a> }.into_any(),
            false => view! { {words} }.into_any(),
        };
        let applies = standing.overlay != Some(Overlay::NotApplicable);
        let link = |deed: Deed, words: &'static str| {
            let to = format!("/team/{person}/training/{}?requirement={}", deed.as_str(), one.requirement);
            view! { <li><a href=to>{words}<span class="visually-hidden">{format!(": {}", one.name)}</span></a></li> }
        };
        let holds = matches!(standing.coverage, Coverage::Valid | Coverage::Grace | Coverage::Lapsed);
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Requirement">{one.name.clone()}</th>
                <td role="cell" data-label="How it stands">
                    {if overdue { view! { <span class="tag tag-overdue">{state}</span> }.into_any() } else { view! { {state} }.into_any() }}
                </td>
                <td role="cell" data-label="Due">{explained(due, standing.due.is_some())}</td>
                <td role="cell" data-label="Valid through">{explained(valid, standing.valid_through.is_some())}</td>
                <td role="cell" data-label="More">
                    <a href=why>"Why"<span class="visually-hidden">{format!(": {}", one.name)}</span></a>
                    {may_record.then(|| view! {
                        <details>
                            <summary>"Record"<span class="visually-hidden">{format!(" for {}", one.name)}</span></summary>
                            <ul class="link-list">
                                {standing.due.is_some().then(|| link(Deed::Extend, "Extend"))}
                                {applies.then(|| link(Deed::Exempt, "Exempt"))}
                                {link(Deed::PriorCredit, "Prior credit")}
                                {link(Deed::Observed, "Observed session")}
                                {(may_administer && holds).then(|| link(Deed::Revoke, "Take the credit back"))}
                            </ul>
                        </details>
                    })}
                </td>
            </tr>
        }
    });
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">"What is asked, the most urgent first"</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"Requirement"</th>
                <th role="columnheader" scope="col">"How it stands"</th>
                <th role="columnheader" scope="col">"Due"</th>
                <th role="columnheader" scope="col">"Valid through"</th>
                <th role="columnheader" scope="col">"More"</th>
            </tr></thead>
            <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}

/// A due date with how far away it is.
pub(super) fn due_words(date: String, days_left: Option<i32>) -> String {
    match days_left {
        None => date,
        Some(0) => format!("{date} (today)"),
        Some(1) => format!("{date} (tomorrow)"),
        Some(-1) => format!("{date} (yesterday)"),
        Some(days) if days < 0 => format!("{date} ({} days ago)", days.unsigned_abs()),
        Some(days) => format!("{date} (in {days} days)"),
    }
}

/// What is recorded about the person, whatever is asked of them.
fn about_the_person(person: PersonId, employment: &[Deed], may_administer: bool) -> impl IntoView + use<> {
    let mut deeds = vec![
        (Deed::Leave, "Leave"),
        (Deed::PriorCredit, "Prior credit for something else"),
        (Deed::Observed, "Observed session for something else"),
    ];
    if may_administer {
        deeds.extend(employment.iter().map(|deed| {
            let words = match deed {
                Deed::Hired => "Day of hiring",
                Deed::Rehired => "Day of coming back",
                _ => "Last day",
            };
            (*deed, words)
        }));
    }
    let links = deeds.into_iter().map(|(deed, words)| {
        view! { <li><a href=format!("/team/{person}/training/{}", deed.as_str())>{words}</a></li> }
    });
    view! { <h2>"Record something else"</h2> <ul class="link-list">{links.collect::<Vec<_>>()}</ul> }
}

fn record(person: PersonId, lines: Vec<RecordedLine>) -> AnyView {
    if lines.is_empty() {
        return view! { <p>"Nothing yet."</p> }.into_any();
    }
    let some_can_change = lines.iter().any(|line| line.has_days || line.can_go);
    let rows = lines.into_iter().map(|line| {
        let RecordedLine { number, corrected, has_days, can_go, .. } = line;
        let what = what_words(&line);
        let days = days_words(&line);
        let why = why_words(&line);
        let by = line.by.unwrap_or_else(|| "Bedside".to_owned());
        let deed = |deed: Deed, words: &'static str| {
            let to = format!("/team/{person}/training/{}?record={number}", deed.as_str());
            view! { <li><a href=to>{words}<span class="visually-hidden">{format!(" entry {number}")}</span></a></li> }
        };
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="What">{what}{corrected.then(|| view! { " "<span class="tag tag-muted">"No longer counts"</span> })}</th>
                <td role="cell" data-label="Day">{days}</td>
                <td role="cell" data-label="Why">{if why.is_empty() { "–".to_owned() } else { why }}</td>
                <td role="cell" data-label="Recorded">{format!("{}, by {by}, entry {number}", time_words(line.at))}</td>
                {some_can_change.then(|| view! {
                    <td role="cell" data-label="Correction">
                        {(has_days || can_go).then(|| view! {
                            <ul class="link-list">
                                {has_days.then(|| deed(Deed::Correct, "Correct"))}
                                {can_go.then(|| deed(Deed::TakeAway, "Take away"))}
                            </ul>
                        })}
                    </td>
                })}
            </tr>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">"What was recorded, the newest first"</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"What"</th>
                <th role="columnheader" scope="col">"Day"</th>
                <th role="columnheader" scope="col">"Why"</th>
                <th role="columnheader" scope="col">"Recorded"</th>
                {some_can_change.then(|| view! { <th role="columnheader" scope="col">"Correction"</th> })}
            </tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
        <p class="hint">"Each line is an entry of the ledger that nobody can change. A correction is a new entry that takes the place of an earlier one."</p>
    }
    .into_any()
}

/// What a record is, with what it is about and what it corrects.
pub(super) fn what_words(line: &RecordedLine) -> String {
    let about = line.about.as_ref().map_or_else(String::new, |about| format!(": {about}"));
    let corrects = line.corrects.map_or_else(String::new, |number| format!(" (in place of entry {number})"));
    format!("{}{about}{corrects}", line.what)
}

/// The days of a record: when it acts, and until when. Of an extension only the new due date is of use.
pub(super) fn days_words(line: &RecordedLine) -> String {
    match (line.what, line.until) {
        ("Due date extended", Some(until)) => format!("new due date {}", date_words(until)),
        (_, Some(until)) => range_words(line.on, until),
        ("Leave", None) => format!("from {}, its end not known yet", date_words(line.on)),
        ("Exemption", None) => format!("from {} until further notice", date_words(line.on)),
        (_, None) => date_words(line.on),
    }
}

fn why_words(line: &RecordedLine) -> String {
    let evidence = line.evidence.as_ref().map(|evidence| format!("evidence: {evidence}"));
    let by = line.approved_by.as_ref().map(|by| format!("by {by}"));
    [line.reason.clone(), evidence, by].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
