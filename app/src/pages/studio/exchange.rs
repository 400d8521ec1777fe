//! Courseware in and out of the studio: files of our own and of others.

use axum::{
    extract::{Multipart, Path, State, multipart::MultipartRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use leptos::prelude::*;
use usecases::{
    Failure, FieldError,
    studio::{Brought, TakenOut, kind_of, kind_words},
    who::Who,
};

use super::{
    super::{
        SignedIn, error_page, failed,
        form::{Field, field, summary, title},
    },
    address,
};
use crate::{
    posted::Upload,
    shell::{Frame, page},
    state::AppState,
};

pub(crate) async fn import(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match who.as_trainer() {
        Ok(()) => answer_import(&state, &who, StatusCode::OK, &[]),
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
    let Upload { file_name: name, bytes, .. } = match Upload::read(form).await {
        Ok(upload) => upload,
        Err(status) => return error_page(status, &state.assets),
    };
    match state.usecases.bring(&who, &name, &bytes, usecases::clock::now()).await {
        Ok(brought) => answer_brought(&state, &who, &name, brought),
        Err(Failure::Invalid(errors)) => answer_import(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn answer_import(state: &AppState, who: &Who, status: StatusCode, errors: &[FieldError]) -> Response {
    let title = title("Bring a file", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/studio"), || {
        let file = Field { kind: "file", ..Field::text("file", "The file", Some("At most 32 MB.")) };
        view! {
            <a class="back-link" href="/studio">"Studio"</a>
            {summary(errors)}
            <h1>"Bring a file"</h1>
            <p>"Everything that comes in becomes a draft. Nothing is live until you publish it."</p>
            <form class="form" method="post" action="/studio/import" enctype="multipart/form-data" novalidate>
                {field(file, "", errors)}
                <button class="button" type="submit">"Bring it in"</button>
            </form>
            <h2>"What can be brought"</h2>
            <ul>
                <li>"Our own: a document (.md), or a zip of documents with their images, as “Take everything out” makes it"</li>
                <li>"Questions: GIFT (.gift, .txt) and Aiken (.txt)"</li>
                <li>"Stories: Twee 3 (.twee), with links and text"</li>
                <li>"H5P (.h5p): Question Set and Branching Scenario"</li>
            </ul>
            <p class="hint">"What a file holds that cannot be taught here is left out, and listed."</p>
        }
    })
}

fn answer_brought(state: &AppState, who: &Who, name: &str, brought: Brought) -> Response {
    let name = name.to_owned();
    page(StatusCode::OK, &Frame::new(&state.assets, Some(who), "What came in", "/studio"), || {
        let many = match brought.drafts.len() {
            0 => format!("Nothing of {name} became a draft."),
            1 => format!("One draft was made of {name}."),
            more => format!("{more} drafts were made of {name}."),
        };
        let drafts = brought.drafts.into_iter().map(|(kind, slug, title)| {
            view! { <li><a href=address(kind, &slug)>{title}</a>" "<span class="muted">{kind_words(kind)}</span></li> }
        });
        let drafts = drafts.collect::<Vec<_>>();
        let report = brought.report.into_iter().map(|line| view! { <li>{line}</li> }).collect::<Vec<_>>();
        view! {
            <a class="back-link" href="/studio">"Studio"</a>
            <h1>"What came in"</h1>
            <p>{many}" Nothing is live until you publish it."</p>
            {(!drafts.is_empty()).then(|| view! { <ul class="link-list">{drafts}</ul> })}
            {(!report.is_empty()).then(|| view! { <h2>"What became of the rest"</h2> <ul>{report}</ul> })}
        }
    })
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
            let name = format!("attachment; filename=\"{file_name}\"");
            let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
            let media_type = HeaderValue::from_static(media_type);
            ([(header::CONTENT_TYPE, media_type), (header::CONTENT_DISPOSITION, name)], bytes).into_response()
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}
