//! `/studio/competencies`: the skills that texts name, with what people read for them and what somebody does at each level.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    studio::{CompetencyTyped, CompetencyView, kind_of, kind_words},
    who::Who,
};

use super::super::{
    SignedIn, failed,
    form::{Field, field, summary, title},
    person::confirm,
    see_other_saying,
};
use crate::{
    posted::Form,
    request::encoded,
    shell::{Frame, page},
    state::AppState,
};

const NAME: Field = Field::text("name", "Name", Some("What people read: Empathic listening."));
const CODE: Field = Field::text("code", "Code", Some("A few letters for tables, such as C7. May be empty."));
const LEVELS: [Field; 3] = [
    Field::text("level_1", "First level: does it", None),
    Field::text("level_2", "Second level: adapts it to the person", None),
    Field::text("level_3", "Third level: leads others", None),
];
const MOVED_ON: &str = "Somebody else changed the competencies meanwhile. This is how they are now: change it again.";

/// What is typed for a competency.
#[derive(Default, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    level_1: String,
    #[serde(default)]
    level_2: String,
    #[serde(default)]
    level_3: String,
    #[serde(default)]
    rev: i64,
    #[serde(default, rename = "do")]
    turn: String,
}

impl Sent {
    fn typed(self) -> CompetencyTyped {
        let Self { name, code, level_1, level_2, level_3, rev, .. } = self;
        CompetencyTyped { code, name, levels: [level_1, level_2, level_3], rev }
    }
}

pub(crate) async fn competencies(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    answer_list(&state, &who, StatusCode::OK, &CompetencyTyped::default(), &[]).await
}

pub(crate) async fn add_competency(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(sent): Form<Sent>,
) -> Response {
    let typed = sent.typed();
    match state.usecases.add_competency(&who, &typed, usecases::clock::now()).await {
        Ok(id) => see_other_saying("/studio/competencies", format!("It is there. Texts name it {id}.")),
        Err(Failure::Invalid(errors)) => {
            answer_list(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors).await
        }
        Err(Failure::Conflict) => see_other_saying("/studio/competencies", MOVED_ON),
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer_list(
    state: &AppState,
    who: &Who,
    status: StatusCode,
    typed: &CompetencyTyped,
    errors: &[FieldError],
) -> Response {
    let (known, _) = match state.usecases.competencies(who).await {
        Ok(known) => known,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = title("Competencies", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/studio"), || {
        let lines = known.into_iter().map(|one| {
            let code = (!one.code.is_empty()).then(|| format!("{} ", one.code));
            let used = match one.used.len() {
                0 => "in no text".to_owned(),
                1 => "in one text".to_owned(),
                more => format!("in {more} texts"),
            };
            view! {
                <li>{code}<a href=format!("/studio/competencies/{}", encoded(&one.id))>{one.name}</a>" "<span class="muted"><code>{one.id}</code>{format!(", {used}")}</span></li>
            }
        });
        let lines = lines.collect::<Vec<_>>();
        view! {
            <a class="back-link" href="/studio">"Studio"</a>
            {summary(errors)}
            <h1>"Competencies"</h1>
            <p>"The skills that modules teach and that choices and questions test. Texts name them by the word in small letters, which never changes; people read the name."</p>
            <ul class="link-list">{lines}</ul>
            <h2>"Add one"</h2>
            <form class="form" method="post" action="/studio/competencies" novalidate>
                {fields(typed, errors)}
                <button class="button" type="submit">"Add this competency"</button>
            </form>
        }
    })
}

fn fields(typed: &CompetencyTyped, errors: &[FieldError]) -> impl IntoView + use<> {
    let levels = LEVELS.into_iter().zip(&typed.levels).map(|(level, text)| field(level, text, errors));
    let levels = levels.collect::<Vec<_>>();
    view! {
        {field(NAME, &typed.name, errors)}
        {field(CODE, &typed.code, errors)}
        {levels}
    }
}

pub(crate) async fn competency(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<String>,
) -> Response {
    answer(&state, &who, &id, StatusCode::OK, None, &[]).await
}

pub(crate) async fn change_competency(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Response {
    let now = usecases::clock::now();
    let is_removed = sent.turn == "remove";
    let typed = sent.typed();
    let done = if is_removed {
        state.usecases.remove_competency(&who, &id, typed.rev, now).await
    } else {
        state.usecases.change_competency(&who, &id, &typed, now).await
    };
    match done {
        Ok(()) if is_removed => see_other_saying("/studio/competencies", "The competency was taken away."),
        Ok(()) => see_other_saying("/studio/competencies", "The competency was kept."),
        Err(Failure::Invalid(errors)) => {
            let typed = (!is_removed).then_some(&typed);
            answer(&state, &who, &id, StatusCode::UNPROCESSABLE_ENTITY, typed, &errors).await
        }
        Err(Failure::Conflict) => see_other_saying(&format!("/studio/competencies/{}", encoded(&id)), MOVED_ON),
        Err(failure) => failed(&failure, &state.assets),
    }
}

async fn answer(
    state: &AppState,
    who: &Who,
    id: &str,
    status: StatusCode,
    typed: Option<&CompetencyTyped>,
    errors: &[FieldError],
) -> Response {
    let (known, rev) = match state.usecases.competencies(who).await {
        Ok(known) => known,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let Some(CompetencyView { id, code, name, levels, used }) = known.into_iter().find(|one| one.id == id) else {
        return failed(&Failure::NotFound, &state.assets);
    };
    let title = title(&name, errors);
    let typed = typed.cloned().unwrap_or_else(|| CompetencyTyped { code, name: name.clone(), levels, rev });
    page(status, &Frame::new(&state.assets, Some(who), &title, "/studio"), || {
        let none = used.is_empty();
        let used = used.into_iter().filter_map(|naming| {
            let words = kind_words(kind_of(&naming.kind)?);
            let to = format!("/studio/{}/{}", naming.kind, encoded(&naming.slug));
            Some(view! { <li><a href=to>{naming.title}</a>" "<span class="muted">{words}</span></li> })
        });
        let used = used.collect::<Vec<_>>();
        let remove = view! { <button class="button button-danger" type="submit" name="do" value="remove">"Yes, take it away"</button> };
        view! {
            <a class="back-link" href="/studio/competencies">"Competencies"</a>
            {summary(errors)}
            <h1>{name.clone()}</h1>
            <p class="muted">"Texts name it "<code>{id.clone()}</code></p>
            <form class="form" method="post" action=format!("/studio/competencies/{}", encoded(&id)) novalidate>
                <input type="hidden" name="rev" value=typed.rev.to_string() />
                {fields(&typed, errors)}
                // The first button is the one that the Enter key presses.
                <button class="button" type="submit" name="do" value="keep">"Keep it"</button>
                {none.then(|| confirm("button button-secondary", "Take it away".to_owned(), "No text names it.", remove))}
            </form>
            {(!none).then(|| view! { <h2>"Texts that name it"</h2> <ul>{used}</ul> })}
        }
    })
}
