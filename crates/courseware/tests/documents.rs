//! Markdown files with the expected diagnostics beside them: `checks/NAME.md` and `checks/NAME.txt`. With `BLESS=1` in
//! the environment the expectations are written anew; read the difference before keeping it.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use courseware::question::Choice;
use courseware::{
    Code, Document, Entry, Folder, PageKind, Question, Requirement, Response, Severity, Surroundings, Task, ValidFor,
    apply, competencies, grade, parse,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks")
}

/// The files as their surroundings, on a fixed day. Images are as wide and high as their SVG says; `outside.svg` stands for
/// a link that leads out of the folder, which cannot be kept in every repository.
fn around() -> Surroundings {
    let mut files = vec![("img/outside.svg".to_owned(), Entry::Outside)];
    let mut folders = vec![folder()];
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let parts = path.strip_prefix(folder()).unwrap().components();
            let name: Vec<&str> = parts.map(|part| part.as_os_str().to_str().unwrap()).collect();
            let svg = path.extension().is_some_and(|extension| extension == "svg");
            files.push((name.join("/"), if svg { Entry::Image { width: 640, height: 360 } } else { Entry::File }));
        }
    }
    let names = fs::read_to_string(folder().join("competencies.yaml")).unwrap();
    Surroundings {
        today: Some(jiff::civil::date(2026, 12, 1)),
        folder: Some(files.into_iter().collect::<Folder>()),
        competencies: Some(competencies(&names).unwrap().into_iter().map(|competency| competency.id).collect()),
        kind: None,
    }
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
    let surroundings = around();
    let names: Vec<&str> = surroundings.folder.as_ref().unwrap().paths().filter(|name| name.ends_with(".md")).collect();
    assert!(names.len() >= 80);
    let mut wrong = String::new();
    for name in names {
        let path = folder().join(name);
        let source = fs::read_to_string(&path).unwrap();
        let parsed = parse(name, &source, &surroundings);
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
fn every_code_has_three_files() {
    let codes = Code::ALL.iter().filter(|code| files_with(**code) < 3);
    assert_eq!(codes.collect::<Vec<_>>(), Vec::<&Code>::new());
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
    let recall = module.recall.as_ref().unwrap();
    assert_eq!((recall.days.as_slice(), recall.every), ([3, 21, 90, 180].as_slice(), None));
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
         <p><img src=\"img/desk.svg\" alt=\"A clerk stands up to greet a man at the desk\" width=\"640\" height=\"360\" loading=\"lazy\"></p>\n\
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
    let (_, parsed) = read("clean-tokens.md");
    let html = &parsed.module().unwrap().pages[0].html;
    let tokens: Vec<&str> = html.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
    assert_eq!(tokens, ["organisation", "currency", "privacy_lead", "law", "emergency_no", "payer"]);
}

#[test]
fn fixes_mend_the_file() {
    for name in [
        "q01-unindented.md",
        "q01-ordering.md",
        "q02-one.md",
        "q02-quiz.md",
        "c08-text-on-line.md",
        "c08-in-list.md",
        "c08-crlf.md",
    ] {
        let (mut source, parsed) = read(name);
        let crlf = source.contains("\r\n");
        let fixes = |document: &Document| {
            document.problems.iter().filter_map(|problem| problem.fix.clone()).collect::<Vec<_>>()
        };
        let mut left = fixes(&parsed);
        assert!(!left.is_empty(), "{name}");
        let mut rounds = 0;
        while !left.is_empty() {
            source = apply(&source, &left);
            left = fixes(&parse(name, &source, &around()));
            rounds += 1;
            assert!(rounds < 5, "{name}\n{source}");
        }
        assert_eq!(
            source.matches('\n').count(),
            if crlf { source.matches("\r\n").count() } else { source.matches('\n').count() }
        );
        let codes: Vec<Code> = parse(name, &source, &around()).problems.iter().map(|problem| problem.code).collect();
        assert!(!codes.iter().any(|code| matches!(code, Code::Q01 | Code::Q02)), "{name}: {codes:?}\n{source}");
    }
}

#[test]
fn a_video_is_a_player_with_what_lies_beside_it() {
    let html = |name: &str| read(name).1.module().unwrap().pages[0].html.clone();
    let found = html("c02-image.md");
    let found: Vec<&str> = found.lines().collect();
    assert_eq!(
        found,
        [
            "<p><video controls=\"\" preload=\"none\" src=\"img/silent.mp4\" aria-label=\"A clerk greets a visitor\">\
             <a href=\"img/silent.mp4\">A clerk greets a visitor</a></video></p>",
            "<p><video controls=\"\" preload=\"none\" src=\"img/greet.mp4\" aria-label=\"A clerk greets a visitor\">\
             <track kind=\"captions\" src=\"img/greet.vtt\" label=\"Captions\" default=\"\">\
             <a href=\"img/greet.mp4\">A clerk greets a visitor</a></video></p>",
            "<p><video controls=\"\" preload=\"none\" src=\"img/told.webm\" aria-label=\"A clerk greets a visitor\">\
             <a href=\"img/told.webm\">A clerk greets a visitor</a></video> <a href=\"img/told.txt\">Transcript</a></p>",
        ]
    );
    let (_, parsed) = read("clean-video.md");
    assert_eq!(parsed.module().unwrap().images, ["img/greet.mp4", "img/greet.vtt"]);
}

#[test]
fn no_spelling_of_a_script_reaches_the_page() {
    for name in ["c09-schemes.md", "c09-targets.md", "c09-image-no-file.md"] {
        let (_, parsed) = read(name);
        for page in &parsed.module().unwrap().pages {
            for part in page.html.split("href=\"").skip(1).chain(page.html.split("src=\"").skip(1)) {
                let to = part.split('"').next().unwrap();
                let fine = to.starts_with("https://")
                    || to.starts_with("mailto:")
                    || to.starts_with("tel:")
                    || !to.contains(':');
                assert!(fine && !to.starts_with('/'), "{name}: {to}");
            }
        }
        let html: String = parsed.module().unwrap().pages.iter().map(|page| page.html.as_str()).collect();
        assert!(name != "c09-schemes.md" || !html.contains("href"), "{html}");
    }
}

#[test]
fn a_problem_can_be_shown_under_another_path() {
    let (source, parsed) = read("c01-empty-alt.md");
    let problem = parsed.problems[0].clone().with_file("content/c01-empty-alt.md");
    assert!(problem.render(&source).contains("┌─ content/c01-empty-alt.md:10:1\n"));
    assert_eq!(problem.diagnostic().file, "content/c01-empty-alt.md");
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
