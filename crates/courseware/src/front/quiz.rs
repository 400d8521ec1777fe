//! The front matter of a quiz.

use crate::front::Part;
use crate::front::tree::{Node, Value};
use crate::front::values::{bad, number, one_of, whole};
use crate::problem::{Code, Problems, Span};
use crate::quiz::{FeedbackTime, Keep, Retry};
use crate::slug::slug;

/// The keys of a quiz beside those of every document.
pub(super) const KEYS: [&str; 7] = ["pass", "attempts", "keep", "draw", "feedback", "retry", "time-limit"];

/// What only a quiz says.
#[derive(Debug, Default)]
pub(crate) struct QuizFront {
    pub(crate) pass: Option<u32>,
    pub(crate) attempts: Option<u32>,
    pub(crate) keep: Keep,
    /// How many questions each pool gives.
    pub(crate) draw: Vec<(String, u32)>,
    /// The key that says so.
    pub(crate) draw_key: Span,
    pub(crate) feedback: FeedbackTime,
    pub(crate) retry: Retry,
    pub(crate) time_limit_minutes: Option<u32>,
}

impl Part for QuizFront {
    fn key(&mut self, name: &str, key: &Node, value: &Node, problems: &mut Problems) -> bool {
        match name {
            "pass" => self.pass = number(key, value, 0, 100, problems),
            "attempts" => self.attempts = number(key, value, 1, 100, problems),
            "keep" => self.keep = one_of(key, value, &Keep::WORDS, problems).unwrap_or_default(),
            "draw" => {
                self.draw = draw(key, value, problems);
                self.draw_key = key.span;
            }
            "feedback" => self.feedback = one_of(key, value, &FeedbackTime::WORDS, problems).unwrap_or_default(),
            "retry" => self.retry = one_of(key, value, &Retry::WORDS, problems).unwrap_or_default(),
            "time-limit" => self.time_limit_minutes = time_limit(key, value, problems),
            _ => return false,
        }
        true
    }
}

fn draw(key: &Node, value: &Node, problems: &mut Problems) -> Vec<(String, u32)> {
    let Value::Map(entries) = &value.value else {
        bad(key, value, "names no pool", "write `draw: { phone: 2 }`, with a number for each pool", problems);
        return Vec::new();
    };
    let mut found = Vec::new();
    for (pool, value) in entries {
        let name = pool.text().unwrap_or("");
        if name.is_empty() || slug(name) != name {
            problems
                .add(Code::C05, pool.span, format!("`{name}` cannot be the name of a pool"))
                .help("write small letters, digits and `-`");
            continue;
        }
        if let Some(count) = number(pool, value, 1, 100, problems) {
            found.push((name.to_owned(), count));
        }
    }
    found
}

fn time_limit(key: &Node, value: &Node, problems: &mut Problems) -> Option<u32> {
    let minutes = value.text().and_then(|text| whole(text.trim().strip_suffix('m')?.trim()));
    let minutes = minutes.filter(|minutes| (1..=600).contains(minutes));
    if minutes.is_none() {
        bad(key, value, "is not a time limit", "write minutes, from 1 to 600: `20m`", problems);
    }
    minutes
}
