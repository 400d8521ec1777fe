//! `/people/import`, `/people/export`: people in bulk, and what they completed before. A file is looked at first; only what was shown is
//! done, and the last import can be undone. For administrators.

use axum::{
    extract::{Multipart, Path, State, multipart::MultipartRejection},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError, PersonId,
    roster::{CannotUndo, Chosen, Confirmed, Group, ImportView, Kind, Line, Preview},
    who::Who,
};

use super::{
    SignedIn, error_page, failed,
    form::{Field, area, field, summary, time_words, title},
    message, see_other_saying,
};
use crate::{
    posted::{Form, Upload},
    shell::{Frame, page},
    state::AppState,
};

const FILE: Field = Field {
    kind: "file",
    ..Field::text("file", "File", Some("A table saved as CSV UTF-8, 32 MB at most. Its first line names the columns."))
};

/// A group of more lines than this is folded, so that the question at the end of the page is near.
const UNFOLDED: usize = 10;

/// What a form sends, as far as it is shown again.
#[derive(Default)]
struct Typed {
    lines: String,
    everybody: bool,
    new_departments: bool,
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    upload_page(&state, &who, StatusCode::OK, Kind::People, &Typed::default(), &[]).await
}

pub(crate) async fn show_history(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    upload_page(&state, &who, StatusCode::OK, Kind::History, &Typed::default(), &[]).await
}

/// Takes a file and leads to its preview.
pub(crate) async fn upload(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    // A body this large is read for nobody else.
    if !who.administrator {
        return failed(&Failure::Denied, &state.assets);
    }
    let (chosen, typed) = match Upload::read(form).await {
        Ok(upload) => sent(upload),
        Err(status) => return error_page(status, &state.assets),
    };
    let kind = chosen.kind;
    match state.usecases.hold_import(&who, chosen, usecases::clock::now()).await {
        Ok(token) => super::see_other(&format!("/people/import/{token}")),
        Err(Failure::Invalid(errors)) => {
            upload_page(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, kind, &typed, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn sent(upload: Upload) -> (Chosen, Typed) {
    let typed = Typed {
        everybody: upload.has("everybody"),
        new_departments: upload.has("new_departments"),
        lines: upload.field("lines").to_owned(),
    };
    let chosen = Chosen {
        kind: Kind::parse(upload.field("kind")),
        everybody: typed.everybody,
        new_departments: typed.new_departments,
        file_name: upload.file_name,
        bytes: upload.bytes,
    };
    if chosen.bytes.is_empty() && !typed.lines.trim().is_empty() {
        return (Chosen { bytes: typed.lines.clone().into_bytes(), ..chosen }, typed);
    }
    (chosen, typed)
}

pub(crate) async fn preview(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(token): Path<String>,
) -> Response {
    preview_page(&state, &who, &token, StatusCode::OK, Said::Nothing).await
}

#[derive(Deserialize)]
pub(crate) struct Agreed {
    #[serde(default)]
    digest: String,
    removing: Option<usize>,
}

pub(crate) async fn confirm(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(token): Path<String>,
    Form(agreed): Form<Agreed>,
) -> Response {
    // A task of its own: whoever closes the browser meanwhile does not stop it half way.
    let (usecases, asks, file) = (state.usecases.clone(), who.clone(), token.clone());
    let work = tokio::spawn(async move {
        let agreed = (agreed.digest.as_str(), agreed.removing);
        usecases.confirm_import(&asks, &file, agreed, usecases::clock::now()).await
    });
    let done = work.await.unwrap_or_else(|cause| Err(Failure::Internal(cause.to_string())));
    match done {
        Ok(Confirmed::Done(words)) => {
            see_other_saying("/people/import", format!("Imported: {words}. You can undo it below."))
        }
        Ok(Confirmed::Before) => {
            see_other_saying("/people/import", "This was imported already. Nothing was done twice.")
        }
        Ok(Confirmed::Changed) => preview_page(&state, &who, &token, StatusCode::CONFLICT, Said::Changed).await,
        Ok(Confirmed::NotSaid(_)) => {
            preview_page(&state, &who, &token, StatusCode::UNPROCESSABLE_ENTITY, Said::Unsaid).await
        }
        Err(Failure::NotFound) => gone(),
        Err(failure) => failed(&failure, &state.assets),
    }
}

#[derive(Deserialize)]
pub(crate) struct Undo {
    import: i64,
}

pub(crate) async fn undo(State(state): State<AppState>, SignedIn(who): SignedIn, Form(sent): Form<Undo>) -> Response {
    match state.usecases.undo_import(&who, sent.import, usecases::clock::now()).await {
        Ok(Ok(())) => see_other_saying("/people/import", "Undone: everybody is as they were before it."),
        Ok(Err(CannotUndo::NotTheLast)) => {
            see_other_saying("/people/import", "Nothing was undone: only the last import can be, and only once.")
        }
        Ok(Err(CannotUndo::Prevented(people))) => prevented_page(&state, &who, people),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn export(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match state.usecases.export_people(&who, usecases::clock::now()).await {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"people.csv\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, file).into_response()
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// A file that nobody confirmed within the hour.
fn gone() -> Response {
    see_other_saying("/people/import", "That file does not wait any more: it is kept for an hour. Choose it again.")
}

async fn upload_page(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    kind: Kind,
    typed: &Typed,
    errors: &[FieldError],
) -> Response {
    let imports = match state.usecases.imports(who).await {
        Ok(imports) => imports,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let heading = match kind {
        Kind::People => "Import people",
        Kind::History => "Import a history",
    };
    let title = title(heading, errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/people");
    frame.class = "page page-wide";
    page(status, &frame, || {
        view! {
            <a class="back-link" href=if kind == Kind::People { "/people" } else { "/people/import" }>
                {if kind == Kind::People { "All people" } else { "Import people" }}
            </a>
            {summary(errors)}
            <h1>{heading}</h1>
            {match kind {
                Kind::People => about_people().into_any(),
                Kind::History => about_history().into_any(),
            }}
            <form class="form" method="post" action="/people/import" enctype="multipart/form-data" novalidate>
                <input type="hidden" name="kind" value=kind.as_str() />
                {field(FILE, "", errors)}
                <details open=!typed.lines.is_empty()>
                    <summary>"Paste lines instead"</summary>
                    <div class="field">
                        <label for="lines">"Lines, the names of the columns first"</label>
                        <textarea id="lines" name="lines" rows="6" spellcheck="false">{area(&typed.lines)}</textarea>
                    </div>
                </details>
                {(kind == Kind::People).then(|| wishes(typed))}
                <button class="button" type="submit">"Show what would change"</button>
            </form>
            <p class="hint">"Nothing changes yet: the next page shows what would, and asks."</p>
            {(kind == Kind::People).then(|| view! {
                <ul class="link-list">
                    <li><a href="/people/export" download="people.csv">"Download everybody as a CSV file"</a>", which can be changed and imported again"</li>
                    <li><a href="/people/import/history">"Import what people completed in an earlier system"</a></li>
                </ul>
            })}
            {done_before(imports)}
        }
    })
}

fn wishes(typed: &Typed) -> impl IntoView + use<> {
    let (everybody, departments) = (typed.everybody, typed.new_departments);
    view! {
        <fieldset class="field">
            <legend>"What the file is"</legend>
            <div class="choices">
                <div class="choice">
                    <input type="checkbox" id="everybody" name="everybody" value="yes" checked=everybody />
                    <label for="everybody">"It is everybody: whoever has a staff number and is not in it has left"</label>
                </div>
                <div class="choice">
                    <input type="checkbox" id="new_departments" name="new_departments" value="yes" checked=departments />
                    <label for="new_departments">"Make departments that are new"</label>
                </div>
            </div>
        </fieldset>
    }
}

/// What the columns hold, each a row of a table.
fn columns(rows: Vec<(&'static str, &'static str)>, example: &'static str) -> impl IntoView {
    let rows = rows.into_iter().map(|(name, words)| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Column"><code>{name}</code></th>
                <td role="cell" data-label="What it holds">{words}</td>
            </tr>
        }
    });
    view! {
        <details>
            <summary>"The columns, with an example"</summary>
            <table class="table" role="table">
                <caption class="visually-hidden">"Columns"</caption>
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">"Column"</th>
                    <th role="columnheader" scope="col">"What it holds"</th>
                </tr></thead>
                <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
            </table>
            <div class="table-wrap" tabindex="0" role="region" aria-label="Example"><pre>{example}</pre></div>
        </details>
    }
}

fn about_people() -> impl IntoView {
    view! {
        <p class="lead">"Add and change many people at once, from the list your personnel office keeps."</p>
        <p>"The staff number says who is meant and never changes. A column that is missing leaves things as they are. An empty cell empties them, but for the name. Rights are never in a list."</p>
        {columns(
            vec![
                ("staff_number", "Always needed."),
                ("name", "Needed for somebody new."),
                ("email", "They sign in with it, besides the staff number."),
                ("department", "Its path from the top, for example Mercy Hospital / Surgery / Ward 3."),
                ("job_role", "As your staff say it, for example Nurse."),
                ("hired_on", "The first day of work, as 2026-11-28."),
                ("left_on", "The last day of work. Once it has passed they cannot sign in."),
                ("from_on", "From which day a new department or job role counts; today without it."),
            ],
            "staff_number,name,email,department,job_role,hired_on\nN-104,Ada Obi,ada@clinic.example,Mercy Hospital / Ward 3,Nurse,2026-01-05\nN-105,\"Eze, Ben\",,Mercy Hospital / Desk,Receptionist,2026-02-01",
        )}
    }
}

fn about_history() -> impl IntoView {
    view! {
        <p class="lead">"Record what people completed before they used Bedside, so that they need not do it again."</p>
        <p>"Each line is written into the ledger as prior credit, with its evidence and with you as who accepted it. A line that is recorded already is left out."</p>
        {columns(
            vec![
                ("staff_number", "Who. Import the people first."),
                ("module", "The title of the module, or its name in addresses."),
                ("completed_on", "The day, as 2025-06-30."),
                ("evidence", "What shows it, for example: Certificate 12 of Hill Clinic."),
            ],
            "staff_number,module,completed_on,evidence\nN-104,Service is part of care,2025-06-30,Certificate 12 of Hill Clinic",
        )}
    }
}

/// The imports that were done, with a way to undo the last one.
fn done_before(imports: Vec<ImportView>) -> Option<impl IntoView> {
    let rows = imports.into_iter().map(import_row).collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <h2>"Imports until now"</h2>
            <table class="table" role="table">
                <caption class="visually-hidden">"Imports, the newest first"</caption>
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">"When"</th>
                    <th role="columnheader" scope="col">"Who"</th>
                    <th role="columnheader" scope="col">"File"</th>
                    <th role="columnheader" scope="col">"What it did"</th>
                    <th role="columnheader" scope="col">"Undo"</th>
                </tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        }
    })
}

fn import_row(import: ImportView) -> impl IntoView {
    let undo = match (import.undone, import.can_be_undone) {
        (Some(at), _) => format!("Undone {}", time_words(at)).into_any(),
        (None, false) => "–".into_any(),
        (None, true) => view! {
            <details class="confirm">
                <summary class="button button-secondary">"Undo"<span class="visually-hidden">{format!(" {}", import.file_name)}</span></summary>
                <p>"Everybody it touched will be as they were before it. Whoever it added works nowhere then and cannot sign in; their staff numbers stay known. Departments that it made stay."</p>
                <form method="post" action="/people/import/undo">
                    <input type="hidden" name="import" value=import.id.to_string() />
                    <button class="button button-danger" type="submit">"Yes, undo it"</button>
                </form>
            </details>
        }
        .into_any(),
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="When"><time datetime=import.at.to_string()>{time_words(import.at)}</time></th>
            <td role="cell" data-label="Who">{import.by.unwrap_or_else(|| "Command line".to_owned())}</td>
            <td role="cell" data-label="File">{import.file_name}</td>
            <td role="cell" data-label="What it did">{import.summary}</td>
            <td role="cell" data-label="Undo">{undo}</td>
        </tr>
    }
}

/// What the preview says besides itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    /// People have changed since it was shown.
    Changed,
    /// More than a tenth would leave, and that was not said.
    Unsaid,
}

async fn preview_page(state: &AppState, who: &Who, token: &str, status: StatusCode, said: Said) -> Response {
    let preview = match state.usecases.preview_import(who, token, usecases::clock::now()).await {
        Ok(preview) => preview,
        Err(Failure::NotFound) => return gone(),
        Err(failure) => return failed(&failure, &state.assets),
    };
    let errors = match (said, preview.removing) {
        (Said::Unsaid, Some(many)) => {
            let words = format!("Say that {many} people leave, or choose a file that has them in it");
            vec![FieldError::new("removing", words)]
        }
        _ => Vec::new(),
    };
    let is_sound = preview.problems.is_empty();
    let heading = match is_sound {
        true => format!("What {} would change", preview.file_name),
        false => format!("{} cannot be imported yet", preview.file_name),
    };
    let title = if is_sound { title(&heading, &errors) } else { format!("Error: {heading}") };
    let back = match preview.kind {
        Kind::People => ("/people/import", "Import people"),
        Kind::History => ("/people/import/history", "Import a history"),
    };
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/people");
    frame.class = "page page-wide";
    page(status, &frame, || {
        let can_be_confirmed = !preview.digest.is_empty() && !preview.is_nothing();
        view! {
            <a class="back-link" href=back.0>{back.1}</a>
            {summary(&errors)}
            {(said == Said::Changed).then(|| view! {
                <div class="banner banner-warning" role="alert">
                    <h2>"Nothing was imported yet"</h2>
                    <p>"People have changed since you looked. This is what the file would do now."</p>
                </div>
            })}
            <h1>{heading.clone()}</h1>
            {outcome(&preview)}
            {preview.groups.iter().map(group).collect::<Vec<_>>()}
            {can_be_confirmed.then(|| confirmation(&preview, token, &errors))}
            <p><a href=back.0>"Choose another file"</a></p>
        }
    })
}

/// The file in a few words, or what must be mended first.
fn outcome(preview: &Preview) -> impl IntoView + use<> {
    let problems = &preview.problems;
    if !problems.is_empty() {
        return problems_table(preview).into_any();
    }
    let unchanged = match preview.unchanged {
        0 => String::new(),
        1 => " 1 line changes nothing.".to_owned(),
        more => format!(" {more} lines change nothing."),
    };
    if preview.is_nothing() {
        return view! { <p class="lead" role="status">{format!("Nothing would change: everything is as in the file.{unchanged}")}</p> }.into_any();
    }
    view! {
        <p class="lead" role="status">{format!("If you import it: {}.{unchanged}", preview.summary)}</p>
        <p>"Nothing has changed yet. The file waits here for an hour."</p>
    }
    .into_any()
}

fn problems_table(preview: &Preview) -> impl IntoView + use<> {
    let problems = &preview.problems;
    let count = problems.count;
    let rows = problems.shown.iter().cloned().map(|problem| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Line">{problem.line.map_or_else(|| "The file".to_owned(), |line| line.to_string())}</th>
                <td role="cell" data-label="Column">{problem.column.unwrap_or("–")}</td>
                <td role="cell" data-label="What to do">{problem.message}</td>
            </tr>
        }
    });
    let more = count.saturating_sub(problems.shown.len());
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="problems-title">
            <h2 id="problems-title">{if count == 1 { "1 place to mend".to_owned() } else { format!("{count} places to mend") }}</h2>
            <p>"Nothing was changed. Mend the file, then choose it again: it is taken as a whole or not at all."</p>
        </div>
        <table class="table" role="table">
            <caption class="visually-hidden">"What to mend"</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"Line"</th>
                <th role="columnheader" scope="col">"Column"</th>
                <th role="columnheader" scope="col">"What to do"</th>
            </tr></thead>
            <tbody role="rowgroup">{rows.collect::<Vec<_>>()}</tbody>
        </table>
        {(more > 0).then(|| view! { <p>{format!("And {more} more.")}</p> })}
    }
}

fn group(group: &Group) -> impl IntoView + use<> {
    let row = |line: &Line| {
        let Line { line, staff_number, name, what } = line.clone();
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Name">{name}</th>
                <td role="cell" data-label="Staff number">{if staff_number.is_empty() { "–".to_owned() } else { staff_number }}</td>
                <td role="cell" data-label="What changes">{what}</td>
                <td role="cell" data-label="Line">{line.map_or_else(|| "–".to_owned(), |line| line.to_string())}</td>
            </tr>
        }
    };
    let rows = group.lines.iter().map(row).collect::<Vec<_>>();
    let heading = format!("{}: {}", group.title, group.count);
    let more = group.count.saturating_sub(group.lines.len());
    let many = group.lines.len() > UNFOLDED;
    let table = view! {
        <table class="table" role="table">
            <caption class="visually-hidden">{heading.clone()}</caption>
            <thead role="rowgroup"><tr role="row">
                <th role="columnheader" scope="col">"Name"</th>
                <th role="columnheader" scope="col">"Staff number"</th>
                <th role="columnheader" scope="col">"What changes"</th>
                <th role="columnheader" scope="col">"Line"</th>
            </tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
        {(more > 0).then(|| view! { <p>{format!("And {more} more.")}</p> })}
    };
    let shown = if more > 0 { format!("Show the first {}", group.lines.len()) } else { "Show them".to_owned() };
    view! {
        <h2>{heading}</h2>
        {if many {
            view! { <details><summary>{shown}<span class="visually-hidden">{format!(": {}", group.title)}</span></summary>{table}</details> }.into_any()
        } else {
            table.into_any()
        }}
    }
}

fn confirmation(preview: &Preview, token: &str, errors: &[FieldError]) -> impl IntoView + use<> {
    let here = preview.here;
    let wrong = errors.first().map(|error| error.message.clone());
    let removing = preview.removing.map(|many| {
        let class = if wrong.is_some() { "field field-error" } else { "field" };
        let described = if wrong.is_some() { "removing-hint removing-error" } else { "removing-hint" };
        view! {
            <div class="banner banner-warning">
                <h2>{format!("{many} of {here} people would leave")}</h2>
                <p id="removing-hint">"That is more than a tenth. If the file is only a part of the list, choose it again without “It is everybody”."</p>
                <div class=class>
                    {wrong.clone().map(|words| view! {
                        <p class="error-message" id="removing-error"><span class="visually-hidden">"Error: "</span>{words}</p>
                    })}
                    <div class="choices"><div class="choice">
                        <input type="checkbox" id="removing" name="removing" value=many.to_string() aria-describedby=described aria-invalid=wrong.is_some().then_some("true") />
                        <label for="removing">{format!("Yes, {many} people leave")}</label>
                    </div></div>
                </div>
            </div>
        }
    });
    view! {
        <form class="form" method="post" action=format!("/people/import/{token}") novalidate>
            <input type="hidden" name="digest" value=preview.digest.clone() />
            {removing}
            <button class="button" type="submit">{format!("Import: {}", preview.summary)}</button>
        </form>
        <p class="hint">"With many thousand people this takes up to a minute. You can leave the page: it is done as a whole or not at all, and stands under “Imports until now”."</p>
    }
}

fn prevented_page(state: &AppState, who: &Who, people: Vec<(PersonId, String, &'static str)>) -> Response {
    let title = "Nothing was undone";
    if people.is_empty() {
        return message(StatusCode::CONFLICT, &state.assets, title, "People have changed since the import.");
    }
    page(StatusCode::CONFLICT, &Frame::new(&state.assets, Some(who), title, "/people"), || {
        let lines = people.into_iter().map(|(id, name, why)| {
            view! { <li><a href=format!("/people/{id}")>{name}</a>" "{why}</li> }
        });
        view! {
            <a class="back-link" href="/people/import">"Import people"</a>
            <h1>{title}</h1>
            <p class="lead">"These people have changed since the import, and undoing it would lose that."</p>
            <ul>{lines.collect::<Vec<_>>()}</ul>
            <p>"Import a list with what should be right instead: "<a href="/people/export" download="people.csv">"download everybody"</a>", change the file, and import it."</p>
        }
    })
}
