//! What changed inside a scene, a question or a page: said of what was read of both texts, so that moving a line is not a change and a
//! choice that leads elsewhere is one.

use std::collections::{BTreeSet, HashMap, VecDeque};

use courseware::{
    Question, Scenario,
    blank::Blank,
    condition::Condition,
    module::{Page, PageKind},
    question::{Item, Matching, Task},
    scenario::{Block, BlockKind, Choice, Debrief, Node, Quality, Route, Way},
};

/// The most letters of what is quoted.
const QUOTED: usize = 60;
/// Lists longer than this, multiplied, are told apart by their words alone: looking for what is alike would take too long.
const MANY: usize = 10_000;

/// What changed in a scene. Each scene comes with its role-play, which knows the names of what it points to.
pub(super) fn scene((old, before): (&Scenario, &Node), (new, after): (&Scenario, &Node)) -> Vec<String> {
    let mut said = Vec::new();
    title(&mut said, &before.title, &after.title);
    speech(&mut said, (old, &before.blocks), (new, &after.blocks));
    about(&mut said, "the hint", before.hint_html.as_deref(), after.hint_html.as_deref());
    match (&before.way, &after.way) {
        (Way::Choices(before), Way::Choices(after)) => choices(&mut said, (old, before), (new, after)),
        (Way::Routes(before), Way::Routes(after)) => routes(&mut said, (old, before), (new, after)),
        (Way::Ending(before), Way::Ending(after)) if before != after => {
            said.push(format!("it ends {} now, not {}", well_or_badly(after.as_str()), well_or_badly(before.as_str())));
        }
        (before, after) if goes_on(before) != goes_on(after) => {
            said.push(format!("{} now; before, {}", goes_on(after), goes_on(before)));
        }
        _ => {}
    }
    let counts = (before.weight != after.weight).then(|| times(before.weight, after.weight));
    said.extend(counts);
    if before.tests != after.tests {
        said.push(from_to("the skills that it tests", &listed(&before.tests), &listed(&after.tests)));
    }
    if before.fixed != after.fixed && after.is_decision() {
        said.push(order_words("the choices", after.fixed));
    }
    said
}

/// The word of an ending as an adverb.
fn well_or_badly(ending: &str) -> &'static str {
    match ending {
        "good" => "well",
        "bad" => "badly",
        _ => "neither well nor badly",
    }
}

fn goes_on(way: &Way) -> &'static str {
    match way {
        Way::Choices(_) => "the learner chooses how it goes on",
        Way::Routes(_) => "it goes on by itself",
        Way::Ending(_) => "it ends here",
        Way::None => "it leads nowhere",
    }
}

fn times(before: u32, after: u32) -> String {
    from_to("how many times it counts", &before.to_string(), &after.to_string())
}

fn order_words(what: &str, fixed: bool) -> String {
    if fixed {
        format!("{what} keep their order now")
    } else {
        format!("{what} come in another order for each person now")
    }
}

fn title(said: &mut Vec<String>, before: &str, after: &str) {
    if before != after {
        said.push(format!("it is called “{after}” now, not “{before}”"));
    }
}

/// What is said of something that may be missing on either side.
fn about(said: &mut Vec<String>, what: &str, before: Option<&str>, after: Option<&str>) {
    match (before, after) {
        (None, Some(_)) => said.push(format!("{what} is new")),
        (Some(_), None) => said.push(format!("{what} is taken away")),
        (Some(before), Some(after)) if bare(before) != bare(after) => said.push(what.to_owned()),
        _ => {}
    }
}

/// What is said and seen, by who says it.
fn speech(said: &mut Vec<String>, (old, before): (&Scenario, &[Block]), (new, after): (&Scenario, &[Block])) {
    let (was, is) = (voices(old, before), voices(new, after));
    let known = said.len();
    for (voice, lines) in &is {
        match was.iter().find(|(other, _)| other == voice) {
            None => said.push(format!("{voice} is new")),
            Some((_, earlier)) if earlier.iter().map(|line| &line.1).eq(lines.iter().map(|line| &line.1)) => {
                if earlier != lines {
                    said.push(format!("when {voice} is shown"));
                }
            }
            Some(_) => said.push(voice.clone()),
        }
    }
    let gone = was.iter().filter(|(voice, _)| is.iter().all(|(other, _)| other != voice));
    said.extend(gone.map(|(voice, _)| format!("{voice} is taken away")));
    let order = |scenario: &Scenario, blocks: &[Block]| -> Vec<String> {
        blocks.iter().map(|block| voice(scenario, block) + &bare(&block.html)).collect()
    };
    if said.len() == known && order(old, before) != order(new, after) {
        said.push("the order of what is said".to_owned());
    }
}

/// Everything that one voice says: under which condition each, and what.
type Voice = (String, Vec<(Option<String>, String)>);

fn voices(scenario: &Scenario, blocks: &[Block]) -> Vec<Voice> {
    let mut all: Vec<Voice> = Vec::new();
    for block in blocks {
        let name = voice(scenario, block);
        let line = (condition(scenario, block.condition.as_ref()), bare(&block.html));
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, lines)) => lines.push(line),
            None => all.push((name, vec![line])),
        }
    }
    all
}

fn voice(scenario: &Scenario, block: &Block) -> String {
    match block.kind {
        BlockKind::Speech(Some(who)) => {
            format!("what {} says", scenario.characters.get(who).map_or("somebody", |who| who.name.as_str()))
        }
        BlockKind::Speech(None) => "what somebody says".to_owned(),
        BlockKind::Stage => "what is seen".to_owned(),
        BlockKind::Text => "the text".to_owned(),
    }
}

fn condition(scenario: &Scenario, condition: Option<&Condition>) -> Option<String> {
    condition.map(|condition| map::words::condition(scenario, condition))
}

/// Where something leads, by id and by title.
fn target(scenario: &Scenario, to: Option<usize>) -> Option<(&str, &str)> {
    let node = scenario.nodes.get(to?)?;
    Some((node.id.as_str(), node.title.as_str()))
}

fn named(to: Option<(&str, &str)>) -> String {
    to.map_or_else(|| "no scene".to_owned(), |(_, title)| format!("“{title}”"))
}

/// Whether two ways lead to one scene, which may be called otherwise by now.
fn is_one(new: &Scenario, before: Option<(&str, &str)>, to: Option<usize>) -> bool {
    match (before, to.and_then(|to| new.nodes.get(to))) {
        (Some((id, _)), Some(node)) => node.id == id || node.was.iter().any(|was| was == id),
        (None, None) => true,
        _ => false,
    }
}

fn choices(said: &mut Vec<String>, (old, before): (&Scenario, &[Choice]), (new, after): (&Scenario, &[Choice])) {
    let alike = |(_, earlier): (usize, &Choice), (_, later): (usize, &Choice)| {
        earlier.quality == later.quality && is_one(new, target(old, earlier.to), later.to)
    };
    let pairs = aligned(before, after, |choice| &choice.text, alike);
    came_and_went(said, ("choice", "choices"), (before, after), &pairs, |choice| quoted(&choice.text));
    for (from, to) in &pairs {
        let (Some(earlier), Some(later)) = (before.get(*from), after.get(*to)) else { continue };
        let mut parts = Vec::new();
        if bare(&earlier.html) != bare(&later.html) {
            parts.push("its words".to_owned());
        }
        if earlier.quality != later.quality {
            let word = |quality: Option<Quality>| quality.map_or("none", Quality::as_str).to_owned();
            parts.push(from_to("its quality", &word(earlier.quality), &word(later.quality)));
        }
        if !is_one(new, target(old, earlier.to), later.to) {
            let (was, is) = (target(old, earlier.to), target(new, later.to));
            parts.push(format!("where it leads: to {} now, not to {}", named(is), named(was)));
        }
        let changes = |scenario: &Scenario, choice: &Choice| -> Vec<String> {
            choice.effects.iter().map(|effect| map::words::effect(scenario, *effect)).collect()
        };
        let (was, is) = (changes(old, earlier), changes(new, later));
        if was != is {
            parts.push(from_to("what it changes", &listed(&was), &listed(&is)));
        }
        if earlier.points != later.points {
            parts.push("its points".to_owned());
        }
        let (was, is) = (condition(old, earlier.condition.as_ref()), condition(new, later.condition.as_ref()));
        if was != is {
            let words = |when: Option<String>| when.map_or_else(|| "always".to_owned(), |when| format!("if {when}"));
            parts.push(from_to("when it is offered", &words(was), &words(is)));
        }
        if earlier.once != later.once {
            let words =
                if later.once { "it can be taken only once now" } else { "it can be taken again and again now" };
            parts.push(words.to_owned());
        }
        about(&mut parts, "its feedback", earlier.feedback_html.as_deref(), later.feedback_html.as_deref());
        if !parts.is_empty() {
            said.push(format!("choice {}: {}", to + 1, parts.join("; ")));
        }
    }
    moved(said, "the choices", &pairs);
}

fn routes(said: &mut Vec<String>, (old, before): (&Scenario, &[Route]), (new, after): (&Scenario, &[Route])) {
    let same = before.len() == after.len()
        && before.iter().zip(after).all(|(earlier, later)| {
            is_one(new, target(old, earlier.to), later.to)
                && condition(old, earlier.condition.as_ref()) == condition(new, later.condition.as_ref())
        });
    match (before, after) {
        _ if same => {}
        ([earlier], [later]) if earlier.condition.is_none() && later.condition.is_none() => {
            let (was, is) = (target(old, earlier.to), target(new, later.to));
            said.push(format!("where it leads: to {} now, not to {}", named(is), named(was)));
        }
        _ => said.push("where it leads by itself, or when".to_owned()),
    }
}

/// What changed in what is said afterwards.
pub(super) fn debrief((old, before): (&Scenario, &Debrief), (new, after): (&Scenario, &Debrief)) -> Vec<String> {
    let mut said = Vec::new();
    let lines = |scenario: &Scenario, blocks: &[Block]| -> Vec<(Option<String>, String)> {
        blocks.iter().map(|block| (condition(scenario, block.condition.as_ref()), bare(&block.html))).collect()
    };
    for (what, before, after) in [
        ("what is said, or when", &before.blocks, &after.blocks),
        ("what is ticked, or when", &before.checklist, &after.checklist),
        ("what there is to think about", &before.reflections, &after.reflections),
    ] {
        if lines(old, before) != lines(new, after) {
            said.push(what.to_owned());
        }
    }
    said
}

/// What changed in a question. A check of a module is not graded, so that its points say nothing.
pub(super) fn question(before: &Question, after: &Question, is_graded: bool) -> Vec<String> {
    let mut said = Vec::new();
    title(&mut said, &before.title, &after.title);
    let asked = |question: &Question| bare(&question.stem_html(|at| format!("\u{0}{at}\u{0}")));
    if asked(before) != asked(after) {
        said.push("what is asked".to_owned());
    }
    match (&before.task, &after.task) {
        (Task::Choice(before), Task::Choice(after)) => answers(&mut said, before, after),
        (Task::Ordering(before), Task::Ordering(after)) => {
            let pairs = items(&mut said, ("line", "lines"), before, after);
            moved(&mut said, "the lines in their right order", &pairs);
        }
        (Task::Matching(before), Task::Matching(after)) => matching(&mut said, before, after),
        (Task::Blanks(before), Task::Blanks(after)) => blanks(&mut said, before, after),
        (Task::Reflect { words: before }, Task::Reflect { words: after }) => {
            if before != after {
                let words = |least: &Option<u32>| least.map_or_else(|| "none".to_owned(), |least| least.to_string());
                said.push(from_to("the least number of words", &words(before), &words(after)));
            }
        }
        (before, after) => said.push(format!("it is a question {} now, not {}", kind(after), kind(before))),
    }
    about(&mut said, "the hint", before.hint_html.as_deref(), after.hint_html.as_deref());
    let feedback = if after.is_scored() { "the feedback" } else { "the model answer" };
    about(&mut said, feedback, before.feedback_html.as_deref(), after.feedback_html.as_deref());
    if is_graded && before.worth() != after.worth() {
        said.push(from_to("its points", &before.worth().to_string(), &after.worth().to_string()));
    }
    if before.all_or_nothing != after.all_or_nothing {
        let words = if after.all_or_nothing {
            "only a wholly right answer earns points now"
        } else {
            "an answer that is partly right earns points now"
        };
        said.push(words.to_owned());
    }
    if before.competencies != after.competencies {
        said.push(from_to("the skills that it tests", &listed(&before.competencies), &listed(&after.competencies)));
    }
    if is_graded && before.pool != after.pool {
        let words = |pool: &Option<String>| pool.clone().unwrap_or_else(|| "none".to_owned());
        said.push(from_to("its pool", &words(&before.pool), &words(&after.pool)));
    }
    if before.recall != after.recall {
        let words = if after.recall {
            "it is asked again between cycles now"
        } else {
            "it is not asked again between cycles any more"
        };
        said.push(words.to_owned());
    }
    said
}

fn kind(task: &Task) -> &'static str {
    match task {
        Task::Choice(_) => "with answers to tick",
        Task::Ordering(_) => "with lines to put in order",
        Task::Matching(_) => "with things that belong together",
        Task::Blanks(_) => "with gaps to fill in",
        Task::Reflect { .. } => "to answer in one's own words",
    }
}

fn answers(said: &mut Vec<String>, before: &courseware::question::Choice, after: &courseware::question::Choice) {
    use courseware::question::Answer;
    let (old, new) = (&before.options, &after.options);
    let alike = |(from, earlier): (usize, &Answer), (to, later): (usize, &Answer)| {
        from == to && earlier.correct == later.correct
    };
    let pairs = aligned(old, new, |answer| &answer.text, alike);
    came_and_went(said, ("answer", "answers"), (old, new), &pairs, |answer| {
        format!("{} ({})", quoted(&answer.text), if answer.correct { "right" } else { "wrong" })
    });
    for (from, to) in &pairs {
        let (Some(earlier), Some(later)) = (old.get(*from), new.get(*to)) else { continue };
        let mut parts = Vec::new();
        if earlier.correct != later.correct {
            let words = if later.correct { "it is right now, and was wrong" } else { "it is wrong now, and was right" };
            parts.push(words.to_owned());
        }
        if bare(&earlier.html) != bare(&later.html) {
            parts.push("its words".to_owned());
        }
        if earlier.percent != later.percent && !later.correct {
            let percent = |percent: u32| format!("{percent}\u{a0}%");
            parts.push(from_to("what it still earns", &percent(earlier.percent), &percent(later.percent)));
        }
        about(&mut parts, "its feedback", earlier.feedback_html.as_deref(), later.feedback_html.as_deref());
        if !parts.is_empty() {
            said.push(format!("answer {}: {}", to + 1, parts.join("; ")));
        }
    }
    moved(said, "the answers", &pairs);
    if before.fixed != after.fixed {
        said.push(order_words("the answers", after.fixed));
    }
}

/// What changed in items; gives which of them stand for which.
fn items(said: &mut Vec<String>, names: (&str, &str), before: &[Item], after: &[Item]) -> Vec<(usize, usize)> {
    let pairs = aligned(before, after, |item| &item.text, |(from, _), (to, _)| from == to);
    came_and_went(said, names, (before, after), &pairs, |item| quoted(&item.text));
    for (from, to) in &pairs {
        let (Some(earlier), Some(later)) = (before.get(*from), after.get(*to)) else { continue };
        let mut parts = Vec::new();
        if bare(&earlier.html) != bare(&later.html) {
            parts.push("its words".to_owned());
        }
        about(&mut parts, "its feedback", earlier.feedback_html.as_deref(), later.feedback_html.as_deref());
        if !parts.is_empty() {
            said.push(format!("{} {}: {}", names.0, to + 1, parts.join("; ")));
        }
    }
    pairs
}

fn matching(said: &mut Vec<String>, before: &Matching, after: &Matching) {
    if (bare(&before.left_html), bare(&before.right_html)) != (bare(&after.left_html), bare(&after.right_html)) {
        said.push("what the columns are called".to_owned());
    }
    let pairs = items(said, ("line", "lines"), &before.lefts, &after.lefts);
    let belongs = |matching: &Matching, at: usize| -> Option<String> {
        let key = matching.key.get(at)?;
        matching.rights.iter().find(|right| right.id == *key).map(|right| bare(&right.html))
    };
    for (from, to) in &pairs {
        if belongs(before, *from) != belongs(after, *to) {
            said.push(format!("what belongs to line {}", to + 1));
        }
    }
    // What belongs to nothing is there to mislead.
    let others = |matching: &Matching| -> BTreeSet<String> {
        let free = matching.rights.iter().filter(|right| !matching.key.contains(&right.id));
        free.map(|right| bare(&right.html)).collect()
    };
    if others(before) != others(after) {
        said.push("what there is to choose from that belongs to nothing".to_owned());
    }
}

fn blanks(said: &mut Vec<String>, before: &[Blank], after: &[Blank]) {
    if before.len() != after.len() {
        said.push(from_to("how many gaps there are", &before.len().to_string(), &after.len().to_string()));
    }
    let other = before.iter().zip(after).enumerate().filter(|(_, (earlier, later))| earlier != later);
    said.extend(other.map(|(at, _)| format!("what is right in gap {}", at + 1)));
}

/// What changed on a page of a module.
pub(super) fn page(before: &Page, after: &Page) -> Vec<String> {
    let mut said = Vec::new();
    title(&mut said, &before.title, &after.title);
    if without_pictures(&before.html) != without_pictures(&after.html) {
        said.push("the text".to_owned());
    }
    let (was, is) = (pictures(&before.html), pictures(&after.html));
    if was != is {
        said.push("the pictures".to_owned());
    }
    for (mark, all, others) in [
        ("is embedded now", &after.activities, &before.activities),
        ("is embedded no more", &before.activities, &after.activities),
    ] {
        let only = all.iter().filter(|one| others.iter().all(|other| other.slug != one.slug));
        said.extend(only.map(|one| format!("“{}” {mark}", one.title)));
    }
    let called = |one: &&courseware::module::Activity| {
        before.activities.iter().any(|other| other.slug == one.slug && other.title != one.title)
    };
    said.extend(after.activities.iter().filter(called).map(|one| format!("what leads to “{}”", one.title)));
    match (&before.kind, &after.kind) {
        (PageKind::Check(before), PageKind::Check(after)) => {
            // The title of the page is that of its question.
            let clauses = question(before, after, false).into_iter();
            let known: Vec<String> = said.clone();
            said.extend(clauses.filter(|clause| !known.contains(clause)));
        }
        (PageKind::Reflect { words: before }, PageKind::Reflect { words: after }) if before != after => {
            let words = |least: &Option<u32>| least.map_or_else(|| "none".to_owned(), |least| least.to_string());
            said.push(from_to("the least number of words", &words(before), &words(after)));
        }
        (before, after) if page_kind(before) != page_kind(after) => {
            said.push(format!("{} now; before, {}", page_kind(after), page_kind(before)));
        }
        _ => {}
    }
    said
}

fn page_kind(kind: &PageKind) -> &'static str {
    match kind {
        PageKind::Reading => "it is read",
        PageKind::Check(_) => "it asks a question",
        PageKind::Cards => "its table is shown as cards",
        PageKind::Reflect { .. } => "learners write something there",
    }
}

/// What of the new has no counterpart among the old, and the other way round.
fn came_and_went<T>(
    said: &mut Vec<String>,
    (one, more): (&str, &str),
    (before, after): (&[T], &[T]),
    pairs: &[(usize, usize)],
    words: impl Fn(&T) -> String,
) {
    let (from, to): (BTreeSet<usize>, BTreeSet<usize>) = pairs.iter().copied().unzip();
    let gone = before.iter().enumerate().filter(|(at, _)| !from.contains(at));
    let come = after.iter().enumerate().filter(|(at, _)| !to.contains(at));
    let gone: Vec<String> = gone.map(|(_, item)| words(item)).collect();
    let come: Vec<String> = come.map(|(_, item)| words(item)).collect();
    for (all, mark) in [(gone, "taken away"), (come, "added")] {
        match all.as_slice() {
            [] => {}
            [only] => said.push(format!("one {one} {mark}: {only}")),
            several => said.push(format!("{} {more} {mark}: {}", several.len(), several.join(", "))),
        }
    }
}

fn moved(said: &mut Vec<String>, what: &str, pairs: &[(usize, usize)]) {
    if !pairs.iter().map(|(from, _)| from).is_sorted() {
        said.push(format!("{what} stand in another order"));
    }
}

/// Which of the old stands for which of the new, in the order of the new: what reads the same, then what shares at least half of its
/// words, then what is alike in another way. Each comes with its place.
fn aligned<T>(
    old: &[T],
    new: &[T],
    text: impl Fn(&T) -> &str,
    alike: impl Fn((usize, &T), (usize, &T)) -> bool,
) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut places: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (at, item) in old.iter().enumerate() {
        places.entry(text(item)).or_default().push_back(at);
    }
    for (to, item) in new.iter().enumerate() {
        pairs.extend(places.get_mut(text(item)).and_then(VecDeque::pop_front).map(|from| (from, to)));
    }
    let (from, to): (BTreeSet<usize>, BTreeSet<usize>) = pairs.iter().copied().unzip();
    let from: Vec<usize> = (0..old.len()).filter(|at| !from.contains(at)).collect();
    let to: Vec<usize> = (0..new.len()).filter(|at| !to.contains(at)).collect();
    if from.len() * to.len() <= MANY {
        let sets = |at: &[usize], all: &[T]| -> Vec<BTreeSet<String>> {
            at.iter().filter_map(|at| all.get(*at)).map(|item| words(text(item))).collect()
        };
        let (was, is) = (sets(&from, old), sets(&to, new));
        let mut found: Vec<(usize, usize, usize)> = Vec::new();
        for (from, earlier) in from.iter().zip(&was) {
            for (to, later) in to.iter().zip(&is) {
                let shared = earlier.intersection(later).count();
                let of = (earlier.len() + later.len()).max(1);
                if shared * 4 >= of {
                    found.push((shared * 2000 / of, *from, *to));
                }
            }
        }
        // The most alike first.
        found.sort_by(|one, other| other.0.cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
        let (mut from, mut to): (BTreeSet<usize>, BTreeSet<usize>) =
            (from.into_iter().collect(), to.into_iter().collect());
        for (_, earlier, later) in found {
            if from.contains(&earlier) && to.contains(&later) {
                from.remove(&earlier);
                to.remove(&later);
                pairs.push((earlier, later));
            }
        }
        for later in to {
            let found = from.iter().copied().find(|earlier| match (old.get(*earlier), new.get(later)) {
                (Some(was), Some(is)) => alike((*earlier, was), (later, is)),
                _ => false,
            });
            if let Some(earlier) = found {
                from.remove(&earlier);
                pairs.push((earlier, later));
            }
        }
    }
    pairs.sort_by_key(|(_, to)| *to);
    pairs
}

fn words(text: &str) -> BTreeSet<String> {
    let parts = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    parts.map(str::to_lowercase).collect()
}

fn from_to(what: &str, before: &str, after: &str) -> String {
    format!("{what}, from {before} to {after}")
}

fn listed(words: &[String]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(" and ") }
}

/// The beginning of a text in quotation marks.
fn quoted(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_matches(['“', '”', '"']);
    if text.chars().count() <= QUOTED {
        return format!("“{text}”");
    }
    let cut: String = text.chars().take(QUOTED).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("“{whole} …”")
}

/// HTML without what its pictures are said to show, which is told by itself.
pub(super) fn bare(html: &str) -> String {
    let mut parts = html.split("<img ");
    let mut bare = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (tag, rest) = part.split_once('>').unwrap_or((part, ""));
        let (before, after) = tag.split_once("alt=\"").unwrap_or((tag, ""));
        let after = after.split_once('"').map_or("", |(_, after)| after);
        bare.extend(["<img ", before, after, ">", rest]);
    }
    bare
}

fn without_pictures(html: &str) -> String {
    let mut parts = html.split("<img ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts
        .fold(first, |text, part| text + part.split_once('>').map_or("", |(_, rest)| rest))
        .replace("<p></p>", "")
        .replace('\n', "")
}

/// The tags of the pictures, without what they are said to show.
fn pictures(html: &str) -> Vec<String> {
    let bare = bare(html);
    bare.split("<img ").skip(1).filter_map(|part| part.split_once('>').map(|(tag, _)| tag.to_owned())).collect()
}
