//! The map as a list: each scene, and where it leads.

use courseware::Scenario;
use courseware::scenario::{self, Ending, Quality};

use crate::{Facts, Problem, best, words};

/// A scene, with everything that the picture says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its place in the scenario; its number is one more.
    pub scene: usize,
    /// Its heading.
    pub title: String,
    /// How it goes on.
    pub kind: Kind,
    /// Where the caller says it can be read.
    pub href: String,
    /// The line of its text there, from 1, as the caller says.
    pub line: Option<usize>,
    /// Whether any way leads to it from the start, whatever the conditions.
    pub is_reached: bool,
    /// Whether it lies on the best path.
    pub is_best: bool,
    /// What the checks say about it.
    pub problems: Vec<Problem>,
    /// How many people came by, in percent.
    pub visits: Option<u32>,
    /// Its choices or routes, in the order of the file.
    pub ways: Vec<Way>,
}

/// How a scene goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By what the learner chooses.
    Choices,
    /// By what happened before.
    Routes,
    /// Not: it is an ending.
    Ending(Ending),
    /// Not, and it is no ending; this cannot be published.
    Nothing,
}

/// A choice or a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What stands on the map: `best`, `route 1`, `otherwise`.
    pub label: String,
    /// The words of a choice; empty for a route.
    pub words: String,
    /// When it is open, as the author wrote it.
    pub condition: Option<String>,
    /// How good a choice is.
    pub quality: Option<Quality>,
    /// Whether it is a route.
    pub is_route: bool,
    /// The scene it leads to; none if there is no such scene.
    pub to: Option<usize>,
    /// Whether it lies on the best path.
    pub is_best: bool,
    /// How many took it, in percent of those who came by.
    pub visits: Option<u32>,
}

impl Node {
    /// What the scene is, in a word or two: `start`, `routes`, `good ending`; empty for one that needs none.
    #[must_use]
    pub fn kind_words(&self) -> &'static str {
        match self.kind {
            Kind::Ending(Ending::Good) => "good ending",
            Kind::Ending(Ending::Mixed) => "mixed ending",
            Kind::Ending(Ending::Bad) => "bad ending",
            Kind::Nothing => "no way on",
            _ if self.scene == 0 => "start",
            _ if !self.is_reached => "never reached",
            Kind::Routes => "routes",
            Kind::Choices => "",
        }
    }
}

/// Every scene, in the order of the file.
pub(crate) fn nodes(scenario: &Scenario, facts: &Facts<'_>) -> Vec<Node> {
    let best = best::path(scenario);
    let reached = reached(scenario);
    let percent = |share: u32| share.min(100);
    let node = |(scene, node): (usize, &scenario::Node)| {
        let visits = |way: usize| {
            let ways = facts.visits.and_then(|visits| visits.ways.get(scene));
            ways.and_then(|ways| ways.get(way).copied().flatten()).map(percent)
        };
        let (kind, ways) = match &node.way {
            scenario::Way::Choices(choices) => (Kind::Choices, choices.iter().map(choice(scenario, node)).collect()),
            scenario::Way::Routes(routes) => (Kind::Routes, routes.iter().enumerate().map(route(scenario)).collect()),
            scenario::Way::Ending(ending) => (Kind::Ending(*ending), Vec::new()),
            scenario::Way::None => (Kind::Nothing, Vec::new()),
        };
        let ways: Vec<Way> = ways;
        let ways = ways.into_iter().enumerate().map(|(at, way)| Way {
            to: way.to.filter(|to| *to < scenario.nodes.len()),
            is_best: best.ways.contains(&(scene, at)),
            visits: visits(at),
            ..way
        });
        Node {
            scene,
            title: node.title.clone(),
            kind,
            href: (facts.href)(scene),
            line: (facts.line)(scene),
            is_reached: reached[scene],
            is_best: best.scenes.contains(&scene),
            problems: facts.problems.iter().filter(|problem| problem.scene == scene).cloned().collect(),
            visits: facts.visits.and_then(|visits| visits.scenes.get(scene).copied().flatten()).map(percent),
            ways: ways.collect(),
        }
    };
    scenario.nodes.iter().enumerate().map(node).collect()
}

fn choice<'a>(scenario: &'a Scenario, node: &'a scenario::Node) -> impl Fn(&scenario::Choice) -> Way + 'a {
    let unsaid = if node.is_decision() { "no word" } else { "goes on" };
    move |choice| Way {
        label: choice.quality.map_or(unsaid, Quality::as_str).to_owned(),
        words: choice.text.clone(),
        condition: choice.condition.as_ref().map(|condition| words::condition(scenario, condition)),
        quality: choice.quality,
        is_route: false,
        to: choice.to,
        is_best: false,
        visits: None,
    }
}

fn route<'a>(scenario: &'a Scenario) -> impl Fn((usize, &scenario::Route)) -> Way + 'a {
    move |(at, route)| Way {
        label: route.condition.as_ref().map_or_else(|| "otherwise".to_owned(), |_| format!("route {}", at + 1)),
        words: String::new(),
        condition: route.condition.as_ref().map(|condition| words::condition(scenario, condition)),
        quality: None,
        is_route: true,
        to: route.to,
        is_best: false,
        visits: None,
    }
}

/// The scenes that any way leads to from the first, which is one of them.
fn reached(scenario: &Scenario) -> Vec<bool> {
    let mut reached = vec![false; scenario.nodes.len()];
    let mut open = vec![0];
    while let Some(at) = open.pop() {
        let (Some(is_reached), Some(node)) = (reached.get_mut(at), scenario.nodes.get(at)) else { continue };
        if std::mem::replace(is_reached, true) {
            continue;
        }
        match &node.way {
            scenario::Way::Choices(choices) => open.extend(choices.iter().filter_map(|choice| choice.to)),
            scenario::Way::Routes(routes) => open.extend(routes.iter().filter_map(|route| route.to)),
            scenario::Way::Ending(_) | scenario::Way::None => {}
        }
    }
    reached
}
