//! What people completed before this program knew them, with evidence: prior credit.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    person::StaffNumber,
    sheet::{Column, Problems, Sheet, date},
};

/// The columns of a history.
pub const COLUMNS: [Column; 4] = [
    Column::required("staff_number"),
    Column::required("module"),
    Column::required("completed_on"),
    Column::required("evidence"),
];

/// The longest evidence, in characters.
const LONGEST: usize = 200;

/// What a history is held against.
#[derive(Clone, Debug)]
pub struct Present {
    /// People: staff number, id, name.
    pub people: Vec<(String, i64, String)>,
    /// Modules: id, name in addresses, title.
    pub modules: Vec<(i64, String, String)>,
    /// Prior credit that is recorded: person, module, day.
    pub credits: HashSet<(i64, i64, Date)>,
    /// The day it is.
    pub today: Date,
}

/// A credit to record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Credit {
    /// The line.
    pub line: u64,
    /// Who.
    pub person: i64,
    /// Their staff number.
    pub staff_number: String,
    /// Their name.
    pub name: String,
    /// The module.
    pub module: i64,
    /// Its title.
    pub title: String,
    /// The day it was completed.
    pub completed_on: Date,
    /// What shows it.
    pub evidence: String,
}

/// What a history would record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// What is new, in the order of the file.
    pub credits: Vec<Credit>,
    /// How many lines are recorded already.
    pub unchanged: usize,
}

impl Plan {
    /// Names what would be recorded, so that nothing else is done than what was shown.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        // A hasher takes everything.
        drop(serde_json::to_writer(&mut hasher, self));
        hasher.finalize().to_hex().to_string()
    }
}

/// What a file would record. Modules are named by their title or by their name in addresses.
///
/// # Errors
/// Every problem of the file; nothing may be recorded then.
pub fn plan(bytes: &[u8], present: &Present) -> Result<Plan, Problems> {
    let sheet = Sheet::read(bytes, &COLUMNS)?;
    let mut problems = Problems::default();
    let people: HashMap<String, &(String, i64, String)> =
        present.people.iter().map(|known| (known.0.to_lowercase(), known)).collect();
    let mut modules: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, (_, slug, title)) in present.modules.iter().enumerate() {
        for word in [slug, title] {
            let places = modules.entry(word.to_lowercase()).or_default();
            if !places.contains(&at) {
                places.push(at);
            }
        }
    }
    let mut seen: HashMap<(i64, i64, Date), u64> = HashMap::new();
    let mut plan = Plan::default();
    for row in sheet.rows() {
        let line = row.line;
        let cell = |name| row.cell(name).unwrap_or_default();
        let number = cell("staff_number");
        let known =
            StaffNumber::parse(number).ok().and_then(|number| people.get(&number.as_str().to_lowercase()).copied());
        if known.is_none() {
            problems.at(
                line,
                "staff_number",
                match number {
                    "" => "Write the staff number".to_owned(),
                    number => {
                        format!("Nobody has the staff number “{number}”. Import the people first, or mend the number")
                    }
                },
            );
        }
        let module = cell("module").split_whitespace().collect::<Vec<_>>().join(" ");
        // A name in an address is nobody else's, so it goes before titles.
        let by_slug = present.modules.iter().position(|(_, slug, _)| *slug == module);
        let module = match (by_slug, modules.get(&module.to_lowercase()).map(Vec::as_slice)) {
            (Some(at), _) => Ok(&present.modules[at]),
            (None, Some([at])) => Ok(&present.modules[*at]),
            (None, Some(_)) => {
                Err(format!("Several modules are called “{module}”. Write the name in its address instead"))
            }
            (None, None) => Err(format!(
                "There is no module “{module}”. Write its title as on its page, or the name in its address"
            )),
        };
        let module = module.map_err(|why| problems.at(line, "module", why)).ok();
        let day = date(cell("completed_on")).and_then(|day| {
            if day > present.today {
                Err(format!("{day} has not come yet. Write the day it was completed"))
            } else {
                Ok(day)
            }
        });
        let day = day.map_err(|why| problems.at(line, "completed_on", why)).ok();
        let evidence = cell("evidence").split_whitespace().collect::<Vec<_>>().join(" ");
        let good =
            !evidence.is_empty() && evidence.chars().count() <= LONGEST && !evidence.chars().any(char::is_control);
        if !good {
            problems.at(
                line,
                "evidence",
                format!(
                    "Write what shows it, for example “Certificate 12 of Hill Clinic”, in {LONGEST} characters at most"
                ),
            );
        }
        let (Some((staff_number, person, name)), Some((module, _, title)), Some(completed_on), true) =
            (known, module, day, good)
        else {
            continue;
        };
        let key = (*person, *module, completed_on);
        if let Some(first) = seen.insert(key, line) {
            problems.line(line, format!("This stands in line {first} already. Leave one of the two out"));
        } else if present.credits.contains(&key) {
            plan.unchanged += 1;
        } else {
            plan.credits.push(Credit {
                line,
                person: *person,
                staff_number: staff_number.clone(),
                name: name.clone(),
                module: *module,
                title: title.clone(),
                completed_on,
                evidence,
            });
        }
    }
    if problems.is_empty() { Ok(plan) } else { Err(problems.finish()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn present() -> Present {
        Present {
            people: vec![("N1".to_owned(), 1, "Ada Obi".to_owned()), ("N2".to_owned(), 2, "Ben Eze".to_owned())],
            modules: [
                (7, "listen", "Listen so people talk"),
                (8, "hands", "Clean hands"),
                (9, "hands-2", "Clean hands"),
            ]
            .map(|(id, slug, title)| (id, slug.to_owned(), title.to_owned()))
            .into(),
            credits: HashSet::from([(2, 7, date(2025, 6, 30))]),
            today: date(2026, 11, 28),
        }
    }

    #[test]
    fn a_module_is_named_by_its_title_or_its_address_and_what_is_recorded_is_left() {
        let file = "staff_number,module,completed_on,evidence\nn1,listen so people talk,2025-06-30,Paper 12\nN1,hands,2025-01-02,Paper 13\nN2,listen,2025-06-30,Paper 14\n";
        let plan = plan(file.as_bytes(), &present()).expect("no problems");
        let found: Vec<_> = plan.credits.iter().map(|credit| (credit.line, credit.person, credit.module)).collect();
        assert_eq!((found, plan.unchanged), (vec![(2, 1, 7), (3, 1, 8)], 1));
    }

    #[test]
    fn every_problem_has_its_line_and_column() {
        for (row, column, words) in [
            ("N9,listen,2025-06-30,Paper", Some("staff_number"), "Nobody has"),
            (",listen,2025-06-30,Paper", Some("staff_number"), "Write the staff number"),
            ("N1,dance,2025-06-30,Paper", Some("module"), "no module “dance”"),
            ("N1,Clean hands,2025-06-30,Paper", Some("module"), "Several modules"),
            ("N1,listen,30/06/2025,Paper", Some("completed_on"), "Write 2025-06-30"),
            ("N1,listen,2027-06-30,Paper", Some("completed_on"), "has not come yet"),
            ("N1,listen,2025-06-30,", Some("evidence"), "what shows it"),
            ("N1,listen,2025-06-01,Paper\nN1,listen,2025-06-01,Paper", None, "line 2 already"),
        ] {
            let problems = plan(format!("staff_number,module,completed_on,evidence\n{row}\n").as_bytes(), &present())
                .expect_err(row);
            let one = &problems.shown[0];
            assert_eq!((problems.count, one.column), (1, column), "{row}");
            assert!(one.message.contains(words) && one.line.is_some(), "{row}: {one:?}");
        }
    }
}
