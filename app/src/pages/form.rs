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
    /// The id of the list on the page that offers values.
    pub list: Option<&'static str>,
}

impl Field {
    /// A line of text that the browser does not fill in.
    pub(crate) const fn text(name: &'static str, label: &'static str, hint: Option<&'static str>) -> Self {
        Self { name, label, hint, kind: "text", autocomplete: "off", list: None }
    }

    /// A password that the browser knows.
    pub(crate) const fn password(name: &'static str, label: &'static str) -> Self {
        Self { kind: "password", autocomplete: "current-password", ..Self::text(name, label, None) }
    }
}

/// What stands around any control: its label, its hint, its error. The control is told what is wrong and what describes
/// it.
fn labelled<V: IntoView, F: FnOnce(Option<&'static str>, Option<String>) -> V>(
    name: &'static str,
    label: &'static str,
    hint: Option<&'static str>,
    errors: &[FieldError],
    control: F,
) -> impl IntoView + use<V, F> {
    let error = errors.iter().find(|error| error.field == name).map(|error| error.message.clone());
    let wrong = error.is_some();
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described = [hint.map(|_| hint_id.clone()), error.as_ref().map(|_| error_id.clone())];
    let described = described.into_iter().flatten().collect::<Vec<_>>().join(" ");
    view! {
        <div class=if wrong { "field field-error" } else { "field" }>
            <label for=name>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {error.map(|error| view! {
                <p class="error-message" id=error_id><span class="visually-hidden">"Error: "</span>{error}</p>
            })}
            {control(wrong.then_some("true"), (!described.is_empty()).then_some(described))}
        </div>
    }
}

/// A field with its hint, its error and the value that was typed. Passwords are never sent back.
pub(crate) fn field(field: Field, value: &str, errors: &[FieldError]) -> impl IntoView + use<> {
    let Field { name, label, hint, kind, autocomplete, list } = field;
    let value = if kind == "password" { String::new() } else { value.to_owned() };
    labelled(name, label, hint, errors, move |invalid, described| {
        view! {
            <input
                id=name
                name=name
                type=kind
                autocomplete=autocomplete
                value=value
                list=list
                aria-invalid=invalid
                aria-describedby=described
            />
        }
    })
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
    let Choice { name, label, hint, none } = choice;
    let lines = options.iter().map(|(value, words)| {
        view! { <option value=value.clone() selected=value == chosen>{words.clone()}</option> }
    });
    let lines = lines.collect::<Vec<_>>();
    labelled(name, label, hint, errors, move |invalid, described| {
        view! {
            <select id=name name=name aria-invalid=invalid aria-describedby=described>
                <option value="">{none}</option>
                {lines}
            </select>
        }
    })
}

/// Text as it may stand in a `<textarea>`: the framework writes the children of one as they are, and the first line break after the tag
/// is not text (HTML, the textarea element). Lines end as they do in a document, not as forms send them.
pub(crate) fn area(text: &str) -> String {
    format!("\n{}", usecases::escaped(&text.replace("\r\n", "\n")))
}

/// So many minutes, in words.
pub(crate) fn minutes_words(minutes: u32) -> String {
    if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") }
}

/// A moment as people write it: 5 Feb 2027, 14:05.
pub(crate) fn time_words(at: jiff::civil::DateTime) -> String {
    at.strftime("%-d %b %Y, %H:%M").to_string()
}

/// The summary of what is to be corrected, each line a link to its field; nothing when all is well.
pub(crate) fn summary(errors: &[FieldError]) -> impl IntoView + use<> {
    summary_at(errors.iter().map(|error| (error.field.to_owned(), error.message.clone())).collect())
}

/// The same where a field has another id than its name: each id with its sentence.
pub(crate) fn summary_at(errors: Vec<(String, String)>) -> impl IntoView {
    (!errors.is_empty()).then(|| {
        let lines = errors.into_iter().map(|(id, words)| view! { <li><a href=format!("#{id}")>{words}</a></li> });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_text_area_is_text() {
        assert_eq!(area("one\r\ntwo\n"), "\none\ntwo\n");
        assert_eq!(area("a\n</textarea><b>"), "\na\n&lt;/textarea&gt;&lt;b&gt;");
        // Nothing else may stand in one.
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages");
        let mut seen = 0;
        for file in std::fs::read_dir(folder).expect("pages").map(|entry| entry.expect("a page").path()) {
            let source = std::fs::read_to_string(&file).unwrap_or_default();
            for place in source.split("</textarea>").collect::<Vec<_>>().split_last().expect("text").1 {
                let written = place.rsplit_once("<textarea").map_or("", |(_, rest)| rest);
                assert!(file.ends_with("form.rs") || written.contains(">{area("), "{}: {written}", file.display());
                seen += 1;
            }
        }
        assert!(seen > 4, "{seen}");
    }
}
