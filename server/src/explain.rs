//! `bedside explain`: why something is due, for a person of the database or from a policy and facts in files.

use std::{fmt::Write as _, path::Path, process::ExitCode};

use jiff::tz::TimeZone;
use records::{
    because::Explained,
    day::Day,
    lines,
    policy::Policy,
    schedule::{Terms, Version},
};
use serde::Serialize;
use store::Requirement;
use usecases::{clock, obligations};

use crate::{
    check,
    cli::{Explain, complain, say},
    commands::{CommandError, Outcome, with_store},
    content,
};

/// Runs the command on files.
pub fn from_files(settings: &Explain, policy: &Path, facts: &Path) -> ExitCode {
    let read = |path: &Path| content::read_text(path).map_err(|error| format!("{}: {error}", path.display()));
    let explained = read(policy).and_then(|text| {
        let parsed = Policy::from_yaml(&text).map_err(|why| format!("{}: {why}", policy.display()))?;
        let known_on = settings.as_known_on.map(Day::of);
        let known =
            lines::read(&read(facts)?, &parsed.zone, known_on).map_err(|why| format!("{}: {why}", facts.display()))?;
        let as_of = settings.as_of.map_or_else(|| Day::at(clock::now(), &parsed.zone), Day::of);
        let versions = [Version { from: Day(i32::MIN), policy: &parsed, recalculates: false }];
        Ok((as_of, Explained::of(Terms { versions: &versions, days: &[] }, &known.facts, &known.details, as_of)))
    });
    match explained {
        Ok((as_of, explained)) => {
            tell(settings.json, as_of, &explained);
            ExitCode::SUCCESS
        }
        Err(why) => {
            complain(why);
            ExitCode::from(2)
        }
    }
}

/// Runs the command on the database: a person and a requirement.
///
/// # Errors
/// Nobody of this login, nothing of this name that was ever asked of them, or the database.
pub async fn from_database(settings: &Explain) -> Outcome {
    let login = settings.person.as_deref().unwrap_or_default();
    let asked = settings.requirement.as_deref().unwrap_or_default();
    with_store(&settings.database, async |store| {
        let found = store.find_by_login(login).await?;
        let found = found.ok_or_else(|| {
            CommandError::Refused(format!("nobody signs in with {login}; give a staff number or an e-mail address"))
        })?;
        let zone = store.site().await?.and_then(|site| TimeZone::get(&site.zone).ok()).unwrap_or(TimeZone::UTC);
        store.refresh(found.person).await?;
        let known_at = settings.as_known_on.map(|day| obligations::end_of(day, &zone));
        let accounts = store.accounts(found.person, known_at).await?;
        let named = |one: &Requirement| one.name.to_lowercase() == asked.to_lowercase() || one.slug == asked;
        let known = store.requirements().await?;
        let is_known = known.iter().any(named);
        let account = accounts.iter().find(|account| named(&account.requirement)).ok_or_else(|| {
            if !is_known {
                let all: Vec<String> = known.iter().map(|one| format!("\n  {} ({})", one.name, one.slug)).collect();
                return CommandError::Refused(match all.is_empty() {
                    true => format!("there is no requirement “{asked}”, nor any other yet"),
                    false => format!("there is no requirement “{asked}”; those there are:{}", all.concat()),
                });
            }
            let names: Vec<String> = accounts
                .iter()
                .map(|account| format!("\n  {} ({})", account.requirement.name, account.requirement.slug))
                .collect();
            CommandError::Refused(match names.is_empty() {
                true => format!("{} was never asked for anything", found.name),
                false => format!("{} was never asked for “{asked}”, only for:{}", found.name, names.concat()),
            })
        })?;
        let as_of = settings.as_of.map_or_else(|| Day::at(clock::now(), &zone), Day::of);
        tell(settings.json, as_of, &account.explained(as_of));
        Ok(())
    })
    .await
}

/// Writes an answer, as JSON or in words.
pub fn tell(json: bool, as_of: Day, explained: &Explained) {
    if json { check::say_json(explained) } else { say(words(as_of, explained)) }
}

/// The answer in words.
fn words(as_of: Day, explained: &Explained) -> String {
    let mut text = format!("As of {as_of}: {}", word(&explained.coverage));
    for more in [explained.timing.as_ref().map(word), explained.overlay.as_ref().map(word)].into_iter().flatten() {
        let _ = write!(text, " · {more}");
    }
    if explained.late {
        text.push_str(" · late");
    }
    text.push('\n');
    let dates = [
        ("due", &explained.due),
        ("valid through", &explained.valid_through),
        ("refresher opens", &explained.window_opens),
        ("grace ends", &explained.grace_ends),
    ];
    for (name, date) in dates {
        if let Some(date) = date {
            let _ = writeln!(text, "{name} {date}");
        }
    }
    text.push('\n');
    for sentence in &explained.because {
        let _ = writeln!(text, "- {sentence}");
    }
    text.trim_end().to_owned()
}

/// A word of the status, as JSON has it.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
