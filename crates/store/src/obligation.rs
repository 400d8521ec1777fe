//! Obligations: who must do what, from which assignments, and how it stands. The sources and the stretches of days kept here are
//! projections of assignments, places of work and facts: they can be thrown away and made again at any time ([`Store::rebuild`]), and
//! none of them holds a status, which is computed for the day that is asked about.

mod history;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{civil::Date, tz::TimeZone};
use records::{
    answer::{Cycle, Missing, Overlay, Standing},
    because::{Detail, Explained},
    day::Day,
    history::{Dated, Source, What, in_order},
    policy::Policy,
    schedule::{Held, Open, Slice, Terms, Version, slice_on, slices, status},
};
use serde::Deserialize;

use crate::{
    AssignmentId, DepartmentId, DocumentId, PathId, PersonId, RequirementId, Result, Store, StoreError, VersionId,
    assignment::{self, Assignment, Audience},
    db::{Engine, Row, Tx, Val, vals},
    event::{Event, NewEvent},
    person::NO_END,
    requirement::{self, PolicyVersion, Requirement},
    site,
    touched::Touched,
};

pub(crate) use history::{Follows, House};

/// How many people are rebuilt in one transaction.
const PART: i64 = 500;
/// Lines of what is no fact of the ledger begin here: sources and places of work.
const LINES: u32 = 1 << 31;

/// Two columns of days as one number; nothing there is the smallest day.
macro_rules! pair {
    ($first:literal, $second:literal) => {
        concat!(
            "coalesce(s.",
            $first,
            ", -2147483648) * 4294967296 + (coalesce(s.",
            $second,
            ", -2147483648) + 2147483648)"
        )
    };
}
pub(crate) use pair;

/// The columns of a stretch, put together to seven numbers: the engines hand each value of a row over by itself, and lists read millions
/// of rows. [`obligation`] takes them apart.
macro_rules! columns {
    () => {
        concat!(
            "SELECT s.person_id, s.requirement_id, s.overlay + 4 * s.held + 16 * s.away + 32 * s.late + 64 * s.last_late
                + 128 * s.renewal + 256 * coalesce(s.missing, 0) + 1024 * s.cycle_no AS marks, ",
            $crate::obligation::pair!("from_on", "until_on"),
            " AS stretch, ",
            $crate::obligation::pair!("valid_through", "window_on"),
            " AS credit, ",
            $crate::obligation::pair!("grace_on", "opened_on"),
            " AS grace, ",
            $crate::obligation::pair!("due_on", "refresher_on"),
            " AS due"
        )
    };
}
pub(crate) use columns;

/// How somebody stands with a requirement, during some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obligation {
    /// Who.
    pub person: PersonId,
    /// What they must do.
    pub requirement: RequirementId,
    /// How it stands, for the days from `slice.from` until something changes.
    pub slice: Slice,
}

impl Obligation {
    /// How it stands at the end of one of these days.
    pub fn on(&self, day: Day) -> Standing {
        self.slice.at(day)
    }
}

/// Everything that decides about one person and one requirement.
#[derive(Debug, Clone)]
pub struct Account {
    /// The requirement.
    pub requirement: Requirement,
    /// The versions of its policy, oldest first: from which day, whether it recalculates, what it says.
    pub versions: Vec<(Day, bool, Policy)>,
    /// Sources that say themselves when it is first due: the steps of paths.
    pub days: Vec<(Source, i32)>,
    /// What happened, in the order in which it acts.
    pub facts: Vec<Dated>,
    /// What is known of each fact beside its day.
    pub details: HashMap<u32, Detail>,
}

impl Account {
    /// Asks the schedule with what decides here.
    pub fn ask<T>(&self, question: impl FnOnce(Terms<'_>, &[Dated]) -> T) -> T {
        let versions: Vec<Version<'_>> = self
            .versions
            .iter()
            .map(|(from, recalculates, policy)| Version { from: *from, policy, recalculates: *recalculates })
            .collect();
        question(Terms { versions: &versions, days: &self.days }, &self.facts)
    }

    /// What is so at the end of a day, and why.
    pub fn explained(&self, as_of: Day) -> Explained {
        self.ask(|terms, facts| Explained::of(terms, facts, &self.details, as_of))
    }

    /// How it stands at the end of a day.
    pub fn on(&self, day: Day) -> Standing {
        self.ask(|terms, facts| status(terms, facts, day))
    }

    /// The same, had this been recorded too, about that document and by somebody of that name: what would follow.
    #[must_use]
    pub fn with(&self, new: &NewEvent, document: Option<DocumentId>, by: &str, now: i64) -> Self {
        let mut account = self.clone();
        if let Some(earlier) = new.supersedes {
            account.facts.retain(|fact| i64::from(fact.line) != earlier);
        }
        let mut body = Body {
            requirement: new.requirement.map(|id| id.0),
            by: new.approved_by.clone(),
            reason: Some(new.reason.clone()).filter(|reason| !reason.is_empty()),
            evidence: new.evidence.clone(),
            ..Body::default()
        };
        let date = |day: i32| Day(day).date();
        match new.event {
            Event::Leave { to } => body.to = to.map(date),
            Event::Exempted { until } => body.until = until.map(date),
            Event::Extended { due } => body.due = Some(date(due)),
            _ => {}
        }
        let told = Told {
            seq: i64::from(u32::MAX),
            kind: new.event.kind().to_owned(),
            on: new.on,
            recorded_at: now,
            by: Some(new.by),
            document,
            // It is about what is live.
            version: None,
            supersedes: new.supersedes,
            body,
        };
        if let Some(what) = told.what(&self.requirement) {
            // No line of the ledger or of the sources reaches it.
            let line = u32::MAX;
            account.facts.push(Dated { on: Day(new.on), at: now, what, line });
            in_order(&mut account.facts);
            let Told { kind, body, .. } = told;
            account.details.insert(line, body.detail((kind != "completed").then(|| by.to_owned())));
        }
        account
    }
}

/// What would decide about somebody if a requirement were asked of them.
#[derive(Debug, Clone)]
pub struct Supposed {
    /// Who.
    pub person: PersonId,
    /// Whether something else asks them for it on that day already.
    pub already: bool,
    /// What would decide.
    pub account: Account,
}

/// What comparing the projections with the facts found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many people were looked at.
    pub people: u64,
    /// For how many obligations what was kept was not what follows from the facts.
    pub different: u64,
}

/// A policy as its version holds it.
pub(crate) fn policy_of(version: &PolicyVersion) -> Result<Policy> {
    let written = serde_json::from_str(&version.body).map_err(|error| StoreError::corrupt("policy.body", error))?;
    // Dates are civil ones of the site already: nothing here depends on the zone.
    Policy::read(&written, Some(TimeZone::UTC)).map_err(|error| StoreError::corrupt("policy.body", error))
}

impl Store {
    /// How a person stands with each requirement that was ever asked of them, on a day.
    pub async fn obligations(&self, person: PersonId, day: i32) -> Result<Vec<Obligation>> {
        let sql = concat!(
            columns!(),
            " FROM standing s WHERE s.person_id = $1 AND s.from_on <= $2 AND s.until_on > $2 ORDER BY s.requirement_id"
        );
        self.reader().await?.all(sql, vals![person, day]).await?.iter().map(obligation).collect()
    }

    /// How each of these people stands with each requirement on a day.
    pub async fn obligations_of(&self, people: &[PersonId], day: i32) -> Result<Vec<Obligation>> {
        let rows = people.iter().map(|person| vals![*person, day]).collect();
        let sql = concat!(
            "WITH v (id, day) AS (VALUES {rows}) ",
            columns!(),
            " FROM v CROSS JOIN standing s WHERE s.person_id = v.id AND s.from_on <= v.day AND s.until_on > v.day"
        );
        let mut found =
            self.reader().await?.all_of_many(sql, rows).await?.iter().map(obligation).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|one| (one.person, one.requirement));
        Ok(found)
    }

    /// How those stand whom a requirement reaches on a day, by person.
    pub async fn obliged(&self, requirement: RequirementId, day: i32) -> Result<Vec<Obligation>> {
        let sql = concat!(columns!(), " FROM obligation_source o JOIN standing s ON s.person_id = o.person_id AND s.requirement_id = o.requirement_id
            AND s.from_on <= $2 AND s.until_on > $2 WHERE o.requirement_id = $1 AND o.from_on <= $2 AND o.until_on > $2
            ORDER BY s.person_id");
        let rows = self.reader().await?.all(sql, vals![requirement, day]).await?;
        let mut found = rows.iter().map(obligation).collect::<Result<Vec<_>>>()?;
        found.dedup();
        Ok(found)
    }

    /// The cycles of a person and a requirement that have ended, oldest first; the open one is in the obligation.
    pub async fn cycles(&self, person: PersonId, requirement: RequirementId) -> Result<Vec<Cycle>> {
        let sql =
            "SELECT person_id, requirement_id, no, opened_on, due_on, completed_on, valid_through, late FROM cycle
            WHERE person_id = $1 AND requirement_id = $2 ORDER BY no";
        let rows = self.reader().await?.all(sql, vals![person, requirement]).await?;
        rows.iter().map(cycle).collect()
    }

    /// What decides about a person's obligations, as it is known now, or as it was known at an instant (microseconds).
    pub async fn accounts(&self, person: PersonId, known_at: Option<i64>) -> Result<Vec<Account>> {
        let mut reader = self.reader().await?;
        let known_by = match known_at {
            Some(at) => Some(Known { at, day: site::day_of(&mut reader, at).await? }),
            None => None,
        };
        let rules = Rules::load(&mut reader).await?;
        let mut lives = Lives::load(&mut reader, &[person], true).await?;
        let names = lives.name_everybody(&mut reader).await?;
        let life = lives.of(person);
        Ok(rules
            .requirements
            .iter()
            .filter_map(|requirement| life.account(&rules, requirement, known_by, Some(&names)))
            .collect())
    }

    /// What decides for each of those whom a requirement reaches on a day, by person: a part of them, after a person. Without the
    /// details that only explanations need.
    pub async fn accounts_of(
        &self,
        requirement: RequirementId,
        day: i32,
        after: PersonId,
        limit: i64,
    ) -> Result<Vec<(PersonId, Account)>> {
        let mut reader = self.reader().await?;
        let sql = "SELECT DISTINCT person_id FROM obligation_source
            WHERE requirement_id = $1 AND person_id > $2 AND from_on <= $3 AND until_on > $3 ORDER BY person_id LIMIT $4";
        let rows = reader.all(sql, vals![requirement, after, day, limit]).await?;
        let people = rows.iter().map(|row| row.i64("person_id").map(PersonId)).collect::<Result<Vec<_>>>()?;
        let rules = Rules::load(&mut reader).await?;
        let Some(requirement) = rules.requirements.iter().find(|one| one.id == requirement) else {
            return Ok(Vec::new());
        };
        let mut lives = Lives::load(&mut reader, &people, false).await?;
        let found = people.into_iter().filter_map(|person| {
            let account = lives.of(person).account(&rules, requirement, None, None)?;
            Some((person, account))
        });
        Ok(found.collect())
    }

    /// What decides for each of these people about each of these requirements, where it was ever asked of them. Without the details that
    /// only explanations need.
    pub async fn accounts_for(
        &self,
        of: &[(PersonId, RequirementId)],
    ) -> Result<HashMap<(PersonId, RequirementId), Account>> {
        let mut reader = self.reader().await?;
        let people: HashSet<PersonId> = of.iter().map(|(person, _)| *person).collect();
        let rules = Rules::load(&mut reader).await?;
        let mut lives = Lives::load(&mut reader, &people.iter().copied().collect::<Vec<_>>(), false).await?;
        let mut found = HashMap::new();
        for person in people {
            let life = lives.of(person);
            for (_, id) in of.iter().filter(|(about, _)| *about == person) {
                let Some(requirement) = rules.requirements.iter().find(|one| one.id == *id) else { continue };
                if let Some(account) = life.account(&rules, requirement, None, None) {
                    found.insert((person, *id), account);
                }
            }
        }
        Ok(found)
    }

    /// How these people stood with each requirement at the end of a day, as it was known at an instant (microseconds).
    pub async fn obligations_known(&self, people: &[PersonId], day: i32, known_at: i64) -> Result<Vec<Obligation>> {
        let mut reader = self.reader().await?;
        let known = Known { at: known_at, day: site::day_of(&mut reader, known_at).await? };
        let rules = Rules::load(&mut reader).await?;
        let mut lives = Lives::load(&mut reader, people, false).await?;
        let mut found = Vec::new();
        for person in people {
            let life = lives.of(*person);
            for requirement in &rules.requirements {
                let Some(account) = life.account(&rules, requirement, Some(known), None) else { continue };
                let slice = account.ask(|terms, facts| slice_on(terms, facts, Day(day)));
                if !never_asked(&slice) {
                    found.push(Obligation { person: *person, requirement: requirement.id, slice });
                }
            }
        }
        Ok(found)
    }

    /// What would decide for these people if these requirements were asked of them from a day on, each with the days of a path if it
    /// is a step of one. Nothing is written.
    pub async fn supposing(
        &self,
        asked: &[(RequirementId, Option<i32>)],
        people: &[PersonId],
        from_on: i32,
    ) -> Result<Vec<Supposed>> {
        let mut reader = self.reader().await?;
        let rules = Rules::load(&mut reader).await?;
        let mut lives = Lives::load(&mut reader, people, false).await?;
        let mut found = Vec::with_capacity(people.len() * asked.len());
        for person in people {
            let mut life = lives.of(*person);
            for (id, days) in asked {
                let Some(requirement) = rules.requirements.iter().find(|one| one.id == *id) else { continue };
                let asks = |kept: &Kept| kept.requirement == *id && kept.from_on <= from_on && kept.until_on > from_on;
                let already = life.sources.iter().any(asks);
                life.sources.push(Kept {
                    requirement: *id,
                    assignment: AssignmentId(0),
                    from_on,
                    until_on: i32::MAX,
                    days: *days,
                });
                let account = life.account(&rules, requirement, None, None);
                found.extend(account.map(|account| Supposed { person: *person, already, account }));
                life.sources.pop();
            }
        }
        Ok(found)
    }

    /// Makes all projections anew from the facts; with `check`, only tells what would change.
    ///
    /// # Errors
    /// As everywhere.
    pub async fn rebuild(&self, check: bool) -> Result<Rebuilt> {
        let mut rebuilt = Rebuilt::default();
        let mut after = PersonId(0);
        loop {
            let (last, people, different) =
                self.write((after, check), |tx, (after, check)| Box::pin(rebuild_part(tx, *after, *check))).await?;
            rebuilt.people += people;
            rebuilt.different += different;
            match last {
                Some(last) => after = last,
                None => return Ok(rebuilt),
            }
        }
    }
}

/// What is in force and open on a day for people after one and up to another.
pub(crate) async fn open_between(tx: &mut Tx, people: (PersonId, PersonId), day: i32) -> Result<Vec<Obligation>> {
    let sql = concat!(
        columns!(),
        " FROM standing s WHERE s.person_id > $1 AND s.person_id <= $2 AND s.from_on <= $3 AND s.until_on > $3
            AND s.opened_on IS NOT NULL AND s.overlay = 0 ORDER BY s.person_id, s.requirement_id"
    );
    tx.all(sql, vals![people.0, people.1, day]).await?.iter().map(obligation).collect()
}

impl crate::note::Happened for (Option<PersonId>, u64, u64) {
    fn happened(&self) -> Option<crate::note::Done> {
        None
    }
}

async fn rebuild_part(tx: &mut Tx, after: PersonId, check: bool) -> Result<(Option<PersonId>, u64, u64)> {
    let rows = tx.all("SELECT id FROM person WHERE id > $1 ORDER BY id LIMIT $2", vals![after, PART]).await?;
    let people = rows.iter().map(|row| row.i64("id").map(PersonId)).collect::<Result<Vec<_>>>()?;
    lock(tx, &people).await?;
    let different = project(tx, &people, check).await?;
    Ok((people.last().copied(), people.len() as u64, different))
}

/// Makes the sources of these people what the rules say from a day on, and with them what is projected.
pub(crate) async fn reach(tx: &mut Tx, people: &[(PersonId, i32)]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let ids: Vec<PersonId> = people.iter().map(|(person, _)| *person).collect();
    lock(tx, &ids).await?;
    reconcile(tx, people).await?;
    project(tx, &ids, false).await.map(drop)
}

/// Makes what is projected of these people anew: something happened to them.
pub(crate) async fn recompute(tx: &mut Tx, people: &[PersonId]) -> Result<()> {
    lock(tx, people).await?;
    project(tx, people, false).await.map(drop)
}

/// Serialises what is made of these people; they must be in order.
pub(crate) async fn lock(tx: &mut Tx, people: &[PersonId]) -> Result<()> {
    if tx.engine() == Engine::Pg {
        let rows = people.iter().map(|person| vals![*person]).collect();
        let sql = "WITH v (id) AS (VALUES {rows}) SELECT p.id FROM v JOIN person p ON p.id = v.id ORDER BY p.id FOR UPDATE OF p";
        tx.all_of_many(sql, rows).await?;
    }
    Ok(())
}

/// The same for one person of whom perhaps nothing is asked at all, as cheaply as that can be known.
pub(crate) async fn recompute_if_asked(tx: &mut Tx, person: PersonId) -> Result<()> {
    let asked = "SELECT person_id FROM obligation_source WHERE person_id = $1 LIMIT 1";
    if tx.optional(asked, vals![person]).await?.is_some() {
        recompute(tx, &[person]).await?;
    }
    Ok(())
}

/// The rules of the house as they are now.
struct Rules {
    requirements: Vec<Requirement>,
    versions: HashMap<RequirementId, Vec<(PolicyVersion, Policy)>>,
}

impl Rules {
    async fn load(tx: &mut Tx) -> Result<Self> {
        let requirements = requirement::requirements(tx).await?;
        let mut versions: HashMap<RequirementId, Vec<(PolicyVersion, Policy)>> = HashMap::new();
        for version in requirement::policies(tx).await? {
            let policy = policy_of(&version)?;
            versions.entry(version.requirement).or_default().push((version, policy));
        }
        Ok(Self { requirements, versions })
    }
}

/// A source as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept {
    requirement: RequirementId,
    assignment: AssignmentId,
    from_on: i32,
    until_on: i32,
    /// First due so many days after the trigger, where the source says so itself.
    days: Option<i32>,
}

impl Kept {
    /// Its place among the others of a person.
    fn place(&self) -> (RequirementId, i32, AssignmentId) {
        (self.requirement, self.from_on, self.assignment)
    }
}

/// A fact of the ledger about somebody.
struct Told {
    seq: i64,
    kind: String,
    on: i32,
    recorded_at: i64,
    by: Option<PersonId>,
    document: Option<DocumentId>,
    version: Option<VersionId>,
    supersedes: Option<i64>,
    body: Body,
}

/// What the facts say beside their day, in the words of their pure form.
#[derive(Debug, Default, Deserialize)]
struct Body {
    to: Option<Date>,
    until: Option<Date>,
    due: Option<Date>,
    requirement: Option<i64>,
    by: Option<String>,
    reason: Option<String>,
    evidence: Option<String>,
}

/// A stretch of work in one place.
struct Place {
    department: DepartmentId,
    job_role: String,
    from_on: i32,
    until_on: i32,
}

/// What is known of one person.
#[derive(Default)]
struct Life {
    sources: Vec<Kept>,
    told: Vec<Told>,
    places: Vec<Place>,
    disabled: bool,
}

/// What is known of some people.
struct Lives(HashMap<PersonId, Life>);

/// An instant at the end of which day something was known.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// Microseconds.
    at: i64,
    /// The site's day then.
    day: i32,
}

/// Names for details: of people and of assignments.
struct Names {
    people: HashMap<PersonId, String>,
    assignments: HashMap<AssignmentId, (String, Option<PersonId>)>,
}

impl Lives {
    async fn load(tx: &mut Tx, people: &[PersonId], details: bool) -> Result<Self> {
        let mut lives: HashMap<PersonId, Life> = people.iter().map(|person| (*person, Life::default())).collect();
        let rows = || people.iter().map(|person| vals![*person]).collect::<Vec<_>>();
        let of = |row: &Row| row.i64("person_id").map(PersonId);
        let sql = "WITH v (id) AS (VALUES {rows}) SELECT o.person_id, o.requirement_id, o.assignment_id, o.from_on, o.until_on, o.days
            FROM v CROSS JOIN obligation_source o WHERE o.person_id = v.id";
        for row in tx.all_of_many(sql, rows()).await? {
            lives.entry(of(&row)?).or_default().sources.push(kept(&row)?);
        }
        let sql =
            "WITH v (id) AS (VALUES {rows}) SELECT t.person_id, t.department_id, t.job_role, t.from_on, t.until_on
            FROM v CROSS JOIN tenure t WHERE t.person_id = v.id";
        for row in tx.all_of_many(sql, rows()).await? {
            lives.entry(of(&row)?).or_default().places.push(Place {
                department: DepartmentId(row.i64("department_id")?),
                job_role: row.text("job_role")?,
                from_on: row.days("from_on")?,
                until_on: row.days("until_on")?,
            });
        }
        // What completions say beside their day is only for those who read the reasons.
        let sql = if details {
            "WITH v (id) AS (VALUES {rows}) SELECT f.person_id, f.seq, f.kind, f.effective_on, f.recorded_at, f.by_id, f.document_id,
                f.version_id, f.supersedes, b.body
            FROM v CROSS JOIN fact f LEFT JOIN fact_body b ON b.seq = f.seq WHERE f.person_id = v.id"
        } else {
            "WITH v (id) AS (VALUES {rows}) SELECT f.person_id, f.seq, f.kind, f.effective_on, f.recorded_at, f.by_id, f.document_id,
                f.version_id, f.supersedes, b.body
            FROM v CROSS JOIN fact f LEFT JOIN fact_body b ON b.seq = f.seq AND f.kind <> 'completed' WHERE f.person_id = v.id"
        };
        for row in tx.all_of_many(sql, rows()).await? {
            lives.entry(of(&row)?).or_default().told.push(told(&row)?);
        }
        for life in lives.values_mut() {
            life.sources.sort_by_key(Kept::place);
            life.places.sort_by_key(|place| place.from_on);
            life.told.sort_by_key(|told| told.seq);
        }
        Ok(Self(lives))
    }

    /// Whose access has ended.
    async fn load_disabled(&mut self, tx: &mut Tx) -> Result<()> {
        let rows = self.0.keys().map(|person| vals![*person]).collect();
        let sql = "WITH v (id) AS (VALUES {rows}) SELECT p.id FROM v CROSS JOIN person p WHERE p.id = v.id AND p.disabled_at IS NOT NULL";
        for row in tx.all_of_many(sql, rows).await? {
            self.0.entry(PersonId(row.i64("id")?)).or_default().disabled = true;
        }
        Ok(())
    }

    fn of(&mut self, person: PersonId) -> Life {
        self.0.remove(&person).unwrap_or_default()
    }

    async fn name_everybody(&self, tx: &mut Tx) -> Result<Names> {
        let assignments = assignment::assignments(tx).await?;
        let recorders = self.0.values().flat_map(|life| life.told.iter().filter_map(|told| told.by));
        let makers = assignments.iter().filter_map(|assignment| assignment.by);
        let people: HashSet<PersonId> = recorders.chain(makers).collect();
        let rows = people.iter().map(|person| vals![*person]).collect();
        let sql = "WITH v (id) AS (VALUES {rows}) SELECT p.id, p.name FROM v CROSS JOIN person p WHERE p.id = v.id";
        let rows = tx.all_of_many(sql, rows).await?;
        let people = rows
            .iter()
            .map(|row| Ok((PersonId(row.i64("id")?), row.text("name")?)))
            .collect::<Result<HashMap<_, _>>>()?;
        let departments = tx.all("SELECT id, name FROM department", vals![]).await?;
        let departments = departments
            .iter()
            .map(|row| Ok((DepartmentId(row.i64("id")?), row.text("name")?)))
            .collect::<Result<HashMap<_, _>>>()?;
        let assignments = assignments.into_iter().map(|one| {
            let to = match &one.audience {
                Audience::Everybody => "everybody".to_owned(),
                Audience::Department(id) => {
                    format!("everybody in {}", departments.get(id).map_or("a department", String::as_str))
                }
                Audience::Role(role) => format!("everybody who works as {role}"),
                Audience::Person(_) => "one person".to_owned(),
                Audience::Holders => "everybody who holds what it updates".to_owned(),
            };
            (one.id, (to, one.by))
        });
        Ok(Names { people, assignments: assignments.collect() })
    }
}

impl Life {
    /// What decides about one requirement; none where nobody ever asked for it.
    fn account(
        &self,
        rules: &Rules,
        requirement: &Requirement,
        known_by: Option<Known>,
        names: Option<&Names>,
    ) -> Option<Account> {
        let sources: Vec<&Kept> = self.sources.iter().filter(|kept| kept.requirement == requirement.id).collect();
        if sources.is_empty() {
            return None;
        }
        let known = |at: i64| known_by.is_none_or(|known| at <= known.at);
        // Of places of work and of sources it is not kept when they were recorded: nothing begins before it was, and what begins or ends
        // later is taken as not known yet.
        let begun = |day: i32| known_by.is_none_or(|known| day <= known.day);
        let mut account = Account {
            requirement: requirement.clone(),
            versions: Vec::new(),
            days: Vec::new(),
            facts: Vec::new(),
            details: HashMap::new(),
        };
        for (version, policy) in rules.versions.get(&requirement.id)? {
            // The first one holds from the beginning: without any there would be nothing to say.
            if account.versions.is_empty() || known(version.at) {
                let from = if account.versions.is_empty() { Day(i32::MIN) } else { Day(version.from_on) };
                account.versions.push((from, version.recalculates, policy.clone()));
            }
        }
        let gone: HashSet<i64> =
            self.told.iter().filter(|told| known(told.recorded_at)).filter_map(|told| told.supersedes).collect();
        for told in &self.told {
            if known(told.recorded_at)
                && !gone.contains(&told.seq)
                && let Some(what) = told.what(requirement)
                && let Ok(line) = u32::try_from(told.seq)
            {
                account.facts.push(Dated { on: Day(told.on), at: told.recorded_at, what, line });
                if let Some(names) = names {
                    let recorder = told.by.and_then(|by| names.people.get(&by)).cloned();
                    // Who did it themselves recorded nothing about themselves.
                    let recorder = recorder.filter(|_| told.kind != "completed" || told.body.reason.is_some());
                    account.details.insert(line, told.body.detail(recorder));
                }
            }
        }
        let mut line = LINES;
        let mut tell = |on: i32, what: What, detail: Option<Detail>| {
            account.facts.push(Dated { on: Day(on), at: 0, what, line });
            if let Some(detail) = detail {
                account.details.insert(line, detail);
            }
            line += 1;
        };
        let mut role: Option<(&str, i32)> = None;
        for place in self.places.iter().filter(|place| begun(place.from_on)) {
            if role.is_none_or(|(before, until)| before != place.job_role || until < place.from_on) {
                let detail = names.map(|_| Detail { name: Some(place.job_role.clone()), ..Detail::default() });
                tell(place.from_on, What::RoleStart, detail);
            }
            role = Some((&place.job_role, place.until_on));
        }
        for (number, kept) in (0..).zip(&sources) {
            let named = names.and_then(|names| {
                let (to, by) = names.assignments.get(&kept.assignment)?;
                let by = by.and_then(|by| names.people.get(&by)).cloned();
                Some(Detail { to: Some(to.clone()), by, ..Detail::default() })
            });
            if !begun(kept.from_on) {
                continue;
            }
            tell(kept.from_on, What::Assigned(Source(number)), named.clone());
            if i64::from(kept.until_on) < NO_END && begun(kept.until_on) {
                let ended = named.map(|detail| Detail { by: None, ..detail });
                tell(kept.until_on, What::Unassigned(Source(number)), ended);
            }
        }
        account.days = (0..).zip(&sources).filter_map(|(number, kept)| Some((Source(number), kept.days?))).collect();
        in_order(&mut account.facts);
        Some(account)
    }
}

impl Body {
    /// What is known of the fact beside its day, and who recorded it.
    fn detail(&self, recorder: Option<String>) -> Detail {
        let evidence = self.evidence.as_deref().map(|evidence| format!("evidence: {evidence}"));
        let reasons: Vec<String> = [self.reason.clone(), evidence].into_iter().flatten().collect();
        Detail {
            by: recorder,
            approved: self.by.clone(),
            reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
            ..Detail::default()
        }
    }
}

impl Told {
    /// What it is for a requirement; none where it says nothing about it.
    fn what(&self, requirement: &Requirement) -> Option<What> {
        let here = self.body.requirement.is_none_or(|id| id == requirement.id.0);
        let own = self.document == Some(requirement.document);
        // What a mandatory update asks for is what is completed from its day on (rule 10), of the version it is about or of a later one:
        // whoever was in the middle of an earlier one that day has not learned the new one by ending it.
        let before = self.version.zip(requirement.since).is_some_and(|(version, since)| version.0 < since.0);
        let new = requirement.update_of.is_none() || (self.on >= requirement.from_on && !before);
        match self.kind.as_str() {
            "hired" => Some(What::Hired),
            "rehired" => Some(What::Rehired),
            "left" => Some(What::Left),
            "leave" => Some(What::Leave { to: self.body.to.map(Day::of) }),
            "exempted" if here => Some(What::Exempted { until: self.body.until.map(Day::of) }),
            "extended" if here => self.body.due.map(|due| What::Extended { due: Day::of(due) }),
            "prior-credit" if own && here && new => Some(What::PriorCredit),
            "completed" if own && new => Some(What::Completed),
            "completed" if self.document == requirement.refresher && self.document.is_some() => Some(What::Refreshed),
            "revoked" if own && here => Some(What::Revoked),
            _ => None,
        }
    }
}

fn kept(row: &Row) -> Result<Kept> {
    Ok(Kept {
        requirement: RequirementId(row.i64("requirement_id")?),
        assignment: AssignmentId(row.i64("assignment_id")?),
        from_on: row.days("from_on")?,
        until_on: row.days("until_on")?,
        days: row.days_or_none("days")?,
    })
}

fn told(row: &Row) -> Result<Told> {
    let body = row.text_or_none("body")?;
    let body = body.map(|body| serde_json::from_str(&body)).transpose();
    Ok(Told {
        seq: row.i64("seq")?,
        kind: row.text("kind")?,
        on: row.days("effective_on")?,
        recorded_at: row.i64("recorded_at")?,
        by: row.i64_or_none("by_id")?.map(PersonId),
        document: row.i64_or_none("document_id")?.map(DocumentId),
        version: row.i64_or_none("version_id")?.map(VersionId),
        supersedes: row.i64_or_none("supersedes")?,
        body: body.map_err(|error| StoreError::corrupt("fact_body.body", error))?.unwrap_or_default(),
    })
}

/// Makes the sources of people what assignments and places of work say, each from a day on; what was before it stays.
async fn reconcile(tx: &mut Tx, people: &[(PersonId, i32)]) -> Result<()> {
    let reach = Reach::load(tx).await?;
    let ids: Vec<PersonId> = people.iter().map(|(person, _)| *person).collect();
    let mut lives = Lives::load(tx, &ids, false).await?;
    lives.load_disabled(tx).await?;
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for (person, since) in people {
        let life = lives.of(*person);
        let after = reach.sources(*person, &life, *since);
        for kept in life.sources.iter().filter(|kept| !after.contains(kept)) {
            gone.push(vals![*person, kept.requirement, kept.assignment, kept.from_on]);
        }
        for kept in after.iter().filter(|kept| !life.sources.contains(kept)) {
            new.push(kept_row(*person, kept));
        }
    }
    let sql =
        "DELETE FROM obligation_source WHERE (person_id, requirement_id, assignment_id, from_on) IN (VALUES {rows})";
    tx.many(sql, gone).await?;
    tx.many(SOURCES, new).await.map(drop)
}

fn kept_row(person: PersonId, kept: &Kept) -> Vec<Val> {
    vals![person, kept.requirement, kept.assignment, kept.from_on, kept.until_on, kept.days]
}

const SOURCES: &str =
    "INSERT INTO obligation_source (person_id, requirement_id, assignment_id, from_on, until_on, days) VALUES {rows}";

/// Whom the assignments reach.
struct Reach {
    assignments: Vec<Assignment>,
    steps: HashMap<PathId, Vec<(RequirementId, i32)>>,
    /// Every department with itself and those above it.
    above: HashMap<DepartmentId, HashSet<DepartmentId>>,
}

impl Reach {
    async fn load(tx: &mut Tx) -> Result<Self> {
        let mut steps: HashMap<PathId, Vec<(RequirementId, i32)>> = HashMap::new();
        for row in tx.all("SELECT path_id, requirement_id, due_days FROM path_step", vals![]).await? {
            let step = (RequirementId(row.i64("requirement_id")?), row.days("due_days")?);
            steps.entry(PathId(row.i64("path_id")?)).or_default().push(step);
        }
        let mut above: HashMap<DepartmentId, HashSet<DepartmentId>> = HashMap::new();
        for row in tx.all("SELECT ancestor_id, department_id FROM department_below", vals![]).await? {
            let department = DepartmentId(row.i64("department_id")?);
            above.entry(department).or_default().insert(DepartmentId(row.i64("ancestor_id")?));
        }
        Ok(Self { assignments: assignment::assignments(tx).await?, steps, above })
    }

    /// The sources somebody has: those they had before a day, and from it on what the assignments say.
    fn sources(&self, person: PersonId, life: &Life, since: i32) -> Vec<Kept> {
        let mut all: Vec<Kept> = Vec::new();
        let mut by: BTreeMap<(RequirementId, AssignmentId), Vec<Kept>> = BTreeMap::new();
        for kept in &life.sources {
            by.entry((kept.requirement, kept.assignment)).or_default().push(*kept);
        }
        for assignment in &self.assignments {
            let until = assignment.until_on.unwrap_or(i32::MAX);
            let asked: Vec<(RequirementId, Option<i32>)> = match assignment.what {
                assignment::What::Requirement(id) => vec![(id, None)],
                assignment::What::Path(path) => self
                    .steps
                    .get(&path)
                    .map(|steps| steps.iter().map(|(id, days)| (*id, Some(*days))).collect())
                    .unwrap_or_default(),
            };
            let spans = if life.disabled { Vec::new() } else { self.spans(person, life, assignment, until) };
            for (requirement, days) in asked {
                let before = by.remove(&(requirement, assignment.id)).unwrap_or_default();
                if assignment.audience == Audience::Holders && !life.disabled {
                    // Given to those who held it on a day: nobody joins.
                    all.extend(before.iter().filter_map(|kept| cut(*kept, until)));
                    continue;
                }
                all.extend(merged(&before, &spans, since, |from_on, until_on| Kept {
                    requirement,
                    assignment: assignment.id,
                    from_on,
                    until_on,
                    days,
                }));
            }
        }
        // What no assignment asks for any more, such as a step taken out of a path, ends.
        all.extend(by.into_values().flatten().filter_map(|kept| cut(kept, since)));
        all
    }

    /// The days on which an assignment reaches somebody, in order, what touches taken together.
    fn spans(&self, person: PersonId, life: &Life, assignment: &Assignment, until: i32) -> Vec<(i32, i32)> {
        let all = (assignment.from_on, until);
        let spans: Vec<(i32, i32)> = match &assignment.audience {
            Audience::Everybody => vec![all],
            Audience::Person(id) if *id == person => vec![all],
            Audience::Person(_) | Audience::Holders => Vec::new(),
            Audience::Department(department) => life
                .places
                .iter()
                .filter(|place| self.above.get(&place.department).is_some_and(|above| above.contains(department)))
                .map(|place| (place.from_on, place.until_on))
                .collect(),
            Audience::Role(role) => life
                .places
                .iter()
                .filter(|place| place.job_role == *role)
                .map(|place| (place.from_on, place.until_on))
                .collect(),
        };
        let mut joined: Vec<(i32, i32)> = Vec::new();
        for (from, to) in
            spans.into_iter().map(|(from, to)| (from.max(all.0), to.min(all.1))).filter(|span| span.0 < span.1)
        {
            match joined.last_mut() {
                Some(last) if last.1 >= from => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        joined
    }
}

/// A source that ends on a day at the latest; none if it would not have begun.
fn cut(kept: Kept, until: i32) -> Option<Kept> {
    let until_on = kept.until_on.min(until);
    (kept.from_on < until_on).then_some(Kept { until_on, ..kept })
}

/// What was before a day, and from it on the spans; what goes on over that day stays one, as it began.
fn merged(before: &[Kept], spans: &[(i32, i32)], since: i32, make: impl Fn(i32, i32) -> Kept) -> Vec<Kept> {
    let mut all: Vec<Kept> = before.iter().filter_map(|kept| cut(*kept, since)).collect();
    for (from, until) in spans.iter().map(|(from, until)| ((*from).max(since), *until)).filter(|span| span.0 < span.1) {
        match all.last_mut() {
            Some(last) if last.until_on == from => last.until_on = until,
            _ => {
                // One that was to begin later keeps the days it was given with.
                let there = before.iter().find(|kept| kept.from_on == from);
                all.push(there.map_or_else(|| make(from, until), |kept| Kept { until_on: until, ..*kept }));
            }
        }
    }
    all
}

/// What follows for these people; tells for how many obligations it is not what is kept, which is made so unless it is only a check.
async fn project(tx: &mut Tx, people: &[PersonId], check: bool) -> Result<u64> {
    if people.is_empty() {
        return Ok(0);
    }
    let rules = Rules::load(tx).await?;
    let mut lives = Lives::load(tx, people, false).await?;
    let (mut kept_stands, mut kept_cycles) = projected(tx, people).await?;
    let (mut gone, mut stands, mut cycles) = (Vec::new(), Vec::new(), Vec::new());
    let mut different = 0;
    let mut touched = Touched::default();
    for person in people {
        let life = lives.of(*person);
        let mut since: Option<i32> = None;
        for requirement in &rules.requirements {
            let key = (*person, requirement.id);
            let (old_stands, old_cycles) =
                (kept_stands.remove(&key).unwrap_or_default(), kept_cycles.remove(&key).unwrap_or_default());
            let (new_stands, new_cycles) = match life.account(&rules, requirement, None, None) {
                Some(account) => account.ask(projection),
                None => (Vec::new(), Vec::new()),
            };
            if new_stands == old_stands && new_cycles == old_cycles {
                continue;
            }
            different += 1;
            since = since.into_iter().chain(first_change(&old_stands, &new_stands)).min();
            if !old_stands.is_empty() || !old_cycles.is_empty() {
                gone.push(vals![*person, requirement.id]);
            }
            let (new_stands, new_cycles) = rows_of(key, &new_stands, &new_cycles);
            stands.extend(new_stands);
            cycles.extend(new_cycles);
        }
        if let Some(since) = since {
            let places = life.places.iter().map(|place| (place.department, place.from_on, place.until_on));
            touched.person(places, since);
        }
    }
    if check {
        return Ok(different);
    }
    touched.write(tx).await?;
    let again = gone.clone();
    tx.many("DELETE FROM standing WHERE (person_id, requirement_id) IN (VALUES {rows})", gone).await?;
    tx.many("DELETE FROM cycle WHERE (person_id, requirement_id) IN (VALUES {rows})", again).await?;
    tx.many(STANDS, stands).await?;
    tx.many(CYCLES, cycles).await?;
    Ok(different)
}

/// The first day on which stretches are other than they were.
fn first_change(old: &[Slice], new: &[Slice]) -> Option<i32> {
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    old.get(same).into_iter().chain(new.get(same)).map(|slice| slice.from.0).min()
}

/// What is projected; `{rows}` stands for what [`rows_of`] makes.
const STANDS: &str = "INSERT INTO standing (person_id, requirement_id, from_on, until_on, overlay, away, held, valid_through, window_on, grace_on,
        cycle_no, opened_on, due_on, missing, renewal, refresher_on, late, last_late)
    VALUES {rows}";
const CYCLES: &str = "INSERT INTO cycle (person_id, requirement_id, no, opened_on, due_on, completed_on, valid_through, late) VALUES {rows}";

/// The rows of an obligation's stretches and of its cycles.
fn rows_of(key: (PersonId, RequirementId), stands: &[Slice], cycles: &[Cycle]) -> (Vec<Vec<Val>>, Vec<Vec<Val>>) {
    let until = |at: usize| stands.get(at + 1).map_or(i32::MAX, |next| next.from.0);
    let stands = stands.iter().enumerate().map(|(at, slice)| row_of(key, slice, until(at))).collect();
    let cycles = (1_i64..).zip(cycles).map(|(no, cycle)| {
        let day = |day: Option<Day>| day.map(|day| day.0);
        let Cycle { opened, due, completed, valid_through, late } = cycle;
        vals![key.0, key.1, no, opened.0, day(*due), day(*completed), day(*valid_through), *late]
    });
    (stands, cycles.collect())
}

/// What is kept of an obligation: the stretches from the first day it applied, and the cycles that have ended.
fn projection(terms: Terms<'_>, facts: &[Dated]) -> (Vec<Slice>, Vec<Cycle>) {
    let (mut stretches, mut cycles) = slices(terms, facts);
    if stretches.last().is_some_and(|last| last.open.is_some()) {
        cycles.pop();
    }
    let first = stretches.iter().position(|slice| !never_asked(slice)).unwrap_or(stretches.len());
    stretches.drain(..first);
    (stretches, cycles)
}

/// Whether nobody has asked for it yet.
fn never_asked(slice: &Slice) -> bool {
    slice.overlay == Some(Overlay::NotApplicable) && slice.cycle_no == 0
}

type Projected<T> = HashMap<(PersonId, RequirementId), Vec<T>>;

async fn projected(tx: &mut Tx, people: &[PersonId]) -> Result<(Projected<Slice>, Projected<Cycle>)> {
    let rows = || people.iter().map(|person| vals![*person]).collect::<Vec<_>>();
    let (mut stands, mut cycles): (Projected<Slice>, Projected<(i64, Cycle)>) = (HashMap::new(), HashMap::new());
    let sql = concat!(
        "WITH v (id) AS (VALUES {rows}) ",
        columns!(),
        " FROM v CROSS JOIN standing s WHERE s.person_id = v.id"
    );
    for row in tx.all_of_many(sql, rows()).await? {
        let Obligation { person, requirement, slice } = obligation(&row)?;
        stands.entry((person, requirement)).or_default().push(slice);
    }
    let sql = "WITH v (id) AS (VALUES {rows}) SELECT c.person_id, c.requirement_id, c.no, c.opened_on, c.due_on, c.completed_on,
            c.valid_through, c.late
        FROM v CROSS JOIN cycle c WHERE c.person_id = v.id";
    for row in tx.all_of_many(sql, rows()).await? {
        let key = (PersonId(row.i64("person_id")?), RequirementId(row.i64("requirement_id")?));
        cycles.entry(key).or_default().push((row.i64("no")?, cycle(&row)?));
    }
    stands.values_mut().for_each(|slices| slices.sort_by_key(|slice| slice.from));
    let cycles = cycles.into_iter().map(|(key, mut rows)| {
        rows.sort_by_key(|(no, _)| *no);
        (key, rows.into_iter().map(|(_, cycle)| cycle).collect())
    });
    Ok((stands, cycles.collect()))
}

fn row_of((person, requirement): (PersonId, RequirementId), slice: &Slice, until_on: i32) -> Vec<Val> {
    let Slice { from, overlay, credit, open, cycle_no, last_late, away } = *slice;
    let overlay = match overlay {
        None => 0,
        Some(Overlay::NotApplicable) => 1,
        Some(Overlay::Exempt) => 2,
        Some(Overlay::OnLeave) => 3,
    };
    let (held, dates) = match credit {
        Held::No => (0, None),
        Held::Revoked => (1, None),
        Held::ForGood => (2, None),
        Held::Until { valid_through, window, grace } => (3, Some((valid_through.0, window.0, grace.0))),
    };
    let missing = open.and_then(|open| open.missing).map(|missing| match missing {
        Missing::Hired => 1,
        Missing::RoleStart => 2,
    });
    vals![
        person,
        requirement,
        from.0,
        until_on,
        overlay,
        away,
        held,
        dates.map(|(valid_through, ..)| valid_through),
        dates.map(|(_, window, _)| window),
        dates.map(|(.., grace)| grace),
        cycle_no,
        open.map(|open| open.opened.0),
        open.and_then(|open| open.due).map(|due| due.0),
        missing,
        open.is_some_and(|open| open.renewal),
        open.and_then(|open| open.refresher_until).map(|day| day.0),
        open.is_some_and(|open| open.late),
        last_late
    ]
}

pub(crate) fn obligation(row: &Row) -> Result<Obligation> {
    let corrupt =
        |column: &'static str, number: i64| StoreError::corrupt(column, format_args!("{number} means nothing"));
    let marks = row.i64("marks")?;
    let mark = |shift: u32| marks >> shift & 1 == 1;
    let ((from, _), (valid_through, window)) = (pair_of(row, "stretch")?, pair_of(row, "credit")?);
    let ((grace, opened), (due, refresher_until)) = (pair_of(row, "grace")?, pair_of(row, "due")?);
    let overlay = match marks & 3 {
        0 => None,
        1 => Some(Overlay::NotApplicable),
        2 => Some(Overlay::Exempt),
        _ => Some(Overlay::OnLeave),
    };
    let credit = match (marks >> 2 & 3, valid_through, window, grace) {
        (0, ..) => Held::No,
        (1, ..) => Held::Revoked,
        (2, ..) => Held::ForGood,
        (_, Some(valid_through), Some(window), Some(grace)) => Held::Until { valid_through, window, grace },
        _ => return Err(StoreError::corrupt("standing.held", "a credit until a day has no days")),
    };
    let missing = missing_of(Some(marks >> 8 & 3).filter(|missing| *missing != 0))?;
    let open = opened.map(|opened| Open { opened, due, missing, renewal: mark(7), refresher_until, late: mark(5) });
    let from = from.ok_or_else(|| StoreError::corrupt("standing.from_on", "it is empty"))?;
    let cycle_no = u32::try_from(marks >> 10).map_err(|_| corrupt("standing.cycle_no", marks >> 10))?;
    Ok(Obligation {
        person: PersonId(row.i64("person_id")?),
        requirement: RequirementId(row.i64("requirement_id")?),
        slice: Slice { from, overlay, credit, open, cycle_no, last_late: mark(6), away: mark(4) },
    })
}

/// The two days of a [`pair`].
#[expect(clippy::cast_possible_truncation, reason = "each half of 64 bits is a day of 32")]
pub(crate) fn pair_of(row: &Row, column: &'static str) -> Result<(Option<Day>, Option<Day>)> {
    let both = row.i64(column)?;
    let day = |half: i64| Some(Day(half as i32)).filter(|day| day.0 != i32::MIN);
    Ok((day(both >> 32), day((both & 0xFFFF_FFFF) + i64::from(i32::MIN))))
}

pub(crate) fn missing(row: &Row) -> Result<Option<Missing>> {
    missing_of(row.i64_or_none("missing")?)
}

fn missing_of(number: Option<i64>) -> Result<Option<Missing>> {
    match number {
        None => Ok(None),
        Some(1) => Ok(Some(Missing::Hired)),
        Some(2) => Ok(Some(Missing::RoleStart)),
        Some(other) => Err(StoreError::corrupt("standing.missing", format_args!("{other} means nothing"))),
    }
}

pub(crate) fn cycle(row: &Row) -> Result<Cycle> {
    let day = |column: &'static str| Ok::<_, StoreError>(row.days_or_none(column)?.map(Day));
    Ok(Cycle {
        opened: Day(row.days("opened_on")?),
        due: day("due_on")?,
        completed: day("completed_on")?,
        valid_through: day("valid_through")?,
        late: row.bool("late")?,
    })
}
