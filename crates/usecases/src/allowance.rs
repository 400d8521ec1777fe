//! More time or another attempt at a quiz for one person, given by who answers for them, never to oneself.

use jiff::Timestamp;
use store::{NewAllowance, PersonId, Right};

use crate::{Failure, FieldError, Usecases, form, form::settled, who::Who};

/// What a manager or an administrator gives, as typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gift<'a> {
    /// The quiz, by its name in addresses.
    pub quiz: &'a str,
    /// More minutes.
    pub minutes: &'a str,
    /// More attempts.
    pub attempts: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The form's one-time token.
    pub token: &'a str,
}

/// Somebody to give something to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Their name.
    pub name: String,
    /// The quizzes: name in addresses, title.
    pub quizzes: Vec<(String, String)>,
    /// What was given so far: the title, more minutes, more attempts.
    pub given: Vec<(String, i64, i64)>,
    /// A fresh one-time token.
    pub token: String,
}

impl Usecases {
    /// Lets those pass who answer for a person: administrators, and managers of the department they work in today. Nobody for
    /// themselves, and no deputy for a manager whom they stand in for, unless they manage that department themselves.
    pub(crate) async fn answers_for(
        &self,
        who: &Who,
        person: PersonId,
        now: Timestamp,
    ) -> Result<store::Person, Failure> {
        let found = self.store.person(person).await?.ok_or(Failure::NotFound)?;
        if person == who.person {
            return Err(Failure::Denied);
        }
        if who.administrator {
            return Ok(found);
        }
        let manages = match self.store.stands_in_for(who.person, person, now.as_microsecond()).await? {
            false => who.manages.clone(),
            true => {
                let own = self.store.rights_of(who.person).await?.into_iter();
                own.filter_map(|right| if let Right::Manager(department) = right { Some(department) } else { None })
                    .collect()
            }
        };
        if self.works_under(person, &manages, now).await? { Ok(found) } else { Err(Failure::Denied) }
    }

    /// Whether a person works today in one of these departments or below it.
    pub(crate) async fn works_under(
        &self,
        person: PersonId,
        departments: &[store::DepartmentId],
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let Some(tenure) = self.store.tenure_on(person, self.today(now).await?).await? else { return Ok(false) };
        for department in departments {
            if self.store.departments_below(*department).await?.contains(&tenure.department) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether somebody answers for a person, for pages that offer only what would be taken.
    pub(crate) async fn does_answer_for(&self, who: &Who, person: PersonId, now: Timestamp) -> Result<bool, Failure> {
        match self.answers_for(who, person, now).await {
            Ok(_) => Ok(true),
            Err(Failure::Denied) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// A person, and the quizzes at which something can be given to them.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who do not answer for them, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn recipient(&self, who: &Who, person: PersonId, now: Timestamp) -> Result<Recipient, Failure> {
        let found = self.answers_for(who, person, now).await?;
        let quizzes = self.store.live_documents("quiz").await?;
        let mut given = Vec::new();
        for live in &quizzes {
            let so_far = self.store.allowance(person, live.document, 0).await?;
            if so_far.minutes > 0 || so_far.attempts > 0 {
                given.push((live.title.clone(), so_far.minutes, so_far.attempts));
            }
        }
        let quizzes = quizzes.into_iter().map(|live| (live.slug, live.title));
        Ok(Recipient { name: found.name, quizzes: quizzes.collect(), given, token: form::token(who)? })
    }

    /// Gives somebody more time for each attempt at a quiz, or more attempts at it.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Conflict`] when the token was used for something else,
    /// [`Failure::Denied`] for those who do not answer for the person,
    /// [`Failure::NotFound`], [`Failure::Store`].
    pub async fn give(&self, who: &Who, person: PersonId, gift: Gift<'_>, now: Timestamp) -> Result<String, Failure> {
        let found = self.answers_for(who, person, now).await?;
        let mut errors = Vec::new();
        let live = self.store.live_document("quiz", gift.quiz).await?;
        if live.is_none() {
            errors.push(FieldError::new("quiz", "Choose a quiz"));
        }
        let mut number = |field, typed: &str, most: i64, words: &str| match typed.trim() {
            "" => 0,
            typed => match typed.parse::<i64>() {
                Ok(number) if (0..=most).contains(&number) => number,
                _ => {
                    errors.push(FieldError::new(field, words));
                    0
                }
            },
        };
        let minutes = number("minutes", gift.minutes, 240, "Enter whole minutes from 0 to 240");
        let attempts = number("attempts", gift.attempts, 10, "Enter a whole number from 0 to 10");
        let reason = gift.reason.trim();
        if errors.is_empty() && minutes == 0 && attempts == 0 {
            errors.push(FieldError::new("minutes", "Give more minutes or more attempts"));
        }
        if reason.is_empty() || reason.chars().count() > 200 || reason.contains(char::is_control) {
            errors.push(FieldError::new("reason", "Say why, in a line of at most 200 characters"));
        }
        let (Some(live), true) = (live, errors.is_empty()) else { return Err(Failure::Invalid(errors)) };
        let parts = ["allow", &person.to_string(), &live.slug, &minutes.to_string(), &attempts.to_string(), reason];
        let new = NewAllowance {
            form: form::sent(who, gift.token, &parts, now)?,
            person,
            document: live.document,
            minutes,
            attempts,
            reason: reason.to_owned(),
        };
        let detail = format!("{}: {minutes} minutes, {attempts} attempts: {reason}", live.slug);
        let noting = self.noting(who, "allowance.given", person, &detail, now);
        settled(noting.allow(new).await?)?;
        Ok(found.name)
    }
}
