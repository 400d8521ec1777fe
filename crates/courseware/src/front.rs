//! The YAML front matter: split off before markdown sees it, read with limits, every key with its place.

mod module;
mod quiz;
mod scenario;
pub(crate) mod tree;
mod values;

use jiff::civil::Date;

pub(crate) use module::ModuleFront;
pub(crate) use quiz::QuizFront;
pub(crate) use scenario::ScenarioFront;

use crate::document::Kind;
use crate::problem::{Code, Problems, Span};
use crate::slug::{nearest, slug};
use crate::surroundings::Surroundings;
use tree::{Node, Value};
use values::{bad, empty, missing, text, unknown};

/// The keys of every kind of document.
const SHARED_KEYS: [&str; 5] = ["kind", "title", "minutes", "competencies", "review-by"];

/// The keys of a kind's front matter.
#[must_use]
pub fn keys(kind: Kind) -> Vec<&'static str> {
    let own: &[&str] = match kind {
        Kind::Module => &module::KEYS,
        Kind::Scenario => &scenario::KEYS,
        Kind::Quiz => &quiz::KEYS,
        Kind::JobAid => &[],
    };
    SHARED_KEYS.iter().chain(own).copied().collect()
}

/// What the front matter says, as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Front {
    /// Where the markdown starts.
    pub(crate) body: usize,
    /// Whether the competencies cannot be read as they were meant, so that no chip is to blame for naming one.
    pub(crate) competencies_unsure: bool,
    /// Competencies that a chip may name beside those that are listed, since one of these was meant.
    pub(crate) meant: Vec<String>,
    /// Whether there is none, so that what was meant as such is taken for text.
    pub(crate) is_missing: bool,
    /// Whether the front matter never ends, so that there is no markdown to judge.
    pub(crate) is_open: bool,
    pub(crate) title: Option<String>,
    /// The key that names it.
    pub(crate) title_key: Span,
    /// The title as written.
    pub(crate) title_at: Span,
    pub(crate) minutes: Option<u32>,
    pub(crate) competencies: Vec<String>,
    /// The key that names the competencies.
    pub(crate) competencies_key: Span,
    /// Each of them as written.
    pub(crate) competencies_at: Vec<Span>,
    pub(crate) review_by: Option<Date>,
    /// The key that says when to look again.
    pub(crate) review_by_key: Span,
    /// The day as written.
    pub(crate) review_by_at: Span,
    pub(crate) part: KindFront,
}

/// What only one kind of document says.
#[derive(Debug, Default)]
pub(crate) enum KindFront {
    /// It does not say what it is.
    #[default]
    Unknown,
    Module(ModuleFront),
    Scenario(ScenarioFront),
    Quiz(QuizFront),
    JobAid,
}

/// The keys that only one kind has.
trait Part {
    /// Takes a key; false if this kind has none of that name.
    fn key(&mut self, name: &str, key: &Node, value: &Node, problems: &mut Problems) -> bool;
}

impl Front {
    /// Reads the front matter of a file and reports what is wrong with it (C05).
    ///
    /// `begun` is the kind that the text was begun as: front matter that does not say what it is, is told what it has to hold, and
    /// the text is judged as one of that kind.
    pub(crate) fn read(source: &str, begun: Option<Kind>, problems: &mut Problems) -> Self {
        let bom = source.len() - source.strip_prefix('\u{feff}').unwrap_or(source).len();
        let mut front = Self { body: bom, ..Self::default() };
        let Some(block) = Block::find(source) else {
            let line = source.get(bom..).unwrap_or("").lines().next().unwrap_or("").trim_end();
            // Line ends that are none were told as such.
            if problems.has(|code, span| code == Code::C12 && span.start < bom + line.len()) {
                return front;
            }
            let is_below =
                source.get(bom..).is_some_and(|text| text.trim_start().starts_with("---\n") && line.trim().len() <= 3);
            let help = if is_below {
                "take away what stands before the first `---`, empty lines and spaces too".to_owned()
            } else if is_rule(line) {
                "write `---` here, three hyphens and nothing else: a dash or another number of them is none".to_owned()
            } else {
                format!("start with a line `---`, then {}, then another line `---`", held(begun))
            };
            front.is_missing = true;
            problems
                .add(Code::C05, Span::new(bom, bom + line.len()), "the text does not start with front matter")
                .help(help);
            front.be_unsure(begun);
            return front;
        };
        let opening = Span::new(bom, bom + 3);
        let Some(end) = block.end else {
            let below = source.get(block.start..).unwrap_or("");
            let almost = below.lines().position(|line| is_rule(line.trim_end()));
            let help = match almost {
                Some(line) => format!("write `---` on line {}, three hyphens and nothing else", line + 2),
                None => "put a line `---` after its last key".to_owned(),
            };
            problems.add(Code::C05, opening, "the front matter is never closed").help(help);
            front.body = source.len();
            front.is_open = true;
            return front;
        };
        front.body = block.body;
        let found = tree::tree(source, block.start, end, &held(begun), problems);
        let Some(Node { value: Value::Map(entries), .. }) = found else {
            if let Some(node) = found {
                problems
                    .add(Code::C05, node.span, "the front matter is not a list of keys")
                    .help(format!("write {}, each on a line of its own, with a colon and a space", held(begun)));
            }
            front.be_unsure(guessed(source.get(block.start..end).unwrap_or("")).or(begun));
            return front;
        };
        front.fill(&entries, opening, begun, problems);
        front
    }

    /// The text below is judged all the same, as far as it does not hang on what cannot be read.
    fn be_unsure(&mut self, kind: Option<Kind>) {
        self.part = KindFront::of(kind);
        self.competencies_unsure = true;
        self.part.be_unsure("meters");
        self.part.be_unsure("characters");
        self.part.be_unsure("pass");
    }

    fn fill(&mut self, entries: &[(Node, Node)], opening: Span, begun: Option<Kind>, problems: &mut Problems) {
        let find = |name: &str| entries.iter().find(|(key, _)| key.text() == Some(name));
        let mut kind = None;
        // A misspelt key is told as such, and not as one that is missing.
        let meant = |wanted: &str| {
            let known = SHARED_KEYS.iter().chain(&module::KEYS).chain(&scenario::KEYS).chain(&quiz::KEYS);
            let strange = |name: &str| !known.clone().any(|known| *known == name);
            entries.iter().find(|(key, _)| {
                key.text().is_some_and(|name| strange(name) && nearest(name, known.clone().copied()) == Some(wanted))
            })
        };
        let kind_line = match begun {
            Some(begun) => format!("`kind: {}`", begun.as_str()),
            None => "`kind: module`, or in its place scenario, quiz or job-aid".to_owned(),
        };
        match find("kind") {
            Some((key, value)) if value.is_null() => empty("kind", &kind_line, key.span, problems),
            Some((key, value)) => {
                let word = value.text().unwrap_or("");
                kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == word);
                if kind.is_none() {
                    let near = nearest(word, Kind::ALL.map(Kind::as_str));
                    let help = near.map_or("it can be module, scenario, quiz or job-aid".to_owned(), |name| {
                        format!("did you mean `{name}`?")
                    });
                    bad(key, value, "is not a kind of document", &help, problems);
                    kind = Kind::ALL.into_iter().find(|kind| Some(kind.as_str()) == near);
                }
            }
            None => match meant("kind") {
                Some((key, value)) => {
                    kind = Kind::ALL.into_iter().find(|kind| Some(kind.as_str()) == value.text());
                    if kind.is_none() {
                        unknown(key.text().unwrap_or(""), key, &SHARED_KEYS, problems);
                    }
                }
                None => missing("kind", &kind_line, opening, problems),
            },
        }
        let kind = kind.or(begun);
        match find("title") {
            Some((key, value)) if value.is_null() => empty("title", "`title: …`", key.span, problems),
            Some((key, value)) => {
                self.title_key = key.span;
                self.title_at = value.span;
                self.title = text(key, value, "is not a title; write it in quotes: `title: \"…\"`", problems);
            }
            None if meant("title").is_some() => {}
            None => missing("title", "`title: …`", opening, problems),
        }
        let Some(kind) = kind else { return };
        self.part = KindFront::of(Some(kind));
        let known = keys(kind);
        for (key, value) in entries {
            let name = key.text().unwrap_or("");
            let before = problems.len();
            if !self.shared_key(name, key, value, problems) && !self.part.key(name, key, value, problems) {
                unknown(name, key, &known, problems);
                let near = nearest(name, known.iter().copied()).unwrap_or("");
                self.competencies_unsure |= near == "competencies";
                self.part.be_unsure(near);
            }
            self.competencies_unsure |= name == "competencies" && problems.len() > before;
        }
        let example = match kind {
            Kind::Module | Kind::JobAid => return,
            Kind::Scenario | Kind::Quiz => format!("`{}`", passes(kind)),
        };
        if find("pass").is_none() && meant("pass").is_none() {
            missing("pass", &example, opening, problems);
        }
    }

    fn shared_key(&mut self, name: &str, key: &Node, value: &Node, problems: &mut Problems) -> bool {
        match name {
            "kind" | "title" => {}
            "minutes" => self.minutes = values::number(key, value, 1, 100, problems),
            "competencies" => {
                (self.competencies, self.competencies_at) = values::names_at(key, value, problems).into_iter().unzip();
                self.competencies_key = key.span;
            }
            "review-by" => {
                self.review_by = values::date(key, value, problems);
                self.review_by_key = key.span;
                self.review_by_at = value.span;
            }
            _ => return false,
        }
        true
    }
}

/// The line that says what passes.
fn passes(kind: Kind) -> &'static str {
    match kind {
        Kind::Module | Kind::JobAid => "",
        Kind::Scenario => "pass: { score: 70, ending: good, critical: 0 }",
        Kind::Quiz => "pass: 80",
    }
}

/// What front matter has to hold, in words.
fn held(kind: Option<Kind>) -> String {
    match kind {
        None => {
            "`kind: …` (module, scenario, quiz or job-aid), `title: …`, and for a scenario or quiz `pass: …`".to_owned()
        }
        Some(kind @ (Kind::Module | Kind::JobAid)) => format!("`kind: {}` and `title: …`", kind.as_str()),
        Some(kind) => format!("`kind: {}`, `title: …` and `{}`", kind.as_str(), passes(kind)),
    }
}

/// Whether a line was meant as the `---` around front matter and is something else: dashes of a word processor, two hyphens or four.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line != "---"
        && !line.is_empty()
        && line.chars().all(|c| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}'))
}

/// The kind that front matter names which cannot be read as a whole.
fn guessed(yaml: &str) -> Option<Kind> {
    let word = yaml.lines().find_map(|line| line.strip_prefix("kind:"))?.trim();
    Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
}

impl Front {
    /// Whether a competency is listed, or was meant by one that is.
    pub(crate) fn lists(&self, competency: &str) -> bool {
        self.competencies.iter().chain(&self.meant).any(|known| known == competency)
    }

    /// Whether a chip may name a competency: it is listed, or nobody can say what is.
    pub(crate) fn knows(&self, competency: &str) -> bool {
        let could_be = self.competencies_unsure && !competency.is_empty() && slug(competency) == competency;
        self.lists(competency) || could_be
    }

    /// Takes in what competencies there are: where one is misspelt in the front matter, those that chips name are right.
    pub(crate) fn look_around(&mut self, around: &Surroundings) {
        let Some(known) = &around.competencies else { return };
        if self.competencies.iter().any(|name| !known.contains(name)) {
            self.meant.clone_from(known);
        }
    }
}

impl KindFront {
    fn of(kind: Option<Kind>) -> Self {
        match kind {
            None => Self::Unknown,
            Some(Kind::Module) => Self::Module(ModuleFront::default()),
            Some(Kind::Scenario) => Self::Scenario(ScenarioFront::default()),
            Some(Kind::Quiz) => Self::Quiz(QuizFront::default()),
            Some(Kind::JobAid) => Self::JobAid,
        }
    }

    /// Notes that a key cannot be read as it was meant.
    fn be_unsure(&mut self, key: &str) {
        if let Self::Scenario(part) = self {
            part.is_unsure |= matches!(key, "meters" | "pass");
            part.meters_unsure |= key == "meters";
            part.characters_unsure |= key == "characters";
        }
    }
}

impl Part for KindFront {
    fn key(&mut self, name: &str, key: &Node, value: &Node, problems: &mut Problems) -> bool {
        match self {
            Self::Unknown => true,
            Self::Module(part) => part.key(name, key, value, problems),
            Self::Scenario(part) => part.key(name, key, value, problems),
            Self::Quiz(part) => part.key(name, key, value, problems),
            Self::JobAid => false,
        }
    }
}

/// Where the front matter of a file lies.
pub(crate) struct Block {
    /// After the opening line.
    pub(crate) start: usize,
    /// Before the closing line; none if there is no such line.
    pub(crate) end: Option<usize>,
    /// After the closing line.
    pub(crate) body: usize,
}

impl Block {
    /// Finds it; none if the file does not start with a line `---`.
    pub(crate) fn find(source: &str) -> Option<Self> {
        let bom = source.len() - source.strip_prefix('\u{feff}').unwrap_or(source).len();
        let mut lines = source.get(bom..)?.split_inclusive('\n');
        let first = lines.next().filter(|line| line.trim_end() == "---")?;
        let start = bom + first.len();
        let mut at = start;
        let close = lines.find_map(|line| {
            let here = at;
            at += line.len();
            (line.trim_end() == "---").then_some((here, at))
        });
        Some(Self { start, end: close.map(|(end, _)| end), body: close.map_or(source.len(), |(_, body)| body) })
    }
}
