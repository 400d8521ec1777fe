//! A question whose answers are ticked.

use pulldown_cmark::Event;

use super::{Asked, same_twice};
use crate::chip::Chip;
use crate::list;
use crate::lost;
use crate::problem::{Code, Span};
use crate::question::{Answer, Choice, Item, Task};
use crate::wording;

impl Asked<'_, '_, '_> {
    pub(super) fn choice(&mut self, lists: &[usize]) -> (Task, bool) {
        let mut found: Vec<Found> = Vec::new();
        let mut merged = false;
        for item in self.items(lists) {
            self.broken |= self.nested(item);
            if let Some(marker) = list::task_marker(self.markdown, item) {
                let answer = self.answer(item, marker, found.len());
                found.push(answer);
                continue;
            }
            if !self.broken && !merged {
                let span = list::after_marker(self.markdown, item);
                self.problems
                    .add(Code::Q11, span, "this bullet has no tick box and is in one list with the answers")
                    .help("put a sentence between the bullets and the answers, or start it with `[ ] `");
            }
            merged = true;
        }
        let too_many = self.too_many(&mut found, "answers");
        let right = found.iter().filter(|found| found.answer.correct).count();
        if !self.broken {
            self.key(found.len(), right);
        }
        same_twice(found.iter().map(|found| (found.answer.text.as_str(), found.span)), "answer", self.problems);
        self.percents(&mut found, right);
        let spans: Vec<Span> = found.iter().map(|found| found.span).collect();
        let mut choice = Choice {
            options: found.into_iter().map(|found| found.answer).collect(),
            multiple: right > 1,
            fixed: self.settings.is_fixed(),
        };
        choice.fixed |= choice.is_true_false();
        let place = |id: u32| spans.get((id as usize).saturating_sub(1)).copied().unwrap_or(self.heading);
        if !self.broken {
            wording::long_answer(&choice, place, self.problems);
        }
        for answer in &choice.options {
            wording::catch_all(&answer.text, place(answer.id), self.problems);
        }
        if !too_many {
            wording::many(choice.options.len(), self.heading, self.problems);
        }
        let has_feedback = choice.options.iter().any(|answer| answer.feedback_html.is_some());
        (Task::Choice(choice), has_feedback)
    }

    /// Q01: answers that are indented, so that they became part of the answer above. True if there are some.
    fn nested(&mut self, item: usize) -> bool {
        let inside = item + 1..self.markdown.end(item);
        let Some(list) = inside.into_iter().find(|at| list::is_task_list(self.markdown, *at)) else { return false };
        let first = self.markdown.inside(list).first().map_or(list, |first| *first);
        self.problems
            .add(
                Code::Q01,
                list::after_marker(self.markdown, first),
                "this answer is indented, so it is part of the answer above",
            )
            .help("start its line where the lines of the other answers start");
        true
    }

    /// Q03: the key itself.
    fn key(&mut self, answers: usize, right: usize) {
        let (message, help) = if answers == 0 {
            return self.no_answers();
        } else if right == 0 {
            ("no answer is marked as right", "put an `x` into the box of the right one: `- [x] `")
        } else if right == answers {
            ("every answer is marked as right", "add a wrong one, or take the `x` out of its box")
        } else {
            return;
        };
        self.problems.add(Code::Q03, self.heading, message).help(help);
    }

    fn answer(&mut self, item: usize, marker: usize, before: usize) -> Found {
        lost::in_line(self.markdown, &list::line(self.markdown, item), false, self.problems);
        let correct = matches!(self.markdown.event(marker), Event::TaskListMarker(true));
        let list::Item { span, chips, feedback_html, .. } = list::take_apart(self.markdown, item, self.style);
        let mut percent = None;
        for chip in chips {
            match read_percent(&chip.text) {
                Some(Ok(_)) if percent.is_some() => {
                    chip.wrong("is one too many", "delete one of the two", self.problems)
                }
                Some(Ok(number)) => percent = Some((chip, number)),
                Some(Err(())) => chip.wrong(
                    "is not a share of a hundred",
                    "write a whole number from 0 to 100: `25%`",
                    self.problems,
                ),
                None => chip.unknown("after an answer", &["25%"], self.problems),
            }
        }
        let Item { id, html, text, feedback_html } = self.item(item, before, feedback_html);
        Found { answer: Answer { id, html, text, correct, percent: 0, feedback_html }, span, percent }
    }

    /// The chip `n%` means something on a wrong answer of a single choice.
    fn percents(&mut self, found: &mut [Found], right: usize) {
        for Found { answer, percent, .. } in found {
            let Some((chip, percent)) = percent.take() else { continue };
            let why = if right > 1 {
                "does not count where several answers are right"
            } else if answer.correct {
                "does not count on the right answer, which earns everything"
            } else if self.settings.all_or_nothing.is_some() {
                "does not count beside `all-or-nothing`"
            } else {
                answer.percent = percent;
                continue;
            };
            chip.wrong(why, "delete it", self.problems);
        }
    }
}

/// An answer to tick while its question is read.
struct Found {
    answer: Answer,
    /// The first character after its marker, to the end of its first line.
    span: Span,
    percent: Option<(Chip, u32)>,
}

/// Reads `25%`; an error if it is a number that is no share.
pub(super) fn read_percent(text: &str) -> Option<Result<u32, ()>> {
    let number = text.trim().strip_suffix('%')?.trim();
    let digits = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    Some(if digits { number.parse().ok().filter(|n| *n <= 100).ok_or(()) } else { Err(()) })
}
