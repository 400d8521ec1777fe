//! Requirements: what some people must hold, what renews it, and mandatory updates of it (schedule.md, rule 10).

use jiff::{Timestamp, civil::Date};
use records::{
    answer::{Coverage, Overlay},
    day::{Day, Period},
    history::{Dated, What},
    person::Name,
    policy::{Policy, Refresher, Written, WrittenFirstDue},
};
use store::{DocumentId, LiveDocument, Named, NewRequirement, PersonId, Requirement, RequirementId, Wish};

use crate::{
    Failure, FieldError, Usecases,
    audit::Object,
    place_of,
    policies::{VersionLine, first_policy, newest, sentence},
    who::Who,
};

/// How many parts of those who wait are looked at before a page is drawn.
const PARTS: usize = 8;
/// How many people are looked at together.
const PART: i64 = 500;
/// The days that a mandatory update is given where nobody says otherwise.
const USUAL_DAYS: i32 = 30;
/// The most days that a mandatory update is given.
const MOST_DAYS: i32 = 730;
/// The longest name of a requirement, in characters.
const LONGEST_NAME: usize = 100;
/// Days that a leave leaves for it on return, where it is given that many.
const LEAD: i32 = 14;

impl From<RequirementId> for Object {
    fn from(requirement: RequirementId) -> Self {
        Self(format!("requirement/{requirement}"))
    }
}

/// A requirement in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementLine {
    /// The requirement.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// The title of its document.
    pub document: String,
    /// What that is: module, quiz or role-play.
    pub kind: &'static str,
    /// Where it is done.
    pub place: String,
    /// Its policy in one sentence.
    pub policy: String,
    /// How many people it reaches today.
    pub people: i64,
    /// What it is an update of.
    pub update_of: Option<String>,
}

/// All requirements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirements {
    /// By name.
    pub lines: Vec<RequirementLine>,
    /// How many people still wait to be looked at after a change of the rules.
    pub waiting: i64,
    /// The updates that trainers wish for, the oldest first.
    pub wishes: Vec<WishLine>,
}

/// A trainer says that everybody who holds a requirement must learn its new version soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WishLine {
    /// The requirement.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Who says so.
    pub by: String,
    /// On which day.
    pub on: Date,
    /// In how many days it should be done.
    pub days: i32,
    /// Why it must be soon, in their words; empty for those of old.
    pub why: String,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementView {
    /// What the list says of it.
    pub line: RequirementLine,
    /// What renews it, by its name in addresses; empty for the whole of it.
    pub refresher: String,
    /// What can renew it: names in addresses with their words.
    pub refreshers: Vec<(String, String)>,
    /// The versions of its policy, the newest first.
    pub versions: Vec<VersionLine>,
    /// Its mandatory updates: their ids and names.
    pub updates: Vec<(i64, String)>,
    /// Why it is to be learned soon, where it is a mandatory update and somebody said so.
    pub why_soon: String,
    /// What the policy lets renew it where no document is chosen for that, as a sentence.
    pub no_refresher: Option<&'static str>,
}

/// What is typed for a requirement.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequirementTyped<'a> {
    /// The document, by its name in addresses; only for a new one.
    pub document: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// What renews it, by its name in addresses; empty for the whole of it.
    pub refresher: &'a str,
}

/// A mandatory update that is about to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What the requirement is called.
    pub of: String,
    /// What the update is called, to begin with.
    pub name: String,
    /// How many people hold the requirement today, and would be asked.
    pub people: i64,
    /// The day on which the version that is live was published; none where nothing is live any more.
    pub live_since: Option<Date>,
    /// How many of them completed it since, so that it holds nothing new for them.
    pub seen: i64,
    /// When it would be due.
    pub due: Date,
    /// In how many days that is.
    pub days: i32,
    /// How many people still wait to be looked at after another change of the rules.
    pub waiting: i64,
    /// That a trainer wishes for it.
    pub wish: Option<WishLine>,
}

impl Usecases {
    /// All requirements with how many people each reaches today.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn requirements(&self, who: &Who, now: Timestamp) -> Result<Requirements, Failure> {
        who.as_administrator()?;
        let waiting = self.nearly_caught_up().await?;
        let reached = self.store.reached(self.today(now).await?).await?;
        let (all, policies) = (self.store.requirements().await?, self.store.policies().await?);
        let documents = self.documents().await?;
        let lines = all.iter().map(|one| {
            let mut own = policies.iter().filter(|version| version.requirement == one.id);
            let newest = own.next_back().map_or(Err(Failure::NotFound), |last| newest(std::slice::from_ref(last)))?;
            let people = reached.iter().find(|(id, _)| *id == one.id).map_or(0, |(_, people)| *people);
            Ok(line(one, &all, &documents, sentence(&newest.1), people))
        });
        let lines = lines.collect::<Result<_, Failure>>()?;
        Ok(Requirements { lines, waiting, wishes: self.wish_lines(&all).await? })
    }

    /// The updates that trainers wish for.
    async fn wish_lines(&self, all: &[Requirement]) -> Result<Vec<WishLine>, Failure> {
        let local = self.local().await?;
        let named = |wish: Wish| {
            let of = all.iter().find(|one| one.id == wish.requirement)?;
            let on = local(wish.at).date();
            Some(WishLine { id: of.id.0, name: of.name.clone(), by: wish.by, on, days: wish.days, why: wish.why })
        };
        Ok(self.store.wishes().await?.into_iter().filter_map(named).collect())
    }

    /// Lays aside that a trainer wishes for an update: nobody is asked.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] where nobody wishes for it, [`Failure::Store`].
    pub async fn lay_aside(&self, who: &Who, requirement: RequirementId, now: Timestamp) -> Result<(), Failure> {
        who.as_administrator()?;
        let (found, _) = self.with_versions(requirement).await?;
        let noting = self.noting(who, "update.laid-aside", requirement, &found.name, now);
        if noting.lay_aside(requirement).await? { Ok(()) } else { Err(Failure::NotFound) }
    }

    /// What can be required: names in addresses with their words.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn requirable(&self, who: &Who) -> Result<Vec<(String, String)>, Failure> {
        who.as_administrator()?;
        Ok(self.documents().await?.iter().map(offered).collect())
    }

    /// What can renew something: modules and quizzes.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn refreshers(&self, who: &Who) -> Result<Vec<(String, String)>, Failure> {
        who.as_administrator()?;
        Ok(self.documents().await?.iter().filter(|live| live.kind != "scenario").map(offered).collect())
    }

    /// Adds a requirement with the policy of the defaults: due 30 days after being assigned, held once and for all.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn add_requirement(
        &self,
        who: &Who,
        typed: RequirementTyped<'_>,
        now: Timestamp,
    ) -> Result<RequirementId, Failure> {
        who.as_administrator()?;
        let mut errors = Vec::new();
        let documents = self.documents().await?;
        let document = documents.iter().find(|live| live.slug == typed.document);
        if document.is_none() {
            errors.push(FieldError::new("document", "Choose a module, a quiz or a role-play"));
        }
        let name = Name::parse(typed.name).map_err(|_| errors.push(nameless()));
        let refresher = refresher(typed.refresher, document.map(|live| live.document), &documents)
            .map_err(|error| errors.push(error));
        let (Some(document), Ok(name), Ok(refresher)) = (document, name, refresher) else {
            return Err(Failure::Invalid(errors));
        };
        let new = NewRequirement {
            document: document.document,
            name: name.as_str().to_owned(),
            refresher,
            update_of: None,
            from_on: self.today(now).await?,
            policy: first_policy()?,
            by: Some(who.person),
        };
        let noting = self.noting(who, "requirement.added", None, name.as_str(), now);
        match noting.add_requirement(new, now.as_microsecond()).await? {
            Named::Done(id) => Ok(id),
            Named::NameTaken => Err(name_taken()),
            Named::Missing => Err(Failure::NotFound),
        }
    }

    /// One requirement with the versions of its policy.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] where there is no such requirement,
    /// [`Failure::Store`].
    pub async fn requirement(
        &self,
        who: &Who,
        requirement: RequirementId,
        now: Timestamp,
    ) -> Result<RequirementView, Failure> {
        who.as_administrator()?;
        let (found, versions) = self.with_versions(requirement).await?;
        let documents = self.documents().await?;
        let all = self.store.requirements().await?;
        let people = self.store.reached(self.today(now).await?).await?;
        let people = people.iter().find(|(id, _)| *id == requirement).map_or(0, |(_, people)| *people);
        let refreshers = documents.iter().filter(|live| live.kind != "scenario" && live.document != found.document);
        let refresher = documents.iter().find(|live| Some(live.document) == found.refresher);
        let updates = all.iter().filter(|one| one.update_of == Some(requirement));
        Ok(RequirementView {
            line: line(&found, &all, &documents, sentence(&newest(&versions)?.1), people),
            refresher: refresher.map(|live| live.slug.clone()).unwrap_or_default(),
            refreshers: refreshers.map(offered).collect(),
            versions: self.version_lines(&versions).await?,
            updates: updates.map(|one| (one.id.0, one.name.clone())).collect(),
            why_soon: self.store.why_soon(requirement).await?,
            no_refresher: no_refresher(&newest(&versions)?.1, found.refresher.is_some()),
        })
    }

    /// Changes what a requirement is called and what renews it.
    ///
    /// # Errors
    /// As [`Usecases::add_requirement`]; [`Failure::NotFound`] where there is no such requirement.
    pub async fn change_requirement(
        &self,
        who: &Who,
        requirement: RequirementId,
        typed: RequirementTyped<'_>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        who.as_administrator()?;
        let (found, _) = self.with_versions(requirement).await?;
        let mut errors = Vec::new();
        let documents = self.documents().await?;
        let name = Name::parse(typed.name).map_err(|_| errors.push(nameless()));
        let refresher =
            refresher(typed.refresher, Some(found.document), &documents).map_err(|error| errors.push(error));
        let (Ok(name), Ok(refresher)) = (name, refresher) else { return Err(Failure::Invalid(errors)) };
        let renewed = match typed.refresher {
            "" => "renewed by the whole of it".to_owned(),
            slug => format!("renewed by {slug}"),
        };
        let detail = format!("{} → {}, {renewed}", found.name, name.as_str());
        let today = self.today(now).await?;
        let noting = self.noting(who, "requirement.changed", requirement, &detail, now);
        match noting.change_requirement(requirement, name.as_str(), refresher, today).await? {
            Named::Done(()) => Ok(()),
            Named::NameTaken => Err(name_taken()),
            Named::Missing => Err(Failure::NotFound),
        }
    }

    /// What asking for a new version would do: whom it would go to, and when it would be due if it is asked for in `days` days; where those
    /// are empty, in as many as a trainer wishes for, or in 30.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for days that are none, [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`],
    /// [`Failure::Store`].
    pub async fn update(
        &self,
        who: &Who,
        requirement: RequirementId,
        days: &str,
        now: Timestamp,
    ) -> Result<Update, Failure> {
        who.as_administrator()?;
        let (found, _) = self.with_versions(requirement).await?;
        let all = self.store.requirements().await?;
        let wish = self.wish_lines(&all).await?.into_iter().find(|wish| wish.id == requirement.0);
        let days = match days.trim() {
            "" => wish.as_ref().map_or(USUAL_DAYS, |wish| wish.days),
            days => given(days).map_err(|error| Failure::Invalid(vec![error]))?,
        };
        let today = Day(self.today(now).await?);
        let waiting = self.nearly_caught_up().await?;
        let holders = self.holders(requirement, today).await?;
        let live = self.documents().await?.into_iter().find(|live| live.document == found.document);
        let (live_since, seen) = match live {
            Some(live) => {
                let since = self.local().await?(live.published_at).date();
                let seen =
                    self.completed_since(requirement, &holders, (live.published_at, Day::of(since)), today).await?;
                (Some(since), seen)
            }
            None => (None, 0),
        };
        Ok(Update {
            name: update_name(&found.name, today, &taken(&all)),
            wish,
            of: found.name,
            people: i64::try_from(holders.len()).unwrap_or(i64::MAX),
            live_since,
            seen,
            due: today.plus(days).date(),
            days,
            waiting,
        })
    }

    /// Asks everybody who holds a credit today for the new version: a requirement of its own, due in some days. What they hold stands
    /// until its own last day.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, and where nobody holds it; [`Failure::Denied`] for everybody but
    /// administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn ask_for_update(
        &self,
        who: &Who,
        requirement: RequirementId,
        (name, days, why): (&str, &str, &str),
        now: Timestamp,
    ) -> Result<(RequirementId, i64), Failure> {
        who.as_administrator()?;
        let (found, _) = self.with_versions(requirement).await?;
        let mut errors = Vec::new();
        let name = Name::parse(name).map_err(|_| errors.push(nameless()));
        let typed = how_soon(days, why).map_err(|wrong| errors.extend(wrong));
        let (Ok(name), Ok((days, why))) = (name, typed) else { return Err(Failure::Invalid(errors)) };
        // Whoever waits to be looked at may hold it too, and would be left out for good.
        if self.nearly_caught_up().await? > 0 {
            let message =
                "Another change is still being worked out. Nothing was asked yet: wait a minute, then ask again";
            return Err(Failure::field("name", message));
        }
        let today = Day(self.today(now).await?);
        let people = self.holders(requirement, today).await?;
        if people.is_empty() {
            return Err(Failure::field("name", "Nobody holds it today, so that nobody would be asked"));
        }
        let new = new_update(&found, name.as_str(), (days, today), who.person)?;
        let number = i64::try_from(people.len()).unwrap_or(i64::MAX);
        let detail = asked_words(name.as_str(), number, days, &why);
        let noting = self.noting(who, "update.asked", requirement, &detail, now);
        match noting.add_update(new, (people, why), now.as_microsecond()).await? {
            Named::Done(id) => Ok((id, number)),
            Named::NameTaken => Err(name_taken()),
            Named::Missing => Err(Failure::NotFound),
        }
    }

    /// How many of these people, by id in order, completed a requirement after an instant, or on a later day than it where no hour is known.
    async fn completed_since(
        &self,
        requirement: RequirementId,
        people: &[PersonId],
        (instant, day): (i64, Day),
        today: Day,
    ) -> Result<i64, Failure> {
        let since = |fact: &Dated| {
            matches!(fact.what, What::Completed | What::PriorCredit)
                && if fact.at > 0 { fact.at >= instant } else { fact.on > day }
        };
        let (mut seen, mut after) = (0, PersonId(0));
        loop {
            let part = self.store.accounts_of(requirement, today.0, after, PART).await?;
            let Some((last, _)) = part.last() else { return Ok(seen) };
            after = *last;
            let those = part
                .iter()
                .filter(|(person, account)| people.binary_search(person).is_ok() && account.facts.iter().any(since));
            seen += i64::try_from(those.count()).unwrap_or(i64::MAX);
        }
    }

    /// Whoever holds a credit on a day and is asked for it.
    pub(crate) async fn holders(&self, requirement: RequirementId, today: Day) -> Result<Vec<PersonId>, Failure> {
        let obliged = self.store.obliged(requirement, today.0).await?;
        let holds = |one: &&store::Obligation| {
            let standing = one.on(today);
            standing.coverage == Coverage::Valid && standing.overlay != Some(Overlay::NotApplicable)
        };
        Ok(obliged.iter().filter(holds).map(|one| one.person).collect())
    }

    /// Looks at those who wait after a change of the rules, as far as that takes no longer than a page may; gives how many wait still.
    pub(crate) async fn nearly_caught_up(&self) -> Result<i64, Failure> {
        for _ in 0..PARTS {
            if self.store.stale().await? == 0 {
                return Ok(0);
            }
            self.store.refresh_part().await?;
        }
        Ok(self.store.stale().await?)
    }

    /// What is live and can be required.
    async fn documents(&self) -> Result<Vec<LiveDocument>, Failure> {
        let mut all = self.store.live_documents("module").await?;
        all.extend(self.store.live_documents("quiz").await?);
        all.extend(self.store.live_documents("scenario").await?);
        Ok(all)
    }
}

fn line(
    one: &Requirement,
    all: &[Requirement],
    documents: &[LiveDocument],
    policy: String,
    people: i64,
) -> RequirementLine {
    let title = documents.iter().find(|live| live.document == one.document);
    let update_of = all.iter().find(|other| Some(other.id) == one.update_of);
    RequirementLine {
        id: one.id.0,
        name: one.name.clone(),
        document: match title {
            Some(live) => live.title.clone(),
            None if one.withdrawn => format!("{}, withdrawn", one.slug),
            None => one.slug.clone(),
        },
        kind: kind_words(&one.kind),
        place: place_of(&one.kind, &one.slug),
        policy,
        people,
        update_of: update_of.map(|other| other.name.clone()),
    }
}

/// A document in a list to choose from.
fn offered(live: &LiveDocument) -> (String, String) {
    (live.slug.clone(), format!("{} ({})", live.title, kind_words(&live.kind)))
}

fn kind_words(kind: &str) -> &'static str {
    match kind {
        "quiz" => "quiz",
        "scenario" => "role-play",
        _ => "module",
    }
}

/// What renews a document: none, or another module or quiz.
fn refresher(
    typed: &str,
    of: Option<DocumentId>,
    documents: &[LiveDocument],
) -> Result<Option<DocumentId>, FieldError> {
    if typed.is_empty() {
        return Ok(None);
    }
    let found = documents.iter().find(|live| live.slug == typed && live.kind != "scenario");
    let found = found.filter(|live| Some(live.document) != of).map(|live| live.document);
    found.map(Some).ok_or_else(|| FieldError::new("refresher", "Choose another module or quiz, or none"))
}

/// The requirement that a mandatory update becomes: to be done once, in so many days from today.
pub(crate) fn new_update(
    of: &Requirement,
    name: &str,
    (days, today): (i32, Day),
    by: PersonId,
) -> Result<NewRequirement, Failure> {
    let written = Written {
        first_due: Some(WrittenFirstDue { after: today.to_string(), days }),
        validity: Some("none".to_owned()),
        // Due on its day; a leave moves it as always.
        min_lead: Some(Period::Days(days.min(LEAD)).to_string()),
        ..Written::default()
    };
    Ok(NewRequirement {
        document: of.document,
        name: name.to_owned(),
        refresher: None,
        update_of: Some(of.id),
        from_on: today.0,
        policy: serde_json::to_string(&written).map_err(|cause| Failure::Internal(cause.to_string()))?,
        by: Some(by),
    })
}

/// What is told of a mandatory update in the audit log.
pub(crate) fn asked_words(name: &str, people: i64, days: i32, why: &str) -> String {
    format!("{name}: {people} people, due in {days} days: {why}")
}

/// Why everybody must learn a version soon, and in how many days, as somebody who asks for it typed them.
pub(crate) fn how_soon(days: &str, why: &str) -> Result<(i32, String), Vec<FieldError>> {
    match (given(days), reason(why)) {
        (Ok(days), Ok(why)) => Ok((days, why)),
        (days, why) => Err(why.err().into_iter().chain(days.err()).collect()),
    }
}

/// Why everybody must learn a version soon, in a line.
fn reason(typed: &str) -> Result<String, FieldError> {
    const LONGEST: usize = 200;
    let words = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() || words.chars().count() > LONGEST || !words.chars().all(courseware::is_plain) {
        let message = format!("Say in a line of at most {LONGEST} characters why everybody must learn it soon");
        return Err(FieldError::new("why", message));
    }
    Ok(words)
}

/// The names that requirements have, in small letters.
pub(crate) fn taken(all: &[Requirement]) -> Vec<String> {
    all.iter().map(|one| one.name.to_lowercase()).collect()
}

/// What an update of today is called to begin with: as no other requirement is, and no longer than a name may be.
pub(crate) fn update_name(of: &str, today: Day, taken: &[String]) -> String {
    let day = today.date().strftime("%-d %B %Y").to_string();
    let endings = std::iter::once(String::new()).chain((2..).map(|number| format!(" ({number})")));
    let names = endings.map(|ending| {
        let end = format!(", update of {day}{ending}");
        let begin: String = of.chars().take(LONGEST_NAME - end.chars().count()).collect();
        format!("{}{end}", begin.trim_end())
    });
    let mut free = names.filter(|name| !taken.contains(&name.to_lowercase()));
    free.next().unwrap_or_default()
}

/// So many days to do an update in.
pub(crate) fn given(days: &str) -> Result<i32, FieldError> {
    let number = days.trim().parse::<i32>().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    number.ok_or_else(|| FieldError::new("days", format!("Enter whole days from 1 to {MOST_DAYS}")))
}

/// That the policy lets something shorter renew it, and nothing is chosen that would.
fn no_refresher(policy: &Policy, chosen: bool) -> Option<&'static str> {
    if chosen || policy.validity.is_none() {
        return None;
    }
    match policy.refresher {
        Refresher::Full => None,
        Refresher::Quiz => Some(
            "By the policy a challenge quiz is enough to renew it, but none is chosen: until one is, only the whole of it renews it. Choose it below, under “Name and refresher”.",
        ),
        Refresher::Module => Some(
            "By the policy a short module is enough to renew it, but none is chosen: until one is, only the whole of it renews it. Choose it below, under “Name and refresher”.",
        ),
    }
}

fn nameless() -> FieldError {
    FieldError::new("name", "Enter the name of the requirement, in 100 characters or fewer")
}

fn name_taken() -> Failure {
    Failure::field("name", "There is a requirement of this name already: choose another")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_has_a_name_of_its_own_that_is_not_too_long() {
        let day = Day::of(jiff::civil::date(2026, 5, 3));
        let first = update_name("M6", day, &[]);
        assert_eq!(first, "M6, update of 3 May 2026");
        let second = update_name("M6", day, &[first.to_lowercase()]);
        assert_eq!(second, "M6, update of 3 May 2026 (2)");
        let long = update_name(&"é ".repeat(50), day, &[]);
        assert!(long.chars().count() <= 100 && Name::parse(&long).is_ok(), "{long}");
    }
}
