//! Checks that hold in every kind of document: competencies and review date, images, videos, targets, raw HTML, alerts,
//! tokens and how hard the text is to read.

use std::collections::HashSet;

use pulldown_cmark::{Event, HeadingLevel, LinkType, Tag};

use crate::front::tree::short;
use crate::front::{Front, KindFront};
use crate::markdown::Markdown;
use crate::problem::{Code, Problems, Span};
use crate::slug::{nearest, slug};
use crate::surroundings::Surroundings;
use crate::target::{Beside, Files, Place, Target, decoded, file_part, is_video};
use crate::{almost, reading, signs, token, torn};

/// The words that make an alert.
const ALERTS: [&str; 5] = ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"];

/// Looks at the front matter and at every event once.
pub(crate) fn check(
    markdown: &Markdown<'_>,
    path: &str,
    front: &Front,
    around: &Surroundings,
    problems: &mut Problems,
) {
    let place = Place::new(path, around);
    let mut files = Files::around(place);
    front_matter(markdown.source, front, around, problems);
    portraits(front, place, &mut files, problems);
    reading::check(markdown, first_heading(markdown, front), problems);
    almost::check(markdown, front.body, place, problems);
    torn::check(markdown, problems);
    signs::check(markdown, problems);
    let mut headings = None;
    let mut opened: HashSet<String> = HashSet::new();
    let (mut code_until, mut image_until, mut inside_until) = (0, 0, 0);
    for at in 0..markdown.len() {
        let span = markdown.span(at);
        match markdown.event(at) {
            Event::Start(Tag::CodeBlock(_)) => code_until = markdown.end(at),
            Event::Start(Tag::Image { dest_url, .. }) => {
                image_until = image_until.max(markdown.end(at));
                if markdown.text(at + 1, markdown.end(at)).is_empty() {
                    problems
                        .add(Code::C01, span, "this image has no description")
                        .help("say in the square brackets what it shows: `![A clerk greets a man](…)`");
                }
                image(dest_url, span, place, &mut files, problems);
            }
            Event::Start(Tag::Link { dest_url, .. }) if dest_url.starts_with('#') => {
                headings.get_or_insert_with(|| Headings::of(markdown)).look_up(dest_url, span, problems);
            }
            Event::Start(Tag::Link { link_type, dest_url, .. }) if *link_type != LinkType::Email => {
                link(dest_url, span, place, &mut files, problems);
            }
            Event::Start(Tag::Heading { .. }) if at < inside_until => nested_heading(markdown.source, span, problems),
            Event::Start(Tag::HtmlBlock) => html_block(markdown, at, problems),
            Event::InlineHtml(html) if !html.starts_with("<!--") => {
                let name = tag_name(html);
                if html.starts_with("</") && opened.contains(&name) {
                    continue;
                }
                raw_html(span, &name, problems);
                opened.insert(name);
            }
            Event::Start(Tag::BlockQuote(kind)) => {
                inside_until = inside_until.max(markdown.end(at));
                if kind.is_none() {
                    alert_marker(markdown.source, span, problems);
                }
            }
            Event::Start(Tag::Item) => inside_until = inside_until.max(markdown.end(at)),
            Event::Text(text) if at >= code_until => {
                if text.contains('<') {
                    unclosed_comment(markdown.source, span, problems);
                }
                if at >= image_until {
                    token::check(markdown, at, problems);
                }
            }
            _ => {}
        }
    }
}

/// Where what concerns the whole text is told: at its first heading, or else at its first line.
fn first_heading(markdown: &Markdown<'_>, front: &Front) -> Span {
    let mut blocks = markdown.children(0, markdown.len()).into_iter();
    if let Some(heading) = blocks.find(|at| markdown.heading(*at) == Some(HeadingLevel::H1)) {
        return markdown.span(heading);
    }
    let line = markdown.source.get(front.body..).unwrap_or("").lines().next().unwrap_or("").trim_end();
    Span::new(front.body, front.body + line.len())
}

/// What the front matter of every kind says: competencies (C06), the review date (C07), tokens of the title (C13).
fn front_matter(source: &str, front: &Front, around: &Surroundings, problems: &mut Problems) {
    let known = around.competencies.as_deref().unwrap_or_default();
    let named = front.competencies.iter().zip(&front.competencies_at);
    let unknown = named.filter(|(name, _)| around.competencies.is_some() && !known.contains(name));
    for (count, (name, value)) in unknown.enumerate() {
        // A list of a thousand wrong names is not compared name by name.
        let compared = if count < 100 { known } else { &[] };
        let help = match nearest(name, compared.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.len() <= 20 => format!("the competencies are {}", known.join(", ")),
            None => "write one that there is".to_owned(),
        };
        problems
            .add(Code::C06, front.competencies_key, format!("there is no competency `{name}`"))
            .mark(*value)
            .help(help);
    }
    if let (Some(today), Some(day)) = (around.today, front.review_by)
        && day < today
    {
        problems
            .add(Code::C07, front.review_by_key, format!("this text should have been looked over by {day}"))
            .mark(front.review_by_at)
            .help("read it again, correct what has changed and write the day of the next look");
    }
    let Some(title) = &front.title else { return };
    for token in token::tokens(title).filter(|token| !token.is_known()) {
        let written = source.get(front.title_at.start..front.title_at.end).unwrap_or("");
        let draft = token::unknown(token.name, front.title_key, problems);
        // A title with escapes of YAML differs from what is written; then its key says enough.
        if let Some(at) = written.find(&format!("{{{}}}", token.name)) {
            let start = front.title_at.start + at;
            draft.mark(Span::new(start, start + token.end - token.start));
        }
    }
}

/// The portraits of a scenario's characters.
fn portraits(front: &Front, place: Place<'_>, files: &mut Files<'_>, problems: &mut Problems) {
    let KindFront::Scenario(part) = &front.part else { return };
    let targets = part.characters.iter().filter_map(|character| character.image.as_deref());
    for (dest, key) in targets.zip(&part.images) {
        image(dest, *key, place, files, problems);
    }
}

/// An image, or a video written as one: from the content folder only (C09), there (C10), and a video with words (C02).
fn image(dest: &str, span: Span, place: Place<'_>, files: &mut Files<'_>, problems: &mut Problems) {
    let why = match place.target(dest) {
        Target::Inside if file_part(dest).is_empty() => "the target names no file",
        Target::Inside => return inside(dest, span, place, files, problems),
        Target::Refused(why) => why,
        Target::Web | Target::Call => "an image is not fetched from another site",
    };
    problems
        .add(Code::C09, span, why)
        .help("add the image to the courseware and write its name there: `![what it shows](img/desk.svg)`");
}

/// A link: where it may lead (C09), to a file that is there (C10), and to a video with words (C02).
fn link(dest: &str, span: Span, place: Place<'_>, files: &mut Files<'_>, problems: &mut Problems) {
    match place.target(dest) {
        Target::Refused(why) => {
            problems.add(Code::C09, span, why).help(
                "lead to a site, `https://…`, to `mailto:…` or `tel:…`, or to another text, such as `other-module.md`",
            );
        }
        Target::Inside => inside(dest, span, place, files, problems),
        // What lies beside a video on another site cannot be seen from here, and may well be in the video itself.
        Target::Web | Target::Call => {}
    }
}

/// A target inside the content folder.
fn inside(dest: &str, span: Span, place: Place<'_>, files: &mut Files<'_>, problems: &mut Problems) {
    if let Some(lost) = files.lost(dest) {
        problems.add(lost.code, span, lost.message).help(lost.help);
        return;
    }
    if is_video(dest)
        && let Some(beside) = place.beside_video(dest)
        && beside == Beside::default()
    {
        let stem = file_part(dest).rsplit_once('.').map_or("", |(stem, _)| stem);
        problems
            .add(Code::C02, span, "this video has neither captions nor a transcript beside it")
            .help(format!("add its captions as `{stem}.vtt`, or its words as `{stem}.txt`"));
    }
}

/// The headings that a link within its document may lead to.
struct Headings {
    /// Their ids, in the order of the text.
    ids: Vec<String>,
    known: HashSet<String>,
    /// How many ids may still be compared with one that is not there.
    compared: usize,
}

impl Headings {
    fn of(markdown: &Markdown<'_>) -> Self {
        let mut ids = Vec::new();
        let mut known = HashSet::new();
        for at in 0..markdown.len() {
            match markdown.event(at) {
                Event::Start(Tag::Heading { level, .. }) => {
                    let id = slug(&markdown.text(at + 1, markdown.end(at)));
                    if known.insert(id.clone()) && *level != HeadingLevel::H1 && !id.is_empty() {
                        ids.push(id);
                    }
                }
                // A heading that lacks its space was told as such.
                Event::Start(Tag::Paragraph) => {
                    let span = markdown.span(at);
                    let line = markdown.source.get(span.start..span.end).unwrap_or("").lines().next().unwrap_or("");
                    known.extend(almost::glued(line.trim_end()).map(|(_, title)| slug(title)));
                }
                // An address that a heading had before still leads to it.
                Event::Code(text) => known.extend(text.trim().strip_prefix("was ").map(|id| id.trim().to_owned())),
                _ => {}
            }
        }
        Self { ids, known, compared: 20_000 }
    }

    /// C10: a link to a heading that there is not.
    fn look_up(&mut self, dest: &str, span: Span, problems: &mut Problems) {
        let id = decoded(dest.trim_start_matches('#'));
        if self.known.contains(&id) {
            return;
        }
        self.compared = self.compared.saturating_sub(self.ids.len());
        let compared = if self.compared > 0 { self.ids.as_slice() } else { &[] };
        let near = nearest(&id, compared.iter().map(String::as_str));
        let help = match near {
            Some(near) => format!("did you mean `#{near}`?"),
            None if self.ids.is_empty() => {
                "there is no heading to lead to: write one, or make it plain text".to_owned()
            }
            None => format!("the headings are {}", listed(self.ids.iter().map(String::as_str))),
        };
        problems.add(Code::C10, span, format!("this link leads nowhere: no heading is `{}`", short(dest))).help(help);
    }
}

/// Ids as they are offered: the first eight, and how many more there are.
pub(crate) fn listed<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 8;
    let more = ids.len().saturating_sub(SHOWN);
    let shown: Vec<String> = ids.take(SHOWN).map(|id| format!("#{}", short(id))).collect();
    let also = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{also}", shown.join(", "))
}

/// A heading inside a quote or list that was made by a line under its text, which nobody does on purpose (C04).
fn nested_heading(source: &str, span: Span, problems: &mut Problems) {
    let written = source.get(span.start..span.end).unwrap_or("");
    if written.starts_with('#') {
        return;
    }
    let sign = if written.ends_with('=') { "===" } else { "---" };
    problems
        .add(Code::C04, span, format!("the `{sign}` under this text makes it a heading"))
        .help(format!("leave an empty line before the `{sign}`, or write the heading with `### `"));
}

/// The name in a piece of HTML such as `</b>`.
fn tag_name(html: &str) -> String {
    let name = html.trim_start_matches(['<', '/']);
    name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>().to_ascii_lowercase()
}

fn raw_html(span: Span, name: &str, problems: &mut Problems) {
    let help = match name {
        "b" | "strong" => "write `**bold**`",
        "i" | "em" => "write `*italic*`",
        "s" | "del" | "strike" => "write `~~struck out~~`",
        "br" => "end the line with a backslash, or leave an empty line",
        "hr" => "write `***` on a line of its own",
        "img" => "write `![what it shows](img/file.svg)`",
        "a" => "write `[words](target)`",
        "table" | "tr" | "td" | "th" => "write a markdown table",
        "ul" | "ol" | "li" => "write a list with `- ` or `1. `",
        "code" | "pre" => "write it between backticks",
        "h1" | "h2" | "h3" | "h4" => "write a heading with `#`",
        "p" | "div" | "span" => "delete the tags and keep the text",
        _ => "delete it; to show a `<`, write `\\<`",
    };
    problems.add(Code::C09, span, "raw HTML is not allowed").help(help);
}

/// An HTML block may hold comments only.
fn html_block(markdown: &Markdown<'_>, block: usize, problems: &mut Problems) {
    let mut comment: Option<usize> = None;
    for at in block + 1..markdown.end(block) {
        let Event::Html(html) = markdown.event(at) else { continue };
        let base = markdown.span(at).start;
        let mut rest: &str = html;
        while !rest.trim().is_empty() {
            let start = base + (html.len() - rest.len());
            if comment.is_some() {
                let Some(close) = rest.find("-->") else { break };
                comment = None;
                rest = rest.get(close + 3..).unwrap_or("");
                continue;
            }
            let blank = rest.len() - rest.trim_start().len();
            rest = rest.trim_start();
            if rest.starts_with("<!--") {
                comment = Some(start + blank);
                rest = rest.get(4..).unwrap_or("");
                // The shortest comments, `<!-->` and `<!--->`, close with the dashes that open them.
                if let Some(after) = rest.strip_prefix('>').or_else(|| rest.strip_prefix("->")) {
                    comment = None;
                    rest = after;
                }
                continue;
            }
            let here = start + blank;
            let span = Span::new(here, here + rest.trim_end().len());
            if rest.starts_with('<') {
                raw_html(span, &tag_name(rest), problems);
            } else {
                problems
                    .add(Code::C09, span, "text on the line of a comment would not be shown")
                    .help("put the text on a line of its own, with an empty line between");
            }
            return;
        }
    }
    if let Some(start) = comment {
        never_closed(start, problems);
    }
}

fn never_closed(start: usize, problems: &mut Problems) {
    problems.add(Code::C09, Span::new(start, start + 4), "this comment is never closed").help("end it with `-->`");
}

fn unclosed_comment(source: &str, span: Span, problems: &mut Problems) {
    // The sign may go beyond the text's own end, but no further is looked: a file of nothing but `<` is read once.
    let within = span.end.saturating_sub(span.start);
    let near = source.as_bytes().get(span.start..(span.end + 3).min(source.len())).unwrap_or_default();
    let Some(at) = near.windows(4).position(|bytes| bytes == b"<!--").filter(|at| *at < within) else { return };
    let start = span.start + at;
    if !source.get(..start).unwrap_or("").ends_with('\\') {
        never_closed(start, problems);
    }
}

/// A quote that looks like an alert and is none (C08).
fn alert_marker(source: &str, span: Span, problems: &mut Problems) {
    let quote = source.get(span.start..span.end).unwrap_or("");
    let line = quote.lines().next().unwrap_or("");
    let Some(inner) = line.strip_prefix('>') else { return };
    if inner.starts_with("     ") || inner.starts_with('\t') {
        // Code in a quote.
        return;
    }
    let Some((written, rest)) = inner.trim_start().strip_prefix("[!").and_then(|marker| marker.split_once(']')) else {
        return;
    };
    let word = written.trim();
    if word.is_empty() || !word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ')) {
        return;
    }
    let whole = Span::new(span.start, span.start + line.trim_end().len());
    let upper = word.to_ascii_uppercase();
    if !ALERTS.contains(&upper.as_str()) || word != written {
        let help = nearest(&upper, ALERTS).map_or_else(
            || "the alerts are `[!NOTE]`, `[!TIP]`, `[!IMPORTANT]`, `[!WARNING]` and `[!CAUTION]`".to_owned(),
            |name| format!("did you mean `[!{name}]`?"),
        );
        problems.add(Code::C08, whole, format!("`[!{written}]` is not an alert")).help(help);
        return;
    }
    let text = rest.trim_start();
    if text.trim_end().is_empty() {
        return;
    }
    let text_at = span.start + line.len() - text.len();
    let before = source.get(..span.start).unwrap_or("");
    let indent: String =
        before.rsplit('\n').next().unwrap_or("").chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
    problems
        .add(Code::C08, whole, "text on the line of an alert marker keeps previews from showing the alert")
        .mark(Span::new(text_at, whole.end))
        .help(format!("put the text on the next line, after `> `, below `> [!{upper}]`"))
        .fix(text_at - (rest.len() - text.len()), text_at, format!("\n{indent}> "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::{Entry, Folder};

    /// What the shared checks alone find in a document.
    fn found(source: &str, around: &Surroundings) -> Vec<(Code, usize)> {
        let mut problems = Problems::default();
        let front = Front::read(source, None, &mut problems);
        let markdown = Markdown::read(source, front.body, &mut problems).unwrap();
        check(&markdown, "t.md", &front, around, &mut problems);
        problems.finish("t.md", source).iter().map(|problem| (problem.code, problem.line)).collect()
    }

    fn around(files: &[&str]) -> Surroundings {
        let files = files.iter().map(|path| ((*path).to_owned(), Entry::File));
        Surroundings {
            today: Some(jiff::civil::date(2026, 12, 1)),
            folder: Some(files.collect::<Folder>()),
            competencies: Some(["empathy", "ownership", "privacy"].map(str::to_owned).to_vec()),
            kind: None,
        }
    }

    #[test]
    fn the_examples_of_the_design_page_are_clean() {
        let around =
            around(&["img/desk.svg", "img/kovacs.svg", "delayed-appointment.md", "difficult-conversations.md"]);
        for source in [
            include_str!("../tests/checks/first-contact.md"),
            include_str!("../tests/checks/delayed-appointment.md"),
            include_str!("../tests/checks/difficult-conversations.md"),
        ] {
            assert_eq!(found(source, &around), []);
        }
    }

    #[test]
    fn portraits_are_looked_up_as_images_are() {
        let source = "---\nkind: scenario\ntitle: T\npass: { score: 70 }\ncharacters:\n  Mrs Kovács: { image: img/kovaks.svg, alt: A }\n  \
                      Mr Obi: { image: https://example.org/obi.svg, alt: A }\n  Dr Ito: { image: img/kovacs.svg, alt: A }\n  \
                      Ms Lee: { image: img, alt: A }\n---\n# T\n";
        let wanted = [(Code::C10, 6), (Code::C09, 7), (Code::C10, 9)];
        assert_eq!(found(source, &around(&["img/kovacs.svg"])), wanted);
    }

    #[test]
    fn what_is_not_given_is_not_judged() {
        let source = "---\nkind: module\ntitle: T\ncompetencies: [any]\nreview-by: 2000-01-01\n---\n# T\n\n![a](b.mp4) [c](d.md)\n";
        assert_eq!(found(source, &Surroundings::default()), []);
        assert_eq!(found(source, &around(&[])), [(Code::C06, 4), (Code::C07, 5), (Code::C10, 9), (Code::C10, 9)]);
    }

    #[test]
    fn the_day_of_the_review_itself_is_fine() {
        let on = |day: &str| format!("---\nkind: module\ntitle: T\nreview-by: {day}\n---\n# T\n");
        assert_eq!(found(&on("2026-12-01"), &around(&[])), []);
        assert_eq!(found(&on("2026-11-30"), &around(&[])), [(Code::C07, 4)]);
    }
}
