//! `/statistics/role-plays/{slug}`: what first attempts say about scenes and choices.

use leptos::prelude::*;
use usecases::statistics::{ChoiceLine, MoveLine, RolePlayFigures, RolePlayStatistics, SceneLine};

use super::{
    Asked, UNSAID, filters,
    flow::{self, Line, Scene},
    hundredths_words, interval_words, left_out, thousands, too_few,
};

pub(super) fn scenes(statistics: RolePlayStatistics, asked: &Asked, path: &str) -> impl IntoView + use<> {
    let RolePlayStatistics { slug, title, until, others, leaves_out, figures } = statistics;
    let file = asked.behind(&format!("{path}/choices.csv"), &asked.version);
    let filters = filters(asked, path, &[]);
    let shown = until.map(|until| view! { <p>"This is how it was "<strong>{until}</strong>"; its scenes or points have changed since."</p> });
    let others = others.into_iter().map(|other| {
        let words = match &other.until {
            Some(until) => format!("As it was {until}: {} first attempts", thousands(other.people)),
            None => format!("As it is now: {} first attempts", thousands(other.people)),
        };
        view! { <li><a href=asked.behind(path, &other.key)>{words}</a></li> }
    });
    let others = others.collect::<Vec<_>>();
    let body = match figures {
        None => too_few(asked).into_any(),
        Some(figures) => told(figures, file).into_any(),
    };
    view! {
        <a class="back-link" href="/statistics">"All statistics"</a>
        <h1>{title}</h1>
        <p class="caption">"Each person's first attempt at "<a href=format!("/role-plays/{slug}")>"this role-play"</a>" that was played for real, without names."</p>
        {filters}
        {shown}
        {(!others.is_empty()).then(|| view! { <h2>"Other versions"</h2> <ul class="link-list">{others}</ul> })}
        {left_out(leaves_out)}
        {body}
    }
}

fn told(figures: RolePlayFigures, file: String) -> impl IntoView {
    let endings = figures.scenes.iter().filter_map(|scene| {
        let words = format!("{}: {} % ({})", scene.title, scene.share, scene.ending?);
        Some(view! { <li>{words}</li> })
    });
    let endings = endings.collect::<Vec<_>>();
    let score = figures.score.map_or_else(|| "Nothing is decided in it".to_owned(), |score| format!("{score} of 100"));
    let decisions = figures.scenes.iter().filter(|scene| scene.decides).map(decision).collect::<Vec<_>>();
    let none = decisions.is_empty();
    view! {
        <dl class="summary-list">
            <div><dt>"First attempts"</dt><dd>{thousands(figures.people)}</dd></div>
            <div><dt>"Mean score"</dt><dd>{score}</dd></div>
            <div><dt>"Passed at the first attempt"</dt><dd>{interval_words(figures.passed)}</dd></div>
            <div><dt>"Endings"</dt><dd><ul class="plain-list">{endings}</ul></dd></div>
        </dl>
        <h2>"The ways people went"</h2>
        {picture(&figures.scenes, &figures.moves)}
        {numbers(&figures.scenes, &figures.moves)}
        <h2>"Choices"</h2>
        {explained(figures.too_many_paths)}
        {if none { view! { <p>"There is no scene with two choices or more."</p> }.into_any() } else { decisions.into_any() }}
        <p><a href=file download="choices.csv">"Download these rows as a CSV file"</a></p>
    }
}

fn explained(too_many_paths: bool) -> impl IntoView {
    view! {
        <p>"Of each person the first choice in a scene counts, as it does for the score."</p>
        <details>
            <summary>"What the columns mean"</summary>
            <dl>
                <dt>"Taken by"</dt>
                <dd>"The share of those who decided in this scene. A poor choice that many take sounds better than it is, or its lesson has not arrived."</dd>
                <dt>"Mean score"</dt>
                <dd>"The score in the end of those who took it, shown where they are ten or more. If a good choice goes with a low score, look at where it leads."</dd>
                <dt>"Costs"</dt>
                <dd>"How many of 100 points are out of reach afterwards: the best score that could still be reached before the choice, less the best after it, as things stood for those who saw it. 0 is as good as it gets."</dd>
            </dl>
        </details>
        {too_many_paths.then(|| view! { <p class="hint">"This role-play has too many paths to say what each choice costs."</p> })}
    }
}

fn decision(scene: &SceneLine) -> impl IntoView + use<> {
    let by = came_by(scene);
    let body = match &scene.choices {
        None => view! { <p>"Fewer than ten people decided here. Cannot tell yet."</p> }.into_any(),
        Some(choices) => {
            let rows = choices.iter().map(row).collect::<Vec<_>>();
            view! {
                <table class="table" role="table">
                    <caption class="visually-hidden">{format!("Choices in {}", scene.title)}</caption>
                    <thead role="rowgroup"><tr role="row">
                        <th role="columnheader" scope="col">"Choice"</th>
                        <th role="columnheader" scope="col">"Called"</th>
                        <th role="columnheader" scope="col" class="number">"Taken by"</th>
                        <th role="columnheader" scope="col" class="number">"Mean score"</th>
                        <th role="columnheader" scope="col" class="number">"Costs"</th>
                        <th role="columnheader" scope="col">"Look at"</th>
                    </tr></thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            }
            .into_any()
        }
    };
    view! {
        <h3 id=format!("scene-{}", scene.id)>{scene.title.clone()}</h3>
        <p class="muted">{by}</p>
        {body}
    }
}

fn came_by(scene: &SceneLine) -> String {
    match (scene.people, scene.share) {
        (0, _) => "Nobody came by.".to_owned(),
        (people, share) if people >= 10 => format!("{share} % came by ({} people).", thousands(people)),
        (_, share) => format!("{share} % came by, fewer than ten people."),
    }
}

fn row(choice: &ChoiceLine) -> impl IntoView + use<> {
    let score = choice.score.map_or_else(|| UNSAID.to_owned(), |score| score.to_string());
    let cost = choice.cost.map_or_else(|| UNSAID.to_owned(), cost_words);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Choice">{choice.text.clone()}</th>
            <td role="cell" data-label="Called">{choice.quality}</td>
            <td role="cell" data-label="Taken by" class="number">{format!("{} %", choice.share)}</td>
            <td role="cell" data-label="Mean score" class="number">{score}</td>
            <td role="cell" data-label="Costs" class="number">{cost}</td>
            <td role="cell" data-label="Look at">{choice.sign}</td>
        </tr>
    }
}

/// Points, whole where they are.
fn cost_words(cost: i32) -> String {
    if cost % 100 == 0 { (cost / 100).to_string() } else { hundredths_words(cost) }
}

/// The picture, in a box of its own in which it may scroll.
fn picture(scenes: &[SceneLine], moves: &[MoveLine]) -> impl IntoView + use<> {
    let boxes: Vec<Scene<'_>> = scenes
        .iter()
        .map(|scene| Scene { title: &scene.title, share: scene.share, is_ending: scene.ending.is_some() })
        .collect();
    let lines: Vec<Line> = moves.iter().map(|way| Line { from: way.from, to: way.to, share: way.share }).collect();
    let svg = flow::draw(&boxes, &lines);
    view! {
        <figure class="chart flow">
            <div class="flow-box" tabindex="0" role="region" aria-label="The ways people went, as a picture" inner_html=svg></div>
            <figcaption>"From the start at the top to the endings at the bottom. The wider a line, the more people went that way; broken lines lead back. The same numbers stand in the table below."</figcaption>
        </figure>
    }
}

fn numbers(scenes: &[SceneLine], moves: &[MoveLine]) -> impl IntoView + use<> {
    let title = |at: usize| scenes.get(at).map(|scene| scene.title.clone()).unwrap_or_default();
    let came = scenes.iter().map(|scene| {
        let ending = scene.ending.map(|words| view! { <span class="hint">{words}</span> });
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Scene">{scene.title.clone()}{ending}</th>
                <td role="cell" data-label="Came by" class="number">{format!("{} %", scene.share)}</td>
            </tr>
        }
    });
    let went = moves.iter().map(|way| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="From">{title(way.from)}</th>
                <td role="cell" data-label="To">{title(way.to)}</td>
                <td role="cell" data-label="People" class="number">{format!("{} %", way.share)}</td>
            </tr>
        }
    });
    view! {
        <details>
            <summary>"The numbers"</summary>
            <table class="table" role="table">
                <caption>"Who came by, of everybody"</caption>
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">"Scene"</th>
                    <th role="columnheader" scope="col" class="number">"Came by"</th>
                </tr></thead>
                <tbody role="rowgroup">{came.collect::<Vec<_>>()}</tbody>
            </table>
            <table class="table" role="table">
                <caption>"From scene to scene, of everybody"</caption>
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">"From"</th>
                    <th role="columnheader" scope="col">"To"</th>
                    <th role="columnheader" scope="col" class="number">"People"</th>
                </tr></thead>
                <tbody role="rowgroup">{went.collect::<Vec<_>>()}</tbody>
            </table>
        </details>
    }
}
