//! The chips of a question: what stands alone in the paragraph under its heading.

use crate::blank::Blank;
use crate::chip::Chip;
use crate::front::Front;
use crate::problem::Problems;
use crate::question::Task;
use crate::slug::{nearest, slug};

/// The most points of a question.
const MAX_POINTS: u32 = 100;

/// Where a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AskedIn {
    /// In a quiz, where it is graded.
    Quiz,
    /// On a page of a module, where it is not.
    Check,
}

/// What the chips of a question say. A chip is kept where it may turn out to mean nothing for the question's type.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) was: Vec<String>,
    pub(crate) competencies: Vec<String>,
    /// The pool, and the chip that names it.
    pub(crate) pool: Option<(String, Chip)>,
    /// Whether a chip meant a pool and could not be read.
    pub(crate) pool_unread: bool,
    pub(crate) reflect: Option<(Option<u32>, Chip)>,
    pub(crate) all_or_nothing: Option<Chip>,
    points: Option<(u32, Chip)>,
    fixed: Option<Chip>,
    exact: Option<Chip>,
    recall: Option<Chip>,
}

impl Settings {
    /// Reads the chips of a question, and reports those that cannot be read (C06).
    pub(crate) fn read(chips: Vec<Chip>, front: &Front, place: AskedIn, problems: &mut Problems) -> Self {
        let mut settings = Self::default();
        for chip in chips {
            let text = chip.text.trim().to_owned();
            let (word, rest) = chip.words();
            let (word, rest) = (word.to_owned(), rest.to_owned());
            match (word.as_str(), rest.as_str()) {
                _ if front.lists(&text) => {
                    if !settings.competencies.contains(&text) {
                        settings.competencies.push(text);
                    }
                }
                ("was", old) => settings.was.extend(was(&chip, old, problems)),
                ("fixed", "") => settings.fixed = Some(chip),
                ("all-or-nothing", "") => settings.all_or_nothing = Some(chip),
                ("exact", "") => settings.exact = Some(chip),
                ("recall" | "pool" | "reflect", _) if place == AskedIn::Check => settings.quiz_only(&chip, problems),
                _ if place == AskedIn::Check && is_points(&word, &rest) => settings.quiz_only(&chip, problems),
                ("recall", "") => settings.recall = Some(chip),
                ("pool", name) => settings.pool(name.to_owned(), chip, problems),
                ("reflect", count) => {
                    let words = words(count);
                    if words.is_err() {
                        chip.wrong("cannot be read", "write `reflect` or `reflect 20 words`", problems);
                    }
                    one(&mut settings.reflect, (words.unwrap_or(None), chip), problems);
                }
                _ if is_points(&word, &rest) => settings.points(&word, &rest, chip, problems),
                _ if word.starts_with('=') => chip.wrong(
                    "is a blank, and no sentence is around it",
                    "write it into the sentence that it completes",
                    problems,
                ),
                // Nobody can say what the competencies are: this may be one.
                _ if front.knows(&text) => settings.competencies.push(text),
                _ => chip.unknown(place.said(), &place.known(front), problems),
            }
        }
        settings
    }

    fn quiz_only(&mut self, chip: &Chip, problems: &mut Problems) {
        chip.wrong("means something in a quiz only", "delete it: what is checked on a page is not graded", problems);
    }

    fn pool(&mut self, name: String, chip: Chip, problems: &mut Problems) {
        if name.is_empty() || slug(&name) != name {
            self.pool_unread = true;
            chip.wrong("does not name a pool", "write small letters, digits and `-`: `pool phone`", problems);
        } else {
            one(&mut self.pool, (name, chip), problems);
        }
    }

    fn points(&mut self, count: &str, unit: &str, chip: Chip, problems: &mut Problems) {
        let points = count.parse().ok().filter(|points| (1..=MAX_POINTS).contains(points));
        match points {
            Some(points) if matches!(unit, "point" | "points") => one(&mut self.points, (points, chip), problems),
            Some(points) => chip.wrong("cannot be read", &format!("did you mean `{points} points`?"), problems),
            None => {
                let help = format!("write a whole number from 1 to {MAX_POINTS}: `2 points`");
                chip.wrong("is not a number of points", &help, problems);
            }
        }
    }

    /// How much the question counts; one point where nothing is said.
    pub(crate) fn worth(&self) -> u32 {
        self.points.as_ref().map_or(1, |(points, _)| *points)
    }

    /// Whether it is marked to be asked again.
    pub(crate) fn is_recall(&self) -> bool {
        self.recall.is_some()
    }

    /// Whether the answers keep their order.
    pub(crate) fn is_fixed(&self) -> bool {
        self.fixed.is_some()
    }

    /// Whether words must be exactly as written.
    pub(crate) fn is_exact(&self) -> bool {
        self.exact.is_some()
    }

    /// Reports chips that mean nothing for the type that the question turned out to have (C06). What is merely not
    /// needed passes: an author who writes `fixed` above True and False gets what they want.
    pub(crate) fn judge(&self, task: &Task, problems: &mut Problems) {
        let fits = |wanted: fn(&Blank) -> bool| matches!(task, Task::Blanks(blanks) if blanks.iter().any(wanted));
        if let Some(chip) = &self.fixed
            && !matches!(task, Task::Choice(_))
            && !fits(|blank| matches!(blank, Blank::Menu { .. }))
        {
            let why = match task {
                Task::Ordering(_) => "cannot be here: what is to be ordered is always shuffled",
                Task::Matching(_) => "cannot be here: the right column is always shuffled",
                _ => "means nothing here: there are no answers to choose from",
            };
            chip.wrong(why, "delete it", problems);
        }
        if let Some(chip) = &self.exact
            && !fits(|blank| matches!(blank, Blank::Text { .. }))
        {
            chip.wrong("means nothing here: there is no blank for words", "delete it", problems);
        }
        if matches!(task, Task::Reflect { .. }) {
            let points = self.points.as_ref().map(|(_, chip)| chip);
            for chip in [points, self.all_or_nothing.as_ref(), self.recall.as_ref()].into_iter().flatten() {
                chip.wrong("means nothing here: free text is private and earns nothing", "delete it", problems);
            }
        }
    }
}

impl AskedIn {
    fn said(self) -> &'static str {
        match self {
            Self::Quiz => "under a question",
            Self::Check => "under a heading of a module",
        }
    }

    fn known(self, front: &Front) -> Vec<&str> {
        let mut known = match self {
            Self::Quiz => vec!["pool phone", "2 points", "recall", "reflect", "reflect 20 words", "was old-slug"],
            Self::Check => vec!["check", "cards", "reflect", "reflect 40 words", "was old-slug"],
        };
        known.extend(["fixed", "all-or-nothing", "exact"]);
        known.extend(front.competencies.iter().map(String::as_str));
        known
    }
}

/// Keeps the first of several chips of one name and reports the others.
fn one<T>(kept: &mut Option<(T, Chip)>, next: (T, Chip), problems: &mut Problems) {
    if kept.is_none() {
        *kept = Some(next);
    } else {
        next.1.wrong("is one too many", "delete one of the two", problems);
    }
}

/// The old id in `was old-slug`.
pub(crate) fn was(chip: &Chip, old: &str, problems: &mut Problems) -> Option<String> {
    if !old.is_empty() && slug(old) == old {
        return Some(old.to_owned());
    }
    chip.wrong("does not name an id", "write the old id of the heading: `was old-slug`", problems);
    None
}

/// The number in `40 words`; none if nothing is said.
pub(crate) fn words(text: &str) -> Result<Option<u32>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    let (count, unit) = text.split_once(' ').ok_or(())?;
    if !matches!(unit.trim(), "word" | "words") || !count.chars().all(|c| c.is_ascii_digit()) {
        return Err(());
    }
    count.parse().ok().filter(|count| (1..=1000).contains(count)).map(Some).ok_or(())
}

/// Whether a chip means points, well written or not.
fn is_points(word: &str, rest: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '-') && nearest(rest, ["point", "points"]).is_some()
}
