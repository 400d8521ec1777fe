//! The front door: a file of any kind.

use serde::{Deserialize, Serialize};

use crate::front::{Front, KindFront};
use crate::graph::{self, Explored};
use crate::job_aid::{self, JobAid};
use crate::markdown::Markdown;
use crate::module::{self, Module};
use crate::problem::{Code, Problem, Problems};
use crate::quiz::{self, Quiz};
use crate::scenario::Scenario;
use crate::surroundings::Surroundings;
use crate::target::Place;
use crate::{scene, shared, source};

/// The kinds of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A short self-paced unit.
    Module,
    /// A branching role-play.
    Scenario,
    /// A graded set of questions.
    Quiz,
    /// One page to print and keep at hand.
    #[serde(rename = "job-aid")]
    JobAid,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Module, Self::Scenario, Self::Quiz, Self::JobAid];

    /// The word in the front matter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Scenario => "scenario",
            Self::Quiz => "quiz",
            Self::JobAid => "job-aid",
        }
    }
}

/// A file as far as it could be read, and every problem found. With an error among them it cannot be published.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What it holds; absent when the text is over a limit, or its front matter never ends or does not say what it is.
    pub content: Option<Content>,
    /// Every problem, in the order of the text.
    pub problems: Vec<Problem>,
    /// How far the paths of a scenario were followed; absent where they cannot be followed yet.
    pub graph: Option<Explored>,
}

/// What a file holds; also the frozen form that a version keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// A module.
    Module(Module),
    /// A scenario.
    Scenario(Scenario),
    /// A quiz.
    Quiz(Quiz),
    /// A job aid.
    #[serde(rename = "job-aid")]
    JobAid(JobAid),
}

impl Content {
    /// What kind of document it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Module(_) => Kind::Module,
            Self::Scenario(_) => Kind::Scenario,
            Self::Quiz(_) => Kind::Quiz,
            Self::JobAid(_) => Kind::JobAid,
        }
    }

    /// Its name in addresses.
    #[must_use]
    pub fn slug(&self) -> &str {
        match self {
            Self::Module(module) => &module.slug,
            Self::Scenario(scenario) => &scenario.slug,
            Self::Quiz(quiz) => &quiz.slug,
            Self::JobAid(aid) => &aid.slug,
        }
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Module(module) => &module.title,
            Self::Scenario(scenario) => &scenario.title,
            Self::Quiz(quiz) => &quiz.title,
            Self::JobAid(aid) => &aid.title,
        }
    }
}

impl Document {
    /// Whether nothing stands against publishing.
    #[must_use]
    pub fn is_publishable(&self) -> bool {
        self.content.is_some() && !self.problems.iter().any(Problem::is_error)
    }

    /// The files that belong to a version of this document: each target of an image or an embedded activity, with the path in the
    /// content folder that it names. `path` is the document's own.
    #[must_use]
    pub fn attachments(&self, path: &str) -> Vec<(String, String)> {
        let targets: Vec<&String> = match &self.content {
            Some(Content::Module(module)) => {
                module.images.iter().chain(module.activities().map(|activity| &activity.target)).collect()
            }
            Some(Content::Scenario(scenario)) => scenario.images.iter().collect(),
            Some(Content::Quiz(quiz)) => quiz.images.iter().collect(),
            Some(Content::JobAid(aid)) => aid.images.iter().collect(),
            None => Vec::new(),
        };
        let around = Surroundings::default();
        let place = Place::new(path, &around);
        targets.into_iter().filter_map(|target| Some((target.clone(), place.file(target)?))).collect()
    }

    /// The module, if it is one.
    #[must_use]
    pub fn module(&self) -> Option<&Module> {
        match &self.content {
            Some(Content::Module(module)) => Some(module),
            _ => None,
        }
    }

    /// The scenario, if it is one.
    #[must_use]
    pub fn scenario(&self) -> Option<&Scenario> {
        match &self.content {
            Some(Content::Scenario(scenario)) => Some(scenario),
            _ => None,
        }
    }

    /// The quiz, if it is one.
    #[must_use]
    pub fn quiz(&self) -> Option<&Quiz> {
        match &self.content {
            Some(Content::Quiz(quiz)) => Some(quiz),
            _ => None,
        }
    }
}

/// Reads a file of any kind. `path` is its path inside the content folder; its stem becomes the slug.
#[must_use]
pub fn parse(path: &str, source: &str, around: &Surroundings) -> Document {
    read(path, source, around, true)
}

/// Reads a file that has passed [`parse`] before: the paths of a role-play are not followed again, which is most of the work.
#[must_use]
pub fn parse_checked(path: &str, source: &str, around: &Surroundings) -> Document {
    read(path, source, around, false)
}

fn read(path: &str, source: &str, around: &Surroundings, follows: bool) -> Document {
    let mut problems = Problems::default();
    if !source::check(source, &mut problems) {
        return Document { content: None, problems: problems.finish(path, source), graph: None };
    }
    let mut front = Front::read(source, around.kind, &mut problems);
    front.look_around(around);
    let mut graph = None;
    let content = match &front.part {
        _ if front.is_open => None,
        KindFront::Unknown => {
            // What holds in every kind is judged even where the kind is not known.
            if let Some(markdown) = Markdown::read(source, front.body, &mut problems) {
                shared::check(&markdown, path, &front, around, &mut problems);
            }
            None
        }
        KindFront::Module(part) => module::read(path, source, &front, part, around, &mut problems).map(Content::Module),
        KindFront::Scenario(part) => {
            let read = scene::read(path, source, &front, part, around, &mut problems);
            read.map(|(scenario, places)| {
                if follows {
                    graph = graph::check(&scenario, &places, &mut problems);
                }
                Content::Scenario(scenario)
            })
        }
        KindFront::Quiz(part) => quiz::read(path, source, &front, part, around, &mut problems).map(Content::Quiz),
        KindFront::JobAid => job_aid::read(path, source, &front, around, &mut problems).map(Content::JobAid),
    };
    if front.is_missing {
        // The braces may be those of front matter that stands elsewhere.
        problems.silence(|code, _| code == Code::C13);
    }
    Document { content, problems: problems.finish(path, source), graph }
}
