//! `/reports`: how people stand, as tables with filters in their address. One page draws every report, from the table that a printer and
//! a file get too.

use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use usecases::{
    Failure, FieldError,
    reports::{
        Choices, Column, Field as Place, Kind, Measure, Report, ReportPage, Row, Share, SortBy, Typed, Value, thousands,
    },
};

use super::{
    SignedIn,
    bulk::Choosing,
    exports, failed,
    form::{Choice, Field, choice, field, summary, time_words, title},
    modules::date_words,
    pager, saved_views, see_other,
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn index(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    let choices = match state.usecases.report_choices(&who, usecases::clock::now()).await {
        Ok(choices) => choices,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let views = match state.usecases.saved_views(&who).await {
        Ok(views) => views,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let alone = choices.departments.len();
    page(StatusCode::OK, &Frame::new(&state.assets, Some(&who), "Reports", "/reports"), || {
        let lines = Report::ALL.into_iter().map(|report| {
            view! {
                <li>
                    <a href=format!("/reports/{}", report.as_str())>{report.title()}</a>
                    <p class="hint">{about(report)}</p>
                </li>
            }
        });
        view! {
            <h1>"Reports"</h1>
            <p>{match alone {
                0 => "There are no departments yet: reports are by department.".to_owned(),
                1 => "For your department.".to_owned(),
                many => format!("For your {many} departments, together or each by itself."),
            }}</p>
            <ul class="report-list">{lines.collect::<Vec<_>>()}{OTHERS.map(other).into_iter().collect::<Vec<_>>()}</ul>
            <p><a href="/exports">"Exports"</a>": the larger files that were made for you."</p>
            {saved_views::list(views)}
        }
    })
}

/// Reports that are more than one table.
const OTHERS: [(&str, &str, &str); 2] = [
    ("/reports/packet", "Audit packet", "One requirement and a period, with what proves it, as one file to hand over."),
    (
        "/exceptions",
        "Exceptions",
        "No manager, a missing day, messages that come back, and what else stands in the way.",
    ),
];

fn other((href, title, about): (&'static str, &'static str, &'static str)) -> impl IntoView {
    view! { <li><a href=href>{title}</a><p class="hint">{about}</p></li> }
}

/// What a report is for.
fn about(report: Report) -> &'static str {
    match report {
        Report::Actions => "Who is to do what, the most urgent first; remind, extend, exempt or record from the list.",
        Report::Departments => "How each department stands, down to the people behind each number.",
        Report::Expiring => "What counts for 30, 60 and 90 days more.",
        Report::Matrix => "Everybody against everything that is asked of them.",
        Report::Trend => "The share of those who comply at the end of each month.",
    }
}

pub(crate) async fn show(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(report) = Report::parse(&name) else { return failed(&Failure::NotFound, &state.assets) };
    let query = query.unwrap_or_default();
    let typed = Typed::of_query(&query);
    let now = usecases::clock::now();
    let shown = match state.usecases.report(&who, report, &typed, now).await {
        Ok(shown) => shown,
        Err(Failure::Invalid(errors)) => {
            let choices = match state.usecases.report_choices(&who, now).await {
                Ok(choices) => choices,
                Err(failure) => return failed(&failure, &state.assets),
            };
            let said = title(report.title(), &errors);
            let mut frame = Frame::new(&state.assets, Some(&who), &said, "/reports");
            frame.class = "page page-wide";
            return page(StatusCode::UNPROCESSABLE_ENTITY, &frame, || {
                view! {
                    {back()}
                    <h1>{report.title()}</h1>
                    {summary(&errors)}
                    {filters(report, &typed, &choices, &errors)}
                }
            });
        }
        Err(failure) => return failed(&failure, &state.assets),
    };
    if shown.rows.is_empty() && shown.previous.is_some() {
        return see_other(&address(report, &typed.with(|_| ())));
    }
    let choosing = match state.usecases.may_choose(&who, &shown, now).await {
        Ok(people) => Choosing::of(people, &typed, &query),
        Err(failure) => return failed(&failure, &state.assets),
    };
    let said = shown.head.title.clone();
    let mut frame = Frame::new(&state.assets, Some(&who), &said, "/reports");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(StatusCode::OK, &frame, || {
        let at = |number: u32| address(report, &Typed { page: number.to_string(), ..typed.clone() });
        let (previous, next) = (shown.previous.map(at), shown.next.map(at));
        let downloads = exports::downloads(report, &typed, &shown);
        view! {
            {back()}
            <h1>{shown.head.title.clone()}</h1>
            {head(&shown)}
            {filters(report, &typed, &shown.choices, &[])}
            {waiting(shown.waiting)}
            {chart(report, &shown)}
            {table(report, &typed, shown, &choosing)}
            {pager(previous, next)}
            {downloads}
            {saved_views::keep(report, &typed)}
        }
    })
}

fn back() -> impl IntoView {
    view! { <a class="back-link no-print" href="/reports">"Reports"</a> }
}

fn address(report: Report, typed: &Typed) -> String {
    match typed.query() {
        query if query.is_empty() => format!("/reports/{}", report.as_str()),
        query => format!("/reports/{}?{query}", report.as_str()),
    }
}

/// What was asked for, when, and how many rows there are: the same on the page, in print and in a file.
fn head(shown: &ReportPage) -> impl IntoView + use<> {
    let said = shown.head.lines().join(" · ");
    let made = format!("{}, {}", shown.head.organisation, time_words(shown.head.made_at));
    view! { <p class="report-head">{said}<span class="print-only">{format!(" · {made}")}</span></p> }
}

fn waiting(many: i64) -> impl IntoView {
    (many > 0).then(|| {
        view! {
            <div class="banner"><p>{format!("Rules were changed a moment ago, and {many} people are still being looked at. Their rows may be as they were before. ")}</p></div>
        }
    })
}

const DEPARTMENT: Choice =
    Choice { name: "department", label: "Department, with those below", hint: None, none: "All of mine" };
const JOB_ROLE: Choice = Choice { name: "job_role", label: "Job role", hint: None, none: "All" };
const REQUIREMENT: Choice = Choice { name: "requirement", label: "Requirement", hint: None, none: "All" };
const MANAGER: Choice = Choice { name: "manager", label: "Departments of", hint: None, none: "All managers" };
const STATUS: Choice = Choice { name: "status", label: "How it stands", hint: None, none: "Something to do" };
const AS_OF: Field = Field { kind: "date", ..Field::text("as_of", "As of", None) };
const KNOWN_ON: Field = Field { kind: "date", ..Field::text("known_on", "As known on", None) };
const DUE_FROM: Field = Field { kind: "date", ..Field::text("due_from", "Due from", None) };
const DUE_TO: Field = Field { kind: "date", ..Field::text("due_to", "Due until", None) };
const NAME: Field = Field::text("name", "Name or staff number", None);
const LEVEL: Choice = Choice { name: "level", label: "Show", hint: None, none: "Departments with those below them" };

fn filters(report: Report, typed: &Typed, choices: &Choices, errors: &[FieldError]) -> impl IntoView + use<> {
    let lines = report == Report::Actions;
    let asked = !typed.with(|typed| typed.sort.clear()).query().is_empty();
    let clear = asked.then(|| view! { <a href=address(report, &Typed::default())>"Show all"</a> });
    let roles: Vec<(String, String)> = choices.job_roles.iter().map(|role| (role.clone(), role.clone())).collect();
    let statuses: Vec<(String, String)> = Measure::ALL
        .into_iter()
        .filter(|measure| *measure != Measure::ToDo)
        .map(|measure| (measure.as_str().to_owned(), measure.words().to_owned()))
        .collect();
    let each = [("each".to_owned(), "Every department by itself".to_owned())];
    view! {
        <details class="filters-box no-print" open=asked || !errors.is_empty()>
            <summary>"Filters"</summary>
            <form class="filters" method="get" action=format!("/reports/{}", report.as_str())>
                {(choices.departments.len() > 1).then(|| choice(DEPARTMENT, &choices.departments, &typed.department, errors))}
                {(!choices.managers.is_empty()).then(|| choice(MANAGER, &choices.managers, &typed.manager, errors))}
                {choice(JOB_ROLE, &roles, &typed.job_role, errors)}
                {choice(REQUIREMENT, &choices.requirements, &typed.requirement, errors)}
                {lines.then(|| choice(STATUS, &statuses, &typed.status, errors))}
                {lines.then(|| field(DUE_FROM, &typed.due_from, errors))}
                {lines.then(|| field(DUE_TO, &typed.due_to, errors))}
                {(lines || report == Report::Matrix).then(|| field(NAME, &typed.name, errors))}
                {matches!(report, Report::Departments | Report::Expiring | Report::Trend).then(|| choice(LEVEL, &each, &typed.level, errors))}
                {field(AS_OF, &typed.as_of, errors)}
                {field(KNOWN_ON, &typed.known_on, errors)}
                {(typed.only == "1").then(|| view! {
                    <div class="field"><div class="choice">
                        <input type="checkbox" id="only" name="only" value="1" checked />
                        <label for="only">"Without the departments below"</label>
                    </div></div>
                })}
                {(!typed.sort.is_empty()).then(|| view! { <input type="hidden" name="sort" value=typed.sort.clone() /> })}
                <button class="button button-secondary" type="submit">"Show"</button>
                {clear}
            </form>
        </details>
    }
}

/// Shares as bars, or as a line where they are of one thing over time; their numbers stand in the table below.
fn chart(report: Report, shown: &ReportPage) -> impl IntoView + use<> {
    let many = shown.chart.len();
    (many > 1 && many <= 40).then(|| {
        let drawn = if report == Report::Trend { line(&shown.chart) } else { bars(&shown.chart) };
        let small = match shown.small {
            0 => None,
            1 => Some("One department of fewer than five people is not compared here.".to_owned()),
            small => Some(format!("{small} departments of fewer than five people are not compared here.")),
        };
        let words = if report == Report::Trend {
            "Share of those who comply at each month's end"
        } else {
            "Share of those who comply"
        };
        view! { <figure class="chart report-chart">{drawn}<figcaption>{words}". "{small}</figcaption></figure> }
    })
}

fn bars(chart: &[(String, Share)]) -> AnyView {
    let height = 32 * chart.len();
    let lines = chart.iter().enumerate().map(|(at, (name, share))| {
        let top = 32 * at;
        let width = format!("{}%", f64::from(share.percent()) * 0.6);
        let after = format!("{}%", f64::from(share.percent()) * 0.6 + 1.0);
        view! {
            <text x="0" y=top + 13>{name.clone()}</text>
            <rect class="bar" x="0" y=top + 17 width=width height="9" rx="2"></rect>
            <text x=after y=top + 26>{share.to_string()}</text>
        }
    });
    view! { <svg width="100%" height=height role="img" aria-label="Bars; the table has the numbers">{lines.collect::<Vec<_>>()}</svg> }.into_any()
}

fn line(chart: &[(String, Share)]) -> AnyView {
    let (wide, high) = (600.0, 140.0);
    let step = wide / (chart.len().max(2) - 1) as f64;
    let y = |share: &Share| high - f64::from(share.percent()) / 100.0 * high;
    let points: Vec<String> =
        chart.iter().enumerate().map(|(at, (_, share))| format!("{:.1},{:.1}", at as f64 * step, y(share))).collect();
    let (first, last) = (chart.first().cloned(), chart.last().cloned());
    let end = |point: Option<(String, Share)>, x: f64, anchor: &'static str| {
        point.map(|(name, share)| view! { <text x=x y=high + 22.0 text-anchor=anchor>{format!("{name}: {} %", share.percent())}</text> })
    };
    view! {
        <svg viewBox="-4 -24 608 192" width="100%" role="img" aria-label="A line; the table has the numbers">
            <path class="chart-axis" d="M0 0H600M0 70H600M0 140H600"></path>
            <polyline class="meter-line meter-line-0" points=points.join(" ")></polyline>
            <text x="0" y="-8">"100 %"</text>
            {end(first, 0.0, "start")}
            {end(last, wide, "end")}
        </svg>
    }
    .into_any()
}

fn table(report: Report, typed: &Typed, shown: ReportPage, choosing: &Choosing) -> AnyView {
    if shown.rows.is_empty() {
        let words = match Measure::parse(&typed.status) {
            Some(Measure::Overdue) => "Nobody is overdue",
            _ if report == Report::Actions && typed.status.is_empty() => "Nothing is to be done",
            _ if report == Report::Trend => "No month has ended yet",
            _ => "Nothing found",
        };
        if report == Report::Trend {
            return view! { <div class="empty"><h2>{words}</h2><p>"The first line stands here once a month has ended on which something was asked of somebody."</p></div> }.into_any();
        }
        return view! { <div class="empty"><h2>{words}</h2><p>"Nobody in these departments stands like that on this day."</p></div> }.into_any();
    }
    let matrix = report == Report::Matrix;
    let ReportPage { columns, rows, sorted, .. } = shown;
    let heads = columns.iter().map(|column| heading(report, typed, column, sorted)).collect::<Vec<_>>();
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let rows = rows.into_iter().map(|one| row(one, &columns, &names, Some(choosing))).collect::<Vec<_>>();
    let class = if matrix { "table table-matrix" } else { "table" };
    let drawn = view! {
        <div class=if matrix { "matrix-wrap" } else { "report-wrap" } tabindex=matrix.then_some("0") role=matrix.then_some("region") aria-label=matrix.then_some("Matrix")>
            <table class=class role="table">
                <caption class="visually-hidden">{report.title()}</caption>
                <thead role="rowgroup"><tr role="row">{choosing.first_head()}{heads}{choosing.last_head()}</tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    };
    choosing.around(drawn.into_any())
}

fn heading(report: Report, typed: &Typed, column: &Column, sorted: SortBy) -> impl IntoView + use<> {
    let name = column.name.clone();
    let number = matches!(column.kind, Kind::Number).then_some("number");
    let by = match column.sort {
        Some("due") => Some(SortBy::Due),
        Some("valid") => Some(SortBy::Valid),
        Some("name") => Some(SortBy::Name),
        Some("department") => Some(SortBy::Department),
        Some("requirement") => Some(SortBy::Requirement),
        _ => None,
    };
    let here = by.is_some_and(|by| by == sorted);
    let down = typed.sort.starts_with('-');
    let order = here.then_some(if down { "descending" } else { "ascending" });
    let link = column.sort.map(|sort| {
        let to = typed.with(|typed| typed.sort = if here && !down { format!("-{sort}") } else { sort.to_owned() });
        address(report, &to)
    });
    view! {
        <th role="columnheader" scope="col" class=number aria-sort=order>
            {match link {
                Some(to) => view! { <a href=to>{name}</a> }.into_any(),
                None => name.into_any(),
            }}
        </th>
    }
}

/// A row of which nothing can be chosen.
pub(super) fn plain_row(one: Row, columns: &[Column], names: &[String]) -> AnyView {
    row(one, columns, names, None).into_any()
}

fn row(row: Row, columns: &[Column], names: &[String], choosing: Option<&Choosing>) -> impl IntoView + use<> {
    let (tick, more) = (choosing.and_then(|all| all.first(&row)), choosing.and_then(|all| all.last(&row)));
    let mut fields = row.fields.into_iter().zip(columns).zip(names).map(|((field, column), name)| {
        let class = match column.kind {
            Kind::Number => Some("number"),
            Kind::Date => Some("date"),
            Kind::Text | Kind::Share => None,
        };
        (place(field), class, name.clone())
    });
    let first =
        fields.next().map(|(words, _, name)| view! { <th role="rowheader" scope="row" data-label=name>{words}</th> });
    let rest = fields.map(|(words, class, name)| view! { <td role="cell" class=class data-label=name>{words}</td> });
    view! { <tr role="row" class=row.total.then_some("total")>{tick}{first}{rest.collect::<Vec<_>>()}{more}</tr> }
}

fn place(field: Place) -> AnyView {
    let words = match field.value {
        Value::None => return "–".into_any(),
        Value::Text(words) => words.into_any(),
        Value::State(words, true) => late(&words),
        Value::State(words, false) => words.into_any(),
        Value::Number(many) => thousands(u64::from(many)).into_any(),
        Value::Date(day) => date_words(day).into_any(),
        Value::Share(share) => share.to_string().into_any(),
    };
    match field.link {
        Some(to) => view! { <a href=to>{words}</a> }.into_any(),
        None => words,
    }
}

/// What must be seen at once: the one word stands out, the others stay quiet.
fn late(words: &str) -> AnyView {
    const WORD: &str = "Overdue";
    let Some((before, after)) = words.split_once(WORD) else { return words.to_owned().into_any() };
    let before = before.trim_end_matches(" · ").to_owned();
    view! { <span class="tag tag-overdue">{WORD}</span>" "{after.trim_start_matches(", ").to_owned()}{before} }
        .into_any()
}
