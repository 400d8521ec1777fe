//! What administrators do with people: find, add, invite, disable.

use jiff::Timestamp;
use records::person::{Email, PersonName, StaffNumber};
use store::{Added, DepartmentAdded, DepartmentId, LinkKind, Person, PersonId, Right};

use crate::{Failure, FieldError, Usecases, secret, set_up::link, who::Who};

/// How many people a page of the list shows.
const ON_A_PAGE: u32 = 50;

/// A page of the list of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeoplePage {
    /// The people.
    pub rows: Vec<PersonView>,
    /// How many there are in all pages.
    pub total: i64,
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
    /// Whether they may not sign in.
    pub disabled: bool,
    /// Whether it is whoever asks.
    pub is_self: bool,
}

/// Where somebody works today and what they may do, for the page of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The department's name.
    pub department: String,
    /// What they do there.
    pub job_role: String,
    /// The rights they hold.
    pub rights: Vec<RightHeld>,
}

/// A right as an administrator gives or takes it (product.md, "Who may do what").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RightHeld {
    /// Writes and publishes content.
    Trainer,
    /// Manages the department they work in, and those below.
    Manager,
    /// Everything.
    Administrator,
}

impl RightHeld {
    /// Every right.
    pub const ALL: [Self; 3] = [Self::Trainer, Self::Manager, Self::Administrator];

    /// The word in a form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trainer => "trainer",
            Self::Manager => "manager",
            Self::Administrator => "administrator",
        }
    }

    /// The right of a word in a form.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.as_str() == word)
    }
}

/// What is typed for a new person.
#[derive(Clone, Copy, Debug)]
pub struct NewPerson<'a> {
    /// Their full name.
    pub name: &'a str,
    /// Their e-mail address, or nothing.
    pub email: &'a str,
    /// Their staff number, or nothing.
    pub staff_number: &'a str,
}

impl Usecases {
    /// A page of the people whose name, e-mail address or staff number contains `search`; pages count from 0.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for everybody but administrators, [`Failure::Store`].
    pub async fn people(&self, who: &Who, search: &str, page: u32) -> Result<PeoplePage, Failure> {
        who.as_administrator()?;
        let offset = i64::from(page) * i64::from(ON_A_PAGE);
        let found = self.store.people(search.trim(), i64::from(ON_A_PAGE), offset).await?;
        let more = offset + i64::from(ON_A_PAGE) < found.total;
        Ok(PeoplePage {
            rows: found.people.into_iter().map(|person| view(who, person)).collect(),
            total: found.total,
            previous: page.checked_sub(1),
            next: more.then(|| page + 1),
        })
    }

    /// One person.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for everybody but administrators and where there is nobody, [`Failure::Store`].
    pub async fn person(&self, who: &Who, person: PersonId) -> Result<PersonView, Failure> {
        who.as_administrator()?;
        let person = self.store.person(person).await?.ok_or(Failure::NotFound)?;
        Ok(view(who, person))
    }

    /// Adds a person, who can then be invited.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::NotFound`] for everybody but administrators,
    /// [`Failure::Store`].
    pub async fn add_person(&self, who: &Who, typed: NewPerson<'_>, now: Timestamp) -> Result<PersonId, Failure> {
        who.as_administrator()?;
        let mut errors = Vec::new();
        let name = PersonName::parse(typed.name).map_err(|why| errors.push(FieldError::new("name", why.0))).ok();
        let email = optional(typed.email, Email::parse).map_err(|why| errors.push(FieldError::new("email", why.0)));
        let staff_number = optional(typed.staff_number, StaffNumber::parse)
            .map_err(|why| errors.push(FieldError::new("staff_number", why.0)));
        if typed.email.trim().is_empty() && typed.staff_number.trim().is_empty() {
            errors.push(FieldError::new("email", "Enter an e-mail address or a staff number to sign in with"));
        }
        let (Some(name), Ok(email), Ok(staff_number), true) = (name, email, staff_number, errors.is_empty()) else {
            return Err(Failure::Invalid(errors));
        };
        let new = store::NewPerson {
            name: name.as_str().to_owned(),
            email: email.map(|email| email.as_str().to_owned()),
            employee_no: staff_number.map(|number| number.as_str().to_owned()),
            password_hash: None,
        };
        let refused = |field, words: &str| Err(Failure::Invalid(vec![FieldError::new(field, words)]));
        match self.store.add_person(new, now.as_microsecond()).await? {
            Added::Person(person) => {
                self.audit(Some(who.person), "person.added", Some(person), "", now).await?;
                Ok(person)
            }
            Added::EmailTaken => refused("email", "Somebody signs in with this e-mail address already"),
            Added::EmployeeNoTaken => refused("staff_number", "Somebody has this staff number already"),
            Added::NoLogin => refused("email", "Enter an e-mail address or a staff number to sign in with"),
        }
    }

    /// A new invitation link's token for a person; older ones stop working. It is shown once and kept as a hash.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for everybody but administrators, and for somebody who is disabled or not there;
    /// [`Failure::Store`].
    pub async fn invite(&self, who: &Who, person: PersonId, now: Timestamp) -> Result<String, Failure> {
        who.as_administrator()?;
        let found = self.store.person(person).await?.filter(|found| found.disabled_at.is_none());
        found.ok_or(Failure::NotFound)?;
        let token = secret::token()?;
        let link = link(&token, LinkKind::Invite, Some(person), Some(who.person), now);
        self.store.make_link(link, now.as_microsecond()).await?;
        self.audit(Some(who.person), "link.made", Some(person), "invitation", now).await?;
        Ok(token)
    }

    /// Ends or restores somebody's access, from their next request on. Nobody can shut themselves out.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for everybody but administrators, for oneself, and for nobody; [`Failure::Store`].
    pub async fn set_disabled(
        &self,
        who: &Who,
        person: PersonId,
        disabled: bool,
        now: Timestamp,
    ) -> Result<(), Failure> {
        who.as_administrator()?;
        if person == who.person {
            return Err(Failure::NotFound);
        }
        let found = if disabled {
            self.store.disable_person(person, now.as_microsecond()).await?
        } else {
            self.store.enable_person(person).await?
        };
        if !found {
            return Err(Failure::NotFound);
        }
        let what = if disabled { "person.disabled" } else { "person.enabled" };
        self.audit(Some(who.person), what, Some(person), "", now).await
    }
}

impl Usecases {
    /// Where a person works today, and what they may do.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for everybody but administrators, [`Failure::Store`].
    pub async fn standing(&self, who: &Who, person: PersonId, now: Timestamp) -> Result<Standing, Failure> {
        who.as_administrator()?;
        let tenure = self.store.tenure_on(person, self.today(now).await?).await?;
        let mut rights = Vec::new();
        for right in self.store.rights_of(person).await? {
            let right = match right {
                Right::Trainer => RightHeld::Trainer,
                Right::Manager(_) => RightHeld::Manager,
                Right::Administrator => RightHeld::Administrator,
            };
            if !rights.contains(&right) {
                rights.push(right);
            }
        }
        let (department, job_role) = tenure.map(|tenure| (tenure.department_name, tenure.job_role)).unwrap_or_default();
        Ok(Standing { department, job_role, rights })
    }

    /// From today on the person works in the department of this name, which is made if there is none, in this job role.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::NotFound`] for everybody but administrators and where
    /// there is nobody, [`Failure::Store`].
    pub async fn place(
        &self,
        who: &Who,
        person: PersonId,
        (department, job_role): (&str, &str),
        now: Timestamp,
    ) -> Result<(), Failure> {
        who.as_administrator()?;
        self.store.person(person).await?.ok_or(Failure::NotFound)?;
        let mut errors = Vec::new();
        let department = PersonName::parse(department).map_err(|_| {
            errors.push(FieldError::new("department", "Enter the department, in 100 characters or fewer"))
        });
        let job_role = PersonName::parse(job_role)
            .map_err(|_| errors.push(FieldError::new("job_role", "Enter the job role, in 100 characters or fewer")));
        let (Ok(department), Ok(job_role)) = (department, job_role) else { return Err(Failure::Invalid(errors)) };
        let id = self.department_named(department.as_str()).await?;
        let detail = format!("{}, {}", department.as_str(), job_role.as_str());
        self.store.set_tenure(person, id, job_role.as_str(), self.today(now).await?).await?;
        self.audit(Some(who.person), "person.placed", Some(person), &detail, now).await
    }

    async fn department_named(&self, name: &str) -> Result<DepartmentId, Failure> {
        let known = self.store.departments().await?;
        let same = |known: &&store::Department| known.name.to_lowercase() == name.to_lowercase();
        if let Some(known) = known.iter().find(same) {
            return Ok(known.id);
        }
        match self.store.add_department(name, None).await? {
            DepartmentAdded::Department(id) => Ok(id),
            DepartmentAdded::NameTaken | DepartmentAdded::ParentMissing => {
                Err(Failure::Invalid(vec![FieldError::new("department", "Somebody just added this; try again")]))
            }
        }
    }

    /// Gives or takes a right; it acts on the person's next request. A manager's is for the department they work in
    /// today. Nobody changes their own.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a manager without a department, [`Failure::NotFound`] for everybody but administrators,
    /// for oneself, and where there is nobody; [`Failure::Store`].
    pub async fn set_right(
        &self,
        who: &Who,
        person: PersonId,
        (right, held): (RightHeld, bool),
        now: Timestamp,
    ) -> Result<(), Failure> {
        who.as_administrator()?;
        if person == who.person || self.store.person(person).await?.is_none() {
            return Err(Failure::NotFound);
        }
        match (right, held) {
            (RightHeld::Manager, true) => {
                let tenure = self.store.tenure_on(person, self.today(now).await?).await?;
                let words = "Say where this person works first: a manager manages that department";
                let tenure = tenure.ok_or_else(|| Failure::Invalid(vec![FieldError::new("department", words)]))?;
                self.store.grant(person, Right::Manager(tenure.department)).await?;
            }
            (RightHeld::Manager, false) => {
                for right in self.store.rights_of(person).await? {
                    if matches!(right, Right::Manager(_)) {
                        self.store.revoke(person, right).await?;
                    }
                }
            }
            (RightHeld::Trainer, true) => drop(self.store.grant(person, Right::Trainer).await?),
            (RightHeld::Trainer, false) => drop(self.store.revoke(person, Right::Trainer).await?),
            (RightHeld::Administrator, true) => drop(self.store.grant(person, Right::Administrator).await?),
            (RightHeld::Administrator, false) => drop(self.store.revoke(person, Right::Administrator).await?),
        }
        let what = if held { "right.granted" } else { "right.revoked" };
        self.audit(Some(who.person), what, Some(person), right.as_str(), now).await
    }
}

/// What was typed, parsed unless it was left empty.
fn optional<T, E>(typed: &str, parse: fn(&str) -> Result<T, E>) -> Result<Option<T>, E> {
    if typed.trim().is_empty() { Ok(None) } else { parse(typed).map(Some) }
}

fn view(who: &Who, person: Person) -> PersonView {
    let state = match (person.disabled_at, person.has_password) {
        (Some(_), _) => "Disabled",
        (None, true) => "Active",
        (None, false) => "Not signed in yet",
    };
    PersonView {
        id: person.id.0,
        login: person.email.clone().or_else(|| person.employee_no.clone()).unwrap_or_default(),
        is_self: person.id == who.person,
        disabled: person.disabled_at.is_some(),
        name: person.name,
        email: person.email,
        staff_number: person.employee_no,
        state,
    }
}

/// A search text as it stands in an address (RFC 3986: everything but unreserved characters in percent form).
pub fn query_text(text: &str) -> String {
    text.bytes().fold(String::new(), |mut query, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            query.push(char::from(byte));
        } else {
            query.push_str(&format!("%{byte:02X}"));
        }
        query
    })
}
