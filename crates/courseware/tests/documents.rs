//! Markdown files with the expected diagnostics beside them: `checks/NAME.md` and `checks/NAME.txt`. With `BLESS=1` in
//! the environment the expectations are written anew; read the difference before keeping it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use courseware::question::Choice;
use courseware::{
    Code, Document, PageKind, Question, Requirement, Response, Severity, Surroundings, Task, ValidFor, grade, parse,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks")
}

/// The folder of the files as their surroundings, on a fixed day.
fn around() -> Surroundings {
    Surroundings { today: Some(jiff::civil::date(2026, 12, 1)), ..Surroundings::default() }
}

fn read(name: &str) -> (String, Document) {
    let source = fs::read_to_string(folder().join(name)).unwrap();
    let parsed = parse(name, &source, &around());
    (source, parsed)
}

fn question(document: &Document) -> &Question {
    let pages = &document.module().unwrap().pages;
    let questions = pages.iter().find_map(|page| match &page.kind {
        PageKind::Check(question) => Some(question),
        _ => None,
    });
    questions.unwrap()
}

/// The answers to tick of a question.
fn choice(question: &Question) -> &Choice {
    match &question.task {
        Task::Choice(choice) => choice,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_file_gives_the_diagnostics_beside_it() {
    let mut names: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    names.sort();
    assert!(names.len() >= 40);
    let mut wrong = String::new();
    for path in names {
        let name = path.file_name().unwrap().to_str().unwrap();
        let (source, parsed) = read(name);
        let found: Vec<String> = parsed.problems.iter().map(|problem| problem.render(&source)).collect();
        let found = if found.is_empty() { "no problems\n".to_owned() } else { found.join("\n") };
        let expected_path = path.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected_path, &found).unwrap();
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        if expected != found {
            wrong.push_str(&format!("== {name}\n-- expected\n{expected}\n-- found\n{found}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// How many files have a problem of this code.
fn files_with(code: Code) -> usize {
    let with = fs::read_dir(folder()).unwrap().filter(|entry| {
        let path = entry.as_ref().unwrap().path();
        path.extension().is_some_and(|extension| extension == "txt")
            && fs::read_to_string(path).unwrap().contains(&format!("{}[{code}]", code.severity()))
    });
    with.count()
}

#[test]
fn every_code_of_a_module_has_two_files() {
    use Code::{C01, C04, C05, C06, C08, C09, C11, C12};
    for code in [C01, C04, C05, C06, C08, C09, C11, C12] {
        assert!(files_with(code) >= 2, "{code}");
    }
}

#[test]
fn every_code_of_a_question_has_three_files() {
    use Code::{Q01, Q02, Q03, Q04, Q05, Q06, Q07, Q08, Q09, Q10, Q11, Q12};
    for code in [Q01, Q02, Q03, Q04, Q05, Q06, Q07, Q08, Q09, Q10, Q11, Q12] {
        assert!(files_with(code) >= 3, "{code}");
    }
}

#[test]
fn the_example_of_the_design_page_is_read_whole() {
    let (_, parsed) = read("first-contact.md");
    assert!(parsed.is_publishable());
    let module = parsed.module().unwrap();
    assert_eq!((module.slug.as_str(), module.title.as_str()), ("first-contact", "First contact: being heard"));
    assert_eq!(module.minutes, Some(9));
    assert_eq!(module.complete, [Requirement::Read, Requirement::Quiz, Requirement::Scenario]);
    assert_eq!(module.valid_for, Some(ValidFor::Months(12)));
    assert_eq!(module.review_by, Some(jiff::civil::date(2027, 3, 1)));
    assert_eq!(module.recall.as_ref().unwrap().days, [3, 21, 90, 180]);
    let ids: Vec<&str> = module.pages.iter().map(|page| page.id.as_str()).collect();
    assert_eq!(ids, ["the-first-ten-seconds", "check-yourself", "say-it-like-this", "practise", "at-your-desk"]);
    let activities: Vec<&str> = module.activities().map(|activity| activity.slug.as_str()).collect();
    assert_eq!(activities, ["delayed-appointment", "difficult-conversations"]);
    assert_eq!(module.pages[2].kind, PageKind::Cards);
    assert_eq!(module.pages[4].kind, PageKind::Reflect { words: Some(40) });
    assert_eq!(module.images, ["img/desk.svg"]);
}

#[test]
fn a_page_is_rendered_as_safe_html() {
    let (_, parsed) = read("first-contact.md");
    let module = parsed.module().unwrap();
    assert_eq!(
        module.pages[0].html,
        "<p>Before they judge your answer, people judge whether you <em>noticed</em> them.</p>\n\
         <p><img src=\"img/desk.svg\" alt=\"A clerk stands up to greet a man at the desk\" loading=\"lazy\"></p>\n\
         <aside class=\"alert alert-important\">\n<p class=\"alert-word\">Important</p>\n\
         <p>Never discuss results where others can hear.</p>\n</aside>"
    );
    assert!(module.pages[2].html.starts_with("<div class=\"cards\""));
    assert!(module.pages[2].html.contains("<th scope=\"col\">Instead of</th><th scope=\"col\">Say</th>"));
    assert!(module.pages[2].html.ends_with("</tbody>\n</table>\n</div>"));
}

#[test]
fn a_check_has_stem_answers_and_feedback() {
    let (_, parsed) = read("first-contact.md");
    let question = question(&parsed);
    assert_eq!(question.stem_html(|_| String::new()), "<p>A visitor interrupts your call. What works best?</p>");
    let Choice { options, multiple, .. } = choice(question);
    assert!(!multiple);
    assert_eq!(options[0].html, "Make eye contact and show one finger: &quot;one minute&quot;");
    assert_eq!(options[0].feedback_html.as_deref(), Some("<p>Noticing costs a second.</p>"));
    assert!(grade(question, &Response::Ticked(vec![1])).correct);
    assert!(!grade(question, &Response::Ticked(vec![2])).correct);
}

#[test]
fn loose_answers_are_those_of_a_tight_list() {
    let front = "---\nkind: module\ntitle: T\n---\n# T\n\n## Q\n\n`check`\n\nWhy?\n\n";
    let tight = format!("{front}- [x] Yes `fixed`\n  > Good.\n- [ ] No `25%`\n").replace(" `fixed`", "");
    let loose = tight.replace("\n  >", "\n\n  >").replace("\n- [ ] No", "\n\n- [ ] No");
    assert_eq!(question(&parse("t.md", &tight, &around())), question(&parse("t.md", &loose, &around())));
    assert_eq!(choice(question(&parse("t.md", &tight, &around()))).options[1].percent, 25);
}

#[test]
fn refused_targets_and_raw_html_never_reach_the_page() {
    for name in ["c09-html.md", "c09-targets.md", "c09-open-comment.md"] {
        let html: String = read(name).1.module().unwrap().pages.iter().map(|page| page.html.clone()).collect();
        for bad in ["javascript", "<b>", "<div>\nBlock", "<!--", "passwd", "example.org/a.png", "note"] {
            assert!(!html.contains(bad), "{name}: {bad} in {html}");
        }
    }
}

#[test]
fn an_escaped_brace_is_no_token() {
    let (_, parsed) = read("clean-crlf.md");
    assert_eq!(parsed.module().unwrap().pages[0].html, "<p>Text &#123;name} {organisation}.</p>");
}

#[test]
fn fixes_of_split_answers_mend_the_file() {
    for name in ["q01-unindented.md", "q01-ordering.md", "q02-one.md", "q02-quiz.md", "c08-text-on-line.md"] {
        let (mut source, parsed) = read(name);
        let mut fixes: Vec<_> = parsed.problems.iter().filter_map(|problem| problem.fix.clone()).collect();
        assert!(!fixes.is_empty(), "{name}");
        fixes.sort_by_key(|fix| std::cmp::Reverse(fix.start));
        for fix in fixes {
            source.replace_range(fix.start..fix.end, &fix.text);
        }
        let left: Vec<Code> = parse(name, &source, &around()).problems.iter().map(|problem| problem.code).collect();
        assert!(
            !left.iter().any(|code| matches!(code, Code::Q01 | Code::Q02 | Code::C08)),
            "{name}: {left:?}\n{source}"
        );
    }
}

#[test]
fn a_diagnostic_has_the_shape_that_editors_read() {
    let (_, parsed) = read("q01-unindented.md");
    let json = serde_json::to_value(parsed.problems[0].diagnostic()).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    let mut wanted = ["code", "column", "end_column", "end_line", "file", "fix", "help", "line", "message", "severity"];
    wanted.sort_unstable();
    assert_eq!(keys.len(), wanted.len());
    assert!(wanted.iter().all(|key| json.get(key).is_some()));
    assert_eq!(json["severity"], "error");
    assert_eq!(parsed.problems[0].severity, Severity::Error);
}

#[test]
fn a_frozen_parse_is_read_back_as_it_was() {
    let (_, parsed) = read("first-contact.md");
    let module = parsed.module().unwrap();
    let frozen = serde_json::to_string(module).unwrap();
    assert_eq!(&serde_json::from_str::<courseware::Module>(&frozen).unwrap(), module);
}
