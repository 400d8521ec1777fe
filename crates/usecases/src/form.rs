//! The tokens of forms. A token belongs to one person, makes a step happen once, and lets a form that was kept on a device without a
//! line be sent later without harm.

use jiff::Timestamp;
use store::Outcome;

use crate::{Failure, secret, who::Who};

/// A fresh token for a form of somebody: their number, a dash, and 128 random bits in hexadecimal. A form that is kept on a shared
/// device is so never sent as somebody else's.
///
/// # Errors
/// [`Failure::Internal`] where the system has no randomness to give.
pub fn token(who: &Who) -> Result<String, Failure> {
    Ok(format!("{}-{}", who.person, secret::token()?))
}

/// A form as the store takes it. `parts` are what was sent; with the same token only the same parts are the same form.
///
/// # Errors
/// [`Failure::Conflict`] where the token is not one of this person.
pub(crate) fn sent(who: &Who, token: &str, parts: &[&str], now: Timestamp) -> Result<store::Form, Failure> {
    let own = token.split_once('-').filter(|(person, _)| *person == who.person.to_string());
    let random = own.map(|(_, random)| random).ok_or(Failure::Conflict)?;
    if random.len() != 32 || !random.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::Conflict);
    }
    Ok(store::Form {
        person: who.person,
        token: token.as_bytes().to_vec(),
        body_hash: body_hash(parts),
        now: now.as_microsecond(),
    })
}

/// What makes two sendings the same: every part with its length, so that parts cannot run into each other.
fn body_hash(parts: &[&str]) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().as_bytes().to_vec()
}

/// What a step did, whether now or when it was first sent.
pub(crate) fn settled(outcome: Outcome) -> Result<Outcome, Failure> {
    match outcome {
        Outcome::Conflict => Err(Failure::Conflict),
        Outcome::Replayed(first) => Ok(*first),
        done => Ok(done),
    }
}
