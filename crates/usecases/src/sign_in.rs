//! Signing in. An unknown login and a wrong password answer alike and take as long (security.md, Sign-in).
//!
//! Guessing is slowed without locking anybody out: a browser that somebody has signed in with before carries a device
//! secret in a cookie and has an allowance of its own for that login. Everybody else shares the login's allowance, and
//! an address that keeps failing has one for all logins together (OWASP, Slow Down Online Guessing Attacks with Device
//! Cookies).

use jiff::Timestamp;
use store::{Credentials, PersonId};

use crate::{Failure, FieldError, Usecases, password::Passwords, secret, who::Actor};

/// How many tries a login has within [`WINDOW`], and each device that is known for it; the next one is told to wait.
const TRIES: i64 = 10;
/// How many failures an address has within [`WINDOW`]. A hospital's people may all come from one.
const FAILURES_OF_ADDRESS: i64 = 100;
/// The time in which tries are counted, in microseconds.
pub(crate) const WINDOW: i64 = 15 * 60 * 1_000_000;

/// What is known of a try to sign in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Try<'a> {
    /// E-mail address or staff number.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The device secret that the browser carries.
    pub device: Option<&'a str>,
    /// The address it comes from.
    pub from: Option<&'a str>,
}

impl Usecases {
    /// Signs somebody in with their e-mail address or staff number and their password.
    ///
    /// # Errors
    /// [`Failure::Invalid`] in the same words whatever was wrong, [`Failure::TooMany`] after ten tries within a
    /// quarter of an hour, [`Failure::Store`].
    pub async fn sign_in(&self, entry: Try<'_>, now: Timestamp) -> Result<PersonId, Failure> {
        let mut missing = Vec::new();
        if entry.login.trim().is_empty() {
            missing.push(FieldError::new("login", "Enter your e-mail address or staff number"));
        }
        if entry.password.is_empty() {
            missing.push(FieldError::new("password", "Enter your password"));
        }
        if !missing.is_empty() {
            return Err(Failure::Invalid(missing));
        }
        let allowance = self.allowance(entry, now).await?;
        let known = self.store.find_by_login(entry.login).await?;
        let hash = known.as_ref().and_then(|known| known.password_hash.as_deref());
        let fits = self.passwords.fits(entry.password, hash).await?;
        let actor = |person| Actor { person, from: entry.from };
        let Some(known) = known.as_ref().filter(|known| fits && !known.disabled) else {
            if let Some(address) = &allowance.address {
                self.store.hit(address, WINDOW, now.as_microsecond()).await?;
            }
            let whom = known.map(|known| known.person);
            self.audit(actor(None), "sign-in.refused", whom, "", now).await?;
            let words = "The e-mail address or staff number and the password do not belong together";
            return Err(Failure::field("login", words));
        };
        self.rehash(known, entry.password).await?;
        let noting = self.noting(actor(Some(known.person)), "sign-in.done", known.person, "", now);
        noting.reset_counter(&allowance.key).await?;
        Ok(known.person)
    }

    /// Takes one try from the allowance it belongs to.
    async fn allowance(&self, entry: Try<'_>, now: Timestamp) -> Result<Allowance, Failure> {
        let device = entry.device.map(secret::hash);
        let known = match &device {
            Some(device) => self.store.knows_device(device, entry.login).await?,
            None => false,
        };
        let login = blake3::hash(entry.login.trim().to_lowercase().as_bytes()).to_hex();
        let allowance = match device.filter(|_| known) {
            Some(device) => Allowance { key: format!("sign-in {login} {}", secret::hex(&device)), address: None },
            None => Allowance {
                key: format!("sign-in {login}"),
                address: entry.from.map(|address| format!("sign-in from {address}")),
            },
        };
        let at = now.as_microsecond();
        let tired = match &allowance.address {
            Some(address) => self.store.hits(address, at).await? >= FAILURES_OF_ADDRESS,
            None => false,
        };
        let tries = self.store.hit(&allowance.key, WINDOW, at).await?;
        if tired || tries > TRIES {
            if tries == TRIES + 1 {
                // Once a window: the log is not another thing to fill.
                self.audit(Actor { person: None, from: entry.from }, "sign-in.slowed", None, "", now).await?;
            }
            return Err(Failure::TooMany);
        }
        Ok(allowance)
    }

    /// Hashes the password again where the parameters have changed since.
    async fn rehash(&self, known: &Credentials, password: &str) -> Result<(), Failure> {
        match &known.password_hash {
            Some(old) if Passwords::is_outdated(old) => {
                let new = self.passwords.hash(password).await?;
                Ok(self.store.rehash_password(known.person, old, &new).await?)
            }
            _ => Ok(()),
        }
    }

    /// Remembers the device that somebody has just come in with, and gives the secret for it to carry from now on: the
    /// one it had, or a new one.
    ///
    /// # Errors
    /// [`Failure::Store`], [`Failure::Internal`] without randomness.
    pub async fn remember_device(
        &self,
        device: Option<&str>,
        person: PersonId,
        now: Timestamp,
    ) -> Result<String, Failure> {
        let device = match device {
            Some(device) if self.store.is_device(&secret::hash(device)).await? => device.to_owned(),
            // One that we did not give out may be known to whoever planted it.
            _ => secret::token()?,
        };
        self.store.remember_device(&secret::hash(&device), person, now.as_microsecond()).await?;
        Ok(device)
    }
}

/// The counters a try falls under.
struct Allowance {
    key: String,
    address: Option<String>,
}
