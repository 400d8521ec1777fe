//! `/statistics`: what first attempts say about quizzes and role-plays, without names. For trainers and administrators.

use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    reports::thousands,
    statistics::{Counted, DaysTyped},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Field, field, summary, title},
};
use crate::{
    request::encoded,
    shell::{Frame, page},
    state::AppState,
};

mod flow;
mod items;
mod scenes;

const FROM: Field = Field { kind: "date", ..Field::text("from", "Ended on or after", None) };
const TO: Field = Field { kind: "date", ..Field::text("to", "Ended on or before", None) };

/// What is asked for in the address.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// Of a role-play, the version.
    #[serde(default)]
    version: String,
}

impl Asked {
    fn days(&self) -> DaysTyped<'_> {
        DaysTyped { from: &self.from, to: &self.to }
    }

    fn is_filtered(&self) -> bool {
        !(self.from.trim().is_empty() && self.to.trim().is_empty())
    }

    /// The same days, and a version, behind another address.
    fn behind(&self, path: &str, version: &str) -> String {
        let named = [("from", self.from.trim()), ("to", self.to.trim()), ("version", version)];
        let parts = named.iter().filter(|(_, value)| !value.is_empty());
        let parts: Vec<String> = parts.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }
}

pub(crate) async fn list(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let found = match state.usecases.statistics(&who).await {
        Ok(found) => found,
        Err(failure) => return failed(&failure, &state.assets),
    };
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), "Statistics", "/statistics"), || {
        view! {
            <h1>"Statistics"</h1>
            <p class="lead">"Which question and which choice goes wrong, as people met it for the first time."</p>
            <p>"Only each person's first finished attempt counts, and of role-plays the first that was played for real. There are no names here, and nothing of what fewer than ten people have tried."</p>
            <h2>"Quizzes"</h2>
            {lines(found.quizzes, "/statistics/quizzes", ("Quiz", "No quizzes yet", "They appear here once they are published."))}
            <h2>"Role-plays"</h2>
            {lines(found.role_plays, "/statistics/role-plays", ("Role-play", "No role-plays yet", "They appear here once they are published."))}
        }
    })
}

fn lines(
    counted: Vec<Counted>,
    base: &'static str,
    (head, none, words): (&'static str, &'static str, &'static str),
) -> AnyView {
    if counted.is_empty() {
        return view! { <div class="empty"><h3>{none}</h3><p>{words}</p></div> }.into_any();
    }
    let rows = counted.into_iter().map(|line| {
        let people = match line.people {
            Some(people) if line.or_more => format!("{} or more", thousands(people)),
            Some(people) => thousands(people),
            None => FEWER.to_owned(),
        };
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label=head><a href=format!("{base}/{}", line.slug)>{line.title}</a></th>
                <td role="cell" data-label="First attempts" class="number">{people}</td>
            </tr>
        }
    });
    view! {
        <table class="table" role="table">
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">{head}</th>
                <th role="columnheader" scope="col" class="number">"First attempts"</th>
            </tr></thead>
            <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}

pub(crate) async fn quiz(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let path = format!("/statistics/quizzes/{slug}");
    match state.usecases.quiz_statistics(&who, &slug, asked.days()).await {
        Ok(statistics) => draw(&state, &who, &statistics.title.clone(), || items::items(statistics, &asked, &path)),
        Err(Failure::Invalid(errors)) => ask_again(&state, &who, &asked, &path, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn role_play(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let path = format!("/statistics/role-plays/{slug}");
    match state.usecases.role_play_statistics(&who, &slug, &asked.version, asked.days()).await {
        Ok(statistics) => draw(&state, &who, &statistics.title.clone(), || scenes::scenes(statistics, &asked, &path)),
        Err(Failure::Invalid(errors)) => ask_again(&state, &who, &asked, &path, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn items_file(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let file = state.usecases.quiz_statistics_file(&who, &slug, asked.days(), usecases::clock::now()).await;
    answer_file(&state, file, "attachment; filename=\"items.csv\"")
}

pub(crate) async fn choices_file(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let (days, now) = (asked.days(), usecases::clock::now());
    let file = state.usecases.role_play_statistics_file(&who, &slug, &asked.version, days, now).await;
    answer_file(&state, file, "attachment; filename=\"choices.csv\"")
}

fn answer_file(state: &AppState, file: Result<Vec<u8>, Failure>, name: &'static str) -> Response {
    match file {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
                (header::CONTENT_DISPOSITION, name),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, file).into_response()
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn draw<V: IntoView>(state: &AppState, who: &Who, heading: &str, body: impl FnOnce() -> V) -> Response {
    let title = format!("Statistics: {heading}");
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/statistics");
    frame.class = "page page-wide";
    page(StatusCode::OK, &frame, body)
}

/// The page for days that cannot be read.
fn ask_again(state: &AppState, who: &Who, asked: &Asked, path: &str, errors: &[FieldError]) -> Response {
    let title = title("Statistics", errors);
    let frame = Frame::new(&state.assets, Some(who), &title, "/statistics");
    page(StatusCode::UNPROCESSABLE_ENTITY, &frame, || {
        view! {
            <a class="back-link" href="/statistics">"All statistics"</a>
            {summary(errors)}
            <h1>"Statistics"</h1>
            {filters(asked, path, errors)}
        }
    })
}

/// The days on which attempts ended.
fn filters(asked: &Asked, path: &str, errors: &[FieldError]) -> impl IntoView + use<> {
    let (version, path) = (asked.version.clone(), path.to_owned());
    let all = asked.is_filtered().then(|| view! { <a href=path.clone()>"All days"</a> });
    view! {
        <form class="filters" method="get" action=path novalidate>
            {field(FROM, asked.from.trim(), errors)}
            {field(TO, asked.to.trim(), errors)}
            {(!version.is_empty()).then(|| view! { <input type="hidden" name="version" value=version /> })}
            <button class="button button-secondary" type="submit">"Show"</button>
            {all}
        </form>
    }
}

const FEWER: &str = "Fewer than ten";
/// Where a figure would tell of too few.
const UNSAID: &str = "Cannot tell yet";

/// What is said in the place of figures.
fn too_few(asked: &Asked) -> impl IntoView + use<> {
    let when = if asked.is_filtered() { " on these days" } else { "" };
    let words = format!(
        "Fewer than ten people have finished a first attempt{when}. Figures are shown from ten on, so that nobody can be guessed."
    );
    view! { <div class="empty"><h2>"Cannot tell yet"</h2><p>{words}</p></div> }
}

fn left_out(leaves_out: bool) -> impl IntoView {
    leaves_out.then(|| view! {
        <p class="hint">"There are first attempts at another version, of fewer than ten people. They are not counted until there are ten."</p>
    })
}

/// A share with what fits as well.
pub(crate) fn interval_words([share, least, most]: [u32; 3]) -> String {
    // Blanks that do not break keep each number beside its sign.
    format!("{share}\u{a0}% ({least}–{most}\u{a0}%)")
}

fn percent_words(percent: Option<u32>) -> String {
    percent.map_or_else(|| UNSAID.to_owned(), |percent| format!("{percent} %"))
}

/// A number of hundredths, with a sign that reads as one.
pub(crate) fn hundredths_words(number: i32) -> String {
    format!("{}{}.{:02}", if number < 0 { "−" } else { "" }, number.abs() / 100, number.abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!([-5, 0, 41, 100].map(hundredths_words), ["−0.05", "0.00", "0.41", "1.00"]);
        assert_eq!(interval_words([80, 49, 94]), "80\u{a0}% (49–94\u{a0}%)");
    }

    #[test]
    fn a_filter_stays_with_what_is_opened_from_it() {
        let asked = Asked { from: "2026-05-03".into(), to: " ".into(), version: String::new() };
        assert_eq!(asked.behind("/x", ""), "/x?from=2026-05-03");
        assert_eq!(asked.behind("/x", "ab"), "/x?from=2026-05-03&version=ab");
        assert_eq!(Asked::default().behind("/x", ""), "/x");
    }
}
