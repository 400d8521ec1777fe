//! The schemas in docs/schemas know the keys of the front matter, and the pages in docs/checks the codes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use courseware::{Code, Kind, Severity, keys};

fn docs() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"))
}

#[test]
fn each_schema_has_the_keys_that_are_read() {
    for kind in Kind::ALL {
        let text = fs::read_to_string(docs().join(format!("schemas/{}.schema.json", kind.as_str()))).unwrap();
        let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        let known: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(known, keys(kind).into_iter().collect(), "{}", kind.as_str());
        assert_eq!(schema["additionalProperties"], false);
        assert!(properties.values().all(|property| property["description"].is_string()));
        let required: BTreeSet<&str> =
            schema["required"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
        let passes = matches!(kind, Kind::Scenario | Kind::Quiz);
        let wanted: &[&str] = if passes { &["kind", "title", "pass"] } else { &["kind", "title"] };
        assert_eq!(required, wanted.iter().copied().collect(), "{}", kind.as_str());
    }
}

#[test]
fn each_code_has_a_page_that_says_whether_it_blocks() {
    for code in Code::ALL {
        let page = fs::read_to_string(docs().join(format!("checks/{code}.md"))).unwrap();
        assert!(page.starts_with(&format!("# {code}: ")), "{code}");
        let head: String = page.split("\n## ").next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        let says = |word: &str| head.to_lowercase().contains(word);
        match code.severity() {
            Severity::Error => assert!(says("error"), "{code}: {head}"),
            Severity::Warning => assert!(says("warning"), "{code}: {head}"),
        }
    }
    let pages = fs::read_dir(docs().join("checks")).unwrap().count();
    assert_eq!(pages, Code::ALL.len() + 1, "a page for each code, and the index");
}
