//! The pictures of a draft: what there is, adding one with its description, and replacing one.

use axum::{
    extract::{Multipart, Path, State, multipart::MultipartRejection},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use usecases::{
    Failure, FieldError,
    studio::{ImageLine, Images, Kind, NewImage, kind_of},
    who::Who,
};

use super::{
    super::{
        SignedIn, error_page, failed,
        form::{Choice, Field, choice, field, summary_at, title},
        see_other_saying,
    },
    Place, address,
};
use crate::{
    posted::Upload,
    shell::{Frame, page},
    state::AppState,
};

const FILE: Field = Field {
    kind: "file",
    ..Field::text(
        "file",
        "File",
        Some(
            "A photograph (JPEG, PNG, WebP) or a film (MP4, WebM) of at most 20 MB, or a drawing (SVG, GIF) of at most 2 MB. \
             Photographs are made smaller, and lose what the camera wrote into them, such as the place.",
        ),
    )
};
const DESCRIPTION: Field = Field::text(
    "description",
    "Description",
    Some(
        "What is to be seen on it and matters here, for those who cannot see it: “A nurse sits beside the bed, at eye level”.",
    ),
);
const UNDER: Choice = Choice {
    name: "under",
    label: "Where it goes",
    hint: Some("Under a heading of the text. You can move its line afterwards."),
    none: "Nowhere yet: I put its line in myself",
};

pub(crate) async fn images(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    answer(&state, &who, StatusCode::OK, (kind, &slug), &Upload::default(), &[]).await
}

pub(crate) async fn upload(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    // A body this large is read for nobody else.
    if let Err(failure) = who.as_trainer() {
        return failed(&failure, &state.assets);
    }
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let mut sent = match Upload::read(form).await {
        Ok(sent) => sent,
        Err(status) => return error_page(status, &state.assets),
    };
    let (bytes, file_name) = (std::mem::take(&mut sent.bytes), sent.file_name.clone());
    let (now, here) = (usecases::clock::now(), format!("{}/images", address(kind, &slug)));
    let target = sent.field("replaces").to_owned();
    let done = if target.is_empty() {
        let under = sent.field("under").split_once(' ').and_then(|(line, words)| Some((line.parse().ok()?, words)));
        let new = NewImage { file_name: &file_name, bytes, description: sent.field("description"), under };
        let added = state.usecases.add_image(&who, (kind, &slug), new, now).await;
        added.map(|written| match under {
            Some((_, words)) => format!("{file_name} is in the draft now, under “{words}”."),
            None => format!("{file_name} is there now. The text shows it with this line: {written}"),
        })
    } else {
        let replaced = state.usecases.replace_image(&who, (kind, &slug), &target, (&file_name, bytes), now).await;
        replaced.map(|()| {
            format!("{target} is replaced in the draft. What is live shows the one before until you publish.")
        })
    };
    match done {
        Ok(words) => see_other_saying(&here, words),
        Err(Failure::Invalid(errors)) => {
            answer(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, (kind, &slug), &sent, &errors).await
        }
        Err(Failure::Conflict) => {
            see_other_saying(&here, "The text changed while this came. Nothing was added: try it again.")
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    (kind, slug): (Kind, &str),
    sent: &Upload,
    errors: &[FieldError],
) -> Response {
    let images = match state.usecases.images(who, kind, slug).await {
        Ok(images) => images,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let heading = format!("Pictures of {}", images.title);
    let title = title(&heading, errors);
    let mut frame = Frame::new(&state.assets, Some(who), &title, "/studio");
    frame.not_kept = true;
    page(status, &frame, || {
        let here = address(kind, slug);
        let to = format!("{here}/images");
        let Images { images, places, .. } = images;
        let replacing = sent.field("replaces");
        // What is wrong stands where it was sent: with the form of the picture, or with that for a new one.
        let (errors_new, errors_other) = if replacing.is_empty() { (errors, &[][..]) } else { (&[][..], errors) };
        let replaced = images.iter().position(|line| line.target == replacing);
        let id = |error: &FieldError| replaced.map_or_else(|| error.field.to_owned(), replacement);
        let summed: Vec<(String, String)> = errors.iter().map(|error| (id(error), error.message.clone())).collect();
        let none = images.is_empty();
        let lines = images.into_iter().enumerate().map(|(at, line)| {
            let errors = if line.target == replacing { errors_other } else { &[] };
            one(line, at, (&here, &to), errors)
        });
        let lines = lines.collect::<Vec<_>>();
        let places: Vec<(String, String)> =
            places.into_iter().map(|(line, words)| (format!("{line} {words}"), format!("Under “{words}”"))).collect();
        view! {
            <a class="back-link" href=here.clone()>"Back to the text"</a>
            {summary_at(summed)}
            <h1>{heading.clone()}</h1>
            {if none {
                view! { <p>"It has no pictures yet."</p> }.into_any()
            } else {
                view! { <ul class="plain-list studio-images">{lines}</ul> }.into_any()
            }}
            <h2>"Add one"</h2>
            <form class="form" method="post" action=to.clone() enctype="multipart/form-data" novalidate>
                {field(DESCRIPTION, sent.field("description"), errors_new)}
                {choice(UNDER, &places, sent.field("under"), errors_new)}
                {(!errors_new.is_empty()).then(|| view! { <p class="hint">"Choose the file again: a browser forgets it."</p> })}
                {field(FILE, "", errors_new)}
                <button class="button" type="submit">"Add it"</button>
            </form>
        }
    })
}

/// The id of the field for what takes the place of a picture, by its place on the page.
fn replacement(at: usize) -> String {
    format!("replace-{at}")
}

fn one(line: ImageLine, at: usize, (here, to): (&str, &str), errors: &[FieldError]) -> impl IntoView + use<> {
    let ImageLine { target, place, media_type, bytes, shown } = line;
    let description = shown.iter().find_map(|(_, words)| words.clone()).unwrap_or_default();
    let size = if bytes < 1024 * 1024 {
        format!("{} KB", bytes.div_ceil(1024))
    } else {
        format!("{:.1} MB", bytes as f64 / 1_048_576.0)
    };
    let is_image = media_type.starts_with("image/");
    let places = shown.into_iter().map(|(line, words)| {
        let words = match words {
            Some(words) if words.is_empty() => ", without a description".to_owned(),
            Some(words) => format!(": “{words}”"),
            None => String::new(),
        };
        view! { <li><a href=format!("{here}#line-{line}")>{format!("Line {line}")}</a>{words}</li> }
    });
    let places = places.collect::<Vec<_>>();
    let unused = places.is_empty();
    let id = replacement(at);
    let error = errors.iter().find(|error| error.field == "file").map(|error| error.message.clone());
    let error_id = error.as_ref().map(|_| format!("{id}-error"));
    let class = if error.is_some() { "field field-error" } else { "field" };
    view! {
        <li>
            <h2><code>{target.clone()}</code></h2>
            {is_image.then(|| view! { <img class="studio-image" src=place.clone() alt=description /> })}
            {(!is_image).then(|| view! { <p><a href=place.clone()>"Look at it"</a></p> })}
            <p class="hint">{size}</p>
            {if unused {
                view! { <p class="hint">"The text does not show it. What it does not show is left out when it is published."</p> }.into_any()
            } else {
                view! { <ul>{places}</ul> }.into_any()
            }}
            <form method="post" action=to.to_owned() enctype="multipart/form-data" novalidate>
                <input type="hidden" name="replaces" value=target.clone() />
                <div class=class>
                    <label for=id.clone()>{format!("Replace {target} with")}</label>
                    {error.map(|words| view! { <p class="error-message" role="alert" id=format!("{id}-error")><span class="visually-hidden">"Error: "</span>{words}</p> })}
                    <input id=id.clone() name="file" type="file" aria-invalid=error_id.as_ref().map(|_| "true") aria-describedby=error_id />
                </div>
                <button class="button button-secondary" type="submit">"Replace"</button>
            </form>
        </li>
    }
}
