//! Documents of our own, out of a zip or alone: each becomes the draft of the document of its name, if it says something else.

use std::collections::{HashMap, HashSet};

use courseware::{Kind, Surroundings};
use jiff::Timestamp;
use store::{Asset, DraftKept, NewDraft, VersionId};

use super::{Became, Brought, BroughtDraft, Made, Told, everything::DRAFTS, not_many, titled};
use crate::{
    Failure, Usecases, images,
    studio::{naming, plain},
    who::Who,
};

/// A file by its path, with its bytes.
type Named = (String, Vec<u8>);

/// A document that will be a draft.
struct Planned {
    path: String,
    kind: Kind,
    slug: String,
    title: String,
    source: String,
    base: Option<VersionId>,
    images: Vec<(String, Asset)>,
}

/// What is known of a file while it is looked through.
#[derive(Default)]
struct Looked {
    planned: Vec<Planned>,
    /// The names of what is here already just so.
    same: HashSet<String>,
    /// The images that a document shows that comes in, or that is here already.
    used: HashSet<String>,
    /// The images that a document shows that was left out.
    left: HashSet<String>,
    /// Whether a document was left out of which nobody can say what it shows.
    is_any_unread: bool,
    told: Vec<Told>,
}

impl Usecases {
    /// Documents and images of our own. All of them are looked at before the first is kept.
    pub(super) async fn bring_own(
        &self,
        who: &Who,
        (mut documents, images): (Vec<(String, String)>, Vec<Named>),
        many: bool,
        now: Timestamp,
    ) -> Result<(Brought, Made), Failure> {
        let images: HashMap<String, Vec<u8>> = images.into_iter().collect();
        // What was being written goes before what was live, of which there is one draft here.
        documents.sort_by_key(|(path, _)| !path.starts_with(DRAFTS));
        let mut looked = Looked::default();
        for (path, source) in documents {
            self.look_through(path, plain(source.trim_start_matches('\u{feff}')), &images, &mut looked).await?;
        }
        let Looked { planned, mut same, used, left, is_any_unread, mut told } = looked;
        not_many(planned.len(), many)?;
        same.retain(|slug| planned.iter().all(|one| one.slug != *slug));
        let (mut drafts, mut made) = (Vec::new(), Made::new());
        for Planned { path, kind, slug, title, source, base, images } in planned {
            let new = NewDraft {
                kind: kind.as_str().to_owned(),
                slug: slug.clone(),
                source,
                from: None,
                base,
                by: who.person,
            };
            match self.store.keep_draft(new, now.as_microsecond()).await? {
                DraftKept::Kept(_) => {}
                DraftKept::Moved(_) | DraftKept::SlugTaken => {
                    told.push(Told::of(Became::Dropped, &path, "somebody else began a draft of it just now"));
                    continue;
                }
            }
            for (target, asset) in images {
                self.store.keep_draft_asset(&slug, &target, asset, who.person).await?;
            }
            let mark = self.mark(&slug).await?.unwrap_or_default();
            made.insert(path, (kind, slug.clone(), title.clone()));
            drafts.push(BroughtDraft { kind, slug, title, holds: String::new(), mark });
        }
        let mut unused: Vec<&String> = images.keys().filter(|path| !used.contains(*path)).collect();
        unused.sort();
        told.extend(unused.into_iter().map(|path| {
            let why = if left.contains(path) {
                "the document that shows it was left out"
            } else if is_any_unread {
                "no document that could be read shows it"
            } else {
                "no document shows it"
            };
            Told::of(Became::Dropped, path, why)
        }));
        Ok((Brought { drafts, same: same.len(), told }, made))
    }

    /// Looks at a document and says what is to become of it.
    async fn look_through(
        &self,
        path: String,
        source: String,
        images: &HashMap<String, Vec<u8>>,
        looked: &mut Looked,
    ) -> Result<(), Failure> {
        let document = courseware::parse(&path, &source, &Surroundings::default());
        let Some(content) = &document.content else {
            looked.is_any_unread = true;
            let words =
                "it does not say what it is: write kind: and one of module, scenario, quiz and job-aid at its top";
            looked.told.push(Told::of(Became::Dropped, &path, words));
            return Ok(());
        };
        let (kind, title) = (content.kind(), titled(content));
        let slug = self.name_here(content.slug()).await?;
        let (mut shown, mut assets, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
        for (target, image) in document.attachments(&path) {
            let Some(bytes) = images.get(&image) else { continue };
            match images::checked(&target, bytes.clone()) {
                Ok(asset) => assets.push((target, asset)),
                Err(why) => wrong.push(Told::of(Became::Dropped, &image, why)),
            }
            shown.push(image);
        }
        let live = self.store.known_document(kind.as_str(), &slug).await?;
        let draft = self.store.draft(&slug).await?;
        let has_all = |there: &[(String, [u8; 32])]| {
            assets.iter().all(|(target, asset)| there.iter().any(|(one, hash)| one == target && *hash == asset.hash))
        };
        let is_live = match &live {
            Some(live) => {
                let version = self.store.version(live.version).await?.ok_or(Failure::NotFound)?;
                plain(&version.source) == source && has_all(&self.store.assets_of(live.version).await?)
            }
            None => false,
        };
        let is_draft = match &draft {
            Some(draft) if draft.kind == kind.as_str() && draft.source == source => {
                has_all(&self.images_of(&slug).await?)
            }
            _ => false,
        };
        if is_live || is_draft {
            looked.same.insert(slug);
            looked.used.extend(shown);
            return Ok(());
        }
        let before = looked.planned.iter().find(|one| one.slug == slug);
        if before.is_some_and(|before| before.source == source && has_all(&hashes(&before.images))) {
            looked.used.extend(shown);
            return Ok(());
        }
        let mut link = None;
        let why = if let Some(before) = before {
            Some(if before.path.starts_with(DRAFTS) {
                format!("it was live where the file comes from; what was being written there came in, {}", before.path)
            } else {
                format!("another document of this file has the same name and came in, {}", before.path)
            })
        } else if draft.as_ref().is_some_and(|draft| draft.kind != kind.as_str())
            || (live.is_none() && self.store.known_slug(&slug).await?.is_some())
        {
            Some("something of another kind has this name here: give the file another name".to_owned())
        } else if draft.is_some() {
            link = Some((kind, slug.clone(), title.clone()));
            Some(format!(
                "{path} differs from the draft that is here: publish that or throw it away, and bring the file again"
            ))
        } else {
            None
        };
        if let Some(text) = why {
            looked.left.extend(shown);
            let place = link.is_none().then_some(path);
            looked.told.push(Told { became: Became::Dropped, draft: link, place, lines: Vec::new(), text });
            return Ok(());
        }
        if content.slug() != slug {
            let text = format!("it was called {} in the file; its name in addresses is {slug} here", content.slug());
            let draft = Some((kind, slug.clone(), title.clone()));
            looked.told.push(Told { became: Became::Changed, draft, place: None, lines: Vec::new(), text });
        }
        looked.used.extend(shown);
        looked.told.extend(wrong);
        let base = live.map(|live| live.version);
        looked.planned.push(Planned { path, kind, slug, title, source, base, images: assets });
        Ok(())
    }

    /// The name in addresses that a file's name means here: its own where that is one, or is known already.
    async fn name_here(&self, stem: &str) -> Result<String, Failure> {
        if naming::is_one(stem)
            || self.store.known_slug(stem).await?.is_some()
            || self.store.draft(stem).await?.is_some()
        {
            return Ok(stem.to_owned());
        }
        let name = naming::of(stem);
        Ok(if name.is_empty() { "imported".to_owned() } else { name })
    }
}

fn hashes(images: &[(String, Asset)]) -> Vec<(String, [u8; 32])> {
    images.iter().map(|(target, asset)| (target.clone(), asset.hash)).collect()
}
