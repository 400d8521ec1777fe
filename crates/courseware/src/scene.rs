//! Scenes of a role-play from the elements under their headings.

mod choices;
mod links;
mod said;

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{BlockQuoteKind, Event, Tag};

use crate::chip::{self, Chip};
use crate::condition::{self, Condition, Flags, Names};
use crate::front::tree::short;
use crate::front::{Front, ScenarioFront};
use crate::html::{self, Style};
use crate::list::{self, Item};
use crate::markdown::Markdown;
use crate::outline::{Outline, Section};
use crate::problem::{Code, Problems, Span};
use crate::scenario::{Choice, Debrief, Ending, Node, Pass, Route, Scenario, Way};
use crate::slug::{file_slug, nearest, slug};
use crate::source::Lines;
use crate::surroundings::Surroundings;
use crate::target::{Place, Target};
use crate::{GRAMMAR, lost, module, shared};

/// The most scenes that are read.
const MAX_NODES: usize = 2_000;
/// The most choices of a scene.
const MAX_CHOICES: usize = 50;
/// The chips that only choices have, whatever the scenario.
const CHOICE_CHIPS: [&str; 7] = ["best", "ok", "poor", "critical", "once", "set", "unset"];

/// How many ids are compared with misspelt ones: each of a few with all, but not thousands with thousands.
const MAX_COMPARED: usize = 20_000;

/// Where the parts of a scenario stand in its file, and what the reading already knows of them.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// The key that says what passes.
    pub(crate) pass: Span,
    /// For each scene.
    pub(crate) nodes: Vec<NodePlace>,
    /// The chips of the conditions of the debrief's paragraphs and of its checklist, in their order.
    pub(crate) debrief: Vec<Option<Span>>,
    pub(crate) checklist: Vec<Option<Span>>,
    /// Where each flag is read, in the order of the text.
    pub(crate) flag_reads: Vec<(usize, Span)>,
    /// Where each flag is set.
    pub(crate) flag_sets: Vec<(usize, Span)>,
    /// Where each flag is set or taken back.
    pub(crate) flag_changes: Vec<(usize, Span)>,
    /// Where each meter is changed.
    pub(crate) meter_changes: Vec<(usize, Span)>,
    /// The meters that a condition reads.
    pub(crate) meter_reads: Vec<usize>,
    /// Where routes lead in scenes that have choices too, so that nothing else is blamed for it.
    pub(crate) also: Vec<(usize, usize)>,
    /// Whether every target, chip and condition could be read, so that paths can be followed.
    pub(crate) is_readable: bool,
    /// Whether scenes may stand in a block of code that never ends, so that nothing can be said of what is missing.
    pub(crate) is_swallowed: bool,
    /// Whether the front matter names all meters, so that no other word can be one.
    pub(crate) are_meters_known: bool,
    /// How often the name of each flag is written in the file.
    pub(crate) mentions: Vec<usize>,
    /// The lines of the file.
    pub(crate) lines: Lines,
    /// The text of what could not be read, in small letters without blanks: a flag that stands there may be set or read there.
    pub(crate) unread: String,
    /// Whether every decision says how good its choices are, so that a path has a score.
    pub(crate) is_scored: bool,
    /// Whether every scene goes on in one way and no routes run out, so that what no path does is the author's meaning.
    pub(crate) is_finished: bool,
}

impl Places {
    /// Whether a name may be set or read where something could not be read.
    pub(crate) fn may_be_in_unread(&self, name: &str) -> bool {
        // Of so much that cannot be read nothing is certain, and to look through it for each name would take long.
        const MUCH: usize = 16 * 1024;
        self.unread.len() > MUCH || self.unread.contains(&name.to_lowercase())
    }
}

/// Where the parts of a scene stand.
#[derive(Debug, Default)]
pub(crate) struct NodePlace {
    pub(crate) heading: Span,
    /// The chips of the conditions of its choices or routes, in their order.
    pub(crate) ways: Vec<Option<Span>>,
    /// The chips of the conditions of its blocks, in their order; none for an `else`.
    pub(crate) blocks: Vec<Option<Span>>,
    /// Whether a chip of the scene or of a choice cannot be read.
    pub(crate) is_unread: bool,
}

/// Reads the scenes below front matter that was read already.
pub(crate) fn read(
    path: &str,
    source: &str,
    front: &Front,
    part: &ScenarioFront,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<(Scenario, Places)> {
    let mut markdown = Markdown::read(source, front.body, problems)?;
    let place = Place::new(path, around);
    shared::check(&markdown, path, front, around, problems);
    let mut images = module::images(&markdown, place);
    for image in part.characters.iter().filter_map(|character| character.image.as_ref()) {
        if place.target(image) == Target::Inside && !images.contains(image) {
            images.push(image.clone());
        }
    }
    let outline = Outline::read(&markdown, front, problems);
    let intro = outline.intro.iter().filter(|at| !markdown.is_comment(**at));
    let intro_text =
        intro.map(|at| markdown.text(*at, markdown.end(*at) + 1)).filter(|text| !text.is_empty()).collect();
    let intro_html =
        html::blocks(&markdown, &outline.intro, &Style { place, label: "Table", cards: false, anchors: false });
    let (nodes, debriefs): (Vec<Section>, Vec<Section>) =
        outline.pages.into_iter().partition(|section| section.id != "debrief");
    if let Some(node) = nodes.get(MAX_NODES) {
        let message = format!("this is scene {}, and {MAX_NODES} are read", MAX_NODES + 1);
        problems.add(Code::C11, markdown.span(node.heading), message).help("split the role-play");
        return None;
    }
    let mut ids = HashMap::new();
    for (at, node) in nodes.iter().enumerate() {
        ids.entry(node.id.clone()).or_insert(at);
    }
    let mut reader = Reader {
        meters: part.meters.iter().map(|meter| meter.name.clone()).collect(),
        nodes: nodes.iter().map(|node| node.id.clone()).collect(),
        lines: nodes.iter().map(|node| line(source, markdown.span(node.heading).start)).collect(),
        ids,
        flags: Flags::default(),
        compared: MAX_COMPARED,
        unknown: Vec::new(),
        places: Places { pass: part.pass.map_or(Span::default(), |(_, at)| at), ..Places::default() },
        front,
        part,
        place,
    };
    let mut read = Vec::new();
    for section in nodes {
        let node = reader.node(&mut markdown, section, problems);
        read.push(node);
    }
    let mut debrief = Debrief::default();
    for section in debriefs {
        reader.debrief(&mut markdown, section, &mut debrief, problems);
    }
    // Scenes below headings of the first level were told as such.
    if read.is_empty() && !problems.has(|code, span| code == Code::C04 && span.start >= front.body) {
        let at = markdown.first_heading().map_or(Span::new(front.body, front.body), |at| markdown.span(at));
        problems
            .add(Code::S02, at, "this role-play has no scene")
            .help("write the first scene below a heading `## …`, with choices that lead on");
    }
    reader.unknown_speakers(problems);
    let Reader { flags, mut places, .. } = reader;
    // What stands in a block of code that never ends is not lost for another reason.
    if problems.has(|code, _| code == Code::C15) {
        problems.silence(|code, _| matches!(code, Code::S02 | Code::S03));
        places.is_swallowed = true;
    }
    places.is_readable = !part.is_unsure
        && !places.is_swallowed
        && !problems.has_error(|code, span| {
            matches!(code, Code::S03 | Code::S04 | Code::Q02 | Code::C04)
                || (matches!(code, Code::C06 | Code::C11) && span.start >= front.body)
        });
    let lacks_word = |node: &Node| node.is_decision() && node.choices().iter().any(|choice| choice.quality.is_none());
    places.is_scored = !read.iter().any(lacks_word);
    places.are_meters_known = !part.meters_unsure;
    for span in problems.spans(|code| matches!(code, Code::C06 | Code::C11 | Code::Q02)) {
        if span.start >= front.body {
            places.unread.push('\n');
            let text = source.get(span.start..span.end).unwrap_or("");
            places.unread.extend(text.split_whitespace().flat_map(str::chars).flat_map(char::to_lowercase));
        }
    }
    if places.is_readable && !problems.has(|code, _| code == Code::S02) {
        never_tested(front, &read, around, problems);
    }
    places.is_finished = !problems.has(|code, _| matches!(code, Code::S02 | Code::S11));
    places.mentions = flags.mentions(source);
    places.lines = Lines::of(source);
    let slug = file_slug(path);
    let scenario = Scenario {
        grammar: GRAMMAR,
        title: front.title.clone().or(outline.title).unwrap_or_else(|| slug.clone()),
        slug,
        minutes: front.minutes,
        you_are: part.you_are.clone(),
        characters: part.characters.clone(),
        meters: part.meters.clone(),
        flags: flags.into_names(),
        competencies: front.competencies.clone(),
        pass: part.pass.map_or(Pass { score: None, ending: None, critical: None }, |(pass, _)| pass),
        review_by: front.review_by,
        intro_html: intro_html.unwrap_or_default(),
        intro_text,
        nodes: read,
        debrief,
        images,
    };
    Some((scenario, places))
}

/// S15: skills of the front matter that no decision tests, so that nobody is ever seen to have them.
fn never_tested(front: &Front, nodes: &[Node], around: &Surroundings, problems: &mut Problems) {
    let decisions = nodes.iter().filter(|node| node.is_decision());
    let tested: HashSet<&str> = decisions.flat_map(|node| node.tests.iter().map(String::as_str)).collect();
    for (name, at) in front.competencies.iter().zip(&front.competencies_at) {
        let is_known = around.competencies.as_ref().is_none_or(|known| known.contains(name));
        if is_known && !tested.contains(name.as_str()) {
            problems
                .add(Code::S15, *at, format!("no scene tests `{name}`: learners always read that it was not observed"))
                .help(format!(
                    "write `tests {name}` below the heading of the scenes that show it, or take it out here"
                ));
        }
    }
}

/// The line of an offset, from 1.
fn line(source: &str, offset: usize) -> usize {
    source.get(..offset).unwrap_or("").matches('\n').count() + 1
}

struct Reader<'a> {
    meters: Vec<String>,
    /// The ids of the scenes.
    nodes: Vec<String>,
    /// The lines of their headings.
    lines: Vec<usize>,
    ids: HashMap<String, usize>,
    flags: Flags,
    /// How many ids may still be compared with a misspelt one.
    compared: usize,
    /// The speakers that are not characters, in the order of the text, with where each speaks first and how often.
    unknown: Vec<(String, Span, usize)>,
    places: Places,
    front: &'a Front,
    part: &'a ScenarioFront,
    place: Place<'a>,
}

/// What a scene's own chips say.
#[derive(Default)]
struct Settings {
    tests: Vec<String>,
    weight: Option<u32>,
    fixed: bool,
    was: Vec<String>,
    ending: Option<Ending>,
    /// One of them cannot be read.
    is_unread: bool,
}

impl Reader<'_> {
    fn node(&mut self, markdown: &mut Markdown<'_>, section: Section, problems: &mut Problems) -> Node {
        let heading = markdown.span(section.heading);
        let mut blocks = section.blocks;
        let is_lost = lost::below_heading(markdown, &blocks, is_scene_chip, problems);
        let chips = own_chips(markdown, &mut blocks);
        let mut settings = self.settings(chips, problems);
        settings.is_unread |= is_lost;
        let mut place = NodePlace { heading, is_unread: settings.is_unread, ..NodePlace::default() };
        let ways: Vec<usize> = blocks.iter().copied().filter(|at| links::leads_on(markdown, *at, self.place)).collect();
        let (choice_lists, route_lists): (Vec<usize>, Vec<usize>) =
            ways.iter().copied().partition(|at| matches!(markdown.tag(*at), Some(Tag::List(None))));
        let is_unfed = self.split(markdown, &blocks, &choice_lists, problems);
        let route_lists = match numbered_choice(markdown, &route_lists) {
            Some(chip) => {
                let help = "start each choice with `- ` and not with a number; numbers are for routes";
                chip.wrong("is a chip of a choice", help, problems);
                place.is_unread = true;
                Vec::new()
            }
            None => route_lists,
        };
        list::split(markdown, &blocks, &route_lists, "routes", problems);
        place.is_unread |= links::strays(markdown, &blocks, &ways, settings.ending.is_none(), problems);
        let label = section.title.clone();
        let style = Style { place: self.place, label: &label, cards: false, anchors: false };
        let mut said = Vec::new();
        let mut hint = Vec::new();
        let mut before = None;
        for at in blocks {
            if ways.binary_search(&at).is_ok() || is_unfed.contains(&at) || markdown.is_comment(at) {
                continue;
            }
            if matches!(markdown.tag(at), Some(Tag::BlockQuote(Some(BlockQuoteKind::Tip)))) {
                hint.push(at);
                continue;
            }
            let told = problems.len();
            let (block, chip) = self.block(markdown, at, &style, &mut before, true, problems);
            let unread = problems.has_since(told, Code::C06);
            place.is_unread |= unread;
            said.push(block);
            place.blocks.push(chip);
        }
        let hint_html = html::inside(markdown, &hint, &style);
        let hint_text: Vec<String> = hint.iter().map(|at| markdown.text(*at, markdown.end(*at))).collect();
        let choices =
            self.choices(markdown, &choice_lists, &is_unfed, heading, &settings, &style, &mut place, problems);
        let routes = self.routes(markdown, &route_lists, heading, &mut place, problems);
        if !choices.is_empty() {
            let from = self.places.nodes.len();
            self.places.also.extend(routes.iter().filter_map(|route| Some((from, route.to?))));
        }
        let way = way((&section.id, heading), &settings, place.is_unread, choices, routes, problems);
        self.places.nodes.push(place);
        Node {
            id: section.id,
            title: section.title,
            was: settings.was,
            tests: settings.tests,
            weight: settings.weight.unwrap_or(1),
            fixed: settings.fixed,
            blocks: said,
            hint_text: hint_html.is_some().then(|| hint_text.join(" ")),
            hint_html,
            way,
        }
    }

    fn settings(&self, chips: Vec<Chip>, problems: &mut Problems) -> Settings {
        let mut settings = Settings::default();
        let before = problems.len();
        for chip in chips {
            match chip.words() {
                ("tests", "") => {
                    let name = self.front.competencies.first().map_or("empathy", String::as_str);
                    chip.wrong("does not say what is tested", &format!("write `tests {name}`"), problems);
                }
                ("tests", rest) => {
                    for name in rest.split(',').map(str::trim) {
                        if self.front.knows(name) {
                            if !settings.tests.iter().any(|other| other == name) {
                                settings.tests.push(name.to_owned());
                            }
                        } else {
                            unknown_competency(&chip, name, self.front, problems);
                        }
                    }
                }
                ("weight", rest) => match rest.parse::<u32>().ok().filter(|weight| *weight <= 100) {
                    Some(weight) => settings.weight = Some(weight),
                    None => chip.wrong("is not a weight", "write a whole number from 0 to 100: `weight 2`", problems),
                },
                ("ending", rest) => match Ending::WORDS.iter().find(|(word, _)| *word == rest) {
                    Some((_, ending)) if settings.ending.is_none() => settings.ending = Some(*ending),
                    Some(_) => chip.wrong("is one ending too many", "a scene ends in one way", problems),
                    None => {
                        let near = nearest(rest, Ending::WORDS.iter().map(|(word, _)| *word));
                        let help = near.map_or_else(
                            || "write `ending good`, `ending mixed` or `ending bad`".to_owned(),
                            |word| format!("did you mean `ending {word}`?"),
                        );
                        chip.wrong("is not an ending", &help, problems);
                    }
                },
                ("fixed", "") => settings.fixed = true,
                ("was", old) if !old.is_empty() && slug(old) == old => settings.was.push(old.to_owned()),
                ("was", _) => {
                    chip.wrong("does not name an id", "write the old id of the heading: `was old-slug`", problems);
                }
                _ => {
                    let tests = match self.front.competencies.first() {
                        Some(name) => format!("tests {name}"),
                        None => "tests empathy".to_owned(),
                    };
                    let known =
                        [&tests, "ending good", "ending mixed", "ending bad", "weight 2", "fixed", "was old-slug"];
                    chip.unknown("under the heading of a scene", &known, problems);
                }
            }
        }
        settings.is_unread = problems.len() > before;
        settings
    }

    fn names(&mut self) -> Names<'_> {
        Names {
            meters: &self.meters,
            meters_unsure: self.part.meters_unsure,
            nodes: &self.nodes,
            ids: &self.ids,
            flags: &mut self.flags,
        }
    }

    /// Reads the condition of a chip `if …`.
    fn condition(&mut self, chip: &Chip, problems: &mut Problems) -> Option<Condition> {
        let (_, text) = chip.words();
        match condition::read(text, &mut self.names()) {
            Ok(condition) => {
                condition.reads(&mut |part| match part {
                    Condition::Flag(flag) => self.places.flag_reads.push((*flag, chip.span)),
                    Condition::Meter { meter, .. } => self.places.meter_reads.push(*meter),
                    _ => {}
                });
                Some(condition)
            }
            Err(unread) => {
                let code = if unread.is_too_deep { Code::C11 } else { Code::C06 };
                let message = format!("`{}` {}", short(chip.text.trim()), unread.why);
                problems.add(code, chip.span, message).help(unread.help);
                None
            }
        }
    }

    fn routes(
        &mut self,
        markdown: &mut Markdown<'_>,
        lists: &[usize],
        heading: Span,
        place: &mut NodePlace,
        problems: &mut Problems,
    ) -> Vec<Route> {
        let items: Vec<usize> = lists.iter().flat_map(|list| markdown.inside(*list)).collect();
        if items.len() > MAX_CHOICES {
            let message = format!("{} routes, and {MAX_CHOICES} are read", items.len());
            problems.add(Code::C11, heading, message).help("split the scene");
            place.is_unread = true;
        }
        let count = items.len();
        let style = Style { place: self.place, label: "", cards: false, anchors: false };
        let mut found: Vec<Route> = Vec::new();
        for (at, item) in items.into_iter().take(MAX_CHOICES).enumerate() {
            let is_lost = lost::in_line(markdown, &list::line(markdown, item), true, problems);
            let Item { span, chips, .. } = list::take_apart(markdown, item, &style);
            let to = self.target(markdown, item, span, "route", problems);
            let (mut condition, mut otherwise, mut is_unread) = (None, false, is_lost);
            for chip in chips {
                match chip.words() {
                    ("otherwise", "") => otherwise = true,
                    ("if", _) if condition.is_some() => {
                        chip.wrong("is one condition too many", "join the two with `and`", problems);
                        is_unread = true;
                    }
                    ("if", _) => match self.condition(&chip, problems) {
                        Some(read) => condition = Some((read, chip.span)),
                        None => is_unread = true,
                    },
                    _ => {
                        chip.unknown("after a route", &["if …", "otherwise"], problems);
                        is_unread = true;
                    }
                }
            }
            let is_last = at + 1 == count;
            if is_unread {
            } else if is_last && (!otherwise || condition.is_some()) {
                let message = if condition.is_some() {
                    "the last route has a condition, so there may be no way on"
                } else {
                    "the last route does not say `otherwise`"
                };
                let text = markdown.source.get(span.start..span.end).unwrap_or("");
                let help = if text.contains(") if ") || text.ends_with(" otherwise") {
                    "put the condition between backticks: `if …` or `otherwise`"
                } else {
                    "end the list with a route that says `otherwise`"
                };
                problems.add(Code::S11, span, message).help(help);
            } else if !is_last && (otherwise || condition.is_none()) {
                problems
                    .add(Code::S11, span, "this route is always taken, so those below it never are")
                    .help("give it a condition, `if …`; only the last route says `otherwise`");
            }
            place.ways.push(condition.as_ref().map(|(_, at)| *at));
            found.push(Route { to, condition: condition.map(|(condition, _)| condition) });
        }
        found
    }
}

/// S02: a scene goes on in exactly one way.
fn way(
    (id, heading): (&str, Span),
    settings: &Settings,
    is_unread: bool,
    choices: Vec<Choice>,
    routes: Vec<Route>,
    problems: &mut Problems,
) -> Way {
    let found =
        [(!choices.is_empty(), "choices"), (!routes.is_empty(), "routes"), (settings.ending.is_some(), "an ending")];
    let found: Vec<&str> = found.iter().filter(|(there, _)| *there).map(|(_, name)| *name).collect();
    if let [first, second, ..] = found.as_slice() {
        problems
            .add(Code::S02, heading, format!("this scene goes on in two ways: {first} and {second}"))
            .help("keep one of them; put the other into a scene of its own, under a heading `## …`");
    } else if found.is_empty() && !is_unread {
        let help = if nearest(id, ["debrief"]).is_some() {
            "if this is what learners read at the end, write the heading `## Debrief`; a scene has choices, routes or an ending"
        } else {
            "add choices, such as - [\"What I say\"](#next-scene) `best`, or routes, or write `ending good` on a line below the heading"
        };
        problems.add(Code::S02, heading, "this scene has no way on").help(help);
    }
    if !choices.is_empty() {
        Way::Choices(choices)
    } else if !routes.is_empty() {
        Way::Routes(routes)
    } else {
        settings.ending.map_or(Way::None, Way::Ending)
    }
}

/// The first chip in a numbered list that only a choice has.
fn numbered_choice(markdown: &Markdown<'_>, lists: &[usize]) -> Option<Chip> {
    let items = lists.iter().flat_map(|list| markdown.inside(*list));
    items.flat_map(|item| list::line(markdown, item)).find_map(|at| match markdown.event(at) {
        Event::Code(text) if CHOICE_CHIPS.contains(&text.split_whitespace().next()?) => {
            Some(Chip { text: text.to_string(), span: markdown.span(at) })
        }
        _ => None,
    })
}

/// Whether a text is a chip that stands below the heading of a scene.
fn is_scene_chip(text: &str) -> bool {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "ending" => Ending::WORDS.iter().any(|(word, _)| *word == rest),
        "tests" => !rest.is_empty() && rest.split(',').all(|name| slug(name.trim()) == name.trim()),
        "weight" => rest.parse::<u32>().is_ok(),
        _ => text == "fixed",
    }
}

/// Takes the chips right below a heading, if its first paragraph holds nothing else.
fn own_chips(markdown: &Markdown<'_>, blocks: &mut Vec<usize>) -> Vec<Chip> {
    let first = blocks.iter().position(|at| !markdown.is_comment(*at));
    let chips = first.and_then(|first| blocks.get(first)).and_then(|at| chip::alone(markdown, *at));
    if let (Some(first), Some(_)) = (first, &chips) {
        blocks.remove(first);
    }
    chips.unwrap_or_default()
}

fn unknown_competency(chip: &Chip, name: &str, front: &Front, problems: &mut Problems) {
    if name.contains(char::is_whitespace) {
        chip.wrong("cannot be read", "put a comma between two competencies: `tests empathy, privacy`", problems);
        return;
    }
    let help = match nearest(name, front.competencies.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add `{name}` to `competencies` in the front matter"),
    };
    chip.wrong(&format!("tests `{name}`, which is not one of the competencies"), &help, problems);
}
