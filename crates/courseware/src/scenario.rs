//! A scenario: a role-play as a graph of scenes with choices, routes and endings.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::question::Share;

/// A scenario as it was read; also the frozen form that a version keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// The grammar it was read with.
    pub grammar: u32,
    /// Its name in addresses: the stem of its file's name.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How long it takes.
    pub minutes: Option<u32>,
    /// The role that the learner plays.
    pub you_are: Option<String>,
    /// The others.
    pub characters: Vec<Character>,
    /// The meters.
    pub meters: Vec<Meter>,
    /// The names of the flags. All start unset.
    pub flags: Vec<String>,
    /// The competencies it may test.
    pub competencies: Vec<String>,
    /// What passing takes.
    pub pass: Pass,
    /// The day by which the text should be looked over.
    pub review_by: Option<Date>,
    /// What stands before the first scene, as safe HTML.
    pub intro_html: String,
    /// The same as plain text, a text for each block.
    pub intro_text: Vec<String>,
    /// The scenes. The first is the start.
    pub nodes: Vec<Node>,
    /// What is said afterwards.
    pub debrief: Debrief,
    /// The relative targets of its images, in order, each once.
    pub images: Vec<String>,
}

/// Somebody the learner talks with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Character {
    /// The name, as it stands before what they say.
    pub name: String,
    /// A portrait, as a path from the scenario's file.
    pub image: Option<String>,
    /// What the portrait shows.
    pub alt: Option<String>,
}

/// A number from 0 to 100 that choices raise and lower.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// Its name in chips and conditions.
    pub name: String,
    /// Where it starts.
    pub start: u8,
    /// How the learner sees it.
    pub show: Show,
}

/// How a learner sees a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// Not at all.
    Hidden,
    /// As the mood of a portrait.
    Mood,
    /// As a bar with its number.
    Bar,
}

impl Show {
    pub(crate) const WORDS: [(&'static str, Self); 3] =
        [("hidden", Self::Hidden), ("mood", Self::Mood), ("bar", Self::Bar)];
}

/// How a role-play ends. A better ending is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// Badly.
    Bad,
    /// With some good in it.
    Mixed,
    /// Well.
    Good,
}

impl Ending {
    pub(crate) const WORDS: [(&'static str, Self); 3] =
        [("good", Self::Good), ("mixed", Self::Mixed), ("bad", Self::Bad)];

    /// The word in the chip.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Mixed => "mixed",
            Self::Good => "good",
        }
    }
}

/// What passing takes. What is `None` is not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// The least score, from 0 to 100.
    pub score: Option<u32>,
    /// The least ending.
    pub ending: Option<Ending>,
    /// The most critical choices.
    pub critical: Option<u32>,
}

/// A scene: an H2 and what follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// The slug of its heading.
    pub id: String,
    /// Its heading as plain text.
    pub title: String,
    /// Earlier ids, from the chip `was`.
    pub was: Vec<String>,
    /// The competencies that a decision here tests.
    pub tests: Vec<String>,
    /// How much a decision here counts.
    pub weight: u32,
    /// Whether the choices keep their order.
    pub fixed: bool,
    /// What is said and seen, in order.
    pub blocks: Vec<Block>,
    /// A hint on demand, as safe HTML.
    pub hint_html: Option<String>,
    /// The same as plain text.
    pub hint_text: Option<String>,
    /// How it goes on.
    pub way: Way,
}

impl Node {
    /// The choices, if it goes on by some.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match &self.way {
            Way::Choices(choices) => choices,
            _ => &[],
        }
    }

    /// Whether the learner decides something here: there are two choices or more.
    #[must_use]
    pub fn is_decision(&self) -> bool {
        self.choices().len() > 1
    }

    /// What a choice earns in each competency that the scene tests, of two points; by itself where it tests none.
    pub fn points<'a>(&'a self, choice: &'a Choice) -> impl Iterator<Item = (Option<&'a str>, u32)> {
        let word = choice.quality.map_or(0, Quality::points);
        let tested = self.tests.iter().map(move |name| {
            let own = choice.points.iter().find(|(other, _)| other == name);
            (Some(name.as_str()), own.map_or(word, |(_, points)| *points))
        });
        tested.chain(self.tests.is_empty().then_some((None, word)))
    }

    /// The share that a choice earns of a decision here: the mean over the competencies that it tests.
    #[must_use]
    pub fn share(&self, choice: &Choice) -> Share {
        let points = self.points(choice).map(|(_, points)| u64::from(points));
        Share { parts: 2 * self.tests.len().max(1) as u64, earned: points.sum() }
    }
}

/// A paragraph, list, table, image or alert of a scene.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// When it is shown; always if there is none.
    pub condition: Option<Condition>,
    /// What it is.
    pub kind: BlockKind,
    /// Its text as safe HTML; of a speech, without the name.
    pub html: String,
    /// Its text, a speaker's name included.
    pub text: String,
}

/// What a block of a scene is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockKind {
    /// Words of a character, by their place in the list; none for somebody who is not in it.
    Speech(Option<usize>),
    /// A stage direction.
    Stage,
    /// Anything else.
    Text,
}

/// How a scene goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// The learner chooses.
    Choices(Vec<Choice>),
    /// The first route whose condition holds.
    Routes(Vec<Route>),
    /// It ends here.
    Ending(Ending),
    /// Not at all; such a scenario cannot be published.
    None,
}

/// Something the learner may say or do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its place in the scene, from 1.
    pub id: u32,
    /// Its words, as safe HTML.
    pub html: String,
    /// Its words as plain text.
    pub text: String,
    /// Where it leads; none if there is no such scene, which cannot be published.
    pub to: Option<usize>,
    /// How good it is; a scene with one choice may leave it out.
    pub quality: Option<Quality>,
    /// Points for single competencies, instead of those of the word.
    pub points: Vec<(String, u32)>,
    /// What it changes, in order.
    pub effects: Vec<Effect>,
    /// When it is shown; always if there is none.
    pub condition: Option<Condition>,
    /// Whether it is hidden after it was taken.
    pub once: bool,
    /// What is said about it, as safe HTML.
    pub feedback_html: Option<String>,
    /// The same as plain text.
    pub feedback_text: Option<String>,
}

impl Choice {
    /// Whether taking it is counted as critical.
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.quality == Some(Quality::Critical)
    }
}

/// How good a choice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// As it should be.
    Best,
    /// It will do.
    Ok,
    /// It makes things worse.
    Poor,
    /// It does harm, and is counted.
    Critical,
}

impl Quality {
    pub(crate) const WORDS: [(&'static str, Self); 4] =
        [("best", Self::Best), ("ok", Self::Ok), ("poor", Self::Poor), ("critical", Self::Critical)];

    /// The word in the chip.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Ok => "ok",
            Self::Poor => "poor",
            Self::Critical => "critical",
        }
    }

    /// The points of the word, of two.
    #[must_use]
    pub fn points(self) -> u32 {
        match self {
            Self::Best => 2,
            Self::Ok => 1,
            Self::Poor | Self::Critical => 0,
        }
    }
}

/// What a choice changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Adds to a meter, which stays between 0 and 100.
    Meter {
        /// The meter.
        meter: usize,
        /// How much.
        by: i32,
    },
    /// Sets a flag.
    Set(usize),
    /// Takes a flag back.
    Unset(usize),
}

/// A way that the scenario chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Where it leads; none if there is no such scene, which cannot be published.
    pub to: Option<usize>,
    /// When it is taken; `otherwise` has none.
    pub condition: Option<Condition>,
}

/// What is said after a role-play.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debrief {
    /// Paragraphs, each shown when its condition holds at the end.
    pub blocks: Vec<Block>,
    /// Things that should have been done; each ticks itself when its condition holds at the end.
    pub checklist: Vec<Block>,
    /// Questions to think about; the answers are the learner's own.
    pub reflections: Vec<Block>,
}
