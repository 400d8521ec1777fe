//! The maps of the starter curriculum's role-plays.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use common::{attribute, crossings, on_each_other, overlaps, tags, through_boxes};
use courseware::scenario::{Ending, Quality};
use courseware::{Content, Scenario, Surroundings, parse};
use map::{Facts, Kind, Map, Problem, Visits};

/// The role-plays of `content/`, by the names of their files.
///
/// They are read once, since following all their paths takes most of the time.
static ROLE_PLAYS: LazyLock<Vec<(String, Scenario)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = files.iter().filter(|file| file.extension().is_some_and(|end| end == "md")).filter_map(|file| {
        let text = std::fs::read_to_string(file).unwrap();
        match parse(file.to_str().unwrap(), &text, &Surroundings::default()).content {
            Some(Content::Scenario(scenario)) => Some((scenario.slug.clone(), scenario)),
            _ => None,
        }
    });
    let read: Vec<(String, Scenario)> = read.collect();
    assert_eq!(read.len(), 10);
    read
});

fn svg(map: &Map) -> &str {
    map.svg.as_deref().unwrap()
}

fn draw(scenario: &Scenario) -> Map {
    map::draw(scenario, &Facts::new("map", &|scene| format!("#{}", scenario.nodes[scene].id)))
}

#[test]
fn every_scene_is_a_link_and_every_way_a_line_with_its_word() {
    for (name, scenario) in ROLE_PLAYS.iter() {
        let map = draw(scenario);
        let tags = tags(svg(&map));
        let is = |tag: &quick_xml::events::BytesStart<'_>, name: &str| {
            attribute(tag, "class").is_some_and(|class| class.split(' ').any(|class| class == name))
        };
        let links = tags.iter().filter(|tag| is(tag, "map-scene")).map(|tag| attribute(tag, "href").unwrap());
        let wanted = scenario.nodes.iter().map(|node| format!("#{}", node.id));
        assert_eq!(links.collect::<Vec<_>>(), wanted.collect::<Vec<_>>(), "{name}");
        let ways: Vec<String> = tags.iter().filter_map(|tag| attribute(tag, "data-way")).collect();
        let wanted: Vec<String> =
            map.nodes.iter().flat_map(|node| (0..node.ways.len()).map(|way| format!("{}-{way}", node.scene))).collect();
        assert_eq!(ways.iter().collect::<BTreeSet<_>>(), wanted.iter().collect::<BTreeSet<_>>(), "{name}");
        assert_eq!(ways.len(), wanted.len());
        let marks = tags.iter().filter(|tag| is(tag, "map-mark")).count();
        assert_eq!(marks, wanted.len());
        for node in &scenario.nodes {
            for choice in node.choices() {
                assert!(svg(&map).contains(&format!(">{}</text>", choice.quality.unwrap().as_str())), "{name}");
            }
        }
    }
}

#[test]
fn a_scene_can_be_led_to_and_leads_to_its_line() {
    let (name, scenario) = &ROLE_PLAYS[0];
    let ids =
        |map: &Map, key: &str| -> Vec<String> { tags(svg(map)).iter().filter_map(|tag| attribute(tag, key)).collect() };
    let plain = draw(scenario);
    let known = ids(&plain, "id");
    let anchors: Vec<String> = (0..scenario.nodes.len()).map(|scene| map::anchor("map", scene)).collect();
    assert!(anchors.iter().all(|anchor| known.iter().filter(|id| *id == anchor).count() == 1), "{name}: {known:?}");
    assert!(ids(&plain, "data-line").is_empty(), "there is no script to go there");
    let line = |scene: usize| Some(10 * scene + 1).filter(|line| *line != 11);
    let map = map::draw(scenario, &Facts { line: &line, ..Facts::new("map", &|scene| format!("#line-{scene}")) });
    let lines: Vec<String> = map.nodes.iter().filter_map(|node| node.line).map(|line| line.to_string()).collect();
    assert_eq!(ids(&map, "data-line"), lines);
    assert_eq!((map.nodes[0].line, map.nodes[1].line), (Some(1), None));
}

#[test]
fn no_boxes_overlap_and_no_line_runs_through_a_box_or_on_another() {
    let (mut all, mut bends) = (0, 0);
    for (name, scenario) in ROLE_PLAYS.iter() {
        let map = draw(scenario);
        let lines: Vec<Vec<(i32, i32)>> = map.lines.iter().map(|line| line.points.clone()).collect();
        assert_eq!(overlaps(&map.boxes), 0, "{name}");
        assert_eq!(through_boxes(&lines, &map.boxes), 0, "{name}");
        assert_eq!(on_each_other(&lines), 0, "{name}");
        let crossings = crossings(&lines);
        println!("{name}: {crossings} crossings, {} × {}", map.width, map.height);
        assert!(crossings <= 16, "{name}: {crossings}");
        assert!(map.width <= 1_100, "{name}: {}", map.width);
        all += crossings;
        bends += lines.iter().map(|points| points.len() - 2).sum::<usize>();
        for line in map.lines.iter().filter(|line| !line.is_back) {
            let to = map.nodes[line.scene].ways[line.way].to.unwrap();
            assert!(map.boxes[line.scene].bottom() < map.boxes[to].y, "{name}");
        }
    }
    println!("{all} crossings and {bends} bends in all");
    assert!(all <= 45 && bends <= 450, "{all} crossings, {bends} bends");
}

#[test]
fn letters_are_never_cut_and_the_same_role_play_gives_the_same_bytes() {
    for (name, scenario) in ROLE_PLAYS.iter() {
        let map = draw(scenario);
        for node in &scenario.nodes {
            let first = node.title.split(' ').next().unwrap();
            assert!(svg(&map).contains(&courseware::escaped(first)), "{name}: {first}");
        }
        assert!(!svg(&map).contains('…'), "{name}");
        assert!(
            !svg(&map).contains("style=") && !svg(&map).contains("fill=") && !svg(&map).contains("stroke=\""),
            "{name}"
        );
        assert_eq!(map, draw(scenario));
    }
}

#[test]
fn the_best_path_comes_to_a_good_ending_by_best_choices() {
    for (name, scenario) in ROLE_PLAYS.iter() {
        let map = draw(scenario);
        let ending = map.nodes.iter().find(|node| node.is_best && matches!(node.kind, Kind::Ending(_))).unwrap();
        assert_eq!(ending.kind, Kind::Ending(Ending::Good), "{name}");
        let ways = map.nodes.iter().flat_map(|node| &node.ways).filter(|way| way.is_best);
        let chosen: Vec<Option<Quality>> = ways.filter(|way| !way.is_route).map(|way| way.quality).collect();
        assert!(chosen.iter().all(|quality| *quality == Some(Quality::Best)), "{name}: {chosen:?}");
        assert!(map.nodes[0].is_best && map.nodes.iter().all(|node| node.is_reached), "{name}");
    }
}

#[test]
fn what_people_did_is_written_and_makes_lines_wide() {
    let (_, scenario) = &ROLE_PLAYS[0];
    let plain = draw(scenario);
    assert!(!svg(&plain).contains('%'));
    let visits = Visits { scenes: vec![Some(100), None, Some(7)], ways: vec![vec![Some(61), None, Some(200)]] };
    let map = map::draw(scenario, &Facts { visits: Some(&visits), ..Facts::new("map", &|_| "#x".to_owned()) });
    assert!(svg(&map).contains(">100 % come by</text>") && svg(&map).contains(">7 % come by</text>"));
    assert!(svg(&map).contains(">61 %</text>") && svg(&map).contains(">100 %</text>"));
    assert_eq!(map.nodes[0].ways.iter().map(|way| way.visits).collect::<Vec<_>>(), [Some(61), None, Some(100)]);
    assert!(svg(&map).contains(r#"class="map-line" stroke-width="8""#));
    assert_eq!(overlaps(&map.boxes), 0);
}

/// To look at the maps: `MAPS=folder cargo test -p map`.
#[test]
fn the_maps_are_written_where_the_environment_says() {
    let Some(folder) = std::env::var_os("MAPS") else { return };
    for (name, scenario) in ROLE_PLAYS.iter() {
        let write = |name: &str, map: &Map| {
            std::fs::write(Path::new(&folder).join(format!("{name}.svg")), svg(map)).unwrap();
        };
        write(name, &draw(scenario));
        let shares = |count: usize| (0..count).map(|at| Some(u32::try_from(90 / (at + 1)).unwrap())).collect();
        let visits = Visits {
            scenes: shares(scenario.nodes.len()),
            ways: scenario.nodes.iter().map(|node| shares(node.choices().len())).collect(),
        };
        let problem = |scene, is_error, text: &str| Problem { scene, is_error, text: text.to_owned() };
        let problems = [
            problem(1, true, "this choice has no quality word"),
            problem(4, false, "all choices of this scene lead to the same place and change the same"),
        ];
        let href = |scene: usize| format!("#{}", scenario.nodes[scene].id);
        let facts = Facts { visits: Some(&visits), problems: &problems, ..Facts::new("map", &href) };
        write(&format!("facts-{name}"), &map::draw(scenario, &facts));
    }
}
