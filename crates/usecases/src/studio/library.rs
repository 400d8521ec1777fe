//! The library: every document and draft, and how it stands.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use courseware::{Content, Kind, Surroundings};
use jiff::{Timestamp, civil::Date};
use store::{Draft, LiveDocument};

use super::kind_of;
use crate::{Failure, Usecases, clock, site::Tokens, thawed::Thawed, who::Who};

/// How a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was never published.
    Draft,
    /// It is live as it is written.
    Live,
    /// It is live, and there is a draft of what comes next.
    Changed,
    /// Its draft waits for a second pair of eyes.
    Waiting,
    /// It was live, and nobody begins it any more.
    Withdrawn,
}

impl State {
    /// Every state, in the order in which filters offer them.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Live, Self::Changed, Self::Waiting, Self::Withdrawn];

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Live => "live",
            Self::Changed => "changed",
            Self::Waiting => "waiting",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Live => "Live",
            Self::Changed => "Live, with a draft",
            Self::Waiting => "Waits for approval",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

/// What is asked of the library; what is empty asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Words of the title, the name in addresses or the text.
    pub words: String,
    /// A kind, by its word in addresses.
    pub kind: String,
    /// A state, by its word in addresses.
    pub state: String,
}

/// A document in the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryLine {
    /// What it is.
    pub kind: Kind,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How it stands.
    pub state: State,
    /// How many errors and warnings its draft has.
    pub problems: (usize, usize),
    /// The day by which its text should be looked over, and whether that has passed.
    pub review_by: Option<(Date, bool)>,
    /// The paths that it is a step of.
    pub paths: Vec<String>,
    /// The titles of the live modules that lead to it as a part of them.
    pub modules: Vec<String>,
    /// How many people are in the middle of it.
    pub running: i64,
    /// Who changed the draft last, and when.
    pub changed: Option<(String, Date)>,
}

/// What the checks said of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Counted {
    /// Its title; the name in addresses where it has none.
    title: String,
    /// How many errors and warnings it has.
    problems: (usize, usize),
}

/// What the checks said of each draft last, by its name in addresses, with what it followed from: to follow every path of every draft at
/// each look would take seconds. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Counts(Arc<Mutex<HashMap<String, (blake3::Hash, Counted)>>>);

impl Counts {
    /// What the checks say of a draft. `known` is a hash of what lies around it.
    fn of(&self, draft: &Draft, kind: Kind, (around, known): (&Surroundings, &blake3::Hash)) -> Counted {
        // Everything that the checks look at: the text and what lies around it.
        let mut hasher = blake3::Hasher::new();
        hasher.update(known.as_bytes()).update(kind.as_str().as_bytes()).update(draft.source.as_bytes());
        let from = hasher.finalize();
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&draft.slug).cloned();
        if let Some((_, counted)) = kept.filter(|(kept, _)| *kept == from) {
            return counted;
        }
        let around = Surroundings { kind: Some(kind), ..around.clone() };
        let document = courseware::parse(&format!("{}.md", draft.slug), &draft.source, &around);
        let title = document.content.as_ref().map_or("", Content::title);
        let errors = document.problems.iter().filter(|problem| problem.is_error()).count();
        let counted = Counted {
            title: if title.is_empty() { draft.slug.clone() } else { title.to_owned() },
            problems: (errors, document.problems.len() - errors),
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(draft.slug.clone(), (from, counted.clone()));
        counted
    }

    /// Forgets drafts that are no more.
    fn keep_only(&self, drafts: &[Draft]) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|slug, _| drafts.iter().any(|draft| draft.slug == *slug));
    }
}

impl Usecases {
    /// Every document and draft, by kind and title, as far as it is sought.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn library(&self, who: &Who, sought: &Sought, now: Timestamp) -> Result<Vec<LibraryLine>, Failure> {
        who.as_trainer()?;
        let here = self.here().await?;
        let local = self.local().await?;
        let today = clock::day_in(now, &here.zone);
        let drafts = self.store.drafts().await?;
        self.counts.keep_only(&drafts);
        let running: HashMap<_, _> = self.store.open_attempts().await?.into_iter().collect();
        let paths = self.paths_by_slug().await?;
        let around = self.around(None).await?;
        let known = blake3::hash(format!("{around:?}").as_bytes());
        let waiting =
            if self.takes_second_pair_of_eyes().await? { self.store.waiting_drafts().await? } else { Vec::new() };
        let mut lines = Vec::new();
        let mut parts: Vec<(String, String)> = Vec::new();
        let line = |kind, slug: &str, title: String, state| LibraryLine {
            kind,
            slug: slug.to_owned(),
            title,
            state,
            problems: (0, 0),
            review_by: None,
            paths: paths.get(slug).cloned().unwrap_or_default(),
            modules: Vec::new(),
            running: 0,
            changed: None,
        };
        for kind in Kind::ALL {
            for live in self.store.live_documents(kind.as_str()).await? {
                let mut line = line(kind, &live.slug, live.title.clone(), State::Live);
                line.running = running.get(&live.document).copied().unwrap_or(0);
                line.review_by = self.review_by(&live, &here.tokens).await?.map(|day| (day, day < today));
                lines.push(line);
                if kind == Kind::Module {
                    let module = self.versions.module(&self.store, live.version, &here.tokens).await?;
                    parts.extend(module.activities().map(|part| (part.slug.clone(), live.title.clone())));
                }
            }
            for gone in self.store.withdrawn_documents(kind.as_str()).await? {
                let mut line = line(kind, &gone.slug, gone.title.clone(), State::Withdrawn);
                line.running = running.get(&gone.document).copied().unwrap_or(0);
                lines.push(line);
            }
        }
        let mut places: HashMap<String, usize> =
            lines.iter().enumerate().map(|(at, line)| (line.slug.clone(), at)).collect();
        for draft in &drafts {
            let Some(kind) = kind_of(&draft.kind) else { continue };
            let counted = self.counts.of(draft, kind, (&around, &known));
            let at = match places.get(&draft.slug) {
                Some(at) => *at,
                None => {
                    places.insert(draft.slug.clone(), lines.len());
                    lines.push(line(kind, &draft.slug, counted.title, State::Draft));
                    lines.len() - 1
                }
            };
            let line = &mut lines[at];
            if waiting.contains(&draft.slug) {
                line.state = State::Waiting;
            } else if line.state == State::Live {
                line.state = State::Changed;
            }
            line.problems = counted.problems;
            line.changed = Some((draft.changed_by.clone(), local(draft.changed_at).date()));
        }
        for (slug, title) in parts {
            if let Some(line) = places.get(&slug).and_then(|at| lines.get_mut(*at))
                && !line.modules.contains(&title)
            {
                line.modules.push(title);
            }
        }
        let words = sought.words.trim().to_lowercase();
        let written = if words.is_empty() { HashSet::new() } else { self.texts_with(&words, &drafts).await? };
        lines.retain(|line| {
            (words.is_empty()
                || line.title.to_lowercase().contains(&words)
                || line.slug.contains(&words)
                || written.contains(&line.slug))
                && (sought.kind.is_empty() || sought.kind == line.kind.as_str())
                && (sought.state.is_empty() || sought.state == line.state.as_str())
        });
        let rank = |kind: Kind| Kind::ALL.iter().position(|one| *one == kind);
        lines.sort_by_cached_key(|line| (rank(line.kind), line.title.to_lowercase()));
        Ok(lines)
    }

    /// The names in addresses of what is live or being written with some words, in small letters, in its text.
    async fn texts_with(&self, words: &str, drafts: &[Draft]) -> Result<HashSet<String>, Failure> {
        let mut found = HashSet::new();
        let holds = |source: &str| source.to_lowercase().contains(words);
        for kind in Kind::ALL {
            for live in self.store.live_documents(kind.as_str()).await? {
                if self.store.version(live.version).await?.is_some_and(|version| holds(&version.source)) {
                    found.insert(live.slug);
                }
            }
        }
        found.extend(drafts.iter().filter(|draft| holds(&draft.source)).map(|draft| draft.slug.clone()));
        Ok(found)
    }

    /// The names of the paths that ask for each document, by its name in addresses.
    async fn paths_by_slug(&self) -> Result<HashMap<String, Vec<String>>, Failure> {
        let requirements = self.store.requirements().await?;
        let mut by: HashMap<String, Vec<String>> = HashMap::new();
        for path in self.store.paths().await? {
            for step in &path.steps {
                if let Some(one) = requirements.iter().find(|one| one.id == step.requirement) {
                    by.entry(one.slug.clone()).or_default().push(path.name.clone());
                }
            }
        }
        Ok(by)
    }

    async fn review_by(&self, live: &LiveDocument, tokens: &Tokens) -> Result<Option<Date>, Failure> {
        Ok(match self.versions.thaw(&self.store, live.version, tokens).await? {
            Thawed::Module(module) => module.review_by,
            Thawed::Scenario(scenario) => scenario.review_by,
            Thawed::Quiz(quiz) => quiz.review_by,
            Thawed::JobAid(_) => None,
        })
    }
}
