//! What first attempts made of what is live, beside the text of what comes next: the very figures of the statistics pages.
//!
//! They are read when the editor is opened, and kept: a look at what is typed reads none.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use courseware::{
    Kind,
    scenario::{Node, Scenario},
};
use store::{DocumentId, FirstAttempts, LiveDocument, VersionId};

use crate::{
    Failure, Usecases,
    role_play::ASSESSED,
    statistics::{DaysTyped, ItemFigures, RolePlayFigures, SceneLine},
    who::Who,
};

/// How many documents' figures are kept: more than trainers write at at once.
const KEPT: usize = 64;

/// What first attempts made of a question as it is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionBeside {
    /// Its figures.
    pub figures: ItemFigures,
    /// Whether the text has other answers by now, so that these are no figures of it as it stands.
    pub is_changed: bool,
    /// Where more is said of it.
    pub href: Option<String>,
}

/// What first attempts made of a scene as it is live. Shares are in percent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneBeside {
    /// How many first attempts are counted.
    pub people: u64,
    /// The share of them that came by.
    pub share: u32,
    /// For each choice the share of those who decided here that took it, with what to look at; none where too few did, nothing is
    /// decided, or the text has other choices by now.
    pub choices: Option<Vec<(u32, Option<&'static str>)>>,
    /// Whether the text has other choices by now.
    pub is_changed: bool,
    /// Where more is said of it.
    pub href: String,
}

/// The figures of a document as it is live.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// The version that is live, and how many first attempts there are at each: while these stay, so do the figures.
    of: Option<(VersionId, HashMap<VersionId, u64>)>,
    /// The questions with their ids, each with where more is said of it.
    questions: Vec<(String, ItemFigures, Option<String>)>,
    role_play: Option<(RolePlayFigures, String)>,
}

/// The figures that were read last. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Besides {
    kept: Arc<RwLock<HashMap<DocumentId, Arc<Beside>>>>,
}

impl Besides {
    fn of(&self, document: DocumentId) -> Option<Arc<Beside>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).get(&document).cloned()
    }

    fn keep(&self, document: DocumentId, beside: Arc<Beside>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            // Simple and rare; those in use come back with their next reader.
            kept.clear();
        }
        kept.insert(document, beside);
    }
}

/// Whether figures that were read before will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// As they are now.
    Now,
    /// As they were when the editor was opened.
    Before,
}

impl Usecases {
    /// What first attempts made of a document as it is live; nothing where it is not.
    pub(super) async fn beside(
        &self,
        who: &Who,
        (kind, slug): (Kind, &str),
        wanted: Wanted,
    ) -> Result<Arc<Beside>, Failure> {
        let Some(live) = self.store.live_document(kind.as_str(), slug).await? else { return Ok(Arc::default()) };
        let before = self.besides.of(live.document);
        let is_of = |beside: &Beside| beside.of.as_ref().is_some_and(|(version, _)| *version == live.version);
        if let Some(before) = before.as_ref().filter(|before| wanted == Wanted::Before && is_of(before)) {
            return Ok(Arc::clone(before));
        }
        let mode = if kind == Kind::Scenario { ASSESSED } else { "" };
        let all = FirstAttempts { document: live.document, mode, from: i64::MIN, until: i64::MAX };
        let of = Some((live.version, self.store.count_first_attempts(&all, i64::MAX).await?));
        // How many answered the checks of a module, no attempt tells.
        if let Some(before) = before.filter(|before| kind != Kind::Module && before.of == of) {
            return Ok(before);
        }
        let beside = Arc::new(Beside { of, ..self.read_beside(who, kind, &live).await? });
        self.besides.keep(live.document, Arc::clone(&beside));
        Ok(beside)
    }

    async fn read_beside(&self, who: &Who, kind: Kind, live: &LiveDocument) -> Result<Beside, Failure> {
        let slug = &live.slug;
        Ok(match kind {
            Kind::Quiz => {
                let path = format!("/statistics/quizzes/{slug}");
                let items = self.quiz_statistics(who, slug, DaysTyped::default()).await?.items;
                let live = items.into_iter().filter(|line| line.until.is_none());
                let told =
                    live.filter_map(|line| Some((line.question, line.figures?, Some(format!("{path}#{}", line.id)))));
                Beside { questions: told.collect(), ..Beside::default() }
            }
            Kind::Scenario => {
                let path = format!("/statistics/role-plays/{slug}");
                let told = self.role_play_statistics(who, slug, "", DaysTyped::default()).await?.figures;
                Beside { role_play: told.map(|figures| (figures, path)), ..Beside::default() }
            }
            Kind::Module => {
                let told = self.check_figures(live.document, live.version).await?;
                let questions = told.into_iter().map(|(id, figures)| (id, figures, None));
                Beside { questions: questions.collect(), ..Beside::default() }
            }
            Kind::JobAid => Beside::default(),
        })
    }
}

impl Beside {
    /// What first attempts made of a question, by the name it has or had.
    pub(super) fn question(&self, question: &courseware::Question) -> Option<QuestionBeside> {
        let is_it = |(id, ..): &&(String, ItemFigures, Option<String>)| *id == question.id;
        let was = |(id, ..): &&(String, ItemFigures, Option<String>)| question.was.contains(id);
        let (_, figures, href) = self.questions.iter().find(is_it).or_else(|| self.questions.iter().find(was))?;
        let told = figures.options.iter().map(|option| (option.text.as_str(), option.right));
        let told = told.chain(figures.parts.iter().map(|part| (part.text.as_str(), true)));
        let is_changed =
            !crate::statistics::answers(question).iter().map(|(text, right)| (text.as_str(), *right)).eq(told);
        Some(QuestionBeside { figures: figures.clone(), is_changed, href: href.clone() })
    }

    /// What first attempts made of a scene, by the name it has or had.
    pub(super) fn scene(&self, node: &Node) -> Option<SceneBeside> {
        let (figures, href) = self.role_play.as_ref()?;
        let line = scene_of(figures, node)?;
        let told = line.choices.as_ref();
        let is_same = told.is_none_or(|told| {
            told.iter().map(|choice| choice.text.as_str()).eq(node.choices().iter().map(|choice| choice.text.as_str()))
        });
        let choices = told.filter(|_| is_same);
        Some(SceneBeside {
            people: figures.people,
            share: line.share,
            choices: choices.map(|choices| choices.iter().map(|choice| (choice.share, choice.sign)).collect()),
            is_changed: !is_same,
            href: if line.decides { format!("{href}#scene-{}", line.id) } else { href.clone() },
        })
    }

    /// What is drawn of it on the map, with how many first attempts are counted; nothing where no scene is the same.
    pub(super) fn visits(&self, scenario: &Scenario) -> Option<(map::Visits, u64)> {
        let scenes: Vec<Option<SceneBeside>> = scenario.nodes.iter().map(|node| self.scene(node)).collect();
        let people = scenes.iter().flatten().next()?.people;
        let ways = scenes.iter().map(|scene| {
            let choices = scene.as_ref().and_then(|scene| scene.choices.as_ref());
            choices.map(|choices| choices.iter().map(|(share, _)| Some(*share)).collect()).unwrap_or_default()
        });
        let visits = map::Visits {
            scenes: scenes.iter().map(|scene| scene.as_ref().map(|scene| scene.share)).collect(),
            ways: ways.collect(),
        };
        Some((visits, people))
    }
}

fn scene_of<'a>(figures: &'a RolePlayFigures, node: &Node) -> Option<&'a SceneLine> {
    let by = |is: &dyn Fn(&str) -> bool| figures.scenes.iter().find(|line| is(&line.id));
    by(&|id| id == node.id).or_else(|| by(&|id| node.was.iter().any(|was| was == id)))
}
