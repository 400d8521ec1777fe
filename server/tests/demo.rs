//! The made-up hospital: the same for the same seed, true to what is kept of it, on both engines; and how it is shown.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::process::{Command, Output};

use jiff::civil::date;
use store::Store;
use testbed::{Browser, Database, Program, program::command};
use usecases::{
    Usecases, clock,
    demo::{Demo, Holds},
    reports::{Report, Typed},
};

const DEMO: Demo = Demo { seed: 7, day: date(2026, 11, 28), months: 1 };

/// Makes the hospital; gives a line for each thing that somebody did or was granted.
async fn made(url: &str, demo: &Demo) -> Vec<String> {
    let store = Store::open_to_fill(url).await.unwrap();
    store.migrate(demo.beginning().as_microsecond()).await.unwrap();
    let usecases = Usecases::new(store.clone()).with_plan(server::content::starter_plan());
    assert_eq!(usecases.holds().await.unwrap(), Holds::Nothing);
    server::serve::publish_starter(&usecases, demo.beginning()).await.unwrap();
    let mut months = Vec::new();
    usecases.fill_demo(demo, |month| months.push(month.to_string())).await.unwrap();
    assert_eq!(usecases.holds().await.unwrap(), Holds::ADemo);
    assert_eq!(months.len(), usize::try_from(demo.months).unwrap());

    // Nothing in it is but what follows from the facts.
    assert_eq!(store.rebuild(true).await.unwrap().different, 0);
    assert!(matches!(store.verify().await.unwrap(), store::Verified::Ok { .. }));

    let mut told = Vec::new();
    for line in store.people("", 100, 0).await.unwrap().people {
        for tried in store.tried(line.id, None).await.unwrap() {
            told.push(format!("{} {:?} {:?} {:?}", line.name, tried.document, tried.score, tried.passed));
        }
        for event in store.events(line.id).await.unwrap() {
            told.push(format!("{} {} {}", line.name, event.on, event.kind));
        }
    }
    // Each of whom something can be asked has something behind them, and a manager has somebody late.
    let sign_ins = usecases.demo_sign_ins().await.unwrap();
    let rights: Vec<_> = sign_ins.iter().map(|one| one.right).collect();
    assert_eq!(rights, ["administrator", "manager", "trainer", "learner"]);
    let again = usecases.demo_sign_ins().await.unwrap();
    assert!(sign_ins.iter().zip(&again).all(|(one, other)| one.login == other.login && one.password != other.password));
    let admin = store.find_by_login(&sign_ins[0].login).await.unwrap().unwrap();
    let admin = usecases.who(admin.person).await.unwrap().unwrap();
    let typed = Typed { as_of: demo.day.to_string(), ..Typed::default() };
    let now = demo.day.at(9, 0, 0, 0).in_tz("Africa/Lagos").unwrap().timestamp();
    let departments = usecases.report(&admin, Report::Departments, &typed, now).await.unwrap();
    assert!(departments.rows.len() > 13, "{}", departments.rows.len());
    store.close().await;
    told
}

#[tokio::test]
async fn the_same_seed_makes_the_same_hospital() {
    let [one, same, other] = [Database::sqlite().await, Database::sqlite().await, Database::sqlite().await];
    let first = made(&one.url, &DEMO).await;
    assert!(first.len() > 500, "{} things happened", first.len());
    assert_eq!(made(&same.url, &DEMO).await, first);
    let another = made(&other.url, &Demo { seed: 8, ..DEMO }).await;
    assert_ne!(another, first);
}

#[tokio::test]
async fn it_stands_on_postgresql_too() {
    let db = Database::postgres().await;
    made(&db.url, &DEMO).await;
    db.drop_it().await;
}

fn bedside() -> Command {
    command(env!("CARGO_BIN_EXE_bedside"))
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn it_has_a_sign_in_for_each_right_and_leaves_a_real_organisation_alone() {
    let folder = tempfile::tempdir().unwrap();
    let demo = ["demo", "--seed", "3", "--months", "1"];
    let made = bedside().current_dir(folder.path()).args(demo).output().unwrap();
    assert!(made.status.success(), "{}", complaint(&made));
    assert!(String::from_utf8_lossy(&made.stdout).contains("tomas.ferreira@riverside.example"));
    let again = bedside().current_dir(folder.path()).args(demo).output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    assert!(complaint(&again).contains("already"), "{}", complaint(&again));

    let mut sign_ins = Vec::new();
    // Each start finds the people there and gives new passwords.
    for start in ["first", "second"] {
        let mut command = bedside();
        command.current_dir(folder.path()).args(["serve", "--demo", "--address", "127.0.0.1:0"]);
        let program = Program::serve(&mut command);
        assert!(program.set_up.is_none(), "{start}");
        for right in ["administrator", "manager", "trainer", "learner"] {
            let line = program.said.iter().find(|line| line.trim_start().starts_with(right));
            let words: Vec<_> =
                line.unwrap_or_else(|| panic!("{right} in {:?}", program.said)).split_whitespace().collect();
            let mut browser = Browser::new(&program.address);
            assert_eq!(browser.post("/sign-in", &[("login", words[1]), ("password", words[2])]).status, 303, "{right}");
            let page = browser.get("/").body;
            assert!(page.contains("Made-up people"), "{right}");
            assert_eq!(page.contains("href=\"/team\""), matches!(right, "administrator" | "manager"), "{right}");
            sign_ins.push(words[2].to_owned());
        }
        if start == "first" {
            let mut manager = Browser::new(&program.address);
            manager.post("/sign-in", &[("login", "grace.mensah@riverside.example"), ("password", &sign_ins[1])]);
            let team = manager.get("/team").body;
            assert!(team.contains("Service is part of care") && team.contains("Joseph Otieno"), "{team}");
            assert!(!team.contains("Peter Novak"), "he works elsewhere");
        }
    }
    assert!(folder.path().join("data/demo.db").exists() && !folder.path().join("data/bedside.db").exists());
    sign_ins.sort();
    sign_ins.dedup();
    assert_eq!(sign_ins.len(), 8, "each start has its own passwords");

    // However it is started, it says that its people are made up.
    let url = format!("sqlite:{}", folder.path().join("data/demo.db").display());
    let plain = Program::serve(bedside().args(["serve", "--address", "127.0.0.1:0", "--database-url", &url]));
    assert!(Browser::new(&plain.address).get("/sign-in").body.contains("Made-up people"));
    drop(plain);

    let url = format!("sqlite:{}", folder.path().join("real.db").display());
    let real = Program::serve(bedside().args(["serve", "--address", "127.0.0.1:0", "--database-url", &url]));
    Browser::administrator(&real);
    assert!(!Browser::new(&real.address).get("/sign-in").body.contains("Made-up people"));
    drop(real);
    for command in [&["demo"][..], &["serve", "--demo", "--address", "127.0.0.1:0"][..]] {
        let output = bedside().args(command).args(["--database-url", &url]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(complaint(&output).contains("real organisation"), "{}", complaint(&output));
    }
}

#[tokio::test]
async fn a_hospital_that_was_never_finished_is_said_to_be_none() {
    let db = Database::sqlite().await;
    made(&db.url, &DEMO).await;
    db.execute("UPDATE audit SET what = 'site.changed' WHERE what = 'site.demo'").await;
    let store = Store::open(&db.url).await.unwrap();
    let usecases = Usecases::new(store.clone());
    assert_eq!(usecases.holds().await.unwrap(), Holds::HalfADemo);
    assert!(usecases.demo_sign_ins().await.is_err());
    assert!(usecases.fill_demo(&Demo::today(clock::now()), |_| ()).await.is_err());
    store.close().await;
    let output = bedside().args(["serve", "--demo", "--address", "127.0.0.1:0", "--database-url", &db.url]).output();
    assert!(complaint(&output.unwrap()).contains("never finished"));
}
