//! The questions of a quiz, and the checks of a module.

use std::{collections::HashMap, sync::Arc};

use courseware::{
    Module, Question, Quiz, Response,
    blank::Blank,
    grade,
    hash::{Hash, scoring_hash},
    module::PageKind,
    question::Task,
    unanswered,
};
use jiff::Timestamp;
use records::{
    sheet::Writing,
    statistics::{Answer, Figures, Item, LEAST, Mean, Sign, told, wilson},
};
use serde::Deserialize;
use store::{DocumentId, FirstAttempt, VersionId};

use super::{DaysTyped, Told, percent};
use crate::{Failure, Usecases, question, who::Who};

/// How many different answers to a question of a version are kept with what they are worth; most people give the same few.
const KEPT: usize = 256;

/// What first attempts say about a quiz.
#[derive(Clone, Debug, PartialEq)]
pub struct QuizStatistics {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How many first attempts are counted; none where they are fewer than ten.
    pub people: Option<u64>,
    /// Whether there are more, at versions that fewer than ten people have met.
    pub leaves_out: bool,
    /// The mean score, in percent.
    pub score: Option<u32>,
    /// The share that passed, with the least and the greatest that fit, in percent.
    pub passed: Option<[u32; 3]>,
    /// The questions: those of the quiz as it is live in the order of its file, then those that it had before.
    pub items: Vec<ItemLine>,
}

/// A question, as it scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemLine {
    /// A name for it on the page.
    pub id: String,
    /// Its id in the text.
    pub question: String,
    /// Its heading.
    pub title: String,
    /// What is asked, as safe HTML.
    pub stem_html: String,
    /// What there is to do, in words.
    pub kind: &'static str,
    /// Until when it scored like this; none if it does as the quiz is live.
    pub until: Option<String>,
    /// Whether earlier versions that are counted here had other words for the same.
    pub reworded: bool,
    /// Its figures; none where fewer than ten people met it.
    pub figures: Option<ItemFigures>,
}

/// The figures of a question. Shares are in percent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFigures {
    /// How many first attempts met it.
    pub people: u64,
    /// The share of its points that was earned, with the least and the greatest that fit.
    pub facility: [u32; 3],
    /// How its points go along with those of the rest of the quiz, in hundredths; none where that cannot be said.
    pub discrimination: Option<i32>,
    /// Wholly right, right in part, wrong, and without an answer.
    pub shares: [u32; 4],
    /// The mean share of the points of the rest, of those who are wholly right.
    pub right_rest: Option<u32>,
    /// The answers to choose from.
    pub options: Vec<OptionLine>,
    /// The parts that are right or wrong by themselves.
    pub parts: Vec<PartLine>,
    /// What to look at, in sentences.
    pub signs: Vec<String>,
}

/// An answer to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionLine {
    /// Its words.
    pub text: String,
    /// Whether it is right.
    pub right: bool,
    /// The share of people who chose it.
    pub share: u32,
    /// The mean share of the points of the rest, of those who chose it; none where that would tell of too few.
    pub rest: Option<u32>,
}

/// A part of a question that is right or wrong by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartLine {
    /// What it is.
    pub text: String,
    /// The share of people who have it right.
    pub share: u32,
}

/// What is read of a paper: what was asked. In which order it was shown does not matter.
#[derive(Deserialize)]
struct Asked<'p> {
    #[serde(borrow)]
    questions: Vec<AskedQuestion<'p>>,
}

#[derive(Deserialize)]
struct AskedQuestion<'p> {
    #[serde(borrow)]
    id: std::borrow::Cow<'p, str>,
}

/// A question as it scores, while attempts go by.
struct Row {
    /// As it was worded last.
    question: Question,
    /// The places of the versions in which it stands.
    versions: Vec<usize>,
    reworded: bool,
    item: Item,
}

/// A version of the quiz, with the row of each of its questions.
struct Version {
    quiz: Arc<Quiz>,
    rows: Vec<usize>,
    places: HashMap<String, usize>,
    judged: Vec<HashMap<String, Arc<Judged>>>,
}

/// What an answer is worth.
struct Judged {
    score: f64,
    right: bool,
    answered: bool,
    chosen: Vec<usize>,
    parts: Vec<bool>,
}

#[derive(Default)]
struct Gathering {
    rows: Vec<Row>,
    by_key: HashMap<(String, Hash), usize>,
    versions: HashMap<VersionId, Version>,
    people: u64,
    passed: u64,
    score: Mean,
}

impl Usecases {
    /// What first attempts at a quiz say about its questions.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who are neither trainer nor administrator, [`Failure::NotFound`], [`Failure::Invalid`] for days
    /// that cannot be read, [`Failure::Store`].
    pub async fn quiz_statistics(&self, who: &Who, slug: &str, days: DaysTyped<'_>) -> Result<QuizStatistics, Failure> {
        let (document, met, here) = self.looked_at(who, ("quiz", slug, ""), days).await?;
        let live = self.versions.quiz(&self.store, document.version, &here.tokens).await?;
        let mut gathering = Gathering::default();
        let told = met.told();
        // In the order of publishing, so that the last words for a question are those that are shown. Versions of which nothing is told
        // yet still say whether a question scores as it did.
        for (place, line) in met.versions.iter().enumerate() {
            let quiz = self.versions.quiz(&self.store, line.id, &here.tokens).await?;
            gathering.know(line.id, place, quiz, &live);
        }
        self.each_first_attempt(&met.attempts, &told, |attempt| gathering.see(attempt)).await?;
        let until = |row: &Row| met.until(&row.versions, document.version, &here);
        Ok(gathering.told(&live, &met, until))
    }

    /// The same as a file of commas: a line for each question. It is written down who took it.
    ///
    /// # Errors
    /// As [`Usecases::quiz_statistics`].
    pub async fn quiz_statistics_file(
        &self,
        who: &Who,
        slug: &str,
        days: DaysTyped<'_>,
        now: Timestamp,
    ) -> Result<Vec<u8>, Failure> {
        let statistics = self.quiz_statistics(who, slug, days).await?;
        self.downloaded(who, format!("/statistics/quizzes/{slug}/items.csv"), days, now).await?;
        Ok(write(&statistics))
    }
}

impl Usecases {
    /// What first answers say about the checks of a module as it is live, each with its id. Checks are no paper, so there is no rest that
    /// they could go along with. Versions in which a check scores the same are counted together.
    pub(crate) async fn check_figures(
        &self,
        document: DocumentId,
        live: VersionId,
    ) -> Result<Vec<(String, ItemFigures)>, Failure> {
        let here = self.here().await?;
        let live = self.versions.module(&self.store, live, &here.tokens).await?;
        let mut rows: Vec<(&Question, Hash, Item)> = Vec::new();
        for question in checks(&live) {
            let item = Item::new(options(question).len(), parts(question).len());
            rows.push((question, scoring_hash(question), item));
        }
        for first in self.store.first_checks(document).await? {
            let module = self.versions.module(&self.store, first.version, &here.tokens).await?;
            let Some(question) = checks(&module).find(|question| question.id == first.question) else { continue };
            let is_row = |(now, hash, _): &&mut (&Question, Hash, Item)| {
                let mut named = question.clone();
                named.id.clone_from(&now.id);
                (now.id == question.id || now.was.contains(&question.id)) && scoring_hash(&named) == *hash
            };
            let Some((_, _, item)) = rows.iter_mut().find(is_row) else { continue };
            let judged = judge(question, first.answer.as_deref(), &mut HashMap::new());
            for _ in 0..first.people {
                item.add(&Answer {
                    score: judged.score,
                    rest: None,
                    right: judged.right,
                    answered: judged.answered,
                    chosen: &judged.chosen,
                    parts: &judged.parts,
                });
            }
        }
        let told = rows.into_iter().filter_map(|(question, _, item)| {
            let figures = item.figures(is_exclusive(question))?;
            Some((question.id.clone(), told_of(question, &figures)))
        });
        Ok(told.collect())
    }
}

/// The checks of a module that are scored.
fn checks(module: &Module) -> impl Iterator<Item = &Question> {
    module.pages.iter().filter_map(|page| match &page.kind {
        PageKind::Check(question) if question.is_scored() => Some(&**question),
        _ => None,
    })
}

impl Gathering {
    /// Makes a version known, with the rows of its questions.
    fn know(&mut self, id: VersionId, place: usize, quiz: Arc<Quiz>, live: &Quiz) {
        let rows = quiz.questions.iter().map(|question| self.row(question, place, live)).collect();
        let places = quiz.questions.iter().enumerate().map(|(at, question)| (question.id.clone(), at)).collect();
        let judged = vec![HashMap::new(); quiz.questions.len()];
        self.versions.insert(id, Version { quiz, rows, places, judged });
    }

    /// The row of a question: that of the same question, under the name it has now, as it scores.
    fn row(&mut self, question: &Question, place: usize, live: &Quiz) -> usize {
        let mut named = question.clone();
        if let Some(now) = live.question(&question.id) {
            named.id.clone_from(&now.id);
        }
        let key = (named.id.clone(), scoring_hash(&named));
        let known = *self.by_key.entry(key).or_insert(self.rows.len());
        match self.rows.get_mut(known) {
            Some(row) => {
                row.reworded |= words(&row.question) != words(&named);
                row.question = named;
                row.versions.push(place);
            }
            None => {
                let item = Item::new(options(&named).len(), parts(&named).len());
                self.rows.push(Row { question: named, versions: vec![place], reworded: false, item });
            }
        }
        known
    }

    /// Counts an attempt in.
    fn see(&mut self, attempt: &FirstAttempt) -> Result<(), Failure> {
        let unreadable = || Failure::Internal(format!("attempt {} has no paper", attempt.id));
        let Some(version) = self.versions.get_mut(&attempt.version) else { return Ok(()) };
        let paper = attempt.paper.as_deref().ok_or_else(unreadable)?;
        let paper: Asked<'_> = serde_json::from_str(paper).map_err(|_| unreadable())?;
        let mut answers: HashMap<&str, &str> = HashMap::new();
        for (node, answer) in attempt.steps() {
            // The last answer to a question counts; one that was taken away again leaves none.
            match answer {
                Some(answer) => answers.insert(node, answer),
                None => answers.remove(node),
            };
        }
        let mut made: Vec<(usize, f64, Arc<Judged>)> = Vec::with_capacity(paper.questions.len());
        let (mut earned, mut possible) = (0.0, 0.0);
        for asked in &paper.questions {
            let Some(at) = version.places.get(&*asked.id).copied() else { continue };
            let question = &version.quiz.questions[at];
            if !question.is_scored() {
                continue;
            }
            let judged = judge(question, answers.get(&*asked.id).copied(), &mut version.judged[at]);
            let points = f64::from(question.worth());
            earned += points * judged.score;
            possible += points;
            made.push((version.rows[at], points, judged));
        }
        for (row, points, judged) in &made {
            let others = possible - points;
            let Some(row) = self.rows.get_mut(*row) else { continue };
            row.item.add(&Answer {
                score: judged.score,
                rest: (others > 0.0).then(|| ((earned - points * judged.score) / others).clamp(0.0, 1.0)),
                right: judged.right,
                answered: judged.answered,
                chosen: &judged.chosen,
                parts: &judged.parts,
            });
        }
        self.people += 1;
        self.passed += u64::from(attempt.passed);
        if let Some(score) = attempt.score {
            self.score.add(score as f64 / 10_000.0);
        }
        Ok(())
    }

    fn told(self, live: &Quiz, met: &Told, until: impl Fn(&Row) -> Option<String>) -> QuizStatistics {
        let enough = self.people >= LEAST;
        let kept_back = self.kept_back(live);
        let mut lines: Vec<(usize, usize, ItemLine)> = Vec::new();
        for (number, row) in self.rows.iter().enumerate() {
            let until = until(row);
            // What nobody met is of no use, but that the quiz asks it now.
            if !row.question.is_scored() || (row.item.people() == 0 && until.is_some()) {
                continue;
            }
            let place = live.questions.iter().position(|question| question.id == row.question.id);
            let last = row.versions.last().copied().unwrap_or_default();
            let figures = row.item.figures(is_exclusive(&row.question)).filter(|_| !kept_back.contains(&number));
            let line = ItemLine {
                id: format!("q{}", number + 1),
                question: row.question.id.clone(),
                title: row.question.title.clone(),
                stem_html: row.question.stem_html(|_| "______".to_owned()),
                kind: kind(&row.question),
                until,
                reworded: row.reworded,
                figures: figures.map(|figures| told_of(&row.question, &figures)),
            };
            lines.push((place.unwrap_or(usize::MAX), usize::MAX - last, line));
        }
        lines.sort_by_key(|(place, newest, _)| (*place, *newest));
        QuizStatistics {
            slug: live.slug.clone(),
            title: live.title.clone(),
            people: enough.then_some(self.people),
            leaves_out: met.leaves_out(),
            score: self.score.value().filter(|_| self.score.people >= LEAST).map(percent),
            passed: wilson(self.passed as f64, self.people).filter(|_| enough).map(shares),
            items: lines.into_iter().map(|(.., line)| line).collect(),
        }
    }

    /// The rows of which nothing may be said although ten people met them: questions are drawn from pools, so that how many met the
    /// others of a pool tells how many met one of fewer than ten.
    fn kept_back(&self, live: &Quiz) -> Vec<usize> {
        let mut kept_back = Vec::new();
        let mut pools: Vec<&str> = self.rows.iter().filter_map(|row| row.question.pool.as_deref()).collect();
        pools.extend(live.draw.iter().map(|draw| draw.pool.as_str()));
        pools.sort_unstable();
        pools.dedup();
        for pool in pools {
            let of_pool = self.rows.iter().enumerate().filter(|(_, row)| row.question.pool.as_deref() == Some(pool));
            let rows: Vec<(usize, u64)> = of_pool.map(|(number, row)| (number, row.item.people())).collect();
            let counts: Vec<u64> = rows.iter().map(|(_, people)| *people).collect();
            kept_back.extend(rows.iter().zip(told(&counts)).filter(|(_, told)| !told).map(|((number, _), _)| *number));
        }
        kept_back
    }
}

/// What an answer is worth; from what was kept, if somebody gave the same.
fn judge(question: &Question, answer: Option<&str>, kept: &mut HashMap<String, Arc<Judged>>) -> Arc<Judged> {
    if let Some(judged) = kept.get(answer.unwrap_or_default()) {
        return Arc::clone(judged);
    }
    let response = answer.and_then(question::read_response);
    let graded = response.as_ref().map_or_else(|| unanswered(question), |response| grade(question, response));
    let judged = Arc::new(Judged {
        score: graded.score.map_or(0.0, courseware::Share::value),
        right: graded.correct,
        answered: response.is_some(),
        chosen: response.map(|response| chosen(question, &response)).unwrap_or_default(),
        parts: graded.parts,
    });
    if kept.len() < KEPT {
        kept.insert(answer.unwrap_or_default().to_owned(), Arc::clone(&judged));
    }
    judged
}

/// Whether one option at most can be chosen.
fn is_exclusive(question: &Question) -> bool {
    matches!(&question.task, Task::Choice(choice) if !choice.multiple)
}

/// The answers to choose from, with whether each is right: those to tick, and those of every menu.
fn options(question: &Question) -> Vec<(String, bool)> {
    match &question.task {
        Task::Choice(choice) => choice.options.iter().map(|option| (option.text.clone(), option.correct)).collect(),
        Task::Blanks(blanks) => {
            let gaps = blanks.iter().enumerate().filter_map(|(at, blank)| match blank {
                Blank::Menu { options, .. } => Some((at, options)),
                _ => None,
            });
            gaps.flat_map(|(at, options)| {
                options.iter().map(move |option| (format!("Gap {}: {}", at + 1, option.text), option.correct))
            })
            .collect()
        }
        Task::Ordering(_) | Task::Matching(_) | Task::Reflect { .. } => Vec::new(),
    }
}

/// The places of what was chosen among [`options`].
fn chosen(question: &Question, response: &Response) -> Vec<usize> {
    match (&question.task, response) {
        (Task::Choice(choice), Response::Ticked(ids)) => {
            let places = choice.options.iter().enumerate().filter(|(_, option)| ids.contains(&option.id));
            places.map(|(at, _)| at).collect()
        }
        (Task::Blanks(blanks), Response::Blanks(filled)) => {
            let (mut places, mut first) = (Vec::new(), 0);
            for (blank, filled) in blanks.iter().zip(filled) {
                if let Blank::Menu { options, .. } = blank {
                    let at = options.iter().position(|option| option.text.trim() == filled.trim());
                    places.extend(at.map(|at| first + at));
                    first += options.len();
                }
            }
            places
        }
        _ => Vec::new(),
    }
}

/// The parts that are right or wrong by themselves; of ticks none, since their options say more.
fn parts(question: &Question) -> Vec<String> {
    match &question.task {
        Task::Ordering(items) => {
            items.iter().enumerate().map(|(at, item)| format!("Place {}: {}", at + 1, item.text)).collect()
        }
        Task::Matching(matching) => matching.lefts.iter().map(|left| left.text.clone()).collect(),
        Task::Blanks(blanks) => {
            blanks.iter().enumerate().map(|(at, blank)| format!("Gap {}: {}", at + 1, blank.key())).collect()
        }
        Task::Choice(_) | Task::Reflect { .. } => Vec::new(),
    }
}

/// The answers to choose from, then the parts, each with whether it is right: what figures are told of.
pub(crate) fn answers(question: &Question) -> Vec<(String, bool)> {
    options(question).into_iter().chain(parts(question).into_iter().map(|part| (part, true))).collect()
}

/// The words that somebody answers to.
fn words(question: &Question) -> (String, Vec<(String, bool)>, Vec<String>) {
    (question.stem_html(|_| String::new()), options(question), parts(question))
}

fn kind(question: &Question) -> &'static str {
    match &question.task {
        Task::Choice(choice) if choice.is_true_false() => "True or false",
        Task::Choice(choice) if choice.multiple => "Several answers",
        Task::Choice(_) => "One answer",
        Task::Ordering(_) => "Put in order",
        Task::Matching(_) => "Match",
        Task::Blanks(_) => "Fill in",
        Task::Reflect { .. } => "Free text",
    }
}

fn shares(interval: records::statistics::Interval) -> [u32; 3] {
    [interval.share, interval.least, interval.most].map(percent)
}

fn told_of(question: &Question, figures: &Figures) -> ItemFigures {
    let options = options(question);
    let right: Vec<bool> = options.iter().map(|(_, right)| *right).collect();
    let signs = figures.signs(&right).into_iter().map(|sign| sign_words(sign, &options)).collect();
    let lines = options.into_iter().zip(&figures.options).map(|((text, right), option)| OptionLine {
        text,
        right,
        share: percent(option.share),
        rest: option.rest.map(percent),
    });
    let parts = parts(question).into_iter().zip(&figures.parts);
    ItemFigures {
        people: figures.people,
        facility: shares(figures.facility),
        // From −100 to 100 by construction.
        discrimination: figures.discrimination.map(|discrimination| (discrimination * 100.0).round() as i32),
        shares: [figures.right, figures.partly, figures.wrong, figures.unanswered].map(percent),
        right_rest: figures.right_rest.map(percent),
        options: lines.collect(),
        parts: parts.map(|(text, share)| PartLine { text, share: percent(*share) }).collect(),
        signs,
    }
}

/// What to look at, and what to do about it.
fn sign_words(sign: Sign, options: &[(String, bool)]) -> String {
    let option = |at: usize| options.get(at).map_or("", |(text, _)| text.as_str());
    match sign {
        Sign::Hard => {
            "Few are right. Is the key right, is it taught, and does the question say what is meant?".to_owned()
        }
        Sign::Easy => "Nearly everybody is right. Is it too easy to show anything?".to_owned(),
        Sign::Weak => {
            "Those who do well in the rest are hardly more often right here. Look at the wording and at the key."
                .to_owned()
        }
        Sign::Untaken(at) => {
            format!("Nobody takes “{}”. Make it more likely, or leave it out.", option(at))
        }
        Sign::Taken(at) => format!(
            "Those who take “{}” do better in the rest than those who are right. Look at its wording and at the key.",
            option(at)
        ),
    }
}

/// A line for each question, as on the page.
fn write(statistics: &QuizStatistics) -> Vec<u8> {
    let mut file = Writing::new(&[
        "question",
        "type",
        "version",
        "first_attempts",
        "facility_percent",
        "facility_least",
        "facility_most",
        "discrimination",
        "right_percent",
        "partly_percent",
        "wrong_percent",
        "unanswered_percent",
        "answers",
        "look_at",
    ]);
    for line in &statistics.items {
        let version = line.until.as_deref().unwrap_or("live");
        let mut cells = vec![line.title.clone(), line.kind.to_owned(), version.to_owned()];
        match &line.figures {
            None => {
                cells.push("fewer than ten".to_owned());
                cells.resize(14, String::new());
            }
            Some(figures) => {
                cells.push(figures.people.to_string());
                cells.extend(figures.facility.map(|number| number.to_string()));
                cells.push(figures.discrimination.map(hundredths).unwrap_or_default());
                cells.extend(figures.shares.map(|number| number.to_string()));
                let options = figures.options.iter().map(|option| {
                    let right = if option.right { ", right" } else { "" };
                    let rest = option.rest.map(|rest| format!(", rest {rest} %")).unwrap_or_default();
                    format!("{}: {} %{right}{rest}", option.text, option.share)
                });
                let parts = figures.parts.iter().map(|part| format!("{}: {} % right", part.text, part.share));
                cells.push(options.chain(parts).collect::<Vec<_>>().join("; "));
                cells.push(figures.signs.join(" "));
            }
        }
        file.row(cells.iter().map(String::as_str));
    }
    file.finish()
}

/// A number of hundredths with its point: −0.05.
pub(super) fn hundredths(number: i32) -> String {
    format!("{}{}.{:02}", if number < 0 { "-" } else { "" }, number.abs() / 100, number.abs() % 100)
}
