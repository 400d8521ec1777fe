//! What becomes of a write, as far as the audit log cares: whether anything was done, to what and by whom.

use crate::{
    Added, Applied, AssignmentId, DepartmentAdded, DepartmentChanged, Named, NewAudit, Outcome, PersonId, Publish,
    Result, SetUp, Spend, Undone, Updated, ViewSaved, audit, db::Tx, moving,
};

/// What is known only once a write was done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// What it was done to: `person/12`.
    object: Option<String>,
    /// Who did it.
    who: Option<PersonId>,
    /// What else was done by it, by the same person and from the same place.
    more: Vec<NewAudit>,
}

impl Done {
    /// With what else was done by it.
    pub(crate) fn with(more: Vec<NewAudit>) -> Self {
        Self { more, ..Self::default() }
    }
}

/// What came of a write: nothing where it was refused, which leaves no line in the log.
pub(crate) trait Happened {
    fn happened(&self) -> Option<Done>;
}

/// A line that is written in the same transaction as what it tells of.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) entry: NewAudit,
    pub(crate) now: i64,
}

impl Note {
    /// Writes the line if anything happened. What the caller said of object and person counts.
    pub(crate) async fn write(&self, tx: &mut Tx, found: &impl Happened) -> Result<()> {
        let Some(done) = found.happened() else { return Ok(()) };
        let mut entry = self.entry.clone();
        entry.who = entry.who.or(done.who);
        if entry.object.is_empty() {
            entry.object = done.object.unwrap_or_default();
        }
        audit::append(tx, &entry, self.now).await?;
        for more in done.more {
            audit::append(tx, &NewAudit { who: entry.who, from: entry.from.clone(), ..more }, self.now).await?;
        }
        Ok(())
    }
}

fn done() -> Option<Done> {
    Some(Done::default())
}

/// Somebody who comes in: what is done is done by them and to them.
fn by_themselves(person: PersonId) -> Option<Done> {
    Some(Done { object: Some(format!("person/{person}")), who: Some(person), ..Done::default() })
}

impl Happened for () {
    fn happened(&self) -> Option<Done> {
        done()
    }
}

impl Happened for bool {
    fn happened(&self) -> Option<Done> {
        self.then(Done::default)
    }
}

impl Happened for i64 {
    fn happened(&self) -> Option<Done> {
        done()
    }
}

impl Happened for u64 {
    fn happened(&self) -> Option<Done> {
        (*self > 0).then(Done::default)
    }
}

impl Happened for Added {
    fn happened(&self) -> Option<Done> {
        match self {
            Self::Person(person) => Some(Done { object: Some(format!("person/{person}")), ..Done::default() }),
            Self::EmailTaken | Self::EmployeeNoTaken | Self::NoLogin => None,
        }
    }
}

impl Happened for Updated {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Done).then(Done::default)
    }
}

impl Happened for SetUp {
    fn happened(&self) -> Option<Done> {
        match self {
            Self::Done(person) => by_themselves(*person),
            Self::AlreadySetUp | Self::LinkRefused | Self::LoginRefused => None,
        }
    }
}

impl Happened for Spend {
    fn happened(&self) -> Option<Done> {
        match self {
            Self::Done(person) => by_themselves(*person),
            Self::Used | Self::Expired | Self::Unknown => None,
        }
    }
}

impl Happened for DepartmentAdded {
    fn happened(&self) -> Option<Done> {
        match self {
            Self::Department(id) => Some(Done { object: Some(format!("department/{id}")), ..Done::default() }),
            Self::NameTaken | Self::ParentMissing => None,
        }
    }
}

impl Happened for DepartmentChanged {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Done).then(Done::default)
    }
}

impl Happened for Outcome {
    fn happened(&self) -> Option<Done> {
        let nothing = matches!(self, Self::Replayed(_) | Self::Conflict);
        (!nothing).then(Done::default)
    }
}

impl Happened for Publish {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Published(_) | Self::Again(_)).then(Done::default)
    }
}

impl<T> Happened for Named<T> {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Done(_)).then(Done::default)
    }
}

impl Happened for Applied {
    fn happened(&self) -> Option<Done> {
        match self {
            Self::Done { lost, .. } => Some(Done::with(moving::lines(lost, moving::MOVED))),
            Self::Stale | Self::Gone => None,
        }
    }
}

impl Happened for AssignmentId {
    fn happened(&self) -> Option<Done> {
        done()
    }
}

impl Happened for ViewSaved {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Done(_)).then(Done::default)
    }
}

impl Happened for Undone {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Done).then(Done::default)
    }
}
