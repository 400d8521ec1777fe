//! `tower_sessions` over our own table.
//!
//! The table keeps a hash of the id and never the id itself, so that whoever reads the database cannot take over a
//! session. It also keeps whose session it is, for the list of one's sessions and for ending them elsewhere. A session
//! that was ended stays ended: saving changes a row and never brings one back. Loading a session also tells who asks, by the
//! same query; that stays in memory and goes with the request.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use app::{OWN_DEVICE, PERSON, WHO};
use async_trait::async_trait;
use axum::{extract::Request, middleware::Next, response::Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::{NewSession, PersonId, Store};
use time::OffsetDateTime;
use tower_sessions::{
    Expiry, Session, SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};
use usecases::{clock, who::Who};

/// A new `idle_until` is written only when it is this much later than the old one, in microseconds.
const TOUCH: i64 = 5 * 60 * 1_000_000;

/// How long a session lasts (security.md, Sessions).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    idle: SignedDuration,
    absolute: SignedDuration,
}

const SHARED_DEVICE: Limits = Limits { idle: SignedDuration::from_mins(30), absolute: SignedDuration::from_hours(12) };
const OWN: Limits = Limits { idle: SignedDuration::from_hours(8), absolute: SignedDuration::from_hours(30 * 24) };

impl Limits {
    fn of(data: &HashMap<String, Value>) -> Self {
        if data.get(OWN_DEVICE).and_then(Value::as_bool) == Some(true) { OWN } else { SHARED_DEVICE }
    }

    fn idle_until(self, now: Timestamp, ends_at: Timestamp) -> Timestamp {
        now.saturating_add(self.idle).unwrap_or(ends_at).min(ends_at)
    }
}

/// The sessions in the store.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Store,
    /// The quarter of an hour in which it was last seen to that managers who move lose what they managed. Every zone's days begin with one.
    quarter: Arc<AtomicI64>,
}

/// A quarter of an hour, in microseconds.
const QUARTER: i64 = 15 * 60 * 1_000_000;

impl Sessions {
    /// Sessions of this store.
    pub fn new(store: Store) -> Self {
        Self { store, quarter: Arc::default() }
    }

    /// On the first request of a day, before anybody's rights are read: who moves that day loses what they managed until then.
    async fn see_to_moves(&self, now: Timestamp) {
        let quarter = micros(now) / QUARTER;
        if self.quarter.swap(quarter, Ordering::Relaxed) != quarter
            && let Err(error) = self.store.end_moved(micros(now)).await
        {
            tracing::warn!(%error, "what managers who moved lose could not be seen to");
        }
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = clock::now();
        let ends_at = now.saturating_add(Limits::of(&record.data).absolute).map_err(backend)?;
        // Two ids of 128 random bits do not meet; a broken source of randomness would show here.
        for _ in 0..3 {
            if self.store.create_session(row(record, now, ends_at)?).await.map_err(backend)? {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("three new session ids in a row were in use already".to_owned()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let now = clock::now();
        let Some(session) = self.store.load_session(&hash(&record.id), micros(now)).await.map_err(backend)? else {
            return Ok(());
        };
        let ends_at = Timestamp::from_microsecond(session.ends_at).map_err(backend)?;
        let kept = self.store.save_session(row(record, now, ends_at)?).await.map_err(backend)?;
        if !kept {
            tracing::debug!("a session was ended while it was in use");
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = clock::now();
        self.see_to_moves(now).await;
        let hash = hash(id);
        let Some(session) = self.store.load_session(&hash, micros(now)).await.map_err(backend)? else {
            return Ok(None);
        };
        let mut data: HashMap<String, Value> =
            serde_json::from_slice(&session.data).map_err(|error| Error::Decode(error.to_string()))?;
        let ends_at = Timestamp::from_microsecond(session.ends_at).map_err(backend)?;
        let idle_until = micros(Limits::of(&data).idle_until(now, ends_at));
        if idle_until - session.idle_until >= TOUCH {
            // Reading goes on while nothing can be written; the session then only ends a little earlier.
            if let Err(error) = self.store.touch_session(&hash, micros(now), idle_until).await {
                tracing::warn!(%error, "a session could not be kept alive");
            }
        }
        if let Some(who) = session.who.and_then(Who::of) {
            data.insert(WHO.to_owned(), serde_json::to_value(who).map_err(|error| Error::Decode(error.to_string()))?);
        }
        let expiry_date = OffsetDateTime::from_unix_timestamp(ends_at.as_second()).map_err(backend)?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.delete_session(&hash(id)).await.map(drop).map_err(backend)
    }
}

fn row(record: &Record, now: Timestamp, ends_at: Timestamp) -> Result<NewSession> {
    let kept: HashMap<&String, &Value> = record.data.iter().filter(|(key, _)| *key != WHO).collect();
    Ok(NewSession {
        id_hash: hash(&record.id).to_vec(),
        person: person(&record.data),
        data: serde_json::to_vec(&kept).map_err(|error| Error::Encode(error.to_string()))?,
        seen_at: micros(now),
        idle_until: micros(Limits::of(&record.data).idle_until(now, ends_at)),
        ends_at: micros(ends_at),
    })
}

/// An instant as the store keeps it.
fn micros(instant: Timestamp) -> i64 {
    instant.as_microsecond()
}

/// Lets the cookie outlive the browser's window on a person's own device; elsewhere it goes with the window.
pub async fn keep_on_own_device(request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let response = next.run(request).await;
    if let Some(session) = session
        && session.is_modified()
        && let Ok(Some(true)) = session.get::<bool>(OWN_DEVICE).await
    {
        session.set_expiry(Some(Expiry::OnInactivity(time::Duration::days(30))));
    }
    response
}

fn hash(id: &Id) -> [u8; 32] {
    usecases::secret::session_hash(id.0)
}

fn person(data: &HashMap<String, Value>) -> Option<PersonId> {
    data.get(PERSON).and_then(Value::as_i64).map(PersonId)
}

fn backend(error: impl std::fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(own_device: bool) -> HashMap<String, Value> {
        HashMap::from([(PERSON.to_owned(), Value::from(7)), (OWN_DEVICE.to_owned(), Value::from(own_device))])
    }

    #[test]
    fn a_shared_device_is_left_after_half_an_hour_and_an_own_one_after_eight() {
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        for (own, until) in [(false, "2026-03-02T08:30:00Z"), (true, "2026-03-02T16:00:00Z")] {
            let limits = Limits::of(&data(own));
            let ends_at = now.saturating_add(limits.absolute).unwrap();
            assert_eq!(limits.idle_until(now, ends_at), until.parse().unwrap());
        }
    }

    #[test]
    fn use_never_carries_a_session_past_its_end() {
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        let ends_at: Timestamp = "2026-03-02T08:10:00Z".parse().unwrap();
        assert_eq!(Limits::of(&data(true)).idle_until(now, ends_at), ends_at);
    }

    #[test]
    fn whose_session_it_is_comes_from_its_data() {
        assert_eq!(person(&data(false)), Some(PersonId(7)));
        assert_eq!(person(&HashMap::new()), None);
    }
}
