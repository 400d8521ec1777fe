//! Courseware in and out of the studio: files of our own and of others.

use axum::{
    extract::{Multipart, Path, State, multipart::MultipartRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    studio::{Became, Bringing, Brought, MANY_DRAFTS, TakenOut, Told, kind_of, kind_words},
    who::Who,
};

use super::{
    super::{
        SignedIn, error_page, failed,
        form::{Field, field, summary, title},
        see_other_saying,
    },
    address,
};
use crate::{
    posted::{Form, Upload},
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
        Ok(()) => answer_import(&state, &who, StatusCode::OK, Beside::default(), &[]),
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
        Ok(brought) => answer_brought(&state, &who, &upload.file_name, brought),
        Err(Failure::Invalid(errors)) => answer_import(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, beside, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn answer_import(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    beside: Beside<'_>,
    errors: &[FieldError],
) -> Response {
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

fn answer_brought(state: &AppState, who: &Who, name: &str, brought: Brought) -> Response {
    let name = name.to_owned();
    page(StatusCode::OK, &Frame::new(&state.assets, Some(who), "What came in", "/studio"), || {
        let Brought { drafts, same, told } = brought;
        let many = match drafts.len() {
            0 => format!("Nothing of {name} became a draft."),
            1 => format!("One draft was made of {name}. It is not live until you publish it."),
            more => format!("{more} drafts were made of {name}. They are not live until you publish them."),
        };
        let same = match same {
            0 => None,
            1 => Some("1 document is the same here already, and was left alone.".to_owned()),
            more => Some(format!("{more} documents are the same here already, and were left alone.")),
        };
        let group = |became: Became, heading: &'static str| {
            let lines = told.iter().filter(|line| line.became == became).map(told_line).collect::<Vec<_>>();
            (!lines.is_empty()).then(|| view! { <h2>{heading}</h2> <ul>{lines}</ul> })
        };
        let groups = [
            group(Became::Taken, "In effect at once"),
            group(Became::ToDo, "For you to do"),
            group(Became::Changed, "Changed"),
            group(Became::Dropped, "Left out"),
        ];
        let marks = drafts.iter().map(|draft| view! { <input type="hidden" name="draft" value=draft.mark.clone() /> });
        let marks = marks.collect::<Vec<_>>();
        let lines = drafts.iter().map(|draft| {
            let kind = kind_words(draft.kind);
            let holds =
                if draft.holds.is_empty() { kind.to_owned() } else { format!("{kind}, {}", draft.holds) };
            view! { <li>{beside(address(draft.kind, &draft.slug), draft.title.clone())}" "<span class="muted">{holds}</span></li> }
        });
        let lines = lines.collect::<Vec<_>>();
        let throw = if drafts.len() == 1 { "Throw this draft away" } else { "Throw these drafts away" };
        view! {
            <a class="back-link" href="/studio">"Studio"</a>
            <h1>"What came in"</h1>
            <p>{many}</p>
            {same.map(|words| view! { <p>{words}</p> })}
            <p class="hint">"This report is not kept. Links in it open beside it."</p>
            {(!lines.is_empty()).then(|| view! { <ul class="link-list">{lines}</ul> })}
            {groups.into_iter().collect::<Vec<_>>()}
            {(!drafts.is_empty()).then(|| view! {
                <form class="form" method="post" action="/studio/import/undo">
                    {marks}
                    <p class="hint">"If this is not what you wanted: what nobody has changed since is thrown away. What took effect at once stays."</p>
                    <button class="button button-secondary" type="submit">{throw}</button>
                </form>
            })}
        }
    })
}

/// A way out of the report, which is nowhere else: it stays open.
fn beside(href: String, words: String) -> impl IntoView {
    view! { <a href=href target="_blank" rel="noopener">{words}</a> }
}

/// A line of the report: the place it is about, as a link where that is a draft, and what there is to say.
fn told_line(told: &Told) -> impl IntoView + use<> {
    let place = match (&told.draft, &told.place) {
        (Some((kind, slug, title)), _) => {
            let to = address(*kind, slug);
            let lines = told.lines.iter().enumerate().map(|(at, line)| {
                let before = match (at, told.lines.len()) {
                    (0, 1) => ", line ",
                    (0, _) => ", lines ",
                    _ => ", ",
                };
                view! { {before}{beside(format!("{to}#line-{line}"), line.to_string())} }
            });
            let lines = lines.collect::<Vec<_>>();
            Some(view! { {beside(to.clone(), title.clone())}{lines}": " }.into_any())
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

/// Drafts to throw away again.
#[derive(Default, Deserialize)]
pub(crate) struct Marks {
    #[serde(default)]
    draft: Vec<String>,
}

pub(crate) async fn undo(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(Marks { draft }): Form<Marks>,
) -> Response {
    match state.usecases.take_back(&who, &draft, usecases::clock::now()).await {
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
            see_other_saying("/studio", format!("{gone}{stay}"))
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
