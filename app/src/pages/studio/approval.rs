//! A second pair of eyes on a draft: asked for, given, or sent back with a note.

use axum::{
    extract::{Path, State},
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use usecases::{
    Failure, FieldError,
    studio::{Approval, Asking, Verdict, kind_of},
};

use super::{
    super::{
        SignedIn, failed,
        form::{area, time_words},
        see_other_saying,
    },
    Place, address,
    publishing::{Publish, answer},
};
use crate::{posted::Form, state::AppState};

/// What is pressed.
#[derive(Default, Deserialize)]
pub(crate) struct Pressed {
    #[serde(default)]
    rev: i64,
    #[serde(default)]
    note: String,
    #[serde(default, rename = "do")]
    turn: String,
}

pub(crate) async fn approve(
    State(state): State<AppState>,
    SignedIn(who): SignedIn,
    Path((kind, slug)): Place,
    Form(sent): Form<Pressed>,
) -> Response {
    let Some(kind) = kind_of(&kind) else { return failed(&Failure::NotFound, &state.assets) };
    let now = usecases::clock::now();
    let to = format!("{}/publish", address(kind, &slug));
    let (done, words) = match sent.turn.as_str() {
        "approve" | "send-back" => {
            let approves = sent.turn == "approve";
            let looked = (sent.rev, approves, sent.note.as_str());
            let words = if approves { "Approved: it can be published now." } else { "Sent back, with your note." };
            (state.usecases.look_over(&who, (kind, &slug), looked, now).await, words)
        }
        _ => {
            let words = "Asked for. Other trainers and administrators find it in the studio, as waiting for approval.";
            (state.usecases.ask_for_approval(&who, (kind, &slug), sent.rev, now).await, words)
        }
    };
    match done {
        Ok(()) => see_other_saying(&to, words),
        Err(Failure::Conflict) => {
            see_other_saying(&to, "It has changed since you looked. Look at it again; nothing was decided.")
        }
        Err(Failure::Invalid(errors)) => answer(&state, &who, (kind, &slug), &Publish::default(), errors).await,
        Err(failure) => failed(&failure, &state.assets),
    }
}

/// How it stands, and what can be done about it.
pub(super) fn approval(approval: &Approval, (here, rev): (&str, i64), errors: &[FieldError]) -> impl IntoView + use<> {
    let find = |field: &str| errors.iter().find(|error| error.field == field).map(|error| error.message.clone());
    let (wrong, note_wrong) = (find("approval"), find("note"));
    let current = approval.asked.as_ref().filter(|asked| asked.is_current);
    let is_open = current.is_some_and(|asked| asked.verdict != Verdict::SentBack);
    let waits = approval.is_waited_for();
    let to = format!("{here}/approval");
    let own = approval.is_own;
    let writers = approval.writers.join(", ");
    let hidden = move || view! { <input type="hidden" name="rev" value=rev.to_string() /> };
    let ask = (!is_open).then(|| {
        view! {
            <form method="post" action=to.clone()>
                {hidden()}
                <button class="button" type="submit" name="do" value="ask">"Ask for approval"</button>
            </form>
        }
    });
    let look = (is_open && !own).then(|| {
        let class = if note_wrong.is_some() { "field field-error" } else { "field" };
        let described = if note_wrong.is_some() { "note-hint note-error" } else { "note-hint" };
        let invalid = note_wrong.is_some().then_some("true");
        view! {
            <form class="form" method="post" action=to.clone() novalidate>
                {hidden()}
                <div class=class>
                    <label for="note">"A note to whoever wrote it"</label>
                    <p class="hint" id="note-hint">"Needed to send it back. It stands beside the text."</p>
                    {note_wrong.map(|words| view! { <p class="error-message" id="note-error"><span class="visually-hidden">"Error: "</span>{words}</p> })}
                    <textarea id="note" name="note" rows="4" aria-invalid=invalid aria-describedby=described>{area("")}</textarea>
                </div>
                <div class="button-row">
                    {waits.then(|| view! { <button class="button" type="submit" name="do" value="approve">"Approve it"</button> })}
                    <button class="button button-secondary" type="submit" name="do" value="send-back">"Send it back"</button>
                </div>
            </form>
        }
    });
    view! {
        <section class="card" id="approval" tabindex="-1" aria-labelledby="approval-title">
            <h2 id="approval-title">"A second pair of eyes"</h2>
            <p>{format!("Somebody who wrote none of it approves a draft before it is published. Written by: {writers}.")}</p>
            {wrong.map(|words| view! { <p class="error-message"><span class="visually-hidden">"Error: "</span>{words}</p> })}
            {approval.asked.as_ref().map(told)}
            {(waits && own).then(|| view! { <p>"You wrote some of it: another trainer or an administrator looks it over."</p> })}
            {waits.then_some(look)}
            {ask}
        </section>
    }
}

/// What came of the last asking.
pub(super) fn told(asked: &Asking) -> impl IntoView + use<> {
    let Asking { verdict, is_current, by: (by, when), looked, note } = asked;
    let at = |when| time_words(when);
    let (looker, looked_at) = match looked {
        Some((looker, when)) => (looker.as_str(), at(*when)),
        None => ("Somebody", String::new()),
    };
    let words = match (verdict, is_current) {
        (Verdict::Waiting, true) => {
            format!("{by} asked for approval on {}. It waits for it; a change withdraws that.", at(*when))
        }
        (Verdict::Waiting, false) => {
            format!(
                "{by} asked for approval on {}, and it has changed since. Ask again once it is as it should be.",
                at(*when)
            )
        }
        (Verdict::Approved, true) => format!("{looker} approved it on {looked_at}. A change withdraws that."),
        (Verdict::Approved, false) => {
            format!("{looker} approved it on {looked_at}, and it has changed since: it has to be approved again.")
        }
        (Verdict::SentBack, true) => format!("{looker} sent it back on {looked_at}:"),
        (Verdict::SentBack, false) => format!("{looker} sent an earlier text of it back on {looked_at}:"),
    };
    let lines = note.lines().filter(|line| !line.trim().is_empty()).map(|line| view! { <p>{line.to_owned()}</p> });
    let lines = lines.collect::<Vec<_>>();
    view! {
        <p>{words}</p>
        {(!lines.is_empty()).then(|| view! { <blockquote class="studio-note">{lines}</blockquote> })}
    }
}
