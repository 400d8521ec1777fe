//! Twee in.

use std::collections::HashMap;

use courseware::scenario::Ending;

use super::passage::{Passage, passages};
use super::words::{Language, parts};
use crate::html::{self, Lost};
use crate::report::{Place, Report, What, short};
use crate::scene::{Choice, RolePlay, Scene, Target, Way};
use crate::text::Text;
use crate::{ExchangeError, Imported, decoded, prose, title_of_file};

/// Passages that programs read, not people.
const SPECIAL: [&str; 19] = [
    "StoryAuthor",
    "StoryBanner",
    "StoryCaption",
    "StoryDisplayTitle",
    "StoryIncludes",
    "StoryInit",
    "StoryInterface",
    "StoryMenu",
    "StorySettings",
    "StoryShare",
    "StorySubtitle",
    "StoryScript",
    "StoryStylesheet",
    "PassageReady",
    "PassageDone",
    "PassageHeader",
    "PassageFooter",
    "UserScript",
    "UserStylesheet",
];

/// Tags of such passages.
const SPECIAL_TAGS: [&str; 8] =
    ["script", "stylesheet", "widget", "init", "startup", "header", "footer", "Twine.private"];

/// Reads a story as one role-play. Its start is what `StoryData` says, or the passage `Start`, or the first.
///
/// # Errors
/// [`ExchangeError::TooLarge`] and [`ExchangeError::NotText`]; [`ExchangeError::Nothing`] if it holds no passage to play;
/// [`ExchangeError::Unreadable`] if it is too large for one role-play.
pub fn read(name: &str, bytes: &[u8]) -> Result<Imported, ExchangeError> {
    let source = decoded(bytes)?;
    let mut report = Report::default();
    let (found, stray) = passages(&source);
    if stray {
        report.say(What::Dropped, Place::Line(1), "text above the first passage");
    }
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut story = Story {
        title: title_of_file(stem.rsplit_once('.').map_or(stem, |(stem, _)| stem)),
        language: Language::Other,
        start: None,
        passages: Vec::new(),
        places: HashMap::new(),
    };
    for passage in found {
        story.take(passage, &mut report);
    }
    if story.passages.is_empty() {
        let why = "it holds no passage, that is, no line that starts with :: and a name";
        return Err(ExchangeError::Nothing(why.to_owned()));
    }
    story.begin(&mut report);
    let document = story.role_play(&mut report).write(&mut report)?;
    Ok(Imported { documents: vec![document], report: report.finish(), ..Imported::default() })
}

struct Story {
    title: String,
    language: Language,
    start: Option<String>,
    passages: Vec<Passage>,
    /// The place of each passage by its name.
    places: HashMap<String, usize>,
}

impl Story {
    /// Takes a passage in, or what it says of the story.
    fn take(&mut self, passage: Passage, report: &mut Report) {
        let place = Place::Line(passage.line);
        let special = passage.tags.iter().find(|tag| SPECIAL_TAGS.contains(&tag.as_str()));
        match passage.name.as_str() {
            "StoryTitle" => {
                let title = crate::text::title(&passage.body);
                if !title.is_empty() {
                    self.title = title;
                }
            }
            "StoryData" => match serde_json::from_str::<serde_json::Value>(&passage.body) {
                Ok(data) => {
                    let word = |key: &str| data.get(key).and_then(|value| value.as_str()).map(str::to_owned);
                    self.start = word("start");
                    self.language = Language::named(&word("format").unwrap_or_default());
                }
                Err(error) => {
                    let line = passage.line + error.line();
                    let said = "StoryData cannot be read, so that the start and the format of the story are guessed";
                    report.say(What::Dropped, Place::Line(line), said);
                }
            },
            "" => report.say(What::Dropped, place, "a passage without a name, to which nothing can lead"),
            name if SPECIAL.contains(&name) => {
                report.say(What::Dropped, place, format!("the passage “{name}”, which is for a program"));
            }
            name if special.is_some() => {
                let tag = special.map_or("", String::as_str);
                report.say(What::Dropped, place, format!("the passage “{}”, which is a {tag}", short(name)));
            }
            name if self.places.contains_key(name) => {
                report.say(What::Dropped, place, format!("a second passage called “{}”", short(name)));
            }
            name => {
                self.places.insert(name.to_owned(), self.passages.len());
                self.passages.push(passage);
            }
        }
    }

    /// Puts the start first.
    fn begin(&mut self, report: &mut Report) {
        let named = self.start.as_deref().and_then(|start| self.places.get(start)).copied();
        if let (Some(start), None) = (&self.start, named) {
            report.say(What::Changed, None, format!("the start is said to be “{}”, which is not there", short(start)));
        }
        let start = named.or_else(|| self.places.get("Start").copied()).unwrap_or(0);
        if let Some(first) = self.passages.get_mut(..=start) {
            first.rotate_right(1);
        }
        self.places = self.passages.iter().enumerate().map(|(at, passage)| (passage.name.clone(), at)).collect();
    }

    fn role_play(self, report: &mut Report) -> RolePlay {
        let scenes = self.passages.iter().map(|passage| self.scene(passage, report)).collect();
        RolePlay { title: self.title, intro: Text::default(), ending_counts: false, scenes }
    }

    fn scene(&self, passage: &Passage, report: &mut Report) -> Scene {
        let place = Place::Line(passage.line);
        let parts = parts(&passage.body, self.language);
        let mut lost = Lost { media: parts.pictures, ..Lost::default() };
        let text = self.text(&parts.words, &mut lost);
        if !parts.macros.is_empty() {
            let names: Vec<String> = parts.macros.iter().map(|name| short(name)).collect();
            let said = format!("macros of “{}”: {}", short(&passage.name), names.join(", "));
            report.say(What::Dropped, place.clone(), said);
        }
        if parts.is_conditional {
            let said = "what stood under a condition is always shown now";
            report.often(What::ToDo, place.clone(), said);
        }
        if parts.has_variables {
            report.often(What::ToDo, place.clone(), "a variable stands in the text, and nothing fills it in");
        }
        let mut choices = Vec::new();
        for (words, target) in parts.links {
            if target.contains("://") && !self.places.contains_key(&target) {
                let said = format!("a link that leaves the story: “{}”", short(&target));
                report.say(What::Dropped, place.clone(), said);
                continue;
            }
            let to = match self.places.get(&target) {
                Some(at) => Target::Scene(*at),
                None => Target::Missing(target),
            };
            // Words may be formatted, and hold macros of their own.
            let words = super::words::parts(&words, self.language).words;
            let text = Text::plain(&self.text(&words, &mut lost).words());
            choices.push(Choice { text, to, quality: None, feedback: Text::default() });
        }
        lost.say(&place, report);
        let way = if choices.is_empty() {
            let ending = passage.tags.iter().find_map(|tag| ending(tag));
            if ending.is_none() {
                let said = "a passage that leads nowhere is taken for an ending that is mixed: say whether it is good, mixed or bad";
                report.often(What::ToDo, place.clone(), said);
            }
            Way::Ending(ending.unwrap_or(Ending::Mixed))
        } else {
            Way::Choices(choices)
        };
        Scene { place, title: passage.name.clone(), text, way }
    }

    fn text(&self, words: &str, lost: &mut Lost) -> Text {
        if self.language.is_markdown() { prose::read(words, lost) } else { html::read(words, lost) }
    }
}

/// How a passage with this tag ends, as our own files say it.
fn ending(tag: &str) -> Option<Ending> {
    match tag {
        "ending-good" => Some(Ending::Good),
        "ending-mixed" => Some(Ending::Mixed),
        "ending-bad" => Some(Ending::Bad),
        _ => None,
    }
}
