//! A draft as learners will see it, with what trainers must know beside it.

use leptos::prelude::*;
use usecases::studio::{Preview, PreviewPage, PreviewScene};

use super::super::question;

pub(super) fn preview_of(preview: Preview) -> impl IntoView {
    match preview {
        Preview::Module(intro, pages) => view! {
            <div class="prose" inner_html=intro></div>
            {pages.into_iter().map(preview_page).collect::<Vec<_>>()}
        }
        .into_any(),
        Preview::Quiz(intro, questions) => view! {
            <div class="prose" inner_html=intro></div>
            {questions.into_iter().map(preview_page).collect::<Vec<_>>()}
        }
        .into_any(),
        Preview::Scenario(intro, map, scenes, debrief) => view! {
            <div class="prose" inner_html=intro></div>
            {map.map(|svg| view! {
                <details class="studio-map" open>
                    <summary>"Map"</summary>
                    <div class="map-scroll" tabindex="0" role="region" aria-label="Map of the role-play" inner_html=svg></div>
                    <p class="hint">{usecases::studio::MAP_CAPTION}</p>
                </details>
            })}
            {scenes.into_iter().map(preview_scene).collect::<Vec<_>>()}
            <h3>"Debrief"</h3>
            {debrief.into_iter().map(|html| view! { <div class="prose" inner_html=html></div> }).collect::<Vec<_>>()}
        }
        .into_any(),
        Preview::JobAid(html) => view! { <article class="prose" inner_html=html></article> }.into_any(),
    }
}

fn preview_page(part: PreviewPage) -> impl IntoView {
    let PreviewPage { id, title, line, html, question: asked, reflects, activities } = part;
    let drawn = question::Drawn {
        id: format!("{id}-"),
        left_out: "Not answered",
        is_one_of_many: true,
        ..question::Drawn::default()
    };
    view! {
        <article class="studio-part" id=format!("part-{id}")>
            <h3>{title}" "<a class="studio-at" href=format!("#line-{line}") data-line=line.to_string()>{format!("line {line}")}</a></h3>
            <div class="prose" inner_html=html></div>
            {asked.map(|asked| question::question(asked, &drawn))}
            {reflects.then(|| view! { <p class="hint">"Learners write something for themselves here."</p> })}
            {activities.into_iter().map(|title| view! { <p class="hint">{format!("Here stands “{title}”.")}</p> }).collect::<Vec<_>>()}
        </article>
    }
}

fn preview_scene(scene: PreviewScene) -> impl IntoView {
    let PreviewScene { id, title, line, blocks, choices, routes, ends, problems } = scene;
    let blocks = blocks.into_iter().map(|(speaker, html, at_times)| {
        view! {
            <div class="studio-block">
                {speaker.map(|speaker| view! { <strong>{speaker}": "</strong> })}
                <div inner_html=html></div>
                {at_times.then(|| view! { <p class="hint">"Shown only at times."</p> })}
            </div>
        }
    });
    let choices = choices.into_iter().map(|choice| {
        let quality = choice.quality.map(|quality| {
            view! { <span class=format!("tag studio-quality studio-{quality}")>{quality}</span> }
        });
        let to = choice
            .to
            .map(|(id, title)| view! { <span class="hint">" to "<a href=format!("#part-{id}")>{title}</a></span> });
        view! {
            <li>
                <span inner_html=choice.html></span>" "{quality}{to}
                {choice.at_times.then(|| view! { <span class="hint">" (shown only at times)"</span> })}
                {choice.feedback_html.map(|html| view! { <div class="studio-feedback" inner_html=html></div> })}
            </li>
        }
    });
    let choices = choices.collect::<Vec<_>>();
    view! {
        <article class="studio-part" id=format!("part-{id}")>
            <h3>{title}" "<a class="studio-at" href=format!("#line-{line}") data-line=line.to_string()>{format!("line {line}")}</a></h3>
            {problems.into_iter().map(|(_, words)| view! { <p class="error-message">{words}</p> }).collect::<Vec<_>>()}
            {blocks.collect::<Vec<_>>()}
            {(!choices.is_empty()).then(|| view! { <ul class="studio-choices">{choices}</ul> })}
            {routes.into_iter().map(|(id, title)| view! { <p>"Goes on to "<a href=format!("#part-{id}")>{title}</a>"."</p> }).collect::<Vec<_>>()}
            {ends.map(|words| view! { <p class="hint">{words}</p> })}
        </article>
    }
}
