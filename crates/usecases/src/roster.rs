//! People in bulk: a list or a history is looked at first, and only what was shown is done; the last import can be undone. And the days of
//! one person's work, by hand.

use std::collections::HashSet;

use jiff::{Timestamp, civil::Date};
use records::{
    credits,
    roster::{self, At, Department, Known, Place, Present, Step, Wishes},
    sheet::Problems,
};
use store::{
    Access, Applied, Credit, DepartmentAt, DepartmentId, DocumentId, Held, HeldFile, NewImport, NewPlace, PersonId,
    RosterChange, RosterPerson, RosterPlan, Told, Undone,
};

use crate::{
    Failure, FieldError, Usecases, audit,
    clock::{date_of, day_number},
    secret,
    standing::lost_words,
    who::{Actor, Who},
};

/// How long a file waits for its confirmation.
const HOUR: i64 = 3_600_000_000;
/// How many imports the list shows.
const LISTED: i64 = 20;
/// How many of a group of changes are shown; the others are counted.
pub const SHOWN: usize = 50;
/// The largest file, in bytes.
pub const LARGEST: usize = 32 * 1024 * 1024;

/// What a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// People.
    #[default]
    People,
    /// What people completed elsewhere or earlier.
    History,
}

impl Kind {
    /// The word in forms and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::History => "history",
        }
    }

    /// The kind of a word; a list of people for any other.
    pub fn parse(word: &str) -> Self {
        if word == Self::History.as_str() { Self::History } else { Self::People }
    }
}

/// A file as it was chosen, and what was said of it.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// What it holds.
    pub kind: Kind,
    /// Its name.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it is everybody.
    pub everybody: bool,
    /// Whether departments may be made.
    pub new_departments: bool,
}

/// A change in words: who, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line in the file.
    pub line: Option<u64>,
    /// Staff number.
    pub staff_number: String,
    /// Name.
    pub name: String,
    /// What changes.
    pub what: String,
}

/// Changes of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What it is: `New people`.
    pub title: &'static str,
    /// How many there are.
    pub count: usize,
    /// The first [`SHOWN`].
    pub lines: Vec<Line>,
}

/// What a file would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What it holds.
    pub kind: Kind,
    /// Its name.
    pub file_name: String,
    /// Whether it is everybody.
    pub everybody: bool,
    /// What must be mended first; nothing can be confirmed then.
    pub problems: Problems,
    /// What would change, by kind; the empty ones are left out.
    pub groups: Vec<Group>,
    /// How many lines change nothing.
    pub unchanged: usize,
    /// How many would leave, where that is more than a tenth and must be said.
    pub removing: Option<usize>,
    /// How many work here now.
    pub here: usize,
    /// Names what would change; it is sent back with the confirmation. Empty where nothing can be confirmed.
    pub digest: String,
    /// What it would do, in one sentence.
    pub summary: String,
}

impl Preview {
    /// Whether there is nothing to confirm, since nothing would change.
    pub fn is_nothing(&self) -> bool {
        self.problems.is_empty() && self.groups.is_empty()
    }
}

/// What came of a confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// Done, with what was done in words.
    Done(String),
    /// It was done before, by the same form.
    Before,
    /// People have changed since the preview: look at what it would do now.
    Changed,
    /// More than a tenth would leave, and that was not said.
    NotSaid(usize),
}

/// An import of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportView {
    /// Its number.
    pub id: i64,
    /// When, by the site's clocks.
    pub at: jiff::civil::DateTime,
    /// Who did it; none for the command line.
    pub by: Option<String>,
    /// The name of its file.
    pub file_name: String,
    /// What it did.
    pub summary: String,
    /// When it was undone.
    pub undone: Option<jiff::civil::DateTime>,
    /// Whether it is the last one, so that it can be undone.
    pub can_be_undone: bool,
}

/// Why an import cannot be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotUndo {
    /// Another one came after it, or it is undone already.
    NotTheLast,
    /// These people have changed since: each with who they are and why.
    Prevented(Vec<(PersonId, String, &'static str)>),
}

/// The days of somebody's work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Employment {
    /// The first day.
    pub hired_on: Option<Date>,
    /// The last day.
    pub left_on: Option<Date>,
}

/// What a file would do, and how that is done.
enum Worked {
    People(roster::Plan, Vec<RosterPerson>),
    History(credits::Plan),
}

impl Usecases {
    /// Keeps a file for an hour, to be looked at and confirmed; gives the token under which it waits.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a file that is missing or too large, [`Failure::Denied`] for everybody but administrators,
    /// [`Failure::Store`].
    pub async fn hold_import(&self, who: &Who, chosen: Chosen, now: Timestamp) -> Result<String, Failure> {
        who.as_administrator()?;
        if chosen.bytes.is_empty() {
            return Err(Failure::field("file", "Choose a file, or paste the lines below"));
        }
        if chosen.bytes.len() > LARGEST {
            return Err(Failure::field("file", "The file is larger than 32 MB. Split it in two"));
        }
        let token = secret::token()?;
        let held = Held {
            kind: chosen.kind.as_str().to_owned(),
            file_name: shown_name(&chosen.file_name),
            everybody: chosen.everybody,
            new_departments: chosen.new_departments,
            bytes: chosen.bytes,
        };
        let file = HeldFile { token_hash: hash(&token), person: who.person, held };
        self.store.hold_file(file, now.as_microsecond()).await?;
        Ok(token)
    }

    /// What the file under a token would do now.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where no file of theirs waits, [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn preview_import(&self, who: &Who, token: &str, now: Timestamp) -> Result<Preview, Failure> {
        who.as_administrator()?;
        let held = self.held(who, token, now).await?.ok_or(Failure::NotFound)?;
        let chosen = chosen(held);
        self.preview(Some(who), &chosen, now).await
    }

    /// What a file would do. Without `who` it is the command line that asks.
    ///
    /// # Errors
    /// [`Failure::Denied`] for somebody who is no administrator, [`Failure::Store`].
    pub async fn preview(&self, who: Option<&Who>, chosen: &Chosen, now: Timestamp) -> Result<Preview, Failure> {
        who.map_or(Ok(()), Who::as_administrator)?;
        let worked = self.work(who, chosen, now).await?;
        preview_of(chosen, worked)
    }

    /// Does what the file under a token was shown to do: `digest` names that, `removing` says how many leave, where it must be said.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where no file of theirs waits, [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn confirm_import(
        &self,
        who: &Who,
        token: &str,
        (digest, removing): (&str, Option<usize>),
        now: Timestamp,
    ) -> Result<Confirmed, Failure> {
        who.as_administrator()?;
        let Some(held) = self.held(who, token, now).await? else {
            let before = self.store.was_imported(&hash(token)).await?;
            return if before { Ok(Confirmed::Before) } else { Err(Failure::NotFound) };
        };
        let agreed = Agreed { token: Some(token), digest: Some(digest), removing };
        self.import(Some(who), &chosen(held), agreed, now).await
    }

    /// Does at once what a file says, for the command line: `removing` says how many leave, where it must be said.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with the first problem of a file that cannot be taken, [`Failure::Store`].
    pub async fn import_by_command(
        &self,
        chosen: &Chosen,
        removing: Option<usize>,
        now: Timestamp,
    ) -> Result<Confirmed, Failure> {
        self.import(None, chosen, Agreed { token: None, digest: None, removing }, now).await
    }

    async fn import(
        &self,
        who: Option<&Who>,
        chosen: &Chosen,
        agreed: Agreed<'_>,
        now: Timestamp,
    ) -> Result<Confirmed, Failure> {
        let today = self.today(now).await?;
        let worked = self.work(who, chosen, now).await?;
        let (summary, digest) = match &worked {
            Err(problems) if agreed.digest.is_none() => return Err(unmended(problems)),
            // What was shown had none: people have changed.
            Err(_) => return Ok(Confirmed::Changed),
            Ok(Worked::People(plan, _)) => (people_words(plan, true), plan.digest()),
            Ok(Worked::History(plan)) => (history_words(plan), plan.digest()),
        };
        if agreed.digest.is_some_and(|agreed| agreed != digest) {
            return Ok(Confirmed::Changed);
        }
        let import = NewImport {
            file_name: shown_name(&chosen.file_name),
            summary: summary.clone(),
            token_hash: agreed.token.map(hash),
        };
        let by = who.map(|who| who.person);
        let detail = format!("{}: {summary}", import.file_name);
        let actor = who.map_or(Actor { person: None, from: Some(audit::COMMAND_LINE) }, Actor::from);
        let at = now.as_microsecond();
        let applied = match worked {
            Err(problems) => return Err(unmended(&problems)),
            Ok(Worked::People(plan, people)) => {
                if plan.counts.is_many() && agreed.removing != Some(plan.counts.left) {
                    return Ok(Confirmed::NotSaid(plan.counts.left));
                }
                let plan = RosterPlan {
                    changes: changes(&plan.steps, &people),
                    departments: plan.departments,
                    import: Some(import),
                    by,
                    today,
                };
                self.noting(actor, "people.imported", None, &detail, now).apply_roster(plan, at).await?
            }
            Ok(Worked::History(plan)) => {
                let accepted = who.map_or("the command line", |who| who.name.as_str());
                let credits = plan.credits.into_iter().map(|credit| Credit {
                    person: PersonId(credit.person),
                    document: DocumentId(credit.module),
                    effective_on: day_number(credit.completed_on),
                    body: serde_json::json!({ "evidence": credit.evidence, "by": accepted }).to_string(),
                });
                let noting = self.noting(actor, "history.imported", None, &detail, now);
                noting.apply_history(credits.collect(), import, by, at).await?
            }
        };
        Ok(match applied {
            Applied::Done { lost, .. } if lost.is_empty() => Confirmed::Done(summary),
            Applied::Done { lost, .. } => {
                let words = lost_words(&lost).join(" ");
                Confirmed::Done(format!("{summary}. {}", words.trim_end_matches('.')))
            }
            Applied::Stale => Confirmed::Changed,
            Applied::Gone => Confirmed::Before,
        })
    }

    /// The imports that were done, the newest first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn imports(&self, who: &Who) -> Result<Vec<ImportView>, Failure> {
        who.as_administrator()?;
        let local = self.local().await?;
        let imports = self.store.imports(LISTED).await?;
        let last = imports.first().filter(|import| import.undone_at.is_none()).map(|import| import.id);
        let views = imports.into_iter().map(|import| ImportView {
            at: local(import.at),
            by: import.by_name,
            file_name: import.file_name,
            summary: import.summary,
            undone: import.undone_at.map(&local),
            can_be_undone: last == Some(import.id),
            id: import.id,
        });
        Ok(views.collect())
    }

    /// Undoes the last import, all or nothing.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn undo_import(&self, who: &Who, import: i64, now: Timestamp) -> Result<Result<(), CannotUndo>, Failure> {
        who.as_administrator()?;
        let today = self.today(now).await?;
        let known = self.store.imports(LISTED).await?.into_iter().find(|known| known.id == import);
        let detail = known.map(|known| format!("{}: {}", known.file_name, known.summary)).unwrap_or_default();
        let noting = self.noting(who, "import.undone", None, &detail, now);
        let undone = noting.undo_import(import, Some(who.person), today, now.as_microsecond()).await;
        Ok(match undone? {
            Undone::Done => Ok(()),
            Undone::NotTheLast => Err(CannotUndo::NotTheLast),
            Undone::Prevented(people) => Err(CannotUndo::Prevented(people)),
        })
    }

    /// Everybody with a staff number, as a file that can be imported again.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::Store`].
    pub async fn export_people(&self, who: &Who, now: Timestamp) -> Result<Vec<u8>, Failure> {
        who.as_administrator()?;
        self.export_by_command(now).await
    }

    /// The same for the command line, which asks for no right: whoever runs it can read the database anyway.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn export_by_command(&self, now: Timestamp) -> Result<Vec<u8>, Failure> {
        let today = self.today(now).await?;
        let people = self.store.roster(today).await?;
        let present = self.present(&people, None, today).await?;
        off_thread(move || roster::write(&present)).await
    }

    /// The days of somebody's work.
    ///
    /// # Errors
    /// [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`] where there is nobody, [`Failure::Store`].
    pub async fn employment(&self, who: &Who, person: PersonId) -> Result<Employment, Failure> {
        who.as_administrator()?;
        let (hired_on, left_on) = self.store.employment(person).await?.ok_or(Failure::NotFound)?;
        Ok(Employment { hired_on: hired_on.map(date_of), left_on: left_on.map(date_of) })
    }

    /// Sets the days of somebody's work, as they are typed: `2026-11-28`, or nothing. A last day that has passed ends their access; taking
    /// one away that has passed brings them back.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, [`Failure::Denied`] for everybody but administrators, [`Failure::NotFound`]
    /// where there is nobody, [`Failure::Conflict`] where somebody else changed them at this moment, [`Failure::Store`].
    pub async fn set_employment(
        &self,
        who: &Who,
        person: PersonId,
        (hired_on, left_on): (&str, &str),
        now: Timestamp,
    ) -> Result<Vec<String>, Failure> {
        who.as_administrator()?;
        let mut errors = Vec::new();
        let mut day = |field: &'static str, typed: &str| match typed.trim() {
            "" => None,
            typed => match roster::day(typed) {
                Ok(day) => Some(day),
                Err(why) => {
                    errors.push(FieldError::new(field, why));
                    None
                }
            },
        };
        let (hired_on, left_on) = (day("hired_on", hired_on), day("left_on", left_on));
        if let (Some(hired), Some(left)) = (hired_on, left_on)
            && left < hired
        {
            errors.push(FieldError::new("left_on", "The last day is before the first: mend one of them"));
        }
        let today = self.today(now).await?;
        let people = self.store.roster(today).await?;
        let Some(known) = people.iter().find(|known| known.id == person) else { return Err(Failure::NotFound) };
        if person == who.person && left_on.is_some() {
            errors.push(FieldError::new(
                "left_on",
                "You cannot leave by your own hand: another administrator can do that",
            ));
        }
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors));
        }
        let before = (known.hired_on.map(date_of), known.left_on.map(date_of));
        let gone = |left: Option<Date>| left.is_some_and(|last| last < date_of(today));
        let rehired = (gone(before.1) && !gone(left_on)).then(|| date_of(today));
        if before == (hired_on, left_on) {
            return Ok(Vec::new());
        }
        let words = |day: Option<Date>| day.map_or_else(|| "none".to_owned(), |day| day.to_string());
        let detail = format!("first day {}, last day {}", words(hired_on), words(left_on));
        let change = RosterChange {
            person: Some((person, known.rev)),
            added: false,
            name: known.name.clone(),
            email: known.email.clone(),
            readdressed: false,
            employee_no: known.employee_no.clone(),
            hired_on: hired_on.map(day_number),
            left_on: left_on.map(day_number),
            left_before: known.left_on.filter(|_| rehired.is_none() && before.1 != left_on),
            place: None,
            access: match (gone(left_on), rehired) {
                (true, _) if !gone(before.1) => Access::Ends,
                (_, Some(_)) => Access::Returns,
                _ => Access::Kept,
            },
            told: told(before, (hired_on, left_on), rehired, None),
        };
        let plan =
            RosterPlan { departments: Vec::new(), changes: vec![change], import: None, by: Some(who.person), today };
        match self.noting(who, "person.days", person, &detail, now).apply_roster(plan, now.as_microsecond()).await? {
            Applied::Done { lost, .. } => Ok(lost_words(&lost)),
            Applied::Stale | Applied::Gone => Err(Failure::Conflict),
        }
    }

    async fn held(&self, who: &Who, token: &str, now: Timestamp) -> Result<Option<Held>, Failure> {
        Ok(self.store.held_file(&hash(token), who.person, now.as_microsecond().saturating_sub(HOUR)).await?)
    }

    /// Holds a file against what is there.
    async fn work(
        &self,
        who: Option<&Who>,
        chosen: &Chosen,
        now: Timestamp,
    ) -> Result<Result<Worked, Problems>, Failure> {
        let today = self.today(now).await?;
        let people = self.store.roster(today).await?;
        match chosen.kind {
            Kind::People => {
                let present = self.present(&people, who, today).await?;
                let wishes = Wishes { everybody: chosen.everybody, new_departments: chosen.new_departments };
                let bytes = chosen.bytes.clone();
                // A long list is minutes of work for a slow machine, in which it must answer others.
                let plan = off_thread(move || roster::plan(&bytes, &present, wishes)).await?;
                Ok(plan.map(|plan| Worked::People(plan, people)))
            }
            Kind::History => {
                let mut modules = Vec::new();
                for live in self.store.live_documents("module").await? {
                    modules.push((live.document.0, live.slug, live.title));
                }
                let credits: HashSet<_> = self.store.prior_credits().await?.into_iter().collect();
                let present = credits::Present {
                    people: people
                        .into_iter()
                        .filter(|known| !known.withdrawn)
                        .filter_map(|known| Some((known.employee_no?, known.id.0, known.name)))
                        .collect(),
                    modules,
                    credits: credits
                        .into_iter()
                        .map(|(person, document, on)| (person.0, document.0, date_of(on)))
                        .collect(),
                    today: date_of(today),
                };
                let bytes = chosen.bytes.clone();
                let plan = off_thread(move || credits::plan(&bytes, &present)).await?;
                Ok(plan.map(Worked::History))
            }
        }
    }

    /// People and departments as a list is held against them.
    async fn present(&self, people: &[RosterPerson], who: Option<&Who>, today: i32) -> Result<Present, Failure> {
        let mut above: Vec<String> = Vec::new();
        let mut departments = Vec::new();
        for department in self.store.departments().await? {
            above.truncate(department.depth);
            above.push(department.name);
            departments.push(Department { id: department.id.0, path: above.clone() });
        }
        let known = |known: &RosterPerson| Known {
            id: known.id.0,
            name: known.name.clone(),
            staff_number: known.employee_no.clone(),
            email: known.email.clone(),
            hired_on: known.hired_on.map(date_of),
            left_on: known.left_on.map(date_of),
            places: known
                .places
                .iter()
                .map(|place| Place {
                    department: place.department.0,
                    job_role: place.job_role.clone(),
                    from: date_of(place.from_on),
                    until: place.until_on.map(|day| date_of(day - 1)),
                })
                .collect(),
            disabled: known.disabled,
            administrator: known.administrator,
            withdrawn: known.withdrawn,
        };
        let asks = who.map(|who| who.person.0);
        Ok(Present { people: people.iter().map(known).collect(), departments, today: date_of(today), asks })
    }
}

/// What was agreed to when an import was confirmed.
struct Agreed<'a> {
    token: Option<&'a str>,
    digest: Option<&'a str>,
    removing: Option<usize>,
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|cause| Failure::Internal(cause.to_string()))
}

fn hash(token: &str) -> Vec<u8> {
    blake3::hash(token.as_bytes()).as_bytes().to_vec()
}

/// The name of a file without its folder, short enough to be shown.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|letter| !letter.is_control()).take(100).collect();
    if plain.trim().is_empty() { "pasted lines".to_owned() } else { plain }
}

fn chosen(held: Held) -> Chosen {
    Chosen {
        kind: Kind::parse(&held.kind),
        file_name: held.file_name,
        bytes: held.bytes,
        everybody: held.everybody,
        new_departments: held.new_departments,
    }
}

fn unmended(problems: &Problems) -> Failure {
    let first = problems.shown.first();
    let place = first.and_then(|first| first.line).map(|line| format!("line {line}: ")).unwrap_or_default();
    let words = first.map(|first| first.message.as_str()).unwrap_or_default();
    Failure::field("file", format!("{place}{words}"))
}

/// What the ledger is told of somebody.
fn told(
    before: (Option<Date>, Option<Date>),
    (hired_on, left_on): (Option<Date>, Option<Date>),
    rehired: Option<Date>,
    role: Option<(Date, String)>,
) -> Vec<Told> {
    let mut told = Vec::new();
    // Whoever comes back begins anew that day; the first beginning stays what it was.
    if hired_on != before.0 && (rehired.is_none() || hired_on != rehired) {
        told.push(hired_on.map_or(Told::NotHired, |day| Told::Hired(day_number(day))));
    }
    told.extend(rehired.map(|day| Told::Rehired(day_number(day))));
    told.extend(role.map(|(day, role)| Told::RoleStart(day_number(day), role)));
    match left_on {
        Some(day) if before.1 != left_on => told.push(Told::Left(day_number(day))),
        None if before.1.is_some() && rehired.is_none() => told.push(Told::NotLeft),
        _ => {}
    }
    told
}

/// The steps of a plan as the store does them.
fn changes(steps: &[Step], people: &[RosterPerson]) -> Vec<RosterChange> {
    let revs: std::collections::HashMap<i64, i64> = people.iter().map(|known| (known.id.0, known.rev)).collect();
    let change = |step: &Step| {
        let before = match step.added {
            true => (None, None),
            false => (
                step.rehired_date.as_ref().map_or(step.hired_on, |turn| turn.from),
                step.last_day.as_ref().map_or(step.left_on, |turn| turn.from),
            ),
        };
        let starts = step.moved.as_ref().filter(|moved| moved.role_starts);
        let role = starts.and_then(|moved| Some((moved.on, moved.to.as_ref()?.1.clone())));
        let place = step.moved.as_ref().map(|moved| NewPlace {
            from_on: day_number(moved.on),
            to: moved.to.as_ref().map(|(at, role)| {
                let at = match at {
                    At::Known(id) => DepartmentAt::Known(DepartmentId(*id)),
                    At::New(at) => DepartmentAt::New(*at),
                };
                (at, role.clone())
            }),
        });
        RosterChange {
            person: step.person.map(|id| (PersonId(id), revs.get(&id).copied().unwrap_or_default())),
            added: step.added,
            name: step.name.clone(),
            email: step.email.clone(),
            readdressed: step.readdressed.is_some(),
            employee_no: Some(step.staff_number.clone()),
            hired_on: step.hired_on.map(day_number),
            left_on: step.left_on.map(day_number),
            left_before: before.1.filter(|_| step.last_day.is_some() && step.rehired.is_none()).map(day_number),
            place,
            access: if step.ends {
                Access::Ends
            } else if step.rehired.is_some() || step.added {
                Access::Returns
            } else {
                Access::Kept
            },
            told: told(before, (step.hired_on, step.left_on), step.rehired, role),
        }
    };
    steps.iter().map(change).collect()
}

fn preview_of(chosen: &Chosen, worked: Result<Worked, Problems>) -> Result<Preview, Failure> {
    let mut preview = Preview {
        kind: chosen.kind,
        file_name: shown_name(&chosen.file_name),
        everybody: chosen.everybody,
        problems: Problems::default(),
        groups: Vec::new(),
        unchanged: 0,
        removing: None,
        here: 0,
        digest: String::new(),
        summary: String::new(),
    };
    match worked {
        Err(problems) => preview.problems = problems,
        Ok(Worked::People(plan, _)) => {
            preview.unchanged = plan.counts.unchanged;
            preview.here = plan.counts.here;
            preview.removing = plan.counts.is_many().then_some(plan.counts.left);
            preview.digest = plan.digest();
            preview.summary = people_words(&plan, false);
            preview.groups = people_groups(&plan);
        }
        Ok(Worked::History(plan)) => {
            preview.unchanged = plan.unchanged;
            preview.digest = plan.digest();
            preview.summary = history_words(&plan);
            let lines = plan.credits.iter().take(SHOWN).map(|credit| Line {
                line: Some(credit.line),
                staff_number: credit.staff_number.clone(),
                name: credit.name.clone(),
                what: format!("{}, completed {}: {}", credit.title, words(credit.completed_on), credit.evidence),
            });
            let group = Group { title: "Prior credit", count: plan.credits.len(), lines: lines.collect() };
            preview.groups.extend(Some(group).filter(|group| group.count > 0));
        }
    }
    Ok(preview)
}

fn words(day: Date) -> String {
    crate::clock::date_words(day)
}

fn count(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// What a list does, in one sentence.
/// What a list does: once it is done, or before.
fn people_words(plan: &roster::Plan, is_done: bool) -> String {
    let counts = &plan.counts;
    let (leave, come_back) = match is_done {
        true => ("left", "came back"),
        false => (
            if counts.left == 1 { "leaves" } else { "leave" },
            if counts.rehired == 1 { "comes back" } else { "come back" },
        ),
    };
    let parts = [
        (counts.added, "added"),
        (counts.changed, "changed"),
        (counts.moved, "moved"),
        (counts.left, leave),
        (counts.rehired, come_back),
    ];
    let mut parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if counts.departments > 0 {
        parts.push(format!("{} made", count(counts.departments, "department", "departments")));
    }
    if parts.is_empty() { "nothing changed".to_owned() } else { parts.join(", ") }
}

fn history_words(plan: &credits::Plan) -> String {
    format!("{} of prior credit recorded", count(plan.credits.len(), "line", "lines"))
}

fn people_groups(plan: &roster::Plan) -> Vec<Group> {
    type Sorted = (&'static str, fn(&Step) -> bool, fn(&Step) -> String);
    let kinds: [Sorted; 5] = [
        ("New people", |step| step.added, added_words),
        ("Leaving", |step| step.leaves && !step.added, left_words),
        ("Coming back", |step| step.rehired.is_some(), rehired_words),
        ("Working elsewhere", Step::is_moved, moved_words),
        ("Changed", Step::is_changed, changed_words),
    ];
    let mut groups = Vec::new();
    if !plan.departments.is_empty() {
        let line = |path: &Vec<String>| Line {
            line: None,
            staff_number: String::new(),
            name: path.join(" / "),
            what: "a new department".to_owned(),
        };
        let lines = plan.departments.iter().take(SHOWN).map(line).collect();
        groups.push(Group { title: "New departments", count: plan.departments.len(), lines });
    }
    for (title, chosen, what) in kinds {
        let mut group = Group { title, count: 0, lines: Vec::new() };
        for step in plan.steps.iter().filter(|step| chosen(step)) {
            group.count += 1;
            if group.lines.len() < SHOWN {
                group.lines.push(Line {
                    line: step.line,
                    staff_number: step.staff_number.clone(),
                    name: step.name.clone(),
                    what: what(step),
                });
            }
        }
        groups.extend(Some(group).filter(|group| group.count > 0));
    }
    groups
}

fn place_words(place: Option<&(String, String)>) -> String {
    match place {
        None => "nowhere".to_owned(),
        Some((path, role)) if role.is_empty() => path.clone(),
        Some((path, role)) => format!("{role}, {path}"),
    }
}

fn added_words(step: &Step) -> String {
    let place = step.moved.as_ref().map(|moved| place_words(moved.to_words.as_ref()));
    let days = [("from", step.hired_on), ("left", step.left_on)];
    let days = days.iter().filter_map(|(word, day)| Some(format!("{word} {}", words((*day)?))));
    place.into_iter().chain(step.email.clone()).chain(days).collect::<Vec<_>>().join("; ")
}

fn left_words(step: &Step) -> String {
    let last = step.left_on.map(|day| format!("last day {}", words(day))).unwrap_or_default();
    let why = if step.line.is_none() { "not in the file, " } else { "" };
    let then = if step.ends { "; can no longer sign in" } else { "" };
    format!("{why}{last}{then}")
}

fn rehired_words(step: &Step) -> String {
    let day = step.rehired.map(words).unwrap_or_default();
    format!("back from {day}; can sign in again")
}

fn moved_words(step: &Step) -> String {
    let Some(moved) = &step.moved else { return String::new() };
    let (from, to) = (place_words(moved.from_words.as_ref()), place_words(moved.to_words.as_ref()));
    format!("{from} → {to}, from {}", words(moved.on))
}

fn changed_words(step: &Step) -> String {
    let none = || "none".to_owned();
    let day = |day: Option<Date>| day.map_or_else(none, words);
    let mut parts = Vec::new();
    if let Some(turn) = &step.renamed {
        parts.push(format!("name: {} → {}", turn.from, turn.to));
    }
    if let Some(turn) = &step.readdressed {
        let email = |email: &Option<String>| email.clone().unwrap_or_else(none);
        parts.push(format!("e-mail: {} → {}", email(&turn.from), email(&turn.to)));
    }
    if let Some(turn) = &step.rehired_date {
        parts.push(format!("first day: {} → {}", day(turn.from), day(turn.to)));
    }
    if let Some(turn) = step.last_day.as_ref().filter(|_| !step.leaves) {
        parts.push(format!("last day: {} → {}", day(turn.from), day(turn.to)));
    }
    parts.join("; ")
}
