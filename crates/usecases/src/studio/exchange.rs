//! Courseware in and out of the studio: our own markdown as a zip, and the formats of others. Documents that come in become drafts;
//! competencies and suggested paths that are not there yet are added at once, since they have no drafts.

use std::collections::HashMap;

use courseware::{Content, Kind, Surroundings};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{DraftKept, NewBrought, NewDraft};

pub use ::exchange::What as Became;
use ::exchange::{Imported, Line, Place};

use super::{competency, curriculum, naming};
use crate::{Failure, Usecases, audit::Object, who::Who};

mod back;
mod everything;
mod own;
mod report;

pub use report::{BroughtLine, Report, Stand};

/// The largest file that is taken, in bytes.
pub const MOST_FILE: usize = 32 << 20;

/// More drafts than this are made of one file only where somebody says that they are meant.
pub const MANY_DRAFTS: usize = 200;

/// The most things that a report tells.
const MOST_TOLD: usize = 1000;

/// The most letters of a title that is given to what has none of its own.
const LONGEST_TITLE: usize = 80;

/// A file to bring.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bringing<'a> {
    /// Its name.
    pub file_name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
    /// What questions without a title of their own are called; empty for the name of the file.
    pub title: &'a str,
    /// Whether more than [`MANY_DRAFTS`] drafts are meant.
    pub many: bool,
}

/// What came of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brought {
    /// The drafts that were begun.
    pub drafts: Vec<BroughtDraft>,
    /// How many documents are here already just as the file has them, and were left alone.
    pub same: usize,
    /// What took effect, what was changed and left out, and what is still to do.
    pub told: Vec<Told>,
}

/// A draft that a file became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroughtDraft {
    /// What it is.
    pub kind: Kind,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How much it holds, such as `3 questions`; empty where that is not counted.
    pub holds: String,
    /// What it is known by as the file left it.
    pub mark: String,
}

/// A thing to be said of a file that was brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What happened.
    pub became: Became,
    /// The draft that it is about: what it is, its name in addresses, and its title.
    pub draft: Option<(Kind, String, String)>,
    /// Where in what was brought, in words.
    pub place: Option<String>,
    /// Lines of the draft, from 1.
    pub lines: Vec<usize>,
    /// What it is.
    pub text: String,
}

impl Told {
    /// Something about a place in what was brought.
    pub(super) fn of(became: Became, place: &str, text: impl Into<String>) -> Self {
        Self { became, draft: None, place: Some(place.to_owned()), lines: Vec::new(), text: text.into() }
    }
}

/// The drafts that documents became, by the paths of the documents: what each is, its name in addresses, and its title.
type Made = HashMap<String, (Kind, String, String)>;

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
    /// becomes the draft of what it is, if it differs from that. Gives the number of the report of it.
    ///
    /// # Errors
    /// [`Failure::Invalid`] where nothing of it can be taken, with why, and on the field `many` where it would become more drafts than
    /// anybody expects; [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn bring(&self, who: &Who, file: Bringing<'_>, now: Timestamp) -> Result<i64, Failure> {
        who.as_trainer()?;
        let Bringing { file_name, bytes, title, many } = file;
        if bytes.is_empty() {
            let is_chosen = !file_name.is_empty();
            let words = if is_chosen { "The file is empty: there is nothing in it to bring" } else { "Choose a file" };
            return Err(Failure::field("file", words));
        }
        if bytes.len() > MOST_FILE {
            return Err(Failure::field("file", format!("It has more than {} MB: make several of it", MOST_FILE >> 20)));
        }
        let (stem, ending) = file_name.rsplit_once('.').unwrap_or((file_name, ""));
        let ending = ending.to_ascii_lowercase();
        let title = given(title)?;
        let read = match (ending.as_str(), &title) {
            ("md", _) => Ok(::exchange::bundle::read_one(file_name, text(bytes)?)),
            ("zip", _) => ::exchange::bundle::read(bytes),
            ("h5p", _) => ::exchange::h5p::read(bytes),
            ("twee" | "tw", _) => ::exchange::twee::read(stem, bytes),
            ("txt", Some(title)) if is_aiken(bytes) => ::exchange::aiken::read_titled(title, bytes),
            ("txt", None) if is_aiken(bytes) => ::exchange::aiken::read(stem, bytes),
            ("gift" | "txt", Some(title)) => ::exchange::gift::read_titled(title, bytes),
            ("gift" | "txt", None) => ::exchange::gift::read(stem, bytes),
            _ => {
                let words = "It ends in none of these: .md, .zip, .gift, .txt (GIFT or Aiken), .twee, .h5p";
                return Err(Failure::field("file", words));
            }
        };
        let Imported { documents, images, shared, report } =
            read.map_err(|why| Failure::field("file", format!("Nothing was taken: {why}")))?;
        let is_own = matches!(ending.as_str(), "md" | "zip");
        let (mut brought, made) = if is_own {
            self.bring_own(who, (documents, images), many, now).await?
        } else {
            self.bring_new(who, documents, many, now).await?
        };
        let mut about = Vec::new();
        for line in report {
            about.extend(tell(line, &mut brought.drafts, &made));
        }
        for (name, text) in shared {
            let came = match name.as_str() {
                curriculum::PLAN => self.bring_plan(who, &text, now).await,
                competency::COMPETENCIES => self.bring_competencies(who, &text, now).await,
                _ => continue,
            };
            // The drafts are there by now, so that whoever brought them is told of them whatever became of this.
            match came {
                Ok(told) => about.extend(told),
                Err(Failure::Conflict) => {
                    let words = "somebody else changed what it is about just now: bring the file again";
                    about.push(Told::of(Became::Dropped, &name, words));
                }
                Err(Failure::Invalid(errors)) => {
                    let why = errors.first().map_or("", |error| error.message.as_str());
                    about.push(Told::of(Became::Dropped, &name, why));
                }
                Err(failure) => return Err(failure),
            }
        }
        about.append(&mut brought.told);
        if about.len() > MOST_TOLD {
            let words = format!("and {} things more, which are left out of this report", about.len() - MOST_TOLD);
            about.truncate(MOST_TOLD);
            about.push(Told { became: Became::Dropped, draft: None, place: None, lines: Vec::new(), text: words });
        }
        brought.told = about;
        let noting = format!("{file_name}: {}", counted(brought.drafts.len(), "draft"));
        let report = serde_json::to_string(&brought).map_err(|cause| Failure::Internal(cause.to_string()))?;
        let drafts = i64::try_from(brought.drafts.len()).unwrap_or(i64::MAX);
        let new = NewBrought { by: who.person, file_name: shortened(file_name), drafts, report };
        let noting = self.noting(who, "courseware.imported", Object(String::new()), &noting, now);
        Ok(noting.keep_brought(new, now.as_microsecond()).await?)
    }

    /// Documents made of what others wrote: each gets a name that is free.
    async fn bring_new(
        &self,
        who: &Who,
        documents: Vec<(String, String)>,
        many: bool,
        now: Timestamp,
    ) -> Result<(Brought, Made), Failure> {
        /// More of one name than anybody brings.
        const MOST_OF_A_NAME: usize = 1000;
        /// What the number after a name may take of it.
        const NUMBER: usize = 5;
        not_many(documents.len(), many)?;
        let (mut brought, mut made) = (Brought::default(), Made::new());
        for (path, source) in documents {
            let document = courseware::parse(&path, &source, &Surroundings::default());
            let Some(content) = &document.content else { continue };
            let (kind, wanted, title) = (content.kind(), content.slug().to_owned(), titled(content));
            for number in 1..MOST_OF_A_NAME {
                let slug = if number == 1 {
                    naming::cut(&wanted, naming::LONGEST)
                } else {
                    format!("{}-{number}", naming::cut(&wanted, naming::LONGEST - NUMBER))
                };
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
                    made.insert(path, (kind, slug.clone(), title.clone()));
                    let mark = self.mark(&slug).await?.unwrap_or_default();
                    brought.drafts.push(BroughtDraft { kind, slug, title, holds: String::new(), mark });
                    break;
                }
            }
        }
        Ok((brought, made))
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
}

/// A line of a report, by the drafts that were made. How much a draft holds is said with the draft.
fn tell(line: Line, drafts: &mut [BroughtDraft], made: &Made) -> Option<Told> {
    let Line { what: became, place, text } = line;
    match place {
        Some(Place::Draft { path, lines }) => {
            // What is to do in a document that did not come in is nobody's to do.
            let draft = made.get(&path)?.clone();
            if became == Became::Taken {
                drafts.iter_mut().find(|one| one.slug == draft.1)?.holds = text;
                return None;
            }
            Some(Told { became, draft: Some(draft), place: None, lines, text })
        }
        Some(Place::Line(line)) => Some(Told::of(became, &format!("Line {line} of the file"), text)),
        Some(Place::Part(part)) => Some(Told::of(became, &part, text)),
        None => Some(Told { became, draft: None, place: None, lines: Vec::new(), text }),
    }
}

/// Refuses what would become more drafts than anybody expects, where nobody says that they are meant.
fn not_many(count: usize, many: bool) -> Result<(), Failure> {
    if many || count <= MANY_DRAFTS {
        return Ok(());
    }
    let words = format!("It would make {count} drafts. If you want all of them, tick this and choose the file again");
    Err(Failure::field("many", words))
}

/// The name of a file as it is told.
fn shortened(file_name: &str) -> String {
    const LONGEST: usize = 120;
    let plain: String = file_name.chars().filter(|c| courseware::is_plain(*c)).collect();
    match plain.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", plain.get(..end).unwrap_or_default()),
        None => plain,
    }
}

/// The title that somebody gave, if any.
fn given(title: &str) -> Result<Option<String>, Failure> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() {
        return Ok(None);
    }
    let is_title = title.chars().count() <= LONGEST_TITLE && title.chars().all(courseware::is_plain);
    if !is_title || courseware::slug::slug(&title).is_empty() {
        let words = format!("Enter a title with letters, of at most {LONGEST_TITLE} characters, or leave it empty");
        return Err(Failure::field("title", words));
    }
    Ok(Some(title))
}

/// `1 draft`, `3 drafts`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Markdown from somebody's file.
fn text(bytes: &[u8]) -> Result<String, Failure> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| Failure::field("file", "It is no plain text: save it as UTF-8"))?;
    if bytes.len() > courseware::MAX_BYTES {
        let words = format!("It has more than {} KiB: make two of it", courseware::MAX_BYTES / 1024);
        return Err(Failure::field("file", words));
    }
    // No keyboard makes one, and PostgreSQL does not take it.
    if text.contains('\0') {
        return Err(Failure::field("file", "It holds a null sign, which no text has: save it as plain text"));
    }
    Ok(super::plain(text.trim_start_matches('\u{feff}')))
}

/// Whether a text has the lines that say which answer is right in Aiken.
fn is_aiken(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).lines().any(|line| line.trim_start().starts_with("ANSWER:"))
}

fn titled(content: &Content) -> String {
    if content.title().is_empty() { content.slug().to_owned() } else { content.title().to_owned() }
}
