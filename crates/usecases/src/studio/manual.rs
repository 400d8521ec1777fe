//! How texts are written, and what each check finds: the pages of `docs` that go with the program, for those who own no terminal.

use std::collections::HashMap;

use courseware::{Content, Surroundings};
use rust_embed::RustEmbed;

use crate::{
    Failure, Usecases,
    images::{self, Within},
    who::Who,
};

const WRITING: &str = include_str!("../../../../docs/writing.md");

/// A page for each code.
#[derive(RustEmbed)]
#[folder = "../../docs/checks"]
#[include = "[SQC][0-9][0-9].md"]
struct Checks;

/// The codes of all checks, in their order.
#[must_use]
pub fn codes() -> Vec<String> {
    let mut codes: Vec<String> = Checks::iter().filter_map(|name| Some(name.strip_suffix(".md")?.to_owned())).collect();
    codes.sort_unstable();
    codes
}

/// The markdown that says what a check finds and how to put it right; none if there is no such code.
#[must_use]
pub fn explained(code: &str) -> Option<String> {
    let page = Checks::get(&format!("{code}.md"))?;
    Some(String::from_utf8_lossy(&page.data).into_owned())
}

/// A page of the manual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualPage {
    /// Its title.
    pub title: String,
    /// Its text, as safe HTML.
    pub html: String,
}

impl Usecases {
    /// How modules, quizzes and role-plays are written.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for those who do not write.
    pub fn manual(&self, who: &Who) -> Result<ManualPage, Failure> {
        who.as_trainer()?;
        Ok(drawn(&in_the_browser(WRITING)))
    }

    /// What a check finds, by its code.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for those who do not write, and for a code that there is not.
    pub fn manual_of(&self, who: &Who, code: &str) -> Result<ManualPage, Failure> {
        who.as_trainer()?;
        explained(code).map(|text| drawn(&text)).ok_or(Failure::NotFound)
    }
}

/// What the manual begins with for those who write in the browser.
const BEGINNING: &str = "You write plain text. It is checked as you type, and shown as learners will see it.";

/// The text without what only those with a terminal and files need.
fn in_the_browser(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (title, rest) = text.split_once("\n\n").unwrap_or(("", text));
    let (_, rest) = rest.split_once("\n\n").unwrap_or(("", rest));
    let text = format!("{title}\n\n{BEGINNING}\n\n{rest}");
    let mut is_left_out = false;
    let mut is_code = false;
    for line in text.replace(" · [Commands](#commands)", "").lines() {
        is_code ^= line.starts_with("```");
        if line.starts_with("## ") && !is_code {
            is_left_out = line == "## Commands";
        }
        if !is_left_out && !line.contains("](schemas/") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Draws a page as a job aid is drawn, which it is: a title and text.
fn drawn(text: &str) -> ManualPage {
    let (title, body) =
        text.strip_prefix("# ").and_then(|text| text.split_once('\n')).unwrap_or(("How to write", text));
    let front = "---\nkind: job-aid\ntitle: Manual\n---\n";
    let read = courseware::parse("manual.md", &format!("{front}{body}"), &Surroundings::default());
    let html = match read.content {
        Some(Content::JobAid(aid)) => {
            let within = Within::of(&serde_json::json!({ "html": aid.html }), true);
            images::placed(&aid.html, &HashMap::new(), &within)
        }
        _ => String::new(),
    };
    ManualPage { title: title.to_owned(), html }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_is_the_page_of_the_docs_without_commands() {
        let page = drawn(&in_the_browser(WRITING));
        assert_eq!(page.title, "Writing modules, quizzes and role-plays");
        for part in
            ["id=\"part-a-role-play\"", "href=\"#part-all-chips\"", "id=\"part-all-keys-of-the-front-matter\"", "retry"]
        {
            assert!(page.html.contains(part), "{part}");
        }
        assert!(page.html.starts_with("<p>You write plain text. It is checked"), "{}", page.html);
        for part in ["Commands", "bedside play", "bedside check", "href=\"schemas", ".md\">", "/go/", "href=\"#a-"] {
            assert!(!page.html.contains(part), "{part}");
        }
    }

    #[test]
    fn every_check_has_its_page() {
        let codes = codes();
        assert!(codes.len() > 40 && codes.contains(&"S14".to_owned()));
        for code in codes {
            let page = drawn(&explained(&code).unwrap());
            assert!(
                page.title.starts_with(&code) && page.html.contains("How to put it right"),
                "{code}: {}",
                page.title
            );
        }
        assert_eq!(explained("S99"), None);
        assert_eq!(explained("../writing"), None);
    }
}
