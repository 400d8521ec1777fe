//! How everybody stands, and who has completed what, in one's own departments and those below.

use std::collections::HashSet;

use jiff::{Timestamp, civil::Date};
use records::{
    answer::{Overlay, Timing},
    day::Day,
};
use store::{Obligation, PersonId};

use crate::{Failure, Usecases, clock, who::Who};

/// How many people a page shows.
const ON_A_PAGE: i64 = 50;

/// One person of a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamLine {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Whether whoever asks may give them time or attempts: never themselves, nor a manager whom they stand in for.
    pub may_be_given: bool,
    /// Where they work today.
    pub department: Option<String>,
    /// What of all that is asked of them is most urgent.
    pub urgent: Urgent,
    /// What they have completed of what is live.
    pub completed: Vec<TeamDone>,
}

/// The most urgent of what is asked of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgent {
    /// So many things are overdue.
    Overdue(usize),
    /// Nothing is; the next thing is due that day.
    Due(Date),
    /// Nothing has a due date, but for something none can be reckoned.
    Unknown,
    /// They are on leave, and nothing is due meanwhile.
    OnLeave,
    /// Nothing is due.
    Nothing,
}

impl Urgent {
    /// Of all that is asked of one person. What lies under a leave or an exemption is not due meanwhile.
    fn of(all: &[&Obligation], today: Day) -> Self {
        let (asked, rest): (Vec<_>, Vec<_>) =
            all.iter().map(|one| one.on(today)).partition(|one| one.overlay.is_none());
        let overdue = asked.iter().filter(|one| one.timing == Some(Timing::Overdue)).count();
        let next = asked.iter().filter_map(|one| one.due).min();
        match next {
            _ if overdue > 0 => Self::Overdue(overdue),
            Some(due) => Self::Due(due.date()),
            None if asked.iter().any(|one| one.exception.is_some()) => Self::Unknown,
            None if rest.iter().any(|one| one.overlay == Some(Overlay::OnLeave)) => Self::OnLeave,
            None => Self::Nothing,
        }
    }
}

/// One module that somebody has completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamDone {
    /// Its title.
    pub title: String,
    /// The last day it was completed.
    pub on: Date,
}

/// A page of a team, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamPage {
    /// The people.
    pub lines: Vec<TeamLine>,
    /// The number of the page before.
    pub previous: Option<u32>,
    /// The number of the page after.
    pub next: Option<u32>,
}

impl Usecases {
    /// A page of the people of one's departments and those below, with how they stand and what they have completed; administrators see
    /// everybody. Pages count from 0.
    ///
    /// # Errors
    /// [`Failure::Denied`] for somebody without a team, [`Failure::Store`].
    pub async fn team(&self, who: &Who, page: u32, now: Timestamp) -> Result<TeamPage, Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let today = self.today(now).await?;
        let live = self.store.live_documents("module").await?;
        let title = |document| live.iter().find(|live| live.document == document).map(|live| live.title.clone());
        let manager = (!who.administrator).then_some(who.person);
        // One more than is shown says whether there are more.
        let part = (ON_A_PAGE + 1, i64::from(page) * ON_A_PAGE);
        let mut team = self.store.team(manager, "module", today, part).await?;
        let shown = usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
        let more = team.len() > shown;
        team.truncate(shown);
        let people: Vec<PersonId> = team.iter().map(|member| member.person).collect();
        let held = self.store.obligations_of(&people, today).await?;
        let mut kept_from = HashSet::from([who.person]);
        for one in self.store.deputies(who.person, today).await? {
            if people.contains(&one.manager) && !self.does_answer_for(who, one.manager, now).await? {
                kept_from.insert(one.manager);
            }
        }
        let urgent = |person| {
            let own: Vec<_> = held.iter().filter(|one| one.person == person).collect();
            Urgent::of(&own, Day(today))
        };
        let lines = team.into_iter().map(|member| TeamLine {
            person: member.person,
            may_be_given: !kept_from.contains(&member.person),
            urgent: urgent(member.person),
            name: member.name,
            department: member.department_name,
            completed: member
                .completions
                .into_iter()
                .filter_map(|done| {
                    Some(TeamDone { title: title(done.document)?, on: clock::date_of(done.effective_on) })
                })
                .collect(),
        });
        let next = if more { page.checked_add(1) } else { None };
        Ok(TeamPage { lines: lines.collect(), previous: page.checked_sub(1), next })
    }
}
