//! Any text below the front matter of a quiz, answered in any way: a paper is the same each time, and no answer is worth less than
//! nothing or more than everything.
#![no_main]

use std::collections::BTreeMap;

use courseware::{
    Surroundings, decode, paper, parse,
    question::{Response, Share, Task, grade},
};
use libfuzzer_sys::fuzz_target;

const FRONT: &str =
    "---\nkind: quiz\ntitle: T\ncompetencies: [empathy, privacy]\npass: 80\ndraw: { p: 1 }\n---\n# T\n\n";

fuzz_target!(|bytes: &[u8]| {
    let Ok(body) = decode("fuzz.md", bytes) else { return };
    // The end of the text decides also what is chosen.
    let given = bytes.rchunks(64).next().unwrap_or_default();
    let source = if body.starts_with("---\nkind: quiz") { body.to_owned() } else { format!("{FRONT}{body}") };
    let document = parse("fuzz.md", &source, &Surroundings::default());
    let Some(quiz) = document.quiz() else { return };
    let drawn = paper::draw(quiz, [7; 16]);
    assert_eq!(drawn, paper::draw(quiz, [7; 16]));
    let ids: Vec<u32> = given.iter().map(|byte| u32::from(*byte % 9)).collect();
    let text: String = String::from_utf8_lossy(given).into_owned();
    let mut responses = BTreeMap::new();
    for question in &quiz.questions {
        let response = match &question.task {
            Task::Choice(_) => Response::Ticked(ids.clone()),
            Task::Ordering(_) => Response::Order(ids.clone()),
            Task::Matching(_) => Response::Pairs(ids.iter().copied().zip(ids.iter().rev().copied()).collect()),
            Task::Blanks(_) => Response::Blanks(text.split(' ').map(str::to_owned).collect()),
            Task::Reflect { .. } => Response::Text(text.clone()),
        };
        let graded = grade(question, &response);
        assert!(graded.score.is_none_or(|score| score >= Share::NONE && score <= Share::ALL));
        responses.insert(question.id.clone(), response);
    }
    let marked = paper::mark(quiz, &drawn, &responses);
    assert_eq!(marked, paper::mark(quiz, &drawn, &responses));
});
