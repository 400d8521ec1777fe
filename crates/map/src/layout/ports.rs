//! Where each line leaves its box at the bottom, and enters one at the top.

use super::Graph;
use super::place::{Across, nearest};
use super::slots::{CORNER, MARKS_APART, Slots, room};

/// How much more it counts that a line comes down straight which should.
const STRONG: f64 = 20.0;

/// Puts the marks of each box beside each other, in the order of where their lines go, and the lines of a bundle in the same order.
pub(super) fn leave(graph: &Graph, slots: &Slots, across: &mut Across) {
    let mut marks: Vec<Vec<(i32, usize, usize)>> = vec![Vec::new(); graph.items.len()];
    for (number, line) in graph.sound_lines() {
        let Some(bundle) = slots.bundle_of(number) else { continue };
        let next = if bundle.is_back { bundle.lanes.last() } else { bundle.lanes.first() };
        let towards = across.x[*next.unwrap_or(&line.to)];
        marks[line.from].push((towards, line.to, number));
    }
    for (item, mut own) in marks.into_iter().enumerate() {
        own.sort_unstable();
        let whole: i32 = own.iter().map(|(_, _, line)| graph.lines[*line].mark + MARKS_APART).sum();
        let mut left = across.x[item] - (whole - MARKS_APART) / 2;
        for (_, _, line) in own {
            let mark = graph.lines[line].mark;
            across.leaves[line] = (left + mark / 2) / 2 * 2;
            left += mark + MARKS_APART;
        }
    }
    for bundle in &slots.bundles {
        let mut lines = bundle.lines.clone();
        lines.sort_by_key(|line| (across.leaves[*line], *line));
        let whole: i32 = lines.iter().map(|line| room(graph.lines[*line].stroke)).sum();
        let mut left = -whole / 2;
        for line in lines {
            let room = room(graph.lines[line].stroke);
            across.offsets[line] = left + room / 2;
            left += room;
        }
    }
}

/// Lets each line come down straight where it can, in the order in which the lines come.
pub(super) fn enter(graph: &Graph, slots: &Slots, across: &mut Across) {
    // Where a bundle comes from, where its line does, and the line.
    let mut enter: Vec<Vec<(i32, i32, i32, usize)>> = vec![Vec::new(); graph.items.len()];
    for bundle in &slots.bundles {
        let leaves = bundle.lines.iter().map(|line| across.leaves[*line]);
        let count = i32::try_from(bundle.lines.len()).unwrap_or(1).max(1);
        let near = if bundle.is_back { bundle.lanes.first() } else { bundle.lanes.last() };
        let from = near.map_or_else(|| leaves.sum::<i32>() / count, |lane| across.x[*lane]);
        for line in &bundle.lines {
            let own = near.map_or(across.leaves[*line], |lane| across.lane(*lane, *line, bundle));
            enter[bundle.to].push((from, across.offsets[*line], own, *line));
        }
    }
    for (item, mut own) in enter.into_iter().enumerate() {
        own.sort_unstable();
        let wanted: Vec<f64> = own.iter().map(|(_, _, from, _)| f64::from(*from)).collect();
        let rooms: Vec<i32> = own.iter().map(|(_, _, _, line)| room(graph.lines[*line].stroke)).collect();
        let apart: Vec<f64> = rooms.iter().zip(rooms.iter().skip(1)).map(|(a, b)| f64::from((a + b) / 2)).collect();
        let weight = |line: usize| if graph.lines[line].is_strong { STRONG } else { 1.0 };
        let weights: Vec<f64> = own.iter().map(|(_, _, _, line)| weight(*line)).collect();
        let settled = nearest(&wanted, &weights, &apart);
        let half = slots.all[item].width / 2 - CORNER;
        let mut least = across.x[item] - half;
        let mut rest: i32 = apart.iter().map(|apart| *apart as i32).sum();
        for (at, ((_, _, _, line), settled)) in own.iter().zip(settled).enumerate() {
            let most = across.x[item] + half - rest;
            let x = (settled / 2.0).round() as i32 * 2;
            across.enters[*line] = x.min(most).max(least);
            let apart = apart.get(at).map_or(0, |apart| *apart as i32);
            least = across.enters[*line] + apart;
            rest -= apart;
        }
    }
}
