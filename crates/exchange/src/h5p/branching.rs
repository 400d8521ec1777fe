//! Branching scenarios.

use std::collections::HashMap;

use courseware::scenario::{Ending, Quality};
use serde_json::Value;

use super::json::{inside, list, number, text, word, words};
use crate::ExchangeError;
use crate::html::{Lost, picture};
use crate::report::{Place, Report, What, short};
use crate::scene::{Choice, RolePlay, Scene, Target, Way};
use crate::text::Text;

/// Reads a branching scenario. Each content is a scene; a branching question has choices, any other leads on by one.
///
/// # Errors
/// [`ExchangeError::Unreadable`] if it has no content.
pub(super) fn read(title: &str, content: &Value, report: &mut Report) -> Result<RolePlay, ExchangeError> {
    let scenario = content.get("branchingScenario").unwrap_or(content);
    let contents = list(scenario, "content");
    if contents.is_empty() {
        let why = "the branching scenario has no content".to_owned();
        return Err(ExchangeError::Unreadable { place: Place::Part(super::CONTENT.to_owned()), why });
    }
    let scoring = Scoring::of(scenario);
    let mut reader = Reader { scenario, contents, scoring, ends: Vec::new(), known: HashMap::new(), report };
    let intro = reader.intro();
    let mut scenes: Vec<Scene> = contents.iter().enumerate().map(|(at, node)| reader.scene(at, node)).collect();
    let ends = std::mem::take(&mut reader.ends);
    let kinds = Kinds::of(&ends);
    scenes.extend(ends.into_iter().map(|end| reader.ending(end, &kinds)));
    match scoring {
        Scoring::Ends => {
            let said = "the score of each end became a good, mixed or bad ending; how good a choice is, no score says";
            report.say(What::Changed, None, said);
        }
        Scoring::Choices => {
            let said = "the scores of choices became words: the highest of a scene is best, the lowest poor, and ok is between";
            report.say(What::Changed, None, said);
        }
        Scoring::None => {
            let said = "nothing is scored, so that no choice says how good it is, and each ending is mixed: say it";
            report.say(What::ToDo, None, said);
        }
    }
    Ok(RolePlay { title: title.to_owned(), intro, ending_counts: matches!(scoring, Scoring::Ends), scenes })
}

/// What earns a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scoring {
    /// The end that is reached.
    Ends,
    /// Each choice.
    Choices,
    None,
}

impl Scoring {
    fn of(scenario: &Value) -> Self {
        // Its group had another name in the first versions.
        let group = scenario.get("scoringOptionGroup").or_else(|| scenario.get("scoringOption"));
        let said = group.map_or("", |group| group.as_str().unwrap_or_else(|| text(group, "scoringOption")));
        match said {
            "static-end-score" => Self::Ends,
            "dynamic-score" => Self::Choices,
            _ => Self::None,
        }
    }
}

/// An end that something leads to: the number of its screen, and its score where one is given.
struct End {
    screen: i64,
    score: Option<i64>,
}

/// The lowest and the highest score of an end.
struct Kinds {
    least: i64,
    most: i64,
}

impl Kinds {
    fn of(ends: &[End]) -> Self {
        let scores = || ends.iter().map(|end| end.score.unwrap_or(0));
        Self { least: scores().min().unwrap_or(0), most: scores().max().unwrap_or(0) }
    }

    fn ending(&self, score: i64) -> Ending {
        match score {
            score if score == self.most => Ending::Good,
            score if score == self.least => Ending::Bad,
            _ => Ending::Mixed,
        }
    }
}

struct Reader<'a> {
    scenario: &'a Value,
    contents: &'a [Value],
    scoring: Scoring,
    /// The ends that something leads to, in the order in which they were met. Their scenes stand behind all others.
    ends: Vec<End>,
    known: HashMap<(i64, Option<i64>), usize>,
    report: &'a mut Report,
}

impl Reader<'_> {
    fn intro(&mut self) -> Text {
        let mut lost = Lost::default();
        let start = inside(self.scenario, &["startScreen"]);
        let mut intro = words(start, "startScreenTitle", &mut lost);
        intro.append(words(start, "startScreenSubtitle", &mut lost));
        if !inside(start, &["startScreenImage"]).is_null() {
            lost.media.push("the picture of the start screen".to_owned());
        }
        lost.say(&Place::Part("the start screen".to_owned()), self.report);
        intro
    }

    fn scene(&mut self, at: usize, node: &Value) -> Scene {
        let content = inside(node, &["type"]);
        let (library, params) = (word(content, "library"), inside(content, &["params"]));
        let named = text(inside(content, &["metadata"]), "title").trim();
        let mut lost = Lost::default();
        let question = inside(params, &["branchingQuestion"]);
        let mut body = match library {
            "H5P.BranchingQuestion" => words(question, "question", &mut lost),
            "H5P.AdvancedText" | "H5P.Text" => words(params, "text", &mut lost),
            _ => {
                let alt = [text(params, "alt"), text(params, "title"), named].into_iter().find(|text| !text.is_empty());
                lost.media.push(format!("{library} {named}"));
                Text::plain(picture(alt.unwrap_or("")).trim())
            }
        };
        let is_named = !named.is_empty() && !named.starts_with("Untitled");
        let title = if is_named { named.to_owned() } else { first_words(&body) };
        let place = Place::Part(format!("part {}, “{}”", at + 1, short(&title)));
        let choices = if library == "H5P.BranchingQuestion" {
            self.choices(at, question, &place, &mut lost)
        } else {
            let said = self.said(node, &mut lost);
            let to =
                self.target(number(node, "nextContentId"), number(inside(node, &["feedback"]), "endScreenScore"), at);
            let words = crate::html::read(text(inside(self.scenario, &["l10n"]), "proceedButtonText"), &mut lost);
            let words = if words.is_empty() { Text::plain("Go on") } else { words };
            vec![Choice { text: words, to, quality: None, feedback: said }]
        };
        if choices.is_empty() {
            self.report.say(What::ToDo, place.clone(), "a branching question without alternatives: say how it goes on");
            body.append(Text::plain("…"));
        }
        lost.say(&place, self.report);
        let way = if choices.is_empty() { Way::Ending(Ending::Mixed) } else { Way::Choices(choices) };
        Scene { place, title, text: body, way }
    }

    fn choices(&mut self, at: usize, question: &Value, place: &Place, lost: &mut Lost) -> Vec<Choice> {
        let alternatives = list(question, "alternatives");
        let score = |alternative: &Value| number(inside(alternative, &["feedback"]), "endScreenScore");
        let scores: Vec<i64> = alternatives.iter().map(|alternative| score(alternative).unwrap_or(0)).collect();
        let (least, most) = (scores.iter().min().copied().unwrap_or(0), scores.iter().max().copied().unwrap_or(0));
        if self.scoring == Scoring::Choices && least == most && alternatives.len() > 1 {
            let said = "all choices have the same score, so that none is better: say how good each is";
            self.report.often(What::ToDo, place.clone(), said);
        }
        let quality = |score: i64| match score {
            _ if self.scoring != Scoring::Choices || least == most => None,
            score if score == most => Some(Quality::Best),
            score if score == least => Some(Quality::Poor),
            _ => Some(Quality::Ok),
        };
        let qualities: Vec<Option<Quality>> = scores.iter().map(|score| quality(*score)).collect();
        let mut choices = Vec::new();
        for (alternative, quality) in alternatives.iter().zip(qualities) {
            let feedback = self.said(alternative, lost);
            let to = self.target(number(alternative, "nextContentId"), score(alternative), at);
            choices.push(Choice { text: words(alternative, "text", lost), to, quality, feedback });
        }
        choices
    }

    /// What is said after a content or choice.
    fn said(&mut self, of: &Value, lost: &mut Lost) -> Text {
        let feedback = inside(of, &["feedback"]);
        if !inside(feedback, &["image"]).is_null() {
            lost.media.push("the picture of a feedback".to_owned());
        }
        let mut said = words(feedback, "title", lost);
        said.append(words(feedback, "subtitle", lost));
        said
    }

    /// Where a number leads: to a content from 0, or to an end below. Without one, to what follows.
    fn target(&mut self, number: Option<i64>, own_score: Option<i64>, at: usize) -> Target {
        let next =
            number.unwrap_or_else(|| i64::try_from(at + 1).ok().filter(|_| at + 1 < self.contents.len()).unwrap_or(-1));
        if let Ok(next) = usize::try_from(next) {
            return if next < self.contents.len() {
                Target::Scene(next)
            } else {
                Target::Missing(format!("Part {}", next.saturating_add(1)))
            };
        }
        let screen_score = self.screen(next).and_then(|screen| crate::h5p::json::number(screen, "endScreenScore"));
        let score = match self.scoring {
            Scoring::Ends => own_score.or(screen_score),
            _ => None,
        };
        let behind = self.contents.len() + self.ends.len();
        let place = *self.known.entry((next, score)).or_insert(behind);
        if place == behind {
            self.ends.push(End { screen: next, score });
        }
        Target::Scene(place)
    }

    /// The screen of an end; the first is for all that name none.
    fn screen(&self, id: i64) -> Option<&Value> {
        let screens = list(self.scenario, "endScreens");
        screens.iter().find(|screen| number(screen, "contentId") == Some(id)).or(screens.first())
    }

    fn ending(&mut self, end: End, kinds: &Kinds) -> Scene {
        let mut lost = Lost::default();
        let screen = self.screen(end.screen).cloned().unwrap_or(Value::Null);
        let title = words(&screen, "endScreenTitle", &mut lost).words();
        let title = if title.is_empty() { "The end".to_owned() } else { title };
        let place = Place::Part(format!("the end “{}”", short(&title)));
        if !inside(&screen, &["endScreenImage"]).is_null() {
            lost.media.push("the picture of an end screen".to_owned());
        }
        let body = words(&screen, "endScreenSubtitle", &mut lost);
        lost.say(&place, self.report);
        let ending = if self.scoring == Scoring::Ends {
            kinds.ending(end.score.unwrap_or(0))
        } else {
            if self.scoring == Scoring::Choices {
                let said =
                    "no score says how it ends, so that the ending is mixed: say whether it is good, mixed or bad";
                self.report.often(What::Changed, place.clone(), said);
            }
            Ending::Mixed
        };
        Scene { place, title, text: body, way: Way::Ending(ending) }
    }
}

/// The first words of a text, as a heading.
fn first_words(text: &Text) -> String {
    text.words().split(' ').take(8).collect::<Vec<_>>().join(" ")
}
