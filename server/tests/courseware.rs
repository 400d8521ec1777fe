//! `check`, `play` and `grade`, as processes: what people read, what scripts read, and how they end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Output, Stdio},
};

use serde_json::{Value, json};
use testbed::program::command;

const ROLE_PLAY: &str = include_str!("../../crates/courseware/tests/checks/delayed-appointment.md");
const QUIZ: &str = include_str!("../../crates/courseware/tests/checks/difficult-conversations.md");

/// A folder with the files of the design page's examples.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("img")).unwrap();
    fs::write(folder.path().join("img/kovacs.svg"), "<svg width=\"90\" height=\"90\"></svg>").unwrap();
    fs::write(folder.path().join("delayed-appointment.md"), ROLE_PLAY).unwrap();
    fs::write(folder.path().join("difficult-conversations.md"), QUIZ).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(env!("CARGO_BIN_EXE_bedside")).current_dir(folder).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8([output.stdout.as_slice(), &output.stderr].concat()).unwrap()
}

#[track_caller]
fn json_of(output: &Output, code: i32) -> Value {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn good_courseware_is_checked_with_one_line() {
    let folder = folder();
    let output = run(folder.path(), &["check", "--deny-warnings", "."]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        said(&output),
        "2 files checked: 0 errors, 0 warnings\n1 role-play followed through 12 states in 17 steps\n"
    );
}

#[test]
fn a_file_that_is_named_twice_is_looked_at_once() {
    let folder = folder();
    let output = run(folder.path(), &["check", "delayed-appointment.md", ".", "./delayed-appointment.md"]);
    assert!(said(&output).starts_with("2 files checked: "), "{}", said(&output));
    assert!(
        said(&run(folder.path(), &["check"])).starts_with("2 files checked: "),
        "the current folder is the default"
    );
}

#[test]
fn nobody_reads_the_hundredth_of_a_kind() {
    let folder = tempfile::tempdir().unwrap();
    let images = "![](a.svg)\n\n".repeat(60);
    fs::write(folder.path().join("many.md"), format!("---\nkind: module\ntitle: T\n---\n# T\n\n## P\n\n{images}"))
        .unwrap();
    let output = run(folder.path(), &["check", "many.md"]);
    assert_eq!(said(&output).matches("error[C01]").count(), 50);
    assert!(said(&output).contains("many.md: 10 more of C01\n"), "{}", said(&output));
    let report = json_of(&run(folder.path(), &["check", "many.md", "--format", "json"]), 1);
    assert_eq!(report["errors"], 120, "with the files that are not there");
}

#[test]
fn the_report_for_editors_has_the_shape_that_was_agreed_on() {
    let folder = folder();
    let bad = ROLE_PLAY.replacen("(#she-softens)", "(#she-soften)", 1);
    fs::write(folder.path().join("bad.md"), &bad).unwrap();
    let report = json_of(&run(folder.path(), &["check", ".", "--format", "json"]), 1);
    let counts = ["version", "files", "errors", "warnings"].map(|key| report[key].as_u64().unwrap());
    assert_eq!(counts, [1, 3, 1, 0]);
    let start = bad.find("#she-soften)").unwrap();
    assert_eq!(
        report["diagnostics"][0],
        json!({
            "code": "S03", "severity": "error", "file": "bad.md", "line": 29, "column": 3, "end_line": 29,
            "end_column": 118, "message": "this choice leads nowhere", "help": "did you mean #she-softens (line 36)?",
            "fix": { "start": start, "end": start + "#she-soften".len(), "text": "#she-softens" }
        })
    );
    // The paths of what cannot be read yet are not followed.
    assert_eq!(
        report["graphs"],
        json!([{ "file": "delayed-appointment.md", "states": 12, "steps": 17, "exact": true }])
    );
}

#[test]
fn a_warning_ends_well_unless_it_is_denied() {
    let folder = folder();
    let late = ROLE_PLAY.replacen("kind: scenario", "kind: scenario\nreview-by: 2020-01-01", 1);
    fs::write(folder.path().join("late.md"), late).unwrap();
    assert_eq!(run(folder.path(), &["check", "late.md"]).status.code(), Some(0));
    let denied = run(folder.path(), &["check", "--deny-warnings", "late.md"]);
    assert_eq!(denied.status.code(), Some(1));
    assert!(said(&denied).contains("warning[C07]") && said(&denied).contains("0 errors, 1 warning"));
}

#[test]
fn mending_changes_what_is_wrong_and_no_other_byte() {
    let folder = folder();
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let quiz = folder.path().join("difficult-conversations.md");
    fs::write(
        &quiz,
        crlf(&QUIZ.replace("- [x] Our opening", "- [x]Our opening").replace("  > Acknowledge", "> Acknowledge")),
    )
    .unwrap();
    let role_play = folder.path().join("delayed-appointment.md");
    fs::write(&role_play, ROLE_PLAY.replacen("(#she-softens)", "(#she softens)", 1)).unwrap();
    let untouched = folder.path().join("hopeless.md");
    fs::write(&untouched, "no front matter\r").unwrap();
    let before = fs::metadata(&untouched).unwrap().modified().unwrap();

    let output = run(folder.path(), &["check", "--fix", "."]);
    assert_eq!(output.status.code(), Some(1), "one file is still wrong");
    assert!(said(&output).starts_with("3 problems mended\n"), "{}", said(&output));
    assert_eq!(fs::read_to_string(&quiz).unwrap(), crlf(QUIZ));
    assert_eq!(fs::read_to_string(&role_play).unwrap(), ROLE_PLAY);
    assert_eq!(fs::read_to_string(&untouched).unwrap(), "no front matter\r");
    assert_eq!(fs::metadata(&untouched).unwrap().modified().unwrap(), before);
    let names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            !["img", "delayed-appointment.md", "difficult-conversations.md", "hopeless.md"].contains(&&**name)
        })
        .collect();
    assert_eq!(names, Vec::<String>::new(), "nothing is left behind");
}

#[cfg(unix)]
#[test]
fn a_mended_file_keeps_its_permissions_and_a_link_stays_a_link() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = folder();
    let file = folder.path().join("delayed-appointment.md");
    fs::write(&file, ROLE_PLAY.replacen("(#she-softens)", "(#she softens)", 1)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("img/link.md");
    symlink(&file, &link).unwrap();
    run(folder.path(), &["check", "--fix", "img/link.md"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), ROLE_PLAY);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[test]
fn competencies_are_looked_up_beside_and_above() {
    let folder = folder();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("quiz.md"), QUIZ).unwrap();
    fs::write(folder.path().join("competencies.yaml"), "competencies:\n  - { id: empathy, name: Empathy }\n").unwrap();
    let report = json_of(&run(folder.path(), &["check", "inner", "--format", "json"]), 1);
    assert_eq!((&report["errors"], &report["diagnostics"][0]["code"]), (&json!(1), &json!("C06")));
    assert!(report["diagnostics"][0]["message"].as_str().unwrap().contains("privacy"));
    fs::write(inner.join("competencies.yaml"), "- empathy\n- privacy\n").unwrap();
    assert_eq!(run(folder.path(), &["check", "inner"]).status.code(), Some(0));
    fs::write(inner.join("competencies.yaml"), "{").unwrap();
    let output = run(folder.path(), &["check", "inner"]);
    assert!(said(&output).contains("competencies are not looked up"), "{}", said(&output));
}

#[test]
fn a_file_is_judged_by_its_own_folder_and_a_folder_by_itself() {
    let folder = folder();
    let deep = folder.path().join("deep");
    fs::create_dir(&deep).unwrap();
    fs::write(deep.join("role-play.md"), ROLE_PLAY.replace("img/kovacs.svg", "../img/kovacs.svg")).unwrap();
    assert_eq!(run(folder.path(), &["check", "."]).status.code(), Some(0));
    let alone = run(folder.path(), &["check", "deep/role-play.md"]);
    assert_eq!(alone.status.code(), Some(1));
    assert!(said(&alone).contains("error[C09]") && said(&alone).contains("leads out of the courseware"));
}

#[test]
fn every_code_is_explained() {
    let folder = folder();
    for code in courseware::Code::ALL {
        let output = run(folder.path(), &["check", "--explain", code.as_str()]);
        assert_eq!(output.status.code(), Some(0));
        assert!(said(&output).starts_with(&format!("# {code}: ")), "{}", said(&output));
    }
    assert!(said(&run(folder.path(), &["check", "--explain", "q04"])).starts_with("# Q04: "));
    let unknown = run(folder.path(), &["check", "--explain", "S99"]);
    assert!(unknown.status.code() == Some(2) && said(&unknown).contains("`S99` is not a code"));
    assert_eq!(run(folder.path(), &["check", "--explain", "S01", "x.md"]).status.code(), Some(2));
}

#[test]
fn a_role_play_is_played_by_a_script() {
    let folder = folder();
    let play = |choices: Value| {
        fs::write(folder.path().join("choices.json"), choices.to_string()).unwrap();
        run(folder.path(), &["play", "delayed-appointment.md", "--choices", "choices.json", "--json"])
    };
    let played = json_of(&play(json!({ "choices": ["\"Let me", "\"I'm sorry, let", "\"The doctor"] })), 0);
    assert_eq!((&played["score"], &played["passed"]), (&json!(83.33), &json!(true)));
    assert_eq!(played["competencies"], json!({ "empathy": 75, "ownership": 100, "privacy": 100 }));
    assert_eq!(played["ending"], json!({ "node": "she-thanks-you", "kind": "good" }));
    assert_eq!(played["debrief"], json!(["You never said sorry for the wait. Replay and open with it."]));
    let short = json_of(&play(json!({ "choices": [] })), 0);
    assert!(["ending", "score", "passed"].iter().all(|key| short[key].is_null()));
    for wrong in [json!({ "choices": ["Hm"] }), json!({ "choices": ["\""] }), json!(["x"])] {
        assert!(json_of(&play(wrong), 1)["error"].is_string());
    }
    fs::write(folder.path().join("bad.md"), ROLE_PLAY.replace("`otherwise`", "")).unwrap();
    let bad = run(folder.path(), &["play", "bad.md", "--choices", "choices.json", "--json"]);
    assert!(json_of(&bad, 1)["error"].as_str().unwrap().contains("S11"));
    let quiz = run(folder.path(), &["play", "difficult-conversations.md", "--choices", "choices.json", "--json"]);
    assert!(json_of(&quiz, 1)["error"].as_str().unwrap().contains("is a quiz"));
    assert_eq!(
        run(folder.path(), &["play", "nowhere.md", "--choices", "choices.json", "--json"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_role_play_is_played_at_a_terminal() {
    let folder = folder();
    // The order of the choices is chance, so every number is tried until the role-play ends; words that are none of them are told.
    let mut child = command(env!("CARGO_BIN_EXE_bedside"))
        .current_dir(folder.path())
        .args(["play", "delayed-appointment.md"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"hello\nh\n1\nb\n1\n1\n1\n1\n").unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    for words in [
        "You are: Front-desk coordinator",
        "Her 08:30 appointment is 70 minutes late.",
        "Mrs Kovács: I've sat here since eight.",
        "That is none of them.",
        "Hint: People hear solutions only after they feel heard.",
        "trust: waiting",
        "── Debrief ──",
        "trust: 40 → ",
        "(a to play again, q to stop)",
        "1. What did she need before information?",
    ] {
        assert!(said.contains(words), "{words} in\n{said}");
    }
    // What was done follows from chance: everything, something or nothing of it.
    assert!(["[ ] ", "[x] "].into_iter().any(|sign| said.contains(sign)), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
}

#[test]
fn answers_to_a_quiz_are_graded() {
    let folder = folder();
    let grade = |answers: Value, extra: &[&str]| {
        fs::write(folder.path().join("answers.json"), answers.to_string()).unwrap();
        let arguments = [&["grade", "difficult-conversations.md", "--answers", "answers.json"], extra].concat();
        run(folder.path(), &arguments)
    };
    let answers = json!({
        "answers": {
            "first-words-to-an-angry-caller": { "ticked": ["\"Who did"] },
            "order-the-steps": { "order": ["Acknowledge", "Listen", "Solve", "Follow"] },
            "hold-time": { "blanks": ["2.5"] },
        },
        "asked": ["first-words-to-an-angry-caller", "order-the-steps", "hold-time", "spoken-complaints", "in-your-own-words"]
    });
    let graded = json_of(&grade(answers.clone(), &["--json"]), 0);
    assert_eq!(
        graded["questions"],
        json!([
            { "id": "first-words-to-an-angry-caller", "score": 0.25, "points": 2, "earned": 0.5 },
            { "id": "order-the-steps", "score": 0.67, "points": 1, "earned": 0.67 },
            { "id": "hold-time", "score": 1, "points": 1, "earned": 1 },
            { "id": "spoken-complaints", "score": 0, "points": 1, "earned": 0 },
            { "id": "in-your-own-words", "score": null, "points": 0, "earned": null },
        ])
    );
    assert_eq!((&graded["earned"], &graded["possible"]), (&json!(2.17), &json!(5)));
    assert_eq!((&graded["score"], &graded["passed"]), (&json!(43.33), &json!(false)));
    assert!(said(&grade(answers, &[])).ends_with("together: 2.17 of 5 points, 43.33 of 100, not passed\n"));
    let wrong = json!({ "answers": { "nothing": { "ticked": [] } } });
    assert!(json_of(&grade(wrong.clone(), &["--json"]), 1)["error"].as_str().unwrap().contains("nothing"));
    assert_eq!(grade(wrong, &[]).status.code(), Some(1));
}

#[test]
fn hostile_files_end_with_an_error_and_not_with_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let front = "---\nkind: module\ntitle: T\n---\n# T\n\n## P\n\n";
    for (name, bytes) in [
        ("large.md", vec![b'a'; 10 << 20]),
        ("binary.md", vec![0xff; 1000]),
        ("nul.md", format!("{front}a\0b\n").into_bytes()),
        ("deep.md", format!("{front}{}", "> ".repeat(100_000)).into_bytes()),
        ("bomb.md", b"---\nkind: &a [*a, *a]\n---\n# T\n".to_vec()),
        ("script.md", format!("{front}[a](java&#x73;cript:alert(1)) <script>x</script>\n").into_bytes()),
        ("out.md", format!("{front}![x](../../etc/passwd) [y](%2e%2e/%2e%2e/etc/passwd)\n").into_bytes()),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
        let output = run(folder.path(), &["check", name, "--format", "json"]);
        let report = json_of(&output, 1);
        assert!(report["errors"].as_u64().unwrap() > 0, "{name}");
        assert!(!said(&output).contains('\0'), "{name}");
    }
}
