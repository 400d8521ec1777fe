//! The front door: a file of any kind.

use serde::{Deserialize, Serialize};

use crate::front::Front;
use crate::module::{self, Parsed};
use crate::problem::{Problem, Problems};
use crate::source;

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
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Module, Self::Scenario, Self::Quiz];

    /// The word in the front matter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Scenario => "scenario",
            Self::Quiz => "quiz",
        }
    }
}

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one is made for a file and taken apart at once")]
pub enum Document {
    /// A module, as far as it could be read, with its problems.
    Module(Parsed),
    /// A kind that is not yet checked here; the problems are those of its text and front matter only.
    Unsupported {
        /// What it says it is.
        kind: Kind,
        /// What is wrong with its text or front matter.
        problems: Vec<Problem>,
    },
    /// A file that does not say what it is, or is over a limit.
    Unreadable {
        /// Why.
        problems: Vec<Problem>,
    },
}

impl Document {
    /// Every problem found.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Module(parsed) => &parsed.problems,
            Self::Unsupported { problems, .. } | Self::Unreadable { problems } => problems,
        }
    }

    /// A sentence for a document that cannot be judged here, to be shown beside its problems.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        match self {
            Self::Unsupported { kind, .. } => {
                Some(format!("a {} is not yet checked here: only its front matter was read", kind.as_str()))
            }
            Self::Module(_) | Self::Unreadable { .. } => None,
        }
    }
}

/// Reads a file of any kind. `file_name` is its path inside the content folder; its stem becomes the slug.
#[must_use]
pub fn parse(file_name: &str, source: &str) -> Document {
    let mut problems = Problems::default();
    if !source::check(source, &mut problems) {
        return Document::Unreadable { problems: problems.finish(file_name, source) };
    }
    let front = Front::read(source, &mut problems);
    match front.kind {
        Some(Kind::Module) => Document::Module(module::read(file_name, source, &front, problems)),
        Some(kind) => Document::Unsupported { kind, problems: problems.finish(file_name, source) },
        None => Document::Unreadable { problems: problems.finish(file_name, source) },
    }
}
