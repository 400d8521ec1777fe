//! Twee out.

use std::collections::HashSet;
use std::fmt::Write as _;

use courseware::scenario::{Block, Node, Scenario, Way};
use courseware::{content_hash, fold};

use super::passage::escaped;
use crate::Exported;
use crate::report::{Place, Report, What, counted};

/// Writes a role-play as Twee 3, in no story format's language: words and links. What is more than that is left out, and the report
/// names it.
#[must_use]
pub fn write(scenario: &Scenario) -> Exported {
    let mut report = Report::default();
    let names = names(scenario);
    let start = names.first().map_or("Start", String::as_str);
    let data = serde_json::json!({ "ifid": ifid(scenario), "start": start });
    let data = serde_json::to_string_pretty(&data).unwrap_or_default();
    let mut text = format!(":: StoryTitle\n{}\n\n:: StoryData\n{data}\n", one_line(&scenario.title));
    for (at, (node, name)) in scenario.nodes.iter().zip(&names).enumerate() {
        let tag = match node.way {
            Way::Ending(ending) => format!(" [ending-{}]", ending.as_str()),
            _ => String::new(),
        };
        let _ = write!(text, "\n:: {}{tag}\n", escaped(name));
        if at == 0 && !scenario.intro_text.is_empty() {
            report.say(What::Changed, None, "what stands before the first scene is the beginning of its passage");
            for words in &scenario.intro_text {
                let _ = writeln!(text, "{}\n", said(words));
            }
        }
        passage(node, &names, &mut text, &mut report);
    }
    lost(scenario, &mut report);
    report.say(What::Taken, None, format!("{}, as passages", counted(scenario.nodes.len(), "scene")));
    Exported { text, report: report.finish() }
}

fn passage(node: &Node, names: &[String], text: &mut String, report: &mut Report) {
    let place = || Place::Part(format!("“{}”", node.title));
    let mut lost = |is_there: bool, what: &'static str| {
        if is_there {
            report.often(What::Dropped, place(), what);
        }
    };
    lost(node.blocks.iter().any(|block| block.condition.is_some()), "conditions: every paragraph is there now");
    lost(node.hint_html.is_some(), "a hint");
    lost(!node.tests.is_empty() || node.weight != 1, "the skills that a scene tests, and its weight");
    for Block { text: words, .. } in &node.blocks {
        let _ = writeln!(text, "{}\n", said(words));
    }
    let name = |to: Option<usize>| to.and_then(|to| names.get(to)).map_or("", String::as_str);
    match &node.way {
        Way::Choices(choices) => {
            lost(choices.iter().any(|choice| choice.quality.is_some()), "how good each choice is");
            lost(choices.iter().any(|choice| choice.feedback_html.is_some()), "feedback on choices");
            lost(choices.iter().any(|choice| !choice.effects.is_empty()), "what choices do to meters and flags");
            lost(choices.iter().any(|choice| choice.condition.is_some() || choice.once), "when a choice is shown");
            for choice in choices {
                let _ = writeln!(text, "[[{}->{}]]", said(&link_words(&choice.text)), name(choice.to));
            }
        }
        Way::Routes(routes) => {
            lost(true, "the conditions of a way that the story chooses: the reader chooses now");
            for route in routes {
                let _ = writeln!(text, "[[{}]]", name(route.to));
            }
        }
        Way::Ending(_) | Way::None => {}
    }
}

/// What the whole role-play says that a story in Twee does not.
fn lost(scenario: &Scenario, report: &mut Report) {
    let debrief = &scenario.debrief;
    let has_debrief = !(debrief.blocks.is_empty() && debrief.checklist.is_empty() && debrief.reflections.is_empty());
    for (is_there, what) in [
        (has_debrief, "the debrief"),
        (!scenario.meters.is_empty() || !scenario.flags.is_empty(), "meters and flags"),
        (!scenario.images.is_empty(), "images"),
        (scenario.you_are.is_some(), "whose part the learner plays"),
        (true, "what it takes to pass"),
    ] {
        if is_there {
            report.say(What::Dropped, None, what);
        }
    }
}

/// A name for each passage, without the signs of links, and no other's.
fn names(scenario: &Scenario) -> Vec<String> {
    let mut used: HashSet<String> = HashSet::new();
    let mut names = Vec::new();
    for (at, node) in scenario.nodes.iter().enumerate() {
        let name = link_words(&node.title);
        // Names that programs read are no scenes.
        let is_taken =
            name.is_empty() || name.starts_with("Story") || name.starts_with("Passage") || !used.insert(fold(&name));
        let name = if is_taken { format!("{name} ({})", at + 1) } else { name };
        used.insert(fold(&name));
        names.push(name);
    }
    names
}

/// Words without what would end or divide a link.
fn link_words(words: &str) -> String {
    let words = one_line(words).replace("->", "→").replace("<-", "←").replace('|', "/");
    words.replace('[', "(").replace(']', ")")
}

/// Words that are no header, link or tag.
fn said(words: &str) -> String {
    let words = one_line(words).replace('&', "&amp;").replace('<', "&lt;").replace("[[", "[ [").replace("//", "/&#47;");
    let words = words.replace("''", "'&#39;").replace('*', "&#42;");
    let words = words.replace("__", "_&#95;").replace("~~", "~&#126;").replace("==", "=&#61;");
    if words.starts_with("::") { format!("\\{words}") } else { words }
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The number that Twine knows a story by: of the same form for the same role-play, whatever is changed in it.
fn ifid(scenario: &Scenario) -> String {
    let hash = content_hash(&scenario.slug, &[]).to_string().to_uppercase();
    let digits: Vec<char> =
        hash.chars().filter(char::is_ascii_hexdigit).chain(std::iter::repeat('0')).take(32).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().iter().collect::<String>();
    // The marks of a random number of the usual kind, which programs look for.
    format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}
