//! The front matter of a module.

use crate::front::Part;
use crate::front::tree::{Node, Value};
use crate::front::values::{bad, names, number, unknown, whole};
use crate::module::{Recall, Requirement, ValidFor};
use crate::problem::{Code, Problems};
use crate::slug::nearest;

/// The keys of a module beside those of every document.
pub(super) const KEYS: [&str; 4] = ["complete", "after", "valid-for", "recall"];

/// What only a module says.
#[derive(Debug, Default)]
pub(crate) struct ModuleFront {
    pub(crate) complete: Vec<Requirement>,
    pub(crate) after: Vec<String>,
    pub(crate) valid_for: Option<ValidFor>,
    pub(crate) recall: Option<Recall>,
}

impl Part for ModuleFront {
    fn key(&mut self, name: &str, key: &Node, value: &Node, problems: &mut Problems) -> bool {
        match name {
            "complete" => self.complete = complete(key, value, problems),
            "after" => self.after = names(key, value, problems),
            "valid-for" => self.valid_for = valid_for(key, value, problems),
            "recall" => self.recall = recall(key, value, problems),
            _ => return false,
        }
        true
    }
}

fn complete(key: &Node, value: &Node, problems: &mut Problems) -> Vec<Requirement> {
    const ALL: [Requirement; 3] = [Requirement::Read, Requirement::Quiz, Requirement::Scenario];
    let mut found = Vec::new();
    let items = match &value.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![value],
    };
    for item in items {
        let word = item.text().unwrap_or("");
        match ALL.into_iter().find(|requirement| requirement.as_str() == word) {
            Some(requirement) if found.contains(&requirement) => {
                bad(key, item, "is there twice", "delete one of the two", problems);
            }
            Some(requirement) => found.push(requirement),
            None => {
                let near = nearest(word, ALL.map(Requirement::as_str));
                let help = near
                    .map_or("it can be read, quiz and scenario".to_owned(), |name| format!("did you mean `{name}`?"));
                bad(key, item, "is nothing that completion can take", &help, problems);
            }
        }
    }
    found
}

fn valid_for(key: &Node, value: &Node, problems: &mut Problems) -> Option<ValidFor> {
    let read = value.text().and_then(|text| {
        let (count, unit) = text.trim().split_once(' ')?;
        let count = whole(count).filter(|n| (1..=3650).contains(n))?;
        match unit.trim() {
            "day" | "days" => Some(ValidFor::Days(count)),
            "week" | "weeks" => Some(ValidFor::Days(count * 7)),
            "month" | "months" => Some(ValidFor::Months(count)),
            "year" | "years" => Some(ValidFor::Months(count * 12)),
            _ => None,
        }
    });
    if read.is_none() {
        bad(
            key,
            value,
            "is not a length of time",
            "write a number and days, weeks, months or years: `12 months`",
            problems,
        );
    }
    read
}

fn recall(key: &Node, value: &Node, problems: &mut Problems) -> Option<Recall> {
    let Value::Map(entries) = &value.value else {
        bad(
            key,
            value,
            "says neither days nor questions",
            "write `recall: { days: [3, 21, 90], questions: 3 }`",
            problems,
        );
        return None;
    };
    let (mut days, mut questions, mut every) = (Vec::new(), None, None);
    for (inner, value) in entries {
        match inner.text().unwrap_or("") {
            "days" => {
                let items = match &value.value {
                    Value::List(items) => items.iter().collect(),
                    _ => vec![value],
                };
                days.extend(items.into_iter().filter_map(|item| number(inner, item, 1, 3650, problems)));
                if !days.is_sorted_by(|a, b| a < b) {
                    bad(inner, value, "does not ascend", "write the days from the first to the last", problems);
                    days.sort_unstable();
                    days.dedup();
                }
            }
            "questions" => questions = number(inner, value, 1, 100, problems),
            "every" => every = number(inner, value, 1, 3650, problems),
            name => unknown(name, inner, &["days", "questions", "every"], problems),
        }
    }
    for name in ["days", "questions"] {
        let misspelt = entries.iter().any(|(inner, _)| !matches!(inner.text(), Some("days" | "questions" | "every")));
        if !misspelt && !entries.iter().any(|(inner, _)| inner.text() == Some(name)) {
            problems
                .add(Code::C05, key.span, format!("`recall` does not say `{name}`"))
                .help("write `recall: { days: [3, 21, 90], questions: 3 }`");
        }
    }
    questions.filter(|_| !days.is_empty()).map(|questions| Recall { days, questions, every })
}
