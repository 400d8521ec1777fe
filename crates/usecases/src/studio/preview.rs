//! A draft as learners will see it, with what trainers must know beside it: keys, how good a choice is, what it changes, where it leads and
//! when, what completing or passing takes, and what first attempts made of what is live.

use std::collections::HashMap;

use courseware::{
    Content, Kind, Module, Problem, Question, Quiz,
    condition::Condition,
    module::{PageKind, Requirement, ValidFor},
    question::Task,
    quiz::{FeedbackTime, Keep, Retry},
    scenario::{Block, BlockKind, Ending, Quality, Scenario, Show, Way},
};

use super::beside::{Beside, QuestionBeside, SceneBeside};
use crate::{
    Failure, Usecases,
    clock::date_words,
    question::{self, QuestionView},
    role_play::{Face, pass_words},
    site::Tokens,
    thawed,
    who::Who,
};

/// What the ids on the map begin with.
const MAP: &str = "map";

/// A draft as it will look.
#[derive(Clone, Debug, PartialEq)]
pub enum Preview {
    /// A module.
    Module(ModulePreview),
    /// A role-play.
    Scenario(Box<ScenarioPreview>),
    /// A quiz.
    Quiz(QuizPreview),
    /// The page of a job aid, as safe HTML.
    JobAid(String),
}

/// A module as it will look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModulePreview {
    /// What its front matter says, each with its name, in words.
    pub settings: Vec<(&'static str, String)>,
    /// What stands before the first page, as safe HTML.
    pub intro_html: String,
    /// The pages.
    pub pages: Vec<PreviewPage>,
}

/// A quiz as it will look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuizPreview {
    /// What its front matter says, each with its name, in words.
    pub settings: Vec<(&'static str, String)>,
    /// What stands before the first question, as safe HTML.
    pub intro_html: String,
    /// The questions.
    pub questions: Vec<PreviewPage>,
}

/// A role-play as it will look.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioPreview {
    /// What its front matter says, each with its name, in words.
    pub settings: Vec<(&'static str, String)>,
    /// What stands before the first scene, as safe HTML.
    pub intro_html: String,
    /// Whom one meets, with their portraits.
    pub people: Vec<Face>,
    /// The map.
    pub map: DraftMap,
    /// The scenes.
    pub scenes: Vec<PreviewScene>,
    /// The line of the debrief's heading, from 1; none where there is none.
    pub debrief_line: Option<usize>,
    /// What is said afterwards.
    pub debrief: Vec<PreviewBlock>,
    /// What ticks itself afterwards; its condition is when it does.
    pub checklist: Vec<PreviewBlock>,
    /// What learners are asked to think about afterwards.
    pub reflections: Vec<PreviewBlock>,
    plan: Plan,
}

/// The map of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftMap {
    /// The picture; none where there are too many scenes or ways to look at.
    pub svg: Option<String>,
    /// Its width where type has its usual size, in pixels.
    pub width: i32,
    /// How far the box of the start lies from the left and how wide it is, in hundredths of a percent of the width.
    pub start: (i32, i32),
    /// The same as a list, in the order of the file.
    pub nodes: Vec<map::Node>,
    /// How many first attempts its shares are of; none where it has none.
    pub people: Option<u64>,
}

/// What the map is drawn from.
#[derive(Clone, Debug, PartialEq)]
struct Plan {
    scenario: Scenario,
    problems: Vec<map::Problem>,
    lines: Vec<usize>,
    visits: Option<(map::Visits, u64)>,
}

/// The map of a draft on a page of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapPage {
    /// The title of the role-play.
    pub title: String,
    /// The map; none where its text cannot be read.
    pub map: Option<DraftMap>,
}

impl Usecases {
    /// The map of a role-play as it is written: its draft, else what is live. `editor` is the address of its text.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn draft_map(&self, who: &Who, slug: &str, editor: &str) -> Result<MapPage, Failure> {
        let looked = self.editing(who, Kind::Scenario, slug).await?.looked;
        let map = match &looked.preview {
            // Without a scene there is nothing to draw.
            Some(Preview::Scenario(scenario)) if !scenario.scenes.is_empty() => Some(scenario.map_for(editor)),
            _ => None,
        };
        Ok(MapPage { title: looked.title, map })
    }
}

/// A page of a module, or a question of a quiz.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewPage {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The line of its heading, from 1.
    pub line: usize,
    /// Its text as safe HTML.
    pub html: String,
    /// Its question, with what is right.
    pub question: Option<QuestionView>,
    /// What its chips say, in words.
    pub notes: Vec<String>,
    /// What is played or asked there: the titles.
    pub activities: Vec<String>,
    /// What first attempts made of its question.
    pub beside: Option<QuestionBeside>,
}

/// A scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewScene {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The line of its heading, from 1.
    pub line: usize,
    /// What it is called on the map; nothing where there is no picture.
    pub on_map: Option<String>,
    /// What its chips say, in words.
    pub notes: Vec<String>,
    /// What is said and seen.
    pub blocks: Vec<PreviewBlock>,
    /// A hint on demand, as safe HTML.
    pub hint_html: Option<String>,
    /// What can be chosen.
    pub choices: Vec<PreviewChoice>,
    /// Where it leads by itself.
    pub routes: Vec<PreviewRoute>,
    /// How it ends, where it does.
    pub ends: Option<&'static str>,
    /// What is wrong with it, each with whether it blocks publishing.
    pub problems: Vec<(bool, String)>,
    /// What first attempts made of it.
    pub beside: Option<SceneBeside>,
}

/// Something that is said or seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewBlock {
    /// Who says it.
    pub speaker: Option<String>,
    /// What, as safe HTML.
    pub html: String,
    /// When it is shown, as it is written; always if there is none.
    pub condition: Option<String>,
}

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewChoice {
    /// Its words, as safe HTML.
    pub html: String,
    /// How good it is.
    pub quality: Option<&'static str>,
    /// Where it leads: the id and the title.
    pub to: Option<(String, String)>,
    /// When it is shown, as it is written; always if there is none.
    pub condition: Option<String>,
    /// What it changes and earns, as it is written.
    pub effects: Vec<String>,
    /// What is said about it, as safe HTML.
    pub feedback_html: Option<String>,
    /// The share of those who decided here that took it, in percent, and what to look at.
    pub share: Option<(u32, Option<&'static str>)>,
}

/// A way that the role-play takes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRoute {
    /// Where it leads: the id and the title; none where there is no such scene.
    pub to: Option<(String, String)>,
    /// When it is taken, as it is written; otherwise if there is none.
    pub condition: Option<String>,
}

/// Draws a document, with its images and the site's words in their places.
pub(super) fn of(
    content: &Content,
    problems: &[Problem],
    source: &str,
    (places, tokens): (&HashMap<String, String>, &Tokens),
    beside: &Beside,
) -> Result<Preview, Failure> {
    let headings = Headings::of(source);
    let content = thawed::filled(content, places, tokens)?;
    Ok(match content {
        Content::Module(module) => Preview::Module(module_preview(module, &headings, beside)),
        Content::Quiz(quiz) => {
            let questions = quiz.questions.iter().enumerate().map(|(at, question)| PreviewPage {
                id: question.id.clone(),
                title: question.title.clone(),
                line: headings.line(at, &question.id),
                html: String::new(),
                question: Some(shown(question)),
                notes: question_notes(question, true),
                activities: Vec::new(),
                beside: beside.question(question),
            });
            let questions = questions.collect();
            Preview::Quiz(QuizPreview { settings: quiz_settings(&quiz), intro_html: quiz.intro_html, questions })
        }
        Content::Scenario(scenario) => {
            Preview::Scenario(Box::new(scenario_preview(scenario, problems, &headings, beside)))
        }
        Content::JobAid(aid) => Preview::JobAid(aid.html),
    })
}

fn module_preview(module: Module, headings: &Headings, beside: &Beside) -> ModulePreview {
    let settings = module_settings(&module);
    let pages = module.pages.into_iter().enumerate().map(|(at, page)| {
        let (question, notes, beside) = match &page.kind {
            PageKind::Check(question) => {
                (Some(shown(question)), question_notes(question, false), beside.question(question))
            }
            PageKind::Reflect { words } => {
                let least = words.map(|words| format!(", {words} words or more")).unwrap_or_default();
                (None, vec![format!("Learners write something for themselves here{least}.")], None)
            }
            PageKind::Cards => (None, vec!["The table is shown as cards to turn.".to_owned()], None),
            PageKind::Reading => (None, Vec::new(), None),
        };
        PreviewPage {
            line: headings.line(at, &page.id),
            question,
            notes,
            activities: page.activities.into_iter().map(|activity| activity.title).collect(),
            beside,
            id: page.id,
            title: page.title,
            html: page.html,
        }
    });
    let pages = pages.collect();
    ModulePreview { settings, intro_html: module.intro_html, pages }
}

fn scenario_preview(scenario: Scenario, problems: &[Problem], headings: &Headings, beside: &Beside) -> ScenarioPreview {
    let lines: Vec<usize> = scenario.nodes.iter().enumerate().map(|(at, node)| headings.line(at, &node.id)).collect();
    let scenes: Vec<PreviewScene> =
        (0..lines.len()).map(|at| scene(&scenario, at, (problems, headings, &lines), beside)).collect();
    let problems = scenes.iter().enumerate().flat_map(|(at, scene)| {
        let told = scene.problems.iter();
        told.map(move |(is_error, text)| map::Problem { scene: at, is_error: *is_error, text: text.clone() })
    });
    let visits = beside.visits(&scenario);
    let all = |blocks: &[Block]| blocks.iter().map(|one| block(&scenario, one)).collect();
    let mut preview = ScenarioPreview {
        settings: scenario_settings(&scenario),
        intro_html: scenario.intro_html.clone(),
        people: (0..scenario.characters.len()).filter_map(|at| Face::of(&scenario, Some(at))).collect(),
        map: DraftMap { svg: None, width: 0, start: (0, 0), nodes: Vec::new(), people: None },
        debrief_line: headings.named("debrief"),
        debrief: all(&scenario.debrief.blocks),
        checklist: all(&scenario.debrief.checklist),
        reflections: all(&scenario.debrief.reflections),
        plan: Plan { problems: problems.collect(), lines, visits, scenario: scenario.clone() },
        scenes,
    };
    preview.map = preview.map_for("");
    if preview.map.svg.is_none() {
        preview.scenes.iter_mut().for_each(|scene| scene.on_map = None);
    }
    preview
}

impl ScenarioPreview {
    /// The map, each scene a link to its place in the text. `editor` is the address of the text, where that is another page.
    pub fn map_for(&self, editor: &str) -> DraftMap {
        let Plan { scenario, problems, lines, visits } = &self.plan;
        let line = |at: usize| lines.get(at).copied();
        let href = |at: usize| format!("{editor}#line-{}", line(at).unwrap_or(1));
        let told = visits.as_ref().map(|(visits, _)| visits);
        let mut facts = map::Facts { problems, visits: told, ..map::Facts::new(MAP, &href) };
        if editor.is_empty() {
            facts.line = &line;
        }
        let drawn = map::draw(scenario, &facts);
        let of_width = |part: i32| part * 10_000 / drawn.width.max(1);
        let start = drawn.boxes.first().map(|start| (of_width(start.x), of_width(start.width))).unwrap_or_default();
        let people = visits.as_ref().map(|(_, people)| *people);
        DraftMap { svg: drawn.svg, width: drawn.width, start, nodes: drawn.nodes, people }
    }
}

fn scene(
    scenario: &Scenario,
    at: usize,
    (problems, headings, lines): (&[Problem], &Headings, &[usize]),
    beside: &Beside,
) -> PreviewScene {
    let node = &scenario.nodes[at];
    let named = |to: Option<usize>| {
        let node = scenario.nodes.get(to?)?;
        Some((node.id.clone(), node.title.clone()))
    };
    let words =
        |condition: &Option<Condition>| condition.as_ref().map(|condition| map::words::condition(scenario, condition));
    let beside = beside.scene(node);
    let share = |at: usize| beside.as_ref()?.choices.as_ref()?.get(at).copied();
    let (mut choices, mut routes, mut ends) = (Vec::new(), Vec::new(), None);
    match &node.way {
        Way::Choices(all) => choices.extend(all.iter().enumerate().map(|(at, choice)| PreviewChoice {
            html: choice.html.clone(),
            quality: choice.quality.map(quality),
            to: named(choice.to),
            condition: words(&choice.condition),
            effects: effects(scenario, choice),
            feedback_html: choice.feedback_html.clone(),
            share: share(at),
        })),
        Way::Routes(all) => routes
            .extend(all.iter().map(|route| PreviewRoute { to: named(route.to), condition: words(&route.condition) })),
        Way::Ending(ending) => ends = Some(ending_words(*ending)),
        Way::None => {}
    }
    let line = lines[at];
    let here = line..headings.after(line);
    let problems = problems.iter().filter(|problem| here.contains(&problem.line));
    PreviewScene {
        id: node.id.clone(),
        title: node.title.clone(),
        line,
        on_map: Some(map::anchor(MAP, at)),
        notes: scene_notes(node),
        blocks: node.blocks.iter().map(|one| block(scenario, one)).collect(),
        hint_html: node.hint_html.clone(),
        choices,
        routes,
        ends,
        problems: problems.map(|problem| (problem.is_error(), problem.message.clone())).collect(),
        beside,
    }
}

fn block(scenario: &Scenario, block: &Block) -> PreviewBlock {
    let speaker = match block.kind {
        BlockKind::Speech(Some(who)) => scenario.characters.get(who).map(|character| character.name.clone()),
        _ => None,
    };
    let condition = block.condition.as_ref().map(|condition| map::words::condition(scenario, condition));
    PreviewBlock { speaker, html: block.html.clone(), condition }
}

/// What a choice changes and earns, as it is written.
fn effects(scenario: &Scenario, choice: &courseware::scenario::Choice) -> Vec<String> {
    let changes = choice.effects.iter().map(|effect| map::words::effect(scenario, *effect));
    let points = choice.points.iter().map(|(competency, points)| format!("{competency} {points} of 2 points"));
    let once = choice.once.then(|| "once".to_owned());
    changes.chain(points).chain(once).collect()
}

fn scene_notes(node: &courseware::scenario::Node) -> Vec<String> {
    let mut notes = Vec::new();
    if !node.tests.is_empty() {
        notes.push(format!("Tests {}.", node.tests.join(", ")));
    }
    if node.weight != 1 {
        notes.push(format!("Counts {} times as much.", node.weight));
    }
    if node.fixed && node.is_decision() {
        notes.push("The choices keep their order.".to_owned());
    }
    notes
}

/// What the chips of a question say. A check is not graded.
fn question_notes(question: &Question, is_graded: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if !question.competencies.is_empty() {
        notes.push(format!("Tests {}.", question.competencies.join(", ")));
    }
    if let Some(pool) = question.pool.as_ref().filter(|_| is_graded) {
        notes.push(format!("In the pool {pool}."));
    }
    if is_graded && question.is_scored() {
        notes.push(counted(question.points as usize, "point", "points") + ".");
    }
    if question.all_or_nothing {
        notes.push("Only a wholly right answer earns points.".to_owned());
    }
    if matches!(&question.task, Task::Choice(choice) if choice.fixed && !choice.is_true_false()) {
        notes.push("The answers keep their order.".to_owned());
    }
    if question.recall {
        notes.push("Asked again between cycles.".to_owned());
    }
    notes
}

fn module_settings(module: &Module) -> Vec<(&'static str, String)> {
    let complete = module.complete.iter().map(|requirement| match requirement {
        Requirement::Read => "every page is read",
        Requirement::Quiz => "the quiz is passed",
        Requirement::Scenario => "the role-play is passed",
    });
    let recall = module.recall.as_ref().map(|recall| {
        let days: Vec<String> = recall.days.iter().map(u32::to_string).collect();
        let every = recall.every.map(|every| format!(", then every {every} days")).unwrap_or_default();
        let each = counted(recall.questions as usize, "question", "questions");
        format!("{each} each time, {} days after it was completed{every}", joined(&days))
    });
    let valid = module.valid_for.map(|valid| match valid {
        ValidFor::Days(days) => counted(days as usize, "day", "days"),
        ValidFor::Months(months) => counted(months as usize, "month", "months"),
    });
    said([
        ("Completed when", Some(joined(&complete.collect::<Vec<_>>()))),
        ("Takes", module.minutes.map(minutes)),
        ("Competencies", listed(&module.competencies)),
        ("Comes after", listed(&module.after)),
        ("Counts for", valid),
        ("Asked again", recall),
        ("To review by", module.review_by.map(date_words)),
    ])
}

fn quiz_settings(quiz: &Quiz) -> Vec<(&'static str, String)> {
    let mut asked = quiz.questions.len();
    let mut pools = Vec::new();
    for draw in &quiz.draw {
        let has = quiz.questions.iter().filter(|question| question.pool.as_ref() == Some(&draw.pool)).count();
        asked -= has.saturating_sub(draw.count as usize);
        pools.push(format!("{} of {has} from the pool {}", draw.count, draw.pool));
    }
    let all = counted(quiz.questions.len(), "question", "questions");
    let asks = if pools.is_empty() { all } else { format!("{asked} of {all}: {}", joined(&pools)) };
    let keep = match quiz.keep {
        Keep::Best => "the best counts",
        Keep::Last => "the last counts",
        Keep::First => "the first counts",
    };
    let attempts = quiz.attempts.map_or_else(|| "as many as one likes".to_owned(), |most| most.to_string());
    let retry = (quiz.retry == Retry::Wrong).then(|| "asks only what was not wholly right".to_owned());
    said([
        ("Passed with", Some(format!("{} of 100 points", quiz.pass))),
        ("Asks", Some(asks)),
        (
            "Order",
            Some(
                "The questions as in the text; answers in another order for each person, unless they are fixed"
                    .to_owned(),
            ),
        ),
        ("Attempts", Some(format!("{attempts}; {keep}"))),
        ("Another attempt", retry),
        (
            "Feedback",
            Some(match quiz.feedback {
                FeedbackTime::Immediate => "after each answer, which then stands".to_owned(),
                FeedbackTime::End => "when it is handed in".to_owned(),
            }),
        ),
        ("Time limit", quiz.time_limit_minutes.map(minutes)),
        ("Takes", quiz.minutes.map(minutes)),
        ("Competencies", listed(&quiz.competencies)),
        ("To review by", quiz.review_by.map(date_words)),
    ])
}

fn scenario_settings(scenario: &Scenario) -> Vec<(&'static str, String)> {
    let meters: Vec<String> = scenario
        .meters
        .iter()
        .map(|meter| {
            let shown = match meter.show {
                Show::Hidden => "hidden",
                Show::Mood => "shown as a mood",
                Show::Bar => "shown as a bar",
            };
            format!("{} starts at {} of 100, {shown}", meter.name, meter.start)
        })
        .collect();
    said([
        ("You are", scenario.you_are.clone()),
        ("Passing", Some(pass_words(scenario))),
        ("Meters", Some(meters.join("; ")).filter(|_| !meters.is_empty())),
        ("Flags", listed(&scenario.flags).map(|flags| format!("{flags}; none is set at the start"))),
        ("Takes", scenario.minutes.map(minutes)),
        ("Competencies", listed(&scenario.competencies)),
        ("To review by", scenario.review_by.map(date_words)),
    ])
}

/// The settings that say something.
fn said<const N: usize>(settings: [(&'static str, Option<String>); N]) -> Vec<(&'static str, String)> {
    settings.into_iter().filter_map(|(name, words)| Some((name, words.filter(|words| !words.is_empty())?))).collect()
}

fn listed(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(", "))
}

fn minutes(minutes: u32) -> String {
    counted(minutes as usize, "minute", "minutes")
}

fn counted(many: usize, one: &str, more: &str) -> String {
    format!("{many} {}", if many == 1 { one } else { more })
}

/// Words with commas, and `and` before the last.
fn joined<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// A question with what is right and why.
fn shown(question: &Question) -> QuestionView {
    let asked = question::asked(question, courseware::Seed::default());
    let response = question::read(question, &asked, &question::right(question, &asked)).ok().flatten();
    question::view(question, &asked, response.as_ref(), response.is_some(), None)
}

fn quality(quality: Quality) -> &'static str {
    match quality {
        Quality::Best => "best",
        Quality::Ok => "ok",
        Quality::Poor => "poor",
        Quality::Critical => "critical",
    }
}

fn ending_words(ending: Ending) -> &'static str {
    match ending {
        Ending::Good => "It ends well.",
        Ending::Mixed => "It ends neither well nor badly.",
        Ending::Bad => "It ends badly.",
    }
}

/// The lines of the headings with two marks, each with the id that it makes.
struct Headings(Vec<(usize, String)>);

impl Headings {
    fn of(source: &str) -> Self {
        Self(super::headings(source).map(|(line, title)| (line, courseware::slug::slug(title))).collect())
    }

    /// The line of the part of this id; where its heading is written in another way, that of the heading at its place.
    fn line(&self, at: usize, id: &str) -> usize {
        self.named(id).or_else(|| self.0.get(at).map(|(line, _)| *line)).unwrap_or(1)
    }

    fn named(&self, id: &str) -> Option<usize> {
        self.0.iter().find(|(_, slug)| slug == id).map(|(line, _)| *line)
    }

    /// The line of the next heading after a line.
    fn after(&self, line: usize) -> usize {
        self.0.iter().map(|(line, _)| *line).find(|other| *other > line).unwrap_or(usize::MAX)
    }
}
