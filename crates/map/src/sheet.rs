//! Boxes, marks and lines of a role-play, laid out on a sheet.

use crate::layout::{Graph, Item, Line, Rect};
use crate::node::{Node, Way};
use crate::text::{width, wrapped};

/// Sizes of type, in pixels. Nothing is set smaller than the second.
pub(crate) const TITLE: i32 = 15;
pub(crate) const SMALL: i32 = 12;
/// From one line of a title to the next, and of small type.
pub(crate) const TITLE_LINE: i32 = 19;
pub(crate) const SMALL_LINE: i32 = 16;
/// The least width of a box, and what stays free inside.
const WIDTH: i32 = 212;
pub(crate) const PADDING: i32 = 12;
/// How high a mark is, and how much of it hangs below the box.
pub(crate) const MARK: i32 = 22;
pub(crate) const HANGING: i32 = 11;
/// How high a mark is that says how many took it.
pub(crate) const TALL_MARK: i32 = 38;
/// The least width of a mark, and what it leaves free beside its words.
const MARK_WIDTH: i32 = 44;
const MARK_FREE: i32 = 14;
/// The width of what stands for a scene elsewhere.
const STUB: i32 = 150;
/// How many lines of a title, and of the words of a check, are shown.
const TITLE_LINES: usize = 4;
const PROBLEM_LINES: usize = 4;
/// How many problems of a scene are told in words.
const MOST_PROBLEMS: usize = 3;
/// What lies between the parts that nothing leads to, and how wide they may be beside each other.
const BETWEEN: i32 = 24;
const BROAD: i32 = 1_200;
/// How high the words are that stand above the scenes that nothing leads to.
pub(crate) const APART: i32 = 64;

/// What is drawn of a scene.
#[derive(Debug)]
pub(crate) struct Face {
    pub(crate) above: String,
    pub(crate) title: Vec<String>,
    /// The lines of each problem, and whether it is an error.
    pub(crate) problems: Vec<(bool, Vec<String>)>,
    pub(crate) below: Option<String>,
    /// How wide and high its marks are.
    marks: Vec<i32>,
    pub(crate) mark: i32,
}

impl Face {
    fn of(node: &Node) -> Self {
        let room = WIDTH - 2 * PADDING;
        let kind = node.kind_words();
        let number = node.scene + 1;
        let above = if kind.is_empty() { format!("Scene {number}") } else { format!("Scene {number} · {kind}") };
        let mut problems: Vec<(bool, Vec<String>)> = Vec::new();
        let errors = node.problems.iter().filter(|problem| problem.is_error);
        let warnings = node.problems.iter().filter(|problem| !problem.is_error);
        for problem in errors.chain(warnings).take(MOST_PROBLEMS) {
            let word = if problem.is_error { "Error" } else { "Warning" };
            let words = format!("{word}: {}", problem.text);
            problems.push((problem.is_error, wrapped(&words, SMALL, room, PROBLEM_LINES)));
        }
        if let Some(more) = node.problems.get(MOST_PROBLEMS..).filter(|more| !more.is_empty()) {
            let words = format!("and {} more", more.len());
            let is_error = problems.iter().all(|(is_error, _)| *is_error);
            problems.push((is_error, vec![words]));
        }
        let is_tall = node.ways.iter().any(|way| way.visits.is_some());
        Self {
            above,
            title: wrapped(&node.title, TITLE, room, TITLE_LINES),
            problems,
            below: node.visits.map(|share| format!("{share} % come by")),
            marks: node.ways.iter().map(mark_width).collect(),
            mark: if node.ways.is_empty() {
                0
            } else if is_tall {
                TALL_MARK
            } else {
                MARK
            },
        }
    }

    /// How high the box is, with what hangs below it.
    fn height(&self) -> i32 {
        let count = |lines: usize| i32::try_from(lines).unwrap_or(0);
        let problems: usize = self.problems.iter().map(|(_, lines)| lines.len()).sum();
        let small = 1 + problems + usize::from(self.below.is_some());
        let gaps = if self.problems.is_empty() { 0 } else { 4 };
        let text = count(small) * SMALL_LINE + count(self.title.len().max(1)) * TITLE_LINE + gaps;
        text + 8 + if self.mark == 0 { 12 } else { 6 + self.mark }
    }
}

fn mark_width(way: &Way) -> i32 {
    let share = way.visits.map_or(0, |share| width(&format!("{share} %"), SMALL));
    // Even, so that its middle is whole.
    (width(&way.label, SMALL).max(share) + MARK_FREE).max(MARK_WIDTH) / 2 * 2
}

/// How wide the line of a choice or route is.
fn stroke(way: &Way) -> i32 {
    match way.visits {
        Some(share) => 1 + i32::try_from(share).unwrap_or(0) * 7 / 100,
        None if way.is_best => 3,
        None => 2,
    }
}

/// A choice or route on the sheet.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) scene: usize,
    pub(crate) way: usize,
    pub(crate) stroke: i32,
    /// Where its mark lies.
    pub(crate) mark: Rect,
    pub(crate) points: Vec<(i32, i32)>,
    pub(crate) is_back: bool,
}

/// What stands where a way leads to no scene, or to one that is drawn elsewhere.
#[derive(Debug)]
pub(crate) struct Stub {
    pub(crate) rect: Rect,
    pub(crate) to: Option<usize>,
    pub(crate) words: Vec<String>,
}

/// Everything that is drawn, and where.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) faces: Vec<Face>,
    /// The box of each scene, with what hangs below it.
    pub(crate) boxes: Vec<Rect>,
    pub(crate) ways: Vec<Drawn>,
    pub(crate) stubs: Vec<Stub>,
    /// Where the part begins to which nothing leads.
    pub(crate) apart: Option<i32>,
}

impl Sheet {
    pub(crate) fn of(nodes: &[Node]) -> Self {
        let mut sheet = Self {
            faces: nodes.iter().map(Face::of).collect(),
            boxes: vec![Rect::default(); nodes.len()],
            ..Self::default()
        };
        let (reached, rest): (Vec<usize>, Vec<usize>) = (0..nodes.len()).partition(|at| nodes[*at].is_reached);
        (sheet.width, sheet.height) = sheet.place(nodes, &reached, (0, 0));
        if rest.is_empty() {
            return sheet;
        }
        sheet.apart = Some(sheet.height);
        // Side by side as long as there is room, then below.
        let broad = sheet.width.max(BROAD);
        let (mut x, mut y, mut high) = (0, sheet.height + APART, 0);
        for part in parts(nodes, &rest) {
            let (from, stubs) = (sheet.ways.len(), sheet.stubs.len());
            let (width, height) = sheet.place(nodes, &part, (x, y));
            if x > 0 && x + width > broad {
                let by = (-x, high + BETWEEN);
                sheet.shift(&part, from, stubs, by);
                (x, y, high) = (0, y + by.1, 0);
            }
            x += width + BETWEEN;
            high = high.max(height);
            sheet.width = sheet.width.max(x - BETWEEN);
            sheet.height = y + high;
        }
        sheet
    }

    /// Lays out some scenes and what leads on from them, and gives the room they take.
    fn place(&mut self, nodes: &[Node], scenes: &[usize], corner: (i32, i32)) -> (i32, i32) {
        let mut graph = Graph::default();
        let mut places = vec![None; nodes.len()];
        for scene in scenes {
            places[*scene] = Some(graph.items.len());
            graph.items.push(Item { width: WIDTH, height: self.faces[*scene].height() });
        }
        let mut stubs: Vec<(usize, Option<usize>, Vec<String>)> = Vec::new();
        let mut drawn: Vec<(usize, usize)> = Vec::new();
        for scene in scenes {
            for (at, way) in nodes[*scene].ways.iter().enumerate() {
                let to = way.to.and_then(|to| places[to]).unwrap_or_else(|| {
                    let same = stubs.iter().position(|(from, to, _)| (*from, *to) == (*scene, way.to));
                    let stub = same.unwrap_or_else(|| {
                        let words = match way.to.and_then(|to| nodes.get(to)) {
                            Some(to) => format!("to scene {}, {}", to.scene + 1, to.title),
                            None => "leads to no scene".to_owned(),
                        };
                        let words = wrapped(&words, SMALL, STUB - 2 * PADDING, 3);
                        stubs.push((*scene, way.to, words));
                        stubs.len() - 1
                    });
                    scenes.len() + stub
                });
                let from = places[*scene].unwrap_or(0);
                let mark = self.faces[*scene].marks[at];
                graph.lines.push(Line { from, to, mark, stroke: stroke(way), is_strong: way.is_best });
                drawn.push((*scene, at));
            }
        }
        for (_, _, words) in &stubs {
            let lines = i32::try_from(words.len()).unwrap_or(1);
            graph.items.push(Item { width: STUB, height: lines * SMALL_LINE + 14 });
        }
        let layout = graph.layout();
        let moved = |rect: Rect| Rect { x: rect.x + corner.0, y: rect.y + corner.1, ..rect };
        for (scene, rect) in scenes.iter().zip(&layout.boxes) {
            self.boxes[*scene] = moved(*rect);
        }
        for ((_, to, words), rect) in stubs.into_iter().zip(layout.boxes.iter().skip(scenes.len())) {
            self.stubs.push(Stub { rect: moved(*rect), to, words });
        }
        for ((line, (scene, way)), path) in graph.lines.iter().zip(drawn).zip(layout.ways) {
            let points: Vec<(i32, i32)> = path.points.iter().map(|(x, y)| (x + corner.0, y + corner.1)).collect();
            let high = self.faces[scene].mark;
            let (x, y) = points.first().copied().unwrap_or_default();
            let mark = Rect { x: x - line.mark / 2, y: y - high, width: line.mark, height: high };
            self.ways.push(Drawn { scene, way, stroke: line.stroke, mark, points, is_back: path.is_back });
        }
        (layout.width, layout.height)
    }

    /// Moves a part that was placed.
    fn shift(&mut self, scenes: &[usize], ways: usize, stubs: usize, (x, y): (i32, i32)) {
        let moved = |rect: &mut Rect| (rect.x, rect.y) = (rect.x + x, rect.y + y);
        scenes.iter().for_each(|scene| moved(&mut self.boxes[*scene]));
        self.stubs.iter_mut().skip(stubs).for_each(|stub| moved(&mut stub.rect));
        for way in self.ways.iter_mut().skip(ways) {
            moved(&mut way.mark);
            way.points.iter_mut().for_each(|point| *point = (point.0 + x, point.1 + y));
        }
    }
}

/// The scenes that hang together among some, part by part.
fn parts(nodes: &[Node], scenes: &[usize]) -> Vec<Vec<usize>> {
    let mut joined: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for scene in scenes {
        for to in nodes[*scene].ways.iter().filter_map(|way| way.to).filter(|to| !nodes[*to].is_reached) {
            joined[*scene].push(to);
            joined[to].push(*scene);
        }
    }
    let mut is_seen = vec![false; nodes.len()];
    let mut parts = Vec::new();
    for scene in scenes {
        let mut part = Vec::new();
        let mut open = vec![*scene];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut is_seen[at], true) {
                part.push(at);
                open.extend(&joined[at]);
            }
        }
        part.sort_unstable();
        parts.extend(Some(part).filter(|part| !part.is_empty()));
    }
    parts
}
