//! What makes two versions the same: a hash of what a learner meets, and one of what decides a score.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::condition::Condition;
use crate::document::Content;
use crate::module::{Module, PageKind};
use crate::question::{Question, Task};
use crate::quiz::Quiz;
use crate::scenario::{Choice, Effect, Quality, Scenario, Way};
use crate::slug::fold;

/// A BLAKE3 hash, as 64 small hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(String);

impl Hash {
    /// The hash of bytes, such as those of an image.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).to_hex().to_string())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The hash of a source text in canonical form, with its attachments: the target and the hash of each image and of each
/// version that it embeds, in any order.
///
/// It stays the same when a change means nothing: blanks, line ends, comments, the order of keys in the front matter, the
/// wrapping of a paragraph, the sign of a bullet. It changes with all that shows, links or decides a score.
///
/// ```
/// use courseware::{Hash, content_hash};
///
/// let image = Hash::of(b"<svg/>");
/// let hash = content_hash("# Being heard\n\n* One\n* Two", &[("img/desk.svg", &image)]);
/// assert_eq!(hash, content_hash("Being heard\n===\n\n- One\n\n- Two\n", &[("img/desk.svg", &image)]));
/// assert_ne!(hash, content_hash("# Being heard\n\n* One\n* Two", &[]));
/// ```
#[must_use]
pub fn content_hash(source: &str, attachments: &[(&str, &Hash)]) -> Hash {
    let mut hasher = Fields(blake3::Hasher::new());
    hasher.text("content 2");
    let text = canonical::encode(source);
    hasher.number(text.len());
    hasher.0.update(&text);
    let mut attachments = attachments.to_vec();
    attachments.sort_unstable();
    attachments.dedup();
    hasher.number(attachments.len());
    for (target, hash) in attachments {
        hasher.text(target);
        hasher.text(hash.as_str());
    }
    Hash(hasher.0.finalize().to_hex().to_string())
}

/// A document whose scores a hash can stand for.
pub trait Scored {
    /// Feeds what decides a score, and nothing that does not: keys, points and what passes, but not their words.
    fn decide(&self, fields: &mut Fields);
}

/// The hash of what decides the scores in a document, and its completion. Attempts under the same hash can be counted
/// together, whatever the words said.
#[must_use]
pub fn scoring_hash(document: &impl Scored) -> Hash {
    let mut fields = Fields(blake3::Hasher::new());
    document.decide(&mut fields);
    Hash(fields.0.finalize().to_hex().to_string())
}

impl Scored for Module {
    fn decide(&self, fields: &mut Fields) {
        fields.text("module");
        fields.number(self.complete.len());
        for requirement in &self.complete {
            fields.text(requirement.as_str());
        }
        for page in &self.pages {
            if let PageKind::Check(question) = &page.kind {
                question.decide(fields);
            }
        }
    }
}

impl Scored for Quiz {
    fn decide(&self, fields: &mut Fields) {
        fields.text("quiz");
        fields.number(self.pass as usize);
        fields.number(self.keep as usize);
        fields.number(self.retry as usize);
        fields.number(self.draw.len());
        for draw in &self.draw {
            fields.text(&draw.pool);
            fields.number(draw.count as usize);
        }
        fields.number(self.questions.len());
        for question in &self.questions {
            question.decide(fields);
        }
    }
}

impl Scored for Scenario {
    /// What is said is left out, and so is what a debrief says of it.
    fn decide(&self, fields: &mut Fields) {
        fields.text("scenario");
        for asked in [self.pass.score, self.pass.ending.map(|ending| ending as u32), self.pass.critical] {
            fields.number(asked.map_or(0, |asked| asked as usize + 1));
        }
        fields.number(self.meters.len());
        for meter in &self.meters {
            fields.number(usize::from(meter.start));
        }
        fields.number(self.nodes.len());
        for node in &self.nodes {
            fields.text(&node.id);
            fields.number(node.weight as usize);
            fields.number(node.tests.len());
            node.tests.iter().for_each(|name| fields.text(name));
            match &node.way {
                Way::Choices(choices) => {
                    fields.text("choices");
                    fields.number(choices.len());
                    choices.iter().for_each(|choice| decide_choice(choice, fields));
                }
                Way::Routes(routes) => {
                    fields.text("routes");
                    fields.number(routes.len());
                    for route in routes {
                        fields.place(route.to);
                        decide_condition(route.condition.as_ref(), fields);
                    }
                }
                Way::Ending(ending) => fields.text(ending.as_str()),
                Way::None => fields.text("none"),
            }
        }
    }
}

fn decide_choice(choice: &Choice, fields: &mut Fields) {
    fields.place(choice.to);
    fields.text(choice.quality.map_or("", Quality::as_str));
    fields.number(usize::from(choice.once));
    fields.number(choice.points.len());
    for (name, points) in &choice.points {
        fields.text(name);
        fields.number(*points as usize);
    }
    fields.number(choice.effects.len());
    for effect in &choice.effects {
        let (what, of, by) = match *effect {
            Effect::Meter { meter, by } => ("meter", meter, by),
            Effect::Set(flag) => ("set", flag, 0),
            Effect::Unset(flag) => ("unset", flag, 0),
        };
        fields.text(what);
        fields.number(of);
        fields.signed(by);
    }
    decide_condition(choice.condition.as_ref(), fields);
}

/// A condition is nested 32 deep at most, as it was read.
fn decide_condition(condition: Option<&Condition>, fields: &mut Fields) {
    let several = |what: &str, parts: &[Condition], fields: &mut Fields| {
        fields.text(what);
        fields.number(parts.len());
        parts.iter().for_each(|part| decide_condition(Some(part), fields));
    };
    match condition {
        None => fields.text("always"),
        Some(Condition::All(parts)) => several("all", parts, fields),
        Some(Condition::Any(parts)) => several("any", parts, fields),
        Some(Condition::Not(part)) => {
            fields.text("not");
            decide_condition(Some(part), fields);
        }
        Some(Condition::Meter { meter, is, than }) => {
            fields.text("meter");
            fields.number(*meter);
            fields.text(is.sign());
            fields.signed(*than);
        }
        Some(Condition::Flag(flag)) => {
            fields.text("flag");
            fields.number(*flag);
        }
        Some(Condition::Visited(node)) => {
            fields.text("visited");
            fields.number(*node);
        }
        Some(Condition::Critical) => fields.text("critical"),
    }
}

impl Scored for Content {
    fn decide(&self, fields: &mut Fields) {
        match self {
            Self::Module(module) => module.decide(fields),
            Self::Scenario(scenario) => scenario.decide(fields),
            Self::Quiz(quiz) => quiz.decide(fields),
            // Nothing in it is scored.
            Self::JobAid(_) => fields.text("job-aid"),
        }
    }
}

impl Scored for Question {
    fn decide(&self, fields: &mut Fields) {
        fields.text(&self.id);
        fields.number(self.worth() as usize);
        fields.text(self.pool.as_deref().unwrap_or(""));
        fields.number(self.competencies.len());
        for competency in &self.competencies {
            fields.text(competency);
        }
        fields.number(usize::from(self.all_or_nothing));
        match &self.task {
            Task::Choice(choice) => {
                fields.text("choice");
                fields.number(usize::from(choice.multiple));
                fields.number(choice.options.len());
                for answer in &choice.options {
                    fields.number(answer.id as usize);
                    fields.number(usize::from(answer.correct));
                    fields.number(answer.percent as usize);
                }
            }
            Task::Ordering(items) => {
                fields.text("ordering");
                fields.number(items.len());
                // Which items read the same, since those may change places.
                for item in items {
                    let same = items.iter().position(|other| fold(&other.text) == fold(&item.text));
                    fields.number(same.unwrap_or(0));
                }
            }
            Task::Matching(matching) => {
                fields.text("matching");
                fields.number(matching.rights.len());
                fields.number(matching.key.len());
                for right in &matching.key {
                    fields.number(*right as usize);
                }
            }
            Task::Blanks(blanks) => {
                fields.text("blanks");
                fields.number(blanks.len());
                for blank in blanks {
                    let key = blank.scoring();
                    fields.number(key.len());
                    for part in key {
                        fields.text(&part);
                    }
                }
            }
            Task::Reflect { .. } => fields.text("reflect"),
        }
    }
}

/// Fields that cannot run into each other: each text carries its length.
pub struct Fields(blake3::Hasher);

impl Fields {
    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.update(text.as_bytes());
    }

    /// A place in a list, or none.
    fn place(&mut self, place: Option<usize>) {
        self.number(place.map_or(0, |place| place + 1));
    }

    fn signed(&mut self, number: i32) {
        self.0.update(&i64::from(number).to_le_bytes());
    }

    fn number(&mut self, number: usize) {
        self.0.update(&(number as u64).to_le_bytes());
    }
}
