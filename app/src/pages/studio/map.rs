//! `/studio/scenario/{slug}/map`: the map of a role-play as it is written, in full width, and the same as a list for phones, for whoever
//! does not see it, and on paper.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use usecases::{
    Failure,
    studio::{DraftMap, Kind, MapNode, MapWay, kind_of},
};

use super::{
    super::{SignedIn, failed},
    Place, address,
    beside::attempts_words,
};
use crate::{
    shell::{Frame, page},
    state::AppState,
};

/// How small the picture may become, in hundredths: its words stay readable.
const LEAST: i32 = 80;

pub(crate) async fn map(State(state): State<AppState>, SignedIn(who): SignedIn, Path((kind, slug)): Place) -> Response {
    if kind_of(&kind) != Some(Kind::Scenario) {
        return failed(&Failure::NotFound, &state.assets);
    }
    let editor = address(Kind::Scenario, &slug);
    let found = match state.usecases.draft_map(&who, &slug, &editor).await {
        Ok(found) => found,
        Err(failure) => return failed(&failure, &state.assets),
    };
    let title = format!("Map: {}", found.title);
    let mut frame = Frame::new(&state.assets, Some(&who), &title, "/studio");
    frame.class = "page page-wide";
    frame.not_kept = true;
    page(StatusCode::OK, &frame, || {
        let body = match found.map {
            Some(map) => whole(&map).into_any(),
            None => view! { <p>"There is nothing to draw yet. "<a href=editor.clone()>"Mend the first errors of the text"</a>"."</p> }.into_any(),
        };
        view! {
            <a class="back-link" href=editor>{found.title.clone()}</a>
            <h1>{title.clone()}</h1>
            {body}
        }
    })
}

fn whole(map: &DraftMap) -> impl IntoView + use<> {
    let titles: Vec<String> = map.nodes.iter().map(|node| node.title.clone()).collect();
    let scenes = map.nodes.iter().map(|node| scene(node, &titles)).collect::<Vec<_>>();
    view! {
        <p>"Each scene leads to its place in the text. "<a href="#scenes">"The same as a list"</a></p>
        {picture(map)}
        {shares_hint(map)}
        <h2 id="scenes" tabindex="-1">"Scene by scene"</h2>
        <ol class="map-list">{scenes}</ol>
    }
}

/// The picture in a box in which it may scroll. It opens at the start, and becomes smaller where there is less room, as long as its words
/// can be read.
pub(super) fn picture(map: &DraftMap) -> impl IntoView + use<> {
    let Some(svg) = map.svg.clone() else {
        return view! { <p>"There are too many scenes and ways for a picture that one could look at."</p> }.into_any();
    };
    let least = format!("{}rem", f64::from(map.width * LEAST / 100) / 16.0);
    let percent = |part: i32| format!("{}.{:02}%", part / 100, part % 100);
    let (before, start) = (percent(map.start.0), percent(map.start.1));
    view! {
        <a class="visually-hidden" href="#past-map">"Past the map"</a>
        <div class="map-scroll" tabindex="0" role="region" aria-label="Map of the role-play">
            <div class="map-sheet">
                // Without styles of its own an element gets its size from attributes, which pictures have.
                <div class="map-from" aria-hidden="true"><svg width=before height="1"></svg><svg class="map-start" width=start height="1"></svg></div>
                <div inner_html=svg></div>
                <svg class="map-least" width=least height="0" aria-hidden="true"></svg>
            </div>
        </div>
        <p class="hint" id="past-map" tabindex="-1">{usecases::studio::MAP_CAPTION}</p>
    }
    .into_any()
}

/// Of how many the shares are.
pub(super) fn shares_hint(map: &DraftMap) -> impl IntoView + use<> {
    map.people.map(|people| {
        let words = format!(
            "What is live has {}: a scene says which share of them came by, a choice which share of those who decided there took it. What is new in this text has no shares.",
            attempts_words(people)
        );
        view! { <p class="hint">{words}</p> }
    })
}

fn scene(node: &MapNode, titles: &[String]) -> impl IntoView + use<> {
    let kind = node.kind_words();
    let kind = (!kind.is_empty()).then(|| view! { " "<span class="tag tag-muted">{kind}</span> });
    let best = node.is_best.then(|| view! { " "<span class="tag tag-done">"best path"</span> });
    let came = node.visits.map(|share| view! { " "<span class="hint">{format!("{share}\u{a0}% came by")}</span> });
    let problems = node.problems.iter().map(|problem| {
        let (class, word) =
            if problem.is_error { ("tag tag-overdue", "Error") } else { ("tag tag-warning", "Warning") };
        view! { <p><span class=class>{word}</span>" "{problem.text.clone()}</p> }
    });
    let ways = node.ways.iter().map(|way| view! { <li>{way_words(way, titles)}</li> }).collect::<Vec<_>>();
    view! {
        <li id=format!("scene-{}", node.scene + 1)>
            <strong><a href=node.href.clone()>{node.title.clone()}</a></strong>{kind}{best}{came}
            {problems.collect::<Vec<_>>()}
            {(!ways.is_empty()).then(|| view! { <ul>{ways}</ul> })}
        </li>
    }
}

/// A way in words: how good it is, what is said, when it is open, where it leads.
fn way_words(way: &MapWay, titles: &[String]) -> impl IntoView + use<> {
    let words = if way.words.is_empty() { String::new() } else { format!(" {}", way.words) };
    let condition = way.condition.as_ref().map(|condition| format!(" if {condition}"));
    let to = match way.to.and_then(|to| Some((to, titles.get(to)?.clone()))) {
        Some((to, title)) => view! { " to "<a href=format!("#scene-{}", to + 1)>{title}</a> }.into_any(),
        None => view! { " leads to no scene" }.into_any(),
    };
    let best = way.is_best.then_some(", on the best path");
    let share = way.visits.map(|share| format!(", {share}\u{a0}% took it"));
    view! { <strong>{way.label.clone()}</strong>{words}{condition}{to}{best}{share} }
}
