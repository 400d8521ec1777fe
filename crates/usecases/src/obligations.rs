//! Who must know what by when, as it stands for one person, and why.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
pub use records::answer::{Coverage, Cycle, Missing, Overlay, Standing, Timing};
use records::{
    because::Explained,
    day::Day,
    history::What,
    policy::{Basis, Policy, Trigger},
};
pub use store::RequirementId;
use store::{Account, DocumentId, PersonId, Requirement};

use crate::{Failure, FieldError, Usecases, place_of, who::Who};

/// One thing that is asked of somebody, as it stands today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The requirement.
    pub requirement: RequirementId,
    /// What it is called.
    pub name: String,
    /// Where it is done.
    pub place: String,
    /// Its document, by its name in addresses.
    pub slug: String,
    /// Its document.
    pub document: DocumentId,
    /// What is enough today, if that is not the document itself: the place of what renews it.
    pub refresher: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// Days until it is due; negative once that has passed.
    pub days_left: Option<i32>,
    /// Its place in the paths that name it, the first of them; the last of all where none does.
    pub step: usize,
}

/// The last day on which a module counts for somebody: that of its own completion, or that of what asks for it where a refresher, which
/// is less than all of it, renewed it since.
pub fn counts_through(own: Option<Date>, asked: &[Asked], slug: &str) -> Option<Date> {
    let place = place_of("module", slug);
    let renewed = asked.iter().filter(|one| one.place == place).filter_map(|one| one.standing.valid_through).max();
    own.max(renewed.map(|last| last.date()))
}

/// Why something stands as it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    /// Whose it is.
    pub person: PersonId,
    /// Their name.
    pub person_name: String,
    /// What is asked.
    pub requirement: RequirementId,
    /// What it is called.
    pub name: String,
    /// Why the new version is to be learned soon, as whoever published it said; empty for what is no update.
    pub why_soon: String,
    /// Where it is done.
    pub place: String,
    /// Today.
    pub today: Date,
    /// The day that is asked about.
    pub as_of: Date,
    /// Up to the end of which day what was recorded counts, if not all of it.
    pub known_on: Option<Date>,
    /// The answer, with a sentence for each thing that happened.
    pub explained: Explained,
    /// The last day of the leave or exemption that lies over that day; none where nobody knows it.
    pub away_until: Option<Date>,
    /// The version of the policy that the open cycle follows, or where none is open the one in force on the day that is asked about.
    pub policy: PolicyView,
}

/// A version of a policy, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyView {
    /// The day it came into force; none for the first one.
    pub since: Option<Date>,
    /// The day of the newest version in force, where the open cycle goes on by an earlier one.
    pub newer: Option<Date>,
    /// What it says: of what, and what.
    pub lines: Vec<(&'static str, String)>,
}

impl Usecases {
    /// Works out anew whoever a change of the rules reaches, part by part; gives how many people there were.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn catch_up(&self) -> Result<u64, Failure> {
        let mut people = 0;
        if self.store.stale().await? == 0 {
            return Ok(people);
        }
        loop {
            match self.store.refresh_part().await? {
                0 => return Ok(people),
                part => people += part,
            }
        }
    }

    /// What is asked of whoever asks, as it stands today: what applies to them, what is most urgent first.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn asked_of_me(&self, who: &Who, now: Timestamp) -> Result<Vec<Asked>, Failure> {
        self.asked_of(who.person, now).await
    }

    /// Why there is something new to learn in what is asked, as whoever asks for it said; empty for what is no mandatory update.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn why_new(&self, asked: &Asked) -> Result<String, Failure> {
        Ok(self.store.why_soon(asked.requirement).await?)
    }

    /// What is asked of a person, as it stands today.
    pub(crate) async fn asked_of(&self, person: PersonId, now: Timestamp) -> Result<Vec<Asked>, Failure> {
        self.store.refresh(person).await?;
        let today = self.today(now).await?;
        let held = self.store.obligations(person, today).await?;
        if held.is_empty() {
            return Ok(Vec::new());
        }
        let requirements = self.store.requirements().await?;
        let paths = self.store.paths().await?;
        let step = |requirement: RequirementId| {
            let place = |path: &store::Path| path.steps.iter().position(|step| step.requirement == requirement);
            paths.iter().filter_map(place).min().unwrap_or(usize::MAX)
        };
        // Only where a renewal is open does it matter what is enough for it.
        let renews = held.iter().any(|one| one.slice.open.is_some_and(|open| open.renewal));
        let (refreshers, modules) = match renews {
            true => (self.store.live_documents("quiz").await?, self.store.live_documents("module").await?),
            false => (Vec::new(), Vec::new()),
        };
        let mut asked: Vec<Asked> =
            held.into_iter()
                .filter_map(|held| {
                    let Requirement { name, kind, slug, refresher, document, .. } =
                        requirements.iter().find(|one| one.id == held.requirement)?;
                    let standing = held.on(Day(today));
                    let enough = held.slice.open.is_some_and(|open| {
                        open.renewal && open.refresher_until.is_some_and(|last| last >= Day(today))
                    });
                    let refresher = refresher.filter(|_| enough).and_then(|id| {
                        let found = |(kind, live): (&str, &store::LiveDocument)| {
                            (live.document == id).then(|| place_of(kind, &live.slug))
                        };
                        let quiz = refreshers.iter().find_map(|live| found(("quiz", live)));
                        quiz.or_else(|| modules.iter().find_map(|live| found(("module", live))))
                    });
                    Some(Asked {
                        requirement: held.requirement,
                        name: name.clone(),
                        place: place_of(kind, slug),
                        slug: slug.clone(),
                        document: *document,
                        refresher,
                        standing,
                        days_left: standing.due.map(|due| due.0 - today),
                        step: step(held.requirement),
                    })
                })
                .collect();
        // What is due on one day comes in the order of the paths.
        asked.sort_by(|a, b| {
            let key =
                |one: &Asked| (one.standing.due.is_none(), one.standing.due, one.step, one.standing.valid_through);
            key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
        });
        Ok(asked)
    }

    /// Whether somebody may see how a person stands: themselves, administrators, and the managers of where they work today.
    pub(crate) async fn may_see(&self, who: &Who, person: PersonId, now: Timestamp) -> Result<store::Person, Failure> {
        let found = self.store.person(person).await?.ok_or(Failure::NotFound)?;
        let may = who.administrator || who.person == person || self.works_under(person, &who.manages, now).await?;
        if may { Ok(found) } else { Err(Failure::Denied) }
    }

    /// Why something is due, valid or late for a person: as of a day (today if none is said), as it was known at the end of another.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who may not see the person, [`Failure::NotFound`] for what was never asked of them,
    /// [`Failure::Store`].
    pub async fn why(
        &self,
        who: &Who,
        (person, requirement): (PersonId, RequirementId),
        (as_of, known_on): (Option<Date>, Option<Date>),
        now: Timestamp,
    ) -> Result<Why, Failure> {
        let found = self.may_see(who, person, now).await?;
        self.store.refresh(person).await?;
        let zone = TimeZone::get(&self.zone().await?).unwrap_or(TimeZone::UTC);
        let known_at = known_on.map(|day| end_of(day, &zone));
        let accounts = self.store.accounts(person, known_at).await?;
        let account =
            accounts.into_iter().find(|account| account.requirement.id == requirement).ok_or(Failure::NotFound)?;
        let today = Day::at(now, &zone).date();
        let as_of = as_of.unwrap_or(today);
        let explained = account.explained(Day::of(as_of));
        Ok(Why {
            person,
            person_name: found.name,
            requirement,
            why_soon: self.store.why_soon(requirement).await?,
            name: account.requirement.name.clone(),
            place: place_of(&account.requirement.kind, &account.requirement.slug),
            today,
            as_of,
            known_on,
            away_until: away_until(&account, explained.overlay, Day::of(as_of)),
            policy: policy_in_force(&account, &explained, Day::of(as_of)),
            explained,
        })
    }
}

/// The last day of the leave or the exemption, whichever lies over a day, with those that follow it without a gap.
fn away_until(account: &Account, overlay: Option<Overlay>, day: Day) -> Option<Date> {
    let pauses = account.facts.iter().filter_map(|fact| match (fact.what, overlay?) {
        // What is recorded for later days is not there yet (D2), but whoever asks until when wants to know of it.
        (What::Leave { to: end }, Overlay::OnLeave) | (What::Exempted { until: end }, Overlay::Exempt) => {
            Some((fact.on, end.unwrap_or(Day::FAR)))
        }
        _ => None,
    });
    // The facts are in the order of their days.
    let last = pauses.fold(None, |last: Option<Day>, (from, to)| match last {
        None => (from <= day && day <= to).then_some(to),
        Some(last) => Some(if from <= last.next() { last.max(to) } else { last }),
    });
    last.filter(|last| *last < Day::FAR).map(Day::date)
}

/// The version that the open cycle follows: of the day on which it opened, unless a later one recalculates.
fn policy_in_force(account: &Account, explained: &Explained, day: Day) -> PolicyView {
    let newest = account.versions.iter().rfind(|(from, ..)| *from <= day);
    let opened = explained.work.and_then(|_| explained.cycles.last()).map(|cycle| cycle.opened);
    let followed = opened.and_then(|opened| {
        account.versions.iter().rfind(|(from, recalculates, _)| *from <= opened || (*recalculates && *from <= day))
    });
    let Some((from, _, policy)) = followed.or(newest) else { return PolicyView::default() };
    PolicyView {
        since: (*from > Day(i32::MIN)).then(|| from.date()),
        newer: newest.filter(|(newest, ..)| newest > from).map(|(newest, ..)| newest.date()),
        lines: policy_lines(policy, !account.days.is_empty()),
    }
}

/// What a policy says, in words; a path may say itself when something is first due.
pub(crate) fn policy_lines(policy: &Policy, in_a_path: bool) -> Vec<(&'static str, String)> {
    let after = match policy.first_due.after {
        Trigger::Assigned => "being assigned".to_owned(),
        Trigger::Hired => "the day of hiring".to_owned(),
        Trigger::RoleStart => "the first day in the job role".to_owned(),
        Trigger::On(day) => crate::clock::date_words(day.date()),
    };
    let days = if in_a_path { "as many days as its path says".to_owned() } else { days(policy.first_due.days) };
    let mut lines = vec![
        ("First due", format!("{days} after {after}")),
        ("Never due sooner than", format!("{} after being assigned", self::days(policy.min_lead))),
    ];
    let Some(validity) = policy.validity else {
        lines.push(("Counts", "once and for all".to_owned()));
        return lines;
    };
    let counts = match policy.basis {
        Basis::Completion => format!("for {validity} from each completion"),
        Basis::Expiry => format!("for {validity}; renewed in time, from the end of the validity before"),
        Basis::Calendar { month, day } => {
            // A leap year has every day of the year.
            let day = Date::new(2024, month, day).map(|day| day.strftime("%-d %B").to_string()).unwrap_or_default();
            format!("until the next {day} that is at least {} away", policy.min_active)
        }
    };
    lines.push(("Counts", counts));
    lines.push(("Refresher opens", format!("{} before the end", policy.window)));
    lines.push(("Refresher is enough until", format!("{} after the end", policy.grace)));
    lines
}

fn days(number: i32) -> String {
    if number == 1 { "1 day".to_owned() } else { format!("{number} days") }
}

/// A day as a form sends it, by what its field is called in a sentence, such as "the first day"; none where the field is empty. What
/// is no day of this century was a slip of the finger.
///
/// # Errors
/// The sentence for the field.
pub fn day_named(field: &'static str, name: &str, typed: &str) -> Result<Option<Date>, FieldError> {
    match typed.trim() {
        "" => Ok(None),
        typed => match typed.parse::<Date>() {
            Ok(day) if (2000..=2100).contains(&day.year()) => Ok(Some(day)),
            Ok(_) => Err(FieldError::new(field, format!("Enter {name} with a year from 2000 to 2100"))),
            Err(_) => {
                let words = format!("Enter {name} as year, month and day, such as 2027-02-05");
                Err(FieldError::new(field, words))
            }
        },
    }
}

/// Whether a credit counts, in a word or two.
pub fn coverage_words(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::Never => "Not yet completed",
        Coverage::Valid => "Valid",
        Coverage::Grace => "In grace",
        Coverage::Lapsed => "Lapsed",
        Coverage::Revoked => "Taken back",
    }
}

/// What lies over the rest, in a word or two.
pub fn overlay_words(overlay: Overlay) -> &'static str {
    match overlay {
        Overlay::NotApplicable => "Not asked now",
        Overlay::Exempt => "Exempt",
        Overlay::OnLeave => "On leave",
    }
}

/// Where something stands to its due date, in a word or two; nothing is said of what is not due soon.
pub fn timing_words(timing: Option<Timing>) -> Option<&'static str> {
    match timing? {
        Timing::NotDue => None,
        Timing::WindowOpen => Some("Refresher open"),
        Timing::DueSoon => Some("Due soon"),
        Timing::Overdue => Some("Overdue"),
    }
}

/// How something stands, in a few words.
pub fn state_words(coverage: Coverage, timing: Option<Timing>, overlay: Option<Overlay>) -> String {
    let timing = if overlay.is_none() { timing_words(timing) } else { None };
    let all = [overlay.map(overlay_words), Some(coverage_words(coverage)), timing];
    all.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The last instant of a day, microseconds.
pub fn end_of(day: Date, zone: &TimeZone) -> i64 {
    let midnight = Day::of(day).next().date().at(0, 0, 0, 0);
    zone.to_timestamp(midnight).map_or(i64::MAX, |instant| instant.as_microsecond() - 1)
}

/// What is missing, in words.
pub fn missing_words(missing: Missing) -> &'static str {
    match missing {
        Missing::Hired => "the day of hiring",
        Missing::RoleStart => "the first day in the job role",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_said_in_words() {
        let said = |yaml: &str, in_a_path| {
            let policy = Policy::from_yaml(&format!("zone: UTC\n{yaml}")).expect("a policy");
            policy_lines(&policy, in_a_path).into_iter().map(|(_, words)| words).collect::<Vec<_>>()
        };
        let once = said("first-due: { after: hired, days: 1 }", false);
        assert_eq!(once, ["1 day after the day of hiring", "14 days after being assigned", "once and for all"]);
        let yearly = said("validity: 12 months\nbasis: { calendar: 02-29 }", true);
        assert_eq!(yearly[0], "as many days as its path says after being assigned");
        assert_eq!(yearly[2], "until the next 29 February that is at least 90 days away");
        assert_eq!(yearly[3..], ["60 days before the end", "30 days after the end"]);
    }

    #[test]
    fn a_day_is_taken_as_browsers_send_it() {
        let day_typed = |typed| day_named("to", "the last day", typed);
        assert_eq!(day_typed(" 2027-02-05 "), Ok(Some(jiff::civil::date(2027, 2, 5))));
        assert_eq!(day_typed(""), Ok(None));
        for wrong in ["2027-02-30", "5 Feb 2027", "1999-12-31", "2101-01-01", "20270-01-01"] {
            let error = day_typed(wrong).expect_err("no day of this century");
            assert!(error.field == "to" && error.message.starts_with("Enter the last day "), "{wrong}: {error:?}");
        }
    }
}
