//! `/exports/make` and `/exports`: a report as a file, at once or made in the background, and the files that wait for whoever
//! asked for them.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::{StreamExt as _, stream};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    exports::{Download, ExportLine, Exported, FileKind, KEPT_DAYS, Offer, Standing},
    reports::{Report, ReportPage, Typed},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{summary, time_words, title},
    modules::date_words,
    see_other, see_other_saying,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    report: String,
    #[serde(default)]
    query: String,
    #[serde(default)]
    format: String,
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    id: String,
}

impl Chosen {
    /// The number of a file; of none for what is no number.
    fn id(&self) -> i64 {
        self.id.parse().unwrap_or_default()
    }
}

/// Under a report: the files that it can be had as.
pub(super) fn downloads(report: Report, typed: &Typed, shown: &ReportPage) -> impl IntoView + use<> {
    let offers = FileKind::ALL.map(|kind| (kind, kind.offer(shown.columns.len(), shown.head.rows)));
    let buttons = offers.iter().filter(|(_, offer)| !matches!(offer, Offer::Never(_))).map(|(kind, _)| {
        view! { <button class="button button-secondary" name="format" value=kind.as_str() type="submit">{kind.words()}</button> }
    });
    let buttons = buttons.collect::<Vec<_>>();
    let said = offers.iter().filter_map(|(kind, offer)| match offer {
        Offer::Never(most) => Some(kind.too_long(*most)),
        Offer::Now | Offer::Later => None,
    });
    let said = said.map(|words| view! { <p class="hint">{format!("{words}.")}</p> }).collect::<Vec<_>>();
    let later =
        offers.iter().filter(|(_, offer)| *offer == Offer::Later).map(|(kind, _)| kind.words()).collect::<Vec<_>>();
    let later = (!later.is_empty()).then(|| {
        let what =
            if later.len() == buttons.len() { "With so many rows each file".to_owned() } else { later.join(", ") };
        let words = format!("{what} is made in the background and waits under “Exports” for {KEPT_DAYS} days.");
        view! { <p class="hint">{words}</p> }
    });
    view! {
        <section class="no-print" aria-labelledby="download">
            <h2 id="download">"Download"</h2>
            <form method="post" action="/exports/make">
                <input type="hidden" name="report" value=report.as_str() />
                <input type="hidden" name="query" value=typed.with(|_| ()).query() />
                <div class="button-row">{buttons}</div>
            </form>
            {later}
            {said}
            <p><a href="/exports">"Exports"</a>": the files that were made for you."</p>
        </section>
    }
}

/// Gives a report as a file, or begins to make it.
pub(crate) async fn submit(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(asked): Form<Asked>,
) -> Response {
    let (Some(report), Some(kind)) = (Report::parse(&asked.report), FileKind::parse(&asked.format)) else {
        return failed(&Failure::NotFound, &state.assets);
    };
    let typed = Typed::of_query(&asked.query);
    match state.usecases.export_report(&who, (report, &typed, kind), usecases::clock::now()).await {
        Ok(Exported::Now(download)) => file(download),
        Ok(Exported::Later) => see_other_saying("/exports", "The file is being made. You can leave this page."),
        Err(Failure::Invalid(errors)) => draw(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &errors).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn list(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    draw(&state, &who, StatusCode::OK, &[]).await
}

pub(crate) async fn download(State(state): State<AppState>, SignedIn(who): SignedIn, Path(id): Path<i64>) -> Response {
    match state.usecases.export_file(&who, id).await {
        Ok(download) => file(download),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn delete(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(chosen): Form<Chosen>,
) -> Response {
    match state.usecases.delete_export(&who, chosen.id()).await {
        Ok(()) => see_other_saying("/exports", "The file was deleted."),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn again(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(chosen): Form<Chosen>,
) -> Response {
    match state.usecases.export_again(&who, chosen.id(), usecases::clock::now()).await {
        Ok(()) => see_other("/exports"),
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// The bytes as they come. A failure on the way breaks the connection off, so that half a file is never taken for a whole one.
fn file(download: Download) -> Response {
    // A name holds small letters, digits, dashes and a dot.
    let name = format!("attachment; filename=\"{}\"", download.file_name);
    let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(download.media_type)),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let length = download.length;
    let parts = stream::unfold(download, |mut download| async move {
        let part = download.next().await?;
        if let Err(failure) = &part {
            tracing::warn!(%failure, "a file was broken off");
        }
        Some((part, download))
    });
    // Compression asks once more after the end.
    let parts = parts.fuse();
    let mut response = (headers, Body::from_stream(parts)).into_response();
    if let Some(length) = length {
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    response
}

async fn draw(state: &AppState, who: &Who, status: StatusCode, errors: &[FieldError]) -> Response {
    let lines = match state.usecases.exports(who).await {
        Ok(lines) => lines,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = title("Exports", errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/reports");
    frame.not_kept = true;
    page(status, &frame, || {
        let open = lines.iter().any(|line| line.standing.is_open());
        let items = lines.into_iter().map(item).collect::<Vec<_>>();
        view! {
            <a class="back-link" href="/reports">"Reports"</a>
            {summary(errors)}
            <h1>"Exports"</h1>
            <p>{format!("Reports that were made for you as files. Each is kept for {KEPT_DAYS} days, and nobody else can open it.")}</p>
            {open.then(|| view! { <p class="button-row"><a class="button" href="/exports">"Look again"</a></p> })}
            {if items.is_empty() {
                view! { <div class="empty"><h2>"No files"</h2><p>"Open a report and choose under “Download” what you need. A large one is made in the background and then waits here."</p></div> }.into_any()
            } else {
                view! { <ul class="module-list" id="files">{items}</ul> }.into_any()
            }}
        }
    })
}

fn item(line: ExportLine) -> impl IntoView {
    let ExportLine { id, title, kind, made, until, standing } = line;
    let (class, word) = match &standing {
        Standing::Waiting => ("tag tag-muted", "Waiting"),
        Standing::Running { .. } => ("tag", "Being made"),
        Standing::Done { .. } => ("tag tag-done", "Ready"),
        Standing::Withheld => ("tag tag-warning", "Withheld"),
        Standing::Failed(_) => ("tag tag-warning", "Not made"),
    };
    let named = format!(": {title}, {kind}");
    let first = match &standing {
        Standing::Waiting | Standing::Running { .. } => None,
        Standing::Done { .. } => {
            let name = named.clone();
            Some(view! { <a class="button" href=format!("/exports/{id}") download="">"Download"<span class="visually-hidden">{name}</span></a> }.into_any())
        }
        Standing::Withheld | Standing::Failed(_) => {
            let words = if standing == Standing::Withheld { "Make it again" } else { "Try again" };
            Some(button("/exports/again", id, words, named.clone()).into_any())
        }
    };
    view! {
        <li class="module-card">
            <div class="module-card-main">
                <p><strong>{title}</strong></p>
                <p><span class=class>{word}</span>" "{standing.words()}</p>
                <p class="hint">{format!("{kind} · asked for on {} · kept until {}", time_words(made), date_words(until))}</p>
            </div>
            <div class="button-row">{first}{button("/exports/delete", id, "Delete", named)}</div>
        </li>
    }
}

fn button(to: &'static str, id: i64, words: &'static str, named: String) -> impl IntoView {
    view! {
        <form method="post" action=to>
            <input type="hidden" name="id" value=id.to_string() />
            <button class="button button-secondary" type="submit">{words}<span class="visually-hidden">{named}</span></button>
        </form>
    }
}
