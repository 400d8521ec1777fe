//! What changed between two texts: side by side, and in words.

use courseware::Content;
use diffy::{DiffOptions, Line};

/// A row of two texts side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Lines that are left out since nothing changed in them: the numbers of the next ones.
    Gap(usize, usize),
    /// A line on the left and on the right, each with its number; one of them is missing where it was added or taken away.
    Lines(Option<(usize, String)>, Option<(usize, String)>),
}

/// The lines in which two texts differ, with three around each.
pub fn difference(old: &str, new: &str) -> Vec<Row> {
    let mut options = DiffOptions::new();
    let patch = options.set_context_len(3).create_patch(old, new);
    let mut rows = Vec::new();
    for hunk in patch.hunks() {
        let (mut left, mut right) = (hunk.old_range().start(), hunk.new_range().start());
        rows.push(Row::Gap(left, right));
        // What was taken away waits for what came in its place.
        let mut gone: std::collections::VecDeque<(usize, String)> = std::collections::VecDeque::new();
        for line in hunk.lines() {
            match line {
                Line::Delete(text) => {
                    gone.push_back((left, words(text)));
                    left += 1;
                }
                Line::Insert(text) => {
                    rows.push(Row::Lines(gone.pop_front(), Some((right, words(text)))));
                    right += 1;
                }
                Line::Context(text) => {
                    rows.extend(gone.drain(..).map(|line| Row::Lines(Some(line), None)));
                    rows.push(Row::Lines(Some((left, words(text))), Some((right, words(text)))));
                    left += 1;
                    right += 1;
                }
            }
        }
        rows.extend(gone.drain(..).map(|line| Row::Lines(Some(line), None)));
    }
    rows
}

fn words(line: &str) -> String {
    line.trim_end_matches(['\n', '\r']).to_owned()
}

/// The pages, scenes or questions that are new, gone or changed, a sentence each.
pub(super) fn in_words(before: &Content, after: &Content) -> Vec<String> {
    let (what, old, new) = (part(after), parts(before), parts(after));
    let mut said = Vec::new();
    if before.title() != after.title() {
        said.push(format!("It is called “{}” now, not “{}”.", after.title(), before.title()));
    }
    let has = |list: &[(String, String)], title: &str| list.iter().any(|(name, _)| name == title);
    for (title, text) in &new {
        match old.iter().find(|(name, _)| name == title) {
            None => said.push(format!("The {what} “{title}” is new.")),
            Some((_, earlier)) if earlier != text => said.push(format!("The {what} “{title}” has changed.")),
            Some(_) => {}
        }
    }
    said.extend(
        old.iter().filter(|(title, _)| !has(&new, title)).map(|(title, _)| format!("The {what} “{title}” is gone.")),
    );
    said
}

fn part(content: &Content) -> &'static str {
    match content {
        Content::Module(_) => "page",
        Content::Scenario(_) => "scene",
        Content::Quiz(_) => "question",
        Content::JobAid(_) => "part",
    }
}

/// The parts of a document by their titles, each as all that it holds.
fn parts(content: &Content) -> Vec<(String, String)> {
    match content {
        Content::Module(module) => module.pages.iter().map(|page| (page.title.clone(), format!("{page:?}"))).collect(),
        Content::Scenario(scenario) => {
            scenario.nodes.iter().map(|node| (node.title.clone(), format!("{node:?}"))).collect()
        }
        Content::Quiz(quiz) => {
            quiz.questions.iter().map(|question| (question.title.clone(), format!("{question:?}"))).collect()
        }
        Content::JobAid(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_beside_what_came_in_their_place() {
        let rows = difference("a\nb\nc\n", "a\nB\nc\nd\n");
        let line = |number, text: &str| Some((number, text.to_owned()));
        assert_eq!(
            rows,
            [
                Row::Gap(1, 1),
                Row::Lines(line(1, "a"), line(1, "a")),
                Row::Lines(line(2, "b"), line(2, "B")),
                Row::Lines(line(3, "c"), line(3, "c")),
                Row::Lines(None, line(4, "d")),
            ]
        );
        assert_eq!(difference("same\n", "same\n"), []);
    }

    #[test]
    fn what_changed_is_said_by_its_name() {
        let read = |text: &str| {
            let source = format!("---\nkind: module\ntitle: A\nminutes: 2\ncomplete: [read]\n---\n\n# A\n\n{text}");
            courseware::parse("a.md", &source, &courseware::Surroundings::default()).content.unwrap()
        };
        let (old, new) = (read("## One\n\nX.\n\n## Two\n\nY.\n"), read("## One\n\nZ.\n\n## Three\n\nY.\n"));
        assert_eq!(
            in_words(&old, &new),
            ["The page “One” has changed.", "The page “Three” is new.", "The page “Two” is gone."]
        );
    }
}
