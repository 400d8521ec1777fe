//! `/site`: the organisation's name and time zone. For administrators.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{Failure, FieldError, site::SiteView, who::Who};

use super::{
    SignedIn, failed,
    form::{field, summary, title},
    see_other_saying,
    set_up::{ORGANISATION, ZONE, zones},
};
use crate::{
    posted::Form,
    shell::{Frame, page},
    state::AppState,
};

#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    zone: String,
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match state.usecases.site(&who).await {
        Ok(site) => {
            let typed = Typed { organisation: site.name, zone: site.zone };
            form(&state, &who, StatusCode::OK, &typed, &[])
        }
        Err(failure) => failed(&failure, &state.assets),
    }
}

pub(crate) async fn change(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Form(typed): Form<Typed>,
) -> Response {
    let site = SiteView { name: typed.organisation.clone(), zone: typed.zone.clone() };
    match state.usecases.change_site(&who, &site, usecases::clock::now()).await {
        Ok(()) => see_other_saying("/site", "Saved."),
        Err(Failure::Invalid(errors)) => form(&state, &who, StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors),
        Err(failure) => failed(&failure, &state.assets),
    }
}

fn form(state: &AppState, who: &Who, status: StatusCode, typed: &Typed, errors: &[FieldError]) -> Response {
    let title = title("Organisation", errors);
    page(status, &Frame::new(&state.assets, Some(who), &title, "/departments"), || {
        view! {
            <a class="back-link" href="/departments">"Departments"</a>
            {summary(errors)}
            <h1>"Organisation"</h1>
            <form class="form" method="post" action="/site" novalidate>
                {field(ORGANISATION, &typed.organisation, errors)}
                {field(ZONE, &typed.zone, errors)}
                {zones()}
                <button class="button" type="submit">"Save"</button>
            </form>
            <p class="hint">"Days that are in the record stay the days they were."</p>
        }
    })
}
