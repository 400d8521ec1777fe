//! How the first administrator and everybody after them come in: by a link that works once.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use records::person::{Email, Name};
use store::{LinkKind, LinkState, NewLink, Person, PersonId, SetUp, Spend};

use crate::{Failure, FieldError, Usecases, password, people::login, secret, sign_in::WINDOW, site, who::Actor};

/// How long a link works (security.md, Sign-in).
const LINK_WORKS: SignedDuration = SignedDuration::from_hours(24);
/// How long a printed code works: paper reaches people who have a few days off.
const CODE_WORKS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many wrong codes an address may send within a quarter of an hour.
const WRONG_CODES: i64 = 30;

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
    /// The address they come from.
    pub from: Option<&'a str>,
}

/// Whom a link lets in, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub login: String,
    /// Whether they had a password before.
    pub again: bool,
}

impl Usecases {
    /// Whether the site has a name and a zone.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn is_set_up(&self) -> Result<bool, Failure> {
        Ok(self.store.site().await?.is_some())
    }

    /// A new set-up link's token until the site is set up; `None` from then on. It replaces older ones.
    ///
    /// # Errors
    /// [`Failure::Store`], [`Failure::Internal`] without randomness.
    pub async fn make_set_up_link(&self, now: Timestamp) -> Result<Option<String>, Failure> {
        if self.is_set_up().await? {
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
        let organisation = Name::parse(typed.organisation).map_err(|_| errors.push(organisation_refused()));
        let zone = zone_named(typed.zone);
        if zone.is_none() {
            errors.push(zone_refused());
        }
        let name = Name::parse(typed.name).map_err(|why| errors.push(FieldError::new("name", why.0)));
        let email = Email::parse(typed.email).map_err(|why| errors.push(FieldError::new("email", why.0)));
        if let Some(why) = password::refusal(typed.password, &[typed.name, typed.email, typed.organisation]) {
            errors.push(FieldError::new("password", why));
        }
        let (Ok(organisation), Ok(name), Ok(email), Some(zone), true) =
            (organisation, name, email, zone, errors.is_empty())
        else {
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
        let actor = Actor { person: None, from: typed.from };
        match self
            .noting(actor, "site.set-up", None, organisation.as_str(), now)
            .set_up(organisation.as_str(), &zone, site::locale_in(&zone), first, &hash, now.as_microsecond())
            .await?
        {
            SetUp::Done(person) => Ok(person),
            SetUp::AlreadySetUp | SetUp::LinkRefused => Err(Failure::NotFound),
            SetUp::LoginRefused => Err(Failure::field("email", "Somebody signs in with this already")),
        }
    }

    /// The person whom an invitation, a reset link or a printed code is for.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when the link does not work any more, [`Failure::Store`].
    pub async fn invited(&self, token: &str, now: Timestamp) -> Result<Invited, Failure> {
        let person = self.person_of_link(token, now).await?;
        Ok(Invited { login: login(&person), name: person.name, again: person.has_password })
    }

    async fn person_of_link(&self, token: &str, now: Timestamp) -> Result<Person, Failure> {
        match self.store.link_state(&secret::hash(token), now.as_microsecond()).await? {
            LinkState::Fresh { kind: LinkKind::Invite | LinkKind::Reset | LinkKind::Code, person: Some(person) } => {
                let person = self.store.person(person).await?.filter(|person| person.disabled_at.is_none());
                person.ok_or(Failure::NotFound)
            }
            _ => Err(Failure::NotFound),
        }
    }

    /// The token of a code typed from a printed slip, for [`Usecases::accept_invitation`]. The code is not spent yet.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a code that does not work, [`Failure::TooMany`] after thirty of them from an address
    /// within a quarter of an hour, [`Failure::Store`].
    pub async fn enter_code(&self, typed: &str, from: Option<&str>, now: Timestamp) -> Result<String, Failure> {
        let wrong = |words: &str| Err(Failure::field("code", words));
        if typed.trim().is_empty() {
            return wrong("Enter the code from your slip");
        }
        let key = format!("code from {}", from.unwrap_or_default());
        // The right code is taken whoever else failed from the same address: 50 bits are not guessed at any pace.
        if let Some(code) = secret::typed_code(typed) {
            match self.person_of_link(&code, now).await {
                Ok(_) => return Ok(code),
                Err(Failure::NotFound) => {}
                Err(failure) => return Err(failure),
            }
        }
        if self.store.hit(&key, WINDOW, now.as_microsecond()).await? > WRONG_CODES {
            return Err(Failure::TooMany);
        }
        wrong("This code does not work. Check each letter; if it was used or is older than 7 days, ask for a new slip")
    }

    /// Takes the password that an invited person chooses, and spends the link.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a password that is refused (the link stays good), [`Failure::NotFound`] when the link
    /// does not work any more, [`Failure::Store`].
    pub async fn accept_invitation(
        &self,
        token: &str,
        password: &str,
        from: Option<&str>,
        now: Timestamp,
    ) -> Result<PersonId, Failure> {
        let person = self.person_of_link(token, now).await?;
        if let Some(why) = self.refused(password, &person).await? {
            return Err(Failure::field("password", why));
        }
        let password_hash = self.passwords.hash(password).await?;
        let actor = Actor { person: None, from };
        let noting = self.noting(actor, "password.chosen", None, "by link", now);
        match noting.spend_link(&secret::hash(token), &password_hash, now.as_microsecond()).await? {
            Spend::Done(person) => Ok(person),
            Spend::Used | Spend::Expired | Spend::Unknown => Err(Failure::NotFound),
        }
    }
}

impl Usecases {
    /// Why a person's new password is refused; none when it is good.
    pub(crate) async fn refused(&self, password: &str, person: &Person) -> Result<Option<String>, Failure> {
        let site = self.store.site().await?.map(|site| site.name).unwrap_or_default();
        let (email, number) = (person.email.as_deref(), person.employee_no.as_deref());
        let context = [&person.name, email.unwrap_or_default(), number.unwrap_or_default(), &site];
        Ok(password::refusal(password, &context))
    }
}

/// The zone of a name in whatever case it is typed, as the list spells it.
pub(crate) fn zone_named(typed: &str) -> Option<String> {
    let zone = TimeZone::get(typed.trim()).ok()?;
    zone.iana_name().filter(|name| *name != "Etc/Unknown").map(str::to_owned)
}

pub(crate) fn organisation_refused() -> FieldError {
    FieldError::new("organisation", "Enter the name of your organisation, in 100 characters or fewer")
}

pub(crate) fn zone_refused() -> FieldError {
    FieldError::new("zone", "Choose a time zone from the list, like Africa/Lagos or Europe/London")
}

/// The zones to choose from, by name.
pub fn zones() -> Vec<String> {
    let mut zones: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    // Of the many spellings those by place are meant for people (IANA, Theory of timezone names).
    zones.retain(|name| name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("SystemV/"));
    zones
}

/// A link that works for 24 hours, a printed code for 7 days, with only the hash of its token.
pub fn link(token: &str, kind: LinkKind, person: Option<PersonId>, by: Option<PersonId>, now: Timestamp) -> NewLink {
    let works = if kind == LinkKind::Code { CODE_WORKS } else { LINK_WORKS };
    let expires_at = now.saturating_add(works).map_or(i64::MAX, Timestamp::as_microsecond);
    NewLink { hash: secret::hash(token), kind, person, by, expires_at }
}
