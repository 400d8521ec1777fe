//! A question that asks what belongs together.

use pulldown_cmark::Tag;

use super::{Asked, same_twice};
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};
use crate::question::{Item, Matching, Task};
use crate::slug::fold;
use crate::wording;

impl Asked<'_, '_, '_> {
    pub(super) fn matching(&mut self, tables: &[usize]) -> (Task, bool) {
        let mut matching = Matching {
            left_html: String::new(),
            right_html: String::new(),
            lefts: Vec::new(),
            key: Vec::new(),
            rights: Vec::new(),
        };
        let mut rows: Vec<(usize, usize, usize)> = Vec::new();
        for (nth, table) in tables.iter().enumerate() {
            for row in self.markdown.inside(*table) {
                let &[left, right] = self.markdown.inside(row).as_slice() else { continue };
                if !matches!(self.markdown.tag(row), Some(Tag::TableHead)) {
                    rows.push((row, left, right));
                } else if nth == 0 {
                    matching.left_html = self.item(left, 0, None).html;
                    matching.right_html = self.item(right, 0, None).html;
                }
            }
        }
        self.too_many(&mut rows, "rows");
        let (mut lefts, mut distractors) = (Vec::new(), Vec::new());
        // Distractors are looked at last, so that one that is the right side of a row is told as the one too many.
        for (row, left, right) in rows.iter().copied() {
            let left_item = self.item(left, matching.lefts.len(), None);
            let right_item = self.item(right, matching.rights.len(), None);
            wording::catch_all(&right_item.text, self.cell(right), self.problems);
            match (left_item.html.is_empty(), right_item.html.is_empty()) {
                (true, true) => {}
                (true, false) => distractors.push((right_item, self.cell(right))),
                (false, true) => {
                    let message = format!("nothing belongs to \"{}\"", left_item.text);
                    let place = self.cell(left);
                    // That the row lacks a cell is the same.
                    let row = self.markdown.span(row).start;
                    self.problems.silence_within(Span::new(row, place.end), |code| code == Code::C14);
                    self.problems
                        .add(Code::Q03, self.heading, message)
                        .mark(place)
                        .help("fill in the right cell of the row; a wrong one has its left cell empty");
                }
                (false, false) => {
                    lefts.push((left_item.text.clone(), self.cell(left)));
                    matching.lefts.push(left_item);
                    let key = self.right_side(&mut matching.rights, right_item);
                    matching.key.push(key);
                }
            }
        }
        if lefts.is_empty() {
            self.problems
                .add(Code::Q03, self.heading, "there is nothing to match: no row with both cells")
                .help("write what belongs together into the two cells of a row");
        }
        same_twice(lefts.iter().map(|(text, span)| (text.as_str(), *span)), "left side", self.problems);
        for (mut item, span) in distractors {
            if matching.rights.iter().any(|right| fold(&right.text) == fold(&item.text) && !item.text.is_empty()) {
                self.problems
                    .add(Code::Q09, span, "this answer is there twice, once as a wrong one")
                    .help("delete one of the two");
            }
            item.id = u32::try_from(matching.rights.len() + 1).unwrap_or(u32::MAX);
            matching.rights.push(item);
        }
        (Task::Matching(matching), false)
    }

    /// The id of a right side. Rows with the same one share it: both are right.
    fn right_side(&self, rights: &mut Vec<Item>, item: Item) -> u32 {
        let same = rights.iter().find(|right| right.html == item.html || fold(&right.text) == fold(&item.text));
        if let Some(same) = same.filter(|_| !item.text.is_empty()) {
            return same.id;
        }
        let id = item.id;
        rights.push(item);
        id
    }

    /// Where the content of a cell stands.
    fn cell(&self, at: usize) -> Span {
        let (first, last) = (at + 1, self.markdown.end(at).saturating_sub(1));
        if first > last {
            return self.markdown.span(at);
        }
        Span::new(self.markdown.span(first).start, self.markdown.span(last).end)
    }
}

/// Q01: pairs in more than one table. True if so.
pub(super) fn second_table(markdown: &Markdown<'_>, tables: &[usize], problems: &mut Problems) -> bool {
    for table in tables.iter().skip(1) {
        problems
            .add(Code::Q01, markdown.span(*table), "the pairs are split: a second table starts here")
            .help("put all pairs into one table");
    }
    tables.len() > 1
}
