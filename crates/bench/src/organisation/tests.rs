use jiff::civil::date;
use records::{
    answer::{Coverage, Overlay, Timing},
    day::Day,
};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use store::{PersonId, Store, Verified};
use testbed::Database;

use super::{Made, Size, generate};

const DAY: jiff::civil::Date = date(2027, 5, 3);
const SIZE: Size = Size { people: 300, departments: 30, requirements: 20 };

async fn made(database: &Database, seed: u64) -> Made {
    generate(&database.url, SIZE, seed, DAY).await.expect("an organisation")
}

async fn is_what_the_program_would_make_of_it(database: Database) {
    let made = made(&database, 1).await;
    let store = Store::open(&database.url).await.expect("opens");
    let rebuilt = store.rebuild(true).await.expect("rebuilt");
    assert_eq!((rebuilt.people, rebuilt.different), (300, 0));
    let Verified::Ok { entries, .. } = store.verify().await.expect("verified") else { panic!("the chain is broken") };
    assert_eq!(u64::try_from(entries), Ok(made.loaded.facts));
    assert!(made.loaded.facts > 4000, "{made:?}");
    let (_, login) = made.sign_ins.iter().find(|(what, _)| *what == "manager of a ward").expect("one");
    let manager = store.find_by_login(login).await.expect("asked").expect("somebody");
    assert_eq!(store.rights_of(manager.person).await.expect("rights").len(), 1);
    // What is made is there to be worked with: the next person gets the next number.
    let new =
        store::NewPerson { name: "Eve Last".into(), email: Some("eve@clinic.example".into()), ..Default::default() };
    assert_eq!(store.add_person(new, 0).await.expect("added"), store::Added::Person(PersonId(301)));
    store.close().await;
    database.drop_it().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_what_the_program_would_make_of_it_on_sqlite() {
    is_what_the_program_would_make_of_it(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_what_the_program_would_make_of_it_on_postgres() {
    is_what_the_program_would_make_of_it(Database::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_makes_the_same_organisation_on_either_engine() {
    let mut digests = Vec::new();
    for (database, seed) in [
        (Database::sqlite().await, 1),
        (Database::sqlite().await, 1),
        (Database::postgres().await, 1),
        (Database::sqlite().await, 2),
    ] {
        made(&database, seed).await;
        digests.push(digest(&database.url).await);
        database.drop_it().await;
    }
    assert_eq!(digests[0], digests[1], "twice");
    assert_eq!(digests[0], digests[2], "on the other engine");
    assert_ne!(digests[0], digests[3], "another seed");
}

#[tokio::test(flavor = "multi_thread")]
async fn most_are_compliant_and_everything_else_happens_too() {
    let database = Database::sqlite().await;
    made(&database, 1).await;
    let store = Store::open(&database.url).await.expect("opens");
    let people: Vec<PersonId> = (1..=300).map(PersonId).collect();
    let today = Day::of(DAY);
    let all: Vec<_> =
        store.obligations_of(&people, today.0).await.expect("read").iter().map(|one| one.on(today)).collect();
    store.close().await;
    let counted = all.iter().filter(|one| {
        let in_time = one.coverage == Coverage::Never && one.timing != Some(Timing::Overdue);
        one.overlay.is_none() && (one.coverage == Coverage::Valid || !in_time)
    });
    let counted: Vec<_> = counted.collect();
    let valid = counted.iter().filter(|one| one.coverage == Coverage::Valid).count();
    assert!((70..85).contains(&(valid * 100 / counted.len())), "{valid} of {}", counted.len());
    for coverage in [Coverage::Never, Coverage::Grace, Coverage::Lapsed] {
        assert!(counted.iter().any(|one| one.coverage == coverage), "{coverage:?}");
    }
    for timing in [Timing::NotDue, Timing::WindowOpen, Timing::DueSoon, Timing::Overdue] {
        assert!(counted.iter().any(|one| one.timing == Some(timing)), "{timing:?}");
    }
    for overlay in [Overlay::OnLeave, Overlay::Exempt, Overlay::NotApplicable] {
        assert!(all.iter().any(|one| one.overlay == Some(overlay)), "{overlay:?}");
    }
}

/// Every row that is made in bulk, but for the hashes of passwords, which are salted anew each time. The end of the chain stands for all
/// the ledger holds.
async fn digest(url: &str) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for (columns, from) in [
        ("seq, hash", "ledger_head"),
        ("id, name, employee_no, email, search, disabled_at, created_at, hired_on, left_on", "person ORDER BY id"),
        ("key, person_id, kind", "login ORDER BY person_id, kind"),
        ("id, person_id, department_id, job_role, from_on, until_on", "tenure ORDER BY id"),
        ("person_id, held, department_id", "right_held ORDER BY id"),
        ("id, person_id, document_id, version_id, started_at, ended_at", "attempt ORDER BY id"),
        (
            "person_id, requirement_id, assignment_id, from_on, until_on, days",
            "obligation_source ORDER BY person_id, requirement_id, assignment_id, from_on",
        ),
        (
            "person_id, requirement_id, from_on, until_on, overlay, away, held, valid_through, window_on, grace_on, cycle_no, opened_on,
                due_on, missing, renewal, refresher_on, late, last_late",
            "standing ORDER BY person_id, requirement_id, from_on",
        ),
        (
            "person_id, requirement_id, no, opened_on, due_on, completed_on, valid_through, late",
            "cycle ORDER BY person_id, requirement_id, no",
        ),
    ] {
        let texts = columns.split(',').map(|column| match (column.trim(), url.starts_with("sqlite:")) {
            ("hash", true) => "lower(hex(hash))".to_owned(),
            ("hash", false) => "encode(hash, 'hex')".to_owned(),
            (column, _) => format!("coalesce(CAST({column} AS TEXT), '-')"),
        });
        let sql = format!("SELECT {} AS line FROM {from}", texts.collect::<Vec<_>>().join(" || '|' || "));
        let query = AssertSqlSafe(sql);
        let lines: Vec<String> = if url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(url).await.expect("connects");
            sqlx::query_scalar(query).fetch_all(&mut connection).await.expect(from)
        } else {
            let mut connection = PgConnection::connect(url).await.expect("connects");
            sqlx::query_scalar(query).fetch_all(&mut connection).await.expect(from)
        };
        assert!(!lines.is_empty(), "{from}");
        hasher.update(lines.join("\n").as_bytes());
    }
    hasher.finalize()
}
