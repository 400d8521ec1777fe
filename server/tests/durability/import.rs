//! kill -9 in the middle of an import: all of it is there, or nothing.

use std::{
    fs,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    process::Stdio,
    time::Instant,
};

use testbed::program::PATIENCE;

use super::{Browser, Db, Program, bedside, entries, serve};

/// How many people the list has: many enough that writing them takes a while.
const PEOPLE: i64 = 8000;
/// How often an import is killed.
const ROUNDS: usize = 3;
/// What must be there or not as a whole.
const WRITTEN: [&str; 8] = [
    "person WHERE employee_no IS NOT NULL",
    "login WHERE kind = 'staff'",
    "department",
    "tenure",
    "import",
    "import_person",
    "fact",
    "audit WHERE what = 'people.imported'",
];

testbed::on_both_engines! {
    an_import_that_is_killed_leaves_nothing_half_done
}

async fn an_import_that_is_killed_leaves_nothing_half_done(db: &Db) {
    let mut program = serve(&db.url);
    Browser::administrator(&program);
    assert_eq!(program.stop(), Some(0));
    let list = db.folder.path().join("list.csv");
    let rows: String = (0..PEOPLE)
        .map(|number| {
            format!(
                "N{number},Person {number},n{number}@clinic.example,Mercy / Ward {},Nurse,2026-01-05\n",
                number % 50
            )
        })
        .collect();
    fs::write(&list, format!("staff_number,name,email,department,job_role,hired_on\n{rows}")).unwrap();
    let import = || {
        let mut command = bedside();
        command.args(["import", "people", "--new-departments", "--database-url", &db.url]).arg(&list);
        command
    };

    for round in 0..ROUNDS {
        let mut running = import().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // At any moment from its first writing on.
        let least = 1 + RandomState::new().build_hasher().finish() % 20;
        while written(db).await < least {
            assert!(running.try_wait().unwrap().is_none(), "round {round}: it ended unseen; the list is too short");
        }
        running.kill().unwrap();
        running.wait().unwrap();
        let killed = Instant::now();
        while db.is_postgres() && written(db).await > 0 {
            assert!(killed.elapsed() < PATIENCE, "the server goes on with what nobody waits for");
        }
        for what in WRITTEN {
            assert_eq!(db.number(&format!("SELECT count(*) FROM {what}")).await, 0, "round {round}: {what}");
        }
        assert_eq!(entries(&db.url), 0);
    }

    let done = import().output().unwrap();
    assert!(done.status.success(), "{done:?}");
    assert_eq!(db.number("SELECT count(*) FROM person WHERE employee_no IS NOT NULL").await, PEOPLE);
    // Each with a first day and with a role that starts.
    assert_eq!(entries(&db.url), 2 * PEOPLE);
    let program = Program::serve(bedside().args(["serve", "--address", "127.0.0.1:0", "--database-url", &db.url]));
    assert_eq!(Browser::new(&program.address).get("/sign-in").status, 200);
}

/// How much a transaction has written that is not committed: on SQLite what did not fit into memory and lies in the log, in steps of
/// 100 kB; on PostgreSQL for how long it has been at it, in steps of 10 ms.
async fn written(db: &Db) -> u64 {
    if db.is_postgres() {
        let writing = "SELECT coalesce(max(EXTRACT(MILLISECONDS FROM clock_timestamp() - xact_start)::bigint), 0) FROM pg_stat_activity
            WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()";
        return u64::try_from(db.number(writing).await).unwrap() / 10;
    }
    fs::metadata(db.folder.path().join("clinic.db-wal")).map_or(0, |log| log.len() / 100_000)
}
