//! The field for a new password: a plain field, under which an island says how well the password would stand.

use serde::{Deserialize, Serialize};

/// The field as the server draws it. It never holds a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPasswordView {
    /// Its label.
    pub label: String,
    /// The hint under the label.
    pub hint: String,
    /// What is to be corrected.
    pub error: Option<String>,
}

/// How well a password would stand, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrengthView {
    /// A sentence.
    pub words: String,
}

#[expect(unreachable_pub, reason = "the struct of properties is the macro's")]
mod island {
    use super::{NewPasswordView, look};
    use leptos::prelude::*;

    /// A field named `password`; in the browser it says how strong what is typed would be.
    #[island]
    pub fn NewPassword(
        /// How it is drawn.
        view: NewPasswordView,
    ) -> impl IntoView {
        let (strength, set_strength) = signal(String::new());
        let latest = StoredValue::new(0_u32);
        let wrong = view.error.is_some();
        view! {
            <div class=if wrong { "field field-error" } else { "field" }>
                <label for="password">{view.label}</label>
                <p class="hint" id="password-hint">{view.hint}</p>
                {view.error.map(|error| view! {
                    <p class="error-message" id="password-error"><span class="visually-hidden">"Error: "</span>{error}</p>
                })}
                <input
                    id="password"
                    name="password"
                    type="password"
                    autocomplete="new-password"
                    aria-invalid=wrong.then_some("true")
                    aria-describedby=if wrong { "password-hint password-error" } else { "password-hint" }
                    on:input=move |event| look::at(event_target_value(&event), latest, set_strength)
                />
                <p class="strength" role="status">{move || strength.get()}</p>
            </div>
        }
    }
}

pub use island::NewPassword;

/// Asking the server; it has the dictionary, which would weigh more than everything else on the page.
mod look {
    use leptos::prelude::{StoredValue, WriteSignal};

    #[cfg(not(feature = "hydrate"))]
    pub(super) fn at(_typed: String, _latest: StoredValue<u32>, _set: WriteSignal<String>) {}

    #[cfg(feature = "hydrate")]
    pub(super) fn at(typed: String, latest: StoredValue<u32>, set: WriteSignal<String>) {
        use leptos::prelude::{GetValue, Set, SetValue, set_timeout};
        use std::time::Duration;

        let asked = latest.get_value() + 1;
        latest.set_value(asked);
        if typed.is_empty() {
            set.set(String::new());
            return;
        }
        // Not at every key: when the person pauses.
        let pause = Duration::from_millis(400);
        set_timeout(
            move || {
                if latest.get_value() != asked {
                    return;
                }
                wasm_bindgen_futures::spawn_local(async move {
                    use super::super::send::json;
                    if let Some(text) = json("/password-strength", ("password", &typed)).await
                        && latest.get_value() == asked
                        && let Ok(view) = serde_json::from_str::<super::StrengthView>(&text)
                    {
                        set.set(view.words);
                    }
                });
            },
            pause,
        );
    }
}
