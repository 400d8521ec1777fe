//! Courseware in and out of the studio: files of our own and of others.

use std::collections::HashMap;

use axum::{
    extract::{Multipart, Path, State, multipart::MultipartRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use leptos::prelude::*;
use usecases::{
    Failure, FieldError,
    studio::{Became, Bringing, Brought, BroughtLine, MANY_DRAFTS, Report, Stand, TakenOut, Told, kind_of, kind_words},
    who::Who,
};

use super::{
    super::{
        SignedIn, error_page, failed,
        form::{Field, field, summary, time_words, title},
        see_other, see_other_saying,
    },
    address,
};
use crate::{
    posted::Upload,
    request::encoded,
    shell::{Frame, page},
    state::AppState,
};

const TITLE: Field = Field::text(
    "title",
    "Title",
    Some("For questions in GIFT and Aiken: what the quiz is called. Left empty, it is called like the file."),
);

/// What is asked beside a file.
#[derive(Clone, Copy, Default)]
struct Beside<'a> {
    title: &'a str,
    many: bool,
}

pub(crate) async fn import(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match who.as_trainer() {
        Ok(()) => answer_import(&state, &who, StatusCode::OK, Beside::default(), &[]).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn bring(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    // A body this large is read for nobody else.
    if let Err(failure) = who.as_trainer() {
        return failed(&failure, &state.assets);
    }
    let upload = match Upload::read(form).await {
        Ok(upload) => upload,
        Err(status) => return error_page(status, &state.assets),
    };
    let beside = Beside { title: upload.field("title"), many: upload.has("many") };
    let file = Bringing { file_name: &upload.file_name, bytes: &upload.bytes, title: beside.title, many: beside.many };
    match state.usecases.bring(&who, file, usecases::clock::now()).await {
        Ok(number) => see_other(&address_of(number)),
        Err(Failure::Invalid(errors)) => {
            answer_import(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, beside, &errors).await
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// Where the report of a file is.
fn address_of(number: i64) -> String {
    format!("/studio/import/{number}")
}

async fn answer_import(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    beside: Beside<'_>,
    errors: &[FieldError],
) -> Response {
    let before = match state.usecases.import_reports(who).await {
        Ok(before) => before,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = title("Bring a file", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/studio"), || {
        let file = Field { kind: "file", ..Field::text("file", "The file", Some("At most 32 MB.")) };
        let many = errors.iter().find(|error| error.field == "many").map(|error| error.message.clone());
        view! {
            <a class="back-link" href="/studio">"Studio"</a>
            {summary(errors)}
            <h1>"Bring a file"</h1>
            <p>"Every document that comes in becomes a draft, and is not live until you publish it. Competencies and suggested paths of a zip are added at once where they are not here yet."</p>
            <form class="form" method="post" action="/studio/import" enctype="multipart/form-data" novalidate>
                {field(file, "", errors)}
                {field(TITLE, beside.title, errors)}
                {(many.is_some() || beside.many).then(|| {
                    let wrong = many.is_some();
                    view! {
                        <div class=if wrong { "field field-error" } else { "field" }>
                            {many.map(|words| view! {
                                <p class="error-message" id="many-error"><span class="visually-hidden">"Error: "</span>{words}</p>
                            })}
                            <div class="choice">
                                <input
                                    type="checkbox"
                                    id="many"
                                    name="many"
                                    value="yes"
                                    checked=beside.many
                                    aria-invalid=wrong.then_some("true")
                                    aria-describedby=wrong.then_some("many-error")
                                />
                                <label for="many">{format!("Yes, make more than {MANY_DRAFTS} drafts")}</label>
                            </div>
                        </div>
                    }
                })}
                <button class="button" type="submit">"Bring it in"</button>
            </form>
            <h2>"What can be brought"</h2>
            <ul>
                <li>"Our own: a document (.md), or a zip of documents with their images, as it is taken out below. What is here already just so is left alone"</li>
                <li>"Questions: GIFT (.gift, .txt) and Aiken (.txt)"</li>
                <li>"Stories: Twee 3 (.twee), with links and text"</li>
                <li>"H5P (.h5p): Question Set and Branching Scenario"</li>
            </ul>
            <p class="hint">"What a file holds that cannot be taught here is left out, and listed."</p>
            {files_before(before)}
            <h2 id="out">"Take everything out"</h2>
            <p>"One zip holds all texts with their pictures, the competencies and the suggested paths:"</p>
            <ul>
                <li>"what is live, as learners see it"</li>
                <li>"in the folder drafts, what was never published, and drafts that differ from what is live"</li>
                <li>"in the folder withdrawn, what was live and is not offered any more"</li>
            </ul>
            <p class="hint">"Earlier versions are not in it, nor what people did. Brought into another site, a draft comes in before the live text of the same document."</p>
            <p><a class="button button-secondary" href="/studio/courseware.zip" download="courseware.zip">"Take everything out (ZIP)"</a></p>
        }
    })
}

/// The files that were brought last, each leading to its report.
fn files_before(before: Vec<BroughtLine>) -> Option<impl IntoView> {
    let lines = before.into_iter().map(|file| {
        let BroughtLine { number, file_name, by, at, drafts } = file;
        let drafts = match drafts {
            0 => "no draft".to_owned(),
            1 => "1 draft".to_owned(),
            more => format!("{more} drafts"),
        };
        view! { <li><a href=address_of(number)>{file_name}</a>" "<span class="muted">{format!("{drafts}, {by}, {}", time_words(at))}</span></li> }
    });
    let lines = lines.collect::<Vec<_>>();
    (!lines.is_empty()).then(|| {
        view! {
            <h2>"Brought before"</h2>
            <ul class="link-list">{lines}</ul>
        }
    })
}

pub(crate) async fn report(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(number): Path<i64>,
) -> Response {
    match state.usecases.import_report(&who, number).await {
        Ok(report) => answer_report(&state, &who, report),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn answer_report(state: &AppState, who: &Who, report: Report) -> Response {
    page(StatusCode::OK, &Frame::new(&state.assets, Some(who), "What came in", "/studio"), || {
        let Report {
            line: BroughtLine { number, file_name, by, at, .. },
            brought: Brought { drafts, same, told },
            stands,
        } = report;
        let waits = stands.iter().any(|stand| matches!(stand, Stand::AsItCame | Stand::Changed));
        let many = match (drafts.len(), waits) {
            (0, _) => format!("Nothing of {file_name} became a draft."),
            (1, true) => format!("One draft was made of {file_name}. It is not live until you publish it."),
            (1, false) => format!("One draft was made of {file_name}."),
            (more, true) => {
                format!("{more} drafts were made of {file_name}. They are not live until you publish them.")
            }
            (more, false) => format!("{more} drafts were made of {file_name}."),
        };
        let same = match same {
            0 => None,
            1 => Some("1 document is the same here already, and was left alone.".to_owned()),
            more => Some(format!("{more} documents are the same here already, and were left alone.")),
        };
        let now: HashMap<&str, Stand> =
            drafts.iter().zip(&stands).map(|(draft, stand)| (draft.slug.as_str(), *stand)).collect();
        let group = |became: Became, heading: &'static str| {
            let lines = told.iter().filter(|line| line.became == became);
            let lines = lines.map(|line| told_line(line, &now)).collect::<Vec<_>>();
            (!lines.is_empty()).then(|| view! { <h2>{heading}</h2> <ul>{lines}</ul> })
        };
        let groups = [
            group(Became::Taken, "In effect at once"),
            group(Became::ToDo, "For you to do"),
            group(Became::Changed, "Changed"),
            group(Became::Dropped, "Left out"),
        ];
        let lines = drafts.iter().zip(&stands).map(|(draft, stand)| {
            let kind = kind_words(draft.kind);
            let holds = if draft.holds.is_empty() { kind.to_owned() } else { format!("{kind}, {}", draft.holds) };
            let since = match stand {
                Stand::AsItCame => "",
                Stand::Changed => ". Changed since",
                Stand::NoDraft => ". No draft any more",
                Stand::ThrownAway => ". Thrown away since",
            };
            let title = draft.title.clone();
            let name = if stand.is_there() {
                view! { <a href=address(draft.kind, &draft.slug)>{title}</a> }.into_any()
            } else {
                title.into_any()
            };
            view! { <li>{name}" "<span class="muted">{holds}{since}</span></li> }
        });
        let lines = lines.collect::<Vec<_>>();
        let as_they_came = stands.iter().filter(|stand| **stand == Stand::AsItCame).count();
        let throw = match (as_they_came, drafts.len()) {
            (1, 1) => "Throw this draft away".to_owned(),
            (some, all) if some == all => "Throw these drafts away".to_owned(),
            (1, _) => "Throw the unchanged draft away".to_owned(),
            (some, _) => format!("Throw the {some} unchanged drafts away"),
        };
        view! {
            <a class="back-link" href="/studio/import">"Bring a file"</a>
            <h1>"What came in"</h1>
            <p class="muted">{format!("{file_name}, brought by {by}, {}", time_words(at))}</p>
            <p>{many}</p>
            {same.map(|words| view! { <p>{words}</p> })}
            {(!lines.is_empty()).then(|| view! { <ul class="link-list">{lines}</ul> })}
            {groups.into_iter().collect::<Vec<_>>()}
            {(as_they_came > 0).then(|| view! {
                <form class="form" method="post" action=format!("{}/undo", address_of(number))>
                    <p class="hint">"If this is not what you wanted: what nobody has changed since is thrown away. What took effect at once stays."</p>
                    <button class="button button-secondary" type="submit">{throw}</button>
                </form>
            })}
        }
    })
}

/// A line of the report: the place it is about, as a link where that is a draft, and what there is to say.
fn told_line(told: &Told, now: &HashMap<&str, Stand>) -> impl IntoView + use<> {
    let place = match (&told.draft, &told.place) {
        // A draft of which nothing was made here was there before.
        (Some((_, slug, title)), _) if now.get(slug.as_str()).is_some_and(|stand| !stand.is_there()) => {
            Some(format!("{title}: ").into_any())
        }
        (Some((kind, slug, title)), _) => {
            let to = address(*kind, slug);
            let lines = told.lines.iter().enumerate().map(|(at, line)| {
                let before = match (at, told.lines.len()) {
                    (0, 1) => ", line ",
                    (0, _) => ", lines ",
                    _ => ", ",
                };
                // In a text that has changed since, the line is another one.
                let is_as_it_came = now.get(slug.as_str()).is_none_or(|stand| *stand == Stand::AsItCame);
                let number = if is_as_it_came {
                    view! { <a href=format!("{to}#line-{line}")>{line.to_string()}</a> }.into_any()
                } else {
                    line.to_string().into_any()
                };
                view! { {before}{number} }
            });
            let lines = lines.collect::<Vec<_>>();
            Some(view! { <a href=to.clone()>{title.clone()}</a>{lines}": " }.into_any())
        }
        (None, Some(place)) => Some(format!("{place}: ").into_any()),
        (None, None) => None,
    };
    let text = if place.is_some() { told.text.clone() } else { sentence(&told.text) };
    view! { <li>{place}{text}</li> }
}

/// Words that begin a line.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub(crate) async fn undo(State(state): State<AppState>, SignedIn(who): SignedIn, Path(number): Path<i64>) -> Response {
    match state.usecases.take_back(&who, number, usecases::clock::now()).await {
        Ok((gone, stay)) => {
            let gone = match gone {
                0 => "No draft was thrown away.".to_owned(),
                1 => "1 draft was thrown away.".to_owned(),
                more => format!("{more} drafts were thrown away."),
            };
            let stay = match stay {
                0 => String::new(),
                1 => " 1 was left as it is: it was changed, published or thrown away since.".to_owned(),
                more => format!(" {more} were left as they are: they were changed, published or thrown away since."),
            };
            see_other_saying(&address_of(number), format!("{gone}{stay}"))
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn everything(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    answer_file(&state, state.usecases.take_out_all(&who).await)
}

pub(crate) async fn take_out(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug, format)): Path<(String, String, String)>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    answer_file(&state, state.usecases.take_out(&who, kind, &slug, &format).await)
}

fn answer_file(state: &AppState, file: Result<TakenOut, Failure>) -> Response {
    match file {
        Ok(TakenOut { file_name, media_type, bytes }) => {
            let name = HeaderValue::from_str(&disposition(&file_name));
            let name = name.unwrap_or(HeaderValue::from_static("attachment"));
            let media_type = HeaderValue::from_static(media_type);
            ([(header::CONTENT_TYPE, media_type), (header::CONTENT_DISPOSITION, name)], bytes).into_response()
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// A name to save a file under, for browsers of every age: whole in percent form (RFC 6266, RFC 8187), and before that with what is not
/// plain left out.
fn disposition(file_name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (stem, ending) = file_name.rsplit_once('.').unwrap_or((file_name, "txt"));
    if file_name.chars().all(is_plain) {
        return format!("attachment; filename=\"{file_name}\"");
    }
    let plain: String = stem.chars().filter(|c| is_plain(*c)).collect();
    let plain = Some(plain.trim_matches(['-', '.'])).filter(|plain| !plain.is_empty()).unwrap_or("document");
    format!("attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{}", encoded(file_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_name_in_every_script() {
        for (name, header) in [
            ("hello.md", "attachment; filename=\"hello.md\""),
            ("übung.md", "attachment; filename=\"bung.md\"; filename*=UTF-8''%C3%BCbung.md"),
            ("漢.gift", "attachment; filename=\"document.gift\"; filename*=UTF-8''%E6%BC%A2.gift"),
            ("a\"b\n.md", "attachment; filename=\"ab.md\"; filename*=UTF-8''a%22b%0A.md"),
        ] {
            assert_eq!(disposition(name), header);
        }
    }
}
