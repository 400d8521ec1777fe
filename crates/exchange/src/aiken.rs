//! Questions in Aiken, the simplest text format of Moodle: a line that asks, lines `A.` to `Z.` or `A)` to `Z)`, and `ANSWER: B`.
//!
//! Read after the page "Aiken format" of Moodle's documentation. It says nothing of feedback, so every question is still to be given
//! some.

use crate::quiz::{Answer, Names, Question, Quiz, Task};
use crate::report::{Place, Report, What, short};
use crate::text::Text;
use crate::{ExchangeError, Imported, decoded, title_of_file};

/// Reads a file of Aiken as one quiz, named after the file.
///
/// # Errors
/// [`ExchangeError::TooLarge`] and [`ExchangeError::NotText`]; [`ExchangeError::Unreadable`] with the line if no question can be read, and
/// [`ExchangeError::Nothing`] if there is none.
pub fn read(name: &str, bytes: &[u8]) -> Result<Imported, ExchangeError> {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.split('.').next().unwrap_or(stem);
    read_titled(&title_of_file(stem), bytes)
}

/// Reads a file of Aiken as one quiz of a title.
///
/// # Errors
/// As [`read`].
pub fn read_titled(title: &str, bytes: &[u8]) -> Result<Imported, ExchangeError> {
    let source = decoded(bytes)?;
    let mut reader = Reader { quiz: Quiz { title: title.to_owned(), ..Quiz::default() }, ..Reader::default() };
    for (at, line) in source.lines().enumerate() {
        reader.line(line.trim(), at + 1);
    }
    reader.end(None, 0);
    if reader.quiz.questions.is_empty() {
        return Err(match reader.failed {
            Some((line, why)) => ExchangeError::Unreadable { place: Place::Line(line), why },
            None => ExchangeError::Nothing(
                "it holds no question: a line that asks, lines A. and B., and ANSWER: A".to_owned(),
            ),
        });
    }
    let documents = reader.quiz.write(&mut Names::default(), &mut reader.report);
    Ok(Imported { documents, report: reader.report.finish(), ..Imported::default() })
}

#[derive(Default)]
struct Reader<'a> {
    quiz: Quiz,
    report: Report,
    /// The lines that ask, and where they start.
    stem: Vec<&'a str>,
    start: usize,
    answers: Vec<(char, &'a str)>,
    failed: Option<(usize, String)>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a str, number: usize) {
        if line.is_empty() {
            // Some writers leave an empty line between the question and its answers, and some none after ANSWER.
        } else if let Some(key) = line.strip_prefix("ANSWER:") {
            self.end(Some(key.trim()), number);
        } else if let Some(answer) = answer(line) {
            if self.stem.is_empty() && self.answers.is_empty() {
                self.start = number;
            }
            self.answers.push(answer);
        } else {
            if !self.answers.is_empty() {
                self.end(None, number);
            }
            if self.stem.is_empty() {
                self.start = number;
            }
            self.stem.push(line);
        }
    }

    /// Ends a question, with the letter of its right answer.
    fn end(&mut self, key: Option<&str>, number: usize) {
        let stem = std::mem::take(&mut self.stem);
        let answers = std::mem::take(&mut self.answers);
        if stem.is_empty() && answers.is_empty() && key.is_none() {
            return;
        }
        let start = if stem.is_empty() && answers.is_empty() { number } else { self.start };
        let letter = key.and_then(|key| key.chars().next()).map(|letter| letter.to_ascii_uppercase());
        let wrong = match letter {
            _ if stem.is_empty() => Some((start, "the answers have no question above them".to_owned())),
            _ if answers.len() < 2 => {
                Some((start, "the question has fewer than two answers, written A. or A)".to_owned()))
            }
            None => Some((start, "the question has no line ANSWER: with the letter of the right one".to_owned())),
            Some(letter) if !answers.iter().any(|(other, _)| *other == letter) => {
                Some((number, format!("the right answer is said to be {letter}, and there is no such answer")))
            }
            Some(_) => None,
        };
        if let Some((line, why)) = wrong {
            let words = stem.first().copied().or(answers.first().map(|(_, text)| *text)).unwrap_or("");
            self.report.say(What::Dropped, Place::Line(line), format!("“{}”: {why}", short(words)));
            self.failed.get_or_insert((line, why));
            return;
        }
        let answers = answers.into_iter().map(|(other, text)| Answer {
            text: Text::plain(text),
            correct: Some(other) == letter,
            percent: 0,
            feedback: Text::default(),
        });
        self.quiz.questions.push(Question {
            place: Place::Line(start),
            title: None,
            stem: Text::plain(&stem.join("\n")),
            task: Task::Choice { answers: answers.collect(), fixed: false, whole: false },
            hint: Text::default(),
            feedback: Text::default(),
        });
    }
}

/// The letter and the words of an answer.
fn answer(line: &str) -> Option<(char, &str)> {
    let mut chars = line.chars();
    let letter = chars.next().filter(char::is_ascii_uppercase)?;
    let rest = chars.as_str().strip_prefix(['.', ')'])?;
    // `A.M.` is no answer.
    rest.starts_with(char::is_whitespace).then(|| (letter, rest.trim()))
}
