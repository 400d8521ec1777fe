//! The audit packet: for one requirement and a period, everybody whom it concerned then, with what proves it and what was changed, as a
//! PDF, tables and checksums in one file.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use print::listing::{Listing, Part};
use records::{day::Day, policy::Policy};
use serde::Deserialize;
use store::{
    AnyAttempt, AskedBy, Assignment, Audience, DepartmentId, DocumentId, PersonId, Requirement, RequirementId, Round,
    ToldOf, What, Worked,
};

use crate::{
    Failure, FieldError, Usecases,
    assignments::Words,
    audit::Object,
    clock,
    clock::date_words,
    obligations::{day_named, policy_lines},
    recording::what_words,
    reports::{
        Column, Field, Filters, Kind, Row, Section, Value,
        files::unwritten,
        person::{PersonFile, off_thread},
        scope::Scope,
    },
    role_play::{PRACTICE, percent},
    secret::hex,
    who::Who,
};

/// How many rows a packet takes.
pub const MOST: usize = 20_000;
/// How many rows of a packet a page shows.
pub const SHOWN: usize = 50;
/// How many rows one PDF takes; more are printed into several.
const ON_PAPER: usize = 8_000;
/// How many people are looked at together.
const PART: usize = 500;

/// What is typed to ask for a packet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PacketTyped {
    /// The requirement, by its id.
    pub requirement: String,
    /// The first day of the period.
    pub from: String,
    /// The last day of the period.
    pub to: String,
    /// A department with those below it, by its id; empty for all of one's own.
    pub department: String,
}

impl PacketTyped {
    /// Every field by its name in the form, so that a page can carry what was typed to the next one.
    pub fn fields(&self) -> [(&'static str, &str); 4] {
        [("requirement", &self.requirement), ("from", &self.from), ("to", &self.to), ("department", &self.department)]
    }
}

/// What is asked for, understood.
struct Wanted {
    requirement: RequirementId,
    from: Day,
    to: Day,
    department: Option<DepartmentId>,
}

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What it is called.
    pub title: String,
    /// The organisation.
    pub organisation: String,
    /// When it was made, by the site's clocks.
    pub made_at: DateTime,
    /// What it is of: what, and which.
    pub lines: Vec<(&'static str, String)>,
    /// Its rows: a person and a cycle each.
    pub rows: Section,
    /// What was changed.
    pub changes: Section,
    /// How many people it is about.
    pub people: usize,
    /// What its files are called, with what is in them.
    pub files: Vec<(String, &'static str)>,
}

/// A person and a cycle.
struct Concerned {
    rank: usize,
    sort_name: String,
    person: PersonId,
    no: u32,
    opened: Day,
    row: Row,
}

/// What is the same for every row.
struct Of<'a> {
    scope: &'a Scope,
    requirement: &'a Requirement,
    wanted: &'a Wanted,
    words: Words,
    assignments: HashMap<store::AssignmentId, Assignment>,
    /// The documents of which an attempt is an attempt at the requirement.
    tried: Vec<DocumentId>,
    zone: TimeZone,
    today: Day,
}

/// What is known of the people of a part.
struct Known {
    worked: HashMap<PersonId, Worked>,
    asked: Vec<AskedBy>,
    told: HashMap<PersonId, Vec<ToldOf>>,
    attempts: HashMap<PersonId, Vec<AnyAttempt>>,
}

/// The days of a packet; of one that is not over, how far it goes.
fn period_words(wanted: &Wanted, today: Day) -> String {
    let words = format!("{} to {}", date_words(wanted.from.date()), date_words(wanted.to.date()));
    match wanted.to > today {
        true => format!("{words}; nothing after {} is in it", date_words(today.date())),
        false => words,
    }
}

/// What a packet holds, in words.
fn counted_words(rows: usize, people: usize, changes: usize) -> String {
    let some = |many: usize, one: &str, more: &str| format!("{many} {}", if many == 1 { one } else { more });
    let about = some(people, "person", "people");
    format!("{} about {about}, and {}", some(rows, "row", "rows"), some(changes, "change", "changes"))
}

/// Where a change stands among all: its department, the name and the number of the person, and its entry.
type Rank = (usize, String, PersonId, i64);

impl Usecases {
    /// A packet: who was concerned by a requirement in a period, in one's own departments as people worked there then.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with each field to correct, or where there are more than [`MOST`] rows; [`Failure::Denied`] for those
    /// without a team, [`Failure::NotFound`] for a department that is not theirs to see, [`Failure::Store`].
    pub async fn packet(&self, who: &Who, typed: &PacketTyped, now: Timestamp) -> Result<Packet, Failure> {
        if !who.sees_a_team() {
            return Err(Failure::Denied);
        }
        let requirements = self.store.requirements().await?;
        let (wanted, requirement) = parse(typed, &requirements)?;
        self.catch_up().await?;
        let filters = Filters { department: wanted.department, ..Filters::default() };
        let scope = self.scope(who, &filters, now).await?;
        if wanted.from.0 > scope.today {
            let words = "Enter a first day that is not after today: nothing has happened there yet";
            return Err(Failure::field("from", words));
        }
        let head = self.store.ledger_head().await?;
        let zone = TimeZone::get(&self.zone().await?).unwrap_or(TimeZone::UTC);
        let of = Of {
            scope: &scope,
            requirement,
            wanted: &wanted,
            words: self.assignment_words().await?,
            assignments: self.store.assignments().await?.into_iter().map(|one| (one.id, one)).collect(),
            tried: self.tried_at(requirement).await?,
            today: Day(scope.today),
            zone,
        };
        let (mut concerned, mut changes) = (Vec::new(), Vec::new());
        let departments: Vec<DepartmentId> = scope.places.iter().flatten().copied().collect();
        let mut few = match scope.everybody {
            true => None,
            false => Some(self.store.who_worked(&departments, (wanted.from.0, wanted.to.0)).await?.into_iter()),
        };
        let mut after = PersonId(0);
        loop {
            let part: Vec<PersonId> = match &mut few {
                Some(people) => people.take(PART).collect(),
                None => self.store.ever_asked(wanted.requirement, wanted.to.0, after, PART as i64).await?,
            };
            let Some(last) = part.last() else { break };
            after = *last;
            self.part(&of, &part, &mut concerned, &mut changes).await?;
            if concerned.len() > MOST {
                let words = format!(
                    "This is more than {MOST} rows: choose a shorter period, or a department, and make one packet for each"
                );
                return Err(Failure::field("from", words));
            }
        }
        concerned.sort_by(|a, b| (a.rank, &a.sort_name, a.person, a.no).cmp(&(b.rank, &b.sort_name, b.person, b.no)));
        changes.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut changed = self.policy_rows(&of).await?;
        changed.extend(changes.into_iter().map(|(_, row)| row));
        let people = concerned.iter().map(|one| one.person).collect::<HashSet<_>>().len();
        let rows = section(ROWS, concerned.into_iter().map(|one| one.row).collect());
        let changes = section(CHANGES, changed);
        let made_at = self.local().await?(now.as_microsecond());
        let lines = vec![
            ("Requirement", requirement.name.clone()),
            ("Period", period_words(&wanted, of.today)),
            (
                "Departments",
                match (wanted.department, scope.everybody) {
                    (Some(department), _) => format!("{} and below", scope.path(Some(department))),
                    (None, true) => "All, and people without a department".to_owned(),
                    (None, false) => format!("All that {} manages", who.name),
                },
            ),
            ("As of", format!("{}, {}", date_words(of.today.date()), made_at.strftime("%H:%M"))),
            ("Rows", counted_words(rows.rows.len(), people, changes.rows.len())),
            ("Made by", who.name.clone()),
            ("Ledger", format!("entry {} with the hash {}", head.seq, hex(&head.hash))),
        ];
        let mut files: Vec<(String, &'static str)> =
            papers(&rows, &changes).into_iter().map(|(name, ..)| (name, "to read and print")).collect();
        files.extend([
            ("rows.csv".to_owned(), "the rows as a table"),
            ("changes.csv".to_owned(), "the changes as a table"),
            (sheets::bundle::CHECKSUMS.to_owned(), "the checksums of the other files"),
        ]);
        let organisation = self.store.site().await?.map(|site| site.name).unwrap_or_default();
        let title = format!("Audit packet: {}", requirement.name);
        Ok(Packet { title, organisation, made_at, lines, rows, changes, people, files })
    }

    /// A packet as one file (ZIP). The audit log notes it.
    ///
    /// # Errors
    /// As [`Usecases::packet`], and [`Failure::Internal`].
    pub async fn make_packet(&self, who: &Who, typed: &PacketTyped, now: Timestamp) -> Result<PersonFile, Failure> {
        let packet = self.packet(who, typed, now).await?;
        let said =
            packet.lines.iter().filter(|(name, _)| matches!(*name, "Requirement" | "Period" | "Departments" | "Rows"));
        let detail = said.map(|(_, words)| words.as_str()).collect::<Vec<_>>().join("; ");
        let object = Object(format!("requirement/{}", typed.requirement.trim()));
        let name = format!("audit-packet-{}-{}.zip", typed.from.trim(), typed.to.trim());
        // Thousands of rows are seconds of work, in which others are answered.
        let bytes = off_thread(move || packet.zip()).await??;
        self.audit(who, "packet.made", object, &detail, now).await?;
        Ok(PersonFile { name, media_type: "application/zip", bytes })
    }

    /// The documents of which an attempt is an attempt at a requirement: what its module embeds, or the document itself; and the
    /// refresher.
    async fn tried_at(&self, requirement: &Requirement) -> Result<Vec<DocumentId>, Failure> {
        let mut documents = Vec::new();
        if requirement.kind == "module"
            && let Some(live) = self.store.known_document("module", &requirement.slug).await?
        {
            let here = self.here().await?;
            let module = self.versions.module(&self.store, live.version, &here.tokens).await?;
            for activity in module.activities() {
                if let Some(live) = self.store.known_slug(&activity.slug).await?
                    && matches!(live.kind.as_str(), "quiz" | "scenario")
                    && !documents.contains(&live.document)
                {
                    documents.push(live.document);
                }
            }
        }
        if documents.is_empty() {
            documents.push(requirement.document);
        }
        documents.extend(requirement.refresher.filter(|refresher| !documents.contains(refresher)));
        Ok(documents)
    }

    async fn part(
        &self,
        of: &Of<'_>,
        people: &[PersonId],
        concerned: &mut Vec<Concerned>,
        changes: &mut Vec<(Rank, Row)>,
    ) -> Result<(), Failure> {
        let rounds = self.store.rounds(of.requirement.id, people, of.today.0).await?;
        let rounds: Vec<Round> = rounds.into_iter().filter(|round| of.concerns(round)).collect();
        let people: Vec<PersonId> =
            rounds.iter().map(|round| round.person).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        if people.is_empty() {
            return Ok(());
        }
        let documents = (of.requirement.document, of.requirement.refresher.unwrap_or(of.requirement.document));
        let (mut told, mut attempts): (HashMap<_, Vec<_>>, HashMap<_, Vec<_>>) = (HashMap::new(), HashMap::new());
        for one in self.store.told_of(&people, documents).await? {
            told.entry(one.event.person).or_default().push(one);
        }
        for one in self.store.attempts_at(&people, &of.tried).await? {
            attempts.entry(one.person).or_default().push(one);
        }
        let worked = self.store.worked(&people).await?;
        let asked = self.store.asked_by(of.requirement.id, &people).await?;
        let known = Known { worked, asked, told, attempts };
        let local = self.local().await?;
        let mut since: BTreeMap<PersonId, (Day, usize)> = BTreeMap::new();
        for round in &rounds {
            if let Some(one) = of.row(round, &known) {
                let first = since.entry(one.person).or_insert((one.opened, one.rank));
                first.0 = first.0.min(one.opened);
                concerned.push(one);
            }
        }
        for (person, (since, rank)) in since {
            let Some(worked) = known.worked.get(&person) else { continue };
            for told in of.changes(known.told.get(&person).map_or(&[], Vec::as_slice), since) {
                let key = (rank, worked.sort_name.clone(), person, told.event.seq);
                changes.push((key, change_row(&worked.name, of.requirement, told, &local)));
            }
        }
        Ok(())
    }

    /// The versions of the policy that held in the period.
    async fn policy_rows(&self, of: &Of<'_>) -> Result<Vec<Row>, Failure> {
        let all = self.store.policies().await?;
        let own: Vec<_> = all.into_iter().filter(|one| one.requirement == of.requirement.id).collect();
        let before = own.iter().rposition(|one| one.from_on <= of.wanted.from.0).unwrap_or(0);
        let local = self.local().await?;
        let mut rows = Vec::new();
        for version in own.into_iter().skip(before) {
            if version.from_on > of.wanted.to.0 {
                break;
            }
            let written = serde_json::from_str(&version.body).map_err(|cause| Failure::Internal(cause.to_string()))?;
            let policy =
                Policy::read(&written, Some(TimeZone::UTC)).map_err(|cause| Failure::Internal(cause.to_string()))?;
            let words = policy_lines(&policy, false).into_iter().map(|(what, words)| format!("{what}: {words}"));
            let by = match version.by {
                Some(by) => self.store.person(by).await?.map(|person| person.name),
                None => None,
            };
            let what = if version.recalculates { "Policy in force, for open cycles too" } else { "Policy in force" };
            let fields = vec![
                Field::from(Value::None),
                Field::from(what),
                Field::from(of.requirement.name.clone()),
                Field::from(clock::date_of(version.from_on)),
                Field::from(Value::None),
                Field::from(words.collect::<Vec<_>>().join("; ")),
                Field::from(Value::None),
                Field::from(Value::None),
                Field::from(by),
                Field::from(local(version.at).strftime("%-d %b %Y, %H:%M").to_string()),
                Field::from(Value::None),
                Field::from(Value::None),
                Field::from("yes"),
            ];
            rows.push(Row { fields, ..Row::default() });
        }
        Ok(rows)
    }
}

fn parse<'r>(typed: &PacketTyped, requirements: &'r [Requirement]) -> Result<(Wanted, &'r Requirement), Failure> {
    let mut errors = Vec::new();
    let id = typed.requirement.trim().parse().ok().map(RequirementId);
    let requirement = requirements.iter().find(|one| Some(one.id) == id);
    if requirement.is_none() {
        errors.push(FieldError::new("requirement", "Choose a requirement from the list"));
    }
    let mut day = |field, name, typed: &str| match day_named(field, name, typed) {
        Ok(Some(day)) => Some(Day::of(day)),
        Ok(None) => {
            errors.push(FieldError::new(field, format!("Enter {name}")));
            None
        }
        Err(error) => {
            errors.push(error);
            None
        }
    };
    let from = day("from", "the first day of the period", &typed.from);
    let to = day("to", "the last day of the period", &typed.to);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        errors.push(FieldError::new("to", "Enter a last day that is not before the first"));
    }
    let department = match typed.department.trim() {
        "" => None,
        id => match id.parse() {
            Ok(id) => Some(DepartmentId(id)),
            Err(_) => {
                errors.push(FieldError::new("department", "Choose a department from the list"));
                None
            }
        },
    };
    match (requirement, from, to) {
        (Some(requirement), Some(from), Some(to)) if errors.is_empty() => {
            Ok((Wanted { requirement: requirement.id, from, to, department }, requirement))
        }
        _ => Err(Failure::Invalid(errors)),
    }
}

impl Of<'_> {
    /// Whether a round was open, due or completed in the period.
    fn concerns(&self, round: &Round) -> bool {
        let Wanted { from, to, .. } = *self.wanted;
        let within = |day: Option<Day>| day.is_some_and(|day| from <= day && day <= to);
        let ended = round.cycle.completed.or(round.last_on.map(Day));
        let open = round.cycle.opened <= to && ended.is_none_or(|ended| ended >= from);
        // One that an earlier credit completed at once was never open.
        open || within(Some(round.cycle.opened)) || within(round.cycle.due) || within(round.cycle.completed)
    }

    /// The day on which somebody's department counts: of the completion, else the last one of the period on which it was open.
    fn day_of(&self, round: &Round) -> Day {
        let last = round.cycle.completed.or(round.last_on.map(Day)).unwrap_or(self.today);
        last.min(self.wanted.to).min(self.today).max(round.cycle.opened)
    }

    fn row(&self, round: &Round, known: &Known) -> Option<Concerned> {
        let worked = known.worked.get(&round.person)?;
        let day = self.day_of(round);
        let place = worked.on(day.0);
        let department = place.map(|place| place.department);
        if !self.scope.holds(department) {
            return None;
        }
        let cycle = round.cycle;
        let end = cycle.completed.or(round.last_on.map(Day)).unwrap_or(self.today).max(cycle.opened);
        let credit = self.credit(round, known.told.get(&round.person).map_or(&[], Vec::as_slice));
        let attempts: Vec<&AnyAttempt> = known.attempts.get(&round.person).into_iter().flatten().collect();
        let attempts: Vec<&AnyAttempt> = attempts
            .into_iter()
            .filter(|one| one.mode != PRACTICE && (cycle.opened..=end).contains(&self.day_at(one.started_at)))
            .collect();
        let passed = attempts.iter().rev().find(|one| one.passed == Some(true)).and_then(|one| one.score);
        let last = attempts.iter().rev().find_map(|one| one.score);
        let score = credit.and_then(|credit| credit.score).or(passed).or(last);
        let signed = credit.filter(|credit| credit.attempt.is_none()).map(sign_off);
        let counts = match (cycle.completed, cycle.valid_through) {
            (Some(_), None) => Field::from("no end"),
            (_, last) => Field::from(last.map(Day::date)),
        };
        let person = round.person;
        let fields = vec![
            Field::linked(worked.name.clone(), format!("/reports/people/{person}")),
            Field::from(self.scope.path(department)),
            Field::from(place.map(|place| place.job_role.clone())),
            Field::from(self.why(person, cycle.opened, end, &known.asked)),
            Field::from(round.no),
            Field::from(cycle.opened.date()),
            Field::from(cycle.due.map(Day::date)),
            Field::from(cycle.completed.map(Day::date)),
            Field::from(Value::State(if cycle.late { "late" } else { "no" }.to_owned(), cycle.late)),
            Field::from(score.map(percent)),
            Field::from(u32::try_from(attempts.len()).unwrap_or(u32::MAX)),
            Field::from(credit.filter(|one| one.content_hash.is_some()).and_then(|one| one.event.document.clone())),
            Field::from(credit.and_then(|credit| credit.content_hash).map(|hash| hex(&hash))),
            Field::from(signed),
            Field::from(credit.map(|credit| credit.event.seq.to_string())),
            counts,
        ];
        Some(Concerned {
            rank: self.scope.rank(department),
            sort_name: worked.sort_name.clone(),
            person,
            no: round.no,
            opened: cycle.opened,
            row: Row { fields, about: Some((person, self.requirement.id)), total: false },
        })
    }

    fn day_at(&self, micros: i64) -> Day {
        Day::at(Timestamp::from_microsecond(micros).unwrap_or_default(), &self.zone)
    }

    /// The credit that completed a round: of its day the last one, else the last one before it.
    fn credit<'t>(&self, round: &Round, told: &'t [ToldOf]) -> Option<&'t ToldOf> {
        let completed = round.cycle.completed?;
        let counts = |told: &&ToldOf| {
            let event = &told.event;
            matches!(event.kind.as_str(), "completed" | "prior-credit")
                && !event.superseded
                && event.requirement.is_none_or(|id| id == self.requirement.id)
                && event.document_id.is_some()
                && event.on <= completed.0
        };
        told.iter().filter(counts).max_by_key(|told| (told.event.on, told.event.seq))
    }

    /// The assignments that asked somebody for it during a round, in words.
    fn why(&self, person: PersonId, opened: Day, end: Day, asked: &[AskedBy]) -> String {
        let own = asked.iter().filter(|one| {
            one.person == person && one.from_on <= end.0 && one.until_on.is_none_or(|until| until > opened.0)
        });
        let mut all: Vec<String> = Vec::new();
        for one in own {
            let Some(assignment) = self.assignments.get(&one.assignment) else { continue };
            let to = match &assignment.audience {
                Audience::Person(_) => "Assigned to them by name".to_owned(),
                audience => self.words.to(audience, &[]),
            };
            let path = match assignment.what {
                What::Path(_) => format!(" ({})", self.words.what(assignment.what)),
                What::Requirement(_) => String::new(),
            };
            let words = format!("{to}{path}, since {}", date_words(clock::date_of(one.from_on)));
            if !all.contains(&words) {
                all.push(words);
            }
        }
        all.join("; ")
    }

    /// What changed something about the rounds of a person, since the first of them opened.
    fn changes<'t>(&self, told: &'t [ToldOf], since: Day) -> Vec<&'t ToldOf> {
        let about = |one: &ToldOf| match (one.event.requirement, one.event.document_id) {
            (Some(id), _) => id == self.requirement.id,
            (None, Some(_)) => true,
            (None, None) => one.event.kind != "retracted",
        };
        let concerned: HashSet<i64> = told.iter().filter(|one| about(one)).map(|one| one.event.seq).collect();
        let is_change = |one: &&ToldOf| {
            let event = &one.event;
            let corrects = event.supersedes.is_some_and(|seq| concerned.contains(&seq));
            let credit = matches!(event.kind.as_str(), "completed" | "prior-credit");
            let moves = concerned.contains(&event.seq) && (!credit || event.superseded);
            let recent = self.day_at(event.recorded_at) >= since || Day(event.on) >= since;
            let started = matches!(event.kind.as_str(), "hired" | "role-start");
            (corrects || moves) && recent && !(started && event.supersedes.is_none())
        };
        told.iter().filter(is_change).collect()
    }
}

/// Who saw or accepted it, and what proves it.
fn sign_off(credit: &ToldOf) -> String {
    let event = &credit.event;
    let what = match event.kind.as_str() {
        "prior-credit" => "Prior credit",
        _ => "Observed session",
    };
    let by = event.approved_by.as_ref().map(|by| format!("by {by}"));
    let evidence = event.evidence.as_ref().map(|evidence| format!("evidence: {evidence}"));
    let recorded = event.by.as_ref().map(|by| format!("recorded by {by}"));
    let words: Vec<String> = [Some(what.to_owned()), by, evidence, recorded].into_iter().flatten().collect();
    words.join(", ")
}

fn change_row(name: &str, requirement: &Requirement, told: &ToldOf, local: &impl Fn(i64) -> DateTime) -> Row {
    let event = &told.event;
    let about = match (event.requirement, event.document_id) {
        (None, None) => None,
        _ => Some(requirement.name.clone()),
    };
    let fields = vec![
        Field::linked(name.to_owned(), format!("/reports/people/{}", event.person)),
        Field::from(what_words(&event.kind)),
        Field::from(about),
        Field::from(Day(event.on).date()),
        Field::from(event.until.map(|day| Day(day).date())),
        Field::from(event.reason.clone()),
        Field::from(event.evidence.clone()),
        Field::from(event.approved_by.clone()),
        Field::from(event.by.clone().unwrap_or_else(|| "Bedside".to_owned())),
        Field::from(local(event.recorded_at).strftime("%-d %b %Y, %H:%M").to_string()),
        Field::from(event.seq.to_string()),
        Field::from(event.supersedes.map(|seq| seq.to_string())),
        Field::from(if event.superseded { "no longer" } else { "yes" }),
    ];
    Row { fields, ..Row::default() }
}

/// A table before it has rows: title, file, what it holds, what is said where it is empty; columns with what each means.
type Empty = (&'static str, &'static str, &'static str, &'static str, &'static [(&'static str, Kind, &'static str)]);

fn section((title, file, about, none, columns): Empty, rows: Vec<Row>) -> Section {
    let columns = columns.iter().map(|(name, kind, _)| Column::new(*name, *kind)).collect();
    Section { title, file, about, none, columns, rows }
}

const ROWS: Empty = (
    "People and cycles",
    "rows",
    "A row for each person and each cycle that was open, due or completed in the period.",
    "Nobody was asked for it in these departments and this period.",
    &[
        ("Person", Kind::Text, "Whose cycle it is."),
        (
            "Department",
            Kind::Text,
            "Where they worked on the day of completion, else on the last day of the period on which it was open.",
        ),
        ("Job role", Kind::Text, "What they did there."),
        ("Why assigned", Kind::Text, "Each assignment that asked them for it during the cycle."),
        ("Cycle", Kind::Number, "The number of the cycle, counted from the first."),
        ("Opened", Kind::Date, "The day from which it could be done."),
        ("Due", Kind::Date, "The due date as it was moved last."),
        ("Completed", Kind::Date, "The day of the credit that completed it; empty while there is none."),
        (
            "Late",
            Kind::Text,
            "Whether it was completed after its due date, or is not completed and the due date has passed. An extension that was granted after the due date leaves the mark.",
        ),
        ("Score", Kind::Number, "Out of 100, of the attempt that counted; where none passed, of the last one."),
        ("Attempts", Kind::Number, "How many attempts were begun during the cycle, practice not counted."),
        ("Version", Kind::Text, "The title of the text that was completed."),
        ("Content hash", Kind::Text, "The hash of exactly that text (BLAKE3)."),
        (
            "Sign-off",
            Kind::Text,
            "Of an observed session or a prior credit: who saw or accepted it, and what proves it.",
        ),
        ("Ledger entry", Kind::Text, "The number of the credit in the ledger."),
        ("Valid through", Kind::Date, "The last day on which the credit counts."),
    ],
);
const CHANGES: Empty = (
    "Changes",
    "changes",
    "What moved something in these cycles, and the versions of the policy that held in the period.",
    "Nothing was changed.",
    &[
        ("Person", Kind::Text, "Whom it concerns; empty for the policy."),
        ("What", Kind::Text, "What was recorded."),
        ("About", Kind::Text, "The requirement; empty for what is about the person."),
        ("From", Kind::Date, "The day it acts, or the first of some."),
        ("To", Kind::Date, "The last day, or the new due date of an extension."),
        ("Why", Kind::Text, "The reason that was given; of a policy, what it says."),
        ("Evidence", Kind::Text, "What proves it."),
        ("Approved by", Kind::Text, "Who approved, accepted or saw it."),
        ("Recorded by", Kind::Text, "Who recorded it."),
        ("Recorded", Kind::Text, "When, by the clocks of the organisation."),
        ("Ledger entry", Kind::Text, "Its number in the ledger."),
        ("In place of entry", Kind::Text, "The entry that it corrects or takes away."),
        ("Counts", Kind::Text, "Whether it counts still."),
    ],
);

/// The printed files: the name of each with its rows and its changes.
fn papers<'p>(rows: &'p Section, changes: &'p Section) -> Vec<(String, &'p [Row], &'p [Row])> {
    let mut papers: Vec<(&[Row], &[Row])> = rows.rows.chunks(ON_PAPER).map(|part| (part, &[][..])).collect();
    if papers.is_empty() {
        papers.push((&[], &[]));
    }
    let mut left = changes.rows.as_slice();
    if let Some(last) = papers.last_mut() {
        let (own, rest) = left.split_at(left.len().min(ON_PAPER - last.0.len()));
        last.1 = own;
        left = rest;
    }
    papers.extend(left.chunks(ON_PAPER).map(|part| (&[][..], part)));
    let one = papers.len() == 1;
    let name = |at: usize| if one { "packet.pdf".to_owned() } else { format!("packet-{}.pdf", at + 1) };
    papers.into_iter().enumerate().map(|(at, (rows, changes))| (name(at), rows, changes)).collect()
}

impl Packet {
    /// Everything in one file.
    fn zip(&self) -> Result<Vec<u8>, Failure> {
        let mut bundle = sheets::Bundle::new(self.made_at);
        let mut bytes = Vec::new();
        let papers = papers(&self.rows, &self.changes);
        let many = papers.len();
        for (at, (name, rows, changes)) in papers.into_iter().enumerate() {
            bundle.file(&name).map_err(unwritten)?;
            let paper = print::listing(&self.paper((at, many), rows, changes));
            bundle.write(&paper.map_err(|cause| Failure::Internal(cause.to_string()))?).map_err(unwritten)?;
            bytes.extend(bundle.take());
        }
        for section in [&self.rows, &self.changes] {
            bundle.file(&format!("{}.csv", section.file)).map_err(unwritten)?;
            bundle.write(&section.csv()?).map_err(unwritten)?;
            bytes.extend(bundle.take());
        }
        bytes.extend(bundle.finish().map_err(unwritten)?);
        Ok(bytes)
    }

    /// One of so many printed files: a cover with what each column means on the first, then the rows, then the changes.
    fn paper(&self, (at, many): (usize, usize), rows: &[Row], changes: &[Row]) -> Listing {
        let mut lines: Vec<(String, String)> =
            self.lines.iter().map(|(name, words)| ((*name).to_owned(), words.clone())).collect();
        if many > 1 {
            lines.push(("Part".to_owned(), format!("{} of {many}", at + 1)));
        }
        let mut parts = vec![Part::Lines(lines)];
        if at == 0 {
            parts.push(Part::Paragraph(
                "The ledger keeps every entry under a hash of all before it. “bedside verify” recomputes them and names the last one: an \
                 entry of the number above has the hash above, or something before it was changed. “sha256sum --check checksums.sha256” holds the files of this packet \
                 against their checksums."
                    .to_owned(),
            ));
            for (section, (.., columns)) in [(&self.rows, ROWS), (&self.changes, CHANGES)] {
                parts.push(Part::Heading(format!("What the columns of “{}” mean", section.title)));
                let meaning = columns.iter().map(|(name, _, meaning)| ((*name).to_owned(), (*meaning).to_owned()));
                parts.push(Part::Lines(meaning.collect()));
            }
        }
        if !rows.is_empty() || at == 0 {
            parts.extend(on_paper(&self.rows, rows).parts());
        }
        if !changes.is_empty() || at + 1 == many {
            parts.extend(Section { rows: changes.to_vec(), ..self.changes.clone_empty() }.parts());
        }
        Listing { organisation: self.organisation.clone(), title: self.title.clone(), parts }
    }
}

/// The rows as they fit across a sheet: what belongs together in one column.
fn on_paper(section: &Section, rows: &[Row]) -> Section {
    let names = [
        "Person",
        "Work",
        "Why assigned",
        "Opened",
        "Due",
        "Completed",
        "Score",
        "Version",
        "Sign-off",
        "Valid through",
    ];
    let columns = names.map(|name| Column::new(name, Kind::Text)).to_vec();
    let one = |row: &Row| {
        let said =
            |at: usize| row.fields.get(at).map(|field| crate::reports::files::words(&field.value)).unwrap_or_default();
        let work = format!("{}, {}", said(1), said(2));
        let late = if said(8) == "late" { " (late)" } else { "" };
        let attempts = format!("{} ({} attempts)", said(9), said(10));
        let version = match said(12) {
            hash if hash == "–" => hash,
            hash => format!("{} {}", said(11), hash.chars().take(12).collect::<String>()),
        };
        let entry = match said(14) {
            entry if entry == "–" => entry,
            entry => format!("entry {entry}"),
        };
        let signed = match said(13) {
            signed if signed == "–" => entry,
            signed => format!("{signed}, {entry}"),
        };
        let cells = [
            said(0),
            work,
            said(3),
            said(5),
            said(6),
            format!("{}{late}", said(7)),
            attempts,
            version,
            signed,
            said(15),
        ];
        Row { fields: cells.into_iter().map(Field::from).collect(), ..Row::default() }
    };
    Section { columns, rows: rows.iter().map(one).collect(), ..section.clone_empty() }
}
