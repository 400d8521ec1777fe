//! Question sets, and questions alone.

use serde_json::Value;

use super::json::{inside, is, list, number, text, word, words};
use crate::html::{self, Lost};
use crate::quiz::{Answer, Question, Quiz, Task, menu_key, typed_key};
use crate::report::{Place, Report, What, short};
use crate::text::{GAP, Text};

/// The kinds of question that are taken.
pub(super) const KINDS: [&str; 6] =
    ["H5P.MultiChoice", "H5P.TrueFalse", "H5P.Blanks", "H5P.DragText", "H5P.SingleChoiceSet", "H5P.Essay"];

/// A question set.
pub(super) fn set(title: &str, content: &Value, report: &mut Report) -> Quiz {
    let mut quiz = Quiz { title: title.to_owned(), ..Quiz::default() };
    quiz.pass = number(content, "passPercentage").and_then(|pass| u32::try_from(pass).ok());
    let mut lost = Lost::default();
    let intro = inside(content, &["introPage"]);
    if is(intro, "showIntroPage") {
        quiz.intro = words(intro, "introduction", &mut lost);
    }
    lost.say(&Place::Part("the introduction".to_owned()), report);
    let questions = list(content, "questions");
    let pool = number(content, "poolSize").and_then(|size| u32::try_from(size).ok()).filter(|size| *size > 0);
    quiz.draw = pool.filter(|size| (*size as usize) < questions.len());
    if !list(content, "overallFeedback").is_empty() || content.get("endGame").is_some() {
        report.say(What::Dropped, None, "what is said at the end of the whole set");
    }
    for (at, question) in questions.iter().enumerate() {
        let kind = word(question, "library");
        let place = Place::Part(format!("question {} ({})", at + 1, short(kind)));
        let named = text(inside(question, &["metadata"]), "title");
        take(kind, inside(question, &["params"]), named, &place, &mut quiz, report);
    }
    quiz
}

/// A question that is a content of its own.
pub(super) fn alone(title: &str, kind: &str, content: &Value, report: &mut Report) -> Quiz {
    let mut quiz = Quiz { title: title.to_owned(), ..Quiz::default() };
    take(kind, content, "", &Place::Part(super::CONTENT.to_owned()), &mut quiz, report);
    quiz
}

/// Takes one question in, or says why not.
fn take(kind: &str, params: &Value, named: &str, place: &Place, quiz: &mut Quiz, report: &mut Report) {
    let title =
        Some(named.trim()).filter(|title| !title.is_empty() && !title.starts_with("Untitled")).map(str::to_owned);
    let mut reader = Reader { place, report, lost: Lost::default() };
    let read = match kind {
        "H5P.MultiChoice" => Some(reader.multi_choice(params)),
        "H5P.TrueFalse" => Some(reader.true_false(params)),
        "H5P.Blanks" => reader.blanks(params),
        "H5P.DragText" => reader.drag_text(params),
        "H5P.Essay" => Some(reader.essay(params)),
        "H5P.SingleChoiceSet" => {
            let all = list(params, "choices").iter().map(|choice| reader.single_choice(choice)).collect::<Vec<_>>();
            let lost = std::mem::take(&mut reader.lost);
            lost.say(place, report);
            quiz.questions.extend(all);
            return;
        }
        _ => {
            report.say(What::Dropped, place.clone(), "a question of this type, which has no counterpart here");
            return;
        }
    };
    reader.media(params);
    let lost = std::mem::take(&mut reader.lost);
    match read {
        Some(question) => quiz.questions.push(Question { title, ..question }),
        None => report.say(
            What::Dropped,
            place.clone(),
            "a question with nothing to fill in: no word of it stands between stars, *so*",
        ),
    }
    lost.say(place, report);
}

struct Reader<'a> {
    place: &'a Place,
    report: &'a mut Report,
    lost: Lost,
}

impl Reader<'_> {
    fn question(&self, stem: Text, task: Task) -> Question {
        Question {
            place: self.place.clone(),
            title: None,
            stem,
            task,
            hint: Text::default(),
            feedback: Text::default(),
        }
    }

    /// A picture, sound or video above a question.
    fn media(&mut self, params: &Value) {
        let media = inside(params, &["media", "type"]);
        let library = word(media, "library");
        if !library.is_empty() {
            let alt = text(inside(media, &["params"]), "alt");
            self.lost.media.push(if alt.is_empty() { library.to_owned() } else { alt.to_owned() });
        }
    }

    /// What is said of an answer that is wholly right. What is said of others has no place in a question of ours.
    fn overall(&mut self, params: &Value) -> Text {
        let mut ranges: Vec<&Value> = list(params, "overallFeedback").iter().collect();
        ranges.retain(|range| !text(range, "feedback").trim().is_empty());
        ranges.sort_by_key(|range| number(range, "to").unwrap_or(100));
        if ranges.len() > 1 {
            let said = "feedback for lower scores: one that fits every answer is shown here, and that for the best score was taken";
            self.report.often(What::Dropped, self.place.clone(), said);
        }
        ranges.last().map(|range| words(range, "feedback", &mut self.lost)).unwrap_or_default()
    }

    fn multi_choice(&mut self, params: &Value) -> Question {
        let stem = words(params, "question", &mut self.lost);
        let mut answers = Vec::new();
        for answer in list(params, "answers") {
            let more = answer.get("tipsAndFeedback").unwrap_or(answer);
            if !text(more, "tip").trim().is_empty() {
                self.report.often(What::Dropped, self.place.clone(), "a tip on one answer");
            }
            let chosen = words(more, "chosenFeedback", &mut self.lost);
            let other = words(more, "notChosenFeedback", &mut self.lost);
            if !other.is_empty() && !chosen.is_empty() {
                let said = "what is said when an answer is not ticked, beside what is said when it is";
                self.report.often(What::Dropped, self.place.clone(), said);
            }
            answers.push(Answer {
                text: words(answer, "text", &mut self.lost),
                correct: is(answer, "correct"),
                percent: 0,
                feedback: if chosen.is_empty() { other } else { chosen },
            });
        }
        let behaviour = params.get("behaviour").unwrap_or(params);
        let fixed = behaviour.get("randomAnswers").and_then(Value::as_bool) == Some(false);
        let right = answers.iter().filter(|answer| answer.correct).count();
        let is_single = text(behaviour, "type") == "single" || is(params, "singleAnswer");
        if is_single && right > 1 {
            let said = "several answers are right, and one of them was enough: now all of them are to be ticked";
            self.report.often(What::Changed, self.place.clone(), said);
        }
        let whole = right > 1 && !is_single && is(behaviour, "singlePoint");
        let mut question = self.question(stem, Task::Choice { answers, fixed, whole });
        question.feedback = self.overall(params);
        question
    }

    /// A question of a set in which the first answer is right.
    fn single_choice(&mut self, choice: &Value) -> Question {
        let stem = words(choice, "question", &mut self.lost);
        let answers = list(choice, "answers").iter().enumerate().map(|(at, answer)| Answer {
            text: html::read(answer.as_str().unwrap_or(""), &mut self.lost),
            correct: at == 0,
            percent: 0,
            feedback: Text::default(),
        });
        let answers = answers.collect();
        self.question(stem, Task::Choice { answers, fixed: false, whole: false })
    }

    fn true_false(&mut self, params: &Value) -> Question {
        let stem = words(params, "question", &mut self.lost);
        let is_true = is(params, "correct");
        let behaviour = inside(params, &["behaviour"]);
        let right = words(behaviour, "feedbackOnCorrect", &mut self.lost);
        let wrong = words(behaviour, "feedbackOnWrong", &mut self.lost);
        let (when_true, when_false) = if is_true { (right, wrong) } else { (wrong, right) };
        let answer = |words, correct, feedback| Answer { text: Text::plain(words), correct, percent: 0, feedback };
        let answers = vec![answer("True", is_true, when_true), answer("False", !is_true, when_false)];
        self.question(stem, Task::Choice { answers, fixed: false, whole: false })
    }

    fn essay(&mut self, params: &Value) -> Question {
        self.report.often(What::Changed, self.place.clone(), "an essay is private here, and earns no points");
        if !list(params, "keywords").is_empty() {
            self.report.often(What::Dropped, self.place.clone(), "the words that an essay was searched for");
        }
        let stem = words(params, "taskDescription", &mut self.lost);
        let mut question = self.question(stem, Task::Reflect);
        question.feedback = words(inside(params, &["solution"]), "sample", &mut self.lost);
        question
    }

    fn blanks(&mut self, params: &Value) -> Option<Question> {
        let mut stem = words(params, "text", &mut self.lost);
        let mut keys = Vec::new();
        let mut hint = Text::default();
        for part in list(params, "questions") {
            let starred = starred(part.as_str().unwrap_or(""));
            let mut kept = String::new();
            for piece in starred {
                match piece {
                    Piece::Words(words) => kept.push_str(words),
                    Piece::Starred(inner) => {
                        let (answers, tip) = inner.split_once(':').unwrap_or((inner, ""));
                        let accepted: Vec<String> = answers.split('/').map(|answer| self.plain(answer)).collect();
                        hint.append(Text::plain(&self.plain(tip)));
                        match typed_key(&accepted, self.place, self.report) {
                            Some(key) => {
                                keys.push(key);
                                kept.push(GAP);
                            }
                            None => kept.push_str(answers),
                        }
                    }
                }
            }
            stem.append(html::read(&kept, &mut self.lost));
        }
        if keys.is_empty() {
            return None;
        }
        stem.fill(keys);
        let exact = is(inside(params, &["behaviour"]), "caseSensitive");
        let mut question = self.question(stem, Task::Blanks { exact });
        question.hint = hint;
        question.feedback = self.overall(params);
        Some(question)
    }

    /// Words to drag into gaps become words to choose in each gap.
    fn drag_text(&mut self, params: &Value) -> Option<Question> {
        let mut stem = words(params, "taskDescription", &mut self.lost);
        let source = text(params, "textField");
        let mut right = Vec::new();
        let mut hint = Text::default();
        let mut kept = String::new();
        for piece in starred(source) {
            match piece {
                Piece::Words(words) => kept.push_str(words),
                Piece::Starred(inner) => {
                    // What is said of the gap stands behind its word: `word:tip\+right\-wrong`.
                    let (inner, said) =
                        inner.find("\\+").or(inner.find("\\-")).map_or((inner, ""), |at| inner.split_at(at));
                    if !said.is_empty() {
                        self.report.often(What::Dropped, self.place.clone(), "feedback on a single gap");
                    }
                    let (word, tip) = inner.split_once(':').unwrap_or((inner, ""));
                    hint.append(Text::plain(&self.plain(tip)));
                    let word = self.plain(word);
                    if !word.is_empty() {
                        right.push(word);
                        kept.push(GAP);
                    }
                }
            }
        }
        let wrong = starred(text(params, "distractors")).into_iter().filter_map(|piece| match piece {
            Piece::Starred(word) => Some(word),
            Piece::Words(_) => None,
        });
        let wrong: Vec<String> = wrong.map(|word| self.plain(word)).collect();
        if right.is_empty() {
            return None;
        }
        // A choice among more words in every gap than can be read would grow with their square.
        let all: Vec<&String> = right.iter().chain(&wrong).take(50).collect();
        let keys: Vec<String> = right
            .iter()
            .take(50)
            .filter_map(|word| {
                let options: Vec<(String, bool)> =
                    all.iter().map(|option| ((*option).clone(), *option == word)).collect();
                menu_key(&options, self.place, self.report)
            })
            .collect();
        self.report.often(
            What::Changed,
            self.place.clone(),
            "words to drag became words to choose, the same in every gap",
        );
        stem.append(Text::plain(&kept));
        stem.fill(keys);
        let mut question = self.question(stem, Task::Blanks { exact: false });
        question.hint = hint;
        question.feedback = self.overall(params);
        Some(question)
    }

    /// The words of a piece of HTML.
    fn plain(&mut self, html: &str) -> String {
        html::read(html, &mut self.lost).words()
    }
}

/// A piece of a text with something to fill in.
enum Piece<'a> {
    Words(&'a str),
    Starred(&'a str),
}

/// A text cut at its pairs of stars. A star without another is a star.
fn starred(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((words, inner)) = rest.split_once('*')
        && let Some((inner, after)) = inner.split_once('*')
    {
        found.push(Piece::Words(words));
        if !inner.trim().is_empty() {
            found.push(Piece::Starred(inner));
        }
        rest = after;
    }
    found.push(Piece::Words(rest));
    found
}
