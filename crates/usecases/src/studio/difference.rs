//! What changed between two texts: side by side, and in words.

use std::collections::{BTreeMap, HashMap};

use courseware::{Content, Question, Scenario, ValidFor, module::Page, scenario::Node};
use diffy::{DiffOptions, Line};
use serde_json::Value;

use super::parts;

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

/// A piece of a text that is held against another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// Whether the other text does not have it here.
    pub differs: bool,
}

/// Two texts in pieces, of which those differ that the other one does not have; each in one piece where they have too little in common for
/// that to help, or are longer than a line that anybody compares by its words.
pub fn pieces(old: &str, new: &str) -> (Vec<Piece>, Vec<Piece>) {
    /// In words and signs; what is looked for grows with the square of it.
    const LONGEST: usize = 400;
    let whole = |text: &str| vec![Piece { text: text.to_owned(), differs: false }];
    let (left, right) = (tokens(old), tokens(new));
    if left.len() > LONGEST || right.len() > LONGEST {
        return (whole(old), whole(new));
    }
    // The library holds lines against each other: each token becomes a line that says which one it is.
    let mut known: HashMap<&str, usize> = HashMap::new();
    for token in left.iter().chain(&right) {
        let next = known.len();
        known.entry(token).or_insert(next);
    }
    let numbered = |tokens: &[&str]| -> String {
        tokens.iter().filter_map(|token| known.get(token)).map(|number| format!("{number}\n")).collect()
    };
    let (left_lines, right_lines) = (numbered(&left), numbered(&right));
    let mut options = DiffOptions::new();
    // All of both in one hunk.
    let patch = options.set_context_len(left.len() + right.len()).create_patch(&left_lines, &right_lines);
    let (mut gone, mut come) = (Vec::with_capacity(left.len()), Vec::with_capacity(right.len()));
    for line in patch.hunks().iter().flat_map(diffy::Hunk::lines) {
        match line {
            Line::Delete(_) => gone.push(true),
            Line::Insert(_) => come.push(true),
            Line::Context(_) => {
                gone.push(false);
                come.push(false);
            }
        }
    }
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let same: usize = left.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(token, _)| letters(token)).sum();
    // A third of the longer one.
    if same * 3 < letters(old).max(letters(new)) {
        return (whole(old), whole(new));
    }
    (joined(&left, &gone), joined(&right, &come))
}

/// The words of a text, and each sign between them by itself.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match rest.find(|c: char| !c.is_alphanumeric()) {
            Some(0) => first.len_utf8(),
            Some(end) => end,
            None => rest.len(),
        };
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// Tokens as pieces: a blank between two that differ differs with them.
fn joined(tokens: &[&str], differs: &[bool]) -> Vec<Piece> {
    let at = |place: usize| differs.get(place).copied().unwrap_or(false);
    let mut pieces: Vec<Piece> = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let is_between = *token == " " && place > 0 && at(place - 1) && at(place + 1);
        let differs = at(place) || is_between;
        match pieces.last_mut() {
            Some(last) if last.differs == differs => last.text.push_str(token),
            _ => pieces.push(Piece { text: (*token).to_owned(), differs }),
        }
    }
    pieces
}

/// Something that changed, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// A sentence; where something follows, what it is about: `In the scene “He asks”`.
    pub about: String,
    /// What changed there, each a part of a sentence.
    pub each: Vec<String>,
}

impl Said {
    pub(super) fn plain(words: impl Into<String>) -> Self {
        Self { about: words.into(), each: Vec::new() }
    }
}

/// What is new, gone or changed: the title, what stands at the top of the file, the introduction, inside each page, scene or question, and
/// what images are said to show. Each document comes with its text.
pub(super) fn in_words((old_text, before): (&str, &Content), (new_text, after): (&str, &Content)) -> Vec<Said> {
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
    let mut said: Vec<Said> = said.into_iter().map(Said::plain).collect();
    let from: Vec<Option<usize>> = new.all.iter().map(|part| old.of_id(part)).collect();
    for (part, from) in new.all.iter().zip(&from) {
        let Some(earlier) = from.and_then(|at| old.all.get(at)) else {
            said.push(Said::plain(format!("The {what} “{}” is new.", part.title)));
            continue;
        };
        let each = changed((before, earlier), (after, part));
        if !each.is_empty() {
            said.push(Said { about: format!("In the {what} “{}”", part.title), each });
        }
    }
    let gone = old.all.iter().enumerate().filter(|(at, _)| !from.contains(&Some(*at)));
    said.extend(gone.map(|(_, part)| Said::plain(format!("The {what} “{}” is taken away.", part.title))));
    if !from.iter().flatten().is_sorted() {
        said.push(Said::plain(format!("The {what}s stand in another order.")));
    }
    if let (Content::Scenario(before), Content::Scenario(after)) = (before, after) {
        let each = parts::debrief((before, &before.debrief), (after, &after.debrief));
        if !each.is_empty() {
            said.push(Said { about: "In the debrief".to_owned(), each });
        }
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

/// A page, a scene or a question: its id, those that it had before, its title, and what it is.
struct Part<'a> {
    id: String,
    was: &'a [String],
    title: String,
    inner: Inner<'a>,
}

enum Inner<'a> {
    Page(&'a Page),
    Scene(&'a Node),
    Question(&'a Question),
    /// A part of a job aid, which has nothing in it that is told apart.
    Text(String),
}

/// What changed inside a part. Each comes with the document that it is of.
fn changed((before, earlier): (&Content, &Part<'_>), (after, later): (&Content, &Part<'_>)) -> Vec<String> {
    match (&earlier.inner, &later.inner) {
        (Inner::Page(earlier), Inner::Page(later)) => parts::page(earlier, later),
        (Inner::Question(earlier), Inner::Question(later)) => parts::question(earlier, later, true),
        (Inner::Scene(earlier), Inner::Scene(later)) => match (before, after) {
            (Content::Scenario(before), Content::Scenario(after)) => parts::scene((before, earlier), (after, later)),
            _ => Vec::new(),
        },
        (Inner::Text(earlier), Inner::Text(later)) if earlier != later => vec!["the text".to_owned()],
        _ => Vec::new(),
    }
}

/// A document in its parts.
struct Parts<'a> {
    intro: String,
    all: Vec<Part<'a>>,
}

impl<'a> Parts<'a> {
    fn of(text: &str, content: &'a Content) -> Self {
        match content {
            Content::Module(module) => {
                let all = module.pages.iter().map(|page| Part {
                    id: page.id.clone(),
                    was: &page.was,
                    title: page.title.clone(),
                    inner: Inner::Page(page),
                });
                Self { intro: parts::bare(&module.intro_html), all: all.collect() }
            }
            Content::Scenario(scenario) => {
                let all = scenario.nodes.iter().map(|node| Part {
                    id: node.id.clone(),
                    was: &node.was,
                    title: node.title.clone(),
                    inner: Inner::Scene(node),
                });
                Self { intro: parts::bare(&scenario.intro_html), all: all.collect() }
            }
            Content::Quiz(quiz) => {
                let all = quiz.questions.iter().map(|question| Part {
                    id: question.id.clone(),
                    was: &question.was,
                    title: question.title.clone(),
                    inner: Inner::Question(question),
                });
                Self { intro: parts::bare(&quiz.intro_html), all: all.collect() }
            }
            // A job aid is one text, and told apart at its headings.
            Content::JobAid(_) => {
                let mut sections = sections(text);
                let intro = sections.remove(0);
                let all = sections.into_iter().map(|text| {
                    let title = text.lines().next().unwrap_or_default().trim_start_matches('#').trim().to_owned();
                    Part { id: courseware::slug(&title), was: &[], title, inner: Inner::Text(text) }
                });
                Self { intro, all: all.collect() }
            }
        }
    }

    /// Where a part of a newer text stood: under its id, or under one that it had before.
    fn of_id(&self, part: &Part<'_>) -> Option<usize> {
        let find = |id: &String| self.all.iter().position(|one| one.id == *id);
        find(&part.id).or_else(|| part.was.iter().find_map(find))
    }
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
fn images(said: &mut Vec<Said>, before: &Content, after: &Content) {
    let (old, new) = (described(before), described(after));
    for (target, alts) in &new {
        if let Some(earlier) = old.get(target).filter(|earlier| *earlier != alts) {
            let (now, was) = (alts.join("”, “"), earlier.join("”, “"));
            said.push(Said::plain(format!("The image {target} is said to show “{now}” now, not “{was}”.")));
        }
    }
}

/// The images in a document's text, each with what it is said to show, as often as it stands there.
pub(super) fn described(content: &Content) -> BTreeMap<String, Vec<String>> {
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

    /// Both texts, with what differs in brackets.
    fn bracketed(old: &str, new: &str) -> (String, String) {
        let one = |pieces: Vec<Piece>| -> String {
            let piece = |Piece { text, differs }: Piece| if differs { format!("[{text}]") } else { text };
            pieces.into_iter().map(piece).collect()
        };
        let (left, right) = pieces(old, new);
        (one(left), one(right))
    }

    #[test]
    fn words_that_differ_are_marked_where_most_is_the_same() {
        for (old, new, left, right) in [
            (
                "She has waited since nine.",
                "She has waited since ten.",
                "She has waited since [nine].",
                "She has waited since [ten].",
            ),
            ("Mr Bello leaves.", "Mr Bello leaves in a hurry.", "Mr Bello leaves.", "Mr Bello leaves[ in a hurry]."),
            ("one two three four five", "one 2 3 four five", "one [two three] four five", "one [2 3] four five"),
            ("first\nsecond one", "first\nsecond two", "first\nsecond [one]", "first\nsecond [two]"),
            ("naïve: 手洗い", "naïve; 手洗い", "naïve[:] 手洗い", "naïve[;] 手洗い"),
            ("the same", "the same", "the same", "the same"),
            // Too little in common, and nothing at all.
            ("Look up first.", "Write everything down.", "Look up first.", "Write everything down."),
            ("", "All new.", "", "All new."),
            ("", "", "", ""),
        ] {
            assert_eq!(bracketed(old, new), (left.to_owned(), right.to_owned()), "{old:?} {new:?}");
        }
        let long = "word ".repeat(201);
        assert_eq!(pieces(&long, &format!("{long}more")).1.len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn pieces_are_the_whole_text(old in ".{0,40}", new in ".{0,40}") {
            let (left, right) = pieces(&old, &new);
            let whole = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.as_str()).collect::<String>();
            proptest::prop_assert_eq!((whole(&left), whole(&right)), (old.clone(), new.clone()));
            // What is left when that which differs is taken out of both is the same.
            let same = |pieces: &[Piece]| -> String {
                let same = pieces.iter().filter(|piece| !piece.differs).map(|piece| piece.text.as_str());
                same.collect::<String>().replace(' ', "")
            };
            if left.iter().chain(&right).any(|piece| piece.differs) {
                proptest::prop_assert_eq!(same(&left), same(&right));
            }
        }
    }

    fn read(text: &str) -> Content {
        let document = courseware::parse("a.md", text, &courseware::Surroundings::default());
        document.content.unwrap_or_else(|| panic!("{:?}", document.problems))
    }

    /// Each thing that is said, what follows it in one line.
    fn words(old: &str, new: &str) -> Vec<String> {
        let said = in_words((old, &read(old)), (new, &read(new))).into_iter();
        said.map(|Said { about, each }| if each.is_empty() { about } else { format!("{about}: {}", each.join(" | ")) })
            .collect()
    }

    #[test]
    fn what_changed_is_said_by_its_name() {
        let module =
            |text: &str| format!("---\nkind: module\ntitle: A\nminutes: 2\ncomplete: [read]\n---\n\n# A\n\n{text}");
        let (old, new) = (module("## One\n\nX.\n\n## Two\n\nY.\n"), module("## One\n\nZ.\n\n## Three\n\nY.\n"));
        assert_eq!(
            words(&old, &new),
            ["In the page “One”: the text", "The page “Three” is new.", "The page “Two” is taken away."]
        );
        let (old, new) = (
            module("Hello.\n\n## One\n\n![A nurse](a.png)\n\n## Two\n\nY.\n"),
            module("Welcome.\n\n## Two\n\nY.\n\n## One\n\n![A nurse & a porter](a.png)\n"),
        );
        assert_eq!(
            words(&old, &new),
            [
                "The introduction has changed.",
                "The pages stand in another order.",
                "The image a.png is said to show “A nurse & a porter” now, not “A nurse”.",
            ]
        );
        assert_eq!(words(&old, &old), [""; 0]);
    }

    #[test]
    fn what_changed_on_a_page_is_said() {
        let page = |inner: &str| {
            format!("---\nkind: module\ntitle: A\nminutes: 2\ncomplete: [read]\n---\n\n# A\n\n## One\n\n{inner}\n")
        };
        let check = "`check`\n\nWho?\n\n- [x] Ada\n  > Yes.\n- [ ] Ben\n  > No.";
        for (old, new, said) in [
            ("X.\n\n![A](a.png)", "X.\n\n![A](b.png)", "the pictures"),
            ("X.", "X.\n\n![A](a.png)", "the pictures"),
            ("X.", "Y.\n\n![A](a.png)", "the text | the pictures"),
            ("X.", "X.\n\n[The quiz](q.md)", "“The quiz” is embedded now"),
            ("X.\n\n[The quiz](q.md)", "X.", "“The quiz” is embedded no more"),
            ("X.\n\n[The quiz](q.md)", "X.\n\n[Asked](q.md)", "what leads to “Asked”"),
            ("`reflect`\n\nX.", "`reflect 40 words`\n\nX.", "the least number of words, from none to 40"),
            ("X.", "`reflect`\n\nX.", "learners write something there now; before, it is read"),
            (check, &check.replace("Yes.", "Well done."), "answer 1: its feedback"),
            (check, &check.replace("Who?", "Whom?"), "what is asked"),
        ] {
            assert_eq!(words(&page(old), &page(new)), [format!("In the page “One”: {said}")], "{old:?} {new:?}");
        }
    }

    #[test]
    fn what_changed_in_a_question_is_said() {
        let quiz = |inner: &str| format!("---\nkind: quiz\ntitle: A\npass: 50\n---\n\n# A\n\n## One\n\n{inner}\n");
        let asked = "Who comes first?\n\n- [x] The person\n  > Yes.\n- [ ] The telephone\n  > It can ring.\n- [ ] The list of tasks\n  > No.";
        let of = |from: &str, to: &str| asked.replace(from, to);
        let order = "Order:\n\n1. Look up\n2. Greet them\n3. Ask why";
        let gaps = "Say `= hello / hi`.";
        for (old, new, said) in [
            (
                asked,
                of("- [ ] The telephone\n  > It can ring.\n", ""),
                "one answer taken away: “The telephone” (wrong)",
            ),
            (asked, format!("{asked}\n- [x] Whoever waits\n  > Yes."), "one answer added: “Whoever waits” (right)"),
            (
                asked,
                of("[x] The person", "[ ] The person").replace("[ ] The telephone", "[x] The telephone"),
                "answer 1: it is wrong now, and was right | answer 2: it is right now, and was wrong",
            ),
            (asked, of("The list of tasks", "The tasks on a list"), "answer 3: its words"),
            (asked, of("The telephone", "A ringing bell"), "answer 2: its words"),
            (asked, of("It can ring.", "It waits."), "answer 2: its feedback"),
            (asked, of("Who comes first?", "Who is first?"), "what is asked"),
            (asked, format!("`3 points`\n\n{asked}"), "its points, from 1 to 3"),
            (asked, format!("`pool desk`\n\n{asked}"), "its pool, from none to desk"),
            (
                order,
                order.replace("1. Look up\n2. Greet them", "1. Greet them\n2. Look up"),
                "the lines in their right order stand in another order",
            ),
            (order, order.replace("3. Ask why", "3. Ask why\n4. Wait"), "one line added: “Wait”"),
            (gaps, gaps.replace(" / hi", ""), "what is right in gap 1"),
        ] {
            assert_eq!(words(&quiz(old), &quiz(&new)), [format!("In the question “One”: {said}")], "{old:?} {new:?}");
        }
    }

    #[test]
    fn what_changed_in_a_scene_is_said() {
        let play = "---\nkind: scenario\ntitle: A\npass: { score: 50 }\ncharacters: { Mrs Okafor: , Nurse Ade: }\nmeters: { trust: { start: 40 } }\n---\n\n# A\n\n## The search\n\n*She looks up.*\n\n**Mrs Okafor:** Where is my file?\n\n- [\"I will look for it now.\"](#found) `ok` `trust +10`\n  > Good.\n- [\"Please wait.\"](#lost) `poor`\n  > Cold.\n- [\"It is gone.\"](#lost) `critical`\n  > No.\n\n## Found\n\n`ending good`\n\nShe nods.\n\n## Lost\n\n`ending bad`\n\nShe goes.\n\n## Debrief\n\nWell.\n";
        for (changes, said) in [
            (
                &[
                    (
                        "- [\"It is gone.\"](#lost) `critical`\n  > No.\n",
                        "- [\"Tell me when you had it last.\"](#found) `best`\n  > Yes.\n",
                    ),
                    ("Where is my file?", "Where is it?"),
                    ("look for it now.\"](#found) `ok`", "look for it.\"](#lost) `best`"),
                ][..],
                "In the scene “The search”: what Mrs Okafor says | one choice taken away: “It is gone.” | one choice added: “Tell me when you had it last.” | \
                 choice 1: its words; its quality, from ok to best; where it leads: to “Lost” now, not to “Found”",
            ),
            (
                &[("`trust +10`", "`trust +20` `once`")],
                "In the scene “The search”: choice 1: what it changes, from trust +10 to trust +20; it can be taken only once now",
            ),
            (&[("> Cold.", "> Too short.")], "In the scene “The search”: choice 2: its feedback"),
            (&[("\"Please wait.\"", "\"One moment\"")], "In the scene “The search”: choice 2: its words"),
            (&[("*She looks up.*", "*She looks down.*")], "In the scene “The search”: what is seen"),
            (
                &[("Where is my file?\n", "Where is my file?\n\n**Nurse Ade:** Here!\n")],
                "In the scene “The search”: what Nurse Ade says is new",
            ),
            (
                &[("## The search\n", "## The search\n\n`weight 2`\n")],
                "In the scene “The search”: how many times it counts, from 1 to 2",
            ),
            (
                &[("## Found\n\n`ending good`", "## Found\n\n`ending mixed`")],
                "In the scene “Found”: it ends neither well nor badly now, not well",
            ),
            (
                &[
                    ("## Found\n\n`ending good`", "## It is here\n\n`was found` `ending good`"),
                    ("(#found)", "(#it-is-here)"),
                ],
                "In the scene “It is here”: it is called “It is here” now, not “Found”",
            ),
            (&[("Well.\n", "Very well.\n")], "In the debrief: what is said, or when"),
        ] {
            let new = changes.iter().fold(play.to_owned(), |text, (from, to)| {
                assert!(text.contains(from), "{from}");
                text.replace(from, to)
            });
            assert_eq!(words(play, &new), [said], "{changes:?}");
        }
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
                "In the question “One”: its points, from 1 to 2",
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
