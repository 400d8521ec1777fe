//! Who must do what, for 100,000 people: a path assigned to all of them, the pass that reminds them, and why one of them is due.

use std::time::Instant;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use records::day::Day;
use store::{Audience, Named, NewRequirement, PathStep, PersonId, What};
use usecases::{Usecases, clock};

use crate::{
    Outcome, Run,
    process::Cores,
    report::{Section, Table, goal},
    roster, seed,
};

const PEOPLE: usize = 100_000;
/// How many requirements the path has.
const STEPS: i32 = 5;
/// How many explanations are asked for.
const EXPLAINED: u64 = 2000;

/// Measures as use cases, in this process.
pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let folder = crate::scratch()?;
    let people = if run.quick { PEOPLE / 10 } else { PEOPLE };
    let list = folder.path().join("people.csv");
    std::fs::write(&list, roster::written(people))?;
    let mut section = Section::new("obligations", run);
    section.paragraph(&format!(
        "{people} people in 420 departments; a path of {STEPS} requirements is assigned to everybody. “Assigned” counts until nobody waits \
         any more; the first pass writes to everybody, the second finds nothing new. An explanation is a whole account of one person with \
         its sentences, one after the other."
    ));
    let mut table = Table::new(&["engine", "what", "seconds"]);
    let mut engines = vec![("SQLite", seed::sqlite(&folder.path().join("obligations.db")))];
    match &run.postgres {
        Some(url) => engines.push(("PostgreSQL", url.clone())),
        None => section.paragraph("PostgreSQL was not measured: `--postgres` names none."),
    }
    let mut goals = Vec::new();
    for (engine, database) in engines {
        let store = seed::site(&database).await?;
        let mut import = run.bedside.command(Cores::All, &["import", "people", "--new-departments"], &database);
        if !import.arg(&list).env("RUST_LOG", "error").stdout(std::process::Stdio::null()).status()?.success() {
            return Err("the people were not imported".into());
        }
        let usecases = Usecases::new(store.clone());
        usecases.catch_up().await?;
        let (date, morning) = working_morning()?;
        let today = Day::of(date).0;
        let now = morning.as_microsecond();
        let document = store.live_documents("module").await?.first().ok_or("no module")?.document;
        let Named::Done(path) = store.add_path("Starting here").await? else { return Err("a path was there".into()) };
        let mut steps = Vec::new();
        for step in 1..=STEPS {
            let new = NewRequirement {
                document,
                name: format!("Requirement {step}"),
                refresher: None,
                update_of: None,
                from_on: today,
                policy: r#"{"validity":"12 months"}"#.to_owned(),
                by: None,
            };
            let Named::Done(requirement) = store.add_requirement(new, now).await? else {
                return Err("a requirement was there".into());
            };
            steps.push(PathStep { requirement, due_days: 14 * step });
        }
        store.change_path(path, "Starting here", steps, today).await?;
        let mut row = |what: &str, seconds: f64| {
            table.row([engine.to_owned(), what.to_owned(), format!("**{seconds:.2}**")]);
            seconds
        };
        let start = Instant::now();
        store.assign(What::Path(path), Audience::Everybody, (today, None), now).await?;
        let answered = start.elapsed().as_secs_f64();
        usecases.catch_up().await?;
        row("assigned: answered to the administrator", answered);
        let assigned = row("assigned: everybody looked at", start.elapsed().as_secs_f64());
        let start = Instant::now();
        let first = usecases.remind_everybody(morning).await?;
        let reminded = row("the first pass, which writes to everybody", start.elapsed().as_secs_f64());
        if first.messages < u64::try_from(people)? {
            return Err(format!("only {} of {people} were written to", first.messages).into());
        }
        let start = Instant::now();
        let tomorrow = morning.checked_add(SignedDuration::from_hours(24))?;
        let second = usecases.remind_everybody(tomorrow).await?;
        let nightly = row("the next night's, which finds nothing new", start.elapsed().as_secs_f64());
        if second.messages > 0 {
            return Err(format!("{} were written to twice", second.messages).into());
        }
        let mut each = Vec::new();
        let last = u64::try_from(store.last_person().await?.0)?;
        for number in 0..EXPLAINED {
            let person = PersonId(i64::try_from(2 + number * 7919 % (last - 2))?);
            let start = Instant::now();
            let accounts = store.accounts(person, None).await?;
            let because = accounts.first().map(|account| account.explained(Day(today)).because.len());
            each.push(start.elapsed().as_secs_f64() * 1000.0);
            if because.is_none_or(|sentences| sentences == 0) {
                return Err(format!("nothing explains what is asked of {person}").into());
            }
        }
        each.sort_unstable_by(f64::total_cmp);
        let (p50, p99) = (each[each.len() / 2], each[each.len() * 99 / 100]);
        table.row([
            engine.to_owned(),
            "an explanation, ms: half, and 99 of 100".to_owned(),
            format!("**{p50:.2}**, {p99:.2}"),
        ]);
        let start = Instant::now();
        let rebuilt = store.rebuild(true).await?;
        table.row([
            engine.to_owned(),
            "`bedside rebuild --check` over everybody".to_owned(),
            format!("**{:.2}**", start.elapsed().as_secs_f64()),
        ]);
        if rebuilt.different > 0 {
            return Err(format!("{} obligations are not what follows from the facts", rebuilt.different).into());
        }
        store.close().await;
        eprintln!("obligations: {engine} measured");
        if engine == "SQLite" {
            let words = |seconds: f64| format!("{seconds:.1} s");
            goals.push(goal("a path assigned to 100,000 people in 30 s", assigned <= 30.0, &words(assigned)));
            goals.push(goal("the nightly pass over them in 10 s", nightly <= 10.0, &words(nightly)));
            goals.push(goal("the pass that writes to all of them in 10 s", reminded <= 10.0, &words(reminded)));
            goals.push(goal("an explanation in 5 ms, 99 of 100", p99 <= 5.0, &format!("{p99:.2} ms")));
        }
    }
    section.table(table);
    section.goals(&goals);
    Ok(section)
}

/// Eight in the morning of today or the next Monday to Thursday, so that the day after it is a working day too.
fn working_morning() -> Outcome<(Date, Timestamp)> {
    let zone = TimeZone::get("Africa/Lagos")?;
    let mut day: Timestamp = clock::now();
    loop {
        let here = zone.to_datetime(day);
        if matches!(here.weekday(), Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday) {
            return Ok((here.date(), zone.to_timestamp(here.date().at(8, 0, 0, 0))?));
        }
        day = day.checked_add(SignedDuration::from_hours(24))?;
    }
}
