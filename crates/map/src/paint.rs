//! The SVG. It has classes for colours and none of its own.

use std::fmt::Write as _;

use courseware::escaped;
use courseware::scenario::{Ending, Quality};

use crate::layout::Rect;
use crate::node::{Kind, Node, Way};
use crate::sheet::{APART, Drawn, HANGING, PADDING, SMALL_LINE, Sheet, Stub, TITLE_LINE};

/// How round the corners of a line are.
const ROUND: i32 = 7;
/// How much wider the shade below the best path is than its line.
const SHADE: i32 = 9;

/// The whole picture. Writing to a string cannot fail.
pub(crate) fn svg(title: &str, id: &str, nodes: &[Node], sheet: &Sheet) -> String {
    let (width, height, id) = (sheet.width, sheet.height, escaped(id));
    // Whoever sets larger type in the browser gets a larger picture: a letter of it is a sixteenth of the type of the page.
    let (wide, high) = (f64::from(width) / 16.0, f64::from(height) / 16.0);
    let mut svg = String::with_capacity(1_000 * nodes.len());
    let _ = write!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {width} {height}" width="{wide}rem" height="{high}rem" role="group" aria-labelledby="{id}-title {id}-desc"><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc>"#,
        escaped(&format!("Map of the role-play “{title}”")),
        escaped(&description(nodes))
    );
    if let Some(y) = sheet.apart {
        let _ = write!(
            svg,
            r#"<g aria-hidden="true"><path class="map-apart" d="M12,{0}H{1}"/><text class="map-apart-words" x="12" y="{2}">Nothing leads here</text></g>"#,
            y + 12,
            width - 12,
            y + APART - 22
        );
    }
    svg.push_str(r#"<g aria-hidden="true">"#);
    for drawn in sheet.ways.iter().filter(|drawn| way(nodes, drawn).is_some_and(|way| way.is_best)) {
        let _ =
            write!(svg, r#"<path class="map-shade" stroke-width="{}" d="{}"/>"#, drawn.stroke + SHADE, path(drawn, 0));
    }
    for drawn in &sheet.ways {
        line(&mut svg, nodes, drawn);
    }
    svg.push_str("</g>");
    for stub in &sheet.stubs {
        self::stub(&mut svg, nodes, stub);
    }
    svg.push_str(r#"<g role="list">"#);
    let mut own: Vec<Vec<&Drawn>> = vec![Vec::new(); nodes.len()];
    for drawn in &sheet.ways {
        own[drawn.scene].push(drawn);
    }
    for (node, own) in nodes.iter().zip(own) {
        scene(&mut svg, &id, nodes, node, sheet, &own);
    }
    svg.push_str("</g></svg>");
    svg
}

fn way<'a>(nodes: &'a [Node], drawn: &Drawn) -> Option<&'a Way> {
    nodes.get(drawn.scene)?.ways.get(drawn.way)
}

/// What the picture shows, for those who do not see it.
fn description(nodes: &[Node]) -> String {
    let endings = nodes.iter().filter(|node| matches!(node.kind, Kind::Ending(_))).count();
    let unreached = nodes.iter().filter(|node| !node.is_reached).count();
    let ways: usize = nodes.iter().map(|node| node.ways.len()).sum();
    let mut words = format!("{} scenes, {endings} of them endings, and {ways} ways between them.", nodes.len());
    if unreached > 0 {
        let _ = write!(words, " Nothing leads to {unreached} of them.");
    }
    let path: Vec<&str> = nodes.iter().filter(|node| node.is_best).map(|node| node.title.as_str()).collect();
    if !path.is_empty() {
        let _ = write!(words, " On the best path lie: {}.", path.join("; "));
    }
    words
}

/// The class of a way's colour and dashes.
fn class(way: &Way) -> &'static str {
    match way.quality {
        Some(Quality::Best) => "map-best",
        Some(Quality::Ok) => "map-ok",
        Some(Quality::Poor) => "map-poor",
        Some(Quality::Critical) => "map-critical",
        None if way.is_route => "map-route",
        None => "map-plain",
    }
}

fn line(svg: &mut String, nodes: &[Node], drawn: &Drawn) {
    let (Some(way), Some((x, y))) = (way(nodes, drawn), drawn.points.last().copied()) else { return };
    let half = 4.max(drawn.stroke / 2 + 2);
    let _ = write!(
        svg,
        r#"<g class="map-way {}" data-way="{}-{}"><title>{}</title><path class="map-rim" stroke-width="{}" d="{}"/><path class="map-line" stroke-width="{}" d="{}"/><path class="map-head" d="M{},{}h{}L{x},{y}z"/>"#,
        class(way),
        drawn.scene,
        drawn.way,
        escaped(&leads(nodes, &nodes[drawn.scene], way)),
        drawn.stroke + 4,
        path(drawn, 7),
        drawn.stroke,
        path(drawn, 7),
        x - half,
        y - 9,
        2 * half,
    );
    if drawn.is_back
        && let Some((x, y)) = upwards(&drawn.points)
    {
        let half = 6.max(drawn.stroke / 2 + 4);
        let _ =
            write!(svg, r#"<path class="map-head" d="M{},{}h{}L{x},{}z"/>"#, x - half, y + half, 2 * half, y - half);
    }
    svg.push_str("</g>");
}

/// The middle of the longest part that leads up.
fn upwards(points: &[(i32, i32)]) -> Option<(i32, i32)> {
    let parts = points.iter().zip(points.iter().skip(1)).filter(|(from, to)| to.1 < from.1);
    parts.max_by_key(|(from, to)| from.1 - to.1).map(|(from, to)| (from.0, (from.1 + to.1) / 2))
}

/// A line with round corners that ends a little before its end, where the arrow is.
fn path(drawn: &Drawn, before: i32) -> String {
    let mut points = drawn.points.clone();
    if let Some(last) = points.last_mut() {
        last.1 -= before;
    }
    let mut path = String::new();
    let far = |one: (i32, i32), other: (i32, i32)| (one.0 - other.0).abs() + (one.1 - other.1).abs();
    let towards = |from: (i32, i32), to: (i32, i32), by: i32| {
        (from.0 + (to.0 - from.0).signum() * by, from.1 + (to.1 - from.1).signum() * by)
    };
    for (at, point) in points.iter().enumerate() {
        let last = at.checked_sub(1).and_then(|at| points.get(at));
        match (last, points.get(at + 1)) {
            (None, _) => {
                let _ = write!(path, "M{},{}", point.0, point.1);
            }
            (Some(last), Some(next)) => {
                let round = ROUND.min(far(*last, *point) / 2).min(far(*point, *next) / 2);
                let (one, other) = (towards(*point, *last, round), towards(*point, *next, round));
                let _ = write!(path, "L{},{}Q{},{} {},{}", one.0, one.1, point.0, point.1, other.0, other.1);
            }
            (Some(_), None) => {
                let _ = write!(path, "L{},{}", point.0, point.1);
            }
        }
    }
    path
}

/// A way in words: `best, to Two chairs: “Shall we sit?” (if calm)`.
fn leads(nodes: &[Node], from: &Node, way: &Way) -> String {
    let to = way.to.and_then(|to| nodes.get(to)).map_or("no scene", |node| node.title.as_str());
    let mut words = format!("{}, from {} to {to}", way.label, from.title);
    detail(&mut words, way);
    words
}

fn detail(words: &mut String, way: &Way) {
    if !way.words.is_empty() {
        let _ = write!(words, ": {}", way.words);
    }
    if let Some(condition) = &way.condition {
        let _ = write!(words, " (if {condition})");
    }
    if let Some(share) = way.visits {
        let _ = write!(words, ", {share} %");
    }
    // The name of a link is all that stands in it: a full stop keeps its parts apart.
    words.push('.');
}

fn scene(svg: &mut String, id: &str, nodes: &[Node], node: &Node, sheet: &Sheet, ways: &[&Drawn]) {
    let (rect, face) = (sheet.boxes[node.scene], &sheet.faces[node.scene]);
    let mut classes = String::from("map-scene");
    let kind = match node.kind {
        Kind::Ending(Ending::Good) => " map-good",
        Kind::Ending(Ending::Mixed) => " map-mixed",
        Kind::Ending(Ending::Bad) => " map-bad",
        Kind::Nothing => " map-nothing",
        Kind::Routes => " map-routes",
        Kind::Choices => "",
    };
    classes.push_str(kind);
    let is_error = node.problems.iter().any(|problem| problem.is_error);
    for (is, class) in [
        (node.is_best, " map-on-path"),
        (is_error, " map-error"),
        (!is_error && !node.problems.is_empty(), " map-warning"),
    ] {
        classes.push_str(if is { class } else { "" });
    }
    let own = crate::anchor(id, node.scene);
    let _ = write!(
        svg,
        r#"<g role="listitem"><a class="{classes}" id="{own}" href="{}"{}>"#,
        escaped(&node.href),
        line_of(node)
    );
    let body = Rect { height: rect.height - if face.mark > 0 { HANGING } else { 0 }, ..rect };
    let title = if node.is_best { "<title>On the best path.</title>" } else { "" };
    let _ = write!(svg, r#"<path class="map-box" d="{}">{title}</path>"#, outline(node.kind, body));
    if node.kind == Kind::Routes {
        let (x, y, right, bottom) = (body.x + 6, body.y, body.right() - 6, body.bottom());
        let _ = write!(svg, r#"<path class="map-side" d="M{x},{y}V{bottom}M{right},{y}V{bottom}"/>"#);
    }
    let middle = rect.middle();
    let mut y = rect.y + 8;
    let mut text = |class: &str, high: i32, words: &str| {
        y += high;
        let _ = write!(svg, r#"<text class="{class}" x="{middle}" y="{}">{}</text>"#, y - 4, escaped(words));
    };
    text("map-above", SMALL_LINE, &face.above);
    for line in &face.title {
        text("map-title", TITLE_LINE, line);
    }
    if face.title.is_empty() {
        text("map-title", TITLE_LINE, "");
    }
    if let Some(below) = &face.below {
        text("map-share", SMALL_LINE, below);
    }
    for (at, (is_error, lines)) in face.problems.iter().enumerate() {
        for (line, words) in lines.iter().enumerate() {
            let free = if at + line == 0 { 4 } else { 0 };
            text(if *is_error { "map-error-words" } else { "map-warning-words" }, SMALL_LINE + free, words);
        }
    }
    for drawn in ways {
        if let Some(way) = way(nodes, drawn) {
            mark(svg, nodes, way, drawn.mark);
        }
    }
    svg.push_str("</a></g>");
}

/// The line of a scene, for scripts.
fn line_of(node: &Node) -> String {
    node.line.map(|line| format!(r#" data-line="{line}""#)).unwrap_or_default()
}

fn mark(svg: &mut String, nodes: &[Node], way: &Way, rect: Rect) {
    let Rect { x, y, width, height } = rect;
    let to = way.to.and_then(|to| nodes.get(to)).map_or("no scene", |node| node.title.as_str());
    let mut words = format!("{}, to {to}", way.label);
    detail(&mut words, way);
    let _ = write!(
        svg,
        r#"<g class="map-mark {}"><title>{}</title><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5"/><text x="{}" y="{}">{}</text>"#,
        class(way),
        escaped(&words),
        rect.middle(),
        y + 15,
        escaped(&way.label)
    );
    if let Some(share) = way.visits {
        let _ = write!(svg, r#"<text x="{}" y="{}">{share} %</text>"#, rect.middle(), y + 31);
    }
    svg.push_str("</g>");
}

/// The shape of a box: round for a scene, with edges for one that decides by itself; a good ending is a pill, a mixed one has a point at
/// each side, a bad one has its corners cut off.
fn outline(kind: Kind, rect: Rect) -> String {
    let Rect { x, y, width, height } = rect;
    let (right, bottom) = (rect.right(), rect.bottom());
    let rounded = |r: i32| {
        format!(
            "M{},{y}H{}a{r},{r} 0 0 1 {r},{r}V{}a{r},{r} 0 0 1 -{r},{r}H{}a{r},{r} 0 0 1 -{r},-{r}V{}a{r},{r} 0 0 1 {r},-{r}z",
            x + r,
            right - r,
            bottom - r,
            x + r,
            y + r
        )
    };
    let cut = 13;
    match kind {
        Kind::Choices | Kind::Nothing => rounded(8),
        Kind::Routes => format!("M{x},{y}h{width}v{height}h-{width}z"),
        Kind::Ending(Ending::Good) => rounded((height / 2).min(28)),
        Kind::Ending(Ending::Mixed) => {
            let middle = y + height / 2;
            format!(
                "M{},{y}H{}L{right},{middle}L{},{bottom}H{}L{x},{middle}z",
                x + cut,
                right - cut,
                right - cut,
                x + cut
            )
        }
        Kind::Ending(Ending::Bad) => format!(
            "M{},{y}H{}L{right},{}V{}L{},{bottom}H{}L{x},{}V{}z",
            x + cut,
            right - cut,
            y + cut,
            bottom - cut,
            right - cut,
            x + cut,
            bottom - cut,
            y + cut
        ),
    }
}

fn stub(svg: &mut String, nodes: &[Node], stub: &Stub) {
    let Rect { x, y, width, height } = stub.rect;
    let target = stub.to.and_then(|to| nodes.get(to));
    match target {
        Some(node) => {
            let words = format!("to scene {}, {}", node.scene + 1, node.title);
            let (href, words) = (escaped(&node.href), escaped(&words));
            let _ = write!(svg, r#"<a class="map-stub" href="{href}"{} aria-label="{words}">"#, line_of(node));
        }
        None => svg.push_str(r#"<g class="map-stub map-error" aria-hidden="true">"#),
    }
    let _ = write!(svg, r#"<rect class="map-box" x="{x}" y="{y}" width="{width}" height="{height}" rx="4"/>"#);
    for (line, y) in stub.words.iter().zip((y + PADDING + 7..).step_by(16)) {
        let _ = write!(svg, r#"<text x="{}" y="{y}">{}</text>"#, stub.rect.middle(), escaped(line));
    }
    svg.push_str(if target.is_some() { "</a>" } else { "</g>" });
}
