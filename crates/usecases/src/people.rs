//! What administrators do with people: find, add, change, let in, disable.

use jiff::{Timestamp, civil::Date};
use records::person::{Email, Name, StaffNumber};
use store::{Added, LinkKind, Moved, Person, PersonId, PersonUpdate, Updated};

use crate::{Failure, FieldError, Usecases, clock, secret, set_up::link, standing::lost_words, who::Who};

/// How many people a page of the list shows.
const ON_A_PAGE: u32 = 50;

/// A page of the list of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeoplePage {
    /// The people.
    pub rows: Vec<PersonView>,
    /// How many there are in all pages.
    pub total: i64,
    /// The number of this page, from 0.
    pub page: u32,
    /// How many pages there are.
    pub pages: u32,
    /// The number of the page before.
    pub previous: Option<u32>,
    /// The number of the page after.
    pub next: Option<u32>,
}

/// One person as an administrator sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonView {
    /// The person.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their staff number.
    pub staff_number: Option<String>,
    /// What they sign in with.
    pub login: String,
    /// Active, invited or disabled, in a word.
    pub state: &'static str,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Whether they may not sign in.
    pub disabled: bool,
    /// Whether it is whoever asks.
    pub is_self: bool,
    /// The revision of the profile, which a form that changes it gives back.
    pub rev: i64,
}

/// What is typed for a person.
#[derive(Clone, Copy, Debug)]
pub struct NewPerson<'a> {
    /// Their full name.
    pub name: &'a str,
    /// Their e-mail address, or nothing.
    pub email: &'a str,
    /// Their staff number, or nothing.
    pub staff_number: &'a str,
}

/// A printed slip with which somebody without e-mail comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Their name.
    pub name: String,
    /// What they sign in with afterwards.
    pub login: String,
    /// The code as it is printed.
    pub code: String,
    /// The last day on which it works for certain.
    pub until: Date,
    /// The organisation.
    pub organisation: String,
}

/// What was typed for a person, parsed.
struct Parsed {
    name: Name,
    email: Option<String>,
    employee_no: Option<String>,
}

fn parse(typed: NewPerson<'_>) -> Result<Parsed, Failure> {
    let mut errors = Vec::new();
    let name = Name::parse(typed.name).map_err(|why| errors.push(FieldError::new("name", why.0)));
    let email = optional(typed.email, Email::parse).map_err(|why| errors.push(FieldError::new("email", why.0)));
    let number = optional(typed.staff_number, StaffNumber::parse)
        .map_err(|why| errors.push(FieldError::new("staff_number", why.0)));
    if typed.email.trim().is_empty() && typed.staff_number.trim().is_empty() {
        errors.push(no_login());
    }
    match (name, email, number) {
        (Ok(name), Ok(email), Ok(number)) if errors.is_empty() => Ok(Parsed {
            name,
            email: email.map(|email| email.as_str().to_owned()),
            employee_no: number.map(|number| number.as_str().to_owned()),
        }),
        _ => Err(Failure::Invalid(errors)),
    }
}

fn no_login() -> FieldError {
    FieldError::new("email", "Enter an e-mail address or a staff number to sign in with")
}

fn email_taken() -> FieldError {
    FieldError::new("email", "Somebody signs in with this e-mail address already")
}

fn number_taken() -> FieldError {
    FieldError::new("staff_number", "Somebody has this staff number already")
}

impl Usecases {
    /// A page of the people whose name, e-mail address or staff number contains `search`; pages count from 0.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn people(&self, who: &Who, search: &str, page: u32) -> Result<PeoplePage, Failure> {
        who.as_administrator()?;
        let ask = async |page| {
            let offset = i64::from(page) * i64::from(ON_A_PAGE);
            self.store.people(search.trim(), i64::from(ON_A_PAGE), offset).await
        };
        let mut page = page;
        let mut found = ask(page).await?;
        let pages = u32::try_from(found.total).unwrap_or(u32::MAX).div_ceil(ON_A_PAGE).max(1);
        if page >= pages {
            page = pages - 1;
            found = ask(page).await?;
        }
        Ok(PeoplePage {
            rows: found.people.into_iter().map(|person| view(who, person)).collect(),
            total: found.total,
            previous: page.checked_sub(1),
            next: (page + 1 < pages).then(|| page + 1),
            page,
            pages,
        })
    }

    /// One person.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] where there is nobody,
    /// [`Failure::Store`].
    pub async fn person(&self, who: &Who, person: PersonId) -> Result<PersonView, Failure> {
        who.as_administrator()?;
        let person = self.store.person(person).await?.ok_or(Failure::NotFound)?;
        Ok(view(who, person))
    }

    /// Adds a person, who can then be invited.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Denied`] for everybody but administrators,
    /// [`Failure::Store`].
    pub async fn add_person(&self, who: &Who, typed: NewPerson<'_>, now: Timestamp) -> Result<PersonId, Failure> {
        who.as_administrator()?;
        let Parsed { name, email, employee_no } = parse(typed)?;
        let new = store::NewPerson { name: name.as_str().to_owned(), email, employee_no, password_hash: None };
        let refused = |error| Err(Failure::Invalid(vec![error]));
        match self.noting(who, "person.added", None, "", now).add_person(new, now.as_microsecond()).await? {
            Added::Person(person) => Ok(person),
            Added::EmailTaken => refused(email_taken()),
            Added::EmployeeNoTaken => refused(number_taken()),
            Added::NoLogin => refused(no_login()),
        }
    }

    /// Changes what a person is called and signs in with. `rev` is the revision that the form showed.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when somebody else changed the profile meanwhile, [`Failure::Invalid`] with each field to
    /// correct, [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] where there is nobody,
    /// [`Failure::Store`].
    pub async fn change_person(
        &self,
        who: &Who,
        person: PersonId,
        rev: i64,
        typed: NewPerson<'_>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        who.as_administrator()?;
        let Parsed { name, email, employee_no } = parse(typed)?;
        let update = PersonUpdate { id: person, rev, name: name.as_str().to_owned(), email, employee_no };
        let refused = |error| Err(Failure::Invalid(vec![error]));
        match self.noting(who, "person.changed", person, "", now).update_person(update).await? {
            Updated::Done => Ok(()),
            Updated::Missing => Err(Failure::NotFound),
            Updated::Stale => Err(Failure::Conflict),
            Updated::EmailTaken => refused(email_taken()),
            Updated::EmployeeNoTaken => refused(number_taken()),
            Updated::NoLogin => refused(no_login()),
        }
    }

    /// A new link's token for a person: an invitation while they have no password, else one to choose a new one.
    /// Older ones stop working. It is shown once and kept as a hash.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] for somebody who is disabled or not
    /// there, [`Failure::Store`].
    pub async fn invite(&self, who: &Who, person: PersonId, now: Timestamp) -> Result<String, Failure> {
        let person = self.may_enter(who, person).await?;
        let (kind, detail) =
            if person.has_password { (LinkKind::Reset, "reset") } else { (LinkKind::Invite, "invitation") };
        let token = secret::token()?;
        let link = link(&token, kind, Some(person.id), Some(who.person), now);
        self.noting(who, "link.made", person.id, detail, now).make_link(link, now.as_microsecond()).await?;
        Ok(token)
    }

    /// A slip to print, with a code that works once. Older slips of the person stop working.
    ///
    /// # Errors
    /// As [`Usecases::invite`].
    pub async fn slip(&self, who: &Who, person: PersonId, now: Timestamp) -> Result<Slip, Failure> {
        let person = self.may_enter(who, person).await?;
        let code = secret::code()?;
        let link = link(&code, LinkKind::Code, Some(person.id), Some(who.person), now);
        let ends = Timestamp::from_microsecond(link.expires_at).unwrap_or(now);
        self.noting(who, "link.made", person.id, "printed slip", now).make_link(link, now.as_microsecond()).await?;
        let site = self.store.site().await?;
        let last = clock::day_in(ends, site.as_ref().map_or("UTC", |site| &site.zone)).yesterday();
        Ok(Slip {
            login: login(&person),
            name: person.name,
            code: secret::printed(&code),
            until: last.map_err(|cause| Failure::Internal(cause.to_string()))?,
            organisation: site.map(|site| site.name).unwrap_or_default(),
        })
    }

    /// Somebody who may be let in, for an administrator.
    async fn may_enter(&self, who: &Who, person: PersonId) -> Result<Person, Failure> {
        who.as_administrator()?;
        let found = self.store.person(person).await?.filter(|found| found.disabled_at.is_none());
        found.ok_or(Failure::NotFound)
    }

    /// Ends or restores somebody's access, from their next request on. Nobody can shut themselves out. Gives a sentence for each right that
    /// ends with it.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] for oneself and for nobody,
    /// [`Failure::Store`].
    pub async fn set_disabled(
        &self,
        who: &Who,
        person: PersonId,
        disabled: bool,
        now: Timestamp,
    ) -> Result<Vec<String>, Failure> {
        who.as_administrator()?;
        if person == who.person {
            return Err(Failure::NotFound);
        }
        if !disabled {
            let last = self.employment(who, person).await?;
            let today = clock::date_of(self.today(now).await?);
            if last.left_on.is_some_and(|last| last < today) {
                // Somebody who had left comes back, which the ledger is told; else they would be shut out again tonight.
                let hired_on = last.hired_on.map(|day| day.to_string()).unwrap_or_default();
                return self.set_employment(who, person, (&hired_on, ""), now).await;
            }
        }
        let what = if disabled { "person.disabled" } else { "person.enabled" };
        let noting = self.noting(who, what, person, "", now);
        let Moved { found, lost } = if disabled {
            noting.disable_person(person, now.as_microsecond()).await?
        } else {
            Moved { found: noting.enable_person(person, now.as_microsecond()).await?, lost: Vec::new() }
        };
        if found { Ok(lost_words(&lost)) } else { Err(Failure::NotFound) }
    }
}

/// What was typed, parsed unless it was left empty.
fn optional<T, E>(typed: &str, parse: fn(&str) -> Result<T, E>) -> Result<Option<T>, E> {
    if typed.trim().is_empty() { Ok(None) } else { parse(typed).map(Some) }
}

/// What a person signs in with, as it is told to them.
pub(crate) fn login(person: &Person) -> String {
    person.email.clone().or_else(|| person.employee_no.clone()).unwrap_or_default()
}

fn view(who: &Who, person: Person) -> PersonView {
    let state = match (person.disabled_at, person.has_password) {
        (Some(_), _) => "Disabled",
        (None, true) => "Active",
        (None, false) => "Not signed in yet",
    };
    PersonView {
        id: person.id.0,
        login: login(&person),
        has_password: person.has_password,
        rev: person.rev,
        is_self: person.id == who.person,
        disabled: person.disabled_at.is_some(),
        name: person.name,
        email: person.email,
        staff_number: person.employee_no,
        state,
    }
}
