//! What becomes of a write, as far as the audit log cares: whether anything was done, and to what.

use crate::{
    Added, DepartmentAdded, DepartmentChanged, NewAudit, Outcome, PersonId, Publish, Result, SetUp, Spend, Updated,
    audit, db::Tx,
};

/// What came of a write.
pub(crate) trait Happened {
    /// Whether what was asked for was done; a refusal leaves no line in the log.
    fn happened(&self) -> bool;

    /// What it was done to, where that is known only afterwards: `person/12`.
    fn object(&self) -> Option<String> {
        None
    }

    /// Who did it, where they are known only afterwards.
    fn who(&self) -> Option<PersonId> {
        None
    }
}

/// A line that is written in the same transaction as what it tells of.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) entry: NewAudit,
    pub(crate) now: i64,
}

impl Note {
    /// Writes the line if anything happened.
    pub(crate) async fn write(&self, tx: &mut Tx, found: &impl Happened) -> Result<()> {
        if !found.happened() {
            return Ok(());
        }
        let mut entry = self.entry.clone();
        entry.who = entry.who.or_else(|| found.who());
        if entry.object.is_empty() {
            entry.object = found.object().unwrap_or_default();
        }
        audit::append(tx, &entry, self.now).await
    }
}

impl Happened for () {
    fn happened(&self) -> bool {
        true
    }
}

impl Happened for bool {
    fn happened(&self) -> bool {
        *self
    }
}

impl Happened for i64 {
    fn happened(&self) -> bool {
        true
    }
}

impl Happened for u64 {
    fn happened(&self) -> bool {
        true
    }
}

impl Happened for Added {
    fn happened(&self) -> bool {
        matches!(self, Self::Person(_))
    }

    fn object(&self) -> Option<String> {
        match self {
            Self::Person(person) => Some(format!("person/{person}")),
            _ => None,
        }
    }
}

impl Happened for Updated {
    fn happened(&self) -> bool {
        matches!(self, Self::Done)
    }
}

impl Happened for SetUp {
    fn happened(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    fn object(&self) -> Option<String> {
        self.who().map(|person| format!("person/{person}"))
    }

    fn who(&self) -> Option<PersonId> {
        match self {
            Self::Done(person) => Some(*person),
            _ => None,
        }
    }
}

impl Happened for Spend {
    fn happened(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    fn object(&self) -> Option<String> {
        self.who().map(|person| format!("person/{person}"))
    }

    fn who(&self) -> Option<PersonId> {
        match self {
            Self::Done(person) => Some(*person),
            _ => None,
        }
    }
}

impl Happened for DepartmentAdded {
    fn happened(&self) -> bool {
        matches!(self, Self::Department(_))
    }

    fn object(&self) -> Option<String> {
        match self {
            Self::Department(department) => Some(format!("department/{department}")),
            _ => None,
        }
    }
}

impl Happened for DepartmentChanged {
    fn happened(&self) -> bool {
        matches!(self, Self::Done)
    }
}

impl Happened for Outcome {
    fn happened(&self) -> bool {
        matches!(self, Self::Recorded { .. } | Self::Completed { .. })
    }
}

impl Happened for Publish {
    fn happened(&self) -> bool {
        matches!(self, Self::Published(_) | Self::Again(_))
    }
}
