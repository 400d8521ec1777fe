//! Policies as administrators meet them: in one sentence, as a form, as the dates of an example, and tried on paper before anything is
//! saved.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use records::{
    answer::{Coverage, Standing, Timing},
    day::{Day, Period},
    history::{Dated, Source, What},
    policy::{
        Basis, Early, Policy, PolicyRefused, Refresher, Trigger, Written, WrittenBasis, WrittenFirstDue, WrittenSlot,
    },
    schedule::{stand, status},
};
use serde::Deserialize;
use store::{PersonId, PolicyVersion, Requirement, RequirementId};

use crate::{Failure, FieldError, Usecases, clock, who::Who};

/// How many people are tried on paper at once.
const PART: i64 = 500;
/// How many of those who would change a page shows.
const ON_A_PAGE: i64 = 50;

/// A policy as it is typed: the fields of its file, each empty one its default. A fixed day for the first due date and a day of the
/// year for the calendar have fields of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct PolicyTyped {
    /// `assigned`, `hired`, `role-start` or `on`, a fixed day.
    pub first_due: String,
    /// That day.
    pub first_due_on: String,
    /// So many days after it.
    pub first_due_days: String,
    /// A period, or `none`.
    pub validity: String,
    /// `expiry`, `completion` or `calendar`.
    pub basis: String,
    /// The day of the year, `09-01`.
    pub calendar: String,
    /// A period.
    pub window: String,
    /// A period.
    pub grace: String,
    /// A period of days.
    pub min_lead: String,
    /// A period.
    pub min_active: String,
    /// `full`, `quiz` or `module`.
    pub refresher: String,
    /// A period, or `none`.
    pub prior_credit_max_age: String,
    /// `practice` or `restart`.
    pub early: String,
}

impl PolicyTyped {
    /// Every field by its name in the form, so that a page can carry what was typed to the next one.
    pub fn fields(&self) -> [(&'static str, &str); 13] {
        [
            ("first-due", &self.first_due),
            ("first-due-on", &self.first_due_on),
            ("first-due-days", &self.first_due_days),
            ("validity", &self.validity),
            ("basis", &self.basis),
            ("calendar", &self.calendar),
            ("window", &self.window),
            ("grace", &self.grace),
            ("min-lead", &self.min_lead),
            ("min-active", &self.min_active),
            ("refresher", &self.refresher),
            ("prior-credit-max-age", &self.prior_credit_max_age),
            ("early", &self.early),
        ]
    }

    /// Whether nothing was typed: the page is opened for the first time.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A policy that is kept, to be typed over.
    fn of(written: &Written, policy: &Policy) -> Self {
        let full = policy.written();
        let (first_due, first_due_on) = match policy.first_due.after {
            Trigger::Assigned => ("assigned", String::new()),
            Trigger::Hired => ("hired", String::new()),
            Trigger::RoleStart => ("role-start", String::new()),
            Trigger::On(day) => ("on", day.to_string()),
        };
        let (basis, calendar) = match policy.basis {
            Basis::Completion => ("completion", String::new()),
            Basis::Expiry => ("expiry", String::new()),
            Basis::Calendar { month, day } => ("calendar", format!("{month:02}-{day:02}")),
        };
        Self {
            first_due: first_due.to_owned(),
            first_due_on,
            first_due_days: policy.first_due.days.to_string(),
            validity: full.validity.unwrap_or_default(),
            basis: basis.to_owned(),
            calendar,
            window: policy.window.to_string(),
            grace: policy.grace.to_string(),
            min_lead: Period::Days(policy.min_lead).to_string(),
            min_active: policy.min_active.to_string(),
            refresher: match policy.refresher {
                Refresher::Quiz => "quiz",
                Refresher::Module => "module",
                Refresher::Full => "full",
            }
            .to_owned(),
            // Left empty it goes on being the validity, whatever that becomes.
            prior_credit_max_age: written.prior_credit_max_age.clone().unwrap_or_default(),
            early: match policy.early {
                Early::Practice => "practice",
                Early::Restart => "restart",
            }
            .to_owned(),
        }
    }

    /// What was typed as a policy, and as it is kept. Every field that is wrong is named, in the words of the form.
    fn parse(&self) -> Result<(Policy, String), Failure> {
        let mut errors = Vec::new();
        let days = match self.first_due_days.trim() {
            "" => Some(30),
            typed => typed.parse::<i32>().ok().filter(|days| (0..=36_525).contains(days)),
        };
        if days.is_none() {
            errors.push(FieldError::new("first-due-days", "Write how many days after that, from 0 to 36525"));
        }
        let after = self.trigger().map_err(|error| errors.push(error));
        let basis = self.basis().map_err(|error| errors.push(error));
        let refresher = match self.refresher.as_str() {
            "" => None,
            "full" => Some(Refresher::Full),
            "quiz" => Some(Refresher::Quiz),
            "module" => Some(Refresher::Module),
            _ => {
                errors.push(FieldError::new("refresher", "Choose what renews it in time"));
                None
            }
        };
        let early = match self.early.as_str() {
            "" => None,
            "practice" => Some(Early::Practice),
            "restart" => Some(Early::Restart),
            _ => {
                errors.push(FieldError::new("early", "Choose what doing it again before the renewal opens does"));
                None
            }
        };
        let mut period = |field, typed: &str, what: &str, such: &str| {
            period_typed(typed, matches!(field, "validity" | "prior-credit-max-age")).unwrap_or_else(|| {
                let words = format!("Write {what} as a number and days, weeks, months or years, such as {such}");
                errors.push(FieldError::new(field, words));
                None
            })
        };
        let validity = period("validity", &self.validity, "how long it is valid", "12 months");
        let window = period("window", &self.window, "how long before the end the renewal opens", "60 days");
        let grace = period("grace", &self.grace, "the grace", "30 days");
        let min_active = period("min-active", &self.min_active, "how long a renewal lasts at least", "90 days");
        let prior = &self.prior_credit_max_age;
        let prior = period("prior-credit-max-age", prior, "how old an earlier completion may be", "12 months");
        let min_lead = period_typed(&self.min_lead, false).filter(|text| {
            let period = text.as_deref().and_then(Period::parse);
            !matches!(period, Some(Period::Months(_)))
        });
        if min_lead.is_none() {
            let words = "Write the shortest time after being assigned as a number and days or weeks, such as 14 days";
            errors.push(FieldError::new("min-lead", words));
        }
        let (Some(days), Ok(after), Ok(basis), true) = (days, after, basis, errors.is_empty()) else {
            return Err(Failure::Invalid(errors));
        };
        let written = Written {
            first_due: Some(WrittenFirstDue { after, days }),
            validity,
            basis,
            window,
            grace,
            min_lead: min_lead.flatten(),
            min_active,
            refresher,
            prior_credit_max_age: prior,
            early,
            zone: None,
        };
        // Days are civil days of the site already: nothing in a policy depends on the zone.
        let policy = Policy::read(&written, Some(TimeZone::UTC))
            .map_err(|refused| Failure::Invalid(vec![self.placed(&written, &refused)]))?;
        let kept = Written { zone: None, prior_credit_max_age: written.prior_credit_max_age, ..policy.written() };
        let body = serde_json::to_string(&kept).map_err(|cause| Failure::Internal(cause.to_string()))?;
        Ok((policy, body))
    }

    /// What the first due date counts from, as it is written.
    fn trigger(&self) -> Result<String, FieldError> {
        match self.first_due.as_str() {
            "" => Ok("assigned".to_owned()),
            "on" => match self.first_due_on.trim() {
                "" => Err(FieldError::new("first-due-on", "Enter the fixed day")),
                typed => typed.parse::<Date>().map(|day| day.to_string()).map_err(|_| {
                    FieldError::new("first-due-on", "Enter the fixed day as year, month and day, such as 2027-09-01")
                }),
            },
            word @ ("assigned" | "hired" | "role-start") => Ok(word.to_owned()),
            _ => Err(FieldError::new("first-due", "Choose what the first due date is counted from")),
        }
    }

    /// What the next validity counts from, as it is written.
    fn basis(&self) -> Result<Option<WrittenBasis>, FieldError> {
        match self.basis.as_str() {
            "" => Ok(None),
            word @ ("expiry" | "completion") => Ok(Some(WrittenBasis::Word(word.to_owned()))),
            "calendar" => {
                let typed = self.calendar.trim();
                let parts = typed.split_once('-').filter(|(month, day)| month.len() == 2 && day.len() == 2);
                let day = parts.and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
                // A leap year has every day of the year.
                match day.and_then(|(month, day)| Date::new(2024, month, day).ok()) {
                    Some(_) => Ok(Some(WrittenBasis::Slot(WrittenSlot { calendar: typed.to_owned() }))),
                    None => {
                        let words = "Enter the day of the year as month and day, such as 09-01";
                        Err(FieldError::new("calendar", words))
                    }
                }
            }
            _ => Err(FieldError::new("basis", "Choose what the next validity counts from")),
        }
    }

    /// What does not fit together, at its field.
    fn placed(&self, written: &Written, refused: &PolicyRefused) -> FieldError {
        let defaults = Policy::new(TimeZone::UTC);
        let or = |text: &Option<String>, default: Period| text.clone().unwrap_or_else(|| default.to_string());
        let (window, least) = (or(&written.window, defaults.window), or(&written.min_active, defaults.min_active));
        let valid = written.validity.clone().unwrap_or_default();
        let words = match refused.field {
            "validity" if self.basis == "calendar" => {
                "With a day of the year it is valid for a year: write 12 months".to_owned()
            }
            "validity" => "Write how long it is valid, at least 1 day; or leave it empty".to_owned(),
            "window" if refused.why.contains("min-active") => format!(
                "The renewal opens {window} before the end, which is not shorter than the {least} that a renewal lasts at least: write a shorter time"
            ),
            "window" => format!(
                "The renewal opens {window} before the end, which is not shorter than the {valid} that it is valid: write a shorter time"
            ),
            "min-active" => {
                format!("A renewal lasts at least {least}, which is longer than it is valid: write a shorter time")
            }
            _ => refused.to_string(),
        };
        FieldError::new(refused.field, words)
    }
}

/// A period as it was typed, to be written: a bare number is so many days, nothing the default; `none` where there need be none. None
/// where it is no period.
fn period_typed(typed: &str, maybe: bool) -> Option<Option<String>> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Some(None);
    }
    if maybe && typed.eq_ignore_ascii_case("none") {
        return Some(Some("none".to_owned()));
    }
    let days = typed.parse::<i32>().map(|days| format!("{days} days"));
    let written = days.unwrap_or_else(|_| typed.to_lowercase());
    Period::parse(&written).map(|period| Some(period.to_string()))
}

/// The policy of a requirement as a form, with what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyForm {
    /// What the requirement is called.
    pub name: String,
    /// Its policy, or what was typed.
    pub typed: PolicyTyped,
    /// What it means, sentence by sentence; none while it cannot be.
    pub means: Vec<String>,
    /// What is to be corrected.
    pub errors: Vec<FieldError>,
    /// How many versions the policy had when the form was shown.
    pub versions: usize,
}

/// A version of a policy, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionLine {
    /// The day from which it holds.
    pub from: Date,
    /// When it was made, by the site's clocks.
    pub at: DateTime,
    /// Who made it.
    pub by: Option<String>,
    /// Whether it acts on open cycles too.
    pub recalculates: bool,
    /// The policy in one sentence.
    pub sentence: String,
}

/// On what a changed policy acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acts {
    /// On cycles that open from today on.
    NewCycles,
    /// On open cycles and present credits too: the bulk recalculation.
    OpenToo,
}

/// How somebody stands, as far as a policy decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Whether a credit counts.
    pub coverage: Coverage,
    /// Where the open cycle stands to its due date.
    pub timing: Option<Timing>,
    /// When it is due.
    pub due: Option<Date>,
    /// The last day the credit counts.
    pub valid_through: Option<Date>,
}

impl Stands {
    fn of(standing: Standing) -> Self {
        Self {
            coverage: standing.coverage,
            timing: standing.timing,
            due: standing.due.map(Day::date),
            valid_through: standing.valid_through.map(Day::date),
        }
    }

    /// The same in a few words.
    pub fn words(&self) -> String {
        let coverage = match self.coverage {
            Coverage::Never => "not done yet",
            Coverage::Valid => "valid",
            Coverage::Grace => "in grace",
            Coverage::Lapsed => "lapsed",
            Coverage::Revoked => "taken back",
        };
        let timing = match self.timing {
            Some(Timing::NotDue) => None,
            Some(Timing::WindowOpen) => Some("renewal open"),
            Some(Timing::DueSoon) => Some("due soon"),
            Some(Timing::Overdue) => Some("overdue"),
            None => Some("no due date: a day is missing"),
        };
        let due = self.due.map(|day| format!("due {}", said(Day::of(day))));
        let through = self.valid_through.map(|day| format!("valid through {}", said(Day::of(day))));
        let words = [Some(coverage.to_owned()), timing.map(str::to_owned), due, through];
        words.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Somebody whom a changed policy would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Who.
    pub person: i64,
    /// Their name.
    pub name: String,
    /// How they stand by the policy as it is.
    pub before: Stands,
    /// How they would stand.
    pub after: Stands,
}

/// A changed policy tried on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnPaper {
    /// What the requirement is called.
    pub name: String,
    /// The policy as it is, in one sentence.
    pub present: String,
    /// The changed policy in one sentence.
    pub changed: String,
    /// What it means, sentence by sentence.
    pub means: Vec<String>,
    /// The day for which everybody was looked at.
    pub as_of: Date,
    /// Whether that is today.
    pub is_today: bool,
    /// How many people the requirement reaches.
    pub people: i64,
    /// How many would change if it acted on new cycles only.
    pub new_cycles: i64,
    /// How many would change if it acted on open ones too.
    pub open_too: i64,
    /// Those of the asked kind on this page.
    pub rows: Vec<Change>,
    /// The number of this page, from 0.
    pub page: u32,
    /// How many pages there are.
    pub pages: u32,
    /// How many people still wait to be looked at after another change of the rules.
    pub waiting: i64,
    /// How many versions the policy had when it was tried.
    pub versions: usize,
}

/// What a saved policy did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicySaved {
    /// It is the newest version.
    Done,
    /// It says what the newest version says already.
    Unchanged,
}

impl Usecases {
    /// The form for a requirement's policy: with the policy itself, or with what was typed.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] where there is no such requirement,
    /// [`Failure::Store`].
    pub async fn policy_form(
        &self,
        who: &Who,
        requirement: RequirementId,
        typed: &PolicyTyped,
        now: Timestamp,
    ) -> Result<PolicyForm, Failure> {
        who.as_administrator()?;
        let (found, versions) = self.with_versions(requirement).await?;
        let typed = if typed.is_empty() {
            let (written, policy) = newest(&versions)?;
            PolicyTyped::of(&written, &policy)
        } else {
            typed.clone()
        };
        let today = self.today(now).await?;
        let (means, errors) = match typed.parse() {
            Ok((policy, _)) => (means(&policy, found.refresher.is_some(), Day(today)), Vec::new()),
            Err(Failure::Invalid(errors)) => (Vec::new(), errors),
            Err(failure) => return Err(failure),
        };
        Ok(PolicyForm { name: found.name, typed, means, errors, versions: versions.len() })
    }

    /// Saves a changed policy. It acts on cycles that open from today on. `versions` is how many the form knew of.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the field that is refused, [`Failure::Conflict`] when somebody else changed the policy meanwhile,
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn save_policy(
        &self,
        who: &Who,
        requirement: RequirementId,
        (typed, versions): (&PolicyTyped, usize),
        now: Timestamp,
    ) -> Result<PolicySaved, Failure> {
        who.as_administrator()?;
        let (found, known) = self.with_versions(requirement).await?;
        let (policy, body) = typed.parse()?;
        if known.len() != versions {
            return Err(Failure::Conflict);
        }
        if newest(&known)?.1 == policy {
            return Ok(PolicySaved::Unchanged);
        }
        self.add_version(who, &found, (&policy, body), Acts::NewCycles, now).await?;
        Ok(PolicySaved::Done)
    }

    /// Saves a changed policy so that it acts on open cycles and present credits too. `seen` is how many people the page on which it
    /// was tried said it would change: nobody is changed who was not shown.
    ///
    /// # Errors
    /// As [`Usecases::save_policy`]; [`Failure::Conflict`] also when other people would be changed now, and while another change is still
    /// being worked out.
    pub async fn recalculate(
        &self,
        who: &Who,
        requirement: RequirementId,
        (typed, versions, seen): (&PolicyTyped, usize, i64),
        now: Timestamp,
    ) -> Result<(), Failure> {
        let paper = self.on_paper(who, requirement, typed, (Acts::OpenToo, 0, None), now).await?;
        if paper.versions != versions || paper.open_too != seen || paper.waiting > 0 {
            return Err(Failure::Conflict);
        }
        let (found, _) = self.with_versions(requirement).await?;
        let (policy, body) = typed.parse()?;
        self.add_version(who, &found, (&policy, body), Acts::OpenToo, now).await
    }

    /// Tries a changed policy on paper: whom it would change, from what to what, as of today or of a later day if nothing else happens
    /// until then. Nothing is saved.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the field that is refused, [`Failure::Denied`] for everybody but administrators,
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn on_paper(
        &self,
        who: &Who,
        requirement: RequirementId,
        typed: &PolicyTyped,
        (acts, page, as_of): (Acts, u32, Option<Date>),
        now: Timestamp,
    ) -> Result<OnPaper, Failure> {
        who.as_administrator()?;
        let (found, versions) = self.with_versions(requirement).await?;
        let (policy, _) = typed.parse()?;
        let waiting = self.nearly_caught_up().await?;
        let today = Day(self.today(now).await?);
        let as_of = as_of.map_or(today, |day| Day::of(day).max(today));
        let first = i64::from(page) * ON_A_PAGE;
        let (mut people, mut new_cycles, mut open_too) = (0, 0, 0);
        let mut rows: Vec<(PersonId, Stands, Stands)> = Vec::new();
        let mut after = PersonId(0);
        loop {
            let part = self.store.accounts_of(requirement, today.0, after, PART).await?;
            let Some((last, _)) = part.last() else { break };
            after = *last;
            for (person, mut account) in part {
                people += 1;
                let stands =
                    |account: &store::Account| Stands::of(account.ask(|terms, facts| status(terms, facts, as_of)));
                let before = stands(&account);
                account.versions.push((today, false, policy.clone()));
                let newly = stands(&account);
                if let Some(version) = account.versions.last_mut() {
                    version.1 = true;
                }
                let all = stands(&account);
                let (count, then) = match acts {
                    Acts::NewCycles => (new_cycles, newly),
                    Acts::OpenToo => (open_too, all),
                };
                if then != before && (first..first + ON_A_PAGE).contains(&count) {
                    rows.push((person, before, then));
                }
                new_cycles += i64::from(newly != before);
                open_too += i64::from(all != before);
            }
        }
        let total = match acts {
            Acts::NewCycles => new_cycles,
            Acts::OpenToo => open_too,
        };
        let ids: Vec<PersonId> = rows.iter().map(|(person, ..)| *person).collect();
        let names = self.store.names_of(&ids).await?;
        let rows = rows.into_iter().map(|(person, before, after)| Change {
            person: person.0,
            name: names.iter().find(|(id, _)| *id == person).map(|(_, name)| name.clone()).unwrap_or_default(),
            before,
            after,
        });
        Ok(OnPaper {
            present: sentence(&newest(&versions)?.1),
            changed: sentence(&policy),
            means: means(&policy, found.refresher.is_some(), today),
            name: found.name,
            as_of: as_of.date(),
            is_today: as_of == today,
            people,
            new_cycles,
            open_too,
            rows: rows.collect(),
            page,
            pages: u32::try_from((total + ON_A_PAGE - 1) / ON_A_PAGE).unwrap_or(u32::MAX),
            waiting,
            versions: versions.len(),
        })
    }

    /// The versions of a requirement's policy, the newest first.
    pub(crate) async fn version_lines(&self, versions: &[PolicyVersion]) -> Result<Vec<VersionLine>, Failure> {
        let makers: Vec<PersonId> = versions.iter().filter_map(|version| version.by).collect();
        let names = self.store.names_of(&makers).await?;
        let local = self.local().await?;
        let lines = versions.iter().rev().map(|version| {
            let by = version.by.and_then(|by| names.iter().find(|(id, _)| *id == by));
            Ok(VersionLine {
                from: clock::date_of(version.from_on),
                at: local(version.at),
                by: by.map(|(_, name)| name.clone()),
                recalculates: version.recalculates,
                sentence: sentence(&read(version)?.1),
            })
        });
        lines.collect()
    }

    /// A requirement with the versions of its policy, oldest first.
    pub(crate) async fn with_versions(
        &self,
        requirement: RequirementId,
    ) -> Result<(Requirement, Vec<PolicyVersion>), Failure> {
        let all = self.store.requirements().await?;
        let found = all.into_iter().find(|one| one.id == requirement).ok_or(Failure::NotFound)?;
        let mut versions = self.store.policies().await?;
        versions.retain(|version| version.requirement == requirement);
        Ok((found, versions))
    }

    async fn add_version(
        &self,
        who: &Who,
        requirement: &Requirement,
        (policy, body): (&Policy, String),
        acts: Acts,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let today = self.today(now).await?;
        let recalculates = acts == Acts::OpenToo;
        let what = if recalculates { "policy.recalculated" } else { "policy.changed" };
        let detail = format!("{}: {}", requirement.name, sentence(policy));
        let version = PolicyVersion {
            requirement: requirement.id,
            from_on: today,
            recalculates,
            body,
            by: Some(who.person),
            at: now.as_microsecond(),
        };
        Ok(self.noting(who, what, requirement.id, &detail, now).add_policy(version, today).await?)
    }
}

/// The policy of the defaults as it is kept, for a requirement that is new.
pub(crate) fn first_policy() -> Result<String, Failure> {
    PolicyTyped::default().parse().map(|(_, body)| body)
}

/// What the newest version says, as it is written and as it is read.
pub(crate) fn newest(versions: &[PolicyVersion]) -> Result<(Written, Policy), Failure> {
    versions.last().map_or(Err(Failure::NotFound), read)
}

fn read(version: &PolicyVersion) -> Result<(Written, Policy), Failure> {
    let written: Written =
        serde_json::from_str(&version.body).map_err(|cause| Failure::Internal(format!("policy.body: {cause}")))?;
    let policy = Policy::read(&written, Some(TimeZone::UTC))
        .map_err(|cause| Failure::Internal(format!("policy.body: {cause}")))?;
    Ok((written, policy))
}

/// A policy in one sentence; what is as by default, or acts on nothing, is left out.
pub fn sentence(policy: &Policy) -> String {
    let days = policy.first_due.days;
    let after = |event: &str| match days {
        0 => format!("on the day of {event}"),
        days => format!("{} after {event}", Period::Days(days)),
    };
    let first = match (policy.first_due.after, days) {
        (Trigger::Assigned, _) => after("being assigned"),
        (Trigger::Hired, _) => after("being hired"),
        (Trigger::RoleStart, _) => after("the first day in the job role"),
        (Trigger::On(day), 0) => said(day),
        (Trigger::On(day), _) => after(&said(day)),
    };
    let mut parts = vec![format!("Due {first}")];
    let defaults = Policy::new(TimeZone::UTC);
    if policy.min_lead != defaults.min_lead {
        parts.push(match policy.min_lead {
            0 => "however soon after being assigned".to_owned(),
            days => format!("never sooner than {} after being assigned", Period::Days(days)),
        });
    }
    let Some(validity) = policy.validity else {
        parts.push("held once and for all".to_owned());
        parts.extend(prior_words(policy));
        return format!("{}.", parts.join("; "));
    };
    parts.push(match policy.basis {
        Basis::Completion => format!("valid {validity} from each completion"),
        Basis::Expiry => format!("valid {validity}, each counted from the end of the one before"),
        Basis::Calendar { month, day } => {
            format!("valid through the next {} that is {} away or more", slot_words(month, day), policy.min_active)
        }
    });
    parts.push(match policy.grace.days() {
        0 => format!("renewed in the {} before the end", policy.window),
        _ => format!("renewed from {} before the end to {} after it", policy.window, policy.grace),
    });
    parts.extend(match policy.refresher {
        Refresher::Full => None,
        Refresher::Quiz => Some("a challenge quiz is enough to renew it".to_owned()),
        Refresher::Module => Some("a short module is enough to renew it".to_owned()),
    });
    parts.extend(prior_words(policy));
    if policy.early == Early::Restart {
        parts.push("done again before the renewal opens it begins a new validity".to_owned());
    }
    format!("{}.", parts.join("; "))
}

/// How old an earlier completion may be, where that is not as long as a credit counts.
fn prior_words(policy: &Policy) -> Option<String> {
    (policy.prior_credit_max_age != policy.validity).then(|| match policy.prior_credit_max_age {
        Some(age) => format!("an earlier completion counts if it is no older than {age}"),
        None => "an earlier completion counts however old it is".to_owned(),
    })
}

/// What a policy means for somebody who begins today, sentence by sentence: its dates come from the schedule itself.
fn means(policy: &Policy, has_refresher: bool, today: Day) -> Vec<String> {
    let fact = |on, what, line| Dated { on, at: 0, what, line };
    let mut facts =
        vec![fact(today, What::Hired, 1), fact(today, What::RoleStart, 2), fact(today, What::Assigned(Source(0)), 3)];
    let who = match policy.first_due.after {
        Trigger::Assigned | Trigger::On(_) => "Someone assigned today",
        Trigger::Hired => "Someone hired and assigned today",
        Trigger::RoleStart => "Someone assigned today who begins in the job role today",
    };
    let (standing, _) = stand(policy, &facts, today);
    let Some(due) = standing.due else { return Vec::new() };
    facts.push(fact(due, What::Completed, 4));
    let (held, _) = stand(policy, &facts, due);
    let mut told = Vec::new();
    let (Some(valid_through), Some(opens), Some(grace)) = (held.valid_through, held.window_opens, held.grace_ends)
    else {
        told.push(format!("{who} would be due {}; completed that day it counts once and for all.", said(due)));
        return told;
    };
    told.push(format!(
        "{who} would be due {}; completed that day it is valid through {}.",
        said(due),
        said(valid_through)
    ));
    let shorter = match policy.refresher {
        Refresher::Quiz => "the challenge quiz",
        Refresher::Module => "the short module",
        Refresher::Full => "the full requirement",
    };
    let in_grace = policy.grace.days() > 0;
    told.push(match policy.refresher {
        Refresher::Full if !in_grace => {
            format!("The renewal opens {} and is due {}. It is lapsed after that.", said(opens), said(valid_through))
        }
        _ if !in_grace => format!(
            "The refresher opens {} and is due {}; {shorter} is enough until then, after that the full requirement is needed.",
            said(opens),
            said(valid_through)
        ),
        Refresher::Full => format!(
            "The renewal opens {} and is due {}. It is in grace until {}, and lapsed after that.",
            said(opens),
            said(valid_through),
            said(grace)
        ),
        _ => format!(
            "The refresher opens {} and is due {}; {shorter} is enough until {}, after that the full requirement is needed.",
            said(opens),
            said(valid_through),
            said(grace)
        ),
    });
    let renewed = |on: Day| {
        let mut facts = facts.clone();
        facts.push(fact(on, What::Completed, 5));
        stand(policy, &facts, on).0.valid_through
    };
    if let (Some(early), Some(late)) = (renewed(opens.max(due)), renewed(valid_through)) {
        told.push(if early == late {
            format!("Renewed in time it is valid through {}, whichever day that is done.", said(early))
        } else {
            format!(
                "Renewed on {} it is valid through {}; renewed on {}, through {}.",
                said(opens.max(due)),
                said(early),
                said(valid_through),
                said(late)
            )
        });
    }
    if let (Basis::Calendar { month, day }, Some(validity)) = (policy.basis, policy.validity) {
        let months = |period: Period| (period.days() * 12 + 182) / 365;
        let (year, least) = (months(validity), months(policy.min_active));
        told.push(format!(
            "With a calendar basis everybody's training ends on {}. What is renewed in time lasts between {year} and {} months; a first completion between {least} and {} months, so that nothing ends sooner than {} after it was done.",
            slot_words(month, day),
            year + least,
            year + least,
            policy.min_active
        ));
    }
    if policy.refresher != Refresher::Full && !has_refresher {
        told.push(format!(
            "No document is chosen yet as the refresher: until one is, only the full requirement renews it, and not {shorter}."
        ));
    }
    told
}

/// A day of the year as people write it: 1 Sep.
fn slot_words(month: i8, day: i8) -> String {
    // A leap year has every day of the year.
    Date::new(2024, month, day).map_or_else(|_| String::new(), |date| date.strftime("%-d %b").to_string())
}

/// A day as people write it.
fn said(day: Day) -> String {
    clock::date_words(day.date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::of(text.parse().expect("a date"))
    }

    fn meant(change: impl FnOnce(&mut PolicyTyped)) -> Vec<String> {
        let mut typed = PolicyTyped::default();
        change(&mut typed);
        means(&typed.parse().expect("a policy").0, false, day("2026-11-28"))
    }

    #[test]
    fn an_example_has_the_dates_of_the_schedule() {
        assert_eq!(
            meant(|_| ()),
            ["Someone assigned today would be due 28 Dec 2026; completed that day it counts once and for all."]
        );
        let yearly = meant(|typed| typed.validity = "12 months".to_owned());
        assert_eq!(
            yearly[0],
            "Someone assigned today would be due 28 Dec 2026; completed that day it is valid through 28 Dec 2027."
        );
        assert_eq!(
            yearly[1],
            "The renewal opens 29 Oct 2027 and is due 28 Dec 2027. It is in grace until 27 Jan 2028, and lapsed after that."
        );
        assert_eq!(yearly[2], "Renewed in time it is valid through 28 Dec 2028, whichever day that is done.");
    }

    #[test]
    fn a_calendar_basis_is_explained_in_months() {
        let told = meant(|typed| {
            typed.validity = "12 months".to_owned();
            typed.basis = "calendar".to_owned();
            typed.calendar = "09-01".to_owned();
        });
        assert!(told[0].ends_with("valid through 1 Sep 2027."), "{told:?}");
        assert!(told.iter().any(|words| words.contains("between 12 and 15 months")), "{told:?}");
    }

    #[test]
    fn a_refresher_that_nobody_chose_is_said() {
        let told = meant(|typed| {
            typed.validity = "12 months".to_owned();
            typed.refresher = "quiz".to_owned();
        });
        assert!(told.last().is_some_and(|words| words.starts_with("No document is chosen yet")), "{told:?}");
    }

    #[test]
    fn refusals_stand_at_their_field_with_the_values() {
        type Case = (fn(&mut PolicyTyped), &'static str, &'static str);
        let rows: [Case; 9] = [
            (
                |t| t.validity = "2 months".into(),
                "window",
                "opens 60 days before the end, which is not shorter than the 2 months that it is valid",
            ),
            (|t| t.validity = "soon".into(), "validity", "Write how long it is valid as a number and days"),
            (
                |t| t.grace = "-3".into(),
                "grace",
                "Write the grace as a number and days, weeks, months or years, such as 30 days",
            ),
            (|t| t.min_lead = "2 months".into(), "min-lead", "as a number and days or weeks"),
            (|t| t.first_due_days = "-1".into(), "first-due-days", "Write how many days after that"),
            (|t| t.first_due = "on".into(), "first-due-on", "Enter the fixed day"),
            (
                |t| {
                    t.first_due = "on".into();
                    t.first_due_on = "May".into();
                },
                "first-due-on",
                "Enter the fixed day as year, month and day",
            ),
            (
                |t| {
                    t.validity = "12 months".into();
                    t.basis = "calendar".into();
                    t.calendar = "02-30".into();
                },
                "calendar",
                "Enter the day of the year",
            ),
            (|t| t.early = "never".into(), "early", "Choose what doing it again"),
        ];
        for (change, field, words) in rows {
            let mut typed = PolicyTyped::default();
            change(&mut typed);
            match typed.parse() {
                Err(Failure::Invalid(errors)) => {
                    assert_eq!(errors[0].field, field);
                    assert!(errors[0].message.contains(words), "{errors:?}");
                }
                other => panic!("{field}: {other:?}"),
            }
        }
    }

    #[test]
    fn every_wrong_field_is_told_at_once() {
        let typed = PolicyTyped {
            first_due: "on".to_owned(),
            grace: "long".to_owned(),
            window: "short".to_owned(),
            ..PolicyTyped::default()
        };
        let fields = match typed.parse() {
            Err(Failure::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(fields, ["first-due-on", "window", "grace"]);
    }

    #[test]
    fn a_bare_number_is_so_many_days() {
        let typed = PolicyTyped {
            validity: "1 Year".to_owned(),
            grace: " 2 ".to_owned(),
            min_lead: "0".to_owned(),
            prior_credit_max_age: "None".to_owned(),
            ..PolicyTyped::default()
        };
        let policy = typed.parse().expect("a policy").0;
        assert_eq!((policy.validity, policy.grace, policy.min_lead), (Some(Period::Months(12)), Period::Days(2), 0));
        assert_eq!(policy.prior_credit_max_age, None);
    }

    #[test]
    fn policies_that_act_differently_read_differently() {
        let said = |change: fn(&mut PolicyTyped)| {
            let mut typed = PolicyTyped { validity: "12 months".to_owned(), ..PolicyTyped::default() };
            change(&mut typed);
            sentence(&typed.parse().expect("a policy").0)
        };
        let plain = "Due 30 days after being assigned; valid 12 months, each counted from the end of the one before; renewed from 60 days before the end to 30 days after it";
        assert_eq!(said(|_| ()), format!("{plain}."));
        type Change = fn(&mut PolicyTyped);
        let rows: [(Change, &str); 5] = [
            (|t| t.refresher = "quiz".into(), "a challenge quiz is enough to renew it"),
            (|t| t.refresher = "module".into(), "a short module is enough to renew it"),
            (|t| t.early = "restart".into(), "done again before the renewal opens it begins a new validity"),
            (|t| t.prior_credit_max_age = "none".into(), "an earlier completion counts however old it is"),
            (
                |t| t.prior_credit_max_age = "2 years".into(),
                "an earlier completion counts if it is no older than 24 months",
            ),
        ];
        for (change, words) in rows {
            assert_eq!(said(change), format!("{plain}; {words}."));
        }
        assert!(said(|t| t.min_lead = "7".into()).contains("; never sooner than 7 days after being assigned; valid"));
        assert!(said(|t| t.grace = "0".into()).ends_with("; renewed in the 60 days before the end."));
    }

    #[test]
    fn without_grace_none_is_spoken_of() {
        let told = meant(|typed| {
            typed.validity = "12 months".to_owned();
            typed.grace = "0 days".to_owned();
        });
        assert_eq!(told[1], "The renewal opens 29 Oct 2027 and is due 28 Dec 2027. It is lapsed after that.");
    }

    #[test]
    fn a_policy_typed_over_without_a_change_is_the_same() {
        let typed = PolicyTyped {
            first_due: "on".to_owned(),
            first_due_on: "2027-01-15".to_owned(),
            first_due_days: "0".to_owned(),
            validity: "12 months".to_owned(),
            basis: "calendar".to_owned(),
            calendar: "02-29".to_owned(),
            refresher: "module".to_owned(),
            early: "restart".to_owned(),
            ..PolicyTyped::default()
        };
        let (policy, body) = typed.parse().expect("a policy");
        let again = PolicyTyped::of(&serde_json::from_str(&body).expect("reads"), &policy);
        assert_eq!(again.parse().expect("a policy").0, policy);
        assert_eq!(again.prior_credit_max_age, "", "as long as the validity, whatever that becomes");
        assert_eq!(
            sentence(&policy),
            "Due 15 Jan 2027; valid through the next 29 Feb that is 90 days away or more; renewed from 60 days before the end to 30 days after it; a short module is enough to renew it; done again before the renewal opens it begins a new validity."
        );
    }
}
