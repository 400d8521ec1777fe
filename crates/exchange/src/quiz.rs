//! A quiz as it comes in from any format, and the markdown it becomes.
//!
//! What our grammar cannot hold is found here, once for all formats: answers that say nothing or the same, too many of them, keys that
//! are missing. It is mended where nothing is lost by it, and said where something is.

use std::collections::{HashMap, HashSet};

use courseware::{MAX_BYTES, fold, folded, slug};

use crate::report::{Place, Report, What, counted, short};
use crate::text::{self, Text};

/// A quiz while it is brought in.
#[derive(Debug, Default)]
pub(crate) struct Quiz {
    pub(crate) title: String,
    /// The least score that passes, where the source says one.
    pub(crate) pass: Option<u32>,
    /// How many of the questions are asked, where not all are.
    pub(crate) draw: Option<u32>,
    pub(crate) intro: Text,
    pub(crate) questions: Vec<Question>,
}

/// A question while it is brought in.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) place: Place,
    pub(crate) title: Option<String>,
    pub(crate) stem: Text,
    pub(crate) task: Task,
    pub(crate) hint: Text,
    pub(crate) feedback: Text,
}

/// What there is to do. What is filled in stands in the stem.
#[derive(Debug)]
pub(crate) enum Task {
    Choice {
        answers: Vec<Answer>,
        fixed: bool,
        /// Whether only all right ticks together earn anything.
        whole: bool,
    },
    Blanks {
        exact: bool,
    },
    /// Left and right sides; a right side alone is a wrong answer.
    Matching(Vec<(Text, Text)>),
    Reflect,
}

/// An answer to tick.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: Text,
    pub(crate) correct: bool,
    /// What a wrong answer still earns, in percent.
    pub(crate) percent: u32,
    pub(crate) feedback: Text,
}

/// As many answers as our reader reads.
const MOST_ANSWERS: usize = 50;
/// As many questions as it reads in one quiz.
const MOST_QUESTIONS: usize = 2_000;
/// The longest answer to fill in, in characters.
const LONGEST_KEY: usize = 300;
/// The longest name of a document, in bytes.
const LONGEST_NAME: usize = 64;
/// The pass mark where the source says none: that of the examples trainers learn from.
const PASS: u32 = 80;
/// What is kept free in a file for its front matter and introduction.
const MARGIN: usize = 16 * 1024;

/// Names that were given away, by what must not be there twice, and how often each was asked for.
#[derive(Debug, Default)]
struct Used {
    keys: HashSet<String>,
    asked: HashMap<String, usize>,
}

impl Used {
    /// The first of a name and its numbered forms that is free. It is taken.
    fn first(&mut self, name: &str, key: impl Fn(&str) -> String, numbered: impl Fn(usize) -> String) -> String {
        let first = key(name);
        if self.keys.insert(first.clone()) {
            return name.to_owned();
        }
        // A thousand questions of one name must not cost a million steps.
        let number = self.asked.entry(first).or_insert(1);
        loop {
            *number += 1;
            let next = numbered(*number);
            if self.keys.insert(key(&next)) {
                return next;
            }
        }
    }
}

/// The paths that were given away.
#[derive(Debug, Default)]
pub(crate) struct Names(Used);

impl Names {
    /// A path for a document of a title, which no other document has.
    pub(crate) fn path(&mut self, title: &str) -> String {
        let mut words = String::new();
        for word in folded(title).split(' ').filter(|word| !word.is_empty()) {
            if !words.is_empty() && words.len() + word.len() > 60 {
                break;
            }
            if !words.is_empty() {
                words.push('-');
            }
            words.extend(word.chars().take(60));
            // In bytes: a name is part of a path, and in many scripts a letter is three of them.
            while words.len() > LONGEST_NAME {
                words.pop();
            }
        }
        // A README is no document.
        if words.is_empty() || words == "readme" {
            words = "imported".to_owned();
        }
        let stem = self.0.first(&words, str::to_owned, |number| format!("{words}-{number}"));
        format!("{stem}.md")
    }
}

/// The headings that were given away, by their ids.
#[derive(Debug)]
pub(crate) struct Headings(Used);

impl Headings {
    /// For a document of a title, whose id no page may have.
    pub(crate) fn below(title: &str) -> Self {
        let mut headings = Self(Used::default());
        headings.reserve(&slug(title));
        headings
    }

    /// Keeps an id from being given away.
    pub(crate) fn reserve(&mut self, id: &str) {
        self.0.keys.insert(id.to_owned());
    }

    /// A heading with an id of its own, near to the words.
    pub(crate) fn heading(&mut self, words: &str, fallback: &str) -> String {
        let title = text::title(words);
        let title = if slug(&title).is_empty() { fallback.to_owned() } else { title };
        self.0.first(&title, slug, |number| format!("{title} ({number})"))
    }
}

impl Quiz {
    /// The documents that the quiz becomes: one, or several where it is too large for one file.
    pub(crate) fn write(self, names: &mut Names, report: &mut Report) -> Vec<(String, String)> {
        let mut title = text::title(&self.title);
        if slug(&title).is_empty() {
            title = "Imported questions".to_owned();
        }
        let count = self.questions.len();
        let mut parts: Vec<Vec<String>> = vec![Vec::new()];
        let mut headings = Headings::below(&title);
        let mut size = 0;
        for (at, mut question) in self.questions.into_iter().enumerate() {
            let place = question.place.clone();
            question.mend(report);
            if question.title.as_deref().is_none_or(|title| slug(title).is_empty()) {
                report.often(What::Changed, place.clone(), "a question has no title: its first words are the heading");
            }
            let words = question.title.clone().unwrap_or_else(|| first_words(&question.stem));
            let heading = headings.heading(&words, &format!("Question {}", at + 1));
            let markdown = question.markdown(&heading, self.draw.is_some());
            if markdown.len() > MAX_BYTES - 2 * MARGIN {
                report.say(
                    What::Dropped,
                    place,
                    format!("“{}”: this question alone is too long for a file", short(&heading)),
                );
                continue;
            }
            let is_full = parts.last().is_some_and(|part| part.len() >= MOST_QUESTIONS);
            if is_full || size + markdown.len() > MAX_BYTES - 2 * MARGIN {
                parts.push(Vec::new());
                size = 0;
            }
            size += markdown.len();
            if let Some(part) = parts.last_mut() {
                part.push(markdown);
            }
        }
        let several = parts.len() > 1;
        if several {
            let said = format!("“{title}” is too large for one file, so that it became {} quizzes", parts.len());
            report.say(What::Changed, None, said);
        }
        if self.pass.is_none() {
            let said = format!("the pass mark is {PASS}, since the source says none");
            report.say(What::Changed, Place::Part(title.clone()), said);
        }
        let pass = self.pass.unwrap_or(PASS).min(100);
        let mut documents = Vec::new();
        for (at, part) in parts.into_iter().enumerate() {
            let title = if several { format!("{title} (part {})", at + 1) } else { title.clone() };
            let mut out = format!("---\nkind: quiz\ntitle: {}\npass: {pass}\n", text::yaml(&title));
            if let Some(draw) = self.draw
                && !several
            {
                out.push_str(&format!("draw: {{ all: {} }}\n", draw.min(u32::try_from(part.len()).unwrap_or(draw))));
            }
            out.push_str(&format!("---\n\n# {}\n", text::heading(&title)));
            if at == 0 && !self.intro.is_empty() {
                let intro = self.intro.markdown("");
                if intro.len() < MARGIN {
                    out.push_str(&format!("\n{intro}\n"));
                } else {
                    report.say(What::Dropped, None, "the introduction, which is too long");
                }
            }
            out.push_str(&part.concat());
            let path = names.path(&title);
            report.say(What::Taken, Place::draft(&path), counted(part.len(), "question"));
            report.judge(&path, &out);
            documents.push((path, out));
        }
        if count == 0 { Vec::new() } else { documents }
    }
}

/// The first words of what is asked, which name a question that has no name.
fn first_words(stem: &Text) -> String {
    const LENGTH: usize = 60;
    let words = stem.words();
    let words = words.trim_end_matches(['…', ' ']);
    let mut out = String::new();
    for word in words.split(' ') {
        if !out.is_empty() && out.chars().count() + word.chars().count() > LENGTH {
            out.push('…');
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

impl Question {
    /// Takes away what our reader would refuse although nothing is lost without it, and says the rest.
    fn mend(&mut self, report: &mut Report) {
        let place = &self.place;
        match &mut self.task {
            Task::Choice { answers, .. } => {
                let before = answers.len();
                answers.retain(|answer| !answer.text.is_empty());
                if answers.len() < before {
                    report.often(What::Dropped, place.clone(), "an answer without words");
                }
                distinct(answers, place, report);
                if answers.len() > MOST_ANSWERS {
                    let said = format!("{} answers, of which {MOST_ANSWERS} are read", answers.len());
                    report.say(What::Dropped, place.clone(), said);
                    // The right ones must be among those that stay.
                    answers.sort_by_key(|answer| !answer.correct);
                    answers.truncate(MOST_ANSWERS);
                }
                let right = answers.iter().filter(|answer| answer.correct).count();
                for answer in answers {
                    answer.percent = if answer.correct || right != 1 { 0 } else { answer.percent.min(100) };
                }
            }
            Task::Matching(pairs) => {
                let before = pairs.len();
                pairs.retain(|(_, right)| !right.is_empty());
                if pairs.len() < before {
                    report.often(What::Dropped, place.clone(), "something to match to which nothing belongs");
                }
                let key = |text: &Text| fold(&text.words());
                let rights: HashSet<String> =
                    pairs.iter().filter(|(left, _)| !left.is_empty()).map(|(_, right)| key(right)).collect();
                let (mut lefts, mut alone) = (HashSet::new(), rights);
                let before = pairs.len();
                pairs.retain(
                    |(left, right)| {
                        if left.is_empty() { alone.insert(key(right)) } else { lefts.insert(key(left)) }
                    },
                );
                if pairs.len() < before {
                    report.often(What::Dropped, place.clone(), "something to match that is there twice");
                }
                if pairs.len() > MOST_ANSWERS {
                    let said = format!("{} pairs, of which {MOST_ANSWERS} are read", pairs.len());
                    report.say(What::Dropped, place.clone(), said);
                    pairs.truncate(MOST_ANSWERS);
                }
                // A list would make it a question of order.
                self.stem = std::mem::take(&mut self.stem).without_lists();
            }
            Task::Blanks { .. } => {
                let blanks = self.stem.blanks();
                if blanks > MOST_ANSWERS {
                    let said = format!("{blanks} blanks, of which {MOST_ANSWERS} are read: split the question");
                    report.say(What::ToDo, place.clone(), said);
                }
            }
            Task::Reflect => {}
        }
    }

    fn markdown(&self, heading: &str, pooled: bool) -> String {
        let mut out = format!("\n## {}\n\n", text::heading(heading));
        let mut chips: Vec<&str> = Vec::new();
        match &self.task {
            Task::Choice { fixed, whole, .. } => {
                chips.extend(fixed.then_some("`fixed`"));
                chips.extend(whole.then_some("`all-or-nothing`"));
            }
            Task::Blanks { exact: true } => chips.push("`exact`"),
            Task::Reflect => chips.push("`reflect`"),
            _ => {}
        }
        if pooled {
            chips.push("`pool all`");
        }
        let mut parts: Vec<String> = Vec::new();
        if !chips.is_empty() {
            parts.push(chips.join(" "));
        }
        if !self.stem.is_empty() {
            parts.push(self.stem.markdown(""));
        }
        match &self.task {
            Task::Choice { answers, .. } => {
                let lines = answers.iter().map(Answer::markdown);
                parts.push(lines.collect::<Vec<_>>().join("\n"));
            }
            Task::Matching(pairs) => {
                let mut lines = vec!["| This | Belongs to |".to_owned(), "| --- | --- |".to_owned()];
                lines.extend(pairs.iter().map(|(left, right)| format!("| {} | {} |", left.line(), right.line())));
                parts.push(lines.join("\n"));
            }
            Task::Blanks { .. } | Task::Reflect => {}
        }
        if !self.hint.is_empty() {
            parts.push(format!("> [!TIP]\n{}", self.hint.markdown("> ")));
        }
        if !self.feedback.is_empty() {
            parts.push(self.feedback.markdown("> "));
        }
        out.push_str(&parts.join("\n\n"));
        out.push('\n');
        out
    }
}

impl Answer {
    fn markdown(&self) -> String {
        let mut out = format!("- [{}] {}", if self.correct { 'x' } else { ' ' }, self.text.line());
        if self.percent > 0 {
            out.push_str(&format!(" `{}%`", self.percent));
        }
        if !self.feedback.is_empty() {
            out.push('\n');
            out.push_str(&self.feedback.markdown("  > "));
        }
        out
    }
}

/// Takes away answers that read like one above them; the one that is right stays.
fn distinct(answers: &mut Vec<Answer>, place: &Place, report: &mut Report) {
    let key = |answer: &Answer| fold(&answer.text.words());
    let right: HashSet<String> = answers.iter().filter(|answer| answer.correct).map(key).collect();
    let mut seen = HashSet::new();
    let before = answers.len();
    answers.retain(|answer| {
        let key = key(answer);
        (answer.correct || !right.contains(&key)) && seen.insert(key)
    });
    if answers.len() < before {
        report.often(What::Dropped, place.clone(), "an answer that is there twice");
    }
}

/// A key for a blank in which any of several texts is right; what cannot be said there is changed, and then told.
pub(crate) fn typed_key(accepted: &[String], place: &Place, report: &mut Report) -> Option<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for text in accepted {
        let key = option_key(text, place, report);
        if !key.is_empty() && seen.insert(fold(&key)) {
            keys.push(key);
        }
    }
    if keys.len() > MOST_ANSWERS {
        let said = format!("{} answers to type, of which {MOST_ANSWERS} are read", keys.len());
        report.say(What::Dropped, place.clone(), said);
        keys.truncate(MOST_ANSWERS);
    }
    (!keys.is_empty()).then(|| in_words(&keys.join(" / "), place, report))
}

/// A key for a blank with words to choose from.
pub(crate) fn menu_key(options: &[(String, bool)], place: &Place, report: &mut Report) -> Option<String> {
    let mut keys: Vec<(String, bool)> = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (text, correct) in options {
        let key = option_key(text, place, report);
        if key.is_empty() {
            continue;
        }
        let at = *seen.entry(fold(&key)).or_insert(keys.len());
        match keys.get_mut(at) {
            Some((_, known)) => *known |= *correct,
            None => keys.push((key, *correct)),
        }
    }
    if keys.len() > MOST_ANSWERS {
        let said = format!("{} words to choose from, of which {MOST_ANSWERS} are read", keys.len());
        report.say(What::Dropped, place.clone(), said);
        keys.sort_by_key(|(_, correct)| !correct);
        keys.truncate(MOST_ANSWERS);
    }
    let written: Vec<String> =
        keys.into_iter().map(|(key, correct)| if correct { format!("({key})") } else { key }).collect();
    (!written.is_empty()).then(|| in_words(&written.join(" / "), place, report))
}

/// Words for a blank without what would divide them or mark them as right.
fn option_key(text: &str, place: &Place, report: &mut Report) -> String {
    let mut key = text::key(text);
    if let Some((end, _)) = key.char_indices().nth(LONGEST_KEY) {
        key.truncate(end);
        report.often(What::Changed, place.clone(), "an answer to fill in is longer than anybody types, and was cut");
    }
    if key.split(' ').any(|word| word == "/") {
        key = key.split(' ').filter(|word| *word != "/").collect::<Vec<_>>().join(" or ");
        let said = "an answer has a slash between words, which divides answers here: it says “or”";
        report.often(What::Changed, place.clone(), said);
    }
    let mut open = 0_i32;
    let mut lowest = 0;
    for c in key.chars() {
        open += i32::from(c == '(') - i32::from(c == ')');
        lowest = lowest.min(open);
    }
    let is_whole = key.len() > 1 && key.starts_with('(') && key.ends_with(')');
    if lowest < 0 || is_whole {
        key = key.replace('(', "[").replace(')', "]");
        report.often(
            What::Changed,
            place.clone(),
            "round brackets in an answer are square now: round ones mark the right one here",
        );
    }
    key
}

/// A key that is not taken for a number, which some signs beside a digit would make it.
fn in_words(key: &str, place: &Place, report: &mut Report) -> String {
    let dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2014}' | '\u{2212}');
    if !key.contains(|c: char| c.is_ascii_digit()) {
        return key.to_owned();
    }
    let mut out = String::with_capacity(key.len());
    let mut is_changed = false;
    for c in key.chars() {
        match c {
            '.' if out.ends_with('.') => {
                out.pop();
                out.push('…');
                is_changed = true;
            }
            '±' => {
                out.push_str("+ or -");
                is_changed = true;
            }
            c if dash(c) && (out.ends_with('+') || out.ends_with("+/")) => {
                out.push(' ');
                out.push(c);
                is_changed = true;
            }
            c => out.push(c),
        }
    }
    if is_changed {
        report.often(What::Changed, place.clone(), "an answer in words looked like a number with its limits");
    }
    out
}
