//! Job roles: what people do where they work. A requirement can be assigned to everybody who holds one.

use jiff::Timestamp;
use records::person::Name;
use store::Audience;

use crate::{Failure, Usecases, who::Who};

/// What renaming a job role would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming {
    /// What it is called.
    pub old: String,
    /// What it would be called.
    pub new: String,
    /// How many people hold it today.
    pub people: i64,
    /// How many people hold the role of the new name today, if there is one: both become one.
    pub merges: Option<i64>,
    /// How many running assignments go to the people of the other role of the two, and would then go to all.
    pub assignments: usize,
}

impl Usecases {
    /// The job roles by name, with how many people hold each today.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn job_roles(&self, who: &Who, now: Timestamp) -> Result<Vec<(String, i64)>, Failure> {
        who.as_administrator()?;
        Ok(self.store.job_roles(self.today(now).await?).await?)
    }

    /// Adds a job role that nobody holds yet.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the field to correct, [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn add_job_role(&self, who: &Who, name: &str, now: Timestamp) -> Result<(), Failure> {
        who.as_administrator()?;
        let name = parse(name)?;
        let added = self.noting(who, "job-role.added", None, name.as_str(), now).add_job_role(name.as_str()).await?;
        if added { Ok(()) } else { Err(Failure::field("name", "There is a job role of this name already")) }
    }

    /// What renaming a job role would do. A role of the new name that is there already takes the people of the old one in.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the field to correct, [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`]
    /// where there is no such role, [`Failure::Store`].
    pub async fn renaming(&self, who: &Who, old: &str, new: &str, now: Timestamp) -> Result<Renaming, Failure> {
        let roles = self.job_roles(who, now).await?;
        let (old, people) = roles.iter().find(|(name, _)| name == old).ok_or(Failure::NotFound)?;
        let new = parse(new)?;
        if new.as_str() == old {
            return Err(Failure::field("name", "That is what it is called already: enter another name"));
        }
        let same = |name: &str| name.to_lowercase() == new.as_str().to_lowercase();
        // One that is spelled in another way is the same one.
        let other = roles.iter().find(|(name, _)| name != old && same(name));
        let today = self.today(now).await?;
        let all = if other.is_some() { self.store.assignments().await? } else { Vec::new() };
        let running = all.iter().filter(|one| one.until_on.is_none_or(|until| until > today));
        let touched = running.filter(|one| match &one.audience {
            Audience::Role(role) => role == old || other.is_some_and(|(name, _)| role == name),
            _ => false,
        });
        Ok(Renaming {
            old: old.clone(),
            new: other.map_or_else(|| new.as_str().to_owned(), |(name, _)| name.clone()),
            people: *people,
            merges: other.map(|(_, people)| *people),
            assignments: touched.count(),
        })
    }

    /// Renames a job role wherever it stands; where there is one of the new name already, both become one.
    ///
    /// # Errors
    /// As [`Usecases::renaming`].
    pub async fn rename_job_role(&self, who: &Who, old: &str, new: &str, now: Timestamp) -> Result<Renaming, Failure> {
        let renaming = self.renaming(who, old, new, now).await?;
        let merged = if renaming.merges.is_some() { ", both are one now" } else { "" };
        let detail = format!("{} → {}{merged}", renaming.old, renaming.new);
        let today = self.today(now).await?;
        let noting = self.noting(who, "job-role.renamed", None, &detail, now);
        let found = noting.rename_job_role(&renaming.old, &renaming.new, today).await?;
        if found { Ok(renaming) } else { Err(Failure::NotFound) }
    }
}

fn parse(name: &str) -> Result<Name, Failure> {
    Name::parse(name).map_err(|_| Failure::field("name", "Enter the job role, in 100 characters or fewer"))
}
