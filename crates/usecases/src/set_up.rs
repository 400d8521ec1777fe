//! How the first administrator and everybody after them come in: by a link that works once.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use records::person::{Email, PersonName};
use store::{LinkKind, LinkState, NewLink, PersonId, SetUp, Spend};

use crate::{Failure, FieldError, Usecases, password, secret};

/// How long a link works (security.md, Sign-in).
const LINK_WORKS: SignedDuration = SignedDuration::from_hours(24);

/// What the first administrator types.
#[derive(Clone, Copy, Debug)]
pub struct FirstAdministrator<'a> {
    /// The organisation's name.
    pub organisation: &'a str,
    /// The site's IANA zone.
    pub zone: &'a str,
    /// Their full name.
    pub name: &'a str,
    /// Their e-mail address.
    pub email: &'a str,
    /// The password they choose.
    pub password: &'a str,
}

impl Usecases {
    /// A new set-up link's token while there is no administrator; `None` once there is one. It replaces older ones.
    ///
    /// # Errors
    /// [`Failure::Store`], [`Failure::Internal`] without randomness.
    pub async fn make_set_up_link(&self, now: Timestamp) -> Result<Option<String>, Failure> {
        if self.store.has_administrator().await? {
            return Ok(None);
        }
        let token = secret::token()?;
        self.store.make_link(link(&token, LinkKind::SetUp, None, None, now), now.as_microsecond()).await?;
        Ok(Some(token))
    }

    /// Whether a set-up link works.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn set_up_is_open(&self, token: &str, now: Timestamp) -> Result<bool, Failure> {
        let state = self.store.link_state(&secret::hash(token), now.as_microsecond()).await?;
        Ok(matches!(state, LinkState::Fresh { kind: LinkKind::SetUp, .. }))
    }

    /// Sets the site up and makes its first administrator.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::NotFound`] when the link does not work any more,
    /// [`Failure::Store`].
    pub async fn set_up(
        &self,
        token: &str,
        typed: FirstAdministrator<'_>,
        now: Timestamp,
    ) -> Result<PersonId, Failure> {
        let mut errors = Vec::new();
        let organisation = PersonName::parse(typed.organisation);
        if organisation.is_err() {
            errors.push(FieldError::new(
                "organisation",
                "Enter the name of your organisation, in 100 characters or fewer",
            ));
        }
        if TimeZone::get(typed.zone.trim()).is_err() {
            errors.push(FieldError::new("zone", "Enter a time zone like Africa/Lagos or Europe/London"));
        }
        let name = PersonName::parse(typed.name).map_err(|why| errors.push(FieldError::new("name", why.0)));
        let email = Email::parse(typed.email).map_err(|why| errors.push(FieldError::new("email", why.0)));
        if let Some(why) = password::refusal(typed.password, &[typed.name, typed.email, typed.organisation]) {
            errors.push(FieldError::new("password", why));
        }
        let (Ok(organisation), Ok(name), Ok(email), true) = (organisation, name, email, errors.is_empty()) else {
            return Err(Failure::Invalid(errors));
        };
        if !self.set_up_is_open(token, now).await? {
            return Err(Failure::NotFound);
        }
        let first = store::FirstAdministrator {
            name: name.as_str().to_owned(),
            email: Some(email.as_str().to_owned()),
            employee_no: None,
            password_hash: self.passwords.hash(typed.password).await?,
        };
        let hash = secret::hash(token);
        match self
            .store
            .set_up(organisation.as_str(), typed.zone.trim(), "en-NG", first, &hash, now.as_microsecond())
            .await?
        {
            SetUp::Done(person) => {
                self.audit(Some(person), "site.set-up", Some(person), organisation.as_str(), now).await?;
                Ok(person)
            }
            SetUp::AlreadySetUp | SetUp::LinkRefused => Err(Failure::NotFound),
            SetUp::LoginRefused => {
                Err(Failure::Invalid(vec![FieldError::new("email", "Somebody signs in with this already")]))
            }
        }
    }

    /// The name of the person whom an invitation or reset link is for.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when the link does not work any more, [`Failure::Store`].
    pub async fn invited(&self, token: &str, now: Timestamp) -> Result<String, Failure> {
        match self.store.link_state(&secret::hash(token), now.as_microsecond()).await? {
            LinkState::Fresh { kind: LinkKind::Invite | LinkKind::Reset, person: Some(person) } => {
                let person = self.store.person(person).await?.ok_or(Failure::NotFound)?;
                Ok(person.name)
            }
            _ => Err(Failure::NotFound),
        }
    }

    /// Takes the password that an invited person chooses, and spends the link.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a password that is refused (the link stays good), [`Failure::NotFound`] when the link
    /// does not work any more, [`Failure::Store`].
    pub async fn accept_invitation(&self, token: &str, password: &str, now: Timestamp) -> Result<PersonId, Failure> {
        let name = self.invited(token, now).await?;
        let site = self.store.site().await?.map(|site| site.name).unwrap_or_default();
        if let Some(why) = password::refusal(password, &[&name, &site]) {
            return Err(Failure::Invalid(vec![FieldError::new("password", why)]));
        }
        let password_hash = self.passwords.hash(password).await?;
        match self.store.spend_link(&secret::hash(token), &password_hash, now.as_microsecond()).await? {
            Spend::Done(person) => {
                self.audit(Some(person), "password.chosen", Some(person), "by link", now).await?;
                Ok(person)
            }
            Spend::Used | Spend::Expired | Spend::Unknown => Err(Failure::NotFound),
        }
    }
}

/// A link that works for 24 hours, with only the hash of its token.
pub fn link(token: &str, kind: LinkKind, person: Option<PersonId>, by: Option<PersonId>, now: Timestamp) -> NewLink {
    let expires_at = now.saturating_add(LINK_WORKS).map_or(i64::MAX, Timestamp::as_microsecond);
    NewLink { hash: secret::hash(token), kind, person, by, expires_at }
}
