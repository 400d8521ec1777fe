//! Scenes of a role-play from the elements under their headings.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{BlockQuoteKind, Event, Tag};

use crate::chip::{self, Chip};
use crate::condition::{self, Condition, DASHES, Flags, Names, is_name};
use crate::front::{Front, ScenarioFront};
use crate::html::{self, Style};
use crate::list::{self, Item};
use crate::markdown::Markdown;
use crate::outline::{Outline, Section};
use crate::problem::{Code, Problems, Span};
use crate::scenario::{Block, BlockKind, Choice, Debrief, Effect, Ending, Node, Pass, Quality, Route, Scenario, Way};
use crate::slug::{file_slug, nearest, slug, within};
use crate::surroundings::Surroundings;
use crate::target::{Place, Target, decoded};
use crate::{GRAMMAR, module, shared, tick};

/// The most scenes that are read.
const MAX_NODES: usize = 2_000;
/// The most choices of a scene.
const MAX_CHOICES: usize = 50;
/// The most points that a choice earns, or takes from, a meter.
const MAX_CHANGE: i32 = 100;

/// How many ids are compared with misspelt ones: each of a few with all, but not thousands with thousands.
const MAX_COMPARED: usize = 20_000;

/// Where the parts of a scenario stand in its file, and what the reading already knows of them.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// The key that says what passes.
    pub(crate) pass: Span,
    /// For each scene.
    pub(crate) nodes: Vec<NodePlace>,
    /// The conditions of the debrief, with their chips.
    pub(crate) debrief: Vec<(Condition, Span)>,
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
    /// Whether every scene goes on in one way and no routes run out, so that what no path does is the author's meaning.
    pub(crate) is_finished: bool,
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
    let intro_html = html::blocks(&markdown, &outline.intro, &Style { place, label: "Table", cards: false });
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
        unknown: HashSet::new(),
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
    if read.is_empty() {
        let at = markdown.first_heading().map_or(Span::new(front.body, front.body), |at| markdown.span(at));
        problems
            .add(Code::S02, at, "this role-play has no scene")
            .help("write the first scene below a heading `## …`, with choices that lead on");
    }
    let Reader { flags, mut places, .. } = reader;
    places.is_readable = !part.is_unsure
        && !problems.has(|code, span| {
            matches!(code, Code::S03 | Code::S04 | Code::C04) || (code == Code::C06 && span.start >= front.body)
        });
    places.is_finished = !problems.has(|code, _| matches!(code, Code::S02 | Code::S11));
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
    /// The speakers that were told to be unknown.
    unknown: HashSet<String>,
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

/// What the chips of a choice say.
#[derive(Default)]
struct Chips {
    quality: Option<Quality>,
    points: Vec<(String, u32)>,
    effects: Vec<Effect>,
    condition: Option<(Condition, Span)>,
    once: bool,
    /// One of them cannot be read.
    is_unread: bool,
}

impl Reader<'_> {
    fn node(&mut self, markdown: &mut Markdown<'_>, section: Section, problems: &mut Problems) -> Node {
        let heading = markdown.span(section.heading);
        let mut blocks = section.blocks;
        let chips = own_chips(markdown, &mut blocks);
        let settings = self.settings(chips, problems);
        let mut place = NodePlace { heading, is_unread: settings.is_unread, ..NodePlace::default() };
        let ways: Vec<usize> = blocks.iter().copied().filter(|at| leads_on(markdown, *at, self.place)).collect();
        let (choice_lists, route_lists): (Vec<usize>, Vec<usize>) =
            ways.iter().copied().partition(|at| matches!(markdown.tag(*at), Some(Tag::List(None))));
        let is_unfed = self.split(markdown, &blocks, &choice_lists, problems);
        list::split(markdown, &blocks, &route_lists, "routes", problems);
        let label = section.title.clone();
        let style = Style { place: self.place, label: &label, cards: false };
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
            let (block, chip) = self.block(markdown, at, &style, &mut before, true, problems);
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
        let way = way(heading, &settings, choices, routes, problems);
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
                ("tests", rest) if !rest.is_empty() => {
                    for name in rest.split(',').map(str::trim) {
                        if self.front.competencies.iter().any(|known| known == name) {
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

    /// Q01 for choices: what splits the list, and a quote after its end that can only be feedback. Gives those quotes.
    fn split(&self, markdown: &Markdown<'_>, blocks: &[usize], lists: &[usize], problems: &mut Problems) -> Vec<usize> {
        let mut quotes = list::split(markdown, blocks, lists, "choices", problems);
        let after = lists.last().and_then(|last| blocks.iter().copied().find(|at| at > last));
        if let (Some(last), Some(quote)) = (lists.last(), after)
            && matches!(markdown.tag(quote), Some(Tag::BlockQuote(None)))
            && markdown.inside(*last).last().is_some_and(|item| !list::has_quote(markdown, *item))
        {
            list::not_indented(markdown, *last, quote, "so it belongs to no choice", problems);
            quotes.push(quote);
        }
        quotes
    }

    #[expect(clippy::too_many_arguments, reason = "what a list needs to know of its scene")]
    fn choices(
        &mut self,
        markdown: &mut Markdown<'_>,
        lists: &[usize],
        quotes: &[usize],
        heading: Span,
        settings: &Settings,
        style: &Style<'_>,
        place: &mut NodePlace,
        problems: &mut Problems,
    ) -> Vec<Choice> {
        let items: Vec<usize> = lists.iter().flat_map(|list| markdown.inside(*list)).collect();
        if items.len() > MAX_CHOICES {
            let message = format!("{} choices, and {MAX_CHOICES} are read", items.len());
            problems.add(Code::C11, heading, message).help("split the scene");
        }
        let is_decision = items.len() > 1;
        let mut found = Vec::new();
        for item in items.into_iter().take(MAX_CHOICES) {
            let end = markdown.span(item).end;
            let Item { span, chips, feedback_html, feedback_text } = list::take_apart(markdown, item, style);
            // The feedback of this choice stands unindented below it, which was told.
            let fed = quotes.iter().any(|quote| {
                let start = markdown.span(*quote).start;
                start >= end && markdown.source.get(end..start).is_some_and(|between| between.trim().is_empty())
            });
            let chips = self.choice_chips(chips, settings, problems);
            place.is_unread |= chips.is_unread;
            let to = self.target(markdown, item, span, "choice", problems);
            let html = html::render(markdown, item + 1, markdown.end(item), style);
            let text = markdown.text(item + 1, markdown.end(item));
            let lacks_word = is_decision && chips.quality.is_none();
            let lacks_feedback = is_decision && feedback_html.is_none() && !fed;
            if text.is_empty() {
                problems
                    .add(Code::S14, span, "this choice has no words")
                    .help("write what the learner says or does between the square brackets");
            } else if !chips.is_unread && (lacks_word || lacks_feedback) {
                let (message, help) = match (lacks_word, lacks_feedback) {
                    (true, true) => (
                        "this choice has neither a quality word nor feedback",
                        "put `best`, `ok`, `poor` or `critical` after it, and below it, indented, `> ` and why",
                    ),
                    (true, false) => {
                        ("this choice has no quality word", "put `best`, `ok`, `poor` or `critical` after it")
                    }
                    _ => ("this choice has no feedback", "below it, indented by two spaces, write `> ` and why"),
                };
                problems.add(Code::S14, span, message).help(help);
            }
            place.ways.push(chips.condition.as_ref().map(|(_, at)| *at));
            found.push(Choice {
                id: u32::try_from(found.len() + 1).unwrap_or(u32::MAX),
                html,
                text,
                to,
                quality: chips.quality,
                points: chips.points,
                effects: chips.effects,
                condition: chips.condition.map(|(condition, _)| condition),
                once: chips.once,
                feedback_html,
                feedback_text,
            });
        }
        found
    }

    fn choice_chips(&mut self, chips: Vec<Chip>, settings: &Settings, problems: &mut Problems) -> Chips {
        let mut read = Chips::default();
        for chip in chips {
            read.is_unread |= self.choice_chip(&chip, settings, &mut read, problems).is_none();
        }
        read
    }

    /// Reads one chip of a choice; none if it cannot be read, which is then reported.
    fn choice_chip(
        &mut self,
        chip: &Chip,
        settings: &Settings,
        read: &mut Chips,
        problems: &mut Problems,
    ) -> Option<()> {
        let (word, rest) = chip.words();
        if let Some((_, quality)) = Quality::WORDS.iter().find(|(name, _)| *name == word && rest.is_empty()) {
            if read.quality.replace(*quality).is_some() {
                chip.wrong("is one quality word too many", "keep one of `best`, `ok`, `poor` and `critical`", problems);
                return None;
            }
            return Some(());
        }
        match (word, rest) {
            ("once", "") => read.once = true,
            ("if", _) if read.condition.is_some() => {
                chip.wrong("is one condition too many", "join the two with `and`", problems);
                return None;
            }
            ("if", _) => read.condition = Some((self.condition(chip, problems)?, chip.span)),
            ("set" | "unset", flag) => {
                let flag = self.flag(chip, flag, problems)?;
                self.places.flag_changes.push((flag, chip.span));
                if word == "set" {
                    self.places.flag_sets.push((flag, chip.span));
                    read.effects.push(Effect::Set(flag));
                } else {
                    read.effects.push(Effect::Unset(flag));
                }
            }
            (name, rest) if rest.starts_with(is_sign) => {
                let meter = self.meters.iter().position(|meter| meter == name);
                let Some(meter) = meter else {
                    unknown_meter(chip, name, &self.meters, problems);
                    return None;
                };
                let by = change(rest).filter(|by| *by != 0 && by.abs() <= MAX_CHANGE);
                let Some(by) = by else {
                    let help = format!("write a whole number from 1 to {MAX_CHANGE} with its sign: `{name} +10`");
                    chip.wrong("is not a change of a meter", &help, problems);
                    return None;
                };
                self.places.meter_changes.push((meter, chip.span));
                read.effects.push(Effect::Meter { meter, by });
            }
            (name, rest) if self.front.competencies.iter().any(|known| known == name) && !rest.is_empty() => {
                let Some(points) = rest.parse::<u32>().ok().filter(|points| *points <= 2) else {
                    chip.wrong("does not say 0, 1 or 2 points", &format!("write `{name} 1`"), problems);
                    return None;
                };
                if !settings.tests.iter().any(|tested| tested == name) {
                    let help = format!("write `tests {name}` below the heading of the scene");
                    chip.wrong("does not count: this scene does not test it", &help, problems);
                    return None;
                }
                if read.points.iter().any(|(other, _)| other == name) {
                    chip.wrong("is there twice", "delete one of the two", problems);
                    return None;
                }
                read.points.push((name.to_owned(), points));
            }
            (name, rest) if self.meters.iter().any(|meter| meter == name) && !rest.is_empty() => {
                let help = format!("write the sign: `{name} +{}`", rest.trim_start_matches(['+', '-']));
                chip.wrong("does not say whether the meter rises or falls", &help, problems);
                return None;
            }
            _ => {
                let mut known: Vec<String> = Quality::WORDS.iter().map(|(word, _)| (*word).to_owned()).collect();
                known.extend(self.meters.iter().map(|meter| format!("{meter} +10")));
                known.extend(["set flag", "unset flag", "if …", "once"].map(str::to_owned));
                known.extend(settings.tests.iter().map(|name| format!("{name} 2")));
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                chip.unknown("after a choice", &known, problems);
                return None;
            }
        }
        Some(())
    }

    fn flag(&mut self, chip: &Chip, name: &str, problems: &mut Problems) -> Option<usize> {
        if self.meters.iter().any(|meter| meter == name) {
            let help = format!("to change it write `{name} +10`; a flag needs another name");
            chip.wrong("names a meter, which is not set but changed", &help, problems);
            return None;
        }
        if !is_name(name) {
            chip.wrong(
                "does not name a flag",
                "write one word of letters, digits, `-` and `_`: `set promised`",
                problems,
            );
            return None;
        }
        Some(self.flags.place(name))
    }

    fn names(&mut self) -> Names<'_> {
        Names { meters: &self.meters, nodes: &self.nodes, ids: &self.ids, flags: &mut self.flags }
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
                chip.wrong(&unread.why, &unread.help, problems);
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
        }
        let count = items.len().min(MAX_CHOICES);
        let style = Style { place: self.place, label: "", cards: false };
        let mut found: Vec<Route> = Vec::new();
        for (at, item) in items.into_iter().take(MAX_CHOICES).enumerate() {
            let Item { span, chips, .. } = list::take_apart(markdown, item, &style);
            let to = self.target(markdown, item, span, "route", problems);
            let (mut condition, mut otherwise, mut is_unread) = (None, false, false);
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
                problems.add(Code::S11, span, message).help("end the list with a route that says `otherwise`");
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

    /// Finds where an item leads (S03, S04) and takes the link off its words.
    fn target(
        &mut self,
        markdown: &mut Markdown<'_>,
        item: usize,
        span: Span,
        noun: &str,
        problems: &mut Problems,
    ) -> Option<usize> {
        let links: Vec<usize> = (item..markdown.end(item))
            .filter(|at| !markdown.is_dropped(*at) && matches!(markdown.tag(*at), Some(Tag::Link { .. })))
            .collect();
        let Some(link) = links.first().copied() else {
            self.no_link(markdown, span, noun, problems);
            return None;
        };
        if let Some(second) = links.get(1) {
            problems
                .add(Code::S03, span, format!("this {noun} leads to two places"))
                .mark(markdown.span(*second))
                .help("keep one link");
        }
        let Some(Tag::Link { dest_url, .. }) = markdown.tag(link) else { return None };
        let written = dest_url.to_string();
        let whole = markdown.span(link);
        for link in links {
            markdown.drop_event(link);
            markdown.drop_event(markdown.end(link));
        }
        let id = decoded(written.strip_prefix('#').unwrap_or(&written));
        if let Some(node) = self.ids.get(&id).filter(|_| written.starts_with('#')) {
            return Some(*node);
        }
        // Whatever else is wrong with this target has the same cause.
        problems.silence(|code, at| matches!(code, Code::C09 | Code::C10) && at == whole);
        let text = markdown.source.get(whole.start..whole.end).unwrap_or("");
        let place = text.rfind(&written).map(|at| Span::new(whole.start + at, whole.start + at + written.len()));
        let mark = place.unwrap_or(whole);
        let message = if id == "debrief" {
            format!("this {noun} leads to the debrief, which is no scene")
        } else {
            format!("this {noun} leads nowhere")
        };
        let label = format!("no heading \"{}\"", heading_words(&id));
        let offer = self.offer(&id);
        let draft = problems.add(Code::S03, span, message).mark(mark);
        match offer {
            _ if id == "debrief" => {
                draft
                    .help("lead to a scene with `ending good`, `ending mixed` or `ending bad`; the debrief follows it");
            }
            Some((name, line, is_safe)) => {
                draft.label(label).help(format!("did you mean #{name} (line {line})?"));
                if let Some(place) = place.filter(|_| is_safe) {
                    draft.fix(place.start, place.end, format!("#{name}"));
                }
            }
            None => {
                draft.label(label).help("write the heading of a scene, in small letters with `-` for each space");
            }
        }
        None
    }

    /// The scene that was meant by an id that there is not, its line, and whether it is the only one near enough to be
    /// put in without asking.
    fn offer(&mut self, id: &str) -> Option<(String, usize, bool)> {
        self.compared = self.compared.checked_sub(self.nodes.len())?;
        let names = || self.nodes.iter().map(String::as_str);
        let close = within(id, names(), 2);
        let name = match close.as_slice() {
            [only] => Some(*only),
            _ => nearest(id, names()),
        }?;
        let at = self.ids.get(name)?;
        Some((name.to_owned(), self.lines.get(*at).copied().unwrap_or(1), close.len() == 1))
    }

    /// An item without a link: because of a space in its target (S04), or because there is none (S03).
    fn no_link(&mut self, markdown: &Markdown<'_>, span: Span, noun: &str, problems: &mut Problems) {
        let line = markdown.source.get(span.start..span.end).unwrap_or("");
        if let Some((start, end)) = spaced_target(line) {
            let written = line.get(start..end).unwrap_or("");
            let id = slug(written.trim_start_matches('#'));
            let at = Span::new(span.start + start, span.start + end);
            let known = self.ids.contains_key(&id).then(|| (id.clone(), true));
            let offer = known.or_else(|| self.offer(&id).map(|(name, _, is_safe)| (name, is_safe)));
            let draft =
                problems.add(Code::S04, span, format!("the target of this {noun} holds a space, so it is no link"));
            draft.mark(at);
            match offer {
                Some((name, is_safe)) => {
                    draft.help(format!("write #{name}"));
                    if is_safe {
                        draft.fix(at.start, at.end, format!("#{name}"));
                    }
                }
                None => {
                    draft.help("write the heading of a scene, in small letters with `-` for each space");
                }
            }
        } else {
            problems
                .add(Code::S03, span, format!("this {noun} leads nowhere: it is no link"))
                .help("put the words in square brackets and the scene in parentheses: `[\"What I say\"](#next-scene)`");
        }
    }

    /// A block of a scene or of the debrief, with the chip of its condition. `before` is the condition of the paragraph
    /// right before it.
    fn block(
        &mut self,
        markdown: &mut Markdown<'_>,
        at: usize,
        style: &Style<'_>,
        before: &mut Option<Condition>,
        speaks: bool,
        problems: &mut Problems,
    ) -> (Block, Option<Span>) {
        let last = before.take();
        if !matches!(markdown.tag(at), Some(Tag::Paragraph)) {
            let html = html::render(markdown, at, markdown.end(at) + 1, style);
            let text = markdown.text(at, markdown.end(at) + 1);
            return (Block { condition: None, kind: BlockKind::Text, html, text }, None);
        }
        let (mut condition, mut place) = (None, None);
        if let Some((event, chip)) = opening(markdown, at) {
            match chip.words() {
                ("if", _) => {
                    condition = self.condition(&chip, problems);
                    // An `if` that cannot be read still has its `else`.
                    *before = Some(condition.clone().unwrap_or(Condition::Critical));
                    place = condition.is_some().then_some(chip.span);
                }
                ("else", "") => match last {
                    Some(last) => condition = Some(Condition::Not(Box::new(last))),
                    None => chip.wrong(
                        "does not follow an `if`",
                        "put it into the paragraph right after the one that starts with `if …`",
                        problems,
                    ),
                },
                _ => chip.unknown("at the start of a paragraph", &["if …", "else"], problems),
            }
            markdown.drop_event(event);
        }
        let text = markdown.text(at, markdown.end(at));
        let inside: Vec<usize> = markdown.inside(at).into_iter().filter(|inner| shows(markdown, *inner)).collect();
        let mut kind = BlockKind::Text;
        let mut is_colon_outside = false;
        match inside.as_slice() {
            [only] if matches!(markdown.tag(*only), Some(Tag::Emphasis)) => kind = BlockKind::Stage,
            [bold, rest @ ..] if speaks && matches!(markdown.tag(*bold), Some(Tag::Strong)) => {
                let name = markdown.text(*bold, markdown.end(*bold));
                is_colon_outside = rest
                    .first()
                    .is_some_and(|next| matches!(markdown.event(*next), Event::Text(text) if text.starts_with(':')));
                let name = name.strip_suffix(':').or(is_colon_outside.then_some(name.as_str())).map(str::trim);
                if let Some(name) = name {
                    let speaker = self.part.characters.iter().position(|character| character.name == name);
                    if speaker.is_none() && self.unknown.insert(name.to_owned()) {
                        self.unknown_speaker(markdown.span(*bold), name, problems);
                    }
                    kind = BlockKind::Speech(speaker);
                    markdown.drop_element(*bold);
                }
            }
            _ => {}
        }
        let inner = html::render(markdown, at + 1, markdown.end(at), style);
        let inner = if is_colon_outside { inner.strip_prefix(':').unwrap_or(&inner).trim_start() } else { &inner };
        (Block { condition, kind, html: format!("<p>{inner}</p>"), text }, place)
    }

    fn unknown_speaker(&self, span: Span, name: &str, problems: &mut Problems) {
        let near = nearest(name, self.part.characters.iter().map(|character| character.name.as_str()));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.part.characters.is_empty() => {
                format!("name the speaker in the front matter: `characters:` and below it `  {name}: {{}}`")
            }
            None => format!("add `{name}` to `characters`"),
        };
        problems.add(Code::S12, span, format!("\"{name}\" speaks and is not one of the characters")).help(help);
    }

    fn debrief(
        &mut self,
        markdown: &mut Markdown<'_>,
        section: Section,
        debrief: &mut Debrief,
        problems: &mut Problems,
    ) {
        let mut blocks = section.blocks;
        for chip in own_chips(markdown, &mut blocks) {
            chip.unknown("under the heading of the debrief", &[], problems);
        }
        tick::boxes(markdown, &blocks, problems);
        let label = section.title;
        let style = Style { place: self.place, label: &label, cards: false };
        let mut before = None;
        for at in blocks {
            if markdown.is_comment(at) {
                continue;
            }
            match markdown.tag(at) {
                Some(Tag::List(None)) if list::is_task_list(markdown, at) => {
                    before = None;
                    for item in markdown.inside(at) {
                        let block = self.item(markdown, item, &style, problems);
                        debrief.checklist.push(block);
                    }
                }
                Some(Tag::List(Some(_))) => {
                    before = None;
                    for item in markdown.inside(at) {
                        let html = html::render(markdown, item + 1, markdown.end(item), &style);
                        let text = markdown.text(item + 1, markdown.end(item));
                        debrief.reflections.push(Block { condition: None, kind: BlockKind::Text, html, text });
                    }
                }
                _ => {
                    let (block, chip) = self.block(markdown, at, &style, &mut before, false, problems);
                    if let (Some(condition), Some(chip)) = (&block.condition, chip) {
                        self.places.debrief.push((condition.clone(), chip));
                    }
                    debrief.blocks.push(block);
                }
            }
        }
    }

    /// A line of the checklist.
    fn item(&mut self, markdown: &mut Markdown<'_>, item: usize, style: &Style<'_>, problems: &mut Problems) -> Block {
        let Item { chips, .. } = list::take_apart(markdown, item, style);
        let mut condition = None;
        for chip in chips {
            match chip.words() {
                ("if", _) if condition.is_some() => {
                    chip.wrong("is one condition too many", "join the two with `and`", problems);
                }
                ("if", _) => {
                    condition = self.condition(&chip, problems);
                    if let Some(condition) = &condition {
                        self.places.debrief.push((condition.clone(), chip.span));
                    }
                }
                _ => chip.unknown("after a line of the checklist", &["if …"], problems),
            }
        }
        let html = html::render(markdown, item + 1, markdown.end(item), style);
        let text = markdown.text(item + 1, markdown.end(item));
        Block { condition, kind: BlockKind::Text, html, text }
    }
}

/// S02: a scene goes on in exactly one way.
fn way(heading: Span, settings: &Settings, choices: Vec<Choice>, routes: Vec<Route>, problems: &mut Problems) -> Way {
    let found =
        [(!choices.is_empty(), "choices"), (!routes.is_empty(), "routes"), (settings.ending.is_some(), "an ending")];
    let found: Vec<&str> = found.iter().filter(|(there, _)| *there).map(|(_, name)| *name).collect();
    if let [first, second, ..] = found.as_slice() {
        problems
            .add(Code::S02, heading, format!("this scene goes on in two ways: {first} and {second}"))
            .help("keep one of them; put the other into a scene of its own");
    } else if found.is_empty() && !settings.is_unread {
        problems.add(Code::S02, heading, "this scene has no way on").help(
            "add choices, `- [\"What I say\"](#next-scene) `best``, or routes, or write `ending good` below the heading",
        );
    }
    if !choices.is_empty() {
        Way::Choices(choices)
    } else if !routes.is_empty() {
        Way::Routes(routes)
    } else {
        settings.ending.map_or(Way::None, Way::Ending)
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

/// The inline code that opens a paragraph.
fn opening(markdown: &Markdown<'_>, paragraph: usize) -> Option<(usize, Chip)> {
    let first = markdown.inside(paragraph).into_iter().find(|at| shows(markdown, *at))?;
    let Event::Code(text) = markdown.event(first) else { return None };
    Some((first, Chip { text: text.to_string(), span: markdown.span(first) }))
}

/// Whether an inline element shows something.
fn shows(markdown: &Markdown<'_>, at: usize) -> bool {
    match markdown.event(at) {
        _ if markdown.is_dropped(at) => false,
        Event::Text(text) => !text.trim().is_empty(),
        Event::SoftBreak | Event::HardBreak => false,
        Event::InlineHtml(html) => !html.starts_with("<!--"),
        _ => true,
    }
}

/// Whether a list holds choices or routes: an item has a link that does not leave the site, or what was meant as one, or ends
/// with a chip of theirs. Other lists are text.
fn leads_on(markdown: &Markdown<'_>, list: usize, place: Place<'_>) -> bool {
    if !matches!(markdown.tag(list), Some(Tag::List(_))) {
        return false;
    }
    markdown.inside(list).into_iter().any(|item| {
        let span = list::after_marker(markdown, item);
        let text = markdown.source.get(span.start..span.end).unwrap_or("");
        let line = list::line(markdown, item);
        spaced_target(text).is_some()
            || line.iter().any(|at| match markdown.tag(*at) {
                Some(Tag::Link { dest_url, .. }) => !matches!(place.target(dest_url), Target::Web | Target::Call),
                _ => false,
            })
            || line.last().is_some_and(|last| match markdown.event(*last) {
                Event::Code(text) => CHOICE_WORDS.contains(&text.split_whitespace().next().unwrap_or("")),
                _ => false,
            })
    })
}

/// The words that the chips of choices and routes start with, whatever the scenario.
const CHOICE_WORDS: [&str; 9] = ["best", "ok", "poor", "critical", "once", "set", "unset", "if", "otherwise"];

/// A target with a space in it, which markdown does not take for a link: its place in the line.
fn spaced_target(line: &str) -> Option<(usize, usize)> {
    let (before, after) = line.split_once("](")?;
    let (inside, _) = after.split_once(')')?;
    let start = before.len() + 2;
    let text = inside.trim();
    let blanks = inside.len() - inside.trim_start().len();
    let spaced = text.contains(char::is_whitespace) && !text.contains(['"', '\'', '<', '(']);
    (spaced && line.trim_start().starts_with('[')).then_some((start + blanks, start + blanks + text.len()))
}

fn is_sign(c: char) -> bool {
    c == '+' || c == '-' || DASHES.contains(&c)
}

/// Reads `+20` and `-5`, with whatever dash was pasted.
fn change(text: &str) -> Option<i32> {
    let sign = text.chars().next()?;
    let digits = text.get(sign.len_utf8()..)?.trim();
    let whole = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    let number = if whole { digits.parse::<i32>().ok()? } else { return None };
    Some(if sign == '+' { number } else { -number })
}

/// An id as the heading that it was made of may have read.
fn heading_words(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn unknown_meter(chip: &Chip, name: &str, meters: &[String], problems: &mut Problems) {
    let help = match nearest(name, meters.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if meters.is_empty() => {
            format!("name it in the front matter: `meters:` and below it `  {name}: {{ start: 50 }}`")
        }
        None => format!("the meters are {}", meters.join(", ")),
    };
    chip.wrong("changes something that is not a meter", &help, problems);
}

fn unknown_competency(chip: &Chip, name: &str, front: &Front, problems: &mut Problems) {
    let help = match nearest(name, front.competencies.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add `{name}` to `competencies` in the front matter"),
    };
    chip.wrong(&format!("tests `{name}`, which is not one of the competencies"), &help, problems);
}
