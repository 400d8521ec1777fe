//! Any bytes as a file: everything that is said of it is inside it, mending it ends, and what is rendered is safe.
#![no_main]

use courseware::{Content, Fix, PageKind, Surroundings, apply, content_hash, decode, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = decode("fuzz.md", bytes) else { return };
    let around = Surroundings { today: Some(jiff::civil::date(2026, 12, 1)), ..Surroundings::default() };
    let document = parse("fuzz.md", source, &around);
    for problem in &document.problems {
        assert!(problem.span.start <= problem.span.end && problem.span.end <= source.len());
        assert!(source.is_char_boundary(problem.span.start) && source.is_char_boundary(problem.span.end));
        assert!(problem.line >= 1 && problem.column >= 1 && !problem.render(source).is_empty());
    }
    assert_eq!(document, parse("fuzz.md", source, &around), "the same text is read the same");
    assert_eq!(content_hash(source, &[]), content_hash(source, &[]));
    if let Some(content) = &document.content {
        let frozen = serde_json::to_string(content).expect("content can be frozen");
        assert_eq!(&serde_json::from_str::<Content>(&frozen).expect("and thawed"), content);
    }
    if let Some(module) = document.module() {
        for page in &module.pages {
            let question = match &page.kind {
                PageKind::Check(question) => question.stem_html(|_| String::new()),
                _ => String::new(),
            };
            for html in [&page.html, &question] {
                assert!(!html.to_ascii_lowercase().contains("<script"), "{html}");
                for target in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                    assert!(is_safe(target), "{target}");
                }
            }
        }
    }
    let mut text = source.to_owned();
    for round in 0.. {
        let fixes: Vec<Fix> =
            parse("fuzz.md", &text, &around).problems.into_iter().filter_map(|problem| problem.fix).collect();
        if fixes.is_empty() {
            break;
        }
        assert!(round < 200, "mending never ends");
        text = apply(&text, &fixes);
    }
});

/// Whether a browser takes a target for a page of the site or for one of the few schemes that are allowed.
fn is_safe(target: &str) -> bool {
    const ENTITIES: [&str; 5] = ["amp;", "quot;", "lt;", "gt;", "#"];
    let is_escaped = target.split('&').skip(1).all(|rest| ENTITIES.iter().any(|name| rest.starts_with(name)));
    let plain: String = target.replace("&amp;", "&").chars().filter(|c| *c > ' ').collect();
    let scheme = plain.split(['/', '?', '#']).next().unwrap_or("").split_once(':').map(|(scheme, _)| scheme);
    is_escaped
        && scheme
            .is_none_or(|scheme| ["http", "https", "mailto", "tel"].contains(&scheme.to_ascii_lowercase().as_str()))
}
