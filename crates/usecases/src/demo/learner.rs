//! How somebody made up learns: they read pages, answer as well as they know, play as well as they can, and get better by it. Everything
//! goes through the use cases of real people, with their forms and their rules.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::{chance::Chance, hospital};
use crate::{
    Failure, Usecases,
    allowance::Gift,
    feedback::Thinks,
    form,
    learn::{PageBody, Progress, Step},
    question::{QuestionView, Sent, StemPart, TaskView},
    quiz::Answered,
    recall::{RecallStands, Recalled},
    role_play::{self, Chosen},
    who::Who,
};

/// What somebody knows. The chance of a right answer is logit⁻¹(ability − difficulty + 0.8 · learned · 0.5^(days/180)).
pub(super) struct Mind {
    seed: u64,
    manner: Manner,
    ability: f64,
    chance: Chance,
    /// How often each quiz and role-play was begun.
    begun: HashMap<String, usize>,
    /// Of each subject: how much was learned of it, and when.
    learned: HashMap<String, (f64, i32)>,
}

/// How somebody made up answers and chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As well as they know, by chance.
    ByChance,
    /// Always as it is best.
    Best,
    /// They fail at first: every answer of their first attempt at a quiz or role-play is wrong. At the next one they know; in a
    /// role-play their first choice is still a mistake, which they repair.
    Repairing,
}

/// Where in an attempt somebody is.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Which attempt it is, from 1.
    attempt: usize,
    /// How many answers or choices came before.
    before: usize,
    /// Whether a mistake is to be repaired in the same attempt.
    repairs: bool,
}

/// Where nothing is counted.
const NOWHERE: Place = Place { attempt: 2, before: 1, repairs: false };

/// How much one time of learning adds.
const LEARNED: f64 = 0.8;
/// After so many days half of it is forgotten.
const HALF_LIFE: f64 = 180.0;
/// How often something is tried at one sitting.
const TRIES: usize = 2;

impl Mind {
    pub(super) fn new(seed: u64, number: usize, manner: Manner) -> Self {
        let mut chance = Chance::of(seed, MINDS, number);
        Self { seed, manner, ability: chance.normal(), chance, begun: HashMap::new(), learned: HashMap::new() }
    }

    /// A quiz or role-play is begun; gives how often it was until now, this time counted.
    fn begins(&mut self, slug: &str) -> usize {
        let times = self.begun.entry(slug.to_owned()).or_insert(0);
        *times += 1;
        *times
    }

    fn learns(&mut self, subject: &str, today: i32) {
        let known = self.keeps(subject, today);
        self.learned.insert(subject.to_owned(), (known + 1.0, today));
    }

    /// How much of a subject is still known.
    fn keeps(&self, subject: &str, today: i32) -> f64 {
        let (learned, on) = self.learned.get(subject).copied().unwrap_or((0.0, today));
        learned * 0.5_f64.powf(f64::from(today - on) / HALF_LIFE)
    }

    /// Whether they get something of a subject right. What it is decides how difficult it is, for everybody alike.
    fn knows(&mut self, (subject, what): (&str, &str), at: Place, today: i32) -> bool {
        match self.manner {
            Manner::ByChance => {}
            Manner::Best => return true,
            Manner::Repairing => return at.attempt > 1 && !(at.repairs && at.before == 0),
        }
        let hash = blake3::hash(format!("{subject} {what}").as_bytes());
        let number = usize::from(u16::from_be_bytes([hash.as_bytes()[0], hash.as_bytes()[1]]));
        let difficulty = Chance::of(self.seed, THINGS, number).normal() * 0.8 - 1.2;
        let logit = self.ability - difficulty + LEARNED * self.keeps(subject, today);
        self.chance.happens(1.0 / (1.0 + (-logit).exp()))
    }
}

/// Kinds of streams of chance.
const MINDS: u64 = 1;
const THINGS: u64 = 2;

/// Somebody who sits down to learn: time passes.
pub(super) struct Sitting<'a> {
    pub(super) who: &'a Who,
    /// Who gives them another attempt where none is left, if anybody does.
    pub(super) helper: Option<&'a Who>,
    pub(super) mind: &'a mut Mind,
    pub(super) now: Timestamp,
    pub(super) today: i32,
}

impl Sitting<'_> {
    /// So many seconds pass, more or less.
    fn pass(&mut self, seconds: i32) {
        let passed = self.mind.chance.between(seconds / 2, seconds * 3 / 2);
        self.now = self.now.saturating_add(SignedDuration::from_secs(passed.into())).unwrap_or(self.now);
    }
}

impl Usecases {
    /// Lets somebody made up learn every module that there is, once, in a manner; gives those that they did not complete. `helper` gives
    /// them more attempts where none is left.
    ///
    /// # Errors
    /// As of the use cases of learners.
    pub async fn learn_everything(
        &self,
        who: &Who,
        helper: &Who,
        manner: Manner,
        now: Timestamp,
    ) -> Result<Vec<String>, Failure> {
        let mut mind = Mind::new(0, 0, manner);
        let today = self.today(now).await?;
        let mut sitting = Sitting { who, helper: Some(helper), mind: &mut mind, now, today };
        let mut left = Vec::new();
        for card in self.modules(who).await? {
            self.learn_module(&mut sitting, &card.slug).await?;
            if !matches!(self.module(who, &card.slug).await?.card.progress, Progress::Done { .. }) {
                left.push(card.slug);
            }
        }
        Ok(left)
    }

    /// Learns a module, as far as it goes: it may be gone on with another day.
    pub(super) async fn learn_module(&self, sitting: &mut Sitting<'_>, slug: &str) -> Result<(), Failure> {
        let who = sitting.who;
        let mut overview = self.module(who, slug).await?;
        if let (Progress::Done { .. }, Some(newest)) = (&overview.card.progress, overview.newest) {
            self.take_again(who, slug, newest, sitting.now).await?;
            overview = self.module(who, slug).await?;
        }
        for entry in overview.pages.iter().filter(|entry| !entry.read) {
            let id = entry.href.rsplit('/').next().unwrap_or_default();
            self.read(sitting, slug, id).await?;
        }
        sitting.mind.learns(slug, sitting.today);
        for activity in overview.activities.iter().filter(|activity| !activity.passed) {
            if !activity.required && !sitting.mind.chance.happens(0.2) {
                continue;
            }
            let of = activity.href.rsplit('/').next().unwrap_or_default();
            for _ in 0..TRIES {
                let passed = match activity.is_quiz {
                    true => self.know(sitting, of, slug).await?,
                    false => self.act(sitting, of, slug).await?,
                };
                if passed {
                    break;
                }
                // Feedback teaches too.
                sitting.mind.learns(slug, sitting.today);
            }
        }
        let after = self.module(who, slug).await?;
        if after.may_say && sitting.mind.chance.happens(0.3) {
            let marks = [(); 3].map(|()| sitting.mind.chance.one(&["3", "4", "4", "5", "5"]));
            let comment = sitting.mind.chance.one(&hospital::COMMENTS);
            self.say(who, slug, Thinks { marks, comment, token: &after.token }, sitting.now).await?;
        }
        Ok(())
    }

    async fn read(&self, sitting: &mut Sitting<'_>, slug: &str, id: &str) -> Result<(), Failure> {
        let who = sitting.who;
        let mut page = self.page(who, slug, id).await?;
        match &page.body {
            PageBody::Check(view) if view.verdict.is_none() => {
                sitting.pass(30);
                let right = self.right_check(who, slug, id).await?;
                let sent = sitting.answer(view, right, (slug, id), NOWHERE);
                let step = Step { slug, page: id, token: &page.token, version: page.version, newest: page.newest };
                self.answer_check(who, step, &sent, sitting.now).await?;
                // The answer may have begun the attempt, so the page is asked for as a browser would.
                page = self.page(who, slug, id).await?;
            }
            PageBody::Reflect { text, over, .. } if text.is_empty() && sitting.mind.chance.happens(0.4) => {
                sitting.pass(90);
                let text = sitting.mind.chance.one(&hospital::REFLECTIONS);
                self.reflect(who, (slug, id), (&page.token, *over, text), sitting.now).await?;
            }
            _ => {}
        }
        sitting.pass(40);
        let step = Step { slug, page: id, token: &page.read_token, version: page.version, newest: page.newest };
        self.mark_read(who, step, sitting.now).await.map(drop)
    }

    /// Takes a quiz about a subject; whether it was passed.
    pub(super) async fn know(&self, sitting: &mut Sitting<'_>, slug: &str, subject: &str) -> Result<bool, Failure> {
        let who = sitting.who;
        let mut intro = self.quiz(who, slug, sitting.now).await?;
        if intro.open.is_none() {
            if intro.left == Some(0) {
                if !self.is_given_more(sitting, slug).await? {
                    return Ok(false);
                }
                intro = self.quiz(who, slug, sitting.now).await?;
            }
            self.begin_quiz(who, slug, (intro.newest, &intro.token), sitting.now).await?;
        }
        let attempt = sitting.mind.begins(slug);
        let (mut number, mut total) = (0, 1);
        while number < total {
            number += 1;
            let Ok(page) = self.quiz_question(who, slug, number, sitting.now).await? else { break };
            // Where only what was wrong is asked again there are fewer than the quiz has.
            total = page.total;
            if page.answered {
                continue;
            }
            sitting.pass(35);
            let right = self.right_answer(who, slug, number).await?;
            let place = Place { attempt, before: number - 1, repairs: false };
            let sent = sitting.answer(&page.question, right, (subject, &page.heading), place);
            let (attempt, times) = (page.attempt, page.times);
            let answered = Answered { slug, attempt, number, times, sent: &sent, token: &page.token };
            self.answer(who, answered, sitting.now).await?;
        }
        let Ok(review) = self.review(who, slug, sitting.now).await? else { return Ok(false) };
        sitting.pass(20);
        self.hand_in(who, slug, (review.attempt, &review.token), sitting.now).await?;
        Ok(self.quiz_result(who, slug, review.attempt).await?.passed)
    }

    /// Whether somebody gives them two more attempts at a quiz.
    async fn is_given_more(&self, sitting: &mut Sitting<'_>, slug: &str) -> Result<bool, Failure> {
        let person = sitting.who.person;
        let Some(helper) = sitting.helper.filter(|helper| helper.person != person) else { return Ok(false) };
        if sitting.mind.manner == Manner::ByChance && !sitting.mind.chance.happens(0.7) {
            return Ok(false);
        }
        let token = form::token(helper)?;
        let reason = "We talked it through together";
        let gift = Gift { quiz: slug, minutes: "", attempts: "2", reason, token: &token };
        self.give(helper, person, gift, sitting.now).await?;
        Ok(true)
    }

    /// Plays a role-play about a subject; whether it was passed.
    async fn act(&self, sitting: &mut Sitting<'_>, slug: &str, subject: &str) -> Result<bool, Failure> {
        /// More choices than any role-play has.
        const MOST: usize = 100;
        let who = sitting.who;
        let intro = self.role_play(who, slug).await?;
        self.begin_role_play(who, slug, (role_play::ASSESSED, intro.newest, &intro.token), sitting.now).await?;
        let attempt = sitting.mind.begins(slug);
        let mut played = None;
        for before in 0..MOST {
            let Ok(scene) = self.scene(who, slug).await? else { break };
            sitting.pass(30);
            let best = self.best_choice(who, slug).await?;
            let what = format!("{slug} {}", scene.before.len());
            let place = Place { attempt, before, repairs: true };
            let number = match (sitting.mind.knows((subject, &what), place, sitting.today), scene.choices.len()) {
                (true, _) | (_, ..=1) => best,
                (false, many) => other(&mut sitting.mind.chance, best, many),
            };
            played = Some(scene.attempt);
            let chosen = Chosen { slug, attempt: scene.attempt, at: scene.at, number, token: &scene.token };
            self.choose(who, chosen, sitting.now).await?;
        }
        let ends = played.map(|attempt| format!("/{attempt}")).unwrap_or_default();
        let tried = self.role_play(who, slug).await?.attempts;
        let it = tried.iter().find(|line| line.href.as_ref().is_some_and(|href| href.ends_with(&ends)));
        Ok(it.is_some_and(|line| line.passed == Some(true)))
    }

    /// Answers the questions that are due between cycles, of one subject.
    pub(super) async fn remember(&self, sitting: &mut Sitting<'_>) -> Result<(), Failure> {
        /// More questions than any session has.
        const MOST: usize = 20;
        let who = sitting.who;
        let overview = self.recall(who, sitting.now).await?;
        let slug = overview.due.first().and_then(|due| due.href.strip_prefix("/recall/")?.split('/').next());
        let Some(slug) = slug else { return Ok(()) };
        for _ in 0..MOST {
            let RecallStands::Question(href) = self.recall_session(who, slug, sitting.now).await? else { break };
            let number = href.rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or(1);
            let Ok(question) = self.recall_question(who, slug, number, sitting.now).await? else { break };
            if question.question.verdict.is_some() {
                break;
            }
            sitting.pass(30);
            let right = self.right_recall(who, slug, number, sitting.now).await?;
            let sent = sitting.answer(&question.question, right, (slug, &question.heading), NOWHERE);
            let recalled =
                Recalled { slug, session: &question.session, number, sent: &sent, token: &form::token(who)? };
            self.answer_recall(who, recalled, sitting.now).await?;
        }
        Ok(())
    }
}

impl Sitting<'_> {
    /// What they answer to a question of a subject: what is right, where they know it.
    fn answer(&mut self, view: &QuestionView, right: Sent, of: (&str, &str), at: Place) -> Sent {
        if self.mind.knows(of, at, self.today) { right } else { wrong(view, right, &mut self.mind.chance) }
    }
}

/// Something else than what is right, where there is anything.
fn wrong(view: &QuestionView, mut sent: Sent, chance: &mut Chance) -> Sent {
    match &view.task {
        TaskView::Choice { options, .. } => {
            let right = sent.answer.first().and_then(|first| first.parse().ok()).unwrap_or(1);
            if sent.answer.len() > 1 {
                sent.answer.pop();
            } else {
                sent.answer = vec![other(chance, right, options.len()).to_string()];
            }
        }
        TaskView::Ordering(_) if sent.place.len() > 1 => sent.place.swap(0, 1),
        TaskView::Matching { .. } if sent.pair.len() > 1 => sent.pair.swap(0, 1),
        TaskView::Blanks => {
            let blanks = view.stem.iter().filter_map(|part| match part {
                StemPart::Blank(blank) => Some(blank),
                StemPart::Html(_) => None,
            });
            for (filled, blank) in sent.blank.iter_mut().zip(blanks) {
                *filled = match (&blank.menu, filled.parse::<usize>()) {
                    (Some(menu), Ok(right)) => other(chance, right, menu.len()).to_string(),
                    (None, Ok(number)) if blank.is_number => (number + 7).to_string(),
                    _ => "something".to_owned(),
                };
            }
        }
        _ => {}
    }
    sent
}

/// Another number than this one, from 1.
fn other(chance: &mut Chance, than: usize, of: usize) -> usize {
    let others: Vec<usize> = (1..=of).filter(|number| *number != than).collect();
    if others.is_empty() { than } else { chance.one(&others) }
}
