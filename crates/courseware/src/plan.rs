//! Who learns what by when: the paths that a curriculum suggests, from the file `paths.yaml` beside the content. They are a beginning
//! that an administrator takes and changes; what is asked of people is decided in the program.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::competency::{CompetenciesError, read, wrong};
use crate::source::MAX_BYTES;

/// The longest that something may count, in months.
const MOST_MONTHS: u32 = 1200;
/// The most days until something is due.
const MOST_DAYS: i32 = 36_525;

/// What a curriculum suggests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What is asked, each module once.
    pub asks: Vec<Ask>,
    /// The paths, each with a name of its own.
    pub paths: Vec<SuggestedPath>,
}

/// A module that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The module, by its name in addresses.
    pub module: String,
    /// The quiz or module that is enough to renew it in time, by its name in addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresher: Option<String>,
    /// For how many months it counts; for good where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// Within how many days it is first due.
    pub days: i32,
}

/// Modules in an order, for whoever does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuggestedPath {
    /// What it is called.
    pub name: String,
    /// The job roles that it is for.
    #[serde(rename = "for")]
    pub roles: Vec<String>,
    /// Its modules, by their names in addresses.
    pub modules: Vec<String>,
}

impl Plan {
    /// The plan as the text of a `paths.yaml`. Comments are not part of a plan.
    ///
    /// # Errors
    ///
    /// What [`plan`] would refuse.
    ///
    /// ```
    /// let text = "asks:\n  - { module: calm, days: 30 }\npaths:\n  - { name: \"Desk: day\", for: [], modules: [calm] }\n";
    /// let plan = courseware::plan(text).unwrap();
    /// assert_eq!(courseware::plan(&plan.text().unwrap()).unwrap(), plan);
    /// ```
    pub fn text(&self) -> Result<String, CompetenciesError> {
        let text = serde_saphyr::to_string(self).map_err(|cause| wrong(cause.to_string()))?;
        // What is written is read again before anybody keeps it.
        plan(&text).map(|_| text)
    }

    /// What is asked with a module.
    #[must_use]
    pub fn ask(&self, module: &str) -> Option<&Ask> {
        self.asks.iter().find(|ask| ask.module == module)
    }
}

/// Reads the text of a `paths.yaml`.
///
/// # Errors
///
/// YAML that cannot be read or is over a limit, a module or path that stands there twice, one that a path names and nothing asks for,
/// and numbers that are out of range.
///
/// ```
/// let text = "asks:\n  - { module: calm, months: 6, days: 30 }\npaths:\n  - { name: Desk, for: [Receptionist], modules: [calm] }\n";
/// assert_eq!(courseware::plan(text).unwrap().paths[0].roles, ["Receptionist"]);
/// let wrong = courseware::plan(&text.replace("[calm]", "[clam]")).unwrap_err();
/// assert_eq!(wrong.to_string(), "the path “Desk” names clam, which is not among `asks`");
/// ```
pub fn plan(source: &str) -> Result<Plan, CompetenciesError> {
    if source.len() > MAX_BYTES {
        return Err(wrong(format!("the file has more than {} KiB", MAX_BYTES / 1024)));
    }
    let plan: Plan = read(source)?;
    let mut known = HashSet::new();
    for Ask { module, months, days, .. } in &plan.asks {
        if !known.insert(module.as_str()) {
            return Err(wrong(format!("{module} stands twice among `asks`")));
        }
        if months.is_some_and(|months| !(1..=MOST_MONTHS).contains(&months)) || !(0..=MOST_DAYS).contains(days) {
            return Err(wrong(format!("{module}: its months are at least 1, its days at least 0")));
        }
    }
    let mut names = HashSet::new();
    for SuggestedPath { name, modules, .. } in &plan.paths {
        if !names.insert(name.to_lowercase()) {
            return Err(wrong(format!("there are two paths “{name}”")));
        }
        let mut own = HashSet::new();
        for module in modules {
            if !known.contains(module.as_str()) {
                return Err(wrong(format!("the path “{name}” names {module}, which is not among `asks`")));
            }
            if !own.insert(module) {
                return Err(wrong(format!("the path “{name}” names {module} twice")));
            }
        }
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_plan_is_said() {
        let path = "paths: [{ name: A, for: [], modules: [x] }]";
        let said = [
            ("asks: [{ module: x, days: 1 }, { module: x, days: 2 }]\npaths: []", "x stands twice among `asks`"),
            ("asks: [{ module: x, days: -1 }]\npaths: []", "x: its months are at least 1, its days at least 0"),
            (
                "asks: [{ module: x, days: 1, months: 0 }]\npaths: []",
                "x: its months are at least 1, its days at least 0",
            ),
            (
                "asks: [{ module: x, days: 1 }]\npaths: [{ name: A, for: [], modules: [x] }, { name: a, for: [], modules: [] }]",
                "there are two paths “a”",
            ),
            (
                "asks: [{ module: x, days: 1 }]\npaths: [{ name: A, for: [], modules: [x, x] }]",
                "the path “A” names x twice",
            ),
        ];
        for (text, words) in said {
            assert_eq!(plan(text).unwrap_err().to_string(), words);
        }
        let unknown = plan(&format!("asks: [{{ module: x, days: 1, weeks: 2 }}]\n{path}")).unwrap_err();
        assert_eq!(unknown.line, Some(1), "{unknown}");
    }
}
