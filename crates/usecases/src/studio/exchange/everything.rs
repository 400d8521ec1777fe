//! Everything as one zip: what is live, what is being written, and what was withdrawn, each document with its own pictures.
//!
//! No document keeps the others in: a name that is too long is cut, and two pictures of one name stay two, since a document whose
//! pictures are called like those of another has a folder of its own. The zip says so itself.

use std::collections::HashMap;

use ::exchange::bundle::{self, ABOUT, fitting, is_fitting, one_file};
use courseware::{Kind, Surroundings};

use super::TakenOut;
use crate::{
    Failure, Usecases,
    studio::{competency, curriculum, kind_of},
    who::Who,
};

/// Where drafts are, that of what is live among them.
pub(super) const DRAFTS: &str = "drafts/";
/// Where documents are that were withdrawn.
const WITHDRAWN: &str = "withdrawn/";

/// What the zip says of itself.
const SAYS: &str = "This is the courseware of a training site, as text in markdown with its pictures.

Beside this file   every document that is live, as learners see it
drafts             what trainers are writing: what was never published, and
                   drafts that differ from what is live
withdrawn          what was live and is not offered any more
competencies.yaml  the competencies that texts name
paths.yaml         the paths that are suggested to administrators

Where a document has a folder of its own, its pictures have the names of other
pictures elsewhere.

To bring it in again: Studio, “Bring a file”. What is there already just so is
left alone. Where a document is here twice, its draft is brought.
";

/// A document as it goes out.
struct Going {
    folder: &'static str,
    slug: String,
    source: String,
    images: Vec<(String, [u8; 32])>,
}

/// The files of the zip while it is put together.
#[derive(Default)]
struct Files {
    /// What each path holds, by what makes two paths one file; none for a document.
    taken: HashMap<String, (String, Option<[u8; 32]>)>,
    documents: Vec<(String, String)>,
    images: Vec<(String, [u8; 32])>,
    /// What is not as it is in the studio.
    notes: Vec<String>,
}

impl Usecases {
    /// Everything as a zip of markdown and images: what is live, drafts that differ from it, and what was withdrawn.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`], [`Failure::Internal`].
    pub async fn take_out_all(&self, who: &Who) -> Result<TakenOut, Failure> {
        who.as_trainer()?;
        let mut going: Vec<Going> = Vec::new();
        for kind in Kind::ALL {
            let live = self.store.live_documents(kind.as_str()).await?.into_iter().map(|one| ("", one));
            let gone = self.store.withdrawn_documents(kind.as_str()).await?.into_iter().map(|one| (WITHDRAWN, one));
            for (folder, one) in live.chain(gone) {
                let source = self.store.version(one.version).await?.ok_or(Failure::NotFound)?.source;
                let images = self.store.assets_of(one.version).await?;
                going.push(Going { folder, slug: one.slug, source, images });
            }
        }
        let published = going.len();
        for draft in self.store.drafts().await?.into_iter().filter(|draft| kind_of(&draft.kind).is_some()) {
            let mut images = self.images_of(&draft.slug).await?;
            images.sort();
            let known = going.iter().take(published).find(|one| one.slug == draft.slug);
            let is_same = known.is_some_and(|known| {
                known.source == draft.source && images.iter().all(|image| known.images.contains(image))
            });
            if !is_same {
                going.push(Going { folder: DRAFTS, slug: draft.slug, source: draft.source, images });
            }
        }
        // The same courseware is the same zip, whoever wrote last.
        going.sort_by(|one, other| (one.folder, &one.slug).cmp(&(other.folder, &other.slug)));
        let mut files = Files::default();
        for name in [ABOUT, curriculum::PLAN, competency::COMPETENCIES] {
            files.taken.insert(one_file(name), (name.to_owned(), None));
        }
        for one in going {
            files.add(one);
        }
        let Files { mut documents, images, notes, .. } = files;
        documents.push((curriculum::PLAN.to_owned(), self.plan_text().await?));
        if let Some(text) = self.competencies_text().await? {
            documents.push((competency::COMPETENCIES.to_owned(), text));
        }
        let mut about = SAYS.to_owned();
        if !notes.is_empty() {
            about.push_str("\nNot as it is in the studio:\n\n");
            about.extend(notes.iter().map(|note| format!("- {note}\n")));
        }
        documents.push((ABOUT.to_owned(), about));
        let mut held = Vec::new();
        for (path, hash) in images {
            if let Some(asset) = self.store.asset(hash).await? {
                held.push((path, asset.bytes));
            }
        }
        let bytes = bundle::write(&documents, &held).map_err(|why| Failure::Internal(why.to_string()))?;
        Ok(TakenOut { file_name: "courseware.zip".to_owned(), media_type: "application/zip", bytes })
    }
}

impl Files {
    /// Finds a place for a document with its pictures: beside the others, else in a folder of its own.
    fn add(&mut self, one: Going) {
        /// So many folders are tried.
        const FOLDERS: usize = 100;
        let Going { folder, slug, mut source, images } = one;
        let file = fitting("", &format!("{slug}.md"));
        let stem = file.trim_end_matches(".md").to_owned();
        if stem != slug {
            self.notes.push(format!("the name {slug} is too long for a file: it is called {stem} here"));
        }
        let mut renamed = Vec::new();
        for (target, hash) in images {
            let (within, name) = target.rsplit_once('/').unwrap_or(("", &target));
            let name = fitting("", name);
            let short = if within.is_empty() { name } else { format!("{within}/{name}") };
            if short != target {
                source = source.replace(&target, &short);
                self.notes.push(format!("the name of a picture of {stem} is too long for a file: it is {short} here"));
            }
            if is_fitting(&short) {
                renamed.push((short, hash));
            } else {
                self.notes.push(format!("a picture of {stem} was left out: {short} leads out of its folder"));
            }
        }
        for number in 0..FOLDERS {
            let within = match number {
                0 => folder.to_owned(),
                1 => format!("{folder}{stem}/"),
                more => format!("{folder}{stem}-{more}/"),
            };
            if self.put((&within, &file), &source, &renamed, number + 1 == FOLDERS) {
                return;
            }
        }
        self.notes.push(format!("{stem} was left out: something else of its name is here"));
    }

    /// Puts a document into a folder, if nothing else has its path or those of its pictures. In the last folder what does not fit is left
    /// out.
    fn put(
        &mut self,
        (within, file): (&str, &str),
        source: &str,
        images: &[(String, [u8; 32])],
        is_last: bool,
    ) -> bool {
        let path = format!("{within}{file}");
        if !is_fitting(&path) || self.taken.contains_key(&one_file(&path)) {
            return false;
        }
        let shown = courseware::parse(&path, source, &Surroundings::default()).attachments(&path);
        let mut new: Vec<(String, [u8; 32])> = Vec::new();
        for (target, hash) in images {
            // A picture that the text does not show yet lies where it would be shown from.
            let at = shown.iter().find(|(one, _)| one == target);
            let at = at.map_or_else(|| format!("{within}{target}"), |(_, at)| at.clone());
            let key = one_file(&at);
            let beside = new.iter().find(|(other, _)| one_file(other) == key).map(|(other, hash)| (other, Some(*hash)));
            let there = beside.or_else(|| self.taken.get(&key).map(|(other, hash)| (other, *hash)));
            match there {
                None if is_fitting(&at) => new.push((at, *hash)),
                Some((other, Some(held))) if *other == at && held == *hash => {}
                _ if is_last => {
                    self.notes.push(format!("the picture {target} of {path} was left out: its name is no file's"))
                }
                _ => return false,
            }
        }
        self.taken.insert(one_file(&path), (path.clone(), None));
        self.documents.push((path, source.to_owned()));
        for (at, hash) in new {
            self.taken.insert(one_file(&at), (at.clone(), Some(hash)));
            self.images.push((at, hash));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn going(folder: &'static str, slug: &str, target: &str, hash: u8) -> Going {
        let source = format!("---\nkind: job-aid\ntitle: A\n---\n\n# A\n\n![A desk]({target})\n");
        Going { folder, slug: slug.to_owned(), source, images: vec![(target.to_owned(), [hash; 32])] }
    }

    fn paths(all: Vec<Going>) -> (Vec<String>, Vec<String>, Vec<String>) {
        let mut files = Files::default();
        for one in all {
            files.add(one);
        }
        let names = |list: Vec<(String, [u8; 32])>| list.into_iter().map(|(path, _)| path).collect();
        (files.documents.into_iter().map(|(path, _)| path).collect(), names(files.images), files.notes)
    }

    #[test]
    fn pictures_of_one_name_stay_two_and_the_same_one_is_there_once() {
        let (documents, images, notes) = paths(vec![
            going("", "a", "img/photo.jpg", 1),
            going("", "b", "img/photo.jpg", 1),
            going("", "c", "img/photo.jpg", 2),
            going("", "d", "IMG/Photo.jpg", 1),
            going(DRAFTS, "c", "img/photo.jpg", 1),
        ]);
        assert_eq!(documents, ["a.md", "b.md", "c/c.md", "d/d.md", "drafts/c.md"]);
        assert_eq!(images, ["img/photo.jpg", "c/img/photo.jpg", "d/IMG/Photo.jpg", "drafts/img/photo.jpg"]);
        assert_eq!(notes, [""; 0]);
    }

    #[test]
    fn nothing_that_has_an_odd_name_keeps_the_rest_in() {
        let long = "a".repeat(400);
        let mut files = Files::default();
        files.add(going("", &"漢".repeat(100), "img/a.png", 1));
        files.add(going("", &"漢".repeat(99), "img/b.png", 1));
        files.add(going(WITHDRAWN, "b", &format!("img/{long}.png"), 2));
        files.add(going("", "c", "../../etc/c.png", 3));
        let short = "漢".repeat(20);
        let documents: Vec<&str> = files.documents.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(documents[..3], [&format!("{short}.md"), &format!("{short}/{short}.md"), "withdrawn/b.md"]);
        assert_eq!(files.images[2].0, format!("withdrawn/img/{}.png", "a".repeat(60)));
        assert!(files.documents[2].1.contains(&format!("](img/{}.png)", "a".repeat(60))), "{}", files.documents[2].1);
        assert_eq!(files.notes.len(), 4, "{:?}", files.notes);
        assert!(bundle::write(&files.documents, &[]).is_ok());
    }
}
