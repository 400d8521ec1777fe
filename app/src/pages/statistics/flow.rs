//! The ways through a role-play as a picture: scenes in layers from the start to the endings, with a line for each way that people
//! went, as wide as their share. Drawn on the server, as text.

use std::fmt::Write as _;

/// A scene.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    /// Its heading.
    pub title: &'a str,
    /// The share that came by, in percent.
    pub share: u32,
    /// Whether it is an ending.
    pub is_ending: bool,
}

/// A way from one scene to another, by their places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub from: usize,
    pub to: usize,
    /// The share that went, in percent.
    pub share: u32,
}

/// Sizes in the picture's own units, which are pixels: it is never made smaller than it can be read.
const WIDTH: i32 = 168;
const HEIGHT: i32 = 66;
const GAP: i32 = 20;
const BETWEEN: i32 = 74;
/// What a line takes that passes a layer.
const PASSING: i32 = 20;
const MARGIN: i32 = 12;
/// How many letters stand in a line of a scene, and how many lines.
const LETTERS: usize = 19;
const LINES: usize = 2;

/// What lies in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Scene(usize),
    /// A line that passes, by its number.
    Passing(usize),
}

/// Where everything lies.
struct Layout {
    /// The layer of each scene; none for those that nobody came to.
    layers: Vec<Option<usize>>,
    /// Whether each line leads back to where the way has been.
    back: Vec<bool>,
    /// What lies in each layer, from left to right, with the middle of each.
    rows: Vec<Vec<(Slot, i32)>>,
    width: i32,
}

/// The picture as SVG.
pub(super) fn draw(boxes: &[Scene<'_>], lines: &[Line]) -> String {
    let layout = Layout::of(boxes.len(), lines);
    let backs = layout.back.iter().filter(|back| **back).count();
    let right = layout.width + MARGIN;
    let width = right + MARGIN + if backs > 0 { 24 * i32::try_from(backs).unwrap_or(1) + 24 } else { 0 };
    let layers = i32::try_from(layout.rows.len()).unwrap_or(1);
    let height = layers * HEIGHT + (layers - 1) * BETWEEN + 2 * MARGIN;
    let ends: Vec<String> = boxes
        .iter()
        .filter(|scene| scene.is_ending && scene.share > 0)
        .map(|scene| format!("{} % come to “{}”", scene.share, scene.title))
        .collect();
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        r#"<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="flow-title flow-desc"><title id="flow-title">The ways people went</title><desc id="flow-desc">{}</desc>"#,
        usecases::escaped(&format!("{}. Each scene and each way is in the table below.", ends.join("; ")))
    );
    let mut labels = String::new();
    let mut number = 0;
    for (at, line) in lines.iter().enumerate() {
        let (Some(from), Some(to)) = (layout.place(line.from), layout.place(line.to)) else { continue };
        // From 1 to 14.
        let wide = 1.0 + 13.0 * f64::from(line.share.min(100)) / 100.0;
        if layout.back[at] {
            let (from_y, to_y) = (from.1 + HEIGHT / 2, to.1 + HEIGHT / 2 + 12);
            let out = right + 24 * (number + 1);
            number += 1;
            let (from_x, to_x) = (from.0 + WIDTH / 2, to.0 + WIDTH / 2);
            let _ = write!(
                svg,
                r#"<path class="flow-line flow-back" stroke-width="{wide:.1}" d="M{from_x},{from_y}C{out},{from_y} {out},{to_y} {to_x},{to_y}"/>"#
            );
            label(&mut labels, (from_x + 22, from_y - 6), line.share);
            continue;
        }
        let start = (layout.port(lines, at, true), from.1 + HEIGHT);
        let mut path = format!("M{},{}", start.0, start.1);
        let mut last = start;
        let bends = layout.bends(at);
        let end = (layout.port(lines, at, false), to.1);
        for point in bends.iter().flat_map(|(x, y)| [(*x, *y), (*x, *y + HEIGHT)]).chain([end]) {
            let middle = (last.1 + point.1) / 2;
            let _ = write!(path, "C{},{middle} {},{middle} {},{}", last.0, point.0, point.0, point.1);
            last = point;
        }
        let _ = write!(svg, r#"<path class="flow-line" stroke-width="{wide:.1}" d="{path}"/>"#);
        label(&mut labels, (start.0, start.1 + 20), line.share);
    }
    for (at, scene) in boxes.iter().enumerate() {
        let Some((middle, top)) = layout.place(at) else { continue };
        let class = if scene.is_ending { "flow-scene flow-ending" } else { "flow-scene" };
        let left = middle - WIDTH / 2;
        let _ = write!(svg, r#"<rect class="{class}" x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>"#);
        let words = wrapped(scene.title);
        let first = top + if words.len() > 1 { 19 } else { 27 };
        for (line, y) in words.iter().zip((first..).step_by(18)) {
            let _ =
                write!(svg, r#"<text x="{middle}" y="{y}" text-anchor="middle">{}</text>"#, usecases::escaped(line));
        }
        let _ = write!(
            svg,
            r#"<text class="flow-share" x="{middle}" y="{}" text-anchor="middle">{} %</text>"#,
            top + HEIGHT - 9,
            scene.share
        );
    }
    svg.push_str(&labels);
    svg.push_str("</svg>");
    svg
}

fn label(labels: &mut String, (x, y): (i32, i32), share: u32) {
    let _ = write!(labels, r#"<text class="flow-label" x="{x}" y="{y}" text-anchor="middle">{share} %</text>"#);
}

/// A heading in a few short lines.
fn wrapped(title: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in title.split_whitespace() {
        let last = lines.last_mut().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > LETTERS {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    let is_cut = lines.len() > LINES;
    lines.truncate(LINES);
    let last = lines.len() - 1;
    for (at, line) in lines.iter_mut().enumerate() {
        let cut = is_cut && at == last;
        if line.chars().count() > LETTERS || cut {
            *line = line.chars().take(LETTERS - 1).collect::<String>().trim_end().to_owned() + "…";
        }
    }
    lines
}

impl Layout {
    fn of(scenes: usize, lines: &[Line]) -> Self {
        let (layers, back) = layers(scenes, lines);
        let deepest = layers.iter().flatten().max().copied().unwrap_or(0);
        let mut rows: Vec<Vec<Slot>> = vec![Vec::new(); deepest + 1];
        for (scene, layer) in layers.iter().enumerate() {
            if let Some(row) = layer.and_then(|layer| rows.get_mut(layer)) {
                row.push(Slot::Scene(scene));
            }
        }
        for (at, line) in lines.iter().enumerate() {
            if let (Some(from), Some(to), false) = (layer(&layers, line.from), layer(&layers, line.to), back[at]) {
                rows.iter_mut().take(to).skip(from + 1).for_each(|row| row.push(Slot::Passing(at)));
            }
        }
        let width_of = |row: &[Slot]| {
            let taken = row.iter().map(|slot| if matches!(slot, Slot::Scene(_)) { WIDTH + GAP } else { PASSING + GAP });
            taken.sum::<i32>() - GAP
        };
        let width = rows.iter().map(|row| width_of(row)).max().unwrap_or(WIDTH).max(WIDTH);
        let mut layout = Self { layers, back, rows: Vec::new(), width };
        for mut row in rows {
            // Each lies below the mean of what leads to it, so that few lines cross.
            let above = |slot: &Slot| layout.mean_above(*slot, lines);
            row.sort_by_cached_key(above);
            let mut left = MARGIN + (width - width_of(&row)) / 2;
            let placed = row.into_iter().map(|slot| {
                let wide = if matches!(slot, Slot::Scene(_)) { WIDTH } else { PASSING };
                let middle = left + wide / 2;
                left += wide + GAP;
                (slot, middle)
            });
            let placed = placed.collect();
            layout.rows.push(placed);
        }
        layout
    }

    /// The mean place of what leads to something in the row above.
    fn mean_above(&self, slot: Slot, lines: &[Line]) -> i32 {
        let Some(above) = self.rows.last() else { return 0 };
        let leads = |number: usize| {
            let line = lines[number];
            let found =
                above.iter().find(|(slot, _)| *slot == Slot::Passing(number) || *slot == Slot::Scene(line.from));
            found.map(|(_, middle)| *middle)
        };
        let places: Vec<i32> = match slot {
            Slot::Passing(number) => leads(number).into_iter().collect(),
            Slot::Scene(scene) => (0..lines.len())
                .filter(|number| lines[*number].to == scene && !self.back[*number])
                .filter_map(leads)
                .collect(),
        };
        let count = i32::try_from(places.len()).unwrap_or(1).max(1);
        places.iter().sum::<i32>() / count
    }

    fn top(layer: usize) -> i32 {
        MARGIN + i32::try_from(layer).unwrap_or(0) * (HEIGHT + BETWEEN)
    }

    fn middle(&self, layer: usize, wanted: Slot) -> Option<i32> {
        self.rows.get(layer)?.iter().find(|(slot, _)| *slot == wanted).map(|(_, middle)| *middle)
    }

    /// The middle and the top of a scene.
    fn place(&self, scene: usize) -> Option<(i32, i32)> {
        let layer = layer(&self.layers, scene)?;
        Some((self.middle(layer, Slot::Scene(scene))?, Self::top(layer)))
    }

    /// Where a line passes the layers between its ends: the middle, and the top of the layer.
    fn bends(&self, line: usize) -> Vec<(i32, i32)> {
        let rows = 0..self.rows.len();
        rows.filter_map(|layer| Some((self.middle(layer, Slot::Passing(line))?, Self::top(layer)))).collect()
    }

    /// Where a line leaves or enters its scene: beside the others, in the order of where they go to or come from.
    fn port(&self, lines: &[Line], number: usize, leaves: bool) -> i32 {
        let own = lines[number];
        let (scene, far) = if leaves { (own.from, own.to) } else { (own.to, own.from) };
        let side = |at: usize| {
            let bends = self.bends(at);
            let near = if leaves { bends.first() } else { bends.last() };
            let far = if leaves { lines[at].to } else { lines[at].from };
            near.map(|(x, _)| *x).or_else(|| self.place(far).map(|(x, _)| x)).unwrap_or(0)
        };
        let beside = (0..lines.len()).filter(|at| {
            let line = lines[*at];
            !self.back[*at] && (if leaves { line.from } else { line.to }) == scene
        });
        let mut beside: Vec<(i32, usize)> = beside.map(|at| (side(at), at)).collect();
        beside.sort_unstable();
        let place = beside.iter().position(|(_, at)| *at == number).unwrap_or(0);
        let middle = self.place(scene).or_else(|| self.place(far)).map_or(0, |(x, _)| x);
        let (place, count) = (i32::try_from(place).unwrap_or(0), i32::try_from(beside.len()).unwrap_or(1));
        middle - WIDTH / 2 + WIDTH * (2 * place + 1) / (2 * count.max(1))
    }
}

fn layer(layers: &[Option<usize>], scene: usize) -> Option<usize> {
    layers.get(scene).copied().flatten()
}

/// The layer of each scene that can be come to from the first: as deep as the longest way to it, without ways that lead back; and which
/// lines those are. Nothing here recurses.
fn layers(scenes: usize, lines: &[Line]) -> (Vec<Option<usize>>, Vec<bool>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let mut back = vec![false; lines.len()];
    let (mut seen, mut order) = (vec![Seen::No; scenes], Vec::new());
    let from = |scene: usize| (0..lines.len()).filter(move |at| lines[*at].from == scene).collect::<Vec<_>>();
    let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
    if let Some(first) = seen.first_mut() {
        *first = Seen::Open;
        open.push((0, from(0)));
    }
    while let Some((scene, ways)) = open.last_mut() {
        let Some(at) = ways.pop() else {
            seen[*scene] = Seen::Done;
            order.push(*scene);
            open.pop();
            continue;
        };
        let to = lines[at].to;
        match seen.get(to) {
            Some(Seen::No) => {
                seen[to] = Seen::Open;
                open.push((to, from(to)));
            }
            Some(Seen::Open) => back[at] = true,
            Some(Seen::Done) | None => {}
        }
    }
    let mut layers: Vec<Option<usize>> = vec![None; scenes];
    if let Some(first) = layers.first_mut() {
        *first = Some(0);
    }
    for scene in order.into_iter().rev() {
        let Some(own) = layers[scene] else { continue };
        for at in from(scene).into_iter().filter(|at| !back[*at]) {
            if let Some(layer) = layers.get_mut(lines[at].to) {
                *layer = Some(layer.map_or(own + 1, |known| known.max(own + 1)));
            }
        }
    }
    (layers, back)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from: usize, to: usize) -> Line {
        Line { from, to, share: 50 }
    }

    #[test]
    fn a_scene_lies_below_all_that_leads_to_it_and_ways_back_do_not_count() {
        // 0 → 1 → 2 → 3, a short cut 0 → 3, and back from 2 to 1; nobody came to 4.
        let lines = [line(0, 1), line(1, 2), line(2, 3), line(0, 3), line(2, 1)];
        let (layers, back) = layers(5, &lines);
        assert_eq!(layers, [Some(0), Some(1), Some(2), Some(3), None]);
        assert_eq!(back, [false, false, false, false, true]);
    }

    #[test]
    fn no_two_scenes_lie_on_each_other_and_none_outside() {
        let lines: Vec<Line> =
            (0..24).flat_map(|at| [line(at, at + 1), line(at, (at * 7 + 3) % 25)]).filter(|l| l.from != l.to).collect();
        let layout = Layout::of(25, &lines);
        let places: Vec<_> = (0..25).filter_map(|at| layout.place(at)).collect();
        assert_eq!(places.len(), 25);
        for (at, one) in places.iter().enumerate() {
            assert!(one.0 - WIDTH / 2 >= MARGIN && one.0 + WIDTH / 2 <= layout.width + MARGIN, "{one:?}");
            for other in &places[at + 1..] {
                assert!(one.1 != other.1 || (one.0 - other.0).abs() >= WIDTH + GAP, "{one:?} {other:?}");
            }
        }
        for (at, way) in lines.iter().enumerate().filter(|(at, _)| !layout.back[*at]) {
            assert!(layout.place(way.from).map(|place| place.1) < layout.place(way.to).map(|place| place.1), "{at}");
        }
    }

    #[test]
    fn headings_are_cut_to_what_fits_and_written_safely() {
        assert_eq!(wrapped("At the desk"), ["At the desk"]);
        assert_eq!(wrapped("She asks how long it will take now"), ["She asks how long", "it will take now"]);
        assert_eq!(wrapped("She asks how long it will take until the doctor comes")[1], "it will take until…");
        assert_eq!(wrapped(&"x".repeat(40)), [format!("{}…", "x".repeat(18))]);
        let scene = Scene { title: "<b> & co", share: 100, is_ending: true };
        let svg = draw(&[scene], &[]);
        assert!(svg.contains("&lt;b&gt; &amp; co") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("100 % come to"), "{svg}");
    }
}
