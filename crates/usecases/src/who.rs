//! Who asks, and what they may do (product.md, "Who may do what").

use serde::{Deserialize, Serialize};
use store::{DepartmentId, PersonId, Right, WhoAsks};

use crate::{Failure, Usecases};

/// Somebody signed in, with the rights they hold at this moment. Only this module makes one; it can be written down and read
/// again within a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Who {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// May do everything for everybody.
    pub administrator: bool,
    /// May write and publish content.
    pub trainer: bool,
    /// The departments they manage; those below count too.
    pub manages: Vec<DepartmentId>,
    /// The address their request comes from, for the audit log.
    pub from: Option<String>,
}

/// Who the audit log names for what was done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Actor<'a> {
    /// The person; none for the program, and for somebody who is not signed in.
    pub person: Option<PersonId>,
    /// The address the request came from.
    pub from: Option<&'a str>,
}

impl<'a> From<&'a Who> for Actor<'a> {
    fn from(who: &'a Who) -> Self {
        Self { person: Some(who.person), from: who.from.as_deref() }
    }
}

impl Who {
    /// Whose session it is, as the database has just told: `None` once they are disabled, from the next request on.
    pub fn of(asks: WhoAsks) -> Option<Self> {
        (!asks.disabled).then(|| Self::with(asks.person, asks.name, asks.rights))
    }

    fn with(person: PersonId, name: String, rights: Vec<Right>) -> Self {
        let mut who = Self { person, name, administrator: false, trainer: false, manages: Vec::new(), from: None };
        for right in rights {
            match right {
                Right::Administrator => who.administrator = true,
                Right::Trainer => who.trainer = true,
                Right::Manager(department) => who.manages.push(department),
            }
        }
        who
    }

    #[cfg(test)]
    pub(crate) fn for_tests(administrator: bool, manages: Vec<DepartmentId>) -> Self {
        let (person, name) = (PersonId(1), "Ada Obi".to_owned());
        Self { person, name, administrator, trainer: false, manages, from: None }
    }

    /// The same person as the manager of their departments and nothing more.
    pub(crate) fn manager_only(self) -> Self {
        Self { administrator: false, ..self }
    }

    /// Whether there is anybody whose record they may see besides their own.
    pub fn sees_a_team(&self) -> bool {
        self.administrator || !self.manages.is_empty()
    }

    /// Lets administrators pass; for everybody else there is nothing here.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody else.
    pub fn as_administrator(&self) -> Result<(), Failure> {
        if self.administrator { Ok(()) } else { Err(Failure::Denied) }
    }

    /// Lets those pass who write and publish, and administrators; for everybody else there is nothing here.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody else.
    pub fn as_trainer(&self) -> Result<(), Failure> {
        if self.trainer || self.administrator { Ok(()) } else { Err(Failure::Denied) }
    }
}

impl Usecases {
    /// Who a person is now: `None` once they are disabled or gone.
    ///
    /// # Errors
    /// [`Failure::Store`] when the database does not answer.
    pub async fn who(&self, person: PersonId) -> Result<Option<Who>, Failure> {
        let Some(found) = self.store.person(person).await? else { return Ok(None) };
        if found.disabled_at.is_some() {
            return Ok(None);
        }
        Ok(Some(Who::with(person, found.name, self.store.rights_of(person).await?)))
    }

    /// Who a person is at an instant, with what they may do as somebody's deputy then: what a session says of whoever asks. `None` once
    /// they are disabled or gone.
    pub(crate) async fn who_at(&self, person: PersonId, now: jiff::Timestamp) -> Result<Option<Who>, Failure> {
        let Some(found) = self.store.person(person).await? else { return Ok(None) };
        if found.disabled_at.is_some() {
            return Ok(None);
        }
        Ok(Some(Who::with(person, found.name, self.store.rights_at(person, now.as_microsecond()).await?)))
    }
}
