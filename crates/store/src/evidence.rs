//! What happened, as an auditor reads it: the rounds of an obligation, the credits with what proves them, attempts, and where people
//! worked; for one person, or for many and one requirement.

use std::collections::{HashMap, HashSet};

use records::{answer::Cycle, day::Day};

use crate::{
    AssignmentId, AttemptId, DepartmentId, DocumentId, PastEvent, PersonId, RequirementId, Result, Store, StoreError,
    db::{Row, vals},
    event,
    obligation::cycle,
    person::{self, Tenure},
};

/// One round of an obligation, open ones too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Who.
    pub person: PersonId,
    /// Its number.
    pub no: u32,
    /// Its days.
    pub cycle: Cycle,
    /// The last day on which it was open, if it was not completed; none while that is not known.
    pub last_on: Option<i32>,
}

/// Somebody with everywhere they worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their name as it is put in order.
    pub sort_name: String,
    /// Their places of work, in order.
    pub places: Vec<Tenure>,
}

impl Worked {
    /// Where they worked on a day.
    pub fn on(&self, day: i32) -> Option<&Tenure> {
        self.places.iter().rfind(|place| place.from_on <= day && place.until_on.is_none_or(|until| until > day))
    }
}

/// Days on which an assignment asked somebody for a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedBy {
    /// Who was asked.
    pub person: PersonId,
    /// By which assignment.
    pub assignment: AssignmentId,
    /// The first day.
    pub from_on: i32,
    /// The day after the last one, none while no end is known.
    pub until_on: Option<i32>,
}

/// A line of the ledger with the attempt and the version it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The line.
    pub event: PastEvent,
    /// The attempt.
    pub attempt: Option<AttemptId>,
    /// Its score in hundredths of a percent.
    pub score: Option<i64>,
    /// The content hash of the version.
    pub content_hash: Option<[u8; 32]>,
}

/// An attempt at any document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyAttempt {
    /// The attempt.
    pub id: AttemptId,
    /// Whose.
    pub person: PersonId,
    /// The document.
    pub document: DocumentId,
    /// What that is.
    pub kind: String,
    /// The title of the version.
    pub title: String,
    /// The content hash of the version.
    pub content_hash: [u8; 32],
    /// How it was taken; empty for a module.
    pub mode: String,
    /// When it began, microseconds.
    pub started_at: i64,
    /// When it ended, none while it is open.
    pub ended_at: Option<i64>,
    /// The score in hundredths of a percent.
    pub score: Option<i64>,
    /// Whether it was passed.
    pub passed: Option<bool>,
    /// The number of the certificate that it led to.
    pub certificate: Option<String>,
}

/// The columns of an attempt, of `attempt a`; `fact_completed_once` finds its completion.
macro_rules! attempts {
    () => {
        "SELECT a.id, a.person_id, a.document_id, d.kind, v.title, v.content_hash, a.mode, a.started_at, a.ended_at, a.score, a.passed,
            c.number"
    };
}
macro_rules! of_attempts {
    () => {
        " JOIN document d ON d.id = a.document_id JOIN version v ON v.id = a.version_id
            LEFT JOIN fact f ON f.attempt_id = a.id AND f.kind = 'completed' AND f.supersedes IS NULL
            LEFT JOIN certificate c ON c.fact_seq = f.seq"
    };
}

impl Store {
    /// Every attempt of a person at anything, the newest first.
    pub async fn attempts_of_person(&self, person: PersonId) -> Result<Vec<AnyAttempt>> {
        let sql = concat!(attempts!(), " FROM attempt a", of_attempts!(), " WHERE a.person_id = $1 ORDER BY a.id DESC");
        self.reader().await?.all(sql, vals![person]).await?.iter().map(attempt).collect()
    }

    /// The attempts of these people at these documents, the oldest first.
    pub async fn attempts_at(&self, people: &[PersonId], documents: &[DocumentId]) -> Result<Vec<AnyAttempt>> {
        let mut rows = Vec::with_capacity(people.len() * documents.len());
        for person in people {
            rows.extend(documents.iter().map(|document| vals![*person, *document]));
        }
        let sql = concat!(
            "WITH v (person, document) AS (VALUES {rows}) ",
            attempts!(),
            " FROM v w CROSS JOIN attempt a",
            of_attempts!(),
            " WHERE a.person_id = w.person AND a.document_id = w.document"
        );
        let rows = self.reader().await?.all_of_many(sql, rows).await?;
        let mut found = rows.iter().map(attempt).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|one| one.id);
        Ok(found)
    }

    /// The cycles of a person that have ended, by requirement and in order; the open ones are in the obligations.
    pub async fn cycles_of_person(&self, person: PersonId) -> Result<Vec<(RequirementId, Cycle)>> {
        let sql =
            "SELECT person_id, requirement_id, no, opened_on, due_on, completed_on, valid_through, late FROM cycle
            WHERE person_id = $1 ORDER BY requirement_id, no";
        let rows = self.reader().await?.all(sql, vals![person]).await?;
        rows.iter().map(|row| Ok((RequirementId(row.i64("requirement_id")?), cycle(row)?))).collect()
    }

    /// Whom a requirement ever reached up to a day: so many of them after a person, by id.
    pub async fn ever_asked(
        &self,
        requirement: RequirementId,
        until: i32,
        after: PersonId,
        limit: i64,
    ) -> Result<Vec<PersonId>> {
        let sql = "SELECT DISTINCT person_id FROM obligation_source
            WHERE requirement_id = $1 AND from_on <= $2 AND person_id > $3 ORDER BY person_id LIMIT $4";
        let rows = self.reader().await?.all(sql, vals![requirement, until, after, limit]).await?;
        rows.iter().map(|row| row.i64("person_id").map(PersonId)).collect()
    }

    /// Who worked in one of these departments, those below not counted, on any of these days, by id.
    pub async fn who_worked(&self, departments: &[DepartmentId], (from, to): (i32, i32)) -> Result<Vec<PersonId>> {
        let rows = departments.iter().map(|department| vals![*department, from, to]).collect();
        let sql = "WITH v (id, first, last) AS (VALUES {rows}) SELECT t.person_id FROM v CROSS JOIN tenure t
            WHERE t.department_id = v.id AND t.from_on <= v.last AND t.until_on > v.first";
        let rows = self.reader().await?.all_of_many(sql, rows).await?;
        let people = rows.iter().map(|row| row.i64("person_id").map(PersonId)).collect::<Result<HashSet<_>>>()?;
        let mut people: Vec<_> = people.into_iter().collect();
        people.sort_unstable();
        Ok(people)
    }

    /// These people with everywhere they worked.
    pub async fn worked(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Worked>> {
        let mut reader = self.reader().await?;
        let rows = || people.iter().map(|person| vals![*person]).collect::<Vec<_>>();
        let sql = "WITH v (id) AS (VALUES {rows}) SELECT p.id, p.name, p.sort_name FROM v CROSS JOIN person p WHERE p.id = v.id";
        let mut found = HashMap::with_capacity(people.len());
        for row in reader.all_of_many(sql, rows()).await? {
            let person = PersonId(row.i64("id")?);
            let (name, sort_name) = (row.text("name")?, row.text("sort_name")?);
            found.insert(person, Worked { person, name, sort_name, places: Vec::new() });
        }
        let sql = "WITH v (id) AS (VALUES {rows}) SELECT t.person_id, t.department_id, d.name, t.job_role, t.from_on, t.until_on
            FROM v CROSS JOIN tenure t JOIN department d ON d.id = t.department_id WHERE t.person_id = v.id";
        for row in reader.all_of_many(sql, rows()).await? {
            if let Some(worked) = found.get_mut(&PersonId(row.i64("person_id")?)) {
                worked.places.push(person::tenure(&row)?);
            }
        }
        found.values_mut().for_each(|worked| worked.places.sort_by_key(|place| place.from_on));
        Ok(found)
    }

    /// Every round of a requirement of these people that has opened by a day, the open ones as they stand on it.
    pub async fn rounds(&self, requirement: RequirementId, people: &[PersonId], today: i32) -> Result<Vec<Round>> {
        let mut reader = self.reader().await?;
        let rows = || people.iter().map(|person| vals![*person, requirement]).collect::<Vec<_>>();
        let mut rounds: HashMap<(PersonId, u32), Round> = HashMap::new();
        let number = |row: &Row, column: &'static str| {
            u32::try_from(row.i64(column)?).map_err(|error| StoreError::corrupt(column, error))
        };
        let sql = "WITH v (id, requirement) AS (VALUES {rows})
            SELECT c.person_id, c.requirement_id, c.no, c.opened_on, c.due_on, c.completed_on, c.valid_through, c.late
            FROM v CROSS JOIN cycle c WHERE c.person_id = v.id AND c.requirement_id = v.requirement";
        for row in reader.all_of_many(sql, rows()).await? {
            let (person, no) = (PersonId(row.i64("person_id")?), number(&row, "no")?);
            rounds.insert((person, no), Round { person, no, cycle: cycle(&row)?, last_on: None });
        }
        let sql = "WITH v (id, requirement) AS (VALUES {rows})
            SELECT s.person_id, s.cycle_no, s.opened_on, s.due_on, s.late, s.from_on, s.until_on
            FROM v CROSS JOIN standing s WHERE s.person_id = v.id AND s.requirement_id = v.requirement AND s.opened_on IS NOT NULL";
        let mut stretches = Vec::new();
        for row in reader.all_of_many(sql, rows()).await? {
            let (person, no) = (PersonId(row.i64("person_id")?), number(&row, "cycle_no")?);
            let cycle = Cycle {
                opened: Day(row.days("opened_on")?),
                due: row.days_or_none("due_on")?.map(Day),
                completed: None,
                valid_through: None,
                late: row.bool("late")?,
            };
            let days = (row.days("from_on")?, row.days("until_on")?);
            stretches.push((days, Round { person, no, cycle, last_on: None }));
        }
        // The last stretch of a round says how it stands, and when it ended.
        stretches.sort_by_key(|(days, _)| *days);
        let ended: HashSet<(PersonId, u32)> = rounds.keys().copied().collect();
        for ((from, until), stretch) in stretches {
            let key = (stretch.person, stretch.no);
            // One that has ended keeps the days it ended with.
            if from <= today && !ended.contains(&key) {
                rounds.insert(key, stretch);
            }
            if let Some(round) = rounds.get_mut(&key) {
                round.last_on = (until < i32::MAX).then(|| until - 1);
            }
        }
        rounds.retain(|_, round| round.cycle.opened.0 <= today);
        let mut rounds: Vec<Round> = rounds.into_values().collect();
        rounds.sort_by_key(|round| (round.person, round.no));
        Ok(rounds)
    }

    /// Which assignments asked these people for a requirement, and when.
    pub async fn asked_by(&self, requirement: RequirementId, people: &[PersonId]) -> Result<Vec<AskedBy>> {
        let rows = people.iter().map(|person| vals![*person, requirement]).collect();
        let sql =
            "WITH v (id, requirement) AS (VALUES {rows}) SELECT o.person_id, o.assignment_id, o.from_on, o.until_on
            FROM v CROSS JOIN obligation_source o WHERE o.person_id = v.id AND o.requirement_id = v.requirement";
        let one = |row: &Row| {
            Ok(AskedBy {
                person: PersonId(row.i64("person_id")?),
                assignment: AssignmentId(row.i64("assignment_id")?),
                from_on: row.days("from_on")?,
                until_on: Some(row.days("until_on")?).filter(|day| *day != i32::MAX),
            })
        };
        let rows = self.reader().await?.all_of_many(sql, rows).await?;
        let mut found = rows.iter().map(one).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|one| (one.person, one.from_on, one.assignment));
        Ok(found)
    }

    /// What the ledger holds of these people about two documents, or about the people themselves, the oldest first.
    pub async fn told_of(&self, people: &[PersonId], documents: (DocumentId, DocumentId)) -> Result<Vec<Told>> {
        let rows = people.iter().map(|person| vals![*person, documents.0, documents.1]).collect();
        let sql = "WITH w (id, one, other) AS (VALUES {rows})
            SELECT f.seq, f.person_id, f.kind, f.effective_on, f.recorded_at, p.name, f.document_id, v.title, f.supersedes, b.body,
                l.seq AS later, f.by_id, (SELECT count(*) FROM right_held r WHERE r.person_id = f.by_id AND r.held = 'administrator')
                AS by_administrator, f.attempt_id, a.score, k.content_hash
            FROM w CROSS JOIN fact f LEFT JOIN fact_body b ON b.seq = f.seq LEFT JOIN person p ON p.id = f.by_id
            LEFT JOIN document d ON d.id = f.document_id LEFT JOIN version v ON v.id = coalesce(f.version_id, d.live_version_id)
            LEFT JOIN version k ON k.id = f.version_id LEFT JOIN attempt a ON a.id = f.attempt_id
            LEFT JOIN fact l ON l.supersedes = f.seq
            WHERE f.person_id = w.id AND (f.document_id IS NULL OR f.document_id = w.one OR f.document_id = w.other)";
        let one = |row: &Row| {
            let hash = if row.blob_or_none("content_hash")?.is_some() { Some(row.hash("content_hash")?) } else { None };
            Ok(Told {
                event: event::past(row)?,
                attempt: row.i64_or_none("attempt_id")?.map(AttemptId),
                score: row.i64_or_none("score")?,
                content_hash: hash,
            })
        };
        let rows = self.reader().await?.all_of_many(sql, rows).await?;
        let mut found = rows.iter().map(one).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|told| told.event.seq);
        Ok(found)
    }
}

fn attempt(row: &Row) -> Result<AnyAttempt> {
    Ok(AnyAttempt {
        id: AttemptId(row.i64("id")?),
        person: PersonId(row.i64("person_id")?),
        document: DocumentId(row.i64("document_id")?),
        kind: row.text("kind")?,
        title: row.text("title")?,
        content_hash: row.hash("content_hash")?,
        mode: row.text("mode")?,
        started_at: row.i64("started_at")?,
        ended_at: row.i64_or_none("ended_at")?,
        score: row.i64_or_none("score")?,
        passed: row.bool_or_none("passed")?,
        certificate: row.text_or_none("number")?,
    })
}
