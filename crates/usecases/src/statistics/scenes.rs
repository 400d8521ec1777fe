//! The scenes and choices of a role-play.

use std::collections::{HashMap, HashSet};

use courseware::{
    Scenario,
    graph::Prospects,
    play::{Play, Step},
    scenario::{Ending, Quality, Way as GoesOn},
};
use jiff::Timestamp;
use records::{
    sheet::Writing,
    statistics::{ChoiceFigures, Decided, LEAST, RolePlay, SceneFigures, Way},
};
use store::{FirstAttempt, VersionId};

use super::{DaysTyped, Told, items::hundredths, percent};
use crate::{Failure, Usecases, role_play::ASSESSED, site::Here, who::Who};

/// How many different ways through a role-play are kept; most people take the same few.
const KEPT: usize = 20_000;

/// What first attempts say about a role-play: about one way in which it scores, since others have other paths.
#[derive(Clone, Debug, PartialEq)]
pub struct RolePlayStatistics {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Until when it was as it is shown here; none if it is live.
    pub until: Option<String>,
    /// The other versions that can be looked at.
    pub others: Vec<VersionChoice>,
    /// Whether there are versions that fewer than ten people have met.
    pub leaves_out: bool,
    /// The figures; none of fewer than ten first attempts.
    pub figures: Option<RolePlayFigures>,
}

/// A version that can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionChoice {
    /// Its name in addresses; empty for the live one.
    pub key: String,
    /// Until when it was so; none if it is live.
    pub until: Option<String>,
    /// How many first attempts there are.
    pub people: u64,
}

/// The figures of a role-play. Shares and scores are in percent.
#[derive(Clone, Debug, PartialEq)]
pub struct RolePlayFigures {
    /// How many first attempts are counted.
    pub people: u64,
    /// The share that passed, with the least and the greatest that fit.
    pub passed: [u32; 3],
    /// The mean score; none where nothing is decided.
    pub score: Option<u32>,
    /// Every scene, in the order of the file.
    pub scenes: Vec<SceneLine>,
    /// From which scene to which people went.
    pub moves: Vec<MoveLine>,
    /// Whether there are too many paths to say what a choice costs.
    pub too_many_paths: bool,
}

/// A scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneLine {
    /// Its id in the text.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// How many people came by.
    pub people: u64,
    /// The share of people who came by.
    pub share: u32,
    /// How good it is, in words, where it is an ending.
    pub ending: Option<&'static str>,
    /// Whether something is decided here.
    pub decides: bool,
    /// The choices of a decision; none where fewer than ten people came by.
    pub choices: Option<Vec<ChoiceLine>>,
}

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceLine {
    /// Its words.
    pub text: String,
    /// How good its author calls it, in a word.
    pub quality: &'static str,
    /// The share that took it, of those who decided here.
    pub share: u32,
    /// The mean score in the end of those who took it; none where that would tell of too few.
    pub score: Option<u32>,
    /// How many points of the score it costs at best, in hundredths of a point; none where that cannot be said.
    pub cost: Option<i32>,
    /// What to look at, in a sentence.
    pub sign: Option<&'static str>,
}

/// A way from one scene to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveLine {
    /// From where, by its place among the scenes.
    pub from: usize,
    /// To where.
    pub to: usize,
    /// The share of people who went that way.
    pub share: u32,
}

/// Which way of scoring is looked at: the versions that have it.
struct Looked {
    /// Its name in addresses.
    key: String,
    people: u64,
    /// The places of its versions, in the order of publishing.
    places: Vec<usize>,
}

impl Usecases {
    /// What first attempts at a role-play say about its scenes and choices: as it is live, or as it was in the version of this key.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who are neither trainer nor administrator, [`Failure::NotFound`], [`Failure::Invalid`] for days
    /// that cannot be read, [`Failure::Store`].
    pub async fn role_play_statistics(
        &self,
        who: &Who,
        slug: &str,
        version: &str,
        days: DaysTyped<'_>,
    ) -> Result<RolePlayStatistics, Failure> {
        let (document, met, here) = self.looked_at(who, ("scenario", slug, ASSESSED), days).await?;
        let all = looked_at(&met);
        let is_live = |looked: &Looked| met.place(document.version).is_some_and(|place| looked.places.contains(&place));
        let wanted = match version {
            "" => all.iter().find(|looked| is_live(looked)),
            key => all.iter().find(|looked| looked.key == key),
        };
        let wanted = wanted.ok_or(Failure::NotFound)?;
        let until = |looked: &Looked| met.until(&looked.places, document.version, &here);
        let others = all.iter().filter(|looked| looked.key != wanted.key && looked.people >= LEAST);
        let others = others.map(|looked| VersionChoice {
            key: if is_live(looked) { String::new() } else { looked.key.clone() },
            until: until(looked),
            people: looked.people,
        });
        let figures = match wanted.people >= LEAST {
            true => self.gather(&met, wanted, &here).await?,
            false => None,
        };
        Ok(RolePlayStatistics {
            slug: slug.to_owned(),
            title: document.title.clone(),
            until: until(wanted),
            others: others.collect(),
            leaves_out: met.leaves_out(),
            figures,
        })
    }

    /// The same as a file of commas: a line for each choice. It is written down who took it.
    ///
    /// # Errors
    /// As [`Usecases::role_play_statistics`].
    pub async fn role_play_statistics_file(
        &self,
        who: &Who,
        slug: &str,
        version: &str,
        days: DaysTyped<'_>,
        now: Timestamp,
    ) -> Result<Vec<u8>, Failure> {
        let statistics = self.role_play_statistics(who, slug, version, days).await?;
        self.downloaded(who, format!("/statistics/role-plays/{slug}/choices.csv"), days, now).await?;
        Ok(write(&statistics))
    }

    async fn gather(&self, met: &Told, looked: &Looked, here: &Here) -> Result<Option<RolePlayFigures>, Failure> {
        let ids = looked.places.iter().filter_map(|place| met.versions.get(*place)).map(|line| line.id);
        let ids: Vec<VersionId> = ids.collect();
        // They have the same scenes and choices; the last has the words that are shown.
        let last = ids.last().copied().ok_or(Failure::NotFound)?;
        let scenario = self.versions.scenario(&self.store, last, &here.tokens).await?;
        let mut played = Played::new(&scenario);
        let versions: HashSet<VersionId> = ids.into_iter().collect();
        self.each_first_attempt(&met.attempts, &versions, |attempt| {
            played.see(attempt);
            Ok(())
        })
        .await?;
        Ok(played.told())
    }
}

/// The ways in which a role-play scores or scored.
fn looked_at(met: &Told) -> Vec<Looked> {
    let mut all: Vec<Looked> = Vec::new();
    for (place, line) in met.versions.iter().enumerate() {
        let key: String = line.scoring_hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        match all.iter_mut().find(|looked| looked.key == key) {
            Some(looked) => looked.places.push(place),
            None => {
                let people = met.people.get(&line.scoring_hash).copied().unwrap_or_default();
                all.push(Looked { key, people, places: vec![place] });
            }
        }
    }
    all
}

/// A role-play while attempts go by.
struct Played<'a> {
    scenario: &'a Scenario,
    places: HashMap<&'a str, usize>,
    prospects: Option<Prospects<'a>>,
    role_play: RolePlay,
    /// What was found of steps before, by their text.
    ways: HashMap<String, Way>,
}

impl<'a> Played<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            places: scenario.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect(),
            prospects: Prospects::of(scenario),
            role_play: RolePlay::new(scenario.nodes.iter().map(|node| node.choices().len())),
            ways: HashMap::new(),
        }
    }

    /// Counts an attempt in.
    fn see(&mut self, attempt: &FirstAttempt) {
        let score = attempt.score.map(|score| score as f64 / 100.0);
        if let Some(way) = self.ways.get(attempt.taken()) {
            self.role_play.add(way, score, attempt.passed);
            return;
        }
        let Some(way) = self.way(attempt) else {
            // It was taken by these rules; the others are still worth counting.
            tracing::error!(attempt = attempt.id.0, "an attempt cannot be replayed");
            return;
        };
        self.role_play.add(&way, score, attempt.passed);
        if self.ways.len() < KEPT {
            self.ways.insert(attempt.taken().to_owned(), way);
        }
    }

    fn way(&mut self, attempt: &FirstAttempt) -> Option<Way> {
        let step =
            |(node, choice): (&str, Option<&str>)| Some(Step { node: node.to_owned(), choice: choice?.parse().ok()? });
        let steps = attempt.steps().map(step).collect::<Option<Vec<_>>>()?;
        // In which order choices were shown does not matter to where they lead.
        let play = Play::replay(self.scenario, [0; 16], &steps).ok()?;
        let mut costs = match &mut self.prospects {
            Some(prospects) => prospects.costs(&steps)?,
            None => Vec::new(),
        };
        let mut way = Way::default();
        for passed in play.passed() {
            let scene = *self.places.get(passed.node.id.as_str())?;
            way.scenes.push(scene);
            let Some(chosen) = passed.chosen.filter(|_| passed.counts) else { continue };
            let choice = passed.node.choices().iter().position(|choice| choice.id == chosen.id)?;
            let at = costs.iter().position(|costs| costs.node == scene);
            let costs = at.map(|at| costs.swap_remove(at).choices).unwrap_or_default();
            way.decisions.push(Decided { scene, choice, costs });
        }
        Some(way)
    }

    fn told(self) -> Option<RolePlayFigures> {
        let figures = self.role_play.figures()?;
        let scenes = self.scenario.nodes.iter().zip(&figures.scenes);
        let scenes: Vec<SceneLine> = scenes.map(|(node, scene)| scene_line(node, scene)).collect();
        let moves = figures.moves.iter();
        Some(RolePlayFigures {
            people: figures.people,
            passed: [figures.passed.share, figures.passed.least, figures.passed.most].map(percent),
            score: figures.score.map(|score| percent(score / 100.0)),
            moves: moves.map(|way| MoveLine { from: way.from, to: way.to, share: percent(way.share) }).collect(),
            scenes,
            too_many_paths: self.prospects.is_none(),
        })
    }
}

fn scene_line(node: &courseware::scenario::Node, scene: &SceneFigures) -> SceneLine {
    let ending = match node.way {
        GoesOn::Ending(Ending::Good) => Some("ends well"),
        GoesOn::Ending(Ending::Mixed) => Some("ends with some good in it"),
        GoesOn::Ending(Ending::Bad) => Some("ends badly"),
        _ => None,
    };
    let choices = scene.choices.as_ref().filter(|_| node.is_decision()).map(|choices| {
        let most = choices.iter().map(|choice| choice.share).fold(0.0, f64::max);
        node.choices().iter().zip(choices).map(|(choice, figures)| choice_line(choice, figures, most)).collect()
    });
    SceneLine {
        id: node.id.clone(),
        title: node.title.clone(),
        people: scene.people,
        share: percent(scene.share),
        ending,
        decides: node.is_decision(),
        choices,
    }
}

fn choice_line(choice: &courseware::scenario::Choice, figures: &ChoiceFigures, most: f64) -> ChoiceLine {
    let is_bad = matches!(choice.quality, Some(Quality::Poor | Quality::Critical));
    let sign = match figures {
        figures if figures.share <= 0.0 => Some("Nobody takes it. Make it more likely, or leave it out."),
        figures if is_bad && figures.share >= most => {
            Some("More take this than anything else here. Is it taught, and does it sound better than it is?")
        }
        figures if choice.quality == Some(Quality::Best) && figures.cost.is_some_and(|cost| cost >= 1.0) => {
            Some("It is called best, and another choice leads to a better score. Look at where it leads.")
        }
        _ => None,
    };
    ChoiceLine {
        text: choice.text.clone(),
        quality: choice.quality.map_or("", Quality::as_str),
        share: percent(figures.share),
        score: figures.score.map(|score| percent(score / 100.0)),
        // From 0 to 100 points.
        cost: figures.cost.map(|cost| (cost * 100.0).round() as i32),
        sign,
    }
}

/// A line for each choice, as on the page.
fn write(statistics: &RolePlayStatistics) -> Vec<u8> {
    let mut file = Writing::new(&[
        "scene",
        "came_by_percent",
        "choice",
        "called",
        "share_percent",
        "mean_score",
        "costs_points",
        "look_at",
    ]);
    let Some(figures) = &statistics.figures else {
        file.row(["fewer than ten", "", "", "", "", "", "", ""]);
        return file.finish();
    };
    for scene in figures.scenes.iter().filter(|scene| scene.decides) {
        let share = scene.share.to_string();
        let Some(choices) = &scene.choices else {
            file.row([scene.title.as_str(), &share, "fewer than ten came by", "", "", "", "", ""]);
            continue;
        };
        for choice in choices {
            let (taken, score) = (choice.share.to_string(), choice.score.map(|score| score.to_string()));
            let (score, cost) = (score.unwrap_or_default(), choice.cost.map(hundredths).unwrap_or_default());
            let sign = choice.sign.unwrap_or_default();
            file.row([&scene.title, &share, &choice.text, choice.quality, &taken, &score, &cost, sign]);
        }
    }
    file.finish()
}
