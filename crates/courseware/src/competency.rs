//! The competencies that documents name, from the file `competencies.yaml` beside the content.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_saphyr::options::MergeKeyPolicy;
use serde_saphyr::{MessageFormatter, UserMessageFormatter};

use crate::slug::slug;
use crate::source::MAX_BYTES;

/// A skill that modules teach and choices and questions test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Competency {
    /// What files write; it never changes.
    pub id: String,
    /// A short code for tables and charts, such as `C7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What people read.
    pub name: String,
    /// What somebody does at each of the three levels. Each adds to the one before.
    pub levels: [String; 3],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    competencies: Vec<Written>,
}

/// A competency as it is written, with as many levels as there are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    #[serde(default)]
    code: Option<String>,
    name: String,
    levels: Vec<String>,
}

/// Why a `competencies.yaml` or a `paths.yaml` cannot be used, in words for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompetenciesError {
    /// The line it is about, from 1, where there is one.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for CompetenciesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for CompetenciesError {}

pub(crate) fn wrong(message: impl Into<String>) -> CompetenciesError {
    CompetenciesError { line: None, message: message.into() }
}

/// Reads YAML under limits.
pub(crate) fn read<T: DeserializeOwned>(source: &str) -> Result<T, CompetenciesError> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 8,
            flow_nesting_limit: 8,
            max_nodes: 5_000,
            max_events: 20_000,
            max_anchors: 0,
            max_aliases: 0,
            max_documents: 1,
        },
        merge_keys: MergeKeyPolicy::Error,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(source, options).map_err(|error| CompetenciesError {
        line: error.location().and_then(|location| usize::try_from(location.line()).ok()).filter(|line| *line > 0),
        message: UserMessageFormatter.format_message(error.without_snippet()).into_owned(),
    })
}

/// The names of competencies in whatever way a file lists them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Listing {
    Under { competencies: Names },
    Alone(Names),
}

/// A list of ids or of entries with an id, or entries by their id.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    List(Vec<Name>),
    ById(BTreeMap<String, IgnoredAny>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Name {
    Id(String),
    Entry { id: String },
}

/// The ids that a `competencies.yaml` names. Whether the rest of it is as it should be is left to [`competencies`]: a document
/// is not to blame for that.
///
/// # Errors
///
/// YAML that cannot be read, is over a limit or lists nothing.
///
/// ```
/// let ids = courseware::competency_ids("competencies:\n  - id: calm\n    name: Calm\n  - id: welcome\n").unwrap();
/// assert_eq!(ids, ["calm", "welcome"]);
/// ```
pub fn competency_ids(source: &str) -> Result<Vec<String>, CompetenciesError> {
    if source.len() > MAX_BYTES {
        return Err(wrong(format!("the file has more than {} KiB", MAX_BYTES / 1024)));
    }
    let names = match read(source)? {
        Listing::Under { competencies } => competencies,
        Listing::Alone(names) => names,
    };
    let id = |name| match name {
        Name::Id(id) | Name::Entry { id } => id,
    };
    Ok(match names {
        Names::List(names) => names.into_iter().map(id).collect(),
        Names::ById(names) => names.into_keys().collect(),
    })
}

/// Reads the text of a `competencies.yaml`: a list under the key `competencies`, each with `id`, `name`, three `levels` and,
/// if wanted, a `code`.
///
/// # Errors
///
/// The first thing that is wrong: YAML that cannot be read or is over a limit, a key that is missing or not known, an id
/// that is none or is there twice, a text that says nothing.
///
/// ```
/// let read = courseware::competencies("competencies:\n  - id: calm\n    name: Calm\n    levels: [One, Two, Three]\n");
/// assert_eq!(read.unwrap()[0].id, "calm");
/// ```
pub fn competencies(source: &str) -> Result<Vec<Competency>, CompetenciesError> {
    if source.len() > MAX_BYTES {
        return Err(wrong(format!("the file has more than {} KiB", MAX_BYTES / 1024)));
    }
    let file: File = read(source)?;
    if file.competencies.is_empty() {
        return Err(wrong("no competency is named"));
    }
    let mut seen = HashSet::new();
    let read = file.competencies.into_iter().map(|written| {
        let id = written.id.as_str();
        if id.is_empty() || slug(id) != id {
            return Err(wrong(format!("`{id}` is not an id: use small letters, digits and `-`")));
        }
        if !seen.insert(written.id.clone()) {
            return Err(wrong(format!("the id `{id}` is there twice")));
        }
        if written.name.trim().is_empty() {
            return Err(wrong(format!("`{id}` has no name")));
        }
        let count = written.levels.len();
        let levels = <[String; 3]>::try_from(written.levels)
            .map_err(|_| wrong(format!("`{id}` has {count} levels, and needs three")))?;
        if levels.iter().any(|level| level.trim().is_empty()) {
            return Err(wrong(format!("a level of `{id}` says nothing")));
        }
        Ok(Competency { id: written.id, code: written.code, name: written.name, levels })
    });
    read.collect()
}

/// Competencies as the text of a `competencies.yaml`. Comments are not part of them.
///
/// # Errors
///
/// What [`competencies`] would refuse.
///
/// ```
/// let text = "competencies:\n  - { id: calm, name: \"Calm: always\", levels: [One, Two, Three] }\n";
/// let read = courseware::competencies(text).unwrap();
/// assert_eq!(courseware::competencies(&courseware::competencies_text(&read).unwrap()).unwrap(), read);
/// ```
pub fn competencies_text(known: &[Competency]) -> Result<String, CompetenciesError> {
    let file = BTreeMap::from([("competencies", known)]);
    let text = serde_saphyr::to_string(&file).map_err(|cause| wrong(cause.to_string()))?;
    // What is written is read again before anybody keeps it.
    competencies(&text).map(|_| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_the_starter_curriculum_is_read() {
        let read = competencies(include_str!("../../../content/competencies.yaml")).unwrap();
        assert_eq!(read.len(), 10);
        assert_eq!(
            (read[6].id.as_str(), read[6].code.as_deref(), read[6].name.as_str()),
            ("privacy", Some("C7"), "Privacy")
        );
        assert!(read[6].levels[2].starts_with("Runs a breach drill"));
    }

    #[test]
    fn what_cannot_be_used_is_said_with_its_line() {
        let one = "competencies:\n  - id: calm\n    name: Calm\n    levels: [One, Two, Three]\n";
        assert_eq!(competencies(one).unwrap()[0].code, None);
        let say = |source: &str| competencies(source).unwrap_err().to_string();
        let table = [
            (one.replace("Three]", "Three"), "line 4:"),
            (one.replace(", Three", ""), "`calm` has 2 levels, and needs three"),
            (one.replace("    name: Calm\n", ""), "line 3: missing"),
            (one.replace("name:", "nmae:"), "line 3:"),
            (one.replace("id: calm", "id: Calm down"), "`Calm down` is not an id"),
            (one.replace("name: Calm", "name: \" \""), "`calm` has no name"),
            (one.replace("Two", "\"\""), "a level of `calm` says nothing"),
            (format!("{one}{}", one.replace("competencies:\n", "")), "the id `calm` is there twice"),
            ("competencies: []\n".to_owned(), "no competency is named"),
            (one.replace("name: Calm", "name: &a Calm"), "line 3:"),
            (one.replace("name: Calm", "name: *a"), "line 3:"),
            (format!("---\n{one}---\n{one}"), "line "),
            (format!("{one}competencies: []\n"), "line 5:"),
            (format!("competencies: {}", "[".repeat(100_000)), "line 1:"),
            ("a".repeat(300 * 1024), "the file has more than 256 KiB"),
            (String::new(), ""),
        ];
        for (source, wanted) in table {
            let said = say(&source);
            assert!(said.starts_with(wanted) && said.lines().count() == 1, "{wanted}: {said}");
        }
    }
}
