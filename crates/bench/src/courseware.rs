//! How long courseware takes: a curriculum checked, every path of a large role-play followed, a module read and rendered, a
//! role-play replayed. Each against the least that the same bytes or states could cost, in turns, in one run.

use std::{
    collections::HashSet,
    fmt::Write as _,
    fs,
    hint::black_box,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use courseware::{
    Surroundings, parse,
    play::{Play, Step},
};
use jiff::civil::date;
use pulldown_cmark::{Options, Parser};

use crate::{
    Outcome, Run, load, process,
    report::{Section, Table, goal},
    scratch,
};

/// The first module of the starter curriculum, which stands for all of it until it is there.
const MODULE: &str = include_str!("../../../content/service-is-part-of-care.md");
/// How many modules, role-plays and quizzes the curriculum will have, more or less.
const COPIES: usize = 40;

pub(crate) async fn measure(run: &Run) -> Outcome<Section> {
    let rounds = if run.quick { 3 } else { 9 };
    let mut section = Section::new("courseware", run);
    let mut table = Table::new(&["what", "median (least–most)", "against", "median of that", "ratio"]);
    let mut goals = Vec::new();
    curriculum(run, rounds, &mut table, &mut goals)?;
    paths(rounds.min(5), &mut table, &mut goals)?;
    module(rounds, &mut table, &mut goals)?;
    replay(rounds, &mut table, &mut goals)?;
    section.table(table);
    hostile(run, &mut section, &mut goals)?;
    section.goals(&goals);
    Ok(section)
}

/// Median, least and most.
#[derive(Clone, Copy)]
struct Times {
    median: Duration,
    least: Duration,
    most: Duration,
}

/// Runs two pieces of work in turns.
fn in_turns(
    rounds: usize,
    mut one: impl FnMut() -> Outcome,
    mut other: impl FnMut() -> Outcome,
) -> Outcome<(Times, Times)> {
    let (mut ones, mut others) = (Vec::new(), Vec::new());
    one()?;
    other()?;
    for _ in 0..rounds {
        let start = Instant::now();
        one()?;
        ones.push(start.elapsed());
        let start = Instant::now();
        other()?;
        others.push(start.elapsed());
    }
    Ok((times(ones)?, times(others)?))
}

fn times(mut all: Vec<Duration>) -> Outcome<Times> {
    all.sort_unstable();
    let at = |at: usize| all.get(at).copied().ok_or("nothing was measured");
    Ok(Times { median: at(all.len() / 2)?, least: at(0)?, most: at(all.len() - 1)? })
}

fn row(table: &mut Table, what: &str, unit: Unit, times: Times, against: &str, other: Times) {
    let shown = |time: Duration| unit.shown(time);
    table.row([
        what.to_owned(),
        format!("**{}** ({}–{}) {}", shown(times.median), shown(times.least), shown(times.most), unit.name()),
        against.to_owned(),
        format!("{} {}", shown(other.median), unit.name()),
        format!("{:.1}", times.median.as_secs_f64() / other.median.as_secs_f64()),
    ]);
}

#[derive(Clone, Copy)]
enum Unit {
    Milliseconds,
    Microseconds,
}

impl Unit {
    fn shown(self, time: Duration) -> String {
        match self {
            Self::Milliseconds => format!("{:.1}", time.as_secs_f64() * 1e3),
            Self::Microseconds => format!("{:.1}", time.as_secs_f64() * 1e6),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Milliseconds => "ms",
            Self::Microseconds => "µs",
        }
    }
}

/// What pulldown-cmark alone takes to read a text, nothing made of it.
fn only_read(text: &str) {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    black_box(Parser::new_ext(text, options).into_offset_iter().count());
}

fn curriculum(run: &Run, rounds: usize, table: &mut Table, goals: &mut Vec<String>) -> Outcome {
    let folder = scratch()?;
    for copy in 0..COPIES {
        fs::write(folder.path().join(format!("module-{copy:02}.md")), MODULE)?;
    }
    let check = || -> Outcome {
        let found = server::content::find(folder.path(), date(2026, 11, 25))?;
        black_box(server::content::check(&found));
        Ok(())
    };
    let read = || -> Outcome {
        (0..COPIES).for_each(|_| only_read(MODULE));
        Ok(())
    };
    let (checked, floor) = in_turns(rounds, check, read)?;
    let what = format!("{COPIES} modules found and checked, {} kB", MODULE.len() * COPIES / 1000);
    row(table, &what, Unit::Milliseconds, checked, "pulldown-cmark reading them, on one processor", floor);
    let command = || -> Outcome {
        let status = Command::new(&run.bedside.0).arg("check").arg(folder.path()).stdout(Stdio::null()).status()?;
        if status.success() { Ok(()) } else { Err(format!("`bedside check` ended with {status}").into()) }
    };
    let (whole, floor) = in_turns(rounds, command, read)?;
    row(table, "`bedside check` of them, as a command", Unit::Milliseconds, whole, "the same", floor);
    let milliseconds = whole.median.as_secs_f64() * 1e3;
    goals.push(goal("a curriculum checked in 100 ms", milliseconds <= 100.0, &format!("{milliseconds:.0} ms")));
    Ok(())
}

/// A role-play in which the paths never end: scenes in a ring, three meters and five flags, all of them read. Its states are far
/// more than are followed.
fn endless(scenes: usize) -> String {
    let mut text = "---\nkind: scenario\ntitle: Ring\ncompetencies: [empathy]\nmeters:\n".to_owned();
    for meter in ["a", "b", "c"] {
        let _ = writeln!(text, "  {meter}: {{ start: 50, show: bar }}");
    }
    text.push_str("pass: { score: 60, ending: good, critical: 0 }\n---\n\n# Ring\n");
    for scene in 0..scenes {
        let next = (scene + 1) % scenes;
        let far = (scene * 7 + 3) % scenes;
        let (up, down, flag) = (scene % 6 + 1, scene % 5 + 2, scene % 5);
        let _ = write!(
            text,
            "\n## S{scene}\n\n`tests empathy`\n\nText.\n\n- [one](#s{next}) `best` `a +{up}` `set f{flag}`\n  > Why.\n\
             - [two](#s{far}) `ok` `b -{down}` `unset f{}`\n  > Why.\n\
             - [three](#{}) `poor` `c +{down}` `if a >= 20 or not f{}`\n  > Why.\n",
            (flag + 2) % 5,
            if scene == 0 { "end".to_owned() } else { format!("s{}", (scene * 3 + 1) % scenes) },
            (flag + 1) % 5,
        );
    }
    text.push_str("\n## End\n\n1. [g](#good) `if b >= 20 and c >= 50`\n2. [b](#bad) `otherwise`\n\n");
    text.push_str("## Good\n\n`ending good`\n\nFine.\n\n## Bad\n\n`ending bad`\n\nNo.\n");
    text
}

fn paths(rounds: usize, table: &mut Table, goals: &mut Vec<String>) -> Outcome {
    let text = endless(25);
    let document = parse("ring.md", &text, &Surroundings::default());
    let explored = document.graph.ok_or("the role-play of the measurement cannot be followed")?;
    let explore = || -> Outcome {
        black_box(parse("ring.md", &text, &Surroundings::default()));
        Ok(())
    };
    // Two numbers for a state, as a set of them has to be kept whatever the rules are.
    let states = explored.states as u64;
    let floor = || -> Outcome {
        let mut set = HashSet::new();
        for step in 0..explored.steps as u64 {
            set.insert((step % states).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        }
        black_box(set.len());
        Ok(())
    };
    let (explored_in, floor) = in_turns(rounds, explore, floor)?;
    let what = format!("{} steps to {} states of a role-play, then random walks", explored.steps, explored.states);
    row(table, &what, Unit::Milliseconds, explored_in, "as many numbers put into a set of the standard library", floor);
    let seconds = explored_in.median.as_secs_f64();
    let met = seconds <= 2.0 && explored.steps >= courseware::graph::MAX_STEPS;
    goals.push(goal("5,000,000 steps followed in 2 s", met, &format!("{} in {seconds:.2} s", explored.steps)));
    Ok(())
}

fn module(rounds: usize, table: &mut Table, goals: &mut Vec<String>) -> Outcome {
    const TIMES: u32 = 50;
    // The module's own text, cut and filled up with its first pages to 10 kB.
    let mut text = MODULE.to_owned();
    let page = MODULE.split("\n## ").nth(2).ok_or("the module of the measurement has no second page")?;
    let mut extra = 0;
    while text.len() < 10_000 {
        extra += 1;
        let _ = write!(text, "\n## More {extra}: {page}");
    }
    text.truncate(text.char_indices().map(|(at, _)| at).take_while(|at| *at <= 10_000).last().unwrap_or(0));
    let read = || -> Outcome {
        for _ in 0..TIMES {
            black_box(parse("module.md", &text, &Surroundings::default()));
        }
        Ok(())
    };
    let floor = || -> Outcome {
        (0..TIMES).for_each(|_| only_read(&text));
        Ok(())
    };
    let (read, floor) = in_turns(rounds, read, floor)?;
    let each =
        |times: Times| Times { median: times.median / TIMES, least: times.least / TIMES, most: times.most / TIMES };
    let what = format!("a module of {:.1} kB read, checked and rendered", load::count(text.len()) / 1000.0);
    row(table, &what, Unit::Microseconds, each(read), "pulldown-cmark reading it", each(floor));
    let micros = each(read).median.as_secs_f64() * 1e6;
    goals.push(goal("a module of 10 kB in 200 µs", micros <= 200.0, &format!("{micros:.0} µs")));
    Ok(())
}

fn replay(rounds: usize, table: &mut Table, goals: &mut Vec<String>) -> Outcome {
    const STEPS: usize = 50;
    const TIMES: u32 = 200;
    let text = endless(25);
    let document = parse("ring.md", &text, &Surroundings::default());
    let scenario = document.scenario().ok_or("the role-play of the measurement cannot be read")?;
    let mut steps: Vec<Step> = Vec::new();
    let mut play = Play::start(scenario, [1; 16])?;
    for _ in 0..STEPS {
        let node = play.passed().last().ok_or("the role-play stands nowhere")?.node.id.clone();
        let step = Step { node, choice: 1 };
        play.take(&step)?;
        steps.push(step);
    }
    let replay = || -> Outcome {
        for _ in 0..TIMES {
            black_box(Play::replay(scenario, [1; 16], &steps)?.scene());
        }
        Ok(())
    };
    let frozen = serde_json::to_string(&steps)?;
    let floor = || -> Outcome {
        for _ in 0..TIMES {
            black_box(serde_json::from_str::<Vec<Step>>(&frozen)?);
        }
        Ok(())
    };
    let (replayed, floor) = in_turns(rounds, replay, floor)?;
    let each =
        |times: Times| Times { median: times.median / TIMES, least: times.least / TIMES, most: times.most / TIMES };
    let what = format!("{STEPS} steps of a role-play replayed to the next scene");
    row(table, &what, Unit::Microseconds, each(replayed), "the same steps read from JSON", each(floor));
    let micros = each(replayed).median.as_secs_f64() * 1e6;
    goals.push(goal("50 steps replayed in 50 µs", micros <= 50.0, &format!("{micros:.0} µs")));
    Ok(())
}

/// What the command makes of text that was written to hurt: time and memory of the whole process.
fn hostile(run: &Run, section: &mut Section, goals: &mut Vec<String>) -> Outcome {
    let folder = scratch()?;
    let front = "---\nkind: module\ntitle: T\n---\n# T\n\n## P\n\n";
    let quarter = 250 * 1024;
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("10 MB of text", format!("{front}{}", "word ".repeat(2 * 1024 * 1024)).into_bytes()),
        ("100,000 quotes inside each other", format!("{front}{}", ">".repeat(100_000)).into_bytes()),
        ("100,000 opened brackets", format!("{front}{}", "[".repeat(100_000)).into_bytes()),
        ("emphasis that never ends", format!("{front}{}", "*a _b ".repeat(quarter / 6)).into_bytes()),
        ("links inside links", format!("{front}{}", "[a](".repeat(quarter / 4)).into_bytes()),
        ("comments that never end", format!("{front}{}", "<!-- a ".repeat(quarter / 7)).into_bytes()),
        (
            "a table of 60,000 columns",
            format!("{front}{}\n{}\n", "|a".repeat(60_000), "|-".repeat(60_000)).into_bytes(),
        ),
        ("YAML that refers to itself", b"---\nkind: &a [*a, *a]\ntitle: &b [*a, *a, *b]\n---\n# T\n".to_vec()),
        ("YAML nested 100,000 deep", format!("---\nkind: {}\n---\n# T\n", "[".repeat(100_000)).into_bytes()),
        ("bytes that are no text", vec![0xff; quarter]),
        ("60,000 headings", format!("{front}{}", "## a\n".repeat(quarter / 5)).into_bytes()),
        ("a role-play whose paths never end", endless(25).into_bytes()),
        ("a role-play of 1,200 scenes", endless(1_200).into_bytes()),
    ];
    let mut table = Table::new(&["a file with", "ms", "most memory, MB", "ends with"]);
    let (mut slowest, mut largest) = (0.0_f64, 0.0_f64);
    for (what, bytes) in files {
        let file = folder.path().join("hostile.md");
        fs::write(&file, bytes)?;
        let (time, memory, code) = one(&run.bedside.0, &file)?;
        // Following five million steps is work that was asked for, with a goal of its own.
        if !what.contains("role-play") {
            slowest = slowest.max(time.as_secs_f64() * 1e3);
        }
        largest = largest.max(memory);
        table.row([what.to_owned(), format!("{:.0}", time.as_secs_f64() * 1e3), format!("{memory:.0}"), code]);
    }
    section.table(table);
    goals.push(goal(
        "hostile text ends in less than a second",
        slowest < 1_000.0,
        &format!("{slowest:.0} ms at worst"),
    ));
    goals.push(goal("with at most 200 MB", largest <= 200.0, &format!("{largest:.0} MB at worst")));
    Ok(())
}

/// Runs `bedside check` on a file: how long it took, the most memory it held, and the code it ended with.
fn one(bedside: &Path, file: &Path) -> Outcome<(Duration, f64, String)> {
    let start = Instant::now();
    let mut child = Command::new(bedside).arg("check").arg(file).stdout(Stdio::null()).spawn()?;
    let mut most = 0;
    let status = loop {
        most = most.max(process::peak_kilobytes(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_micros(300));
    };
    let code = status.code().map_or("a signal".to_owned(), |code| code.to_string());
    Ok((start.elapsed(), load::count(most) / 1024.0, code))
}
