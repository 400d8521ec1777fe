//! `/assignments`: what is asked of whom; what a new one would do before it is made, and what ends with one before it is ended. For
//! administrators.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::civil::Date;
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    AssignmentId, Failure, FieldError,
    assignments::{
        AssignmentLine, AssignmentTyped, Assignments, EndingOf, EndingView, Expected, ExpectedOf, Offer, State as Is,
        people_words,
    },
    who::Who,
};

use super::{
    SignedIn,
    departments::choices,
    failed,
    form::{Choice, Field, choice, field, summary, title},
    modules::date_words,
    pager,
    person::first_large,
    requirements::still,
    see_other_saying,
};
use crate::{
    posted::Form,
    request::encoded,
    shell::{Frame, page},
    state::AppState,
};

const WHAT: Choice = Choice {
    name: "what",
    label: "What",
    hint: Some("A path assigns each of its requirements, with its own days."),
    none: "Choose a requirement or a path",
};
const AUDIENCE: Choice = Choice { name: "audience", label: "To whom", hint: None, none: "Choose one" };
const DEPARTMENT: Choice = Choice {
    name: "department",
    label: "The department",
    hint: Some("Only if it goes to a department. Those that belong to it are reached too."),
    none: "Choose one",
};
const ROLE: Choice = Choice {
    name: "role",
    label: "The job role",
    hint: Some("Only if it goes to those who work as something."),
    none: "Choose one",
};
const PERSON: Field = Field::text("person", "Staff number or e-mail address", Some("Only if it goes to one person."));
const FROM: Field =
    Field { kind: "date", ..Field::text("from", "From", Some("Left empty: today. It can be a later day.")) };

#[derive(Deserialize)]
pub(crate) struct At {
    #[serde(default)]
    page: usize,
}

pub(crate) async fn list(State(state): State<AppState>, SignedIn(who): SignedIn, Query(at): Query<At>) -> Response {
    let now = usecases::clock::now();
    let Assignments { lines, page: at, pages, waiting } =
        match state.usecases.assignments(&who, None, at.page, now).await {
            Ok(assignments) => assignments,
            Err(failure) => return failed(&failure, &state.assets),
        };
    let mut frame = Frame::new(&state.assets, Some(&who), "Assignments", "/requirements");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let address = |at: usize| format!("/assignments?page={at}");
        let many = (pages > 1).then(|| view! { <p role="status">{format!("Page {} of {pages}", at + 1)}</p> });
        view! {
            <a class="back-link" href="/requirements">"Requirements"</a>
            <h1>"Assignments"</h1>
            <p>"What is asked of whom. Whoever joins an audience later is reached from that day on."</p>
            {still(waiting)}
            <p><a class="button" href="/assignments/new">"Assign something"</a></p>
            {many}
            {if lines.is_empty() {
                view! { <div class="empty"><h2>"Nothing is assigned yet"</h2><p>"Assign a requirement or a path to a department, a job role or a person."</p></div> }.into_any()
            } else {
                assignment_table(lines).into_any()
            }}
            {pager(at.checked_sub(1).map(address), Some(at + 1).filter(|next| *next < pages).map(address))}
        }
    })
}

/// Assignments, each with the way to end it.
pub(super) fn assignment_table(lines: Vec<AssignmentLine>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| {
        let (class, tag) = match line.state {
            Is::Planned => ("tag", "Planned"),
            Is::Running => ("tag tag-done", "Running"),
            Is::Ended => ("tag tag-muted", "Ended"),
        };
        let by = line.by.map(|by| format!(", by {by}")).unwrap_or_default();
        let since = match line.until {
            Some(until) => format!("{} until {}{by}", date_words(line.from), date_words(until)),
            None => format!("{}{by}", date_words(line.from)),
        };
        let end = (line.state != Is::Ended).then(|| {
            let (href, of) =
                (format!("/assignments/{}/end", line.id), format!(" the assignment of {} to {}", line.what, line.to));
            view! { " "<a href=href>"End"<span class="visually-hidden">{of}</span></a> }
        });
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="What"><a href=line.place>{line.what}</a></th>
                <td role="cell" data-label="To whom">{line.to}</td>
                <td role="cell" data-label="From">{since}</td>
                <td role="cell" data-label="Reaches today">{first_large(&people_words(line.people))}</td>
                <td role="cell" data-label="State"><span class=class>{tag}</span>{end}</td>
            </tr>
        }
    });
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">"Assignments"</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"What"</th>
                <th role="columnheader" scope="col">"To whom"</th>
                <th role="columnheader" scope="col">"From"</th>
                <th role="columnheader" scope="col">"Reaches today"</th>
                <th role="columnheader" scope="col">"State"</th>
            </tr></thead>
            <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
        </table>
    }
}

/// What the form of a new assignment sends; with `step=check` it was filled in.
#[derive(Default, Deserialize)]
pub(crate) struct Sent {
    #[serde(flatten)]
    typed: AssignmentTyped,
    #[serde(default)]
    step: String,
}

/// The form, or what the assignment in it would do.
pub(crate) async fn new(State(state): State<AppState>, SignedIn(who): SignedIn, Query(sent): Query<Sent>) -> Response {
    if sent.step != "check" {
        return answer_new(&state, &who, StatusCode::OK, &sent.typed, &[]).await;
    }
    match state.usecases.expected(&who, &sent.typed, usecases::clock::now()).await {
        Ok(expected) => check(&state, &who, &sent.typed, expected),
        Err(Failure::Invalid(errors)) => {
            answer_new(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &sent.typed, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn assign(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(typed): Form<AssignmentTyped>,
) -> Response {
    match state.usecases.assign(&who, &typed, usecases::clock::now()).await {
        Ok(_) => see_other_saying("/assignments", "Assigned. It is worked out for everybody in the next moments."),
        Err(Failure::Invalid(errors)) => {
            answer_new(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer_new(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    typed: &AssignmentTyped,
    errors: &[FieldError],
) -> Response {
    let Offer { what, departments, roles, .. } = match state.usecases.offer(who, usecases::clock::now()).await {
        Ok(offer) => offer,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = title("Assign something", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/requirements"), || {
        let audiences = [
            ("everybody", "Everybody"),
            ("department", "A department and those below it"),
            ("role", "Those who work as something"),
            ("person", "One person"),
        ];
        let audiences = audiences.map(|(value, words)| (value.to_owned(), words.to_owned()));
        let roles: Vec<_> = roles.into_iter().map(|role| (role.clone(), role)).collect();
        view! {
            <a class="back-link" href="/assignments">"All assignments"</a>
            {summary(errors)}
            <h1>"Assign something"</h1>
            {if what.is_empty() {
                view! { <div class="empty"><h2>"No requirements yet"</h2><p><a href="/requirements/new">"Add the first one"</a>", then say here who must do it."</p></div> }.into_any()
            } else {
                view! {
                    <form class="form" method="get" action="/assignments/new" novalidate>
                        <input type="hidden" name="step" value="check" />
                        {choice(WHAT, &what, &typed.what, errors)}
                        {choice(AUDIENCE, &audiences, &typed.audience, errors)}
                        {choice(DEPARTMENT, &choices(&departments, None), &typed.department, errors)}
                        {choice(ROLE, &roles, &typed.role, errors)}
                        {field(PERSON, &typed.person, errors)}
                        {field(FROM, &typed.from, errors)}
                        <button class="button" type="submit">"See what this does"</button>
                    </form>
                    <p class="hint">"Nothing is assigned yet: the next page says first how many people it gives what."</p>
                }.into_any()
            }}
        }
    })
}

/// What the assignment would do; it is made only from here.
fn check(state: &AppState, who: &Who, typed: &AssignmentTyped, expected: Expected) -> Response {
    let title = format!("Assign {}", expected.what);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/requirements");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, || {
        let query = typed.fields().map(|(name, value)| format!("{name}={}", encoded(value))).join("&");
        let hidden = typed.fields().map(|(name, value)| {
            view! { <input type="hidden" name=name value=value.to_owned() /> }
        });
        let sentence = expected.sentence();
        let from = if expected.is_today { "Today".to_owned() } else { date_words(expected.from) };
        view! {
            <a class="back-link" href=format!("/assignments/new?{query}")>"Change something"</a>
            <h1>{title.clone()}</h1>
            <p class="lead">{sentence}</p>
            {still(expected.waiting)}
            <dl class="summary-list">
                <div><dt>"To whom"</dt><dd>{expected.to}</dd></div>
                <div><dt>"How many people that is"</dt><dd>{people_words(expected.people)}</dd></div>
                <div><dt>"From"</dt><dd>{from}</dd></div>
            </dl>
            {expected_table(expected.each)}
            <form method="post" action="/assignments/new">
                {hidden.into_iter().collect::<Vec<_>>()}
                <button class="button" type="submit">"Assign it"</button>
            </form>
        }
    })
}

fn expected_table(each: Vec<ExpectedOf>) -> impl IntoView {
    let rows = each.into_iter().map(|of| {
        let due = due_words(&of);
        let sooner = sooner_words(&of).map(|words| view! { <span class="hint">{words}</span> });
        let undated = (of.undated > 0).then(|| {
            view! { <span class="hint">{format!("No due date for {}: the day is not recorded that it counts from.", people_words(of.undated))}</span> }
        });
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Requirement">{of.name}</th>
                <td role="cell" data-label="Asked anew">{first_large(&people_words(of.new))}</td>
                <td role="cell" data-label="Of those, done before and it counts">{first_large(&people_words(of.counted))}</td>
                <td role="cell" data-label="Asked already">{first_large(&people_words(of.already))}</td>
                <td role="cell" data-label="Due">{due}{undated}{sooner}</td>
            </tr>
        }
    });
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">"What it gives"</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"Requirement"</th>
                <th role="columnheader" scope="col">"Asked anew"</th>
                <th role="columnheader" scope="col">"Of those, done before and it counts"</th>
                <th role="columnheader" scope="col">"Asked already"</th>
                <th role="columnheader" scope="col">"Due"</th>
            </tr></thead>
            <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
        </table>
    }
}

/// When those who are asked anew would be due.
fn due_words(of: &ExpectedOf) -> String {
    match of.due {
        Some(range) => range_words(range),
        None if of.new == 0 => "Nobody is asked anew".to_owned(),
        None if of.counted > 0 => "Nothing is due now".to_owned(),
        None => String::new(),
    }
}

/// What it does to the due dates of those who are asked already.
fn sooner_words(of: &ExpectedOf) -> Option<String> {
    let (before, then) = (of.sooner_before?, of.sooner_then?);
    Some(format!(
        "For {} asked already it is due sooner: {} and no longer {}.",
        people_words(of.sooner),
        range_words(then),
        range_words(before)
    ))
}

fn range_words((first, last): (Date, Date)) -> String {
    if first == last { date_words(first) } else { format!("{} to {}", date_words(first), date_words(last)) }
}

/// Asks once more, with what would end.
pub(crate) async fn ending(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    let EndingView { line, each, taken_back, waiting } =
        match state.usecases.ending(&who, AssignmentId(id), usecases::clock::now()).await {
            Ok(ending) => ending,
            Err(failure) => return failed(&failure, &state.assets),
        };
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), "End an assignment", "/requirements"), || {
        let none = each.is_empty();
        let lines = each.into_iter().map(|EndingOf { name, people, lose }| {
            let kept = match people - lose {
                0 => String::new(),
                kept => format!(" {} by another assignment too, which goes on.", asked_words(kept)),
            };
            view! { <li><strong>{name}</strong>{format!(": {} the obligation.{kept}", lose_words(lose))}</li> }
        });
        let lines = lines.collect::<Vec<_>>();
        view! {
            <a class="back-link" href="/assignments">"All assignments"</a>
            <h1>"End this assignment?"</h1>
            {still(waiting)}
            <dl class="summary-list">
                <div><dt>"What"</dt><dd>{line.what}</dd></div>
                <div><dt>"To whom"</dt><dd>{line.to}</dd></div>
                <div><dt>"From"</dt><dd>{date_words(line.from)}</dd></div>
            </dl>
            {if none {
                view! { <p>"It reaches nobody today."</p> }.into_any()
            } else {
                view! { <ul>{lines}</ul> }.into_any()
            }}
            {if taken_back {
                view! { <p>"It began today: it is taken back as though it had not been made, and due dates go back to what they were. What anybody has earned stays theirs."</p> }.into_any()
            } else {
                view! { <p>"What anybody has earned stays theirs. It ends today."</p> }.into_any()
            }}
            <form method="post" action=format!("/assignments/{id}/end")>
                <button class="button button-danger" type="submit">"Yes, end it"</button>
            </form>
        }
    })
}

fn lose_words(lose: i64) -> String {
    match lose {
        1 => "1 person loses".to_owned(),
        0 => "nobody loses".to_owned(),
        more => format!("{more} people lose"),
    }
}

fn asked_words(kept: i64) -> String {
    if kept == 1 { "1 person is asked for it".to_owned() } else { format!("{kept} people are asked for it") }
}

pub(crate) async fn end(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    match state.usecases.end_assignment(&who, AssignmentId(id), usecases::clock::now()).await {
        Ok(words) => see_other_saying("/assignments", format!("Ended: {words}.")),
        Err(failure) => failed(&failure, &state.assets),
    }
}
