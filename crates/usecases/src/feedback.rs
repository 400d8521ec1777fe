//! What people think of a module: asked once after each completion, and shown without names, once enough have answered.

use jiff::Timestamp;
use store::Said;

use crate::{Failure, FieldError, Usecases, form, form::settled, who::Who};

/// With fewer answers nothing is shown, so that nobody can be guessed.
pub const LEAST: usize = 10;
/// The most characters of a comment.
const LONGEST: usize = 1_000;

/// What is asked: the field in the form, and the sentence one agrees with.
pub const ASKED: [(&str, &str); 3] = [
    ("useful", "It is useful for my work"),
    ("clear", "It was clear"),
    ("confident", "I feel able to do what it teaches"),
];

/// What somebody thinks of a module, as typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Thinks<'a> {
    /// From 1 to 5, in the order of [`ASKED`].
    pub marks: [&'a str; 3],
    /// Anything else.
    pub comment: &'a str,
    /// The form's one-time token.
    pub token: &'a str,
}

/// What people think of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opinion {
    /// The module's title.
    pub title: String,
    /// How many have answered.
    pub answers: usize,
    /// For each question how many gave 1 to 5; empty with fewer than [`LEAST`] answers.
    pub marks: Vec<[usize; 5]>,
    /// The comments, in no order that tells whose they are; none with fewer than [`LEAST`] answers.
    pub comments: Vec<String>,
}

impl Usecases {
    /// Takes what somebody thinks of a module that they completed.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Conflict`] when they have not completed it or the token was used
    /// for something else, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn say(&self, who: &Who, slug: &str, thinks: Thinks<'_>, now: Timestamp) -> Result<(), Failure> {
        let live = self.found(who, "module", slug).await?.live;
        let mut errors = Vec::new();
        let mut marks = [0; 3];
        for ((mark, typed), (field, words)) in marks.iter_mut().zip(thinks.marks).zip(ASKED) {
            match typed.parse::<i64>() {
                Ok(given) if (1..=5).contains(&given) => *mark = given,
                _ => errors.push(FieldError::new(field, format!("Choose one of the five: {words}"))),
            }
        }
        let comment = thinks.comment.trim().replace("\r\n", "\n");
        if comment.chars().count() > LONGEST {
            errors.push(FieldError::new("comment", "Write at most 1,000 characters"));
        }
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors));
        }
        let [useful, clear, confident] = marks;
        let parts = ["say", slug, thinks.marks[0], thinks.marks[1], thinks.marks[2], &comment];
        let form = form::sent(who, thinks.token, &parts, now)?;
        let said = Said { form, document: live.document, useful, clear, confident, comment: comment.clone() };
        settled(self.store.say(said).await?).map(drop)
    }

    /// What people think of a module, for those who answer for it.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who are neither trainer, manager nor administrator, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn opinion(&self, who: &Who, slug: &str) -> Result<Opinion, Failure> {
        if !(who.trainer || who.sees_a_team()) {
            return Err(Failure::Denied);
        }
        let live = self.store.known_document("module", slug).await?.ok_or(Failure::NotFound)?;
        let all = self.store.feedback(live.document).await?;
        let answers = all.len();
        let enough = answers >= LEAST;
        let count = |question: usize| {
            let mut counts = [0; 5];
            for said in &all {
                let mark = said.marks.get(question).and_then(|mark| usize::try_from(*mark - 1).ok());
                if let Some(count) = mark.and_then(|mark| counts.get_mut(mark)) {
                    *count += 1;
                }
            }
            counts
        };
        Ok(Opinion {
            title: live.title,
            answers,
            marks: if enough { (0..ASKED.len()).map(count).collect() } else { Vec::new() },
            comments: if enough {
                all.iter().map(|said| said.comment.clone()).filter(|comment| !comment.is_empty()).collect()
            } else {
                Vec::new()
            },
        })
    }
}
