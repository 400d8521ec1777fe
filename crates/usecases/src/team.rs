//! Who has completed what, in one's own departments and those below.

use jiff::{Timestamp, civil::Date};

use crate::{Failure, Usecases, clock, who::Who};

/// One person of a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamLine {
    /// Their name.
    pub name: String,
    /// Where they work today.
    pub department: Option<String>,
    /// What they have completed of what is live.
    pub completed: Vec<TeamDone>,
}

/// One module that somebody has completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamDone {
    /// Its title.
    pub title: String,
    /// The last day it was completed.
    pub on: Date,
}

impl Usecases {
    /// The people of one's departments and those below, with what they have completed; administrators see all.
    ///
    /// # Errors
    /// [`Failure::Denied`] for somebody without a team, [`Failure::Store`].
    pub async fn team(&self, who: &Who, now: Timestamp) -> Result<Vec<TeamLine>, Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let today = self.today(now).await?;
        let departments = if who.administrator {
            let all = self.store.departments(today).await?;
            all.into_iter().filter(|one| one.parent.is_none()).map(|one| one.id).collect()
        } else {
            who.manages.clone()
        };
        let live = self.store.live_documents("module").await?;
        let title = |document| live.iter().find(|live| live.document == document).map(|live| live.title.clone());
        let team = self.store.team(&departments, "module", today).await?.into_iter().map(|member| TeamLine {
            name: member.name,
            department: Some(member.department_name),
            completed: member
                .completions
                .into_iter()
                .filter_map(|done| {
                    Some(TeamDone { title: title(done.document)?, on: clock::date_of(done.effective_on) })
                })
                .collect(),
        });
        Ok(team.collect())
    }
}
