//! Reminders that were sent: each once. What the nightly pass reads of many people at a time, and writes together with its messages.

use std::collections::HashMap;

use records::reminder::{Kind, Reminder};

use crate::{
    DepartmentId, NewMessage, Obligation, PersonId, RequirementId, Result, Store, StoreError,
    db::{Row, Tx, vals},
    message, obligation,
};

/// A reminder to somebody about a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminded {
    /// To whom.
    pub person: PersonId,
    /// About what.
    pub requirement: RequirementId,
    /// Which one.
    pub reminder: Reminder,
}

/// Somebody with what stands open for them, for a pass over everybody.
#[derive(Debug, Clone)]
pub struct Reachable {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Where they are written to, if anywhere.
    pub email: Option<String>,
    /// Where they work that day.
    pub department: Option<DepartmentId>,
    /// What is open for them.
    pub open: Vec<Obligation>,
    /// What they were reminded of.
    pub reminded: Vec<(RequirementId, Reminder)>,
}

/// Somebody who manages a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Managing {
    /// The department.
    pub department: DepartmentId,
    /// The manager, or who stands in for one.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Where they are written to, if anywhere.
    pub email: Option<String>,
}

impl Store {
    /// The next `limit` people after `after` for whom something is open on a day, with what they were reminded of. People who are
    /// disabled are left out.
    pub async fn reachable(&self, day: i32, after: PersonId, limit: i64) -> Result<Vec<Reachable>> {
        let mut reader = self.reader().await?;
        // Everything by ranges of people: the rows of one lie together.
        let ids = "SELECT id FROM person WHERE id > $1 ORDER BY id LIMIT $2";
        let rows = reader.all(ids, vals![after, limit]).await?;
        let Some(last) = rows.last().map(|row| row.i64("id")).transpose()? else { return Ok(Vec::new()) };
        let people = "SELECT p.id, p.name, p.email, t.department_id FROM person p
            LEFT JOIN tenure t ON t.person_id = p.id AND t.from_on <= $3 AND t.until_on > $3
            WHERE p.id > $1 AND p.id <= $2 AND p.disabled_at IS NULL ORDER BY p.id";
        let mut found: Vec<Reachable> = Vec::new();
        let mut place = HashMap::new();
        for row in reader.all(people, vals![after, last, day]).await? {
            let person = PersonId(row.i64("id")?);
            place.insert(person, found.len());
            found.push(Reachable {
                person,
                name: row.text("name")?,
                email: row.text_or_none("email")?,
                department: row.i64_or_none("department_id")?.map(DepartmentId),
                open: Vec::new(),
                reminded: Vec::new(),
            });
        }
        for held in obligation::open_between(&mut reader, (after, PersonId(last)), day).await? {
            if let Some(at) = place.get(&held.person) {
                found[*at].open.push(held);
            }
        }
        let sent = "SELECT person_id, requirement_id, cycle_no, kind, days FROM reminder WHERE person_id > $1 AND person_id <= $2";
        for row in reader.all(sent, vals![after, last]).await? {
            if let Some(at) = place.get(&PersonId(row.i64("person_id")?)) {
                found[*at].reminded.push((RequirementId(row.i64("requirement_id")?), reminder(&row)?));
            }
        }
        // The caller goes on after the last one, whatever stands open for them.
        let last = found.last().map(|one| one.person);
        found.retain(|one| !one.open.is_empty() || Some(one.person) == last);
        Ok(found)
    }

    /// Of what a person was reminded and on which day, the oldest first.
    pub async fn reminded(&self, person: PersonId) -> Result<Vec<(RequirementId, Reminder, i32)>> {
        let sql = "SELECT requirement_id, cycle_no, kind, days, on_day FROM reminder WHERE person_id = $1
            ORDER BY on_day, requirement_id, cycle_no, kind, days";
        let rows = self.reader().await?.all(sql, vals![person]).await?;
        rows.iter()
            .map(|row| Ok((RequirementId(row.i64("requirement_id")?), reminder(row)?, row.days("on_day")?)))
            .collect()
    }

    /// The number of the last person there is.
    pub async fn last_person(&self) -> Result<PersonId> {
        let row = self.reader().await?.one("SELECT coalesce(max(id), 0) AS id FROM person", vals![]).await?;
        row.i64("id").map(PersonId)
    }

    /// Who manages each department on a day, those included who stand in for a manager.
    pub async fn managing(&self, day: i32) -> Result<Vec<Managing>> {
        let sql = "SELECT r.department_id, p.id, p.name, p.email FROM right_held r JOIN person p
                ON (p.id = r.person_id OR p.id IN (SELECT y.deputy_id FROM deputy y WHERE y.manager_id = r.person_id AND y.from_on <= $1
                    AND y.to_on >= $1))
            WHERE r.held = 'manager' AND p.disabled_at IS NULL ORDER BY r.department_id, p.id";
        let rows = self.reader().await?.all(sql, vals![day]).await?;
        rows.iter()
            .map(|row| {
                Ok(Managing {
                    department: DepartmentId(row.i64("department_id")?),
                    person: PersonId(row.i64("id")?),
                    name: row.text("name")?,
                    email: row.text_or_none("email")?,
                })
            })
            .collect()
    }

    /// When people were written to since an instant (both microseconds), for each message whose key begins with `prefix`.
    pub async fn written_to_since(&self, prefix: &str, since: i64) -> Result<HashMap<PersonId, Vec<i64>>> {
        let sql = "SELECT person_id, made_at FROM message WHERE made_at >= $1 AND key LIKE $2";
        let pattern = format!("{prefix}%");
        let mut found: HashMap<PersonId, Vec<i64>> = HashMap::new();
        for row in self.reader().await?.all(sql, vals![since, pattern]).await? {
            found.entry(PersonId(row.i64("person_id")?)).or_default().push(row.i64("made_at")?);
        }
        Ok(found)
    }

    /// Keeps what people are reminded of on a day, and queues the messages that say it, all or nothing; returns how many messages were
    /// new. What was kept already stays as it is.
    pub async fn remind(&self, reminded: Vec<Reminded>, messages: &[NewMessage], day: i32, now: i64) -> Result<u64> {
        self.write((reminded, message::as_json(messages), day, now), |tx, (reminded, messages, day, now)| {
            Box::pin(remind(tx, reminded, messages, (*day, *now)))
        })
        .await
    }

    /// Who completed a module on one of these days and still has access, with the ledger number of that completion.
    pub async fn completed_on(&self, days: &[i32]) -> Result<Vec<(PersonId, i64, i32)>> {
        let rows = days.iter().map(|day| vals![*day]).collect();
        let sql = "WITH v (day) AS (VALUES {rows}) SELECT f.person_id, f.seq, f.effective_on FROM v CROSS JOIN fact f
            JOIN document d ON d.id = f.document_id AND d.kind = 'module' JOIN person p ON p.id = f.person_id AND p.disabled_at IS NULL
            WHERE f.effective_on = v.day AND f.kind = 'completed' AND p.email IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM fact l WHERE l.supersedes = f.seq)";
        let mut found = Vec::new();
        for row in self.reader().await?.all_of_many(sql, rows).await? {
            found.push((PersonId(row.i64("person_id")?), row.i64("seq")?, row.days("effective_on")?));
        }
        found.sort_unstable();
        Ok(found)
    }
}

fn reminder(row: &Row) -> Result<Reminder> {
    let word = row.text("kind")?;
    let kind = Kind::parse(&word).ok_or_else(|| StoreError::corrupt("reminder.kind", &word))?;
    let cycle = row.i64("cycle_no")?;
    let cycle = u32::try_from(cycle).map_err(|error| StoreError::corrupt("reminder.cycle_no", error))?;
    Ok(Reminder { cycle, kind, days: row.days("days")? })
}

async fn remind(tx: &mut Tx, reminded: &[Reminded], messages: &str, (day, now): (i32, i64)) -> Result<u64> {
    keep(tx, reminded, day).await?;
    message::queue_all(tx, messages, now).await
}

/// Keeps of what people are reminded on a day; what was kept already stays as it is.
pub(crate) async fn keep(tx: &mut Tx, reminded: &[Reminded], day: i32) -> Result<()> {
    let rows = reminded
        .iter()
        .map(|one| {
            let Reminder { cycle, kind, days } = one.reminder;
            let key = match kind {
                Kind::Asked => format!("asked/{}/{day}", one.person),
                _ => format!("reminders/{}/{day}", one.person),
            };
            vals![one.person, one.requirement, cycle, kind.as_str(), days, day, key]
        })
        .collect();
    let sql =
        "INSERT INTO reminder (person_id, requirement_id, cycle_no, kind, days, on_day, message_key) VALUES {rows}
        ON CONFLICT DO NOTHING";
    tx.many(sql, rows).await.map(drop)
}

/// Forgets what a message reminded somebody of that was withdrawn.
pub(crate) async fn forget(tx: &mut Tx, person: PersonId, message_key: &str) -> Result<()> {
    let sql = "DELETE FROM reminder WHERE person_id = $1 AND message_key = $2";
    tx.run(sql, vals![person, message_key]).await.map(drop)
}
