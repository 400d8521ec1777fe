//! Maps of drafts: whatever is wrong with a role-play, it can be drawn.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::time::Instant;

use common::{Dice, attribute, overlaps, tags, through_boxes};
use courseware::scenario::{Choice, Ending, Node, Quality, Route, Scenario, Way};
use courseware::{Content, Surroundings, parse};
use map::{Facts, Map, Problem};

fn read(scenes: &str) -> Scenario {
    let text = format!("---\nkind: scenario\ntitle: A & B <c>\npass: {{ score: 1 }}\n---\n\n# A & B <c>\n\n{scenes}");
    match parse("draft.md", &text, &Surroundings::default()).content.unwrap() {
        Content::Scenario(scenario) => scenario,
        other => panic!("{other:?}"),
    }
}

fn draw(scenario: &Scenario) -> Map {
    map::draw(scenario, &Facts::new("map", &|scene| format!("?scene={scene}&x=\"<'>\"")))
}

fn svg(map: &Map) -> &str {
    map.svg.as_deref().unwrap()
}

/// What holds for every draft.
fn sound(map: &Map) {
    tags(svg(map));
    let lines: Vec<Vec<(i32, i32)>> = map.lines.iter().map(|line| line.points.clone()).collect();
    assert_eq!(overlaps(&map.boxes), 0);
    assert_eq!(through_boxes(&lines, &map.boxes), 0);
    assert_eq!(map.lines.len(), map.nodes.iter().map(|node| node.ways.len()).sum::<usize>());
    for rect in &map.boxes {
        assert!(rect.x >= 0 && rect.y >= 0 && rect.right() <= map.width && rect.bottom() <= map.height);
    }
}

/// To look at the map: `MAPS=folder cargo test -p map`.
fn write(name: &str, map: &Map) {
    if let Some(folder) = std::env::var_os("MAPS") {
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.svg")), svg(map)).unwrap();
    }
}

#[test]
fn a_role_play_without_scenes_is_an_empty_picture() {
    let map = draw(&read(""));
    sound(&map);
    assert!(map.nodes.is_empty());
}

#[test]
fn scenes_that_nothing_leads_to_stand_apart_and_say_so() {
    let map = draw(&read(
        "## One\n\n- [Go](#two)\n\n## Two\n\n`ending good`\n\n## Lost\n\n- [Back](#two)\n- [On](#more)\n\n## More\n\n- [Round](#lost)\n\n## Alone\n\n`ending bad`\n",
    ));
    sound(&map);
    assert_eq!(map.nodes.iter().map(|node| node.is_reached).collect::<Vec<_>>(), [true, true, false, false, false]);
    assert!(svg(&map).contains(">Nothing leads here</text>") && svg(&map).contains("Scene 3 · never reached"));
    assert!(svg(&map).contains(">to scene 2, Two</text>"), "{}", svg(&map));
    let lowest = map.boxes[..2].iter().map(|rect| rect.bottom()).max().unwrap();
    assert!(map.boxes[2..].iter().all(|rect| rect.y > lowest));
    write("draft-apart", &map);
}

#[test]
fn a_choice_that_leads_nowhere_says_so() {
    let map = draw(&read("## One\n\n- [Go](#two)\n- [Stay](#nowhere)\n\n## Two\n\nNothing.\n"));
    sound(&map);
    assert!(svg(&map).contains(">leads to no scene</text>") && svg(&map).contains("Scene 2 · no way on"));
    assert!(svg(&map).contains(">no word</text>"));
    assert!(map.nodes.iter().all(|node| !node.is_best));
    write("draft-nowhere", &map);
}

#[test]
fn text_is_escaped_and_long_headings_are_wrapped() {
    let map = draw(&read("## Tom & <Jerry> \"{law}\" wait at the very end of the long corridor\n\n`ending good`\n"));
    sound(&map);
    assert!(svg(&map).contains("&amp;") && !svg(&map).contains("<Jerry>") && !svg(&map).contains("<c>"));
    let link = tags(svg(&map)).into_iter().find_map(|tag| attribute(&tag, "href")).unwrap();
    assert_eq!(link, "?scene=0&amp;x=&quot;&lt;&#39;&gt;&quot;");
    assert!(svg(&map).matches("class=\"map-title\"").count() >= 3);
    write("draft-escaped", &map);
}

#[test]
fn the_words_of_a_check_stand_in_the_box_of_the_scene() {
    let scenario = read("## One\n\n- [Go](#two)\n\n## Two\n\n`ending good`\n");
    let problem = |scene, is_error, text: &str| Problem { scene, is_error, text: text.to_owned() };
    let problems: Vec<Problem> = (0..5)
        .map(|at| problem(1, at == 4, &format!("number {at} is wrong")))
        .chain([problem(9, true, "of no scene")])
        .collect();
    let map = map::draw(&scenario, &Facts { problems: &problems, ..Facts::new("map", &|_| "#x".to_owned()) });
    sound(&map);
    let places = ["map-error", ">Error: number 4 is", ">Warning: number 0 is", ">and 2 more<"]
        .map(|words| svg(&map).find(words));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "errors come first: {places:?}");
    assert!(!svg(&map).contains("of no scene") && !svg(&map).contains("number 3"));
    assert_eq!(map.nodes[1].problems.len(), 5);
}

#[test]
fn a_condition_is_told_as_it_was_written() {
    let text = "---\nkind: scenario\ntitle: T\nmeters:\n  trust: { start: 5 }\npass: { score: 1 }\n---\n\n# T\n\n## One\n\n- [Go](#two) `set told`\n\n## Two\n\n1. [A](#three) `if trust >= 60 and (told or not visited one) and not critical`\n2. [B](#three) `otherwise`\n\n## Three\n\n`ending good`\n";
    let Some(Content::Scenario(scenario)) = parse("t.md", text, &Surroundings::default()).content else { panic!() };
    let map = draw(&scenario);
    let routes = &map.nodes[1].ways;
    assert_eq!(routes[0].condition.as_deref(), Some("trust >= 60 and (told or not visited one) and not critical"));
    assert_eq!((routes[0].label.as_str(), routes[1].label.as_str()), ("route 1", "otherwise"));
}

#[test]
fn what_a_choice_changes_is_told_as_it_was_written() {
    let text = "---\nkind: scenario\ntitle: T\nmeters:\n  trust: { start: 5 }\npass: { score: 1 }\n---\n\n# T\n\n## One\n\n- [Go](#two) `trust +20` `trust -5` `set told` `unset told`\n\n## Two\n\n`ending good`\n";
    let Some(Content::Scenario(scenario)) = parse("t.md", text, &Surroundings::default()).content else { panic!() };
    let effects = scenario.nodes[0].choices()[0].effects.iter();
    let words: Vec<String> = effects.map(|effect| map::words::effect(&scenario, *effect)).collect();
    assert_eq!(words, ["trust +20", "trust −5", "set told", "unset told"]);
}

/// A role-play of chance: mostly onwards, with jumps, loops, hubs and ways to nowhere.
fn made(dice: &mut Dice, count: usize, wild: bool) -> Scenario {
    let mut scenario = read("## One\n\n- [Go](#two)\n\n## Two\n\n`ending good`\n");
    let (one, go) = (scenario.nodes[0].clone(), scenario.nodes[0].choices()[0].clone());
    let qualities = [Quality::Best, Quality::Ok, Quality::Poor, Quality::Critical];
    let target = |dice: &mut Dice, at: usize| match dice.below(20) {
        _ if wild => Some(dice.below(count + 1)).filter(|to| *to < count),
        0 => Some(at.saturating_sub(dice.below(6))),
        1 => Some((at + 2 + dice.below(12)).min(count - 1)),
        2 => Some(at + 2).filter(|to| *to < count),
        _ => Some((at + 1).min(count - 1)),
    };
    // Every scene of a tame one is reached, past endings too.
    let onwards = |dice: &mut Dice, at: usize, id: usize| match id {
        0 | 1 if !wild => Some((at + 1 + id).min(count - 1)),
        _ => target(dice, at),
    };
    let node = |at: usize| {
        let way = match dice.below(12) {
            _ if at + 1 == count => Way::Ending(Ending::Good),
            _ if !wild && at % 9 == 8 => Way::Ending([Ending::Mixed, Ending::Bad][dice.below(2)]),
            0 if wild => Way::Ending([Ending::Good, Ending::Mixed, Ending::Bad][dice.below(3)]),
            1 => {
                let routes = 2 + dice.below(4);
                Way::Routes((0..routes).map(|id| Route { to: onwards(dice, at, id), condition: None }).collect())
            }
            2 if wild => Way::None,
            _ => {
                let choice = |id: usize| Choice {
                    id: u32::try_from(id + 1).unwrap(),
                    to: onwards(dice, at, id),
                    quality: Some(qualities[dice.below(4)]),
                    ..go.clone()
                };
                Way::Choices((0..2 + at % 3).map(choice).collect())
            }
        };
        Node { id: format!("scene-{at}"), title: format!("What happens in scene {at}"), way, ..one.clone() }
    };
    scenario.nodes = (0..count).map(node).collect();
    scenario
}

#[test]
fn role_plays_of_chance_are_drawn_without_overlaps() {
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let count = 1 + dice.below(30);
        let scenario = made(&mut dice, count, seed % 2 == 0);
        let map = draw(&scenario);
        sound(&map);
        assert_eq!(map, draw(&scenario));
    }
}

#[test]
fn two_hundred_and_fifty_scenes_are_drawn() {
    for wild in [false, true] {
        let mut dice = Dice(7);
        let scenario = made(&mut dice, 250, wild);
        let start = Instant::now();
        let map = draw(&scenario);
        println!(
            "250 scenes, wild: {wild}: {:?}, {} × {}, {} bytes",
            start.elapsed(),
            map.width,
            map.height,
            svg(&map).len()
        );
        sound(&map);
        assert_eq!(map.nodes.len(), 250);
        // A long story does not drift to one side.
        assert!(wild || (map.nodes.iter().all(|node| node.is_reached) && map.width <= 1_400), "{}", map.width);
        write(if wild { "made-wild" } else { "made" }, &map);
    }
}

#[test]
fn what_is_too_large_to_be_looked_at_is_a_list_without_a_picture() {
    let map = draw(&made(&mut Dice(1), 501, false));
    assert!(map.svg.is_none() && map.nodes.len() == 501);
}

#[test]
fn routes_that_lead_round_in_a_circle_take_no_time() {
    let mut scenario = made(&mut Dice(3), 400, false);
    // Every second scene leads into the circle of the others.
    for at in 0..400 {
        let route = |to| Route { to: Some(to), condition: None };
        match (&mut scenario.nodes[at].way, at % 2) {
            (way, 1) => *way = Way::Routes(vec![route((at + 2) % 400)]),
            (Way::Choices(choices), _) => choices[0].to = Some(at + 1),
            _ => {}
        }
    }
    let start = Instant::now();
    sound(&draw(&scenario));
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
