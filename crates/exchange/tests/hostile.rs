//! Long texts of one sign after the other: what is looked for and not found must not be looked for again at every place.

use exchange::{aiken, gift, twee};

#[test]
fn signs_without_end_are_answered_in_time() {
    const SIGNS: [&str; 40] = [
        "{",
        "}",
        "{=a ~b}",
        "~",
        "=",
        "#",
        "####",
        "::",
        "\\",
        "[html]",
        "->",
        "<",
        "<a ",
        "<a \"",
        "<a \">",
        "<a '>",
        "<!--",
        "<script>",
        "<pre>",
        "</p>",
        "&#1;",
        "*",
        "**",
        "_",
        "`",
        "> ",
        "- ",
        "1. ",
        "[[",
        "]]",
        "[[a",
        "<<",
        ">>",
        "<<script>>",
        "(if:",
        "(if: \"",
        "/*",
        "<%",
        "''",
        "//",
    ];
    for sign in SIGNS {
        let long = sign.repeat(20_000 / sign.len());
        for source in [
            format!("::t::{long}{{=a ~b}}"),
            format!("::t::[html]{long}{{=a ~b}}"),
            format!("::t::[markdown]{long}{{=a ~b}}"),
            format!("::t::q{{={long}~b#{long}}}"),
            format!("q\nA. {long}\nB. b\nANSWER: A"),
        ] {
            let _ = gift::read("a.gift", source.as_bytes());
            let _ = aiken::read("a.txt", source.as_bytes());
        }
        for format in ["Harlowe", "SugarCube", "Chapbook"] {
            let source = format!(":: StoryData\n{{\"format\":\"{format}\"}}\n:: a\n{long}\n:: b\n{long}]]>>)\"");
            let _ = twee::read("a.twee", source.as_bytes());
        }
    }
}

#[test]
fn many_small_parts_are_answered_in_time() {
    for part in
        ["$CATEGORY: a\n\nq{T}\n\n", "::a::a{=b}\n\n", "{\n\n", "a{}\n\n", "a\n\n", "// a\n", "::a::b {=c} d\n\n"]
    {
        let _ = gift::read("a.gift", part.repeat(5_000).as_bytes());
    }
    let mut categories = String::new();
    for at in 0..3_000 {
        categories.push_str(&format!("$CATEGORY: c{at}\n\nq{{T####f}}\n\n"));
    }
    let imported = gift::read("a.gift", categories.as_bytes()).unwrap_or_default();
    assert_eq!(imported.documents.len(), 200);
    for part in ["::\n", ":: a\n", ":: a\n[[a]]\n", "[[a]]\n", "[[a->b]] "] {
        let _ = twee::read("a.twee", format!(":: s\n{}", part.repeat(5_000)).as_bytes());
    }
    let passages: String = (0..2_000).map(|at| format!(":: p{at}\n[[p{}]] [[p0]]\n", at + 1)).collect();
    let _ = twee::read("a.twee", passages.as_bytes());
}
