//! People in bulk from the command line: import, and export. Whoever can run these commands can read the database anyway, so no right is
//! asked for; an import stands in the audit log as made by the program.

use std::{io::Write as _, path::Path};

use usecases::{
    Failure, Usecases, clock,
    roster::{Chosen, Confirmed, Kind, LARGEST, Preview},
};

use crate::{
    cli::{Export, Import, ImportFile, complain, say},
    commands::{CommandError, Outcome, with_store},
};

/// Imports a file, or only shows what it would change.
///
/// # Errors
/// Says what kept it from being done, and what would be right.
pub async fn import(import: Import) -> Outcome {
    let (kind, file, wishes) = match import {
        Import::People { file, everybody, new_departments, removing } => {
            (Kind::People, file, (everybody, new_departments, removing))
        }
        Import::History { file } => (Kind::History, file, (false, false, None)),
    };
    let (everybody, new_departments, removing) = wishes;
    let bytes = read(&file.file)?;
    let file_name = file.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let chosen = Chosen { kind, file_name, bytes, everybody, new_departments };
    let ImportFile { file, dry_run, database } = file;
    with_store(&database, async |store| {
        let usecases = Usecases::new(store.clone());
        let now = clock::now();
        let preview = usecases.preview(None, &chosen, now).await?;
        problems(&file, &preview)?;
        if dry_run {
            tell(&preview);
            return Ok(());
        }
        if preview.is_nothing() {
            say("Nothing changed: everything is as in the file.");
            return Ok(());
        }
        match usecases.import_by_command(&chosen, removing, now).await {
            Ok(Confirmed::Done(words)) => {
                say(format_args!("Imported: {words}. An administrator can undo it under People, Import."));
                Ok(())
            }
            Ok(Confirmed::NotSaid(many)) => Err(refused(format!(
                "{many} of {} people would leave, which is more than a tenth; nothing was changed. Say --removing {many} if that is right",
                preview.here
            ))),
            Ok(Confirmed::Changed | Confirmed::Before) => {
                Err(refused("people were changed at the same moment, nothing was imported; try again"))
            }
            Err(Failure::Invalid(errors)) => {
                let words: Vec<_> = errors.into_iter().map(|error| error.message).collect();
                Err(refused(format!("{}: {}", file.display(), words.join("; "))))
            }
            Err(failure) => Err(failure.into()),
        }
    })
    .await
}

/// Writes everybody who has a staff number into a file, or to standard output.
///
/// # Errors
/// Says what kept it from being done.
pub async fn export(export: Export) -> Outcome {
    let Export::People { file, database } = export;
    let bytes =
        with_store(&database, async |store| Ok(Usecases::new(store.clone()).export_by_command(clock::now()).await?))
            .await?;
    let Some(file) = file else {
        // A reader that has gone away is no reason to fail.
        drop(std::io::stdout().write_all(&bytes));
        return Ok(());
    };
    let written = std::fs::File::create_new(&file).and_then(|mut new| new.write_all(&bytes));
    written.map_err(|cause| match cause.kind() {
        std::io::ErrorKind::AlreadyExists => {
            refused(format!("{} exists already and is kept; choose another name", file.display()))
        }
        _ => refused(format!("{}: {cause}", file.display())),
    })?;
    say(format_args!("Written: {}", file.display()));
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, CommandError> {
    let bytes = std::fs::read(file).map_err(|cause| CommandError::Unread(format!("{}: {cause}", file.display())))?;
    if bytes.len() > LARGEST {
        return Err(refused(format!("{} is larger than 32 MB; split it in two", file.display())));
    }
    Ok(bytes)
}

/// Tells every problem with its line, as compilers do.
fn problems(file: &Path, preview: &Preview) -> Outcome {
    let problems = &preview.problems;
    if problems.is_empty() {
        return Ok(());
    }
    let file = file.display();
    for problem in &problems.shown {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        let column = problem.column.map(|column| format!("{column}: ")).unwrap_or_default();
        complain(format_args!("{file}{line}: {column}{}", of_commands(&problem.message)));
    }
    let more = problems.count.saturating_sub(problems.shown.len());
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    Err(refused(format!("nothing was changed; mend the places above{more}, and try again")))
}

/// What the page has a box for, the command has an option for.
fn of_commands(words: &str) -> String {
    words.replace("tick “Make departments that are new”", "say --new-departments")
}

/// Tells what a file would change.
fn tell(preview: &Preview) {
    for group in &preview.groups {
        say(format_args!("{}: {}", group.title, group.count));
        for line in &group.lines {
            let place = line.line.map(|line| format!("line {line}: ")).unwrap_or_default();
            let number = if line.staff_number.is_empty() { String::new() } else { format!(" ({})", line.staff_number) };
            say(format_args!("  {place}{}{number}: {}", line.name, line.what));
        }
        let more = group.count.saturating_sub(group.lines.len());
        if more > 0 {
            say(format_args!("  and {more} more"));
        }
    }
    if let Some(many) = preview.removing {
        say(format_args!(
            "{many} of {} people would leave, which is more than a tenth: it needs --removing {many}",
            preview.here
        ));
    }
    let would = if preview.is_nothing() { "nothing would change" } else { preview.summary.as_str() };
    say(format_args!("Only looked at, nothing was changed: {would}; {} unchanged.", preview.unchanged));
}

fn refused(words: impl std::fmt::Display) -> CommandError {
    CommandError::Refused(words.to_string())
}
