//! How long the studio takes: a text looked at and drawn, the map of a role-play, questions brought in from another system.

use std::{fmt::Write as _, hint::black_box, time::Instant};

use courseware::{Content, Surroundings, parse};
use store::Store;
use usecases::{Usecases, clock, set_up::FirstAdministrator, studio::Kind, who::Who};

use crate::{
    Outcome, Run,
    report::{Section, Table, goal},
    scratch, seed,
};

/// A role-play of the curriculum with many scenes.
const ROLE_PLAY: &str = include_str!("../../../content/which-treatment-is-mine.md");
/// The one whose meters and flags can stand in the most ways, so that its paths take longest to follow.
const MANY_WAYS: &str = include_str!("../../../content/bill-shock.md");
/// A module of ten kilobytes, about.
const MODULE: &str = include_str!("../../../content/privacy-everywhere.md");
const QUESTIONS: usize = 500;

pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let rounds = if run.quick { 5 } else { 51 };
    let mut section = Section::new("studio", run);
    let folder = scratch()?;
    let store = Store::open(&seed::sqlite(&folder.path().join("studio.db"))).await?;
    let now = clock::now();
    store.migrate(now.as_microsecond()).await?;
    let usecases = Usecases::new(store.clone());
    let who = house(&usecases).await?;
    server::serve::publish_starter(&usecases, now).await?;

    let mut table = Table::new(&["what", "kB", "half of them, ms", "99 of 100, ms", "the parser alone, ms", "ratio"]);
    let large = large_module();
    let mut goals = Vec::new();
    for (what, kind, slug, text) in [
        ("a module", Kind::Module, "privacy-everywhere", MODULE),
        ("the largest module that is taken", Kind::Module, "privacy-everywhere", large.as_str()),
        ("a role-play of 19 scenes, its map with it", Kind::Scenario, "which-treatment-is-mine", ROLE_PLAY),
        ("the role-play of the most ways, its map with it", Kind::Scenario, "bill-shock", MANY_WAYS),
    ] {
        let (mut whole, mut alone) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let start = Instant::now();
            black_box(usecases.check_draft(&who, kind, slug, text).await?);
            whole.push(milliseconds(start));
            let start = Instant::now();
            black_box(parse("x.md", text, &Surroundings::default()));
            alone.push(milliseconds(start));
        }
        let (half, most, parser) = (at(&mut whole, 50), at(&mut whole, 99), at(&mut alone, 50));
        let kilobytes = text.len() as f64 / 1000.0;
        table.row([
            what.to_owned(),
            format!("{kilobytes:.0}"),
            format!("**{half:.1}**"),
            format!("**{most:.1}**"),
            format!("{parser:.1}"),
            format!("{:.2}", half / parser),
        ]);
        if kind == Kind::Module {
            goals.push(goal(&format!("{what} looked at and drawn in 100 ms"), most <= 100.0, &format!("{most:.1} ms")));
        }
    }
    section.paragraph("A text is looked at as the editor asks for it: the checks, the preview with its questions, and of a role-play the map; as a use case, without HTTP.");
    section.table(table);

    let mut table = Table::new(&["what", "how many", "half of them, ms", "99 of 100, ms"]);
    let small = scenario(ROLE_PLAY)?;
    let big = scenario(&large_role_play())?;
    for (what, scenario) in [("the map of a role-play, scenes", &small), ("the same, made up", &big)] {
        let href = |at: usize| format!("#{at}");
        let times = repeated(rounds, || {
            black_box(map::draw(scenario, &map::Facts::new("map", &href)));
        });
        row(&mut table, what, scenario.nodes.len(), times);
    }
    let checks = repeated(rounds, || {
        black_box(parse("x.md", ROLE_PLAY, &Surroundings::default()));
    });
    let mut sorted = checks.clone();
    let most = at(&mut sorted, 50);
    row(&mut table, "the checks of the role-play of 19 scenes", small.nodes.len(), checks);
    goals.push(goal(
        "the checks of a role-play of 19 scenes in 5 ms (the goal was set for 25)",
        most <= 5.0,
        &format!("{most:.1} ms"),
    ));
    let gift = questions();
    let times = repeated(rounds, || {
        black_box(exchange::gift::read("bank", gift.as_bytes()).is_ok());
    });
    row(&mut table, "GIFT brought in, questions", QUESTIONS, times);
    section.table(table);
    section.goals(&goals);
    store.close().await;
    Ok(section)
}

async fn house(usecases: &Usecases) -> Outcome<Who> {
    let now = clock::now();
    let token = usecases.make_set_up_link(now).await?.ok_or("the database is not new")?;
    let first = FirstAdministrator {
        organisation: "Northern Hospitals",
        zone: "Africa/Lagos",
        name: "Ada Obi",
        email: "ada@hospital.example",
        password: crate::organisation::PASSWORD,
        from: None,
    };
    let ada = usecases.set_up(&token, first, now).await?;
    Ok(usecases.who(ada).await?.ok_or("the administrator's access has ended")?)
}

/// A module as large as one may be, of pages like those that people write.
fn large_module() -> String {
    let mut text = "---\nkind: module\ntitle: Large\nminutes: 10\ncomplete: [read]\n---\n\n# Large\n".to_owned();
    for page in 0..40 {
        let _ = write!(text, "\n## Page {page}\n\n");
        for _ in 0..60 {
            text.push_str("Say **who you are** and what happens next. Then wait, and let the person finish what they began to say.\n\n");
        }
    }
    text.truncate(courseware::MAX_BYTES);
    text
}

/// A role-play of 250 scenes: rows of three, each scene with a choice to each scene of the next row.
fn large_role_play() -> String {
    let mut text = "---\nkind: scenario\ntitle: Large\n---\n\n# Large\n".to_owned();
    for scene in 0..247 {
        let _ = write!(text, "\n## Scene {scene}\n\nHe looks up.\n\n");
        let next = (scene / 3 + 1) * 3;
        for (at, quality) in ["best", "ok", "poor"].iter().enumerate() {
            let to = if next + at < 247 { format!("scene-{}", next + at) } else { "the-end".to_owned() };
            let _ = write!(text, "- [What I say {at}](#{to}) `{quality}`\n  > Why.\n");
        }
    }
    text.push_str("\n## The end\n\n`ending good`\n\nHe goes.\n");
    text
}

fn scenario(text: &str) -> Outcome<courseware::Scenario> {
    match courseware::parse_checked("x.md", text, &Surroundings::default()).content {
        Some(Content::Scenario(scenario)) => Ok(scenario),
        _ => Err("the role-play cannot be read".into()),
    }
}

fn questions() -> String {
    let mut text = String::new();
    for number in 0..QUESTIONS {
        let _ = write!(
            text,
            "::Question {number}:: What do you say to somebody who has waited {number} minutes? {{\n=I am sorry.#Yes.\n~Sit down.#He sat.\n~Soon.#When?\n}}\n\n"
        );
    }
    text
}

fn repeated(rounds: usize, mut work: impl FnMut()) -> Vec<f64> {
    let one = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        milliseconds(start)
    };
    (0..rounds).map(|_| one(&mut work)).collect()
}

fn row(table: &mut Table, what: &str, many: usize, mut times: Vec<f64>) {
    let (half, most) = (at(&mut times, 50), at(&mut times, 99));
    table.row([what.to_owned(), many.to_string(), format!("**{half:.2}**"), format!("**{most:.2}**")]);
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

/// The time that so many of a hundred took at most.
fn at(times: &mut [f64], percent: usize) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[(times.len() - 1) * percent / 100]
}
