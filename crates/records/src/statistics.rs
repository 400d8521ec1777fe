//! What many first attempts say about a question or a role-play: classical test theory, with honest intervals.
//!
//! - *Facility* is the share of its points that a question yields on average, and for a question that is right or wrong the share of
//!   people who are right (classical test theory; "item difficulty" in many books, where a high number means easy).
//! - *Discrimination* is the correlation of the points of a question with the points of the **rest** of the quiz: the total without
//!   the question itself, since with it every question would seem to go along with the total (the corrected item–total correlation).
//! - An interval is Wilson's (E. B. Wilson, *Probable inference*, JASA 22, 1927), at 95 %. It stays between 0 and 1, and is honest
//!   for few people and for shares near 0 and 1. Where points come in parts it is wider than it would have to be, since such points
//!   scatter less than right and wrong do.
//!
//! Nothing is said of fewer than [`LEAST`] people, and nothing from which that could be reckoned back ([`told`]).
//!
//! Sums are kept while answers come by, each answer once (B. P. Welford, *Note on a method for calculating corrected sums of squares
//! and products*, Technometrics 4, 1962), so that memory does not grow with the number of people.

use std::collections::BTreeMap;

/// With fewer people nothing is said, so that nobody can be guessed.
pub const LEAST: u64 = 10;

/// The quantile of the normal distribution for 95 % on both sides.
const Z: f64 = 1.959_963_984_540_054;

/// What scatters less than this is taken to be all the same: sums of parts of points leave such crumbs.
const CRUMBS: f64 = 1e-12;

/// From this facility down a question is hard.
pub const HARD: f64 = 0.3;
/// Above this facility a question is easy.
pub const EASY: f64 = 0.95;
/// Below this discrimination a question says little about the rest.
pub const WEAK: f64 = 0.1;

/// A share and its interval, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The share that was seen.
    pub share: f64,
    /// The least share that fits what was seen.
    pub least: f64,
    /// The greatest.
    pub most: f64,
}

/// The 95 % Wilson interval of `part` of `people`; none of nobody. `part` may be a sum of shares of points.
///
/// ```
/// let interval = records::statistics::wilson(8.0, 10).expect("somebody");
/// assert_eq!((interval.share, (interval.least * 1000.0).round()), (0.8, 490.0));
/// ```
#[must_use]
pub fn wilson(part: f64, people: u64) -> Option<Interval> {
    if people == 0 {
        return None;
    }
    let n = people as f64;
    let share = (part / n).clamp(0.0, 1.0);
    let below = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / below;
    let half = Z / below * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some(Interval { share, least: (middle - half).clamp(0.0, share), most: (middle + half).clamp(share, 1.0) })
}

/// Which of some groups that make up a whole may be told: those of [`LEAST`] people or more. What is not told is nobody, or is as many
/// together: otherwise the least of the others is kept back too, since the whole without them would tell.
///
/// ```
/// use records::statistics::told;
///
/// assert_eq!(told(&[30, 12, 0]), [true, true, false]);
/// assert_eq!(told(&[30, 12, 3]), [true, false, false], "30 of 45 say nothing about the 3");
/// ```
#[must_use]
pub fn told(counts: &[u64]) -> Vec<bool> {
    let mut told: Vec<bool> = counts.iter().map(|count| *count >= LEAST).collect();
    loop {
        let hidden: u64 = counts.iter().zip(&told).filter(|(_, told)| !**told).map(|(count, _)| *count).sum();
        if hidden == 0 || hidden >= LEAST {
            return told;
        }
        let least = (0..told.len()).filter(|at| told[*at]).min_by_key(|at| counts[*at]);
        match least {
            Some(at) => told[at] = false,
            None => return told,
        }
    }
}

/// A mean that grows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    /// Of how many.
    pub people: u64,
    sum: f64,
}

impl Mean {
    /// Adds a number.
    pub fn add(&mut self, number: f64) {
        self.people += 1;
        self.sum += number;
    }

    /// The mean; none of nobody.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.people > 0).then(|| self.sum / self.people as f64)
    }

    /// The sum.
    #[must_use]
    pub fn sum(self) -> f64 {
        self.sum
    }
}

/// Two numbers of each person, and how they go together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Together {
    people: u64,
    means: (f64, f64),
    /// The sums of the squares of what each differs from its mean.
    squares: (f64, f64),
    products: f64,
}

impl Together {
    /// Adds a person.
    pub fn add(&mut self, one: f64, other: f64) {
        self.people += 1;
        let n = self.people as f64;
        let before = (one - self.means.0, other - self.means.1);
        self.means = (self.means.0 + before.0 / n, self.means.1 + before.1 / n);
        self.squares.0 += before.0 * (one - self.means.0);
        self.squares.1 += before.1 * (other - self.means.1);
        self.products += before.0 * (other - self.means.1);
    }

    /// The correlation (Pearson's), from −1 to 1; none where either number is the same for everybody.
    #[must_use]
    pub fn correlation(&self) -> Option<f64> {
        let n = self.people as f64;
        let scatters = |squares: f64| squares > CRUMBS * n;
        let both = scatters(self.squares.0) && scatters(self.squares.1);
        both.then(|| (self.products / (self.squares.0.sqrt() * self.squares.1.sqrt())).clamp(-1.0, 1.0))
    }
}

/// What one person made of a question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer<'a> {
    /// The share of its points, from 0 to 1.
    pub score: f64,
    /// The share of the points of the rest of the quiz; none where there is no rest.
    pub rest: Option<f64>,
    /// Whether it is wholly right.
    pub right: bool,
    /// Whether there is an answer at all.
    pub answered: bool,
    /// The options that were chosen, by their places.
    pub chosen: &'a [usize],
    /// Whether each part is right.
    pub parts: &'a [bool],
}

/// An option of a question.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Chosen {
    /// How many chose it.
    pub people: u64,
    rest: Mean,
}

/// What the first answers to a question come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    score: Mean,
    together: Together,
    /// How many were wholly right.
    pub right: u64,
    /// How many earned something and were not wholly right.
    pub partly: u64,
    /// How many earned nothing, with an answer.
    pub wrong: u64,
    /// How many gave no answer.
    pub unanswered: u64,
    right_rest: Mean,
    others_rest: Mean,
    options: Vec<Chosen>,
    parts: Vec<u64>,
}

impl Item {
    /// A question with so many options and parts, before anybody answered.
    #[must_use]
    pub fn new(options: usize, parts: usize) -> Self {
        Self { options: vec![Chosen::default(); options], parts: vec![0; parts], ..Self::default() }
    }

    /// Adds what one person made of it. Places that it does not have count for nothing.
    pub fn add(&mut self, answer: &Answer<'_>) {
        self.score.add(answer.score);
        match answer {
            Answer { right: true, .. } => self.right += 1,
            Answer { answered: false, .. } => self.unanswered += 1,
            Answer { score, .. } if *score > 0.0 => self.partly += 1,
            _ => self.wrong += 1,
        }
        if let Some(rest) = answer.rest {
            self.together.add(answer.score, rest);
            if answer.right {
                self.right_rest.add(rest);
            } else {
                self.others_rest.add(rest);
            }
        }
        for at in answer.chosen {
            let Some(option) = self.options.get_mut(*at) else { continue };
            option.people += 1;
            if let Some(rest) = answer.rest {
                option.rest.add(rest);
            }
        }
        for (count, right) in self.parts.iter_mut().zip(answer.parts) {
            *count += u64::from(*right);
        }
    }

    /// How many first attempts met it.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.score.people
    }

    /// Its figures; none of fewer than [`LEAST`] people. `exclusive` says that everybody chooses one option at most, so that the
    /// options make up a whole.
    #[must_use]
    pub fn figures(&self, exclusive: bool) -> Option<Figures> {
        let people = self.people();
        let facility = wilson(self.score.sum(), people).filter(|_| people >= LEAST)?;
        let of = |count: u64| count as f64 / people as f64;
        // Those who chose none are a part of the whole as well.
        let chose: u64 = self.options.iter().map(|option| option.people).sum();
        let mut counts: Vec<u64> = self.options.iter().map(|option| option.people).collect();
        counts.push(people.saturating_sub(chose));
        let told_of_all = told(&counts);
        let mean = |mean: Mean| mean.value().filter(|_| mean.people >= LEAST);
        let options = self.options.iter().zip(told_of_all).map(|(option, told_here)| {
            let is_told = if exclusive { told_here } else { told(&[option.people, people - option.people])[0] };
            OptionFigures { share: of(option.people), rest: mean(option.rest).filter(|_| is_told) }
        });
        let right_told = told(&[self.right, people - self.right])[0];
        Some(Figures {
            people,
            facility,
            discrimination: self.together.correlation(),
            right: of(self.right),
            partly: of(self.partly),
            wrong: of(self.wrong),
            unanswered: of(self.unanswered),
            right_rest: mean(self.right_rest).filter(|_| right_told),
            options: options.collect(),
            parts: self.parts.iter().map(|count| of(*count)).collect(),
        })
    }
}

/// The figures of a question. Shares are from 0 to 1, of the people who met it first.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// How many first attempts met it.
    pub people: u64,
    /// The mean share of its points.
    pub facility: Interval,
    /// How its points go along with those of the rest, from −1 to 1; none where either are the same for everybody, or there is no rest.
    pub discrimination: Option<f64>,
    /// Wholly right.
    pub right: f64,
    /// Right in part.
    pub partly: f64,
    /// Answered, and worth nothing.
    pub wrong: f64,
    /// Without an answer.
    pub unanswered: f64,
    /// The mean share of the points of the rest, of those who are wholly right; none where that would tell of too few.
    pub right_rest: Option<f64>,
    /// Each option, in the order of the file.
    pub options: Vec<OptionFigures>,
    /// For each part, the share of people who have it right.
    pub parts: Vec<f64>,
}

/// The figures of an option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptionFigures {
    /// The share of people who chose it.
    pub share: f64,
    /// The mean share of the points of the rest, of those who chose it; none where that would tell of too few.
    pub rest: Option<f64>,
}

/// What to look at in a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Its facility is below [`HARD`].
    Hard,
    /// Its facility is above [`EASY`].
    Easy,
    /// Its discrimination is below [`WEAK`].
    Weak,
    /// Nobody takes this wrong option, by its place.
    Untaken(usize),
    /// Those who take this wrong option do better in the rest than those who are right.
    Taken(usize),
}

impl Figures {
    /// What to look at; `right` says of each option whether it is a right one.
    #[must_use]
    pub fn signs(&self, right: &[bool]) -> Vec<Sign> {
        let mut signs = Vec::new();
        if self.facility.share < HARD {
            signs.push(Sign::Hard);
        }
        if self.facility.share > EASY {
            signs.push(Sign::Easy);
        }
        if self.discrimination.is_some_and(|discrimination| discrimination < WEAK) {
            signs.push(Sign::Weak);
        }
        for (at, (option, _)) in self.options.iter().zip(right).enumerate().filter(|(_, (_, right))| !**right) {
            if option.share <= 0.0 {
                signs.push(Sign::Untaken(at));
            } else if let (Some(theirs), Some(right)) = (option.rest, self.right_rest)
                && theirs > right
            {
                signs.push(Sign::Taken(at));
            }
        }
        signs
    }
}

/// One person's way through a role-play.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// The scenes in which they were, by their places in the file, each time they came, the ending as the last.
    pub scenes: Vec<usize>,
    /// What they decided the first time in each scene.
    pub decisions: Vec<Decided>,
}

/// What somebody decided the first time in a scene.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// The scene, by its place in the file.
    pub scene: usize,
    /// The choice, by its place in the scene.
    pub choice: usize,
    /// Choices that were shown, with how many of a hundred points of the score each costs at best.
    pub costs: Vec<(usize, f64)>,
}

/// What the first attempts at a role-play come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RolePlay {
    people: u64,
    passed: u64,
    score: Mean,
    scenes: Vec<Scene>,
    moves: BTreeMap<(usize, usize), u64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Scene {
    people: u64,
    choices: Vec<Picked>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Picked {
    people: u64,
    score: Mean,
    cost: Mean,
}

impl RolePlay {
    /// A role-play whose scenes have so many choices, before anybody played it.
    #[must_use]
    pub fn new(choices: impl IntoIterator<Item = usize>) -> Self {
        let scene = |choices| Scene { people: 0, choices: vec![Picked::default(); choices] };
        Self { scenes: choices.into_iter().map(scene).collect(), ..Self::default() }
    }

    /// Adds one person's way, with their score from 0 to 100 if there was one, and whether they passed. A scene, a choice and a move
    /// count once for each person.
    pub fn add(&mut self, way: &Way, score: Option<f64>, passed: bool) {
        self.people += 1;
        self.passed += u64::from(passed);
        if let Some(score) = score {
            self.score.add(score);
        }
        for (at, scene) in way.scenes.iter().enumerate() {
            if !way.scenes[..at].contains(scene)
                && let Some(scene) = self.scenes.get_mut(*scene)
            {
                scene.people += 1;
            }
        }
        for (at, pair) in way.scenes.windows(2).enumerate() {
            let seen = way.scenes[..=at].windows(2).any(|before| before == pair);
            if let ([from, to], false) = (pair, seen) {
                *self.moves.entry((*from, *to)).or_default() += 1;
            }
        }
        for decided in &way.decisions {
            let Some(scene) = self.scenes.get_mut(decided.scene) else { continue };
            if let Some(choice) = scene.choices.get_mut(decided.choice) {
                choice.people += 1;
                if let Some(score) = score {
                    choice.score.add(score);
                }
            }
            for (shown, cost) in &decided.costs {
                if let Some(choice) = scene.choices.get_mut(*shown) {
                    choice.cost.add(*cost);
                }
            }
        }
    }

    /// Its figures; none of fewer than [`LEAST`] people.
    #[must_use]
    pub fn figures(&self) -> Option<RolePlayFigures> {
        let people = self.people;
        let passed = wilson(self.passed as f64, people).filter(|_| people >= LEAST)?;
        let scenes = self.scenes.iter().map(|scene| {
            let counts: Vec<u64> = scene.choices.iter().map(|choice| choice.people).collect();
            let decided: u64 = counts.iter().sum();
            let told = told(&counts);
            let choices = scene.choices.iter().zip(told).map(|(choice, told)| ChoiceFigures {
                share: choice.people as f64 / decided.max(1) as f64,
                score: choice.score.value().filter(|_| told && choice.score.people >= LEAST),
                cost: choice.cost.value().filter(|_| choice.cost.people >= LEAST),
            });
            SceneFigures {
                share: scene.people as f64 / people as f64,
                // Shares of the few who came here would tell what each of them did.
                choices: (scene.people >= LEAST && decided >= LEAST).then(|| choices.collect()),
                people: scene.people,
            }
        });
        let moves = self.moves.iter().map(|((from, to), count)| Move {
            from: *from,
            to: *to,
            share: *count as f64 / people as f64,
        });
        Some(RolePlayFigures {
            people,
            passed,
            score: self.score.value().filter(|_| told(&[self.score.people, people - self.score.people])[0]),
            scenes: scenes.collect(),
            moves: moves.collect(),
        })
    }
}

/// The figures of a role-play. Shares are from 0 to 1, of everybody who played it first.
#[derive(Clone, Debug, PartialEq)]
pub struct RolePlayFigures {
    /// How many first attempts there are.
    pub people: u64,
    /// The share that passed.
    pub passed: Interval,
    /// The mean score, from 0 to 100; none where nothing was decided.
    pub score: Option<f64>,
    /// Each scene, in the order of the file.
    pub scenes: Vec<SceneFigures>,
    /// From which scene to which people went.
    pub moves: Vec<Move>,
}

/// The figures of a scene.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneFigures {
    /// How many came by.
    pub people: u64,
    /// The share that came by.
    pub share: f64,
    /// Each choice, in the order of the file; none where fewer than [`LEAST`] came by.
    pub choices: Option<Vec<ChoiceFigures>>,
}

/// The figures of a choice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChoiceFigures {
    /// The share of those who decided here that took it the first time.
    pub share: f64,
    /// The mean score in the end of those who took it, from 0 to 100; none where that would tell of too few.
    pub score: Option<f64>,
    /// What it costs at best, in points of the score: the best score that could still be reached before it, less the best after it;
    /// the mean over those who saw it. None where too few did, or there are too many paths to say.
    pub cost: Option<f64>,
}

/// How many people went from one scene to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// From where, by its place in the file.
    pub from: usize,
    /// To where.
    pub to: usize,
    /// The share of everybody who went that way.
    pub share: f64,
}

#[cfg(test)]
mod tests;
