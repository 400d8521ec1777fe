//! Edges between numbered vertices, and what can be said of them without recursion: a path a million steps long is as good as one
//! of three.

/// The edges of each vertex, one after another.
#[derive(Debug)]
pub(super) struct Edges {
    starts: Vec<u32>,
    to: Vec<u32>,
}

/// A number that fits: there are never more vertices or edges than steps that are taken.
pub(super) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Edges {
    pub(super) fn new() -> Self {
        Self { starts: vec![0], to: Vec::new() }
    }

    /// How many vertices there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Adds an edge of the vertex that is being made.
    pub(super) fn push(&mut self, to: u32) {
        self.to.push(to);
    }

    /// Ends the vertex that is being made.
    pub(super) fn close(&mut self) {
        self.starts.push(small(self.to.len()));
    }

    fn range(&self, at: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(at).copied().unwrap_or(0) as usize;
        let end = self.starts.get(at + 1).copied().unwrap_or(0) as usize;
        start..end.max(start)
    }

    /// Where the edges of a vertex lead.
    pub(super) fn of(&self, at: usize) -> &[u32] {
        self.to.get(self.range(at)).unwrap_or_default()
    }

    /// The vertices from which one of `goals` can be reached, the goals among them.
    pub(super) fn reaching(&self, goals: impl Iterator<Item = usize>) -> Vec<bool> {
        let back = self.reversed();
        back.reachable(goals)
    }

    /// The vertices that can be reached from some, those among them.
    pub(super) fn reachable(&self, from: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut seen = vec![false; self.len()];
        let mut open: Vec<usize> = Vec::new();
        for at in from {
            if let Some(seen) = seen.get_mut(at).filter(|seen| !**seen) {
                *seen = true;
                open.push(at);
            }
        }
        while let Some(at) = open.pop() {
            for next in self.of(at).iter().map(|next| *next as usize) {
                if let Some(seen) = seen.get_mut(next).filter(|seen| !**seen) {
                    *seen = true;
                    open.push(next);
                }
            }
        }
        seen
    }

    fn reversed(&self) -> Self {
        let mut counts = vec![0_u32; self.len() + 1];
        for to in &self.to {
            counts[*to as usize + 1] += 1;
        }
        for at in 1..counts.len() {
            counts[at] += counts[at - 1];
        }
        let starts = counts.clone();
        let mut to = vec![0_u32; self.to.len()];
        for from in 0..self.len() {
            for target in self.of(from) {
                let place = &mut counts[*target as usize];
                to[*place as usize] = small(from);
                *place += 1;
            }
        }
        Self { starts, to }
    }

    /// One shortest way from vertex 0 to another, both among them.
    pub(super) fn shortest(&self, to: usize) -> Vec<usize> {
        const NONE: u32 = u32::MAX;
        let mut before = vec![NONE; self.len()];
        let mut open = std::collections::VecDeque::from([0]);
        while let Some(at) = open.pop_front() {
            if at == to {
                break;
            }
            for next in self.of(at).iter().map(|next| *next as usize) {
                if next != 0 && before.get(next) == Some(&NONE) {
                    before[next] = small(at);
                    open.push_back(next);
                }
            }
        }
        let mut path = vec![to];
        let mut at = to;
        while let Some(last) = before.get(at).filter(|last| **last != NONE) {
            at = *last as usize;
            path.push(at);
        }
        path.reverse();
        path
    }

    /// The strongly connected components (Tarjan): a number for each vertex. Edges between two components lead to the smaller number.
    pub(super) fn components(&self) -> Vec<u32> {
        const NONE: u32 = u32::MAX;
        let mut component = vec![NONE; self.len()];
        let mut order = vec![NONE; self.len()];
        let mut low = vec![0_u32; self.len()];
        let mut stack: Vec<usize> = Vec::new();
        let mut open: Vec<(usize, usize)> = Vec::new();
        let (mut visited, mut found) = (0, 0);
        for root in 0..self.len() {
            if order[root] != NONE {
                continue;
            }
            open.push((root, 0));
            while let Some((at, edge)) = open.pop() {
                if edge == 0 {
                    order[at] = visited;
                    low[at] = visited;
                    visited += 1;
                    stack.push(at);
                }
                if let Some(next) = self.of(at).get(edge).map(|next| *next as usize) {
                    open.push((at, edge + 1));
                    if order[next] == NONE {
                        open.push((next, 0));
                    } else if component[next] == NONE {
                        low[at] = low[at].min(order[next]);
                    }
                    continue;
                }
                if low[at] == order[at] {
                    while let Some(member) = stack.pop() {
                        component[member] = found;
                        if member == at {
                            break;
                        }
                    }
                    found += 1;
                }
                if let Some((parent, _)) = open.last() {
                    low[*parent] = low[*parent].min(low[at]);
                }
            }
        }
        component
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(lists: &[&[u32]]) -> Edges {
        let mut edges = Edges::new();
        for list in lists {
            list.iter().for_each(|to| edges.push(*to));
            edges.close();
        }
        edges
    }

    #[test]
    fn components_are_numbered_from_the_end() {
        let graph = edges(&[&[1], &[2, 4], &[3], &[1], &[5], &[]]);
        let found = graph.components();
        assert_eq!(found, [3, 2, 2, 2, 1, 0]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let mut chain = Edges::new();
        for at in 0..1_000_000_u32 {
            chain.push((at + 1).min(999_999));
            chain.close();
        }
        assert_eq!(chain.components()[0], 999_999);
        assert_eq!(chain.shortest(999_999).len(), 1_000_000);
        assert!(chain.reaching([999_999].into_iter()).iter().all(|reached| *reached));
    }

    #[test]
    fn the_way_back_is_the_way_turned_round() {
        let graph = edges(&[&[1, 2], &[3], &[3], &[], &[0]]);
        assert_eq!(graph.reaching([1].into_iter()), [true, true, false, false, true]);
        assert_eq!(graph.reachable([1].into_iter()), [false, true, false, true, false]);
        assert_eq!(graph.shortest(3), [0, 1, 3]);
    }
}
