//! Search over modules, role-plays and job aids.
//!
//! What is indexed and what is looked for is folded alike, before either engine sees it; each word that is typed finds the words
//! that begin with it. Of a role-play only what is seen before it begins is indexed.

use courseware::{Content, PageKind, folded};
use store::{Hit, Words};

use crate::{Failure, Usecases, record::kind_words, who::Who};

/// How many documents are looked at, and how many of them are shown.
const FOUND: i64 = 300;
const SHOWN: usize = 50;
/// The longest word that is looked for, in characters; no longer one is in a text.
const LONGEST: usize = 64;
/// How many words are looked for; more are left out.
const WORDS: usize = 8;
/// About how many characters of the text are shown around what was found.
const EXCERPT: usize = 160;

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
    /// The words around what was found; folded, and none where it was found in the title alone.
    pub excerpt: String,
}

/// The words by which a document is found; none of a quiz, whose words would give away what it asks.
pub(crate) fn words_of(content: &Content) -> Option<Words> {
    let (title, html) = match content {
        Content::Module(module) => {
            // The questions of a check are left out, and with them their answers.
            let pages = module.pages.iter().filter(|page| !matches!(page.kind, PageKind::Check(_)));
            let pages = pages.map(|page| format!("{} {}", courseware::escaped(&page.title), page.html));
            (&module.title, [module.intro_html.clone()].into_iter().chain(pages).collect::<Vec<_>>().join(" "))
        }
        Content::Scenario(scenario) => {
            let about = format!("{} {}", scenario.intro_html, scenario.you_are.as_deref().unwrap_or_default());
            (&scenario.title, about)
        }
        Content::JobAid(aid) => (&aid.title, aid.html.clone()),
        Content::Quiz(_) => return None,
    };
    Some(Words { title: folded(title), body: folded(&courseware::plain(&html)) })
}

impl Usecases {
    /// Looks for documents in which every word that is typed begins a word.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn search(&self, _who: &Who, query: &str) -> Result<Found, Failure> {
        let query_words = folded(query);
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
        let hits = hits.into_iter().map(|hit| FoundLine {
            kind: kind_words(&hit.kind),
            href: crate::place_of(&hit.kind, &hit.slug),
            excerpt: excerpt(&hit.words.body, &words),
            title: hit.title,
        });
        Ok(Found { query: query.trim().to_owned(), hits: hits.collect() })
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

/// The part of a folded text around the first of the words that is in it.
fn excerpt(text: &str, words: &[String]) -> String {
    let Some(at) = words.iter().filter_map(|word| begins(text, word)).min() else { return String::new() };
    let before = text[..at].char_indices().rev().nth(EXCERPT / 4).map_or(0, |(from, _)| from);
    let start = text[before..at].find(' ').filter(|_| before > 0).map_or(before, |blank| before + blank + 1);
    let end = text[start..].char_indices().nth(EXCERPT).map_or(text.len(), |(end, _)| start + end);
    let end = text[start..end].rfind(' ').filter(|_| end < text.len()).map_or(end, |blank| start + blank);
    let dots = |cut: bool| if cut { "…" } else { "" };
    format!("{}{}{}", dots(start > 0), &text[start..end], dots(end < text.len()))
}
