//! `/site`: the organisation's name, its time zone, and the words that fill tokens in texts. For administrators.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    site::{SiteView, TOKENS},
    who::Who,
};

use super::{
    SignedIn, failed,
    form::{Field, field, summary, title},
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
    #[serde(default)]
    privacy_lead: String,
    #[serde(default)]
    law: String,
    #[serde(default)]
    emergency_no: String,
    #[serde(default)]
    payer: String,
    #[serde(default)]
    currency: String,
}

impl Typed {
    /// In the order of the tokens.
    fn tokens(&self) -> [String; 5] {
        [&self.privacy_lead, &self.law, &self.emergency_no, &self.payer, &self.currency].map(Clone::clone)
    }
}

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match state.usecases.site(&who).await {
        Ok(site) => {
            let [privacy_lead, law, emergency_no, payer, currency] = site.tokens;
            let (organisation, zone) = (site.name, site.zone);
            let typed = Typed { organisation, zone, privacy_lead, law, emergency_no, payer, currency };
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
    let site = SiteView { name: typed.organisation.clone(), zone: typed.zone.clone(), tokens: typed.tokens() };
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
                <h2>"Words in the texts"</h2>
                <p class="hint">"Texts name these by a token in braces. What you leave empty reads as plain words."</p>
                {TOKENS.iter().zip(typed.tokens()).map(|((name, label, hint), words)| {
                    field(Field::text(name, label, Some(hint)), &words, errors)
                }).collect::<Vec<_>>()}
                <button class="button" type="submit">"Save"</button>
            </form>
            <p class="hint">"Days that are in the record stay the days they were."</p>
        }
    })
}
