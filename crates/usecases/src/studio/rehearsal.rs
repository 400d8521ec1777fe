//! Trying what is being written: a role-play from any scene with any meters and flags, and questions answered. Nothing of it is kept: where
//! a trainer stands travels with the page, and each page is made of the text as it is by then.

use std::collections::BTreeMap;

use courseware::{
    Content, Kind, Paper, Question, Quiz, Response, Scenario, Surroundings,
    module::PageKind,
    paper::{self, AskedQuestion, Marked},
    play::{Play, Refused, Stage, Step},
    quiz::{FeedbackTime, Keep, Retry},
    scenario::Quality,
};

use crate::{
    Failure, Usecases, images,
    question::{self, QuestionView, Sent},
    quiz::{ResultLine, result_lines},
    role_play::{CompetencyLine, Debrief, Ended, Line, MeterView, hundredths, lines, percent},
    thawed,
    who::Who,
};

/// The most choices that are replayed from an address.
const MOST_STEPS: usize = 500;

/// Where a trainer tries a role-play from, and what was chosen since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// The id of the scene to begin in; the first where it is empty.
    pub from: String,
    /// The meters by name with the value that was typed; what is no number is as at the start.
    pub meters: Vec<(String, String)>,
    /// The names of the flags that are set.
    pub flags: Vec<String>,
    /// The choices that were taken, each by its place in the file from 1, with hyphens between them: `1-3-2`.
    pub steps: String,
}

/// A role-play that is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsal {
    /// Its title.
    pub title: String,
    /// Every scene: its id and title.
    pub scenes: Vec<(String, String)>,
    /// Every meter by name, with where it begins here.
    pub meters: Vec<(String, i32)>,
    /// Every flag by name, and whether it is set in the beginning here.
    pub flags: Vec<(String, bool)>,
    /// The scene it begins in.
    pub from: String,
    /// The choices that were replayed, as they travel on.
    pub steps: String,
    /// The steps before the last choice; none where nothing was chosen.
    pub back: Option<String>,
    /// What is to be told about the way here: the text has changed, say.
    pub notice: Option<String>,
    /// What learners read before they begin, as safe HTML, and whose part they play; empty once something was chosen.
    pub intro: (String, Option<String>),
    /// The meters as learners see them now.
    pub shown: Vec<MeterView>,
    /// What was said and seen so far.
    pub before: Vec<Line>,
    /// What is said about the last choice, as safe HTML.
    pub feedback_html: Option<String>,
    /// What is said and seen since the last choice.
    pub lines: Vec<Line>,
    /// A hint on demand, as safe HTML.
    pub hint_html: Option<String>,
    /// What can be chosen.
    pub choices: Vec<RehearsalChoice>,
    /// The scene that it stands in: its id and title.
    pub scene: (String, String),
    /// What learners do not see: each meter with its value, and the flags that are set.
    pub behind: (Vec<(String, i32)>, Vec<String>),
    /// How it came out; none before it ends.
    pub ended: Option<Box<Debrief>>,
}

/// A choice with what a trainer must know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RehearsalChoice {
    /// Its words, as safe HTML.
    pub html: String,
    /// The steps with this one.
    pub steps: String,
    /// How good it is.
    pub quality: Option<&'static str>,
    /// What it changes, in words; empty where it changes nothing.
    pub effects: String,
}

/// What a form for answering a draft's questions sends.
#[derive(Clone, Debug, Default)]
pub struct Answering {
    /// What the order of questions and answers follows from; empty to begin.
    pub seed: String,
    /// Which question, from 1.
    pub at: usize,
    /// The answers so far, as the form brought them.
    pub kept: String,
    /// The answer to this question; none to see it.
    pub sent: Option<Sent>,
}

/// Questions of a draft, being answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// The title of the document.
    pub title: String,
    /// What travels on with the form.
    pub seed: String,
    /// The answers so far, as they travel on.
    pub kept: String,
    /// A question, or the result.
    pub stands: AnswersStand,
}

/// Where somebody stands who answers a draft's questions.
#[derive(Clone, Debug, PartialEq)]
pub enum AnswersStand {
    /// There is nothing to answer.
    Nothing,
    /// A question: its place from 1, of how many, its heading, and what it looks like, with the verdict once it is answered. The last is
    /// what keeps the answer from being taken, as a sentence.
    Question(usize, usize, String, Box<QuestionView>, Option<String>),
    /// The result.
    Result(AnswersResult),
}

/// The result of answering a draft's questions.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswersResult {
    /// The questions with answers, keys and feedback.
    pub lines: Vec<ResultLine>,
    /// Of a quiz: the score from 0 to 100, none where nothing is scored; the least that passes; whether it passes.
    pub quiz: Option<(Option<u32>, u32, bool)>,
    /// The score in each competency.
    pub competencies: Vec<CompetencyLine>,
}

impl Usecases {
    /// A role-play as it is being written, played from somewhere.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`] where there is none or its text cannot be
    /// read as one, [`Failure::Store`].
    pub async fn rehearse(&self, who: &Who, slug: &str, tried: &Tried) -> Result<Rehearsal, Failure> {
        let Content::Scenario(scenario) = self.written(who, Kind::Scenario, slug).await? else {
            return Err(Failure::NotFound);
        };
        let mut rehearsal = rehearsal(&scenario, tried)?;
        if let Some(ended) = &mut rehearsal.ended {
            self.name_competencies(&mut ended.competencies).await?;
        }
        Ok(rehearsal)
    }

    /// The questions of a draft, one after the other: those of a quiz as an attempt would draw them, or the checks of a module.
    ///
    /// # Errors
    /// As [`Usecases::rehearse`].
    pub async fn answer_draft(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        answering: &Answering,
    ) -> Result<Answers, Failure> {
        let content = self.written(who, kind, slug).await?;
        let seed = match answering.seed.as_str() {
            "" => self.seeds.next()?,
            written => read_seed(written).ok_or(Failure::NotFound)?,
        };
        let mut answers = answers(&content, seed, answering)?;
        if let AnswersStand::Result(result) = &mut answers.stands {
            self.name_competencies(&mut result.competencies).await?;
        }
        Ok(answers)
    }

    /// A document as it is being written, else as it is live, filled as learners see it.
    async fn written(&self, who: &Who, kind: Kind, slug: &str) -> Result<Content, Failure> {
        who.as_trainer()?;
        let source = self.source_of(kind, slug).await?;
        let parsed = courseware::parse_checked(&format!("{slug}.md"), &source, &Surroundings::default());
        let content = parsed.content.filter(|content| content.kind() == kind).ok_or(Failure::NotFound)?;
        let here = self.here().await?;
        let places = images::places(&self.images_of(slug).await?);
        thawed::filled(&content, &places, &here.tokens)
    }
}

fn rehearsal(scenario: &Scenario, tried: &Tried) -> Result<Rehearsal, Failure> {
    let stage = Stage {
        node: tried.from.clone(),
        meters: tried
            .meters
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.trim().parse().ok()?)))
            .collect(),
        flags: tried.flags.clone(),
    };
    let (mut notice, mut stage) = (None, stage);
    if !stage.node.is_empty() && !scenario.nodes.iter().any(|node| node.id == stage.node) {
        notice = Some("The scene to begin in is not in the text any more: it begins with the first.".to_owned());
        stage.node.clear();
    }
    let seed = courseware::Seed::default();
    let mut steps = Vec::new();
    let mut play = match Play::start_from(scenario, seed, &stage) {
        Ok(play) => play,
        Err(refused) => return Ok(stuck(scenario, &stage, stuck_words(scenario, &refused))),
    };
    for written in tried.steps.split('-').filter(|written| !written.is_empty()).take(MOST_STEPS) {
        let Some(here) = play.passed().last() else { break };
        let step = Step { node: here.node.id.clone(), choice: written.parse().unwrap_or(0) };
        match play.take(&step) {
            Ok(()) => steps.push(step.choice.to_string()),
            Err(refused @ Refused::Stuck { .. }) => {
                notice = Some(stuck_words(scenario, &refused));
                break;
            }
            Err(_) => {
                notice = Some("The text has changed since: you stand where the way still fits.".to_owned());
                break;
            }
        }
    }
    let joined = |steps: &[String]| steps.join("-");
    let passed = play.passed();
    let since = passed.iter().rposition(|passed| passed.chosen.is_some()).map_or(0, |at| at + 1);
    let here = passed.last().map(|passed| passed.node);
    let scene = play.scene();
    let choices = scene.choices.iter().map(|choice| {
        let mut with = steps.clone();
        with.push(choice.id.to_string());
        RehearsalChoice {
            html: choice.html.clone(),
            steps: joined(&with),
            quality: choice.quality.map(Quality::as_str),
            effects: choice
                .effects
                .iter()
                .map(|effect| map::words::effect(scenario, *effect))
                .collect::<Vec<_>>()
                .join(", "),
        }
    });
    let meters = scenario.meters.iter().zip(play.meters()).map(|(meter, value)| (meter.name.clone(), *value));
    let outcome = play.outcome();
    Ok(Rehearsal {
        choices: choices.collect(),
        back: steps.split_last().map(|(_, before)| joined(before)),
        steps: joined(&steps),
        before: passed.iter().take(since).flat_map(|passed| lines(scenario, passed)).collect(),
        feedback_html: play.feedback(courseware::play::Mode::Practice).and_then(|choice| choice.feedback_html.clone()),
        lines: passed.iter().skip(since).flat_map(|passed| lines(scenario, passed)).collect(),
        intro: if steps.is_empty() {
            (scenario.intro_html.clone(), scenario.you_are.clone())
        } else {
            <(String, Option<String>)>::default()
        },
        shown: MeterView::all(&scene),
        hint_html: scene.hint_html.map(str::to_owned),
        scene: here.map(|node| (node.id.clone(), node.title.clone())).unwrap_or_default(),
        behind: (meters.collect(), play.flags().into_iter().map(str::to_owned).collect()),
        ended: outcome.as_ref().map(|outcome| Box::new(Debrief::of((scenario, &play, outcome), Ended::default()))),
        notice,
        ..empty(scenario, &stage)
    })
}

/// A rehearsal that cannot even begin.
fn stuck(scenario: &Scenario, stage: &Stage, words: String) -> Rehearsal {
    let node = scenario.nodes.iter().find(|node| node.id == stage.node).or(scenario.nodes.first());
    Rehearsal {
        notice: Some(words),
        scene: node.map(|node| (node.id.clone(), node.title.clone())).unwrap_or_default(),
        ..empty(scenario, stage)
    }
}

fn empty(scenario: &Scenario, stage: &Stage) -> Rehearsal {
    let start = |meter: &courseware::scenario::Meter| {
        let given = stage.meters.iter().find(|(name, _)| *name == meter.name);
        given.map_or(i32::from(meter.start), |(_, value)| (*value).clamp(0, 100))
    };
    Rehearsal {
        title: scenario.title.clone(),
        scenes: scenario.nodes.iter().map(|node| (node.id.clone(), node.title.clone())).collect(),
        meters: scenario.meters.iter().map(|meter| (meter.name.clone(), start(meter))).collect(),
        flags: scenario.flags.iter().map(|flag| (flag.clone(), stage.flags.contains(flag))).collect(),
        from: stage.node.clone(),
        steps: String::new(),
        back: None,
        notice: None,
        intro: <(String, Option<String>)>::default(),
        shown: Vec::new(),
        before: Vec::new(),
        feedback_html: None,
        lines: Vec::new(),
        hint_html: None,
        choices: Vec::new(),
        scene: (String::new(), String::new()),
        behind: (Vec::new(), Vec::new()),
        ended: None,
    }
}

fn stuck_words(scenario: &Scenario, refused: &Refused) -> String {
    match refused {
        Refused::Stuck { node } => {
            let title = scenario.nodes.iter().find(|other| other.id == *node).map_or(node, |node| &node.title);
            format!(
                "From “{title}” there is no way on as things stand: learners would be stuck there. Mend it in the text, or begin elsewhere."
            )
        }
        _ => "There is no scene to begin in.".to_owned(),
    }
}

/// The questions that are asked, with how they are shown; of a module those of its checks.
fn asked(content: &Content, seed: courseware::Seed) -> Vec<(&Question, AskedQuestion)> {
    match content {
        Content::Quiz(quiz) => {
            let drawn = paper::draw(quiz, seed).questions.into_iter();
            drawn.filter_map(|asked| Some((quiz.question(&asked.id)?, asked))).collect()
        }
        Content::Module(module) => {
            let checks = module.pages.iter().filter_map(|page| match &page.kind {
                PageKind::Check(question) => Some(question.as_ref()),
                _ => None,
            });
            checks.map(|question| (question, question::asked(question, seed))).collect()
        }
        _ => Vec::new(),
    }
}

fn answers(content: &Content, seed: courseware::Seed, answering: &Answering) -> Result<Answers, Failure> {
    let asked = asked(content, seed);
    let mut kept: BTreeMap<String, Response> = serde_json::from_str(&answering.kept).unwrap_or_default();
    let at = answering.at.max(1);
    let stands = match asked.get(at - 1) {
        None if asked.is_empty() => AnswersStand::Nothing,
        None => AnswersStand::Result(result(content, asked, &kept, seed)),
        Some((question, shown)) => {
            let heading = question.title.clone();
            let (mut problem, mut typed) = (None, None);
            if let Some(sent) = &answering.sent {
                match question::read(question, shown, sent).and_then(|response| {
                    question::whole(question, response.as_ref())?;
                    Ok(response)
                }) {
                    Ok(Some(response)) => drop(kept.insert(question.id.clone(), response)),
                    Ok(None) => {}
                    Err(Failure::Invalid(errors)) => {
                        problem = errors.into_iter().next().map(|error| error.message);
                        typed = Some(sent);
                    }
                    Err(failure) => return Err(failure),
                }
            }
            let response = kept.get(&question.id).filter(|_| answering.sent.is_some() && problem.is_none());
            let mut view = question::view(question, shown, response, response.is_some(), None);
            if let Some(sent) = typed {
                view.keep(sent);
            }
            AnswersStand::Question(at, asked.len(), heading, Box::new(view), problem)
        }
    };
    let kept = serde_json::to_string(&kept).map_err(|cause| Failure::Internal(cause.to_string()))?;
    Ok(Answers { title: content.title().to_owned(), seed: crate::secret::hex(&seed), kept, stands })
}

fn result(
    content: &Content,
    asked: Vec<(&Question, AskedQuestion)>,
    kept: &BTreeMap<String, Response>,
    seed: courseware::Seed,
) -> AnswersResult {
    let questions: Vec<Question> = asked.iter().map(|(question, _)| (*question).clone()).collect();
    let paper = Paper { questions: asked.into_iter().map(|(_, asked)| asked).collect(), carried: Vec::new() };
    let whole = |total: courseware::Total| total.percent().and_then(hundredths).map(percent);
    let line = |(id, score): &(String, Option<courseware::Total>)| CompetencyLine::new(id, score.and_then(whole));
    let told = |quiz: &Quiz, marked: &Marked| AnswersResult {
        lines: result_lines(quiz, (&paper, seed), kept, marked),
        quiz: None,
        competencies: marked.competencies.iter().map(line).collect(),
    };
    match content {
        Content::Quiz(quiz) => {
            let marked = paper::mark(quiz, &paper, kept);
            let score = whole(marked.total);
            AnswersResult { quiz: Some((score, quiz.pass, marked.passed)), ..told(quiz, &marked) }
        }
        _ => {
            // The checks of a module are marked like a quiz that nobody has to pass.
            let quiz = quiz_of(questions);
            told(&quiz, &paper::mark(&quiz, &paper, kept))
        }
    }
}

fn quiz_of(questions: Vec<Question>) -> Quiz {
    Quiz {
        grammar: courseware::GRAMMAR,
        slug: String::new(),
        title: String::new(),
        minutes: None,
        competencies: Vec::new(),
        pass: 0,
        attempts: None,
        keep: Keep::default(),
        draw: Vec::new(),
        feedback: FeedbackTime::default(),
        retry: Retry::default(),
        time_limit_minutes: None,
        review_by: None,
        intro_html: String::new(),
        questions,
        images: Vec::new(),
    }
}

fn read_seed(written: &str) -> Option<courseware::Seed> {
    let mut seed = courseware::Seed::default();
    if written.len() != seed.len() * 2 {
        return None;
    }
    for (at, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(written.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(seed)
}
