//! The trainer's studio: what there is and how it stands, drafts with their problems and a preview, and publishing from the browser. A
//! draft is checked and drawn by the very code that publishes it.

mod approval;
mod beside;
mod comparison;
mod competency;
mod completion;
mod curriculum;
mod difference;
mod exchange;
mod images;
mod left;
mod library;
pub mod manual;
mod meeting;
mod naming;
mod parts;
mod presence;
mod preview;
mod publishing;
mod rehearsal;
mod templates;
mod weave;
mod withdrawing;

use std::collections::HashMap;

pub use courseware::Kind;
use courseware::{Content, Entry, Folder, Hash, Problem, Surroundings, problem::Severity};
use jiff::{Timestamp, civil::DateTime};
use store::{Draft, DraftKept, NewDraft};

pub use self::approval::{Approval, Asking, Verdict};
pub use self::exchange::{
    Became, Bringing, Brought, BroughtDraft, BroughtLine, MANY_DRAFTS, MOST_FILE, Report, Stand, TakenOut, Told,
};
pub(crate) use beside::Besides;
pub use beside::{QuestionBeside, SceneBeside};
pub use comparison::{Comparison, PictureChange, Shown};
pub use competency::{CompetencyTyped, CompetencyView, Naming};
pub use completion::Completion;
pub use curriculum::{SuggestedLine, SuggestedLines, SuggestedStep, SuggestedTurn, SuggestedTyped, SuggestedView};
pub use difference::{Piece, Row as DifferenceRow, Said, difference, pieces};
pub use images::{ImageLine, Images, MOST_IMAGE, NewImage};
pub use left::{LeftDraft, LeftLine};
pub(crate) use library::Counts;
pub use library::{LibraryLine, Sought, State};
pub use manual::ManualPage;
pub use map::{Node as MapNode, Way as MapWay};
pub use meeting::{Edit, Kept, Meeting, Merged, MetPlace, Over, Settling, Typed};
pub(crate) use presence::Writing;
pub use preview::{
    DraftMap, MapPage, ModulePreview, Preview, PreviewBlock, PreviewChoice, PreviewPage, PreviewRoute, PreviewScene,
    QuizPreview, ScenarioPreview,
};
pub use publishing::{
    AskedOf, Consequence, EDITORIAL_WORDS, MANDATORY_WORDS, MATERIAL_WORDS, Past, PastLine, Publishing, Sending, Went,
};
pub use rehearsal::{Answering, Answers, AnswersResult, AnswersStand, Rehearsal, RehearsalChoice, Tried};
pub use weave::Taken;
pub use withdrawing::Withdrawing;

use crate::{Failure, FieldError, Usecases, audit::Object, clock, publish::Attached, who::Who};

/// What should stand below the map of a role-play.
pub const MAP_CAPTION: &str = map::CAPTION;
/// The largest text of a draft, in bytes: that of a file.
pub const MOST: usize = courseware::MAX_BYTES;

/// A kind of document as people call it.
pub fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Module => "Module",
        Kind::Scenario => "Role-play",
        Kind::Quiz => "Quiz",
        Kind::JobAid => "Job aid",
    }
}

/// The kind of a word in addresses.
pub fn kind_of(word: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
}

/// A problem of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemView {
    /// Its code, such as `S02`.
    pub code: String,
    /// Whether it blocks publishing.
    pub is_error: bool,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// A text as the checks and learners see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// Its title; the name in addresses where it has none.
    pub title: String,
    /// What is wrong with it, in the order of the text.
    pub problems: Vec<ProblemView>,
    /// Whether it can be published.
    pub is_publishable: bool,
    /// How it will look, as far as it can be read.
    pub preview: Option<Preview>,
}

/// A document in the editor.
#[derive(Clone, Debug, PartialEq)]
pub struct Editing {
    /// What it is.
    pub kind: Kind,
    /// Its name in addresses.
    pub slug: String,
    /// Its text.
    pub source: String,
    /// The revision of the draft; none where there is none yet.
    pub rev: Option<i64>,
    /// The version below the draft, or that is live where there is none.
    pub over: Over,
    /// Who changed the draft last, and when.
    pub changed: Option<(String, DateTime)>,
    /// Whether a version of it is live.
    pub is_live: bool,
    /// Whether it was live and was withdrawn.
    pub is_withdrawn: bool,
    /// How the draft stands with the second pair of eyes; none where the site asks for none.
    pub approval: Option<Approval>,
    /// How it looks.
    pub looked: Looked,
}

impl Usecases {
    /// Begins a draft from a template that passes the checks. Gives its name in addresses.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the field to correct, [`Failure::Denied`] for everybody but trainers and administrators,
    /// [`Failure::Store`].
    pub async fn begin_draft(
        &self,
        who: &Who,
        kind: &str,
        title: &str,
        now: Timestamp,
    ) -> Result<(Kind, String), Failure> {
        who.as_trainer()?;
        let mut errors = Vec::new();
        let kind = kind_of(kind);
        if kind.is_none() {
            errors.push(FieldError::new("kind", "Choose what it will be"));
        }
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let slug = naming::of(&title);
        if slug.is_empty() || title.chars().count() > 100 {
            errors.push(FieldError::new("title", "Enter a title with letters, of at most 100 characters"));
        }
        let (Some(kind), true) = (kind, errors.is_empty()) else { return Err(Failure::Invalid(errors)) };
        let taken =
            || Failure::field("title", "There is something of this name already: open it, or choose another title");
        if self.store.known_slug(&slug).await?.is_some() || self.store.draft(&slug).await?.is_some() {
            return Err(taken());
        }
        let source = templates::of(kind, &title);
        let begun = courseware::parse(&format!("{slug}.md"), &source, &Surroundings::default());
        if begun.content.as_ref().map(Content::title) != Some(&title) || !begun.is_publishable() {
            return Err(Failure::field(
                "title",
                "Leave out the signs that mean something in a text, such as <, *, [ and `",
            ));
        }
        let new = NewDraft {
            kind: kind.as_str().to_owned(),
            slug: slug.clone(),
            source,
            from: None,
            base: None,
            by: who.person,
        };
        match self.store.keep_draft(new, now.as_microsecond()).await? {
            DraftKept::Kept(_) => Ok((kind, slug)),
            DraftKept::Moved(_) | DraftKept::SlugTaken => Err(taken()),
        }
    }

    /// A document in the editor: its draft, else what is live.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn editing(&self, who: &Who, kind: Kind, slug: &str) -> Result<Editing, Failure> {
        who.as_trainer()?;
        let draft = self.draft_of(kind, slug).await?;
        let live = self.store.known_document(kind.as_str(), slug).await?;
        let local = self.local().await?;
        let approval = match &draft {
            Some(draft) => self.approval(who, draft).await?,
            None => None,
        };
        let below = match &draft {
            Some(draft) => draft.base,
            None => live.as_ref().map(|live| live.version),
        };
        let (source, rev, changed) = match (draft, &live) {
            (Some(draft), _) => (draft.source, Some(draft.rev), Some((draft.changed_by, local(draft.changed_at)))),
            (None, Some(live)) => {
                (self.store.version(live.version).await?.ok_or(Failure::NotFound)?.source, None, None)
            }
            (None, None) => return Err(Failure::NotFound),
        };
        self.beside(who, (kind, slug), beside::Wanted::Now).await?;
        let looked = self.look(who, kind, slug, &source).await?;
        let is_withdrawn = live.as_ref().is_some_and(|live| live.withdrawn_at.is_some());
        let is_live = live.is_some() && !is_withdrawn;
        let over = Over::of(below);
        Ok(Editing { kind, slug: slug.to_owned(), source, rev, over, changed, is_live, is_withdrawn, approval, looked })
    }

    async fn draft_of(&self, kind: Kind, slug: &str) -> Result<Option<Draft>, Failure> {
        Ok(self.store.draft(slug).await?.filter(|draft| draft.kind == kind.as_str()))
    }

    /// The text of a document as it is being written, else as it is live.
    async fn source_of(&self, kind: Kind, slug: &str) -> Result<String, Failure> {
        if let Some(draft) = self.draft_of(kind, slug).await? {
            return Ok(draft.source);
        }
        let live = self.store.known_document(kind.as_str(), slug).await?.ok_or(Failure::NotFound)?;
        Ok(self.store.version(live.version).await?.ok_or(Failure::NotFound)?.source)
    }

    /// Looks at a text as the checks and learners would, and keeps nothing.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn check_draft(&self, who: &Who, kind: Kind, slug: &str, source: &str) -> Result<Looked, Failure> {
        who.as_trainer()?;
        self.look(who, kind, slug, &plain(source)).await
    }

    /// Throws a draft away, as it was looked at.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when it has changed since, [`Failure::Denied`] for everybody but trainers and administrators,
    /// [`Failure::Store`].
    pub async fn discard_draft(&self, who: &Who, slug: &str, rev: i64, now: Timestamp) -> Result<(), Failure> {
        who.as_trainer()?;
        let noting = self.noting(who, "draft.discarded", Object(String::new()), slug, now);
        if noting.discard_draft(slug, rev, (who.person, now.as_microsecond())).await? {
            Ok(())
        } else {
            Err(Failure::Conflict)
        }
    }

    /// Runs the checks over a text and draws it.
    async fn look(&self, who: &Who, kind: Kind, slug: &str, source: &str) -> Result<Looked, Failure> {
        let draft = self.store.draft(slug).await?;
        let around = Surroundings { kind: Some(kind), ..self.around(draft.as_ref()).await? };
        let path = format!("{slug}.md");
        let document = if source.len() > MOST {
            courseware::Document { content: None, problems: courseware::refuse_large(&path, source.len()), graph: None }
        } else {
            courseware::parse(&path, source, &around)
        };
        let mut problems: Vec<ProblemView> = document.problems.iter().map(problem).collect();
        let found = document.content.as_ref().map(Content::kind);
        if let Some(found) = found.filter(|found| *found != kind) {
            let message =
                format!("`kind:` says that this is a {}, and it was begun as a {}", found.as_str(), kind.as_str());
            let help = Some(format!("write `kind: {}`, or begin something new of the other kind", kind.as_str()));
            problems
                .insert(0, ProblemView { code: "C05".to_owned(), is_error: true, line: 1, column: 1, message, help });
        }
        if let Some(Content::Module(module)) = &document.content
            && let Some(message) = self.not_ready(module).await?
        {
            let line = source.lines().position(|line| line.starts_with("complete:")).map_or(1, |at| at + 1);
            problems.push(ProblemView { code: "C09".to_owned(), is_error: true, line, column: 1, message, help: None });
        }
        let here = self.here().await?;
        let places = crate::images::places(&self.images_of(slug).await?);
        let preview = match document.content.as_ref().filter(|_| found == Some(kind)) {
            Some(content) => {
                let beside = self.beside(who, (kind, slug), beside::Wanted::Before).await?;
                Some(preview::of(content, &document.problems, source, (&places, &here.tokens), &beside)?)
            }
            None => None,
        };
        let title = document.content.as_ref().map_or("", Content::title);
        Ok(Looked {
            title: if title.is_empty() { slug.to_owned() } else { title.to_owned() },
            is_publishable: problems.iter().all(|problem| !problem.is_error) && found == Some(kind),
            problems,
            preview,
        })
    }

    /// The images of a document: those of what is live, and those of its draft in their place.
    async fn images_of(&self, slug: &str) -> Result<Vec<(String, [u8; 32])>, Failure> {
        let mut images: HashMap<String, [u8; 32]> = HashMap::new();
        if let Some(live) = self.store.known_slug(slug).await? {
            images.extend(self.store.assets_of(live.version).await?);
        }
        images.extend(self.store.draft_assets(slug).await?);
        Ok(images.into_iter().collect())
    }

    /// What lies around a draft: what is live and what is being written, each as the file it would be, its own images, the competencies
    /// there are, and the day on which it is looked at.
    async fn around(&self, draft: Option<&Draft>) -> Result<Surroundings, Failure> {
        let mut files = Vec::new();
        for kind in Kind::ALL {
            files.extend(self.store.live_documents(kind.as_str()).await?.into_iter().map(|live| live.slug));
        }
        files.extend(self.store.drafts().await?.into_iter().map(|draft| draft.slug));
        let mut entries: Vec<(String, Entry)> =
            files.into_iter().map(|slug| (format!("{slug}.md"), Entry::File)).collect();
        if let Some(draft) = draft {
            entries.extend(self.images_of(&draft.slug).await?.into_iter().map(|(target, _)| (target, Entry::File)));
        }
        // Without its images a library's line is judged by its words alone.
        let folder = draft.map(|_| entries.into_iter().collect::<Folder>());
        let today = clock::day_in(clock::now(), &self.here().await?.zone);
        let kind = draft.and_then(|draft| kind_of(&draft.kind));
        // Where nobody can say which competencies there are, none is wrong.
        let ids: Vec<String> = self.competency_ids().await?.into_iter().collect();
        let competencies = Some(ids).filter(|ids| !ids.is_empty());
        Ok(Surroundings { today: Some(today), folder, competencies, kind })
    }

    /// What belongs to a draft beside its text: the images by their bytes, and what it embeds as it is live.
    async fn attached(&self, draft: &Draft, targets: Vec<(String, String)>) -> Result<Vec<Attached>, Failure> {
        let images: HashMap<String, [u8; 32]> = self.images_of(&draft.slug).await?.into_iter().collect();
        let mut attached = Vec::new();
        for (target, path) in targets {
            if let Some(hash) = images.get(&target) {
                let Some(asset) = self.store.asset(*hash).await? else { continue };
                attached.push(Attached { target, hash: Hash::of(&asset.bytes), bytes: Some(asset.bytes) });
            } else if let Some(slug) = path.strip_suffix(".md")
                && let Some(live) = self.store.live_slug(slug).await?
                && let Some(version) = self.store.version(live.version).await?
            {
                attached.push(Attached { target, hash: courseware::content_hash(&version.source, &[]), bytes: None });
            }
        }
        Ok(attached)
    }
}

fn problem(problem: &Problem) -> ProblemView {
    ProblemView {
        code: format!("{:?}", problem.code),
        is_error: problem.severity == Severity::Error,
        line: problem.line,
        column: problem.column,
        message: problem.message.clone(),
        help: problem.help.clone(),
    }
}

/// The headings with two marks, in order: the line of each from 1, and its words.
fn headings(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    source.lines().enumerate().filter_map(move |(at, line)| {
        in_code ^= line.trim_start().starts_with("```");
        let title = line.strip_prefix("## ").filter(|_| !in_code)?;
        Some((at + 1, title.trim()))
    })
}

/// A text as forms send it, with the ends of lines that files have.
fn plain(source: &str) -> String {
    source.replace("\r\n", "\n")
}
