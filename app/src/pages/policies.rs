//! `/requirements/{id}/policy` and `/requirements/{id}/paper`: the policy as a form that says what it means, and tried on paper: whom it
//! would change from what to what. For administrators.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::civil::Date;
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, RequirementId,
    assignments::people_words,
    policies::{Acts, Change, OnPaper, PolicyForm, PolicySaved, PolicyTyped},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Choice, Field, choice, field, summary, title},
    modules::date_words,
    pager,
    person::{confirm, first_large},
    requirements::still,
    see_other_saying,
};
use crate::{
    posted::Form,
    request::encoded,
    shell::{Frame, page},
    state::AppState,
};

const FIRST_DUE: Choice =
    Choice { name: "first-due", label: "First due, counted from", hint: None, none: "The default: being assigned" };
const FIRST_DUE_ON: Field = Field {
    kind: "date",
    ..Field::text("first-due-on", "The fixed day", Some("Only where it counts from a fixed day."))
};
const FIRST_DUE_DAYS: Field = Field::text(
    "first-due-days",
    "So many days after that",
    Some("Left empty: 30. A path has its own days for each step."),
);
const VALIDITY: Field = Field::text(
    "validity",
    "Valid for",
    Some("A period such as 12 months. Left empty or “none”: held once and for all."),
);
const BASIS: Choice = Choice {
    name: "basis",
    label: "The next validity counts from",
    hint: None,
    none: "The default: the end of the one before",
};
const CALENDAR: Field =
    Field::text("calendar", "The day of the year", Some("Month and day, such as 09-01. Only with a day of the year."));
const WINDOW: Field = Field::text(
    "window",
    "The renewal opens so long before the end",
    Some("Left empty: 60 days. Shorter than the validity."),
);
const GRACE: Field =
    Field::text("grace", "Grace after the end", Some("Left empty: 30 days. So long the refresher is still enough."));
const MIN_LEAD: Field = Field::text(
    "min-lead",
    "Never due sooner after being assigned than",
    Some("Left empty: 14 days. In days or weeks."),
);
const MIN_ACTIVE: Field = Field::text(
    "min-active",
    "A renewal lasts at least",
    Some("Left empty: 90 days. Only with a day of the year; longer than the time before the end."),
);
const REFRESHER: Choice = Choice {
    name: "refresher",
    label: "What renews it in time",
    hint: Some("Which quiz or module that is, is chosen on the page of the requirement."),
    none: "The default: the whole of it",
};
const PRIOR: Field = Field::text(
    "prior-credit-max-age",
    "An earlier completion counts if it is no older than",
    Some("Left empty: as long as it is valid. “none”: however old it is."),
);
const EARLY: Choice = Choice {
    name: "early",
    label: "Doing it again before the renewal opens",
    hint: None,
    none: "The default: is practice",
};

/// What the form and the pages after it send.
#[derive(Default, Deserialize)]
pub(crate) struct Sent {
    #[serde(flatten)]
    policy: PolicyTyped,
    /// How many versions there were when the form was opened.
    #[serde(default)]
    versions: String,
    /// `open` to act on open cycles too.
    #[serde(default)]
    acts: String,
    #[serde(default)]
    page: String,
    /// The day for which everybody is looked at.
    #[serde(default, rename = "as-of")]
    as_of: String,
    /// How many people the page said would change.
    #[serde(default)]
    seen: String,
}

impl Sent {
    fn acts(&self) -> Acts {
        if self.acts == "open" { Acts::OpenToo } else { Acts::NewCycles }
    }

    fn versions(&self) -> usize {
        self.versions.parse().unwrap_or(usize::MAX)
    }

    /// The address of a page of what was tried.
    fn address(&self, id: RequirementId, acts: &str, page: u32) -> String {
        let policy = self.policy.fields().into_iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let query = policy.collect::<Vec<_>>().join("&");
        let as_of = encoded(&self.as_of);
        format!(
            "/requirements/{id}/paper?{query}&versions={}&as-of={as_of}&acts={acts}&page={page}",
            encoded(&self.versions)
        )
    }

    /// What was typed, to be sent again with another form.
    fn hidden(&self) -> impl IntoView + use<> {
        let fields = self.policy.fields().map(|(name, value)| {
            view! { <input type="hidden" name=name value=value.to_owned() /> }
        });
        view! { {fields.into_iter().collect::<Vec<_>>()} <input type="hidden" name="versions" value=self.versions.clone() /> }
    }
}

/// The form; with what was typed and what it means, where something was typed.
pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Query(sent): Query<Sent>,
) -> Response {
    answer(&state, &who, RequirementId(id), &sent, None).await
}

pub(crate) async fn save(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Response {
    let typed = (&sent.policy, sent.versions());
    match state.usecases.save_policy(&who, RequirementId(id), typed, usecases::clock::now()).await {
        Ok(saved) => see_other_saying(&format!("/requirements/{id}"), saved_words(saved)),
        Err(Failure::Invalid(_)) => answer(&state, &who, RequirementId(id), &sent, None).await,
        Err(Failure::Conflict) => answer(&state, &who, RequirementId(id), &sent, Some(meanwhile())).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn saved_words(saved: PolicySaved) -> &'static str {
    match saved {
        PolicySaved::Done => "The policy was saved. It acts on cycles that open from today on.",
        PolicySaved::Unchanged => "The policy says this already. Nothing was changed.",
    }
}

fn meanwhile() -> FieldError {
    let words = "Somebody else changed this policy meanwhile. What you typed is still here: look at it and save again";
    FieldError::new("first-due", words)
}

async fn answer(state: &AppState, who: &Who, id: RequirementId, sent: &Sent, conflict: Option<FieldError>) -> Response {
    let form = match state.usecases.policy_form(who, id, &sent.policy, usecases::clock::now()).await {
        Ok(form) => form,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let PolicyForm { name, typed, means, mut errors, versions } = form;
    let status = match (&conflict, errors.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::OK,
    };
    // After a conflict the newest version is what is saved over, and not what the form knew.
    let versions = match (&conflict, sent.versions.parse::<usize>()) {
        (None, Ok(known)) => known,
        _ => versions,
    };
    errors.extend(conflict);
    let title = title(&format!("Policy of {name}"), &errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/requirements"), || {
        view! {
            <a class="back-link" href=format!("/requirements/{id}")>{name.clone()}</a>
            {summary(&errors)}
            <h1>{format!("Policy of {name}")}</h1>
            {meaning(&means)}
            {policy_form(id, &typed, versions, &errors)}
            <p class="hint">"A saved policy acts on cycles that open from today on. To apply it to what is open already, try it on paper first: there you see everyone it would change."</p>
        }
    })
}

/// What the policy means, in sentences.
fn meaning(means: &[String]) -> impl IntoView + use<> {
    let lines: Vec<_> = means.iter().map(|words| view! { <p>{words.clone()}</p> }).collect();
    (!lines.is_empty())
        .then(|| view! { <section class="card" aria-labelledby="means"><h2 id="means">"What this means"</h2>{lines}</section> })
}

fn policy_form(
    id: RequirementId,
    typed: &PolicyTyped,
    versions: usize,
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let options = |all: &[(&str, &str)]| {
        all.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect::<Vec<_>>()
    };
    let first_due = options(&[
        ("assigned", "Being assigned"),
        ("hired", "Being hired"),
        ("role-start", "The first day in the job role"),
        ("on", "A fixed day"),
    ]);
    let basis = options(&[
        ("expiry", "The end of the one before: no day is lost"),
        ("completion", "The day it is done again"),
        ("calendar", "A day of the year, the same for everybody"),
    ]);
    let refresher = options(&[("full", "The whole of it"), ("quiz", "A challenge quiz"), ("module", "A short module")]);
    let early = options(&[("practice", "Is practice and moves nothing"), ("restart", "Begins a new validity")]);
    let here = format!("/requirements/{id}/policy");
    view! {
        <form class="form" method="get" action=here novalidate>
            <input type="hidden" name="versions" value=versions.to_string() />
            <h2>"The first time"</h2>
            {choice(FIRST_DUE, &first_due, &typed.first_due, errors)}
            {field(FIRST_DUE_ON, &typed.first_due_on, errors)}
            {field(FIRST_DUE_DAYS, &typed.first_due_days, errors)}
            {field(MIN_LEAD, &typed.min_lead, errors)}
            {field(PRIOR, &typed.prior_credit_max_age, errors)}
            <h2>"How long it is valid"</h2>
            {field(VALIDITY, &typed.validity, errors)}
            {choice(BASIS, &basis, &typed.basis, errors)}
            {field(CALENDAR, &typed.calendar, errors)}
            {field(MIN_ACTIVE, &typed.min_active, errors)}
            <h2>"How it is renewed"</h2>
            {field(WINDOW, &typed.window, errors)}
            {field(GRACE, &typed.grace, errors)}
            {choice(REFRESHER, &refresher, &typed.refresher, errors)}
            {choice(EARLY, &early, &typed.early, errors)}
            <div class="button-row">
                <button class="button button-secondary" type="submit">"Show what this means"</button>
                <button class="button button-secondary" type="submit" formaction=format!("/requirements/{id}/paper")>"Try on paper"</button>
                <button class="button" type="submit" formmethod="post">"Save"</button>
            </div>
        </form>
    }
}

pub(crate) async fn paper(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Query(sent): Query<Sent>,
) -> Response {
    answer_paper(&state, &who, RequirementId(id), sent, StatusCode::OK).await
}

pub(crate) async fn save_from_paper(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Response {
    let (id, now) = (RequirementId(id), usecases::clock::now());
    let saved = match sent.acts() {
        Acts::NewCycles => {
            state.usecases.save_policy(&who, id, (&sent.policy, sent.versions()), now).await.map(saved_words)
        }
        Acts::OpenToo => {
            let seen = sent.seen.parse().unwrap_or(-1);
            let saved = state.usecases.recalculate(&who, id, (&sent.policy, sent.versions(), seen), now).await;
            saved.map(|()| "The policy was saved and applied to open cycles and present credits.")
        }
    };
    match saved {
        Ok(words) => see_other_saying(&format!("/requirements/{id}"), words),
        Err(Failure::Invalid(_)) => answer(&state, &who, id, &sent, None).await,
        Err(Failure::Conflict) => answer_paper(&state, &who, id, sent, StatusCode::CONFLICT).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer_paper(state: &AppState, who: &Who, id: RequirementId, mut sent: Sent, status: StatusCode) -> Response {
    let now = usecases::clock::now();
    // Opened without anything typed, it shows the policy as it is.
    if sent.policy.is_empty() {
        match state.usecases.policy_form(who, id, &sent.policy, now).await {
            Ok(form) => sent.policy = form.typed,
            Err(failure) => return failed(&failure, &state.assets),
        }
    }
    let as_of: Option<Date> = sent.as_of.trim().parse().ok();
    let asked = (sent.acts(), sent.page.parse().unwrap_or_default(), as_of);
    let paper = match state.usecases.on_paper(who, id, &sent.policy, asked, now).await {
        Ok(paper) => paper,
        Err(Failure::Invalid(_)) => return answer(state, who, id, &sent, None).await,
        Err(failure) => return failed(&failure, &state.assets),
    };
    sent.versions = paper.versions.to_string();
    let heading = format!("{} on paper", paper.name);
    let mut frame = Frame::new(&state.assets, Some(who), &heading, "/requirements");
    frame.class = "page page-wide";
    page(status, &frame, || {
        let conflict = (status == StatusCode::CONFLICT).then(|| {
            view! { <div class="banner banner-warning" role="alert"><p>"Nothing was saved: somebody else changed something meanwhile. This is how it would be now; look at it and save again."</p></div> }
        });
        let query = sent.address(id, "", 0);
        let back = query.replacen("/paper?", "/policy?", 1);
        view! {
            <a class="back-link" href=back>"The policy as you typed it"</a>
            {conflict}
            <h1>{heading.clone()}</h1>
            <p>"Nothing is saved yet."</p>
            {still(paper.waiting)}
            <dl class="summary-list">
                <div><dt>"Now"</dt><dd>{paper.present.clone()}</dd></div>
                <div><dt>"On paper"</dt><dd>{paper.changed.clone()}</dd></div>
            </dl>
            {meaning(&paper.means)}
            {who_changes(id, &sent, &paper)}
        }
    })
}

fn who_changes(id: RequirementId, sent: &Sent, paper: &OnPaper) -> impl IntoView + use<> {
    let acts = sent.acts();
    let when = if paper.is_today {
        "as of today".to_owned()
    } else {
        format!("as of {}, if nothing else happens until then", date_words(paper.as_of))
    };
    let way = |of: Acts, word: &'static str, words: &str, changed: i64| {
        let told = format!("{words}: {changed} of {} would stand differently", paper.people);
        let address = sent.address(id, word, 0);
        view! { <li><a href=address aria-current=(of == acts).then_some("true")>{told}</a></li> }
    };
    let (heading, total) = match acts {
        Acts::NewCycles => ("If it acts on new cycles only", paper.new_cycles),
        Acts::OpenToo => ("If it acts on open cycles and present credits too", paper.open_too),
    };
    let rows: Vec<_> = paper.rows.iter().map(row).collect();
    let address = |at: u32| sent.address(id, &sent.acts, at);
    let (page, pages) = (paper.page, paper.pages);
    let many = if pages > 1 { format!(", page {} of {pages}", page + 1) } else { String::new() };
    view! {
        <h2>"Who would stand differently"</h2>
        <form class="filters" method="get" action=format!("/requirements/{id}/paper") novalidate>
            {sent.hidden()}
            <input type="hidden" name="acts" value=sent.acts.clone() />
            {field(AS_OF, &sent.as_of, &[])}
            <button class="button button-secondary" type="submit">"Look"</button>
        </form>
        <ul class="link-list">
            {way(Acts::NewCycles, "new", "On new cycles only", paper.new_cycles)}
            {way(Acts::OpenToo, "open", "On open cycles and present credits too", paper.open_too)}
        </ul>
        <h3>{heading}</h3>
        <p role="status">{format!("{} {when}{many}.", first_large(&people_words(total)))}</p>
        {(!rows.is_empty()).then(|| view! {
            <table class="table" role="table">
                <caption class="visually-hidden">"Who would stand differently"</caption>
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">"Name"</th>
                    <th role="columnheader" scope="col">"By the policy as it is"</th>
                    <th role="columnheader" scope="col">"By the policy on paper"</th>
                </tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        })}
        {pager(page.checked_sub(1).map(address), Some(page + 1).filter(|next| *next < pages).map(address))}
        {save_form(id, sent, paper)}
    }
}

const AS_OF: Field = Field {
    kind: "date",
    ..Field::text("as-of", "As of", Some("Today, or a later day if nothing else happens until then."))
};

fn row(change: &Change) -> impl IntoView + use<> {
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Name"><a href=format!("/people/{}", change.person)>{change.name.clone()}</a></th>
            <td role="cell" data-label="Now">{change.before.words()}</td>
            <td role="cell" data-label="On paper">{change.after.words()}</td>
        </tr>
    }
}

fn save_form(id: RequirementId, sent: &Sent, paper: &OnPaper) -> impl IntoView + use<> {
    let action = format!("/requirements/{id}/paper");
    match sent.acts() {
        Acts::NewCycles => view! {
            <form method="post" action=action>
                {sent.hidden()}
                <button class="button" type="submit">"Save for cycles that open from today on"</button>
            </form>
        }
        .into_any(),
        Acts::OpenToo if !paper.is_today => {
            view! { <p>"To apply this, look at it as of today: nobody is changed who was not shown."</p> }.into_any()
        }
        Acts::OpenToo => {
            let button = view! {
                <form method="post" action=action>
                    {sent.hidden()}
                    <input type="hidden" name="acts" value="open" />
                    <input type="hidden" name="seen" value=paper.open_too.to_string() />
                    <button class="button button-danger" type="submit">"Yes, apply it to them"</button>
                </form>
            };
            let words = match paper.open_too {
                0 => "Save and apply it to all".to_owned(),
                changed => format!("Save and change {}", people_words(changed)),
            };
            let explained = "Due dates and last days of validity are reckoned anew by this policy, from today on. Late marks and what was granted stay.";
            confirm("button button-danger", words, explained, button).into_any()
        }
    }
}
