//! People in bulk: a list of 100,000 looked at, imported, exported, imported again as no change, and undone, on both engines.

use std::{
    fmt::Write as _,
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use store::Store;
use usecases::{Usecases, clock};

use crate::{
    Outcome, Run,
    load::count,
    process::{Cores, peak_kilobytes},
    report::{Section, Table, goal},
    seed,
};

/// How many people a list has.
const PEOPLE: usize = 100_000;
/// How long an import may take on SQLite, in seconds.
const GOAL: f64 = 60.0;

/// How long something took, and the most memory the program held.
struct Taken {
    seconds: f64,
    megabytes: Option<f64>,
}

/// Measures the commands of the program that people get; the undoing, which has none, as a use case.
pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let folder = crate::scratch()?;
    let people = if run.quick { PEOPLE / 10 } else { PEOPLE };
    let (list, exported) = (folder.path().join("people.csv"), folder.path().join("exported.csv"));
    std::fs::write(&list, written(people))?;
    let mut section = Section::new("roster", run);
    section.paragraph(&format!(
        "{people} people in 420 departments, each with an address, a place of work and a first day: {:.1} MB. The commands as processes, from start to end.",
        crate::report::mega(std::fs::metadata(&list)?.len())
    ));
    let mut table = Table::new(&["engine", "what", "seconds", "most memory, MB"]);
    let mut engines = vec![("SQLite", seed::sqlite(&folder.path().join("roster.db")))];
    match &run.postgres {
        Some(url) => engines.push(("PostgreSQL", url.clone())),
        None => section.paragraph("PostgreSQL was not measured: `--postgres` names none."),
    }
    let mut goals = Vec::new();
    for (engine, database) in engines {
        seed::site(&database).await?.close().await;
        let command = |words: &[&str], file: &Path| {
            let mut command = run.bedside.command(Cores::All, words, &database);
            command.arg(file);
            command
        };
        let import = ["import", "people", "--new-departments"];
        let looked = taken(command(&["import", "people", "--new-departments", "--dry-run"], &list))?;
        let imported = taken(command(&import, &list))?;
        let written = taken(command(&["export", "people"], &exported))?;
        let again = taken(command(&["import", "people", "--everybody"], &exported))?;
        run.bedside.verify(&database)?;
        let undone = undo(&database).await?;
        run.bedside.verify(&database)?;
        std::fs::remove_file(&exported)?;
        eprintln!("roster: {engine} measured");
        if engine == "SQLite" {
            let found = format!("{:.1} s", imported.seconds);
            goals.push(goal("100,000 people imported in 60 s on SQLite", imported.seconds <= GOAL, &found));
        }
        for (what, taken) in [
            ("what it would change, shown", looked),
            ("imported", imported),
            ("exported", written),
            ("imported again, of which nothing changes", again),
            ("undone", undone),
        ] {
            let memory = taken.megabytes.map_or_else(String::new, |megabytes| format!("{megabytes:.0}"));
            table.row([engine.to_owned(), what.to_owned(), format!("**{:.1}**", taken.seconds), memory]);
        }
    }
    section.table(table);
    section.goals(&goals);
    Ok(section)
}

/// Undoes the last import, as the page does.
async fn undo(database: &str) -> Outcome<Taken> {
    let store = Store::open(database).await?;
    let usecases = Usecases::new(store.clone());
    let now = clock::now();
    let login = store.find_by_login("ada@clinic.example").await?.ok_or("the administrator has gone")?;
    let ada = usecases.who(login.person).await?.ok_or("the administrator has gone")?;
    let last = usecases.imports(&ada).await?.first().ok_or("no import is known")?.id;
    let began = Instant::now();
    if let Err(why) = usecases.undo_import(&ada, last, now).await? {
        return Err(format!("the import could not be undone: {why:?}").into());
    }
    let seconds = began.elapsed().as_secs_f64();
    store.close().await;
    Ok(Taken { seconds, megabytes: None })
}

/// Runs a command to its end.
fn taken(mut command: Command) -> Outcome<Taken> {
    let began = Instant::now();
    let mut running = command.env("RUST_LOG", "error").stdout(Stdio::null()).spawn()?;
    let mut most = None;
    let ended = loop {
        most = most.max(peak_kilobytes(running.id()));
        if let Some(ended) = running.try_wait()? {
            break ended;
        }
        sleep(Duration::from_millis(10));
    };
    if !ended.success() {
        return Err(format!("{command:?} ended with {ended}").into());
    }
    Ok(Taken { seconds: began.elapsed().as_secs_f64(), megabytes: most.map(|kilobytes| count(kilobytes) / 1000.0) })
}

/// A list of people.
pub(crate) fn written(people: usize) -> String {
    let roles = ["Nurse", "Midwife", "Physician", "Receptionist", "Cleaner", "Pharmacist", "Porter", "Cook"];
    let mut list = "staff_number,name,email,department,job_role,hired_on\n".to_owned();
    for number in 0..people {
        let (house, ward) = (number % 20, number / 20 % 20);
        let (role, month, day) = (roles[number % roles.len()], number % 12 + 1, number % 28 + 1);
        // A string takes everything.
        let _ = writeln!(
            list,
            "N{number:06},Person Number {number},person.{number}@clinic.example,House {house} / Ward {ward},{role},2024-{month:02}-{day:02}"
        );
    }
    list
}
