//! The front matter of a scenario.

use crate::condition::is_name;
use crate::front::Part;
use crate::front::tree::{Node, Value};
use crate::front::values::{bad, number, one_of, text, unknown};
use crate::problem::{Code, Problems, Span};
use crate::scenario::{Character, Ending, Meter, Pass, Show};

/// The keys of a scenario beside those of every document.
pub(super) const KEYS: [&str; 4] = ["you-are", "characters", "meters", "pass"];

const PASS: &str = "write `pass: { score: 70, ending: good, critical: 0 }`";
const CHARACTERS: &str = "write `characters:` and below it `  Mrs Obi: { image: img/obi.svg, alt: what it shows }`";
const METERS: &str = "write `meters:` and below it `  trust: { start: 40, show: mood }`";

/// What only a scenario says.
#[derive(Debug, Default)]
pub(crate) struct ScenarioFront {
    pub(crate) you_are: Option<String>,
    pub(crate) characters: Vec<Character>,
    /// Where each character's image is named, for those that have one.
    pub(crate) images: Vec<Span>,
    pub(crate) meters: Vec<Meter>,
    /// What passing takes, and the key that says so.
    pub(crate) pass: Option<(Pass, Span)>,
    /// Whether the characters cannot be read as they were meant.
    pub(crate) characters_unsure: bool,
    /// Whether the meters cannot, so that no chip is to blame for naming one.
    pub(crate) meters_unsure: bool,
    /// Whether a meter or the pass rule cannot be read as it was meant, so that no path can be judged.
    pub(crate) is_unsure: bool,
}

impl Part for ScenarioFront {
    fn key(&mut self, name: &str, key: &Node, value: &Node, problems: &mut Problems) -> bool {
        let before = problems.len();
        match name {
            "you-are" => self.you_are = text(key, value, "is not the name of a role", problems),
            "characters" => self.characters(key, value, problems),
            "meters" => self.meters = meters(key, value, problems),
            "pass" => self.pass = Some((pass(key, value, problems), key.span)),
            _ => return false,
        }
        let unsure = problems.len() > before;
        self.is_unsure |= matches!(name, "meters" | "pass") && unsure;
        self.meters_unsure |= name == "meters" && unsure;
        self.characters_unsure |= name == "characters" && unsure && self.characters.is_empty();
        true
    }
}

impl ScenarioFront {
    fn characters(&mut self, key: &Node, value: &Node, problems: &mut Problems) {
        let Value::Map(entries) = &value.value else {
            return bad(key, value, "names no characters", CHARACTERS, problems);
        };
        for (name, value) in entries {
            let mut character = Character { name: name.text().unwrap_or("").trim().to_owned(), image: None, alt: None };
            match &value.value {
                _ if value.is_null() => {}
                Value::Map(settings) => {
                    let mut image = None;
                    for (inner, value) in settings {
                        match inner.text().unwrap_or("") {
                            "image" => {
                                character.image = text(inner, value, "is not a path", problems);
                                image = character.image.as_ref().map(|_| inner.span);
                            }
                            "alt" => character.alt = value.text().map(str::trim).map(str::to_owned),
                            other => unknown(other, inner, &["image", "alt"], problems),
                        }
                    }
                    let described = character.alt.as_ref().is_some_and(|alt| !alt.is_empty());
                    if let Some(at) = image.filter(|_| !described) {
                        problems
                            .add(Code::C01, at, format!("the image of {} has no description", character.name))
                            .help("say what it shows: `alt: Woman in her 70s holding a letter`");
                    }
                    self.images.extend(image);
                }
                _ => bad(name, value, "is not an image with its description", CHARACTERS, problems),
            }
            self.characters.push(character);
        }
    }
}

fn meters(key: &Node, value: &Node, problems: &mut Problems) -> Vec<Meter> {
    let Value::Map(entries) = &value.value else {
        bad(key, value, "names no meters", METERS, problems);
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, value) in entries {
        let word = name.text().unwrap_or("");
        if !is_name(word) {
            problems
                .add(Code::C05, name.span, format!("`{word}` cannot be the name of a meter"))
                .help("use one word of letters, digits, `-` and `_` that means nothing else in a condition");
            continue;
        }
        // A meter that cannot be read wholly is kept, so that no chip is blamed for it.
        let mut meter = Meter { name: word.to_owned(), start: 0, show: Show::Hidden };
        if let Value::Map(settings) = &value.value {
            let mut starts = false;
            for (inner, value) in settings {
                match inner.text().unwrap_or("") {
                    "start" => {
                        starts = true;
                        let read = number(inner, value, 0, 100, problems);
                        meter.start = read.and_then(|start| u8::try_from(start).ok()).unwrap_or(0);
                    }
                    "show" => meter.show = one_of(inner, value, &Show::WORDS, problems).unwrap_or(Show::Hidden),
                    other => unknown(other, inner, &["start", "show"], problems),
                }
            }
            let misspelt = settings.iter().any(|(inner, _)| !matches!(inner.text(), Some("start" | "show")));
            if !starts && !misspelt {
                problems
                    .add(Code::C05, name.span, format!("the meter `{word}` does not say where it starts"))
                    .help(format!("write `{word}: {{ start: 40 }}`"));
            }
        } else {
            bad(name, value, "does not say where the meter starts", METERS, problems);
        }
        found.push(meter);
    }
    found
}

fn pass(key: &Node, value: &Node, problems: &mut Problems) -> Pass {
    let mut rule = Pass { score: None, ending: None, critical: None };
    let entries = match &value.value {
        Value::Map(entries) if !entries.is_empty() => entries,
        _ => {
            bad(key, value, "does not say what passes", PASS, problems);
            return rule;
        }
    };
    for (inner, value) in entries {
        match inner.text().unwrap_or("") {
            "score" => rule.score = number(inner, value, 0, 100, problems),
            "ending" => rule.ending = one_of(inner, value, &Ending::WORDS, problems),
            "critical" => rule.critical = number(inner, value, 0, 100, problems),
            other => unknown(other, inner, &["score", "ending", "critical"], problems),
        }
    }
    rule
}
