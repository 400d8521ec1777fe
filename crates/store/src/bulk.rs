//! What was done for many at once from a list: all or nothing, kept together so that whoever did it can take it back as one.

use serde::Deserialize;

use crate::{
    DepartmentId, Form, MessageId, MessageState, NewAudit, NewEvent, NewMessage, Outcome, PersonId, Recorded, Reminded,
    Result, Store, StoreError, audit,
    db::{Row, Tx, vals},
    event,
    message::{self, state},
    note::{Done, Happened},
    obligation, reminder,
};

/// Something to do for many at once. Each record and each message has the line of the audit log that goes with it.
#[derive(Debug, Clone, Default)]
pub struct NewBulk {
    /// What is done, in a word.
    pub deed: String,
    /// How and why, in words.
    pub detail: String,
    /// Everybody it is about, each with the number of the last fact about them when it was looked at how they stand.
    pub seen: Vec<(PersonId, i64)>,
    /// What is recorded.
    pub records: Vec<(NewEvent, NewAudit)>,
    /// What is written to people.
    pub messages: Vec<(NewMessage, NewAudit)>,
    /// Of what they are so reminded.
    pub reminded: Vec<Reminded>,
    /// The day on which it is done.
    pub day: i32,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkDone {
    /// All of it is done, under this number; also where the same form did it before.
    Done(i64),
    /// Something was recorded about these people since it was looked at, or they were written to. Nothing was done.
    Changed(Vec<PersonId>),
    /// The form's token was used for something else. Nothing was done.
    Conflict,
}

/// Something that was done for many at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// Its number.
    pub id: i64,
    /// What, in a word.
    pub deed: String,
    /// How and why, in words.
    pub detail: String,
    /// When, microseconds.
    pub at: i64,
    /// When it was undone.
    pub undone_at: Option<i64>,
    /// What was recorded and written, by name.
    pub lines: Vec<BulkLine>,
}

/// One record or one message of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkLine {
    /// About whom.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Where they work on the day that is asked about.
    pub department: Option<DepartmentId>,
    /// What it is about.
    pub about: Option<String>,
    /// The number of the fact, where something was recorded.
    pub fact: Option<i64>,
    /// The day the fact acts.
    pub on: i32,
    /// What was recorded on top of it since, by the word of the ledger.
    pub later: Option<String>,
    /// The message, where one was written.
    pub message: Option<MessageId>,
    /// How the message stands; none once it is kept no longer.
    pub state: Option<MessageState>,
}

/// What undoing takes back, and by whom. Each record and each message has the line of the audit log that goes with it.
#[derive(Debug, Clone)]
pub struct UndoBulk {
    /// The number of what is undone.
    pub id: i64,
    /// Who did it, and undoes it.
    pub by: PersonId,
    /// What was done before this instant stays.
    pub since: i64,
    /// The records that take those back.
    pub records: Vec<(NewEvent, NewAudit)>,
    /// The messages that are withdrawn if they have not gone out.
    pub messages: Vec<(MessageId, NewAudit)>,
}

/// What became of undoing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkUndone {
    /// It is undone.
    Done {
        /// How many messages were withdrawn.
        withdrawn: u64,
    },
    /// Something was recorded on top of it since, or all messages are on their way. Nothing was undone.
    Prevented,
    /// It is undone already, too old, or there is no such thing of this person.
    NotThere,
}

impl Happened for BulkDone {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Done(_)).then(Done::default)
    }
}

impl Happened for BulkUndone {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Done { .. }).then(Done::default)
    }
}

/// What a form that does something for many is used for, as its token remembers it.
pub fn in_bulk() -> &'static str {
    "bulk"
}

/// What a withdrawn message says.
const WITHDRAWN: &str = "It was withdrawn before it went out.";

impl Store {
    /// The number of the last fact about each of these people; 0 where there is none.
    pub async fn last_facts(&self, people: &[PersonId]) -> Result<Vec<(PersonId, i64)>> {
        last_facts(&mut self.reader().await?, people).await
    }

    /// Does something for many, all or nothing, once for a form's token.
    pub async fn do_in_bulk(&self, form: Form, new: NewBulk) -> Result<BulkDone> {
        self.write_long((form, new), |tx, (form, new)| Box::pin(do_in_bulk(tx, form, new))).await
    }

    /// What somebody did last for many at once, the newest first, with where people work on the day `today`.
    pub async fn bulks(&self, by: PersonId, limit: i64, today: i32) -> Result<Vec<Bulk>> {
        let mut reader = self.reader().await?;
        let sql = "SELECT id, deed, detail, at, undone_at FROM bulk WHERE person_id = $1 ORDER BY id DESC LIMIT $2";
        let mut found = Vec::new();
        for row in reader.all(sql, vals![by, limit]).await? {
            found.push(bulk(&mut reader, &row, today).await?);
        }
        Ok(found)
    }

    /// Something that this person did for many at once.
    pub async fn bulk(&self, id: i64, by: PersonId, today: i32) -> Result<Option<Bulk>> {
        let mut reader = self.reader().await?;
        let sql = "SELECT id, deed, detail, at, undone_at FROM bulk WHERE id = $1 AND person_id = $2";
        match reader.optional(sql, vals![id, by]).await? {
            Some(row) => bulk(&mut reader, &row, today).await.map(Some),
            None => Ok(None),
        }
    }

    /// Takes back what was done for many: the records all or nothing, of the messages those that have not gone out.
    pub async fn undo_bulk(&self, undo: UndoBulk, now: i64) -> Result<BulkUndone> {
        self.write_long((undo, now), |tx, (undo, now)| Box::pin(undo_bulk(tx, undo, *now))).await
    }
}

async fn last_facts(tx: &mut Tx, people: &[PersonId]) -> Result<Vec<(PersonId, i64)>> {
    let rows = people.iter().map(|person| vals![*person]).collect();
    let sql = "WITH v (id) AS (VALUES {rows})
        SELECT v.id, (SELECT coalesce(max(f.seq), 0) FROM fact f WHERE f.person_id = v.id) AS last FROM v";
    let rows = tx.all_of_many(sql, rows).await?;
    rows.iter().map(|row| Ok((PersonId(row.i64("id")?), row.i64("last")?))).collect()
}

async fn do_in_bulk(tx: &mut Tx, form: &Form, new: &NewBulk) -> Result<BulkDone> {
    if let Some(before) = form.before(tx, in_bulk()).await? {
        return Ok(match before {
            Outcome::Replayed(first) => match *first {
                Outcome::Recorded { next } => BulkDone::Done(next),
                _ => BulkDone::Conflict,
            },
            _ => BulkDone::Conflict,
        });
    }
    let people = in_order(new.seen.iter().map(|(person, _)| *person));
    obligation::lock(tx, &people).await?;
    let changed = changed(tx, new, &people).await?;
    if !changed.is_empty() {
        return Ok(BulkDone::Changed(changed));
    }
    let facts = append(tx, &new.records, form.now).await?;
    if !facts.is_empty() {
        obligation::recompute(tx, &people).await?;
    }
    let sql = "INSERT INTO bulk (person_id, deed, detail, at) VALUES ($1, $2, $3, $4) RETURNING id";
    let id = tx.one(sql, vals![form.person, &new.deed, &new.detail, form.now]).await?.i64("id")?;
    let rows = facts.into_iter().map(|fact| vals![id, fact]).collect();
    tx.many("INSERT INTO bulk_fact (bulk_id, fact_seq) VALUES {rows}", rows).await?;
    reminder::keep(tx, &new.reminded, new.day).await?;
    for (letter, noted) in &new.messages {
        // Whoever was written to at this very moment by somebody else is not written to again.
        let Some(message) = message::queue_message(tx, letter, form.now).await? else { continue };
        let sql = "INSERT INTO bulk_message (bulk_id, message_id, person_id) VALUES ($1, $2, $3)";
        tx.run(sql, vals![id, message, letter.person]).await?;
        audit::append(tx, noted, form.now).await?;
    }
    form.remember(tx, in_bulk(), &Outcome::Recorded { next: id }).await?;
    Ok(BulkDone::Done(id))
}

/// Those about whom something was recorded since it was looked at, or to whom that message was written.
async fn changed(tx: &mut Tx, new: &NewBulk, people: &[PersonId]) -> Result<Vec<PersonId>> {
    let now = last_facts(tx, people).await?;
    let mut changed: Vec<PersonId> =
        new.seen.iter().filter(|seen| !now.contains(seen)).map(|(person, _)| *person).collect();
    let rows = new.messages.iter().map(|(message, _)| vals![&message.key]).collect();
    let sql = "WITH v (key) AS (VALUES {rows}) SELECT m.person_id FROM v JOIN message m ON m.key = v.key";
    for row in tx.all_of_many(sql, rows).await? {
        changed.push(PersonId(row.i64("person_id")?));
    }
    Ok(in_order(changed.into_iter()))
}

fn in_order(people: impl Iterator<Item = PersonId>) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = people.collect();
    people.sort_unstable();
    people.dedup();
    people
}

/// Appends facts with their lines of the audit log. One that cannot be recorded takes the others with it.
async fn append(tx: &mut Tx, records: &[(NewEvent, NewAudit)], now: i64) -> Result<Vec<i64>> {
    let mut facts = Vec::with_capacity(records.len());
    for (event, noted) in records {
        match event::append(tx, event, now).await? {
            Recorded::Done(seq) => facts.push(seq),
            Recorded::NothingToCorrect | Recorded::Missing => {
                return Err(StoreError::corrupt("bulk", "what it is about is there no more"));
            }
        }
        audit::append(tx, noted, now).await?;
    }
    Ok(facts)
}

async fn undo_bulk(tx: &mut Tx, undo: &UndoBulk, now: i64) -> Result<BulkUndone> {
    let sql = "SELECT person_id FROM bulk_message WHERE bulk_id = $1
        UNION SELECT f.person_id FROM bulk_fact c JOIN fact f ON f.seq = c.fact_seq WHERE c.bulk_id = $1";
    let rows = tx.all(sql, vals![undo.id]).await?;
    let people = rows.iter().map(|row| row.i64("person_id").map(PersonId)).collect::<Result<Vec<_>>>()?;
    let people = in_order(people.into_iter());
    obligation::lock(tx, &people).await?;
    let open = "SELECT id FROM bulk WHERE id = $1 AND person_id = $2 AND at >= $3 AND undone_at IS NULL";
    if tx.optional(open, vals![undo.id, undo.by, undo.since]).await?.is_none() {
        return Ok(BulkUndone::NotThere);
    }
    let lines = lines(tx, undo.id, 0).await?;
    let waits = lines.iter().any(|line| line.state == Some(MessageState::Waiting));
    if lines.iter().any(|line| line.later.is_some()) || (undo.records.is_empty() && !waits) {
        return Ok(BulkUndone::Prevented);
    }
    let mut withdrawn = 0;
    for (message, noted) in &undo.messages {
        let waits = "SELECT person_id, key FROM message WHERE id = $1 AND state = 'waiting'";
        let Some(row) = tx.optional(waits, vals![*message]).await? else { continue };
        // Its key goes too: somebody may write to them again today.
        let sql = "UPDATE message SET state = 'skipped', error = $2, key = 'withdrawn/' || id, lease_until = NULL, lease_owner = NULL
            WHERE id = $1 AND state = 'waiting'";
        if tx.run(sql, vals![*message, WITHDRAWN]).await? == 1 {
            withdrawn += 1;
            reminder::forget(tx, PersonId(row.i64("person_id")?), &row.text("key")?).await?;
            audit::append(tx, noted, now).await?;
        }
    }
    tx.run("UPDATE bulk SET undone_at = $2 WHERE id = $1", vals![undo.id, now]).await?;
    if !append(tx, &undo.records, now).await?.is_empty() {
        obligation::recompute(tx, &people).await?;
    }
    Ok(BulkUndone::Done { withdrawn })
}

async fn bulk(tx: &mut Tx, row: &Row, today: i32) -> Result<Bulk> {
    let id = row.i64("id")?;
    Ok(Bulk {
        id,
        deed: row.text("deed")?,
        detail: row.text("detail")?,
        at: row.i64("at")?,
        undone_at: row.i64_or_none("undone_at")?,
        lines: lines(tx, id, today).await?,
    })
}

/// On top of a record counts what corrects it, and what was recorded about the same document later and still counts.
const FACTS: &str = "SELECT q.seq, q.person_id, q.name, q.department_id, q.effective_on, q.body, l.kind AS later FROM (
        SELECT f.seq, f.person_id, p.name, p.sort_name, t.department_id, f.effective_on, b.body,
            (SELECT min(l.seq) FROM fact l WHERE l.person_id = f.person_id AND l.seq > f.seq AND (l.supersedes = f.seq
                OR (l.document_id = f.document_id AND l.kind <> 'retracted'
                    AND NOT EXISTS (SELECT 1 FROM fact s WHERE s.supersedes = l.seq)
                    AND NOT EXISTS (SELECT 1 FROM bulk_fact o WHERE o.bulk_id = c.bulk_id AND o.fact_seq = l.seq)))) AS later
        FROM bulk_fact c JOIN fact f ON f.seq = c.fact_seq JOIN person p ON p.id = f.person_id
        LEFT JOIN fact_body b ON b.seq = f.seq
        LEFT JOIN tenure t ON t.person_id = p.id AND t.from_on <= $2 AND t.until_on > $2
        WHERE c.bulk_id = $1) q
    LEFT JOIN fact l ON l.seq = q.later ORDER BY q.sort_name, q.person_id, q.seq";
const MESSAGES: &str = "SELECT c.message_id, c.person_id, p.name, t.department_id, m.state
    FROM bulk_message c JOIN person p ON p.id = c.person_id LEFT JOIN message m ON m.id = c.message_id
    LEFT JOIN tenure t ON t.person_id = p.id AND t.from_on <= $2 AND t.until_on > $2
    WHERE c.bulk_id = $1 ORDER BY p.sort_name, p.id";

/// What the erasable part of a fact says of what it is about.
#[derive(Default, Deserialize)]
struct Body {
    title: Option<String>,
}

async fn lines(tx: &mut Tx, id: i64, today: i32) -> Result<Vec<BulkLine>> {
    let mut lines = Vec::new();
    for row in tx.all(FACTS, vals![id, today]).await? {
        let body = row.text_or_none("body")?.map(|body| serde_json::from_str(&body)).transpose();
        let body: Body = body.map_err(|error| StoreError::corrupt("fact_body.body", error))?.unwrap_or_default();
        lines.push(BulkLine {
            about: body.title,
            fact: Some(row.i64("seq")?),
            on: row.days("effective_on")?,
            later: row.text_or_none("later")?,
            ..line(&row)?
        });
    }
    for row in tx.all(MESSAGES, vals![id, today]).await? {
        let there = row.text_or_none("state")?.is_some();
        let state = if there { Some(state(&row)?) } else { None };
        lines.push(BulkLine { message: Some(MessageId(row.i64("message_id")?)), state, ..line(&row)? });
    }
    Ok(lines)
}

fn line(row: &Row) -> Result<BulkLine> {
    Ok(BulkLine {
        person: PersonId(row.i64("person_id")?),
        name: row.text("name")?,
        department: row.i64_or_none("department_id")?.map(DepartmentId),
        about: None,
        fact: None,
        on: 0,
        later: None,
        message: None,
        state: None,
    })
}
