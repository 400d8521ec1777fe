//! `/site`: the organisation's name, its time zone, its working days, and the words that fill tokens in texts. For administrators.

use axum::{extract::State, http::StatusCode, response::Response};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    site::{SiteView, TOKENS, token_hints},
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
    locale: String,
    #[serde(default)]
    working_days: Vec<String>,
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
    #[serde(default)]
    second_pair_of_eyes: String,
}

impl Typed {
    /// In the order of the tokens.
    fn tokens(&self) -> [String; 5] {
        [&self.privacy_lead, &self.law, &self.emergency_no, &self.payer, &self.currency].map(Clone::clone)
    }
}

const LOCALE: Field = Field::text(
    "locale",
    "Language and country",
    Some("As a tag, for example en-NG or fr-CM. The pages themselves are in English for now."),
);
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub(crate) async fn show(State(state): State<AppState>, SignedIn(who): SignedIn) -> Response {
    match state.usecases.site(&who).await {
        Ok(site) => {
            let [privacy_lead, law, emergency_no, payer, currency] = site.tokens;
            let (organisation, zone, locale) = (site.name, site.zone, site.locale);
            let working_days = site.working_days.iter().map(i8::to_string).collect();
            let second_pair_of_eyes = if site.second_pair_of_eyes { "on" } else { "" }.to_owned();
            let typed = Typed {
                organisation,
                zone,
                locale,
                working_days,
                privacy_lead,
                law,
                emergency_no,
                payer,
                currency,
                second_pair_of_eyes,
            };
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
    let site = SiteView {
        name: typed.organisation.clone(),
        zone: typed.zone.clone(),
        locale: typed.locale.clone(),
        working_days: typed.working_days.iter().filter_map(|day| day.parse().ok()).collect(),
        tokens: typed.tokens(),
        second_pair_of_eyes: !typed.second_pair_of_eyes.is_empty(),
    };
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
            <p><a href="/first-steps">"First steps"</a></p>
            <form class="form" method="post" action="/site" novalidate>
                {field(ORGANISATION, &typed.organisation, errors)}
                {field(ZONE, &typed.zone, errors)}
                {zones()}
                <details>
                    <summary>"What another time zone means for dates"</summary>
                    <p>"A day that is in the record, and a due date that follows from it, stays the day it was. From the change on, days begin and end by the new clocks, for what is completed, for what is due and for reminders. Deputies whose days were chosen before begin and end at the midnights of the old zone."</p>
                </details>
                {field(LOCALE, &typed.locale, errors)}
                {working_days(&typed.working_days, errors)}
                <h2>"Words in the texts"</h2>
                <p class="hint">"Texts name these by a token in braces. What you leave empty reads as it is usually said where you are."</p>
                {TOKENS.iter().zip(token_hints(&typed.locale)).zip(typed.tokens()).map(|(((name, label), hint), words)| {
                    field(Field::text(name, label, Some(hint)), &words, errors)
                }).collect::<Vec<_>>()}
                <h2>"Publishing"</h2>
                <div class="choice">
                    <input type="checkbox" id="second_pair_of_eyes" name="second_pair_of_eyes" value="on" checked=!typed.second_pair_of_eyes.is_empty() />
                    <label for="second_pair_of_eyes">"A second pair of eyes"<span class="hint">"What is written in the studio is published only once somebody who wrote none of it has approved it: another trainer or an administrator."</span></label>
                </div>
                <button class="button" type="submit">"Save"</button>
            </form>
            <p class="hint">"Days that are in the record stay the days they were."</p>
        }
    })
}

/// The days of the week on which people work.
fn working_days(chosen: &[String], errors: &[FieldError]) -> impl IntoView + use<> {
    let error = errors.iter().find(|error| error.field == "working_days").map(|error| error.message.clone());
    let class = if error.is_some() { "field field-error" } else { "field" };
    let described = if error.is_some() { "working-days-hint working-days-error" } else { "working-days-hint" };
    let days = (1..).zip(DAYS).map(|(number, words): (i8, _)| {
        let id = format!("working-day-{number}");
        let checked = chosen.contains(&number.to_string());
        view! {
            <div class="choice">
                <input type="checkbox" id=id.clone() name="working_days" value=number.to_string() checked=checked />
                <label for=id>{words}</label>
            </div>
        }
    });
    let days = days.collect::<Vec<_>>();
    view! {
        <fieldset class=class id="working_days" tabindex="-1" aria-describedby=described>
            <legend>"Working days"</legend>
            <p class="hint" id="working-days-hint">"The days on which people work. Reminders go out on these days only; due dates may fall on any day."</p>
            {error.map(|error| view! {
                <p class="error-message" id="working-days-error"><span class="visually-hidden">"Error: "</span>{error}</p>
            })}
            <div class="choices">{days}</div>
        </fieldset>
    }
}
