//! Published modules, each parsed once: a version never changes, so what was made of it stays good. Which version is live, and
//! which one an attempt is pinned to, is asked of the database every time.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use courseware::{Content, Module, Surroundings};
use store::{Store, Version, VersionId};

use crate::Failure;

/// How many are kept: more than a curriculum has, and some older versions that attempts are pinned to.
const KEPT: usize = 128;

/// The modules that were parsed so far. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Modules {
    kept: Arc<RwLock<HashMap<VersionId, Arc<Module>>>>,
}

impl Modules {
    /// The module of a version.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Store`], [`Failure::Internal`] when it cannot be read.
    pub(crate) async fn thaw(&self, store: &Store, id: VersionId) -> Result<Arc<Module>, Failure> {
        if let Some(module) = self.kept.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(Arc::clone(module));
        }
        let version = store.version(id).await?.ok_or(Failure::NotFound)?;
        let module: Module = match serde_json::from_str(&version.frozen) {
            Ok(module) => module,
            // A parse of a grammar older than the first release: its text is read anew.
            Err(cause) => match again(&version) {
                Some(module) => module,
                None => return Err(Failure::Internal(format!("version {id} cannot be read: {cause}"))),
            },
        };
        let module = Arc::new(module);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            // Simple and rare; those in use come back with their next reader.
            kept.clear();
        }
        kept.insert(id, Arc::clone(&module));
        Ok(module)
    }
}

/// A version's text, read with today's grammar.
fn again(version: &Version) -> Option<Module> {
    let path = format!("{}.md", version.slug);
    match courseware::parse(&path, &version.source, &Surroundings::default()).content {
        Some(Content::Module(module)) => Some(module),
        _ => None,
    }
}
