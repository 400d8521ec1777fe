//! Messages to people: what is to be sent, what became of it, and who wants no more of what is not duty.

use crate::{
    MessageId, PersonId, Result, Store, StoreError,
    db::{Engine, Row, Tx, vals},
    note::{Done, Happened},
};

/// What a message is about; it decides whether somebody may want no more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// What somebody must do by when. It cannot be switched off.
    Duty,
    /// Two-minute questions for memory's sake.
    Recall,
    /// A summary, for instance a manager's of the week.
    Digest,
    /// An administrator's own try.
    Test,
}

impl MessageKind {
    const ALL: [Self; 4] = [Self::Duty, Self::Recall, Self::Digest, Self::Test];

    /// The word in the database and in links.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Duty => "duty",
            Self::Recall => "recall",
            Self::Digest => "digest",
            Self::Test => "test",
        }
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether somebody may want no more of it.
    pub fn may_be_stopped(self) -> bool {
        matches!(self, Self::Recall | Self::Digest)
    }
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// It waits for its turn, or for the next try.
    Waiting,
    /// It is going out at this moment.
    Sending,
    /// The mail server has taken it.
    Sent,
    /// It was written to a file, since no mail server is set.
    Filed,
    /// It was refused for good, or tried too often.
    Failed,
    /// It may have been sent: whoever was sending it ended, or lost the connection, before the answer came.
    Unsure,
    /// The mail server took it and could not deliver it.
    Bounced,
    /// It was not to be sent any more when its turn came.
    Skipped,
}

impl MessageState {
    /// Every state, in the order in which a list offers them.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Sending,
        Self::Sent,
        Self::Filed,
        Self::Failed,
        Self::Unsure,
        Self::Bounced,
        Self::Skipped,
    ];

    /// The word in the database and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Filed => "filed",
            Self::Failed => "failed",
            Self::Unsure => "unsure",
            Self::Bounced => "bounced",
            Self::Skipped => "skipped",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether somebody may decide to send it again.
    pub fn may_be_sent_again(self) -> bool {
        matches!(self, Self::Filed | Self::Failed | Self::Unsure | Self::Bounced)
    }
}

/// A message to send. In text and HTML `{site}` stands for the address by which people open the platform.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// To whom.
    pub person: PersonId,
    /// What it is about.
    pub kind: MessageKind,
    /// What makes it one message, however often it is asked for: `reminders/12/20717`.
    pub key: String,
    /// The address it goes to.
    pub to_address: String,
    /// The name that stands before the address.
    pub to_name: String,
    /// Its subject.
    pub subject: String,
    /// All of it as plain text.
    pub text: String,
    /// All of it as HTML, without `<html>` and `<body>`.
    pub html: String,
}

/// A message in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageLine {
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
    /// When it was made, microseconds.
    pub made_at: i64,
    /// How it stands.
    pub state: MessageState,
    /// How often it was tried.
    pub tries: i64,
    /// When it is tried next.
    pub next_try_at: i64,
    /// When it was sent, or written to its file.
    pub sent_at: Option<i64>,
    /// What came in between, in words; the file's name where it was written to one.
    pub error: String,
}

/// A message with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Everything else.
    pub line: MessageLine,
    /// It as plain text.
    pub text: String,
    /// It as HTML.
    pub html: String,
}

/// What was marked as bounced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bounced {
    /// This message.
    Message(MessageId),
    /// It was marked before.
    Already(MessageId),
    /// None of ours.
    Unknown,
}

/// Somebody whose present address does not take messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BouncedAddress {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The address.
    pub address: String,
    /// The last message that came back.
    pub message: MessageId,
    /// Why, in words.
    pub error: String,
}

impl Happened for Option<MessageId> {
    fn happened(&self) -> Option<Done> {
        self.map(|_| Done::default())
    }
}

impl Happened for Bounced {
    fn happened(&self) -> Option<Done> {
        matches!(self, Self::Message(_)).then(Done::default)
    }
}

const LINE: &str =
    "SELECT id, person_id, kind, to_address, to_name, subject, made_at, state, tries, next_try_at, sent_at, error
    FROM message WHERE id < $1 AND ($2 = '' OR state = $2) ORDER BY id DESC LIMIT $3";
const LINES_OF_PERSON: &str =
    "SELECT id, person_id, kind, to_address, to_name, subject, made_at, state, tries, next_try_at, sent_at, error
    FROM message WHERE person_id = $1 ORDER BY id";
const MESSAGE: &str =
    "SELECT id, person_id, kind, to_address, to_name, subject, made_at, state, tries, next_try_at, sent_at, error,
    text, html FROM message WHERE id = $1";

impl Store {
    /// Puts a message into the outbox. None when one with its key is there already.
    pub async fn queue_message(&self, new: NewMessage, now: i64) -> Result<Option<MessageId>> {
        self.write((new, now), |tx, (new, now)| Box::pin(queue_message(tx, new, *now))).await
    }

    /// Puts many messages into the outbox, all or none; those whose key is there already are left out. Returns how many were new.
    pub async fn queue_messages(&self, new: &[NewMessage], now: i64) -> Result<u64> {
        self.write((as_json(new), now), |tx, (new, now)| Box::pin(queue_all(tx, new, *now))).await
    }

    /// At most `limit` messages, newest first, those before number `before`; only those in `state` where one is given.
    pub async fn messages(
        &self,
        state: Option<MessageState>,
        before: Option<MessageId>,
        limit: i64,
    ) -> Result<Vec<MessageLine>> {
        let vals =
            vals![before.map_or(i64::MAX, |id| id.0), state.map(MessageState::as_str).unwrap_or_default(), limit];
        self.reader().await?.all(LINE, vals).await?.iter().map(line).collect()
    }

    /// Every message to a person that is still kept, oldest first.
    pub async fn messages_to(&self, person: PersonId) -> Result<Vec<MessageLine>> {
        self.reader().await?.all(LINES_OF_PERSON, vals![person]).await?.iter().map(line).collect()
    }

    /// One message with what it says.
    pub async fn message(&self, id: MessageId) -> Result<Option<Message>> {
        let Some(row) = self.reader().await?.optional(MESSAGE, vals![id]).await? else { return Ok(None) };
        Ok(Some(Message { line: line(&row)?, text: row.text("text")?, html: row.text("html")? }))
    }

    /// How many messages are in each state that has any.
    pub async fn message_counts(&self) -> Result<Vec<(MessageState, i64)>> {
        let sql = "SELECT state, count(*) AS many FROM message GROUP BY state ORDER BY state";
        let rows = self.reader().await?.all(sql, vals![]).await?;
        rows.iter().map(|row| Ok((state(row)?, row.i64("many")?))).collect()
    }

    /// Sends a message again that failed, came back, was written to a file, or may have been sent: to the address that the person
    /// has now. Returns false for any other.
    pub async fn send_message_again(&self, id: MessageId, now: i64) -> Result<bool> {
        self.write((id, now), |tx, (id, now)| {
            Box::pin(async move {
                let sql = "UPDATE message SET state = 'waiting', tries = 0, next_try_at = $2, lease_until = NULL, lease_owner = NULL,
                        sent_at = NULL, error = '',
                        to_address = coalesce((SELECT p.email FROM person p WHERE p.id = message.person_id), to_address)
                    WHERE id = $1 AND state IN ('filed', 'failed', 'unsure', 'bounced')";
                Ok(tx.run(sql, vals![*id, *now]).await? == 1)
            })
        })
        .await
    }

    /// Sends every message again that failed, to the addresses that people have now; returns how many. What may have arrived is not
    /// among them.
    pub async fn send_failed_again(&self, now: i64) -> Result<u64> {
        self.write(now, |tx, now| {
            Box::pin(async move {
                let sql = "UPDATE message SET state = 'waiting', tries = 0, next_try_at = $1, lease_until = NULL, lease_owner = NULL,
                        error = '', to_address = coalesce((SELECT p.email FROM person p WHERE p.id = message.person_id), to_address)
                    WHERE state = 'failed'";
                tx.run(sql, vals![*now]).await
            })
        })
        .await
    }

    /// Marks a message that came back: the one of this number, or else the last one that was sent to `address`.
    pub async fn mark_bounced(&self, id: Option<MessageId>, address: &str, error: &str) -> Result<Bounced> {
        self.write((id, address.to_lowercase(), error.to_owned()), |tx, (id, address, error)| {
            Box::pin(mark_bounced(tx, *id, address, error))
        })
        .await
    }

    /// The people whose present address did not take the last message that was sent to it, by name.
    pub async fn bounced_addresses(&self, limit: i64) -> Result<Vec<BouncedAddress>> {
        let sql = "SELECT p.id, p.name, m.to_address, m.id AS message_id, m.error
            FROM message m JOIN person p ON p.id = m.person_id AND p.email = m.to_address AND p.disabled_at IS NULL
            WHERE m.state = 'bounced' AND NOT EXISTS (
                SELECT 1 FROM message n WHERE n.to_address = m.to_address AND n.id > m.id AND n.state IN ('sent', 'bounced'))
            ORDER BY p.sort_name, p.id LIMIT $1";
        let rows = self.reader().await?.all(sql, vals![limit]).await?;
        let address = |row: &Row| {
            Ok(BouncedAddress {
                person: PersonId(row.i64("id")?),
                name: row.text("name")?,
                address: row.text("to_address")?,
                message: MessageId(row.i64("message_id")?),
                error: row.text("error")?,
            })
        };
        rows.iter().map(address).collect()
    }

    /// Keeps that somebody wants no more of a kind, or wants it again. Returns false when that was so already, and for what is duty.
    pub async fn choose_mail(&self, person: PersonId, kind: MessageKind, off: bool, now: i64) -> Result<bool> {
        if !kind.may_be_stopped() {
            return Ok(false);
        }
        self.write((person, kind, off, now), |tx, (person, kind, off, now)| {
            Box::pin(async move {
                let kind = kind.as_str();
                let changed = if *off {
                    let sql =
                        "INSERT INTO mail_choice (person_id, kind, off_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
                    tx.run(sql, vals![*person, kind, *now]).await?
                } else {
                    tx.run("DELETE FROM mail_choice WHERE person_id = $1 AND kind = $2", vals![*person, kind]).await?
                };
                Ok(changed == 1)
            })
        })
        .await
    }

    /// The kinds that somebody wants no more of.
    pub async fn stopped_mail(&self, person: PersonId) -> Result<Vec<MessageKind>> {
        let sql = "SELECT kind FROM mail_choice WHERE person_id = $1 ORDER BY kind";
        self.reader().await?.all(sql, vals![person]).await?.iter().map(kind).collect()
    }

    /// What the links to unsubscribe are signed with; `fresh` becomes it where there is none yet.
    pub async fn mail_key(&self, fresh: [u8; 32]) -> Result<[u8; 32]> {
        const KEY: &str = "SELECT secret FROM mail_key WHERE id = 1";
        if let Some(row) = self.reader().await?.optional(KEY, vals![]).await? {
            return row.hash("secret");
        }
        self.write(fresh, |tx, fresh| {
            Box::pin(async move {
                tx.run("INSERT INTO mail_key (id, secret) VALUES (1, $1) ON CONFLICT DO NOTHING", vals![fresh]).await?;
                tx.one(KEY, vals![]).await?.hash("secret")
            })
        })
        .await
    }

    /// Removes the messages made before `before` with which nothing more happens; returns how many.
    pub async fn purge_messages(&self, before: i64) -> Result<u64> {
        self.write(before, |tx, before| {
            Box::pin(async move {
                let sql = "DELETE FROM message WHERE made_at < $1 AND state NOT IN ('waiting', 'sending')";
                tx.run(sql, vals![*before]).await
            })
        })
        .await
    }
}

impl Happened for [u8; 32] {
    fn happened(&self) -> Option<Done> {
        Some(Done::default())
    }
}

/// Puts a message into the outbox within a write of another noun. None when one with its key is there already. What somebody wants
/// no more of is kept as skipped, so that it can be seen why nothing came.
pub(crate) async fn queue_message(tx: &mut Tx, new: &NewMessage, now: i64) -> Result<Option<MessageId>> {
    let stopped = stopped(tx, new.person, new.kind).await?;
    let (state, error) = if stopped { ("skipped", STOPPED) } else { ("waiting", "") };
    let sql = "INSERT INTO message (person_id, kind, key, to_address, to_name, subject, text, html, made_at, next_try_at, state, error)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11) ON CONFLICT (key) DO NOTHING RETURNING id";
    let vals = vals![
        new.person,
        new.kind.as_str(),
        &new.key,
        new.to_address.to_lowercase(),
        &new.to_name,
        &new.subject,
        &new.text,
        &new.html,
        now,
        state,
        error,
    ];
    tx.optional(sql, vals).await?.map(|row| Ok(MessageId(row.i64("id")?))).transpose()
}

const QUEUE_ALL_SQLITE: &str =
    "INSERT INTO message (person_id, kind, key, to_address, to_name, subject, text, html, made_at, next_try_at, state, error)
    SELECT n.value ->> 'person', n.value ->> 'kind', n.value ->> 'key', n.value ->> 'to_address', n.value ->> 'to_name',
        n.value ->> 'subject', n.value ->> 'text', n.value ->> 'html', $2, $2,
        CASE WHEN c.kind IS NULL THEN 'waiting' ELSE 'skipped' END, CASE WHEN c.kind IS NULL THEN '' ELSE $3 END
    FROM json_each($1) n LEFT JOIN mail_choice c ON c.person_id = n.value ->> 'person' AND c.kind = n.value ->> 'kind'
    WHERE true ORDER BY n.key ON CONFLICT (key) DO NOTHING";
const QUEUE_ALL_PG: &str =
    "INSERT INTO message (person_id, kind, key, to_address, to_name, subject, text, html, made_at, next_try_at, state, error)
    SELECT n.person, n.kind, n.key, n.to_address, n.to_name, n.subject, n.text, n.html, $2, $2,
        CASE WHEN c.kind IS NULL THEN 'waiting' ELSE 'skipped' END, CASE WHEN c.kind IS NULL THEN '' ELSE $3 END
    FROM ROWS FROM (json_to_recordset($1::json) AS (person BIGINT, kind TEXT, key TEXT, to_address TEXT, to_name TEXT,
        subject TEXT, text TEXT, html TEXT)) WITH ORDINALITY AS n (person, kind, key, to_address, to_name, subject, text, html, place)
    LEFT JOIN mail_choice c ON c.person_id = n.person AND c.kind = n.kind
    ORDER BY n.place
    ON CONFLICT (key) DO NOTHING";

/// Messages as one value for a statement: a row each would take a way to the database each.
pub(crate) fn as_json(new: &[NewMessage]) -> String {
    let all = new.iter().map(|new| {
        serde_json::json!({
            "person": new.person.0, "kind": new.kind.as_str(), "key": new.key, "to_address": new.to_address.to_lowercase(),
            "to_name": new.to_name, "subject": new.subject, "text": new.text, "html": new.html,
        })
    });
    serde_json::Value::Array(all.collect()).to_string()
}

/// Puts many messages, as [`as_json`] has them, into the outbox within a write of another noun; as [`queue_message`] does with one.
/// Returns how many were new.
pub(crate) async fn queue_all(tx: &mut Tx, new: &str, now: i64) -> Result<u64> {
    let sql = match tx.engine() {
        Engine::Sqlite => QUEUE_ALL_SQLITE,
        Engine::Pg => QUEUE_ALL_PG,
    };
    tx.run(sql, vals![new, now, STOPPED]).await
}

/// Why a message was skipped.
pub(crate) const STOPPED: &str = "They have unsubscribed from messages of this kind.";

/// Whether somebody wants no more of a kind.
pub(crate) async fn stopped(tx: &mut Tx, person: PersonId, kind: MessageKind) -> Result<bool> {
    if !kind.may_be_stopped() {
        return Ok(false);
    }
    let sql = "SELECT off_at FROM mail_choice WHERE person_id = $1 AND kind = $2";
    Ok(tx.optional(sql, vals![person, kind.as_str()]).await?.is_some())
}

async fn mark_bounced(tx: &mut Tx, id: Option<MessageId>, address: &str, error: &str) -> Result<Bounced> {
    // What may have been sent and came back was sent.
    let found = match id {
        Some(id) => tx.optional("SELECT id, state FROM message WHERE id = $1", vals![id]).await?,
        None => {
            let sql = "SELECT id, state FROM message WHERE to_address = $1 AND state IN ('sent', 'unsure', 'bounced')
                ORDER BY id DESC LIMIT 1";
            tx.optional(sql, vals![address]).await?
        }
    };
    let Some(row) = found else { return Ok(Bounced::Unknown) };
    let id = MessageId(row.i64("id")?);
    let sql =
        "UPDATE message SET state = 'bounced', error = $2 WHERE id = $1 AND state IN ('sent', 'unsure', 'sending')";
    if tx.run(sql, vals![id, error]).await? == 1 {
        return Ok(Bounced::Message(id));
    }
    Ok(if state(&row)? == MessageState::Bounced { Bounced::Already(id) } else { Bounced::Unknown })
}

/// The kind of a row.
pub(crate) fn kind(row: &Row) -> Result<MessageKind> {
    let word = row.text("kind")?;
    MessageKind::parse(&word)
        .ok_or_else(|| StoreError::corrupt("message.kind", format_args!("{word} is no kind of message")))
}

pub(crate) fn state(row: &Row) -> Result<MessageState> {
    let word = row.text("state")?;
    MessageState::parse(&word)
        .ok_or_else(|| StoreError::corrupt("message.state", format_args!("{word} is no state of a message")))
}

fn line(row: &Row) -> Result<MessageLine> {
    Ok(MessageLine {
        id: MessageId(row.i64("id")?),
        person: PersonId(row.i64("person_id")?),
        kind: kind(row)?,
        to_address: row.text("to_address")?,
        to_name: row.text("to_name")?,
        subject: row.text("subject")?,
        made_at: row.i64("made_at")?,
        state: state(row)?,
        tries: row.i64("tries")?,
        next_try_at: row.i64("next_try_at")?,
        sent_at: row.i64_or_none("sent_at")?,
        error: row.text("error")?,
    })
}
