//! Which of a listing's lines stand on which page.
//!
//! A listing is a column of strips: a title, a paragraph, a row of a table. All lines of a strip are equally high, so that it can be
//! broken between any two of them.

use std::ops::Range;

/// What must be known of a strip to find its page. Lengths are points.
#[derive(Clone, Debug)]
pub(crate) struct Strip {
    /// What stays free above it, but not at the top of a page.
    pub(crate) gap: f32,
    /// What stays free between its edges and its lines, above and below.
    pub(crate) padding: f32,
    /// From one line to the next.
    pub(crate) line: f32,
    pub(crate) lines: usize,
    /// Whether the next one must begin on the same page.
    pub(crate) joined: bool,
    /// The strip that is shown again above this one at the top of a page.
    pub(crate) head: Option<usize>,
}

impl Strip {
    fn height(&self, lines: usize) -> f32 {
        lines as f32 * self.line + 2.0 * self.padding
    }

    /// How many lines may stay together on a page of their own accord.
    fn least(&self) -> usize {
        if self.lines > LONG { FEW } else { self.lines }
    }
}

/// A strip of more lines may be broken wherever a page ends.
const LONG: usize = 6;
/// But not so that fewer lines than these stay behind.
const FEW: usize = 3;

/// A strip, or a part of it, on its page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    /// Its number.
    pub(crate) strip: usize,
    pub(crate) lines: Range<usize>,
    /// Where its upper edge is.
    pub(crate) top: f32,
    /// Whether it is a head that was shown on a page before.
    pub(crate) again: bool,
}

/// The pages, each from `top` to `bottom`; there is always one.
pub(crate) fn pages(strips: &[Strip], top: f32, bottom: f32) -> Vec<Vec<Piece>> {
    let mut done = Vec::new();
    let mut page: Vec<Piece> = Vec::new();
    let mut y = top;
    // Whether nothing but a head stands on the page.
    let mut fresh = true;
    for (index, strip) in strips.iter().enumerate() {
        let mut from = 0;
        while from < strip.lines {
            let gap = if fresh || from > 0 { 0.0 } else { strip.gap };
            let room = bottom - y - gap;
            let rest = strip.lines - from;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a page has few lines, and none below 0"
            )]
            let fitting = ((room - 2.0 * strip.padding) / strip.line).max(0.0) as usize;
            let together = if from == 0 { together(strips, index) } else { strip.height(rest) };
            let lines = if together <= room {
                rest
            } else if fresh {
                // It is too long for any page.
                fitting.clamp(1, rest)
            } else if strip.lines > LONG && !strip.joined && fitting >= FEW {
                fitting.min(rest)
            } else {
                0
            };
            if lines > 0 {
                page.push(Piece { strip: index, lines: from..from + lines, top: y + gap, again: false });
                y += gap + strip.height(lines);
                from += lines;
                fresh = false;
            }
            if from < strip.lines {
                done.push(std::mem::take(&mut page));
                y = top;
                fresh = true;
                // A head that fills the page would leave no room.
                let head = strip.head.map(|head| (head, &strips[head]));
                if let Some((number, head)) = head.filter(|(_, head)| head.height(head.lines) <= (bottom - top) / 3.0) {
                    page.push(Piece { strip: number, lines: 0..head.lines, top: y, again: true });
                    y += head.height(head.lines);
                }
            }
        }
    }
    done.push(page);
    done
}

/// How much room a strip needs to begin: with those that are joined to it, and the beginning of the one after them.
fn together(strips: &[Strip], index: usize) -> f32 {
    let mut height = strips[index].height(strips[index].lines);
    let mut last = index;
    while strips[last].joined && last + 1 < strips.len() {
        last += 1;
        let strip = &strips[last];
        height += strip.gap + strip.height(if strip.joined { strip.lines } else { strip.least() });
    }
    height
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn strip(lines: usize) -> Strip {
        Strip { gap: 0.0, padding: 1.0, line: 10.0, lines, joined: false, head: None }
    }

    /// What stands on each page: strip, lines, and whether again.
    fn told(strips: &[Strip]) -> Vec<Vec<(usize, Range<usize>, bool)>> {
        let pages = pages(strips, 0.0, 100.0);
        pages
            .into_iter()
            .map(|page| page.into_iter().map(|piece| (piece.strip, piece.lines, piece.again)).collect())
            .collect()
    }

    #[test]
    fn nothing_is_one_empty_page() {
        assert_eq!(told(&[]), [vec![]]);
    }

    #[test]
    fn a_short_strip_is_not_broken() {
        assert_eq!(told(&[strip(6), strip(4)]), [vec![(0, 0..6, false)], vec![(1, 0..4, false)]]);
    }

    #[test]
    fn a_long_strip_is_broken_where_the_page_ends() {
        let expected = [vec![(0, 0..5, false), (1, 0..4, false)], vec![(1, 4..13, false)], vec![(1, 13..20, false)]];
        assert_eq!(told(&[strip(5), strip(20)]), expected);
    }

    #[test]
    fn a_heading_goes_with_what_is_under_it() {
        let heading = Strip { joined: true, ..strip(1) };
        assert_eq!(
            told(&[strip(6), heading, strip(3)]),
            [vec![(0, 0..6, false)], vec![(1, 0..1, false), (2, 0..3, false)]]
        );
    }

    #[test]
    fn a_head_stands_above_its_rows_on_every_page() {
        let head = Strip { joined: true, ..strip(1) };
        let row = Strip { head: Some(0), ..strip(3) };
        let expected = [
            vec![(0, 0..1, false), (1, 0..3, false), (2, 0..3, false)],
            vec![(0, 0..1, true), (3, 0..3, false), (4, 0..3, false)],
            vec![(0, 0..1, true), (5, 0..3, false)],
        ];
        assert_eq!(told(&[head, row.clone(), row.clone(), row.clone(), row.clone(), row]), expected);
    }

    #[test]
    fn a_head_that_fills_the_page_is_shown_once() {
        let head = Strip { joined: true, ..strip(30) };
        let row = Strip { head: Some(0), ..strip(3) };
        let again = told(&[head, row.clone(), row]).into_iter().flatten().filter(|(_, _, again)| *again).count();
        assert_eq!(again, 0);
    }

    proptest! {
        #[test]
        fn every_line_stands_once_in_order_and_inside(
            drawn in prop::collection::vec((0_usize..30, any::<bool>(), any::<bool>(), 0.0_f32..30.0), 0..40),
        ) {
            let mut head = None;
            let mut strips = Vec::new();
            for (lines, joined, begins, gap) in drawn {
                head = if begins { Some(strips.len()) } else { head };
                strips.push(Strip { gap, joined, head: head.filter(|head| *head < strips.len()), ..strip(lines) });
            }
            let pages = pages(&strips, 0.0, 100.0);
            let mut found = Vec::new();
            for page in &pages {
                let mut y = 0.0;
                for piece in page {
                    prop_assert!(piece.top >= y - 0.01);
                    y = piece.top + strips[piece.strip].height(piece.lines.len());
                    prop_assert!(y <= 100.01, "{page:?}");
                    if !piece.again {
                        found.extend(piece.lines.clone().map(|line| (piece.strip, line)));
                    }
                }
            }
            let all = strips.iter().enumerate().flat_map(|(at, strip)| (0..strip.lines).map(move |line| (at, line)));
            prop_assert_eq!(found, all.collect::<Vec<_>>());
        }
    }
}
