//! The choices of a scene, and what their chips say.

use std::collections::HashSet;

use pulldown_cmark::{Event, Tag};

use super::{MAX_CHOICES, NodePlace, Reader, Settings};
use crate::chip::Chip;
use crate::condition::{Condition, DASHES, is_name};
use crate::html::{self, Style};
use crate::list::{self, Item};
use crate::lost;
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};
use crate::scenario::{Choice, Effect, Quality};
use crate::slug::{fold, nearest};

/// The most points that a choice earns, or takes from, a meter.
const MAX_CHANGE: i32 = 100;

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
    /// Q01 for choices: what splits the list, and a quote after its end that can only be feedback. Gives those quotes.
    pub(super) fn split(
        &self,
        markdown: &Markdown<'_>,
        blocks: &[usize],
        lists: &[usize],
        problems: &mut Problems,
    ) -> Vec<usize> {
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
    pub(super) fn choices(
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
            place.is_unread = true;
        }
        let is_decision = items.len() > 1;
        let mut found = Vec::new();
        let mut texts = HashSet::new();
        // Routes that were written with bullets are told once, by their `otherwise`.
        let are_routes = items.iter().any(|item| {
            list::line(markdown, *item)
                .iter()
                .any(|at| matches!(markdown.event(*at), Event::Code(text) if &**text == "otherwise"))
        });
        for item in items.into_iter().take(MAX_CHOICES) {
            let end = markdown.span(item).end;
            let line = list::line(markdown, item);
            let is_lost = lost::in_line(markdown, &line, true, problems);
            place.is_unread |= is_lost;
            let is_unmarked = unmarked(markdown, item, &line, problems);
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
            if !text.is_empty() && !texts.insert(fold(&text.split_whitespace().collect::<Vec<_>>().join(" "))) {
                problems
                    .add(Code::Q09, span, "this choice is there twice")
                    .help("delete one of the two, or word it otherwise");
            }
            let lacks_word = is_decision && chips.quality.is_none();
            let lacks_feedback = is_decision && feedback_html.is_none() && !fed && !is_unmarked;
            if text.is_empty() {
                problems
                    .add(Code::S14, span, "this choice has no words")
                    .help("write what the learner says or does between the square brackets");
            } else if !chips.is_unread && !is_lost && !are_routes && (lacks_word || lacks_feedback) {
                let (message, help) = match (lacks_word, lacks_feedback) {
                    (true, true) => (
                        "this choice has neither a quality word nor feedback",
                        "put `best`, `ok`, `poor` or `critical` behind it, backticks included, and below it two spaces, `> ` and why",
                    ),
                    (true, false) => (
                        "this choice has no quality word",
                        "put `best`, `ok`, `poor` or `critical` behind it, backticks included",
                    ),
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
                    if self.part.meters_unsure {
                        return None;
                    }
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
            (name, rest) if self.front.knows(name) && rest.starts_with(|c: char| c.is_ascii_digit()) => {
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
            ("otherwise", "") => {
                chip.wrong("is a chip of a route", "number the lines, `1. `; bullets are for choices", problems);
                return None;
            }
            _ => {
                let mut known: Vec<String> = Quality::WORDS.iter().map(|(word, _)| (*word).to_owned()).collect();
                known.extend(self.meters.iter().map(|meter| format!("{meter} +10")));
                known.extend(["set flag", "unset flag", "if …", "once"].map(str::to_owned));
                known.extend(self.front.competencies.iter().map(|name| format!("{name} 2")));
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
}

/// Q01: lines below a choice that were meant as its feedback and have no `>`, so that they are part of its words. They are left out of
/// what is read, and nothing else is said because of them. True if there are some.
fn unmarked(markdown: &mut Markdown<'_>, item: usize, line: &[usize], problems: &mut Problems) -> bool {
    let link = line.iter().position(|at| matches!(markdown.tag(*at), Some(Tag::Link { .. })));
    let Some(link) = link else { return false };
    let is_break = |at: &usize| matches!(markdown.event(*at), Event::SoftBreak | Event::HardBreak);
    let breaks = line.iter().skip(link + 1).position(is_break).map(|at| at + link + 1);
    let below = line.get(breaks.unwrap_or(line.len())..).unwrap_or_default();
    let says = |at: &usize| match markdown.event(*at) {
        Event::Text(text) => text.chars().any(char::is_alphabetic),
        Event::Start(_) => true,
        _ => false,
    };
    let mut wrong: Vec<usize> = if below.iter().any(says) { below.to_vec() } else { Vec::new() };
    if wrong.is_empty() {
        // In a list with empty lines, text of a choice may stand in a paragraph of its own.
        let is_text = |at: &usize| matches!(markdown.tag(*at), Some(Tag::Paragraph));
        wrong = markdown.inside(item).into_iter().filter(is_text).skip(1).collect();
    }
    let first = wrong.iter().copied().find(|at| !is_break(at));
    let (Some(first), Some(last)) = (first, wrong.last().copied()) else { return false };
    let start = markdown.raw_span(first).start;
    let end = markdown.span(last).end;
    let text = markdown.source.get(start..end).unwrap_or("").lines().next().unwrap_or("").trim_end();
    let span = Span::new(start, start + text.len());
    problems
        .add(Code::Q01, span, "this line has no `>`, so it is part of the choice and no feedback on it")
        .help("start each line of the feedback with two spaces, `>` and a space: `  > Why it is so`");
    for at in wrong {
        markdown.drop_element(at);
    }
    true
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
