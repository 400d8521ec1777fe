//! `/reports/actions/…`: what is done from a list for one or many. Whoever chose rows first sees for whom it can be done and what would
//! follow; only the button on that page does it, for all of them or for none. `/reports/actions/done` says what was done and takes it back.

use std::collections::HashSet;

use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, PersonId,
    obligations::state_words,
    recording::{
        Asks, Typed,
        bulk::{BulkPerson, BulkView, Choosing as Chosen, ChosenRow, Doing, DoneForMany, LeftOut, Undoing},
    },
    reports::{Row, Typed as Filters, Value},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Field, field, summary, time_words, title},
    modules::date_words,
    recording::{EVIDENCE, REASON, REASON_OF_ABSENCE, labels, moves},
    see_other_saying,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

/// How rows of a list are chosen: nothing of it is drawn where nothing can be chosen.
pub(super) struct Choosing {
    people: HashSet<PersonId>,
    /// Whether all rows of the page are ticked.
    all: bool,
    /// The list, as the part of an address after the question mark.
    list: String,
    /// Where all rows are ticked, or none.
    other: String,
}

/// What asks for all rows of a page to be ticked.
const ALL: &str = "chosen=all";

impl Choosing {
    /// For these people, on the page of that address.
    pub(super) fn of(people: HashSet<PersonId>, typed: &Filters, query: &str) -> Self {
        let (all, list) = (query.split('&').any(|part| part == ALL), typed.query());
        let other = match (all, list.is_empty()) {
            (true, _) => list_at(&list),
            (false, true) => format!("/reports/actions?{ALL}"),
            (false, false) => format!("/reports/actions?{list}&{ALL}"),
        };
        Self { people, all, list, other }
    }

    fn about(&self, row: &Row) -> Option<(PersonId, String, String)> {
        let (person, requirement) = row.about.filter(|(person, _)| self.people.contains(person))?;
        let words = |at: usize| match row.fields.get(at).map(|field| &field.value) {
            Some(Value::Text(words)) => words.clone(),
            _ => String::new(),
        };
        Some((person, requirement.to_string(), format!("{}: {}", words(0), words(3))))
    }

    /// What stands above the boxes.
    pub(super) fn first_head(&self) -> Option<AnyView> {
        (!self.people.is_empty())
            .then(|| view! { <th role="columnheader" scope="col" class="no-print">"Choose"</th> }.into_any())
    }

    /// What stands above the ways to record something about one row.
    pub(super) fn last_head(&self) -> Option<AnyView> {
        (!self.people.is_empty())
            .then(|| view! { <th role="columnheader" scope="col" class="no-print">"Record"</th> }.into_any())
    }

    /// The box of a row.
    pub(super) fn first(&self, row: &Row) -> Option<AnyView> {
        if self.people.is_empty() {
            return None;
        }
        let Some((person, requirement, words)) = self.about(row) else {
            return Some(view! { <td role="cell" class="choose no-print"></td> }.into_any());
        };
        let view = view! {
            <td role="cell" class="choose no-print">
                <label>
                    <input type="checkbox" name="about" value=format!("{person}:{requirement}") checked=self.all />
                    <span>"Choose"<span class="visually-hidden">{format!(" {words}")}</span></span>
                </label>
            </td>
        };
        Some(view.into_any())
    }

    /// The ways to record something about one row alone.
    pub(super) fn last(&self, row: &Row) -> Option<AnyView> {
        if self.people.is_empty() {
            return None;
        }
        let Some((person, requirement, words)) = self.about(row) else {
            return Some(view! { <td role="cell" class="no-print"></td> }.into_any());
        };
        let dated = matches!(row.fields.get(5).map(|field| &field.value), Some(Value::Date(_)));
        let deeds = [
            (Doing::Extend, "Extend"),
            (Doing::Exempt, "Exempt"),
            (Doing::PriorCredit, "Prior credit"),
            (Doing::Observed, "Observed session"),
        ];
        let links = deeds.into_iter().filter(|(doing, _)| dated || *doing != Doing::Extend).map(|(doing, name)| {
            let to = format!("/team/{person}/training/{}?requirement={requirement}", doing.as_str());
            view! { <li><a href=to>{name}<span class="visually-hidden">{format!(" for {words}")}</span></a></li> }
        });
        let view = view! {
            <td role="cell" class="no-print">
                <details>
                    <summary>"Record"<span class="visually-hidden">{format!(" for {words}")}</span></summary>
                    <ul class="link-list">{links.collect::<Vec<_>>()}</ul>
                </details>
            </td>
        };
        Some(view.into_any())
    }

    /// The list with what can be done for the rows that are ticked.
    pub(super) fn around(&self, table: AnyView) -> AnyView {
        if self.people.is_empty() {
            return table;
        }
        let buttons = Doing::ALL.into_iter().map(|doing| {
            let words = match doing {
                Doing::Remind => "Remind",
                Doing::Extend => "Extend",
                Doing::Exempt => "Exempt",
                Doing::PriorCredit => "Record prior credit",
                Doing::Observed => "Record an observed session",
            };
            view! { <button class="button button-secondary" type="submit" name="deed" value=doing.as_str()>{words}</button> }
        });
        let done = match self.list.as_str() {
            "" => DONE.to_owned(),
            list => format!("{DONE}?{list}"),
        };
        view! {
            <form method="post" action="/reports/actions/choose">
                <input type="hidden" name="list" value=self.list.clone() />
                <p class="no-print"><a href=self.other.clone()>{if self.all { "Choose none" } else { "Choose all on this page" }}</a></p>
                {table}
                <div class="choose-deeds no-print" role="group" aria-labelledby="choose-deeds">
                    <h2 id="choose-deeds">"For all chosen"</h2>
                    <p class="hint">"Nothing is done yet: the next page shows what would follow."</p>
                    <div class="button-row">{buttons.collect::<Vec<_>>()}</div>
                    <p><a href=done>"What you did from this list, and undo"</a></p>
                </div>
            </form>
        }
        .into_any()
    }
}

const DONE: &str = "/reports/actions/done";

/// The list of some filters.
fn list_at(list: &str) -> String {
    match Filters::of_query(list).query() {
        query if query.is_empty() => "/reports/actions".to_owned(),
        query => format!("/reports/actions?{query}"),
    }
}

fn done_at(list: &str) -> String {
    match Filters::of_query(list).query() {
        query if query.is_empty() => DONE.to_owned(),
        query => format!("{DONE}?{query}"),
    }
}

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    about: Vec<String>,
    #[serde(default)]
    deed: String,
    #[serde(default)]
    list: String,
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
    /// Set by the button that asks what would follow.
    #[serde(default)]
    look: String,
}

impl Sent {
    fn as_typed(&self) -> Typed<'_> {
        let Self { on, until, evidence, by, reason, once, .. } = self;
        Typed { on, until, evidence, by, reason, token: once, ..Typed::default() }
    }
}

pub(crate) async fn choose(State(state): State<AppState>, SignedIn(who): SignedIn, Form(sent): Form<Sent>) -> Response {
    let Some(doing) = Doing::parse(&sent.deed) else { return failed(&Failure::NotFound, &state.assets) };
    let now = usecases::clock::now();
    let looks = !sent.look.is_empty();
    let failure =
        match state.usecases.choose_rows(&who, (doing, &sent.about), looks.then(|| sent.as_typed()), now).await {
            Ok(chosen) if looks => return preview(&state, &who, &chosen, &sent, (StatusCode::OK, &[])),
            Ok(chosen) => {
                let begun = Sent { by: chosen.own_name.clone(), ..sent };
                return ask(&state, &who, &chosen, &begun, (StatusCode::OK, &[], &[]));
            }
            Err(failure) => failure,
        };
    refused(&state, &who, doing, &sent, failure).await
}

pub(crate) async fn submit(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(deed): Path<String>,
    Form(sent): Form<Sent>,
) -> Response {
    let Some(doing) = Doing::parse(&deed) else { return failed(&Failure::NotFound, &state.assets) };
    let now = usecases::clock::now();
    match state.usecases.do_for_many(&who, (doing, &sent.about), sent.as_typed(), now).await {
        Ok(DoneForMany::Done(words)) => see_other_saying(&done_at(&sent.list), words),
        Ok(DoneForMany::Changed(lines, chosen)) if doing == Doing::Remind => {
            ask(&state, &who, &chosen, &sent, (StatusCode::CONFLICT, &[], &lines))
        }
        Ok(DoneForMany::Changed(lines, chosen)) => {
            preview(&state, &who, &chosen, &sent, (StatusCode::CONFLICT, &lines))
        }
        Err(Failure::Conflict) => {
            let words = "Nothing was done: this was sent before with something else. Look at how it stands now.";
            see_other_saying(&list_at(&sent.list), words)
        }
        Err(failure) => refused(&state, &who, doing, &sent, failure).await,
    }
}

/// The form again with what is to be corrected; whoever chose nothing, or too much, is led back to the list.
async fn refused(state: &AppState, who: &Who, doing: Doing, sent: &Sent, failure: Failure) -> Response {
    let Failure::Invalid(errors) = failure else { return failed(&failure, &state.assets) };
    if let Some(error) = errors.iter().find(|error| error.field == "about") {
        return see_other_saying(&list_at(&sent.list), format!("{}.", error.message));
    }
    match state.usecases.choose_rows(who, (doing, &sent.about), None, usecases::clock::now()).await {
        Ok(chosen) => ask(state, who, &chosen, sent, (StatusCode::UNPROCESSABLE_ENTITY, &errors, &[])),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// What is done, as a heading and in a sentence.
fn words(doing: Doing) -> (&'static str, &'static str) {
    match doing {
        Doing::Remind => ("Remind", "Each person gets one message with everything that is open for them."),
        Doing::Extend => (
            "Extend due dates",
            "It moves the due date of what is open now, and nothing else: how long the training counts stays as it is.",
        ),
        Doing::Exempt => {
            ("Exempt from requirements", "From today on nothing is due. How long the training counts does not stretch.")
        }
        Doing::PriorCredit => (
            "Record prior credit",
            "For training with another employer or of an earlier system, with what proves it: the same day and evidence for all of them.",
        ),
        Doing::Observed => (
            "Record an observed session",
            "For training that all of them took part in under somebody's eyes. It counts as completed that day.",
        ),
    }
}

/// What the button does, for so many.
fn button(doing: Doing, many: usize) -> String {
    let (verb, one, more) = match doing {
        Doing::Remind => ("Remind", "person", "people"),
        Doing::Extend => ("Extend", "due date", "due dates"),
        Doing::Exempt => ("Record", "exemption", "exemptions"),
        Doing::PriorCredit => ("Record", "prior credit", "prior credits"),
        Doing::Observed => ("Record", "session", "sessions"),
    };
    format!("{verb} {many} {}", if many == 1 { one } else { more })
}

fn draw<V: IntoView>(
    state: &AppState,
    who: &Who,
    title: &str,
    status: StatusCode,
    body: impl FnOnce() -> V,
) -> Response {
    let mut frame = Frame::new(&state.assets, Some(who), title, "/reports");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(status, &frame, body)
}

fn back(list: &str) -> impl IntoView + use<> {
    view! { <a class="back-link" href=list_at(list)>"Back to the list"</a> }
}

/// For whom it can be done, with what the deed needs.
fn ask(
    state: &AppState,
    who: &Who,
    chosen: &Chosen,
    sent: &Sent,
    (status, errors, changed): (StatusCode, &[FieldError], &[String]),
) -> Response {
    let (heading, explained) = words(chosen.doing);
    draw(state, who, &title(heading, errors), status, || {
        view! {
            {back(&sent.list)}
            {summary(errors)}
            <h1>{heading}</h1>
            <p class="lead">{explained}</p>
            {nothing_done(changed)}
            {rows(chosen)}
            {left_out(chosen)}
            {(!chosen.rows.is_empty()).then(|| form(chosen, sent, errors))}
        }
    })
}

/// What has changed since it was shown, a line for each row.
fn nothing_done(changed: &[String]) -> impl IntoView + use<> {
    let lines = changed.iter().map(|line| view! { <li>{line.clone()}</li> }).collect::<Vec<_>>();
    (!lines.is_empty()).then(|| {
        view! {
            <div class="banner banner-warning" role="alert">
                <h2>"Nothing was done"</h2>
                <p>"Something has changed since it was shown. Look at how it stands now, then send it again."</p>
                <ul>{lines}</ul>
            </div>
        }
    })
}

/// Those for whom it can be done: how it stands now, and what would follow once that is known.
fn rows(chosen: &Chosen) -> AnyView {
    if chosen.rows.is_empty() {
        return view! {
            <div class="empty">
                <h2>"It can be done for none of them"</h2>
                <p>"Below is why. Go back to the list to choose others."</p>
            </div>
        }
        .into_any();
    }
    let (reminds, follows) = (chosen.doing == Doing::Remind, chosen.rows.iter().any(|row| row.after.is_some()));
    let (about, then) = match (reminds, follows) {
        (true, _) => ("What is open for them", None),
        (false, false) => ("Requirement", Some("How it stands now")),
        (false, true) => ("Requirement", Some("What would follow")),
    };
    let lines = chosen.rows.iter().map(|row| {
        let cell = then.map(|name| view! { <td role="cell" data-label=name>{standing(row)}</td> });
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Person"><a href=format!("/team/{}/training", row.person)>{row.name.clone()}</a></th>
                <td role="cell" data-label=about>{row.about.clone()}</td>
                {cell}
            </tr>
        }
    });
    let lines = lines.collect::<Vec<_>>();
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">"For whom it can be done"</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"Person"</th>
                <th role="columnheader" scope="col">{about}</th>
                {then.map(|name| view! { <th role="columnheader" scope="col">{name}</th> })}
            </tr></thead>
            <tbody role="rowgroup">{lines}</tbody>
        </table>
    }
    .into_any()
}

/// How a row stands, or from what to what it would move.
fn standing(row: &ChosenRow) -> AnyView {
    let Some(before) = &row.before else { return ().into_any() };
    let Some(after) = &row.after else {
        let due = before.due.map(|due| format!(", due {}", date_words(due.date()))).unwrap_or_default();
        return format!("{}{due}", state_words(before.coverage, before.timing, before.overlay)).into_any();
    };
    let moved = moves(before, after);
    match moved.len() {
        0 => "No date moves.".into_any(),
        _ => {
            let lines = moved.into_iter().map(|words| view! { <li>{words}</li> });
            view! { <ul>{lines.collect::<Vec<_>>()}</ul> }.into_any()
        }
    }
}

/// Those for whom it cannot be done, with why not.
fn left_out(chosen: &Chosen) -> impl IntoView + use<> {
    let Chosen { left_out, unseen, .. } = chosen;
    let lines = left_out.iter().map(|LeftOut { name, about, why, .. }| {
        let about = if about.is_empty() { String::new() } else { format!(", {about}") };
        view! { <li>{format!("{name}{about}. {why}")}</li> }
    });
    let lines = lines.collect::<Vec<_>>();
    let unseen = match unseen {
        0 => None,
        1 => Some("One row is about somebody who is not in your departments now.".to_owned()),
        many => Some(format!("{many} rows are about people who are not in your departments now.")),
    };
    (!lines.is_empty() || unseen.is_some()).then(|| {
        view! {
            <h2>"Left out"</h2>
            <ul>{lines}{unseen.map(|words| view! { <li>{words}</li> })}</ul>
        }
    })
}

/// The fields that a deed needs. A reminder goes out by its button, everything else is looked at once more.
fn form(chosen: &Chosen, sent: &Sent, errors: &[FieldError]) -> AnyView {
    let doing = chosen.doing;
    let Asks { on, until, evidence, by } = doing.asks();
    let reminds = doing == Doing::Remind;
    let reason = match doing {
        Doing::Remind => Field { hint: Some("They read it in the message. It goes into the audit log."), ..REASON },
        Doing::Exempt => REASON_OF_ABSENCE,
        _ => REASON,
    };
    let names = doing.deed().map(|deed| labels(deed, None)).unwrap_or_default();
    let [on_words, until_words, by_words] = names;
    let day = |name: &'static str, (label, hint): (&'static str, Option<&'static str>), value: &str| {
        field(Field { kind: "date", ..Field::text(name, label, hint) }, value, errors)
    };
    let action = if reminds { "/reports/actions/remind" } else { "/reports/actions/choose" };
    // With another day it may be possible for those who are left out.
    let others = if reminds { &[][..] } else { &chosen.left_out[..] };
    let others = others.iter().map(|out| view! { <input type="hidden" name="about" value=out.carried.clone() /> });
    let others = others.collect::<Vec<_>>();
    let words = if reminds { button(doing, chosen.rows.len()) } else { "Show what follows".to_owned() };
    view! {
        <form class="form" method="post" action=action novalidate>
            {carried(chosen, sent)}
            {others}
            {(!reminds).then(|| view! { <input type="hidden" name="look" value="yes" /> })}
            {on.then(|| day("on", on_words, &sent.on))}
            {until.then(|| day("until", until_words, &sent.until))}
            {evidence.then(|| field(EVIDENCE, &sent.evidence, errors))}
            {by.then(|| field(Field::text("by", by_words.0, by_words.1), &sent.by, errors))}
            {field(reason, &sent.reason, errors)}
            <button class="button" type="submit">{words}</button>
        </form>
    }
    .into_any()
}

/// What a form carries without showing it.
fn carried(chosen: &Chosen, sent: &Sent) -> impl IntoView + use<> {
    let rows = chosen.rows.iter().map(|row| view! { <input type="hidden" name="about" value=row.carried.clone() /> });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <input type="hidden" name="once" value=chosen.token.clone() />
        <input type="hidden" name="deed" value=chosen.doing.as_str() />
        <input type="hidden" name="list" value=sent.list.clone() />
        {rows}
    }
}

/// What would follow for each, with the button that records it.
fn preview(
    state: &AppState,
    who: &Who,
    chosen: &Chosen,
    sent: &Sent,
    (status, changed): (StatusCode, &[String]),
) -> Response {
    let doing = chosen.doing;
    let (heading, _) = words(doing);
    draw(state, who, heading, status, || {
        let asks = doing.asks();
        let names = doing.deed().map(|deed| labels(deed, None)).unwrap_or_default();
        let [on_words, until_words, by_words] = names;
        let day = |text: &str| text.trim().parse().map_or_else(|_| "until further notice".to_owned(), date_words);
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
        let some = !chosen.rows.is_empty();
        view! {
            {back(&sent.list)}
            <h1>{heading}</h1>
            {nothing_done(changed)}
            {some.then(|| view! { <p class="lead">"Nothing is recorded yet. Look at what would follow, then record it."</p> })}
            <dl class="summary-list">{typed}</dl>
            {rows(chosen)}
            {left_out(chosen)}
            {some.then(|| view! {
                <form class="form" method="post" action=format!("/reports/actions/{}", doing.as_str())>
                    {carried(chosen, sent)}
                    {[("on", &sent.on), ("until", &sent.until), ("evidence", &sent.evidence), ("by", &sent.by), ("reason", &sent.reason)]
                        .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone() /> })}
                    <button class="button" type="submit">{button(doing, chosen.rows.len())}</button>
                </form>
            })}
            <details open=!some>
                <summary>"Change it first"</summary>
                {form(chosen, sent, &[])}
            </details>
        }
    })
}

pub(crate) async fn done(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    RawQuery(query): RawQuery,
) -> Response {
    let list = query.unwrap_or_default();
    let views = match state.usecases.done_for_many(&who, usecases::clock::now()).await {
        Ok(views) => views,
        Err(failure) => return failed(&failure, &state.assets),
    };
    draw(&state, &who, "Done from the list", StatusCode::OK, || {
        let none = views.is_empty();
        let views = views.into_iter().map(|view| one_done(view, &list)).collect::<Vec<_>>();
        view! {
            {back(&list)}
            <h1>"Done from the list"</h1>
            <p class="lead">"What you did last for one or many at once. It can be undone within 24 hours, as long as nothing was recorded on top of it."</p>
            {none.then(|| view! { <div class="empty"><h2>"Nothing yet"</h2><p>"Choose rows of the list, and what is to be done for them."</p></div> })}
            {views}
        }
    })
}

fn one_done(view: BulkView, list: &str) -> impl IntoView + use<> {
    let BulkView { id, what, detail, at, undone, people, unseen, undo, stays } = view;
    let state =
        undone.map(|at| view! { <p><span class="tag tag-muted">"Undone"</span>{format!(" {}", time_words(at))}</p> });
    let form = undo.map(|words| {
        view! {
            <form method="post" action="/reports/actions/undo">
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="list" value=list.to_owned() />
                <button class="button button-secondary" type="submit">{words}<span class="visually-hidden">{format!(": {what}")}</span></button>
            </form>
        }
    });
    let lines = people.into_iter().map(|BulkPerson { person, name, about, since }| {
        let about = about.map(|about| format!(", {about}")).unwrap_or_default();
        let since = since.map(|words| format!(": {words}")).unwrap_or_default();
        view! { <li><a href=format!("/team/{person}/training")>{name}</a>{format!("{about}{since}")}</li> }
    });
    let lines = lines.collect::<Vec<_>>();
    let unseen = match unseen {
        0 => None,
        1 => Some("One more who is not in your departments now.".to_owned()),
        many => Some(format!("{many} more who are not in your departments now.")),
    };
    let about = format!(" of: {what}");
    view! {
        <section class="card">
            <h2>{what}</h2>
            <p class="hint">{format!("{}. {detail}", time_words(at))}</p>
            {state}
            {stays.map(|words| view! { <p>{words}</p> })}
            {form}
            <details>
                <summary>"For whom"<span class="visually-hidden">{about}</span></summary>
                <ul class="link-list">{lines}{unseen.map(|words| view! { <li>{words}</li> })}</ul>
            </details>
        </section>
    }
}

#[derive(Default, Deserialize)]
pub(crate) struct Number {
    #[serde(default)]
    id: i64,
    #[serde(default)]
    list: String,
}

pub(crate) async fn undo(State(state): State<AppState>, SignedIn(who): SignedIn, Form(sent): Form<Number>) -> Response {
    match state.usecases.undo_for_many(&who, sent.id, usecases::clock::now()).await {
        Ok(Undoing::Done(words) | Undoing::Refused(words)) => see_other_saying(&done_at(&sent.list), words),
        Err(failure) => failed(&failure, &state.assets),
    }
}
