//! A role-play as it comes in from any format, and the markdown it becomes.

use std::collections::HashMap;

use courseware::scenario::{Ending, Quality};
use courseware::{MAX_BYTES, fold, slug};

use crate::ExchangeError;
use crate::quiz::{Headings, Names};
use crate::report::{Place, Report, What, counted, short};
use crate::text::{self, Text};

/// A role-play while it is brought in. Its first scene is the start.
#[derive(Debug, Default)]
pub(crate) struct RolePlay {
    pub(crate) title: String,
    pub(crate) intro: Text,
    /// Whether the endings say how it went, so that passing hangs on them and not on the choices.
    pub(crate) ending_counts: bool,
    pub(crate) scenes: Vec<Scene>,
}

/// A scene while it is brought in.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) place: Place,
    pub(crate) title: String,
    pub(crate) text: Text,
    pub(crate) way: Way,
}

/// How a scene goes on.
#[derive(Debug)]
pub(crate) enum Way {
    Choices(Vec<Choice>),
    Ending(Ending),
}

/// A choice while it is brought in.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) text: Text,
    pub(crate) to: Target,
    pub(crate) quality: Option<Quality>,
    pub(crate) feedback: Text,
}

/// Where a choice leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// A scene, by its place in the list.
    Scene(usize),
    /// A scene that is not there, by its name.
    Missing(String),
}

/// As many choices as our reader reads in a scene.
const MOST_CHOICES: usize = 50;
/// As many scenes as it reads.
const MOST_SCENES: usize = 2_000;
/// The score that passes where no source says one: that of the examples trainers learn from.
const PASS: u32 = 70;

impl RolePlay {
    /// The document that the role-play becomes.
    ///
    /// # Errors
    /// [`ExchangeError::Unreadable`] if it is too large for one file; a role-play cannot be cut by a program.
    pub(crate) fn write(mut self, report: &mut Report) -> Result<(String, String), ExchangeError> {
        let mut title = text::title(&self.title);
        if slug(&title).is_empty() {
            title = "Imported role-play".to_owned();
        }
        if self.scenes.len() > MOST_SCENES {
            let why = format!("the story has {} scenes, and {MOST_SCENES} are read. Split it", self.scenes.len());
            return Err(ExchangeError::Unreadable { place: Place::Part(title), why });
        }
        let mut headings = Headings::below(&title);
        // The debrief follows every ending, and is no scene.
        headings.reserve("debrief");
        let names: Vec<String> = self
            .scenes
            .iter()
            .enumerate()
            .map(|(at, scene)| headings.heading(&scene.title, &format!("Scene {}", at + 1)))
            .collect();
        let mut characters: Vec<String> = Vec::new();
        for scene in &mut self.scenes {
            scene.mend(&names, report);
            scene.text.speakers(|name| is_character(name, &mut characters));
        }
        if !characters.is_empty() {
            let said = format!("whose bold name stands before what is said speaks now: {}", characters.join(", "));
            report.say(What::Changed, Place::Part(title.clone()), said);
        }
        let decides = |scene: &Scene| matches!(&scene.way, Way::Choices(choices) if choices.len() > 1);
        let (pass, means) = if self.ending_counts {
            ("{ ending: good }".to_owned(), "whoever comes to a good ending passes".to_owned())
        } else if self.scenes.iter().any(decides) {
            (format!("{{ score: {PASS} }}"), format!("whoever scores {PASS} of 100 passes"))
        } else {
            // Where nothing is decided, there is no score to reach.
            ("{ critical: 0 }".to_owned(), "whoever comes to an end passes".to_owned())
        };
        let means = format!("{means}: what was brought says nothing that means the same");
        let mut out = format!("---\nkind: scenario\ntitle: {}\n", text::yaml(&title));
        if !characters.is_empty() {
            out.push_str("characters:\n");
            out.extend(characters.iter().map(|name| format!("  {}: {{}}\n", text::yaml(name))));
        }
        out.push_str(&format!("pass: {pass}\n---\n"));
        out.push_str(&format!("\n# {}\n", text::heading(&title)));
        if !self.intro.is_empty() {
            out.push_str(&format!("\n{}\n", self.intro.markdown("")));
        }
        for (scene, name) in self.scenes.iter().zip(&names) {
            out.push_str(&scene.markdown(name, &names));
        }
        if out.len() > MAX_BYTES {
            let why =
                format!("the story has {} KiB of text, and {} are read. Split it", out.len() / 1024, MAX_BYTES / 1024);
            return Err(ExchangeError::Unreadable { place: Place::Part(title), why });
        }
        let path = Names::default().path(&title);
        report.say(What::Changed, Place::draft(&path), means);
        report.say(What::Taken, Place::draft(&path), counted(self.scenes.len(), "scene"));
        report.judge(&path, &out);
        Ok((path, out))
    }
}

/// Whether a name can be that of somebody who speaks. It becomes one of the characters.
fn is_character(name: &str, characters: &mut Vec<String>) -> bool {
    /// More are not told apart by anybody; then they are words in the text.
    const MOST: usize = 20;
    const LONGEST: usize = 40;
    if characters.iter().any(|known| known == name) {
        return true;
    }
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '\'' | '’' | '-');
    let can_be = name.starts_with(char::is_alphabetic) && name.chars().all(is_name) && name.chars().count() <= LONGEST;
    let is_taken = can_be && characters.len() < MOST;
    if is_taken {
        characters.push(name.to_owned());
    }
    is_taken
}

impl Scene {
    /// Takes away what our reader would refuse although nothing is lost without it, and says the rest.
    fn mend(&mut self, names: &[String], report: &mut Report) {
        let Way::Choices(choices) = &mut self.way else { return };
        let mut seen: HashMap<String, Vec<Target>> = HashMap::new();
        let before = choices.len();
        choices.retain_mut(|choice| {
            if choice.text.is_empty() {
                choice.text = Text::plain(match &choice.to {
                    Target::Scene(at) => names.get(*at).map_or("Go on", String::as_str),
                    Target::Missing(name) => name,
                });
            }
            if choice.text.is_empty() {
                choice.text = Text::plain("Go on");
            }
            let targets = seen.entry(fold(&choice.text.words())).or_default();
            if targets.contains(&choice.to) {
                return false;
            }
            targets.push(choice.to.clone());
            if targets.len() > 1 {
                let numbered = format!("{} ({})", choice.text.words(), targets.len());
                choice.text = Text::plain(&numbered);
                report.often(
                    What::Changed,
                    self.place.clone(),
                    "two choices of a scene read alike: the second has a number now",
                );
            }
            true
        });
        if choices.len() < before {
            report.often(What::Dropped, self.place.clone(), "a choice that is there twice");
        }
        if choices.len() > MOST_CHOICES {
            report.say(
                What::Dropped,
                self.place.clone(),
                format!("{} choices, of which {MOST_CHOICES} are read", choices.len()),
            );
            choices.truncate(MOST_CHOICES);
        }
        for choice in choices {
            if let Target::Missing(name) = &choice.to {
                let said = format!("“{}” leads to “{}”, which is not there", short(&choice.text.words()), short(name));
                report.say(What::ToDo, self.place.clone(), said);
            }
        }
    }

    fn markdown(&self, name: &str, names: &[String]) -> String {
        let mut out = format!("\n## {}\n", text::heading(name));
        if let Way::Ending(ending) = &self.way {
            out.push_str(&format!("\n`ending {}`\n", ending.as_str()));
        }
        if !self.text.is_empty() {
            out.push_str(&format!("\n{}\n", self.text.markdown("")));
        }
        let Way::Choices(choices) = &self.way else { return out };
        out.push('\n');
        for choice in choices {
            let id = match &choice.to {
                Target::Scene(at) => names.get(*at).map(|name| slug(name)).unwrap_or_default(),
                Target::Missing(name) => slug(&text::title(name)),
            };
            let id = if id.is_empty() { "missing" } else { &id };
            out.push_str(&format!("- [{}](#{id})", choice.text.clone().without_links().line()));
            if let Some(quality) = choice.quality.filter(|_| choices.len() > 1) {
                out.push_str(&format!(" `{}`", quality.as_str()));
            }
            out.push('\n');
            if !choice.feedback.is_empty() {
                out.push_str(&choice.feedback.markdown("  > "));
                out.push('\n');
            }
        }
        out
    }
}
