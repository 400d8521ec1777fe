//! Where choices and routes lead.

use std::collections::HashSet;

use pulldown_cmark::{Event, Tag};

use super::Reader;
use crate::front::tree::short;
use crate::list;
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};
use crate::shared::listed;
use crate::slug::{nearest, slug, within};
use crate::target::{Place, Target, decoded};
use crate::tick::{self, PASTED};

/// Q02: lines that were meant as a choice and are none, since a paragraph or a quote above takes them in: with a sign that a word
/// processor wrote, without a space after it, or without any. True if there are some. Only where the `lists` hold choices and
/// the scene `may_lead` on is it sure what they were meant as.
pub(super) fn strays(
    markdown: &Markdown<'_>,
    blocks: &[usize],
    lists: &[usize],
    may_lead: bool,
    problems: &mut Problems,
) -> bool {
    let items = lists.iter().flat_map(|list| markdown.inside(*list));
    let firsts = items.flat_map(|item| {
        let link = (item..markdown.end(item)).find(|at| matches!(markdown.tag(*at), Some(Tag::Link { .. })));
        // An item may have its link further down, and what looks like one may be none.
        [Some(list::after_marker(markdown, item).start), link.map(|at| markdown.span(at).start)]
    });
    let firsts: HashSet<usize> = firsts.flatten().collect();
    let is_sure = may_lead && lists.iter().all(|list| matches!(markdown.tag(*list), Some(Tag::List(None))));
    let mut found = false;
    for block in blocks.iter().copied() {
        if !matches!(markdown.tag(block), Some(Tag::List(_) | Tag::Paragraph | Tag::BlockQuote(_))) {
            continue;
        }
        for (here, line) in tick::lines(markdown, block) {
            let Some(stray) = stray(line.trim_end()) else { continue };
            let at = Span::new(here + stray.link, here + line.trim_end().len());
            if firsts.contains(&at.start) {
                continue;
            }
            found = true;
            let message = if stray.marker > 0 && stray.link > stray.marker {
                "this choice stands within what is above it"
            } else {
                "this line is no choice: it belongs to what stands above it"
            };
            let draft = problems.add(Code::Q02, at, message);
            draft.help("start the line at the left edge with `- `");
            if stray.marker == 0 && is_sure && !line.contains("`otherwise`") {
                draft.fix(here, at.start, "- ");
            }
        }
    }
    found
}

/// A line that reads like a choice; offsets count from its start.
struct Stray {
    marker: usize,
    link: usize,
}

fn stray(line: &str) -> Option<Stray> {
    let marker = line.len() - line.trim_start_matches([' ', '\t', '>']).len();
    let item = line.get(marker..)?;
    let content = item.trim_start_matches(|c| matches!(c, '-' | '*' | '+') || PASTED.contains(&c)).trim_start();
    let (_, target) = content.strip_prefix('[')?.split_once("](#")?;
    let (_, after) = target.split_once(')')?;
    let is_quoted = line.get(..marker).is_some_and(|before| before.contains('>'));
    // A quote may hold a link of its own.
    let is_meant = !is_quoted || !after.trim().is_empty() || item.starts_with(PASTED);
    (is_meant && holds_chips_only(after)).then_some(Stray { marker, link: line.len() - content.len() })
}

/// Whether a text is nothing but inline code; else the line goes on, and is a sentence.
fn holds_chips_only(text: &str) -> bool {
    let mut parts = text.split('`');
    let divides = |part: &str| part.trim_matches([' ', '\t', ',', ';']).is_empty();
    loop {
        match (parts.next(), parts.next()) {
            (Some(between), None) => return divides(between),
            (Some(between), Some(_)) if divides(between) => {}
            _ => return false,
        }
    }
}

impl Reader<'_> {
    /// Finds where an item leads (S03, S04) and takes the link off its words.
    pub(super) fn target(
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
            self.no_link(markdown, (item, span), noun, problems);
            return None;
        };
        // A choice within a choice was told as such.
        let nested = (item + 1..markdown.end(item)).find(|at| matches!(markdown.tag(*at), Some(Tag::Item)));
        if let Some(second) = links.get(1).filter(|second| nested.is_none_or(|nested| **second < nested)) {
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
        problems.silence_within(Span::new(whole.start, whole.start + 1), |code| matches!(code, Code::C09 | Code::C10));
        let text = markdown.source.get(whole.start..whole.end).unwrap_or("");
        let place = text.rfind(&written).map(|at| Span::new(whole.start + at, whole.start + at + written.len()));
        let mark = place.unwrap_or(whole);
        let message = if id == "debrief" {
            format!("this {noun} leads to the debrief, which is no scene")
        } else {
            format!("this {noun} leads nowhere")
        };
        let label = format!("no heading \"{}\"", short(&heading_words(&id)));
        let offer = self.offer(&id);
        let draft = problems.add(Code::S03, span, message).mark(mark);
        match offer {
            _ if id == "debrief" => {
                draft
                    .help("lead to a scene with `ending good`, `ending mixed` or `ending bad`; the debrief follows it");
            }
            Some((name, line, is_safe)) => {
                // Where another may be meant as well, all are named.
                let others = if is_safe { String::new() } else { format!(" The scenes are {}", self.scenes()) };
                draft.label(label).help(format!("did you mean #{name} (line {line})?{others}"));
                if let Some(place) = place.filter(|_| is_safe) {
                    draft.fix(place.start, place.end, format!("#{name}"));
                }
            }
            None if self.nodes.is_empty() => {
                draft.label(label).help("write the scene that it leads to, under a heading `## …`");
            }
            None => {
                draft.label(label).help(format!("lead to one that there is: {}", self.scenes()));
            }
        }
        None
    }

    /// The scenes there are, as choices name them.
    fn scenes(&self) -> String {
        listed(self.nodes.iter().map(String::as_str))
    }

    /// The scene that was meant by an id that there is not, its line, and whether it is the only one near enough to be
    /// put in without asking.
    fn offer(&mut self, id: &str) -> Option<(String, usize, bool)> {
        self.compared = self.compared.checked_sub(self.nodes.len())?;
        let names = || self.nodes.iter().map(String::as_str).filter(|name| !name.is_empty());
        let close = within(id, names(), 2);
        let name = match close.as_slice() {
            [only] => Some(*only),
            _ => nearest(id, names()),
        }?;
        let at = self.ids.get(name)?;
        Some((name.to_owned(), self.lines.get(*at).copied().unwrap_or(1), close.len() == 1))
    }

    /// An item without a link: because of a space in its target (S04), or because there is none (S03).
    fn no_link(&mut self, markdown: &Markdown<'_>, (item, span): (usize, Span), noun: &str, problems: &mut Problems) {
        let line = markdown.source.get(span.start..span.end).unwrap_or("");
        if let Some((start, end)) = spaced_target(line) {
            // Told better here, where the scenes are known.
            problems.silence_within(span, |code| code == Code::S04);
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
                    draft.help(format!("write one of the scenes: {}", self.scenes()));
                }
            }
        } else if !problems.has_within(span, |code| code == Code::S04) {
            let is_ticked =
                (item + 1..markdown.end(item)).any(|at| matches!(markdown.event(at), Event::TaskListMarker(_)));
            let help = if is_ticked {
                "a checklist stands below the heading `## Debrief`; a choice is a link: `[\"What I say\"](#next-scene)`"
            } else {
                "put the words in square brackets and the scene in parentheses: `[\"What I say\"](#next-scene)`"
            };
            problems.add(Code::S03, span, format!("this {noun} leads nowhere: it is no link")).help(help);
        }
    }
}

/// Whether a list holds choices or routes: an item has a link that does not leave the site, or what was meant as one, or ends
/// with a chip of theirs. Other lists are text.
pub(super) fn leads_on(markdown: &Markdown<'_>, list: usize, place: Place<'_>) -> bool {
    if !matches!(markdown.tag(list), Some(Tag::List(_))) {
        return false;
    }
    markdown.inside(list).into_iter().any(|item| {
        let span = list::after_marker(markdown, item);
        let text = markdown.source.get(span.start..span.end).unwrap_or("");
        let line = list::line(markdown, item);
        let is_broken = text.starts_with('[') && text.contains("](#");
        is_broken
            || spaced_target(text).is_some()
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

/// An id as the heading that it was made of may have read.
fn heading_words(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
