//! The frame around every page, and how a page becomes an answer.

use std::sync::LazyLock;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use usecases::who::Who;

use crate::{
    request::{Theme, answers_form, is_demo, said},
    state::Assets,
};

/// What the frame shows besides the page.
pub(crate) struct Frame<'a> {
    /// Where style and script are.
    pub assets: &'a Assets,
    /// Who is signed in.
    pub who: Option<&'a Who>,
    /// The first part of the title.
    pub title: &'a str,
    /// The page's class: `page`, and what it adds.
    pub class: &'static str,
    /// The address in the navigation that is this page's own.
    pub here: &'static str,
    /// Whether the page holds an island and therefore needs the script.
    pub islands: bool,
}

impl<'a> Frame<'a> {
    /// A frame of one column, without islands.
    pub(crate) fn new(assets: &'a Assets, who: Option<&'a Who>, title: &'a str, here: &'static str) -> Self {
        Self { assets, who, title, class: "page", here, islands: false }
    }
}

/// The page as a whole document. `body` runs inside the reactive owner that it is rendered with.
pub(crate) fn page<V: IntoView>(status: StatusCode, frame: &Frame<'_>, body: impl FnOnce() -> V) -> Response {
    let html = format!("<!DOCTYPE html>{}", draw(|| document(frame, body())));
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], html)
        .into_response()
}

fn document(frame: &Frame<'_>, body: impl IntoView) -> impl IntoView {
    let title = format!("{} · Bedside", frame.title);
    let script = (frame.islands && !frame.assets.islands.is_empty()).then(|| {
        view! {
            <link rel="modulepreload" href=frame.assets.js.clone() />
            <link rel="preload" href=frame.assets.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
            <script type="module" src=frame.assets.islands.clone()></script>
        }
    });
    view! {
        <html lang="en" data-theme=Theme::chosen().map(Theme::as_str)>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=frame.assets.css.clone() />
                {script}
            </head>
            <body>
                <a class="skip-link" href="#main">"Skip to main content"</a>
                {header(frame)}
                <main id="main" class=frame.class tabindex="-1">
                    {is_demo().then(|| view! { <p class="demo-note">"Made-up people, for demonstration."</p> })}
                    {said().map(|words| view! { <div class="banner banner-success" role="status"><p>{words}</p></div> })}
                    {body}
                </main>
                <footer class="site-footer" inner_html=footer()></footer>
            </body>
        </html>
    }
}

/// The pages of the navigation that somebody may open, in order; nothing else is shown.
fn places(who: &Who) -> Vec<(&'static str, &'static str)> {
    let mut places = vec![("/", "My training"), ("/modules", "Modules"), ("/record", "My record")];
    if who.sees_a_team() {
        places.push(("/team", "Team"));
    }
    if who.administrator {
        places.extend([("/people", "People"), ("/departments", "Departments"), ("/audit", "Audit log")]);
    }
    places
}

fn header(frame: &Frame<'_>) -> impl IntoView {
    let here = frame.here;
    let signed_in = frame.who.map(|who| {
        let links = places(who).into_iter().map(|(href, words)| {
            view! { <li><a href=href aria-current=(href == here).then_some("page")>{words}</a></li> }
        });
        view! {
            <nav class="site-nav" aria-label="Main"><ul>{links.collect::<Vec<_>>()}</ul></nav>
            <div class="site-account">
                <a class="site-person" href="/profile" aria-current=(here == "/profile").then_some("page")>
                    <span class="visually-hidden">"My profile: "</span>{who.name.clone()}
                </a>
                <form method="post" action="/sign-out"><button class="button-link" type="submit">"Sign out"</button></form>
            </div>
        }
    });
    view! {
        <header class="site-header"><div class="site-header-inner">
            <a class="brand" href="/" inner_html=BRAND></a>
            {signed_in}
        </div></header>
    }
}

/// What never changes is drawn once and not for every page.
const BRAND: &str = concat!(
    r#"<svg class="brand-mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">"#,
    r#"<rect width="32" height="32" rx="7" fill="currentColor"/>"#,
    r#"<path class="brand-sign" d="M8 9v14M8 19h16v4M24 19v-2a4 4 0 0 0-4-4h-6v6"/></svg> Bedside"#,
);

/// The foot of every page, drawn once for each choice of colours. The choice is left out where a one-time link or what
/// was typed would be lost by it.
fn footer() -> &'static str {
    static DRAWN: LazyLock<[String; 4]> = LazyLock::new(|| {
        let with = |chosen| draw(|| footer_with(themes(chosen)));
        [with(None), with(Some(Theme::Light)), with(Some(Theme::Dark)), draw(|| footer_with(()))]
    });
    let [none, light, dark, without] = &*DRAWN;
    match Theme::chosen() {
        _ if answers_form() => without,
        None => none,
        Some(Theme::Light) => light,
        Some(Theme::Dark) => dark,
    }
}

fn footer_with(themes: impl IntoView) -> impl IntoView {
    view! { <div class="site-footer-inner">{themes}<p>"Bedside: the human side of care"</p></div> }
}

/// The choice of colours; scripts are not needed.
fn themes(chosen: Option<Theme>) -> impl IntoView {
    let button = |value: &'static str, words: &'static str| {
        let pressed = (chosen.map(Theme::as_str).unwrap_or_default() == value).to_string();
        view! { <button class="button-link" name="theme" value=value aria-pressed=pressed>{words}</button> }
    };
    view! {
        <form method="post" action="/theme" class="theme-switch" aria-label="Colours">
            {button("light", "Light")} {button("dark", "Dark")} {button("", "As the device")}
        </form>
    }
}

/// A view as HTML. It runs inside the reactive owner that it is rendered with.
fn draw<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    let html = owner.with(|| view().to_html());
    owner.cleanup();
    html
}
