//! `bedside grade`: answers to a quiz, graded without a server.

use std::process::ExitCode;

use courseware::{Content, Quiz, grading};

use crate::{
    check,
    cli::{Grade, complain, say},
    content::{self, Checked},
    play,
};

/// Runs the command.
pub fn run(settings: &Grade) -> ExitCode {
    let checked = match play::open(&settings.file) {
        Ok(checked) => checked,
        Err(code) => return code,
    };
    let text = match content::read_text(&settings.answers) {
        Ok(text) => text,
        Err(error) => {
            complain(format_args!("{}: {error}", settings.answers.display()));
            return ExitCode::from(2);
        }
    };
    let graded = quiz(&checked).and_then(|quiz| {
        let answers: grading::Answers =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", settings.answers.display()))?;
        grading::grade_file(quiz, &answers)
    });
    match graded {
        Ok(report) if settings.json => {
            check::say_json(&report);
            ExitCode::SUCCESS
        }
        Ok(report) => {
            say(report);
            ExitCode::SUCCESS
        }
        Err(why) if settings.json => play::refuse_json(&why),
        Err(why) => {
            if play::errors_of(&checked).is_some() {
                check::print_text(std::slice::from_ref(&checked));
            }
            complain(why);
            ExitCode::from(1)
        }
    }
}

fn quiz(checked: &Checked) -> Result<&Quiz, String> {
    if let Some(why) = play::errors_of(checked) {
        return Err(why);
    }
    match &checked.document.content {
        Some(Content::Quiz(quiz)) => Ok(quiz),
        Some(other) => Err(format!("{} is a {}, not a quiz", checked.shown, other.kind().as_str())),
        None => Err(format!("{} cannot be read", checked.shown)),
    }
}
