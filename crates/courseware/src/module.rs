//! A module: pages to read, questions to check oneself, cards, reflections and embedded activities.

use jiff::civil::Date;
use pulldown_cmark::{Event, Tag};
use serde::{Deserialize, Serialize};

use crate::chip::Chip;
use crate::front::{Front, ModuleFront};
use crate::html::{self, Style};
use crate::markdown::Markdown;
use crate::outline::{Outline, Section};
use crate::problem::{Code, Problems, Span};
use crate::question::Question;
use crate::setting;
use crate::slug::file_slug;
use crate::surroundings::Surroundings;
use crate::target::{Place, Target, decoded, is_video};
use crate::{GRAMMAR, ask, list, lost, shared};

/// A module as it was read; also the frozen form that a version keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// The grammar it was read with.
    pub grammar: u32,
    /// Its name in addresses: the stem of its file's name.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How long it takes.
    pub minutes: Option<u32>,
    /// The competencies it teaches.
    pub competencies: Vec<String>,
    /// What completion takes; reading alone where the file says nothing.
    pub complete: Vec<Requirement>,
    /// Modules that should come first.
    pub after: Vec<String>,
    /// How long a completion should count.
    pub valid_for: Option<ValidFor>,
    /// Questions between cycles.
    pub recall: Option<Recall>,
    /// The day by which the text should be looked over.
    pub review_by: Option<Date>,
    /// What stands before the first page, as safe HTML.
    pub intro_html: String,
    /// The pages.
    pub pages: Vec<Page>,
    /// The relative targets of its images, in order, each once. A video that is shown like an image is among them, with
    /// the captions and the transcript beside it.
    pub images: Vec<String>,
}

impl Module {
    /// The activities of all pages, in order.
    pub fn activities(&self) -> impl Iterator<Item = &Activity> {
        self.pages.iter().flat_map(|page| &page.activities)
    }
}

/// One thing that completion takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Requirement {
    /// Every page marked read.
    Read,
    /// The quiz passed.
    Quiz,
    /// The role-play passed.
    Scenario,
}

impl Requirement {
    /// The word in the front matter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Quiz => "quiz",
            Self::Scenario => "scenario",
        }
    }
}

/// How long a completion should count, as the author suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValidFor {
    /// So many days.
    Days(u32),
    /// So many calendar months.
    Months(u32),
}

/// When to ask a few questions again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recall {
    /// Days after completion, ascending.
    pub days: Vec<u32>,
    /// How many questions each time.
    pub questions: u32,
    /// After the last of these days, again every so many.
    #[serde(default)]
    pub every: Option<u32>,
}

/// One page: an H2 and what follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The slug of its heading.
    pub id: String,
    /// Its heading as plain text.
    pub title: String,
    /// Earlier ids, from the chip `was`.
    pub was: Vec<String>,
    /// Its text as safe HTML, without the heading. Of a check: what follows the answers and is no feedback.
    pub html: String,
    /// Scenarios and quizzes that the page embeds.
    pub activities: Vec<Activity>,
    /// What the learner does with it.
    pub kind: PageKind,
}

/// What a learner does with a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageKind {
    /// Read it.
    Reading,
    /// Answer an ungraded question.
    Check(Box<Question>),
    /// Turn cards; the table is in the page's HTML.
    Cards,
    /// Write something private.
    Reflect {
        /// The least number of words, if the author asks for one.
        words: Option<u32>,
    },
}

/// A scenario or quiz embedded in a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// The slug of the embedded document.
    pub slug: String,
    /// The target as written, relative to the module's file.
    pub target: String,
    /// The words of the link.
    pub title: String,
}

/// The most pages that are read.
const MAX_PAGES: usize = 2_000;

/// Reads the pages below front matter that was read already.
pub(crate) fn read(
    path: &str,
    source: &str,
    front: &Front,
    part: &ModuleFront,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Module> {
    let mut markdown = Markdown::read(source, front.body, problems)?;
    let place = Place::new(path, around);
    shared::check(&markdown, path, front, around, problems);
    let images = images(&markdown, place);
    let outline = Outline::read(&markdown, front, problems);
    if let Some(page) = outline.pages.get(MAX_PAGES) {
        problems
            .add(
                Code::C11,
                markdown.span(page.heading),
                format!("this is page {}, and {MAX_PAGES} are read", MAX_PAGES + 1),
            )
            .help("split the module");
        return None;
    }
    let style = Style { place, label: "Table", cards: false, anchors: true };
    let intro: Vec<String> =
        outline.intro.iter().map(|at| html::render(&markdown, *at, markdown.end(*at) + 1, &style)).collect();
    let pages = outline.pages.into_iter().map(|section| page(&mut markdown, section, front, place, problems)).collect();
    let slug = file_slug(path);
    Some(Module {
        grammar: GRAMMAR,
        title: front.title.clone().or(outline.title).unwrap_or_else(|| slug.clone()),
        slug,
        minutes: front.minutes,
        competencies: front.competencies.clone(),
        complete: if part.complete.is_empty() { vec![Requirement::Read] } else { part.complete.clone() },
        after: part.after.clone(),
        valid_for: part.valid_for,
        recall: part.recall.clone(),
        review_by: front.review_by,
        intro_html: join(&intro),
        pages,
        images,
    })
}

/// The relative targets of all images, each once; for a video, also those of the words beside it.
pub(crate) fn images(markdown: &Markdown<'_>, place: Place<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut add = |target: String| {
        if seen.insert(target.clone()) {
            found.push(target);
        }
    };
    for at in 0..markdown.len() {
        let Some(Tag::Image { dest_url, .. }) = markdown.tag(at) else { continue };
        if place.target(dest_url) != Target::Inside {
            continue;
        }
        add(dest_url.to_string());
        if is_video(dest_url) {
            let beside = place.beside_video(dest_url).unwrap_or_default();
            beside.captions.into_iter().chain(beside.transcript).for_each(&mut add);
        }
    }
    found
}

pub(crate) fn join(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

fn page(
    markdown: &mut Markdown<'_>,
    section: Section,
    front: &Front,
    place: Place<'_>,
    problems: &mut Problems,
) -> Page {
    let mut blocks = section.blocks.clone();
    let before = problems.len();
    lost::below_heading(markdown, &blocks, is_page_chip, problems);
    let chips = ask::take_chips(markdown, &mut blocks);
    ask::far_chips(markdown, &blocks, front, problems);
    let settings = Settings::read(chips, front, problems);
    let style = Style { place, label: &section.title, cards: matches!(settings.kind, Wanted::Cards(_)), anchors: true };
    let mut kind = PageKind::Reading;
    match &settings.kind {
        Wanted::Reading => {}
        Wanted::Reflect(words) => kind = PageKind::Reflect { words: *words },
        Wanted::Cards(chip) => {
            let columns = |at: &usize| match markdown.tag(*at) {
                Some(Tag::Table(alignments)) => Some(alignments.len()),
                _ => None,
            };
            let until = blocks.last().map_or(0, |last| markdown.span(*last).end);
            let place = Span::new(chip.span.start, until);
            if blocks.iter().filter_map(columns).eq([2]) {
                kind = PageKind::Cards;
            } else if !problems.has_within(place, |code| matches!(code, Code::C14 | Code::C15)) {
                chip.wrong(
                    "needs one table of two columns on its page",
                    "write the two sides of each card in a row",
                    problems,
                );
            }
        }
        Wanted::Check => {
            let (question, rest) = ask::read(markdown, &section, &blocks, &settings.question, &style, problems);
            blocks = rest;
            kind = PageKind::Check(Box::new(question));
        }
    }
    // A chip that could not be read may be the one that is missing.
    if !matches!(kind, PageKind::Check(_)) && !problems.has_since(before, Code::C06) {
        unasked(markdown, &blocks, problems);
    }
    let mut activities = Vec::new();
    let mut parts = Vec::new();
    for at in blocks {
        match embedded(markdown, at, place) {
            Some(activity) => activities.push(activity),
            None => parts.push(html::render(markdown, at, markdown.end(at) + 1, &style)),
        }
    }
    Page { id: section.id, title: section.title, was: settings.question.was, html: join(&parts), activities, kind }
}

/// Whether a text is a chip that stands below the heading of a page.
fn is_page_chip(text: &str) -> bool {
    match text.split_once(' ') {
        Some(("reflect", count)) => setting::words(count).is_ok(),
        Some(_) => false,
        None => matches!(text, "check" | "cards" | "reflect"),
    }
}

/// Q13: answers on a page without the chip `check`. A list of empty boxes is one to print and tick, unless something is said of its
/// lines as it is of answers.
fn unasked(markdown: &Markdown<'_>, blocks: &[usize], problems: &mut Problems) {
    const HELP: &str = "write `check`, backticks included, on a line of its own right below the heading";
    for at in blocks.iter().copied().filter(|at| list::is_task_list(markdown, *at)) {
        let items = markdown.inside(at);
        let is_ticked = |item: &usize| {
            list::task_marker(markdown, *item)
                .is_some_and(|marker| matches!(markdown.event(marker), Event::TaskListMarker(true)))
        };
        if items.iter().any(|item| is_ticked(item) || list::has_quote(markdown, *item)) {
            let first = items.first().map_or(markdown.span(at), |item| list::after_marker(markdown, *item));
            problems
                .add(Code::Q13, first, "these answers stand on a page that asks nothing, so nobody can tick them")
                .help(format!("{HELP}; boxes to tick on paper are all empty: `- [ ] `"));
            return;
        }
    }
    let is_key =
        |text: &str| text.starts_with("= ") && (text.contains(" / ") || text.contains('±') || text.contains(".."));
    let codes = blocks.iter().flat_map(|at| *at..markdown.end(*at));
    for at in codes {
        if matches!(markdown.event(at), Event::Code(text) if is_key(text)) {
            problems
                .add(
                    Code::Q13,
                    markdown.span(at),
                    "this blank stands on a page that asks nothing, so its answer is simply shown",
                )
                .help(HELP);
            return;
        }
    }
}

/// The activity of a paragraph that holds only a link to a `.md` file.
fn embedded(markdown: &Markdown<'_>, at: usize, place: Place<'_>) -> Option<Activity> {
    let Some(Tag::Paragraph) = markdown.tag(at) else { return None };
    let inside = markdown.inside(at);
    let [link] = inside.as_slice() else { return None };
    let Some(Tag::Link { dest_url, .. }) = markdown.tag(*link) else { return None };
    let path = decoded(dest_url);
    if !path.ends_with(".md") || place.target(dest_url) != Target::Inside {
        return None;
    }
    let title = markdown.text(link + 1, markdown.end(*link));
    Some(Activity { slug: file_slug(&path), target: dest_url.to_string(), title })
}

/// What a page's chips ask for.
struct Settings {
    kind: Wanted,
    /// What is said about the question of a check; of every page, its earlier ids.
    question: setting::Settings,
}

enum Wanted {
    Reading,
    Check,
    Cards(Chip),
    Reflect(Option<u32>),
}

impl Settings {
    fn read(chips: Vec<Chip>, front: &Front, problems: &mut Problems) -> Self {
        let is_check = chips.iter().any(|chip| chip.text.trim() == "check");
        let mut settings = Self { kind: Wanted::Reading, question: setting::Settings::default() };
        let mut others = Vec::new();
        for chip in chips {
            let (word, rest) = chip.words();
            let wanted = match (word, rest) {
                ("check", "") => Wanted::Check,
                ("cards", "") => Wanted::Cards(chip.clone()),
                ("reflect", rest) => match setting::words(rest) {
                    Ok(words) => Wanted::Reflect(words),
                    Err(()) => {
                        chip.wrong("cannot be read", "write `reflect` or `reflect 40 words`", problems);
                        Wanted::Reflect(None)
                    }
                },
                _ if is_check => {
                    others.push(chip);
                    continue;
                }
                ("was", old) => {
                    settings.question.was.extend(setting::was(&chip, old, problems));
                    continue;
                }
                _ => {
                    let known = ["check", "cards", "reflect", "reflect 40 words", "was old-slug"];
                    chip.unknown("under a heading of a module", &known, problems);
                    continue;
                }
            };
            if matches!(settings.kind, Wanted::Reading) {
                settings.kind = wanted;
            } else {
                chip.wrong("is one too many", "a page is one of `check`, `cards` and `reflect`", problems);
            }
        }
        if is_check {
            settings.question = setting::Settings::read(others, front, setting::AskedIn::Check, problems);
        }
        settings
    }
}
