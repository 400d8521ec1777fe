//! How a message is sent once, however many servers share the database.
//!
//! A server first leases messages, so that no two work on the same; a lease that runs out before the message went out is given to
//! the next. Just before a message goes out it is marked as `sending`. From then on it never goes back to `waiting` by itself: mail
//! knows no transactions, so where the outcome stays away nobody can tell whether it was sent, and it becomes `unsure`, for a
//! person to decide. "Never twice" wins over "always". All of this rests on who holds the lease and on the state, in one
//! conditional UPDATE each; the time of a lease only says when others may help, so clocks that disagree send nothing twice.

use crate::{
    MessageId, MessageKind, PersonId, Result, Store,
    db::{Engine, Row, Tx, vals},
    message::{STOPPED, kind, stopped},
    note::{Done, Happened},
};

/// A message that this server alone may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// The message.
    pub id: MessageId,
    /// To whom.
    pub person: PersonId,
    /// What it is about.
    pub kind: MessageKind,
    /// The address it goes to.
    pub to_address: String,
    /// The name that stands before the address.
    pub to_name: String,
    /// Its subject.
    pub subject: String,
    /// It as plain text.
    pub text: String,
    /// It as HTML.
    pub html: String,
    /// When it was made, microseconds.
    pub made_at: i64,
    /// How often it was tried before.
    pub tries: i64,
}

/// Whether a leased message may go out now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It may, and it is marked so.
    Go,
    /// It is not to be sent any more: its person was disabled, or wants no more of its kind.
    Skipped,
    /// Another server has it by now.
    Lost,
}

/// What came of sending a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// The mail server has taken it.
    Sent,
    /// It was written to the file of this name.
    Filed(String),
    /// It was refused for good, in words.
    Refused(String),
    /// It was not sent, for a reason that may pass.
    Later {
        /// The reason, in words.
        error: String,
        /// When to try again, microseconds.
        next_try_at: i64,
    },
    /// Nobody can tell whether it was sent, in words.
    Unsure(String),
}

/// What an interrupted message says.
const INTERRUPTED: &str =
    "The program ended, or lost its database, while this was being sent: it may have been sent, or not.";

const LEASE_SQLITE: &str = "UPDATE message SET lease_owner = $1, lease_until = $2
    WHERE id IN (SELECT id FROM message WHERE state = 'waiting' AND next_try_at <= $3 AND (lease_until IS NULL OR lease_until <= $3)
        ORDER BY next_try_at, id LIMIT $4)
    RETURNING id, person_id, kind, to_address, to_name, subject, text, html, made_at, tries";
/// Rows that another server is just leasing are passed over; those that it has leased meanwhile are looked at again and left.
const LEASE_PG: &str = "UPDATE message SET lease_owner = $1, lease_until = $2
    WHERE id IN (SELECT id FROM message WHERE state = 'waiting' AND next_try_at <= $3 AND (lease_until IS NULL OR lease_until <= $3)
        ORDER BY next_try_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
    RETURNING id, person_id, kind, to_address, to_name, subject, text, html, made_at, tries";

/// What a message says that waited in a backup.
const RESTORED: &str =
    "It was waiting when the backup was made that was restored since: it may have been sent, or not.";

impl Store {
    /// Makes everything unsure that waits, after a backup was restored: it may have been sent after the backup was made. Returns how
    /// many messages that are.
    pub async fn doubt_messages(&self) -> Result<u64> {
        self.write((), |tx, ()| {
            Box::pin(async move {
                let sql = "UPDATE message SET state = 'unsure', error = $1, lease_until = NULL, lease_owner = NULL
                    WHERE state IN ('waiting', 'sending')";
                tx.run(sql, vals![RESTORED]).await
            })
        })
        .await
    }

    /// Whether there is anything to lease, or to tell of, at `now`. It only reads.
    pub async fn messages_wait(&self, now: i64) -> Result<bool> {
        let sql = "SELECT 1 AS one WHERE EXISTS (SELECT 1 FROM message WHERE state = 'waiting' AND next_try_at <= $1
                AND (lease_until IS NULL OR lease_until <= $1))
            OR EXISTS (SELECT 1 FROM message WHERE state = 'sending' AND lease_until <= $1)";
        Ok(self.reader().await?.optional(sql, vals![now]).await?.is_some())
    }

    /// Gives at most `limit` messages whose time has come to `owner`, until `until`. What somebody was sending when their lease ran
    /// out becomes unsure.
    pub async fn lease_messages(&self, owner: &str, until: i64, limit: i64, now: i64) -> Result<Vec<Leased>> {
        self.write((owner.to_owned(), until, limit, now), |tx, (owner, until, limit, now)| {
            Box::pin(async move {
                let lost =
                    "UPDATE message SET state = 'unsure', error = $2 WHERE state = 'sending' AND lease_until <= $1";
                tx.run(lost, vals![*now, INTERRUPTED]).await?;
                let sql = match tx.engine() {
                    Engine::Sqlite => LEASE_SQLITE,
                    Engine::Pg => LEASE_PG,
                };
                let rows = tx.all(sql, vals![owner, *until, *now, *limit]).await?;
                let mut leased = rows.iter().map(leased).collect::<Result<Vec<_>>>()?;
                leased.sort_by_key(|message| message.id);
                Ok(leased)
            })
        })
        .await
    }

    /// Marks a leased message as going out, until `until`; only what is marked so may be sent.
    pub async fn begin_sending(&self, id: MessageId, owner: &str, until: i64) -> Result<Begun> {
        self.write((id, owner.to_owned(), until), |tx, (id, owner, until)| Box::pin(begin(tx, *id, owner, *until)))
            .await
    }

    /// Keeps what came of sending, or of not getting so far. False where the message is another server's by now, or was dealt with by a person: then nothing is
    /// kept.
    pub async fn finish_sending(&self, id: MessageId, owner: &str, outcome: Sending, now: i64) -> Result<bool> {
        self.write((id, owner.to_owned(), outcome, now), |tx, (id, owner, outcome, now)| {
            Box::pin(finish(tx, *id, owner, outcome, *now))
        })
        .await
    }

    /// Gives back what was leased and not begun, for instance when the program ends.
    pub async fn return_messages(&self, owner: &str) -> Result<u64> {
        self.write(owner.to_owned(), |tx, owner| {
            Box::pin(async move {
                let sql = "UPDATE message SET lease_until = NULL, lease_owner = NULL WHERE lease_owner = $1 AND state = 'waiting'";
                tx.run(sql, vals![owner]).await
            })
        })
        .await
    }
}

async fn begin(tx: &mut Tx, id: MessageId, owner: &str, until: i64) -> Result<Begun> {
    let sql = "UPDATE message SET state = 'sending', lease_until = $3 WHERE id = $1 AND lease_owner = $2 AND state = 'waiting'
        RETURNING person_id, kind";
    let Some(row) = tx.optional(sql, vals![id, owner, until]).await? else { return Ok(Begun::Lost) };
    let person = PersonId(row.i64("person_id")?);
    let disabled = "SELECT id FROM person WHERE id = $1 AND disabled_at IS NOT NULL";
    let why = if tx.optional(disabled, vals![person]).await?.is_some() {
        "They were disabled before it was sent."
    } else if stopped(tx, person, kind(&row)?).await? {
        STOPPED
    } else {
        return Ok(Begun::Go);
    };
    tx.run("UPDATE message SET state = 'skipped', error = $2 WHERE id = $1", vals![id, why]).await?;
    Ok(Begun::Skipped)
}

async fn finish(tx: &mut Tx, id: MessageId, owner: &str, outcome: &Sending, now: i64) -> Result<bool> {
    let (state, error, next_try_at, sent_at) = match outcome {
        Sending::Sent => ("sent", "", now, Some(now)),
        Sending::Filed(file) => ("filed", file.as_str(), now, Some(now)),
        Sending::Refused(why) => ("failed", why.as_str(), now, None),
        Sending::Later { error, next_try_at } => ("waiting", error.as_str(), *next_try_at, None),
        Sending::Unsure(why) => ("unsure", why.as_str(), now, None),
    };
    // A lease that ran out while the mail server took its time made it unsure; who sent it knows better, until somebody sends it again.
    let sql = "UPDATE message SET state = $3, error = $4, next_try_at = $5, sent_at = $6, tries = tries + 1, lease_until = NULL,
            lease_owner = CASE WHEN $3 = 'unsure' THEN lease_owner END
        WHERE id = $1 AND lease_owner = $2 AND state IN ('waiting', 'sending', 'unsure')";
    Ok(tx.run(sql, vals![id, owner, state, error, next_try_at, sent_at]).await? == 1)
}

impl Happened for Vec<Leased> {
    fn happened(&self) -> Option<Done> {
        (!self.is_empty()).then(Done::default)
    }
}

impl Happened for Begun {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Go).then(Done::default)
    }
}

fn leased(row: &Row) -> Result<Leased> {
    Ok(Leased {
        id: MessageId(row.i64("id")?),
        person: PersonId(row.i64("person_id")?),
        kind: kind(row)?,
        to_address: row.text("to_address")?,
        to_name: row.text("to_name")?,
        subject: row.text("subject")?,
        text: row.text("text")?,
        html: row.text("html")?,
        made_at: row.i64("made_at")?,
        tries: row.i64("tries")?,
    })
}
