//! Where people work and what they may do, as administrators say it.

use jiff::{Timestamp, civil::Date};
use records::person::Name;
use store::{DepartmentId, Lost, PersonId, Right};

use crate::{
    Failure, FieldError, Usecases, clock,
    departments::{DepartmentView, views},
    who::Who,
};

/// Where somebody works today and what they may do, for the page of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Where they work today.
    pub place: Option<Place>,
    /// Where they worked before and will work, the first place first.
    pub places: Vec<Place>,
    /// The rights they hold.
    pub rights: Vec<Held>,
    /// Every department there is, to choose from.
    pub departments: Vec<DepartmentView>,
    /// The job roles that are known, by name.
    pub job_roles: Vec<String>,
}

/// A place of work for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The department.
    pub department: i64,
    /// Its name after those above it.
    pub path: String,
    /// What they do there.
    pub job_role: String,
    /// The first day.
    pub from: Date,
    /// The last day, none while no end is known.
    pub until: Option<Date>,
}

/// A right that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub right: RightName,
    /// The department that a manager manages.
    pub department: Option<(i64, String)>,
}

/// A right in the words of forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RightName {
    /// Writes and publishes content.
    Trainer,
    /// Sees the people of a department and those below it.
    Manager,
    /// Everything.
    Administrator,
}

impl RightName {
    /// The word in a form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trainer => "trainer",
            Self::Manager => "manager",
            Self::Administrator => "administrator",
        }
    }

    /// The right of a word in a form, and for a manager the department chosen with it.
    fn parse(word: &str, department: &str) -> Result<Right, Failure> {
        match word {
            "trainer" => Ok(Right::Trainer),
            "administrator" => Ok(Right::Administrator),
            "manager" => match department.parse() {
                Ok(id) => Ok(Right::Manager(DepartmentId(id))),
                Err(_) => Err(Failure::field("managed", "Choose the department this person manages")),
            },
            _ => Err(Failure::NotFound),
        }
    }
}

/// A sentence for each right of a manager that ended since they moved.
pub(crate) fn lost_words(lost: &[Lost]) -> Vec<String> {
    lost.iter().map(|lost| format!("{} no longer manages {}.", lost.name, lost.department_name)).collect()
}

impl Usecases {
    /// Where a person works and has worked, and what they may do.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn standing(&self, who: &Who, person: PersonId, now: Timestamp) -> Result<Standing, Failure> {
        who.as_administrator()?;
        let today = self.today(now).await?;
        let departments = views(&self.store.departments().await?);
        let path = |id: DepartmentId| {
            departments.iter().find(|one| one.id == id.0).map(|one| one.path.clone()).unwrap_or_default()
        };
        let place = |tenure: store::Tenure| Place {
            department: tenure.department.0,
            path: path(tenure.department),
            job_role: tenure.job_role,
            from: clock::date_of(tenure.from_on),
            until: tenure.until_on.map(|day| clock::date_of(day - 1)),
        };
        let rights = self.store.rights_of(person).await?.into_iter().map(|right| match right {
            Right::Trainer => Held { right: RightName::Trainer, department: None },
            Right::Manager(id) => Held { right: RightName::Manager, department: Some((id.0, path(id))) },
            Right::Administrator => Held { right: RightName::Administrator, department: None },
        });
        Ok(Standing {
            rights: rights.collect(),
            place: self.store.tenure_on(person, today).await?.map(place),
            places: self.store.tenures(person).await?.into_iter().map(place).collect(),
            departments,
            job_roles: self.store.job_roles(today).await?.into_iter().map(|(name, _)| name).collect(),
        })
    }

    /// A job role as it is written already where it differs in capitals only: what is asked of one would not be asked of the other.
    async fn known_job_role(&self, typed: &str, today: i32) -> Result<String, Failure> {
        let folded = typed.to_lowercase();
        let mut known = self.store.job_roles(today).await?.into_iter().map(|(name, _)| name);
        Ok(known.find(|known| known.to_lowercase() == folded).unwrap_or_else(|| typed.to_owned()))
    }

    /// From today on the person works in this department (its id), in this job role. Gives a sentence for each right that ends with it.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Denied`] for everybody but administrators,
    /// [`Failure::NotFound`] where there is nobody, [`Failure::Store`].
    pub async fn place(
        &self,
        who: &Who,
        person: PersonId,
        (department, job_role): (&str, &str),
        now: Timestamp,
    ) -> Result<Vec<String>, Failure> {
        who.as_administrator()?;
        self.store.person(person).await?.ok_or(Failure::NotFound)?;
        let today = self.today(now).await?;
        let mut errors = Vec::new();
        let department = self.known_department(department).await?;
        if department.is_none() {
            errors.push(FieldError::new("department", "Choose the department this person works in"));
        }
        let job_role = Name::parse(job_role)
            .map_err(|_| errors.push(FieldError::new("job_role", "Enter the job role, in 100 characters or fewer")));
        let (Some((department, name)), Ok(job_role)) = (department, job_role) else {
            return Err(Failure::Invalid(errors));
        };
        let job_role = self.known_job_role(job_role.as_str(), today).await?;
        let detail = format!("{job_role}, {name}");
        let noting = self.noting(who, "person.placed", person, &detail, now);
        Ok(lost_words(&noting.set_tenure(person, department, &job_role, today, today).await?.lost))
    }

    /// The department of an id as a form gives it, with its name.
    async fn known_department(&self, id: &str) -> Result<Option<(DepartmentId, String)>, Failure> {
        let Ok(id) = id.parse().map(DepartmentId) else { return Ok(None) };
        let known = self.store.departments().await?.into_iter().find(|known| known.id == id);
        Ok(known.map(|known| (known.id, known.name)))
    }

    /// Gives or takes a right; it acts on the person's next request and ends their sessions. `department` is the id of
    /// the one a manager manages. Nobody changes their own.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a manager without a department, [`Failure::Denied`] for everybody but administrators,
    /// [`Failure::NotFound`] for oneself and where there is nobody, [`Failure::Store`].
    pub async fn set_right(
        &self,
        who: &Who,
        person: PersonId,
        (right, department, held): (&str, &str, bool),
        now: Timestamp,
    ) -> Result<(), Failure> {
        who.as_administrator()?;
        if person == who.person || self.store.person(person).await?.is_none() {
            return Err(Failure::NotFound);
        }
        let given = RightName::parse(right, department)?;
        let mut detail = right.to_owned();
        if let Right::Manager(_) = given {
            let known = self.known_department(department).await?;
            let (_, name) =
                known.ok_or_else(|| Failure::field("managed", "Choose one of the departments in the list"))?;
            detail = format!("{right}, {name}");
        }
        let noting = self.noting(who, if held { "right.granted" } else { "right.revoked" }, person, &detail, now);
        // One that was given or taken already is as it should be.
        let _changed = if held { noting.grant(person, given).await? } else { noting.revoke(person, given).await? };
        Ok(())
    }
}
