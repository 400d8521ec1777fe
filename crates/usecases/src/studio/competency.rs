//! The competencies that modules teach and choices and questions test: those that came with the program, until trainers write their own.

use std::collections::{BTreeSet, HashMap};

use courseware::{Competency, Content, Kind, Surroundings, slug::slug};
use jiff::Timestamp;

use super::{Became, Told, curriculum::is_plain};
use crate::{Failure, FieldError, Usecases, role_play::CompetencyLine, thawed::Thawed, who::Who};

/// The name of the file that holds them.
pub(crate) const COMPETENCIES: &str = "competencies.yaml";
/// The most letters of a name, and of a level.
const LONGEST: (usize, usize) = (60, 300);
/// The most competencies: nobody knows what more of them mean.
const MOST: usize = 100;

/// A competency in the studio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompetencyView {
    /// What texts write.
    pub id: String,
    /// A short code for tables; empty where it has none.
    pub code: String,
    /// What people read.
    pub name: String,
    /// What somebody does at each of the three levels.
    pub levels: [String; 3],
    /// What names it.
    pub used: Vec<Naming>,
}

/// A document or draft that names a competency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// Its kind.
    pub kind: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
}

/// What is typed for a competency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompetencyTyped {
    /// A short code; may be empty.
    pub code: String,
    /// What people read.
    pub name: String,
    /// What somebody does at each of the three levels.
    pub levels: [String; 3],
    /// The revision from which the form was drawn.
    pub rev: i64,
}

impl Usecases {
    /// The competencies as they are now, with their revision.
    pub(crate) async fn known_competencies(&self) -> Result<(Vec<Competency>, i64), Failure> {
        Ok(match self.store.shared_file(COMPETENCIES).await? {
            None => (self.competencies.to_vec(), 0),
            Some(file) => {
                let unreadable = |cause| Failure::Internal(format!("{COMPETENCIES} cannot be read: {cause}"));
                (courseware::competencies(&file.source).map_err(unreadable)?, file.rev)
            }
        })
    }

    /// The ids that texts may name: those that are written down, and those of what is live, which was judged where it came from.
    pub(super) async fn competency_ids(&self) -> Result<BTreeSet<String>, Failure> {
        let tokens = self.here().await?.tokens;
        let mut ids: BTreeSet<String> = self.known_competencies().await?.0.into_iter().map(|one| one.id).collect();
        for kind in Kind::ALL {
            for live in self.store.live_documents(kind.as_str()).await? {
                ids.extend(match self.versions.thaw(&self.store, live.version, &tokens).await? {
                    Thawed::Module(module) => module.competencies.clone(),
                    Thawed::Scenario(scenario) => scenario.competencies.clone(),
                    Thawed::Quiz(quiz) => quiz.competencies.clone(),
                    Thawed::JobAid(_) => Vec::new(),
                });
            }
        }
        Ok(ids)
    }

    /// What people read for each competency, by id.
    pub(crate) async fn competency_names(&self) -> Result<HashMap<String, String>, Failure> {
        Ok(self.known_competencies().await?.0.into_iter().map(|one| (one.id, one.name)).collect())
    }

    /// Puts what people read into lines of scores.
    pub(crate) async fn name_competencies(&self, lines: &mut [CompetencyLine]) -> Result<(), Failure> {
        if lines.is_empty() {
            return Ok(());
        }
        let names = self.competency_names().await?;
        for line in lines {
            if let Some(name) = names.get(&line.id) {
                line.name.clone_from(name);
            }
        }
        Ok(())
    }

    /// Every competency with what names it, and the revision they have.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn competencies(&self, who: &Who) -> Result<(Vec<CompetencyView>, i64), Failure> {
        who.as_trainer()?;
        let (known, rev) = self.known_competencies().await?;
        let used = self.competencies_used().await?;
        let views = known.into_iter().map(|one| CompetencyView {
            used: used.iter().filter(|(id, _)| *id == one.id).map(|(_, naming)| naming.clone()).collect(),
            id: one.id,
            code: one.code.unwrap_or_default(),
            name: one.name,
            levels: one.levels,
        });
        Ok((views.collect(), rev))
    }

    /// Adds a competency. Gives its id, which never changes.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Conflict`] where somebody else changed them meanwhile,
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn add_competency(&self, who: &Who, typed: &CompetencyTyped, now: Timestamp) -> Result<String, Failure> {
        who.as_trainer()?;
        let (mut known, rev) = self.known_competencies().await?;
        let new = read(typed, slug(&typed.name))?;
        if courseware::is_setting(&new.id) {
            return Err(Failure::field("name", format!("Texts use “{}” as a setting: choose another name", new.id)));
        }
        if known.iter().any(|one| one.id == new.id || same(&one.name, &new.name)) {
            return Err(Failure::field("name", "There is a competency of this name already"));
        }
        if known.len() >= MOST {
            return Err(Failure::field(
                "name",
                format!("There are {MOST} already: nobody can tell more of them apart"),
            ));
        }
        let id = new.id.clone();
        known.push(new);
        self.keep_competencies(who, &known, (rev, &id), now).await?;
        Ok(id)
    }

    /// Changes what is said of a competency.
    ///
    /// # Errors
    /// As [`Usecases::add_competency`]; [`Failure::NotFound`] where there is no such competency.
    pub async fn change_competency(
        &self,
        who: &Who,
        id: &str,
        typed: &CompetencyTyped,
        now: Timestamp,
    ) -> Result<(), Failure> {
        who.as_trainer()?;
        let (mut known, rev) = self.known_competencies().await?;
        if rev != typed.rev {
            return Err(Failure::Conflict);
        }
        let changed = read(typed, id.to_owned())?;
        if known.iter().any(|one| one.id != id && same(&one.name, &changed.name)) {
            return Err(Failure::field("name", "Another competency has this name"));
        }
        *known.iter_mut().find(|one| one.id == id).ok_or(Failure::NotFound)? = changed;
        self.keep_competencies(who, &known, (rev, id), now).await
    }

    /// Takes a competency away that nothing names.
    ///
    /// # Errors
    /// [`Failure::Invalid`] where something names it or it is the last; else as [`Usecases::change_competency`].
    pub async fn remove_competency(&self, who: &Who, id: &str, from: i64, now: Timestamp) -> Result<(), Failure> {
        who.as_trainer()?;
        let (mut known, rev) = self.known_competencies().await?;
        if rev != from {
            return Err(Failure::Conflict);
        }
        let before = known.len();
        known.retain(|one| one.id != id);
        if known.len() == before {
            return Err(Failure::NotFound);
        }
        if known.is_empty() {
            return Err(Failure::field("name", "It is the last one: change it instead"));
        }
        if self.competencies_used().await?.iter().any(|(used, _)| used == id) {
            return Err(Failure::field("name", "Texts name it: take it out of them first"));
        }
        self.keep_competencies(who, &known, (rev, id), now).await
    }

    /// The competencies as the text of their file, as somebody wrote it; none where there are none.
    pub(super) async fn competencies_text(&self) -> Result<Option<String>, Failure> {
        match self.store.shared_file(COMPETENCIES).await? {
            Some(file) => Ok(Some(file.source)),
            None if self.competencies.is_empty() => Ok(None),
            None => written(&self.competencies).map(Some),
        }
    }

    /// Takes over the competencies of a file that are not there yet, which takes effect at once. Gives what came of it.
    pub(super) async fn bring_competencies(&self, who: &Who, text: &str, now: Timestamp) -> Result<Vec<Told>, Failure> {
        let brought = match courseware::competencies(text) {
            Ok(brought) => brought,
            Err(why) => return Ok(vec![Told::of(Became::Dropped, COMPETENCIES, why.to_string())]),
        };
        let (mut known, rev) = self.known_competencies().await?;
        let mut told = Vec::new();
        let mut names = Vec::new();
        let (mut kept, mut many) = (Vec::new(), Vec::new());
        for one in brought {
            let typed = CompetencyTyped {
                code: one.code.clone().unwrap_or_default(),
                name: one.name.clone(),
                levels: one.levels.clone(),
                rev,
            };
            if let Some(there) = known.iter().find(|other| other.id == one.id || same(&other.name, &one.name)) {
                if *there != one {
                    kept.push(there.name.clone());
                }
            } else if known.len() >= MOST {
                many.push(one.id);
            } else if !is_plain([&one.name, &typed.code].into_iter().chain(&one.levels)) {
                let words = format!("the competency {} has signs in it that nobody sees", one.id);
                told.push(Told::of(Became::Dropped, COMPETENCIES, words));
            } else {
                // What comes in a file is held to what the form asks for.
                match read(&typed, one.id.clone()) {
                    Ok(new) => {
                        names.push(new.name.clone());
                        known.push(new);
                    }
                    Err(Failure::Invalid(errors)) => {
                        let why = errors.first().map_or("", |error| error.message.as_str());
                        let words = format!("the competency {} cannot be kept: {why}", one.id);
                        told.push(Told::of(Became::Dropped, COMPETENCIES, words));
                    }
                    Err(failure) => return Err(failure),
                }
            }
        }
        if !names.is_empty() {
            let names = names.join(", ");
            self.keep_competencies(who, &known, (rev, &names), now).await?;
            told.push(Told::of(Became::Taken, COMPETENCIES, format!("texts can name these competencies now: {names}")));
        }
        if !kept.is_empty() {
            let words =
                format!("these competencies say something else here, and were left as they are: {}", kept.join(", "));
            told.push(Told::of(Became::Dropped, COMPETENCIES, words));
        }
        if !many.is_empty() {
            let words = format!("there are {MOST} competencies already, and no more are taken: {}", many.join(", "));
            told.push(Told::of(Became::Dropped, COMPETENCIES, words));
        }
        Ok(told)
    }

    async fn keep_competencies(
        &self,
        who: &Who,
        known: &[Competency],
        (rev, about): (i64, &str),
        now: Timestamp,
    ) -> Result<(), Failure> {
        let text = written(known)?;
        self.keep_shared(who, (COMPETENCIES, &text, rev), ("competency.changed", about), now).await
    }

    /// Which text names which competency: the id, and what is live or being written.
    async fn competencies_used(&self) -> Result<Vec<(String, Naming)>, Failure> {
        let tokens = self.here().await?.tokens;
        let mut used: Vec<(String, Naming)> = Vec::new();
        let mut note = |kind: &str, slug: &str, title: &str, named: &[String]| {
            let naming = Naming { kind: kind.to_owned(), slug: slug.to_owned(), title: title.to_owned() };
            for id in named {
                // What is live and being written too is one text.
                if !used
                    .iter()
                    .any(|(other, known)| other == id && known.kind == naming.kind && known.slug == naming.slug)
                {
                    used.push((id.clone(), naming.clone()));
                }
            }
        };
        for kind in Kind::ALL {
            for live in self.store.live_documents(kind.as_str()).await? {
                let slug = &live.slug;
                match self.versions.thaw(&self.store, live.version, &tokens).await? {
                    Thawed::Module(text) => note(kind.as_str(), slug, &text.title, &text.competencies),
                    Thawed::Scenario(text) => note(kind.as_str(), slug, &text.title, &text.competencies),
                    Thawed::Quiz(text) => note(kind.as_str(), slug, &text.title, &text.competencies),
                    Thawed::JobAid(text) => note(kind.as_str(), slug, &text.title, &text.competencies),
                }
            }
        }
        for draft in self.store.drafts().await? {
            let path = format!("{}.md", draft.slug);
            match courseware::parse_checked(&path, &draft.source, &Surroundings::default()).content {
                Some(Content::Module(text)) => note(&draft.kind, &draft.slug, &text.title, &text.competencies),
                Some(Content::Scenario(text)) => note(&draft.kind, &draft.slug, &text.title, &text.competencies),
                Some(Content::Quiz(text)) => note(&draft.kind, &draft.slug, &text.title, &text.competencies),
                Some(Content::JobAid(text)) => note(&draft.kind, &draft.slug, &text.title, &text.competencies),
                None => {}
            }
        }
        Ok(used)
    }
}

fn written(known: &[Competency]) -> Result<String, Failure> {
    courseware::competencies_text(known).map_err(|cause| Failure::field("name", format!("It cannot be kept: {cause}")))
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn read(typed: &CompetencyTyped, id: String) -> Result<Competency, Failure> {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut errors = Vec::new();
    let name = line(&typed.name);
    if id.is_empty() || name.is_empty() || name.chars().count() > LONGEST.0 {
        let words = format!("Enter a name with letters, of at most {} characters", LONGEST.0);
        errors.push(FieldError::new("name", words));
    }
    let code = Some(line(&typed.code)).filter(|code| !code.is_empty());
    if code.as_ref().is_some_and(|code| code.chars().count() > 8) {
        errors.push(FieldError::new("code", "Use at most 8 characters"));
    }
    let levels = typed.levels.each_ref().map(|level| line(level));
    for ((field, which), level) in
        [("level_1", "first"), ("level_2", "second"), ("level_3", "third")].into_iter().zip(&levels)
    {
        if level.is_empty() || level.chars().count() > LONGEST.1 {
            let words = format!("Say what somebody does at the {which} level, in at most {} characters", LONGEST.1);
            errors.push(FieldError::new(field, words));
        }
    }
    if errors.is_empty() { Ok(Competency { id, code, name, levels }) } else { Err(Failure::Invalid(errors)) }
}
