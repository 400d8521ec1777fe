//! A list of people, as a personnel office keeps it, held against the people who are known: what would change, and what is wrong.
//!
//! The staff number is the key that never changes. A column that is missing leaves things as they are; an empty cell empties them, but
//! for the name, which nobody is without. Rights are never in a list.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    person::{Email, Name, StaffNumber},
    sheet::{Column, Problems, Row, Sheet, Writing, date},
};

/// The columns of a list. All but the last are written by [`write`]; `from_on` says from which day a move acts.
pub const COLUMNS: [Column; 8] = [
    Column::required("staff_number"),
    Column::optional("name"),
    Column::optional("email"),
    Column::optional("department"),
    Column::optional("job_role"),
    Column::optional("hired_on"),
    Column::optional("left_on"),
    Column::optional("from_on"),
];

/// A department that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub id: i64,
    /// Its name after those above it, the top first.
    pub path: Vec<String>,
}

/// A place of work for some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The department's id.
    pub department: i64,
    /// What they do there; may be empty.
    pub job_role: String,
    /// The first day.
    pub from: Date,
    /// The last day, none while no end is known.
    pub until: Option<Date>,
}

/// A person as they are known, with or without a staff number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The person.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// Staff number.
    pub staff_number: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// First day of work.
    pub hired_on: Option<Date>,
    /// Last day of work.
    pub left_on: Option<Date>,
    /// Where they work, from today on, and the last place before that; in order.
    pub places: Vec<Place>,
    /// Whether they may not sign in.
    pub disabled: bool,
    /// Whether they are an administrator.
    pub administrator: bool,
    /// Whether they were added by an import that was undone: to a list they are new.
    pub withdrawn: bool,
}

impl Known {
    /// Whether they still work here on a day.
    fn is_here(&self, day: Date) -> bool {
        !self.withdrawn && self.left_on.is_none_or(|last| last >= day)
    }

    /// Where they work on a day.
    fn place_on(&self, day: Date) -> Option<&Place> {
        self.places.iter().find(|place| place.from <= day && place.until.is_none_or(|last| last >= day))
    }

    /// The place that stands for them in a list: today's, the first one of somebody who has not begun yet, the last one of somebody
    /// who has left.
    fn place(&self, today: Date) -> Option<&Place> {
        let day = self.hired_on.map_or(today, |hired| hired.max(today));
        let last = || self.places.iter().rfind(|place| place.from <= today);
        self.place_on(day).or_else(|| if self.is_here(today) { None } else { last() })
    }
}

/// Everybody and everything that a list is held against.
#[derive(Clone, Debug)]
pub struct Present {
    /// The people.
    pub people: Vec<Known>,
    /// The departments.
    pub departments: Vec<Department>,
    /// The day it is.
    pub today: Date,
    /// Who asks, if it is one of the people.
    pub asks: Option<i64>,
}

/// What the administrator said about the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The file is everybody: whoever has a staff number and is not in it has left.
    pub everybody: bool,
    /// Departments that are not known are to be made.
    pub new_departments: bool,
}

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn<T> {
    /// Before.
    pub from: T,
    /// After.
    pub to: T,
}

impl<T: PartialEq> Turn<T> {
    fn new(from: T, to: T) -> Option<Self> {
        (from != to).then_some(Self { from, to })
    }
}

/// A department that is there, or one that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum At {
    /// One that is known, by its id.
    Known(i64),
    /// The place of one in [`Plan::departments`].
    New(usize),
}

/// Another place of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// From which day on.
    pub on: Date,
    /// Where to, and what they do there; none where they work nowhere from then on.
    pub to: Option<(At, String)>,
    /// Where they worked, by its path, and what they did there.
    pub from_words: Option<(String, String)>,
    /// Where to, by its path.
    pub to_words: Option<(String, String)>,
    /// Whether what they do is another thing than before, so that their role starts.
    pub role_starts: bool,
}

/// What becomes of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The line; none for somebody who is not in the file.
    pub line: Option<u64>,
    /// Who; none where they are added.
    pub person: Option<i64>,
    /// Whether they are new to the list.
    pub added: bool,
    /// Staff number.
    pub staff_number: String,
    /// Full name, afterwards.
    pub name: String,
    /// E-mail address, afterwards.
    pub email: Option<String>,
    /// First day of work, afterwards.
    pub hired_on: Option<Date>,
    /// Last day of work, afterwards.
    pub left_on: Option<Date>,
    /// The name before, where it changes.
    pub renamed: Option<Turn<String>>,
    /// The e-mail address, where it changes.
    pub readdressed: Option<Turn<Option<String>>>,
    /// The first day, where it changes.
    pub rehired_date: Option<Turn<Option<Date>>>,
    /// The last day, where it changes.
    pub last_day: Option<Turn<Option<Date>>>,
    /// The place of work, where it changes.
    pub moved: Option<Move>,
    /// From which day somebody who had left is back.
    pub rehired: Option<Date>,
    /// Whether they leave.
    pub leaves: bool,
    /// Whether their access ends now.
    pub ends: bool,
}

impl Step {
    /// Whether name, e-mail or days of somebody who was known and stays change.
    pub fn is_changed(&self) -> bool {
        let days = self.rehired_date.is_some() || self.last_day.is_some();
        !self.added
            && (self.renamed.is_some()
                || self.readdressed.is_some()
                || (days && !self.leaves && self.rehired.is_none()))
    }

    /// Whether somebody who was known and stays works elsewhere or does something else.
    pub fn is_moved(&self) -> bool {
        !self.added && self.moved.is_some()
    }
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New people.
    pub added: usize,
    /// People whose name, e-mail or days change.
    pub changed: usize,
    /// People who work elsewhere or do something else.
    pub moved: usize,
    /// People who leave.
    pub left: usize,
    /// People who come back.
    pub rehired: usize,
    /// People in the file of whom nothing changes.
    pub unchanged: usize,
    /// Departments that are made.
    pub departments: usize,
    /// How many people work here now.
    pub here: usize,
}

impl Counts {
    /// Whether nothing would change.
    pub fn is_nothing(&self) -> bool {
        self.added + self.changed + self.moved + self.left + self.rehired + self.departments == 0
    }

    /// Whether more than a tenth of the people would leave, which must be said in so many words.
    pub fn is_many(&self) -> bool {
        self.left * 10 > self.here
    }
}

/// What a list would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The departments to be made, each after the one above it.
    pub departments: Vec<Vec<String>>,
    /// What becomes of whom: in the order of the file, then those who are not in it.
    pub steps: Vec<Step>,
    /// How many of each.
    pub counts: Counts,
}

impl Plan {
    /// Names what would change, so that nothing else is done than what was shown.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        // A hasher takes everything.
        drop(serde_json::to_writer(&mut hasher, self));
        hasher.finalize().to_hex().to_string()
    }
}

/// One row, parsed: a missing column is none, an empty cell is `Some(None)`.
#[derive(Debug)]
struct Wanted {
    line: u64,
    number: String,
    name: Option<String>,
    email: Option<Option<String>>,
    place: PlaceWanted,
    hired_on: Option<Option<Date>>,
    left_on: Option<Option<Date>>,
    from_on: Option<Date>,
}

#[derive(Debug)]
struct PlaceWanted {
    department: Option<Option<(At, String)>>,
    job_role: Option<Option<String>>,
}

/// Departments by their path, and those that are to be made.
struct Tree<'p> {
    known: &'p [Department],
    exact: HashMap<String, Vec<usize>>,
    folded: HashMap<String, Vec<usize>>,
    /// By the last name alone, for a hint.
    leaves: HashMap<String, Vec<usize>>,
    words: HashMap<i64, String>,
    made: Vec<Vec<String>>,
    made_at: HashMap<String, usize>,
}

/// A path as it stands in a list.
fn joined(path: &[String]) -> String {
    path.join(" / ")
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl<'p> Tree<'p> {
    fn new(known: &'p [Department]) -> Self {
        let mut tree = Self {
            known,
            exact: HashMap::new(),
            folded: HashMap::new(),
            leaves: HashMap::new(),
            words: HashMap::new(),
            made: Vec::new(),
            made_at: HashMap::new(),
        };
        for (at, department) in known.iter().enumerate() {
            let path = joined(&department.path);
            tree.folded.entry(path.to_lowercase()).or_default().push(at);
            tree.words.insert(department.id, path.clone());
            tree.exact.entry(path).or_default().push(at);
            let leaf = department.path.last().map(|name| name.to_lowercase()).unwrap_or_default();
            tree.leaves.entry(leaf).or_default().push(at);
        }
        tree
    }

    fn words(&self, at: At) -> String {
        match at {
            At::Known(id) => self.words.get(&id).cloned().unwrap_or_default(),
            At::New(at) => joined(&self.made[at]),
        }
    }

    /// The department of a path as it is typed: `Hospital / Surgery / Ward 3`.
    fn find(&mut self, typed: &str, make: bool) -> Result<At, String> {
        let whole = spaced(typed);
        let names: Vec<String> = whole.split(['/', '›', '>']).map(spaced).filter(|name| !name.is_empty()).collect();
        let parts = joined(&names);
        for path in [&whole, &parts] {
            if let Some(found) = self.exact.get(path).or_else(|| self.folded.get(&path.to_lowercase())) {
                return match found.as_slice() {
                    [one] => Ok(At::Known(self.known[*one].id)),
                    _ => Err(format!("Several departments are called “{whole}”. Give one of them another name first")),
                };
            }
            if let Some(at) = self.made_at.get(&path.to_lowercase()) {
                return Ok(At::New(*at));
            }
        }
        if !make {
            let hint = match self.leaves.get(&whole.to_lowercase()).map(Vec::as_slice) {
                Some([one]) => format!(" Did you mean “{}”?", joined(&self.known[*one].path)),
                _ => String::new(),
            };
            return Err(format!(
                "There is no department “{whole}”.{hint} Add it, or tick “Make departments that are new”"
            ));
        }
        if names.is_empty() || names.len() > 12 {
            return Err("Write the department as a path of names, for example Hospital / Surgery / Ward 3".to_owned());
        }
        for name in &names {
            Name::parse(name).map_err(|_| {
                format!("“{name}” cannot be the name of a department: use letters, and 100 characters at most")
            })?;
        }
        // Those above it that are missing are made too.
        let mut at = None;
        for depth in 1..=names.len() {
            let path = joined(&names[..depth]);
            let key = path.to_lowercase();
            at = Some(match (self.folded.get(&key).map(Vec::as_slice), self.made_at.get(&key)) {
                (Some([one, ..]), _) => At::Known(self.known[*one].id),
                (_, Some(made)) => At::New(*made),
                _ => {
                    self.made.push(names[..depth].to_vec());
                    self.made_at.insert(key, self.made.len() - 1);
                    At::New(self.made.len() - 1)
                }
            });
        }
        at.ok_or_else(|| "Write the department".to_owned())
    }
}

/// What a file would change.
///
/// # Errors
/// Every problem of the file; nothing may be changed then.
pub fn plan(bytes: &[u8], present: &Present, wishes: Wishes) -> Result<Plan, Problems> {
    let sheet = Sheet::read(bytes, &COLUMNS)?;
    let mut problems = Problems::default();
    let mut tree = Tree::new(&present.departments);
    let key = |number: &str| number.to_lowercase();
    let known: HashMap<String, &Known> =
        present.people.iter().filter_map(|known| Some((key(known.staff_number.as_deref()?), known))).collect();

    let mut first_lines: HashMap<String, u64> = HashMap::new();
    let mut steps = Vec::new();
    let mut counts = Counts {
        here: present.people.iter().filter(|known| known.is_here(present.today)).count(),
        ..Counts::default()
    };
    for row in sheet.rows() {
        let Some(wanted) = parse(row, &mut tree, wishes.new_departments, &mut problems) else { continue };
        let number = key(&wanted.number);
        if let Some(first) = first_lines.get(&number) {
            problems.at(
                row.line,
                "staff_number",
                format!("{} stands in line {first} already. Leave one of the two out", wanted.number),
            );
            continue;
        }
        first_lines.insert(number.clone(), row.line);
        match step(wanted, known.get(&number).copied(), present, wishes, &tree, &mut problems) {
            Some(step) => steps.push(step),
            None => counts.unchanged += 1,
        }
    }
    if wishes.everybody {
        for known in &present.people {
            let Some(number) = &known.staff_number else { continue };
            if known.is_here(present.today) && !first_lines.contains_key(&key(number)) {
                steps.push(absent(known, number, present.today));
            }
        }
    }
    logins(&steps, present, &mut problems);
    access(&steps, present, &mut problems);
    if !problems.is_empty() {
        return Err(problems.finish());
    }
    for step in &steps {
        counts.added += usize::from(step.added);
        counts.changed += usize::from(step.is_changed());
        counts.moved += usize::from(step.is_moved());
        counts.left += usize::from(step.leaves && !step.added);
        counts.rehired += usize::from(step.rehired.is_some());
    }
    counts.departments = tree.made.len();
    Ok(Plan { departments: tree.made, steps, counts })
}

/// The cells of a row as what they mean; each that means nothing is a problem.
fn parse(row: Row<'_>, tree: &mut Tree<'_>, make: bool, problems: &mut Problems) -> Option<Wanted> {
    let before = problems.count;
    let line = row.line;
    let cell = |name| row.cell(name);
    let number = match cell("staff_number").unwrap_or_default() {
        "" => Err("Write the staff number: everybody in the file needs one".to_owned()),
        typed => StaffNumber::parse(typed).map_err(|why| why.0.to_owned()),
    };
    let number = number.map_err(|why| problems.at(line, "staff_number", why)).ok();
    let name = cell("name").map(|typed| Name::parse(typed).map_err(|why| problems.at(line, "name", why.0)).ok());
    let email = cell("email").map(|typed| match typed {
        "" => None,
        typed => Email::parse(typed).map_err(|why| problems.at(line, "email", why.0)).ok(),
    });
    let mut day = |column: &'static str| {
        cell(column).map(|typed| match typed {
            "" => None,
            typed => date(typed).map_err(|why| problems.at(line, column, why)).ok(),
        })
    };
    let (hired_on, left_on, from_on) = (day("hired_on"), day("left_on"), day("from_on").flatten());
    let department = cell("department").map(|typed| match typed {
        "" => None,
        typed => match tree.find(typed, make) {
            Ok(at) => Some((at, tree.words(at))),
            Err(why) => {
                problems.at(line, "department", why);
                None
            }
        },
    });
    let job_role = cell("job_role").map(|typed| match typed {
        "" => None,
        typed => Name::parse(typed)
            .map_err(|_| problems.at(line, "job_role", "Write the job role with letters, and 100 characters at most"))
            .ok(),
    });
    if problems.count > before {
        return None;
    }
    Some(Wanted {
        line,
        number: number?.as_str().to_owned(),
        name: name.flatten().map(|name| name.as_str().to_owned()),
        email: email.map(|email| email.map(|email| email.as_str().to_owned())),
        place: PlaceWanted { department, job_role: job_role.map(|role| role.map(|role| role.as_str().to_owned())) },
        hired_on,
        left_on,
        from_on,
    })
}

/// What becomes of somebody in the file; none where nothing does.
fn step(
    wanted: Wanted,
    known: Option<&Known>,
    present: &Present,
    wishes: Wishes,
    tree: &Tree<'_>,
    problems: &mut Problems,
) -> Option<Step> {
    let (today, line) = (present.today, wanted.line);
    let before = known.filter(|known| !known.withdrawn);
    let Some(name) = wanted.name.or_else(|| before.map(|known| known.name.clone())) else {
        problems.line(
            line,
            format!("Nobody has the staff number {}. To add them, write their name in a column name", wanted.number),
        );
        return None;
    };
    let had = |day: fn(&Known) -> Option<Date>| before.and_then(day);
    let (hired_before, left_before) = (had(|known| known.hired_on), had(|known| known.left_on));
    let hired_on = wanted.hired_on.unwrap_or(hired_before);
    let was_gone = left_before.is_some_and(|last| last < today);
    // Somebody who is in the list of everybody is here, unless the list says when they left.
    let left_on = wanted.left_on.unwrap_or(if wishes.everybody && was_gone { None } else { left_before });
    let is_gone = left_on.is_some_and(|last| last < today);
    let rehired = (was_gone && !is_gone).then(|| {
        let back = hired_on.filter(|hired| left_before.is_some_and(|last| *hired > last));
        back.unwrap_or(today)
    });
    if let (Some(hired), Some(left)) = (hired_on, left_on)
        && left < hired
    {
        problems.at(line, "left_on", format!("The last day, {left}, is before the first, {hired}. Mend one of them"));
    }
    let email_before = before.and_then(|known| known.email.clone());
    let email = wanted.email.unwrap_or_else(|| email_before.clone());
    let begins = rehired.or(hired_on).map_or(today, |first| first.max(today));
    let moved = moved(line, &wanted.place, wanted.from_on.unwrap_or(begins), (before, left_on, today), tree, problems);
    let leaves = left_on.is_some() && left_on != left_before && !was_gone;
    let step = Step {
        line: Some(line),
        person: known.map(|known| known.id),
        added: before.is_none(),
        renamed: before.and_then(|known| Turn::new(known.name.clone(), name.clone())),
        readdressed: before.and_then(|_| Turn::new(email_before, email.clone())),
        rehired_date: before.and_then(|_| Turn::new(hired_before, hired_on)),
        last_day: before.and_then(|_| Turn::new(left_before, left_on)),
        staff_number: wanted.number,
        name,
        email,
        hired_on,
        left_on,
        moved,
        rehired,
        leaves,
        ends: is_gone && !was_gone,
    };
    let nothing = !step.added && !step.is_changed() && step.moved.is_none() && !step.leaves && step.rehired.is_none();
    (!nothing).then_some(step)
}

/// The move that a row asks for.
fn moved(
    line: u64,
    wanted: &PlaceWanted,
    on: Date,
    (known, left_on, today): (Option<&Known>, Option<Date>, Date),
    tree: &Tree<'_>,
    problems: &mut Problems,
) -> Option<Move> {
    if wanted.department.is_none() && wanted.job_role.is_none() {
        return None;
    }
    let now = known.and_then(|known| known.place_on(on.max(today)));
    let department = match &wanted.department {
        Some(department) => department.as_ref().map(|(at, _)| *at),
        None => now.map(|place| At::Known(place.department)),
    };
    let job_role = match &wanted.job_role {
        Some(role) => role.clone().unwrap_or_default(),
        None => now.map(|place| place.job_role.clone()).unwrap_or_default(),
    };
    let to = match department {
        Some(at) => Some((at, job_role)),
        None if wanted.job_role.as_ref().is_some_and(Option::is_some) && left_on.is_none_or(|last| last >= today) => {
            problems.at(
                line,
                "department",
                "A job role needs a department. Write where they work, or leave the job role empty",
            );
            return None;
        }
        None => None,
    };
    // Nothing begins after the last day.
    if left_on.is_some_and(|last| on > last) {
        return None;
    }
    let same = match (&to, now) {
        (Some((at, role)), Some(place)) => *at == At::Known(place.department) && *role == place.job_role,
        (None, None) => true,
        _ => false,
    };
    if same {
        return None;
    }
    let role_starts =
        to.as_ref().is_some_and(|(_, role)| !role.is_empty() && now.is_none_or(|place| place.job_role != *role));
    Some(Move {
        on,
        from_words: now.map(|place| (tree.words(At::Known(place.department)), place.job_role.clone())),
        to_words: to.as_ref().map(|(at, role)| (tree.words(*at), role.clone())),
        to,
        role_starts,
    })
}

/// Somebody who is not in the list of everybody leaves: yesterday was the last day, or the first one where that came later.
fn absent(known: &Known, number: &str, today: Date) -> Step {
    let yesterday = today.yesterday().unwrap_or(today);
    let last = known.hired_on.map_or(yesterday, |hired| hired.max(yesterday));
    Step {
        line: None,
        person: Some(known.id),
        added: false,
        staff_number: number.to_owned(),
        name: known.name.clone(),
        email: known.email.clone(),
        hired_on: known.hired_on,
        left_on: Some(last),
        renamed: None,
        readdressed: None,
        rehired_date: None,
        last_day: Turn::new(known.left_on, Some(last)),
        moved: None,
        rehired: None,
        leaves: true,
        ends: true,
    }
}

/// No two people sign in with one address, when all is done.
fn logins(steps: &[Step], present: &Present, problems: &mut Problems) {
    let touched: HashSet<i64> = steps.iter().filter_map(|step| step.person).collect();
    let mut taken: HashMap<&str, (Option<u64>, &str, Option<&str>)> = HashMap::new();
    for known in present.people.iter().filter(|known| !touched.contains(&known.id)) {
        if let Some(email) = &known.email {
            taken.insert(email, (None, &known.name, known.staff_number.as_deref()));
        }
    }
    // Whoever keeps an address has it before those who ask for it.
    let keeps = |step: &&Step| !step.added && step.readdressed.is_none();
    let asks = |step: &&Step| step.added || step.readdressed.is_some();
    for step in steps.iter().filter(keeps).chain(steps.iter().filter(asks)) {
        let Some(email) = &step.email else { continue };
        let Some((line, name, number)) = taken.get(email.as_str()) else {
            taken.insert(email, (step.line, &step.name, Some(&step.staff_number)));
            continue;
        };
        let words = match (line, number) {
            (Some(line), _) => format!("{email} stands in line {line} too. Each person needs an address of their own"),
            (None, Some(number)) => {
                format!("{name} ({number}) signs in with {email} already. Each person needs an address of their own")
            }
            (None, None) => format!(
                "{name} signs in with {email} and has no staff number. If it is the same person, write {} on their page first",
                step.staff_number
            ),
        };
        problems.at(step.line.unwrap_or_default(), "email", words);
    }
}

/// Nobody shuts themselves out, and somebody must be left who can let others in.
fn access(steps: &[Step], present: &Present, problems: &mut Problems) {
    let leaving: HashMap<i64, &Step> =
        steps.iter().filter(|step| step.leaves).filter_map(|step| Some((step.person?, step))).collect();
    let mut say = |step: &Step, words: String| match step.line {
        Some(line) => problems.at(line, "left_on", words),
        None => problems.file(words),
    };
    if let Some(step) = present.asks.and_then(|id| leaving.get(&id)) {
        let missing = if step.line.is_none() { " is not in the file, and so" } else { "" };
        say(
            step,
            format!(
                "{} ({}){missing} would leave, and that is you. Another administrator can do that",
                step.name, step.staff_number
            ),
        );
        return;
    }
    let administrators = present.people.iter().filter(|known| known.administrator && !known.disabled);
    let (gone, stay): (Vec<_>, Vec<_>) = administrators.partition(|known| leaving.contains_key(&known.id));
    if let (Some(last), []) = (gone.first().and_then(|known| leaving.get(&known.id)), stay.as_slice()) {
        say(
            last,
            format!(
                "{} ({}) is the last administrator and cannot leave. Make somebody else an administrator first",
                last.name, last.staff_number
            ),
        );
    }
}

/// A day as somebody types it: `2026-11-28`.
///
/// # Errors
/// What to write instead.
pub fn day(typed: &str) -> Result<Date, String> {
    date(typed)
}

/// The list of everybody who has a staff number, as [`plan`] reads it: held against the same people it changes nothing.
pub fn write(present: &Present) -> Vec<u8> {
    let paths: HashMap<i64, String> =
        present.departments.iter().map(|department| (department.id, joined(&department.path))).collect();
    let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).filter(|name| *name != "from_on").collect();
    let mut writing = Writing::new(&names);
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    for known in present.people.iter().filter(|known| !known.withdrawn) {
        let Some(number) = &known.staff_number else { continue };
        let place = known.place(present.today);
        let path = place.and_then(|place| paths.get(&place.department)).map(String::as_str).unwrap_or_default();
        writing.row([
            number.as_str(),
            &known.name,
            known.email.as_deref().unwrap_or_default(),
            path,
            place.map(|place| place.job_role.as_str()).unwrap_or_default(),
            &day(known.hired_on),
            &day(known.left_on),
        ]);
    }
    writing.finish()
}

#[cfg(test)]
mod tests;
