//! What changed between two texts: side by side, and in words.

use std::collections::BTreeMap;

use courseware::{Content, Scenario, ValidFor};
use diffy::{DiffOptions, Line};
use serde_json::Value;

/// A row of two texts side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Lines that are left out since nothing changed in them: the numbers of the next ones.
    Gap(usize, usize),
    /// A line on the left and on the right, each with its number; one of them is missing where it was added or taken away.
    Lines(Option<(usize, String)>, Option<(usize, String)>),
}

/// The lines in which two texts differ, with three around each.
pub fn difference(old: &str, new: &str) -> Vec<Row> {
    let mut options = DiffOptions::new();
    let patch = options.set_context_len(3).create_patch(old, new);
    let mut rows = Vec::new();
    for hunk in patch.hunks() {
        let (mut left, mut right) = (hunk.old_range().start(), hunk.new_range().start());
        rows.push(Row::Gap(left, right));
        // What was taken away waits for what came in its place.
        let mut gone: std::collections::VecDeque<(usize, String)> = std::collections::VecDeque::new();
        for line in hunk.lines() {
            match line {
                Line::Delete(text) => {
                    gone.push_back((left, words(text)));
                    left += 1;
                }
                Line::Insert(text) => {
                    rows.push(Row::Lines(gone.pop_front(), Some((right, words(text)))));
                    right += 1;
                }
                Line::Context(text) => {
                    rows.extend(gone.drain(..).map(|line| Row::Lines(Some(line), None)));
                    rows.push(Row::Lines(Some((left, words(text))), Some((right, words(text)))));
                    left += 1;
                    right += 1;
                }
            }
        }
        rows.extend(gone.drain(..).map(|line| Row::Lines(Some(line), None)));
    }
    rows
}

fn words(line: &str) -> String {
    line.trim_end_matches(['\n', '\r']).to_owned()
}

/// What is new, gone or changed, a sentence each: the title, what stands at the top of the file, the introduction, the pages, scenes or
/// questions, and what images are said to show. Each document comes with its text.
pub(super) fn in_words((old_text, before): (&str, &Content), (new_text, after): (&str, &Content)) -> Vec<String> {
    let mut said = Vec::new();
    if before.title() != after.title() {
        said.push(format!("It is called “{}” now, not “{}”.", after.title(), before.title()));
    }
    let (was, is) = (settings(before), settings(after));
    for (name, new) in is {
        let old = was.iter().find(|(known, _)| *known == name).and_then(|(_, words)| words.clone());
        match (old, new) {
            (old, new) if old == new => {}
            (Some(old), Some(new)) => said.push(format!("{name}: {new} now, not {old}.")),
            (None, Some(new)) => said.push(format!("{name}: {new} now; nothing was said of it.")),
            (Some(old), None) => said.push(format!("{name}: nothing is said of it any more; it was {old}.")),
            (None, None) => {}
        }
    }
    if let (Content::Scenario(before), Content::Scenario(after)) = (before, after) {
        people(&mut said, before, after);
        meters(&mut said, before, after);
    }
    let (what, old, new) = (part(after), Parts::of(old_text, before), Parts::of(new_text, after));
    if old.intro != new.intro {
        said.push("The introduction has changed.".to_owned());
    }
    let find = |parts: &Parts, title: &str| parts.all.iter().position(|part| part.title == title);
    for part in &new.all {
        let Some(earlier) = find(&old, &part.title).and_then(|at| old.all.get(at)) else {
            said.push(format!("The {what} “{}” is new.", part.title));
            continue;
        };
        if earlier.text != part.text {
            said.push(format!("The {what} “{}” has changed.", part.title));
        }
        if earlier.counts != part.counts {
            let (now, before) = (part.counts, earlier.counts);
            said.push(format!("The {what} “{}” counts {now} now, not {before}.", part.title));
        }
    }
    let gone = old.all.iter().filter(|part| find(&new, &part.title).is_none());
    said.extend(gone.map(|part| format!("The {what} “{}” is gone.", part.title)));
    let kept = |of: &Parts, in_other: &Parts| -> Vec<String> {
        of.all.iter().map(|part| part.title.clone()).filter(|title| find(in_other, title).is_some()).collect()
    };
    if kept(&old, &new) != kept(&new, &old) {
        said.push(format!("The {what}s stand in another order."));
    }
    if old.rest != new.rest {
        said.push("The debrief has changed.".to_owned());
    }
    images(&mut said, before, after);
    said
}

fn part(content: &Content) -> &'static str {
    match content {
        Content::Module(_) => "page",
        Content::Scenario(_) => "scene",
        Content::Quiz(_) => "question",
        Content::JobAid(_) => "part",
    }
}

/// A page, a scene or a question: its title, its text, and how much it counts.
struct Part {
    title: String,
    text: String,
    counts: u32,
}

/// A document in its parts.
struct Parts {
    intro: String,
    all: Vec<Part>,
    /// What comes after the last of them: the debrief of a role-play.
    rest: String,
}

impl Parts {
    /// Cut at its headings, which come in the order of its parts.
    fn of(text: &str, content: &Content) -> Self {
        let titles: Vec<(String, u32)> = match content {
            Content::Module(module) => module.pages.iter().map(|page| (page.title.clone(), 1)).collect(),
            Content::Scenario(scenario) => {
                scenario.nodes.iter().map(|node| (node.title.clone(), node.weight)).collect()
            }
            Content::Quiz(quiz) => {
                quiz.questions.iter().map(|question| (question.title.clone(), question.points)).collect()
            }
            Content::JobAid(_) => Vec::new(),
        };
        let mut sections = sections(text);
        if let Content::Scenario(_) = content {
            // The debrief may stand anywhere, and is no scene: it is the last here.
            sections.sort_by_key(|section| is_debrief(section));
        }
        let intro = sections.remove(0);
        let many = titles.len().min(sections.len());
        // A job aid has no parts that have to be told apart by what is done with them.
        if let Content::JobAid(_) = content {
            let all = sections.into_iter().map(|text| {
                let title = text.lines().next().unwrap_or_default().trim_start_matches('#').trim().to_owned();
                Part { title, text, counts: 1 }
            });
            return Self { intro, all: all.collect(), rest: String::new() };
        }
        let rest = sections.split_off(many).concat();
        let mut all: Vec<Part> = Vec::with_capacity(many);
        for ((title, counts), text) in titles.into_iter().zip(sections) {
            // Of two that are called alike the second is told by its number.
            let alike = all.iter().filter(|part| part.text.lines().next() == text.lines().next()).count();
            let title = if alike == 0 { title } else { format!("{title} ({})", alike + 1) };
            all.push(Part { title, text, counts });
        }
        Self { intro, all, rest }
    }
}

fn is_debrief(section: &str) -> bool {
    let heading = section.lines().next().and_then(|line| line.strip_prefix("## ")).unwrap_or_default();
    courseware::slug(heading) == "debrief"
}

/// What stands below the front matter and the title, up to the first heading of the second rank; then the text under each of those.
fn sections(text: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut in_front, mut fence) = (text.starts_with("---"), None);
    for (at, line) in text.lines().enumerate() {
        if in_front {
            in_front = at == 0 || line.trim_end() != "---";
            continue;
        }
        let start = line.trim_start();
        match fence {
            Some(open) if start.starts_with(open) => fence = None,
            None => fence = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark)),
            Some(_) => {}
        }
        let is_heading = fence.is_none() && line.starts_with("## ");
        if is_heading {
            sections.push(String::new());
        } else if fence.is_none() && line.starts_with("# ") {
            // The title is told by itself.
            continue;
        }
        if let Some(section) = sections.last_mut() {
            section.push_str(line.trim_end());
            section.push('\n');
        }
    }
    sections.into_iter().map(|section| section.trim().to_owned()).collect()
}

/// What stands at the top of a file, in words; none where nothing is said.
fn settings(content: &Content) -> Vec<(&'static str, Option<String>)> {
    let minutes = |minutes: Option<u32>| ("The minutes it takes", minutes.map(|minutes| minutes.to_string()));
    let list = |items: &[String]| (!items.is_empty()).then(|| items.join(", "));
    let skills = |ids: &[String]| ("The skills it looks at", list(ids));
    let review = |day: Option<jiff::civil::Date>| ("The day to look it over by", day.map(|day| day.to_string()));
    match content {
        Content::Module(module) => {
            let completes: Vec<String> = module.complete.iter().map(|one| one.as_str().to_owned()).collect();
            let recall = module.recall.as_ref().map(|recall| {
                let days = recall.days.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
                let every = recall.every.map(|every| format!(", then every {every}")).unwrap_or_default();
                format!("{} after {days} days{every}", recall.questions)
            });
            vec![
                minutes(module.minutes),
                skills(&module.competencies),
                ("What completes it", list(&completes)),
                ("What comes before it", list(&module.after)),
                ("How long it is valid", module.valid_for.map(valid_words)),
                ("The questions between cycles", recall),
                review(module.review_by),
            ]
        }
        Content::Quiz(quiz) => {
            let draws: Vec<String> = quiz.draw.iter().map(|draw| format!("{} of {}", draw.count, draw.pool)).collect();
            vec![
                minutes(quiz.minutes),
                skills(&quiz.competencies),
                ("The pass mark", Some(quiz.pass.to_string())),
                ("The attempts", quiz.attempts.map(|attempts| attempts.to_string())),
                ("The attempt that counts", Some(word(&quiz.keep))),
                ("The questions that are drawn", list(&draws)),
                ("When feedback comes", Some(word(&quiz.feedback))),
                ("What a further attempt asks", Some(word(&quiz.retry))),
                ("The time limit in minutes", quiz.time_limit_minutes.map(|limit| limit.to_string())),
                review(quiz.review_by),
            ]
        }
        Content::Scenario(scenario) => vec![
            minutes(scenario.minutes),
            skills(&scenario.competencies),
            ("The part that the learner plays", scenario.you_are.clone()),
            ("The score that passes", scenario.pass.score.map(|score| score.to_string())),
            ("The ending that passes", scenario.pass.ending.map(|ending| ending.as_str().to_owned())),
            ("The choices that do harm and are forgiven", scenario.pass.critical.map(|most| most.to_string())),
            ("The flags", list(&scenario.flags)),
            review(scenario.review_by),
        ],
        Content::JobAid(aid) => vec![minutes(aid.minutes), skills(&aid.competencies), review(aid.review_by)],
    }
}

fn valid_words(valid: ValidFor) -> String {
    match valid {
        ValidFor::Days(days) => format!("{days} days"),
        ValidFor::Months(months) => format!("{months} months"),
    }
}

/// The word that stands in the file for a value of a list.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn people(said: &mut Vec<String>, before: &Scenario, after: &Scenario) {
    for new in &after.characters {
        let Some(old) = before.characters.iter().find(|old| old.name == new.name) else {
            said.push(format!("{} is new among the characters.", new.name));
            continue;
        };
        if old.image != new.image {
            said.push(format!("The portrait of {} is another one.", new.name));
        }
        if old.alt != new.alt {
            let (new_alt, old_alt) = (new.alt.as_deref().unwrap_or_default(), old.alt.as_deref().unwrap_or_default());
            said.push(format!("The portrait of {} is said to show “{new_alt}” now, not “{old_alt}”.", new.name));
        }
    }
    let gone = before.characters.iter().filter(|old| after.characters.iter().all(|new| new.name != old.name));
    said.extend(gone.map(|old| format!("{} is no character any more.", old.name)));
}

fn meters(said: &mut Vec<String>, before: &Scenario, after: &Scenario) {
    for new in &after.meters {
        let Some(old) = before.meters.iter().find(|old| old.name == new.name) else {
            said.push(format!("The meter {} is new.", new.name));
            continue;
        };
        if old.start != new.start {
            said.push(format!("The meter {} begins at {} now, not at {}.", new.name, new.start, old.start));
        }
        if old.show != new.show {
            said.push(format!(
                "The meter {} is shown as “{}” now, not “{}”.",
                new.name,
                word(&new.show),
                word(&old.show)
            ));
        }
    }
    let gone = before.meters.iter().filter(|old| after.meters.iter().all(|new| new.name != old.name));
    said.extend(gone.map(|old| format!("The meter {} is gone.", old.name)));
}

/// Images of which something else is said, by their targets.
fn images(said: &mut Vec<String>, before: &Content, after: &Content) {
    let (old, new) = (described(before), described(after));
    for (target, alts) in &new {
        if let Some(earlier) = old.get(target).filter(|earlier| *earlier != alts) {
            let (now, was) = (alts.join("”, “"), earlier.join("”, “"));
            said.push(format!("The image {target} is said to show “{now}” now, not “{was}”."));
        }
    }
}

/// The images in a document's text, each with what it is said to show, as often as it stands there.
fn described(content: &Content) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let value = serde_json::to_value(content).unwrap_or_default();
    let mut waiting = vec![&value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::String(html) => {
                for tag in html.split("<img ").skip(1).filter_map(|rest| rest.split('>').next()) {
                    if let (Some(target), Some(alt)) = (attribute(tag, "src"), attribute(tag, "alt")) {
                        found.entry(target).or_default().push(alt);
                    }
                }
            }
            Value::Array(items) => waiting.extend(items),
            Value::Object(fields) => waiting.extend(fields.values()),
            _ => {}
        }
    }
    found.values_mut().for_each(|alts| alts.sort());
    found
}

/// An attribute of a tag of ours, as plain text.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let value = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    Some(value.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_beside_what_came_in_their_place() {
        let rows = difference("a\nb\nc\n", "a\nB\nc\nd\n");
        let line = |number, text: &str| Some((number, text.to_owned()));
        assert_eq!(
            rows,
            [
                Row::Gap(1, 1),
                Row::Lines(line(1, "a"), line(1, "a")),
                Row::Lines(line(2, "b"), line(2, "B")),
                Row::Lines(line(3, "c"), line(3, "c")),
                Row::Lines(None, line(4, "d")),
            ]
        );
        assert_eq!(difference("same\n", "same\n"), []);
    }

    fn words(old: &str, new: &str) -> Vec<String> {
        let read = |text: &str| {
            let document = courseware::parse("a.md", text, &courseware::Surroundings::default());
            document.content.unwrap_or_else(|| panic!("{:?}", document.problems))
        };
        in_words((old, &read(old)), (new, &read(new)))
    }

    #[test]
    fn what_changed_is_said_by_its_name() {
        let module =
            |text: &str| format!("---\nkind: module\ntitle: A\nminutes: 2\ncomplete: [read]\n---\n\n# A\n\n{text}");
        let (old, new) = (module("## One\n\nX.\n\n## Two\n\nY.\n"), module("## One\n\nZ.\n\n## Three\n\nY.\n"));
        assert_eq!(
            words(&old, &new),
            ["The page “One” has changed.", "The page “Three” is new.", "The page “Two” is gone."]
        );
        let (old, new) = (
            module("Hello.\n\n## One\n\n![A nurse](a.png)\n\n## Two\n\nY.\n"),
            module("Welcome.\n\n## Two\n\nY.\n\n## One\n\n![A nurse & a porter](a.png)\n"),
        );
        assert_eq!(
            words(&old, &new),
            [
                "The introduction has changed.",
                "The page “One” has changed.",
                "The pages stand in another order.",
                "The image a.png is said to show “A nurse & a porter” now, not “A nurse”.",
            ]
        );
        assert_eq!(words(&old, &old), [""; 0]);
    }

    #[test]
    fn what_stands_at_the_top_is_said() {
        let (old, new) = (
            "---\nkind: module\ntitle: A\nminutes: 2\ncomplete: [read]\nvalid-for: 12 months\n---\n\n# A\n\n## One\n\nX.\n",
            "---\nkind: module\ntitle: B\nminutes: 3\ncomplete: [read]\nreview-by: 2027-01-01\n---\n\n# B\n\n## One\n\nX.\n",
        );
        assert_eq!(
            words(old, new),
            [
                "It is called “B” now, not “A”.",
                "The minutes it takes: 3 now, not 2.",
                "How long it is valid: nothing is said of it any more; it was 12 months.",
                "The day to look it over by: 2027-01-01 now; nothing was said of it.",
            ]
        );
        let quiz = |top: &str, chip: &str| {
            format!("---\nkind: quiz\ntitle: A\n{top}\n---\n\n# A\n\n## One\n{chip}\nWho?\n\n- [x] A\n- [ ] B\n")
        };
        assert_eq!(
            words(&quiz("pass: 50", ""), &quiz("pass: 80\nattempts: 3", "\n`2 points`\n")),
            [
                "The pass mark: 80 now, not 50.",
                "The attempts: 3 now; nothing was said of it.",
                "The question “One” has changed.",
                "The question “One” counts 2 now, not 1.",
            ]
        );
    }

    #[test]
    fn a_scene_that_only_moved_has_not_changed() {
        let play = |top: &str, more: &str| {
            format!(
                "---\nkind: scenario\ntitle: A\npass: {{ score: 50 }}\n{top}\n---\n\n# A\n\n## He asks\n\n**Mr Bello:** How long?\n\n\
                 - [Say](#end) `best`\n  > Good.\n- [Shrug](#end) `poor`\n  > Cold.\n\n{more}## End\n\n`ending good`\n\nHe nods.\n"
            )
        };
        let old = play("characters: { Mr Bello: }\nmeters: { trust: { start: 40 } }", "");
        let new = play(
            "characters: { Nurse Ade: , Mr Bello: }\nmeters: { trust: { start: 50 } }",
            "## Later\n\n**Nurse Ade:** Hello.\n\n- [Go](#end) `best`\n  > Good.\n- [Stay](#end) `poor`\n  > No.\n\n",
        );
        assert_eq!(
            words(&old, &new),
            [
                "Nurse Ade is new among the characters.",
                "The meter trust begins at 50 now, not at 40.",
                "The scene “Later” is new.",
            ]
        );
    }
}
