//! What first attempts made of what is live, in a small line beside the text.

use leptos::prelude::*;
use usecases::{
    reports::thousands,
    statistics::ItemFigures,
    studio::{QuestionBeside, SceneBeside},
};

use super::super::statistics::{hundredths_words, interval_words};

/// How many first attempts there are: `48 first attempts`.
pub(super) fn attempts_words(people: u64) -> String {
    format!("{} first attempts", thousands(people))
}

/// What they made of a question.
pub(super) fn of_question(beside: QuestionBeside, title: &str) -> impl IntoView + use<> {
    let QuestionBeside { figures, is_changed, href } = beside;
    let ItemFigures { people, facility, discrimination, options, parts, signs, .. } = figures;
    let together =
        discrimination.map(|number| format!(", goes with the rest {}", hundredths_words(number))).unwrap_or_default();
    let words = format!("{}: {} right{together}. ", attempts_words(people), interval_words(facility));
    let options = options.into_iter().map(|option| (option.text, option.share, option.right));
    let parts = parts.into_iter().map(|part| (part.text, part.share, false));
    let shares = options.chain(parts).filter(|_| !is_changed).map(|(text, share, right)| {
        let right = right.then(|| view! { " "<span class="tag tag-done">"Right"</span> });
        view! { <li>{format!("{share}\u{a0}% ")}{text}{right}</li> }
    });
    let shares = shares.collect::<Vec<_>>();
    view! {
        <aside class="studio-beside" aria-label=format!("What first attempts made of “{title}”")>
            <p>{words}{href.map(|href| more(href, title))}</p>
            {is_changed.then(|| view! { <p>{CHANGED}</p> })}
            {(!shares.is_empty()).then(|| view! { <ul class="plain-list">{shares}</ul> })}
            {signs.into_iter().filter(|_| !is_changed).map(|sign| view! { <p>{sign}</p> }).collect::<Vec<_>>()}
        </aside>
    }
}

/// What they made of a scene; what they chose stands at the choices.
pub(super) fn of_scene(beside: SceneBeside, title: &str) -> impl IntoView + use<> {
    let SceneBeside { people, share, is_changed, href, .. } = beside;
    let words = format!("{}: {share}\u{a0}% came by. ", attempts_words(people));
    view! {
        <aside class="studio-beside" aria-label=format!("What first attempts made of “{title}”")>
            <p>{words}{more(href, title)}</p>
            {is_changed.then(|| view! { <p>{CHANGED}</p> })}
        </aside>
    }
}

/// The way to the page that says more, by a name that is not the same at each part.
fn more(href: String, title: &str) -> impl IntoView + use<> {
    view! { <a href=href>"Statistics"<span class="visually-hidden">{format!(" of “{title}”")}</span></a> }
}

const CHANGED: &str = "Its answers have changed in this text; these are figures of what is live.";
