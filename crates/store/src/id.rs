//! The ids of rows: plain newtypes over `i64`, so that a person's id is never mistaken for a document's.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for crate::db::Val {
            fn from(id: $name) -> Self {
                Self::I64(id.0)
            }
        }

        impl From<Option<$name>> for crate::db::Val {
            fn from(id: Option<$name>) -> Self {
                id.map(|id| id.0).into()
            }
        }
    };
}

id! {
    /// A person who signs in: learner, trainer, manager or administrator.
    PersonId
}
id! {
    /// A department of the site.
    DepartmentId
}
id! {
    /// A document (module, scenario, quiz), whatever its version.
    DocumentId
}
id! {
    /// One published, frozen version of a document.
    VersionId
}
id! {
    /// One person's way through one version of a document.
    AttemptId
}
id! {
    /// A requirement: a document that some people must hold.
    RequirementId
}
id! {
    /// A path: requirements in an order, each with a due day.
    PathId
}
id! {
    /// The rule that gives a requirement or a path to an audience.
    AssignmentId
}
id! {
    /// A message of the outbox.
    MessageId
}
id! {
    /// A file that is made for somebody.
    ExportId
}
id! {
    /// A view that somebody saved.
    ViewId
}
