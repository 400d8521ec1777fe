//! People from the command line, for the day nobody can sign in. Whoever can run these commands can read the database
//! anyway, so no right is asked for; every change stands in the audit log as made by the program.

use records::person::{Email, Name, StaffNumber};
use store::{Added, LinkKind, NewAudit, NewPerson, PersonId, Right, Store};
use usecases::{clock, secret, set_up};

use crate::{
    cli::{User, say},
    commands::{CommandError, Outcome, with_store},
    settings::RightName,
};

/// Does what was asked about a person.
///
/// # Errors
///
/// Says what kept it from being done, and what would be right.
pub async fn run(user: User) -> Outcome {
    match user {
        User::Add { login, name, database } => {
            with_store(&database, async |store| add(store, &login, &name).await).await
        }
        User::Grant { login, right, department, database } => {
            with_store(&database, async |store| grant(store, &login, right, department.as_deref()).await).await
        }
        User::Reset { login, database } => with_store(&database, async |store| reset(store, &login).await).await,
        User::Disable { login, database } => with_store(&database, async |store| disable(store, &login).await).await,
    }
}

async fn add(store: &Store, login: &str, name: &str) -> Outcome {
    let name = Name::parse(name).map_err(refused)?;
    let (email, employee_no) = if login.contains('@') {
        (Some(Email::parse(login).map_err(refused)?.as_str().to_owned()), None)
    } else {
        (None, Some(StaffNumber::parse(login).map_err(refused)?.as_str().to_owned()))
    };
    let new = NewPerson { name: name.as_str().to_owned(), email, employee_no, password_hash: None };
    let noting = noting(store, "person.added", None, "");
    let person = match noting.add_person(new, clock::now().as_microsecond()).await? {
        Added::Person(person) => person,
        Added::EmailTaken | Added::EmployeeNoTaken => {
            return Err(refused(format!("somebody signs in with {login} already; `bedside user reset` lets them in")));
        }
        Added::NoLogin => return Err(refused("give an e-mail address or a staff number to sign in with")),
    };
    say(format_args!("Added: {}", name.as_str()));
    link(store, person, LinkKind::Invite).await
}

async fn grant(store: &Store, login: &str, right: RightName, department: Option<&str>) -> Outcome {
    let person = find(store, login).await?;
    let right = match right {
        RightName::Trainer => Right::Trainer,
        RightName::Administrator => Right::Administrator,
        RightName::Manager => {
            let name = department.unwrap_or_default();
            let departments = store.departments(0).await?;
            match departments.iter().find(|department| department.name == name) {
                Some(department) => Right::Manager(department.id),
                None => {
                    return Err(refused(format!("there is no department “{name}”; write its name as on the pages")));
                }
            }
        }
    };
    let detail = match (right, department) {
        (Right::Manager(_), Some(department)) => format!("manager, {department}"),
        (Right::Administrator, _) => "administrator".to_owned(),
        _ => "trainer".to_owned(),
    };
    let changed = noting(store, "right.granted", Some(person), &detail).grant(person, right).await?;
    say(if changed { "Granted." } else { "They had this right already." });
    Ok(())
}

async fn reset(store: &Store, login: &str) -> Outcome {
    let person = find(store, login).await?;
    noting(store, "password.reset", Some(person), "").delete_sessions_of(person, None).await?;
    link(store, person, LinkKind::Reset).await
}

async fn disable(store: &Store, login: &str) -> Outcome {
    let person = find(store, login).await?;
    let now = clock::now().as_microsecond();
    noting(store, "person.disabled", Some(person), "").disable_person(person, now).await?;
    say("Disabled: they are refused from the next request on. Their records stay.");
    Ok(())
}

async fn find(store: &Store, login: &str) -> Result<PersonId, CommandError> {
    match store.find_by_login(login).await? {
        Some(credentials) => Ok(credentials.person),
        None => Err(refused(format!("nobody signs in with “{login}”; give the e-mail address or the staff number"))),
    }
}

async fn link(store: &Store, person: PersonId, kind: LinkKind) -> Outcome {
    let now = clock::now();
    let token = secret::token()?;
    store.make_link(set_up::link(&token, kind, Some(person), None, now), now.as_microsecond()).await?;
    say(format_args!("One-time link, good for 24 hours, to open on your Bedside: /invite/{token}"));
    Ok(())
}

/// The store with a line for the audit log that goes with what is written through it.
fn noting(store: &Store, what: &str, person: Option<PersonId>, detail: &str) -> Store {
    let entry = NewAudit {
        who: None,
        what: what.to_owned(),
        object: person.map(|person| format!("person/{person}")).unwrap_or_default(),
        detail: detail.to_owned(),
        from: Some("command line".to_owned()),
    };
    store.noting(entry, clock::now().as_microsecond())
}

fn refused(words: impl std::fmt::Display) -> CommandError {
    CommandError::Refused(words.to_string())
}
