//! How departments stand, and what of theirs expires: numbers, each with the way to the people behind it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use records::{day::Day, report::Counts};
use store::{DepartmentId, Obligation};

use super::{
    Column, Field, Filters, Kind, Measure, NOWHERE, Row, Rows, SortBy, Typed, Value, lines::known_lines, scope::Scope,
    tallies::Place,
};
use crate::{Failure, Usecases, departments::DepartmentView};

/// A department of fewer people is not compared in charts.
const COMPARED: u32 = 5;

impl Usecases {
    pub(super) async fn department_rows<'s>(
        &'s self,
        scope: &Scope,
        (typed, filters): (&Typed, &Filters),
        now: Timestamp,
    ) -> Result<Rows<'s>, Failure> {
        self.few_as_known(scope).await?;
        let groups = groups(scope, filters);
        let places: Vec<Place> = groups.iter().flat_map(|group| group.places.iter().copied()).collect();
        let mut counts = self.counts_of(scope, &places, filters, now).await?.into_iter();
        let people = self.people_within(scope).await?;
        let (mut rows, mut chart, mut small) = (Vec::new(), Vec::new(), 0);
        let (mut all, mut everybody) = (Counts::default(), 0);
        for group in groups {
            let mut sum = Counts::default();
            counts.by_ref().take(group.places.len()).for_each(|counts| sum.join(&counts));
            let working = group.places.iter().flatten().filter_map(|id| people.get(id)).sum::<u32>();
            match sum.share() {
                Some(share) if working >= COMPARED => chart.push((group.name.clone(), share)),
                Some(_) if group.places != [None] => small += 1,
                Some(_) | None => {}
            }
            all.join(&sum);
            everybody += working;
            rows.push(department_row(&group, &sum, working, typed));
        }
        if rows.len() > 1 {
            rows.push(Row { total: true, ..department_row(&Group::whole(), &all, everybody, typed) });
        }
        Ok(Rows::Ready {
            columns: department_columns(),
            rows: rows.into_iter(),
            sorted: SortBy::Department,
            chart,
            small,
        })
    }

    pub(super) async fn expiring_rows<'s>(
        &'s self,
        scope: &Scope,
        (typed, filters): (&Typed, &Filters),
        now: Timestamp,
    ) -> Result<Rows<'s>, Failure> {
        self.few_as_known(scope).await?;
        let groups = groups(scope, filters);
        let places: Vec<Place> = groups.iter().flat_map(|group| group.places.iter().copied()).collect();
        let mut numbers = self.counts_by_requirement(scope, &places, filters, now).await?.into_iter();
        let within = [Measure::Expiring30, Measure::Expiring60, Measure::Expiring90];
        let mut rows = Vec::new();
        let mut sums = Counts::default();
        for group in groups {
            let mut by: BTreeMap<usize, Counts> = BTreeMap::new();
            for (rank, counts) in numbers.by_ref().take(group.places.len()).flatten() {
                by.entry(rank).or_default().join(&counts);
            }
            for (rank, counts) in by {
                let Some((requirement, name)) = scope.requirements.get(rank) else { continue };
                if filters.requirement.is_some_and(|wanted| wanted != *requirement)
                    || within.iter().all(|measure| counts.of(*measure) == 0)
                {
                    continue;
                }
                sums.join(&counts);
                let behind = |measure: Measure| {
                    let query = group.asked(typed).with(|typed| {
                        typed.requirement = requirement.to_string();
                        measure.as_str().clone_into(&mut typed.status);
                    });
                    number(counts.of(measure), format!("/reports/actions?{}", query.query()))
                };
                let department = match group.at {
                    At::Below(_) => {
                        let to = format!("/reports/expiring?{}", group.asked(typed).query());
                        Field::linked(group.name.clone(), to)
                    }
                    At::Whole | At::Alone(_) => Field::from(group.name.clone()),
                };
                let mut fields = vec![department, Field::from(name.clone())];
                fields.extend(within.map(behind));
                rows.push(Row { fields, ..Row::default() });
            }
        }
        if rows.len() > 1 {
            let behind = |measure: Measure| {
                let query = typed.with(|typed| measure.as_str().clone_into(&mut typed.status));
                number(sums.of(measure), format!("/reports/actions?{}", query.query()))
            };
            let mut fields = vec![Field::from("All"), Field::from(Value::None)];
            fields.extend(within.map(behind));
            rows.insert(0, Row { fields, total: true, ..Row::default() });
        }
        let columns = vec![
            Column::new("Department", Kind::Text),
            Column::new("Requirement", Kind::Text),
            Column::new("0 to 30 days", Kind::Number),
            Column::new("31 to 60 days", Kind::Number),
            Column::new("61 to 90 days", Kind::Number),
        ];
        Ok(Rows::Ready { columns, rows: rows.into_iter(), sorted: SortBy::Department, chart: Vec::new(), small: 0 })
    }

    /// The numbers of places, those below not counted, by the rank of each requirement, as the filter for job roles leaves them.
    async fn counts_by_requirement(
        &self,
        scope: &Scope,
        places: &[Place],
        filters: &Filters,
        now: Timestamp,
    ) -> Result<Vec<BTreeMap<usize, Counts>>, Failure> {
        let wanted = |role: &str| filters.job_role.as_deref().is_none_or(|wanted| wanted == role);
        let mut all = Vec::with_capacity(places.len());
        let Some(known_at) = scope.known_at else {
            for cells in self.tallies.of(&self.store, places, scope.day, now).await? {
                let mut by: BTreeMap<usize, Counts> = BTreeMap::new();
                for cell in cells.iter().filter(|cell| wanted(&cell.job_role)) {
                    by.entry(scope.requirement_rank(cell.requirement)).or_default().join(&cell.counts);
                }
                all.push(by);
            }
            return Ok(all);
        };
        for place in places {
            let people = self.store.people_in(&[*place], scope.day).await?;
            let mut by: BTreeMap<usize, Counts> = BTreeMap::new();
            for line in known_lines(&self.store, people, scope.day, known_at).await? {
                let Obligation { requirement, slice, .. } = line.obligation;
                if wanted(line.job_role.as_deref().unwrap_or_default()) {
                    by.entry(scope.requirement_rank(requirement)).or_default().add(&slice, Day(scope.day), 1);
                }
            }
            all.push(by);
        }
        Ok(all)
    }
}

/// Departments that are one row.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) places: Vec<Place>,
    at: At,
}

impl Group {
    /// What is asked for so that it is about these departments alone.
    pub(super) fn asked(&self, typed: &Typed) -> Typed {
        typed.with(|typed| {
            match self.at {
                At::Below(id) => typed.department = id.to_string(),
                At::Alone(place) => {
                    typed.department = place.map_or_else(|| NOWHERE.to_owned(), |id| id.to_string());
                    typed.only = if place.is_some() { "1" } else { "" }.to_owned();
                }
                At::Whole => {}
            }
            typed.sort.clear();
            typed.level.clear();
        })
    }

    /// All that is asked for.
    pub(super) fn whole() -> Self {
        Self { name: "All".to_owned(), places: Vec::new(), at: At::Whole }
    }
}

enum At {
    /// A department with those below it.
    Below(DepartmentId),
    /// What the filters ask for.
    Whole,
    /// A department alone, or the people without one.
    Alone(Place),
}

/// The rows of departments: those at the top of what is asked about, or just below the department that is asked about; each with all below
/// it. Or every department by itself. Where there is only one at the top, what lies below it says more.
pub(super) fn groups(scope: &Scope, filters: &Filters) -> Vec<Group> {
    let inside = |id: i64| scope.holds(Some(DepartmentId(id)));
    let below = |view: &DepartmentView| view.parent.is_some_and(inside);
    let mut tops = scope.tree.iter().filter(|view| inside(view.id) && !below(view));
    let only = match (tops.next(), tops.next()) {
        (Some(top), None) if scope.tree.iter().any(below) => Some(DepartmentId(top.id)),
        _ => None,
    };
    let opened = filters.department.or(only);
    let mut groups = Vec::new();
    for view in scope.tree.iter().filter(|view| inside(view.id)) {
        let id = DepartmentId(view.id);
        if filters.each {
            groups.push(Group { name: view.path.clone(), places: vec![Some(id)], at: At::Alone(Some(id)) });
            continue;
        }
        let top = !below(view);
        match opened {
            Some(department) if department == id => {
                groups.push(Group {
                    name: format!("{} itself", view.name),
                    places: vec![Some(id)],
                    at: At::Alone(Some(id)),
                });
            }
            Some(department) if view.parent == Some(department.0) => {
                groups.push(Group { name: view.name.clone(), places: scope.below(id), at: At::Below(id) });
            }
            None if top => groups.push(Group { name: view.path.clone(), places: scope.below(id), at: At::Below(id) }),
            _ => {}
        }
    }
    if scope.holds(None) {
        groups.push(Group { name: "No department".to_owned(), places: vec![None], at: At::Alone(None) });
    }
    groups
}

fn department_columns() -> Vec<Column> {
    let numbers = DEPARTMENT_NUMBERS.map(|measure| Column::new(measure.words(), Kind::Number));
    let mut columns = vec![
        Column::new("Department", Kind::Text),
        Column::new("People", Kind::Number),
        Column::new("Compliant, of those counted", Kind::Share),
    ];
    columns.extend(numbers);
    columns
}

const DEPARTMENT_NUMBERS: [Measure; 10] = [
    Measure::Assigned,
    Measure::Counted,
    Measure::Compliant,
    Measure::NotYetDue,
    Measure::DueSoon,
    Measure::Overdue,
    Measure::Grace,
    Measure::Lapsed,
    Measure::OnLeave,
    Measure::Exempt,
];

fn department_row(group: &Group, counts: &Counts, people: u32, typed: &Typed) -> Row {
    let named = |change: &dyn Fn(&mut Typed)| group.asked(typed).with(change);
    let name = match group.at {
        At::Below(_) => Field::linked(group.name.clone(), format!("/reports/departments?{}", named(&|_| ()).query())),
        At::Whole | At::Alone(_) => Field::from(group.name.clone()),
    };
    // Those without a department are no team: who left long ago is among them.
    let people = if matches!(group.at, At::Alone(None)) { Field::from(Value::None) } else { Field::from(people) };
    let mut fields = vec![name, people, Field::from(counts.share())];
    fields.extend(DEPARTMENT_NUMBERS.map(|measure| {
        let query = named(&|typed| measure.as_str().clone_into(&mut typed.status));
        number(counts.of(measure), format!("/reports/actions?{}", query.query()))
    }));
    Row { fields, ..Row::default() }
}

/// A number that leads to the people behind it; none of them is led to nobody.
pub(super) fn number(many: u32, to: String) -> Field {
    if many == 0 { Field::from(0) } else { Field::linked(many, to) }
}
