//! Sessions. The table keeps the hash of the id, never the id. One query answers who asks.

use crate::{
    PersonId, Result, Right, Store,
    db::{Row, Tx, vals},
    deputy, person,
};

/// A session to keep.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The hash of its id.
    pub id_hash: Vec<u8>,
    /// Whose it is, none before sign-in.
    pub person: Option<PersonId>,
    /// What the session layer stores.
    pub data: Vec<u8>,
    /// When it was last used, microseconds.
    pub seen_at: i64,
    /// Until when it lives without being used.
    pub idle_until: i64,
    /// When it ends in any case.
    pub ends_at: i64,
}

/// A session that lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// What the session layer stores.
    pub data: Vec<u8>,
    /// When it was last used.
    pub seen_at: i64,
    /// Until when it lives without being used.
    pub idle_until: i64,
    /// When it ends in any case.
    pub ends_at: i64,
    /// The number under which a server may cache what is configured.
    pub config_rev: i64,
    /// Whose it is, none before sign-in.
    pub who: Option<WhoAsks>,
}

/// Who asks, as of this very request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhoAsks {
    /// The person.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// Whether their access has ended.
    pub disabled: bool,
    /// What they may do.
    pub rights: Vec<Right>,
}

/// A line in the list of one's sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSummary {
    /// The hash of its id.
    pub id_hash: Vec<u8>,
    /// What the session layer stores.
    pub data: Vec<u8>,
    /// When it was last used.
    pub seen_at: i64,
    /// When it ends in any case.
    pub ends_at: i64,
}

impl Store {
    /// Keeps a new session. Returns false when the id is in use: take another.
    pub async fn create_session(&self, session: NewSession) -> Result<bool> {
        self.write(session, |tx, session| {
            Box::pin(async move {
                let sql = "INSERT INTO session (id_hash, person_id, data, seen_at, idle_until, ends_at)
                    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id_hash) DO NOTHING";
                Ok(tx.run(sql, columns(session)).await? == 1)
            })
        })
        .await
    }

    /// Changes a session that lives. Returns false when it has been ended meanwhile: it does not come back.
    pub async fn save_session(&self, session: NewSession) -> Result<bool> {
        self.write(session, |tx, session| {
            Box::pin(async move {
                let sql = "UPDATE session SET person_id = $2, data = $3, seen_at = $4, idle_until = $5, ends_at = $6
                    WHERE id_hash = $1";
                Ok(tx.run(sql, columns(session)).await? == 1)
            })
        })
        .await
    }

    /// The session and who asks, none when it is over or unknown.
    pub async fn load_session(&self, id_hash: &[u8], now: i64) -> Result<Option<Session>> {
        let sql = "SELECT s.data, s.seen_at, s.idle_until, s.ends_at, s.person_id, m.config_rev, p.name, p.disabled_at, r.held,
                r.department_id, (SELECT count(*) FROM deputy y WHERE y.deputy_id = s.person_id AND y.from_at <= $2 AND y.until_at > $2) AS stands_in
            FROM session s CROSS JOIN meta m LEFT JOIN person p ON p.id = s.person_id
            LEFT JOIN right_held r ON r.person_id = s.person_id
            WHERE s.id_hash = $1 AND s.idle_until > $2 AND s.ends_at > $2
            ORDER BY r.held, r.department_id";
        let mut reader = self.reader().await?;
        let rows = reader.all(sql, vals![id_hash, now]).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let who = match first.i64_or_none("person_id")? {
            None => None,
            Some(id) => {
                let mut rights: Vec<Right> =
                    rows.iter().map(person::right).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
                if first.bool("stands_in")? {
                    rights.extend(deputy::stood_in_for(&mut reader, PersonId(id), now).await?);
                }
                Some(WhoAsks {
                    person: PersonId(id),
                    name: first.text("name")?,
                    disabled: first.i64_or_none("disabled_at")?.is_some(),
                    rights,
                })
            }
        };
        Ok(Some(Session {
            data: first.blob("data")?,
            seen_at: first.i64("seen_at")?,
            idle_until: first.i64("idle_until")?,
            ends_at: first.i64("ends_at")?,
            config_rev: first.i64("config_rev")?,
            who,
        }))
    }

    /// Says that a session was used.
    pub async fn touch_session(&self, id_hash: &[u8], seen_at: i64, idle_until: i64) -> Result<()> {
        self.write((id_hash.to_vec(), seen_at, idle_until), |tx, (id_hash, seen_at, idle_until)| {
            Box::pin(async move {
                let sql = "UPDATE session SET seen_at = $2, idle_until = $3 WHERE id_hash = $1 AND seen_at <= $2";
                tx.run(sql, vals![id_hash, *seen_at, *idle_until]).await.map(drop)
            })
        })
        .await
    }

    /// Ends a session. Returns false when there was none.
    pub async fn delete_session(&self, id_hash: &[u8]) -> Result<bool> {
        self.write(id_hash.to_vec(), |tx, id_hash| {
            Box::pin(async move { Ok(tx.run("DELETE FROM session WHERE id_hash = $1", vals![id_hash]).await? == 1) })
        })
        .await
    }

    /// Ends one session of a person, and only if it is theirs.
    pub async fn delete_session_of(&self, person: PersonId, id_hash: &[u8]) -> Result<bool> {
        self.write((person, id_hash.to_vec()), |tx, (person, id_hash)| {
            Box::pin(async move {
                let sql = "DELETE FROM session WHERE id_hash = $1 AND person_id = $2";
                Ok(tx.run(sql, vals![id_hash, *person]).await? == 1)
            })
        })
        .await
    }

    /// Ends every session of a person but one; returns how many.
    pub async fn delete_sessions_of(&self, person: PersonId, except: Option<&[u8]>) -> Result<u64> {
        self.write((person, except.unwrap_or_default().to_vec()), |tx, (person, except)| {
            Box::pin(async move {
                tx.run("DELETE FROM session WHERE person_id = $1 AND id_hash <> $2", vals![*person, except]).await
            })
        })
        .await
    }

    /// The sessions of a person that live, the last used first.
    pub async fn sessions_of(&self, person: PersonId, now: i64) -> Result<Vec<SessionSummary>> {
        let sql = "SELECT id_hash, data, seen_at, ends_at FROM session
            WHERE person_id = $1 AND idle_until > $2 AND ends_at > $2 ORDER BY seen_at DESC, id_hash";
        self.reader().await?.all(sql, vals![person, now]).await?.iter().map(summary).collect()
    }

    /// Removes the sessions that are over; returns how many.
    pub async fn purge_sessions(&self, now: i64) -> Result<u64> {
        self.write(now, |tx, now| Box::pin(purge(tx, *now))).await
    }
}

async fn purge(tx: &mut Tx, now: i64) -> Result<u64> {
    tx.run("DELETE FROM session WHERE ends_at <= $1 OR idle_until <= $1", vals![now]).await
}

fn columns(session: &NewSession) -> Vec<crate::db::Val> {
    let NewSession { id_hash, person, data, seen_at, idle_until, ends_at } = session;
    vals![id_hash, *person, data, *seen_at, *idle_until, *ends_at]
}

fn summary(row: &Row) -> Result<SessionSummary> {
    Ok(SessionSummary {
        id_hash: row.blob("id_hash")?,
        data: row.blob("data")?,
        seen_at: row.i64("seen_at")?,
        ends_at: row.i64("ends_at")?,
    })
}
