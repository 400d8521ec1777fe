//! The commands beside `serve`, as processes, mostly while the platform runs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::{fs, path::Path, process::Command};

use testbed::{
    Browser, Database as Db, Program,
    browser::PASSWORD,
    program::{READING, command, publish_reading},
};

testbed::on_both_engines! {
    somebody_added_gets_a_link_that_lets_them_in
    a_right_that_is_granted_acts_from_the_next_sign_in_on
    a_reset_signs_out_and_its_link_replaces_the_password
    a_manager_needs_one_department_and_nobody_else_has_one
    whoever_is_disabled_is_refused_from_the_next_request_on_until_they_are_enabled
    a_list_is_shown_imported_and_exported_and_never_by_halves
    verify_names_the_first_entry_that_was_tampered_with
    a_backup_is_made_while_serving_and_never_over_a_file
}

fn bedside() -> Command {
    command(env!("CARGO_BIN_EXE_bedside"))
}

/// Runs a command on a database: its exit code, and all it said.
fn run(arguments: &[&str], url: &str) -> (Option<i32>, String) {
    let output = bedside().args(arguments).args(["--database-url", url]).output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap());
    (output.status.code(), said.concat())
}

#[track_caller]
fn done(arguments: &[&str], url: &str) -> String {
    let (code, said) = run(arguments, url);
    assert_eq!(code, Some(0), "{arguments:?} says {said}");
    said
}

#[track_caller]
fn refused(arguments: &[&str], url: &str, words: &[&str]) {
    let (code, said) = run(arguments, url);
    assert_eq!(code, Some(1), "{arguments:?} says {said}");
    for word in words {
        assert!(said.contains(word), "{word} in what {arguments:?} says: {said}");
    }
}

/// Starts the program with a module to read.
fn serve(url: &str) -> Program {
    let program = Program::serve(bedside().args(["serve", "--address", "127.0.0.1:0", "--database-url", url]));
    publish_reading(bedside(), url);
    program
}

/// The link's path in what a command said.
fn link(said: &str) -> String {
    let (_, token) = said.split_once("/invite/").unwrap_or_else(|| panic!("no link: {said}"));
    format!("/invite/{}", token.split_whitespace().next().unwrap())
}

fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/record").status == 200
}

/// How many lines of this kind the command line has written into the audit log.
async fn noted(db: &Db, what: &str) -> i64 {
    db.number(&format!("SELECT count(*) FROM audit WHERE what = '{what}' AND from_address = 'command line'")).await
}

async fn somebody_added_gets_a_link_that_lets_them_in(db: &Db) {
    let program = serve(&db.url);
    let said = done(&["user", "add", "ben-7", "--name", "Ben Eze"], &db.url);
    assert!(said.contains("Added: Ben Eze"), "{said}");
    let mut ben = Browser::new(&program.address);
    let accepted = ben.post(&link(&said), &[("password", PASSWORD)]);
    assert_eq!((accepted.status, accepted.location()), (303, "/"));
    assert!(ben.get("/").body.contains("Ben Eze"));
    assert_eq!(ben.post(&link(&said), &[("password", PASSWORD)]).status, 410, "a link works once");

    refused(&["user", "add", "BEN-7", "--name", "Another"], &db.url, &["BEN-7", "bedside user reset"]);
    refused(&["user", "add", "ben@", "--name", "Ben"], &db.url, &["error:"]);
    refused(&["user", "add", "n-8", "--name", "  "], &db.url, &["error:"]);
    for nothing in ["", "  "] {
        let nameless = ["user", "add", nothing, "--name", "Ben"];
        refused(&nameless, &db.url, &["give an e-mail address or a staff number"]);
    }
    assert_eq!((noted(db, "person.added").await, db.number("SELECT count(*) FROM person").await), (1, 1));
}

async fn a_right_that_is_granted_acts_from_the_next_sign_in_on(db: &Db) {
    let program = serve(&db.url);
    let mut administrator = Browser::administrator(&program);
    let mut ben = administrator.learner("ben-7");
    assert_eq!(ben.get("/people").status, 404);
    assert!(done(&["user", "grant", "Ben-7", "administrator"], &db.url).contains("Granted."));
    assert!(!is_signed_in(&mut ben), "the sessions have ended");
    assert_eq!(ben.sign_in("ben-7").status, 303);
    assert_eq!(ben.get("/people").status, 200);
    assert!(done(&["user", "grant", "ben-7", "administrator"], &db.url).contains("already"));

    refused(&["user", "grant", "nobody", "trainer"], &db.url, &["nobody signs in with “nobody”"]);
    let manager = ["user", "grant", "ben-7", "manager", "--department", "Ward 3"];
    refused(&manager, &db.url, &["there is no department “Ward 3”"]);
    let added = administrator.post("/departments", &[("name", "Ward 3"), ("parent", "")]);
    assert_eq!(added.status, 303, "{added:?}");
    assert!(done(&manager, &db.url).contains("Granted."));
    let (code, said) = run(&["user", "grant", "ben-7", "manager"], &db.url);
    assert!(code == Some(2) && said.contains("--department"), "{said}");
}

async fn a_manager_needs_one_department_and_nobody_else_has_one(db: &Db) {
    let program = serve(&db.url);
    let mut administrator = Browser::administrator(&program);
    administrator.learner("ben-7");
    for (name, above) in [("Mercy", ""), ("Hill", ""), ("Ward 3", "Mercy"), ("Ward 3", "Hill")] {
        let parent = match above {
            "" => String::new(),
            above => db.number(&format!("SELECT id FROM department WHERE name = '{above}'")).await.to_string(),
        };
        assert_eq!(administrator.post("/departments", &[("name", name), ("parent", &parent)]).status, 303);
    }
    let grant = |right, department| ["user", "grant", "ben-7", right, "--department", department];
    for right in ["trainer", "administrator"] {
        refused(&grant(right, "Mercy"), &db.url, &["only a manager has a department"]);
    }
    refused(&grant("manager", "Ward 3"), &db.url, &["several departments", "Hill › Ward 3", "Mercy › Ward 3"]);
    assert_eq!(db.number("SELECT count(*) FROM right_held WHERE held <> 'administrator'").await, 0);
    assert!(done(&grant("manager", "Mercy › Ward 3"), &db.url).contains("Granted."));
    let held = "SELECT count(*) FROM right_held r JOIN department d ON d.id = r.department_id
        JOIN department above ON above.id = d.parent_id WHERE d.name = 'Ward 3' AND above.name = 'Mercy'";
    assert_eq!(db.number(held).await, 1);
    assert!(administrator.get("/audit").body.contains("manager, Mercy › Ward 3"));
}

async fn a_reset_signs_out_and_its_link_replaces_the_password(db: &Db) {
    let program = serve(&db.url);
    let mut ben = Browser::administrator(&program).learner("ben-7");
    assert!(is_signed_in(&mut ben));
    let said = done(&["user", "reset", "ben-7"], &db.url);
    assert!(!is_signed_in(&mut ben), "the sessions have ended");
    let password = "lantern orchid gravel tide";
    assert_eq!(ben.post(&link(&said), &[("password", password)]).status, 303);
    assert!(is_signed_in(&mut ben));
    let mut elsewhere = Browser::new(&program.address);
    assert_eq!(elsewhere.sign_in("ben-7").status, 422, "the old password is gone");
    assert_eq!(elsewhere.post("/sign-in", &[("login", "ben-7"), ("password", password)]).status, 303);
    refused(&["user", "reset", "nobody"], &db.url, &["nobody signs in with"]);
    assert_eq!(noted(db, "password.reset").await, 1);
}

async fn whoever_is_disabled_is_refused_from_the_next_request_on_until_they_are_enabled(db: &Db) {
    let program = serve(&db.url);
    let mut ben = Browser::administrator(&program).learner("ben-7");
    ben.complete(READING);
    assert!(is_signed_in(&mut ben));
    done(&["user", "disable", "ben-7"], &db.url);
    assert!(!is_signed_in(&mut ben));
    assert_eq!(ben.sign_in("ben-7").status, 422);
    assert_eq!((noted(db, "person.disabled").await, db.number("SELECT count(*) FROM fact").await), (1, 1));
    refused(&["user", "disable", "nobody"], &db.url, &["nobody signs in with"]);
    assert!(done(&["user", "disable", "ben-7"], &db.url).contains("They were disabled already."));
    refused(&["user", "reset", "ben-7"], &db.url, &["disabled", "bedside user enable ben-7"]);
    refused(&["user", "add", "ben-7", "--name", "Ben"], &db.url, &["disabled", "bedside user enable"]);
    assert_eq!((noted(db, "person.disabled").await, noted(db, "password.reset").await), (1, 0));

    assert!(done(&["user", "enable", "ben-7"], &db.url).contains("Enabled"));
    assert!(done(&["user", "enable", "ben-7"], &db.url).contains("They were not disabled."));
    assert_eq!((noted(db, "person.enabled").await, ben.sign_in("ben-7").status), (1, 303));
    refused(&["user", "enable", "nobody"], &db.url, &["nobody signs in with"]);
}

async fn a_list_is_shown_imported_and_exported_and_never_by_halves(db: &Db) {
    let program = serve(&db.url);
    let mut administrator = Browser::administrator(&program);
    let (list, history) = (db.folder.path().join("list.csv"), db.folder.path().join("old.csv"));
    let (list, history) = (list.to_str().unwrap(), history.to_str().unwrap());
    let rows: String = (0..40).map(|number| format!("N{number},Person {number},Mercy / Ward 3,Nurse\n")).collect();
    fs::write(list, format!("staff_number,name,department,job_role\n{rows}")).unwrap();
    let import = ["import", "people", list, "--new-departments"];
    refused(
        &import[..3],
        &db.url,
        &["list.csv:2: department: There is no department", "or say --new-departments", "nothing was changed"],
    );
    let said = done(&[&import[..], &["--dry-run"]].concat(), &db.url);
    assert!(said.contains("New people: 40") && said.contains("line 2: Person 0 (N0): Nurse, Mercy / Ward 3"), "{said}");
    let people = "SELECT count(*) FROM person WHERE employee_no IS NOT NULL";
    assert_eq!((db.number(people).await, noted(db, "people.imported").await), (0, 0));
    assert!(done(&import, &db.url).contains("Imported: 40 added, 2 departments made."));
    assert_eq!((db.number(people).await, noted(db, "people.imported").await), (40, 1));
    assert!(done(&import, &db.url).contains("Nothing changed"));
    assert!(administrator.get("/people").body.contains("41 people"), "the platform runs on");

    let exported = db.folder.path().join("out.csv");
    let exported = exported.to_str().unwrap();
    assert!(done(&["export", "people", exported], &db.url).contains("Written"));
    refused(&["export", "people", exported], &db.url, &["exists already and is kept"]);
    assert_eq!(fs::read_to_string(exported).unwrap(), done(&["export", "people"], &db.url));
    assert!(done(&["import", "people", exported, "--everybody"], &db.url).contains("Nothing changed"));

    fs::write(list, "staff_number\nN1\n").unwrap();
    refused(&["import", "people", list, "--everybody"], &db.url, &["39 of 41 people would leave", "--removing 39"]);
    assert_eq!(db.number("SELECT count(*) FROM person WHERE disabled_at IS NOT NULL").await, 0);
    assert!(done(&["import", "people", list, "--everybody", "--removing", "39"], &db.url).contains("39 left"));

    fs::write(history, "staff_number,module,completed_on,evidence\nN1,Reading,2025-06-30,Paper 12\n").unwrap();
    assert!(done(&["import", "history", history], &db.url).contains("1 line of prior credit recorded"));
    assert_eq!(db.number("SELECT count(*) FROM fact WHERE kind = 'prior-credit'").await, 1);
    let (code, said) = run(&["import", "people", "nowhere.csv"], &db.url);
    assert!(code == Some(2) && said.contains("nowhere.csv"), "{said}");
    assert!(done(&["verify"], &db.url).contains("The ledger is whole."));
    let rebuilt = done(&["rebuild"], &db.url);
    assert!(rebuilt.contains("Everything was made anew from the facts, and nothing differed."), "{rebuilt}");
    assert!(rebuilt.contains("people"), "{rebuilt}");
    let explain = ["explain", "--person", "N1", "--requirement", "Reading"];
    refused(&explain, &db.url, &["there is no requirement “Reading”, nor any other yet"]);
}

async fn verify_names_the_first_entry_that_was_tampered_with(db: &Db) {
    let mut program = serve(&db.url);
    let mut administrator = Browser::administrator(&program);
    for number in ["ben-1", "ben-2", "ben-3"] {
        administrator.learner(number).complete(READING);
    }
    assert!(done(&["verify"], &db.url).contains("The ledger is whole. Entries: 3, head: "));
    assert_eq!(program.stop(), Some(0));
    db.execute("UPDATE fact SET effective_on = effective_on - 30 WHERE seq >= 2").await;
    refused(&["verify"], &db.url, &["the ledger is broken", "the first bad entry is 2:"]);
}

async fn a_backup_is_made_while_serving_and_never_over_a_file(db: &Db) {
    let program = serve(&db.url);
    let mut administrator = Browser::administrator(&program);
    administrator.learner("ben-1").complete(READING);
    let copy = db.folder.path().join("copy.db");
    let backup = ["backup", copy.to_str().unwrap()];
    if db.is_postgres() {
        refused(&backup, &db.url, &["pg_dump"]);
        refused(&["restore", copy.to_str().unwrap(), "--replace"], &db.url, &["pg_restore"]);
        return assert!(!copy.exists());
    }
    let said = done(&backup, &db.url);
    assert!(said.contains("verified") && said.contains("ledger entries: 1"), "{said}");
    let before = fs::read(&copy).unwrap();
    refused(&backup, &db.url, &["exists already and is kept"]);
    assert_eq!(fs::read(&copy).unwrap(), before);
    let nowhere = db.folder.path().join("nowhere/copy.db");
    refused(&["backup", nowhere.to_str().unwrap()], &db.url, &["there is no folder", "nowhere; make it"]);
    administrator.learner("ben-2").complete(READING);
    assert!(done(&["verify"], &format!("sqlite:{}", copy.display())).contains("Entries: 1,"));
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_overwrites_only_when_told_and_only_with_a_sound_backup() {
    let db = Db::sqlite().await;
    let mut program = serve(&db.url);
    let mut administrator = Browser::administrator(&program);
    administrator.learner("ben-1").complete(READING);
    let copy = db.folder.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    done(&["backup", copy], &db.url);
    administrator.learner("ben-2").complete(READING);

    refused(&["restore", copy], &db.url, &["exists already and is kept", "--replace"]);
    refused(&["restore", copy, "--replace"], &db.url, &["open in a running program"]);
    assert_eq!(program.stop(), Some(0));
    refused(&["restore", copy], &db.url, &["exists already and is kept", "--replace"]);

    let bad = db.folder.path().join("bad.db");
    fs::copy(copy, &bad).unwrap();
    testbed::database::execute(&format!("sqlite:{}", bad.display()), "UPDATE fact SET effective_on = 1").await;
    let before = names(db.folder.path());
    let restore_bad = ["restore", bad.to_str().unwrap(), "--replace"];
    refused(&restore_bad, &db.url, &["not a sound backup, nothing was changed", "ledger entry 1"]);
    fs::write(&bad, b"no database").unwrap();
    refused(&restore_bad, &db.url, &["not a sound backup, nothing was changed"]);
    fs::remove_file(&bad).unwrap();
    refused(&restore_bad, &db.url, &["bad.db: there is no such file", "bedside backup"]);
    refused(&["restore", db.folder.path().to_str().unwrap(), "--replace"], &db.url, &["this is a folder"]);
    assert_eq!(names(db.folder.path()), before.into_iter().filter(|name| name != "bad.db").collect::<Vec<_>>());
    assert!(done(&["verify"], &db.url).contains("Entries: 2,"), "nothing was changed");

    let said = done(&["restore", copy, "--replace"], &db.url);
    assert!(said.contains("Restored and verified") && said.contains("ledger entries: 1"), "{said}");
    let (_, kept) = said.trim().split_once("is kept as ").unwrap();
    assert!(done(&["verify"], &format!("sqlite:{kept}")).contains("Entries: 2,"), "what was there is kept");
    let program = serve(&db.url);
    administrator.address.clone_from(&program.address);
    assert!(administrator.get("/people").body.contains("2 people"));
    assert!(done(&["verify"], &db.url).contains("Entries: 1,"));

    let fresh = format!("sqlite:{}", db.folder.path().join("new/place.db").display());
    assert!(done(&["restore", copy], &fresh).contains("ledger entries: 1"), "where nothing is, nothing is overwritten");
}

#[test]
fn a_slip_in_the_address_of_the_database_is_told_and_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("slip.db").display());
    let copy = folder.path().join("copy.db");
    for arguments in [
        &["verify"][..],
        &["backup", copy.to_str().unwrap()],
        &["user", "disable", "ben-7"],
        &["user", "add", "ben-7", "--name", "Ben"],
    ] {
        refused(arguments, &url, &["slip.db", "there is no such file", "bedside serve"]);
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn an_address_that_names_a_folder_is_told_with_what_would_be_right() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().display();
    for (url, right) in [
        (format!("sqlite:{there}"), format!("{there}/bedside.db")),
        (format!("sqlite:{there}/new/"), format!("{there}/new/bedside.db")),
    ] {
        for command in [&["serve"][..], &["verify"], &["restore", "none.db"]] {
            let (code, said) = run(command, &url);
            assert_eq!(code, Some(2), "{said}");
            assert!(said.contains("--database-url") && said.contains("is a folder") && said.contains(&right), "{said}");
        }
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn publishing_ends_with_a_code_that_scripts_can_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let url = format!("sqlite:{path}/bedside.db");
    let publish = ["publish", path];
    for (file, text) in [("README.md", "# Ours\n"), ("notes.txt", "nothing\n")] {
        fs::write(folder.path().join(file), text).unwrap();
        let (code, said) = run(&publish, &url);
        assert!(code == Some(2) && said.contains("no courseware was found"), "{said}");
    }
    fs::write(folder.path().join("bad.md"), "# No front matter\n").unwrap();
    refused(&publish, &url, &["nothing was published"]);
}

#[test]
fn nobody_reading_any_more_is_no_reason_to_fail() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.md"), "# No front matter\n").unwrap();
    let path = folder.path().to_str().unwrap();
    let url = format!("sqlite:{path}/slip.db");
    for (arguments, code) in [
        (&["check", path][..], 1),
        (&["check", "no/such/place"], 2),
        (&["publish", path, "--database-url", &url], 1),
        (&["verify", "--database-url", &url], 1),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = bedside();
        let status = command.args(arguments).stdout(writer.try_clone().unwrap()).stderr(writer).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn an_explanation_from_files_leaves_the_database_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, facts) = (folder.path().join("policy.yaml"), folder.path().join("facts.jsonl"));
    fs::write(&policy, "zone: UTC\nvalidity: 12 months\n").unwrap();
    let ask = |line: &str| {
        fs::write(&facts, line).unwrap();
        let mut command = bedside();
        command.env("BEDSIDE_DATABASE_URL", "sqlite:nowhere/bedside.db").arg("explain");
        command.arg("--policy").arg(&policy).arg("--facts").arg(&facts).args(["--as-of", "2026-12-01"]);
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap());
        (output.status.code(), said.concat())
    };
    let (code, said) = ask("{\"fact\":\"completed\",\"on\":\"2026-02-05\"}");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("grace ends 2027-03-07"), "{said}");
    let (code, said) = ask("{\"fact\":\"asigned\",\"on\":\"2026-02-05\"}");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("line 1: “asigned” is no fact; write assigned, completed, "), "{said}");
}

#[test]
fn both_ways_to_ask_for_an_explanation_are_shown() {
    let output = bedside().arg("explain").env("BEDSIDE_DATABASE_URL", "sqlite:nowhere/bedside.db").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for way in ["--person <LOGIN> --requirement <NAME>", "--policy <FILE> --facts <FILE>"] {
        assert!(said.contains(way), "{way} in {said}");
    }
}
