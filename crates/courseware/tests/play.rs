//! The role-play engine, on the example of the design page and on random steps.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use courseware::graph::Prospects;
use courseware::play::{Mode, Mood, Play, Refused, ShownMeter, Stage, Step};
use courseware::scenario::Ending;
use courseware::script::{Choices, play};
use courseware::{Document, Scenario, Surroundings, parse};
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("checks/delayed-appointment.md");

fn read(source: &str) -> Document {
    let document = parse("delayed-appointment.md", source, &Surroundings::default());
    assert!(document.problems.is_empty(), "{:#?}", document.problems);
    document
}

fn of(seed: u8) -> courseware::Seed {
    [seed; 16]
}

fn step(node: &str, choice: u32) -> Step {
    Step { node: node.to_owned(), choice }
}

fn script(scenario: &Scenario, choices: &[&str]) -> serde_json::Value {
    let choices = Choices { choices: choices.iter().map(|words| (*words).to_owned()).collect() };
    serde_json::to_value(play(scenario, &choices).unwrap()).unwrap()
}

#[test]
fn the_best_path_passes_with_everything() {
    let document = read(EXAMPLE);
    let said = script(document.scenario().unwrap(), &["\"You've wai", "\"The doctor"]);
    assert_eq!(said["score"], 100);
    assert_eq!(said["passed"], true);
    assert_eq!(said["ending"], serde_json::json!({ "node": "she-thanks-you", "kind": "good" }));
    assert_eq!(said["meters"], serde_json::json!({ "trust": 75 }));
    assert_eq!(said["flags"], serde_json::json!(["apologised", "promised"]));
    assert_eq!(said["competencies"], serde_json::json!({ "empathy": 100, "ownership": 100, "privacy": 100 }));
    let nodes: Vec<&str> =
        said["steps"].as_array().unwrap().iter().map(|step| step["node"].as_str().unwrap()).collect();
    assert_eq!(nodes, ["at-the-desk", "she-softens", "outcome", "she-thanks-you"]);
    let first = &said["steps"][0];
    assert_eq!(
        first["text"],
        serde_json::json!([
            "She drops her letter on the counter.",
            "Mrs Kovács: I've sat here since eight. Does anyone know I exist?"
        ])
    );
    assert_eq!(first["chosen"], "\"You've waited over an hour and nobody told you why. I'm sorry.\"");
    assert_eq!(first["choices"].as_array().unwrap().len(), 3);
    assert_eq!((&first["meters"], &first["flags"]), (&serde_json::json!({ "trust": 40 }), &serde_json::json!([])));
    assert_eq!(said["steps"][1]["text"], serde_json::json!(["Mrs Kovács: Well. Thank you for saying so."]));
    assert_eq!(said["checklist"][0], serde_json::json!({ "text": "Acknowledged the wait", "ticked": true }));
    assert_eq!(said["debrief"], serde_json::json!([]));
}

#[test]
fn a_repair_counts_and_what_was_not_met_is_not_observed() {
    let document = read(EXAMPLE);
    let scenario = document.scenario().unwrap();
    let said = script(scenario, &["\"I understand", "\"If you keep"]);
    assert_eq!(said["competencies"], serde_json::json!({ "empathy": 0, "ownership": null, "privacy": null }));
    assert_eq!((&said["score"], &said["passed"]), (&serde_json::json!(0), &serde_json::json!(false)));
    assert_eq!(said["debrief"][0], "You never said sorry for the wait. Replay and open with it.");
    // ok (1 of 2), best (2 of 2), best (2 of 2): five of six.
    let said = script(scenario, &["\"Let me", "\"I'm sorry, let me", "\"The doctor"]);
    assert_eq!((&said["score"], &said["critical"]), (&serde_json::json!(83.33), &serde_json::json!(0)));
    assert_eq!(said["competencies"], serde_json::json!({ "empathy": 75, "ownership": 100, "privacy": 100 }));
    assert_eq!(said["ending"]["kind"], "good");
    assert_eq!(said["passed"], true);
}

#[test]
fn a_script_that_is_too_short_stops_where_it_stands() {
    let document = read(EXAMPLE);
    let said = script(document.scenario().unwrap(), &["\"You've wai"]);
    for key in ["ending", "score", "passed"] {
        assert!(said[key].is_null(), "{key}");
    }
    assert_eq!(said["steps"].as_array().unwrap().len(), 2);
    assert!(said["steps"][1]["chosen"].is_null());
}

#[test]
fn a_script_that_does_not_fit_is_told_why() {
    let document = read(EXAMPLE);
    let said = |choices: &[&str]| {
        let choices = Choices { choices: choices.iter().map(|words| (*words).to_owned()).collect() };
        play(document.scenario().unwrap(), &choices).unwrap_err()
    };
    assert!(said(&["Hello"]).contains("no visible choice begins"));
    assert!(said(&["\""]).contains("several visible choices"));
    assert!(said(&[""]).contains("no visible choice"));
    assert!(said(&["\"I understand", "\"If you keep", "more"]).contains("left over"));
}

#[test]
fn a_scene_shows_choices_in_an_order_of_its_own_and_meters_as_asked() {
    let document = read(EXAMPLE);
    let scenario = document.scenario().unwrap();
    let orders: std::collections::BTreeSet<Vec<u32>> = (0..50)
        .map(|seed| Play::start(scenario, of(seed)).unwrap().scene().choices.iter().map(|choice| choice.id).collect())
        .collect();
    assert_eq!(orders.len(), 6);
    let fixed = EXAMPLE.replace("`tests empathy`\n\n*She drops", "`tests empathy` `fixed`\n\n*She drops");
    let fixed = read(&fixed);
    for seed in 0..50 {
        let play = Play::start(fixed.scenario().unwrap(), of(seed)).unwrap();
        let ids: Vec<u32> = play.scene().choices.iter().map(|choice| choice.id).collect();
        assert_eq!(ids, [1, 2, 3]);
    }
    let scene = Play::start(scenario, of(0)).unwrap().scene();
    assert_eq!(scene.meters, [ShownMeter::Mood("trust", Mood::Waiting)]);
    assert_eq!(scene.hint_html, Some("<p>People hear solutions only after they feel heard.</p>"));
}

#[test]
fn scenes_that_only_lead_further_are_shown_with_the_next() {
    let source = EXAMPLE.replace("## Outcome\n", "## Outcome\n\nTen minutes pass.\n");
    let document = read(&source);
    let steps = [step("at-the-desk", 1), step("she-softens", 1)];
    let play = Play::replay(document.scenario().unwrap(), of(1), &steps).unwrap();
    let scene = play.scene();
    let ids: Vec<&str> = scene.passages.iter().map(|passage| passage.node.id.as_str()).collect();
    assert_eq!(ids, ["outcome", "she-thanks-you"]);
    assert_eq!(scene.passages[0].blocks[0].text, "Ten minutes pass.");
    assert!(scene.choices.is_empty());
}

#[test]
fn feedback_comes_at_once_in_practice_and_at_the_end_when_assessed() {
    let document = read(EXAMPLE);
    let mut play = Play::start(document.scenario().unwrap(), of(1)).unwrap();
    assert!(play.feedback(Mode::Practice).is_none());
    play.take(&step("at-the-desk", 3)).unwrap();
    assert_eq!(play.feedback(Mode::Practice).unwrap().id, 3);
    assert!(play.feedback(Mode::Assessed).is_none());
    play.take(&step("she-bristles", 2)).unwrap();
    assert_eq!(play.ending(), Some(Ending::Bad));
    assert!(play.feedback(Mode::Assessed).is_some());
    let decisions = play.outcome().unwrap().decisions;
    assert_eq!(decisions[0].better.unwrap().id, 1);
    assert_eq!(decisions[1].better.unwrap().id, 1);
}

#[test]
fn a_step_that_does_not_fit_changes_nothing() {
    let document = read(EXAMPLE);
    let mut play = Play::start(document.scenario().unwrap(), of(1)).unwrap();
    assert_eq!(play.take(&step("she-softens", 1)), Err(Refused::OtherNode { stands: "at-the-desk".to_owned() }));
    assert_eq!(play.take(&step("at-the-desk", 4)), Err(Refused::NoChoice { choice: 4 }));
    assert_eq!(play.passed().len(), 1);
    play.take(&step("at-the-desk", 3)).unwrap();
    play.take(&step("she-bristles", 2)).unwrap();
    assert_eq!(play.take(&step("outcome", 1)), Err(Refused::Ended));
}

const AGAIN: &str = "---\nkind: scenario\ntitle: T\ncompetencies: [empathy, calm]\nmeters:\n  trust: { start: 95, show: bar }\n\
    pass: { score: 0 }\n---\n# T\n\n## A\n\n`tests empathy, calm` `weight 3`\n\n- [x](#a) `poor` `trust +10` `once`\n  > F\n\
    - [y](#a) `best` `empathy 1` `trust -100`\n  > F\n- [z](#b) `critical` `if trust = 0`\n  > F\n- [w](#b) `ok` `if visited a`\n  > F\n\n\
    ## B\n\n- [on](#c) `critical`\n\n## C\n\n`ending good`\n";

#[test]
fn only_the_first_decision_of_a_scene_counts_and_meters_stay_in_bounds() {
    let document = parse("t.md", AGAIN, &Surroundings::default());
    let scenario = document.scenario().unwrap();
    let mut play = Play::start(scenario, of(0)).unwrap();
    assert_eq!(play.passed()[0].choices.len(), 2);
    play.take(&step("a", 2)).unwrap();
    assert_eq!(play.meters(), [0]);
    play.take(&step("a", 1)).unwrap();
    assert_eq!(play.meters(), [10]);
    assert_eq!(play.take(&step("a", 1)), Err(Refused::NoChoice { choice: 1 }), "it can be taken once");
    play.take(&step("a", 2)).unwrap();
    play.take(&step("a", 3)).unwrap();
    play.take(&step("b", 1)).unwrap();
    let outcome = play.outcome().unwrap();
    // The first decision: best, with one point for empathy: (1 + 2) / 2 of 2.
    assert_eq!(outcome.score.unwrap().percent().unwrap().to_string(), "75");
    let each: Vec<String> =
        outcome.competencies.iter().map(|(_, score)| score.unwrap().percent().unwrap().to_string()).collect();
    assert_eq!(each, ["50", "100"]);
    assert_eq!(outcome.critical, 2, "each critical choice counts, that of a scene with one choice too");
    assert!(outcome.passed);
}

#[test]
fn scores_are_compared_with_the_bar_unrounded() {
    // Best and poor are 50 of 100; ok, best and best are 83 and a third.
    let half = [step("at-the-desk", 1), step("she-softens", 3)];
    let more = [step("at-the-desk", 2), step("she-bristles", 1), step("she-softens", 1)];
    for (steps, bar, passed) in [(&half[..], 50, true), (&half, 51, false), (&more, 83, true), (&more, 84, false)] {
        let source = EXAMPLE.replace("score: 70, ending: good", &format!("score: {bar}, ending: bad"));
        let document = parse("t.md", &source, &Surroundings::default());
        let play = Play::replay(document.scenario().unwrap(), of(0), steps).unwrap();
        assert_eq!(play.outcome().unwrap().passed, passed, "{bar}");
    }
}

proptest! {
    #[test]
    fn the_same_steps_give_the_same_scene(taken in prop::collection::vec(0_usize..4, 0..12), seed in any::<u8>()) {
        let document = parse("t.md", AGAIN, &Surroundings::default());
        let scenario = document.scenario().unwrap();
        let mut play = Play::start(scenario, of(seed)).unwrap();
        let mut steps = Vec::new();
        for at in taken {
            let scene = play.scene();
            let here = scene.passages.last().unwrap().node;
            let Some(choice) = scene.choices.get(at % scene.choices.len().max(1)) else { break };
            let step = step(&here.id, choice.id);
            play.take(&step).unwrap();
            steps.push(step);
            let again = Play::replay(scenario, of(seed), &steps).unwrap();
            prop_assert_eq!(format!("{:?}", again.scene()), format!("{:?}", play.scene()));
            let other = Play::replay(scenario, of(seed ^ 1), &steps).unwrap();
            prop_assert_eq!(format!("{:?}", other.outcome()), format!("{:?}", play.outcome()));
            // Going back is replaying fewer steps.
            let back = Play::replay(scenario, of(seed), steps.iter().take(steps.len() - 1)).unwrap();
            prop_assert_eq!(back.passed().last().unwrap().node.id.clone(), steps.last().unwrap().node.clone());
        }
    }
}

#[test]
fn a_choice_costs_what_can_no_longer_be_reached() {
    let document = read(EXAMPLE);
    let mut prospects = Prospects::of(document.scenario().unwrap()).unwrap();
    let rounded = |costs: Vec<courseware::graph::Costs>| -> Vec<(usize, Vec<i64>)> {
        let whole = |cost: f64| (cost * 100.0).round() as i64;
        costs.iter().map(|costs| (costs.node, costs.choices.iter().map(|(_, cost)| whole(*cost)).collect())).collect()
    };
    // ok, best, best is five of six; poor, best, best is four of six.
    let best = [step("at-the-desk", 1), step("she-softens", 1)];
    let costs = rounded(prospects.costs(&best).unwrap());
    assert_eq!(costs, [(0, vec![0, 1_667, 3_333]), (1, vec![0, 5_000, 5_000])]);
    // After a poor beginning the last step makes less of a difference to the score, and giving up a greater one.
    let poor = [step("at-the-desk", 3), step("she-bristles", 1), step("she-softens", 1)];
    let costs = rounded(prospects.costs(&poor).unwrap());
    assert_eq!(costs[1..], [(2, vec![0, 6_667]), (1, vec![0, 3_333, 3_333])]);
    assert_eq!(prospects.costs(&[step("she-softens", 1)]), None, "it does not begin there");
}

#[test]
fn a_role_play_begins_in_the_middle_as_somebody_sets_it() {
    let document = read(EXAMPLE);
    let scenario = document.scenario().unwrap();
    let stage = |node: &str, trust: i32, flags: &[&str]| Stage {
        node: node.to_owned(),
        meters: vec![("trust".to_owned(), trust), ("no-such-meter".to_owned(), 5)],
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
    };
    let begun = Play::start_from(scenario, of(1), &stage("she-softens", 250, &["promised", "no-such-flag"])).unwrap();
    assert_eq!(begun.passed().last().unwrap().node.id, "she-softens");
    assert_eq!((begun.meters(), begun.flags()), ([100].as_slice(), vec!["promised"]));
    // Routes are followed from there by what was set.
    let good = Play::start_from(scenario, of(1), &stage("outcome", 90, &["apologised", "promised"])).unwrap();
    let bad = Play::start_from(scenario, of(1), &stage("outcome", 0, &[])).unwrap();
    assert!(good.ending().is_some() && bad.ending().is_some() && good.ending() != bad.ending());
    // Without anything set it is the start.
    let start = Play::start_from(scenario, of(1), &Stage::default()).unwrap();
    assert_eq!(start.meters(), Play::start(scenario, of(1)).unwrap().meters());
    let nowhere = Play::start_from(scenario, of(1), &stage("nowhere", 0, &[])).unwrap_err();
    assert_eq!(nowhere, Refused::OtherNode { stands: "at-the-desk".to_owned() });
}
