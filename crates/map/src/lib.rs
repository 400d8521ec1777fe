//! The map of a role-play: its scenes and ways as a picture, and the same as a list.
//!
//! This crate is pure: a scenario and a few facts go in, an SVG and a list come out, and the same input gives the same bytes. It never
//! reads a file, a clock or a random number, and knows no page, no address and no colour: addresses come from the caller, colours from
//! the classes in `style/map.css`.
//!
//! The start stands on top and the endings at the bottom. Under each scene hang the marks of its choices and routes, each with its word,
//! and from each a line runs to where it leads. A line that leads back goes up beside the scenes. Colour only repeats what words, shapes
//! and dashes say.
//!
//! In reading order:
//!
//! - [`Facts`], [`draw`] and [`Map`]: the front door
//! - [`node`]: the map as a list
//! - `best`: the best path; [`words`]: conditions in words
//! - [`layout`]: where boxes and lines lie, whatever they stand for
//! - `text`: how wide words are
//! - `sheet`: boxes, marks and lines of a role-play, laid out; scenes that nothing leads to stand apart
//! - `paint`: the SVG
//!
//! ```
//! let text = "---\nkind: scenario\ntitle: Short\npass: { score: 1 }\n---\n\n# Short\n\n## One\n\n- [Go](#two)\n\n## Two\n\n`ending good`\n";
//! let parsed = courseware::parse("short.md", text, &courseware::Surroundings::default());
//! let Some(courseware::Content::Scenario(scenario)) = parsed.content else { panic!("a role-play") };
//! let map = map::draw(&scenario, &map::Facts::new("map", &|scene| format!("#scene-{scene}")));
//! let svg = map.svg.unwrap_or_default();
//! assert!(svg.starts_with("<svg ") && svg.contains(r##"href="#scene-1""##));
//! assert_eq!(map.nodes[0].ways[0].to, Some(1));
//! ```

mod best;
pub mod layout;
pub mod node;
mod paint;
mod sheet;
mod text;
pub mod words;

use courseware::Scenario;

pub use layout::Rect;
pub use node::{Kind, Node, Way};

/// What is drawn beside the scenario itself.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// What the ids in the SVG begin with, so that two maps can stand on a page: a letter, then letters, digits and hyphens.
    pub id: &'a str,
    /// The address of a scene, by its place in the scenario: `#he-nods`.
    pub href: &'a dyn Fn(usize) -> String,
    /// The line of a scene in its text, from 1, where a script of the page is to go there. It stands in the links as `data-line`.
    pub line: &'a dyn Fn(usize) -> Option<usize>,
    /// What the checks say about scenes.
    pub problems: &'a [Problem],
    /// What people did; none before publishing.
    pub visits: Option<&'a Visits>,
}

impl<'a> Facts<'a> {
    /// Facts with nothing but addresses.
    #[must_use]
    pub fn new(id: &'a str, href: &'a dyn Fn(usize) -> String) -> Self {
        Self { id, href, line: &|_| None, problems: &[], visits: None }
    }
}

/// What a check says about a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The scene, by its place in the scenario.
    pub scene: usize,
    /// Whether it stands against publishing.
    pub is_error: bool,
    /// The words of the check.
    pub text: String,
}

/// What people did, in percent. What is `None` is not shown: too few people, say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visits {
    /// For each scene, the share of people who came by.
    pub scenes: Vec<Option<u32>>,
    /// For each scene and each choice or route in it, the share of those who came by that took it.
    pub ways: Vec<Vec<Option<u32>>>,
}

/// A map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// The picture, as an `svg` element. It grows with the type of the page, and can be made smaller as long as it can be read; the box
    /// of each scene has an id, so that a page can lead to it. None where there are more than [`MOST_SCENES`] or [`MOST_WAYS`]: it would
    /// be megabytes that nobody can look at.
    pub svg: Option<String>,
    /// Its width in its own units, which are pixels where type has its usual size.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// The same as a list, in the order of the file.
    pub nodes: Vec<Node>,
    /// Where the box of each scene lies, so that a page can scroll to it.
    pub boxes: Vec<Rect>,
    /// How each choice and route runs.
    pub lines: Vec<Line>,
}

/// The line of a choice or route in the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The scene that it leaves.
    pub scene: usize,
    /// The place of the choice or route in the scene.
    pub way: usize,
    /// Its corners, from the bottom of one box to the top of another; each part is level or upright.
    pub points: Vec<(i32, i32)>,
    /// Whether it leads up, or back to where it came from.
    pub is_back: bool,
}

/// What should stand below the picture.
pub const CAPTION: &str = "The start is on top. Under each scene stand its choices with how good they are, or its routes, and a line \
     runs from each to where it leads. The shaded way with the heavy boxes is the best path; a line with an arrow upwards leads back.";

/// How many scenes are drawn.
pub const MOST_SCENES: usize = 500;
/// How many choices and routes are drawn.
pub const MOST_WAYS: usize = 2_000;

/// What the box of a scene is called in the picture of a map with this id.
///
/// ```
/// assert_eq!(map::anchor("map", 0), "map-scene-1");
/// ```
#[must_use]
pub fn anchor(id: &str, scene: usize) -> String {
    format!("{id}-scene-{}", scene + 1)
}

/// Draws the map of a role-play, a draft as well.
#[must_use]
pub fn draw(scenario: &Scenario, facts: &Facts<'_>) -> Map {
    let nodes = node::nodes(scenario, facts);
    let ways: usize = nodes.iter().map(|node| node.ways.len()).sum();
    if nodes.len() > MOST_SCENES || ways > MOST_WAYS {
        return Map { svg: None, width: 0, height: 0, nodes, boxes: Vec::new(), lines: Vec::new() };
    }
    let sheet = sheet::Sheet::of(&nodes);
    let svg = Some(paint::svg(&scenario.title, facts.id, &nodes, &sheet));
    let sheet::Sheet { width, height, boxes, ways, .. } = sheet;
    let lines = ways.into_iter().map(|drawn| {
        let sheet::Drawn { scene, way, points, is_back, .. } = drawn;
        Line { scene, way, points, is_back }
    });
    Map { svg, width, height, nodes, boxes, lines: lines.collect() }
}
