//! GIFT in.

use std::collections::HashMap;

use super::sign::{hidden, shown};
use crate::html::{self, Lost};
use crate::quiz::{Answer, Names, Question, Quiz, Task, menu_key, typed_key};
use crate::report::{Place, Report, What, short};
use crate::text::{GAP, Text};
use crate::{ExchangeError, Imported, decoded, prose};

/// Reads a file of GIFT. Each category becomes a quiz; questions before the first are one named after the file.
///
/// # Errors
/// [`ExchangeError::TooLarge`] and [`ExchangeError::NotText`]; [`ExchangeError::Unreadable`] with the line of the first question if
/// none can be read, and [`ExchangeError::Nothing`] if there is none.
pub fn read(name: &str, bytes: &[u8]) -> Result<Imported, ExchangeError> {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    read_titled(&crate::title_of_file(stem), bytes)
}

/// Reads a file of GIFT, with the title of the quiz of those questions that no category holds.
///
/// # Errors
/// As [`read`].
pub fn read_titled(title: &str, bytes: &[u8]) -> Result<Imported, ExchangeError> {
    let source = decoded(bytes)?;
    let mut bank = Bank::new(title);
    let mut block: Vec<&str> = Vec::new();
    let mut start = 1;
    for (at, line) in source.lines().enumerate() {
        let line_number = at + 1;
        let trimmed = line.trim();
        if trimmed.starts_with("//") {
            bank.report.often(What::Dropped, Place::Line(line_number), "a comment of the author");
        } else if trimmed.is_empty() {
            bank.block(&std::mem::take(&mut block), start);
        } else if let Some(category) = trimmed.strip_prefix("$CATEGORY:").filter(|_| block.is_empty()) {
            bank.category(category, line_number);
        } else {
            if block.is_empty() {
                start = line_number;
            }
            block.push(line);
        }
    }
    bank.block(&block, start);
    bank.finish()
}

/// The most quizzes that one file becomes. Nobody goes through more drafts.
const MOST_QUIZZES: usize = 200;

/// The questions of a file while it is read.
struct Bank {
    quizzes: Vec<Quiz>,
    /// The place of each category's quiz.
    places: HashMap<String, usize>,
    at: usize,
    report: Report,
    /// Text without a question, which belongs to the one after it.
    before: Text,
    /// The first question that could not be read.
    failed: Option<(usize, String)>,
}

impl Bank {
    fn new(title: &str) -> Self {
        let mut bank = Self {
            quizzes: Vec::new(),
            places: HashMap::new(),
            at: 0,
            report: Report::default(),
            before: Text::default(),
            failed: None,
        };
        bank.open(&crate::text::title(title));
        bank
    }

    /// Goes on with the quiz of a title.
    fn open(&mut self, title: &str) {
        let next = self.quizzes.len();
        self.at = *self.places.entry(title.to_owned()).or_insert(next);
        if self.at == next {
            self.quizzes.push(Quiz { title: title.to_owned(), ..Quiz::default() });
        }
    }

    fn category(&mut self, written: &str, line: usize) {
        // Two slashes are a slash in a name, one divides names; the last is the one people read.
        let path = written.trim().replace("//", "\u{fdd0}");
        let last = path.rsplit('/').map(str::trim).find(|part| !part.is_empty()).unwrap_or("");
        let title = crate::text::title(&last.replace('\u{fdd0}', "/"));
        if title.is_empty() || matches!(title.as_str(), "$course$" | "top") {
            return;
        }
        self.keep_before();
        if self.quizzes.len() >= MOST_QUIZZES && !self.places.contains_key(&title) {
            let said = "a category too many: its questions are in the quiz above";
            self.report.often(What::Changed, Place::Line(line), said);
            return;
        }
        self.open(&title);
    }

    /// Text without a question after it, if it does not introduce the quiz.
    fn keep_before(&mut self) {
        let before = std::mem::take(&mut self.before);
        let Some(quiz) = self.quizzes.get_mut(self.at) else { return };
        if before.is_empty() {
        } else if quiz.questions.is_empty() {
            quiz.intro.append(before);
        } else {
            self.report.say(
                What::Dropped,
                None,
                format!("a text without a question after it: “{}”", short(&before.words())),
            );
        }
    }

    fn block(&mut self, lines: &[&str], start: usize) {
        if lines.is_empty() {
            return;
        }
        let place = Place::Line(start);
        let text = hidden(&lines.join("\n"));
        let mut reader = Reader { place: place.clone(), lost: Lost::default(), report: &mut self.report };
        let read = reader.question(text.trim());
        let lost = std::mem::take(&mut reader.lost);
        match read {
            Ok(Read::Text(text)) => {
                let is_first = self.quizzes.get(self.at).is_some_and(|quiz| quiz.questions.is_empty());
                if !is_first {
                    let said = "a text without a question stands above the question after it";
                    self.report.often(What::Changed, place.clone(), said);
                }
                self.before.append(text);
                if is_first {
                    self.keep_before();
                }
            }
            Ok(Read::Question(mut question)) => {
                if !self.before.is_empty() {
                    let mut stem = std::mem::take(&mut self.before);
                    stem.append(std::mem::take(&mut question.stem));
                    question.stem = stem;
                }
                if let Some(quiz) = self.quizzes.get_mut(self.at) {
                    quiz.questions.push(*question);
                }
            }
            Err(why) => {
                let said = format!("“{}”: {why}", short(&shown(&lines.join(" "))));
                self.report.say(What::Dropped, place.clone(), said);
                self.failed.get_or_insert((start, why));
            }
        }
        lost.say(&place, &mut self.report);
    }

    fn finish(mut self) -> Result<Imported, ExchangeError> {
        self.keep_before();
        let mut names = Names::default();
        let mut documents = Vec::new();
        for quiz in self.quizzes {
            if !quiz.questions.is_empty() {
                documents.extend(quiz.write(&mut names, &mut self.report));
            }
        }
        if documents.is_empty() {
            return Err(match self.failed {
                Some((line, why)) => ExchangeError::Unreadable { place: Place::Line(line), why },
                None => {
                    ExchangeError::Nothing("it holds no question. In GIFT the answers stand in braces, { }".to_owned())
                }
            });
        }
        Ok(Imported { documents, report: self.report.finish(), ..Imported::default() })
    }
}

/// What a block of lines is.
enum Read {
    Question(Box<Question>),
    /// Words that nothing is asked in.
    Text(Text),
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Format {
    Moodle,
    Html,
    Plain,
    Markdown,
}

/// An answer in braces.
struct Written<'a> {
    /// What it earns, in hundredths of a percent; none where nothing is said.
    weight: Option<i64>,
    text: &'a str,
    feedback: &'a str,
}

struct Reader<'a> {
    place: Place,
    lost: Lost,
    report: &'a mut Report,
}

impl Reader<'_> {
    fn question(&mut self, text: &str) -> Result<Read, String> {
        let (title, text) = match text.strip_prefix("::").and_then(|rest| rest.split_once("::")) {
            Some((title, rest)) => (Some(shown(title.trim())).filter(|title| !title.is_empty()), rest.trim()),
            None => (None, text),
        };
        let (format, text) = format(text, Format::Moodle);
        let (open, close) = (text.find('{'), text.find('}'));
        let (open, close) = match (open, close) {
            (None, None) => return Ok(Read::Text(self.text(text, format))),
            (Some(open), Some(close)) if open < close => (open, close),
            (Some(_), _) => {
                return Err("its brace { is never closed. An empty line ends a question, also inside braces".to_owned());
            }
            (None, Some(_)) => return Err("a brace } closes nothing. Write \\} for a plain one".to_owned()),
        };
        let before = text.get(..open).unwrap_or("");
        let inside = text.get(open + 1..close).unwrap_or("").trim();
        let after = text.get(close + 1..).unwrap_or("").trim_end();
        if after.contains(['{', '}']) {
            return Err("it has more than one pair of braces, and a question in GIFT has one".to_owned());
        }
        let (inside, general) = inside.rsplit_once("####").map_or((inside, ""), |(inside, rest)| (inside.trim(), rest));
        let general = self.text(general, format);
        let gap = if after.is_empty() { "" } else { "_____" };
        let plain_stem = format!("{before}{gap}{after}");
        let word = inside.split('#').next().unwrap_or("").trim();
        let (stem, task, feedback) = if inside.is_empty() {
            self.report.often(What::Changed, self.place.clone(), "an essay is private here, and earns no points");
            (self.text(&plain_stem, format), Task::Reflect, Text::default())
        } else if let Some(numbers) = inside.strip_prefix('#') {
            let (key, feedback) = self.number(numbers, format)?;
            (self.filled(before, after, format, key), Task::Blanks { exact: false }, feedback)
        } else if inside.contains('~') {
            if after.is_empty() {
                let answers = self.choice(inside, format)?;
                (self.text(&plain_stem, format), Task::Choice { answers, fixed: false, whole: false }, Text::default())
            } else {
                let (key, feedback) = self.menu(inside, format)?;
                (self.filled(before, after, format, key), Task::Blanks { exact: false }, feedback)
            }
        } else if inside.contains('=') && inside.contains("->") {
            let pairs = self.matching(inside, format)?;
            (self.text(&plain_stem, format), Task::Matching(pairs), Text::default())
        } else if let Some(is_true) = truth(word) {
            let answers = self.true_false(inside, is_true, format);
            (self.text(&plain_stem, format), Task::Choice { answers, fixed: false, whole: false }, Text::default())
        } else {
            let (key, feedback) = self.typed(inside, format)?;
            (self.filled(before, after, format, key), Task::Blanks { exact: false }, feedback)
        };
        let mut feedback = feedback;
        feedback.append(general);
        let question = Question { place: self.place.clone(), title, stem, task, hint: Text::default(), feedback };
        Ok(Read::Question(Box::new(question)))
    }

    /// Words in a format, which they may name themselves.
    fn text(&mut self, written: &str, default: Format) -> Text {
        let (format, written) = format(written, default);
        if written.trim().is_empty() {
            return Text::default();
        }
        match format {
            Format::Html => html::read(&shown(written), &mut self.lost),
            Format::Markdown => prose::read(&shown(written), &mut self.lost),
            // Where the author only wrapped a line, the line goes on; a `\n` breaks it.
            Format::Plain => Text::plain(&shown(&written.replace('\n', " "))),
            Format::Moodle => {
                let text = shown(&written.replace('\n', " "));
                if html::is_html(&text) {
                    html::read(&text.replace('\n', "<br>"), &mut self.lost)
                } else {
                    Text::plain(&html_escape::decode_html_entities(&text))
                }
            }
        }
    }

    /// What is asked, with something to fill in where the braces stood.
    fn filled(&mut self, before: &str, after: &str, format: Format, key: String) -> Text {
        // What is filled in after the question stands apart from it.
        let space = if after.is_empty() { " " } else { "" };
        let mut text = self.text(&format!("{before}{space}{GAP}{after}"), format);
        text.fill(vec![key]);
        text
    }

    fn choice(&mut self, inside: &str, format: Format) -> Result<Vec<Answer>, String> {
        let answers = ticked(inside);
        if answers.len() < 2 {
            return Err("it has fewer than two answers to choose from".to_owned());
        }
        let is_single = answers.iter().any(|(is_right, _)| *is_right);
        let weight = |answer: &Written<'_>| answer.weight.unwrap_or(0);
        let is_right = |(right, answer): &(bool, Written<'_>)| {
            if is_single { *right || weight(answer) >= FULL } else { weight(answer) > 0 }
        };
        let right = answers.iter().filter(|answer| is_right(answer)).count();
        let is_partial = |answer: &&(bool, Written<'_>)| !is_right(answer) && weight(&answer.1) > 0;
        if is_single && right > 1 {
            let said = "several answers are right, and one of them was enough: now all of them are to be ticked";
            self.report.often(What::Changed, self.place.clone(), said);
            if answers.iter().any(|answer| is_partial(&answer)) {
                let said = "an answer that earned part of the points beside several right ones earns nothing now";
                self.report.often(What::Changed, self.place.clone(), said);
            }
        } else if is_single {
            if answers.iter().any(|(_, answer)| weight(answer) < 0) {
                let said = "an answer that took points away earns nothing now";
                self.report.often(What::Changed, self.place.clone(), said);
            }
        } else if !is_even(&answers, right) {
            let said = "shares of the points are not kept where several answers are right: what counts is right ticks less wrong ones";
            self.report.often(What::Changed, self.place.clone(), said);
        }
        let answers = answers.iter().map(|found| {
            let (_, answer) = found;
            let percent = u32::try_from((weight(answer).clamp(0, FULL) + 50) / 100).unwrap_or(0);
            Answer {
                text: self.text(answer.text, format),
                correct: is_right(found),
                percent,
                feedback: self.text(answer.feedback, format),
            }
        });
        Ok(answers.collect())
    }

    /// A word to choose in a sentence.
    fn menu(&mut self, inside: &str, format: Format) -> Result<(String, Text), String> {
        let answers = ticked(inside);
        let is_single = answers.iter().any(|(is_right, _)| *is_right);
        let mut options = Vec::new();
        let mut said = Vec::new();
        for (right, answer) in &answers {
            let weight = answer.weight.unwrap_or(0);
            let correct = if is_single { *right || weight >= FULL } else { weight > 0 };
            if !correct && weight != 0 {
                self.report.often(What::Changed, self.place.clone(), PARTLY);
            }
            let words = self.text(answer.text, format).words();
            said.push((words.clone(), self.text(answer.feedback, format)));
            options.push((words, correct));
        }
        let key = menu_key(&options, &self.place, self.report).ok_or("it has no answers to choose from")?;
        Ok((key, together(said)))
    }

    fn true_false(&mut self, inside: &str, is_true: bool, format: Format) -> Vec<Answer> {
        let mut said = inside.splitn(3, '#').skip(1);
        let wrong = self.text(said.next().unwrap_or(""), format);
        let right = self.text(said.next().unwrap_or(""), format);
        let (when_true, when_false) = if is_true { (right, wrong) } else { (wrong, right) };
        let answer =
            |words: &str, correct, feedback| Answer { text: Text::plain(words), correct, percent: 0, feedback };
        vec![answer("True", is_true, when_true), answer("False", !is_true, when_false)]
    }

    fn typed(&mut self, inside: &str, format: Format) -> Result<(String, Text), String> {
        let mut accepted: Vec<String> = Vec::new();
        let mut said = Vec::new();
        let answers: Vec<Written<'_>> = listed(inside, '=').map(Written::read).collect();
        let most = answers.iter().map(|answer| answer.weight.unwrap_or(FULL)).max().unwrap_or(FULL);
        for answer in answers {
            let words = self.text(answer.text, Format::Plain).words();
            let feedback = self.text(answer.feedback, format);
            let is_right = answer.weight.unwrap_or(FULL) >= most.max(1);
            let bare = words.replace('*', " ");
            if bare.trim().is_empty() {
                // A star alone is whatever else is typed.
                if !feedback.is_empty() {
                    said.push(("Anything else".to_owned(), feedback));
                }
                continue;
            }
            if bare != words {
                let said = "a star stood for any letters in an answer to type: write each answer that is right";
                self.report.often(What::ToDo, self.place.clone(), said);
            }
            if is_right {
                accepted.push(bare.clone());
            } else {
                self.report.often(What::Dropped, self.place.clone(), PARTLY);
            }
            said.push((bare, feedback));
        }
        let key = typed_key(&accepted, &self.place, self.report).ok_or("it has no answer that is right")?;
        Ok((key, together(said)))
    }

    fn number(&mut self, inside: &str, format: Format) -> Result<(String, Text), String> {
        let (inside, wrong) = inside.split_once('~').unwrap_or((inside, ""));
        let mut right: Option<(i64, String)> = None;
        let mut said = Vec::new();
        for answer in listed(inside, '=').map(Written::read) {
            let text = shown(answer.text);
            let feedback = self.text(answer.feedback, format);
            if text.trim() == "*" {
                said.push(("Anything else".to_owned(), feedback));
                continue;
            }
            let key = number_key(&text)
                .ok_or_else(|| format!("“{}” is no number. Write 3:0.5 or 2.5..3.5", short(text.trim())))?;
            said.push((key.clone(), feedback));
            let weight = answer.weight.unwrap_or(FULL);
            match &right {
                Some((known, _)) if *known >= weight => {
                    self.report.often(
                        What::Dropped,
                        self.place.clone(),
                        "another number that was right, or partly so: one range is",
                    );
                }
                Some(_) => {
                    self.report.often(
                        What::Dropped,
                        self.place.clone(),
                        "another number that was right, or partly so: one range is",
                    );
                    right = Some((weight, key));
                }
                None => right = Some((weight, key)),
            }
        }
        let wrong = Written::read(wrong);
        said.push(("Anything else".to_owned(), self.text(wrong.feedback, format)));
        let (_, key) = right.ok_or("it has no number that is right")?;
        Ok((key, together(said)))
    }

    fn matching(&mut self, inside: &str, format: Format) -> Result<Vec<(Text, Text)>, String> {
        let mut pairs = Vec::new();
        for pair in listed(inside, '=') {
            let (left, right) = pair
                .split_once("->")
                .ok_or_else(|| format!("“{}” has no -> between what belongs together", short(&shown(pair))))?;
            pairs.push((self.text(left.trim(), format), self.text(right.trim(), Format::Plain)));
        }
        Ok(pairs)
    }
}

/// What earns all points, in hundredths of a percent.
const FULL: i64 = 10_000;
const PARTLY: &str = "an answer to fill in that earned part of the points: it is right or wrong here";

impl<'a> Written<'a> {
    fn read(answer: &'a str) -> Self {
        let answer = answer.trim();
        let (weight, answer) = weight(answer).map_or((None, answer), |(weight, rest)| (Some(weight), rest));
        let (text, feedback) = answer.split_once('#').unwrap_or((answer, ""));
        Self { weight, text: text.trim(), feedback: feedback.trim() }
    }
}

/// The share of the points that an answer starts with, `%50%`, and the rest.
fn weight(answer: &str) -> Option<(i64, &str)> {
    let (number, rest) = answer.strip_prefix('%')?.split_once('%')?;
    let is_number = number.len() <= 12 && number.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    let share: f64 = if is_number { number.parse().ok()? } else { return None };
    // The greatest share is a hundred percent, whatever is written.
    Some(((share.clamp(-100.0, 100.0) * 100.0).round() as i64, rest))
}

/// Answers to tick, each with whether it was written with `=`.
fn ticked(inside: &str) -> Vec<(bool, Written<'_>)> {
    let mut found = Vec::new();
    let mut rest = inside.trim();
    // What stands before the first sign is an answer too, as in Moodle.
    let mut is_right = false;
    loop {
        let end = rest.find(['~', '=']).unwrap_or(rest.len());
        let answer = rest.get(..end).unwrap_or("");
        if !answer.trim().is_empty() {
            found.push((is_right, Written::read(answer)));
        }
        let Some(sign) = rest.get(end..).and_then(|rest| rest.chars().next()) else { return found };
        is_right = sign == '=';
        rest = rest.get(end + 1..).unwrap_or("");
    }
}

/// What is divided by a sign, without what is empty.
fn listed(inside: &str, sign: char) -> impl Iterator<Item = &str> {
    inside.split(sign).map(str::trim).filter(|part| !part.is_empty())
}

/// Whether shares of the points say what our own rule says: right ticks less wrong ones.
fn is_even(answers: &[(bool, Written<'_>)], right: usize) -> bool {
    let wrong = answers.len() - right;
    let share = |parts: usize| FULL / i64::try_from(parts.max(1)).unwrap_or(1);
    answers.iter().all(|(_, answer)| {
        let weight = answer.weight.unwrap_or(0);
        let wanted = if weight > 0 { share(right) } else { -share(wrong) };
        (weight - wanted).abs() <= 2 || (right == 1 && weight <= 0)
    })
}

/// The format that a text names, and the rest.
fn format(text: &str, default: Format) -> (Format, &str) {
    let text = text.trim_start();
    let named = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match named {
        Some(("html", rest)) => (Format::Html, rest),
        Some(("moodle", rest)) => (Format::Moodle, rest),
        Some(("plain", rest)) => (Format::Plain, rest),
        Some(("markdown", rest)) => (Format::Markdown, rest),
        _ => (default, text),
    }
}

/// What a word says in a question of true or false.
fn truth(word: &str) -> Option<bool> {
    match word {
        "T" => Some(true),
        "F" => Some(false),
        word if word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Feedback on several answers, of which our question shows all.
fn together(said: Vec<(String, Text)>) -> Text {
    let mut said: Vec<(String, Text)> = said.into_iter().filter(|(_, text)| !text.is_empty()).collect();
    if said.len() == 1 {
        return said.pop().map(|(_, text)| text).unwrap_or_default();
    }
    let mut all = Text::default();
    for (label, text) in said {
        all.append(text.labelled(&label));
    }
    all
}

/// The key of a blank for a number: `3:0.5`, `2.5..3.5` or `3`.
fn number_key(text: &str) -> Option<String> {
    if let Some((least, most)) = text.split_once("..") {
        let (least, most) = (decimal(least)?, decimal(most)?);
        let is_less = least.parse::<f64>().ok()? <= most.parse::<f64>().ok()?;
        return Some(if is_less { format!("{least}..{most}") } else { format!("{most}..{least}") });
    }
    let (middle, by) = text.split_once(':').unwrap_or((text, "0"));
    let (middle, by) = (decimal(middle)?, decimal(by)?);
    Some(format!("{middle} ± {}", by.trim_start_matches('-')))
}

/// A number in plain digits with a point, as our blanks read it; none if it is none, or has too many digits.
fn decimal(text: &str) -> Option<String> {
    const PLACES: usize = 15;
    let text = text.trim().replace(',', ".");
    let (digits, exponent) = text
        .split_once(['e', 'E'])
        .map_or((text.as_str(), 0), |(digits, exponent)| (digits, exponent.parse::<i32>().unwrap_or(i32::MAX)));
    let (sign, digits) = match digits.strip_prefix(['-', '\u{2212}']) {
        Some(digits) => ("-", digits),
        None => ("", digits.strip_prefix('+').unwrap_or(digits)),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + places.len() == 0 || whole.len() + places.len() > 40 || !is_number(whole) || !is_number(places) {
        return None;
    }
    if !(-PLACES_LIMIT..=PLACES_LIMIT).contains(&exponent) {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let all = format!("{whole}{places}");
    let pad = usize::try_from((-point).max(0)).ok()?;
    let all = format!("{}{all}", "0".repeat(pad));
    let point = usize::try_from(point.max(0)).ok()?;
    let all = format!("{all:0<point$}");
    let whole = all.get(..point)?.trim_start_matches('0');
    let places = all.get(point..)?.trim_end_matches('0');
    if whole.len() > PLACES || places.len() > PLACES {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if places.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{places}") })
}

/// The greatest power of ten that a number may be written with.
const PLACES_LIMIT: i32 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_our_blanks_write_them() {
        let table = [
            ("3:0.5", Some("3 ± 0.5")),
            ("1822", Some("1822 ± 0")),
            ("2.5..3.5", Some("2.5..3.5")),
            ("-1..-3", Some("-3..-1")),
            ("3,14:0,005", Some("3.14 ± 0.005")),
            ("1e3:1E-2", Some("1000 ± 0.01")),
            ("1.5e-2", Some("0.015 ± 0")),
            ("007", Some("7 ± 0")),
            ("three", None),
            ("", None),
            ("1e99", None),
            ("1:x", None),
            ("1..2..3", None),
        ];
        for (text, key) in table {
            assert_eq!(number_key(text).as_deref(), key, "{text}");
        }
    }

    #[test]
    fn a_share_of_the_points_is_read_and_capped() {
        assert_eq!(weight("%50%half"), Some((5_000, "half")));
        assert_eq!(weight("%-33.33333%x"), Some((-3_333, "x")));
        assert_eq!(weight("%900%x"), Some((10_000, "x")));
        assert_eq!(weight("%x%"), None);
        assert_eq!(weight("50%"), None);
    }
}
