//! What follows for somebody who comes with a whole history at once ([`crate::bulk`]): by the very functions that work it out for
//! everybody else, so that nothing is different afterwards.

use super::{
    Body, CYCLES, Kept, Life, Place, Reach, RequirementId, Rules, SOURCES, STANDS, Told, kept_row, projection, rows_of,
};
use crate::{
    DocumentId, Event, PersonId, Result,
    db::{Tx, Val},
    load::Newcomer,
};
use records::day::Day;

/// The rules of the house, and whom they reach.
pub(crate) struct House {
    rules: Rules,
    reach: Reach,
}

/// Rows that follow from a history.
#[derive(Default)]
pub(crate) struct Follows {
    /// Sources of obligations.
    pub(crate) sources: Vec<Vec<Val>>,
    /// Stretches of days.
    pub(crate) stands: Vec<Vec<Val>>,
    /// Cycles that have ended.
    pub(crate) cycles: Vec<Vec<Val>>,
}

impl Follows {
    /// Writes them; takes them out.
    pub(crate) async fn fill(&mut self, tx: &mut Tx) -> Result<()> {
        tx.fill(SOURCES, std::mem::take(&mut self.sources)).await?;
        tx.fill(STANDS, std::mem::take(&mut self.stands)).await?;
        tx.fill(CYCLES, std::mem::take(&mut self.cycles)).await
    }
}

impl House {
    pub(crate) async fn load(tx: &mut Tx) -> Result<Self> {
        Ok(Self { rules: Rules::load(tx).await?, reach: Reach::load(tx).await? })
    }

    /// The document of a requirement, and the requirement's name.
    pub(crate) fn asked(&self, id: RequirementId) -> Option<(DocumentId, &str)> {
        let requirement = self.rules.requirements.iter().find(|one| one.id == id)?;
        Some((requirement.document, &requirement.name))
    }

    /// Adds what follows for somebody.
    pub(crate) fn follow(&self, person: PersonId, newcomer: &Newcomer, follows: &mut Follows) {
        let mut life = self.life(newcomer);
        life.sources = self.reach.sources(person, &life, newcomer.since_on);
        if let Some(ended) = newcomer.access_ended.map(|(day, _)| day) {
            life.disabled = true;
            life.sources = self.reach.sources(person, &life, ended);
        }
        life.sources.sort_by_key(Kept::place);
        follows.sources.extend(life.sources.iter().map(|kept| kept_row(person, kept)));
        for requirement in &self.rules.requirements {
            let Some(account) = life.account(&self.rules, requirement, None, None) else { continue };
            let (stands, cycles) = account.ask(projection);
            let (stands, cycles) = rows_of((person, requirement.id), &stands, &cycles);
            follows.stands.extend(stands);
            follows.cycles.extend(cycles);
        }
    }

    fn life(&self, newcomer: &Newcomer) -> Life {
        let date = |day: i32| Day(day).date();
        let told = (1..).zip(&newcomer.facts).map(|(seq, fact)| {
            let mut body = Body { requirement: fact.requirement.map(|id| id.0), ..Body::default() };
            match fact.event {
                Event::Leave { to } => body.to = to.map(date),
                Event::Exempted { until } => body.until = until.map(date),
                Event::Extended { due } => body.due = Some(date(due)),
                _ => {}
            }
            Told {
                // Only their order among themselves decides anything.
                seq,
                kind: fact.event.kind().to_owned(),
                on: fact.on,
                recorded_at: fact.recorded_at,
                by: fact.by,
                document: fact.requirement.and_then(|id| self.asked(id)).map(|(document, _)| document),
                version: None,
                supersedes: fact.supersedes.and_then(|at| i64::try_from(at + 1).ok()),
                body,
            }
        });
        let places = newcomer.places.iter().map(|place| Place {
            department: place.department,
            job_role: place.job_role.to_owned(),
            from_on: place.from_on,
            until_on: place.until_on.unwrap_or(i32::MAX),
        });
        Life { told: told.collect(), places: places.collect(), ..Life::default() }
    }
}
