//! A draft as learners will see it, with what trainers must know beside it: keys, how good a choice is, where it leads.

use std::collections::HashMap;

use courseware::{
    Content, Problem, Question,
    module::PageKind,
    scenario::{Ending, Quality, Scenario, Way},
};

use crate::{
    Failure,
    question::{self, QuestionView},
    site::Tokens,
    thawed,
};

/// A draft as it will look.
#[derive(Clone, Debug, PartialEq)]
pub enum Preview {
    /// What stands before the first page, as safe HTML, and the pages.
    Module(String, Vec<PreviewPage>),
    /// What stands before the first scene, as safe HTML, the map as an SVG, the scenes, and the debrief's paragraphs.
    Scenario(String, Option<String>, Vec<PreviewScene>, Vec<String>),
    /// What stands before the first question, as safe HTML, and the questions.
    Quiz(String, Vec<PreviewPage>),
    /// The page, as safe HTML.
    JobAid(String),
}

/// A page of a module, or a question of a quiz.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewPage {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The line of its heading, from 1.
    pub line: usize,
    /// Its text as safe HTML.
    pub html: String,
    /// Its question, with what is right.
    pub question: Option<QuestionView>,
    /// Whether learners write something for themselves there.
    pub reflects: bool,
    /// What is played or asked there: the titles.
    pub activities: Vec<String>,
}

/// A scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewScene {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The line of its heading, from 1.
    pub line: usize,
    /// What is said and seen, as safe HTML, each with who says it and whether it is shown only at times.
    pub blocks: Vec<(Option<String>, String, bool)>,
    /// What can be chosen.
    pub choices: Vec<PreviewChoice>,
    /// Where it leads by itself: ids and titles.
    pub routes: Vec<(String, String)>,
    /// How it ends, where it does.
    pub ends: Option<&'static str>,
    /// What is wrong with it, each with whether it blocks publishing.
    pub problems: Vec<(bool, String)>,
}

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewChoice {
    /// Its words, as safe HTML.
    pub html: String,
    /// How good it is.
    pub quality: Option<&'static str>,
    /// Where it leads: the id and the title.
    pub to: Option<(String, String)>,
    /// What is said about it, as safe HTML.
    pub feedback_html: Option<String>,
    /// Whether it is shown only at times.
    pub at_times: bool,
}

/// Draws a document, with its images and the site's words in their places.
pub(super) fn of(
    content: &Content,
    problems: &[Problem],
    source: &str,
    (places, tokens): (&HashMap<String, String>, &Tokens),
) -> Result<Preview, Failure> {
    let mut lines = Headings::of(source);
    let content = thawed::filled(content, places, tokens)?;
    Ok(match content {
        Content::Module(module) => {
            let pages = module.pages.into_iter().map(|page| PreviewPage {
                line: lines.next(),
                question: match &page.kind {
                    PageKind::Check(question) => Some(shown(question)),
                    _ => None,
                },
                reflects: matches!(page.kind, PageKind::Reflect { .. }),
                activities: page.activities.into_iter().map(|activity| activity.title).collect(),
                id: page.id,
                title: page.title,
                html: page.html,
            });
            Preview::Module(module.intro_html, pages.collect())
        }
        Content::Quiz(quiz) => {
            let questions = quiz.questions.iter().map(|question| PreviewPage {
                id: question.id.clone(),
                title: question.title.clone(),
                line: lines.next(),
                html: String::new(),
                question: Some(shown(question)),
                reflects: false,
                activities: Vec::new(),
            });
            Preview::Quiz(quiz.intro_html.clone(), questions.collect())
        }
        Content::Scenario(scenario) => {
            let scenes = scenes(&scenario, problems, &mut lines);
            let map = map_of(&scenario, &scenes);
            let debrief = scenario.debrief.blocks.into_iter().map(|block| block.html);
            Preview::Scenario(scenario.intro_html, map, scenes, debrief.collect())
        }
        Content::JobAid(aid) => Preview::JobAid(aid.html),
    })
}

fn scenes(scenario: &Scenario, problems: &[Problem], lines: &mut Headings) -> Vec<PreviewScene> {
    let named = |to: Option<usize>| {
        let node = scenario.nodes.get(to?)?;
        Some((node.id.clone(), node.title.clone()))
    };
    let starts: Vec<usize> = scenario.nodes.iter().map(|_| lines.next()).collect();
    let scenes = scenario.nodes.iter().enumerate().map(|(at, node)| {
        let (mut choices, mut routes, mut ends) = (Vec::new(), Vec::new(), None);
        match &node.way {
            Way::Choices(all) => {
                choices.extend(all.iter().map(|choice| PreviewChoice {
                    html: choice.html.clone(),
                    quality: choice.quality.map(quality),
                    to: named(choice.to),
                    feedback_html: choice.feedback_html.clone(),
                    at_times: choice.condition.is_some(),
                }));
            }
            Way::Routes(all) => routes.extend(all.iter().filter_map(|route| named(route.to))),
            Way::Ending(ending) => ends = Some(ending_words(*ending)),
            Way::None => {}
        }
        let speaker = |block: &courseware::scenario::Block| match block.kind {
            courseware::scenario::BlockKind::Speech(Some(who)) => {
                scenario.characters.get(who).map(|character| character.name.clone())
            }
            _ => None,
        };
        let blocks = node.blocks.iter().map(|block| (speaker(block), block.html.clone(), block.condition.is_some()));
        let here = starts[at]..starts.get(at + 1).copied().unwrap_or(usize::MAX);
        let problems = problems.iter().filter(|problem| here.contains(&problem.line));
        PreviewScene {
            id: node.id.clone(),
            title: node.title.clone(),
            line: starts[at],
            blocks: blocks.collect(),
            choices,
            routes,
            ends,
            problems: problems.map(|problem| (problem.is_error(), problem.message.clone())).collect(),
        }
    });
    scenes.collect()
}

/// The map of a role-play, each scene a link to it below.
fn map_of(scenario: &Scenario, scenes: &[PreviewScene]) -> Option<String> {
    let href = |at: usize| scenes.get(at).map_or_else(String::new, |scene| format!("#part-{}", scene.id));
    let problems = scenes.iter().enumerate().flat_map(|(at, scene)| {
        let told = scene.problems.iter();
        told.map(move |(is_error, text)| map::Problem { scene: at, is_error: *is_error, text: text.clone() })
    });
    let problems: Vec<map::Problem> = problems.collect();
    map::draw(scenario, &map::Facts { problems: &problems, ..map::Facts::new("map", &href) }).svg
}

/// A question with what is right and why.
fn shown(question: &Question) -> QuestionView {
    let asked = question::asked(question, courseware::Seed::default());
    let response = question::read(question, &asked, &question::right(question, &asked)).ok().flatten();
    question::view(question, &asked, response.as_ref(), response.is_some(), None)
}

fn quality(quality: Quality) -> &'static str {
    match quality {
        Quality::Best => "best",
        Quality::Ok => "ok",
        Quality::Poor => "poor",
        Quality::Critical => "critical",
    }
}

fn ending_words(ending: Ending) -> &'static str {
    match ending {
        Ending::Good => "It ends well.",
        Ending::Mixed => "It ends neither well nor badly.",
        Ending::Bad => "It ends badly.",
    }
}

/// The lines of the headings with two marks, in order.
struct Headings(std::vec::IntoIter<usize>);

impl Headings {
    fn of(source: &str) -> Self {
        let mut in_code = false;
        let mut lines = Vec::new();
        for (at, line) in source.lines().enumerate() {
            in_code ^= line.trim_start().starts_with("```");
            if !in_code && line.starts_with("## ") {
                lines.push(at + 1);
            }
        }
        Self(lines.into_iter())
    }

    fn next(&mut self) -> usize {
        self.0.next().unwrap_or(1)
    }
}
