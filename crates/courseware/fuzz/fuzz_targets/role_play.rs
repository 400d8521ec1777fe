//! Any text below the front matter of a scenario, played by any choices: the engine never fails on what the checks let pass, and the
//! same steps give the same outcome.
#![no_main]

use courseware::{
    Surroundings, decode, parse,
    play::{Play, Step},
};
use libfuzzer_sys::fuzz_target;

const FRONT: &str = "---\nkind: scenario\ntitle: T\ncharacters: { A: {} }\nmeters: { m: { start: 50, show: bar }, n: { start: 5 } }\n\
    competencies: [empathy, privacy]\npass: { score: 50, ending: mixed, critical: 1 }\n---\n# T\n\n";

fuzz_target!(|bytes: &[u8]| {
    let Ok(body) = decode("fuzz.md", bytes) else { return };
    // The end of the text decides also what is chosen.
    let taken = bytes.rchunks(64).next().unwrap_or_default();
    let source = if body.starts_with("---\nkind: scenario") { body.to_owned() } else { format!("{FRONT}{body}") };
    let document = parse("fuzz.md", &source, &Surroundings::default());
    let publishable = document.is_publishable();
    let Some(scenario) = document.scenario() else { return };
    let mut play = match Play::start(scenario, [1; 16]) {
        Ok(play) => play,
        Err(refused) => {
            assert!(!publishable, "{refused}\n{source}");
            return;
        }
    };
    let mut steps: Vec<Step> = Vec::new();
    for byte in taken {
        let scene = play.scene();
        let Some(last) = scene.passages.last() else { break };
        if scene.choices.is_empty() {
            break;
        }
        let choice = scene.choices[usize::from(*byte) % scene.choices.len()];
        let step = Step { node: last.node.id.clone(), choice: choice.id };
        if let Err(refused) = play.take(&step) {
            assert!(!publishable, "{refused}\n{source}");
            return;
        }
        steps.push(step);
    }
    let again = Play::replay(scenario, [2; 16], &steps).expect("what was played can be replayed");
    assert_eq!(format!("{:?}", again.outcome()), format!("{:?}", play.outcome()));
    if let Some(outcome) = play.outcome() {
        assert!(outcome.score.is_none_or(|score| score.possible() > 0));
    }
});
