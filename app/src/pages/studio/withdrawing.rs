//! `/studio/{kind}/{slug}/withdraw`: taking a document out of what there is to begin, and making it live again.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure,
    clock::date_words,
    studio::{Withdrawing, kind_of},
    who::Who,
};

use super::{
    super::{SignedIn, failed, see_other_saying},
    Place, address,
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

/// What is pressed.
#[derive(Default, Deserialize)]
pub(crate) struct Pressed {
    #[serde(default, rename = "do")]
    turn: String,
}

pub(crate) async fn withdrawing(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    match state.usecases.withdrawing(&who, kind, &slug, usecases::clock::now()).await {
        Ok(withdrawing) => draw(&state, &who, withdrawing),
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn withdraw(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
    Form(sent): Form<Pressed>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let now = usecases::clock::now();
    let (done, words) = if sent.turn == "live" {
        (state.usecases.bring_back(&who, kind, &slug, now).await, "is live again.")
    } else {
        (state.usecases.withdraw(&who, kind, &slug, now).await, "is withdrawn. It can be made live again at any time.")
    };
    match done {
        Ok(title) => see_other_saying(&address(kind, &slug), format!("{title} {words}")),
        Err(Failure::Conflict) => see_other_saying(
            &format!("{}/withdraw", address(kind, &slug)),
            "Nothing was changed: something stands in the way, or was changed just now. Look at it again.",
        ),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn draw(state: &AppState, who: &Who, withdrawing: Withdrawing) -> Response {
    let Withdrawing { kind, slug, title, since, running, needed, shown, not_ready } = withdrawing;
    let heading = match since {
        Some(_) => format!("Make {title} live again"),
        None => format!("Withdraw {title}"),
    };
    page(StatusCode::OK, &Frame::new(&state.assets, Some(who), &heading, "/studio"), || {
        let here = address(kind, &slug);
        let middle = match running {
            0 => "Nobody is in the middle of it.".to_owned(),
            1 => "One person is in the middle of it, and goes on to the end.".to_owned(),
            more => format!("{more} people are in the middle of it, and go on to the end."),
        };
        let stays = !needed.is_empty() || !shown.is_empty();
        let needed = needed.into_iter().map(|(words, place)| {
            view! { <li>{words}{place.map(|place| view! { " "<a href=place>"Change that"</a> })}</li> }
        });
        let shown = shown.into_iter().map(|(title, place)| {
            view! { <li><a href=place>{title.clone()}</a>" shows it or leads to it. Take that out of its text and publish it first."</li> }
        });
        let reasons = needed.map(IntoAny::into_any).chain(shown.map(IntoAny::into_any)).collect::<Vec<_>>();
        view! {
            <a class="back-link" href=here.clone()>"Back to the text"</a>
            <h1>{heading.clone()}</h1>
            {match since {
                Some(day) => view! {
                    <p>{format!("It was withdrawn on {}. {middle}", date_words(day))}</p>
                    {match not_ready {
                        Some(words) => view! { <p role="alert">{format!("It cannot be live again yet: {words}.")}</p> }.into_any(),
                        None => view! {
                            <p>"It will be found and can be begun again, as it was last published. A draft of it stays a draft."</p>
                            <form method="post" action=format!("{here}/withdraw")>
                                <button class="button" type="submit" name="do" value="live">"Make it live again"</button>
                            </form>
                        }.into_any(),
                    }}
                }.into_any(),
                None if stays => view! {
                    <p role="alert">"It cannot be withdrawn yet:"</p>
                    <ul>{reasons}</ul>
                    {(!who.administrator).then(|| view! { <p>"Requirements, paths and assignments are changed by administrators."</p> })}
                }.into_any(),
                None => view! {
                    <p>"It goes out of the catalogue and the search, and nobody can begin it any more. What was completed stays in the record with its certificate, and the history stays here. It can be made live again at any time."</p>
                    <p>{middle}</p>
                    <form method="post" action=format!("{here}/withdraw")>
                        <button class="button button-danger" type="submit" name="do" value="withdraw">"Withdraw it"</button>
                    </form>
                }.into_any(),
            }}
        }
    })
}
