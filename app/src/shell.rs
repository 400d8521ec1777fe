//! The frame around every page, and how a page becomes an answer.

use std::sync::{Arc, LazyLock};

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use usecases::who::Who;

use crate::{
    islands::live::Live,
    pages::Wants,
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
    /// Whether a device must keep no copy of it for when there is no line.
    pub not_kept: bool,
}

impl<'a> Frame<'a> {
    /// A frame of one column, without islands.
    pub(crate) fn new(assets: &'a Assets, who: Option<&'a Who>, title: &'a str, here: &'static str) -> Self {
        Self { assets, who, title, class: "page", here, islands: false, not_kept: false }
    }
}

/// The page as a whole document. `body` runs inside the reactive owner that it is rendered with.
pub(crate) fn page<V: IntoView>(status: StatusCode, frame: &Frame<'_>, body: impl FnOnce() -> V) -> Response {
    let drawn = if frame.islands { draw_alive(|| document(frame, body())) } else { draw(|| document(frame, body())) };
    let html = format!("<!DOCTYPE html>{drawn}");
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], html)
        .into_response()
}

/// The part of a page that is answered in place: by itself where the form that asks is in place, else as a page. `around` draws what
/// lies around the part.
pub(crate) fn page_with<P: IntoView + 'static, V: IntoView>(
    wants: Wants,
    status: StatusCode,
    frame: &Frame<'_>,
    part: impl FnOnce() -> P,
    around: impl FnOnce(AnyView) -> V,
) -> Response {
    match wants {
        Wants::Part => alone(status, part),
        // What only can be looked at needs no script.
        Wants::Page if !frame.islands => page(status, frame, || around(part().into_any())),
        Wants::Page => page(status, frame, || around(live(part()).into_any())),
    }
}

/// Parts of a page by themselves, for a script that puts them in their places.
pub(crate) fn alone<V: IntoView>(status: StatusCode, view: impl FnOnce() -> V) -> Response {
    let html = draw(view);
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], html)
        .into_response()
}

/// What is said of a part while it is sent, and the part itself.
fn live(part: impl IntoView + 'static) -> impl IntoView {
    view! {
        <Live>
            <div data-live="" tabindex="-1">{part}</div>
            <p class="live-words" data-say="" role="status"></p>
        </Live>
    }
}

fn document(frame: &Frame<'_>, body: impl IntoView) -> impl IntoView {
    let title = format!("{} · Bedside", frame.title);
    let script = (frame.islands && !frame.assets.islands.is_empty()).then(|| {
        view! {
            // Forms work before they come alive: what is seen first is not to wait for this, and nothing is loaded ahead.
            <script type="module" src=frame.assets.islands.clone() fetchpriority="low"></script>
        }
    });
    view! {
        <html lang="en" data-theme=Theme::chosen().map(Theme::as_str)>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title}</title>
                <meta name="theme-color" content="#0d5c55" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/assets/apple-touch-icon.png" />
                <link rel="manifest" href="/assets/manifest.webmanifest" />
                <link rel="stylesheet" href=frame.assets.css.clone() />
                {(!frame.assets.page.is_empty()).then(|| view! { <script type="module" src=frame.assets.page.clone() fetchpriority="low"></script> })}
                {script}
            </head>
            <body data-person=frame.who.map(|who| who.person.to_string()) data-not-kept=frame.not_kept.then_some("")>
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
        places.extend([("/team", "Team"), ("/reports", "Reports")]);
    }
    if who.trainer || who.administrator {
        places.extend([("/studio", "Studio"), ("/statistics", "Statistics")]);
    }
    if who.administrator {
        places.extend([
            ("/people", "People"),
            ("/departments", "Departments"),
            ("/requirements", "Requirements"),
            ("/audit", "Audit log"),
            ("/messages", "Messages"),
        ]);
    }
    places
}

fn header(frame: &Frame<'_>) -> impl IntoView {
    let here = frame.here;
    let places = frame.who.map(places).unwrap_or_default();
    let class = if places.len() > ONE_ROW { "site-header-inner site-header-many" } else { "site-header-inner" };
    let signed_in = frame.who.map(|who| {
        let in_one_row = places.len() <= ONE_ROW;
        let links = places.into_iter().map(|(href, words)| {
            view! { <li><a href=href aria-current=(href == here).then_some("page")>{words}</a></li> }
        });
        let nav = view! { <nav class="site-nav" aria-label="Main"><ul>{links.collect::<Vec<_>>()}</ul></nav> };
        let account = view! {
            <div class="site-account">
                <a class="site-person" href="/profile" aria-current=(here == "/profile").then_some("page")>
                    <span class="visually-hidden">"My profile: "</span>{who.name.clone()}
                </a>
                <form method="post" action="/sign-out"><button class="button-link" type="submit">"Sign out"</button></form>
            </div>
        };
        // In the order in which they are seen.
        if in_one_row {
            view! { {nav}{account} }.into_any()
        } else {
            view! { {account}{nav} }.into_any()
        }
    });
    view! {
        <header class="site-header"><div class=class>
            <a class="brand" href="/" inner_html=BRAND></a>
            {signed_in}
        </div></header>
    }
}

/// With more places than these, they have a row of their own below name and account.
const ONE_ROW: usize = 6;

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

/// The same for a view with islands in it: those that hold what the server drew ask which of it is alive.
fn draw_alive<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| view().to_html());
    owner.cleanup();
    html
}

/// A view as HTML. It runs inside the reactive owner that it is rendered with.
fn draw<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    let html = owner.with(|| view().to_html());
    owner.cleanup();
    html
}
