//! A made-up organisation as large as there are, with three years behind it: hospitals, divisions and wards, people who came, moved, were
//! away and left, and what each of them did about everything that is asked of everybody. The same seed makes the same organisation.
//!
//! The rules are made through the doors that people use. The people come in bulk ([`store::load`]), and what follows from what they did
//! is worked out by the program's own functions: `bedside rebuild --check` finds nothing to change and `bedside verify` no bad entry.

use jiff::{Timestamp, civil::Date};
use records::day::{Day, Period};
use store::{
    Audience, DepartmentAdded, DepartmentId, DocumentId, Named, NewRequirement, PathStep, PersonId, Store, What,
    load::{self, Loaded},
};
use usecases::{
    Usecases,
    publish::{File, Published},
    set_up::FirstAdministrator,
};

use crate::Outcome;

mod life;

use life::Asked;

/// What everybody signs in with who can.
pub const PASSWORD: &str = "kettle moss violin dune";
/// How far back the history goes.
const YEARS: i32 = 3;
/// One hour in microseconds.
const HOUR: i64 = 3_600_000_000;

/// How large it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// People, the administrator among them.
    pub people: usize,
    /// Departments, on three floors.
    pub departments: usize,
    /// Requirements, each of them asked of everybody.
    pub requirements: usize,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// How much.
    pub loaded: Loaded,
    /// Who can sign in, and as what.
    pub sign_ins: Vec<(&'static str, String)>,
}

/// What the people of an organisation are made from.
struct Plan {
    seed: u64,
    today: i32,
    /// The day on which the organisation began with Bedside.
    began: i32,
    departments: Vec<Department>,
    asked: Vec<Asked>,
    administrator: PersonId,
    password_hash: Option<String>,
}

/// A department; those above it come before it.
struct Department {
    id: DepartmentId,
    floor: Floor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Floor {
    Hospital,
    Division,
    Ward,
}

/// Makes an organisation in a database that is new, as it is on a day.
///
/// # Errors
/// When the database is not new, the numbers do not fit each other, or it fails.
pub async fn generate(database: &str, size: Size, seed: u64, day: Date) -> Outcome<Made> {
    if size.people <= size.departments + 1 {
        return Err("there must be more people than departments: each has somebody who manages it".into());
    }
    let today = Day::of(day).0;
    let began = Day::of(day).plus(-365 * YEARS).0;
    let store = Store::open(database).await?;
    let plan = set_up(&store, size, seed, (began, today)).await?;
    store.close().await;
    let named = |floor: Floor| plan.departments.iter().position(|department| department.floor == floor);
    let mut sign_ins = vec![("administrator", ADMINISTRATOR.to_owned())];
    for (what, at) in [
        ("manager of a hospital", named(Floor::Hospital)),
        ("manager of a division", named(Floor::Division)),
        ("manager of a ward", named(Floor::Ward)),
        ("learner", Some(plan.departments.len())),
    ] {
        sign_ins.extend(at.map(|at| (what, life::email(plan.seed, at))));
    }
    let count = size.people - 1;
    let loaded = load::load(database, seed, count, move |number, first| life::newcomer(&plan, number, first)).await?;
    Ok(Made { loaded: loaded.ok_or("something has happened in this database already")?, sign_ins })
}

/// With what the administrator signs in.
pub(crate) const ADMINISTRATOR: &str = "ada@hospital.example";

/// The organisation with its departments, and what it asks of everybody.
async fn set_up(store: &Store, size: Size, seed: u64, (began, today): (i32, i32)) -> Outcome<Plan> {
    let before = instant(began - 30)?;
    store.migrate(before.as_microsecond()).await?;
    let usecases = Usecases::new(store.clone());
    let token = usecases.make_set_up_link(before).await?.ok_or("the database is not new")?;
    let first = FirstAdministrator {
        organisation: "Northern Hospitals",
        zone: "Africa/Lagos",
        name: "Ada Obi",
        email: ADMINISTRATOR,
        password: PASSWORD,
        from: None,
    };
    let administrator = usecases.set_up(&token, first, before).await.map_err(|why| format!("set-up: {why:?}"))?;
    let departments = departments(store, size.departments).await?;
    let mut asked = Vec::with_capacity(size.requirements);
    for number in 0..size.requirements {
        let document = module(&usecases, store, number, before).await?;
        asked.push((document, POLICIES[number % POLICIES.len()]));
    }
    // Some texts are written anew half way.
    let later = instant(began + 365 * YEARS / 2)?;
    for number in (0..size.requirements).step_by(5) {
        publish(&usecases, number, 2, later).await?;
    }
    let asked = require(store, &asked, administrator, began).await?;
    usecases.catch_up().await?;
    let password_hash = store.password_hash(administrator).await?;
    Ok(Plan { seed, today, began, departments, asked, administrator, password_hash })
}

/// Hospitals, each with divisions, each with wards: as many as there are to be, and nine of ten are wards.
async fn departments(store: &Store, count: usize) -> Outcome<Vec<Department>> {
    let hospitals = count.div_ceil(100);
    let divisions = (count / 10).max(hospitals);
    let mut all: Vec<Department> = Vec::with_capacity(count);
    for at in 0..count {
        let (floor, above, name) = match at {
            at if at < hospitals => (Floor::Hospital, None, format!("Hospital {}", at + 1)),
            at if at < hospitals + divisions => {
                let number = at - hospitals;
                (Floor::Division, Some(number % hospitals), format!("Division {}", number + 1))
            }
            at => {
                let number = at - hospitals - divisions;
                (Floor::Ward, Some(hospitals + number % divisions), format!("Ward {}", number + 1))
            }
        };
        let above = above.and_then(|at| all.get(at)).map(|department| department.id);
        let DepartmentAdded::Department(id) = store.add_department(&name, above).await? else {
            return Err(format!("{name} was not added").into());
        };
        all.push(Department { id, floor });
    }
    Ok(all)
}

/// Publishes the module of a requirement.
async fn module(usecases: &Usecases, store: &Store, number: usize, now: Timestamp) -> Outcome<DocumentId> {
    let slug = publish(usecases, number, 1, now).await?;
    Ok(store.live_document("module", &slug).await?.ok_or("a module has gone")?.document)
}

async fn publish(usecases: &Usecases, number: usize, edition: u32, now: Timestamp) -> Outcome<String> {
    let title = title(number);
    let slug = title.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let source = format!(
        "---\nkind: module\ntitle: {title}\nminutes: 5\ncomplete: [read]\n---\n\n# {title}\n\n## What it is about\n\n\
         Edition {edition}. What everybody here needs to know of it, and whom to ask.\n\n## What you do\n\n\
         You look, you say what you see, and you write it down.\n"
    );
    match usecases.publish(&File::alone(&format!("{slug}.md"), &source), now).await? {
        Published::New => Ok(slug),
        other => Err(format!("{slug} was not published: {other:?}").into()),
    }
}

/// Makes the requirements and asks them of everybody: most by an assignment of their own, the last fifth as steps of a path.
async fn require(
    store: &Store,
    asked: &[(DocumentId, Terms)],
    administrator: PersonId,
    began: i32,
) -> Outcome<Vec<Asked>> {
    let by = Some(administrator);
    let mut all = Vec::with_capacity(asked.len());
    let mut steps = Vec::new();
    let on_path = asked.len() - asked.len() / 5;
    for (number, (document, terms)) in asked.iter().enumerate() {
        let is_step = number >= on_path;
        // A quarter and the path are asked from the first day on; the others came one by one, the last some months ago.
        let later = i32::try_from(number * 3 * 500 / asked.len())? - 350;
        let from_on = if is_step { began } else { began + later.max(0) };
        let at = instant(from_on)?.as_microsecond();
        let new = NewRequirement {
            document: *document,
            name: title(number),
            refresher: None,
            update_of: None,
            from_on,
            policy: terms.policy.to_owned(),
            by,
        };
        let Named::Done(id) = store.add_requirement(new, at).await? else {
            return Err(format!("{} was not added", title(number)).into());
        };
        let mut due_days = terms.first;
        if is_step {
            due_days = 14 + 7 * i32::try_from(number - on_path)?;
            steps.push(PathStep { requirement: id, due_days });
        } else {
            store.assign(What::Requirement(id), Audience::Everybody, (from_on, by), at).await?;
        }
        all.push(Asked { id, from_on, due_days, terms: *terms });
    }
    if !steps.is_empty() {
        let Named::Done(path) = store.add_path("Starting here").await? else { return Err("the path was there".into()) };
        store.change_path(path, "Starting here", steps, began).await?;
        let at = instant(began)?.as_microsecond();
        store.assign(What::Path(path), Audience::Everybody, (began, by), at).await?;
    }
    Ok(all)
}

/// Eight in the morning of a day, there.
fn instant(day: i32) -> Outcome<Timestamp> {
    Ok(Timestamp::from_microsecond(i64::from(day) * 24 * HOUR + 7 * HOUR)?)
}

/// A policy, and what people make of it: they do not read it, they know when something is due.
#[derive(Clone, Copy, Debug)]
struct Terms {
    policy: &'static str,
    /// After how many days it is first due, about.
    first: i32,
    validity: Option<Period>,
    window: i32,
    basis: Basis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Basis {
    Completion,
    Expiry,
    /// The first of September.
    September,
}

const fn terms(policy: &'static str, first: i32, validity: i32, window: i32, basis: Basis) -> Terms {
    let validity = if validity == 0 { None } else { Some(Period::Months(validity)) };
    Terms { policy, first, validity, window, basis }
}

/// What the requirements ask for, in turn.
const POLICIES: [Terms; 10] = [
    terms(r#"{"validity":"12 months"}"#, 30, 12, 60, Basis::Expiry),
    terms(r#"{"validity":"24 months"}"#, 30, 24, 60, Basis::Expiry),
    terms(r#"{"validity":"none"}"#, 30, 0, 0, Basis::Expiry),
    terms(r#"{"validity":"24 months","basis":"completion"}"#, 30, 24, 60, Basis::Completion),
    terms(
        r#"{"validity":"12 months","basis":"completion","window":"30 days","grace":"0 days"}"#,
        30,
        12,
        30,
        Basis::Completion,
    ),
    terms(r#"{"first-due":{"after":"hired","days":60}}"#, 14, 0, 0, Basis::Expiry),
    terms(r#"{"validity":"24 months","window":"90 days","grace":"60 days"}"#, 30, 24, 90, Basis::Expiry),
    terms(
        r#"{"first-due":{"after":"role-start","days":45},"validity":"24 months","basis":"completion"}"#,
        14,
        24,
        60,
        Basis::Completion,
    ),
    terms(
        r#"{"first-due":{"after":"assigned","days":90},"validity":"12 months","basis":{"calendar":"09-01"}}"#,
        90,
        12,
        60,
        Basis::September,
    ),
    terms(r#"{"first-due":{"after":"assigned","days":14},"validity":"none"}"#, 14, 0, 0, Basis::Expiry),
];

fn title(number: usize) -> String {
    match TITLES.get(number) {
        Some(title) => (*title).to_owned(),
        None => format!("Subject {}", number + 1),
    }
}

const TITLES: [&str; 50] = [
    "Hand hygiene",
    "Fire safety",
    "Patient privacy",
    "Blood transfusion",
    "Needle safety",
    "Our values",
    "Moving and handling",
    "Basic life support",
    "Infection control",
    "Complaints welcome",
    "Medication safety",
    "Safeguarding children",
    "Safeguarding adults",
    "Waste and sharps",
    "Data at work",
    "Incident reports",
    "Falls and how to prevent them",
    "Pressure ulcers",
    "Sepsis early",
    "Pain and comfort",
    "Consent",
    "Interpreters",
    "Food and allergies",
    "Oxygen safety",
    "Isolation rooms",
    "Handover",
    "Identity of patients",
    "Surgical checklist",
    "Radiation safety",
    "Medical gases",
    "Lone working",
    "Violence and how to calm it",
    "Stress and rest",
    "Equal treatment",
    "Whistle blowing",
    "Emergency plan",
    "Power failure",
    "Water safety",
    "Lifts and alarms",
    "Devices on the ward",
    "Your first week",
    "Whom to call",
    "How we greet",
    "Telephone manners",
    "Names and titles",
    "Waiting rooms",
    "Visitors",
    "Bad news",
    "After a death",
    "Speaking up",
];

#[cfg(test)]
mod tests;
