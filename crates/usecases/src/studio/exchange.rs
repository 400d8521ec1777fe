//! Courseware in and out of the studio: our own markdown as a zip, and the formats of others. What comes in becomes drafts, never
//! anything live.

use std::collections::{BTreeMap, HashMap, HashSet};

use courseware::{Content, Kind, Surroundings};
use jiff::Timestamp;
use store::{DraftKept, NewDraft};

use super::{competency, curriculum, kind_of};
use crate::{Failure, Usecases, audit::Object, images, who::Who};

/// The largest file that is taken, in bytes.
pub const MOST_FILE: usize = 32 << 20;

/// What came of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// The drafts that were begun: what each is, its name in addresses, and its title.
    pub drafts: Vec<(Kind, String, String)>,
    /// What was taken, changed, left out and is still to do, a sentence each.
    pub report: Vec<String>,
}

/// A file to take away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenOut {
    /// The name it is saved under.
    pub file_name: String,
    /// What it is to a browser.
    pub media_type: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Usecases {
    /// Takes a file in: markdown, a zip of markdown and images, GIFT, Aiken, Twee 3, or an H5P question set or branching scenario, by the
    /// ending of its name. Each document becomes a draft; one of a name that is taken gets another name, but for markdown of our own, which
    /// becomes the draft of what it is.
    ///
    /// # Errors
    /// [`Failure::Invalid`] where nothing of it can be taken, with why; [`Failure::Denied`] for everybody but trainers and
    /// administrators, [`Failure::Store`].
    pub async fn bring(&self, who: &Who, file_name: &str, bytes: &[u8], now: Timestamp) -> Result<Brought, Failure> {
        who.as_trainer()?;
        if bytes.is_empty() {
            return Err(Failure::field("file", "Choose a file"));
        }
        if bytes.len() > MOST_FILE {
            return Err(Failure::field("file", format!("It has more than {} MB: make several of it", MOST_FILE >> 20)));
        }
        let (stem, ending) = file_name.rsplit_once('.').unwrap_or((file_name, ""));
        let read = match ending.to_ascii_lowercase().as_str() {
            "md" => return self.bring_own(who, vec![(file_name.to_owned(), text(bytes)?)], Vec::new(), now).await,
            "zip" => ::exchange::bundle::read(bytes),
            "h5p" => ::exchange::h5p::read(bytes),
            "twee" | "tw" => ::exchange::twee::read(stem, bytes),
            "gift" => ::exchange::gift::read(stem, bytes),
            "txt" if is_aiken(bytes) => ::exchange::aiken::read(stem, bytes),
            "txt" => ::exchange::gift::read(stem, bytes),
            _ => {
                let words = "It ends in none of these: .md, .zip, .gift, .txt (GIFT or Aiken), .twee, .h5p";
                return Err(Failure::field("file", words));
            }
        };
        let ::exchange::Imported { documents, images, shared, report } =
            read.map_err(|why| Failure::field("file", format!("Nothing was taken: {why}")))?;
        let mut brought = if ending.eq_ignore_ascii_case("zip") {
            self.bring_own(who, documents, images, now).await?
        } else {
            self.bring_new(who, documents, now).await?
        };
        for (name, text) in shared {
            let line = match name.as_str() {
                curriculum::PLAN => self.bring_plan(who, &text, now).await?,
                competency::COMPETENCIES => self.bring_competencies(who, &text, now).await?,
                _ => continue,
            };
            brought.report.push(line);
        }
        let mut said: Vec<String> = report.iter().map(ToString::to_string).collect();
        said.append(&mut brought.report);
        brought.report = said;
        let noting = format!("{file_name}: {} drafts", brought.drafts.len());
        self.audit(who, "courseware.imported", Object(String::new()), &noting, now).await?;
        Ok(brought)
    }

    /// Documents of our own: each becomes the draft of the document of its name.
    async fn bring_own(
        &self,
        who: &Who,
        documents: Vec<(String, String)>,
        images: Vec<(String, Vec<u8>)>,
        now: Timestamp,
    ) -> Result<Brought, Failure> {
        let images: HashMap<String, Vec<u8>> = images.into_iter().collect();
        let (mut brought, mut used) = (Brought::default(), HashSet::new());
        for (path, source) in documents {
            let document = courseware::parse(&path, &source, &Surroundings::default());
            let Some(content) = &document.content else {
                brought.report.push(format!("left out, {path}: it does not say what it is; write `kind:` at its top"));
                continue;
            };
            let (kind, slug, title) = (content.kind(), content.slug().to_owned(), titled(content));
            let live = self.store.known_document(kind.as_str(), &slug).await?;
            let new = NewDraft {
                kind: kind.as_str().to_owned(),
                slug: slug.clone(),
                source,
                from: None,
                base: live.map(|live| live.version),
                by: who.person,
            };
            match self.store.keep_draft(new, now.as_microsecond()).await? {
                DraftKept::Kept(_) => {}
                DraftKept::Moved(_) => {
                    let words = "there is another draft of it; publish it or throw it away first";
                    brought.report.push(format!("left out, {path}: {words}"));
                    continue;
                }
                DraftKept::SlugTaken => {
                    let words = "something of another kind has this name; give the file another one";
                    brought.report.push(format!("left out, {path}: {words}"));
                    continue;
                }
            }
            for (target, image) in document.attachments(&path) {
                let Some(bytes) = images.get(&image) else { continue };
                used.insert(image.clone());
                match images::checked(&target, bytes.clone()) {
                    Ok(asset) => drop(self.store.keep_draft_asset(&slug, &target, asset, who.person).await?),
                    Err(why) => brought.report.push(format!("left out, {image}: {why}")),
                }
            }
            brought.drafts.push((kind, slug, title));
        }
        let unused = images.keys().filter(|path| !used.contains(*path)).collect::<std::collections::BTreeSet<_>>();
        brought.report.extend(unused.into_iter().map(|path| format!("left out, {path}: no document shows it")));
        Ok(brought)
    }

    /// Documents made of what others wrote: each gets a name that is free.
    async fn bring_new(&self, who: &Who, documents: Vec<(String, String)>, now: Timestamp) -> Result<Brought, Failure> {
        /// More of one name than anybody brings.
        const MOST_OF_A_NAME: usize = 1000;
        let mut brought = Brought::default();
        for (path, source) in documents {
            let document = courseware::parse(&path, &source, &Surroundings::default());
            let Some(content) = &document.content else { continue };
            let (kind, wanted, title) = (content.kind(), content.slug().to_owned(), titled(content));
            for number in 1..MOST_OF_A_NAME {
                let slug = if number == 1 { wanted.clone() } else { format!("{wanted}-{number}") };
                if self.store.known_slug(&slug).await?.is_some() || self.store.draft(&slug).await?.is_some() {
                    continue;
                }
                let new = NewDraft {
                    kind: kind.as_str().to_owned(),
                    slug: slug.clone(),
                    source: source.clone(),
                    from: None,
                    base: None,
                    by: who.person,
                };
                if let DraftKept::Kept(_) = self.store.keep_draft(new, now.as_microsecond()).await? {
                    brought.drafts.push((kind, slug, title));
                    break;
                }
            }
        }
        Ok(brought)
    }

    /// A document as a file: its markdown, or in the format of others that its kind has. Of a draft, what is being written.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`] also where its kind has no such format,
    /// [`Failure::Store`].
    pub async fn take_out(&self, who: &Who, kind: Kind, slug: &str, format: &str) -> Result<TakenOut, Failure> {
        let editing = self.editing(who, kind, slug).await?;
        if format == "md" {
            let media_type = "text/markdown; charset=utf-8";
            return Ok(TakenOut { file_name: format!("{slug}.md"), media_type, bytes: editing.source.into_bytes() });
        }
        let document = courseware::parse(&format!("{slug}.md"), &editing.source, &Surroundings::default());
        let exported = match (document.content, format) {
            (Some(Content::Quiz(quiz)), "gift") => ::exchange::gift::write(&quiz),
            (Some(Content::Scenario(scenario)), "twee") => ::exchange::twee::write(&scenario),
            _ => return Err(Failure::NotFound),
        };
        // What the other format cannot say is told in it, as a comment that its readers pass over.
        let mut text = exported.text;
        if format == "gift" && !exported.report.is_empty() {
            let lines: Vec<String> = exported.report.iter().map(|line| format!("// {line}\n")).collect();
            text = format!("{}\n{text}", lines.concat());
        }
        let media_type = "text/plain; charset=utf-8";
        Ok(TakenOut { file_name: format!("{slug}.{format}"), media_type, bytes: text.into_bytes() })
    }

    /// Everything as a zip of markdown and images, as it is live; what was never published as its draft.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`], [`Failure::Internal`].
    pub async fn take_out_all(&self, who: &Who) -> Result<TakenOut, Failure> {
        who.as_trainer()?;
        let mut documents = BTreeMap::new();
        let mut images: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for kind in Kind::ALL {
            for live in self.store.live_documents(kind.as_str()).await? {
                let version = self.store.version(live.version).await?.ok_or(Failure::NotFound)?;
                documents.insert(format!("{}.md", live.slug), version.source);
            }
        }
        for draft in self.store.drafts().await?.into_iter().filter(|draft| kind_of(&draft.kind).is_some()) {
            documents.entry(format!("{}.md", draft.slug)).or_insert(draft.source);
        }
        let paths = documents.keys().cloned().collect::<Vec<_>>();
        documents.insert(curriculum::PLAN.to_owned(), self.plan_text().await?);
        if let Some(text) = self.competencies_text().await? {
            documents.insert(competency::COMPETENCIES.to_owned(), text);
        }
        for path in paths {
            let slug = path.trim_end_matches(".md");
            for (target, hash) in self.images_of(slug).await? {
                if let Some(asset) = self.store.asset(hash).await? {
                    images.entry(target).or_insert(asset.bytes);
                }
            }
        }
        let (documents, images) = (documents.into_iter().collect::<Vec<_>>(), images.into_iter().collect::<Vec<_>>());
        let bytes = ::exchange::bundle::write(&documents, &images).map_err(|why| Failure::Internal(why.to_string()))?;
        Ok(TakenOut { file_name: "courseware.zip".to_owned(), media_type: "application/zip", bytes })
    }
}

/// Markdown from somebody's file.
fn text(bytes: &[u8]) -> Result<String, Failure> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| Failure::field("file", "It is no plain text: save it as UTF-8"))?;
    if bytes.len() > courseware::MAX_BYTES {
        let words = format!("It has more than {} KiB: make two of it", courseware::MAX_BYTES / 1024);
        return Err(Failure::field("file", words));
    }
    Ok(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"))
}

/// Whether a text has the lines that say which answer is right in Aiken.
fn is_aiken(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).lines().any(|line| line.trim_start().starts_with("ANSWER:"))
}

fn titled(content: &Content) -> String {
    if content.title().is_empty() { content.slug().to_owned() } else { content.title().to_owned() }
}
