//! Who asks, and what they may do (product.md, "Who may do what").

use store::{DepartmentId, PersonId, Right, Store};

use crate::{Failure, Usecases};

/// Somebody signed in, with the rights they hold at this moment. Only this module makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

impl Who {
    /// Whether there is anybody whose record they may see besides their own.
    pub fn sees_a_team(&self) -> bool {
        self.administrator || !self.manages.is_empty()
    }

    /// Lets administrators pass; for everybody else there is nothing here.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for everybody else.
    pub fn as_administrator(&self) -> Result<(), Failure> {
        if self.administrator { Ok(()) } else { Err(Failure::NotFound) }
    }
}

impl Usecases {
    /// Who the person of a session is now: `None` once they are disabled or gone, from the next request on.
    ///
    /// # Errors
    /// [`Failure::Store`] when the database does not answer.
    pub async fn who(&self, person: PersonId) -> Result<Option<Who>, Failure> {
        let Some(found) = self.store.person(person).await? else { return Ok(None) };
        if found.disabled_at.is_some() {
            return Ok(None);
        }
        rights(&self.store, person, found.name).await.map(Some)
    }
}

async fn rights(store: &Store, person: PersonId, name: String) -> Result<Who, Failure> {
    let mut who = Who { person, name, administrator: false, trainer: false, manages: Vec::new() };
    for right in store.rights_of(person).await? {
        match right {
            Right::Administrator => who.administrator = true,
            Right::Trainer => who.trainer = true,
            Right::Manager(department) => who.manages.push(department),
        }
    }
    Ok(who)
}
