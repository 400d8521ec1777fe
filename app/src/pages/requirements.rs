//! `/requirements`: what some people must hold, and what renews it. For administrators.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, RequirementId, What,
    assignments::{AssignmentLine, people_words},
    policies::VersionLine,
    requirements::{RequirementLine, RequirementTyped, RequirementView, Requirements, WishLine},
    who::Who,
};

use super::{
    SignedIn,
    assignments::assignment_table,
    failed,
    form::{Choice, Field, choice, field, summary, time_words, title},
    modules::date_words,
    person::first_large,
    see_other_saying,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

const DOCUMENT: Choice = Choice {
    name: "document",
    label: "What must be done",
    hint: Some("What a trainer has published."),
    none: "Choose a module, quiz or role-play",
};
const NAME: Field = Field::text("name", "Name", Some("As it stands in lists and messages, for example Hand washing."));
const REFRESHER: Choice = Choice {
    name: "refresher",
    label: "Refresher",
    hint: Some("The shorter work that renews it while it is still valid or in grace."),
    none: "None: the whole of it renews it",
};

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    document: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    refresher: String,
}

impl Typed {
    fn as_typed(&self) -> RequirementTyped<'_> {
        RequirementTyped { document: &self.document, name: &self.name, refresher: &self.refresher }
    }
}

pub(crate) async fn list(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let Requirements { lines, waiting, wishes } = match state.usecases.requirements(&who, usecases::clock::now()).await
    {
        Ok(requirements) => requirements,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let mut frame = Frame::new(&state.assets, Some(&who), "Requirements", "/requirements");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        view! {
            <h1>"Requirements"</h1>
            <p>"Who must know what by when. A requirement says what must be done and how it is renewed; an assignment says by whom."</p>
            {still(waiting)}
            {wished(wishes)}
            <p><a class="button" href="/requirements/new">"Add a requirement"</a></p>
            {if lines.is_empty() {
                view! { <div class="empty"><h2>"No requirements yet"</h2><p>"Add the first one: something that everybody must have done. Or take over the "<a href="/paths">"paths that the curriculum suggests"</a>", which bring theirs along."</p></div> }.into_any()
            } else {
                table(lines).into_any()
            }}
            <ul class="link-list">
                <li><a href="/assignments">"Assignments: what is asked of whom"</a></li>
                <li><a href="/paths">"Paths: requirements in an order"</a></li>
                <li><a href="/job-roles">"Job roles"</a></li>
            </ul>
        }
    })
}

/// The updates that trainers wish for, each with the way to decide.
fn wished(wishes: Vec<WishLine>) -> impl IntoView {
    let lines = wishes.into_iter().map(|wish| {
        let at = format!("/requirements/{}/update?days={}", wish.id, wish.days);
        view! { <li><a href=at>{wish.name.clone()}</a>": "{wish_words(&wish)}</li> }
    });
    let lines = lines.collect::<Vec<_>>();
    (!lines.is_empty()).then(|| {
        view! {
            <section class="card card-next" aria-labelledby="wishes">
                <h2 id="wishes">"New versions that trainers ask for"</h2>
                <p>"They published something that everybody who holds it should learn soon. Nobody is asked until you decide."</p>
                <ul>{lines}</ul>
            </section>
        }
    })
}

/// Who wishes for an update, by when, and why.
pub(super) fn wish_words(wish: &WishLine) -> String {
    let days = if wish.days == 1 { "1 day".to_owned() } else { format!("{} days", wish.days) };
    let why = if wish.why.is_empty() { String::new() } else { format!(" Why: {}", wish.why) };
    format!("asked for by {} on {}, to be done in {days}.{why}", wish.by, date_words(wish.on))
}

fn table(lines: Vec<RequirementLine>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Name">
                    <a href=format!("/requirements/{}", line.id)>{line.name}</a>
                    {line.update_of.map(|of| view! { <span class="hint">{format!("An update of {of}")}</span> })}
                </th>
                <td role="cell" data-label="What"><a href=line.place>{line.document}</a>{format!(" ({})", line.kind)}</td>
                <td role="cell" data-label="Policy">{line.policy}</td>
                <td role="cell" data-label="Reaches today">{people_words(line.people)}</td>
            </tr>
        }
    });
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">"Requirements"</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"Name"</th>
                <th role="columnheader" scope="col">"What"</th>
                <th role="columnheader" scope="col">"Policy"</th>
                <th role="columnheader" scope="col">"Reaches today"</th>
            </tr></thead>
            <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
        </table>
    }
}

/// That a change of the rules is still at work, so that numbers on this page will grow or shrink by themselves.
pub(super) fn still(waiting: i64) -> impl IntoView {
    (waiting > 0).then(|| {
        view! {
            <div class="banner" role="status"><p>{format!(
                "A change is still being worked out for {}. Numbers on this page are complete once that is done; open it again in a minute.",
                people_words(waiting)
            )}</p></div>
        }
    })
}

pub(crate) async fn new(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    answer_new(&state, &who, StatusCode::OK, &Typed::default(), &[]).await
}

pub(crate) async fn add(State(state): State<AppState>, SignedIn(who): SignedIn, Form(typed): Form<Typed>) -> Response {
    match state.usecases.add_requirement(&who, typed.as_typed(), usecases::clock::now()).await {
        Ok(id) => {
            let words = format!("{} was added. Look at its policy, then assign it.", typed.name.trim());
            see_other_saying(&format!("/requirements/{id}"), words)
        }
        Err(Failure::Invalid(errors)) => {
            answer_new(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer_new(state: &AppState, who: &Who, status: StatusCode, typed: &Typed, errors: &[FieldError]) -> Response {
    let offered = async { Ok((state.usecases.requirable(who).await?, state.usecases.refreshers(who).await?)) };
    let (documents, refreshers) = match offered.await {
        Ok(offered) => offered,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = title("Add a requirement", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/requirements"), || {
        view! {
            <a class="back-link" href="/requirements">"All requirements"</a>
            {summary(errors)}
            <h1>"Add a requirement"</h1>
            {if documents.is_empty() {
                view! { <div class="empty"><h2>"Nothing to require yet"</h2><p>"A trainer has not published any module, quiz or role-play."</p></div> }.into_any()
            } else {
                view! {
                    <form class="form" method="post" action="/requirements/new" novalidate>
                        {choice(DOCUMENT, &documents, &typed.document, errors)}
                        {field(NAME, &typed.name, errors)}
                        {choice(REFRESHER, &refreshers, &typed.refresher, errors)}
                        <button class="button" type="submit">"Add this requirement"</button>
                    </form>
                    <p class="hint">"It begins with a plain policy: due 30 days after being assigned, held once and for all. You can change that next."</p>
                }.into_any()
            }}
        }
    })
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    answer_one(&state, &who, RequirementId(id), StatusCode::OK, None, &[]).await
}

pub(crate) async fn change(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    let now = usecases::clock::now();
    match state.usecases.change_requirement(&who, RequirementId(id), typed.as_typed(), now).await {
        Ok(()) => see_other_saying(&format!("/requirements/{id}"), "Saved."),
        Err(Failure::Invalid(errors)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            answer_one(&state, &who, RequirementId(id), status, Some(typed), &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer_one(
    state: &AppState,
    who: &Who,
    id: RequirementId,
    status: StatusCode,
    typed: Option<Typed>,
    errors: &[FieldError],
) -> Response {
    let now = usecases::clock::now();
    let found = async {
        let one = state.usecases.requirement(who, id, now).await?;
        let assignments = state.usecases.assignments(who, Some(What::Requirement(id)), 0, now).await?;
        Ok((one, assignments.lines))
    };
    let (RequirementView { line, refresher, refreshers, versions, updates, why_soon, no_refresher }, assigned) =
        match found.await {
            Ok(found) => found,
            Err(failure) => return failed(&failure, &state.assets),
        };
    let title = title(&line.name, errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/requirements");
    frame.class = "page page-wide";
    page(status, &frame, || {
        let typed = typed.unwrap_or_else(|| Typed { name: line.name.clone(), refresher, ..Typed::default() });
        let is_update = line.update_of.is_some();
        view! {
            <a class="back-link" href="/requirements">"All requirements"</a>
            {summary(errors)}
            <h1>{line.name.clone()}</h1>
            {line.update_of.clone().map(|of| view! { <p class="muted">{format!("A mandatory update of {of}")}</p> })}
            {(!why_soon.is_empty()).then(|| view! { <p>{format!("Why soon: {why_soon}")}</p> })}
            {no_refresher.map(|words| view! { <div class="banner banner-warning"><p>{words}</p></div> })}
            <dl class="summary-list">
                <div><dt>"What must be done"</dt><dd><a href=line.place.clone()>{line.document.clone()}</a>{format!(" ({})", line.kind)}</dd></div>
                <div><dt>"Reaches today"</dt><dd>{first_large(&people_words(line.people))}</dd></div>
                <div><dt>"Policy"</dt><dd>{line.policy.clone()}</dd><dd><a href=format!("/requirements/{id}/policy")>"Change"<span class="visually-hidden">" the policy"</span></a></dd></div>
            </dl>
            <h2>"Assigned to"</h2>
            {assigned_to(id, assigned, is_update)}
            <ul class="link-list"><li><a href="/assignments">"All assignments"</a></li></ul>
            <h2>"Name and refresher"</h2>
            <form class="form" method="post" action=format!("/requirements/{id}") novalidate>
                {field(NAME, &typed.name, errors)}
                {choice(REFRESHER, &refreshers, &typed.refresher, errors)}
                <button class="button" type="submit">"Save"</button>
            </form>
            {(!is_update).then(|| view! {
                <h2>"A new version that everybody must see"</h2>
                <p>"What somebody holds stays valid when the content changes. If the change is so great that everybody must see it now, ask for it."</p>
                <p><a class="button button-secondary" href=format!("/requirements/{id}/update")>"Ask for the new version"</a></p>
            })}
            {(!updates.is_empty()).then(|| view! {
                <ul class="link-list">{updates.into_iter().map(|(id, name)| view! { <li><a href=format!("/requirements/{id}")>{name}</a></li> }).collect::<Vec<_>>()}</ul>
            })}
            <h2>"Versions of the policy"</h2>
            {version_list(versions)}
        }
    })
}

fn assigned_to(id: RequirementId, lines: Vec<AssignmentLine>, is_update: bool) -> impl IntoView {
    let none = lines.is_empty();
    view! {
        {if none {
            view! { <p>"Nobody yet."</p> }.into_any()
        } else {
            assignment_table(lines).into_any()
        }}
        {(!is_update).then(|| view! { <p><a class="button button-secondary" href=format!("/assignments/new?what=requirement-{id}")>"Assign it"</a></p> })}
    }
}

fn version_list(versions: Vec<VersionLine>) -> impl IntoView {
    let lines = versions.into_iter().map(|version| {
        let by = version.by.map(|by| format!(" by {by}")).unwrap_or_default();
        let acts = if version.recalculates { " It was applied to open cycles and present credits too." } else { "" };
        view! {
            <li><strong>{format!("From {}: ", date_words(version.from))}</strong>{version.sentence}{acts}
                " "<span class="muted">{format!("Made {}{by}.", time_words(version.at))}</span></li>
        }
    });
    view! { <ol reversed>{lines.collect::<Vec<_>>()}</ol> }
}
