//! The paths that trainers put together of modules: a beginning that administrators take over. What is asked of people is decided there.

use courseware::{Ask, Plan, SuggestedPath, slug::slug};
use jiff::{Timestamp, civil::DateTime};

use super::{Became, Told};
use crate::{Failure, FieldError, Usecases, audit::Object, who::Who};

/// The name of the file that holds the plan.
pub(crate) const PLAN: &str = "paths.yaml";
/// The most letters of a name.
const LONGEST: usize = 100;
/// Within how many days a module is due where nobody says otherwise.
const DAYS: i32 = 30;

/// A suggested path in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedLine {
    /// Its name in addresses.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// The job roles that it is for.
    pub roles: Vec<String>,
    /// How many modules it has.
    pub modules: usize,
    /// Whether administrators have a path of this name.
    pub is_taken: bool,
}

/// The suggested paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedLines {
    /// The paths, in the order of the file.
    pub lines: Vec<SuggestedLine>,
    /// Who changed them last, and when; none where nobody did.
    pub changed: Option<(String, DateTime)>,
}

/// A suggested path with its modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedView {
    /// The revision it was read from.
    pub rev: i64,
    /// What it is called.
    pub called: String,
    /// The same, or what was typed for it.
    pub name: String,
    /// The job roles that it is for, with commas between them, or what was typed for them.
    pub roles: String,
    /// Its modules, in order.
    pub steps: Vec<SuggestedStep>,
    /// What can be added: names in addresses with titles.
    pub offered: Vec<(String, String)>,
    /// Whether administrators have a path of this name.
    pub is_taken: bool,
}

/// A module of a suggested path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedStep {
    /// Its name in addresses.
    pub module: String,
    /// Its title.
    pub title: String,
    /// Whether it is live.
    pub is_live: bool,
    /// Within how many days it is due, as typed.
    pub days: String,
    /// For how many months it counts, as typed; empty for good.
    pub months: String,
}

/// What is typed for a suggested path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuggestedTyped {
    /// What it is called.
    pub name: String,
    /// The job roles that it is for, with commas between them.
    pub roles: String,
    /// Its modules, in the order in which the form showed them.
    pub modules: Vec<String>,
    /// The days of each, as typed.
    pub days: Vec<String>,
    /// The months of each, as typed.
    pub months: Vec<String>,
    /// The module to add.
    pub add: String,
    /// The revision from which the form was drawn.
    pub rev: i64,
}

/// What is done with the modules, beside keeping what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestedTurn {
    /// Nothing.
    Keep,
    /// The module at this place changes places with the one before.
    Up(usize),
    /// It changes places with the one after.
    Down(usize),
    /// It is taken out.
    Out(usize),
    /// The module that was chosen becomes the last.
    Add,
    /// The whole path is taken away.
    Delete,
}

impl SuggestedTurn {
    /// Reads what a button sends: `keep`, `add`, `delete`, `up-2`, `down-2`, `out-2`.
    pub fn parse(word: &str) -> Option<Self> {
        let place = |text: &str| text.parse().ok();
        match word.split_once('-') {
            None if word == "keep" => Some(Self::Keep),
            None if word == "add" => Some(Self::Add),
            None if word == "delete" => Some(Self::Delete),
            Some(("up", at)) => place(at).map(Self::Up),
            Some(("down", at)) => place(at).map(Self::Down),
            Some(("out", at)) => place(at).map(Self::Out),
            _ => None,
        }
    }
}

impl Usecases {
    /// The plan as it is now: what trainers wrote, else what came with the program; with the revision it has.
    pub(crate) async fn plan(&self) -> Result<(Plan, i64), Failure> {
        Ok(match self.store.shared_file(PLAN).await? {
            None => (Plan::clone(&self.plan), 0),
            Some(file) => {
                let unreadable = |cause| Failure::Internal(format!("{PLAN} cannot be read: {cause}"));
                (courseware::plan(&file.source).map_err(unreadable)?, file.rev)
            }
        })
    }

    /// The paths that are suggested to administrators.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn suggested_lines(&self, who: &Who) -> Result<SuggestedLines, Failure> {
        who.as_trainer()?;
        let (plan, _) = self.plan().await?;
        let there = self.store.paths().await?;
        let local = self.local().await?;
        let changed = self.store.shared_file(PLAN).await?.map(|file| (file.changed_by, local(file.changed_at)));
        let lines = plan.paths.into_iter().map(|path| SuggestedLine {
            slug: slug(&path.name),
            is_taken: there.iter().any(|one| same(&one.name, &path.name)),
            name: path.name,
            roles: path.roles,
            modules: path.modules.len(),
        });
        Ok(SuggestedLines { lines: lines.collect(), changed })
    }

    /// One suggested path; with what was typed, if that was refused.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn suggested(
        &self,
        who: &Who,
        path: &str,
        typed: Option<&SuggestedTyped>,
    ) -> Result<SuggestedView, Failure> {
        who.as_trainer()?;
        let (plan, rev) = self.plan().await?;
        let found = plan.paths.iter().find(|one| slug(&one.name) == path).ok_or(Failure::NotFound)?;
        let titles = self.module_titles().await?;
        let step = |module: &String, days: Option<&String>, months: Option<&String>| {
            let ask = plan.ask(module);
            let named = titles.iter().find(|(slug, ..)| slug == module);
            SuggestedStep {
                title: named.map_or_else(|| module.clone(), |(_, title, _)| title.clone()),
                is_live: named.is_some_and(|(.., is_live)| *is_live),
                days: days.cloned().unwrap_or_else(|| ask.map_or(DAYS, |ask| ask.days).to_string()),
                months: months.cloned().unwrap_or_else(|| {
                    ask.and_then(|ask| ask.months).map_or_else(String::new, |months| months.to_string())
                }),
                module: module.clone(),
            }
        };
        let steps: Vec<SuggestedStep> = match typed {
            Some(typed) => {
                let modules = typed.modules.iter().enumerate();
                modules.map(|(at, module)| step(module, typed.days.get(at), typed.months.get(at))).collect()
            }
            None => found.modules.iter().map(|module| step(module, None, None)).collect(),
        };
        let offered = titles.iter().filter(|(slug, ..)| steps.iter().all(|step| step.module != *slug));
        let taken = self.store.paths().await?.iter().any(|one| same(&one.name, &found.name));
        Ok(SuggestedView {
            rev: typed.map_or(rev, |typed| typed.rev),
            called: found.name.clone(),
            name: typed.map_or_else(|| found.name.clone(), |typed| typed.name.clone()),
            roles: typed.map_or_else(|| found.roles.join(", "), |typed| typed.roles.clone()),
            offered: offered.map(|(slug, title, _)| (slug.clone(), title.clone())).collect(),
            steps,
            is_taken: taken,
        })
    }

    /// Adds a suggested path without modules. Gives its name in addresses.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the field to correct, [`Failure::Conflict`] where somebody else changed the paths meanwhile,
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::Store`].
    pub async fn suggest_path(&self, who: &Who, name: &str, now: Timestamp) -> Result<String, Failure> {
        who.as_trainer()?;
        let (mut plan, rev) = self.plan().await?;
        let name = named(name, plan.paths.iter())?;
        plan.paths.push(SuggestedPath { name: name.clone(), roles: Vec::new(), modules: Vec::new() });
        self.keep_plan(who, &plan, (rev, &name), now).await?;
        Ok(slug(&name))
    }

    /// Changes a suggested path. Gives its name in addresses; none where it was taken away.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Conflict`] where somebody else changed the paths meanwhile,
    /// [`Failure::Denied`] for everybody but trainers and administrators, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn change_suggested(
        &self,
        who: &Who,
        path: &str,
        (typed, turn): (&SuggestedTyped, SuggestedTurn),
        now: Timestamp,
    ) -> Result<Option<String>, Failure> {
        who.as_trainer()?;
        let (mut plan, rev) = self.plan().await?;
        if rev != typed.rev {
            return Err(Failure::Conflict);
        }
        let at = plan.paths.iter().position(|one| slug(&one.name) == path).ok_or(Failure::NotFound)?;
        if turn == SuggestedTurn::Delete {
            let gone = plan.paths.remove(at);
            self.keep_plan(who, &tidy(plan), (rev, &gone.name), now).await?;
            return Ok(None);
        }
        let mut errors = Vec::new();
        let others = plan.paths.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
        let name = named(&typed.name, others).unwrap_or_else(|failure| {
            if let Failure::Invalid(found) = failure {
                errors.extend(found);
            }
            String::new()
        });
        let roles = typed.roles.split(',').map(|role| role.split_whitespace().collect::<Vec<_>>().join(" "));
        let roles: Vec<String> = roles.filter(|role| !role.is_empty()).collect();
        let known = self.module_titles().await?;
        let mut modules = typed.modules.clone();
        match turn {
            SuggestedTurn::Up(at) if at > 0 && at < modules.len() => modules.swap(at - 1, at),
            SuggestedTurn::Down(at) if at + 1 < modules.len() => modules.swap(at, at + 1),
            SuggestedTurn::Out(at) if at < modules.len() => drop(modules.remove(at)),
            SuggestedTurn::Add if typed.add.is_empty() => errors.push(FieldError::new("add", "Choose a module")),
            SuggestedTurn::Add => modules.push(typed.add.clone()),
            _ => {}
        }
        let twice = modules.iter().enumerate().any(|(at, module)| modules.iter().take(at).any(|other| other == module));
        if twice
            || modules.iter().any(|module| known.iter().all(|(slug, ..)| slug != module) && plan.ask(module).is_none())
        {
            return Err(Failure::Conflict);
        }
        for (at, module) in typed.modules.iter().enumerate() {
            let days =
                typed.days.get(at).and_then(|days| days.trim().parse().ok()).filter(|days| (0..=36_525).contains(days));
            let months = typed.months.get(at).map_or("", |months| months.trim());
            let counts = if months.is_empty() {
                Some(None)
            } else {
                months.parse().ok().filter(|months| (1..=1200).contains(months)).map(Some)
            };
            let title = known.iter().find(|(slug, ..)| slug == module).map_or(module, |(_, title, _)| title);
            match (days, counts) {
                (Some(days), Some(months)) => put(&mut plan, module, days, months),
                (None, _) => {
                    let words = format!("{title}: write a number of days, 0 or more");
                    errors.push(FieldError::new("steps", words));
                }
                (_, None) => {
                    let words = format!("{title}: write a number of months, or leave it empty");
                    errors.push(FieldError::new("steps", words));
                }
            }
        }
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors));
        }
        for module in &modules {
            if plan.ask(module).is_none() {
                put(&mut plan, module, DAYS, None);
            }
        }
        plan.paths[at] = SuggestedPath { name: name.clone(), roles, modules };
        self.keep_plan(who, &tidy(plan), (rev, &name), now).await?;
        Ok(Some(slug(&name)))
    }

    /// The plan as the text of its file, as somebody wrote it.
    pub(super) async fn plan_text(&self) -> Result<String, Failure> {
        match self.store.shared_file(PLAN).await? {
            Some(file) => Ok(file.source),
            None => self.plan.text().map_err(|cause| Failure::Internal(cause.to_string())),
        }
    }

    /// Takes over the paths of a file that are not there yet, which takes effect at once. Gives what came of it.
    pub(super) async fn bring_plan(&self, who: &Who, text: &str, now: Timestamp) -> Result<Vec<Told>, Failure> {
        let brought = match courseware::plan(text) {
            Ok(plan) => plan,
            Err(why) => return Ok(vec![Told::of(Became::Dropped, PLAN, why.to_string())]),
        };
        let (mut plan, rev) = self.plan().await?;
        let (mut names, mut kept, mut odd) = (Vec::new(), Vec::new(), 0);
        for path in brought.paths {
            if let Some(there) = plan.paths.iter().find(|one| slug(&one.name) == slug(&path.name)) {
                let asks_else =
                    |module: &String| plan.ask(module) != brought.asks.iter().find(|ask| ask.module == *module);
                if *there != path || path.modules.iter().any(asks_else) {
                    kept.push(there.name.clone());
                }
                continue;
            }
            let texts = [&path.name].into_iter().chain(&path.roles).chain(&path.modules);
            if slug(&path.name).is_empty() || path.name.chars().count() > LONGEST || !is_plain(texts) {
                odd += 1;
                continue;
            }
            for ask in brought.asks.iter().filter(|ask| path.modules.contains(&ask.module)) {
                if plan.ask(&ask.module).is_none() {
                    plan.asks.push(ask.clone());
                }
            }
            names.push(path.name.clone());
            plan.paths.push(path);
        }
        let mut told = Vec::new();
        if !names.is_empty() {
            let names = names.join(", ");
            self.keep_plan(who, &plan, (rev, &names), now).await?;
            told.push(Told::of(
                Became::Taken,
                PLAN,
                format!("administrators are offered these suggested paths now: {names}"),
            ));
        }
        if !kept.is_empty() {
            let words = format!(
                "these suggested paths say something else here, and were left as they are: {}",
                kept.join(", ")
            );
            told.push(Told::of(Became::Dropped, PLAN, words));
        }
        if odd > 0 {
            let words = format!(
                "{} whose name has no letters, more than {LONGEST} of them, or signs that nobody sees",
                super::exchange::counted(odd, "suggested path")
            );
            told.push(Told::of(Became::Dropped, PLAN, words));
        }
        Ok(told)
    }

    async fn keep_plan(
        &self,
        who: &Who,
        plan: &Plan,
        (rev, about): (i64, &str),
        now: Timestamp,
    ) -> Result<(), Failure> {
        let text = plan.text().map_err(|cause| Failure::field("name", format!("It cannot be kept: {cause}")))?;
        self.keep_shared(who, (PLAN, &text, rev), ("suggestion.changed", about), now).await
    }

    /// Keeps a file that all courseware shares.
    pub(super) async fn keep_shared(
        &self,
        who: &Who,
        (name, text, rev): (&str, &str, i64),
        (verb, about): (&str, &str),
        now: Timestamp,
    ) -> Result<(), Failure> {
        let noting = self.noting(who, verb, Object(String::new()), about, now);
        match noting.keep_shared_file(name, text, (rev, who.person), now.as_microsecond()).await? {
            store::SharedKept(true) => Ok(()),
            store::SharedKept(false) => Err(Failure::Conflict),
        }
    }

    /// Every module that is live or being written: name in addresses, title, whether it is live; by title.
    async fn module_titles(&self) -> Result<Vec<(String, String, bool)>, Failure> {
        let live = self.store.live_documents("module").await?.into_iter();
        let mut titles: Vec<(String, String, bool)> = live.map(|live| (live.slug, live.title, true)).collect();
        for draft in self.store.drafts().await?.into_iter().filter(|draft| draft.kind == "module") {
            if titles.iter().all(|(slug, ..)| *slug != draft.slug) {
                let title = draft.source.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(&draft.slug);
                titles.push((draft.slug.clone(), title.trim().to_owned(), false));
            }
        }
        titles.sort_by_cached_key(|(_, title, _)| title.to_lowercase());
        Ok(titles)
    }
}

/// Whether texts have no signs that nobody sees.
pub(super) fn is_plain<'a>(texts: impl IntoIterator<Item = &'a String>) -> bool {
    texts.into_iter().all(|text| text.chars().all(courseware::is_plain))
}

/// Two names that a reader takes for one.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn named<'a>(name: &str, mut others: impl Iterator<Item = &'a SuggestedPath>) -> Result<String, Failure> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if slug(&name).is_empty() || name.chars().count() > LONGEST {
        return Err(Failure::field("name", format!("Enter a name with letters, of at most {LONGEST} characters")));
    }
    if others.any(|other| slug(&other.name) == slug(&name)) {
        return Err(Failure::field("name", "There is a path of this name already: choose another one"));
    }
    Ok(name)
}

/// Says what is asked with a module: in every path that has it.
fn put(plan: &mut Plan, module: &str, days: i32, months: Option<u32>) {
    match plan.asks.iter_mut().find(|ask| ask.module == module) {
        Some(ask) => (ask.days, ask.months) = (days, months),
        None => plan.asks.push(Ask { module: module.to_owned(), refresher: None, months, days }),
    }
}

/// Without what is asked with modules that no path has.
fn tidy(mut plan: Plan) -> Plan {
    let paths = std::mem::take(&mut plan.paths);
    plan.asks.retain(|ask| paths.iter().any(|path| path.modules.contains(&ask.module)));
    Plan { paths, ..plan }
}
