//! Published documents, each parsed once: a version never changes, so what was made of it stays good as long as the site's words
//! for its tokens do. Which version is live, and which one an attempt is pinned to, is asked of the database every time.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use courseware::{Content, JobAid, Module, Quiz, Scenario, Surroundings};
use serde_json::Value;
use store::{Store, Version, VersionId};

use crate::images::{self, Within};
use crate::{Failure, site::Tokens};

/// How many are kept: more than a curriculum has, and some older versions that attempts are pinned to.
const KEPT: usize = 256;

/// A version as it is taught: with its images and its tokens in place.
#[derive(Clone, Debug)]
pub(crate) enum Thawed {
    Module(Arc<Module>),
    Scenario(Arc<Scenario>),
    Quiz(Arc<Quiz>),
    JobAid(Arc<JobAid>),
}

/// The documents that were parsed so far. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Versions {
    kept: Arc<RwLock<Kept>>,
}

#[derive(Default)]
struct Kept {
    filled: Tokens,
    versions: HashMap<VersionId, Thawed>,
}

impl Versions {
    /// The module of a version.
    pub(crate) async fn module(&self, store: &Store, id: VersionId, tokens: &Tokens) -> Result<Arc<Module>, Failure> {
        match self.thaw(store, id, tokens).await? {
            Thawed::Module(module) => Ok(module),
            _ => Err(Failure::NotFound),
        }
    }

    /// The role-play of a version.
    pub(crate) async fn scenario(
        &self,
        store: &Store,
        id: VersionId,
        tokens: &Tokens,
    ) -> Result<Arc<Scenario>, Failure> {
        match self.thaw(store, id, tokens).await? {
            Thawed::Scenario(scenario) => Ok(scenario),
            _ => Err(Failure::NotFound),
        }
    }

    /// The quiz of a version.
    pub(crate) async fn quiz(&self, store: &Store, id: VersionId, tokens: &Tokens) -> Result<Arc<Quiz>, Failure> {
        match self.thaw(store, id, tokens).await? {
            Thawed::Quiz(quiz) => Ok(quiz),
            _ => Err(Failure::NotFound),
        }
    }

    /// The job aid of a version.
    pub(crate) async fn job_aid(&self, store: &Store, id: VersionId, tokens: &Tokens) -> Result<Arc<JobAid>, Failure> {
        match self.thaw(store, id, tokens).await? {
            Thawed::JobAid(aid) => Ok(aid),
            _ => Err(Failure::NotFound),
        }
    }

    /// What a version holds.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`], [`Failure::Internal`] when it cannot be read.
    pub(crate) async fn thaw(&self, store: &Store, id: VersionId, tokens: &Tokens) -> Result<Thawed, Failure> {
        {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            if kept.filled == *tokens
                && let Some(thawed) = kept.versions.get(&id)
            {
                return Ok(thawed.clone());
            }
        }
        let version = store.version(id).await?.ok_or(Failure::NotFound)?;
        let places = images::places(&store.assets_of(id).await?);
        let thawed = read(&version, |value| {
            let within = Within::of(value, false);
            fill(value, &places, tokens, &within);
        })?;
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.versions.len() >= KEPT || kept.filled != *tokens {
            // Simple and rare; those in use come back with their next reader.
            kept.versions.clear();
            kept.filled = tokens.clone();
        }
        kept.versions.insert(id, thawed.clone());
        Ok(thawed)
    }
}

/// A version's parse, with what `fill` does to it.
fn read(version: &Version, fill: impl Fn(&mut Value)) -> Result<Thawed, Failure> {
    let unreadable =
        |cause: serde_json::Error| Failure::Internal(format!("version {} cannot be read: {cause}", version.id));
    let parse = |mut value: Value| {
        fill(&mut value);
        Ok(match version.kind.as_str() {
            "scenario" => Thawed::Scenario(Arc::new(serde_json::from_value(value)?)),
            "quiz" => Thawed::Quiz(Arc::new(serde_json::from_value(value)?)),
            "job-aid" => Thawed::JobAid(Arc::new(serde_json::from_value(value)?)),
            _ => Thawed::Module(Arc::new(serde_json::from_value(value)?)),
        })
    };
    match serde_json::from_str(&version.frozen).and_then(parse) {
        Ok(thawed) => Ok(thawed),
        // A parse of a grammar older than the first release: its text is read anew.
        Err(cause) => match again(version) {
            Some(module) => serde_json::to_value(module).and_then(parse).map_err(unreadable),
            None => Err(unreadable(cause)),
        },
    }
}

/// What a version holds, as it was written: with targets and tokens where addresses and words come when it is taught.
pub(crate) fn plain(version: &Version) -> Result<Content, Failure> {
    Ok(match read(version, |_| {})? {
        Thawed::Module(module) => Content::Module(Arc::unwrap_or_clone(module)),
        Thawed::Scenario(scenario) => Content::Scenario(Arc::unwrap_or_clone(scenario)),
        Thawed::Quiz(quiz) => Content::Quiz(Arc::unwrap_or_clone(quiz)),
        Thawed::JobAid(aid) => Content::JobAid(Arc::unwrap_or_clone(aid)),
    })
}

/// A parse that no version holds yet, as it would be taught.
pub(crate) fn filled(content: &Content, places: &HashMap<String, String>, tokens: &Tokens) -> Result<Content, Failure> {
    let filled = serde_json::to_value(content).and_then(|mut value| {
        let within = value.as_object().and_then(|kinds| kinds.values().next()).map(|parse| Within::of(parse, true));
        let within = within.unwrap_or_default();
        fill(&mut value, places, tokens, &within);
        serde_json::from_value(value)
    });
    filled.map_err(|cause| Failure::Internal(format!("a draft cannot be drawn: {cause}")))
}

/// A version's text, read with today's grammar; of a module only, since nothing else was published before.
fn again(version: &Version) -> Option<Module> {
    let path = format!("{}.md", version.slug);
    match courseware::parse(&path, &version.source, &Surroundings::default()).content {
        Some(Content::Module(module)) => Some(module),
        _ => None,
    }
}

/// Puts what belongs to the site into a parse: in HTML, where only tokens have braces, and in plain texts.
fn fill(value: &mut Value, places: &HashMap<String, String>, tokens: &Tokens, within: &Within) {
    // No recursion on what was written: a parse is nested as deep as its types are, but for conditions, which hold no text.
    let mut waiting = vec![(false, value)];
    while let Some((is_html, value)) = waiting.pop() {
        match value {
            Value::String(text) if is_html => *text = tokens.in_html(&images::placed(text, places, within)),
            Value::Array(items) => waiting.extend(items.iter_mut().map(|item| (is_html, item))),
            Value::Object(fields) => {
                for (name, field) in fields {
                    match (name.as_str(), field) {
                        ("image", Value::String(image)) => {
                            if let Some(place) = places.get(image.as_str()) {
                                image.clone_from(place);
                            }
                        }
                        ("text" | "title" | "you_are", Value::String(text)) => *text = tokens.in_text(text),
                        (name, field) => waiting.push((name == "html" || name.ends_with("_html"), field)),
                    }
                }
            }
            _ => {}
        }
    }
}
