//! People against everything that is asked of them: a word and a date in each square.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use records::{answer::Standing, day::Day};
use store::{Obligation, PersonId, Placed, RequirementId};
use tokio::task::JoinHandle;

use super::{Field, Filters, Measure, Row, Value, lines::known_lines, scope::Scope};
use crate::{Failure, Usecases, clock::date_words, obligations::state_words};

impl Usecases {
    pub(super) async fn matrix(&self, scope: &Scope, filters: &Filters, now: Timestamp) -> Result<Matrix, Failure> {
        let mut asked: BTreeSet<usize> = BTreeSet::new();
        let few = self.people_within(scope).await?.values().sum::<u32>() <= self.sizes.in_memory;
        let mut people = None;
        if !filters.name.is_empty() {
            people = Some(self.people_named(scope, &filters.name).await?);
        } else if few {
            people = Some(self.store.people_in(&scope.places, scope.day).await?);
        }
        match filters.requirement {
            Some(requirement) => asked.extend([scope.requirement_rank(requirement)]),
            // What nobody here is asked for is no column.
            None if scope.known_at.is_none() => {
                for cells in self.tallies.of(&self.store, &scope.places, scope.day, now).await? {
                    let some = cells.iter().filter(|cell| cell.counts.of(Measure::Assigned) > 0);
                    asked.extend(some.map(|cell| scope.requirement_rank(cell.requirement)));
                }
            }
            None => asked.extend(0..scope.requirements.len()),
        }
        let kept = |placed: &Placed| {
            scope.holds(placed.department) && (filters.job_role.is_none() || filters.job_role == placed.job_role)
        };
        let nowhere = if scope.holds(None) { self.asked_nowhere(scope).await? } else { HashSet::new() };
        let kept = |placed: &Placed| kept(placed) && (placed.department.is_some() || nowhere.contains(&placed.person));
        let people = people.map(|people| people.into_iter().filter(kept).collect::<Vec<_>>().into_iter());
        let requirements =
            asked.into_iter().filter_map(|rank| scope.requirements.get(rank).map(|(id, _)| *id)).collect();
        Ok(Matrix {
            people,
            nowhere,
            after: None,
            read: false,
            ahead: None,
            whole: false,
            requirements,
            job_role: filters.job_role.clone(),
            words: Words::new(),
        })
    }

    /// Those without a department of whom something is asked: of the others there would be nothing to show.
    async fn asked_nowhere(&self, scope: &Scope) -> Result<HashSet<PersonId>, Failure> {
        let Some(known_at) = scope.known_at else {
            return Ok(self.store.asked_nowhere(scope.day).await?.into_iter().collect());
        };
        let people = self.store.people_in(&[None], scope.day).await?;
        let lines = known_lines(&self.store, people, scope.day, known_at).await?.into_iter();
        let asked = lines.filter(|line| Measure::Assigned.holds(&line.obligation.slice, Day(scope.day)));
        Ok(asked.map(|line| line.obligation.person).collect())
    }
}

/// People by name, with how each stands with some requirements.
pub(super) struct Matrix {
    /// Those who are known beforehand; none where everybody is gone through.
    pub(super) people: Option<std::vec::IntoIter<Placed>>,
    /// Those without a department who belong to it.
    pub(super) nowhere: HashSet<PersonId>,
    after: Option<(String, PersonId)>,
    read: bool,
    /// The part that is being read while another is made into rows.
    ahead: Option<JoinHandle<Result<Part, Failure>>>,
    /// Whether it goes into a file, from the first row to the last: then parts are read ahead.
    pub(super) whole: bool,
    pub(super) requirements: Vec<RequirementId>,
    job_role: Option<String>,
    words: Words,
}

/// What squares say: of a hospital's millions few differ.
type Words = HashMap<Standing, (String, bool)>;
/// So many of them are remembered at most.
const MOST_WORDS: usize = 20_000;

/// Some people, and how each of them stands.
type Part = (Vec<Placed>, Vec<Obligation>);

impl Matrix {
    /// Begins to read the next part; nothing where there is none.
    async fn begin(
        &mut self,
        usecases: &Usecases,
        scope: &Scope,
    ) -> Result<Option<JoinHandle<Result<Part, Failure>>>, Failure> {
        /// How many people are looked at together.
        const TOGETHER: u16 = 200;
        let together = usecases.sizes.part.min(TOGETHER);
        let part: Vec<Placed> = match &mut self.people {
            Some(people) => people.take(usize::from(together)).collect(),
            None if self.read => Vec::new(),
            None => loop {
                let after = self.after.as_ref().map(|(name, person)| (name.as_str(), *person));
                let mut part = usecases.store.people_by_name(scope.day, after, i64::from(together)).await?;
                self.read = part.len() < usize::from(together);
                self.after = part.last().map(|last| (last.sort_name.clone(), last.person));
                part.retain(|placed| match placed.department {
                    Some(_) => scope.holds(placed.department),
                    None => self.nowhere.contains(&placed.person),
                });
                part.retain(|placed| self.job_role.is_none() || self.job_role == placed.job_role);
                if !part.is_empty() || self.read {
                    break part;
                }
            },
        };
        if part.is_empty() {
            return Ok(None);
        }
        let (store, day, known_at) = (usecases.store.clone(), scope.day, scope.known_at);
        Ok(Some(tokio::spawn(async move {
            let ids: Vec<PersonId> = part.iter().map(|placed| placed.person).collect();
            let stands = match known_at {
                None => store.obligations_of(&ids, day).await?,
                Some(at) => store.obligations_known(&ids, day, at).await?,
            };
            Ok((part, stands))
        })))
    }

    pub(super) async fn next(&mut self, usecases: &Usecases, scope: &Scope) -> Result<Option<Vec<Row>>, Failure> {
        let reading = match self.ahead.take() {
            None => self.begin(usecases, scope).await?,
            reading => reading,
        };
        let Some(reading) = reading else { return Ok(None) };
        if self.whole {
            self.ahead = self.begin(usecases, scope).await?;
        }
        let (part, stands) = reading.await.map_err(|cause| Failure::Internal(cause.to_string()))??;
        let mut by: HashMap<PersonId, Vec<Obligation>> = HashMap::with_capacity(part.len());
        for one in stands {
            by.entry(one.person).or_default().push(one);
        }
        let rows = part.into_iter().map(|placed| {
            let person = placed.person;
            let mut of_them = by.remove(&person).unwrap_or_default();
            of_them.sort_by_key(|one| one.requirement);
            let mut fields = vec![
                Field::linked(placed.name, format!("/team/{person}/training")),
                Field::from(scope.path(placed.department)),
                Field::from(placed.job_role),
            ];
            fields.extend(self.requirements.iter().map(|requirement| {
                let at = of_them.binary_search_by_key(requirement, |one| one.requirement);
                at.map_or(Field::from(Value::None), |at| square(scope, &of_them[at], &mut self.words))
            }));
            Row { fields, ..Row::default() }
        });
        Ok(Some(rows.collect()))
    }
}

/// A word and a date: how one person stands with one requirement.
fn square(scope: &Scope, one: &Obligation, said: &mut Words) -> Field {
    let Obligation { person, requirement, slice } = *one;
    let day = Day(scope.day);
    if !Measure::Assigned.holds(&slice, day) {
        return Field::from(Value::None);
    }
    if said.len() > MOST_WORDS {
        said.clear();
    }
    let (words, overdue) = said.entry(slice.at(day)).or_insert_with_key(|standing| {
        let overdue = Measure::Overdue.holds(&slice, day);
        let words = if overdue {
            "Overdue".to_owned()
        } else {
            state_words(standing.coverage, standing.timing, standing.overlay)
        };
        let dated = match (overdue, standing.due, standing.valid_through) {
            (true, Some(due), _) | (false, Some(due), None) => format!("{words}, due {}", date_words(due.date())),
            (_, _, Some(last)) => format!("{words} through {}", date_words(last.date())),
            _ => words,
        };
        (dated, overdue)
    });
    Field { value: Value::State(words.clone(), *overdue), link: Some(format!("/team/{person}/why/{requirement}")) }
}
