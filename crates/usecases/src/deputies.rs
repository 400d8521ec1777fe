//! Deputies: somebody who stands in for a manager for some days, with what that manager may do for their people.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use records::day::Day;
use store::{Deputy, Right};

use crate::{
    Failure, FieldError, Usecases,
    obligations::{day_named, end_of},
    who::Who,
};

/// The longest time somebody stands in for, in days.
const LONGEST: i32 = 366;

/// A time during which somebody stands in for a manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeputyLine {
    /// Its id.
    pub id: i64,
    /// The manager.
    pub manager: String,
    /// Who stands in.
    pub deputy: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Whether it has begun.
    pub begun: bool,
}

/// The deputies somebody sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeputiesPage {
    /// Whether they may name one.
    pub may_name: bool,
    /// The managers to choose from, for administrators; empty for a manager, who names their own.
    pub managers: Vec<(String, String)>,
    /// Who stands in, now and later: for the manager who asks, or for everybody where an administrator asks.
    pub named: Vec<DeputyLine>,
    /// For whom the one who asks stands in, now and later.
    pub own: Vec<DeputyLine>,
}

/// What is typed to name a deputy.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeputyTyped<'a> {
    /// The id of the manager; only administrators choose one.
    pub manager: &'a str,
    /// The e-mail address or staff number of who stands in.
    pub deputy: &'a str,
    /// The first day.
    pub from: &'a str,
    /// The last day.
    pub to: &'a str,
}

impl Usecases {
    /// Who stands in for whom, now and later.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those without a team, [`Failure::Store`].
    pub async fn deputies(&self, who: &Who, now: Timestamp) -> Result<DeputiesPage, Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let today = self.today(now).await?;
        let lines = |all: Vec<Deputy>| all.into_iter().map(|one| line(one, today)).collect();
        let (own, mut named): (Vec<_>, Vec<_>) =
            self.store.deputies(who.person, today).await?.into_iter().partition(|one| one.deputy == who.person);
        let mut managers = Vec::new();
        if who.administrator {
            named = self.store.all_deputies(today).await?;
            managers = self.store.managers().await?.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
        }
        let may_name = !managers.is_empty() || (!who.administrator && self.manages(who).await?);
        Ok(DeputiesPage { may_name, managers, named: lines(named), own: lines(own) })
    }

    /// For whom somebody stands in today.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn stands_in(&self, who: &Who, now: Timestamp) -> Result<Vec<DeputyLine>, Failure> {
        let today = self.today(now).await?;
        let all = self.store.deputies(who.person, today).await?.into_iter();
        Ok(all.filter(|one| one.deputy == who.person && one.from_on <= today).map(|one| line(one, today)).collect())
    }

    /// Lets somebody stand in for a manager: a manager for themselves, an administrator for any. It acts from midnight to midnight.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Denied`] for those who manage nothing themselves,
    /// [`Failure::Store`].
    pub async fn name_deputy(&self, who: &Who, typed: DeputyTyped<'_>, now: Timestamp) -> Result<DeputyLine, Failure> {
        if !who.administrator && !self.manages(who).await? {
            return Err(Failure::Denied);
        }
        let zone = TimeZone::get(&self.zone().await?).unwrap_or(TimeZone::UTC);
        let today = Day::at(now, &zone);
        let mut errors = Vec::new();
        let manager = if who.administrator {
            let known = self.store.managers().await?;
            known.into_iter().find(|(id, _)| id.to_string() == typed.manager)
        } else {
            Some((who.person, who.name.clone()))
        };
        if manager.is_none() {
            errors.push(FieldError::new("manager", "Choose the manager"));
        }
        let deputy = match typed.deputy.trim() {
            "" => None,
            login => self.store.find_by_login(login).await?.filter(|found| !found.disabled),
        };
        match (&deputy, &manager) {
            (None, _) => {
                let words = "Enter the e-mail address or staff number of somebody who can sign in here";
                errors.push(FieldError::new("deputy", words));
            }
            (Some(deputy), Some((manager, _))) if deputy.person == *manager => {
                errors.push(FieldError::new("deputy", "Nobody stands in for themselves: choose somebody else"));
            }
            _ => {}
        }
        let days = days(typed, today, &mut errors);
        let (Some((manager, manager_name)), Some(deputy), Some((from, to)), true) =
            (manager, deputy, days, errors.is_empty())
        else {
            return Err(Failure::Invalid(errors));
        };
        let known = self.store.deputies(manager, today.0).await?;
        let again = |one: &Deputy| {
            one.manager == manager && one.deputy == deputy.person && one.from_on <= to.0 && one.to_on >= from.0
        };
        if known.iter().any(again) {
            let words = "They stand in on some of these days already: end that first, or choose other days";
            return Err(Failure::field("from", words));
        }
        // The day begins with the instant after the end of the one before.
        let at = (end_of(from.plus(-1).date(), &zone) + 1, end_of(to.date(), &zone) + 1);
        let detail = format!("for {manager_name}, {from} to {to}");
        let noting = self.noting(who, "deputy.added", deputy.person, &detail, now);
        let pair = (manager, deputy.person);
        let id = noting.add_deputy(pair, (from.0, to.0), at, who.person, now.as_microsecond()).await?;
        Ok(DeputyLine {
            id,
            manager: manager_name,
            deputy: deputy.name,
            from: from.date(),
            to: to.date(),
            begun: from <= today,
        })
    }

    /// Ends a time of standing in at once, or takes back one that has not begun.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where there is none of the id that is theirs to end, [`Failure::Denied`] for those without a team,
    /// [`Failure::Store`].
    pub async fn end_deputy(&self, who: &Who, id: &str, now: Timestamp) -> Result<DeputyLine, Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let today = self.today(now).await?;
        let all = match who.administrator {
            true => self.store.all_deputies(today).await?,
            false => self.store.deputies(who.person, today).await?,
        };
        let theirs = |one: &Deputy| one.id.to_string() == id && (who.administrator || one.manager == who.person);
        let found = all.into_iter().find(theirs).ok_or(Failure::NotFound)?;
        let detail = format!("for {}", found.manager_name);
        let noting = self.noting(who, "deputy.ended", found.deputy, &detail, now);
        match noting.end_deputy(found.manager, found.id, today, now.as_microsecond()).await? {
            true => Ok(line(found, today)),
            false => Err(Failure::NotFound),
        }
    }

    /// Whether somebody manages a department themselves, and does not only stand in.
    async fn manages(&self, who: &Who) -> Result<bool, Failure> {
        let rights = self.store.rights_of(who.person).await?;
        Ok(rights.iter().any(|right| matches!(right, Right::Manager(_))))
    }
}

/// The first and the last day, as typed.
fn days(typed: DeputyTyped<'_>, today: Day, errors: &mut Vec<FieldError>) -> Option<(Day, Day)> {
    let mut day = |field, name: &str, text: &str| match day_named(field, name, text) {
        Ok(Some(day)) => Some(Day::of(day)),
        Ok(None) => {
            errors.push(FieldError::new(field, format!("Enter {name}")));
            None
        }
        Err(error) => {
            errors.push(error);
            None
        }
    };
    let (from, to) = (day("from", "the first day", typed.from), day("to", "the last day", typed.to));
    let (from, to) = (from?, to?);
    if from < today {
        errors.push(FieldError::new("from", "Choose today or a later day"));
    }
    if to < from {
        errors.push(FieldError::new("to", "The last day cannot be before the first"));
    } else if to > from.plus(LONGEST) {
        errors.push(FieldError::new("to", "Choose a day at most a year after the first"));
    }
    Some((from, to))
}

fn line(one: Deputy, today: i32) -> DeputyLine {
    let Deputy { id, manager_name, deputy_name, from_on, to_on, .. } = one;
    DeputyLine {
        id,
        manager: manager_name,
        deputy: deputy_name,
        from: Day(from_on).date(),
        to: Day(to_on).date(),
        begun: from_on <= today,
    }
}
