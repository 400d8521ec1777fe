//! Layouts of made-up graphs.

mod common;

use common::{Dice, crossings, on_each_other, overlaps, through_boxes};
use map::layout::{Graph, Item, Layout, Line};

fn line(from: usize, to: usize) -> Line {
    Line { from, to, mark: 44, stroke: 2, is_strong: false }
}

fn graph(count: usize, lines: &[(usize, usize)]) -> Graph {
    let items = vec![Item { width: 200, height: 80 }; count];
    Graph { items, lines: lines.iter().map(|(from, to)| line(*from, *to)).collect() }
}

/// What holds for every graph; gives the corners of the lines.
fn sound(graph: &Graph, layout: &Layout) -> Vec<Vec<(i32, i32)>> {
    let lines: Vec<Vec<(i32, i32)>> = layout.ways.iter().map(|way| way.points.clone()).collect();
    assert_eq!(overlaps(&layout.boxes), 0);
    assert_eq!(through_boxes(&lines, &layout.boxes), 0);
    for ((line, way), points) in graph.lines.iter().zip(&layout.ways).zip(&lines) {
        let (from, to) = (layout.boxes[line.from], layout.boxes[line.to]);
        let (first, last) = (points[0], points[points.len() - 1]);
        assert_eq!(first.1, from.bottom());
        assert_eq!(last.1, to.y);
        assert!((from.x..=from.right()).contains(&first.0) && (to.x..=to.right()).contains(&last.0));
        assert!(points.iter().all(|(x, y)| (0..=layout.width).contains(x) && (0..=layout.height).contains(y)));
        assert!(points.iter().zip(&points[1..]).all(|(a, b)| a.0 == b.0 || a.1 == b.1), "{points:?}");
        let falls = points.iter().zip(&points[1..]).all(|(a, b)| a.1 <= b.1);
        assert!(way.is_back || (falls && from.bottom() < to.y), "{line:?} {points:?}");
        assert!(!way.is_back || from.y >= to.y, "{line:?}");
    }
    for (item, rect) in graph.items.iter().zip(&layout.boxes) {
        assert!(rect.width >= item.width && rect.height == item.height);
    }
    lines
}

#[test]
fn a_chain_is_one_straight_line() {
    let graph = graph(5, &[(0, 1), (1, 2), (2, 3), (3, 4)]);
    let layout = graph.layout();
    let lines = sound(&graph, &layout);
    assert!(lines.iter().all(|points| points.len() == 2), "{lines:?}");
    assert!(layout.boxes.iter().all(|rect| rect.x == layout.boxes[0].x));
}

#[test]
fn three_ways_to_the_same_box_run_beside_each_other() {
    let graph = graph(2, &[(0, 1), (0, 1), (0, 1)]);
    let layout = graph.layout();
    let lines = sound(&graph, &layout);
    assert!(lines.iter().all(|points| points.len() == 2));
    assert_eq!(on_each_other(&lines), 0);
}

#[test]
fn a_way_back_goes_up_beside_the_boxes() {
    let graph = graph(4, &[(0, 1), (1, 2), (2, 1), (2, 3), (3, 3)]);
    let layout = graph.layout();
    let lines = sound(&graph, &layout);
    let back: Vec<bool> = layout.ways.iter().map(|way| way.is_back).collect();
    assert_eq!(back, [false, false, true, false, true]);
    assert_eq!((on_each_other(&lines), crossings(&lines)), (0, 0));
}

#[test]
fn two_ways_round_do_not_cross() {
    let graph = graph(6, &[(0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 5), (0, 5)]);
    let layout = graph.layout();
    assert_eq!(crossings(&sound(&graph, &layout)), 0);
}

#[test]
fn nothing_is_nothing_and_lines_that_name_no_box_are_passed_over() {
    let layout = Graph::default().layout();
    assert!(layout.boxes.is_empty() && layout.ways.is_empty());
    let graph = graph(2, &[(0, 1), (0, 7), (9, 1)]);
    let layout = graph.layout();
    assert_eq!(layout.ways.iter().map(|way| way.points.len()).collect::<Vec<_>>(), [2, 0, 0]);
}

#[test]
fn whatever_the_graph_no_boxes_overlap_and_no_line_runs_through_one() {
    let mut on = 0;
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let count = 1 + dice.below(24);
        let item = |dice: &mut Dice| Item {
            width: 120 + i32::try_from(dice.below(121)).unwrap(),
            height: 40 + i32::try_from(dice.below(90)).unwrap(),
        };
        let items = (0..count).map(|_| item(&mut dice)).collect();
        let lines = (0..dice.below(3 * count)).map(|_| Line {
            from: dice.below(count),
            to: dice.below(count),
            mark: 40 + i32::try_from(dice.below(40)).unwrap(),
            stroke: 1 + i32::try_from(dice.below(10)).unwrap(),
            is_strong: dice.below(4) == 0,
        });
        let lines = lines.collect();
        let graph = Graph { items, lines };
        let layout = graph.layout();
        on += on_each_other(&sound(&graph, &layout));
        assert_eq!(format!("{layout:?}"), format!("{:?}", graph.layout()));
    }
    // Where lines come down on each other round in a circle, none can be the lower one: that is rare, and short.
    assert!(on <= 40, "{on}");
}
