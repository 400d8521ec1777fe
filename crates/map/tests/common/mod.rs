//! What every drawing must hold.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(dead_code, clippy::allow_attributes, reason = "each file of tests uses some of it")]

use map::Rect;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Numbers that look random, from a seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % count.max(1) as u64).unwrap()
    }
}

type Points = Vec<(i32, i32)>;

/// How many pairs of boxes overlap or touch.
pub(crate) fn overlaps(boxes: &[Rect]) -> usize {
    let apart = |a: &Rect, b: &Rect| a.right() < b.x || b.right() < a.x || a.bottom() < b.y || b.bottom() < a.y;
    let pairs = boxes.iter().enumerate().flat_map(|(at, one)| boxes[at + 1..].iter().map(move |other| (one, other)));
    pairs.filter(|(one, other)| !apart(one, other)).count()
}

fn parts(points: &Points) -> impl Iterator<Item = ((i32, i32), (i32, i32))> + '_ {
    points.iter().copied().zip(points.iter().copied().skip(1))
}

/// How many parts of lines run through the inside of a box.
pub(crate) fn through_boxes(lines: &[Points], boxes: &[Rect]) -> usize {
    let through = |(from, to): ((i32, i32), (i32, i32)), rect: &Rect| {
        let (left, right) = (from.0.min(to.0), from.0.max(to.0));
        let (top, bottom) = (from.1.min(to.1), from.1.max(to.1));
        left < rect.right() && right > rect.x && top < rect.bottom() && bottom > rect.y
    };
    let all = lines.iter().flat_map(parts);
    all.map(|part| boxes.iter().filter(|rect| through(part, rect)).count()).sum()
}

/// How many parts of different lines lie on each other.
pub(crate) fn on_each_other(lines: &[Points]) -> usize {
    let on = |(a, b): ((i32, i32), (i32, i32)), (c, d): ((i32, i32), (i32, i32))| {
        let upright = a.0 == b.0 && c.0 == d.0 && a.0 == c.0;
        let level = a.1 == b.1 && c.1 == d.1 && a.1 == c.1;
        let meet = |a: i32, b: i32, c: i32, d: i32| a.min(b) < c.max(d) && c.min(d) < a.max(b);
        (upright && meet(a.1, b.1, c.1, d.1)) || (level && meet(a.0, b.0, c.0, d.0))
    };
    let mut count = 0;
    for (at, one) in lines.iter().enumerate() {
        for other in &lines[at + 1..] {
            count += parts(one).map(|part| parts(other).filter(|theirs| on(part, *theirs)).count()).sum::<usize>();
        }
    }
    count
}

/// How many times lines cross.
pub(crate) fn crossings(lines: &[Points]) -> usize {
    let cross = |(a, b): ((i32, i32), (i32, i32)), (c, d): ((i32, i32), (i32, i32))| {
        let inside = |x: i32, a: i32, b: i32| a.min(b) < x && x < a.max(b);
        (a.0 == b.0 && c.1 == d.1 && inside(a.0, c.0, d.0) && inside(c.1, a.1, b.1))
            || (a.1 == b.1 && c.0 == d.0 && inside(c.0, a.0, b.0) && inside(a.1, c.1, d.1))
    };
    let mut count = 0;
    for (at, one) in lines.iter().enumerate() {
        for other in &lines[at + 1..] {
            count += parts(one).map(|part| parts(other).filter(|theirs| cross(part, *theirs)).count()).sum::<usize>();
        }
    }
    count
}

/// The opening tags of an SVG that is well-formed.
pub(crate) fn tags(svg: &str) -> Vec<BytesStart<'_>> {
    let mut reader = Reader::from_str(svg);
    let (mut tags, mut open) = (Vec::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                open += 1;
                tags.push(tag);
            }
            Event::Empty(tag) => tags.push(tag),
            Event::End(_) => open -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0);
    for tag in &tags {
        // Reading them all finds doubled and unquoted ones.
        tag.attributes().for_each(|attribute| drop(attribute.unwrap()));
    }
    tags
}

/// An attribute of a tag, as it stands there.
pub(crate) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).unwrap()?;
    Some(found.value.into_owned())
}
