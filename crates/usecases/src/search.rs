//! Search over modules, role-plays and job aids.
//!
//! What is indexed and what is looked for is folded alike, before either engine sees it; each word that is typed finds the words
//! that begin with it. Of a role-play only what is seen before it begins is indexed.

use courseware::{Content, Module, PageKind, Scenario, folded};
use store::{Hit, Words};

use crate::{Failure, Usecases, record::kind_words, thawed::Thawed, who::Who};

/// How many documents are looked at, and how many of them are shown.
const FOUND: i64 = 300;
const SHOWN: usize = 50;
/// The longest word that is looked for, in characters; no longer one is in a text.
const LONGEST: usize = 64;
/// How many words are looked for; more are left out.
const WORDS: usize = 8;
/// How many words of the text are shown before and after what was found.
const BEFORE: usize = 8;
const AFTER: usize = 20;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What was looked for, as it was typed.
    pub query: String,
    /// The documents, the best first.
    pub hits: Vec<FoundLine>,
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLine {
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: &'static str,
    /// Its address.
    pub href: String,
    /// The text around what was found; empty where it was found in the title alone.
    pub excerpt: String,
}

/// The words by which a document is found; none of a quiz, whose words would give away what it asks.
pub(crate) fn words_of(content: &Content) -> Option<Words> {
    let text = match content {
        Content::Module(module) => text_of_module(module),
        Content::Scenario(scenario) => text_of_scenario(scenario),
        Content::JobAid(aid) => courseware::plain(&aid.html),
        Content::Quiz(_) => return None,
    };
    Some(Words { title: folded(content.title()), body: folded(&text) })
}

/// The same text with the site's words for its tokens.
fn text_of(thawed: &Thawed) -> String {
    match thawed {
        Thawed::Module(module) => text_of_module(module),
        Thawed::Scenario(scenario) => text_of_scenario(scenario),
        Thawed::JobAid(aid) => courseware::plain(&aid.html),
        Thawed::Quiz(_) => String::new(),
    }
}

/// The questions of a check are left out, and with them their answers.
fn text_of_module(module: &Module) -> String {
    let pages = module.pages.iter().filter(|page| !matches!(page.kind, PageKind::Check(_)));
    let pages = pages.map(|page| format!("{} {}", page.title, courseware::plain(&page.html)));
    [courseware::plain(&module.intro_html)].into_iter().chain(pages).collect::<Vec<_>>().join(" ")
}

fn text_of_scenario(scenario: &Scenario) -> String {
    format!("{} {}", courseware::plain(&scenario.intro_html), scenario.you_are.as_deref().unwrap_or_default())
}

impl Usecases {
    /// Looks for documents in which every word that is typed begins a word.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn search(&self, _who: &Who, query: &str) -> Result<Found, Failure> {
        // Nobody types control characters, no text holds them, and no page could show them.
        let query: String = query.chars().filter(|c| !c.is_control()).collect();
        let query_words = folded(&query);
        let words: Vec<String> = query_words
            .split(' ')
            .filter(|word| !word.is_empty())
            .take(WORDS)
            .map(|word| word.chars().take(LONGEST).collect())
            .collect();
        let mut hits = self.store.search(&words, FOUND).await?;
        // The best are those whose titles hold the most of the words.
        let in_title = |hit: &Hit| words.iter().filter(|word| begins(&hit.words.title, word).is_some()).count();
        hits.sort_by_cached_key(|hit| (std::cmp::Reverse(in_title(hit)), hit.words.title.clone()));
        hits.truncate(SHOWN);
        let here = self.here().await?;
        let mut lines = Vec::with_capacity(hits.len());
        for hit in hits {
            let text = text_of(&self.versions.thaw(&self.store, hit.version, &here.tokens).await?);
            lines.push(FoundLine {
                kind: kind_words(&hit.kind),
                href: crate::place_of(&hit.kind, &hit.slug),
                excerpt: excerpt(&text, &words),
                title: hit.title,
            });
        }
        Ok(Found { query: query.trim().to_owned(), hits: lines })
    }
}

/// A job aid, to read and to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobAidView {
    /// Its title.
    pub title: String,
    /// All of it, as safe HTML.
    pub html: String,
}

impl Usecases {
    /// A job aid.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn job_aid(&self, _who: &Who, slug: &str) -> Result<JobAidView, Failure> {
        let live = self.store.live_document("job-aid", slug).await?.ok_or(Failure::NotFound)?;
        let here = self.here().await?;
        let aid = self.versions.job_aid(&self.store, live.version, &here.tokens).await?;
        Ok(JobAidView { title: aid.title.clone(), html: aid.html.clone() })
    }

    /// The job aids that there are, by title: name in addresses and title.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn job_aids(&self, _who: &Who) -> Result<Vec<(String, String)>, Failure> {
        let live = self.store.live_documents("job-aid").await?;
        Ok(live.into_iter().map(|live| (live.slug, live.title)).collect())
    }
}

/// Where a word of a folded text begins with `word`.
fn begins(text: &str, word: &str) -> Option<usize> {
    if text.starts_with(word) {
        return Some(0);
    }
    text.find(&format!(" {word}")).map(|at| at + 1)
}

/// The part of a text around the first of the words that is in it, as people read it; empty where none is.
fn excerpt(text: &str, words: &[String]) -> String {
    let all: Vec<&str> = text.split_whitespace().collect();
    let is_found = |written: &&str| words.iter().any(|word| begins(&folded(written), word).is_some());
    let Some(at) = all.iter().position(is_found) else { return String::new() };
    let (from, until) = (at.saturating_sub(BEFORE), (at + AFTER).min(all.len()));
    let dots = |cut: bool| if cut { "…" } else { "" };
    let shown = all.get(from..until).unwrap_or_default().join(" ");
    format!("{}{shown}{}", dots(from > 0), dots(until < all.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_what_people_read() {
        let words = ["ecole".to_owned()];
        let text = "One two three four five six seven eight. The École-42 (north), is open.";
        assert_eq!(excerpt(text, &words), "…two three four five six seven eight. The École-42 (north), is open.");
        assert_eq!(excerpt(text, &["zebra".to_owned()]), "");
    }
}
