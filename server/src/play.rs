//! `bedside play`: a role-play in the terminal, or by a script of choices.

use std::{io::BufRead as _, path::Path, process::ExitCode};

use courseware::{
    Content, Scenario, Total,
    play::{Mode, Play, Scene, ShownMeter, Step},
    scenario::{Block, BlockKind, Choice},
    script::{self, Choices},
};

use crate::{
    check,
    cli::{self, complain, say},
    content::{self, Checked},
};

/// Runs the command.
pub fn run(settings: &cli::Play) -> ExitCode {
    let checked = match open(&settings.file) {
        Ok(checked) => checked,
        Err(code) => return code,
    };
    let Some(choices) = &settings.choices else {
        return match scenario(&checked) {
            Ok(scenario) => {
                let mode = if settings.assessed { Mode::Assessed } else { Mode::Practice };
                converse(scenario, mode)
            }
            Err(why) => {
                if errors_of(&checked).is_some() {
                    check::print_text(std::slice::from_ref(&checked));
                }
                complain(why);
                ExitCode::from(1)
            }
        };
    };
    let text = match content::read_text(choices) {
        Ok(text) => text,
        Err(error) => {
            complain(format_args!("{}: {error}", choices.display()));
            return ExitCode::from(2);
        }
    };
    let played = scenario(&checked).and_then(|scenario| {
        let choices: Choices =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", choices.display()))?;
        script::play(scenario, &choices)
    });
    match played {
        Ok(played) => {
            check::say_json(&played);
            ExitCode::SUCCESS
        }
        Err(why) => refuse_json(&why),
    }
}

/// Opens one file with its folder around it; gives exit code 2 where it cannot be read.
pub fn open(file: &Path) -> Result<Checked, ExitCode> {
    let found = check::gather([file])?;
    let mut checked = check::checked(&found);
    if checked.len() != 1 {
        complain(format_args!("{}: give one file", file.display()));
        return Err(ExitCode::from(2));
    }
    Ok(checked.remove(0))
}

/// Says in JSON why something was not done.
pub fn refuse_json(why: &str) -> ExitCode {
    check::say_json(&serde_json::json!({ "error": why }));
    ExitCode::from(1)
}

/// What keeps a file from being used, in a sentence.
pub fn errors_of(checked: &Checked) -> Option<String> {
    let first = checked.document.problems.iter().find(|problem| problem.is_error())?;
    let errors = check::errors(std::slice::from_ref(checked));
    Some(format!(
        "{} has {}, the first on line {}: {}: {}",
        checked.shown,
        check::count(errors, "error"),
        first.line,
        first.code,
        first.message
    ))
}

fn scenario(checked: &Checked) -> Result<&Scenario, String> {
    if let Some(why) = errors_of(checked) {
        return Err(why);
    }
    match &checked.document.content {
        Some(Content::Scenario(scenario)) => Ok(scenario),
        Some(other) => Err(format!("{} is a {}, not a role-play", checked.shown, other.kind().as_str())),
        None => Err(format!("{} cannot be read", checked.shown)),
    }
}

/// How wide a line may be.
const WIDTH: usize = 78;

/// Says text in lines of a readable width.
fn wrapped(first: &str, rest: &str, text: &str) {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            say(&line);
            rest.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    say(line.trim_end());
}

/// Plays with the person at the terminal.
fn converse(scenario: &Scenario, mode: Mode) -> ExitCode {
    let seed = i128::from(usecases::clock::now().as_microsecond()).to_le_bytes();
    let mut steps: Vec<Step> = Vec::new();
    say(format_args!("{}\n", scenario.title));
    if let Some(role) = &scenario.you_are {
        say(format_args!("You are: {role}"));
    }
    scenario.intro_text.iter().for_each(|text| wrapped("", "", text));
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let play = match Play::replay(scenario, seed, &steps) {
            Ok(play) => play,
            Err(refused) => {
                complain(refused);
                return ExitCode::from(1);
            }
        };
        if let Some(choice) = play.feedback(mode).filter(|_| mode == Mode::Practice) {
            feedback(choice);
        }
        let scene = play.scene();
        show(&scene);
        if play.ending().is_some() {
            debrief(scenario, &play, mode);
            say("\n(a to play again, q to stop)");
            match lines.next() {
                Some(Ok(line)) if line.trim().eq_ignore_ascii_case("a") => {
                    steps.clear();
                    continue;
                }
                _ => return ExitCode::SUCCESS,
            }
        }
        let mut keys = vec!["the number of what you say".to_owned()];
        keys.extend(scene.hint_html.map(|_| "h for a hint".to_owned()));
        keys.extend((mode == Mode::Practice && !steps.is_empty()).then(|| "b to go back".to_owned()));
        keys.push("q to stop".to_owned());
        loop {
            say(format_args!("\n({})", keys.join(", ")));
            let Some(Ok(line)) = lines.next() else { return ExitCode::SUCCESS };
            let word = line.trim().to_lowercase();
            let chosen = word.parse::<usize>().ok().and_then(|number| scene.choices.get(number.checked_sub(1)?));
            match (word.as_str(), chosen) {
                ("q", _) => return ExitCode::SUCCESS,
                ("h", _) if scene.hint_html.is_some() => hint(&scene),
                ("b", _) if mode == Mode::Practice && steps.pop().is_some() => break,
                (_, Some(choice)) => {
                    let node = scene.passages.last().map_or("", |passage| &passage.node.id).to_owned();
                    steps.push(Step { node, choice: choice.id });
                    break;
                }
                _ => say("That is none of them."),
            }
        }
    }
}

fn feedback(choice: &Choice) {
    let word = choice.quality.map_or("", |quality| quality.as_str());
    if let Some(text) = &choice.feedback_text {
        wrapped(&format!("\n   {word}: "), "   ", text);
    }
}

fn hint(scene: &Scene<'_>) {
    let text = scene.passages.last().and_then(|passage| passage.node.hint_text.as_deref());
    wrapped("   Hint: ", "   ", text.unwrap_or_default());
}

fn show(scene: &Scene<'_>) {
    let last = scene.passages.len().saturating_sub(1);
    // A scene that only leads further and says nothing is passed over without a word.
    let shown = scene.passages.iter().enumerate().filter(|(at, passage)| *at == last || !passage.blocks.is_empty());
    for (_, passage) in shown {
        say(format_args!("\n── {} ──\n", passage.node.title));
        passage.blocks.iter().for_each(|block| said(block));
    }
    for meter in &scene.meters {
        match meter {
            ShownMeter::Mood(name, mood) => say(format_args!("\n   {name}: {}", mood.as_str())),
            ShownMeter::Bar(name, value) => {
                let full = usize::try_from(*value / 5).unwrap_or(0).min(20);
                say(format_args!("\n   {name}: {}{} {value}", "█".repeat(full), "░".repeat(20 - full)));
            }
        }
    }
    if !scene.choices.is_empty() {
        say("");
    }
    for (number, choice) in (1..).zip(&scene.choices) {
        wrapped(&format!("{number}  "), "   ", &choice.text);
    }
}

fn said(block: &Block) {
    match block.kind {
        BlockKind::Stage => wrapped("   (", "   ", &format!("{})", block.text)),
        BlockKind::Speech(_) | BlockKind::Text => wrapped("", "   ", &block.text),
    }
}

fn debrief(scenario: &Scenario, play: &Play<'_>, mode: Mode) {
    let Some(outcome) = play.outcome() else { return };
    say(format_args!("\n── Debrief ──\n"));
    let score = outcome.score.and_then(Total::percent);
    let score = score.map_or("no decision was met".to_owned(), |score| format!("{score} of 100"));
    let passed = if outcome.passed { "Passed" } else { "Not passed" };
    say(format_args!("Ending: {}. Score: {score}. {passed}.", outcome.ending.as_str()));
    if outcome.critical > 0 {
        say(format_args!("Critical choices: {}", outcome.critical));
    }
    outcome.debrief.iter().for_each(|block| wrapped("", "", &block.text));
    say("");
    for decision in &outcome.decisions {
        wrapped(&format!("{}: ", decision.node.title), "   ", &decision.taken.text);
        if mode == Mode::Assessed {
            feedback(decision.taken);
        }
        if let Some(better) = decision.better {
            wrapped("   better: ", "   ", &better.text);
        }
    }
    if !scenario.meters.is_empty() {
        say("");
    }
    // The meters along the path, hidden ones too: now they may be seen.
    for (at, meter) in scenario.meters.iter().enumerate() {
        let mut values: Vec<String> =
            play.passed().iter().filter_map(|passed| Some(passed.meters.get(at)?.to_string())).collect();
        values.dedup();
        wrapped(&format!("{}: ", meter.name), "   ", &values.join(" → "));
    }
    if !outcome.checklist.is_empty() {
        say("");
    }
    for (block, ticked) in &outcome.checklist {
        wrapped(if *ticked { "[x] " } else { "[ ] " }, "    ", &block.text);
    }
    if !outcome.competencies.is_empty() {
        say("");
    }
    for (name, score) in &outcome.competencies {
        let score = score.and_then(Total::percent).map_or("not observed".to_owned(), |score| score.to_string());
        say(format_args!("{name}: {score}"));
    }
    if !outcome.reflections.is_empty() {
        say("\nTo think about:");
    }
    for (number, block) in (1..).zip(outcome.reflections) {
        wrapped(&format!("{number}. "), "   ", &block.text);
    }
}
