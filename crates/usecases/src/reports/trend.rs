//! The ends of months: how many complied then, as it is known now and as it was first counted.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use records::{
    day::Day,
    report::{Counts, Measure},
};

use super::{
    COMPARED, Column, Field, Filters, Group, Kind, Row, Rows, SortBy, Typed, groups, number, scope::Scope,
    tallies::Place,
};
use crate::{Failure, Usecases};

/// How many month ends are shown.
const MONTHS: i32 = 12;
/// How many month ends are counted at once, from the newest back, where they were not.
const COUNTED: i32 = 13;
/// The numbers of one job role are counted for up to so many departments.
const OF_A_ROLE: usize = 100;

impl Usecases {
    /// Counts the ends of the last months that nobody has counted yet, as they are known now. What was counted stays. Gives how many.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn count_months(&self, now: Timestamp) -> Result<u64, Failure> {
        let today = self.today(now).await?;
        let counted = self.store.months_counted().await?;
        let missing: Vec<i32> = month_ends(today - 1, COUNTED)
            .into_iter()
            .filter(|day| counted.iter().all(|(known, _)| known != day))
            .collect();
        if missing.is_empty() {
            return Ok(0);
        }
        let Some(first) = self.store.first_day().await? else { return Ok(0) };
        self.catch_up().await?;
        let departments = self.store.departments().await?;
        let mut places: Vec<Place> = departments.iter().map(|department| Some(department.id)).collect();
        places.push(None);
        let mut many = 0;
        for day in missing.into_iter().filter(|day| *day >= first) {
            let mut cells = Vec::new();
            for place in &places {
                let mut by: HashMap<_, Counts> = HashMap::new();
                for cell in self.store.tally(*place, day).await? {
                    by.entry(cell.requirement).or_default().join(&cell.counts);
                }
                cells.extend(by.into_iter().map(|(requirement, counts)| (*place, requirement, counts)));
            }
            many += u64::from(self.store.keep_month(day, cells, now.as_microsecond()).await?);
        }
        Ok(many)
    }

    /// Counts every department as of today, so that whoever asks first after a start or after midnight does not wait for it. What is
    /// counted already costs nothing.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn count_today(&self, now: Timestamp) -> Result<(), Failure> {
        let departments = self.store.departments().await?;
        let places: Vec<Place> = departments.iter().map(|department| Some(department.id)).chain([None]).collect();
        self.tallies.of(&self.store, &places, self.today(now).await?, now).await?;
        Ok(())
    }

    pub(super) async fn trend_rows<'s>(
        &'s self,
        scope: &Scope,
        (typed, filters): (&Typed, &Filters),
        now: Timestamp,
    ) -> Result<Rows<'s>, Failure> {
        self.few_as_known(scope).await?;
        if filters.job_role.is_some() && scope.places.len() > OF_A_ROLE {
            let words = "Choose a department: the ends of months are counted for all job roles together";
            return Err(Failure::field("job_role", words));
        }
        let days = month_ends(scope.day.min(scope.today - 1), MONTHS);
        let zone = TimeZone::get(&self.zone().await?).unwrap_or(TimeZone::UTC);
        let counted: HashMap<i32, Date> = self
            .store
            .months_counted()
            .await?
            .into_iter()
            .map(|(day, at)| (day, zone.to_datetime(Timestamp::from_microsecond(at).unwrap_or_default()).date()))
            .collect();
        let stays = scope.known_at.is_none() && filters.job_role.is_none();
        let (kept, touched) = match (stays, days.first(), days.last()) {
            (true, Some(first), Some(last)) => (
                self.store.months((*first, *last), &scope.places, filters.requirement).await?,
                self.store.months_touched().await?,
            ),
            _ => (HashMap::new(), HashMap::new()),
        };
        let counted_on = |day: i32| counted.get(&day).copied().filter(|_| stays);
        let people = self.people_within(scope).await?;
        let groups = groups(scope, filters);
        let (mut months, mut chart) = (Vec::with_capacity(days.len()), Vec::new());
        let small = groups
            .iter()
            .filter(|group| group.places != [None])
            .filter(|group| group.places.iter().flatten().filter_map(|id| people.get(id)).sum::<u32>() < COMPARED)
            .count();
        for day in days {
            let at = scope.on(day);
            let stands = |place: &Place| {
                stays && counted.contains_key(&day) && touched.get(place).is_none_or(|since| *since > day)
            };
            let moved: Vec<Place> = scope.places.iter().copied().filter(|place| !stands(place)).collect();
            let anew: HashMap<Place, Counts> =
                moved.iter().copied().zip(self.counts_of(&at, &moved, filters, now).await?).collect();
            let then = |place: &Place| kept.get(&(day, *place)).copied().unwrap_or_default();
            let (mut all_now, mut all_then) = (Counts::default(), Counts::default());
            let mut rows = Vec::new();
            for group in &groups {
                let (mut is, mut was) = (Counts::default(), Counts::default());
                for place in &group.places {
                    is.join(&anew.get(place).copied().unwrap_or_else(|| then(place)));
                    was.join(&then(place));
                }
                all_now.join(&is);
                all_then.join(&was);
                if is.of(Measure::Assigned) + was.of(Measure::Assigned) > 0 {
                    rows.push(row(day, group, (&is, &was), counted_on(day), typed));
                }
            }
            if let Some(share) = all_now.share() {
                chart.push((Day(day).date().strftime("%b %Y").to_string(), share));
            }
            if groups.len() > 1 && !rows.is_empty() {
                let row = row(day, &Group::whole(), (&all_now, &all_then), counted_on(day), typed);
                rows.push(Row { total: true, ..row });
            }
            months.push(rows);
        }
        // The newest first, each with its departments in their order.
        let rows: Vec<Row> = months.into_iter().rev().flatten().collect();
        let columns = vec![
            Column::new("Month's end", Kind::Date),
            Column::new("Department", Kind::Text),
            Column::new("Compliant, of those counted", Kind::Share),
            Column::new("Overdue", Kind::Number),
            Column::new("As first counted", Kind::Share),
            Column::new("First counted on", Kind::Date),
            Column::new("Corrected since", Kind::Text),
        ];
        Ok(Rows::Ready { columns, rows: rows.into_iter(), sorted: SortBy::Usual, chart, small })
    }
}

fn row(day: i32, group: &Group, (is, was): (&Counts, &Counts), counted: Option<Date>, typed: &Typed) -> Row {
    let date = Day(day).date();
    let behind = group.asked(typed).with(|typed| typed.as_of = date.to_string());
    let overdue = format!("/reports/actions?{}", behind.with(|typed| "overdue".clone_into(&mut typed.status)).query());
    let corrected = counted.is_some() && is.share() != was.share();
    Row {
        fields: vec![
            Field::linked(date, format!("/reports/departments?{}", behind.query())),
            Field::from(group.name.clone()),
            Field::from(is.share()),
            number(is.of(Measure::Overdue), overdue),
            Field::from(counted.and(was.share())),
            Field::from(counted),
            Field::from(if corrected { "Yes" } else { "" }),
        ],
        ..Row::default()
    }
}

/// The last days of months until a day, so many, the earliest first.
fn month_ends(until: i32, many: i32) -> Vec<i32> {
    let mut last = Day(until.saturating_add(1)).date().first_of_month();
    let mut ends = Vec::new();
    for _ in 0..many {
        let Ok(end) = last.yesterday() else { break };
        ends.push(Day::of(end).0);
        last = end.first_of_month();
    }
    ends.reverse();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn month_ends_are_last_days_that_are_over() {
        let ends = |day: &str, many| -> Vec<String> {
            let day: Date = day.parse().expect("a day");
            month_ends(Day::of(day).0, many).into_iter().map(|day| Day(day).date().to_string()).collect()
        };
        assert_eq!(ends("2027-03-31", 2), ["2027-02-28", "2027-03-31"]);
        assert_eq!(ends("2027-03-30", 3), ["2026-12-31", "2027-01-31", "2027-02-28"]);
        assert_eq!(ends("2028-03-01", 1), ["2028-02-29"]);
    }
}
