//! People from the command line, for the day nobody can sign in. Whoever can run these commands can read the database
//! anyway, so no right is asked for; every change stands in the audit log as made by the program.

use records::person::{Email, Name, StaffNumber};
use store::{Added, Credentials, DepartmentId, LinkKind, NewAudit, NewPerson, PersonId, Right, Store};
use usecases::{
    clock,
    departments::{BELOW, DepartmentView, views},
    secret, set_up,
};

use crate::{
    cli::{PublicUrl, User, say},
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
        User::Add { login, name, public_url, database } => {
            with_store(&database, async |store| add(store, &login, &name, public_url).await).await
        }
        User::Grant { login, right, department, database } => {
            with_store(&database, async |store| grant(store, &login, right, department.as_deref()).await).await
        }
        User::Reset { login, public_url, database } => {
            with_store(&database, async |store| reset(store, &login, public_url).await).await
        }
        User::Disable { login, database } => with_store(&database, async |store| disable(store, &login).await).await,
        User::Enable { login, database } => with_store(&database, async |store| enable(store, &login).await).await,
    }
}

async fn add(store: &Store, login: &str, name: &str, at: PublicUrl) -> Outcome {
    const NO_LOGIN: &str = "give an e-mail address or a staff number to sign in with";
    if login.trim().is_empty() {
        return Err(refused(NO_LOGIN));
    }
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
            let disabled = store.find_by_login(login).await?.is_some_and(|known| known.disabled);
            let way_in = if disabled { "they are disabled: `bedside user enable`" } else { "`bedside user reset`" };
            return Err(refused(format!("somebody signs in with {login} already; {way_in} lets them in")));
        }
        Added::NoLogin => return Err(refused(NO_LOGIN)),
    };
    say(format_args!("Added: {}", name.as_str()));
    link(store, person, (LinkKind::Invite, "invitation"), at).await
}

async fn grant(store: &Store, login: &str, right: RightName, department: Option<&str>) -> Outcome {
    if right != RightName::Manager && department.is_some() {
        return Err(refused("only a manager has a department; leave --department out, or grant `manager`"));
    }
    let person = find(store, login).await?.person;
    let (right, detail) = match right {
        RightName::Trainer => (Right::Trainer, "trainer".to_owned()),
        RightName::Administrator => (Right::Administrator, "administrator".to_owned()),
        RightName::Manager => {
            let (id, path) = one_department(&views(&store.departments().await?), department.unwrap_or_default())?;
            (Right::Manager(id), format!("manager, {path}"))
        }
    };
    let changed = noting(store, "right.granted", Some(person), &detail).grant(person, right).await?;
    say(if changed { "Granted." } else { "They had this right already." });
    Ok(())
}

/// The one department of this name, or of this path: `Mercy › Surgery › Ward 3`. One at the top can be told from others
/// of its name by a path that begins with the sign: `› Ward 3`.
///
/// `>` is taken for the sign between names too, since keyboards have that one.
fn one_department(tree: &[DepartmentView], typed: &str) -> Result<(DepartmentId, String), CommandError> {
    let steps = |path: &str| -> Vec<String> {
        let names = path.split([BELOW, '>']).map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
        names.filter(|name| !name.is_empty()).collect()
    };
    let asked = steps(typed);
    let by_path = typed.contains([BELOW, '>']);
    let meant = |one: &&DepartmentView| {
        if by_path { typed == one.name || asked == steps(&one.path) } else { asked == steps(&one.name) }
    };
    let mut found: Vec<_> = tree.iter().filter(meant).map(|one| (DepartmentId(one.id), one.path.clone())).collect();
    match found.len() {
        0 => Err(refused(format!("there is no department “{typed}”; write its name as on the pages"))),
        1 => Ok(found.swap_remove(0)),
        _ => {
            let mut words = format!("several departments are called “{typed}”; write the path of the one you mean:");
            for (_, path) in found {
                let top = if path.contains(BELOW) { "\n  " } else { "\n  › " };
                words.push_str(top);
                words.push_str(&path);
            }
            Err(refused(words))
        }
    }
}

async fn reset(store: &Store, login: &str, at: PublicUrl) -> Outcome {
    let Credentials { person, disabled, .. } = find(store, login).await?;
    if disabled {
        return Err(refused(format!(
            "{login} is disabled, so a link would not let them in; `bedside user enable {login}` first"
        )));
    }
    noting(store, "password.reset", Some(person), "").delete_sessions_of(person, None).await?;
    link(store, person, (LinkKind::Reset, "reset"), at).await
}

async fn disable(store: &Store, login: &str) -> Outcome {
    let Credentials { person, disabled, .. } = find(store, login).await?;
    if disabled {
        say("They were disabled already.");
        return Ok(());
    }
    let now = clock::now().as_microsecond();
    noting(store, "person.disabled", Some(person), "").disable_person(person, now).await?;
    say("Disabled: they are refused from the next request on. Their records stay.");
    Ok(())
}

async fn enable(store: &Store, login: &str) -> Outcome {
    let Credentials { person, disabled, .. } = find(store, login).await?;
    if !disabled {
        say("They were not disabled.");
        return Ok(());
    }
    let now = clock::now().as_microsecond();
    noting(store, "person.enabled", Some(person), "").enable_person(person, now).await?;
    say("Enabled: they sign in as before. `bedside user reset` makes a link for a new password.");
    Ok(())
}

async fn find(store: &Store, login: &str) -> Result<Credentials, CommandError> {
    store
        .find_by_login(login)
        .await?
        .ok_or_else(|| refused(format!("nobody signs in with “{login}”; give the e-mail address or the staff number")))
}

async fn link(store: &Store, person: PersonId, (kind, detail): (LinkKind, &str), at: PublicUrl) -> Outcome {
    let now = clock::now();
    let token = secret::token()?;
    let link = set_up::link(&token, kind, Some(person), None, now);
    noting(store, "link.made", Some(person), detail).make_link(link, now.as_microsecond()).await?;
    let (at, hint) = match &at.public_url {
        Some(url) => (url.as_str(), ""),
        None => ("", ", to open on your Bedside"),
    };
    say(format_args!("One-time link, good for 24 hours{hint}: {at}/invite/{token}"));
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

#[cfg(test)]
mod tests {
    use store::Department;

    use super::*;

    fn tree() -> Vec<DepartmentView> {
        let tree: Vec<_> =
            [("Hill", 0), ("Ward 3", 1), ("Mercy", 0), ("Surgery", 1), ("Ward 3", 2), ("Ward > 4", 2), ("Ward 3", 0)]
                .into_iter()
                .zip(1..)
                .map(|((name, depth), id)| Department {
                    id: DepartmentId(id),
                    parent: None,
                    name: name.to_owned(),
                    depth,
                })
                .collect();
        views(&tree)
    }

    #[test]
    fn a_department_is_found_by_its_name_or_by_its_path() {
        for (typed, id) in [
            ("Surgery", 4),
            (" Mercy ", 3),
            ("Mercy › Surgery › Ward 3", 5),
            ("Mercy>Surgery > Ward  3", 5),
            ("Hill › Ward 3", 2),
            ("› Ward 3", 7),
            ("Mercy › Surgery › Ward > 4", 6),
            ("Ward > 4", 6),
        ] {
            assert_eq!(one_department(&tree(), typed).unwrap().0, DepartmentId(id), "{typed}");
        }
    }

    #[test]
    fn a_name_that_several_have_is_refused_with_the_path_of_each() {
        let words = one_department(&tree(), "Ward 3").unwrap_err().to_string();
        assert!(words.ends_with(":\n  Hill › Ward 3\n  Mercy › Surgery › Ward 3\n  › Ward 3"), "{words}");
        for typed in ["Ward 5", "Surgery › Ward 3", "", "›"] {
            assert!(one_department(&tree(), typed).unwrap_err().to_string().contains("no department"), "{typed}");
        }
    }
}
