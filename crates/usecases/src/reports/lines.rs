//! People and requirements as they stand, one line each, in an order, as many as are asked for. A few thousand people are put in order in
//! memory; of a larger organisation the lines are read in the order in which an index or the departments hold them, part by part, so
//! that a page is there at once and a file of millions needs no more memory than a page.

use std::{cmp::Ordering, collections::VecDeque};

use jiff::Timestamp;
use records::{
    day::Day,
    report::{Counts, Measure},
};
use store::{After, Line, Obligation, PersonId, Placed, Store, Want};

use super::{
    Filters,
    filters::{Sort, SortBy},
    scope::Scope,
    tallies::Place,
};
use crate::{Failure, Usecases};

/// What was known of so many people is worked out at once.
const PART: usize = 500;
/// A department with more lines than this is read some people at a time, and never as a whole.
const MANY: u32 = 5000;
/// How many people that are.
const SOME: usize = 100;
/// A list that is not counted by its departments is counted up to here.
const COUNTED: u64 = 10_000;

/// How many rows there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Exactly(u64),
    /// More than so many.
    MoreThan(u64),
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(1) => f.write_str("1 row"),
            Self::Exactly(many) => write!(f, "{} rows", thousands(*many)),
            Self::MoreThan(many) => write!(f, "more than {} rows", thousands(*many)),
        }
    }
}

/// A number with its thousands set apart.
pub fn thousands(many: u64) -> String {
    let digits = many.to_string();
    let mut words = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// Lines that are asked for, in an order.
pub(super) struct Lines<'s> {
    store: &'s Store,
    scope: &'s Scope,
    asked: Asked,
    walk: Walk,
    /// How many are read at once.
    part: u16,
    /// Whether they come from the end.
    down: bool,
    /// By what they really come.
    pub(super) by: SortBy,
}

/// What a line must be.
#[derive(Clone, Debug)]
struct Asked {
    measure: Measure,
    want: Want,
    due: (i32, i32),
}

enum Walk {
    /// All of them, in order.
    Ready(std::vec::IntoIter<Line>),
    /// By due date: those that change later stand ready, the others are read.
    Due { after: Option<After>, changing: VecDeque<Line>, waiting: VecDeque<Line>, read: bool },
    /// By the last day of validity.
    End { after: Option<After>, read: bool },
    /// By name.
    Name { after: Option<(String, PersonId)>, read: bool },
    /// Department by department, each with how many lines it has at most; of the one that is being read, the people that are left.
    Places(VecDeque<(Place, u32)>, VecDeque<Placed>),
}

impl Usecases {
    /// The lines that are asked for, and how many there are.
    pub(super) async fn walk<'s>(
        &'s self,
        scope: &'s Scope,
        (measure, filters): (Measure, &Filters),
        now: Timestamp,
    ) -> Result<Lines<'s>, Failure> {
        let asked = Asked::of(scope.day, measure, filters);
        let usual = if measure.ends_within().is_some() { SortBy::Valid } else { SortBy::Due };
        let Sort { by, down } = filters.sort;
        let by = if by == SortBy::Usual { usual } else { by };
        let mut lines = Lines {
            store: &self.store,
            scope,
            asked,
            walk: Walk::Places(VecDeque::new(), VecDeque::new()),
            part: self.sizes.part,
            down,
            by,
        };
        let few = match &filters.name {
            name if !name.is_empty() => {
                let people = self.people_named(scope, name).await?;
                lines.of_people(people).await?
            }
            _ => {
                if self.people_within(scope).await?.values().sum::<u32>() > self.sizes.in_memory {
                    lines.walk = lines.walk_all(self, by, filters, now).await?;
                    if let Walk::Places(..) = lines.walk {
                        lines.by = SortBy::Department;
                    }
                    return Ok(lines);
                }
                lines.of_places(&scope.places).await?
            }
        };
        let mut few: Vec<Line> = few.into_iter().filter(|line| lines.asked.is_met(scope, line)).collect();
        few.sort_by(|a, b| order(scope, by, a, b));
        if down {
            few.reverse();
        }
        lines.walk = Walk::Ready(few.into_iter());
        Ok(lines)
    }

    /// The people of a scope whose name, e-mail address or staff number holds a text, by name.
    pub(super) async fn people_named(&self, scope: &Scope, text: &str) -> Result<Vec<Placed>, Failure> {
        let (part, most) = (self.sizes.part, usize::from(self.sizes.named));
        let mut found: Vec<Placed> = Vec::new();
        let mut last: Option<(String, PersonId)> = None;
        loop {
            let after = last.as_ref().map(|(name, person)| (name.as_str(), *person));
            let people = self.store.people_named(scope.day, text, after, i64::from(part)).await?;
            let ended = people.len() < usize::from(part);
            last = people.last().map(|placed| (placed.sort_name.clone(), placed.person));
            found.extend(people.into_iter().filter(|placed| scope.holds(placed.department)));
            if found.len() > most {
                let words = format!("Enter more of the name: more than {most} people have this in theirs");
                return Err(Failure::field("name", words));
            }
            if ended {
                return Ok(found);
            }
        }
    }

    /// How many lines there are.
    pub(super) async fn count_lines(
        &self,
        scope: &Scope,
        (measure, filters): (Measure, &Filters),
        lines: &Lines<'_>,
        now: Timestamp,
    ) -> Result<Count, Failure> {
        if let Walk::Ready(ready) = &lines.walk {
            return Ok(Count::Exactly(ready.len() as u64));
        }
        if scope.known_at.is_none() && filters.due_from.is_none() && filters.due_to.is_none() {
            let all = self.counts_of(scope, &scope.places, filters, now).await?;
            return Ok(Count::Exactly(all.iter().map(|counts| u64::from(counts.of(measure))).sum()));
        }
        let mut again = self.walk(scope, (measure, filters), now).await?;
        let mut many = 0;
        while let Some(part) = again.next().await? {
            many += part.len() as u64;
            if many > COUNTED {
                return Ok(Count::MoreThan(COUNTED));
            }
        }
        Ok(Count::Exactly(many))
    }

    /// The numbers of places, those below not counted, as the filters for job role and requirement leave them.
    pub(super) async fn counts_of(
        &self,
        scope: &Scope,
        places: &[Place],
        filters: &Filters,
        now: Timestamp,
    ) -> Result<Vec<Counts>, Failure> {
        let kept = |role: &str, requirement| {
            filters.job_role.as_deref().is_none_or(|wanted| wanted == role)
                && filters.requirement.is_none_or(|wanted| wanted == requirement)
        };
        if let Some(known_at) = scope.known_at {
            let mut all = Vec::with_capacity(places.len());
            for place in places {
                let people = self.store.people_in(&[*place], scope.day).await?;
                let mut counts = Counts::default();
                for line in known_lines(&self.store, people, scope.day, known_at).await? {
                    if kept(line.job_role.as_deref().unwrap_or_default(), line.obligation.requirement) {
                        counts.add(&line.obligation.slice, Day(scope.day), 1);
                    }
                }
                all.push(counts);
            }
            return Ok(all);
        }
        let cells = self.tallies.of(&self.store, places, scope.day, now).await?;
        let counts = cells.iter().map(|cells| {
            let mut counts = Counts::default();
            for cell in cells.iter().filter(|cell| kept(&cell.job_role, cell.requirement)) {
                counts.join(&cell.counts);
            }
            counts
        });
        Ok(counts.collect())
    }
}

impl Asked {
    fn of(day: i32, measure: Measure, filters: &Filters) -> Self {
        let number = |date| Day::of(date).0;
        let due = (filters.due_from.map_or(i32::MIN, number), filters.due_to.map_or(i32::MAX, number));
        let clear = !matches!(
            measure,
            Measure::Assigned
                | Measure::OnLeave
                | Measure::Exempt
                | Measure::Expiring30
                | Measure::Expiring60
                | Measure::Expiring90
        );
        let due_by = [measure.due_within().map(|days| day.saturating_add(days)), filters.due_to.map(number)];
        let ends = match measure {
            Measure::Grace | Measure::Lapsed => Some((i32::MIN, day.saturating_sub(1))),
            _ => measure.ends_within().map(|(first, last)| (day.saturating_add(first), day.saturating_add(last))),
        };
        let want = Want {
            requirement: filters.requirement,
            job_role: filters.job_role.clone(),
            clear,
            due_by: due_by.into_iter().flatten().min(),
            ends,
        };
        Self { measure, want, due }
    }

    fn is_met(&self, scope: &Scope, line: &Line) -> bool {
        let Obligation { requirement, slice, .. } = &line.obligation;
        let day = Day(scope.day);
        let dated = || {
            self.due == (i32::MIN, i32::MAX)
                || slice.at(day).due.is_some_and(|due| (self.due.0..=self.due.1).contains(&due.0))
        };
        scope.holds(line.department)
            && self.want.requirement.is_none_or(|wanted| wanted == *requirement)
            && self.want.job_role.as_ref().is_none_or(|wanted| line.job_role.as_ref() == Some(wanted))
            && self.measure.holds(slice, day)
            && dated()
    }
}

impl Lines<'_> {
    /// The next of them, in parts of any size; nothing at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Line>>, Failure> {
        loop {
            let Some(mut part) = self.part().await? else { return Ok(None) };
            if !matches!(self.walk, Walk::Ready(_)) {
                part.retain(|line| self.asked.is_met(self.scope, line));
            }
            if !part.is_empty() {
                return Ok(Some(part));
            }
        }
    }

    async fn part(&mut self) -> Result<Option<Vec<Line>>, Failure> {
        let day = self.scope.day;
        let (size, limit) = (usize::from(self.part), i64::from(self.part));
        Ok(match &mut self.walk {
            Walk::Ready(ready) => Some(ready.take(size).collect::<Vec<_>>()).filter(|part| !part.is_empty()),
            Walk::Due { after, changing, waiting, read } => {
                if waiting.is_empty() && !*read {
                    let part = self.store.lines_by_due(day, &self.asked.want, *after, limit).await?;
                    *read = part.len() < size;
                    *after = part.last().map(due_key);
                    waiting.extend(part);
                }
                // What changes later comes in where its date is, up to where the others have been read.
                let mut part = Vec::new();
                loop {
                    let first = match (waiting.front(), changing.front()) {
                        (Some(a), Some(b)) => due_key(a) <= due_key(b),
                        (Some(_), None) => true,
                        (None, Some(_)) if *read => false,
                        _ => break,
                    };
                    part.extend(if first { waiting.pop_front() } else { changing.pop_front() });
                }
                Some(part).filter(|part| !part.is_empty() || !*read)
            }
            Walk::End { after, read } => {
                if *read {
                    return Ok(None);
                }
                let part = self.store.lines_by_end(day, &self.asked.want, *after, limit).await?;
                *read = part.len() < size;
                *after = part.last().map(end_key);
                Some(part)
            }
            Walk::Name { after, read } => {
                if *read {
                    return Ok(None);
                }
                let start = after.as_ref().map(|(name, person)| (name.as_str(), *person));
                let people = self.store.people_by_name(day, start, limit).await?;
                *read = people.len() < size;
                *after = people.last().map(|last| (last.sort_name.clone(), last.person));
                let scope = self.scope;
                let people = people.into_iter().filter(|person| scope.holds(person.department)).collect();
                let mut part = self.of_people(people).await?;
                part.sort_by(|a, b| order(scope, SortBy::Name, a, b));
                Some(part)
            }
            Walk::Places(places, people) => {
                let scope = self.scope;
                let mut whole = None;
                if people.is_empty() {
                    let Some((place, many)) = places.pop_front() else { return Ok(None) };
                    if many > MANY {
                        let mut all = self.store.people_in(&[place], day).await?;
                        all.sort_by(|a, b| (&a.sort_name, a.person).cmp(&(&b.sort_name, b.person)));
                        if self.down {
                            all.reverse();
                        }
                        people.extend(all);
                    } else {
                        whole = Some(place);
                    }
                }
                let few = people.drain(..people.len().min(SOME)).collect();
                let mut part = match whole {
                    Some(place) => self.of_places(&[place]).await?,
                    None => self.of_people(few).await?,
                };
                part.sort_by(|a, b| order(scope, SortBy::Department, a, b));
                if self.down {
                    part.reverse();
                }
                Some(part)
            }
        })
    }

    /// How to go through many people.
    async fn walk_all(
        &self,
        usecases: &Usecases,
        by: SortBy,
        filters: &Filters,
        now: Timestamp,
    ) -> Result<Walk, Failure> {
        let measure = self.asked.measure;
        let dated = matches!(measure, Measure::DueSoon | Measure::Overdue | Measure::ToDo);
        if self.scope.known_at.is_none() && !filters.sort.down {
            match by {
                SortBy::Due if dated || filters.due_from.is_some() || filters.due_to.is_some() => {
                    let mut changing = self.store.lines_changing(self.scope.day, &self.asked.want).await?;
                    changing.sort_by_key(due_key);
                    if measure == Measure::ToDo && filters.due_from.is_none() && filters.due_to.is_none() {
                        let mut undated = self.store.lines_without_anchor(self.scope.day, &self.asked.want).await?;
                        undated.sort_by_key(due_key);
                        changing.extend(undated);
                    }
                    let waiting = VecDeque::new();
                    return Ok(Walk::Due { after: None, changing: changing.into(), waiting, read: false });
                }
                SortBy::Valid if measure.ends_within().is_some() => return Ok(Walk::End { after: None, read: false }),
                SortBy::Name => return Ok(Walk::Name { after: None, read: false }),
                _ => {}
            }
        }
        let mut places = self.scope.places.clone();
        places.sort_by_key(|place| self.scope.rank(*place));
        if filters.sort.down {
            places.reverse();
        }
        if self.scope.known_at.is_some() {
            // Nobody knows how many lines there were.
            let places = places.into_iter().map(|place| (place, u32::MAX)).collect();
            return Ok(Walk::Places(places, VecDeque::new()));
        }
        // A department with nobody to show is not even looked at.
        let counts = usecases.counts_of(self.scope, &places, filters, now).await?;
        let some = places.into_iter().zip(counts).map(|(place, counts)| (place, counts.of(measure)));
        Ok(Walk::Places(some.filter(|(_, many)| *many > 0).collect(), VecDeque::new()))
    }

    async fn of_places(&self, places: &[Place]) -> Result<Vec<Line>, Failure> {
        match self.scope.known_at {
            None => Ok(self.store.lines_in(places, self.scope.day, &self.asked.want).await?),
            Some(known_at) => {
                let people = self.store.people_in(places, self.scope.day).await?;
                known_lines(self.store, people, self.scope.day, known_at).await
            }
        }
    }

    async fn of_people(&self, people: Vec<Placed>) -> Result<Vec<Line>, Failure> {
        match self.scope.known_at {
            None => lines_of(self.store, people, self.scope.day).await,
            Some(known_at) => known_lines(self.store, people, self.scope.day, known_at).await,
        }
    }
}

/// The lines of some people.
pub(super) async fn lines_of(store: &Store, people: Vec<Placed>, day: i32) -> Result<Vec<Line>, Failure> {
    let ids: Vec<PersonId> = people.iter().map(|placed| placed.person).collect();
    Ok(joined(people, store.obligations_of(&ids, day).await?))
}

/// The lines of some people as they were known at an instant.
pub(super) async fn known_lines(store: &Store, people: Vec<Placed>, day: i32, at: i64) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    for part in people.chunks(PART) {
        let ids: Vec<PersonId> = part.iter().map(|placed| placed.person).collect();
        lines.extend(joined(part.to_vec(), store.obligations_known(&ids, day, at).await?));
    }
    Ok(lines)
}

fn joined(people: Vec<Placed>, obligations: Vec<Obligation>) -> Vec<Line> {
    let placed: std::collections::HashMap<PersonId, Placed> =
        people.into_iter().map(|placed| (placed.person, placed)).collect();
    let lines = obligations.into_iter().filter_map(|obligation| {
        let Placed { name, sort_name, department, job_role, .. } = placed.get(&obligation.person)?.clone();
        Some(Line { name, sort_name, department, job_role, obligation })
    });
    lines.collect()
}

fn due_key(line: &Line) -> After {
    let Obligation { person, requirement, slice } = line.obligation;
    (slice.open.and_then(|open| open.due).map_or(i32::MAX, |due| due.0), person, requirement)
}

fn end_key(line: &Line) -> After {
    let Obligation { person, requirement, slice } = line.obligation;
    (slice.at(slice.from).valid_through.map_or(i32::MAX, |day| day.0), person, requirement)
}

fn order(scope: &Scope, by: SortBy, a: &Line, b: &Line) -> Ordering {
    let name = |line: &Line| (line.sort_name.clone(), line.obligation.person, line.obligation.requirement);
    // What is not said to be due, such as under an exemption, comes last.
    let due = |line: &Line| {
        let (_, person, requirement) = due_key(line);
        (line.obligation.slice.at(Day(scope.day)).due.map_or(i32::MAX, |due| due.0), person, requirement)
    };
    match by {
        SortBy::Usual | SortBy::Due => due(a).cmp(&due(b)),
        SortBy::Valid => end_key(a).cmp(&end_key(b)),
        SortBy::Name => name(a).cmp(&name(b)),
        SortBy::Department => {
            scope.rank(a.department).cmp(&scope.rank(b.department)).then_with(|| name(a).cmp(&name(b)))
        }
        SortBy::Requirement => {
            let requirement = |line: &Line| (scope.requirement_rank(line.obligation.requirement), due(line));
            requirement(a).cmp(&requirement(b))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_in_words() {
        let said =
            [(0, "0 rows"), (1, "1 row"), (999, "999 rows"), (1000, "1,000 rows"), (5_000_000, "5,000,000 rows")];
        for (many, words) in said {
            assert_eq!(Count::Exactly(many).to_string(), words);
        }
        assert_eq!(Count::MoreThan(10_000).to_string(), "more than 10,000 rows");
    }

    proptest::proptest! {
        #[test]
        fn thousands_are_set_apart_from_the_right(many: u64) {
            let words = thousands(many);
            proptest::prop_assert_eq!(words.replace(',', ""), many.to_string());
            let mut groups = words.split(',');
            proptest::prop_assert!(matches!(groups.next().map(str::len), Some(1..=3)));
            proptest::prop_assert!(groups.all(|group| group.len() == 3));
        }
    }
}
