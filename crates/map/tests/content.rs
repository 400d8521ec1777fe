//! The maps of the starter curriculum's role-plays.

use std::path::{Path, PathBuf};

use courseware::{Content, Scenario, Surroundings, parse};
use map::{Facts, Map};

/// The role-plays of `content/`, by the names of their files.
fn role_plays() -> Vec<(String, Scenario)> {
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
}

fn draw(scenario: &Scenario) -> Map {
    map::draw(scenario, &Facts::new("map", &|scene| format!("#{}", scenario.nodes[scene].id)))
}

/// To look at the maps: `MAPS=folder cargo test -p map`.
#[test]
fn the_maps_are_written_where_the_environment_says() {
    let Some(folder) = std::env::var_os("MAPS") else { return };
    for (name, scenario) in role_plays() {
        std::fs::write(Path::new(&folder).join(format!("{name}.svg")), draw(&scenario).svg).unwrap();
    }
}
