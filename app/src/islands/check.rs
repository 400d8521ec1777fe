//! A question to check oneself with: a plain form that an island answers in place.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A check question as it may be seen now. Before it is answered it holds neither keys nor feedback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    /// Where the form is sent.
    pub action: String,
    /// The form's one-time token.
    pub token: String,
    /// The version of the module that the page was rendered from.
    pub version: i64,
    /// The newest attempt when the page was rendered.
    #[serde(default)]
    pub newest: Option<i64>,
    /// Whether several answers may be ticked.
    pub multiple: bool,
    /// The question's own words, as safe HTML.
    pub stem_html: String,
    /// A hint on demand, as safe HTML.
    pub hint_html: Option<String>,
    /// The answers.
    pub options: Vec<OptionView>,
    /// The verdict and the feedback on the whole question, once answered.
    pub verdict: Option<Verdict>,
    /// What stands in the way of taking the answer, as a sentence.
    pub problem: Option<String>,
}

/// One answer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionView {
    /// Its value in the form.
    pub id: u32,
    /// Its words, as safe HTML.
    pub html: String,
    /// Whether it was ticked.
    pub ticked: bool,
    /// Whether it is right; unknown until answered.
    pub correct: Option<bool>,
    /// Feedback on it, as safe HTML, once answered.
    pub feedback_html: Option<String>,
}

/// What was made of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether everything was right; none where there is no answer and the key is only shown.
    pub right: Option<bool>,
    /// Feedback on the question, as safe HTML.
    pub feedback_html: Option<String>,
}

impl OptionView {
    fn class(&self) -> &'static str {
        match (self.correct, self.ticked) {
            (Some(true), true) => "choice is-right",
            (Some(true), false) => "choice is-missed",
            (Some(false), true) => "choice is-wrong",
            _ => "choice",
        }
    }

    fn mark(&self) -> Option<&'static str> {
        match (self.correct, self.ticked) {
            (Some(true), true) => Some("Right"),
            (Some(true), false) => Some("This was the right answer"),
            (Some(false), true) => Some("Not the best answer"),
            _ => None,
        }
    }
}

// A room of its own: the macro makes a public struct of the properties, which nobody else needs to see.
#[expect(unreachable_pub, reason = "the struct of properties is the macro's")]
mod island {
    use super::{CheckView, form};
    use leptos::prelude::*;

    /// The check question; in the browser its answer comes without leaving the page.
    #[island]
    pub fn Check(
        /// What may be seen when the page is sent.
        view: CheckView,
    ) -> impl IntoView {
        let (state, set_state) = signal((view, false));
        view! { <div class="check">{move || form(state.get(), set_state)}</div> }
    }
}

pub use island::Check;

/// The form; `busy` while an answer is on its way.
fn form((view, busy): (CheckView, bool), set: WriteSignal<(CheckView, bool)>) -> impl IntoView {
    let kind = if view.multiple { "checkbox" } else { "radio" };
    let answered = view.verdict.is_some();
    let instruction = if view.multiple { "Choose every answer that is right." } else { "Choose one answer." };
    let before = view.clone();
    view! {
        <form
            method="post"
            action=view.action.clone()
            on:submit=move |event| send::submit(&event, before.clone(), set)
        >
            <input type="hidden" name="token" value=view.token.clone() />
            <input type="hidden" name="version" value=view.version.to_string() />
            {view.newest.map(|newest| view! { <input type="hidden" name="newest" value=newest.to_string() /> })}
            <div class="question-body" inner_html=view.stem_html.clone()></div>
            <fieldset class="question" id="answers" tabindex="-1" aria-describedby=view.problem.as_ref().map(|_| "check-problem")>
                <legend>{instruction}</legend>
                {view.problem.clone().map(|problem| view! { <p class="error-message" id="check-problem" role="alert">{problem}</p> })}
                <div class="choices">
                    {view.options.iter().map(|option| choice(option, kind, answered)).collect::<Vec<_>>()}
                </div>
            </fieldset>
            {view.hint_html.clone().filter(|_| !answered).map(|hint| view! {
                <details class="alert alert-tip"><summary class="alert-title">"Hint"</summary><div inner_html=hint></div></details>
            })}
            {view.verdict.clone().map(|verdict| view! {
                <div class="feedback feedback-question" id="verdict" role="status" tabindex="-1">
                    <h2>{match verdict.right {
                        Some(true) => "That is right",
                        Some(false) => "Not quite",
                        None => "You were not asked this, or left it out",
                    }}</h2>
                    {verdict.feedback_html.map(|html| view! { <div inner_html=html></div> })}
                </div>
            })}
            {(!answered).then(|| view! {
                <button class="button" type="submit" aria-busy=busy.then_some("true") disabled=busy>
                    {if busy { "Sending…" } else { "Check my answer" }}
                </button>
            })}
        </form>
    }
}

fn choice(option: &OptionView, kind: &'static str, answered: bool) -> impl IntoView + use<> {
    let id = format!("answer-{}", option.id);
    let mark = option.mark();
    let feedback = option.feedback_html.clone();
    let told = answered && (mark.is_some() || feedback.is_some());
    view! {
        <div class=option.class()>
            <input
                type=kind
                id=id.clone()
                name="answer"
                value=option.id.to_string()
                checked=option.ticked
                disabled=answered
            />
            <label for=id inner_html=option.html.clone()></label>
            {told.then(|| view! {
                <div class="feedback">
                    {mark.map(|mark| view! { <p class="mark">{mark}</p> })}
                    {feedback.map(|html| view! { <div inner_html=html></div> })}
                </div>
            })}
        </div>
    }
}

/// Sending the form from the browser; on the server there is nothing to send.
mod send {
    use super::CheckView;
    use leptos::{ev::SubmitEvent, prelude::WriteSignal};

    type Set = WriteSignal<(CheckView, bool)>;

    #[cfg(not(feature = "hydrate"))]
    pub(super) fn submit(_event: &SubmitEvent, _before: CheckView, _set: Set) {}

    #[cfg(feature = "hydrate")]
    pub(super) fn submit(event: &SubmitEvent, before: CheckView, set: Set) {
        use super::super::send::{self, Answer};
        use leptos::prelude::Set as _;
        use wasm_bindgen::JsCast;

        let Some(form) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok()) else {
            return;
        };
        event.prevent_default();
        let fields = fields(&form);
        // The answer stays ticked: sending again takes the same token and is recorded once.
        let before = with_ticks(before, &fields);
        set.set((CheckView { problem: None, ..before.clone() }, true));
        wasm_bindgen_futures::spawn_local(async move {
            let problem = match send::post(&before.action, fields).await {
                Answer::Json(text) => match serde_json::from_str::<CheckView>(&text) {
                    Ok(view) => {
                        let place = if view.verdict.is_some() { "verdict" } else { "answers" };
                        set.set((view, false));
                        send::focus_soon(place);
                        return;
                    }
                    Err(_) => "Your answer could not be taken. Load the page again.",
                },
                Answer::SignedOut => {
                    "You were signed out. Sign in again in another tab, then come back and send your answer."
                }
                Answer::Busy => "Your answer could not be taken just now. Wait a moment and send it again.",
                Answer::Refused => "Your answer could not be taken. Load the page again.",
                Answer::Lost => "Your answer could not be sent. Check the connection and send it again.",
            };
            set.set((CheckView { problem: Some(problem.to_owned()), ..before }, false));
            send::focus_soon("answers");
        });
    }

    #[cfg(feature = "hydrate")]
    fn with_ticks(mut view: CheckView, fields: &[(&str, String)]) -> CheckView {
        for option in &mut view.options {
            let id = option.id.to_string();
            option.ticked = fields.iter().any(|(name, value)| *name == "answer" && *value == id);
        }
        view
    }

    #[cfg(feature = "hydrate")]
    fn fields(form: &web_sys::HtmlFormElement) -> Vec<(&'static str, String)> {
        let Ok(data) = web_sys::FormData::new_with_form(form) else { return Vec::new() };
        let mut fields = Vec::new();
        for name in ["token", "version", "newest", "answer"] {
            fields.extend(data.get_all(name).iter().filter_map(|value| Some((name, value.as_string()?))));
        }
        fields
    }
}
