//! Signing in. An unknown login and a wrong password answer alike and take as long (security.md, Sign-in).

use jiff::{SignedDuration, Timestamp};
use store::PersonId;

use crate::{Failure, FieldError, Usecases};

/// How many tries a login has within [`WINDOW`]; the next one is told to wait.
const TRIES: i64 = 10;
/// The time in which tries are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

impl Usecases {
    /// Signs somebody in with their e-mail address or staff number and their password.
    ///
    /// # Errors
    /// [`Failure::Invalid`] in the same words whatever was wrong, [`Failure::TooMany`] after ten tries within a
    /// quarter of an hour, [`Failure::Store`].
    pub async fn sign_in(&self, login: &str, password: &str, now: Timestamp) -> Result<PersonId, Failure> {
        let mut missing = Vec::new();
        if login.trim().is_empty() {
            missing.push(FieldError::new("login", "Enter your e-mail address or staff number"));
        }
        if password.is_empty() {
            missing.push(FieldError::new("password", "Enter your password"));
        }
        if !missing.is_empty() {
            return Err(Failure::Invalid(missing));
        }
        let (at, now) = (now, now.as_microsecond());
        let window = i64::try_from(WINDOW.as_micros()).unwrap_or(i64::MAX);
        let key = format!("sign-in {}", blake3::hash(login.trim().to_lowercase().as_bytes()));
        if self.store.hit(&key, window, now).await? > TRIES {
            return Err(Failure::TooMany);
        }
        let known = self.store.find_by_login(login.trim()).await?;
        let hash = known.as_ref().and_then(|known| known.password_hash.as_deref());
        let fits = self.passwords.fits(password, hash).await?;
        let known_person = known.as_ref().map(|known| known.person);
        let Some(known) = known.filter(|known| fits && !known.disabled) else {
            self.audit(None, "sign-in.refused", known_person, "", at).await?;
            let words = "The e-mail address or staff number and the password do not belong together";
            return Err(Failure::Invalid(vec![FieldError::new("login", words)]));
        };
        self.store.reset_counter(&key).await?;
        self.audit(Some(known.person), "sign-in.done", Some(known.person), "", at).await?;
        Ok(known.person)
    }
}
