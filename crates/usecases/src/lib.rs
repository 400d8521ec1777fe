//! What people can do: who asks, may they, parse, rule, store, answer. No web and no Leptos; pages, the command line
//! and jobs call the same functions (architecture.md, rule 5).
//!
//! In reading order: [`who`] (who asks and what they may), [`sign_in`], [`set_up`], [`learn`] (modules, pages, checks,
//! my record), [`team`], [`people`], [`publish`]; and what they stand on: [`failure`], [`password`], [`secret`],
//! [`clock`].
//!
//! To add a use case: a method on [`Usecases`] in the noun's file that takes [`who::Who`] first, asks for the right it
//! needs, parses what was typed into the types of `records`, calls one method of `store`, and answers with a view that
//! holds only what may be seen.

pub mod clock;
pub mod failure;
pub mod learn;
pub mod password;
pub mod people;
pub mod publish;
pub mod secret;
pub mod set_up;
pub mod sign_in;
pub mod team;
pub mod who;

pub use failure::{Failure, FieldError};
pub use store::PersonId;

/// Every use case, over one store. Cheap to clone.
#[derive(Clone)]
pub struct Usecases {
    store: store::Store,
    passwords: password::Passwords,
}

impl Usecases {
    /// The use cases over a store that is open and migrated.
    pub fn new(store: store::Store) -> Self {
        Self { store, passwords: password::Passwords::default() }
    }

    /// The site's zone; UTC before it is set up.
    async fn zone(&self) -> Result<String, Failure> {
        Ok(self.store.site().await?.map_or_else(|| "UTC".to_owned(), |site| site.zone))
    }

    /// The site's day at `now`, as the store keeps days.
    async fn today(&self, now: jiff::Timestamp) -> Result<i32, Failure> {
        Ok(clock::day_number(clock::day_in(now, &self.zone().await?)))
    }

    /// Writes a line into the audit log: `what` as noun and verb, about `person`, with details in words.
    async fn audit(
        &self,
        who: Option<PersonId>,
        what: &str,
        person: Option<PersonId>,
        detail: &str,
        now: jiff::Timestamp,
    ) -> Result<(), Failure> {
        let entry = store::NewAudit {
            who,
            what: what.to_owned(),
            object: person.map(|person| format!("person/{person}")).unwrap_or_default(),
            detail: detail.to_owned(),
            from: None,
        };
        Ok(self.store.append_audit(entry, now.as_microsecond()).await?)
    }
}
