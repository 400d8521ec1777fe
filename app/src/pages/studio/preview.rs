//! A draft as learners will see it, with what trainers must know beside it.

use leptos::prelude::*;
use usecases::{
    role_play::Face,
    studio::{Preview, PreviewBlock, PreviewChoice, PreviewPage, PreviewRoute, PreviewScene, ScenarioPreview},
};

use super::{
    super::{question, role_play::portrait},
    beside,
    map::{picture, shares_hint},
};
use crate::request::encoded;

/// A document as it will be seen. `here` is the address of its text; none for one that is past, from which no way leads into what is
/// written now.
pub(super) fn preview_of(preview: Preview, here: Option<&str>) -> impl IntoView + use<> {
    match preview {
        Preview::Module(module) => view! {
            {settings(module.settings)}
            <div class="prose" inner_html=module.intro_html></div>
            {module.pages.into_iter().map(part).collect::<Vec<_>>()}
        }
        .into_any(),
        Preview::Quiz(quiz) => view! {
            {settings(quiz.settings)}
            <div class="prose" inner_html=quiz.intro_html></div>
            {quiz.questions.into_iter().map(part).collect::<Vec<_>>()}
        }
        .into_any(),
        Preview::Scenario(scenario) => role_play(*scenario, here).into_any(),
        Preview::JobAid(html) => view! { <article class="prose" inner_html=html></article> }.into_any(),
    }
}

/// What the front matter says.
fn settings(settings: Vec<(&'static str, String)>) -> impl IntoView {
    let rows = settings.into_iter().map(|(name, words)| view! { <div><dt>{name}</dt><dd>{words}</dd></div> });
    view! { <dl class="studio-settings">{rows.collect::<Vec<_>>()}</dl> }
}

fn role_play(preview: ScenarioPreview, here: Option<&str>) -> impl IntoView + use<> {
    let whole = here.map(|here| {
        view! { <p><a class="studio-at" href=format!("{here}/map")>"The whole map, and the same as a list"</a></p> }
    });
    let map = view! {
        <details class="studio-map" open>
            <summary>"Map"</summary>
            {whole}
            {picture(&preview.map)}
            {shares_hint(&preview.map)}
        </details>
    };
    let ScenarioPreview {
        settings: said,
        intro_html,
        people,
        scenes,
        debrief_line,
        debrief,
        checklist,
        reflections,
        ..
    } = preview;
    let people = people.into_iter().map(face).collect::<Vec<_>>();
    let checklist = checklist.into_iter().map(|item| {
        let when = match item.condition {
            Some(condition) => view! { "Ticked if "<code>{condition}</code> }.into_any(),
            None => view! { "Always ticked" }.into_any(),
        };
        view! { <li><div inner_html=item.html></div><p class="studio-when">{when}</p></li> }
    });
    let checklist = checklist.collect::<Vec<_>>();
    let reflections =
        reflections.into_iter().map(|asked| view! { <li inner_html=asked.html></li> }).collect::<Vec<_>>();
    view! {
        {settings(said)}
        <div class="prose" inner_html=intro_html></div>
        {(!people.is_empty()).then(|| view! { <ul class="plain-list">{people}</ul> })}
        {map}
        {scenes.into_iter().map(|one| scene(one, here)).collect::<Vec<_>>()}
        {debrief_line.map(|line| view! {
            <article class="studio-part" id="part-debrief">
                <h3>"Debrief "{at(line)}</h3>
                {debrief.into_iter().map(block).collect::<Vec<_>>()}
                {(!checklist.is_empty()).then(|| view! { <h4>"What was done"</h4><ul>{checklist}</ul> })}
                {(!reflections.is_empty()).then(|| view! { <h4>"To think about"</h4><ol>{reflections}</ol> })}
            </article>
        })}
    }
}

fn face(face: Face) -> impl IntoView {
    let (name, alt) = (face.name.clone(), face.alt.clone());
    view! {
        <li class="speech">
            {portrait(Some(&face), 48)}
            <div>
                <strong>{name}</strong>
                {(!alt.is_empty()).then(|| view! { <p class="studio-when">{alt}</p> })}
            </div>
        </li>
    }
}

/// The way from a part to its place in the text.
fn at(line: usize) -> impl IntoView {
    view! { <a class="studio-at" href=format!("#line-{line}") data-line=line.to_string()>{format!("line {line}")}</a> }
}

fn notes(notes: Vec<String>) -> impl IntoView {
    (!notes.is_empty()).then(|| view! { <p class="hint">{notes.join(" ")}</p> })
}

fn hint(html: Option<String>) -> impl IntoView {
    html.map(|html| view! {
        <details class="alert alert-tip"><summary class="alert-title">"Hint"</summary><div inner_html=html></div></details>
    })
}

/// A page of a module, or a question of a quiz.
fn part(part: PreviewPage) -> impl IntoView {
    let PreviewPage { id, title, line, html, question: asked, notes: said, activities, beside } = part;
    let drawn = question::Drawn {
        id: format!("{id}-"),
        left_out: "Not answered",
        is_one_of_many: true,
        ..question::Drawn::default()
    };
    let hint_html = asked.as_ref().and_then(|asked| asked.hint_html.clone());
    let beside = beside.map(|beside| beside::of_question(beside, &title));
    view! {
        <article class="studio-part" id=format!("part-{id}")>
            <h3>{title}" "{at(line)}</h3>
            {notes(said)}
            <div class="prose" inner_html=html></div>
            {asked.map(|asked| question::question(asked, &drawn))}
            {hint(hint_html)}
            {activities.into_iter().map(|title| view! { <p class="hint">{format!("Here stands “{title}”.")}</p> }).collect::<Vec<_>>()}
            {beside}
        </article>
    }
}

fn scene(scene: PreviewScene, here: Option<&str>) -> impl IntoView + use<> {
    let PreviewScene {
        id,
        title,
        line,
        on_map,
        notes: said,
        blocks,
        hint_html,
        choices,
        routes,
        ends,
        problems,
        beside,
    } = scene;
    let choices = choices.into_iter().map(choice).collect::<Vec<_>>();
    let routes = routes.into_iter().map(route).collect::<Vec<_>>();
    let beside = beside.map(|beside| beside::of_scene(beside, &title));
    view! {
        <article class="studio-part" id=format!("part-{id}")>
            <h3>
                {title}" "{at(line)}
                {on_map.map(|on_map| view! { " "<a class="studio-at" href=format!("#{on_map}")>"on the map"</a> })}
                {here.map(|here| view! { " "<a class="studio-at" href=format!("{here}/play?from={}", encoded(&id))>"play from here"</a> })}
            </h3>
            {problems.into_iter().map(|(_, words)| view! { <p class="error-message">{words}</p> }).collect::<Vec<_>>()}
            {notes(said)}
            {blocks.into_iter().map(block).collect::<Vec<_>>()}
            {hint(hint_html)}
            {(!choices.is_empty()).then(|| view! { <ul class="studio-choices">{choices}</ul> })}
            {(!routes.is_empty()).then(|| view! { <ol class="studio-routes">{routes}</ol> })}
            {ends.map(|words| view! { <p class="hint">{words}</p> })}
            {beside}
        </article>
    }
}

fn block(block: PreviewBlock) -> impl IntoView {
    let PreviewBlock { speaker, html, condition } = block;
    view! {
        <div class="studio-block">
            {condition.map(|condition| view! { <p class="studio-when">"If "<code>{condition}</code>":"</p> })}
            {speaker.map(|speaker| view! { <strong>{speaker}": "</strong> })}
            <div inner_html=html></div>
        </div>
    }
}

fn choice(choice: PreviewChoice) -> impl IntoView {
    let PreviewChoice { html, quality, to, condition, effects, feedback_html, share } = choice;
    let quality =
        quality.map(|quality| view! { <span class=format!("tag studio-quality studio-{quality}")>{quality}</span> });
    let effects = (!effects.is_empty()).then(|| view! { " "<code>{effects.join(", ")}</code> });
    let share = share.map(|(share, sign)| {
        view! {
            <span class="studio-share">{format!("{share}\u{a0}% took it.")}{sign.map(|sign| format!(" {sign}"))}</span>
        }
    });
    view! {
        <li>
            <span inner_html=html></span>" "{quality}{effects}
            {to.map(to_scene)}
            {condition.map(|condition| view! { <span class="hint">", shown if "<code>{condition}</code></span> })}
            {share}
            {feedback_html.map(|html| view! { <div class="studio-feedback" inner_html=html></div> })}
        </li>
    }
}

fn route(route: PreviewRoute) -> impl IntoView {
    let PreviewRoute { to, condition } = route;
    let when = match condition {
        Some(condition) => view! { "If "<code>{condition}</code> }.into_any(),
        None => view! { "Otherwise" }.into_any(),
    };
    let to = match to {
        Some(to) => to_scene(to).into_any(),
        None => view! { " to no scene" }.into_any(),
    };
    view! { <li>{when}{to}</li> }
}

fn to_scene((id, title): (String, String)) -> impl IntoView {
    view! { <span class="hint">" to "<a href=format!("#part-{id}")>{title}</a></span> }
}
