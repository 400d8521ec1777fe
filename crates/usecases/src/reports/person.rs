//! Everything about one person, as tables: what is asked of them, what they did, what was recorded and by whom, where they worked. For
//! those who may see them, and for themselves.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use records::{
    answer::{Cycle, Standing},
    day::Day,
};
use store::{PersonId, RequirementId};

use super::{Column, Field, Kind, Row, Section, Value};
use crate::{
    Failure, Usecases, clock,
    clock::date_words,
    departments::views,
    obligations::{end_of, missing_words, state_words},
    record::kind_words,
    recording::RecordedLine,
    role_play::percent,
    secret::hex,
    who::Who,
};

/// Everything about one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonReport {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Whether it is whoever asks.
    pub own: bool,
    /// The organisation.
    pub organisation: String,
    /// The day that the obligations are about.
    pub as_of: Date,
    /// As it was known at the end of this day.
    pub known_on: Option<Date>,
    /// When it was made, by the site's clocks.
    pub made_at: DateTime,
    /// Who made it.
    pub made_by: String,
    /// What is said of them beside the tables: what, and which.
    pub lines: Vec<(&'static str, String)>,
    /// The tables.
    pub sections: Vec<Section>,
}

impl PersonReport {
    /// What it is called.
    pub fn title(&self) -> String {
        format!("Everything about {}", self.name)
    }

    /// As of when, in words.
    pub fn as_of_words(&self) -> String {
        let known = self.known_on.map(|day| format!(", as it was known on {}", date_words(day)));
        format!("As of {}{}", date_words(self.as_of), known.unwrap_or_default())
    }

    /// As a PDF file. It is work for a thread of its own.
    ///
    /// # Errors
    /// [`Failure::Internal`].
    pub fn pdf(&self) -> Result<Vec<u8>, Failure> {
        use print::listing::{Listing, Part};
        let made = format!("{}, by {}", self.made_at.strftime("%-d %b %Y, %H:%M"), self.made_by);
        let lines = self.lines.iter().map(|(name, words)| ((*name).to_owned(), words.clone()));
        let lines = lines.chain([("As of".to_owned(), self.as_of_words()), ("Made".to_owned(), made)]);
        let mut parts = vec![Part::Lines(lines.collect())];
        parts.extend(self.sections.iter().flat_map(Section::parts));
        let listing = Listing { organisation: self.organisation.clone(), title: self.title(), parts };
        print::listing(&listing).map_err(|cause| Failure::Internal(cause.to_string()))
    }
}

/// A file of a person's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFile {
    /// Its name.
    pub name: String,
    /// What it is to a browser.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Usecases {
    /// Everything about one person; the obligations as of a day (today if none is said), and as it was known at the end of another.
    ///
    /// # Errors
    /// [`Failure::Denied`] for those who may not see the person, [`Failure::NotFound`], [`Failure::Store`].
    pub async fn person_report(
        &self,
        who: &Who,
        person: PersonId,
        (as_of, known_on): (Option<Date>, Option<Date>),
        now: Timestamp,
    ) -> Result<PersonReport, Failure> {
        let found = self.may_see(who, person, now).await?;
        self.store.refresh(person).await?;
        let site = self.store.site().await?;
        let zone = site.as_ref().and_then(|site| TimeZone::get(&site.zone).ok()).unwrap_or(TimeZone::UTC);
        let today = Day::at(now, &zone);
        let day = as_of.map_or(today, Day::of);
        let requirements = self.store.requirements().await?;
        let name = |id: RequirementId| {
            requirements.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default()
        };
        let mut stand: Vec<(RequirementId, Standing)> = Vec::new();
        let mut rounds: Vec<(RequirementId, Cycle)> = Vec::new();
        match known_on {
            None => {
                rounds = self.store.cycles_of_person(person).await?;
                for one in self.store.obligations(person, day.0).await? {
                    stand.push((one.requirement, one.on(day)));
                    rounds.extend(one.slice.open.map(|open| {
                        let (valid_through, completed) = (None, None);
                        let cycle =
                            Cycle { opened: open.opened, due: open.due, completed, valid_through, late: open.late };
                        (one.requirement, cycle)
                    }));
                }
                // What is open on another day may have ended since, and stands among the others then.
                rounds.sort_by_key(|(id, cycle)| (name(*id), cycle.opened, cycle.completed.is_none()));
                rounds.dedup_by_key(|(id, cycle)| (*id, cycle.opened));
            }
            Some(known) => {
                for account in self.store.accounts(person, Some(end_of(known, &zone))).await? {
                    let id = account.requirement.id;
                    stand.push((id, account.on(day)));
                    rounds.extend(account.explained(day).cycles.into_iter().map(|cycle| (id, cycle)));
                }
                rounds.sort_by_key(|(id, cycle)| (name(*id), cycle.opened));
            }
        }
        stand.sort_by_key(|(id, standing)| (standing.due.is_none(), standing.due, name(*id)));
        let training = self.training_of(who, person, now).await?;
        let place = self.store.tenure_on(person, day.0).await?;
        let departments = views(&self.store.departments().await?);
        let path = |id: store::DepartmentId| {
            departments.iter().find(|one| one.id == id.0).map(|one| one.path.clone()).unwrap_or_default()
        };
        let mut lines = vec![("Name", found.name.clone())];
        lines.extend(found.employee_no.map(|number| ("Staff number", number)));
        let work = place.map_or_else(|| "None".to_owned(), |at| format!("{}, {}", at.job_role, path(at.department)));
        lines.push(("Work", work));
        let (signed, changes): (Vec<_>, Vec<_>) =
            training.recorded.into_iter().filter(|line| !is_own_completion(line)).partition(is_sign_off);
        let asked = stand.into_iter().map(|(id, standing)| asked_row(person, (id, name(id)), standing, day)).collect();
        let rounds = rounds.into_iter().map(|(id, cycle)| round_row(name(id), cycle)).collect();
        let local = self.local().await?;
        let attempts = self.store.attempts_of_person(person).await?;
        let attempts = attempts.into_iter().map(|attempt| attempt_row(attempt, &local)).collect();
        let done = self.store.completions_of(person).await?;
        let certificates = done.into_iter().filter_map(certificate_row).collect();
        let worked = self.store.tenures(person).await?.into_iter().map(|tenure| Row {
            fields: vec![
                Field::from(path(tenure.department)),
                Field::from(tenure.job_role),
                Field::from(clock::date_of(tenure.from_on)),
                Field::from(tenure.until_on.map(|until| clock::date_of(until - 1))),
            ],
            ..Row::default()
        });
        let sections = vec![
            section(ASKED, asked),
            section(ROUNDS, rounds),
            section(ATTEMPTS, attempts),
            section(SIGNED, signed.into_iter().map(signed_row).collect()),
            section(CERTIFICATES, certificates),
            section(CHANGES, changes.into_iter().map(change_row).collect()),
            section(PLACES, worked.collect()),
        ];
        Ok(PersonReport {
            person,
            name: found.name,
            own: person == who.person,
            organisation: site.map(|site| site.name).unwrap_or_default(),
            as_of: day.date(),
            known_on,
            made_at: local(now.as_microsecond()),
            made_by: who.name.clone(),
            lines,
            sections,
        })
    }

    /// A person's report as a file: `report.pdf`, or one of its tables by the name of its file. The audit log notes it.
    ///
    /// # Errors
    /// As [`Usecases::person_report`]; [`Failure::NotFound`] for a file that there is not.
    pub async fn person_file(
        &self,
        who: &Who,
        (person, file): (PersonId, &str),
        days: (Option<Date>, Option<Date>),
        now: Timestamp,
    ) -> Result<PersonFile, Failure> {
        let report = self.person_report(who, person, days, now).await?;
        let detail = format!("{file}, {}", report.as_of_words());
        let made = if file == "report.pdf" {
            let name = format!("person-{person}-{}.pdf", report.as_of);
            PersonFile { name, media_type: "application/pdf", bytes: off_thread(move || report.pdf()).await?? }
        } else {
            let section =
                file.strip_suffix(".csv").and_then(|file| report.sections.iter().find(|one| one.file == file));
            let section = section.ok_or(Failure::NotFound)?;
            let name = format!("person-{person}-{}-{}.csv", section.file, report.as_of);
            PersonFile { name, media_type: "text/csv; charset=utf-8; header=present", bytes: section.csv()? }
        };
        self.audit(who, "person.filed", person, &detail, now).await?;
        Ok(made)
    }
}

/// Runs what takes long beside those who answer.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|cause| Failure::Internal(cause.to_string()))
}

/// A table before it has rows: title, file, what it holds, what is said where it is empty, columns.
type Empty = (&'static str, &'static str, &'static str, &'static str, &'static [(&'static str, Kind)]);

fn section((title, file, about, none, columns): Empty, rows: Vec<Row>) -> Section {
    let columns = columns.iter().map(|(name, kind)| Column::new(*name, *kind)).collect();
    Section { title, file, about, none, columns, rows }
}

const ASKED: Empty = (
    "What is asked",
    "obligations",
    "Each requirement that was ever asked, as it stands on the day this is for.",
    "Nothing is asked.",
    &[
        ("Requirement", Kind::Text),
        ("How it stands", Kind::Text),
        ("Due", Kind::Date),
        ("Valid through", Kind::Date),
        ("Missing", Kind::Text),
    ],
);
const ROUNDS: Empty = (
    "Cycles",
    "cycles",
    "Each round of each requirement: when it opened, when it was due, when it was completed.",
    "No cycle yet.",
    &[
        ("Requirement", Kind::Text),
        ("Opened", Kind::Date),
        ("Due", Kind::Date),
        ("Completed", Kind::Date),
        ("Valid through", Kind::Date),
        ("Late", Kind::Text),
    ],
);
const ATTEMPTS: Empty = (
    "Attempts",
    "attempts",
    "Everything that was begun, the newest first. The version names the exact text, by its hash.",
    "Nothing was begun yet.",
    &[
        ("What", Kind::Text),
        ("Kind", Kind::Text),
        ("Mode", Kind::Text),
        ("Begun", Kind::Text),
        ("Ended", Kind::Text),
        ("Score", Kind::Number),
        ("Passed", Kind::Text),
        ("Version", Kind::Text),
        ("Certificate", Kind::Text),
    ],
);
const SIGNED: Empty = (
    "Observed sessions and prior credit",
    "sign-offs",
    "What others saw or accepted, with what proves it.",
    "None.",
    &[
        ("What", Kind::Text),
        ("About", Kind::Text),
        ("Completed", Kind::Date),
        ("Evidence", Kind::Text),
        ("Seen or accepted by", Kind::Text),
        ("Why", Kind::Text),
        ("Recorded by", Kind::Text),
        ("Recorded", Kind::Text),
        ("Entry", Kind::Text),
        ("Counts", Kind::Text),
    ],
);
const CERTIFICATES: Empty = (
    "Certificates",
    "certificates",
    "Each can be checked by its number at the address /verify.",
    "None.",
    &[
        ("Certificate", Kind::Text),
        ("What", Kind::Text),
        ("Completed", Kind::Date),
        ("Valid through", Kind::Date),
        ("Version", Kind::Text),
        ("Entry", Kind::Text),
    ],
);
const CHANGES: Empty = (
    "Changes",
    "changes",
    "What others recorded that moved something, the newest first, with who, when and why.",
    "Nothing was changed.",
    &[
        ("What", Kind::Text),
        ("About", Kind::Text),
        ("From", Kind::Date),
        ("To", Kind::Date),
        ("Why", Kind::Text),
        ("Approved by", Kind::Text),
        ("Recorded by", Kind::Text),
        ("Recorded", Kind::Text),
        ("Entry", Kind::Text),
        ("In place of entry", Kind::Text),
        ("Counts", Kind::Text),
    ],
);
const PLACES: Empty = (
    "Places of work",
    "places",
    "Where they worked, work and will work.",
    "They work in no department.",
    &[("Department", Kind::Text), ("Job role", Kind::Text), ("From", Kind::Date), ("To", Kind::Date)],
);

/// What people completed themselves stands among the attempts.
fn is_own_completion(line: &RecordedLine) -> bool {
    line.what == "Completed" && line.approved_by.is_none() && line.reason.is_none() && line.corrects.is_none()
}

/// Whether others saw or accepted it.
fn is_sign_off(line: &RecordedLine) -> bool {
    matches!(line.what, "Completed" | "Prior credit")
}

fn dated(day: Option<Day>) -> Field {
    Field::from(day.map(Day::date))
}

fn asked_row(person: PersonId, (id, name): (RequirementId, String), standing: Standing, day: Day) -> Row {
    let overdue = standing.overlay.is_none() && standing.due.is_some_and(|due| due < day);
    let words = state_words(standing.coverage, standing.timing, standing.overlay);
    let fields = vec![
        Field::linked(name, format!("/team/{person}/why/{id}")),
        Field::from(Value::State(words, overdue)),
        dated(standing.due),
        dated(standing.valid_through),
        Field::from(standing.exception.map(|missing| missing_words(missing).to_owned())),
    ];
    Row { fields, ..Row::default() }
}

fn round_row(name: String, cycle: Cycle) -> Row {
    let fields = vec![
        Field::from(name),
        Field::from(cycle.opened.date()),
        dated(cycle.due),
        dated(cycle.completed),
        dated(cycle.valid_through),
        Field::from(if cycle.late { "late" } else { "no" }),
    ];
    Row { fields, ..Row::default() }
}

/// How an attempt was taken, in a word.
fn mode_words(mode: &str) -> Option<String> {
    let words = match mode {
        "" => return None,
        "practice" => "Practice",
        "assessed" => "Assessed",
        other => other,
    };
    Some(words.to_owned())
}

fn attempt_row(attempt: store::AnyAttempt, local: &impl Fn(i64) -> DateTime) -> Row {
    let at = |micros: i64| local(micros).strftime("%-d %b %Y, %H:%M").to_string();
    let passed = attempt.passed.map(|passed| if passed { "yes" } else { "no" }.to_owned());
    let certificate = match attempt.certificate {
        Some(number) => Field::from(number),
        None => Field::from(Value::None),
    };
    let fields = vec![
        Field::from(attempt.title),
        Field::from(kind_words(&attempt.kind)),
        Field::from(mode_words(&attempt.mode)),
        Field::from(at(attempt.started_at)),
        Field::from(attempt.ended_at.map(at)),
        Field::from(attempt.score.map(percent)),
        Field::from(passed),
        Field::from(hex(&attempt.content_hash)),
        certificate,
    ];
    Row { fields, ..Row::default() }
}

fn certificate_row(done: store::Completed) -> Option<Row> {
    let fields = vec![
        Field::from(done.certificate?),
        Field::from(done.title),
        Field::from(clock::date_of(done.effective_on)),
        Field::from(done.valid_through.map(clock::date_of)),
        Field::from(hex(&done.content_hash)),
        Field::from(done.fact.to_string()),
    ];
    Some(Row { fields, ..Row::default() })
}

fn counts(line: &RecordedLine) -> Field {
    Field::from(if line.corrected { "no longer" } else { "yes" })
}

fn recorded(line: &RecordedLine) -> [Field; 3] {
    [
        Field::from(line.by.clone().unwrap_or_else(|| "Bedside".to_owned())),
        Field::from(line.at.strftime("%-d %b %Y, %H:%M").to_string()),
        Field::from(line.number.to_string()),
    ]
}

fn signed_row(line: RecordedLine) -> Row {
    let [by, at, entry] = recorded(&line);
    let what = match (line.what, line.corrects) {
        ("Completed", Some(_)) => "Completion, corrected",
        ("Completed", None) => "Observed session",
        (what, _) => what,
    };
    let counts = counts(&line);
    let fields = vec![
        Field::from(what),
        Field::from(line.about),
        Field::from(line.on),
        Field::from(line.evidence),
        Field::from(line.approved_by),
        Field::from(line.reason),
        by,
        at,
        entry,
        counts,
    ];
    Row { fields, ..Row::default() }
}

fn change_row(line: RecordedLine) -> Row {
    let [by, at, entry] = recorded(&line);
    let counts = counts(&line);
    let fields = vec![
        Field::from(line.what),
        Field::from(line.about),
        Field::from(line.on),
        Field::from(line.until),
        Field::from(line.reason),
        Field::from(line.approved_by),
        by,
        at,
        entry,
        Field::from(line.corrects.map(|number| number.to_string())),
        counts,
    ];
    Row { fields, ..Row::default() }
}
