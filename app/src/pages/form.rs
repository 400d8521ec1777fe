//! Fields of a form, with what was typed and what is to be corrected.

use leptos::prelude::*;
use usecases::FieldError;

use crate::islands::password::{NewPassword, NewPasswordView};

/// How one field is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    /// Its name in the form, and its id.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// A hint under the label.
    pub hint: Option<&'static str>,
    /// The input's type.
    pub kind: &'static str,
    /// What the browser may fill in (HTML, autofill field names).
    pub autocomplete: &'static str,
}

/// A field with its hint, its error and the value that was typed. Passwords are never sent back.
pub(crate) fn field(field: Field, value: &str, errors: &[FieldError]) -> impl IntoView + use<> {
    let error = errors.iter().find(|error| error.field == field.name).map(|error| error.message.clone());
    let wrong = error.is_some();
    let (hint_id, error_id) = (format!("{}-hint", field.name), format!("{}-error", field.name));
    let described = [field.hint.map(|_| hint_id.clone()), error.as_ref().map(|_| error_id.clone())];
    let described = described.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let value = if field.kind == "password" { String::new() } else { value.to_owned() };
    view! {
        <div class=if wrong { "field field-error" } else { "field" }>
            <label for=field.name>{field.label}</label>
            {field.hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {error.map(|error| view! {
                <p class="error-message" id=error_id><span class="visually-hidden">"Error: "</span>{error}</p>
            })}
            <input
                id=field.name
                name=field.name
                type=field.kind
                autocomplete=field.autocomplete
                value=value
                list=(field.name == "zone").then_some("zones")
                aria-invalid=wrong.then_some("true")
                aria-describedby=(!described.is_empty()).then_some(described)
            />
        </div>
    }
}

/// The field for a new password, which says how strong it would be where scripts run.
pub(crate) fn new_password(label: &str, errors: &[FieldError]) -> impl IntoView + use<> {
    let view = NewPasswordView {
        label: label.to_owned(),
        hint: "At least 12 characters. Three or four unrelated words work well.".to_owned(),
        error: errors.iter().find(|error| error.field == "password").map(|error| error.message.clone()),
    };
    view! { <NewPassword view=view /> }
}

/// How one choice out of a list is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    /// Its name in the form, and its id.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// A hint under the label.
    pub hint: Option<&'static str>,
    /// The words of the first line, which chooses nothing.
    pub none: &'static str,
}

/// A list to choose from: `options` are values with their words, `chosen` is the value that was chosen.
pub(crate) fn choice(
    choice: Choice,
    options: &[(String, String)],
    chosen: &str,
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let error = errors.iter().find(|error| error.field == choice.name).map(|error| error.message.clone());
    let wrong = error.is_some();
    let (hint_id, error_id) = (format!("{}-hint", choice.name), format!("{}-error", choice.name));
    let described = [choice.hint.map(|_| hint_id.clone()), error.as_ref().map(|_| error_id.clone())];
    let described = described.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let lines = options.iter().map(|(value, words)| {
        view! { <option value=value.clone() selected=value == chosen>{words.clone()}</option> }
    });
    view! {
        <div class=if wrong { "field field-error" } else { "field" }>
            <label for=choice.name>{choice.label}</label>
            {choice.hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {error.map(|error| view! {
                <p class="error-message" id=error_id><span class="visually-hidden">"Error: "</span>{error}</p>
            })}
            <select
                id=choice.name
                name=choice.name
                aria-invalid=wrong.then_some("true")
                aria-describedby=(!described.is_empty()).then_some(described)
            >
                <option value="">{choice.none}</option>
                {lines.collect::<Vec<_>>()}
            </select>
        </div>
    }
}

/// A moment as people write it: 5 Feb 2027, 14:05.
pub(crate) fn time_words(at: jiff::civil::DateTime) -> String {
    at.strftime("%-d %b %Y, %H:%M").to_string()
}

/// The summary of what is to be corrected, each line a link to its field; nothing when all is well.
pub(crate) fn summary(errors: &[FieldError]) -> impl IntoView + use<> {
    let errors = errors.to_vec();
    (!errors.is_empty()).then(|| {
        let lines = errors.into_iter().map(|error| {
            view! { <li><a href=format!("#{}", error.field)>{error.message}</a></li> }
        });
        view! {
            <div class="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-title">
                <h2 id="error-summary-title">"There is a problem"</h2>
                <ul>{lines.collect::<Vec<_>>()}</ul>
            </div>
        }
    })
}

/// The title of a page, marked when something on it is to be corrected.
pub(crate) fn title(title: &str, errors: &[FieldError]) -> String {
    if errors.is_empty() { title.to_owned() } else { format!("Error: {title}") }
}
